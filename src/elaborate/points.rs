//! The points of distributions that are taken together: numbers beside numbers, vectors beside vectors of as many.

use super::expression::{Elaborator, Shape, Undeclared};
use super::scope::Kind;
use super::uses::formal_kind;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::Argument;
use crate::term::{Domain, Rational, Term};
use crate::theory::Quantity;

/// What is known of the points of a distribution.
#[derive(PartialEq)]
enum Points {
    Numbers,
    Vectors(Option<Rational>),
}

impl Points {
    fn differ(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Vectors(Some(a)), Self::Vectors(Some(b))) => a != b,
            (Self::Vectors(_), Self::Numbers) | (Self::Numbers, Self::Vectors(_)) => true,
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Numbers => "its points are numbers".to_owned(),
            Self::Vectors(None) => "its points are vectors".to_owned(),
            Self::Vectors(Some(n)) => format!("its points are vectors of {n} coordinates"),
        }
    }
}

impl Elaborator<'_> {
    fn points_of(&self, distribution: &Term) -> Option<Points> {
        match self.shape_of_points(distribution) {
            Shape::Scalar => Some(Points::Numbers),
            Shape::Vector => {
                let length = self.length_over(&Domain::Over(distribution.clone()));
                Some(Points::Vectors(length.and_then(|n| self.counted(&n))))
            }
            _ => None,
        }
    }

    /// The distributions that a quantity compares have points of one kind.
    pub(super) fn check_points(
        &mut self,
        quantity: &Quantity,
        values: &[Term],
        arguments: &[Argument],
    ) -> Option<()> {
        if self.undeclared == Undeclared::Accept {
            return Some(());
        }
        let mut first: Option<(Points, Span)> = None;
        for (i, (value, argument)) in values.iter().zip(arguments).enumerate() {
            let wanted = formal_kind(self.theory, quantity, i);
            if !matches!(wanted, Kind::Distribution | Kind::Measure) || value.has_metas() {
                continue;
            }
            let Some(points) = self.points_of(value) else { continue };
            match &first {
                Some((before, span)) if before.differ(&points) => {
                    let message = "these distributions have points of different kinds";
                    let problem = Diagnostic::new("E0226", argument.value.span, message)
                        .label(points.text())
                        .also(*span, before.text())
                        .hint("give both the same number of coordinates");
                    self.report(problem);
                    return None;
                }
                Some(_) => {}
                None => first = Some((points, argument.value.span)),
            }
        }
        Some(())
    }

    /// Whether a distribution is one over vectors whose coordinates depend on one another.
    fn is_joint(&self, distribution: &Term) -> bool {
        let known = distribution.as_symbol().and_then(|name| self.scope.definition(name));
        self.theory.space_of(known.unwrap_or(distribution)).is_some()
    }

    /// The same of a product over an index.
    pub(super) fn check_coordinate(&mut self, part: &Term, span: Span) -> Option<()> {
        if self.undeclared == Undeclared::Accept || !self.is_joint(part) {
            return Some(());
        }
        let message = "the coordinates of a product are numbers";
        self.report(Diagnostic::new("E0226", span, message).label("its points are vectors"));
        None
    }

    /// The coordinates of a product are numbers.
    pub(super) fn check_coordinates(
        &mut self,
        parts: &[Term],
        arguments: &[Argument],
    ) -> Option<()> {
        if self.undeclared == Undeclared::Accept {
            return Some(());
        }
        let joint = |part: &Term| self.is_joint(part);
        let Some(at) = parts.iter().position(joint) else { return Some(()) };
        let message = "the coordinates of a product are numbers";
        let problem = Diagnostic::new("E0226", arguments.get(at)?.value.span, message)
            .label("its points are vectors")
            .hint("a product joins distributions of one variable each");
        self.report(problem);
        None
    }
}
