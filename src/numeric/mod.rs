//! Numbers for terms: evaluation, quadrature, sampling and Monte Carlo.
//!
//! Terms are lowered to a shared graph in which everything known folds (`lower`, `graph`), compiled to a register
//! program that runs 1024 lanes at a time (`program`), and integrated (`binder`, `locate`, `quadrature`, `grid`), summed
//! (`series`) or sampled (`draw`, `blocks`, `strata`, `monte_carlo`, with the statistics of it in `statistics`). For figures there are level lines (`contour`) and solutions of differential equations
//! (`flow`). Every value carries an estimate of its error, every random number comes from an explicit
//! seed, and the same input gives the same bits.
//!
//! Never: sees a derivation step, reads a clock, uses ambient randomness, or names a distribution: those come through
//! [`Catalogue`].

mod apart;
mod bends;
mod binder;
mod blocks;
mod catalogue;
mod context;
mod contour;
mod coordinates;
mod differentiate;
mod draw;
mod empirical;
mod enclosure;
mod error;
mod family;
mod flow;
mod function;
mod graph;
mod grid;
mod locate;
mod lower;
mod memory;
mod moments;
mod monte_carlo;
mod program;
#[cfg(test)]
mod protocol_tests;
mod quadratic;
mod quadrature;
mod quantile;
mod scaled;
mod series;
pub mod space;
pub mod special;
pub mod statistics;
mod strata;
mod tails;
#[cfg(test)]
mod tests;
mod vectors;

use std::cell::Cell;

pub use blocks::{BLOCK_SAMPLES, Block, Mean, blocks, merged};
pub use catalogue::{Catalogue, Environment, Nothing};
pub use contour::Grid;
pub use coordinates::{member, member_of};
pub use draw::PointStream;
pub use empirical::{Empirical, distance_bound, empirical};
pub use enclosure::{EnclosureOptions, Interval, divergent, enclose};
pub use error::NumericError;
pub use family::{Bench, Evaluation, Family, Formulas, Integrands, Kink, Spread};
pub use flow::{Flow, one_step, orbit};
pub use function::Function;
pub use lower::has_kinks;
pub use memory::Memory;
pub use monte_carlo::{
    Claim, Doubt, ESTIMATE_SAMPLES, FIRST_LOOK, McEstimate, McOptions, McReport, SCALE_FLOOR,
    Sampling, Verdict, Z, estimate, estimate_stratified, monte_carlo, monte_carlo_sum,
};
pub use statistics::IntervalKind;
pub use strata::{REPLICATES, stratifies};

use crate::term::Term;
use catalogue::Remembering;
use context::Context;

/// Limits and hints of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The relative error aimed at. What is reached is in [`Value::error`].
    pub tolerance: f64,
    /// Integrand evaluations per integral before it is given up.
    pub max_evaluations: usize,
    /// Places where integrands are cut first, in the variable of integration.
    pub points: Vec<f64>,
    /// Integrals over more coordinates are refused: each multiplies the work by hundreds.
    pub coordinates: usize,
    /// Integrals over up to so many coordinates are computed nevertheless where they are inside no other and one regular
    /// grid will do.
    pub grid: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tolerance: 1e-12,
            max_evaluations: 1 << 18,
            points: Vec::new(),
            coordinates: 3,
            grid: 0,
        }
    }
}

/// A number with its doubt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The value; +∞ where an integrand is infinite on a set of positive measure.
    pub value: f64,
    /// An estimate of the absolute error: of quadrature, and of rounding to first order.
    pub error: f64,
    /// How many lanes of integrands and summands were evaluated.
    pub evaluations: u64,
}

impl Value {
    pub(crate) fn exact(value: f64) -> Self {
        Self { value, error: 0.0, evaluations: 0 }
    }
}

/// The value of a term without random draws.
///
/// # Errors
/// [`NumericError::Unbound`] and [`NumericError::Unknown`] for names; [`NumericError::Undefined`] for relations and for
/// values that are not numbers; [`NumericError::Divergent`], [`NumericError::NotConverged`] and
/// [`NumericError::TooLarge`] from integrals and sums.
pub fn evaluate(
    term: &Term,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &Options,
) -> Result<Value, NumericError> {
    evaluate_after(term, environment, catalogue, options, &Memory::default())
}

/// As [`evaluate`], with what was computed before in the same environment under the same catalogue.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_after(
    term: &Term,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &Options,
    memory: &Memory,
) -> Result<Value, NumericError> {
    let spent = Cell::new(0);
    let catalogue = Remembering::new(catalogue);
    let context = Context::new(environment, &catalogue, options, &spent).remembering(memory);
    let value = binder::scalar(term, &context)?;
    Ok(Value { evaluations: spent.get(), ..value })
}

/// The ends of the support of a distribution at given parameters: of a mixture, the hull.
///
/// # Errors
/// As [`evaluate`].
pub fn support(
    distribution: &Term,
    environment: &Environment,
    catalogue: &dyn Catalogue,
) -> Result<(f64, f64), NumericError> {
    let (options, spent) = (Options::default(), Cell::new(0));
    binder::support(distribution, &Context::new(environment, catalogue, &options, &spent))
}

/// The seed of a statement: a counter-based key over its text, the version of the protocol and an index.
///
/// FNV-1a over the bytes, finished by the mixer of SplitMix64 (Steele, Lea and Flood 2014).
pub fn key(statement: &str, version: u32, index: u32) -> u64 {
    let counters = version.to_le_bytes().into_iter().chain(index.to_le_bytes());
    let hash = statement.bytes().chain(counters).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let z = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
