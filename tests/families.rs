//! Numerical evidence for statements about d independent coordinates.

mod library;

use hence::derive::{Derivation, Status};
use hence::term::{Node, Path, Relation, Term};
use hence::theory::Theory;
use hence::verify::{counterexample, deterministic, evaluate, monte_carlo, name_slip};
use library::{context, derived, facts, symbol, term};

const DECLARED: &str = "let d natural\n\
    let mu1[i], mu2[i] real for i in 1..d\n\
    let sigma1[i], sigma2[i] positive for i in 1..d";

const DIVERGENCE: &str = "KL(product[i in 1..d] Normal(mu1[i], sigma1[i]^2) \
    || product[i in 1..d] Normal(mu2[i], sigma2[i]^2))";

const CLOSED: &str = "sum[i in 1..d](ln(sigma2[i]/sigma1[i]) + (sigma1[i]^2 + (mu1[i] - mu2[i])^2)/(2*sigma2[i]^2) - 1/2)";

fn divergence() -> Derivation {
    let d = derived(Theory::shipped_ref(), &format!("{DECLARED}\nderive {DIVERGENCE}"));
    assert_eq!(d.status, Status::Proved);
    d
}

fn of(text: &str) -> Term {
    let theory = Theory::shipped_ref();
    term(theory, &context(theory, DECLARED), text)
}

#[test]
fn five_numbers_of_coordinates_agree() {
    let d = divergence();
    let view = deterministic(&d, Theory::shipped_ref());
    assert!(view.ok && view.points == 5, "{}", view.message);
    assert_eq!(view.steps_checked, d.steps().count());
    assert!(view.message.contains("up to 1 coordinate only"), "{}", view.message);
    let quadrature = view.quadrature.expect("the statement at two coordinates");
    assert!((quadrature.value - quadrature.closed.unwrap()).abs() < 1e-8);
    let sampled = monte_carlo(&d, Theory::shipped_ref());
    let sizes: Vec<f64> = sampled
        .runs
        .iter()
        .map(|r| r.point.iter().find(|(name, _)| *name == "d").unwrap().1)
        .collect();
    assert_eq!(sizes, [1.0, 2.0, 3.0, 8.0, 64.0]);
    for run in &sampled.runs {
        assert_eq!(run.verdict, "confirmed", "z = {} at {:?}", run.z, run.point.first());
    }
}

/// A wrong closed form is refuted by sampling at every number of coordinates at which it differs.
#[test]
fn a_wrong_closed_form_is_refuted_by_samples() {
    let mut d = divergence();
    d.result = of(&format!("{CLOSED} + d/20"));
    let runs = monte_carlo(&d, Theory::shipped_ref()).runs;
    assert_eq!(runs.len(), 5);
    assert!(runs.iter().all(|r| r.verdict == "refuted"), "{runs:?}");
    assert!(!deterministic(&d, Theory::shipped_ref()).ok);
}

/// A sampler that draws with the wrong scale contradicts the derivation.
#[test]
fn a_wrong_sampler_is_noticed() {
    let mut theory = Theory::shipped();
    let wrong = "distribution Shifted(mean: real) over x in reals\n  \
        density 1/sqrt(2*pi) * exp(-(x - mean)^2/2)\n  \
        sample mean + 1/2 + std_normal()\n  en \"shifted\"\n  zh \"平移\"\n  cite \"none\"\n";
    let problems = theory.extend("wrong", wrong);
    assert!(problems.is_empty(), "{}", problems[0]);
    let text = "let d natural\nlet m[i] real for i in 1..d\n\
        derive E[x ~ product[i in 1..d] Shifted(m[i])](sum[i in 1..d](x[i]))";
    let mut d = derived(&theory, text);
    d.status = Status::Proved;
    d.result = term(
        &theory,
        &context(&theory, "let d natural\nlet m[i] real for i in 1..d"),
        "sum[i in 1..d](m[i])",
    );
    let runs = monte_carlo(&d, &theory).runs;
    assert!(!runs.is_empty() && runs.iter().all(|r| r.verdict != "confirmed"), "{runs:?}");
}

fn places(t: &Term, here: &Path, out: &mut Vec<(Path, Term)>) {
    out.push((here.clone(), t.clone()));
    for (i, child) in t.children().into_iter().enumerate() {
        places(child, &here.child(i), out);
    }
}

/// Every edit of one place of the closed form has a point where it is wrong.
#[test]
fn every_mutant_of_the_closed_form_dies() {
    let theory = Theory::shipped_ref();
    let right = of(CLOSED);
    let known = facts(&context(theory, DECLARED));
    let mut all = Vec::new();
    places(&right, &Path::root(), &mut all);
    let mut mutants = vec![of(&format!("({CLOSED})/d")), of(&format!("d*({CLOSED})"))];
    for (path, here) in &all {
        let edits = match here.node() {
            Node::Power(base, _) => vec![base.clone()],
            Node::Call(..) => vec![Term::neg(here.clone()), here.children()[0].clone()],
            Node::Quotient(a, b) => vec![a.clone(), Term::quotient(b.clone(), a.clone())],
            Node::Sum(parts) => (0..parts.len())
                .map(|k| {
                    let kept = parts.iter().enumerate().filter(|(i, _)| *i != k);
                    Term::sum(kept.map(|(_, p)| p.clone()).collect())
                })
                .collect(),
            Node::Index(base, i) if base.as_symbol().is_some_and(|s| *s == "sigma1") => {
                vec![Term::index(Term::symbol(symbol("sigma2")), i.clone())]
            }
            _ => vec![],
        };
        mutants.extend(edits.iter().filter_map(|new| right.replaced(path, new)));
    }
    assert!(mutants.len() > 15, "{}", mutants.len());
    for mutant in mutants {
        let found = counterexample(&right, &mutant, Relation::Eq, &known, theory);
        assert!(found.is_some(), "{mutant} survives");
    }
    assert_eq!(counterexample(&right, &right, Relation::Eq, &known, theory), None);
}

#[test]
fn slips_in_sums_are_named() {
    let theory = Theory::shipped_ref();
    let d = divergence();
    for (claimed, said) in [
        (format!("1/d*{CLOSED}"), "the mean over the index"),
        (CLOSED.replace(" - 1/2", ""), "the constant −1/2 is missing"),
        (CLOSED.replace("(ln(", "(-ln("), "the sign of ln(sigma2[i]/sigma1[i]) is wrong"),
    ] {
        let slip = name_slip(&d.result, &of(&claimed), &d.facts, theory);
        assert!(slip.as_ref().is_some_and(|s| s.en.contains(said)), "{claimed}: {slip:?}");
    }
}

#[test]
fn values_at_a_point_with_families() {
    let theory = Theory::shipped_ref();
    let context = context(theory, DECLARED);
    let statement = of(DIVERGENCE);
    let mut at = vec![(symbol("d"), 2.0)];
    for (name, values) in
        [("mu1", [0.3, 1.0]), ("mu2", [0.0, 2.0]), ("sigma1", [1.0, 0.5]), ("sigma2", [2.0, 1.0])]
    {
        for (k, v) in (1..).zip(values) {
            at.push((symbol(&format!("{name}[{k}]")), v));
        }
    }
    let found = evaluate(&statement, &context, theory, &at).unwrap();
    let closed = found.closed_form.unwrap();
    assert!((closed - 1.147_544_361_119_890_8).abs() < 1e-12);
    assert!((found.quadrature.unwrap().value - closed).abs() < 1e-9);
    let sampled = found.monte_carlo.unwrap();
    assert!((sampled.estimate - closed).abs() < 5.0 * sampled.standard_error);
    at.pop();
    let missing = evaluate(&statement, &context, theory, &at).unwrap_err().to_string();
    assert_eq!(missing, "no value is given for sigma2[2]");
    at.extend([(symbol("sigma2[2]"), 1.0), (symbol("mu1[3]"), 1.0)]);
    let unknown = evaluate(&statement, &context, theory, &at).unwrap_err().to_string();
    assert_eq!(unknown, "the statement has no parameter mu1[3]");
}
