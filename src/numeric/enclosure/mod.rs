//! Rigorous enclosures: intervals that contain the value of a term, whatever rounding did.
//!
//! A term is lowered to a graph in which constants are intervals (`lower`, `graph`); integrals are taken piece by piece
//! from interval Taylor series (`taylor`, `quadrature`), and what lies beyond a point is bounded by a majorant (`tail`); near
//! a singular end, and where a density falls off as a power, the variable is changed to a logarithm first (`ends`).
//! Derivatives of what is no integral are written out (`derivative`). Sums are taken term by term with the same majorants. Elementary functions are the module's own (`elementary`,
//! `special`, `circular`): each states how far it may be from the value.
//!
//! Never: relies on how the platform rounds its mathematical library, or on an estimate of an error. Guesses of the
//! ordinary evaluator decide where a range is cut, which may cost width but never containment.

mod binder;
mod circular;
mod derivative;
mod divergence;
mod elementary;
mod ends;
mod graph;
mod interval;
mod lower;
mod majorant;
mod place;
mod quadrature;
mod scaling;
mod special;
mod tail;
mod taylor;
#[cfg(test)]
mod tests;
mod vectors;

pub use interval::Interval;

use super::{Catalogue, Environment, NumericError};
use crate::term::Term;

/// Limits of an enclosure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnclosureOptions {
    /// The width aimed at, relative to the larger of 1 and the value. What is reached is the interval's own width.
    pub width: f64,
    /// Pieces that each integral may be cut into.
    pub pieces: usize,
}

impl Default for EnclosureOptions {
    fn default() -> Self {
        Self { width: 1e-11, pieces: 4096 }
    }
}

/// The infinity that `term` certainly is, as a multiple of an integral or a sum that diverges, and finite terms besides.
///
/// `None` where the value is finite, undefined or not known: what converges is never called infinite.
pub fn divergent(
    term: &Term,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &EnclosureOptions,
) -> Option<f64> {
    divergence::of(term, &place::Place::new(environment, catalogue, options), 0)
}

/// An interval that contains the value of `term` where its parameters have exactly the values of `environment`.
///
/// Integrals by adaptive interval Taylor quadrature (Corliss and Rall 1987), on infinite ranges and for infinite sums
/// with a bound of the tail. Decimal literals are the exact rationals that they spell.
///
/// # Errors
/// [`NumericError::NoEnclosure`] where the term is out of reach: derivatives of integrals, integrals inside integrals over variables
/// that they share, tails without a bound; [`NumericError::TooLarge`] beyond a fixed amount of work; and as [`super::evaluate`].
pub fn enclose(
    term: &Term,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &EnclosureOptions,
) -> Result<Interval, NumericError> {
    let place = place::Place::new(environment, catalogue, options);
    let value = binder::scalar(term, &place)?;
    if value == Interval::ENTIRE {
        return Err(NumericError::NoEnclosure(format!("the value of `{term}`")));
    }
    Ok(value)
}
