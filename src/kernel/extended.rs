//! Arithmetic with infinity, as far as it has a meaning: a finite number and +∞ is +∞, a positive multiple of it too, and
//! so are its logarithm, its root and its exponential. Of ∞ − ∞ and 0·∞ nothing is known.

use crate::term::{Node, Term};

use super::arith::{EnvId, ROOT};
use super::condition::{Discharge, MAX_DEPTH};
use super::shape::counts_with_infinity;
use super::{Kernel, Refusal};

/// A value on the extended line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Finite,
    Plus,
    Minus,
}

impl Value {
    fn neg(self) -> Self {
        match self {
            Self::Finite => Self::Finite,
            Self::Plus => Self::Minus,
            Self::Minus => Self::Plus,
        }
    }
}

impl Kernel<'_> {
    /// Evidence that a term in which ∞ counts is `new`, which is ∞ or −∞.
    ///
    /// # Errors
    /// Where that is not seen.
    pub(super) fn infinite_value(
        &mut self,
        old: &Term,
        new: &Term,
        env: EnvId,
    ) -> Result<Vec<Discharge>, Refusal> {
        let refused = || Refusal::Undefined("oo".into());
        let wanted = match super::arith::infinite(new) {
            Some(true) => Value::Plus,
            Some(false) => Value::Minus,
            None => return Err(refused()),
        };
        // Inside of a binder or a derivative nothing infinite has a place.
        if env != ROOT || !counts_with_infinity(old) || self.extended(old, env) != Some(wanted) {
            return Err(refused());
        }
        let condition = format!("{old} is {new}");
        let evidence = "all that is added to it is finite, and its factors keep its sign";
        Ok(vec![Discharge::new(condition, evidence, [old.clone()])])
    }

    fn extended(&mut self, t: &Term, env: EnvId) -> Option<Value> {
        if !counts_with_infinity(t) {
            return self.is_finite(t, env).then_some(Value::Finite);
        }
        match t.node() {
            Node::Symbol(_) => Some(Value::Plus),
            Node::Neg(a) => Some(self.extended(a, env)?.neg()),
            Node::Sum(parts) => {
                let mut sum = Value::Finite;
                for part in parts {
                    sum = match (sum, self.extended(part, env)?) {
                        (Value::Finite, v) | (v, Value::Finite) => v,
                        (a, b) if a == b => a,
                        _ => return None,
                    };
                }
                Some(sum)
            }
            Node::Product(factors) => {
                let (mut infinite, mut negative) = (false, false);
                for factor in factors {
                    match self.extended(factor, env)? {
                        Value::Plus => infinite = true,
                        Value::Minus => (infinite, negative) = (true, !negative),
                        Value::Finite => negative ^= self.is_negative(factor, env)?,
                    }
                }
                infinite.then_some(if negative { Value::Minus } else { Value::Plus })
            }
            Node::Quotient(a, b) => {
                let above = self.extended(a, env)?;
                let finite = self.extended(b, env)? == Value::Finite;
                let negative = finite.then(|| self.is_negative(b, env)).flatten()?;
                Some(if negative { above.neg() } else { above })
            }
            Node::Power(a, n) => {
                let positive = n.as_rational().is_some_and(|n| !n.is_negative() && !n.is_zero());
                let grows = positive && self.extended(a, env)? == Value::Plus;
                grows.then_some(Value::Plus)
            }
            Node::Call(f, args) if matches!(f.as_str(), "ln" | "exp" | "sqrt") => {
                let [a] = args.as_slice() else { return None };
                (self.extended(a, env)? == Value::Plus).then_some(Value::Plus)
            }
            _ => None,
        }
    }

    /// Whether a factor is known to be negative, or known to be positive; `None` where neither is.
    fn is_negative(&mut self, t: &Term, env: EnvId) -> Option<bool> {
        let sign = self.arith.sign(t, env);
        match (sign.is_positive(), sign.neg().is_positive()) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        }
    }

    /// Whether a term has a finite value: it is defined, its integrals converge, and no quantity is left that may not.
    fn is_finite(&mut self, t: &Term, env: EnvId) -> bool {
        let theory = self.arith.theory;
        let open = |s: &Term| match s.node() {
            Node::Call(f, args) => theory.quantity(f, args.len()).is_some(),
            Node::Derivative(..) => true,
            _ => false,
        };
        if t.any(&mut |s| open(s)) || self.always_defined(t, env).is_err() {
            return false;
        }
        let mut averages = Vec::new();
        t.any(&mut |s| {
            if matches!(s.node(), Node::Binder(_)) && !s.is_finite_series() {
                averages.push(s.clone());
            }
            false
        });
        averages.iter().all(|a| self.integrable(a, env, MAX_DEPTH).is_some())
    }
}
