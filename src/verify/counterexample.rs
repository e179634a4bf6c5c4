//! A point at which a claim is clearly false.

use std::collections::BTreeMap;

use super::compare::discrepancy;
use super::families::{listed, members, set_functions};
use super::instances::{Instance, instances};
use super::limits;
use super::points::{Points, settle, tied, violated};
use super::sizes::Sizes;
use super::{Numbers, PROTOCOL, drawn};
use crate::kernel::{Facts, Kernel};
use crate::numeric::{
    EnclosureOptions, Environment, Memory, NumericError, Options, PointStream, Value, divergent,
    enclose, evaluate, evaluate_after, has_kinks, key,
};
use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::{Sort, Theory};

/// Instances of unknown distributions that are tried at least.
const FEW: usize = 3;

/// Keyed points that are tried after the simple ones.
const DRAWN: usize = 40;

/// Integrals over more coordinates are not tried.
const COORDINATES: usize = 2;

/// Points with integrals that do not settle, before the search is given up.
const PATIENCE: usize = 4;

/// A relative difference below this is not shown to a reader as a counterexample.
pub(super) const CLEAR: f64 = 1e-7;

/// A point and the values of both sides there.
#[derive(Clone, PartialEq, Debug)]
pub struct Counterexample {
    /// What names of unknown distributions stand for there.
    pub instances: Vec<(Symbol, String)>,
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// The left side.
    pub left: f64,
    /// The right side.
    pub right: f64,
    /// Up to a constant: another point, at which the sides differ by something else.
    pub other: Option<Box<Counterexample>>,
    /// For a limit: the number of draws that the sides were evaluated on, and the standard error of their difference.
    pub draws: Option<(u64, f64)>,
}

impl Counterexample {
    pub(super) fn new(point: Vec<(Symbol, f64)>, left: f64, right: f64) -> Self {
        Self { instances: Vec::new(), point, left, right, other: None, draws: None }
    }

    /// The values of both sides at a point.
    pub(super) fn at(point: &Environment, left: f64, right: f64) -> Self {
        Self { instances: drawn::listed(point), ..Self::new(listed(point), left, right) }
    }
}

/// Values of integrals and sums that were computed in earlier searches: one quantity is claimed to be several things.
#[derive(Default)]
pub struct Values {
    known: BTreeMap<String, Result<Value, NumericError>>,
    /// The ends of rigorous enclosures.
    enclosed: BTreeMap<String, Option<(f64, f64)>>,
    gave_up: bool,
}

impl Values {
    /// Whether the last search gave up because its integrals were too much.
    pub(super) fn gave_up(&self) -> bool {
        self.gave_up
    }
}

/// A left side under one set of assumptions.
struct Left<'a> {
    term: &'a Term,
    numbers: Numbers<'a>,
    options: &'a Options,
    /// All that a value depends on besides the point: equal keys have equal values.
    key: String,
}

impl<'a> Left<'a> {
    fn new(term: &'a Term, numbers: Numbers<'a>, options: &'a Options) -> Self {
        let Numbers { theory, facts } = numbers;
        let key = format!("{:?} {term} {options:?} {facts:?}", std::ptr::from_ref(theory));
        Self { term, numbers, options, key }
    }

    fn key(&self, point: &Environment) -> String {
        format!("{point:?} {}", self.key)
    }

    fn value(
        &self,
        point: &Environment,
        values: &mut Values,
        memory: &Memory,
    ) -> Result<Value, NumericError> {
        let key = self.key(point);
        if let Some(known) = values.known.get(&key) {
            return known.clone();
        }
        let value = evaluate_after(self.term, point, &self.numbers, self.options, memory);
        if value.as_ref().map_or(true, |v| v.evaluations > 0) {
            values.known.insert(key, value.clone());
        }
        value
    }

    fn enclosure(&self, point: &Environment, values: &mut Values) -> Option<(f64, f64)> {
        let find = || enclosure(self.term, point, self.numbers);
        *values.enclosed.entry(self.key(point)).or_insert_with(find)
    }
}

/// Searches for an admissible point where `left relation right` fails by more than the errors of both sides.
pub fn counterexample(
    left: &Term,
    right: &Term,
    relation: Relation,
    facts: &Facts,
    theory: &Theory,
) -> Option<Counterexample> {
    counterexample_after((left, right), relation, facts, theory, &mut Values::default())
}

/// As [`counterexample`], with the values of searches before it.
pub(super) fn counterexample_after(
    (left, right): (&Term, &Term),
    relation: Relation,
    facts: &Facts,
    theory: &Theory,
    values: &mut Values,
) -> Option<Counterexample> {
    let numbers = Numbers { theory, facts };
    if let Some(found) = beyond(left, right, relation, numbers) {
        return found;
    }
    let options = Options { coordinates: COORDINATES, ..Options::default() };
    search((left, right), relation, numbers, DRAWN, &options, values)
}

/// As [`counterexample_after`], of what both sides were derived to be: where their own integrals were too much.
pub(super) fn counterexample_of_forms(
    (left, right): (&Term, &Term),
    relation: Relation,
    facts: &Facts,
    theory: &Theory,
    values: &mut Values,
) -> Option<Counterexample> {
    let numbers = Numbers { theory, facts };
    let options = Options { coordinates: 1, grid: COORDINATES, ..Options::default() };
    search((left, right), relation, numbers, DRAWN, &options, values)
}

/// As [`counterexample`], for what is proved already: few points where an integral is to be computed, and many where
/// `closed`, what the left side was derived to be, takes its place.
pub fn objection(
    (left, closed): (&Term, &Term),
    right: &Term,
    relation: Relation,
    facts: &Facts,
    theory: &Theory,
) -> Option<Counterexample> {
    let numbers = Numbers { theory, facts };
    if let Some(found) = beyond(left, right, relation, numbers) {
        return found;
    }
    let options = Options { coordinates: 1, grid: COORDINATES, ..Options::default() };
    let values = &mut Values::default();
    search((left, right), relation, numbers, 0, &options, values)
        .or_else(|| search((closed, right), relation, numbers, DRAWN, &options, values))
}

/// The search for a relation of which one point says nothing.
fn beyond(
    left: &Term,
    right: &Term,
    relation: Relation,
    numbers: Numbers<'_>,
) -> Option<Option<Counterexample>> {
    match relation {
        Relation::UpTo => Some(limits::varied(left, right, numbers)),
        Relation::Tends | Relation::TendsUpTo => {
            Some(limits::refuted(left, right, relation, numbers))
        }
        _ => None,
    }
}

fn search(
    (left, right): (&Term, &Term),
    relation: Relation,
    numbers: Numbers<'_>,
    drawn: usize,
    options: &Options,
    values: &mut Values,
) -> Option<Counterexample> {
    values.gave_up = false;
    let text = format!("{left} {} {right}", relation.as_str());
    if [left, right].iter().any(|t| numbers.facts.fixed_variable(t).is_some()) {
        return None;
    }
    if let Some(instances) = instances(&text, &[left, right], numbers) {
        return at_instances(
            (left, right),
            relation,
            instances.take(drawn.max(FEW)),
            numbers,
            options,
            values,
        );
    }
    let points = Points::new(&text, &[left, right], numbers)?;
    // Integrals inside integrals over several coordinates would take too long at each point.
    let inner = Options { coordinates: 1, grid: COORDINATES, ..options.clone() };
    let options = if points.sizes().is_some() { &inner } else { options };
    // Simple points are where functions have their kinks, and derivatives have no value.
    let kinked = [left, right].iter().any(|t| t.any(&mut differentiates_kinks));
    // What follows from suppositions may put every point on a kink.
    if kinked && !numbers.facts.consequences.is_empty() {
        return None;
    }
    let simple = if kinked { Vec::new() } else { simple(left, right, points.sizes(), numbers) };
    let left = Left::new(left, numbers, options);
    let mut failures = 0;
    for point in simple.into_iter().chain(points.take(drawn)) {
        match fails_at((&left, right), relation, &point, values) {
            Ok(None) => {}
            Ok(found) => return found,
            // An integral that does not settle at one point seldom does at the next, and each takes its time.
            Err(NumericError::NotConverged(_) | NumericError::TooLarge(_))
                if failures < PATIENCE =>
            {
                failures += 1;
            }
            Err(NumericError::NotConverged(_) | NumericError::TooLarge(_)) => {
                values.gave_up = true;
                return None;
            }
            Err(_) => {}
        }
    }
    values.gave_up = failures > 0;
    None
}

/// As [`search`], where distributions are known ones, one point for each instance.
fn at_instances(
    (left, right): (&Term, &Term),
    relation: Relation,
    instances: impl Iterator<Item = Instance>,
    numbers: Numbers<'_>,
    options: &Options,
    values: &mut Values,
) -> Option<Counterexample> {
    let text = format!("{left} {} {right}", relation.as_str());
    let mut failures = 0;
    for instance in instances {
        let Some((point, _)) = instance.point(&text, &[left, right], numbers.theory) else {
            continue;
        };
        let numbers = Numbers { facts: &instance.facts, ..numbers };
        match fails_at((&Left::new(left, numbers, options), right), relation, &point, values) {
            Ok(None) => {}
            Ok(found) => {
                return found.map(|mut c| {
                    c.instances.splice(0..0, instance.shown.clone());
                    c
                });
            }
            Err(_) => failures += 1,
        }
        if failures > PATIENCE {
            return None;
        }
    }
    None
}

fn fails_at(
    (left, right): (&Left<'_>, &Term),
    relation: Relation,
    point: &Environment,
    values: &mut Values,
) -> Result<Option<Counterexample>, NumericError> {
    let Left { term, numbers, options, .. } = *left;
    let memory = Memory::default();
    let a = left.value(point, values, &memory);
    let b = evaluate_after(right, point, &numbers, options, &memory);
    if let Some(found) = infinite((term, &a), (right, &b), relation, point, numbers) {
        return Ok(Some(found));
    }
    let (a, b) = (a?, b?);
    if !a.value.is_finite() || !b.value.is_finite() {
        // An infinite value may be ∞ − ∞ seen from one side; it refutes nothing.
        return Ok(None);
    }
    let scale = a.value.abs().max(b.value.abs()).max(1.0);
    let doubt = if scale.is_finite() { 4.0 * (a.error + b.error) / scale } else { 0.0 };
    let fails = match relation {
        Relation::Lt | Relation::Gt | Relation::Ne => {
            // Exact equality is not decided by numbers; a strict relation fails where the weak one does.
            let weak = if relation == Relation::Lt { Relation::Le } else { Relation::Ge };
            relation != Relation::Ne && discrepancy(weak, a.value, b.value) > doubt.max(CLEAR)
        }
        _ => discrepancy(relation, a.value, b.value) > doubt.max(CLEAR),
    };
    let found = fails
        && is_defined(term, point, numbers)
        && !is_excluded(a.value, left.enclosure(point, values))
        && is_defined(right, point, numbers)
        && !is_excluded(b.value, enclosure(right, point, numbers));
    Ok(found.then(|| Counterexample::at(point, a.value, b.value)))
}

/// One side is finite, and the other an integral or a sum that certainly diverges, which no evaluation can show.
fn infinite(
    (left, a): (&Term, &Result<Value, NumericError>),
    (right, b): (&Term, &Result<Value, NumericError>),
    relation: Relation,
    point: &Environment,
    numbers: Numbers<'_>,
) -> Option<Counterexample> {
    // At a point where something that is assumed to converge does not, nothing is claimed.
    let assumed = numbers.facts.relations.iter().all(|r| matches!(r.node(), Node::Relation(..)));
    let compares = matches!(
        relation,
        Relation::Eq | Relation::Le | Relation::Ge | Relation::Lt | Relation::Gt
    );
    if !(assumed && compares) {
        return None;
    }
    let finite = |v: &Result<Value, NumericError>| {
        v.as_ref().ok().map(|v| v.value).filter(|v| v.is_finite())
    };
    let open = |v: &Result<Value, NumericError>| match v {
        Ok(v) => v.value.is_infinite(),
        Err(e) => matches!(e, NumericError::Divergent(_) | NumericError::NotConverged(_)),
    };
    let certain = |t: &Term| divergent(t, point, &numbers, &EnclosureOptions::default());
    let (x, y) = match (finite(a), finite(b)) {
        (None, Some(y)) if open(a) => (certain(left)?, y),
        (Some(x), None) if open(b) => (x, certain(right)?),
        _ => return None,
    };
    let fails = discrepancy(relation, x, y) > CLEAR;
    let defined = || is_defined(left, point, numbers) && is_defined(right, point, numbers);
    (fails && defined()).then(|| Counterexample::at(point, x, y))
}

/// Whether a rigorous enclosure says that a value is wrong: quadrature may miss a narrow part of an integrand.
fn is_excluded(value: f64, known: Option<(f64, f64)>) -> bool {
    known.is_some_and(|(lo, hi)| {
        let slack = CLEAR * value.abs().max(1.0);
        value < lo - slack || value > hi + slack
    })
}

fn enclosure(t: &Term, point: &Environment, numbers: Numbers<'_>) -> Option<(f64, f64)> {
    let known = enclose(t, point, &numbers, &EnclosureOptions::default()).ok()?;
    Some((known.lo(), known.hi()))
}

/// Whether a term has a value at the point. Floating point gives exp(−1/0) one.
fn is_defined(t: &Term, point: &Environment, numbers: Numbers<'_>) -> bool {
    let needs = Kernel::new(numbers.theory, numbers.facts.clone()).needs(t);
    needs.iter().all(|(of, relation)| {
        let value = evaluate(of, point, &numbers, &Options::default());
        value.is_ok_and(|v| match relation {
            _ if !v.value.is_finite() => false,
            Relation::Ne => v.value.abs() > v.error,
            Relation::Gt => v.value > v.error,
            _ => v.value >= 0.0,
        })
    })
}

fn differentiates_kinks(t: &Term) -> bool {
    matches!(t.node(), Node::Derivative(_, body) if has_kinks(body))
}

/// Small numbers that a reader can check by hand: distinct where possible, never one for a scale.
fn simple(
    left: &Term,
    right: &Term,
    sizes: Option<&Sizes>,
    numbers: Numbers<'_>,
) -> Vec<Environment> {
    const SETS: [([f64; 4], [f64; 4]); 5] = [
        ([1.0, 0.0, 2.0, -1.0], [2.0, 3.0, 0.5, 4.0]),
        ([0.0, 1.0, -1.0, 2.0], [2.0, 0.5, 3.0, 4.0]),
        ([-1.0, 2.0, 3.0, 5.0], [0.5, 2.0, 4.0, 3.0]),
        // What holds near one may fail far from it.
        ([10.0, -10.0, 30.0, -30.0], [30.0, 50.0, 20.0, 40.0]),
        ([0.01, -0.01, 0.02, -0.02], [0.01, 0.02, 0.05, 0.03]),
    ];
    // Wide distributions make functions that are not further known swing fast.
    const TAME: usize = 3;
    let names = tied(&[left, right], numbers.facts);
    let apart = if sizes.is_some() { 0.25 } else { 5.0 };
    let order: Vec<(i64, usize, usize)> = match sizes {
        // One of everything first, which a reader can follow.
        Some(_) => {
            let one = (0..TAME * TAME).map(|k| (0, (k / TAME + k) % TAME, k % TAME));
            one.chain((1..=Sizes::ROWS).zip(0..).map(|(row, set)| (row, set, set))).collect()
        }
        None => (0..SETS.len()).map(|set| (0, set, set)).collect(),
    };
    let mut out = Vec::new();
    for (index, (row, real, positive)) in (0..).zip(order) {
        let (reals, positives) = (SETS[real].0, SETS[positive].1);
        let (mut r, mut p) = (0, 0);
        let next = |values: &[f64; 4], i: &mut usize| {
            let value = values[*i % 4] + (*i / 4) as f64 * apart;
            *i += 1;
            value
        };
        let mut value = |name: &Symbol| match numbers.facts.sorts.get(name) {
            Some(Sort::Positive | Sort::Nonnegative) => next(&positives, &mut p),
            Some(Sort::Natural) => next(&[2.0, 3.0, 1.0, 4.0], &mut p),
            Some(Sort::Negative) => -next(&positives, &mut p),
            _ => next(&reals, &mut r),
        };
        let family = |name: &&Symbol| numbers.facts.families.contains_key(*name);
        let single = names.iter().filter(|n| !family(n));
        let size = |name: &Symbol| sizes.and_then(|s| s.at(row, name));
        let mut number = |name: &Symbol| size(name).map_or_else(|| value(name), |n| n as f64);
        let mut point: Environment = single.map(|name| (name.clone(), number(name))).collect();
        for name in names.iter().filter(family) {
            let family = &numbers.facts.families[name];
            let sort = numbers.facts.sorts.get(name).copied().unwrap_or(Sort::Real);
            let mut stream = PointStream::new(key(name.as_str(), PROTOCOL, index));
            if family.is_function()
                && set_functions(name, sort, family, &mut point, numbers, &mut stream).is_none()
            {
                return Vec::new();
            }
            for one in members(name, family, &point, numbers).unwrap_or_default() {
                point.set(one, value(name));
            }
        }
        let settled = settle(&mut point, numbers).is_some();
        if settled && violated(&point, numbers).is_none() {
            out.push(point);
        }
    }
    out
}
