//! Integrands that are quadratic in independent standard normal draws, or linear in standard exponential ones: for
//! their means there is a bound at every number of samples.
//!
//! For S = Σ aᵢ(zᵢ² − 1) + bᵢzᵢ + cⱼ(eⱼ − 1) the logarithm of the moment generating function is at most
//! vt²/(2(1 − βt)) with v = Σ 2aᵢ² + bᵢ² + cⱼ² — the variance — and β = max(2|aᵢ|, |cⱼ|), so that the mean of N samples
//! exceeds its expectation by √(2vx/N) + βx/N with probability at most e⁻ˣ (Laurent and Massart 2000, lemma 1; Birgé
//! 2001, lemma 8.1; in this form Boucheron, Lugosi and Massart 2013, theorem 2.3). The coefficients are read off the
//! program that draws the samples, node by node.

use std::collections::BTreeMap;

use super::graph::{Binary, Id, Op};
use super::lower::{Draw, Lane, Lowering};

/// Coefficients of 1, and of each lane and its square.
#[derive(Clone, Debug, Default, PartialEq)]
struct Polynomial {
    constant: f64,
    lanes: BTreeMap<u32, (f64, f64)>,
}

/// What the bound needs of an integrand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SubGamma {
    /// The variance of one sample.
    pub variance: f64,
    /// β: the scale of the heavier, exponential part of the tail.
    pub scale: f64,
}

impl SubGamma {
    /// Of the sum of two independent integrands.
    pub fn plus(self, b: Self) -> Self {
        Self { variance: self.variance + b.variance, scale: self.scale.max(b.scale) }
    }

    /// √(2vx/N) + βx/N.
    pub fn half_width(self, x: f64, samples: f64) -> f64 {
        (2.0 * self.variance * x / samples).sqrt() + self.scale * x / samples
    }
}

/// The bound for a root of the graph; `None` where it is not of the form.
pub(super) fn sub_gamma(lowering: &Lowering, root: Id) -> Option<SubGamma> {
    let p = Reader { lowering, known: BTreeMap::new() }.read(root)?;
    let mut out = SubGamma::default();
    for (lane, (linear, square)) in p.lanes {
        let own = match lowering.lanes.get(lane as usize)? {
            Lane::Draw(Draw::Line) => SubGamma {
                variance: 2.0 * square * square + linear * linear,
                scale: 2.0 * square.abs(),
            },
            Lane::Draw(Draw::HalfLine) if square == 0.0 => {
                SubGamma { variance: linear * linear, scale: linear.abs() }
            }
            _ => return None,
        };
        out = out.plus(own);
    }
    (out.variance.is_finite() && out.variance > 0.0).then_some(out)
}

struct Reader<'a, 'b> {
    lowering: &'a Lowering<'b>,
    known: BTreeMap<Id, Option<Polynomial>>,
}

impl Reader<'_, '_> {
    fn read(&mut self, id: Id) -> Option<Polynomial> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let found = self.node(self.lowering.graph.op(id));
        self.known.insert(id, found.clone());
        found
    }

    fn node(&mut self, op: Op) -> Option<Polynomial> {
        match op {
            Op::Const(value, _) => {
                Some(Polynomial { constant: f64::from_bits(value), ..Polynomial::default() })
            }
            Op::Input(lane) => {
                Some(Polynomial { constant: 0.0, lanes: BTreeMap::from([(lane, (1.0, 0.0))]) })
            }
            Op::Scale(a, c) => Some(self.read(a)?.times(f64::from_bits(c))),
            Op::Shift(a, c) => {
                let a = self.read(a)?;
                Some(Polynomial { constant: a.constant + f64::from_bits(c), ..a })
            }
            Op::Binary(Binary::Add, a, b) => Some(self.read(a)?.plus(&self.read(b)?)),
            Op::Binary(Binary::Sub, a, b) => Some(self.read(a)?.plus(&self.read(b)?.times(-1.0))),
            // Where both factors are finite, a product that vanishes with one of them is the product.
            Op::Binary(Binary::Mul | Binary::Weigh, a, b) => self.read(a)?.product(&self.read(b)?),
            Op::Powi(a, 2) => {
                let a = self.read(a)?;
                a.product(&a)
            }
            _ => None,
        }
    }
}

impl Polynomial {
    fn times(mut self, c: f64) -> Self {
        self.constant *= c;
        self.lanes.values_mut().for_each(|(linear, square)| {
            *linear *= c;
            *square *= c;
        });
        self
    }

    fn plus(mut self, b: &Self) -> Self {
        self.constant += b.constant;
        for (lane, (linear, square)) in &b.lanes {
            let own = self.lanes.entry(*lane).or_default();
            *own = (own.0 + linear, own.1 + square);
        }
        self
    }

    /// The product, where it is of degree two and has no product of two lanes.
    fn product(&self, b: &Self) -> Option<Self> {
        let linear = |p: &Self| p.lanes.values().all(|(_, square)| *square == 0.0);
        if self.lanes.is_empty() || b.lanes.is_empty() {
            let (c, p) = if b.lanes.is_empty() { (b.constant, self) } else { (self.constant, b) };
            return Some(p.clone().times(c));
        }
        let ([(m, (s, _))], [(n, (t, _))]) = (&*self.entries(), &*b.entries()) else { return None };
        if m != n || !linear(self) || !linear(b) {
            return None;
        }
        let one = self.constant * t + b.constant * s;
        let lanes = BTreeMap::from([(*m, (one, s * t))]);
        Some(Self { constant: self.constant * b.constant, lanes })
    }

    fn entries(&self) -> Vec<(u32, (f64, f64))> {
        self.lanes.iter().map(|(lane, c)| (*lane, *c)).collect()
    }
}
