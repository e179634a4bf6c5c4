//! The evidence of a report as sentences. Numbers and points are spelled by the caller's [`Spelling`], so that the same
//! sentence serves a terminal and a typeset page.

use super::names;
use super::options::Lang;
use super::phrases::{Phrase, filled, phrase, verdict};
use super::report::{DeterministicView, MonteCarloView, QuadratureView, ReplayView, Verification};
use crate::term::Symbol;

/// How mathematics inside prose is spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spelling {
    /// Unicode.
    Text,
    /// LaTeX between dollar signs.
    Dollars,
}

/// One kind of evidence and what it says.
pub struct Evidence {
    /// Which kind.
    pub kind: &'static str,
    /// Whole sentences, without a full stop.
    pub sentences: Vec<String>,
}

/// The three kinds in order; a kind that was not run says so.
pub fn evidence(v: &Verification, lang: Lang, spelling: Spelling) -> Vec<Evidence> {
    let entry = |kind, sentences: Vec<String>| Evidence {
        kind: phrase(kind, lang),
        sentences: if sentences.is_empty() {
            vec![phrase(Phrase::NotRun, lang).into()]
        } else {
            sentences
        },
    };
    let replayed = v.replay.iter().map(|r| replay(r, lang)).collect();
    let compared = v.deterministic.iter().flat_map(|d| deterministic(d, lang, spelling)).collect();
    let sampled = v.monte_carlo.iter().flat_map(|m| monte_carlo(m, lang, spelling)).collect();
    vec![
        entry(Phrase::Replay, replayed),
        entry(Phrase::Deterministic, compared),
        entry(Phrase::MonteCarlo, sampled),
    ]
}

fn replay(r: &ReplayView, lang: Lang) -> String {
    if r.ok {
        return filled(phrase(Phrase::ReplayOk, lang), &[r.steps.to_string()]);
    }
    failed(&r.message, lang)
}

fn failed(message: &str, lang: Lang) -> String {
    format!("{}: {message}", phrase(Phrase::Failed, lang))
}

fn deterministic(d: &DeterministicView, lang: Lang, spelling: Spelling) -> Vec<String> {
    let mut out = Vec::new();
    if !d.ok {
        out.push(failed(&d.message, lang));
    }
    out.push(filled(
        phrase(Phrase::DeterministicOk, lang),
        &[d.steps_checked.to_string(), d.points.to_string(), rough(d.max_discrepancy, spelling)],
    ));
    out.extend(d.quadrature.iter().map(|q| quadrature(q, lang, spelling)));
    out
}

fn quadrature(q: &QuadratureView, lang: Lang, spelling: Spelling) -> String {
    filled(
        phrase(Phrase::Quadrature, lang),
        &[
            point(&q.point, spelling),
            number(q.value, spelling),
            rough(q.error, spelling),
            number(q.closed, spelling),
        ],
    )
}

fn monte_carlo(m: &MonteCarloView, lang: Lang, spelling: Spelling) -> Vec<String> {
    let result = filled(
        phrase(Phrase::MonteCarloAt, lang),
        &[
            point(&m.point, spelling),
            m.samples.to_string(),
            m.seed.to_string(),
            number(m.estimate, spelling),
            rough(m.standard_error, spelling),
            number(m.closed, spelling),
            verdict(&m.verdict, lang).into(),
            format!("{:.2}", m.z),
        ],
    );
    vec![result, filled(phrase(Phrase::Caught, lang), &[rough(m.resolution, spelling)])]
}

/// `μ₁ = 0.3, σ₁ = 2`
pub fn point(values: &[(Symbol, f64)], spelling: Spelling) -> String {
    let each = values.iter().map(|(name, value)| {
        let glyph = names::symbol(name.as_str());
        match spelling {
            Spelling::Text => format!("{} = {}", glyph.unicode, digits(*value, 6)),
            Spelling::Dollars => {
                format!("${} = {}$", glyph.latex, latex_digits(&digits(*value, 6)))
            }
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// A value, to nine digits.
fn number(value: f64, spelling: Spelling) -> String {
    spelled(&digits(value, 9), spelling)
}

/// An error or a difference, to two digits.
fn rough(value: f64, spelling: Spelling) -> String {
    spelled(&digits(value, 2), spelling)
}

fn spelled(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Text => text.replace('-', "−").replace("e−", "e-"),
        Spelling::Dollars => format!("${}$", latex_digits(text)),
    }
}

/// `value` to `significant` digits, without trailing zeros.
fn digits(value: f64, significant: i32) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "-∞".into() };
    }
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-4..9).contains(&magnitude) {
        let decimals = (significant - 1).max(0) as usize;
        let text = format!("{value:.decimals$e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    let decimals = (significant - 1 - magnitude).max(0) as usize;
    trimmed(&format!("{value:.decimals$}")).into()
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn latex_digits(text: &str) -> String {
    let text = text.replace('∞', "\\infty").replace("nan", "\\mathrm{nan}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa} \\times 10^{{{exponent}}}"),
        None => text,
    }
}
