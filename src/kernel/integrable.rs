//! Absolute convergence: by linearity, by assumption, by a law of the theory, or by taking the integrand apart.

use crate::term::{Binder, BinderOp, Bindings, Domain, Node, Rational, Symbol, Term, fresh_name};
use crate::theory::Condition;

use super::Kernel;
use super::arith::EnvId;
use super::shape::{holes_are_complete, series_are_finite};

impl Kernel<'_> {
    /// Absolute convergence of an expectation, integral or sum: by linearity, by a law of the theory, or by unfolding the
    /// density and taking the integrand apart.
    pub(super) fn integrable(&mut self, t: &Term, env: EnvId, depth: u8) -> Option<String> {
        let Node::Binder(b) = t.node() else { return None };
        let depth = depth.checked_sub(1)?;
        if self.arith.facts.relations.clone().iter().any(|known| self.assumed(known, t, env)) {
            return Some("assumed".into());
        }
        if b.op == BinderOp::Variance {
            return self.integrable(&b.second_moment(), env, depth);
        }
        if b.op == BinderOp::Expectation && !b.body.mentions(&b.var) {
            return Some("the expectation of a constant".into());
        }
        if let Domain::Over(d) = &b.domain
            && let Some(parts) = self.arith.parts_of(d)
        {
            let under =
                |part| Term::binder(b.op, b.var.clone(), Domain::Over(part), b.body.clone());
            let mut parts = parts.into_iter();
            if parts.all(|part| self.integrable(&under(part), env, depth).is_some()) {
                let of = if self.arith.facts.is_measure(d) { "sum" } else { "mixture" };
                return Some(format!("under each part of the {of}"));
            }
        }
        if self.has_finitely_many_terms(b) {
            return Some("finitely many terms".into());
        }
        let rebuilt =
            |body: &Term| Term::binder(b.op, b.var.clone(), b.domain.clone(), body.clone());
        match b.body.node() {
            Node::Sum(parts) => {
                // In an order that does not depend on what was computed before.
                let mut evidence = std::collections::BTreeSet::new();
                for part in parts {
                    let why = self.integrable(&rebuilt(part), env, depth + 1)?;
                    evidence.extend(why.split("; ").map(str::to_owned));
                }
                return Some(evidence.into_iter().collect::<Vec<_>>().join("; "));
            }
            Node::Neg(a) => return self.integrable(&rebuilt(a), env, depth + 1),
            _ => {}
        }
        if let Some(of_each) = self.integrable_over_index(b, env, depth) {
            return Some(of_each);
        }
        if let Some(stripped) = self.without_constants(b) {
            return self.integrable(&rebuilt(&stripped), env, depth);
        }
        if let Some(expectation) = self.against_density(b, env) {
            return self.integrable(&expectation, env, depth);
        }
        if let Some(law) = self.law(t, env) {
            return Some(law);
        }
        if let Some(unfolded) = self.with_densities(b, env) {
            return self.integrable(&rebuilt(&unfolded), env, depth);
        }
        if let Some(bodies) = without_bends(&b.body) {
            let mut evidence = std::collections::BTreeSet::new();
            for body in bodies {
                evidence.insert(self.integrable(&rebuilt(&body), env, depth)?);
            }
            return Some(evidence.into_iter().collect::<Vec<_>>().join("; "));
        }
        if let Some([left, right]) = self.cut_at_kink(b, env)
            && let Some(left) = self.integrable(&left, env, depth)
            && let Some(right) = self.integrable(&right, env, depth)
        {
            return Some(if left == right { left } else { format!("{left}; {right}") });
        }
        self.integrable_by_parts(b, env, depth)
            .or_else(|| self.integrable_by_density(b, env, depth))
    }

    /// Whether a sum, or an expectation over integers, has finitely many terms. What each term is made of must converge
    /// by itself: there must be no integral or infinite sum in it.
    fn has_finitely_many_terms(&self, b: &Binder) -> bool {
        let finite = match &b.domain {
            Domain::Range(lo, hi) => {
                b.op == BinderOp::Sum
                    && [lo, hi].iter().all(|end| !end.mentions(&Symbol::new("oo")))
            }
            // Integers that add up to a number are finitely many points.
            Domain::Over(d) if self.arith.space_of(d).is_some() => {
                let infinite = |t: &Term| t.mentions(&Symbol::new("oo"));
                self.arith.space_of(d).is_some_and(|s| s.is_discrete() && !infinite(&s.term()))
            }
            Domain::Over(d) => self.arith.atoms_of(d).is_some_and(|atoms| {
                [&atoms.lo, &atoms.hi].iter().all(|end| !end.mentions(&Symbol::new("oo")))
            }),
        };
        finite && !b.body.any(&mut |t| matches!(t.node(), Node::Binder(_)) && !t.is_finite_series())
    }

    /// Whether an assumption says that `t` converges: `integrable(t)`, or that for all indices of a range.
    fn assumed(&mut self, known: &Term, t: &Term, env: EnvId) -> bool {
        match known.node() {
            Node::Call(f, args) if f == "integrable" && args.len() == 1 => {
                self.arith.equal(&args[0], t, env) == Ok(true)
            }
            Node::Binder(all) if all.op == BinderOp::Product => self.assumed_of_all(all, t, env),
            _ => false,
        }
    }

    /// An assumption for all indices of some ranges, at those for which it speaks of `t`.
    fn assumed_of_all(&mut self, all: &Binder, t: &Term, env: EnvId) -> bool {
        let mut ranges: Vec<(Symbol, Term, Term)> = Vec::new();
        let mut here = all.clone();
        let body = loop {
            let Domain::Range(lo, hi) = &here.domain else { return false };
            ranges.push((here.var.clone(), lo.clone(), hi.clone()));
            let body = here.body.clone();
            match body.node() {
                Node::Binder(inner) if inner.op == BinderOp::Product => here = inner.clone(),
                _ => break body,
            }
        };
        let Node::Call(f, args) = body.node() else { return false };
        if f != "integrable" || args.len() != 1 {
            return false;
        }
        // The ends of a range may depend on the indices before it.
        let metas: Vec<Symbol> =
            (0..ranges.len()).map(|i| Symbol::new(&format!("index{i}"))).collect();
        let (mut pattern, mut ends) = (args[0].clone(), Vec::new());
        for (_, lo, hi) in &ranges {
            ends.push((lo.clone(), hi.clone()));
        }
        for (i, (var, ..)) in ranges.iter().enumerate().rev() {
            let meta = Term::meta(metas[i].clone());
            pattern = pattern.substitute(var, &meta);
            for (lo, hi) in &mut ends[i + 1..] {
                (*lo, *hi) = (lo.substitute(var, &meta), hi.substitute(var, &meta));
            }
        }
        let mut proposals = self.matches(&pattern, t, &[], env);
        proposals.extend(indices_of(t, &metas));
        proposals.into_iter().any(|bindings| {
            let instance = pattern.instantiate(&bindings);
            instance.is_some_and(|i| self.arith.equal(&i, t, env) == Ok(true))
                && metas.iter().zip(&ends).all(|(meta, (lo, hi))| {
                    let at = bindings.metas.get(meta).cloned();
                    match (at, lo.instantiate(&bindings), hi.instantiate(&bindings)) {
                        (Some(at), Some(lo), Some(hi)) => self.in_range(&at, &lo, &hi, env),
                        _ => false,
                    }
                })
        })
    }

    /// Of a finite sum over an index, or its square: where each term, or the square of each term, is.
    fn integrable_over_index(&mut self, b: &Binder, env: EnvId, depth: u8) -> Option<String> {
        let (sum, square) = match b.body.node() {
            Node::Power(sum, n) if n.as_rational().is_some_and(|n| n == 2.into()) => (sum, true),
            _ => (&b.body, false),
        };
        let Node::Binder(over) = sum.node() else { return None };
        let ends = match &over.domain {
            Domain::Range(lo, hi) => [lo, hi],
            Domain::Over(_) => return None,
        };
        let random = ends.iter().any(|end| end.mentions(&b.var));
        if over.op != BinderOp::Sum || !sum.is_finite_series() || random {
            return None;
        }
        let outer = match &b.domain {
            Domain::Range(lo, hi) => Term::sum(vec![lo.clone(), hi.clone()]),
            Domain::Over(d) => d.clone(),
        };
        let index = fresh_name(&over.var, |s| {
            outer.mentions(s)
                || *s == b.var
                || self.arith.lookup(s, env).is_some()
                || self.arith.facts.is_reserved(s)
                || self.arith.facts.sorts.contains_key(s)
                || *s != over.var && over.body.mentions(s)
        });
        let term = over.body.substitute(&over.var, &Term::symbol(index.clone()));
        let term = if square { Term::power(term, Term::integer(2)) } else { term };
        let whole = Term::binder(b.op, b.var.clone(), b.domain.clone(), term);
        let inner = self.arith.enter(env, over.op, &index, &over.domain).ok()?;
        self.integrable(&whole, inner, depth)
    }

    /// The body without factors that are free of the variable; `None` if there are none.
    fn without_constants(&self, b: &Binder) -> Option<Term> {
        let kept = varying(&b.body, &b.var);
        (kept.mentions(&b.var) && kept != b.body).then_some(kept)
    }

    /// An integral against a density over its support, as the expectation it is.
    fn against_density(&mut self, b: &Binder, env: EnvId) -> Option<Term> {
        let Domain::Range(lo, hi) = &b.domain else { return None };
        let discrete = b.op == BinderOp::Sum;
        let factors = super::matching::factors_of(&b.body);
        let i = factors.iter().position(|f| match f.node() {
            Node::Density(_, xs) => xs.len() == 1 && xs[0].as_symbol() == Some(&b.var),
            _ => false,
        })?;
        let Node::Density(d, _) = factors[i].node() else { return None };
        if discrete {
            let atoms = self.arith.atoms_of(d)?;
            let range = super::arith::Atoms { lo: lo.clone(), hi: hi.clone(), gaps: Vec::new() };
            let same = self.arith.atoms_within(&range, &atoms, env)?.0
                && self.arith.atoms_within(&atoms, &range, env)?.0;
            if d.mentions(&b.var) || !same {
                return None;
            }
            let mut rest = factors.clone();
            rest.remove(i);
            let domain = Domain::Over(d.clone());
            let body = Term::product(rest);
            return Some(Term::binder(BinderOp::Expectation, b.var.clone(), domain, body));
        }
        // What converges over the support does over any part of it, and elsewhere the density is zero.
        self.arith.interval_of(d)?;
        if d.mentions(&b.var) {
            return None;
        }
        let mut rest = factors.clone();
        rest.remove(i);
        let domain = Domain::Over(d.clone());
        Some(Term::binder(BinderOp::Expectation, b.var.clone(), domain, Term::product(rest)))
    }

    /// The body of an expectation with the densities in it written out, where they cover its support.
    fn with_densities(&mut self, b: &Binder, env: EnvId) -> Option<Term> {
        let Domain::Over(over) = &b.domain else { return None };
        let mut found = Vec::new();
        b.body.any(&mut |t| {
            if let Node::Density(d, points) = t.node()
                && points.len() == 1
                && points[0].as_symbol() == Some(&b.var)
            {
                found.push((t.clone(), d.clone()));
            }
            false
        });
        let mut body = b.body.clone();
        for (density, d) in found {
            let known = self.arith.facts.resolve(&d);
            let formula = self.arith.theory.density_of(&known, &Term::symbol(b.var.clone()));
            if let Some(formula) = formula
                && self.arith.support_within(over, &d, env).is_some_and(|(yes, _)| yes)
            {
                body = replaced(&body, &density, &formula);
            }
        }
        (body != b.body).then_some(body)
    }

    fn law(&mut self, t: &Term, env: EnvId) -> Option<String> {
        let theory = self.arith.theory;
        for law in theory.laws() {
            let Node::Call(_, args) = law.left.node() else { continue };
            let [pattern] = args.as_slice() else { continue };
            for bindings in self.matches(pattern, t, &law.conditions, env) {
                let instance = pattern.instantiate(&bindings);
                let same = instance.is_some_and(|i| self.arith.equal(&i, t, env) == Ok(true))
                    && !self.arith.facts.binds_measure(&bindings)
                    && holes_are_complete(pattern, &bindings)
                    && series_are_finite(pattern, &bindings);
                let holds = |kernel: &mut Self, c: &Condition| {
                    let env = kernel.env_of_condition(pattern, c, &bindings, env);
                    env.is_ok_and(|env| kernel.discharge(c, &bindings, env).is_ok())
                };
                let before = self.supposed_so_far();
                if same && law.conditions.iter().all(|c| holds(self, c)) {
                    self.laws_used.insert(law.id.clone());
                    return Some(format!("law {}", law.id));
                }
                self.suppose_no_more_than(before);
            }
        }
        None
    }

    /// Multiplies the body out and asks for each monomial.
    fn integrable_by_parts(&mut self, b: &Binder, env: EnvId, depth: u8) -> Option<String> {
        let inner = self.arith.enter(env, b.op, &b.var, &b.domain).ok()?;
        let p = self.arith.poly(&b.body, inner).ok()?;
        let parts: Vec<Term> =
            p.0.iter()
                .map(|(m, _)| {
                    let one = super::arith::Poly::monomial(m.clone(), Rational::ONE);
                    self.arith.term_of(&one, inner)
                })
                .collect();
        if parts.is_empty() {
            return Some("the integrand is zero".into());
        }
        if let [only] = parts.as_slice()
            && only.alpha_eq(&b.body)
        {
            return None;
        }
        let sum = Term::sum(parts);
        let whole = Term::binder(b.op, b.var.clone(), b.domain.clone(), sum);
        self.integrable(&whole, env, depth)
    }

    fn integrable_by_density(&mut self, b: &Binder, env: EnvId, depth: u8) -> Option<String> {
        let Domain::Over(d) = &b.domain else { return None };
        if d.mentions(&b.var) {
            return None;
        }
        let x = Term::symbol(b.var.clone());
        let d = self.arith.facts.resolve(d);
        let density = self.arith.theory.density_of(&d, &x)?;
        let body = Term::product(vec![b.body.clone(), density]);
        let (op, ends) = match self.arith.atoms_of(&d) {
            Some(atoms) if atoms.gaps.is_empty() => (BinderOp::Sum, (atoms.lo, atoms.hi)),
            Some(_) => return None,
            None => (BinderOp::Integral, self.arith.theory.support_of(&d)?),
        };
        let whole = Term::binder(op, b.var.clone(), Domain::Range(ends.0, ends.1), body);
        self.integrable(&whole, env, depth)
    }
}

/// Bodies that all converge absolutely only where this one does: |u| as u, the smaller or larger of u and v as both.
/// `None` where none of these is a factor.
fn without_bends(body: &Term) -> Option<Vec<Term>> {
    let each = |found: Option<Vec<Term>>, build: &dyn Fn(Term) -> Term| {
        found.map(|all| all.into_iter().map(build).collect::<Vec<_>>())
    };
    match body.node() {
        Node::Call(f, args) => match (f.as_str(), args.as_slice()) {
            ("abs", [u]) => Some(vec![u.clone()]),
            ("min" | "max", [u, v]) => Some(vec![u.clone(), v.clone()]),
            _ => None,
        },
        Node::Neg(a) => without_bends(a),
        Node::Quotient(a, c) => each(without_bends(a), &|a| Term::quotient(a, c.clone())),
        Node::Power(a, n) => match a.node() {
            Node::Call(f, args) if f == "abs" && args.len() == 1 => {
                let whole = n.as_rational().is_some_and(|n| n.is_integer());
                whole.then(|| vec![Term::power(args[0].clone(), n.clone())])
            }
            _ => None,
        },
        Node::Product(factors) => {
            let (i, found) = factors
                .iter()
                .enumerate()
                .find_map(|(i, f)| without_bends(f).map(|found| (i, found)))?;
            each(Some(found), &|f| {
                let mut factors = factors.clone();
                factors[i] = f;
                Term::product(factors)
            })
        }
        _ => None,
    }
}

/// The indices that a term names, dealt out to some pattern variables in every way, where those are few.
fn indices_of(t: &Term, metas: &[Symbol]) -> Vec<Bindings> {
    const MOST: usize = 64;
    let mut found: Vec<Term> = Vec::new();
    let free = t.free_symbols();
    t.any(&mut |s| {
        if let Node::Index(_, at) = s.node()
            && at.free_symbols().is_subset(&free)
            && !found.contains(at)
        {
            found.push(at.clone());
        }
        false
    });
    let mut out = vec![Bindings::default()];
    for meta in metas {
        if out.len() * found.len() > MOST {
            return Vec::new();
        }
        let deal = |b: Bindings| {
            found.iter().map(move |at| {
                let mut b = b.clone();
                b.metas.insert(meta.clone(), at.clone());
                b
            })
        };
        out = out.into_iter().flat_map(deal).collect();
    }
    out
}

fn replaced(t: &Term, old: &Term, new: &Term) -> Term {
    if t == old { new.clone() } else { t.map_children(|c| replaced(c, old, new)) }
}

/// A term without its factors that are free of a variable, above and below, and in exponentials of sums.
fn varying(t: &Term, x: &Symbol) -> Term {
    let constants_out = |sum: &Term| match sum.node() {
        Node::Sum(parts) => Term::sum(parts.iter().filter(|p| p.mentions(x)).cloned().collect()),
        _ => sum.clone(),
    };
    match t.node() {
        _ if !t.mentions(x) => Term::integer(1),
        Node::Neg(a) => varying(a, x),
        Node::Product(factors) => {
            let kept = factors.iter().filter(|f| f.mentions(x)).map(|f| varying(f, x));
            Term::product(kept.collect())
        }
        Node::Quotient(a, c) if !c.mentions(x) => varying(a, x),
        Node::Quotient(a, c) => Term::quotient(varying(a, x), varying(c, x)),
        Node::Call(f, args) if f == "exp" && args.len() == 1 => {
            let exponent = match args[0].node() {
                Node::Neg(a) => Term::neg(constants_out(a)),
                _ => constants_out(&args[0]),
            };
            Term::call("exp", vec![exponent])
        }
        _ => t.clone(),
    }
}
