//! Evidence on whole derivations, and certificates under attack.

use serde_json::Value;

use super::*;
use crate::derive::{Status, claim, derive, solve};
use crate::elaborate::{Goal, GoalKind, Undeclared, statements_with};
use crate::syntax::parse_command;

const GAUSSIANS: &str = "let mu1, mu2 real\nlet sigma1, sigma2 positive\n\
     let p = Normal(mu1, sigma1^2)\nlet q = Normal(mu2, sigma2^2)\n";

fn goal(source: &str) -> Goal {
    let (tree, problems) = parse_command(source);
    assert!(problems.is_empty(), "{problems:?}");
    let theory = Theory::shipped_ref();
    let (goals, problems) = statements_with(source, &tree, theory, Undeclared::InferFromUse);
    assert!(problems.is_empty(), "{problems:?}");
    goals.into_iter().next_back().unwrap()
}

fn left(goal: &Goal) -> crate::term::Term {
    match &goal.kind {
        GoalKind::Derive { left, .. }
        | GoalKind::Claim { left, .. }
        | GoalKind::Solve { left, .. } => left.clone(),
    }
}

fn derived(goal: &Goal) -> Derivation {
    let (theory, facts) = (Theory::shipped_ref(), facts(&goal.context));
    match &goal.kind {
        GoalKind::Solve { left, right, unknown } => solve(theory, &facts, (left, right), unknown),
        _ => derive(theory, facts, &left(goal)),
    }
}

fn certified(source: &str) -> Value {
    let goal = goal(source);
    let theory = Theory::shipped_ref();
    let derivation = derived(&goal);
    let deterministic = Some(deterministic(&derivation, theory));
    let verification = Verification { deterministic, ..Verification::default() };
    certificate(&derivation, &goal.context, theory, &goal.text, verification)
}

const SOURCES: [&str; 6] = [
    "derive KL(Normal(m, s^2) || Normal(0, 1))",
    "derive H(Exponential(r))",
    "derive KL(Exponential(a) || Exponential(b))",
    "derive E[x ~ Normal(m, v)]((x - m)^2)",
    "derive H(Uniform(a, b))",
    "derive KL(Normal(0, 1) || Exponential(1))",
];

#[test]
fn the_evidence_agrees_with_derivations() {
    let more = format!("{GAUSSIANS}derive KL(p || q)");
    for source in SOURCES.into_iter().chain([more.as_str()]) {
        let d = derived(&goal(source));
        let evidence = verify(&d, Theory::shipped_ref());
        assert!(evidence.passed, "{source}: {evidence:#?}");
        let v = evidence.verification;
        let deterministic = v.deterministic.unwrap();
        assert!(deterministic.message.is_empty(), "{source}: {}", deterministic.message);
        assert_eq!(deterministic.steps_checked, d.steps().count(), "{source}");
        // The log-density of a uniform variable is constant: sampling it would confirm nothing.
        let varies = !source.contains("Uniform");
        if d.status == Status::Proved && varies {
            assert!(!v.monte_carlo.is_empty(), "{source}: {:?}", evidence.not_sampled);
            assert!(v.monte_carlo.iter().all(|m| m.verdict == "confirmed"), "{source}");
        }
    }
}

#[test]
fn precise_runs_reach_a_margin_far_below_the_usual_one() {
    let d = derived(&goal("derive KL(Normal(m, s^2) || Normal(0, 1))"));
    let theory = Theory::shipped_ref();
    let usual = monte_carlo(&d, theory).runs;
    let precise = monte_carlo_at(&d, theory, Precision::Precise).runs;
    assert!(usual.len() == 3 && precise.len() == 3);
    assert!(precise.iter().all(|r| r.verdict == "confirmed" && r.reached < 1e-5), "{precise:?}");
    assert!(precise.iter().all(|r| r.interval == "Student t"), "{precise:?}");
    assert!(usual.iter().all(|r| r.reached <= 1e-2), "{usual:?}");
    // The runs are counted with their looks.
    let plan = runs_of(usual.iter().chain(&precise));
    assert_eq!(plan.iter().map(|r| r.runs).sum::<u64>(), 6);
    assert!(plan.iter().all(|r| r.looks == 13), "{plan:?}");
}

#[test]
fn a_wrong_result_is_refuted_by_numbers() {
    let mut d = derived(&goal(SOURCES[0]));
    d.result = crate::term::Term::sum(vec![
        d.result.clone(),
        crate::term::Term::quotient(1.into_term(), 2.into_term()),
    ]);
    let evidence = verify(&d, Theory::shipped_ref());
    assert!(!evidence.passed);
    assert!(!evidence.verification.deterministic.unwrap().ok);
    assert!(evidence.verification.monte_carlo.iter().all(|m| m.verdict == "refuted"));
}

trait IntoTerm {
    fn into_term(self) -> crate::term::Term;
}

impl IntoTerm for i64 {
    fn into_term(self) -> crate::term::Term {
        crate::term::Term::integer(self)
    }
}

#[test]
fn certificates_replay() {
    let more = format!("{GAUSSIANS}derive KL(p || q)");
    let spread = "let a, b real\nassume a < b\nlet unused positive\nderive H(Uniform(a, b))";
    for source in SOURCES.into_iter().chain([more.as_str(), spread]) {
        let value = certified(source);
        let text = serde_json::to_string_pretty(&value).unwrap();
        let back: Value = serde_json::from_str(&text).unwrap();
        let summary = replay(&back, Theory::shipped_ref());
        assert!(summary.is_ok(), "{source}: {summary:#?}");
    }
}

/// Every place in a value, as a JSON pointer.
fn places(value: &Value, here: &str, out: &mut Vec<String>) {
    out.push(here.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(inner, &format!("{here}/{key}"), out);
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                places(inner, &format!("{here}/{i}"), out);
            }
        }
        _ => {}
    }
}

/// The ways in which a value is changed in place.
fn mutants(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![Value::Bool(true), "x".into()],
        Value::Bool(b) => vec![Value::Bool(!b), Value::Null],
        Value::Number(n) => {
            vec![(n.as_u64().unwrap_or(7) + 1).into(), (-1).into(), 0.5.into(), "1".into()]
        }
        Value::String(s) => {
            let mut out: Vec<Value> =
                vec![format!("{s}*2").into(), "y".into(), Value::Null, 3.into()];
            if !s.is_empty() {
                out.push("".into());
                let cut: String = s.chars().skip(1).collect();
                out.push(cut.into());
            }
            out
        }
        Value::Array(items) => {
            let mut more = items.clone();
            more.push(items.last().cloned().unwrap_or(Value::Null));
            let mut out = vec![Value::Array(more), Value::Null];
            if !items.is_empty() {
                out.push(Value::Array(items[1..].to_vec()));
            }
            out
        }
        Value::Object(map) => {
            let mut out = vec![Value::Null];
            for key in map.keys() {
                let mut less = map.clone();
                less.remove(key);
                out.push(Value::Object(less));
            }
            let mut more = map.clone();
            more.insert("extra".into(), 1.into());
            out.push(Value::Object(more));
            out
        }
    }
}

/// Only the digest stands for these: numbers that the kernel does not compute.
fn numeric_evidence(place: &str) -> bool {
    ["/verification/deterministic", "/verification/monte_carlo"]
        .iter()
        .any(|p| place.starts_with(p))
}

#[test]
fn every_mutant_of_a_certificate_is_refused() {
    for source in [
        "derive E[x ~ Normal(m, v)]((x - m)^2 + 1)",
        "solve D[t](a*ln(t) - b*t) = 0 for t where a, b, t positive",
        "solve ln(t) = a for t where t positive",
    ] {
        every_mutant_is_refused(source);
    }
}

fn every_mutant_is_refused(source: &str) {
    let theory = Theory::shipped_ref();
    let original = certified(source);
    let mut all = Vec::new();
    places(&original, "", &mut all);
    let (mut stale, mut resealed) = (0, 0);
    for place in &all {
        let Some(value) = original.pointer(place) else { continue };
        for mutant in mutants(value) {
            let mut changed = original.clone();
            *changed.pointer_mut(place).unwrap() = mutant.clone();
            if changed == original {
                continue;
            }
            assert!(replay(&changed, theory).is_err(), "stale: {place} := {mutant}");
            stale += 1;
            if numeric_evidence(place) || place == "/certificate/digest" {
                continue;
            }
            seal(&mut changed);
            if changed == original {
                continue;
            }
            let found = replay(&changed, theory);
            assert!(found.is_err(), "resealed: {place} := {mutant}: {found:?}");
            resealed += 1;
        }
    }
    assert!(stale > 200 && resealed > 200, "{stale} {resealed}");
}

#[test]
fn hostile_certificates_are_errors() {
    let theory = Theory::shipped_ref();
    let mut deep = Value::Null;
    for _ in 0..2000 {
        deep = Value::Array(vec![deep]);
    }
    for value in
        [Value::Null, deep, serde_json::json!({"certificate": {"version": 1, "digest": ""}})]
    {
        assert!(replay(&value, theory).is_err());
        drop_slowly(value);
    }
}

/// Takes a nested value apart without recursion.
fn drop_slowly(mut value: Value) {
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap_or(Value::Null);
    }
}

#[test]
fn statements_are_evaluated_in_three_ways() {
    let goal = goal(SOURCES[0]);
    let theory = Theory::shipped_ref();
    let at = |m: f64, s: f64| vec![("m".into(), m), ("s".into(), s)];
    let e = evaluate(&left(&goal), &goal.context, theory, &at(0.3, 2.0)).unwrap();
    let closed = -(2.0_f64.ln()) + (4.0 + 0.09) / 2.0 - 0.5;
    assert!((e.closed_form.unwrap() - closed).abs() < 1e-12);
    assert!((e.quadrature.unwrap().value - closed).abs() < 1e-9);
    let sampled = e.monte_carlo.unwrap();
    assert!((sampled.estimate - closed).abs() < 7.0 * sampled.standard_error);
    let missing = evaluate(&left(&goal), &goal.context, theory, &[("m".into(), 1.0)]);
    assert_eq!(missing, Err(EvaluateError::Missing(vec!["s".into()])));
    let negative = evaluate(&left(&goal), &goal.context, theory, &at(0.0, -1.0));
    assert!(matches!(negative, Err(EvaluateError::Inadmissible(_))), "{negative:?}");
}

#[test]
fn mixtures_and_infinite_statements_are_evaluated() {
    let theory = Theory::shipped_ref();
    let mixture = goal("derive KL(mixture(1/2: Normal(0, 1), 1/2: Normal(m, 1)) || Normal(0, 4))");
    let e = evaluate(&left(&mixture), &mixture.context, theory, &[("m".into(), 1.5)]).unwrap();
    assert_eq!(e.closed_form, None, "{e:?}");
    let (q, s) = (e.quadrature.unwrap(), e.monte_carlo.unwrap());
    assert!((q.value - s.estimate).abs() < 7.0 * s.standard_error, "{q:?} {s:?}");
    let infinite = goal(SOURCES[5]);
    let e = evaluate(&left(&infinite), &infinite.context, theory, &[]).unwrap();
    assert_eq!(e.closed_form, Some(f64::INFINITY), "{e:?}");
}

#[test]
fn wrong_claims_get_a_counterexample_and_a_name() {
    let theory = Theory::shipped_ref();
    let claims = [
        (
            "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2)",
            "the constant −1/2 is missing",
        ),
        (
            "ln(sigma1/sigma2) + (sigma2^2 + (mu1 - mu2)^2)/(2*sigma1^2) - 1/2",
            "the two distributions p and q are swapped",
        ),
        (
            "ln(sigma2/sigma1)/ln(2) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2",
            "log₂ instead of ln",
        ),
    ];
    for (right, words) in claims {
        let goal = goal(&format!("{GAUSSIANS}claim KL(p || q) = {right}"));
        let GoalKind::Claim { relation, left, right } = &goal.kind else { unreachable!() };
        let facts = facts(&goal.context);
        let outcome = claim(theory, &facts, *relation, left, right);
        assert_eq!(outcome.holds, Some(false));
        let found = counterexample(left, right, *relation, &facts, theory).unwrap();
        assert!((found.left - found.right).abs() > 1e-7);
        let slip = name_slip(&outcome.left.result, right, &facts, theory);
        assert_eq!(slip.map(|s| s.en).as_deref(), Some(words), "{}", outcome.left.result);
    }
}

#[test]
fn true_inequalities_have_no_counterexample() {
    let goal = goal(&format!("{GAUSSIANS}claim KL(p || q) >= 0"));
    let GoalKind::Claim { relation, left, right } = &goal.kind else { unreachable!() };
    let facts = facts(&goal.context);
    let theory = Theory::shipped_ref();
    assert_eq!(counterexample(left, right, *relation, &facts, theory), None);
    let flipped = relation.flipped();
    assert!(counterexample(left, right, flipped, &facts, theory).is_some());
}

#[test]
fn reports_have_three_levels() {
    let goal = goal(&format!("{GAUSSIANS}derive KL(p || q)"));
    let report = report(&derived(&goal), &goal.context, Theory::shipped_ref());
    assert!(report.steps.len() >= 3);
    assert!(report.steps.iter().all(|s| !s.children.is_empty() && !s.reason.en.is_empty()));
    assert!(report.steps.iter().flat_map(|s| &s.children).all(|c| c.local_before.is_some()));
    assert_eq!(report.steps[0].children[0].id, "1.1");
    assert!(report.goal.is_none() && report.result.is_some());
}
