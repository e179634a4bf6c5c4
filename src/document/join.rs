//! Products: which factors need delimiters, and what stands between neighbours so that juxtaposition cannot be misread.

use super::layout::{Bare, Gap, Kind, Layout, Level};
use super::linear;

/// What a factor shows to its neighbour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Digits,
    Letter,
    /// A letter with an exponent in raised characters.
    Raised,
    /// An exponent that one-line text writes with `^`.
    Caret,
    Word,
    Function,
    Paren,
    /// The closing delimiter of a call.
    Call,
    /// A fraction of two numbers that has its own character, or stands as one in front.
    SmallFraction,
    Fraction,
    Operator,
}

/// Factors side by side.
pub fn product(factors: Vec<Layout>) -> Layout {
    let last = factors.len() - 1;
    let mut level = Level::Product;
    let mut items: Vec<Layout> = Vec::new();
    let mut end: Option<Edge> = None;
    for (i, factor) in factors.into_iter().enumerate() {
        let factor = delimited(factor, i, last);
        if i == 0 && factor.level() == Level::Negation {
            level = Level::Negation;
        }
        if let Some(end) = end
            && let Some(gap) = between(end, start_of(&factor))
        {
            items.push(Layout::Gap(gap));
        }
        end = Some(end_of(&factor));
        items.push(factor);
    }
    Layout::Row(level, items)
}

/// A factor with the delimiters that its position asks for.
fn delimited(factor: Layout, i: usize, last: usize) -> Layout {
    match factor {
        Layout::Marked(side, inner) => Layout::Marked(side, Box::new(delimited(*inner, i, last))),
        Layout::Row(Level::Negation, _) if i == 0 => factor,
        Layout::Row(Level::Product, _) => factor.fenced(),
        Layout::Big { .. } | Layout::Partial(..) if i < last => factor.fenced(),
        Layout::Apply { head, arguments, bare: Bare::Allowed } if i < last => {
            Layout::Apply { head, arguments, bare: Bare::Never }
        }
        _ => factor.at(Level::Product),
    }
}

fn between(end: Edge, start: Edge) -> Option<Gap> {
    use Edge::{
        Call, Caret, Digits, Fraction, Function, Letter, Operator, Paren, Raised, SmallFraction,
        Word,
    };
    match (end, start) {
        (_, Digits | Fraction | SmallFraction) => Some(Gap::Dot),
        (Fraction | Caret, _) => Some(Gap::DotInLine),
        (_, Function) => Some(Gap::BeforeFunction),
        (Letter | Word | Call, Paren) => Some(Gap::Dot),
        (_, Paren) => None,
        (Digits | Letter | Raised | SmallFraction, Letter | Raised) => None,
        (Digits | Raised | SmallFraction | Letter, Word | Operator | Call | Caret) => {
            Some(Gap::Thin)
        }
        (Word | Function | Paren | Call | Operator, _) => Some(Gap::Thin),
    }
}

fn start_of(layout: &Layout) -> Edge {
    match layout {
        Layout::Glyph(g) => glyph_edge(g.kind),
        Layout::Row(_, items) => items.first().map_or(Edge::Operator, start_of),
        Layout::Fraction(..) => fraction_edge(layout),
        Layout::Super(base, _) | Layout::Marked(_, base) => start_of(base),
        Layout::Fenced(..) | Layout::Entries { .. } => Edge::Paren,
        Layout::Choose(..) => Edge::Word,
        Layout::Apply { head, .. } => match start_of(head) {
            Edge::Function => Edge::Function,
            _ => Edge::Word,
        },
        Layout::Radical(_)
        | Layout::Big { .. }
        | Layout::Expectation(..)
        | Layout::Partial(..)
        | Layout::Delimiter(..)
        | Layout::Under(..)
        | Layout::Gap(_) => Edge::Operator,
    }
}

fn end_of(layout: &Layout) -> Edge {
    match layout {
        Layout::Glyph(g) => glyph_edge(g.kind),
        Layout::Row(_, items) => items.last().map_or(Edge::Operator, end_of),
        Layout::Fraction(..) => fraction_edge(layout),
        Layout::Super(_, exponent) => match linear::raised(exponent) {
            Some(_) => Edge::Raised,
            None => Edge::Caret,
        },
        Layout::Marked(_, inner) => end_of(inner),
        Layout::Fenced(..) => Edge::Paren,
        Layout::Apply { .. }
        | Layout::Choose(..)
        | Layout::Entries { .. }
        | Layout::Expectation(..) => Edge::Call,
        Layout::Radical(_)
        | Layout::Big { .. }
        | Layout::Partial(..)
        | Layout::Delimiter(..)
        | Layout::Under(..)
        | Layout::Gap(_) => Edge::Operator,
    }
}

fn fraction_edge(layout: &Layout) -> Edge {
    if linear::vulgar_of(layout).is_some() { Edge::SmallFraction } else { Edge::Fraction }
}

fn glyph_edge(kind: Kind) -> Edge {
    match kind {
        Kind::Digits => Edge::Digits,
        Kind::Letter => Edge::Letter,
        Kind::Function => Edge::Function,
        Kind::Word => Edge::Word,
        Kind::Infix | Kind::Prefix | Kind::Plain => Edge::Operator,
    }
}
