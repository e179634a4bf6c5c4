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
    let all = series.about(Interval::point(1.0), 4).to_vec();
    let two = 2.0_f64.sqrt();
    let expected = [two, 3.0 / (2.0 * two), 15.0 / (16.0 * two)];
    for (c, e) in all.iter().zip(expected) {
        assert!((c.middle() - e).abs() < 1e-12, "{all:?}");
    }
}
