//! Estimates from samples, and the sequential test of a closed form.
//!
//! The protocol: looks at N = 2^14, 2^15, …; half-width h = z·s/√N with z = 7; d = |ḡ − f|. Refuted if d > h plus the
//! numerical error of f; confirmed at δ if d + h ≤ δ·max(|f|, S₀), an equivalence test; otherwise N doubles, and at the
//! cap the verdict is inconclusive, which is never a pass. No verdict before |skew|·z³ ≤ 6√N (the Edgeworth correction
//! of the tail, Hall 1992 §2.6, is then small), nor where one sample or a growing deviation shows a heavy tail. With 14
//! looks a right formula is refuted with probability 14·2Φ(−7) < 4e-11, and an error beyond δ is missed below 1e-10.

use std::cell::Cell;
use std::fmt;

use super::context::Context;
use super::draw::Generator;
use super::lower::Lowering;
use super::moments::Moments;
use super::program::{BATCH, Program};
use super::{Catalogue, Environment, NumericError, Options};
use crate::term::{Symbol, Term};

/// The half-width in standard errors.
pub const Z: f64 = 7.0;

/// Samples before the first look: there the χ² tail is still 1.8 times the limiting one, earlier it is more.
pub const FIRST_LOOK: u64 = 1 << 14;

/// S₀ of the margin δ·max(|f|, S₀): closed forms below it are compared absolutely.
pub const SCALE_FLOOR: f64 = 0.05;

/// A single sample with more than this share of the sum of squares is a heavy tail.
const DOMINANT: f64 = 0.05;

/// A deviation that grows by more than this at each of three doublings has no limit in sight.
const GROWTH: f64 = 1.05;

/// Rounding of the mean itself, relative: N additions of pairwise-like sums.
const ROUNDING: f64 = 1e-12;

/// How a Monte Carlo run is made.
#[derive(Clone, Debug, PartialEq)]
pub struct McOptions {
    /// The seed, from [`key`](super::key).
    pub key: u64,
    /// The relative margin of equivalence.
    pub delta: f64,
    /// The cap on the number of samples.
    pub max_samples: u64,
}

impl Default for McOptions {
    fn default() -> Self {
        Self { key: 0, delta: 1e-2, max_samples: 1 << 22 }
    }
}

impl McOptions {
    /// The defaults with a seed.
    pub fn keyed(key: u64) -> Self {
        Self { key, ..Self::default() }
    }
}

/// Why a run could not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The interval is still wider than the margin at the cap.
    Cap,
    /// The samples are too skewed for their number.
    Skewed,
    /// One sample carries more than 5 % of the sum of squares.
    HeavyTail,
    /// The deviation kept growing over three doublings.
    Growing,
    /// The closed form is infinite, and no infinite sample was seen.
    Unreachable,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cap => "the interval is wider than the margin at the largest number of samples",
            Self::Skewed => "the samples are too skewed for their number",
            Self::HeavyTail => "one sample carries more than 5 % of the sum of squares",
            Self::Growing => "the deviation kept growing over three doublings",
            Self::Unreachable => "an infinite value cannot be confirmed by finite samples",
        })
    }
}

/// What a run showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The whole interval lies within the margin.
    Confirmed {
        /// The relative margin.
        delta: f64,
    },
    /// The closed form lies outside the interval.
    Refuted,
    /// Neither; never a pass.
    Inconclusive {
        /// Why.
        reason: Doubt,
    },
}

/// The evidence of one run against a closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McReport {
    /// The sample mean.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// (estimate − closed) / standard error.
    pub z: f64,
    /// How many samples were drawn.
    pub samples: u64,
    /// The seed.
    pub seed: u64,
    /// The decision.
    pub verdict: Verdict,
    /// 2h: the smallest discrepancy that this run was certain to refute.
    pub resolution: f64,
    /// h.
    pub half_width: f64,
}

/// An estimate for a statement without a closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McEstimate {
    /// The sample mean.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// How many samples were drawn.
    pub samples: u64,
    /// The seed.
    pub seed: u64,
    /// Why the standard error should not be trusted, if it should not.
    pub doubt: Option<Doubt>,
}

/// The default number of samples of [`estimate`].
pub const ESTIMATE_SAMPLES: u64 = 1 << 16;

/// A sampler and an integrand compiled into one program.
struct Run<'a> {
    program: Program<'a>,
    generator: Generator,
    moments: Moments,
    infinite: bool,
}

impl<'a> Run<'a> {
    fn new(
        integrand: &Term,
        var: &Symbol,
        distribution: &Term,
        seed: u64,
        context: &'a Context<'a>,
    ) -> Result<Self, NumericError> {
        let mut lowering = Lowering::new(context);
        let sample = lowering.sampler(distribution)?;
        lowering.bind_sample(var, sample);
        let root = lowering.lower(integrand)?;
        let generator = Generator::new(seed, &lowering.lanes);
        let program = Program::new(lowering, &[root]);
        Ok(Self { program, generator, moments: Moments::default(), infinite: false })
    }

    /// Draws until `samples` have been seen, or an infinite one has.
    fn draw_to(&mut self, samples: u64) -> Result<(), NumericError> {
        while !self.infinite && (self.moments.count as u64) < samples {
            let n = (samples - self.moments.count as u64).min(BATCH as u64) as usize;
            self.generator.fill(&mut self.program, n);
            self.program.run(n)?;
            let batch = Moments::of(&self.program.output(0)[..n]);
            if !batch.mean.is_finite() {
                self.infinite = classify(&self.program.output(0)[..n])?;
            }
            self.moments.merge(&batch);
        }
        Ok(())
    }

    fn doubt(&self, deviations: &[f64]) -> Option<Doubt> {
        let m = &self.moments;
        if m.skewness().abs() * Z.powi(3) > 6.0 * m.count.sqrt() {
            return Some(Doubt::Skewed);
        }
        if m.dominance() > DOMINANT {
            return Some(Doubt::HeavyTail);
        }
        let growing = |w: &[f64]| w[1] > GROWTH * w[0];
        let last = deviations.len().checked_sub(4).map(|start| &deviations[start..]);
        last.filter(|four| four.windows(2).all(growing)).map(|_| Doubt::Growing)
    }
}

/// Whether a batch without a finite mean holds +∞ only besides numbers; anything else is undefined.
fn classify(batch: &[f64]) -> Result<bool, NumericError> {
    if batch.iter().any(|x| x.is_nan() || *x == f64::NEG_INFINITY) {
        return Err(NumericError::Undefined("a sampled value".into()));
    }
    Ok(batch.contains(&f64::INFINITY))
}

/// Tests `closed` (known to within `closed_error`) against the mean of `integrand` over samples of `distribution`.
///
/// # Errors
/// What lowering the terms raises, and [`NumericError::Undefined`] for a sample that is not a number.
#[expect(clippy::too_many_arguments, reason = "a statement, its closed form, and where to test it")]
pub fn monte_carlo(
    integrand: &Term,
    var: &Symbol,
    distribution: &Term,
    closed: f64,
    closed_error: f64,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &McOptions,
) -> Result<McReport, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &limits, &spent);
    let mut run = Run::new(integrand, var, distribution, options.key, &context)?;
    let claim = Claim { closed, error: closed_error, delta: options.delta };
    let mut deviations = Vec::new();
    let mut samples = FIRST_LOOK.min(options.max_samples);
    loop {
        run.draw_to(samples)?;
        deviations.push(run.moments.deviation());
        let doubt = run.doubt(&deviations);
        let verdict = claim.decide(&run, doubt);
        if let Some(verdict) = verdict {
            return Ok(claim.report(&run, verdict, options.key));
        }
        if samples >= options.max_samples {
            let reason =
                if closed.is_infinite() { Doubt::Unreachable } else { doubt.unwrap_or(Doubt::Cap) };
            return Ok(claim.report(&run, Verdict::Inconclusive { reason }, options.key));
        }
        samples = (2 * samples).min(options.max_samples);
    }
}

/// What is tested.
struct Claim {
    closed: f64,
    error: f64,
    delta: f64,
}

impl Claim {
    fn decide(&self, run: &Run, doubt: Option<Doubt>) -> Option<Verdict> {
        let confirmed = Verdict::Confirmed { delta: self.delta };
        if run.infinite {
            return Some(if self.closed == f64::INFINITY { confirmed } else { Verdict::Refuted });
        }
        if self.closed.is_infinite() || doubt.is_some() {
            return None;
        }
        let h = Z * run.moments.standard_error();
        let d = (run.moments.mean - self.closed).abs();
        let numerical = self.error + ROUNDING * self.closed.abs().max(run.moments.mean.abs());
        if d > h + numerical || d.is_nan() {
            return Some(Verdict::Refuted);
        }
        (d + h <= self.delta * self.closed.abs().max(SCALE_FLOOR)).then_some(confirmed)
    }

    fn report(&self, run: &Run, verdict: Verdict, seed: u64) -> McReport {
        let standard_error = run.moments.standard_error();
        let difference = run.moments.mean - self.closed;
        McReport {
            estimate: run.moments.mean,
            standard_error,
            z: if difference == 0.0 { 0.0 } else { difference / standard_error },
            samples: run.moments.count as u64,
            seed,
            verdict,
            resolution: 2.0 * Z * standard_error,
            half_width: Z * standard_error,
        }
    }
}

/// The mean of `integrand` over `samples` draws of `distribution`, without a claim to test.
///
/// # Errors
/// As [`monte_carlo`].
pub fn estimate(
    integrand: &Term,
    var: &Symbol,
    distribution: &Term,
    samples: u64,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    seed: u64,
) -> Result<McEstimate, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &limits, &spent);
    let mut run = Run::new(integrand, var, distribution, seed, &context)?;
    run.draw_to(samples.max(2))?;
    Ok(McEstimate {
        estimate: run.moments.mean,
        standard_error: run.moments.standard_error(),
        samples: run.moments.count as u64,
        seed,
        doubt: run.doubt(&[]),
    })
}
