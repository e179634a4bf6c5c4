//! The report as JSON. Terms are in machine form, which parses back; numbers that JSON cannot hold are strings.

use serde_json::{Value, json};

use super::notation::Notation;
use super::report::{
    AssumptionLine, Bilingual, ConditionView, DeterministicView, EnclosureView, LemmaView,
    MonteCarloView, QuadratureView, ReplayView, Report, SolutionView, StepView,
};
use crate::term::{Node, Relation, Symbol, Term};

/// The report as one object.
pub fn write(report: &Report, notation: &Notation) -> Value {
    let term = |t: &Term| json!({"text": t.to_string(), "latex": super::latex(t, notation)});
    let definitions: Vec<Value> = report
        .definitions
        .iter()
        .map(|(name, t)| json!({"name": name.as_str(), "text": t.to_string(), "latex": super::latex(t, notation)}))
        .collect();
    let result = report.result.as_ref().map(|r| {
        json!({
            "text": r.term.to_string(),
            "latex": super::latex(&r.term, notation),
            "relation": sign(r.relation, &r.term),
            "unit": r.unit.as_ref().map(Symbol::as_str),
        })
    });
    let v = &report.verification;
    let mut value = json!({
        "statement": term(&report.statement),
        "assumptions": report.assumptions.iter().map(assumption).collect::<Vec<_>>(),
        "inferred_assumptions":
            report.assumptions.iter().filter(|a| a.inferred).map(assumption).collect::<Vec<_>>(),
        "found_conditions":
            report.assumptions.iter().filter(|a| a.found).map(assumption).collect::<Vec<_>>(),
        "definitions": definitions,
        "steps": report.steps.iter().map(|s| step(s, notation)).collect::<Vec<_>>(),
        "result": result,
        "axioms": report.axioms,
        "verification": {
            "replay": v.replay.as_ref().map(replay),
            "enclosure": {
                "runs": v.enclosure.iter().map(enclosure).collect::<Vec<_>>(),
                "not_applicable": v.not_enclosed.as_ref().map(|m| json!({"en": m.en, "zh": m.zh})),
            },
            "deterministic": v.deterministic.as_ref().map(deterministic),
            "monte_carlo": v.monte_carlo.iter().map(monte_carlo).collect::<Vec<_>>(),
        },
        "status": report.status.as_str(),
        "goal": report.goal.as_ref().map(term),
        "message": report.message.as_ref().map(|m| json!({"en": m.en, "zh": m.zh})),
    });
    if !report.lemmas.is_empty() {
        value["lemmas"] = report.lemmas.iter().map(|l| lemma(l, notation)).collect();
    }
    if !report.notes.is_empty() {
        let both = |m: &Bilingual| json!({"en": m.en, "zh": m.zh});
        value["notes"] = report.notes.iter().map(both).collect();
    }
    let supposed: Vec<Value> =
        report.assumptions.iter().filter(|a| a.supposed).map(assumption).collect();
    if !supposed.is_empty() {
        value["suppositions"] = supposed.into();
    }
    if !report.up_to.is_empty() {
        value["up_to"] = report.up_to.iter().map(Symbol::as_str).collect();
    }
    value
}

/// What follows from a supposition.
fn lemma(l: &LemmaView, notation: &Notation) -> Value {
    json!({
        "from": {"text": l.from.to_string(), "latex": super::latex(&l.from, notation)},
        "indices": {"en": l.indices.en, "zh": l.indices.zh},
        "steps": l.steps.iter().map(|s| step(s, notation)).collect::<Vec<_>>(),
    })
}

fn assumption(a: &AssumptionLine) -> Value {
    Value::String(a.text.en.clone())
}

fn step(s: &StepView, notation: &Notation) -> Value {
    json!({
        "id": s.id,
        "level": s.level,
        "relation": sign(s.relation, &s.after),
        "rule": s.rule,
        "title": {"en": s.title.en, "zh": s.title.zh},
        "reason": s.reason.en,
        "reason_zh": s.reason.zh,
        "path": s.path,
        "before": s.before.to_string(),
        "after": s.after.to_string(),
        "latex": super::latex(&s.after, notation),
        "local_before": s.local_before.as_ref().map(ToString::to_string),
        "local_after": s.local_after.as_ref().map(ToString::to_string),
        "conditions": s.conditions.iter().map(condition).collect::<Vec<_>>(),
        "cite": s.cite,
        "children": s.children.iter().map(|c| step(c, notation)).collect::<Vec<_>>(),
    })
}

fn condition(c: &ConditionView) -> Value {
    json!({"text": c.text.en, "text_zh": c.text.zh, "evidence": c.evidence.en})
}

fn replay(r: &ReplayView) -> Value {
    json!({"steps": r.steps, "ok": r.ok, "message": r.message})
}

fn deterministic(d: &DeterministicView) -> Value {
    json!({
        "steps_checked": d.steps_checked,
        "points": d.points,
        "max_discrepancy": number(d.max_discrepancy),
        "quadrature": d.quadrature.as_ref().map(quadrature),
        "solution": d.solution.as_ref().map(solution),
        "ok": d.ok,
        "message": d.message,
    })
}

fn solution(s: &SolutionView) -> Value {
    json!({
        "point": point(&[], &s.point),
        "residual": number(s.residual),
        "beside": number(s.beside),
    })
}

/// Between terms their relation; between equations with the same solutions `<=>`.
fn sign(relation: Relation, after: &Term) -> &'static str {
    match after.node() {
        Node::Relation(..) => "<=>",
        _ => relation.as_str(),
    }
}

fn quadrature(q: &QuadratureView) -> Value {
    json!({
        "point": point(&q.instances, &q.point),
        "value": number(q.value),
        "error": number(q.error),
        "closed": q.closed.map(number),
    })
}

fn enclosure(e: &EnclosureView) -> Value {
    let ends = |(lo, hi): (f64, f64)| json!([number(lo), number(hi)]);
    json!({
        "point": point(&e.instances, &e.point),
        "degenerate": e.degenerate,
        "definition": ends(e.definition),
        "closed": ends(e.closed),
        "width": number(e.width),
        "verdict": e.verdict,
    })
}

fn monte_carlo(m: &MonteCarloView) -> Value {
    json!({
        "point": point(&m.instances, &m.point),
        "estimate": number(m.estimate),
        "standard_error": number(m.standard_error),
        "z": number(m.z),
        "samples": m.samples,
        "seed": m.seed,
        "verdict": m.verdict,
        "delta": number(m.delta),
        "resolution": number(m.resolution),
        "closed": number(m.closed),
        "interval": m.interval,
        "reached": number(m.reached),
    })
}

/// Names with what they stand for: distributions as text, parameters as numbers.
fn point(instances: &[(Symbol, String)], values: &[(Symbol, f64)]) -> Value {
    let known = instances.iter().map(|(name, d)| (name.as_str().to_owned(), d.clone().into()));
    let numbers = values.iter().map(|(name, v)| (name.as_str().to_owned(), number(*v)));
    Value::Object(known.chain(numbers).collect())
}

/// A float; one that is not finite as the string `NaN`, `inf` or `-inf`.
fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value)
        .map_or_else(|| Value::String(value.to_string()), Value::Number)
}
