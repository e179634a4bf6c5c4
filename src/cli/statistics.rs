//! `hence check --explain-statistics`: how often the statistics of this run may be wrong.

use std::collections::BTreeMap;

use hence::numeric::statistics::{Runs, false_alarm};
use hence::numeric::{IntervalKind, Z};
use hence::verify::{MARGIN, most_looks};
use serde_json::Value;

use super::outcome::Outcome;

/// The arithmetic of false alarms for the runs behind these outcomes.
pub fn explained<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let runs: Vec<&Value> = outcomes
        .filter_map(|o| o.record["verification"]["monte_carlo"].as_array())
        .flatten()
        .collect();
    if runs.is_empty() {
        return "Statistics of this run: nothing was sampled\n".into();
    }
    let (n, looks) = (runs.len() as u64, most_looks());
    // A run may pass from one interval to another: each look is counted with the error of the worst.
    let worst = IntervalKind::NormalLimit;
    let total = false_alarm(&[Runs { interval: worst, runs: n, looks }], Z);
    let (plain, error) =
        (few(IntervalKind::LaurentMassart.error_of_a_look(Z)), worst.error_of_a_look(Z));
    let error = few(error);
    let by = counted(&runs, "interval");
    let verdicts = counted(&runs, "verdict");
    let (alarm, missed) = (few(total.alarm), few(total.missed));
    let margin = 100.0 * MARGIN;
    let (median, largest) = resolutions(&runs);
    format!(
        "Statistics of this run\n\
         {INDENT}{n} Monte Carlo runs: {verdicts}; decided by {by}\n\
         {INDENT}one look errs with probability at most {error}: 2Φ(−{Z}) = {plain}, times cosh 2 for the skewness that is let \
         through\n\
         {INDENT}a run looks {looks} times at most\n\
         {INDENT}P(any right formula is refuted) ≤ {n}·{looks}·{error} = {alarm}\n\
         {INDENT}P(a formula that is wrong by more than {margin} % is confirmed by its run) ≤ {looks}·{error} = {missed}\n\
         {INDENT}smallest relative error certain to be refuted: {median} in the median run, {largest} in the coarsest\n\
         {INDENT}replay and enclosures are proofs: they have no part in these probabilities\n"
    )
}

const INDENT: &str = "  ";

/// `12 Student t, 3 normal limit`, most first.
fn counted(runs: &[&Value], field: &str) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for run in runs {
        *counts.entry(run[field].as_str().unwrap_or("?")).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    counts.iter().map(|(name, n)| format!("{n} {name}")).collect::<Vec<_>>().join(", ")
}

/// The median and the largest of the discrepancies that runs were certain to refute, relative to the closed form.
fn resolutions(runs: &[&Value]) -> (String, String) {
    let relative = |run: &&Value| {
        let resolution = run["resolution"].as_f64()?;
        Some(resolution / run["closed"].as_f64()?.abs()).filter(|r| r.is_finite())
    };
    let mut all: Vec<f64> = runs.iter().filter_map(relative).collect();
    all.sort_by(f64::total_cmp);
    let at = |i: usize| all.get(i).map_or_else(|| "none".into(), |r| few(*r));
    (at(all.len() / 2), at(all.len().saturating_sub(1)))
}

/// Three digits.
fn few(x: f64) -> String {
    if x != 0.0 && (x.abs() < 1e-3 || x.abs() >= 1e4) {
        format!("{x:.2e}")
    } else {
        format!("{x:.3}")
    }
}
