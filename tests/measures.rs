//! Sums of distributions: what the kernel refuses to take for a distribution, what is said of masses, and what is printed.
#![cfg(feature = "cli")]

mod common;
mod library;

use common::{check, hence};
use hence::elaborate::statements;
use hence::syntax::parse_statements;
use hence::term::{Bindings, Path, Symbol, Term};
use hence::theory::Theory;
use library::{Desk, derived};

const SUMS: &str = "let p, q density over reals\nlet c positive\nlet P = c*p\nlet T = P + 2*q\nlet U = T\n\
                    let A = Normal(-5, 1) + Normal(10, 1)\nlet C = 3*mixture(1/2: p, 1/2: q)";

#[test]
fn what_holds_of_sums_of_distributions_is_proved() {
    let claims = check("tests/cases/sums-of-distributions.md");
    assert!(claims.records.len() >= 35, "{}", claims.complaint);
    for record in &claims.records {
        assert_eq!(record["status"], "proved", "{}: {}", record["line"], record["statement"]);
    }
}

#[test]
fn what_does_not_hold_of_them_has_a_counterexample() {
    let claims = check("tests/cases/refused/sums-of-distributions.md");
    assert!(claims.records.len() >= 35, "{}", claims.complaint);
    for record in &claims.records {
        assert_eq!(record["status"], "refuted", "{}: {}", record["line"], record["statement"]);
    }
}

/// Whether a rule goes through at the root with what its pattern variables are said to stand for.
fn goes_through(desk: &mut Desk, rule: &str, subject: &Term, bound: &[(&str, Term)]) -> bool {
    let rule = Theory::shipped_ref().rule(rule).expect("a rule of the theory");
    let mut bindings = Bindings::default();
    for (name, value) in bound {
        bindings.metas.insert(Symbol::new(name), value.clone());
    }
    bindings.vars.insert(Symbol::new("x"), Symbol::new("x"));
    desk.kernel.rule(subject, &Path::root(), rule, &bindings).is_ok()
}

/// Rules that hold of distributions alone, with `d` for one: each goes through where it is one, and nowhere else,
/// whatever a certificate says.
fn forged(desk: &mut Desk, d: &Term) -> Vec<(&'static str, bool)> {
    let stand_in = |desk: &Desk, text: &str| desk.term(text).substitute(&Symbol::new("q"), d);
    let x = Term::symbol("x");
    let one = ("p", d.clone());
    let ends = || [("a", Term::neg(Term::symbol("oo"))), ("b", Term::symbol("oo"))];
    let integral = stand_in(desk, "int[x from -oo to oo](q(x)*x) dx");
    let constant = stand_in(desk, "E[x ~ q](c)");
    let added = stand_in(desk, "E[x ~ q](c + x)");
    let ratio = stand_in(desk, "E[x ~ p](q(x)/p(x))");
    let forward = stand_in(desk, "KL(q || p)");
    let backward = stand_in(desk, "KL(p || q)");
    let [a, b] = ends();
    let (p, c) = (Term::symbol("p"), Term::symbol("c"));
    vec![
        (
            "expect.of_integral",
            goes_through(
                desk,
                "expect.of_integral",
                &integral,
                &[one.clone(), ("f", x.clone()), a, b],
            ),
        ),
        (
            "expect.constant",
            goes_through(desk, "expect.constant", &constant, &[one.clone(), ("c", c.clone())]),
        ),
        (
            "expect.add_constant",
            goes_through(desk, "expect.add_constant", &added, &[one.clone(), ("c", c), ("f", x)]),
        ),
        (
            "expect.density_ratio",
            goes_through(
                desk,
                "expect.density_ratio",
                &ratio,
                &[("p", p.clone()), ("q", d.clone())],
            ),
        ),
        ("forward", goes_through(desk, "kl.nonnegative", &forward, &[one, ("q", p.clone())])),
        (
            "backward",
            goes_through(desk, "kl.nonnegative", &backward, &[("p", p), ("q", d.clone())]),
        ),
    ]
}

#[test]
fn no_rule_takes_a_sum_for_a_distribution() {
    let mut desk = Desk::new(SUMS);
    for (rule, done) in forged(&mut desk, &Term::symbol("q")) {
        assert!(done, "{rule} should go through for a density");
    }
    let half = || Term::quotient(Term::integer(1), Term::integer(2));
    let (sum, q) = (Term::symbol("P"), Term::symbol("q"));
    let mut sums: Vec<Term> = ["P", "T", "U", "A", "C"].map(Term::symbol).to_vec();
    sums.push(Term::call("measure", vec![Term::integer(2), q.clone()]));
    sums.push(Term::call("measure", vec![half(), q.clone(), half(), q.clone()]));
    sums.push(Term::call("mixture", vec![half(), sum, half(), q]));
    for d in sums {
        for (rule, done) in forged(&mut desk, &d) {
            assert!(!done, "{rule} went through for {d}");
        }
    }
}

#[test]
fn an_integral_against_a_sum_needs_its_support() {
    let mut desk =
        Desk::new("let W = Exponential(1) + Uniform(-1, 1)\nlet k = Poisson(1) + 2*Geometric(1/2)");
    let good = [
        "int[x from -oo to oo](W(x)*x) dx",
        "int[x from -1 to oo](x*W(x)) dx",
        "int[x in support(W)](W(x)*x) dx",
        "sum[x in 0..oo](k(x)*x)",
    ];
    let bad = [
        "int[x from 0 to oo](W(x)*x) dx",
        "int[x from -1 to 1](W(x)*x) dx",
        "int[x from -oo to oo](W(2*x)*x) dx",
        "int[x from -oo to oo](W(x)^2*x) dx",
        "int[x from -oo to oo](k(x)*x) dx",
        "sum[x in 1..oo](k(x)*x)",
        "sum[x in 0..5](k(x)*x)",
        "sum[x in -1..7](W(x)*x)",
    ];
    for (texts, expected) in [(&good[..], true), (&bad[..], false)] {
        for text in texts {
            let whole = desk.term(text);
            let done = desk.kernel.unfold(&whole, &Path::root()).is_ok();
            assert_eq!(done, expected, "{text}");
        }
    }
}

#[test]
fn a_sum_is_printed_as_it_parses_back() {
    let desk = Desk::new(SUMS);
    let texts = [
        ("mass(p + q)", "mass(measure(1: p, 1: q))"),
        ("mass(2*p + c*q)", "mass(measure(2: p, c: q))"),
        ("mass(3*(p + 2*q)/4)", "mass(measure(3/4: p, 3/2: q))"),
        ("mass(T + p)", "mass(measure(1: T, 1: p))"),
        ("mass(1/2*p + 1/2*q)", "mass(mixture(1/2: p, 1/2: q))"),
        ("mass(normalise(2*p + 3*q))", "mass(mixture(2/5: p, 3/5: q))"),
        ("mass(normalise(c*p + 3*q))", "mass(mixture(c/(c + 3): p, 3/(c + 3): q))"),
        ("mass(normalise(T))", "mass(mixture(c/(c + 2): p, 2/(c + 2): q))"),
        ("mass(normalise(2*p))", "mass(p)"),
    ];
    for (text, machine) in texts {
        let term = desk.term(text);
        assert_eq!(term.to_string(), machine, "{text}");
        assert_eq!(desk.term(machine), term, "{machine}");
    }
}

/// The code of what is wrong with the last statement.
fn complaint(text: &str) -> (String, String) {
    let theory = Theory::shipped_ref();
    let text = format!("let p, q density over reals\nlet P = p + q\n{text}");
    let (tree, problems) = parse_statements(&text);
    assert!(problems.is_empty(), "{text}: {}", problems[0]);
    let (_, problems) = statements(&text, &tree, theory);
    let first = problems.first().unwrap_or_else(|| panic!("{text}: nothing is wrong"));
    (first.code.to_string(), format!("{first:?}"))
}

#[test]
fn where_a_distribution_is_needed_the_mass_is_said() {
    let needed = [
        "derive E[x ~ P](x)",
        "derive Var[x ~ P](x)",
        "derive JS(P || q)",
        "derive JS(q || P)",
        "let m = mixture(1/2: P, 1/2: q)",
        "let m = product(P, q)",
        "let m = product[i in 1..3] P",
        "let N natural\nlet x[i] ~ P for i in 1..N",
        "let m[n] = P for n in 1..3",
    ];
    for text in needed {
        let (code, whole) = complaint(text);
        assert_eq!(code, "E0733", "{text}: {whole}");
        assert!(whole.contains("mass 2") && whole.contains("normalise("), "{text}: {whole}");
    }
    let wrong = [
        ("let m = p - q", "E0732"),
        ("let m = -p", "E0732"),
        ("let m = p*q", "E0731"),
        ("let m = 0*p", "E0213"),
        ("let m = -2*p", "E0732"),
        ("let m = (1 - 3)*p", "E0213"),
        ("let m = p + Poisson(1)", "E0225"),
        ("let m = p + product(p, q)", "E0225"),
        ("let m = p + 1", "E0207"),
        ("let m = p^2", "E0207"),
        ("let m = 1/p", "E0207"),
        ("let m = normalise(3)", "E0207"),
        ("derive mass(3)", "E0207"),
        ("derive ln(P)", "E0207"),
        ("let m = mixture(1: p, 1: q)", "E0213"),
    ];
    for (text, code) in wrong {
        let (found, whole) = complaint(text);
        assert_eq!(found, code, "{text}: {whole}");
    }
}

#[test]
fn a_divergence_of_a_sum_comes_with_its_mass() {
    let statement = "KL(c*p || q) where p, q density over reals, c positive";
    for (lang, said) in [("en", "has mass c and is not normalised"), ("zh", "的质量为 c，未归一化")]
    {
        for format in ["terminal", "markdown", "latex", "html", "json"] {
            let out = hence(&["derive", statement, "--format", format, "--lang", lang]);
            let text = String::from_utf8_lossy(&out.stdout);
            assert!(text.contains(said), "{format}, {lang}: {text}");
        }
    }
    let of_a_density = hence(&["derive", "KL(p || q) where p, q density over reals"]);
    assert!(!String::from_utf8_lossy(&of_a_density.stdout).contains("mass"));
}

#[test]
fn a_sum_far_apart_is_integrated_where_it_lives() {
    let theory = Theory::shipped_ref();
    let text = "derive mass(3*Normal(0, 1/10^8) + 2*Normal(5000, 1) + Exponential(1/100))";
    let d = derived(theory, text);
    assert_eq!(d.result.to_string(), "6");
    let desk = Desk::new("let unused real");
    let at = hence::numeric::Environment::new();
    let found = library::value(theory, desk.kernel.facts(), &at, &d.statement);
    assert!((found.expect("a number") - 6.0).abs() < 1e-6);
}
