//! The figures, drawn by the library's own writer.

use hence::document::figure::{Figure, Scale, Shape, svg};

use crate::training::Run;

/// Iterations are drawn from this one on, on an axis of ratios.
const FROM: f64 = 1.0;

/// An iteration's place on the axis.
fn place(iteration: usize) -> f64 {
    iteration as f64 + 1.0
}

/// Enough points for a line, evenly spread in ratios.
fn thinned(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let mut next = 0.0;
    let last = points.len().saturating_sub(1);
    points
        .into_iter()
        .enumerate()
        .filter_map(|(k, p)| {
            let keep = p[0].ln() >= next || k == last;
            if keep {
                next = p[0].ln() + 0.005;
            }
            keep.then_some(p)
        })
        .collect()
}

fn axis(run: &Run) -> Scale {
    let last = run.log.last().map_or(10.0, |e| place(e.iteration));
    Scale { label: "iteration".to_owned(), range: [FROM, last], log: true }
}

/// F and S against the iteration.
pub fn bounds(runs: &[Run]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let line = |f: &dyn Fn(&crate::model::Look) -> f64| {
        thinned(run.log.iter().map(|e| [place(e.iteration), f(&e.look)]).collect())
    };
    let (bound, sum) = (line(&|l| l.bound), line(&|l| l.sum));
    let all = bound.iter().chain(&sum).map(|p| p[1]).filter(|y| *y > -12.0);
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
    svg(&Figure {
        title: "The bound and the sum of three entropies meet where training rests".to_owned(),
        desc: "Bound and sum against the iteration. They differ at first, agree on a plateau where the latent says nothing, part \
               while it wakes up, and agree again at the optimum."
            .to_owned(),
        x: axis(run),
        y: Scale { label: "nats".to_owned(), range: [low - 0.2, high + 0.3], log: false },
        shapes: vec![
            Shape::Curve { points: bound, dashed: false, label: "F".to_owned() },
            Shape::Curve { points: sum, dashed: true, label: "S".to_owned() },
        ],
    })
}

/// |F − S| against the iteration, with its prediction.
pub fn gap(runs: &[Run]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let line = |f: &dyn Fn(&crate::model::Look) -> f64| {
        thinned(run.log.iter().map(|e| [place(e.iteration), f(&e.look).abs().max(1e-16)]).collect())
    };
    svg(&Figure {
        title: "The gap is what the gradient says, at the saddle and at the optimum".to_owned(),
        desc: "The modulus of F minus S on an axis of ratios against the iteration, under the prediction from the gradient."
            .to_owned(),
        x: axis(run),
        y: Scale { label: "|F − S|".to_owned(), range: [1e-16, 10.0], log: true },
        shapes: vec![
            Shape::Curve { points: line(&|l| l.gap()), dashed: false, label: "|F − S|".to_owned() },
            Shape::Curve { points: line(&|l| l.predicted), dashed: true, label: "|d·∂F|".to_owned() },
        ],
    })
}

/// |F − S| of all variants.
pub fn variants(runs: &[Run]) -> String {
    let Some(first) = runs.first() else { return String::new() };
    let shapes = runs.iter().map(|run| {
        let points =
            run.log.iter().map(|e| [place(e.iteration), e.look.gap().abs().max(1e-16)]).collect();
        Shape::Curve { points: thinned(points), dashed: false, label: run.name.to_owned() }
    });
    svg(&Figure {
        title: "Where a condition of the theorem is missing, the gap stays".to_owned(),
        desc: "The modulus of F minus S against the iteration for each variant.".to_owned(),
        x: axis(first),
        y: Scale { label: "|F − S|".to_owned(), range: [1e-16, 10.0], log: true },
        shapes: shapes.collect(),
    })
}
