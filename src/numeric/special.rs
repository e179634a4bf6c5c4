//! Special functions of one variable.
//!
//! Sources: erf, erfc and Γ from `libm` (a port of FreeBSD's msun, below 1 ulp for erf); ln Γ and digamma from `statrs`;
//! trigamma from its asymptotic series, Abramowitz and Stegun 6.4.12, after the recurrence 6.4.6 and, for negative
//! arguments, the reflection 6.4.7.

use std::f64::consts::PI;

/// From here on the asymptotic series with the coefficients below is exact to f64: the first term left out,
/// 43867/798 / x^19, is below 1e-18 of 1/x.
const ASYMPTOTIC: f64 = 14.0;

/// The Bernoulli numbers B₂, B₄, … B₁₆.
const BERNOULLI: [f64; 8] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
];

/// The logarithm of |Γ(x)|; infinite at the poles 0, −1, −2, ….
pub fn lngamma(x: f64) -> f64 {
    if x > 0.5 { statrs::function::gamma::ln_gamma(x) } else { libm::lgamma(x) }
}

/// Γ(x); not a number at the poles.
pub fn tgamma(x: f64) -> f64 {
    libm::tgamma(x)
}

/// ψ(x) = d/dx ln Γ(x).
pub fn digamma(x: f64) -> f64 {
    statrs::function::gamma::digamma(x)
}

/// ψ′(x), the derivative of [`digamma`]; infinite at the poles.
pub fn trigamma(x: f64) -> f64 {
    if x <= 0.0 {
        let s = (PI * x).sin();
        return if x == x.floor() { f64::INFINITY } else { (PI / s).powi(2) - trigamma(1.0 - x) };
    }
    let mut x = x;
    let mut sum = 0.0;
    while x < ASYMPTOTIC {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / x;
    let series = BERNOULLI.iter().rev().fold(0.0, |acc, b| acc * r * r + b);
    sum + r + r * r / 2.0 + series * r * r * r
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// 1 − erf(x), accurate in the upper tail.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}
