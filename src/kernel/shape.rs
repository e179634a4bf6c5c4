//! Questions about the shape of a term that steps ask before anything is computed.

use crate::term::{Binder, BinderOp, Bindings, Domain, HOLE, Node, Symbol, Term};
use crate::theory::Theory;

use super::Facts;

/// Whether ∞ takes part in arithmetic, rather than ending a range: ∞ − ∞ is not 0.
pub(super) fn counts_with_infinity(t: &Term) -> bool {
    match t.node() {
        Node::Symbol(s) => s == "oo",
        Node::Binder(b) => counts_with_infinity(&b.body),
        Node::Call(f, _) if f == "interval" || f == "integers" => false,
        _ => t.children().into_iter().any(counts_with_infinity),
    }
}

/// Whether both are averages, of different families of the theory: of rules about other families there may be hundreds.
pub(super) fn of_another_family(pattern: &Term, t: &Term, theory: &Theory) -> bool {
    fn family<'t>(t: &'t Term, theory: &Theory) -> Option<&'t Symbol> {
        let Node::Binder(Binder { domain: Domain::Over(over), .. }) = t.node() else { return None };
        let Node::Call(name, _) = over.node() else { return None };
        theory.distribution_named(name.as_str()).map(|_| name)
    }
    match (family(pattern, theory), family(t, theory)) {
        (Some(f), Some(g)) => f != g,
        _ => false,
    }
}

/// The term with the body of every integral and expectation replaced by a number. Those of finite sums and products
/// stay: there each index counts.
pub(super) fn without_bodies(t: &Term) -> Term {
    match t.node() {
        Node::Binder(b) if !b.op.is_indexed() => {
            Term::binder(b.op, b.var.clone(), b.domain.clone(), Term::integer(1))
        }
        _ => t.map_children(without_bodies),
    }
}

/// Whether what stands for `?p` in a pattern `?p[j]`, with j bound there, mentions j through its hole only: otherwise j
/// would be carried out of its scope.
pub(super) fn holes_are_complete(pattern: &Term, bindings: &Bindings) -> bool {
    if let Node::Index(base, at) = pattern.node()
        && let (Node::Meta(m), Some(var)) = (base.node(), at.as_symbol())
        && let (Some(value), Some(var)) = (bindings.metas.get(m), bindings.vars.get(var))
        && value.mentions(var)
    {
        return false;
    }
    // `?f[x - ?c]`: what stands for `?f` sees x through its hole, too.
    if let Node::Index(base, at) = pattern.node()
        && let Node::Meta(m) = base.node()
        && !matches!(at.node(), Node::Symbol(_) | Node::Index(..))
        && let Some(value) = bindings.metas.get(m)
        && at.free_symbols().iter().any(|x| bindings.vars.get(x).is_some_and(|x| value.mentions(x)))
    {
        return false;
    }
    pattern.children().into_iter().all(|c| holes_are_complete(c, bindings))
}

/// Whether no derivative in what stands for `?f` in `?f[-x]` is by x: by −x nothing can be differentiated. By another name
/// for x it can.
pub(super) fn derivatives_keep_variables(pattern: &Term, bindings: &Bindings) -> bool {
    if let Node::Index(base, at) = pattern.node()
        && let Node::Meta(m) = base.node()
        && !matches!(at.node(), Node::Symbol(_) | Node::Index(..))
        && let Some(value) = bindings.metas.get(m)
        && value.any(&mut is_by_hole)
    {
        return false;
    }
    pattern.children().into_iter().all(|c| derivatives_keep_variables(c, bindings))
}

/// Whether what is put into the hole of a derivative stays fixed while its variable moves: `∂/∂s f(x)` at x = m + s·y is
/// not `∂/∂s f(m + s·y)`.
pub(super) fn derivatives_hold_still(pattern: &Term, bindings: &Bindings, facts: &Facts) -> bool {
    if let Node::Index(base, at) = pattern.node()
        && let Node::Meta(m) = base.node()
        && let Some(value) = bindings.metas.get(m)
        && let Some(at) = at.instantiate(bindings)
    {
        let hole = Symbol::new(HOLE);
        let moves = |t: &Term| match t.node() {
            Node::Derivative(x, body) => {
                let by = x.family_name();
                body.mentions(&hole) && by.is_none_or(|x| *x != hole && facts.depends(&at, x))
            }
            _ => false,
        };
        if value.any(&mut |t| moves(t)) {
            return false;
        }
    }
    pattern.children().into_iter().all(|c| derivatives_hold_still(c, bindings, facts))
}

/// A derivative by the hole, or by a coordinate of it.
fn is_by_hole(t: &Term) -> bool {
    let Node::Derivative(x, _) = t.node() else { return false };
    let mut root = x;
    while let Node::Index(base, _) = root.node() {
        root = base;
    }
    root.as_symbol().is_some_and(|s| s == HOLE)
}

/// Whether what stands for `?x` in a derivative by `?x[?j]` is the family and nothing else: of `mu[2*j]` or of j itself
/// the derivative says something else.
pub(super) fn members_are_named(pattern: &Term, bindings: &Bindings) -> bool {
    if let Node::Derivative(x, _) = pattern.node()
        && let Some(m) = member_of_meta(x)
    {
        let named = bindings.metas.get(m).is_some_and(|value| match value.node() {
            Node::Index(family, at) => {
                family.as_symbol().is_some_and(|f| f != HOLE)
                    && at.as_symbol().is_some_and(|at| at == HOLE)
            }
            _ => false,
        });
        if !named {
            return false;
        }
    }
    pattern.children().into_iter().all(|c| members_are_named(c, bindings))
}

/// The `?x` of `?x[?j]` and `?x[?j][?l]`.
fn member_of_meta(x: &Term) -> Option<&Symbol> {
    let Node::Index(base, _) = x.node() else { return None };
    match base.node() {
        Node::Meta(m) => Some(m),
        _ => member_of_meta(base),
    }
}

/// Whether sums and products over a range `?a..?b` in a pattern are finite: what holds of finitely many terms need not
/// hold of infinitely many. A rule about those writes `oo` itself.
pub(super) fn series_are_finite(pattern: &Term, bindings: &Bindings) -> bool {
    if let Node::Binder(b) = pattern.node()
        && matches!(b.op, BinderOp::Sum | BinderOp::Product)
        && let Domain::Range(lo, hi) = &b.domain
    {
        let infinite = |end: &Term| match end.node() {
            Node::Meta(m) => bindings.metas.get(m).is_some_and(|t| t.mentions(&Symbol::new("oo"))),
            _ => false,
        };
        if infinite(lo) || infinite(hi) {
            return false;
        }
    }
    pattern.children().into_iter().all(|c| series_are_finite(c, bindings))
}
