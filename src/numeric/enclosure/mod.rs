//! Rigorous enclosures: intervals that contain the value of a term whatever rounding did.
//!
//! Never: relies on how the platform rounds its elementary functions, or on an error estimate.

mod interval;

pub use interval::Interval;

use super::{Catalogue, Environment, NumericError};
use crate::term::Term;

/// Limits of an enclosure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnclosureOptions {
    /// The width aimed at, relative to the larger of 1 and the value.
    pub width: f64,
    /// Pieces that an integral may be cut into, and terms of a sum.
    pub pieces: usize,
}

impl Default for EnclosureOptions {
    fn default() -> Self {
        Self { width: 1e-11, pieces: 4096 }
    }
}

/// An interval that contains the value of `term` where its parameters have exactly the values of `environment`.
///
/// # Errors
/// [`NumericError::NoEnclosure`] where the term is out of reach, and as [`super::evaluate`].
pub fn enclose(
    term: &Term,
    _environment: &Environment,
    _catalogue: &dyn Catalogue,
    _options: &EnclosureOptions,
) -> Result<Interval, NumericError> {
    Err(NumericError::NoEnclosure(format!("`{term}`")))
}
