//! What was decided, as JSON and as lines of text.

use hence::document::{Bilingual, Lang, gathered, written};
use hence::elaborate::Goal;
use hence::term::Symbol;
use hence::verify::{Counterexample, report};
use serde_json::{Value, json};

use super::claims::{Comparison, Decision};
use super::context::Session;
use super::density::shown;

/// Status, statement and findings of a claim.
pub fn comparison(c: &Comparison) -> Value {
    json!({
        "statement": format!("{} {} {}", c.left, c.relation.as_str(), c.right),
        "status": c.verdict.as_str(),
        "residual": c.residual.as_ref().map(ToString::to_string),
        "counterexample": c.counterexample.as_ref().map(point),
        "slip": c.slip.as_ref().map(|s| s.en.clone()),
    })
}

fn point(c: &Counterexample) -> Value {
    let values: serde_json::Map<String, Value> =
        c.point.iter().map(|(name, v)| (name.as_str().to_owned(), number(*v))).collect();
    let known = c.instances.iter().map(|(name, d)| (name.as_str().to_owned(), d.clone().into()));
    let values: serde_json::Map<String, Value> = known.chain(values).collect();
    json!({"point": values, "left": number(c.left), "right": number(c.right)})
}

/// A float; one that is not finite as a string.
pub fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::from)
}

/// The evidence in the form of the report.
pub fn verification(decision: &Decision, goal: &Goal, session: &Session) -> Value {
    let Some(evidence) = &decision.evidence else { return Value::Null };
    let mut report = report(&decision.derivation, &goal.context, &session.theory);
    report.verification = evidence.verification.clone();
    let mut value = hence::document::json(&report, &session.notation)["verification"].take();
    value["passed"] = Value::Bool(evidence.passed);
    value
}

/// Residual, counterexample and slip of a claim that does not hold, a line each.
pub fn findings(c: &Comparison, session: &Session, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(residual) = &c.residual {
        let label = pick(lang, "residual (derived − claimed):", "残差（推导结果 − 所述公式）：");
        lines.push(format!("{label} {}", session.unicode(residual)));
    }
    if let Some(found) = &c.counterexample {
        let known = found.instances.iter().map(|(name, d)| format!("{name} = {d}"));
        let numbers =
            (!found.point.is_empty() || found.instances.is_empty()).then(|| values(&found.point));
        let at = known.chain(numbers).collect::<Vec<_>>().join(", ");
        let (left, right) = (shown(found.left), shown(found.right));
        lines.push(match lang {
            Lang::En => format!("counterexample: {at}: left side {left}, right side {right}"),
            Lang::Zh => format!("反例：{at}：左边 {left}，右边 {right}"),
        });
    }
    if let Some(slip) = &c.slip {
        lines.push(format!("{} {}", pick(lang, "slip:", "疏误："), said(slip, lang)));
    }
    lines
}

fn pick<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// A text in a language; English where there is no other.
pub fn said(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::Zh if !text.zh.is_empty() => &text.zh,
        _ => &text.en,
    }
}

/// `m = 0.3, s = 2`.
pub fn values(point: &[(Symbol, f64)]) -> String {
    let all: Vec<String> = gathered(point)
        .iter()
        .map(|(name, v)| format!("{name} = {}", written(v, shown, "…")))
        .collect();
    if all.is_empty() { "no parameters".into() } else { all.join(", ") }
}
