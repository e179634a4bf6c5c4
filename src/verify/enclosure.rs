//! Rigorous enclosures of the definition and of the closed form, at random and at degenerate points.
//!
//! The definition is the statement itself, with quantities expanded and densities inserted by the theory; nothing of the
//! derivation's steps enters. Two enclosures that do not meet refute the closed form, whatever rounding did; two that
//! meet and are both narrow confirm it to that width. At degenerate points distributions coincide, or differ in scale
//! a thousandfold, where formulas and samplers break first.

use super::Numbers;
use super::families::listed;
use super::points::{Points, violated};
use crate::derive::{Derivation, Status};
use crate::document::{Bilingual, EnclosureView};
use crate::kernel::{Facts, Justification};
use crate::numeric::{EnclosureOptions, Environment, Interval, NumericError, enclose};
use crate::term::{Relation, Symbol, Term};
use crate::theory::{Sort, Theory};

/// Random points.
const POINTS: usize = 3;

/// Both enclosures must be narrower than this, relative to the larger of 1 and the value.
pub const WIDTH: f64 = 1e-11;

/// How far apart two scales are at degenerate points.
const RATIO: f64 = 1000.0;

/// Pieces that an integral may be cut into: an integrand that needs more has a singularity.
pub(super) const PIECES: usize = 1024;

/// The enclosures of a derivation, or why there are none.
#[derive(Clone, Debug, Default)]
pub struct Enclosed {
    /// One for each point.
    pub runs: Vec<EnclosureView>,
    /// Why the definition is out of reach.
    pub not_applicable: Option<Bilingual>,
}

impl Enclosed {
    fn not(en: &str, zh: &str) -> Self {
        Self { runs: Vec::new(), not_applicable: Some(Bilingual::new(en, zh)) }
    }
}

/// Whether a step rests on an equation between parameters.
fn inserts(derivation: &Derivation) -> bool {
    let solved = |equation: &Term| {
        derivation.facts.consequences.iter().any(|c| c.equation() == equation)
            || derivation.facts.suppositions.contains(equation)
    };
    derivation.steps().any(|step| match step.justification() {
        Justification::Consequence(_) => true,
        Justification::Hypothesis(equation) => solved(equation),
        _ => false,
    })
}

/// A point, and whether it was chosen and not drawn.
struct Place {
    at: Environment,
    degenerate: bool,
}

/// Encloses the definition and the closed form of a derivation at three keyed points and at degenerate ones.
pub fn enclosures(derivation: &Derivation, theory: &Theory) -> Enclosed {
    if derivation.status != Status::Proved
        || derivation.relation != Relation::Eq
        || derivation.unknown.is_some()
    {
        return Enclosed::not("there is no closed form to enclose", "没有可求区间的闭式");
    }
    if inserts(derivation) {
        return Enclosed::not(
            "the two agree only where an equation holds, which numbers meet up to rounding",
            "两者仅在某方程成立时相等，而数值只能近似满足该方程",
        );
    }
    let Some(places) = places(derivation, theory) else {
        return Enclosed::not(
            "a distribution is not known, so that nothing has a value",
            "有未知的分布，因而没有数值",
        );
    };
    let mut runs = Vec::new();
    for place in &places {
        let found = both(derivation, theory, &place.at);
        match found {
            Ok((definition, closed)) => runs.push(view(place, definition, closed)),
            Err(e) if !place.degenerate => {
                return Enclosed { runs: Vec::new(), not_applicable: Some(reason(&e)) };
            }
            // What cannot be enclosed at a degenerate point is shown as what it is: not tight.
            Err(_) => {
                let known = |t: &Term| at(t, derivation, theory, &place.at);
                let value = |t: &Term| known(t).unwrap_or(Interval::ENTIRE);
                runs.push(view(place, value(&derivation.statement), value(&derivation.result)));
            }
        }
    }
    if runs.is_empty() {
        return Enclosed::not("no admissible points were found", "未找到容许的点");
    }
    Enclosed { runs, not_applicable: None }
}

/// The enclosures of the definition alone, with their points: what another closed form can be held against.
pub fn definition_enclosures(
    derivation: &Derivation,
    theory: &Theory,
) -> Vec<(Environment, Interval)> {
    if inserts(derivation) {
        return Vec::new();
    }
    let all = places(derivation, theory).unwrap_or_default();
    all.into_iter()
        .filter_map(|place| {
            let own = at(&derivation.statement, derivation, theory, &place.at).ok()?;
            Some((place.at, own))
        })
        .collect()
}

fn at(
    term: &Term,
    derivation: &Derivation,
    theory: &Theory,
    point: &Environment,
) -> Result<Interval, NumericError> {
    let options = EnclosureOptions { width: WIDTH, pieces: PIECES };
    enclose(term, point, &Numbers { theory, facts: &derivation.facts }, &options)
}

fn both(
    derivation: &Derivation,
    theory: &Theory,
    point: &Environment,
) -> Result<(Interval, Interval), NumericError> {
    let closed = at(&derivation.result, derivation, theory, point)?;
    Ok((at(&derivation.statement, derivation, theory, point)?, closed))
}

fn reason(e: &NumericError) -> Bilingual {
    match e {
        NumericError::NoEnclosure(what) => Bilingual::new(what.clone(), what.clone()),
        other => Bilingual::new(other.to_string(), other.to_string()),
    }
}

fn view(place: &Place, definition: Interval, closed: Interval) -> EnclosureView {
    let relative = |i: Interval| i.width() / i.magnitude().max(1.0);
    let width = match definition.is_finite() && closed.is_finite() {
        true => relative(definition).max(relative(closed)),
        false => f64::INFINITY,
    };
    let verdict = if !definition.overlaps(closed) {
        "refuted"
    } else if width <= WIDTH {
        "confirmed"
    } else {
        "not tight enough"
    };
    EnclosureView {
        instances: Vec::new(),
        point: listed(&place.at),
        degenerate: place.degenerate,
        definition: (definition.lo(), definition.hi()),
        closed: (closed.lo(), closed.hi()),
        width,
        verdict: verdict.into(),
    }
}

// ── Points ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The points, random ones first; `None` where a parameter has no number.
fn places(derivation: &Derivation, theory: &Theory) -> Option<Vec<Place>> {
    let facts = &derivation.facts;
    let numbers = Numbers { theory, facts };
    let text = derivation.statement.to_string();
    let mut points = Points::new(&text, &[&derivation.statement, &derivation.result], numbers)?;
    let plan = points.plan(POINTS);
    let mut places: Vec<Place> = plan
        .into_iter()
        .take(POINTS)
        .filter_map(|dimension| points.next_at(dimension))
        .map(|at| Place { at, degenerate: false })
        .collect();
    // Without parameters every point is the same one.
    places.dedup_by(|a, b| a.at == b.at);
    if let Some(first) = places.first() {
        let chosen: Vec<Environment> = degenerate(&first.at, facts)
            .into_iter()
            .filter(|at| violated(at, numbers).is_none())
            .collect();
        places.extend(chosen.into_iter().map(|at| Place { at, degenerate: true }));
    }
    Some(places)
}

/// A point where parameters named alike coincide, and points where two positive ones differ a thousandfold.
fn degenerate(point: &Environment, facts: &Facts) -> Vec<Environment> {
    let pairs = named_alike(point);
    let mut out = Vec::new();
    if !pairs.is_empty() {
        let equal = pairs.iter().fold(point.clone(), |at, (a, b)| {
            let value = point.get(a).unwrap_or_default();
            at.with(b.clone(), value)
        });
        out.push(equal);
    }
    let positive = |name: &Symbol| facts.sorts.get(name) == Some(&Sort::Positive);
    let scales = pairs.iter().find(|(a, b)| positive(a) && positive(b)).cloned();
    let scales = scales.or_else(|| {
        let mut names = point.iter().map(|(name, _)| name).filter(|name| positive(name));
        Some((names.next()?.clone(), names.next()?.clone()))
    });
    if let Some((a, b)) = scales {
        let value = point.get(&b).unwrap_or(1.0);
        out.push(point.clone().with(a.clone(), value * RATIO));
        out.push(point.clone().with(a, value / RATIO));
    }
    out
}

/// Pairs of names such as mu1 and mu2: the same letters, then the numbers 1 and 2.
fn named_alike(point: &Environment) -> Vec<(Symbol, Symbol)> {
    let names = point.iter().map(|(name, _)| name);
    names
        .filter_map(|name| {
            let stem = name.as_str().strip_suffix('1')?;
            let other = Symbol::new(&format!("{stem}2"));
            point.get(&other).map(|_| (name.clone(), other))
        })
        .collect()
}
