//! Signs of numbers such as ln 2 − 69/100, which no rule about signs tells: by bounds of ever more bits.
//!
//! Only what is known to differ from zero gets a sign here. A number that is zero without looking like it keeps its
//! bounds on both sides of zero at any number of bits, and its sign unknown.

use crate::term::{Bounds, Rational};

use super::sign::power_sign;
use super::{Arithmetic, Atom, AtomId, Monomial, Poly, Sign};

/// How many bits are tried.
const BITS: [u64; 3] = [64, 128, 512];

/// Atoms and summands of what is looked at: anything longer is left alone.
const MOST: usize = 200;

impl Arithmetic<'_> {
    /// The sign of a sum in which numbers multiply other things: those that multiply the same are added up first.
    pub(super) fn sign_by_bounds(&mut self, p: &Poly) -> Sign {
        let mut groups: Vec<(Monomial, Poly)> = Vec::new();
        let mut left = MOST;
        for (m, c) in &p.0 {
            let (number, open): (Monomial, Monomial) =
                m.iter().cloned().partition(|(a, _)| self.is_number(*a, &mut left));
            if left == 0 || groups.len() > MOST {
                return Sign::ANY;
            }
            let part = Poly::monomial(number, c.clone());
            match groups.iter_mut().find(|(o, _)| *o == open) {
                Some((_, known)) => *known = known.plus(&part),
                None => groups.push((open, part)),
            }
        }
        let mut sign = Sign::ZERO;
        for (open, number) in groups {
            let mut part = self.sign_of_closed(&number);
            for (a, e) in &open {
                part = part.times(power_sign(self.atom_sign(*a), e));
            }
            sign = sign.plus(part);
            if sign == Sign::ANY {
                break;
            }
        }
        sign
    }

    pub(super) fn sign_of_closed(&mut self, p: &Poly) -> Sign {
        let plain = self.sign_by_monomials(p);
        if plain == Sign::ZERO || plain.within(Sign::POSITIVE) || plain.within(Sign::NEGATIVE) {
            return plain;
        }
        for bits in BITS {
            match self.bounds(p, bits) {
                Some(b) if b.is_positive() => return Sign::POSITIVE,
                Some(b) if b.is_negative() => return Sign::NEGATIVE,
                Some(_) => {}
                None => return plain,
            }
        }
        plain
    }

    /// Whether an atom has no names in it but that of π, and no more than so many atoms.
    pub(super) fn is_number(&self, a: AtomId, left: &mut usize) -> bool {
        let Some(fewer) = left.checked_sub(1) else { return false };
        *left = fewer;
        match self.atom_at(a) {
            Atom::Prime(_) => true,
            Atom::Symbol(s) => s == "pi",
            Atom::Ln(p) | Atom::Exp(p) | Atom::Sum(p) => {
                let atoms = self.poly_at(*p).0.iter().flat_map(|(m, _)| m);
                atoms.map(|(a, _)| *a).all(|a| self.is_number(a, left))
            }
            _ => false,
        }
    }

    fn bounds(&self, p: &Poly, bits: u64) -> Option<Bounds> {
        let mut sum = Bounds::of(&Rational::ZERO, bits);
        for (m, c) in &p.0 {
            let mut term = Bounds::of(c, bits);
            for (a, e) in m {
                term = term.times(&self.bounds_of_power(*a, e, bits)?);
            }
            sum = sum.plus(&term);
        }
        Some(sum)
    }

    fn bounds_of_power(&self, a: AtomId, exponent: &Rational, bits: u64) -> Option<Bounds> {
        let base = match self.atom_at(a) {
            Atom::Symbol(s) if s == "pi" => Bounds::pi(bits),
            Atom::Prime(r) => Bounds::of(r, bits),
            Atom::Ln(p) => self.bounds(self.poly_at(*p), bits)?.ln()?,
            Atom::Sum(p) => self.bounds(self.poly_at(*p), bits)?,
            Atom::Exp(p) => {
                let argument = self.bounds(self.poly_at(*p), bits)?;
                return argument.times(&Bounds::of(exponent, bits)).exp();
            }
            _ => return None,
        };
        match exponent.to_i64() {
            Some(n) => base.power(n),
            // A root is real only where its base is not negative, and here it is known to be positive.
            None => base.ln()?.times(&Bounds::of(exponent, bits)).exp(),
        }
    }
}
