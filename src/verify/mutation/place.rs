//! Places of a term at which an edit can act, and how a place is called in words.

use crate::document::Bilingual;
use crate::term::{BinderOp, Node, Path, Symbol, Term};
use crate::theory::Theory;

/// A subterm and where it stands.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Place {
    pub path: Path,
    pub term: Term,
    /// What it is in the term around it.
    pub role: Role,
}

/// What a subterm is in the term around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::verify) enum Role {
    /// A number that the value depends on.
    Value,
    /// The base of a power.
    Base,
    /// The exponent of a power.
    Exponent,
    /// A name that is no number there: a distribution, an index, a bound of a sum.
    Name,
}

/// Every subterm but bound variables, from the left and from the outside.
pub(in crate::verify) fn places(t: &Term, theory: &Theory) -> Vec<Place> {
    let mut walker = Walker { theory, bound: Vec::new(), out: Vec::new() };
    walker.walk(t, &Path::root(), Role::Value);
    walker.out
}

struct Walker<'t> {
    theory: &'t Theory,
    bound: Vec<Symbol>,
    out: Vec<Place>,
}

impl Walker<'_> {
    fn walk(&mut self, t: &Term, path: &Path, role: Role) {
        if t.as_symbol().is_some_and(|name| self.bound.contains(name)) {
            return;
        }
        self.out.push(Place { path: path.clone(), term: t.clone(), role });
        let children = t.children();
        let last = children.len().saturating_sub(1);
        for (i, child) in children.into_iter().enumerate() {
            let bound = match t.node() {
                Node::Binder(b) if i == last => Some(b.var.clone()),
                _ => None,
            };
            let binds = bound.is_some();
            self.bound.extend(bound);
            let inner = if role == Role::Name { role } else { self.role(t, i, last) };
            self.walk(child, &path.child(i), inner);
            if binds {
                self.bound.pop();
            }
        }
    }

    fn role(&self, t: &Term, child: usize, last: usize) -> Role {
        match t.node() {
            Node::Power(..) if child == 0 => Role::Base,
            Node::Power(..) => Role::Exponent,
            Node::Binder(_) if child == last => Role::Value,
            Node::Binder(_) | Node::Index(..) | Node::Density(..) => Role::Name,
            Node::Call(name, arguments) => {
                let known = self.theory.quantity(name, arguments.len()).is_some()
                    || self.theory.distribution_named(name.as_str()).is_some();
                if known { Role::Name } else { Role::Value }
            }
            _ => Role::Value,
        }
    }
}

/// Deeper places are named by the part that they lie in.
const DEPTH: usize = 3;

/// The part of a term that a place lies in: "the second term of the numerator"; `None` for the whole.
pub(in crate::verify) fn part(t: &Term, path: &Path) -> Option<Bilingual> {
    let mut said: Option<Bilingual> = None;
    let (mut here, mut depth) = (t.clone(), 0);
    for &position in &path.positions {
        let one = one(&here, position as usize);
        let Some(next) = here.children().get(position as usize).map(|c| (*c).clone()) else {
            break;
        };
        here = next;
        let Some(one) = one else { continue };
        said = Some(match said {
            None => one,
            Some(outer) => Bilingual::new(
                format!("{} of {}", one.en, outer.en),
                format!("{}的{}", outer.zh, one.zh),
            ),
        });
        depth += 1;
        if depth == DEPTH {
            break;
        }
    }
    said
}

/// One step on the way down; `None` where it leads to all there is.
fn one(t: &Term, position: usize) -> Option<Bilingual> {
    let nth = position + 1;
    match t.node() {
        Node::Sum(_) => {
            Some(Bilingual::new(format!("the {} term", ordinal(nth)), format!("第 {nth} 项")))
        }
        // A number before it does not make one factor of several.
        Node::Product(factors)
            if factors.iter().filter(|f| f.as_rational().is_none()).count() == 1
                && factors.get(position).is_some_and(|f| f.as_rational().is_none()) =>
        {
            None
        }
        Node::Product(_) => {
            Some(Bilingual::new(format!("the {} factor", ordinal(nth)), format!("第 {nth} 个因子")))
        }
        Node::Quotient(..) if position == 0 => Some(Bilingual::new("the numerator", "分子")),
        Node::Quotient(..) => Some(Bilingual::new("the denominator", "分母")),
        Node::Power(..) if position == 1 => Some(Bilingual::new("the exponent", "指数")),
        Node::Call(name, _) => {
            Some(Bilingual::new(format!("the argument of {name}"), format!("{name} 的自变量")))
        }
        Node::Binder(b) if position + 1 == t.children().len() => {
            let (en, zh) = match b.op {
                BinderOp::Integral => ("the integral", "积分"),
                BinderOp::Sum => ("the sum", "和式"),
                BinderOp::Product => ("the product", "乘积"),
                BinderOp::Vector => ("the vector", "向量"),
                BinderOp::Expectation => ("the expectation", "期望"),
                BinderOp::Variance => ("the variance", "方差"),
            };
            Some(Bilingual::new(en, zh))
        }
        _ => None,
    }
}

/// First to twelfth in words, further ones in digits.
pub(in crate::verify) fn ordinal(n: usize) -> String {
    const WORDS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    WORDS.get(n.wrapping_sub(1)).map_or_else(|| format!("{n}th"), |w| (*w).to_owned())
}
