//! What is wrong with a claim, in words.

use super::Counterexample;
use super::decide::{Comparison, Decision};
use super::soundness::shown;
use crate::document::{Bilingual, Lang, gathered, written};
use crate::term::{Relation, Symbol};

/// What is said of a point without values.
const NO_PARAMETERS: &str = "no parameters";

/// Where a claim fails: the point, and both sides there.
pub fn counterexample_in_words(c: &Comparison) -> Option<Bilingual> {
    let found = c.counterexample.as_ref()?;
    let said = |lang| where_it_fails(found, c.relation, lang);
    Some(Bilingual::new(said(Lang::En), said(Lang::Zh)))
}

fn where_it_fails(found: &Counterexample, relation: Relation, lang: Lang) -> String {
    if found.other.is_some() || found.draws.is_some() {
        return beyond(found, relation, lang);
    }
    let known = found.instances.iter().map(|(name, d)| format!("{name} = {d}"));
    let numbers = (!found.point.is_empty() || found.instances.is_empty())
        .then(|| values_in_words(&found.point));
    let at = known.chain(numbers).collect::<Vec<_>>().join(", ");
    let (left, right) = (shown(found.left), shown(found.right));
    let at = if lang == Lang::Zh { at.replace(NO_PARAMETERS, "无参数") } else { at };
    match lang {
        Lang::En => format!("{at}: left side {left}, right side {right}"),
        Lang::Zh => format!("{at}：左边 {left}，右边 {right}"),
    }
}

/// A counterexample to a relation of which one point says nothing.
fn beyond(found: &Counterexample, relation: Relation, lang: Lang) -> String {
    let at = values_in_words(&found.point);
    let (left, right) = (shown(found.left), shown(found.right));
    if let Some(other) = &found.other {
        let there = values_in_words(&other.point);
        let here = shown(found.left - found.right);
        let gap = shown(other.left - other.right);
        return match lang {
            Lang::En => {
                format!("the sides differ by {here} at {at}, and by {gap} at {there}: no constant")
            }
            Lang::Zh => {
                format!("在 {at} 处两边相差 {here}，在 {there} 处相差 {gap}：不是常数")
            }
        };
    }
    let (draws, error) = found.draws.unwrap_or((0, f64::NAN));
    let (error, gap) = (shown(error), shown((found.right - found.left) / error));
    match (lang, relation.leaves_out_constant()) {
        (Lang::En, false) => format!(
            "{at}, {draws} draws: left side {left}, right side {right} ± {error} ({gap} standard errors apart)"
        ),
        (Lang::Zh, false) => format!(
            "{at}，{draws} 个样本：左边 {left}，右边 {right} ± {error}（相差 {gap} 个标准误）"
        ),
        (Lang::En, true) => format!(
            "from {at} on, {draws} draws: the left side changes by {left}, the right side by {right} ± {error} ({gap} standard errors apart)"
        ),
        (Lang::Zh, true) => format!(
            "自 {at} 起，{draws} 个样本：左边变化 {left}，右边变化 {right} ± {error}（相差 {gap} 个标准误）"
        ),
    }
}

/// `m = 0.3, s = 2`.
pub fn values_in_words(point: &[(Symbol, f64)]) -> String {
    let all: Vec<String> = gathered(point)
        .iter()
        .map(|(name, v)| format!("{name} = {}", written(v, shown, "…")))
        .collect();
    if all.is_empty() { NO_PARAMETERS.into() } else { all.join(", ") }
}

/// Which kind of evidence speaks against a derivation, and how.
pub fn speaks_against(decision: &Decision) -> Option<String> {
    let evidence = decision.evidence.as_ref().filter(|e| !e.passed)?;
    let v = &evidence.verification;
    let mut parts = Vec::new();
    if let Some(replay) = v.replay.as_ref().filter(|r| !r.ok) {
        parts.push(format!("replay: {}", replay.message));
    }
    if let Some(points) = v.deterministic.as_ref().filter(|d| !d.ok) {
        parts.push(format!("at points: {}", points.message));
    }
    for run in v.enclosure.iter().filter(|e| e.verdict == "refuted") {
        let ((a, b), (c, d)) = (run.definition, run.closed);
        let at = values_in_words(&run.point);
        parts.push(format!(
            "enclosure: the definition lies in [{a}, {b}], the closed form in [{c}, {d}], at {at}"
        ));
    }
    for run in v.monte_carlo.iter().filter(|m| m.verdict == "refuted") {
        parts.push(format!("Monte Carlo: z = {:.1} at {}", run.z, values_in_words(&run.point)));
    }
    Some(parts.join("; "))
}
