//! Facts about intervals and series.

use super::graph::{Binary, Graph, Unary};
use super::taylor::Series;
use super::*;

/// √(1 + x³) at 1: the coefficients by hand.
#[test]
fn series_of_a_root() {
    let mut graph = Graph::default();
    let x = graph.variable();
    let cube = graph.powi(x, 3);
    let one = graph.number(1.0);
    let sum = graph.binary(Binary::Add, one, cube);
    let root = graph.unary(Unary::Sqrt, sum);
    let mut series = Series::new(&graph, root, 4);
    let all = series.about(Interval::point(1.0), Interval::ONE, 4).to_vec();
    let two = 2.0_f64.sqrt();
    let expected = [two, 3.0 / (2.0 * two), 15.0 / (16.0 * two)];
    for (c, e) in all.iter().zip(expected) {
        assert!((c.middle() - e).abs() < 1e-12, "{all:?}");
    }
}

/// Ends of the range: nothing is claimed there that does not hold.
#[test]
fn where_functions_overflow_or_change_sign() {
    let point = Interval::point;
    let near = point(709.785).exp();
    assert!(near.lo() <= f64::MAX && near.hi() == f64::INFINITY);
    assert_eq!(point(-800.0).exp(), Interval::new(0.0, f64::from_bits(1)));
    assert_eq!(point(-0.5).gamma(), Interval::ENTIRE);
    assert_eq!(point(-1.5).factorial(), Interval::ENTIRE);
    assert_eq!(point(0.5).choose(point(3.0)), Interval::ENTIRE);
    assert_eq!(point(5.0).choose(point(2.0)), point(10.0));
    assert_eq!(Interval::new(-1.0, 2.0).recip(), Interval::ENTIRE);
    assert_eq!(Interval::new(-1.0, 2.0).ln(), Interval::ENTIRE);
    assert_eq!(Interval::new(f64::NAN, 1.0), Interval::ENTIRE);
    assert_eq!(Interval::new(-2.0, 1.0).powi(2).lo(), 0.0);
    assert!(Interval::new(-2.0, 1.0).powi(3).contains(-8.0));
    assert_eq!(point(f64::MAX) * point(2.0), Interval::ENTIRE);
}

/// Operations on single numbers that are exact widen nothing; others do.
#[test]
fn exact_operations_stay_points() {
    let point = Interval::point;
    assert_eq!(point(0.1) + point(0.1), point(0.2));
    assert_eq!(point(3.0) / point(4.0), point(0.75));
    assert_eq!(point(6.25).sqrt(), point(2.5));
    for wide in [point(0.1) + point(0.2), point(1.0) / point(3.0), point(0.1) * point(0.1)] {
        assert!(wide.lo() < wide.hi());
    }
}

/// A remainder that is left out, a tail that is not counted or a constant that is off leaves the value outside.
#[test]
fn a_piece_without_its_remainder_misses_the_value() {
    let mut graph = Graph::default();
    let x = graph.variable();
    let f = graph.unary(Unary::Exp, x);
    let found = quadrature::integrate(&graph, f, (0.0, 1.0), &[], 1e-15, 100);
    let truth = Interval::ONE.exp() - Interval::ONE;
    assert!(found.value.overlaps(truth) && found.value.width() < 1e-13);
    // The polynomial of degree two alone.
    let mut series = Series::new(&graph, f, 2);
    let all = series.about(Interval::point(0.5), Interval::ONE, 2).to_vec();
    let short = all[0] + all[2] / Interval::point(12.0);
    assert!(!short.overlaps(truth));
}
