//! What is filled: areas below graphs, bars and stems, bands, strips and rows; arrowheads, and places beside lines.

use super::labels::{beside, width};
use super::path::{Area, Place, along, clipped, drawn, length, px};
use super::{Picture, Shape, colour};

/// How much of the ground fillings hide.
const FILLED: &str = "fill-opacity=\".26\"";

/// How far stems of neighbouring sets stand apart.
const APART: f64 = 7.0;

/// The widest bar.
const BAR: f64 = 22.0;

impl Picture<'_> {
    /// The height at which the horizontal axis is zero, within the picture.
    fn ground(&self) -> f64 {
        let Area { top, bottom, .. } = self.frame();
        self.up(0.0).clamp(top, bottom)
    }

    /// The area between a graph and zero; places for a word at it.
    pub(super) fn area(&mut self, points: &[[f64; 2]], label: &str, n: usize) -> Vec<Place> {
        let ground = self.ground();
        let Area { top, bottom, .. } = self.frame();
        let places: Vec<Place> = points
            .iter()
            .filter(|p| p.iter().all(|v| v.is_finite()))
            .map(|p| self.place(*p))
            .map(|[x, y]| [x, y.clamp(top, bottom)])
            .collect();
        for (side, ink) in [(true, colour(Some(n))), (false, colour(Some(n + 1)))] {
            let shape = one_side(&places, ground, side);
            if shape.iter().any(|p| (p[1] - ground).abs() > 0.3) {
                let d = drawn(&[shape]);
                self.lines += &format!("<path d=\"{d}Z\" fill=\"{ink}\" {FILLED}/>\n");
            }
            let line: Vec<[f64; 2]> = points
                .iter()
                .map(|[x, y]| [*x, if (*y >= 0.0) == side { *y } else { f64::NAN }])
                .collect();
            let places: Vec<Place> = line.iter().map(|p| self.place(*p)).collect();
            let parts = clipped(&places, &self.frame());
            self.path(&parts, &format!("stroke=\"{ink}\" stroke-width=\"1.4\""));
            self.busy(&parts);
        }
        self.tops(label, &places)
    }

    /// Upright lines from zero, or bars; places for a word at them.
    pub(super) fn stems(
        &mut self,
        points: &[[f64; 2]],
        bars: bool,
        label: &str,
        n: usize,
    ) -> Vec<Place> {
        let ground = self.ground();
        let frame = self.frame();
        let inside = |p: &&[f64; 2]| frame.grown(0.5).contains(self.place(**p));
        let places: Vec<Place> = points.iter().filter(inside).map(|p| self.place(*p)).collect();
        if bars {
            let gap = places.windows(2).map(|p| p[1][0] - p[0][0]).fold(BAR / 0.6, f64::min);
            let wide = 0.6 * gap;
            for [x, y] in &places {
                let ink = colour(Some(if *y <= ground { n } else { n + 1 }));
                let (left, up, tall) =
                    (px(x - wide / 2.0), px(y.min(ground)), px((y - ground).abs()));
                let half = wide / 2.0;
                let wide = px(wide);
                self.lines += &format!(
                    "<rect x=\"{left}\" y=\"{up}\" width=\"{wide}\" height=\"{tall}\" fill=\"{ink}\" {FILLED} \
                     stroke=\"{ink}\"/>\n"
                );
                let side = |d: f64| vec![[x + d, ground], [x + d, *y]];
                self.busy(&[side(-half), vec![[x - half, *y], [x + half, *y]], side(half)]);
            }
            return self.tops(label, &places);
        }
        let aside = APART * (f64::from(n as u32 % 4) - 0.5);
        let places: Vec<Place> = places.into_iter().map(|[x, y]| [x + aside, y]).collect();
        let lines: Vec<Vec<Place>> = places.iter().map(|p| vec![[p[0], ground], *p]).collect();
        let ink = colour(Some(n));
        self.path(&lines, &format!("stroke=\"{ink}\" stroke-width=\"2\""));
        self.busy(&lines);
        for [x, y] in &places {
            let (x, y) = (px(*x), px(*y));
            self.lines += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{ink}\"/>\n");
        }
        self.tops(label, &places)
    }

    /// Places for a word: beside what is farthest from zero, the farthest first.
    pub(super) fn tops(&self, label: &str, places: &[Place]) -> Vec<Place> {
        let ground = self.ground();
        let mut all: Vec<&Place> = places.iter().collect();
        all.sort_by(|a, b| (b[1] - ground).abs().total_cmp(&(a[1] - ground).abs()));
        let step = (all.len() / 40).max(1);
        let best = all.into_iter().step_by(step).take(40);
        best.flat_map(|at| [8.0, 16.0].map(|gap| beside(label, *at, gap)).concat()).collect()
    }

    /// What lies between two graphs.
    pub(super) fn band(&mut self, points: &[[f64; 3]]) {
        let Area { top, bottom, .. } = self.frame();
        let known = || points.iter().filter(|p| p.iter().all(|v| v.is_finite()));
        let edge = |p: &[f64; 3], k: usize| {
            let [x, y] = self.place([p[0], p[k]]);
            [x, y.clamp(top, bottom)]
        };
        let mut around: Vec<Place> = known().map(|p| edge(p, 1)).collect();
        around.extend(known().rev().map(|p| edge(p, 2)));
        if around.len() > 3 {
            let d = drawn(&[around]);
            self.lines +=
                &format!("<path d=\"{d}Z\" fill=\"currentColor\" fill-opacity=\".14\"/>\n");
        }
    }

    /// A range of the horizontal axis; places for a word at its top.
    pub(super) fn strip(&mut self, [low, high]: [f64; 2], label: &str) -> Vec<Place> {
        let Area { left, right, top, bottom } = self.frame();
        let [low, high] = [low, high].map(|v| self.across(v));
        let (low, high) = (low.max(left), high.min(right));
        if low.partial_cmp(&high).is_none_or(|order| order.is_gt()) {
            return Vec::new();
        }
        let wide = (high - low).max(2.0);
        let (x, y, w, h) = (px(low), px(top), px(wide), px(bottom - top));
        self.lines += &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"currentColor\" fill-opacity=\".14\"/>\n"
        );
        let half = width(label) / 2.0 + 8.0;
        let rows = (0..8).map(|k| top + 10.0 + f64::from(k) * 20.0);
        rows.flat_map(|y| [[high + half, y], [low - half, y]]).collect()
    }

    /// Places for a word in the row of a dot.
    pub(super) fn in_row(&self, label: &str, [x, y]: Place) -> Vec<Place> {
        let half = width(label) / 2.0;
        let ways = [10.0, 18.0, 30.0, 45.0].map(|gap| gap + half);
        let strip = self.figure.shapes.iter().find_map(|s| match s {
            Shape::Strip { range: [low, high], .. } => Some(self.across((low + high) / 2.0)),
            _ => None,
        });
        // Away from what the rows are set against.
        let first = if strip.is_some_and(|middle| x < middle) { -1.0 } else { 1.0 };
        [first, -first].iter().flat_map(|side| ways.map(|way| [x + side * way, y])).collect()
    }
}

/// The outline of what lies between a graph and the ground, on one side of it.
fn one_side(places: &[Place], ground: f64, above: bool) -> Vec<Place> {
    let side = |y: f64| if above { y.min(ground) } else { y.max(ground) };
    let mut out: Vec<Place> = Vec::new();
    for pair in places.windows(2) {
        let ([x, y], [u, v]) = (pair[0], pair[1]);
        out.push([x, side(y)]);
        if (y - ground) * (v - ground) < 0.0 {
            out.push([x + (u - x) * (ground - y) / (v - y), ground]);
        }
    }
    out.extend(places.last().map(|[x, y]| [*x, side(*y)]));
    let ends = (places.first(), places.last());
    if let (Some(first), Some(last)) = ends {
        out.push([last[0], ground]);
        out.push([first[0], ground]);
    }
    out
}

/// Places for a word beside a line, those near its end first.
pub(super) fn along_line(text: &str, line: &[Place]) -> Vec<Place> {
    let whole = length(line);
    let steps = (0..40).map(|k| whole - f64::from(k) * 12.0 - 1.0).take_while(|s| *s > 0.0);
    steps
        .filter_map(|s| along(line, s))
        .flat_map(|(at, _)| beside(text, at, 8.0).into_iter().take(6))
        .collect()
}

/// Triangles along a line, one for every stretch.
pub(super) fn arrowheads(line: &[Place]) -> String {
    const STRETCH: f64 = 120.0;
    let whole = length(line);
    if whole < 24.0 {
        return String::new();
    }
    let count = (whole / STRETCH).round().max(1.0);
    let heads = (0..count as usize).filter_map(|k| along(line, whole * (k as f64 + 0.5) / count));
    heads.map(|(at, direction)| arrowhead(at, direction)).collect()
}

fn arrowhead([x, y]: Place, [dx, dy]: Place) -> String {
    let corner = |ahead: f64, aside: f64| {
        let (a, b) = (x + ahead * dx - aside * dy, y + ahead * dy + aside * dx);
        format!("{} {}", px(a), px(b))
    };
    format!("M{}L{}L{}Z", corner(5.5, 0.0), corner(-4.5, 4.2), corner(-4.5, -4.2))
}

#[cfg(test)]
mod tests {
    use super::one_side;

    #[test]
    fn sides_meet_the_ground_where_the_graph_does() {
        let graph = [[0.0, 8.0], [10.0, 12.0], [20.0, 12.0]];
        let above = one_side(&graph, 10.0, true);
        assert_eq!(above[..3], [[0.0, 8.0], [5.0, 10.0], [10.0, 10.0]]);
        let below = one_side(&graph, 10.0, false);
        assert_eq!(below[..3], [[0.0, 10.0], [5.0, 10.0], [10.0, 12.0]]);
        assert_eq!(below[below.len() - 2..], [[20.0, 10.0], [0.0, 10.0]]);
        assert!(one_side(&[], 0.0, true).is_empty());
    }
}
