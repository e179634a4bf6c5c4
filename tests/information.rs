//! Information measures of distributions on integers and of mixtures: the worked numbers, and what has no closed form.

mod library;

use hence::derive::Status;
use hence::numeric::Environment;
use hence::theory::Theory;
use library::{Desk, decided, derived, symbol, value};

fn number(text: &str) -> f64 {
    let desk = Desk::new("let unused real");
    let term = desk.term(text);
    value(Theory::shipped_ref(), desk.kernel.facts(), &Environment::new(), &term)
        .unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

/// The closed form of a quantity, as a number.
fn closed(text: &str) -> f64 {
    let theory = Theory::shipped_ref();
    let d = derived(theory, &format!("derive {text}"));
    assert_eq!(d.status, Status::Proved, "{text}");
    value(theory, &d.facts, &Environment::new(), &d.result)
        .unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

const P: &str = "Categorical(1/5, 1/2, 3/10)";
const Q: &str = "Categorical(3/10, 2/5, 3/10)";

/// Three probabilities against three: definition and closed form agree with the printed digits.
#[test]
fn vectors_of_probabilities() {
    let cases = [
        (format!("KL({P} || {Q})"), 0.030_478_754_035),
        (format!("KL({Q} || {P})"), 0.032_382_111_907),
        (format!("H({P})"), 1.029_653_014_065),
        (format!("H({P}, {Q})"), 1.060_131_768_100),
    ];
    for (text, expected) in cases {
        assert!((closed(&text) - expected).abs() < 1e-11, "{text}: {}", closed(&text));
        assert!((number(&text) - expected).abs() < 1e-11, "{text}: {}", number(&text));
    }
    let d = derived(Theory::shipped_ref(), &format!("derive KL({P} || {Q})"));
    assert_eq!(d.result.to_string(), "1/5*ln(2/3) + 1/2*ln(5/4)");
}

/// The divergence of two unit normals from their mean saturates at ln 2.
#[test]
fn saturation() {
    let cases = [
        ("1/10", 0.001_248_44),
        ("1", 0.111_421_48),
        ("2", 0.336_830_82),
        ("3", 0.526_777_31),
        ("5", 0.675_942_58),
        ("15", std::f64::consts::LN_2),
    ];
    for (d, expected) in cases {
        let found = number(&format!("JS(Normal(0, 1) || Normal({d}, 1))"));
        assert!((found - expected).abs() < 1e-8, "{d}: {found}");
    }
}

#[test]
fn what_has_no_closed_form_says_so() {
    let theory = Theory::shipped_ref();
    for text in ["H(Poisson(r))", "JS(Normal(0, 1) || Normal(r, 1))"] {
        let d = derived(theory, &format!("let r positive\nderive {text}"));
        assert_eq!(d.status, Status::Stuck, "{text}");
        assert!(d.message.is_some(), "{text}");
    }
    let at: Environment = [(symbol("r"), 1.0)].into_iter().collect();
    let desk = Desk::new("let r positive");
    let h = value(theory, desk.kernel.facts(), &at, &desk.term("H(Poisson(r))"));
    assert!((h.expect("a number") - 1.304_842_242_256).abs() < 1e-11);
}

/// What carries a probability under the first only makes a divergence infinite; what carries none under it does not count.
#[test]
fn zeros_and_supports() {
    let theory = Theory::shipped_ref();
    for (text, result) in [
        ("KL(Categorical(1/2, 1/2, 0) || Categorical(1/3, 1/3, 1/3))", "ln(3/2)"),
        ("KL(Categorical(1/3, 1/3, 1/3) || Categorical(1/2, 1/2, 0))", "oo"),
        ("KL(Poisson(2) || Bernoulli(1/2))", "oo"),
        ("KL(Poisson(2) || Normal(0, 1))", "oo"),
        ("KL(Normal(0, 1) || Poisson(2))", "oo"),
    ] {
        assert_eq!(derived(theory, &format!("derive {text}")).result.to_string(), result, "{text}");
    }
}

/// An integral is no sum, and a sum no integral; nor is an infinite sum taken apart without its condition.
#[test]
fn kinds_are_not_confused() {
    let theory = Theory::shipped_ref();
    for text in [
        "int[x from 0 to oo](Poisson(2)(x)) dx = 1",
        "sum[k in 0..oo](Exponential(2)(k)) = 1",
        "sum[k in 1..oo](1/k - 1/(k + 1)) = sum[k in 1..oo](1/k) - sum[k in 1..oo](1/(k + 1))",
        "E[k ~ Poisson(2)](1/k) = E[k ~ Poisson(2)](1/k)",
        "sum[k in 0..1](Poisson(2)(k)) = 1",
        "sum[k in 0..oo](2^k) = -1",
    ] {
        let holds = decided(theory, &format!("claim {text}")).holds;
        assert_ne!(holds, Some(true), "{text}");
    }
}

/// Chains that end stuck are equal only where they end in one term.
#[test]
fn stuck_chains() {
    let theory = Theory::shipped_ref();
    for (text, holds) in [
        ("H(Poisson(r)) = r - r*ln(r) + E[k ~ Poisson(r)](ln(factorial(k)))", true),
        ("H(Poisson(r)) = r + r*ln(r) + E[k ~ Poisson(r)](ln(factorial(k)))", false),
        ("H(Poisson(r)) - H(Poisson(r)) = 1", false),
        ("KL(Uniform(0, r) || Uniform(0, 1)) - KL(Uniform(0, r) || Uniform(0, 1)) = 0", false),
    ] {
        let outcome = decided(theory, &format!("let r positive\nclaim {text}"));
        assert_eq!(outcome.holds == Some(true), holds, "{text}: {:?}", outcome.holds);
    }
}
