//! What the indices of a family, and the arguments of a function that is not further known, range over.

use crate::term::{Domain, Node, Symbol, Term};

/// The word for the real numbers, and the head of the set of vectors of so many: `reals(K)`, which is written `reals^K`.
pub const REALS: &str = "reals";

/// The ranges of the indices of a family, in order. A function is a family whose last indices, its arguments, are real
/// numbers, `-oo..oo`, or vectors of them, `reals^K`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Family(Vec<Domain>);

impl Family {
    /// A family with these ranges.
    pub fn new(axes: Vec<Domain>) -> Self {
        Self(axes)
    }

    /// A family with one index from the first term to the second.
    pub fn between(low: Term, high: Term) -> Self {
        Self(vec![Domain::Range(low, high)])
    }

    /// All ranges in order.
    pub fn axes(&self) -> &[Domain] {
        &self.0
    }

    /// The ranges of the indices, which are integers.
    pub fn indices(&self) -> &[Domain] {
        let end = self.0.iter().position(is_argument).unwrap_or(self.0.len());
        &self.0[..end]
    }

    /// The ranges of the arguments.
    pub fn arguments(&self) -> &[Domain] {
        &self.0[self.indices().len()..]
    }

    /// Whether it has arguments.
    pub fn is_function(&self) -> bool {
        self.0.iter().any(is_argument)
    }

    /// The first and the last index, where there is one index.
    pub fn single(&self) -> Option<(&Term, &Term)> {
        match self.0.as_slice() {
            [Domain::Range(low, high)] => Some((low, high)),
            _ => None,
        }
    }

    /// The terms that the ranges are written with.
    pub fn ends(&self) -> impl Iterator<Item = &Term> {
        self.0.iter().flat_map(|axis| match axis {
            Domain::Range(low, high) => vec![low, high],
            Domain::Over(space) => vec![space],
        })
    }

    /// The names that the ranges are written with.
    pub fn names(&self) -> impl Iterator<Item = Symbol> {
        self.ends().flat_map(Term::free_symbols)
    }
}

/// All real numbers.
pub fn line() -> Domain {
    Domain::Range(Term::neg(Term::symbol("oo")), Term::symbol("oo"))
}

/// All vectors of so many real numbers: `reals^K`.
pub fn space(dimension: Term) -> Domain {
    Domain::Over(Term::call(REALS, vec![dimension]))
}

/// How many coordinates the vectors of a range have, if it is one of vectors.
pub fn dimension(axis: &Domain) -> Option<&Term> {
    let Domain::Over(space) = axis else { return None };
    match space.node() {
        Node::Call(reals, arguments) if reals == REALS => arguments.first(),
        _ => None,
    }
}

/// Whether a range is of real numbers or of vectors, rather than of integers.
pub fn is_argument(axis: &Domain) -> bool {
    *axis == line() || dimension(axis).is_some()
}
