//! Distributions over shares, counts and pairs: what is derived of them, its numbers, and what is said of bad input.
#![cfg(feature = "cli")]

mod common;

use common::{check, hence};

fn said(arguments: &[&str]) -> (bool, String) {
    let output = hence(arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), text + &String::from_utf8_lossy(&output.stderr))
}

/// What `evaluate` says of a statement at some values: the closed form, and the estimate by quadrature.
fn evaluated(statement: &str, at: &str) -> (f64, f64) {
    let arguments = ["evaluate", statement, "--at", at];
    let (_, text) = said(if at.is_empty() { &arguments[..2] } else { &arguments });
    let number = |word: &str| {
        let line = text.lines().find_map(|l| l.trim().strip_prefix(word));
        let first = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
        first.unwrap_or_else(|| panic!("no {word} of {statement}:\n{text}"))
    };
    (number("closed form"), number("quadrature"))
}

#[test]
fn closed_forms_are_what_the_definitions_integrate_to() {
    let cases = [
        ("KL(Dirichlet(a, b, c) || Dirichlet(1, 2, 3))", "a=0.7,b=2,c=1"),
        ("KL(Dirichlet(a, b, c) || Dirichlet(2, 1/2, 3))", "a=3,b=0.7,c=5"),
        ("H(Dirichlet(a, b, c))", "a=0.6,b=2,c=11"),
        ("H(Dirichlet(a, b), Dirichlet(2, 3))", "a=0.6,b=2"),
        ("E[x ~ Dirichlet(a, b, c)](ln(x[1])*ln(x[2]))", "a=0.6,b=2,c=4"),
        ("E[x ~ Dirichlet(a, b, c)](x[1]*x[2])", "a=0.6,b=2,c=4"),
        ("E[x ~ Dirichlet(a, b, c)](x[3]^4)", "a=0.6,b=2,c=4"),
        ("E[x ~ Dirichlet(a, b, c)](sqrt(x[2]))", "a=0.6,b=2,c=4"),
        ("KL(Multinomial(n, 1/2, 1/3, 1/6) || Multinomial(n, 1/4, 1/4, 1/2))", "n=7"),
        ("E[x ~ Multinomial(n, 1/2, 1/3, 1/6)](x[1]*x[3])", "n=5"),
        ("Var[x ~ Multinomial(n, 1/2, 1/3, 1/6)](x[1])", "n=5"),
        ("H(BivariateNormal(m, 1, v, 2, r))", "m=0.4,v=3,r=-0.7"),
        (
            "KL(BivariateNormal(0, m, 1, v, r) || BivariateNormal(1, 0, 2, 1, s))",
            "m=1,v=3,r=0.4,s=-0.5",
        ),
    ];
    for (statement, at) in cases {
        let (closed, integrated) = evaluated(statement, at);
        let close = (closed - integrated).abs() <= 1e-8 * (1.0 + closed.abs());
        assert!(close, "{statement} at {at}: {closed} and {integrated}");
    }
}

#[test]
fn entropies_without_a_closed_form_have_numbers() {
    let (_, text) = said(&["evaluate", "H(Multinomial(n, 1/2, 1/3, 1/6))", "--at", "n=4"]);
    assert!(text.contains("quadrature    2.3059659051"), "{text}");
    assert!(text.contains("Monte Carlo   2.30"), "{text}");
}

#[test]
fn false_claims_about_vectors_are_refuted() {
    let claims = check("tests/cases/refused/vectors.md");
    let open = |r: &&serde_json::Value| r["status"] != "refuted";
    let left: Vec<_> = claims.records.iter().filter(open).map(|r| &r["statement"]).collect();
    assert!(claims.records.len() >= 24 && left.len() <= 2, "{left:?}");
}

#[test]
fn different_totals_are_infinitely_far_apart() {
    let (_, text) = said(&["derive", "KL(Multinomial(2, 1/2, 1/2) || Multinomial(3, 1/2, 1/2))"]);
    assert!(text.contains("= ∞"), "{text}");
}

#[test]
fn bad_input_is_told_what_is_wrong() {
    let cases = [
        ("H(Dirichlet(1, -1))", "E0211"),
        ("H(Dirichlet(0, 1))", "E0211"),
        ("H(Dirichlet())", "E0204"),
        ("H(Dirichlet(1, oo))", "E0211"),
        ("H(Multinomial(3, 1/2, 1/4))", "E0224"),
        ("H(Multinomial(3, 1/2, 1/2, 0))", "E0224"),
        ("H(Multinomial(3, 3/2, -1/2))", "E0224"),
        ("H(Multinomial(5/2, 1/2, 1/2))", "E0211"),
        ("H(BivariateNormal(0, 0, 1, 1, 1))", "E0211"),
        ("KL(Dirichlet(a, b) || Dirichlet(1, 2, 3))", "E0226"),
        ("KL(Dirichlet(1, 2) || Beta(1, 2))", "E0226"),
        ("KL(Multinomial(n, 1/2, 1/2) || Multinomial(n, 1/3, 1/3, 1/3))", "E0226"),
        ("H(product(Dirichlet(1, 2), Normal(0, 1)))", "E0226"),
        ("H(product[i in 1..3] Dirichlet(1, 2))", "E0226"),
        ("E[x ~ Dirichlet(1, 2)](x[3])", "E0220"),
        ("E[x ~ Dirichlet(1, 2)](x)", "E0207"),
        ("Dirichlet(1, 2)(1/2)", "E0207"),
    ];
    for (statement, code) in cases {
        let (fine, text) = said(&["derive", statement]);
        assert!(!fine && text.contains(&format!("error[{code}]")), "{statement}: {text}");
    }
}

#[test]
fn a_certificate_about_vectors_is_replayed() {
    let output =
        hence(&["derive", "KL(Dirichlet(a, b, c) || Dirichlet(1, 2, 3))", "--format", "json"]);
    let path = std::env::temp_dir().join(format!("hence-simplex-{}.json", std::process::id()));
    std::fs::write(&path, &output.stdout).expect("a file can be written");
    let (fine, text) = said(&["replay", path.to_str().expect("a path")]);
    let _ = std::fs::remove_file(&path);
    assert!(fine, "{text}");
}
