//! Level lines of a function on a grid: marching squares, with the pieces joined to lines.
//!
//! Maple, "Geometric properties and algorithms of contour maps" (2003); saddles are told apart by the mean of the cell.

use std::collections::BTreeMap;

/// Values on a regular grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The ends of the first coordinate.
    pub x: [f64; 2],
    /// The ends of the second coordinate.
    pub y: [f64; 2],
    /// Cells in each direction, at least one.
    pub cells: [usize; 2],
    /// Values at the corners of the cells, the first coordinate running fastest. Values that are not finite are holes.
    pub values: Vec<f64>,
}

/// An edge between two neighbouring corners: of the corner where it starts, and whether it runs upwards.
type Edge = (usize, usize, bool);

impl Grid {
    /// Evaluates `f` at the corners.
    pub fn sample(
        x: [f64; 2],
        y: [f64; 2],
        cells: [usize; 2],
        mut f: impl FnMut(f64, f64) -> f64,
    ) -> Self {
        let cells = cells.map(|n| n.max(1));
        let mut grid = Self { x, y, cells, values: Vec::new() };
        for j in 0..=cells[1] {
            for i in 0..=cells[0] {
                let [a, b] = grid.corner(i, j);
                grid.values.push(f(a, b));
            }
        }
        grid
    }

    fn corner(&self, i: usize, j: usize) -> [f64; 2] {
        let at = |ends: [f64; 2], i: usize, n: usize| {
            if i == n { ends[1] } else { ends[0] + (ends[1] - ends[0]) * i as f64 / n as f64 }
        };
        [at(self.x, i, self.cells[0]), at(self.y, j, self.cells[1])]
    }

    fn value(&self, i: usize, j: usize) -> f64 {
        self.values.get(j * (self.cells[0] + 1) + i).copied().unwrap_or(f64::NAN)
    }

    /// Where the function crosses the level along an edge, taken to be straight there.
    fn crossing(&self, (i, j, up): Edge, level: f64) -> [f64; 2] {
        let (k, l) = if up { (i, j + 1) } else { (i + 1, j) };
        let (a, b) = (self.value(i, j), self.value(k, l));
        let t = ((level - a) / (b - a)).clamp(0.0, 1.0);
        let (p, q) = (self.corner(i, j), self.corner(k, l));
        [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]
    }

    /// The pieces of the level line in one cell, as pairs of edges.
    fn pieces(&self, i: usize, j: usize, level: f64) -> Vec<[Edge; 2]> {
        let corners =
            [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)].map(|(i, j)| self.value(i, j));
        if corners.iter().any(|v| !v.is_finite()) {
            return Vec::new();
        }
        let [bottom, right, top, left] =
            [(i, j, false), (i + 1, j, true), (i, j + 1, false), (i, j, true)];
        let above = corners.map(|v| v >= level);
        let middle = corners.iter().sum::<f64>() / 4.0 >= level;
        match above {
            [a, b, c, d] if a == b && b == c && c == d => Vec::new(),
            [a, b, c, d] if a == b && c == d => vec![[left, right]],
            [a, b, c, d] if a == d && b == c => vec![[bottom, top]],
            // A saddle: the corners that agree with the middle are joined.
            [a, _, c, _] if a == c && a != above[1] && above[1] == above[3] => match a == middle {
                true => vec![[bottom, right], [left, top]],
                false => vec![[left, bottom], [right, top]],
            },
            [a, b, c, _] if b == c && a != b => vec![[left, bottom]],
            [a, b, c, _] if a == c && a != b => vec![[bottom, right]],
            [a, b, c, _] if a == b && b != c => vec![[right, top]],
            _ => vec![[left, top]],
        }
    }

    /// The lines on which the function takes the level. Closed lines end where they start.
    #[must_use]
    pub fn contour(&self, level: f64) -> Vec<Vec<[f64; 2]>> {
        let mut open: Vec<[Edge; 2]> = Vec::new();
        for j in 0..self.cells[1] {
            for i in 0..self.cells[0] {
                open.extend(self.pieces(i, j, level));
            }
        }
        let chains = joined(&open);
        chains.iter().map(|c| c.iter().map(|e| self.crossing(*e, level)).collect()).collect()
    }
}

/// Pieces that share an edge, put together. An edge has two cells, so at most two pieces meet.
fn joined(pieces: &[[Edge; 2]]) -> Vec<Vec<Edge>> {
    let mut meeting: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (n, piece) in pieces.iter().enumerate() {
        piece.iter().for_each(|edge| meeting.entry(*edge).or_default().push(n));
    }
    let mut used = vec![false; pieces.len()];
    let mut chains = Vec::new();
    for n in 0..pieces.len() {
        if std::mem::replace(&mut used[n], true) {
            continue;
        }
        let [first, last] = pieces[n];
        let mut chain = walk(first, pieces, &meeting, &mut used);
        chain.reverse();
        chain.extend([first, last]);
        chain.extend(walk(last, pieces, &meeting, &mut used));
        chains.push(chain);
    }
    chains
}

/// The edges that follow from `at` along pieces not yet used.
fn walk(
    mut at: Edge,
    pieces: &[[Edge; 2]],
    meeting: &BTreeMap<Edge, Vec<usize>>,
    used: &mut [bool],
) -> Vec<Edge> {
    let mut out = Vec::new();
    while let Some(next) = meeting.get(&at).and_then(|all| all.iter().find(|n| !used[**n])) {
        used[*next] = true;
        let [a, b] = pieces[*next];
        at = if a == at { b } else { a };
        out.push(at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Grid;

    fn circle(level: f64) -> Vec<Vec<[f64; 2]>> {
        Grid::sample([-2.0, 2.0], [-2.0, 2.0], [40, 40], |x, y| x * x + y * y).contour(level)
    }

    #[test]
    fn a_circle_is_one_closed_line() {
        let lines = circle(1.01);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        for [x, y] in &lines[0] {
            assert!((x.hypot(*y) - 1.01_f64.sqrt()).abs() < 2e-3, "({x}, {y})");
        }
    }

    #[test]
    fn a_circle_that_leaves_the_grid_is_four_arcs() {
        assert_eq!(circle(5.0).len(), 4);
        assert!(circle(9.0).is_empty());
    }

    #[test]
    fn saddles_and_levels_on_corners_lose_no_piece() {
        let grid = Grid::sample([-1.0, 1.0], [-1.0, 1.0], [1, 1], |x, y| x * y);
        assert_eq!(grid.contour(0.5).len(), 2);
        let through = Grid::sample([-1.0, 1.0], [-1.0, 1.0], [4, 4], |x, _| x).contour(0.0);
        assert_eq!(through.len(), 1);
        assert!(through[0].iter().all(|p| p[0] == 0.0));
        assert_eq!(through[0].len(), 5);
    }

    #[test]
    fn holes_are_left_out() {
        let grid = Grid::sample([0.0, 1.0], [0.0, 1.0], [4, 4], |x, y| (x - 0.6).ln() + y);
        let points = grid.contour(-0.5).concat();
        assert!(!points.is_empty() && points.iter().flatten().all(|v| v.is_finite()));
    }
}
