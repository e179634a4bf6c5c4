//! What the numeric room asks of distributions and quantities, answered by the theory and the definitions in force.

use crate::kernel::Facts;
use crate::numeric::Catalogue;
use crate::term::{Node, Term};
use crate::theory::Theory;

/// The theory under the definitions of a context.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    /// Distributions and quantities.
    pub theory: &'a Theory,
    /// What names stand for.
    pub facts: &'a Facts,
}

impl Catalogue for Numbers<'_> {
    fn density(&self, distribution: &Term, point: &Term) -> Option<Term> {
        self.theory.density_of(self.facts.resolve(distribution), point)
    }

    fn support(&self, distribution: &Term) -> Option<(Term, Term)> {
        self.theory.support_of(self.facts.resolve(distribution))
    }

    fn atoms(&self, distribution: &Term) -> Option<(Term, Term)> {
        self.theory.atoms_of(self.facts.resolve(distribution))
    }

    fn sampler(&self, distribution: &Term) -> Option<Term> {
        self.theory.sampler_of(self.facts.resolve(distribution))
    }

    fn expand(&self, term: &Term) -> Option<Term> {
        match term.node() {
            Node::Symbol(name) => self.facts.definitions.get(name).cloned(),
            _ => self.theory.expand_quantity(term).map(|t| self.facts.unshadowed(&t)),
        }
    }
}
