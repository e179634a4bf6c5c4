//! How a whole depends on a part: which way an inequality about the part points for the whole.

use crate::term::{BinderOp, Domain, Node, Path, Term};

use super::arith::{EnvId, ROOT};
use super::{Kernel, Refusal};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Monotone {
    Increasing,
    Decreasing,
}

impl Monotone {
    fn flipped(self) -> Self {
        match self {
            Self::Increasing => Self::Decreasing,
            Self::Decreasing => Self::Increasing,
        }
    }
}

impl Kernel<'_> {
    /// How the whole depends on the subterm at `path`.
    pub(super) fn monotone(&mut self, whole: &Term, path: &Path) -> Result<Monotone, Refusal> {
        let mut here = whole.clone();
        let mut env = ROOT;
        let mut direction = Monotone::Increasing;
        for &p in &path.positions {
            let children: Vec<Term> = here.children().into_iter().cloned().collect();
            let next = children.get(p as usize).cloned().ok_or(Refusal::NoSuchPlace)?;
            match here.node() {
                Node::Sum(_) => {}
                Node::Neg(_) => direction = direction.flipped(),
                Node::Product(_) => {
                    let others = children.iter().enumerate().filter(|(i, _)| *i != p as usize);
                    for (_, other) in others {
                        direction = self.scaled(direction, other, env)?;
                    }
                }
                Node::Quotient(_, below) if p == 0 => {
                    direction = self.scaled(direction, below, env)?;
                }
                Node::Binder(b) if p as usize + 1 == children.len() => {
                    let ordered = match (&b.op, &b.domain) {
                        (BinderOp::Expectation, _) | (BinderOp::Integral, Domain::Over(_)) => true,
                        (BinderOp::Integral | BinderOp::Sum, Domain::Range(lo, hi)) => {
                            self.arith.at_most(lo, hi, env) == Some(true)
                        }
                        _ => false,
                    };
                    if !ordered {
                        return Err(Refusal::NotMonotone);
                    }
                    env = self.arith.enter(env, b.op, &b.var, &b.domain)?;
                }
                _ => return Err(Refusal::NotMonotone),
            }
            here = next;
        }
        match (&path.subset, here.node()) {
            (None, _) | (Some(_), Node::Sum(_)) => Ok(direction),
            _ => Err(Refusal::NotMonotone),
        }
    }

    fn scaled(&mut self, d: Monotone, factor: &Term, env: EnvId) -> Result<Monotone, Refusal> {
        let sign = self.arith.sign(factor, env);
        if sign.is_nonnegative() {
            Ok(d)
        } else if sign.neg().is_nonnegative() {
            Ok(d.flipped())
        } else {
            Err(Refusal::NotMonotone)
        }
    }
}
