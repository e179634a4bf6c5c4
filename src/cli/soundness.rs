//! `hence theory test`: densities, samplers and rules tested by numbers.
//!
//! Each rule is applied by the kernel to the instances that it says it fires on; the value before and after must be
//! related as the rule says, at keyed points that meet the instance's assumptions.

use hence::kernel::{Facts, Kernel, Step};
use hence::numeric::{Environment, NumericError, Options, PointStream, evaluate, key};
use hence::term::{Path, Relation, Term};
use hence::theory::{Instance, Rule, Theory};
use hence::verify::{Numbers, PROTOCOL, members, violated};

use super::arguments::TestArguments;
use super::context::Session;
use super::density::{self, draw, shown};
use super::exit::Exit;
use super::theories;

/// Points at which the sides of a rule are compared.
const POINTS: usize = 3;

/// Draws until the assumptions hold.
const TRIES: usize = 400;

/// Integrals over more coordinates are not tried.
const COORDINATES: usize = 2;

/// What is forgiven beyond the error estimates, relative to the larger side.
const CLOSE: f64 = 1e-8;

/// Runs the command.
pub fn run(arguments: &TestArguments, session: &mut Session) -> Exit {
    let Session { theory, problems, limits, .. } = session;
    theories::extend(theory, &arguments.paths, problems, limits);
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let theory = session.theory.clone();
    let mut tally = [0_usize; 3];
    for distribution in theory.distributions() {
        let found = density::test(distribution, &theory);
        let outcome = found.map_or(Outcome::Holds, |f| Outcome::Fails(f.message().to_owned()));
        show(&format!("distribution {}", distribution.name), &outcome, &mut tally, session);
    }
    for rule in theory.rules() {
        show(&format!("rule {}", rule.id), &rule_holds(rule, &theory), &mut tally, session);
    }
    let [held, failed, untested] = tally;
    session.output.line(&format!("{held} hold, {failed} fail, {untested} not tested"));
    Exit::of(failed == 0)
}

enum Outcome {
    Holds,
    Fails(String),
    NotTested(String),
}

fn show(name: &str, outcome: &Outcome, tally: &mut [usize; 3], session: &mut Session) {
    let (index, ink, word, why) = match outcome {
        Outcome::Holds => (0, "32", "holds", ""),
        Outcome::Fails(why) => (1, "31", "FAILS", why.as_str()),
        Outcome::NotTested(why) => (2, "2", "not tested", why.as_str()),
    };
    tally[index] += 1;
    let word = session.output.ink(ink, word);
    session.output.line(&format!("{word:10}  {name}"));
    if !why.is_empty() {
        session.output.line(&format!("            {why}"));
    }
}

fn rule_holds(rule: &Rule, theory: &Theory) -> Outcome {
    if rule.right.is_none() {
        return Outcome::NotTested("a law has no second side".into());
    }
    if rule.fires.is_empty() {
        return Outcome::NotTested("it has no `fires` instance".into());
    }
    let mut why = None;
    for instance in &rule.fires {
        if instance.sorts.iter().any(|(_, sort)| sort.is_distribution()) {
            why = Some(format!("{} has a density without numbers", instance.subject));
            continue;
        }
        match instance_holds(rule, instance, theory) {
            Outcome::Holds => {}
            Outcome::NotTested(reason) => why = Some(reason),
            fails => return fails,
        }
    }
    why.map_or(Outcome::Holds, Outcome::NotTested)
}

fn instance_holds(rule: &Rule, instance: &Instance, theory: &Theory) -> Outcome {
    let facts = Facts {
        sorts: instance.sorts.iter().cloned().collect(),
        families: instance.families.iter().cloned().collect(),
        masses: instance.masses.iter().cloned().collect(),
        relations: instance.relations.clone(),
        ..Facts::default()
    };
    let mut kernel = Kernel::new(theory, facts.clone());
    let Some(step) = fired(rule, &instance.subject, &mut kernel) else {
        return Outcome::Fails(format!("it does not fire on {}", instance.subject));
    };
    compared(&step, instance, Numbers { theory, facts: &facts })
}

/// The rule applied at the first place that takes it, outermost first.
fn fired(rule: &Rule, subject: &Term, kernel: &mut Kernel<'_>) -> Option<Step> {
    places(subject, &Path::root()).iter().find_map(|path| {
        let proposals = kernel.proposals(rule, subject, path);
        proposals.iter().find_map(|bindings| kernel.rule(subject, path, rule, bindings).ok())
    })
}

fn places(term: &Term, here: &Path) -> Vec<Path> {
    let below =
        term.children().into_iter().enumerate().flat_map(|(i, c)| places(c, &here.child(i)));
    std::iter::once(here.clone()).chain(below).collect()
}

fn compared(step: &Step, instance: &Instance, numbers: Numbers<'_>) -> Outcome {
    let text = instance.subject.to_string();
    let mut stream = PointStream::new(key(&text, PROTOCOL, 0));
    let (mut done, mut why) = (0, "no admissible point was found".to_owned());
    for _ in 0..TRIES {
        let point = drawn(instance, &mut stream, numbers);
        if done == POINTS || violated(&point, numbers).is_some() {
            continue;
        }
        let options = Options { tolerance: 1e-11, coordinates: COORDINATES, ..Options::default() };
        let value = |t: &Term| evaluate(t, &point, &numbers, &options);
        match (value(step.before()), value(step.after())) {
            (Ok(a), Ok(b)) => {
                let scale = a.value.abs().max(b.value.abs()).max(1.0);
                let doubt = 10.0 * (a.error + b.error) + CLOSE * scale;
                if !related(step.relation(), a.value, b.value, doubt) {
                    let (a, b) = (shown(a.value), shown(b.value));
                    return Outcome::Fails(format!("{text}: {a} becomes {b}"));
                }
                done += 1;
            }
            // Fewer coordinates will do.
            (Err(NumericError::TooLarge(_)), _) | (_, Err(NumericError::TooLarge(_))) => {}
            (Err(e), _) | (_, Err(e)) => return Outcome::NotTested(format!("{text}: {e}")),
        }
    }
    if done == POINTS {
        return Outcome::Holds;
    }
    why += &format!(" for {text}");
    Outcome::NotTested(why)
}

/// Values of the names of an instance: the members of its families after the numbers that are their ends.
fn drawn(instance: &Instance, stream: &mut PointStream, numbers: Numbers<'_>) -> Environment {
    let family = |name| instance.families.iter().find(|(known, _)| known == name);
    let mut point = Environment::new();
    for (name, sort) in instance.sorts.iter().filter(|(name, _)| family(name).is_none()) {
        point.set(name.clone(), draw(stream, *sort));
    }
    for (name, sort) in &instance.sorts {
        let Some((_, ends)) = family(name) else { continue };
        for one in members(name, ends, &point, numbers).unwrap_or_default() {
            point.set(one, draw(stream, *sort));
        }
    }
    point
}

/// Whether the relation holds within the doubt. NaN never does.
fn related(relation: Relation, a: f64, b: f64, doubt: f64) -> bool {
    let infinite = a == b && a.is_infinite();
    match relation {
        Relation::Eq => infinite || (a - b).abs() <= doubt,
        Relation::Le | Relation::Lt => a <= b + doubt,
        Relation::Ge | Relation::Gt => a >= b - doubt,
        Relation::Ne => a != b,
        Relation::UpTo | Relation::Tends | Relation::TendsUpTo => false,
    }
}
