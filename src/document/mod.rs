//! Documents: how terms and derivations are shown.
//!
//! A [`Term`] becomes a small layout tree, and that becomes LaTeX, MathML, one line of Unicode, or a block of terminal
//! text with stacked fractions.
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
pub mod coverage;
mod defined;
mod evidence;
mod extent;
pub mod figure;
mod fragments;
pub mod html;
pub mod javascript;
mod join;
mod json;
mod latex;
mod layout;
mod linear;
mod lines;
mod markdown;
mod marks;
mod mathml;
mod names;
mod notation;
mod options;
pub mod page;
mod pairs;
mod phrases;
mod prose;
mod report;
pub mod site;
mod terminal;
mod words;
mod wrap;

#[cfg(test)]
mod formula_tests;
#[cfg(test)]
mod mathml_tests;
#[cfg(test)]
mod report_tests;

pub use build::{relation_latex, relation_unicode};
pub use evidence::{Gathered, gathered, written};
pub use fragments::{Fragments, Table as FragmentTable};
pub use marks::{Marks, changed};
pub use mathml::Style as MathStyle;
pub use notation::{NameNotation, Notation, Separator};
pub use options::{Colour, Formula, Lang, Options};
pub use prose::prose_math;
pub use report::{
    AssumptionLine, Bilingual, ConditionView, DeterministicView, EnclosureView, LemmaView,
    MonteCarloView, NumbersView, QuadratureView, ReplayView, Report, ResultView, SolutionView,
    Status, StepView, Verdict, Verification,
};

use crate::term::{Path, Term};

/// The term in LaTeX, without dollar signs.
pub fn latex(term: &Term, notation: &Notation) -> String {
    latex::print(&plain(term, notation), notation)
}

/// The term in LaTeX with the subterm at `place` coloured.
pub fn latex_highlighted(term: &Term, place: &Path, notation: &Notation) -> String {
    latex::print(&build::layout(term, &Marks::old(place), notation), notation)
}

/// The term as one line of Unicode.
pub fn unicode(term: &Term, notation: &Notation) -> String {
    linear::print(&plain(term, notation))
}

/// The term as terminal text of several lines, with stacked fractions; and the line that is the baseline.
pub fn unicode_block(term: &Term, notation: &Notation) -> (Vec<String>, usize) {
    block::print(&plain(term, notation))
}

/// The term as a `<math>` element in a line of text; as several where it is wide, so that a line may end between its parts.
pub fn mathml(term: &Term, notation: &Notation) -> String {
    let layout = plain(term, notation);
    mathml::element(&mathml::print(&layout), &linear::print(&layout), mathml::Style::Inline)
}

/// The term as a `<math>` element on a line of its own.
pub fn mathml_display(term: &Term, notation: &Notation) -> String {
    mathml_marked(term, &Marks::default(), notation)
}

/// The term as a `<math>` element on a line of its own; marked subterms are `<mrow class="old">` and `<mrow class="new">`.
pub fn mathml_marked(term: &Term, marks: &Marks, notation: &Notation) -> String {
    let layout = build::layout(term, marks, notation);
    mathml::element(&mathml::print_whole(&layout), &linear::print(&layout), mathml::Style::Display)
}

/// The term in LaTeX, without dollar signs, in lines of at most about `width` em. Each but the first begins with `{}`, so that in
/// `aligned` a line after `&\quad` keeps the space around its sign.
pub fn latex_lines(term: &Term, marks: &Marks, notation: &Notation, width: f64) -> Vec<String> {
    latex::lines(&build::layout(term, marks, notation), notation, width)
}

/// Prose with its names as mathematics, for HTML: `sigma1` is a `<math>` element, and the rest is escaped.
pub fn mathml_prose(text: &str) -> String {
    let spell =
        |g: &layout::Glyph| mathml::element(&mathml::name(g), &g.unicode, mathml::Style::Inline);
    names::in_prose(text, spell, mathml::escape)
}

impl Fragments {
    /// The number in the table of the markup inside the `<math>` element of the term, marked as in [`mathml_marked`]. Between the
    /// parts of a wide formula that markup holds the end of one `<math>` element and the beginning of another.
    pub fn formula(&mut self, term: &Term, marks: &Marks, notation: &Notation) -> usize {
        self.add(&build::layout(term, marks, notation))
    }
}

/// The term laid out, without highlights.
fn plain(term: &Term, notation: &Notation) -> layout::Layout {
    build::layout(term, &Marks::default(), notation)
}

/// Columns of a terminal that a line takes; escapes that colour it take none.
pub fn columns(line: &str) -> usize {
    let mut pieces = line.split("\u{1b}[");
    let first = wrap::columns(pieces.next().unwrap_or_default());
    let after = |piece: &str| piece.split_once('m').map_or(0, |(_, text)| wrap::columns(text));
    first + pieces.map(after).sum::<usize>()
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

/// The page as GitHub Markdown: the author's text, with what its `hence` blocks came to.
pub fn page_markdown(page: &page::Page, options: &Options) -> String {
    markdown::page(page, options)
}

/// The page as Markdown in which what its `hence` blocks came to is HTML, for tools that make web pages of Markdown.
pub fn page_embedded(page: &page::Page, options: &Options) -> String {
    markdown::embedded(page, options)
}

/// The page as a complete LaTeX article.
pub fn page_article(page: &page::Page, options: &Options) -> String {
    article::page(page, options)
}

/// The report as JSON.
pub fn json(report: &Report, notation: &Notation) -> serde_json::Value {
    json::write(report, notation)
}
