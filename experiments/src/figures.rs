//! The figures, drawn by the library's own writer.

use hence::document::figure::{Figure, Scale, Shape, svg};

use crate::model::Look;
use crate::network::Kind;
use crate::pca::{Stationary, Turned};
use crate::train::{Entry, Phase};
use crate::training::Run;

/// One of Newton's iterations is as wide as so many of Adam's.
const WIDE: f64 = 8.0;

/// Gaps below this are rounding.
const ROUNDING: f64 = 1e-16;

/// The places of a run's iterations.
fn places(run: &Run) -> Vec<f64> {
    let adam = run.log.iter().filter(|e| e.phase == Phase::Adam).count();
    let place = |k: usize| k.min(adam) as f64 + WIDE * k.saturating_sub(adam) as f64;
    (0..run.log.len()).map(place).collect()
}

/// A graph over a run: each of Newton's iterations and one in so many of Adam's.
fn line(run: &Run, every: usize, f: impl Fn(&Look) -> f64) -> Vec<[f64; 2]> {
    let all = places(run).into_iter().zip(&run.log).enumerate();
    all.filter(|(k, (_, e))| e.phase == Phase::Newton || k % every == 0)
        .map(|(_, (x, e))| [x, f(&e.look)])
        .collect()
}

fn decimal(x: f64) -> f64 {
    x.abs().max(ROUNDING).log10()
}

fn axis(run: &Run) -> Scale {
    let last = places(run).last().copied().unwrap_or(1.0);
    let label = "iteration; one of Newton's is drawn as eight".to_owned();
    Scale { label, range: [0.0, last], log: false }
}

/// Marks of a run: the saddle, where the gap is small before the latent wakes up, and the start of Newton's method. The
/// heights are those of `f` there.
fn marks(run: &Run, f: impl Fn(&Look) -> f64) -> Vec<Shape> {
    let adam: Vec<&Entry> = run.log.iter().filter(|e| e.phase == Phase::Adam).collect();
    let low = |e: &&Entry| e.look.gap().abs() < 1e-3;
    let (first, last) = (adam.iter().position(low), adam.iter().rposition(low));
    let mut out = Vec::new();
    if let (Some(first), Some(last)) = (first, last)
        && last > first + adam.len() / 10
    {
        out.push(Shape::Strip { range: [first as f64, last as f64], label: String::new() });
        let middle = (first + last) / 2;
        let at = [middle as f64, f(&adam[middle].look)];
        out.push(Shape::Point { at, label: "at the saddle".to_owned() });
    }
    let at = adam.len() as f64;
    out.push(Shape::Line { vertical: true, at, label: "Newton".to_owned() });
    out
}

/// F and S against the iteration.
pub fn bounds(runs: &[Run]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let (bound, sum) = (line(run, 5, |l| l.bound), line(run, 5, |l| l.sum));
    let all = bound.iter().chain(&sum).map(|p| p[1]);
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
    let mut shapes = marks(run, |l| l.bound);
    shapes.extend([
        Shape::Curve { points: bound, dashed: false, label: "F".to_owned() },
        Shape::Curve { points: sum, dashed: true, label: "S".to_owned() },
    ]);
    svg(&Figure {
        title: "The bound and the sum of three entropies meet where training rests".to_owned(),
        desc: "The bound rises and the sum falls until they meet on a plateau, a saddle where the latent says nothing. Both then \
               rise, a little apart, and meet again at the optimum."
            .to_owned(),
        x: axis(run),
        y: Scale { label: "nats".to_owned(), range: [low - 0.2, high + 0.45], log: false },
        shapes,
    })
}

/// |F − S| against the iteration, with its prediction.
pub fn gap(runs: &[Run]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let mut shapes = marks(run, |l| decimal(l.gap()));
    shapes.extend([
        Shape::Curve {
            points: line(run, 5, |l| decimal(l.gap())),
            dashed: false,
            label: "F − S".to_owned(),
        },
        Shape::Curve {
            points: line(run, 5, |l| decimal(l.predicted)),
            dashed: true,
            label: "predicted".to_owned(),
        },
    ]);
    svg(&Figure {
        title: "The gap is what the gradient says, at the saddle and at the optimum".to_owned(),
        desc: "The decimal logarithm of the gap falls below minus eight at the saddle, rises to minus one while the latent wakes \
               up, and falls to rounding at the optimum. The prediction from the gradient lies on it throughout."
            .to_owned(),
        x: axis(run),
        y: Scale { label: "log₁₀ |F − S|".to_owned(), range: [-16.0, 2.0], log: false },
        shapes,
    })
}

/// |F − S| of variants while they are polished.
pub fn variants(runs: &[Run]) -> String {
    let mut last = 1.0_f64;
    let shapes: Vec<Shape> = runs
        .iter()
        .filter(|run| !matches!(run.kind, Kind::Beta(_)))
        .map(|run| {
            let newton = run.log.iter().filter(|e| e.phase == Phase::Newton).enumerate();
            let points: Vec<[f64; 2]> =
                newton.map(|(k, e)| [k as f64, decimal(e.look.gap())]).collect();
            last = points.iter().map(|p| p[0]).fold(last, f64::max);
            let label = run.name.to_owned();
            Shape::Curve { points, dashed: false, label }
        })
        .collect();
    svg(&Figure {
        title: "Where a condition of the theorem is missing, the gap stays".to_owned(),
        desc: "The decimal logarithm of the gap against Newton's iterations. With a learnt variance and a log-variance encoder, or a \
               learnt prior, it falls to rounding. With the variance fixed, decay of the first weights or a softplus encoder it \
               stays where it is."
            .to_owned(),
        x: Scale { label: "iteration of Newton's method".to_owned(), range: [0.0, last], log: false },
        y: Scale { label: "log₁₀ |F − S|".to_owned(), range: [-16.0, 2.0], log: false },
        shapes,
    })
}

/// S over F at the stationary points of one spectrum, and beside them an optimum with its latents turned.
pub fn components(all: &[Stationary], turned: &Turned) -> String {
    let values = all.iter().map(|s| s.look.bound).chain([turned.plain.bound, turned.plain.sum]);
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
    let range = [low - 0.3, high + 0.3];
    let point = |look: &Look, label: &str| Shape::Point {
        at: [look.bound, look.sum],
        label: label.to_owned(),
    };
    let mut shapes = vec![Shape::Curve {
        points: vec![[range[0]; 2], [range[1]; 2]],
        dashed: true,
        label: "F = S".to_owned(),
    }];
    // Points at one place have one label.
    let mut places: Vec<(&Look, Vec<String>)> = Vec::new();
    for s in all {
        let names: Vec<String> = s.subset.iter().map(|i| (i + 1).to_string()).collect();
        let label = match names.is_empty() {
            true => "collapsed".to_owned(),
            false => format!("{{{}}}", names.join(", ")),
        };
        let near = |look: &Look| (look.bound - s.look.bound).abs() < 0.01 * (range[1] - range[0]);
        match places.iter_mut().find(|(look, _)| near(look)) {
            Some((_, labels)) => labels.push(label),
            None => places.push((&s.look, vec![label])),
        }
    }
    for (look, labels) in &places {
        shapes.push(point(look, &labels.join(" and ")));
    }
    shapes.push(point(&turned.plain, "turned"));
    shapes.push(point(&turned.fitted, "turned, σ² fitted"));
    svg(&Figure {
        title: "Every set of eigenvectors is a stationary point with F = S, but not every point with F = S is stationary"
            .to_owned(),
        desc: "The sum of entropies over the bound. The stationary points of a linear autoencoder, named by their eigenvectors, lie \
               on the diagonal. An optimum with its latents turned lies off it, and on it again once the variance is fitted, although \
               the slope there is not zero."
            .to_owned(),
        x: Scale { label: "F".to_owned(), range, log: false },
        y: Scale { label: "S".to_owned(), range, log: false },
        shapes,
    })
}
