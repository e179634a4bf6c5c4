//! GitHub Markdown: one report, or a page.
//!
//! Formulas stand between dollar signs, in LaTeX that KaTeX and MathJax read, and without the commands that Markdown takes
//! for an escape.

mod page;
mod report;

use super::options::Options;
use super::phrases::{Phrase, phrase};
use super::report::Report;
use crate::term::Term;

pub use page::{embedded, page};

/// One report.
pub fn write(report: &Report, options: &Options) -> String {
    let mut writer = Writer { options, out: String::new() };
    writer.report(report);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out.push('\n');
    spaced(&writer.out)
}

/// GitHub takes a dollar sign for the end of a formula only before a space or ASCII punctuation, and for its beginning only
/// after them.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        let wide = |c: char| matches!(c, '，' | '。' | '；' | '：' | '、' | '（' | '）');
        if (last == '$' && wide(c)) || (c == '$' && wide(last)) {
            out.push(' ');
        }
        out.push(c);
        last = c;
    }
    out
}

/// Markdown in the making.
struct Writer<'a> {
    options: &'a Options,
    out: String,
}

impl Writer<'_> {
    /// LaTeX without the commands that Markdown takes for an escape: `\,` and `\|`.
    fn math(&self, term: &Term) -> String {
        safe(&super::latex(term, &self.options.notation))
    }

    fn word(&self, p: Phrase) -> &'static str {
        phrase(p, self.options.lang)
    }
}

/// Spellings that survive Markdown's backslash escapes.
fn safe(latex: &str) -> String {
    latex.replace("\\,", "\\thinspace ").replace("\\|", "\\Vert ")
}

/// Prose in which Markdown shall see nothing of its own.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '$' | '<' | '[' | '|' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
