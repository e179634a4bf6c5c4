//! Rigorous enclosures of the divergence of two Gaussians, at parameters that change from one call to the next.

use std::cell::Cell;

use divan::black_box;
use hence::elaborate::{self, Context, Undeclared};
use hence::kernel::Facts;
use hence::numeric::{EnclosureOptions, Environment, Interval, enclose};
use hence::syntax;
use hence::term::Term;
use hence::theory::Theory;
use hence::verify::{Numbers, facts};

const GAUSSIANS: &str = "let mu1, mu2 real
let sigma1, sigma2 positive
let p = Normal(mu1, sigma1^2)
let q = Normal(mu2, sigma2^2)
claim 1 = 1";

/// The logarithm of the ratio of densities written out, and as the quantity is defined.
const EXPANDED: &str =
    "E[x ~ p](ln(sigma2/sigma1) - (x - mu1)^2/(2*sigma1^2) + (x - mu2)^2/(2*sigma2^2))";
const RAW: &str = "KL(p || q)";
const CLOSED: &str = "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2";

fn main() {
    check();
    divan::main();
}

/// A fast wrong answer is worth nothing: both overlap the closed form, and are narrow.
fn check() {
    let desk = Desk::new();
    for k in 0..100 {
        let at = point(k);
        let closed = desk.enclosed(&desk.term(CLOSED), &at);
        for text in [EXPANDED, RAW] {
            let own = desk.enclosed(&desk.term(text), &at);
            assert!(own.overlaps(closed) && own.width() < 1e-11 * own.magnitude().max(1.0));
        }
    }
}

struct Desk {
    theory: Theory,
    context: Context,
    facts: Facts,
}

impl Desk {
    fn new() -> Self {
        let theory = Theory::shipped();
        let (tree, _) = syntax::parse_statements(GAUSSIANS);
        let (mut goals, _) = elaborate::statements(GAUSSIANS, &tree, &theory);
        let context = goals.remove(0).context;
        let facts = facts(&context);
        Self { theory, context, facts }
    }

    fn term(&self, text: &str) -> Term {
        let tree = syntax::parse_expression(text).expect("a term");
        elaborate::expression(&tree, &self.theory, &self.context, Undeclared::Refuse)
            .expect("a term")
    }

    fn enclosed(&self, term: &Term, at: &Environment) -> Interval {
        let numbers = Numbers { theory: &self.theory, facts: &self.facts };
        enclose(term, at, &numbers, &EnclosureOptions::default()).expect("an enclosure")
    }
}

/// The k-th of the parameter sets: golden-ratio steps over means from -3 to 3 and scales from 1/5 to 5.
fn point(k: u32) -> Environment {
    let step = |by: f64| (f64::from(k) * by).fract();
    let mean = |by: f64| 6.0 * step(by) - 3.0;
    let scale = |by: f64| 5.0_f64.powf(2.0 * step(by) - 1.0);
    [
        ("mu1", mean(0.618_034)),
        ("mu2", mean(0.754_878)),
        ("sigma1", scale(0.569_84)),
        ("sigma2", scale(0.819_173)),
    ]
    .into_iter()
    .collect()
}

#[divan::bench(args = [EXPANDED, RAW, CLOSED])]
fn gaussian_divergence(bencher: divan::Bencher<'_, '_>, text: &str) {
    let desk = Desk::new();
    let term = desk.term(text);
    let next = Cell::new(0);
    bencher.bench_local(|| {
        next.set(next.get() + 1);
        desk.enclosed(black_box(&term), &point(next.get()))
    });
}
