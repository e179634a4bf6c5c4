//! Theory files, read into definitions, distributions and rules.
mod model;
pub use model::{
    Alternative, Condition, Distribution, Instance, Phase, Quantity, Reason, Rule, Sort,
};
