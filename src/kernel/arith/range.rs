//! Signs that the range of a bound variable tells: of a polynomial in it, and of a difference of two positive things,
//! which is that of the difference of their logarithms.

use std::cmp::Ordering;

use crate::term::Rational;

use super::sign::power_sign;
use super::{Arithmetic, Atom, AtomId, Monomial, Poly, Sign, exponent_of};

/// How deep signs of coefficients may be looked for.
const DEEPEST: u8 = 4;

/// Polynomials of a higher degree are left alone.
const MAX_DEGREE: u32 = 4;

/// More summands than these are left alone.
const MAX_SUMMANDS: usize = 24;

/// Sums of more parts are not divided by what is assumed.
const MAX_FACTORED: usize = 8;

/// Logarithms are put together with factors up to this one.
const MOST_POWER: i64 = 12;

/// What the domain of a bound variable says: its ends, and whether it stays apart from them.
struct Ends {
    low: Option<(Poly, Sign)>,
    high: Option<(Poly, Sign)>,
}

/// The order by the exponents of the atoms, the first ones first; the order of products is that of their factors.
fn by_exponents(a: &Monomial, b: &Monomial) -> Ordering {
    let to_zero = |e: &Rational| if e.is_negative() { Ordering::Less } else { Ordering::Greater };
    for ((x, e), (y, f)) in a.iter().zip(b) {
        // Where one has an atom that the other has not, the other's exponent is zero.
        let order = match x.cmp(y) {
            Ordering::Less => to_zero(e),
            Ordering::Greater => to_zero(f).reverse(),
            Ordering::Equal => e.cmp(f),
        };
        if order.is_ne() {
            return order;
        }
    }
    match (a.get(b.len()), b.get(a.len())) {
        (Some((_, e)), _) => to_zero(e),
        (_, Some((_, f))) => to_zero(f).reverse(),
        _ => Ordering::Equal,
    }
}

/// The monomial that is last in that order, with its coefficient.
fn leading(p: &Poly) -> Option<(Monomial, Rational)> {
    p.0.iter().max_by(|(a, _), (b, _)| by_exponents(a, b)).cloned()
}

/// The monomial that is first in that order.
fn lowest(p: &Poly) -> Option<&Monomial> {
    p.0.iter().map(|(m, _)| m).min_by(|a, b| by_exponents(a, b))
}

/// The product of a monomial and the inverse of another.
fn over(a: &Monomial, b: &Monomial) -> Monomial {
    let inverse: Monomial = b.iter().map(|(a, e)| (*a, -e)).collect();
    super::poly::merge(a, &inverse)
}

impl Arithmetic<'_> {
    /// The sign of a sum whose summands do not tell it, from the ranges of the bound variables in it and from the
    /// monotony of the logarithm. Unknown where these say nothing.
    pub(super) fn sign_over_range(&mut self, p: &Poly) -> Sign {
        if self.deep >= DEEPEST || p.0.len() < 2 || p.0.len() > MAX_SUMMANDS {
            return Sign::ANY;
        }
        let level = (self.deep, self.nested_signs);
        if let Some(&known) = self.range_signs.get(&level).and_then(|signs| signs.get(p)) {
            return known;
        }
        self.deep += 1;
        let sign = self.find_sign_over_range(p);
        self.deep -= 1;
        self.range_signs.entry(level).or_default().insert(p.clone(), sign);
        sign
    }

    fn find_sign_over_range(&mut self, p: &Poly) -> Sign {
        let (bare, factor) = self.without_signed_atoms(p);
        if factor != Sign::POSITIVE {
            return self.sign_of_poly(&bare).times(factor);
        }
        let ratio = self.log_ratio(&bare).map(|ratio| self.without_positive_atoms(&ratio));
        let mut sign = match &ratio {
            Some(ratio) => self.sign_of_poly(ratio),
            None if bare != *p => self.sign_of_poly(&bare),
            None => match self.without_logarithms(p) {
                Some(difference) => self.sign_of_poly(&difference),
                None => self.sign_along_error(p),
            },
        };
        for x in self.bounded_atoms(&bare) {
            if sign.is_positive() || sign == Sign::NEGATIVE || sign == Sign::ZERO {
                break;
            }
            sign = sign.and(self.sign_along(&bare, x).unwrap_or(Sign::ANY));
        }
        if sign.is_positive() || sign == Sign::NEGATIVE || sign == Sign::ZERO {
            return sign;
        }
        let sign = sign.and(self.sign_of_multiple(&bare));
        if sign.is_nonnegative() || sign.neg().is_nonnegative() {
            return sign;
        }
        sign.and(self.sign_over_denominator(&bare))
    }

    /// The sign of a sum of quotients, by its numerator over the common denominator, whose sign is known.
    fn sign_over_denominator(&mut self, p: &Poly) -> Sign {
        let Some((above, below)) = self.over_denominator(p) else { return Sign::ANY };
        let mut sign = Sign::POSITIVE;
        for (factor, power) in below {
            let here = self.sign_of_poly(&factor);
            if !here.is_positive() && here != Sign::NEGATIVE {
                return Sign::ANY;
            }
            sign = sign.times(power_sign(here, &Rational::from(power)));
        }
        sign.times(self.sign_of_poly(&above))
    }

    /// A polynomial divided by the positive atoms that all its monomials share: its sign is the same, and so are its zeros.
    pub(crate) fn without_positive_atoms(&mut self, p: &Poly) -> Poly {
        self.without_atoms(p, |sign| sign.is_positive()).0
    }

    /// The same of all atoms whose sign is known and not zero, with the sign of what was divided by.
    fn without_signed_atoms(&mut self, p: &Poly) -> (Poly, Sign) {
        self.without_atoms(p, |sign| sign.is_positive() || sign == Sign::NEGATIVE)
    }

    /// Σ c·ln u has the sign of the difference of two products of powers, where there is nothing else.
    pub(crate) fn without_logarithms(&mut self, p: &Poly) -> Option<Poly> {
        let (mut above, mut below) = (Poly::one(), Poly::one());
        let common = p.0.iter().try_fold(1i64, |known, (_, c)| {
            let denominator = (1..=MOST_POWER).find(|n| (c * &Rational::from(*n)).is_integer())?;
            Some(known * denominator).filter(|n| *n <= MOST_POWER)
        })?;
        let mut logarithms = false;
        for (m, c) in &p.0 {
            if m.is_empty() {
                // A number is the logarithm of its exponential.
                let number = Poly::constant(&c.abs() * &Rational::from(common));
                let power = self.exp(&number).ok()?;
                let side = if c.is_negative() { &mut below } else { &mut above };
                *side = self.times(side, &power).ok()?;
                continue;
            }
            logarithms = true;
            let [(a, e)] = m.as_slice() else { return None };
            let Atom::Ln(u) = *self.atom_at(*a) else { return None };
            let times = (c * &Rational::from(common)).to_i64().filter(|n| n.abs() <= MOST_POWER)?;
            if !e.is_one() {
                return None;
            }
            let u = self.poly_at(u).clone();
            let side = if times > 0 { &mut above } else { &mut below };
            let power = self.power(&u, &Rational::from(times.abs())).ok()?;
            *side = self.times(side, &power).ok()?;
        }
        logarithms.then(|| above.minus(&below))
    }

    /// The sign of a multiple of something that is assumed to have a sign.
    fn sign_of_multiple(&mut self, p: &Poly) -> Sign {
        let mut sign = Sign::ANY;
        if p.0.len() > MAX_FACTORED {
            return sign;
        }
        for (fact, known) in self.fact_signs.clone() {
            if fact.0.len() > 1
                && let Some(quotient) = self.exact_quotient(p, &fact)
                && quotient.as_constant().is_none()
            {
                sign = sign.and(self.sign_of_poly(&quotient).times(known));
            }
        }
        sign
    }

    fn without_atoms(&mut self, p: &Poly, admit: impl Fn(Sign) -> bool) -> (Poly, Sign) {
        let mut factor = Sign::POSITIVE;
        let mut atoms: Vec<AtomId> = p.0.iter().flat_map(|(m, _)| m).map(|(a, _)| *a).collect();
        atoms.sort_unstable();
        atoms.dedup();
        let mut common: Monomial = Vec::new();
        for a in atoms {
            // One that is missing somewhere has the exponent 0 there: it may be below a bar elsewhere.
            let least = p.0.iter().map(|(m, _)| exponent_of(m, a)).min();
            if let Some(least) = least.filter(|e| !e.is_zero())
                && !matches!(self.atom_at(a), Atom::Symbol(s) if s == "oo")
                && admit(self.atom_sign(a))
            {
                factor = factor.times(power_sign(self.atom_sign(a), &least));
                common.push((a, -&least));
            }
        }
        if common.is_empty() {
            return (p.clone(), factor);
        }
        let parts = p.0.iter().map(|(m, c)| (super::poly::merge(m, &common), c.clone()));
        (Poly::collect(parts.collect()), factor)
    }

    /// ln u − ln v for a difference u − v of positive monomials with exponentials in them: it has the same sign and the
    /// same zeros.
    pub(crate) fn log_ratio(&mut self, p: &Poly) -> Option<Poly> {
        let [(m, c), (n, d)] = p.0.as_slice() else { return None };
        if c.is_negative() == d.is_negative() {
            return None;
        }
        let mut exponential = false;
        for (a, _) in m.iter().chain(n) {
            exponential |= matches!(self.atom_at(*a), Atom::Exp(_));
            if matches!(self.atom_at(*a), Atom::Symbol(s) if s == "oo")
                || !self.atom_sign(*a).is_positive()
            {
                return None;
            }
        }
        if !exponential {
            return None;
        }
        let (m, n, c, d) = (m.clone(), n.clone(), c.clone(), d.clone());
        let (above, below) = if c.is_negative() { ((n, d), (m, -&c)) } else { ((m, c), (n, -&d)) };
        let above = self.ln(&Poly::monomial(above.0, above.1)).ok()?;
        let below = self.ln(&Poly::monomial(below.0, below.1)).ok()?;
        Some(above.minus(&below))
    }

    /// The quotient of two polynomials where the division leaves no rest.
    pub(crate) fn exact_quotient(&mut self, above: &Poly, below: &Poly) -> Option<Poly> {
        let (lead, c) = leading(below)?;
        // Terms come in falling order, and the last one is the quotient of the lowest ones: beyond it there is a rest.
        let Some(first) = lowest(above) else { return Some(Poly::zero()) };
        let last = over(first, lowest(below)?);
        let mut rest = above.clone();
        let mut out = Poly::zero();
        for _ in 0..MAX_SUMMANDS {
            let Some((m, d)) = leading(&rest) else { return Some(out) };
            let term = over(&m, &lead);
            if by_exponents(&term, &last).is_lt() {
                return None;
            }
            let term = Poly::monomial(term, d.checked_div(&c)?);
            rest = rest.minus(&self.times(&term, below).ok()?);
            out = out.plus(&term);
        }
        None
    }

    /// The bound variables that occur by themselves and whose range has an end, inner ones first.
    fn bounded_atoms(&self, p: &Poly) -> Vec<AtomId> {
        let mut out: Vec<AtomId> = Vec::new();
        for (a, _) in p.0.iter().flat_map(|(m, _)| m) {
            if let Atom::Bound(c) = self.atom_at(*a)
                && !self.canons[*c as usize].relations.is_empty()
                && !out.contains(a)
            {
                out.push(*a);
            }
        }
        out.sort_unstable_by(|a, b| b.cmp(a));
        out
    }

    fn ends_of(&self, x: AtomId) -> Option<Ends> {
        let Atom::Bound(c) = self.atom_at(x) else { return None };
        let mut ends = Ends { low: None, high: None };
        let variable = Poly::atom(x);
        for (relation, sign) in &self.canons[*c as usize].relations {
            let distance = relation.minus(&variable);
            let slope: Rational = relation
                .0
                .iter()
                .find(|(m, _)| matches!(m.as_slice(), [(a, e)] if *a == x && e.is_one()))
                .map(|(_, c)| c.clone())?;
            if slope.is_one() {
                ends.low = Some((distance.scaled(&Rational::MINUS_ONE), *sign));
            } else if slope == Rational::MINUS_ONE {
                ends.high = Some((relation.plus(&variable), *sign));
            }
        }
        Some(ends)
    }

    /// The sign of a polynomial in x over the range of x: by its expansions about the ends, and by its Bernstein
    /// coefficients between them.
    fn sign_along(&mut self, p: &Poly, x: AtomId) -> Option<Sign> {
        let parts = self.by_powers(p, x)?;
        let degree = parts.last()?.0;
        if degree == 0 || degree > MAX_DEGREE {
            return None;
        }
        let ends = self.ends_of(x)?;
        let mut sign = Sign::ANY;
        for (end, side) in [(&ends.low, false), (&ends.high, true)] {
            let Some((end, apart)) = end else { continue };
            let coefficients = self.about(&parts, end)?;
            let mut here = Sign::ZERO;
            for (k, coefficient) in (0i64..).zip(&coefficients) {
                let mut term = self.sign_of_poly(coefficient);
                term = term.times(power_sign(*apart, &Rational::from(k)));
                here = here.plus(if side && k % 2 == 1 { term.neg() } else { term });
                if here == Sign::ANY {
                    break;
                }
            }
            sign = sign.and(here);
        }
        if let (Some((low, above)), Some((high, below))) = (&ends.low, &ends.high)
            && degree <= 2
        {
            let length = high.minus(low);
            let at_low = self.about(&parts, low)?;
            let at_high = self.about(&parts, high)?.first()?.clone();
            let mut control = vec![at_low.first()?.clone()];
            if degree == 2 {
                let half = Rational::new(1, 2)?;
                let rise = self.times(at_low.get(1)?, &length).ok()?.scaled(&half);
                control.push(control[0].plus(&rise));
            }
            control.push(at_high);
            let inside = above.is_positive() && below.is_positive();
            sign = sign.and(self.sign_of_mean(&control, inside));
        }
        Some(sign)
    }

    /// The sign of what is linear in a value of the error function, which lies between −1 and 1.
    fn sign_along_error(&mut self, p: &Poly) -> Sign {
        let error = p.0.iter().flat_map(|(m, _)| m).map(|(a, _)| *a).find(
            |a| matches!(self.atom_at(*a), Atom::Call(f, args) if f == "erf" && args.len() == 1),
        );
        let Some(parts) = error.and_then(|a| self.by_powers(p, a)) else { return Sign::ANY };
        let [(0, constant), (1, slope)] = parts.as_slice() else { return Sign::ANY };
        let control = [constant.minus(slope), constant.plus(slope)];
        self.sign_of_mean(&control, true)
    }

    /// The sign of a mean of some numbers, each with a positive weight if it is taken inside, else with some weight.
    fn sign_of_mean(&mut self, control: &[Poly], inside: bool) -> Sign {
        let signs: Vec<Sign> = control.iter().map(|p| self.sign_of_poly(p)).collect();
        for flip in [false, true] {
            let signs: Vec<Sign> = signs.iter().map(|s| if flip { s.neg() } else { *s }).collect();
            if !signs.iter().all(|s| s.is_nonnegative()) {
                continue;
            }
            let strict = if inside {
                signs.iter().any(|s| s.is_positive())
            } else {
                signs.iter().all(|s| s.is_positive())
            };
            let sign = if strict { Sign::POSITIVE } else { Sign::NONNEGATIVE };
            return if flip { sign.neg() } else { sign };
        }
        Sign::ANY
    }

    /// The coefficients of a polynomial, given by its powers, in powers of the distance from a point.
    fn about(&mut self, parts: &[(u32, Poly)], point: &Poly) -> Option<Vec<Poly>> {
        let degree = parts.last()?.0 as usize;
        let mut out = vec![Poly::zero(); degree + 1];
        // Horner: multiply by (t + point), add the next coefficient.
        for d in (0..=degree).rev() {
            let mut next = vec![Poly::zero(); degree + 1];
            for (k, c) in out.iter().enumerate() {
                if c.is_zero() {
                    continue;
                }
                let moved = self.times(c, point).ok()?;
                next[k] = next[k].plus(&moved);
                if k < degree {
                    next[k + 1] = next[k + 1].plus(c);
                }
            }
            if let Some((_, c)) = parts.iter().find(|(e, _)| *e as usize == d) {
                next[0] = next[0].plus(c);
            }
            out = next;
        }
        // At an end that is a zero it shows only once denominators are cleared.
        if !out[0].is_zero() && self.is_zero(out[0].clone()) == Ok(true) {
            out[0] = Poly::zero();
        }
        Some(out)
    }
}
