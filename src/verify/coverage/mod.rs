//! What can be derived of the families of a theory: each column of the theory tried for each family, and across families for
//! each pair of them.
//!
//! A cell is derived for distributions with names for all their parameters. Where that has no closed form because one support
//! does not lie within the other, it is tried where it does; where both are of one family, with one parameter in common. What
//! was assumed or shared stands beside the result. Nothing here knows what a family or a column is about.

mod instance;

use std::time::Duration;

use self::instance::{Pair, Text, pair, single};
use super::{Earlier, Evidence, decide_after, deterministic, verify_after};
use crate::derive::{Derivation, Status};
use crate::document::coverage::{
    Cell, CellEvidence, ColumnHead, CoverageView, FamilyHead, Number, Standing, leaves_sums,
};
use crate::document::{Bilingual, DeterministicView};
use crate::elaborate::{Goal, GoalKind, statements};
use crate::syntax::parse_statements;
use crate::term::{Symbol, Term};
use crate::theory::{Column, Distribution, Reason, Sort, Theory};

/// The verdict of evidence that agrees.
const CONFIRMED: &str = "confirmed";

/// One entry of the tables.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The column.
    pub column: Symbol,
    /// One family; or two, of which the first comes first in the column.
    pub families: Vec<Symbol>,
    /// The parameter of the family that the column is about, where it asks for one.
    pub by: Option<Symbol>,
}

/// Which part of the tables is wanted; everything, where nothing is named.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// Names of columns.
    pub columns: Vec<Symbol>,
    /// Names of families: pairs are wanted of which either is named.
    pub families: Vec<Symbol>,
}

/// Where the clock stands, for the times of derivations: any origin does.
pub type Clock<'a> = &'a (dyn Fn() -> Duration + Sync);

/// What is asked of a cell.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The families and what is known of them.
    pub theory: &'a Theory,
    /// Whether numbers are to be compared as well.
    pub with_evidence: bool,
    /// For the time that a derivation takes.
    pub clock: Clock<'a>,
}

/// The places of the tables, in order: those of each family, then the pairs of different families.
pub fn places(theory: &Theory, wanted: &Wanted) -> Vec<Place> {
    let columns: Vec<&Column> = theory
        .columns()
        .iter()
        .filter(|c| wanted.columns.is_empty() || wanted.columns.contains(&c.name))
        .collect();
    let families = theory.distributions();
    let is_wanted = |all: &[&Symbol]| {
        wanted.families.is_empty() || all.iter().any(|n| wanted.families.contains(n))
    };
    let mut out = Vec::new();
    for family in families.iter().filter(|f| is_wanted(&[&f.name])) {
        out.extend(columns.iter().flat_map(|c| own_places(c, family)));
    }
    for column in columns.iter().filter(|c| c.across) {
        for (first, second) in families.iter().flat_map(|p| families.iter().map(move |q| (p, q))) {
            if first.name != second.name && is_wanted(&[&first.name, &second.name]) {
                let families = vec![first.name.clone(), second.name.clone()];
                out.push(Place { column: column.name.clone(), families, by: None });
            }
        }
    }
    out
}

/// The places of a family by itself: one, or one for each of its parameters that is a real number.
fn own_places(column: &Column, family: &Distribution) -> Vec<Place> {
    let families = vec![family.name.clone(); column.distributions().count()];
    let place = |by| Place { column: column.name.clone(), families: families.clone(), by };
    if column.variables == 0 {
        return vec![place(None)];
    }
    let is_real = |sort: Sort| {
        !sort.is_vector()
            && !matches!(sort, Sort::Integer | Sort::Natural)
            && !sort.is_distribution()
    };
    let names = family.parameters.iter().filter(|(_, sort)| is_real(*sort));
    names.map(|(name, _)| place(Some(name.clone()))).collect()
}

/// The tables around cells that were decided.
pub fn coverage(theory: &Theory, cells: Vec<Cell>) -> CoverageView {
    let said = |r: &Reason| Bilingual::new(r.en.clone(), r.zh.clone());
    let families = theory
        .distributions()
        .iter()
        .filter(|d| cells.iter().any(|c| c.families.contains(&d.name)))
        .map(|d| FamilyHead { name: d.name.clone(), discrete: d.discrete, reason: said(&d.reason) })
        .collect();
    let columns = theory
        .columns()
        .iter()
        .filter(|c| cells.iter().any(|cell| cell.column == c.name))
        .map(|c| ColumnHead {
            name: c.name.clone(),
            distributions: c.distributions().count(),
            across: c.across,
            body: c.body.clone(),
            reason: said(&c.reason),
        })
        .collect();
    CoverageView { families, columns, cells }
}

/// The statement of a place, with which the attempts at it begin.
pub fn goal(place: &Place, theory: &Theory) -> Option<Goal> {
    let (column, families) = known(place, theory)?;
    attempts(column, &families, place.by.as_ref(), theory)
        .into_iter()
        .next()
        .map(|attempt| attempt.goal)
}

fn known<'t>(place: &Place, theory: &'t Theory) -> Option<(&'t Column, Vec<&'t Distribution>)> {
    let column = theory.columns().iter().find(|c| c.name == place.column)?;
    let families = place.families.iter().map(|name| theory.distribution_named(name.as_str()));
    Some((column, families.collect::<Option<_>>()?))
}

/// What is known of each family by itself: the cells of columns about one distribution, and of those that are tried across
/// families, without numbers; for families that are asked for.
pub fn of_families(theory: &Theory, is_wanted: &dyn Fn(&Symbol) -> bool) -> Vec<Cell> {
    let short = theory.columns().iter().filter(|c| c.across || c.distributions().count() == 1);
    let columns: Vec<Symbol> = short.map(|c| c.name.clone()).collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let wanted = Wanted { columns, families: Vec::new() };
    let asked = Asked { theory, with_evidence: false, clock: &|| Duration::ZERO };
    let own = |place: &Place| {
        place.families.first() == place.families.last() && place.families.iter().all(is_wanted)
    };
    let all = places(theory, &wanted).into_iter().filter(own);
    all.map(|place| cell(&place, asked, &mut Earlier::default())).collect()
}

/// Decides one cell.
pub fn cell(place: &Place, asked: Asked<'_>, earlier: &mut Earlier) -> Cell {
    let mut out = Cell::new(place.column.clone(), place.families.clone());
    out.by.clone_from(&place.by);
    let Some((column, families)) = known(place, asked.theory) else { return out };
    if let [first, second] = families.as_slice()
        && first.discrete != second.discrete
    {
        return out;
    }
    let mut best: Option<Tried> = None;
    for attempt in attempts(column, &families, place.by.as_ref(), asked.theory) {
        let begun = (asked.clock)();
        let decision = decide_after(&attempt.goal, asked.theory, false, earlier);
        let time = (asked.clock)().saturating_sub(begun);
        let (derivation, found) = (decision.derivation, decision.found);
        let tried = Tried { attempt, derivation, found, time };
        // Between families, what is infinite has its answer; within one, a parameter in common may make it finite.
        let settled = match tried.derivation.status {
            Status::Proved => !leaves_sums(&tried.derivation.result),
            Status::Infinite | Status::Divergent => {
                families.len() == 1 || place.families[0] != place.families[1]
            }
            Status::Stuck => false,
        };
        if best.as_ref().is_none_or(|b| rank(&tried) > rank(b)) {
            best = Some(tried);
        }
        if settled {
            break;
        }
    }
    if let Some(best) = best {
        best.told(asked, earlier, &mut out);
    }
    out
}

/// How much is known.
fn rank(tried: &Tried) -> u8 {
    match tried.derivation.status {
        Status::Proved if leaves_sums(&tried.derivation.result) => 2,
        Status::Proved => 3,
        Status::Infinite | Status::Divergent => 1,
        Status::Stuck => 0,
    }
}

/// A statement with what it takes for granted.
struct Attempt {
    goal: Goal,
    given: Vec<Term>,
    shared: Option<Symbol>,
    text: String,
}

struct Tried {
    attempt: Attempt,
    derivation: Derivation,
    /// Conditions on parameters under which it was derived, and which nobody assumed.
    found: Vec<Term>,
    time: Duration,
}

/// The statements to be tried for a cell, one after the other.
fn attempts(
    column: &Column,
    families: &[&Distribution],
    by: Option<&Symbol>,
    theory: &Theory,
) -> Vec<Attempt> {
    let texts = match families {
        [one] => vec![single(column, one, by)],
        [first, second] => {
            let mut all = vec![pair(column, first, second, Pair::default())];
            all.push(pair(column, first, second, Pair { nested: true, shared: None }));
            if first.name == second.name && first.parameters.len() > 1 {
                for (name, _) in &first.parameters {
                    for nested in [false, true] {
                        let shared = Some(name);
                        all.push(pair(column, first, second, Pair { nested, shared }));
                    }
                }
            }
            all
        }
        _ => Vec::new(),
    };
    let mut out: Vec<Attempt> = Vec::new();
    for Text { text, given, shared } in texts.into_iter().flatten() {
        if let Some(goal) = elaborated(&text, theory) {
            out.push(Attempt { goal, given, shared, text });
        }
    }
    out
}

/// The one goal of a text; none where the text is refused, as for a sort of parameters that no letter can stand for.
fn elaborated(text: &str, theory: &Theory) -> Option<Goal> {
    let (tree, problems) = parse_statements(text);
    if !problems.is_empty() {
        return None;
    }
    let (goals, problems) = statements(text, &tree, theory);
    if problems.is_empty() { goals.into_iter().next() } else { None }
}

impl Tried {
    fn told(self, asked: Asked<'_>, earlier: &mut Earlier, out: &mut Cell) {
        let Self { attempt, derivation, found, time } = self;
        out.time = time;
        out.standing = match derivation.status {
            Status::Proved => Standing::Proved,
            Status::Infinite => Standing::Infinite,
            Status::Divergent => Standing::Divergent,
            Status::Stuck => Standing::Stuck,
        };
        // Its distributions as they are written, not under names that the derivation gave them.
        out.statement = match &attempt.goal.kind {
            GoalKind::Derive { left, .. } => Some(left.clone()),
            _ => None,
        };
        out.shared = attempt.shared;
        out.given = attempt.given;
        out.given.extend(found);
        out.text = attempt.text;
        if matches!(derivation.status, Status::Proved | Status::Infinite) {
            out.result = Some(derivation.result.clone());
        }
        if derivation.status == Status::Stuck {
            out.left = Some(derivation.result.clone());
            out.message = message(&derivation);
        }
        out.steps = derivation.steps().count();
        if !asked.with_evidence {
            return;
        }
        if derivation.status == Status::Stuck {
            out.number = number(&deterministic(&derivation, asked.theory));
        } else {
            out.evidence = Some(evidence(&verify_after(&derivation, asked.theory, earlier)));
        }
    }
}

fn message(derivation: &Derivation) -> Option<Bilingual> {
    let (en, zh) = derivation.message.as_ref().or(derivation.open.as_ref())?;
    Some(Bilingual::new(en.clone(), zh.clone()))
}

fn number(view: &DeterministicView) -> Option<Number> {
    let found = view.quadrature.as_ref()?;
    let value = Number { point: found.point.clone(), value: found.value, error: found.error };
    value.value.is_finite().then_some(value)
}

fn evidence(found: &Evidence) -> CellEvidence {
    let v = &found.verification;
    CellEvidence {
        replayed: v.replay.as_ref().is_some_and(|r| r.ok),
        enclosed: v.enclosure.iter().any(|e| e.verdict == CONFIRMED),
        estimated: v
            .deterministic
            .as_ref()
            .is_some_and(|d| d.ok && d.quadrature.as_ref().is_some_and(|q| q.closed.is_some())),
        sampled: v.monte_carlo.iter().any(|m| m.verdict == CONFIRMED),
        passed: found.passed,
    }
}
