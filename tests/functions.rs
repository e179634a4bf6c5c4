//! Families of several indices, and functions that are not further known: what is proved of them, and what must not be.

mod library;

use hence::derive::Status;
use hence::document::{latex, unicode};
use hence::elaborate::{GoalKind, Undeclared, expression, statements};
use hence::syntax::{parse_expression, parse_statements};
use hence::term::{Relation, Term};
use hence::theory::Theory;
use hence::verify::{counterexample, notation_in};
use library::{context, decided, derived, facts, goals, term};

const DECLARED: &str = "let N, M, K natural
let x[n][d] real for n in 1..N, d in 1..M
let nu[n, h] real for n in 1..N, h in 1..K
let tau[n][h] positive for n in 1..N, h in 1..K
let c[i][j][k] real for i in 1..N, j in 1..M, k in 1..K
let count[n][d] natural for n in 1..N, d in 1..M
let mu[d](z) real for d in 1..M, z in reals^K
let g(z) real for z in reals
let r(z) positive for z in reals
let w(s, t) real for s in reals, t in reals
let y[h] real for h in 1..K
let a[h] positive for h in 1..K
let m, t real
let v positive
assume integrable(E[z ~ Normal(m, v)](g(z)))
assume integrable(E[z ~ product[h in 1..K] Normal(nu[n][h], tau[n][h]^2)](mu[d](z))) for n in 1..N, d in 1..M
";

/// Equal for all sizes and all functions.
const PROVED: &[(&str, &str)] = &[
    ("sum[n in 1..N](sum[d in 1..M](2*x[n, d]))", "2*sum[n in 1..N](sum[d in 1..M](x[n][d]))"),
    ("ln(tau[1][1]^2)", "2*ln(tau[1][1])"),
    (
        "sum[n in 1..N](sum[h in 1..K](ln(tau[n][h]^2)))",
        "2*sum[n in 1..N](sum[h in 1..K](ln(tau[n][h])))",
    ),
    ("g(t + t)", "g(2*t)"),
    ("mu[1](y) - mu[1](y)", "0"),
    ("w(t, 1) + w(t, 2/2)", "2*w(t, 1)"),
    ("ln(r(t)^2)", "2*ln(r(t))"),
    ("E[z ~ Normal(m, v)](g(z) + z)", "E[z ~ Normal(m, v)](g(z)) + m"),
    ("E[z ~ Normal(m, v)](g(t))", "g(t)"),
    (
        "KL(product[h in 1..K] Normal(nu[1][h], tau[1][h]^2) || product[h in 1..K] Normal(0, a[h]))",
        "1/2*sum[h in 1..K]((nu[1][h]^2 + tau[1][h]^2)/a[h] - 1 - ln(tau[1][h]^2) + ln(a[h]))",
    ),
    // Derivatives.
    ("D[t](g(m))", "0"),
    ("D[t](t*g(m))", "g(m)"),
    ("D[c[1][1][1]](c[1][1][1]^2)", "2*c[1][1][1]"),
    ("D[c[1][1][1]](c[1][1][2])", "0"),
    ("D[y[1]](y[1]*x[1][1])", "x[1][1]"),
    ("D[c[1][2][3]](sum[i in 1..N](c[i][2][3]))", "D[c[1][2][3]](sum[j in 1..N](c[j][2][3]))"),
];

/// Neither is known, and most are false.
const NOT_PROVED: &[(&str, &str)] = &[
    ("g(t)", "g(m)"),
    ("g(2*t)", "2*g(t)"),
    ("w(t, m)", "w(m, t)"),
    ("x[1][2]", "x[2][1]"),
    ("mu[1](y)", "mu[2](y)"),
    ("D[t](g(t))", "0"),
    ("D[t](g(2*t))", "0"),
    ("D[y[1]](mu[1](y))", "0"),
    ("D[v](r(v*m))", "0"),
    ("D[t](g(g(t)))", "0"),
    ("D[t](int[z from 0 to 1] g(t*z) dz)", "0"),
    ("E[z ~ Normal(m, v)](g(z))", "g(m)"),
    ("E[z ~ Normal(m, v)](g(z)*z)", "m*E[z ~ Normal(m, v)](g(z))"),
    // Nothing says that the square is integrable.
    ("E[z ~ Normal(m, v)](g(z)^2 + z)", "E[z ~ Normal(m, v)](g(z)^2) + m"),
    ("D[c[1][1][1]](sum[i in 1..N](c[i][1][1]^2))", "2*c[1][1][2]"),
    ("ln(g(t)^2)", "2*ln(g(t))"),
];

fn holds(left: &str, right: &str) -> Option<bool> {
    decided(Theory::shipped_ref(), &format!("{DECLARED}claim {left} = {right}")).holds
}

#[test]
fn equal_for_all_sizes_and_functions() {
    for (left, right) in PROVED {
        assert_eq!(holds(left, right), Some(true), "{left} = {right}");
    }
}

#[test]
fn what_is_not_known_is_not_proved() {
    for (left, right) in NOT_PROVED {
        assert_ne!(holds(left, right), Some(true), "{left} = {right}");
    }
}

/// A member of a family of two indices by another, where the sum runs over both.
#[test]
fn derivatives_by_members_of_several_indices() {
    let declared = "let N, M, n0, d0 natural\nlet w[n][d] real for n in 1..N, d in 1..M\n\
        assume n0 <= N, d0 <= M\n";
    let sum = "sum[n in 1..N](sum[d in 1..M](w[n][d]^2))";
    let d = derived(Theory::shipped_ref(), &format!("{declared}derive D[w[n0][d0]]({sum})"));
    assert_eq!((d.status, d.result.to_string().as_str()), (Status::Proved, "2*w[n0][d0]"));
}

#[test]
fn derivatives_of_functions_are_left_alone() {
    let declared = "let g(z) real for z in reals\nlet t real\n";
    for text in ["D[t](g(t))", "D[t](g(2*t))", "D[t](t*g(t^2))"] {
        let d = derived(Theory::shipped_ref(), &format!("{declared}derive {text}"));
        assert_eq!(d.status, Status::Stuck, "{text}: {}", d.result);
    }
}

/// What is false of some function is refuted with one.
#[test]
fn false_claims_have_functions_as_counterexamples() {
    let theory = Theory::shipped_ref();
    let open = context(theory, DECLARED);
    for (left, right) in [
        ("g(t)", "g(m)"),
        ("E[z ~ Normal(m, v)](g(z))", "g(m)"),
        ("E[z ~ Normal(m, v)](g(z)*z)", "m*E[z ~ Normal(m, v)](g(z))"),
        ("mu[1](y)", "mu[1](nu[1])"),
        ("w(t, m)", "w(m, t)"),
        ("D[t](g(2*t))", "0"),
        ("E[z ~ product(Normal(m, v), Normal(0, 1))](w(z[1], z[2]))", "w(m, 0)"),
    ] {
        let [l, r] = [left, right].map(|text| term(theory, &open, text));
        let found = counterexample(&l, &r, Relation::Eq, &facts(&open), theory);
        let found = found.unwrap_or_else(|| panic!("{left} = {right}: none was found"));
        let (_, text) = found.instances.first().expect("a function");
        assert!(text.contains('↦') && text.contains("sqrt("), "{text}");
    }
    // What is true has none, with one function at all places of a point.
    for (left, right) in [
        ("E[z ~ Normal(m, v)](2*g(z) + z)", "2*E[z ~ Normal(m, v)](g(z)) + m"),
        ("D[t](E[z ~ Normal(m, v)](g(z)*t))", "E[z ~ Normal(m, v)](g(z))"),
        ("r(t)", "exp(ln(r(t)))"),
        // However wide the averages are.
        ("E[z ~ Normal(0, 900)](g(z))", "E[z ~ Normal(0, 900)](g(-z))"),
        ("E[z ~ Normal(m, v^2)](g(-z))", "E[z ~ Normal(-m, v^2)](g(z))"),
        ("E[z ~ Normal(0, 1)](g(1000*z))", "E[z ~ Normal(0, 10^6)](g(z))"),
        ("D[m](E[z ~ Normal(m, v^2)](g(z)))", "E[z ~ Normal(m, v^2)](g(z)*(z - m)/v^2)"),
    ] {
        let [l, r] = [left, right].map(|text| term(theory, &open, text));
        let found = counterexample(&l, &r, Relation::Eq, &facts(&open), theory);
        assert!(found.is_none(), "{left} = {right}: {found:?}");
    }
}

#[test]
fn printed_terms_parse_back() {
    let theory = Theory::shipped_ref();
    let open = context(theory, DECLARED);
    for text in PROVED.iter().chain(NOT_PROVED).flat_map(|(l, r)| [l, r]) {
        let first = term(theory, &open, text);
        for accepted in [Undeclared::Accept, Undeclared::Refuse] {
            let tree = parse_expression(&first.to_string()).expect("printed terms are read");
            let again: Term = expression(&tree, theory, &open, accepted).expect("with its names");
            assert_eq!(again, first, "{text}");
        }
    }
}

#[test]
fn functions_are_written_with_their_arguments() {
    let theory = Theory::shipped_ref();
    let open = context(theory, DECLARED);
    let notation = notation_in(theory, &open);
    for (text, line, tex) in [
        ("g(t)", "g(t)", "g(t)"),
        ("mu[1](y)", "μ₁(y)", "\\mu_1(y)"),
        ("w(t + 1, m)", "w(t + 1, m)", "w(t + 1, m)"),
        ("x[1][2]", "x[1, 2]", "x_{1,2}"),
        ("c[1][2][3]", "c[1, 2, 3]", "c_{1,2,3}"),
        ("sum[n in 1..N] nu[n][1]", "∑[n = 1..N] νₙ₁", "\\sum_{n=1}^{N} \\nu_{n,1}"),
        ("x[N - 1][2]", "x[N − 1, 2]", "x[N - 1, 2]"),
    ] {
        let t = term(theory, &open, text);
        assert_eq!((unicode(&t, &notation).as_str(), latex(&t, &notation).as_str()), (line, tex));
    }
}

/// What a certificate says is repeated by the kernel alone.
#[test]
fn certificates_with_functions_replay() {
    use hence::verify::{certificate, replay, verify};
    let theory = Theory::shipped_ref();
    for statement in [
        "E[z ~ Normal(m, v)](g(z) + z)",
        "sum[n in 1..N](KL(product[h in 1..K] Normal(nu[n][h], tau[n][h]^2) || product[h in 1..K] Normal(0, a[h])))",
        "E[z ~ product[h in 1..K] Normal(nu[1][h], tau[1][h]^2)](mu[1](z) + z[1])",
        "E[z ~ Normal(m, v)](H(product[d in 1..M] Normal(mu[d](vector[h in 1..K](z)), v)))",
    ] {
        let goal = goals(theory, &format!("{DECLARED}derive {statement}")).pop().expect("a goal");
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

/// The code of what is wrong with each statement.
#[test]
fn misuses_are_reported() {
    let theory = Theory::shipped_ref();
    for (text, code) in [
        ("let q[n][d] real for n in 1..N", "E0110"),
        ("let q[n][n] real for n in 1..N", "E0110"),
        ("let q[n] real for n in 1..N, d in 1..M", "E0110"),
        ("let q[n][d] real", "E0110"),
        ("let q[n][d] real for n in 1..N, d in 1..n", "E0221"),
        ("let q[z][n] real for z in reals, n in 1..N", "E0221"),
        ("let q(z) real for z in reals^m", "E0221"),
        ("let q(z) real for z in g", "E0221"),
        ("derive g", "E0207"),
        ("derive g(1, 2)", "E0210"),
        ("derive x(1)", "E0210"),
        ("derive m(1)", "E0210"),
        ("derive mu[1](m)", "E0207"),
        ("derive mu[1]([1, 2])", "E0250"),
        ("derive mu[1](x[1])", "E0250"),
        ("derive E[z ~ product[d in 1..M] Normal(0, 1)](mu[1](z))", "E0250"),
        ("derive g(y)", "E0207"),
        ("derive x[1]", "E0207"),
        ("derive x[0][1]", "E0220"),
        ("derive x[1][0]", "E0220"),
        ("derive x[1][1][1]", "E0207"),
        ("derive D[g[1]](g(1))", "E0207"),
        ("derive D[x[1]](x[1][1])", "E0207"),
        ("derive sum[z in reals] g(z)", "E0221"),
    ] {
        let text = format!("{DECLARED}{text}");
        let (tree, mut problems) = parse_statements(&text);
        problems.extend(statements(&text, &tree, theory).1);
        let codes: Vec<&str> = problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, [code], "{text}: {problems:?}");
    }
}
