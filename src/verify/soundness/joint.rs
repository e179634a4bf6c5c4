//! Distributions over vectors: the density integrates to one over its space, and the sampler stays there and has its
//! moments.
//!
//! A distribution over vectors has no single distribution function. Averages of bounded and of growing functions of its
//! coordinates are compared instead, sampled against integrated, at one false alarm in 10⁹ for each.

use super::super::{Numbers, PROTOCOL};
use super::distribution::{density_fault, sampler_fault};
use super::points::{parameters, place};
use super::{Effort, Fault, Finding, shown};
use crate::kernel::Facts;
use crate::numeric::{Environment, NumericError, Options, estimate, evaluate, key};
use crate::term::{BinderOp, Domain, Node, Symbol, Term};
use crate::theory::{Distribution, Space, Theory};

/// Parameter points at which a distribution is tested.
const POINTS: usize = 3;

/// Parameter points that are drawn: of those with more coordinates than can be integrated over none is used.
const DRAWN: usize = 24;

/// The most coordinates of a point that is used.
const COORDINATES: f64 = 3.0;

/// What is forgiven beyond the error estimate of an integral.
const CLOSE: f64 = 1e-7;

/// Samples for each average, and before a theory is used.
const SAMPLES: u64 = 1 << 20;
const FEW: u64 = 1 << 14;

/// Standard errors that chance stays within, but for one time in 10⁹, and a tail that is somewhat heavier.
const MOST: f64 = 7.0;

/// Tests a distribution over vectors; one fault is enough.
pub(super) fn joint(
    distribution: &Distribution,
    space: &Space,
    theory: &Theory,
    effort: Effort,
) -> Finding {
    let facts = Facts::default();
    let numbers = Numbers { theory, facts: &facts };
    let size = |point: &Environment| {
        evaluate(space.dimension(), point, &numbers, &Options::default()).map(|v| v.value)
    };
    let mut points = parameters(distribution, DRAWN, numbers);
    points.retain(|p| size(p).is_ok_and(|n| n <= COORDINATES));
    points.truncate(POINTS);
    if points.is_empty() {
        return Finding::fails(density_fault(format!(
            "no parameters of `{}` were found that meet its constraints",
            distribution.name
        )));
    }
    let subject = Subject { distribution, numbers, effort };
    let mut worst: f64 = 0.0;
    let mut averages = 0;
    let mut compared = 0;
    for point in &points {
        let n = size(point).unwrap_or(1.0) as i64;
        match subject.at(point, n) {
            Ok(found) => {
                averages += found.len();
                worst = found.into_iter().fold(worst, f64::max);
            }
            Err(fault) => return Finding::fails(fault),
        }
        match subject.marginals(point, n) {
            Ok(count) => compared += count,
            Err(fault) => return Finding::fails(fault),
        }
    }
    let (what, adds_up) = subject.words();
    let count = points.len();
    let mut notes = vec![format!(
        "the {what} {adds_up} to 1 over its space at {count} parameter points (estimate)"
    )];
    notes.push(match averages {
        0 => "there is no sampler to test".to_owned(),
        _ => format!("the sampler has its moments: {averages} averages, the worst z = {worst:.2}"),
    });
    if compared > 0 {
        notes.push(format!(
            "its marginals give {compared} averages of single coordinates as the {what} does (estimate)"
        ));
    }
    Finding::holds(notes)
}

struct Subject<'a> {
    distribution: &'a Distribution,
    numbers: Numbers<'a>,
    effort: Effort,
}

impl Subject<'_> {
    fn words(&self) -> (&'static str, &'static str) {
        if self.distribution.discrete { ("mass", "adds up") } else { ("density", "integrates") }
    }

    fn average(&self, f: &Term, point: &Environment) -> Result<(f64, f64), NumericError> {
        let over = Domain::Over(self.distribution.itself());
        let var = self.distribution.var.clone();
        let mean = Term::binder(BinderOp::Expectation, var, over, f.clone());
        let options = Options { tolerance: 1e-9, ..Options::default() };
        evaluate(&mean, point, &self.numbers, &options).map(|v| (v.value, v.error))
    }

    /// How many standard errors each average is off; the fault if one is too far.
    fn at(&self, point: &Environment, n: i64) -> Result<Vec<f64>, Fault> {
        let (what, adds_up) = self.words();
        let (name, place) = (&self.distribution.name, place(point));
        match self.average(&Term::integer(1), point) {
            Ok((total, error)) if (total - 1.0).abs() <= CLOSE + 10.0 * error && error < 1e-3 => {}
            Ok((total, _)) => {
                let total = shown(total);
                return Err(density_fault(format!(
                    "the {what} of `{name}` {adds_up} to {total}{place}, not to 1"
                )));
            }
            Err(e) => {
                let message = format!("the {what} of `{name}` has no total{place}: {e}");
                return Err(density_fault(message));
            }
        }
        if self.distribution.sample.is_none() {
            return Ok(Vec::new());
        }
        let x = Term::symbol(self.distribution.var.clone());
        let density = Term::density(self.distribution.itself(), vec![x.clone()]);
        let outside = Term::call("delta", vec![density, Term::integer(0)]);
        let (left, ..) = self
            .sampled(&outside, point, 0)
            .map_err(|e| sampler_fault(format!("`{name}` cannot be sampled{place}: {e}")))?;
        if left > 0.0 {
            return Err(sampler_fault(format!("the sampler of `{name}` leaves its space{place}")));
        }
        let mut found = Vec::new();
        for (k, f) in (1..).zip(functions(&self.distribution.var, n)) {
            let failed = |e| sampler_fault(format!("`{name}` cannot be sampled{place}: {e}"));
            let (sampled, deviation) = self.sampled(&f, point, k).map_err(failed)?;
            let (exact, error) = self.average(&f, point).map_err(|e| {
                density_fault(format!("{f} has no average under `{name}`{place}: {e}"))
            })?;
            let off = (sampled - exact).abs() - error - CLOSE;
            if off > MOST * deviation {
                return Err(sampler_fault(format!(
                    "the sampler of `{name}` does not follow its {what}{place}: {f} is {} on average by samples and {} \
                     by the {what}; the standard error is {}",
                    shown(sampled),
                    shown(exact),
                    shown(deviation),
                )));
            }
            found.push(off.max(0.0) / deviation.max(f64::MIN_POSITIVE));
        }
        Ok(found)
    }

    /// Averages of functions of one coordinate, under the marginal that is stated for it and under the joint density; how
    /// many were compared.
    fn marginals(&self, point: &Environment, n: i64) -> Result<usize, Fault> {
        let Some(stated) = &self.distribution.marginals else { return Ok(0) };
        let (what, _) = self.words();
        let (name, place) = (&self.distribution.name, place(point));
        let var = &self.distribution.var;
        let marginal = |k: i64| match stated.node() {
            Node::Call(f, parts) if f == "product" => {
                parts.get(usize::try_from(k - 1).ok()?).cloned()
            }
            Node::Binder(b) if b.op == BinderOp::Product => {
                Some(b.body.substitute(&b.var, &Term::integer(k)))
            }
            _ => None,
        };
        let mut compared = 0;
        for k in 1..=n {
            let at = Term::index(Term::symbol(var.clone()), Term::integer(k));
            let x = Term::symbol(var.clone());
            let Some(own) = marginal(k) else {
                let message = format!("`{name}` states no marginal for coordinate {k}{place}");
                return Err(density_fault(message));
            };
            let mut seen = 0;
            for (joint, single) in of_one(&at).into_iter().zip(of_one(&x)) {
                // An average that is zero may be beyond what quadrature reaches.
                let Ok((exact, error)) = self.average(&joint, point) else { continue };
                let over = Domain::Over(own.clone());
                let mean = Term::binder(BinderOp::Expectation, var.clone(), over, single);
                let options = Options { tolerance: 1e-9, ..Options::default() };
                let Ok(value) = evaluate(&mean, point, &self.numbers, &options) else { continue };
                if (exact - value.value).abs() > CLOSE + 10.0 * (error + value.error) {
                    return Err(density_fault(format!(
                        "{own} is not the distribution of coordinate {k} of `{name}`{place}: {joint} is {} on average by the \
                         {what} and {} by the marginal",
                        shown(exact),
                        shown(value.value),
                    )));
                }
                seen += 1;
            }
            if seen == 0 {
                let message = format!("no average of coordinate {k} of `{name}` was found{place}");
                return Err(density_fault(message));
            }
            compared += seen;
        }
        Ok(compared)
    }

    fn sampled(
        &self,
        f: &Term,
        point: &Environment,
        index: u32,
    ) -> Result<(f64, f64), NumericError> {
        let samples = if self.effort == Effort::Full { SAMPLES } else { FEW };
        let seed = key(self.distribution.name.as_str(), PROTOCOL, 100 + index);
        let var = &self.distribution.var;
        let found =
            estimate(f, var, &self.distribution.itself(), samples, point, &self.numbers, seed)?;
        Ok((found.estimate, found.standard_error))
    }
}

/// Functions whose averages tell distributions apart: coordinates, their squares, products and bounded functions.
fn functions(var: &Symbol, n: i64) -> Vec<Term> {
    let at = |k: i64| Term::index(Term::symbol(var.clone()), Term::integer(k));
    let square = |t: Term| Term::power(t, Term::integer(2));
    let mut out = Vec::new();
    for k in 1..=n {
        out.push(at(k));
        out.push(square(at(k)));
        out.push(Term::call("cos", vec![Term::product(vec![Term::integer(3), at(k)])]));
        out.extend((1..k).map(|j| Term::product(vec![at(j), at(k)])));
    }
    out
}

/// Functions of one coordinate whose averages tell its distributions apart: its first powers, and waves.
fn of_one(x: &Term) -> Vec<Term> {
    let wave =
        |f: &str, k: i64| Term::call(f, vec![Term::product(vec![Term::integer(k), x.clone()])]);
    let square = Term::power(x.clone(), Term::integer(2));
    vec![x.clone(), square, wave("cos", 1), wave("sin", 1), wave("cos", 3), wave("sin", 2)]
}
