//! The machine form: ASCII, explicit `*` and `^`, as few parentheses as the grammar allows, and it parses back to the
//! same term. Every other spelling (Unicode, LaTeX) is the document room's.

use std::fmt;

use super::{Binder, BinderOp, Domain, MEASURE, MIXTURE, Node, Symbol, Term, VECTOR};

/// How tightly a construct binds, from loosest to tightest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Relation,
    Sum,
    Negation,
    Product,
    Power,
    Atom,
}

fn level(term: &Term) -> Level {
    match term.node() {
        Node::Relation(..) => Level::Relation,
        Node::Sum(_) => Level::Sum,
        Node::Neg(_) => Level::Negation,
        Node::Product(_) | Node::Quotient(..) => Level::Product,
        Node::Power(..) => Level::Power,
        Node::Binder(Binder { op: BinderOp::Integral, .. }) => Level::Product,
        _ => Level::Atom,
    }
}

fn write_at(term: &Term, at_least: Level, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if level(term) < at_least {
        write!(f, "(")?;
        fmt::Display::fmt(term, f)?;
        write!(f, ")")
    } else {
        fmt::Display::fmt(term, f)
    }
}

fn list(terms: &[Term], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, t) in terms.iter().enumerate() {
        if i > 0 {
            write!(f, ", ")?;
        }
        fmt::Display::fmt(t, f)?;
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.node() {
            Node::Number(n) => write!(f, "{n}"),
            Node::Symbol(s) => write!(f, "{s}"),
            Node::Meta(m) => write!(f, "?{m}"),
            Node::Sum(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    match part.node() {
                        // A leading negation stays a unary minus; a later one becomes the binary sign.
                        Node::Neg(a) if i > 0 => {
                            write!(f, " - ")?;
                            write_at(a, Level::Product, f)?;
                        }
                        _ => {
                            if i > 0 {
                                write!(f, " + ")?;
                            }
                            write_at(part, Level::Negation, f)?;
                        }
                    }
                }
                Ok(())
            }
            Node::Neg(a) => {
                write!(f, "-")?;
                write_at(a, Level::Product, f)
            }
            Node::Product(factors) => {
                for (i, factor) in factors.iter().enumerate() {
                    // Only a quotient may stand first without parentheses: `a/b*c` reads from the left.
                    let quotient_first = i == 0 && matches!(factor.node(), Node::Quotient(..));
                    if i > 0 {
                        write!(f, "*")?;
                    }
                    write_at(
                        factor,
                        if quotient_first { Level::Product } else { Level::Power },
                        f,
                    )?;
                }
                Ok(())
            }
            Node::Quotient(a, b) => {
                let plain = matches!(a.node(), Node::Product(_) | Node::Quotient(..));
                write_at(a, if plain { Level::Product } else { Level::Power }, f)?;
                write!(f, "/")?;
                write_at(b, Level::Power, f)
            }
            Node::Power(a, b) => {
                write_at(a, Level::Atom, f)?;
                write!(f, "^")?;
                write_at(b, Level::Power, f)
            }
            Node::Call(name, args)
                if (name == MIXTURE || name == MEASURE) && args.len().is_multiple_of(2) =>
            {
                write_weighted(name, args, f)
            }
            Node::Call(name, args) if name == VECTOR && !args.is_empty() => {
                write!(f, "[")?;
                list(args, f)?;
                write!(f, "]")
            }
            Node::Index(base, index) => write!(f, "{base}[{index}]"),
            Node::Call(name, args) => {
                write!(f, "{name}(")?;
                list(args, f)?;
                write!(f, ")")
            }
            Node::Density(p, points) => {
                fmt::Display::fmt(p, f)?;
                write!(f, "(")?;
                list(points, f)?;
                write!(f, ")")
            }
            Node::Binder(b) => write_binder(b, f),
            Node::Derivative(x, a) => write!(f, "D[{x}]({a})"),
            Node::Relation(r, a, b) => {
                write_at(a, Level::Sum, f)?;
                write!(f, " {} ", r.as_str())?;
                write_at(b, Level::Sum, f)
            }
        }
    }
}

/// `mixture(1/3: p, 2/3: q)`: weights and components stand in turn among the arguments.
fn write_weighted(name: &Symbol, args: &[Term], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}(")?;
    for (i, pair) in args.chunks_exact(2).enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        write!(f, "{comma}{}: {}", pair[0], pair[1])?;
    }
    write!(f, ")")
}

fn write_binder(b: &Binder, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Binder { op, var, domain, body } = b;
    write!(f, "{}[{var} ", op.as_str())?;
    match (op, domain) {
        (BinderOp::Integral, Domain::Range(lo, hi)) => write!(f, "from {lo} to {hi}]")?,
        (_, Domain::Range(lo, hi)) => {
            write!(f, "in ")?;
            write_at(lo, Level::Sum, f)?;
            write!(f, "..")?;
            write_at(hi, Level::Sum, f)?;
            write!(f, "]")?;
        }
        (BinderOp::Expectation | BinderOp::Variance, Domain::Over(p)) => write!(f, "~ {p}]")?,
        (_, Domain::Over(set)) => write!(f, "in {set}]")?,
    }
    write!(f, "({body})")?;
    if *op == BinderOp::Integral {
        write!(f, " d{var}")?;
    }
    Ok(())
}
