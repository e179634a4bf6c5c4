//! How far the samples of a distribution lie from its density: the empirical distribution function against the integral.
//!
//! F is the cumulative integral of the density, Fₙ the share of n samples; both are monotone, so that what is compared at
//! the points of a grid bounds the supremum from below, and from above up to the mass of one cell. If the samples follow
//! F, sup|Fₙ − F| exceeds √(ln(2/α)/(2n)) with probability at most α, for every n and every F (Dvoretzky, Kiefer and
//! Wolfowitz, Ann. Math. Statist. 27 (1956) 642; the constant is Massart's, Ann. Probab. 18 (1990) 1269, corollary 1).

use std::cell::Cell;

use super::context::Context;
use super::draw::Generator;
use super::lower::Lowering;
use super::program::{BATCH, Program};
use super::quadrature::integrate;
use super::{Catalogue, Environment, NumericError, Options, binder, evaluate, series};
use crate::term::{BinderOp, Domain, Symbol, Term};

/// Samples whose quantiles make the grid.
const PILOT: u64 = 1 << 14;

/// Cells of the grid.
const CELLS: usize = 2048;

/// Integers of a discrete distribution that are told apart, at most.
const ATOMS: usize = 4096;

/// Integrand evaluations for one cell: it holds a two-thousandth of the mass.
const PER_CELL: usize = 1 << 12;

/// What the samples of a distribution showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Empirical {
    /// How many samples were drawn.
    pub samples: u64,
    /// The seed.
    pub seed: u64,
    /// The largest |Fₙ − F| at a point of the grid, from the left or the right.
    pub distance: f64,
    /// Where that is.
    pub at: f64,
    /// Fₙ there.
    pub sampled: f64,
    /// F there.
    pub exact: f64,
    /// An estimate of the error of F.
    pub error: f64,
    /// What the supremum may exceed `distance` by: the largest mass between two points of the grid.
    pub cell: f64,
    /// A sample outside the support, or not an integer where only integers have mass.
    pub outside: Option<f64>,
}

/// √(ln(2/α)/(2n)): what sup|Fₙ − F| exceeds with probability at most `alpha` when the samples follow F.
pub fn distance_bound(samples: u64, alpha: f64) -> f64 {
    ((2.0 / alpha).ln() / (2.0 * samples as f64)).sqrt()
}

/// Compares `samples` draws of a distribution on the line with its density.
///
/// # Errors
/// What lowering the sampler and the density raises; [`NumericError::Undefined`] for a sample that is not a number;
/// as [`evaluate`] for the integrals of the density.
pub fn empirical(
    distribution: &Term,
    samples: u64,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    seed: u64,
) -> Result<Empirical, NumericError> {
    let (options, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &options, &spent);
    let atoms = series::atoms(distribution, &context)?;
    let support = binder::support(distribution, &context)?;
    let mut draws = Draws::new(distribution, seed, &context)?;
    let pilot = draws.first(PILOT.min(samples))?;
    let grid = match atoms {
        Some(ends) => integers(ends, &pilot),
        None => quantiles(&pilot),
    };
    let mut counts = Counts::new(&grid, support, atoms.is_some());
    draws.each(samples, |x| counts.add(x))?;
    let exact = match atoms {
        Some(ends) => cumulative_masses(distribution, &grid, ends, &context)?,
        None => cumulative(distribution, &grid, support, &context)?,
    };
    Ok(counts.compared(&exact, atoms.is_some(), seed))
}

/// Samples of one distribution, in batches.
struct Draws<'a> {
    program: Program<'a>,
    generator: Generator,
    pilot: Vec<f64>,
}

impl<'a> Draws<'a> {
    fn new(p: &Term, seed: u64, context: &'a Context<'a>) -> Result<Self, NumericError> {
        let mut lowering = Lowering::new(context);
        let sample = lowering.sampler(p)?;
        let name = Symbol::new("x");
        lowering.bind_sample(&name, sample);
        let root = lowering.lower(&Term::symbol(name))?;
        let generator = Generator::new(seed, &lowering.lanes);
        Ok(Self { program: Program::new(lowering, &[root]), generator, pilot: Vec::new() })
    }

    fn batch(&mut self, n: usize) -> Result<&[f64], NumericError> {
        self.generator.fill(&mut self.program, n);
        self.program.run(n)?;
        Ok(&self.program.output(0)[..n])
    }

    /// The first samples, which [`Draws::each`] passes on as well.
    fn first(&mut self, count: u64) -> Result<Vec<f64>, NumericError> {
        let mut all = Vec::new();
        while (all.len() as u64) < count {
            let n = (count - all.len() as u64).min(BATCH as u64) as usize;
            all.extend_from_slice(self.batch(n)?);
        }
        self.pilot.clone_from(&all);
        Ok(all)
    }

    fn each(&mut self, count: u64, mut f: impl FnMut(f64)) -> Result<(), NumericError> {
        let undefined = |x: &f64| x.is_nan();
        let not_a_number = || NumericError::Undefined("a sampled value".into());
        if self.pilot.iter().any(undefined) {
            return Err(not_a_number());
        }
        let mut done = self.pilot.len() as u64;
        self.pilot.iter().for_each(|x| f(*x));
        while done < count {
            let n = (count - done).min(BATCH as u64) as usize;
            let batch = self.batch(n)?;
            if batch.iter().any(undefined) {
                return Err(not_a_number());
            }
            batch.iter().for_each(|x| f(*x));
            done += n as u64;
        }
        Ok(())
    }
}

/// Points with about equally many samples between them.
fn quantiles(samples: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let cells = CELLS.min(sorted.len().max(1));
    let mut grid: Vec<f64> =
        (0..cells).filter_map(|k| sorted.get(k * sorted.len() / cells).copied()).collect();
    grid.extend(sorted.last());
    grid.dedup();
    grid
}

/// The integers of a support from its first to the largest sample, as many as are told apart.
fn integers((low, high): (f64, f64), samples: &[f64]) -> Vec<f64> {
    let finite = || samples.iter().copied().filter(|x| x.is_finite());
    let least = finite().fold(f64::INFINITY, f64::min).floor();
    let first = if low.is_finite() { low } else { least };
    let last = finite().fold(first, f64::max).ceil().min(high);
    (0..ATOMS).map(|k| first + k as f64).take_while(|k| *k <= last).collect()
}

/// How many samples lie between the points of a grid, and how many at them.
struct Counts<'a> {
    grid: &'a [f64],
    support: (f64, f64),
    discrete: bool,
    below: Vec<u64>,
    equal: Vec<u64>,
    samples: u64,
    outside: Option<f64>,
}

impl<'a> Counts<'a> {
    fn new(grid: &'a [f64], support: (f64, f64), discrete: bool) -> Self {
        let (below, equal) = (vec![0; grid.len() + 1], vec![0; grid.len()]);
        Self { grid, support, discrete, below, equal, samples: 0, outside: None }
    }

    fn add(&mut self, x: f64) {
        self.samples += 1;
        let place = self.grid.partition_point(|g| *g < x);
        if self.grid.get(place).is_some_and(|g| *g == x) {
            self.equal[place] += 1;
        } else {
            self.below[place] += 1;
        }
        let (low, high) = self.support;
        // An end may be reached by rounding.
        if x < low || x > high || (self.discrete && x.fract() != 0.0) {
            self.outside.get_or_insert(x);
        }
    }

    fn compared(&self, exact: &Exact, discrete: bool, seed: u64) -> Empirical {
        let n = self.samples as f64;
        let mut out = Empirical {
            samples: self.samples,
            seed,
            distance: 0.0,
            at: self.grid.first().copied().unwrap_or(0.0),
            sampled: 0.0,
            exact: 0.0,
            error: exact.error,
            cell: 0.0,
            outside: self.outside,
        };
        let (mut seen, mut before) = (0, (0.0, 0.0));
        for (k, x) in self.grid.iter().enumerate() {
            let left = (seen + self.below[k]) as f64 / n;
            seen += self.below[k] + self.equal[k];
            let right = seen as f64 / n;
            let (low, high) = (if discrete { exact.below[k] } else { exact.at[k] }, exact.at[k]);
            for (sampled, exact) in [(left, low), (right, high)] {
                if (sampled - exact).abs() > out.distance {
                    out = Empirical {
                        distance: (sampled - exact).abs(),
                        sampled,
                        exact,
                        at: *x,
                        ..out
                    };
                }
            }
            out.cell = out.cell.max((left - before.0).min(low - before.1));
            before = (right, high);
        }
        out.cell = out.cell.max((1.0 - before.0).min(1.0 - before.1));
        out
    }
}

/// F at the points of a grid, and just below them.
struct Exact {
    at: Vec<f64>,
    below: Vec<f64>,
    error: f64,
}

fn cumulative(
    p: &Term,
    grid: &[f64],
    (low, high): (f64, f64),
    context: &Context,
) -> Result<Exact, NumericError> {
    let (Some(first), Some(last)) = (grid.first(), grid.last()) else {
        return Err(NumericError::Undefined("a sampled value".into()));
    };
    let clamped: Vec<f64> = grid.iter().map(|x| x.clamp(low, high)).collect();
    let x = Symbol::new("x");
    let density = Term::density(p.clone(), vec![Term::symbol(x.clone())]);
    let head = mass_between(p, (None, Some(first.clamp(low, high))), context)?;
    // Beside an end where it is infinite a density may be too steep for f64: what is left of one is there.
    let steep = |e: &NumericError| matches!(e, NumericError::NotConverged(_)) && high.is_finite();
    let tail = match mass_between(p, (Some(last.clamp(low, high)), None), context) {
        Err(e) if steep(&e) => None,
        other => Some(other?),
    };
    let mut lowering = Lowering::new(context);
    lowering.variable(&x);
    let root = lowering.lower(&density)?;
    let mut program = Program::new(lowering, &[root]);
    let mut f = |t: &[f64], y: &mut [f64]| {
        program.input(0)[..t.len()].copy_from_slice(t);
        program.run(t.len())?;
        y.copy_from_slice(&program.output(0)[..t.len()]);
        Ok(())
    };
    let options = Options { max_evaluations: PER_CELL, ..Options::default() };
    let label = format!("the integral of `{density}` over x");
    let (mut at, mut total, mut error) = (vec![head.0], head.0, head.1);
    for ends in clamped.windows(2) {
        if ends[0] < ends[1] {
            match integrate(&mut f, ends, &options, &label) {
                Err(e) if steep(&e) && tail.is_none() => {
                    error += (1.0 - total).abs();
                    total = total.max(1.0);
                }
                other => {
                    let piece = other?;
                    total += piece.value;
                    error += piece.error;
                }
            }
        }
        at.push(total);
    }
    error += tail.map_or((1.0 - total).abs(), |(_, error)| error);
    Ok(Exact { below: at.clone(), at, error })
}

/// The integral of a density from or to an end of its support, with its error.
fn mass_between(
    p: &Term,
    (from, to): (Option<f64>, Option<f64>),
    context: &Context,
) -> Result<(f64, f64), NumericError> {
    let x = Symbol::new("x");
    let (low, high) = binder::support(p, context)?;
    let (mut environment, end) = (context.environment.clone(), |name: &str| Term::symbol(name));
    environment.set("lower end", from.unwrap_or(low));
    environment.set("upper end", to.unwrap_or(high));
    let body = Term::density(p.clone(), vec![Term::symbol(x.clone())]);
    let domain = Domain::Range(end("lower end"), end("upper end"));
    let integral = Term::binder(BinderOp::Integral, x, domain, body);
    let value = evaluate(&integral, &environment, context.catalogue, context.options)?;
    Ok((value.value, value.error))
}

fn cumulative_masses(
    p: &Term,
    grid: &[f64],
    (low, _): (f64, f64),
    context: &Context,
) -> Result<Exact, NumericError> {
    let k = Symbol::new("k");
    let mass = Term::density(p.clone(), vec![Term::symbol(k.clone())]);
    let mut total = 0.0;
    if !low.is_finite() {
        let end = grid.first().copied().unwrap_or(0.0) - 1.0;
        let environment = context.environment.clone().with("upper end", end);
        let domain = Domain::Range(Term::neg(Term::symbol("oo")), Term::symbol("upper end"));
        let sum = Term::binder(BinderOp::Sum, k.clone(), domain, mass.clone());
        total = evaluate(&sum, &environment, context.catalogue, context.options)?.value;
    }
    let (mut at, mut below) = (Vec::new(), Vec::new());
    for x in grid {
        below.push(total);
        let environment = context.environment.clone().with(k.clone(), *x);
        total += evaluate(&mass, &environment, context.catalogue, context.options)?.value;
        at.push(total);
    }
    Ok(Exact { error: 1e-12, at, below })
}

#[cfg(test)]
mod tests {
    use super::distance_bound;

    #[test]
    fn the_bound_is_massarts() {
        // √(ln(2·10⁹)/(2·10⁶)), by mpmath.
        assert!((distance_bound(1_000_000, 1e-9) - 0.003_272_340).abs() < 1e-8);
    }
}
