//! Monte Carlo from the definition: the statement's own expectations, estimated with the theory's samplers, against the
//! closed form.
//!
//! Points are accepted where the ratio of deviation to value is at most five, as a pilot of samples shows it, before
//! anything is compared. Plain samples would take twelve million there; above a ratio of one half the points are
//! stratified where the samplers allow it, and where they do not, as for counts that are not drawn by inversion, the
//! ratio is at most two, and points where it is at most one come first: they take a quarter of the samples.

use super::Numbers;
use super::expectation::{Means, form_of};
use super::families::listed;
use super::instances::{Instance, instances};
use super::points::Points;
use crate::derive::{Derivation, Status};
use crate::document::{Bilingual, MonteCarloView};
use crate::numeric::{
    Claim, Environment, IntervalKind, McEstimate, McOptions, McReport, Mean, NumericError, Options,
    SCALE_FLOOR, Sampling, Verdict, estimate, estimate_stratified, evaluate, monte_carlo_sum,
    statistics::Runs, stratifies,
};
use crate::theory::Theory;

/// Points at which the statement is sampled.
const POINTS: usize = 3;

/// Points that are looked at to find those.
const CANDIDATES: usize = 24;

/// The relative margin within which a run confirms.
pub const MARGIN: f64 = 0.01;

/// What precise runs go on to, if they can within the cap.
const PRECISE: f64 = 1e-6;

/// Points with a larger ratio of deviation to value are passed over.
const RATIO: f64 = 5.0;

/// The same where there are no strata: plain samples would need more than the cap, (7·ratio/δ)² of them.
const PLAIN_RATIO: f64 = 2.0;

/// Where there are no strata points up to this ratio come first, among the first [`HALF`] that are looked at.
const CHEAP_RATIO: f64 = 1.0;

/// Points that are looked at before those that take many samples are taken after all.
const HALF: usize = CANDIDATES / 2;

/// From this ratio on stratified points take less time than the 2^17 plain samples that it asks for.
const EASY_RATIO: f64 = 0.5;

/// Points of each of the 64 replicates of an estimate without a claim.
const CELLS: u64 = 1 << 12;

/// Samples that judge a candidate point.
const PILOT: u64 = 1 << 10;

/// Samples at most.
const CAP: u64 = 1 << 22;

/// How often a run looks at its samples, at most: one that ended with plain samples may have begun with stratified
/// points.
pub fn most_looks() -> u32 {
    let sampling = Sampling::Stratified;
    McOptions { max_samples: CAP, sampling, ..McOptions::default() }.looks()
}

/// How closely a statement is sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Until it is confirmed at one part in a hundred.
    #[default]
    Usual,
    /// From stratified points, as closely as the largest number of samples allows.
    Precise,
}

/// The runs, or why there are none.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// One for each point.
    pub runs: Vec<MonteCarloView>,
    /// Why nothing was sampled.
    pub not_applicable: Option<Bilingual>,
}

impl Sampled {
    fn not(en: &str, zh: &str) -> Self {
        Self { runs: Vec::new(), not_applicable: Some(Bilingual::new(en, zh)) }
    }

    /// The runs; without any, the trouble there was.
    fn of(runs: Vec<MonteCarloView>, trouble: Option<NumericError>) -> Self {
        let not_applicable = runs.is_empty().then(|| match trouble {
            Some(e) => {
                Bilingual::new(format!("it cannot be sampled: {e}"), format!("无法抽样：{e}"))
            }
            None => Bilingual::new(
                "the samples do not vary, or vary too much, at every point tried",
                "在所试各点处样本不变或变化过大",
            ),
        });
        Self { runs, not_applicable }
    }
}

/// The runs of a command, by the interval that each decided by, for [`false_alarm`](crate::numeric::statistics::false_alarm).
pub fn runs_of<'v>(views: impl IntoIterator<Item = &'v MonteCarloView>) -> Vec<Runs> {
    let mut out: Vec<Runs> = Vec::new();
    for interval in views.into_iter().filter_map(|v| IntervalKind::named(&v.interval)) {
        match out.iter_mut().find(|r| r.interval == interval) {
            Some(known) => known.runs += 1,
            None => out.push(Runs { interval, runs: 1, looks: most_looks() }),
        }
    }
    out
}

/// Samples the statement of a derivation at keyed points and compares with its closed form.
pub fn monte_carlo(derivation: &Derivation, theory: &Theory) -> Sampled {
    monte_carlo_at(derivation, theory, Precision::Usual)
}

/// As [`monte_carlo`], as closely as asked for.
pub fn monte_carlo_at(derivation: &Derivation, theory: &Theory, precision: Precision) -> Sampled {
    let numbers = Numbers { theory, facts: &derivation.facts };
    if derivation.status != Status::Proved || derivation.relation != crate::term::Relation::Eq {
        return Sampled::not("there is no closed form to compare with", "没有可比较的封闭形式");
    }
    let Some(form) = form_of(derivation, numbers) else {
        return Sampled::not("the statement is not an expectation", "该命题不是期望的形式");
    };
    let text = derivation.statement.to_string();
    let terms = [&derivation.statement, &derivation.result];
    if let Some(instances) = instances(&text, &terms, numbers) {
        return at_instances(derivation, &form, instances, theory, precision);
    }
    let Some(mut points) = Points::new(&text, &terms, numbers) else {
        return Sampled::not("a parameter has no number", "有参数没有数值");
    };
    let mut runs = Vec::new();
    let mut trouble = None;
    let plan = points.plan(POINTS);
    // Where the number of coordinates is open, each of the planned ones has candidates of its own.
    let mut left = CANDIDATES;
    let mut costly = Vec::new();
    'plan: for dimension in plan {
        left = if dimension.is_some() { CANDIDATES } else { left };
        while left > 0 {
            left -= 1;
            let enough = runs.len() + costly.len() >= POINTS;
            if dimension.is_none() && left < CANDIDATES - HALF && enough {
                break 'plan;
            }
            let Some(point) = points.next_at(dimension) else { continue 'plan };
            let known = runs.len();
            let limit = if dimension.is_some() { PLAIN_RATIO } else { CHEAP_RATIO };
            let seed = points.seed();
            match at_point(derivation, &form, &point, seed, numbers, precision, limit) {
                Ok(At::Run(view)) => runs.push(*view),
                Ok(At::Costly) => costly.push((point.clone(), seed)),
                Ok(At::Useless) => {}
                Err(e) => {
                    trouble = Some(e);
                    break 'plan;
                }
            }
            // Without parameters every point is the same one.
            if point.iter().next().is_none() {
                break 'plan;
            }
            if runs.len() > known {
                continue 'plan;
            }
        }
    }
    for (point, seed) in costly {
        if runs.len() >= POINTS || trouble.is_some() {
            break;
        }
        match at_point(derivation, &form, &point, seed, numbers, precision, PLAIN_RATIO) {
            Ok(at) => runs.extend(at.view()),
            Err(e) => trouble = Some(e),
        }
    }
    Sampled::of(runs, trouble)
}

/// Samples the statement where the distributions that it leaves open are known ones.
fn at_instances(
    derivation: &Derivation,
    form: &Means,
    instances: impl Iterator<Item = Instance>,
    theory: &Theory,
    precision: Precision,
) -> Sampled {
    let text = derivation.statement.to_string();
    let terms = [&derivation.statement, &derivation.result];
    let (mut runs, mut trouble) = (Vec::new(), None);
    for instance in instances.take(CANDIDATES) {
        let Some((point, seed)) = instance.point(&text, &terms, theory) else { continue };
        let numbers = Numbers { theory, facts: &instance.facts };
        match at_point(derivation, form, &point, seed, numbers, precision, PLAIN_RATIO) {
            Ok(at) => {
                let shown = instance.shown.clone();
                runs.extend(at.view().map(|v| MonteCarloView { instances: shown, ..v }));
            }
            // An integral over many coordinates has no number where the next instance has fewer.
            Err(e) => trouble = Some(e),
        }
        if runs.len() == POINTS {
            break;
        }
    }
    Sampled::of(runs, trouble)
}

/// A relative spread below this is rounding.
const ROUNDING: f64 = 1e-10;

/// What came of a point.
enum At {
    Run(Box<MonteCarloView>),
    /// It would take more samples than there is a limit for.
    Costly,
    /// Samples would show nothing there, or take too many of them.
    Useless,
}

impl At {
    fn view(self) -> Option<MonteCarloView> {
        match self {
            Self::Run(view) => Some(*view),
            Self::Costly | Self::Useless => None,
        }
    }
}

/// Runs at a point whose ratio is within the limit for plain samples, where there are no strata.
fn at_point(
    derivation: &Derivation,
    form: &Means,
    point: &Environment,
    seed: u64,
    numbers: Numbers<'_>,
    precision: Precision,
    limit: f64,
) -> Result<At, NumericError> {
    let closed = evaluate(&derivation.result, point, &numbers, &Options::default())?;
    // Without parameters every point is the same one, unless distributions differ from one to the next.
    let fixed =
        point.iter().next().is_none() && !derivation.facts.is_abstract(&derivation.statement);
    if closed.value.abs() < SCALE_FLOOR && !fixed {
        return Ok(At::Useless);
    }
    let pilot = combined(form, PILOT, point, numbers, seed ^ 1)?;
    let deviation = pilot.standard_error * (PILOT as f64).sqrt();
    if !closed.value.is_finite() || deviation <= ROUNDING * closed.value.abs() {
        // A constant: its samples differ by rounding only and could confirm nothing.
        return Ok(At::Useless);
    }
    let means = form.sampled();
    let strata = stratifies(&means, point, &numbers)?;
    let ratio = deviation / closed.value.abs();
    if ratio > if strata { RATIO } else { PLAIN_RATIO } && !fixed {
        return Ok(At::Useless);
    }
    if !strata && ratio > limit && !fixed {
        return Ok(At::Costly);
    }
    let (constant, error) = constant(form, point, numbers)?;
    let claim = Claim { closed: closed.value, error: closed.error + error, constant };
    let precise = precision == Precision::Precise;
    let options = McOptions {
        delta: MARGIN,
        aim: if precise { PRECISE } else { MARGIN },
        max_samples: CAP,
        sampling: match strata && (precise || ratio > EASY_RATIO) {
            true => Sampling::Stratified,
            false => Sampling::Plain,
        },
        ..McOptions::keyed(seed)
    };
    let report = monte_carlo_sum(&means, &claim, point, &numbers, &options)?;
    Ok(At::Run(Box::new(view(point, closed.value, &report))))
}

fn view(point: &Environment, closed: f64, r: &McReport) -> MonteCarloView {
    let verdict = match r.verdict {
        _ if r.z.is_nan() || !r.estimate.is_finite() => "inconclusive",
        Verdict::Confirmed { .. } => "confirmed",
        Verdict::Refuted => "refuted",
        Verdict::Inconclusive { .. } => "inconclusive",
        Verdict::InfiniteVariance => "infinite variance",
        Verdict::InfiniteExpectation => "infinite expectation",
    };
    MonteCarloView {
        instances: Vec::new(),
        point: listed(point),
        estimate: r.estimate,
        standard_error: r.standard_error,
        z: r.z,
        samples: r.samples,
        seed: r.seed,
        verdict: verdict.into(),
        delta: r.estimate - closed,
        resolution: r.resolution,
        closed,
        interval: r.interval.as_str().into(),
        reached: r.reached,
    }
}

/// The sum of what is not sampled, and to within what it is known.
fn constant(
    form: &Means,
    point: &Environment,
    numbers: Numbers<'_>,
) -> Result<(f64, f64), NumericError> {
    form.constant.iter().try_fold((0.0, 0.0), |(sum, error), t| {
        let value = evaluate(t, point, &numbers, &Options::default())?;
        Ok((sum + value.value, error + value.error))
    })
}

/// The sum of all means and the constant, each mean from its own samples.
pub(super) fn combined(
    form: &Means,
    samples: u64,
    point: &Environment,
    numbers: Numbers<'_>,
    seed: u64,
) -> Result<McEstimate, NumericError> {
    let mut total =
        McEstimate { estimate: 0.0, standard_error: 0.0, samples: 0, seed, doubt: None };
    total.estimate += constant(form, point, numbers)?.0;
    for (i, mean) in form.means.iter().enumerate() {
        let seed = seed.wrapping_add((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (x, d) = (&mean.var, &mean.distribution);
        let one = estimate(&mean.integrand, x, d, samples, point, &numbers, seed)?;
        total.estimate += one.estimate;
        total.standard_error = total.standard_error.hypot(one.standard_error);
        total.samples += one.samples;
        total.doubt = total.doubt.or(one.doubt);
    }
    Ok(total)
}

/// As [`combined`], from stratified points; `None` where there are no strata.
pub(super) fn stratified(
    form: &Means,
    point: &Environment,
    numbers: Numbers<'_>,
    seed: u64,
) -> Result<Option<McEstimate>, NumericError> {
    let means = form.sampled();
    if !stratifies(&means, point, &numbers)? {
        return Ok(None);
    }
    let one = estimate_stratified(&means, CELLS, point, &numbers, seed)?;
    let constant = constant(form, point, numbers)?.0;
    Ok(Some(McEstimate { estimate: one.estimate + constant, ..one }))
}

impl Means {
    /// The means, as the numeric room takes them.
    fn sampled(&self) -> Vec<Mean<'_>> {
        let all = self.means.iter();
        all.map(|m| Mean { integrand: &m.integrand, var: &m.var, distribution: &m.distribution })
            .collect()
    }
}
