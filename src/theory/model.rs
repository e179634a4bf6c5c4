//! What theory files say, elaborated: definitions, distributions and rules over [`Term`]s.

use std::collections::BTreeMap;

use super::{Examples, Family};
use crate::term::{Relation, Symbol, Term};

/// The sort of a real-valued name or metavariable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Any real number.
    Real,
    /// > 0
    Positive,
    /// >= 0
    Nonnegative,
    /// < 0
    Negative,
    /// != 0
    Nonzero,
    /// An integer.
    Integer,
    /// An integer >= 1.
    Natural,
    /// A density over the reals, not further known.
    Density,
    /// A mass over a range of integers, positive on each, not further known.
    Mass,
    /// A vector of nonnegative numbers that add up to one.
    Probabilities,
    /// A vector of positive numbers.
    Positives,
}

impl Sort {
    /// Whether a name of this sort is a distribution.
    pub fn is_distribution(self) -> bool {
        matches!(self, Self::Density | Self::Mass)
    }

    /// Whether what is of this sort is a vector.
    pub fn is_vector(self) -> bool {
        matches!(self, Self::Probabilities | Self::Positives)
    }
}

/// The points of a distribution whose coordinates depend on one another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Space {
    /// Positive numbers that add up to one: so many of them. Densities are those of all coordinates but the last.
    Simplex(Term),
    /// Integers from zero on that add up to the first: so many as the second says.
    Counts(Term, Term),
    /// Vectors of so many real numbers.
    Reals(Term),
}

impl Space {
    /// The number of coordinates.
    pub fn dimension(&self) -> &Term {
        match self {
            Self::Simplex(n) | Self::Counts(_, n) | Self::Reals(n) => n,
        }
    }

    /// Whether the points are integers, each of which has a probability.
    pub fn is_discrete(&self) -> bool {
        matches!(self, Self::Counts(..))
    }

    /// The space with its terms replaced; `None` where one has no image.
    pub fn map(&self, mut f: impl FnMut(&Term) -> Option<Term>) -> Option<Self> {
        Some(match self {
            Self::Simplex(n) => Self::Simplex(f(n)?),
            Self::Counts(total, n) => Self::Counts(f(total)?, f(n)?),
            Self::Reals(n) => Self::Reals(f(n)?),
        })
    }

    /// The ends between which each coordinate lies.
    pub fn coordinate(&self) -> (Term, Term) {
        let infinity = || Term::symbol("oo");
        match self {
            Self::Simplex(_) => (Term::integer(0), Term::integer(1)),
            Self::Counts(total, _) => (Term::integer(0), total.clone()),
            Self::Reals(_) => (Term::neg(infinity()), infinity()),
        }
    }

    /// The set as it is written: `simplex(n)`, `counts(n, k)`, `reals(n)`.
    pub fn term(&self) -> Term {
        match self {
            Self::Simplex(n) => Term::call(SIMPLEX, vec![n.clone()]),
            Self::Counts(total, n) => Term::call(COUNTS, vec![total.clone(), n.clone()]),
            Self::Reals(n) => Term::call(super::REALS, vec![n.clone()]),
        }
    }
}

/// The word for positive numbers that add up to one.
pub const SIMPLEX: &str = "simplex";

/// The word for integers from zero on that add up to a number.
pub const COUNTS: &str = "counts";

/// A reason in the languages of the documents.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reason {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// A condition from the closed set that rules may state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// `a > b`, `a >= b`, `a != b`, `a < b`, `a <= b`, `a = b`.
    Compare(Relation, Term, Term),
    /// `t` is of a sort.
    Sort(Term, Sort),
    /// The variable, a bound one or one that is differentiated by, does not occur in the term.
    Free(Term, Term),
    /// The expectation, integral or sum converges absolutely.
    Integrable(Term),
    /// Derivative and expectation, integral or sum may be exchanged: the first is what is differentiated by.
    Dominated(Term, Term),
    /// The support of the first distribution lies within that of the second.
    Within(Term, Term),
}

/// A rewriting rule, an inequality, or a law.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Stable id that states the conclusion.
    pub id: Symbol,
    /// Left side, with metavariables.
    pub left: Term,
    /// `Eq`, `Le` or `Ge`.
    pub relation: Relation,
    /// Right side; `None` for a law, whose left side is `integrable(…)`.
    pub right: Option<Term>,
    /// All must be discharged.
    pub conditions: Vec<Condition>,
    /// Why.
    pub reason: Reason,
    /// Where it is found.
    pub cite: String,
    /// `axiom`, or the path of the document that derives it.
    pub proof: String,
    /// Instances that must fire, with what they assume.
    pub fires: Examples,
    /// Instances that must not fire.
    pub refuses: Examples,
}

impl Rule {
    /// The pattern variables of the right side that the left one does not determine: whoever uses the rule chooses what
    /// they stand for, and the conditions say what may be chosen.
    pub fn chosen(&self) -> Vec<Symbol> {
        let known = self.left.metas();
        let used = self.right.as_ref().map(Term::metas).unwrap_or_default();
        used.difference(&known).cloned().collect()
    }
}

/// A subject with its assumptions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// The subject.
    pub subject: Term,
    /// Sorts of names.
    pub sorts: Vec<(Symbol, Sort)>,
    /// Indexed families, and functions that are not further known, with the ranges of their indices.
    pub families: Vec<(Symbol, Family)>,
    /// First and last integer of distributions declared by their mass.
    pub masses: Vec<(Symbol, (Term, Term))>,
    /// Relations between terms.
    pub relations: Vec<Term>,
}

/// What the point at which a tail begins is called in `tail` clauses.
pub const TAIL_START: &str = "t";

/// A family of distributions on an interval of the reals, or on the integers of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Distribution {
    /// Its name.
    pub name: Symbol,
    /// Positional parameters.
    pub parameters: Vec<(Symbol, Sort)>,
    /// The variable of the density.
    pub var: Symbol,
    /// The interval on which the density is positive, or the first and the last integer; ends may be `-oo` and `oo`. Of a
    /// distribution of several coordinates, that of each.
    pub support: (Term, Term),
    /// Where the points lie, if they are vectors.
    pub space: Option<Space>,
    /// Further constraints on the parameters, such as `low < high`.
    pub constraints: Vec<Condition>,
    /// Named parameterisations.
    pub alternatives: Vec<Alternative>,
    /// Whether it lives on the integers of its support, so that its expectations are sums.
    pub discrete: bool,
    /// The density on its support, or the mass if it is discrete.
    pub density: Term,
    /// The sampler, over `std_normal()`, `std_uniform()`, `std_exponential()`.
    pub sample: Option<Term>,
    /// The point about which powers are expanded.
    pub center: Option<Term>,
    /// Of a distribution of several coordinates: the distributions of each by itself, as the product of them.
    pub marginals: Option<Term>,
    /// From where on the tail is bounded, and a bound of density(x)/density(t) for a point x beyond a point t beyond
    /// that: above it for x ≥ t, below it for x ≤ t. In the bound, t is [`TAIL_START`].
    pub tail: Option<(Term, Term)>,
    /// What it is called.
    pub reason: Reason,
    /// Where it is found.
    pub cite: String,
}

impl Distribution {
    /// The distribution with the names of its own parameters as arguments.
    #[must_use]
    pub fn itself(&self) -> Term {
        let names = self.parameters.iter().map(|(name, _)| Term::symbol(name.clone()));
        Term::call(self.name.clone(), names.collect())
    }
}

/// Another way to give a distribution's parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alternative {
    /// Parameters; `None` marks one that is positional and keeps its meaning.
    pub parameters: Vec<(Symbol, Option<Sort>)>,
    /// Positional parameter ↦ what it is.
    pub with: BTreeMap<Symbol, Term>,
}

/// A quantity with its definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quantity {
    /// Its name.
    pub name: Symbol,
    /// Formal parameters (distributions); the flag says that `||` stands before it.
    pub parameters: Vec<(Symbol, bool)>,
    /// How many of the parameters, the first ones, are variables by which the definition differentiates. They stand in
    /// brackets before the others.
    pub variables: usize,
    /// The definition over the formal parameters.
    pub body: Term,
    /// When it applies.
    pub conditions: Vec<Condition>,
    /// The value where a condition is known to fail.
    pub otherwise: Option<Term>,
    /// The unit of its value, where it has one.
    pub unit: Option<Symbol>,
    /// Why.
    pub reason: Reason,
    /// Where it is found.
    pub cite: String,
}

/// What a fit of one distribution to another may minimise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    /// The definition, over the target and the fitted distribution. Its name is no name of the language.
    pub definition: Quantity,
}

/// A distribution with free parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    /// Its name.
    pub name: Symbol,
    /// The parameters, with their sorts.
    pub parameters: Vec<(Symbol, Sort)>,
    /// The distribution.
    pub distribution: Term,
    /// What it is called.
    pub reason: Reason,
    /// Where it is found.
    pub cite: String,
}

/// What a table of families shows of each family, or of each pair of families.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name, which is no name of the language.
    pub name: Symbol,
    /// How many of the parameters, the first ones, are parameters of the families, each of which is tried.
    pub variables: usize,
    /// Its parameters; the flag says that a distribution stands for it, rather than a number.
    pub parameters: Vec<(Symbol, bool)>,
    /// What is derived, over the parameters.
    pub body: Term,
    /// What is assumed of the parameters that are numbers.
    pub conditions: Vec<Condition>,
    /// Whether it is tried for every pair of families.
    pub across: bool,
    /// What it is called.
    pub reason: Reason,
}

impl Column {
    /// The parameters that distributions stand for.
    pub fn distributions(&self) -> impl Iterator<Item = &Symbol> {
        self.parameters.iter().filter(|(_, distribution)| *distribution).map(|(name, _)| name)
    }

    /// The parameters that numbers stand for.
    pub fn numbers(&self) -> impl Iterator<Item = &Symbol> {
        let others = self.parameters.iter().skip(self.variables);
        others.filter(|(_, distribution)| !*distribution).map(|(name, _)| name)
    }

    /// The parameter that stands for each of those of a family.
    pub fn variable(&self) -> Option<&Symbol> {
        self.parameters.first().filter(|_| self.variables > 0).map(|(name, _)| name)
    }
}

/// A phase of the strategy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phase {
    /// Its id.
    pub id: Symbol,
    /// What it does.
    pub reason: Reason,
    /// Ids or prefixes (`ln.*`) of the rules it uses.
    pub rules: Vec<String>,
}
