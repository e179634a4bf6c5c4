//! Names and what they abbreviate: written out where that is to be derived, and put back where an author ends with them.

use crate::kernel::{Facts, Kernel};
use crate::term::{Node, Path, Relation, Symbol, Term};
use crate::theory::Theory;

use super::engine::{Derivation, Engine, Line, Node as Applied, Status};

/// The term with names for numbers that are quantities, integrals or sums replaced by those: `let h = H(p)`.
pub(super) fn spelled_out(theory: &Theory, facts: &Facts, t: &Term) -> Term {
    let definition = match t.node() {
        // A vector stays whole: what is spelled out is an entry of it.
        Node::Symbol(name) => {
            facts.definitions.get(name).filter(|d| d.as_comprehension().is_none()).cloned()
        }
        Node::Index(..) if facts.is_defined_entry(t) => Some(facts.resolve(t)).filter(|d| d != t),
        _ => None,
    };
    match definition {
        Some(d) if !facts.is_distribution(&d, theory) && needs_derivation(theory, &d) => {
            spelled_out(theory, facts, &d)
        }
        Some(_) => t.clone(),
        None => t.map_children(|c| spelled_out(theory, facts, c)),
    }
}

impl Engine<'_> {
    /// Names for what is to be derived give way to that.
    pub(super) fn names(&mut self) {
        let facts = self.kernel.facts();
        let new = spelled_out(self.theory(), facts, &self.current);
        let new = if new == self.current { new } else { facts.unshadowed(&new) };
        self.try_arithmetic(&Path::root(), &new);
        self.end_line("definition");
    }
}

/// Whether something in a term is to be derived: a quantity, a density, an average, a derivative.
pub(super) fn needs_derivation(theory: &Theory, t: &Term) -> bool {
    t.any(&mut |s| match s.node() {
        Node::Binder(_) if s.is_finite_series() => false,
        Node::Binder(_) | Node::Density(..) | Node::Derivative(..) => true,
        Node::Call(f, args) => theory.quantity(f, args.len()).is_some(),
        _ => false,
    })
}

/// Ends a derivation in the form that its author gave, where that abbreviates what was to be derived by names.
pub(super) fn end_as_written(theory: &Theory, derivation: &mut Derivation, written: &Term) {
    let closed = derivation.status == Status::Proved && derivation.relation == Relation::Eq;
    if !closed || needs_derivation(theory, written) || *written == derivation.result {
        return;
    }
    let mut kernel = Kernel::new(theory, derivation.facts.clone());
    if let Ok(step) = kernel.arithmetic(&derivation.result, &Path::root(), written) {
        let before = std::mem::replace(&mut derivation.result, step.after().clone());
        derivation.lines.push(Line {
            phase: Symbol::new("definition"),
            relation: Relation::Eq,
            before,
            after: step.after().clone(),
            nodes: vec![Applied { name: step.justification().name(), steps: vec![step] }],
        });
    }
}
