//! Distributions: the density is positive on its support and integrates to one, and the sampler follows it.
//!
//! The sampler is a statement of its own; what it draws is compared with the integral of the density by the
//! Dvoretzky–Kiefer–Wolfowitz–Massart bound, at one false alarm in 10⁹ for each parameter point.

use super::super::{Numbers, PROTOCOL, tail_holds};
use super::points::{far_parameters, parameters, place};
use super::{Effort, Fault, Finding, shown};
use crate::kernel::Facts;
use crate::numeric::{
    Empirical, EnclosureOptions, Environment, Interval, NumericError, Options, Value,
    distance_bound, empirical, enclose, evaluate, key, support,
};
use crate::term::{BinderOp, Domain, Term};
use crate::theory::{Distribution, Theory};

/// Parameter points at which a distribution is tested.
const POINTS: usize = 3;

/// The probability that a right sampler is refused at one point.
const ALPHA: f64 = 1e-9;

/// Samples for each point: the bound is 0.0016, and a scale that is wrong by 2 % moves a normal distribution by 0.0048.
const SAMPLES: u64 = 1 << 22;

/// Samples before a theory is used: a distance of 0.026.
const FEW: u64 = 1 << 14;

/// What is forgiven beyond the error estimate of the integral of a density.
const CLOSE: f64 = 1e-9;

/// An integral whose error is estimated to be larger is no evidence.
const USELESS: f64 = 1e-3;

/// Places at which the sign of a density is looked at, on each side of the middle.
const PLACES: i32 = 400;

/// The ratio of the distances of neighbouring places from the middle, or from an end.
const RATIO: f64 = 1.05;

/// Parameter points far from the usual ones.
const FAR_POINTS: usize = 16;

/// Next to a value larger than this, a zero is no underflow.
const NO_UNDERFLOW: f64 = 1e-100;

/// Tests a distribution at keyed points; one fault is enough.
pub fn distribution(distribution: &Distribution, theory: &Theory, effort: Effort) -> Finding {
    if let Some(space) = &distribution.space {
        return super::joint::joint(distribution, space, theory, effort);
    }
    let facts = Facts::default();
    let numbers = Numbers { theory, facts: &facts };
    let subject = Subject { distribution, numbers, effort };
    let points = parameters(distribution, POINTS, numbers);
    if points.is_empty() {
        return Finding::fails(density_fault(format!(
            "no parameters of `{}` were found that meet its constraints",
            distribution.name
        )));
    }
    match subject.at_points(&points) {
        Ok(notes) => Finding::holds(notes),
        Err(fault) => Finding::fails(fault),
    }
}

/// The total of a density.
enum Total {
    /// It lies in this interval, whatever rounding did.
    Enclosed(Interval),
    /// A number with an estimate of its error.
    Estimated(Value),
}

/// The integral, or the sum, of a body over the support of a distribution.
fn over_support(distribution: &Distribution, body: Term) -> Term {
    let op = if distribution.discrete { BinderOp::Sum } else { BinderOp::Integral };
    let (low, high) = distribution.support.clone();
    Term::binder(op, distribution.var.clone(), Domain::Range(low, high), body)
}

/// The total of the density, by the name of the distribution: its tail bound counts.
fn total_term(distribution: &Distribution) -> Term {
    let var = Term::symbol(distribution.var.clone());
    over_support(distribution, Term::density(distribution.itself(), vec![var]))
}

/// The integral, or the sum, of the density of a distribution over its support: it is to be one. Enclosed, where the
/// density and a bound of its tail allow, else by quadrature.
///
/// # Errors
/// As [`evaluate`].
fn total_of(
    distribution: &Distribution,
    point: &Environment,
    numbers: Numbers<'_>,
) -> Result<Total, NumericError> {
    let enclosed =
        enclose(&total_term(distribution), point, &numbers, &EnclosureOptions::default());
    match enclosed {
        Ok(interval) if interval.width() <= CLOSE => Ok(Total::Enclosed(interval)),
        _ => {
            let integral = over_support(distribution, distribution.density.clone());
            evaluate(&integral, point, &numbers, &Options::default()).map(Total::Estimated)
        }
    }
}

struct Subject<'a> {
    distribution: &'a Distribution,
    numbers: Numbers<'a>,
    effort: Effort,
}

impl Subject<'_> {
    fn at_points(&self, points: &[Environment]) -> Result<Vec<String>, Fault> {
        let (mut widths, mut seen) = (Vec::new(), Vec::new());
        for point in points {
            widths.extend(self.total(point)?);
            self.sign(point).map_or(Ok(()), Err)?;
            seen.extend(self.sampled(point).transpose()?);
        }
        let mut notes = vec![self.note_of_totals(points.len(), &widths)];
        if self.effort == Effort::Full {
            notes.extend(self.far()?);
        }
        let tail = if self.effort == Effort::Full { self.tail()? } else { None };
        notes.extend(
            tail.map(|n| format!("the bound of its tail holds at {n} places, by intervals")),
        );
        notes.push(self.note_of_samples(&seen));
        Ok(notes)
    }

    fn words(&self) -> (&'static str, &'static str) {
        if self.distribution.discrete { ("mass", "adds up") } else { ("density", "integrates") }
    }

    /// The total at a point: the width of an interval around one, where there is such an interval.
    fn total(&self, point: &Environment) -> Result<Option<f64>, Fault> {
        let (what, adds_up) = self.words();
        let (name, place) = (&self.distribution.name, place(point));
        let found = match total_of(self.distribution, point, self.numbers) {
            Ok(Total::Enclosed(i)) if i.contains(1.0) => return Ok(Some(i.width())),
            Ok(Total::Enclosed(i)) => shown(i.middle()),
            Ok(Total::Estimated(v))
                if (v.value - 1.0).abs() <= CLOSE + 10.0 * v.error && v.error < USELESS =>
            {
                return Ok(None);
            }
            Ok(Total::Estimated(v)) => shown(v.value),
            Err(e) => {
                let message = format!("the {what} of `{name}` has no total{place}: {e}");
                return Err(density_fault(message));
            }
        };
        Err(density_fault(format!("the {what} of `{name}` {adds_up} to {found}{place}, not to 1")))
    }

    /// The total far from usual parameters. Only an enclosure that leaves out 1 speaks against the density there: it may
    /// be wide, and estimates are not to be trusted that far.
    fn far(&self) -> Result<Option<String>, Fault> {
        let mut enclosed = 0;
        for point in far_parameters(self.distribution, FAR_POINTS, self.numbers) {
            let total = enclose(
                &total_term(self.distribution),
                &point,
                &self.numbers,
                &EnclosureOptions::default(),
            );
            let Ok(total) = total else { continue };
            if !total.contains(1.0) {
                let (what, adds_up) = self.words();
                let (name, found, place) =
                    (&self.distribution.name, shown(total.middle()), place(&point));
                let text = format!("the {what} of `{name}` {adds_up} to {found}{place}, not to 1");
                return Err(density_fault(text));
            }
            enclosed += usize::from(total.width() <= CLOSE);
        }
        let told = format!("the same at {enclosed} points far from one, enclosed");
        Ok((enclosed > 0).then_some(told))
    }

    /// The bound of the tail that the distribution states, where it states one.
    fn tail(&self) -> Result<Option<usize>, Fault> {
        match tail_holds(self.distribution, self.numbers.theory) {
            None => Ok(None),
            Some(Ok(places)) => Ok(Some(places)),
            Some(Err(broken)) => {
                let (what, _) = self.words();
                Err(tail_fault(format!(
                    "the tail bound of `{}` is broken at {}: the {what} is {}, the bound allows {}",
                    self.distribution.name,
                    broken.at,
                    shown(broken.density),
                    shown(broken.allowed)
                )))
            }
        }
    }

    /// A density that is negative somewhere, or zero on a part of its support, at places all over the support.
    fn sign(&self, point: &Environment) -> Option<Fault> {
        let (what, _) = self.words();
        let name = &self.distribution.name;
        let ends = match support(&self.distribution.itself(), point, &self.numbers) {
            Ok(ends) => ends,
            Err(e) => {
                let place = place(point);
                return Some(density_fault(format!(
                    "the support of `{name}` has no ends{place}: {e}"
                )));
            }
        };
        let var = &self.distribution.var;
        let at = |x: f64| {
            let point = point.clone().with(var.clone(), x);
            let value =
                evaluate(&self.distribution.density, &point, &self.numbers, &Options::default());
            (x, value)
        };
        let places = if self.distribution.discrete { integers(ends) } else { inside(ends) };
        let values: Vec<(f64, Result<Value, NumericError>)> = places.into_iter().map(at).collect();
        let fault = |x: f64, says: &str| {
            let place = place(point);
            density_fault(format!("the {what} of `{name}` {says} at {var} = {}{place}", shown(x)))
        };
        let mut numbers = Vec::new();
        for (x, value) in values {
            match value {
                Ok(v) if v.value < 0.0 => {
                    return Some(fault(x, &format!("is {}, negative,", shown(v.value))));
                }
                Ok(v) => numbers.push((x, v.value)),
                Err(e) => return Some(fault(x, &format!("has no value ({e})"))),
            }
        }
        let gap = numbers.windows(2).find_map(|w| match (w[0], w[1]) {
            ((x, 0.0), (_, y)) | ((_, y), (x, 0.0)) if y > NO_UNDERFLOW => Some(x),
            _ => None,
        })?;
        Some(fault(gap, "vanishes inside its support,"))
    }

    fn sampled(&self, point: &Environment) -> Option<Result<Empirical, Fault>> {
        self.distribution.sample.as_ref()?;
        let (name, place) = (&self.distribution.name, place(point));
        let (what, _) = self.words();
        let samples = if self.effort == Effort::Full { SAMPLES } else { FEW };
        let seed = key(name.as_str(), PROTOCOL, 1);
        let found =
            match empirical(&self.distribution.itself(), samples, point, &self.numbers, seed) {
                Ok(found) => found,
                Err(e) => {
                    return Some(Err(sampler_fault(format!(
                        "`{name}` cannot be sampled{place}: {e}"
                    ))));
                }
            };
        if let Some(x) = found.outside {
            return Some(Err(sampler_fault(format!(
                "the sampler of `{name}` leaves the support{place}: it draws {}",
                shown(x)
            ))));
        }
        let allowed = distance_bound(found.samples, ALPHA);
        let follows = found.distance <= allowed + found.error + CLOSE;
        Some(if follows {
            Ok(found)
        } else {
            let sign = if self.distribution.discrete { "<=" } else { "<" };
            Err(sampler_fault(format!(
                "the sampler of `{name}` does not follow its {what}{place}: P({x} {sign} {at}) is {sampled} by {n} \
                 samples and {exact} by the {what}; chance keeps the two within {allowed}",
                x = self.distribution.var,
                at = shown(found.at),
                sampled = shown(found.sampled),
                n = found.samples,
                exact = shown(found.exact),
                allowed = shown(allowed),
            )))
        })
    }

    fn note_of_totals(&self, points: usize, widths: &[f64]) -> String {
        let (what, adds_up) = self.words();
        let widest = widths.iter().copied().fold(0.0, f64::max);
        let how = match widths.len() {
            0 => "estimate".to_owned(),
            n if n == points => format!("enclosed, width {widest:.0e}"),
            n => format!("enclosed at {n}, width {widest:.0e}; else estimate"),
        };
        format!("the {what} is positive and {adds_up} to 1 at {points} parameter points ({how})")
    }

    fn note_of_samples(&self, seen: &[Empirical]) -> String {
        let Some(first) = seen.first() else { return "there is no sampler to test".into() };
        let worst = seen.iter().map(|e| e.distance).fold(0.0, f64::max);
        let cell = seen.iter().map(|e| e.cell + e.error).fold(0.0, f64::max);
        let allowed = distance_bound(first.samples, ALPHA);
        format!(
            "the sampler: sup|F_n - F| = {worst:.5} <= {allowed:.5} at {} points (n = {}, seed {:#x}); a distance of \
             {:.4} is certain to be refused, up to a chance of {ALPHA:e}",
            seen.len(),
            first.samples,
            first.seed,
            2.0 * allowed + cell,
        )
    }
}

/// Places inside an interval, in order.
fn inside((low, high): (f64, f64)) -> Vec<f64> {
    let growing = || (-PLACES / 2..=PLACES / 2).map(|k| RATIO.powi(k));
    let mut places: Vec<f64> = match (low.is_finite(), high.is_finite()) {
        (true, true) => {
            let length = high - low;
            (1..PLACES).map(|k| low + length * f64::from(k) / f64::from(PLACES)).collect()
        }
        (true, false) => growing().map(|d| low + d).collect(),
        (false, true) => growing().map(|d| high - d).collect(),
        (false, false) => growing().flat_map(|d| [-d, d]).chain([0.0]).collect(),
    };
    places.retain(|x| *x > low && *x < high);
    places.sort_by(f64::total_cmp);
    places
}

/// Integers of a support, in order: near its first, or near zero.
fn integers((low, high): (f64, f64)) -> Vec<f64> {
    let first = if low.is_finite() { low } else { f64::from(-PLACES) };
    (0..2 * PLACES).map(|k| first + f64::from(k)).take_while(|k| *k <= high).collect()
}

pub(super) fn density_fault(message: String) -> Fault {
    let hint =
        "a density is positive on its support and integrates to one for every admissible parameter";
    Fault { code: "E0310", message, label: "this distribution is refused", hint }
}

fn tail_fault(message: String) -> Fault {
    let hint = "a tail bound says how much smaller the density is at x than at t, for every t beyond its start and x beyond t";
    Fault { code: "E0314", message, label: "this distribution is refused", hint }
}

pub(super) fn sampler_fault(message: String) -> Fault {
    let hint = "sample and density must describe the same distribution; check variance against deviation, rate \
                against scale";
    Fault { code: "E0311", message, label: "this distribution is refused", hint }
}
