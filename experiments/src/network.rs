//! A small autoencoder that is not linear: one latent, two layers of tanh in decoder and encoder, the first layer of the
//! decoder linear in the latent; with the variants under which the theorem must fail.

use std::ops::Range;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::formula::Real;
use crate::model::{Model, Terms, affine, dot, nodes, normal};
use crate::parts::Parts;

/// What is learnt, and how.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// Standard normal prior, learnt decoder variance, log-variance encoder: the theorem applies.
    ScaledEncoder,
    /// The prior's variance is learnt too: the theorem applies.
    FreePrior,
    /// The decoder's variance stays at 1.
    FrozenNoise,
    /// The squares of the decoder's first weights, times this, are subtracted from the bound as well.
    WeightDecay(f64),
    /// The encoder's standard deviation is ln(1 + exp ·): twice as wide is not among its choices.
    Softplus,
    /// The divergence has this weight.
    Beta(f64),
}

/// How much of the squares of weights is subtracted from the bound while it is polished, so that there is an optimum: the
/// bound alone has none here, its weights grow for ever. It is done such that the direction of the identity does not see
/// it, and the theorem stands.
const DECAY: f64 = 1e-2;

/// How many units each layer has.
const UNITS: usize = 3;

/// Nodes of the expectation over the latent.
const NODES: usize = 12;

/// The autoencoder with its data, points in the plane.
#[derive(Clone, Debug)]
pub struct Network<'a> {
    /// The formulas.
    pub parts: &'a Parts,
    /// The data.
    pub data: Vec<[f64; 2]>,
    /// The variant.
    pub kind: Kind,
    nodes: Vec<(Vec<f64>, f64)>,
}

// The decoder, from the latent to the plane.
const FIRST: usize = 0;
const FIRST_OFFSET: usize = FIRST + UNITS;
const SECOND: usize = FIRST_OFFSET + UNITS;
const SECOND_OFFSET: usize = SECOND + UNITS * UNITS;
const OUT: usize = SECOND_OFFSET + UNITS;
const OUT_OFFSET: usize = OUT + 2 * UNITS;
// The encoder, from the plane to centre and spread.
const LOOK: usize = OUT_OFFSET + 2;
const LOOK_OFFSET: usize = LOOK + 2 * UNITS;
const DEEP: usize = LOOK_OFFSET + UNITS;
const DEEP_OFFSET: usize = DEEP + UNITS * UNITS;
const CENTRE: usize = DEEP_OFFSET + UNITS;
const CENTRE_OFFSET: usize = CENTRE + UNITS;
const SPREAD: usize = CENTRE_OFFSET + 1;
const SPREAD_OFFSET: usize = SPREAD + UNITS;
const NOISE: usize = SPREAD_OFFSET + 1;
const PRIOR: usize = NOISE + 1;
/// The logarithm of a factor of the encoder's standard deviation. Never trained: it is there to be differentiated by.
const STRETCH: usize = PRIOR + 1;
const END: usize = STRETCH + 1;

/// What no direction touches, without the decoder's last offset.
const INNER: [Range<usize>; 3] = [FIRST_OFFSET..OUT_OFFSET, LOOK..CENTRE, SPREAD..SPREAD_OFFSET];

/// What the scale of the latent moves: the decoder's first weights down, the encoder's centre up.
const SCALED: [Range<usize>; 2] = [FIRST..FIRST_OFFSET, CENTRE..SPREAD];

impl<'a> Network<'a> {
    /// A variant on data.
    pub fn new(parts: &'a Parts, data: Vec<[f64; 2]>, kind: Kind) -> Self {
        Self { parts, data, kind, nodes: nodes(NODES, 1) }
    }

    /// The same with more or fewer nodes in place of the latent's distribution.
    #[must_use]
    pub fn with_nodes(mut self, each: usize) -> Self {
        self.nodes = nodes(each, 1);
        self
    }

    /// Where training starts: near the place where the latent says nothing, `awake` from it.
    pub fn start(&self, seed: u64, awake: f64) -> Vec<f64> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut out: Vec<f64> = (0..END).map(|_| normal(&mut rng)).collect();
        for i in (FIRST..FIRST_OFFSET).chain(CENTRE..CENTRE_OFFSET).chain(SPREAD..SPREAD_OFFSET) {
            out[i] *= awake;
        }
        for i in (SECOND..SECOND_OFFSET).chain(DEEP..DEEP_OFFSET) {
            out[i] /= f64::sqrt(UNITS as f64);
        }
        for i in (LOOK..LOOK_OFFSET).chain(OUT..OUT_OFFSET) {
            out[i] *= 0.4;
        }
        for i in [FIRST_OFFSET, SECOND_OFFSET, LOOK_OFFSET, DEEP_OFFSET] {
            out[i..i + UNITS].iter_mut().for_each(|b| *b *= 0.4);
        }
        out[OUT_OFFSET..LOOK].fill(0.0);
        out[CENTRE_OFFSET] = 0.0;
        out[SPREAD_OFFSET] = if self.kind == Kind::Softplus { f64::exp_m1(1.0).ln() } else { 0.0 };
        out[NOISE] = 0.0;
        out[PRIOR] = 0.0;
        out[STRETCH] = 0.0;
        out
    }

    /// The gap that a stationary point of the *objective* must have, from its penalty alone; `None` where a slope of the
    /// bound is left over that training cannot see.
    pub fn gap_at_optimum(&self, p: &[f64]) -> Option<f64> {
        let direction = self.direction(p);
        let seen = (0..p.len()).all(|i| direction[i] == 0.0 || self.is_free(i));
        seen.then(|| dot(&direction, &self.penalty(p).1))
    }

    /// The decoder's mean over a latent.
    pub fn mean<T: Real>(p: &[T], z: T) -> [T; 2] {
        let first: [T; UNITS] =
            std::array::from_fn(|k| (p[FIRST + k] * z + p[FIRST_OFFSET + k]).tanh());
        let second: [T; UNITS] = std::array::from_fn(|k| {
            affine(&p[SECOND + k * UNITS..][..UNITS], &first, p[SECOND_OFFSET + k]).tanh()
        });
        std::array::from_fn(|i| affine(&p[OUT + i * UNITS..][..UNITS], &second, p[OUT_OFFSET + i]))
    }

    /// Centre and standard deviation of the encoder.
    fn encoder<T: Real>(&self, p: &[T], x: [T; 2]) -> (T, T) {
        let first: [T; UNITS] =
            std::array::from_fn(|k| affine(&p[LOOK + 2 * k..][..2], &x, p[LOOK_OFFSET + k]).tanh());
        let second: [T; UNITS] = std::array::from_fn(|k| {
            affine(&p[DEEP + k * UNITS..][..UNITS], &first, p[DEEP_OFFSET + k]).tanh()
        });
        let centre = affine(&p[CENTRE..CENTRE_OFFSET], &second, p[CENTRE_OFFSET]);
        let spread = affine(&p[SPREAD..SPREAD_OFFSET], &second, p[SPREAD_OFFSET]);
        let tau = match self.kind {
            Kind::Softplus => (spread.exp() + T::from_f(1.0)).ln(),
            _ => (spread * T::from_f(0.5)).exp(),
        };
        (centre, tau * p[STRETCH].exp())
    }
}

impl Model for Network<'_> {
    fn points(&self) -> usize {
        self.data.len()
    }

    fn beta(&self) -> f64 {
        if let Kind::Beta(beta) = self.kind { beta } else { 1.0 }
    }

    fn terms<T: Real>(&self, p: &[T], point: usize) -> Terms<T> {
        let x = self.data[point].map(T::from_f);
        let (nu, tau) = self.encoder(p, x);
        let (t, v) = (tau * tau, p[NOISE].exp());
        let a = if self.kind == Kind::FreePrior { p[PRIOR].exp() } else { T::from_f(1.0) };
        let (mut reconstruction, mut decoder) = (T::from_f(0.0), T::from_f(0.0));
        for (node, weight) in &self.nodes {
            let mean = Self::mean(p, nu + tau * T::from_f(node[0]));
            for (x, m) in x.into_iter().zip(mean) {
                let log_density = self.parts.log_density.at(&[x, m, v]);
                reconstruction = reconstruction + T::from_f(*weight) * log_density;
                decoder = decoder + T::from_f(*weight) * self.parts.decoder.at(&[m, v]);
            }
        }
        Terms {
            reconstruction,
            divergence: self.parts.divergence.at(&[nu, t, a]),
            encoder: self.parts.encoder.at(&[nu, t]),
            prior: self.parts.prior.at(&[a]),
            decoder,
        }
    }

    fn direction(&self, p: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; p.len()];
        out[NOISE] = -1.0;
        if self.kind == Kind::FreePrior {
            out[PRIOR] = -1.0;
            return out;
        }
        for i in FIRST..FIRST_OFFSET {
            out[i] = -p[i] / 2.0;
        }
        for i in CENTRE..SPREAD {
            out[i] = p[i] / 2.0;
        }
        if self.kind == Kind::Softplus {
            // No parameter widens the encoder everywhere by one factor.
            out[STRETCH] = 0.5;
        } else {
            out[SPREAD_OFFSET] = 1.0;
        }
        out
    }

    fn is_free(&self, parameter: usize) -> bool {
        match parameter {
            NOISE => self.kind != Kind::FrozenNoise,
            PRIOR => self.kind == Kind::FreePrior,
            STRETCH => false,
            _ => true,
        }
    }

    fn penalty(&self, p: &[f64]) -> (f64, Vec<f64>) {
        let (mut value, mut slope) = (0.0, vec![0.0; p.len()]);
        let mut decay = |range: Range<usize>, rate: f64| {
            for i in range {
                value += rate * p[i] * p[i];
                slope[i] += 2.0 * rate * p[i];
            }
        };
        INNER.into_iter().for_each(|range| decay(range, DECAY));
        let [first, centre] = SCALED;
        if let Kind::WeightDecay(rate) = self.kind {
            decay(first.clone(), rate);
        }
        if self.kind == Kind::FreePrior {
            decay(first, DECAY);
            decay(centre, DECAY);
        } else {
            // The product of the sums of squares: what a scale of the latent takes from one it gives to the other.
            let squares = |range: &Range<usize>| dot(&p[range.clone()], &p[range.clone()]);
            let (of_first, of_centre) = (squares(&first), squares(&centre));
            value += DECAY * of_first * of_centre;
            first.for_each(|i| slope[i] += 2.0 * DECAY * of_centre * p[i]);
            centre.for_each(|i| slope[i] += 2.0 * DECAY * of_first * p[i]);
        }
        (value, slope)
    }
}

/// Points beside an arc of radius 3, from a seed; their mean is near zero.
pub fn arc(points: usize, seed: u64) -> Vec<[f64; 2]> {
    const HALF: f64 = 2.0;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..points)
        .map(|n| {
            let angle = HALF * (2.0 * (n as f64 + 0.5) / points as f64 - 1.0);
            let mut noise = || 0.25 * normal(&mut rng);
            [3.0 * angle.sin() + noise(), 3.0 * (angle.cos() - HALF.sin() / HALF) + noise()]
        })
        .collect()
}
