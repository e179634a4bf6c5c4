//! Signs of sums that are not those of their monomials: a common factor, a square that can be completed.

use super::poly::merge;
use super::sign::power_sign;
use super::{Arithmetic, Monomial, Poly, Sign, exponent_of};
use crate::term::Rational;

impl Arithmetic<'_> {
    /// The sign of a t² + b t + c where 4 a c >= b²: it is that of a, for a (t + b/(2a))² + (4 a c - b²)/(4 a) is the same.
    pub(super) fn sign_by_square(&mut self, p: &Poly) -> Sign {
        const LONGEST: usize = 8;
        if !(3..=LONGEST).contains(&p.0.len()) {
            return Sign::ANY;
        }
        let two = Rational::from(2);
        let squared =
            |(m, _): &(Monomial, Rational)| m.clone().into_iter().filter(|(_, e)| *e == two);
        let mut atoms: Vec<u32> = p.0.iter().flat_map(squared).map(|(a, _)| a).collect();
        atoms.sort_unstable();
        atoms.dedup();
        for t in atoms {
            let mut parts: [Vec<(Monomial, Rational)>; 3] = Default::default();
            let fits = p.0.iter().all(|(m, c)| {
                let e = exponent_of(m, t);
                let Some(degree) = e.to_i64().filter(|d| e.is_integer() && (0..=2).contains(d))
                else {
                    return false;
                };
                let inverse: Monomial =
                    if degree == 0 { Vec::new() } else { [(t, -e)].into_iter().collect() };
                parts[degree as usize].push((merge(m, &inverse), c.clone()));
                true
            });
            let [c, b, a] = parts.map(Poly::collect);
            if !fits || b.0.is_empty() {
                continue;
            }
            let sign = self.sign_by_monomials(&a);
            let (Ok(ac), Ok(bb)) = (self.times(&a, &c), self.times(&b, &b)) else { continue };
            let rest = ac.scaled(&Rational::from(4)).minus(&bb);
            if (sign.is_positive() || sign == Sign::NEGATIVE)
                && self.sign_by_monomials(&rest).is_nonnegative()
            {
                return if sign.is_positive() { Sign::NONNEGATIVE } else { Sign::NONPOSITIVE };
            }
        }
        Sign::ANY
    }

    /// The sign where some monomials have a factor in common: w a + (1 − w) b is a sum of two positive terms, however it
    /// is multiplied out.
    pub(super) fn sign_by_factors(&mut self, p: &Poly) -> Sign {
        const LONGEST: usize = 8;
        let bare = self.without_positive_factors(p);
        if bare != *p {
            return self.sign_of_poly(&bare);
        }
        if !(2..=LONGEST).contains(&p.0.len()) {
            return Sign::ANY;
        }
        let mut powers: Vec<(u32, Rational)> = Vec::new();
        for (m, _) in &p.0 {
            powers.extend(
                m.iter().filter(|power| !powers.contains(power)).cloned().collect::<Vec<_>>(),
            );
        }
        let mut sign = Sign::ANY;
        for (a, e) in powers {
            let (of, rest): (Vec<_>, Vec<_>) =
                p.0.iter().cloned().partition(|(m, _)| exponent_of(m, a) == e);
            if of.len() < 2 {
                continue;
            }
            let factor = power_sign(self.atom_sign(a), &e);
            if factor == Sign::ANY {
                continue;
            }
            let inverse: Monomial = [(a, -e.clone())].into_iter().collect();
            let of = of.into_iter().map(|(m, c)| (merge(&m, &inverse), c)).collect();
            let of = self.sign_of_poly(&Poly::collect(of));
            if of == Sign::ANY {
                continue;
            }
            let rest = self.sign_of_poly(&Poly::collect(rest));
            sign = sign.and(factor.times(of).plus(rest));
            if sign != Sign::ANY {
                break;
            }
        }
        sign
    }
}
