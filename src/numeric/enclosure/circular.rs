//! Sine and cosine.

use super::elementary::PI;
use super::interval::Interval;

/// π/2 in three parts: 26 bits, whose small multiples are exact, the rest of its double, and what that leaves out to 2⁻¹⁰⁶.
const HALF_HIGH: f64 = f64::from_bits(0x3ff9_21fb_5000_0000);
const HALF_MIDDLE: f64 = std::f64::consts::FRAC_PI_2 - HALF_HIGH;
const HALF_LOW: f64 = 6.123_233_995_736_766e-17;

/// Beyond this, an argument is not reduced.
const MOST: f64 = 1e6;

/// 1/n! for n = 0, 1, …, 19.
const INVERSE_FACTORIALS: [f64; 20] = {
    let mut all = [1.0; 20];
    let (mut k, mut factorial) = (1, 1.0);
    while k < all.len() {
        // Exact up to 18!, and to half a unit at 19!: the quotient errs by less than one unit.
        factorial *= k as f64;
        all[k] = 1.0 / factorial;
        k += 1;
    }
    all
};

/// cos r and sin r for |r| < 0.8: the Taylor polynomials up to r¹⁶ and r¹⁷. What is left has the sign of the next term and is
/// less than it.
fn reduced(r: Interval) -> (Interval, Interval) {
    let square = r.square();
    let series = |first: usize| {
        let mut total = Interval::ZERO;
        for k in (0..=8).rev() {
            let n = first + 2 * k;
            let c = Interval::around(INVERSE_FACTORIALS[n]);
            total = (if k % 2 == 0 { c } else { -c }) + total * square;
        }
        total
    };
    // 0.8¹⁸/18! and 0.8¹⁹/19!, rounded up.
    let rest = |bound: f64| Interval::new(-bound, bound);
    (series(0) + rest(3e-18), r * series(1) + rest(2e-19))
}

/// cos x and sin x of a number.
fn at(x: f64) -> (Interval, Interval) {
    let whole = Interval::new(-1.0, 1.0);
    if x == 0.0 {
        return (Interval::ONE, Interval::ZERO);
    }
    if x.abs() > MOST {
        return (whole, whole);
    }
    let k = (x * std::f64::consts::FRAC_2_PI).round();
    let high = Interval::point(x) - Interval::point(k) * Interval::point(HALF_HIGH);
    let low = Interval::point(HALF_MIDDLE) + Interval::around(HALF_LOW);
    let r = high - Interval::point(k) * low;
    let (c, s) = reduced(r);
    let (c, s) = match (k as i64).rem_euclid(4) {
        0 => (c, s),
        1 => (-s, c),
        2 => (-c, -s),
        _ => (s, -c),
    };
    (c.meet(whole).unwrap_or(whole), s.meet(whole).unwrap_or(whole))
}

/// The hull of the values at the ends, and of the extremes ±1 at whole `turns`: +1 at even ones.
fn between(ends: (Interval, Interval), turns: Interval) -> Interval {
    let mut value = ends.0.hull(ends.1);
    let (first, last) = (turns.lo().ceil(), turns.hi().floor());
    if last - first >= 1.0 {
        return Interval::new(-1.0, 1.0);
    }
    if last >= first {
        let even = first.rem_euclid(2.0) == 0.0;
        value = value.hull(Interval::point(if even { 1.0 } else { -1.0 }));
    }
    value
}

impl Interval {
    /// Cosine.
    pub fn cos(self) -> Self {
        if let Some(x) = self.as_point() {
            return at(x).0;
        }
        if self.magnitude().is_nan() || self.magnitude() > MOST {
            return Self::new(-1.0, 1.0);
        }
        between((at(self.lo()).0, at(self.hi()).0), self / PI)
    }

    /// Sine.
    pub fn sin(self) -> Self {
        if let Some(x) = self.as_point() {
            return at(x).1;
        }
        if self.magnitude().is_nan() || self.magnitude() > MOST {
            return Self::new(-1.0, 1.0);
        }
        let turns = self / PI - Self::point(0.5);
        between((at(self.lo()).1, at(self.hi()).1), turns)
    }
}
