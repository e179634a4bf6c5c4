//! From the grammar's flat pairs to expressions: precedence, flat sums and products, binders.

use std::cell::RefCell;
use std::sync::LazyLock;

use pest::iterators::Pairs;
use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::grammar::{Node, Rule, span_of};
use super::spelling;
use super::tree::{Argument, DomainExpr, Expr, ExprKind, Ident};
use crate::diagnostic::{Diagnostic, Span};
use crate::term::{BinderOp, Relation};

/// From loosest to tightest.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(left(Rule::plus) | left(Rule::minus))
        .op(Op::prefix(Rule::negation))
        .op(left(Rule::times) | left(Rule::divide) | left(Rule::juxtaposed))
        .op(Op::prefix(Rule::tight_negation))
        .op(Op::infix(Rule::caret, Assoc::Right))
        .op(Op::postfix(Rule::superscript))
});

/// An expression, and whether brackets keep it from joining the sum or product around it.
struct Built {
    expr: Expr,
    closed: bool,
}

/// Builds the tree of one piece that starts at `start` in the file.
pub(super) struct Builder {
    start: usize,
    problems: RefCell<Vec<Diagnostic>>,
}

impl Builder {
    pub(super) fn new(start: usize) -> Self {
        Self { start, problems: RefCell::new(Vec::new()) }
    }

    /// What was found wrong while building.
    pub(super) fn into_problems(self) -> Vec<Diagnostic> {
        self.problems.into_inner()
    }

    pub(super) fn report(&self, problem: Diagnostic) {
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        span_of(node, self.start)
    }

    pub(super) fn ident(&self, node: &Node<'_>) -> Ident {
        Ident { name: spelling::ascii_name(node.as_str()), span: self.span(node) }
    }

    /// The next pair as a name. A pair that the grammar did not promise reads as an empty name.
    pub(super) fn next_ident(&self, pairs: &mut Pairs<'_, Rule>) -> Ident {
        pairs.next().map_or_else(|| self.nothing(), |node| self.ident(&node))
    }

    /// What stands in for a name that is not there.
    pub(super) fn nothing(&self) -> Ident {
        Ident { name: String::new(), span: Span::new(self.start, self.start) }
    }

    /// What stands in for an expression that is not there; a problem is reported with it.
    pub(super) fn missing(&self) -> Expr {
        expr(ExprKind::Name(String::new()), self.nothing().span)
    }

    /// The next pair as an expression.
    pub(super) fn next(&self, pairs: &mut Pairs<'_, Rule>) -> Expr {
        match pairs.next() {
            Some(node) => self.expression(node),
            None => self.missing(),
        }
    }

    /// Any pair that stands for an expression.
    pub(super) fn expression(&self, node: Node<'_>) -> Expr {
        self.built(node).expr
    }

    fn built(&self, node: Node<'_>) -> Built {
        match node.as_rule() {
            Rule::expression => open(self.relation(node)),
            Rule::side => open(self.side(&mut node.into_inner())),
            Rule::sum | Rule::big_body => self.pratt(node.into_inner()),
            _ => self.atom(node),
        }
    }

    fn relation(&self, node: Node<'_>) -> Expr {
        let mut pairs = node.into_inner();
        let left = self.next(&mut pairs);
        let Some(sign) = pairs.next() else { return left };
        let right = self.next(&mut pairs);
        let span = left.span.to(right.span);
        expr(ExprKind::Relation(relation(sign.as_str()), Box::new(left), Box::new(right)), span)
    }

    /// A sum, perhaps in a unit.
    fn side(&self, pairs: &mut Pairs<'_, Rule>) -> Expr {
        let value = self.next(pairs);
        if pairs.peek().is_none_or(|p| p.as_rule() != Rule::in_word) {
            return value;
        }
        pairs.next();
        let unit = pairs.next().map_or_else(|| self.nothing(), |p| self.ident(&p));
        let span = value.span.to(unit.span);
        if let Some(rest) = pairs.peek().filter(|p| p.as_rule() == Rule::after_unit) {
            pairs.next();
            let message = "a unit belongs to a whole side";
            let hint =
                format!("write `in {}` at its end, or brackets around (… in {0})", unit.name);
            self.report(
                Diagnostic::new("E0240", self.span(&rest), message)
                    .label("comes after the unit")
                    .also(unit.span, "the unit")
                    .hint(hint),
            );
        }
        expr(ExprKind::Unit(Box::new(value), unit), span)
    }

    fn pratt(&self, pairs: Pairs<'_, Rule>) -> Built {
        PRECEDENCE
            .map_primary(|node| self.atom(node))
            .map_prefix(|sign, a| open(negated(a.expr, self.span(&sign))))
            .map_postfix(|a, marks| self.raised(a, &marks))
            .map_infix(|a, sign, b| self.infix(a, &sign, b))
            .parse(pairs)
    }

    fn raised(&self, a: Built, marks: &Node<'_>) -> Built {
        let span = self.span(marks);
        let (negative, digits) = spelling::superscript(marks.as_str());
        let number = expr(ExprKind::Number(digits), span);
        let exponent = if negative { negated(number, span) } else { number };
        open(pair(ExprKind::Power, a.expr, exponent))
    }

    fn infix(&self, a: Built, sign: &Node<'_>, b: Built) -> Built {
        let kind = match sign.as_rule() {
            Rule::plus => return joined_sum(a, b.expr),
            Rule::minus => {
                let sign = self.span(sign);
                return joined_sum(a, negated(b.expr, sign));
            }
            Rule::times => return joined_product(a, b.expr),
            Rule::juxtaposed => {
                self.check_juxtaposed(&a, &b);
                return joined_product(a, b.expr);
            }
            Rule::divide => ExprKind::Quotient,
            _ => ExprKind::Power,
        };
        open(pair(kind, a.expr, b.expr))
    }

    /// `a/b c` could be meant either way, and `1e3` is not the product that the grammar would take it for.
    fn check_juxtaposed(&self, a: &Built, b: &Built) {
        let span = a.expr.span.to(b.expr.span);
        if !a.closed && matches!(a.expr.kind, ExprKind::Quotient(..)) {
            let message = "a factor without a sign after a division can be read in two ways";
            let problem = Diagnostic::new("E0106", span, message);
            self.report(problem.hint("write (1/2)*x or 1/(2*x)"));
        }
        let adjacent = a.expr.span.end == b.expr.span.start;
        if adjacent && matches!(a.expr.kind, ExprKind::Number(_)) && looks_like_exponent(&b.expr) {
            let message = "numbers are not written with an exponent";
            self.report(Diagnostic::new("E0108", span, message).hint("write 2*10^3 for 2e3"));
        }
    }

    fn atom(&self, node: Node<'_>) -> Built {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::group | Rule::group_here => {
                let inner = self.next(&mut node.into_inner());
                Built { expr: Expr { span, ..inner }, closed: true }
            }
            Rule::fraction => Built { expr: fraction(node.as_str(), span), closed: true },
            Rule::number => open(expr(ExprKind::Number(node.as_str().to_owned()), span)),
            Rule::infinity => open(expr(ExprKind::Name("oo".to_owned()), span)),
            Rule::name => open(expr(ExprKind::Name(self.ident(&node).name), span)),
            Rule::meta => open(expr(ExprKind::Meta(meta_name(&node)), span)),
            Rule::reference | Rule::variable => open(self.reference(node)),
            Rule::list => open(self.list(node)),
            Rule::hole => open(expr(ExprKind::Hole, span)),
            Rule::root => open(self.root(node)),
            Rule::integral => open(self.integral(node)),
            Rule::big => open(self.big(node)),
            Rule::expectation => open(self.expectation(node)),
            _ => open(self.derivative(node)),
        }
    }

    fn reference(&self, node: Node<'_>) -> Expr {
        let mut pairs = node.into_inner();
        let Some(head) = pairs.next() else { return self.next(&mut pairs) };
        if head.as_rule() == Rule::meta {
            return self.applied(self.atom(head).expr, pairs);
        }
        let ident = self.ident(&head);
        if pairs.peek().is_some_and(|p| p.as_rule() == Rule::index) {
            return self.applied(expr(ExprKind::Name(ident.name), ident.span), pairs);
        }
        let Some(first) = pairs.next() else { return expr(ExprKind::Name(ident.name), ident.span) };
        let span = ident.span.to(self.span(&first));
        let function = Ident { name: function_name(head.as_str(), ident.name), span: ident.span };
        self.applied(expr(ExprKind::Call(function, self.arguments(first)), span), pairs)
    }

    fn applied(&self, head: Expr, brackets: Pairs<'_, Rule>) -> Expr {
        brackets.fold(head, |head, bracket| {
            let span = head.span.to(self.span(&bracket));
            if bracket.as_rule() == Rule::index {
                return bracket.into_inner().fold(head, |head, index| {
                    let index = self.expression(index);
                    expr(ExprKind::Index(Box::new(head), Box::new(index)), span)
                });
            }
            expr(ExprKind::Apply(Box::new(head), self.arguments(bracket)), span)
        })
    }

    /// `[a, b]`, perhaps with an index.
    fn list(&self, node: Node<'_>) -> Expr {
        let mut pairs = node.into_inner();
        let Some(entries) = pairs.next() else { return self.missing() };
        let span = self.span(&entries);
        let items = entries.into_inner().map(|item| self.expression(item)).collect();
        self.applied(expr(ExprKind::List(items), span), pairs)
    }

    fn arguments(&self, node: Node<'_>) -> Vec<Argument> {
        let mut after_bars = false;
        let mut arguments = Vec::new();
        for part in node.into_inner() {
            if part.as_rule() == Rule::separator {
                after_bars = part.into_inner().next().is_some();
            } else {
                arguments.push(self.argument(part, after_bars));
            }
        }
        arguments
    }

    fn argument(&self, node: Node<'_>, after_bars: bool) -> Argument {
        let mut pairs = node.into_inner();
        let first = self.next(&mut pairs);
        match pairs.next() {
            Some(value) => {
                Argument { label: Some(first), value: self.expression(value), after_bars }
            }
            None => Argument { label: None, value: first, after_bars },
        }
    }

    fn root(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let value = self.next(&mut node.into_inner());
        let name = Ident { name: "sqrt".to_owned(), span: Span::new(span.start, value.span.start) };
        expr(ExprKind::Call(name, vec![Argument { label: None, value, after_bars: false }]), span)
    }

    fn integral(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut pairs = node.into_inner();
        let var = self.next_ident(&mut pairs);
        let domain = self.domain(&mut pairs);
        let body = self.next(&mut pairs);
        binder(BinderOp::Integral, var, domain, body, span)
    }

    /// `from a to b`, `in a..b`, `in set`.
    pub(super) fn domain(&self, pairs: &mut Pairs<'_, Rule>) -> DomainExpr {
        let Some(node) = pairs.next() else { return DomainExpr::Over(self.next(pairs)) };
        let mut bounds = node.into_inner().filter(|p| !is_word(p.as_rule()));
        let mut bound = || bounds.next().map(|p| self.expression(p));
        match (bound(), bound()) {
            (Some(low), Some(high)) => DomainExpr::Range(low, high),
            (Some(set), None) => DomainExpr::Over(set),
            _ => DomainExpr::Over(self.next(pairs)),
        }
    }

    fn big(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut pairs = node.into_inner();
        let mut head = pairs.next().map_or_else(|| pairs.clone(), Node::into_inner);
        let op = match head.next().map(|sign| sign.as_rule()) {
            Some(Rule::big_product) => BinderOp::Product,
            Some(Rule::big_vector) => BinderOp::Vector,
            _ => BinderOp::Sum,
        };
        let var = self.next_ident(&mut head);
        let domain = self.domain(&mut head);
        let body = self.next(&mut pairs);
        let span = Span::new(span.start, body.span.end);
        self.applied(binder(op, var, domain, body, span), pairs)
    }

    fn expectation(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut pairs = node.into_inner();
        let mut head = pairs.next().map_or_else(|| pairs.clone(), Node::into_inner);
        let op = match head.peek() {
            Some(sign) if sign.as_rule() == Rule::variance => BinderOp::Variance,
            _ => BinderOp::Expectation,
        };
        if op == BinderOp::Variance {
            head.next();
        }
        let var = self.next_ident(&mut head);
        let over = DomainExpr::Over(self.next(&mut head));
        binder(op, var, over, self.next(&mut pairs), span)
    }

    fn derivative(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut pairs = node.into_inner();
        let mut head = pairs.next().map_or_else(|| pairs.clone(), Node::into_inner);
        let var = Box::new(self.next(&mut head));
        expr(ExprKind::Derivative(var, Box::new(self.next(&mut pairs))), span)
    }
}

/// The relation that a sign spells.
pub(super) fn relation(sign: &str) -> Relation {
    match sign {
        "<=" | "≤" => Relation::Le,
        ">=" | "≥" => Relation::Ge,
        "!=" | "≠" => Relation::Ne,
        "<" => Relation::Lt,
        ">" => Relation::Gt,
        "~" | "∼" => Relation::Tends,
        _ => Relation::Eq,
    }
}

/// The words between the parts of a construct, which carry no meaning of their own.
pub(super) fn is_word(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::from_word
            | Rule::to_word
            | Rule::in_word
            | Rule::where_word
            | Rule::within_word
            | Rule::with_word
            | Rule::over_word
            | Rule::rules_word
            | Rule::for_word
            | Rule::by_word
            | Rule::free_word
            | Rule::of_word
            | Rule::up_to_ahead
            | Rule::mass_word
            | Rule::EOI
    )
}

fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

fn open(expr: Expr) -> Built {
    Built { expr, closed: false }
}

fn pair(kind: fn(Box<Expr>, Box<Expr>) -> ExprKind, a: Expr, b: Expr) -> Expr {
    let span = a.span.to(b.span);
    expr(kind(Box::new(a), Box::new(b)), span)
}

fn negated(a: Expr, sign: Span) -> Expr {
    let span = sign.to(a.span);
    expr(ExprKind::Neg(Box::new(a)), span)
}

fn joined_sum(a: Built, b: Expr) -> Built {
    let span = a.expr.span.to(b.span);
    let parts = match a.expr.kind {
        ExprKind::Sum(mut parts) if !a.closed => {
            parts.push(b);
            parts
        }
        _ => vec![a.expr, b],
    };
    open(expr(ExprKind::Sum(parts), span))
}

fn joined_product(a: Built, b: Expr) -> Built {
    let span = a.expr.span.to(b.span);
    let factors = match a.expr.kind {
        ExprKind::Product(mut factors) if !a.closed => {
            factors.push(b);
            factors
        }
        _ => vec![a.expr, b],
    };
    open(expr(ExprKind::Product(factors), span))
}

fn binder(op: BinderOp, var: Ident, domain: DomainExpr, body: Expr, span: Span) -> Expr {
    expr(ExprKind::Binder { op, var, domain: Box::new(domain), body: Box::new(body) }, span)
}

fn fraction(text: &str, span: Span) -> Expr {
    let (top, bottom) = spelling::fraction(text);
    let number = |digits: &str| expr(ExprKind::Number(digits.to_owned()), span);
    pair(ExprKind::Quotient, number(top), number(bottom))
}

fn meta_name(node: &Node<'_>) -> String {
    spelling::ascii_name(node.as_str().trim_start_matches('?'))
}

/// `log` is the natural logarithm, and a capital gamma before a bracket is the function. Other libraries call the
/// logarithms of Γ and B by other names.
fn function_name(written: &str, name: String) -> String {
    match (written, name.as_str()) {
        ("Γ", _) => "gamma".to_owned(),
        (_, "log") => "ln".to_owned(),
        (_, "lgamma" | "gammaln" | "loggamma") => "lngamma".to_owned(),
        (_, "lbeta" | "betaln" | "logbeta") => "lnbeta".to_owned(),
        _ => name,
    }
}

fn looks_like_exponent(b: &Expr) -> bool {
    let ExprKind::Name(name) = &b.kind else { return false };
    let digits = name.strip_prefix(['e', 'E']);
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}
