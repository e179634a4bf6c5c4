//! Bounds for real numbers such as ln 2 and π: two binary fractions with the number between them.
//!
//! Every operation rounds outward, in integers of any length: what is said of a number is proved, not estimated. More
//! bits give narrower bounds. Where a bound cannot be given (a logarithm of what may be zero, an exponential
//! beyond all measure) there is none.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::Rational;

/// Exponentials of larger numbers are not bounded: they would have thousands of digits.
const LARGEST_EXPONENT: i64 = 1 << 12;

/// A number lies between `low/2^bits` and `high/2^bits`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bounds {
    low: BigInt,
    high: BigInt,
    bits: u64,
}

/// ⌈a/b⌉ for b > 0.
fn quotient_up(a: &BigInt, b: &BigInt) -> BigInt {
    -(-a).div_floor(b)
}

impl Bounds {
    /// Bounds of a rational number.
    pub fn of(number: &Rational, bits: u64) -> Self {
        let (above, below) = number.to_integers();
        let scaled: BigInt = above << bits;
        Self { low: scaled.div_floor(&below), high: quotient_up(&scaled, &below), bits }
    }

    fn integer(n: i64, bits: u64) -> Self {
        let scaled = BigInt::from(n) << bits;
        Self { low: scaled.clone(), high: scaled, bits }
    }

    /// Bounds of π, by Machin's formula 16 arctan 1/5 − 4 arctan 1/239.
    pub fn pi(bits: u64) -> Self {
        let part =
            |n: i64, times: i64| Self::arctan_inverse(n, bits).times(&Self::integer(times, bits));
        part(5, 16).plus(&part(239, -4))
    }

    /// arctan(1/n) = Σ (−1)^k/((2k + 1) n^(2k + 1)): the series alternates, so that each sum errs by less than the
    /// next term.
    fn arctan_inverse(n: i64, bits: u64) -> Self {
        let square = BigInt::from(n * n);
        let mut power = Self::of(&Rational::new(1, n).unwrap_or(Rational::ONE), bits);
        let mut sum = Self::integer(0, bits);
        let mut k: u64 = 0;
        while power.high > BigInt::one() {
            let term = power.over(&BigInt::from(2 * k + 1));
            sum = if k.is_multiple_of(2) { sum.plus(&term) } else { sum.plus(&term.neg()) };
            power = power.over(&square);
            k += 1;
        }
        let rest = power.high.clone();
        sum.widened(&rest)
    }

    /// Divided by a positive integer.
    fn over(&self, n: &BigInt) -> Self {
        Self { low: self.low.div_floor(n), high: quotient_up(&self.high, n), bits: self.bits }
    }

    fn widened(mut self, by: &BigInt) -> Self {
        self.low -= by;
        self.high += by;
        self
    }

    /// Known to be > 0.
    pub fn is_positive(&self) -> bool {
        self.low.is_positive()
    }

    /// Known to be < 0.
    pub fn is_negative(&self) -> bool {
        self.high.is_negative()
    }

    /// The opposite.
    #[must_use]
    pub fn neg(&self) -> Self {
        Self { low: -&self.high, high: -&self.low, bits: self.bits }
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self { low: &self.low + &other.low, high: &self.high + &other.high, bits: self.bits }
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let (a, b, c, d) = (&self.low, &self.high, &other.low, &other.high);
        let corners = [a * c, a * d, b * c, b * d];
        let low = corners.iter().min().cloned().unwrap_or_default();
        let high = corners.iter().max().cloned().unwrap_or_default();
        let one = BigInt::one() << self.bits;
        Self { low: low.div_floor(&one), high: quotient_up(&high, &one), bits: self.bits }
    }

    /// The inverse, of what is known not to be zero.
    pub fn recip(&self) -> Option<Self> {
        if !self.is_positive() && !self.is_negative() {
            return None;
        }
        let one = BigInt::one() << (2 * self.bits);
        // Both bounds have the same sign, so that 1/x falls between them.
        let down = |d: &BigInt| one.div_floor(d);
        let up = |d: &BigInt| -(-&one).div_floor(d);
        Some(Self { low: down(&self.high), high: up(&self.low), bits: self.bits })
    }

    /// A power with an integer exponent; negative ones of what is known not to be zero.
    pub fn power(&self, exponent: i64) -> Option<Self> {
        let mut left = exponent.unsigned_abs();
        if left > LARGEST_EXPONENT.unsigned_abs() {
            return None;
        }
        let (mut out, mut square) = (Self::integer(1, self.bits), self.clone());
        while left > 0 {
            if left % 2 == 1 {
                out = out.times(&square);
            }
            left /= 2;
            if left > 0 {
                square = square.times(&square);
            }
        }
        if exponent < 0 { out.recip() } else { Some(out) }
    }

    /// The natural logarithm, of what is known to be positive.
    pub fn ln(&self) -> Option<Self> {
        if !self.is_positive() {
            return None;
        }
        let one_third = Self::of(&Rational::new(1, 3)?, self.bits);
        let ln_2 = one_third.atanh_twice();
        let low = self.ln_of(&self.low, &ln_2).low;
        let high = self.ln_of(&self.high, &ln_2).high;
        Some(Self { low, high, bits: self.bits })
    }

    /// ln(v/2^bits) for v > 0: v = m·2^k with ½ <= m < 1, and ln m = 2 artanh((m − 1)/(m + 1)).
    fn ln_of(&self, v: &BigInt, ln_2: &Self) -> Self {
        let length = v.bits();
        let scale = BigInt::one() << length;
        let (above, below) = (v - &scale, v + &scale);
        let scaled: BigInt = above << self.bits;
        let t = Self {
            low: scaled.div_floor(&below),
            high: quotient_up(&scaled, &below),
            bits: self.bits,
        };
        let exponent = i64::try_from(length).unwrap_or(i64::MAX)
            - i64::try_from(self.bits).unwrap_or(i64::MAX);
        t.atanh_twice().plus(&ln_2.times(&Self::integer(exponent, self.bits)))
    }

    /// 2 artanh t = 2 Σ t^(2k + 1)/(2k + 1) for |t| <= 1/3. After the last term the rest is less than 9/4 of the next
    /// power: 2 |t|^n/(n (1 − t²)) with 1 − t² >= 8/9.
    fn atanh_twice(&self) -> Self {
        let square = self.times(self);
        let (mut power, mut sum) = (self.clone(), Self::integer(0, self.bits));
        let mut k: u64 = 0;
        loop {
            sum = sum.plus(&power.over(&BigInt::from(2 * k + 1)));
            power = power.times(&square);
            k += 1;
            let largest = power.low.abs().max(power.high.abs());
            if largest <= BigInt::from(2) || k > self.bits {
                let rest = (largest * 9) / 4 + 1;
                return sum.plus(&sum).widened(&rest);
            }
        }
    }

    /// The exponential; none of what is beyond all measure.
    pub fn exp(&self) -> Option<Self> {
        let largest = BigInt::from(LARGEST_EXPONENT) << self.bits;
        if self.low.abs() > largest || self.high.abs() > largest {
            return None;
        }
        let low = self.exp_of(&self.low).low.max(BigInt::zero());
        Some(Self { low, high: self.exp_of(&self.high).high, bits: self.bits })
    }

    /// exp(v/2^bits): the argument is halved until it is at most ½, the power series summed, and the result squared
    /// as often. After the last term the rest is at most twice the next one.
    fn exp_of(&self, v: &BigInt) -> Self {
        let half = BigInt::one() << (self.bits - 1);
        let mut halvings = 0;
        let mut x = Self { low: v.clone(), high: v.clone(), bits: self.bits };
        while x.low.abs() > half || x.high.abs() > half {
            x = x.over(&BigInt::from(2));
            halvings += 1;
        }
        let (mut term, mut sum) = (Self::integer(1, self.bits), Self::integer(0, self.bits));
        let mut k: u64 = 0;
        loop {
            sum = sum.plus(&term);
            k += 1;
            term = term.times(&x).over(&BigInt::from(k));
            let largest = term.low.abs().max(term.high.abs());
            if largest <= BigInt::from(2) || k > self.bits {
                let rest = largest * 2 + 1;
                sum = sum.widened(&rest);
                break;
            }
        }
        for _ in 0..halvings {
            sum = sum.times(&sum);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i64, d: i64) -> Bounds {
        Bounds::of(&Rational::new(n, d).unwrap(), 128)
    }

    /// The digits lie within the bounds, and the bounds within 1e-30.
    fn is(bounds: &Bounds, digits: &str) {
        let negative = digits.starts_with('-');
        let r = Rational::from_decimal(digits.trim_start_matches('-')).unwrap();
        let exact = Bounds::of(&r, 128);
        let exact = if negative { exact.neg() } else { exact };
        let slack =
            Bounds::of(&Rational::from_decimal("0.000000000000000000000000000001").unwrap(), 128)
                .high;
        assert!(&bounds.low - &slack <= exact.high, "{digits}");
        assert!(exact.low <= &bounds.high + &slack, "{digits}");
        assert!(&bounds.high - &bounds.low <= slack, "{digits} is too wide");
        assert!(bounds.low <= bounds.high);
    }

    // Digits: Abramowitz and Stegun, Handbook of Mathematical Functions, tables 1.1 and 4.2, and DLMF 4.2.11.
    #[test]
    fn known_digits() {
        is(&Bounds::pi(128), "3.141592653589793238462643383279503");
        is(&number(2, 1).ln().unwrap(), "0.693147180559945309417232121458177");
        is(&number(10, 1).ln().unwrap(), "2.302585092994045684017991454684364");
        is(&number(1, 10).ln().unwrap(), "-2.302585092994045684017991454684364");
        is(&number(1, 1).exp().unwrap(), "2.718281828459045235360287471352662");
        is(&number(-1, 1).exp().unwrap(), "0.367879441171442321595523770161461");
        is(&number(1, 1).ln().unwrap(), "0");
        is(&number(0, 1).exp().unwrap(), "1");
    }

    #[test]
    fn inverse_functions() {
        for (n, d) in [(1, 7), (3, 2), (22, 7), (1, 1000), (999, 1000), (1001, 1000)] {
            let x = number(n, d);
            let back = x.ln().unwrap().exp().unwrap();
            assert!(back.low <= x.high && x.low <= back.high, "{n}/{d}");
            let product = x.times(&x.recip().unwrap());
            let one = number(1, 1);
            assert!(product.low <= one.low && one.high <= product.high, "{n}/{d}");
            let square = x.times(&x);
            assert_eq!(x.power(2), Some(square));
        }
    }

    #[test]
    fn more_bits_are_narrower() {
        let width = |bits| {
            let b = Bounds::of(&Rational::new(5, 3).unwrap(), bits).ln().unwrap();
            (b.high - b.low) << (256 - bits)
        };
        assert!(width(128) < width(64));
        assert!(width(256) < width(128));
    }

    #[test]
    fn what_has_no_bounds() {
        assert_eq!(number(0, 1).ln(), None);
        assert_eq!(number(0, 1).recip(), None);
        assert_eq!(number(1_000_000, 1).exp(), None);
        assert_eq!(number(2, 1).power(1_000_000), None);
    }
}
