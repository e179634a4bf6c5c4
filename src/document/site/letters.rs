//! Variables of rules as letters: what a theory file writes as `?f[x]` is read as f(x).

use std::collections::BTreeSet;

use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term};

/// The term with a letter for each variable of a rule, except for those that would be taken for a name in it.
pub(super) fn readable(term: &Term) -> Term {
    let taken = names(term);
    let indices = indices(term);
    letters(term, &taken, &indices)
}

fn letters(term: &Term, taken: &BTreeSet<Symbol>, indices: &BTreeSet<Symbol>) -> Term {
    let go = |t: &Term| letters(t, taken, indices);
    match term.node() {
        Node::Meta(m) if !taken.contains(m) => Term::symbol(m.clone()),
        Node::Index(f, at) if matches!(f.node(), Node::Meta(_)) => {
            let is_index = at.as_symbol().is_some_and(|i| indices.contains(i))
                || at.as_rational().is_some()
                || matches!(at.node(), Node::Meta(_));
            match is_index {
                true => Term::index(go(f), go(at)),
                false => Term::density(go(f), vec![go(at)]),
            }
        }
        // What is differentiated by is no child.
        Node::Derivative(by, body) => Term::derivative(go(by), go(body)),
        _ => term.map_children(go),
    }
}

/// The names that stand in a term as such.
fn names(term: &Term) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    term.any(&mut |t| {
        match t.node() {
            Node::Symbol(name) => drop(out.insert(name.clone())),
            Node::Binder(b) => drop(out.insert(b.var.clone())),
            _ => {}
        }
        false
    });
    out
}

/// The names that count the parts of sums and products.
fn indices(term: &Term) -> BTreeSet<Symbol> {
    let mut out: BTreeSet<Symbol> = ["i", "j", "k"].into_iter().map(Symbol::from).collect();
    term.any(&mut |t| {
        if let Node::Binder(Binder {
            op: BinderOp::Sum | BinderOp::Product,
            var,
            domain: Domain::Range(..),
            ..
        }) = t.node()
        {
            out.insert(var.clone());
        }
        false
    });
    out
}

#[cfg(test)]
mod tests {
    use super::readable;
    use crate::term::{BinderOp, Domain, Term};

    #[test]
    fn variables_become_letters() {
        let fx = Term::index(Term::meta("f"), Term::symbol("x"));
        assert_eq!(readable(&fx).to_string(), "f(x)");
        let range = Domain::Range(Term::meta("a"), Term::meta("b"));
        let member = Term::index(Term::meta("f"), Term::symbol("n"));
        let sum = Term::binder(BinderOp::Sum, "n", range, member);
        assert_eq!(readable(&sum).to_string(), "sum[n in a..b](f[n])");
        let slope = Term::derivative(Term::meta("x"), Term::meta("f"));
        assert_eq!(readable(&slope).to_string(), "D[x](f)");
        // A name that the rule uses itself keeps its mark.
        let both = Term::sum(vec![Term::meta("x"), Term::symbol("x")]);
        assert_eq!(readable(&both).to_string(), "?x + x");
    }
}
