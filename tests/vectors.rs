//! Indexed families, finite sums and independent coordinates: what is proved of them, and what must not be.

mod library;

use hence::derive::{Outcome, Status, claim_by};
use hence::elaborate::GoalKind;
use hence::theory::Theory;
use library::{Desk, decided, derived, facts, goals};

const FAMILIES: &str = "let d, k, l natural
assume k <= d, l <= d, k != l
let a[i], b[i], c[i] real for i in 1..d
let s[i], t[i] positive for i in 1..d
let m real
let v positive
";

/// Equal for every dimension.
const PROVED: &[(&str, &str)] = &[
    // Finite sums.
    ("sum[i in 1..d](a[i] + 2*b[i])", "sum[i in 1..d] a[i] + 2*sum[j in 1..d] b[j]"),
    ("sum[i in 1..d] m", "d*m"),
    ("sum[i in 1..d - 1] 1", "d - 1"),
    ("sum[i in 1..3] a[i]", "a[1] + a[2] + a[3]"),
    ("sum[i in 1..100] i", "5050"),
    ("sum[i in 2..1] a[i]", "0"),
    ("product[i in 1..2] a[i]", "a[1]*a[2]"),
    ("sum[i in 1..d](sum[j in 1..d](a[i]*b[j]))", "sum[i in 1..d](a[i])*sum[j in 1..d](b[j])"),
    ("sum[i in 1..d](a[i]*sum[j in 1..d](a[j]))", "(sum[i in 1..d](a[i]))^2"),
    ("sum[i in 1..2](sum[j in 1..2](a[i]*b[j]))", "(a[1] + a[2])*(b[1] + b[2])"),
    // Fractions of one denominator in several sums.
    ("sum[i in 1..d](s[i]/(s[i] + t[i])) + sum[j in 1..d](t[j]/(s[j] + t[j]))", "d"),
    (
        "sum[i in 1..d](s[i]/(s[i] + t[i])) - sum[i in 1..d](t[i]/(s[i] + t[i]))",
        "d - 2*sum[i in 1..d](t[i]/(s[i] + t[i]))",
    ),
    ("[m, 2, 3][2]", "2"),
    ("sum[i in 1..3]([1, 2, 3][i]*[4, 5, 6][i])", "32"),
    ("delta(3, 3) + delta(1, 2)", "1"),
    // Independent coordinates.
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[k])", "a[k]"),
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[k]*x[l])", "a[k]*a[l]"),
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[k]^2*x[l])", "(s[k] + a[k]^2)*a[l]"),
    (
        "E[x ~ product[i in 1..d] Normal(a[i], s[i])](sum[i in 1..d](x[i]^2))",
        "sum[i in 1..d](s[i] + a[i]^2)",
    ),
    (
        "E[x ~ product[i in 1..d] Normal(a[i], s[i])](sum[i in 1..d](b[i]*x[i]))",
        "sum[i in 1..d](a[i]*b[i])",
    ),
    ("E[x ~ product(Normal(m, v), Exponential(v))](x[1] + x[2])", "m + 1/v"),
    ("H(product[i in 1..d] Exponential(s[i]))", "sum[i in 1..d](1 - ln(s[i]))"),
    ("H(product[i in 1..d] Normal(a[i], s[i]^2))", "d/2*ln(2*pi) + d/2 + sum[i in 1..d] ln(s[i])"),
    (
        "KL(product[i in 1..d] Exponential(s[i]) || product[i in 1..d] Exponential(t[i]))",
        "sum[i in 1..d](ln(s[i]/t[i]) + t[i]/s[i] - 1)",
    ),
    (
        "KL(product[i in 1..d] Normal(a[i], v) || product[i in 1..d] Normal(b[i], v))",
        "sum[i in 1..d]((a[i] - b[i])^2)/(2*v)",
    ),
    ("KL(product[i in 1..d] Normal(m, v) || product[i in 1..d] Normal(m, v))", "0"),
    (
        "KL(product(Normal(m, v), Normal(0, 1)) || product(Normal(0, 1), Normal(m, v)))",
        "KL(Normal(m, v) || Normal(0, 1)) + KL(Normal(0, 1) || Normal(m, v))",
    ),
    // Names that mean something elsewhere.
    ("sum[d in 1..3] d", "6"),
    ("sum[i in 1..d](E[i ~ Normal(0, 1)](i^2))", "d"),
    ("E[m ~ product[i in 1..d] Normal(a[i], s[i])](m[k])", "a[k]"),
];

/// Never proved: different for some dimension or some member, or not defined everywhere.
const NOT_PROVED: &[(&str, &str)] = &[
    ("sum[i in 1..d] a[i]", "d*a[1]"),
    ("sum[i in 1..d](a[i]*b[i])", "sum[i in 1..d](a[i])*sum[i in 1..d](b[i])"),
    ("sum[i in 1..d](a[i]^2)", "(sum[i in 1..d](a[i]))^2"),
    ("sum[i in 1..d] a[i]", "sum[i in 1..d] b[i]"),
    ("sum[i in 1..d] a[i]", "sum[i in 0..d] a[i]"),
    ("sum[i in 1..d - 2] 1", "d - 2"),
    ("a[k]", "a[l]"),
    ("delta(k, l)", "1"),
    ("ln(product[i in 1..d] a[i])", "sum[i in 1..d] ln(a[i])"),
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[k]*x[k])", "a[k]*a[k]"),
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[k])", "a[l]"),
    ("E[x ~ product[i in 1..d] Normal(a[i], s[i])](x[d + 1])", "a[d + 1]"),
    ("KL(product(Normal(m, v), Normal(0, 1)) || product(Normal(0, 1), Normal(m, v)))", "0"),
    (
        "KL(product[i in 1..d] Normal(a[i], v) || product[i in 1..d] Normal(0, v))",
        "1/d*sum[i in 1..d](a[i]^2)/(2*v)",
    ),
    (
        "E[x ~ product(Normal(m, v), Normal(0, 1))](x[1])",
        "E[x ~ product(Normal(0, 1), Normal(m, v))](x[1])",
    ),
    ("sum[i in 1..d](E[i ~ Normal(0, 1)](i^2))", "sum[i in 1..d](i^2)"),
    ("KL(product[i in 1..d] Normal(0, 1) || product[i in 1..d] Exponential(1))", "0"),
    // Without coordinates, or at one index, there is no value or another one.
    ("KL(product[i in 2..d] Normal(0, 1) || product[i in 2..d] Exponential(1))", "oo"),
    ("H(product[i in 2..d] Normal(0, 1), product[i in 2..d] Exponential(1))", "oo"),
    ("sum[i in 1..d](1/(i - 2) - 1/(i - 2))", "0"),
    ("sum[i in 1..d]((i - 2)/(i - 2))", "d"),
];

fn outcome(left: &str, right: &str) -> Outcome {
    decided(Theory::shipped_ref(), &format!("{FAMILIES}claim {left} = {right}"))
}

#[test]
fn true_equations_are_proved() {
    let open: Vec<String> = PROVED
        .iter()
        .filter(|(l, r)| outcome(l, r).holds != Some(true))
        .map(|(l, r)| format!("{l} = {r}"))
        .collect();
    assert!(open.is_empty(), "not proved:\n{}", open.join("\n"));
}

#[test]
fn false_equations_are_not_proved() {
    let wrong: Vec<String> = NOT_PROVED
        .iter()
        .filter(|(l, r)| outcome(l, r).holds == Some(true))
        .map(|(l, r)| format!("{l} = {r}"))
        .collect();
    assert!(wrong.is_empty(), "proved:\n{}", wrong.join("\n"));
}

const DIAGONAL: &str =
    "derive KL(product[i in 1..d] Normal(a[i], s[i]^2) || product[i in 1..d] Normal(b[i], t[i]^2))";

#[test]
fn between_integers_more_is_more_by_one() {
    let positive = |assumed: &str| {
        let mut desk = Desk::new(&format!(
            "let d, k natural\nlet u, v real\nlet s[i] positive for i in 1..d\n{assumed}"
        ));
        let terms = ["sum[i in k + 1..d](s[i])", "v - u - 1/2"].map(|text| desk.term(text));
        terms.map(|t| desk.kernel.sign_of(&t).is_positive())
    };
    assert_eq!(positive("assume k < d"), [true, false]);
    assert_eq!(positive("assume k <= d, u < v"), [false, false]);
    assert_eq!(positive("assume k + 2 < d + 2, u + 1 < v"), [true, true]);
}

#[test]
fn the_diagonal_divergence_takes_ten_lines_at_most() {
    let derivation = derived(Theory::shipped_ref(), &format!("{FAMILIES}{DIAGONAL}"));
    assert_eq!(derivation.status, Status::Proved);
    assert!(derivation.lines.len() <= 10, "{} lines", derivation.lines.len());
    assert_eq!(
        derivation.result.to_string(),
        "sum[i in 1..d](ln(t[i]/s[i]) + (s[i]^2 + (a[i] - b[i])^2)/(2*t[i]^2) - 1/2)"
    );
}

/// The lemma gives what the definition gives, and the document that proves it states it.
#[test]
fn the_lemma_agrees_with_the_definition_and_is_proved() {
    let theory = Theory::shipped_ref();
    let text = format!("{FAMILIES}claim {} = 0 by kl.product", &DIAGONAL[7..]);
    let goal = goals(theory, &text).pop().expect("a goal");
    let GoalKind::Claim { relation, left, .. } = &goal.kind else { panic!("no claim") };
    let definition = derived(theory, &format!("{FAMILIES}{DIAGONAL}")).result;
    let facts = facts(&goal.context);
    let outcome = claim_by(theory, &facts, *relation, (left, &definition), &goal.by);
    assert_eq!(outcome.holds, Some(true));
    assert_eq!(outcome.left.lines[0].phase.as_str(), "lemma");

    let rule = theory.rule("kl.product").expect("the lemma");
    let document =
        std::fs::read_to_string(format!("{}/{}", env!("CARGO_MANIFEST_DIR"), rule.proof))
            .expect("the proof of the lemma");
    let plain = |t: &hence::term::Term| t.to_string().replace('?', "");
    let (l, r) = (plain(&rule.left), plain(rule.right.as_ref().expect("a right side")));
    let mut stated = false;
    for block in hence::syntax::literate::blocks(&document) {
        for line in block.text.lines().filter_map(|line| line.strip_prefix("claim")) {
            let spelled = |t: &str| t.replace("1..d", "a..b").replace(' ', "");
            let claim = spelled(&line.replace("] p[i]", "](p[i])").replace("] q[i]", "](q[i])"));
            let claim = claim.replace("]KL(p[i]||q[i])", "](KL(p[i],q[i]))").replace("||", ",");
            stated |= claim == format!("{l}={r}").replace(' ', "");
        }
    }
    assert!(stated, "{} does not claim {l} = {r}", rule.proof);
}

/// What a certificate says is repeated by the kernel alone, and a change is noticed.
#[test]
fn certificates_of_families_replay() {
    use hence::verify::{certificate, replay, verify};
    let theory = Theory::shipped_ref();
    let text = "KL(product(Normal(m, v), Normal(1, 2)) || product(Normal(0, 1), Normal(0, 1)))";
    for statement in [DIAGONAL[7..].to_owned(), text.to_owned()] {
        let text = format!("{FAMILIES}derive {statement}");
        let goal = goals(theory, &text).pop().expect("a goal");
        let GoalKind::Derive { left, .. } = &goal.kind else { panic!("no derivation") };
        let derivation = hence::derive::derive(theory, facts(&goal.context), left);
        let evidence = verify(&derivation, theory);
        assert!(evidence.passed, "{statement}");
        let source = goal.text.trim_start_matches("derive ").to_owned();
        let json = certificate(&derivation, &goal.context, theory, &source, evidence.verification);
        let summary = replay(&json, theory).unwrap_or_else(|e| panic!("{statement}: {}", e[0]));
        assert_eq!(summary.steps, derivation.steps().count());
    }
}

#[test]
fn a_lemma_that_does_not_apply_is_no_proof() {
    let theory = Theory::shipped_ref();
    let goal =
        goals(theory, "claim KL(Normal(0, 1) || Normal(1, 1)) = 1/2 by kl.product").remove(0);
    let GoalKind::Claim { relation, left, right } = &goal.kind else { panic!("no claim") };
    let outcome = claim_by(theory, &facts(&goal.context), *relation, (left, right), &goal.by);
    assert_eq!((outcome.holds, outcome.left.status), (None, Status::Stuck));
    let (message, _) = outcome.left.message.expect("a reason");
    assert_eq!(message, "the rule kl.product does not apply");
}

/// What is read as the bound variable must not be a parameter of the same name behind an abbreviation.
#[test]
fn abbreviations_are_not_captured() {
    let text = "let x real\nlet f = x^2\nclaim E[x ~ Normal(0, 1)](f) = x^2";
    let (tree, problems) = hence::syntax::parse_statements(text);
    assert!(problems.is_empty());
    let (goals, problems) = hence::elaborate::statements(text, &tree, Theory::shipped_ref());
    assert!(goals.is_empty());
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["E0223"]);
}
