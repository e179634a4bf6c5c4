//! What can go wrong with a number, as values.

use std::fmt;

use crate::term::Symbol;

/// Why a term has no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumericError {
    /// The value is not a number: the text says of what.
    Undefined(String),
    /// A symbol without a value in the [`Environment`](super::Environment).
    Unbound(Symbol),
    /// A function, quantity or distribution that neither this room nor the catalogue knows.
    Unknown(Symbol),
    /// An integral or a sum whose tail does not vanish.
    Divergent(String),
    /// The error estimate stayed above what is acceptable within the allowed evaluations.
    NotConverged(String),
    /// A sum, a nesting or an unfolding beyond the limits.
    TooLarge(String),
    /// A value that no enclosure is known for: the text says of what, and why.
    NoEnclosure(String),
}

impl fmt::Display for NumericError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined(what) => write!(f, "{what} is not a number"),
            Self::Unbound(name) => write!(f, "`{name}` has no value"),
            Self::Unknown(name) => write!(f, "`{name}` is not known to the evaluator"),
            Self::Divergent(what) => write!(f, "{what} diverges"),
            Self::NotConverged(what) => write!(f, "{what} did not converge"),
            Self::NoEnclosure(what) => write!(f, "no enclosure: {what}"),
            Self::TooLarge(what) => write!(f, "{what} is too large to evaluate"),
        }
    }
}

impl std::error::Error for NumericError {}
