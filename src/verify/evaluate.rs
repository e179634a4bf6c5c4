//! A statement at one point: closed form, quadrature and sampling side by side.

use std::collections::BTreeSet;
use std::fmt;

use super::enclosure::{PIECES, WIDTH};
use super::expectation::form_of;
use super::families::members;
use super::points::{parameters, settle, violated};
use super::sampling::{Precision, combined, stratified};
use super::{Numbers, PROTOCOL, existence, facts};
use crate::derive::{Derivation, Status, derive};
use crate::elaborate::Context;
use crate::numeric::{
    ESTIMATE_SAMPLES, EnclosureOptions, Environment, NumericError, Options, enclose,
    evaluate as value_of, key, member_of,
};
use crate::term::{Symbol, Term};
use crate::theory::Theory;

/// Names that a message lists at most.
const SHOWN: usize = 6;

/// The numbers of a statement at one point. What is missing says why in `notes`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluation {
    /// The derived closed form.
    pub closed_form: Option<f64>,
    /// The statement by quadrature.
    pub quadrature: Option<QuadratureValue>,
    /// Where no closed form is known: bounds between which the value lies, whatever rounding did.
    pub enclosure: Option<(f64, f64)>,
    /// The statement by sampling.
    pub monte_carlo: Option<SampledValue>,
    /// Why a value is missing or not to be trusted.
    pub notes: Vec<String>,
}

/// An integral with its error estimate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct QuadratureValue {
    /// The value.
    pub value: f64,
    /// An estimate of its absolute error.
    pub error: f64,
}

/// An estimate from samples.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SampledValue {
    /// The mean.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Samples drawn.
    pub samples: u64,
    /// The seed.
    pub seed: u64,
}

/// Why a statement has no numbers at a point.
#[derive(Clone, PartialEq, Debug)]
pub enum EvaluateError {
    /// Parameters without a value.
    Missing(Vec<Symbol>),
    /// Values for names that the statement does not have.
    Unknown(Vec<Symbol>),
    /// The point breaks an assumption.
    Inadmissible(String),
    /// A parameter stands for no number.
    NotNumeric(Symbol),
    /// A function that is not further known has no values.
    Function(Symbol),
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |all: &[Symbol]| {
            let mut shown: Vec<&str> = all.iter().take(SHOWN).map(Symbol::as_str).collect();
            shown.extend((all.len() > SHOWN).then_some("…"));
            shown.join(", ")
        };
        match self {
            Self::Missing(all) => write!(f, "no value is given for {}", names(all)),
            Self::Unknown(all) => write!(f, "the statement has no parameter {}", names(all)),
            Self::Inadmissible(why) => write!(f, "the point breaks an assumption: {why}"),
            Self::NotNumeric(name) => write!(f, "{name} is not a number"),
            Self::Function(name) => write!(f, "{name} is a function that is not further known"),
        }
    }
}

impl std::error::Error for EvaluateError {}

/// Evaluates a statement in three ways, also where no closed form is known.
///
/// # Errors
/// Where the assignment does not give every parameter an admissible value.
pub fn evaluate(
    statement: &Term,
    context: &Context,
    theory: &Theory,
    assignment: &[(Symbol, f64)],
) -> Result<Evaluation, EvaluateError> {
    evaluate_at(statement, context, theory, assignment, Precision::Usual)
}

/// As [`evaluate`], sampled as closely as asked for.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_at(
    statement: &Term,
    context: &Context,
    theory: &Theory,
    assignment: &[(Symbol, f64)],
    precision: Precision,
) -> Result<Evaluation, EvaluateError> {
    let mut facts = facts(context);
    let mut derivation = derive(theory, facts.clone(), statement);
    facts.consequences.clone_from(&derivation.facts.consequences);
    let known = Numbers { theory, facts: &facts };
    let assignment = &followed(assignment, known);
    let point = admissible(statement, known, assignment)?;
    let mut out = Evaluation::default();
    let attempt = |facts| derive(theory, facts, statement);
    let open = existence::open_in;
    let known = existence::found(theory, &facts, &[statement], &[&derivation], &attempt, &open);
    if let Some(found) = known {
        let broken = violated(&point, Numbers { theory, facts: &found.outcome.facts });
        let said: Vec<String> = found.conditions.iter().map(ToString::to_string).collect();
        let said = said.join(" and ");
        out.notes.push(match broken {
            None => format!("the closed form holds where {said}"),
            Some(_) => format!("there is a closed form where {said}, and this point breaks that"),
        });
        if broken.is_none() {
            derivation = found.outcome;
        }
    }
    let numbers = Numbers { theory, facts: &derivation.facts };
    out.closed(&derivation, &point, numbers);
    match value_of(statement, &point, &numbers, &Options::default()) {
        Ok(v) => out.quadrature = Some(QuadratureValue { value: v.value, error: v.error }),
        Err(NumericError::Divergent(what)) => out.notes.push(format!("{what} diverges")),
        Err(e) => out.notes.push(format!("quadrature: {e}")),
    }
    if out.closed_form.is_none() && derivation.status == Status::Stuck {
        let options = EnclosureOptions { width: WIDTH, pieces: PIECES };
        let found = enclose(statement, &point, &numbers, &options).ok().filter(|i| i.is_finite());
        out.enclosure = found.map(|i| (i.lo(), i.hi()));
    }
    out.sampled(&derivation, &point, numbers, precision);
    Ok(out)
}

/// The values that are given, and those that follow from what is supposed.
fn followed(given: &[(Symbol, f64)], numbers: Numbers<'_>) -> Vec<(Symbol, f64)> {
    let mut point: Environment = given.iter().cloned().collect();
    // Where a value does not follow, the others do not either; what is missing is said elsewhere.
    let settled = settle(&mut point, numbers).is_some();
    let new = |n: &Symbol| !given.iter().any(|(known, _)| known == n);
    let more = point.iter().filter(|(n, _)| settled && new(n)).map(|(n, v)| (n.clone(), v));
    given.iter().cloned().chain(more).collect()
}

fn admissible(
    statement: &Term,
    numbers: Numbers<'_>,
    assignment: &[(Symbol, f64)],
) -> Result<Environment, EvaluateError> {
    let facts = numbers.facts;
    let wanted = parameters(&[statement], facts);
    if let Some(name) =
        wanted.iter().find(|n| facts.sorts.get(*n).is_some_and(|s| s.is_distribution()))
    {
        return Err(EvaluateError::NotNumeric(name.clone()));
    }
    let point: Environment = assignment.iter().cloned().collect();
    let (families, single): (Vec<&Symbol>, Vec<&Symbol>) =
        wanted.iter().partition(|name| facts.families.contains_key(*name));
    let mut missing: Vec<Symbol> =
        single.into_iter().filter(|name| point.get(name).is_none()).cloned().collect();
    let mut expected = BTreeSet::new();
    let mut endless = BTreeSet::new();
    for name in families {
        let family = &facts.families[name];
        // A function is not given by numbers.
        if family.is_function() {
            return Err(EvaluateError::Function(name.clone()));
        }
        if family.ends().any(|end| end.mentions(&Symbol::new("oo"))) {
            endless.insert(name.as_str().to_owned());
            continue;
        }
        // Without the ends there is no saying which members there are.
        let all = members(name, family, &point, numbers);
        let all = all.unwrap_or_default();
        missing.extend(all.iter().filter(|one| point.get(one).is_none()).cloned());
        expected.extend(all);
    }
    if !missing.is_empty() {
        return Err(EvaluateError::Missing(missing));
    }
    let known = |name: &Symbol| match member_of(name) {
        Some((family, _)) => expected.contains(name) || endless.contains(family),
        None => wanted.contains(name) || facts.sorts.contains_key(name),
    };
    let unknown: Vec<Symbol> =
        assignment.iter().map(|(n, _)| n.clone()).filter(|n| !known(n)).collect();
    if !unknown.is_empty() {
        return Err(EvaluateError::Unknown(unknown));
    }
    if let Some((name, value)) = point.iter().find(|(_, v)| !v.is_finite()) {
        return Err(EvaluateError::Inadmissible(format!("{name} = {value}")));
    }
    if let Some(why) = violated(&point, numbers) {
        return Err(EvaluateError::Inadmissible(why));
    }
    // Which members of a family without end are needed, only the value says.
    if !endless.is_empty()
        && let Err(NumericError::Unbound(name)) =
            value_of(statement, &point, &numbers, &Options::default())
        && member_of(&name).is_some_and(|(family, _)| endless.contains(family))
    {
        return Err(EvaluateError::Missing(vec![name]));
    }
    Ok(point)
}

impl Evaluation {
    fn closed(&mut self, derivation: &Derivation, point: &Environment, numbers: Numbers<'_>) {
        match derivation.status {
            Status::Proved | Status::Infinite => {
                match value_of(&derivation.result, point, &numbers, &Options::default()) {
                    Ok(v) => self.closed_form = Some(v.value),
                    Err(e) => self.notes.push(format!("closed form: {e}")),
                }
            }
            Status::Stuck => self.notes.push("no closed form was found".into()),
            Status::Divergent => self.notes.push("the defining integral diverges".into()),
        }
    }

    fn sampled(
        &mut self,
        derivation: &Derivation,
        point: &Environment,
        numbers: Numbers<'_>,
        precision: Precision,
    ) {
        let Some(form) = form_of(derivation, numbers) else {
            let infinite = derivation.status == Status::Infinite;
            let why = if infinite { "the value is infinite" } else { "not an expectation" };
            self.notes.push(format!("sampling: {why}"));
            return;
        };
        let seed = key(&derivation.statement.to_string(), PROTOCOL, 0x4000_0000);
        let strata = match precision {
            Precision::Precise => stratified(&form, point, numbers, seed).transpose(),
            Precision::Usual => None,
        };
        if precision == Precision::Precise && strata.is_none() {
            self.notes.push("sampling: there are no strata here; the samples are plain".into());
        }
        match strata.unwrap_or_else(|| combined(&form, ESTIMATE_SAMPLES, point, numbers, seed)) {
            Ok(e) => {
                if let Some(doubt) = e.doubt {
                    self.notes.push(format!("sampling: {doubt}"));
                }
                self.monte_carlo = Some(SampledValue {
                    estimate: e.estimate,
                    standard_error: e.standard_error,
                    samples: e.samples,
                    seed: e.seed,
                });
            }
            Err(e) => self.notes.push(format!("sampling: {e}")),
        }
    }
}
