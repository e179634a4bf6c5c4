//! Numbers beside steps: what the whole line is worth before and after each, at two points.

use super::deterministic::{Sampler, at_points};
use super::families::listed;
use crate::derive::Derivation;
use crate::document::{NumbersView, Report, StepView};
use crate::term::Node;
use crate::theory::Theory;

/// Points at which each step has numbers.
const POINTS: usize = 2;

/// Fills in the numbers of every step of a report. The side after a step is the side before the next, and each is
/// evaluated once.
pub fn step_numbers(report: &mut Report, derivation: &Derivation, theory: &Theory) {
    at_points(derivation, theory, POINTS, |mut at| {
        at.truncate(POINTS);
        report.steps.iter_mut().for_each(|step| fill(step, &mut at));
    });
}

fn fill(step: &mut StepView, at: &mut [Sampler<'_>]) {
    let is_equation = |t: &crate::term::Term| matches!(t.node(), Node::Relation(..));
    if !is_equation(&step.before) && !is_equation(&step.after) {
        step.numbers = at.iter_mut().filter_map(|sampler| sides(step, sampler)).collect();
    }
    step.children.iter_mut().for_each(|child| fill(child, at));
}

fn sides(step: &StepView, sampler: &mut Sampler<'_>) -> Option<NumbersView> {
    let before = sampler.value(&step.before).ok()?.value;
    let after = sampler.value(&step.after).ok()?.value;
    Some(NumbersView {
        instances: sampler.shown.clone(),
        point: listed(&sampler.point),
        before,
        after,
    })
}
