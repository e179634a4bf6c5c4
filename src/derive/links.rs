//! Links of proofs: one side of an equation as what the cited rules make of the other, or both as what their definitions say.

use crate::kernel::Facts;
use crate::term::{Relation, Symbol, Term};
use crate::theory::Theory;

use super::engine::{Engine, Status};
use super::problem::{Outcome, claim_by};

/// The right side as what the cited rules make of the left one, or as what its definitions say: no closed form is
/// sought.
pub(super) fn directly(
    theory: &Theory,
    facts: &Facts,
    (left, right): (&Term, &Term),
    by: &[Symbol],
) -> Option<Outcome> {
    let mut engine = Engine::new(theory, facts.clone(), left.clone());
    if engine.kernel.undefined_part(left, false).is_some() {
        return None;
    }
    let mut left_to_use: Vec<&Symbol> = by.iter().collect();
    let mut arrived = left_to_use.is_empty() && engine.arrives(right);
    for _ in 0..16 * by.len() {
        let Some(used) = engine.cite_once(by).filter(|_| !arrived) else { break };
        left_to_use.retain(|id| **id != used);
        arrived = left_to_use.is_empty() && engine.arrives(right);
    }
    if !left_to_use.is_empty() || engine.relation() != Relation::Eq {
        return None;
    }
    let arrived = arrived
        || (engine.densities().is_ok() && engine.arrives(right))
        || (engine.as_integrals() && engine.densities().is_ok() && engine.arrives(right));
    // Or both sides by what their definitions say.
    let mut other = Engine::new(theory, facts.clone(), right.clone());
    let meets = !arrived
        && other.kernel.undefined_part(right, false).is_none()
        && (other.as_integrals() && other.densities().is_ok() && engine.arrives(&other.current));
    if !(arrived || meets) || engine.kernel.same_domain(left, right).is_err() {
        return None;
    }
    let left = engine.finish(left.clone(), Vec::new(), Status::Proved);
    let right = meets.then(|| other.finish(right.clone(), Vec::new(), Status::Proved));
    Some(Outcome { left, right, holds: Some(true), residual: None })
}

/// Decides an equation that is a link of a proof: by what the cited rules or the definitions say if that is enough, else
/// as [`claim_by`].
pub fn link_by(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    sides: (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    let found = match relation {
        Relation::Eq if facts.suppositions.is_empty() => directly(theory, facts, sides, by),
        _ => None,
    };
    found.unwrap_or_else(|| claim_by(theory, facts, relation, sides, by))
}
