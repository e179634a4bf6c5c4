//! What would have to be assumed for a step to be made: the conditions on parameters that are not proved, where all others
//! are. Proposals only. While the kernel supposes, it seals no step; whoever uses a proposal states it as an assumption
//! and derives anew.

use crate::term::{Bindings, Node, Path, Relation, Symbol, Term};
use crate::theory::Rule;

use super::arith::{EnvId, Poly, ROOT, infinite};
use super::condition::Discharge;
use super::{Kernel, Refusal, Sign};

/// More conditions than that are not worth finding for one step.
const MOST: usize = 4;

impl Kernel<'_> {
    /// The relations between parameters under which a rule would apply at a place; `None` where other conditions fail.
    pub fn lacking(
        &mut self,
        whole: &Term,
        path: &Path,
        rule: &Rule,
        bindings: &Bindings,
    ) -> Option<Vec<Term>> {
        self.supposing(|kernel| kernel.rule(whole, path, rule, bindings).err())
    }

    /// The same for the definition of what stands at a place.
    pub fn lacking_to_unfold(&mut self, whole: &Term, path: &Path) -> Option<Vec<Term>> {
        self.supposing(|kernel| kernel.unfold(whole, path).err())
    }

    fn supposing(
        &mut self,
        attempt: impl FnOnce(&mut Self) -> Option<Refusal>,
    ) -> Option<Vec<Term>> {
        self.supposed = Some(Vec::new());
        let refusal = attempt(self);
        let found = self.supposed.take()?;
        (refusal == Some(Refusal::Supposed) && !found.is_empty()).then_some(found)
    }

    /// Whether conditions on parameters are being collected.
    pub(super) fn is_supposing(&self) -> bool {
        self.supposed.is_some()
    }

    /// How many conditions were collected: a place to come back to.
    pub(super) fn supposed_so_far(&self) -> usize {
        self.supposed.as_ref().map_or(0, Vec::len)
    }

    /// Forgets conditions that belong to what did not work out.
    pub(super) fn suppose_no_more_than(&mut self, kept: usize) {
        if let Some(found) = &mut self.supposed {
            found.truncate(kept);
        }
    }

    /// Takes down a relation that could not be proved, if it is about declared parameters alone and could hold.
    pub(super) fn suppose(
        &mut self,
        (relation, a, b): (Relation, &Term, &Term),
        env: EnvId,
    ) -> Option<Discharge> {
        if !self.is_supposing() || relation == Relation::Eq {
            return None;
        }
        let known = Term::relation(relation, a.clone(), b.clone());
        let known = self.arith.facts.written_out(&known);
        let of_number = |s: &Symbol| {
            self.arith.lookup(s, env).is_none()
                && !self.arith.facts.families.contains_key(s)
                && self.arith.facts.sorts.get(s).is_some_and(|sort| !sort.is_distribution())
        };
        let names = known.free_symbols();
        let parameters = names.iter().filter(|s| *s != "pi" && *s != "e").collect::<Vec<_>>();
        let special = |t: &Term| match t.node() {
            Node::Binder(_) | Node::Derivative(..) | Node::Density(..) => true,
            Node::Index(..) => true,
            Node::Call(f, _) => {
                !matches!(f.as_str(), "sqrt" | "abs" | "exp" | "ln" | "min" | "max")
            }
            _ => false,
        };
        if parameters.is_empty()
            || !parameters.into_iter().all(of_number)
            || known.any(&mut |t| special(t))
        {
            return None;
        }
        let Node::Relation(_, a, b) = known.node() else { return None };
        let sign = self.arith.sign(&Term::difference(a.clone(), b.clone()), ROOT);
        let wanted = wanted(relation)?;
        sign.meets(wanted)?;
        let found = self.supposed.as_mut()?;
        if !found.contains(&known) {
            if found.len() >= MOST {
                return None;
            }
            found.push(known.clone());
        }
        Some(Discharge::new(known.to_string(), "supposed", [known]))
    }

    /// What the ends of two supports would have to satisfy for the first to lie within the second.
    pub(super) fn suppose_within(&mut self, p: &Term, q: &Term, env: EnvId) -> Option<Discharge> {
        if !self.is_supposing() {
            return None;
        }
        let (a, b) = (self.arith.interval_of(p)?, self.arith.interval_of(q)?);
        let before = self.supposed_so_far();
        for (low, high) in [(&b.0, &a.0), (&a.1, &b.1)] {
            if self.arith.at_most(low, high, env) == Some(true) {
                continue;
            }
            let finite = |t: &Term| infinite(t).is_none();
            let supposed = finite(low) && finite(high);
            if !supposed || self.suppose((Relation::Le, low, high), env).is_none() {
                self.suppose_no_more_than(before);
                return None;
            }
        }
        Some(Discharge::new(format!("{p} within {q}"), "supposed", [p.clone(), q.clone()]))
    }

    /// A relation between parameters in the form that a person would state: without fractions, and with nothing negative.
    /// It says the same as the one before; nothing rests on that, since it is what will be assumed.
    pub fn plainly(&mut self, relation: &Term) -> Term {
        self.try_plainly(relation).unwrap_or_else(|| relation.clone())
    }

    fn try_plainly(&mut self, relation: &Term) -> Option<Term> {
        let Node::Relation(relation, a, b) = relation.node() else { return None };
        let relation = *relation;
        let difference = Term::difference(a.clone(), b.clone());
        let mut p = self.arith.poly(&difference, ROOT).ok()?;
        p = self.arith.without_positive_atoms(&p);
        // No fractions of numbers either, and no factor that all have.
        let mut scale: i64 = 1;
        for (_, c) in &p.0 {
            let below = (1..=720i64).find(|n| (c * &(*n).into()).is_integer())?;
            scale = scale.checked_mul(below / gcd(scale, below))?;
        }
        let p = p.scaled(&scale.into());
        let all = p.0.iter().map(|(_, c)| c.to_i64()).collect::<Option<Vec<i64>>>()?;
        let common = all.iter().fold(0, |g, c| gcd(g, c.abs()));
        let by = crate::term::Rational::from(common.max(1));
        let p = Poly(
            p.0.into_iter().map(|(m, c)| Some((m, c.checked_div(&by)?))).collect::<Option<_>>()?,
        );
        let (above, below): (Vec<_>, Vec<_>) =
            p.0.iter().cloned().partition(|(_, c)| !c.is_negative());
        let (left, right) = (Poly(above), Poly(below).scaled(&(-1i64).into()));
        let shown = |kernel: &mut Self, p: &Poly| kernel.arith.term_of(p, ROOT);
        let (l, r) = (shown(self, &left), shown(self, &right));
        let is_number = |t: &Term| t.as_rational().is_some();
        // The parameter first, then the number: a > 1; and v < 2*w rather than 2*w > v.
        let turned =
            is_number(&l) || !is_number(&r) && matches!(relation, Relation::Gt | Relation::Ge);
        Some(match turned {
            true => Term::relation(relation.flipped(), r, l),
            false => Term::relation(relation, l, r),
        })
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The signs that the difference of the sides may have.
fn wanted(relation: Relation) -> Option<Sign> {
    Some(match relation {
        Relation::Le => Sign::NONPOSITIVE,
        Relation::Ge => Sign::NONNEGATIVE,
        Relation::Lt => Sign::NEGATIVE,
        Relation::Gt => Sign::POSITIVE,
        Relation::Ne => Sign::NONZERO,
        Relation::Eq | Relation::UpTo | Relation::Tends | Relation::TendsUpTo => return None,
    })
}
