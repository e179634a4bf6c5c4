//! What is assumed: sorts of names, relations between terms, and transparent definitions.

use std::collections::BTreeMap;

use crate::term::{Symbol, Term};
use crate::theory::Sort;

use super::Sign;

/// The assumptions of a derivation. Binders add theirs as the kernel walks under them.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Declared sorts.
    pub sorts: BTreeMap<Symbol, Sort>,
    /// Declared relations, each a [`crate::term::Node::Relation`].
    pub relations: Vec<Term>,
    /// `let p = …`. Definitions are transparent: a name and what it abbreviates have the same normal form.
    pub definitions: BTreeMap<Symbol, Term>,
}

impl Facts {
    /// The sign that a name's sort gives it.
    pub fn sign_of(&self, name: &Symbol) -> Sign {
        match self.sorts.get(name) {
            Some(Sort::Positive | Sort::Natural) => Sign::POSITIVE,
            Some(Sort::Nonnegative) => Sign::NONNEGATIVE,
            Some(Sort::Negative) => Sign::NEGATIVE,
            Some(Sort::Nonzero) => Sign::NONZERO,
            _ => Sign::ANY,
        }
    }

    /// What a distribution's name stands for, followed through definitions.
    pub fn resolve<'a>(&'a self, term: &'a Term) -> &'a Term {
        let mut here = term;
        // Definitions refer backwards only, so this ends; the bound guards against a caller's cycle.
        for _ in 0..=self.definitions.len() {
            match here.as_symbol().and_then(|s| self.definitions.get(s)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }
}
