//! Text to a spanned tree.
pub mod tree;
