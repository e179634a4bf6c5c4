//! The strategy: phases that produce steps by asking the kernel. Nothing here is believed; a step exists only where the
//! kernel made it.

#[cfg(test)]
mod scratch;
mod engine;
mod bound;
mod phases;
mod problem;

pub use engine::{Derivation, Line, Node, Status};
pub use problem::{Outcome, claim, derive};
