//! The grammar's parser, and its errors in the reader's words. Nothing of pest leaves this room.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};

use super::layout::Piece;
use super::{scan, spelling};
use crate::diagnostic::{Diagnostic, Span};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/hence.pest"]
struct HenceParser;

/// A pair of this grammar.
pub(super) type Node<'s> = Pair<'s, Rule>;

/// Matches a piece against a rule and returns the pairs below it. The piece is checked for limits first.
pub(super) fn parse<'s>(rule: Rule, piece: Piece<'s>) -> Result<Pairs<'s, Rule>, Vec<Diagnostic>> {
    let problems = scan::check(piece.text);
    if !problems.is_empty() {
        return Err(problems.into_iter().map(|d| d.shifted(piece.start)).collect());
    }
    HenceParser::parse(rule, piece.text)
        .map(|pairs| pairs.flatten_root())
        .map_err(|error| vec![explain(&error, piece.text).shifted(piece.start)])
}

trait Root {
    fn flatten_root(self) -> Self;
}

impl Root for Pairs<'_, Rule> {
    /// The pairs below the one pair that a successful parse returns.
    fn flatten_root(mut self) -> Self {
        match self.next() {
            Some(root) => root.into_inner(),
            None => self,
        }
    }
}

/// The span of a pair, moved to its place in the file.
pub(super) fn span_of(node: &Node<'_>, start: usize) -> Span {
    let span = node.as_span();
    Span::new(span.start(), span.end()).shifted(start)
}

/// A pest error as a diagnostic whose span is relative to the piece.
fn explain(error: &Error<Rule>, text: &str) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let (expected, forbidden): (&[Rule], &[Rule]) = match &error.variant {
        ErrorVariant::ParsingError { positives, negatives } => (positives, negatives),
        ErrorVariant::CustomError { .. } => (&[], &[]),
    };
    let found = Found::at(text, at);
    special(expected, forbidden, text, &found).unwrap_or_else(|| general(expected, &found))
}

/// What stands where the parse stopped.
struct Found<'s> {
    span: Span,
    text: &'s str,
}

impl<'s> Found<'s> {
    fn at(text: &'s str, at: usize) -> Self {
        let rest = &text[at..];
        let skipped = rest.len() - scan::skip_blank(rest).len();
        let at = if skipped == rest.len() { at } else { at + skipped };
        let rest = scan::skip_blank(rest);
        let length = token_length(rest);
        Self { span: Span::new(at, at + length), text: &rest[..length] }
    }

    fn describe(&self) -> String {
        if self.text.is_empty() { "the end".to_owned() } else { format!("`{}`", self.text) }
    }
    fn closes(&self) -> bool {
        self.text.is_empty() || matches!(self.text, ")" | "]" | "," | "=" | "where")
    }
}

fn token_length(rest: &str) -> usize {
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) }
}

/// The mistakes that deserve words of their own.
fn special(
    expected: &[Rule],
    forbidden: &[Rule],
    text: &str,
    found: &Found<'_>,
) -> Option<Diagnostic> {
    let before = scan::trim_blank_end(&text[..found.span.start]);
    if expected.contains(&Rule::differential) && found.closes() {
        let message = "an integral needs its differential at the end";
        let hint = differential_hint(before);
        return Some(
            Diagnostic::new("E0107", found.span, message).label("missing here").hint(hint),
        );
    }
    if expected.contains(&Rule::plus) && is_relation(found.text) {
        let message = "relations cannot be chained";
        let hint = "write two statements, one for each relation";
        return Some(Diagnostic::new("E0109", found.span, message).hint(hint));
    }
    let number = found.text.starts_with(|c: char| c.is_ascii_digit());
    if expected.contains(&Rule::times) && number {
        let message =
            format!("a number cannot follow another factor without a sign: `{}`", found.text);
        let hint = "write `*` between the factors, or `^` for a power";
        return Some(Diagnostic::new("E0108", found.span, message).hint(hint));
    }
    if spelling::is_reserved(found.text)
        && (forbidden.contains(&Rule::reserved) || is_operand(expected))
    {
        let message = format!("`{}` is a word of the language and cannot be a name", found.text);
        return Some(Diagnostic::new("E0101", found.span, message));
    }
    if before.ends_with(']') && expected.contains(&Rule::group_here) {
        let message = "the body must stand in parentheses right after `]`";
        let hint = "write E[x ~ p](…) or D[x](…)";
        return Some(Diagnostic::new("E0101", found.span, message).hint(hint));
    }
    None
}

fn is_relation(text: &str) -> bool {
    matches!(text, "<" | ">" | "=" | "!" | "≤" | "≥" | "≠")
}

fn is_operand(expected: &[Rule]) -> bool {
    expected.iter().any(|rule| word(*rule) == Some("an expression"))
}

/// `dx`, if the bound name of the last integral can be read off.
fn differential_hint(before: &str) -> String {
    let head = before
        .rfind("int[")
        .map(|at| at + 4)
        .or_else(|| before.rfind("∫[").map(|at| at + "∫[".len()));
    let name = head.map(|at| &before[at..]).map_or("x", |rest| &rest[..token_length(rest)]);
    format!("write int[{name} …] f d{name}")
}

fn general(expected: &[Rule], found: &Found<'_>) -> Diagnostic {
    let words = words(expected);
    let message = if words.is_empty() {
        format!("{} is not expected here", found.describe())
    } else {
        format!("expected {}, found {}", words.join(" or "), found.describe())
    };
    Diagnostic::new("E0101", found.span, message)
}

/// The rules' names for readers; those that say nothing more are left out.
fn words(rules: &[Rule]) -> Vec<&'static str> {
    let mut words: Vec<&str> = rules.iter().filter_map(|rule| word(*rule)).collect();
    words.sort_by_key(|w| (*w == "the end", *w));
    words.dedup();
    if words.contains(&"an expression") {
        words.retain(|w| !matches!(*w, "a name" | "an operator"));
    }
    words
}

fn word(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::number
        | Rule::expression
        | Rule::sum
        | Rule::group
        | Rule::reference
        | Rule::root => "an expression",
        Rule::name | Rule::formal => "a name",
        Rule::plus | Rule::minus | Rule::times | Rule::divide | Rule::caret => "an operator",
        Rule::relation => "a relation such as `=`",
        Rule::free_word => "`free of …`",
        Rule::of_word => "`of`",
        Rule::separator => "`,`",
        Rule::element | Rule::in_word => "`in`",
        Rule::from_to | Rule::from_word => "`from … to …`",
        Rule::to_word => "`to`",
        Rule::with_word => "`with`",
        Rule::over_word => "`over`",
        Rule::differential => "the differential",
        Rule::sort => "a sort such as `real` or `positive`",
        Rule::arrow => "`=>`",
        Rule::id => "an id",
        Rule::pattern => "an id or a pattern such as `ln.*`",
        Rule::arguments | Rule::group_here => "`(`",
        Rule::condition => "a condition",
        Rule::hypothesis | Rule::sorted => "a declaration such as `a, b positive`",
        Rule::parameter | Rule::also_parameter => "a parameter",
        Rule::EOI => "the end",
        _ => return None,
    })
}
