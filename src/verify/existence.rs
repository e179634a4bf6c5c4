//! Conditions on parameters that a statement does not mention, and without which it has no closed form: found by deriving
//! it, and stated as assumptions. What holds under them is derived anew; nothing rests on how they were found.

use super::Numbers;
use super::points::Points;
use crate::derive::{Derivation, Status, lacking};
use crate::elaborate::Context;
use crate::kernel::Facts;
use crate::term::Term;
use crate::theory::Theory;

/// Derivations that the search for conditions may take.
const ATTEMPTS: usize = 16;

/// Conditions that depend on each other are found one after the other, so many times.
const DEPTH: usize = 4;

/// A derivation that was done again under conditions that were found.
pub(super) struct Found<T> {
    /// What was derived.
    pub outcome: T,
    /// The conditions, in the order in which they were found. Never empty.
    pub conditions: Vec<Term>,
}

/// Looks for conditions under which what is stuck comes to its end. `attempt` does everything anew under more assumptions;
/// `open` says where it is stuck then, nowhere if it is done, and `None` where it is past help.
pub(super) fn found<T>(
    theory: &Theory,
    facts: &Facts,
    about: &[&Term],
    stuck: &[&Derivation],
    attempt: &dyn Fn(Facts) -> T,
    open: &dyn Fn(&T) -> Option<Vec<Derivation>>,
) -> Option<Found<T>> {
    let search = Search { theory, facts, about, attempt, open };
    // Where there are no numbers to try, no condition is seen to be met.
    if !facts.suppositions.is_empty() || !search.is_met(&[]) {
        return None;
    }
    let mut left = ATTEMPTS;
    let (_, conditions) = search.deepen(stuck, Vec::new(), DEPTH, &mut left)?;
    search.fewest(conditions)
}

struct Search<'a, T> {
    theory: &'a Theory,
    facts: &'a Facts,
    about: &'a [&'a Term],
    attempt: &'a dyn Fn(Facts) -> T,
    open: &'a dyn Fn(&T) -> Option<Vec<Derivation>>,
}

impl<T> Search<'_, T> {
    fn under(&self, conditions: &[Term]) -> Facts {
        let mut facts = self.facts.clone();
        facts.relations.extend(conditions.iter().cloned());
        facts
    }

    /// Whether a point is found that meets the conditions with everything that is assumed.
    fn is_met(&self, conditions: &[Term]) -> bool {
        let facts = self.under(conditions);
        let numbers = Numbers { theory: self.theory, facts: &facts };
        let about: Vec<&Term> = self.about.iter().copied().chain(conditions).collect();
        Points::new("a point that meets what was found", &about, numbers)
            .is_some_and(|points| points.take(1).next().is_some())
    }

    #[allow(clippy::needless_pass_by_value, reason = "what is known grows from call to call")]
    fn deepen(
        &self,
        stuck: &[&Derivation],
        known: Vec<Term>,
        depth: usize,
        left: &mut usize,
    ) -> Option<(T, Vec<Term>)> {
        let depth = depth.checked_sub(1)?;
        let mut further = Vec::new();
        for more in stuck.iter().flat_map(|d| lacking(self.theory, d)) {
            let new: Vec<Term> = more.into_iter().filter(|c| !known.contains(c)).collect();
            let conditions: Vec<Term> = known.iter().chain(&new).cloned().collect();
            if new.is_empty() || *left == 0 || !self.is_met(&conditions) {
                continue;
            }
            *left -= 1;
            let outcome = (self.attempt)(self.under(&conditions));
            match (self.open)(&outcome) {
                Some(open) if open.is_empty() => return Some((outcome, conditions)),
                Some(open) => further.push((open, conditions)),
                None => {}
            }
        }
        // What took another step, if not the last one, may lack something else.
        further.into_iter().find_map(|(open, conditions)| {
            let moved = open.iter().any(|d| stuck.iter().all(|s| s.result != d.result));
            let open: Vec<&Derivation> = open.iter().collect();
            moved.then(|| self.deepen(&open, conditions, depth, left)).flatten()
        })
    }

    /// Only those conditions without which it does not come to its end.
    fn fewest(&self, mut conditions: Vec<Term>) -> Option<Found<T>> {
        for i in (0..conditions.len()).rev() {
            let mut fewer = conditions.clone();
            fewer.remove(i);
            let done = |outcome: &T| (self.open)(outcome).is_some_and(|open| open.is_empty());
            if !fewer.is_empty() && done(&(self.attempt)(self.under(&fewer))) {
                conditions = fewer;
            }
        }
        let outcome = (self.attempt)(self.under(&conditions));
        (!conditions.is_empty()).then_some(Found { outcome, conditions })
    }
}

/// Whether a derivation came to its end: nothing is open then.
pub(super) fn open_in(derivation: &Derivation) -> Option<Vec<Derivation>> {
    match derivation.status {
        Status::Proved => Some(Vec::new()),
        Status::Stuck => Some(vec![derivation.clone()]),
        Status::Infinite | Status::Divergent => None,
    }
}

/// A context in which conditions that were found are assumed.
pub(super) fn with_found(context: &Context, conditions: &[Term]) -> Context {
    let mut out = context.clone();
    out.relations.extend(conditions.iter().cloned());
    out.found.extend(conditions.iter().cloned());
    out
}
