//! Numbers for a figure: every expression in the context of its document, derived where it has to be, and evaluated.

use super::points::admits;
use super::{Numbers, facts};
use crate::derive::{Derivation, Status, derive};
use crate::diagnostic::{Diagnostic, Span};
use crate::elaborate::{Context, Goal, GoalKind, statements};
use crate::kernel::Facts;
use crate::numeric::{Environment, NumericError, Options, evaluate};
use crate::syntax::tree::{Expr, ExprKind, Hypothesis, Ident, Statement, StatementKind};
use crate::term::{BinderOp, Node, Relation, Symbol, Term};
use crate::theory::{Sort, Theory};

/// An expression in closed form, and what was assumed on the way.
#[derive(Debug)]
pub(super) struct Closed {
    term: Term,
    context: Context,
    facts: Facts,
}

/// The context of a figure, and what is wrong with it so far.
pub(super) struct Values<'a> {
    theory: &'a Theory,
    source: &'a str,
    /// The declarations and definitions before the figure, and those of its axes.
    known: Vec<Statement>,
    /// The figure.
    span: Span,
    /// The numbers that are set.
    pub set: Environment,
    /// Everything wrong.
    pub problems: Vec<Diagnostic>,
}

impl<'a> Values<'a> {
    pub fn new(source: &'a str, all: &[Statement], span: Span, theory: &'a Theory) -> Self {
        let says = |s: &&Statement| {
            let declares = matches!(s.kind, StatementKind::Declare(_) | StatementKind::Define(..));
            declares && s.span.start < span.start
        };
        let known = all.iter().filter(says).cloned().collect();
        let (set, problems) = (Environment::new(), Vec::new());
        Self { theory, source, known, span, set, problems }
    }

    /// Notes a problem, once.
    pub fn report(&mut self, problem: Diagnostic) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// What is known where the figure stands.
    fn context(&mut self) -> Context {
        let zero = Expr { kind: ExprKind::Number("0".into()), span: self.span };
        self.goal(&zero).map(|goal| goal.context).unwrap_or_default()
    }

    fn goal(&mut self, expr: &Expr) -> Option<Goal> {
        let span = expr.span;
        let kind = StatementKind::Derive(expr.clone(), None);
        let mut all = self.known.clone();
        let (by, up_to) = (Vec::new(), Vec::new());
        all.push(Statement { kind, span, hypotheses: Vec::new(), by, up_to });
        let (goals, found) = statements(self.source, &all, self.theory);
        // What is wrong with the document is said elsewhere.
        let start = self.span.start;
        found.into_iter().filter(|d| d.span.start >= start).for_each(|d| self.report(d));
        goals.into_iter().find(|goal| goal.span == span)
    }

    /// Takes the name for the variable of an axis: a declared parameter, or a real number from here on.
    pub fn variable(&mut self, name: &Ident) -> Option<Sort> {
        let context = self.context();
        let symbol = Symbol::new(&name.name);
        if context.definitions.iter().any(|(known, _)| *known == symbol) {
            let message = format!("`{}` is defined, so it cannot vary", name.name);
            self.report(
                Diagnostic::new("E0708", name.span, message)
                    .label("an axis needs a parameter")
                    .hint("declare it: let a real"),
            );
            return None;
        }
        match context.sorts.iter().find(|(known, _)| *known == symbol) {
            Some((_, sort @ (Sort::Integer | Sort::Natural | Sort::Density | Sort::Mass))) => {
                let word = format!("{sort:?}").to_lowercase();
                let message = format!("`{}` does not vary continuously: it is {word}", name.name);
                self.report(
                    Diagnostic::new("E0708", name.span, message)
                        .label("an axis needs a real parameter")
                        .hint("declare it real, or choose another parameter"),
                );
                None
            }
            Some((_, sort)) => Some(*sort),
            None => {
                let real = Ident { name: "real".into(), span: name.span };
                let sorted = Hypothesis::Sort(vec![name.clone()], real);
                let kind = StatementKind::Declare(sorted);
                self.known.push(Statement {
                    kind,
                    span: name.span,
                    hypotheses: Vec::new(),
                    by: Vec::new(),
                    up_to: Vec::new(),
                });
                Some(Sort::Real)
            }
        }
    }

    /// Gives a parameter a number.
    pub fn set(&mut self, name: &Ident, value: &Expr) {
        let Some(number) = self.number(value) else { return };
        let context = self.context();
        let symbol = Symbol::new(&name.name);
        let problem = match context.sorts.iter().find(|(known, _)| *known == symbol) {
            None => Some(format!("`{}` is no parameter of this document", name.name)),
            Some((_, sort)) if !admits(*sort, number) => {
                Some(format!("`{}` cannot be {number}", name.name))
            }
            Some(_) => None,
        };
        self.set.set(symbol, number);
        if let Some(message) = problem {
            let hint = "set what is declared, to a value of its sort";
            self.report(Diagnostic::new("E0708", name.span.to(value.span), message).hint(hint));
        }
    }

    /// The expression as one finite number.
    pub fn number(&mut self, expr: &Expr) -> Option<f64> {
        let closed = self.closed(expr)?;
        match self.evaluated(&closed.term, &closed, &self.set) {
            Ok(value) if value.is_finite() => Some(value),
            Ok(value) => self.not_a_number(expr, &format!("this is {value}, not a finite number")),
            Err(e) => self.not_a_number(expr, &format!("this is not a number: {e}")),
        }
    }

    fn not_a_number(&mut self, expr: &Expr, message: &str) -> Option<f64> {
        let hint = "numbers, and parameters that are set, can be used here";
        self.report(Diagnostic::new("E0707", expr.span, message).hint(hint));
        None
    }

    /// The expression as it stands, densities among it: it is evaluated, not derived.
    pub fn as_written(&mut self, expr: &Expr) -> Option<Closed> {
        let Goal { kind: GoalKind::Derive { left, .. }, context, .. } = self.goal(expr)? else {
            return None;
        };
        let facts = facts(&context);
        Some(Closed { term: left, context, facts })
    }

    /// The derivation of a quantity that has a closed form, with the values of its parameters.
    pub fn derived(&mut self, expr: &Expr) -> Option<(Derivation, Closed)> {
        let closed = self.closed(expr)?;
        let Goal { kind: GoalKind::Derive { left, .. }, context, .. } = self.goal(expr)? else {
            return None;
        };
        Some((derive(self.theory, facts(&context), &left), closed))
    }

    /// Whether what is written speaks of distributions on integers.
    pub fn is_discrete(&self, closed: &Closed) -> bool {
        closed.term.any(&mut |t| match t.node() {
            Node::Density(p, _) => self.on_integers(&closed.facts.resolve(p), &closed.facts),
            _ => false,
        })
    }

    fn on_integers(&self, known: &Term, facts: &Facts) -> bool {
        match facts.mixture(known).and_then(|parts| parts.into_iter().next()) {
            Some((_, part)) => self.on_integers(&facts.resolve(&part), facts),
            None => self.theory.is_discrete(known),
        }
    }

    /// The theory.
    pub fn theory(&self) -> &'a Theory {
        self.theory
    }

    /// The expression in closed form.
    pub fn closed(&mut self, expr: &Expr) -> Option<Closed> {
        let Goal { kind: GoalKind::Derive { left, .. }, context, .. } = self.goal(expr)? else {
            return None;
        };
        let facts = facts(&context);
        if !needs_derivation(&left, self.theory, &facts) {
            return Some(Closed { term: left, context, facts });
        }
        let derivation = derive(self.theory, facts, &left);
        if derivation.status == Status::Proved {
            let facts = derivation.facts;
            return Some(Closed { term: derivation.result, context, facts });
        }
        let why = match (derivation.status, derivation.message) {
            (_, Some((en, _))) => en,
            (Status::Infinite, None) => "it is infinite".into(),
            (_, None) => "it has no closed form here".into(),
        };
        let hint =
            "a figure shows derived formulas; `hence derive` shows how far the derivation comes";
        self.report(
            Diagnostic::new("E0709", expr.span, format!("this cannot be derived: {why}"))
                .label("to be drawn")
                .hint(hint),
        );
        None
    }

    fn evaluated(
        &self,
        term: &Term,
        at: &Closed,
        point: &Environment,
    ) -> Result<f64, NumericError> {
        let numbers = Numbers { theory: self.theory, facts: &at.facts };
        evaluate(term, point, &numbers, &Options::default()).map(|v| v.value)
    }

    /// The value at a point; not a number where there is none.
    pub fn value(&self, closed: &Closed, point: &Environment) -> f64 {
        self.evaluated(&closed.term, closed, point).unwrap_or(f64::NAN)
    }

    /// Whether the expression has values once the axes have, and whether what it assumes holds at the points.
    pub fn check(&mut self, expr: &Expr, closed: &Closed, points: &[Environment]) -> Option<()> {
        let Some(first) = points.first() else { return Some(()) };
        if let Err(NumericError::Unbound(name) | NumericError::Unknown(name)) =
            self.evaluated(&closed.term, closed, first)
        {
            let message = format!("`{name}` has no value in this figure");
            let hint = format!("add: set {name} = …");
            self.report(Diagnostic::new("E0708", expr.span, message).hint(hint));
            return None;
        }
        for relation in &closed.context.relations {
            let Node::Relation(kind, left, right) = relation.node() else { continue };
            let fails = |p: &&Environment| {
                let values = [left, right].map(|t| self.evaluated(t, closed, p));
                matches!(values, [Ok(a), Ok(b)] if contradicts(*kind, a, b))
            };
            let Some(point) = points.iter().find(fails) else { continue };
            let place: Vec<String> = point.iter().map(|(n, v)| format!("{n} = {v:.4}")).collect();
            let message =
                format!("this holds only where {relation}, and not at {}", place.join(", "));
            let hint = "narrow the axis, or set other values";
            self.report(Diagnostic::new("E0707", expr.span, message).hint(hint));
            return None;
        }
        Some(())
    }
}

/// Whether the numbers contradict the relation. A single point where two sides are equal is no matter for a drawing.
fn contradicts(relation: Relation, a: f64, b: f64) -> bool {
    match relation {
        Relation::Lt | Relation::Le => a > b,
        Relation::Gt | Relation::Ge => a < b,
        Relation::Eq => (a - b).abs() > 1e-9 * a.abs().max(b.abs()),
        Relation::Ne | Relation::UpTo | Relation::Tends | Relation::TendsUpTo => false,
    }
}

/// Whether a range lies in the sort, its ends aside.
pub(super) fn admits_range(sort: Sort, [low, high]: [f64; 2]) -> bool {
    match sort {
        Sort::Positive | Sort::Nonnegative => low >= 0.0,
        Sort::Negative => high <= 0.0,
        _ => true,
    }
}

/// Whether there is more to the term than arithmetic, names looked up.
fn needs_derivation(term: &Term, theory: &Theory, facts: &Facts) -> bool {
    term.any(&mut |t| match t.node() {
        Node::Binder(b) => !matches!(b.op, BinderOp::Sum | BinderOp::Product),
        Node::Density(..) | Node::Derivative(..) => true,
        Node::Call(name, arguments) => theory.quantity(name, arguments.len()).is_some(),
        Node::Symbol(name) => {
            facts.definitions.get(name).is_some_and(|d| needs_derivation(d, theory, facts))
        }
        _ => false,
    })
}
