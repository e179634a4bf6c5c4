//! Independent draws from an explicit seed.
//!
//! A stream is cut into blocks. The generator of each is the one before it after a jump by 2^128 draws, so that blocks
//! may be drawn in any order, or by several threads, and each holds the same numbers.
//!
//! Generator: Xoshiro256++ (Blackman and Vigna 2021), seeded by SplitMix64 through `rand_xoshiro`. Lines and half lines
//! by the ziggurat of `rand_distr` (Marsaglia and Tsang 2000, variant of Doornik 2005). Counts: its Poisson (Hörmann
//! 1993) and binomial (Kachitvichyanukul and Schmeiser 1988) samplers; waiting counts and picks by inversion.
//! Waiting times: its sampler of Marsaglia and Tsang (2000); first passages: Michael, Schucany and Haas (1976).

use rand::{RngExt, SeedableRng};
use rand_distr::Distribution;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::lower::{Draw, Lane};
use super::program::Program;

/// Fills the random lanes of a program, batch after batch, from one seed.
pub(super) struct Generator {
    seed: u64,
    /// The number of the block that is being drawn, and the generator at its start.
    block: u64,
    start: Xoshiro256PlusPlus,
    rng: Xoshiro256PlusPlus,
    lanes: Vec<(usize, Draw)>,
}

impl Generator {
    /// At the start of the first block.
    pub fn new(seed: u64, lanes: &[Lane]) -> Self {
        let drawn = lanes.iter().enumerate().filter_map(|(i, lane)| match lane {
            Lane::Draw(draw) => Some((i, *draw)),
            Lane::Variable => None,
        });
        let start = Xoshiro256PlusPlus::seed_from_u64(seed);
        Self { seed, block: 0, rng: start.clone(), start, lanes: drawn.collect() }
    }

    /// Goes to the start of a block: fast where it is not before the last one.
    pub fn begin(&mut self, block: u64) {
        if block < self.block {
            (self.block, self.start) = (0, Xoshiro256PlusPlus::seed_from_u64(self.seed));
        }
        while self.block < block {
            self.start.jump();
            self.block += 1;
        }
        self.rng = self.start.clone();
    }

    /// The random lanes.
    pub fn lanes(&self) -> &[(usize, Draw)] {
        &self.lanes
    }

    /// A uniform number on the open unit interval.
    pub fn open_unit(&mut self) -> f64 {
        rand_distr::Open01.sample(&mut self.rng)
    }

    /// Draws the first `n` entries of each random lane.
    pub fn fill(&mut self, program: &mut Program, n: usize) {
        for (lane, draw) in &self.lanes {
            fill(*draw, &mut self.rng, &mut program.input(*lane)[..n]);
        }
    }

    /// Draws the first `n` entries of one lane.
    pub fn fill_lane(&mut self, (lane, draw): (usize, Draw), program: &mut Program, n: usize) {
        fill(draw, &mut self.rng, &mut program.input(lane)[..n]);
    }
}

fn fill(draw: Draw, rng: &mut Xoshiro256PlusPlus, out: &mut [f64]) {
    match draw {
        Draw::Line => out.iter_mut().for_each(|x| *x = rand_distr::StandardNormal.sample(rng)),
        Draw::HalfLine => out.iter_mut().for_each(|x| *x = rand_distr::Exp1.sample(rng)),
        // The open interval, so that an inverse distribution function stays finite.
        Draw::Interval => out.iter_mut().for_each(|x| *x = rand_distr::Open01.sample(rng)),
        Draw::Arrivals(rate) => match rand_distr::Poisson::new(f64::from_bits(rate)) {
            Ok(d) => out.iter_mut().for_each(|x| *x = d.sample(rng)),
            Err(_) => out.fill(f64::NAN),
        },
        Draw::Successes(n, p) => match rand_distr::Binomial::new(n, f64::from_bits(p)) {
            Ok(d) => out.iter_mut().for_each(|x| *x = d.sample(rng) as f64),
            Err(_) => out.fill(f64::NAN),
        },
        Draw::Wait(shape) => match rand_distr::Gamma::new(f64::from_bits(shape), 1.0) {
            Ok(d) => out.iter_mut().for_each(|x| *x = d.sample(rng)),
            Err(_) => out.fill(f64::NAN),
        },
        Draw::MixedArrivals(shape, mean) => {
            let mean = f64::from_bits(mean);
            match rand_distr::Gamma::new(f64::from_bits(shape), mean) {
                Ok(d) => out.iter_mut().for_each(|x| {
                    // A time that underflows to zero has no arrivals.
                    let rate = d.sample(rng);
                    *x = rand_distr::Poisson::new(rate).map_or(0.0, |p| p.sample(rng));
                }),
                Err(_) => out.fill(f64::NAN),
            }
        }
        Draw::Passage(mean, shape) => {
            match rand_distr::InverseGaussian::new(f64::from_bits(mean), f64::from_bits(shape)) {
                Ok(d) => out.iter_mut().for_each(|x| *x = d.sample(rng)),
                Err(_) => out.fill(f64::NAN),
            }
        }
        Draw::Angle(loc, k) => {
            let (loc, k) = (f64::from_bits(loc), f64::from_bits(k));
            out.iter_mut().for_each(|x| *x = angle(loc, k, rng));
        }
    }
}

/// An angle between −π and π whose density is as exp(k cos(x − loc)), by rejection from a wrapped heavy-tailed one (Best
/// and Fisher, Efficient simulation of the circular normal, Applied Statistics 28, 1979).
fn angle(loc: f64, k: f64, rng: &mut Xoshiro256PlusPlus) -> f64 {
    use std::f64::consts::{PI, TAU};
    let t = 1.0 + (1.0 + 4.0 * k * k).sqrt();
    let rho = (t - (2.0 * t).sqrt()) / (2.0 * k);
    let r = (1.0 + rho * rho) / (2.0 * rho);
    let mut unit = || -> f64 { rand_distr::Open01.sample(rng) };
    let cosine = loop {
        let z = (PI * unit()).cos();
        let f = (1.0 + r * z) / (r + z);
        let c = k * (r - f);
        let u = unit();
        if c * (2.0 - c) > u || (c / u).ln() + 1.0 - c >= 0.0 {
            break f.clamp(-1.0, 1.0);
        }
    };
    let turned = if unit() < 0.5 { -cosine.acos() } else { cosine.acos() };
    (loc + turned + PI).rem_euclid(TAU) - PI
}

/// The stream of admissible points: one per key, the same on every machine.
#[derive(Clone, Debug)]
pub struct PointStream {
    rng: Xoshiro256PlusPlus,
}

impl PointStream {
    /// The stream of a [`key`](super::key).
    pub fn new(key: u64) -> Self {
        Self { rng: Xoshiro256PlusPlus::seed_from_u64(key) }
    }

    /// Uniform on `[lo, hi)`.
    pub fn uniform(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * self.rng.random::<f64>()
    }

    /// Uniform in the logarithm on `[lo, hi)`; both ends positive.
    pub fn log_uniform(&mut self, lo: f64, hi: f64) -> f64 {
        self.uniform(lo.ln(), hi.ln()).exp()
    }

    /// An integer between `lo` and `hi`, both included.
    pub fn integer(&mut self, lo: i64, hi: i64) -> i64 {
        self.rng.random_range(lo..=hi.max(lo))
    }
}
