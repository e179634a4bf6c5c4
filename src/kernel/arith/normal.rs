//! Term to normal form.

use crate::term::{Binder, BinderOp, Domain, Node, Rational, Term, VECTOR};

use super::{Arithmetic, ArithmeticError, Atom, EnvId, Poly, PolyId, ROOT, Result, Sums};

impl Arithmetic<'_> {
    /// The interned normal form of `term` inside the binders of `env`.
    pub(crate) fn normal(&mut self, term: &Term, env: EnvId) -> Result<PolyId> {
        if let Some((_, id)) = self.memo.get(&(term.address(), env)) {
            return Ok(*id);
        }
        let poly = self.compute(term, env)?;
        let id = self.intern(poly);
        self.memo.insert((term.address(), env), (term.clone(), id));
        Ok(id)
    }

    pub(crate) fn poly(&mut self, term: &Term, env: EnvId) -> Result<Poly> {
        let id = self.normal(term, env)?;
        Ok(self.poly_at(id).clone())
    }

    fn compute(&mut self, term: &Term, env: EnvId) -> Result<Poly> {
        match term.node() {
            Node::Number(n) => Ok(Poly::constant(n.clone())),
            Node::Symbol(_) => self.symbol(term, env),
            Node::Meta(m) => Ok(self.of_atom(Atom::Meta(m.clone()))),
            Node::Sum(parts) => {
                let mut out = Poly::zero();
                for part in parts {
                    out = out.plus(&self.poly(part, env)?);
                }
                Ok(out)
            }
            Node::Neg(a) if self.sums == Sums::Keep && a.is_finite_series() => {
                self.opposite_series(a, env)
            }
            Node::Neg(a) => Ok(self.poly(a, env)?.scaled(&Rational::MINUS_ONE)),
            Node::Product(factors) => {
                let mut out = Poly::one();
                for factor in factors {
                    let factor = self.poly(factor, env)?;
                    out = self.times(&out, &factor)?;
                }
                Ok(out)
            }
            Node::Quotient(a, b) => {
                let a = self.poly(a, env)?;
                let b = self.power_term(b, &Rational::MINUS_ONE, env)?;
                self.times(&a, &b)
            }
            Node::Power(a, b) => self.general_power(a, b, env),
            Node::Call(name, args) => self.call(name.as_str(), args, term, env),
            Node::Density(p, xs) => self.density(p, xs, env),
            Node::Binder(b) => {
                let env = self.needed(term, env);
                self.binder(b, env)
            }
            Node::Derivative(x, f) => {
                let x = self.normal(x, env)?;
                let f = self.normal(f, env)?;
                Ok(self.of_atom(Atom::Derivative(x, f)))
            }
            Node::Index(base, index) => self.entry(base, index, env),
            Node::Relation(r, a, b) => {
                let sides = vec![self.normal(a, env)?, self.normal(b, env)?];
                Ok(self.of_atom(Atom::Call(r.as_str().into(), sides)))
            }
        }
    }

    /// The part of an environment that a term can see: what mentions none of the inner variables has the same normal
    /// form inside their binders as outside.
    pub(super) fn needed(&self, term: &Term, mut env: EnvId) -> EnvId {
        while env != ROOT && !term.mentions(&self.envs[env as usize].var) {
            env = self.envs[env as usize].parent;
        }
        env
    }

    /// That of a mixture, or of a sum of distributions, is the weighted sum of those of its parts; one whose support the point never meets is zero.
    fn density(&mut self, p: &Term, xs: &[Term], env: EnvId) -> Result<Poly> {
        if self.sums == Sums::Expand
            && let Some(parts) = self.facts.mixture(p)
        {
            let mut out = Poly::zero();
            for (weight, part) in parts {
                let weight = self.poly(&weight, env)?;
                let density = self.density(&part, xs, env)?;
                out = out.plus(&self.times(&weight, &density)?);
            }
            return Ok(out);
        }
        let distribution = self.normal(p, env)?;
        let xs = self.normals(xs, env)?;
        if let [x] = xs.as_slice()
            && self.misses_range_of(p, *x, env)
        {
            return Ok(Poly::zero());
        }
        Ok(self.of_atom(Atom::Density(distribution, xs)))
    }

    fn normals(&mut self, terms: &[Term], env: EnvId) -> Result<Vec<PolyId>> {
        terms.iter().map(|t| self.normal(t, env)).collect()
    }

    fn symbol(&mut self, term: &Term, env: EnvId) -> Result<Poly> {
        let Some(name) = term.as_symbol() else { return Ok(Poly::zero()) };
        if let Some(canon) = self.lookup(name, env) {
            return Ok(self.of_atom(Atom::Bound(canon)));
        }
        if let Some(definition) = self.facts.definitions.get(name).cloned()
            && self.sums == Sums::Expand
        {
            return self.poly(&definition, ROOT);
        }
        if name == "e" {
            return self.exp(&Poly::one());
        }
        Ok(self.of_atom(Atom::Symbol(name.clone())))
    }

    fn general_power(&mut self, base: &Term, exponent: &Term, env: EnvId) -> Result<Poly> {
        let exponent = self.poly(exponent, env)?;
        if let Some(r) = exponent.as_constant() {
            return self.power_term(base, &r, env);
        }
        let term = base;
        let base = self.poly(term, env)?;
        if base.as_constant().is_some_and(|c| c.is_one()) {
            return Ok(Poly::one());
        }
        if base.0.is_empty() && self.sign_of_poly(&exponent).is_positive() {
            return Ok(Poly::zero());
        }
        if self.sign_of_poly(&base).is_positive() {
            let ln = self.ln_term(term, env)?;
            let product = self.times(&exponent, &ln)?;
            return self.exp(&product);
        }
        let (base, exponent) = (self.intern(base), self.intern(exponent));
        Ok(self.of_atom(Atom::Power(base, exponent)))
    }

    /// `term ^ r`, taking products and powers apart before they are multiplied out, so that √((a+b)²) is seen.
    fn power_term(&mut self, term: &Term, r: &Rational, env: EnvId) -> Result<Poly> {
        match term.node() {
            Node::Product(factors) if r.is_integer() || self.all_nonnegative(factors, env) => {
                let mut out = Poly::one();
                for factor in factors {
                    let factor = self.power_term(factor, r, env)?;
                    out = self.times(&out, &factor)?;
                }
                Ok(out)
            }
            Node::Quotient(a, b)
                if r.is_integer() || self.all_nonnegative(&[a.clone(), b.clone()], env) =>
            {
                let a = self.power_term(a, r, env)?;
                let b = self.power_term(b, &-r, env)?;
                self.times(&a, &b)
            }
            Node::Power(a, n) => self.power_of_power(term, a, n, r, env),
            Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
                let half = Rational::new(1, 2).expect("2 is not 0");
                self.power_term(&args[0], &(&half * r), env)
            }
            _ => {
                let base = self.poly(term, env)?;
                self.power(&base, r)
            }
        }
    }

    fn power_of_power(
        &mut self,
        term: &Term,
        a: &Term,
        n: &Term,
        r: &Rational,
        env: EnvId,
    ) -> Result<Poly> {
        let exponent = self.poly(n, env)?.as_constant();
        if let Some(n) = exponent {
            let even = n.checked_div(&Rational::from(2)).is_some_and(|h| h.is_integer());
            if (n.is_integer() && r.is_integer()) || self.sign(a, env).is_nonnegative() {
                return self.power_term(a, &(&n * r), env);
            }
            if even {
                let base = self.poly(a, env)?;
                let base = self.abs(&base)?;
                return self.power(&base, &(&n * r));
            }
        }
        let base = self.poly(term, env)?;
        self.power(&base, r)
    }

    fn all_nonnegative(&mut self, terms: &[Term], env: EnvId) -> bool {
        terms.iter().all(|t| self.sign(t, env).is_nonnegative())
    }

    fn call(&mut self, name: &str, args: &[Term], term: &Term, env: EnvId) -> Result<Poly> {
        match (name, args) {
            ("ln", [u]) => self.ln_term(u, env),
            ("exp", [u]) => {
                let u = self.poly(u, env)?;
                self.exp(&u)
            }
            ("sqrt", [_]) => self.power_term(term, &Rational::ONE, env),
            ("abs", [u]) => {
                let u = self.poly(u, env)?;
                self.abs(&u)
            }
            ("erf", [u]) => self.odd(name, u, env),
            ("sin", [u]) => self.sine(u, env),
            ("erfc", [u]) => Ok(Poly::one().minus(&self.odd("erf", u, env)?)),
            ("min" | "max", [u, v]) => self.extreme(name, u, v, env),
            ("length", [vector]) => match self.length(vector) {
                Some(n) => self.poly(&n, env),
                None => {
                    let args = self.normals(args, env)?;
                    Ok(self.of_atom(Atom::Call(name.into(), args)))
                }
            },
            ("factorial" | "binomial", _) => {
                let args = self.normals(args, env)?;
                let numbers: Option<Vec<i64>> = args
                    .iter()
                    .map(|p| self.poly_at(*p).as_constant().filter(Rational::is_integer)?.to_i64())
                    .collect();
                Ok(match numbers.as_deref().and_then(count) {
                    Some(n) => Poly::constant(n),
                    None => self.of_atom(Atom::Call(name.into(), args)),
                })
            }
            ("delta", [i, j]) => self.kronecker(i, j, env),
            (VECTOR, [_, ..]) if self.sums == Sums::Expand => {
                let items = self.normals(args, env)?;
                Ok(self.vector_of(items))
            }
            _ => {
                let args = self.normals(args, env)?;
                Ok(self.of_atom(Atom::Call(name.into(), args)))
            }
        }
    }

    /// sin(n π + u) = (−1)ⁿ sin(u), for the integer n that leaves less than one π beside u.
    fn sine(&mut self, u: &Term, env: EnvId) -> Result<Poly> {
        let whole = self.poly(u, env)?;
        let pi = self.of_atom(Atom::Symbol("pi".into()));
        let turns = whole.0.iter().find(|(m, _)| *m == pi.0[0].0).map(|(_, c)| c.floor());
        let turns = turns.filter(|n| !n.is_zero()).and_then(|n| n.to_i64());
        let rest = turns.map(|n| whole.minus(&pi.scaled(&Rational::from(n))));
        match (turns, rest) {
            (Some(n), Some(rest)) if !rest.is_zero() => {
                let negative = rest.0.iter().all(|(_, c)| c.is_negative());
                let odd = (n % 2 != 0) != negative;
                let sign = if odd { Rational::MINUS_ONE } else { Rational::ONE };
                let rest = if negative { rest.scaled(&Rational::MINUS_ONE) } else { rest };
                let id = self.intern(rest);
                Ok(self.of_atom(Atom::Call("sin".into(), vec![id])).scaled(&sign))
            }
            _ => {
                let id = self.intern(whole);
                Ok(self.of_atom(Atom::Call("sin".into(), vec![id])))
            }
        }
    }

    /// A function with f(−u) = −f(u): the sign comes out.
    fn odd(&mut self, name: &str, u: &Term, env: EnvId) -> Result<Poly> {
        let mut u = self.poly(u, env)?;
        let Some((_, first)) = u.0.first() else { return Ok(Poly::zero()) };
        let sign = if first.is_negative() { Rational::MINUS_ONE } else { Rational::ONE };
        u = u.scaled(&sign);
        // What is known to be negative is written by its opposite.
        let known = self.sign_of_poly(&u).neg().is_nonnegative();
        let sign = if known { -&sign } else { sign };
        let u = if known { u.scaled(&Rational::MINUS_ONE) } else { u };
        let id = self.intern(u);
        Ok(self.of_atom(Atom::Call(name.into(), vec![id])).scaled(&sign))
    }

    /// The smaller or the larger of two: one of them, where it is known which.
    fn extreme(&mut self, name: &str, u: &Term, v: &Term, env: EnvId) -> Result<Poly> {
        let (u, v) = (self.poly(u, env)?, self.poly(v, env)?);
        let sign = self.sign_of_poly(&u.minus(&v));
        let first = if name == "min" { sign.neg() } else { sign };
        if first.is_nonnegative() {
            return Ok(u);
        }
        if first.neg().is_nonnegative() {
            return Ok(v);
        }
        let mut both = vec![self.intern(u), self.intern(v)];
        both.sort_unstable();
        Ok(self.of_atom(Atom::Call(name.into(), both)))
    }

    /// `ln(term)`, taking products, quotients and powers apart where the parts are positive.
    fn ln_term(&mut self, term: &Term, env: EnvId) -> Result<Poly> {
        match term.node() {
            Node::Product(factors) if self.all_positive(factors, env) => {
                let mut out = Poly::zero();
                for factor in factors {
                    out = out.plus(&self.ln_term(factor, env)?);
                }
                Ok(out)
            }
            Node::Quotient(a, b) if self.all_positive(&[a.clone(), b.clone()], env) => {
                Ok(self.ln_term(a, env)?.minus(&self.ln_term(b, env)?))
            }
            Node::Power(a, n) if self.sign(a, env).is_positive() => {
                let n = self.poly(n, env)?;
                let ln = self.ln_term(a, env)?;
                self.times(&n, &ln)
            }
            Node::Power(a, n) => {
                let exponent = self.poly(n, env)?.as_constant();
                let half = exponent.and_then(|n| n.checked_div(&Rational::from(2)));
                match half.filter(Rational::is_integer) {
                    Some(half) => {
                        let base = self.poly(a, env)?;
                        let abs = self.abs(&base)?;
                        Ok(self.ln(&abs)?.scaled(&(&half * &Rational::from(2))))
                    }
                    None => self.ln_poly_of(term, env),
                }
            }
            Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
                let half = Rational::new(1, 2).expect("2 is not 0");
                Ok(self.ln_term(&args[0], env)?.scaled(&half))
            }
            _ => self.ln_poly_of(term, env),
        }
    }

    fn ln_poly_of(&mut self, term: &Term, env: EnvId) -> Result<Poly> {
        let u = self.poly(term, env)?;
        self.ln(&u)
    }

    fn all_positive(&mut self, terms: &[Term], env: EnvId) -> bool {
        terms.iter().all(|t| self.sign(t, env).is_positive())
    }

    pub(super) fn domain_polys(&mut self, domain: &Domain, env: EnvId) -> Result<Vec<PolyId>> {
        match domain {
            Domain::Range(lo, hi) => Ok(vec![self.normal(lo, env)?, self.normal(hi, env)?]),
            Domain::Over(d) => Ok(vec![self.normal(d, env)?]),
        }
    }

    fn binder(&mut self, b: &Binder, env: EnvId) -> Result<Poly> {
        if matches!(b.op, BinderOp::Sum | BinderOp::Product) {
            return self.series(b, env);
        }
        if b.op == BinderOp::Vector {
            return self.comprehension(b, env);
        }
        let domain = self.domain_polys(&b.domain, env)?;
        let inner = self.enter(env, b.op, &b.var, &b.domain)?;
        let body = self.normal(&b.body, inner)?;
        if b.op == BinderOp::Expectation && self.poly_at(body).as_constant() == Some(Rational::ZERO)
        {
            return Ok(Poly::zero());
        }
        let canon = self.innermost(inner);
        Ok(self.of_atom(Atom::Binder(b.op, domain, body, canon)))
    }
}

/// n!, or the number of ways to choose k of n, for modest numbers.
fn count(arguments: &[i64]) -> Option<Rational> {
    const LARGEST: i64 = 64;
    let (top, below) = match *arguments {
        [n] => (n, n),
        [n, k] => (n, k),
        _ => return None,
    };
    if below < 0 || top < below || top > LARGEST {
        return None;
    }
    (0..below).try_fold(Rational::ONE, |product, i| {
        let factor = Rational::from(top - i);
        let factor = match arguments {
            [_] => factor,
            _ => factor.checked_div(&Rational::from(i + 1))?,
        };
        Some(&product * &factor)
    })
}

/// A polynomial in one atom: exponent ↦ coefficient.
impl Arithmetic<'_> {
    /// Collects `p` by powers of the atom of bound or free variable `x`; `None` if `x` occurs inside another atom or to
    /// a power that is no natural number.
    pub(crate) fn by_powers(&mut self, p: &Poly, x: u32) -> Option<Vec<(u32, Poly)>> {
        let mut out: std::collections::BTreeMap<u32, Vec<_>> = std::collections::BTreeMap::new();
        for (m, c) in &p.0 {
            let mut degree = 0;
            let mut rest = Vec::new();
            for (a, e) in m {
                if *a == x {
                    degree = u32::try_from(e.to_i64()?).ok()?;
                } else if self.atom_mentions(*a, x) {
                    return None;
                } else {
                    rest.push((*a, e.clone()));
                }
            }
            out.entry(degree).or_default().push((rest, c.clone()));
        }
        Some(out.into_iter().map(|(d, terms)| (d, Poly::collect(terms))).collect())
    }

    pub(crate) fn atom_mentions(&self, a: u32, x: u32) -> bool {
        if a == x {
            return true;
        }
        match self.atom_at(a) {
            Atom::Symbol(_) | Atom::Bound(_) | Atom::Meta(_) | Atom::Prime(_) => false,
            Atom::Ln(p) | Atom::Exp(p) | Atom::Sum(p) | Atom::Abs(p) => self.poly_mentions(*p, x),
            Atom::Power(a, b) | Atom::Derivative(a, b) | Atom::Index(a, b) => {
                self.poly_mentions(*a, x) || self.poly_mentions(*b, x)
            }
            Atom::Call(_, ps) => ps.iter().any(|p| self.poly_mentions(*p, x)),
            Atom::Density(p, ps) => {
                self.poly_mentions(*p, x) || ps.iter().any(|p| self.poly_mentions(*p, x))
            }
            // What it binds itself is no mention of a variable outside.
            Atom::Binder(_, ps, p, c) => {
                let own = *self.atom_at(x) == Atom::Bound(*c);
                (!own && self.poly_mentions(*p, x)) || ps.iter().any(|p| self.poly_mentions(*p, x))
            }
        }
    }

    pub(crate) fn poly_mentions(&self, p: PolyId, x: u32) -> bool {
        self.poly_at(p).0.iter().any(|(m, _)| m.iter().any(|(a, _)| self.atom_mentions(*a, x)))
    }
}

impl ArithmeticError {
    /// In one sentence, without a full stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "the expression is too large to bring into normal form",
            Self::Undefined => "a division by zero, or the logarithm of zero",
            Self::Shadowed => "a bound variable has the name of a parameter",
        }
    }
}
