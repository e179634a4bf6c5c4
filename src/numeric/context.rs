//! What every evaluation carries: values, catalogue, limits, and the count of what was spent.

use std::cell::Cell;

use super::memory::{Key, Memory};
use super::{Catalogue, Environment, NumericError, Options, Value};

/// Integrals inside integrals beyond this are refused: each level multiplies the work by hundreds.
const MAX_LEVEL: usize = 4;

/// Evaluations of integrands in all, beyond which nested integrals are given up: a second of work.
const MAX_SPENT: u64 = 1 << 23;

pub(super) struct Context<'a> {
    pub environment: Environment,
    pub catalogue: &'a dyn Catalogue,
    pub options: &'a Options,
    spent: &'a Cell<u64>,
    level: usize,
    /// What is known of the values outside all integrals.
    memory: Option<&'a Memory>,
}

impl<'a> Context<'a> {
    pub fn new(
        environment: &Environment,
        catalogue: &'a dyn Catalogue,
        options: &'a Options,
        spent: &'a Cell<u64>,
    ) -> Self {
        Self { environment: environment.clone(), catalogue, options, spent, level: 0, memory: None }
    }

    /// The same with values that were computed before in this environment.
    pub fn remembering(self, memory: &'a Memory) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// The value found before, or one found now. Inside an integral nothing is remembered: its variable moves.
    pub fn once(
        &self,
        key: impl FnOnce() -> Key,
        find: impl FnOnce() -> Result<Value, NumericError>,
    ) -> Result<Value, NumericError> {
        match self.memory {
            Some(memory) => memory.once(key(), find),
            None => find(),
        }
    }

    /// Whether an integral here is inside no other.
    pub fn is_outermost(&self) -> bool {
        self.level <= 1
    }

    /// The context of a binder inside this one.
    pub fn inner(&self, environment: Environment) -> Result<Context<'a>, NumericError> {
        if self.level >= MAX_LEVEL {
            return Err(NumericError::TooLarge("the nesting of integrals".into()));
        }
        if self.spent.get() > MAX_SPENT {
            return Err(NumericError::TooLarge("the number of evaluations".into()));
        }
        let Self { catalogue, options, spent, level, .. } = *self;
        Ok(Context { environment, catalogue, options, spent, level: level + 1, memory: None })
    }

    /// Notes evaluations of an integrand or a summand.
    pub fn count(&self, evaluations: u64) {
        self.spent.set(self.spent.get().saturating_add(evaluations));
    }
}
