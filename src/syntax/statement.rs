//! Statements of a block and of the command line.

use pest::iterators::Pairs;

use super::expression::{Builder, is_word, relation};
use super::grammar::{Node, Rule, parse};
use super::layout::{Piece, STATEMENTS};
use super::tree::{
    Declared, DomainExpr, Expr, ExprKind, Hypothesis, Ident, Link, Range, Statement, StatementKind,
};
use crate::diagnostic::{Diagnostic, Span};
use crate::term::Relation;

/// What one piece came to.
type Parsed<T> = Result<T, Vec<Diagnostic>>;

/// Parses one statement of a block. A `let` may declare several groups of names; each is a statement.
pub(super) fn statement(piece: Piece<'_>) -> Parsed<Vec<Statement>> {
    let (word, rest) = piece.split_word();
    let span = span_of_piece(piece);
    if rest.text.is_empty() && STATEMENTS.contains(&word) {
        let message = format!("`{word}` stands alone");
        return Err(vec![Diagnostic::new("E0110", span, message).hint(usage(word))]);
    }
    match word {
        "let" => declaration(Rule::let_statement, rest, span),
        "assume" => declaration(Rule::assume_statement, rest, span),
        "derive" => goal(rest, span, derived).map(|s| vec![s]),
        "claim" => goal(rest, span, claimed).map(|s| vec![s]),
        "solve" => solving(rest, span).map(|s| vec![s]),
        _ => Err(vec![unknown(piece, word)]),
    }
}

/// Parses one statement of the command line, where the keyword may be left out.
pub(super) fn command(piece: Piece<'_>) -> Parsed<Vec<Statement>> {
    let (word, rest) = piece.split_word();
    let keyword = STATEMENTS.contains(&word) && piece.text.len() > word.len();
    let spaced = rest.start > piece.start + word.len();
    if keyword && spaced || piece.text.len() == word.len() && STATEMENTS.contains(&word) {
        return statement(piece);
    }
    goal(piece, span_of_piece(piece), bare).map(|s| vec![s])
}

pub(super) fn span_of_piece(piece: Piece<'_>) -> Span {
    Span::new(piece.start, piece.start + piece.text.len())
}

fn usage(word: &str) -> &'static str {
    match word {
        "let" => "write let a, b positive, or let p = …",
        "assume" => "write assume a < b",
        "derive" => "write derive and the quantity, as in derive Q(p)",
        "solve" => "write solve L = R for x",
        _ => "write claim L = R",
    }
}

fn unknown(piece: Piece<'_>, word: &str) -> Diagnostic {
    let first = piece.text.chars().next().map_or(0, char::len_utf8);
    let end = piece.start + word.len().max(first);
    let message = "a statement starts with `let`, `assume`, `derive`, `claim` or `solve`";
    let problem = Diagnostic::new("E0110", Span::new(piece.start, end), message);
    match STATEMENTS.iter().find(|known| word.eq_ignore_ascii_case(known)) {
        Some(known) => problem.hint(format!("write `{known}` in small letters")),
        None => problem.hint(
            "put `derive` or `claim` in front, or indent a line that continues the one before",
        ),
    }
}

fn declaration(rule: Rule, piece: Piece<'_>, span: Span) -> Parsed<Vec<Statement>> {
    let builder = Builder::new(piece.start);
    let mut kinds = Vec::new();
    let mut hypotheses = Vec::new();
    for part in parse(rule, piece)? {
        match part.as_rule() {
            Rule::defined => kinds.push(builder.defined(part)),
            Rule::drawn => kinds.push(StatementKind::Declare(builder.drawn(part))),
            Rule::sorted => kinds.push(StatementKind::Declare(builder.sorted(part))),
            Rule::hypothesis => kinds.push(StatementKind::Declare(builder.hypothesis(part))),
            Rule::trailing => hypotheses = builder.trailing(part),
            _ => {}
        }
    }
    let last = kinds.len().saturating_sub(1);
    let statements = kinds.into_iter().enumerate().map(|(i, kind)| {
        let hypotheses = if i == last { std::mem::take(&mut hypotheses) } else { Vec::new() };
        Statement { kind, span, hypotheses, by: Vec::new(), up_to: Vec::new() }
    });
    finish(statements.collect(), builder)
}

fn goal(
    piece: Piece<'_>,
    span: Span,
    kind: fn(Expr) -> Parsed<StatementKind>,
) -> Parsed<Statement> {
    let builder = Builder::new(piece.start);
    let mut pairs = parse(Rule::goal, piece)?;
    let mut written = Written::default();
    let first = Side::of(pairs.next(), &builder);
    let (mut links, mut hypotheses, mut rest) = (Vec::new(), Vec::new(), "");
    for part in pairs {
        match part.as_rule() {
            Rule::trailing => {
                rest = part.as_str();
                hypotheses = builder.trailing(part);
            }
            Rule::link => links.push(Written::link(part, &builder)),
            _ => written.add(part, &builder),
        }
    }
    let mut statement = Statement {
        kind: StatementKind::Chain(Vec::new()),
        span,
        hypotheses,
        by: Vec::new(),
        up_to: Vec::new(),
    };
    let built = match <[_; 1]>::try_from(links) {
        Err(links) if links.is_empty() => kind(first.expr).map(|kind| (kind, written)),
        Ok([(relation, right, last)]) => {
            let whole = related(relation.0, first.expr, right.expr);
            if written.is_empty() {
                kind(whole).map(|kind| (kind, last))
            } else {
                Err(vec![stray(span)])
            }
        }
        Err(links) if written.is_empty() => {
            let chain = chained(first, links, rest);
            let last = chain.last().map_or_else(|| builder.missing(), |l| l.claim.clone());
            match kind(last) {
                Ok(StatementKind::Claim(_)) => Ok((StatementKind::Chain(chain), written)),
                _ => Err(vec![
                    Diagnostic::new("E0110", span, "`derive` takes a quantity or an equation")
                        .hint("a chain is a `claim`"),
                ]),
            }
        }
        Err(_) => Err(vec![stray(span)]),
    };
    match built {
        Ok((kind, said)) => {
            (statement.kind, statement.by, statement.up_to) = (kind, said.by, said.up_to);
            finish(statement, builder)
        }
        Err(problems) => Err(builder.into_problems().into_iter().chain(problems).collect()),
    }
}

fn stray(span: Span) -> Diagnostic {
    Diagnostic::new(
        "E0110",
        span,
        "`by` and `up to a constant` stand after the link they are about",
    )
    .hint("write claim A = B by RULE <= C")
}

/// One side of a relation with its text.
struct Side<'s> {
    expr: Expr,
    text: &'s str,
}

impl<'s> Side<'s> {
    fn of(node: Option<Node<'s>>, builder: &Builder) -> Self {
        let text = node.as_ref().map_or("", |n| n.as_str().trim_end());
        Self { expr: node.map_or_else(|| builder.missing(), |n| builder.expression(n)), text }
    }
}

/// What stands after a side: `by …`, `up to a constant free of …`.
#[derive(Default)]
struct Written<'s> {
    by: Vec<Ident>,
    up_to: Vec<Ident>,
    text: Vec<&'s str>,
}

impl<'s> Written<'s> {
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn add(&mut self, part: Node<'s>, builder: &Builder) {
        let rule = part.as_rule();
        if !matches!(rule, Rule::by_clause | Rule::up_to) {
            return;
        }
        self.text.push(part.as_str().trim());
        let names = part.into_inner().filter(|p| !is_word(p.as_rule()));
        if rule == Rule::up_to {
            self.up_to = names.map(|p| builder.ident(&p)).collect();
        } else {
            self.by =
                names.map(|p| Ident { name: p.as_str().into(), span: builder.span(&p) }).collect();
        }
    }

    /// The relation with its sign, the right side, and what is said of the link.
    fn link(node: Node<'s>, builder: &Builder) -> ((Relation, &'s str), Side<'s>, Self) {
        let mut pairs = node.into_inner();
        let sign = pairs.next().map_or("=", |sign| sign.as_str());
        let side = Side::of(pairs.next(), builder);
        let mut said = Self::default();
        pairs.for_each(|part| said.add(part, builder));
        ((relation(sign), sign), side, said)
    }
}

fn related(relation: Relation, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Relation(relation, Box::new(left), Box::new(right)), span }
}

type Parts<'s> = ((Relation, &'s str), Side<'s>, Written<'s>);

/// Each link as a claim of its own, under the same `where`.
fn chained(first: Side<'_>, parts: Vec<Parts<'_>>, rest: &str) -> Vec<Link> {
    let mut left = first;
    let mut out = Vec::new();
    for ((relation, sign), right, said) in parts {
        let mut text = format!("claim {} {sign} {}", left.text, right.text);
        for more in said.text.iter().copied().chain([rest.trim()]).filter(|t| !t.is_empty()) {
            text.push(' ');
            text.push_str(more);
        }
        let claim = related(relation, left.expr, right.expr.clone());
        out.push(Link { claim, by: said.by, up_to: said.up_to, text });
        left = right;
    }
    out
}

/// `solve L = R for x where …`.
fn solving(piece: Piece<'_>, span: Span) -> Parsed<Statement> {
    let builder = Builder::new(piece.start);
    let mut pairs = parse(Rule::solving, piece)?;
    let equation = builder.next(&mut pairs);
    let mut parts = pairs.filter(|p| !is_word(p.as_rule()));
    let unknown = parts.next().map_or_else(|| builder.missing(), |p| builder.expression(p));
    let hypotheses =
        parts.filter(|p| p.as_rule() == Rule::trailing).flat_map(|p| builder.trailing(p)).collect();
    if !matches!(equation.kind, ExprKind::Relation(Relation::Eq, ..)) {
        let message = "`solve` takes an equation";
        builder.report(
            Diagnostic::new("E0241", equation.span, message).hint("write solve L = R for x"),
        );
    }
    let kind = StatementKind::Solve(equation, unknown);
    finish(Statement { kind, span, hypotheses, by: Vec::new(), up_to: Vec::new() }, builder)
}

/// What was built, unless building found a problem.
pub(super) fn finish<T>(built: T, builder: Builder) -> Parsed<T> {
    let problems = builder.into_problems();
    if problems.is_empty() { Ok(built) } else { Err(problems) }
}

fn derived(expression: Expr) -> Parsed<StatementKind> {
    match expression.kind {
        ExprKind::Relation(Relation::Eq, left, right) => {
            Ok(StatementKind::Derive(*left, Some(*right)))
        }
        ExprKind::Relation(..) => {
            let message = "`derive` takes a quantity or an equation";
            Err(vec![
                Diagnostic::new("E0110", expression.span, message)
                    .hint("an inequality is a `claim`"),
            ])
        }
        _ => Ok(StatementKind::Derive(expression, None)),
    }
}

fn claimed(expression: Expr) -> Parsed<StatementKind> {
    if matches!(expression.kind, ExprKind::Relation(..)) {
        return Ok(StatementKind::Claim(expression));
    }
    let message = "`claim` needs a relation such as `=` or `<=`";
    Err(vec![
        Diagnostic::new("E0110", expression.span, message).hint("write claim L = R, or derive L"),
    ])
}

fn bare(expression: Expr) -> Parsed<StatementKind> {
    match expression.kind {
        ExprKind::Relation(relation, ..) if relation != Relation::Eq => claimed(expression),
        _ => derived(expression),
    }
}

impl Builder {
    /// `f[n] = … for n in 1..N`.
    fn defined(&self, node: Node<'_>) -> StatementKind {
        let span = self.span(&node);
        let mut pairs = node.into_inner();
        let name = self.next_ident(&mut pairs);
        let (mut indices, mut ranges, mut value) = (Vec::new(), Vec::new(), None);
        for part in pairs {
            match part.as_rule() {
                Rule::formals => indices.extend(part.into_inner().map(|i| self.ident(&i))),
                Rule::for_each => {
                    for each in part.into_inner().filter(|p| !is_word(p.as_rule())) {
                        let mut parts = each.into_inner();
                        let index = self.next_ident(&mut parts);
                        ranges.push((index, self.domain(&mut parts)));
                    }
                }
                _ => value = Some(self.expression(part)),
            }
        }
        let value = value.unwrap_or_else(|| self.missing());
        StatementKind::Define(name.clone(), self.ranged(&name, indices, ranges, span), value)
    }

    /// The range of each index: each has one, and there are no others.
    fn ranged(
        &self,
        name: &Ident,
        indices: Vec<Ident>,
        mut ranges: Vec<(Ident, DomainExpr)>,
        span: Span,
    ) -> Vec<(Ident, DomainExpr)> {
        let mut out: Vec<(Ident, DomainExpr)> = Vec::new();
        for index in indices {
            if out.iter().any(|(known, _)| known.name == index.name) {
                let message = format!("`{}` stands twice among the indices", index.name);
                self.report(Diagnostic::new("E0110", index.span, message).hint("rename one"));
                continue;
            }
            match ranges.iter().position(|(of, _)| of.name == index.name) {
                Some(at) => out.push((index, ranges.remove(at).1)),
                None => {
                    let message = format!("the index `{}` has no range", index.name);
                    let hint = format!("write for {} in 1..n, or in reals", index.name);
                    let problem = Diagnostic::new("E0110", index.span, message);
                    self.report(problem.label("ranges over what?").hint(hint));
                }
            }
        }
        if let Some((stray, _)) = ranges.first() {
            let message = format!("`{}` is no index of `{}`", stray.name, name.name);
            let hint = format!("write {}[{}] = …", name.name, stray.name);
            let problem = Diagnostic::new("E0110", stray.span, message);
            self.report(
                problem.label("ranges over nothing").also(span, "in this definition").hint(hint),
            );
        }
        out
    }

    /// `a, b positive`.
    fn sorted(&self, node: Node<'_>) -> Hypothesis {
        let (mut names, mut sort, mut ranges) = (Vec::new(), None, Vec::new());
        let mut mass = None;
        for part in node.into_inner().filter(|p| !is_word(p.as_rule())) {
            match part.as_rule() {
                Rule::declared => names.push(self.declared(part)),
                Rule::for_clause => ranges = self.ranges(part),
                Rule::mass => {
                    let mut ends = part.into_inner().filter(|p| !is_word(p.as_rule()));
                    let mut end =
                        || ends.next().map_or_else(|| self.missing(), |p| self.expression(p));
                    mass = Some((end(), end()));
                }
                _ => sort = Some(single_spaced(self.ident(&part))),
            }
        }
        names.iter_mut().for_each(|name| self.check_ranges(name, &ranges));
        self.check_indices(&names, &ranges);
        let indexed = names.iter().any(|name| !name.indices.is_empty());
        if let Some((low, high)) = mass {
            return Hypothesis::Mass(names, low, high, ranges);
        }
        let sort = sort.unwrap_or_else(|| self.nothing());
        if indexed && !ranges.is_empty() {
            return Hypothesis::Family(names, sort, ranges);
        }
        Hypothesis::Sort(names.into_iter().map(|declared| declared.name).collect(), sort)
    }

    /// `x[n][d]`, `x[n, d]`, `f[d](z)`.
    fn declared(&self, node: Node<'_>) -> Declared {
        let mut names = node.into_inner();
        let name = self.next_ident(&mut names);
        Declared { name, indices: names.map(|index| self.ident(&index)).collect() }
    }

    /// Each index needs its range; a name without indices has all of them.
    fn check_ranges(&self, declared: &mut Declared, ranges: &[Range]) {
        if declared.indices.is_empty() {
            declared.indices = ranges.iter().map(|range| range.index.clone()).collect();
        }
        for (at, index) in declared.indices.iter().enumerate() {
            let again = declared.indices[..at].iter().any(|other| other.name == index.name);
            let problem = if again {
                Diagnostic::new(
                    "E0110",
                    index.span,
                    format!("the index `{}` stands twice", index.name),
                )
                .hint("give each index a name of its own")
            } else if ranges.is_empty() {
                let hint = match declared.indices.len() {
                    1 => format!("add for {} in 1..d", index.name),
                    _ => format!("add for {} in 1..d, and so on for each index", index.name),
                };
                Diagnostic::new("E0110", index.span, "an indexed family needs its range").hint(hint)
            } else if ranges.iter().all(|range| range.index.name != index.name) {
                let message = format!("the index `{}` has no range", index.name);
                Diagnostic::new("E0110", index.span, message)
                    .hint(format!("add {} in 1..d after `for`", index.name))
            } else {
                continue;
            };
            self.report(problem);
        }
    }

    /// Each range needs an index of some name.
    fn check_indices(&self, names: &[Declared], ranges: &[Range]) {
        for (at, Range { index, .. }) in ranges.iter().enumerate() {
            let used = names.iter().any(|n| n.indices.iter().any(|i| i.name == index.name));
            let again = ranges[..at].iter().any(|other| other.index.name == index.name);
            if used && !again {
                continue;
            }
            let message = match again {
                true => format!("`{}` has two ranges", index.name),
                false => format!("`{}` is no index of what is declared", index.name),
            };
            let hint = "write one range for each index, in any order";
            self.report(Diagnostic::new("E0110", index.span, message).hint(hint));
        }
    }

    /// `x[i] ~ p for i in 1..N`.
    fn drawn(&self, node: Node<'_>) -> Hypothesis {
        let mut pairs = node.into_inner();
        let name = self.next_ident(&mut pairs);
        let index = self.next_ident(&mut pairs);
        let from = self.next(&mut pairs);
        let mut ranges = pairs.next().map(|p| self.ranges(p)).unwrap_or_default().into_iter();
        let range = ranges.next().unwrap_or_else(|| Range {
            index: self.nothing(),
            over: DomainExpr::Range(self.missing(), self.missing()),
        });
        if let Some(more) = ranges.next() {
            let message = "draws have one index";
            self.report(
                Diagnostic::new("E0110", more.index.span, message).hint("leave this range out"),
            );
        }
        if range.index.name != index.name {
            let message = format!("`{}` is not the index of the range", index.name);
            let hint = format!("write {}[{}]", name.name, range.index.name);
            self.report(Diagnostic::new("E0110", index.span, message).hint(hint));
        }
        Hypothesis::Drawn(name, from, range)
    }

    /// `for i in 1..d, z in reals`.
    fn ranges(&self, node: Node<'_>) -> Vec<Range> {
        let parts = node.into_inner().filter(|p| p.as_rule() == Rule::ranged);
        parts.map(|p| self.range(p)).collect()
    }

    fn range(&self, node: Node<'_>) -> Range {
        let mut pairs = node.into_inner();
        let index = self.next_ident(&mut pairs);
        Range { index, over: self.domain(&mut pairs) }
    }

    fn hypothesis(&self, node: Node<'_>) -> Hypothesis {
        let mut pairs = node.into_inner();
        match pairs.peek() {
            Some(part) if part.as_rule() == Rule::sorted => self.sorted(part),
            _ => self.supposed(&mut pairs),
        }
    }

    fn supposed(&self, pairs: &mut Pairs<'_, Rule>) -> Hypothesis {
        let expression = self.next(pairs);
        let ranges = pairs.next().map(|p| self.ranges(p)).unwrap_or_default();
        let predicate = matches!(&expression.kind, ExprKind::Call(f, _) if f.name == "integrable");
        if !predicate && !matches!(expression.kind, ExprKind::Relation(..)) {
            let message = "an assumption is a relation, or names and their sort";
            let hint = "write a < b, or a, b positive, or integrable(E[x ~ p](f))";
            self.report(Diagnostic::new("E0110", expression.span, message).hint(hint));
        }
        Hypothesis::Relation(expression, ranges)
    }

    /// `where …`, which may be empty.
    pub(super) fn trailing(&self, node: Node<'_>) -> Vec<Hypothesis> {
        let parts = node.into_inner().filter(|p| p.as_rule() == Rule::hypothesis);
        parts.map(|p| self.hypothesis(p)).collect()
    }
}

/// A sort of several words, with one space between them.
pub(super) fn single_spaced(mut sort: Ident) -> Ident {
    if sort.name.contains("  ") {
        sort.name = sort.name.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    sort
}
