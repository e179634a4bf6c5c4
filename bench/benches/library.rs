//! What a statement pays for the theory: reading what it may need, and whether that grows with families that it does not
//! name.
//!
//! Run: `cargo bench -p hence-bench --bench library`.

use divan::black_box;
use hence::derive::{self, Status};
use hence::elaborate::{self, GoalKind};
use hence::syntax;
use hence::theory::Theory;
use hence::verify::facts;

const SUM: &str = "1 + 1";
const LAPLACE: &str = "KL(Laplace(m, a) || Laplace(n, b)) where a, b positive, m, n real";
const BETA: &str = "KL(Beta(a, b) || Beta(c, d)) where a, b, c, d positive";

fn main() {
    divan::main();
}

/// What a process does before the first step: entries are found by their layout, definitions read, rules not yet.
#[divan::bench(args = [SUM, LAPLACE, BETA])]
fn reading(bencher: divan::Bencher<'_, '_>, statement: &str) {
    bencher.bench_local(|| Theory::shipped_for(&[black_box(statement)]));
}

/// The same, and every rule of what was read: what it would take if rules did not wait until they are met.
#[divan::bench(args = [SUM, LAPLACE, BETA])]
fn reading_every_rule(bencher: divan::Bencher<'_, '_>, statement: &str) {
    bencher.bench_local(|| Theory::shipped_for(&[black_box(statement)]).rules().len());
}

/// From nothing to finished steps: what a process takes, apart from starting and printing.
#[divan::bench(args = [SUM, LAPLACE, BETA])]
fn from_nothing_to_steps(bencher: divan::Bencher<'_, '_>, statement: &str) {
    bencher.bench_local(|| derived(&Theory::shipped_for(&[statement]), black_box(statement)));
}

/// The same beside so many further families, each with a density, a sampler and two rules, that the statement does not
/// name.
#[divan::bench(args = [0, 10, 80, 320])]
fn beside_further_families(bencher: divan::Bencher<'_, '_>, count: usize) {
    let families = synthetic(count);
    bencher.bench_local(|| derived(&Theory::shipped_with(&families, &[LAPLACE]), LAPLACE));
}

/// Steps alone, with everything that comes with hence and all these families known and read: what a document pays.
#[divan::bench(args = [0, 10, 80, 320])]
fn among_further_families(bencher: divan::Bencher<'_, '_>, count: usize) {
    let mut theory = Theory::shipped();
    for (name, text) in synthetic(count) {
        let problems = theory.extend(name, text);
        assert!(problems.is_empty(), "{}", problems[0]);
    }
    assert!(theory.rules().len() > 2 * count);
    bencher.bench_local(|| derived(&theory, black_box(LAPLACE)));
}

fn derived(theory: &Theory, statement: &str) -> Status {
    let (tree, problems) = syntax::parse_command(statement);
    assert!(problems.is_empty(), "{}", problems[0]);
    let (mut goals, problems) = elaborate::statements(statement, &tree, theory);
    assert!(problems.is_empty(), "{}", problems[0]);
    let goal = goals.pop().expect("a statement");
    let GoalKind::Derive { left, .. } = &goal.kind else { panic!("not a derivation") };
    let status = derive::derive(theory, facts(&goal.context), left).status;
    assert_eq!(status, Status::Proved);
    status
}

/// Families under names of their own, as files. They are leaked: theories keep the text of what they have not read.
fn synthetic(count: usize) -> Vec<(&'static str, &'static str)> {
    let file = |i: usize| {
        let text = format!(
            r#"
distribution Made{i}(rate: positive) over x in positive
  density rate*exp(-rate*x)
  sample std_exponential()/rate
  tail from 0: exp(-rate*(x - t))
  en "made up, number {i}"
  zh "虚构分布 {i}"

rule expect.made{i}.mean
  E[x ~ Made{i}(?r)](x) => 1/?r
  when ?r > 0
  en "the mean of a distribution that was made up"
  zh "虚构分布的均值"
  fires E[x ~ Made{i}(r)](x) where r positive
  refuses E[x ~ Made{i}(r)](x^2) where r positive

law integrable.made{i}.power
  integrable(E[x ~ Made{i}(?r)](x^?k))
  when ?r > 0, ?k >= 0, free(x, ?k)
  en "powers converge under it"
  zh "其幂可积"
  fires E[x ~ Made{i}(r)](x^2) where r positive
  refuses E[x ~ Made{i}(r)](1/x^2) where r positive
"#
        );
        (leaked(format!("made/{i}.hence")), leaked(text))
    };
    (0..count).map(file).collect()
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
