//! Whether the tail bound that a distribution states is one: tried at random by interval evaluation.

use super::points::Points;
use super::{Numbers, PROTOCOL};
use crate::kernel::Facts;
use crate::numeric::{EnclosureOptions, Environment, Interval, PointStream, enclose, key};
use crate::term::{Node, Symbol, Term, fresh_name};
use crate::theory::{Condition, Distribution, Theory};

/// Parameter points, and pairs of a start and a place beyond it at each.
const POINTS: usize = 24;
const PAIRS: usize = 24;

/// A point at which a tail bound is broken.
#[derive(Clone, Debug, PartialEq)]
pub struct TailBroken {
    /// The parameters, the start of the tail (`t`) and the place beyond it.
    pub at: String,
    /// The density there: where it is at least.
    pub density: f64,
    /// What the bound allows at most.
    pub allowed: f64,
}

/// Whether the tail bound that a distribution states holds at random points: how many were tried. `None` where it
/// states none.
///
/// Parameters, starts t beyond the stated point and places x beyond t are drawn from a stream keyed by the
/// distribution's name; density(x) ≤ density(t)·bound is compared by intervals, so that rounding refutes nothing.
///
/// # Errors
/// [`TailBroken`], where the density certainly exceeds the bound.
pub fn tail_holds(
    distribution: &Distribution,
    theory: &Theory,
) -> Option<Result<usize, TailBroken>> {
    distribution.tail.as_ref()?;
    let facts = facts_of(distribution);
    let numbers = Numbers { theory, facts: &facts };
    let itself = distribution.itself();
    let text = format!("tail of {}", distribution.name);
    let terms: Vec<Term> =
        distribution.parameters.iter().map(|(name, _)| Term::symbol(name.clone())).collect();
    let terms: Vec<&Term> = terms.iter().collect();
    let mut points = Points::new(&text, &terms, numbers)?;
    let mut stream = PointStream::new(key(&text, PROTOCOL, u32::MAX));
    let mut tried = 0;
    for _ in 0..POINTS {
        let Some(at) = points.next_at(None) else { continue };
        let trial = Trial { distribution, itself: &itself, numbers, at };
        for pair in 0..PAIRS {
            match trial.once(&mut stream, pair % 2 == 1) {
                Some(Ok(())) => tried += 1,
                Some(Err(broken)) => return Some(Err(broken)),
                None => {}
            }
        }
    }
    Some(Ok(tried))
}

/// What the parameters of a distribution are.
fn facts_of(distribution: &Distribution) -> Facts {
    let relations = distribution.constraints.iter().filter_map(|c| match c {
        Condition::Compare(relation, a, b) => Some(Term::relation(*relation, a.clone(), b.clone())),
        _ => None,
    });
    Facts {
        sorts: distribution.parameters.iter().cloned().collect(),
        relations: relations.collect(),
        ..Facts::default()
    }
}

struct Trial<'a> {
    distribution: &'a Distribution,
    itself: &'a Term,
    numbers: Numbers<'a>,
    at: Environment,
}

impl Trial<'_> {
    fn value(&self, term: &Term, at: &Environment) -> Option<Interval> {
        enclose(term, at, &self.numbers, &EnclosureOptions::default()).ok()
    }

    /// One start and one place beyond it, above or below; `None` where the support does not reach there.
    fn once(&self, stream: &mut PointStream, below: bool) -> Option<Result<(), TailBroken>> {
        let taken = |name: &Symbol| self.at.get(name).is_some();
        let (t, x) = (fresh_name(&Symbol::new("t"), taken), fresh_name(&Symbol::new("x"), taken));
        let (start, place) = (Term::symbol(t.clone()), Term::symbol(x.clone()));
        let theory = self.numbers.theory;
        let (from, bound) = theory.tail_of(self.itself, &start, &place)?;
        let from = self.value(&from, &self.at)?;
        let way = if below { -1.0 } else { 1.0 };
        let mut gap = || way * stream.log_uniform(0.01, 20.0);
        let round = |v: f64| if self.distribution.discrete { v.round() } else { v };
        let t_at = round(if below { from.lo() } else { from.hi() } + gap());
        let x_at = round(t_at + gap());
        let beyond =
            if below { x_at < t_at && t_at <= from.lo() } else { x_at > t_at && t_at >= from.hi() };
        let inside = |v: f64| self.inside(v) == Some(true);
        if !(beyond && inside(t_at) && inside(x_at)) {
            return None;
        }
        let at = self.at.clone().with(t, t_at).with(x, x_at);
        let density = self.value(&theory.density_of(self.itself, &place)?, &at)?;
        let allowed =
            self.value(&theory.density_of(self.itself, &start)?, &at)? * self.value(&bound, &at)?;
        if density.lo() <= allowed.hi() {
            return Some(Ok(()));
        }
        let at: Vec<String> = at.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        Some(Err(TailBroken { at: at.join(", "), density: density.lo(), allowed: allowed.hi() }))
    }

    fn inside(&self, v: f64) -> Option<bool> {
        let theory = self.numbers.theory;
        let ends = theory.support_of(self.itself).or_else(|| theory.atoms_of(self.itself))?;
        let end = |t: &Term| match t.node() {
            Node::Symbol(name) if name == "oo" => Some(f64::INFINITY),
            Node::Neg(a) if a.as_symbol().is_some_and(|name| name == "oo") => {
                Some(f64::NEG_INFINITY)
            }
            _ => self.value(t, &self.at).map(Interval::middle),
        };
        Some(end(&ends.0)? <= v && v <= end(&ends.1)?)
    }
}
