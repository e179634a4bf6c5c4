//! The zero test: clear the sums in denominators, expand, look.

use crate::term::{BinderOp, Rational};

use super::power::exponent_of;
use super::{Arithmetic, ArithmeticError, Atom, CanonId, Poly, PolyId, Result};

/// Nested denominators are cleared one layer at a time; formulas have two or three.
const MAX_LAYERS: usize = 12;

/// Sums in sums whose terms are put over one denominator.
const MAX_NESTED: usize = 3;

/// Exponents that are compared with one another in one sum.
const MAX_EXPONENTS: usize = 64;

/// Sums over one range, each with its factor, as the sum of one body; and what else there is.
struct Gathered {
    domain: Vec<PolyId>,
    body: Poly,
    rest: Poly,
}

impl Arithmetic<'_> {
    /// Whether a normal form is identically zero.
    pub(crate) fn is_zero(&mut self, p: Poly) -> Result<bool> {
        self.is_zero_within(p, MAX_NESTED)
    }

    fn is_zero_within(&mut self, mut p: Poly, nested: usize) -> Result<bool> {
        for _ in 0..MAX_LAYERS {
            if p.is_zero() {
                return Ok(true);
            }
            let Some((atom, least)) = self.sum_in_denominator(&p) else {
                if let Some(joined) = self.with_equal_exponents_joined(&p, nested)? {
                    p = joined;
                    continue;
                }
                return match nested.checked_sub(1) {
                    Some(nested) => self.is_zero_term_by_term(&p, nested),
                    None => Ok(false),
                };
            };
            let clear = Poly::monomial(vec![(atom, -least)], Rational::ONE);
            p = self.times(&p, &clear)?;
        }
        Err(ArithmeticError::TooLarge)
    }

    /// exp(u) + exp(v) where u = v: exponents that are fractions are equal where their difference is zero, however they are
    /// written. `None` where no two of them are.
    fn with_equal_exponents_joined(&mut self, p: &Poly, nested: usize) -> Result<Option<Poly>> {
        let Some(nested) = nested.checked_sub(1) else { return Ok(None) };
        let mut exponents: Vec<(Poly, Vec<(u32, Rational)>)> = Vec::new();
        let (mut terms, mut changed) = (Vec::new(), false);
        for (m, c) in &p.0 {
            let (powers, mut rest): (Vec<_>, Vec<_>) =
                m.iter().cloned().partition(|(a, _)| matches!(self.atom_at(*a), Atom::Exp(_)));
            let mut exponent = Poly::zero();
            for (a, e) in &powers {
                if let Atom::Exp(u) = self.atom_at(*a) {
                    exponent = exponent.plus(&self.poly_at(*u).scaled(e));
                }
            }
            let mut same = None;
            for (known, spelled) in &exponents {
                let difference = exponent.minus(known);
                if difference.is_zero()
                    || self.sum_in_denominator(&difference).is_some()
                        && self.is_zero_within(difference, nested) == Ok(true)
                {
                    same = Some(spelled.clone());
                    break;
                }
            }
            match same {
                Some(spelled) => {
                    changed |= spelled != powers;
                    rest = super::poly::merge(&rest, &spelled);
                }
                None if exponents.len() >= MAX_EXPONENTS => return Ok(None),
                None => {
                    exponents.push((exponent, powers.clone()));
                    rest = m.clone();
                }
            }
            terms.push((rest, c.clone()));
        }
        Ok(changed.then(|| Poly::collect(terms)))
    }

    /// Σᵢ fᵢ + Σᵢ gᵢ + r is zero where fᵢ + gᵢ is −r/n for every i, n being the number of terms: the fractions of one sum
    /// have one denominator only when they stand in one sum.
    fn is_zero_term_by_term(&mut self, p: &Poly, nested: usize) -> Result<bool> {
        let Some(Gathered { domain, body, rest }) = self.gathered(p) else { return Ok(false) };
        if self.is_zero_within(body.clone(), nested)? {
            return self.is_zero_within(rest, nested);
        }
        let [lo, hi] = domain.as_slice() else { return Ok(false) };
        let count = self.poly_at(*hi).minus(self.poly_at(*lo)).plus(&Poly::one());
        if !self.sign_of_poly(&count).is_positive() {
            return Ok(false);
        }
        let all = self.times(&body, &count)?.plus(&rest);
        self.is_zero_within(all, nested)
    }

    /// The finite sums over the range of the first one in which a sum is divided by.
    fn gathered(&mut self, p: &Poly) -> Option<Gathered> {
        let infinity = self.atom(Atom::Symbol("oo".into()));
        let sum_in = |m: &[(u32, Rational)], of: Option<&(Vec<PolyId>, CanonId)>| {
            m.iter().position(|(a, e)| match self.atom_at(*a) {
                Atom::Binder(BinderOp::Sum, domain, body, canon) if e.is_one() => match of {
                    Some((known, var)) => known == domain && var == canon,
                    None => self.has_fractions(self.poly_at(*body)),
                },
                _ => false,
            })
        };
        let (m, at) = p.0.iter().find_map(|(m, _)| Some((m, sum_in(m, None)?)))?;
        let Atom::Binder(_, domain, _, canon) = self.atom_at(m[at].0).clone() else { return None };
        // Of infinitely many terms linearity is a rule with a condition.
        if domain.len() != 2 || domain.iter().any(|end| self.poly_mentions(*end, infinity)) {
            return None;
        }
        let range = (domain, canon);
        let (mut parts, mut rest) = (Vec::new(), Vec::new());
        for (m, c) in &p.0 {
            let Some(at) = sum_in(m, Some(&range)) else {
                rest.push((m.clone(), c.clone()));
                continue;
            };
            let Atom::Binder(_, _, body, _) = self.atom_at(m[at].0) else { return None };
            let mut front = m.clone();
            front.remove(at);
            parts.push((Poly::monomial(front, c.clone()), self.poly_at(*body).clone()));
        }
        let mut body = Poly::zero();
        for (front, of) in parts {
            body = body.plus(&self.times(&front, &of).ok()?);
        }
        Some(Gathered { domain: range.0, body, rest: Poly::collect(rest) })
    }

    /// Whether a sum is divided by, in an exponent or outside.
    fn has_fractions(&self, p: &Poly) -> bool {
        self.sum_in_denominator(p).is_some()
            || p.0.iter().flat_map(|(m, _)| m).any(|(a, _)| match self.atom_at(*a) {
                Atom::Exp(u) => self.sum_in_denominator(self.poly_at(*u)).is_some(),
                _ => false,
            })
    }

    /// A sum that occurs to a negative power, with its least exponent.
    pub(crate) fn sum_in_denominator(&self, p: &Poly) -> Option<(u32, Rational)> {
        for (m, _) in &p.0 {
            for (a, e) in m {
                if e.is_negative() && matches!(self.atom_at(*a), Atom::Sum(_)) {
                    let least = p.0.iter().map(|(m, _)| exponent_of(m, *a)).min()?;
                    return Some((*a, least));
                }
            }
        }
        None
    }
}
