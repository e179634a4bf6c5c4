//! Terms, names, places, substitution and exact numbers.
//!
//! Never: simplification on construction, or global state. The normal form that decides equality is the kernel's.

mod bounds;
mod node;
mod number;
mod path;
mod print;
mod substitute;
mod symbol;
mod vector;
mod weighted;

pub use bounds::Bounds;
pub use node::{Binder, BinderOp, Domain, HOLE, Node, Relation, Term, VECTOR};
pub use number::{MAX_BITS, Rational};
pub use path::Path;
pub use substitute::{Bindings, fresh_name};
pub use symbol::Symbol;
pub use weighted::{MARGINALS, MEASURE, MIXTURE};
