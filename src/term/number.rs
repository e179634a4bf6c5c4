//! Exact rational numbers.
//!
//! A newtype over `num-rational` with a checked `i64/i64` fast path: nearly every number in a derivation is a small
//! one, and big integers appear only when a checked operation overflows. A value has exactly one representation
//! (small whenever it fits), so derived equality and hashing are equality of numbers.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, One, Pow, Signed, ToPrimitive, Zero};

/// An exact rational number in lowest terms.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rational(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(Ratio<i64>),
    Big(Box<BigRational>),
}

/// The largest number of bits that a power may produce before [`Rational::checked_pow`] declines.
///
/// 2^16 bits is a number of some twenty thousand digits: beyond any formula, far below what would exhaust memory.
pub const MAX_BITS: u64 = 1 << 16;

impl Rational {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Small(Ratio::new_raw(0, 1)));
    /// One.
    pub const ONE: Self = Self(Repr::Small(Ratio::new_raw(1, 1)));
    /// Minus one.
    pub const MINUS_ONE: Self = Self(Repr::Small(Ratio::new_raw(-1, 1)));
    /// ½.
    pub const HALF: Self = Self(Repr::Small(Ratio::new_raw(1, 2)));

    /// `numerator / denominator` in lowest terms; `None` when the denominator is zero.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        if numerator == i64::MIN || denominator == i64::MIN {
            return Some(Self::from_big(BigRational::new(numerator.into(), denominator.into())));
        }
        Some(Self(Repr::Small(Ratio::new(numerator, denominator))))
    }

    /// A decimal literal such as `0.125` or `3`, read exactly. `None` if the text is not one.
    pub fn from_decimal(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: String = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let numerator = BigInt::from_str(&digits).ok()?;
        let denominator = Pow::pow(BigInt::from(10), fraction.len());
        Some(Self::from_big(BigRational::new(numerator, denominator)))
    }

    fn from_big(value: BigRational) -> Self {
        match (value.numer().to_i64(), value.denom().to_i64()) {
            // i64::MIN is kept big, so that negation of a small value never overflows.
            (Some(n), Some(d)) if n != i64::MIN => Self(Repr::Small(Ratio::new_raw(n, d))),
            _ => Self(Repr::Big(Box::new(value))),
        }
    }

    fn to_big(&self) -> BigRational {
        match &self.0 {
            Repr::Small(r) => BigRational::new_raw((*r.numer()).into(), (*r.denom()).into()),
            Repr::Big(b) => (**b).clone(),
        }
    }

    /// Whether this is 0.
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Repr::Small(r) if r.is_zero())
    }

    /// Whether this is 1.
    pub fn is_one(&self) -> bool {
        matches!(&self.0, Repr::Small(r) if *r.numer() == 1 && *r.denom() == 1)
    }

    /// Whether the denominator is 1.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small(r) => r.is_integer(),
            Repr::Big(b) => b.is_integer(),
        }
    }

    /// Whether this is smaller than 0.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(r) => *r.numer() < 0,
            Repr::Big(b) => b.is_negative(),
        }
    }

    /// Whether this is greater than 0.
    pub fn is_positive(&self) -> bool {
        !self.is_negative() && !self.is_zero()
    }

    /// The value as `i64`, if it is an integer in range.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(r) if r.is_integer() => Some(*r.numer()),
            _ => None,
        }
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small(r) => *r.numer() as f64 / *r.denom() as f64,
            Repr::Big(b) => b.to_f64().unwrap_or(f64::NAN),
        }
    }

    /// The numerator, carrying the sign, as an integer.
    pub fn numerator(&self) -> Self {
        match &self.0 {
            Repr::Small(r) => Self(Repr::Small(Ratio::new_raw(*r.numer(), 1))),
            Repr::Big(b) => Self::from_big(BigRational::from_integer(b.numer().clone())),
        }
    }

    /// The denominator, a positive integer.
    pub fn denominator(&self) -> Self {
        match &self.0 {
            Repr::Small(r) => Self(Repr::Small(Ratio::new_raw(*r.denom(), 1))),
            Repr::Big(b) => Self::from_big(BigRational::from_integer(b.denom().clone())),
        }
    }

    /// Numerator, carrying the sign, and denominator, positive, as integers of any length.
    pub(super) fn to_integers(&self) -> (BigInt, BigInt) {
        match &self.0 {
            Repr::Small(r) => ((*r.numer()).into(), (*r.denom()).into()),
            Repr::Big(b) => (b.numer().clone(), b.denom().clone()),
        }
    }

    /// The absolute value.
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self } else { self.clone() }
    }

    /// 1 / self; `None` for zero.
    pub fn recip(&self) -> Option<Self> {
        if self.is_zero() {
            return None;
        }
        Some(match &self.0 {
            Repr::Small(r) => Self(Repr::Small(r.recip())),
            Repr::Big(b) => Self::from_big(b.recip()),
        })
    }

    /// self / other; `None` when `other` is zero.
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        Some(self * &other.recip()?)
    }

    /// self ^ exponent; `None` for 0 to a negative power, and when the result would have more than [`MAX_BITS`] bits.
    pub fn checked_pow(&self, exponent: i64) -> Option<Self> {
        if exponent < 0 {
            return self.recip()?.checked_pow(exponent.checked_neg()?);
        }
        if self.is_zero() || self.is_one() || exponent == 0 {
            return Some(if exponent == 0 { Self::ONE } else { self.clone() });
        }
        if let (Repr::Small(r), Ok(n)) = (&self.0, u32::try_from(exponent))
            && let (Some(a), Some(b)) = (r.numer().checked_pow(n), r.denom().checked_pow(n))
            && a != i64::MIN
        {
            return Some(Self(Repr::Small(Ratio::new_raw(a, b))));
        }
        let big = self.to_big();
        let bits = big.numer().bits().max(big.denom().bits());
        let unit = big.numer().magnitude().is_one() && big.denom().is_one();
        if !unit && bits.checked_mul(exponent.unsigned_abs())? > MAX_BITS {
            return None;
        }
        let exponent = if unit { exponent % 2 } else { exponent };
        let exponent = usize::try_from(exponent).ok()?;
        Some(Self::from_big(BigRational::new_raw(
            Pow::pow(big.numer(), exponent),
            Pow::pow(big.denom(), exponent),
        )))
    }

    /// The greatest integer that is not above this number.
    pub fn floor(&self) -> Self {
        match &self.0 {
            Repr::Small(r) => Self(Repr::Small(r.floor())),
            Repr::Big(b) => Self::from_big(b.floor()),
        }
    }

    /// Greatest common divisor of two rationals: the largest g such that both are integer multiples of it (≥ 0).
    pub fn gcd(&self, other: &Self) -> Self {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let (Some(x), Some(y)) =
                (a.numer().checked_mul(b.denom()), b.numer().checked_mul(a.denom()))
            && let Some(d) = a.denom().checked_mul(b.denom())
            && x != i64::MIN
            && y != i64::MIN
        {
            return Self(Repr::Small(Ratio::new(x.gcd(&y), d)));
        }
        let (a, b) = (self.to_big(), other.to_big());
        let numerator = (a.numer() * b.denom()).gcd(&(b.numer() * a.denom()));
        Self::from_big(BigRational::new(numerator, a.denom() * b.denom()))
    }

    fn small_or_big(
        &self,
        other: &Self,
        small: impl Fn(&Ratio<i64>, &Ratio<i64>) -> Option<Ratio<i64>>,
        big: impl Fn(BigRational, BigRational) -> BigRational,
    ) -> Self {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let Some(r) = small(a, b)
            && *r.numer() != i64::MIN
        {
            return Self(Repr::Small(r));
        }
        Self::from_big(big(self.to_big(), other.to_big()))
    }
}

impl From<i64> for Rational {
    fn from(n: i64) -> Self {
        if n == i64::MIN {
            Self(Repr::Big(Box::new(BigRational::from_integer(n.into()))))
        } else {
            Self(Repr::Small(Ratio::new_raw(n, 1)))
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl std::ops::Neg for &Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        match &self.0 {
            Repr::Small(r) => Rational(Repr::Small(-*r)),
            Repr::Big(b) => Rational::from_big(-(**b).clone()),
        }
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $checked:ident) => {
        impl std::ops::$trait<&Rational> for &Rational {
            type Output = Rational;
            fn $method(self, other: &Rational) -> Rational {
                self.small_or_big(other, |a, b| a.$checked(b), |a, b| a.$method(b))
            }
        }
        impl std::ops::$trait<Rational> for Rational {
            type Output = Rational;
            fn $method(self, other: Rational) -> Rational {
                (&self).$method(&other)
            }
        }
    };
}
operator!(Add, add, checked_add);
operator!(Sub, sub, checked_sub);
operator!(Mul, mul, checked_mul);

impl std::ops::Neg for Rational {
    type Output = Self;
    fn neg(self) -> Self {
        -&self
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(r) => r.fmt(f),
            Repr::Big(b) => b.fmt(f),
        }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(n: i64, d: i64) -> Rational {
        Rational::new(n, d).expect("the test's denominator is not zero")
    }

    #[test]
    fn small_and_big_agree_where_they_meet() {
        let a = q(i64::MAX, 3);
        let sum = &a + &a;
        assert_eq!(&sum - &a, a);
        assert_eq!(sum.checked_div(&q(2, 1)), Some(a));
    }

    #[test]
    fn a_value_has_one_representation() {
        let big = &q(i64::MAX, 1) * &q(4, 1);
        assert_eq!(big.checked_div(&q(i64::MAX, 1)), Some(q(4, 1)));
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(Rational::from_decimal("0.1"), Some(q(1, 10)));
        assert_eq!(Rational::from_decimal("2.50"), Some(q(5, 2)));
        assert_eq!(Rational::from_decimal("."), None);
    }

    #[test]
    fn powers_decline_beyond_the_limit() {
        assert_eq!(q(2, 3).checked_pow(-2), Some(q(9, 4)));
        assert_eq!(q(10, 1).checked_pow(10_000_000_000), None);
        assert_eq!(q(0, 1).checked_pow(-1), None);
        assert_eq!(q(-1, 1).checked_pow(i64::MAX), Some(q(-1, 1)));
    }

    #[test]
    fn gcd_of_rationals() {
        assert_eq!(q(1, 2).gcd(&q(1, 3)), q(1, 6));
        assert_eq!(q(4, 3).gcd(&q(2, 3)), q(2, 3));
    }
}
