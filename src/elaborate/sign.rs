//! What signs a real term can evidently have. A small structural check that decides whether a parameter is visibly
//! positive; the proofs are the kernel's.

use super::scope::Scope;
use crate::term::{Node, Rational, Relation, Symbol, Term};
use crate::theory::Sort;

/// A set of signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sign(u8);

impl Sign {
    pub(super) const NEGATIVE: Self = Self(1);
    pub(super) const ZERO: Self = Self(2);
    pub(super) const POSITIVE: Self = Self(4);
    pub(super) const NONNEGATIVE: Self = Self(6);
    pub(super) const NONPOSITIVE: Self = Self(3);
    pub(super) const NONZERO: Self = Self(5);
    pub(super) const ANY: Self = Self(7);

    pub(super) fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Self) -> Self {
        // A contradiction among the assumptions is not for this check to find.
        if self.meets(other) { Self(self.0 & other.0) } else { self }
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn flipped(self) -> Self {
        Self((self.0 & 2) | ((self.0 & 1) << 2) | ((self.0 & 4) >> 2))
    }

    fn pairs(self, other: Self, combine: impl Fn(i8, i8) -> Self) -> Self {
        let mut out = Self(0);
        for a in self.values() {
            for b in other.values() {
                out = out.or(combine(a, b));
            }
        }
        out
    }

    fn values(self) -> impl Iterator<Item = i8> {
        [(1u8, -1i8), (2, 0), (4, 1)]
            .into_iter()
            .filter(move |(bit, _)| self.0 & bit != 0)
            .map(|(_, v)| v)
    }

    fn of(value: i8) -> Self {
        match value {
            0 => Self::ZERO,
            v if v < 0 => Self::NEGATIVE,
            _ => Self::POSITIVE,
        }
    }

    fn plus(self, other: Self) -> Self {
        self.pairs(other, |a, b| if a * b < 0 { Self::ANY } else { Self::of(a + b) })
    }

    fn times(self, other: Self) -> Self {
        self.pairs(other, |a, b| Self::of(a * b))
    }

    /// The sign of a number that is allowed to be of this sort.
    pub(super) fn of_sort(sort: Sort) -> Self {
        match sort {
            Sort::Positive | Sort::Natural => Self::POSITIVE,
            Sort::Nonnegative => Self::NONNEGATIVE,
            Sort::Negative => Self::NEGATIVE,
            Sort::Nonzero => Self::NONZERO,
            Sort::Probabilities => Self::NONNEGATIVE,
            Sort::Positives => Self::POSITIVE,
            Sort::Real | Sort::Integer | Sort::Density | Sort::Mass => Self::ANY,
        }
    }

    /// The signs of `a - b` for which `a relation b` holds.
    pub(super) fn of_relation(relation: Relation) -> Self {
        match relation {
            Relation::Gt => Self::POSITIVE,
            Relation::Ge => Self::NONNEGATIVE,
            Relation::Lt => Self::NEGATIVE,
            Relation::Le => Self::NONPOSITIVE,
            Relation::Ne => Self::NONZERO,
            Relation::Eq => Self::ZERO,
            Relation::UpTo | Relation::Tends | Relation::TendsUpTo => Self::ANY,
        }
    }

    fn of_rational(value: &Rational) -> Self {
        match (value.is_positive(), value.is_negative()) {
            (true, _) => Self::POSITIVE,
            (_, true) => Self::NEGATIVE,
            _ => Self::ZERO,
        }
    }
}

/// The exact value of a term without names, where it is a modest rational number.
pub(super) fn exact(term: &Term) -> Option<Rational> {
    match term.node() {
        Node::Number(n) => Some(n.clone()),
        Node::Neg(a) => exact(a).map(|n| -n),
        Node::Quotient(a, b) => exact(a)?.checked_div(&exact(b)?),
        Node::Sum(parts) => {
            parts.iter().try_fold(Rational::ZERO, |acc, part| Some(&acc + &exact(part)?))
        }
        Node::Product(parts) => {
            parts.iter().try_fold(Rational::ONE, |acc, part| Some(&acc * &exact(part)?))
        }
        Node::Power(a, b) => exact(a)?.checked_pow(exact(b)?.to_i64()?),
        _ => None,
    }
}

/// What is known of names where a sign is asked for.
pub(super) struct Signs<'a> {
    pub(super) scope: &'a Scope,
    /// Bound variables, innermost last.
    pub(super) bound: &'a [(Symbol, Sign)],
}

impl Signs<'_> {
    pub(super) fn sign(&self, term: &Term) -> Sign {
        let known = match exact(term) {
            Some(value) => return Sign::of_rational(&value),
            None => self.structural(term),
        };
        self.assumed(term).into_iter().fold(known, Sign::and)
    }

    fn structural(&self, term: &Term) -> Sign {
        match term.node() {
            Node::Number(n) => Sign::of_rational(n),
            Node::Symbol(name) => self.name(name),
            Node::Neg(a) => self.sign(a).flipped(),
            Node::Sum(parts) => {
                parts.iter().map(|p| self.sign(p)).reduce(Sign::plus).unwrap_or(Sign::ANY)
            }
            Node::Product(parts) => {
                parts.iter().map(|p| self.sign(p)).reduce(Sign::times).unwrap_or(Sign::ANY)
            }
            Node::Quotient(a, b) => self.sign(a).times(self.sign(b).and(Sign::NONZERO)),
            Node::Power(a, b) => power(self.sign(a), exact(b).as_ref()),
            Node::Call(name, arguments) => self.call(name.as_str(), arguments),
            Node::Density(..) => Sign::NONNEGATIVE,
            Node::Index(base, _) => self.entry(base),
            _ => Sign::ANY,
        }
    }

    fn name(&self, name: &Symbol) -> Sign {
        if let Some((_, sign)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return *sign;
        }
        if matches!(name.as_str(), "pi" | "e" | "oo" | "euler_gamma") {
            return Sign::POSITIVE;
        }
        match self.scope.sort(name) {
            Some(sort) => Sign::of_sort(sort),
            None => self.scope.sign_of_definition(name),
        }
    }

    /// The sign of an entry of a family or of a vector.
    fn entry(&self, base: &Term) -> Sign {
        if let Some(items) = base.as_vector() {
            return items.iter().map(|item| self.sign(item)).reduce(Sign::or).unwrap_or(Sign::ANY);
        }
        match base.as_symbol() {
            Some(name) if self.bound.iter().any(|(bound, _)| bound == name) => Sign::ANY,
            Some(name) => match self.scope.definition(name) {
                Some(value) if value.as_comprehension().is_some() => {
                    self.scope.sign_of_definition(name)
                }
                Some(value) if value.as_vector().is_some() => self.entry(value),
                _ => self.scope.sort(name).map_or(Sign::ANY, Sign::of_sort),
            },
            // Of several indices.
            None => match base.node() {
                Node::Index(inner, _) => self.entry(inner),
                Node::Binder(b) if b.op == crate::term::BinderOp::Vector => {
                    let mut bound = self.bound.to_vec();
                    bound.push((b.var.clone(), Sign::ANY));
                    Signs { scope: self.scope, bound: &bound }.sign(&b.body)
                }
                _ => Sign::ANY,
            },
        }
    }

    fn call(&self, name: &str, arguments: &[Term]) -> Sign {
        let first = || arguments.first().map_or(Sign::ANY, |a| self.sign(a));
        match name {
            "exp" | "erfc" | "bessel_i0" => Sign::POSITIVE,
            "sqrt" => first().and(Sign::NONNEGATIVE),
            "abs" => {
                let sign = first();
                sign.times(sign).and(Sign::NONNEGATIVE)
            }
            "gamma" | "trigamma" | "expint" if first() == Sign::POSITIVE => Sign::POSITIVE,
            "erf" | "bessel_i1" => first(),
            "min" | "max" => {
                arguments.iter().map(|a| self.sign(a)).reduce(Sign::or).unwrap_or(Sign::ANY)
            }
            _ => Sign::ANY,
        }
    }

    /// What the assumed relations say of the term as it stands, when it is about no bound variable.
    fn assumed(&self, term: &Term) -> Vec<Sign> {
        if self.bound.iter().any(|(name, _)| term.mentions(name)) {
            return Vec::new();
        }
        let relations = self.scope.context.relations.iter();
        relations.filter_map(|relation| said_of(relation, term)).collect()
    }
}

fn said_of(relation: &Term, term: &Term) -> Option<Sign> {
    let Node::Relation(r, a, b) = relation.node() else { return None };
    let direct = Sign::of_relation(*r);
    if a == term {
        return beyond(direct, &exact(b)?);
    }
    if b == term {
        return beyond(direct.flipped(), &exact(a)?);
    }
    if Term::difference(a.clone(), b.clone()) == *term {
        return Some(direct);
    }
    (Term::difference(b.clone(), a.clone()) == *term).then(|| direct.flipped())
}

/// The signs of `t` when `t - bound` has the given signs.
fn beyond(signs: Sign, bound: &Rational) -> Option<Sign> {
    let shift = Sign::of_rational(bound);
    Some(signs.plus(shift))
}

fn power(base: Sign, exponent: Option<&Rational>) -> Sign {
    let base = match exponent {
        Some(n) if n.is_negative() => base.and(Sign::NONZERO),
        _ => base,
    };
    match exponent.and_then(Rational::to_i64) {
        Some(0) => Sign::POSITIVE,
        Some(n) if n % 2 == 0 => base.times(base).and(Sign::NONNEGATIVE),
        Some(_) => base,
        None if base.within(Sign::NONNEGATIVE) => base,
        None => Sign::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(term: &Term) -> Sign {
        let mut scope = Scope::default();
        scope.declare("s", Sort::Positive, crate::diagnostic::Span::default());
        scope.declare("a", Sort::Real, crate::diagnostic::Span::default());
        Signs { scope: &scope, bound: &[] }.sign(term)
    }

    #[test]
    fn compounds() {
        let (s, a) = (Term::symbol("s"), Term::symbol("a"));
        let square = Term::power(a.clone(), Term::integer(2));
        assert_eq!(sign(&Term::sum(vec![s.clone(), square.clone()])), Sign::POSITIVE);
        assert_eq!(sign(&square), Sign::NONNEGATIVE);
        assert_eq!(sign(&Term::difference(s.clone(), square)), Sign::ANY);
        assert_eq!(sign(&Term::quotient(Term::neg(s.clone()), s)), Sign::NEGATIVE);
        assert_eq!(sign(&Term::call("exp", vec![a])), Sign::POSITIVE);
    }

    #[test]
    fn exact_values() {
        let two = Term::integer(2);
        let t = Term::difference(Term::power(two.clone(), two), Term::integer(5));
        assert_eq!(sign(&t), Sign::NEGATIVE);
    }
}
