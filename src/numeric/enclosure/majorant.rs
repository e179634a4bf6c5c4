//! Majorants of functions on a half line, e^(r·u)·Σ aₖuᵏ for u ≥ 0, and polynomials above others.

use super::elementary::E;
use super::interval::Interval;

/// |f| ≤ e^(rate·u)·Σ aₖuᵏ.
#[derive(Clone, Debug)]
pub(super) struct Majorant {
    pub rate: Interval,
    /// Not negative.
    pub coefficients: Vec<Interval>,
}

/// Upper bounds of a function as polynomials in u; higher coefficients may be negative.
pub(super) type Above = Vec<Interval>;

impl Majorant {
    pub fn constant(bound: f64) -> Option<Self> {
        bound
            .is_finite()
            .then(|| Self { rate: Interval::ZERO, coefficients: vec![Interval::point(bound)] })
    }

    pub fn polynomial(coefficients: &[Interval]) -> Option<Self> {
        let coefficients: Vec<_> =
            coefficients.iter().map(|c| Interval::point(c.magnitude())).collect();
        let finite = coefficients.iter().all(|c| c.is_finite());
        finite.then_some(Self { rate: Interval::ZERO, coefficients })
    }

    pub fn plus(&self, other: &Self) -> Self {
        let rate = self.rate.max(other.rate);
        Self { rate, coefficients: added(&self.coefficients, &other.coefficients) }
    }

    pub fn times(&self, other: &Self) -> Self {
        let mut coefficients =
            vec![Interval::ZERO; self.coefficients.len() + other.coefficients.len() - 1];
        for (i, a) in self.coefficients.iter().enumerate() {
            for (j, b) in other.coefficients.iter().enumerate() {
                coefficients[i + j] = coefficients[i + j] + *a * *b;
            }
        }
        Self { rate: self.rate + other.rate, coefficients }
    }

    pub fn power(&self, n: u32) -> Self {
        let one = Self { rate: Interval::ZERO, coefficients: vec![Interval::ONE] };
        (0..n).fold(one, |acc, _| acc.times(self))
    }

    /// A bound of its values over u ≥ 0: uᵏ·e^(r·u) is at most (k/(−e·r))ᵏ.
    pub fn greatest(&self) -> Option<f64> {
        let rate = self.rate.hi();
        let varies = self.coefficients.iter().skip(1).any(|c| c.hi() > 0.0);
        if rate > 0.0 || rate == 0.0 && varies {
            return None;
        }
        let mut total = Interval::ZERO;
        for (k, a) in (0_i32..).zip(&self.coefficients) {
            let top = Interval::point(f64::from(k)) / (E * Interval::point(-rate));
            total = total + if k == 0 { *a } else { *a * top.powi(k) };
        }
        Some(total.hi()).filter(|t| t.is_finite())
    }

    /// The one that falls faster.
    pub fn faster(self, other: Self) -> Self {
        if other.rate.hi() < self.rate.hi() { other } else { self }
    }

    /// A bound of the exponential of what is below a polynomial.
    pub fn exp(above: &[Interval]) -> Option<Self> {
        if above.iter().skip(2).any(|c| c.hi().is_nan() || c.hi() > 0.0) {
            return None;
        }
        let top = |k: usize| above.get(k).map_or(Interval::ZERO, |c| Interval::point(c.hi()));
        let factor = top(0).exp();
        let majorant = Self { rate: top(1), coefficients: vec![Interval::point(factor.hi())] };
        (factor.hi().is_finite() && majorant.rate.is_finite()).then_some(majorant)
    }
}

pub(super) fn added(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let at = |v: &[Interval], k: usize| v.get(k).copied().unwrap_or(Interval::ZERO);
    (0..a.len().max(b.len())).map(|k| at(a, k) + at(b, k)).collect()
}

/// A polynomial above two.
pub(super) fn above_both(a: &[Interval], b: &[Interval]) -> Above {
    let at = |v: &[Interval], k: usize| v.get(k).map_or(0.0, |c| c.hi());
    (0..a.len().max(b.len())).map(|k| Interval::point(at(a, k).max(at(b, k)))).collect()
}

/// The one of two polynomials that falls faster.
pub(super) fn steeper(a: Option<Above>, b: Option<Above>) -> Option<Above> {
    let slope = |p: &Above| p.get(1).map_or(0.0, |c| c.hi());
    match (a, b) {
        (Some(p), Some(q)) => Some(if slope(&p) <= slope(&q) { p } else { q }),
        (p, q) => p.or(q),
    }
}
