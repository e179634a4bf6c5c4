//! Units: `… in bits`. A quantity of the theory has the unit that its definition states; numbers and formulas without
//! quantities have none. Two units do not meet in a sum or a relation.

use super::expression::{Elaborator, Text, Undeclared};
use super::names;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::Expr;
use crate::term::{Node, Symbol, Term};

impl Elaborator<'_> {
    /// `a in bits`.
    pub(super) fn in_unit(&mut self, value: &Expr, unit: &str, span: Span) -> Option<Term> {
        let inner = self.number(value)?;
        if !self.is_unit(unit) {
            let known = names::FUNCTIONS.iter().map(|(n, _)| *n).filter(|n| self.is_unit(n));
            let all: Vec<&str> = known.collect();
            self.report(
                Diagnostic::new("E0242", span, format!("no unit is called `{unit}`"))
                    .label("unknown unit")
                    .hint(format!("the units are {}", all.join(", "))),
            );
            return None;
        }
        if let Some(already) = self.unit_of(&inner).filter(|u| self.is_converted(&inner, u)) {
            self.report(
                Diagnostic::new("E0240", value.span, format!("this is in {already} already"))
                    .label(format!("in {already}"))
                    .hint("give a unit once, to a whole side"),
            );
            return None;
        }
        Some(Term::call(unit, vec![inner]))
    }

    /// Reports parts of a sum, or sides of a relation, that are in different units.
    pub(super) fn check_units(&mut self, parts: &[(&Term, Span)]) -> Option<()> {
        if self.text != Text::Statement || self.undeclared == Undeclared::Accept {
            return Some(());
        }
        let mut first: Option<(Symbol, Span)> = None;
        for (term, span) in parts {
            let Some(unit) = self.unit_of(term) else { continue };
            match &first {
                Some((other, at)) if *other != unit => {
                    // The hint names the unit that was asked for, not the one that comes of itself.
                    let asked = if self.is_converted(term, &unit) { &unit } else { other };
                    let problem =
                        Diagnostic::new("E0240", *span, format!("{other} and {unit} do not mix"))
                            .label(format!("in {unit}"))
                            .also(*at, format!("in {other}"))
                            .hint(format!("write `in {asked}` on both sides"));
                    self.report(problem);
                    return None;
                }
                Some(_) => {}
                None => first = Some((unit, *span)),
            }
        }
        Some(())
    }

    fn is_unit(&self, name: &str) -> bool {
        self.theory.has_rule(&format!("unit.{name}"))
    }

    /// Whether a unit was asked for somewhere in the term, rather than coming with a quantity.
    fn is_converted(&self, t: &Term, unit: &Symbol) -> bool {
        t.any(&mut |s| match s.node() {
            Node::Call(name, _) => name == unit && self.is_unit(name.as_str()),
            Node::Symbol(name) => {
                self.scope.definition(name).is_some_and(|d| self.is_converted(d, unit))
            }
            _ => false,
        })
    }

    /// The unit of a term; `None` where it has none.
    fn unit_of(&self, t: &Term) -> Option<Symbol> {
        match t.node() {
            Node::Symbol(name) => self.scope.definition(name).and_then(|d| self.unit_of(d)),
            Node::Call(name, _) if self.is_unit(name.as_str()) => Some(name.clone()),
            Node::Call(name, arguments) => {
                self.theory.quantity(name, arguments.len())?.unit.clone()
            }
            Node::Sum(parts) => parts.iter().find_map(|p| self.unit_of(p)),
            Node::Neg(a) | Node::Derivative(_, a) => self.unit_of(a),
            Node::Product(factors) => self.unit_of_product(factors),
            // Divided by ln 2 it was converted by hand.
            Node::Quotient(_, b) if is_logarithm_of_number(b) || self.unit_of(b).is_some() => None,
            Node::Quotient(a, _) => self.unit_of(a),
            Node::Binder(b) => self.unit_of(&b.body),
            _ => None,
        }
    }

    fn unit_of_product(&self, factors: &[Term]) -> Option<Symbol> {
        let mut units = factors.iter().filter_map(|f| self.unit_of(f));
        let only = units.next()?;
        let converted = factors.iter().any(|f| match f.node() {
            Node::Quotient(_, b) => is_logarithm_of_number(b),
            _ => is_logarithm_of_number(f),
        });
        (units.next().is_none() && !converted).then_some(only)
    }
}

fn is_logarithm_of_number(t: &Term) -> bool {
    t.any(&mut |s| {
        matches!(s.node(), Node::Call(f, args) if f == "ln" && args.iter().all(|a| a.as_rational().is_some()))
    })
}
