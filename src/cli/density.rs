//! Tests of distributions by numbers: the density integrates to one, and the sampler follows it.
//!
//! Points come from a keyed stream, so a run can be repeated. The sampler is compared by the means of bounded
//! functions (logistic steps along the support), whose true values are integrals against the density; the sample mean
//! must lie within seven standard errors, the threshold of the Monte Carlo protocol.

use hence::diagnostic::{Diagnostic, Span};
use hence::kernel::Facts;
use hence::numeric::{
    Environment, NumericError, Options, PointStream, Value, Z, estimate, evaluate, key, support,
};
use hence::term::{BinderOp, Domain, Rational, Relation, Symbol, Term};
use hence::theory::{Condition, Distribution, Sort, Theory};
use hence::verify::{Numbers, PROTOCOL};

/// Parameter points at which a distribution is tested.
const POINTS: usize = 3;

/// Draws of the parameters for one point, until its constraints hold.
const TRIES: usize = 200;

/// Samples for one mean.
const SAMPLES: u64 = 1 << 14;

/// What is forgiven beyond the error estimate of the integral of a density.
const CLOSE: f64 = 1e-6;

/// What is wrong with a distribution.
#[derive(Debug)]
pub struct Fault {
    code: &'static str,
    message: String,
    label: &'static str,
    hint: &'static str,
}

impl Fault {
    /// As a diagnostic about the entry at `span`.
    pub fn at(self, span: Span) -> Diagnostic {
        Diagnostic::new(self.code, span, self.message).label(self.label).hint(self.hint)
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Tests a distribution at keyed points; one fault is enough.
pub fn test(distribution: &Distribution, theory: &Theory) -> Option<Fault> {
    let facts = Facts::default();
    let subject = Subject { distribution, numbers: Numbers { theory, facts: &facts } };
    let points = subject.points();
    if points.is_empty() {
        return Some(density_fault(format!(
            "no parameters of `{}` were found that meet its constraints",
            distribution.name
        )));
    }
    points.iter().find_map(|point| subject.density(point).or_else(|| subject.sampler(point)))
}

struct Subject<'a> {
    distribution: &'a Distribution,
    numbers: Numbers<'a>,
}

impl Subject<'_> {
    fn call(&self) -> Term {
        let names = self.distribution.parameters.iter().map(|(name, _)| Term::symbol(name.clone()));
        Term::call(self.distribution.name.clone(), names.collect())
    }

    fn value(&self, term: &Term, point: &Environment) -> Result<Value, NumericError> {
        evaluate(term, point, &self.numbers, &Options::default())
    }

    fn points(&self) -> Vec<Environment> {
        let mut stream = PointStream::new(key(self.distribution.name.as_str(), PROTOCOL, 0));
        let draws = (0..TRIES).map(|_| {
            let values = self.distribution.parameters.iter();
            values.map(|(name, sort)| (name.clone(), draw(&mut stream, *sort))).collect()
        });
        draws.filter(|point| self.admits(point)).take(POINTS).collect()
    }

    fn admits(&self, point: &Environment) -> bool {
        self.distribution.constraints.iter().all(|condition| match condition {
            Condition::Compare(relation, a, b) => {
                let sides = (self.value(a, point), self.value(b, point));
                matches!(sides, (Ok(a), Ok(b)) if holds(*relation, a.value, b.value))
            }
            _ => true,
        })
    }

    fn density(&self, point: &Environment) -> Option<Fault> {
        let (low, high) = self.distribution.support.clone();
        let var = self.distribution.var.clone();
        let body = self.distribution.density.clone();
        let integral = Term::binder(BinderOp::Integral, var, Domain::Range(low, high), body);
        let name = &self.distribution.name;
        let place = self.place(point);
        match self.value(&integral, point) {
            Ok(v) if (v.value - 1.0).abs() <= CLOSE + 10.0 * v.error && v.error < 1e-3 => None,
            Ok(v) => Some(density_fault(format!(
                "the density of `{name}` integrates to {}{place}, not to 1",
                shown(v.value)
            ))),
            Err(e) => Some(density_fault(format!(
                "the density of `{name}` cannot be integrated{place}: {e}"
            ))),
        }
    }

    fn sampler(&self, point: &Environment) -> Option<Fault> {
        self.distribution.sample.as_ref()?;
        let call = self.call();
        let name = &self.distribution.name;
        let place = self.place(point);
        let ends = match support(&call, point, &self.numbers) {
            Ok(ends) => ends,
            Err(e) => {
                return Some(sampler_fault(format!(
                    "the support of `{name}` has no ends{place}: {e}"
                )));
            }
        };
        let x = hence::term::fresh_name(&"x".into(), |s| point.get(s).is_some());
        let seed = key(name.as_str(), PROTOCOL, 1);
        steps(ends).into_iter().find_map(|(center, width)| {
            let step = logistic(&x, center, width);
            let domain = Domain::Over(call.clone());
            let mean = Term::binder(BinderOp::Expectation, x.clone(), domain, step.clone());
            let wanted = self.value(&mean, point).ok()?;
            match estimate(&step, &x, &call, SAMPLES, point, &self.numbers, seed) {
                Ok(found) => {
                    let off = (found.estimate - wanted.value).abs();
                    let allowed = Z * found.standard_error + wanted.error + CLOSE;
                    (off > allowed || off.is_nan()).then(|| {
                        sampler_fault(format!(
                            "the sampler of `{name}` does not follow its density{place}: a smooth step at {} has \
                             mean {} by samples and {} by the density",
                            shown(center),
                            shown(found.estimate),
                            shown(wanted.value)
                        ))
                    })
                }
                Err(e) => Some(sampler_fault(format!("`{name}` cannot be sampled{place}: {e}"))),
            }
        })
    }

    fn place(&self, point: &Environment) -> String {
        let values: Vec<String> =
            point.iter().map(|(name, value)| format!("{name} = {}", shown(value))).collect();
        if values.is_empty() { String::new() } else { format!(" at {}", values.join(", ")) }
    }
}

fn density_fault(message: String) -> Fault {
    let hint =
        "a density is positive on its support and integrates to one for every admissible parameter";
    Fault { code: "E0310", message, label: "this distribution is refused", hint }
}

fn sampler_fault(message: String) -> Fault {
    let hint = "sample and density must describe the same distribution; check variance against deviation, rate \
                against scale";
    Fault { code: "E0311", message, label: "this distribution is refused", hint }
}

/// Centres and widths of the steps, by the shape of the support.
fn steps((low, high): (f64, f64)) -> Vec<(f64, f64)> {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => {
            let length = high - low;
            [0.25, 0.5, 0.75].map(|t| (low + t * length, length / 8.0)).to_vec()
        }
        (true, false) => [0.3, 1.0, 3.0].map(|t| (low + t, t / 3.0)).to_vec(),
        (false, true) => [0.3, 1.0, 3.0].map(|t| (high - t, t / 3.0)).to_vec(),
        (false, false) => [-3.0, -1.0, 0.0, 1.0, 3.0].map(|t| (t, 0.5)).to_vec(),
    }
}

/// 1/(1 + exp(−(x − center)/width)).
fn logistic(x: &Symbol, center: f64, width: f64) -> Term {
    let distance = Term::difference(Term::symbol(x.clone()), number(center));
    let exponent = Term::neg(Term::quotient(distance, number(width)));
    let below = Term::sum(vec![Term::integer(1), Term::call("exp", vec![exponent])]);
    Term::quotient(Term::integer(1), below)
}

/// The number to a few digits, as a term.
fn number(value: f64) -> Term {
    const PARTS: f64 = 1e6;
    let parts = (value * PARTS).round();
    Rational::new(parts as i64, PARTS as i64)
        .map_or_else(|| Term::integer(0), |r| Term::rational(&r))
}

/// A value for a parameter of a sort, away from zero and one.
pub fn draw(stream: &mut PointStream, sort: Sort) -> f64 {
    match sort {
        Sort::Real | Sort::Nonzero | Sort::Density | Sort::Mass | Sort::Probabilities => {
            stream.uniform(-2.5, 2.5)
        }
        Sort::Positive | Sort::Nonnegative => stream.log_uniform(0.3, 4.0),
        Sort::Negative => -stream.log_uniform(0.3, 4.0),
        Sort::Integer => stream.integer(-5, 5) as f64,
        Sort::Natural => stream.integer(1, 6) as f64,
    }
}

/// Whether the relation holds between two numbers.
pub fn holds(relation: Relation, a: f64, b: f64) -> bool {
    match relation {
        Relation::Eq => a == b,
        Relation::Ne => a != b,
        Relation::Lt => a < b,
        Relation::Le => a <= b,
        Relation::Gt => a > b,
        Relation::Ge => a >= b,
    }
}

/// Six digits that matter.
pub fn shown(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = (5 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
