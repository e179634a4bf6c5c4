//! From the text of a statement to its finished steps, in process: what a reader waits for.

use divan::black_box;
use hence::derive::{self, Derivation, Outcome, Status};
use hence::elaborate::{self, Context, Goal, GoalKind};
use hence::kernel::Facts;
use hence::syntax;
use hence::theory::Theory;

const UNIVARIATE: &str = "let mu1, mu2 real
let sigma1, sigma2 positive
let p = Normal(mu1, sigma1^2)
let q = Normal(mu2, sigma2^2)
";

fn main() {
    divan::main();
}

/// The divergence, the entropy and the cross-entropy of Gaussians, as a document has them.
#[divan::bench(args = ["derive KL(p || q)", "derive H(p)", "derive H(p, q)"])]
fn statement_to_steps(bencher: divan::Bencher<'_, '_>, statement: &str) {
    let theory = Theory::shipped();
    bencher.bench_local(|| derived(&theory, black_box(statement)));
}

/// A claim that is proved, one that is refuted, and an inequality.
#[divan::bench(args = [
    "claim KL(p || q) = ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2",
    "claim KL(p || q) = ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2)",
    "claim KL(p || q) >= 0",
])]
fn claim_to_verdict(bencher: divan::Bencher<'_, '_>, statement: &str) {
    let theory = Theory::shipped();
    bencher.bench_local(|| decided(&theory, black_box(statement)));
}

/// Reading and elaborating alone, to see where the time goes.
#[divan::bench]
fn statement_to_goal(bencher: divan::Bencher<'_, '_>) {
    let theory = Theory::shipped();
    bencher.bench_local(|| goal(&theory, black_box("derive KL(p || q)")));
}

fn derived(theory: &Theory, statement: &str) -> Derivation {
    let goal = goal(theory, statement);
    let GoalKind::Derive { left, .. } = &goal.kind else { panic!("not a derivation") };
    let derivation = derive::derive(theory, facts(&goal.context), left);
    assert_eq!(derivation.status, Status::Proved);
    derivation
}

fn decided(theory: &Theory, statement: &str) -> Outcome {
    let goal = goal(theory, statement);
    let GoalKind::Claim { relation, left, right } = &goal.kind else { panic!("not a claim") };
    derive::claim(theory, &facts(&goal.context), *relation, left, right)
}

fn goal(theory: &Theory, statement: &str) -> Goal {
    let text = format!("{UNIVARIATE}{statement}");
    let (tree, problems) = syntax::parse_statements(&text);
    assert!(problems.is_empty(), "{}", problems[0]);
    let (mut goals, problems) = elaborate::statements(&text, &tree, theory);
    assert!(problems.is_empty(), "{}", problems[0]);
    goals.pop().expect("a statement to derive")
}

fn facts(context: &Context) -> Facts {
    Facts {
        sorts: context.sorts.iter().cloned().collect(),
        relations: context.relations.clone(),
        definitions: context.definitions.iter().cloned().collect(),
    }
}

/// Text to tree: one statement of sixty characters.
#[divan::bench]
fn parse_statement() -> usize {
    syntax::parse_statements(divan::black_box(
        "claim KL(p || q) = ln(s2/s1) + (s1^2 + (a - b)^2)/(2*s2^2)",
    ))
    .0
    .len()
}
