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

/// The divergence of Gaussians with d coordinates: for every d at once, and written out with names of their own.
#[divan::bench]
fn any_dimension(bencher: divan::Bencher<'_, '_>) {
    let theory = Theory::shipped();
    let text = "let d natural
let a[i], b[i] real for i in 1..d
let s[i], t[i] positive for i in 1..d
derive KL(product[i in 1..d] Normal(a[i], s[i]^2) || product[i in 1..d] Normal(b[i], t[i]^2))";
    bencher.bench_local(|| derived(&theory, black_box(text)));
}

/// As above, written out.
#[divan::bench(args = [2, 10, 100, 1000])]
fn written_out(bencher: divan::Bencher<'_, '_>, d: usize) {
    let theory = Theory::shipped();
    let names = |stem: &str| (1..=d).map(|i| format!("{stem}{i}")).collect::<Vec<_>>().join(", ");
    let family = |m: &str, s: &str| {
        let parts = (1..=d).map(|i| format!("Normal({m}{i}, {s}{i}^2)")).collect::<Vec<_>>();
        format!("product({})", parts.join(", "))
    };
    let text = format!(
        "let {}, {} real\nlet {}, {} positive\nderive KL({} || {})",
        names("a"),
        names("b"),
        names("s"),
        names("t"),
        family("a", "s"),
        family("b", "t")
    );
    bencher.bench_local(|| derived(&theory, black_box(&text)));
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
        families: context.families.iter().cloned().collect(),
        relations: context.relations.clone(),
        definitions: context.definitions.iter().cloned().collect(),
        ..Facts::default()
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
