//! Names with an index: `let f[n] = … for n in 1..N`, `let g(z) = … for z in reals`, and what stands at an index.
//!
//! Such a name stands for the vector of its values, `vector[n in 1..N](…)`, or for the function of a real number or of a
//! vector of them; several indices make a vector of vectors.

use super::expression::{Elaborator, Shape, Undeclared};
use super::scope::{Kind, Meaning};
use super::sign::Sign;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{DomainExpr, Expr, Ident};
use crate::term::{BinderOp, Domain, Node, Symbol, Term};

type Typed = Option<(Term, Kind)>;

/// What an index ranges over, judged by its domain.
pub(super) fn shape_of_index(domain: &Domain) -> Shape {
    match domain {
        Domain::Over(_) => Shape::Vector,
        Domain::Range(low, high) if is_infinite(low) && is_infinite(high) => Shape::Scalar,
        Domain::Range(..) => Shape::Index,
    }
}

fn is_infinite(end: &Term) -> bool {
    match end.node() {
        Node::Symbol(s) => s == "oo",
        Node::Neg(a) => is_infinite(a),
        _ => false,
    }
}

impl Elaborator<'_> {
    /// `f[n] = value for n in 1..N`: the nested vector, and what its entries are.
    pub(super) fn indexed(&mut self, indices: &[(Ident, DomainExpr)], value: &Expr) -> Typed {
        let Some(((index, over), rest)) = indices.split_first() else {
            return self.expression(value);
        };
        let domain = self.index_domain(over);
        let name = Symbol::new(&index.name);
        match &domain {
            Some(domain) => self.bind_over(BinderOp::Vector, &name, domain),
            None => self.bind(&name, Sign::ANY, Shape::Any),
        }
        let body = self.indexed(rest, value);
        self.unbind();
        let (domain, (body, kind)) = (domain?, body?);
        self.check_capture(index, &body)?;
        self.check_derivatives(index, &name, &body)?;
        Some((Term::binder(BinderOp::Vector, name, domain, body), kind))
    }

    /// At a number there is no derivative by the index that the number stands for.
    fn check_derivatives(&mut self, index: &Ident, name: &Symbol, body: &Term) -> Option<()> {
        let by_index = body.any(&mut |t| match t.node() {
            Node::Derivative(x, _) => x.head_name() == Some(name),
            _ => false,
        });
        if !by_index || self.undeclared == Undeclared::Accept {
            return Some(());
        }
        let message = format!("a definition is not differentiated by its own index `{name}`");
        self.report(
            Diagnostic::new("E0262", index.span, message)
                .label("the derivative is by this")
                .hint("write the derivative out, or differentiate where the name is used"),
        );
        None
    }

    /// Where an index ranges: integers, `reals`, or `reals^K`.
    pub(super) fn index_domain(&mut self, over: &DomainExpr) -> Option<Domain> {
        match over {
            DomainExpr::Range(low, high) => {
                let spans = (low.span, high.span);
                let (low, high) = self.pair(low, high)?;
                let reals = is_infinite(&low) && is_infinite(&high);
                if !reals {
                    let fine =
                        [self.require_whole(&low, spans.0), self.require_whole(&high, spans.1)];
                    fine.iter().all(Option::is_some).then_some(())?;
                }
                Some(Domain::Range(low, high))
            }
            DomainExpr::Over(set) => self.index_set(set),
        }
    }

    fn index_set(&mut self, set: &Expr) -> Option<Domain> {
        if let Some(found) = self.reals(set) {
            return found;
        }
        let message = "an index ranges over integers, real numbers or vectors of them";
        self.report(
            Diagnostic::new("E0260", set.span, message)
                .label("not such a range")
                .hint("write in 1..n, in reals, or in reals^K"),
        );
        None
    }

    /// The ranges of the indices that a vector by a formula, or a definition with an index, still waits for.
    pub(super) fn open_ranges(&self, head: &Term) -> Option<Vec<Domain>> {
        let mut here = self.vector_of(head)?;
        let mut out = Vec::new();
        while let Some(b) = here.as_comprehension() {
            out.push(b.domain.clone());
            here = b.body.clone();
        }
        (!out.is_empty()).then_some(out)
    }

    /// The index of a definition, or of a vector by a formula, is an integer where its range is one of integers.
    pub(super) fn check_integer(&mut self, head: &Term, at: &Term, span: Span) -> Option<()> {
        let loose = self.undeclared == Undeclared::Accept || at.has_metas();
        if loose || self.open_ranges(head).is_none() || self.is_integer(at) {
            return Some(());
        }
        let message = "the index of this name is an integer";
        let problem = Diagnostic::new("E0261", span, message);
        let hint = "declare its names natural or integer";
        self.report(problem.label("not known to be an integer").hint(hint));
        None
    }

    /// What an entry of a vector is.
    pub(super) fn kind_of_entry(&self, head: &Term) -> Kind {
        let Some(item) = self.entry(head) else { return Kind::Number };
        let named = head.head_name().filter(|name| !self.is_bound(name.as_str()));
        match named.and_then(|name| self.scope.kind_of_values(name)) {
            Some(_) if item.as_comprehension().is_some() => Kind::Vector,
            Some(kind) if self.scope.levels(head) == Some(1) => kind,
            Some(Kind::Vector) => Kind::Number,
            _ => super::statement::kind_of(self.theory, &item),
        }
    }

    /// The vector behind a name, or at an index of vectors: an index still stands for its place.
    pub(super) fn vector_of(&self, base: &Term) -> Option<Term> {
        let mut here = base.clone();
        loop {
            here = match here.node() {
                Node::Symbol(name) if self.is_bound(name.as_str()) => return None,
                Node::Symbol(name) => self.scope.definition(name)?.clone(),
                Node::Index(inner, _) => self.entry(inner)?,
                _ => return Some(here),
            };
        }
    }

    /// The first entry of a vector that is written out, or the formula of its entries.
    pub(super) fn entry(&self, base: &Term) -> Option<Term> {
        let vector = self.vector_of(base)?;
        match vector.as_comprehension() {
            Some(b) => Some(b.body.clone()),
            None => vector.as_vector()?.first().cloned(),
        }
    }

    /// Whether this is an entry of a vector that is known, rather than a member of a family.
    pub(super) fn is_entry(&self, head: &Term) -> bool {
        matches!(head.node(), Node::Index(base, _) if self.entry(base).is_some())
    }

    /// Whether a name was defined with an index.
    pub(super) fn is_indexed(&self, name: &str) -> bool {
        let alias = matches!(self.scope.meaning(name), Some(Meaning::Alias(Kind::Vector)));
        alias && self.vector_of(&Term::symbol(name)).is_some_and(|v| v.as_comprehension().is_some())
    }
}
