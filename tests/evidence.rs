//! The numbers behind the families of the library: every divergence and entropy is enclosed as it is defined, samples confirm
//! it, and what diverges is told from what converges.

mod library;

use hence::derive::Status;
use hence::numeric::{EnclosureOptions, Environment, NumericError, Options, divergent, evaluate};
use hence::term::Term;
use hence::theory::Theory;
use hence::verify::{Numbers, deterministic, enclosures, monte_carlo};
use library::{Desk, derived};

/// A family with two sets of arguments, under declarations for all of them.
const FAMILIES: &[(&str, &str)] = &[
    ("Normal(m, a)", "Normal(n, b)"),
    ("LogNormal(m, a)", "LogNormal(n, b)"),
    ("Exponential(a)", "Exponential(b)"),
    ("Gamma(a, b)", "Gamma(c, d)"),
    ("InverseGamma(a, b)", "InverseGamma(c, d)"),
    ("Beta(a, b)", "Beta(c, d)"),
    ("Chi2(a)", "Chi2(b)"),
    ("Chi(a)", "Chi(b)"),
    ("Laplace(m, a)", "Laplace(n, b)"),
    ("HalfNormal(a)", "HalfNormal(b)"),
    ("Rayleigh(a)", "Rayleigh(b)"),
    ("Maxwell(a)", "Maxwell(b)"),
    ("Weibull(a, b)", "Weibull(c, d)"),
    ("Frechet(a, b)", "Frechet(c, d)"),
    ("Gumbel(m, a)", "Gumbel(n, b)"),
    ("Pareto(a, b)", "Pareto(a, c)"),
    ("Uniform(m, m + a)", "Uniform(m - b, m + a + c)"),
    ("Cauchy(m, a)", "Cauchy(n, b)"),
    ("StudentT(a, m, b)", ""),
    ("Logistic(m, a)", ""),
    ("InverseGaussian(a, b)", "InverseGaussian(c, d)"),
    ("VonMises(m, a)", "VonMises(n, b)"),
    ("Kumaraswamy(a, b)", "Kumaraswamy(a, c)"),
    ("ContinuousBernoulli(u)", "ContinuousBernoulli(v)"),
    ("Bernoulli(u)", "Bernoulli(v)"),
    ("Geometric(u)", "Geometric(v)"),
    ("Poisson(a)", "Poisson(b)"),
    ("NegativeBinomial(a, u)", "NegativeBinomial(a, v)"),
    ("Triangular(0, 1, 1/3)", ""),
];

/// Declares the names that a statement has.
fn declared(statement: &str) -> String {
    let has = |name: &str| {
        let parts = statement.split(|c: char| !c.is_alphanumeric());
        parts.into_iter().any(|word| word == name)
    };
    let mut out = String::new();
    for name in ["m", "n"].into_iter().filter(|name| has(name)) {
        out += &format!("let {name} real\n");
    }
    for name in ["a", "b", "c", "d"].into_iter().filter(|name| has(name)) {
        out += &format!("let {name} positive\n");
    }
    for name in ["u", "v"].into_iter().filter(|name| has(name)) {
        out += &format!("let {name} positive\nassume {name} < 1\n");
    }
    out
}

#[test]
fn every_divergence_and_entropy_is_enclosed() {
    let mut problems = Vec::new();
    let mut seen = 0;
    for (p, q) in FAMILIES {
        let divergence = (!q.is_empty()).then(|| format!("KL({p} || {q})"));
        for statement in divergence.into_iter().chain([format!("H({p})")]) {
            let text = format!("{}derive {statement}", declared(&statement));
            let d = derived(Theory::shipped_ref(), &text);
            // What has no closed form has nothing to hold an enclosure against.
            if d.status != Status::Proved {
                continue;
            }
            seen += 1;
            let found = enclosures(&d, Theory::shipped_ref());
            if let Some(why) = &found.not_applicable {
                problems.push(format!("{statement}: {}", why.en));
            }
            for run in found.runs.iter().filter(|run| !run.degenerate) {
                if run.verdict != "confirmed" {
                    problems.push(format!("{statement} at {:?}: {}", run.point, run.verdict));
                }
            }
            let refuted = found.runs.iter().find(|run| run.verdict == "refuted");
            problems.extend(refuted.map(|run| format!("{statement}: {run:?}")));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(seen >= 50, "{seen}");
}

#[test]
fn samples_confirm_what_is_no_plain_expectation() {
    for (declarations, statement) in [
        ("let a, b positive", "Hellinger2(Exponential(a), Exponential(b))"),
        ("let a, b, c, d positive", "KL(Beta(a, b) || Beta(c, d))"),
        ("let a, b positive", "H(Kumaraswamy(a, b))"),
        ("let a positive", "H(Beta(3/10, 3/10))"),
    ] {
        let d = derived(Theory::shipped_ref(), &format!("{declarations}\nderive {statement}"));
        assert_eq!(d.status, Status::Proved, "{statement}");
        let sampled = monte_carlo(&d, Theory::shipped_ref());
        assert!(!sampled.runs.is_empty(), "{statement}: {:?}", sampled.not_applicable);
        for run in &sampled.runs {
            assert_eq!(run.verdict, "confirmed", "{statement}: {run:?}");
        }
    }
}

#[test]
fn samples_without_a_variance_confirm_nothing() {
    for statement in [
        "E[x ~ StudentT(5/2, 0, 1)](x^2)",
        "E[x ~ InverseGamma(3/2, 1)](x)",
        // Stratified points, which have weights, vary little.
        "E[x ~ Pareto(1, 3/2)](x)",
        "E[x ~ Frechet(3/2, 1)](x)",
    ] {
        let d = derived(Theory::shipped_ref(), &format!("let a positive\nderive {statement}"));
        assert_eq!(d.status, Status::Proved, "{statement}");
        let runs = monte_carlo(&d, Theory::shipped_ref()).runs;
        assert!(!runs.is_empty(), "{statement}");
        for run in runs {
            assert_eq!(run.verdict, "infinite variance", "{statement}: {run:?}");
        }
    }
    for statement in ["E[x ~ Pareto(1, 5/2)](x)", "E[x ~ Frechet(3, 1)](x)"] {
        let d = derived(Theory::shipped_ref(), &format!("let a positive\nderive {statement}"));
        for run in monte_carlo(&d, Theory::shipped_ref()).runs {
            assert_eq!(run.verdict, "confirmed", "{statement}: {run:?}");
        }
    }
}

/// Integrands of which a factor is beyond f64 where the others outweigh it, derivatives beside a pole, and kinks.
const DELICATE: &[(&str, &str)] = &[
    ("let a, b positive", "H(Kumaraswamy(a, b))"),
    ("", "H(Kumaraswamy(3/4, 1/3))"),
    ("let a, b positive, m real\nassume m < 0", "KL(Kumaraswamy(a, b) || Uniform(m, 1 - m))"),
    ("let a, b, c, d positive\nassume c < a", "KL(Gamma(a, b) || Frechet(c, d))"),
    ("", "KL(Gamma(4/3, 5/7) || Frechet(5/4, 6/5))"),
    ("", "KL(Weibull(4/3, 5/7) || Frechet(5/4, 6/5))"),
    ("let a, b, c, d positive\nassume c < a", "KL(Weibull(a, b) || Frechet(c, d))"),
    ("let a, c, d positive\nassume c < 2", "KL(Rayleigh(a) || Frechet(c, d))"),
    ("let a, d positive, m real", "KL(Rayleigh(a) || LogNormal(m, d))"),
    ("let u positive\nassume u < 1", "Fisher[u](Geometric(u))"),
    ("let a, u positive\nassume u < 1", "Fisher[u](NegativeBinomial(a, u))"),
    ("let a positive, m real", "Fisher[m](Laplace(m, a))"),
    ("let a positive, m real", "Fisher[a](Laplace(m, a))"),
    ("let u positive\nassume u < 1", "Fisher[u](ContinuousBernoulli(u))"),
];

#[test]
fn what_is_right_is_not_contradicted_and_what_is_a_little_wrong_is() {
    for (declarations, statement) in DELICATE {
        let d = derived(Theory::shipped_ref(), &format!("{declarations}\nderive {statement}"));
        assert_eq!(d.status, Status::Proved, "{statement}");
        let view = deterministic(&d, Theory::shipped_ref());
        assert!(view.ok, "{statement}: {}", view.message);
        assert!(view.steps_checked > 0, "{statement}: {}", view.message);
        let found = view.quadrature.unwrap_or_else(|| panic!("{statement}: no number"));
        let closed = found.closed.unwrap_or_else(|| panic!("{statement}: no closed form"));
        let off = (found.value - closed).abs() / closed.abs().max(1.0);
        assert!(off < 1e-9 && found.error < 1e-8, "{statement}: {} for {closed}", found.value);
        let runs = monte_carlo(&d, Theory::shipped_ref()).runs;
        let wrong = ["refuted", "infinite expectation"];
        let against = runs.iter().find(|run| wrong.contains(&run.verdict.as_str()));
        assert!(against.is_none(), "{statement}: {against:?}");
        let factor = Term::quotient(Term::integer(1_000_001), Term::integer(1_000_000));
        let result = Term::product(vec![factor, d.result.clone()]);
        let wrong =
            deterministic(&hence::derive::Derivation { result, ..d }, Theory::shipped_ref());
        assert!(!wrong.ok, "{statement}: a part in a million was not seen");
    }
}

/// A range whose tail was cut off says nothing of the mean.
#[test]
fn a_slow_tail_is_no_infinity() {
    let value = |statement: &str| {
        let desk = Desk::new("let unused real");
        let term = desk.term(statement);
        let numbers = Numbers { theory: Theory::shipped_ref(), facts: desk.kernel.facts() };
        evaluate(&term, &Environment::new(), &numbers, &Options::default())
    };
    for slow in ["E[x ~ Pareto(1, 101/100)](x)", "int[x from 0 to 1](x^(-199/200)) dx"] {
        let found = value(slow);
        let fine = match &found {
            Ok(v) => v.value.is_finite(),
            Err(e) => matches!(e, NumericError::NotConverged(_)),
        };
        assert!(fine, "{slow}: {found:?}");
    }
    for infinite in ["E[x ~ Pareto(1, 1)](x)", "E[x ~ Cauchy(0, 1)](abs(x))"] {
        let found = value(infinite);
        assert!(matches!(found, Err(NumericError::Divergent(_))), "{infinite}: {found:?}");
    }
    let beyond = value("KL(Normal(0, 1) || Exponential(1))");
    assert!(beyond.is_ok_and(|v| v.value == f64::INFINITY && v.error < 1e-9));
}

/// What the value is seen to be infinite, with its sign.
fn infinity(statement: &str) -> Option<f64> {
    let desk = Desk::new("let unused real");
    let term = desk.term(statement);
    let numbers = Numbers { theory: Theory::shipped_ref(), facts: desk.kernel.facts() };
    divergent(&term, &Environment::new(), &numbers, &EnclosureOptions::default())
}

#[test]
fn divergence_is_seen_with_its_sign() {
    for (statement, sign) in [
        ("sum[k in 1..oo](1/k)", 1.0),
        ("-sum[k in 1..oo](k/(1 + k^2))", -1.0),
        ("sum[k in 3..oo](ln(k)/k)", 1.0),
        ("int[x from 1 to oo](1/x) dx", 1.0),
        ("int[x from -oo to 0](x/(1 + x^2)) dx", -1.0),
        ("int[x from 0 to 1](1/x) dx", 1.0),
        ("int[x from 0 to 1](ln(x)/x) dx", -1.0),
        ("int[x from 2 to 3](1/(3 - x)) dx", 1.0),
        ("int[x from 0 to 1](x^(-3/2)*(1 - x)^(-1/2)) dx", 1.0),
        ("E[x ~ Cauchy(1, 2)](x^2)", 1.0),
        ("E[x ~ Pareto(1, 1)](x)", 1.0),
        ("E[x ~ Pareto(1, 1/2)](5 - x)", -1.0),
        ("E[x ~ Normal(0, 1)](exp(x^2))", 1.0),
        ("E[k ~ Geometric(1/2)](3^k)", 1.0),
        ("7 - 2*E[x ~ StudentT(2, 0, 1)](x^2)", -1.0),
        ("KL(Cauchy(0, 1) || Normal(0, 1))", 1.0),
    ] {
        assert_eq!(infinity(statement), Some(sign * f64::INFINITY), "{statement}");
    }
}

#[test]
fn what_converges_or_has_no_value_is_never_called_infinite() {
    for statement in [
        "sum[k in 1..oo](1/k^2)",
        "sum[k in 1..oo](1/k^(101/100))",
        "sum[k in 2..oo](1/(k*ln(k)^2))",
        "sum[k in 0..oo]((-1)^k/(k + 1))",
        "sum[k in 0..oo]((999/1000)^k)",
        "int[x from 1 to oo](x^(-1001/1000)) dx",
        "int[x from 0 to 1](x^(-999/1000)) dx",
        "int[x from 2 to oo](1/(x*ln(x)^2)) dx",
        "int[x from 0 to oo](sin(x)/x) dx",
        "int[x from -oo to oo](x/(1 + x^2)) dx",
        "int[x from -1 to 1](1/x) dx",
        "E[x ~ Cauchy(0, 1)](x)",
        "E[x ~ Cauchy(0, 1)](ln(1 + x^2))",
        "E[x ~ Pareto(1, 1001/1000)](x)",
        "E[x ~ StudentT(201/100, 0, 1)](x^2)",
        "E[x ~ Cauchy(0, 1)](x^2) - E[x ~ Pareto(1, 1)](x)",
        "0*E[x ~ Cauchy(0, 1)](x^2)",
        "1/E[x ~ Cauchy(0, 1)](x^2)",
        "exp(-E[x ~ Cauchy(0, 1)](x^2))",
        "E[k ~ Geometric(1/2)]((199/100)^k)",
        "H(Cauchy(0, 1))",
        "KL(Normal(0, 1) || Cauchy(0, 1))",
    ] {
        assert_eq!(infinity(statement), None, "{statement}");
    }
}
