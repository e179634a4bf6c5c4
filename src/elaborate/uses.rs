//! Whether a formal parameter of a quantity is a distribution, judged by how the definition uses it.

use super::scope::Kind;
use crate::term::{Domain, MARGINALS, MEASURE, MIXTURE, Node, Symbol, Term};
use crate::theory::{Quantity, Theory};

/// Definitions that refer to each other are followed so far and no further.
const DEPTH: usize = 8;

/// The kind of the argument at `index`.
pub(super) fn formal_kind(theory: &Theory, quantity: &Quantity, index: usize) -> Kind {
    at_depth(theory, quantity, index, DEPTH)
}

fn at_depth(theory: &Theory, quantity: &Quantity, index: usize, depth: usize) -> Kind {
    let Some((formal, _)) = quantity.parameters.get(index) else { return Kind::Any };
    if depth == 0 {
        return Kind::Any;
    }
    let mut found = Kind::Any;
    quantity.body.any(&mut |t| {
        found = stricter(found, use_in(theory, t, formal, depth));
        !matches!(found, Kind::Any | Kind::Measure)
    });
    found
}

/// What the children of a node say of the formal parameter.
fn use_in(theory: &Theory, term: &Term, formal: &Symbol, depth: usize) -> Kind {
    let is_formal = |t: &Term| t.as_symbol() == Some(formal);
    match term.node() {
        Node::Density(head, _) if is_formal(head) => Kind::Measure,
        Node::Binder(b) => match &b.domain {
            Domain::Over(over) if b.op.is_under_distribution() && is_formal(over) => {
                Kind::Distribution
            }
            _ => Kind::Any,
        },
        Node::Call(name, arguments) => call(theory, name, arguments, &is_formal, depth),
        Node::Sum(_) | Node::Product(_) | Node::Quotient(..) | Node::Power(..) | Node::Neg(_)
            if term.children().into_iter().any(is_formal) =>
        {
            Kind::Number
        }
        _ => Kind::Any,
    }
}

fn call(
    theory: &Theory,
    name: &Symbol,
    arguments: &[Term],
    is_formal: &impl Fn(&Term) -> bool,
    depth: usize,
) -> Kind {
    let places = arguments.iter().enumerate().filter(|(_, t)| is_formal(t)).map(|(i, _)| i);
    places.fold(Kind::Any, |found, place| {
        stricter(found, argument(theory, name, arguments.len(), place, depth))
    })
}

/// What two uses say together: what is only taken at points, and for its support, may be a sum of distributions.
fn stricter(found: Kind, new: Kind) -> Kind {
    match found {
        Kind::Any | Kind::Measure if new != Kind::Any => new,
        _ => found,
    }
}

fn argument(theory: &Theory, name: &Symbol, of: usize, place: usize, depth: usize) -> Kind {
    match name.as_str() {
        "support" => Kind::Measure,
        "product" | MARGINALS => Kind::Distribution,
        MIXTURE if place % 2 == 1 => Kind::Distribution,
        MEASURE if place % 2 == 1 => Kind::Measure,
        _ => match theory.quantity(name, of) {
            Some(inner) => at_depth(theory, inner, place, depth - 1),
            None => Kind::Number,
        },
    }
}
