//! Numerical experiments that try what hence derives.
//!
//! [`three_entropies`] is about the evidence lower bound F of variational autoencoders and the sum S of three entropies: at
//! every stationary point they agree, and everywhere F − S is a known direction times the gradient of F. Log-densities,
//! divergences and entropies are derived by hence when a run starts; only models, training and data are made here.

pub mod bernoulli;
pub mod figures;
pub mod formula;
pub mod formulas;
pub mod linear;
pub mod model;
pub mod network;
pub mod parts;
pub mod pca;
pub mod report;
pub mod three_entropies;
pub mod train;
pub mod training;
