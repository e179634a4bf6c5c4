//! How called names are written. The engine knows no distribution and no quantity; the theory says how each is spelled,
//! and this table carries it to the printers.

use std::collections::BTreeMap;

use crate::term::Symbol;

/// What stands between the arguments of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Separator {
    /// `f(p, q)`
    #[default]
    Comma,
    /// `f(p ‖ q)`
    Bars,
}

/// How one name is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NameNotation {
    /// LaTeX for the head; `None` derives it from the name.
    pub latex: Option<String>,
    /// Unicode for the head; `None` derives it from the name.
    pub unicode: Option<String>,
    /// Between the arguments.
    pub separator: Separator,
    /// Whether all arguments but the last stand in square brackets before it.
    pub bracketed: bool,
}

/// Per-name spelling, and the colour of a highlight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notation {
    names: BTreeMap<Symbol, NameNotation>,
    /// Functions that are not further known, with the number of indices before their arguments.
    functions: BTreeMap<Symbol, usize>,
    /// A colour name that xcolor and KaTeX both know.
    pub highlight: String,
}

impl Default for Notation {
    fn default() -> Self {
        Self { names: BTreeMap::new(), functions: BTreeMap::new(), highlight: "blue".into() }
    }
}

impl Notation {
    /// This notation, with `notation` for `name`.
    #[must_use]
    pub fn with(mut self, name: impl Into<Symbol>, notation: NameNotation) -> Self {
        self.names.insert(name.into(), notation);
        self
    }

    /// This notation, with bars between the arguments of `name`.
    #[must_use]
    pub fn with_bars(mut self, name: impl Into<Symbol>) -> Self {
        self.names.entry(name.into()).or_default().separator = Separator::Bars;
        self
    }

    /// This notation, with all arguments of `name` but the last in square brackets.
    #[must_use]
    pub fn with_brackets(mut self, name: impl Into<Symbol>) -> Self {
        self.names.entry(name.into()).or_default().bracketed = true;
        self
    }

    /// This notation, with these names as functions: after so many indices their arguments follow, in brackets.
    #[must_use]
    pub fn with_functions(mut self, functions: impl IntoIterator<Item = (Symbol, usize)>) -> Self {
        self.functions.extend(functions);
        self
    }

    /// How many indices of a function stand before its arguments.
    pub fn indices_of(&self, name: &Symbol) -> Option<usize> {
        self.functions.get(name).copied()
    }

    /// What is said about `name`.
    pub fn get(&self, name: &Symbol) -> Option<&NameNotation> {
        self.names.get(name)
    }
}
