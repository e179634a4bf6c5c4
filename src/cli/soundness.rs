//! `hence theory test`: densities, samplers and rules tested by numbers. What is printed comes from the library.

use hence::theory::{Distribution, Rule, Theory};
use hence::verify::soundness::{self, Effort, Finding, Outcome, Proofs};

use super::arguments::TestArguments;
use super::context::Session;
use super::exit::Exit;
use super::{source, theories};

/// Runs the command: on the entries of the given files, or on everything that is known.
pub fn run(arguments: &TestArguments, session: &mut Session) -> Exit {
    let known = session.theory.clone();
    let Session { theory, problems, limits, .. } = session;
    theories::read(theory, &arguments.paths, problems, limits);
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let theory = session.theory.clone();
    let (distributions, rules) = match arguments.paths.is_empty() {
        true => (theory.distributions(), theory.rules()),
        false => added(&known, &theory),
    };
    let mut tally = [0_usize; 3];
    for distribution in distributions {
        session.limits.begin(distribution.name.to_string());
        let found = soundness::distribution(distribution, &theory, Effort::Full);
        show(&format!("distribution {}", distribution.name), &found, &mut tally, session);
    }
    let read = |path: &str| source::read_below(path).ok().map(|s| s.text.clone());
    let mut proofs = Proofs::new(&theory, &read);
    for rule in rules {
        session.limits.begin(rule.id.to_string());
        let word = if rule.right.is_some() { "rule" } else { "law" };
        let found = soundness::rule(rule, &theory).and_proof(proofs.of(rule), rule);
        show(&format!("{word} {}", rule.id), &found, &mut tally, session);
    }
    let [held, failed, untested] = tally;
    session.output.line(&format!("{held} hold, {failed} fail, {untested} not tested"));
    Exit::of(failed == 0)
}

/// What the second theory knows beyond the first.
fn added<'a>(before: &Theory, after: &'a Theory) -> (&'a [Distribution], &'a [Rule]) {
    let distributions = &after.distributions()[before.distributions().len()..];
    (distributions, &after.rules()[before.rules().len()..])
}

fn show(name: &str, found: &Finding, tally: &mut [usize; 3], session: &mut Session) {
    let (index, ink, word) = match found.outcome {
        Outcome::Holds => (0, "32", "holds"),
        Outcome::Fails(_) => (1, "31", "FAILS"),
        Outcome::NotTested(_) => (2, "2", "not tested"),
    };
    tally[index] += 1;
    let word = session.output.ink(ink, &format!("{word:10}"));
    session.output.line(&format!("{word}  {name}"));
    let lines: Vec<String> = match &found.outcome {
        Outcome::Holds => found.notes.clone(),
        Outcome::Fails(fault) => {
            vec![fault.message().to_owned(), format!("help: {}", fault.hint())]
        }
        Outcome::NotTested(why) => vec![why.clone()],
    };
    for line in lines {
        session.output.line(&format!("            {line}"));
    }
}
