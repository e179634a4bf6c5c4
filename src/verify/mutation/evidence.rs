//! Evidence against a mutant: each kind is asked about each, and says whether it would have caught it.
//!
//! The definition's values and the samples are computed once for a statement and serve all its mutants; they never see
//! the closed form.

use std::rc::Rc;

use super::super::expectation::form_of;
use super::super::instances::instances;
use super::super::points::Points;
use super::super::sampling::combined;
use super::super::{Numbers, PROTOCOL};
use crate::derive::Derivation;
use crate::kernel::{Facts, Kernel};
use crate::numeric::{
    Environment, FIRST_LOOK, NumericError, Options, SCALE_FLOOR, Value, Z, evaluate, key,
};
use crate::term::{Path, Term};
use crate::theory::Theory;

/// A kind of evidence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// The kernel refuses a step to the mutant.
    Replay,
    /// The definition, enclosed or with an error estimate, excludes it at a point.
    Enclosure,
    /// The definition, sampled, excludes it at a point.
    MonteCarlo,
}

impl Kind {
    /// All kinds, in the order of tables.
    pub const ALL: [Self; 3] = [Self::Replay, Self::Enclosure, Self::MonteCarlo];

    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Enclosure => "enclosure",
            Self::MonteCarlo => "monte_carlo",
        }
    }

    /// Whether it rests on numbers, not on the kernel.
    pub fn is_numeric(self) -> bool {
        self != Self::Replay
    }
}

/// What a kind of evidence says of a mutant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finding {
    /// It is caught.
    Killed,
    /// It passes.
    Survived,
    /// Nothing is known of it: there is no evidence of this kind, or no number of the mutant.
    Silent,
}

impl Finding {
    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Survived => "survived",
            Self::Silent => "silent",
        }
    }
}

/// Something that can tell a wrong form from a right one.
pub trait Evidence {
    /// Which kind it is.
    fn kind(&self) -> Kind;
    /// What it says of a form that stands in place of the right one.
    fn judge(&mut self, form: &Term) -> Finding;
}

/// Replay: a certificate whose chain goes on, by exact arithmetic, to the mutant. All else in it may be forged
/// consistently, so this step is where the kernel must refuse.
pub(super) struct Forged<'t> {
    kernel: Kernel<'t>,
    result: Term,
}

impl<'t> Forged<'t> {
    pub fn new(result: &Term, facts: &Facts, theory: &'t Theory) -> Self {
        Self { kernel: Kernel::new(theory, facts.clone()), result: result.clone() }
    }

    /// Whether the kernel proves the form equal to the right one.
    pub fn equal(&mut self, form: &Term) -> bool {
        self.kernel.equal(&self.result, form) == Ok(true)
    }
}

impl Evidence for Forged<'_> {
    fn kind(&self) -> Kind {
        Kind::Replay
    }

    fn judge(&mut self, form: &Term) -> Finding {
        match self.kernel.arithmetic(&self.result, &Path::root(), form) {
            Ok(_) => Finding::Survived,
            Err(_) => Finding::Killed,
        }
    }
}

/// Points at which the definition is evaluated and sampled.
const POINTS: usize = 3;

/// Candidates that are looked at to find them.
const CANDIDATES: usize = 24;

/// The definition is integrated over at most so many coordinates.
const COORDINATES: usize = 2;

/// Errors larger than this share of the value exclude too little.
const USELESS: f64 = 1e-6;

/// What is forgiven beyond the error estimates, relative to the value: rounding in the form itself.
const ROUNDING: f64 = 1e-9;

/// Sampled points where the deviation is more than so many times the value resolve too little.
const RATIO: f64 = 2.0;

/// The share of the value that sampling aims to resolve.
const DELTA: f64 = 0.01;

/// Samples at one point at most.
const CAP: u64 = 1 << 20;

/// A value of the definition at a point, with a half-width that the right form keeps within.
#[derive(Clone, Debug)]
struct Known {
    point: Environment,
    facts: Rc<Facts>,
    value: f64,
    within: f64,
}

/// What the definition is at points, by one kind of evidence.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    kind: Kind,
    known: Vec<Known>,
}

/// A definition, asked about forms in names that some facts define besides its own.
pub(super) struct Asked<'a> {
    kind: Kind,
    at: Vec<(&'a Known, Rc<Facts>)>,
    theory: &'a Theory,
}

impl<'a> Asked<'a> {
    pub fn new(definition: &'a Definition, more: &Facts, theory: &'a Theory) -> Self {
        let at = definition.known.iter().map(|known| {
            let mut facts = Rc::clone(&known.facts);
            for (name, term) in &more.definitions {
                if !facts.definitions.contains_key(name) {
                    Rc::make_mut(&mut facts).definitions.insert(name.clone(), term.clone());
                }
            }
            (known, facts)
        });
        Self { kind: definition.kind, at: at.collect(), theory }
    }
}

impl Evidence for Asked<'_> {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn judge(&mut self, form: &Term) -> Finding {
        let mut finding = Finding::Silent;
        for (known, facts) in &self.at {
            match known.judge(form, Numbers { theory: self.theory, facts }) {
                Finding::Killed => return Finding::Killed,
                Finding::Survived => finding = Finding::Survived,
                Finding::Silent => {}
            }
        }
        finding
    }
}

impl Known {
    fn judge(&self, form: &Term, numbers: Numbers<'_>) -> Finding {
        match evaluate(form, &self.point, &numbers, &Options::default()) {
            Ok(v) if v.value.is_nan() => Finding::Killed,
            Ok(v) => {
                let slack = self.within + 2.0 * v.error + ROUNDING * v.value.abs().min(1e300);
                let gap = (v.value - self.value).abs();
                if gap > slack { Finding::Killed } else { Finding::Survived }
            }
            // No value where the definition has one.
            Err(NumericError::Undefined(_) | NumericError::Divergent(_)) => Finding::Killed,
            Err(_) => Finding::Silent,
        }
    }
}

impl Definition {
    /// Which kind of evidence it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether there is nothing to compare with.
    pub fn is_silent(&self) -> bool {
        self.known.is_empty()
    }

    /// The definition evaluated, integrals by quadrature with their error estimate.
    pub fn evaluated(derivation: &Derivation, theory: &Theory) -> Self {
        let options = Options {
            tolerance: 1e-10,
            max_evaluations: 1 << 15,
            coordinates: COORDINATES,
            ..Options::default()
        };
        let mut known = Vec::new();
        for (point, facts, _) in candidates(derivation, theory).take(POINTS * 2) {
            let numbers = Numbers { theory, facts: &facts };
            let Ok(v) = evaluate(&derivation.statement, &point, &numbers, &options) else {
                continue;
            };
            if let Some(within) = half_width(v) {
                known.push(Known { point, facts, value: v.value, within });
            }
            if known.len() == POINTS {
                break;
            }
        }
        Self { kind: Kind::Enclosure, known }
    }

    /// The definition sampled, as the protocol has it: at points where its deviation is moderate and its value is not
    /// small, and with as many samples as resolve one part in a hundred.
    pub fn sampled(derivation: &Derivation, theory: &Theory) -> Self {
        let mut known = Vec::new();
        let numbers = Numbers { theory, facts: &derivation.facts };
        if let Some(form) = form_of(derivation, numbers) {
            for (point, facts, seed) in candidates(derivation, theory).take(CANDIDATES) {
                let numbers = Numbers { theory, facts: &facts };
                let draw = |n| combined(&form, n, &point, numbers, seed);
                let Ok(first) = draw(FIRST_LOOK) else { break };
                let deviation = first.standard_error * (FIRST_LOOK as f64).sqrt();
                let size = first.estimate.abs();
                let fixed = point.iter().next().is_none();
                let varies = deviation > 1e-10 * size;
                if !varies || (!fixed && (size < SCALE_FLOOR || deviation > RATIO * size)) {
                    continue;
                }
                let Ok(e) = draw(enough(deviation, size)) else { continue };
                if e.doubt.is_none() && e.estimate.is_finite() {
                    let within = Z * e.standard_error + 1e-12 * size;
                    known.push(Known { point, facts, value: e.estimate, within });
                }
                if known.len() == POINTS {
                    break;
                }
            }
        }
        Self { kind: Kind::MonteCarlo, known }
    }
}

/// Samples after which z standard errors are within the margin.
fn enough(deviation: f64, size: f64) -> u64 {
    let wanted = (Z * deviation / (DELTA * size.max(SCALE_FLOOR))).powi(2);
    let capped = wanted.clamp(FIRST_LOOK as f64, CAP as f64);
    (capped as u64).next_power_of_two()
}

/// The half-width of a value that is precise enough to exclude anything.
fn half_width(v: Value) -> Option<f64> {
    let scale = v.value.abs().max(1.0);
    let useful = v.value.is_finite() && v.error <= USELESS * scale;
    useful.then(|| 2.0 * v.error + ROUNDING * scale)
}

/// Admissible points with their seeds, under instances of the distributions that are left open.
fn candidates<'a>(
    derivation: &'a Derivation,
    theory: &'a Theory,
) -> Box<dyn Iterator<Item = (Environment, Rc<Facts>, u64)> + 'a> {
    let numbers = Numbers { theory, facts: &derivation.facts };
    let text = derivation.statement.to_string();
    let terms = [&derivation.statement, &derivation.result];
    if let Some(all) = instances(&text, &terms, numbers) {
        let own = (derivation.statement.clone(), derivation.result.clone());
        return Box::new(all.filter_map(move |instance| {
            let (point, seed) = instance.point(&text, &[&own.0, &own.1], theory)?;
            Some((point, Rc::new(instance.facts), seed))
        }));
    }
    let Some(mut points) = Points::new(&text, &terms, numbers) else {
        return Box::new(std::iter::empty());
    };
    let facts = Rc::new(derivation.facts.clone());
    let plan = points.plan(CANDIDATES);
    // Without parameters every point is the same one.
    let mut last: Option<Environment> = None;
    Box::new(plan.into_iter().enumerate().map_while(move |(i, dimension)| {
        let point = points.next_at(dimension)?;
        if last.as_ref() == Some(&point) {
            return None;
        }
        last = Some(point.clone());
        let seed = key(&text, PROTOCOL, 0x2000_0000 | u32::try_from(i).ok()?);
        Some((point, Rc::clone(&facts), seed))
    }))
}
