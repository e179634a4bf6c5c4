//! Mutation: is the evidence able to fail? The closed form is broken in every typical way, and each kind of evidence is
//! asked about each mutant. What no kind catches is named.
//!
//! A mutant that the kernel proves equal to the original is none: it is listed, never counted as caught, and the
//! numbers must agree that it is equal. Every other mutant must be refused by the kernel; a classical one must also be
//! excluded by a kind of evidence that rests on numbers.

mod certificates;
mod evidence;
mod operators;
mod place;
mod report;
mod words;

pub use certificates::{Forgery, TamperOptions, Tampering, tamper};
pub use evidence::{Evidence, Finding, Kind};
pub use operators::{Edit, Operator, Surroundings, classical, subtle};
pub use report::{Class, Mutant, MutationReport, Outcome};

pub(super) use operators::{everywhere, exchanged, is_positive, negated, neighbour, repairs};
pub(super) use place::{part, places};
pub(super) use words::{above, slip, swapped_names};

use std::collections::{BTreeMap, BTreeSet};

use super::opened::Opened;
use super::points::parameters;
use crate::derive::{Derivation, Status, claim};
use crate::document::Bilingual;
use crate::kernel::Facts;
use crate::term::{Relation, Symbol, Term};
use crate::theory::Theory;
use evidence::{Asked, Definition, Forged, Subject};

/// How a form is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutationOptions {
    /// Mutants of each class at most; of more, as many are taken at equal distances.
    pub most: usize,
    /// Whether the subtle ones are made, too.
    pub subtle: bool,
    /// Of a claim: mutants whose claim is decided from the start.
    pub decided: usize,
}

impl Default for MutationOptions {
    fn default() -> Self {
        Self { most: 250, subtle: true, decided: 4 }
    }
}

/// The values of definitions that were computed before: many claims are about one quantity.
#[derive(Default)]
pub struct Definitions(BTreeMap<String, [Definition; 3]>);

impl Definitions {
    fn of(&mut self, subject: Subject<'_>) -> &[Definition; 3] {
        let Subject { derivation, more, .. } = subject;
        let known = format!("{} {more:?} {:?}", derivation.statement, derivation.facts);
        self.0.entry(known).or_insert_with(|| {
            let evaluated = Definition::evaluated(subject);
            let sampled = Definition::sampled(subject, evaluated.is_silent());
            [Definition::enclosed(subject), evaluated, sampled]
        })
    }
}

/// Breaks the closed form of a derivation and asks every kind of evidence about every mutant.
pub fn mutate(
    derivation: &Derivation,
    theory: &Theory,
    options: &MutationOptions,
) -> MutationReport {
    mutate_after(derivation, theory, options, &mut Definitions::default())
}

/// As [`mutate`], with the values of definitions that were computed before.
pub fn mutate_after(
    derivation: &Derivation,
    theory: &Theory,
    options: &MutationOptions,
    before: &mut Definitions,
) -> MutationReport {
    of_form(derivation, &derivation.result, &derivation.facts, theory, options, before)
}

/// Breaks what a proved equation claims, in its author's form: the right side with the quantities that occur in it.
pub fn mutate_claim(
    (left, right): (&Term, &Term),
    derivation: &Derivation,
    theory: &Theory,
    options: &MutationOptions,
    before: &mut Definitions,
) -> MutationReport {
    let opened = Opened::new(right, &derivation.facts, theory);
    let (form, facts) = opened.as_ref().map_or((right, &derivation.facts), |o| (&o.form, &o.facts));
    let mut report = of_form(derivation, form, facts, theory, options, before);
    if let Some(opened) = &opened {
        report.close(opened);
    }
    // From the start, as `check` would decide it: the strategy may know ways that the two forms do not show.
    let wrong = |m: &&mut Mutant| m.class == Class::Classical && !m.outcome.is_equivalent();
    let all: Vec<&mut Mutant> = report.mutants.iter_mut().filter(wrong).collect();
    let every = all.len().div_ceil(options.decided.max(1)).max(1);
    for mutant in all.into_iter().step_by(every).take(options.decided) {
        let outcome = claim(theory, &derivation.facts, Relation::Eq, left, &mutant.term);
        mutant.proved |= outcome.holds == Some(true);
        report.decided += 1;
    }
    report
}

fn of_form(
    derivation: &Derivation,
    form: &Term,
    facts: &Facts,
    theory: &Theory,
    options: &MutationOptions,
    before: &mut Definitions,
) -> MutationReport {
    let exact = derivation.relation == Relation::Eq && derivation.unknown.is_none();
    if derivation.status != Status::Proved || !exact {
        return MutationReport::none(
            &derivation.statement,
            Bilingual::new("there is no closed form to break", "没有可以破坏的封闭形式"),
        );
    }
    let more = mentioned(form, derivation);
    let definition = before.of(Subject { derivation, more: &more, theory });
    let silent = definition.iter().filter(|d| d.is_silent()).map(Definition::kind).collect();
    let mut asked: Vec<Asked<'_>> =
        definition.iter().map(|d| Asked::new(d, facts, theory)).collect();
    let mut forged = Forged::new(form, facts, theory);
    let mut replay = Forged::new(form, facts, theory);
    let mut evidence: Vec<&mut dyn Evidence> = vec![&mut replay];
    evidence.extend(asked.iter_mut().map(|a| a as &mut dyn Evidence));
    let around = Surroundings { facts, theory };
    let mut report = mutate_with(
        &derivation.statement,
        form,
        around,
        options,
        &mut |t| forged.equal(t),
        &mut evidence,
    );
    report.silent = silent;
    report
}

/// The numbers that a mutant may depend on: those of the form, and the neighbours of these.
fn mentioned(form: &Term, derivation: &Derivation) -> BTreeSet<Symbol> {
    let facts = &derivation.facts;
    let own = parameters(&[form, &derivation.statement], facts);
    let near = own.iter().filter_map(|name| neighbour(name, form, facts));
    let number = |name: &Symbol| facts.sorts.get(name).is_some_and(|s| !s.is_distribution());
    let drawn = |name: &Symbol| facts.draws.contains_key(name);
    let all: BTreeSet<Symbol> = near.chain(own.iter().cloned()).collect();
    all.into_iter().filter(|name| number(name) && !drawn(name)).collect()
}

/// Breaks a form, and asks the given evidence about every mutant that is not `equal` to it.
pub fn mutate_with(
    statement: &Term,
    form: &Term,
    around: Surroundings<'_>,
    options: &MutationOptions,
    equal: &mut dyn FnMut(&Term) -> bool,
    evidence: &mut [&mut dyn Evidence],
) -> MutationReport {
    let mut report = MutationReport::new(statement, form);
    let mut all = vec![(Class::Classical, classical(form, around))];
    if options.subtle {
        all.push((Class::Subtle, subtle(form, around)));
    }
    for (class, edits) in all {
        let total = edits.len();
        let kept = spread(edits, options.most);
        report.left_out += total - kept.len();
        for edit in kept {
            let name = words::damage(form, &edit);
            let findings: Vec<(Kind, Finding)> =
                evidence.iter_mut().map(|e| (e.kind(), e.judge(&edit.whole))).collect();
            let outcome = match equal(&edit.whole) {
                true => Outcome::Equivalent(findings),
                false => Outcome::Wrong(findings),
            };
            report.mutants.push(Mutant { name, term: edit.whole, class, outcome, proved: false });
        }
    }
    report
}

/// At most so many, at equal distances.
fn spread<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let total = all.len();
    if total <= most {
        return all;
    }
    let wanted = |i: usize| (i * most) / total != ((i + 1) * most) / total;
    all.into_iter().enumerate().filter(|(i, _)| wanted(*i)).map(|(_, x)| x).collect()
}
