//! What a reader can play with beside a derivation: parameters, the closed form, the densities and the integrand.

use super::super::report::Bilingual;
use crate::term::{Symbol, Term};

/// The head of `value` where `low ≤ x ≤ high`, else 0, in formulas of a [`Study`]: a call of it has these four arguments. No
/// author can write it.
pub const WITHIN: &str = "_within";

/// The formulas of a derivation, written out in elementary functions so that a page can evaluate them.
#[derive(Clone, PartialEq, Debug)]
pub struct Study {
    /// The parameters.
    pub sliders: Vec<Slider>,
    /// Relations between parameters without which the formulas say nothing.
    pub admissible: Vec<Term>,
    /// The closed form.
    pub closed: Term,
    /// The variable of the curves, where there are any.
    pub variable: Option<Symbol>,
    /// Whether the variable is an integer.
    pub discrete: bool,
    /// The support: both ends in the parameters, infinite ones included.
    pub support: Option<(Term, Term)>,
    /// The range that the curves are shown on, for the values that the sliders start with.
    pub window: (f64, f64),
    /// Densities, and last the integrand whose integral the quantity is.
    pub curves: Vec<Curve>,
}

/// One parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Slider {
    /// The parameter.
    pub name: Symbol,
    /// The least value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The value it starts with.
    pub start: f64,
    /// The distance of neighbouring values: 1 for an integer.
    pub step: f64,
    /// Whether the ends themselves are not admissible.
    pub open: bool,
}

/// A function of the variable.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    /// What it is.
    pub label: Bilingual,
    /// How it is written on the page, such as `p(x)`.
    pub shown: Term,
    /// The formula, written out.
    pub formula: Term,
    /// Whether the area below it is the quantity.
    pub integrand: bool,
}
