//! Using an equation that holds at the point considered: `assume a = b`, `suppose a = b`, what follows from those; or
//! one for all members of a range.

use crate::term::{Binder, BinderOp, Domain, Node, Path, Relation, Symbol, Term};

use super::arith::EnvId;
use super::{Justification, Kernel, Refusal, Step};

/// The pattern variable that stands for the index of an equation about all members of a range.
const INDEX: &str = "index";

impl Kernel<'_> {
    /// Replaces the left side of an equation that holds at a place by the right side.
    ///
    /// # Errors
    /// A [`Refusal`] when the equation is neither assumed nor supposed nor known to follow from what is, its left side does not stand there, a name in it is bound on the
    /// way, or the place is inside a derivative: what holds at a point says nothing of the neighbourhood.
    pub fn hypothesis(
        &mut self,
        whole: &Term,
        path: &Path,
        assumption: &Term,
    ) -> Result<Step, Refusal> {
        let facts = self.facts();
        let why = if facts.relations.contains(assumption) || facts.suppositions.contains(assumption)
        {
            Justification::Hypothesis(assumption.clone())
        } else if facts.consequences.iter().any(|c| c.holds_under(facts, assumption)) {
            Justification::Consequence(assumption.clone())
        } else {
            return Err(Refusal::Unbound(assumption.to_string()));
        };
        let env = self.env_at(whole, path)?;
        let subject = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        if super::shape::counts_with_infinity(&subject) {
            return Err(Refusal::DoesNotMatch);
        }
        let shadowed = assumption.free_symbols();
        if inside_derivative(whole, path)
            || shadowed.iter().any(|name| self.arith.lookup(name, env).is_some())
        {
            return Err(Refusal::DoesNotMatch);
        }
        let new = match assumption.node() {
            Node::Relation(Relation::Eq, a, b) if self.arith.equal(a, &subject, env)? => b.clone(),
            Node::Binder(all) if all.op == BinderOp::Product => self.of_all(all, &subject, env)?,
            _ => return Err(Refusal::DoesNotMatch),
        };
        self.seal(whole, path, why, Relation::Eq, subject, new, Vec::new())
    }

    /// The right side at the index for which the left one is the subject. Substitution keeps what the index mentions
    /// from being captured.
    pub(super) fn of_all(
        &mut self,
        all: &Binder,
        subject: &Term,
        env: EnvId,
    ) -> Result<Term, Refusal> {
        let Domain::Range(lo, hi) = &all.domain else { return Err(Refusal::DoesNotMatch) };
        let pattern = all.body.substitute(&all.var, &Term::meta(INDEX));
        let pattern = match pattern.node() {
            Node::Relation(Relation::Eq, a, _) => a.clone(),
            Node::Binder(inner) => leftmost(inner).ok_or(Refusal::DoesNotMatch)?,
            _ => return Err(Refusal::DoesNotMatch),
        };
        for bindings in self.matches(&pattern, subject, &[], env) {
            let Some(at) = bindings.metas.get(&Symbol::new(INDEX)) else { continue };
            if !self.in_range(at, lo, hi, env) {
                continue;
            }
            let instance = all.body.substitute(&all.var, at);
            match instance.node() {
                Node::Relation(Relation::Eq, a, b) if self.arith.equal(a, subject, env)? => {
                    return Ok(b.clone());
                }
                Node::Binder(inner) if inner.op == BinderOp::Product => {
                    if let Ok(right) = self.of_all(inner, subject, env) {
                        return Ok(right);
                    }
                }
                _ => {}
            }
        }
        Err(Refusal::DoesNotMatch)
    }

    /// Whether an index lies in a range: an integer between its ends, or any number where the range is the whole line.
    pub(super) fn in_range(&mut self, at: &Term, lo: &Term, hi: &Term, env: EnvId) -> bool {
        use super::arith::infinite;
        if infinite(lo) == Some(false) && infinite(hi) == Some(true) {
            return !at.mentions(&Symbol::new("oo"));
        }
        self.arith.is_whole(at, env)
            && self.arith.at_most(lo, at, env) == Some(true)
            && self.arith.at_most(at, hi, env) == Some(true)
    }
}

/// The left side of an equation for all members of ranges, the inner indices as they are.
fn leftmost(all: &Binder) -> Option<Term> {
    match all.body.node() {
        Node::Relation(Relation::Eq, a, _) => Some(a.clone()),
        Node::Binder(inner) => leftmost(inner),
        _ => None,
    }
}

fn inside_derivative(whole: &Term, path: &Path) -> bool {
    let mut here = whole;
    for &position in &path.positions {
        if matches!(here.node(), Node::Derivative(..)) {
            return true;
        }
        match here.children().get(position as usize) {
            Some(next) => here = next,
            None => return true,
        }
    }
    false
}
