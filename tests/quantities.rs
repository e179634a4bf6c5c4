//! Quantities by a parameter: the Fisher information, from its definition.

mod library;

use hence::derive::Status;
use hence::document::{Notation, unicode};
use hence::elaborate::statements;
use hence::syntax::parse_statements;
use hence::theory::Theory;
use hence::verify::{decide, notation};
use library::{decided, derived, goals};

/// Declarations, the quantity, and its value.
const FISHER: &[(&str, &str, &str)] = &[
    ("let m real\nlet v positive", "Fisher[m](Normal(m, v))", "1/v"),
    ("let m real\nlet v positive", "Fisher[v](Normal(m, v))", "1/(2*v^2)"),
    ("let m real\nlet s positive", "Fisher[s](Normal(m, sd: s))", "2/s^2"),
    ("let m real\nlet v positive", "Fisher[m, v](Normal(m, v))", "0"),
    ("let r positive", "Fisher[r](Exponential(r))", "1/r^2"),
    ("let r positive", "Fisher[r](Poisson(r))", "1/r"),
    ("let q positive\nassume q < 1", "Fisher[q](Bernoulli(q))", "1/(q*(1 - q))"),
    ("let n natural\nlet q positive\nassume q < 1", "Fisher[q](Binomial(n, q))", "n/(q*(1 - q))"),
    ("let q positive\nassume q < 1", "Fisher[q](Geometric(q))", "1/(q^2*(1 - q))"),
    ("let a, b positive", "Fisher[a](Gamma(a, b))", "trigamma(a)"),
    ("let a, b positive", "Fisher[b](Gamma(a, b))", "a/b^2"),
    ("let a, b positive", "Fisher[a, b](Gamma(a, b))", "-1/b"),
    ("let a, b positive", "Fisher[a](Beta(a, b))", "trigamma(a) - trigamma(a + b)"),
    ("let m real\nlet s positive", "Fisher[m](Laplace(m, s))", "1/s^2"),
    ("let m real\nlet s positive", "Fisher[s](Laplace(m, s))", "1/s^2"),
    ("let m real\nlet s positive", "Fisher[m](Cauchy(m, s))", "1/(2*s^2)"),
    ("let m real\nlet s positive", "Fisher[m](Gumbel(m, s))", "1/s^2"),
    ("let k, s positive", "Fisher[s](Weibull(k, s))", "k^2/s^2"),
    ("let m real\nlet v positive", "Fisher[m](LogNormal(m, v))", "1/v"),
    ("let s, a positive", "Fisher[a](Pareto(s, a))", "1/a^2"),
    ("let a, b positive", "Fisher[b](Beta(a, b))", "trigamma(b) - trigamma(a + b)"),
    ("let a, b positive", "Fisher[a, b](Beta(a, b))", "-trigamma(a + b)"),
    ("let m real\nlet v positive", "Fisher[v](LogNormal(m, v))", "1/(2*v^2)"),
    ("let m real\nlet v positive", "Fisher[m, v](LogNormal(m, v))", "0"),
    ("let m, l positive", "Fisher[l](InverseGaussian(m, l))", "1/(2*l^2)"),
    ("let m, l positive", "Fisher[m, l](InverseGaussian(m, l))", "0"),
    ("let m real\nlet s positive", "Fisher[s](Gumbel(m, s))", "(pi^2/6 + (1 - euler_gamma)^2)/s^2"),
    ("let m real\nlet s positive", "Fisher[m, s](Gumbel(m, s))", "(euler_gamma - 1)/s^2"),
    ("let m real\nlet s positive", "Fisher[m](Logistic(m, s))", "1/(3*s^2)"),
    ("let m real\nlet s positive", "Fisher[s](Logistic(m, s))", "(3 + pi^2)/(9*s^2)"),
    ("let m real\nlet s positive", "Fisher[s](Cauchy(m, s))", "1/(2*s^2)"),
    ("let m real\nlet s positive", "Fisher[m, s](Cauchy(m, s))", "0"),
    ("let m real\nlet n, s positive", "Fisher[m](StudentT(n, m, s))", "(n + 1)/((n + 3)*s^2)"),
    ("let m real\nlet n, s positive", "Fisher[s](StudentT(n, m, s))", "2*n/((n + 3)*s^2)"),
    (
        "let m real\nlet n, s positive",
        "Fisher[n](StudentT(n, m, s))",
        "(trigamma(n/2) - trigamma((n + 1)/2))/4 - (n + 5)/(2*n*(n + 1)*(n + 3))",
    ),
    ("let a, b positive", "Fisher[b](Kumaraswamy(a, b))", "1/b^2"),
    ("let k, s positive", "Fisher[k](Weibull(k, s))", "(pi^2/6 + (1 - euler_gamma)^2)/k^2"),
    ("let k, s positive", "Fisher[k, s](Weibull(k, s))", "(euler_gamma - 1)/s"),
    ("let d positive", "Fisher[d](Chi(d))", "trigamma(d/2)/4"),
    ("let m real\nlet k positive", "Fisher[m](VonMises(m, k))", "k*bessel_i1(k)/bessel_i0(k)"),
    (
        "let m real\nlet k positive",
        "Fisher[k](VonMises(m, k))",
        "1 - bessel_i1(k)/(k*bessel_i0(k)) - (bessel_i1(k)/bessel_i0(k))^2",
    ),
    (
        "let l positive\nassume l < 1\nassume l != 1/2",
        "Fisher[l](ContinuousBernoulli(l))",
        "1/(l*(1 - l))^2*(1/ln(l/(1 - l))^2 - l*(1 - l)/(2*l - 1)^2)",
    ),
    ("let r, q positive\nassume q < 1", "Fisher[q](NegativeBinomial(r, q))", "r/(q^2*(1 - q))"),
];

/// Two normal variables with a correlation: the entries of the matrix.
const CORRELATED: &[(&str, &str)] = &[
    ("Fisher[m](p)", "1/(v*(1 - r^2))"),
    ("Fisher[n](p)", "1/(w*(1 - r^2))"),
    ("Fisher[m, n](p)", "-r/((1 - r^2)*sqrt(v*w))"),
    ("Fisher[v](p)", "(2 - r^2)/(4*v^2*(1 - r^2))"),
    ("Fisher[w](p)", "(2 - r^2)/(4*w^2*(1 - r^2))"),
    ("Fisher[v, w](p)", "-r^2/(4*v*w*(1 - r^2))"),
    ("Fisher[r](p)", "(1 + r^2)/(1 - r^2)^2"),
    ("Fisher[m, v](p)", "0"),
    ("I(p)", "-1/2*ln(1 - r^2)"),
    ("I(p)", "H(Normal(m, v)) + H(Normal(n, w)) - H(p)"),
];

const PAIR: &str =
    "let m, n, r real\nlet v, w positive\nassume r^2 < 1\nlet p = BivariateNormal(m, n, v, w, r)";

#[test]
fn what_two_correlated_variables_tell() {
    let theory = Theory::shipped_ref();
    let mut problems = Vec::new();
    for (quantity, expected) in CORRELATED {
        let text = format!("{PAIR}\nclaim {quantity} = {expected}");
        let outcome = decided(theory, &text);
        if outcome.holds != Some(true) {
            problems.push(format!("{text}: {} {:?}", outcome.left.result, outcome.left.message));
        }
    }
    assert!(problems.is_empty(), "{}:\n{}", problems.len(), problems.join("\n"));
    let never_negative = decided(theory, &format!("{PAIR}\nclaim I(p) >= 0"));
    assert_eq!(never_negative.holds, Some(true));
}

#[test]
fn a_wrong_value_is_refuted() {
    let theory = Theory::shipped_ref();
    for claim in [
        "I(p) = -ln(1 - r^2)",
        "I(p) = 1/2*ln(1 - r^2)",
        "I(p) = -1/2*ln(1 - r)",
        "I(p) = -1/2*ln(1 + r^2)",
        "I(p) <= 0",
        "Fisher[m](p) = 1/v",
        "Fisher[r](p) = 1/(1 - r^2)",
    ] {
        let goal = goals(theory, &format!("{PAIR}\nclaim {claim}")).remove(0);
        let report = decide(&goal, theory, true);
        assert!(!report.holds(), "{claim}");
    }
}

#[test]
fn independent_coordinates_tell_nothing_of_one_another() {
    let text = "let m real\nlet v, a positive\nclaim I(product(Normal(m, v), Exponential(a))) = 0";
    assert_eq!(decided(Theory::shipped_ref(), text).holds, Some(true));
}

#[test]
fn the_cross_entropy_is_the_entropy_and_the_divergence() {
    let text = "let k natural\nlet a[i], b[i] positive for i in 1..k\n\
                claim H(Dirichlet(a), Dirichlet(b)) = H(Dirichlet(a)) + KL(Dirichlet(a) || Dirichlet(b))";
    assert_eq!(decided(Theory::shipped_ref(), text).holds, Some(true));
}

/// A Cauchy variable has no mean, though its density is symmetric: substitutions do not give it one.
#[test]
fn what_does_not_converge_gets_no_value_by_symmetry() {
    let theory = Theory::shipped_ref();
    for average in
        ["E[x ~ Cauchy(m, s)](x)", "E[x ~ StudentT(n, m, s)](x)", "E[x ~ StudentT(1, 0, 1)](x)"]
    {
        let text = format!("let m real\nlet n, s positive\nderive {average}");
        assert_eq!(derived(theory, &text).status, Status::Stuck, "{average}");
    }
    let text = "let m real\nlet n, s positive\nassume n > 1\nclaim E[x ~ StudentT(n, m, s)](x) = m";
    assert_eq!(decided(theory, text).holds, Some(true));
}

#[test]
fn marginals_must_be_known() {
    let theory = Theory::shipped_ref();
    let d = derived(theory, "let a, b, c positive\nderive I(Dirichlet(a, b, c))");
    assert_eq!(d.status, Status::Stuck);
    let said = d.message.map(|(en, _)| en).unwrap_or_default();
    assert!(said.contains("distributions of the coordinates"), "{said}");
    let text = "derive KL(Normal(0, 1) || marginals(Normal(0, 1)))";
    let (tree, problems) = parse_statements(text);
    let (_, more) = statements(text, &tree, theory);
    assert!(problems.iter().chain(&more).any(|d| d.code == "E0204"), "{problems:?} {more:?}");
}

#[test]
fn the_information_of_each_parameter() {
    let mut problems = Vec::new();
    for (declarations, quantity, expected) in FISHER {
        let text = format!("{declarations}\nclaim {quantity} = {expected}");
        let outcome = decided(Theory::shipped_ref(), &text);
        if outcome.holds != Some(true) {
            problems.push(format!("{text}: {} {:?}", outcome.left.result, outcome.left.message));
        }
    }
    assert!(problems.is_empty(), "{}:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn where_the_support_moves_there_is_none() {
    for (declarations, quantity) in [
        ("let h positive", "Fisher[h](Uniform(0, h))"),
        ("let s, a positive", "Fisher[s](Pareto(s, a))"),
        ("let a real\nlet b positive", "Fisher[a, b](Uniform(a, a + b))"),
    ] {
        let d = derived(Theory::shipped_ref(), &format!("{declarations}\nderive {quantity}"));
        assert_eq!(d.status, Status::Stuck, "{quantity}");
        let said = d.message.map(|(en, _)| en).unwrap_or_default();
        assert!(said.contains("not defined") && said.contains("depends on"), "{quantity}: {said}");
    }
}

#[test]
fn it_is_written_with_brackets_and_read_with_or_without() {
    let theory = Theory::shipped_ref();
    let text = "let m real\nlet v positive\nderive Fisher[m](Normal(m, v))\nderive Fisher(m, Normal(m, v))";
    let all = goals(theory, text);
    assert_eq!(all[0].kind, all[1].kind);
    let hence::elaborate::GoalKind::Derive { left, .. } = &all[0].kind else {
        panic!("no derivation")
    };
    assert_eq!(left.to_string(), "Fisher(m, Normal(m, v))");
    assert_eq!(unicode(left, &notation(theory)), "Fisher[m](Normal(m, v))");
    assert_eq!(unicode(left, &Notation::default()), "Fisher(m, Normal(m, v))");
    assert!(decide(&all[0], theory, true).holds());
}

#[test]
fn what_cannot_be_varied_is_refused() {
    for (text, code) in [
        ("let m real\nlet s = m^2\nderive Fisher[s](Normal(m, 1))", "E0207"),
        ("let m real\nderive Fisher[m^2](Normal(m, 1))", "E0228"),
        ("let m real\nderive Fisher[2](Normal(m, 1))", "E0228"),
        ("let m real\nderive Fisher[m, m, m](Normal(m, 1))", "E0227"),
        ("let m real\nderive KL[m](Normal(m, 1))", "E0227"),
        ("let m real\nderive Fisher[m](Normal(m, 1), Normal(0, 1))", "E0227"),
    ] {
        let (tree, problems) = parse_statements(text);
        let (_, more) = statements(text, &tree, Theory::shipped_ref());
        let codes: Vec<&str> = problems.iter().chain(&more).map(|d| d.code).collect();
        assert!(codes.contains(&code), "{text}: {codes:?}");
    }
}
