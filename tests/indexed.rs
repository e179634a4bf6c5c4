//! Names with an index and vectors by a formula: what is proved of them, how they read, and what certificates say.

mod library;

use hence::elaborate::{GoalKind, statements};
use hence::syntax::parse_statements;
use hence::theory::Theory;
use hence::verify::mutation::{TamperOptions, tamper};
use hence::verify::{certificate, replay, verify};
use library::{Desk, decided, facts, goals};

const NAMES: &str = "let N, K, k natural
let x[n], nu[n] real for n in 1..N
let tau[n] positive for n in 1..N
let a[h], c[h] positive for h in 1..K
let m[h] real for h in 1..K
let w, b real
let v positive
let encoder[n] = product[h in 1..K] Normal(nu[n], tau[n]^2) for n in 1..N
let prior = product[h in 1..K] Normal(0, a[h])
let q[n] = Normal(nu[n], tau[n]^2) for n in 1..N
let g(z) = w*z + b for z in reals
let decoder[z] = Normal(g(z), v) for z in reals
let s[h] = m[h]^2 + h for h in 1..K
let r[n, h] = nu[n]*m[h] for n in 1..N, h in 1..K
let t[n][h] = r[n][h] + s[h] for h in 1..K, n in 1..N
let ent[n] = H(q[n]) for n in 1..N
let lin(u) = sum[i in 1..K](u[i]*m[i]) + b for u in reals^K
let slope(z) = D[w](w*z) for z in reals
let steep[h] = D[m[h]](m[h]^2) for h in 1..K
let part[h] = [m[h], 2] for h in 1..K
";

const PROVED: &[(&str, &str)] = &[
    ("s[1]", "m[1]^2 + 1"),
    ("sum[h in 1..K](s[h])", "sum[h in 1..K](m[h]^2) + sum[h in 1..K](h)"),
    ("r[1][2]", "nu[1]*m[2]"),
    ("t[2][1] - s[1]", "nu[2]*m[1]"),
    ("part[1][1] + part[2][2]", "m[1] + 2"),
    ("g(2) - g(1)", "w"),
    ("g(g(1))", "w^2 + w*b + b"),
    ("D[w](g(b))", "b"),
    ("D[m[1]](s[1]^2)", "4*m[1]*s[1]"),
    ("D[nu[1]](sum[h in 1..K](r[1][h]))", "sum[h in 1..K](m[h])"),
    ("D[v](H(decoder[b]))", "1/(2*v)"),
    ("H(decoder[b])", "1/2*ln(2*pi*e*v)"),
    ("KL(q[1] || q[1])", "0"),
    ("KL(q[k] || Normal(0, v))", "1/2*ln(v/tau[k]^2) + (nu[k]^2 + tau[k]^2)/(2*v) - 1/2"),
    (
        "KL(encoder[k] || prior)",
        "1/2*sum[h in 1..K](ln(a[h]/tau[k]^2) + (tau[k]^2 + nu[k]^2)/a[h] - 1)",
    ),
    (
        "sum[n in 1..N](KL(encoder[n] || prior))",
        "1/2*sum[n in 1..N](sum[h in 1..K](ln(a[h]/tau[n]^2) + (tau[n]^2 + nu[n]^2)/a[h] - 1))",
    ),
    ("sum[n in 1..N](H(encoder[n]))", "K*sum[n in 1..N](ent[n])"),
    ("sum[n in 1..N](ent[n])", "1/2*sum[n in 1..N](ln(2*pi*e*tau[n]^2))"),
    (
        "sum[n in 1..N](E[z ~ q[n]](ln(decoder[z](x[n]))))",
        "-N/2*ln(2*pi*v) - 1/(2*v)*sum[n in 1..N]((x[n] - g(nu[n]))^2 + w^2*tau[n]^2)",
    ),
    ("E[z ~ prior](lin(z))", "b"),
    ("E[z ~ encoder[k]](lin(z))", "nu[k]*sum[h in 1..K](m[h]) + b"),
    // A derivative is taken before its index is put in.
    ("slope(2)", "2"),
    ("sum[h in 1..K](steep[h])", "2*sum[h in 1..K](m[h])"),
    // Vectors by a formula.
    ("vector[j in 1..3](j^2)[2]", "4"),
    ("vector[j in 1..3](j)[1]", "[1, 2, 3][1]"),
    ("vector[j in 2..4](j^2)[2]", "4"),
    ("sum[i in 1..K](vector[j in 1..K](m[j]/c[j])[i]*c[i])", "sum[i in 1..K](m[i])"),
    ("lin(vector[j in 1..K](c[j]*(m[j]/c[j])))", "lin(m)"),
    ("E[z ~ prior](lin(vector[j in 1..K](z[j]/c[j])))", "b"),
    ("E[z ~ prior](lin(vector[j in 1..K](c[j]*(z[j]/c[j]))) - lin(z))", "0"),
    ("E[z ~ prior](sum[i in 1..K](vector[j in 1..K](c[j]*z[j])[i]))", "0"),
    // What is bound in a definition is not what is bound around its name.
    ("sum[h in 1..K](r[1][h])", "nu[1]*sum[n in 1..K](m[n])"),
    ("sum[n in 1..N](r[n][1])", "m[1]*sum[h in 1..N](nu[h])"),
    ("E[u ~ Normal(0, 1)](g(u))", "b"),
];

#[test]
fn what_names_with_an_index_stand_for() {
    let theory = Theory::shipped_ref();
    for (left, right) in PROVED {
        let outcome = decided(theory, &format!("{NAMES}claim {left} = {right}"));
        assert_eq!(outcome.holds, Some(true), "{left} = {right}: {:?}", outcome.left.message);
    }
}

#[test]
fn vectors_by_a_formula_are_equal_entry_by_entry() {
    let mut desk = Desk::new(NAMES);
    for (a, b, equal) in [
        ("vector[i in 1..K](m[i])", "m", true),
        ("vector[i in 1..K](m[i])", "vector[j in 1..K](m[j])", true),
        ("vector[i in 1..K](2*m[i]/2)", "m", true),
        ("vector[i in 1..K - 1](m[i])", "m", false),
        ("vector[i in 1..N](m[i])", "m", false),
        ("vector[i in 1..K](m[i] + 1)", "m", false),
        ("vector[i in 1..K](m[1])", "m", false),
        ("vector[i in 1..2](i)", "[1, 2]", true),
        ("vector[i in 2..3](i)", "[2, 3]", false),
        ("vector[i in 1..2](vector[j in 1..2](i*j))", "vector[i in 1..2]([i, 2*i])", true),
        ("vector[i in 1..2](vector[j in 1..2](i))", "vector[i in 1..2]([1, 2])", false),
        ("[m[1], m[2]]", "m", false),
    ] {
        let (left, right) = (desk.term(a), desk.term(b));
        assert_eq!(desk.kernel.equal(&left, &right), Ok(equal), "{a} = {b}");
    }
}

#[test]
fn terms_with_vectors_parse_back() {
    let desk = Desk::new(NAMES);
    for text in [
        "vector[i in 1..K](c[i]*m[i])",
        "vector[i in 1..K](c[i]*m[i])[k]",
        "vector[i in 1..K](vector[j in 1..i](c[j]))[1][1]",
        "E[z ~ encoder[k]](lin[vector[i in 1..K](z[i]/c[i])])",
        "decoder[g[b]](x[1])",
        "vector[z in -oo..oo](w*z + b)",
        "vector[u in reals(K)](u[1])",
    ] {
        let term = desk.term(text);
        assert_eq!(term.to_string(), text);
        assert_eq!(desk.term(&term.to_string()), term);
    }
}

/// The codes of what is said about a text.
fn problems(text: &str) -> Vec<&'static str> {
    let (tree, mut problems) = parse_statements(text);
    if problems.is_empty() {
        problems = statements(text, &tree, Theory::shipped_ref()).1;
    }
    let mut codes: Vec<_> = problems.iter().map(|p| p.code).collect();
    codes.dedup();
    codes
}

#[test]
fn what_is_wrong_is_said() {
    for (text, code) in [
        ("let f[i] = i", "E0110"),
        ("let f[i][i] = i for i in 1..3", "E0110"),
        ("let f[i] = i for j in 1..3", "E0110"),
        ("let f = i for i in 1..3", "E0110"),
        ("let N natural\nlet f[i] = i for i in N", "E0260"),
        ("let u real\nlet f[i] = i for i in 1..u", "E0221"),
        ("let f[i] = i for i in 1..3\nclaim f[4] = 4", "E0220"),
        ("let f[i] = i for i in 1..3\nclaim f[1/2] = 4", "E0220"),
        ("let u real\nlet f[i] = i for i in 1..3\nclaim f[u] = u", "E0261"),
        ("let f[i] = i for i in 1..3\nclaim f = 1", "E0207"),
        ("let g(z) = z for z in reals\nclaim g(1, 2) = 1", "E0210"),
        ("let u(z) = z[1] for z in reals^2\nclaim u(1) = 1", "E0207"),
        ("let f[i] = i for i in 1..3\nclaim D[f[1]](f[1]) = 1", "E0207"),
        ("let x real\nlet f[i] = x*i for i in 1..3\nclaim sum[x in 1..3](f[x]) = 1", "E0223"),
        ("let g(z) = D[z](z^2) for z in reals", "E0262"),
        ("claim vector[i in 1..3](i)[4] = 4", "E0220"),
        ("claim vector[i in 1..3](i) = 4", "E0207"),
        ("let x[i] real for i in 1..3\nlet p[i] = Normal(0, x[i]) for i in 1..3", "E0212"),
    ] {
        assert_eq!(problems(text), [code], "{text}");
    }
}

/// The kernel alone repeats what a certificate says, and no part of it can be changed unnoticed.
#[test]
fn certificates_replay_and_cannot_be_changed() {
    let theory = Theory::shipped_ref();
    for statement in [
        "KL(encoder[k] || prior)",
        "E[z ~ q[1]](ln(decoder[z](x[1])))",
        "D[w](g(b)^2)",
        "E[z ~ prior](lin(vector[j in 1..K](z[j]/c[j])))",
        "E[z ~ prior](sum[i in 1..K](vector[j in 1..K](c[j]*z[j])[i]))",
    ] {
        let goal = goals(theory, &format!("{NAMES}derive {statement}")).pop().expect("a goal");
        let GoalKind::Derive { left, .. } = &goal.kind else { panic!("no derivation") };
        let derivation = hence::derive::derive(theory, facts(&goal.context), left);
        let evidence = verify(&derivation, theory);
        assert!(evidence.passed, "{statement}");
        let none = hence::document::Verification::default();
        let source = goal.text.trim_start_matches("derive ").to_owned();
        let json = certificate(&derivation, &goal.context, theory, &source, none);
        let summary = replay(&json, theory).unwrap_or_else(|e| panic!("{statement}: {}", e[0]));
        assert_eq!(summary.steps, derivation.steps().count());
        let options = TamperOptions { steps: 12, fields: 40 };
        let tampering = tamper(&json, &derivation, theory, options);
        assert!(tampering.holds(), "{statement}: {:#?}", tampering.accepted);
    }
}
