//! The formulas that an evidence lower bound and its three entropies are made of, one coordinate each.

use crate::formula::Formula;

/// Log-densities, divergence and entropies of one coordinate, as hence derives them.
#[derive(Clone, Debug)]
pub struct Parts {
    /// ln N(x; m, v), arguments x, m, v.
    pub log_density: Formula,
    /// KL(N(nu, t) ‖ N(0, a)), arguments nu, t, a.
    pub divergence: Formula,
    /// The entropy of N(nu, t), arguments nu, t.
    pub encoder: Formula,
    /// The entropy of N(0, a), argument a.
    pub prior: Formula,
    /// The entropy of N(m, v), arguments m, v.
    pub decoder: Formula,
    /// The mean of ln Bernoulli(r) under Bernoulli(p), arguments p, r; at p in {0, 1} it is the logarithm of a mass.
    pub log_mass: Formula,
    /// The entropy of Bernoulli(r), argument r.
    pub mass_entropy: Formula,
}

const ENCODER: &str = "let nu real\nlet t positive\nderive H(Normal(nu, t))";
const DECODER: &str = "let m real\nlet v positive\nderive H(Normal(m, v))";

impl Parts {
    /// Derives all of them.
    ///
    /// # Errors
    /// Where one is not derived.
    pub fn derived() -> Result<Self, String> {
        Self::with_entropies(ENCODER, DECODER)
    }

    /// As [`Parts::derived`], with other statements for the entropies of encoder and decoder: a check must see a wrong one.
    ///
    /// # Errors
    /// As [`Parts::derived`].
    pub fn with_entropies(encoder: &str, decoder: &str) -> Result<Self, String> {
        Ok(Self {
            log_density: Formula::derive(
                "let x, m real\nlet v positive\nlet p = Normal(m, v)\nderive ln(p(x))",
                &["x", "m", "v"],
            )?,
            divergence: Formula::derive(
                "let nu real\nlet t, a positive\nderive KL(Normal(nu, t) || Normal(0, a))",
                &["nu", "t", "a"],
            )?,
            encoder: Formula::derive(encoder, &["nu", "t"])?,
            prior: Formula::derive("let a positive\nderive H(Normal(0, a))", &["a"])?,
            decoder: Formula::derive(decoder, &["m", "v"])?,
            log_mass: Formula::derive(
                "let p, r positive\nassume p < 1, r < 1\nderive -H(Bernoulli(p), Bernoulli(r))",
                &["p", "r"],
            )?,
            mass_entropy: Formula::derive(
                "let r positive\nassume r < 1\nderive H(Bernoulli(r))",
                &["r"],
            )?,
        })
    }

    /// Each with its name.
    pub fn all(&self) -> [&Formula; 7] {
        [
            &self.log_density,
            &self.divergence,
            &self.encoder,
            &self.prior,
            &self.decoder,
            &self.log_mass,
            &self.mass_entropy,
        ]
    }
}
