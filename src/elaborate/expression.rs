//! An expression of the tree to a term: numbers, names, operators and binders. Calls are next door.
//!
//! `None` means that something was reported; elaboration goes on with the rest, so that one run reports everything.

use std::collections::BTreeSet;

use super::names;
use super::scope::{Kind, Meaning, Scope};
use super::sign::{Sign, Signs};
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{DomainExpr, Expr, ExprKind, Ident};
use crate::term::{BinderOp, Domain, Node, Rational, Symbol, Term};
use crate::theory::{Family, REALS, Theory, dimension, line, space};

/// The longest literal that is read.
const MAX_DIGITS: usize = 10_000;

/// What to do with a name that nothing declares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Undeclared {
    /// Report it.
    #[default]
    Refuse,
    /// Take it for a real parameter, visibly; its use may say more.
    InferFromUse,
    /// Take it as it is: terms of a certificate mention variables bound around them.
    Accept,
}

/// What a bound variable ranges over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Real numbers.
    Scalar,
    /// The integers of a finite sum or product.
    Index,
    /// Points of several coordinates.
    Vector,
    /// Not known: over a formal parameter.
    Any,
}

/// Whether `?name` may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Text {
    /// A statement.
    Statement,
    /// A rule: pattern variables are allowed, constraints on parameters are the rule's own business.
    Rule,
    /// An instance of a rule: what it declares is all that holds of it.
    Instance,
    /// A definition of a theory file: constraints on parameters are its own business.
    Definition,
    /// A sampler: sources of randomness are allowed.
    Sampler,
}

/// Elaborates expressions in a scope, collecting diagnostics.
pub(super) struct Elaborator<'a> {
    pub(super) theory: &'a Theory,
    pub(super) scope: Scope,
    pub(super) undeclared: Undeclared,
    pub(super) text: Text,
    /// Variables of a rule's binders and derivatives, which its conditions and sides may mention.
    pub(super) allowed: BTreeSet<Symbol>,
    pub(super) bound: Vec<(Symbol, Sign)>,
    /// What kind of thing each of `bound` is, and how many coordinates it has, where that is known.
    shapes: Vec<(Shape, Option<Term>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    reported: BTreeSet<String>,
}

impl<'a> Elaborator<'a> {
    pub(super) fn new(theory: &'a Theory, undeclared: Undeclared, text: Text) -> Self {
        Self {
            theory,
            scope: Scope::default(),
            undeclared,
            text,
            allowed: BTreeSet::new(),
            bound: Vec::new(),
            shapes: Vec::new(),
            diagnostics: Vec::new(),
            reported: BTreeSet::new(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The term, if it is of the kind that its place needs.
    pub(super) fn expect(&mut self, expr: &Expr, wanted: Kind) -> Option<Term> {
        let (term, kind) = self.expression(expr)?;
        if kind.fits(wanted) {
            return Some(term);
        }
        if kind == Kind::Vector && wanted == Kind::Distribution {
            if let Some(distribution) = self.as_distribution(term, expr.span) {
                return Some(distribution);
            }
            return None;
        }
        if kind == Kind::Measure && wanted == Kind::Distribution {
            self.not_normalised(&term, expr.span);
            return None;
        }
        self.report(kind_mismatch(expr.span, kind, wanted));
        None
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Option<Term> {
        self.expect(expr, Kind::Number)
    }

    /// The term and what it stands for.
    pub(super) fn expression(&mut self, expr: &Expr) -> Option<(Term, Kind)> {
        let term = match &expr.kind {
            ExprKind::Number(text) => self.literal(text, expr.span)?,
            ExprKind::Name(name) => return self.name(name, expr.span),
            ExprKind::Meta(name) => return self.meta(name, expr.span),
            ExprKind::Sum(parts) => return self.sum(parts, expr.span),
            ExprKind::Unit(value, unit) => self.in_unit(value, &unit.name, unit.span)?,
            ExprKind::Neg(a) => return self.negative(a, expr.span),
            ExprKind::Product(parts) => return self.multiple(parts, expr.span),
            ExprKind::Quotient(a, b) => return self.quotient(a, b, expr.span),
            ExprKind::Power(a, b) => {
                let (base, exponent) = self.pair(a, b)?;
                if power_is_too_large(&base, &exponent) {
                    self.report(
                        Diagnostic::new("E0219", expr.span, "this power is too large")
                            .label("beyond what exact arithmetic takes on")
                            .hint(format!(
                                "exponents go up to {LARGEST_EXPONENT}, numbers to about {} digits",
                                crate::term::MAX_BITS * 3 / 10
                            )),
                    );
                    return None;
                }
                Term::power(base, exponent)
            }
            ExprKind::Call(name, arguments) => return self.call(name, arguments, expr.span),
            ExprKind::Apply(head, arguments) => return self.apply(head, arguments),
            ExprKind::Binder { op, var, domain, body } => {
                return self.binder(*op, var, domain, body);
            }
            ExprKind::Derivative(var, body) => {
                let (var, body) = (self.variable(var), self.number(body));
                Term::derivative(var?, body?)
            }
            ExprKind::Index(base, index) => return self.index(base, index),
            ExprKind::List(items) => return self.list(items, expr.span),
            ExprKind::Hole => return self.hole(expr.span),
            ExprKind::Relation(relation, a, b) => {
                let spans = (a.span, b.span);
                let (a, b) = self.pair(a, b)?;
                self.check_units(&[(&a, spans.0), (&b, spans.1)])?;
                return Some((Term::relation(*relation, a, b), Kind::Truth));
            }
        };
        Some((term, Kind::Number))
    }

    /// The variable of a derivative: a parameter or a bound variable, nothing that stands for something else.
    pub(super) fn variable(&mut self, var: &Expr) -> Option<Term> {
        let name = match &var.kind {
            ExprKind::Meta(name) => return self.meta(name, var.span).map(|(term, _)| term),
            _ => super::member::base_name(var),
        };
        let name = name.unwrap_or_default();
        let stands_for = match self.scope.meaning(name) {
            _ if self.is_bound(name) => false,
            Some(Meaning::Family) => {
                let function = |f: &Family| f.is_function();
                !matches!(var.kind, ExprKind::Index(..))
                    || self.scope.family(&Symbol::new(name)).is_some_and(function)
            }
            Some(meaning) => {
                !matches!(meaning, Meaning::Parameter | Meaning::FormalVariable | Meaning::Broken)
            }
            None => names::CONSTANTS.contains(&name),
        };
        if !stands_for {
            return self.number(var);
        }
        let message = format!("`{name}` is not a variable to differentiate by");
        self.report(
            Diagnostic::new("E0207", var.span, message)
                .label("stands for something else")
                .hint("differentiate by a parameter"),
        );
        None
    }

    pub(super) fn pair(&mut self, a: &Expr, b: &Expr) -> Option<(Term, Term)> {
        let (a, b) = (self.number(a), self.number(b));
        Some((a?, b?))
    }

    fn literal(&mut self, text: &str, span: Span) -> Option<Term> {
        if text.len() > MAX_DIGITS {
            let message = format!("a number may have at most {MAX_DIGITS} digits");
            self.report(
                Diagnostic::new("E0203", span, message)
                    .label(format!("{} characters", text.len()))
                    .hint("write it as a power, such as 10^12"),
            );
            return None;
        }
        match Rational::from_decimal(text) {
            Some(value) => Some(Term::rational(&value)),
            None => {
                let message = format!("`{text}` is not a number");
                self.report(Diagnostic::new("E0203", span, message).hint("write it as 3 or 0.25"));
                None
            }
        }
    }

    fn meta(&mut self, name: &str, span: Span) -> Option<(Term, Kind)> {
        if self.text == Text::Rule {
            return Some((Term::meta(name), Kind::Any));
        }
        self.report(
            Diagnostic::new(
                "E0215",
                span,
                format!("the pattern variable `?{name}` has no place here"),
            )
            .label("pattern variables occur in rules only")
            .hint(format!("write `{name}` and declare it")),
        );
        None
    }

    fn name(&mut self, name: &str, span: Span) -> Option<(Term, Kind)> {
        let symbol = Term::symbol(name);
        if let Some(shape) = self.shape(name) {
            let kind = match shape {
                Shape::Scalar | Shape::Index => Kind::Number,
                Shape::Vector => Kind::Vector,
                Shape::Any => Kind::Any,
            };
            return Some((symbol, kind));
        }
        if names::CONSTANTS.contains(&name) {
            return Some((symbol, Kind::Number));
        }
        match self.scope.meaning(name) {
            Some(Meaning::Broken) => return None,
            Some(Meaning::Family) => return Some((symbol.clone(), self.kind_of_member(&symbol))),
            Some(Meaning::Alias(Kind::Vector)) if self.is_indexed(name) => {
                return Some((symbol.clone(), self.kind_of_member(&symbol)));
            }
            Some(meaning) => return Some((symbol, meaning.kind())),
            None if self.allowed.contains(name) => return Some((symbol, Kind::Number)),
            None => {}
        }
        if self.undeclared == Undeclared::Accept {
            return Some((symbol, Kind::Any));
        }
        if self.takes_arguments(name) {
            self.report(
                Diagnostic::new("E0204", span, format!("`{name}` needs arguments"))
                    .label("it is not a name of a number")
                    .hint(format!("write {}", self.signatures(name).join(" or "))),
            );
            return None;
        }
        if self.undeclared == Undeclared::InferFromUse {
            self.scope.infer_real(name, span);
            return Some((symbol, Kind::Number));
        }
        self.unknown_name(name, span);
        None
    }

    fn unknown_name(&mut self, name: &str, span: Span) {
        if !self.reported.insert(name.to_owned()) {
            return;
        }
        let bound = self.bound.iter().map(|(s, _)| s.as_str());
        let known = bound.chain(self.scope.names()).chain(names::CONSTANTS.iter().copied());
        let hint = match names::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`? Or declare it: let {name} real"),
            None => format!("declare it: let {name} real"),
        };
        let hint = match self.text {
            Text::Rule => format!("for a pattern variable, write ?{name}"),
            Text::Definition | Text::Sampler => {
                "a definition may use its parameters only".to_owned()
            }
            Text::Statement => hint,
            Text::Instance => format!("declare it: where {name} real"),
        };
        self.report(
            Diagnostic::new("E0201", span, format!("the name `{name}` is unknown"))
                .label("not declared here")
                .hint(hint),
        );
    }

    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.bound.iter().any(|(bound, _)| *bound == name)
    }

    /// What the innermost variable bound under this name ranges over.
    pub(super) fn shape(&self, name: &str) -> Option<Shape> {
        let at = self.bound.iter().rposition(|(bound, _)| *bound == name)?;
        self.shapes.get(at).map(|(shape, _)| *shape)
    }

    /// The number of coordinates of the innermost variable bound under this name.
    pub(super) fn bound_length(&self, name: &str) -> Option<Term> {
        let at = self.bound.iter().rposition(|(bound, _)| *bound == name)?;
        self.shapes.get(at)?.1.clone()
    }

    /// Whether the name is bound by a finite sum or product.
    pub(super) fn is_index(&self, name: &Symbol) -> bool {
        self.shape(name.as_str()) == Some(Shape::Index)
    }

    pub(super) fn bind(&mut self, name: &Symbol, sign: Sign, shape: Shape) {
        self.bound.push((name.clone(), sign));
        self.shapes.push((shape, None));
    }

    /// Binds a variable that ranges over a domain.
    pub(super) fn bind_over(&mut self, op: BinderOp, name: &Symbol, domain: &Domain) {
        let (sign, shape) = (self.variable_sign(op, domain), self.shape_over(op, domain));
        let length = self.length_over(domain);
        self.bound.push((name.clone(), sign));
        self.shapes.push((shape, length));
    }

    pub(super) fn unbind(&mut self) {
        self.bound.pop();
        self.shapes.pop();
    }

    pub(super) fn sign(&self, term: &Term) -> Sign {
        Signs { scope: &self.scope, bound: &self.bound }.sign(term)
    }

    fn binder(
        &mut self,
        op: BinderOp,
        var: &Ident,
        domain: &DomainExpr,
        body: &Expr,
    ) -> Option<(Term, Kind)> {
        if names::CONSTANTS.contains(&var.name.as_str()) {
            self.report(reserved(var, "a constant"));
            return None;
        }
        let found = self.domain(op, domain);
        let name = Symbol::new(&var.name);
        let at = body.span;
        match &found {
            Some(domain) => self.bind_over(op, &name, domain),
            None => self.bind(&name, Sign::ANY, Shape::Any),
        }
        let body = match op {
            BinderOp::Product => self.normalised(body).filter(|(_, kind)| {
                let conjunction = *kind == Kind::Truth && self.undeclared == Undeclared::Accept;
                kind.fits(Kind::Number) || *kind == Kind::Distribution || conjunction
            }),
            BinderOp::Vector => self.normalised(body).filter(|(_, kind)| {
                let entry = [Kind::Number, Kind::Distribution, Kind::Vector];
                entry.iter().any(|wanted| kind.fits(*wanted))
            }),
            _ => self.number(body).map(|term| (term, Kind::Number)),
        };
        self.unbind();
        let (domain, (body, kind)) = (found?, body?);
        if op == BinderOp::Product && kind == Kind::Distribution {
            self.check_coordinate(&body, at)?;
        }
        let kind = if op == BinderOp::Vector { Kind::Vector } else { kind };
        self.check_capture(var, &body)?;
        Some((Term::binder(op, var.name.as_str(), domain, body), kind))
    }

    /// `let f = x^2` is about the parameter x: under a binder of x it reads as if it were about the bound variable.
    pub(super) fn check_capture(&mut self, var: &Ident, body: &Term) -> Option<()> {
        if self.undeclared == Undeclared::Accept || self.scope.meaning(&var.name).is_none() {
            return Some(());
        }
        let name = Symbol::new(&var.name);
        let about = |s: &Symbol| self.scope.definition(s).is_some_and(|d| self.is_about(d, &name));
        let Some(alias) = body.free_symbols().into_iter().find(about) else { return Some(()) };
        let message = format!(
            "`{alias}` stands for an expression in the parameter `{name}`, which is bound here"
        );
        self.report(
            Diagnostic::new("E0223", var.span, message)
                .label("another variable of the same name")
                .hint(format!("bind another name, or write out what `{alias}` stands for")),
        );
        None
    }

    /// Whether a term depends on a name, definitions followed.
    pub(super) fn is_about(&self, t: &Term, name: &Symbol) -> bool {
        t.free_symbols().iter().any(|s| {
            s == name
                || self
                    .scope
                    .definition(s)
                    .is_some_and(|d| !d.mentions(s) && self.is_about(d, name))
        })
    }

    fn shape_over(&self, op: BinderOp, domain: &Domain) -> Shape {
        match (op, domain) {
            (BinderOp::Product, axis) if *axis == line() => Shape::Scalar,
            (_, axis) if dimension(axis).is_some() => Shape::Vector,
            (BinderOp::Sum | BinderOp::Product, _) => Shape::Index,
            (BinderOp::Vector, domain) => super::indexed::shape_of_index(domain),
            (_, Domain::Range(..)) => Shape::Scalar,
            (_, Domain::Over(over)) => match over.node() {
                Node::Call(set, of) if *set == "support" => {
                    of.first().map_or(Shape::Any, |d| self.shape_of_points(d))
                }
                Node::Call(set, _) if *set == "interval" => Shape::Scalar,
                _ => self.shape_of_points(over),
            },
        }
    }

    fn domain(&mut self, op: BinderOp, domain: &DomainExpr) -> Option<Domain> {
        match domain {
            _ if op == BinderOp::Vector => self.index_domain(domain),
            DomainExpr::Range(low, high) => {
                let spans = (low.span, high.span);
                let (low, high) = self.pair(low, high)?;
                if matches!(op, BinderOp::Sum | BinderOp::Product) {
                    self.require_whole(&low, spans.0)?;
                    self.require_whole(&high, spans.1)?;
                }
                Some(Domain::Range(low, high))
            }
            DomainExpr::Over(over) => {
                if let Some(reals) = self.reals(over) {
                    let reals = reals?;
                    let counted = matches!(op, BinderOp::Sum | BinderOp::Product);
                    let vectors = dimension(&reals).is_some();
                    // In certificates an assumption about all vectors is a product over them.
                    if !vectors && !counted || self.undeclared == Undeclared::Accept {
                        return Some(reals);
                    }
                    let message = match vectors {
                        true => "nothing is summed or integrated over all vectors",
                        false => "a sum or product runs over integers",
                    };
                    self.report(Diagnostic::new("E0221", over.span, message).hint("write in 1..d"));
                    return None;
                }
                let wanted = match op {
                    BinderOp::Expectation | BinderOp::Variance => Kind::Distribution,
                    _ => Kind::Set,
                };
                Some(Domain::Over(self.expect(over, wanted)?))
            }
        }
    }

    /// `reals` and `reals^K`, where they are no names of the author's; `None` inside where something is wrong with K.
    pub(super) fn reals(&mut self, set: &Expr) -> Option<Option<Domain>> {
        let is_reals = |e: &Expr| super::call::bare_name(e) == Some(REALS);
        if self.scope.meaning(REALS).is_some() || self.is_bound(REALS) {
            return None;
        }
        let count = match &set.kind {
            _ if is_reals(set) => return Some(Some(line())),
            ExprKind::Power(base, count) if is_reals(base) => count,
            ExprKind::Call(name, arguments) if name.name == REALS => match arguments.as_slice() {
                [one] => &one.value,
                _ => return None,
            },
            _ => return None,
        };
        let Some(term) = self.number(count) else { return Some(None) };
        Some(self.require_whole(&term, count.span).map(|()| space(term)))
    }

    /// The signs of a bound variable; a bound of an integral itself does not count.
    pub(super) fn variable_sign(&self, op: BinderOp, domain: &Domain) -> Sign {
        let Domain::Range(low, high) = domain else { return Sign::ANY };
        let (low, high) = (self.sign(low), self.sign(high));
        match op {
            BinderOp::Integral if low.within(Sign::NONNEGATIVE) => Sign::POSITIVE,
            BinderOp::Integral if high.within(Sign::NONPOSITIVE) => Sign::NEGATIVE,
            _ if low.within(Sign::POSITIVE) => Sign::POSITIVE,
            _ if low.within(Sign::NONNEGATIVE) => Sign::NONNEGATIVE,
            _ => Sign::ANY,
        }
    }
}

pub(super) fn kind_mismatch(span: Span, found: Kind, wanted: Kind) -> Diagnostic {
    // Where a sum of distributions may stand, a distribution may.
    let wanted = if wanted == Kind::Measure { Kind::Distribution } else { wanted };
    let message = format!("{} is needed here, but this is {}", wanted.name(), found.name());
    let diagnostic = Diagnostic::new("E0207", span, message).label(found.name());
    match (found, wanted) {
        (Kind::Measure, Kind::Number) => {
            diagnostic.hint("give it a name, let P = …, and take its density at a point, P(x)")
        }
        (Kind::Distribution, Kind::Number) => {
            diagnostic.hint("take its density at a point, p(x), or a quantity of it")
        }
        (Kind::Distribution | Kind::Measure, Kind::Set) => {
            diagnostic.hint("write support(p) for where it is positive")
        }
        (Kind::Number, Kind::Distribution) => {
            diagnostic.hint("define it, let p = …, or declare it: let p density over reals")
        }
        _ => diagnostic,
    }
}

pub(super) fn reserved(name: &Ident, what: &str) -> Diagnostic {
    Diagnostic::new(
        "E0208",
        name.span,
        format!("`{}` is {what} and cannot be redefined", name.name),
    )
    .label(what.to_owned())
    .hint("choose another name")
}

/// The largest exponent that may be written as a number.
const LARGEST_EXPONENT: i64 = 10_000;

/// Whether a power of numbers, or an exponent, is beyond the bounds of the exact arithmetic.
fn power_is_too_large(base: &Term, exponent: &Term) -> bool {
    let Some(n) = number(exponent) else { return !is_numeric(exponent).is_none_or(|fits| fits) };
    let whole = n.to_i64().map_or(i64::MAX, i64::abs);
    let huge = n.is_integer() && whole > LARGEST_EXPONENT;
    match number(base) {
        Some(b) if n.is_integer() => {
            !b.is_zero() && b.checked_pow(n.to_i64().unwrap_or(i64::MAX)).is_none()
        }
        _ => huge,
    }
}

/// The value of an expression of digits, signs, fractions and powers.
fn number(t: &Term) -> Option<Rational> {
    match t.node() {
        Node::Power(a, n) => number(a)?.checked_pow(number(n)?.to_i64()?),
        Node::Neg(a) => number(a).map(|n| -n),
        _ => t.as_rational(),
    }
}

/// For an exponent made of digits only: whether its value fits; `None` for any other.
fn is_numeric(t: &Term) -> Option<bool> {
    let symbols =
        t.any(&mut |s| !matches!(s.node(), Node::Number(_) | Node::Power(..) | Node::Neg(_)));
    (!symbols).then(|| number(t).is_some())
}
