//! Values of a changed variable as f·exp(k·s), so that what grows and what falls is seen apart from what stays.
//!
//! Where s is the logarithm of the variable of integration, powers are pure exponentials in s. They are gathered from products,
//! powers and logarithms as the graph is made, and a sum is taken relative to its fastest part: e^(2s) + 1 becomes
//! e^(2s)·(1 + e^(−2s)), whose powers and logarithms have short Taylor series on long pieces.

use super::graph::{Binary, Graph, Id, Op, Unary};
use super::interval::Interval;

/// Nesting to which a node is looked through.
const DEEPEST: usize = 16;

impl Graph {
    /// k of exp(k·s), where s is the variable.
    fn pure(&self, id: Id) -> Option<Interval> {
        let Op::Unary(Unary::Exp, u) = self.op(id) else { return None };
        let is_variable = |id: Id| self.op(id) == Op::Variable;
        match self.op(u) {
            Op::Variable => Some(Interval::ONE),
            Op::Unary(Unary::Neg, s) if is_variable(s) => Some(-Interval::ONE),
            Op::Binary(Binary::Mul, c, s) if is_variable(s) => self.value(c),
            Op::Binary(Binary::Mul, s, c) if is_variable(s) => self.value(c),
            _ => None,
        }
    }

    /// f and k of f·exp(k·s).
    fn apart(&mut self, id: Id) -> (Id, Interval) {
        if let Some(k) = self.pure(id) {
            return (self.number(1.0), k);
        }
        if let Op::Binary(Binary::Mul, a, b) = self.op(id) {
            if let Some(k) = self.pure(b) {
                return (a, k);
            }
            if let Some(k) = self.pure(a) {
                return (b, k);
            }
        }
        (id, Interval::ZERO)
    }

    /// f·exp(k·s).
    fn together(&mut self, f: Id, k: Interval) -> Id {
        if k == Interval::ZERO || self.value(f) == Some(Interval::ZERO) {
            return f;
        }
        let (s, k) = (self.variable(), self.constant(k));
        let exponent = self.binary(Binary::Mul, k, s);
        let exp = self.unary(Unary::Exp, exponent);
        if self.value(f) == Some(Interval::ONE) { exp } else { self.intern_product(f, exp) }
    }

    /// Whether it tends to a number as s grows, and is composed of what does.
    fn is_tame(&self, id: Id, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        if let Some(k) = self.pure(id) {
            return k.hi() <= 0.0;
        }
        let inner = |id: Id| self.is_tame(id, depth + 1);
        match self.op(id) {
            Op::Const(..) => true,
            Op::Unary(Unary::Neg | Unary::Abs | Unary::Sqrt, a) | Op::Powi(a, _) => inner(a),
            Op::Binary(Binary::Add | Binary::Mul, a, b) => inner(a) && inner(b),
            Op::Binary(Binary::Pow | Binary::PowerSlope, a, b) => {
                inner(a) && self.value(b).is_some()
            }
            _ => false,
        }
    }

    /// A function of what has such a factor.
    pub(super) fn unary_apart(&mut self, f: Unary, a: Id) -> Option<Id> {
        let (own, k) = self.apart(a);
        if !self.changed || k == Interval::ZERO {
            return None;
        }
        match f {
            Unary::Neg | Unary::Abs => {
                let own = self.unary(f, own);
                Some(self.together(own, k))
            }
            Unary::Sqrt => {
                let own = self.unary(f, own);
                Some(self.together(own, k * Interval::point(0.5)))
            }
            Unary::Ln => {
                let (own, s, k) = (self.unary(f, own), self.variable(), self.constant(k));
                let rest = self.binary(Binary::Mul, k, s);
                Some(self.binary(Binary::Add, own, rest))
            }
            _ => None,
        }
    }

    /// A power of what has such a factor.
    pub(super) fn power_apart(&mut self, a: Id, r: Interval) -> Option<Id> {
        let (own, k) = self.apart(a);
        if !self.changed || k == Interval::ZERO {
            return None;
        }
        let exponent = self.constant(r);
        let own = self.binary(Binary::Pow, own, exponent);
        Some(self.together(own, k * r))
    }

    /// A product, a quotient or a sum of what has such factors.
    pub(super) fn binary_apart(&mut self, f: Binary, a: Id, b: Id) -> Option<Id> {
        if !self.changed {
            return None;
        }
        let ((a, k), (b, l)) = (self.apart(a), self.apart(b));
        if k == Interval::ZERO && l == Interval::ZERO {
            return None;
        }
        match f {
            Binary::Mul | Binary::Div => {
                let own = self.binary(f, a, b);
                Some(self.together(own, if f == Binary::Mul { k + l } else { k - l }))
            }
            Binary::Add if k == l => {
                let own = self.binary(f, a, b);
                Some(self.together(own, k))
            }
            Binary::Add if self.is_tame(a, 0) && self.is_tame(b, 0) => {
                let (a, k, b, l) = match (k.lo() > l.hi(), l.lo() > k.hi()) {
                    (true, _) => (a, k, b, l),
                    (_, true) => (b, l, a, k),
                    _ => return None,
                };
                if k == Interval::ZERO {
                    return None;
                }
                let rest = self.together(b, l - k);
                let own = self.binary(f, a, rest);
                Some(self.together(own, k))
            }
            _ => None,
        }
    }

    /// (1 + t)^r − 1 as t times a slope, for t = c·exp(k·s).
    pub(super) fn slope_apart(&mut self, t: Id, r: Id) -> Option<Id> {
        let (c, k) = self.apart(t);
        self.value(c).filter(|_| k != Interval::ZERO)?;
        let slope = self.intern_slope(t, r);
        Some(self.binary(Binary::Mul, slope, t))
    }
}
