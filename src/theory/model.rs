//! What theory files say, elaborated: definitions, distributions and rules over [`Term`]s.

use std::collections::BTreeMap;

use super::Family;
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
}

impl Sort {
    /// Whether a name of this sort is a distribution.
    pub fn is_distribution(self) -> bool {
        matches!(self, Self::Density | Self::Mass)
    }
}

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
    /// Instances that must fire, and that must not, with what they assume.
    pub fires: Vec<Instance>,
    /// See `fires`.
    pub refuses: Vec<Instance>,
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
    /// The interval on which the density is positive, or the first and the last integer; ends may be `-oo` and `oo`.
    pub support: (Term, Term),
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
    /// From where on the tail is bounded, and a bound of density(x)/density(t) for a point x beyond a point t beyond
    /// that: above it for x ≥ t, below it for x ≤ t. In the bound, t is [`TAIL_START`].
    pub tail: Option<(Term, Term)>,
    /// What it is called.
    pub reason: Reason,
    /// Where it is found.
    pub cite: String,
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
