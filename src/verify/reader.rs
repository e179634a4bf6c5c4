//! Reading a certificate: values of the expected type at a path, and terms from their text.

use std::fmt;

use serde_json::Value;

use crate::elaborate::{Context, Undeclared, expression};
use crate::syntax::parse_expression;
use crate::term::{Symbol, Term};
use crate::theory::Theory;

/// Texts longer than this are refused.
const MAX_TEXT: usize = 1 << 18;

/// What is wrong with a certificate, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplayError {
    /// The place in the JSON: `certificate.steps[3].after`.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl ReplayError {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for ReplayError {}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    pub value: &'a Value,
    pub path: String,
}

impl<'a> At<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    pub fn wrong(&self, message: impl Into<String>) -> ReplayError {
        ReplayError::new(self.path.clone(), message)
    }

    pub fn get(&self, key: &str) -> Result<At<'a>, ReplayError> {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{key}", self.path);
        match self.value.get(key) {
            Some(value) => Ok(At { value, path }),
            None => Err(ReplayError::new(path, "missing")),
        }
    }

    pub fn text(&self) -> Result<&'a str, ReplayError> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("not a string"))?;
        if text.len() > MAX_TEXT {
            return Err(self.wrong("too long"));
        }
        Ok(text)
    }

    pub fn number(&self) -> Result<usize, ReplayError> {
        let number = self.value.as_u64().and_then(|n| usize::try_from(n).ok());
        number.ok_or_else(|| self.wrong("not a natural number"))
    }

    pub fn items(&self) -> Result<Vec<At<'a>>, ReplayError> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("not an array"))?;
        let at = |(i, value)| At { value, path: format!("{}[{i}]", self.path) };
        Ok(items.iter().enumerate().map(at).collect())
    }

    pub fn entries(&self) -> Result<Vec<(&'a str, At<'a>)>, ReplayError> {
        let map = self.value.as_object().ok_or_else(|| self.wrong("not an object"))?;
        let at = |value, key: &str| At { value, path: format!("{}.{key}", self.path) };
        Ok(map.iter().map(|(key, value)| (key.as_str(), at(value, key))).collect())
    }

    /// A name: what the grammar reads as one.
    pub fn name(&self) -> Result<Symbol, ReplayError> {
        let text = self.text()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        if starts && text.chars().all(plain) {
            Ok(Symbol::new(text))
        } else {
            Err(self.wrong("not a name"))
        }
    }

    /// A term, whose bound variables may be free in it.
    pub fn term(&self, theory: &Theory, context: &Context) -> Result<Term, ReplayError> {
        let first = |found: Vec<crate::diagnostic::Diagnostic>| {
            let message = found.first().map(|d| d.message.clone()).unwrap_or_default();
            self.wrong(format!("not a term: {message}"))
        };
        let tree = parse_expression(self.text()?).map_err(first)?;
        expression(&tree, theory, context, Undeclared::Accept).map_err(first)
    }
}
