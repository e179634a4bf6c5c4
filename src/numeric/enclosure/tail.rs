//! What lies beyond a point: majorants e^(r·u)·Σ aₖuᵏ of |f|, in the distance u ≥ 0 from it.
//!
//! Polynomials are expanded at the point; exponentials of polynomials whose higher coefficients are not positive are
//! bounded by their first two; densities by what their distribution states of its tail, or else by their own formula.
//! The integral of a majorant over u ≥ 0 is Σ aₖ·k!/(−r)^(k+1), its sum over u = 1, 2, … at most Σ aₖ·k!·q/(1 − q)^(k+1)
//! with q = e^r, since uᵏ ≤ k!·C(u + k − 1, k).

use std::cell::Cell;

use super::graph::{Binary, Id, Op, Unary};
use super::interval::Interval;
use super::lower::Lowering;
use super::majorant::{Above, Majorant, above_both, added, steeper};
use super::taylor::Series;
use crate::term::{Symbol, Term, fresh_name};

/// Polynomials of higher degree are not expanded.
const MOST_DEGREE: usize = 12;

/// Nodes that are looked at for one majorant, counted with repetition.
const MOST_VISITS: usize = 20_000;

/// Summands beyond which none is looked for that outweighs the others.
const MOST_SUMMANDS: usize = 6;

/// Which way the tail goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Up,
    Down,
}

/// A graph seen from a point outwards.
struct Beyond<'a, 'b> {
    lowering: &'a Lowering<'b>,
    variable: &'a Symbol,
    from: f64,
    side: Side,
    local: Series<'a>,
    ranges: Series<'a>,
    visits: Cell<usize>,
}

/// A bound of the integral of |f| over everything beyond `from`.
pub(super) fn integral(
    lowering: &Lowering,
    root: Id,
    variable: &Symbol,
    from: f64,
    side: Side,
) -> Option<f64> {
    let m = Beyond::new(lowering, root, variable, from, side).majorant(root)?;
    if m.rate.hi() >= 0.0 {
        return m.coefficients.iter().all(|c| c.hi() == 0.0).then_some(0.0);
    }
    let rate = Interval::point(-m.rate.hi());
    let mut term = rate.recip();
    let mut total = Interval::ZERO;
    for (k, a) in (1_u32..).zip(&m.coefficients) {
        total = total + *a * term;
        term = term * Interval::point(f64::from(k)) / rate;
    }
    Some(total.hi()).filter(|t| t.is_finite())
}

/// A bound of the sum of |f| over the integers beyond `from`, which is one.
pub(super) fn sum(
    lowering: &Lowering,
    root: Id,
    variable: &Symbol,
    from: f64,
    side: Side,
) -> Option<f64> {
    let m = Beyond::new(lowering, root, variable, from, side).majorant(root)?;
    let q = Interval::point(Interval::point(m.rate.hi()).exp().hi());
    let rest = Interval::ONE - q;
    if rest.lo() <= 0.0 {
        return None;
    }
    let mut term = q / rest;
    let mut total = Interval::ZERO;
    for (k, a) in (1_u32..).zip(&m.coefficients) {
        total = total + *a * term;
        term = term * Interval::point(f64::from(k)) / rest;
    }
    Some(total.hi()).filter(|t| t.is_finite())
}

/// The sign of a function that keeps away from 0 by a constant on everything beyond `from`, where that is certain.
pub(super) fn sign_beyond(
    lowering: &Lowering,
    root: Id,
    variable: &Symbol,
    from: f64,
    side: Side,
) -> Option<f64> {
    let beyond = Beyond::new(lowering, root, variable, from, side);
    // −ln |f| ≤ a polynomial that does not rise.
    let above = beyond.ln_above(root, true)?;
    let falls = above.iter().skip(1).all(|c| c.hi() <= 0.0);
    if !(falls && above.first().is_none_or(|c| c.hi() < f64::INFINITY)) {
        return None;
    }
    Some(if beyond.is_positive(root)? { 1.0 } else { -1.0 })
}

impl<'a, 'b> Beyond<'a, 'b> {
    fn new(
        lowering: &'a Lowering<'b>,
        root: Id,
        variable: &'a Symbol,
        from: f64,
        side: Side,
    ) -> Self {
        let mut local = Series::new(&lowering.graph, root, MOST_DEGREE);
        local.about(Interval::point(from), Interval::ONE, MOST_DEGREE);
        let mut ranges = Series::new(&lowering.graph, root, 0);
        ranges.values(match side {
            Side::Up => Interval::new(from, f64::INFINITY),
            Side::Down => Interval::new(f64::NEG_INFINITY, from),
        });
        Self { lowering, variable, from, side, local, ranges, visits: Cell::new(0) }
    }

    fn range(&self, id: Id) -> Interval {
        self.ranges.of(id)[0]
    }

    /// The sign of what is not 0, where it is the same everywhere.
    fn is_positive(&self, id: Id) -> Option<bool> {
        self.visit()?;
        if let Some(sign) = sign_of(self.range(id)) {
            return Some(sign);
        }
        match self.lowering.graph.op(id) {
            Op::Unary(Unary::Neg, a) => self.is_positive(a).map(|sign| !sign),
            Op::Binary(Binary::Mul | Binary::Div, a, b) => {
                Some(self.is_positive(a)? == self.is_positive(b)?)
            }
            Op::Binary(Binary::Add, ..) => {
                let mut parts = Vec::new();
                self.summands(id, &mut parts);
                if parts.len() > MOST_SUMMANDS {
                    return None;
                }
                let outweighs = |part: &&Id| {
                    let own = self.reciprocal(**part);
                    own.is_some_and(|own| self.outweighed(&own, **part, &parts).is_some())
                };
                let largest = parts.iter().find(outweighs)?;
                self.is_positive(*largest)
            }
            _ => None,
        }
    }

    /// A polynomial in the variable as one in u.
    fn polynomial(&self, id: Id) -> Option<Vec<Interval>> {
        self.lowering.graph.degree(id).filter(|degree| *degree <= MOST_DEGREE)?;
        let turned = |(k, c): (usize, &Interval)| {
            if self.side == Side::Down && k % 2 == 1 { -*c } else { *c }
        };
        let all: Vec<_> = self.local.of(id).iter().enumerate().map(turned).collect();
        all.iter().all(|c| c.is_finite()).then_some(all)
    }

    fn bounded(&self, id: Id) -> Option<Majorant> {
        Majorant::constant(self.range(id).magnitude())
    }

    /// Counts a visit, while there are any left.
    fn visit(&self) -> Option<()> {
        self.visits.set(self.visits.get() + 1);
        (self.visits.get() <= MOST_VISITS).then_some(())
    }

    /// A bound of |f|.
    fn majorant(&self, id: Id) -> Option<Majorant> {
        self.visit()?;
        if let Some(stated) = self.stated(id) {
            return Some(stated);
        }
        if let Some(p) = self.polynomial(id) {
            return Majorant::polynomial(&p);
        }
        let own = match self.lowering.graph.op(id) {
            Op::Const(..) | Op::Variable => None,
            Op::Unary(f, a) => self.of_unary(f, a),
            Op::Binary(f, a, b) => match f {
                Binary::Add | Binary::Min | Binary::Max => {
                    Some(self.majorant(a)?.plus(&self.majorant(b)?))
                }
                Binary::Mul => self
                    .majorant(a)
                    .zip(self.majorant(b))
                    .map(|(a, b)| a.times(&b))
                    .or_else(|| self.by_logarithms(a, b, false)),
                Binary::Div => self
                    .majorant(a)
                    .zip(self.reciprocal(b))
                    .map(|(a, b)| a.times(&b))
                    .or_else(|| self.by_logarithms(a, b, true)),
                Binary::Pow => self.general_power(a, b),
                Binary::PowerSlope => None,
                Binary::Choose | Binary::LnChoose => None,
            },
            Op::Powi(a, n) if n > 0 => Some(self.majorant(a)?.power(n.unsigned_abs())),
            Op::Powi(a, n) => Some(self.reciprocal(a)?.power(n.unsigned_abs())),
            // erfc(a) ≤ exp(−a²) for a ≥ 0
            Op::Erf(Unary::Erfc, a, kernel) if self.range(a).lo() >= 0.0 => self.majorant(kernel),
            Op::Erf(..) => None,
        };
        own.or_else(|| self.bounded(id))
    }

    /// |a·b| or |a/b| as the exponential of its logarithm, in which factors meet that do not fall on their own.
    fn by_logarithms(&self, a: Id, b: Id, divided: bool) -> Option<Majorant> {
        Majorant::exp(&added(&self.ln_above(a, false)?, &self.ln_above(b, divided)?))
    }

    fn of_unary(&self, f: Unary, a: Id) -> Option<Majorant> {
        match f {
            Unary::Neg | Unary::Abs | Unary::OrZero => self.majorant(a),
            Unary::Exp => Majorant::exp(&self.above(a, false)?),
            Unary::Ln => {
                let (over, under) = (self.ln_above(a, false)?, self.ln_above(a, true)?);
                self.between(&over, &under)
            }
            Unary::LnFactorial | Unary::Lngamma => {
                let one = Interval::point(if f == Unary::Lngamma { 0.0 } else { 1.0 });
                let over = self.lngamma_above(a, one, false)?;
                self.between(&over, &self.lngamma_above(a, one, true)?)
            }
            Unary::Factorial | Unary::Tgamma => {
                let one = Interval::point(if f == Unary::Tgamma { 0.0 } else { 1.0 });
                Majorant::exp(&self.lngamma_above(a, one, false)?)
            }
            // √y ≤ 1 + y, |⌊y⌋| ≤ 1 + |y|
            Unary::Sqrt => self
                .half_ln(a, false)
                .and_then(|p| Majorant::exp(&p))
                .or_else(|| Some(self.majorant(a)?.plus(&Majorant::constant(1.0)?))),
            Unary::Floor => Some(self.majorant(a)?.plus(&Majorant::constant(1.0)?)),
            _ => None,
        }
    }

    /// A bound of |f| from f ≤ P and −f ≤ Q.
    fn between(&self, over: &[Interval], under: &[Interval]) -> Option<Majorant> {
        let larger = |k: usize| {
            let at = |v: &[Interval]| v.get(k).map_or(0.0, |c| c.hi());
            Interval::point(at(over).max(at(under)).max(0.0))
        };
        Majorant::polynomial(&(0..over.len().max(under.len())).map(larger).collect::<Vec<_>>())
    }

    /// A bound of 1/|f|.
    fn reciprocal(&self, id: Id) -> Option<Majorant> {
        self.visit()?;
        match self.lowering.graph.op(id) {
            Op::Unary(Unary::Exp, u) => return Majorant::exp(&self.above(u, true)?),
            Op::Unary(Unary::Neg | Unary::Abs, a) => return self.reciprocal(a),
            Op::Unary(Unary::Sqrt, a) => {
                return self.half_ln(a, true).and_then(|p| Majorant::exp(&p));
            }
            Op::Unary(Unary::Factorial, a) => {
                return Majorant::exp(&self.lngamma_above(a, Interval::ONE, true)?);
            }
            Op::Binary(Binary::Pow, a, b) => {
                return Majorant::exp(&self.ln_of_power(a, b, true)?);
            }
            Op::Binary(Binary::Mul, a, b) => {
                return Some(self.reciprocal(a)?.times(&self.reciprocal(b)?));
            }
            Op::Binary(Binary::Div, a, b) => {
                return Some(self.reciprocal(a)?.times(&self.majorant(b)?));
            }
            Op::Powi(a, n) if n > 0 => return Some(self.reciprocal(a)?.power(n.unsigned_abs())),
            _ => {}
        }
        let least = self.range(id).abs().lo();
        let flat = (least > 0.0)
            .then(|| Majorant::constant(Interval::point(least).recip().hi()))
            .flatten();
        match (flat, self.reciprocal_of_sum(id)) {
            (Some(a), Some(b)) => Some(a.faster(b)),
            (a, b) => a.or(b),
        }
    }

    /// The summands of a sum, if they are few; and whether none is negative.
    fn summands(&self, id: Id, out: &mut Vec<Id>) -> bool {
        match self.lowering.graph.op(id) {
            Op::Binary(Binary::Add, a, b) if out.len() <= MOST_SUMMANDS => {
                let a = self.summands(a, out);
                self.summands(b, out) && a
            }
            _ => {
                out.push(id);
                self.range(id).lo() >= 0.0
            }
        }
    }

    /// A bound of 1/|f| for a sum: of what is not negative, that of one part; else that of a part which outweighs the others.
    fn reciprocal_of_sum(&self, id: Id) -> Option<Majorant> {
        let mut parts = Vec::new();
        let positive = self.summands(id, &mut parts);
        if !(2..=MOST_SUMMANDS).contains(&parts.len()) {
            return None;
        }
        let mut best: Option<Majorant> = None;
        for part in &parts {
            let Some(own) = self.reciprocal(*part) else { continue };
            let own = match positive {
                true => own,
                false => {
                    let Some(share) = self.outweighed(&own, *part, &parts) else { continue };
                    let rest = (Interval::ONE - share).recip();
                    let Some(rest) = Majorant::constant(rest.hi()) else { continue };
                    own.times(&rest)
                }
            };
            best = Some(match best {
                Some(best) => best.faster(own),
                None => own,
            });
        }
        best
    }

    /// How large the sum of all other parts is at most relative to one, of which the reciprocal is bounded; less than 1.
    fn outweighed(&self, reciprocal: &Majorant, part: Id, parts: &[Id]) -> Option<Interval> {
        let mut rest: Option<Majorant> = None;
        for other in parts.iter().filter(|other| **other != part) {
            let own = self.majorant(*other)?;
            rest = Some(match rest {
                Some(rest) => rest.plus(&own),
                None => own,
            });
        }
        let share = rest?.times(reciprocal).greatest()?;
        (share < 1.0).then(|| Interval::point(share))
    }

    /// A polynomial above ½·ln f, or above its negative.
    fn half_ln(&self, id: Id, negative: bool) -> Option<Above> {
        let half = Interval::point(0.5);
        Some(self.ln_above(id, negative)?.iter().map(|c| *c * half).collect())
    }

    /// a^b through its logarithm, for a > 0, where a or b is fixed.
    fn general_power(&self, a: Id, b: Id) -> Option<Majorant> {
        Majorant::exp(&self.ln_of_power(a, b, false)?)
    }

    /// A polynomial above b·ln a, or above its negative, where a or b is fixed.
    fn ln_of_power(&self, a: Id, b: Id, negative: bool) -> Option<Above> {
        if let Some(a) = self.lowering.graph.value(a) {
            let ln = a.ln();
            return if ln.is_finite() { self.multiple(b, ln, negative) } else { None };
        }
        let (negative, size) = signed(self.lowering.graph.value(b)?, negative)?;
        Some(self.ln_above(a, negative)?.iter().map(|c| *c * size).collect())
    }

    /// A polynomial above f, or above −f.
    fn above(&self, id: Id, negative: bool) -> Option<Above> {
        self.visit()?;
        let graph = &self.lowering.graph;
        if let Some(p) = self.polynomial(id) {
            return Some(if negative { p.iter().map(|c| -*c).collect() } else { p });
        }
        let own = match graph.op(id) {
            Op::Unary(Unary::Neg, a) => self.above(a, !negative),
            Op::Unary(Unary::Abs, a) if negative => self.below_both(a),
            Op::Unary(Unary::Exp, u) if negative => self.below_exp(&self.above(u, true)?),
            Op::Binary(Binary::Pow, a, b) if negative => {
                self.below_exp(&self.ln_of_power(a, b, true)?)
            }
            Op::Powi(a, n) if negative && (n % 2 == 0 || self.range(a).lo() >= 0.0) => {
                self.below_exp(&self.ln_above(id, true)?)
            }
            Op::Unary(Unary::Ln, a) => self.ln_above(a, negative),
            Op::Unary(Unary::LnFactorial, a) => self.lngamma_above(a, Interval::ONE, negative),
            Op::Unary(Unary::Lngamma, a) => self.lngamma_above(a, Interval::ZERO, negative),
            Op::Binary(Binary::Add, a, b) => {
                self.above(a, negative).zip(self.above(b, negative)).map(|(a, b)| added(&a, &b))
            }
            Op::Binary(Binary::Mul, a, b) => match (graph.value(a), graph.value(b)) {
                (Some(c), _) => self.multiple(b, c, negative),
                (_, Some(c)) => self.multiple(a, c, negative),
                _ => {
                    let one =
                        steeper(self.one_fixed(a, b, negative), self.one_fixed(b, a, negative));
                    steeper(one, self.below_product(id, a, b, negative))
                }
            },
            _ => None,
        };
        own.or_else(|| {
            let range = self.range(id);
            let top = if negative { -range.lo() } else { range.hi() };
            top.is_finite().then(|| vec![Interval::point(top)])
        })
    }

    /// A polynomial above −e^v from one above −v, v ≥ p + r·u: e^v ≥ e^p·(1 + r·u).
    fn below_exp(&self, below: &[Interval]) -> Option<Above> {
        if below.iter().skip(2).any(|c| c.hi().is_nan() || c.hi() > 0.0) {
            return None;
        }
        let at = |k: usize| below.get(k).map_or(0.0, |c| c.hi());
        let size = Interval::point(-at(0)).exp();
        let all = vec![-size, size * Interval::point(at(1))];
        all.iter().all(|c| c.is_finite()).then_some(all)
    }

    /// A polynomial above ±a·b for factors of known signs, from the least or the greatest value of |a|.
    fn one_fixed(&self, a: Id, b: Id, negative: bool) -> Option<Above> {
        let (ra, rb) = (self.range(a), self.range(b));
        let (sa, sb) = (sign_of(ra)?, sign_of(rb)?);
        let below = (sa == sb) == negative;
        let size = if below { ra.abs().lo() } else { ra.abs().hi() };
        // ±a·b is −|a|·|b|, or |a|·|b|
        let p = self.above(b, below == sb)?;
        let size = Interval::point(size);
        let all: Above = p.iter().map(|c| *c * size).collect();
        all.iter().all(|c| c.is_finite()).then_some(all)
    }

    /// A polynomial above ±a·b where that is −|a|·|b|, from that above −ln |a·b|.
    fn below_product(&self, id: Id, a: Id, b: Id, negative: bool) -> Option<Above> {
        let (sa, sb) = (sign_of(self.range(a))?, sign_of(self.range(b))?);
        ((sa == sb) == negative).then(|| self.below_exp(&self.ln_above(id, true)?)).flatten()
    }

    /// A polynomial above −|f|, which is neither above f nor above −f: the one that falls faster.
    fn below_both(&self, id: Id) -> Option<Above> {
        steeper(self.above(id, true), self.above(id, false))
    }

    fn multiple(&self, id: Id, c: Interval, negative: bool) -> Option<Above> {
        let (negative, size) = signed(c, negative)?;
        Some(self.above(id, negative)?.iter().map(|x| *x * size).collect())
    }

    /// A polynomial above ln |f|, or above −ln |f|.
    fn ln_above(&self, id: Id, negative: bool) -> Option<Above> {
        self.visit()?;
        let graph = &self.lowering.graph;
        if let Some(value) = graph.value(id) {
            let ln = value.abs().ln();
            return ln.is_finite().then(|| vec![if negative { -ln } else { ln }]);
        }
        let own = match graph.op(id) {
            Op::Unary(Unary::Exp, u) => self.above(u, negative),
            Op::Binary(Binary::Pow, a, b) => self.ln_of_power(a, b, negative),
            Op::Unary(Unary::Abs | Unary::Neg, a) => self.ln_above(a, negative),
            Op::Unary(Unary::Sqrt, a) => self.half_ln(a, negative),
            Op::Powi(a, n) => {
                let (negative, size) = signed(Interval::point(f64::from(n)), negative)?;
                self.ln_above(a, negative).map(|p| p.iter().map(|c| *c * size).collect())
            }
            Op::Binary(Binary::PowerSlope, ..) => {
                let ln = self.range(id).abs().ln();
                let top = if negative { -ln.lo() } else { ln.hi() };
                top.is_finite().then(|| vec![Interval::point(top)])
            }
            Op::Binary(Binary::Min | Binary::Max, a, b)
                if self.range(a).lo() >= 0.0 && self.range(b).lo() >= 0.0 =>
            {
                let (p, q) = (self.ln_above(a, negative), self.ln_above(b, negative));
                let least = matches!(graph.op(id), Op::Binary(Binary::Min, ..));
                if least == negative {
                    p.zip(q).map(|(p, q)| above_both(&p, &q))
                } else {
                    steeper(p, q)
                }
            }
            Op::Binary(Binary::Mul, a, b) => self
                .ln_above(a, negative)
                .zip(self.ln_above(b, negative))
                .map(|(a, b)| added(&a, &b)),
            Op::Binary(Binary::Div, a, b) => self
                .ln_above(a, negative)
                .zip(self.ln_above(b, !negative))
                .map(|(a, b)| added(&a, &b)),
            Op::Binary(Binary::Add, ..) if negative => self.ln_of_sum(id),
            _ => None,
        };
        own.or_else(|| if negative { self.ln_of_range(id) } else { self.ln_of_majorant(id) })
    }

    /// A polynomial above −ln |f| for a sum: one that is not negative is not below any part, and one with a part that
    /// outweighs the others by a share is not below the rest of that part.
    fn ln_of_sum(&self, id: Id) -> Option<Above> {
        let mut parts = Vec::new();
        let positive = self.summands(id, &mut parts);
        if parts.len() > MOST_SUMMANDS {
            return None;
        }
        let mut best = self.ln_of_range(id);
        for part in &parts {
            let Some(own) = self.ln_above(*part, true) else { continue };
            let own = match positive {
                true => own,
                false => {
                    let Some(reciprocal) = self.reciprocal(*part) else { continue };
                    let Some(share) = self.outweighed(&reciprocal, *part, &parts) else { continue };
                    added(&own, &[-(Interval::ONE - share).ln()])
                }
            };
            best = steeper(best, Some(own).filter(|p| p.iter().all(|c| c.is_finite())));
        }
        best
    }

    /// −ln f from the least value of f.
    fn ln_of_range(&self, id: Id) -> Option<Above> {
        let least = self.range(id).lo();
        let ln = (least > 0.0).then(|| -Interval::point(least).ln())?;
        ln.is_finite().then(|| vec![ln])
    }

    /// ln f ≤ r·u + ln a₀ + d·ρ·u, where Σ aₖuᵏ ≤ a₀·(1 + ρu)ᵈ.
    fn ln_of_majorant(&self, id: Id) -> Option<Above> {
        let m = self.majorant(id)?;
        let degree = m.coefficients.len() - 1;
        let first = Interval::point(m.coefficients.iter().map(|c| c.hi()).next()?.max(1e-300));
        let mut rho = 0.0_f64;
        let mut binomial = Interval::ONE;
        for (k, a) in m.coefficients.iter().enumerate().skip(1) {
            let steps = Interval::point((degree - k + 1) as f64) / Interval::point(k as f64);
            binomial = binomial * steps;
            let ratio = (Interval::point(a.hi()) / (first * binomial)).hi();
            if ratio > 0.0 {
                // y^(1/k) for any k by exp and ln, rounded up.
                let root = Interval::point(ratio).pow(Interval::ONE / Interval::point(k as f64));
                rho = rho.max(root.hi());
            }
        }
        let slope = m.rate + Interval::point(degree as f64) * Interval::point(rho);
        let above = vec![first.ln(), slope];
        above.iter().all(|c| c.is_finite()).then_some(above)
    }

    /// ±ln Γ(z + one) for a z that grows in proportion to u: from below by its tangent, as it is convex, with
    /// ψ(z) ≥ ψ there; from above by (z − ½)·ln z − z + ½·ln 2π + 1/12z with ln z ≤ ln z₀ + (z − z₀)/z₀, for z ≥ 1.
    fn lngamma_above(&self, a: Id, one: Interval, negative: bool) -> Option<Above> {
        let p = self.polynomial(a)?;
        let (start, step) = match p.as_slice() {
            [z] => (*z + one, Interval::ZERO),
            [z, step] => (*z + one, *step),
            _ => return None,
        };
        if start.lo() < 1.0 || step.lo() < 0.0 {
            return None;
        }
        if negative {
            let tangent = start.digamma() * step;
            return Some(vec![-start.lngamma(), -tangent]);
        }
        let bound = super::elementary::LN_2PI * Interval::point(0.5)
            + (Interval::point(12.0) * start).recip();
        let ratio = step / start;
        // (z₀ + s·u)·(ln z₀ + (s/z₀)·u) − z₀ − s·u + bound
        Some(vec![
            start * start.ln() - start + bound,
            step * start.ln() + start * ratio - step,
            step * ratio,
        ])
    }

    /// What the distribution of a density states of its tail.
    fn stated(&self, id: Id) -> Option<Majorant> {
        let (_, distribution) = self.lowering.densities.iter().find(|(own, _)| *own == id)?;
        let place = self.lowering.place;
        let start = fresh_name(&Symbol::new("t"), |name| {
            name == self.variable || distribution.mentions(name) || place.get(name).is_some()
        });
        let (from, bound) = place.catalogue.tail(
            distribution,
            &Term::symbol(start.clone()),
            &Term::symbol(self.variable.clone()),
        )?;
        let from = super::binder::scalar(&from, place).ok()?;
        let reached = match self.side {
            Side::Up => self.from >= from.hi(),
            Side::Down => self.from <= from.lo(),
        };
        if !reached {
            return None;
        }
        let here = place.inner().ok()?.with(&start, Interval::point(self.from));
        let range = match self.side {
            Side::Up => Interval::new(self.from, f64::INFINITY),
            Side::Down => Interval::new(f64::NEG_INFINITY, self.from),
        };
        let mut lowering = Lowering::new(&here, Some((self.variable.clone(), range)));
        let root = lowering.lower(&bound).ok()?;
        let decay =
            Beyond::new(&lowering, root, self.variable, self.from, self.side).majorant(root)?;
        let at_start = Majorant::constant(self.local.of(id)[0].magnitude())?;
        Some(decay.times(&at_start))
    }
}

/// Whether a range is not negative, where it has one sign.
fn sign_of(range: Interval) -> Option<bool> {
    match (range.lo() >= 0.0, range.hi() <= 0.0) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// A factor of known sign as its size, and the direction of what it multiplies: a negative one turns it round.
fn signed(c: Interval, negative: bool) -> Option<(bool, Interval)> {
    match (c.lo() >= 0.0, c.hi() <= 0.0) {
        (true, _) => Some((negative, c)),
        (_, true) => Some((!negative, -c)),
        _ => None,
    }
}
