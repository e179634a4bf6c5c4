//! Names with an index: `let f[n] = … for n in 1..N`, `let g(z) = … for z in reals`, and what stands at an index.
//!
//! Such a name stands for the vector of its values, `vector[n in 1..N](…)`, or for the function of a real number or of a
//! vector of them; several indices make a vector of vectors.

use super::call::bare_name;
use super::expression::{Elaborator, Shape, Undeclared, kind_mismatch};
use super::scope::{Kind, Meaning};
use super::sign::{Sign, exact};
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Argument, DomainExpr, Expr, ExprKind, Ident};
use crate::term::{BinderOp, Domain, Node, Rational, Symbol, Term};
use crate::theory::Sort;

type Typed = Option<(Term, Kind)>;

/// The real numbers, where an index ranges.
const REALS: &str = "reals";

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
        let shape = domain.as_ref().map_or(Shape::Any, shape_of_index);
        let sign = domain.as_ref().map_or(Sign::ANY, |d| self.variable_sign(BinderOp::Vector, d));
        let name = Symbol::new(&index.name);
        self.bind(&name, sign, shape);
        let body = self.indexed(rest, value);
        self.unbind();
        let (domain, (body, kind)) = (domain?, body?);
        self.check_capture(index, &body)?;
        Some((Term::binder(BinderOp::Vector, name, domain, body), kind))
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
        let reals = |e: &Expr| bare_name(e) == Some(REALS);
        match &set.kind {
            _ if reals(set) => {
                Some(Domain::Range(Term::neg(Term::symbol("oo")), Term::symbol("oo")))
            }
            ExprKind::Power(base, dimension) if reals(base) => {
                let n = self.number(dimension)?;
                self.require_whole(&n, dimension.span)?;
                Some(Domain::Over(Term::call(REALS, vec![n])))
            }
            ExprKind::Call(name, arguments) if name.name == REALS && arguments.len() == 1 => {
                let n = self.number(&arguments[0].value)?;
                self.require_whole(&n, arguments[0].value.span)?;
                Some(Domain::Over(Term::call(REALS, vec![n])))
            }
            _ => {
                let message = "an index ranges over integers, real numbers or vectors of them";
                self.report(
                    Diagnostic::new("E0260", set.span, message)
                        .label("not such a range")
                        .hint("write in 1..n, in reals, or in reals^K"),
                );
                None
            }
        }
    }

    /// `f(z)`, `f(n, z)`: a definition with indices, written as a function.
    pub(super) fn at_arguments(
        &mut self,
        head: (Term, Kind),
        span: Span,
        arguments: &[Argument],
    ) -> Typed {
        let all: Vec<_> = arguments.iter().map(|a| (self.unlabelled(a), a.value.span)).collect();
        let mut here = head;
        for (at, place) in all {
            here = self.entry_at((here, span), (at?, place))?;
        }
        Some(here)
    }

    /// What stands at an index of a vector, or of a name with an index.
    pub(super) fn entry_at(
        &mut self,
        ((head, kind), span): ((Term, Kind), Span),
        ((at, of), place): ((Term, Kind), Span),
    ) -> Typed {
        if !kind.fits(Kind::Vector) {
            let d = kind_mismatch(span, kind, Kind::Vector);
            self.report(d.hint("declare a family: let a[i] real for i in 1..d"));
            return None;
        }
        let domain = self.vector_of(&head).and_then(|v| Some(v.as_comprehension()?.domain.clone()));
        let wanted = match domain.as_ref().map(shape_of_index) {
            Some(Shape::Vector) => Kind::Vector,
            // What a pattern variable is applied to may be anything.
            None if kind == Kind::Any && head.has_metas() => Kind::Any,
            _ => Kind::Number,
        };
        if !of.fits(wanted) {
            self.report(kind_mismatch(place, of, wanted));
            return None;
        }
        self.check_entry(&head, &at, place)?;
        let loose = self.undeclared == Undeclared::Accept || at.has_metas();
        if domain.as_ref().map(shape_of_index) == Some(Shape::Index)
            && !loose
            && !self.is_integer(&at)
        {
            let message = "the index of this name is an integer";
            let hint = "declare its names natural or integer";
            let problem = Diagnostic::new("E0261", place, message);
            self.report(problem.label("not known to be an integer").hint(hint));
            return None;
        }
        let entry = match head.as_symbol().and_then(|name| self.scope.sort(name)) {
            Some(Sort::Density | Sort::Mass) => Kind::Distribution,
            Some(_) => Kind::Number,
            None if kind == Kind::Any => Kind::Any,
            None => self.kind_of_entry(&head),
        };
        Some((Term::index(head, at), entry))
    }

    /// What an entry of a vector is.
    fn kind_of_entry(&self, head: &Term) -> Kind {
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

    /// A number as an index must lie in the range of the vector or the coordinates.
    fn check_entry(&mut self, head: &Term, at: &Term, span: Span) -> Option<()> {
        let vector = self.vector_of(head);
        let length = vector.as_ref().and_then(Term::as_vector).map(<[Term]>::len);
        let one = Some(Rational::ONE);
        let formula = vector.as_ref().and_then(Term::as_comprehension).map(|b| &b.domain);
        let range = match (length, formula) {
            (Some(n), _) => (one, i64::try_from(n).ok().map(Rational::from)),
            (None, Some(Domain::Range(low, high))) => match is_infinite(low) && is_infinite(high) {
                true => return Some(()),
                false => (exact(low), exact(high)),
            },
            (None, Some(Domain::Over(_)) | None) => (one, None),
        };
        self.check_range(at, range, span)
    }

    /// Whether a name was defined with an index.
    pub(super) fn is_indexed(&self, name: &str) -> bool {
        let alias = matches!(self.scope.meaning(name), Some(Meaning::Alias(Kind::Vector)));
        alias && self.vector_of(&Term::symbol(name)).is_some_and(|v| v.as_comprehension().is_some())
    }
}
