//! Vectors: written out, by a formula, and what stands at an index.
//!
//! `vector[i in 1..K](f)` is the vector whose entry at i is f. A definition with an index is the same over its own range,
//! which need not be one of integers: `let g(z) = f for z in reals` makes g the function `vector[z in -oo..oo](f)`.

use super::{Binder, BinderOp, Node, Symbol, Term};

impl Binder {
    /// Whether a term may stand for the bound variable. A derivative of the body by x would take it for a function of x
    /// where it `depends` on x; and at a point other than a variable there is no derivative by the bound variable.
    pub fn admits(&self, at: &Term, depends: impl Fn(&Term, &Symbol) -> bool) -> bool {
        !self.body.any(&mut |t| match t.node() {
            Node::Derivative(x, f) => x.head_name().is_none_or(|name| {
                *name == self.var || (f.mentions(&self.var) && depends(at, name))
            }),
            _ => false,
        })
    }
}

impl Term {
    /// The binder of `vector[i in 1..K](f)`.
    pub fn as_comprehension(&self) -> Option<&Binder> {
        match self.node() {
            Node::Binder(b) if b.op == BinderOp::Vector => Some(b),
            _ => None,
        }
    }

    /// What a vector by a formula says of an index, in its range or not: the formula with the index in its place. `None`
    /// where a derivative stands in the way: see [`Binder::admits`].
    pub fn applied(&self, at: &Term) -> Option<Term> {
        let b = self.as_comprehension()?;
        b.admits(at, Term::mentions).then(|| b.body.substitute(&b.var, at))
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
