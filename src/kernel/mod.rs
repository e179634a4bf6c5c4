//! The kernel: assumptions and condition discharge, matching, one rule at one place, the arithmetic decision procedure,
//! sealed steps, and replay.
//!
//! Never: searches, parses, or computes in floating point; imports `syntax`, `derive` or `numeric`.

mod almost;
mod arith;
mod condition;
mod consequence;
mod defined;
mod equation;
mod extended;
mod factors;
mod facts;
mod family;
mod holes;
mod hypothesis;
mod integrable;
mod kinks;
mod lacking;
mod limit;
mod matching;
mod monotone;
mod roots;
mod shape;
mod sign;
mod step;
mod unfold;
mod vary;

pub use arith::{Arithmetic, ArithmeticError};
pub use condition::Discharge;
pub use consequence::{Consequence, Instance, Solved};
pub use equation::{Equivalence, Isolation};
pub use facts::{Facts, POINTS};
pub use family::{Column, columns};
pub use limit::SumOverDraws;
pub use roots::{Balance, Quadratic};
pub use sign::Sign;
pub use step::{Justification, Kernel, Refusal, Step};
