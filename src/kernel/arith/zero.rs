//! The zero test: clear the sums in denominators, expand, look; then the same under finite sums over an index.

use crate::term::{BinderOp, Rational, Symbol};

use super::power::exponent_of;
use super::{Arithmetic, ArithmeticError, Atom, CanonId, Monomial, Poly, PolyId, Result};

/// Nested denominators are cleared one layer at a time; formulas have two or three.
const MAX_LAYERS: usize = 12;

/// Sums over the same index with the same factor in front: where they stand, and what they are sums of.
struct Alike {
    outside: Monomial,
    domain: Vec<PolyId>,
    canon: CanonId,
    members: Vec<(usize, PolyId, Rational)>,
}

impl Arithmetic<'_> {
    /// Whether a normal form is identically zero.
    pub(crate) fn is_zero(&mut self, mut p: Poly) -> Result<bool> {
        for _ in 0..MAX_LAYERS {
            if p.is_zero() {
                return Ok(true);
            }
            if let Some((atom, least)) = self.sum_in_denominator(&p) {
                let clear = Poly::monomial(vec![(atom, -least)], Rational::ONE);
                p = self.times(&p, &clear)?;
            } else if let Some(fewer) = self.joined(&p)? {
                p = fewer;
            } else {
                return Ok(false);
            }
        }
        Err(ArithmeticError::TooLarge)
    }

    /// The same with fewer sums over an index, where fractions under several of them add up to a number:
    /// Σ a/(a + b) + Σ b/(a + b) is the number of terms.
    fn joined(&mut self, p: &Poly) -> Result<Option<Poly>> {
        for mut alike in self.sums_alike(p) {
            let fraction = |(_, body, _): &(usize, PolyId, Rational)| {
                self.sum_in_denominator(self.poly_at(*body)).is_some()
            };
            let (fractions, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut alike.members).into_iter().partition(fraction);
            if fractions.is_empty() {
                continue;
            }
            let all = fractions.iter().chain(&rest).cloned().collect();
            for members in [all, fractions] {
                alike.members = members;
                if let Some(fewer) = self.without(p, &alike)? {
                    return Ok(Some(fewer));
                }
            }
        }
        Ok(None)
    }

    /// Finite sums over the same index with the same factor in front.
    fn sums_alike(&mut self, p: &Poly) -> Vec<Alike> {
        let infinity = self.atom(Atom::Symbol(Symbol::new("oo")));
        let mut all: Vec<Alike> = Vec::new();
        for (k, (m, c)) in p.0.iter().enumerate() {
            for (i, (a, e)) in m.iter().enumerate() {
                let Atom::Binder(BinderOp::Sum, domain, body, canon) = self.atom_at(*a) else {
                    continue;
                };
                let finite = domain.len() == 2
                    && !domain.iter().any(|end| self.poly_mentions(*end, infinity));
                if !e.is_one() || !finite {
                    continue;
                }
                let mut outside = m.clone();
                outside.remove(i);
                let member = (k, *body, c.clone());
                let known = all.iter_mut().find(|known| {
                    known.outside == outside && known.domain == *domain && known.canon == *canon
                });
                match known {
                    Some(known) => known.members.push(member),
                    None => all.push(Alike {
                        outside,
                        domain: domain.clone(),
                        canon: *canon,
                        members: vec![member],
                    }),
                }
            }
        }
        all
    }

    /// What is left when sums give way to a number for each of their terms; `None` where what they are sums of does not
    /// add up to one.
    fn without(&mut self, p: &Poly, alike: &Alike) -> Result<Option<Poly>> {
        let mut body = Poly::zero();
        for (_, part, c) in &alike.members {
            body = body.plus(&self.poly_at(*part).scaled(c));
        }
        let Some(each) = self.number(body)? else { return Ok(None) };
        let gone = |k: usize| alike.members.iter().any(|(at, ..)| *at == k);
        let kept = p.0.iter().enumerate().filter(|(k, _)| !gone(*k)).map(|(_, t)| t.clone());
        let kept = Poly::collect(kept.collect());
        if each.is_zero() {
            return Ok(Some(kept));
        }
        let [lo, hi] = alike.domain.as_slice() else { return Ok(None) };
        let count = self.poly_at(*hi).minus(self.poly_at(*lo)).plus(&Poly::one());
        if !self.sign_of_poly(&count).is_nonnegative() {
            return Ok(None);
        }
        let front = Poly::monomial(alike.outside.clone(), each);
        Ok(Some(kept.plus(&self.times(&front, &count)?)))
    }

    /// The number that a normal form is wherever it is defined, once its denominators are cleared.
    fn number(&mut self, mut p: Poly) -> Result<Option<Rational>> {
        let mut denominator = Poly::one();
        for _ in 0..MAX_LAYERS {
            let Some((atom, least)) = self.sum_in_denominator(&p) else { break };
            let clear = Poly::monomial(vec![(atom, -least)], Rational::ONE);
            p = self.times(&p, &clear)?;
            denominator = self.times(&denominator, &clear)?;
        }
        Ok(if p.is_zero() { Some(Rational::ZERO) } else { p.ratio(&denominator) })
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
