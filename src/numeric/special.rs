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

/// E₁(x), the integral of exp(−t)/t over t above x, for x > 0: Abramowitz and Stegun 5.1.11, from 2 on the continued
/// fraction 5.1.22. Infinite at 0, not a number below.
pub fn expint(x: f64) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x >= 2.0 {
        return (-x).exp() * expint_scaled(x);
    }
    let (mut term, mut sum) = (-1.0, 0.0);
    for k in 1..40 {
        term *= -x / f64::from(k);
        sum += term / f64::from(k);
    }
    sum - x.ln() - EULER_GAMMA
}

/// exp(x) E₁(x), which falls off as 1/x; not a number below 0.
pub fn expint_scaled(x: f64) -> f64 {
    if x >= 2.0 {
        let fraction = (1..=80).rev().fold(x, |t, n| x + f64::from(n) / (1.0 + f64::from(n) / t));
        return 1.0 / fraction;
    }
    x.exp() * expint(x)
}

/// From here on the asymptotic series of the Bessel functions is exact to f64: its least term is about exp(−2x).
const FAR: f64 = 30.0;

/// exp(−|x|) I₀(x), I₀ the modified Bessel function: Abramowitz and Stegun 9.6.12, far away 9.7.1.
pub fn bessel_i0_scaled(x: f64) -> f64 {
    scaled_bessel(x.abs(), 0.0)
}

/// The modified Bessel function I₀.
pub fn bessel_i0(x: f64) -> f64 {
    unscaled(x.abs(), 0.0)
}

/// The modified Bessel function I₁, which is odd.
pub fn bessel_i1(x: f64) -> f64 {
    unscaled(x.abs(), 1.0).copysign(x)
}

/// I_n(x) for x ≥ 0 and n 0 or 1: no exponential where none is needed.
fn unscaled(x: f64, n: f64) -> f64 {
    if x > FAR {
        scaled_bessel(x, n) * (0.5 * x).exp() * (0.5 * x).exp()
    } else {
        power_series(x, n)
    }
}

/// exp(−x) I_n(x) for x ≥ 0 and n 0 or 1. All terms of the power series are positive.
fn scaled_bessel(x: f64, n: f64) -> f64 {
    if x > FAR {
        let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
        while term != 0.0 && f64::abs(term) > f64::EPSILON * sum / 4.0 {
            let odd = 2.0 * k - 1.0;
            term *= (odd * odd - 4.0 * n * n) / (8.0 * k * x);
            sum += term;
            k += 1.0;
        }
        return sum / (2.0 * PI * x).sqrt();
    }
    power_series(x, n) * (-x).exp()
}

/// I_n(x) for moderate x ≥ 0: (x/2)ⁿ·Σ (x²/4)ᵏ/(k!·(k + n)!).
fn power_series(x: f64, n: f64) -> f64 {
    let square = x * x / 4.0;
    let mut term = if n == 0.0 { 1.0 } else { x / 2.0 };
    let (mut sum, mut k) = (term, 1.0);
    while term > f64::EPSILON * sum / 4.0 {
        term *= square / (k * (k + n));
        sum += term;
        k += 1.0;
    }
    sum
}

/// Factorials are products up to here; 171! is beyond f64.
const MOST: f64 = 170.0;

/// n! of a whole number; not a number elsewhere.
pub fn factorial(n: f64) -> f64 {
    if n < 0.0 || n.fract() != 0.0 {
        return f64::NAN;
    }
    if n > MOST { f64::INFINITY } else { (2..=n as u32).map(f64::from).product() }
}

/// The number of ways to choose k of n; 0 for a whole k outside 0..n, not a number where k or n is not whole.
pub fn choose(n: f64, k: f64) -> f64 {
    const SMALL: f64 = 60.0;
    if n < 0.0 || n.fract() != 0.0 || k.fract() != 0.0 {
        return f64::NAN;
    }
    if k < 0.0 || k > n {
        return 0.0;
    }
    let k = k.min(n - k);
    if n > SMALL {
        return ln_choose(n, k).exp();
    }
    // Each partial product is a coefficient, hence whole.
    (0..k as u64).fold(1.0, |c, i| c * (n - i as f64) / (i + 1) as f64)
}

/// The logarithm of [`choose`].
pub fn ln_choose(n: f64, k: f64) -> f64 {
    if k < 0.0 || k > n {
        return f64::NEG_INFINITY;
    }
    lngamma(n + 1.0) - lngamma(k + 1.0) - lngamma(n - k + 1.0)
}

/// The logarithm of [`factorial`].
pub fn ln_factorial(n: f64) -> f64 {
    if n < 0.0 || n.fract() != 0.0 { f64::NAN } else { lngamma(n + 1.0) }
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// 1 − erf(x), accurate in the upper tail.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}
