//! Statements as a page shows them: declarations as formulas, derivations and claims with what was found out.

use std::collections::BTreeSet;

use super::decide::{Comparison, Decision, inferred};
use super::texts::{general_member, quantified, ranges_in_words, sort_term};
use super::words::{counterexample_in_words, speaks_against};
use super::{functions_of, mass, notation_in, report, step_numbers, study};
use crate::diagnostic::Span;
use crate::document::page::{Claimed, Content, Derived, Given, Item, Part};
use crate::document::{Bilingual, Notation, Report, Verdict, unicode};
use crate::elaborate::{Context, Goal, GoalKind, contexts};
use crate::syntax::tree::Statement;
use crate::term::{Domain, Symbol, Term};
use crate::theory::{Family, Sort, Theory};

/// What each declaration, definition and assumption of a text says, with the place of the statement.
pub fn givens(source: &str, tree: &[Statement], theory: &Theory) -> Vec<(Span, Vec<Given>)> {
    let mut before = Context::default();
    let mut out = Vec::new();
    for (span, after) in contexts(source, tree, theory) {
        let notation = notation_in(theory, &after);
        out.push((span, Added { before: &before, after: &after, notation: &notation }.all()));
        before = after;
    }
    out
}

/// The functions that a text declares without saying more of them, with the number of indices before their arguments.
pub fn functions(source: &str, tree: &[Statement], theory: &Theory) -> Vec<(Symbol, usize)> {
    let last = contexts(source, tree, theory).pop();
    last.map(|(_, context)| functions_of(&context, theory).collect()).unwrap_or_default()
}

/// What the second context says beyond the first.
struct Added<'a> {
    before: &'a Context,
    after: &'a Context,
    notation: &'a Notation,
}

impl Added<'_> {
    fn all(&self) -> Vec<Given> {
        let mut out = self.plain();
        for (name, sort) in self.sorts() {
            let family = self.after.families.iter().find(|(known, _)| known == name);
            let mass = self.after.masses.iter().find(|(known, _)| known == name);
            if let Some((_, family)) = family {
                out.push(self.family(name, *sort, family));
            } else if let Some((_, (low, high))) = mass {
                let range = format!("{}, …, {}", self.shown(low), self.shown(high));
                let words = Bilingual::new(
                    format!("a distribution on {range}"),
                    format!("为 {range} 上的分布"),
                );
                out.push(Given::Sort(vec![Term::symbol(name.clone())], words));
            }
        }
        let new = self.after.relations.iter().filter(|r| !self.before.relations.contains(r));
        let implied: Vec<Term> =
            self.sorts().filter_map(|(name, sort)| sort_term(name, *sort)).collect();
        out.extend(new.filter(|r| !implied.contains(r)).map(|r| self.relation(r)));
        let new = self.after.suppositions.iter().filter(|s| !self.before.suppositions.contains(s));
        out.extend(new.map(|s| self.supposed(s)));
        let known = &self.before.definitions;
        let new = self.after.definitions.iter().filter(|d| !known.contains(d));
        out.extend(new.map(|(name, value)| Given::Definition(name.clone(), value.clone())));
        out
    }

    fn shown(&self, term: &Term) -> String {
        unicode(term, self.notation)
    }

    fn sorts(&self) -> impl Iterator<Item = &(Symbol, Sort)> {
        self.after.sorts.iter().filter(|s| !self.before.sorts.contains(s))
    }

    /// Names that are no families; those of the same sort stand together.
    fn plain(&self) -> Vec<Given> {
        let mut groups: Vec<(Sort, Vec<Term>)> = Vec::new();
        for (name, sort) in self.sorts() {
            let families = self.after.families.iter().map(|(known, _)| known);
            if families.chain(self.after.masses.iter().map(|(known, _)| known)).any(|n| n == name) {
                continue;
            }
            let symbol = Term::symbol(name.clone());
            match groups.iter_mut().find(|(known, _)| known == sort) {
                Some((_, names)) => names.push(symbol),
                None => groups.push((*sort, vec![symbol])),
            }
        }
        groups.into_iter().map(|(sort, names)| Given::Sort(names, words(sort))).collect()
    }

    fn family(&self, name: &Symbol, sort: Sort, family: &Family) -> Given {
        let (member, ranges) = general_member(name, family, self.after);
        let ranges = ranges_in_words(&ranges, |t| self.shown(t));
        if let Some((_, from)) = self.after.draws.iter().find(|(known, _)| known == name) {
            let (x, from) = (self.shown(&member), self.shown(from));
            return Given::Words(Bilingual::new(
                format!("{x} ~ {from}, independent for {}", ranges.en),
                format!("{x} ~ {from}，相互独立，{}", ranges.zh),
            ));
        }
        let word = words(sort);
        let words = Bilingual::new(
            format!("{} for {}", word.en, ranges.en),
            format!("{}，{}", word.zh, ranges.zh),
        );
        Given::Sort(vec![member], words)
    }

    fn supposed(&self, supposition: &Term) -> Given {
        let (body, ranges) = quantified(supposition);
        let each = ranges.into_iter().filter_map(|(index, axis)| match axis {
            Domain::Range(low, high) => {
                let [low, high] = [low, high].map(|t| self.shown(t));
                let index = self.shown(&Term::symbol(index.clone()));
                let zh = format!("（{index} = {low}, …, {high}）");
                Some((format!(" for {index} = {low}, …, {high}"), zh))
            }
            Domain::Over(_) => None,
        });
        let (en, zh): (Vec<String>, Vec<String>) = each.unzip();
        Given::Supposed(body.clone(), Bilingual::new(en.concat(), zh.concat()))
    }

    fn relation(&self, relation: &Term) -> Given {
        // What is assumed for all members of a range.
        let (body, ranges) = quantified(relation);
        if ranges.is_empty() {
            return Given::Relation(relation.clone());
        }
        let ranges: Vec<(Symbol, Domain)> =
            ranges.into_iter().map(|(index, axis)| (index.clone(), axis.clone())).collect();
        let ranges = ranges_in_words(&ranges, |t| self.shown(t));
        let words = Bilingual::new(format!("for {}", ranges.en), format!("（{}）", ranges.zh));
        Given::Sort(vec![body.clone()], words)
    }
}

fn words(sort: Sort) -> Bilingual {
    let (en, zh) = match sort {
        Sort::Real => ("real", "为实数"),
        Sort::Positive => ("positive", "为正数"),
        Sort::Nonnegative => ("nonnegative", "为非负数"),
        Sort::Negative => ("negative", "为负数"),
        Sort::Nonzero => ("nonzero", "不为零"),
        Sort::Integer => ("an integer", "为整数"),
        Sort::Natural => ("a natural number", "为正整数"),
        Sort::Density => ("a density on the line", "为实轴上的密度"),
        Sort::Mass => ("a distribution on integers", "为整数上的分布"),
        Sort::Probabilities => ("probabilities", "为概率向量"),
        Sort::Positives => ("positive numbers", "为正数向量"),
    };
    Bilingual::new(en, zh)
}

/// What a page shows of a goal. The name of its place, and what its author expects, are for the page to say.
pub fn item(goal: &Goal, decision: &Decision, theory: &Theory) -> Item {
    let context = decision.context(goal);
    let mut shown = report(&decision.derivation, &context, theory);
    if let Some(evidence) = &decision.evidence {
        shown.verification = evidence.verification.clone();
    }
    match decision.comparison.as_ref().filter(|_| is_claim(goal)) {
        Some(comparison) => {
            let sides = [&comparison.left, &comparison.right];
            let notation = notation_in(theory, &goal.context);
            let notes = mass::notes(&sides, &decision.derivation.facts, theory, &notation);
            shown.notes.clear();
            Item::Claim(Box::new(claimed(goal, decision, comparison, shown, notes)))
        }
        None => {
            step_numbers(&mut shown, &decision.derivation, theory);
            let mut derived = derived(goal, decision, shown);
            derived.study = study(&decision.derivation, &context, theory);
            Item::Derivation(Box::new(derived))
        }
    }
}

fn derived(goal: &Goal, decision: &Decision, report: Report) -> Derived {
    let differs = decision.comparison.as_ref().filter(|c| c.verdict != Verdict::Proved);
    let differs = differs.map(|_| {
        Bilingual::new("The stated definition is not that of the theory.", "所给定义与理论不符。")
    });
    let against = speaks_against(decision).map(|text| Bilingual::from(text.as_str()));
    Derived {
        anchor: String::new(),
        source: goal.text.clone(),
        report,
        introduced: decision.derivation.introduced.clone(),
        objections: differs.into_iter().chain(against).collect(),
        study: None,
    }
}

fn claimed(
    goal: &Goal,
    decision: &Decision,
    c: &Comparison,
    report: Report,
    notes: Vec<Bilingual>,
) -> Claimed {
    let against = speaks_against(decision).map(|text| Bilingual::from(text.as_str()));
    let stuck = c.verdict == Verdict::Undecided;
    let message = report.message.clone().filter(|_| stuck).or(against);
    let message = message.or_else(|| notes.into_iter().next());
    let proved = c.verdict == Verdict::Proved && !report.steps.is_empty();
    Claimed {
        anchor: String::new(),
        source: goal.text.clone(),
        left: c.left.clone(),
        relation: c.relation,
        right: c.right.clone(),
        up_to: c.up_to.clone(),
        verdict: c.verdict,
        expected_refuted: false,
        assuming: goal.conditions.iter().chain(inferred(goal)).cloned().collect(),
        residual: c.residual.clone(),
        counterexample: counterexample_in_words(c),
        slip: c.slip.clone(),
        mend: c.mend.as_ref().map(|m| m.corrected.clone()),
        message,
        link: goal.chain.as_ref().map(|chain| (chain.link, chain.of)),
        proof: proved.then(|| Box::new(report)),
    }
}

fn is_claim(goal: &Goal) -> bool {
    matches!(goal.kind, GoalKind::Claim { .. })
}

/// Leaves each derivation on a page once: a claim about what is derived on the page, or proved by an earlier claim, does not
/// repeat the proof.
pub fn show_once(parts: &mut [Part]) {
    let mut shown = BTreeSet::new();
    for item in items(parts) {
        if let Item::Derivation(d) = item {
            shown.insert(key(&d.report));
        }
    }
    for item in items(parts) {
        if let Item::Claim(c) = item
            && let Some(proof) = &c.proof
            && !shown.insert(key(proof))
        {
            c.proof = None;
        }
    }
}

/// What makes two proofs the same for a reader; under other suppositions they are not.
fn key(report: &Report) -> String {
    let supposed = report.assumptions.iter().filter(|a| a.supposed);
    let supposed: Vec<&str> = supposed.map(|a| a.text.en.as_str()).collect();
    format!("{} where {:?} supposing {supposed:?}", report.statement, report.definitions)
}

fn items(parts: &mut [Part]) -> impl Iterator<Item = &mut Item> {
    let each = parts.iter_mut().filter_map(|p| match &mut p.content {
        Content::Statements(items) => Some(items),
        Content::Figure(_) | Content::Fits(_) => None,
    });
    each.flatten()
}
