//! The linear autoencoder: mean Wz + m, encoder Vx + c with one variance for each latent.

use crate::formula::Real;
use crate::model::{Model, Terms, affine, nodes};
use crate::parts::Parts;

/// How the decoder's variance is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noise {
    /// One for all coordinates.
    Shared,
    /// One for each.
    Each,
    /// One for each, whose logarithm is linear in the latents.
    OfLatent,
}

/// Which of the two gap identities the model obeys: by its scales, or by its prior's variances.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prior {
    /// Standard normal: W/λ, λν, λτ leaves the reconstruction as it is.
    Fixed,
    /// Variances are parameters.
    Free,
}

/// A linear autoencoder with its data.
#[derive(Clone, Debug)]
pub struct Linear<'a> {
    /// The formulas.
    pub parts: &'a Parts,
    /// The data.
    pub data: Vec<Vec<f64>>,
    /// How many latents.
    pub latents: usize,
    /// The decoder's variance.
    pub noise: Noise,
    /// The prior.
    pub prior: Prior,
    /// The weight of the divergence.
    pub beta: f64,
    nodes: Vec<(Vec<f64>, f64)>,
}

/// Where which parameters are: a run of each.
#[derive(Clone, Copy, Debug)]
struct Place {
    weights: usize,
    offset: usize,
    encoder: usize,
    centre: usize,
    spread: usize,
    noise: usize,
    slope: usize,
    prior: usize,
    end: usize,
}

impl<'a> Linear<'a> {
    /// A model of data. Where the noise does not depend on the latents, its expectations are exact.
    pub fn new(
        parts: &'a Parts,
        data: Vec<Vec<f64>>,
        latents: usize,
        noise: Noise,
        prior: Prior,
    ) -> Self {
        let each = if noise == Noise::OfLatent { 5 } else { 2 };
        Self { parts, data, latents, noise, prior, beta: 1.0, nodes: nodes(each, latents) }
    }

    /// How many coordinates the data has.
    pub fn dimension(&self) -> usize {
        self.data[0].len()
    }

    fn place(&self) -> Place {
        let (d, h) = (self.dimension(), self.latents);
        let weights = 0;
        let offset = weights + d * h;
        let encoder = offset + d;
        let centre = encoder + h * d;
        let spread = centre + h;
        let noise = spread + h;
        let slope = noise + if self.noise == Noise::Shared { 1 } else { d };
        let prior = slope + if self.noise == Noise::OfLatent { d * h } else { 0 };
        let end = prior + if self.prior == Prior::Free { h } else { 0 };
        Place { weights, offset, encoder, centre, spread, noise, slope, prior, end }
    }

    /// How many parameters there are.
    pub fn parameters(&self) -> usize {
        self.place().end
    }

    /// The parameters of given W (by rows), V (by rows), ln τ² and ln σ², all else zero.
    pub fn assembled(&self, w: &[f64], v: &[f64], ln_spread: &[f64], ln_noise: f64) -> Vec<f64> {
        let at = self.place();
        let mut out = vec![0.0; at.end];
        out[at.weights..at.offset].copy_from_slice(w);
        out[at.encoder..at.centre].copy_from_slice(v);
        out[at.spread..at.noise].copy_from_slice(ln_spread);
        out[at.noise..at.slope].fill(ln_noise);
        out
    }

    /// Where ln σ² is.
    pub fn noise_at(&self) -> usize {
        self.place().noise
    }

    /// Where W and V are: what moves first when a collapsed model wakes up.
    pub fn matrices_at(&self) -> Vec<usize> {
        let at = self.place();
        (at.weights..at.offset).chain(at.encoder..at.centre).collect()
    }
}

impl Model for Linear<'_> {
    fn points(&self) -> usize {
        self.data.len()
    }

    fn beta(&self) -> f64 {
        self.beta
    }

    fn terms<T: Real>(&self, p: &[T], point: usize) -> Terms<T> {
        let (at, d, h) = (self.place(), self.dimension(), self.latents);
        let x: Vec<T> = self.data[point].iter().map(|&x| T::from_f(x)).collect();
        let zero = T::from_f(0.0);
        let mut out = Terms {
            reconstruction: zero,
            divergence: zero,
            encoder: zero,
            prior: zero,
            decoder: zero,
        };
        let (mut centre, mut spread) = (Vec::new(), Vec::new());
        for j in 0..h {
            let nu = affine(&p[at.encoder + j * d..][..d], &x, p[at.centre + j]);
            let t = p[at.spread + j].exp();
            let a = match self.prior {
                Prior::Fixed => T::from_f(1.0),
                Prior::Free => p[at.prior + j].exp(),
            };
            out.divergence = out.divergence + self.parts.divergence.at(&[nu, t, a]);
            out.encoder = out.encoder + self.parts.encoder.at(&[nu, t]);
            out.prior = out.prior + self.parts.prior.at(&[a]);
            centre.push(nu);
            spread.push(t.sqrt());
        }
        for (node, weight) in &self.nodes {
            let z: Vec<T> = (0..h).map(|j| centre[j] + spread[j] * T::from_f(node[j])).collect();
            let weight = T::from_f(*weight);
            for i in 0..d {
                let mean = affine(&p[at.weights + i * h..][..h], &z, p[at.offset + i]);
                let ln_v = match self.noise {
                    Noise::Shared => p[at.noise],
                    Noise::Each => p[at.noise + i],
                    Noise::OfLatent => affine(&p[at.slope + i * h..][..h], &z, p[at.noise + i]),
                };
                let v = ln_v.exp();
                let log_density = self.parts.log_density.at(&[x[i], mean, v]);
                out.reconstruction = out.reconstruction + weight * log_density;
                out.decoder = out.decoder + weight * self.parts.decoder.at(&[mean, v]);
            }
        }
        out
    }

    fn direction(&self, p: &[f64]) -> Vec<f64> {
        let at = self.place();
        let mut out = vec![0.0; p.len()];
        out[at.noise..at.slope].fill(-1.0);
        match self.prior {
            Prior::Free => out[at.prior..at.end].fill(-1.0),
            Prior::Fixed => {
                // Half of what moves with ln λ: W and the slopes down, ν up, ln τ² up by two.
                for i in (at.weights..at.offset).chain(at.slope..at.prior) {
                    out[i] = -p[i] / 2.0;
                }
                for i in at.encoder..at.spread {
                    out[i] = p[i] / 2.0;
                }
                out[at.spread..at.noise].fill(1.0);
            }
        }
        out
    }
}
