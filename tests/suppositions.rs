//! Suppositions: what follows from them, what does not, and what a certificate says of both.
#![cfg(feature = "cli")]

mod common;
mod library;

use common::hence;
use hence::derive::Supposed;
use hence::document::Verdict;
use hence::kernel::{Justification, Refusal};
use hence::term::Path;
use hence::theory::Theory;
use hence::verify::mutation::{TamperOptions, tamper};
use hence::verify::{certificate, decide, facts, replay};
use library::{Desk, goals};
use serde_json::Value;

const NAMES: &str = "let w, x, y real\nlet u, v positive\nlet n, K natural\n\
     let m[i] real for i in 1..K\nlet a[i] positive for i in 1..K\n\
     let F = -n/2*ln(v) - u/(2*v)\n\
     let G = sum[i in 1..K](-1/2*(m[i]^2/a[i] + ln(a[i])))\n";

fn verdict(text: &str) -> Verdict {
    let goal = goals(Theory::shipped_ref(), &format!("{NAMES}{text}")).pop().expect("a goal");
    let decision = decide(&goal, Theory::shipped_ref(), true);
    assert!(decision.is_verified(), "{text}: {:?}", decision.evidence);
    decision.comparison.expect("a claim").verdict
}

#[test]
fn what_is_supposed_is_solved_and_inserted() {
    for text in [
        "claim w^2 = 9 where w = 3",
        "claim w^2 = 9 where 3 = w",
        "claim w = 3 where 2*w = 6",
        "claim x = 2 where x + y = 3, x - y = 1",
        "claim w = u/v where w*v = u",
        "claim 1/w = 1/3 where w = 3",
        "claim w > 2 where w = 3",
        "claim w^2 + 1 = 10 where w^2 = 9",
        "claim sum[i in 1..n](i) = 6 where n = 3",
        "suppose w = 3\nclaim D[w](w^2) = 6",
        "suppose D[w](w^2 - 2*w) = 0\nclaim w = 1",
        "suppose D[w](w^2 - 2*w) = 0\nclaim D[w](D[w](w^2 - 2*w)) = 2",
        "suppose D[v](F) = 0\nclaim v = u/n",
        "suppose D[v](F) = 0\nclaim F = -n/2*ln(u/n) - n/2",
        "suppose D[v](F) = 0\nclaim D[v](F) = 0",
        "suppose D[v](F) = 0\nclaim v*D[v](D[v](F)) = -n^2/(2*u)",
        "suppose -n/(2*v) + u/(2*v^2) = 0\nclaim ln(v) = ln(u/n)",
        "suppose D[a[i]](G) = 0 for i in 1..K\nclaim a[1] = m[1]^2",
        "suppose D[a[i]](G) = 0 for i in 1..K\nclaim G = -K/2 - 1/2*sum[i in 1..K](ln(m[i]^2))",
        "suppose D[a[i]](G + F) = 0 for i in 1..K, D[v](G + F) = 0\n\
         claim G + F = -K/2 - 1/2*sum[i in 1..K](ln(m[i]^2)) - n/2*ln(u/n) - n/2",
        // What an index stands for is not captured by the sums of the value.
        "suppose a[i] = sum[j in 1..i](exp(m[j])) for i in 1..K\n\
         claim sum[j in 1..K](a[j]) = sum[j in 1..K](sum[k in 1..j](exp(m[k])))",
        "let q = Normal(w, v)\nsuppose D[w](KL(q || Normal(0, 1))) = 0, D[v](KL(q || Normal(0, 1))) = 0\n\
         claim KL(q || Normal(0, 1)) = 0",
        "let r density over reals\nassume integrable(E[z ~ r](z)), integrable(E[z ~ r](z^2))\n\
         let C = -E[z ~ r](ln(Normal(w, v)(z)))\nsuppose D[v](C) = 0\nclaim C = H(Normal(w, v))",
        "assume w = 3\nclaim w^2 = 9",
    ] {
        assert_eq!(verdict(text), Verdict::Proved, "{text}");
    }
}

#[test]
fn what_is_false_where_it_is_supposed_is_refuted_there() {
    for text in [
        "suppose w = 3\nclaim D[w](w^2) = 0",
        "suppose D[v](F) = 0\nclaim ln(v) = ln(n/u)",
        "suppose D[v](F) = 0\nclaim D[u](F) = 0",
        "suppose D[a[i]](G) = 0 for i in 1..K\nclaim a[1] = m[1]",
        "suppose D[w](w^2 - 2*w) = 0\nclaim D[w](D[w](w^2 - 2*w)) = 0",
        "claim x = 1 where x + y = 3, x - y = 1",
    ] {
        assert_eq!(verdict(text), Verdict::Refuted, "{text}");
    }
}

#[test]
fn a_counterexample_meets_what_is_supposed() {
    let text = format!("{NAMES}suppose D[v](F) = 0\nclaim F = 0");
    let goal = goals(Theory::shipped_ref(), &text).pop().expect("a goal");
    let decision = decide(&goal, Theory::shipped_ref(), true);
    let found = decision.comparison.and_then(|c| c.counterexample).expect("a counterexample");
    let value = |name: &str| found.point.iter().find(|(n, _)| n.as_str() == name).map(|(_, v)| *v);
    let [n, u, v] = ["n", "u", "v"].map(|name| value(name).expect("a value"));
    assert!((v - u / n).abs() < 1e-12, "{:?}", found.point);
}

#[test]
fn what_cannot_hold_proves_nothing_and_says_so() {
    for text in
        ["claim v = 5 where v = -1", "claim v = 5 where v = u, v = 2*u", "claim 1 = 1 where 0 = 1"]
    {
        let goal = goals(Theory::shipped_ref(), &format!("{NAMES}{text}")).pop().expect("a goal");
        let decision = decide(&goal, Theory::shipped_ref(), true);
        assert_eq!(decision.comparison.expect("a claim").verdict, Verdict::Undecided, "{text}");
        let (en, zh) = decision.derivation.message.expect("a message");
        assert!(en.contains("cannot hold") && zh.contains("不可能成立"), "{text}: {en}");
    }
    // What only numbers show.
    assert_eq!(verdict("suppose v = x - exp(x)\nclaim v = x - exp(x)"), Verdict::Undecided);
}

#[test]
fn a_supposition_is_not_used_inside_a_derivative() {
    let mut desk = Desk::new("let w, x real\nlet square = w^2\nsuppose w = 3");
    let supposed = desk.term("w = 3");
    for (whole, path) in [
        ("D[w](w^2)", vec![0, 0]),
        ("D[x](w*x)", vec![0, 0]),
        ("1 + D[x](x*exp(w))", vec![1, 0, 1, 0]),
    ] {
        let whole = desk.term(whole);
        let path = Path { positions: path, subset: None };
        assert_eq!(whole.at(&path), Some(desk.term("w")), "{whole}");
        let found = desk.kernel.hypothesis(&whole, &path, &supposed);
        assert_eq!(found.err(), Some(Refusal::DoesNotMatch), "{whole}");
    }
    // Arithmetic and signs know nothing of it.
    for (old, new) in [("w", "3"), ("abs(w)", "w"), ("D[w](w)", "D[w](3)"), ("square", "9")] {
        let (old, new) = (desk.term(old), desk.term(new));
        assert!(desk.kernel.arithmetic(&old, &Path::root(), &new).is_err(), "{old} = {new}");
    }
    let whole = desk.term("w^2");
    let path = Path::root().child(0);
    let unsupposed = desk.term("w = 4");
    assert!(desk.kernel.hypothesis(&whole, &path, &unsupposed).is_err());
    assert!(desk.kernel.hypothesis(&whole, &path, &supposed).is_ok());
}

#[test]
fn a_conclusion_is_made_of_the_steps_alone() {
    let theory = Theory::shipped_ref();
    let goal = goals(theory, &format!("{NAMES}suppose D[v](F) = 0\nclaim v = 1")).remove(0);
    let known = facts(&goal.context);
    let v = hence::term::Term::symbol("v");
    let supposed = Supposed::of(theory, known.clone(), &[&v]);
    let [lemma] = supposed.lemmas.as_slice() else { panic!("{:?}", supposed.lemmas) };
    assert_eq!(lemma.consequence.equation().to_string(), "v = u/n");
    let kernel = hence::kernel::Kernel::new(theory, known);
    let steps: Vec<_> = lemma.derivation.steps().collect();
    let conclude = |steps: &[&hence::kernel::Step]| {
        kernel.conclude(&lemma.supposition, &[], steps.iter().copied())
    };
    assert!(conclude(&steps).is_ok());
    // Where a step is left out the next one is refused, or comes to the same; two exchanged, another start.
    for gap in 0..steps.len() - 1 {
        let mut fewer = steps.clone();
        fewer.remove(gap);
        let same = |c: &hence::kernel::Consequence| c.equation() == lemma.consequence.equation();
        assert!(
            conclude(&fewer).is_ok_and(|c| same(&c)) || conclude(&fewer).is_err(),
            "step {gap}"
        );
    }
    assert!(conclude(&steps[steps.len() - 1..]).is_err());
    let mut exchanged = steps.clone();
    exchanged.reverse();
    assert!(conclude(&exchanged).is_err());
    let other = Desk::new(&format!("{NAMES}suppose D[v](F) = 1"));
    let steps = || lemma.derivation.steps();
    assert!(other.kernel.conclude(&lemma.supposition, &[], steps()).is_err());
    let wrong = other.term("D[v](F) = 1");
    assert!(other.kernel.conclude(&wrong, &[], steps()).is_err());
    assert!(other.kernel.conclude(&wrong, &["i".into()], steps()).is_err());
}

#[test]
fn certificates_hold_what_follows_and_cannot_be_changed() {
    let theory = Theory::shipped_ref();
    let text =
        format!("{NAMES}suppose D[a[i]](G + F) = 0 for i in 1..K, D[v](G + F) = 0\nderive G + F");
    let goal = goals(theory, &text).remove(0);
    let decision = decide(&goal, theory, false);
    let derivation = &decision.derivation;
    assert_eq!(derivation.lemmas.len(), 2);
    let uses =
        |step: &hence::kernel::Step| matches!(step.justification(), Justification::Consequence(_));
    assert!(derivation.steps().any(uses));
    let written = certificate(
        derivation,
        &goal.context,
        theory,
        &goal.text,
        hence::document::Verification::default(),
    );
    let summary = replay(&written, theory).expect("replay");
    assert!(summary.axioms.iter().any(|a| a.starts_with("derivative.ln")), "{:?}", summary.axioms);
    let options = TamperOptions { steps: 2, fields: 260 };
    let tampering = tamper(&written, derivation, theory, options);
    assert!(tampering.holds(), "{:#?}", tampering.accepted);
    // Every field of what follows, the digest made anew.
    let mut places = Vec::new();
    leaves(&written["certificate"]["lemmas"], "/certificate/lemmas", &mut places);
    let step = places.len() / 90 + 1;
    for place in places.iter().step_by(step) {
        for new in [Value::Null, "u".into(), "v = n/u".into()] {
            let mut changed = written.clone();
            let here = changed.pointer_mut(place).expect("a place");
            if *here == new {
                continue;
            }
            *here = new;
            hence::verify::seal(&mut changed);
            assert!(replay(&changed, theory).is_err(), "{place}");
        }
    }
    // Without what follows the chain has nothing to insert.
    let mut changed = written.clone();
    changed["certificate"]["lemmas"] = Value::Array(Vec::new());
    hence::verify::seal(&mut changed);
    assert!(replay(&changed, theory).is_err());
}

fn leaves(value: &Value, here: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| leaves(inner, &format!("{here}/{key}"), out));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, inner)| leaves(inner, &format!("{here}/{i}"), out)),
        _ => out.push(here.to_owned()),
    }
}

#[test]
fn reports_show_what_follows_before_the_chain() {
    let text = format!("{NAMES}suppose D[v](F) = 0\nderive F");
    for (format, lang, parts) in [
        ("terminal", "en", ["suppose ∂/∂v F = 0", "From ∂/∂v F = 0:"]),
        ("terminal", "zh", ["设 ∂/∂v F = 0", "由 ∂/∂v F = 0："]),
        ("markdown", "en", ["suppose $", "From $"]),
        ("latex", "zh", ["设 $", "由 $"]),
        ("html", "en", ["class=\"lemma\"", "From "]),
        ("json", "en", ["\"suppositions\"", "\"lemmas\""]),
    ] {
        let output = hence(&[
            "derive",
            &text,
            "--format",
            format,
            "--lang",
            lang,
            "--no-verify",
            "--no-pager",
        ]);
        let shown = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        for part in parts {
            assert!(shown.contains(part), "{format} {lang}: {part}: {complaint}");
        }
    }
}

#[test]
fn what_is_supposed_is_an_equation_of_numbers() {
    for (text, code) in [
        ("let w real\nsuppose w < 3\nclaim w = 3", "E0245"),
        ("suppose w positive\nclaim w = 3", "E0245"),
        (
            "let r density over reals\nsuppose r(z) = Normal(0, 1)(z) for z in -oo..oo\nclaim 1 = 1",
            "E0245",
        ),
        ("suppose\nclaim 1 = 1", "E0110"),
    ] {
        let output = hence(&["derive", text]);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.contains(code), "{text}: {complaint}");
    }
}

#[test]
fn values_follow_where_they_are_supposed() {
    let text = format!("{NAMES}suppose D[v](F) = 0\nln(v)");
    let output = hence(&["evaluate", &text, "--at", "n=2,u=3", "--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert!((found["closed_form"].as_f64().unwrap_or_default() - 1.5_f64.ln()).abs() < 1e-14);
    let output = hence(&["evaluate", &text, "--at", "n=2,u=3,v=4"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0611"));
}
