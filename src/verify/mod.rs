//! Evidence: the report of a derivation, the four kinds of evidence for it, certificates and their replay.
//!
//! | function | shows |
//! |---|---|
//! | [`decide`] | what becomes of a goal: derived, compared with what its author wrote, verified |
//! | [`report`] | what was derived, step by step, as plain data |
//! | [`verify`] | that replay, enclosures, comparison at points and sampling agree with it |
//! | [`enclosures`], [`tail_holds`] | rigorous intervals for definition and closed form, and what they rest on |
//! | [`evaluate`] | closed form, quadrature and sampling side by side at one point |
//! | [`mutation`] | that the evidence fails where it should: broken closed forms, claims and certificates |
//! | [`mend`] | the single edit that makes a claim true |
//! | [`counterexample`], [`name_slip`] | that a claim is wrong, and which slip made it so |
//! | [`givens`], [`item`] | what a page shows of declarations, derivations and claims |
//! | [`study`] | which parameters a reader can move, and the formulas that follow |
//! | [`step_numbers`] | what the sides of each step are worth at sample points |
//! | [`figure`] | what derived formulas look like, as points to draw |
//! | [`coverage`] | what can be derived of each family and of each pair of families |
//! | [`site`] | what a theory knows, for the pages about rules, distributions and quantities |
//! | [`certificate`], [`replay`] | the derivation as text that the kernel alone can repeat |
//!
//! | code | what |
//! |---|---|
//! | E0707 | a range, or a value in a figure, that is not admissible |
//! | E0708 | a parameter in a figure without a value, or with a wrong one |
//! | E0709 | a quantity in a figure that cannot be derived |
//! | E0710 | nothing of it would be seen |
//!
//! Never: changes a derivation, or takes one kind of evidence for another.

mod assumptions;
mod catalogue;
mod certificate;
mod compare;
mod counterexample;
pub mod coverage;
mod decide;
mod deterministic;
mod digest;
mod discharges;
mod drawn;
mod enclosure;
mod evaluate;
mod existence;
mod expectation;
mod families;
mod figure;
mod figure_values;
mod instances;
mod limits;
mod mass;
mod mend;
mod moves;
pub mod mutation;
mod opened;
mod pages;
mod points;
mod probe;
mod reader;
mod reasons;
mod replay;
mod sampling;
mod site;
mod sizes;
mod slip;
pub mod soundness;
mod steps;
mod strict;
mod study;
mod tails;
#[cfg(test)]
mod tests;
mod texts;
mod values;
mod words;

pub use catalogue::Numbers;
pub use certificate::{CERTIFICATE_VERSION, certificate};
pub use counterexample::{Counterexample, counterexample, objection};
pub use decide::{Comparison, Decision, Links, decide, decide_after, inferred};
pub use deterministic::deterministic;
pub use digest::{seal, sealed};
pub use enclosure::{Enclosed, WIDTH, definition_enclosures, enclosures};
pub use evaluate::{
    EvaluateError, Evaluation, QuadratureValue, SampledValue, evaluate, evaluate_at,
};
pub use families::members;
pub use figure::figure;
pub use limits::draws;
pub use mend::{Mend, mend};
pub use moves::repeat;
pub use pages::{functions, givens, item, show_once};
pub use points::violated;
pub use replay::{ReplayError, ReplaySummary, replay};
pub use sampling::{MARGIN, Precision, Sampled, monte_carlo, monte_carlo_at, most_looks, runs_of};
pub use site::site;
pub use slip::name_slip;
pub use steps::report;
pub use strict::parse_certificate;
pub use study::study;
pub use tails::{TailBroken, tail_holds};
pub use values::step_numbers;
pub use words::{counterexample_in_words, speaks_against, values_in_words};

use std::collections::BTreeMap;

use crate::derive::{Derivation, Lemma, Status};
use crate::document::{Bilingual, DeterministicView, Notation, ReplayView, Verification};
use crate::elaborate::Context;
use crate::kernel::Facts;
use crate::term::Relation;
use crate::theory::Theory;

/// The version of the numerical protocol; part of every seed, so that a change of protocol changes the points.
pub const PROTOCOL: u32 = 1;

/// What the context assumes, as the kernel takes it.
pub fn facts(context: &Context) -> Facts {
    Facts {
        sorts: context.sorts.iter().cloned().collect(),
        families: context.families.iter().cloned().collect(),
        masses: context.masses.iter().cloned().collect(),
        relations: context.relations.clone(),
        suppositions: context.suppositions.clone(),
        consequences: Vec::new(),
        definitions: context.definitions.iter().cloned().collect(),
        draws: context.draws.iter().cloned().collect(),
        up_to: context.up_to.clone(),
    }
    .apart()
}

/// How the theory's quantities are written. Certificates are printed in this notation.
pub fn notation(theory: &Theory) -> Notation {
    let all = theory.quantities();
    let bars = all.iter().filter(|q| q.parameters.iter().any(|(_, bars)| *bars));
    let brackets = all.iter().filter(|q| q.variables > 0 && q.variables + 1 == q.parameters.len());
    let notation = bars.fold(Notation::default(), |n, q| n.with_bars(q.name.clone()));
    brackets.fold(notation, |n, q| n.with_brackets(q.name.clone()))
}

/// The functions of a context, defined or not further known, with the number of indices before their arguments. A density
/// that depends on a point keeps it as an index: its argument is where it is evaluated.
pub fn functions_of(
    context: &Context,
    theory: &Theory,
) -> impl Iterator<Item = (crate::term::Symbol, usize)> + use<> {
    let known = facts(context);
    let density = |name: &crate::term::Symbol| {
        context.sorts.iter().any(|(known, sort)| known == name && sort.is_distribution())
    };
    let declared = context.families.iter().filter(|(name, _)| !density(name)).cloned();
    let defined = context.definitions.iter().filter_map(|(name, value)| {
        let (mut axes, mut here) = (Vec::new(), value);
        while let Some(b) = here.as_comprehension() {
            axes.push(b.domain.clone());
            here = &b.body;
        }
        let number = !known.is_distribution(here, theory);
        number.then(|| (name.clone(), crate::theory::Family::new(axes)))
    });
    let functions = declared.chain(defined).filter(|(_, family)| family.is_function());
    let functions: Vec<_> =
        functions.map(|(name, family)| (name, family.indices().len())).collect();
    functions.into_iter()
}

/// How the theory's quantities and the functions of a context are written.
pub fn notation_in(theory: &Theory, context: &Context) -> Notation {
    notation(theory).with_functions(functions_of(context, theory))
}

/// The four kinds of evidence, and what follows from them together.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// For the report.
    pub verification: Verification,
    /// Why nothing was sampled, where nothing was.
    pub not_sampled: Option<Bilingual>,
    /// No kind of evidence speaks against the derivation.
    pub passed: bool,
}

/// Gathers the evidence for a derivation. Points and seeds follow from its statement alone.
pub fn verify(derivation: &Derivation, theory: &Theory) -> Evidence {
    verify_after(derivation, theory, &mut Earlier::default())
}

/// What was computed for derivations before: a document derives the same quantity for each way of writing its closed
/// form, and neither the statement nor what it is compared with changes from one to the next.
#[derive(Default)]
pub struct Earlier {
    known: BTreeMap<String, (Enclosed, DeterministicView, Sampled)>,
    values: counterexample::Values,
    precision: Precision,
}

impl Earlier {
    /// Nothing yet; statements will be sampled as closely as this.
    pub fn at(precision: Precision) -> Self {
        Self { precision, ..Self::default() }
    }

    /// The statement, everything that is assumed, and the value: equal keys have equal numbers.
    fn key(derivation: &Derivation, theory: &Theory) -> Option<String> {
        let facts = &derivation.facts;
        let equation = derivation.status == Status::Proved && derivation.relation == Relation::Eq;
        let before = derivation.lines.iter().rev().find(|l| l.phase.as_str() != "collect")?;
        let steps = derivation.steps().count();
        let theory = std::ptr::from_ref(theory);
        equation.then(|| {
            format!("{theory:?} {} = {} in {steps} {facts:?}", derivation.statement, before.after)
        })
    }
}

/// As [`verify`], with the numbers of an earlier derivation of the same statement by the same lines: all but the last,
/// which only writes the value in another form. That form is compared with the one before by the kernel.
pub fn verify_after(derivation: &Derivation, theory: &Theory, earlier: &mut Earlier) -> Evidence {
    let replay = repeated(derivation, theory);
    let followed = derivation.lemmas.iter().all(|lemma| follows(lemma, theory));
    let key = Earlier::key(derivation, theory);
    let known = key.as_ref().and_then(|key| earlier.known.get(key).cloned());
    let (enclosed, deterministic, sampled) = known.unwrap_or_else(|| {
        let sampled = monte_carlo_at(derivation, theory, earlier.precision);
        (enclosures(derivation, theory), deterministic(derivation, theory), sampled)
    });
    if let Some(key) = key {
        earlier.known.insert(key, (enclosed.clone(), deterministic.clone(), sampled.clone()));
    }
    let refuted = sampled.runs.iter().any(|m| m.verdict == "refuted")
        || enclosed.runs.iter().any(|e| e.verdict == "refuted");
    let passed = replay.ok && deterministic.ok && followed && !refuted;
    let verification = Verification {
        replay: Some(replay),
        enclosure: enclosed.runs,
        not_enclosed: enclosed.not_applicable,
        deterministic: Some(deterministic),
        monte_carlo: sampled.runs,
    };
    Evidence { verification, not_sampled: sampled.not_applicable, passed }
}

/// Whether no step of a lemma changes a value at points of the domain; those that meet what is supposed would not tell
/// one side of an equation from the other.
fn follows(lemma: &Lemma, theory: &Theory) -> bool {
    let mut derivation = Derivation { unknown: None, ..lemma.derivation.clone() };
    if derivation.facts.consequences.is_empty() {
        derivation.facts.suppositions.clear();
    }
    deterministic(&derivation, theory).ok
}

fn repeated(derivation: &Derivation, theory: &Theory) -> ReplayView {
    let steps = derivation.steps().count();
    match repeat(derivation, theory) {
        Ok(_) => ReplayView { steps, ok: true, message: String::new() },
        Err(message) => ReplayView { steps, ok: false, message },
    }
}
