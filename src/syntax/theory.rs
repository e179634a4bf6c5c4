//! Entries of a theory file: a head, then clauses in any order.

use pest::iterators::Pairs;

use super::expression::{Builder, is_word, relation};
use super::grammar::{Node, Rule, parse};
use super::layout::{self, CLAUSES, Piece};
use super::statement::{finish, single_spaced, span_of_piece};
use super::tree::{
    Alternative, ColumnItem, Condition, DistributionItem, Expr, ExprKind, Ident, Instance, Item,
    ItemKind, ModelItem, QuantityItem, RuleItem, SupportExpr,
};
use crate::diagnostic::{Diagnostic, Span};
use crate::term::Relation;

type Parsed<T> = Result<T, Vec<Diagnostic>>;

/// An entry of a theory file as its layout shows it; what it says is parsed when that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'s>(pub(super) Piece<'s>);

impl<'s> Outline<'s> {
    /// The word that it starts with: `rule`, `distribution`.
    pub fn word(&self) -> &'s str {
        self.0.split_word().0
    }

    /// What comes after that word: the name of the entry.
    pub fn name(&self) -> &'s str {
        let rest = self.0.split_word().1.text;
        let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-.".contains(c));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The entry, without its `fires` and `refuses` unless `examples` are wanted; every problem is reported.
    pub fn parse(&self, examples: bool) -> (Option<Item>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let wanted = |clause: &str| examples || !matches!(clause, "fires" | "refuses");
        (entry(self.0, wanted, &mut problems), problems)
    }
}

/// Parses one entry, of its clauses those that are wanted. It is left out where its head or a clause is wrong; every
/// problem is reported.
pub(super) fn entry(
    piece: Piece<'_>,
    wanted: impl Fn(&str) -> bool,
    problems: &mut Vec<Diagnostic>,
) -> Option<Item> {
    let mut clauses = layout::clauses(piece).into_iter();
    let (word, head) = clauses.next()?.split_word();
    let mut entry = Entry::default();
    let before = problems.len();
    for clause in clauses.filter(|clause| wanted(clause.split_word().0)) {
        entry.clause(word, clause, problems);
    }
    let name_and_kind = head_of(word, head, piece, &mut entry).map_err(|p| problems.extend(p));
    entry.leftover(word, piece, problems);
    let (name, kind) = name_and_kind.ok().filter(|_| problems.len() == before)?;
    let Entry { en, zh, cite, .. } = entry;
    Some(Item { kind, name, en, zh, cite, span: span_of_piece(piece) })
}

/// The clauses of an entry, each where its kind of entry will look for it.
#[derive(Default)]
struct Entry {
    en: Option<String>,
    zh: Option<String>,
    cite: Option<String>,
    density: Option<Expr>,
    mass: Option<Expr>,
    sample: Option<Expr>,
    center: Option<Expr>,
    marginals: Option<Expr>,
    tail: Option<(Expr, Expr)>,
    otherwise: Option<Expr>,
    unit: Option<Ident>,
    proof: Option<Ident>,
    alternatives: Vec<Alternative>,
    conditions: Vec<Condition>,
    fires: Vec<Instance>,
    refuses: Vec<Instance>,
    rules: Vec<Ident>,
    across: bool,
    seen: Vec<(String, Span)>,
}

/// The clauses that each kind of entry takes, besides `en`, `zh` and `cite`.
fn taken_by(entry: &str) -> &'static [&'static str] {
    match entry {
        "distribution" => &["also", "density", "mass", "sample", "center", "marginals", "tail"],
        "quantity" | "loss" => &["when", "otherwise", "unit"],
        "model" => &[],
        "column" => &["when", "across"],
        "rule" | "law" => &["when", "fires", "refuses", "proof"],
        "phase" => &["rules"],
        _ => &CLAUSES,
    }
}

impl Entry {
    fn clause(&mut self, entry: &str, piece: Piece<'_>, problems: &mut Vec<Diagnostic>) {
        let (word, rest) = piece.split_word();
        let span = Span::new(piece.start, piece.start + word.len());
        if !matches!(word, "en" | "zh" | "cite") && !taken_by(entry).contains(&word) {
            let message = format!("a {entry} has no `{word}`");
            problems.push(Diagnostic::new("E0111", span, message));
        }
        problems.extend(self.twice(word, span));
        if let Err(found) = self.read(word, rest) {
            problems.extend(found);
        }
    }

    /// Most clauses may stand once only.
    fn twice(&mut self, word: &str, span: Span) -> Option<Diagnostic> {
        if matches!(word, "also" | "when" | "fires" | "refuses" | "rules") {
            return None;
        }
        let first = self.seen.iter().find(|(seen, _)| seen == word).map(|(_, span)| *span);
        self.seen.push((word.to_owned(), span));
        let message = format!("`{word}` is given twice");
        first.map(|first| Diagnostic::new("E0111", span, message).also(first, "first given here"))
    }

    fn read(&mut self, word: &str, rest: Piece<'_>) -> Parsed<()> {
        match word {
            "en" => self.en = Some(quoted(rest)?),
            "zh" => self.zh = Some(quoted(rest)?),
            "cite" => self.cite = Some(quoted(rest)?),
            "proof" => self.proof = Some(proof(rest)?),
            "density" => self.density = Some(expression(rest)?),
            "mass" => self.mass = Some(expression(rest)?),
            "sample" => self.sample = Some(expression(rest)?),
            "center" => self.center = Some(expression(rest)?),
            "marginals" => self.marginals = Some(expression(rest)?),
            "tail" => self.tail = Some(tail(rest)?),
            "otherwise" => self.otherwise = Some(expression(rest)?),
            "across" => self.across = across(rest)?,
            "unit" => self.unit = Some(one_word(rest)?),
            "also" => self.alternatives.push(alternative(rest)?),
            "when" => self.conditions.extend(conditions(rest)?),
            "fires" => self.fires.push(instance(rest)?),
            "refuses" => self.refuses.push(instance(rest)?),
            _ => self.rules.extend(patterns(rest)?),
        }
        Ok(())
    }

    /// What an entry must have and does not.
    fn leftover(&self, entry: &str, piece: Piece<'_>, problems: &mut Vec<Diagnostic>) {
        let given = |word: &str| self.seen.iter().any(|(seen, _)| seen == word);
        if entry == "distribution" && given("density") == given("mass") {
            let span = Span::new(piece.start, piece.start + entry.len());
            let message =
                "a distribution needs a `density`, or a `mass` where it lives on integers";
            problems.push(Diagnostic::new("E0111", span, message));
        }
    }

    fn rule(&mut self, left: Expr, right: Option<(Relation, Expr)>) -> RuleItem {
        RuleItem {
            left,
            right,
            conditions: std::mem::take(&mut self.conditions),
            fires: std::mem::take(&mut self.fires),
            refuses: std::mem::take(&mut self.refuses),
            proof: self.proof.take(),
        }
    }
}

/// The name and the kind of an entry, from its head and the clauses that were read.
fn head_of(
    word: &str,
    head: Piece<'_>,
    piece: Piece<'_>,
    entry: &mut Entry,
) -> Parsed<(Ident, ItemKind)> {
    let builder = Builder::new(head.start);
    let built = match word {
        "distribution" => distribution(&builder, parse(Rule::distribution_head, head)?, entry),
        "quantity" => quantity(&builder, parse(Rule::quantity_head, head)?, entry),
        "loss" => {
            let (name, item) = quantity_item(&builder, parse(Rule::loss_head, head)?, entry);
            (name, ItemKind::Loss(item))
        }
        "column" => {
            let (name, definition) =
                quantity_item(&builder, parse(Rule::column_head, head)?, entry);
            (name, ItemKind::Column(ColumnItem { definition, across: entry.across }))
        }
        "model" => model(&builder, parse(Rule::model_head, head)?),
        "rule" => rule(&builder, parse(Rule::rule_head, head)?, entry),
        "law" => law(&builder, parse(Rule::law_head, head)?, entry),
        "phase" => phase(&builder, parse(Rule::phase_head, head)?, entry),
        _ => return Err(vec![unknown(piece, word)]),
    };
    finish(built, builder)
}

fn unknown(piece: Piece<'_>, word: &str) -> Diagnostic {
    let first = piece.text.chars().next().map_or(0, char::len_utf8);
    let span = Span::new(piece.start, piece.start + word.len().max(first));
    let message = "an entry starts with `distribution`, `quantity`, `rule`, `law`, `phase`, `loss`, `model` or `column`";
    Diagnostic::new("E0110", span, message).hint("indent a line that belongs to the entry before")
}

fn distribution(b: &Builder, mut pairs: Pairs<'_, Rule>, entry: &mut Entry) -> (Ident, ItemKind) {
    let name = b.next_ident(&mut pairs);
    let mut parameters = Vec::new();
    let mut constraints = Vec::new();
    let mut var = None;
    let mut bounds = Vec::new();
    for part in pairs.filter(|p| !is_word(p.as_rule())) {
        match part.as_rule() {
            Rule::parameter => parameters.push(parameter(b, part)),
            Rule::name => var = Some(b.ident(&part)),
            Rule::sum => bounds.push(b.expression(part)),
            _ => constraints.push(condition(b, part)),
        }
    }
    let support = support(b, bounds);
    let discrete = entry.mass.is_some();
    let density = entry.mass.take().or_else(|| entry.density.take());
    let density = density.unwrap_or_else(|| b.missing());
    let (sample, center) = (entry.sample.take(), entry.center.take());
    let (tail, marginals) = (entry.tail.take(), entry.marginals.take());
    let alternatives = std::mem::take(&mut entry.alternatives);
    let var = var.unwrap_or_else(|| b.nothing());
    let item = DistributionItem {
        parameters,
        var,
        support,
        constraints,
        alternatives,
        discrete,
        density,
        sample,
        center,
        marginals,
        tail,
    };
    (name, ItemKind::Distribution(item))
}

fn parameter(b: &Builder, node: Node<'_>) -> (Ident, Ident) {
    let mut pairs = node.into_inner();
    (b.next_ident(&mut pairs), single_spaced(b.next_ident(&mut pairs)))
}

fn support(b: &Builder, bounds: Vec<Expr>) -> SupportExpr {
    let mut bounds = bounds.into_iter();
    let low = bounds.next().unwrap_or_else(|| b.missing());
    if let Some(high) = bounds.next() {
        return SupportExpr::Interval(low, high);
    }
    if let ExprKind::Name(name) = low.kind {
        return SupportExpr::Named(Ident { name, span: low.span });
    }
    if matches!(low.kind, ExprKind::Call(..) | ExprKind::Power(..)) {
        return SupportExpr::Vectors(low);
    }
    let message = "a support is a named set or an interval";
    b.report(Diagnostic::new("E0111", low.span, message).hint("write in reals, or in low..high"));
    SupportExpr::Named(b.nothing())
}

fn quantity(b: &Builder, pairs: Pairs<'_, Rule>, entry: &mut Entry) -> (Ident, ItemKind) {
    let (name, item) = quantity_item(b, pairs, entry);
    (name, ItemKind::Quantity(item))
}

fn model(b: &Builder, mut pairs: Pairs<'_, Rule>) -> (Ident, ItemKind) {
    let name = b.next_ident(&mut pairs);
    let (mut parameters, mut body) = (Vec::new(), None);
    for part in pairs {
        match part.as_rule() {
            Rule::parameter => parameters.push(parameter(b, part)),
            Rule::sum => body = Some(b.expression(part)),
            _ => {}
        }
    }
    let body = body.unwrap_or_else(|| b.missing());
    (name, ItemKind::Model(ModelItem { parameters, body }))
}

fn quantity_item(
    b: &Builder,
    mut pairs: Pairs<'_, Rule>,
    entry: &mut Entry,
) -> (Ident, QuantityItem) {
    let name = b.next_ident(&mut pairs);
    let (mut variables, mut parameters) = (Vec::new(), Vec::new());
    let mut bars = false;
    let mut body = None;
    for part in pairs {
        match part.as_rule() {
            Rule::by_variables => variables.extend(part.into_inner().map(|name| b.ident(&name))),
            Rule::separator => bars = part.into_inner().next().is_some(),
            Rule::formal => parameters.push((b.ident(&part), std::mem::take(&mut bars))),
            Rule::sum => body = Some(b.expression(part)),
            _ => {}
        }
    }
    let body = body.unwrap_or_else(|| b.missing());
    let conditions = std::mem::take(&mut entry.conditions);
    let (otherwise, unit) = (entry.otherwise.take(), entry.unit.take());
    let item = QuantityItem { variables, parameters, body, conditions, otherwise, unit };
    (name, item)
}

fn rule(b: &Builder, mut pairs: Pairs<'_, Rule>, entry: &mut Entry) -> (Ident, ItemKind) {
    let name = b.next_ident(&mut pairs);
    let left = b.next(&mut pairs);
    let sign = pairs.next().map_or(Relation::Eq, |arrow| relation(arrow.as_str()));
    let right = b.next(&mut pairs);
    (name, ItemKind::Rule(entry.rule(left, Some((sign, right)))))
}

fn law(b: &Builder, mut pairs: Pairs<'_, Rule>, entry: &mut Entry) -> (Ident, ItemKind) {
    let name = b.next_ident(&mut pairs);
    let proposition = b.next(&mut pairs);
    (name, ItemKind::Law(entry.rule(proposition, None)))
}

fn phase(b: &Builder, mut pairs: Pairs<'_, Rule>, entry: &mut Entry) -> (Ident, ItemKind) {
    let name = b.next_ident(&mut pairs);
    let mut rules: Vec<Ident> =
        pairs.filter(|p| p.as_rule() == Rule::pattern).map(|p| b.ident(&p)).collect();
    rules.append(&mut entry.rules);
    (name, ItemKind::Phase(rules))
}

// ── Clauses ────────────────────────────────────────────────────────────────────────────────────────────────────────

fn expression(piece: Piece<'_>) -> Parsed<Expr> {
    let builder = Builder::new(piece.start);
    let built = builder.next(&mut parse(Rule::sum_clause, piece)?);
    finish(built, builder)
}

/// `across families`.
fn across(piece: Piece<'_>) -> Parsed<bool> {
    let word = one_word(piece)?;
    if word.name == "families" {
        return Ok(true);
    }
    let message = format!("a column is not tried across {}", word.name);
    Err(vec![Diagnostic::new("E0111", word.span, message).hint("write across families")])
}

/// `from mean: exp(…)`: from where on, and the bound.
fn tail(piece: Piece<'_>) -> Parsed<(Expr, Expr)> {
    let builder = Builder::new(piece.start);
    let mut pairs = parse(Rule::tail_clause, piece)?.filter(|p| !is_word(p.as_rule()));
    let mut part = || pairs.next().map_or_else(|| builder.missing(), |p| builder.expression(p));
    let built = (part(), part());
    finish(built, builder)
}

fn alternative(piece: Piece<'_>) -> Parsed<Alternative> {
    let builder = Builder::new(piece.start);
    let mut alternative = Alternative { parameters: Vec::new(), with: Vec::new() };
    for part in parse(Rule::also_clause, piece)? {
        let rule = part.as_rule();
        let mut pairs = part.into_inner();
        if rule == Rule::also_parameter {
            let name = builder.next_ident(&mut pairs);
            let sort = pairs.next().map(|sort| single_spaced(builder.ident(&sort)));
            alternative.parameters.push((name, sort));
        } else if rule == Rule::definition {
            let name = builder.next_ident(&mut pairs);
            alternative.with.push((name, builder.next(&mut pairs)));
        }
    }
    finish(alternative, builder)
}

fn conditions(piece: Piece<'_>) -> Parsed<Vec<Condition>> {
    let builder = Builder::new(piece.start);
    let pairs = parse(Rule::conditions, piece)?;
    let parts = pairs.filter(|p| p.as_rule() == Rule::condition);
    let conditions = parts.map(|p| condition(&builder, p)).collect();
    finish(conditions, builder)
}

fn condition(b: &Builder, node: Node<'_>) -> Condition {
    let mut pairs = node.into_inner();
    if let Some(sorted) = pairs.peek().filter(|p| p.as_rule() == Rule::of_sort) {
        let mut inner = sorted.into_inner();
        return Condition::Sort(b.next(&mut inner), single_spaced(b.next_ident(&mut inner)));
    }
    let left = b.next(&mut pairs);
    let Some(sign) = pairs.next() else { return predicate(b, left) };
    let right = b.next(&mut pairs);
    if sign.as_rule() == Rule::within_word {
        return Condition::Within(left, right);
    }
    let span = left.span.to(right.span);
    let kind = ExprKind::Relation(relation(sign.as_str()), Box::new(left), Box::new(right));
    Condition::Relation(Expr { kind, span })
}

fn predicate(b: &Builder, call: Expr) -> Condition {
    if !matches!(call.kind, ExprKind::Call(..)) {
        let message = "a condition is a relation, a sort, or a predicate";
        let hint = "write ?a > 0, ?n natural, or free(x, ?c)";
        b.report(Diagnostic::new("E0111", call.span, message).hint(hint));
    }
    Condition::Predicate(call)
}

fn instance(piece: Piece<'_>) -> Parsed<Instance> {
    let builder = Builder::new(piece.start);
    let mut pairs = parse(Rule::instance, piece)?;
    let subject = builder.next(&mut pairs);
    let hypotheses = pairs.next().map_or_else(Vec::new, |part| builder.trailing(part));
    finish(Instance { subject, hypotheses }, builder)
}

fn patterns(piece: Piece<'_>) -> Parsed<Vec<Ident>> {
    let builder = Builder::new(piece.start);
    let pairs = parse(Rule::rules_clause, piece)?;
    let patterns = pairs.filter(|p| p.as_rule() == Rule::pattern).map(|p| builder.ident(&p));
    Ok(patterns.collect())
}

/// `"…"`; line ends and the blanks around them read as one space, `\"` as a quotation mark.
fn quoted(piece: Piece<'_>) -> Parsed<String> {
    let span = span_of_piece(piece);
    let problem = |message: &str| vec![Diagnostic::new("E0112", span, message).hint("write \"…\"")];
    let Some(rest) = piece.text.strip_prefix('"') else {
        return Err(problem("text must stand in quotation marks"));
    };
    let Some(end) = closing_quote(rest) else {
        return Err(problem("the text is never closed"));
    };
    if !super::scan::skip_blank(&rest[end + 1..]).is_empty() {
        return Err(problem("nothing may follow the text"));
    }
    let lines: Vec<&str> = rest[..end].lines().map(str::trim).collect();
    Ok(lines.join(" ").trim().replace("\\\"", "\""))
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|c| {
        let closes = c == b'"' && !escaped;
        escaped = c == b'\\' && !escaped;
        closes
    })
}

/// `axiom`, or the path of a proof, in quotation marks or not.
/// The name of a unit.
fn one_word(piece: Piece<'_>) -> Parsed<Ident> {
    let text = piece.text.split('#').next().unwrap_or_default().trim();
    let span = Span::new(piece.start, piece.start + text.len());
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric()) {
        let message = "`unit` takes the name of a unit";
        return Err(vec![Diagnostic::new("E0112", span, message).hint("write unit nats")]);
    }
    Ok(Ident { name: text.to_owned(), span })
}

fn proof(piece: Piece<'_>) -> Parsed<Ident> {
    let span = span_of_piece(piece);
    if piece.text.starts_with('"') {
        return Ok(Ident { name: quoted(piece)?, span });
    }
    let path = piece.text.split('#').next().unwrap_or_default().trim();
    if path.is_empty() || path.contains(char::is_whitespace) {
        let message = "`proof` takes `axiom` or the path of a derivation";
        return Err(vec![Diagnostic::new("E0112", span, message)]);
    }
    Ok(Ident { name: path.to_owned(), span: Span::new(span.start, span.start + path.len()) })
}
