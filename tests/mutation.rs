//! Mutation: broken closed forms, claims and certificates are caught, and a gate that lets them pass is seen to fail.
#![cfg(feature = "cli")]

mod common;

use common::hence;
use hence::derive::{Derivation, derive};
use hence::elaborate::{Context, GoalKind, Undeclared, statements_with};
use hence::syntax::parse_command;
use hence::term::{Relation, Term};
use hence::theory::Theory;
use hence::verify::mutation::{
    Class, Definitions, Evidence, Finding, Kind, MutationOptions, MutationReport, Surroundings,
    TamperOptions, mutate, mutate_claim, mutate_with, tamper,
};
use hence::verify::{certificate, facts, mend};
use serde_json::Value;

const GAUSSIANS: &str = "let mu1, mu2 real\nlet sigma1, sigma2 positive\n\
     let p = Normal(mu1, sigma1^2)\nlet q = Normal(mu2, sigma2^2)\n";

/// The last goal of a source: its sides and what it assumes.
fn goal(source: &str) -> (Term, Option<Term>, Context, String) {
    let (tree, problems) = parse_command(source);
    assert!(problems.is_empty(), "{problems:?}");
    let theory = Theory::shipped_ref();
    let (goals, problems) = statements_with(source, &tree, theory, Undeclared::InferFromUse);
    assert!(problems.is_empty(), "{problems:?}");
    let goal = goals.into_iter().next_back().expect("the source asks for something");
    let (left, right) = match goal.kind {
        GoalKind::Derive { left, .. } => (left, None),
        GoalKind::Claim { left, right, .. } | GoalKind::Solve { left, right, .. } => {
            (left, Some(right))
        }
    };
    (left, right, goal.context, goal.text)
}

fn derived(source: &str) -> (Derivation, Context, String) {
    let (left, _, context, text) = goal(source);
    (derive(Theory::shipped_ref(), facts(&context), &left), context, text)
}

fn divergence() -> (Derivation, Context, String) {
    derived(&format!("{GAUSSIANS}derive KL(p || q)"))
}

fn names(report: &MutationReport) -> Vec<&str> {
    report.mutants.iter().map(|m| m.name.en.as_str()).collect()
}

#[test]
fn every_classical_mutant_of_the_divergence_is_caught_by_each_kind() {
    let (derivation, ..) = divergence();
    let report = mutate(&derivation, Theory::shipped_ref(), &MutationOptions::default());
    assert!(report.holds() && report.silent.is_empty() && report.left_out == 0);
    let wrong = report.wrong().filter(|m| m.class == Class::Classical).count();
    assert!(wrong > 70, "{wrong}");
    for kind in Kind::ALL {
        let survivors: Vec<_> = report.survivors(kind, Class::Classical).collect();
        assert!(survivors.is_empty(), "{kind:?}: {survivors:#?}");
        assert_eq!(report.killed(kind, Class::Classical), wrong, "{kind:?}");
    }
    // Subtle ones are within the resolution of sampling, and of nothing else.
    let subtle = report.wrong().filter(|m| m.class == Class::Subtle).count();
    assert_eq!(report.killed(Kind::Enclosure, Class::Subtle), subtle);
    assert_eq!(report.killed(Kind::Quadrature, Class::Subtle), subtle);
    assert!(report.killed(Kind::MonteCarlo, Class::Subtle) < subtle);
}

#[test]
fn the_catalogue_of_operators_is_complete() {
    let (derivation, ..) = divergence();
    let report = mutate(&derivation, Theory::shipped_ref(), &MutationOptions::default());
    for part in [
        "opposite sign of the whole",
        "opposite sign of ln(sigma2/sigma1)",
        "factor 1/2 on (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) in the second term",
        "factor 2 on ln(sigma2/sigma1) in the first term",
        "without the term -1/2",
        "without the term sigma1^2 in the numerator of the second term",
        "without the factor sigma2^2 in the denominator of the second term",
        "1 added to the whole",
        "3 instead of 2 in the first factor of the denominator of the second term",
        "mu1 - mu2 instead of (mu1 - mu2)^2 in the second term of the numerator of the second term",
        "sigma2^2 instead of sigma2 in the numerator of the argument of ln of the first term",
        "sqrt(sigma1) instead of sigma1 in the denominator of the argument of ln of the first term",
        "sigma1^2 instead of sigma1 everywhere",
        "sqrt(sigma2) instead of sigma2 everywhere",
        "mu2 instead of mu1 in the second term of the numerator of the second term",
        "mu1, mu2 exchanged",
        "sigma1, sigma2 exchanged",
        "mu1, mu2, sigma1, sigma2 exchanged",
        "base two in ln(sigma2/sigma1) in the first term",
        "the whole in base two",
        "without the logarithm of sigma2/sigma1 in the first term",
        "sigma1^2*(mu1 - mu2)^2 instead of sigma1^2 + (mu1 - mu2)^2",
        "2 + sigma2^2 instead of 2*sigma2^2 in the denominator of the second term",
        "sigma2/sigma1 times 1001/1000",
    ] {
        assert!(names(&report).iter().any(|n| n.contains(part)), "{part}: {:#?}", names(&report));
    }
}

#[test]
fn equivalent_mutants_are_listed_and_not_counted() {
    let (derivation, ..) = divergence();
    let report = mutate(&derivation, Theory::shipped_ref(), &MutationOptions::default());
    let equal: Vec<&str> = report.equivalent().map(|m| m.name.en.as_str()).collect();
    assert_eq!(equal, ["mu1, mu2 exchanged"]);
    assert!(report.wrong().all(|m| m.name.en != equal[0]));
}

/// Evidence that accepts everything.
struct Blind;

impl Evidence for Blind {
    fn kind(&self) -> Kind {
        Kind::Enclosure
    }

    fn judge(&mut self, _: &Term) -> Finding {
        Finding::Survived
    }
}

#[test]
fn a_gate_that_accepts_everything_fails() {
    let (derivation, ..) = divergence();
    let around = Surroundings { facts: &derivation.facts, theory: Theory::shipped_ref() };
    let options = MutationOptions { subtle: false, ..MutationOptions::default() };
    let (statement, form) = (&derivation.statement, &derivation.result);
    let report =
        mutate_with(statement, form, around, &options, &mut |t| t == form, &mut [&mut Blind]);
    assert!(!report.holds());
    assert_eq!(report.unharmed().count(), report.mutants.len());
    // A kernel that takes everything for the same leaves nothing to catch, which is no success either.
    let report = mutate_with(statement, form, around, &options, &mut |_| true, &mut [&mut Blind]);
    assert!(!report.holds());
}

/// Evidence that catches everything.
struct Strict;

impl Evidence for Strict {
    fn kind(&self) -> Kind {
        Kind::MonteCarlo
    }

    fn judge(&mut self, _: &Term) -> Finding {
        Finding::Killed
    }
}

#[test]
fn what_the_kernel_takes_for_equal_must_be_equal_in_numbers() {
    let (derivation, ..) = divergence();
    let around = Surroundings { facts: &derivation.facts, theory: Theory::shipped_ref() };
    let options = MutationOptions { subtle: false, ..MutationOptions::default() };
    let report = mutate_with(
        &derivation.statement,
        &derivation.result,
        around,
        &options,
        &mut |_| true,
        &mut [&mut Strict],
    );
    assert_eq!(report.falsely_equal().count(), report.mutants.len());
    assert!(!report.holds());
}

#[test]
fn claims_are_broken_in_their_authors_form() {
    let theory = Theory::shipped_ref();
    let source = format!("{GAUSSIANS}claim KL(p || q) = H(p, q) - H(p)");
    let (left, right, context, _) = goal(&source);
    let right = right.expect("a claim has two sides");
    let outcome = hence::derive::claim(theory, &facts(&context), Relation::Eq, &left, &right);
    let options = MutationOptions::default();
    let known = &mut Definitions::default();
    let report = mutate_claim((&left, &right), &outcome.left, theory, &options, known);
    assert!(report.holds(), "{:#?}", report.unharmed().collect::<Vec<_>>());
    assert!(report.decided > 0);
    assert!(names(&report).contains(&"opposite sign of -H(p)"), "{:#?}", names(&report));
    assert!(report.mutants.iter().any(|m| m.term.to_string() == "H(p, q) + H(p)"));
}

#[test]
fn every_change_of_a_certificate_is_refused() {
    let theory = Theory::shipped_ref();
    for source in ["derive KL(Exponential(a) || Exponential(b))", "derive H(Normal(m, v))"] {
        let (derivation, context, text) = derived(source);
        let none = hence::document::Verification::default();
        let written = certificate(&derivation, &context, theory, &text, none);
        let options = TamperOptions { steps: usize::MAX, fields: 200 };
        let tampering = tamper(&written, &derivation, theory, options);
        assert!(tampering.holds(), "{source}: {:#?}", tampering.accepted);
        assert!(tampering.steps > 40 && tampering.stale > 200, "{source}: {tampering:?}");
    }
}

/// The mend of a claim, as words and as the corrected side.
fn mended(source: &str) -> (String, String) {
    let (left, right, context, _) = goal(source);
    let theory = Theory::shipped_ref();
    let d = derive(theory, facts(&context), &left);
    let right = right.expect("a claim has two sides");
    let found = mend(&d.result, &right, &d.facts, theory);
    let found = found.unwrap_or_else(|| panic!("{source}: no single edit"));
    assert_ne!(found.words.zh, "", "{source}");
    (found.words.en, found.corrected.to_string())
}

#[test]
fn a_single_edit_mends_a_claim() {
    let right = "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2";
    for (claimed, words, corrected) in [
        (
            "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/sigma2^2 - 1/2",
            "a factor 1/2 is missing in the second term",
            right,
        ),
        (
            "ln(sigma1/sigma2) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2",
            "sigma1/sigma2 is upside down in the argument of ln of the first term",
            right,
        ),
        (
            "ln(sigma2/sigma1) + (sigma1^2 - (mu1 - mu2)^2)/(2*sigma2^2) - 1/2",
            "the sign of the second term of the numerator of the second term is wrong",
            right,
        ),
        (
            "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2)",
            "the constant -1/2 is missing",
            right,
        ),
        (
            "ln(sigma2/sigma1) + (sigma1 + (mu1 - mu2)^2)/(2*sigma2) - 1/2",
            "sigma1, sigma2 stand where their squares belong in the second term",
            right,
        ),
        (
            "ln(sigma2/sigma1)/ln(2) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2",
            "log₂ stands where ln belongs in the first term",
            right,
        ),
        (
            "ln(sigma2/sigma1) + sigma1^2/(2*sigma2^2) - 1/2",
            "the term (mu1 - mu2)^2/(2*sigma2^2) is missing",
            "ln(sigma2/sigma1) + sigma1^2/(2*sigma2^2) - 1/2 + (mu1 - mu2)^2/(2*sigma2^2)",
        ),
        (
            "ln(sigma1/sigma2) + (sigma2^2 + (mu1 - mu2)^2)/(2*sigma1^2) - 1/2",
            "sigma1, sigma2 are exchanged",
            right,
        ),
        ("H(p) + H(p, q)", "the sign of the first term is wrong", "-H(p) + H(p, q)"),
        ("KL(q || p)", "the order of the arguments of KL(q, p) is wrong", "KL(p, q)"),
    ] {
        let (said, written) = mended(&format!("{GAUSSIANS}claim KL(p || q) = {claimed}"));
        assert_eq!((said.as_str(), written.as_str()), (words, corrected), "{claimed}");
    }
}

#[test]
fn what_is_right_or_beyond_one_edit_has_no_mend() {
    let theory = Theory::shipped_ref();
    for claimed in
        ["ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2", "mu1*sigma2 + 17"]
    {
        let (left, right, context, _) = goal(&format!("{GAUSSIANS}claim KL(p || q) = {claimed}"));
        let d = derive(theory, facts(&context), &left);
        let right = right.expect("a claim has two sides");
        assert_eq!(mend(&d.result, &right, &d.facts, theory), None, "{claimed}");
    }
}

#[test]
fn the_command_counts_and_names() {
    let statement = "KL(Normal(m, s^2) || Normal(0, 1))";
    let output = hence(&["mutate", statement]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("no classical mutant survives"), "{text}");
    let output = hence(&["mutate", statement, "--subtle", "--format", "json"]);
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(rows[0]["ok"], true);
    let mutants = rows[0]["mutants"].as_array().expect("mutants");
    assert!(mutants.iter().any(|m| m["class"] == "subtle" && m["enclosure"] == "killed"));
    assert!(mutants.iter().all(|m| m["equivalent"] == true || m["replay"] == "killed"));
}

#[test]
fn a_mutant_that_divides_by_zero_has_no_enclosure() {
    let quotient = hence::numeric::Interval::ONE / hence::numeric::Interval::ZERO;
    assert_eq!(quotient, hence::numeric::Interval::ENTIRE);
}

#[test]
fn nothing_to_break_is_no_success() {
    let output = hence(&["mutate", "E[x ~ Normal(0, 1)](sin(exp(x)))"]);
    assert_ne!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("no closed form was broken") || !complaint.is_empty(), "{text}");
    let output = hence(&["mutate", "KL(Normal(0, 1) || Exponential(1))"]);
    assert_eq!(output.status.code(), Some(1));
}
