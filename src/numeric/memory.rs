//! Integrals and sums that were computed before at the same point: the lines of a derivation share most of theirs, and a
//! derivative takes eight values of which few move.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use super::{NumericError, Options, Value};
use crate::term::{Symbol, Term};

/// Values that are kept at most.
const KEPT: usize = 1 << 14;

/// All that a value depends on besides the environment: the term, what names of the scope stand for, and the limits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    term: Term,
    scope: Vec<(Symbol, u64)>,
    limits: (usize, usize, usize, u64),
}

impl Key {
    pub fn new(term: &Term, scope: &[(Symbol, f64)], options: &Options) -> Self {
        let mut scope: Vec<_> = scope.iter().map(|(n, v)| (n.clone(), v.to_bits())).collect();
        scope.sort();
        let Options { tolerance, max_evaluations, coordinates, grid, .. } = options;
        let limits = (*max_evaluations, *coordinates, *grid, tolerance.to_bits());
        Self { term: term.clone(), scope, limits }
    }
}

/// The values of integrals and sums in one environment, under one catalogue: whoever evaluates several terms there
/// hands the same memory to each.
#[derive(Default)]
pub struct Memory {
    known: RefCell<HashMap<Key, Result<Value, NumericError>>>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory of {} values", self.known.borrow().len())
    }
}

impl Memory {
    pub(super) fn once(
        &self,
        key: Key,
        find: impl FnOnce() -> Result<Value, NumericError>,
    ) -> Result<Value, NumericError> {
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        // That one evaluation had spent what it may says nothing of the next.
        let lasting = !matches!(found, Err(NumericError::TooLarge(_)));
        let mut known = self.known.borrow_mut();
        if lasting && known.len() < KEPT {
            known.insert(key, found.clone());
        }
        found
    }
}
