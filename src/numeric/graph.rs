//! The expression graph: hash-consed nodes, folded as they are made.
//!
//! Invariant: a node all of whose operands are constants is a constant, and each constant carries an absolute error
//! bound to first order (its operands' errors, propagated by one-sided differences, plus half an ulp per operation;
//! the running error analysis of Wilkinson 1963). Equal nodes have equal ids, so common subexpressions are shared.

use rustc_hash::FxHashMap;

use super::special;

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Id(pub u32);

/// Functions of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Unary {
    Exp,
    /// exp(x) − 1, which keeps its digits where x is small.
    ExpLessOne,
    Ln,
    /// ln(1 + x), the same.
    LnOneMore,
    Sqrt,
    Abs,
    Sign,
    Recip,
    Sin,
    Cos,
    Erf,
    Erfc,
    Tgamma,
    Lngamma,
    Digamma,
    Trigamma,
    BesselI0,
    BesselI1,
    Expint,
    /// exp(x) E₁(x): what is left of it when its decay is in an exponent.
    ExpintScaled,
    /// exp(−|x|) I₀(x): what is left of it when its growth is in an exponent.
    BesselI0Scaled,
    Floor,
    Factorial,
    LnFactorial,
}

/// Functions of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    /// A product that is 0 as soon as one factor is: the convention 0·ln 0 = 0 of integrands.
    Weigh,
    Div,
    Pow,
    Min,
    Max,
    /// How many ways there are to choose.
    Choose,
    LnChoose,
}

/// A node. Floating-point payloads are kept as bits, for hashing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Op {
    /// A value and its absolute error.
    Const(u64, u64),
    /// The n-th input lane.
    Input(u32),
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    Powi(Id, i32),
    /// `c·a`.
    Scale(Id, u64),
    /// `a + c`.
    Shift(Id, u64),
    /// The value where `lo ≤ x ≤ hi`, else 0.
    Within {
        value: Id,
        x: Id,
        lo: Id,
        hi: Id,
    },
    /// A binder evaluated lane by lane: an index into the lowering's table.
    Nested(u32),
}

impl Op {
    /// The nodes that it is computed from, but for those of a binder, which only the lowering knows.
    pub fn operands(self) -> Vec<Id> {
        match self {
            Self::Const(..) | Self::Input(_) | Self::Nested(_) => Vec::new(),
            Self::Unary(_, a) | Self::Powi(a, _) | Self::Scale(a, _) | Self::Shift(a, _) => vec![a],
            Self::Binary(_, a, b) => vec![a, b],
            Self::Within { value, x, lo, hi } => vec![value, x, lo, hi],
        }
    }
}

impl Unary {
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Exp => x.exp(),
            Self::ExpLessOne => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::LnOneMore => x.ln_1p(),
            Self::Sqrt => x.sqrt(),
            Self::Abs => x.abs(),
            Self::Sign => sign(x),
            Self::Recip => 1.0 / x,
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Erf => special::erf(x),
            Self::Erfc => special::erfc(x),
            Self::Tgamma => special::tgamma(x),
            Self::Lngamma => special::lngamma(x),
            Self::Digamma => special::digamma(x),
            Self::Trigamma => special::trigamma(x),
            Self::BesselI0 => special::bessel_i0(x),
            Self::BesselI1 => special::bessel_i1(x),
            Self::Expint => special::expint(x),
            Self::ExpintScaled => special::expint_scaled(x),
            Self::BesselI0Scaled => special::bessel_i0_scaled(x),
            Self::Floor => x.floor(),
            Self::Factorial => special::factorial(x),
            Self::LnFactorial => special::ln_factorial(x),
        }
    }
}

impl Binary {
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Weigh => weigh(a, b),
            Self::Div => a / b,
            Self::Pow => a.powf(b),
            Self::Min => least(a, b),
            Self::Max => greatest(a, b),
            Self::Choose => special::choose(a, b),
            Self::LnChoose => special::ln_choose(a, b),
        }
    }
}

/// −1, 0 or 1, or not a number.
pub(super) fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// The product of the integrand convention.
pub(super) fn weigh(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b < a { b } else { a }
}

fn greatest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b > a { b } else { a }
}

/// The graph under construction.
#[derive(Clone, Default)]
pub(super) struct Graph {
    ops: Vec<Op>,
    index: FxHashMap<Op, Id>,
}

impl Graph {
    pub fn op(&self, id: Id) -> Op {
        self.ops[id.0 as usize]
    }

    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// The node `op`, made unless it exists.
    pub fn intern(&mut self, op: Op) -> Id {
        let next = Id(self.ops.len() as u32);
        let ops = &mut self.ops;
        *self.index.entry(op).or_insert_with(|| {
            ops.push(op);
            next
        })
    }

    /// An exact constant.
    pub fn constant(&mut self, value: f64) -> Id {
        self.measured(value, 0.0)
    }

    /// A constant known to within `error`.
    pub fn measured(&mut self, value: f64, error: f64) -> Id {
        // One zero and one NaN, so that equal constants share a node.
        self.intern(Op::Const((value + 0.0).to_bits(), error.to_bits()))
    }

    /// Value and error, if this is a constant.
    pub fn known(&self, id: Id) -> Option<(f64, f64)> {
        match self.op(id) {
            Op::Const(value, error) => Some((f64::from_bits(value), f64::from_bits(error))),
            _ => None,
        }
    }

    /// The value, if this is a constant.
    pub fn value(&self, id: Id) -> Option<f64> {
        self.known(id).map(|(value, _)| value)
    }

    pub fn unary(&mut self, f: Unary, a: Id) -> Id {
        match self.known(a) {
            Some((x, e)) => {
                let value = f.apply(x);
                self.folded(value, change(|t| f.apply(t), x, e, value))
            }
            None => self.intern(Op::Unary(f, a)),
        }
    }

    pub fn binary(&mut self, f: Binary, a: Id, b: Id) -> Id {
        let (x, y) = (self.known(a), self.known(b));
        if let (Some((x, dx)), Some((y, dy))) = (x, y) {
            let value = f.apply(x, y);
            let error =
                change(|t| f.apply(t, y), x, dx, value) + change(|t| f.apply(x, t), y, dy, value);
            return self.folded(value, error);
        }
        match (f, x.map(|c| c.0), y.map(|c| c.0)) {
            (Binary::Add, Some(c), None) => self.shift(b, c),
            (Binary::Add, None, Some(c)) => self.shift(a, c),
            (Binary::Sub, None, Some(c)) => self.shift(a, -c),
            (Binary::Sub, Some(c), None) => {
                let negated = self.scale(b, -1.0);
                self.shift(negated, c)
            }
            (Binary::Mul, Some(c), None) => self.scale(b, c),
            (Binary::Mul, None, Some(c)) => self.scale(a, c),
            (Binary::Weigh, Some(c), None) if c.is_finite() => self.weighed(b, c),
            (Binary::Weigh, None, Some(c)) if c.is_finite() => self.weighed(a, c),
            (Binary::Div, None, Some(c)) if (1.0 / c).is_normal() => self.scale(a, 1.0 / c),
            (Binary::Div, Some(c), None) => {
                let inverse = self.unary(Unary::Recip, b);
                self.scale(inverse, c)
            }
            (Binary::Pow, _, Some(c)) => self.power(a, b, c),
            _ => self.intern(Op::Binary(f, a, b)),
        }
    }

    fn weighed(&mut self, a: Id, c: f64) -> Id {
        if c == 0.0 { self.constant(0.0) } else { self.scale(a, c) }
    }

    fn folded(&mut self, value: f64, propagated: f64) -> Id {
        let rounding = value.abs() * (f64::EPSILON / 2.0);
        let error = propagated + if value.is_finite() { rounding } else { 0.0 };
        self.measured(value, if error.is_nan() { 0.0 } else { error })
    }

    /// `c·a`.
    pub fn scale(&mut self, a: Id, c: f64) -> Id {
        match self.op(a) {
            Op::Const(v, e) => {
                let (v, e) = (f64::from_bits(v), f64::from_bits(e));
                // Changing the sign is exact.
                if c == -1.0 { self.measured(-v, e) } else { self.folded(c * v, e * c.abs()) }
            }
            Op::Scale(inner, d) => self.scale(inner, c * f64::from_bits(d)),
            // Also exact, and 1 − (1 − y) becomes y.
            Op::Shift(inner, d) if c == -1.0 => {
                let negated = self.scale(inner, -1.0);
                self.shift(negated, -f64::from_bits(d))
            }
            _ if c == 1.0 => a,
            _ => self.intern(Op::Scale(a, c.to_bits())),
        }
    }

    /// `a + c`.
    fn shift(&mut self, a: Id, c: f64) -> Id {
        if c == 0.0 {
            return a;
        }
        match self.op(a) {
            Op::Shift(inner, d) if f64::from_bits(d) == -c => return inner,
            // 1 − 1/(1 + r) = r/(1 + r), which keeps its digits where r is small.
            Op::Scale(inverse, d) if c == 1.0 && f64::from_bits(d) == -1.0 => {
                if let Op::Unary(Unary::Recip, sum) = self.op(inverse)
                    && let Op::Shift(r, one) = self.op(sum)
                    && f64::from_bits(one) == 1.0
                {
                    return self.intern(Op::Binary(Binary::Mul, r, inverse));
                }
                if let Some(power) = self.power_less_one(inverse) {
                    return self.scale(power, -1.0);
                }
            }
            _ => {}
        }
        self.intern(Op::Shift(a, c.to_bits()))
    }

    /// (1 + r)^k − 1 = exp(k·ln(1 + r)) − 1, which keeps its digits where r is small.
    fn power_less_one(&mut self, power: Id) -> Option<Id> {
        let Op::Binary(Binary::Pow, base, k) = self.op(power) else { return None };
        let Op::Shift(r, one) = self.op(base) else { return None };
        if f64::from_bits(one) != 1.0 {
            return None;
        }
        let ln = self.unary(Unary::LnOneMore, r);
        let exponent = self.binary(Binary::Mul, ln, k);
        Some(self.unary(Unary::ExpLessOne, exponent))
    }

    /// `a^c` for a constant exponent: products for integers, a root for ½.
    fn power(&mut self, a: Id, b: Id, c: f64) -> Id {
        const MAX_PRODUCT: f64 = 64.0;
        match c {
            0.0 => self.constant(1.0),
            1.0 => a,
            0.5 => self.unary(Unary::Sqrt, a),
            _ if c == c.trunc() && c.abs() <= MAX_PRODUCT => self.intern(Op::Powi(a, c as i32)),
            _ => self.intern(Op::Binary(Binary::Pow, a, b)),
        }
    }

    /// The value where `lo ≤ x ≤ hi`, else 0.
    pub fn within(&mut self, value: Id, x: Id, lo: Id, hi: Id) -> Id {
        if self.value(lo) == Some(f64::NEG_INFINITY) && self.value(hi) == Some(f64::INFINITY) {
            return value;
        }
        match (self.value(x), self.value(lo), self.value(hi)) {
            (Some(x), Some(lo), Some(hi)) if lo <= x && x <= hi => value,
            (Some(_), Some(_), Some(_)) => self.constant(0.0),
            _ if self.value(value) == Some(0.0) => value,
            _ => self.intern(Op::Within { value, x, lo, hi }),
        }
    }

    /// Whether a node may be exactly zero, or infinite, where its neighbour in a product is not finite.
    pub fn may_vanish(&self, id: Id) -> bool {
        match self.op(id) {
            Op::Unary(Unary::Exp | Unary::Ln, _) | Op::Within { .. } | Op::Nested(_) => true,
            Op::Scale(a, _) | Op::Shift(a, _) | Op::Powi(a, _) => self.may_vanish(a),
            Op::Binary(Binary::Weigh, ..) => true,
            Op::Binary(_, a, b) => self.may_vanish(a) || self.may_vanish(b),
            Op::Const(v, _) => f64::from_bits(v) == 0.0,
            _ => false,
        }
    }
}

/// How much `f` moves when its argument moves by its error.
fn change(f: impl Fn(f64) -> f64, x: f64, error: f64, value: f64) -> f64 {
    if error == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let moved = (f(x + error) - value).abs().max((f(x - error) - value).abs());
    if moved.is_finite() { moved } else { f64::INFINITY }
}
