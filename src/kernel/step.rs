//! Sealed steps. A [`Step`] can be made only here: the kernel instantiates the left side, compares normal forms at the
//! place, discharges every condition and computes the result itself.

use std::collections::BTreeSet;

use crate::term::{BinderOp, Bindings, Node, Path, Relation, Symbol, Term};
use crate::theory::{Rule, Theory};

use super::arith::{Arithmetic, EnvId, PolyId, ROOT, Sums};
use super::condition::Discharge;
use super::defined::Need;
use super::equation::Equivalence;
use super::holes::captures;
use super::monotone::Monotone;
use super::shape::{
    counts_with_infinity, derivatives_hold_still, derivatives_keep_variables, holes_are_complete,
    members_are_named, series_are_finite,
};
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
    /// An assumed or supposed equation, left to right.
    Hypothesis(Term),
    /// An equation that was found to follow from what is supposed, left to right.
    Consequence(Term),
    /// Exact arithmetic: both sides have the same normal form.
    Arithmetic,
    /// A constant is left out, free of what the assumptions name.
    Constant,
    /// The law of large numbers for a family of draws.
    LargeNumbers(Symbol),
    /// An equation with the same solutions.
    Equation(Equivalence),
}

impl Justification {
    /// The rule's id, or the kind.
    pub fn name(&self) -> String {
        match self {
            Self::Rule(id, _) => id.to_string(),
            Self::Definition(q) => format!("definition.{q}"),
            Self::Density => "density".into(),
            Self::Expectation => "expectation".into(),
            Self::Hypothesis(_) => "hypothesis".into(),
            Self::Consequence(_) => "consequence".into(),
            Self::Arithmetic => "arithmetic".into(),
            Self::Constant => "constant".into(),
            Self::LargeNumbers(_) => "large_numbers".into(),
            Self::Equation(_) => "equation".into(),
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
    laws: BTreeSet<Symbol>,
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
    /// The rule and the laws that it rests on.
    pub fn axioms(&self) -> impl Iterator<Item = &Symbol> {
        let rule = match &self.justification {
            Justification::Rule(id, _) => Some(id),
            _ => None,
        };
        rule.into_iter().chain(&self.laws)
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
    /// A definition asks that a support does not depend on a parameter, and it does: the distribution, the ends of its
    /// support, and the parameter.
    SupportMoves {
        /// The distribution.
        of: Term,
        /// Where its support begins and ends.
        ends: (Term, Term),
        /// The parameter.
        by: Term,
    },
    /// A definition asks for the distributions of the coordinates of this one, which no theory states.
    NoMarginals(Term),
    /// The step would be made if some conditions on parameters were assumed.
    Supposed,
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
    /// What must hold for the assumed relations to have a value.
    pub(super) assumed_with_relations: Option<Vec<(Need, PolyId)>>,
    /// The term looked at last, whose derivatives are all by what can be moved: rules are tried at many of its places.
    movable: Option<Term>,
    /// Conditions on parameters that were not proved, while they are being looked for; no step is made meanwhile.
    pub(super) supposed: Option<Vec<Term>>,
}

impl<'t> Kernel<'t> {
    /// A kernel under `facts`.
    pub fn new(theory: &'t Theory, facts: Facts) -> Self {
        Self {
            arith: Arithmetic::new(theory, facts.clone()),
            readable: Arithmetic::with_sums(theory, facts, Sums::Keep),
            laws_used: BTreeSet::new(),
            assumed_with_relations: None,
            movable: None,
            supposed: None,
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

    /// Whether two closed terms are equal wherever both are defined.
    ///
    /// # Errors
    /// Where a bound of the arithmetic is exceeded.
    pub fn equal(&mut self, a: &Term, b: &Term) -> Result<bool, ArithmeticError> {
        self.arith.equal(a, b, ROOT)
    }

    /// The environment at a place: the binders passed on the way.
    pub(crate) fn env_at(&mut self, whole: &Term, path: &Path) -> Result<EnvId, Refusal> {
        self.laws_used.clear();
        if !self.movable.as_ref().is_some_and(|known| known.same_node(whole)) {
            if let Some(x) = self.arith.facts.fixed_variable(whole) {
                return Err(Refusal::Undefined(format!("D[{x}]")));
            }
            self.movable = Some(whole.clone());
        }
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

    /// Spellings of a closed term as a result: see [`Kernel::spellings`].
    pub fn presentations(&mut self, t: &Term) -> Vec<Term> {
        let each = [&mut self.readable, &mut self.arith].into_iter();
        each.filter_map(|arith| arith.poly(t, ROOT).ok().map(|p| arith.presented(&p))).collect()
    }

    /// The term with the fractions beside each of its logarithms and the like over one denominator, where that is shorter.
    /// A proposal, as [`Kernel::spellings`] makes them.
    pub fn cancelled(&mut self, whole: &Term) -> Option<Term> {
        let spelled = [&mut self.readable, &mut self.arith].into_iter().filter_map(|arith| {
            let p = arith.poly(whole, ROOT).ok()?;
            let p = arith.cancelled(&p)?;
            Some(arith.term_of(&p, ROOT))
        });
        spelled.min_by_key(Term::size).filter(|t| t.size() < whole.size())
    }

    /// The subterm at `path` with its fractions over one denominator, as [`Kernel::cancelled`] has them. A proposal.
    pub fn cancelled_at(&mut self, whole: &Term, path: &Path) -> Option<Term> {
        let t = whole.at(path)?;
        let env = walk(&mut self.arith, whole, path).ok()?;
        let p = self.arith.poly(&t, env).ok()?;
        let p = self.arith.cancelled(&p)?;
        Some(self.arith.term_of(&p, env))
    }

    /// The subterm at `path` multiplied out, as a list of products. Proposals, as [`Kernel::spellings`] makes them.
    pub fn monomials(&mut self, whole: &Term, path: &Path) -> Option<Vec<Term>> {
        let t = whole.at(path)?;
        let env = walk(&mut self.arith, whole, path).ok()?;
        let p = self.arith.poly(&t, env).ok()?;
        let parts = p.0.into_iter().map(|(m, c)| super::arith::Poly::monomial(m, c));
        Some(parts.map(|one| self.arith.term_of(&one, env)).collect())
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
        let at_center = self.readable_value(whole, path, &t.substitute(x, center));
        for (degree, coefficient) in parts {
            let spelled = match (degree, &at_center) {
                // A square stays one: (w m + b − y)² rather than its six terms.
                (0, Some(value)) => value.clone(),
                _ => self.arith.term_of(&coefficient, env),
            };
            out.push((degree, spelled));
        }
        Some(out)
    }

    /// The subterm at `path`, multiplied out, summand by summand.
    pub fn summands(&mut self, whole: &Term, path: &Path) -> Vec<Term> {
        let (Some(t), Ok(env)) = (whole.at(path), self.env_at(whole, path)) else {
            return Vec::new();
        };
        let Ok(p) = self.arith.poly(&t, env) else { return Vec::new() };
        let each = p.0.iter().map(|(m, c)| super::arith::Poly::monomial(m.clone(), c.clone()));
        each.map(|part| self.arith.term_of(&part, env)).collect()
    }

    /// A closed term as a person would write it, with its sums kept.
    pub fn readable(&mut self, t: &Term) -> Option<Term> {
        let p = self.readable.poly(t, ROOT).ok()?;
        Some(self.readable.term_of(&p, ROOT))
    }

    /// A term that could stand at `path`, with its sums kept.
    fn readable_value(&mut self, whole: &Term, path: &Path, t: &Term) -> Option<Term> {
        let env = walk(&mut self.readable, whole, path).ok()?;
        let p = self.readable.poly(t, env).ok()?;
        Some(self.readable.term_of(&p, env))
    }

    /// The subterm at `path` by powers of `factor`, a call, lowest first, if it is a polynomial in it.
    pub fn coefficients(
        &mut self,
        whole: &Term,
        path: &Path,
        factor: &Term,
    ) -> Option<Vec<(u32, Term)>> {
        let t = whole.at(path)?;
        let env = walk(&mut self.readable, whole, path).ok()?;
        let p = self.readable.poly(&t, env).ok()?;
        let atom = match self.readable.poly(factor, env).ok()?.0.as_slice() {
            [(m, c)] if c.is_one() && m.len() == 1 && m[0].1.is_one() => m[0].0,
            _ => return None,
        };
        let parts = self.readable.by_powers(&p, atom)?;
        Some(parts.into_iter().map(|(d, c)| (d, self.readable.term_of(&c, env))).collect())
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
        let found = self.matches(&rule.left, &subject, &rule.conditions, env);
        match (rule.chosen().as_slice(), subject.node()) {
            ([], _) => found,
            ([chosen], Node::Binder(b)) => self.chosen(&found, chosen, b, env),
            _ => Vec::new(),
        }
    }

    /// Proposals with what a rule lets one choose: the points at which an integrand has a kink.
    fn chosen(
        &mut self,
        found: &[Bindings],
        name: &Symbol,
        b: &crate::term::Binder,
        env: EnvId,
    ) -> Vec<Bindings> {
        let points = self.kinks(b, env);
        let at = |found: &Bindings, point: &Term| {
            let mut bindings = found.clone();
            bindings.metas.insert(name.clone(), point.clone());
            bindings
        };
        found.iter().flat_map(|f| points.iter().map(|p| at(f, p)).collect::<Vec<_>>()).collect()
    }

    /// Points at which the integrand of the integral at a place has a kink, as far as they are seen to lie in the range.
    pub fn kinks_at(&mut self, whole: &Term, path: &Path) -> Vec<Term> {
        match (whole.at(path).as_ref().map(Term::node), self.env_at(whole, path)) {
            (Some(Node::Binder(b)), Ok(env)) => self.kinks(b, env),
            _ => Vec::new(),
        }
    }

    /// Whether it is known which of two closed terms is the larger one.
    pub fn are_ordered(&mut self, a: &Term, b: &Term) -> bool {
        self.arith.at_most(a, b, ROOT).is_some()
    }

    /// What is chosen for a rule must have a value wherever the subject has one, and speak of nothing else.
    fn may_choose(
        &mut self,
        rule: &Rule,
        bindings: &Bindings,
        subject: &Term,
        env: EnvId,
    ) -> Result<(), Refusal> {
        for name in rule.chosen() {
            let Some(value) = bindings.metas.get(&name) else { continue };
            let known = subject.free_symbols();
            let strange = value.free_symbols().into_iter().find(|s| {
                !known.contains(s)
                    && self.arith.lookup(s, env).is_none()
                    && !self.arith.facts.sorts.contains_key(s)
                    && !self.arith.facts.definitions.contains_key(s)
                    && s != "pi"
            });
            if let Some(s) = strange {
                return Err(Refusal::Unbound(s.to_string()));
            }
            if value.any(&mut |t| matches!(t.node(), Node::Binder(_) | Node::Derivative(..))) {
                return Err(Refusal::DoesNotMatch);
            }
            self.always_defined(value, env)?;
        }
        Ok(())
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
        // A rule is about numbers: ∞ − ∞ has the normal form 0.
        if counts_with_infinity(&subject) {
            return Err(Refusal::DoesNotMatch);
        }
        let unbound = || Refusal::Unbound(rule.id.to_string());
        let left = rule.left.instantiate(bindings).ok_or_else(unbound)?;
        let right = rule.right.as_ref().ok_or_else(unbound)?;
        let right = right.instantiate(bindings).ok_or_else(unbound)?;
        // What a rule says of the entries of a vector, it says of the entries where they are written out.
        let right = if rule.left.any(&mut |t| t.as_comprehension().is_some()) {
            self.arith.with_entries(&right)
        } else {
            right
        };
        if !left.alpha_eq(&subject) && !self.arith.equal(&left, &subject, env)? {
            return Err(Refusal::DoesNotMatch);
        }
        // What holds of distributions need not hold of sums of them.
        if self.arith.facts.binds_measure(bindings)
            || !holes_are_complete(&rule.left, bindings)
            || !members_are_named(&rule.left, bindings)
            || !series_are_finite(&rule.left, bindings)
            || !derivatives_keep_variables(&rule.left, bindings)
            || !derivatives_hold_still(&rule.left, bindings, &self.arith.facts)
            || rule.right.as_ref().is_some_and(|r| {
                !derivatives_keep_variables(r, bindings)
                    || captures(&rule.left, r, bindings)
                    || !derivatives_hold_still(r, bindings, &self.arith.facts)
            })
        {
            return Err(Refusal::DoesNotMatch);
        }
        self.may_choose(rule, bindings, &subject, env)?;
        let mut discharges = Vec::new();
        for condition in &rule.conditions {
            let inner = self.env_of_condition(&rule.left, condition, bindings, env)?;
            let proved = match self.almost_everywhere((whole, path), condition, bindings, env) {
                Some(proved) if inner == env => Ok(proved),
                _ => self.discharge(condition, bindings, inner),
            };
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
            let discharges = self.infinite_value(&old, new, env)?;
            let why = Justification::Arithmetic;
            return self.seal(whole, path, why, Relation::Eq, old, new.clone(), discharges);
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
            Node::Call(..) => self.unfold_quantity(&old, env)?,
            Node::Density(d, points) => self.unfold_density(d, points, env)?,
            Node::Binder(b) if b.op == BinderOp::Expectation => self.unfold_expectation(b)?,
            Node::Binder(b) if b.op == BinderOp::Variance => self.unfold_variance(b, env)?,
            Node::Binder(b) if matches!(b.op, BinderOp::Integral | BinderOp::Sum) => {
                self.unfold_measure(b, env)?
            }
            _ => return Err(Refusal::DoesNotMatch),
        };
        self.seal(whole, path, justification, Relation::Eq, old, new, discharges)
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where a step is put together")]
    pub(super) fn seal(
        &mut self,
        whole: &Term,
        path: &Path,
        justification: Justification,
        relation: Relation,
        local_before: Term,
        local_after: Term,
        discharges: Vec<Discharge>,
    ) -> Result<Step, Refusal> {
        if self.is_supposing() {
            return Err(Refusal::Supposed);
        }
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
            laws: std::mem::take(&mut self.laws_used),
        })
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
