//! The statement on the command line, read into goals.

use std::sync::Arc;

use hence::diagnostic::{Diagnostic, Span};
use hence::elaborate::{Goal, Undeclared, statements_with};
use hence::syntax::parse_command;

use super::context::Session;
use super::source::Source;

/// What the statement asks. `None`, with the problems noted, where it cannot be read.
pub fn goals(text: &str, session: &mut Session) -> Option<Vec<Goal>> {
    session.limits.begin("the statement");
    let source = Source::command(text);
    let (tree, mut problems) = parse_command(text);
    let read =
        |session: &Session| statements_with(text, &tree, &session.theory, Undeclared::InferFromUse);
    let (mut goals, mut found) = read(session);
    if !found.is_empty() && session.complete() {
        (goals, found) = read(session);
    }
    problems.extend(found);
    if problems.is_empty() && goals.is_empty() {
        problems.push(
            Diagnostic::new("E0608", Span::new(0, text.len()), "nothing is asked for")
                .label("no quantity and no claim")
                .hint("write a quantity, a definition `L = R`, or `claim L = R`"),
        );
    }
    note(&source, problems, session).then_some(goals)
}

/// Notes the problems; whether there were none, now or in the theories.
fn note(source: &Arc<Source>, problems: Vec<Diagnostic>, session: &mut Session) -> bool {
    session.problems.extend(source, problems);
    session.problems.is_empty()
}
