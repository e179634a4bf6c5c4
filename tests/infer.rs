//! Signs that are read off terms: known where they should be, and never wrong.

mod library;

use hence::kernel::{Kernel, Sign};
use hence::theory::Theory;
use library::{Desk, Seeded, facts, point, value};

const NAMES: &str = "let x, y real
let p, q positive
let z nonnegative
let m negative
let w nonzero
let n natural
let k integer
let a, b real
assume b < a
let c real
assume c > 1";

/// What must be seen.
const KNOWN: &[(&str, Sign)] = &[
    ("1 + x^2", Sign::POSITIVE),
    ("x^2", Sign::NONNEGATIVE),
    ("w^2", Sign::POSITIVE),
    ("a - b", Sign::POSITIVE),
    ("b - a", Sign::NEGATIVE),
    ("2*a - 2*b", Sign::POSITIVE),
    ("exp(x)", Sign::POSITIVE),
    ("-exp(x)", Sign::NEGATIVE),
    ("p + q", Sign::POSITIVE),
    ("p + z", Sign::POSITIVE),
    ("p*q", Sign::POSITIVE),
    ("p/q", Sign::POSITIVE),
    ("m*p", Sign::NEGATIVE),
    ("m^2", Sign::POSITIVE),
    ("1/p^2", Sign::POSITIVE),
    ("sqrt(p)", Sign::POSITIVE),
    ("sqrt(z)", Sign::NONNEGATIVE),
    ("p^x", Sign::POSITIVE),
    ("n + 1", Sign::POSITIVE),
    ("c", Sign::POSITIVE),
    ("c - 1", Sign::POSITIVE),
    ("pi", Sign::POSITIVE),
    ("(x - y)^2 + p", Sign::POSITIVE),
    ("abs(x)", Sign::NONNEGATIVE),
    ("abs(w)", Sign::POSITIVE),
    ("0", Sign::ZERO),
    ("3/7 - 1/2", Sign::NEGATIVE),
    ("0^(0*x)", Sign::POSITIVE),
];

/// What nothing that is assumed tells.
const UNKNOWN: &[&str] = &[
    "x",
    "x*y",
    "p - q",
    "ln(p)",
    "x^3",
    "k",
    "p - 1",
    "n - 2",
    "z - p",
    "c - 2",
    "exp(x) - 1",
    "1 - x^2",
    "sin(x)",
    "digamma(p)",
    "x + p",
    "w",
    "w + 1",
    "a",
    "a*b",
    "a + b",
];

#[test]
fn signs_are_seen() {
    for (text, sign) in KNOWN {
        let mut desk = Desk::new(NAMES);
        let t = desk.term(text);
        let got = desk.kernel.sign_of(&t);
        assert!(got.within(*sign), "{text}: {} and not {}", got.as_str(), sign.as_str());
    }
}

#[test]
fn signs_are_not_invented() {
    for text in UNKNOWN {
        let mut desk = Desk::new(NAMES);
        let t = desk.term(text);
        let got = desk.kernel.sign_of(&t);
        for claimed in [Sign::NONNEGATIVE, Sign::NONPOSITIVE] {
            assert!(!got.within(claimed), "{text}: {}", got.as_str());
        }
    }
}

/// Random terms over the declared names: what is claimed of their sign holds wherever they have a value.
#[test]
fn signs_hold_at_points() {
    let theory = Theory::shipped_ref();
    let context = library::context(theory, NAMES);
    let facts = facts(&context);
    let mut seed = Seeded(20260);
    for _ in 0..1500 {
        let text = random(&mut seed, 3);
        let t = library::term(theory, &context, &text);
        let sign = Kernel::new(theory, facts.clone()).sign_of(&t);
        for _ in 0..4 {
            let at = point(theory, &facts, &mut seed);
            let Ok(v) = value(theory, &facts, &at, &t) else { continue };
            if v.abs() < 1e-9 {
                continue;
            }
            let seen = if v > 0.0 { Sign::POSITIVE } else { Sign::NEGATIVE };
            assert!(seen.within(sign), "{text} is {v} and was said to be {}", sign.as_str());
        }
    }
}

fn random(seed: &mut Seeded, depth: usize) -> String {
    const LEAVES: &[&str] =
        &["x", "y", "p", "q", "z", "m", "w", "n", "k", "a", "b", "c", "1", "2", "1/2", "0", "pi"];
    if depth == 0 {
        return LEAVES[seed.below(LEAVES.len())].into();
    }
    let l = random(seed, depth - 1);
    let r = random(seed, depth - 1);
    match seed.below(12) {
        0 | 1 => format!("({l} + {r})"),
        2 | 3 => format!("({l} - {r})"),
        4 | 5 => format!("({l})*({r})"),
        6 => format!("({l})/({r})"),
        7 => format!("({l})^2"),
        8 => format!("({l})^({r})"),
        9 => format!("sqrt({l})"),
        10 => format!("exp({l})"),
        _ => format!("abs({l})"),
    }
}

/// Inside binders, through what may be put under a logarithm: exp(ln(f)) for f is a step only where f > 0.
#[test]
fn bound_variables_know_their_range() {
    for (from, to, body, positive) in [
        ("0", "oo", "x", true),
        ("0", "oo", "x^2*p", true),
        ("1", "2", "x - 1", true),
        ("0", "1", "1 - x", true),
        ("b", "a", "x - b", true),
        ("b", "a", "a - x", true),
        ("-1", "1", "x", false),
        ("-oo", "oo", "x", false),
        ("-oo", "oo", "1 + x^2", true),
        ("-oo", "0", "-x", true),
        ("0", "1", "x - 1/2", false),
        ("0", "1", "2 - 3*x", false),
        ("a", "p", "x", false),
        ("a", "p", "x - a", false),
        ("1", "0", "x - 1", false),
        ("1", "0", "-x", false),
        ("p", "q", "x - p", false),
    ] {
        let mut desk = Desk::new(NAMES);
        let integral = |f: &str| format!("int[x from {from} to {to}]({f}) dx");
        let old = desk.term(&integral(body));
        let new = desk.term(&integral(&format!("exp(ln({body}))")));
        let got = desk.kernel.arithmetic(&old, &hence::term::Path::root(), &new);
        assert_eq!(got.is_ok(), positive, "{body} from {from} to {to}: {:?}", got.err());
    }
}
