//! Distributions that are put together with weights: mixtures, whose weights sum to one, and sums of distributions, whose
//! mass is the sum of theirs.

use super::{Node, Term};

/// The head of a mixture: `mixture(1/3: p, 2/3: q)`, weights and parts in turn among its arguments.
pub const MIXTURE: &str = "mixture";

/// The head of the product of the distributions of the coordinates of one over vectors, in definitions.
pub const MARGINALS: &str = "marginals";

/// The head of a sum of multiples of distributions, in machine form: `2*p + q` is `measure(2: p, 1: q)`.
pub const MEASURE: &str = "measure";

impl Term {
    /// The weights and parts of a mixture, or of a sum of multiples of distributions.
    pub fn weighted_parts(&self) -> Option<Vec<(&Self, &Self)>> {
        match self.node() {
            Node::Call(name, args)
                if (*name == MIXTURE || *name == MEASURE) && args.len().is_multiple_of(2) =>
            {
                Some(args.chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect())
            }
            _ => None,
        }
    }

    /// Whether this is a sum of multiples of distributions as it is written, names not followed.
    pub fn is_measure(&self) -> bool {
        matches!(self.node(), Node::Call(name, _) if *name == MEASURE)
    }

    /// The weighted densities that such a sum is made of, at a point; a weight of one is not written.
    pub fn weighted_densities(&self, point: &Self) -> Option<Self> {
        let parts = self.weighted_parts()?.into_iter().map(|(weight, part)| {
            let density = Self::density(part.clone(), vec![point.clone()]);
            density.times_weight(weight)
        });
        Some(Self::sum(parts.collect()))
    }

    /// A weight in front, which is left out where it is the number one.
    #[must_use]
    pub fn times_weight(self, weight: &Self) -> Self {
        match weight.as_rational() {
            Some(one) if one.is_one() => self,
            _ => Self::product(vec![weight.clone(), self]),
        }
    }
}
