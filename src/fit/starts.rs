//! Where to begin: at the parts of the target, and on a grid between and around them.

use std::cell::Cell;

use super::problem::{FitProblem, Model, Target};
use crate::kernel::Facts;
use crate::numeric::{Bench, Environment, Options, Spread, evaluate};
use crate::term::{Node, Symbol, Term};
use crate::theory::{Sort, Theory};
use crate::verify::Numbers;

/// The parameters at which the model is a part of the target, for each part that it can be.
pub(super) fn at_parts(problem: &FitProblem, numbers: &Numbers<'_>) -> Vec<Vec<f64>> {
    let Node::Call(model, wanted) = problem.model.distribution.node() else { return Vec::new() };
    let mut out = Vec::new();
    for (_, part) in &problem.target.parts {
        if let Node::Call(name, given) = part.node()
            && name == model
            && given.len() == wanted.len()
            && let Some(values) = matched(problem, numbers, wanted, given)
        {
            out.push(values);
        }
    }
    out
}

fn number(t: &Term, at: &Environment, numbers: &Numbers<'_>) -> Option<f64> {
    let value = evaluate(t, at, numbers, &Options::default()).ok()?.value;
    value.is_finite().then_some(value)
}

/// The parameters that give the arguments these values.
fn matched(
    problem: &FitProblem,
    numbers: &Numbers<'_>,
    wanted: &[Term],
    given: &[Term],
) -> Option<Vec<f64>> {
    let mut known: Vec<(Symbol, f64)> = Vec::new();
    for (formula, value) in wanted.iter().zip(given) {
        let value = number(value, &Environment::new(), numbers)?;
        let inside: Vec<&(Symbol, Sort)> =
            problem.model.parameters.iter().filter(|(p, _)| formula.mentions(p)).collect();
        match inside.as_slice() {
            [] => {
                let fixed = number(formula, &Environment::new(), numbers)?;
                if (fixed - value).abs() > 1e-12 * value.abs() {
                    return None;
                }
            }
            [(name, sort)] => {
                let found = solved(formula, name, *sort, value, numbers)?;
                known.push((name.clone(), found));
            }
            _ => return None,
        }
    }
    let find = |(p, _): &(Symbol, Sort)| known.iter().find(|(k, _)| k == p).map(|(_, v)| *v);
    problem.model.parameters.iter().map(find).collect()
}

/// The value of the only parameter of a formula.
fn solved(
    formula: &Term,
    name: &Symbol,
    sort: Sort,
    value: f64,
    numbers: &Numbers<'_>,
) -> Option<f64> {
    if formula.as_symbol() == Some(name) {
        return Some(value);
    }
    let off = |x: f64| {
        let at = Environment::new().with(name.clone(), x);
        number(formula, &at, numbers).map(|v| v - value)
    };
    let place = |t: f64| if sort == Sort::Positive { t.exp() } else { t.sinh() };
    let (mut a, mut b) = (-40.0, 40.0);
    let below = off(place(a))? < 0.0;
    if (off(place(b))? < 0.0) == below {
        return None;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(a, b);
        if middle <= a || middle >= b {
            break;
        }
        if (off(place(middle))? < 0.0) == below {
            a = middle;
        } else {
            b = middle;
        }
    }
    let x = place(a.midpoint(b));
    // A value that somebody wrote down has few digits.
    let short: f64 = format!("{x:.11e}").parse().ok()?;
    Some(if off(short)?.abs() <= off(x)?.abs() { short } else { x })
}

/// Starts for descents: the parts first, then a grid of places and widths.
pub(super) fn grid(problem: &FitProblem, numbers: &Numbers<'_>, most: usize) -> Vec<Vec<f64>> {
    let (options, spent) = (Options::default(), Cell::new(0));
    let bench = Bench::new(numbers, &options, &spent);
    let mut parts = Spread::of_parts(&bench, &problem.target.normalised);
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    parts.dedup();
    if parts.is_empty() {
        parts.push((0.0, 1.0));
    }
    let low = parts.iter().map(|p| p.0 - p.1).fold(f64::INFINITY, f64::min);
    let high = parts.iter().map(|p| p.0 + p.1).fold(f64::NEG_INFINITY, f64::max);
    let middle = f64::midpoint(low, high);
    let mut places: Vec<f64> = vec![middle];
    places.extend(parts.iter().map(|p| p.0));
    places.extend(parts.windows(2).map(|w| w[0].0.midpoint(w[1].0)));
    distinct(&mut places);
    let narrow = parts.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let wide = (high - low) / 2.0;
    let mut widths = vec![narrow, wide, (narrow * wide).sqrt(), 2.0 * narrow, wide / 2.0];
    widths.extend(parts.iter().map(|p| p.1));
    distinct(&mut widths);
    let mut rates = widths.clone();
    rates.extend(widths.iter().map(|w| 1.0 / w));
    distinct(&mut rates);
    let has_place = problem.model.parameters.iter().any(|(_, s)| *s != Sort::Positive);
    let axis = |sort: Sort| -> Vec<f64> {
        match sort {
            Sort::Positive if has_place => widths.clone(),
            Sort::Positive => rates.clone(),
            Sort::Negative => rates.iter().map(|r| -r).collect(),
            Sort::Nonnegative => rates.clone(),
            _ => places.clone(),
        }
    };
    let mut out: Vec<Vec<f64>> = vec![Vec::new()];
    for (_, sort) in &problem.model.parameters {
        let values = axis(*sort);
        let extended = out.iter().flat_map(|before| {
            values.iter().map(move |v| before.iter().copied().chain([*v]).collect())
        });
        out = extended.take(1 << 12).collect();
    }
    let mut all = at_parts(problem, numbers);
    // Spread over the grid, where there are more places than starts.
    let stride = out.len().div_ceil(most.saturating_sub(all.len()).max(1));
    all.extend(out.into_iter().step_by(stride.max(1)));
    all.truncate(most);
    all
}

/// How far from a start a descent has any business: many times the range of the target.
pub(super) fn reach(problem: &FitProblem, numbers: &Numbers<'_>) -> f64 {
    let (options, spent) = (Options::default(), Cell::new(0));
    let bench = Bench::new(numbers, &options, &spent);
    let parts = Spread::of_parts(&bench, &problem.target.normalised);
    let low = parts.iter().map(|p| p.0 - p.1).fold(f64::INFINITY, f64::min);
    let high = parts.iter().map(|p| p.0 + p.1).fold(f64::NEG_INFINITY, f64::max);
    let start = problem.start.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if high > low { 10.0 * (high - low) + start } else { 1e3 + start }
}

/// A value for each parameter of a model, somewhere near the target.
pub(super) fn somewhere(target: &Target, model: &Model, theory: &Theory) -> Vec<(Symbol, f64)> {
    let (facts, options, spent) = (Facts::default(), Options::default(), Cell::new(0));
    let numbers = Numbers { theory, facts: &facts };
    let bench = Bench::new(&numbers, &options, &spent);
    let parts = Spread::of_parts(&bench, &target.normalised);
    let low = parts.iter().map(|p| p.0 - p.1).fold(f64::INFINITY, f64::min);
    let high = parts.iter().map(|p| p.0 + p.1).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if low < high { (low, high) } else { (-1.0, 1.0) };
    let value = |sort: Sort| match sort {
        Sort::Real => f64::midpoint(low, high),
        Sort::Negative => -1.0,
        Sort::Positive => (high - low) / 2.0,
        _ => 1.0,
    };
    model.parameters.iter().map(|(name, sort)| (name.clone(), value(*sort))).collect()
}

fn distinct(values: &mut Vec<f64>) {
    let mut kept: Vec<f64> = Vec::new();
    for v in values.iter().copied().filter(|v| v.is_finite()) {
        if !kept.iter().any(|k| (k - v).abs() <= 1e-3 * k.abs().max(v.abs())) {
            kept.push(v);
        }
    }
    *values = kept;
}
