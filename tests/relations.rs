//! Relations beyond equality: constants that are left out, limits over draws, and chains.
#![cfg(feature = "cli")]

mod common;
mod library;

use common::hence;
use hence::kernel::{Kernel, Refusal};
use hence::term::{Path, Relation};
use hence::theory::Theory;
use hence::verify::replay;
use library::{Desk, facts};
use serde_json::Value;

const DRAWS: &str = "let m, mu, c real\nlet s, v positive\nlet N natural\nlet r density over reals\n\
    let p = Normal(m, s^2)\nlet q = Normal(mu, v)\nlet x[i] ~ p for i in 1..N\n\
    let y[i] ~ r for i in 1..N\n";

/// A kernel that may leave out what is free of μ and v.
fn desk(more: &str) -> Desk {
    Desk::new(&format!("{DRAWS}{more}"))
}

fn left_out(more: &str, old: &str, new: &str) -> Result<Relation, Refusal> {
    let desk = desk(more);
    let mut known = facts(&desk.context);
    known.up_to = vec!["mu".into(), "v".into()];
    let mut kernel = Kernel::new(Theory::shipped_ref(), known);
    let (old, new) = (desk.term(old), desk.term(new));
    kernel.leave_out(&old, &new).map(|step| step.relation())
}

#[test]
fn a_constant_may_be_left_out() {
    assert_eq!(left_out("", "c + mu^2", "mu^2"), Ok(Relation::UpTo));
    assert_eq!(left_out("", "ln(c^2 + 1) + mu/v", "mu/v + 7"), Ok(Relation::UpTo));
    assert_eq!(left_out("", "(mu + c)^2 - 2*mu*c", "mu^2"), Ok(Relation::UpTo));
    let finite = "assume integrable(E[z ~ r](ln(r(z))))";
    assert_eq!(left_out(finite, "E[z ~ r](ln(r(z))) + mu", "mu"), Ok(Relation::UpTo));
}

#[test]
fn what_varies_is_no_constant() {
    for (old, new) in [("c + mu", "c"), ("c*v", "0"), ("2*mu", "mu"), ("ln(2*v)", "ln(2)")] {
        let refused = left_out("", old, new);
        assert!(matches!(refused, Err(Refusal::Undischarged(_))), "{old}: {refused:?}");
    }
    // Through a definition, and through an assumed equation.
    assert!(left_out("let alias = 2*mu", "alias + c", "c").is_err());
    assert!(left_out("assume c = mu", "c + mu^2", "mu^2").is_err());
    // A part that may be infinite, or have no value at all.
    assert!(left_out("", "E[z ~ r](ln(r(z))) + mu", "mu").is_err());
    assert!(left_out("", "ln(c) + mu", "mu").is_err());
}

#[test]
fn nothing_is_left_out_unless_it_is_asked() {
    let desk = desk("");
    let mut kernel = Kernel::new(Theory::shipped_ref(), facts(&desk.context));
    let step = kernel.leave_out(&desk.term("c + mu"), &desk.term("mu"));
    assert!(matches!(step, Err(Refusal::Unbound(_))));
}

/// The law of large numbers at the first sum of a term.
fn in_the_limit(more: &str, text: &str) -> Result<String, Refusal> {
    let desk = desk(more);
    let mut kernel = Kernel::new(Theory::shipped_ref(), facts(&desk.context));
    let whole = desk.term(text);
    let mut places = vec![Path::root()];
    while let Some(path) = places.pop() {
        let Some(t) = whole.at(&path) else { continue };
        if t.is_finite_series() {
            let step = kernel.large_numbers(&whole, &path)?;
            assert_eq!(step.relation(), Relation::Tends);
            return Ok(step.after().to_string());
        }
        places.extend((0..t.children().len()).rev().map(|i| path.child(i)));
    }
    panic!("no sum in {text}");
}

#[test]
fn a_mean_over_draws_tends_to_the_expectation() {
    let mean = in_the_limit("", "1/N*sum[i in 1..N](x[i]^2)").expect("the moments exist");
    assert_eq!(mean, "1/N*N*E[y1 ~ p](y1^2)");
    assert!(in_the_limit("", "c - sum[i in 1..N](x[i])/(2*N)").is_ok());
    let finite = "assume integrable(E[z ~ r](z))";
    assert!(in_the_limit(finite, "1/N*sum[i in 1..N](y[i])").is_ok());
}

#[test]
fn a_limit_needs_its_conditions() {
    for (more, text) in [
        // Not integrable, or not known to be.
        ("", "1/N*sum[i in 1..N](y[i])"),
        ("", "1/N*sum[i in 1..N](exp(x[i]^2))"),
        // Under a function that is not affine.
        ("", "exp(1/N*sum[i in 1..N](x[i]))"),
        ("", "(1/N*sum[i in 1..N](x[i]))^2"),
        ("", "1/(1/N*sum[i in 1..N](x[i]))"),
        ("", "E[z ~ q](z*sum[i in 1..N](x[i])/N)"),
        // Not times c/N.
        ("", "sum[i in 1..N](x[i])"),
        ("", "c/N^2*sum[i in 1..N](x[i])"),
        ("", "x[1]/N*sum[i in 1..N](x[i])"),
        // Not the mean over all draws of a function of one.
        ("", "1/N*sum[i in 2..N](x[i])"),
        ("", "1/N*sum[i in 1..N](i*x[i])"),
        ("", "1/N*sum[i in 1..N](x[i]*x[1])"),
        ("", "1/N*sum[i in 1..N](x[i]/N)"),
        ("", "1/N*sum[i in 1..N](x[i]*y[i])"),
        // Something is assumed of the draws, or of their number.
        ("assume x[1] = 0", "1/N*sum[i in 1..N](x[i])"),
        ("assume N <= 5", "1/N*sum[i in 1..N](x[i])"),
    ] {
        let refused = in_the_limit(more, text);
        assert!(refused.is_err(), "{text}: {refused:?}");
    }
}

#[test]
fn relations_compose_or_do_not() {
    use Relation::{Eq, Ge, Gt, Le, Lt, Ne, Tends, TendsUpTo, UpTo};
    for (a, b, whole) in [
        (Eq, UpTo, Some(UpTo)),
        (UpTo, UpTo, Some(UpTo)),
        (Tends, Tends, Some(Tends)),
        (UpTo, Tends, Some(TendsUpTo)),
        (Tends, UpTo, Some(TendsUpTo)),
        (TendsUpTo, Eq, Some(TendsUpTo)),
        (Le, Lt, Some(Lt)),
        (Le, Ge, None),
        (Le, UpTo, None),
        (Tends, Gt, None),
        (Ne, Ne, None),
    ] {
        assert_eq!(a.then(b), whole, "{a:?} then {b:?}");
    }
}

fn asked(statements: &str, more: &[&str]) -> (i32, String, String) {
    let text = format!("{DRAWS}{statements}");
    let mut arguments = vec!["derive", &text];
    arguments.extend(more);
    let output = hence(&arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

const LIMIT: &str =
    "claim KL(p || q) ~ -1/N*sum[i in 1..N](ln(q(x[i]))) up to a constant free of mu, v";

#[test]
fn chains_are_decided_link_by_link() {
    let chain = "claim KL(p || q) = H(p, q) - H(p) = H(p, q) up to a constant free of mu, v \
        ~ -1/N*sum[i in 1..N](ln(q(x[i])))";
    let (code, out, err) = asked(chain, &["--no-verify"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.matches("Proved").count(), 3, "{out}");
    let whole = "hence KL(p ‖ q) ∼ −1/N·∑[i = 1..N] ln(q(xᵢ)) up to a constant free of μ, v";
    assert!(out.contains(whole), "{out}");

    let (code, out, _) = asked("claim 1 <= 2 < 3 <= 3", &["--no-verify"]);
    assert!(code == 0 && out.contains("hence 1 < 3"), "{out}");
    // One false link, and nothing follows of the ends.
    let (code, out, _) = asked("claim 1 <= 2 < 2 <= 3", &["--no-verify"]);
    assert!(code == 1 && !out.contains("hence"), "{out}");
}

#[test]
fn a_chain_knows_what_is_wrong_with_it() {
    for (statement, code) in [
        ("claim 1 <= 2 >= 1", "E0235"),
        ("claim 1 != 2 = 2 != 3", "E0235"),
        ("claim 1 <= 2 ~ 2", "E0235"),
        ("claim mu + v = mu up to a constant free of mu = 0 up to a constant free of v", "E0235"),
        ("claim mu <= mu up to a constant free of mu", "E0236"),
        ("claim mu = mu up to a constant free of w", "E0236"),
        ("claim mu = mu up to a constant free of p", "E0236"),
        ("let z[i] ~ product(p, q) for i in 1..N\nclaim 1 = 1", "E0237"),
        ("let z[i] ~ p for i in 1..3\nclaim 1 = 1", "E0237"),
        ("derive 1 = 1 = 1", "E0110"),
        ("claim 1 up to a constant free of mu = 1", "E0110"),
    ] {
        let (exit, _, err) = asked(statement, &[]);
        assert_eq!(exit, 2, "{statement}: {err}");
        assert!(err.contains(code), "{statement}: {err}");
    }
}

#[test]
fn equations_and_inequalities_do_not_pass_to_a_limit() {
    for statement in [
        "claim 1/N*sum[i in 1..N](x[i]) = m",
        "claim 1/N*sum[i in 1..N](x[i]^2) > 0 where m > 0",
        "claim KL(p || q) ~ H(p, q)",
        "claim 1/N*sum[i in 1..N](ln(p(x[i])) - ln(q(x[i]))) >= 0",
    ] {
        let (code, out, _) = asked(statement, &[]);
        assert!(code == 1 && !out.contains("Proved"), "{statement}: {out}");
    }
}

#[test]
fn a_wrong_limit_is_refuted_with_numbers() {
    let (code, out, _) = asked("claim s ~ 1/N*sum[i in 1..N]((x[i] - m)^2)", &[]);
    assert_eq!(code, 1);
    assert!(out.contains("Refuted") && out.contains("1000000 draws"), "{out}");
    let (code, out, _) = asked("claim KL(p || q) = ln(v)/2 up to a constant free of mu, v", &[]);
    assert_eq!(code, 1);
    assert!(out.contains("Refuted") && out.contains("no constant"), "{out}");
    // What tends to 0 may be far from it on any number of draws.
    for slow in
        ["claim 0 ~ 1/N", "claim 0 ~ 1/ln(N + 1)", "claim m ~ 1/(N + 1)*sum[i in 1..N](x[i])"]
    {
        let (code, out, _) = asked(slow, &[]);
        assert!(code == 1 && out.contains("Undecided"), "{slow}: {out}");
    }
    // Without a second moment the samples show nothing.
    let wild = "claim 1 ~ 1/N*sum[i in 1..N](exp(x[i]^2/3)) where m = 0, s = 1";
    let (code, out, _) = asked(wild, &[]);
    assert!(code == 1 && out.contains("Undecided"), "{out}");
}

#[test]
fn draws_are_evidence_at_three_sizes() {
    let (code, out, err) = asked("claim m ~ 1/N*sum[i in 1..N](x[i])", &[]);
    assert_eq!(code, 0, "{err}");
    for draws in ["100", "10000", "1000000"] {
        assert!(out.contains(draws) || out.contains("10⁴"), "{draws}: {out}");
    }
}

#[test]
fn every_format_says_what_is_left_out() {
    let derive = "derive KL(p || q) up to a constant free of mu, v";
    for (arguments, said) in [
        (["--format", "terminal", "--lang", "en"], "≐"),
        (["--format", "markdown", "--lang", "en"], "does not depend on $\\mu$, $v$"),
        (["--format", "latex", "--lang", "zh"], "\\doteq"),
        (["--format", "terminal", "--lang", "zh"], "不依赖于 μ, v 的常数"),
        (["--format", "json", "--lang", "en"], "\"up_to\""),
    ] {
        let (code, out, err) = asked(derive, &[&["--no-verify"], &arguments[..]].concat());
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(said), "{arguments:?}: {out}");
    }
}

fn certificate(statement: &str) -> Value {
    let (_, out, err) = asked(statement, &["--no-verify", "--format", "json"]);
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {err}"))
}

#[test]
fn both_sides_of_a_limit_replay() {
    let claim = certificate(LIMIT);
    assert_eq!(claim["status"], "proved", "{claim}");
    for side in ["derivation", "right"] {
        let summary = replay(&claim[side], Theory::shipped_ref()).expect("the kernel agrees");
        let expected = if side == "right" { Relation::Tends } else { Relation::UpTo };
        assert_eq!(summary.relation, expected);
    }
}

#[test]
fn a_certificate_whose_draws_or_constants_changed_is_refused() {
    let claim = certificate(LIMIT);
    let changes: [(&str, &str, Value); 6] = [
        ("derivation", "/certificate/declarations/up_to", serde_json::json!(["mu"])),
        ("derivation", "/certificate/declarations/up_to", serde_json::json!([])),
        ("derivation", "/up_to", serde_json::json!(["s"])),
        ("right", "/certificate/declarations/draws/0/text", "q".into()),
        ("right", "/certificate/declarations/draws", serde_json::json!([])),
        ("right", "/result/relation", "=".into()),
    ];
    for (side, place, value) in changes {
        let mut changed = claim[side].clone();
        let field = changed.pointer_mut(place).unwrap_or_else(|| panic!("{place} is not there"));
        assert_ne!(*field, value, "{place}");
        *field = value;
        hence::verify::seal(&mut changed);
        assert!(replay(&changed, Theory::shipped_ref()).is_err(), "{side}{place}");
    }
}

#[test]
fn each_step_of_a_weaker_kind_is_repeated() {
    let claim = certificate(LIMIT);
    for (side, kind) in [("derivation", "constant"), ("right", "large_numbers")] {
        let steps = claim[side]["certificate"]["steps"].as_array().expect("steps");
        let index = steps.iter().position(|s| s["kind"] == kind).expect("such a step");
        for (field, value) in [
            ("kind", Value::from("arithmetic")),
            ("relation", "=".into()),
            ("path", "/7".into()),
            ("local_after", "0".into()),
            ("after", "0".into()),
            ("conditions", serde_json::json!([])),
        ] {
            let mut changed = claim[side].clone();
            changed["certificate"]["steps"][index][field] = value;
            hence::verify::seal(&mut changed);
            assert!(replay(&changed, Theory::shipped_ref()).is_err(), "{kind}: {field}");
        }
    }
}
