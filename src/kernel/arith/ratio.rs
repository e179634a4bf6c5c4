//! Signs of differences of positive products, which roots hide: x^(2/3) against a bound of x, a² against √(1 + a⁴). For
//! positive s and t the difference s − t has the sign of s^k − t^k, whatever k > 0 is.

use crate::term::Rational;

use super::poly::merge;
use super::{Arithmetic, Atom, Monomial, Poly, Sign};

/// Summands of what is looked at.
const MOST: usize = 8;
/// Roots within roots.
const MAX_NESTED: u8 = 3;

/// A ratio of positive products: the atoms that are no numbers, and a number.
struct Ratio {
    open: Monomial,
    number: Poly,
    /// Whether squares of what may be zero or negative are among the atoms, above or below but not both.
    has_squares: bool,
}

impl Arithmetic<'_> {
    /// The sign of a sum by that of two of its summands, and of the others.
    pub(super) fn sign_by_ratios(&mut self, p: &Poly) -> Sign {
        if p.0.len() < 2 || p.0.len() > MOST || self.nested_signs >= MAX_NESTED {
            return Sign::ANY;
        }
        self.nested_signs += 1;
        let mut sign = Sign::ANY;
        for (i, above) in p.0.iter().enumerate().filter(|(_, (_, c))| !c.is_negative()) {
            for (j, below) in p.0.iter().enumerate().filter(|(_, (_, c))| c.is_negative()) {
                let pair = self.sign_of_pair(above, below);
                if pair == Sign::ANY {
                    continue;
                }
                let others = p.0.iter().enumerate().filter(|(k, _)| *k != i && *k != j);
                let rest = Poly(others.map(|(_, t)| t.clone()).collect());
                sign = sign.and(pair.plus(self.sign_by_monomials(&rest)));
            }
        }
        self.nested_signs -= 1;
        sign
    }

    /// The sign of c·m − |d|·n, where c > 0 > d.
    fn sign_of_pair(
        &mut self,
        (m, c): &(Monomial, Rational),
        (n, d): &(Monomial, Rational),
    ) -> Sign {
        let pair = Poly::collect(vec![(m.clone(), c.clone()), (n.clone(), d.clone())]);
        if let Some(ratio) = self.log_ratio(&pair) {
            return self.sign_of_poly(&ratio);
        }
        let Some(ratio) = self.ratio(m, c, n, d) else { return Sign::ANY };
        let one = Poly::one();
        if ratio.open.is_empty() {
            return self.sign_of_closed(&ratio.number.minus(&one));
        }
        let mut sign = self.sign_without_roots(&ratio);
        if ratio.has_squares {
            return sign;
        }
        for (fact, known) in self.fact_signs.clone() {
            let [first, second] = fact.0.as_slice() else { continue };
            let ((above, below), known) = match first.1.is_negative() {
                true => ((second, first), known),
                false => ((first, second), known),
            };
            if above.1.is_negative() || !below.1.is_negative() {
                continue;
            }
            let Some(bound) = self.ratio(&above.0, &above.1, &below.0, &below.1) else { continue };
            if bound.has_squares {
                continue;
            }
            let Some(k) = exponent(&ratio.open, &bound.open) else { continue };
            // The ratio is the bound's to the power k, times this number.
            let Ok(scale) = self.power(&bound.number, &-&k) else { continue };
            let Ok(number) = self.times(&ratio.number, &scale) else { continue };
            let known = if k.is_negative() { known.neg() } else { known };
            sign = sign.and(known.plus(self.sign_of_closed(&number.minus(&one))));
        }
        sign
    }

    /// c·m/(|d|·n), where all that is in it is positive, or an even power on one side only.
    fn ratio(&mut self, m: &Monomial, c: &Rational, n: &Monomial, d: &Rational) -> Option<Ratio> {
        let mut has_squares = false;
        for (mine, other) in [(m, n), (n, m)] {
            for (a, e) in mine {
                if self.atom_sign(*a).is_positive() {
                    continue;
                }
                if !is_even(e) || e.is_negative() || other.iter().any(|(b, _)| b == a) {
                    return None;
                }
                has_squares = true;
            }
        }
        let inverse: Monomial = n.iter().map(|(a, e)| (*a, -e)).collect();
        let mut left = 64;
        let (number, open): (Monomial, Monomial) =
            merge(m, &inverse).into_iter().partition(|(a, _)| self.is_number(*a, &mut left));
        let one = Poly::constant(c.checked_div(&d.abs())?);
        let number = self.times(&one, &Poly::monomial(number, Rational::ONE)).ok()?;
        Some(Ratio { open, number, has_squares })
    }

    /// The sign of a ratio less one, raised to the power that leaves no root of a sum.
    fn sign_without_roots(&mut self, ratio: &Ratio) -> Sign {
        let is_root =
            |(a, e): &(u32, Rational)| matches!(self.atom_at(*a), Atom::Sum(_)) && !e.is_integer();
        if !ratio.open.iter().any(is_root) {
            return Sign::ANY;
        }
        let sums = ratio.open.iter().filter(|(a, _)| matches!(self.atom_at(*a), Atom::Sum(_)));
        let common = sums.fold(Rational::ZERO, |g, (_, e)| g.gcd(e));
        let Some(k) = common.recip() else { return Sign::ANY };
        self.difference_of_powers(ratio, &k).map_or(Sign::ANY, |p| self.sign_of_poly(&p))
    }

    fn difference_of_powers(&mut self, ratio: &Ratio, k: &Rational) -> Option<Poly> {
        let mut above = self.power(&ratio.number, k).ok()?;
        let mut below = Poly::one();
        for (a, e) in &ratio.open {
            if !self.atom_sign(*a).is_positive() && !is_even(&(e * k)) {
                return None;
            }
            let base = match self.atom_at(*a) {
                Atom::Sum(p) => self.poly_at(*p).clone(),
                _ => Poly::atom(*a),
            };
            let power = self.power(&base, &(&e.abs() * k)).ok()?;
            let side = if e.is_negative() { &mut below } else { &mut above };
            *side = self.times(side, &power).ok()?;
        }
        Some(above.minus(&below))
    }
}

fn is_even(n: &Rational) -> bool {
    n.checked_div(&Rational::from(2)).is_some_and(|half| half.is_integer())
}

/// The k for which one monomial is the other to the power k.
fn exponent(m: &Monomial, of: &Monomial) -> Option<Rational> {
    if m.len() != of.len() || m.is_empty() {
        return None;
    }
    let k = m[0].1.checked_div(&of[0].1)?;
    let same = m.iter().zip(of).all(|((a, e), (b, f))| a == b && *e == f * &k);
    same.then_some(k)
}
