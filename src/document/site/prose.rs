//! Words of an author that stand on another page: text, with the formulas in it between marks until it is printed.

use super::super::html::escape;
use super::super::page::{Inline, plain_text};
use super::super::report::Bilingual;
use super::super::{MathStyle, prose_math};
use super::shell::pair;

/// Begins and ends a formula; no document holds these.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// The words of a line, its formulas marked.
pub(super) fn prose(line: &[Inline]) -> String {
    let mut out = String::new();
    for piece in line {
        match piece {
            Inline::Formula(latex) | Inline::Display(latex) => {
                out.push(MARKS[0]);
                out += &latex.replace(MARKS, "");
                out.push(MARKS[1]);
            }
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Struck(inner)
            | Inline::Link { content: inner, .. } => out += &prose(inner),
            other => out += &plain_text(std::slice::from_ref(other)),
        }
    }
    out
}

/// Marked words as markup, in both languages.
pub(super) fn printed(text: &Bilingual) -> String {
    let zh = if text.zh.is_empty() { String::new() } else { markup(&text.zh) };
    pair(&markup(&text.en), &zh)
}

fn markup(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARKS[0]) {
        let (latex, after) = after.split_once(MARKS[1]).unwrap_or((after, ""));
        out += &escape(before);
        out += &match prose_math(latex, MathStyle::Inline) {
            Ok(formula) => formula,
            Err(_) => format!("<code class=\"latex\">{}</code>", escape(latex)),
        };
        rest = after;
    }
    out + &escape(rest)
}

#[cfg(test)]
mod tests {
    use super::{MARKS, printed, prose};
    use crate::document::page::Inline;

    #[test]
    fn formulas_among_words_are_set() {
        let line = [Inline::Text("a < ".into()), Inline::Formula("\\sigma^2".into())];
        let shown = printed(&prose(&line).as_str().into());
        assert!(shown.starts_with("a &lt; <math") && shown.contains("<mi>σ</mi>"), "{shown}");
        assert!(!shown.contains(MARKS), "{shown}");
        // What cannot be set stays text, and what is cut off ends.
        let broken = printed(&format!("{}\\no<", MARKS[0]).as_str().into());
        assert_eq!(broken, "<code class=\"latex\">\\no&lt;</code>");
    }
}
