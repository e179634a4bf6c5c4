//! Families and finite sums: entries of vectors, sums and products over a range of integers.
//!
//! Between numbers a sum or product is written out. Between other ends a sum is taken apart by linearity, which needs no
//! condition for finitely many terms: Σ (c·f + g) = c·Σ f + Σ g for c free of the index. A product of distributions is
//! not a product of numbers: its factors keep their order.

use std::cmp::Ordering;

use crate::term::{
    Binder, BinderOp, Domain, HOLE, Node, Rational, Symbol, Term, VECTOR, fresh_name,
};

use super::{
    Arithmetic, ArithmeticError, Atom, CanonId, EnvId, Monomial, Poly, PolyId, ROOT, Result, Sums,
    infinite,
};

/// Sums of more terms than this are not written out.
const MAX_WRITTEN: i64 = 4096;

/// Terms of sums that one procedure writes out in all: sums inside sums multiply.
const MAX_INSTANCES: u64 = 1_000_000;

/// A sum inside another: the ends of its range as text, the factor that it is, and the sum itself.
type Inner<'m> = ((String, String), &'m (u32, Rational), Binder);

impl Arithmetic<'_> {
    /// `base[index]`: the entry itself where vector and index are known.
    pub(super) fn entry(&mut self, base: &Term, index: &Term, env: EnvId) -> Result<Poly> {
        let at = self.normal(index, env)?;
        let head = base.head_name();
        let bound = head.is_some_and(|name| self.lookup(name, env).is_some());
        let named = self.sums == Sums::Keep && head.is_some();
        if !named && !bound {
            let vector = self.facts.resolve(base);
            if let Some(items) = vector.as_vector() {
                if let Some(n) = self.poly_at(at).as_constant() {
                    let n = n.to_i64().and_then(|n| usize::try_from(n).ok()?.checked_sub(1));
                    let item = n.and_then(|n| items.get(n)).ok_or(ArithmeticError::Undefined)?;
                    return self.poly(item, env);
                }
            } else if let Some(entry) = self.facts.applied(&vector, index) {
                // A definition is an abbreviation; a vector has its entries and no others.
                let defined = head.is_some_and(|name| self.facts.definitions.contains_key(name));
                if defined || self.is_entry(&vector, index, env) {
                    return self.poly(&entry, env);
                }
            }
        }
        let base = self.normal(base, env)?;
        Ok(self.of_atom(Atom::Index(base, at)))
    }

    /// Whether an index is known to lie in the range of a vector by a formula.
    fn is_entry(&mut self, vector: &Term, index: &Term, env: EnvId) -> bool {
        let Some(b) = vector.as_comprehension() else { return false };
        let Domain::Range(lo, hi) = &b.domain else { return false };
        self.is_whole(index, env)
            && self.at_most(lo, index, env) == Some(true)
            && self.at_most(index, hi, env) == Some(true)
    }

    /// `vector[i in a..b](f)`: written out between numbers; the vector itself where f is its entry at i.
    pub(super) fn comprehension(&mut self, b: &Binder, env: EnvId) -> Result<Poly> {
        let domain = self.domain_polys(&b.domain, env)?;
        let inner = self.enter(env, b.op, &b.var, &b.domain)?;
        if let Some((1, n @ 1..=MAX_WRITTEN)) = self.whole_ends(&domain)
            && self.sums == Sums::Expand
            && b.admits(&Term::integer(1), Term::mentions)
        {
            let mut items = Vec::new();
            for k in 1..=n {
                self.written += 1;
                if self.written > MAX_INSTANCES {
                    return Err(ArithmeticError::TooLarge);
                }
                items.push(self.normal(&b.body.substitute(&b.var, &Term::integer(k)), env)?);
            }
            return Ok(self.vector_of(items));
        }
        let body = self.normal(&b.body, inner)?;
        let canon = self.innermost(inner);
        if self.sums == Sums::Expand
            && let Some(vector) = self.entry_by_entry(&domain, body, canon)
        {
            return Ok(vector);
        }
        Ok(self.of_atom(Atom::Binder(b.op, domain, body, canon)))
    }

    /// A vector that is written out, or the one whose entries these are.
    pub(super) fn vector_of(&mut self, items: Vec<PolyId>) -> Poly {
        let of = |own: &Self, k: i64, item: PolyId| match own
            .single_atom(item)
            .map(|a| own.atom_at(a))
        {
            Some(Atom::Index(base, at)) => {
                let same = own.poly_at(*at).as_constant() == Some(Rational::from(k));
                same.then_some(*base)
            }
            _ => None,
        };
        if let Some(base) = items.first().and_then(|item| of(self, 1, *item))
            && (1i64..).zip(&items).all(|(k, item)| of(self, k, *item) == Some(base))
            && let Some((lo, hi)) = self.coordinates_of(base)
        {
            let n = i64::try_from(items.len()).ok().map(Rational::from);
            let one = self.poly_at(lo).as_constant().is_some_and(|r| r.is_one());
            if one && self.poly_at(hi).as_constant() == n {
                return self.poly_at(base).clone();
            }
        }
        self.of_atom(Atom::Call(VECTOR.into(), items))
    }

    /// x for `vector[i in a..b](x[i])`, where x is known to have the coordinates a..b.
    fn entry_by_entry(&mut self, domain: &[PolyId], body: PolyId, canon: CanonId) -> Option<Poly> {
        let Atom::Index(base, at) = self.atom_at(self.single_atom(body)?).clone() else {
            return None;
        };
        let index = self.atom(Atom::Bound(canon));
        if self.single_atom(at) != Some(index) || self.poly_mentions(base, index) {
            return None;
        }
        let (lo, hi) = self.coordinates_of(base)?;
        (domain == [lo, hi]).then(|| self.poly_at(base).clone())
    }

    /// The first and the last index of a point of several coordinates, of a family, or of a row of one.
    fn coordinates_of(&mut self, base: PolyId) -> Option<(PolyId, PolyId)> {
        let mut atom = self.atom_at(self.single_atom(base)?).clone();
        if let Atom::Bound(c) = atom {
            return self.canons[c as usize].coordinates;
        }
        let mut given = 0;
        while let Atom::Index(inner, _) = atom {
            atom = self.atom_at(self.single_atom(inner)?).clone();
            given += 1;
        }
        let Atom::Symbol(name) = atom else { return None };
        let (lo, hi) = match self.facts.families.get(&name)?.axes().get(given..)? {
            [Domain::Range(lo, hi)] => (lo.clone(), hi.clone()),
            _ => return None,
        };
        if infinite(&lo).is_some() || infinite(&hi).is_some() {
            return None;
        }
        Some((self.normal(&lo, ROOT).ok()?, self.normal(&hi, ROOT).ok()?))
    }

    /// δ(i, j): 1 where the indices agree, 0 where they are known to differ.
    pub(super) fn kronecker(&mut self, i: &Term, j: &Term, env: EnvId) -> Result<Poly> {
        let (i, j) = (self.normal(i, env)?, self.normal(j, env)?);
        let difference = self.poly_at(i).minus(self.poly_at(j));
        match difference.as_constant() {
            Some(d) if d.is_zero() => Ok(Poly::one()),
            Some(_) => Ok(Poly::zero()),
            None => Ok(self.of_atom(Atom::Call("delta".into(), vec![i.min(j), i.max(j)]))),
        }
    }

    pub(super) fn series(&mut self, b: &Binder, env: EnvId) -> Result<Poly> {
        let domain = self.domain_polys(&b.domain, env)?;
        let inner = self.enter(env, b.op, &b.var, &b.domain)?;
        let of_distributions =
            b.op == BinderOp::Product && self.facts.is_distribution(&b.body, self.theory);
        if let Some((lo, hi)) = self.whole_ends(&domain)
            && (self.sums == Sums::Expand || of_distributions)
            && hi - lo < MAX_WRITTEN
        {
            return self.write_out(b, (lo, hi), env, of_distributions);
        }
        let body = self.normal(&b.body, inner)?;
        let canon = self.innermost(inner);
        // Of infinitely many terms linearity is a rule with a condition.
        let infinite = match &b.domain {
            Domain::Range(lo, hi) => [lo, hi].iter().any(|e| e.mentions(&Symbol::new("oo"))),
            Domain::Over(_) => true,
        };
        // −Σ f rather than Σ (−f).
        if let ([(m, c)], BinderOp::Sum, Sums::Keep, false) =
            (self.poly_at(body).0.as_slice(), b.op, self.sums, infinite)
            && c.is_negative()
        {
            let opposite = Poly::monomial(m.clone(), -c);
            let body = self.intern(opposite);
            let sum = self.of_atom(Atom::Binder(b.op, domain, body, canon));
            return Ok(sum.scaled(&Rational::MINUS_ONE));
        }
        if b.op == BinderOp::Product || self.sums == Sums::Keep || infinite {
            if self.poly_at(body).is_zero() && b.op == BinderOp::Sum {
                return Ok(Poly::zero());
            }
            return Ok(self.of_atom(Atom::Binder(b.op, domain, body, canon)));
        }
        let body = self.poly_at(body).clone();
        self.linear_sum(&domain, &body, canon, (b, env, inner))
    }

    /// −Σ f, for reading, as Σ (−f).
    pub(super) fn opposite_series(&mut self, t: &Term, env: EnvId) -> Result<Poly> {
        match t.node() {
            Node::Binder(b) if b.op == BinderOp::Sum => {
                let body = Term::neg(b.body.clone());
                self.poly(&Term::binder(b.op, b.var.clone(), b.domain.clone(), body), env)
            }
            _ => Ok(self.poly(t, env)?.scaled(&Rational::MINUS_ONE)),
        }
    }

    fn whole_ends(&self, domain: &[u32]) -> Option<(i64, i64)> {
        let [lo, hi] = domain else { return None };
        let whole = |p: u32| self.poly_at(p).as_constant().filter(Rational::is_integer)?.to_i64();
        Some((whole(*lo)?, whole(*hi)?))
    }

    fn write_out(
        &mut self,
        b: &Binder,
        (lo, hi): (i64, i64),
        env: EnvId,
        of_distributions: bool,
    ) -> Result<Poly> {
        let mut terms = Vec::new();
        let mut product = Poly::one();
        let mut parts = Vec::new();
        for k in lo..=hi {
            self.written += 1;
            if self.written > MAX_INSTANCES {
                return Err(ArithmeticError::TooLarge);
            }
            let instance = b.body.substitute(&b.var, &Term::integer(k));
            let p = self.poly(&instance, env)?;
            if of_distributions {
                parts.push(self.intern(p));
            } else if b.op == BinderOp::Product {
                product = self.times(&product, &p)?;
            } else {
                terms.extend(p.0);
            }
        }
        if of_distributions {
            return Ok(self.of_atom(Atom::Call("product".into(), parts)));
        }
        Ok(if b.op == BinderOp::Product { product } else { Poly::collect(terms) })
    }

    /// Σ over the monomials of the body, what does not depend on the index in front.
    fn linear_sum(
        &mut self,
        domain: &[u32],
        body: &Poly,
        canon: CanonId,
        (b, env, inner): (&Binder, EnvId, EnvId),
    ) -> Result<Poly> {
        let index = self.atom(Atom::Bound(canon));
        let mut out = Poly::zero();
        for (m, c) in &body.0 {
            let (inside, outside): (Monomial, Monomial) =
                m.iter().cloned().partition(|(a, _)| self.atom_mentions(*a, index));
            let sum = match self.freed(&inside, b, env, inner) {
                Some((alone, outer)) => self.poly(&alone, outer)?,
                None => match self.exchanged(&inside, b, inner) {
                    Some(exchanged) => self.poly(&exchanged, env)?,
                    None => self.sum_of(domain, inside, canon)?,
                },
            };
            let front = Poly::monomial(outside, c.clone());
            out = out.plus(&self.times(&front, &sum)?);
        }
        Ok(out)
    }

    /// The sum of what is left when the factors free of its index are out, where it no longer depends on the binders
    /// around it; and the environment it depends on.
    fn freed(
        &self,
        inside: &Monomial,
        b: &Binder,
        env: EnvId,
        inner: EnvId,
    ) -> Option<(Term, EnvId)> {
        if env == ROOT {
            return None;
        }
        let body = self.term_of(&Poly::monomial(inside.clone(), Rational::ONE), inner);
        let alone = Term::binder(b.op, b.var.clone(), b.domain.clone(), body);
        let outer = self.needed(&alone, env);
        (outer != env).then_some((alone, outer))
    }

    /// Σᵢ cᵢ·Σⱼ fᵢⱼ as Σⱼ Σᵢ cᵢ·fᵢⱼ where j's range does not depend on i and comes first: of the orders of finite sums one
    /// is the normal form. Of several such sums the one whose range comes first goes out, if it is the only one.
    fn exchanged(&self, inside: &Monomial, b: &Binder, inner: EnvId) -> Option<Term> {
        let Domain::Range(from, to) = &b.domain else { return None };
        let built = |m: Monomial| self.term_of(&Poly::monomial(m, Rational::ONE), inner);
        let key = |lo: &Term, hi: &Term| (lo.to_string(), hi.to_string());
        let limit = std::cell::LazyCell::new(|| key(from, to));
        let mut first: Option<Inner<'_>> = None;
        let mut alone = true;
        for factor in inside {
            if !factor.1.is_one()
                || !matches!(self.atom_at(factor.0), Atom::Binder(BinderOp::Sum, ..))
            {
                continue;
            }
            let whole = built(vec![factor.clone()]);
            let Node::Binder(within) = whole.node() else { continue };
            let Domain::Range(lo, hi) = &within.domain else { continue };
            let infinite = |end: &Term| end.mentions(&Symbol::new("oo"));
            let own = key(lo, hi);
            if [lo, hi].iter().any(|end| infinite(end) || end.mentions(&b.var)) || own >= *limit {
                continue;
            }
            match first.as_ref().map(|(known, ..)| own.cmp(known)) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => alone = false,
                Some(Ordering::Less) | None => {
                    alone = true;
                    first = Some((own, factor, within.clone()));
                }
            }
        }
        let (_, sum, within) = first.filter(|_| alone)?;
        let rest = built(inside.iter().filter(|factor| *factor != sum).cloned().collect());
        let taken = |s: &Symbol| {
            let around = [&rest, from, to].iter().any(|t| t.mentions(s));
            around || *s == b.var || self.lookup(s, inner).is_some()
        };
        let var =
            fresh_name(&within.var, |s| taken(s) || *s != within.var && within.body.mentions(s));
        let body = within.body.substitute(&within.var, &Term::symbol(var.clone()));
        let body = Term::product(vec![rest, body]);
        let body = Term::binder(b.op, b.var.clone(), b.domain.clone(), body);
        Some(Term::binder(BinderOp::Sum, var, within.domain.clone(), body))
    }

    /// Σ of one monomial. That of 1 is the number of terms, where the ends are in order.
    fn sum_of(&mut self, domain: &[u32], inside: Monomial, canon: CanonId) -> Result<Poly> {
        if inside.is_empty()
            && let [lo, hi] = domain
        {
            let count = self.poly_at(*hi).minus(self.poly_at(*lo)).plus(&Poly::one());
            if self.sign_of_poly(&count).is_nonnegative() {
                return Ok(count);
            }
        }
        let body = self.intern(Poly::monomial(inside, Rational::ONE));
        Ok(self.of_atom(Atom::Binder(BinderOp::Sum, domain.to_vec(), body, canon)))
    }

    /// The coordinates of a product of distributions: the index, its ends, and the distribution of one coordinate.
    pub(crate) fn coordinates(&self, distribution: &Term) -> Option<Coordinates> {
        let resolved = self.facts.resolve(distribution);
        match resolved.node() {
            Node::Binder(b) if b.op == BinderOp::Product => {
                let Domain::Range(lo, hi) = &b.domain else { return None };
                let hole = Term::symbol(HOLE);
                let part = b.body.substitute(&b.var, &hole);
                Some(Coordinates { index: b.var.clone(), ends: (lo.clone(), hi.clone()), part })
            }
            Node::Call(f, parts) if f == "product" && !parts.is_empty() => {
                let part = Term::index(Term::vector(parts.clone()), Term::symbol(HOLE));
                let n = i64::try_from(parts.len()).ok()?;
                let ends = (Term::integer(1), Term::integer(n));
                Some(Coordinates { index: Symbol::new("i"), ends, part })
            }
            _ => None,
        }
    }
}

/// Independent coordinates: `part` is the distribution of the coordinate whose index stands at the hole.
pub(crate) struct Coordinates {
    pub index: Symbol,
    pub ends: (Term, Term),
    pub part: Term,
}

impl Coordinates {
    /// The distribution of one coordinate.
    pub fn at(&self, index: &Term) -> Term {
        let part = self.part.substitute(&Symbol::new(HOLE), index);
        // An entry of a vector at a number is that entry.
        if let Node::Index(base, at) = part.node()
            && let (Some(items), Some(n)) = (base.as_vector(), at.as_rational())
            && let Some(item) = n.to_i64().and_then(|n| items.get(usize::try_from(n - 1).ok()?))
        {
            return item.clone();
        }
        part
    }
}
