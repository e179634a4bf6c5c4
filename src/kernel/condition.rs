//! Discharging conditions. A condition is proved, with its evidence recorded, or the rule does not fire: unknown is
//! never yes.

use crate::term::{Binder, Bindings, Domain, Node, Rational, Relation, Symbol, Term, fresh_name};
use crate::theory::{Condition, Sort};

use super::arith::{EnvId, ROOT, infinite};
use super::{ArithmeticError, Kernel, Refusal, Sign};

/// A condition that was proved, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Discharge {
    /// The condition, instantiated, in machine form.
    pub condition: String,
    /// How it was proved.
    pub evidence: String,
    /// Terms that occur in the condition, so that it need not be shown in machine form.
    pub terms: Vec<Term>,
}

impl Discharge {
    pub(super) fn new(
        condition: String,
        evidence: impl Into<String>,
        terms: impl Into<Vec<Term>>,
    ) -> Self {
        Self { condition, evidence: evidence.into(), terms: terms.into() }
    }
}

/// How deep integrability may be reduced: sum, unfolding, monomials, law.
pub(super) const MAX_DEPTH: u8 = 12;

impl Kernel<'_> {
    /// Whether an expectation is taken under a distribution on integers, so that it is a sum.
    pub fn is_discrete(&self, expectation: &Term) -> bool {
        let Node::Binder(b) = expectation.node() else { return false };
        match &b.domain {
            Domain::Over(d) => self.arith.atoms_of(d).is_some(),
            Domain::Range(..) => false,
        }
    }

    /// Evidence that a closed expectation, integral or sum converges absolutely, where that can be proved.
    pub fn converges(&mut self, term: &Term) -> Option<String> {
        self.integrable(term, ROOT, MAX_DEPTH)
    }

    /// Proves a condition under `bindings` inside the binders of `env`; the instantiated text comes back as the error
    /// where it cannot be proved.
    pub(crate) fn discharge(
        &mut self,
        condition: &Condition,
        bindings: &Bindings,
        env: EnvId,
    ) -> Result<Discharge, String> {
        let unbound = || format!("{condition:?}");
        match condition {
            Condition::Compare(relation, a, b) => {
                let a = a.instantiate(bindings).ok_or_else(unbound)?;
                let b = b.instantiate(bindings).ok_or_else(unbound)?;
                self.compare(*relation, &a, &b, env)
            }
            Condition::Sort(t, sort) => {
                let t = t.instantiate(bindings).ok_or_else(unbound)?;
                self.of_sort(&t, *sort, env)
            }
            Condition::Free(x, t) => {
                let x = x.instantiate(bindings).ok_or_else(unbound)?;
                let t = t.instantiate(bindings).ok_or_else(unbound)?;
                let text = format!("{t} does not depend on {x}");
                // Of a family no other member may occur either: which one an index names is not known.
                let name = x.family_name();
                let Some(of) = self.support_ends(&t) else { return Err(text) };
                if name.is_none_or(|name| self.arith.facts.depends(&of, name)) {
                    return Err(text);
                }
                Ok(Discharge::new(text, format!("{x} does not occur"), [t, x]))
            }
            Condition::Dominated(x, t) => {
                let x = x.instantiate(bindings).ok_or_else(unbound)?;
                let t = t.instantiate(bindings).ok_or_else(unbound)?;
                self.dominated(&x, &t, env)
            }
            Condition::Integrable(t) => {
                let t = t.instantiate(&self.apart_from(t, bindings, env)).ok_or_else(unbound)?;
                let text = format!("{t} converges absolutely");
                // What converges in any case asks for nothing.
                let supposed = self.supposed.take();
                let mut evidence = self.integrable(&t, env, MAX_DEPTH);
                self.supposed = supposed;
                if evidence.is_none() && self.is_supposing() {
                    let before = self.supposed_so_far();
                    evidence = self.integrable(&t, env, MAX_DEPTH);
                    if evidence.is_none() {
                        self.suppose_no_more_than(before);
                    }
                }
                match evidence {
                    Some(evidence) => Ok(Discharge::new(text, evidence, [t])),
                    None => Err(text),
                }
            }
            Condition::Within(p, q) => {
                let p = p.instantiate(bindings).ok_or_else(unbound)?;
                let q = q.instantiate(bindings).ok_or_else(unbound)?;
                let text = format!("{p} within {q}");
                match self.within(&p, &q, env) {
                    Some((true, evidence)) => Ok(Discharge::new(text, evidence, [p, q])),
                    None => self.suppose_within(&p, &q, env).ok_or(text),
                    Some(_) => Err(text),
                }
            }
        }
    }

    /// What a support is made of: its ends. Anything else is what it is; `None` where the ends are not known.
    fn support_ends(&self, t: &Term) -> Option<Term> {
        match t.node() {
            Node::Call(f, args) if f == "support" && args.len() == 1 => {
                if let Some(atoms) = self.arith.atoms_of(&args[0]) {
                    return Some(Term::sum(vec![atoms.lo, atoms.hi]));
                }
                if let Some(space) = self.arith.space_of(&args[0]) {
                    return Some(space.term());
                }
                let (low, high) = self.arith.interval_of(&args[0])?;
                Some(Term::sum(vec![low, high]))
            }
            _ => Some(t.clone()),
        }
    }

    /// The bindings, with names of their own for variables that only the condition binds.
    fn apart_from(&self, condition: &Term, bindings: &Bindings, env: EnvId) -> Bindings {
        let mut all = bindings.clone();
        let mut binders = Vec::new();
        binders_of(condition, &mut binders);
        for b in binders {
            if all.vars.contains_key(&b.var) {
                continue;
            }
            let fresh = fresh_name(&b.var, |s| {
                all.metas.values().any(|t| t.mentions(s))
                    || all.vars.values().any(|v| v == s)
                    || self.arith.facts.is_reserved(s)
                    || self.arith.facts.sorts.contains_key(s)
                    || self.arith.lookup(s, env).is_some()
            });
            all.vars.insert(b.var.clone(), fresh);
        }
        all
    }

    /// The environment of a condition: inside those of the rule's binders whose variables it mentions, so that a
    /// condition on what stands under a sum is proved for every index.
    pub(super) fn env_of_condition(
        &mut self,
        left: &Term,
        condition: &Condition,
        bindings: &Bindings,
        mut env: EnvId,
    ) -> Result<EnvId, Refusal> {
        let terms: Vec<Term> = match condition {
            Condition::Free(..) => return Ok(env),
            Condition::Compare(_, a, b) | Condition::Within(a, b) => vec![a, b],
            Condition::Sort(t, _) | Condition::Integrable(t) | Condition::Dominated(_, t) => {
                vec![t]
            }
        }
        .into_iter()
        .filter_map(|t| t.instantiate(bindings))
        .collect();
        let mut needed: Vec<Binder> = Vec::new();
        let mut binders = Vec::new();
        binders_of(left, &mut binders);
        for b in binders.into_iter().rev() {
            let Some(var) = bindings.vars.get(&b.var) else { continue };
            let ends = needed.iter().flat_map(|b| match &b.domain {
                Domain::Range(lo, hi) => vec![lo, hi],
                Domain::Over(d) => vec![d],
            });
            if !terms.iter().chain(ends).any(|t| t.mentions(var)) {
                continue;
            }
            // A name that means something outside, too, could be meant either way.
            if self.arith.lookup(var, env).is_some() || self.arith.facts.sorts.contains_key(var) {
                return Err(Refusal::Arithmetic(ArithmeticError::Shadowed));
            }
            let bare = Term::binder(b.op, b.var.clone(), b.domain.clone(), Term::integer(0));
            let instance = bare.instantiate(bindings);
            let Some(Node::Binder(b)) = instance.as_ref().map(Term::node) else { continue };
            needed.push(b.clone());
        }
        for b in needed.into_iter().rev() {
            env = self.arith.enter(env, b.op, &b.var, &b.domain)?;
        }
        Ok(env)
    }

    /// Whether the first set lies within the second, where that can be decided, and why.
    pub(crate) fn within(&mut self, p: &Term, q: &Term, env: EnvId) -> Option<(bool, String)> {
        if self.arith.equal(p, q, env).ok()? {
            return Some((true, "the two are the same".into()));
        }
        let resolve = |t: &Term| match t.node() {
            Node::Call(f, args) if f == "support" && args.len() == 1 => args[0].clone(),
            _ => t.clone(),
        };
        if let Some(known) = self.mixed_within(&resolve(p), &resolve(q), env) {
            return Some(known);
        }
        if let Some(yes) = self.arith.coordinates_within(&resolve(p), &resolve(q), env) {
            let verb = if yes { "lies within" } else { "is not contained in" };
            return Some((yes, format!("each coordinate's support {verb} the other's")));
        }
        self.arith.support_within(p, q, env)
    }

    /// The same of mixtures: each part of the first must lie within the second, of whose parts one is enough.
    fn mixed_within(&mut self, p: &Term, q: &Term, env: EnvId) -> Option<(bool, String)> {
        if let Some(parts) = self.arith.parts_of(p) {
            let mut all = Some(true);
            for part in parts {
                match self.within(&part, q, env).map(|(yes, _)| yes) {
                    Some(true) => {}
                    Some(false) => {
                        let why = format!("the support of its part {part} is not contained in {q}");
                        return Some((false, why));
                    }
                    None => all = None,
                }
            }
            return all.map(|yes| (yes, "the support of each part lies within the other".into()));
        }
        let parts = self.arith.parts_of(q)?;
        parts.into_iter().find_map(|part| match self.within(p, &part, env) {
            Some((true, why)) => Some((true, format!("in the support of its part {part}: {why}"))),
            _ => None,
        })
    }

    fn compare(
        &mut self,
        relation: Relation,
        a: &Term,
        b: &Term,
        env: EnvId,
    ) -> Result<Discharge, String> {
        let compared = Term::relation(relation, a.clone(), b.clone());
        let text = compared.to_string();
        if let Some(evidence) = self.beyond(relation, a, b, env) {
            return Ok(Discharge::new(text, evidence, [compared]));
        }
        let sign = if b.as_rational().is_some_and(|r| r.is_zero()) {
            self.arith.sign(a, env)
        } else {
            self.arith.sign(&Term::difference(a.clone(), b.clone()), env)
        };
        let wanted = match relation {
            Relation::Eq => Sign::ZERO,
            Relation::Le => Sign::NONPOSITIVE,
            Relation::Ge => Sign::NONNEGATIVE,
            Relation::Lt => Sign::NEGATIVE,
            Relation::Gt => Sign::POSITIVE,
            Relation::Ne => Sign::NONZERO,
            // Of two numbers these say nothing that a sign could prove.
            Relation::UpTo | Relation::Tends | Relation::TendsUpTo => return Err(text),
        };
        if !sign.within(wanted) {
            return self.suppose((relation, a, b), env).ok_or(text);
        }
        let evidence = self.why(a, env);
        Ok(Discharge::new(text, evidence, [compared]))
    }

    /// Evidence that an end of a range lies where it should, one of the two being infinite and the other not.
    fn beyond(
        &mut self,
        relation: Relation,
        a: &Term,
        b: &Term,
        env: EnvId,
    ) -> Option<&'static str> {
        let (low, high) = match relation {
            Relation::Le | Relation::Lt => (a, b),
            Relation::Ge | Relation::Gt => (b, a),
            _ => return None,
        };
        let finite = |t: &Term| !t.mentions(&Symbol::new("oo"));
        let one =
            infinite(low).is_some() && finite(high) || infinite(high).is_some() && finite(low);
        (one && self.arith.at_most(low, high, env) == Some(true))
            .then_some("one of the two is infinite")
    }

    /// What a sign was read off.
    pub(super) fn why(&self, a: &Term, env: EnvId) -> String {
        if let Some(name) = a.as_symbol() {
            if self.arith.lookup(name, env).is_some() {
                return format!("{name} ranges over its domain");
            }
            if self.arith.facts.sorts.contains_key(name) {
                return format!("assumed of {name}");
            }
        }
        match a.node() {
            _ if a.as_rational().is_some() => "a comparison of numbers".into(),
            Node::Density(..) => "a density is positive on its support".into(),
            Node::Call(f, _) if f == "exp" => "an exponential is positive".into(),
            _ => {
                let names: Vec<String> = a
                    .free_symbols()
                    .into_iter()
                    .filter(|s| self.arith.lookup(s, env).is_none())
                    .filter(|s| self.arith.facts.sorts.contains_key(s))
                    .map(|s| format!("{s} {}", self.arith.facts.sign_of(&s).as_str()))
                    .filter(|s| !s.ends_with("sign"))
                    .collect();
                if names.is_empty() {
                    "sign inference".into()
                } else {
                    format!("sign inference from {}", names.join(", "))
                }
            }
        }
    }

    pub(crate) fn is_natural(&mut self, t: &Term, env: EnvId) -> bool {
        self.of_sort(t, Sort::Natural, env).is_ok()
    }

    pub(super) fn of_sort(
        &mut self,
        t: &Term,
        sort: Sort,
        env: EnvId,
    ) -> Result<Discharge, String> {
        let (relation, word) = match sort {
            Sort::Real => {
                let condition = format!("{t} is real");
                if t.mentions(&Symbol::new("oo")) {
                    return Err(condition);
                }
                return Ok(Discharge::new(condition, "a finite term", [t.clone()]));
            }
            Sort::Positive => (Relation::Gt, None),
            Sort::Nonnegative => (Relation::Ge, None),
            Sort::Negative => (Relation::Lt, None),
            Sort::Nonzero => (Relation::Ne, None),
            Sort::Integer => (Relation::Eq, Some("an integer")),
            Sort::Natural => (Relation::Eq, Some("a natural number")),
            Sort::Density => (Relation::Eq, Some("a density")),
            Sort::Mass => (Relation::Eq, Some("a mass")),
            Sort::Probabilities => (Relation::Eq, Some("a vector of probabilities")),
            Sort::Positives => (Relation::Eq, Some("a vector of positive numbers")),
        };
        let Some(word) = word else { return self.compare(relation, t, &Term::integer(0), env) };
        let condition = format!("{t} is {word}");
        let natural = sort == Sort::Natural;
        let number = natural || sort == Sort::Integer;
        if let Some(n) = self.arith.poly(t, env).ok().and_then(|p| p.as_constant()) {
            let holds = n.is_integer() && (!natural || n >= Rational::ONE) && number;
            return if holds {
                Ok(Discharge::new(condition, "a number", [t.clone()]))
            } else {
                Err(condition)
            };
        }
        if self.arith.is_whole(t, env) {
            let positive = !natural || self.arith.sign(t, env).is_positive();
            return if positive && number {
                Ok(Discharge::new(condition, "made of integers", [t.clone()]))
            } else {
                Err(condition)
            };
        }
        let free = t.as_symbol().filter(|s| self.arith.lookup(s, env).is_none());
        let declared = free.and_then(|s| self.arith.facts.sorts.get(s));
        match declared {
            Some(Sort::Natural) if number => {}
            Some(s) if *s == sort => {}
            _ => return Err(condition),
        }
        Ok(Discharge::new(condition, format!("assumed of {t}"), [t.clone()]))
    }
}

/// The binders of a pattern, outer ones first.
fn binders_of<'a>(t: &'a Term, out: &mut Vec<&'a Binder>) {
    if let Node::Binder(b) = t.node() {
        out.push(b);
    }
    t.children().into_iter().for_each(|c| binders_of(c, out));
}

/// Which pattern variables must be free of which.
#[derive(Default)]
pub(crate) struct Free {
    /// Those in which a variable of the rule must not occur.
    pub metas: Vec<Symbol>,
    /// Those that stand for such a variable themselves.
    pub of: Vec<Symbol>,
}

/// What a rule's conditions require to be free of a variable.
pub(crate) fn required_free(conditions: &[Condition]) -> Free {
    let mut free = Free::default();
    for condition in conditions {
        let Condition::Free(x, t) = condition else { continue };
        if let Node::Meta(m) = t.node() {
            free.metas.push(m.clone());
        }
        if let Node::Meta(m) = x.node() {
            free.of.push(m.clone());
        }
    }
    free
}
