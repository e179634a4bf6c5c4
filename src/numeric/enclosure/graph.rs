//! The integrand as a shared graph over one variable: constants are intervals and fold as the graph is made.
//!
//! Apart from [`super::super::graph`] because constants there are doubles with an estimate of their error.

use rustc_hash::FxHashMap;

use super::interval::Interval;

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Id(u32);

impl Id {
    #[inline]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// Functions of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Unary {
    Neg,
    Exp,
    Ln,
    Sqrt,
    Abs,
    Sign,
    Floor,
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
    Factorial,
    LnFactorial,
    /// The value, or 0: at a place that may lie outside a support.
    OrZero,
}

/// Functions of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Binary {
    Add,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    Choose,
    LnChoose,
    /// ((1 + a)^b − 1)/a, which keeps its digits near 0.
    PowerSlope,
}

/// A node. Ends of intervals are kept as bits, for hashing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Op {
    Const(u64, u64),
    Variable,
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    Powi(Id, i32),
    /// The error function, or its complement, of the first; the second is exp of minus its square.
    Erf(Unary, Id, Id),
}

impl Unary {
    pub fn apply(self, x: Interval) -> Interval {
        match self {
            Self::Neg => -x,
            Self::Exp => x.exp(),
            Self::Ln => x.ln(),
            Self::Sqrt => x.sqrt(),
            Self::Abs => x.abs(),
            Self::Sign => Interval::new(sign(x.lo()), sign(x.hi())),
            Self::Floor => Interval::new(x.lo().floor(), x.hi().floor()),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Erf => x.erf(),
            Self::Erfc => x.erfc(),
            Self::Tgamma => x.gamma(),
            Self::Lngamma => x.lngamma(),
            Self::Digamma => x.digamma(),
            Self::Trigamma => x.trigamma(),
            Self::BesselI0 => x.bessel_i0(),
            Self::BesselI1 => x.bessel_i1(),
            Self::Expint => x.expint(),
            Self::Factorial => x.factorial(),
            Self::LnFactorial => x.ln_factorial(),
            Self::OrZero => x.hull(Interval::ZERO),
        }
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

impl Binary {
    pub fn apply(self, a: Interval, b: Interval) -> Interval {
        match self {
            Self::Add => a + b,
            Self::Mul => a * b,
            Self::Div => a / b,
            Self::Pow => power(a, b),
            Self::Min => a.min(b),
            Self::Max => a.max(b),
            Self::Choose => a.choose(b),
            Self::LnChoose => a.ln_choose(b),
            Self::PowerSlope => a.power_slope(b),
        }
    }
}

/// The largest exponent that is multiplied out.
const MOST_FACTORS: f64 = 4096.0;

fn power(a: Interval, b: Interval) -> Interval {
    match b.as_point() {
        Some(n) if n.fract() == 0.0 && n.abs() <= MOST_FACTORS => a.powi(n as i32),
        _ => a.pow(b),
    }
}

/// What is known of a node besides what it is.
#[derive(Clone, Copy)]
struct Fact {
    op: Op,
    /// The degree, of a polynomial in the variable.
    degree: Option<usize>,
}

/// The graph under construction.
#[derive(Default)]
pub(super) struct Graph {
    facts: Vec<Fact>,
    index: FxHashMap<Op, Id>,
    /// Whether the variable stands for the logarithm of another: constants in sums are gathered then, so that 1 − (1 − y) is y.
    pub changed: bool,
}

impl Graph {
    pub fn op(&self, id: Id) -> Op {
        self.facts[id.at()].op
    }

    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// The nodes in an order in which operands come first.
    pub fn ops(&self) -> impl Iterator<Item = (Id, Op)> {
        (0..).map(Id).zip(self.facts.iter().map(|fact| fact.op))
    }

    /// The degree of the node as a polynomial in the variable, if it is written as one.
    pub fn degree(&self, id: Id) -> Option<usize> {
        self.facts[id.at()].degree
    }

    pub fn value(&self, id: Id) -> Option<Interval> {
        match self.op(id) {
            Op::Const(lo, hi) => Some(Interval::new(f64::from_bits(lo), f64::from_bits(hi))),
            _ => None,
        }
    }

    fn intern(&mut self, op: Op, degree: Option<usize>) -> Id {
        let next = Id(self.facts.len() as u32);
        let facts = &mut self.facts;
        *self.index.entry(op).or_insert_with(|| {
            facts.push(Fact { op, degree });
            next
        })
    }

    pub fn constant(&mut self, x: Interval) -> Id {
        // One zero, so that equal constants share a node.
        self.intern(Op::Const((x.lo() + 0.0).to_bits(), (x.hi() + 0.0).to_bits()), Some(0))
    }

    pub fn number(&mut self, x: f64) -> Id {
        self.constant(Interval::point(x))
    }

    pub fn variable(&mut self) -> Id {
        self.intern(Op::Variable, Some(1))
    }

    pub fn unary(&mut self, f: Unary, a: Id) -> Id {
        if let Some(x) = self.value(a) {
            return self.constant(f.apply(x));
        }
        if let Some(found) = self.unary_apart(f, a) {
            return found;
        }
        match (f, self.op(a)) {
            (Unary::Neg, Op::Unary(Unary::Neg, inner)) => return inner,
            (Unary::Ln, Op::Unary(Unary::Exp, inner)) => return inner,
            (Unary::Ln, Op::Binary(Binary::Mul, ..)) => {
                if let Some((c, u)) = self.exponential(a) {
                    let ln = self.constant(c.ln());
                    return self.binary(Binary::Add, ln, u);
                }
            }
            (Unary::Neg, Op::Binary(Binary::Add, c, t)) if self.changed => {
                if let Some(c) = self.value(c) {
                    let (c, t) = (self.constant(-c), self.unary(Unary::Neg, t));
                    return self.binary(Binary::Add, c, t);
                }
            }
            (Unary::Neg, Op::Binary(Binary::Mul, c, t)) if self.changed => {
                if let Some(c) = self.value(c) {
                    let c = self.constant(-c);
                    return self.binary(Binary::Mul, c, t);
                }
            }
            (Unary::Sqrt, _) => {
                if let Some(root) = self.power_of_exponential(a, Interval::point(0.5)) {
                    return root;
                }
            }
            (Unary::Erf | Unary::Erfc, _) => {
                let square = self.powi(a, 2);
                let negated = self.unary(Unary::Neg, square);
                let kernel = self.unary(Unary::Exp, negated);
                return self.intern(Op::Erf(f, a, kernel), None);
            }
            _ => {}
        }
        let degree = self.degree(a).filter(|_| f == Unary::Neg);
        self.intern(Op::Unary(f, a), degree)
    }

    pub fn binary(&mut self, f: Binary, a: Id, b: Id) -> Id {
        let (x, y) = (self.value(a), self.value(b));
        if let (Some(x), Some(y)) = (x, y) {
            return self.constant(f.apply(x, y));
        }
        match (f, x, y) {
            (Binary::Add, Some(Interval::ZERO), _) | (Binary::Mul, Some(Interval::ONE), _) => {
                return b;
            }
            (Binary::Add, _, Some(Interval::ZERO))
            | (Binary::Mul | Binary::Div, _, Some(Interval::ONE)) => return a,
            // The convention 0·ln 0 = 0 of integrands.
            (Binary::Mul, Some(Interval::ZERO), _) | (Binary::Mul, _, Some(Interval::ZERO)) => {
                return self.number(0.0);
            }
            (Binary::Div, _, Some(c)) => {
                let inverse = self.constant(c.recip());
                return self.binary(Binary::Mul, a, inverse);
            }
            (Binary::Pow, _, Some(c)) => return self.power(a, c),
            _ => {}
        }
        if let Some(found) = self.binary_apart(f, a, b) {
            return found;
        }
        if f == Binary::Add
            && self.changed
            && let Some(gathered) = self.gathered(a, b)
        {
            return gathered;
        }
        if f == Binary::Mul && a == b {
            return self.powi(a, 2);
        }
        let degrees = self.degree(a).zip(self.degree(b));
        let degree = match f {
            Binary::Add => degrees.map(|(m, n)| m.max(n)),
            Binary::Mul => degrees.map(|(m, n)| m + n),
            _ => None,
        };
        self.intern(Op::Binary(f, a, b), degree)
    }

    /// c and u of c·exp(u), for c > 0.
    fn exponential(&self, id: Id) -> Option<(Interval, Id)> {
        match self.op(id) {
            Op::Unary(Unary::Exp, u) => Some((Interval::ONE, u)),
            Op::Binary(Binary::Mul, a, b) => {
                let (c, e) = match (self.value(a), self.value(b)) {
                    (Some(c), _) => (c, b),
                    (_, Some(c)) => (c, a),
                    _ => return None,
                };
                match self.op(e) {
                    Op::Unary(Unary::Exp, u) if c.lo() > 0.0 => Some((c, u)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// (c·exp(u))^r as c^r·exp(r·u), for c > 0.
    fn power_of_exponential(&mut self, id: Id, r: Interval) -> Option<Id> {
        let (c, u) = self.exponential(id)?;
        let (factor, r) = (self.constant(power(c, r)), self.constant(r));
        let exponent = self.binary(Binary::Mul, r, u);
        let exp = self.unary(Unary::Exp, exponent);
        Some(self.binary(Binary::Mul, factor, exp))
    }

    /// A sum with its constants added up and in front.
    fn gathered(&mut self, a: Id, b: Id) -> Option<Id> {
        if self.value(b).is_some() {
            return Some(self.binary(Binary::Add, b, a));
        }
        let front = |g: &Self, id: Id| match g.op(id) {
            Op::Binary(Binary::Add, c, t) => g.value(c).map(|c| (c, t)),
            _ => None,
        };
        if let Some(c) = self.value(a) {
            if let Some((d, t)) = front(self, b) {
                let both = self.constant(c + d);
                return Some(self.binary(Binary::Add, both, t));
            }
            return self.power_less_one(c, b);
        }
        if let Some((c, t)) = front(self, a) {
            let (c, rest) = (self.constant(c), self.binary(Binary::Add, t, b));
            return Some(self.binary(Binary::Add, c, rest));
        }
        let (d, t) = front(self, b)?;
        let (d, rest) = (self.constant(d), self.binary(Binary::Add, a, t));
        Some(self.binary(Binary::Add, d, rest))
    }

    /// ±1 ∓ (1 + t)^r.
    fn power_less_one(&mut self, c: Interval, b: Id) -> Option<Id> {
        let (turned, p) = match self.op(b) {
            Op::Unary(Unary::Neg, p) => (true, p),
            _ => (false, b),
        };
        if c != Interval::point(if turned { 1.0 } else { -1.0 }) {
            return None;
        }
        let (base, r) = match self.op(p) {
            Op::Binary(Binary::Pow, base, r) => (base, self.value(r)?),
            Op::Powi(base, n) => (base, Interval::point(f64::from(n))),
            _ => return None,
        };
        let Op::Binary(Binary::Add, one, t) = self.op(base) else { return None };
        if self.value(one) != Some(Interval::ONE) {
            return None;
        }
        let r = self.constant(r);
        let found = self.slope_apart(t, r)?;
        Some(if turned { self.unary(Unary::Neg, found) } else { found })
    }

    /// The node of a slope of a power.
    pub(super) fn intern_slope(&mut self, t: Id, r: Id) -> Id {
        self.intern(Op::Binary(Binary::PowerSlope, t, r), None)
    }

    /// The node of a product, as it stands.
    pub(super) fn intern_product(&mut self, a: Id, b: Id) -> Id {
        self.intern(Op::Binary(Binary::Mul, a, b), None)
    }

    /// u of c·exp(u).
    pub(super) fn exponent(&self, id: Id) -> Option<Id> {
        self.exponential(id).map(|(_, u)| u).or_else(|| match self.op(id) {
            Op::Binary(Binary::Mul, a, b) => [a, b].into_iter().find_map(|e| match self.op(e) {
                Op::Unary(Unary::Exp, u) => Some(u),
                _ => None,
            }),
            _ => None,
        })
    }

    pub fn sub(&mut self, a: Id, b: Id) -> Id {
        if a == b {
            return self.number(0.0);
        }
        let negated = self.unary(Unary::Neg, b);
        self.binary(Binary::Add, a, negated)
    }

    fn power(&mut self, a: Id, c: Interval) -> Id {
        match c.as_point() {
            Some(0.5) => self.unary(Unary::Sqrt, a),
            Some(n) if n.fract() == 0.0 && n.abs() <= MOST_FACTORS => self.powi(a, n as i32),
            _ => self.power_apart(a, c).or_else(|| self.power_of_exponential(a, c)).unwrap_or_else(
                || {
                    let exponent = self.constant(c);
                    self.intern(Op::Binary(Binary::Pow, a, exponent), None)
                },
            ),
        }
    }

    pub fn powi(&mut self, a: Id, n: i32) -> Id {
        if let Some(x) = self.value(a) {
            return self.constant(x.powi(n));
        }
        if n != 0
            && n != 1
            && let Some(found) = self.power_apart(a, Interval::point(f64::from(n)))
        {
            return found;
        }
        match n {
            0 => self.number(1.0),
            1 => a,
            _ if self.exponential(a).is_some() => {
                self.power_of_exponential(a, Interval::point(f64::from(n))).unwrap_or(a)
            }
            _ => {
                let degree = usize::try_from(n).ok();
                let degree = degree.and_then(|n| self.degree(a)?.checked_mul(n));
                self.intern(Op::Powi(a, n), degree)
            }
        }
    }
}
