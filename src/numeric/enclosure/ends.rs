//! The ends of a range: what lies beyond a place far out, and what lies beside an end at which the integrand is unbounded.
//!
//! A tail is cut where a majorant is small enough. Where none is found, as of powers, x = ±T·e^s turns the tail into one that
//! falls off exponentially in s; beside an end a, x = a ± d·e^(−s) does the same. The range of s is cut likewise, and what is
//! left is integrated as any other function.

use super::binder::{Part, TAIL_SHARE};
use super::graph::{Binary, Id};
use super::interval::Interval;
use super::lower::{Change, Lowering};
use super::tail::{self, Side};
use super::taylor::Series;
use crate::numeric::NumericError;

/// Where tails are cut, in scales from the middle of the bulk.
const REACH: [f64; 14] =
    [6.0, 7.5, 9.0, 11.0, 14.0, 18.0, 24.0, 32.0, 48.0, 80.0, 160.0, 640.0, 2560.0, 1e4];

/// Where tails of changed variables are cut.
const DEPTHS: [f64; 12] =
    [4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 72.0, 110.0, 160.0, 240.0, 350.0, 690.0];

/// A tail this many times as large as is aimed at is still taken as it is.
const LENIENT: f64 = 100.0;

/// Powers of two: the shares of a range beside a singular end that are tried.
const SHARES: [f64; 6] = [-2.0, -4.0, -8.0, -14.0, -24.0, -40.0];

/// Whether the integrand is bounded beside the first of two ends.
pub(super) fn is_bounded(lowering: &Lowering, root: Id, (end, other): (f64, f64)) -> bool {
    let inside = end + (other - end) * (-40_f64).exp2();
    let beside = Interval::new(end.min(inside), end.max(inside));
    Series::new(&lowering.graph, root, 0).values(beside).is_finite()
}

impl Part<'_> {
    fn aim(&self) -> f64 {
        self.place.options.width * TAIL_SHARE
    }

    /// Where to cut the range instead of at infinity, and the integral over what is cut off.
    pub fn beyond(
        &self,
        side: Side,
        lowering: &Lowering,
        root: Id,
    ) -> Result<(f64, Interval), NumericError> {
        let cut = self.cut(side, |t| tail::integral(lowering, root, self.var, t, side));
        if let Some((at, size)) = cut.filter(|(_, size)| *size <= LENIENT * self.aim()) {
            return Ok((at, Interval::new(-size, size)));
        }
        let known = cut.map(|(at, size)| (at, Interval::new(-size, size)));
        self.far(side, lowering.by_logarithms).or(known).ok_or_else(|| {
            NumericError::NoEnclosure(format!(
                "no bound is known for the tail of `{}` in {}",
                self.body, self.var
            ))
        })
    }

    /// A place so many scales beyond the bulk.
    pub fn start(&self, side: Side, reach: f64) -> f64 {
        let (lo, hi) = self.ends;
        let origin = if lo.is_finite() {
            lo
        } else if hi.is_finite() {
            hi
        } else {
            0.0
        };
        match side {
            Side::Up => {
                let all = self.bulks.iter().map(|b| b.centre + reach * b.scale);
                all.reduce(f64::max).unwrap_or(origin + reach)
            }
            Side::Down => {
                let all = self.bulks.iter().map(|b| b.centre - reach * b.scale);
                all.reduce(f64::min).unwrap_or(origin - reach)
            }
        }
    }

    /// Where a tail begins that is small enough, and how large it is at most.
    fn cut(&self, side: Side, bound: impl Fn(f64) -> Option<f64>) -> Option<(f64, f64)> {
        let (lo, hi) = self.ends;
        let mut best: Option<(f64, f64)> = None;
        for reach in REACH {
            let t = self.start(side, reach);
            if !(t > lo && t < hi) {
                continue;
            }
            if let Some(size) = bound(t).filter(|s| best.is_none_or(|(_, b)| *s < b)) {
                best = Some((t, size));
                if size <= self.aim() {
                    break;
                }
            }
        }
        best
    }

    /// The integral beyond a place that is far from everything, by x = ±T·e^s.
    fn far(&self, side: Side, by_logarithms: bool) -> Option<(f64, Interval)> {
        let (lo, hi) = self.ends;
        let places = [4.0, 64.0, 1e4].into_iter().filter_map(|reach| self.remote(side, reach));
        let changes = places.map(|at| {
            let reach =
                if side == Side::Up { Interval::new(at, hi) } else { Interval::new(lo, at) };
            (at, Change { origin: 0.0, factor: Interval::point(at), grows: true, reach })
        });
        self.best(changes, by_logarithms).ok()
    }

    /// A place that is so many times as far from 0 as everything else.
    pub fn remote(&self, side: Side, reach: f64) -> Option<f64> {
        let (lo, hi) = self.ends;
        let finite = [lo, hi].into_iter().filter(|x| x.is_finite());
        let near = finite.map(f64::abs).chain(self.bulks.iter().map(|b| b.centre.abs() + b.scale));
        let widest = near.fold(0.0, f64::max);
        let widest = if widest > 0.0 { widest } else { 1.0 };
        // A power of two, by which products are exact.
        let t = (reach * widest).log2().ceil().exp2();
        let at = if side == Side::Up { t } else { -t };
        (t.is_finite() && at > lo && at < hi).then_some(at)
    }

    /// The integral between an end and a place beside it that is given too, by x = end ± d·e^(−s).
    pub fn near(
        &self,
        end: f64,
        other: f64,
        by_logarithms: bool,
    ) -> Result<(f64, Interval), NumericError> {
        let widths = self.bulks.iter().map(|b| (b.centre - end).abs() + b.scale);
        let room = widths.fold((other - end).abs(), f64::min).copysign(other - end);
        let places = SHARES.into_iter().map(|share| end + room * share.exp2());
        let changes = places.filter(|at| *at != end).map(|at| {
            let factor = Interval::point(at) - Interval::point(end);
            let reach = Interval::new(end.min(at), end.max(at));
            (at, Change { origin: end, factor, grows: false, reach })
        });
        self.best(changes, by_logarithms).map_err(|e| match e {
            NumericError::NoEnclosure(_) => NumericError::NoEnclosure(format!(
                "no bound is known for `{}` near {} = {end}",
                self.body, self.var
            )),
            other => other,
        })
    }

    /// The integral by the first change of the variable that leaves out little enough, or else by the one that leaves out
    /// least.
    fn best(
        &self,
        changes: impl Iterator<Item = (f64, Change)>,
        by_logarithms: bool,
    ) -> Result<(f64, Interval), NumericError> {
        let none = || NumericError::NoEnclosure("no bound".into());
        let mut best: Option<(f64, Changed)> = None;
        for (at, change) in changes {
            let Some(changed) = self.changed(&change, by_logarithms)? else { continue };
            if best.as_ref().is_none_or(|(_, b)| changed.slack < b.slack) {
                let small = changed.slack <= LENIENT * self.aim();
                best = Some((at, changed));
                if small {
                    break;
                }
            }
        }
        let (at, Changed { lowering, root, to, slack }) = best.ok_or_else(none)?;
        if lowering.graph.value(root) == Some(Interval::ZERO) {
            return Ok((at, Interval::ZERO));
        }
        let bulk = self.bulk(&lowering, root, (0.0, to), &[])?;
        if bulk.is_finite() { Ok((at, bulk + Interval::new(-slack, slack))) } else { Err(none()) }
    }

    /// The integrand over all s ≥ 0, and where it may be cut off.
    fn changed(
        &self,
        change: &Change,
        by_logarithms: bool,
    ) -> Result<Option<Changed<'_>>, NumericError> {
        let (mut lowering, slope) = Lowering::changed(self.place, self.var, change);
        lowering.range.clone_from(self.range);
        lowering.by_logarithms = by_logarithms;
        let value = lowering.lower(self.body)?;
        let root = lowering.graph.binary(Binary::Mul, value, slope);
        if lowering.graph.value(root) == Some(Interval::ZERO) {
            return Ok(Some(Changed { lowering, root, to: 0.0, slack: 0.0 }));
        }
        let mut best: Option<(f64, f64)> = None;
        for depth in DEPTHS {
            let size = tail::integral(&lowering, root, self.var, depth, Side::Up);
            if let Some(size) = size.filter(|s| best.is_none_or(|(_, b)| *s < b)) {
                best = Some((depth, size));
                if size <= self.aim() {
                    break;
                }
            }
        }
        Ok(best.map(|(to, slack)| Changed { lowering, root, to, slack }))
    }
}

/// An integrand of a changed variable, up to where it is integrated, and a bound of what is left out.
struct Changed<'a> {
    lowering: Lowering<'a>,
    root: Id,
    to: f64,
    slack: f64,
}
