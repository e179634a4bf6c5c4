//! Ways to free an unknown from roots and squares: proposals only, which [`Kernel::equivalence`] decides about.

use std::collections::BTreeMap;

use crate::term::{Rational, Term};

use super::arith::{Arithmetic, Atom, ROOT, exponent_of};
use super::arith::{Monomial, Poly};
use super::{Kernel, Sign};

/// Denominators, and factors of all summands, that are multiplied away.
const MAX_FACTORS: usize = 8;

/// An equation as one product on each side, and the power that makes both polynomials in the unknown.
#[derive(Clone, Debug)]
pub struct Balance {
    /// What the difference of the sides is multiplied by.
    pub clear: Term,
    /// The sides.
    pub sides: (Term, Term),
    /// What both sides are raised to.
    pub power: Rational,
}

/// An equation that is quadratic in a power of the unknown, a·y² + b·y + c = 0.
#[derive(Clone, Debug)]
pub struct Quadratic {
    /// What the difference of the sides is multiplied by to get there.
    pub clear: Term,
    /// The sides after that: a·y² + b·y + c, and 0.
    pub polynomial: Term,
    /// a.
    pub leading: Term,
    /// y.
    pub subject: Term,
    /// −b/(2a), about which the roots lie.
    pub center: Term,
    /// The square of the distance of the roots from there.
    pub square: Term,
}

impl Kernel<'_> {
    /// The equation with a product on each side, where the unknown stands in powers of sums that no power of it alone is.
    pub fn balance(&mut self, equation: &Term, unknown: &Term) -> Option<Balance> {
        let difference = difference(equation)?;
        let arith = &mut self.readable;
        let x = single(arith, unknown)?;
        let p = arith.poly(&difference, ROOT).ok()?;
        let [(m, c), (n, d)] = p.0.as_slice() else { return None };
        if c.is_negative() == d.is_negative() {
            return None;
        }
        let ((m, c), (n, d)) = if c.is_negative() { ((n, d), (m, c)) } else { ((m, c), (n, d)) };
        let mut atoms: Vec<u32> = m.iter().chain(n).map(|(a, _)| *a).collect();
        atoms.sort_unstable();
        atoms.dedup();
        let number = c.gcd(d);
        let (mut left, mut right, mut clear) = (Vec::new(), Vec::new(), Vec::new());
        let mut common = Rational::ZERO;
        for a in atoms {
            let (e, f) = (exponent_of(m, a), exponent_of(n, a));
            let least = e.clone().min(f.clone());
            if !least.is_zero() {
                clear.push((a, -&least));
            }
            let excess = &e - &f;
            if arith.atom_mentions(a, x) {
                if a != x && !matches!(arith.atom_at(a), Atom::Sum(_)) {
                    return None;
                }
                common = common.gcd(&excess);
            }
            match excess.is_negative() {
                _ if excess.is_zero() => {}
                true => right.push((a, -excess)),
                false => left.push((a, excess)),
            }
        }
        let power = common.recip().filter(|k| !k.is_one())?;
        let term = |m: Monomial, c: &Rational| {
            let c = c.abs().checked_div(&number.abs())?;
            Some(arith.term_of(&Poly::monomial(m, c), ROOT))
        };
        let sides = (term(left, c)?, term(right, d)?);
        let clear = arith.term_of(&Poly::monomial(clear, number.abs().recip()?), ROOT);
        Some(Balance { clear, sides, power })
    }

    /// The equation as a quadratic one in a power of the unknown.
    pub fn quadratic(&mut self, equation: &Term, unknown: &Term) -> Option<Quadratic> {
        let difference = difference(equation)?;
        let arith = &mut self.arith;
        let x = single(arith, unknown)?;
        let mut p = arith.poly(&difference, ROOT).ok()?;
        let mut clear = Poly::one();
        for _ in 0..MAX_FACTORS {
            let Some(factor) = removable(arith, &p, x) else { break };
            p = arith.times(&p, &factor).ok()?;
            clear = arith.times(&clear, &factor).ok()?;
        }
        let mut powers: BTreeMap<Rational, Vec<_>> = BTreeMap::new();
        for (m, c) in &p.0 {
            if m.iter().any(|(a, _)| *a != x && arith.atom_mentions(*a, x)) {
                return None;
            }
            let rest = m.iter().filter(|(a, _)| *a != x).cloned().collect();
            powers.entry(exponent_of(m, x)).or_default().push((rest, c.clone()));
        }
        let parts: Vec<(Rational, Poly)> =
            powers.into_iter().map(|(e, terms)| (e, Poly::collect(terms))).collect();
        let [(low, c), (middle, b), (high, a)] = <[_; 3]>::try_from(parts).ok()?;
        let degree = &middle - &low;
        if &high - &middle != degree {
            return None;
        }
        if !low.is_zero() {
            let factor = Poly::monomial(vec![(x, -low)], Rational::ONE);
            p = arith.times(&p, &factor).ok()?;
            clear = arith.times(&clear, &factor).ok()?;
        }
        let inverse = arith.power(&a, &Rational::MINUS_ONE).ok()?;
        let half = Rational::new(-1, 2)?;
        let center = arith.times(&b, &inverse).ok()?.scaled(&half);
        let product = arith.times(&c, &inverse).ok()?;
        let square = arith.times(&center, &center).ok()?.minus(&product);
        let subject = Poly::monomial(vec![(x, degree)], Rational::ONE);
        let [clear, polynomial, leading, subject, center, square] =
            [clear, p, a, subject, center, square].map(|p| arith.term_of(&p, ROOT));
        Some(Quadratic { clear, polynomial, leading, subject, center, square })
    }

    /// The sign of a term as it is written or as its normal form shows it.
    pub fn sign_in_equation(&mut self, t: &Term) -> Sign {
        self.sign_anyhow(t)
    }
}

/// A factor that takes a denominator, or something that stands in every summand beside the unknown, away.
fn removable(arith: &mut Arithmetic<'_>, p: &Poly, x: u32) -> Option<Poly> {
    let atoms: Vec<u32> = p.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
    for a in atoms {
        if a == x || !arith.atom_mentions(a, x) {
            continue;
        }
        let least = p.0.iter().map(|(m, _)| exponent_of(m, a)).min()?;
        if !least.is_zero() {
            return Some(Poly::monomial(vec![(a, -least)], Rational::ONE));
        }
    }
    None
}

fn difference(equation: &Term) -> Option<Term> {
    match equation.node() {
        crate::term::Node::Relation(crate::term::Relation::Eq, a, b) => {
            Some(Term::difference(a.clone(), b.clone()))
        }
        _ => None,
    }
}

/// The atom that a name is.
fn single(arith: &mut Arithmetic<'_>, x: &Term) -> Option<u32> {
    match arith.poly(x, ROOT).ok()?.0.as_slice() {
        [(m, c)] if c.is_one() && m.len() == 1 && m[0].1.is_one() => Some(m[0].0),
        _ => None,
    }
}
