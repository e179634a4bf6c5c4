//! Values for parameters, from keyed streams.

use super::super::{Numbers, PROTOCOL};
use super::shown;
use crate::numeric::{Environment, Options, PointStream, evaluate, key, member};
use crate::term::{Relation, Symbol};
use crate::theory::{Condition, Distribution, Sort};

/// Draws of the parameters for one point, until its constraints hold.
const TRIES: usize = 200;

/// Parameters of a distribution at keyed points, `count` of them if as many meet its constraints.
pub(super) fn parameters(
    distribution: &Distribution,
    count: usize,
    numbers: Numbers<'_>,
) -> Vec<Environment> {
    drawn(distribution, count, 0, draw, numbers)
}

/// The same, from a thousandth to a thousand: what a formula gets wrong there only, usual points do not show.
pub(super) fn far_parameters(
    distribution: &Distribution,
    count: usize,
    numbers: Numbers<'_>,
) -> Vec<Environment> {
    drawn(distribution, count, 1, draw_far, numbers)
}

fn drawn(
    distribution: &Distribution,
    count: usize,
    index: u32,
    draw: fn(&mut PointStream, Sort) -> f64,
    numbers: Numbers<'_>,
) -> Vec<Environment> {
    let mut stream = PointStream::new(key(distribution.name.as_str(), PROTOCOL, index));
    let draws = (0..TRIES).map(|_| {
        let mut point = Environment::new();
        for (name, sort) in &distribution.parameters {
            match sort {
                Sort::Probabilities => probabilities(name, &mut stream, &mut point),
                Sort::Positives => positives(name, &mut stream, &mut point),
                _ => point.set(name.clone(), draw(&mut stream, *sort)),
            }
        }
        point
    });
    draws.filter(|point| admits(distribution, point, numbers)).take(count).collect()
}

fn draw_far(stream: &mut PointStream, sort: Sort) -> f64 {
    match sort {
        Sort::Real
        | Sort::Nonzero
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => stream.uniform(-50.0, 50.0),
        Sort::Positive | Sort::Nonnegative => stream.log_uniform(1e-3, 1e3),
        Sort::Negative => -stream.log_uniform(1e-3, 1e3),
        Sort::Integer => stream.integer(-60, 60) as f64,
        Sort::Natural => stream.integer(5, 60) as f64,
    }
}

fn admits(distribution: &Distribution, point: &Environment, numbers: Numbers<'_>) -> bool {
    let value = |t| evaluate(t, point, &numbers, &Options::default());
    distribution.constraints.iter().all(|condition| match condition {
        Condition::Compare(relation, a, b) => {
            matches!((value(a), value(b)), (Ok(a), Ok(b)) if holds(*relation, a.value, b.value))
        }
        _ => true,
    })
}

/// Entries of a vector of probabilities: a name for each.
fn probabilities(name: &Symbol, stream: &mut PointStream, point: &mut Environment) {
    let count = stream.integer(2, 5);
    let weights: Vec<f64> = (0..count).map(|_| stream.log_uniform(0.2, 2.0)).collect();
    let total: f64 = weights.iter().sum();
    for (k, weight) in (1..).zip(weights) {
        point.set(member(name, f64::from(k)), weight / total);
    }
}

/// Entries of a vector of positive numbers: a name for each.
fn positives(name: &Symbol, stream: &mut PointStream, point: &mut Environment) {
    let count = stream.integer(2, 3);
    for k in 1..=count {
        point.set(member(name, k as f64), stream.log_uniform(0.5, 4.0));
    }
}

/// A value for a parameter of a sort, away from zero and one.
pub(super) fn draw(stream: &mut PointStream, sort: Sort) -> f64 {
    match sort {
        Sort::Real
        | Sort::Nonzero
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => stream.uniform(-2.5, 2.5),
        Sort::Positive | Sort::Nonnegative => stream.log_uniform(0.3, 4.0),
        Sort::Negative => -stream.log_uniform(0.3, 4.0),
        Sort::Integer => stream.integer(-5, 5) as f64,
        Sort::Natural => stream.integer(1, 6) as f64,
    }
}

/// Whether the relation holds between two numbers.
pub(super) fn holds(relation: Relation, a: f64, b: f64) -> bool {
    match relation {
        Relation::Eq => a == b,
        Relation::Ne => a != b,
        Relation::Lt => a < b,
        Relation::Le => a <= b,
        Relation::Gt => a > b,
        Relation::Ge => a >= b,
        // Two numbers show none of these.
        Relation::UpTo | Relation::Tends | Relation::TendsUpTo => false,
    }
}

/// ` at a = 1, b = 2`.
pub(super) fn place(point: &Environment) -> String {
    let values: Vec<String> =
        point.iter().map(|(name, value)| format!("{name} = {}", shown(value))).collect();
    if values.is_empty() { String::new() } else { format!(" at {}", values.join(", ")) }
}
