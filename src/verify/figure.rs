//! Figures: the formulas of a figure block derived, and sampled on fixed grids, as something to draw.

mod marks;

use super::figure_values::{Closed, Values, admits_range};
use crate::diagnostic::{Diagnostic, Span};
use crate::document::figure::{Figure, Scale, Shape};
use crate::numeric::{Environment, Flow, Grid};
use crate::syntax::figure as tree;
use crate::syntax::figure::{Mark, MarkKind};
use crate::syntax::tree::{Expr, Statement};
use crate::term::Symbol;
use crate::theory::Theory;

/// Stretches of a curve.
const STRETCHES: usize = 480;

/// Halvings towards the place where a curve ends.
const HALVINGS: usize = 24;

/// Cells of the grid below level lines.
const CELLS: [usize; 2] = [156, 100];

/// The figure that a block of a document describes. `source` and `statements` are the document's, and the spans of
/// `block` are in `source`. Quantities are derived, and what is drawn is the result.
///
/// # Errors
/// Everything that is wrong with the block.
pub fn figure(
    block: &tree::Figure,
    source: &str,
    statements: &[Statement],
    theory: &Theory,
) -> Result<Figure, Vec<Diagnostic>> {
    let values = Values::new(source, statements, block.span, theory);
    let mut drawing = Drawing { block, values, variables: Vec::new(), must: Vec::new() };
    match drawing.figure() {
        Some(figure) if drawing.values.problems.is_empty() => Ok(figure),
        _ => Err(drawing.values.problems),
    }
}

struct Drawing<'a> {
    block: &'a tree::Figure,
    values: Values<'a>,
    /// Those of the axes that stand for a parameter, with their ranges.
    variables: Vec<(Symbol, [f64; 2])>,
    /// Heights that the vertical axis must reach where its range is left out.
    must: Vec<f64>,
}

fn text(text: Option<&tree::Text>) -> String {
    text.map(|t| t.text.clone()).unwrap_or_default()
}

impl Drawing<'_> {
    fn figure(&mut self) -> Option<Figure> {
        let block = self.block;
        let planar = block.marks.iter().any(|m| m.kind.is_planar());
        let axes = block.axes.iter().take(if planar { 2 } else { 1 });
        let sorts: Vec<_> = axes.map(|a| self.values.variable(&a.name)).collect();
        for (name, value) in &block.set {
            self.set(name, value, sorts.len());
        }
        let ranges: Vec<_> = block.axes.iter().map(|a| self.range(a)).collect();
        for ((axis, sort), range) in block.axes.iter().zip(&sorts).zip(&ranges) {
            let (Some(sort), Some(range)) = (sort, range) else { continue };
            if !admits_range(*sort, *range) {
                let word = format!("{sort:?}").to_lowercase();
                let message = format!("`{}` is {word}, and the range leaves that", axis.name.name);
                let hint = "start the axis at 0, or declare the parameter otherwise";
                self.values.report(Diagnostic::new("E0707", axis.span, message).hint(hint));
            }
            self.variables.push((Symbol::new(&axis.name.name), *range));
        }
        let x = *ranges.first()?.as_ref()?;
        let given = ranges.get(1).copied().flatten();
        if self.variables.len() < sorts.len() {
            return None;
        }
        let shapes = self.shapes(&block.marks, x, given.unwrap_or([0.0, 1.0]));
        let y = given.or_else(|| chosen(&shapes, &self.must))?;
        self.visible(&block.marks, &shapes, [x, y]);
        let scale = |n: usize, range| Scale {
            label: block.axes.get(n).map(|a| text(a.label.as_ref())).unwrap_or_default(),
            range,
            log: n == 0 && block.marks.iter().any(|m| matches!(m.kind, MarkKind::Convergence(_))),
        };
        let (title, desc) = (text(block.title.as_ref()), text(block.desc.as_ref()));
        let shapes = shapes.into_iter().flatten().flatten().collect();
        Some(Figure { title, desc, x: scale(0, x), y: scale(1, y), shapes })
    }

    fn set(&mut self, name: &crate::syntax::tree::Ident, value: &Expr, variables: usize) {
        if self.block.axes.iter().take(variables).any(|a| a.name.name == name.name) {
            let message = format!("`{}` varies along an axis, so it cannot be set", name.name);
            let problem = Diagnostic::new("E0708", name.span, message);
            self.values.report(problem.hint("leave it out, or give the axis another parameter"));
        } else {
            self.values.set(name, value);
        }
    }

    fn range(&mut self, axis: &tree::Axis) -> Option<[f64; 2]> {
        let (low, high) = axis.range.as_ref()?;
        let (span, low, high) =
            (low.span.to(high.span), self.values.number(low), self.values.number(high));
        let (low, high) = (low?, high?);
        // Beyond this the places in the picture are no longer apart, or no longer numbers.
        let wide = (high - low).is_finite() && high - low > 1e-9 * low.abs().max(high.abs());
        if !wide {
            let message = format!("the range from {low} to {high} is empty");
            self.values.report(
                Diagnostic::new("E0707", span, message).hint("write the smaller number first"),
            );
        }
        wide.then_some([low, high])
    }

    /// What each mark comes to; nothing where something is wrong with it.
    fn shapes(&mut self, marks: &[Mark], x: [f64; 2], y: [f64; 2]) -> Vec<Option<Vec<Shape>>> {
        let mut contours = 0;
        let mut shapes = Vec::new();
        for mark in marks {
            let label = text(mark.label.as_ref());
            shapes.push(match &mark.kind {
                MarkKind::Curve(value, dashed) => self.curve(value, *dashed, label),
                MarkKind::Density(of) => self.density(of, label),
                MarkKind::Shade(value) => self.shade(value, label),
                MarkKind::Convergence(of) => self.convergence(of, label),
                MarkKind::Mutants(of) => self.mutants(of, label),
                MarkKind::Orbit { field, of, from, show } => {
                    self.orbit(field, of, from, show, label)
                }
                MarkKind::Contour(value, levels) => {
                    contours += 1;
                    self.contour(value, levels, &label, contours - 1)
                }
                MarkKind::Flow { field, from, until } => {
                    self.flow(field, from, until, label, [x, y])
                }
                MarkKind::Point(at) => self.pair(at).map(|at| vec![Shape::Point { at, label }]),
                MarkKind::Line(name, value) => {
                    let first = self.block.axes.first().map(|a| &a.name.name);
                    let vertical = first == Some(&name.name);
                    let at = self.values.number(value);
                    at.map(|at| vec![Shape::Line { vertical, at, label }])
                }
            });
        }
        shapes
    }

    fn pair(&mut self, [a, b]: &[Expr; 2]) -> Option<[f64; 2]> {
        let (a, b) = (self.values.number(a), self.values.number(b));
        Some([a?, b?])
    }

    fn point(&self, at: &[f64]) -> Environment {
        let mut point = self.values.set.clone();
        for ((name, _), value) in self.variables.iter().zip(at) {
            point.set(name.clone(), *value);
        }
        point
    }

    /// Points inside the ranges, spread evenly, at which assumptions are looked at; one in the middle first.
    fn probes(&self) -> Vec<Environment> {
        let along = |n: i32, range: &[f64; 2]| -> Vec<f64> {
            (0..n)
                .map(|k| range[0] + (range[1] - range[0]) * (f64::from(k) + 0.5) / f64::from(n))
                .collect()
        };
        match &self.variables[..] {
            [(_, x)] => {
                let mut all = along(63, x);
                all.rotate_left(31);
                all.into_iter().map(|x| self.point(&[x])).collect()
            }
            [(_, x), (_, y)] => {
                let mut all = along(15, x);
                all.rotate_left(7);
                let all =
                    all.into_iter().flat_map(|x| along(15, y).into_iter().map(move |y| [x, y]));
                all.map(|at| self.point(&at)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn closed(&mut self, expr: &Expr) -> Option<Closed> {
        let closed = self.values.closed(expr)?;
        let probes = self.probes();
        self.values.check(expr, &closed, &probes)?;
        Some(closed)
    }

    fn curve(&mut self, value: &Expr, dashed: bool, label: String) -> Option<Vec<Shape>> {
        let closed = self.closed(value)?;
        let [low, high] = self.variables.first()?.1;
        let points = sampled(low, high, |x| self.values.value(&closed, &self.point(&[x])));
        if !points.iter().any(|p| p[1].is_finite()) {
            self.unseen(value.span, "this has no value anywhere along the axis");
            return None;
        }
        Some(vec![Shape::Curve { points, dashed, label }])
    }

    fn contour(
        &mut self,
        value: &Expr,
        levels: &[Expr],
        label: &str,
        of: usize,
    ) -> Option<Vec<Shape>> {
        let numbers: Vec<_> = levels.iter().map(|l| self.values.number(l)).collect();
        let closed = self.closed(value)?;
        let [(_, x), (_, y)] = self.variables[..] else { return None };
        let grid = Grid::sample(x, y, CELLS, |a, b| {
            let value = |a, b| self.values.value(&closed, &self.point(&[a, b]));
            let there = value(a, b);
            // At the edge of what has values, a little inside stands for it.
            if there.is_finite() { there } else { value(inward(a, x), inward(b, y)) }
        });
        let levels: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
        let shape = |level: &f64| {
            let (level, label) = (*level, label.to_owned());
            Shape::Contour { of, lines: grid.contour(level), level, label }
        };
        let shapes: Vec<Shape> = levels.iter().map(shape).collect();
        let empty = |s: &Shape| matches!(s, Shape::Contour { lines, .. } if lines.is_empty());
        if shapes.iter().all(empty) {
            self.unseen(value.span, "none of the levels is reached in this figure");
            return None;
        }
        Some(shapes)
    }

    fn flow(
        &mut self,
        [a, b]: &[Expr; 2],
        from: &[[Expr; 2]],
        until: &Expr,
        label: String,
        [x, y]: [[f64; 2]; 2],
    ) -> Option<Vec<Shape>> {
        let starts: Vec<_> = from.iter().map(|p| self.pair(p)).collect();
        let end = self.values.number(until);
        if end.is_some_and(|t| t <= 0.0) {
            let problem = Diagnostic::new("E0707", until.span, "the time must be positive");
            self.values.report(problem.hint("turn the signs of the field to go back in time"));
            return None;
        }
        let (first, second) = (self.closed(a), self.closed(b));
        let (first, second, until) = (first?, second?, end?);
        let starts: Vec<[f64; 2]> = starts.into_iter().collect::<Option<_>>()?;
        let flow = Flow { x, y, until };
        let field = |x: f64, y: f64| {
            let point = self.point(&[x, y]);
            [&first, &second].map(|f| self.values.value(f, &point))
        };
        let lines = starts.into_iter().map(|s| flow.solve(s, field)).collect();
        Some(vec![Shape::Flow { lines, label }])
    }

    fn unseen(&mut self, span: Span, message: &str) {
        let hint = "choose another range, or leave it out";
        self.values.report(Diagnostic::new("E0710", span, message).hint(hint));
    }

    /// Reports what would lie outside the picture.
    fn visible(&mut self, marks: &[Mark], shapes: &[Option<Vec<Shape>>], [x, y]: [[f64; 2]; 2]) {
        let inside = |p: &[f64; 2]| p[0] >= x[0] && p[0] <= x[1] && p[1] >= y[0] && p[1] <= y[1];
        for (mark, shapes) in marks.iter().zip(shapes) {
            let seen = shapes.iter().flatten().all(|shape| match shape {
                Shape::Curve { points, .. } => points.iter().any(inside),
                Shape::Point { at, .. } => inside(at),
                Shape::Line { vertical: true, at, .. } => inside(&[*at, y[0]]),
                Shape::Line { vertical: false, at, .. } => inside(&[x[0], *at]),
                Shape::Flow { lines, .. } => lines.iter().all(|l| l.iter().any(inside)),
                Shape::Area { points, .. }
                | Shape::Stems { points, .. }
                | Shape::Hill { points, .. } => points.iter().any(inside),
                Shape::Contour { .. }
                | Shape::Band { .. }
                | Shape::Row { .. }
                | Shape::Strip { .. } => true,
            });
            if !seen {
                self.unseen(mark.span, "this lies outside the figure");
            }
        }
    }
}

/// The number, moved inwards by a hair where it is an end of the range.
fn inward(v: f64, [low, high]: [f64; 2]) -> f64 {
    let hair = (high - low) * 1e-4;
    v.clamp(low + hair, high - hair)
}

/// The graph of a function on a grid, finer where it ceases to have values.
fn sampled(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> Vec<[f64; 2]> {
    let place = |k: usize| match k {
        STRETCHES => high,
        k => low + (high - low) * k as f64 / STRETCHES as f64,
    };
    let grid: Vec<[f64; 2]> = (0..=STRETCHES).map(|k| [place(k), f(place(k))]).collect();
    let mut out: Vec<[f64; 2]> = Vec::new();
    for pair in grid.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        out.push(a);
        match (a[1].is_finite(), b[1].is_finite()) {
            (true, false) => out.extend(towards_edge(a[0], b[0], &mut f)),
            (false, true) => out.extend(towards_edge(b[0], a[0], &mut f).into_iter().rev()),
            _ => {}
        }
    }
    out.extend(grid.last());
    out
}

/// Points of the graph on the way from a place with a value to the last one before a place without.
fn towards_edge(mut good: f64, mut bad: f64, mut f: impl FnMut(f64) -> f64) -> Vec<[f64; 2]> {
    let mut out = Vec::new();
    for _ in 0..HALVINGS {
        let middle = good + (bad - good) / 2.0;
        let value = f(middle);
        if value.is_finite() {
            out.push([middle, value]);
            good = middle;
        } else {
            bad = middle;
        }
    }
    out
}

/// The heights of points that are not too close together: where a curve was sampled finely they would count too much.
fn spread(points: &[[f64; 2]]) -> Vec<f64> {
    let width = points.last().map_or(0.0, |p| p[0]) - points.first().map_or(0.0, |p| p[0]);
    let least = 0.9 * width / STRETCHES as f64;
    let mut reached = f64::NEG_INFINITY;
    let mut heights = Vec::new();
    for [x, y] in points {
        if y.is_finite() && x - reached >= least {
            reached = *x;
            heights.push(*y);
        }
    }
    heights
}

/// A vertical range that shows what there is, without the ends of curves that run away.
fn chosen(shapes: &[Option<Vec<Shape>>], also: &[f64]) -> Option<[f64; 2]> {
    let mut curves = Vec::new();
    let mut must = also.to_vec();
    for shape in shapes.iter().flatten().flatten() {
        match shape {
            Shape::Curve { points, .. } => curves.extend(spread(points)),
            Shape::Point { at, .. } => must.push(at[1]),
            Shape::Line { vertical: false, at, .. } => must.push(*at),
            _ => {}
        }
    }
    curves.sort_by(f64::total_cmp);
    let at = |t: f64| curves.get((t * (curves.len() as f64 - 1.0)) as usize).copied();
    let (low, high) = match (at(0.04), at(0.96)) {
        (Some(low), Some(high)) => {
            let reach = 0.5 * (high - low);
            (at(0.0)?.max(low - reach), at(1.0)?.min(high + reach))
        }
        _ => (f64::INFINITY, f64::NEG_INFINITY),
    };
    let low = must.iter().copied().fold(low, f64::min);
    let high = must.iter().copied().fold(high, f64::max);
    if !(high - low).is_finite() {
        return None;
    }
    let margin = match high - low {
        0.0 => 0.5 * low.abs().max(1.0),
        wide => 0.04 * wide,
    };
    Some([low - margin, high + margin])
}

#[cfg(test)]
mod tests {
    use super::{chosen, sampled};
    use crate::document::figure::Shape;

    #[test]
    fn a_pole_at_the_end_is_approached() {
        let points = sampled(0.0, 3.0, |x| -x.ln());
        assert!(points[0][1].is_infinite());
        assert!(points[1][1] > 20.0, "{:?}", points[1]);
        assert!(points.windows(2).all(|p| p[0][0] < p[1][0]));
        let root = sampled(-1.0, 1.0, |x| (x - 0.301).sqrt());
        assert!(root.iter().any(|p| p[1] > 0.0 && p[1] < 1e-3));
    }

    #[test]
    fn the_vertical_range_leaves_out_what_runs_away() {
        let points = sampled(0.0, 3.0, |x| 1.0 / x);
        let curve = Shape::Curve { points, dashed: false, label: String::new() };
        let [low, high] = chosen(&[Some(vec![curve])], &[]).expect("a range");
        assert!(low < 0.34 && high > 2.0 && high < 50.0, "{low} {high}");
        assert_eq!(chosen(&[], &[]), None);
    }
}
