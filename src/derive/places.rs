//! Places in a term where a phase may act, what stands there, and what is left when none can.

use crate::kernel::Facts;
use crate::term::{Binder, BinderOp, Node, Path, Symbol, Term};
use crate::theory::Theory;

/// The first part of a term that is left to integrate, differentiate or unfold. What is said of a density that is not
/// further known has no other form, nor has the average of a function of that kind.
pub fn obstacle(theory: &Theory, facts: &Facts, term: &Term) -> Option<Term> {
    let blocks = match term.node() {
        Node::Binder(_) if term.is_finite_series() => false,
        Node::Binder(b) if b.op == BinderOp::Variance => true,
        Node::Binder(_) | Node::Density(..) if facts.is_abstract(term) => return None,
        Node::Binder(_) if irreducible(facts, term) => false,
        Node::Binder(_) | Node::Density(..) | Node::Derivative(..) => true,
        Node::Call(name, arguments) => theory.quantity(name, arguments.len()).is_some(),
        _ => false,
    };
    if blocks {
        return Some(term.clone());
    }
    term.children().into_iter().find_map(|c| obstacle(theory, facts, c))
}

/// Whether a term is the average of a function that is not further known, at a place that depends on what is averaged
/// over: there is no other form of it.
pub(crate) fn irreducible(facts: &Facts, t: &Term) -> bool {
    let Node::Binder(b) = t.node() else { return false };
    is_average(t) && !t.is_finite_series() && b.body.any(&mut |s| applies_unknown(facts, s, &b.var))
}

/// Whether a term is `g[…x…]` for a declared g.
fn applies_unknown(facts: &Facts, t: &Term, x: &Symbol) -> bool {
    let Node::Index(base, at) = t.node() else { return false };
    let mut root = base;
    while let Node::Index(inner, _) = root.node() {
        root = inner;
    }
    at.mentions(x)
        && root.as_symbol().is_some_and(|g| g != x && facts.sorts.contains_key(g))
        && facts.resolve(t) == *t
}

pub(crate) fn is_variance(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Variance)
}

/// A power of a sum in which the variable occurs.
pub(crate) fn hides_powers(b: &Binder) -> bool {
    b.body.any(&mut |t| match t.node() {
        Node::Power(a, _) => matches!(a.node(), Node::Sum(_)) && a.mentions(&b.var),
        _ => false,
    })
}

pub(crate) fn monomial(distance: &Term, degree: u32, coefficient: Term) -> Term {
    let power = match degree {
        0 => return coefficient,
        1 => distance.clone(),
        d => Term::power(distance.clone(), Term::integer(i64::from(d))),
    };
    match coefficient.as_rational() {
        Some(r) if r.is_one() => power,
        _ => Term::product(vec![coefficient, power]),
    }
}

/// A product with a product inside, flattened.
pub(crate) fn flat(t: &Term) -> Term {
    let Node::Product(xs) = t.node() else { return t.clone() };
    let parts = xs.iter().flat_map(|x| match x.node() {
        Node::Product(ys) => ys.clone(),
        _ => vec![x.clone()],
    });
    Term::product(parts.collect())
}

pub(crate) fn is_expectation(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Expectation)
}

pub(crate) fn is_integral(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Integral) || is_series(t)
}

/// A sum of infinitely many terms.
pub(crate) fn is_series(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Sum) && !t.is_finite_series()
}

/// A sum or integral against something: one that may be an expectation.
pub(crate) fn is_weighted(t: &Term) -> bool {
    is_integral(t) || matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Sum)
}

pub(crate) fn is_average(t: &Term) -> bool {
    is_expectation(t) || is_integral(t)
}

pub(crate) fn is_ln(t: &Term) -> bool {
    matches!(t.node(), Node::Call(f, _) if f == "ln")
}

pub(crate) fn is_special(t: &Term) -> bool {
    let names = ["gamma", "digamma", "trigamma", "sin", "cos"];
    matches!(t.node(), Node::Call(f, _) if names.contains(&f.as_str()))
}

/// Whether something in a term may have a kink.
pub(crate) fn has_kink(t: &Term) -> bool {
    t.any(&mut is_kink)
}

/// An absolute value, the smaller or the larger of two.
pub(crate) fn is_kink(t: &Term) -> bool {
    match t.node() {
        Node::Call(f, args) => match f.as_str() {
            "abs" => args.len() == 1,
            "min" | "max" => args.len() == 2,
            _ => false,
        },
        _ => false,
    }
}

pub(crate) fn has_density(t: &Term) -> bool {
    t.any(&mut |s| matches!(s.node(), Node::Density(..)))
}

/// A power of an expression in densities, with none of them inside a logarithm.
pub(crate) fn is_power_of_densities(t: &Term) -> bool {
    let power = |t: &Term| match t.node() {
        Node::Power(base, n) => {
            has_density(base) && n.as_rational().is_some_and(|n| n.is_integer() && n.is_positive())
        }
        _ => false,
    };
    let hidden = |t: &Term| t.any(&mut |s| matches!(s.node(), Node::Call(..)) && has_density(s));
    !hidden(t)
        && match t.node() {
            Node::Product(factors) => factors.iter().any(power),
            _ => power(t),
        }
}

/// The logarithm of a quotient or product: one that a rule can take apart.
pub(crate) fn has_bar(t: &Term) -> bool {
    matches!(t.children().first().map(|c| c.node()), Some(Node::Quotient(..) | Node::Product(_)))
}

/// Whether the logarithm of a density, or of a sum, stands in an expectation, for which an integral would say no more.
/// Over an interval that of a distance from its ends is none.
pub(crate) fn hides_sum(t: &Term, over_interval: bool) -> bool {
    let Node::Binder(b) = t.node() else { return false };
    let plain = |part: &Term| {
        let part = if let Node::Neg(a) = part.node() { a } else { part };
        let base = if let Node::Power(x, _) = part.node() { x } else { part };
        !part.mentions(&b.var) || base.as_symbol() == Some(&b.var)
    };
    let distance = |ln: &Term| match ln.children().first().map(|c| c.node().clone()) {
        Some(Node::Sum(parts)) => parts.len() == 2 && parts.iter().all(plain),
        _ => false,
    };
    t.any(&mut |s| {
        is_ln(s) && (has_density(s) || under_ln_mixture(s) && !(over_interval && distance(s)))
    })
}

pub(crate) fn under_ln_mixture(t: &Term) -> bool {
    matches!(t.children().first().map(|c| c.node()), Some(Node::Sum(_)))
}

/// Whether the densities in a term are taken at numbers: what they are is known at once.
pub(crate) fn at_numbers(t: &Term) -> bool {
    !t.any(&mut |s| match s.node() {
        Node::Density(_, points) => points.iter().any(|p| p.as_rational().is_none()),
        _ => false,
    })
}

/// The logarithm of a quotient of numbers: it reads best as it is.
pub(crate) fn is_ln_of_number(t: &Term) -> bool {
    is_ln(t) && t.children().first().is_some_and(|c| super::terms::is_fraction(c))
}

/// Places in reading order, outermost first, where `admit` holds.
pub(crate) fn places(t: &Term, admit: impl Fn(&Term) -> bool) -> Vec<Path> {
    let mut out = Vec::new();
    collect_places(t, &Path::root(), &admit, &mut out);
    out
}

pub(crate) fn collect_places(
    t: &Term,
    here: &Path,
    admit: &impl Fn(&Term) -> bool,
    out: &mut Vec<Path>,
) {
    if admit(t) {
        out.push(here.clone());
    }
    for (i, child) in t.children().into_iter().enumerate() {
        collect_places(child, &here.child(i), admit, out);
    }
}

pub(crate) fn first_place(t: &Term, admit: impl Fn(&Term) -> bool) -> Option<Path> {
    places(t, admit).into_iter().next()
}

/// The densities outside logarithms of sums, which no rule takes apart: there inserting makes nothing simpler, unless all
/// are numbers.
pub(crate) fn insertable(t: &Term) -> Vec<Path> {
    fn go(t: &Term, here: &Path, out: &mut Vec<Path>) {
        if matches!(t.node(), Node::Density(..)) {
            out.push(here.clone());
        }
        if is_ln(t) && under_ln_mixture(t) && !at_numbers(t) {
            return;
        }
        for (child, i) in t.children().into_iter().zip(0..) {
            go(child, &here.child(i), out);
        }
    }
    let mut out = Vec::new();
    go(t, &Path::root(), &mut out);
    out
}

pub(crate) fn first_place_below(
    t: &Term,
    below: &Path,
    admit: impl Fn(&Term) -> bool,
) -> Option<Path> {
    let inner = t.at(below)?;
    first_place(&inner, admit).map(|p| below.join(&p))
}
