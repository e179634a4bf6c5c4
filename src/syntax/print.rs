//! The tree back to text, in the ASCII spelling of the machine form.

use std::fmt::{self, Display, Write as _};

use super::tree::{Argument, DomainExpr, Expr, ExprKind};
use crate::term::BinderOp;

/// The expression with as few brackets as the grammar allows. It parses back to the same tree.
pub fn print(expr: &Expr) -> String {
    written(expr, false)
}

/// The expression with a bracket around every compound part: how the text was read.
pub fn print_parenthesised(expr: &Expr) -> String {
    written(expr, true)
}

fn written(expr: &Expr, all: bool) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(text, "{}", Shown { expr, all });
    text
}

/// How tightly a construct binds, from loosest to tightest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Relation,
    Unit,
    Sum,
    Negation,
    Product,
    Power,
    Atom,
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Relation(..) => Level::Relation,
        ExprKind::Unit(..) => Level::Unit,
        ExprKind::Sum(_) => Level::Sum,
        ExprKind::Neg(_) => Level::Negation,
        ExprKind::Product(_) | ExprKind::Quotient(..) => Level::Product,
        ExprKind::Binder { op: BinderOp::Integral, .. } => Level::Product,
        ExprKind::Power(..) => Level::Power,
        _ => Level::Atom,
    }
}

/// An expression on its way to text.
#[derive(Clone, Copy)]
struct Shown<'e> {
    expr: &'e Expr,
    all: bool,
}

impl<'e> Shown<'e> {
    fn of(self, expr: &'e Expr) -> Self {
        Self { expr, ..self }
    }

    /// Writes a part, in brackets where it binds more loosely than `at_least` (or is compound, if all are wanted).
    fn part(self, expr: &'e Expr, at_least: Level, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = if self.all { Level::Atom } else { at_least };
        if level(expr) < least { write!(f, "({})", self.of(expr)) } else { self.of(expr).fmt(f) }
    }

    fn sum(self, parts: &'e [Expr], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in parts.iter().enumerate() {
            match &part.kind {
                ExprKind::Neg(a) if i > 0 => {
                    f.write_str(" - ")?;
                    self.part(a, Level::Product, f)?;
                }
                _ => {
                    f.write_str(if i > 0 { " + " } else { "" })?;
                    self.part(part, Level::Negation, f)?;
                }
            }
        }
        Ok(())
    }

    fn product(self, factors: &'e [Expr], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, factor) in factors.iter().enumerate() {
            f.write_str(if i > 0 { "*" } else { "" })?;
            let quotient_first = i == 0 && matches!(factor.kind, ExprKind::Quotient(..));
            self.part(factor, if quotient_first { Level::Product } else { Level::Power }, f)?;
        }
        Ok(())
    }

    fn quotient(self, a: &'e Expr, b: &'e Expr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = matches!(a.kind, ExprKind::Product(_) | ExprKind::Quotient(..));
        self.part(a, if plain { Level::Product } else { Level::Power }, f)?;
        f.write_str("/")?;
        self.part(b, Level::Power, f)
    }

    fn arguments(self, arguments: &'e [Argument], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, argument) in arguments.iter().enumerate() {
            f.write_str(match (i, argument.after_bars) {
                (0, _) => "",
                (_, true) => " || ",
                (_, false) => ", ",
            })?;
            if let Some(label) = &argument.label {
                write!(f, "{}: ", self.of(label))?;
            }
            self.of(&argument.value).fmt(f)?;
        }
        f.write_str(")")
    }

    fn domain(
        self,
        op: BinderOp,
        domain: &'e DomainExpr,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        match (op, domain) {
            (BinderOp::Integral, DomainExpr::Range(low, high)) => {
                write!(f, "from {} to {}", self.of(low), self.of(high))
            }
            (_, DomainExpr::Range(low, high)) => {
                f.write_str("in ")?;
                self.part(low, Level::Sum, f)?;
                f.write_str("..")?;
                self.part(high, Level::Sum, f)
            }
            (op, DomainExpr::Over(p)) if op.is_under_distribution() => {
                write!(f, "~ {}", self.of(p))
            }
            (_, DomainExpr::Over(set)) => write!(f, "in {}", self.of(set)),
        }
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expr.kind {
            ExprKind::Number(digits) => f.write_str(digits),
            ExprKind::Name(name) => f.write_str(name),
            ExprKind::Meta(name) => write!(f, "?{name}"),
            ExprKind::Sum(parts) => self.sum(parts, f),
            ExprKind::Product(factors) => self.product(factors, f),
            ExprKind::Quotient(a, b) => self.quotient(a, b, f),
            ExprKind::Neg(a) => {
                f.write_str("-")?;
                self.part(a, Level::Product, f)
            }
            ExprKind::Power(a, b) => {
                self.part(a, Level::Atom, f)?;
                f.write_str("^")?;
                self.part(b, Level::Power, f)
            }
            ExprKind::Call(name, arguments) => {
                f.write_str(&name.name)?;
                self.arguments(arguments, f)
            }
            ExprKind::Apply(head, arguments) => {
                self.of(head).fmt(f)?;
                self.arguments(arguments, f)
            }
            ExprKind::Binder { op, var, domain, body } => {
                write!(f, "{}[{} ", op.as_str(), var.name)?;
                self.domain(*op, domain, f)?;
                write!(f, "]({})", self.of(body))?;
                if *op == BinderOp::Integral { write!(f, " d{}", var.name) } else { Ok(()) }
            }
            ExprKind::Derivative(var, body) => {
                write!(f, "D[{}]({})", self.of(var), self.of(body))
            }
            ExprKind::Index(base, index) => {
                write!(f, "{}[", self.of(base))?;
                self.part(index, Level::Sum, f)?;
                f.write_str("]")
            }
            ExprKind::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    f.write_str(if i > 0 { ", " } else { "" })?;
                    self.part(item, Level::Sum, f)?;
                }
                f.write_str("]")
            }
            ExprKind::Hole => f.write_str("_"),
            ExprKind::Unit(a, unit) => {
                self.part(a, Level::Sum, f)?;
                write!(f, " in {}", unit.name)
            }
            ExprKind::Relation(relation, a, b) => {
                self.part(a, Level::Unit, f)?;
                write!(f, " {} ", relation.as_str())?;
                self.part(b, Level::Unit, f)
            }
        }
    }
}
