//! Where the bulk of an integrand lies: without this, a narrow peak on an infinite range is invisible to any rule.
//!
//! Distributions that occur in the integrand are probed by a few hundred draws from their samplers. Without one, ln|f|
//! is scanned on a coarse grid and each summit climbed: a logarithm does not underflow, so the slope towards a narrow
//! peak shows from far away. Neither decides a value; they only place the first cuts.

use super::context::Context;
use super::coordinates::Sample;
use super::draw::Generator;
use super::lower::Lowering;
use super::program::{BATCH, Program};
use super::quadrature::Change;
use super::{NumericError, key};
use crate::term::{Node, Symbol, Term};

/// A place where the integrand lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bulk {
    pub centre: f64,
    pub scale: f64,
}

/// Draws per probe: the 5 % quantiles are then known to a tenth of the spread.
const PROBES: usize = 200;

/// Draws that spread further than so many times their middle tenth say nothing of where an integrand lies: of a tail as
/// heavy as that the density's own peak is a point.
const HEAVIEST: f64 = 1e9;

/// At most so many summits are followed.
const SUMMITS: usize = 6;

/// Summits this much lower in ln|f| than the highest (e^-80 = 1e-35 of it) carry nothing.
const NEGLIGIBLE: f64 = 80.0;

/// Rounds of refinement of a summit: each narrows the bracket sixteenfold, so that twelve reach the last bit.
const CLIMBS: usize = 12;

/// Points per round.
const CLIMB_POINTS: usize = 33;

/// The distributions whose density is taken at `var` in `body`, outermost first.
pub(super) fn distributions(body: &Term, var: &Symbol) -> Vec<Term> {
    let mut found = Vec::new();
    body.any(&mut |t| {
        if let Node::Density(p, points) = t.node()
            && points.iter().any(|x| x.mentions(var))
            && !p.mentions(var)
            && !found.contains(p)
        {
            found.push(p.clone());
        }
        false
    });
    found
}

/// Median and spread of a distribution, from its sampler; `None` if it has none.
pub(super) fn probe(distribution: &Term, context: &Context) -> Option<Bulk> {
    probe_of(distribution, None, context)
}

/// The same of a coordinate of a distribution over vectors.
pub(super) fn probe_of(
    distribution: &Term,
    coordinate: Option<i64>,
    context: &Context,
) -> Option<Bulk> {
    let mut lowering = Lowering::new(context);
    let root = match (lowering.sampler(distribution).ok()?, coordinate) {
        (Sample::Number(root), None) => root,
        (Sample::Vector(all), Some(k)) => all.into_iter().find(|(at, _)| *at == k)?.1,
        _ => return None,
    };
    let mut generator = Generator::new(key(&distribution.to_string(), 0, 0), &lowering.lanes);
    let mut program = Program::new(lowering, &[root]);
    generator.fill(&mut program, PROBES);
    program.run(PROBES).ok()?;
    let mut draws = program.output(0)[..PROBES].to_vec();
    draws.retain(|x| x.is_finite());
    draws.sort_by(f64::total_cmp);
    middle(&draws)
}

/// Median and spread of draws in order.
fn middle(draws: &[f64]) -> Option<Bulk> {
    let quantile = |p: f64| draws.get((p * draws.len() as f64) as usize).copied();
    let (low, centre, high) = (quantile(0.1)?, quantile(0.5)?, quantile(0.9)?);
    let inner = quantile(0.55)? - quantile(0.45)?;
    let is_seen = high > low && high - low < HEAVIEST * inner;
    is_seen.then_some(Bulk { centre, scale: (high - low) / 2.0 })
}

/// The same draws at any parameters: where a distribution moves to as they change.
pub(super) struct Follower<'a> {
    program: Program<'a>,
    parameters: usize,
}

impl<'a> Follower<'a> {
    /// `None` where the distribution has no sampler, or one whose sources depend on the parameters.
    pub fn new(
        distribution: &Term,
        parameters: &[Symbol],
        context: &'a Context<'a>,
    ) -> Option<Self> {
        let mut lowering = Lowering::new(context);
        parameters.iter().for_each(|name| {
            lowering.variable(name);
        });
        let Sample::Number(root) = lowering.sampler(distribution).ok()? else { return None };
        let mut generator = Generator::new(key(&distribution.to_string(), 0, 0), &lowering.lanes);
        let mut program = Program::new(lowering, &[root]);
        generator.fill(&mut program, PROBES);
        Some(Self { program, parameters: parameters.len() })
    }

    /// Median and spread at values of the parameters.
    pub fn at(&mut self, values: &[f64]) -> Option<Bulk> {
        for (lane, value) in values.iter().enumerate().take(self.parameters) {
            self.program.input(lane)[..PROBES].fill(*value);
        }
        self.program.run(PROBES).ok()?;
        let mut draws = self.program.output(0)[..PROBES].to_vec();
        draws.retain(|x| x.is_finite());
        draws.sort_by(f64::total_cmp);
        middle(&draws)
    }
}

/// Summits of ln|body| on the range, highest first.
pub(super) fn scan(
    body: &Term,
    var: &Symbol,
    range: (f64, f64),
    context: &Context,
) -> Result<Vec<Bulk>, NumericError> {
    let mut lowering = Lowering::new(context);
    lowering.variable(var);
    let root = lowering.log_magnitude(body)?;
    let mut program = Program::new(lowering, &[root]);
    let grid = grid(range);
    let heights = heights(&mut program, &grid)?;
    let mut summits: Vec<usize> = (0..grid.len()).filter(|&i| is_summit(&heights, i)).collect();
    summits.sort_by(|i, j| heights[*j].total_cmp(&heights[*i]));
    let top = summits.first().map_or(0.0, |i| heights[*i]);
    summits.retain(|i| heights[*i] > top - NEGLIGIBLE || *i == summits_first(&heights));
    summits.truncate(SUMMITS);
    summits.into_iter().map(|i| climb(&mut program, &grid, i)).collect()
}

fn summits_first(heights: &[f64]) -> usize {
    (0..heights.len()).max_by(|i, j| heights[*i].total_cmp(&heights[*j])).unwrap_or(0)
}

/// Points to scan: even where the range is finite, else as even in the changed variable.
fn grid((lo, hi): (f64, f64)) -> Vec<f64> {
    let (change, a, b) = match (lo.is_finite(), hi.is_finite()) {
        (true, true) => (Change::None, lo, hi),
        (true, false) => (Change::Up { a: lo, s: 1.0 }, -30.0, 30.0),
        (false, true) => (Change::Down { b: hi, s: 1.0 }, -30.0, 30.0),
        (false, false) => (Change::Line { c: 0.0, s: 1.0 }, -30.0, 30.0),
    };
    let mut points: Vec<f64> =
        (0..BATCH).map(|i| change.at(a + (b - a) * (i as f64 + 0.5) / BATCH as f64).0).collect();
    points.sort_by(f64::total_cmp);
    points
}

/// The same with points around each place of bulk.
pub(super) fn grid_over(range: (f64, f64), bulks: &[Bulk]) -> Vec<f64> {
    const AROUND: i32 = 80;
    const SPREAD: f64 = 0.1;
    let near = bulks.iter().flat_map(|bulk| {
        (-AROUND..=AROUND).map(move |k| bulk.centre + SPREAD * f64::from(k) * bulk.scale)
    });
    let mut points: Vec<f64> =
        grid(range).into_iter().chain(near).filter(|x| *x > range.0 && *x < range.1).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    points
}

/// ln|f| with everything that is not a number as low as can be.
fn heights(program: &mut Program, points: &[f64]) -> Result<Vec<f64>, NumericError> {
    program.input(0)[..points.len()].copy_from_slice(points);
    program.run(points.len())?;
    let low = |y: &f64| if y.is_nan() || *y == f64::INFINITY { f64::NEG_INFINITY } else { *y };
    Ok(program.output(0)[..points.len()].iter().map(low).collect())
}

fn is_summit(heights: &[f64], i: usize) -> bool {
    let h = heights[i];
    let beats_left = i == 0 || heights[i - 1] < h;
    let beats_right = i + 1 == heights.len() || heights[i + 1] <= h;
    h > f64::NEG_INFINITY && beats_left && beats_right
}

fn climb(program: &mut Program, grid: &[f64], i: usize) -> Result<Bulk, NumericError> {
    let (mut lo, mut hi) = (grid[i.saturating_sub(1)], grid[(i + 1).min(grid.len() - 1)]);
    let spacing = hi - lo;
    let mut centre = grid[i];
    for _ in 0..CLIMBS {
        let step = (hi - lo) / (CLIMB_POINTS - 1) as f64;
        let points: Vec<f64> = (0..CLIMB_POINTS).map(|k| lo + step * k as f64).collect();
        centre = points[summits_first(&heights(program, &points)?)];
        (lo, hi) = ((centre - step).max(lo), (centre + step).min(hi));
    }
    Ok(Bulk { centre, scale: width(program, centre, spacing)? })
}

/// The distance at which ln|f| has dropped by about one.
fn width(program: &mut Program, centre: f64, spacing: f64) -> Result<f64, NumericError> {
    const RANGE: i32 = 60;
    let distances: Vec<f64> = (-RANGE..=RANGE).map(|k| spacing * f64::from(k).exp2()).collect();
    let points: Vec<f64> = std::iter::once(centre)
        .chain(distances.iter().flat_map(|d| [centre + d, centre - d]))
        .collect();
    let h = heights(program, &points)?;
    let dropped = |k: &usize| {
        let (right, left) = (h[1 + 2 * k], h[2 + 2 * k]);
        right.max(left) < h[0] - 1.0
    };
    let first = (0..distances.len()).find(dropped);
    Ok(first.map_or(spacing, |k| distances[k]))
}
