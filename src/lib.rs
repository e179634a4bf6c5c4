//! hence derives closed forms of statistical quantities step by step, from their definition, and proves each step.

pub mod diagnostic;

pub mod syntax;
pub mod term;
pub mod theory;
pub mod elaborate;
pub mod kernel;
pub mod derive;
pub mod numeric;
pub mod document;
