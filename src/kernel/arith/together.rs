//! Exponents over one denominator, where that is shorter: −(a − b)²/(2(s² + t²)) instead of what completing a square leaves.
//!
//! Only how a normal form is written is at stake: what is built is compared with what it came from like everything else.

use crate::term::{Rational, Term};

use super::poly::merge;
use super::rebuild::{Names, Part, binomial_power, fraction, with_exponent, with_number};
use super::{Arithmetic, Atom, Monomial, Poly, Sign};

/// The most monomials of a numerator on the way.
const MAX_NUMERATOR: usize = 200;
/// Sums within sums that are looked into.
const MAX_DEPTH: usize = 6;
/// Steps of one division.
const MAX_QUOTIENT: usize = 64;

/// A numerator without sums among its factors, over powers of sums without a common factor.
struct Ratio {
    above: Poly,
    below: Vec<(Poly, i64)>,
}

impl Arithmetic<'_> {
    /// `p` as a term, over one denominator where that is shorter than summand by summand.
    pub(super) fn build_exponent(&self, p: &Poly, names: &Names) -> Term {
        let plain = self.build(p, names);
        if self.sum_in_denominator(p).is_none() {
            return plain;
        }
        match self.build_together(p, names) {
            Some(together) if together.size() < plain.size() => together,
            _ => plain,
        }
    }

    fn build_together(&self, p: &Poly, names: &Names) -> Option<Term> {
        let mut ratio = self.ratio_of(p, MAX_DEPTH)?;
        if ratio.above.is_zero() {
            return Some(Term::integer(0));
        }
        for (factor, power) in &mut ratio.below {
            while *power > 0
                && let Some(quotient) = divided_by(&ratio.above, factor)
            {
                ratio.above = quotient;
                *power -= 1;
            }
        }
        let (common, content, rest) = primitive(&ratio.above);
        let (mut above, mut below) = self.build_monomial(&common, names);
        if !content.is_integer() {
            below.insert(0, Term::rational(&content.denominator()));
        }
        let mut negative = content.is_negative();
        match binomial_power(&rest) {
            Some((c, base, k)) if c.abs().is_one() => {
                negative ^= c.is_negative();
                above.push(Term::power(self.build(&base, names), Term::integer(k)));
            }
            _ if rest.as_constant().is_some() => {}
            _ => match linear_factor(&rest) {
                Some((linear, mut other)) => {
                    if other.0.first().is_some_and(|(_, c)| c.is_negative()) {
                        other = other.scaled(&Rational::MINUS_ONE);
                        negative = !negative;
                    }
                    above.push(self.build(&linear, names));
                    above.push(self.build(&other, names));
                }
                None => above.push(self.build(&rest, names)),
            },
        }
        for (factor, power) in &mut ratio.below {
            // Positive below the bar, where that is known.
            if *power % 2 != 0 && self.is_negative_sum(factor) {
                *factor = factor.scaled(&Rational::MINUS_ONE);
                negative = !negative;
            }
        }
        for (factor, power) in ratio.below.iter().filter(|(_, power)| *power > 0) {
            below.push(with_exponent(self.build(factor, names), &Rational::from(*power)));
        }
        let term = fraction(with_number(&content.abs().numerator(), above), below);
        let part = Part { term, negative, rank: 1 };
        Some(if part.negative { Term::neg(part.term) } else { part.term })
    }

    /// A polynomial with sums among its factors, or below the bar, over one denominator: the numerator, and the sums below
    /// with their powers.
    pub(crate) fn over_denominator(&self, p: &Poly) -> Option<(Poly, Vec<(Poly, i64)>)> {
        let is_sum =
            |(a, e): &(u32, Rational)| e.is_integer() && matches!(self.atom_at(*a), Atom::Sum(_));
        if !p.0.iter().any(|(m, _)| m.iter().any(is_sum)) {
            return None;
        }
        let ratio = self.ratio_of(p, MAX_DEPTH)?;
        Some((ratio.above, ratio.below))
    }

    /// A sum of fractions of names, each beside a product of other things, with the fractions beside the same product
    /// over one denominator where that is shorter: the coefficients of a logarithm may cancel. `None` where none is.
    pub(crate) fn cancelled(&mut self, p: &Poly) -> Option<Poly> {
        let is_plain = |(a, e): &(u32, Rational)| {
            let atom = self.atom_at(*a);
            e.is_integer() && matches!(atom, Atom::Symbol(_) | Atom::Bound(_) | Atom::Sum(_))
        };
        let mut groups: Vec<(Monomial, Vec<(Monomial, Rational)>)> = Vec::new();
        for (m, c) in &p.0 {
            let (plain, beside): (Monomial, Monomial) = m.iter().cloned().partition(&is_plain);
            match groups.iter_mut().find(|(known, _)| *known == beside) {
                Some((_, parts)) => parts.push((plain, c.clone())),
                None => groups.push((beside, vec![(plain, c.clone())])),
            }
        }
        let mut any = false;
        let mut out = Poly::zero();
        for (beside, parts) in groups {
            let fractions = Poly::collect(parts);
            let shorter = self.one_fraction(&fractions).or_else(|| self.each_fraction(&fractions));
            any |= shorter.is_some();
            let beside = Poly::monomial(beside, Rational::ONE);
            let part = self.times(&shorter.unwrap_or(fractions), &beside).ok()?;
            out = out.plus(&part);
        }
        any.then_some(out)
    }

    /// As [`Self::one_fraction`], of the fractions over each denominator by themselves: (r² − 1)/(1 − r²) is a number,
    /// whatever stands beside it.
    fn each_fraction(&mut self, p: &Poly) -> Option<Poly> {
        let mut groups: Vec<(Monomial, Vec<(Monomial, Rational)>)> = Vec::new();
        for (m, c) in &p.0 {
            let is_below = |(a, e): &&(u32, Rational)| {
                e.is_negative() && matches!(self.atom_at(*a), Atom::Sum(_))
            };
            let below: Monomial = m.iter().filter(is_below).cloned().collect();
            match groups.iter_mut().find(|(known, _)| *known == below) {
                Some((_, parts)) => parts.push((m.clone(), c.clone())),
                None => groups.push((below, vec![(m.clone(), c.clone())])),
            }
        }
        if groups.len() < 2 {
            return None;
        }
        let mut any = false;
        let mut out = Poly::zero();
        for (below, parts) in groups {
            let part = Poly::collect(parts);
            let shorter = if below.is_empty() { None } else { self.one_fraction(&part) };
            any |= shorter.is_some();
            out = out.plus(&shorter.unwrap_or(part));
        }
        any.then_some(out)
    }

    fn one_fraction(&mut self, p: &Poly) -> Option<Poly> {
        let (mut above, mut below) = self.over_denominator(p)?;
        if below.is_empty() || p.0.len() < 2 {
            return None;
        }
        for (factor, power) in &mut below {
            while *power > 0
                && !above.is_zero()
                && let Some(quotient) = divided_by(&above, factor)
            {
                above = quotient;
                *power -= 1;
            }
        }
        if above.0.len() >= p.0.len() {
            return None;
        }
        for (factor, power) in below.into_iter().filter(|(_, power)| *power > 0) {
            let inverse = self.power(&factor, &-&Rational::from(power)).ok()?;
            above = self.times(&above, &inverse).ok()?;
        }
        Some(above)
    }

    /// Whether a sum, or its opposite, is an atom whose sign is known, and negative here.
    pub(super) fn is_negative_sum(&self, p: &Poly) -> bool {
        let sign = |p: &Poly| {
            let id = self.poly_index.get(p)?;
            let atom = self.atom_index.get(&Atom::Sum(*id))?;
            self.atom_signs[*atom as usize]
        };
        sign(p) == Some(Sign::NEGATIVE)
            || sign(&p.scaled(&Rational::MINUS_ONE)).is_some_and(Sign::is_positive)
    }

    fn ratio_of(&self, p: &Poly, depth: usize) -> Option<Ratio> {
        let depth = depth.checked_sub(1)?;
        let mut sum = Ratio { above: Poly::zero(), below: Vec::new() };
        for (m, c) in &p.0 {
            let part = self.ratio_of_monomial(m, c, depth)?;
            sum = sum.plus(&part)?;
        }
        Some(sum)
    }

    fn ratio_of_monomial(&self, m: &Monomial, c: &Rational, depth: usize) -> Option<Ratio> {
        let mut out = Ratio { above: Poly::constant(c.clone()), below: Vec::new() };
        for (a, e) in m {
            let inner = match self.atom_at(*a) {
                Atom::Sum(inner) if e.is_integer() => *inner,
                // Their powers are not what multiplying exponents says.
                Atom::Prime(_) | Atom::Abs(_) => return None,
                _ => {
                    let factor = Poly::monomial(vec![(*a, e.clone())], Rational::ONE);
                    out.above = product(&out.above, &factor)?;
                    continue;
                }
            };
            let inner = self.ratio_of(self.poly_at(inner), depth)?;
            let n = e.to_i64().filter(|n| n.abs() <= 8)?;
            for _ in 0..n.abs() {
                out = out.times(&if n > 0 { inner.copied() } else { inner.inverse()? })?;
            }
        }
        Some(out)
    }
}

impl Ratio {
    fn copied(&self) -> Self {
        Self { above: self.above.clone(), below: self.below.clone() }
    }

    fn inverse(&self) -> Option<Self> {
        if self.above.is_zero() {
            return None;
        }
        let (common, content, rest) = primitive(&self.above);
        let inverse = common.iter().map(|(a, e)| (*a, -e)).collect();
        let mut above = Poly::monomial(inverse, content.recip()?);
        for (factor, power) in &self.below {
            for _ in 0..*power {
                above = product(&above, factor)?;
            }
        }
        let below = if rest.as_constant().is_some() { Vec::new() } else { vec![(rest, 1)] };
        Some(Self { above, below })
    }

    fn times(&self, other: &Self) -> Option<Self> {
        let mut below = self.below.clone();
        for (factor, power) in &other.below {
            match below.iter_mut().find(|(known, _)| known == factor) {
                Some((_, n)) => *n += power,
                None => below.push((factor.clone(), *power)),
            }
        }
        Some(Self { above: product(&self.above, &other.above)?, below })
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        let mut below = self.below.clone();
        for (factor, power) in &other.below {
            match below.iter_mut().find(|(known, _)| known == factor) {
                Some((_, n)) => *n = (*n).max(*power),
                None => below.push((factor.clone(), *power)),
            }
        }
        let over = |part: &Self| {
            let mut above = part.above.clone();
            for (factor, power) in &below {
                let has = part.below.iter().find(|(f, _)| f == factor).map_or(0, |(_, n)| *n);
                for _ in has..*power {
                    above = product(&above, factor)?;
                }
            }
            Some(above)
        };
        let above = over(self)?.plus(&over(other)?);
        (above.0.len() <= MAX_NUMERATOR).then_some(Self { above, below })
    }
}

/// A common monomial, a signed number, and what is left.
fn primitive(p: &Poly) -> (Monomial, Rational, Poly) {
    let mut content = p.0.iter().fold(Rational::ZERO, |g, (_, c)| g.gcd(c));
    if p.0.first().is_some_and(|(_, c)| c.is_negative()) {
        content = -content;
    }
    let common = super::power::common_monomial(p, |_| true);
    let rest = super::power::divided(p, &common, &content);
    (common, content, rest)
}

/// `p` as (x + q)·a for an atom x, where a has no x and q is a polynomial: −r·(1 − r)·(a − b)².
fn linear_factor(p: &Poly) -> Option<(Poly, Poly)> {
    let mut atoms: Vec<u32> = p.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
    atoms.sort_unstable();
    atoms.dedup();
    atoms.into_iter().find_map(|x| {
        let (mut slope, mut constant) = (Vec::new(), Vec::new());
        for (m, c) in &p.0 {
            let degree = super::exponent_of(m, x);
            let rest = m.iter().filter(|(a, _)| *a != x).cloned().collect();
            match () {
                () if degree.is_zero() => constant.push((rest, c.clone())),
                () if degree.is_one() => slope.push((rest, c.clone())),
                () => return None,
            }
        }
        let (slope, constant) = (Poly::collect(slope), Poly::collect(constant));
        if slope.0.len() < 2 || constant.is_zero() {
            return None;
        }
        let quotient = divided_by(&constant, &slope)?;
        let linear = Poly::atom(x).plus(&quotient);
        // 1 − r rather than r − 1 times the opposite.
        let first = quotient.as_constant().is_some_and(|c| c.is_negative());
        if first {
            let minus = Rational::MINUS_ONE;
            return Some((linear.scaled(&minus), slope.scaled(&minus)));
        }
        Some((linear, slope))
    })
}

/// The product of polynomials none of whose atoms has powers of its own.
fn product(a: &Poly, b: &Poly) -> Option<Poly> {
    if a.0.len().saturating_mul(b.0.len()) > 4 * MAX_NUMERATOR {
        return None;
    }
    let terms = a.0.iter().flat_map(|(m, c)| b.0.iter().map(move |(n, d)| (merge(m, n), c * d)));
    let out = Poly::collect(terms.collect());
    (out.0.len() <= MAX_NUMERATOR).then_some(out)
}

/// The polynomial quotient, if the division leaves nothing.
fn divided_by(p: &Poly, by: &Poly) -> Option<Poly> {
    let mut atoms: Vec<u32> =
        p.0.iter().chain(&by.0).flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let key = |m: &Monomial| -> Vec<Rational> {
        atoms.iter().map(|a| super::exponent_of(m, *a)).collect()
    };
    let lead = |p: &Poly| p.0.iter().max_by_key(|(m, _)| key(m)).cloned();
    let (common, content, mut rest) = primitive(p);
    let (top, factor) = lead(by)?;
    let inverse: Monomial = top.iter().map(|(a, e)| (*a, -e)).collect();
    let mut quotient = Vec::new();
    while let Some((m, c)) = lead(&rest) {
        let m = merge(&m, &inverse);
        if quotient.len() == MAX_QUOTIENT || m.iter().any(|(_, e)| e.is_negative()) {
            return None;
        }
        let c = c.checked_div(&factor)?;
        rest = rest.minus(&product(&Poly::monomial(m.clone(), c.clone()), by)?);
        quotient.push((m, c));
    }
    product(&Poly::collect(quotient), &Poly::monomial(common, content))
}
