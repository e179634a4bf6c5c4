//! Admissible points: values of the parameters that meet every assumption, drawn from a stream that the statement keys.
//!
//! Drawn from continuous distributions, so that two distributions never coincide and no scale is one.

use std::collections::BTreeSet;

use super::{Numbers, PROTOCOL};
use crate::elaborate::CONSTANTS;
use crate::kernel::Facts;
use crate::numeric::{Environment, Options, PointStream, evaluate, key};
use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::Sort;

/// Draws before a set of relations counts as one that no point was found for.
const TRIES: usize = 2000;

/// The names whose values a term depends on: definitions followed, constants left out.
pub(super) fn parameters(terms: &[&Term], facts: &Facts) -> BTreeSet<Symbol> {
    let mut seen = BTreeSet::new();
    let mut todo: Vec<Symbol> = terms.iter().flat_map(|t| t.free_symbols()).collect();
    let mut out = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if CONSTANTS.contains(&name.as_str()) || !seen.insert(name.clone()) {
            continue;
        }
        match facts.definitions.get(&name) {
            Some(value) => todo.extend(value.free_symbols()),
            None => {
                out.insert(name);
            }
        }
    }
    out
}

/// Points for a statement, in the order of their index.
pub(super) struct Points<'a> {
    names: Vec<(Symbol, Sort)>,
    numbers: Numbers<'a>,
    text: String,
    index: u32,
}

impl<'a> Points<'a> {
    /// The points for `terms`, keyed by `text`; `None` where a parameter has no number, as a density has none.
    pub fn new(text: &str, terms: &[&Term], numbers: Numbers<'a>) -> Option<Self> {
        let facts = numbers.facts;
        let mut wanted: Vec<&Term> = terms.to_vec();
        // A parameter outside the terms may still be tied to one inside by a relation.
        wanted.extend(facts.relations.iter());
        let names = parameters(&wanted, facts)
            .into_iter()
            .map(|name| {
                let sort = facts.sorts.get(&name).copied().unwrap_or(Sort::Real);
                (name, sort)
            })
            .collect::<Vec<_>>();
        let numeric = names.iter().all(|(_, sort)| *sort != Sort::Density);
        numeric.then(|| Self { names, numbers, text: text.to_owned(), index: 0 })
    }

    /// The seed that belongs to the point drawn last.
    pub fn seed(&self) -> u64 {
        key(&self.text, PROTOCOL, self.index | 0x8000_0000)
    }
}

impl Iterator for Points<'_> {
    type Item = Environment;

    fn next(&mut self) -> Option<Environment> {
        let mut stream = PointStream::new(key(&self.text, PROTOCOL, self.index));
        self.index += 1;
        (0..TRIES).find_map(|_| {
            let point: Environment =
                self.names.iter().map(|(n, sort)| (n.clone(), draw(*sort, &mut stream))).collect();
            violated(&point, self.numbers).is_none().then_some(point)
        })
    }
}

fn draw(sort: Sort, stream: &mut PointStream) -> f64 {
    match sort {
        Sort::Positive | Sort::Nonnegative => stream.log_uniform(0.4, 2.5),
        Sort::Negative => -stream.log_uniform(0.4, 2.5),
        Sort::Natural => stream.integer(1, 5) as f64,
        Sort::Integer => stream.integer(-4, 4) as f64,
        Sort::Real | Sort::Nonzero | Sort::Density => stream.uniform(-2.0, 2.0),
    }
}

/// The first assumption that a point breaks, in words.
pub(super) fn violated(point: &Environment, numbers: Numbers<'_>) -> Option<String> {
    for (name, sort) in &numbers.facts.sorts {
        if let Some(value) = point.get(name)
            && !admits(*sort, value)
        {
            return Some(format!(
                "{name} = {value}, but {name} is {}",
                super::texts::sort_word(*sort)
            ));
        }
    }
    let broken = numbers.facts.relations.iter().find(|r| !holds(r, point, numbers))?;
    Some(format!("{broken} does not hold"))
}

fn admits(sort: Sort, value: f64) -> bool {
    value.is_finite()
        && match sort {
            Sort::Real => true,
            Sort::Positive => value > 0.0,
            Sort::Nonnegative => value >= 0.0,
            Sort::Negative => value < 0.0,
            Sort::Nonzero => value != 0.0,
            Sort::Integer => value.fract() == 0.0,
            Sort::Natural => value.fract() == 0.0 && value >= 1.0,
            Sort::Density => false,
        }
}

/// A relation that mentions a name without a value says nothing about the point.
fn holds(relation: &Term, point: &Environment, numbers: Numbers<'_>) -> bool {
    let Node::Relation(relation, left, right) = relation.node() else { return true };
    let names = parameters(&[left, right], numbers.facts);
    if names.iter().any(|name| point.get(name).is_none()) {
        return true;
    }
    let value = |t: &Term| evaluate(t, point, &numbers, &Options::default()).map(|v| v.value);
    let (Ok(a), Ok(b)) = (value(left), value(right)) else { return false };
    match relation {
        Relation::Eq => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0),
        Relation::Le => a <= b,
        Relation::Ge => a >= b,
        Relation::Lt => a < b,
        Relation::Gt => a > b,
        Relation::Ne => a != b,
    }
}

/// The point as a report shows it.
pub(super) fn listed(point: &Environment) -> Vec<(Symbol, f64)> {
    point.iter().map(|(name, value)| (name.clone(), value)).collect()
}
