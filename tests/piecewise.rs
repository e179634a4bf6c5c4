//! Integrands with kinks: what comes out is compared with textbooks, by the kernel and by numbers.

mod library;

use hence::derive::Status;
use hence::kernel::{Justification, Kernel};
use hence::theory::Theory;
use library::{Desk, decided, derived};

/// A family of a user's own whose density has a kink.
const FAMILIES: &str = r#"
distribution TwoSided(loc: real, scale: positive) over x in reals
  density 1/(2*scale)*exp(-abs(x - loc)/scale)
  center loc
  en "TwoSided distribution"
  zh "拉普拉斯分布"
  cite "Johnson, Kotz and Balakrishnan, vol. 2, eq. 24.1"
"#;

/// Declarations, the statement, and the closed form that a textbook gives.
const CASES: &[(&str, &str, &str)] = &[
    // Total variation.
    (
        "let a, b real\nlet s positive\nassume a < b",
        "1/2*int[x from -oo to oo] abs(Normal(a, s^2)(x) - Normal(b, s^2)(x)) dx",
        "erf((b - a)/(2*sqrt(2)*s))",
    ),
    (
        "let a, b real\nlet s positive\nassume b < a",
        "1/2*int[x from -oo to oo] abs(Normal(a, s^2)(x) - Normal(b, s^2)(x)) dx",
        "erf((a - b)/(2*sqrt(2)*s))",
    ),
    (
        "let a, b real\nlet s positive",
        "1/2*int[x from -oo to oo] abs(Normal(a, s^2)(x) - Normal(b, s^2)(x)) dx",
        "erf(abs(a - b)/(2*sqrt(2)*s))",
    ),
    (
        "let a, b real\nlet s positive",
        "int[x from -oo to oo] min(Normal(a, s^2)(x), Normal(b, s^2)(x)) dx",
        "1 - erf(abs(a - b)/(2*sqrt(2)*s))",
    ),
    (
        "let a, b real\nlet s positive",
        "int[x from -oo to oo] max(Normal(a, s^2)(x), Normal(b, s^2)(x)) dx",
        "1 + erf(abs(a - b)/(2*sqrt(2)*s))",
    ),
    (
        "",
        "int[x from -oo to oo] abs(Normal(0, 1)(x) - Normal(0, 4)(x)) dx",
        "2*erf(2*sqrt(3*ln(2))/3) - 2*erf(sqrt(3*ln(2))/3)",
    ),
    (
        "let a, b positive\nassume a < b",
        "int[x from 0 to oo] abs(Exponential(b)(x) - Exponential(a)(x)) dx",
        "2*(exp(-a*ln(b/a)/(b - a)) - exp(-b*ln(b/a)/(b - a)))",
    ),
    ("", "int[x from -oo to oo] abs(Exponential(1)(x) - Exponential(2)(x)) dx", "1/2"),
    ("", "int[x from -oo to oo] abs(Uniform(0, 1)(x) - Uniform(0, 2)(x)) dx", "1"),
    (
        "let p, q density over reals",
        "int[x from -oo to oo] abs(p(x) - q(x)) dx",
        "2 - 2*int[x from -oo to oo] min(p(x), q(x)) dx",
    ),
    // Mean distances.
    ("let m real\nlet s positive", "E[x ~ Normal(m, s^2)](abs(x - m))", "s*sqrt(2/pi)"),
    (
        "let m real\nlet s positive",
        "E[x ~ Normal(m, s^2)](abs(x))",
        "s*sqrt(2/pi)*exp(-m^2/(2*s^2)) + m*erf(m/(sqrt(2)*s))",
    ),
    ("let m real\nlet s positive", "E[x ~ Normal(m, s^2)](abs(x - m)^3)", "2*sqrt(2/pi)*s^3"),
    ("let m real\nlet s positive", "E[x ~ Normal(m, s^2)](abs((x - m)^3))", "2*sqrt(2/pi)*s^3"),
    ("let m, r positive", "E[x ~ Exponential(r)](abs(x - m))", "m - 1/r + 2*exp(-r*m)/r"),
    ("let r positive", "E[x ~ Exponential(r)](abs(x - 1/r))", "2/(e*r)"),
    ("let a, b real\nassume a < b", "E[x ~ Uniform(a, b)](abs(x - (a + b)/2))", "(b - a)/4"),
    ("", "E[x ~ Uniform(0, 1)](abs(x - 1/3))", "5/18"),
    ("", "int[x from -2 to 3](abs(x^2 - 1)) dx", "28/3"),
    ("", "int[x from 0 to 1](max(x, 1 - x)) dx", "3/4"),
    ("", "E[x ~ Uniform(0, 1)](max(x, 1 - x)^2)", "7/12"),
    ("", "int[x from 0 to 1](abs(ln(x) + 1)) dx", "2/e"),
    ("let c positive", "E[x ~ Exponential(1)](min(x, c))", "1 - exp(-c)"),
    (
        "",
        "E[x ~ mixture(1/2: Normal(-1, 1), 1/2: Normal(1, 1))](abs(x))",
        "sqrt(2/(pi*e)) + erf(1/sqrt(2))",
    ),
    (
        "let m real\nlet s, k positive",
        "E[x ~ Normal(m, s^2)](max(exp(x) - k, 0))",
        "exp(m + s^2/2)/2*(1 + erf((m + s^2 - ln(k))/(sqrt(2)*s))) - k/2*(1 + erf((m - ln(k))/(sqrt(2)*s)))",
    ),
    (
        "let m, c real\nlet b positive",
        "1/2*int[x from -oo to oo] abs(TwoSided(m, b)(x) - TwoSided(c, b)(x)) dx",
        "1 - exp(-abs(m - c)/(2*b))",
    ),
    (
        "let m, k real\nlet s positive",
        "E[x ~ Normal(m, s^2)](max(x - k, 0))",
        "(m - k)/2*(1 + erf((m - k)/(sqrt(2)*s))) + s/sqrt(2*pi)*exp(-(m - k)^2/(2*s^2))",
    ),
    ("let t real", "D[t](E[x ~ Normal(0, 1)](abs(x - t)))", "erf(t/sqrt(2))"),
    // A density with a kink.
    ("let m real\nlet b positive", "int[x from -oo to oo](1/(2*b)*exp(-abs(x - m)/b)) dx", "1"),
    ("let m real\nlet b positive", "E[x ~ TwoSided(m, b)](1)", "1"),
    ("let m real\nlet b positive", "E[x ~ TwoSided(m, b)](x)", "m"),
    ("let m real\nlet b positive", "E[x ~ TwoSided(m, b)](abs(x - m))", "b"),
    ("let m, c real\nlet b positive", "E[x ~ TwoSided(m, b)]((x - c)^2)", "2*b^2 + (m - c)^2"),
    (
        "let m, c real\nlet b positive",
        "E[x ~ TwoSided(m, b)](abs(x - c))",
        "abs(m - c) + b*exp(-abs(m - c)/b)",
    ),
    ("let m real\nlet b positive", "H(TwoSided(m, b))", "1 + ln(2*b)"),
    (
        "let m, c real\nlet b, h positive",
        "KL(TwoSided(m, b) || TwoSided(c, h))",
        "ln(h/b) + abs(m - c)/h + b/h*exp(-abs(m - c)/b) - 1",
    ),
    (
        "let m, c real\nlet b, s positive",
        "KL(TwoSided(m, b) || Normal(c, s^2))",
        "1/2*ln(pi*s^2/(2*b^2)) + (2*b^2 + (m - c)^2)/(2*s^2) - 1",
    ),
    (
        "let m, c real\nlet b, s positive",
        "KL(Normal(c, s^2) || TwoSided(m, b))",
        "ln(2*b) - 1/2*ln(2*pi*e*s^2) + (s*sqrt(2/pi)*exp(-(c - m)^2/(2*s^2)) + (c - m)*erf((c - m)/(sqrt(2)*s)))/b",
    ),
    (
        "let m, r, b positive",
        "KL(Exponential(r) || TwoSided(m, b))",
        "ln(2*r*b) - 1 + (m - 1/r + 2*exp(-r*m)/r)/b",
    ),
    ("", "KL(Uniform(0, 1) || Uniform(0, 2))", "ln(2)"),
    ("let r positive", "KL(Uniform(1, 2) || Exponential(r))", "3/2*r - ln(r)"),
    // Parts of the line.
    ("let c real", "int[x from c to oo](exp(-x^2/2)) dx", "sqrt(pi/2)*(1 - erf(c/sqrt(2)))"),
    ("let c real", "int[x from -oo to c](exp(-x^2/2)) dx", "sqrt(pi/2)*erfc(-c/sqrt(2))"),
    ("let c real", "int[x from c to oo](x*exp(-x^2/2)) dx", "exp(-c^2/2)"),
    (
        "let c real",
        "int[x from c to oo](x^2*exp(-x^2/2)) dx",
        "c*exp(-c^2/2) + sqrt(pi/2)*erfc(c/sqrt(2))",
    ),
    (
        "let a, b real",
        "int[x from a to b](x^3*exp(-x^2)) dx",
        "((a^2 + 1)*exp(-a^2) - (b^2 + 1)*exp(-b^2))/2",
    ),
    (
        "let c real\nlet r positive",
        "int[x from c to oo](x^2*exp(-r*x)) dx",
        "exp(-r*c)*(c^2/r + 2*c/r^2 + 2/r^3)",
    ),
    ("let c real", "int[x from -oo to c](x*exp(x)) dx", "(c - 1)*exp(c)"),
    ("let z real", "erf(-z) + erf(z)", "0"),
    ("let z real", "erfc(z) + erfc(-z)", "2"),
    ("", "erf(0)", "0"),
];

fn families() -> Theory {
    let mut theory = Theory::shipped();
    let problems = theory.extend("families", FAMILIES);
    assert!(problems.is_empty(), "{}", problems[0]);
    theory
}

#[test]
fn closed_forms_are_those_of_textbooks() {
    let theory = families();
    let mut problems = Vec::new();
    for (declarations, statement, expected) in CASES {
        let text = format!("{declarations}\nclaim {statement} = {expected}");
        let outcome = decided(&theory, &text);
        if outcome.holds != Some(true) {
            let left = &outcome.left;
            problems.push(format!("{statement}: {} ({:?})", left.result, left.message));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn wrong_constants_are_never_proved() {
    let theory = families();
    for (i, (declarations, statement, expected)) in CASES.iter().enumerate() {
        let wrong = ["1/1000", "ln(2)", "1"][i % 3];
        let text = format!("{declarations}\nclaim {statement} = {expected} + {wrong}");
        assert_ne!(decided(&theory, &text).holds, Some(true), "{text}");
        let text = format!("{declarations}\nclaim {statement} = 2*({expected}) + 1/7");
        assert_ne!(decided(&theory, &text).holds, Some(true), "{text}");
    }
}

/// What splits an integral is chosen: a point outside the range, or one that has no value, is not accepted.
#[test]
fn points_to_split_at_must_lie_in_the_range() {
    let desk = Desk::new("let m real\nlet r positive");
    let theory = Theory::shipped_ref();
    let rule = theory.rule("int.split").expect("a rule");
    let whole = desk.term("int[x from 0 to oo](abs(x - m)*exp(-r*x)) dx");
    let mut kernel = Kernel::new(theory, library::facts(&desk.context));
    let path = hence::term::Path::root();
    let at = desk.term("int[x from 0 to oo](abs(x - 2)*exp(-r*x)) dx");
    let bindings = kernel.proposals(rule, &at, &path);
    assert_eq!(bindings.len(), 1);
    let step = kernel.rule(&at, &path, rule, &bindings[0]).expect("a step");
    assert!(matches!(step.justification(), Justification::Rule(..)));
    for point in ["-1", "m", "oo", "1/m", "unheard", "x", "r - 1", "ln(m)", "sqrt(m)"] {
        let mut chosen = bindings[0].clone();
        let name = rule.chosen().remove(0);
        chosen.metas.insert(name, desk.term(point));
        assert!(kernel.rule(&at, &path, rule, &chosen).is_err(), "split at {point}");
    }
    assert!(kernel.proposals(rule, &whole, &path).is_empty(), "m may be negative");
}

/// A step says where the integral is split.
#[test]
fn steps_are_those_of_a_textbook() {
    let theory = Theory::shipped_ref();
    let text = "let a, b real\nlet s positive\nassume a < b\nderive int[x from -oo to oo] abs(Normal(a, s^2)(x) - Normal(b, s^2)(x)) dx";
    let derivation = derived(theory, text);
    assert_eq!(derivation.status, Status::Proved);
    let phases: Vec<String> = derivation.lines.iter().map(|l| l.phase.to_string()).collect();
    assert_eq!(phases, ["density", "split", "pieces", "linearity", "integrals"]);
    assert!(derivation.lines[1].after.to_string().contains("from -oo to (a + b)/2"));
}
