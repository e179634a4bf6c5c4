//! Products of distributions that are written out, as families over an index.

use crate::term::{BinderOp, Domain, Node, Symbol, Term, fresh_name};
use crate::theory::Theory;

use super::Kernel;
use super::arith::EnvId;

/// One parameter of distributions of one family, over all coordinates.
pub enum Column {
    /// The same for all.
    Constant(Term),
    /// A vector.
    Varying(Term),
}

/// The parameters of distributions of one family, each over all coordinates.
pub fn columns(theory: &Theory, parts: &[Term]) -> Option<(Symbol, Vec<Column>)> {
    let Node::Call(head, first) = parts.first()?.node() else { return None };
    theory.distribution(parts.first()?)?;
    let rows: Option<Vec<&Vec<Term>>> = parts
        .iter()
        .map(|part| match part.node() {
            Node::Call(f, arguments) if f == head => Some(arguments),
            _ => None,
        })
        .collect();
    let rows = rows?;
    let column = |k: usize| {
        if rows.iter().all(|row| row[k] == first[k]) {
            return Column::Constant(first[k].clone());
        }
        Column::Varying(Term::vector(rows.iter().map(|row| row[k].clone()).collect()))
    };
    Some((head.clone(), (0..first.len()).map(column).collect()))
}

impl Kernel<'_> {
    /// `product(P(a, c), P(b, c))` as `product[i in 1..2](P(v[i], c))`, where a definition `v = [a, b]` is known. A
    /// proposal: the two have the same normal form, which whoever uses it compares.
    pub fn as_family(&self, t: &Term) -> Option<Term> {
        let facts = self.facts();
        let resolved = facts.resolve(t);
        let Node::Call(f, parts) = resolved.node() else { return None };
        if f != "product" {
            return None;
        }
        let (head, columns) = columns(self.theory(), parts)?;
        let index = fresh_name(&Symbol::new("i"), |s| facts.is_reserved(s) || t.mentions(s));
        let mut arguments = Vec::new();
        for column in columns {
            arguments.push(match column {
                Column::Constant(value) => value,
                Column::Varying(values) => {
                    let (name, _) = facts.definitions.iter().find(|(_, d)| **d == values)?;
                    Term::index(Term::symbol(name.clone()), Term::symbol(index.clone()))
                }
            });
        }
        let n = Term::integer(i64::try_from(parts.len()).ok()?);
        let domain = Domain::Range(Term::integer(1), n);
        Some(Term::binder(BinderOp::Product, index, domain, Term::call(head, arguments)))
    }

    /// A vector by the formula of its entries.
    pub(super) fn by_entries(&self, s: &Term, env: EnvId) -> Option<Term> {
        let n = self.arith.length(s)?;
        let resolved = self.arith.facts.resolve(s);
        if resolved.as_comprehension().is_some() {
            return Some(resolved);
        }
        let vector = if resolved.as_vector().is_some() { &resolved } else { s };
        let taken =
            |s: &Symbol| vector.mentions(s) || n.mentions(s) || self.arith.lookup(s, env).is_some();
        let index = fresh_name(&Symbol::new("j"), taken);
        let entry = Term::index(vector.clone(), Term::symbol(index.clone()));
        let domain = Domain::Range(Term::integer(1), n);
        Some(Term::binder(BinderOp::Vector, index, domain, entry))
    }
}
