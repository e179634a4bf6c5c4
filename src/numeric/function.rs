//! Functions of real numbers or vectors that names stand for at a point.

use std::collections::BTreeMap;

use super::coordinates::member;
use super::lower::{Lowered, Lowering};
use super::{Environment, NumericError};
use crate::term::{Symbol, Term};

/// What a name, or a member of a family, stands for as a function: a term in its parameters and nothing else.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// The parameters. One that is a vector occurs in the body with an index only.
    pub parameters: Vec<Symbol>,
    /// The value.
    pub body: Term,
    /// How a reader is shown it: `z ↦ 1.2 + 0.4*sin(0.3*z)`.
    pub text: String,
}

/// The functions of an environment.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Functions {
    /// For each family, how many indices stand before the arguments.
    indices: BTreeMap<Symbol, usize>,
    members: BTreeMap<Symbol, Function>,
}

impl Functions {
    pub fn set(&mut self, family: &Symbol, at: &[f64], function: Function) {
        self.indices.insert(family.clone(), at.len());
        let name = at.iter().fold(family.clone(), |name, at| member(&name, *at));
        self.members.insert(name, function);
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn names(&self, name: &Symbol) -> bool {
        self.indices.contains_key(name)
    }

    pub fn all(&self) -> impl Iterator<Item = (&Symbol, &Function)> {
        self.members.iter()
    }
}

impl Environment {
    /// Lets a name, or its member at these indices, stand for a function.
    pub fn set_function(&mut self, family: &Symbol, at: &[f64], function: Function) {
        std::sync::Arc::make_mut(&mut self.functions).set(family, at, function);
    }

    /// Whether the name is that of a function, or of a family of them.
    pub fn is_function(&self, name: &Symbol) -> bool {
        self.functions.names(name)
    }

    /// Whether any name stands for a function.
    pub(super) fn has_functions(&self) -> bool {
        !self.functions.is_empty()
    }

    /// The functions by name, members of a family as `mu[2]`.
    pub fn functions(&self) -> impl Iterator<Item = (&Symbol, &Function)> {
        self.functions.all()
    }
}

impl Functions {
    /// `f[i][z]` as the value of its member at the argument, written out; `None` where the name is of no function.
    /// What an index is, the caller knows.
    pub fn written_out(
        &self,
        term: &Term,
        mut index: impl FnMut(&Term) -> Result<f64, NumericError>,
    ) -> Option<Result<Term, NumericError>> {
        let (name, at) = term.indices()?;
        let count = *self.indices.get(name)?;
        let mut key = name.clone();
        for one in at.iter().take(count) {
            match index(one) {
                Ok(value) => key = member(&key, value),
                Err(e) => return Some(Err(e)),
            }
        }
        let arguments = at.get(count..).unwrap_or_default();
        Some(match self.members.get(&key) {
            Some(f) if f.parameters.len() == arguments.len() => {
                let pairs = f.parameters.iter().cloned();
                let map = pairs.zip(arguments.iter().map(|t| (*t).clone())).collect();
                Ok(f.body.substitute_all(&map))
            }
            _ => Err(NumericError::Undefined(format!("the value of `{term}`"))),
        })
    }
}

impl Lowering<'_> {
    /// `f[i][z]`, where `f` stands for functions: the value of its member at the argument.
    pub(super) fn applied(&mut self, term: &Term) -> Option<Lowered> {
        let functions = self.context.environment.functions.clone();
        let (name, _) = term.indices()?;
        if self.scope.iter().any(|(bound, _)| bound == name) {
            return None;
        }
        let known = |index: &Term| {
            let id = self.lower(index)?;
            let undefined = || NumericError::Undefined(format!("the value of `{term}`"));
            self.graph.value(id).ok_or_else(undefined)
        };
        let written = functions.written_out(term, known)?;
        Some(written.and_then(|body| self.lower(&body)))
    }

    /// The name of the member `x[1][2]` of a family, its indices being known here.
    pub(super) fn member_name(&mut self, term: &Term) -> Lowered<Symbol> {
        let undefined = || NumericError::Undefined(format!("the value of `{term}`"));
        let (name, at) = term.indices().ok_or_else(undefined)?;
        let mut key = name.clone();
        for index in at {
            let id = self.lower(index)?;
            key = member(&key, self.graph.value(id).ok_or_else(undefined)?);
        }
        Ok(key)
    }
}
