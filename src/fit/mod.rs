//! Fits: which parameters of a model make a loss least, and where else its gradient vanishes.
//!
//! Losses and models are text of the theory. A loss is derived where that leaves no integral that depends on a parameter,
//! and integrated otherwise; its gradient comes of the derivatives of its integrand by the rules of the theory (`plan`).
//! From the start the line of steepest descent is followed, as a differential equation, so that the minimum it leads to is
//! that of the chosen parameters; descents and Newton's method end it (`search`). Many starts find the other stationary
//! points (`starts`); each is certified by its gradient, and its kind comes of the second derivatives.
//!
//! | code | what |
//! |---|---|
//! | E0901 | a loss that the theory does not have |
//! | E0902, E0903 | a start without a value for each parameter, or with one that is not admitted |
//! | E0904 | a target that no density can be compared with |
//! | E0905 | a model without free parameters, or one that cannot be differentiated by them |
//! | E0906 | a loss without a finite value where the fit begins |
//! | E0907 | a scale of a parameter that there is not |
//! | E0908 | a loss that cannot be differentiated |
//! | E0909 | a kind of stationary point that there is not |
//!
//! Never: proves anything; what it says are numbers.

mod document;
mod linear;
mod objective;
mod optimiser;
mod plan;
mod problem;
mod search;
mod starts;
mod words;

pub use document::{FitOutcome, check, table};
pub use problem::{
    About, FitError, FitProblem, Model, Target, loss, model, named, scales, start, target,
};

pub use words::{json, text};

use self::linear::norm;
use self::objective::{Limits, Objective};
use self::plan::{no_value, plan};
use self::search::{Chart, Found, Search};
use crate::kernel::Facts;
use crate::numeric::{Bench, Environment, NumericError, support};
use crate::term::Term;
use crate::theory::{Condition, Sort, Theory};
use crate::verify::Numbers;

/// A gradient this short certifies a stationary point.
pub const CERTIFIED: f64 = 1e-8;

/// Two points this close, in the same units, are one.
const SAME: f64 = 1e-3;

/// Along a level way the loss rises by less than this, relative to it.
const LEVEL: f64 = 1e-11;

/// A minimum this near, in units of the model's width, and lower by less than the part [`VALLEY`] of the loss, is where an
/// uncertified descent would end, if nothing rises on the way by more.
const BESIDE: f64 = 0.1;

/// See [`BESIDE`].
const VALLEY: f64 = 1e-7;

/// Starts that are tried where a descent ends without a certificate and no others are asked for.
const FEW: usize = 12;

/// A direction in which the loss is bent less than this, relative to its size, is flat.
const FLAT: f64 = 1e-5;

/// How much is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitOptions {
    /// Starts from which stationary points are looked for, besides the fit itself; with 0 none are.
    pub starts: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { starts: 48 }
    }
}

/// The kinds of stationary points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The loss rises in every direction.
    Minimum,
    /// It rises in some directions, and falls in others.
    Saddle,
    /// It falls in every direction.
    Maximum,
    /// It neither rises nor falls within rounding: a plateau.
    Plateau,
    /// The numbers do not tell.
    Undecided,
}

impl Kind {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minimum => "minimum",
            Self::Saddle => "saddle",
            Self::Maximum => "maximum",
            Self::Plateau => "plateau",
            Self::Undecided => "undecided",
        }
    }
}

/// A point where the gradient vanishes, as far as numbers tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Stationary {
    /// The parameters, in the order of the model.
    pub values: Vec<f64>,
    /// The loss.
    pub loss: f64,
    /// The length of its gradient by the parameters on their chosen scales.
    pub gradient_norm: f64,
    /// What kind of point it is.
    pub kind: Kind,
    /// Eigenvalues of the second derivatives, least first, in units of the model's width and of logarithms; at a corner the
    /// slopes at which the loss rises along each parameter.
    pub curvatures: Vec<f64>,
    /// Whether the loss hardly changes in some direction.
    pub flat: bool,
    /// Whether the loss is differentiable there; at a corner the gradient is its shortest subgradient.
    pub smooth: bool,
}

impl Stationary {
    /// Whether the gradient certifies it.
    pub fn is_certified(&self) -> bool {
        self.gradient_norm <= CERTIFIED
    }
}

/// What a fit found.
#[derive(Clone, Debug, PartialEq)]
pub struct FitReport {
    /// Points on the way from the start to the minimum, with the loss.
    pub path: Vec<(Vec<f64>, f64)>,
    /// Where the descent from the start ends.
    pub minimum: Stationary,
    /// Stationary points, minima first, each by its loss.
    pub stationary: Vec<Stationary>,
    /// The mass of the target.
    pub mass: f64,
    /// Where the fit to the target divided by its mass ends, if its mass is not one.
    pub normalised: Option<Stationary>,
    /// The loss in closed form, where one was derived and is used; it may have integrals that depend on no parameter.
    pub formula: Option<Term>,
    /// How often the loss and its gradient were evaluated.
    pub evaluations: usize,
}

/// Fits a model to a target. The same problem gives the same report.
///
/// # Errors
/// Where the loss has no value at the start, or no gradient.
pub fn fit(
    problem: &FitProblem,
    theory: &Theory,
    options: &FitOptions,
) -> Result<FitReport, FitError> {
    within(problem, &Numbers { theory, facts: &Facts::default() })?;
    let plan = plan(problem, theory)?;
    let numbers = Numbers { theory, facts: &plan.facts };
    let limits = Limits::default();
    let bench = Bench::new(&numbers, &limits.options, &limits.spent);
    let mut objective =
        Objective::new(&bench, &plan, problem, &numbers).map_err(|e| no_value(&e))?;
    objective.at(&problem.start).map_err(|e| no_value(&e))?;
    let closed = objective.is_closed();
    let chart = Chart(
        problem.model.parameters.iter().map(|(p, _)| problem.logarithmic.contains(p)).collect(),
    );
    let inner = problem.model.parameters.iter().map(|(_, s)| *s == Sort::Positive).collect();
    let reach = starts::reach(problem, &numbers);
    let mut search = Search { objective: &mut objective, inner: Chart(inner), reach };
    let mut path = search.flow(&chart, &problem.start);
    let corners: Vec<Found> = starts::at_parts(problem, &numbers)
        .iter()
        .filter_map(|values| search.corner(values))
        .collect();
    let last = path.last().map_or_else(|| problem.start.clone(), |(values, _)| values.clone());
    let mut found = search
        .minimise(&last)
        .ok_or_else(|| no_value(&NumericError::NotConverged("the descent".into())))?;
    // Near a corner a descent comes close to it, and never to it.
    for corner in &corners {
        if corner.loss <= found.loss + 1e-9 && search.distance(&corner.values, &found.values) < 0.01
        {
            found = corner.clone();
        }
    }
    path.push((found.values.clone(), found.loss));
    let mut minimum = described(&found, &chart);
    let mut all = vec![minimum.clone()];
    // At a bend of the gradient a descent may end beside what another one comes to exactly.
    let starts = if options.starts > 0 || minimum.is_certified() { options.starts } else { FEW };
    if starts > 0 {
        all.extend(corners.iter().map(|c| described(c, &chart)));
        others(problem, &numbers, starts, &mut search, &chart, &mut all);
    }
    let mut stationary: Vec<Stationary> = Vec::new();
    for one in all {
        let settled = one.is_certified();
        if settled && !stationary.iter().any(|s| search.distance(&s.values, &one.values) < SAME) {
            stationary.push(one);
        }
    }
    // Of a flat valley its lowest point is enough: from the others a way leads there that does not rise.
    let minima: Vec<Stationary> =
        stationary.iter().filter(|s| s.kind == Kind::Minimum).cloned().collect();
    stationary.retain(|s| {
        let slack = LEVEL * s.loss.abs();
        !matches!(s.kind, Kind::Minimum | Kind::Plateau)
            || !minima.iter().any(|m| {
                m.loss < s.loss - slack / 2.0 && search.leads_down(&s.values, &m.values, slack)
            })
    });
    stationary.sort_by(|a, b| a.kind.cmp(&b.kind).then(a.loss.total_cmp(&b.loss)));
    if !minimum.is_certified() {
        let slack = VALLEY * minimum.loss.abs();
        let same = stationary.iter().find(|s| {
            s.kind == Kind::Minimum
                && s.loss <= minimum.loss
                && minimum.loss - s.loss <= slack
                && search.distance(&s.values, &minimum.values) < BESIDE
                && search.leads_down(&minimum.values, &s.values, slack)
        });
        if let Some(same) = same {
            minimum = same.clone();
            path.push((same.values.clone(), same.loss));
        }
    }
    if options.starts == 0 {
        stationary.clear();
    }
    let evaluations = search.objective.evaluations;
    let normalised = match problem.target.mass.is_one() {
        true => None,
        false => {
            let mut unit = problem.clone();
            unit.target.mass = crate::term::Rational::from(1);
            fit(&unit, theory, &FitOptions { starts: 0 }).ok().map(|report| report.minimum)
        }
    };
    let formula = plan.closed.as_ref().filter(|_| closed).map(|c| c.value.clone());
    let mass = problem.target.mass.to_f64();
    Ok(FitReport { path, minimum, stationary, mass, normalised, formula, evaluations })
}

/// The loss and its gradient by the parameters, at any points; `None` where there is none.
///
/// # Errors
/// As [`fit`].
pub fn losses(
    problem: &FitProblem,
    theory: &Theory,
    points: &[Vec<f64>],
) -> Result<Vec<Option<(f64, Vec<f64>)>>, FitError> {
    within(problem, &Numbers { theory, facts: &Facts::default() })?;
    let plan = plan(problem, theory)?;
    let numbers = Numbers { theory, facts: &plan.facts };
    let limits = Limits::default();
    let bench = Bench::new(&numbers, &limits.options, &limits.spent);
    let mut objective =
        Objective::new(&bench, &plan, problem, &numbers).map_err(|e| no_value(&e))?;
    let mut one = |at: &Vec<f64>| objective.at(at).ok().map(|s| (s.loss, s.gradient));
    Ok(points.iter().map(&mut one).collect())
}

/// The loss on a grid: `values[j][i]` at `across[i]`, `up[j]`, for the first two parameters, the others as at the start; not
/// a number where there is none.
///
/// # Errors
/// As [`fit`].
pub fn landscape(
    problem: &FitProblem,
    theory: &Theory,
    across: &[f64],
    up: &[f64],
) -> Result<Vec<Vec<f64>>, FitError> {
    let mut points = Vec::new();
    for y in up {
        for x in across {
            let mut at = problem.start.clone();
            at[0] = *x;
            if let Some(second) = at.get_mut(1) {
                *second = *y;
            }
            points.push(at);
        }
    }
    let values = losses(problem, theory, &points)?;
    let values: Vec<f64> =
        values.into_iter().map(|found| found.map_or(f64::NAN, |(loss, _)| loss)).collect();
    Ok(values.chunks(across.len().max(1)).map(<[f64]>::to_vec).collect())
}

/// Refuses losses that are infinite because a support is not within another.
fn within(problem: &FitProblem, numbers: &Numbers<'_>) -> Result<(), FitError> {
    let definition = &problem.loss.definition;
    let names = problem.model.parameters.iter().map(|(p, _)| p.clone());
    let at: Environment = names.zip(problem.start.iter().copied()).collect();
    let formal = |t: &Term| {
        let name = t.children().first().and_then(|c| c.as_symbol().cloned());
        let name = name.or_else(|| t.as_symbol().cloned())?;
        let place = definition.parameters.iter().position(|(p, _)| *p == name)?;
        let of = if place == 0 { &problem.target.normalised } else { &problem.model.distribution };
        support(of, &at, numbers).ok()
    };
    for condition in &definition.conditions {
        if let Condition::Within(a, b) = condition
            && let (Some(a), Some(b)) = (formal(a), formal(b))
            && (a.0 < b.0 || a.1 > b.1)
        {
            let message = format!(
                "`{}` is infinite: one density is positive where the other vanishes",
                definition.name
            );
            let hint = "choose a model on the same range, or a loss that is finite there";
            return Err(FitError::new("E0906", About::Loss, message, hint));
        }
    }
    Ok(())
}

/// Looks for other stationary points: minima from many starts, then saddles between each two of them.
fn others(
    problem: &FitProblem,
    numbers: &Numbers<'_>,
    starts: usize,
    search: &mut Search<'_, '_>,
    chart: &Chart,
    all: &mut Vec<Stationary>,
) {
    for values in starts::grid(problem, numbers, starts) {
        if let Some(found) = search.minimise(&values)
            && found.is_settled()
        {
            let new = described(&found, chart);
            if new.is_certified()
                && !all.iter().any(|s| search.distance(&s.values, &new.values) < SAME)
            {
                all.push(new);
            }
        }
    }
    let minima: Vec<Vec<f64>> =
        all.iter().filter(|s| s.kind == Kind::Minimum).map(|s| s.values.clone()).collect();
    for (i, a) in minima.iter().enumerate() {
        for b in &minima[i + 1..] {
            let Some(between) = search.ridge(a, b) else { continue };
            if let Some(found) = search.polish(&between)
                && found.is_settled()
            {
                all.push(described(&found, chart));
            }
        }
    }
}

/// Changes of the loss below this, relative to it, are rounding.
const ROUNDING: f64 = 1e-13;

/// Where all changes around a point are below this, relative to the loss, it is part of a plateau.
const LEVEL_AROUND: f64 = 1e-10;

fn described(found: &Found, chart: &Chart) -> Stationary {
    let n = found.values.len();
    let size = found.loss.abs().max(1e-2);
    let largest = found.eigenvalues.iter().fold(0.0_f64, |m, l| m.max(l.abs()));
    let doubt = 1e-9 * largest + 1e-10 * size;
    let up = found.eigenvalues.iter().filter(|l| **l > doubt).count();
    let down = found.eigenvalues.iter().filter(|l| **l < -doubt).count();
    let least = found.eigenvalues.iter().fold(f64::INFINITY, |m, l| m.min(l.abs()));
    let flat = least < FLAT * size;
    let noise = ROUNDING * size;
    let level = LEVEL_AROUND * size;
    let is_level = found.around.iter().all(|[low, high]| low.abs() <= level && high.abs() <= level);
    let never_falls = found.around.iter().all(|[low, _]| *low >= -noise);
    let never_rises = found.around.iter().all(|[_, high]| *high <= noise);
    let kind = match (up, down) {
        // Where a direction is flat, or the gradient bends, the loss around tells more than second derivatives.
        _ if is_level => Kind::Plateau,
        _ if never_falls => Kind::Minimum,
        _ if never_rises => Kind::Maximum,
        (u, _) if u == n => Kind::Minimum,
        (_, d) if d == n => Kind::Maximum,
        (1.., 1..) => Kind::Saddle,
        _ => Kind::Undecided,
    };
    Stationary {
        values: found.values.clone(),
        loss: found.loss,
        gradient_norm: norm(&chart.slope(&found.values, &found.gradient)),
        kind,
        curvatures: found.eigenvalues.clone(),
        flat,
        smooth: found.smooth,
    }
}
