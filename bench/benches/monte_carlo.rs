//! Monte Carlo of a log-ratio of two bell-shaped densities, per sample, beside the same in a loop written by hand, and
//! the same quantity by stratified points and by quadrature. `numpy_kl.py` beside this crate is the same in NumPy.

use divan::counter::ItemsCount;
use hence::numeric::{
    Catalogue, Environment, Mean, Options, estimate, estimate_stratified, evaluate,
};
use hence::term::{BinderOp, Domain, Node, Symbol, Term};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

const SAMPLES: u64 = 1 << 18;

fn main() {
    check();
    divan::main();
}

/// A fast wrong answer is worth nothing: all samples are drawn, and both ways give 0.30837126620293.
fn check() {
    let (f, p, env) = (log_ratio(), bell("m1", "v1"), environment());
    let run = estimate(&f, &Symbol::new("x"), &p, SAMPLES, &env, &Shelf, 1).expect("finite");
    assert_eq!(run.samples, SAMPLES);
    assert!((run.estimate - 0.308_371_266_202_93).abs() < 5.0 * run.standard_error, "{run:?}");
    let term = Term::binder(BinderOp::Expectation, "x", Domain::Over(p), f);
    let value = evaluate(&term, &env, &Shelf, &Options::default()).expect("finite");
    assert!((value.value - 0.308_371_266_202_93).abs() < 1e-12, "{value:?}");
    let (mean, error) = written_by_hand(SAMPLES, 1);
    assert!((mean - 0.308_371_266_202_93).abs() < 5.0 * error, "{mean} {error}");
    println!("{run:?}\n{value:?}");
}

/// One location–scale family, called `bell(m, v)`.
struct Shelf;

fn arguments(p: &Term) -> Option<(&Term, &Term)> {
    match p.node() {
        Node::Call(_, xs) if xs.len() == 2 => Some((&xs[0], &xs[1])),
        _ => None,
    }
}

fn call(name: &str, argument: Term) -> Term {
    Term::call(name, vec![argument])
}

impl Catalogue for Shelf {
    fn density(&self, p: &Term, x: &Term) -> Option<Term> {
        let (m, v) = arguments(p)?;
        let two = Term::integer(2);
        let root = call("sqrt", Term::product(vec![two.clone(), Term::symbol("pi"), v.clone()]));
        let square = Term::power(Term::difference(x.clone(), m.clone()), two.clone());
        let u = Term::quotient(Term::neg(square), Term::product(vec![two, v.clone()]));
        Some(Term::product(vec![Term::quotient(Term::integer(1), root), call("exp", u)]))
    }

    fn support(&self, p: &Term) -> Option<(Term, Term)> {
        arguments(p).map(|_| (Term::neg(Term::symbol("oo")), Term::symbol("oo")))
    }

    fn sampler(&self, p: &Term) -> Option<Term> {
        let (m, v) = arguments(p)?;
        let z = Term::call("std_normal", vec![]);
        Some(Term::sum(vec![m.clone(), Term::product(vec![call("sqrt", v.clone()), z])]))
    }

    fn expand(&self, _: &Term) -> Option<Term> {
        None
    }
}

fn bell(m: &str, v: &str) -> Term {
    Term::call("bell", vec![Term::symbol(m), Term::symbol(v)])
}

fn log_ratio() -> Term {
    let at = |p: Term| Term::density(p, vec![Term::symbol("x")]);
    call("ln", Term::quotient(at(bell("m1", "v1")), at(bell("m2", "v2"))))
}

fn environment() -> Environment {
    [("m1", 0.7), ("v1", 1.69), ("m2", -0.4), ("v2", 4.41)].into_iter().collect()
}

#[divan::bench]
fn samples(bencher: divan::Bencher) {
    let (f, p, env, x) = (log_ratio(), bell("m1", "v1"), environment(), Symbol::new("x"));
    bencher
        .counter(ItemsCount::new(SAMPLES))
        .bench(|| estimate(&f, &x, &p, SAMPLES, &env, &Shelf, 1).map(|e| e.estimate));
}

/// Mean and standard error of the log-ratio, as one would write them: two logarithms of densities, two running sums.
fn written_by_hand(samples: u64, seed: u64) -> (f64, f64) {
    let (m1, v1, m2, v2) = divan::black_box((0.7_f64, 1.69_f64, -0.4_f64, 4.41_f64));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let spread = v1.sqrt();
    let ln_density = |x: f64, m: f64, v: f64| {
        -(x - m) * (x - m) / (2.0 * v) - 0.5 * (2.0 * std::f64::consts::PI * v).ln()
    };
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..samples {
        let z: f64 = StandardNormal.sample(&mut rng);
        let x = m1 + spread * z;
        let g = ln_density(x, m1, v1) - ln_density(x, m2, v2);
        sum += g;
        squares += g * g;
    }
    let n = samples as f64;
    let mean = sum / n;
    (mean, ((squares / n - mean * mean) / (n - 1.0)).sqrt())
}

#[divan::bench]
fn by_hand(bencher: divan::Bencher) {
    bencher.counter(ItemsCount::new(SAMPLES)).bench(|| written_by_hand(SAMPLES, 1));
}

/// 64 replicates of 4096 points: as many values as above.
#[divan::bench]
fn stratified(bencher: divan::Bencher) {
    let (f, p, env, x) = (log_ratio(), bell("m1", "v1"), environment(), Symbol::new("x"));
    let means = [Mean { integrand: &f, var: &x, distribution: &p }];
    bencher
        .counter(ItemsCount::new(SAMPLES))
        .bench(|| estimate_stratified(&means, SAMPLES / 64, &env, &Shelf, 1).map(|e| e.estimate));
}

#[divan::bench]
fn quadrature(bencher: divan::Bencher) {
    let domain = Domain::Over(bell("m1", "v1"));
    let term = Term::binder(BinderOp::Expectation, "x", domain, log_ratio());
    let env = environment();
    bencher.bench(|| evaluate(&term, &env, &Shelf, &Options::default()).map(|v| v.value));
}
