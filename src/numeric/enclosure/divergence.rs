//! Integrals and sums that are certainly infinite.
//!
//! An integral diverges where its integrand keeps away from 0 by a constant as the variable, or its logarithm, grows beyond
//! all bounds: |f(x)| ≥ c, or |x·f(x)| ≥ c, which bounds it from below by a harmonic series. That is shown with the same
//! polynomials in the distance that bound tails from above. Everything else in it must be shown to be finite, so that no
//! ∞ − ∞ is called infinite. What diverges more slowly, as 1/(x·ln x), is left open.

use super::binder::{End, Part, each_part, end, over_ends, scalar, set_of, weighted};
use super::graph::{Binary, Id};
use super::interval::Interval;
use super::lower::{Change, Lowering};
use super::place::Place;
use super::tail::{Side, sign_beyond};
use super::taylor::Series;
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term};

/// Definitions that are unfolded one inside the other.
const DEEPEST: usize = 32;

/// How far out a bound from below is looked for, in logarithms.
const DEPTHS: [f64; 4] = [1.0, 8.0, 32.0, 96.0];

/// The first terms of a sum, beyond which it is shown to diverge.
const FIRST: [f64; 3] = [8.0, 64.0, 512.0];

/// Shares of a range, as powers of two, beside an end.
const SHARES: [f64; 3] = [-3.0, -10.0, -30.0];

/// The infinity that a term is, where that is certain.
pub(super) fn of(term: &Term, place: &Place, depth: usize) -> Option<f64> {
    if depth > DEEPEST {
        return None;
    }
    let inner = |t: &Term| of(t, place, depth + 1);
    match term.node() {
        Node::Neg(a) => inner(a).map(|v| -v),
        Node::Sum(parts) => {
            let mut found = None;
            for part in parts.iter().filter(|part| finite(part, place).is_none()) {
                found = Some(joined(found, inner(part)?)?);
            }
            found
        }
        Node::Product(factors) => {
            let (mut sign, mut found) = (1.0, None);
            for factor in factors {
                match finite(factor, place) {
                    Some(value) => sign *= sign_of(value)?,
                    None if found.is_some() => return None,
                    None => found = Some(inner(factor)?),
                }
            }
            found.map(|v: f64| v * sign)
        }
        Node::Quotient(a, b) => Some(inner(a)? * sign_of(finite(b, place)?)?),
        Node::Binder(b) => of_binder(b, &place.inner().ok()?),
        Node::Call(..) | Node::Symbol(_) => inner(&place.catalogue.expand(term)?),
        _ => None,
    }
}

/// Both are the same infinity.
fn joined(known: Option<f64>, next: f64) -> Option<f64> {
    known.is_none_or(|known| known == next).then_some(next)
}

fn finite(term: &Term, place: &Place) -> Option<Interval> {
    scalar(term, place).ok().filter(|value| value.is_finite())
}

/// The sign of what is not 0.
fn sign_of(value: Interval) -> Option<f64> {
    match (value.lo() > 0.0, value.hi() < 0.0) {
        (true, _) => Some(1.0),
        (_, true) => Some(-1.0),
        _ => None,
    }
}

fn of_binder(b: &Binder, place: &Place) -> Option<f64> {
    let ends = |lo: &Term, hi: &Term| Some((end(lo, place).ok()?, end(hi, place).ok()?));
    match (b.op, &b.domain) {
        (BinderOp::Integral, Domain::Range(lo, hi)) => {
            integral(&b.var, ends(lo, hi)?, None, &b.body, place)
        }
        (BinderOp::Sum, Domain::Range(lo, hi)) => sum(&b.var, ends(lo, hi)?, &b.body, place),
        (BinderOp::Integral | BinderOp::Sum, Domain::Over(set)) => {
            over(set_of(set).ok()?, &b.var, &b.body, place)
        }
        (BinderOp::Expectation, Domain::Over(p)) => {
            let (var, body) = weighted(p, &b.var, &b.body, place);
            over(p, &var, &body, place)
        }
        _ => None,
    }
}

fn over(p: &Term, var: &Symbol, body: &Term, place: &Place) -> Option<f64> {
    let (ends, range, discrete) = over_ends(p, place).ok()?;
    if discrete { sum(var, ends, body, place) } else { integral(var, ends, range, body, place) }
}

fn integral(
    var: &Symbol,
    (lo, hi): (End, End),
    range: Option<(Term, Term)>,
    body: &Term,
    place: &Place,
) -> Option<f64> {
    if lo.hi > hi.lo {
        return None;
    }
    // What is seen of it: nothing yet, an infinity, or something that is neither.
    let mut found = Some(None);
    let visited = each_part(var, (lo, hi), range, body, place, &mut |part, open| {
        let value = if open { part.share() } else { part.value() };
        if !value.is_ok_and(Interval::is_finite) {
            let infinite = if open { None } else { part.infinity() };
            found = found.and_then(|known| Some(Some(joined(known, infinite?)?)));
        }
        Ok(())
    });
    visited.ok().and(found).flatten()
}

/// Σ f(k) is infinite where f(k), or k·f(k), keeps away from 0 on all numbers beyond one.
fn sum(var: &Symbol, (lo, hi): (End, End), body: &Term, place: &Place) -> Option<f64> {
    if hi.lo != f64::INFINITY || lo.lo != lo.hi || lo.lo.fract() != 0.0 || lo.lo.abs() > 1e15 {
        return None;
    }
    let range = Interval::new(lo.lo, f64::INFINITY);
    let mut lowering = Lowering::new(place, Some((var.clone(), range)));
    let root = lowering.lower(body).ok()?;
    if let Some(c) = lowering.graph.value(root) {
        return sign_of(c).map(|sign| sign * f64::INFINITY);
    }
    let mut series = Series::new(&lowering.graph, root, 0);
    for first in FIRST {
        let from = lo.lo.max(0.0) + first;
        let own = || sign_beyond(&lowering, root, var, from, Side::Up);
        let Some(sign) = own().or_else(|| harmonic(var, from, body, place)) else { continue };
        let mut k = lo.lo;
        while k < from {
            if !series.values(Interval::point(k)).is_finite() {
                return None;
            }
            k += 1.0;
        }
        return Some(sign * f64::INFINITY);
    }
    None
}

fn harmonic(var: &Symbol, from: f64, body: &Term, place: &Place) -> Option<f64> {
    let reach = Interval::new(from, f64::INFINITY);
    let change = Change { origin: 0.0, factor: Interval::point(from), grows: true, reach };
    let (mut lowering, slope) = Lowering::changed(place, var, &change);
    let value = lowering.lower(body).ok()?;
    let root = lowering.graph.binary(Binary::Mul, value, slope);
    sign_beyond(&lowering, root, var, 0.0, Side::Up)
}

impl Part<'_> {
    /// The infinity that the integral over this part is, where that is certain.
    fn infinity(&self) -> Option<f64> {
        let (lo, hi) = self.ends;
        let variable = Some((self.var.clone(), Interval::new(lo, hi)));
        let mut lowering = Lowering::new(self.place, variable);
        lowering.range.clone_from(self.range);
        let root = lowering.lower(self.body).ok()?;
        if let Some(c) = lowering.graph.value(root) {
            return sign_of(c).map(|sign| sign * f64::INFINITY);
        }
        let (mut from, mut to, mut found) = (lo, hi, None);
        for side in [Side::Up, Side::Down] {
            let target = if side == Side::Up { &mut to } else { &mut from };
            if target.is_finite() {
                continue;
            }
            match self.beyond(side, &lowering, root) {
                Ok((at, value)) if value.is_finite() => *target = at,
                _ => {
                    let (at, sign) = self.grows(side, &lowering, root)?;
                    *target = at;
                    found = Some(joined(found, sign * f64::INFINITY)?);
                }
            }
        }
        let ends = (from, to);
        for (end, other, target) in [(lo, ends.1, &mut from), (hi, ends.0, &mut to)] {
            if !end.is_finite() || super::ends::is_bounded(&lowering, root, (end, other)) {
                continue;
            }
            match self.near(end, other, false) {
                Ok((at, value)) if value.is_finite() => *target = at,
                _ => {
                    let (at, sign) = self.grows_beside(end, other)?;
                    *target = at;
                    found = Some(joined(found, sign * f64::INFINITY)?);
                }
            }
        }
        let bulk = self.bulk(&lowering, root, (from, to), &[]).ok()?;
        found.filter(|_| bulk.is_finite())
    }

    /// A place beyond which the integral is infinite, and its sign.
    fn grows(&self, side: Side, lowering: &Lowering, root: Id) -> Option<(f64, f64)> {
        let (lo, hi) = self.ends;
        for reach in [6.0, 24.0, 160.0] {
            let at = self.start(side, reach);
            if !(at > lo && at < hi) {
                continue;
            }
            if let Some(sign) = sign_beyond(lowering, root, self.var, at, side) {
                return Some((at, sign));
            }
        }
        let at = self.remote(side, 4.0)?;
        let reach = if side == Side::Up { Interval::new(at, hi) } else { Interval::new(lo, at) };
        let change = Change { origin: 0.0, factor: Interval::point(at), grows: true, reach };
        Some((at, self.grows_changed(&change)?))
    }

    /// The same beside a finite end.
    fn grows_beside(&self, end: f64, other: f64) -> Option<(f64, f64)> {
        SHARES.into_iter().find_map(|share| {
            let at = end + (other - end) * share.exp2();
            if at == end {
                return None;
            }
            let factor = Interval::point(at) - Interval::point(end);
            let reach = Interval::new(end.min(at), end.max(at));
            let change = Change { origin: end, factor, grows: false, reach };
            Some((at, self.grows_changed(&change)?))
        })
    }

    fn grows_changed(&self, change: &Change) -> Option<f64> {
        let (mut lowering, slope) = Lowering::changed(self.place, self.var, change);
        lowering.range.clone_from(self.range);
        let value = lowering.lower(self.body).ok()?;
        let root = lowering.graph.binary(Binary::Mul, value, slope);
        DEPTHS.into_iter().find_map(|depth| {
            let sign = sign_beyond(&lowering, root, self.var, depth, Side::Up)?;
            let bulk = self.bulk(&lowering, root, (0.0, depth), &[]).ok()?;
            bulk.is_finite().then_some(sign)
        })
    }
}
