//! From starts to stationary points: gradient flow, descents, and Newton's method on the gradient.

use super::linear::{dot, eigenvalues, norm, solve};
use super::objective::{Objective, Sample};
use super::optimiser::descend;
use crate::numeric::one_step;

/// Parameters as they are, or their logarithms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chart(pub Vec<bool>);

impl Chart {
    /// The coordinates of values.
    pub fn to(&self, values: &[f64]) -> Vec<f64> {
        values.iter().zip(&self.0).map(|(v, log)| if *log { v.ln() } else { *v }).collect()
    }

    /// The values at coordinates.
    pub fn from(&self, at: &[f64]) -> Vec<f64> {
        at.iter().zip(&self.0).map(|(u, log)| if *log { u.exp() } else { *u }).collect()
    }

    /// A gradient by the values as one by the coordinates.
    pub fn slope(&self, values: &[f64], gradient: &[f64]) -> Vec<f64> {
        let each = values.iter().zip(gradient).zip(&self.0);
        each.map(|((v, g), log)| if *log { v * g } else { *g }).collect()
    }
}

/// A point where a search ended.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub values: Vec<f64>,
    pub loss: f64,
    /// By the parameters themselves.
    pub gradient: Vec<f64>,
    /// Of the loss in units of the model's width and of logarithms, by differences of the gradient; least first.
    pub eigenvalues: Vec<f64>,
    /// How far Newton's method would still go, in these units.
    pub remaining: f64,
    /// The least and the largest change of the loss at two distances, in these units.
    pub around: Vec<[f64; 2]>,
    /// Whether the loss is differentiable there.
    pub smooth: bool,
}

/// How far Newton's method may still want to go from a stationary point, in units of the model's width.
const SETTLED: f64 = 1e-5;

impl Found {
    /// Whether Newton's method would stay, and the gradient is short enough.
    pub fn is_settled(&self) -> bool {
        self.remaining <= SETTLED && norm(&self.gradient) <= super::CERTIFIED
    }
}

/// Directions to look in: evenly around a point of the plane, along axes and diagonals elsewhere.
fn directions(n: usize) -> Vec<Vec<f64>> {
    if n == 2 {
        let turn = std::f64::consts::TAU / 16.0;
        return (0..16)
            .map(|k| vec![(turn * f64::from(k)).cos(), (turn * f64::from(k)).sin()])
            .collect();
    }
    let mut out = Vec::new();
    for k in 0..n {
        for side in [1.0, -1.0] {
            let mut along = vec![0.0; n];
            along[k] = side;
            out.push(along);
        }
    }
    out
}

/// A step of a flow, relative to the model's width.
const LONGEST: f64 = 0.25;

/// A flow whose steps become this small has come to where its direction turns.
const SHORTEST: f64 = 1e-5;

/// The error of one step of a flow.
const TOLERANCE: f64 = 1e-6;

/// Steps of a flow at most.
const STEPS: usize = 600;

/// Steps of Newton's method at most.
const POLISH: usize = 40;

/// Spacings of differences of the gradient, in units of the model's width: the wide one for the second derivatives, the
/// narrow ones where the gradient bends sharply.
const SPACINGS: [f64; 4] = [1e-3, 1e-5, 1e-7, 1e-9];

/// A step of Newton's method is halved at most so often: at a bend of the gradient only a tiny part of it is right.
const HALVINGS: usize = 36;

/// A descent may change logarithms by this much.
const FOLD: f64 = 12.0;

/// Where the gradient is shorter than this, a certified point may be beside it.
const NEARLY: f64 = 1e-4;

/// Rounds of descents and Newton's method, where a bend ends the first.
const ROUNDS: usize = 5;

/// A step of Newton's method at most, in units of the model's width.
const TRUST: f64 = 0.5;

pub(super) struct Search<'o, 'b> {
    pub objective: &'o mut Objective<'b>,
    /// In which descents and Newton's method move: the logarithm of what is positive.
    pub inner: Chart,
    /// How far a descent may lead away from where it starts.
    pub reach: f64,
}

impl Search<'_, '_> {
    fn sample(&mut self, chart: &Chart, at: &[f64]) -> Option<(Sample, Vec<f64>)> {
        let values = chart.from(at);
        let sample = self.objective.at(&values).ok()?;
        let slope = chart.slope(&values, &sample.gradient);
        Some((sample, slope))
    }

    /// The length of a unit step in each coordinate.
    fn units(&mut self, chart: &Chart, at: &[f64]) -> Vec<f64> {
        let values = chart.from(at);
        let width = self.objective.width(&values);
        let one = |(k, log): (usize, &bool)| match (*log, self.inner.0[k]) {
            (true, _) => 1.0,
            (false, true) => values[k].abs(),
            (false, false) => width,
        };
        chart.0.iter().enumerate().map(one).collect()
    }

    /// The line of steepest descent from a point, to where Newton's method would end it.
    pub fn flow(&mut self, chart: &Chart, start: &[f64]) -> Vec<(Vec<f64>, f64)> {
        let mut at = chart.to(start);
        let Some((first, mut slope)) = self.sample(chart, &at) else { return Vec::new() };
        let mut loss = first.loss;
        let mut path = vec![(start.to_vec(), loss)];
        let mut step = f64::NAN;
        for _ in 0..STEPS {
            if norm(&slope) < 1e-15 || self.is_near(chart, &at) {
                break;
            }
            let unit = self.units(chart, &at).into_iter().fold(f64::INFINITY, f64::min);
            step = if step.is_nan() { 0.05 * unit } else { step.min(LONGEST * unit) };
            if step < SHORTEST * unit {
                break;
            }
            let mut field = |p: &[f64]| match self.sample(chart, p) {
                Some((_, g)) => {
                    let length = norm(&g);
                    g.iter().map(|v| -v / length).collect()
                }
                None => vec![f64::NAN; p.len()],
            };
            let (next, error) = one_step(&at, step, &mut field);
            let error = norm(&error) / (TOLERANCE * unit);
            let sound = error.is_finite() && next.iter().all(|v| v.is_finite());
            if sound
                && error <= 1.0
                && let Some((sample, after)) = self.sample(chart, &next)
            {
                let turned = dot(&after, &slope) < 0.0 || sample.loss > loss;
                if turned {
                    step *= 0.25;
                    continue;
                }
                (at, slope, loss) = (next, after, sample.loss);
                path.push((chart.from(&at), loss));
            }
            step *= if sound { (0.9 * error.max(1e-9).powf(-0.2)).clamp(0.2, 3.0) } else { 0.2 };
        }
        path
    }

    /// Whether Newton's method ends nearby, at a minimum.
    fn is_near(&mut self, chart: &Chart, at: &[f64]) -> bool {
        let at = self.inner.to(&chart.from(at));
        let units = self.units(&self.inner.clone(), &at);
        let Some((hessian, slope)) = self.curvature(&at, &units, SPACINGS[0]) else { return false };
        let convex = eigenvalues(&hessian).first().is_some_and(|l| *l > 0.0);
        convex && solve(&hessian, &slope).is_some_and(|s| norm(&s) < 0.05)
    }

    /// The second derivatives in units, from differences of the gradient, and the gradient.
    fn curvature(
        &mut self,
        at: &[f64],
        units: &[f64],
        spacing: f64,
    ) -> Option<(Vec<Vec<f64>>, Vec<f64>)> {
        let n = at.len();
        let inner = self.inner.clone();
        let scaled =
            |slope: &[f64]| -> Vec<f64> { slope.iter().zip(units).map(|(g, u)| g * u).collect() };
        let (_, slope) = self.sample(&inner, at)?;
        let mut hessian = vec![vec![0.0; n]; n];
        for k in 0..n {
            let mut row = vec![0.0; n];
            for (distance, weight) in [(1.0, 8.0 / 12.0), (2.0, -1.0 / 12.0)] {
                for side in [1.0, -1.0] {
                    let mut moved = at.to_vec();
                    moved[k] += side * distance * spacing * units[k];
                    let (_, g) = self.sample(&inner, &moved)?;
                    for (r, v) in row.iter_mut().zip(scaled(&g)) {
                        *r += side * weight * v / spacing;
                    }
                }
            }
            for (j, v) in row.into_iter().enumerate() {
                hessian[k][j] += v / 2.0;
                hessian[j][k] += v / 2.0;
            }
        }
        Some((hessian, scaled(&slope)))
    }

    /// Newton's method on the gradient, halving its steps until the gradient is shorter.
    pub fn polish(&mut self, values: &[f64]) -> Option<Found> {
        let inner = self.inner.clone();
        let mut at = inner.to(values);
        let mut spacing = 0;
        for _ in 0..POLISH {
            let units = self.units(&inner, &at);
            let (hessian, slope) = self.curvature(&at, &units, SPACINGS[spacing])?;
            let step = solve(&hessian, &slope);
            let length = step.as_ref().map_or(0.0, |s| norm(s));
            let moved = step.and_then(|s| self.shorter(&at, &units, &s, norm(&slope)));
            match moved {
                Some(next) => at = next,
                None if length > 1e-9 && spacing + 1 < SPACINGS.len() => spacing += 1,
                None => break,
            }
            if length < 1e-13 {
                break;
            }
        }
        self.found(&at)
    }

    /// The point a step of Newton's method away, or nearer, where the gradient is shorter.
    fn shorter(
        &mut self,
        at: &[f64],
        units: &[f64],
        step: &[f64],
        before: f64,
    ) -> Option<Vec<f64>> {
        let inner = self.inner.clone();
        let mut share = (TRUST / norm(step)).min(1.0);
        for _ in 0..HALVINGS {
            let next: Vec<f64> =
                at.iter().zip(step).zip(units).map(|((a, s), u)| a - share * s * u).collect();
            if let Some((_, g)) = self.sample(&inner, &next) {
                let after: Vec<f64> = g.iter().zip(units).map(|(g, u)| g * u).collect();
                if norm(&after) < before {
                    return Some(next);
                }
            }
            share *= 0.5;
        }
        None
    }

    /// What is to be said of a point.
    fn found(&mut self, at: &[f64]) -> Option<Found> {
        let inner = self.inner.clone();
        let units = self.units(&inner, at);
        let mut remaining = f64::INFINITY;
        let mut bends = Vec::new();
        for spacing in SPACINGS {
            let (hessian, slope) = self.curvature(at, &units, spacing)?;
            if bends.is_empty() {
                bends = eigenvalues(&hessian);
            }
            remaining = remaining.min(solve(&hessian, &slope).map_or(f64::INFINITY, |s| norm(&s)));
        }
        let (sample, _) = self.sample(&inner, at)?;
        let around = self.around(at, &units, sample.loss);
        Some(Found {
            values: inner.from(at),
            loss: sample.loss,
            gradient: sample.gradient,
            eigenvalues: bends,
            remaining,
            around,
            smooth: true,
        })
    }

    /// The least and the largest change of the loss around a point, relative to the squared distance.
    fn around(&mut self, at: &[f64], units: &[f64], loss: f64) -> Vec<[f64; 2]> {
        let inner = self.inner.clone();
        let n = at.len();
        let mut out = Vec::new();
        for radius in [1e-2, 1e-3] {
            let mut ends = [f64::INFINITY, f64::NEG_INFINITY];
            for direction in directions(n) {
                let beside: Vec<f64> = at
                    .iter()
                    .zip(&direction)
                    .zip(units)
                    .map(|((a, d), u)| a + radius * d * u)
                    .collect();
                let rise = self
                    .sample(&inner, &beside)
                    .map_or(f64::INFINITY, |(sample, _)| sample.loss - loss);
                ends = [ends[0].min(rise), ends[1].max(rise)];
            }
            out.push(ends);
        }
        out
    }

    /// The lowest point of a descent, and Newton's method from there where that does not lead up.
    pub fn minimise(&mut self, values: &[f64]) -> Option<Found> {
        let inner = self.inner.clone();
        let reach = self.reach;
        let mut at = inner.to(values);
        let start = at.clone();
        let mut best: Option<Found> = None;
        for _ in 0..ROUNDS {
            let low = descend(&at, &mut |at: &[f64]| {
                let far = at
                    .iter()
                    .zip(&start)
                    .zip(&inner.0)
                    .any(|((a, s), log)| (a - s).abs() > if *log { FOLD } else { reach });
                if far {
                    return None;
                }
                self.sample(&inner, at).map(|(sample, slope)| (sample.loss, slope))
            });
            let (sample, _) = self.sample(&inner, &low)?;
            let slack = 1e-9 * sample.loss.abs().max(1e-3);
            let polished = self.polish(&inner.from(&low));
            let found = match polished {
                Some(found) if found.loss <= sample.loss + slack => found,
                _ => self.found(&low)?,
            };
            let ended = found.is_settled() || best.as_ref().is_some_and(|b| found.loss >= b.loss);
            if best.as_ref().is_none_or(|b| found.loss <= b.loss || found.is_settled()) {
                at = inner.to(&found.values);
                best = Some(found);
            }
            if ended {
                break;
            }
        }
        let best = best?;
        Some(if best.is_settled() { best } else { self.nudged(&best).unwrap_or(best) })
    }

    /// A settled point beside one where Newton's method was stuck at a bend of the gradient.
    fn nudged(&mut self, stuck: &Found) -> Option<Found> {
        let inner = self.inner.clone();
        let at = inner.to(&stuck.values);
        let units = self.units(&inner, &at);
        let slack = 1e-9 * stuck.loss.abs().max(1e-3);
        if norm(&stuck.gradient) > NEARLY {
            return None;
        }
        for direction in directions(at.len()).iter().step_by(3) {
            let beside: Vec<f64> = at
                .iter()
                .zip(direction)
                .zip(&units)
                .map(|((a, d), u)| a + SPACINGS[0] * d * u)
                .collect();
            if let Some(found) = self.polish(&inner.from(&beside))
                && found.is_settled()
                && found.loss <= stuck.loss + slack
            {
                return Some(found);
            }
        }
        None
    }

    /// A point where the sign of a difference that vanishes over a stretch is open, with its shortest subgradient; `None`
    /// where the loss is smooth.
    pub fn corner(&mut self, values: &[f64]) -> Option<Found> {
        let sample = self.objective.at(values).ok()?;
        let open = sample.open?;
        let length = dot(&open, &open);
        let share = if length > 0.0 { -dot(&sample.gradient, &open) / length } else { 0.0 };
        let share = share.clamp(-1.0, 1.0);
        let gradient = sample.gradient.iter().zip(&open).map(|(g, o)| g + share * o).collect();
        // Around a corner the loss rises in proportion: it is looked at, not differentiated.
        let mut eigenvalues = Vec::new();
        let inner = self.inner.clone();
        let at = inner.to(values);
        let units = self.units(&inner, &at);
        for k in 0..values.len() {
            let mut rises = f64::INFINITY;
            for side in [1e-4, -1e-4] {
                let mut moved = at.clone();
                moved[k] += side * units[k];
                let (beside, _) = self.sample(&inner, &moved)?;
                rises = rises.min((beside.loss - sample.loss) / 1e-4);
            }
            eigenvalues.push(rises);
        }
        eigenvalues.sort_by(f64::total_cmp);
        let around = self.around(&at, &units, sample.loss);
        Some(Found {
            around,
            values: values.to_vec(),
            loss: sample.loss,
            gradient,
            eigenvalues,
            remaining: 0.0,
            smooth: false,
        })
    }

    /// The highest point on the straight line between two points, as a place to look for a saddle from.
    pub fn ridge(&mut self, a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
        let inner = self.inner.clone();
        let (a, b) = (inner.to(a), inner.to(b));
        let mut best: Option<(f64, Vec<f64>)> = None;
        for k in 1..24 {
            let t = f64::from(k) / 24.0;
            let at: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + t * (b - a)).collect();
            if let Some((sample, _)) = self.sample(&inner, &at)
                && best.as_ref().is_none_or(|(loss, _)| sample.loss > *loss)
            {
                best = Some((sample.loss, at));
            }
        }
        best.map(|(_, at)| inner.from(&at))
    }

    /// Whether the straight line from a point to another does not rise: both lie in one valley.
    pub fn leads_down(&mut self, from: &[f64], to: &[f64], slack: f64) -> bool {
        let inner = self.inner.clone();
        let (a, b) = (inner.to(from), inner.to(to));
        let Some((first, _)) = self.sample(&inner, &a) else { return false };
        (1..=24).all(|k| {
            let t = f64::from(k) / 24.0;
            let at: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + t * (b - a)).collect();
            self.sample(&inner, &at).is_some_and(|(s, _)| s.loss <= first.loss + slack)
        })
    }

    /// How far two points are apart, in units of the model's width.
    pub fn distance(&mut self, a: &[f64], b: &[f64]) -> f64 {
        let inner = self.inner.clone();
        let (a, b) = (inner.to(a), inner.to(b));
        let units = self.units(&inner, &a);
        let parts: Vec<f64> = a.iter().zip(&b).zip(&units).map(|((a, b), u)| (a - b) / u).collect();
        norm(&parts)
    }
}
