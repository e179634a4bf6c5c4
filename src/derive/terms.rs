//! Sums that are written out term by term: what a textbook does where a distribution is a list of probabilities.

use crate::term::{Domain, Node, Rational, Term};

use super::engine::{Engine, READABLE};
use super::places::places;

impl Engine<'_> {
    /// `in bits` by the rule that says what that is.
    pub(crate) fn units(&mut self) {
        self.exhaust("unit", |t| matches!(t.node(), Node::Call(_, args) if args.len() == 1));
        self.end_line("unit");
    }

    /// Writes sums over the entries of a list of probabilities out, and short ones against mixtures.
    pub(crate) fn terms(&mut self) {
        for path in places(&self.current.clone(), |t| self.is_sum_over_list(t)).into_iter().rev() {
            let new = self.current.at(&path).and_then(|t| written_out(&t));
            if let Some(new) = new {
                self.try_arithmetic(&path, &new);
            }
        }
        self.end_line("written_out");
    }

    /// Of t^1*(1 - t)^(1 - 1), as a mass at a number comes out, a reader wants t.
    pub(crate) fn plain_powers(&mut self) {
        let plain = |t: &Term| match t.node() {
            Node::Power(base, n) => match value(n)? {
                n if n.is_zero() => Some(Term::integer(1)),
                n if n.is_one() => Some(base.clone()),
                _ => None,
            },
            _ => None,
        };
        let mut any = false;
        for path in places(&self.current.clone(), |t| plain(t).is_some()).into_iter().rev() {
            if let Some(new) = self.current.at(&path).and_then(|t| plain(&t)) {
                any |= self.try_arithmetic(&path, &new);
            }
        }
        if any {
            let products = places(&self.current.clone(), |t| matches!(t.node(), Node::Product(_)));
            products.into_iter().rev().for_each(|path| self.drop_ones(&path));
        }
    }

    fn is_sum_over_list(&self, t: &Term) -> bool {
        let Node::Binder(b) = t.node() else { return false };
        let facts = self.kernel.facts();
        written_out(t).is_some()
            && b.body.any(&mut |s| match s.node() {
                Node::Density(d, points) => {
                    points.iter().any(|p| p.as_symbol() == Some(&b.var))
                        && facts.written_out(d).any(&mut |part| {
                            // The logarithm of a sum has no rule; of a sum of numbers it needs none.
                            part.as_vector().is_some() || facts.mixture(part).is_some()
                        })
                }
                _ => false,
            })
    }
}

/// A short finite sum between numbers, term by term.
fn written_out(t: &Term) -> Option<Term> {
    let Node::Binder(b) = t.node() else { return None };
    let Domain::Range(lo, hi) = &b.domain else { return None };
    if !t.is_finite_series() || b.op != crate::term::BinderOp::Sum {
        return None;
    }
    let (lo, hi) = (lo.as_rational()?.to_i64()?, hi.as_rational()?.to_i64()?);
    let terms = |k: i64| b.body.substitute(&b.var, &Term::integer(k));
    (hi >= lo && hi - lo < READABLE).then(|| Term::sum((lo..=hi).map(terms).collect()))
}

/// Whether a closed form with coefficients put over one denominator is read rather than what it was: of a short one only
/// if it is much shorter.
pub(crate) fn is_worth_it(old: &Term, new: &Term) -> bool {
    old.size() >= 40 || 3 * new.size() <= 2 * old.size()
}

/// A sum of rational multiples of logarithms of rational numbers, each logarithm once and with a positive coefficient;
/// none for any other term. Multiplied out the numbers would fall into their prime factors.
pub(crate) fn logarithms_of_numbers(t: &Term) -> Option<Term> {
    let mut sum = Linear { constant: Rational::ZERO, logarithms: Vec::new() };
    sum.add(t, &Rational::ONE)?;
    if sum.logarithms.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    for (argument, coefficient) in &sum.logarithms {
        if coefficient.is_zero() || argument.is_one() {
            continue;
        }
        let ln = Term::call("ln", vec![Term::rational(argument)]);
        parts.push(if coefficient.is_one() {
            ln
        } else {
            Term::product(vec![Term::rational(coefficient), ln])
        });
    }
    if !sum.constant.is_zero() || parts.is_empty() {
        parts.push(Term::rational(&sum.constant));
    }
    Some(Term::sum(parts))
}

struct Linear {
    constant: Rational,
    logarithms: Vec<(Rational, Rational)>,
}

impl Linear {
    fn add(&mut self, t: &Term, factor: &Rational) -> Option<()> {
        if let Some(n) = value(t) {
            self.constant = &self.constant + &(factor * &n);
            return Some(());
        }
        match t.node() {
            Node::Sum(parts) => parts.iter().try_for_each(|p| self.add(p, factor)),
            Node::Neg(a) => self.add(a, &-factor),
            Node::Product(factors) => {
                let (numbers, others): (Vec<&Term>, Vec<&Term>) =
                    factors.iter().partition(|f| value(f).is_some());
                let [only] = others.as_slice() else { return None };
                let by = numbers.iter().try_fold(factor.clone(), |by, n| Some(&by * &value(n)?))?;
                self.add(only, &by)
            }
            Node::Quotient(a, b) => self.add(a, &factor.checked_div(&value(b)?)?),
            Node::Call(f, args) if f == "ln" && args.len() == 1 => {
                let argument = value(&args[0]).filter(Rational::is_positive)?;
                let inverse = Rational::ONE.checked_div(&argument)?;
                let (argument, factor) = if factor.is_negative() {
                    (inverse, -factor)
                } else {
                    (argument, factor.clone())
                };
                let inverse = Rational::ONE.checked_div(&argument)?;
                for (known, coefficient) in &mut self.logarithms {
                    if *known == argument {
                        *coefficient = &*coefficient + &factor;
                        return Some(());
                    }
                    if *known == inverse {
                        *coefficient = &*coefficient - &factor;
                        if coefficient.is_negative() {
                            *known = argument;
                            *coefficient = -&*coefficient;
                        }
                        return Some(());
                    }
                }
                self.logarithms.push((argument, factor));
                Some(())
            }
            _ => None,
        }
    }
}

/// Whether a term is made of numbers and is not one that its author wrote as an integer.
pub(crate) fn is_fraction(t: &Term) -> bool {
    !matches!(t.node(), Node::Number(_)) && value(t).is_some()
}

/// The value of a term made of numbers.
fn value(t: &Term) -> Option<Rational> {
    match t.node() {
        Node::Number(n) => Some(n.clone()),
        Node::Neg(a) => value(a).map(|n| -n),
        Node::Quotient(a, b) => value(a)?.checked_div(&value(b)?),
        Node::Sum(parts) => parts.iter().try_fold(Rational::ZERO, |s, p| Some(&s + &value(p)?)),
        Node::Product(parts) => parts.iter().try_fold(Rational::ONE, |s, p| Some(&s * &value(p)?)),
        Node::Power(a, n) => value(a)?.checked_pow(value(n)?.to_i64()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_gathered() {
        let n = |a, b| Term::quotient(Term::integer(a), Term::integer(b));
        let ln = |t| Term::call("ln", vec![t]);
        let t = Term::sum(vec![
            Term::product(vec![n(1, 5), ln(Term::quotient(n(1, 5), n(3, 10)))]),
            Term::neg(Term::product(vec![n(1, 2), ln(n(2, 5))])),
            Term::product(vec![n(3, 10), ln(n(1, 1))]),
        ]);
        let shown = logarithms_of_numbers(&t).map(|t| t.to_string());
        assert_eq!(shown.as_deref(), Some("1/5*ln(2/3) + 1/2*ln(5/2)"));
    }
}
