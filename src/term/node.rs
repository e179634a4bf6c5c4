//! The display term: what the author or a rule wrote, in source order, with nothing simplified.
//!
//! Invariant: [`Node::Number`] holds a non-negative integer. A negative number is a [`Node::Neg`], a fraction a
//! [`Node::Quotient`]; so every number a reader sees is one that somebody wrote, and printing then parsing is the
//! identity. [`Term::rational`] builds the right shape and [`Term::as_rational`] reads it back.

use std::fmt;
use std::sync::Arc;

use super::{Rational, Symbol};

/// An immutable, shared expression tree. Cloning copies a pointer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Term(Arc<Node>);

/// The head of a vector written out: `[a, b]` is a call of it.
pub const VECTOR: &str = "vector";

/// What stands, in the value of a pattern variable `?f[t]`, for the place of `t`. No author can write it.
pub const HOLE: &str = "_";

/// One node of a [`Term`]
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A non-negative integer.
    Number(Rational),
    /// A parameter, a bound variable, a named distribution or a constant (`pi`, `e`, `oo`).
    Symbol(Symbol),
    /// A pattern variable of a rule, written `?name`. Never part of a derivation.
    Meta(Symbol),
    /// An n-ary sum; a subtracted part is a [`Node::Neg`].
    Sum(Vec<Term>),
    /// `-a`.
    Neg(Term),
    /// An n-ary product.
    Product(Vec<Term>),
    /// `a / b`.
    Quotient(Term, Term),
    /// `a ^ b`.
    Power(Term, Term),
    /// A function, distribution or quantity applied to arguments: `ln(x)`, `Name(m, v)`.
    Call(Symbol, Vec<Term>),
    /// The density (or mass) of a distribution at a point: `p(x)`.
    Density(Term, Vec<Term>),
    /// A construct that binds a variable.
    Binder(Binder),
    /// `D[x](f)`, `D[mu[j]](f)`: the partial derivative of `f` with respect to a free variable or a member of a family.
    Derivative(Term, Term),
    /// `mu[i]`: a member of a family, a coordinate of a vector. In rules `?f[t]` is what `?f` stands for at `t`.
    Index(Term, Term),
    /// An equation or inequality.
    Relation(Relation, Term, Term),
}

/// A variable bound over a domain in a body.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Binder {
    /// What is done over the domain.
    pub op: BinderOp,
    /// The bound variable.
    pub var: Symbol,
    /// Where the variable ranges. The variable is not in scope here.
    pub domain: Domain,
    /// The bound expression.
    pub body: Term,
}

/// The kinds of binding construct.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum BinderOp {
    /// `int[x from a to b] f dx`.
    Integral,
    /// `sum[i in a..b] f`.
    Sum,
    /// `product[i in a..b] f`.
    Product,
    /// `vector[i in a..b](f)`: the vector whose entry at i is f.
    Vector,
    /// `E[x ~ p](f)`.
    Expectation,
    /// `Var[x ~ p](f)`: the expectation of the squared distance of f from its own expectation.
    Variance,
}

/// The domain of a bound variable.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Domain {
    /// From the first to the second bound.
    Range(Term, Term),
    /// Over a distribution (expectations), or over a set such as `support(p)` (integrals and sums).
    Over(Term),
}

/// How two sides are related.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Relation {
    /// `=`
    Eq,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `!=`
    Ne,
    /// Equal up to a constant, of which the assumptions say what it is free of.
    UpTo,
    /// The difference tends to 0 almost surely as the number of draws grows.
    Tends,
    /// As [`Relation::Tends`], up to a constant.
    TendsUpTo,
}

impl Relation {
    /// The machine spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Le => "<=",
            Self::Ge => ">=",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::Ne => "!=",
            Self::UpTo => ".=",
            Self::Tends => "~",
            Self::TendsUpTo => ".~",
        }
    }

    /// Whether a constant is left out.
    pub fn leaves_out_constant(self) -> bool {
        matches!(self, Self::UpTo | Self::TendsUpTo)
    }

    /// The relation with its sides exchanged: `<=` becomes `>=`.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Le => Self::Ge,
            Self::Ge => Self::Le,
            Self::Lt => Self::Gt,
            Self::Gt => Self::Lt,
            Self::Eq | Self::Ne | Self::UpTo | Self::Tends | Self::TendsUpTo => self,
        }
    }

    /// The relation between the ends of `a self b other c`, if it follows.
    pub fn then(self, other: Self) -> Option<Self> {
        use Relation::{Eq, Ge, Gt, Le, Lt, Tends, TendsUpTo, UpTo};
        Some(match (self, other) {
            (Eq, r) | (r, Eq) => r,
            (Le, Le) => Le,
            (Ge, Ge) => Ge,
            (Lt, Lt | Le) | (Le, Lt) => Lt,
            (Gt, Gt | Ge) | (Ge, Gt) => Gt,
            (UpTo, UpTo) => UpTo,
            (Tends, Tends) => Tends,
            (UpTo | Tends | TendsUpTo, UpTo | Tends | TendsUpTo) => TendsUpTo,
            _ => return None,
        })
    }
}

impl BinderOp {
    /// Whether its variable runs through integers, each of which counts: of a sum, a product or a vector.
    pub fn is_indexed(self) -> bool {
        matches!(self, Self::Sum | Self::Product | Self::Vector)
    }

    /// Whether it is taken under a distribution: `op[x ~ p](f)`.
    pub fn is_under_distribution(self) -> bool {
        matches!(self, Self::Expectation | Self::Variance)
    }

    /// The keyword of the machine form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Integral => "int",
            Self::Sum => "sum",
            Self::Product => "product",
            Self::Vector => VECTOR,
            Self::Expectation => "E",
            Self::Variance => "Var",
        }
    }
}

impl Binder {
    /// Of a variance, the expectation that must be finite for it to have a value: `E[x ~ p](f^2)`.
    pub fn second_moment(&self) -> Term {
        let square = Term::power(self.body.clone(), Term::integer(2));
        Term::binder(BinderOp::Expectation, self.var.clone(), self.domain.clone(), square)
    }

    /// A variance as the expectation that it is: `E[x ~ p]((f - E[y ~ p](f at y))^2)`, with a y that `taken` does not hold of.
    pub fn variance_written_out(&self, taken: impl Fn(&Symbol) -> bool) -> Term {
        let Self { var: x, domain, body, .. } = self;
        let inside = match domain {
            Domain::Over(d) => d.clone(),
            Domain::Range(lo, hi) => Term::sum(vec![lo.clone(), hi.clone()]),
        };
        let y = super::fresh_name(&Symbol::new("y"), |s| {
            let binds = |t: &Term| matches!(t.node(), Node::Binder(b) if b.var == *s);
            s == x
                || inside.mentions(s)
                || body.mentions(s)
                || body.any(&mut |t| binds(t))
                || taken(s)
        });
        let op = BinderOp::Expectation;
        let at_y = body.substitute(x, &Term::symbol(y.clone()));
        let mean = Term::binder(op, y, domain.clone(), at_y);
        let square = Term::power(Term::difference(body.clone(), mean), Term::integer(2));
        Term::binder(op, x.clone(), domain.clone(), square)
    }
}

impl From<Node> for Term {
    fn from(node: Node) -> Self {
        Self(Arc::new(node))
    }
}

impl Term {
    /// The node at the root.
    pub fn node(&self) -> &Node {
        &self.0
    }

    /// Whether two terms share their allocation (implies equality, costs nothing).
    pub fn same_node(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// An address that identifies the allocation while a clone of the term is alive. For memo tables.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// The integer `n`.
    pub fn integer(n: i64) -> Self {
        Self::rational(&Rational::from(n))
    }

    /// A rational number in the shape an author would write: `3`, `-3`, `1/2`, `-(1/2)`.
    pub fn rational(value: &Rational) -> Self {
        if value.is_negative() {
            return Self::neg(Self::rational(&-value));
        }
        if value.is_integer() {
            return Node::Number(value.clone()).into();
        }
        Self::quotient(
            Node::Number(value.numerator()).into(),
            Node::Number(value.denominator()).into(),
        )
    }

    /// The number that this term spells, if it is one written with digits, `-` and `/` only.
    pub fn as_rational(&self) -> Option<Rational> {
        match self.node() {
            Node::Number(n) => Some(n.clone()),
            Node::Neg(a) => a.as_rational().map(|n| -n),
            Node::Quotient(a, b) => a.as_rational()?.checked_div(&b.as_rational()?),
            _ => None,
        }
    }

    /// A symbol.
    pub fn symbol(name: impl Into<Symbol>) -> Self {
        Node::Symbol(name.into()).into()
    }

    /// A pattern variable.
    pub fn meta(name: impl Into<Symbol>) -> Self {
        Node::Meta(name.into()).into()
    }

    /// The symbol's name, if this is a symbol.
    pub fn as_symbol(&self) -> Option<&Symbol> {
        match self.node() {
            Node::Symbol(s) => Some(s),
            _ => None,
        }
    }

    /// `-a`.
    #[expect(clippy::should_implement_trait, reason = "builds a node; it computes nothing")]
    pub fn neg(a: Self) -> Self {
        Node::Neg(a).into()
    }

    /// A sum of the parts as given; one part is itself, none is 0.
    pub fn sum(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::integer(0),
            1 => parts.remove(0),
            _ => Node::Sum(parts).into(),
        }
    }

    /// A product of the factors as given; one factor is itself, none is 1.
    pub fn product(mut factors: Vec<Self>) -> Self {
        match factors.len() {
            0 => Self::integer(1),
            1 => factors.remove(0),
            _ => Node::Product(factors).into(),
        }
    }

    /// `a - b` as the sum it is shown as.
    pub fn difference(a: Self, b: Self) -> Self {
        Node::Sum(vec![a, Self::neg(b)]).into()
    }

    /// `a / b`.
    pub fn quotient(a: Self, b: Self) -> Self {
        Node::Quotient(a, b).into()
    }

    /// `a ^ b`.
    pub fn power(a: Self, b: Self) -> Self {
        Node::Power(a, b).into()
    }

    /// `name(arguments…)`.
    pub fn call(name: impl Into<Symbol>, arguments: Vec<Self>) -> Self {
        Node::Call(name.into(), arguments).into()
    }

    /// The density of `distribution` at `points`.
    pub fn density(distribution: Self, points: Vec<Self>) -> Self {
        Node::Density(distribution, points).into()
    }

    /// `base[index]`.
    pub fn index(base: Self, index: Self) -> Self {
        Node::Index(base, index).into()
    }

    /// The family of which this is a member, `x` of `x[n][d]`, or the name itself.
    pub fn family_name(&self) -> Option<&Symbol> {
        match self.node() {
            Node::Index(base, _) => base.family_name(),
            _ => self.as_symbol(),
        }
    }

    /// The name and the indices of `x[n][d]`; of a name alone there are none.
    pub fn indices(&self) -> Option<(&Symbol, Vec<&Self>)> {
        match self.node() {
            Node::Index(base, at) => {
                let (name, mut all) = base.indices()?;
                all.push(at);
                Some((name, all))
            }
            _ => self.as_symbol().map(|name| (name, Vec::new())),
        }
    }

    /// `[a, b, c]`.
    pub fn vector(items: Vec<Self>) -> Self {
        Self::call(VECTOR, items)
    }

    /// The entries of `[a, b, c]`.
    pub fn as_vector(&self) -> Option<&[Self]> {
        match self.node() {
            Node::Call(name, items) if name == VECTOR => Some(items),
            _ => None,
        }
    }

    /// `D[variable](body)`.
    pub fn derivative(variable: Self, body: Self) -> Self {
        Node::Derivative(variable, body).into()
    }

    /// A binding construct.
    pub fn binder(op: BinderOp, var: impl Into<Symbol>, domain: Domain, body: Self) -> Self {
        Node::Binder(Binder { op, var: var.into(), domain, body }).into()
    }

    /// `left relation right`.
    pub fn relation(relation: Relation, left: Self, right: Self) -> Self {
        Node::Relation(relation, left, right).into()
    }

    /// The children in reading order: a binder's domain comes before its body.
    pub fn children(&self) -> Vec<&Self> {
        match self.node() {
            Node::Number(_) | Node::Symbol(_) | Node::Meta(_) => Vec::new(),
            Node::Sum(xs) | Node::Product(xs) | Node::Call(_, xs) => xs.iter().collect(),
            Node::Neg(a) | Node::Derivative(_, a) => vec![a],
            Node::Quotient(a, b)
            | Node::Power(a, b)
            | Node::Relation(_, a, b)
            | Node::Index(a, b) => vec![a, b],
            Node::Density(p, xs) => std::iter::once(p).chain(xs).collect(),
            Node::Binder(b) => match &b.domain {
                Domain::Range(lo, hi) => vec![lo, hi, &b.body],
                Domain::Over(d) => vec![d, &b.body],
            },
        }
    }

    /// The same node over other children, given in the order of [`Term::children`].
    ///
    /// # Panics
    /// If the number of children differs: callers pass what `children` returned, mapped.
    #[must_use]
    pub fn with_children(&self, mut new: Vec<Self>) -> Self {
        debug_assert_eq!(new.len(), self.children().len(), "children are replaced one for one");
        let node = match self.node() {
            Node::Number(_) | Node::Symbol(_) | Node::Meta(_) => return self.clone(),
            Node::Sum(_) => Node::Sum(new),
            Node::Product(_) => Node::Product(new),
            Node::Call(f, _) => Node::Call(f.clone(), new),
            Node::Neg(_) => Node::Neg(new.remove(0)),
            Node::Derivative(x, _) => Node::Derivative(x.clone(), new.remove(0)),
            Node::Quotient(..) => {
                let b = new.remove(1);
                Node::Quotient(new.remove(0), b)
            }
            Node::Power(..) => {
                let b = new.remove(1);
                Node::Power(new.remove(0), b)
            }
            Node::Index(..) => {
                let b = new.remove(1);
                Node::Index(new.remove(0), b)
            }
            Node::Relation(r, ..) => {
                let b = new.remove(1);
                Node::Relation(*r, new.remove(0), b)
            }
            Node::Density(..) => {
                let p = new.remove(0);
                Node::Density(p, new)
            }
            Node::Binder(b) => {
                let body = new.pop().expect("a binder has a body");
                let domain = match b.domain {
                    Domain::Range(..) => {
                        let hi = new.remove(1);
                        Domain::Range(new.remove(0), hi)
                    }
                    Domain::Over(_) => Domain::Over(new.remove(0)),
                };
                Node::Binder(Binder { op: b.op, var: b.var.clone(), domain, body })
            }
        };
        node.into()
    }

    /// Applies `f` to each child, sharing the node when nothing changed.
    #[must_use]
    pub fn map_children(&self, mut f: impl FnMut(&Self) -> Self) -> Self {
        let old = self.children();
        let new: Vec<Self> = old.iter().map(|c| f(c)).collect();
        if old.iter().zip(&new).all(|(a, b)| a.same_node(b)) {
            return self.clone();
        }
        self.with_children(new)
    }

    /// Whether `test` holds for this term or any below it.
    pub fn any(&self, test: &mut impl FnMut(&Self) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|c| c.any(test))
    }

    /// Whether this is a finite sum, product or vector: its value needs no limit.
    pub fn is_finite_series(&self) -> bool {
        let Node::Binder(b) = self.node() else { return false };
        match (b.op, &b.domain) {
            (BinderOp::Vector, _) => true,
            (BinderOp::Sum | BinderOp::Product, Domain::Range(lo, hi)) => {
                [lo, hi].iter().all(|end| !end.mentions(&Symbol::new("oo")))
            }
            _ => false,
        }
    }

    /// The number of nodes: what "shorter" means when two spellings compete.
    pub fn size(&self) -> usize {
        1 + self.children().into_iter().map(Self::size).sum::<usize>()
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
