//! The assumptions and definitions that a derivation uses, as a report shows them.

use std::collections::BTreeSet;

use super::discharges::assumption;
use super::points::parameters;
use super::texts::{
    for_all, general_member, quantified, ranges_in_words, sort_relation, sort_term, sort_word,
};
use crate::derive::Derivation;
use crate::document::{AssumptionLine, Bilingual};
use crate::elaborate::Context;
use crate::kernel::{Justification, POINTS};
use crate::term::{Domain, Node, Symbol, Term};
use crate::theory::{Family, Sort, Theory, is_argument};

/// Declared sorts and relations about the parameters in use, and everything that was inferred.
pub(super) fn assumptions(derivation: &Derivation, context: &Context) -> Vec<AssumptionLine> {
    let used = used(derivation, context);
    let inferred = |t: &Term| context.inferred.iter().any(|a| a.term == *t);
    let mut lines = Vec::new();
    for (name, sort) in context.sorts.iter().filter(|(name, _)| used.contains(name)) {
        if let Some((_, declared)) = context.families.iter().find(|(known, _)| known == name) {
            if let Some((_, from)) = context.draws.iter().find(|(known, _)| known == name)
                && let Some((low, high)) = declared.single()
            {
                let text = format!("{name}_i ~ {from} independent for i = {low}, …, {high}");
                lines.push(AssumptionLine {
                    term: None,
                    text: assumption(&text),
                    inferred: false,
                    found: false,
                    supposed: false,
                });
                continue;
            }
            lines.push(family(name, *sort, declared, context));
            continue;
        }
        if let Some((_, (low, high))) = context.masses.iter().find(|(known, _)| known == name) {
            let text = format!("{name} mass over {low}..{high}");
            lines.push(AssumptionLine {
                term: None,
                text: assumption(&text),
                inferred: false,
                found: false,
                supposed: false,
            });
            continue;
        }
        let term = sort_term(name, *sort);
        let added = inferred(&Term::symbol(name.clone())) || term.as_ref().is_some_and(inferred);
        lines.push(AssumptionLine {
            term,
            text: assumption(&format!("{name} {}", sort_word(*sort))),
            inferred: added,
            found: false,
            supposed: false,
        });
    }
    for relation in &context.relations {
        let about = parameters(&[relation], &derivation.facts);
        if about.is_subset(&used) || inferred(relation) || context.found.contains(relation) {
            let found = context.found.contains(relation);
            lines.push(AssumptionLine { found, ..line(relation, inferred(relation)) });
        }
    }
    for supposition in &context.suppositions {
        if parameters(&[supposition], &derivation.facts).is_subset(&used) {
            lines.push(AssumptionLine { supposed: true, ..line(supposition, false) });
        }
    }
    for assumption in &context.inferred {
        let of_family = assumption.term.any(&mut |t| matches!(t.node(), Node::Index(..)));
        let shown = of_family || lines.iter().any(|l| l.term.as_ref() == Some(&assumption.term));
        if !shown && assumption.term.as_symbol().is_none() {
            lines.push(line(&assumption.term, true));
        }
    }
    lines
}

/// What is assumed of each member of a family.
fn family(name: &Symbol, sort: Sort, declared: &Family, context: &Context) -> AssumptionLine {
    let (member, ranges) = general_member(name, declared, context);
    let term = sort_relation(&member, sort);
    let base = Term::symbol(name.clone());
    let inferred = context.inferred.iter().any(|a| {
        a.term == base || a.term.any(&mut |t| matches!(t.node(), Node::Index(b, _) if *b == base))
    });
    let head = applied(&member, declared, sort);
    let (member, ranges) = (assumption(&format!("{head} {}", sort_word(sort))), in_words(&ranges));
    let text = Bilingual::new(
        format!("{} for {}", member.en, ranges.en),
        format!("{}，{}", member.zh, ranges.zh),
    );
    AssumptionLine { term, text, inferred, found: false, supposed: false }
}

/// `mu_i(z)`, `x_i_j`: names with subscripts are spelled where prose is written.
fn applied(member: &Term, family: &Family, sort: Sort) -> String {
    let Some((name, at)) = member.indices() else { return member.to_string() };
    let indices = if sort.is_distribution() { at.len() } else { family.indices().len() };
    let (indices, arguments) = at.split_at(indices.min(at.len()));
    let mut out = name.to_string();
    indices.iter().for_each(|index| out += &format!("_{index}"));
    if !arguments.is_empty() {
        let all: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        out += &format!("({})", all.join(", "));
    }
    out
}

fn in_words(ranges: &[(Symbol, Domain)]) -> Bilingual {
    ranges_in_words(ranges, ToString::to_string)
}

fn line(relation: &Term, inferred: bool) -> AssumptionLine {
    // What is assumed for all members of a range is shown for one.
    let (body, ranges) = quantified(relation);
    if ranges.is_empty() {
        let text = assumption(&relation.to_string());
        let term = Some(relation.clone());
        return AssumptionLine { term, text, inferred, found: false, supposed: false };
    }
    let counted = |axis: &Domain| !is_argument(axis);
    let text = match ranges.as_slice() {
        [(_, axis)] if counted(axis) => assumption(&for_all(relation)),
        _ => {
            let ranges: Vec<(Symbol, Domain)> =
                ranges.iter().map(|(index, axis)| ((*index).clone(), (*axis).clone())).collect();
            let (said, ranges) = (assumption(&body.to_string()), in_words(&ranges));
            Bilingual::new(
                format!("{} for {}", said.en, ranges.en),
                format!("{}，{}", said.zh, ranges.zh),
            )
        }
    };
    AssumptionLine { term: Some(body.clone()), text, inferred, found: false, supposed: false }
}

/// The part of a context that a derivation uses: what its assumptions and definitions show, and nothing else.
pub(super) fn restricted(derivation: &Derivation, context: &Context, theory: &Theory) -> Context {
    let mut avoided = avoided(derivation, context);
    avoided.extend(relettered(derivation, context, theory));
    let spoken_of = used(derivation, context);
    let mut used = spoken_of.clone();
    used.extend(parameters(&avoided.iter().collect::<Vec<_>>(), &derivation.facts));
    let reached = reached(derivation, context, &avoided);
    let about = |t: &Term| parameters(&[t], &derivation.facts).is_subset(&spoken_of);
    let mut out = context.clone();
    out.sorts.retain(|(name, _)| used.contains(name));
    out.families.retain(|(name, _)| used.contains(name));
    // Of a family that only gave its letter nothing but that counts.
    let drawn = |name: &Symbol| context.draws.iter().any(|(known, _)| known == name);
    for (name, family) in &mut out.families {
        if !spoken_of.contains(name) && !drawn(name) {
            let one = || Term::integer(1);
            *family = Family::new(vec![Domain::Range(one(), one())]);
        }
    }
    out.masses.retain(|(name, _)| used.contains(name));
    out.relations.retain(|r| about(r));
    out.found.retain(|r| about(r));
    out.suppositions.retain(|s| about(s));
    out.definitions.retain(|d| reached.contains(d));
    out.inferred.retain(|a| about(&a.term));
    out.draws.retain(|(name, _)| used.contains(name));
    out
}

/// Declared names that a bound variable of the derivation gave way to: without them it would have another name.
fn avoided(derivation: &Derivation, context: &Context) -> Vec<Term> {
    let mut bound = BTreeSet::new();
    for step in derivation.steps() {
        step.after().any(&mut |t| {
            if let Node::Binder(b) = t.node() {
                bound.insert(b.var.clone());
            }
            false
        });
    }
    let gave_way = |name: &Symbol| {
        bound.iter().any(|var| {
            let rest = var.as_str().strip_prefix(name.as_str()).unwrap_or_default();
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let names = context.sorts.iter().map(|(name, _)| name);
    names.filter(|name| gave_way(name)).map(|name| Term::symbol(name.clone())).collect()
}

/// Declared names that made a point of an inserted definition take another letter, and the letters that it could not take.
fn relettered(derivation: &Derivation, context: &Context, theory: &Theory) -> Vec<Term> {
    let mut bound = BTreeSet::new();
    let lemmas = derivation.lemmas.iter().flat_map(|lemma| lemma.derivation.steps());
    for step in derivation.steps().chain(lemmas) {
        if let Justification::Definition(_) = step.justification()
            && let Some(body) = theory.expand_quantity(step.local_before())
        {
            body.any(&mut |t| {
                if let Node::Binder(b) = t.node() {
                    bound.insert(b.var.clone());
                }
                false
            });
        }
    }
    let family = |name: &Symbol| context.families.iter().any(|(known, _)| known == name);
    let from: Vec<&Symbol> = bound.iter().filter(|name| family(name)).collect();
    if from.is_empty() {
        return Vec::new();
    }
    let letter = |name: &&Symbol| POINTS.iter().any(|letter| name.as_str() == *letter);
    let declared = context.sorts.iter().map(|(name, _)| name);
    let defined = context.definitions.iter().map(|(name, _)| name);
    let letters = declared.chain(defined).filter(letter);
    from.into_iter().chain(letters).map(|name| Term::symbol(name.clone())).collect()
}

/// Parameters of the statement, and those that a relation ties to them.
fn used(derivation: &Derivation, context: &Context) -> BTreeSet<Symbol> {
    let facts = &derivation.facts;
    let mut used = parameters(&[&derivation.statement, &derivation.result], facts);
    let open = facts.is_abstract(&derivation.statement);
    for (name, (low, high)) in &context.masses {
        if used.contains(name) {
            used.extend(parameters(&[low, high], facts));
        }
    }
    let said = context.relations.iter().filter(|r| open || !facts.is_abstract(r));
    for relation in said.chain(&context.suppositions) {
        let about = parameters(&[relation], facts);
        if !about.is_disjoint(&used) {
            used.extend(about);
        }
    }
    used
}

/// What the names of the statement stand for: those the derivation introduced, then those the text defined.
pub(super) fn definitions(derivation: &Derivation, context: &Context) -> Vec<(Symbol, Term)> {
    reached(derivation, context, &[])
}

fn reached(derivation: &Derivation, context: &Context, more: &[Term]) -> Vec<(Symbol, Term)> {
    let mut out = derivation.introduced.clone();
    let mut todo: Vec<Symbol> = derivation.statement.free_symbols().into_iter().collect();
    let used = used(derivation, context);
    let about = |s: &&Term| parameters(&[s], &derivation.facts).is_subset(&used);
    todo.extend(context.suppositions.iter().filter(about).flat_map(Term::free_symbols));
    todo.extend(more.iter().flat_map(Term::free_symbols));
    let mut reached = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if let Some(from) = derivation.facts.draws.get(&name) {
            todo.extend(from.free_symbols());
        }
        if reached.insert(name.clone())
            && let Some(value) = derivation.facts.definitions.get(&name)
        {
            todo.extend(value.free_symbols());
        }
    }
    let declared = context.definitions.iter().filter(|(name, _)| reached.contains(name));
    for (name, value) in declared {
        if !out.iter().any(|(known, _)| known == name) {
            out.push((name.clone(), value.clone()));
        }
    }
    out
}
