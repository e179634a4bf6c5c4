//! The strategy: phases that produce steps by asking the kernel. Nothing here is believed; a step exists only where the
//! kernel made it.

mod bound;
mod engine;
mod phases;
mod problem;
#[cfg(test)]
mod scratch;

pub use engine::{Derivation, Line, Node, Status};
pub use problem::{Outcome, claim, derive};
