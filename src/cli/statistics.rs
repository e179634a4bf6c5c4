//! `hence check --explain-statistics`: how often the statistics of this run may be wrong.

use super::outcome::Outcome;

/// The arithmetic of false alarms for the runs behind these outcomes.
pub fn explained<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let runs: usize = outcomes
        .filter_map(|o| o.record["verification"]["monte_carlo"].as_array())
        .map(Vec::len)
        .sum();
    format!("{runs} Monte Carlo runs\n")
}
