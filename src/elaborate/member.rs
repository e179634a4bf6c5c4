//! Members of families at their indices, functions that are not further known at their arguments, and entries of vectors.

use super::call::{Typed, bare_name, plural};
use super::expression::{Elaborator, Undeclared, kind_mismatch};
use super::scope::Kind;
use super::sign::exact;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Argument, DomainExpr, Expr, ExprKind};
use crate::term::{BinderOp, Domain, MEASURE, MIXTURE, Node, Rational, Symbol, Term};
use crate::theory::{Family, Sort, dimension, is_argument};

impl Elaborator<'_> {
    /// `mu[i]`.
    pub(super) fn index(&mut self, base: &Expr, index: &Expr) -> Typed {
        if let Some(name) = bare_name(base)
            && self.undeclared == Undeclared::InferFromUse
            && !self.is_bound(name)
            && self.scope.meaning(name).is_none()
        {
            self.scope.infer_real(name, base.span);
            let family = Family::between(Term::integer(1), Term::symbol("oo"));
            self.scope.infer_family(name, family, base.span);
        }
        let head = self.expression(base);
        let axis = head.as_ref().and_then(|(head, _)| self.axes_after(head)?.into_iter().next());
        let at = match &axis {
            Some(axis) => self.at_axis(axis, index),
            // What a pattern variable is applied to may be anything.
            None if head.as_ref().is_some_and(|(h, k)| *k == Kind::Any && h.has_metas()) => {
                self.expect(index, Kind::Any)
            }
            None => self.number(index),
        };
        let ((head, kind), at) = (head?, at?);
        if kind != Kind::Function && !kind.fits(Kind::Vector) {
            let d = kind_mismatch(base.span, kind, Kind::Vector);
            self.report(d.hint("declare a family: let a[i] real for i in 1..d"));
            return None;
        }
        if axis.as_ref().is_some_and(is_argument) {
            let member = Term::index(head, at);
            let kind = self.kind_of_member(&member);
            return Some((member, kind));
        }
        self.check_index(&head, &at, axis.as_ref(), index.span)?;
        self.check_integer(&head, &at, index.span)?;
        if axis.is_some() {
            let member = Term::index(head, at);
            let kind = self.kind_of_member(&member);
            return Some((member, kind));
        }
        let entry = match head.as_symbol().and_then(|name| self.scope.sort(name)) {
            Some(Sort::Density | Sort::Mass) => Kind::Distribution,
            Some(_) => Kind::Number,
            None if kind == Kind::Any => Kind::Any,
            None => self.kind_of_entry(&head),
        };
        Some((Term::index(head, at), entry))
    }

    /// A number as an index must lie in the range of the family, the vector or the coordinates.
    fn check_index(
        &mut self,
        head: &Term,
        at: &Term,
        axis: Option<&Domain>,
        span: Span,
    ) -> Option<()> {
        let Some(at) = exact(at) else { return Some(()) };
        let vector = self.vector_of(head);
        let length = vector.as_ref().and_then(Term::as_vector).map(<[Term]>::len);
        let bound = head.as_symbol().filter(|name| self.is_bound(name.as_str()));
        let coordinates = bound.and_then(|name| self.bound_length(name.as_str()));
        let (low, high) = match (length, axis) {
            (None, None) if coordinates.is_some() => {
                (Some(Rational::ONE), coordinates.as_ref().and_then(|n| self.counted(n)))
            }
            (Some(n), _) => (Some(Rational::ONE), i64::try_from(n).ok().map(Rational::from)),
            (None, Some(Domain::Range(low, high))) => (exact(low), exact(high)),
            (None, _) => (Some(Rational::ONE), None),
        };
        let fine = at.is_integer()
            && low.as_ref().is_none_or(|low| at >= *low)
            && high.as_ref().is_none_or(|high| at <= *high);
        if fine {
            return Some(());
        }
        let text = |end: Option<Rational>| end.map_or_else(|| "…".to_owned(), |n| n.to_string());
        let message = format!("the index {at} lies outside {}..{}", text(low), text(high));
        self.report(Diagnostic::new("E0220", span, message).label("no such entry"));
        None
    }

    /// `f(s, t)`, `f[d](z)`: a function that is not further known at its arguments.
    pub(super) fn applied(&mut self, head: (Term, Span), arguments: &[Argument]) -> Typed {
        let (mut head, name) = head;
        let axes = self.axes_after(&head).unwrap_or_default();
        if !axes.first().is_some_and(is_argument) || arguments.len() > axes.len() {
            for argument in arguments {
                self.expression(&argument.value);
            }
            let (message, hint) = match axes.first() {
                Some(axis) if is_argument(axis) => {
                    let n = axes.len();
                    let message = format!("`{head}` takes {n} argument{}", plural(n));
                    (message, "leave the others out".to_owned())
                }
                Some(_) => (
                    format!("`{head}` is a family and cannot be applied to arguments"),
                    format!("its members are written {head}[i]; to multiply, write a*(…)"),
                ),
                None => (
                    format!("`{head}` is a number and cannot be applied to arguments"),
                    format!("to multiply, write {head}*(…)"),
                ),
            };
            self.report(Diagnostic::new("E0210", name, message).hint(hint));
            return None;
        }
        let mut fine = true;
        for (axis, argument) in axes.iter().zip(arguments) {
            if argument.label.is_some() {
                self.plain(argument, Kind::Any);
                fine = false;
                continue;
            }
            match self.at_axis(axis, &argument.value) {
                Some(at) => head = Term::index(head, at),
                None => fine = false,
            }
        }
        fine.then(|| {
            let kind = self.kind_of_member(&head);
            (head, kind)
        })
    }

    /// What an index or an argument is, of the kind that its range needs.
    fn at_axis(&mut self, axis: &Domain, at: &Expr) -> Option<Term> {
        let Some(wanted) = dimension(axis) else { return self.number(at) };
        let vector = self.expect(at, Kind::Vector)?;
        let found = self.length(&vector);
        let differs = |n: &Term| match (self.counted(n), self.counted(wanted)) {
            (Some(a), Some(b)) => a != b,
            _ => !self.written_out(n).alpha_eq(&self.written_out(wanted)),
        };
        if let Some(found) = found.filter(differs) {
            let message =
                format!("a vector of {wanted} coordinates is needed here, this has {found}");
            self.report(
                Diagnostic::new("E0250", at.span, message).label(format!("{found} coordinates")),
            );
            return None;
        }
        Some(vector)
    }

    /// The ranges of the indices and arguments that a family, or what is left of one, still waits for.
    pub(super) fn axes_after(&self, head: &Term) -> Option<Vec<Domain>> {
        if let Some(open) = self.open_ranges(head) {
            return Some(open);
        }
        let (name, given) = head.indices()?;
        if self.is_bound(name.as_str()) {
            return None;
        }
        let axes = self.scope.family(name)?.axes();
        axes.get(given.len()..).map(<[Domain]>::to_vec)
    }

    /// What a family is after some indices: a family or function still, or one of its members.
    pub(super) fn kind_of_member(&self, head: &Term) -> Kind {
        match self.axes_after(head).as_deref() {
            Some([first, ..]) if is_argument(first) => Kind::Function,
            Some([_, ..]) => Kind::Vector,
            _ if self.is_entry(head) => match head.node() {
                Node::Index(base, _) => self.kind_of_entry(base),
                _ => Kind::Number,
            },
            _ => match head.family_name().and_then(|name| self.scope.sort(name)) {
                Some(Sort::Density | Sort::Mass) => Kind::Distribution,
                _ => Kind::Number,
            },
        }
    }

    /// The number of coordinates of a vector, where it is known.
    pub(super) fn length(&self, vector: &Term) -> Option<Term> {
        if let Some(items) = vector.as_vector() {
            return Some(Term::integer(i64::try_from(items.len()).ok()?));
        }
        if let Some(b) = vector.as_comprehension() {
            return match &b.domain {
                Domain::Range(low, high) if low.as_rational().is_some_and(|r| r.is_one()) => {
                    Some(high.clone())
                }
                _ => None,
            };
        }
        if let Some(name) = vector.as_symbol() {
            if self.is_bound(name.as_str()) {
                return self.bound_length(name.as_str());
            }
            if let Some(value) = self.scope.definition(name) {
                return self.length(value);
            }
        }
        match self.axes_after(vector)?.as_slice() {
            [Domain::Range(low, high)] if low.as_rational().is_some_and(|r| r.is_one()) => {
                Some(high.clone())
            }
            _ => None,
        }
    }

    /// The number of coordinates of what a variable ranges over.
    pub(super) fn length_over(&self, domain: &Domain) -> Option<Term> {
        let Domain::Over(over) = domain else { return None };
        match over.node() {
            Node::Call(set, of) if *set == "support" => {
                self.length_over(&Domain::Over(of.first()?.clone()))
            }
            Node::Call(name, parts) if *name == "product" => {
                Some(Term::integer(i64::try_from(parts.len()).ok()?))
            }
            Node::Call(name, parts) if *name == MIXTURE || *name == MEASURE => {
                self.length_over(&Domain::Over(parts.get(1)?.clone()))
            }
            Node::Call(..) => match self.theory.space_of(over) {
                Some(space) => self.with_length(space.dimension()),
                None => dimension(domain).cloned(),
            },
            Node::Binder(b) if b.op == BinderOp::Product => match &b.domain {
                Domain::Range(low, high) if low.as_rational().is_some_and(|r| r.is_one()) => {
                    Some(high.clone())
                }
                _ => None,
            },
            Node::Symbol(name) => {
                self.length_over(&Domain::Over(self.scope.definition(name)?.clone()))
            }
            _ => None,
        }
    }

    /// `length(v)` as the number that it is; any other number as it stands.
    fn with_length(&self, n: &Term) -> Option<Term> {
        match n.node() {
            Node::Call(f, args) if f == "length" => self.length(args.first()?),
            _ => Some(n.clone()),
        }
    }

    /// A number of coordinates that is a number.
    pub(super) fn counted(&self, t: &Term) -> Option<Rational> {
        exact(&self.written_out(t))
    }

    /// The term with the definitions of names in their places, one deep.
    fn written_out(&self, t: &Term) -> Term {
        let definition = |s: &Symbol| Some((s.clone(), self.scope.definition(s)?.clone()));
        t.substitute_all(&t.free_symbols().iter().filter_map(definition).collect())
    }
}

/// The name in front of all indices.
pub(super) fn base_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Index(base, _) => base_name(base),
        _ => bare_name(expr),
    }
}

/// Whether a name occurs where an index ranges, written by itself or in a sum, product or power.
pub(super) fn occurs(name: &str, over: &DomainExpr) -> bool {
    fn inside(name: &str, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(known) => known == name,
            ExprKind::Sum(parts) | ExprKind::Product(parts) => {
                parts.iter().any(|p| inside(name, p))
            }
            ExprKind::Neg(a) => inside(name, a),
            ExprKind::Quotient(a, b) | ExprKind::Power(a, b) | ExprKind::Index(a, b) => {
                inside(name, a) || inside(name, b)
            }
            _ => false,
        }
    }
    match over {
        DomainExpr::Range(low, high) => inside(name, low) || inside(name, high),
        DomainExpr::Over(set) => inside(name, set),
    }
}
