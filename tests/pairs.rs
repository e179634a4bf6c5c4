//! Divergences across the families of the library: each closed form has the value that the definition has.

mod library;

use hence::derive::Status;
use hence::theory::Theory;
use library::{Seeded, close, context, derived, facts, point, term, value};

/// Declarations, and pairs for which there is a closed form.
const CLOSED: &[(&str, &str)] = &[
    ("let a, b, r positive", "KL(Gamma(a, b) || Exponential(r))"),
    ("let a, b, r positive", "KL(Exponential(r) || Gamma(a, b))"),
    ("let a, b, c, d positive\nassume a > 1", "KL(Gamma(a, b) || InverseGamma(c, d))"),
    ("let a, b, v positive\nlet m real", "KL(Gamma(a, b) || LogNormal(m, v))"),
    ("let a, b, v positive\nlet m real", "KL(LogNormal(m, v) || InverseGamma(a, b))"),
    ("let a, b, v positive\nlet m real", "KL(LogNormal(m, v) || Weibull(a, b))"),
    ("let r, v positive\nlet m real", "KL(LogNormal(m, v) || Exponential(r))"),
    ("let s, v positive\nlet m real", "KL(LogNormal(m, v) || HalfNormal(s))"),
    ("let s, v positive\nlet m real", "KL(LogNormal(m, v) || Rayleigh(s))"),
    ("let a, b, v positive\nlet m real", "KL(LogNormal(m, v) || InverseGaussian(a, b))"),
    ("let r, v positive\nlet m real", "KL(Exponential(r) || LogNormal(m, v))"),
    ("let a, b, r positive", "KL(Exponential(r) || Weibull(a, b))"),
    ("let r, s positive", "KL(Exponential(r) || HalfNormal(s))"),
    ("let r, s positive", "KL(Exponential(r) || Rayleigh(s))"),
    ("let r, s positive\nlet m real", "KL(Exponential(r) || Gumbel(m, s))"),
    ("let r, s, m positive", "KL(Exponential(r) || Laplace(m, s))"),
    ("let r, v positive\nlet m real", "KL(Exponential(r) || Normal(m, v))"),
    ("let a, b, c, d positive", "KL(Gamma(a, b) || Weibull(c, d))"),
    ("let a, b, v positive\nlet m real", "KL(Gamma(a, b) || Normal(m, v))"),
    ("let a, b, s positive\nlet m real", "KL(Gamma(a, b) || Gumbel(m, s))"),
    ("let a, b, m, l positive\nassume a > 1", "KL(Gamma(a, b) || InverseGaussian(m, l))"),
    ("let a, b, k positive", "KL(Gamma(a, b) || Chi2(k))"),
    ("let a, b, k positive", "KL(Gamma(a, b) || Chi(k))"),
    ("let a, b, s positive", "KL(Gamma(a, b) || Maxwell(s))"),
    ("let a, b, c, d positive\nassume c < a", "KL(Gamma(a, b) || Frechet(c, d))"),
    ("let a, b, k positive", "KL(Chi2(k) || Gamma(a, b))"),
    ("let r, k positive", "KL(Chi2(k) || Exponential(r))"),
    ("let r, s positive", "KL(HalfNormal(s) || Exponential(r))"),
    ("let a, b, s positive", "KL(HalfNormal(s) || Gamma(a, b))"),
    ("let s, v positive\nlet m real", "KL(HalfNormal(s) || Normal(m, v))"),
    ("let s, t positive", "KL(HalfNormal(s) || Rayleigh(t))"),
    ("let s, t positive", "KL(Rayleigh(s) || Maxwell(t))"),
    ("let s, a, b positive", "KL(Rayleigh(s) || Weibull(a, b))"),
    ("let s, a, b positive", "KL(Rayleigh(s) || Gamma(a, b))"),
    ("let s, a, b positive", "KL(Maxwell(s) || Gamma(a, b))"),
    ("let a, b, c, d positive", "KL(Weibull(a, b) || Gamma(c, d))"),
    ("let a, b, r positive", "KL(Weibull(a, b) || Exponential(r))"),
    ("let a, b, v positive\nlet m real", "KL(Weibull(a, b) || LogNormal(m, v))"),
    ("let a, b, v positive\nlet m real", "KL(Weibull(a, b) || Normal(m, v))"),
    ("let a, b, v positive\nlet m real", "KL(InverseGamma(a, b) || LogNormal(m, v))"),
    ("let a, b, c, d positive\nassume a > 1", "KL(InverseGamma(a, b) || Gamma(c, d))"),
    ("let a, b, m, l positive\nassume a > 1", "KL(InverseGamma(a, b) || InverseGaussian(m, l))"),
    ("let a, b, r positive\nassume a > 1", "KL(InverseGamma(a, b) || Exponential(r))"),
    ("let a, b, c, d positive", "KL(InverseGamma(a, b) || Frechet(c, d))"),
    ("let a, b, c, d positive", "KL(Frechet(a, b) || InverseGamma(c, d))"),
    ("let a, s, r positive\nassume a > 1", "KL(Pareto(s, a) || Exponential(r))"),
    ("let a, s, v positive\nlet m real", "KL(Pareto(s, a) || LogNormal(m, v))"),
    ("let a, s, b, c positive\nassume a > 1", "KL(Pareto(s, a) || Gamma(b, c))"),
    ("let a, s, b, c positive\nassume b < a", "KL(Pareto(s, a) || Weibull(b, c))"),
    ("let a, b positive", "KL(Uniform(0, 1) || Beta(a, b))"),
    ("let a, b positive", "KL(Beta(a, b) || Uniform(0, 1))"),
    ("let a, b, r positive", "KL(Beta(a, b) || Exponential(r))"),
    ("let a, b, v positive\nlet m real", "KL(Beta(a, b) || Normal(m, v))"),
    ("let a, b, c, d positive", "KL(Beta(a, b) || Gamma(c, d))"),
    ("let a, b, v positive\nlet m real", "KL(Beta(a, b) || LogNormal(m, v))"),
    ("let r positive", "KL(Uniform(0, 1) || Exponential(r))"),
    ("let r, h positive", "KL(Uniform(0, h) || Exponential(r))"),
    ("let a, b, l, h positive\nassume l < h", "KL(Uniform(l, h) || Gamma(a, b))"),
    ("let l, h, m real\nlet v positive\nassume l < h", "KL(Uniform(l, h) || Normal(m, v))"),
    ("let l, h, m real\nlet s positive\nassume l < m, m < h", "KL(Uniform(l, h) || Laplace(m, s))"),
    ("let l, h, m real\nlet s positive\nassume l < h", "KL(Uniform(l, h) || Gumbel(m, s))"),
    ("let l, h, v positive\nlet m real\nassume l < h", "KL(Uniform(l, h) || LogNormal(m, v))"),
    ("let m, n real\nlet s, v positive", "KL(Laplace(m, s) || Normal(n, v))"),
    ("let m, n real\nlet s, v positive", "KL(Normal(n, v) || Laplace(m, s))"),
    ("let m, n real\nlet s, b positive\nassume s < b", "KL(Laplace(m, s) || Gumbel(n, b))"),
    ("let m, n real\nlet s, v positive", "KL(Normal(n, v) || Gumbel(m, s))"),
    ("let m, n real\nlet s, v positive", "KL(Gumbel(m, s) || Normal(n, v))"),
    ("let m, n real\nlet s, v positive", "KL(Logistic(m, s) || Normal(n, v))"),
    ("let m, n real\nlet s, b positive\nassume s < b", "KL(Logistic(m, s) || Gumbel(n, b))"),
    ("let q, p positive\nassume p < 1\nassume q < 1", "KL(Bernoulli(p) || Geometric(q))"),
    ("let n natural\nlet p, r positive\nassume p < 1", "KL(Binomial(n, p) || Poisson(r))"),
    (
        "let a, b natural\nlet q positive\nassume q < 1\nassume a <= b",
        "KL(DiscreteUniform(a, b) || Geometric(q))",
    ),
    ("let r, s positive", "KL(Poisson(r) || Poisson(s))"),
    ("let k, s positive", "KL(Chi(k) || Rayleigh(s))"),
    ("let k, a, b positive", "KL(Chi(k) || Weibull(a, b))"),
    ("let k, v positive\nlet m real", "KL(Chi2(k) || LogNormal(m, v))"),
    ("let k, a, b positive\nassume k > 2", "KL(Chi2(k) || InverseGamma(a, b))"),
    ("let l, h, m real\nassume l < m, m < h", "H(Triangular(l, h, m))"),
    (
        "let l, h, m, n real\nassume l < m, m < n, n < h",
        "KL(Triangular(l, h, m) || Triangular(l, h, n))",
    ),
    ("let l, h, m real\nassume l < m, m < h", "KL(Triangular(l, h, m) || Uniform(l, h))"),
    (
        "let l, h, m, n real\nlet v positive\nassume l < m, m < h",
        "KL(Triangular(l, h, m) || Normal(n, v))",
    ),
    ("let a, b, m positive\nassume m < 1", "KL(Triangular(0, 1, m) || Beta(a, b))"),
    ("let m, l positive", "H(InverseGaussian(m, l))"),
    ("let m, l, a, b positive", "KL(InverseGaussian(m, l) || Gamma(a, b))"),
    ("let m, l, r positive", "KL(InverseGaussian(m, l) || Exponential(r))"),
    ("let m, n real\nlet s positive\nassume n != m", "KL(Logistic(m, s) || Logistic(n, s))"),
    ("let m, n real\nlet s, t positive", "KL(Logistic(m, s) || Laplace(n, t))"),
    ("let m real\nlet s positive", "KL(Gumbel(m, s) || Logistic(m, s))"),
    ("let m, k real\nlet s positive", "KL(Gumbel(m, s) || Logistic(k, s))"),
    ("let m real\nlet k positive", "KL(Uniform(-pi, pi) || VonMises(m, k))"),
    (
        "let a, b, c, d, e1, f, g, h positive",
        "KL(product(Gamma(a, b), Beta(c, d)) || product(Gamma(e1, f), Beta(g, h)))",
    ),
    ("let a, b, c, d positive", "H(product(Gamma(a, b), Beta(c, d)))"),
    ("let a positive", "H(Chi2(1))"),
    ("let a positive", "H(Chi2(3))"),
    ("let m real\nlet v positive", "E[x ~ LogNormal(m, v)](x*ln(x))"),
    ("let a, b positive", "E[x ~ Beta(a, b)](x*ln(x))"),
    ("let a, b positive", "E[x ~ Beta(a, b)](x*ln(1 - x))"),
    ("let a, b positive", "E[x ~ Beta(a, b)](x^2*(1 - x)^3)"),
    ("let a, b positive", "E[x ~ Gamma(a, b)](abs(x - a/b))"),
    ("let r, t positive", "E[k ~ Poisson(r)](exp(-t*k))"),
    ("let p, t positive\nassume p < 1", "E[k ~ Geometric(p)](exp(-t*k))"),
    ("let n natural\nlet p positive\nlet t real\nassume p < 1", "E[k ~ Binomial(n, p)](exp(t*k))"),
    ("let m, l positive", "Var[x ~ InverseGaussian(m, l)](x)"),
    ("let a positive\nassume a < 1, a != 1/2", "Var[x ~ ContinuousBernoulli(a)](x)"),
    ("let l, h, m real\nassume l < m, m < h", "Var[x ~ Triangular(l, h, m)](x)"),
];

/// Pairs whose divergence is infinite, for the first reaches further than the second.
const INFINITE: &[(&str, &str)] = &[
    ("let m real\nlet a, b, v positive", "KL(Normal(m, v) || Gamma(a, b))"),
    ("let r, s, a positive", "KL(Exponential(r) || Pareto(s, a))"),
    ("let a, b, r positive", "KL(Gamma(a, b) || Beta(r, r))"),
    ("let m real\nlet s, a, b positive", "KL(Cauchy(m, s) || Weibull(a, b))"),
];

/// Pairs without a closed form: the derivation stops, and says at what.
const OPEN: &[(&str, &str)] = &[
    ("let r positive", "H(Poisson(r))"),
    ("let m, n, u, w positive", "KL(StudentT(n, 0, 1) || StudentT(m, u, w))"),
    ("let m, s, n, t positive", "KL(Logistic(m, s) || Logistic(n, t))"),
];

#[test]
fn closed_forms_have_the_values_of_the_definitions() {
    let theory = Theory::shipped_ref();
    let mut problems = Vec::new();
    for (i, (declarations, statement)) in CLOSED.iter().enumerate() {
        let d = derived(theory, &format!("{declarations}\nderive {statement}"));
        if d.status != Status::Proved {
            problems.push(format!("{statement}: {:?} at {}: {:?}", d.status, d.result, d.message));
            continue;
        }
        let context = context(theory, declarations);
        let (start, facts) = (term(theory, &context, statement), facts(&context));
        let mut seed = Seeded(i as u64);
        let mut compared = 0;
        for _ in 0..3 {
            let at = point(theory, &facts, &mut seed);
            let Ok(defined) = value(theory, &d.facts, &at, &start) else { continue };
            let got = value(theory, &d.facts, &at, &d.result).ok();
            compared += 1;
            if !got.is_some_and(|got| close(got, defined, 1e-6)) {
                problems
                    .push(format!("{statement}: {got:?} for {defined} at {at:?}: {}", d.result));
            }
        }
        if compared == 0 {
            problems.push(format!("{statement}: no value to compare with"));
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {}:\n{}",
        problems.len(),
        CLOSED.len(),
        problems.join("\n")
    );
}

#[test]
fn what_reaches_further_is_infinitely_far() {
    for (declarations, statement) in INFINITE {
        let d = derived(Theory::shipped_ref(), &format!("{declarations}\nderive {statement}"));
        assert_eq!(d.status, Status::Infinite, "{statement}: {}", d.result);
    }
}

#[test]
fn what_has_no_closed_form_is_left_open() {
    for (declarations, statement) in OPEN {
        let d = derived(Theory::shipped_ref(), &format!("{declarations}\nderive {statement}"));
        assert_eq!(d.status, Status::Stuck, "{statement}: {}", d.result);
    }
}
