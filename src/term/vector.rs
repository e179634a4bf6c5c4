//! Vectors: written out, by a formula, and what stands at an index.
//!
//! `vector[i in 1..K](f)` is the vector whose entry at i is f. A definition with an index is the same over its own range,
//! which need not be one of integers: `let g(z) = f for z in reals` makes g the function `vector[z in -oo..oo](f)`.

use super::{Binder, BinderOp, Node, Symbol, Term};

impl Term {
    /// The binder of `vector[i in 1..K](f)`.
    pub fn as_comprehension(&self) -> Option<&Binder> {
        match self.node() {
            Node::Binder(b) if b.op == BinderOp::Vector => Some(b),
            _ => None,
        }
    }

    /// What a vector by a formula says of an index, in its range or not: the formula with the index in its place.
    pub fn applied(&self, at: &Term) -> Option<Term> {
        let b = self.as_comprehension()?;
        Some(b.body.substitute(&b.var, at))
    }

    /// The name at the head of `f`, `f[i]`, `f[i][j]`.
    pub fn head_name(&self) -> Option<&Symbol> {
        match self.node() {
            Node::Symbol(name) => Some(name),
            Node::Index(base, _) => base.head_name(),
            _ => None,
        }
    }
}
