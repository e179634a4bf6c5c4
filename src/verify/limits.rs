//! Numbers for relations beyond equality: differences at two values of the parameters that a constant must be free of,
//! and formulas over many draws.
//!
//! For `A ~ B` the right side is evaluated on N = 10², 10⁴ and 10⁶ draws, and A must lie within z = 7 standard errors of
//! it. Up to a constant, A at one value of the parameters minus A at another is compared with the same difference of B.

use super::counterexample::{CLEAR, Counterexample};
use super::families::listed;
use super::points::{Points, violated};
use super::{Numbers, PROTOCOL};
use crate::document::MonteCarloView;
use crate::kernel::Facts;
use crate::numeric::{
    Environment, IntervalKind, NumericError, Options, SCALE_FLOOR, Z, estimate, evaluate, key,
    member_of,
};
use crate::term::{Relation, Symbol, Term};
use crate::theory::Theory;

/// Numbers of draws.
const DRAWS: [u64; 3] = [100, 10_000, 1_000_000];

/// Points that are tried.
const POINTS: usize = 12;

/// Points at which draws are made.
const DRAWN: usize = 3;

/// A deviation that grows by more than this with each hundredfold of the draws has no limit in sight.
const GROWTH: f64 = 1.25;

/// Two values of the parameters between which the difference of the sides changes.
pub(super) fn varied(left: &Term, right: &Term, numbers: Numbers<'_>) -> Option<Counterexample> {
    let text = format!("{left} {} {right}", Relation::UpTo.as_str());
    let mut points = Points::new(&text, &[left, right], numbers)?;
    let options = Options { coordinates: 1, ..Options::default() };
    let at = |t: &Term, point: &Environment| evaluate(t, point, &numbers, &options);
    for _ in 0..POINTS {
        let (first, second) = pair(&mut points, numbers)?;
        let sides = [at(left, &first), at(right, &first), at(left, &second), at(right, &second)];
        let [Ok(a), Ok(b), Ok(c), Ok(d)] = sides else { continue };
        let scale = [a, b, c, d].iter().fold(1.0_f64, |m, v| m.max(v.value.abs()));
        let change = (a.value - b.value) - (c.value - d.value);
        let doubt = 4.0 * (a.error + b.error + c.error + d.error);
        if scale.is_finite() && change.abs() > doubt.max(CLEAR * scale) {
            let other = Counterexample::new(listed(&second), c.value, d.value);
            let found = Counterexample::new(listed(&first), a.value, b.value);
            return Some(Counterexample { other: Some(Box::new(other)), ..found });
        }
    }
    None
}

/// A point, and another that differs from it in the parameters that a constant must be free of.
fn pair(points: &mut Points<'_>, numbers: Numbers<'_>) -> Option<(Environment, Environment)> {
    for _ in 0..POINTS {
        let (first, drawn) = (points.next()?, points.next()?);
        let mut second = first.clone();
        for (name, value) in drawn.iter() {
            let family = member_of(name).map(|(family, _)| Symbol::new(family));
            let varies = numbers.facts.up_to.contains(family.as_ref().unwrap_or(name));
            if varies && first.get(name).is_some() {
                second.set(name.clone(), value);
            }
        }
        if violated(&second, numbers).is_none() {
            return Some((first, second));
        }
    }
    None
}

/// A relative change below this is rounding.
const SETTLED: f64 = 1e-9;

/// The numbers of draws of all families.
fn counts(facts: &Facts) -> Vec<Symbol> {
    let ends = facts.draws.keys().filter_map(|name| facts.families.get(name));
    ends.filter_map(|family| family.single()?.1.as_symbol().cloned()).collect()
}

/// A formula whose sums over draws have names.
struct Formula {
    term: Term,
    sums: Vec<Sum>,
}

struct Sum {
    name: Symbol,
    var: Symbol,
    distribution: Term,
    body: Term,
}

impl Formula {
    fn of(term: &Term, facts: &Facts) -> Option<Self> {
        let mut sums = Vec::new();
        let term = named(term, facts, &mut sums);
        let draws_left = term.free_symbols().iter().any(|s| facts.draws.contains_key(s));
        (!draws_left).then_some(Self { term, sums })
    }

    /// The value on so many draws and its standard error; whether the samples allow a verdict.
    fn value(
        &self,
        draws: u64,
        point: &Environment,
        numbers: Numbers<'_>,
        seed: u64,
    ) -> Result<Sampled, NumericError> {
        let mut point = point.clone();
        let mut twice = point.clone();
        for count in counts(numbers.facts) {
            point.set(count.clone(), draws as f64);
            twice.set(count, 2.0 * draws as f64);
        }
        let (mut shifts, mut sound) = (Vec::new(), true);
        for sum in &self.sums {
            let (x, p) = (&sum.var, &sum.distribution);
            let e = estimate(&sum.body, x, p, draws, &point, &numbers, seed)?;
            sound &= e.doubt.is_none();
            point.set(sum.name.clone(), draws as f64 * e.estimate);
            twice.set(sum.name.clone(), 2.0 * draws as f64 * e.estimate);
            shifts.push((sum.name.clone(), draws as f64 * (e.estimate + e.standard_error)));
        }
        let at = |point: &Environment| evaluate(&self.term, point, &numbers, &Options::default());
        let value = at(&point)?;
        // Where the same means on twice as many draws give something else, the limit may be anywhere: 1/N tends to 0.
        let drift = (at(&twice)?.value - value.value).abs();
        sound &= drift <= SETTLED * value.value.abs().max(1.0);
        let mut error = 0.0;
        // The formula is affine in each sum, so that a shift by one standard error shows what that error does to it.
        for (name, shifted) in shifts {
            error += (at(&point.clone().with(name, shifted))?.value - value.value).abs();
        }
        Ok(Sampled { value: value.value, doubt: value.error, standard_error: error, sound })
    }
}

#[derive(Clone, Copy)]
struct Sampled {
    value: f64,
    doubt: f64,
    standard_error: f64,
    sound: bool,
}

impl Sampled {
    fn minus(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            doubt: self.doubt + other.doubt,
            standard_error: self.standard_error + other.standard_error,
            sound: self.sound && other.sound,
        }
    }
}

fn named(t: &Term, facts: &Facts, sums: &mut Vec<Sum>) -> Term {
    let Some(drawn) = facts.sum_over_draws(t) else {
        return t.map_children(|c| named(c, facts, sums));
    };
    // No author can write a name with a bar in it.
    let name = Symbol::new(&format!("sum|{}", sums.len() + 1));
    let (var, distribution, body) = (drawn.var, drawn.distribution, drawn.body);
    sums.push(Sum { name: name.clone(), var, distribution, body });
    Term::symbol(name)
}

/// What the left and the right side are at a number of draws; up to a constant, how each changes between two points.
struct Look {
    point: Environment,
    draws: u64,
    seed: u64,
    left: Sampled,
    right: Sampled,
    /// The deviation grew with every look before.
    growing: bool,
}

impl Look {
    fn gap(&self) -> f64 {
        self.right.value - self.left.value
    }

    fn error(&self) -> f64 {
        self.left.standard_error + self.right.standard_error
    }

    fn band(&self) -> f64 {
        let scale = self.left.value.abs().max(self.right.value.abs());
        Z * self.error() + self.left.doubt + self.right.doubt + 1e-9 * scale
    }

    fn verdict(&self) -> &'static str {
        let inside = self.gap().abs() <= self.band();
        match self.left.sound && self.right.sound && !self.growing && self.gap().is_finite() {
            true if inside => "confirmed",
            true if self.draws >= DRAWS[1] => "refuted",
            _ => "inconclusive",
        }
    }

    fn view(&self) -> MonteCarloView {
        MonteCarloView {
            instances: Vec::new(),
            point: listed(&self.point),
            estimate: self.right.value,
            standard_error: self.error(),
            z: if self.gap() == 0.0 { 0.0 } else { self.gap() / self.error() },
            samples: self.draws,
            seed: self.seed,
            verdict: self.verdict().into(),
            delta: self.gap(),
            resolution: 2.0 * self.band(),
            closed: self.left.value,
            interval: IntervalKind::NormalLimit.as_str().into(),
            reached: (self.gap().abs() + self.band()) / self.left.value.abs().max(SCALE_FLOOR),
        }
    }
}

/// The looks at one point after the other.
fn looks(
    (left, right): (&Term, &Term),
    relation: Relation,
    numbers: Numbers<'_>,
    at_most: usize,
) -> Vec<Vec<Look>> {
    let mut out = Vec::new();
    let facts = numbers.facts;
    let (Some(a), Some(b)) = (Formula::of(left, facts), Formula::of(right, facts)) else {
        return out;
    };
    let mut terms: Vec<Term> = vec![without_names(&a, facts), without_names(&b, facts)];
    terms.extend(a.sums.iter().chain(&b.sums).map(mean));
    let text = format!("{left} {} {right}", relation.as_str());
    let Some(mut points) = Points::new(&text, &terms.iter().collect::<Vec<_>>(), numbers) else {
        return out;
    };
    for index in 0..at_most {
        let next = match relation {
            Relation::TendsUpTo => pair(&mut points, numbers).map(|(p, q)| (p, Some(q))),
            _ => points.next().map(|p| (p, None)),
        };
        let Some((first, second)) = next else { break };
        let seed = key(&text, PROTOCOL, 0x4000_0000 | index as u32);
        let at = |f: &Formula, draws| -> Result<Sampled, NumericError> {
            let value = f.value(draws, &first, numbers, seed)?;
            match &second {
                Some(q) => Ok(value.minus(f.value(draws, q, numbers, seed)?)),
                None => Ok(value),
            }
        };
        let mut here: Vec<Look> = Vec::new();
        let mut spread = 0.0;
        let mut growing = true;
        for draws in DRAWS {
            let (Ok(left), Ok(right)) = (at(&a, draws), at(&b, draws)) else { break };
            let look = Look { point: first.clone(), draws, seed, left, right, growing: false };
            let deviation = look.error() * (draws as f64).sqrt();
            growing &= deviation > GROWTH * spread;
            spread = deviation;
            here.push(Look { growing: growing && draws > DRAWS[0], ..look });
        }
        if let Some(true) = here.last().map(|l| l.growing) {
            here.iter_mut().for_each(|l| l.growing = true);
        }
        out.push(here);
        if first.iter().next().is_none() {
            break;
        }
    }
    out
}

fn without_names(f: &Formula, facts: &Facts) -> Term {
    let (zero, one) = (Term::integer(0), Term::integer(1));
    let term = f.sums.iter().fold(f.term.clone(), |t, s| t.substitute(&s.name, &zero));
    counts(facts).iter().fold(term, |t, count| t.substitute(count, &one))
}

fn mean(s: &Sum) -> Term {
    let over = crate::term::Domain::Over(s.distribution.clone());
    Term::binder(crate::term::BinderOp::Expectation, s.var.clone(), over, s.body.clone())
}

/// What draws say of `left ~ right`: one record for each number of draws.
pub fn draws(
    left: &Term,
    right: &Term,
    relation: Relation,
    facts: &Facts,
    theory: &Theory,
) -> Vec<MonteCarloView> {
    if !matches!(relation, Relation::Tends | Relation::TendsUpTo) {
        return Vec::new();
    }
    let all = looks((left, right), relation, Numbers { theory, facts }, 1);
    all.iter().flatten().map(Look::view).collect()
}

/// Draws that refute `left ~ right`.
pub(super) fn refuted(
    left: &Term,
    right: &Term,
    relation: Relation,
    numbers: Numbers<'_>,
) -> Option<Counterexample> {
    let all = looks((left, right), relation, numbers, DRAWN);
    let look = all.into_iter().flatten().rfind(|look| look.verdict() == "refuted")?;
    let found = Counterexample::new(listed(&look.point), look.left.value, look.right.value);
    Some(Counterexample { draws: Some((look.draws, look.error())), ..found })
}
