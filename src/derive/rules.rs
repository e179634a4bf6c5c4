//! The rules of a phase, looked up when they are first needed: what has no place to be tried at is never read.

use std::cell::OnceCell;

use crate::theory::{Rule, Theory};

/// The rules of a phase, in the order of the theory's phase entry.
pub(crate) struct PhaseRules<'t> {
    theory: &'t Theory,
    phase: &'static str,
    rules: OnceCell<Vec<&'t Rule>>,
}

impl<'t> PhaseRules<'t> {
    pub(crate) fn new(theory: &'t Theory, phase: &'static str) -> Self {
        Self { theory, phase, rules: OnceCell::new() }
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, &'t Rule> {
        self.rules.get_or_init(|| self.read()).iter()
    }

    fn read(&self) -> Vec<&'t Rule> {
        let patterns = self.theory.phase(self.phase).map_or(&[][..], |p| &p.rules);
        let named = patterns.iter().flat_map(|pattern| self.theory.rules_matching(pattern));
        named.filter(|r| r.right.is_some()).collect()
    }
}
