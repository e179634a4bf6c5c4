//! Intervals with outward rounding.
//!
//! Every operation is computed to nearest and widened by |x|·2⁻⁵² + 2⁻¹⁰⁷⁴ at each end, which is at least one unit in
//! the last place and so more than the half unit that rounding to nearest can err by, subnormal numbers included
//! (Rump, Zimmer and Oishi, "Verified computations", 2009, section 2). What is not a number becomes the whole line.
//! Operations on single numbers that are exact stay exact, so that 2·σ or 1/4 widen nothing.

use std::ops::{Add, Mul, Neg, Sub};

use crate::term::Rational;

/// A closed interval of reals; its ends may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    lo: f64,
    hi: f64,
}

/// The least positive number.
const TINY: f64 = f64::from_bits(1);

/// A number not above anything that rounds to `x`.
#[inline]
pub(super) fn down(x: f64) -> f64 {
    x - (x.abs() * f64::EPSILON + TINY)
}

/// A number not below anything that rounds to `x`.
#[inline]
pub(super) fn up(x: f64) -> f64 {
    x + (x.abs() * f64::EPSILON + TINY)
}

fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

fn greatest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

impl Interval {
    /// The whole line: what is known of a value of which nothing is known.
    pub const ENTIRE: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY };

    /// Zero.
    pub const ZERO: Self = Self { lo: 0.0, hi: 0.0 };

    /// One.
    pub const ONE: Self = Self { lo: 1.0, hi: 1.0 };

    /// The interval from `lo` to `hi`; the whole line where these are no such ends.
    #[inline]
    pub fn new(lo: f64, hi: f64) -> Self {
        if lo <= hi { Self { lo, hi } } else { Self::ENTIRE }
    }

    /// The interval between two numbers in order.
    pub(super) const fn ends(lo: f64, hi: f64) -> Self {
        Self { lo, hi }
    }

    /// A single number.
    #[inline]
    pub fn point(x: f64) -> Self {
        Self::new(x, x)
    }

    /// The least interval found that contains an exact number.
    pub fn rational(number: &Rational) -> Self {
        let (n, d) = (number.numerator(), number.denominator());
        let exact = |r: &Rational| r.to_i64().filter(|n| n.unsigned_abs() <= 1 << 53);
        match (exact(&n), exact(&d)) {
            (Some(n), Some(d)) => Self::point(n as f64) / Self::point(d as f64),
            // The nearest double of a big fraction may err by a few units.
            _ => {
                let x = number.to_f64();
                Self::new(down(down(down(x))), up(up(up(x))))
            }
        }
    }

    /// The interval `x` widened outwards: for a number that rounds to `x`.
    pub(super) fn around(x: f64) -> Self {
        Self::new(down(x), up(x))
    }

    /// The lower end.
    #[inline]
    pub fn lo(self) -> f64 {
        self.lo
    }

    /// The upper end.
    #[inline]
    pub fn hi(self) -> f64 {
        self.hi
    }

    /// The distance of the ends, rounded up.
    pub fn width(self) -> f64 {
        if self.lo == self.hi { 0.0 } else { (self.hi - self.lo).next_up() }
    }

    /// A number in the middle.
    pub fn middle(self) -> f64 {
        let middle = 0.5 * self.lo + 0.5 * self.hi;
        if middle.is_finite() { middle.clamp(self.lo, self.hi) } else { 0.0 }
    }

    /// The largest absolute value.
    pub fn magnitude(self) -> f64 {
        greatest(self.lo.abs(), self.hi.abs())
    }

    /// Whether a number lies in it.
    pub fn contains(self, x: f64) -> bool {
        self.lo <= x && x <= self.hi
    }

    /// Whether the two have a number in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.lo <= other.hi && other.lo <= self.hi
    }

    /// Whether both ends are finite.
    #[inline]
    pub fn is_finite(self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    /// The number that this is, if it is a single one.
    pub fn as_point(self) -> Option<f64> {
        (self.lo == self.hi).then_some(self.lo)
    }

    /// The least interval that contains both.
    pub fn hull(self, other: Self) -> Self {
        Self::new(least(self.lo, other.lo), greatest(self.hi, other.hi))
    }

    /// What both contain, where they meet.
    pub fn meet(self, other: Self) -> Option<Self> {
        self.overlaps(other)
            .then(|| Self::new(greatest(self.lo, other.lo), least(self.hi, other.hi)))
    }

    /// `|x|`.
    pub fn abs(self) -> Self {
        if self.lo >= 0.0 {
            self
        } else if self.hi <= 0.0 {
            -self
        } else {
            Self::new(0.0, greatest(-self.lo, self.hi))
        }
    }

    /// The smaller of two numbers.
    pub fn min(self, other: Self) -> Self {
        Self::new(least(self.lo, other.lo), least(self.hi, other.hi))
    }

    /// The larger of two numbers.
    pub fn max(self, other: Self) -> Self {
        Self::new(greatest(self.lo, other.lo), greatest(self.hi, other.hi))
    }

    /// `x²`: never negative.
    pub fn square(self) -> Self {
        let a = self.abs();
        match a.as_point() {
            Some(x) => product(x, x),
            None => Self::new(greatest(down(a.lo * a.lo), 0.0), up(a.hi * a.hi)),
        }
    }

    /// `x^n`.
    pub fn powi(self, n: i32) -> Self {
        if n < 0 {
            return Self::ONE / self.powi(n.checked_neg().unwrap_or(i32::MAX));
        }
        let mut left = n.unsigned_abs();
        // Even powers are those of the absolute value, so that a sign that is not known loses nothing.
        let mut base = if left.is_multiple_of(2) { self.abs() } else { self };
        if n > 1 && !left.is_multiple_of(2) && base.lo < 0.0 && base.hi > 0.0 {
            let (below, above) = (Self::new(base.lo, 0.0), Self::new(0.0, base.hi));
            return (-(-below).powi(n)).hull(above.powi(n));
        }
        let mut acc = Self::ONE;
        while left > 0 {
            if left % 2 == 1 {
                acc = acc * base;
            }
            left /= 2;
            if left > 0 {
                base = base.square();
            }
        }
        acc
    }

    /// `1/x`.
    pub fn recip(self) -> Self {
        Self::ONE / self
    }
}

/// The sum of two numbers: a point where it is exact (the error term of Knuth's two-sum).
fn sum(a: f64, b: f64) -> Interval {
    let s = a + b;
    let back = s - a;
    let error = (a - (s - back)) + (b - back);
    if error == 0.0 { Interval::point(s) } else { Interval::around(s) }
}

/// Below this, the error term of a product or quotient may itself underflow.
const SAFE: f64 = 1e-280;

fn product(a: f64, b: f64) -> Interval {
    let p = a * b;
    let exact = a == 0.0 || b == 0.0 || (p.abs() > SAFE && a.mul_add(b, -p) == 0.0);
    if exact && p.is_finite() { Interval::point(p) } else { Interval::around(p) }
}

impl Add for Interval {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        if self.lo == self.hi && other.lo == other.hi {
            return sum(self.lo, other.lo);
        }
        let lo = down(self.lo + other.lo);
        let sign_known = self.lo >= 0.0 && other.lo >= 0.0;
        Self::new(if sign_known { greatest(lo, 0.0) } else { lo }, up(self.hi + other.hi))
    }
}

impl Neg for Interval {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }
}

impl Sub for Interval {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        if !(self.is_finite() && other.is_finite()) {
            return unbounded_product(self, other);
        }
        if self.lo == self.hi && other.lo == other.hi {
            return product(self.lo, other.lo);
        }
        let (a, b) = (self.lo * other.lo, self.lo * other.hi);
        let (c, d) = (self.hi * other.lo, self.hi * other.hi);
        let (lo, hi) = (least(least(a, b), least(c, d)), greatest(greatest(a, b), greatest(c, d)));
        // A product of what is not negative is not negative either, though rounding outwards would say so.
        let floor = if lo >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Self::new(greatest(down(lo), floor), up(hi))
    }
}

/// Products with infinite ends, where 0·∞ is 0: an end that is not reached times a number that is 0.
fn unbounded_product(a: Interval, b: Interval) -> Interval {
    let end = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
    let all = [end(a.lo, b.lo), end(a.lo, b.hi), end(a.hi, b.lo), end(a.hi, b.hi)];
    let lo = all.into_iter().fold(f64::INFINITY, least);
    let hi = all.into_iter().fold(f64::NEG_INFINITY, greatest);
    let floor = if a.lo >= 0.0 && b.lo >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    Interval::new(greatest(outward(lo, down), floor), outward(hi, up))
}

/// Infinite ends stay where they are.
fn outward(x: f64, round: fn(f64) -> f64) -> f64 {
    if x.is_infinite() { x } else { round(x) }
}

impl std::ops::Div for Interval {
    type Output = Self;

    /// A divisor that may be 0 gives the whole line, or a half line where 0 is only its end.
    fn div(self, other: Self) -> Self {
        if other.lo <= 0.0 && other.hi >= 0.0 {
            return beside_zero(self, other);
        }
        if let (Some(a), Some(b)) = (self.as_point(), other.as_point()) {
            let q = a / b;
            let exact = a == 0.0 || (a.abs() > SAFE && q.abs() > SAFE && q.mul_add(b, -a) == 0.0);
            return if exact && q.is_finite() { Self::point(q) } else { Self::around(q) };
        }
        let all = [self.lo / other.lo, self.lo / other.hi, self.hi / other.lo, self.hi / other.hi];
        if all.iter().any(|q| q.is_nan()) {
            return Self::ENTIRE;
        }
        let lo = all.into_iter().fold(f64::INFINITY, least);
        let hi = all.into_iter().fold(f64::NEG_INFINITY, greatest);
        Self::new(outward(lo, down), outward(hi, up))
    }
}

/// A quotient by an interval that ends at 0.
fn beside_zero(a: Interval, b: Interval) -> Interval {
    if b.lo < 0.0 && b.hi <= 0.0 {
        return beside_zero(-a, -b);
    }
    if b.lo < 0.0 || a.lo < 0.0 && a.hi > 0.0 || b.hi == 0.0 {
        return Interval::ENTIRE;
    }
    if a.lo >= 0.0 {
        let lo = if b.hi.is_infinite() { 0.0 } else { greatest(down(a.lo / b.hi), 0.0) };
        Interval::new(lo, f64::INFINITY)
    } else {
        let hi = if b.hi.is_infinite() { 0.0 } else { least(up(a.hi / b.hi), 0.0) };
        Interval::new(f64::NEG_INFINITY, hi)
    }
}
