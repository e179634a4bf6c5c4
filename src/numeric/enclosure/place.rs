//! What an enclosure is taken under: the values of names, the catalogue, the limits.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::interval::Interval;
use super::{EnclosureOptions, elementary};
use crate::numeric::lower::Lowering;
use crate::numeric::{Catalogue, Environment, NumericError, Options};
use crate::term::{Symbol, Term};

/// Integrals inside integrals beyond this are refused.
const MAX_LEVEL: usize = 4;

/// Nodes of graphs that are evaluated for one enclosure in all: seconds of work.
const BUDGET: u64 = 1 << 23;

/// Values, catalogue and limits.
pub(super) struct Place<'a> {
    /// Parameters, exactly.
    pub environment: Environment,
    /// Names that are known to lie in an interval.
    pub intervals: BTreeMap<Symbol, Interval>,
    pub catalogue: &'a dyn Catalogue,
    pub options: &'a EnclosureOptions,
    spent: Rc<Cell<u64>>,
    level: usize,
}

impl<'a> Place<'a> {
    pub fn new(
        environment: &Environment,
        catalogue: &'a dyn Catalogue,
        options: &'a EnclosureOptions,
    ) -> Self {
        let (environment, intervals) = (environment.clone(), BTreeMap::new());
        let spent = Rc::new(Cell::new(0));
        Self { environment, intervals, catalogue, options, spent, level: 0 }
    }

    /// The place of a binder inside this one.
    pub fn inner(&self) -> Result<Place<'a>, NumericError> {
        if self.level >= MAX_LEVEL {
            return Err(NumericError::TooLarge("the nesting of integrals".into()));
        }
        let (environment, intervals) = (self.environment.clone(), self.intervals.clone());
        let Self { catalogue, options, level, .. } = *self;
        let spent = Rc::clone(&self.spent);
        Ok(Place { environment, intervals, catalogue, options, spent, level: level + 1 })
    }

    /// Notes evaluations of a graph of so many nodes.
    pub fn spend(&self, evaluations: usize, nodes: usize) -> Result<(), NumericError> {
        let work = (evaluations as u64).saturating_mul(nodes as u64);
        self.spent.set(self.spent.get().saturating_add(work));
        if self.spent.get() > BUDGET {
            return Err(NumericError::TooLarge("the work for an enclosure".into()));
        }
        Ok(())
    }

    /// How often a graph of so many nodes may still be evaluated.
    pub fn affordable(&self, nodes: usize) -> usize {
        (BUDGET.saturating_sub(self.spent.get()) / nodes.max(1) as u64) as usize
    }

    /// This place, where a name lies in an interval.
    pub fn with(mut self, name: &Symbol, value: Interval) -> Self {
        self.environment.set(name.clone(), value.middle());
        self.intervals.insert(name.clone(), value);
        self
    }

    /// What a name is known to be.
    pub fn get(&self, name: &Symbol) -> Option<Interval> {
        let exact = || self.environment.get(name).map(Interval::point);
        self.intervals.get(name).copied().or_else(exact).or_else(|| constant(name))
    }

    /// The distribution behind names and entries of vectors.
    pub fn resolved(&self, distribution: &Term) -> Result<Term, NumericError> {
        self.ordinary(|context| Lowering::new(context).resolved(distribution))
    }

    /// What the ordinary evaluator has to say here: a hint, never part of an enclosure.
    pub fn ordinary<T>(&self, ask: impl FnOnce(&crate::numeric::context::Context) -> T) -> T {
        let (options, spent) = (Options::default(), Cell::new(0));
        let context = crate::numeric::context::Context::new(
            &self.environment,
            self.catalogue,
            &options,
            &spent,
        );
        ask(&context)
    }
}

fn constant(name: &Symbol) -> Option<Interval> {
    Some(match name.as_str() {
        "pi" => elementary::PI,
        "e" => elementary::E,
        "euler_gamma" => elementary::EULER_GAMMA,
        _ => return None,
    })
}
