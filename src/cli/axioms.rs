//! `hence axioms`: the rules, taken without proof, that a derivation rests on.

use std::path::Path;

use hence::elaborate::Goal;
use hence::verify::report;

use super::arguments::AxiomsArguments;
use super::claims::decide;
use super::context::Session;
use super::exit::Exit;
use super::{documents, rules, statement};

/// Runs the command.
pub fn run(arguments: &AxiomsArguments, session: &mut Session) -> Exit {
    let Some(goals) = goals(&arguments.subject, session) else { return Exit::Unreadable };
    let mut exit = Exit::Holds;
    for goal in &goals {
        exit = exit.max(one(goal, session));
    }
    exit
}

fn goals(subject: &str, session: &mut Session) -> Option<Vec<Goal>> {
    let path = Path::new(subject);
    if !path.is_file() && !documents::is_document(path) {
        return statement::goals(subject, session);
    }
    let document = documents::read(path, session)?;
    session.problems.is_empty().then(|| document.goals.into_iter().map(|p| p.goal).collect())
}

fn one(goal: &Goal, session: &mut Session) -> Exit {
    session.limits.begin(goal.text.clone());
    let decision = decide(goal, &session.theory, false);
    let ids = report(&decision.derivation, &goal.context, &session.theory).axioms;
    let head = goal.text.split_whitespace().collect::<Vec<_>>().join(" ");
    session.output.line(&session.output.ink("1", &head));
    if ids.is_empty() {
        session.output.line("  rests on definitions and arithmetic alone");
    }
    let width = ids.iter().map(String::len).max().unwrap_or(0);
    for id in &ids {
        let text =
            session.theory.rule(id).map(|r| rules::statement(r, session)).unwrap_or_default();
        session.output.line(format!("  {id:width$}  {text}").trim_end());
    }
    Exit::of(decision.holds())
}
