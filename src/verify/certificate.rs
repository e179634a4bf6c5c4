//! Certificates: the report as JSON, extended with everything that the kernel needs to repeat it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::assumptions::restricted;
use super::moves::{Move, moves};
use super::{digest, notation_in, texts};
use crate::derive::{Derivation, Lemma};
use crate::document::{self, ReplayView, Report, Verification};
use crate::elaborate::Context;
use crate::kernel::{Equivalence, Justification, Step};
use crate::term::{Domain, Node, Symbol, Term};
use crate::theory::Theory;

/// The version of the certificate's form.
pub const CERTIFICATE_VERSION: u64 = 1;

/// The report of a derivation as JSON, with a certificate that [`super::replay`] repeats by the kernel alone.
///
/// `source` is the statement as written, of which `derivation` is the derivation in `context`. What `verification` says
/// of replay is said anew.
pub fn certificate(
    derivation: &Derivation,
    context: &Context,
    theory: &Theory,
    source: &str,
    verification: Verification,
) -> Value {
    let mut derivation = derivation.clone();
    let steps = derivation.steps().count();
    // The axioms are those that the steps need, not those that a search happened to touch.
    let replay = match super::repeat(&derivation, theory) {
        Ok(again) => {
            derivation.axioms = again.axioms;
            // With the names of bound variables that replay gives them.
            derivation.lines = again.lines;
            derivation.lemmas = again.lemmas;
            ReplayView { steps, ok: true, message: String::new() }
        }
        Err(message) => ReplayView { steps, ok: false, message },
    };
    let verification = Verification { replay: Some(replay), ..verification };
    let context = &restricted(&derivation, context, theory);
    let report = Report { verification, ..super::report(&derivation, context, theory) };
    let mut value = body(&report, &derivation, context, theory, source);
    digest::seal(&mut value);
    value
}

/// The object without its seal. Replay builds it a second time from its own derivation and compares.
pub(super) fn body(
    report: &Report,
    derivation: &Derivation,
    context: &Context,
    theory: &Theory,
    source: &str,
) -> Value {
    let mut value = document::json(report, &notation_in(theory, context));
    let inner = json!({
        "version": CERTIFICATE_VERSION,
        "source": source,
        "statement": derivation.statement.to_string(),
        "unknown": derivation.unknown.as_ref().map(ToString::to_string),
        "introduced": pairs(&derivation.introduced),
        "declarations": declarations(context),
        "theory": theory_texts(derivation, context, theory),
        "lemmas": derivation.lemmas.iter().map(lemma).collect::<Vec<_>>(),
        "steps": moves(derivation).map(|(m, s)| step(&m, s)).collect::<Vec<_>>(),
    });
    if let Some(object) = value.as_object_mut() {
        object.insert("certificate".into(), inner);
    }
    value
}

/// What follows from a supposition, and how.
fn lemma(lemma: &Lemma) -> Value {
    let derivation = &lemma.derivation;
    json!({
        "supposition": lemma.supposition.to_string(),
        "indices": lemma.indices.iter().map(Symbol::as_str).collect::<Vec<_>>(),
        "unknown": derivation.unknown.as_ref().map(ToString::to_string),
        "equation": lemma.consequence.equation().to_string(),
        "steps": moves(derivation).map(|(m, s)| step(&m, s)).collect::<Vec<_>>(),
    })
}

fn pairs(all: &[(Symbol, Term)]) -> Vec<Value> {
    all.iter().map(|(n, t)| json!({"name": n.as_str(), "text": t.to_string()})).collect()
}

fn declarations(context: &Context) -> Value {
    let sorts: Vec<Value> = context
        .sorts
        .iter()
        .map(|(n, sort)| json!({"name": n.as_str(), "sort": texts::sort_word(*sort)}))
        .collect();
    let families: Vec<Value> = context
        .families
        .iter()
        .map(|(n, family)| {
            let ranges: Vec<Value> = family.axes().iter().map(range).collect();
            json!({"name": n.as_str(), "ranges": ranges})
        })
        .collect();
    let masses: Vec<Value> = context
        .masses
        .iter()
        .map(|(n, (low, high))| {
            json!({"name": n.as_str(), "low": low.to_string(), "high": high.to_string()})
        })
        .collect();
    let inferred: Vec<Value> = context
        .inferred
        .iter()
        .map(|a| json!({"text": a.term.to_string(), "reason": a.reason, "reason_zh": a.reason_zh}))
        .collect();
    json!({
        "sorts": sorts,
        "families": families,
        "masses": masses,
        "relations": context.relations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "found": context.found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "suppositions": context.suppositions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "definitions": pairs(&context.definitions),
        "draws": pairs(&context.draws),
        "up_to": context.up_to.iter().map(Symbol::as_str).collect::<Vec<_>>(),
        "inferred": inferred,
    })
}

/// What an index ranges over.
fn range(axis: &Domain) -> Value {
    match axis {
        Domain::Range(low, high) => json!({"low": low.to_string(), "high": high.to_string()}),
        Domain::Over(space) => json!({"in": space.to_string()}),
    }
}

fn step(m: &Move, s: &Step) -> Value {
    let bindings = match s.justification() {
        Justification::Rule(_, b) => {
            let metas: Map<String, Value> =
                b.metas.iter().map(|(k, t)| (k.to_string(), t.to_string().into())).collect();
            // A variable that keeps its name is not listed, so that there is one way to write the same bindings.
            let renamed = b.vars.iter().filter(|(k, x)| k != x);
            let vars: Map<String, Value> =
                renamed.map(|(k, x)| (k.to_string(), x.to_string().into())).collect();
            json!({"metas": metas, "vars": vars})
        }
        Justification::Equation(Equivalence::Scale(factor)) => {
            json!({"factor": factor.to_string()})
        }
        Justification::Equation(Equivalence::Apply(function)) => {
            json!({"function": function.to_string()})
        }
        Justification::Hypothesis(equation) => json!({"assumption": equation.to_string()}),
        Justification::Consequence(equation) => json!({"consequence": equation.to_string()}),
        _ => Value::Null,
    };
    let conditions: Vec<Value> = s
        .discharges()
        .iter()
        .map(|d| json!({"text": d.condition, "evidence": d.evidence}))
        .collect();
    json!({
        "line": m.line,
        "node": m.node,
        "phase": m.phase.as_str(),
        "kind": kind(s.justification()),
        "rule": s.justification().name(),
        "path": s.path().to_string(),
        "bindings": bindings,
        "relation": s.relation().as_str(),
        "before": s.before().to_string(),
        "after": s.after().to_string(),
        "local_before": s.local_before().to_string(),
        "local_after": s.local_after().to_string(),
        "conditions": conditions,
    })
}

fn kind(justification: &Justification) -> &'static str {
    match justification {
        Justification::Rule(..) => "rule",
        Justification::Arithmetic => "arithmetic",
        Justification::Constant => "constant",
        Justification::LargeNumbers(_) => "large_numbers",
        Justification::Hypothesis(_) => "hypothesis",
        Justification::Consequence(_) => "consequence",
        Justification::Equation(_) => "equation",
        _ => "unfold",
    }
}

/// The text of each rule, law, quantity and distribution that the derivation rests on.
fn theory_texts(derivation: &Derivation, context: &Context, theory: &Theory) -> Vec<Value> {
    let rules = derivation.axioms.iter().filter_map(|id| theory.rule(id.as_str()));
    let mut out: Vec<Value> = rules.map(|r| entry(r.id.as_str(), &texts::rule(r))).collect();
    let mut seen = BTreeSet::new();
    // Of the definitions, those that the certificate holds.
    let held = |name: &Symbol| {
        let mut all = context.definitions.iter().chain(&derivation.introduced);
        all.any(|(known, _)| known == name)
    };
    let definitions = derivation.facts.definitions.iter().filter(|(name, _)| held(name));
    let lemmas = derivation.lemmas.iter().flat_map(|l| l.derivation.steps());
    let steps = derivation.steps().chain(lemmas).map(Step::before);
    let terms = steps.chain(definitions.map(|(_, t)| t));
    for t in terms {
        t.any(&mut |s| {
            if let Node::Call(name, arguments) = s.node()
                && seen.insert((name.clone(), arguments.len()))
            {
                if let Some(q) = theory.quantity(name, arguments.len()) {
                    out.push(entry(name.as_str(), &texts::quantity(q)));
                }
                if let Some((d, _)) = theory.distribution(s) {
                    out.push(entry(name.as_str(), &texts::distribution(d)));
                }
            }
            false
        });
    }
    out
}

fn entry(id: &str, text: &str) -> Value {
    json!({"id": id, "text": text})
}
