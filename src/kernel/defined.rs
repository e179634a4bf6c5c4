//! What must hold for a term to be defined: denominators, even roots, logarithms, and convergence.

use rustc_hash::FxHashSet;

use crate::term::{Node, Relation, Term};

use super::arith::{EnvId, PolyId, ROOT};
use super::condition::{Discharge, MAX_DEPTH};
use super::shape::without_bodies;
use super::{Kernel, Refusal, Sign};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Nonzero,
    Positive,
    Nonnegative,
}

/// An operation that is not defined everywhere, where its need was not seen to hold.
struct Operation {
    need: Need,
    poly: PolyId,
    of: Term,
    env: EnvId,
}

/// What was found in one term, and where was looked.
#[derive(Default)]
struct Found {
    operations: Vec<Operation>,
    seen: FxHashSet<(usize, EnvId)>,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.of, self.need.as_str())
    }
}

impl Need {
    fn relation(self) -> Relation {
        match self {
            Self::Nonzero => Relation::Ne,
            Self::Positive => Relation::Gt,
            Self::Nonnegative => Relation::Ge,
        }
    }

    fn sign(self) -> Sign {
        match self {
            Self::Nonzero => Sign::NONZERO,
            Self::Positive => Sign::POSITIVE,
            Self::Nonnegative => Sign::NONNEGATIVE,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Nonzero => "!= 0",
            Self::Positive => "> 0",
            Self::Nonnegative => ">= 0",
        }
    }
}

impl Kernel<'_> {
    /// Every denominator, even root and logarithm of `new` is known to be defined, or stood in `old` already.
    pub(super) fn stays_defined(
        &mut self,
        old: &Term,
        new: &Term,
        env: EnvId,
    ) -> Result<Vec<Discharge>, Refusal> {
        // A name is defined where what it stands for is.
        let known = self.operations(&self.arith.facts.written_out(old), env)?;
        let wanted = self.operations(new, env)?;
        for Operation { need, poly, of, .. } in wanted {
            if known.iter().any(|k| (k.need == need || k.need == Need::Positive) && k.poly == poly)
            {
                continue;
            }
            let p = self.arith.poly_at(poly).clone();
            let sign = self.arith.sign_of_poly(&p);
            let fine = match need {
                Need::Nonzero => sign.is_nonzero(),
                Need::Positive => sign.is_positive(),
                Need::Nonnegative => sign.is_nonnegative(),
            };
            if !fine {
                return Err(Refusal::Undefined(of.to_string()));
            }
        }
        self.still_converges(old, new, env)?;
        Ok(Vec::new())
    }

    /// Nothing in a term needs more than what is known to have a value.
    pub(super) fn always_defined(&mut self, t: &Term, env: EnvId) -> Result<(), Refusal> {
        match self.operations(t, env)?.first() {
            Some(open) => Err(Refusal::Undefined(open.to_string())),
            None => Ok(()),
        }
    }

    /// Every integral and expectation of `new` stood in `old`, up to its normal form, or converges: 0·∫ exp is not 0.
    fn still_converges(&mut self, old: &Term, new: &Term, env: EnvId) -> Result<(), Refusal> {
        let (mut known, mut wanted) = (Vec::new(), Vec::new());
        // A name converges where what it stands for does.
        let (old, new) = (self.arith.facts.written_out(old), self.arith.facts.written_out(new));
        self.averages(&new, env, &mut wanted)?;
        if wanted.is_empty() {
            return Ok(());
        }
        self.averages(&old, env, &mut known)?;
        wanted.retain(|w| !known.contains(w));
        let known: Vec<PolyId> =
            known.iter().map(|(t, env)| self.arith.normal(t, *env)).collect::<Result<_, _>>()?;
        for (t, env) in wanted {
            let stood = known.contains(&self.arith.normal(&t, env)?);
            if !stood && self.integrable(&t, env, MAX_DEPTH).is_none() {
                return Err(Refusal::Undefined(t.to_string()));
            }
        }
        Ok(())
    }

    /// The outermost integrals, expectations and derivatives, those under finite sums and products too, each with its binders.
    fn averages(
        &mut self,
        t: &Term,
        env: EnvId,
        out: &mut Vec<(Term, EnvId)>,
    ) -> Result<(), Refusal> {
        match t.node() {
            Node::Binder(_) if !t.is_finite_series() => {
                out.push((t.clone(), env));
                Ok(())
            }
            // Nor is 0·∂f, for an f that has no derivative.
            Node::Derivative(..) => {
                out.push((t.clone(), env));
                Ok(())
            }
            Node::Binder(b) => {
                let inner = self.arith.enter(env, b.op, &b.var, &b.domain)?;
                self.averages(&b.body, inner, out)
            }
            _ => t.children().into_iter().try_for_each(|c| self.averages(c, env, out)),
        }
    }

    /// What must hold for `t` to be defined.
    fn operations(&mut self, t: &Term, env: EnvId) -> Result<Vec<Operation>, Refusal> {
        let mut found = Found::default();
        self.partial_operations(t, env, &mut found)?;
        Ok(found.operations)
    }

    /// Collects what must hold for `t` to be defined, each with its normal form, factors taken apart.
    fn partial_operations(&mut self, t: &Term, env: EnvId, out: &mut Found) -> Result<(), Refusal> {
        // Names that stand for one term share it.
        if !out.seen.insert((t.address(), env)) {
            return Ok(());
        }
        match t.node() {
            Node::Quotient(_, b) => self.need(Need::Nonzero, b, env, out)?,
            Node::Power(a, n) => match self.arith.poly(n, env)?.as_constant() {
                Some(r) if r.is_integer() && r.is_negative() => {
                    self.need(Need::Nonzero, a, env, out)?;
                }
                Some(r) if !r.is_integer() => {
                    let need = if r.is_negative() { Need::Positive } else { Need::Nonnegative };
                    self.need(need, a, env, out)?;
                }
                Some(_) => {}
                // A natural power is defined everywhere, any other symbolic one on the positive numbers.
                None if self.is_natural(n, env) => {}
                None => self.need(Need::Positive, a, env, out)?,
            },
            Node::Call(f, args)
                if args.len() == 1
                    && ["gamma", "lngamma", "digamma", "trigamma", "expint"]
                        .contains(&f.as_str()) =>
            {
                self.need(Need::Positive, &args[0], env, out)?;
            }
            Node::Call(f, args) if f == "ln" && args.len() == 1 => {
                self.need(Need::Positive, &args[0], env, out)?;
            }
            Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
                self.need(Need::Nonnegative, &args[0], env, out)?;
            }
            Node::Binder(b) => {
                let inner = self.arith.enter(env, b.op, &b.var, &b.domain)?;
                return self.partial_operations(&b.body, inner, out);
            }
            _ => {}
        }
        for child in t.children() {
            self.partial_operations(child, env, out)?;
        }
        Ok(())
    }

    /// What must hold for a term to be defined and is not known to: terms with how they are related to zero. What
    /// stands under binders is left out.
    pub fn needs(&mut self, t: &Term) -> Vec<(Term, Relation)> {
        let written = without_bodies(&self.arith.facts.written_out(t));
        let Ok(found) = self.operations(&written, ROOT) else {
            // Undefined whatever the names stand for.
            return vec![(Term::integer(0), Relation::Ne)];
        };
        let outside = found.into_iter().filter(|op| op.env == ROOT);
        outside.map(|op| (op.of, op.need.relation())).collect()
    }

    /// What a closed term needs to be defined and is not known: `m > 0` for ln(m). Under a binder a denominator may
    /// vanish, for that happens almost nowhere; elsewhere it may not if `strictly` is asked.
    pub fn undefined_part(&mut self, t: &Term, strictly: bool) -> Option<String> {
        if let Some(x) = self.arith.facts.fixed_variable(t) {
            return Some(format!("a derivative by {x}, which cannot be moved by a little"));
        }
        let collected = self.operations(&self.arith.facts.written_out(t), ROOT);
        let normal = self.arith.normal(t, ROOT);
        let needs = match (collected, normal) {
            (Err(Refusal::Arithmetic(e)), _) | (_, Err(e)) => return Some(e.message().into()),
            (collected, _) => collected.unwrap_or_default(),
        };
        let open = needs.into_iter().find(|op| match op.need {
            Need::Nonzero if self.arith.poly_at(op.poly).is_zero() => true,
            Need::Nonzero => (strictly || op.env != ROOT) && self.arith.is_pointwise(op.env),
            // Where a density vanishes, 0·ln 0 counts as 0.
            _ => !op.of.any(&mut |s| matches!(s.node(), Node::Density(..))),
        });
        open.map(|op| op.to_string())
    }

    /// Whether two terms are defined at the same admissible points, binders' bodies aside (they matter only almost
    /// everywhere).
    ///
    /// # Errors
    /// What is not known of one side and not asked by the other: `m != 0`.
    pub fn same_domain(&mut self, a: &Term, b: &Term) -> Result<(), String> {
        let whole = [a, b].map(|side| self.arith.facts.written_out(side));
        let [a, b] = [&whole[0], &whole[1]].map(without_bodies);
        let (Ok(left), Ok(right)) = (self.operations(&a, ROOT), self.operations(&b, ROOT)) else {
            return Ok(());
        };
        for (side, mine, others) in [(&whole[0], &left, &right), (&whole[1], &right, &left)] {
            for op in mine {
                let asked = others.iter().any(|o| o.need == op.need && o.poly == op.poly);
                let sign = |kernel: &mut Self| kernel.sign_at_the_point(&op.of, op.env);
                if !asked
                    && !sign(self).within(op.need.sign())
                    && !self.is_met_by_bodies(side, op.need)
                {
                    return Err(op.to_string());
                }
            }
        }
        Ok(())
    }

    /// Whether everything of a kind that must hold outside binders follows from what stands under them: ∫ p² is not zero.
    fn is_met_by_bodies(&mut self, side: &Term, need: Need) -> bool {
        let Ok(all) = self.operations(side, ROOT) else { return false };
        all.into_iter().filter(|op| op.need == need).all(|op| !self.arith.is_pointwise(op.env))
    }

    /// Whether an assumed relation has a value only where this holds: it is assumed with the relation then.
    fn assumptions_need(&mut self, need: Need, poly: PolyId) -> bool {
        if self.assumed_with_relations.is_none() {
            self.assumed_with_relations = Some(Vec::new());
            let relations = self.arith.facts.relations.clone();
            let mut all = Vec::new();
            for relation in relations.iter().filter(|r| matches!(r.node(), Node::Relation(..))) {
                let written = without_bodies(&self.arith.facts.written_out(relation));
                let found = self.operations(&written, ROOT).unwrap_or_default();
                all.extend(
                    found.into_iter().filter(|op| op.env == ROOT).map(|op| (op.need, op.poly)),
                );
            }
            self.assumed_with_relations = Some(all);
        }
        let all = self.assumed_with_relations.as_deref().unwrap_or_default();
        all.iter().any(|(n, p)| *p == poly && (*n == need || *n == Need::Positive))
    }

    fn need(&mut self, need: Need, t: &Term, env: EnvId, out: &mut Found) -> Result<(), Refusal> {
        match (need, t.node()) {
            (Need::Nonzero, Node::Product(factors)) => {
                for f in factors {
                    self.need(need, f, env, out)?;
                }
            }
            (Need::Nonzero, Node::Power(a, _)) => self.need(need, a, env, out)?,
            _ => {
                // What the sign of the term itself shows need not be looked for again.
                let sign = self.arith.sign(t, env);
                let fine = match need {
                    Need::Nonzero => sign.is_nonzero(),
                    Need::Positive => sign.is_positive(),
                    Need::Nonnegative => sign.is_nonnegative(),
                };
                if !fine {
                    let id = self.arith.normal(t, env)?;
                    if self.assumptions_need(need, id) {
                        return Ok(());
                    }
                    out.operations.push(Operation { need, poly: id, of: t.clone(), env });
                }
            }
        }
        Ok(())
    }
}
