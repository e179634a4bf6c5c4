//! The order of positive numbers through that of their logarithms, and the other way round.

use super::sign::{power_sign, sign_of_number};
use super::{Arithmetic, Atom, Monomial, Poly, PolyId, Sign};
use crate::term::Rational;

/// Chains through more relations than these are not followed.
const MOST_ORDERED: usize = 12;

impl Arithmetic<'_> {
    /// What the declared order says of names further apart: a < c where a < b and b <= c.
    pub(super) fn close_order(&mut self) {
        // One monomial above another, and whether they stay apart.
        let mut above: Vec<(Monomial, Monomial, Sign)> = Vec::new();
        for (fact, sign) in &self.fact_signs {
            let [(m, c), (n, d)] = fact.0.as_slice() else { continue };
            if !c.abs().is_one() || *c != -d {
                continue;
            }
            let rises = sign.is_nonnegative();
            if !rises && !sign.neg().is_nonnegative() {
                continue;
            }
            let (high, low) = if rises == c.is_negative() { (n, m) } else { (m, n) };
            let sign = if rises { *sign } else { sign.neg() };
            let link = (high.clone(), low.clone(), sign);
            if !above.contains(&link) {
                above.push(link);
            }
        }
        if above.len() < 2 || above.len() > MOST_ORDERED {
            return;
        }
        let declared = above.len();
        let mut next = 0;
        while next < above.len() && above.len() <= MOST_ORDERED * MOST_ORDERED {
            let (high, middle, sign) = above[next].clone();
            next += 1;
            for (from, low, other) in above.iter().take(declared).cloned().collect::<Vec<_>>() {
                if from != middle || low == high {
                    continue;
                }
                let link = (high.clone(), low, sign.plus(other));
                if !above.iter().any(|(h, l, _)| *h == link.0 && *l == link.1) {
                    above.push(link);
                }
            }
        }
        for (high, low, sign) in above.split_off(declared) {
            let high = Poly::monomial(high, Rational::ONE);
            self.fact_signs.push((high.minus(&Poly::monomial(low, Rational::ONE)), sign));
        }
    }

    /// What a declared relation says of exponentials: a sum of logarithms lies below zero where its exponential lies below one.
    pub(super) fn push_exponential(&mut self, p: &Poly, sign: Sign) {
        let is_logarithm = |(m, _): &(Monomial, Rational)| match m.as_slice() {
            [(a, e)] => e.is_one() && matches!(self.atom_at(*a), Atom::Ln(_)),
            _ => false,
        };
        if p.0.iter().any(is_logarithm)
            && let Ok(e) = self.exp(p)
        {
            self.fact_signs.push((e.minus(&Poly::one()), sign));
        }
    }

    /// A sine is positive between zero and π.
    pub(super) fn sign_of_sine(&mut self, u: PolyId) -> Sign {
        let u = self.poly_at(u).clone();
        let pi = self.of_atom(Atom::Symbol("pi".into()));
        let Ok(turns) = self.power(&pi, &Rational::MINUS_ONE).and_then(|p| self.times(&u, &p))
        else {
            return Sign::ANY;
        };
        let inside = self.sign_of_poly(&turns).is_positive()
            && self.sign_of_poly(&Poly::one().minus(&turns)).is_positive();
        if inside { Sign::POSITIVE } else { Sign::ANY }
    }

    /// The sign of c·(m − 1) for a product m of powers of positive factors: m is below one where its logarithm is negative.
    pub(super) fn sign_against_one(&mut self, p: &Poly) -> Sign {
        let [(m, c), (n, d)] = p.0.as_slice() else { return Sign::ANY };
        let (product, c, one) = match (m.is_empty(), n.is_empty()) {
            (true, false) => (n.clone(), d.clone(), c),
            (false, true) => (m.clone(), c.clone(), d),
            _ => return Sign::ANY,
        };
        let alone = match product.as_slice() {
            [(a, e)] => e.is_one() && !matches!(self.atom_at(*a), Atom::Exp(_)),
            _ => false,
        };
        if alone || !(&c + one).is_zero() {
            return Sign::ANY;
        }
        let mut logarithm = Sign::ZERO;
        for (a, e) in product {
            let of_atom = match self.atom_at(a).clone() {
                Atom::Exp(q) => {
                    let q = self.poly_at(q).clone();
                    self.sign_of_poly(&q)
                }
                _ if self.atom_sign(a).is_positive() => {
                    let above = Poly::atom(a).minus(&Poly::one());
                    self.sign_of_poly(&above)
                }
                _ => return Sign::ANY,
            };
            logarithm = logarithm.plus(of_atom.times(sign_of_number(&e)));
        }
        logarithm.times(sign_of_number(&c))
    }

    /// The sign of c·(ln u − ln v)·r for positive u and v: that of c·(u − v)·r. Where r is a power of a multiple of u − v,
    /// as in (ln u − ln v)/(u − v), it is known though that of neither factor is.
    pub(super) fn sign_of_logarithms(&mut self, p: &Poly) -> Sign {
        let [(m, c), (n, d)] = p.0.as_slice() else { return Sign::ANY };
        let (Some((u, rest)), Some((v, other))) = (self.one_logarithm(m), self.one_logarithm(n))
        else {
            return Sign::ANY;
        };
        if rest != other || !(c + d).is_zero() {
            return Sign::ANY;
        }
        if !self.sign_of_poly(&u).is_positive() || !self.sign_of_poly(&v).is_positive() {
            return Sign::ANY;
        }
        let difference = u.minus(&v);
        let mut sign = sign_of_number(c);
        let mut paired = false;
        for (a, e) in &rest {
            let odd = e.to_i64().is_some_and(|e| e % 2 != 0);
            let multiple = match self.atom_at(*a) {
                // What stands in a denominator is not zero.
                Atom::Sum(sum) if odd && e.is_negative() && !paired => {
                    difference.ratio(&self.poly_at(*sum).clone())
                }
                _ => None,
            };
            match multiple {
                Some(k) => (sign, paired) = (sign.times(sign_of_number(&k)), true),
                None => {
                    let base = self.atom_sign(*a);
                    sign = sign.times(power_sign(base, e));
                }
            }
        }
        if paired { sign } else { sign.times(self.sign_of_poly(&difference)) }
    }

    /// The u of a product ln(u)·r, and the r.
    fn one_logarithm(&self, m: &Monomial) -> Option<(Poly, Monomial)> {
        let is_ln = |a: u32| match self.atom_at(a) {
            Atom::Ln(u) => Some(self.poly_at(*u).clone()),
            _ => None,
        };
        let at = m.iter().position(|(a, e)| e.is_one() && is_ln(*a).is_some())?;
        let mut rest = m.clone();
        let (a, _) = rest.remove(at);
        Some((is_ln(a)?, rest))
    }
}
