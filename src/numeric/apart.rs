//! An integrand as a sum of products of exponentials.
//!
//! A product of factors of which one is beyond f64 may be a small number: x⁻²·exp(−1/x) near 0, or p(x)·ln(p(x)/q(x))
//! where the logarithm has a pole that p outweighs. As exp(Σ of logarithms) it is computed as what it is. Sums are
//! multiplied out, so that each summand has its own exponent.

use std::collections::{HashMap, HashSet};

use super::graph::{Binary, Graph, Id, Op, Unary};

/// More summands than this are not multiplied out.
const MOST: usize = 64;

/// One summand: `inside·sign·exp(exponent)`.
#[derive(Clone, Copy)]
struct Part {
    /// Constants, and ones and zeros that say whether a point lies inside a range: its zeros are exact.
    inside: Id,
    /// Signs of what varies.
    sign: Id,
    exponent: Id,
}

/// A node with the value of `root`, wherever that is not lost to overflow and underflow of its parts.
///
/// It is infinite only where a logarithm is taken of what vanishes outside a range, or where the value is beyond f64; it is
/// not a number where it is not known.
pub(super) fn apart(graph: &mut Graph, root: Id) -> Id {
    let mut work = Work { graph, known: HashMap::new(), sizes: HashSet::new() };
    let parts = work.parts(root);
    work.total(&parts)
}

struct Work<'a> {
    graph: &'a mut Graph,
    known: HashMap<Id, Vec<Part>>,
    /// Logarithms of what is not taken apart further.
    sizes: HashSet<Id>,
}

impl Work<'_> {
    fn total(&mut self, parts: &[Part]) -> Id {
        let mut sum = self.graph.constant(0.0);
        for part in parts {
            let exp = self.graph.unary(Unary::Exp, part.exponent);
            let signed = self.graph.binary(Binary::Weigh, part.sign, exp);
            let one = self.graph.binary(Binary::Weigh, part.inside, signed);
            sum = self.graph.binary(Binary::Add, sum, one);
        }
        sum
    }

    fn parts(&mut self, id: Id) -> Vec<Part> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let whole = self.sizes.contains(&id);
        let found = if whole { None } else { self.found(id) };
        let found = found.map(|all| self.merged(all)).filter(|f| f.len() <= MOST);
        let found = found.unwrap_or_else(|| vec![self.opaque(id)]);
        self.known.insert(id, found.clone());
        found
    }

    /// Summands that differ by a factor only as one.
    fn merged(&mut self, all: Vec<Part>) -> Vec<Part> {
        let mut out: Vec<Part> = Vec::new();
        for part in all {
            let like = |p: &&mut Part| (p.sign, p.exponent) == (part.sign, part.exponent);
            match out.iter_mut().find(like) {
                Some(p) => p.inside = self.graph.binary(Binary::Add, p.inside, part.inside),
                None => out.push(part),
            }
        }
        let some = out.iter().any(|p| self.graph.value(p.inside) != Some(0.0));
        out.retain(|p| !some || self.graph.value(p.inside) != Some(0.0));
        out
    }

    fn number(&mut self, c: f64) -> Part {
        let (one, zero) = (self.graph.constant(1.0), self.graph.constant(0.0));
        Part { inside: self.graph.constant(c), sign: one, exponent: zero }
    }

    /// `|f| = exp ln|f|`. Where f is infinite, as a number too large is, its size is not known.
    fn opaque(&mut self, id: Id) -> Part {
        let g = &mut *self.graph;
        let magnitude = g.unary(Unary::Abs, id);
        let ln = g.unary(Unary::Ln, magnitude);
        let doubt = g.binary(Binary::Sub, id, id);
        let exponent = g.binary(Binary::Add, ln, doubt);
        self.sizes.insert(exponent);
        let g = &mut *self.graph;
        Part { inside: g.constant(1.0), sign: g.unary(Unary::Sign, id), exponent }
    }

    /// The only summand.
    fn single(&mut self, id: Id) -> Option<Part> {
        let parts = self.parts(id);
        (parts.len() == 1).then(|| parts[0])
    }

    fn found(&mut self, id: Id) -> Option<Vec<Part>> {
        Some(match self.graph.op(id) {
            Op::Const(value, _) => vec![self.number(f64::from_bits(value))],
            Op::Input(_) | Op::Nested(_) => return None,
            Op::Scale(a, c) => self.scaled(a, f64::from_bits(c)),
            Op::Shift(a, c) => {
                let mut all = self.parts(a);
                all.push(self.number(f64::from_bits(c)));
                all
            }
            Op::Powi(a, k) => self.power(a, k)?,
            Op::Within { value, x, lo, hi } => {
                let all = self.parts(value);
                let within = |p: Part| Part {
                    inside: self.graph.within(p.inside, x, lo, hi),
                    sign: p.sign,
                    exponent: self.graph.within(p.exponent, x, lo, hi),
                };
                all.into_iter().map(within).collect()
            }
            Op::Unary(f, a) => self.unary(f, a)?,
            Op::Binary(f, a, b) => self.binary(f, a, b)?,
        })
    }

    fn scaled(&mut self, a: Id, c: f64) -> Vec<Part> {
        let all = self.parts(a);
        all.into_iter().map(|p| Part { inside: self.graph.scale(p.inside, c), ..p }).collect()
    }

    fn power(&mut self, a: Id, k: i32) -> Option<Vec<Part>> {
        let all = self.parts(a);
        if let [p] = all.as_slice() {
            let exponent = self.graph.scale(p.exponent, f64::from(k));
            let k = self.graph.constant(f64::from(k));
            let inside = self.graph.binary(Binary::Pow, p.inside, k);
            let sign = self.graph.binary(Binary::Pow, p.sign, k);
            return Some(vec![Part { inside, sign, exponent }]);
        }
        let mut product = all.clone();
        for _ in 1..(2..=4).contains(&k).then_some(k)? {
            product = self.product(&product, &all)?;
        }
        Some(product)
    }

    fn product(&mut self, a: &[Part], b: &[Part]) -> Option<Vec<Part>> {
        if a.len() * b.len() > MOST {
            return None;
        }
        let pairs = a.iter().flat_map(|p| b.iter().map(move |q| (p, q)));
        let one = |(p, q): (&Part, &Part)| Part {
            inside: self.graph.binary(Binary::Weigh, p.inside, q.inside),
            sign: self.graph.binary(Binary::Weigh, p.sign, q.sign),
            exponent: self.graph.binary(Binary::Add, p.exponent, q.exponent),
        };
        Some(pairs.map(one).collect())
    }

    fn inverse(&mut self, b: Id) -> Part {
        let p = self.single(b);
        let p = p.unwrap_or_else(|| self.opaque(b));
        Part {
            inside: self.graph.unary(Unary::Recip, p.inside),
            sign: self.graph.unary(Unary::Recip, p.sign),
            exponent: self.graph.scale(p.exponent, -1.0),
        }
    }

    fn unary(&mut self, f: Unary, a: Id) -> Option<Vec<Part>> {
        Some(match f {
            Unary::Exp => {
                let one = self.number(1.0);
                vec![Part { exponent: a, ..one }]
            }
            Unary::Ln => self.logarithm(a),
            Unary::Recip => vec![self.inverse(a)],
            Unary::Sqrt => {
                let p = self.single(a)?;
                let inside = self.graph.unary(Unary::Sqrt, p.inside);
                let sign = self.graph.unary(Unary::Sqrt, p.sign);
                vec![Part { inside, sign, exponent: self.graph.scale(p.exponent, 0.5) }]
            }
            Unary::Abs => {
                let p = self.single(a)?;
                let inside = self.graph.unary(Unary::Abs, p.inside);
                let sign = self.graph.unary(Unary::Abs, p.sign);
                vec![Part { inside, sign, exponent: p.exponent }]
            }
            Unary::Sign => {
                let sign = self.graph.unary(Unary::Sign, a);
                let one = self.number(1.0);
                vec![Part { sign, ..one }]
            }
            _ => return None,
        })
    }

    /// The logarithm of a product is a sum; that of a sum is taken relative to its largest summand.
    fn logarithm(&mut self, a: Id) -> Vec<Part> {
        let all = self.parts(a);
        let top = all[1..]
            .iter()
            .fold(all[0].exponent, |m, p| self.graph.binary(Binary::Max, m, p.exponent));
        let mut out = self.parts(top);
        if let [p] = all.as_slice() {
            let inside = self.graph.unary(Unary::Ln, p.inside);
            // A sign of −1 has no logarithm, and one of 0 may be an underflow.
            let ln = self.graph.unary(Unary::Ln, p.sign);
            let sign = self.graph.scale(ln, 0.0);
            let one = self.number(1.0);
            let doubt = Part { inside: sign, ..one };
            out.push(Part { inside, ..one });
            out.push(doubt);
            return out;
        }
        let mut sum = self.graph.constant(0.0);
        for p in &all {
            let drop = self.graph.binary(Binary::Sub, p.exponent, top);
            let below = self.total(&[Part { exponent: drop, ..*p }]);
            sum = self.graph.binary(Binary::Add, sum, below);
        }
        let ln = self.graph.unary(Unary::Ln, sum);
        out.push(self.opaque(ln));
        out
    }

    fn binary(&mut self, f: Binary, a: Id, b: Id) -> Option<Vec<Part>> {
        match f {
            Binary::Add | Binary::Sub => {
                let mut all = self.parts(a);
                all.extend(self.scaled(b, if f == Binary::Add { 1.0 } else { -1.0 }));
                Some(all)
            }
            Binary::Mul | Binary::Weigh => {
                let (p, q) = (self.parts(a), self.parts(b));
                self.product(&p, &q)
            }
            Binary::Div => {
                let (p, q) = (self.parts(a), self.inverse(b));
                self.product(&p, &[q])
            }
            Binary::Pow => {
                let p = self.single(a)?;
                let inside = self.graph.binary(Binary::Pow, p.inside, b);
                let sign = self.graph.binary(Binary::Pow, p.sign, b);
                let exponent = self.graph.binary(Binary::Mul, p.exponent, b);
                Some(vec![Part { inside, sign, exponent }])
            }
            _ => None,
        }
    }
}
