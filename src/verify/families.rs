//! Families at points: which indices they have, how many coordinates a statement is tried with, and how a point lists them.

use std::collections::BTreeSet;

use super::{Numbers, drawn};
use crate::numeric::{Environment, Options, PointStream, evaluate, member, member_of};
use crate::term::{BinderOp, Domain, Node, Symbol, Term};
use crate::theory::{Family, Sort};

/// The numbers of coordinates at which a statement about d coordinates is tried.
pub(super) const DIMENSIONS: [i64; 5] = [1, 2, 3, 8, 64];

/// Members of a family without a last index that are given a value, at least.
const REACH: f64 = 8.0;

/// More members than this are not drawn.
const MOST: f64 = 4096.0;

/// The names that say how many coordinates the distributions in the terms have.
pub(super) fn dimensions(terms: &[&Term], numbers: Numbers<'_>) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    let mut todo: Vec<Term> = terms.iter().map(|t| (*t).clone()).collect();
    let mut seen = BTreeSet::new();
    while let Some(t) = todo.pop() {
        t.any(&mut |s| {
            if let Node::Binder(b) = s.node()
                && b.op == BinderOp::Product
                && let Domain::Range(_, high) = &b.domain
                && let Some(name) = high.as_symbol()
                && numbers.facts.sorts.get(name) == Some(&Sort::Natural)
                && numbers.facts.is_distribution(&b.body, numbers.theory)
            {
                out.insert(name.clone());
            }
            false
        });
        for name in t.free_symbols() {
            if let Some(definition) = numbers.facts.definitions.get(&name)
                && seen.insert(name)
            {
                todo.push(definition.clone());
            }
        }
    }
    out
}

/// The value of a term at a point, if it has one.
pub(super) fn number_at(t: &Term, point: &Environment, numbers: Numbers<'_>) -> Option<f64> {
    evaluate(t, point, &numbers, &Options::default()).ok().map(|v| v.value)
}

/// The names of the members of a family at a point that knows its ends; of one without end, those that the numbers of
/// the point can reach. Functions have none.
pub fn members(
    name: &Symbol,
    family: &Family,
    point: &Environment,
    numbers: Numbers<'_>,
) -> Option<Vec<Symbol>> {
    if family.is_function() {
        return Some(Vec::new());
    }
    let all = indices(family.axes(), point, numbers)?;
    let named = |at: &Vec<f64>| at.iter().fold(name.clone(), |name, k| member(&name, *k));
    Some(all.iter().map(named).collect())
}

/// All indices that run through some ranges of integers.
pub(super) fn indices(
    axes: &[Domain],
    point: &Environment,
    numbers: Numbers<'_>,
) -> Option<Vec<Vec<f64>>> {
    let mut out = vec![Vec::new()];
    for axis in axes {
        let Domain::Range(low, high) = axis else { return None };
        let along = integers(low, high, point, numbers)?;
        if (out.len() * along.len()) as f64 >= MOST {
            return None;
        }
        let longer = |at: &Vec<f64>| {
            let at = at.clone();
            along.iter().map(move |k| at.iter().copied().chain([*k]).collect()).collect::<Vec<_>>()
        };
        out = out.iter().flat_map(longer).collect();
    }
    Some(out)
}

/// The integers of a range at a point that knows its ends.
fn integers(
    low: &Term,
    high: &Term,
    point: &Environment,
    numbers: Numbers<'_>,
) -> Option<Vec<f64>> {
    let value = |t: &Term| number_at(t, point, numbers);
    let (mut low, mut high) = (value(low)?, value(high)?);
    let reach = || {
        let whole = point.iter().map(|(_, v)| v).filter(|v| v.fract() == 0.0 && *v < MOST);
        whole.fold(REACH, f64::max)
    };
    if high == f64::INFINITY {
        high = reach();
    }
    if low == f64::NEG_INFINITY {
        low = -reach();
    }
    let count = high - low;
    (count.is_finite() && count < MOST).then(|| {
        let mut at = low.ceil();
        std::iter::from_fn(|| {
            let here = at;
            at += 1.0;
            (here <= high).then_some(here)
        })
        .collect()
    })
}

/// Sets functions that are not further known to drawn ones.
pub(super) fn set_functions(
    name: &Symbol,
    sort: Sort,
    family: &Family,
    point: &mut Environment,
    numbers: Numbers<'_>,
    stream: &mut PointStream,
) -> Option<()> {
    for at in indices(family.indices(), point, numbers)? {
        let function = drawn::function(sort, family.arguments(), point, numbers, stream)?;
        point.set_function(name, &at, function);
    }
    Some(())
}

/// The indices in the name of a member: 1 and 2 of `x[1][2]`.
pub(super) fn indices_of(index: &str) -> Vec<f64> {
    index.split("][").map(|k| k.parse().unwrap_or(f64::INFINITY)).collect()
}

/// Whether a name, or the family of that name, has values at a point.
pub(super) fn has_value(point: &Environment, name: &Symbol) -> bool {
    point.get(name).is_some()
        || point.is_function(name)
        || point.iter().any(|(n, _)| member_of(n).is_some_and(|(family, _)| name == family))
}

/// The point as a report shows it: by name, the members of a family by index.
pub(super) fn listed(point: &Environment) -> Vec<(Symbol, f64)> {
    let mut out: Vec<(Symbol, f64)> = point.iter().map(|(n, v)| (n.clone(), v)).collect();
    out.sort_by(|(a, _), (b, _)| match (member_of(a), member_of(b)) {
        (Some((f, i)), Some((g, j))) if f == g => {
            let (i, j) = (indices_of(i), indices_of(j));
            let first = i.iter().zip(&j).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
            first.unwrap_or(i.len().cmp(&j.len()))
        }
        (f, g) => {
            let family = |m: Option<(&str, &str)>, n: &Symbol| {
                m.map_or_else(|| n.as_str().to_owned(), |(family, _)| family.to_owned())
            };
            family(f, a).cmp(&family(g, b))
        }
    });
    out
}
