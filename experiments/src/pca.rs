//! Probabilistic principal components: the stationary points of a linear autoencoder from an eigendecomposition.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::linear::{Linear, Noise, Prior};
use crate::model::{Look, largest, normal};
use crate::parts::Parts;

/// A covariance by its eigenvalues, in a random rotation, and data that have exactly this covariance.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// What it is called.
    pub name: &'static str,
    /// The eigenvalues that `eigen` finds again, falling.
    pub values: Vec<f64>,
    /// The eigenvectors, as columns in the same order.
    pub vectors: DMatrix<f64>,
    /// The covariance.
    pub covariance: DMatrix<f64>,
    /// Two points for each coordinate: their mean is zero and their covariance this one.
    pub data: Vec<Vec<f64>>,
}

/// The eigenvalues of the three: apart, with a flat tail, with equal ones also among the large.
pub const SPECTRA: [(&str, [f64; 6]); 3] = [
    ("gap", [8.0, 5.0, 3.0, 0.4, 0.3, 0.2]),
    ("flat tail", [6.0, 3.0, 1.5, 0.5, 0.5, 0.5]),
    ("equal", [4.0, 4.0, 2.0, 1.0, 0.25, 0.25]),
];

/// A random rotation (or reflection).
pub fn rotation(size: usize, seed: u64) -> DMatrix<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    DMatrix::from_fn(size, size, |_, _| normal(&mut rng)).qr().q()
}

impl Spectrum {
    /// A rotated covariance with these eigenvalues; they and their vectors are then computed, not remembered.
    pub fn new(name: &'static str, values: &[f64], seed: u64) -> Self {
        let turn = rotation(values.len(), seed);
        let diagonal = DMatrix::from_diagonal(&DVector::from_row_slice(values));
        let raw = &turn * diagonal * turn.transpose();
        let covariance = (&raw + raw.transpose()) / 2.0;
        let eigen = SymmetricEigen::new(covariance.clone());
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| eigen.eigenvalues[j].total_cmp(&eigen.eigenvalues[i]));
        let values: Vec<f64> = order.iter().map(|&i| eigen.eigenvalues[i]).collect();
        let vectors = eigen.eigenvectors.select_columns(&order);
        let data = (0..values.len())
            .flat_map(|j| {
                let length = (values.len() as f64 * values[j]).sqrt();
                [length, -length].map(|s| vectors.column(j).iter().map(|x| s * x).collect())
            })
            .collect();
        Self { name, values, vectors, covariance, data }
    }
}

/// A stationary point, and the numbers that must agree there.
#[derive(Clone, Debug)]
pub struct Stationary {
    /// Which eigenvectors the latents follow.
    pub subset: Vec<usize>,
    /// The parameters.
    pub parameters: Vec<f64>,
    /// The decoder's variance.
    pub noise: f64,
    /// The model there.
    pub look: Look,
    /// The log-likelihood of the data, in the mean.
    pub likelihood: f64,
    /// −½[D ln 2πe + Σ ln λ + (D − H) ln σ²] over the subset.
    pub formula: f64,
}

impl Stationary {
    /// How far F, S, the formula and (for β = 1) the log-likelihood are apart.
    pub fn spread(&self, with_likelihood: bool) -> f64 {
        let mut all = vec![self.look.bound, self.look.sum];
        if with_likelihood {
            all.extend([self.formula, self.likelihood]);
        }
        let high = all.iter().copied().fold(f64::MIN, f64::max);
        high - all.iter().copied().fold(f64::MAX, f64::min)
    }

    /// The largest component of the gradient.
    pub fn steepest(&self) -> f64 {
        largest(&self.look.gradient)
    }
}

/// The stationary points of a linear model: every subset of eigenvectors, no more than there are latents, each of which has
/// more variance than the decoder then has. The other latents are collapsed. With a weight β of the divergence the subset A
/// has σ² = Σ_{i∉A} λᵢ/(D − β|A|), |w|² = λ − βσ², v = w/λ and τ² = βσ²/λ.
pub fn stationary(model: &Linear<'_>, spectrum: &Spectrum) -> Vec<Stationary> {
    let d = spectrum.values.len();
    let subsets = (0_usize..1 << d).map(|bits| (0..d).filter(|i| bits >> i & 1 == 1).collect());
    subsets
        .filter(|subset: &Vec<usize>| subset.len() <= model.latents)
        .filter_map(|subset| point(model, spectrum, subset))
        .collect()
}

fn point(model: &Linear<'_>, spectrum: &Spectrum, subset: Vec<usize>) -> Option<Stationary> {
    let (d, h, beta) = (spectrum.values.len(), model.latents, model.beta);
    let left: f64 = (0..d).filter(|i| !subset.contains(i)).map(|i| spectrum.values[i]).sum();
    let noise = left / (d as f64 - beta * subset.len() as f64);
    if noise <= 0.0 || subset.iter().any(|&i| spectrum.values[i] <= beta * noise) {
        return None;
    }
    let (mut w, mut v) = (DMatrix::zeros(d, h), DMatrix::zeros(h, d));
    let mut ln_spread = vec![0.0; h];
    for (j, &i) in subset.iter().enumerate() {
        let lambda = spectrum.values[i];
        let column = spectrum.vectors.column(i) * (lambda - beta * noise).sqrt();
        v.set_row(j, &(column.transpose() / lambda));
        w.set_column(j, &column);
        ln_spread[j] = (beta * noise / lambda).ln();
    }
    let parameters = assembled(model, &w, &v, &ln_spread, noise);
    let look = Look::at(model, &parameters);
    let likelihood = likelihood(&spectrum.covariance, &w, noise);
    let two_pi_e = 2.0 * std::f64::consts::PI * std::f64::consts::E;
    let logs: f64 = subset.iter().map(|&i| spectrum.values[i].ln()).sum();
    let rest = (d - subset.len()) as f64 * noise.ln();
    let formula = -0.5 * (d as f64 * two_pi_e.ln() + logs + rest);
    Some(Stationary { subset, parameters, noise, look, likelihood, formula })
}

fn assembled(
    model: &Linear<'_>,
    w: &DMatrix<f64>,
    v: &DMatrix<f64>,
    ln_spread: &[f64],
    noise: f64,
) -> Vec<f64> {
    let rows = |m: &DMatrix<f64>| m.transpose().as_slice().to_vec();
    model.assembled(&rows(w), &rows(v), ln_spread, noise.ln())
}

/// The mean log-likelihood under N(0, WWᵀ + σ²I) of data with this covariance, by a triangular factor.
fn likelihood(covariance: &DMatrix<f64>, w: &DMatrix<f64>, noise: f64) -> f64 {
    let d = covariance.nrows();
    let of_model = w * w.transpose() + DMatrix::identity(d, d) * noise;
    let factor = of_model.cholesky().expect("a positive multiple of the identity was added");
    let determinant: f64 = factor.l().diagonal().iter().map(|x| 2.0 * x.ln()).sum();
    let trace = factor.solve(covariance).trace();
    -0.5 * (d as f64 * (2.0 * std::f64::consts::PI).ln() + determinant + trace)
}

/// An optimum turned by a rotation of its latents, with the encoder's variances kept.
#[derive(Clone, Debug)]
pub struct Turned {
    /// As turned.
    pub plain: Look,
    /// With the decoder's variance fitted again: F = S, at no stationary point.
    pub fitted: Look,
}

/// Turns a stationary point: W → WR, V → RᵀV.
pub fn turned(model: &Linear<'_>, at: &Stationary, seed: u64) -> Turned {
    let (d, h) = (model.dimension(), model.latents);
    let turn = rotation(h, seed);
    let w = DMatrix::from_row_slice(d, h, &at.parameters[..d * h]) * &turn;
    let start = d * h + d;
    let v = turn.transpose() * DMatrix::from_row_slice(h, d, &at.parameters[start..start + h * d]);
    let spread = &at.parameters[start + h * d + h..start + h * d + 2 * h];
    let plain = Look::at(model, &assembled(model, &w, &v, spread, at.noise));
    // −D/2 + Q/2σ² is the slope in ln σ², and Q does not depend on σ².
    let noise = at.noise * (1.0 + 2.0 * plain.gradient[model.noise_at()] / d as f64);
    let fitted = Look::at(model, &assembled(model, &w, &v, spread, noise));
    Turned { plain, fitted }
}

/// A model of a spectrum's data.
pub fn model<'a>(parts: &'a Parts, spectrum: &Spectrum, latents: usize) -> Linear<'a> {
    Linear::new(parts, spectrum.data.clone(), latents, Noise::Shared, Prior::Fixed)
}
