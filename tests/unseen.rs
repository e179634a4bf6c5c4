//! Statements that no document states: what comes out is compared with textbooks, by the kernel and by numbers.

mod library;

use hence::derive::Status;
use hence::kernel::Kernel;
use hence::theory::Theory;
use library::{Seeded, close, context, decided, derived, facts, point, term, value};

/// Families of a user's own.
const FAMILIES: &str = r#"
distribution Ray(scale: positive) over x in positive
  density x/scale^2*exp(-x^2/(2*scale^2))
  en "Rayleigh distribution with scale"
  zh "瑞利分布，参数为尺度"
  cite "Johnson, Kotz and Balakrishnan, vol. 1, section 18.10"

distribution Speed(scale: positive) over x in positive
  density sqrt(2/pi)*x^2/scale^3*exp(-x^2/(2*scale^2))
  en "Maxwell distribution with scale"
  zh "麦克斯韦分布，参数为尺度"
  cite "Johnson, Kotz and Balakrishnan, vol. 1, section 18.9"

distribution Gam(shape: positive, rate: positive) over x in positive
  density rate^shape/gamma(shape)*x^(shape - 1)*exp(-rate*x)
  en "gamma distribution with shape and rate"
  zh "伽马分布，参数为形状与速率"
  cite "Johnson, Kotz and Balakrishnan, vol. 1, eq. 17.1"

distribution WeibullTwo(scale: positive) over x in positive
  density 2/scale*(x/scale)*exp(-(x/scale)^2)
  en "Weibull distribution of shape two"
  zh "形状为二的韦布尔分布"
  cite "Johnson, Kotz and Balakrishnan, vol. 1, chapter 21"

distribution Half(sd: positive) over x in positive
  density sqrt(2)/(sd*sqrt(pi))*exp(-x^2/(2*sd^2))
  en "half-normal distribution"
  zh "半正态分布"
  cite "Johnson, Kotz and Balakrishnan, vol. 1, section 13.10"
"#;

/// Declarations, the statement, and the closed form that a textbook gives.
const CASES: &[(&str, &str, &str)] = &[
    // Gaussian: central and raw moments.
    ("let m real, v positive", "E[x ~ Normal(m, v)](x - m)", "0"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^2)", "v"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^3)", "0"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^4)", "3*v^2"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^5)", "0"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((m - x)^6)", "15*v^3"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^7)", "0"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^8)", "105*v^4"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^9)", "0"),
    ("let m real, v positive", "E[x ~ Normal(m, v)]((x - m)^10)", "945*v^5"),
    ("let m, s real", "E[y ~ Normal(m, 1 + s^2)](y)", "m"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](x^2)", "m^2 + v"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](x^3)", "m^3 + 3*m*v"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](x^4)", "m^4 + 6*m^2*v + 3*v^2"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](x^5)", "m^5 + 10*m^3*v + 15*m*v^2"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](x*(x - m))", "v"),
    ("let m, c real, v positive", "E[x ~ Normal(m, v)]((x - c)^3)", "(m - c)^3 + 3*(m - c)*v"),
    ("let m, a, b real, v positive", "E[u ~ Normal(m, v)]((a*u + b)^2)", "a^2*v + (a*m + b)^2"),
    ("let m, t real, v positive", "E[x ~ Normal(m, v)](exp(t*x))", "exp(m*t + v*t^2/2)"),
    (
        "let m, t real, v positive",
        "E[x ~ Normal(m, v)](x*exp(t*x))",
        "(m + v*t)*exp(m*t + v*t^2/2)",
    ),
    ("let v positive", "E[x ~ Normal(0, v)](exp(-x^2/(2*v)))", "1/sqrt(2)"),
    ("let m real, v positive", "E[x ~ Normal(m, v)](ln(exp(x)*2))", "m + ln(2)"),
    // Exponential.
    ("let r positive", "E[x ~ Exponential(r)](x)", "1/r"),
    ("let r positive", "E[x ~ Exponential(r)](x^3)", "6/r^3"),
    ("let r positive", "E[x ~ Exponential(r)](x^6)", "720/r^6"),
    ("let r positive", "E[x ~ Exponential(r)]((x - 1/r)^2)", "1/r^2"),
    ("let r positive", "E[x ~ Exponential(r)]((x - 1/r)^3)", "2/r^3"),
    ("let r positive", "E[x ~ Exponential(r)](sqrt(x))", "sqrt(pi)/(2*sqrt(r))"),
    ("let r positive", "E[x ~ Exponential(r)](ln(x))", "-euler_gamma - ln(r)"),
    ("let r, t positive\nassume t < r", "E[x ~ Exponential(r)](exp(t*x))", "r/(r - t)"),
    ("let r, t positive", "E[x ~ Exponential(r)](exp(-t*x))", "r/(r + t)"),
    ("let r positive", "H(Exponential(r))", "1 - ln(r)"),
    ("let s positive", "H(Exponential(1/s))", "1 + ln(s)"),
    ("let a, b positive", "KL(Exponential(a) || Exponential(b))", "ln(a/b) + b/a - 1"),
    ("let a, b positive", "H(Exponential(a), Exponential(b))", "b/a - ln(b)"),
    // Uniform.
    ("let a, b real\nassume a < b", "E[x ~ Uniform(a, b)](x)", "(a + b)/2"),
    ("let a, b real\nassume a < b", "E[x ~ Uniform(a, b)](x^3)", "(a + b)*(a^2 + b^2)/4"),
    ("let a, b real\nassume a < b", "E[x ~ Uniform(a, b)]((x - (a + b)/2)^2)", "(b - a)^2/12"),
    ("let a, b real\nassume a < b", "H(Uniform(a, b))", "ln(b - a)"),
    ("let w positive", "H(Uniform(-w, w))", "ln(2) + ln(w)"),
    ("let b positive", "E[x ~ Uniform(0, b)](ln(x))", "ln(b) - 1"),
    ("let w positive", "KL(Uniform(0, w) || Uniform(0, 2*w))", "ln(2)"),
    ("let w positive", "KL(Uniform(0, 2*w) || Uniform(0, w))", "oo"),
    ("let w positive", "KL(Uniform(-w, w) || Normal(0, 1))", "w^2/6 - ln(2*w) + ln(2*pi)/2"),
    ("let w, r positive", "KL(Uniform(0, w) || Exponential(r))", "r*w/2 - ln(w*r)"),
    ("let r positive", "KL(Exponential(r) || Normal(0, 1))", "ln(r) - 1 + ln(2*pi)/2 + 1/r^2"),
    ("let r positive", "KL(Normal(0, 1) || Exponential(r))", "oo"),
    // Renamed, swapped, rescaled.
    (
        "let t, z real, a, b positive",
        "KL(Normal(z, b^2) || Normal(t, a^2))",
        "ln(a/b) + (b^2 + (z - t)^2)/(2*a^2) - 1/2",
    ),
    ("let z, y real", "KL(Normal(z, exp(y)) || Normal(0, 1))", "(exp(y) + z^2 - 1 - y)/2"),
    ("let p1 real, q1 positive", "KL(Normal(p1, q1) || Normal(p1, q1))", "0"),
    ("let m real, v positive", "H(Normal(m, v))/ln(2)", "ln(2*pi*e*v)/(2*ln(2))"),
    ("let m real, v positive", "3 + 2*H(Normal(m, v))", "4 + ln(2*pi) + ln(v)"),
    (
        "let m, n real, v positive",
        "KL(Normal(m, v) || Normal(n, v)) - KL(Normal(n, v) || Normal(m, v))",
        "0",
    ),
    (
        "let m, n real, v positive",
        "H(Normal(m, v), Normal(n, 4*v))",
        "ln(8*pi*v)/2 + 1/8 + (m - n)^2/(8*v)",
    ),
    ("let a positive", "int[z from 0 to oo] z^4*exp(-a*z^2) dz", "3*sqrt(pi)/(8*a^(5/2))"),
    (
        "let a positive, b real",
        "int[z from -oo to oo] exp(-a*z^2 + b*z) dz",
        "sqrt(pi/a)*exp(b^2/(4*a))",
    ),
    ("let a, b positive", "int[z from a to b] z^2 dz", "(b^3 - a^3)/3"),
    ("let a, b positive", "int[z from b to a] (1 + z)^2 dz", "((1 + a)^3 - (1 + b)^3)/3"),
    ("let a positive", "int[z from 1 to 0] z*a dz", "-a/2"),
    // The user's own.
    ("let s, t positive", "KL(Ray(s) || Ray(t))", "2*ln(t/s) + s^2/t^2 - 1"),
    ("let s positive", "H(Ray(s))", "1 + ln(s/sqrt(2)) + euler_gamma/2"),
    ("let s positive", "E[x ~ Ray(s)](x)", "s*sqrt(pi/2)"),
    ("let s, t positive", "KL(Speed(s) || Speed(t))", "3*ln(t/s) + 3/2*(s^2/t^2 - 1)"),
    ("let s positive", "H(Speed(s))", "ln(s*sqrt(2*pi)) + euler_gamma - 1/2"),
    ("let s positive", "E[x ~ Speed(s)](x^2)", "3*s^2"),
    (
        "let a, b positive, r positive",
        "KL(Gam(a, r) || Gam(b, r))",
        "ln(gamma(b)/gamma(a)) + (a - b)*digamma(a)",
    ),
    ("let a, r positive", "E[x ~ Gam(a, r)](x)", "a/r"),
    ("let a, r positive", "H(Gam(a, r))", "a - ln(r) + ln(gamma(a)) + (1 - a)*digamma(a)"),
    ("let a, r, s positive", "KL(Gam(a, r) || Gam(a, s))", "a*ln(r/s) + a*s/r - a"),
    ("let s, t positive", "KL(WeibullTwo(s) || WeibullTwo(t))", "2*ln(t/s) + s^2/t^2 - 1"),
    ("let s positive", "H(WeibullTwo(s))", "1 + ln(s/2) + euler_gamma/2"),
    ("let s, t positive", "KL(Half(s) || Half(t))", "ln(t/s) + s^2/(2*t^2) - 1/2"),
    ("let s positive", "H(Half(s))", "ln(pi*s^2/2)/2 + 1/2"),
    ("let s positive", "E[x ~ Half(s)](x)", "s*sqrt(2/pi)"),
    (
        "let s, r positive",
        "KL(Exponential(r) || Ray(s))",
        "ln(r) - 1 + 2*ln(s) + euler_gamma + ln(r) + 1/(r^2*s^2)",
    ),
    (
        "let s, t positive",
        "KL(Half(s) || Exponential(t))",
        "ln(2)/2 - ln(s) - ln(pi)/2 - 1/2 - ln(t) + t*s*sqrt(2/pi)",
    ),
    ("let s, r positive", "KL(Half(s) || Normal(0, s^2))", "ln(2)"),
];

/// Statements on which the derivation is known to get stuck, by their text.
const STUCK: &[&str] = &[];

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
    for (i, (declarations, statement, expected)) in CASES.iter().enumerate() {
        let declarations = declarations.replace(", ", "\nlet ");
        let d = derived(&theory, &format!("{}\nderive {statement}", split(&declarations)));
        let stuck = d.status == Status::Stuck || d.status == Status::Divergent;
        if stuck != STUCK.contains(statement) {
            problems.push(format!("{statement}: {:?} at {}: {:?}", d.status, d.result, d.message));
        }
        let context = context(&theory, &split(&declarations));
        let expected = term(&theory, &context, expected);
        let start = term(&theory, &context, statement);
        let facts = facts(&context);
        let infinite = expected.to_string() == "oo";
        if infinite != (d.status == Status::Infinite) && !stuck {
            problems.push(format!("{statement}: {:?} with {}", d.status, d.result));
        }
        if infinite {
            continue;
        }
        let mut seed = Seeded(i as u64);
        for _ in 0..3 {
            let at = point(&theory, &facts, &mut seed);
            let defined = value(&theory, &d.facts, &at, &start).ok();
            let got = value(&theory, &d.facts, &at, &d.result).ok();
            let wanted = value(&theory, &facts, &at, &expected).ok();
            let agree =
                |a: Option<f64>| matches!((a, wanted), (Some(a), Some(b)) if close(a, b, 1e-8));
            if !agree(got) || !agree(defined) {
                problems.push(format!(
                    "{statement}: WRONG {defined:?} {got:?} {wanted:?} {}",
                    d.result
                ));
                break;
            }
        }
        if !stuck && Kernel::new(&theory, facts).equal(&d.result, &expected) != Ok(true) {
            problems.push(format!("{statement}: {} is not seen to be {expected}", d.result));
        }
    }
    assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), CASES.len(), problems.join("\n"));
}

/// `let a, b real, v positive` as one declaration a sort.
fn split(declarations: &str) -> String {
    const SORTS: &[&str] = &["real", "positive", "natural", "nonzero", "negative"];
    let mut out = String::new();
    let mut names: Vec<String> = Vec::new();
    for line in declarations.lines() {
        let Some(rest) = line.strip_prefix("let ") else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        match rest.split_once(' ').filter(|(_, sort)| SORTS.contains(sort)) {
            Some((name, sort)) => {
                names.push(name.to_owned());
                out.push_str(&format!("let {} {sort}\n", names.join(", ")));
                names.clear();
            }
            None => names.push(rest.to_owned()),
        }
    }
    out
}

#[test]
fn every_wrong_constant_is_noticed() {
    let theory = families();
    for (i, (declarations, statement, expected)) in CASES.iter().enumerate() {
        if *expected == "oo" || STUCK.contains(statement) {
            continue;
        }
        let declarations = split(&declarations.replace(", ", "\nlet "));
        let wrong = ["1/1000", "ln(2)", "1"][i % 3];
        let claim = format!("{declarations}claim {statement} = {expected} + {wrong}");
        let outcome = decided(&theory, &claim);
        assert_ne!(outcome.holds, Some(true), "{claim}");
    }
}

/// A parameter that is called like the variable of a definition is still a parameter.
#[test]
fn parameters_are_not_captured() {
    let theory = families();
    let mut wrong = Vec::new();
    for (declarations, statement, value) in [
        ("let x, y real", "KL(Normal(x, exp(y)) || Normal(0, 1))", "(exp(y) + x^2 - 1 - y)/2"),
        ("let x, y real", "H(Normal(x, exp(y)))", "(1 + ln(2*pi) + y)/2"),
        ("let x positive", "KL(Exponential(x) || Exponential(1))", "ln(x) + 1/x - 1"),
        ("let x positive", "H(Exponential(x))", "1 - ln(x)"),
        ("let x real\nlet p = Normal(x, 1)", "E[x ~ p]((x - 1)^2)", "1 + (x - 1)^2"),
        ("let x real", "E[x ~ Normal(x, 1)](exp(x))", "exp(x + 1/2)"),
        ("let x positive", "E[x ~ Exponential(x)](sqrt(x))", "sqrt(pi)/(2*sqrt(x))"),
    ] {
        let d = derived(&theory, &format!("{declarations}\nderive {statement}"));
        let context = context(&theory, declarations);
        let value = term(&theory, &context, value);
        let same = Kernel::new(&theory, facts(&context)).equal(&d.result, &value) == Ok(true);
        if d.status != Status::Stuck && !same {
            wrong.push(format!("{statement}: {} instead of {value}", d.result));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
