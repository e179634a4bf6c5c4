//! From a loss to programs for its value and its gradient.
//!
//! The loss is an expression of integrals. Under each, the density of the model is exp(w) and that of the target v; the
//! derivative by w and the derivatives of w by the parameters are taken by the rules of the theory, and their product is
//! the slope of the integrand. Between its kinks |g| is s·g. Where the derivation of the whole loss leaves no integral that
//! depends on a parameter, its formula is used instead.

use std::collections::BTreeMap;

use super::problem::{About, FitError, FitProblem};
use crate::derive::{Derivation, Status, derive};
use crate::kernel::Facts;
use crate::numeric::{Kink, NumericError};
use crate::term::{BinderOp, Domain, Node, Symbol, Term, fresh_name};
use crate::theory::{Sort, Theory};

/// Everything symbolic about a loss.
pub(super) struct Plan {
    /// What is known of the names.
    pub facts: Facts,
    /// The loss in closed form, with its derivatives, where one was derived.
    pub closed: Option<Closed>,
    /// The integrals that depend on the parameters.
    pub sweeps: Vec<Sweep>,
    /// The loss over the names of the integrals, and its derivatives by these.
    pub outer: Vec<Term>,
    /// Integrals that must be positive for the derivatives to hold.
    pub positive: bool,
}

/// A formula without integrals that depend on the parameters.
pub(super) struct Closed {
    pub value: Term,
    pub gradient: Vec<Term>,
}

/// One integral: the integrand, its slopes, and where it is taken.
pub(super) struct Sweep {
    pub name: Symbol,
    pub var: Symbol,
    pub functions: Vec<Term>,
    pub kinks: Vec<Kink>,
    pub domain: Domain,
}

/// Names that stand for something in an integrand.
struct Names {
    x: Symbol,
    target: Symbol,
    logarithm: Symbol,
}

pub(super) fn plan(problem: &FitProblem, theory: &Theory) -> Result<Plan, FitError> {
    let mut facts = Facts {
        sorts: problem.model.parameters.iter().cloned().collect(),
        relations: problem.model.relations.clone(),
        ..Facts::default()
    };
    let moves = |t: &Term| problem.model.parameters.iter().any(|(p, _)| t.mentions(p));
    for part in parts(&problem.model.distribution) {
        let moving = match theory.support_of(&part) {
            Some((lo, hi)) => moves(&lo) || moves(&hi),
            None => false,
        };
        if moving {
            let message = format!("the support of `{part}` moves with the parameters");
            let hint = "its loss has no gradient by these; give its ends fixed values";
            return Err(FitError::new("E0905", About::Model, message, hint));
        }
    }
    let statement = instantiated(problem, theory);
    let closed = closed(problem, theory, &mut facts, &statement);
    let mut builder = Builder { problem, theory, facts: &facts, sweeps: Vec::new() };
    let built = builder.outer();
    let sweeps = builder.sweeps;
    match built {
        Ok((outer, positive)) => Ok(Plan { facts, closed, sweeps, outer, positive }),
        Err(_) if closed.is_some() => {
            let (sweeps, outer) = (Vec::new(), Vec::new());
            Ok(Plan { facts, closed, sweeps, outer, positive: false })
        }
        Err(e) => Err(e),
    }
}

/// A distribution, or the parts of a mixture.
fn parts(distribution: &Term) -> Vec<Term> {
    match distribution.node() {
        Node::Call(name, arguments) if name == "mixture" => {
            arguments.chunks_exact(2).flat_map(|pair| parts(&pair[1])).collect()
        }
        _ => vec![distribution.clone()],
    }
}

/// The formal parameters of the loss: target and model.
fn formals(problem: &FitProblem) -> (Symbol, Symbol) {
    let all = &problem.loss.definition.parameters;
    (all[0].0.clone(), all[1].0.clone())
}

/// The density of the target, whose mass need not be one.
fn target_at(problem: &FitProblem, points: Vec<Term>) -> Term {
    let density = Term::density(problem.target.normalised.clone(), points);
    match problem.target.mass.is_one() {
        true => density,
        false => Term::product(vec![Term::rational(&problem.target.mass), density]),
    }
}

/// The loss with target and model in the places of its parameters.
fn instantiated(problem: &FitProblem, theory: &Theory) -> Term {
    let (p, q) = formals(problem);
    fn walk(t: &Term, problem: &FitProblem, theory: &Theory, p: &Symbol, q: &Symbol) -> Term {
        match t.node() {
            Node::Density(d, points) if d.as_symbol() == Some(p) => {
                target_at(problem, points.clone())
            }
            Node::Density(d, points) if d.as_symbol() == Some(q) => {
                Term::density(problem.model.distribution.clone(), points.clone())
            }
            Node::Binder(b) => {
                let domain = match &b.domain {
                    Domain::Over(set) => match ends(set, problem, theory) {
                        Some((lo, hi)) => Domain::Range(lo, hi),
                        None => b.domain.clone(),
                    },
                    range @ Domain::Range(..) => range.clone(),
                };
                Term::binder(b.op, b.var.clone(), domain, walk(&b.body, problem, theory, p, q))
            }
            Node::Symbol(name) if name == p => problem.target.normalised.clone(),
            Node::Symbol(name) if name == q => problem.model.distribution.clone(),
            _ => t.map_children(|c| walk(c, problem, theory, p, q)),
        }
    }
    walk(&problem.loss.definition.body, problem, theory, &p, &q)
}

/// The ends of `support(P)` where all parts have the same.
fn ends(set: &Term, problem: &FitProblem, theory: &Theory) -> Option<(Term, Term)> {
    let (p, q) = formals(problem);
    let Node::Call(_, arguments) = set.node() else { return None };
    let name = arguments.first()?.as_symbol()?;
    let distribution = if *name == p {
        &problem.target.normalised
    } else if *name == q {
        &problem.model.distribution
    } else {
        return None;
    };
    let mut all = parts(distribution).into_iter().map(|part| theory.support_of(&part));
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// The formula of the loss, if one is derived.
fn closed(
    problem: &FitProblem,
    theory: &Theory,
    facts: &mut Facts,
    statement: &Term,
) -> Option<Closed> {
    let derivation = derive(theory, facts.clone(), statement);
    let usable = |d: &Derivation| {
        matches!(d.status, Status::Proved | Status::Stuck)
            && d.relation == crate::term::Relation::Eq
            && !unresolved(&d.result, problem, &d.facts)
    };
    if !usable(&derivation) {
        return None;
    }
    let mut gradient = Vec::new();
    for (name, _) in &problem.model.parameters {
        let by = Term::derivative(Term::symbol(name.clone()), derivation.result.clone());
        let slope = derive(theory, derivation.facts.clone(), &by);
        if !usable(&slope) {
            return None;
        }
        gradient.push(slope.facts.written_out(&slope.result));
    }
    let value = derivation.facts.written_out(&derivation.result);
    Some(Closed { value, gradient })
}

/// Whether there is something left that depends on the parameters and is no elementary function of them.
fn unresolved(t: &Term, problem: &FitProblem, facts: &Facts) -> bool {
    let moves = |t: &Term| problem.model.parameters.iter().any(|(p, _)| facts.depends(t, p));
    t.any(&mut |t| match t.node() {
        Node::Binder(b) => !matches!(b.op, BinderOp::Sum | BinderOp::Product) && moves(t),
        Node::Derivative(..) | Node::Density(..) => moves(t),
        _ => false,
    })
}

struct Builder<'a> {
    problem: &'a FitProblem,
    theory: &'a Theory,
    facts: &'a Facts,
    sweeps: Vec<Sweep>,
}

impl Builder<'_> {
    fn fresh(&self, base: &str) -> Symbol {
        fresh_name(&Symbol::new(base), |name| {
            self.facts.sorts.contains_key(name)
                || self.facts.definitions.contains_key(name)
                || self.facts.is_reserved(name)
        })
    }

    /// The loss over its integrals, and its slopes by those that depend on the model.
    fn outer(&mut self) -> Result<(Vec<Term>, bool), FitError> {
        let (_, q) = formals(self.problem);
        let body = self.problem.loss.definition.body.clone();
        let mut constants = BTreeMap::new();
        let outer = self.named(&body, &q, &mut constants)?;
        let mut positive = false;
        let mut all = vec![outer.clone()];
        for name in self.sweeps.iter().map(|s| s.name.clone()).collect::<Vec<_>>() {
            let by = Term::derivative(Term::symbol(name), outer.clone());
            let slope = match self.derived(&by, &constants, Sort::Real) {
                Some(slope) => slope,
                None => {
                    positive = true;
                    self.derived(&by, &constants, Sort::Positive).ok_or_else(|| self.rough(&by))?
                }
            };
            all.push(slope);
        }
        let known: BTreeMap<Symbol, Term> = constants;
        Ok((all.iter().map(|t| t.substitute_all(&known)).collect(), positive))
    }

    fn derived(&self, by: &Term, constants: &BTreeMap<Symbol, Term>, sort: Sort) -> Option<Term> {
        let mut facts = Facts::default();
        for sweep in &self.sweeps {
            facts.sorts.insert(sweep.name.clone(), sort);
        }
        for name in constants.keys() {
            facts.sorts.insert(name.clone(), sort);
        }
        let done = derive(self.theory, facts, by);
        (done.status == Status::Proved).then_some(done.result)
    }

    fn rough(&self, what: &Term) -> FitError {
        let name = &self.problem.loss.definition.name;
        let message = format!("`{name}` cannot be differentiated: no rule gives {what}");
        let hint = "a loss is an expression of integrals over P(x) and q(x)";
        FitError::new("E0908", About::Loss, message, hint)
    }

    /// The expression with a name for each integral.
    fn named(
        &mut self,
        t: &Term,
        q: &Symbol,
        constants: &mut BTreeMap<Symbol, Term>,
    ) -> Result<Term, FitError> {
        if let Node::Binder(b) = t.node()
            && b.op == BinderOp::Integral
        {
            let count = self.sweeps.len() + constants.len() + 1;
            let name = self.fresh(&format!("integral{count}"));
            if b.body.mentions(q) || matches!(&b.domain, Domain::Over(set) if set.mentions(q)) {
                self.sweep(name.clone(), b)?;
            } else {
                let mut only = self.problem.clone();
                only.loss.definition.body = t.clone();
                constants.insert(name.clone(), instantiated(&only, self.theory));
            }
            return Ok(Term::symbol(name));
        }
        let mut failed = None;
        let new = t.map_children(|c| {
            self.named(c, q, constants).unwrap_or_else(|e| {
                failed = Some(e);
                c.clone()
            })
        });
        match failed {
            Some(e) => Err(e),
            None if new.mentions(q) => Err(self.rough(t)),
            None => Ok(new),
        }
    }

    fn sweep(&mut self, name: Symbol, b: &crate::term::Binder) -> Result<(), FitError> {
        let (p, q) = formals(self.problem);
        let x = self.fresh("x");
        let names = Names { x: x.clone(), target: self.fresh("v"), logarithm: self.fresh("w") };
        let body = b.body.substitute(&b.var, &Term::symbol(x.clone()));
        let point = Term::symbol(x.clone());
        let w = Term::symbol(names.logarithm.clone());
        fn put(t: &Term, p: &Symbol, q: &Symbol, x: &Term, v: &Term, e: &Term) -> Term {
            match t.node() {
                Node::Density(d, at) if at.as_slice() == [x.clone()] => match d.as_symbol() {
                    Some(name) if name == p => v.clone(),
                    Some(name) if name == q => e.clone(),
                    _ => t.clone(),
                },
                _ => t.map_children(|c| put(c, p, q, x, v, e)),
            }
        }
        let v = Term::symbol(names.target.clone());
        let body = put(&body, &p, &q, &point, &v, &Term::call("exp", vec![w.clone()]));
        if body.mentions(&p) || body.mentions(&q) {
            return Err(self.rough(&body));
        }
        let mut kinks = Vec::new();
        let smooth = self.smooth(&body, &names, &mut kinks);
        let mut facts = Facts::default();
        facts.sorts.insert(names.logarithm.clone(), Sort::Real);
        facts.sorts.insert(names.target.clone(), Sort::Positive);
        facts.sorts.insert(x.clone(), Sort::Real);
        for kink in &kinks {
            facts.sorts.insert(kink.sign.clone(), Sort::Real);
        }
        let by = Term::derivative(w, smooth.clone());
        let slope = derive(self.theory, facts, &by);
        if slope.status != Status::Proved {
            return Err(self.rough(&by));
        }
        let mut functions = vec![self.densities(&smooth, &names)];
        let factor = self.densities(&slope.result, &names);
        for (parameter, _) in &self.problem.model.parameters.clone() {
            let score = self.score(parameter, &x)?;
            functions.push(Term::product(vec![factor.clone(), score]));
        }
        for kink in &mut kinks {
            kink.of = self.densities(&kink.of, &names);
            kink.magnitude = self.densities(&kink.magnitude, &names);
        }
        let domain = self.domain(&b.domain);
        self.sweeps.push(Sweep { name, var: x, functions, kinks, domain });
        Ok(())
    }

    fn domain(&self, domain: &Domain) -> Domain {
        let (p, q) = formals(self.problem);
        match domain {
            Domain::Over(set) => {
                let map = BTreeMap::from([
                    (p, self.problem.target.normalised.clone()),
                    (q, self.problem.model.distribution.clone()),
                ]);
                Domain::Over(set.substitute_all(&map))
            }
            range @ Domain::Range(..) => range.clone(),
        }
    }

    /// The integrand with ±g for |g|, innermost first.
    fn smooth(&self, t: &Term, names: &Names, kinks: &mut Vec<Kink>) -> Term {
        let t = t.map_children(|c| self.smooth(c, names, kinks));
        let Node::Call(name, arguments) = t.node() else { return t };
        let of = match (name.as_str(), arguments.as_slice()) {
            ("abs", [g]) => g.clone(),
            ("min" | "max", [a, b]) => Term::difference(a.clone(), b.clone()),
            _ => return t,
        };
        if !of.mentions(&names.target) && !of.mentions(&names.logarithm) {
            return t;
        }
        let sign = self.fresh(&format!("s{}", kinks.len() + 1));
        let size = |part: &Term| Term::call("abs", vec![part.clone()]);
        let magnitude = match of.node() {
            Node::Sum(parts) => Term::sum(parts.iter().map(size).collect()),
            _ => size(&of),
        };
        kinks.push(Kink { of: of.clone(), magnitude, sign: sign.clone() });
        let signed = Term::product(vec![Term::symbol(sign), of]);
        match (name.as_str(), arguments.as_slice()) {
            ("min" | "max", [a, b]) => {
                let signed = if *name == "min" { Term::neg(signed) } else { signed };
                let all = Term::sum(vec![a.clone(), b.clone(), signed]);
                Term::quotient(all, Term::integer(2))
            }
            _ => signed,
        }
    }

    /// Densities in the places of the names that stand for them.
    fn densities(&self, t: &Term, names: &Names) -> Term {
        let x = Term::symbol(names.x.clone());
        let model = Term::density(self.problem.model.distribution.clone(), vec![x.clone()]);
        fn exponentials(t: &Term, w: &Symbol, model: &Term) -> Term {
            match t.node() {
                Node::Call(name, a) if name == "exp" && a[0].as_symbol() == Some(w) => {
                    model.clone()
                }
                _ => t.map_children(|c| exponentials(c, w, model)),
            }
        }
        let t = exponentials(t, &names.logarithm, &model);
        let map = BTreeMap::from([
            (names.target.clone(), target_at(self.problem, vec![x])),
            (names.logarithm.clone(), Term::call("ln", vec![model])),
        ]);
        t.substitute_all(&map)
    }

    /// The derivative of the logarithm of the model's density by a parameter.
    fn score(&self, parameter: &Symbol, x: &Symbol) -> Result<Term, FitError> {
        let distribution = &self.problem.model.distribution;
        let point = Term::symbol(x.clone());
        let mut facts = self.facts.clone();
        let mut sort = Sort::Real;
        if let [part] = parts(distribution).as_slice()
            && let Some((lo, hi)) = self.theory.support_of(part)
        {
            if lo.as_rational().is_some_and(|n| !n.is_negative()) {
                sort = Sort::Positive;
            }
            let finite = |t: &Term| !t.mentions(&Symbol::new("oo"));
            let less = crate::term::Relation::Lt;
            if finite(&lo) {
                facts.relations.push(Term::relation(less, lo, point.clone()));
            }
            if finite(&hi) {
                facts.relations.push(Term::relation(less, point.clone(), hi));
            }
        }
        facts.sorts.insert(x.clone(), sort);
        let density = written_out(distribution, &point, self.theory);
        let density = density.unwrap_or_else(|| Term::density(distribution.clone(), vec![point]));
        let by = Term::derivative(Term::symbol(parameter.clone()), Term::call("ln", vec![density]));
        let done = derive(self.theory, facts, &by);
        if done.status == Status::Proved {
            return Ok(done.facts.written_out(&done.result));
        }
        let message = format!("the model cannot be differentiated by {parameter}");
        let hint = "no rule of the theory gives the derivative of the logarithm of its density";
        Err(FitError::new("E0905", About::Model, message, hint))
    }
}

/// The formula of a density on its support; of a mixture, of the parts.
fn written_out(distribution: &Term, point: &Term, theory: &Theory) -> Option<Term> {
    match distribution.node() {
        Node::Call(name, arguments) if name == "mixture" => {
            let part = |pair: &[Term]| {
                Some(Term::product(vec![pair[0].clone(), written_out(&pair[1], point, theory)?]))
            };
            arguments.chunks_exact(2).map(part).collect::<Option<Vec<_>>>().map(Term::sum)
        }
        _ => theory.density_of(distribution, point),
    }
}

/// A loss that is not finite, or that no number was found for, where the fit begins.
pub(super) fn no_value(e: &NumericError) -> FitError {
    let message = format!("the loss has no finite value where the fit begins: {e}");
    let hint = "start where target and model overlap, or choose a loss that is finite there";
    FitError::new("E0906", About::Start, message, hint)
}
