//! Training: Adam, then Newton's method in a region of trust.
//!
//! Optimiser crates are no help at the end: their acceptance tests compare values, which differ by less than rounding once
//! the gradient is below 1e-7, and here it has to go to 1e-11. A model has sixty parameters, so that all eigenvalues of its
//! Hessian are at hand: saddles repel, and directions in which nothing changes (a free scale is one) are left alone.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::model::{Look, Model, largest, objective};

/// Which part of training an entry of the log belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Adam.
    Adam,
    /// Newton's method.
    Newton,
}

/// One logged iteration.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The part of training.
    pub phase: Phase,
    /// Counted from the start, through both parts.
    pub iteration: usize,
    /// What there was.
    pub look: Look,
}

impl Entry {
    /// The largest slope of what is trained: of the bound at first, then less its penalty.
    pub fn steepest(&self) -> f64 {
        match self.phase {
            Phase::Adam => largest(&self.look.gradient),
            Phase::Newton => self.look.steepest(),
        }
    }
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Iterations of Adam.
    pub adam: usize,
    /// Its step.
    pub rate: f64,
    /// What its denominators are kept from zero by. A large one makes it linger at saddles, as plain descent does.
    pub floor: f64,
    /// Iterations of Newton's method at most.
    pub newton: usize,
    /// It ends where no component of the gradient is larger.
    pub steepest: f64,
}

/// Trains, and calls back at every iteration.
pub fn train<M: Model>(
    model: &M,
    start: Vec<f64>,
    schedule: &Schedule,
    mut seen: impl FnMut(&Entry),
) -> Vec<f64> {
    let mut p = start;
    adam(model, &mut p, schedule, &mut seen);
    newton(model, &mut p, schedule, &mut seen);
    p
}

/// Kingma and Ba 2015, algorithm 1, on the bound itself: a penalty is for the second part, which needs an optimum to exist.
fn adam<M: Model>(model: &M, p: &mut [f64], schedule: &Schedule, seen: &mut impl FnMut(&Entry)) {
    let (slow, slower) = (0.9_f64, 0.999_f64);
    let (mut mean, mut square) = (vec![0.0; p.len()], vec![0.0; p.len()]);
    for iteration in 0..schedule.adam {
        let look = Look::at(model, p);
        let (m0, s0) =
            (1.0 - slow.powi(iteration as i32 + 1), 1.0 - slower.powi(iteration as i32 + 1));
        for (i, g) in look.gradient.iter().enumerate().filter(|(i, _)| model.is_free(*i)) {
            mean[i] = slow * mean[i] + (1.0 - slow) * g;
            square[i] = slower * square[i] + (1.0 - slower) * g * g;
            p[i] += schedule.rate * (mean[i] / m0) / ((square[i] / s0).sqrt() + schedule.floor);
        }
        seen(&Entry { phase: Phase::Adam, iteration, look });
    }
}

/// Where a value of the objective is known to rounding only: no step is refused below this slope.
const BLIND: f64 = 1e-6;

/// Newton's method in a region of trust: the best point of the quadratic model within a radius, which grows and shrinks
/// with how well the model foretold the last step (Conn, Gould and Toint 2000).
fn newton<M: Model>(
    model: &M,
    p: &mut Vec<f64>,
    schedule: &Schedule,
    seen: &mut impl FnMut(&Entry),
) {
    let free: Vec<usize> = (0..p.len()).filter(|&i| model.is_free(i)).collect();
    let mut radius = 0.5;
    for k in 0..=schedule.newton {
        let look = Look::at(model, p);
        let steepest = look.steepest();
        let (slope, before) = (look.slope.clone(), look.objective);
        seen(&Entry { phase: Phase::Newton, iteration: schedule.adam + k, look });
        if steepest <= schedule.steepest || k == schedule.newton {
            break;
        }
        let gradient = DVector::from_iterator(free.len(), free.iter().map(|&i| slope[i]));
        let eigen = SymmetricEigen::new(curvature(model, p, &slope, &free));
        let along = eigen.eigenvectors.transpose() * gradient;
        loop {
            let (step, gain) = within(radius, &along, &eigen.eigenvalues);
            let mut q = p.clone();
            for (&i, x) in free.iter().zip((&eigen.eigenvectors * &step).iter()) {
                q[i] += x;
            }
            if steepest < BLIND {
                *p = q;
                break;
            }
            let ratio = (objective(model, &q) - before) / gain;
            if ratio > 0.75 {
                radius = f64::min(2.0 * radius, 8.0);
            } else if ratio < 0.25 || ratio.is_nan() {
                radius = step.norm() / 4.0;
            }
            if ratio > 1e-3 {
                *p = q;
                break;
            }
            if radius < 1e-12 {
                return;
            }
        }
    }
}

/// The highest point of g·s + ½ Σ λ s² within a radius, in the coordinates of the eigenvectors, and what it gains.
fn within(radius: f64, along: &DVector<f64>, curvatures: &DVector<f64>) -> (DVector<f64>, f64) {
    // Curvatures of nothing, and slopes along them, are rounding.
    let step = |shift: f64| {
        along.zip_map(
            curvatures,
            |g, c| if (shift - c).abs() < FLAT { 0.0 } else { g / (shift - c) },
        )
    };
    let mut low = curvatures.max().max(0.0);
    let mut best = step(low);
    if low > FLAT || best.norm() > radius {
        let mut high = low + along.norm() / radius;
        for _ in 0..100 {
            let shift = (low + high) / 2.0;
            best = step(shift);
            if best.norm() > radius { low = shift } else { high = shift }
        }
        best = step(high);
    }
    let gain = along.dot(&best) + best.zip_map(curvatures, |s, c| s * s * c).sum() / 2.0;
    (best, gain)
}

/// The second derivatives of the objective in some parameters, by differences of its gradient to one side.
fn curvature<M: Model>(model: &M, at: &[f64], slope: &[f64], among: &[usize]) -> DMatrix<f64> {
    let columns: Vec<DVector<f64>> = among
        .iter()
        .map(|&j| {
            let mut p = at.to_vec();
            p[j] += 1e-6;
            let moved = Look::at(model, &p).slope;
            DVector::from_iterator(among.len(), among.iter().map(|&i| (moved[i] - slope[i]) / 1e-6))
        })
        .collect();
    let raw = DMatrix::from_columns(&columns);
    (&raw + raw.transpose()) / 2.0
}

/// The second derivatives of the objective in some parameters, by central differences of its gradient.
pub fn hessian<M: Model>(model: &M, at: &[f64], among: &[usize]) -> DMatrix<f64> {
    let columns: Vec<DVector<f64>> = among
        .iter()
        .map(|&j| {
            let h = 1e-5 * at[j].abs().max(1.0);
            let slope = |step: f64| {
                let mut p = at.to_vec();
                p[j] += step;
                Look::at(model, &p).slope
            };
            let (up, down) = (slope(h), slope(-h));
            DVector::from_iterator(
                among.len(),
                among.iter().map(|&i| (up[i] - down[i]) / (2.0 * h)),
            )
        })
        .collect();
    let raw = DMatrix::from_columns(&columns);
    (&raw + raw.transpose()) / 2.0
}

/// Curvatures below this are taken for none.
const FLAT: f64 = 1e-9;
