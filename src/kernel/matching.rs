//! Matching modulo associativity and commutativity, with a little algebra where the shapes differ.
//!
//! A match is only a proposal: the step that uses it instantiates the left side and compares normal forms.

use crate::term::{
    Binder, BinderOp, Bindings, Domain, HOLE, Node, Rational, Symbol, Term, fresh_name,
};
use crate::theory::Condition;

use super::Kernel;
use super::arith::{Atom, EnvId, Poly};
use super::condition::{Free, required_free};
pub(crate) use super::factors::factors_of;
use super::factors::{distributed, grouped, has_open_power, holds_sum, inverse_power, reciprocal};
use super::holes::{
    abstracted, distance_pattern, numbers_out_of_roots, ratio_pattern, shifted, stretched,
};
use super::shape::of_another_family;

/// How many proposals one pattern may make at one place.
pub(super) const MAX_PROPOSALS: usize = 8;

type Proposals = Vec<Bindings>;

impl Kernel<'_> {
    /// Proposals for `pattern` at `subject`.
    pub(crate) fn matches(
        &mut self,
        pattern: &Term,
        subject: &Term,
        conditions: &[Condition],
        env: EnvId,
    ) -> Proposals {
        // Any function of something: of the names that the subject mentions.
        if let Node::Index(head, at) = pattern.node()
            && let (Node::Meta(f), Node::Meta(d)) = (head.node(), at.node())
        {
            return self.functions_of_names(f, d, subject);
        }
        if of_another_family(pattern, subject, self.arith.theory) {
            return Vec::new();
        }
        let free = required_free(conditions);
        self.go(pattern, subject, &free, env, Bindings::default())
    }

    fn functions_of_names(&self, f: &Symbol, d: &Symbol, subject: &Term) -> Proposals {
        let names = subject.free_symbols();
        let names = names.into_iter().filter(|s| self.arith.facts.sorts.contains_key(s));
        let proposal = |name: Symbol| {
            let mut b = Bindings::default();
            b.metas.insert(f.clone(), subject.substitute(&name, &Term::symbol(HOLE)));
            b.metas.insert(d.clone(), Term::symbol(name));
            b
        };
        names.take(MAX_PROPOSALS).map(proposal).collect()
    }

    fn go(&mut self, p: &Term, s: &Term, free: &Free, env: EnvId, b: Bindings) -> Proposals {
        if let Node::Meta(m) = p.node() {
            return self.bind(m, s, env, b);
        }
        if let Node::Index(head, at) = p.node()
            && let Node::Meta(m) = head.node()
            && !b.metas.contains_key(m)
        {
            if let Some((x, centre)) = distance_pattern(at, &b) {
                return shifted(m, &x, &centre, s, &b);
            }
            if let Some((x, scale)) = ratio_pattern(at, &b) {
                return stretched(m, &x, &scale, s, &b);
            }
            return abstracted(m, at, s, b).into_iter().collect();
        }
        if !self.has_unbound(p, &b) {
            let Some(p) = p.instantiate(&b) else { return Vec::new() };
            return if self.arith.equal(&p, s, env) == Ok(true) { vec![b] } else { Vec::new() };
        }
        let mut structural = self.by_shape(p, s, free, env, &b);
        // t·x − r·x is −a·x + c with a = r and c = t·x, but also with a = r − t and c = 0.
        // So is (c + d)·x^k a·x^k, where c and d are known by k alone.
        let ambiguous = !b.vars.is_empty()
            && (matches!(p.node(), Node::Sum(_)) || has_open_power(p, &b) && holds_sum(s));
        if structural.is_empty() || ambiguous {
            // Of many ways to deal summands out the one by algebra must not be the one left out.
            structural.truncate(MAX_PROPOSALS - 1);
            structural.extend(self.by_algebra(p, s, env, &b));
        }
        structural
    }

    /// A derivative's variable: what a pattern variable stands for, or a name that the rule calls otherwise.
    fn variable(&mut self, x: &Term, y: &Term, env: EnvId, mut b: Bindings) -> Proposals {
        match (x.node(), y.as_symbol()) {
            (Node::Meta(m), _) => self.bind(m, y, env, b),
            (Node::Index(head, at), _) => match (head.node(), y.node()) {
                (Node::Meta(m), Node::Index(family, j)) => {
                    let members = Term::index(family.clone(), Term::symbol(HOLE));
                    let mut out = Vec::new();
                    for b in self.bind(m, &members, env, b) {
                        out.extend(self.go(at, j, &Free::default(), env, b));
                    }
                    out
                }
                // Of several indices.
                (Node::Index(..), Node::Index(family, j)) => {
                    let mut out = Vec::new();
                    for b in self.variable(head, family, env, b) {
                        out.extend(self.go(at, j, &Free::default(), env, b));
                    }
                    out
                }
                _ => Vec::new(),
            },
            (Node::Symbol(x), Some(y)) => {
                b.vars.insert(x.clone(), y.clone());
                vec![b]
            }
            _ => Vec::new(),
        }
    }

    /// A distribution of independent coordinates as the product over its index.
    fn as_binder(&self, s: &Term, env: EnvId) -> Option<Term> {
        let resolved = self.arith.facts.resolve(s);
        if let Some(family) = self.as_family(s) {
            return Some(family);
        }
        if let Node::Call(f, parts) = resolved.node() {
            if f != "product" {
                return None;
            }
            let taken = |s: &Symbol| resolved.mentions(s) || self.arith.lookup(s, env).is_some();
            let index = fresh_name(&Symbol::new("j"), taken);
            let entry = Term::index(Term::vector(parts.clone()), Term::symbol(index.clone()));
            let n = Term::integer(i64::try_from(parts.len()).ok()?);
            let domain = Domain::Range(Term::integer(1), n);
            return Some(Term::binder(BinderOp::Product, index, domain, entry));
        }
        (resolved != *s && matches!(resolved.node(), Node::Binder(_))).then_some(resolved)
    }

    /// A binder whose variable means nothing around the place: a rule's condition could be taken for that.
    fn apart(&self, b: &Binder, env: EnvId) -> Binder {
        if self.arith.lookup(&b.var, env).is_none() {
            return b.clone();
        }
        let taken = |s: &Symbol| b.body.mentions(s) || self.arith.lookup(s, env).is_some();
        let var = fresh_name(&b.var, taken);
        let body = b.body.substitute(&b.var, &Term::symbol(var.clone()));
        Binder { op: b.op, var, domain: b.domain.clone(), body }
    }

    fn has_unbound(&self, p: &Term, b: &Bindings) -> bool {
        p.any(&mut |t| match t.node() {
            Node::Meta(m) => !b.metas.contains_key(m),
            Node::Binder(x) => !b.vars.contains_key(&x.var),
            _ => false,
        })
    }

    fn bind(&mut self, m: &Symbol, s: &Term, env: EnvId, mut b: Bindings) -> Proposals {
        match b.metas.get(m).cloned() {
            Some(old) => {
                if self.arith.equal(&old, s, env) == Ok(true) {
                    vec![b]
                } else {
                    Vec::new()
                }
            }
            None => {
                b.metas.insert(m.clone(), s.clone());
                vec![b]
            }
        }
    }

    fn by_shape(&mut self, p: &Term, s: &Term, free: &Free, env: EnvId, b: &Bindings) -> Proposals {
        match (p.node(), s.node()) {
            (Node::Binder(x), Node::Binder(y)) => self.binders(x, y, free, env, b),
            (Node::Sum(ps), Node::Sum(ss)) => {
                let found = self.commutative(ps, ss.clone(), Term::sum, free, env, b);
                match grouped(ss, b) {
                    Some(ss) if found.is_empty() => {
                        self.commutative(ps, ss, Term::sum, free, env, b)
                    }
                    _ => found,
                }
            }
            // c + Σ where c is not there.
            (Node::Sum(ps), _) if is_sum_over(s) && ps.iter().any(is_sum_over) => {
                self.commutative(ps, vec![s.clone()], Term::sum, free, env, b)
            }
            (Node::Sum(ps), Node::Neg(_) | Node::Quotient(..)) if distributed(s).is_some() => {
                let parts = distributed(s).unwrap_or_default();
                self.commutative(ps, parts, Term::sum, free, env, b)
            }
            (Node::Product(ps), _) => {
                let factors = factors_of(s);
                self.commutative(ps, factors, Term::product, free, env, b)
            }
            (Node::Call(f, ps), Node::Call(g, ss)) if f == g && ps.len() == ss.len() => {
                self.all(ps, ss, free, env, b)
            }
            (Node::Call(..), Node::Symbol(_) | Node::Index(..)) => {
                let resolved = self.arith.facts.resolve(s);
                if resolved == *s {
                    Vec::new()
                } else {
                    self.go(p, &resolved, free, env, b.clone())
                }
            }
            (Node::Density(d, ps), Node::Density(e, ss)) if ps.len() == ss.len() => {
                let mut out = Vec::new();
                for b in self.go(d, e, free, env, b.clone()) {
                    out.extend(self.all(ps, ss, free, env, &b));
                }
                out
            }
            (Node::Power(base, exponent), _) => self.powers(base, exponent, s, free, env, b),
            (Node::Quotient(a, c), Node::Quotient(x, y)) => {
                self.all(&[a.clone(), c.clone()], &[x.clone(), y.clone()], free, env, b)
            }
            (Node::Neg(a), Node::Neg(x)) => self.go(a, x, free, env, b.clone()),
            (Node::Index(head, at), Node::Index(family, j))
                if matches!(head.node(), Node::Meta(_)) =>
            {
                // Another member of the family that a pattern variable stands for already.
                let known = match head.node() {
                    Node::Meta(m) => b.metas.get(m).cloned(),
                    _ => None,
                };
                match known.as_ref().map(Term::node) {
                    Some(Node::Index(same, _)) if same == family => {
                        self.go(at, j, free, env, b.clone())
                    }
                    _ => Vec::new(),
                }
            }
            (Node::Index(a, c), Node::Index(x, y)) => {
                self.all(&[a.clone(), c.clone()], &[x.clone(), y.clone()], free, env, b)
            }
            (Node::Relation(r, a, c), Node::Relation(q, x, y)) if r == q => {
                self.all(&[a.clone(), c.clone()], &[x.clone(), y.clone()], free, env, b)
            }
            (Node::Derivative(x, f), Node::Derivative(y, g)) => {
                let mut out = Vec::new();
                for b in self.variable(x, y, env, b.clone()) {
                    out.extend(self.go(f, g, free, env, b));
                }
                out
            }
            (Node::Binder(x), Node::Symbol(_) | Node::Call(..) | Node::Index(..)) => {
                let resolved = match x.op {
                    BinderOp::Vector => self.by_entries(s, env),
                    _ => self.as_binder(s, env),
                };
                resolved.map_or_else(Vec::new, |s| self.go(p, &s, free, env, b.clone()))
            }
            // −Σ f is Σ (−f).
            (Node::Binder(x), Node::Neg(sum)) if x.op == BinderOp::Sum => match sum.node() {
                Node::Binder(y) if is_sum_over(sum) => {
                    let body = Term::neg(y.body.clone());
                    let s = Term::binder(y.op, y.var.clone(), y.domain.clone(), body);
                    self.go(p, &s, free, env, b.clone())
                }
                _ => Vec::new(),
            },
            (Node::Neg(a), _) => match self.opposite(s, env) {
                Some(x) => self.go(a, &x, free, env, b.clone()),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// −s, rebuilt, where that takes a leading sign away.
    fn opposite(&mut self, s: &Term, env: EnvId) -> Option<Term> {
        let p = self.arith.poly(s, env).ok()?.scaled(&Rational::MINUS_ONE);
        let term = self.arith.term_of(&p, env);
        (!matches!(term.node(), Node::Neg(_))).then_some(term)
    }

    fn all(
        &mut self,
        ps: &[Term],
        ss: &[Term],
        free: &Free,
        env: EnvId,
        b: &Bindings,
    ) -> Proposals {
        let mut out = vec![b.clone()];
        for (p, s) in ps.iter().zip(ss) {
            let mut next = Vec::new();
            for b in out {
                next.extend(self.go(p, s, free, env, b));
            }
            next.truncate(MAX_PROPOSALS);
            out = next;
        }
        out
    }

    fn binders(
        &mut self,
        x: &Binder,
        y: &Binder,
        free: &Free,
        env: EnvId,
        b: &Bindings,
    ) -> Proposals {
        if x.op != y.op {
            return Vec::new();
        }
        let y = &self.apart(y, env);
        let starts = match (&x.domain, &y.domain) {
            (Domain::Range(a, c), Domain::Range(d, e)) => {
                self.all(&[a.clone(), c.clone()], &[d.clone(), e.clone()], free, env, b)
            }
            (Domain::Over(p), Domain::Over(d)) => self.go(p, d, free, env, b.clone()),
            _ => Vec::new(),
        };
        let Ok(inner) = self.arith.enter(env, y.op, &y.var, &y.domain) else { return Vec::new() };
        let mut out = Vec::new();
        for mut b in starts {
            b.vars.insert(x.var.clone(), y.var.clone());
            out.extend(self.go(&x.body, &y.body, free, inner, b));
        }
        out.truncate(MAX_PROPOSALS);
        out
    }

    /// `base ^ exponent` against a power, a root, or anything to the first power.
    fn powers(
        &mut self,
        base: &Term,
        exponent: &Term,
        s: &Term,
        free: &Free,
        env: EnvId,
        b: &Bindings,
    ) -> Proposals {
        let pattern = [base.clone(), exponent.clone()];
        match s.node() {
            Node::Power(x, n) => {
                let direct = self.all(&pattern, &[x.clone(), n.clone()], free, env, b);
                if !direct.is_empty() {
                    return direct;
                }
            }
            Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
                let half = Term::quotient(Term::integer(1), Term::integer(2));
                return self.all(&pattern, &[args[0].clone(), half], free, env, b);
            }
            _ => {}
        }
        if matches!(exponent.node(), Node::Meta(_)) {
            // 1/x² is x to the −2, where what is raised is known.
            if !self.has_unbound(base, b)
                && let Some((x, n)) = reciprocal(s)
            {
                return self.all(&pattern, &[x, n], free, env, b);
            }
            return self.all(&pattern, &[s.clone(), Term::integer(1)], free, env, b);
        }
        match inverse_power(s) {
            Some((x, n)) => self.all(&pattern, &[x, n], free, env, b),
            None => Vec::new(),
        }
    }

    /// Parts of an n-ary pattern against parts of the subject: patterns with a shape first, then bare metavariables.
    fn commutative(
        &mut self,
        ps: &[Term],
        ss: Vec<Term>,
        build: fn(Vec<Term>) -> Term,
        free: &Free,
        env: EnvId,
        b: &Bindings,
    ) -> Proposals {
        let (bare, shaped): (Vec<Term>, Vec<Term>) =
            ps.iter().cloned().partition(|p| match p.node() {
                Node::Meta(m) => !b.metas.contains_key(m),
                // What else there is besides δ(i, j) under a sum over i.
                Node::Index(head, at) if at.as_symbol().is_some() => {
                    matches!(head.node(), Node::Meta(m) if !b.metas.contains_key(m))
                }
                _ => false,
            });
        let is_product = build(Vec::new()) == Term::integer(1);
        let mut states = vec![(b.clone(), ss)];
        for p in &shaped {
            let mut next = Vec::new();
            for (b, rest) in states {
                let found = next.len();
                for i in 0..rest.len() {
                    for b in self.go(p, &rest[i], free, env, b.clone()) {
                        let mut rest = rest.clone();
                        rest.remove(i);
                        next.push((b, rest));
                    }
                }
                if next.len() == found && is_product {
                    // x^?n is there with n = 0 when x is not.
                    if let Some(b) = absent_power(p, &b) {
                        next.push((b, rest));
                    }
                }
            }
            next.truncate(MAX_PROPOSALS);
            states = next;
        }
        let mut out = Vec::new();
        for (b, rest) in states {
            out.extend(self.share(&bare, rest, build, free, env, b));
        }
        out
    }

    /// Deals the remaining parts out to bare metavariables.
    fn share(
        &mut self,
        bare: &[Term],
        rest: Vec<Term>,
        build: fn(Vec<Term>) -> Term,
        free: &Free,
        env: EnvId,
        b: Bindings,
    ) -> Proposals {
        match bare {
            [] => {
                if rest.is_empty() {
                    vec![b]
                } else {
                    Vec::new()
                }
            }
            [only] => self.go(only, &build(rest), free, env, b),
            [first, second] => {
                let wants_free =
                    |t: &Term| matches!(t.node(), Node::Meta(m) if free.metas.contains(m));
                let one_free = wants_free(first) != wants_free(second);
                let rest = if one_free { numbers_out_of_roots(rest, build) } else { rest };
                let deals = match (wants_free(first), wants_free(second)) {
                    (true, false) => vec![self.split_free(rest, free, &b)],
                    (false, true) => {
                        let (yes, no) = self.split_free(rest, free, &b);
                        vec![(no, yes)]
                    }
                    // Each part by itself, and the others.
                    _ if rest.len() >= 2 => (0..rest.len().min(MAX_PROPOSALS))
                        .map(|i| {
                            let mut others = rest.clone();
                            (vec![others.remove(i)], others)
                        })
                        .collect(),
                    _ => return Vec::new(),
                };
                let mut out = Vec::new();
                for (mine, others) in deals {
                    if mine.is_empty() || others.is_empty() {
                        continue;
                    }
                    for b in self.go(first, &build(mine), free, env, b.clone()) {
                        out.extend(self.go(second, &build(others.clone()), free, env, b));
                    }
                }
                out.truncate(MAX_PROPOSALS);
                out
            }
            _ => Vec::new(),
        }
    }

    /// Parts that mention none of the rule's variables, bound or differentiated by, and the others.
    fn split_free(&self, parts: Vec<Term>, free: &Free, b: &Bindings) -> (Vec<Term>, Vec<Term>) {
        let differentiated: Vec<&Symbol> = free
            .of
            .iter()
            .filter_map(|m| match b.metas.get(m)?.node() {
                Node::Symbol(x) => Some(x),
                _ => b.metas.get(m)?.family_name(),
            })
            .collect();
        parts.into_iter().partition(|t| {
            !b.vars.values().any(|x| t.mentions(x))
                && !differentiated.iter().any(|x| self.arith.facts.depends(t, x))
        })
    }

    /// Solves for the metavariables of `p`: coefficient by coefficient in the bound variable, each linear in one unknown.
    fn by_algebra(&mut self, p: &Term, s: &Term, env: EnvId, b: &Bindings) -> Proposals {
        if let Some(found) = self.try_algebra(p, s, env, b.clone()) {
            return vec![found];
        }
        // a·x^k with both unknown is (c + d)·x² where each summand has the square.
        let guessed = with_exponents(p, s, b);
        guessed.and_then(|b| self.try_algebra(p, s, env, b)).into_iter().collect()
    }

    fn try_algebra(&mut self, p: &Term, s: &Term, env: EnvId, mut b: Bindings) -> Option<Bindings> {
        if p.any(&mut |t| matches!(t.node(), Node::Binder(_) | Node::Density(..) | Node::Index(..)))
        {
            return None;
        }
        let unknowns: Vec<Symbol> =
            p.metas().into_iter().filter(|m| !b.metas.contains_key(m)).collect();
        let subject = self.arith.poly(s, env).ok()?;
        let partial = partial_instance(p, &b);
        let pattern = self.arith.poly(&partial, env).ok()?;
        let mut equations = self.equations(&pattern, &subject, &b, env)?;
        let mut solved = 0;
        while solved < unknowns.len() {
            let before = solved;
            for m in &unknowns {
                if b.metas.contains_key(m) {
                    continue;
                }
                let meta = self.arith.atom(Atom::Meta(m.clone()));
                let solution =
                    equations.iter().find_map(|(l, r)| self.linear(l, r, meta, &unknowns, &b));
                if let Some(value) = solution {
                    let term = self.arith.term_of(&value, env);
                    b.metas.insert(m.clone(), term);
                    solved += 1;
                    let partial = partial_instance(p, &b);
                    let pattern = self.arith.poly(&partial, env).ok()?;
                    equations = self.equations(&pattern, &subject, &b, env)?;
                }
            }
            if solved == before {
                return None;
            }
        }
        let instance = p.instantiate(&b)?;
        (self.arith.equal(&instance, s, env) == Ok(true)).then_some(b)
    }

    /// pattern = subject, split by powers of the innermost bound variable of the rule where both are polynomials in it.
    fn equations(
        &mut self,
        pattern: &Poly,
        subject: &Poly,
        b: &Bindings,
        env: EnvId,
    ) -> Option<Vec<(Poly, Poly)>> {
        let canon = b.vars.values().find_map(|x| self.arith.lookup(x, env));
        let Some(canon) = canon else { return Some(vec![(pattern.clone(), subject.clone())]) };
        let x = self.arith.atom(Atom::Bound(canon));
        let (pattern, subject) = &self.without_reciprocals(pattern, subject, x)?;
        let sides = self.arith.by_powers(pattern, x).zip(self.arith.by_powers(subject, x));
        let Some((left, right)) = sides else {
            return Some(vec![(pattern.clone(), subject.clone())]);
        };
        let at = |side: &[(u32, Poly)], d: u32| {
            side.iter().find(|(e, _)| *e == d).map_or_else(Poly::zero, |(_, p)| p.clone())
        };
        let mut degrees: Vec<u32> = left.iter().chain(&right).map(|(d, _)| *d).collect();
        degrees.sort_unstable_by(|a, b| b.cmp(a));
        degrees.dedup();
        Some(degrees.into_iter().map(|d| (at(&left, d), at(&right, d))).collect())
    }

    /// Both sides times the power of x that leaves none below a bar.
    fn without_reciprocals(&mut self, a: &Poly, b: &Poly, x: u32) -> Option<(Poly, Poly)> {
        let own = |(m, _): &(Vec<(u32, Rational)>, Rational)| {
            m.iter().find(|(atom, _)| *atom == x).map(|(_, e)| e.clone())
        };
        let least = a.0.iter().chain(&b.0).filter_map(own).min();
        match least.filter(|e| e.is_negative() && e.is_integer()) {
            None => Some((a.clone(), b.clone())),
            Some(e) => {
                let by = Poly::monomial(vec![(x, -&e)], Rational::ONE);
                Some((self.arith.times(a, &by).ok()?, self.arith.times(b, &by).ok()?))
            }
        }
    }

    /// Solves left = right for the atom `m`, where left is linear in it and has no other unknown.
    fn linear(
        &mut self,
        left: &Poly,
        right: &Poly,
        m: u32,
        unknowns: &[Symbol],
        b: &Bindings,
    ) -> Option<Poly> {
        let parts = self.arith.by_powers(left, m)?;
        let other = unknowns.iter().filter(|u| !b.metas.contains_key(*u)).any(|u| {
            let id = self.arith.atom(Atom::Meta(u.clone()));
            id != m
                && left
                    .0
                    .iter()
                    .any(|(mono, _)| mono.iter().any(|(a, _)| self.arith.atom_mentions(*a, id)))
        });
        if other {
            return None;
        }
        let mut constant = Poly::zero();
        let mut slope = None;
        for (degree, p) in parts {
            match degree {
                0 => constant = p,
                1 => slope = Some(p),
                _ => return None,
            }
        }
        let inverse = self.arith.power(&slope?, &Rational::MINUS_ONE).ok()?;
        self.arith.times(&right.minus(&constant), &inverse).ok()
    }
}

/// A finite sum over an index, whatever its sign.
fn is_sum_over(t: &Term) -> bool {
    match t.node() {
        Node::Neg(a) => is_sum_over(a),
        Node::Binder(b) => b.op == BinderOp::Sum && matches!(b.domain, Domain::Range(..)),
        _ => false,
    }
}

/// Unknown exponents of the rule's variables, as the subject has them at first.
fn with_exponents(p: &Term, s: &Term, b: &Bindings) -> Option<Bindings> {
    let mut out = b.clone();
    p.any(&mut |t| {
        if let Node::Power(x, k) = t.node()
            && let (Some(x), Node::Meta(k)) = (x.as_symbol(), k.node())
            && let Some(y) = b.vars.get(x)
            && !out.metas.contains_key(k)
        {
            let mut found = None;
            s.any(&mut |t| {
                let Node::Power(base, n) = t.node() else { return false };
                if base.as_symbol() == Some(y) && !n.mentions(y) {
                    found = Some(n.clone());
                }
                found.is_some()
            });
            let first = || s.mentions(y).then(|| Term::integer(1));
            if let Some(n) = found.or_else(first) {
                out.metas.insert(k.clone(), n);
            }
        }
        false
    });
    (out.metas.len() > b.metas.len()).then_some(out)
}

fn absent_power(p: &Term, b: &Bindings) -> Option<Bindings> {
    let Node::Power(_, n) = p.node() else { return None };
    let Node::Meta(m) = n.node() else { return None };
    if b.metas.contains_key(m) {
        return None;
    }
    let mut b = b.clone();
    b.metas.insert(m.clone(), Term::integer(0));
    Some(b)
}

/// Replaces the pattern variables that are bound already, and the rule's variables.
fn partial_instance(p: &Term, b: &Bindings) -> Term {
    let mut all = b.clone();
    for m in p.metas() {
        all.metas.entry(m.clone()).or_insert_with(|| Term::meta(m));
    }
    p.instantiate(&all).unwrap_or_else(|| p.clone())
}
