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
];

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
        assert!(said.contains("does not depend on"), "{quantity}: {said}");
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
