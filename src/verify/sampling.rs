//! Monte Carlo from the definition: the statement's own expectations, estimated with the theory's samplers, against the
//! closed form.

use super::Numbers;
use super::expectation::{Means, form_of};
use super::families::listed;
use super::instances::{Instance, instances};
use super::points::Points;
use crate::derive::{Derivation, Status};
use crate::document::{Bilingual, MonteCarloView};
use crate::numeric::{
    Environment, FIRST_LOOK, McEstimate, McOptions, McReport, NumericError, Options, SCALE_FLOOR,
    Verdict, Z, estimate, evaluate, monte_carlo as run,
};
use crate::theory::Theory;

/// Points at which the statement is sampled.
const POINTS: usize = 3;

/// Points that are looked at to find those.
const CANDIDATES: usize = 24;

/// The margin.
const DELTA: f64 = 0.01;

/// Points with a larger ratio of deviation to value would need more samples than the cap: 64·(ratio/δ)².
const RATIO: f64 = 2.0;

/// Samples that judge a candidate point.
const PILOT: u64 = 1 << 10;

/// Samples at most.
const CAP: u64 = 1 << 22;

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

/// Samples the statement of a derivation at keyed points and compares with its closed form.
pub fn monte_carlo(derivation: &Derivation, theory: &Theory) -> Sampled {
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
        return at_instances(derivation, &form, instances, theory);
    }
    let Some(mut points) = Points::new(&text, &terms, numbers) else {
        return Sampled::not("a parameter has no number", "有参数没有数值");
    };
    let mut runs = Vec::new();
    let mut trouble = None;
    let plan = points.plan(POINTS);
    // Where the number of coordinates is open, each of the planned ones has candidates of its own.
    let mut left = CANDIDATES;
    'plan: for dimension in plan {
        left = if dimension.is_some() { CANDIDATES } else { left };
        while left > 0 {
            left -= 1;
            let Some(point) = points.next_at(dimension) else { continue 'plan };
            let known = runs.len();
            match at_point(derivation, &form, &point, points.seed(), numbers) {
                Ok(view) => runs.extend(view),
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
    Sampled::of(runs, trouble)
}

/// Samples the statement where the distributions that it leaves open are known ones.
fn at_instances(
    derivation: &Derivation,
    form: &Means,
    instances: impl Iterator<Item = Instance>,
    theory: &Theory,
) -> Sampled {
    let text = derivation.statement.to_string();
    let terms = [&derivation.statement, &derivation.result];
    let (mut runs, mut trouble) = (Vec::new(), None);
    for instance in instances.take(CANDIDATES) {
        let Some((point, seed)) = instance.point(&text, &terms, theory) else { continue };
        let numbers = Numbers { theory, facts: &instance.facts };
        match at_point(derivation, form, &point, seed, numbers) {
            Ok(view) => {
                runs.extend(
                    view.map(|v| MonteCarloView { instances: instance.shown.clone(), ..v }),
                );
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

fn at_point(
    derivation: &Derivation,
    form: &Means,
    point: &Environment,
    seed: u64,
    numbers: Numbers<'_>,
) -> Result<Option<MonteCarloView>, NumericError> {
    let closed = evaluate(&derivation.result, point, &numbers, &Options::default())?;
    // Without parameters every point is the same one, unless distributions differ from one to the next.
    let fixed =
        point.iter().next().is_none() && !derivation.facts.is_abstract(&derivation.statement);
    if closed.value.abs() < SCALE_FLOOR && !fixed {
        return Ok(None);
    }
    let pilot = combined(form, PILOT, point, numbers, seed ^ 1)?;
    let deviation = pilot.standard_error * (PILOT as f64).sqrt();
    if !closed.value.is_finite() || deviation <= ROUNDING * closed.value.abs() {
        // A constant: its samples differ by rounding only and could confirm nothing.
        return Ok(None);
    }
    if deviation > RATIO * closed.value.abs() && !fixed {
        return Ok(None);
    }
    let report = match form.single() {
        Some(mean) => {
            let options = McOptions { key: seed, delta: DELTA, max_samples: CAP };
            let (x, d) = (&mean.var, &mean.distribution);
            let (value, error) = (closed.value, closed.error);
            run(&mean.integrand, x, d, value, error, point, &numbers, &options)?
        }
        None => several(form, closed.value, closed.error, point, numbers, seed)?,
    };
    Ok(Some(view(point, closed.value, &report)))
}

fn view(point: &Environment, closed: f64, r: &McReport) -> MonteCarloView {
    let verdict = match r.verdict {
        _ if r.z.is_nan() || !r.estimate.is_finite() => "inconclusive",
        Verdict::Confirmed { .. } => "confirmed",
        Verdict::Refuted => "refuted",
        Verdict::Inconclusive { .. } => "inconclusive",
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
    }
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
    for constant in &form.constant {
        total.estimate += evaluate(constant, point, &numbers, &Options::default())?.value;
    }
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

/// The sequential protocol over several distributions: every look draws the doubled number from the start.
fn several(
    form: &Means,
    closed: f64,
    error: f64,
    point: &Environment,
    numbers: Numbers<'_>,
    seed: u64,
) -> Result<McReport, NumericError> {
    let mut samples = FIRST_LOOK;
    loop {
        let e = combined(form, samples, point, numbers, seed)?;
        let h = Z * e.standard_error;
        let d = (e.estimate - closed).abs();
        let verdict = if e.doubt.is_some() {
            None
        } else if d > h + error + 1e-12 * closed.abs() || d.is_nan() {
            Some(Verdict::Refuted)
        } else if d + h <= DELTA * closed.abs().max(SCALE_FLOOR) {
            Some(Verdict::Confirmed { delta: DELTA })
        } else {
            None
        };
        let last = samples >= CAP / 2;
        let reason = e.doubt.unwrap_or(crate::numeric::Doubt::Cap);
        let verdict = verdict.or(last.then_some(Verdict::Inconclusive { reason }));
        if let Some(verdict) = verdict {
            let difference = e.estimate - closed;
            return Ok(McReport {
                estimate: e.estimate,
                standard_error: e.standard_error,
                z: if difference == 0.0 { 0.0 } else { difference / e.standard_error },
                samples: e.samples,
                seed,
                verdict,
                resolution: 2.0 * h,
                half_width: h,
            });
        }
        samples *= 2;
    }
}
