//! Samples in blocks: drawn in any order, merged in the order of their numbers.
//!
//! A run that computes its blocks on several threads merges the same moments in the same order as one that computes
//! them one after the other, and so gives the same bytes. The room itself starts no threads.

use std::cell::Cell;
use std::ops::Range;

use super::context::Context;
use super::coordinates::Sample;
use super::draw::Generator;
use super::graph::{Id, Op, Unary};
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

/// A sampler and an integrand compiled into one program; where samples are counts, into one each.
pub(super) struct Compiled<'a> {
    pub program: Program<'a>,
    pub generator: Generator,
    pub bound: Option<SubGamma>,
    /// The sampler has steps, as one that picks or counts: no strata smooth them.
    pub stepped: bool,
    table: Option<Table<'a>>,
}

impl<'a> Compiled<'a> {
    pub fn new(mean: Mean, seed: u64, context: &'a Context<'a>) -> Result<Self, NumericError> {
        let mut lowering = Lowering::new(context);
        let sample = lowering.sampler(mean.distribution)?;
        let stepped = lowering.is_stepped();
        let counted = stepped || lowering.lanes.iter().any(|lane| lane.counts());
        if let (Sample::Number(root), true) = (&sample, counted) {
            let generator = Generator::new(seed, &lowering.lanes);
            let program = Program::new(lowering, &[*root]);
            let table = Some(Table::new(mean, context)?);
            return Ok(Self { program, generator, bound: None, stepped, table });
        }
        lowering.bind_sample(mean.var, sample);
        let root = lowering.lower(mean.integrand)?;
        let generator = Generator::new(seed, &lowering.lanes);
        let bound = sub_gamma(&lowering, root);
        let program = Program::new(lowering, &[root]);
        Ok(Self { program, generator, bound, stepped, table: None })
    }

    /// The integrand at the first `n` entries of the random lanes.
    pub fn values(&mut self, n: usize) -> Result<&[f64], NumericError> {
        self.program.run(n)?;
        let drawn = &self.program.output(0)[..n];
        match &mut self.table {
            Some(table) => table.at(drawn),
            None => Ok(drawn),
        }
    }

    /// The first `samples` of a block.
    pub fn block(&mut self, number: u64, samples: u64) -> Result<Block, NumericError> {
        self.generator.begin(number);
        let mut out = Block::default();
        let mut left = samples;
        while left > 0 && !out.infinite {
            let n = left.min(BATCH as u64) as usize;
            self.generator.fill(&mut self.program, n);
            let values = self.values(n)?;
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

impl Lowering<'_> {
    /// Whether what was lowered so far has steps.
    fn is_stepped(&self) -> bool {
        (0..self.graph.len() as u32).any(|i| {
            let op = self.graph.op(Id(i));
            matches!(op, Op::Unary(Unary::Floor | Unary::Sign, _) | Op::Within { .. })
        })
    }
}

/// The values of an integrand at counts: few of them are ever drawn, and each is computed once.
struct Table<'a> {
    program: Program<'a>,
    known: Vec<Option<f64>>,
    values: Vec<f64>,
    /// Where in the batch the integrand is still to be computed.
    open: Vec<usize>,
}

/// Counts up to here are kept.
const KEPT: usize = 1 << 12;

impl<'a> Table<'a> {
    fn new(mean: Mean, context: &'a Context<'a>) -> Result<Self, NumericError> {
        let mut lowering = Lowering::new(context);
        lowering.variable(mean.var);
        let root = lowering.lower(mean.integrand)?;
        let program = Program::new(lowering, &[root]);
        let known = vec![None; KEPT];
        Ok(Self { program, known, values: vec![0.0; BATCH], open: Vec::with_capacity(BATCH) })
    }

    /// The integrand at each sample of a batch.
    fn at(&mut self, samples: &[f64]) -> Result<&[f64], NumericError> {
        self.open.clear();
        for (i, (x, value)) in samples.iter().zip(&mut self.values).enumerate() {
            match count(*x).and_then(|k| self.known[k]) {
                Some(known) => *value = known,
                None => self.open.push(i),
            }
        }
        if !self.open.is_empty() {
            let input = self.program.input(0);
            self.open.iter().zip(input).for_each(|(i, slot)| *slot = samples[*i]);
            self.program.run(self.open.len())?;
            for (i, value) in self.open.iter().zip(self.program.output(0)) {
                self.values[*i] = *value;
                if let Some(k) = count(samples[*i]) {
                    self.known[k] = Some(*value);
                }
            }
        }
        Ok(&self.values[..samples.len()])
    }
}

/// The place of a sample in the table, if it has one.
fn count(x: f64) -> Option<usize> {
    let k = x as usize;
    (k < KEPT && k as f64 == x).then_some(k)
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
