//! Rigorous enclosures: functions against Arb's digits, the Gaussian divergence at thousands of points, tails.

mod library;

use hence::kernel::Facts;
use hence::numeric::{EnclosureOptions, Environment, Interval, NumericError, enclose};
use hence::term::Term;
use hence::theory::Theory;
use hence::verify::Numbers;
use library::{Desk, Seeded};

const GAUSSIANS: &str = "let mu1, mu2 real
let sigma1, sigma2 positive
let p = Normal(mu1, sigma1^2)
let q = Normal(mu2, sigma2^2)";

/// The logarithm of the ratio of the densities, written out.
const EXPANDED: &str =
    "E[x ~ p](ln(sigma2/sigma1) - (x - mu1)^2/(2*sigma1^2) + (x - mu2)^2/(2*sigma2^2))";

const RAW: &str = "KL(p || q)";

const CLOSED: &str = "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2";

fn enclosed(term: &Term, at: &Environment, facts: &Facts) -> Result<Interval, NumericError> {
    let numbers = Numbers { theory: Theory::shipped_ref(), facts };
    enclose(term, at, &numbers, &EnclosureOptions::default())
}

fn number(text: &str) -> Interval {
    let desk = Desk::new("let unused real");
    let term = desk.term(text);
    enclosed(&term, &Environment::new(), desk.kernel.facts())
        .unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn gaussian_point(seed: &mut Seeded) -> Environment {
    let mut scale = || seed.between(0.2_f64.ln(), 5.0_f64.ln()).exp();
    let (s, t) = (scale(), scale());
    let mut mean = || seed.between(-3.0, 3.0);
    [("mu1", mean()), ("mu2", mean()), ("sigma1", s), ("sigma2", t)].into_iter().collect()
}

/// Encloses the divergence at random parameters; how many were looked at, and the widest relative to what is told apart.
fn divergence(definition: &str, count: usize) {
    let desk = Desk::new(GAUSSIANS);
    let facts = desk.kernel.facts();
    let (definition, closed) = (desk.term(definition), desk.term(CLOSED));
    let mutant = desk.term(&format!("({CLOSED})*1.000000001"));
    let mut seed = Seeded(2000);
    for _ in 0..count {
        let at = gaussian_point(&mut seed);
        let own = enclosed(&definition, &at, facts).unwrap_or_else(|e| panic!("{at:?}: {e}"));
        let closed = enclosed(&closed, &at, facts).expect("a closed form");
        let mutant = enclosed(&mutant, &at, facts).expect("a closed form");
        assert!(own.overlaps(closed), "{at:?}: {own:?} {closed:?}");
        assert!(!own.overlaps(mutant), "{at:?}: {own:?} {mutant:?}");
        assert!(own.width() <= 1e-11 * own.hi().abs().max(1.0), "{at:?}: {own:?}");
    }
}

#[test]
fn the_divergence_of_gaussians_written_out() {
    divergence(EXPANDED, 2000);
}

#[test]
fn the_divergence_of_gaussians_as_defined() {
    divergence(RAW, 2000);
}

/// Values of integrals and functions by Arb: what, arguments, nearest double, what is left, digits.
#[test]
fn integrals_against_arb() {
    let text = include_str!("fixtures/enclosures.txt");
    let mut seen = 0;
    for line in text.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let ["value", statement, head, tail, _] = columns.as_slice() else { continue };
        let (head, tail): (f64, f64) =
            (head.parse().expect("a number"), tail.parse().expect("a number"));
        let own = number(statement);
        let inside = (own.lo() < head || own.lo() == head && tail >= 0.0)
            && (own.hi() > head || own.hi() == head && tail <= 0.0);
        assert!(inside && own.width() < 1e-12 * head.abs().max(1.0), "{line}: {own:?}");
        seen += 1;
    }
    assert!(seen >= 7);
}
