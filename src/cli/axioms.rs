//! `hence axioms`: the rules, taken without proof, that a derivation rests on, in the end: what is proved in a document
//! of its own counts by what that document uses.

use std::path::Path;

use hence::elaborate::Goal;
use hence::term::Symbol;
use hence::theory::Rule;
use hence::verify::soundness::Proofs;

use super::arguments::AxiomsArguments;
use super::context::Session;
use super::exit::Exit;
use super::{documents, rules, source, statement};
use hence::verify::decide;

/// Runs the command.
pub fn run(arguments: &AxiomsArguments, session: &mut Session) -> Exit {
    let Some(goals) = goals(&arguments.subject, session) else { return Exit::Unreadable };
    let mut exit = Exit::Holds;
    for (goal, expected_refuted) in &goals {
        // What is shown as a mistake rests on nothing.
        if !expected_refuted {
            exit = exit.max(one(goal, session));
        }
    }
    exit
}

fn goals(subject: &str, session: &mut Session) -> Option<Vec<(Goal, bool)>> {
    let path = Path::new(subject);
    if !path.is_file() && !documents::is_document(path) {
        let goals = statement::goals(subject, session)?;
        return Some(goals.into_iter().map(|goal| (goal, false)).collect());
    }
    let document = documents::read(path, session)?;
    let goals = document.goals.into_iter().map(|p| (p.goal, p.expected_refuted));
    session.problems.is_empty().then(|| goals.collect())
}

fn one(goal: &Goal, session: &mut Session) -> Exit {
    session.limits.begin(goal.text.clone());
    let decision = decide(goal, &session.theory, false);
    let theory = session.theory.clone();
    let read = |path: &str| source::read_below(path).ok().map(|s| s.text.clone());
    let mut proofs = Proofs::new(&theory, &read);
    let mut used = decision.derivation.axioms.clone();
    used.extend(decision.second.iter().flat_map(|d| d.axioms.iter().cloned()));
    let axioms = proofs.foundations(&used);
    let head = goal.text.split_whitespace().collect::<Vec<_>>().join(" ");
    session.output.line(&session.output.ink("1", &head));
    if axioms.is_empty() {
        session.output.line("  rests on definitions and arithmetic alone");
    }
    let proved: Vec<&Rule> =
        used.difference(&axioms).filter_map(|id| theory.rule(id.as_str())).collect();
    let all = axioms.iter().map(Symbol::as_str).chain(proved.iter().map(|r| r.id.as_str()));
    let width = all.map(str::len).max().unwrap_or(0);
    for id in &axioms {
        let rule = theory.rule(id.as_str());
        let text = rule.map(|r| rules::statement(r, session)).unwrap_or_default();
        session.output.line(format!("  {:width$}  {text}", id.as_str()).trim_end());
    }
    if !proved.is_empty() {
        session.output.line("  by way of");
    }
    for rule in proved {
        let id = rule.id.as_str();
        session.output.line(&format!("  {id:width$}  proved in {}", rule.proof));
    }
    if !decision.holds() {
        session.output.line("  and is not proved");
    }
    Exit::of(decision.holds())
}
