//! The zero test: clear the sums in denominators, expand, look.

use crate::term::Rational;

use super::power::exponent_of;
use super::{Arithmetic, ArithmeticError, Atom, Poly, Result};

/// Nested denominators are cleared one layer at a time; formulas have two or three.
const MAX_LAYERS: usize = 12;

impl Arithmetic<'_> {
    /// Whether a normal form is identically zero.
    pub(crate) fn is_zero(&mut self, mut p: Poly) -> Result<bool> {
        for _ in 0..MAX_LAYERS {
            if p.is_zero() {
                return Ok(true);
            }
            let Some((atom, least)) = self.sum_in_denominator(&p) else { return Ok(false) };
            let clear = Poly::monomial(vec![(atom, -least)], Rational::ONE);
            p = self.times(&p, &clear)?;
        }
        Err(ArithmeticError::TooLarge)
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
