//! Exponential, logarithm, roots and powers of intervals, and the constants.
//!
//! Each function is computed by argument reduction and a polynomial, in nothing but additions, multiplications and
//! divisions, and the result is widened by a bound of its error that stands beside the computation. The platform's
//! mathematical library plays no part. Square roots are exact to half a unit by IEEE 754.

use super::interval::{Interval, down, up};

/// The upper 32 bits of ln 2, so that small multiples are exact, and the rest; what is left out is below 2⁻⁸⁶.
const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// Above this, `exp` exceeds every double; below its negative counterpart it falls under the least one.
const EXP_MAX: f64 = 709.79;
const EXP_MIN: f64 = -745.2;

/// Relative errors that the two kernels below stay under, with room to spare.
const EXP_ERROR: f64 = 1.0 / (1_u64 << 50) as f64;
const LN_ERROR: f64 = 1.0 / (1_u64 << 49) as f64;

/// π, whose double is below it.
pub const PI: Interval = constant(std::f64::consts::PI);
/// e.
pub const E: Interval = constant(std::f64::consts::E);
/// Euler's constant, OEIS A001620.
pub const EULER_GAMMA: Interval = constant(0.577_215_664_901_532_9);
/// 1/ln 2.
pub const LOG2_E: Interval = constant(std::f64::consts::LOG2_E);
/// ln 2π.
pub const LN_2PI: Interval = constant(1.837_877_066_409_345_5);
/// 2/√π.
pub const TWO_BY_ROOT_PI: Interval = constant(std::f64::consts::FRAC_2_SQRT_PI);

/// The neighbours of the double that is nearest to a constant.
const fn constant(nearest: f64) -> Interval {
    Interval::ends(nearest.next_down(), nearest.next_up())
}

/// `2^k` for −1022 ≤ k ≤ 1023.
fn power_of_two(k: i64) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// `eˣ` for a finite number within the range, as factor and power of two.
///
/// x = k·ln 2 + r, |r| ≤ 0.35 : k·`LN2_HIGH` and the first difference are exact, the second errs by 2⁻⁵⁵; the polynomial
/// of degree 14 leaves 0.35¹⁵/15! < 2⁻⁶² and rounds by less than 4·2⁻⁵³ of the value. In all below 5·2⁻⁵³ of it.
fn exp_kernel(x: f64) -> (f64, i64) {
    const DEGREE: usize = 14;
    const INVERSE_FACTORIALS: [f64; DEGREE + 1] = {
        let mut all = [1.0; DEGREE + 1];
        let (mut k, mut factorial) = (1, 1.0);
        while k <= DEGREE {
            factorial *= k as f64;
            all[k] = 1.0 / factorial;
            k += 1;
        }
        all
    };
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let mut p = INVERSE_FACTORIALS[DEGREE];
    for c in INVERSE_FACTORIALS[..DEGREE].iter().rev() {
        p = p * r + c;
    }
    (p, k as i64)
}

/// Bounds of `eˣ` for a number.
fn exp_bounds(x: f64) -> (f64, f64) {
    if x == 0.0 {
        return (1.0, 1.0);
    }
    if x > EXP_MAX {
        return (f64::MAX, f64::INFINITY);
    }
    if x < EXP_MIN {
        return (0.0, f64::from_bits(1));
    }
    let (p, k) = exp_kernel(x);
    let (lo, hi) = (p * (1.0 - EXP_ERROR), p * (1.0 + EXP_ERROR));
    // In two factors, since 2^k itself may lie beyond the range; a subnormal result rounds once.
    let (a, b) = (power_of_two(k / 2), power_of_two(k - k / 2));
    let (lo, hi) = (lo * a * b, hi * a * b);
    if k < -1000 { (down(lo).max(0.0), up(hi)) } else { (lo.min(f64::MAX), hi) }
}

/// 1/3, 1/5, …, 1/21.
const ODD_RECIPROCALS: [f64; 10] = {
    let mut all = [0.0; 10];
    let mut n = 0;
    while n < all.len() {
        all[n] = 1.0 / (2 * n + 3) as f64;
        n += 1;
    }
    all
};

/// Bounds of `ln x` for a positive finite number.
///
/// x = 2^k·m with √½ ≤ m ≤ √2, s = (m − 1)/(m + 1), ln m = 2·(s + s³/3 + …): |s| ≤ 0.172, so that the odd powers up to
/// s²¹ leave less than 2⁻⁶⁰ of s, and rounding less than 5·2⁻⁵³. k·`LN2_HIGH` is exact, and the two parts differ in size
/// by a factor of two or more where their signs differ: in all below 6·2⁻⁵³ of the value.
fn ln_bounds(x: f64) -> (f64, f64) {
    if x == 1.0 {
        return (0.0, 0.0);
    }
    let scaled = if x < f64::MIN_POSITIVE { x * power_of_two(54) } else { x };
    let bits = scaled.to_bits();
    let mut k = (bits >> 52) as i64 - 1023;
    let mut m = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        k += 1;
    }
    if x < f64::MIN_POSITIVE {
        k -= 54;
    }
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let q = ODD_RECIPROCALS.iter().rev().fold(0.0, |q, c| (q + c) * z);
    let own = 2.0 * (s + s * q);
    let k = k as f64;
    let y = k * LN2_HIGH + (k * LN2_LOW + own);
    let error = y.abs() * LN_ERROR;
    (y - error, y + error)
}

impl Interval {
    /// `eˣ`.
    pub fn exp(self) -> Self {
        if let Some(x) = self.as_point() {
            let (lo, hi) = exp_bounds(x);
            return Self::new(lo, hi);
        }
        let lo = if self.lo() == f64::NEG_INFINITY { 0.0 } else { exp_bounds(self.lo()).0 };
        let hi = if self.hi() == f64::INFINITY { f64::INFINITY } else { exp_bounds(self.hi()).1 };
        Self::new(lo, hi)
    }

    /// `ln x`; the whole line where x may be negative, half of it where x may be 0.
    pub fn ln(self) -> Self {
        if self.lo() < 0.0 || self.hi() <= 0.0 {
            return Self::ENTIRE;
        }
        let lo = if self.lo() == 0.0 { f64::NEG_INFINITY } else { finite_ln(self.lo()).0 };
        let hi = if self.hi() == f64::INFINITY { f64::INFINITY } else { finite_ln(self.hi()).1 };
        Self::new(lo, hi)
    }

    /// `√x`; the whole line where x may be negative.
    pub fn sqrt(self) -> Self {
        if self.lo() < 0.0 {
            return Self::ENTIRE;
        }
        if let Some(x) = self.as_point() {
            let root = x.sqrt();
            if x > 1e-280 && root.mul_add(root, -x) == 0.0 {
                return Self::point(root);
            }
        }
        let hi = if self.hi() == f64::INFINITY { f64::INFINITY } else { up(self.hi().sqrt()) };
        Self::new(down(self.lo().sqrt()).max(0.0), hi)
    }

    /// `((1 + x)^y − 1)/x` for x > −1, and `y` for x = 0: a slope of a convex or concave function, and so monotone in x.
    pub fn power_slope(self, y: Self) -> Self {
        if !(self.lo() > -1.0 && self.hi().is_finite()) {
            return Self::ENTIRE;
        }
        slope_at(self.lo(), y).hull(slope_at(self.hi(), y))
    }

    /// `x^y` for x > 0, and 0^y = 0 for y > 0.
    pub fn pow(self, exponent: Self) -> Self {
        if self.hi() == 0.0 && self.lo() == 0.0 && exponent.lo() > 0.0 {
            return Self::ZERO;
        }
        if self.lo() < 0.0 {
            return Self::ENTIRE;
        }
        if self.lo() == 0.0 && exponent.lo() > 0.0 {
            let top = (exponent * Self::new(self.hi(), self.hi()).ln()).exp();
            return Self::new(0.0, top.hi());
        }
        (exponent * self.ln()).exp()
    }
}

/// `((1 + x)^y − 1)/x` at a number: near 0 by the binomial series, Σ C(y, k + 1)·xᵏ, with the remainder of Lagrange.
fn slope_at(x: f64, y: Interval) -> Interval {
    const NEAR: f64 = 0.15;
    const TERMS: u32 = 26;
    let at = Interval::point(x);
    if x.abs() > NEAR {
        return ((Interval::ONE + at).pow(y) - Interval::ONE) / at;
    }
    let (mut binomial, mut power, mut total) = (y, Interval::ONE, Interval::ZERO);
    for k in 1..=TERMS {
        total = total + binomial * power;
        power = power * at;
        let k = Interval::point(f64::from(k));
        binomial = binomial * (y - k) / (k + Interval::ONE);
    }
    let between = Interval::ONE + at.hull(Interval::ZERO);
    let rest = Interval::point(f64::from(TERMS + 1));
    total + binomial * power * between.pow(y - rest)
}

fn finite_ln(x: f64) -> (f64, f64) {
    if x.is_finite() { ln_bounds(x) } else { (709.0, f64::INFINITY) }
}
