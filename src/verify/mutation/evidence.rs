//! Evidence against a mutant: each kind is asked about each, and says whether it would have caught it.
//!
//! The definition's values and the samples are computed once for a statement and serve all its mutants; they never see
//! the closed form.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::expectation::{Mean, Means, form_of};
use super::super::instances::instances;
use super::super::points::{Points, settle, violated};
use super::super::sampling::combined;
use super::super::{Numbers, PROTOCOL};
use crate::derive::Derivation;
use crate::kernel::{Facts, Kernel};
use crate::numeric::{
    EnclosureOptions, Environment, FIRST_LOOK, Interval, NumericError, Options, SCALE_FLOOR, Value,
    Z, enclose, evaluate, key,
};
use crate::term::{BinderOp, Domain, Node, Path, Symbol, Term};
use crate::theory::{Sort, Theory};

/// A kind of evidence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// The kernel refuses a step to the mutant.
    Replay,
    /// The definition, rigorously enclosed, excludes it at a point.
    Enclosure,
    /// The definition by quadrature, with an error estimate, excludes it at a point.
    Quadrature,
    /// The definition, sampled, excludes it at a point.
    MonteCarlo,
}

impl Kind {
    /// All kinds, in the order of tables.
    pub const ALL: [Self; 4] = [Self::Replay, Self::Enclosure, Self::Quadrature, Self::MonteCarlo];

    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Enclosure => "enclosure",
            Self::Quadrature => "quadrature",
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

/// How tightly the definition is enclosed, and in how many pieces an integral is cut for it at most.
const ENCLOSURE: EnclosureOptions = EnclosureOptions { width: 1e-11, pieces: 1024 };

/// What is forgiven beyond the error estimates, relative to the value: rounding in the form itself.
const ROUNDING: f64 = 1e-9;

/// Sampled points where the deviation is more than so many times the value resolve too little.
const RATIO: f64 = 2.0;

/// The share of the value that sampling aims to resolve, and samples at one point at most.
const COARSE: (f64, u64) = (0.01, 1 << 20);

/// The same for a statement without parameters that nothing but sampling has a value of.
const FINE: (f64, u64) = (0.001, 1 << 24);

/// Samples for the mean that a variance is taken about.
const MEAN_SAMPLES: u64 = 1 << 18;

/// What the definition is at a point.
#[derive(Clone, Debug)]
struct Known {
    point: Environment,
    facts: Rc<Facts>,
    value: Bounds,
}

/// Where the right form lies.
#[derive(Clone, Copy, Debug)]
enum Bounds {
    /// In an interval that contains the value of the definition, whatever rounding did.
    Rigorous(Interval),
    /// Within a half-width of an estimate.
    Estimate(f64, f64),
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
        let (value, within) = match self.value {
            Bounds::Rigorous(own) => return self.encloses(form, own, numbers),
            Bounds::Estimate(value, within) => (value, within),
        };
        match evaluate(form, &self.point, &numbers, &Options::default()) {
            Ok(v) if v.value.is_nan() => Finding::Killed,
            Ok(v) => {
                let slack = within + 2.0 * v.error + ROUNDING * v.value.abs().min(1e300);
                let gap = (v.value - value).abs();
                if gap > slack { Finding::Killed } else { Finding::Survived }
            }
            // No value where the definition has one.
            Err(NumericError::Undefined(_) | NumericError::Divergent(_)) => Finding::Killed,
            Err(_) => Finding::Silent,
        }
    }

    /// Whether an enclosure of the form meets that of the definition.
    fn encloses(&self, form: &Term, own: Interval, numbers: Numbers<'_>) -> Finding {
        match enclose(form, &self.point, &numbers, &ENCLOSURE) {
            Ok(other) if own.overlaps(other) => Finding::Survived,
            Ok(_) => Finding::Killed,
            Err(_) => Finding::Silent,
        }
    }
}

/// A statement, and names that its mutants may mention besides its own.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub derivation: &'a Derivation,
    pub more: &'a BTreeSet<Symbol>,
    pub theory: &'a Theory,
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

    /// The definition enclosed, where that is within reach.
    pub fn enclosed(subject: Subject<'_>) -> Self {
        let mut known = Vec::new();
        for Candidate { point, facts, .. } in candidates(subject).take(POINTS) {
            let numbers = Numbers { theory: subject.theory, facts: &facts };
            // What is out of reach at one point is so at all.
            let statement = &subject.derivation.statement;
            let Ok(own) = enclose(statement, &point, &numbers, &ENCLOSURE) else { break };
            known.push(Known { point, facts, value: Bounds::Rigorous(own) });
        }
        Self { kind: Kind::Enclosure, known }
    }

    /// The definition evaluated, integrals by quadrature with their error estimate.
    pub fn evaluated(subject: Subject<'_>) -> Self {
        let options = Options {
            tolerance: 1e-10,
            max_evaluations: 1 << 15,
            coordinates: COORDINATES,
            ..Options::default()
        };
        let mut known = Vec::new();
        for Candidate { point, facts, .. } in candidates(subject).take(2 * POINTS) {
            let numbers = Numbers { theory: subject.theory, facts: &facts };
            let value = evaluate(&subject.derivation.statement, &point, &numbers, &options);
            if let Ok(v) = value
                && let Some(within) = half_width(v)
            {
                known.push(Known { point, facts, value: Bounds::Estimate(v.value, within) });
            }
            if known.len() == POINTS {
                break;
            }
        }
        Self { kind: Kind::Quadrature, known }
    }

    /// The definition sampled, as the protocol has it: at points where its deviation is moderate and its value is not
    /// small, with as many samples as resolve one part in a hundred. Where there is one point only, and nothing else
    /// is known there (`alone`), with as many as resolve one in a thousand.
    pub fn sampled(subject: Subject<'_>, alone: bool) -> Self {
        let numbers = Numbers { theory: subject.theory, facts: &subject.derivation.facts };
        let mut known = Vec::new();
        if let Some(form) = Sampling::of(subject.derivation, numbers) {
            for candidate in candidates(subject).take(CANDIDATES) {
                match form.at(candidate, alone, subject.theory) {
                    Ok(found) => known.extend(found),
                    Err(_) => break,
                }
                if known.len() == POINTS {
                    break;
                }
            }
        }
        Self { kind: Kind::MonteCarlo, known }
    }
}

/// What is sampled: expectations, or a variance as the mean of squared distances from a mean that is sampled first.
struct Sampling {
    form: Means,
    squares: Option<Means>,
}

/// The name of the sampled mean. No author can write it.
const MEAN: &str = "_mean";

impl Sampling {
    fn of(derivation: &Derivation, numbers: Numbers<'_>) -> Option<Self> {
        if let Node::Binder(b) = derivation.statement.node()
            && b.op == BinderOp::Variance
            && let Domain::Over(distribution) = &b.domain
        {
            let of = |integrand: Term| Means {
                constant: Vec::new(),
                means: vec![Mean {
                    distribution: distribution.clone(),
                    var: b.var.clone(),
                    integrand,
                }],
            };
            let distance = Term::difference(b.body.clone(), Term::symbol(MEAN));
            let squares = Term::power(distance, Term::integer(2));
            return Some(Self { form: of(b.body.clone()), squares: Some(of(squares)) });
        }
        Some(Self { form: form_of(derivation, numbers)?, squares: None })
    }

    /// The value at a candidate, unless it is one where little can be told.
    fn at(
        &self,
        candidate: Candidate,
        alone: bool,
        theory: &Theory,
    ) -> Result<Option<Known>, NumericError> {
        let Candidate { point, facts, seed } = candidate;
        let numbers = Numbers { theory, facts: &facts };
        let (mut form, mut place, mut bias) = (&self.form, point.clone(), 0.0);
        if let Some(squares) = &self.squares {
            let mean = combined(&self.form, MEAN_SAMPLES, &point, numbers, seed ^ 1)?;
            place.set(MEAN, mean.estimate);
            // E(f − m)² is the variance and (E f − m)².
            bias = (Z * mean.standard_error).powi(2);
            form = squares;
        }
        let first = combined(form, FIRST_LOOK, &place, numbers, seed)?;
        let deviation = first.standard_error * (FIRST_LOOK as f64).sqrt();
        let size = first.estimate.abs();
        let fixed = point.iter().next().is_none();
        let tells = size >= SCALE_FLOOR && deviation <= RATIO * size;
        // Constant samples differ by rounding only.
        if deviation <= 1e-10 * size || !(fixed || tells) {
            return Ok(None);
        }
        let fine = fixed && alone;
        let samples = enough(deviation, size, if fine { FINE } else { COARSE });
        let e = combined(form, samples, &place, numbers, seed)?;
        let within = Z * e.standard_error + bias + 1e-12 * size;
        let sound = e.doubt.is_none() && e.estimate.is_finite();
        let value = Bounds::Estimate(e.estimate, within);
        Ok(sound.then_some(Known { point, facts, value }))
    }
}

/// Samples after which z standard errors are within the margin, or the most there may be.
fn enough(deviation: f64, size: f64, (delta, cap): (f64, u64)) -> u64 {
    let wanted = (Z * deviation / (delta * size.max(SCALE_FLOOR))).powi(2);
    let capped = wanted.clamp(FIRST_LOOK as f64, cap as f64);
    (capped as u64).next_power_of_two()
}

/// The half-width of a value that is precise enough to exclude anything.
fn half_width(v: Value) -> Option<f64> {
    let scale = v.value.abs().max(1.0);
    let useful = v.value.is_finite() && v.error <= USELESS * scale;
    useful.then_some(2.0 * v.error + ROUNDING * scale)
}

/// An admissible point, under an instance of the distributions that are left open, with its seed.
struct Candidate {
    point: Environment,
    facts: Rc<Facts>,
    seed: u64,
}

fn candidates(subject: Subject<'_>) -> Box<dyn Iterator<Item = Candidate> + '_> {
    let Subject { derivation, more, theory } = subject;
    let numbers = Numbers { theory, facts: &derivation.facts };
    let text = derivation.statement.to_string();
    let more = Term::sum(more.iter().map(|name| Term::symbol(name.clone())).collect());
    let terms = [&derivation.statement, &derivation.result, &more];
    if let Some(all) = instances(&text, &terms, numbers) {
        return Box::new(all.filter_map(move |instance| {
            let terms = [&derivation.statement, &derivation.result, &more];
            let (point, seed) = instance.point(&text, &terms, theory)?;
            Some(Candidate { point, facts: Rc::new(instance.facts), seed })
        }));
    }
    let Some(mut points) = Points::new(&text, &terms, numbers) else {
        return Box::new(std::iter::empty());
    };
    let facts = Rc::new(derivation.facts.clone());
    let plan = points.plan(CANDIDATES);
    // Without parameters every point is the same one.
    let mut last: Option<Environment> = None;
    let drawn = plan.into_iter().enumerate().map_while(move |(i, dimension)| {
        let point = points.next_at(dimension)?;
        if last.as_ref() == Some(&point) {
            return None;
        }
        last = Some(point.clone());
        let seed = key(&text, PROTOCOL, 0x2000_0000 | u32::try_from(i).ok()?);
        Some(Candidate { point, facts: Rc::clone(&facts), seed })
    });
    Box::new(drawn.flat_map(move |candidate| {
        let coincident = coincident(&candidate, numbers);
        std::iter::once(candidate).chain(coincident)
    }))
}

/// The same point with its whole numbers equal: drawn indices seldom are, and a form may matter only where they are.
fn coincident(candidate: &Candidate, numbers: Numbers<'_>) -> Option<Candidate> {
    let whole = |name: &Symbol| {
        matches!(numbers.facts.sorts.get(name), Some(Sort::Natural | Sort::Integer))
    };
    let all: Vec<(Symbol, f64)> = candidate
        .point
        .iter()
        .filter(|(name, _)| whole(name))
        .map(|(name, value)| (name.clone(), value))
        .collect();
    let least = all.iter().map(|(_, v)| *v).fold(f64::INFINITY, f64::min);
    let mut found = None;
    // The number of coordinates stays: members are drawn for it. The others come down to the least of them.
    for kept in 0..=all.len() {
        let mut point = candidate.point.clone();
        for (_, (name, _)) in all.iter().enumerate().filter(|(i, _)| *i != kept) {
            point.set(name.clone(), least);
        }
        // What is supposed gives its unknowns other values where there are fewer members.
        let other = kept < all.len() && point != candidate.point;
        if other && settle(&mut point, numbers).is_some() && violated(&point, numbers).is_none() {
            found = Some(point);
        }
    }
    let seed = candidate.seed ^ 2;
    found.map(|point| Candidate { point, facts: Rc::clone(&candidate.facts), seed })
}
