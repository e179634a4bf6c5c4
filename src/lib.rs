//! hence derives closed forms of statistical quantities step by step, from their definition, and proves each step.

pub mod derive;
pub mod diagnostic;
pub mod document;
pub mod elaborate;
#[cfg(feature = "fit")]
pub mod fit;
pub mod kernel;
pub mod numeric;
pub mod syntax;
pub mod term;
pub mod theory;
pub mod verify;
