//! Binary data: two layers, the first linear in the latents, the second linear to the logits.

use crate::formula::Real;
use crate::model::{Model, Terms, affine, logistic, nodes};
use crate::parts::Parts;

/// An autoencoder of binary data, with one variance of the encoder for each latent.
#[derive(Clone, Debug)]
pub struct Binary<'a> {
    parts: &'a Parts,
    data: Vec<Vec<f64>>,
    latents: usize,
    units: usize,
    nodes: Vec<(Vec<f64>, f64)>,
}

impl<'a> Binary<'a> {
    /// A model of data of zeros and ones.
    pub fn new(parts: &'a Parts, data: Vec<Vec<f64>>, latents: usize, units: usize) -> Self {
        Self { parts, data, latents, units, nodes: nodes(4, latents) }
    }

    /// W, its offset, Θ, its offset, V, its offset, ln τ²: where each starts, and the end.
    fn place(&self) -> [usize; 8] {
        let (d, h, k) = (self.data[0].len(), self.latents, self.units);
        let mut out = [0; 8];
        for (i, size) in [k * h, k, d * k, d, h * d, h, h].into_iter().enumerate() {
            out[i + 1] = out[i] + size;
        }
        out
    }

    /// How many parameters there are.
    pub fn parameters(&self) -> usize {
        self.place()[7]
    }
}

impl Model for Binary<'_> {
    fn points(&self) -> usize {
        self.data.len()
    }

    fn terms<T: Real>(&self, p: &[T], point: usize) -> Terms<T> {
        let [first, first_offset, out, out_offset, encoder, centre, spread, _] = self.place();
        let (d, h, k) = (self.data[0].len(), self.latents, self.units);
        let x: Vec<T> = self.data[point].iter().map(|&x| T::from_f(x)).collect();
        let (zero, one) = (T::from_f(0.0), T::from_f(1.0));
        let mut terms = Terms {
            reconstruction: zero,
            divergence: zero,
            encoder: zero,
            prior: zero,
            decoder: zero,
        };
        let (mut nu, mut t) = (Vec::new(), Vec::new());
        for j in 0..h {
            nu.push(affine(&p[encoder + j * d..][..d], &x, p[centre + j]));
            t.push(p[spread + j].exp());
            terms.divergence = terms.divergence + self.parts.divergence.at(&[nu[j], t[j], one]);
            terms.encoder = terms.encoder + self.parts.encoder.at(&[nu[j], t[j]]);
            terms.prior = terms.prior + self.parts.prior.at(&[one]);
        }
        for (node, weight) in &self.nodes {
            let z: Vec<T> = (0..h).map(|j| nu[j] + t[j].sqrt() * T::from_f(node[j])).collect();
            let units: Vec<T> = (0..k)
                .map(|i| affine(&p[first + i * h..][..h], &z, p[first_offset + i]).tanh())
                .collect();
            let weight = T::from_f(*weight);
            for i in 0..d {
                let r = logistic(affine(&p[out + i * k..][..k], &units, p[out_offset + i]));
                let log_mass = self.parts.log_mass.at(&[x[i], r]);
                terms.reconstruction = terms.reconstruction + weight * log_mass;
                terms.decoder = terms.decoder + weight * self.parts.mass_entropy.at(&[r]);
            }
        }
        terms
    }

    fn direction(&self, p: &[f64]) -> Vec<f64> {
        let [first, first_offset, out, _, encoder, _, spread, end] = self.place();
        let mut d = vec![0.0; p.len()];
        for i in first..first_offset {
            d[i] = -p[i] / 2.0;
        }
        // The logits times a factor, at the factor 1.
        d[out..encoder].copy_from_slice(&p[out..encoder]);
        for i in encoder..spread {
            d[i] = p[i] / 2.0;
        }
        d[spread..end].fill(1.0);
        d
    }
}
