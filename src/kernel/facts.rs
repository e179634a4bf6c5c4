//! What is assumed: sorts of names, relations between terms, and transparent definitions.

use std::collections::BTreeMap;

use crate::term::{BinderOp, Node, Symbol, Term, fresh_name};
use crate::theory::{Family, Sort, Theory};

use super::{Consequence, Sign};

/// The assumptions of a derivation. Binders add theirs as the kernel walks under them.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Declared sorts; that of a family is the sort of each member.
    pub sorts: BTreeMap<Symbol, Sort>,
    /// Indexed families, and functions that are not further known, with the ranges of their indices.
    pub families: BTreeMap<Symbol, Family>,
    /// The first and the last integer of distributions declared by their mass alone.
    pub masses: BTreeMap<Symbol, (Term, Term)>,
    /// Declared relations, each a [`crate::term::Node::Relation`].
    pub relations: Vec<Term>,
    /// Equations that hold at the point considered, and say nothing of its neighbourhood. Signs and normal forms never
    /// rest on them; a step replaces one side by the other, and no step does so inside a derivative.
    pub suppositions: Vec<Term>,
    /// What was found to follow from them, or from assumed equations, in the order in which unknowns are replaced.
    pub consequences: Vec<Consequence>,
    /// `let p = …`. Definitions are transparent: a name and what it abbreviates have the same normal form.
    pub definitions: BTreeMap<Symbol, Term>,
    /// Families of independent draws, each from this distribution.
    pub draws: BTreeMap<Symbol, Term>,
    /// What a constant that a step leaves out must be free of; where nothing stands here, no step may leave one out.
    pub up_to: Vec<Symbol>,
}

impl Facts {
    /// The sign that a name's sort gives it.
    pub fn sign_of(&self, name: &Symbol) -> Sign {
        match self.sorts.get(name) {
            Some(Sort::Positive | Sort::Natural) => Sign::POSITIVE,
            Some(Sort::Nonnegative) => Sign::NONNEGATIVE,
            Some(Sort::Negative) => Sign::NEGATIVE,
            Some(Sort::Nonzero) => Sign::NONZERO,
            _ => Sign::ANY,
        }
    }

    /// What a distribution's name stands for, followed through definitions.
    pub fn resolve<'a>(&'a self, term: &'a Term) -> &'a Term {
        let mut here = term;
        // Definitions refer backwards only, so this ends; the bound guards against a caller's cycle.
        for _ in 0..=self.definitions.len() {
            let next = match here.node() {
                Node::Index(base, at) => self.entry(base, at),
                _ => here.as_symbol().and_then(|s| self.definitions.get(s)),
            };
            match next {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    /// The entry of a vector at a number.
    fn entry<'a>(&'a self, base: &'a Term, at: &Term) -> Option<&'a Term> {
        let items = self.resolve(base).as_vector()?;
        items.get(usize::try_from(at.as_rational()?.to_i64()?).ok()?.checked_sub(1)?)
    }

    /// The weights and parts of a mixture, definitions followed.
    pub fn mixture<'a>(
        &'a self,
        t: &'a Term,
    ) -> Option<impl Iterator<Item = (&'a Term, &'a Term)>> {
        match self.resolve(t).node() {
            Node::Call(f, args) if f == "mixture" && args.len().is_multiple_of(2) => {
                Some(args.chunks_exact(2).map(|pair| (&pair[0], &pair[1])))
            }
            _ => None,
        }
    }

    /// Whether a term stands for a distribution.
    pub fn is_distribution(&self, t: &Term, theory: &Theory) -> bool {
        match t.node() {
            Node::Symbol(s) => match self.definitions.get(s) {
                Some(definition) => self.is_distribution(definition, theory),
                None => self.sorts.get(s).is_some_and(|sort| sort.is_distribution()),
            },
            Node::Call(f, _) if f == "mixture" || f == "product" => true,
            Node::Call(..) => theory.distribution(t).is_some(),
            Node::Binder(b) => b.op == BinderOp::Product && self.is_distribution(&b.body, theory),
            Node::Index(base, _) => match self.resolve(base).as_vector() {
                Some(items) => items.first().is_some_and(|item| self.is_distribution(item, theory)),
                None => self.is_distribution(base, theory),
            },
            _ => false,
        }
    }

    /// Whether a term speaks of a density that is not further known, definitions followed.
    pub fn is_abstract(&self, t: &Term) -> bool {
        t.free_symbols().iter().any(|s| {
            self.sorts.get(s).is_some_and(|sort| sort.is_distribution())
                || self.definitions.get(s).is_some_and(|d| !d.mentions(s) && self.is_abstract(d))
        })
    }

    /// Whether a name may not be bound: definitions are transparent, so a binder over a name that occurs in one would
    /// capture it.
    pub fn is_reserved(&self, name: &Symbol) -> bool {
        self.definitions.contains_key(name)
            || self.definitions.values().any(|definition| definition.mentions(name))
    }

    /// Whether a term depends on a name, definitions followed.
    pub fn depends(&self, t: &Term, name: &Symbol) -> bool {
        t.mentions(name)
            || t.free_symbols().iter().any(|s| {
                // Definitions refer backwards only, so this ends.
                self.definitions.get(s).is_some_and(|d| !d.mentions(s) && self.depends(d, name))
            })
    }

    /// The term with the definitions of names in their places. No binder captures what they mention: see
    /// [`Facts::is_reserved`].
    #[must_use]
    pub fn written_out(&self, t: &Term) -> Term {
        match t.as_symbol().and_then(|s| self.definitions.get(s).filter(|d| !d.mentions(s))) {
            Some(definition) => self.written_out(definition),
            None => t.map_children(|c| self.written_out(c)),
        }
    }

    /// The term with its bound variables renamed where they are reserved, declared, or stand free in it.
    #[must_use]
    pub fn unshadowed(&self, t: &Term) -> Term {
        let free = t.free_symbols();
        self.renamed(t, &free)
    }

    fn renamed(&self, t: &Term, free: &std::collections::BTreeSet<Symbol>) -> Term {
        let t = t.map_children(|c| self.renamed(c, free));
        let Node::Binder(b) = t.node() else { return t };
        let clashes =
            |s: &Symbol| self.is_reserved(s) || free.contains(s) || self.sorts.contains_key(s);
        if !clashes(&b.var) {
            return t;
        }
        let fresh = fresh_name(&b.var, |s| clashes(s) || b.body.mentions(s));
        let body = b.body.substitute(&b.var, &Term::symbol(fresh.clone()));
        Term::binder(b.op, fresh, b.domain.clone(), body)
    }
}
