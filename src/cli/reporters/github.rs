//! Annotations for GitHub: workflow commands that mark the line of each failure in a change.
//!
//! Source: GitHub documentation, "Workflow commands for GitHub Actions", section "Setting an error message".

use super::{Reporter, Shown, Tally};
use crate::cli::context::Session;

/// To the log of the workflow.
pub struct Github;

impl Reporter for Github {
    fn statement(&mut self, shown: &Shown<'_>, session: &mut Session) {
        if shown.is_fine() {
            return;
        }
        let (line, column) = shown.position();
        let title = format!("{}: {}", shown.verdict(), shown.placed.goal.text.trim());
        let lines: Vec<String> =
            std::iter::once(shown.statement()).chain(shown.findings()).collect();
        let place = (shown.document.source.name.as_str(), line, column);
        session.output.line(&annotation(place, &title, &lines.join("\n")));
    }

    fn finish(&mut self, tally: &Tally, session: &mut Session) {
        for trouble in session.problems.all() {
            let place = (trouble.file.as_str(), trouble.line, trouble.column);
            let hint = trouble.hint.map(|h| format!("\n{h}")).unwrap_or_default();
            let text = format!("{}{hint}", trouble.message);
            session.output.line(&annotation(place, trouble.code, &text));
        }
        // Source lines on standard error could hold commands of their own.
        session.problems.are_told();
        session.output.line(&tally.summary());
    }
}

fn annotation((file, line, column): (&str, usize, usize), title: &str, text: &str) -> String {
    let (file, title, text) = (property(file), property(title), data(text));
    format!("::error file={file},line={line},col={column},title={title}::{text}")
}

/// What follows the double colon.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value among others.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::annotation;

    #[test]
    fn nothing_of_a_text_is_taken_for_a_command() {
        let line = annotation(("a,b.md", 3, 1), "x: y", "50 %\n::warning::z");
        assert_eq!(line, "::error file=a%2Cb.md,line=3,col=1,title=x%3A y::50 %25%0A::warning::z");
        assert!(!line.contains('\n'));
    }
}
