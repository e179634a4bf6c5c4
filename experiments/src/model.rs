//! What every model here is: parameters in a row, terms of the bound for each data point, and the direction along which
//! the bound changes by its distance from the sum of entropies.

use std::cell::Cell;

use echidna::{Reverse, Scalar, grad};
use gauss_quad::GaussHermite;
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::formula::Real;

/// The terms of the bound, at one data point or in the mean.
#[derive(Clone, Copy, Debug)]
pub struct Terms<T> {
    /// The expected log-density of the data.
    pub reconstruction: T,
    /// The divergence of the encoder from the prior.
    pub divergence: T,
    /// The entropy of the encoder.
    pub encoder: T,
    /// The entropy of the prior.
    pub prior: T,
    /// The expected entropy of the decoder.
    pub decoder: T,
}

/// A variational autoencoder.
pub trait Model: Sync {
    /// How many data points there are.
    fn points(&self) -> usize;

    /// The terms at a data point.
    fn terms<T: Real>(&self, parameters: &[T], point: usize) -> Terms<T>;

    /// The field d with F − S = d · ∂F.
    fn direction(&self, parameters: &[f64]) -> Vec<f64>;

    /// The weight of divergence and of the entropies that belong to it.
    fn beta(&self) -> f64 {
        1.0
    }

    /// Whether training may move a parameter.
    fn is_free(&self, _parameter: usize) -> bool {
        true
    }

    /// What training subtracts from the bound, and its gradient.
    fn penalty(&self, parameters: &[f64]) -> (f64, Vec<f64>) {
        (0.0, vec![0.0; parameters.len()])
    }
}

/// A model at one place.
#[derive(Clone, Debug)]
pub struct Look {
    /// The bound F.
    pub bound: f64,
    /// The sum of entropies S.
    pub sum: f64,
    /// The gradient of the bound.
    pub gradient: Vec<f64>,
    /// What training maximises: the bound less a penalty.
    pub objective: f64,
    /// Its gradient, zero where a parameter is not free.
    pub slope: Vec<f64>,
    /// d · ∂F, which is to be F − S.
    pub predicted: f64,
    /// The largest of the terms that F and S are made of: what "relative" refers to.
    pub scale: f64,
    /// The terms in the mean.
    pub terms: Terms<f64>,
}

impl Look {
    /// At these parameters.
    pub fn at<M: Model>(model: &M, parameters: &[f64]) -> Self {
        let weight = 1.0 / model.points() as f64;
        let mut gradient = vec![0.0; parameters.len()];
        let mut terms = [0.0; 5];
        // A point of data at a time: its tape stays in the cache.
        for n in 0..model.points() {
            let seen = Cell::new([0.0; 5]);
            let part = grad(
                |p: &[Reverse<f64>]| {
                    let t = model.terms(p, n);
                    seen.set(
                        [t.reconstruction, t.divergence, t.encoder, t.prior, t.decoder]
                            .map(|x| x.value()),
                    );
                    t.reconstruction - t.divergence * Reverse::from_f(model.beta())
                },
                parameters,
            );
            for (sum, x) in gradient.iter_mut().zip(part) {
                *sum += weight * x;
            }
            for (sum, x) in terms.iter_mut().zip(seen.get()) {
                *sum += weight * x;
            }
        }
        let [reconstruction, divergence, encoder, prior, decoder] = terms;
        let bound = reconstruction - model.beta() * divergence;
        let (penalty, of_penalty) = model.penalty(parameters);
        let slope = (0..parameters.len())
            .map(|i| if model.is_free(i) { gradient[i] - of_penalty[i] } else { 0.0 })
            .collect();
        Self {
            bound,
            sum: model.beta() * (encoder - prior) - decoder,
            predicted: dot(&model.direction(parameters), &gradient),
            gradient,
            objective: bound - penalty,
            slope,
            scale: terms.iter().fold(1.0, |most: f64, t| most.max(t.abs())),
            terms: Terms { reconstruction, divergence, encoder, prior, decoder },
        }
    }

    /// F − S.
    pub fn gap(&self) -> f64 {
        self.bound - self.sum
    }

    /// How far the gap is from the prediction, in units of [`Look::scale`].
    pub fn disagreement(&self) -> f64 {
        (self.gap() - self.predicted).abs() / self.scale
    }

    /// The largest component of the gradient of the objective.
    pub fn steepest(&self) -> f64 {
        largest(&self.slope)
    }
}

/// The bound less the penalty, without a gradient.
pub fn objective<M: Model>(model: &M, parameters: &[f64]) -> f64 {
    let sum: f64 = (0..model.points())
        .map(|n| {
            let t = model.terms(parameters, n);
            t.reconstruction - model.beta() * t.divergence
        })
        .sum();
    sum / model.points() as f64 - model.penalty(parameters).0
}

/// The sum of products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The largest modulus.
pub fn largest(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Σ aᵢ bᵢ + c over numbers that may carry gradients.
pub fn affine<T: Real>(a: &[T], b: &[T], c: T) -> T {
    a.iter().zip(b).fold(c, |sum, (&x, &y)| sum + x * y)
}

/// The logistic function.
pub fn logistic<T: Float>(x: T) -> T {
    T::one() / (T::one() + (-x).exp())
}

/// A standard normal number.
pub fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Nodes and weights of the standard normal in several coordinates. With `n` nodes polynomials of degree 2n − 1 are
/// integrated exactly.
pub fn nodes(each: usize, coordinates: usize) -> Vec<(Vec<f64>, f64)> {
    let rule = GaussHermite::new(each.try_into().expect("at least one node"));
    let total: f64 = rule.weights().sum();
    let mut out = vec![(Vec::new(), 1.0)];
    for _ in 0..coordinates {
        out = out
            .iter()
            .flat_map(|(z, w): &(Vec<f64>, f64)| {
                rule.iter().map(move |(x, v)| {
                    let mut z = z.clone();
                    z.push(x * std::f64::consts::SQRT_2);
                    (z, w * v / total)
                })
            })
            .collect();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_integrate_polynomials() {
        let moment =
            |n: i32, k: usize| -> f64 { nodes(k, 1).iter().map(|(z, w)| w * z[0].powi(n)).sum() };
        assert!((moment(2, 2) - 1.0).abs() < 1e-14);
        assert!((moment(4, 3) - 3.0).abs() < 1e-13);
        assert!((moment(8, 12) - 105.0).abs() < 1e-10);
        assert_eq!(nodes(2, 3).len(), 8);
    }
}
