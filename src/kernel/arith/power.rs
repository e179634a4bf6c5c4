//! Products, powers, roots, exponentials and logarithms of normal forms.

use crate::term::Rational;

use super::poly::merge;
use super::{Arithmetic, ArithmeticError, Atom, MAX_TERMS, Monomial, Poly, Result, Sign, Sums};

/// Trial division of numbers under a root or a logarithm goes up to here; what is left counts as one base.
const LARGEST_TRIAL_PRIME: i64 = 1000;

impl Arithmetic<'_> {
    pub(crate) fn times(&mut self, a: &Poly, b: &Poly) -> Result<Poly> {
        if self.sums == Sums::Keep && self.stays_factored(a, b) {
            let a = if a.0.len() > 1 { self.kept_power(a, &Rational::ONE)? } else { a.clone() };
            let b = if b.0.len() > 1 { self.kept_power(b, &Rational::ONE)? } else { b.clone() };
            return self.times(&a, &b);
        }
        if a.0.len().saturating_mul(b.0.len()) > 4 * MAX_TERMS {
            return Err(ArithmeticError::TooLarge);
        }
        let mut out = Vec::with_capacity(a.0.len() * b.0.len());
        for (m, c) in &a.0 {
            for (n, d) in &b.0 {
                let (product, c) = (merge(m, n), c * d);
                if self.is_normal(&product) {
                    out.push((product, c));
                } else {
                    out.extend(self.normalise(product, c)?.0);
                }
            }
        }
        let out = Poly::collect(out);
        if out.0.len() > MAX_TERMS { Err(ArithmeticError::TooLarge) } else { Ok(out) }
    }

    /// Two sums, or a sum beside a binder or a bound variable, are shown as factors; a sum beside constants is not.
    fn stays_factored(&self, a: &Poly, b: &Poly) -> bool {
        let marked = |p: &Poly| {
            p.0.iter()
                .flat_map(|(m, _)| m)
                .any(|(a, _)| matches!(self.atom_at(*a), Atom::Bound(_) | Atom::Binder(..)))
        };
        let plain = |p: &Poly| !marked(p);
        match (a.0.len(), b.0.len()) {
            (0, _) | (_, 0) => false,
            (1, 1) => false,
            (1, _) => marked(a) && plain(b),
            (_, 1) => marked(b) && plain(a),
            _ => true,
        }
    }

    fn is_normal(&self, m: &Monomial) -> bool {
        m.iter().all(|(a, e)| !self.special[*a as usize] || self.is_normal_power(*a, e))
    }

    fn is_normal_power(&self, atom: u32, e: &Rational) -> bool {
        match self.atom_at(atom) {
            Atom::Prime(_) => e.is_positive() && *e < Rational::ONE,
            Atom::Sum(p) => {
                self.sums == Sums::Keep
                    || *e < Rational::ONE
                    || expanded_size(self.poly_at(*p).0.len(), &e.floor()).is_none()
            }
            Atom::Abs(_) => !e.checked_div(&Rational::from(2)).is_some_and(|h| h.is_integer()),
            _ => true,
        }
    }

    /// Folds integer powers of radicals and sums into what they stand for.
    fn normalise(&mut self, m: Monomial, c: Rational) -> Result<Poly> {
        let mut rest = Vec::with_capacity(m.len());
        let mut coefficient = c;
        let mut factors: Vec<Poly> = Vec::new();
        for (a, e) in m {
            if !self.special[a as usize] || self.is_normal_power(a, &e) {
                rest.push((a, e));
                continue;
            }
            let whole = e.floor();
            match self.atom_at(a).clone() {
                Atom::Prime(p) => {
                    let n = whole.to_i64().ok_or(ArithmeticError::TooLarge)?;
                    let power = p.checked_pow(n).ok_or(ArithmeticError::TooLarge)?;
                    coefficient = &coefficient * &power;
                    let fraction = &e - &whole;
                    if !fraction.is_zero() {
                        rest.push((a, fraction));
                    }
                }
                Atom::Sum(p) => {
                    let n = whole.to_i64().ok_or(ArithmeticError::TooLarge)?;
                    let base = self.poly_at(p).clone();
                    factors.push(self.expand_power(&base, n as u64)?);
                    let fraction = &e - &whole;
                    if !fraction.is_zero() {
                        rest.push((a, fraction));
                    }
                }
                Atom::Abs(p) => {
                    let base = self.poly_at(p).clone();
                    factors.push(self.power(&base, &e)?);
                }
                _ => rest.push((a, e)),
            }
        }
        let mut out = Poly::monomial(rest, coefficient);
        for factor in factors {
            out = self.times(&out, &factor)?;
        }
        Ok(out)
    }

    fn expand_power(&mut self, base: &Poly, n: u64) -> Result<Poly> {
        let mut out = Poly::one();
        for _ in 0..n {
            out = self.times(&out, base)?;
        }
        Ok(out)
    }

    /// `base ^ r` for a number r.
    pub(crate) fn power(&mut self, base: &Poly, r: &Rational) -> Result<Poly> {
        if r.is_zero() {
            return Ok(Poly::one());
        }
        if r.is_one() {
            return Ok(base.clone());
        }
        if base.is_zero() {
            return if r.is_positive() {
                Ok(Poly::zero())
            } else {
                Err(ArithmeticError::Undefined)
            };
        }
        if r.is_integer() {
            return self.integer_power(base, r);
        }
        // √(1 + u/(v + w)) is √(u + v + w)/√(v + w).
        if let Some((atom, least)) = self.sum_in_denominator(base)
            && self.atom_sign(atom).is_positive()
        {
            let clear = Poly::monomial(vec![(atom, -&least)], Rational::ONE);
            let numerator = self.times(base, &clear)?;
            let root = self.power(&numerator, r)?;
            let below = Poly::monomial(vec![(atom, &least * r)], Rational::ONE);
            return self.times(&root, &below);
        }
        let (outside, inside) = self.split_positive(base);
        let mut out = self.number_power(&outside.1, r)?;
        for (a, e) in &outside.0 {
            let factor = Poly::monomial(vec![(*a, e * r)], Rational::ONE);
            out = self.times(&out, &factor)?;
        }
        let inside = match inside.0.as_slice() {
            [(m, c)] if m.is_empty() && c.is_one() => return Ok(out),
            _ => inside,
        };
        let root = self.root_of_rest(&inside, r)?;
        self.times(&out, &root)
    }

    /// What is left under a root when its positive factors are out: |x| for x², else kept whole.
    fn root_of_rest(&mut self, inside: &Poly, r: &Rational) -> Result<Poly> {
        let two = Rational::from(2);
        if let [(m, c)] = inside.0.as_slice()
            && c.is_one()
            && m.iter().all(|(_, e)| e.checked_div(&two).is_some_and(|h| h.is_integer()))
        {
            let m = m.clone();
            let mut out = Poly::one();
            for (a, e) in m {
                let id = self.intern(Poly::atom(a));
                let abs = self.atom(Atom::Abs(id));
                out = self.times(&out, &Poly::monomial(vec![(abs, &e * r)], Rational::ONE))?;
            }
            return Ok(out);
        }
        let id = self.intern(inside.clone());
        let atom = self.atom(Atom::Sum(id));
        Ok(Poly::monomial(vec![(atom, r.clone())], Rational::ONE))
    }

    fn integer_power(&mut self, base: &Poly, r: &Rational) -> Result<Poly> {
        if let [(m, c)] = base.0.as_slice() {
            let n = r.to_i64().ok_or(ArithmeticError::TooLarge)?;
            let c = c.checked_pow(n).ok_or(ArithmeticError::TooLarge)?;
            let m: Monomial = m.iter().map(|(a, e)| (*a, e * r)).collect();
            return if self.is_normal(&m) {
                Ok(Poly::monomial(m, c))
            } else {
                self.normalise(m, c)
            };
        }
        if r.is_positive() && self.sums == Sums::Expand {
            if expanded_size(base.0.len(), r).is_some() {
                let n = r.to_i64().ok_or(ArithmeticError::TooLarge)?;
                return self.expand_power(base, n as u64);
            }
            let id = self.intern(base.clone());
            let atom = self.atom(Atom::Sum(id));
            return Ok(Poly::monomial(vec![(atom, r.clone())], Rational::ONE));
        }
        // 1/(1 + u/(v + w))² is (v + w)²/(u + v + w)².
        if r.is_negative()
            && self.sums == Sums::Expand
            && let Some((atom, least)) = self.sum_in_denominator(base)
        {
            let clear = Poly::monomial(vec![(atom, -&least)], Rational::ONE);
            let numerator = self.times(base, &clear)?;
            if numerator.is_zero() {
                return Err(ArithmeticError::Undefined);
            }
            let root = self.integer_power(&numerator, r)?;
            let below = Poly::monomial(vec![(atom, &least * r)], Rational::ONE);
            return self.times(&root, &below);
        }
        self.kept_power(base, r)
    }

    /// An integer power of a sum as content times the power of an atom.
    fn kept_power(&mut self, base: &Poly, r: &Rational) -> Result<Poly> {
        let (content, primitive) = self.primitive(base);
        let content = self.integer_power(&Poly::monomial(content.0, content.1), r)?;
        let id = self.intern(primitive);
        let atom = self.atom(Atom::Sum(id));
        if r.is_negative() {
            // For how it is written: see `build_group`.
            self.atom_sign(atom);
        }
        self.times(&content, &Poly::monomial(vec![(atom, r.clone())], Rational::ONE))
    }

    /// Content (monomial with signed coefficient) and primitive part of a sum: base = content · primitive.
    fn primitive(&self, base: &Poly) -> ((Monomial, Rational), Poly) {
        let mut content = common_coefficient(base);
        let bound = base
            .0
            .iter()
            .find(|(m, _)| m.iter().any(|(a, _)| matches!(self.atom_at(*a), Atom::Bound(_))));
        if bound.unwrap_or(&base.0[0]).1.is_negative() {
            content = -content;
        }
        let mut common = common_monomial(base, |_| true);
        if self.sums == Sums::Keep {
            // Inside a square a fraction may stay a fraction: (1/r − m)² is read as it is.
            common.retain(|(_, e)| e.is_positive());
        }
        let primitive = divided(base, &common, &content);
        ((common, content), primitive)
    }

    /// Splits off a positive factor: base = (monomial of positive atoms · positive number) · rest.
    fn split_positive(&mut self, base: &Poly) -> ((Monomial, Rational), Poly) {
        let atoms: Vec<u32> = base.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
        for a in atoms {
            self.atom_sign(a);
        }
        let positive = |a: u32| self.atom_signs[a as usize].is_some_and(|s| s.is_nonnegative());
        let common = common_monomial(base, positive);
        let content = common_coefficient(base);
        let rest = divided(base, &common, &content);
        ((common, content), rest)
    }

    /// Splits off the sums known to be negative that all of `base` has, each as a power of its opposite:
    /// (a − b)/(c − d) with c < d is (b − a) by (d − c).
    fn split_negative(&mut self, base: &mut Poly) -> Vec<(Poly, Rational)> {
        let negative = |a: u32| {
            self.atom_signs[a as usize] == Some(Sign::NEGATIVE)
                && matches!(self.atoms[a as usize], Atom::Sum(_))
        };
        let common = common_monomial(base, negative);
        let mut out = Vec::new();
        for (a, e) in common.into_iter().filter(|(_, e)| e.is_integer()) {
            let Atom::Sum(sum) = *self.atom_at(a) else { continue };
            let odd = e.to_i64().is_none_or(|e| e % 2 != 0);
            let sign = if odd { Rational::MINUS_ONE } else { Rational::ONE };
            *base = divided(base, &vec![(a, e.clone())], &sign);
            out.push((self.poly_at(sum).scaled(&Rational::MINUS_ONE), e));
        }
        out
    }

    /// `c ^ r` for a positive number c.
    fn number_power(&mut self, c: &Rational, r: &Rational) -> Result<Poly> {
        let mut out = Poly::one();
        for (p, n) in factors(c) {
            let atom = self.atom(Atom::Prime(p));
            let e = &Rational::from(n) * r;
            let factor = self.normalise(vec![(atom, e)], Rational::ONE)?;
            out = self.times(&out, &factor)?;
        }
        Ok(out)
    }

    pub(crate) fn exp(&mut self, u: &Poly) -> Result<Poly> {
        let mut out = Poly::one();
        for (m, c) in &u.0 {
            let factor = match m.as_slice() {
                [(a, e)] if e.is_one() => match *self.atom_at(*a) {
                    Atom::Ln(p) => {
                        let base = self.poly_at(p).clone();
                        self.power(&base, c)?
                    }
                    _ => self.exp_monomial(m, c),
                },
                _ => self.exp_monomial(m, c),
            };
            out = self.times(&out, &factor)?;
        }
        Ok(out)
    }

    fn exp_monomial(&mut self, m: &Monomial, c: &Rational) -> Poly {
        let id = self.intern(Poly::monomial(m.clone(), Rational::ONE));
        let atom = self.atom(Atom::Exp(id));
        Poly::monomial(vec![(atom, c.clone())], Rational::ONE)
    }

    pub(crate) fn ln(&mut self, u: &Poly) -> Result<Poly> {
        if u.is_zero() {
            return Err(ArithmeticError::Undefined);
        }
        let ((common, content), mut rest) = self.split_positive(u);
        let negative = self.split_negative(&mut rest);
        let mut out = Vec::new();
        for (p, n) in factors(&content) {
            let id = self.intern(Poly::constant(p));
            let atom = self.atom(Atom::Ln(id));
            out.push((vec![(atom, Rational::ONE)], Rational::from(n)));
        }
        let mut out = Poly::collect(out);
        for (a, e) in &common {
            let part = self.ln_of_atom(*a).scaled(e);
            out = out.plus(&part);
        }
        for (sum, e) in negative {
            out = out.plus(&self.ln(&sum)?.scaled(&e));
        }
        if rest.as_constant().is_some_and(|c| c.is_one()) {
            return Ok(out);
        }
        let rest = self.ln_of_rest(&rest)?;
        Ok(out.plus(&rest))
    }

    fn ln_of_atom(&mut self, a: u32) -> Poly {
        match *self.atom_at(a) {
            Atom::Exp(p) => self.poly_at(p).clone(),
            Atom::Sum(p) => self.of_atom(Atom::Ln(p)),
            _ => {
                let id = self.intern(Poly::atom(a));
                self.of_atom(Atom::Ln(id))
            }
        }
    }

    /// ln of what has no known positive factor: ln(x²) = 2·ln|x|, anything else is an atom.
    fn ln_of_rest(&mut self, rest: &Poly) -> Result<Poly> {
        let two = Rational::from(2);
        if let [(m, c)] = rest.0.as_slice()
            && c.is_one()
            && m.iter().all(|(_, e)| e.checked_div(&two).is_some_and(|h| h.is_integer()))
        {
            let mut out = Poly::zero();
            for (a, e) in m.clone() {
                let inner = self.intern(Poly::atom(a));
                let abs = self.of_atom(Atom::Abs(inner));
                let abs = self.intern(abs);
                out = out.plus(&self.of_atom(Atom::Ln(abs)).scaled(&e));
            }
            return Ok(out);
        }
        let id = self.intern(rest.clone());
        Ok(self.of_atom(Atom::Ln(id)))
    }

    pub(crate) fn abs(&mut self, u: &Poly) -> Result<Poly> {
        let sign = self.sign_of_poly(u);
        if sign.is_nonnegative() {
            return Ok(u.clone());
        }
        if sign.neg().is_nonnegative() {
            return Ok(u.scaled(&Rational::MINUS_ONE));
        }
        let ((common, content), mut rest) = self.split_positive(u);
        if rest.0[0].1.is_negative() {
            rest = rest.scaled(&Rational::MINUS_ONE);
        }
        let outside = Poly::monomial(common, content);
        let id = self.intern(rest);
        let abs = self.of_atom(Atom::Abs(id));
        self.times(&outside, &abs)
    }
}

/// The number of monomials of a sum of `parts` raised to `n`, if small enough to expand.
fn expanded_size(parts: usize, n: &Rational) -> Option<usize> {
    let n = usize::try_from(n.to_i64()?).ok()?;
    if n > 64 {
        return None;
    }
    let mut size = 1usize;
    for i in 1..parts.max(1) {
        size = size.checked_mul(n + i)? / i;
        if size > MAX_TERMS {
            return None;
        }
    }
    Some(size)
}

fn common_coefficient(p: &Poly) -> Rational {
    let mut gcd = p.0[0].1.abs();
    for (_, c) in &p.0[1..] {
        gcd = gcd.gcd(c);
    }
    gcd
}

/// For each admitted atom the least exponent over all monomials.
pub(super) fn common_monomial(p: &Poly, admit: impl Fn(u32) -> bool) -> Monomial {
    let mut atoms: Vec<u32> = p.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let mut out = Vec::new();
    for a in atoms.into_iter().filter(|a| admit(*a)) {
        let least = p.0.iter().map(|(m, _)| exponent_of(m, a)).min();
        if let Some(e) = least
            && !e.is_zero()
        {
            out.push((a, e));
        }
    }
    out
}

pub(crate) fn exponent_of(m: &Monomial, a: u32) -> Rational {
    m.iter().find(|(b, _)| *b == a).map_or(Rational::ZERO, |(_, e)| e.clone())
}

pub(super) fn divided(p: &Poly, common: &Monomial, content: &Rational) -> Poly {
    let inverse: Monomial = common.iter().map(|(a, e)| (*a, -e)).collect();
    let scale = content.recip().unwrap_or(Rational::ONE);
    Poly::collect(p.0.iter().map(|(m, c)| (merge(m, &inverse), c * &scale)).collect())
}

/// A positive rational as powers of bases: primes up to a bound, then what is left.
fn factors(c: &Rational) -> Vec<(Rational, i64)> {
    let mut out = Vec::new();
    for (number, sign) in [(c.numerator(), 1), (c.denominator(), -1)] {
        let mut rest = number;
        let mut p = 2;
        while p <= LARGEST_TRIAL_PRIME && rest > Rational::ONE {
            let prime = Rational::from(p);
            let mut n = 0;
            while let Some(q) = rest.checked_div(&prime).filter(Rational::is_integer) {
                rest = q;
                n += 1;
            }
            if n > 0 {
                out.push((prime.clone(), sign * n));
            }
            if &prime * &prime > rest && rest > Rational::ONE {
                break;
            }
            p += if p == 2 { 1 } else { 2 };
        }
        if rest > Rational::ONE {
            out.push((rest, sign));
        }
    }
    out
}
