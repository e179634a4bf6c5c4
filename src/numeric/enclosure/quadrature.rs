//! Adaptive interval Taylor quadrature (Corliss and Rall, "Adaptive, self-validating numerical quadrature", SIAM J. Sci.
//! Stat. Comput. 8, 1987).
//!
//! On a piece with middle c the integral of f is that of its Taylor polynomial about c and of fₙ·(x − c)ⁿ, where fₙ is a
//! coefficient of order n somewhere in the piece: that coefficient, taken over the whole piece in interval arithmetic,
//! encloses it. Pieces are halved until what it contributes is small. Where f has a kink there is no such coefficient;
//! the range of f times the length of the piece encloses the integral there, and halving makes that small as well.

use super::graph::{Graph, Id};
use super::interval::Interval;
use super::taylor::Series;

/// The order of the coefficient that encloses the rest; even, so that (x − c)ⁿ has one sign.
const ORDER: usize = 20;

/// A rest this much smaller than the integrand times the length is lost among the roundings.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Pieces on which nothing is known of the integrand, after which the integral is given up: halving a piece beside a
/// singularity leaves one of them each time.
const MOST_UNBOUNDED: usize = 256;

/// What an integral came to.
pub(super) struct Integral {
    pub value: Interval,
    /// Pieces that were looked at.
    pub tried: usize,
    /// A place where it did not become tight.
    pub open: Option<f64>,
}

/// The integral of a node between two numbers, cut first at `cuts`, each piece to within `tolerance`.
pub(super) fn integrate(
    graph: &Graph,
    root: Id,
    (a, b): (f64, f64),
    cuts: &[f64],
    tolerance: f64,
    most: usize,
) -> Integral {
    let mut series = Series::new(graph, root, ORDER);
    let mut ends: Vec<f64> = cuts.iter().copied().filter(|x| a < *x && *x < b).collect();
    ends.extend([a, b]);
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let mut stack: Vec<(f64, f64)> = ends.windows(2).rev().map(|w| (w[0], w[1])).collect();
    let mut total = Interval::ZERO;
    let (mut tried, mut open, mut unbounded) = (0, None, 0);
    while let Some((a, b)) = stack.pop() {
        tried += 1;
        let middle = 0.5 * a + 0.5 * b;
        let splits = a < middle && middle < b;
        let piece = Piece { a, middle, b };
        let (rest, crude) = piece.enclosed(&mut series);
        unbounded += usize::from(!crude.is_finite());
        if unbounded > MOST_UNBOUNDED {
            return Integral { value: Interval::ENTIRE, tried, open: Some(middle) };
        }
        let small = crude.width() <= tolerance || rest.width() <= tolerance;
        let lost = rest.width() <= ROUNDING * crude.magnitude();
        if splits && tried < most && !small && !lost {
            stack.extend([(middle, b), (a, middle)]);
            continue;
        }
        if !(small || lost) {
            open = open.or(Some(middle));
        }
        let own = if splits { piece.polynomial(&mut series) + rest } else { crude };
        total = total + own.meet(crude).unwrap_or(crude);
    }
    Integral { value: total, tried, open }
}

/// A piece and its middle.
struct Piece {
    a: f64,
    middle: f64,
    b: f64,
}

impl Piece {
    /// About half the length: distances from the middle are measured in it.
    fn unit(&self) -> Interval {
        Interval::point((0.5 * self.b - 0.5 * self.a).max(f64::MIN_POSITIVE))
    }

    /// The ends, as distances from the middle.
    fn reach(&self) -> (Interval, Interval) {
        let (middle, unit) = (Interval::point(self.middle), self.unit());
        let right = (Interval::point(self.b) - middle) / unit;
        ((middle - Interval::point(self.a)) / unit, right)
    }

    /// What the polynomial leaves out, and the integral by the range of the integrand alone.
    fn enclosed(&self, series: &mut Series<'_>) -> (Interval, Interval) {
        let length = Interval::point(self.b) - Interval::point(self.a);
        let (left, right) = self.reach();
        let unit = self.unit();
        let all = series.about(Interval::new(self.a, self.b), unit, ORDER);
        let crude = all[0] * length;
        let rest = match all.get(ORDER) {
            Some(last) => {
                let power = ORDER as i32 + 1;
                let moment = (right.powi(power) + left.powi(power)) / Interval::point(power.into());
                *last * moment * unit
            }
            None => Interval::ZERO,
        };
        (rest, crude)
    }

    /// The integral of the Taylor polynomial about the middle.
    fn polynomial(&self, series: &mut Series<'_>) -> Interval {
        let (left, right) = self.reach();
        let unit = self.unit();
        let all = series.about(Interval::point(self.middle), unit, ORDER - 1);
        let (mut r, mut l) = (right, left);
        let mut total = Interval::ZERO;
        for (k, c) in all.iter().enumerate().take(ORDER) {
            let both = if k.is_multiple_of(2) { r + l } else { r - l };
            if both != Interval::ZERO {
                total = total + *c * both / Interval::point((k + 1) as f64);
            }
            r = r * right;
            l = l * left;
        }
        total * unit
    }
}
