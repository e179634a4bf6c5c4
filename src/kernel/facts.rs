//! What is assumed: sorts of names, relations between terms, and transparent definitions.

use std::collections::BTreeMap;

use crate::term::{
    Binder, BinderOp, Bindings, Domain, MARGINALS, MEASURE, MIXTURE, Node, Symbol, Term, VECTOR,
    fresh_name,
};
use crate::theory::{Family, Sort, Theory};

use super::{Consequence, Sign};

/// Letters for points whose own letter is that of a family.
pub const POINTS: [&str; 5] = ["z", "y", "u", "w", "t"];

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
    pub fn resolve(&self, term: &Term) -> Term {
        let mut here = term.clone();
        // Definitions refer backwards only, so this ends; the bound guards against a caller's cycle.
        for _ in 0..=self.definitions.len() {
            let next = match here.node() {
                Node::Index(base, at) => self.entry(base, at),
                _ => here.as_symbol().and_then(|s| self.definitions.get(s)).cloned(),
            };
            match next {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    /// The entry of a vector at a number, or what a definition with an index says of it. Such a definition is an
    /// abbreviation, which says the same of every index; whether an index lies in its range is for elaboration to ask.
    fn entry(&self, base: &Term, at: &Term) -> Option<Term> {
        let vector = self.resolve(base);
        let defined = base.head_name().is_some_and(|name| self.definitions.contains_key(name));
        if defined && vector.as_comprehension().is_some() {
            return self.applied(&vector, at);
        }
        let at = usize::try_from(at.as_rational()?.to_i64()?).ok()?.checked_sub(1)?;
        vector.as_vector()?.get(at).cloned()
    }

    /// The formula of a vector with an index in its place, unless a derivative stands in the way.
    pub fn applied(&self, vector: &Term, at: &Term) -> Option<Term> {
        let b = vector.as_comprehension()?;
        let admitted = b.admits(at, |t, name| self.depends(t, name));
        admitted.then(|| b.body.substitute(&b.var, at))
    }

    /// Whether this is a definition at its indices: `f[n]`, or at some of them.
    pub fn is_defined_entry(&self, t: &Term) -> bool {
        match t.node() {
            Node::Index(base, _) => {
                base.head_name().is_some_and(|name| self.definitions.contains_key(name))
                    && self.resolve(base).as_comprehension().is_some()
            }
            _ => false,
        }
    }

    /// The weights and parts of a mixture, or of a sum of multiples of distributions, definitions followed.
    pub fn mixture(&self, t: &Term) -> Option<Vec<(Term, Term)>> {
        let known = self.resolve(t);
        let parts = known.weighted_parts()?.into_iter();
        Some(parts.map(|(weight, part)| (weight.clone(), part.clone())).collect())
    }

    /// Whether a term stands for a sum of multiples of distributions, or has one for a part. Of its mass nothing is
    /// known, so that no rule may take it for a distribution.
    pub fn is_measure(&self, t: &Term) -> bool {
        let known = self.resolve(t);
        match known.node() {
            Node::Call(..) if known.is_measure() => true,
            Node::Call(f, args) if f == MIXTURE || f == "product" || f == VECTOR => {
                args.iter().any(|part| self.is_measure(part))
            }
            Node::Binder(b) if matches!(b.op, BinderOp::Product | BinderOp::Vector) => {
                self.is_measure(&b.body)
            }
            Node::Index(base, _) => self.is_measure(base),
            _ => false,
        }
    }

    /// The weights and parts of a sum of multiples of distributions, those of sums among its parts written out.
    pub fn measure(&self, t: &Term) -> Option<Vec<(Term, Term)>> {
        let known = self.resolve(t);
        if !known.is_measure() {
            return None;
        }
        let mut out = Vec::new();
        for (weight, part) in known.weighted_parts()? {
            match self.measure(part) {
                Some(inner) => {
                    let is_one = |w: &Term| w.as_rational().is_some_and(|r| r.is_one());
                    let weighed = |(w, p): (Term, Term)| match is_one(&w) {
                        true => (weight.clone(), p),
                        false => (w.times_weight(weight), p),
                    };
                    out.extend(inner.into_iter().map(weighed));
                }
                None => out.push((weight.clone(), part.clone())),
            }
        }
        Some(out)
    }

    /// The term with the product of the distributions of the coordinates of p for each `marginals(p)`; the error is a p of
    /// which they are not known.
    ///
    /// # Errors
    /// The first distribution whose coordinates have no distributions that the theory states.
    pub fn with_marginals(&self, t: &Term, theory: &Theory) -> Result<Term, Term> {
        if !t.any(&mut |s| marginals_of(s).is_some()) {
            return Ok(t.clone());
        }
        if let Some(of) = marginals_of(t) {
            let known = self.resolve(of);
            let is_product = match known.node() {
                Node::Call(f, _) => f == "product",
                Node::Binder(b) => b.op == BinderOp::Product,
                _ => false,
            };
            // Coordinates that are independent are their own marginals.
            return if is_product {
                Ok(of.clone())
            } else {
                theory.marginals_of(&known).ok_or_else(|| of.clone())
            };
        }
        let mut missing = None;
        let new = t.map_children(|c| {
            self.with_marginals(c, theory).unwrap_or_else(|of| {
                missing.get_or_insert(of);
                c.clone()
            })
        });
        missing.map_or(Ok(new), Err)
    }

    /// Whether a pattern variable stands for such a sum.
    pub fn binds_measure(&self, bindings: &Bindings) -> bool {
        bindings.metas.values().any(|t| self.is_measure(t))
    }

    /// Whether a term stands for a distribution, or a sum of multiples of distributions.
    pub fn is_distribution(&self, t: &Term, theory: &Theory) -> bool {
        match t.node() {
            Node::Symbol(s) => match self.definitions.get(s) {
                Some(definition) => self.is_distribution(definition, theory),
                None => self.sorts.get(s).is_some_and(|sort| sort.is_distribution()),
            },
            Node::Call(f, _) if f == MIXTURE || f == MEASURE || f == "product" => true,
            Node::Call(..) => theory.distribution(t).is_some(),
            Node::Binder(b) => b.op == BinderOp::Product && self.is_distribution(&b.body, theory),
            Node::Index(..) if self.is_defined_entry(t) => {
                let resolved = self.resolve(t);
                resolved != *t && self.is_distribution(&resolved, theory)
            }
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
        self.written(t, &mut BTreeMap::new())
    }

    /// The same, each name looked at once: definitions that use each other twice share what they stand for.
    fn written(&self, t: &Term, known: &mut BTreeMap<Symbol, Term>) -> Term {
        if self.is_defined_entry(t) {
            let resolved = self.resolve(t);
            return if resolved == *t { resolved } else { self.written(&resolved, known) };
        }
        let Some(name) = t.as_symbol() else { return t.map_children(|c| self.written(c, known)) };
        if let Some(found) = known.get(name) {
            return found.clone();
        }
        match self.definitions.get(name).filter(|d| !d.mentions(name)) {
            Some(definition) => {
                let found = self.written(definition, known);
                known.insert(name.clone(), found.clone());
                found
            }
            None => t.clone(),
        }
    }

    /// The term with its bound variables renamed where they are reserved, declared, or stand free in it.
    #[must_use]
    pub fn unshadowed(&self, t: &Term) -> Term {
        self.unshadowed_within(t, &|_| false)
    }

    /// The same facts with the bound variables of definitions, relations and suppositions renamed where a definition
    /// speaks of the name: what is written out then captures nothing.
    #[must_use]
    pub fn apart(mut self) -> Self {
        let renamed = |t: &Term| self.uncaptured(t);
        let definitions = self.definitions.iter().map(|(name, d)| (name.clone(), renamed(d)));
        let definitions: BTreeMap<Symbol, Term> = definitions.collect();
        let relations: Vec<Term> = self.relations.iter().map(&renamed).collect();
        let suppositions: Vec<Term> = self.suppositions.iter().map(&renamed).collect();
        self.definitions = definitions;
        self.relations = relations;
        self.suppositions = suppositions;
        self
    }

    /// The term with its bound variables renamed where a definition speaks of the name.
    #[must_use]
    pub fn uncaptured(&self, t: &Term) -> Term {
        let free = t.free_symbols();
        let taken =
            |s: &Symbol| self.is_reserved(s) || free.contains(s) || self.sorts.contains_key(s);
        self.renamed(t, &|s| self.is_reserved(s), &taken)
    }

    /// The same of a term that stands where names are bound; a new name is none of them.
    pub(crate) fn unshadowed_within(&self, t: &Term, bound: &dyn Fn(&Symbol) -> bool) -> Term {
        let free = t.free_symbols();
        let clashes =
            |s: &Symbol| self.is_reserved(s) || free.contains(s) || self.sorts.contains_key(s);
        self.renamed(t, &clashes, &|s| clashes(s) || bound(s))
    }

    /// With other names for bound variables that clash, none of which is taken.
    fn renamed(
        &self,
        t: &Term,
        clashes: &dyn Fn(&Symbol) -> bool,
        taken: &dyn Fn(&Symbol) -> bool,
    ) -> Term {
        let t = t.map_children(|c| self.renamed(c, clashes, taken));
        let Node::Binder(b) = t.node() else { return t };
        if !clashes(&b.var) {
            return t;
        }
        let within = |s: &Symbol| taken(s) || b.body.mentions(s);
        let fresh = self
            .letter(b, &|s| within(s) || binds(&b.body, s))
            .unwrap_or_else(|| fresh_name(&b.var, within));
        let body = b.body.substitute(&b.var, &Term::symbol(fresh.clone()));
        Term::binder(b.op, fresh, b.domain.clone(), body)
    }

    /// A letter for a point whose own is that of a family: x₁ would be read as a member of the family x.
    fn letter(&self, b: &Binder, taken: &dyn Fn(&Symbol) -> bool) -> Option<Symbol> {
        let is_family = self.families.contains_key(&b.var);
        let point = is_family && matches!(b.domain, Domain::Over(_));
        let mut letters = POINTS.iter().filter(|_| point).map(|letter| Symbol::new(letter));
        letters.find(|letter| !taken(letter))
    }
}

/// Whether a name is bound somewhere within a term.
fn binds(t: &Term, name: &Symbol) -> bool {
    t.any(&mut |s| matches!(s.node(), Node::Binder(b) if b.var == *name))
}

/// The p of `marginals(p)`.
fn marginals_of(t: &Term) -> Option<&Term> {
    match t.node() {
        Node::Call(f, args) if f == MARGINALS => args.first(),
        _ => None,
    }
}
