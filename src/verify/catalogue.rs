//! What the numeric room asks of distributions and quantities, answered by the theory and the definitions in force.

use crate::kernel::Facts;
use crate::numeric::Catalogue;
use crate::term::{MEASURE, MIXTURE, Node, Symbol, Term};
use crate::theory::{Condition, Sort, Space, Theory};

/// The theory under the definitions of a context.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    /// Distributions and quantities.
    pub theory: &'a Theory,
    /// What names stand for.
    pub facts: &'a Facts,
}

impl Numbers<'_> {
    /// The other value of a quantity whose supports cannot nest: one distribution lives on integers, the other does
    /// not.
    fn between_kinds(&self, call: &Term) -> Option<Term> {
        let Node::Call(name, arguments) = call.node() else { return None };
        let quantity = self.theory.quantity(name, arguments.len())?;
        let of = |set: &Term| {
            let formal = set.children().first().map_or_else(|| set.clone(), |t| (*t).clone());
            let place =
                quantity.parameters.iter().position(|(p, _)| formal.as_symbol() == Some(p))?;
            self.lives_on_integers(&arguments[place])
        };
        let apart = quantity.conditions.iter().any(|condition| match condition {
            Condition::Within(p, q) => of(p).zip(of(q)).is_some_and(|(a, b)| a != b),
            _ => false,
        });
        if apart { quantity.otherwise.clone() } else { None }
    }

    fn lives_on_integers(&self, distribution: &Term) -> Option<bool> {
        let known = self.facts.resolve(distribution);
        match known.node() {
            Node::Symbol(name) => match self.facts.sorts.get(name)? {
                Sort::Mass => Some(true),
                Sort::Density => Some(false),
                _ => None,
            },
            Node::Call(f, parts) if f == MIXTURE || f == MEASURE => {
                self.lives_on_integers(parts.get(1)?)
            }
            _ => self.theory.distribution(&known).map(|(d, _)| d.discrete),
        }
    }
}

impl Catalogue for Numbers<'_> {
    fn density(&self, distribution: &Term, point: &Term) -> Option<Term> {
        self.theory.density_of(&self.facts.resolve(distribution), point)
    }

    fn is_signed(&self, name: &Symbol) -> bool {
        let signed = [Sort::Positive, Sort::Negative, Sort::Nonzero, Sort::Natural];
        self.facts.sorts.get(name).is_some_and(|sort| signed.contains(sort))
    }

    fn support(&self, distribution: &Term) -> Option<(Term, Term)> {
        self.theory.support_of(&self.facts.resolve(distribution))
    }

    fn atoms(&self, distribution: &Term) -> Option<(Term, Term)> {
        self.theory.atoms_of(&self.facts.resolve(distribution))
    }

    fn space(&self, distribution: &Term) -> Option<Space> {
        self.theory.space_of(&self.facts.resolve(distribution))
    }

    fn sampler(&self, distribution: &Term) -> Option<Term> {
        self.theory.sampler_of(&self.facts.resolve(distribution))
    }

    fn tail(&self, distribution: &Term, start: &Term, point: &Term) -> Option<(Term, Term)> {
        self.theory.tail_of(&self.facts.resolve(distribution), start, point)
    }

    fn expand(&self, term: &Term) -> Option<Term> {
        match term.node() {
            Node::Symbol(name) => self.facts.definitions.get(name).cloned(),
            Node::Index(..) if self.facts.is_defined_entry(term) => {
                Some(self.facts.resolve(term)).filter(|entry| entry != term)
            }
            _ => self
                .between_kinds(term)
                .or_else(|| {
                    let body = self.theory.expand_quantity(term)?;
                    self.facts.with_marginals(&body, self.theory).ok()
                })
                .map(|t| self.facts.unshadowed(&t)),
        }
    }
}
