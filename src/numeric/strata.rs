//! Stratified points: the precise way to sample.
//!
//! The unit cube of the sources of draws is cut into cells, one point is drawn in each, and the source is the inverse
//! distribution function there; 64 independent replicates of that give a mean and, by Student's t, an interval. Where
//! the integrand is smooth in d draws the variance falls as m^(−1−2/d) with the number m of cells, instead of m^(−1)
//! (Owen, Monte Carlo theory, methods and examples, 2013, chapter 10.2).
//!
//! Towards the ends of a coordinate an unbounded integrand would leave the outermost cell with nearly all the variance
//! and its skewed law, and t would be wrong by orders of magnitude: of 64 exponentials, one part in a million lies
//! beyond t = 8. Each coordinate is therefore drawn as u = v³(10 − 15v + 6v²) with weight 30v²(1 − v)², v stratified: the
//! integrand times its weight goes to zero there, and its slope as well, all cells count alike, and the error of a replicate is a sum of many independent
//! small ones. Whether it is, the samples say: variance and third cumulant of a replicate are the sums of those of its
//! cells, and no verdict is given where one cell carries much of the variance or the skewness is too large for 64.

use std::cell::Cell;

use super::blocks::{Compiled, Mean};
use super::context::Context;
use super::lower::Draw;
use super::moments::Moments;
use super::monte_carlo::{DOMINANT, Doubt};
use super::program::BATCH;
use super::{Catalogue, Environment, NumericError, Options, quantile};

/// Independent replicates.
pub const REPLICATES: u64 = 64;

/// Cells of one replicate at the first look; each look has four times as many.
pub(super) const FIRST_CELLS: u64 = 1 << 10;

/// Coordinates beyond these are drawn without strata: two cells in each of more would be all there are.
const MAX_AXES: usize = 6;

/// The mean of all replicates and what is known of its error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replicated {
    pub mean: f64,
    pub standard_error: f64,
    /// Values of the integrand in all.
    pub samples: u64,
    pub skewness: f64,
    /// The largest share of the variance that a single cell has.
    pub dominance: f64,
}

impl Replicated {
    /// Why Student's t should not be trusted at the equivalent of z, if it should not.
    pub fn doubt(&self, t: f64) -> Option<Doubt> {
        if self.dominance > DOMINANT {
            return Some(Doubt::HeavyTail);
        }
        let skewed = self.skewness.abs() * t.powi(3) > 6.0 * (REPLICATES as f64).sqrt();
        skewed.then_some(Doubt::Skewed)
    }
}

/// Whether every source of draws of a mean has an inverse distribution function here.
pub(super) fn applies(means: &[Mean], context: &Context) -> Result<bool, NumericError> {
    for mean in means {
        let compiled = Compiled::new(*mean, 0, context)?;
        let lanes = compiled.generator.lanes();
        if lanes.is_empty() || lanes.len() > MAX_AXES || lanes.iter().any(|(_, d)| !smooth(*d)) {
            return Ok(false);
        }
    }
    Ok(!means.is_empty())
}

/// Whether stratified points of these means have strata in every coordinate, at most six, each with an inverse
/// distribution function: then [`Sampling::Stratified`](super::Sampling) is worth its while.
///
/// # Errors
/// What lowering the terms raises.
pub fn stratifies(
    means: &[Mean],
    environment: &Environment,
    catalogue: &dyn Catalogue,
) -> Result<bool, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    applies(means, &Context::new(environment, catalogue, &limits, &spent))
}

fn smooth(draw: Draw) -> bool {
    matches!(draw, Draw::Line | Draw::HalfLine | Draw::Interval)
}

/// Replicates of the sum of several means, each over about `cells` cells.
pub(super) fn replicated(
    means: &[Mean],
    cells: u64,
    seeds: &[u64],
    context: &Context,
) -> Result<Replicated, NumericError> {
    let mut means_of = vec![0.0; REPLICATES as usize];
    let (mut variance, mut third, mut largest, mut samples) = (0.0, 0.0, 0.0_f64, 0);
    for (mean, seed) in means.iter().zip(seeds) {
        let one = Strata::new(*mean, cells, *seed, context)?.replicates()?;
        one.means.iter().zip(&mut means_of).for_each(|(m, all)| *all += m);
        variance += one.variance;
        third += one.third;
        largest = largest.max(one.largest);
        samples += one.samples;
    }
    let moments = Moments::of(&means_of);
    Ok(Replicated {
        mean: moments.mean,
        standard_error: moments.standard_error(),
        samples,
        skewness: if variance > 0.0 { third / variance.powf(1.5) } else { 0.0 },
        dominance: if variance > 0.0 { largest / variance } else { 0.0 },
    })
}

/// The cells of one mean: a grid of `edge` to the power of the number of axes.
struct Strata<'a> {
    compiled: Compiled<'a>,
    axes: Vec<(usize, Draw)>,
    free: Vec<(usize, Draw)>,
    edge: u64,
    cells: u64,
    /// Blocks of the stream before the first replicate, so that no look repeats the points of another.
    first: u64,
}

/// The replicates of one mean.
struct Replicates {
    means: Vec<f64>,
    variance: f64,
    third: f64,
    largest: f64,
    samples: u64,
}

/// What was seen of one cell.
#[derive(Clone, Copy, Default)]
struct Seen {
    count: f64,
    mean: f64,
    m2: f64,
    m3: f64,
}

impl Seen {
    /// One more value, by the formulas of Pébay (2008) for a single one.
    fn take(&mut self, x: f64) {
        let n = self.count + 1.0;
        let d = x - self.mean;
        let r = d / n;
        let term = d * r * self.count;
        self.mean += r;
        self.m3 += term * r * (n - 2.0) - 3.0 * r * self.m2;
        self.m2 += term;
        self.count = n;
    }

    fn variance(&self) -> f64 {
        self.m2 / (self.count - 1.0)
    }

    /// The unbiased third cumulant.
    fn third(&self) -> f64 {
        self.m3 * self.count / ((self.count - 1.0) * (self.count - 2.0))
    }
}

impl<'a> Strata<'a> {
    fn new(
        mean: Mean,
        cells: u64,
        seed: u64,
        context: &'a Context<'a>,
    ) -> Result<Self, NumericError> {
        let compiled = Compiled::new(mean, seed, context)?;
        let lanes = compiled.generator.lanes();
        let (mut axes, mut free): (Vec<_>, Vec<_>) = lanes.iter().partition(|(_, d)| smooth(*d));
        if axes.len() > MAX_AXES {
            free.extend(axes.split_off(MAX_AXES));
        }
        let edge = match axes.len() {
            0 => cells,
            d => ((cells as f64).powf(1.0 / d as f64).round() as u64).max(2),
        };
        let cells = if axes.is_empty() { cells } else { edge.pow(axes.len() as u32) };
        Ok(Self { compiled, axes, free, edge, cells, first: cells * REPLICATES / BATCH as u64 })
    }

    fn replicates(mut self) -> Result<Replicates, NumericError> {
        let mut seen = vec![Seen::default(); self.cells as usize];
        let mut means = Vec::with_capacity(REPLICATES as usize);
        for replicate in 0..REPLICATES {
            self.compiled.generator.begin(self.first + replicate);
            let mut total = 0.0;
            for start in (0..self.cells).step_by(BATCH) {
                let n = (self.cells - start).min(BATCH as u64) as usize;
                total += self.batch(start, &mut seen[start as usize..start as usize + n])?;
            }
            means.push(total / self.cells as f64);
        }
        let m = self.cells as f64;
        let variances = || seen.iter().map(|s| s.variance() / (m * m));
        Ok(Replicates {
            means,
            variance: variances().sum(),
            third: seen.iter().map(|s| s.third() / (m * m * m)).sum(),
            largest: variances().fold(0.0, f64::max),
            samples: self.cells * REPLICATES,
        })
    }

    /// One point in each of the cells from `start` on; returns the sum of the weighted values.
    fn batch(&mut self, start: u64, seen: &mut [Seen]) -> Result<f64, NumericError> {
        let n = seen.len();
        let mut weights = [1.0; BATCH];
        let Compiled { program, generator, .. } = &mut self.compiled;
        let mut stride = 1;
        for (lane, draw) in &self.axes {
            for i in 0..n {
                let digit = (start + i as u64) / stride % self.edge;
                let (x, weight) = point(*draw, digit, self.edge, generator.open_unit());
                program.input(*lane)[i] = x;
                weights[i] *= weight;
            }
            stride *= self.edge;
        }
        for lane in &self.free {
            generator.fill_lane(*lane, program, n);
        }
        program.run(n)?;
        let mut total = 0.0;
        for ((x, weight), seen) in program.output(0)[..n].iter().zip(&weights).zip(seen) {
            let value = super::graph::weigh(*x, *weight);
            if !value.is_finite() {
                return Err(NumericError::Undefined("a stratified value".into()));
            }
            seen.take(value);
            total += value;
        }
        Ok(total)
    }
}

/// A draw from the cell with number `digit` of `edge`, and its weight; `jitter` lies in the open unit interval.
///
/// u = v³(10 − 15v + 6v²) is computed from the end that is nearer, where it keeps all its digits.
fn point(draw: Draw, digit: u64, edge: u64, jitter: f64) -> (f64, f64) {
    let k = edge as f64;
    let v = (digit as f64 + jitter) / k;
    let rest = ((edge - 1 - digit) as f64 + (1.0 - jitter)) / k;
    let upper = v > 0.5;
    let near = if upper { rest } else { v };
    let tail = near.powi(3) * (10.0 - near * (15.0 - 6.0 * near));
    let x = match draw {
        Draw::Line => quantile::normal(tail, upper),
        Draw::HalfLine => quantile::exponential(tail, upper),
        _ => quantile::uniform(tail, upper),
    };
    (x, 30.0 * (v * rest) * (v * rest))
}
