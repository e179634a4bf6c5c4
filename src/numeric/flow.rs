//! Solutions of differential equations, for drawing: Dormand and Prince's pair of order 5 and 4.
//!
//! Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, section II.5.

/// The box in which a solution is followed, and how finely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// The ends of the first coordinate.
    pub x: [f64; 2],
    /// The ends of the second coordinate.
    pub y: [f64; 2],
    /// The time at which the solution ends.
    pub until: f64,
}

/// Steps after which a solution ends wherever it is.
const MAX_STEPS: usize = 4000;

/// The error of one step, relative to the box.
const TOLERANCE: f64 = 1e-7;

/// The longest way of one step, relative to the box, so that the drawn line is smooth.
const LONGEST: f64 = 1.0 / 128.0;

const NODES: [&[f64]; 6] = [
    &[1.0 / 5.0],
    &[3.0 / 40.0, 9.0 / 40.0],
    &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
    &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
    &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
    &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];

/// The difference between the solutions of order 5 and 4.
const ERROR: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339_200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

impl Flow {
    /// The points of the solution through `start`, until its time is over or it is well out of the box.
    pub fn solve(
        &self,
        start: [f64; 2],
        mut field: impl FnMut(f64, f64) -> [f64; 2],
    ) -> Vec<[f64; 2]> {
        let scale = [self.x[1] - self.x[0], self.y[1] - self.y[0]];
        let mut points = vec![start];
        let (mut at, mut time, mut step) = (start, 0.0, self.until / 256.0);
        for _ in 0..MAX_STEPS {
            step = f64::min(step, self.until - time);
            if step <= self.until * 1e-12 || !self.contains(at, scale) {
                break;
            }
            let (next, error) = one_step(&at, step, &mut |p| field(p[0], p[1]).to_vec());
            let (next, error) = ([next[0], next[1]], [error[0], error[1]]);
            let length = |v: [f64; 2]| (v[0] / scale[0]).hypot(v[1] / scale[1]);
            let way = length([next[0] - at[0], next[1] - at[1]]) / LONGEST;
            let error = length(error) / TOLERANCE;
            if error <= 1.0 && way <= 1.0 {
                time += step;
                at = next;
                points.push(at);
            }
            // Not a number: the field has an edge in between.
            step *= match error.is_finite() && way.is_finite() {
                true => {
                    f64::min(0.9 * error.max(1e-9).powf(-0.2), 0.9 / way.max(1e-9)).clamp(0.2, 4.0)
                }
                false => 0.2,
            };
        }
        points
    }

    /// Whether the point lies in the box, or not far from it.
    fn contains(&self, p: [f64; 2], scale: [f64; 2]) -> bool {
        let within = |v: f64, ends: [f64; 2], margin: f64| {
            v >= ends[0] - margin / 4.0 && v <= ends[1] + margin / 4.0
        };
        within(p[0], self.x, scale[0]) && within(p[1], self.y, scale[1])
    }
}

/// A solution in any number of coordinates, as a function of time from 0 to `until`: so many equal stretches, and the point at
/// the end of each. It ends early where it ceases to exist.
pub fn orbit(
    start: &[f64],
    until: f64,
    stretches: usize,
    mut field: impl FnMut(&[f64]) -> Vec<f64>,
) -> Vec<(f64, Vec<f64>)> {
    let mut out = vec![(0.0, start.to_vec())];
    let (mut at, mut time, mut step) = (start.to_vec(), 0.0, until / stretches as f64);
    let mut steps = 0;
    for k in 1..=stretches {
        let end = until * k as f64 / stretches as f64;
        while time < end {
            steps += 1;
            let tried = f64::min(step, end - time);
            if steps > MAX_STEPS || tried <= until * 1e-12 {
                return out;
            }
            let (next, error) = one_step(&at, tried, &mut field);
            let share = |(e, x): (&f64, &f64)| e.abs() / (x.abs().max(1e-3) * TOLERANCE);
            let error = error.iter().zip(&next).map(share).fold(0.0, f64::max);
            let sound = error.is_finite() && next.iter().all(|v| v.is_finite());
            if sound && error <= 1.0 {
                time = if tried < end - time { time + tried } else { end };
                at = next;
            }
            let factor = match sound {
                true => (0.9 * error.max(1e-9).powf(-0.2)).clamp(0.2, 4.0),
                false => 0.2,
            };
            step = tried * factor;
        }
        out.push((time, at.clone()));
    }
    out
}

/// The point after one step, and the estimate of its error.
pub fn one_step(
    at: &[f64],
    step: f64,
    field: &mut impl FnMut(&[f64]) -> Vec<f64>,
) -> (Vec<f64>, Vec<f64>) {
    let moved = |slopes: &[Vec<f64>], weights: &[f64], k: usize| -> f64 {
        step * slopes.iter().zip(weights).map(|(s, w)| s[k] * w).sum::<f64>()
    };
    let mut slopes = vec![field(at)];
    let mut next = at.to_vec();
    for weights in NODES {
        next = (0..at.len()).map(|k| at[k] + moved(&slopes, weights, k)).collect();
        slopes.push(field(&next));
    }
    let error = (0..at.len()).map(|k| moved(&slopes, &ERROR, k)).collect();
    (next, error)
}

#[cfg(test)]
mod tests {
    use super::{Flow, orbit};

    #[test]
    fn an_orbit_is_a_function_of_time() {
        let points = orbit(&[1.0, 0.0, 2.0], 3.0, 60, |p| vec![-p[1], p[0], -p[2]]);
        assert_eq!(points.len(), 61);
        for (t, p) in points {
            assert!((p[0] - t.cos()).abs() < 1e-6 && (p[2] - 2.0 * (-t).exp()).abs() < 1e-6, "{t}");
        }
        let blows_up = orbit(&[1.0], 2.0, 60, |p| vec![p[0] * p[0]]);
        assert!(blows_up.len() < 60 && blows_up.iter().all(|(_, p)| p[0].is_finite()));
    }

    #[test]
    fn a_rotation_returns() {
        let flow = Flow { x: [-2.0, 2.0], y: [-2.0, 2.0], until: std::f64::consts::TAU };
        let points = flow.solve([1.0, 0.0], |x, y| [-y, x]);
        let [x, y] = points[points.len() - 1];
        assert!((x - 1.0).abs() < 1e-5 && y.abs() < 1e-5, "({x}, {y})");
        assert!(points.len() > 100 && points.len() < 2000, "{}", points.len());
    }

    #[test]
    fn what_leaves_the_box_or_ceases_to_exist_ends() {
        let flow = Flow { x: [0.0, 1.0], y: [0.0, 1.0], until: 100.0 };
        let away = flow.solve([0.5, 0.5], |_, _| [1.0, 0.0]);
        let last = away[away.len() - 1][0];
        assert!((1.2..1.3).contains(&last), "{last}");
        let edge = flow.solve([0.5, 0.5], |x, _| [if x < 0.75 { 1.0 } else { f64::NAN }, 0.0]);
        assert!(edge.iter().all(|p| p[0] < 0.75 && p[0].is_finite()));
    }
}
