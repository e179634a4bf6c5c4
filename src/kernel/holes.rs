//! What a pattern variable that is applied to something stands for: the subject with holes.

use std::collections::{BTreeMap, BTreeSet};

use crate::term::{Bindings, HOLE, Node, Symbol, Term};

use super::matching::MAX_PROPOSALS;

type Proposals = Vec<Bindings>;

/// Whether the right side of a rule puts what a pattern variable stands for under a binder of a name that it mentions,
/// under which it did not stand on the left: the name would mean something else there.
pub(super) fn captures(left: &Term, right: &Term, bindings: &Bindings) -> bool {
    let mut scopes = BTreeMap::new();
    around(left, &mut Vec::new(), &mut |m, bound| {
        let common: BTreeSet<Symbol> = bound.iter().cloned().collect();
        let known = scopes.entry(m.clone()).or_insert_with(|| common.clone());
        *known = known.intersection(&common).cloned().collect();
    });
    let mut captured = false;
    around(right, &mut Vec::new(), &mut |m, bound| {
        let Some(value) = bindings.metas.get(m) else { return };
        captured |= bound.iter().any(|x| {
            let name = bindings.vars.get(x).unwrap_or(x);
            !scopes.get(m).is_some_and(|scope| scope.contains(x)) && value.mentions(name)
        });
    });
    captured
}

/// Each pattern variable of a pattern, with the variables bound around it.
fn around(t: &Term, bound: &mut Vec<Symbol>, each: &mut impl FnMut(&Symbol, &[Symbol])) {
    match t.node() {
        Node::Meta(m) => each(m, bound),
        Node::Binder(b) => {
            let children = t.children();
            let Some((body, domain)) = children.split_last() else { return };
            domain.iter().for_each(|c| around(c, bound, each));
            bound.push(b.var.clone());
            around(body, bound, each);
            bound.pop();
        }
        _ => t.children().into_iter().for_each(|c| around(c, bound, each)),
    }
}

/// `?m[at]` against a term: the value of `?m` has a hole for each `at`. Where the index of `x[?i]` is still to be found,
/// it is the one at which the term mentions x.
pub(super) fn abstracted(m: &Symbol, at: &Term, s: &Term, mut b: Bindings) -> Option<Bindings> {
    let hole = Term::symbol(HOLE);
    let value = match at.node() {
        Node::Symbol(x) => s.substitute(b.vars.get(x)?, &hole),
        Node::Index(x, i) => {
            let x = b.vars.get(x.as_symbol()?)?.clone();
            let at = match i.node() {
                Node::Meta(i) if !b.metas.contains_key(i) => {
                    let found = coordinate_of(s, &x)?;
                    b.metas.insert(i.clone(), found.clone());
                    found
                }
                _ => i.instantiate(&b)?,
            };
            with_hole(s, &Term::index(Term::symbol(x), at), &hole)
        }
        _ => return None,
    };
    b.metas.insert(m.clone(), value);
    Some(b)
}

/// The x and the ?c of a pattern `?f[x - ?c]`, the ?c still to be found.
pub(super) fn distance_pattern(at: &Term, b: &Bindings) -> Option<(Symbol, Symbol)> {
    let Node::Sum(parts) = at.node() else { return None };
    let [x, centre] = parts.as_slice() else { return None };
    let Node::Neg(centre) = centre.node() else { return None };
    let Node::Meta(c) = centre.node() else { return None };
    let x = b.vars.get(x.as_symbol()?)?;
    (!b.metas.contains_key(c)).then(|| (x.clone(), c.clone()))
}

/// The x and the ?s of a pattern `?f[x/?s]`, the ?s still to be found.
pub(super) fn ratio_pattern(at: &Term, b: &Bindings) -> Option<(Symbol, Symbol)> {
    let Node::Quotient(x, scale) = at.node() else { return None };
    let Node::Meta(s) = scale.node() else { return None };
    let x = b.vars.get(x.as_symbol()?)?;
    (!b.metas.contains_key(s)).then(|| (x.clone(), s.clone()))
}

/// `?f[x/?s]` against a term: one proposal for each quotient of x that the term mentions.
pub(super) fn stretched(f: &Symbol, x: &Symbol, s: &Symbol, t: &Term, b: &Bindings) -> Proposals {
    let hole = Term::symbol(HOLE);
    let mut scales: Vec<Term> = Vec::new();
    t.any(&mut |t| {
        if let Node::Quotient(above, below) = t.node()
            && above.as_symbol() == Some(x)
            && !below.mentions(x)
            && !scales.contains(below)
        {
            scales.push(below.clone());
        }
        false
    });
    scales.truncate(MAX_PROPOSALS);
    let proposal = |scale: Term| {
        let ratio = Term::quotient(Term::symbol(x.clone()), scale.clone());
        let from_ratio = Term::product(vec![scale.clone(), hole.clone()]);
        let mut b = b.clone();
        b.metas.insert(f.clone(), with_hole(t, &ratio, &hole).substitute(x, &from_ratio));
        b.metas.insert(s.clone(), scale);
        b
    };
    scales.into_iter().map(proposal).collect()
}

/// `?f[x - ?c]` against a term: one proposal for each distance of x from something that the term mentions.
pub(super) fn shifted(f: &Symbol, x: &Symbol, c: &Symbol, s: &Term, b: &Bindings) -> Proposals {
    let hole = Term::symbol(HOLE);
    let mut distances: Vec<(Term, Term)> = Vec::new();
    s.any(&mut |t| {
        if let Node::Sum(parts) = t.node()
            && let Some(i) = parts.iter().position(|p| p.as_symbol() == Some(x))
        {
            let mut rest = parts.clone();
            rest.remove(i);
            let centre: Vec<Term> = rest.into_iter().map(opposite_sign).collect();
            let centre =
                if let [only] = centre.as_slice() { only.clone() } else { Term::sum(centre) };
            if !centre.mentions(x) && distances.iter().all(|(_, known)| *known != centre) {
                distances.push((t.clone(), centre));
            }
        }
        false
    });
    distances.truncate(MAX_PROPOSALS);
    let proposal = |(distance, centre): (Term, Term)| {
        let from_centre = Term::sum(vec![hole.clone(), centre.clone()]);
        let value = with_hole(s, &distance, &hole).substitute(x, &from_centre);
        let mut b = b.clone();
        b.metas.insert(f.clone(), value);
        b.metas.insert(c.clone(), centre);
        b
    };
    distances.into_iter().map(proposal).collect()
}

fn opposite_sign(t: Term) -> Term {
    match t.node() {
        Node::Neg(a) => a.clone(),
        _ => Term::neg(t),
    }
}

/// The index of the first coordinate of `x` that is mentioned.
fn coordinate_of(t: &Term, x: &Symbol) -> Option<Term> {
    match t.node() {
        Node::Index(base, at) if base.as_symbol() == Some(x) => Some(at.clone()),
        Node::Binder(b) if b.var == *x => None,
        _ => t.children().into_iter().find_map(|c| coordinate_of(c, x)),
    }
}

fn with_hole(t: &Term, place: &Term, hole: &Term) -> Term {
    if t == place {
        return hole.clone();
    }
    match t.node() {
        // What is bound here under a name of the place is another variable.
        Node::Binder(b) if place.mentions(&b.var) => t.clone(),
        _ => t.map_children(|c| with_hole(c, place, hole)),
    }
}

/// Among the factors of a product, the root of 2·x as two of them: what does not vary can then be told from what does.
pub(super) fn numbers_out_of_roots(parts: Vec<Term>, build: fn(Vec<Term>) -> Term) -> Vec<Term> {
    if build(Vec::new()) != Term::integer(1) {
        return parts;
    }
    let apart = |part: Term| {
        let Node::Call(f, args) = part.node() else { return vec![part] };
        let (true, [inside]) = (f == "sqrt", args.as_slice()) else { return vec![part] };
        let Node::Product(factors) = inside.node() else { return vec![part] };
        let is_number = |t: &&Term| t.as_rational().is_some_and(|r| !r.is_negative());
        let (numbers, others): (Vec<&Term>, Vec<&Term>) = factors.iter().partition(is_number);
        if numbers.is_empty() || others.is_empty() {
            return vec![part];
        }
        let root = |of: Vec<&Term>| {
            let of = Term::product(of.into_iter().cloned().collect());
            Term::call("sqrt", vec![of])
        };
        vec![root(numbers), root(others)]
    };
    parts.into_iter().flat_map(apart).collect()
}
