//! What names mean at a place in the text, and what is assumed of them there.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use super::sign::{Sign, Signs};
use crate::diagnostic::Span;
use crate::term::{Domain, Node, Relation, Symbol, Term};
use crate::theory::{Family, Sort};

/// What an expression stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Number,
    Distribution,
    /// A sum of multiples of distributions, whose mass need not be one.
    Measure,
    /// An indexed family of numbers or distributions, or a point of several coordinates.
    Vector,
    /// A function that is not further known, without its arguments.
    Function,
    Set,
    Truth,
    /// Not known: a pattern variable, or a formal parameter of a quantity.
    Any,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Distribution => "a distribution",
            Self::Measure => "a sum of distributions",
            Self::Vector => "a vector",
            Self::Function => "a function",
            Self::Set => "a set",
            Self::Truth => "a relation",
            Self::Any => "anything",
        }
    }

    /// Whether it can have a weight in a sum of distributions.
    pub(super) fn is_weighable(self) -> bool {
        matches!(self, Self::Distribution | Self::Measure)
    }

    pub(super) fn fits(self, wanted: Self) -> bool {
        self == wanted
            || self == Self::Any
            || wanted == Self::Any
            || self == Self::Distribution && wanted == Self::Measure
    }
}

/// What a declared name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    Parameter,
    /// Declared `density over reals` or `mass over 1..n`.
    Distribution,
    /// A formal parameter that is a vector.
    Vector,
    /// Declared with `for i in …`.
    Family,
    /// Defined by `let`.
    Alias(Kind),
    /// A formal parameter of a quantity.
    Formal,
    /// A formal parameter by which a quantity's definition differentiates.
    FormalVariable,
    /// Its definition was refused; nothing more is said of it.
    Broken,
}

impl Meaning {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Parameter | Self::FormalVariable => Kind::Number,
            Self::Distribution => Kind::Distribution,
            Self::Family | Self::Vector => Kind::Vector,
            Self::Alias(kind) => kind,
            Self::Formal | Self::Broken => Kind::Any,
        }
    }
}

/// An assumption that elaboration added. It is shown wherever the result is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumption {
    /// What is assumed: a relation such as `v > 0`, or just the name, where it is assumed to be a real number.
    pub term: Term,
    /// Why, in English.
    pub reason: String,
    /// Why, in Chinese.
    pub reason_zh: String,
}

/// The names in scope, with the context that they make up.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) context: Context,
    names: BTreeMap<Symbol, (Meaning, Span)>,
    undeclared: BTreeSet<Symbol>,
    /// The sign of each definition where it was made. Kept, because definitions that use each other twice would
    /// otherwise cost twice as much each time.
    signs: BTreeMap<Symbol, Sign>,
    /// What the values of definitions with an index are.
    values: BTreeMap<Symbol, Kind>,
}

impl Scope {
    /// The scope in which a context's names are known.
    pub(super) fn of(context: &Context, kind: impl Fn(&Term) -> Kind) -> Self {
        let mut scope = Self { context: context.clone(), ..Self::default() };
        for (name, sort) in &context.sorts {
            scope.names.insert(name.clone(), (meaning(*sort), Span::default()));
        }
        for (name, _) in &context.families {
            scope.names.insert(name.clone(), (Meaning::Family, Span::default()));
        }
        for (name, value) in &context.definitions {
            scope.remember_sign(name, value);
            if value.as_comprehension().is_some() {
                scope.values.insert(name.clone(), kind(innermost(value)));
            }
            scope.names.insert(name.clone(), (Meaning::Alias(kind(value)), Span::default()));
        }
        scope
    }

    pub(super) fn meaning(&self, name: &str) -> Option<Meaning> {
        self.names.get(name).map(|(meaning, _)| *meaning)
    }

    pub(super) fn declared_at(&self, name: &str) -> Option<Span> {
        self.names.get(name).map(|(_, span)| *span)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(Symbol::as_str)
    }

    pub(super) fn declare(&mut self, name: &str, sort: Sort, span: Span) {
        let name = Symbol::new(name);
        self.undeclared.remove(&name);
        self.context.sorts.retain(|(known, _)| *known != name);
        self.context.inferred.retain(|a| !is_about(&a.term, &name));
        self.names.insert(name.clone(), (meaning(sort), span));
        self.context.sorts.push((name, sort));
    }

    /// A family of numbers or densities with the ranges of its indices.
    pub(super) fn declare_family(&mut self, name: &str, sort: Sort, family: Family, span: Span) {
        self.declare(name, sort, span);
        let name = Symbol::new(name);
        self.names.insert(name.clone(), (Meaning::Family, span));
        self.context.families.retain(|(known, _)| *known != name);
        self.context.families.push((name, family));
    }

    /// A distribution, or a family of them, by its first and last integer.
    pub(super) fn declare_mass(&mut self, name: &str, ends: (Term, Term), span: Span) {
        if self.family(&Symbol::new(name)).is_none() {
            self.declare(name, Sort::Mass, span);
        }
        let name = Symbol::new(name);
        self.context.masses.retain(|(known, _)| *known != name);
        self.context.masses.push((name, ends));
    }

    /// The ranges of the indices of a family.
    pub(super) fn family(&self, name: &Symbol) -> Option<&Family> {
        self.context.families.iter().find(|(known, _)| known == name).map(|(_, family)| family)
    }

    /// Says more about a name that may have been declared before.
    pub(super) fn refine(&mut self, name: &str, sort: Sort, span: Span) {
        use Sort::{Integer, Natural, Positive, Real};
        let symbol = Symbol::new(name);
        match (self.sort(&symbol), sort) {
            (Some(_), Real) => {}
            (None | Some(Real), _) => self.declare(name, sort, span),
            (Some(old), new) if old == new => {}
            (Some(Positive), Integer) | (Some(Integer), Positive) | (Some(_), Natural) => {
                self.declare(name, Natural, span);
            }
            (Some(_), new) => {
                let relation = stated(&Term::symbol(symbol), new);
                if matches!(relation.node(), Node::Relation(..)) {
                    self.context.relations.push(relation);
                }
            }
        }
    }

    pub(super) fn define(&mut self, name: &str, value: Term, kind: Kind, span: Span) {
        let name = Symbol::new(name);
        self.remember_sign(&name, &value);
        self.names.insert(name.clone(), (Meaning::Alias(kind), span));
        self.context.definitions.push((name, value));
    }

    /// A definition with an index; `kind` is what its values are.
    pub(super) fn define_indexed(&mut self, name: &str, value: Term, kind: Kind, span: Span) {
        self.values.insert(Symbol::new(name), kind);
        self.define(name, value, Kind::Vector, span);
    }

    /// What the values of a definition with an index are.
    pub(super) fn kind_of_values(&self, name: &Symbol) -> Option<Kind> {
        self.values.get(name).copied()
    }

    /// How many indices of its definition are still open in `f`, `f[i]`, `f[i][j]`.
    pub(super) fn levels(&self, head: &Term) -> Option<usize> {
        match head.node() {
            Node::Symbol(name) => Some(levels(self.definition(name)?)),
            Node::Index(base, _) => self.levels(base)?.checked_sub(1),
            _ => None,
        }
    }

    pub(super) fn formal(&mut self, name: &str, span: Span) {
        self.names.insert(Symbol::new(name), (Meaning::Formal, span));
    }

    /// A formal parameter that stands for a variable of a derivative.
    pub(super) fn formal_variable(&mut self, name: &str, span: Span) {
        self.names.insert(Symbol::new(name), (Meaning::FormalVariable, span));
    }

    pub(super) fn broken(&mut self, name: &str, span: Span) {
        self.names.insert(Symbol::new(name), (Meaning::Broken, span));
    }

    pub(super) fn sort(&self, name: &Symbol) -> Option<Sort> {
        self.context.sorts.iter().find(|(known, _)| known == name).map(|(_, sort)| *sort)
    }

    pub(super) fn definition(&self, name: &Symbol) -> Option<&Term> {
        self.context.definitions.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn remember_sign(&mut self, name: &Symbol, value: &Term) {
        let mut bound = Vec::new();
        let mut here = value;
        // That of a definition with an index is the sign of all its values.
        while let Some(b) = here.as_comprehension() {
            let low = match &b.domain {
                Domain::Range(low, _) => Signs { scope: self, bound: &bound }.sign(low),
                Domain::Over(_) => Sign::ANY,
            };
            let sign = [Sign::POSITIVE, Sign::NONNEGATIVE].into_iter().find(|s| low.within(*s));
            bound.push((b.var.clone(), sign.unwrap_or(Sign::ANY)));
            here = &b.body;
        }
        let sign = Signs { scope: self, bound: &bound }.sign(here);
        self.signs.insert(name.clone(), sign);
    }

    pub(super) fn sign_of_definition(&self, name: &Symbol) -> Sign {
        self.signs.get(name).copied().unwrap_or(Sign::ANY)
    }

    /// Whether the name was met without a declaration, so that its sort follows from its use.
    pub(super) fn is_undeclared(&self, name: &Symbol) -> bool {
        self.undeclared.contains(name)
    }

    /// A name met for the first time, undeclared: a real number, and it says so.
    pub(super) fn infer_real(&mut self, name: &str, span: Span) {
        self.declare(name, Sort::Real, span);
        self.undeclared.insert(Symbol::new(name));
        self.context.inferred.push(Assumption {
            term: Term::symbol(name),
            reason: format!("`{name}` is not declared and is taken to be a real number"),
            reason_zh: format!("`{name}` 未声明,视为实数"),
        });
    }

    /// An undeclared name that is used with an index.
    pub(super) fn infer_family(&mut self, name: &str, family: Family, span: Span) {
        let name = Symbol::new(name);
        self.names.insert(name.clone(), (Meaning::Family, span));
        self.context.families.push((name, family));
    }

    /// Gives an undeclared name the sort that its use requires.
    pub(super) fn infer_sort(&mut self, name: &Symbol, sort: Sort, assumption: Assumption) {
        for (known, old) in &mut self.context.sorts {
            if known == name {
                *old = sort;
            }
        }
        self.context.inferred.retain(|a| a.term.as_symbol() != Some(name));
        self.context.inferred.push(assumption);
    }

    /// Adds a visible assumption, once.
    pub(super) fn assume(&mut self, assumption: Assumption) {
        if !self.context.relations.contains(&assumption.term) {
            self.context.relations.push(assumption.term.clone());
            self.context.inferred.push(assumption);
        }
    }

    /// Whether the relation, or a stronger one, is assumed as it stands.
    pub(super) fn assumes(&self, relation: Relation, left: &Term, right: &Term) -> bool {
        self.context.relations.iter().any(|known| {
            let Node::Relation(r, a, b) = known.node() else { return false };
            let same = a.alpha_eq(left) && b.alpha_eq(right) && implies(*r, relation);
            same || (a.alpha_eq(right) && b.alpha_eq(left) && implies(r.flipped(), relation))
        })
    }
}

/// The formula of a definition with indices.
fn innermost(value: &Term) -> &Term {
    value.as_comprehension().map_or(value, |b| innermost(&b.body))
}

fn levels(value: &Term) -> usize {
    value.as_comprehension().map_or(0, |b| 1 + levels(&b.body))
}

/// What it means for a term to be of a sort, where a relation says it; otherwise the term.
pub(super) fn stated(term: &Term, sort: Sort) -> Term {
    let (relation, bound) = match sort {
        Sort::Positive => (Relation::Gt, 0),
        Sort::Nonnegative => (Relation::Ge, 0),
        Sort::Negative => (Relation::Lt, 0),
        Sort::Nonzero => (Relation::Ne, 0),
        Sort::Natural => (Relation::Ge, 1),
        Sort::Real
        | Sort::Integer
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => {
            return term.clone();
        }
    };
    Term::relation(relation, term.clone(), Term::integer(bound))
}

fn is_about(term: &Term, name: &Symbol) -> bool {
    term.as_symbol() == Some(name)
}

fn meaning(sort: Sort) -> Meaning {
    match sort {
        Sort::Density | Sort::Mass => Meaning::Distribution,
        Sort::Probabilities | Sort::Positives => Meaning::Vector,
        _ => Meaning::Parameter,
    }
}

fn implies(strong: Relation, weak: Relation) -> bool {
    use Relation::{Eq, Ge, Gt, Le, Lt, Ne};
    strong == weak || matches!((strong, weak), (Lt, Le | Ne) | (Gt, Ge | Ne) | (Eq, Le | Ge))
}
