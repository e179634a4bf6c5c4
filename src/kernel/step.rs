//! Sealed steps. A [`Step`] can be made only here: the kernel instantiates the left side, compares normal forms at the
//! place, discharges every condition and computes the result itself.

use std::collections::BTreeSet;

use crate::term::{Binder, BinderOp, Bindings, Domain, Node, Path, Relation, Symbol, Term};
use crate::theory::{Condition, Rule, Theory};

use super::arith::{Arithmetic, EnvId, PolyId, ROOT, Sums};
use super::condition::Discharge;
use super::shape::{counts_with_infinity, without_bodies};
use super::{ArithmeticError, Facts};

/// What justifies a step: a closed set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Justification {
    /// A rule of the theory, left to right, with what its variables stand for.
    Rule(Symbol, Bindings),
    /// The definition of a quantity.
    Definition(Symbol),
    /// The density of a distribution at a point of its support.
    Density,
    /// An expectation as the integral against the density.
    Expectation,
    /// Exact arithmetic: both sides have the same normal form.
    Arithmetic,
}

impl Justification {
    /// The rule's id, or the kind.
    pub fn name(&self) -> String {
        match self {
            Self::Rule(id, _) => id.to_string(),
            Self::Definition(q) => format!("definition.{q}"),
            Self::Density => "density".into(),
            Self::Expectation => "expectation".into(),
            Self::Arithmetic => "arithmetic".into(),
        }
    }
}

/// One checked step from a term to the next. Cannot be built outside the kernel.
#[derive(Clone, Debug)]
pub struct Step {
    path: Path,
    justification: Justification,
    relation: Relation,
    before: Term,
    after: Term,
    local_before: Term,
    local_after: Term,
    discharges: Vec<Discharge>,
}

impl Step {
    /// Where it acted.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Why it holds.
    pub fn justification(&self) -> &Justification {
        &self.justification
    }
    /// How the whole terms are related: `before relation after`.
    pub fn relation(&self) -> Relation {
        self.relation
    }
    /// The whole term before.
    pub fn before(&self) -> &Term {
        &self.before
    }
    /// The whole term after.
    pub fn after(&self) -> &Term {
        &self.after
    }
    /// The rewritten subterm.
    pub fn local_before(&self) -> &Term {
        &self.local_before
    }
    /// What it became.
    pub fn local_after(&self) -> &Term {
        &self.local_after
    }
    /// The conditions with their evidence.
    pub fn discharges(&self) -> &[Discharge] {
        &self.discharges
    }
}

/// Why the kernel did not make a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// There is no such place.
    NoSuchPlace,
    /// The left side does not equal the subterm there.
    DoesNotMatch,
    /// A condition could not be proved.
    Undischarged(String),
    /// An inequality would act at a place of unknown monotonicity.
    NotMonotone,
    /// The two sides have different normal forms.
    NotEqual,
    /// The result could be undefined where the start is not.
    Undefined(String),
    /// A bound was exceeded.
    Arithmetic(ArithmeticError),
    /// A pattern variable has no value, or nothing is known under that name.
    Unbound(String),
}

impl From<ArithmeticError> for Refusal {
    fn from(e: ArithmeticError) -> Self {
        Self::Arithmetic(e)
    }
}

/// Makes and replays steps under fixed theory and assumptions.
pub struct Kernel<'t> {
    pub(crate) arith: Arithmetic<'t>,
    pub(crate) readable: Arithmetic<'t>,
    pub(crate) laws_used: BTreeSet<Symbol>,
}

impl<'t> Kernel<'t> {
    /// A kernel under `facts`.
    pub fn new(theory: &'t Theory, facts: Facts) -> Self {
        Self {
            arith: Arithmetic::new(theory, facts.clone()),
            readable: Arithmetic::with_sums(theory, facts, Sums::Keep),
            laws_used: BTreeSet::new(),
        }
    }

    /// The theory.
    pub fn theory(&self) -> &'t Theory {
        self.arith.theory
    }

    /// The assumptions.
    pub fn facts(&self) -> &Facts {
        &self.arith.facts
    }

    /// Laws that discharged an obligation so far.
    pub fn laws_used(&self) -> &BTreeSet<Symbol> {
        &self.laws_used
    }

    /// Whether two closed terms are equal wherever both are defined.
    ///
    /// # Errors
    /// Where a bound of the arithmetic is exceeded.
    pub fn equal(&mut self, a: &Term, b: &Term) -> Result<bool, ArithmeticError> {
        self.arith.equal(a, b, ROOT)
    }

    /// The environment at a place: the binders passed on the way.
    pub(crate) fn env_at(&mut self, whole: &Term, path: &Path) -> Result<EnvId, Refusal> {
        walk(&mut self.arith, whole, path)
    }

    /// Spellings of the subterm at `path` that a reader may prefer: with sums kept as factors, and multiplied out.
    /// Proposals only; [`Kernel::arithmetic`] decides whether one may stand.
    pub fn spellings(&mut self, whole: &Term, path: &Path) -> Vec<Term> {
        let Some(t) = whole.at(path) else { return Vec::new() };
        let mut out = Vec::new();
        for arith in [&mut self.readable, &mut self.arith] {
            if let Ok(env) = walk(arith, whole, path)
                && let Ok(p) = arith.poly(&t, env)
            {
                out.push(arith.term_of(&p, env));
            }
        }
        out
    }

    /// The polynomial in `x − center` that equals the subterm at `path`, lowest power first, if it is one.
    pub fn recentred(
        &mut self,
        whole: &Term,
        path: &Path,
        x: &Symbol,
        center: &Term,
    ) -> Option<Vec<(u32, Term)>> {
        let env = self.env_at(whole, path).ok()?;
        let t = whole.at(path)?;
        let shifted = Term::sum(vec![Term::symbol(x.clone()), center.clone()]);
        let moved = t.substitute(x, &shifted);
        let p = self.arith.poly(&moved, env).ok()?;
        let canon = self.arith.lookup(x, env)?;
        let atom = self.arith.atom(super::arith::Atom::Bound(canon));
        let parts = self.arith.by_powers(&p, atom)?;
        let mut out = Vec::new();
        for (degree, coefficient) in parts {
            let spelled = self.arith.term_of(&coefficient, env);
            out.push((degree, spelled));
        }
        Some(out)
    }

    /// The sign of a closed term.
    pub fn sign_of(&mut self, t: &Term) -> super::Sign {
        self.arith.sign(t, ROOT)
    }

    /// Proposals for a rule at a subterm; each still has to pass [`Kernel::rule`].
    pub fn proposals(&mut self, rule: &Rule, whole: &Term, path: &Path) -> Vec<Bindings> {
        let (Some(subject), Ok(env)) = (whole.at(path), self.env_at(whole, path)) else {
            return Vec::new();
        };
        self.matches(&rule.left, &subject, &rule.conditions, env)
    }

    /// Applies a rule at a place.
    ///
    /// # Errors
    /// A [`Refusal`] when the left side does not match there or a condition is not proved.
    pub fn rule(
        &mut self,
        whole: &Term,
        path: &Path,
        rule: &Rule,
        bindings: &Bindings,
    ) -> Result<Step, Refusal> {
        let env = self.env_at(whole, path)?;
        let subject = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        let unbound = || Refusal::Unbound(rule.id.to_string());
        let left = rule.left.instantiate(bindings).ok_or_else(unbound)?;
        let right = rule.right.as_ref().ok_or_else(unbound)?;
        let right = right.instantiate(bindings).ok_or_else(unbound)?;
        if !left.alpha_eq(&subject) && !self.arith.equal(&left, &subject, env)? {
            return Err(Refusal::DoesNotMatch);
        }
        let mut discharges = Vec::new();
        for condition in &rule.conditions {
            let proved = self.discharge(condition, bindings, env);
            discharges.push(proved.map_err(Refusal::Undischarged)?);
        }
        let relation = match rule.relation {
            Relation::Eq => Relation::Eq,
            r => match self.monotone(whole, path)? {
                Monotone::Increasing => r,
                Monotone::Decreasing => r.flipped(),
            },
        };
        let justification = Justification::Rule(rule.id.clone(), bindings.clone());
        self.seal(whole, path, justification, relation, subject, right, discharges)
    }

    /// Replaces the subterm at a place by one with the same normal form that is defined wherever the old one is.
    ///
    /// # Errors
    /// A [`Refusal`] when the two differ or a new denominator, root or logarithm is not known to be defined.
    pub fn arithmetic(&mut self, whole: &Term, path: &Path, new: &Term) -> Result<Step, Refusal> {
        let env = self.env_at(whole, path)?;
        let old = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        if counts_with_infinity(&old) || counts_with_infinity(new) {
            return Err(Refusal::Undefined("oo".into()));
        }
        if !self.arith.equal(&old, new, env)? {
            return Err(Refusal::NotEqual);
        }
        let discharges = self.stays_defined(&old, new, env)?;
        self.seal(
            whole,
            path,
            Justification::Arithmetic,
            Relation::Eq,
            old,
            new.clone(),
            discharges,
        )
    }

    /// Unfolds the quantity, density or expectation at a place.
    ///
    /// # Errors
    /// A [`Refusal`] when there is nothing to unfold there, or a condition of the definition is not proved.
    pub fn unfold(&mut self, whole: &Term, path: &Path) -> Result<Step, Refusal> {
        let env = self.env_at(whole, path)?;
        let old = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        let (justification, new, discharges) = match old.node() {
            Node::Call(..) => self.unfold_quantity(&old)?,
            Node::Density(d, points) => self.unfold_density(d, points, env)?,
            Node::Binder(b) if b.op == BinderOp::Expectation => self.unfold_expectation(b)?,
            _ => return Err(Refusal::DoesNotMatch),
        };
        self.seal(whole, path, justification, Relation::Eq, old, new, discharges)
    }

    fn unfold_quantity(
        &mut self,
        call: &Term,
    ) -> Result<(Justification, Term, Vec<Discharge>), Refusal> {
        let Node::Call(name, args) = call.node() else { return Err(Refusal::DoesNotMatch) };
        let theory = self.arith.theory;
        let quantity = theory.quantity(name, args.len()).ok_or(Refusal::DoesNotMatch)?;
        let body = theory.expand_quantity(call).ok_or(Refusal::DoesNotMatch)?;
        let body = self.arith.facts.unshadowed(&body);
        let formal: std::collections::BTreeMap<Symbol, Term> =
            quantity.parameters.iter().map(|(p, _)| p.clone()).zip(args.iter().cloned()).collect();
        let justification = Justification::Definition(name.clone());
        let mut discharges = Vec::new();
        for condition in &quantity.conditions {
            let condition = substituted(condition, &formal);
            match self.discharge(&condition, &Bindings::default(), ROOT) {
                Ok(d) => discharges.push(d),
                Err(text) => {
                    let fallback = quantity.otherwise.clone();
                    return match (self.refuted(&condition), fallback) {
                        (Some(evidence), Some(value)) => {
                            let d = Discharge { condition: format!("not: {text}"), evidence };
                            Ok((justification, value, vec![d]))
                        }
                        _ => Err(Refusal::Undischarged(text)),
                    };
                }
            }
        }
        Ok((justification, self.with_supports(&body), discharges))
    }

    /// Evidence that a support condition fails.
    fn refuted(&mut self, condition: &Condition) -> Option<String> {
        let Condition::Within(p, q) = condition else { return None };
        match self.within(p, q, ROOT)? {
            (false, evidence) => Some(evidence),
            _ => None,
        }
    }

    /// `int[x in support(p)]` with the interval written out where it is known.
    fn with_supports(&self, t: &Term) -> Term {
        let t = t.map_children(|c| self.with_supports(c));
        if let Node::Binder(b) = t.node()
            && b.op == BinderOp::Integral
            && let Domain::Over(set) = &b.domain
            && let Some((lo, hi)) = self.arith.interval_of(set)
        {
            return Term::binder(b.op, b.var.clone(), Domain::Range(lo, hi), b.body.clone());
        }
        t
    }

    fn unfold_density(
        &mut self,
        d: &Term,
        points: &[Term],
        env: EnvId,
    ) -> Result<(Justification, Term, Vec<Discharge>), Refusal> {
        let [point] = points else { return Err(Refusal::DoesNotMatch) };
        let d = self.arith.facts.resolve(d).clone();
        let new = match d.node() {
            Node::Call(f, args) if f == "mixture" => {
                let parts = args.chunks_exact(2).map(|wp| {
                    let density = Term::density(wp[1].clone(), vec![point.clone()]);
                    Term::product(vec![wp[0].clone(), density])
                });
                return Ok((Justification::Density, Term::sum(parts.collect()), Vec::new()));
            }
            _ => self.arith.theory.density_of(&d, point).ok_or(Refusal::DoesNotMatch)?,
        };
        let (lo, hi) = self.arith.theory.support_of(&d).ok_or(Refusal::DoesNotMatch)?;
        let text = format!("{point} lies in the support of {d}");
        let whole_line =
            super::arith::infinite(&lo) == Some(false) && super::arith::infinite(&hi) == Some(true);
        let inside =
            whole_line || self.arith.sign(&Term::density(d, points.to_vec()), env).is_positive();
        if !inside {
            return Err(Refusal::Undischarged(text));
        }
        let evidence = if whole_line { "the support is the whole line" } else { "its range" };
        let discharge = Discharge { condition: text, evidence: evidence.into() };
        Ok((Justification::Density, new, vec![discharge]))
    }

    fn unfold_expectation(
        &mut self,
        b: &Binder,
    ) -> Result<(Justification, Term, Vec<Discharge>), Refusal> {
        let Domain::Over(d) = &b.domain else { return Err(Refusal::DoesNotMatch) };
        if d.mentions(&b.var) {
            return Err(Refusal::Arithmetic(ArithmeticError::Shadowed));
        }
        let (lo, hi) = self.arith.interval_of(d).ok_or(Refusal::DoesNotMatch)?;
        let density = Term::density(d.clone(), vec![Term::symbol(b.var.clone())]);
        let body = Term::product(vec![density, b.body.clone()]);
        let new = Term::binder(BinderOp::Integral, b.var.clone(), Domain::Range(lo, hi), body);
        Ok((Justification::Expectation, new, Vec::new()))
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where a step is put together")]
    fn seal(
        &mut self,
        whole: &Term,
        path: &Path,
        justification: Justification,
        relation: Relation,
        local_before: Term,
        local_after: Term,
        discharges: Vec<Discharge>,
    ) -> Result<Step, Refusal> {
        let after = whole.replaced(path, &local_after).ok_or(Refusal::NoSuchPlace)?;
        let (path, before) = (path.clone(), whole.clone());
        Ok(Step {
            path,
            justification,
            relation,
            before,
            after,
            local_before,
            local_after,
            discharges,
        })
    }

    /// How the whole depends on the subterm at `path`.
    fn monotone(&mut self, whole: &Term, path: &Path) -> Result<Monotone, Refusal> {
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

    /// Every denominator, even root and logarithm of `new` is known to be defined, or stood in `old` already.
    fn stays_defined(
        &mut self,
        old: &Term,
        new: &Term,
        env: EnvId,
    ) -> Result<Vec<Discharge>, Refusal> {
        let mut known = Vec::new();
        self.partial_operations(old, env, &mut known)?;
        let mut wanted = Vec::new();
        self.partial_operations(new, env, &mut wanted)?;
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
        Ok(Vec::new())
    }

    /// Collects what must hold for `t` to be defined, each with its normal form, factors taken apart.
    fn partial_operations(
        &mut self,
        t: &Term,
        env: EnvId,
        out: &mut Vec<Operation>,
    ) -> Result<(), Refusal> {
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
                    && ["gamma", "lngamma", "digamma", "trigamma"].contains(&f.as_str()) =>
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

    /// What a closed term needs to be defined and is not known: `m > 0` for ln(m). Under a binder a denominator may
    /// vanish, for that happens almost nowhere; elsewhere it may not if `strictly` is asked.
    pub fn undefined_part(&mut self, t: &Term, strictly: bool) -> Option<String> {
        let mut needs = Vec::new();
        let collected = self.partial_operations(t, ROOT, &mut needs);
        let normal = self.arith.normal(t, ROOT);
        match (collected, normal) {
            (Err(Refusal::Arithmetic(e)), _) | (_, Err(e)) => return Some(e.message().into()),
            _ => {}
        }
        let open = needs.into_iter().find(|op| match op.need {
            Need::Nonzero if self.arith.poly_at(op.poly).is_zero() => true,
            Need::Nonzero => op.env == ROOT && strictly,
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
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let collected = self
            .partial_operations(&without_bodies(a), ROOT, &mut left)
            .and_then(|()| self.partial_operations(&without_bodies(b), ROOT, &mut right));
        if collected.is_err() {
            return Ok(());
        }
        for (mine, others) in [(&left, &right), (&right, &left)] {
            for op in mine {
                if !others.iter().any(|o| o.need == op.need && o.poly == op.poly) {
                    return Err(op.to_string());
                }
            }
        }
        Ok(())
    }

    fn need(
        &mut self,
        need: Need,
        t: &Term,
        env: EnvId,
        out: &mut Vec<Operation>,
    ) -> Result<(), Refusal> {
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
                    out.push(Operation { need, poly: id, of: t.clone(), env });
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Monotone {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
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

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.of, self.need.as_str())
    }
}

impl Need {
    fn as_str(self) -> &'static str {
        match self {
            Self::Nonzero => "!= 0",
            Self::Positive => "> 0",
            Self::Nonnegative => ">= 0",
        }
    }
}

fn substituted(c: &Condition, map: &std::collections::BTreeMap<Symbol, Term>) -> Condition {
    let s = |t: &Term| t.substitute_all(map);
    match c {
        Condition::Compare(r, a, b) => Condition::Compare(*r, s(a), s(b)),
        Condition::Sort(t, sort) => Condition::Sort(s(t), *sort),
        Condition::Free(x, t) => Condition::Free(x.clone(), s(t)),
        Condition::Integrable(t) => Condition::Integrable(s(t)),
        Condition::Within(a, b) => Condition::Within(s(a), s(b)),
    }
}

fn walk(arith: &mut Arithmetic<'_>, whole: &Term, path: &Path) -> Result<EnvId, Refusal> {
    let mut here = whole.clone();
    let mut env = ROOT;
    for &p in &path.positions {
        let next = here.children().get(p as usize).map(|c| (*c).clone());
        let next = next.ok_or(Refusal::NoSuchPlace)?;
        if let Node::Binder(b) = here.node()
            && p as usize + 1 == here.children().len()
        {
            env = arith.enter(env, b.op, &b.var, &b.domain)?;
        }
        here = next;
    }
    Ok(env)
}
