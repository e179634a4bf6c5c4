//! Comparison at points: the two sides of every step, and the statement's own integral against the closed form.

use std::collections::HashMap;

use super::Numbers;
use super::compare::{Verdict, compare, discrepancy};
use super::families::listed;
use super::instances::{Instance, instances};
use super::points::{Points, named_at, violated};
use crate::derive::{Derivation, Status};
use crate::document::{DeterministicView, QuadratureView, SolutionView};
use crate::kernel::{Equivalence, Justification, Step};
use crate::numeric::{
    EnclosureOptions, Environment, Interval, Memory, NumericError, Options, Value, enclose,
    evaluate, evaluate_after,
};
use crate::term::{HOLE, Node, Path, Relation, Symbol, Term};
use crate::theory::Theory;

/// Points at which every step is compared.
const POINTS: usize = 3;

/// The definition is integrated over at most so many coordinates; beyond them it is left to sampling.
const COORDINATES: usize = 2;

/// Sides that differ by less, relative to them, agree: derivatives are known to about nine digits.
const SOLVED: f64 = 1e-7;

/// Steps are compared where their integrals have at most so many.
const STEP_COORDINATES: usize = 1;

/// The same of averages of functions that are not further known, by one grid.
const GRID: usize = 2;

/// Intervals wider than this, relative to what lies in them, do not show that two values agree.
const NARROW: f64 = 1e-4;

/// Integrals are cut into at most so many pieces for that.
const PIECES: usize = 4096;

/// Compares the two sides of every step at keyed points, and the statement with its closed form by quadrature.
pub fn deterministic(derivation: &Derivation, theory: &Theory) -> DeterministicView {
    at_points(derivation, theory, POINTS, |at| compared(derivation, at))
}

/// What is done at points of a statement: at `wanted` of each kind.
pub(super) fn at_points<T>(
    derivation: &Derivation,
    theory: &Theory,
    wanted: usize,
    act: impl FnOnce(Vec<Sampler<'_>>) -> T,
) -> T {
    let numbers = Numbers { theory, facts: &derivation.facts };
    let text = derivation.statement.to_string();
    let terms = [&derivation.statement, &derivation.result];
    let instances: Vec<Instance> =
        instances(&text, &terms, numbers).into_iter().flatten().take(wanted).collect();
    let mut at = Vec::new();
    for instance in &instances {
        let Some((point, _)) = instance.point(&text, &terms, theory) else { continue };
        let numbers = Numbers { theory, facts: &instance.facts };
        let shown = instance.shown.clone();
        at.push(Sampler { shown, ..Sampler::new(instance.dimension, point, numbers) });
    }
    if let Some(mut points) = Points::new(&text, &terms, numbers) {
        let plan = points.plan(wanted);
        let grid = if points.sizes().is_some() { GRID } else { 0 };
        let drawn = plan.into_iter().filter_map(|d| Some((d, points.next_at(d)?)));
        at.extend(drawn.map(|(d, p)| Sampler { grid, ..Sampler::new(d, p, numbers) }));
    }
    act(at)
}

fn compared(derivation: &Derivation, mut at: Vec<Sampler<'_>>) -> DeterministicView {
    let open = at.iter().any(|s| s.dimension.is_some());
    let mut view = DeterministicView {
        steps_checked: 0,
        points: at.len(),
        max_discrepancy: 0.0,
        quadrature: None,
        solution: None,
        ok: true,
        message: String::new(),
    };
    if at.len() < POINTS && (!open || at.is_empty()) {
        view.message = "no admissible points with numbers were found".into();
        return view;
    }
    let (mut left_out, mut partly) = (Vec::new(), 0);
    for (index, step) in derivation.steps().enumerate() {
        let checked = check_step(step, &mut at, &mut view);
        partly += usize::from(checked.as_ref().is_ok_and(|(_, everywhere)| !everywhere));
        match checked.map(|(verdict, _)| verdict) {
            Ok(Verdict::Agrees) => view.steps_checked += 1,
            Ok(Verdict::Differs) => {
                view.steps_checked += 1;
                fail(&mut view, format!("step {} changes the value", index + 1));
            }
            Ok(Verdict::Undecided) => left_out.push((index + 1, "no precise value".to_owned())),
            Err(e) => left_out.push((index + 1, e.to_string())),
        }
    }
    match &derivation.unknown {
        Some(x) if derivation.status == Status::Proved => {
            at_the_solution(derivation, x, &at, &mut view);
        }
        Some(_) => {}
        None => by_quadrature(derivation, &mut at, &mut view),
    }
    if view.message.is_empty()
        && let Some((step, why)) = left_out.first()
    {
        view.message = format!("{} steps were not compared; step {step}: {why}", left_out.len());
    }
    if view.message.is_empty() && partly > 0 {
        view.message = format!(
            "{partly} steps have integrals over several coordinates and were compared at up to \
             {STEP_COORDINATES} coordinate only"
        );
    }
    view
}

fn fail(view: &mut DeterministicView, message: String) {
    if view.ok {
        view.message = message;
    }
    view.ok = false;
}

/// The values at one point, each term once.
pub(super) struct Sampler<'a> {
    dimension: Option<i64>,
    pub shown: Vec<(Symbol, String)>,
    pub point: Environment,
    numbers: Numbers<'a>,
    /// Coordinates of integrals that one grid may run through.
    grid: usize,
    known: HashMap<Term, Result<Value, NumericError>>,
    memory: Memory,
}

impl<'a> Sampler<'a> {
    fn new(dimension: Option<i64>, point: Environment, numbers: Numbers<'a>) -> Self {
        let (shown, known, memory) = Default::default();
        Self { dimension, shown, point, numbers, grid: 0, known, memory }
    }

    pub fn value(&mut self, term: &Term) -> Result<Value, NumericError> {
        self.value_within(STEP_COORDINATES, term)
    }

    fn value_within(&mut self, coordinates: usize, term: &Term) -> Result<Value, NumericError> {
        if let Some(known) = self.known.get(term) {
            return known.clone();
        }
        let options = Options {
            tolerance: 1e-10,
            max_evaluations: 1 << 15,
            coordinates,
            grid: self.grid,
            ..Options::default()
        };
        let value = evaluate_after(term, &self.point, &self.numbers, &options, &self.memory);
        self.known.insert(term.clone(), value.clone());
        value
    }
}

impl Sampler<'_> {
    /// Whether the numbers of two terms differ by their own fault. Errors of quadratures are estimates, and do not know
    /// what differences of large numbers lose.
    fn is_noise(&self, a: &Term, b: &Term, gap: f64) -> bool {
        self.meet(a, b) || gap <= 10.0 * (self.tremor(a) + self.tremor(b))
    }

    /// Whether two terms lie in narrow intervals that meet.
    fn meet(&self, a: &Term, b: &Term) -> bool {
        let options = EnclosureOptions { width: NARROW, pieces: PIECES };
        let enclosed = |t: &Term| enclose(t, &self.point, &self.numbers, &options).ok();
        let narrow = |i: &Interval| i.is_finite() && i.width() <= NARROW * i.magnitude().max(1.0);
        let (Some(a), Some(b)) = (enclosed(a).filter(narrow), enclosed(b).filter(narrow)) else {
            return false;
        };
        a.overlaps(b)
    }

    /// How far the value moves, relative to it (at least one), where the parameters move by their last digits: what
    /// rounding does to it. At most [`NARROW`].
    fn tremor(&self, term: &Term) -> f64 {
        let options = Options { tolerance: 1e-10, max_evaluations: 1 << 15, ..Options::default() };
        let value = |k: f64| {
            let moved: Environment = self
                .point
                .iter()
                .map(|(name, v)| {
                    (name.clone(), if v.fract() == 0.0 { v } else { v * (1.0 + k * f64::EPSILON) })
                })
                .collect();
            evaluate(term, &moved, &self.numbers, &options).map(|v| v.value)
        };
        let values: Result<Vec<f64>, NumericError> =
            [0.0, 1.0, -2.0, 3.0].map(value).into_iter().collect();
        let Ok(values) = values else { return 0.0 };
        let (low, high) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
        let far = (high - low) / high.abs().max(low.abs()).max(1.0);
        if far.is_finite() { far.min(NARROW) } else { 0.0 }
    }
}

/// The verdict of all points together, and whether there was a value at each.
fn check_step(
    step: &Step,
    at: &mut [Sampler<'_>],
    view: &mut DeterministicView,
) -> Result<(Verdict, bool), NumericError> {
    let (before, after) = sides(step);
    let mut overall = Verdict::Agrees;
    let (mut compared, mut too_large) = (false, None);
    for sampler in at {
        let (a, b) = match (sampler.value(&before), sampler.value(&after)) {
            (Ok(a), Ok(b)) => (a, b),
            (Err(NumericError::TooLarge(what)), _) | (_, Err(NumericError::TooLarge(what)))
                if sampler.dimension.is_some() =>
            {
                too_large = Some(NumericError::TooLarge(what));
                continue;
            }
            (a, b) => return Err(a.and(b).err().unwrap_or(NumericError::Undefined(String::new()))),
        };
        compared = true;
        let mut verdict = compare(step.relation(), a, b);
        let gap = discrepancy(step.relation(), a.value, b.value);
        if verdict == Verdict::Differs && sampler.is_noise(&before, &after, gap) {
            verdict = Verdict::Undecided;
        }
        if verdict != Verdict::Undecided {
            view.max_discrepancy = view.max_discrepancy.max(gap);
        }
        match verdict {
            Verdict::Differs => return Ok((verdict, true)),
            Verdict::Undecided => overall = verdict,
            Verdict::Agrees => {}
        }
    }
    match too_large {
        Some(e) if !compared => Err(e),
        other => Ok((overall, other.is_none())),
    }
}

/// The smallest terms around the place that stand on their own: nothing in them is bound outside.
fn sides(step: &Step) -> (Term, Term) {
    if let Justification::Equation(why) = step.justification() {
        return differences(step, why);
    }
    let whole = (step.before().clone(), step.after().clone());
    if step.relation() != Relation::Eq {
        return whole;
    }
    let positions = &step.path().positions;
    let outer = whole.0.free_symbols();
    for length in (0..=positions.len()).rev() {
        let subset = if length == positions.len() { step.path().subset.clone() } else { None };
        let path = Path { positions: positions[..length].to_vec(), subset };
        let local = length == positions.len();
        let (Some(a), b) = (
            step.before().at(&path),
            if local { Some(step.local_after().clone()) } else { step.after().at(&path) },
        ) else {
            continue;
        };
        let Some(b) = b else { continue };
        let closed = |t: &Term| t.free_symbols().is_subset(&outer);
        if closed(&a) && closed(&b) && !bound_on_the_way(step.before(), &path, &a) {
            return (a, b);
        }
    }
    whole
}

/// What an equivalence says of the differences of the sides, which are numbers.
fn differences(step: &Step, why: &Equivalence) -> (Term, Term) {
    let difference = |t: &Term, f: &dyn Fn(&Term) -> Term| match t.node() {
        Node::Relation(_, a, b) => Term::difference(f(a), f(b)),
        _ => t.clone(),
    };
    let after = difference(step.after(), &Term::clone);
    let before = match why {
        Equivalence::Scale(factor) => {
            Term::product(vec![factor.clone(), difference(step.before(), &Term::clone)])
        }
        Equivalence::Apply(function) => {
            difference(step.before(), &|side| function.substitute(&HOLE.into(), side))
        }
    };
    (before, after)
}

/// The unknown beside its solution, relative to it.
const BESIDE: [f64; 4] = [0.8, 0.95, 1.05, 1.2];

/// The sides of the equation at the solution, where they must agree, and beside it, where they must not.
fn at_the_solution(
    d: &Derivation,
    unknown: &Term,
    at: &[Sampler<'_>],
    view: &mut DeterministicView,
) {
    let (Node::Relation(_, left, right), Node::Relation(_, _, value)) =
        (d.statement.node(), d.result.node())
    else {
        return;
    };
    let mut found: Option<SolutionView> = None;
    for sampler in at {
        let numbers = sampler.numbers;
        let options = Options { tolerance: 1e-11, ..Options::default() };
        let number = |t: &Term, point: &Environment| {
            evaluate(t, point, &numbers, &options).ok().map(|v| v.value).filter(|v| v.is_finite())
        };
        let Some(name) = named_at(unknown, &|t| number(t, &sampler.point)) else { continue };
        let Some(solution) = number(value, &sampler.point) else { continue };
        let put = |x: f64| {
            let point = sampler.point.clone().with(name.clone(), x);
            violated(&point, numbers).is_none().then_some(point)
        };
        let gap = |point: &Environment| {
            let (a, b) = (number(left, point)?, number(right, point)?);
            Some((a - b).abs() / a.abs().max(b.abs()).max(1.0))
        };
        let doubt = |point: &Environment| {
            let error = |t| evaluate(t, point, &numbers, &options).map_or(0.0, |v| v.error);
            (8.0 * (error(left) + error(right))).min(1e-3)
        };
        // A solution that no admissible point has is none.
        let Some(point) = put(solution) else {
            fail(view, format!("the solution {unknown} = {solution} is not admissible"));
            continue;
        };
        let Some(residual) = gap(&point) else { continue };
        let shift = |f: &f64| if solution == 0.0 { f - 1.0 } else { solution * f };
        let others = BESIDE.iter().filter_map(|f| gap(&put(shift(f))?));
        let Some(beside) = others.reduce(f64::min) else { continue };
        if residual > SOLVED + doubt(&point) {
            fail(view, format!("the sides differ by {residual:e} at the solution"));
        }
        if beside <= SOLVED {
            fail(view, "the sides agree beside the solution too".into());
        }
        let seen = found.get_or_insert(SolutionView { point: listed(&point), residual, beside });
        seen.residual = seen.residual.max(residual);
        seen.beside = seen.beside.min(beside);
    }
    view.solution = found;
}

/// Whether the term mentions a variable that a binder on the way binds.
fn bound_on_the_way(whole: &Term, path: &Path, inner: &Term) -> bool {
    let mut here = whole.clone();
    for &position in &path.positions {
        if let Node::Binder(b) = here.node()
            && inner.mentions(&b.var)
        {
            return true;
        }
        let Some(next) = here.children().get(position as usize).map(|t| (*t).clone()) else {
            return true;
        };
        here = next;
    }
    false
}

/// The statement by quadrature, beside the closed form where there is one: what is stuck still has a value. Of a
/// statement about d coordinates it is shown where d is largest.
fn by_quadrature(d: &Derivation, at: &mut [Sampler<'_>], view: &mut DeterministicView) {
    if !matches!(d.status, Status::Proved | Status::Stuck) {
        return;
    }
    let open = at.iter().any(|sampler| sampler.dimension.is_some());
    for sampler in at.iter_mut().take(if open { COORDINATES } else { 1 }) {
        // What was too large for a step may be tried once.
        if sampler.known.get(&d.statement).is_some_and(Result::is_err) {
            sampler.known.remove(&d.statement);
        }
        let Ok(value) = sampler.value_within(COORDINATES, &d.statement) else { continue };
        let closed = match d.status {
            Status::Proved => sampler.value(&d.result).ok(),
            _ => None,
        };
        if closed.is_none() && d.status == Status::Proved {
            continue;
        }
        view.quadrature = Some(QuadratureView {
            instances: sampler.shown.clone(),
            point: listed(&sampler.point),
            value: value.value,
            error: value.error,
            closed: closed.map(|c| c.value),
        });
        if closed.is_some_and(|c| compare(d.relation, value, c) == Verdict::Differs) {
            fail(view, "quadrature of the statement does not agree with the closed form".into());
        }
    }
}
