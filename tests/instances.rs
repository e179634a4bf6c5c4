//! Numbers for statements about unknown distributions, and for distributions on integers.

mod library;

use hence::numeric::{Environment, McOptions, Options, Verdict, evaluate, monte_carlo};
use hence::term::{Relation, Term};
use hence::theory::Theory;
use hence::verify::{Numbers, counterexample, deterministic, monte_carlo as sampled};
use library::{context, derived, facts, term};

const OPEN: &str = "let p, q density over reals\n\
    assume integrable(E[x ~ p](ln(p(x))))\n\
    assume integrable(E[x ~ p](ln(q(x))))";

fn refuted(declared: &str, left: &str, relation: Relation, right: &str) -> Option<String> {
    let theory = Theory::shipped_ref();
    let context = context(theory, declared);
    let of = |text| term(theory, &context, text);
    let found = counterexample(&of(left), &of(right), relation, &facts(&context), theory)?;
    assert!(!found.instances.is_empty(), "{found:?}");
    Some(
        found
            .instances
            .iter()
            .map(|(name, d)| format!("{name} = {d}"))
            .collect::<Vec<_>>()
            .join("; "),
    )
}

#[test]
fn every_step_about_unknown_densities_is_compared() {
    let theory = Theory::shipped_ref();
    let d = derived(theory, &format!("{OPEN}\nderive KL(p || q)"));
    let view = deterministic(&d, theory);
    assert!(view.ok && view.message.is_empty(), "{}", view.message);
    assert_eq!((view.points, view.steps_checked), (3, d.steps().count()));
    let quadrature = view.quadrature.expect("the definition at an instance");
    assert_eq!(quadrature.instances.len(), 2);
    assert!((quadrature.value - quadrature.closed.unwrap()).abs() < 1e-8);
    let runs = sampled(&d, theory).runs;
    assert_eq!(runs.len(), 3);
    assert!(runs.iter().all(|r| r.verdict == "confirmed" && r.instances.len() == 2), "{runs:?}");
    // Not all are of one family.
    let all: Vec<&str> = runs.iter().flat_map(|r| &r.instances).map(|(_, d)| d.as_str()).collect();
    assert!(all.iter().any(|d| d.starts_with("mixture")), "{all:?}");
    assert!(all.iter().any(|d| !d.starts_with("mixture")), "{all:?}");
    assert_eq!(sampled(&d, theory).runs, runs, "the same bits again");
}

#[test]
fn a_wrong_value_under_unknown_densities_is_caught() {
    let theory = Theory::shipped_ref();
    let mut d = derived(theory, &format!("{OPEN}\nderive KL(p || q)"));
    d.result =
        Term::sum(vec![d.result.clone(), Term::quotient(Term::integer(1), Term::integer(5))]);
    assert!(!deterministic(&d, theory).ok);
    let runs = sampled(&d, theory).runs;
    assert!(!runs.is_empty() && runs.iter().all(|r| r.verdict == "refuted"), "{runs:?}");
}

#[test]
fn families_of_unknown_densities_have_instances() {
    let theory = Theory::shipped_ref();
    let declared = "let d natural\nlet p[i], q[i] density over reals for i in 1..d\n\
        assume integrable(E[x ~ p[i]](ln(p[i](x)))) for i in 1..d\n\
        assume integrable(E[x ~ p[i]](ln(q[i](x)))) for i in 1..d";
    let left = "KL(product[i in 1..d] p[i] || product[i in 1..d] q[i])";
    let d = derived(theory, &format!("{declared}\nderive {left}"));
    let view = deterministic(&d, theory);
    assert!(view.ok && view.points == 3 && view.steps_checked > 0, "{}", view.message);
    let sizes: Vec<String> =
        sampled(&d, theory).runs.iter().map(|r| r.instances[0].1.clone()).collect();
    assert_eq!(sizes, ["2", "1", "3"]);
    assert!(refuted(declared, left, Relation::Eq, "1/d*sum[i in 1..d] KL(p[i] || q[i])").is_some());
    assert!(refuted(declared, left, Relation::Eq, "sum[i in 1..d] KL(p[i] || q[i])").is_none());
}

#[test]
fn false_claims_about_unknown_densities_are_refuted_with_an_instance() {
    let free = "let p, q density over reals";
    let found = refuted(free, "KL(p || q)", Relation::Eq, "KL(q || p)").expect("not symmetric");
    assert!(found.contains("p = ") && found.contains("; q = "), "{found}");
    assert!(refuted(free, "KL(p || q)", Relation::Le, "1").is_some());
    assert!(refuted(free, "E[x ~ p](ln(p(x)))", Relation::Eq, "H(p)").is_some());
    assert!(refuted(free, "KL(p || q)", Relation::Ge, "0").is_none());
    assert!(refuted(free, "H(p, q)", Relation::Eq, "H(p) + KL(p || q)").is_none());
    // What is assumed holds of every instance: this one is met by none that is drawn.
    let wide = "let p density over reals\nassume E[x ~ p](x) >= 50";
    assert!(refuted(wide, "E[x ~ p](x)", Relation::Le, "1").is_none());
}

#[test]
fn masses_have_vectors_of_probabilities() {
    let free = "let n natural\nlet p, q mass over 1..n";
    let theory = Theory::shipped_ref();
    let context = context(theory, free);
    let of = |text| term(theory, &context, text);
    let mean = of("E[k ~ p](k)");
    let found = counterexample(&mean, &of("E[k ~ q](k)"), Relation::Eq, &facts(&context), theory);
    let found = found.expect("not all have one mean");
    assert_eq!(found.instances[0].0, "n");
    assert!(found.instances[1].1.contains('['), "{:?}", found.instances);
    let whole = of("E[k ~ p](1)");
    let none = counterexample(&whole, &of("1"), Relation::Eq, &facts(&context), theory);
    assert!(none.is_none(), "{none:?}");
}

/// Value by summation, and the verdict of samples on it.
fn mean(distribution: &str, integrand: &str) -> (f64, Verdict) {
    let theory = Theory::shipped_ref();
    let context = context(theory, "");
    let facts = facts(&context);
    let numbers = Numbers { theory, facts: &facts };
    let whole = term(theory, &context, &format!("E[k ~ {distribution}]({integrand})"));
    let point = Environment::new();
    let v = evaluate(&whole, &point, &numbers, &Options::default()).expect(distribution);
    let (d, g) = (term(theory, &context, distribution), term(theory, &context, integrand));
    let options = McOptions::keyed(7);
    let run = monte_carlo(&g, &"k".into(), &d, v.value, v.error, &point, &numbers, &options);
    (v.value, run.expect(distribution).verdict)
}

#[test]
fn expectations_on_integers_are_sums() {
    let cases = [
        ("Poisson(3)", "k^2", 12.0),
        ("Poisson(1000)", "k", 1000.0),
        ("Geometric(1/1000)", "k", 999.0),
        ("Binomial(12, 1/3)", "k*(k - 1)", 12.0 * 11.0 / 9.0),
        ("Binomial(3000, 1/3)", "k", 1000.0),
        ("Bernoulli(3/10)", "k", 0.3),
        ("DiscreteUniform(-2, 7)", "k^2", 14.5),
    ];
    for (distribution, integrand, expected) in cases {
        let (value, verdict) = mean(distribution, integrand);
        assert!((value - expected).abs() < 1e-9 * expected, "{distribution}: {value}");
        assert!(matches!(verdict, Verdict::Confirmed { .. }), "{distribution}: {verdict:?}");
    }
}
