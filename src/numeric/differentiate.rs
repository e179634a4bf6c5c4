//! Derivatives of an expression graph, node by node.
//!
//! The chain rule on the graph (forward accumulation; Griewank and Walther 2008, chapter 3) is exact up to rounding, also
//! beside a pole, and costs one evaluation. A kink has the derivative of a point beside it, which is one almost everywhere;
//! a step has none there. What has no formula here, as an integral that moves with the variable, is left to differences.

use std::collections::HashMap;
use std::f64::consts::PI;

use super::graph::{Binary, Graph, Id, Op, Unary};
use super::lower::Nested;
use super::program::operands;

/// A derivative beyond this many nodes is refused: products make it grow faster than the function.
const MOST: usize = 1 << 18;

/// The nodes that `root` is computed from and that move with the input `x`, each after its operands.
fn moving(graph: &Graph, nested: &[Nested], root: Id, x: Id) -> Vec<Id> {
    let mut needed = vec![false; root.0 as usize + 1];
    needed[root.0 as usize] = true;
    for n in (0..=root.0).rev().map(Id) {
        if needed[n.0 as usize] {
            operands(graph.op(n), nested).iter().for_each(|a| needed[a.0 as usize] = true);
        }
    }
    let mut moves = vec![false; needed.len()];
    let mut out = Vec::new();
    for n in (0..=root.0).map(Id).filter(|n| needed[n.0 as usize]) {
        let on = operands(graph.op(n), nested).iter().any(|a| moves[a.0 as usize]);
        moves[n.0 as usize] = on || n == x;
        if on {
            out.push(n);
        }
    }
    out
}

/// The derivative of the node `root` by the node `x`, an input; `None` where a node on the way has no formula.
pub(super) fn derivative(graph: &mut Graph, nested: &[Nested], root: Id, x: Id) -> Option<Id> {
    let mut known: HashMap<Id, Id> = HashMap::from([(x, graph.constant(1.0))]);
    for n in moving(graph, nested, root, x) {
        let d = Chain { graph, known: &known }.node(n)?;
        known.insert(n, d);
        if graph.len() > MOST {
            return None;
        }
    }
    Some(known.get(&root).copied().unwrap_or_else(|| graph.constant(0.0)))
}

/// The node `root` with `to` in the place of the input `x`, folded anew; `None` where an integral moves with it.
pub(super) fn replaced(
    graph: &mut Graph,
    nested: &[Nested],
    root: Id,
    x: Id,
    to: Id,
) -> Option<Id> {
    let mut known: HashMap<Id, Id> = HashMap::from([(x, to)]);
    for n in moving(graph, nested, root, x) {
        let at = |a: Id| known.get(&a).copied().unwrap_or(a);
        let new = match graph.op(n) {
            Op::Const(..) | Op::Input(_) => n,
            Op::Nested(_) => return None,
            Op::Unary(f, a) => graph.unary(f, at(a)),
            Op::Binary(f, a, b) => graph.binary(f, at(a), at(b)),
            Op::Powi(a, k) => {
                let k = graph.constant(f64::from(k));
                graph.binary(Binary::Pow, at(a), k)
            }
            Op::Scale(a, c) => graph.scale(at(a), f64::from_bits(c)),
            Op::Shift(a, c) => {
                let c = graph.constant(f64::from_bits(c));
                graph.binary(Binary::Add, at(a), c)
            }
            Op::Within { value, x, lo, hi } => graph.within(at(value), at(x), at(lo), at(hi)),
        };
        known.insert(n, new);
    }
    Some(known.get(&root).copied().unwrap_or(root))
}

struct Chain<'a> {
    graph: &'a mut Graph,
    /// The derivatives of nodes that move.
    known: &'a HashMap<Id, Id>,
}

impl Chain<'_> {
    fn of(&self, a: Id) -> Option<Id> {
        self.known.get(&a).copied()
    }

    /// The derivative of a node one of whose operands moves.
    fn node(&mut self, n: Id) -> Option<Id> {
        let zero = self.graph.constant(0.0);
        Some(match self.graph.op(n) {
            Op::Const(..) | Op::Input(_) => zero,
            Op::Nested(_) => return None,
            Op::Scale(a, c) => {
                let d = self.of(a)?;
                self.graph.scale(d, f64::from_bits(c))
            }
            Op::Shift(a, _) => self.of(a)?,
            Op::Powi(a, k) => {
                let d = self.of(a)?;
                let less = self.graph.constant(f64::from(k - 1));
                let power = self.graph.binary(Binary::Pow, a, less);
                let slope = self.graph.scale(power, f64::from(k));
                self.weigh(slope, d)
            }
            Op::Within { value, x, lo, hi } => match self.of(value) {
                Some(d) => self.graph.within(d, x, lo, hi),
                None => zero,
            },
            Op::Unary(f, a) => {
                let d = self.of(a)?;
                self.unary(f, a, n, d)?
            }
            Op::Binary(f, a, b) => self.binary(f, (a, self.of(a)), (b, self.of(b)), n)?,
        })
    }

    /// 0 where a factor is: a density that vanishes has no say, whatever stands beside it.
    fn weigh(&mut self, a: Id, b: Id) -> Id {
        self.graph.binary(Binary::Weigh, a, b)
    }

    fn sum(&mut self, parts: [Option<Id>; 2]) -> Id {
        let zero = self.graph.constant(0.0);
        parts.into_iter().flatten().fold(zero, |acc, d| self.graph.binary(Binary::Add, acc, d))
    }

    fn unary(&mut self, f: Unary, a: Id, n: Id, d: Id) -> Option<Id> {
        let g = &mut *self.graph;
        let slope = match f {
            Unary::Exp => n,
            Unary::ExpLessOne => g.unary(Unary::Exp, a),
            Unary::LnOneMore => {
                let one = g.constant(1.0);
                let more = g.binary(Binary::Add, one, a);
                return Some(g.binary(Binary::Div, d, more));
            }
            Unary::Ln => return Some(g.binary(Binary::Div, d, a)),
            Unary::Sqrt => {
                let twice = g.scale(n, 2.0);
                return Some(g.binary(Binary::Div, d, twice));
            }
            Unary::Abs => g.unary(Unary::Sign, a),
            Unary::Sign | Unary::Floor => return Some(g.constant(0.0)),
            Unary::Recip => {
                let two = g.constant(2.0);
                let square = g.binary(Binary::Pow, n, two);
                g.scale(square, -1.0)
            }
            Unary::Sin => g.unary(Unary::Cos, a),
            Unary::Cos => {
                let sin = g.unary(Unary::Sin, a);
                g.scale(sin, -1.0)
            }
            Unary::Erf | Unary::Erfc => {
                let two = g.constant(2.0);
                let square = g.binary(Binary::Pow, a, two);
                let negative = g.scale(square, -1.0);
                let exp = g.unary(Unary::Exp, negative);
                let side = if f == Unary::Erf { 2.0 } else { -2.0 };
                g.scale(exp, side / PI.sqrt())
            }
            Unary::Tgamma => {
                let digamma = g.unary(Unary::Digamma, a);
                g.binary(Binary::Mul, n, digamma)
            }
            Unary::Lngamma => g.unary(Unary::Digamma, a),
            Unary::Digamma => g.unary(Unary::Trigamma, a),
            Unary::BesselI0 => g.unary(Unary::BesselI1, a),
            Unary::BesselI1 => {
                // I₁′ = I₀ − I₁/x: Abramowitz and Stegun 9.6.28.
                let zeroth = g.unary(Unary::BesselI0, a);
                let share = g.binary(Binary::Div, n, a);
                g.binary(Binary::Sub, zeroth, share)
            }
            Unary::Expint => {
                let negative = g.scale(a, -1.0);
                let exp = g.unary(Unary::Exp, negative);
                let share = g.binary(Binary::Div, exp, a);
                g.scale(share, -1.0)
            }
            Unary::ExpintScaled => {
                let inverse = g.unary(Unary::Recip, a);
                g.binary(Binary::Sub, n, inverse)
            }
            Unary::Trigamma | Unary::BesselI0Scaled | Unary::Factorial | Unary::LnFactorial => {
                return None;
            }
        };
        Some(self.weigh(slope, d))
    }

    /// Each operand with its derivative, where it moves.
    fn binary(
        &mut self,
        f: Binary,
        (a, da): (Id, Option<Id>),
        (b, db): (Id, Option<Id>),
        n: Id,
    ) -> Option<Id> {
        Some(match f {
            Binary::Add => self.sum([da, db]),
            Binary::Sub => {
                let db = db.map(|d| self.graph.scale(d, -1.0));
                self.sum([da, db])
            }
            Binary::Mul | Binary::Weigh => {
                let first = da.map(|d| self.weigh(d, b));
                let second = db.map(|d| self.weigh(a, d));
                self.sum([first, second])
            }
            Binary::Div => {
                let first = da.map(|d| self.graph.binary(Binary::Div, d, b));
                let second = db.map(|d| {
                    let share = self.graph.binary(Binary::Div, d, b);
                    let product = self.weigh(n, share);
                    self.graph.scale(product, -1.0)
                });
                self.sum([first, second])
            }
            Binary::Pow => {
                let first = da.map(|d| {
                    let one = self.graph.constant(1.0);
                    let less = self.graph.binary(Binary::Sub, b, one);
                    let power = self.graph.binary(Binary::Pow, a, less);
                    let slope = self.weigh(b, power);
                    self.weigh(slope, d)
                });
                let second = db.map(|d| {
                    let ln = self.graph.unary(Unary::Ln, a);
                    let slope = self.weigh(n, ln);
                    self.weigh(slope, d)
                });
                self.sum([first, second])
            }
            Binary::Min | Binary::Max => {
                let zero = self.graph.constant(0.0);
                let (da, db) = (da.unwrap_or(zero), db.unwrap_or(zero));
                let gap = self.graph.binary(Binary::Sub, a, b);
                let side = self.graph.unary(Unary::Sign, gap);
                let apart = self.graph.binary(Binary::Sub, da, db);
                let moved = self.weigh(side, apart);
                let both = self.graph.binary(Binary::Add, da, db);
                let twice = if f == Binary::Max { Binary::Add } else { Binary::Sub };
                let twice = self.graph.binary(twice, both, moved);
                self.graph.scale(twice, 0.5)
            }
            // Of whole numbers: there is no derivative.
            Binary::Choose | Binary::LnChoose => return None,
        })
    }
}
