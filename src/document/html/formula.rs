//! Formulas in a page.

use super::super::notation::Notation;
use super::escape;
use crate::term::{Path, Term};

/// A formula within a line.
pub fn inline(term: &Term, notation: &Notation) -> String {
    stub(term, notation, "")
}

/// A formula on a line of its own.
pub fn display(term: &Term, notation: &Notation) -> String {
    stub(term, notation, " display=\"block\"")
}

/// What a step changes: the place in its first line that goes, and the place in its second that comes.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Marks {
    pub old: Option<Path>,
    pub new: Option<Path>,
}

/// A formula on a line of its own, marked.
pub fn marked(term: &Term, _marks: &Marks, notation: &Notation) -> String {
    display(term, notation)
}

/// The places in which two terms differ.
pub fn changed(_before: &Term, _after: &Term) -> (Option<Path>, Option<Path>) {
    (None, None)
}

/// A formula of the author in LaTeX.
pub fn prose(latex: &str, _display: bool) -> Result<String, String> {
    Err(latex.to_owned())
}

fn stub(term: &Term, notation: &Notation, attributes: &str) -> String {
    let text = escape(&super::super::unicode(term, notation));
    format!("<math{attributes}><mtext>{text}</mtext></math>")
}
