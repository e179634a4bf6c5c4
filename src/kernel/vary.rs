//! Derivatives: what they may be taken by, and when one may be exchanged with an expectation or integral.
//!
//! A derivative compares a function at neighbouring points. Every assumption under which a step inside is made must
//! therefore hold at those points as well: what one differentiates by ranges over an interval, and relations that
//! mention it are strict.

use crate::term::{BinderOp, Domain, Node, Rational, Relation, Symbol, Term};
use crate::theory::Sort;

use super::arith::{Atom, EnvId, Poly};
use super::condition::{Discharge, MAX_DEPTH};
use super::{Facts, Kernel};

const CONSTANTS: [&str; 4] = ["pi", "e", "oo", "euler_gamma"];

impl Facts {
    /// What a derivative in the term is taken by although it cannot be moved a little: an integer, a constant, an
    /// abbreviation, or what an assumption ties to a value.
    pub fn fixed_variable(&self, t: &Term) -> Option<Term> {
        self.fixed_under(t, &mut Vec::new())
    }

    fn fixed_under(&self, t: &Term, bound: &mut Vec<(Symbol, BinderOp)>) -> Option<Term> {
        if let Node::Derivative(x, _) = t.node()
            && !self.moves(x, bound)
        {
            return Some(x.clone());
        }
        let Node::Binder(b) = t.node() else {
            return t.children().into_iter().find_map(|c| self.fixed_under(c, bound));
        };
        let children = t.children();
        let (body, domain) = children.split_last()?;
        domain.iter().find_map(|c| self.fixed_under(c, bound)).or_else(|| {
            bound.push((b.var.clone(), b.op));
            let found = self.fixed_under(body, bound);
            bound.pop();
            found
        })
    }

    fn moves(&self, x: &Term, bound: &[(Symbol, BinderOp)]) -> bool {
        let Some((name, at)) = x.indices() else { return false };
        if let Some((_, op)) = bound.iter().rev().find(|(var, _)| var == name) {
            return *op == BinderOp::Integral || op.is_under_distribution();
        }
        // A member is a parameter, a row of several is none; neither is the value of a function at an argument.
        if self.families.get(name).is_some_and(|f| f.is_function() || f.axes().len() != at.len()) {
            return false;
        }
        let sort = self.sorts.get(name);
        // At the end of a closed half line there is one side only, and signs hold on that side only.
        let discrete = matches!(
            sort,
            Some(
                Sort::Integer
                    | Sort::Natural
                    | Sort::Density
                    | Sort::Mass
                    | Sort::Probabilities
                    | Sort::Positives
                    | Sort::Nonnegative
            )
        );
        !discrete
            && !CONSTANTS.contains(&name.as_str())
            && !self.definitions.contains_key(name)
            && self.relations.iter().all(|r| is_strict(r) || !self.depends(r, name))
    }
}

/// Whether what holds at a point holds around it: a strict relation, or one for each of finitely many indices.
fn is_strict(relation: &Term) -> bool {
    match relation.node() {
        Node::Relation(Relation::Lt | Relation::Gt | Relation::Ne, ..) => true,
        Node::Binder(b) => match &b.domain {
            Domain::Range(low, high) => {
                let infinite = |end: &Term| end.mentions(&Symbol::new("oo"));
                !infinite(low) && !infinite(high) && is_strict(&b.body)
            }
            Domain::Over(_) => false,
        },
        _ => false,
    }
}

impl Kernel<'_> {
    /// Whether the derivative by `x` of an expectation or integral is that of its body: where the body is a sum of
    /// products c(x)·g(t) with g absolutely integrable, the sum of the c(x)·E g is differentiated term by term.
    pub(super) fn dominated(
        &mut self,
        x: &Term,
        of: &Term,
        env: EnvId,
    ) -> Result<Discharge, String> {
        let text = format!("{of} may be differentiated by {x} inside");
        self.separates(x, of, env)
            .map(|evidence| Discharge::new(text.clone(), evidence, [of.clone(), x.clone()]))
            .ok_or(text)
    }

    fn separates(&mut self, x: &Term, of: &Term, env: EnvId) -> Option<String> {
        let Node::Binder(b) = of.node() else { return None };
        if !matches!(b.op, BinderOp::Integral | BinderOp::Expectation) {
            return None;
        }
        let name = x.family_name()?.clone();
        let inner = self.arith.enter(env, b.op, &b.var, &b.domain).ok()?;
        let bound = Atom::Bound(self.arith.lookup(&b.var, inner)?);
        let moved = match self.arith.lookup(&name, env) {
            Some(canon) => Atom::Bound(canon),
            None => Atom::Symbol(name),
        };
        let (bound, moved) = (self.arith.atom(bound), self.arith.atom(moved));
        let body = self.arith.poly(&b.body, inner).ok()?;
        let mut parts: Vec<Poly> = Vec::new();
        for (m, _) in &body.0 {
            let (outside, inside): (Vec<_>, Vec<_>) =
                m.iter().cloned().partition(|(a, _)| self.arith.atom_mentions(*a, moved));
            if outside.iter().any(|(a, _)| self.arith.atom_mentions(*a, bound)) {
                return None;
            }
            let part = Poly::monomial(inside, Rational::ONE);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        for part in parts {
            let part = self.arith.term_of(&part, inner);
            let whole = Term::binder(b.op, b.var.clone(), b.domain.clone(), part);
            self.integrable(&whole, env, MAX_DEPTH)?;
        }
        Some(format!("a sum of products in which {x} and {} do not meet", b.var))
    }
}
