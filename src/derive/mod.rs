//! The strategy: phases that produce steps by asking the kernel. Nothing here is believed; a step exists only where the
//! kernel made it.

mod bound;
mod conditions;
mod constants;
mod coordinates;
mod derivatives;
mod engine;
mod estimate;
mod expand;
mod links;
mod names;
mod overlaps;
mod phases;
mod pieces;
mod places;
mod problem;
mod relations;
mod reshape;
mod roots;
mod rules;
mod solve;
mod suppose;
mod terms;
mod transfer;
mod values;
mod weights;

pub use conditions::lacking;
pub use engine::{Derivation, Line, Node, Status, why_infinite};
pub use links::link_by;
pub use places::obstacle;
pub use problem::{Outcome, claim, claim_by, derive, derive_by};
pub use solve::solve;
pub use suppose::{Lemma, Supposed};
