//! Vectors of probabilities: their entries are not negative and add up to one.

use std::collections::BTreeMap;

use super::expression::Elaborator;
use super::require::Place;
use super::scope::{Assumption, Kind};
use super::sign::exact;
use crate::diagnostic::Diagnostic;
use crate::term::{BinderOp, Domain, Node, Rational, Relation, Symbol, Term};
use crate::theory::{Family, Sort, Theory};

impl Elaborator<'_> {
    /// Sees to it that the entries of a vector are probabilities: numbers are checked, of other terms it is visibly
    /// assumed.
    pub(super) fn require_probabilities(&mut self, term: &Term, place: &Place<'_>) -> Option<()> {
        let vector = match term.as_symbol().and_then(|name| self.scope.definition(name)) {
            Some(value) => value.clone(),
            None => term.clone(),
        };
        if let Some(entries) = vector.as_vector() {
            for entry in entries {
                match exact(entry) {
                    Some(value) if value.is_negative() => {
                        self.not_probabilities(&format!("{entry} is negative"), place);
                        return None;
                    }
                    Some(value) if value.is_zero() && self.is_over_vectors(place) => {
                        let why = "one is zero: leave it out, there is one coordinate less then";
                        self.not_probabilities(why, place);
                        return None;
                    }
                    Some(_) => {}
                    None => self.require(entry, Sort::Positive, place)?,
                }
            }
            return self.adds_up(Term::sum(entries.to_vec()), place);
        }
        let family = term.as_symbol().and_then(|name| self.scope.family(name)).cloned();
        let Some((low, high)) = family.as_ref().and_then(Family::single) else {
            self.not_probabilities("a vector such as [1/2, 1/3, 1/6] is needed", place);
            return None;
        };
        if exact(low).is_none_or(|low| !low.is_one()) {
            self.not_probabilities("its index must start at 1", place);
            return None;
        }
        let index = Symbol::new("i");
        let entry = Term::index(term.clone(), Term::symbol(index.clone()));
        self.require(&entry, Sort::Positive, place)?;
        let total =
            Term::binder(BinderOp::Sum, index, Domain::Range(low.clone(), high.clone()), entry);
        self.adds_up(total, place)
    }

    fn is_over_vectors(&self, place: &Place<'_>) -> bool {
        let known = self.theory.distribution_named(place.of.as_str());
        known.is_some_and(|d| d.space.is_some())
    }

    /// Sees to it that the entries of a vector are positive.
    pub(super) fn require_positives(&mut self, term: &Term, place: &Place<'_>) -> Option<()> {
        let vector = match term.as_symbol().and_then(|name| self.scope.definition(name)) {
            Some(value) => value.clone(),
            None => term.clone(),
        };
        if let Some(entries) = vector.as_vector() {
            let all: Vec<_> =
                entries.iter().map(|e| self.require(e, Sort::Positive, place)).collect();
            return all.into_iter().collect::<Option<Vec<_>>>().map(|_| ());
        }
        if let Some(b) = vector.as_comprehension() {
            let from_one = matches!(&b.domain, Domain::Range(low, _)
                if exact(low).is_some_and(|low| low.is_one()));
            self.bind_over(BinderOp::Vector, &b.var, &b.domain);
            let fine = self.require(&b.body, Sort::Positive, place);
            self.unbind();
            if !from_one {
                self.not_positives("its index must start at 1", place);
                return None;
            }
            return fine;
        }
        let family = term.as_symbol().and_then(|name| self.scope.family(name)).cloned();
        let Some((low, _)) = family.as_ref().and_then(Family::single) else {
            self.not_positives("a vector such as [1, 2, 1/2] is needed", place);
            return None;
        };
        if exact(low).is_none_or(|low| !low.is_one()) {
            self.not_positives("its index must start at 1", place);
            return None;
        }
        let entry = Term::index(term.clone(), Term::symbol("i"));
        self.require(&entry, Sort::Positive, place)
    }

    fn not_positives(&mut self, why: &str, place: &Place<'_>) {
        let Place { of, parameter, span } = place;
        let message = format!("the parameter `{parameter}` of {of} must be positive numbers");
        self.report(Diagnostic::new("E0224", *span, message).label(why.to_owned()));
    }

    fn adds_up(&mut self, total: Term, place: &Place<'_>) -> Option<()> {
        let mut parts = BTreeMap::new();
        collect(&total, &Rational::ONE, &mut parts);
        parts.retain(|_, c| !c.is_zero());
        let constant = parts.remove("").unwrap_or(Rational::ZERO);
        if parts.is_empty() {
            if constant.is_one() {
                return Some(());
            }
            self.not_probabilities(&format!("they add up to {constant}"), place);
            return None;
        }
        let one = Term::integer(1);
        if !self.scope.assumes(Relation::Eq, &total, &one) {
            self.scope.assume(Assumption {
                term: Term::relation(Relation::Eq, total, one),
                reason: format!("the probabilities of {} must add up to one", place.of),
                reason_zh: format!("{} 的概率之和必须为一", place.of),
            });
        }
        Some(())
    }

    fn not_probabilities(&mut self, why: &str, place: &Place<'_>) {
        let message =
            format!("the probabilities of {} must not be negative and add up to one", place.of);
        self.report(Diagnostic::new("E0224", place.span, message).label(why.to_owned()));
    }

    /// A vector in the place of a distribution stands for the family that is given by a vector of probabilities.
    pub(super) fn as_distribution(
        &mut self,
        vector: Term,
        span: crate::diagnostic::Span,
    ) -> Option<Term> {
        let name = family_of_vectors(self.theory)?;
        let parameter = Symbol::new("entries");
        let place = Place { of: &name, parameter: &parameter, span };
        self.require_probabilities(&vector, &place)?;
        Some(Term::call(name.clone(), vec![vector]))
    }

    /// `length(w)`, the number of entries, and `pick(w)`, an index drawn with these probabilities.
    pub(super) fn of_vector(
        &mut self,
        name: &crate::syntax::tree::Ident,
        arguments: &[crate::syntax::tree::Argument],
    ) -> Option<(Term, Kind)> {
        let [argument] = arguments else {
            let message = format!("`{}` takes one vector", name.name);
            self.report(Diagnostic::new("E0204", name.span, message));
            return None;
        };
        let vector = self.expect(&argument.value, Kind::Vector)?;
        let kind = if name.name == "shares" { Kind::Vector } else { Kind::Number };
        Some((Term::call(name.name.as_str(), vec![vector]), kind))
    }

    /// `throws(n, w)`: how often each index is drawn in n independent picks.
    pub(super) fn throws(
        &mut self,
        name: &crate::syntax::tree::Ident,
        arguments: &[crate::syntax::tree::Argument],
    ) -> Option<(Term, Kind)> {
        let [count, weights] = arguments else {
            let message = format!("`{}` takes a number and a vector", name.name);
            self.report(Diagnostic::new("E0204", name.span, message));
            return None;
        };
        let count = self.expect(&count.value, Kind::Number);
        let weights = self.expect(&weights.value, Kind::Vector);
        Some((Term::call(name.name.as_str(), vec![count?, weights?]), Kind::Vector))
    }
}

/// The family whose only parameter is a vector of probabilities.
pub(super) fn family_of_vectors(theory: &Theory) -> Option<Symbol> {
    let one = |sorts: &[(Symbol, Sort)]| matches!(sorts, [(_, Sort::Probabilities)]);
    theory.distributions().iter().find(|d| one(&d.parameters)).map(|d| d.name.clone())
}

/// The coefficients of a sum, by the text of what they stand before; that of the number 1 is empty.
fn collect(t: &Term, factor: &Rational, out: &mut BTreeMap<String, Rational>) {
    match t.node() {
        Node::Sum(parts) => parts.iter().for_each(|p| collect(p, factor, out)),
        Node::Neg(a) => collect(a, &-factor, out),
        _ => {
            let (key, value) = match exact(t) {
                Some(n) => (String::new(), n),
                None => (t.to_string(), Rational::ONE),
            };
            let entry = out.entry(key).or_insert(Rational::ZERO);
            *entry = &*entry + &(factor * &value);
        }
    }
}
