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
//!
//! A sampler that picks or counts by inversion has steps: only the cells with a jump vary, and their few two-valued
//! errors are not normal. Along one coordinate each cell's values lie in a range that it and its neighbours show, and
//! Hoeffding's inequality (1963, theorem 2) takes the place of Student's t.

use std::cell::Cell;

use super::blocks::{Compiled, Mean};
use super::catalogue::mixture;
use super::context::Context;
use super::lower::{Draw, Lowering};
use super::moments::Moments;
use super::monte_carlo::{APART, DOMINANT, Doubt};
use super::program::BATCH;
use super::statistics::{IntervalKind, exponent};
use super::{Catalogue, Environment, NumericError, Options, quantile};
use crate::term::{Symbol, Term};

/// Independent replicates.
pub const REPLICATES: u64 = 64;

/// Cells of one replicate at the first look; each look has four times as many.
pub(super) const FIRST_CELLS: u64 = 1 << 10;

/// Coordinates beyond these are drawn without strata: two cells in each of more would be all there are.
const MAX_AXES: usize = 6;

/// Choices of components of several coordinates beyond which they are drawn as mixtures.
const MAX_CHOICES: usize = 16;

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
    /// The largest share of the mean square of plain samples that a single cell has.
    pub heaviest: f64,
    /// The sum of the squared ranges of all cells, where a sampler has steps.
    pub ranges: Option<f64>,
}

impl Replicated {
    /// Whether the variance of plain samples may be infinite: one cell at an end has much of it, however fine it is. The
    /// weights of the points hide that.
    pub fn is_heavy(&self) -> bool {
        self.heaviest > DOMINANT
    }

    /// The interval at the equivalent of z standard errors: Student's for t, or Hoeffding's,
    /// P(|ȳ − E y| ≥ h) ≤ 2·exp(−2·64·h²/Σ r²).
    pub fn interval(&self, t: f64, z: f64) -> (IntervalKind, f64) {
        match self.ranges {
            Some(squares) => {
                let h = (exponent(z) * squares / (2.0 * REPLICATES as f64)).sqrt();
                (IntervalKind::Hoeffding, h)
            }
            None => (IntervalKind::StudentT, t * self.standard_error),
        }
    }

    /// Why Student's t should not be trusted at the equivalent of z, if it should not.
    pub fn doubt(&self, t: f64) -> Option<Doubt> {
        if self.ranges.is_some() {
            return None;
        }
        if self.dominance > DOMINANT {
            return Some(Doubt::HeavyTail);
        }
        let skewed = self.skewness.abs() * t.powi(3) > 6.0 * (REPLICATES as f64).sqrt();
        skewed.then_some(Doubt::Skewed)
    }
}

/// A mean over a component of a mixture, its weight included in the integrand.
pub(super) struct Part {
    integrand: Term,
    var: Symbol,
    distribution: Term,
}

impl Part {
    fn mean(&self) -> Mean<'_> {
        let Self { integrand, var, distribution } = self;
        Mean { integrand, var, distribution }
    }
}

/// The means as sums over the components of mixtures, also of those among coordinates: a stratum for each, drawn in
/// proportion to its weight. `None` where a source of draws has no inverse distribution function here.
pub(super) fn parts(means: &[Mean], context: &Context) -> Result<Option<Vec<Part>>, NumericError> {
    let mut out = Vec::new();
    for mean in means {
        for (weights, distribution) in components(mean.distribution, context)? {
            let factors = weights.into_iter().chain([mean.integrand.clone()]).collect();
            let integrand = Term::product(factors);
            out.push(Part { integrand, var: mean.var.clone(), distribution });
        }
    }
    for part in &out {
        let compiled = Compiled::new(part.mean(), 0, context)?;
        let lanes = compiled.generator.lanes();
        let most = if compiled.stepped { 1 } else { MAX_AXES };
        if lanes.is_empty() || lanes.len() > most || lanes.iter().any(|(_, d)| !smooth(*d)) {
            return Ok(None);
        }
    }
    Ok((!out.is_empty()).then_some(out))
}

/// Distributions with the factors of their weights: the components of a mixture, or each choice of one component for
/// every coordinate.
fn components(
    distribution: &Term,
    context: &Context,
) -> Result<Vec<(Vec<Term>, Term)>, NumericError> {
    let mut lowering = Lowering::new(context);
    let distribution = lowering.resolved(distribution)?;
    if let Some(all) = mixture(&distribution) {
        let mut out = Vec::new();
        for (weight, component) in all {
            for (mut weights, one) in components(component, context)? {
                weights.push(weight.clone());
                out.push((weights, one));
            }
        }
        return Ok(out);
    }
    let whole = vec![(Vec::new(), distribution.clone())];
    let Some(coordinates) = lowering.coordinates(&distribution)? else { return Ok(whole) };
    let mut choices: Vec<(Vec<Term>, Vec<Term>)> = vec![(Vec::new(), Vec::new())];
    for (place, (k, coordinate)) in (1..).zip(coordinates) {
        let own = components(&coordinate, context)?;
        if k != place || choices.len() * own.len() > MAX_CHOICES {
            return Ok(whole);
        }
        let with = |(weights, parts): &(Vec<Term>, Vec<Term>)| {
            let (weights, parts) = (weights.clone(), parts.clone());
            own.iter()
                .map(move |(w, one)| {
                    let weights = weights.iter().chain(w).cloned().collect();
                    let parts = parts.iter().chain([one]).cloned().collect();
                    (weights, parts)
                })
                .collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(with).collect();
    }
    Ok(choices.into_iter().map(|(w, parts)| (w, Term::call("product", parts))).collect())
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
    Ok(parts(means, &Context::new(environment, catalogue, &limits, &spent))?.is_some())
}

fn smooth(draw: Draw) -> bool {
    matches!(draw, Draw::Line | Draw::HalfLine | Draw::Interval)
}

/// Replicates of the sum of several means, each over about `cells` cells.
pub(super) fn replicated(
    parts: &[Part],
    cells: u64,
    seed: u64,
    context: &Context,
) -> Result<Replicated, NumericError> {
    let mut means_of = vec![0.0; REPLICATES as usize];
    let (mut variance, mut third, mut largest, mut samples) = (0.0, 0.0, 0.0_f64, 0);
    let (mut stepped, mut ranges, mut heaviest) = (false, 0.0, 0.0_f64);
    for (i, part) in (0..).zip(parts) {
        let seed = seed.wrapping_add(APART.wrapping_mul(i));
        let one = Strata::new(part.mean(), cells, seed, context)?.replicates()?;
        one.means.iter().zip(&mut means_of).for_each(|(m, all)| *all += m);
        variance += one.variance;
        third += one.third;
        largest = largest.max(one.largest);
        heaviest = heaviest.max(one.heaviest);
        samples += one.samples;
        stepped |= one.stepped;
        ranges += one.ranges;
    }
    let moments = Moments::of(&means_of);
    Ok(Replicated {
        mean: moments.mean,
        standard_error: moments.standard_error(),
        samples,
        skewness: if variance > 0.0 { third / variance.powf(1.5) } else { 0.0 },
        dominance: if variance > 0.0 { largest / variance } else { 0.0 },
        heaviest,
        ranges: stepped.then_some(ranges),
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
    heaviest: f64,
    samples: u64,
    stepped: bool,
    ranges: f64,
}

/// What was seen of one cell.
#[derive(Clone, Copy)]
struct Seen {
    count: f64,
    mean: f64,
    m2: f64,
    m3: f64,
    /// The sum of squares, each with its weight once.
    square: f64,
    low: f64,
    high: f64,
}

const NOTHING: Seen = Seen {
    count: 0.0,
    mean: 0.0,
    m2: 0.0,
    m3: 0.0,
    square: 0.0,
    low: f64::INFINITY,
    high: f64::NEG_INFINITY,
};

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
        self.low = self.low.min(x);
        self.high = self.high.max(x);
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
        let mut seen = vec![NOTHING; self.cells as usize];
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
            heaviest: heaviest(&seen),
            samples: self.cells * REPLICATES,
            stepped: self.compiled.stepped,
            ranges: ranges(&seen) / (m * m),
        })
    }

    /// One point in each of the cells from `start` on; returns the sum of the weighted values.
    fn batch(&mut self, start: u64, seen: &mut [Seen]) -> Result<f64, NumericError> {
        let n = seen.len();
        let mut weights = [1.0; BATCH];
        let Compiled { program, generator, .. } = &mut self.compiled;
        let mut stride = 1;
        for (lane, draw) in &self.axes {
            let slots = program.input(*lane)[..n].iter_mut().zip(&mut weights);
            for (i, (slot, weight)) in slots.enumerate() {
                let digit = (start + i as u64) / stride % self.edge;
                let (x, own) = point(*draw, digit, self.edge, generator.open_unit());
                *slot = x;
                *weight *= own;
            }
            stride *= self.edge;
        }
        for lane in &self.free {
            generator.fill_lane(*lane, program, n);
        }
        let mut total = 0.0;
        for ((x, weight), seen) in self.compiled.values(n)?.iter().zip(&weights).zip(seen) {
            let value = super::graph::weigh(*x, *weight);
            if !value.is_finite() {
                return Err(NumericError::Undefined("a stratified value".into()));
            }
            seen.take(value);
            seen.square += super::graph::weigh(*x, value);
            total += value;
        }
        Ok(total)
    }
}

/// The largest share of one cell in the mean square.
fn heaviest(seen: &[Seen]) -> f64 {
    let total: f64 = seen.iter().map(|s| s.square).sum();
    let most = seen.iter().map(|s| s.square).fold(0.0, f64::max);
    if total > 0.0 { most / total } else { 0.0 }
}

/// The sum of squared ranges, each over a cell and its neighbours: a jump at their border counts for both.
fn ranges(seen: &[Seen]) -> f64 {
    let last = seen.len() - 1;
    let range = |c: usize| {
        let near = &seen[c.saturating_sub(1)..=(c + 1).min(last)];
        let high = near.iter().map(|s| s.high).fold(f64::NEG_INFINITY, f64::max);
        high - near.iter().map(|s| s.low).fold(f64::INFINITY, f64::min)
    };
    (0..=last).map(|c| range(c) * range(c)).sum()
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
