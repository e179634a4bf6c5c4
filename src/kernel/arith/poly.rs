//! Polynomials over atoms: the representation, addition and scaling. Products need the atoms and are in `power`.

use std::cmp::Ordering;

use crate::term::Rational;

use super::AtomId;

/// Atoms with their exponents, by ascending atom; no exponent is zero.
pub(crate) type Monomial = Vec<(AtomId, Rational)>;

/// Monomials with their coefficients, by ascending monomial; no coefficient is zero.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Poly(pub(crate) Vec<(Monomial, Rational)>);

impl Poly {
    pub(crate) fn zero() -> Self {
        Self::default()
    }

    pub(crate) fn constant(c: Rational) -> Self {
        Self::monomial(Vec::new(), c)
    }

    pub(crate) fn one() -> Self {
        Self::constant(Rational::ONE)
    }

    pub(crate) fn monomial(m: Monomial, c: Rational) -> Self {
        if c.is_zero() { Self::zero() } else { Self(vec![(m, c)]) }
    }

    pub(crate) fn atom(id: AtomId) -> Self {
        Self::monomial(vec![(id, Rational::ONE)], Rational::ONE)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The number, if there are no atoms.
    pub(crate) fn as_constant(&self) -> Option<Rational> {
        match self.0.as_slice() {
            [] => Some(Rational::ZERO),
            [(m, c)] if m.is_empty() => Some(c.clone()),
            _ => None,
        }
    }

    /// Builds from monomials in any order, adding up equal ones.
    pub(crate) fn collect(mut terms: Vec<(Monomial, Rational)>) -> Self {
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut out: Vec<(Monomial, Rational)> = Vec::with_capacity(terms.len());
        for (m, c) in terms {
            match out.last_mut() {
                Some(last) if last.0 == m => last.1 = &last.1 + &c,
                _ => {
                    if out.last().is_some_and(|last| last.1.is_zero()) {
                        out.pop();
                    }
                    out.push((m, c));
                }
            }
        }
        if out.last().is_some_and(|last| last.1.is_zero()) {
            out.pop();
        }
        Self(out)
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let (mut i, mut j) = (0, 0);
        let (a, b) = (&self.0, &other.0);
        let mut out = Vec::with_capacity(a.len() + b.len());
        while i < a.len() && j < b.len() {
            match a[i].0.cmp(&b[j].0) {
                Ordering::Less => {
                    out.push(a[i].clone());
                    i += 1;
                }
                Ordering::Greater => {
                    out.push(b[j].clone());
                    j += 1;
                }
                Ordering::Equal => {
                    let c = &a[i].1 + &b[j].1;
                    if !c.is_zero() {
                        out.push((a[i].0.clone(), c));
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        out.extend_from_slice(&a[i..]);
        out.extend_from_slice(&b[j..]);
        Self(out)
    }

    pub(crate) fn scaled(&self, c: &Rational) -> Self {
        if c.is_zero() {
            return Self::zero();
        }
        Self(self.0.iter().map(|(m, d)| (m.clone(), c * d)).collect())
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.scaled(&Rational::MINUS_ONE))
    }

    /// The c with `self = c·other`, if there is one.
    pub(crate) fn ratio(&self, other: &Self) -> Option<Rational> {
        if self.0.len() != other.0.len() || self.is_zero() {
            return None;
        }
        let c = self.0[0].1.checked_div(&other.0[0].1)?;
        let proportional =
            self.0.iter().zip(&other.0).all(|((m, a), (n, b))| m == n && *a == &c * b);
        proportional.then_some(c)
    }
}

/// The product of two monomials: exponents add.
pub(crate) fn merge(a: &Monomial, b: &Monomial) -> Monomial {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            Ordering::Less => {
                out.push(a[i].clone());
                i += 1;
            }
            Ordering::Greater => {
                out.push(b[j].clone());
                j += 1;
            }
            Ordering::Equal => {
                let e = &a[i].1 + &b[j].1;
                if !e.is_zero() {
                    out.push((a[i].0, e));
                }
                i += 1;
                j += 1;
            }
        }
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
    out
}
