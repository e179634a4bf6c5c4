//! What holds almost everywhere: inside of an integral a step may fail at single points, for they do not count.

use crate::term::{BinderOp, Bindings, Domain, Node, Path, Relation, Term};
use crate::theory::Condition;

use super::Kernel;
use super::arith::{Atom, EnvId};
use super::condition::Discharge;

impl Kernel<'_> {
    /// Evidence for `a != b` at almost every point of the innermost integral around a place: the difference is a
    /// polynomial in its variable, one coefficient of which is not zero. No derivative may stand between the two, for that
    /// compares with what is nearby.
    pub(super) fn almost_everywhere(
        &mut self,
        (whole, path): (&Term, &Path),
        condition: &Condition,
        bindings: &Bindings,
        env: EnvId,
    ) -> Option<Discharge> {
        let Condition::Compare(Relation::Ne, a, b) = condition else { return None };
        let difference = Term::difference(a.instantiate(bindings)?, b.instantiate(bindings)?);
        let mut here = whole.clone();
        let mut around = None;
        for &p in &path.positions {
            match here.node() {
                Node::Binder(b) => around = Some(b.clone()),
                Node::Derivative(..) => around = None,
                _ => {}
            }
            here = (*here.children().get(p as usize)?).clone();
        }
        let binder = around?;
        let continuous = match (&binder.domain, binder.op) {
            (Domain::Range(..), BinderOp::Integral) => true,
            (Domain::Over(d), BinderOp::Expectation) => {
                self.arith.atoms_of(d).is_none() && self.arith.interval_of(d).is_some()
            }
            _ => false,
        };
        if !continuous || self.arith.facts.binds_measure(bindings) {
            return None;
        }
        let canon = self.arith.lookup(&binder.var, env)?;
        let x = self.arith.atom(Atom::Bound(canon));
        let p = self.arith.poly(&difference, env).ok()?;
        let parts = self.arith.by_powers(&p, x)?;
        let open = parts.iter().any(|(degree, c)| *degree > 0 && !c.is_zero());
        let sure = parts.iter().any(|(_, c)| self.arith.sign_of_poly(c).is_nonzero());
        if !open || !sure {
            return None;
        }
        let compared = Term::relation(Relation::Ne, difference, Term::integer(0));
        let evidence = "only single points are left out, and these do not count under an integral";
        Some(Discharge::new(compared.to_string(), evidence, [compared]))
    }
}
