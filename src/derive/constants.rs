//! What does not depend on what is averaged over, taken out of logarithms, exponentials and fractions, so that linearity
//! can bring it in front.

use crate::kernel::Kernel;
use crate::term::{Binder, Node, Path, Symbol, Term};

use super::engine::Engine;
use super::places::irreducible;

impl Engine<'_> {
    /// E ln(c·f) as E(ln c + ln f), E exp(c + f) as E(exp(c)·exp(f)), for a function f that is not further known.
    pub(crate) fn constants_apart(&mut self, path: &Path) -> bool {
        let Some(t) = self.current.at(path) else { return false };
        if !irreducible(self.kernel.facts(), &t) {
            return false;
        }
        let Node::Binder(Binder { var, body, .. }) = t.node() else { return false };
        let new = apart(body, var, &mut self.kernel);
        new != *body && self.try_arithmetic(&path.child(t.children().len() - 1), &new)
    }
}

fn apart(t: &Term, x: &Symbol, kernel: &mut Kernel<'_>) -> Term {
    if !t.mentions(x) || matches!(t.node(), Node::Binder(b) if !t.is_finite_series() || b.var == *x)
    {
        return t.clone();
    }
    let t = t.map_children(|c| apart(c, x, kernel));
    let (kept, free) = match t.node() {
        Node::Quotient(a, b) if a == b && kernel.sign_of(a).is_nonzero() => {
            return Term::integer(1);
        }
        Node::Call(f, args) if args.len() == 1 && (f == "ln" || f == "exp") => {
            let parts = if f == "ln" { factors(&args[0]) } else { summands(&args[0]) };
            parts.into_iter().partition::<Vec<_>, _>(|(part, _)| part.mentions(x))
        }
        _ => return t,
    };
    let Node::Call(f, _) = t.node() else { return t };
    if free.is_empty() || kept.is_empty() {
        return t;
    }
    let call = |argument: Term| Term::call(f.clone(), vec![argument]);
    match f.as_str() {
        "ln" => Term::sum(vec![call(multiplied(free)), call(multiplied(kept))]),
        _ => Term::product(vec![call(added(free)), call(added(kept))]),
    }
}

/// The factors of a term, each with whether it divides.
fn factors(t: &Term) -> Vec<(Term, bool)> {
    match t.node() {
        Node::Product(all) => all.iter().flat_map(factors).collect(),
        Node::Quotient(a, b) => {
            let below = factors(b).into_iter().map(|(f, divides)| (f, !divides));
            factors(a).into_iter().chain(below).collect()
        }
        _ => vec![(t.clone(), false)],
    }
}

/// The summands of a term, each with whether it is subtracted.
fn summands(t: &Term) -> Vec<(Term, bool)> {
    match t.node() {
        Node::Sum(all) => all.iter().flat_map(summands).collect(),
        Node::Neg(a) => summands(a).into_iter().map(|(s, minus)| (s, !minus)).collect(),
        _ => vec![(t.clone(), false)],
    }
}

fn multiplied(parts: Vec<(Term, bool)>) -> Term {
    let (below, above): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(_, divides)| *divides);
    let [above, below] =
        [above, below].map(|side| side.into_iter().map(|(f, _)| f).collect::<Vec<_>>());
    match below.is_empty() {
        true => Term::product(above),
        false => Term::quotient(Term::product(above), Term::product(below)),
    }
}

fn added(parts: Vec<(Term, bool)>) -> Term {
    Term::sum(parts.into_iter().map(|(s, minus)| if minus { Term::neg(s) } else { s }).collect())
}
