//! Error function, logarithm of the Gamma function and its derivatives, factorials: series whose remainders are bounded.

use super::elementary::{EULER_GAMMA, LN_2PI, TWO_BY_ROOT_PI};
use super::interval::Interval;

/// Arguments are shifted up to here before an asymptotic series is used.
const SHIFT: f64 = 16.0;

/// Recurrences longer than this are not run; no argument below −`MOST_SHIFTS` comes this far.
const MOST_SHIFTS: usize = 64;

/// The Bernoulli numbers B₂, B₄, …, B₂₄ as quotients.
const BERNOULLI: [(f64, f64); 12] = [
    (1.0, 6.0),
    (-1.0, 30.0),
    (1.0, 42.0),
    (-1.0, 30.0),
    (5.0, 66.0),
    (-691.0, 2730.0),
    (7.0, 6.0),
    (-3617.0, 510.0),
    (43_867.0, 798.0),
    (-174_611.0, 330.0),
    (854_513.0, 138.0),
    (-236_364_091.0, 2730.0),
];

/// Σ of the asymptotic series Σ B₂ₖ·c(k)·z^(−2k) with its remainder: for z > 0 that is less than the first term left
/// out and of its sign (Abramowitz and Stegun, 6.1.42 and 6.4.11).
fn asymptotic(z: Interval, coefficient: impl Fn(f64) -> f64) -> Interval {
    let inverse = z.recip().square();
    let (mut power, mut total) = (Interval::ONE, Interval::ZERO);
    for (k, (n, d)) in (1_u32..).zip(BERNOULLI) {
        power = power * inverse;
        let b = Interval::point(n) / Interval::point(d);
        let term = b * power / Interval::point(coefficient(f64::from(k)));
        let last = k as usize == BERNOULLI.len();
        total = total + if last { term.hull(Interval::ZERO) } else { term };
    }
    total
}

/// `ln Γ(z)` at a positive number.
fn lngamma_at(z: f64) -> Interval {
    let (mut z, mut product) = (Interval::point(z), Interval::ONE);
    while z.lo() < SHIFT {
        product = product * z;
        z = z + Interval::ONE;
    }
    let half = Interval::point(0.5);
    // Σ B₂ₖ/(2k(2k − 1)·z^(2k−1))
    let series = asymptotic(z, |k| 2.0 * k * (2.0 * k - 1.0)) * z;
    (z - half) * z.ln() - z + LN_2PI * half + series - product.ln()
}

/// `ψ(z)` at a positive number.
fn digamma_at(z: f64) -> Interval {
    let (mut z, mut shifted) = (Interval::point(z), Interval::ZERO);
    while z.lo() < SHIFT {
        shifted = shifted + z.recip();
        z = z + Interval::ONE;
    }
    let half = Interval::point(0.5);
    z.ln() - half / z - asymptotic(z, |k| 2.0 * k) - shifted
}

/// `ψ′(z)` at a positive number.
fn trigamma_at(z: f64) -> Interval {
    let (mut z, mut shifted) = (Interval::point(z), Interval::ZERO);
    while z.lo() < SHIFT {
        shifted = shifted + z.square().recip();
        z = z + Interval::ONE;
    }
    let half = Interval::point(0.5);
    shifted + z.recip() + half * z.recip().square() + asymptotic(z, |_| 1.0) / z
}

/// `erf(x)` for 0 ≤ x ≤ 3: (2x/√π)·e^(−x²)·Σ (2x²)ⁿ/(1·3·…·(2n+1)), all of whose terms are positive (Abramowitz and
/// Stegun, 7.1.6). Once the ratio of terms is below ½, what is left is less than the last term.
fn erf_series(x: f64) -> Interval {
    let square = Interval::point(x).square();
    let twice = square + square;
    let (mut term, mut total) = (Interval::ONE, Interval::ONE);
    let mut n = 1.0;
    loop {
        let ratio = twice / Interval::point(2.0 * n + 1.0);
        term = term * ratio;
        total = total + term;
        n += 1.0;
        if ratio.hi() < 0.5 && term.hi() < 1e-18 * total.lo() {
            break;
        }
    }
    total = total + Interval::new(0.0, term.hi());
    TWO_BY_ROOT_PI * Interval::point(x) * (-square).exp() * total
}

/// `erfc(x)` for x ≥ 2: the continued fraction e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + …))) (Abramowitz and Stegun,
/// 7.1.14), from a tail that lies between x and x + n/(2x).
fn erfc_fraction(x: f64) -> Interval {
    const LENGTH: u32 = 120;
    let at = Interval::point(x);
    let numerator = |n: u32| Interval::point(f64::from(n) / 2.0);
    let tail = at + numerator(LENGTH) / at;
    let mut fraction = at.hull(tail);
    for n in (1..LENGTH).rev() {
        fraction = at + numerator(n) / fraction;
    }
    let half = Interval::point(0.5);
    TWO_BY_ROOT_PI * half * (-at.square()).exp() / fraction
}

/// Bessel functions are not summed beyond this.
const MOST_BESSEL: f64 = 700.0;

/// `Iₙ(x)` for x ≥ 0 and n 0 or 1: (x/2)ⁿ·Σ (x²/4)ᵏ/(k!·(k + n)!), all of whose terms are positive (Abramowitz and Stegun,
/// 9.6.10). Once the ratio of terms is below ½, what is left is less than the last term.
fn bessel_at(x: f64, n: f64) -> Interval {
    let half = Interval::point(0.5) * Interval::point(x);
    let square = half.square();
    let mut term = if n == 0.0 { Interval::ONE } else { half };
    let (mut total, mut k) = (term, 1.0);
    loop {
        let ratio = square / (Interval::point(k) * Interval::point(k + n));
        term = term * ratio;
        total = total + term;
        k += 1.0;
        if ratio.hi() < 0.5 && term.hi() <= 1e-18 * total.lo() {
            break;
        }
    }
    total + Interval::new(0.0, term.hi())
}

fn erf_at(x: f64) -> Interval {
    if x < 0.0 {
        -erf_at(-x)
    } else if x <= 3.0 {
        erf_series(x)
    } else {
        Interval::ONE - erfc_at(x)
    }
}

fn erfc_at(x: f64) -> Interval {
    if x < 2.0 {
        Interval::ONE - erf_at(x)
    } else if x < 1e6 {
        erfc_fraction(x)
    } else {
        Interval::new(0.0, f64::from_bits(1))
    }
}

/// `E₁(x)` at a positive number: −γ − ln x − Σ (−x)ᵏ/(k·k!), whose terms alternate and fall from k = x on (Abramowitz and
/// Stegun, 5.1.11); from 2 on the continued fraction e^(−x)/(x + 1/(1 + 1/(x + 2/(1 + 2/(x + …))))) (5.1.22), from a tail
/// that lies between x and x + n.
fn expint_at(x: f64) -> Interval {
    const LENGTH: u32 = 80;
    let at = Interval::point(x);
    if x >= 2.0 {
        let mut fraction = at.hull(at + Interval::point(f64::from(LENGTH)));
        for n in (1..LENGTH).rev() {
            let n = Interval::point(f64::from(n));
            fraction = at + n / (Interval::ONE + n / fraction);
        }
        return (-at).exp() / fraction;
    }
    let (mut term, mut total) = (-Interval::ONE, Interval::ZERO);
    for k in 1..LENGTH / 2 {
        let k = Interval::point(f64::from(k));
        term = -(term * at / k);
        total = total + term / k;
    }
    // What is left out is smaller than the last term, and of the other sign.
    let rest = term.hull(-term);
    total + rest - at.ln() - EULER_GAMMA
}

/// Where `ln Γ` is least, and its value there, rounded outwards.
const LEAST_AT: (f64, f64) = (1.461_632, 1.461_633);
const LEAST: f64 = -0.121_486_290_535_849_7;

impl Interval {
    /// A function that rises, from its values at the ends.
    fn rising(self, at: impl Fn(f64) -> Self, limits: (f64, f64)) -> Self {
        let lo = if self.lo().is_finite() { at(self.lo()).lo() } else { limits.0 };
        let hi = if self.hi().is_finite() { at(self.hi()).hi() } else { limits.1 };
        Self::new(lo, hi)
    }

    /// The error function.
    pub fn erf(self) -> Self {
        let value = self.rising(erf_at, (-1.0, 1.0));
        value.meet(Self::new(-1.0, 1.0)).unwrap_or(value)
    }

    /// The complement of the error function.
    pub fn erfc(self) -> Self {
        let value = -self.rising(|x| -erfc_at(x), (-2.0, 0.0));
        value.meet(Self::new(0.0, 2.0)).unwrap_or(value)
    }

    /// `ln Γ` of a positive number, which is convex.
    pub fn lngamma(self) -> Self {
        if !(self.lo() > 0.0 && self.is_finite()) {
            return Self::ENTIRE;
        }
        if let Some(z) = self.as_point() {
            return lngamma_at(z);
        }
        let (a, b) = (lngamma_at(self.lo()), lngamma_at(self.hi()));
        if self.lo() >= LEAST_AT.1 {
            Self::new(a.lo(), b.hi())
        } else if self.hi() <= LEAST_AT.0 {
            Self::new(b.lo(), a.hi())
        } else {
            Self::new(LEAST, a.hi().max(b.hi()))
        }
    }

    /// The modified Bessel function I₀, which is even and rises from 0 on.
    pub fn bessel_i0(self) -> Self {
        let x = self.abs();
        if x.hi().is_nan() || x.hi() > MOST_BESSEL {
            return Self::new(1.0, f64::INFINITY);
        }
        x.rising(|x| bessel_at(x, 0.0), (1.0, f64::INFINITY))
    }

    /// The modified Bessel function I₁, which is odd and rises.
    pub fn bessel_i1(self) -> Self {
        if self.magnitude().is_nan() || self.magnitude() > MOST_BESSEL {
            return Self::ENTIRE;
        }
        let at = |x: f64| if x < 0.0 { -bessel_at(-x, 1.0) } else { bessel_at(x, 1.0) };
        self.rising(at, (f64::NEG_INFINITY, f64::INFINITY))
    }

    /// The derivative of `ln Γ`, for positive numbers.
    pub fn digamma(self) -> Self {
        if self.lo() > 0.0 { self.rising(digamma_at, (0.0, f64::INFINITY)) } else { Self::ENTIRE }
    }

    /// The second derivative of `ln Γ`, for positive numbers.
    pub fn trigamma(self) -> Self {
        if self.lo() > 0.0 {
            -self.rising(|z| -trigamma_at(z), (f64::NEG_INFINITY, 0.0))
        } else {
            Self::ENTIRE
        }
    }

    /// The exponential integral E₁ of positive numbers, which falls.
    pub fn expint(self) -> Self {
        if self.lo() > 0.0 {
            -self.rising(|x| -expint_at(x), (f64::NEG_INFINITY, 0.0))
        } else {
            Self::ENTIRE
        }
    }

    /// `Γ` of a positive number.
    pub fn gamma(self) -> Self {
        match self.as_point() {
            Some(n) if n.fract() == 0.0 && (1.0..=171.0).contains(&n) => {
                (1..n as u32).fold(Self::ONE, |acc, k| acc * Self::point(f64::from(k)))
            }
            // Elsewhere it takes either sign.
            _ if self.lo() > 0.0 => self.lngamma().exp(),
            _ => Self::ENTIRE,
        }
    }

    /// `x!` for x > −1.
    pub fn factorial(self) -> Self {
        (self + Self::ONE).gamma()
    }

    /// `ln x!` for x > −1.
    pub fn ln_factorial(self) -> Self {
        match self.as_point() {
            Some(n) if n.fract() == 0.0 && (0.0..=MOST_SHIFTS as f64).contains(&n) => {
                self.factorial().ln()
            }
            _ => (self + Self::ONE).lngamma(),
        }
    }

    /// `ln` of the number of ways to choose.
    pub fn ln_choose(self, chosen: Self) -> Self {
        self.ln_factorial() - chosen.ln_factorial() - (self - chosen).ln_factorial()
    }

    /// The number of ways to choose.
    pub fn choose(self, chosen: Self) -> Self {
        let whole = |x: Self| x.as_point().filter(|n| n.fract() == 0.0 && (0.0..=1e4).contains(n));
        match (whole(self), whole(chosen)) {
            (Some(n), Some(k)) if k > n => Self::ZERO,
            (Some(n), Some(k)) => {
                let (few, rest) = (k.min(n - k), k.max(n - k));
                (1..=few as u32).fold(Self::ONE, |acc, i| {
                    let i = f64::from(i);
                    acc * Self::point(rest + i) / Self::point(i)
                })
            }
            _ => {
                let ln = self.ln_choose(chosen);
                if ln == Self::ENTIRE { ln } else { ln.exp() }
            }
        }
    }
}
