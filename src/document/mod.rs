//! Documents: how terms and derivations are shown.
//!
//! A [`Term`] becomes a small layout tree, and that becomes LaTeX, one line of Unicode, or a block of terminal text with
//! stacked fractions.
//!
//! ```
//! use hence::document::{Notation, latex, unicode};
//! use hence::term::Term;
//!
//! let t = Term::call("ln", vec![Term::quotient(Term::symbol("sigma2"), Term::symbol("sigma1"))]);
//! assert_eq!(unicode(&t, &Notation::default()), "ln(σ₂/σ₁)");
//! assert_eq!(latex(&t, &Notation::default()), r"\ln\left(\frac{\sigma_2}{\sigma_1}\right)");
//! ```
//!
//! A derivation arrives as a [`Report`], plain data filled by other rooms, and leaves through one of the writers:
//! [`terminal`], [`markdown`], [`article`], [`json`]. Fixed words stand in one table of phrases, in both languages.
//!
//! Never: recomputes anything. What is printed was handed in.

mod article;
mod block;
mod build;
mod evidence;
pub mod figure;
pub mod javascript;
mod join;
mod json;
mod latex;
mod layout;
mod linear;
mod markdown;
mod names;
mod notation;
mod options;
pub mod page;
mod phrases;
mod report;
mod terminal;
mod wrap;

#[cfg(test)]
mod formula_tests;
#[cfg(test)]
mod report_tests;

pub use build::{relation_latex, relation_unicode};
pub use evidence::{Gathered, gathered, written};
pub use notation::{NameNotation, Notation, Separator};
pub use options::{Colour, Formula, Lang, Options};
pub use report::{
    AssumptionLine, Bilingual, ConditionView, DeterministicView, EnclosureView, MonteCarloView,
    NumbersView, QuadratureView, ReplayView, Report, ResultView, SolutionView, Status, StepView,
    Verdict, Verification,
};

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

/// The term as terminal text of several lines, with stacked fractions; and the line that is the baseline.
pub fn unicode_block(term: &Term, notation: &Notation) -> (Vec<String>, usize) {
    block::print(&build::layout(term, None, notation))
}

/// The report for a terminal.
pub fn terminal(report: &Report, options: &Options) -> String {
    terminal::write(report, options)
}

/// The report as GitHub Markdown.
pub fn markdown(report: &Report, options: &Options) -> String {
    markdown::write(report, options)
}

/// The report as a complete LaTeX article.
pub fn article(report: &Report, options: &Options) -> String {
    article::write(report, options)
}

/// The report as JSON.
pub fn json(report: &Report, notation: &Notation) -> serde_json::Value {
    json::write(report, notation)
}
