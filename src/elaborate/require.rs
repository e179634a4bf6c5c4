//! What a parameter must satisfy: seen to hold, reported as violated, or visibly assumed. Nothing is assumed silently.

use super::expression::{Elaborator, Undeclared};
use super::scope::{Assumption, stated};
use super::sign::{Sign, exact};
use crate::diagnostic::{Diagnostic, Span};
use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::Sort;

/// Which parameter of what is being checked.
pub(super) struct Place<'a> {
    pub(super) of: &'a Symbol,
    pub(super) parameter: &'a Symbol,
    pub(super) span: Span,
}

impl Place<'_> {
    fn assumption(&self, term: Term) -> Assumption {
        let Self { of, parameter, .. } = self;
        Assumption {
            reason: format!("the parameter `{parameter}` of {of} requires it"),
            reason_zh: format!("{of} 的参数 `{parameter}` 要求如此"),
            term,
        }
    }
}

impl Elaborator<'_> {
    /// Sees to it that a value is of a sort. `None` if it cannot be; that has been reported.
    pub(super) fn require(&mut self, term: &Term, sort: Sort, place: &Place<'_>) -> Option<()> {
        if self.undeclared == Undeclared::Accept {
            return Some(());
        }
        match sort {
            Sort::Real | Sort::Density | Sort::Mass => Some(()),
            Sort::Probabilities => self.require_probabilities(term, place),
            Sort::Positives => self.require_positives(term, place),
            Sort::Integer | Sort::Natural => self.require_integer(term, sort, place),
            Sort::Positive | Sort::Nonnegative | Sort::Negative | Sort::Nonzero => {
                self.require_sign(term, sort, place)
            }
        }
    }

    fn require_sign(&mut self, term: &Term, sort: Sort, place: &Place<'_>) -> Option<()> {
        let (wanted, found) = (Sign::of_sort(sort), self.sign(term));
        if found.within(wanted) {
            return Some(());
        }
        if !found.meets(wanted) {
            self.report(violated(term, sort, place));
            return None;
        }
        self.closed(term, place)?;
        self.assume_sort(term, sort, place);
        Some(())
    }

    fn undeclared_family(&self, base: &Term) -> Option<Symbol> {
        base.as_symbol().filter(|name| self.scope.is_undeclared(name)).cloned()
    }

    /// Whether what is asked concerns a family whose sort still follows from its use.
    fn about_undeclared_family(&self, term: &Term) -> bool {
        term.any(&mut |t| match t.node() {
            Node::Index(base, _) => self.undeclared_family(base).is_some(),
            _ => false,
        })
    }

    /// An assumption about a bound variable cannot stand beside the statement.
    fn closed(&mut self, term: &Term, place: &Place<'_>) -> Option<()> {
        if self.about_undeclared_family(term) {
            return Some(());
        }
        let Some((name, _)) = self.bound.iter().find(|(name, _)| term.mentions(name)).cloned()
        else {
            return Some(());
        };
        let message = format!(
            "nothing says that the parameter `{}` of {} is admissible",
            place.parameter, place.of
        );
        self.report(
            Diagnostic::new("E0212", place.span, message)
                .label(format!("depends on the bound variable `{name}`"))
                .hint(
                    "restrict where the variable ranges, such as from 0 to oo, or declare the family \
                     positive: let s[i] positive for i in 1..d",
                ),
        );
        None
    }

    /// Adds the assumption in its most natural form: `s > 0` where `s^2` must be positive.
    fn assume_sort(&mut self, term: &Term, sort: Sort, place: &Place<'_>) {
        if self.sign(term).within(Sign::of_sort(sort)) {
            return;
        }
        match term.node() {
            Node::Index(base, _) if self.undeclared_family(base).is_some() => {
                if let Some(name) = self.undeclared_family(base) {
                    let assumption = place.assumption(stated(term, sort));
                    self.scope.infer_sort(&name, sort, assumption);
                }
            }
            Node::Symbol(name) if self.scope.is_undeclared(name) => {
                let assumption = place.assumption(stated(term, sort));
                self.scope.infer_sort(&name.clone(), sort, assumption);
            }
            Node::Symbol(name) if self.scope.definition(name).is_some() => {
                if let Some(value) = self.scope.definition(name).cloned() {
                    self.assume_sort(&value, sort, place);
                }
            }
            _ => match self.part_to_blame(term, sort) {
                Some(part) => self.assume_sort(&part, sort, place),
                None => self.scope.assume(place.assumption(stated(term, sort))),
            },
        }
    }

    /// The one part whose sign decides that of the whole.
    fn part_to_blame(&self, term: &Term, sort: Sort) -> Option<Term> {
        if sort != Sort::Positive {
            return None;
        }
        match term.node() {
            Node::Power(base, exponent) => {
                let even = exact(exponent).and_then(|n| n.to_i64()).is_some_and(|n| n % 2 == 0);
                let name = matches!(base.node(), Node::Symbol(_) | Node::Index(..));
                (!even || name).then(|| base.clone())
            }
            Node::Call(name, arguments) if *name == "sqrt" => arguments.first().cloned(),
            Node::Product(_) | Node::Quotient(..) => {
                let open = |t: &&Term| !self.sign(t).within(Sign::POSITIVE);
                let parts: Vec<Term> = term.children().into_iter().filter(open).cloned().collect();
                <[Term; 1]>::try_from(parts).ok().map(|[part]| part)
            }
            _ => None,
        }
    }

    fn require_integer(&mut self, term: &Term, sort: Sort, place: &Place<'_>) -> Option<()> {
        if let Some(value) = exact(term) {
            let fine = value.is_integer() && (sort == Sort::Integer || value.is_positive());
            if !fine {
                self.report(violated(term, sort, place));
            }
            return fine.then_some(());
        }
        if let Some(name) = term.as_symbol().filter(|name| self.scope.is_undeclared(name)).cloned()
        {
            self.scope.infer_sort(&name, sort, place.assumption(stated(term, sort)));
            return Some(());
        }
        if !self.is_integer(term) {
            let word = word(sort);
            let hint = match (term.as_symbol(), sort) {
                (Some(name), Sort::Natural) => format!("declare it: let {name} natural"),
                (Some(name), _) => format!("declare it: let {name} integer"),
                (None, _) => "declare its names natural or integer".to_owned(),
            };
            let message =
                format!("the parameter `{}` of {} must be {word}", place.parameter, place.of);
            self.report(
                Diagnostic::new("E0211", place.span, message)
                    .label(format!("not known to be {word}"))
                    .hint(hint),
            );
            return None;
        }
        if sort == Sort::Natural && !self.sign(term).within(Sign::POSITIVE) {
            self.closed(term, place)?;
            self.scope.assume(place.assumption(stated(term, sort)));
        }
        Some(())
    }

    fn is_defined(&self, term: &Term) -> bool {
        term.as_symbol().is_some_and(|name| self.scope.definition(name).is_some())
    }

    pub(super) fn is_integer(&self, term: &Term) -> bool {
        match term.node() {
            Node::Number(_) => true,
            Node::Call(f, _) if f == "length" => true,
            Node::Symbol(name) if self.is_index(name) => true,
            Node::Index(base, _) if self.entry(base).is_some() => {
                self.entry(base).is_some_and(|item| matches!(item.node(), Node::Number(_)))
            }
            Node::Index(base, _) => base.family_name().is_some_and(|name| {
                matches!(self.scope.sort(name), Some(Sort::Integer | Sort::Natural))
            }),
            Node::Symbol(name) => match self.scope.definition(name) {
                // One definition deep: definitions that use each other twice would double the work each time.
                Some(value) => !value.any(&mut |t| self.is_defined(t)) && self.is_integer(value),
                None => matches!(self.scope.sort(name), Some(Sort::Integer | Sort::Natural)),
            },
            Node::Sum(_) | Node::Product(_) | Node::Neg(_) => {
                term.children().into_iter().all(|c| self.is_integer(c))
            }
            _ => false,
        }
    }

    /// Sees to it that a constraint between parameters holds.
    pub(super) fn require_relation(
        &mut self,
        relation: Relation,
        left: &Term,
        right: &Term,
        of: &Symbol,
        span: Span,
    ) -> Option<()> {
        if self.undeclared == Undeclared::Accept {
            return Some(());
        }
        let wanted = Sign::of_relation(relation);
        let found = self.sign_of_difference(left, right);
        let stated = Term::relation(relation, left.clone(), right.clone());
        if found.within(wanted) || self.scope.assumes(relation, left, right) {
            return Some(());
        }
        if !found.meets(wanted) {
            let message = format!("the parameters of {of} must satisfy {stated}");
            self.report(
                Diagnostic::new("E0211", span, message).label("they do not").hint(
                    "check their order; each distribution lists its parameters in hence rules",
                ),
            );
            return None;
        }
        self.closed(&stated, &Place { of, parameter: &Symbol::new(&stated.to_string()), span })?;
        self.scope.assume(Assumption {
            reason: format!("the parameters of {of} must satisfy it"),
            reason_zh: format!("{of} 的参数必须满足它"),
            term: stated,
        });
        Some(())
    }

    fn sign_of_difference(&self, left: &Term, right: &Term) -> Sign {
        let is_zero = |t: &Term| exact(t).is_some_and(|n| n.is_zero());
        if is_zero(right) {
            return self.sign(left);
        }
        if is_zero(left) {
            return self.sign(&Term::neg(right.clone()));
        }
        let infinity = |t: &Term| t.as_symbol().is_some_and(|s| *s == "oo");
        match (left.node(), right.node()) {
            (_, Node::Symbol(_)) if infinity(right) => Sign::NEGATIVE,
            (Node::Neg(a), _) if infinity(a) => Sign::NEGATIVE,
            _ => self.sign(&Term::difference(left.clone(), right.clone())),
        }
    }
}

fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Positive => "positive",
        Sort::Nonnegative => "nonnegative",
        Sort::Negative => "negative",
        Sort::Nonzero => "different from zero",
        Sort::Integer => "an integer",
        Sort::Natural => "a natural number",
        Sort::Probabilities => "probabilities that add up to one",
        Sort::Positives => "positive numbers",
        Sort::Real | Sort::Density | Sort::Mass => "real",
    }
}

fn violated(term: &Term, sort: Sort, place: &Place<'_>) -> Diagnostic {
    let Place { of, parameter, span } = place;
    let word = word(sort);
    let shown = term.to_string();
    let shown = if shown.chars().count() > 40 { "this".to_owned() } else { format!("`{shown}`") };
    let message = format!("the parameter `{parameter}` of {of} must be {word}, but {shown} is not");
    Diagnostic::new("E0211", *span, message)
        .label(format!("must be {word}"))
        .hint(format!("give a `{parameter}` that is {word}"))
}
