//! Documents: how terms and derivations are shown.
//!
//! A [`Term`] becomes a small layout tree, and that becomes LaTeX, one line of Unicode, or a block of terminal text with
//! stacked fractions.
//!
//! Never: recomputes anything. What is printed was handed in.

mod build;
mod join;
mod latex;
mod layout;
mod linear;
mod names;
mod notation;

#[cfg(test)]
mod formula_tests;

pub use notation::{NameNotation, Notation, Separator};

use crate::term::{Path, Term};

/// The term in LaTeX, without dollar signs.
pub fn latex(term: &Term, notation: &Notation) -> String {
    latex::print(&build::layout(term, None, notation), notation)
}

/// The term in LaTeX with the subterm at `place` coloured.
pub fn latex_highlighted(term: &Term, place: &Path, notation: &Notation) -> String {
    latex::print(&build::layout(term, Some(place), notation), notation)
}

/// The term as one line of Unicode.
pub fn unicode(term: &Term, notation: &Notation) -> String {
    linear::print(&build::layout(term, None, notation))
}
