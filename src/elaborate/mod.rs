//! From tree to problem: what names mean, of which sort they are, and what is assumed; every diagnostic in one go.
//!
//! Statements become [`Goal`]s, each with the [`Context`] as of its place; theory files become entries of a
//! [`Theory`]. Never: rewriting.

mod call;
mod column;
mod expression;
mod indexed;
mod load;
mod measure;
mod member;
mod names;
mod parameters;
mod points;
mod probabilities;
mod relations;
mod require;
mod rule;
mod scope;
mod sign;
mod statement;
#[cfg(test)]
mod tests;
mod unit;
mod uses;
mod well_formed;

pub use expression::Undeclared;
pub use names::{CONSTANTS, FUNCTIONS, SOURCES};
pub use scope::Assumption;
pub use statement::{contexts, distribution, expression, statements, statements_with, weighted};

use crate::diagnostic::Span;
use crate::term::{Relation, Symbol, Term};
#[cfg(doc)]
use crate::theory::Theory;
use crate::theory::{Family, Sort};

/// What is known at a place in the text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Context {
    /// Parameters and their sorts; that of a family is the sort of each member.
    pub sorts: Vec<(Symbol, Sort)>,
    /// Indexed families, and functions that are not further known, with the ranges of their indices.
    pub families: Vec<(Symbol, Family)>,
    /// The first and the last integer of distributions declared by their mass alone; of a family, those of each member.
    pub masses: Vec<(Symbol, (Term, Term))>,
    /// Assumed relations between terms.
    pub relations: Vec<Term>,
    /// Those among them that were found to be needed, and that no author stated.
    pub found: Vec<Term>,
    /// Equations that are supposed to hold at the point considered; derivatives look beyond it.
    pub suppositions: Vec<Term>,
    /// What names stand for: `let p = …`, in order.
    pub definitions: Vec<(Symbol, Term)>,
    /// The assumptions that elaboration added. Those that are relations about declared names are among `relations`
    /// too; those about undeclared names are in `sorts`.
    pub inferred: Vec<Assumption>,
    /// Families that are independent draws, each with its distribution.
    pub draws: Vec<(Symbol, Term)>,
    /// `up to a constant free of mu, v`: the names.
    pub up_to: Vec<Symbol>,
}

/// Something to derive or to decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goal {
    /// What is asked.
    pub kind: GoalKind,
    /// Rules to use before anything else: `by kl.product`.
    pub by: Vec<Symbol>,
    /// What is known.
    pub context: Context,
    /// What of it is said in the `where` of the statement: relations, and equations for all members of a range.
    pub conditions: Vec<Term>,
    /// The statement.
    pub span: Span,
    /// The statement as written; of a chain, the link as a claim of its own.
    pub text: String,
    /// The chain that a claim is a link of.
    pub chain: Option<Chain>,
}

/// A chain of claims, as seen from one of its links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// Which link this is, from 1.
    pub link: usize,
    /// How many there are.
    pub of: usize,
    /// The first side.
    pub first: Term,
    /// The last side.
    pub last: Term,
    /// What follows of the first and the last side from all links.
    pub relation: Relation,
    /// What the constant is free of that is left out between them.
    pub up_to: Vec<Symbol>,
}

/// What a goal asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GoalKind {
    /// The closed form of `left`, which by definition is `definition` (or what the theory says).
    Derive {
        /// The quantity.
        left: Term,
        /// The right side, if one is written.
        definition: Option<Term>,
    },
    /// Whether the relation holds.
    Claim {
        /// Which relation.
        relation: Relation,
        /// Left side.
        left: Term,
        /// Right side.
        right: Term,
    },
    /// Which value of `unknown` makes the two sides equal.
    Solve {
        /// Left side.
        left: Term,
        /// Right side.
        right: Term,
        /// A parameter, or a member of a family.
        unknown: Term,
    },
}
