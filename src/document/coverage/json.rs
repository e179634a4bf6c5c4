//! The tables as one object. Terms are in machine form, which parses back.

use serde_json::{Value, json};

use super::{Cell, CoverageView, Tally, tally};
use crate::term::{Symbol, Term};

/// The tables for programs.
pub fn json(view: &CoverageView) -> Value {
    let columns = view.columns.iter().map(|c| {
        json!({
            "name": c.name.as_str(),
            "definition": c.body.to_string(),
            "distributions": c.distributions,
            "across": c.across,
            "title": c.reason.en,
            "title_zh": c.reason.zh,
            "families": counts(tally(view.of(&c.name, false))),
            "pairs": counts(tally(view.of(&c.name, true))),
        })
    });
    json!({
        "families": view.families.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        "columns": columns.collect::<Vec<_>>(),
        "cells": view.cells.iter().map(cell).collect::<Vec<_>>(),
        "total": counts(tally(view.cells.iter())),
        "milliseconds": view.times().map(|t| {
            json!({"median": t.median, "ninth_decile": t.ninth, "longest": t.longest})
        }),
    })
}

fn counts(t: Tally) -> Value {
    json!({
        "cells": t.cells,
        "proved": t.proved,
        "sums_left": t.summed,
        "infinite": t.infinite,
        "divergent": t.divergent,
        "stuck": t.stuck,
        "enclosed": t.enclosed,
        "estimated": t.estimated,
        "sampled": t.sampled,
        "contradicted": t.contradicted,
    })
}

fn cell(c: &Cell) -> Value {
    let text = |t: &Option<Term>| t.as_ref().map(ToString::to_string);
    json!({
        "column": c.column.as_str(),
        "families": c.families.iter().map(Symbol::as_str).collect::<Vec<_>>(),
        "by": c.by.as_ref().map(Symbol::as_str),
        "status": c.standing.as_str(),
        "input": c.text,
        "statement": text(&c.statement),
        "result": text(&c.result),
        "sums_left": c.leaves_sums(),
        "assumes": c.given.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "shared": c.shared.as_ref().map(Symbol::as_str),
        "goal": text(&c.left),
        "message": c.message.as_ref().map(|m| m.en.clone()),
        "message_zh": c.message.as_ref().map(|m| m.zh.clone()),
        "value": c.number.as_ref().map(|n| {
            let point: serde_json::Map<String, Value> =
                n.point.iter().map(|(name, v)| (name.as_str().to_owned(), json!(v))).collect();
            json!({"point": point, "value": n.value, "error": n.error})
        }),
        "steps": c.steps,
        "evidence": c.evidence.map(|e| {
            json!({
                "replayed": e.replayed,
                "enclosed": e.enclosed,
                "estimated": e.estimated,
                "sampled": e.sampled,
                "passed": e.passed,
            })
        }),
        "milliseconds": c.time.as_secs_f64() * 1e3,
    })
}
