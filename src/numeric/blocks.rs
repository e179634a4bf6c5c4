//! Samples in blocks: drawn in any order, merged in the order of their numbers.
//!
//! A run that computes its blocks on several threads merges the same moments in the same order as one that computes
//! them one after the other, and so gives the same bytes. The room itself starts no threads.

use std::cell::Cell;
use std::ops::Range;

use super::context::Context;
use super::draw::Generator;
use super::lower::Lowering;
use super::moments::Moments;
use super::monte_carlo::{Doubt, McEstimate, Z};
use super::program::{BATCH, Program};
use super::quadratic::{SubGamma, sub_gamma};
use super::{Catalogue, Environment, NumericError, Options};
use crate::term::{Symbol, Term};

/// Samples per block.
pub const BLOCK_SAMPLES: u64 = 1 << 14;

/// The integrand of a mean, its variable, and the distribution that is sampled.
#[derive(Clone, Copy, Debug)]
pub struct Mean<'t> {
    /// What is averaged.
    pub integrand: &'t Term,
    /// The variable in it that stands for a sample.
    pub var: &'t Symbol,
    /// Where samples come from.
    pub distribution: &'t Term,
}

/// The moments of one block of samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Block {
    pub(super) moments: Moments,
    /// A sample was +∞, which ended the block.
    pub(super) infinite: bool,
}

impl Block {
    /// Takes the block that follows.
    pub(super) fn merge(&mut self, next: &Self) {
        if !self.infinite {
            self.moments.merge(&next.moments);
            self.infinite = next.infinite;
        }
    }
}

/// A sampler and an integrand compiled into one program.
pub(super) struct Compiled<'a> {
    pub program: Program<'a>,
    pub generator: Generator,
    pub bound: Option<SubGamma>,
}

impl<'a> Compiled<'a> {
    pub fn new(mean: Mean, seed: u64, context: &'a Context<'a>) -> Result<Self, NumericError> {
        let mut lowering = Lowering::new(context);
        let sample = lowering.sampler(mean.distribution)?;
        lowering.bind_sample(mean.var, sample);
        let root = lowering.lower(mean.integrand)?;
        let generator = Generator::new(seed, &lowering.lanes);
        let bound = sub_gamma(&lowering, root);
        Ok(Self { program: Program::new(lowering, &[root]), generator, bound })
    }

    /// The first `samples` of a block.
    pub fn block(&mut self, number: u64, samples: u64) -> Result<Block, NumericError> {
        self.generator.begin(number);
        let mut out = Block::default();
        let mut left = samples;
        while left > 0 && !out.infinite {
            let n = left.min(BATCH as u64) as usize;
            self.generator.fill(&mut self.program, n);
            self.program.run(n)?;
            let values = &self.program.output(0)[..n];
            let batch = Moments::of(values);
            if !batch.mean.is_finite() {
                out.infinite = classify(values)?;
            }
            out.moments.merge(&batch);
            left -= n as u64;
        }
        Ok(out)
    }
}

/// Whether a batch without a finite mean holds +∞ only besides numbers; anything else is undefined.
fn classify(batch: &[f64]) -> Result<bool, NumericError> {
    if batch.iter().any(|x| x.is_nan() || *x == f64::NEG_INFINITY) {
        return Err(NumericError::Undefined("a sampled value".into()));
    }
    Ok(batch.contains(&f64::INFINITY))
}

/// A stream of samples and what was seen of it.
pub(super) struct Run<'a> {
    pub compiled: Compiled<'a>,
    pub seen: Block,
    blocks: u64,
}

impl<'a> Run<'a> {
    pub fn new(mean: Mean, seed: u64, context: &'a Context<'a>) -> Result<Self, NumericError> {
        Ok(Self {
            compiled: Compiled::new(mean, seed, context)?,
            seen: Block::default(),
            blocks: 0,
        })
    }

    /// Draws until `samples` have been seen, or an infinite one has. Only the last call may ask for part of a block.
    pub fn draw_to(&mut self, samples: u64) -> Result<(), NumericError> {
        while !self.seen.infinite && (self.seen.moments.count as u64) < samples {
            let wanted = (samples - self.seen.moments.count as u64).min(BLOCK_SAMPLES);
            let block = self.compiled.block(self.blocks, wanted)?;
            self.seen.merge(&block);
            self.blocks += 1;
        }
        Ok(())
    }
}

/// The blocks of a stream with these numbers, each of [`BLOCK_SAMPLES`] samples, in order.
///
/// A caller with several threads lets each compute a range and hands all of them to [`merged`] in order.
///
/// # Errors
/// What lowering the terms raises, and [`NumericError::Undefined`] for a sample that is not a number.
pub fn blocks(
    mean: Mean,
    numbers: Range<u64>,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    seed: u64,
) -> Result<Vec<Block>, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &limits, &spent);
    let mut compiled = Compiled::new(mean, seed, &context)?;
    numbers.map(|k| compiled.block(k, BLOCK_SAMPLES)).collect()
}

/// The estimate from all blocks of a stream, handed over in the order of their numbers.
pub fn merged<'b>(blocks: impl IntoIterator<Item = &'b Block>, seed: u64) -> McEstimate {
    let mut seen = Block::default();
    blocks.into_iter().for_each(|block| seen.merge(block));
    estimate_of(&seen, seed)
}

pub(super) fn estimate_of(seen: &Block, seed: u64) -> McEstimate {
    McEstimate {
        estimate: seen.moments.mean,
        standard_error: seen.moments.standard_error(),
        samples: seen.moments.count as u64,
        seed,
        doubt: Doubt::of(&seen.moments, Z),
    }
}
