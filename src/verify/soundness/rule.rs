//! Rules and laws: the kernel applies them to their own instances and to instances made up from the left side; the value
//! before and after must be related as the rule says, and what a law calls integrable must converge.

use super::super::Numbers;
use super::super::compare::{Verdict, compare};
use super::super::instances::instances;
use super::super::points::Points;
use super::witness::{Witness, counterexample};
use super::{Fault, Finding, Outcome, shown};
use crate::kernel::{Facts, Kernel, Step};
use crate::numeric::{Environment, NumericError, Options, Value, evaluate};
use crate::term::{Node, Path, Relation, Term};
use crate::theory::{Instance, Rule, Theory};

/// Points at which the sides of a rule are compared.
const POINTS: usize = 3;

/// Points that are drawn for as many at which both sides have values.
const TRIES: usize = 60;

/// Integrals over more coordinates are not tried.
const COORDINATES: usize = 2;

/// Tests a rule or a law at keyed points.
pub fn rule(rule: &Rule, theory: &Theory) -> Finding {
    let mut notes = Vec::new();
    let mut why = "it has no `fires` instance".to_owned();
    let mut held = 0;
    for instance in &rule.fires {
        let found = instance_holds(rule, instance, theory);
        match found.outcome {
            Outcome::Holds => held += 1,
            Outcome::NotTested(reason) => why = reason,
            Outcome::Fails(_) => return found,
        }
        notes.extend(found.notes);
    }
    let made_up = match counterexample(rule, theory) {
        Err(witness) => return Finding::fails(false_rule(rule, &witness)),
        Ok(count) => count,
    };
    if made_up > 0 {
        notes.push(format!("holds on {made_up} instances made up from its left side"));
    }
    if held == 0 && made_up == 0 {
        return Finding { outcome: Outcome::NotTested(why), notes: Vec::new() };
    }
    Finding::holds(notes)
}

fn false_rule(rule: &Rule, witness: &Witness) -> Fault {
    let Witness { subject, left, right, at } = witness;
    let at: Vec<String> = at.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let at = if at.is_empty() { String::new() } else { format!(" at {}", at.join(", ")) };
    rule_fault(match &rule.right {
        Some(_) => {
            let shown = |v: &Option<f64>| v.map_or_else(|| "no value".to_owned(), shown);
            format!(
                "it fires on {subject}{at}, where its sides are {} and {}, not {}",
                shown(left),
                shown(right),
                word(rule.relation)
            )
        }
        None => format!("it calls {subject} integrable{at}, which has no finite value"),
    })
}

fn word(relation: Relation) -> String {
    match relation {
        Relation::Eq => "equal".into(),
        other => format!("related by {}", other.as_str()),
    }
}

fn rule_fault(message: String) -> Fault {
    let hint = "a rule must hold wherever its conditions do: add the condition that is missing, or mend its right side";
    Fault { code: "E0312", message, label: "this rule is false", hint }
}

fn instance_holds(rule: &Rule, instance: &Instance, theory: &Theory) -> Finding {
    let facts = assumed(instance);
    let text = instance.subject.to_string();
    let Some(_) = &rule.right else {
        return match Kernel::new(theory, facts.clone()).converges(integrand(&instance.subject)) {
            Some(_) => {
                converges(&text, integrand(&instance.subject), Numbers { theory, facts: &facts })
            }
            None => Finding::fails(rule_fault(format!("it does not apply to {text}"))),
        };
    };
    let Some(step) = fired(rule, instance, theory) else {
        return Finding::fails(rule_fault(format!("it does not fire on {text}")));
    };
    sides(&text, &step, Numbers { theory, facts: &facts })
}

/// What an instance assumes.
pub(super) fn assumed(instance: &Instance) -> Facts {
    Facts {
        sorts: instance.sorts.iter().cloned().collect(),
        families: instance.families.iter().cloned().collect(),
        masses: instance.masses.iter().cloned().collect(),
        relations: instance.relations.clone(),
        ..Facts::default()
    }
}

/// The inside of `integrable(…)`.
pub(super) fn integrand(law: &Term) -> &Term {
    match law.node() {
        Node::Call(f, arguments) if *f == "integrable" && arguments.len() == 1 => &arguments[0],
        _ => law,
    }
}

/// The rule applied to an instance, at the first place that takes it, outermost first.
fn fired(rule: &Rule, instance: &Instance, theory: &Theory) -> Option<Step> {
    let mut kernel = Kernel::new(theory, assumed(instance));
    let subject = &instance.subject;
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

fn sides(text: &str, step: &Step, numbers: Numbers<'_>) -> Finding {
    let terms = [step.before(), step.after()];
    at_points(text, &terms, numbers, |values| {
        let (a, b) = (values[0], values[1]);
        match compare(step.relation(), a, b) {
            Verdict::Differs => {
                let (a, b) = (shown(a.value), shown(b.value));
                Err(format!("{text}: {a} becomes {b}"))
            }
            verdict => Ok(verdict == Verdict::Agrees),
        }
    })
}

fn converges(text: &str, integral: &Term, numbers: Numbers<'_>) -> Finding {
    at_points(text, &[integral], numbers, |values| match values[0].value.is_finite() {
        true => Ok(true),
        false => Err(format!("{text} is infinite")),
    })
}

/// Values of terms at keyed points, where the names of distributions stand for known ones.
fn at_points(
    text: &str,
    terms: &[&Term],
    numbers: Numbers<'_>,
    judge: impl Fn(&[Value]) -> Result<bool, String>,
) -> Finding {
    let (mut done, mut why) = (0, format!("no admissible point was found for {text}"));
    for (facts, point) in places_to_try(text, terms, numbers) {
        let numbers = Numbers { facts: &facts, ..numbers };
        let options = Options { tolerance: 1e-11, coordinates: COORDINATES, ..Options::default() };
        // Where a rule says that an integral is infinite, one that diverges agrees.
        let infinite = terms.get(1).and_then(|t| t.as_symbol()).is_some_and(|s| s == "oo");
        let value = |t: &&Term| match evaluate(t, &point, &numbers, &options) {
            Err(NumericError::Divergent(_)) if infinite => {
                Ok(Value { value: f64::INFINITY, error: 0.0, evaluations: 0 })
            }
            other => other,
        };
        match terms.iter().map(value).collect::<Result<Vec<Value>, NumericError>>() {
            Ok(values) => match judge(&values) {
                Ok(decided) => done += usize::from(decided),
                Err(message) => return Finding::fails(rule_fault(message)),
            },
            // Fewer coordinates will do.
            Err(NumericError::TooLarge(_)) => {}
            Err(e @ NumericError::Divergent(_)) if terms.len() == 1 => {
                return Finding::fails(rule_fault(format!("{text}: {e}")));
            }
            Err(e) => why = format!("{text}: {e}"),
        }
        if done == POINTS {
            return Finding::holds(vec![format!("holds on {text} at {POINTS} points")]);
        }
    }
    Finding::not_tested(why)
}

/// Facts and points: under instances of the distributions that are left open, if there are any.
fn places_to_try<'a>(
    text: &'a str,
    terms: &'a [&'a Term],
    numbers: Numbers<'a>,
) -> Box<dyn Iterator<Item = (Facts, Environment)> + 'a> {
    match instances(text, terms, numbers) {
        Some(all) => Box::new(all.take(TRIES).filter_map(move |instance| {
            let (point, _) = instance.point(text, terms, numbers.theory)?;
            Some((instance.facts, point))
        })),
        None => {
            let points = Points::new(text, terms, numbers).into_iter().flatten();
            Box::new(points.take(TRIES).map(move |point| (numbers.facts.clone(), point)))
        }
    }
}
