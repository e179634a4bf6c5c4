//! Estimates from samples, and the sequential test of a closed form.
//!
//! The protocol: looks at N = 2^14, 2^15, …; half-width h = z·s/√N with z = 7; d = |ḡ − f|. Refuted if d > h plus the
//! numerical error of f; confirmed at δ if d + h ≤ δ·max(|f|, S₀), an equivalence test; otherwise N doubles, and at the
//! cap the verdict is inconclusive, which is never a pass. No verdict before |skew|·z³ ≤ 6√N (the Edgeworth correction
//! of the tail, Hall 1992 §2.6, is then small), nor where one sample or a growing deviation shows a heavy tail: then the
//! tails of the integrals decide whether the variance, or the mean itself, is infinite. Where `quadratic` has a bound
//! for every number of samples it takes the place of z·s/√N, and no guard is needed. What may go wrong is in
//! `statistics`.
//!
//! Stratified points (`strata`) come first where they are asked for. What they refute, plain samples must refute as
//! well before it is shown.

use std::cell::Cell;
use std::fmt;

use super::blocks::{Mean, Run, estimate_of};
use super::context::Context;
use super::moments::Moments;
use super::quadratic::SubGamma;
use super::statistics::{IntervalKind, exponent, student_equivalent};
use super::strata::{FIRST_CELLS, REPLICATES, parts, replicated};
use super::{Catalogue, Environment, NumericError, Options, tails};
use crate::term::{Symbol, Term};

/// The half-width in standard errors.
pub const Z: f64 = 7.0;

/// Samples before the first look: there the χ² tail is still 1.8 times the limiting one, earlier it is more.
pub const FIRST_LOOK: u64 = 1 << 14;

/// S₀ of the margin δ·max(|f|, S₀): closed forms below it are compared absolutely.
pub const SCALE_FLOOR: f64 = 0.05;

/// A single sample with more than this share of the sum of squares is a heavy tail.
pub(super) const DOMINANT: f64 = 0.05;

/// A deviation that grows by more than this at each of three doublings has no limit in sight.
const GROWTH: f64 = 1.05;

/// Rounding of the mean itself, relative: N additions of pairwise-like sums.
const ROUNDING: f64 = 1e-12;

/// Rounding of samples that do not vary otherwise, relative: differences of logarithms lose some digits.
const CONSTANT: f64 = 1e-9;

/// The seeds of the means of a sum, and of stratified points, differ from that of the run by multiples of this: the
/// golden ratio, as in SplitMix64.
pub(super) const APART: u64 = 0x9e37_79b9_7f4a_7c15;

/// How points are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Independent samples.
    #[default]
    Plain,
    /// Replicates of stratified points; plain samples where there are no strata, or where these leave a doubt.
    Stratified,
}

/// How a Monte Carlo run is made.
#[derive(Clone, Debug, PartialEq)]
pub struct McOptions {
    /// The seed, from [`key`](super::key).
    pub key: u64,
    /// The relative margin of equivalence.
    pub delta: f64,
    /// Stratified points go on until they confirm at this margin, however early they confirm at `delta`.
    pub aim: f64,
    /// The half-width in standard errors, and what it corresponds to in other intervals.
    pub z: f64,
    /// Samples before the first look. Fewer than [`FIRST_LOOK`] are for a smaller `z` only.
    pub first_look: u64,
    /// The cap on the number of samples.
    pub max_samples: u64,
    /// How points are drawn.
    pub sampling: Sampling,
}

impl Default for McOptions {
    fn default() -> Self {
        Self {
            key: 0,
            delta: 1e-2,
            aim: 1e-2,
            z: Z,
            first_look: FIRST_LOOK,
            max_samples: 1 << 22,
            sampling: Sampling::Plain,
        }
    }
}

impl McOptions {
    /// The defaults with a seed.
    pub fn keyed(key: u64) -> Self {
        Self { key, ..Self::default() }
    }

    /// How often a run may look at its samples: once at the first look and once at each doubling, and before that once
    /// for each number of strata.
    pub fn looks(&self) -> u32 {
        let doublings = |from: u64, factor: u64| {
            std::iter::successors(Some(from.max(1)), |n| n.checked_mul(factor))
                .take_while(|n| *n < self.max_samples)
                .count() as u32
        };
        let plain = doublings(self.first_look, 2) + 1;
        match self.sampling {
            Sampling::Plain => plain,
            Sampling::Stratified => plain + doublings(FIRST_CELLS * REPLICATES, 4) + 1,
        }
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
    /// Stratified points speak against the closed form, and plain samples do not.
    Unconfirmed,
    /// The tails of the integrand have no finite variance.
    NoVariance,
}

impl Doubt {
    /// What is wrong with samples that z standard errors are to be taken of.
    pub(super) fn of(m: &Moments, z: f64) -> Option<Self> {
        if m.skewness().abs() * z.powi(3) > 6.0 * m.count.sqrt() {
            return Some(Self::Skewed);
        }
        (m.dominance() > DOMINANT).then_some(Self::HeavyTail)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cap => "the interval is wider than the margin at the largest number of samples",
            Self::Skewed => "the samples are too skewed for their number",
            Self::HeavyTail => "one sample carries more than 5 % of the sum of squares",
            Self::Growing => "the deviation kept growing over three doublings",
            Self::Unreachable => "an infinite value cannot be confirmed by finite samples",
            Self::NoVariance => "the variance is not finite",
            Self::Unconfirmed => "stratified points speak against it, and plain samples do not",
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
    /// The integrand has no variance: no number of samples would decide. Never a pass.
    InfiniteVariance,
    /// The integrand has no finite mean, whatever the samples look like. Never a pass.
    InfiniteExpectation,
}

/// The evidence of one run against a closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McReport {
    /// The sample mean.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// (estimate − closed) / standard error; 0 where the samples do not vary.
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
    /// What h was taken from.
    pub interval: IntervalKind,
    /// (d + h)/max(|f|, S₀): the smallest δ at which this run would have confirmed.
    pub reached: f64,
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
    let means = [Mean { integrand, var, distribution }];
    let claim = Claim { closed, error: closed_error, constant: 0.0 };
    monte_carlo_sum(&means, &claim, environment, catalogue, options)
}

/// What is tested: a closed form, and the part of the statement that is not sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// The closed form.
    pub closed: f64,
    /// To within what it, and the constant, are known.
    pub error: f64,
    /// Added to the sum of the means.
    pub constant: f64,
}

/// Tests a closed form against the sum of several means, each sampled from its own distribution, and a constant.
///
/// # Errors
/// As [`monte_carlo`].
pub fn monte_carlo_sum(
    means: &[Mean],
    claim: &Claim,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    options: &McOptions,
) -> Result<McReport, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &limits, &spent);
    let test = Test { means, claim, options, environment, context: &context };
    if options.sampling == Sampling::Plain {
        return test.plain();
    }
    let Some(first) = test.stratified()? else { return test.plain() };
    if first.verdict != Verdict::Refuted {
        return Ok(first);
    }
    let second = test.plain()?;
    Ok(match second.verdict {
        Verdict::Confirmed { .. } | Verdict::Inconclusive { .. } => {
            McReport { verdict: Verdict::Inconclusive { reason: Doubt::Unconfirmed }, ..second }
        }
        _ => second,
    })
}

/// The estimate of a look and its interval.
#[derive(Clone, Copy)]
struct Look {
    mean: f64,
    standard_error: f64,
    half_width: f64,
    samples: u64,
    interval: IntervalKind,
}

struct Test<'a> {
    means: &'a [Mean<'a>],
    claim: &'a Claim,
    options: &'a McOptions,
    environment: &'a Environment,
    context: &'a Context<'a>,
}

impl Test<'_> {
    fn confirmed(&self) -> Verdict {
        Verdict::Confirmed { delta: self.options.delta }
    }

    /// Independent samples, look after look.
    fn plain(&self) -> Result<McReport, NumericError> {
        let seed = |i: u64| self.options.key.wrapping_add(i.wrapping_mul(APART));
        let runs = (0..).zip(self.means).map(|(i, m)| Run::new(*m, seed(i), self.context));
        let mut runs: Vec<Run> = runs.collect::<Result<_, _>>()?;
        let bound = runs.iter().map(|r| r.compiled.bound).reduce(|a, b| Some(a?.plus(b?)));
        let mut deviations = Vec::new();
        let mut samples = self.options.first_look.min(self.options.max_samples).max(2);
        let mut tails_seen = false;
        loop {
            runs.iter_mut().try_for_each(|run| run.draw_to(samples))?;
            let parts: Vec<Moments> = runs.iter().map(|r| r.seen.moments).collect();
            let moments = Moments::of_sum(&parts).shifted(self.claim.constant);
            let total = parts.iter().map(|m| m.count as u64).sum();
            let look = self.look(&moments, bound.flatten(), total);
            if runs.iter().any(|run| run.seen.infinite) {
                let right = self.claim.closed == f64::INFINITY;
                let verdict = if right { self.confirmed() } else { Verdict::Refuted };
                return Ok(self.report(&look, verdict));
            }
            deviations.push(moments.deviation());
            let doubt = match look.interval {
                IntervalKind::NormalLimit => {
                    Doubt::of(&moments, self.options.z).or_else(|| growing(&deviations))
                }
                _ => None,
            };
            if let Some(verdict) = self.decide(&look).filter(|_| doubt.is_none()) {
                return Ok(self.report(&look, verdict));
            }
            let last = samples >= self.options.max_samples;
            let unreachable = last && self.claim.closed.is_infinite();
            if (doubt.is_some() || unreachable) && !tails_seen {
                tails_seen = true;
                if let Some(verdict) = self.tails() {
                    return Ok(self.report(&look, verdict));
                }
            }
            if last {
                let reason =
                    if unreachable { Doubt::Unreachable } else { doubt.unwrap_or(Doubt::Cap) };
                return Ok(self.report(&look, Verdict::Inconclusive { reason }));
            }
            samples = (2 * samples).min(self.options.max_samples);
        }
    }

    /// What the tails say against any number of samples.
    fn tails(&self) -> Option<Verdict> {
        tails::verdict(self.means, self.environment, self.context.catalogue)
    }

    fn look(&self, moments: &Moments, bound: Option<SubGamma>, samples: u64) -> Look {
        let standard_error = moments.standard_error();
        let (interval, half_width) = if moments.is_constant() {
            (IntervalKind::Exact, moments.mean.abs().max(self.claim.closed.abs()) * CONSTANT)
        } else if let Some(bound) = bound {
            let x = exponent(self.options.z);
            (IntervalKind::LaurentMassart, bound.half_width(x, moments.count))
        } else {
            (IntervalKind::NormalLimit, self.options.z * standard_error)
        };
        Look { mean: moments.mean, standard_error, half_width, samples, interval }
    }

    /// Stratified points, finer and finer; `None` where they are of no use here.
    fn stratified(&self) -> Result<Option<McReport>, NumericError> {
        if !self.claim.closed.is_finite() {
            return Ok(None);
        }
        let Some(parts) = parts(self.means, self.context)? else { return Ok(None) };
        let seed = self.options.key ^ APART;
        let t = student_equivalent(self.options.z, (REPLICATES - 1) as f64);
        let most = (self.options.max_samples / REPLICATES).max(FIRST_CELLS);
        let mut cells = FIRST_CELLS;
        loop {
            // What is not a number in one of the cells may be a sample that never comes: plain samples decide.
            let Ok(seen) = replicated(&parts, cells, seed, self.context) else {
                return Ok(None);
            };
            let (interval, half_width) = seen.interval(t, self.options.z);
            let look = Look {
                mean: seen.mean + self.claim.constant,
                standard_error: seen.standard_error,
                half_width,
                samples: seen.samples,
                interval,
            };
            if seen.is_heavy()
                && let Some(verdict) = self.tails()
            {
                return Ok(Some(self.report(&look, verdict)));
            }
            let doubt = seen.doubt(t);
            let verdict = self.decide(&look).filter(|_| doubt.is_none());
            let last = 4 * cells > most;
            match verdict {
                Some(Verdict::Confirmed { .. })
                    if !last && self.reached(&look) > self.options.aim => {}
                Some(verdict) => return Ok(Some(self.report(&look, verdict))),
                None if last && doubt.is_none() => {
                    let verdict = Verdict::Inconclusive { reason: Doubt::Cap };
                    return Ok(Some(self.report(&look, verdict)));
                }
                // What one refinement does not mend, as the jump of an integrand, the next does not either.
                None if doubt.is_some() && (last || cells > FIRST_CELLS) => return Ok(None),
                None => {}
            }
            cells *= 4;
        }
    }

    fn decide(&self, look: &Look) -> Option<Verdict> {
        let Claim { closed, error, .. } = *self.claim;
        if closed.is_infinite() {
            return None;
        }
        let d = (look.mean - closed).abs();
        let numerical = error + ROUNDING * closed.abs().max(look.mean.abs());
        if d > look.half_width + numerical || d.is_nan() {
            return Some(Verdict::Refuted);
        }
        (self.reached(look) <= self.options.delta).then(|| self.confirmed())
    }

    /// (d + h)/max(|f|, S₀).
    fn reached(&self, look: &Look) -> f64 {
        let closed = self.claim.closed;
        ((look.mean - closed).abs() + look.half_width) / closed.abs().max(SCALE_FLOOR)
    }

    fn report(&self, look: &Look, verdict: Verdict) -> McReport {
        let difference = look.mean - self.claim.closed;
        let still = difference == 0.0 || look.interval == IntervalKind::Exact;
        McReport {
            estimate: look.mean,
            standard_error: look.standard_error,
            z: if still { 0.0 } else { difference / look.standard_error },
            samples: look.samples,
            seed: self.options.key,
            verdict,
            resolution: 2.0 * look.half_width,
            half_width: look.half_width,
            interval: look.interval,
            reached: self.reached(look),
        }
    }
}

/// Whether the deviation kept growing over the last three doublings.
fn growing(deviations: &[f64]) -> Option<Doubt> {
    let last = deviations.len().checked_sub(4).map(|start| &deviations[start..])?;
    last.windows(2).all(|w| w[1] > GROWTH * w[0]).then_some(Doubt::Growing)
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
    let mut run = Run::new(Mean { integrand, var, distribution }, seed, &context)?;
    run.draw_to(samples.max(2))?;
    Ok(estimate_of(&run.seen, seed))
}

/// The sum of several means from stratified points, without a claim to test: 64 replicates with `cells` points each.
///
/// # Errors
/// As [`monte_carlo`]; [`NumericError::Undefined`] where [`stratifies`](super::stratifies) says no.
pub fn estimate_stratified(
    means: &[Mean],
    cells: u64,
    environment: &Environment,
    catalogue: &dyn Catalogue,
    seed: u64,
) -> Result<McEstimate, NumericError> {
    let (limits, spent) = (Options::default(), Cell::new(0));
    let context = Context::new(environment, catalogue, &limits, &spent);
    let Some(parts) = parts(means, &context)? else {
        return Err(NumericError::Undefined("a stratified mean".into()));
    };
    let seen = replicated(&parts, cells, seed ^ APART, &context)?;
    let heavy = seen.is_heavy() && tails::verdict(means, environment, catalogue).is_some();
    let doubt = heavy.then_some(Doubt::NoVariance);
    Ok(McEstimate {
        estimate: seen.mean,
        standard_error: seen.standard_error,
        samples: seen.samples,
        seed,
        doubt: doubt.or_else(|| seen.doubt(student_equivalent(Z, (REPLICATES - 1) as f64))),
    })
}
