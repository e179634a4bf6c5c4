//! The closed forms of the gradient flow of ½(μ² + v − ln v − 1) against its numerical solution, by the standard
//! deviation and by the log-variance.

mod library;

use hence::elaborate::Context;
use hence::kernel::Facts;
use hence::numeric::{Environment, Flow};
use hence::term::Term;
use hence::theory::Theory;
use library::{close, term, value};

/// Pieces into which a flow is cut, so that its error stays far below what is asked.
const PIECES: usize = 400;

const UNTIL: f64 = 2.0;

fn parsed(text: &str) -> Term {
    term(Theory::shipped_ref(), &Context::default(), text)
}

fn at(term: &Term, point: &Environment) -> f64 {
    value(Theory::shipped_ref(), &Facts::default(), point, term).expect("a number")
}

/// The point that the flow of a field, given as two texts in `m` and `s`, reaches from `start`.
fn reached(field: [&str; 2], start: [f64; 2]) -> [f64; 2] {
    let field = field.map(parsed);
    let piece = Flow { x: [-20.0, 20.0], y: [-20.0, 20.0], until: UNTIL / PIECES as f64 };
    let mut here = start;
    for _ in 0..PIECES {
        let slope = |m: f64, s: f64| {
            let point = Environment::new().with("m", m).with("s", s);
            [at(&field[0], &point), at(&field[1], &point)]
        };
        here = *piece.solve(here, slope).last().expect("it begins with the start");
    }
    here
}

fn check(field: [&str; 2], closed: [&str; 2], start: [f64; 2]) {
    let found = reached(field, start);
    let point = Environment::new().with("m", start[0]).with("s", start[1]).with("t", UNTIL);
    for (found, closed) in found.into_iter().zip(closed) {
        let expected = at(&parsed(closed), &point);
        assert!(close(found, expected, 1e-9), "{closed} from {start:?}: {found}, {expected}");
    }
}

#[test]
fn by_the_log_variance() {
    let closed = ["m*exp(-t)", "-ln(1 + (exp(-s) - 1)*exp(-t/2))"];
    for start in [[1.5, -3.0], [-0.7, 0.0], [2.0, 2.0]] {
        check(["-m", "-1/2*(exp(s) - 1)"], closed, start);
    }
}

#[test]
fn by_the_standard_deviation() {
    let closed = ["m*exp(-t)", "sqrt(1 + (s^2 - 1)*exp(-2*t))"];
    for start in [[1.5, 0.2], [-0.7, 1.0], [2.0, 3.0]] {
        check(["-m", "-(s - 1/s)"], closed, start);
    }
}

#[test]
fn the_rates_are_not_exchanged() {
    let found = reached(["-m", "-(s - 1/s)"], [0.0, 0.2]);
    let slow = (1.0_f64 / (1.0 + 24.0 * (-UNTIL / 2.0).exp())).sqrt();
    assert!((found[1] - slow).abs() > 0.1, "{found:?}");
}
