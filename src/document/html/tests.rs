//! Pages hold what they should, and nothing that acts.
