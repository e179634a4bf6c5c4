//! The text of a fit block, to a spanned tree.
//!
//! One statement a line; a line that is indented further continues the one before.
//!
//! | statement | says |
//! |---|---|
//! | `fit LOSS of P from a = A, b = B in log-b: a = 2.5, b = 7.57, loss = 1.331` | where the descent from there ends |
//! | `stationary LOSS of P: minimum at a = 2.5, b = 7.57, loss = 1.331` | that there is such a point |
//!
//! `by MODEL` after the target says what is fitted. The numbers after the colon hold to the digits that are written.

use pest::iterators::Pairs;

use super::expression::Builder;
use super::grammar::{Rule, parse};
use super::layout::{Piece, fit_statements};
use super::statement::finish;
use super::tree::{Expr, Ident};
use crate::diagnostic::{Diagnostic, Span};

/// A statement about a fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FitStatement {
    /// The name of the loss.
    pub loss: Ident,
    /// What is fitted to.
    pub target: Expr,
    /// What is fitted, where it is said.
    pub model: Option<Expr>,
    /// What it is about.
    pub about: FitAbout,
    /// What its author says, in order.
    pub stated: Vec<Stated>,
    /// The statement.
    pub span: Span,
    /// The statement as written.
    pub text: String,
}

/// What a statement about a fit is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FitAbout {
    /// The end of a descent: from where, and on which scales.
    Descent(Vec<(Ident, Expr)>, Vec<Ident>),
    /// A stationary point of this kind.
    Stationary(Ident),
}

/// A number that is stated, with the digits that are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// Of what: a parameter, or the loss.
    pub name: Ident,
    /// As written, with an ASCII sign.
    pub number: String,
    /// Where it stands.
    pub span: Span,
}

impl Stated {
    /// The number.
    pub fn value(&self) -> f64 {
        self.number.parse().unwrap_or(f64::NAN)
    }

    /// Digits after the point.
    pub fn digits(&self) -> usize {
        self.number.split_once('.').map_or(0, |(_, d)| d.len())
    }

    /// Whether a number reads like this where it is rounded to as many digits.
    pub fn agrees(&self, with: f64) -> bool {
        let unit = 10_f64.powi(-i32::try_from(self.digits()).unwrap_or(0));
        // Half a unit, and a hair for numbers that lie between two.
        (with - self.value()).abs() <= 0.500_001 * unit
    }
}

/// Parses the statements of the part `span` of a text. Those with a mistake are left out and reported.
pub fn parse_fits(source: &str, span: Span) -> (Vec<FitStatement>, Vec<Diagnostic>) {
    let text = source.get(span.start..span.end).unwrap_or_default();
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    for piece in fit_statements(Piece { text, start: span.start }) {
        match statement(piece) {
            Ok(statement) => out.push(statement),
            Err(found) => problems.extend(found),
        }
    }
    (out, problems)
}

fn statement(piece: Piece<'_>) -> Result<FitStatement, Vec<Diagnostic>> {
    let (word, rest) = piece.split_word();
    let rule = match word {
        "fit" => Rule::fit_clause,
        "stationary" => Rule::stationary_clause,
        _ => {
            let span =
                Span::new(piece.start, piece.start + word.len().max(1).min(piece.text.len()));
            let message = "a fit block holds statements that begin with `fit` or `stationary`";
            let hint = "write fit mse of P from mu = 0, sigma = 1: mu = …, or stationary mse of P: minimum at mu = …";
            return Err(vec![Diagnostic::new("E0715", span, message).hint(hint)]);
        }
    };
    let builder = Builder::new(rest.start);
    let pairs = parse(rule, rest)?;
    let built = built(&builder, pairs, piece);
    finish(built, builder)
}

fn built(b: &Builder, mut pairs: Pairs<'_, Rule>, piece: Piece<'_>) -> FitStatement {
    let loss = b.next_ident(&mut pairs);
    let (mut target, mut model, mut kind) = (None, None, None);
    let (mut from, mut scales, mut stated) = (Vec::new(), Vec::new(), Vec::new());
    for part in pairs {
        match part.as_rule() {
            Rule::sum => target = Some(b.expression(part)),
            Rule::fit_model => {
                let inner = part.into_inner().find(|p| p.as_rule() == Rule::sum);
                model = inner.map(|p| b.expression(p));
            }
            Rule::assigned => {
                let mut inner = part.into_inner();
                let name = b.next_ident(&mut inner);
                from.push((name, b.next(&mut inner)));
            }
            Rule::fit_scale => {
                let all = part.into_inner().filter(|p| p.as_rule() == Rule::id);
                scales.extend(all.map(|p| b.ident(&p)));
            }
            Rule::id => kind = Some(b.ident(&part)),
            Rule::stated => {
                let mut inner = part.into_inner();
                let name = b.next_ident(&mut inner);
                let number = b.next_ident(&mut inner);
                let text = number.name.replace('−', "-");
                stated.push(Stated { name, number: text, span: number.span });
            }
            _ => {}
        }
    }
    let about = match kind {
        Some(kind) => FitAbout::Stationary(kind),
        None => FitAbout::Descent(from, scales),
    };
    FitStatement {
        loss,
        target: target.unwrap_or_else(|| b.missing()),
        model,
        about,
        stated,
        span: Span::new(piece.start, piece.start + piece.text.len()),
        text: piece.text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{FitAbout, parse_fits};
    use crate::diagnostic::Span;

    #[test]
    fn statements_are_read_with_their_digits() {
        let text = "fit forward-kl of Normal(0, 1) + P from mu = 0, sigma = 1/2 in log-sigma:\n  mu = -2.50, loss = 1\nstationary l1 of P: minimum at mu = 2.5\n";
        let (all, problems) = parse_fits(text, Span::new(0, text.len()));
        assert!(problems.is_empty(), "{problems:#?}");
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].loss.name, "forward-kl");
        assert_eq!((all[0].stated[0].value(), all[0].stated[0].digits()), (-2.5, 2));
        assert!(all[0].stated[0].agrees(-2.5049) && !all[0].stated[0].agrees(-2.5051));
        assert!(
            matches!(&all[0].about, FitAbout::Descent(from, scales) if from.len() == 2 && scales[0].name == "log-sigma")
        );
        assert!(matches!(&all[1].about, FitAbout::Stationary(kind) if kind.name == "minimum"));
        let (none, problems) = parse_fits("minimise P", Span::new(0, 10));
        assert!(none.is_empty() && problems.len() == 1);
    }
}
