//! Unfolding: what the theory says a quantity, a density or an expectation is.

use std::collections::BTreeMap;

use crate::term::{Binder, BinderOp, Bindings, Domain, Node, Symbol, Term};
use crate::theory::Condition;

use super::arith::{Atoms, EnvId};
use super::condition::{Discharge, MAX_DEPTH};
use super::{ArithmeticError, Justification, Kernel, Refusal};

/// What a step says of itself: why, the new term, and the conditions with their evidence.
type Unfolded = (Justification, Term, Vec<Discharge>);

impl Kernel<'_> {
    pub(super) fn unfold_quantity(&mut self, call: &Term, env: EnvId) -> Result<Unfolded, Refusal> {
        let Node::Call(name, args) = call.node() else { return Err(Refusal::DoesNotMatch) };
        let theory = self.arith.theory;
        let quantity = theory.quantity(name, args.len()).ok_or(Refusal::DoesNotMatch)?;
        let body = theory.expand_quantity(call).ok_or(Refusal::DoesNotMatch)?;
        let bound = |s: &Symbol| self.arith.lookup(s, env).is_some();
        let body = self.arith.facts.unshadowed_within(&body, &bound);
        let formal: BTreeMap<Symbol, Term> =
            quantity.parameters.iter().map(|(p, _)| p.clone()).zip(args.iter().cloned()).collect();
        let justification = Justification::Definition(name.clone());
        let mut discharges = Vec::new();
        for condition in &quantity.conditions {
            let condition = substituted(condition, &formal);
            match self.discharge(&condition, &Bindings::default(), env) {
                Ok(d) => discharges.push(d),
                Err(text) => {
                    if let Some(moves) = self.moving_support(&condition) {
                        return Err(moves);
                    }
                    let fallback = quantity.otherwise.clone();
                    return match (self.refuted(&condition, env), fallback) {
                        (Some(evidence), Some(value)) => {
                            let d = Discharge::new(format!("not: {text}"), evidence, []);
                            Ok((justification, value, vec![d]))
                        }
                        _ => Err(Refusal::Undischarged(text)),
                    };
                }
            }
        }
        let with = self.arith.facts.with_marginals(&body, theory);
        let new = with.map_err(Refusal::NoMarginals)?;
        if new != body {
            let of = args.iter().find(|a| self.arith.facts.is_distribution(a, theory));
            let text = format!("the marginals of {} are known", of.unwrap_or(call));
            let known = of.map_or_else(|| call.clone(), |of| self.arith.facts.resolve(of));
            let evidence = format!("the theory states those of {}", name_of(&known));
            discharges.push(Discharge::new(
                text,
                evidence,
                of.cloned().into_iter().collect::<Vec<_>>(),
            ));
        }
        Ok((justification, self.with_supports(&new), discharges))
    }

    /// A condition that a support does not depend on a parameter, where it is known to depend on it.
    fn moving_support(&self, condition: &Condition) -> Option<Refusal> {
        let Condition::Free(by, set) = condition else { return None };
        let Node::Call(f, args) = set.node() else { return None };
        let ([of], true) = (args.as_slice(), f == "support") else { return None };
        let ends = match self.arith.atoms_of(of) {
            Some(atoms) => (atoms.lo, atoms.hi),
            None => self.arith.interval_of(of)?,
        };
        let name = by.family_name()?;
        let moves = [&ends.0, &ends.1].into_iter().any(|end| self.arith.facts.depends(end, name));
        let (of, by) = (of.clone(), by.clone());
        moves.then_some(Refusal::SupportMoves { of, ends, by })
    }

    /// Evidence that a support condition fails.
    fn refuted(&mut self, condition: &Condition, env: EnvId) -> Option<String> {
        let Condition::Within(p, q) = condition else { return None };
        match self.within(p, q, env)? {
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
        {
            if let Some(atoms) = self.arith.atoms_of(set) {
                return sum_over(&b.var, &atoms, &b.body);
            }
            let Some((lo, hi)) = self.arith.interval_of(set) else { return t };
            return Term::binder(b.op, b.var.clone(), Domain::Range(lo, hi), b.body.clone());
        }
        t
    }

    pub(super) fn unfold_density(
        &mut self,
        d: &Term,
        points: &[Term],
        env: EnvId,
    ) -> Result<Unfolded, Refusal> {
        let [point] = points else { return Err(Refusal::DoesNotMatch) };
        let d = self.arith.facts.resolve(d);
        if let Some(new) = self.coordinate_densities(&d, point, env) {
            return Ok((Justification::Density, new, Vec::new()));
        }
        if let Some(sum) = d.weighted_densities(point) {
            return Ok((Justification::Density, sum, Vec::new()));
        }
        let new = self.arith.theory.density_of(&d, point).ok_or(Refusal::DoesNotMatch)?;
        if self.arith.space_of(&d).is_some() {
            return self.unfold_joint(&d, points, env);
        }
        if let Some(atoms) = self.arith.atoms_of(&d) {
            return self.unfold_mass(&d, (points, new), &atoms, env);
        }
        let (lo, hi) = self.arith.theory.support_of(&d).ok_or(Refusal::DoesNotMatch)?;
        let text = format!("{point} lies in the support of {d}");
        let whole_line =
            super::arith::infinite(&lo) == Some(false) && super::arith::infinite(&hi) == Some(true);
        let terms = [point.clone(), d.clone()];
        let inside =
            whole_line || self.arith.sign(&Term::density(d, points.to_vec()), env).is_positive();
        if !inside {
            return Err(Refusal::Undischarged(text));
        }
        let evidence = if whole_line { "the support is the whole line" } else { "its range" };
        let discharge = Discharge::new(text, evidence, terms);
        Ok((Justification::Density, new, vec![discharge]))
    }

    /// The formula of a density over vectors, with the numbers of entries and the sums over few entries written out.
    fn unfold_joint(&mut self, d: &Term, points: &[Term], env: EnvId) -> Result<Unfolded, Refusal> {
        let text = format!("{} lies in the support of {d}", points[0]);
        let density = Term::density(d.clone(), points.to_vec());
        if !self.arith.sign(&density, env).is_positive() {
            return Err(Refusal::Undischarged(text));
        }
        let discharge = Discharge::new(text, "its range", [points[0].clone(), d.clone()]);
        // The point comes last: what its name stands for elsewhere is of no account.
        let hole = Symbol::new(crate::term::HOLE);
        let formula = self.arith.theory.density_of(d, &Term::symbol(hole.clone()));
        let formula = formula.and_then(|t| self.arith.with_lengths(&t));
        let formula = self.arith.with_entries(&formula.ok_or(Refusal::DoesNotMatch)?);
        Ok((Justification::Density, formula.substitute(&hole, &points[0]), vec![discharge]))
    }

    /// The formula of a mass holds at the integers of its range, whether they have a probability or not.
    fn unfold_mass(
        &mut self,
        d: &Term,
        (points, new): (&[Term], Term),
        atoms: &Atoms,
        env: EnvId,
    ) -> Result<Unfolded, Refusal> {
        let point = &points[0];
        let condition = format!("{point} is an integer of the support of {d}");
        let inside = self.arith.is_whole(point, env)
            && self.arith.at_most(&atoms.lo, point, env) == Some(true)
            && self.arith.at_most(point, &atoms.hi, env) == Some(true);
        if !inside {
            return Err(Refusal::Undischarged(condition));
        }
        let discharge = Discharge::new(condition, "its range", [point.clone(), d.clone()]);
        let new = self.arith.facts.resolve(&new);
        Ok((Justification::Density, new, vec![discharge]))
    }

    /// The density of independent coordinates: the product of theirs.
    fn coordinate_densities(&mut self, d: &Term, point: &Term, env: EnvId) -> Option<Term> {
        let coordinates = self.arith.coordinates(d)?;
        let density = |index: &Term| {
            Term::density(coordinates.at(index), vec![Term::index(point.clone(), index.clone())])
        };
        if let Node::Call(_, parts) = d.node() {
            let indices = (1i64..).take(parts.len()).map(Term::integer);
            return Some(Term::product(indices.map(|i| density(&i)).collect()));
        }
        let index = crate::term::fresh_name(&coordinates.index, |s| {
            point.mentions(s)
                || coordinates.part.mentions(s)
                || self.arith.facts.is_reserved(s)
                || self.arith.facts.sorts.contains_key(s)
                || self.arith.lookup(s, env).is_some()
        });
        let body = density(&Term::symbol(index.clone()));
        let (lo, hi) = coordinates.ends;
        Some(Term::binder(BinderOp::Product, index, Domain::Range(lo, hi), body))
    }

    /// The variance of f is the expectation of (f − E f)². It has a value only where f² is integrable; then f is so, too.
    pub(super) fn unfold_variance(&mut self, b: &Binder, env: EnvId) -> Result<Unfolded, Refusal> {
        let Domain::Over(d) = &b.domain else { return Err(Refusal::DoesNotMatch) };
        if self.arith.facts.depends(d, &b.var) {
            return Err(Refusal::Arithmetic(ArithmeticError::Shadowed));
        }
        if self.arith.facts.is_measure(d) {
            return Err(Refusal::DoesNotMatch);
        }
        let moment = b.second_moment();
        let condition = format!("{moment} converges absolutely");
        let Some(evidence) = self.integrable(&moment, env, MAX_DEPTH) else {
            return Err(Refusal::Undischarged(condition));
        };
        let facts = &self.arith.facts;
        let new = b.variance_written_out(|s| {
            facts.is_reserved(s)
                || facts.sorts.contains_key(s)
                || self.arith.lookup(s, env).is_some()
        });
        let why = Justification::Definition(Symbol::new(b.op.as_str()));
        Ok((why, new, vec![Discharge::new(condition, evidence, [])]))
    }

    /// An integral, or a sum, against a sum of distributions, is the sum of the expectations under them, each with its
    /// weight. As the weights are positive, it converges absolutely where each of these does, and only there.
    pub(super) fn unfold_measure(&mut self, b: &Binder, env: EnvId) -> Result<Unfolded, Refusal> {
        let factors = super::matching::factors_of(&b.body);
        let is_weight = |f: &Term| match f.node() {
            Node::Density(d, points) => {
                matches!(points.as_slice(), [x] if x.as_symbol() == Some(&b.var))
                    && self.arith.facts.resolve(d).is_measure()
            }
            _ => false,
        };
        let at = factors.iter().position(is_weight).ok_or(Refusal::DoesNotMatch)?;
        let Node::Density(d, _) = factors[at].node() else { return Err(Refusal::DoesNotMatch) };
        if self.arith.facts.depends(d, &b.var) {
            return Err(Refusal::Arithmetic(ArithmeticError::Shadowed));
        }
        let range = match (&b.domain, b.op) {
            (Domain::Over(set), _) => set.clone(),
            (Domain::Range(lo, hi), BinderOp::Sum) => {
                Term::call("integers", vec![lo.clone(), hi.clone()])
            }
            (Domain::Range(lo, hi), _) => Term::call("interval", vec![lo.clone(), hi.clone()]),
        };
        let counted = self.arith.atoms_of(d).is_some();
        let ranges = matches!(b.domain, Domain::Range(..));
        if ranges && counted != (b.op == BinderOp::Sum) {
            return Err(Refusal::DoesNotMatch);
        }
        let condition = format!("{d} within {range}");
        let parts = self.arith.facts.measure(d).ok_or(Refusal::DoesNotMatch)?;
        for (weight, part) in &parts {
            if !self.arith.sign(weight, env).is_positive() {
                return Err(Refusal::Undischarged(format!("{weight} > 0")));
            }
            match self.within(part, &range, env) {
                Some((true, _)) => {}
                _ => return Err(Refusal::Undischarged(condition)),
            }
        }
        let mut rest = factors.clone();
        rest.remove(at);
        let rest = Term::product(rest);
        let averages = parts.iter().map(|(weight, part)| {
            let over = Domain::Over(part.clone());
            let average = Term::binder(BinderOp::Expectation, b.var.clone(), over, rest.clone());
            average.times_weight(weight)
        });
        let why = "the support of each part lies within the other";
        let discharge = Discharge::new(condition, why, [d.clone(), range]);
        Ok((Justification::Expectation, Term::sum(averages.collect()), vec![discharge]))
    }

    pub(super) fn unfold_expectation(&mut self, b: &Binder) -> Result<Unfolded, Refusal> {
        let Domain::Over(d) = &b.domain else { return Err(Refusal::DoesNotMatch) };
        if self.arith.facts.depends(d, &b.var) {
            return Err(Refusal::Arithmetic(ArithmeticError::Shadowed));
        }
        if let Some(parts) = self.arith.facts.mixture(d) {
            let parts = parts.into_iter().map(|(weight, part)| {
                let domain = Domain::Over(part.clone());
                let average = Term::binder(b.op, b.var.clone(), domain, b.body.clone());
                average.times_weight(&weight)
            });
            return Ok((Justification::Expectation, Term::sum(parts.collect()), Vec::new()));
        }
        if self.arith.facts.is_measure(d) {
            return Err(Refusal::DoesNotMatch);
        }
        let density = Term::density(d.clone(), vec![Term::symbol(b.var.clone())]);
        let body = Term::product(vec![density, b.body.clone()]);
        if let Some(atoms) = self.arith.atoms_of(d) {
            return Ok((Justification::Expectation, sum_over(&b.var, &atoms, &body), Vec::new()));
        }
        let (lo, hi) = self.arith.interval_of(d).ok_or(Refusal::DoesNotMatch)?;
        let new = Term::binder(BinderOp::Integral, b.var.clone(), Domain::Range(lo, hi), body);
        Ok((Justification::Expectation, new, Vec::new()))
    }
}

/// The sum over the integers of a support: those without a probability are left out, so that 0·ln 0 never arises.
fn sum_over(var: &Symbol, atoms: &Atoms, body: &Term) -> Term {
    if !atoms.gaps.is_empty()
        && let Some(listed) = atoms.listed()
    {
        let at = |k: i64| body.substitute(var, &Term::integer(k));
        return Term::sum(listed.into_iter().map(at).collect());
    }
    let domain = Domain::Range(atoms.lo.clone(), atoms.hi.clone());
    Term::binder(BinderOp::Sum, var.clone(), domain, body.clone())
}

fn substituted(c: &Condition, map: &BTreeMap<Symbol, Term>) -> Condition {
    let s = |t: &Term| t.substitute_all(map);
    match c {
        Condition::Compare(r, a, b) => Condition::Compare(*r, s(a), s(b)),
        Condition::Sort(t, sort) => Condition::Sort(s(t), *sort),
        Condition::Free(x, t) => Condition::Free(s(x), s(t)),
        Condition::Dominated(x, t) => Condition::Dominated(s(x), s(t)),
        Condition::Integrable(t) => Condition::Integrable(s(t)),
        Condition::Within(a, b) => Condition::Within(s(a), s(b)),
    }
}

/// The family of a distribution, as it is named.
fn name_of(distribution: &Term) -> String {
    match distribution.node() {
        Node::Call(name, _) => name.to_string(),
        _ => distribution.to_string(),
    }
}
