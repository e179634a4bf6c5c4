//! Equations: what is solved, what is refused, and why; and units of a result.
#![cfg(feature = "cli")]

mod common;
mod library;

use common::hence;
use hence::kernel::{Equivalence, Refusal};
use hence::term::{HOLE, Term};
use library::Desk;
use serde_json::Value;

fn derive(statement: &str) -> Value {
    let output = hence(&["derive", statement, "--format", "json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{statement}: {complaint}"))
}

const MEAN: &str = "1/N*sum[i in 1..N](-ln(Normal(mu, v)(x[i])))";
const DATA: &str = "N natural, mu real, x[i] real for i in 1..N";

#[test]
fn equations_are_solved() {
    let gaussian = format!("solve D[mu]({MEAN}) = 0 for mu where {DATA}");
    let spread = "0 < sum[i in 1..N]((x[i] - mu)^2)";
    let variance = format!("solve D[v]({MEAN}) = 0 for v where {DATA}, {spread}");
    let family = "solve D[m[j]](sum[i in 1..d]((m[i] - y[i])^2)) = 0 for m[j] \
                  where d, j natural, j <= d, m[i], y[i] real for i in 1..d";
    for (statement, end) in [
        ("solve a*x + b = 0 for x where a nonzero", "x = -b/a"),
        ("solve x = 2*x for x", "x = 0"),
        ("solve x^2 = 4 for x where x positive", "x = 2"),
        ("solve a*ln(t) + b = c for t where a nonzero, t positive", "t = exp((c - b)/a)"),
        ("solve exp(2*x) = c for x where c positive", "x = 1/2*ln(c)"),
        ("solve 1/(2*v) - s/(2*v^2) = 0 for v where v, s positive", "v = s"),
        ("solve a/t - b/(1 - t) = 0 for t where a, b, t positive, t < 1", "t = a/(a + b)"),
        ("solve x - y = 1 for x where x nonzero, y positive", "x = y + 1"),
        (
            "solve 2*sqrt(2)*w*v^(3/2) = (1 + v)^(3/2) for v where v, w positive, 1 < 2*w^(2/3)",
            "v = 1/(2*w^(2/3) - 1)",
        ),
        (
            "solve 2*sqrt(2)*w*v^(3/2) = (1 + v)^(3/2) for v where v, w positive, 2^(-3/2) < w",
            "v = 1/(2*w^(2/3) - 1)",
        ),
        ("solve 2*sqrt(2)*v^(3/2) = (1 + v)^(3/2) for v where v positive", "v = 1"),
        ("solve v^2 - 2*a^2*v - 1 = 0 for v where v positive, a real", "v = a^2 + sqrt(a^4 + 1)"),
        ("solve v^2 - 2*a^2*v - 1 = 0 for v where v negative, a real", "v = a^2 - sqrt(a^4 + 1)"),
        ("solve x^2 + x - 6 = 0 for x where x positive", "x = 2"),
        ("solve a/x + x = b for x where x, b positive, a negative", "x = (b + sqrt(b^2 - 4*a))/2"),
        (gaussian.as_str(), "mu = sum[i in 1..N](x[i])/N"),
        (variance.as_str(), "v = sum[i in 1..N]((x[i] - mu)^2)/N"),
        (family, "m[j] = y[j]"),
    ] {
        let found = derive(statement);
        assert_eq!(found["status"], "proved", "{statement}: {}", found["message"]);
        let (text, sign) = (&found["result"]["text"], &found["result"]["relation"]);
        assert_eq!((text.as_str(), sign.as_str()), (Some(end), Some("<=>")), "{statement}");
        let solution = &found["verification"]["deterministic"]["solution"];
        assert!(solution["residual"].as_f64().unwrap_or(1.0) < 1e-7, "{statement}: {solution}");
        assert!(solution["beside"].as_f64().unwrap_or(0.0) > 1e-5, "{statement}: {solution}");
    }
}

#[test]
fn what_is_not_known_to_be_a_solution_is_none() {
    let variance = format!("solve D[v]({MEAN}) = 0 for v where {DATA}");
    for (statement, why) in [
        ("solve a*x = b for x", "cannot solve for x"),
        ("solve x^2 = 4 for x", "cannot solve for x"),
        ("solve x^2 = a for x where x positive", "cannot solve for x"),
        ("solve x + exp(x) = 1 for x", "cannot solve for x"),
        ("solve 0*x = 1 for x", "no solution"),
        ("solve x = x + 1 for x", "no solution"),
        ("solve x - x = 0 for x", "whatever x is"),
        ("solve x/x = 1 for x", "not known to be defined: x != 0"),
        ("solve x^2/x = 0 for x", "not known to be defined: x != 0"),
        ("solve a/t - b/(1 - t) = 0 for t where a, b, t positive", "not known to be defined"),
        ("solve x = y for x where x positive", "assume y > 0"),
        ("solve x = y for x where y positive, x < 1", "assume y < 1"),
        ("solve x = y for x where x natural", "assume y"),
        ("solve x + 1 = 0 for x where x positive", "no solution"),
        ("solve q^2 - 2*h^2*q - 1 = 0 for q where h positive", "two values are left"),
        ("solve z^2 - 3*z + 2 = 0 for z where z positive", "two values are left"),
        ("solve z^2 + 2*z + 5 = 0 for z", "no solution"),
        ("solve z^2 + 3*z + 2 = 0 for z where z positive", "no solution"),
        ("solve z^2 - 2*r*z + 1 = 0 for z where z positive", "assume 0 <= r^2 - 1"),
        (
            "solve 2*sqrt(2)*w*v^(3/2) = (1 + v)^(3/2) for v where v, w positive",
            "needs 2*w^(2/3) - 1 > 0",
        ),
        ("solve 2*sqrt(2)/3*v^(3/2) = (1 + v)^(3/2) for v where v positive", "no solution"),
        ("solve v^(3/2) = (1 + v)^(3/2) for v where v positive", "no solution"),
        (variance.as_str(), "assume sum[i in 1..N]((x[i] - mu)^2)/N > 0"),
        (
            "solve sum[i in 1..d](m[i]) = 1 for m[j] where d, j natural, m[i] real for i in 1..d",
            "cannot solve for m[j]",
        ),
    ] {
        let found = derive(statement);
        assert_eq!(found["status"], "stuck", "{statement}: {}", found["result"]);
        let message = found["message"]["en"].as_str().unwrap_or_default();
        assert!(message.contains(why), "{statement}: {message}");
        assert!(found["message"]["zh"].as_str().is_some_and(|zh| !zh.is_empty()));
    }
}

fn step(desk: &mut Desk, old: &str, why: &Equivalence, new: &str) -> Result<(), Refusal> {
    let (old, new) = (desk.term(old), desk.term(new));
    desk.kernel.equivalence(&old, why, &new).map(|_| ())
}

#[test]
fn the_kernel_takes_equivalences_only() {
    let mut desk = Desk::new("let a, x, y real\nlet b nonzero\nlet p, q positive");
    let scale = |desk: &Desk, factor: &str| Equivalence::Scale(desk.term(factor));
    for (old, factor, new, holds) in [
        ("x = y", "1", "x - y = 0", true),
        ("b*x = y", "1/b", "x = y/b", true),
        ("1/p = q", "p", "1 = p*q", true),
        // What may vanish divides nothing, and multiplies nothing.
        ("a*x = y", "1/a", "x = y/a", false),
        ("x = y", "a", "a*x = a*y", false),
        ("x = y", "0", "0 = 0", false),
        ("x = y", "x^2", "x^3 = x^2*y", false),
        // Another equation.
        ("x = y", "1", "x = 2*y", false),
        ("x = y", "2", "x = y", false),
        ("b*x = y", "b", "x = y/b", false),
        ("x = y", "1", "y = x", false),
        // One that is defined elsewhere.
        ("x = y", "1", "x + 1/a = y + 1/a", false),
        ("x + 1/a = y + 1/a", "1", "x = y", false),
        ("x = y", "1/a*a", "x = y", false),
    ] {
        let why = scale(&desk, factor);
        let found = step(&mut desk, old, &why, new);
        assert_eq!(found.is_ok(), holds, "{old} by {factor}: {new}: {found:?}");
    }
    let hole = || Term::symbol(HOLE);
    let exp = Term::call("exp", vec![hole()]);
    let ln = Term::call("ln", vec![hole()]);
    let square = Term::power(hole(), Term::integer(2));
    let inverse = Term::power(hole(), Term::integer(-1));
    let abs = Term::call("abs", vec![hole()]);
    for (old, function, new, holds) in [
        ("x = y", &exp, "exp(x) = exp(y)", true),
        ("p = q", &ln, "ln(p) = ln(q)", true),
        ("p = q", &square, "p^2 = q^2", true),
        ("p = q", &inverse, "p^(-1) = q^(-1)", true),
        ("x = y", &ln, "ln(x) = ln(y)", false),
        ("x = y", &square, "x^2 = y^2", false),
        ("p = y", &square, "p^2 = y^2", false),
        ("b = b", &inverse, "b^(-1) = b^(-1)", false),
        ("x = y", &abs, "abs(x) = abs(y)", false),
        ("x = y", &exp, "exp(x) = exp(2*y)", false),
    ] {
        let found = step(&mut desk, old, &Equivalence::Apply(function.clone()), new);
        assert_eq!(found.is_ok(), holds, "{old} through {function}: {new}: {found:?}");
    }
}

#[test]
fn a_wrong_solution_is_refused() {
    let mut desk = Desk::new("let x, y real\nlet p, q positive\nlet m[i] real for i in 1..5");
    for (start, end, unknown, holds) in [
        ("x = y", "x = y", "x", true),
        ("p = q", "p = q + 1", "p", true),
        ("p = q", "p = q - 1", "p", false),
        ("p = q", "p = -q", "p", false),
        ("x = y", "y = x", "x", false),
        ("x = y", "x = x", "x", false),
        ("x = y", "x <= y", "x", false),
        ("x = y", "x = 1/y", "x", false),
        ("1/x = y", "x = y", "x", false),
        ("m[1] = y", "m[1] = m[2]", "m[1]", false),
    ] {
        let [start, end, unknown] = [start, end, unknown].map(|t| desk.term(t));
        let found = desk.kernel.solution(&start, &end, &unknown);
        assert_eq!(found.is_ok(), holds, "{end} for {unknown}: {found:?}");
    }
}

#[test]
fn units_are_shown_and_do_not_mix() {
    let found = derive("H(Uniform(0, 8)) in bits");
    assert_eq!(found["result"]["text"], "3");
    assert_eq!(found["result"]["unit"], "bits");
    assert_eq!(derive("H(Uniform(0, 8))")["result"]["unit"], Value::Null);
    let shown = hence(&["derive", "H(Uniform(0, 8)) in bits", "--no-verify"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("H(Uniform(0, 8)) = 3 bits"));
    for format in ["markdown", "latex"] {
        let shown = hence(&["derive", "H(Uniform(0, 8)) in bits", "--format", format]);
        assert!(String::from_utf8_lossy(&shown.stdout).contains("bits}"), "{format}");
    }
    for (claim, status) in [
        ("claim H(Uniform(0, 8)) in bits = 3", "proved"),
        ("claim H(Uniform(0, 8)) in nats = 3*ln(2)", "proved"),
        ("claim H(Uniform(0, 8))/ln(2) = H(Uniform(0, 8)) in bits", "proved"),
        ("claim 2*(H(Uniform(0, 8)) in bits) = (H(Uniform(0, 4)) in bits) + 4", "proved"),
        ("claim log2(x) = ln(x)/ln(2) where x positive", "proved"),
        ("claim H(Uniform(0, 8)) in bits = 3*ln(2)", "refuted"),
        ("claim H(Uniform(0, 8)) = 3", "refuted"),
    ] {
        assert_eq!(derive(claim)["status"], status, "{claim}");
    }
    let slip = &derive("claim H(Uniform(0, 8)) = 3")["slip"];
    assert!(slip.as_str().is_some_and(|s| s.contains("bits, not in nats")), "{slip}");
    for statement in [
        "claim H(Normal(m, v)) in bits = H(Normal(m, v))",
        "claim H(Normal(m, v)) = H(Normal(m, v)) in bits",
        "(H(Normal(m, v)) in bits) + H(Normal(m, 1))",
        "H(Normal(m, v)) in bits + H(Normal(m, 1))",
        "let h = H(Normal(m, v)) in bits\nderive 2*h - H(Normal(m, 1))",
        "(H(Normal(m, v)) in bits) in nats",
    ] {
        let output = hence(&["derive", statement]);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{statement}: {complaint}");
        assert!(complaint.contains("E0240") && complaint.contains("help"), "{complaint}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    for (statement, code) in [
        ("solve", "E0110"),
        ("solve x + 1 for x", "E0241"),
        ("solve x <= 1 for x", "E0241"),
        ("solve y = 1 for x", "E0243"),
        ("solve x = 1 for pi", "E0207"),
        ("solve x = 1", "E01"),
        ("H(Normal(m, v)) in furlongs", "E0242"),
    ] {
        let output = hence(&["derive", statement]);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{statement}: {complaint}");
        assert!(complaint.contains(code), "{statement}: {complaint}");
    }
    let output = hence(&["evaluate", "solve x = 1 for x"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0244"));
}
