//! Admissible points: values of the parameters that meet every assumption, drawn from a stream that the statement keys.
//!
//! Drawn from continuous distributions, so that two distributions never coincide and no scale is one.

use std::collections::BTreeSet;

use super::families::{
    DIMENSIONS, dimensions, has_value, indices, members, number_at, set_functions,
};
use super::sizes::Sizes;
use super::{Numbers, PROTOCOL};
use crate::elaborate::CONSTANTS;
use crate::kernel::{Consequence, Facts, Solved};
use crate::numeric::{
    Environment, NumericError, Options, PointStream, evaluate, key, member, member_of,
};
use crate::term::{Binder, Domain, Node, Relation, Symbol, Term};
use crate::theory::{Family, Sort, dimension, line};

/// Draws before a set of relations counts as one that no point was found for.
const TRIES: usize = 2000;

/// How many of them are near one.
const NEAR: usize = 1500;

/// Sides of an equation that differ by less, relative to them, agree.
const EXACT: f64 = 1e-12;

/// The same where derivatives are computed.
const NEARLY: f64 = 1e-6;

/// Points that are looked for where none may be.
const POINTS: usize = 1;

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
                todo.extend(facts.draws.get(&name).iter().flat_map(|from| from.free_symbols()));
                todo.extend(facts.families.get(&name).iter().flat_map(|family| family.names()));
                out.insert(name);
            }
        }
    }
    out
}

fn on_the_whole_line(distribution: &Term, numbers: Numbers<'_>) -> bool {
    let infinite = |t: &Term| t.mentions(&Symbol::new("oo"));
    let known = numbers.facts.resolve(distribution);
    let declared = known.as_symbol().and_then(|name| numbers.facts.sorts.get(name));
    numbers.theory.support_of(&known).is_some_and(|(low, high)| infinite(&low) && infinite(&high))
        || declared == Some(&Sort::Density)
}

/// Points for a statement, in the order of their index.
pub(super) struct Points<'a> {
    names: Vec<(Symbol, Sort)>,
    families: Vec<(Symbol, Sort, Family)>,
    dimensions: BTreeSet<Symbol>,
    sizes: Option<Sizes>,
    numbers: Numbers<'a>,
    text: String,
    index: u32,
}

impl<'a> Points<'a> {
    /// The points for `terms`, keyed by `text`; `None` where a parameter has no number, as a density has none.
    pub fn new(text: &str, terms: &[&Term], numbers: Numbers<'a>) -> Option<Self> {
        let facts = numbers.facts;
        let (mut names, mut families) = (Vec::new(), Vec::new());
        let tied = tied(terms, facts);
        // Drawn numbers would never meet an equation that is not solved.
        if unsolved(facts).any(|s| !parameters(&[s], facts).is_disjoint(&tied)) {
            return None;
        }
        for name in tied {
            // A draw has values where its distribution has probability only; draws have evidence of their own.
            if facts.draws.get(&name).is_some_and(|d| !on_the_whole_line(d, numbers)) {
                return None;
            }
            match (facts.sorts.get(&name).copied().unwrap_or(Sort::Real), facts.families.get(&name))
            {
                (Sort::Density | Sort::Mass, _) => return None,
                (sort, Some(family)) => families.push((name, sort, family.clone())),
                (sort, None) => names.push((name, sort)),
            }
        }
        let dimensions = dimensions(terms, numbers);
        let sizes = Sizes::of(&dimensions, &names, &families);
        let text = text.to_owned();
        Some(Self { names, families, dimensions, sizes, numbers, text, index: 0 })
    }

    /// The numbers of coordinates at which to draw points: one entry for each point wanted, `None` where the statement
    /// does not leave that number open.
    pub fn plan(&self, otherwise: usize) -> Vec<Option<i64>> {
        match (self.dimensions.is_empty(), &self.sizes) {
            (true, _) => vec![None; otherwise],
            (false, Some(_)) => (1..=Sizes::ROWS).map(Some).collect(),
            (false, None) => DIMENSIONS.map(Some).to_vec(),
        }
    }

    /// The numbers that a statement about functions of vectors is tried with; `None` for any other.
    pub fn sizes(&self) -> Option<&Sizes> {
        self.sizes.as_ref()
    }

    /// The next point, with so many coordinates.
    pub fn next_at(&mut self, dimension: Option<i64>) -> Option<Environment> {
        let mut stream = PointStream::new(key(&self.text, PROTOCOL, self.index));
        let dimension = dimension.or(self.sizes.as_ref().map(|_| i64::from(self.index) + 1));
        self.index += 1;
        (0..TRIES).find_map(|i| {
            // Conditions that nothing near one meets may be met further out.
            let point = self.drawn(dimension, i >= NEAR, &mut stream)?;
            violated(&point, self.numbers).is_none().then_some(point)
        })
    }

    /// The naturals that are ends of families are among the names, so these come first.
    fn drawn(
        &self,
        dimension: Option<i64>,
        far: bool,
        stream: &mut PointStream,
    ) -> Option<Environment> {
        let mut point = Environment::new();
        for (name, sort) in &self.names {
            let fixed = match &self.sizes {
                Some(sizes) => dimension.and_then(|row| sizes.at(row, name)),
                None => dimension.filter(|_| self.dimensions.contains(name)),
            };
            point.set(name.clone(), fixed.map_or_else(|| draw(*sort, far, stream), |d| d as f64));
        }
        for (name, sort, family) in &self.families {
            if family.is_function() {
                set_functions(name, *sort, family, &mut point, self.numbers, stream)?;
                continue;
            }
            for one in members(name, family, &point, self.numbers)? {
                point.set(one, draw(*sort, far, stream));
            }
        }
        self.level(&mut point);
        settle(&mut point, self.numbers)?;
        Some(point)
    }

    /// An equation whose left side is in proportion to its parameters, as that of weights that add up, is met by
    /// scaling them: drawn numbers would never meet it.
    fn level(&self, point: &mut Environment) {
        for relation in &self.numbers.facts.relations {
            let Node::Relation(Relation::Eq, left, right) = relation.node() else { continue };
            let names = parameters(&[left], self.numbers.facts);
            let family = |n: &Symbol| member_of(n).map(|(family, _)| Symbol::new(family));
            let own: Vec<(Symbol, f64)> = point
                .iter()
                .filter(|(n, _)| {
                    names.contains(*n) || family(n).is_some_and(|f| names.contains(&f))
                })
                .filter(|(n, _)| {
                    let sort = family(n).unwrap_or_else(|| (*n).clone());
                    let sort = self.numbers.facts.sorts.get(&sort);
                    !matches!(sort, Some(Sort::Natural | Sort::Integer))
                })
                .map(|(n, v)| (n.clone(), v))
                .collect();
            let value = |t| evaluate(t, point, &self.numbers, &Options::default());
            let (Some(wanted), false) = (right.as_rational(), own.is_empty()) else { continue };
            let Ok(found) = value(left) else { continue };
            let scale = wanted.to_f64() / found.value;
            if scale > 0.0 && scale.is_finite() {
                let scaled =
                    own.iter().fold(point.clone(), |p, (n, v)| p.with(n.clone(), v * scale));
                if holds(relation, &scaled, self.numbers) {
                    *point = scaled;
                }
            }
        }
    }

    /// The seed that belongs to the point drawn last.
    pub fn seed(&self) -> u64 {
        key(&self.text, PROTOCOL, self.index | 0x8000_0000)
    }
}

/// The parameters of terms, and those that relations tie to them. What is said of a density says nothing of numbers.
pub(super) fn tied(terms: &[&Term], facts: &Facts) -> BTreeSet<Symbol> {
    let mut out = parameters(terms, facts);
    let concluded = facts.consequences.iter().map(Consequence::equation);
    let said = facts.at_a_point().filter(|r| !facts.is_abstract(r)).chain(concluded);
    let mut left: Vec<&Term> = said.collect();
    loop {
        let (near, far): (Vec<&Term>, Vec<&Term>) =
            left.into_iter().partition(|r| !parameters(&[r], facts).is_disjoint(&out));
        if near.is_empty() {
            return out;
        }
        near.iter().for_each(|r| out.extend(parameters(&[r], facts)));
        left = far;
    }
}

/// What is supposed and was not solved for any parameter.
fn unsolved(facts: &Facts) -> impl Iterator<Item = &Term> {
    let solved = |s: &Term| facts.consequences.iter().any(|c| c.supposition() == s);
    facts.suppositions.iter().filter(move |s| !solved(s))
}

/// Gives the unknowns of what is supposed the values that follow from the others; `None` where there are none. What is
/// replaced last has a value first.
pub(super) fn settle(point: &mut Environment, numbers: Numbers<'_>) -> Option<()> {
    for consequence in numbers.facts.consequences.iter().rev() {
        let solved = consequence.solved()?;
        settle_all(&solved, &solved.indices, point, numbers)?;
    }
    Some(())
}

fn settle_all(
    solved: &Solved<'_>,
    indices: &[(&Symbol, &Term, &Term)],
    point: &mut Environment,
    numbers: Numbers<'_>,
) -> Option<()> {
    let value = |t: &Term, point: &Environment| {
        evaluate(t, point, &numbers, &Options::default()).ok().map(|v| v.value)
    };
    let Some(((index, low, high), rest)) = indices.split_first() else {
        let names = parameters(&[solved.value], numbers.facts);
        // Names that nothing asked for have no value, and neither has what follows from them.
        if names.iter().any(|n| !has_value(point, n) && !is_index(n, solved)) {
            return Some(());
        }
        let found = value(solved.value, point).filter(|v| v.is_finite())?;
        let name = named_at(solved.unknown, &|t| value(t, point))?;
        point.set(name, found);
        return Some(());
    };
    let range = Domain::Range((*low).clone(), (*high).clone());
    for k in super::families::indices(&[range], point, numbers)?.into_iter().flatten() {
        let mut inner = point.clone().with((*index).clone(), k);
        settle_all(solved, rest, &mut inner, numbers)?;
        for (name, v) in inner.iter().filter(|(name, _)| *name != *index) {
            point.set(name.clone(), v);
        }
    }
    Some(())
}

fn is_index(name: &Symbol, solved: &Solved<'_>) -> bool {
    solved.indices.iter().any(|(index, ..)| *index == name)
}

/// The name under which a point lists a parameter or a member of a family.
pub(super) fn named_at(x: &Term, number: &dyn Fn(&Term) -> Option<f64>) -> Option<Symbol> {
    match x.node() {
        Node::Index(..) => {
            let (name, at) = x.indices()?;
            at.iter().try_fold(name.clone(), |name, i| Some(member(&name, number(i)?)))
        }
        _ => x.as_symbol().cloned(),
    }
}

/// Whether no point is found that meets what is supposed, though it is solved. Where values are not to be had at all, as
/// of densities that are not further known, nothing is said.
pub(super) fn is_void(terms: &[&Term], numbers: Numbers<'_>) -> bool {
    if numbers.facts.suppositions.is_empty() {
        return false;
    }
    Points::new("a point that meets what is supposed", terms, numbers)
        .is_some_and(|points| points.take(POINTS).next().is_none())
}

impl Iterator for Points<'_> {
    type Item = Environment;

    fn next(&mut self) -> Option<Environment> {
        self.next_at(None)
    }
}

fn draw(sort: Sort, far: bool, stream: &mut PointStream) -> f64 {
    match sort {
        Sort::Positive | Sort::Nonnegative if far => stream.log_uniform(0.1, 12.0),
        Sort::Negative if far => -stream.log_uniform(0.1, 12.0),
        Sort::Natural if far => stream.integer(1, 12) as f64,
        Sort::Integer if far => stream.integer(-12, 12) as f64,
        Sort::Positive | Sort::Nonnegative => stream.log_uniform(0.4, 2.5),
        Sort::Negative => -stream.log_uniform(0.4, 2.5),
        Sort::Natural => stream.integer(1, 5) as f64,
        Sort::Integer => stream.integer(-4, 4) as f64,
        Sort::Real
        | Sort::Nonzero
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => stream.uniform(-2.0, 2.0),
    }
}

/// The first assumption that a point breaks, in words.
pub fn violated(point: &Environment, numbers: Numbers<'_>) -> Option<String> {
    for (name, value) in point.iter() {
        let family = member_of(name).map(|(family, _)| Symbol::new(family));
        let Some(sort) = numbers.facts.sorts.get(family.as_ref().unwrap_or(name)) else { continue };
        if !value.is_finite() || !admits(*sort, value) {
            let word = super::texts::sort_word(*sort);
            return Some(format!("{name} = {value}, but {name} is {word}"));
        }
    }
    let broken = |r: &&Term| !holds(r, point, numbers);
    let broken =
        numbers.facts.relations.iter().find(broken).or_else(|| {
            numbers.facts.suppositions.iter().find(|s| !holds_nearly(s, point, numbers))
        })?;
    Some(format!("{broken} does not hold"))
}

/// Whether a value is of the sort.
pub(super) fn admits(sort: Sort, value: f64) -> bool {
    match sort {
        Sort::Real => true,
        Sort::Positive => value > 0.0,
        Sort::Nonnegative => value >= 0.0,
        Sort::Negative => value < 0.0,
        Sort::Nonzero => value != 0.0,
        Sort::Integer => value.fract() == 0.0,
        Sort::Natural => value.fract() == 0.0 && value >= 1.0,
        Sort::Density | Sort::Mass | Sort::Probabilities | Sort::Positives => false,
    }
}

/// A relation that mentions a name without a value says nothing about the point.
pub(super) fn holds(relation: &Term, point: &Environment, numbers: Numbers<'_>) -> bool {
    holds_within(EXACT, relation, point, numbers)
}

/// The same of an equation whose sides may be derivatives, which are known less closely.
fn holds_nearly(relation: &Term, point: &Environment, numbers: Numbers<'_>) -> bool {
    holds_within(NEARLY, relation, point, numbers)
}

fn holds_within(
    tolerance: f64,
    relation: &Term,
    point: &Environment,
    numbers: Numbers<'_>,
) -> bool {
    let (relation, left, right) = match relation.node() {
        Node::Relation(relation, left, right) => (relation, left, right),
        Node::Binder(b) => return for_all(tolerance, b, point, numbers),
        _ => return true,
    };
    let names = parameters(&[left, right], numbers.facts);
    if names.iter().any(|name| !has_value(point, name)) {
        return true;
    }
    let value = |t: &Term| evaluate(t, point, &numbers, &Options::default()).map(|v| v.value);
    let (a, b) = match (value(left), value(right)) {
        (Ok(a), Ok(b)) => (a, b),
        // What follows was proved; that it is too large to compute says nothing against it.
        (Err(e), _) | (_, Err(e)) => {
            let large = matches!(e, NumericError::TooLarge(_) | NumericError::NotConverged(_));
            return large && tolerance == NEARLY;
        }
    };
    // A side that is infinite has no value there, but for the infinity that is written down.
    let infinite =
        |t: &Term| t.any(&mut |s| matches!(s.node(), Node::Symbol(name) if name == "oo"));
    if (!a.is_finite() && !infinite(left)) || (!b.is_finite() && !infinite(right)) {
        return false;
    }
    match relation {
        Relation::Eq => (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0),
        Relation::Le => a <= b,
        Relation::Ge => a >= b,
        Relation::Lt => a < b,
        Relation::Gt => a > b,
        Relation::Ne => a != b,
        Relation::UpTo | Relation::Tends | Relation::TendsUpTo => true,
    }
}

/// A relation over every index of a range; over the line and over all vectors, at places that stand for the others.
fn for_all(tolerance: f64, b: &Binder, point: &Environment, numbers: Numbers<'_>) -> bool {
    let ends = match &b.domain {
        Domain::Range(low, high) => vec![low, high],
        Domain::Over(space) => vec![space],
    };
    if parameters(&ends, numbers.facts).iter().any(|name| point.get(name).is_none()) {
        return true;
    }
    let at =
        |k: f64| holds_within(tolerance, &b.body, &point.clone().with(b.var.clone(), k), numbers);
    if b.domain == line() {
        return (-PLACES..=PLACES).all(|k| at(f64::from(k) * SPACING));
    }
    if let Some(n) = dimension(&b.domain) {
        let Some(n) = number_at(n, point, numbers) else { return true };
        return (0..PLACES).all(|k| {
            // Multiples of irrational numbers, so that no two coordinates go together.
            let coordinate =
                |i: i64| 6.0 * ((f64::from(k) * (2.0 + i as f64).sqrt()).fract() - 0.5);
            let all = (1..=n as i64).map(|i| (member(&b.var, i as f64), coordinate(i)));
            holds_within(
                tolerance,
                &b.body,
                &all.fold(point.clone(), |p, (name, v)| p.with(name, v)),
                numbers,
            )
        });
    }
    match indices(std::slice::from_ref(&b.domain), point, numbers) {
        Some(all) => all.into_iter().flatten().all(at),
        None => true,
    }
}

/// Places on either side of 0 at which an assumption about all real numbers is tried.
const PLACES: i32 = 24;

/// The distance between these places.
const SPACING: f64 = 0.37;
