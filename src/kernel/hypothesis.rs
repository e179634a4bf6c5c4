//! Using an assumed equation: `assume a = b`, or one for all members of a range.

use crate::term::{BinderOp, Bindings, Domain, Node, Path, Relation, Symbol, Term};

use super::arith::EnvId;
use super::{Justification, Kernel, Refusal, Step};

/// The pattern variable that stands for the index of an equation about all members of a range.
const INDEX: &str = "index";

impl Kernel<'_> {
    /// Replaces the left side of an assumed equation at a place by the right side.
    ///
    /// # Errors
    /// A [`Refusal`] when the equation is not assumed, its left side does not stand there, a name in it is bound on the
    /// way, or the place is inside a derivative: what holds at a point says nothing of the neighbourhood.
    pub fn hypothesis(
        &mut self,
        whole: &Term,
        path: &Path,
        assumption: &Term,
    ) -> Result<Step, Refusal> {
        if !self.facts().relations.contains(assumption) {
            return Err(Refusal::Unbound(assumption.to_string()));
        }
        let env = self.env_at(whole, path)?;
        let subject = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        let shadowed = assumption.free_symbols();
        if inside_derivative(whole, path)
            || shadowed.iter().any(|name| self.arith.lookup(name, env).is_some())
        {
            return Err(Refusal::DoesNotMatch);
        }
        let new = match assumption.node() {
            Node::Relation(Relation::Eq, a, b) if self.arith.equal(a, &subject, env)? => b.clone(),
            Node::Binder(all) if all.op == BinderOp::Product => {
                let index = Term::meta(INDEX);
                let instance = all.body.substitute(&all.var, &index);
                let Node::Relation(Relation::Eq, a, b) = instance.node() else {
                    return Err(Refusal::DoesNotMatch);
                };
                self.of_all(a, b, &all.domain, &subject, env)?
            }
            _ => return Err(Refusal::DoesNotMatch),
        };
        let why = Justification::Hypothesis(assumption.clone());
        self.seal(whole, path, why, Relation::Eq, subject, new, Vec::new())
    }

    /// The right side at the index for which the left one is the subject.
    fn of_all(
        &mut self,
        left: &Term,
        right: &Term,
        domain: &Domain,
        subject: &Term,
        env: EnvId,
    ) -> Result<Term, Refusal> {
        let Domain::Range(lo, hi) = domain else { return Err(Refusal::DoesNotMatch) };
        for bindings in self.matches(left, subject, &[], env) {
            let same = match left.instantiate(&bindings) {
                Some(instance) => self.arith.equal(&instance, subject, env)?,
                None => false,
            };
            if same
                && let Some(at) = bindings.metas.get(&Symbol::new(INDEX)).cloned()
                && self.in_range(&at, lo, hi, env)
            {
                let only = Bindings { metas: [(Symbol::new(INDEX), at)].into(), ..bindings };
                return right.instantiate(&only).ok_or(Refusal::DoesNotMatch);
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
