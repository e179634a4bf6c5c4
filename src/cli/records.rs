//! What was decided, as JSON and as lines of text.

use hence::document::{Bilingual, Lang, Notation, relation_unicode, unicode};
use hence::elaborate::{Chain, Goal};
use hence::term::{Relation, Symbol, Term};
use hence::theory::Theory;
use hence::verify::{Counterexample, Mend, counterexample_in_words, report};
use serde_json::{Value, json};

use hence::verify::{Comparison, Decision};

/// Status, statement and findings of a claim.
pub fn comparison(c: &Comparison) -> Value {
    let mut value = json!({
        "statement": statement(c),
        "status": c.verdict.as_str(),
        "residual": c.residual.as_ref().map(ToString::to_string),
        "counterexample": c.counterexample.as_ref().map(point),
        "slip": c.slip.as_ref().map(|s| s.en.clone()),
        "mend": c.mend.as_ref().map(mended),
    });
    if c.relation.leaves_out_constant() {
        value["up_to"] = c.up_to.iter().map(Symbol::as_str).collect();
    }
    value
}

/// The edit that makes a claim true.
fn mended(mend: &Mend) -> Value {
    json!({
        "words": mend.words.en,
        "words_zh": mend.words.zh,
        "corrected": mend.corrected.to_string(),
        "wrong_term": mend.wrong_term.as_ref().map(ToString::to_string),
        "right_term": mend.right_term.as_ref().map(ToString::to_string),
    })
}

/// The claim in machine form.
fn statement(c: &Comparison) -> String {
    let sign = match c.relation {
        Relation::UpTo => "=",
        Relation::TendsUpTo => "~",
        other => other.as_str(),
    };
    let words = match c.relation.leaves_out_constant() {
        true => {
            let names: Vec<&str> = c.up_to.iter().map(Symbol::as_str).collect();
            format!(" up to a constant free of {}", names.join(", "))
        }
        false => String::new(),
    };
    format!("{} {sign} {}{words}", c.left, c.right)
}

/// ` up to a constant free of μ, v`, where one is left out.
pub fn up_to(relation: Relation, names: &[Symbol], notation: &Notation, lang: Lang) -> String {
    if !relation.leaves_out_constant() {
        return String::new();
    }
    let names: Vec<String> =
        names.iter().map(|n| unicode(&Term::symbol(n.clone()), notation)).collect();
    let names = names.join(", ");
    match lang {
        Lang::En => format!(" up to a constant free of {names}"),
        Lang::Zh => format!("，至多相差一个不依赖于 {names} 的常数"),
    }
}

/// The place of a link in its chain, and how the ends of the chain are related.
pub fn link(chain: &Chain, assumed: &[Term]) -> Value {
    json!({
        "assumes": assumed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "link": chain.link,
        "of": chain.of,
        "first": chain.first.to_string(),
        "last": chain.last.to_string(),
        "relation": chain.relation.as_str(),
        "up_to": chain.up_to.iter().map(Symbol::as_str).collect::<Vec<_>>(),
    })
}

/// What a chain comes to: how its ends are related.
pub fn chain(chain: &Chain, assumed: &[Term], notation: &Notation, lang: Lang) -> String {
    let assumed = assuming(assumed, notation, lang);
    let [first, last] = [&chain.first, &chain.last].map(|t| unicode(t, notation));
    let up_to = up_to(chain.relation, &chain.up_to, notation, lang);
    let sign = sign(chain.relation);
    match lang {
        Lang::En => format!("hence {first} {sign} {last}{up_to}{assumed}"),
        Lang::Zh => format!("因此 {first} {sign} {last}{up_to}{assumed}"),
    }
}

/// `, assuming v > 0`: what holds only under an assumption says so.
pub fn assuming(assumed: &[Term], notation: &Notation, lang: Lang) -> String {
    if assumed.is_empty() {
        return String::new();
    }
    let all: Vec<String> = assumed.iter().map(|t| unicode(t, notation)).collect();
    match lang {
        Lang::En => format!(", assuming {}", all.join(", ")),
        Lang::Zh => format!("，假设 {}", all.join("，")),
    }
}

/// The sign between two sides, where words say what is left out.
pub fn sign(relation: Relation) -> &'static str {
    relation_unicode(match relation {
        Relation::UpTo => Relation::Eq,
        Relation::TendsUpTo => Relation::Tends,
        other => other,
    })
}

fn point(c: &Counterexample) -> Value {
    let values: serde_json::Map<String, Value> =
        c.point.iter().map(|(name, v)| (name.as_str().to_owned(), number(*v))).collect();
    let known = c.instances.iter().map(|(name, d)| (name.as_str().to_owned(), d.clone().into()));
    let values: serde_json::Map<String, Value> = known.chain(values).collect();
    let mut value = json!({"point": values, "left": number(c.left), "right": number(c.right)});
    if let Some(other) = &c.other {
        value["other"] = point(other);
    }
    if let Some((draws, error)) = c.draws {
        value["draws"] = draws.into();
        value["standard_error"] = number(error);
    }
    value
}

/// A float; one that is not finite as a string.
pub fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::from)
}

/// The evidence in the form of the report.
pub fn verification(
    decision: &Decision,
    goal: &Goal,
    theory: &Theory,
    notation: &Notation,
) -> Value {
    let Some(evidence) = &decision.evidence else { return Value::Null };
    let mut report = report(&decision.derivation, &decision.context(goal), theory);
    report.verification = evidence.verification.clone();
    let mut value = hence::document::json(&report, notation)["verification"].take();
    value["passed"] = Value::Bool(evidence.passed);
    value
}

/// Residual, counterexample and slip of a claim that does not hold, a line each.
pub fn findings(c: &Comparison, notation: &Notation, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(residual) = &c.residual {
        let label = pick(lang, "residual (derived − claimed):", "残差（推导结果 − 所述公式）：");
        lines.push(format!("{label} {}", unicode(residual, notation)));
    }
    if let Some(words) = counterexample_in_words(c) {
        let words = said(&words, lang);
        lines.push(format!("{}{words}", pick(lang, "counterexample: ", "反例：")));
    }
    if let Some(slip) = &c.slip {
        lines.push(format!("{} {}", pick(lang, "slip:", "疏误："), said(slip, lang)));
    }
    if let Some(mend) = &c.mend {
        // In the form that can be pasted: juxtaposed names would be read as one.
        let corrected = &mend.corrected;
        lines.push(format!("{} {corrected}", pick(lang, "mend: write", "修正：应写作")));
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
