//! The evidence of a report as sentences. Numbers and points are spelled by the caller's [`Spelling`], so that the same
//! sentence serves a terminal and a typeset page.

use super::names;
use super::options::Lang;
use super::phrases::{Phrase, filled, phrase, pick, verdict};
use super::report::{
    DeterministicView, EnclosureView, MonteCarloView, QuadratureView, ReplayView, Verification,
};
use crate::term::Symbol;

/// How mathematics inside prose is spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spelling {
    /// Unicode.
    Text,
    /// LaTeX between dollar signs, prose for Markdown.
    Markdown,
    /// LaTeX between dollar signs, prose for LaTeX.
    Latex,
}

impl Spelling {
    /// Words that came from elsewhere, escaped for the format.
    pub fn prose(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Markdown => super::markdown::escape(text),
            Self::Latex => super::article::prose(text, true),
        }
    }
}

/// What a kind of evidence came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing speaks against the result.
    Holds,
    /// Something does.
    Fails,
    /// Nothing was decided.
    Open,
}

/// One kind of evidence and what it says.
pub struct Evidence {
    /// Which kind.
    pub kind: &'static str,
    /// What it came to.
    pub outcome: Outcome,
    /// Whole sentences, without a full stop.
    pub sentences: Vec<String>,
}

/// The four kinds in order; a kind that was not run says so.
pub fn evidence(v: &Verification, lang: Lang, spelling: Spelling) -> Vec<Evidence> {
    let entry = |kind, outcome, sentences: Vec<String>| {
        let kind = phrase(kind, lang);
        if sentences.is_empty() {
            let sentences = vec![phrase(Phrase::NotRun, lang).into()];
            return Evidence { kind, outcome: Outcome::Open, sentences };
        }
        Evidence { kind, outcome, sentences }
    };
    let replayed = v.replay.iter().map(|r| replay(r, lang, spelling)).collect();
    let enclosed = enclosures(v, lang, spelling);
    let compared = v.deterministic.iter().flat_map(|d| deterministic(d, lang, spelling)).collect();
    let sampled = v.monte_carlo.iter().flat_map(|m| monte_carlo(m, lang, spelling)).collect();
    let of = |ok: bool| if ok { Outcome::Holds } else { Outcome::Fails };
    vec![
        entry(Phrase::Replay, of(v.replay.as_ref().is_some_and(|r| r.ok)), replayed),
        entry(Phrase::Enclosure, enclosure_outcome(&v.enclosure), enclosed),
        entry(Phrase::Deterministic, of(v.deterministic.as_ref().is_some_and(|d| d.ok)), compared),
        entry(Phrase::MonteCarlo, sampling_outcome(&v.monte_carlo), sampled),
    ]
}

fn enclosure_outcome(runs: &[EnclosureView]) -> Outcome {
    if runs.iter().any(|e| e.verdict == "refuted") {
        Outcome::Fails
    } else if !runs.is_empty() && runs.iter().all(|e| e.verdict == "confirmed") {
        Outcome::Holds
    } else {
        Outcome::Open
    }
}

/// The first point, or those where something is wrong; then how many there were.
fn enclosures(v: &Verification, lang: Lang, spelling: Spelling) -> Vec<String> {
    let why = v
        .not_enclosed
        .iter()
        .map(|why| filled(phrase(Phrase::NotEnclosed, lang), &[spelling.prose(pick(why, lang))]));
    let mut out: Vec<String> = why.collect();
    let all = &v.enclosure;
    let Some(first) = all.first() else { return out };
    let refuted: Vec<&EnclosureView> = all.iter().filter(|e| e.verdict == "refuted").collect();
    let shown = if refuted.is_empty() { vec![first] } else { refuted };
    out.extend(shown.into_iter().map(|e| enclosure(e, lang, spelling)));
    let confirmed = all.iter().filter(|e| e.verdict == "confirmed");
    let width = confirmed.clone().map(|e| e.width).fold(0.0, f64::max);
    let degenerate = all.iter().filter(|e| e.degenerate).count();
    let values = [
        (all.len() - degenerate).to_string(),
        degenerate.to_string(),
        confirmed.count().to_string(),
        rough(width * ROUND_UP, spelling),
    ];
    out.push(filled(phrase(Phrase::EnclosurePoints, lang), &values));
    out
}

/// Two digits may fall short of a number by half a unit of the second.
const ROUND_UP: f64 = 1.05;

fn enclosure(e: &EnclosureView, lang: Lang, spelling: Spelling) -> String {
    let place = place(&e.instances, &e.point, spelling);
    let (definition, radius) = ball(e.definition, spelling);
    let (closed, own_radius) = ball(e.closed, spelling);
    let word = verdict(&e.verdict, lang).to_owned();
    if place.is_empty() {
        let values = [definition, radius, closed, own_radius, word];
        return filled(phrase(Phrase::EnclosureOfNumber, lang), &values);
    }
    let values = [place, definition, radius, closed, own_radius, word];
    filled(phrase(Phrase::EnclosureAt, lang), &values)
}

/// A number near the middle of an interval, as it is printed, and a radius about it that covers the interval.
fn ball((lo, hi): (f64, f64), spelling: Spelling) -> (String, String) {
    let middle = digits(0.5 * lo + 0.5 * hi, 15);
    let printed: f64 = middle.parse().unwrap_or(f64::NAN);
    let radius = (hi - printed).max(printed - lo).max(f64::MIN_POSITIVE);
    let radius = if lo == hi && printed == lo { 0.0 } else { radius * ROUND_UP };
    (spelled(&middle, spelling), rough(radius, spelling))
}

fn sampling_outcome(runs: &[MonteCarloView]) -> Outcome {
    if runs.iter().any(|m| m.verdict == "refuted") {
        Outcome::Fails
    } else if runs.iter().all(|m| m.verdict == "confirmed") {
        Outcome::Holds
    } else {
        Outcome::Open
    }
}

fn replay(r: &ReplayView, lang: Lang, spelling: Spelling) -> String {
    if r.ok {
        return filled(phrase(Phrase::ReplayOk, lang), &[r.steps.to_string()]);
    }
    failed(&r.message, lang, spelling)
}

fn failed(message: &str, lang: Lang, spelling: Spelling) -> String {
    let failed = phrase(Phrase::Failed, lang);
    format!("{failed}{}{}", phrase(Phrase::Colon, lang), spelling.prose(message))
}

fn deterministic(d: &DeterministicView, lang: Lang, spelling: Spelling) -> Vec<String> {
    let mut out = Vec::new();
    if !d.ok {
        out.push(failed(&d.message, lang, spelling));
    }
    let values =
        [d.steps_checked.to_string(), d.points.to_string(), rough(d.max_discrepancy, spelling)];
    out.push(filled(phrase(Phrase::DeterministicOk, lang), &values));
    out.extend(d.quadrature.iter().map(|q| quadrature(q, lang, spelling)));
    out.extend(d.solution.iter().map(|s| {
        let values =
            [point(&s.point, spelling), rough(s.residual, spelling), rough(s.beside, spelling)];
        filled(phrase(Phrase::Solution, lang), &values)
    }));
    out
}

fn quadrature(q: &QuadratureView, lang: Lang, spelling: Spelling) -> String {
    let (value, error) = (number(q.value, spelling), rough(q.error, spelling));
    let place = place(&q.instances, &q.point, spelling);
    let named = !place.is_empty();
    match q.closed {
        Some(closed) => placed(
            filled(
                phrase(Phrase::Quadrature, lang),
                &[place, value, error, number(closed, spelling)],
            ),
            named,
        ),
        None if !named => filled(phrase(Phrase::QuadratureOfNumber, lang), &[value, error]),
        None => filled(phrase(Phrase::QuadratureAlone, lang), &[place, value, error]),
    }
}

/// Without parameters there is no point to name.
fn placed(text: String, names_a_point: bool) -> String {
    if names_a_point {
        return text;
    }
    ["at , ", "在  处，", "在 处，"]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .map_or(text.clone(), str::to_owned)
}

fn monte_carlo(m: &MonteCarloView, lang: Lang, spelling: Spelling) -> Vec<String> {
    let place = place(&m.instances, &m.point, spelling);
    let sentence = filled(
        phrase(Phrase::MonteCarloAt, lang),
        &[
            place.clone(),
            m.samples.to_string(),
            m.seed.to_string(),
            number(m.estimate, spelling),
            rough(m.standard_error, spelling),
            number(m.closed, spelling),
            verdict(&m.verdict, lang).into(),
            spelled(&format!("{:.2}", m.z), spelling),
        ],
    );
    let result = placed(sentence, !place.is_empty());
    let mut out =
        vec![result, filled(phrase(Phrase::Caught, lang), &[rough(m.resolution, spelling)])];
    if matches!(m.interval.as_str(), "Student t" | "Hoeffding") {
        out.push(filled(phrase(Phrase::Reached, lang), &[rough(m.reached, spelling)]));
    }
    out
}

/// What names of unknown distributions stand for, then the values of parameters.
pub fn place(
    instances: &[(Symbol, String)],
    values: &[(Symbol, f64)],
    spelling: Spelling,
) -> String {
    let known = instances.iter().map(|(name, d)| {
        let glyph = names::symbol(&row(name.as_str()));
        match spelling {
            Spelling::Text => format!("{} = {}", glyph.unicode, text_digits(d)),
            Spelling::Markdown | Spelling::Latex => {
                if spelling == Spelling::Latex {
                    // Words may break where a formula may not.
                    return format!("${} = {{}}${}", glyph.latex, spelling.prose(&text_digits(d)));
                }
                let d = d.replace('_', "\\_").replace(", ", ",\\ ").replace(" ↦ ", " \\mapsto ");
                format!("${} = \\mathrm{{{d}}}$", glyph.latex)
            }
        }
    });
    let numbers = (!values.is_empty()).then(|| point(values, spelling));
    known.chain(numbers).collect::<Vec<_>>().join(", ")
}

/// `μ₁ = 0.3, σ₁ = 2`
pub fn point(values: &[(Symbol, f64)], spelling: Spelling) -> String {
    let each = gathered(values).into_iter().map(|(name, members)| {
        let glyph = names::symbol(&row(&name));
        let (own, latex) = match spelling {
            Spelling::Text => (glyph.unicode, false),
            Spelling::Markdown | Spelling::Latex => (glyph.latex, true),
        };
        let shown = |v: f64| if latex { latex_digits(&digits(v, 6)) } else { digits(v, 6) };
        let value = written(&members, shown, if latex { "\\ldots" } else { "…" });
        let value = match spelling {
            Spelling::Latex => value.replace(", ", ",\\allowbreak "),
            _ => value,
        };
        if latex { format!("${own} = {value}$") } else { format!("{own} = {value}") }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The name of a row of a family, as one with a subscript: `x_1` for `x[1]`.
fn row(name: &str) -> String {
    match name.strip_suffix(']') {
        Some(inside) => inside.replace("][", "_").replace('[', "_"),
        None => name.to_owned(),
    }
}

/// Members of a family that are shown before the rest is left out.
const MEMBERS: usize = 6;

/// What a name stands for at a point.
#[derive(Clone, PartialEq, Debug)]
pub enum Gathered {
    /// A number.
    One(f64),
    /// The members of a family, from the first on.
    Members(Vec<f64>),
}

/// The values of a point by name, members that follow on one another from 1 under the name of their family.
pub fn gathered(values: &[(Symbol, f64)]) -> Vec<(String, Gathered)> {
    let mut out: Vec<(String, Gathered)> = Vec::new();
    for (name, value) in values {
        // Of several indices the last one counts the members of a row: `x[1]` of `x[1][2]`.
        let member = name.as_str().strip_suffix(']').and_then(|n| n.rsplit_once('['));
        if let Some((family, index)) = member {
            if let Some((known, Gathered::Members(all))) = out.last_mut()
                && known == family
                && index == (all.len() + 1).to_string()
            {
                all.push(*value);
                continue;
            }
            if index == "1" {
                out.push((family.to_owned(), Gathered::Members(vec![*value])));
                continue;
            }
        }
        out.push((name.as_str().to_owned(), Gathered::One(*value)));
    }
    out
}

/// `0.3`, or `(0.3, 1, …)`.
pub fn written(value: &Gathered, shown: impl Fn(f64) -> String, dots: &str) -> String {
    let all = match value {
        Gathered::One(v) => return shown(*v),
        Gathered::Members(all) => all,
    };
    let mut parts: Vec<String> = all.iter().take(MEMBERS).map(|v| shown(*v)).collect();
    if all.len() > MEMBERS {
        parts.push(dots.into());
    }
    format!("({})", parts.join(", "))
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
        Spelling::Text => text_digits(text),
        Spelling::Markdown | Spelling::Latex => format!("${}$", latex_digits(text)),
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

fn text_digits(text: &str) -> String {
    text.replace('-', "−").replace("e−", "e-")
}

fn latex_digits(text: &str) -> String {
    let text = text.replace('∞', "\\infty").replace("nan", "\\mathrm{nan}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa} \\times 10^{{{exponent}}}"),
        None => text,
    }
}
