//! Products, quotients and sums as matching takes them apart.

use crate::term::{Bindings, Node, Term};

/// The parts of a sum with those put together that have the same function of the rule's variables; `None` where there are
/// none.
pub(super) fn grouped(parts: &[Term], b: &Bindings) -> Option<Vec<Term>> {
    let mut groups: Vec<(Vec<Term>, Vec<Term>)> = Vec::new();
    for part in parts {
        let varies = |t: &Term| b.vars.values().any(|x| t.mentions(x));
        let (moving, fixed): (Vec<Term>, Vec<Term>) =
            factors_of(part).into_iter().partition(|f| varies(f));
        let fixed = Term::product(fixed);
        match groups.iter_mut().find(|(known, _)| !moving.is_empty() && *known == moving) {
            Some((_, all)) => all.push(fixed),
            None => groups.push((moving, vec![fixed])),
        }
    }
    (!b.vars.is_empty() && groups.len() < parts.len()).then(|| {
        let joined = groups.into_iter().map(|(mut moving, fixed)| {
            moving.push(Term::sum(fixed));
            Term::product(moving)
        });
        joined.collect()
    })
}

/// The parts of a sum that stands under a sign or above a bar, each with it.
pub(super) fn distributed(s: &Term) -> Option<Vec<Term>> {
    let parts = |t: &Term| match t.node() {
        Node::Sum(parts) => Some(parts.clone()),
        _ => distributed(t),
    };
    match s.node() {
        Node::Neg(a) => Some(parts(a)?.into_iter().map(Term::neg).collect()),
        Node::Quotient(a, c) => {
            Some(parts(a)?.into_iter().map(|t| Term::quotient(t, c.clone())).collect())
        }
        _ => None,
    }
}

/// Whether a product has a power whose exponent is still open.
pub(super) fn has_open_power(p: &Term, b: &Bindings) -> bool {
    let Node::Product(factors) = p.node() else { return false };
    factors.iter().any(|f| match f.node() {
        Node::Power(_, n) => matches!(n.node(), Node::Meta(m) if !b.metas.contains_key(m)),
        _ => false,
    })
}

/// Whether a product or quotient has a sum for a factor.
pub(super) fn holds_sum(s: &Term) -> bool {
    matches!(s.node(), Node::Product(_) | Node::Quotient(..) | Node::Sum(_))
        && factors_of(s).iter().any(|f| matches!(f.node(), Node::Sum(_)))
}

/// The factors of a product or quotient, those below the bar to a negative power, a sign as −1.
pub(crate) fn factors_of(s: &Term) -> Vec<Term> {
    match s.node() {
        Node::Product(xs) => xs.iter().flat_map(factors_of).collect(),
        Node::Neg(a) => {
            let mut out = vec![Term::neg(Term::integer(1))];
            out.extend(factors_of(a));
            out
        }
        // 2/3 is a number, and one factor.
        Node::Quotient(a, c)
            if a.as_rational().is_some_and(|r| !r.is_one()) && c.as_rational().is_some() =>
        {
            vec![s.clone()]
        }
        Node::Quotient(a, c) => {
            let mut out = factors_of(a);
            out.retain(|f| f.as_rational().is_none_or(|r| !r.is_one()));
            out.extend(factors_of(c).into_iter().map(inverse));
            out
        }
        _ => vec![s.clone()],
    }
}

fn inverse(t: Term) -> Term {
    match t.node() {
        Node::Power(a, n) => Term::power(a.clone(), Term::neg(n.clone())),
        // A root of a name, as x^(-1/2): a power of x is looked for by its exponent.
        Node::Call(f, args) if f == "sqrt" && args[0].as_symbol().is_some() => {
            let half = Term::quotient(Term::integer(1), Term::integer(2));
            Term::power(args[0].clone(), Term::neg(half))
        }
        _ => Term::power(t, Term::neg(Term::integer(1))),
    }
}

/// `2^(-k)` and `1/2^k` as (1/2)^k.
pub(super) fn inverse_power(s: &Term) -> Option<(Term, Term)> {
    let one_over = |x: &Term| Term::quotient(Term::integer(1), x.clone());
    match s.node() {
        Node::Power(x, n) => match n.node() {
            Node::Neg(n) => Some((one_over(x), n.clone())),
            _ => None,
        },
        Node::Quotient(a, b) if a.as_rational().is_some_and(|r| r.is_one()) => match b.node() {
            Node::Power(x, n) => Some((one_over(x), n.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// `1/x^n` and `1/sqrt(x)` as a power of x.
pub(super) fn reciprocal(s: &Term) -> Option<(Term, Term)> {
    let Node::Quotient(one, below) = s.node() else { return None };
    if !one.as_rational().is_some_and(|r| r.is_one()) {
        return None;
    }
    Some(match below.node() {
        Node::Power(x, n) => (x.clone(), Term::neg(n.clone())),
        Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
            let half = Term::quotient(Term::integer(1), Term::integer(2));
            (args[0].clone(), Term::neg(half))
        }
        _ => (below.clone(), Term::neg(Term::integer(1))),
    })
}
