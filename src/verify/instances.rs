//! Distributions for names that stand for any: each is given one of the theory's own, or a mixture of two, with
//! parameters from a keyed stream. Under such an instance a statement has numbers like any other.
//!
//! An instance is a set of facts in which the name is defined. Every other name is left to the points.

use std::collections::{BTreeMap, BTreeSet};

use super::families::dimensions;
use super::points::{Points, holds, parameters};
use super::{Numbers, PROTOCOL};
use crate::kernel::Facts;
use crate::numeric::{Environment, Options, PointStream, evaluate, key};
use crate::term::{Binder, Domain, Node, Rational, Symbol, Term};
use crate::theory::{Condition, Distribution, Family, Sort, Theory};

/// The numbers of coordinates of instances, in turn.
const DIMENSIONS: [i64; 3] = [2, 1, 3];

/// Draws for one instance, until everything that is assumed of it holds.
const TRIES: usize = 24;

/// Parameters are multiples of one part in so many: a reader can type them.
const PARTS: i64 = 10;

/// Facts under which the names of distributions stand for known ones.
pub(super) struct Instance {
    /// The facts, the names defined.
    pub facts: Facts,
    /// The number of coordinates, where the statement leaves it open.
    pub dimension: Option<i64>,
    /// What the names stand for, as a reader would write it.
    pub shown: Vec<(Symbol, String)>,
    /// What is assumed of the distributions at the values of parameters.
    tied: Vec<Term>,
    index: u32,
}

/// Points that are tried for one instance.
const POINTS: usize = 8;

impl Instance {
    /// Values of the parameters under this instance, with the seed that belongs to them.
    pub fn point(
        &self,
        text: &str,
        terms: &[&Term],
        theory: &Theory,
    ) -> Option<(Environment, u64)> {
        let numbers = Numbers { theory, facts: &self.facts };
        let text = format!("{text} at instance {}", self.index);
        let mut points = Points::new(&text, terms, numbers)?;
        let met = |p: &Environment| self.tied.iter().all(|r| converges(r, p, numbers));
        let point = points.by_ref().take(POINTS).find(met)?;
        Some((point, points.seed()))
    }
}

/// Instances of the distributions that terms leave open; `None` where they leave none open.
pub(super) fn instances<'a>(
    text: &str,
    terms: &[&Term],
    numbers: Numbers<'a>,
) -> Option<impl Iterator<Item = Instance> + use<'a>> {
    let facts = numbers.facts;
    let is_open = |n: &Symbol| facts.sorts.get(n).is_some_and(|s| s.is_distribution());
    let all: Vec<Symbol> = parameters(terms, facts).into_iter().filter(is_open).collect();
    if all.is_empty() {
        return None;
    }
    let mut counts = dimensions(terms, numbers);
    for name in &all {
        let ends = facts.families.get(name).into_iter().flat_map(Family::names);
        let masses = facts.masses.get(name).into_iter().flat_map(|(low, high)| [low, high]);
        counts.extend(
            ends.chain(masses.flat_map(Term::free_symbols))
                .filter(|n| facts.sorts.get(n) == Some(&Sort::Natural)),
        );
    }
    let text = format!("{text} as an instance");
    Some((0..).map_while(move |index| {
        let mut stream = PointStream::new(key(&text, PROTOCOL, index));
        let source = Source { numbers, index };
        (0..TRIES).find_map(|_| source.instance(&all, &counts, &mut stream))
    }))
}

struct Source<'a> {
    numbers: Numbers<'a>,
    index: u32,
}

impl Source<'_> {
    /// One instance; `None` where it breaks an assumption, or no distribution has the support.
    fn instance(
        &self,
        all: &[Symbol],
        counts: &BTreeSet<Symbol>,
        stream: &mut PointStream,
    ) -> Option<Instance> {
        let mut facts = self.numbers.facts.clone();
        let mut shown = Vec::new();
        let dimension = DIMENSIONS[self.index as usize % DIMENSIONS.len()];
        for name in counts {
            let masses = self.numbers.facts.masses.values();
            let atoms = masses.flat_map(|(_, high)| high.free_symbols()).any(|n| n == *name);
            // One atom would make all masses equal.
            let count = if atoms { dimension + 1 } else { dimension };
            define(&mut facts, name, Term::integer(count));
            shown.push((name.clone(), count.to_string()));
        }
        for name in all {
            let term = match self.numbers.facts.families.get(name) {
                None => self.one(name, &facts, stream)?,
                Some(family) => {
                    // Of several indices, or of arguments, a vector cannot say it.
                    let (low, high) = family.single()?;
                    let (low, high) = (self.number(low, &facts)?, self.number(high, &facts)?);
                    if low != 1 {
                        return None;
                    }
                    let members = (low..=high).map(|_| self.one(name, &facts, stream));
                    Term::vector(members.collect::<Option<_>>()?)
                }
            };
            shown.push((name.clone(), written(&term)));
            define(&mut facts, name, term);
            facts.families.remove(name);
            facts.masses.remove(name);
        }
        let tied = self.assumed(&mut facts)?;
        let dimension = (!counts.is_empty()).then_some(dimension);
        Some(Instance { facts, dimension, shown, tied, index: self.index })
    }

    fn number(&self, t: &Term, facts: &Facts) -> Option<i64> {
        let numbers = Numbers { facts, ..self.numbers };
        let value = evaluate(t, &Environment::new(), &numbers, &Options::default()).ok()?.value;
        (value.fract() == 0.0 && value.abs() < 64.0).then_some(value as i64)
    }

    /// A distribution for a name: every other one is a mixture, so that not all are of one family.
    fn one(&self, name: &Symbol, facts: &Facts, stream: &mut PointStream) -> Option<Term> {
        let infinite = || (Term::neg(Term::symbol("oo")), Term::symbol("oo"));
        let discrete = facts.sorts.get(name) == Some(&Sort::Mass);
        let ends = match facts.masses.get(name) {
            Some((low, high)) => (written_out(facts, low), written_out(facts, high)),
            None if discrete => return None,
            None => infinite(),
        };
        if let Some(known) = self.by_probabilities(&ends) {
            let count = self.number(&ends.1, facts)?;
            let weights: Vec<i64> = (0..count).map(|_| stream.integer(1, PARTS)).collect();
            let total = weights.iter().sum();
            let parts = weights.iter().map(|w| Some(Term::rational(&Rational::new(*w, total)?)));
            let vector = Term::vector(parts.collect::<Option<_>>()?);
            return Some(Term::call(known.name.clone(), vec![vector]));
        }
        let mixed = stream.uniform(0.0, 1.0) < 0.5;
        let first = self.concrete(&ends, discrete, stream)?;
        if !mixed {
            return Some(first);
        }
        let second = self.concrete(&ends, discrete, stream)?;
        let share = stream.integer(2, PARTS - 2);
        let weight = |n: i64| Rational::new(n, PARTS).map(|r| Term::rational(&r));
        let parts = vec![weight(share)?, first, weight(PARTS - share)?, second];
        Some(Term::call("mixture", parts))
    }

    /// A distribution on the integers from one whose only parameter is the vector of their probabilities.
    fn by_probabilities(&self, (low, high): &(Term, Term)) -> Option<&Distribution> {
        let finite = low.as_rational() == Some(Rational::ONE) && high.as_rational().is_some();
        let vector = |d: &&Distribution| {
            d.discrete && matches!(d.parameters.as_slice(), [(_, Sort::Probabilities)])
        };
        if finite { self.numbers.theory.distributions().iter().find(vector) } else { None }
    }

    /// One of the theory's own distributions with these ends.
    fn concrete(
        &self,
        ends: &(Term, Term),
        discrete: bool,
        stream: &mut PointStream,
    ) -> Option<Term> {
        let fits = |d: &&Distribution| {
            d.discrete == discrete
                && d.space.is_none()
                && d.support == *ends
                && d.parameters.iter().all(|(_, s)| !s.is_distribution() && !s.is_vector())
        };
        // The first ones of the theory: the tails of others may be so heavy that a divergence is infinite.
        let most = if discrete { 2 } else { 1 };
        let all: Vec<&Distribution> =
            self.numbers.theory.distributions().iter().filter(fits).take(most).collect();
        let last = i64::try_from(all.len()).ok()?.checked_sub(1).filter(|n| *n >= 0)?;
        let known = all[usize::try_from(stream.integer(0, last)).ok()?];
        (0..TRIES).find_map(|_| {
            let values = known.parameters.iter().map(|(n, s)| (n.clone(), drawn(*s, stream)));
            let values: Vec<(Symbol, i64)> = values.collect();
            let point: Environment =
                values.iter().map(|(n, v)| (n.clone(), *v as f64 / PARTS as f64)).collect();
            let admitted = known.constraints.iter().all(|condition| match condition {
                Condition::Compare(r, a, b) => {
                    let relation = Term::relation(*r, a.clone(), b.clone());
                    holds(&relation, &point, self.numbers)
                }
                _ => true,
            });
            let arguments = values.iter().map(|(_, v)| Rational::new(*v, PARTS));
            let arguments = arguments.map(|r| r.map(|r| Term::rational(&r)));
            admitted
                .then(|| Some(Term::call(known.name.clone(), arguments.collect::<Option<_>>()?)))?
        })
    }

    /// Checks what is assumed of the distributions alone, once, and takes it out of the facts. Returns what ties them to
    /// parameters.
    fn assumed(&self, facts: &mut Facts) -> Option<Vec<Term>> {
        let (about, rest): (Vec<Term>, Vec<Term>) = std::mem::take(&mut facts.relations)
            .into_iter()
            .partition(|r| self.numbers.facts.is_abstract(r));
        facts.relations = rest;
        // What is said of other distributions says nothing of these.
        let own = about.into_iter().filter(|r| !facts.is_abstract(r));
        let (alone, tied): (Vec<Term>, Vec<Term>) =
            own.partition(|r| parameters(&[r], facts).is_empty());
        let numbers = Numbers { facts, ..self.numbers };
        let met = alone.iter().all(|r| converges(r, &Environment::new(), numbers));
        met.then_some(tied)
    }
}

/// Whether an assumption holds: that an expectation converges is believed where it has a finite value.
fn converges(r: &Term, point: &Environment, numbers: Numbers<'_>) -> bool {
    match r.node() {
        Node::Call(f, arguments) if *f == "integrable" => arguments.iter().all(|t| {
            evaluate(t, point, &numbers, &Options::default()).is_ok_and(|v| v.value.is_finite())
        }),
        Node::Binder(Binder { var, domain: Domain::Range(low, high), body, .. }) => {
            let end = |t: &Term| evaluate(t, point, &numbers, &Options::default());
            let (Ok(low), Ok(high)) = (end(low), end(high)) else { return false };
            let count = high.value - low.value;
            count < 64.0
                && (0..=count.max(-1.0) as i64).all(|k| {
                    let inner = point.clone().with(var.clone(), low.value + k as f64);
                    converges(body, &inner, numbers)
                })
        }
        _ => holds(r, point, numbers),
    }
}

fn define(facts: &mut Facts, name: &Symbol, value: Term) {
    facts.sorts.remove(name);
    facts.definitions.insert(name.clone(), value);
}

fn written_out(facts: &Facts, t: &Term) -> Term {
    let map: BTreeMap<Symbol, Term> = t
        .free_symbols()
        .into_iter()
        .filter_map(|n| Some((n.clone(), facts.definitions.get(&n)?.clone())))
        .collect();
    t.substitute_all(&map)
}

/// A parameter in parts, away from its ends.
fn drawn(sort: Sort, stream: &mut PointStream) -> i64 {
    let parts = PARTS as f64;
    match sort {
        Sort::Positive | Sort::Nonnegative => (stream.log_uniform(0.3, 2.5) * parts).round() as i64,
        Sort::Negative => -(stream.log_uniform(0.3, 2.5) * parts).round() as i64,
        Sort::Natural => PARTS * stream.integer(1, 5),
        Sort::Integer => PARTS * stream.integer(-4, 4),
        _ => (stream.uniform(-2.0, 2.0) * parts).round() as i64,
    }
}

/// The term with decimal numbers in place of fractions, where they are no longer.
fn written(t: &Term) -> String {
    if let Some(r) = t.as_rational() {
        let parts = &r * &Rational::from(PARTS);
        return match parts.to_i64().filter(|_| parts.is_integer()) {
            Some(n) => format!("{}", n as f64 / PARTS as f64),
            None => t.to_string(),
        };
    }
    let list = |items: &[Term]| items.iter().map(written).collect::<Vec<_>>().join(", ");
    match (t.as_vector(), t.node()) {
        (Some(items), _) => format!("[{}]", list(items)),
        (None, Node::Call(name, arguments)) => format!("{name}({})", list(arguments)),
        _ => t.to_string(),
    }
}
