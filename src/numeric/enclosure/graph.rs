//! The integrand as a shared graph over one variable: constants are intervals and fold as the graph is made.
//!
//! Apart from [`super::super::graph`] because constants there are doubles with an estimate of their error.

use rustc_hash::FxHashMap;

use super::interval::Interval;

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Id(u32);

impl Id {
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
    Erf,
    Erfc,
    Gamma,
    LnGamma,
    Digamma,
    Trigamma,
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
            Self::Erf => x.erf(),
            Self::Erfc => x.erfc(),
            Self::Gamma => x.gamma(),
            Self::LnGamma => x.lngamma(),
            Self::Digamma => x.digamma(),
            Self::Trigamma => x.trigamma(),
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
        match (f, self.op(a)) {
            (Unary::Neg, Op::Unary(Unary::Neg, inner)) => return inner,
            (Unary::Ln, Op::Unary(Unary::Exp, inner)) => return inner,
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
            _ => {
                let exponent = self.constant(c);
                self.intern(Op::Binary(Binary::Pow, a, exponent), None)
            }
        }
    }

    pub fn powi(&mut self, a: Id, n: i32) -> Id {
        if let Some(x) = self.value(a) {
            return self.constant(x.powi(n));
        }
        match n {
            0 => self.number(1.0),
            1 => a,
            _ => {
                let degree = usize::try_from(n).ok();
                let degree = degree.and_then(|n| self.degree(a)?.checked_mul(n));
                self.intern(Op::Powi(a, n), degree)
            }
        }
    }
}
