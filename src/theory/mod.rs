//! Theory files, read into definitions, distributions and rules.
//!
//! Here is what a theory holds and how it is looked up. Reading the text is elaboration's (`elaborate::load`).
mod examples;
mod family;
mod instance;
mod model;
mod store;
pub use examples::Examples;
pub use family::{Family, REALS, dimension, is_argument, line, space};
pub use model::{
    Alternative, COUNTS, Column, Condition, Distribution, Instance, Loss, Model, Phase, Quantity,
    Reason, Rule, SIMPLEX, Sort, Space, TAIL_START,
};
pub use store::Theory;
