//! Training: Adam, then Newton's method with the moduli of the Hessian's eigenvalues.
//!
//! Adam is Kingma and Ba 2015. The second part follows Dauphin et al. 2014, "saddle-free Newton": a saddle repels it, and
//! directions in which nothing changes (a network has some) are left alone. Optimiser crates were no help at the end: their
//! acceptance tests compare values, which differ by less than rounding once the gradient is below 1e-8.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::model::{Look, Model, dot, largest, objective};

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
    let (mut p, size) = (start, Schedule::DECAY);
    let (mut first, mut second) = (vec![0.0; p.len()], vec![0.0; p.len()]);
    for iteration in 0..schedule.adam {
        let look = Look::at(model, &p);
        let late = iteration as f64 / schedule.adam as f64;
        let rate = schedule.rate * (1.0 + (std::f64::consts::PI * late).cos()) / 2.0;
        let grown = iteration as i32 + 1;
        for (i, g) in look.slope.iter().enumerate() {
            first[i] = size.0 * first[i] + (1.0 - size.0) * g;
            second[i] = size.1 * second[i] + (1.0 - size.1) * g * g;
            let (m, s) = (first[i] / (1.0 - size.0.powi(grown)), second[i] / (1.0 - size.1.powi(grown)));
            p[i] += rate * m / (s.sqrt() + schedule.floor);
        }
        seen(&Entry { phase: Phase::Adam, iteration, look });
    }
    for k in 0..=schedule.newton {
        let look = Look::at(model, &p);
        let done = look.steepest() <= schedule.steepest || k == schedule.newton;
        let step = if done { None } else { Some(newton_step(model, &p, &look)) };
        seen(&Entry { phase: Phase::Newton, iteration: schedule.adam + k, look });
        match step {
            Some(step) => p.iter_mut().zip(step).for_each(|(x, s)| *x += s),
            None => break,
        }
    }
    p
}

impl Schedule {
    /// How slowly Adam's two means forget.
    const DECAY: (f64, f64) = (0.9, 0.999);
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
const FLAT: f64 = 1e-7;

fn newton_step<M: Model>(model: &M, p: &[f64], look: &Look) -> Vec<f64> {
    let free: Vec<usize> = (0..p.len()).filter(|&i| model.is_free(i)).collect();
    let slope = DVector::from_iterator(free.len(), free.iter().map(|&i| look.slope[i]));
    let eigen = SymmetricEigen::new(hessian(model, p, &free));
    let mut along = eigen.eigenvectors.transpose() * slope;
    for (c, curvature) in along.iter_mut().zip(eigen.eigenvalues.iter()) {
        *c /= curvature.abs().max(FLAT);
    }
    let mut step = vec![0.0; p.len()];
    for (k, x) in (eigen.eigenvectors * along).iter().enumerate() {
        step[free[k]] = *x;
    }
    let long = dot(&step, &step).sqrt();
    let mut scale = f64::min(1.0, 0.7 / long);
    // Near the end values are the same to rounding, and the full step is right.
    if largest(&look.slope) > 1e-7 {
        let moved = |scale: f64| {
            let q: Vec<f64> = p.iter().zip(&step).map(|(x, s)| x + scale * s).collect();
            objective(model, &q)
        };
        while moved(scale) < look.objective && scale > 1e-6 {
            scale /= 2.0;
        }
    }
    step.iter_mut().for_each(|x| *x *= scale);
    step
}
