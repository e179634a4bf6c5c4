//! What a theory says of particular terms: the density of this distribution at that point, the definition of a
//! quantity at these arguments. Parameters are replaced by arguments without capture.

use std::collections::BTreeMap;

use super::{Distribution, Space, TAIL_START, Theory};
use crate::term::{Node, Symbol, Term};

impl Theory {
    /// The density of a distribution, given by name and arguments, at a point of its support.
    pub fn density_of(&self, distribution: &Term, point: &Term) -> Option<Term> {
        let (known, arguments) = self.distribution(distribution)?;
        let mut map = parameters(known, arguments);
        map.insert(known.var.clone(), point.clone());
        Some(known.density.substitute_all(&map))
    }

    /// The ends of the interval on which a distribution's density is positive; of a discrete one there is none.
    pub fn support_of(&self, distribution: &Term) -> Option<(Term, Term)> {
        if self.is_discrete(distribution) { None } else { self.range_of(distribution) }
    }

    /// The first and the last integer on which a discrete distribution may have mass.
    pub fn atoms_of(&self, distribution: &Term) -> Option<(Term, Term)> {
        if self.is_discrete(distribution) { self.range_of(distribution) } else { None }
    }

    /// Where the points of a distribution of several coordinates lie; of one of a single variable there is none.
    pub fn space_of(&self, distribution: &Term) -> Option<Space> {
        let (known, arguments) = self.distribution(distribution)?;
        let space = known.space.as_ref()?;
        let map = parameters(known, arguments);
        space.map(|t| Some(t.substitute_all(&map)))
    }

    /// Whether a term is a distribution on integers.
    pub fn is_discrete(&self, distribution: &Term) -> bool {
        self.distribution(distribution).is_some_and(|(known, _)| known.discrete)
    }

    fn range_of(&self, distribution: &Term) -> Option<(Term, Term)> {
        let (known, arguments) = self.distribution(distribution)?;
        if known.space.is_some() {
            return None;
        }
        let map = parameters(known, arguments);
        let (low, high) = &known.support;
        Some((low.substitute_all(&map), high.substitute_all(&map)))
    }

    /// The sampler of a distribution.
    pub fn sampler_of(&self, distribution: &Term) -> Option<Term> {
        let (known, arguments) = self.distribution(distribution)?;
        Some(known.sample.as_ref()?.substitute_all(&parameters(known, arguments)))
    }

    /// The point about which powers are expanded under a distribution.
    pub fn center_of(&self, distribution: &Term) -> Option<Term> {
        let (known, arguments) = self.distribution(distribution)?;
        Some(known.center.as_ref()?.substitute_all(&parameters(known, arguments)))
    }

    /// The product of the distributions of the coordinates, each by itself.
    pub fn marginals_of(&self, distribution: &Term) -> Option<Term> {
        let (known, arguments) = self.distribution(distribution)?;
        Some(known.marginals.as_ref()?.substitute_all(&parameters(known, arguments)))
    }

    /// From where on the tail of a distribution is bounded, and a bound of its density at `point` over that at `start`.
    pub fn tail_of(&self, distribution: &Term, start: &Term, point: &Term) -> Option<(Term, Term)> {
        let (known, arguments) = self.distribution(distribution)?;
        let (from, bound) = known.tail.as_ref()?;
        let mut map = parameters(known, arguments);
        let from = from.substitute_all(&map);
        map.insert(known.var.clone(), point.clone());
        map.insert(Symbol::new(TAIL_START), start.clone());
        Some((from, bound.substitute_all(&map)))
    }

    /// The definition of a quantity at the arguments of a call. `support(p)` stays as it is written.
    pub fn expand_quantity(&self, call: &Term) -> Option<Term> {
        let Node::Call(name, arguments) = call.node() else { return None };
        let quantity = self.quantity(name, arguments.len())?;
        let formals = quantity.parameters.iter().map(|(formal, _)| formal.clone());
        let map: BTreeMap<Symbol, Term> = formals.zip(arguments.iter().cloned()).collect();
        Some(quantity.body.substitute_all(&map))
    }
}

fn parameters(known: &Distribution, arguments: &[Term]) -> BTreeMap<Symbol, Term> {
    known.parameters.iter().map(|(name, _)| name.clone()).zip(arguments.iter().cloned()).collect()
}
