//! A layout as one line of Unicode.

use super::layout::{BigOp, Edge, Fence, Gap, Glyph, Kind, Layout, Level};
use super::names;

/// What stands before a highlighted stretch of [`marked`] text.
pub const OPEN: char = '\u{1}';

/// What stands after it.
pub const CLOSE: char = '\u{2}';

/// The line.
pub fn print(layout: &Layout) -> String {
    marked(layout).replace([OPEN, CLOSE], "")
}

/// The line, with highlighted stretches between [`OPEN`] and [`CLOSE`].
pub fn marked(layout: &Layout) -> String {
    let mut out = String::new();
    write(layout, &mut out);
    out
}

/// An exponent in raised characters, if it is short and has them.
pub fn raised(exponent: &Layout) -> Option<String> {
    names::superscript(&print(exponent))
}

/// The character of a common fraction.
pub fn vulgar_of(layout: &Layout) -> Option<&'static str> {
    match layout {
        Layout::Fraction(a, b) if layout.is_numeric_fraction() => {
            names::vulgar(&print(a), &print(b))
        }
        _ => None,
    }
}

/// The delimiters of a fence.
pub fn delimiters(fence: Fence) -> (&'static str, &'static str) {
    match fence {
        Fence::Round => ("(", ")"),
        Fence::Square => ("[", "]"),
        Fence::Bars => ("|", "|"),
    }
}

/// The delimiter of a fence on one side.
pub fn delimiter(fence: Fence, edge: Edge) -> &'static str {
    let (open, close) = delimiters(fence);
    match edge {
        Edge::Open => open,
        Edge::Close => close,
    }
}

fn write(layout: &Layout, out: &mut String) {
    match layout {
        Layout::Glyph(g) => glyph(g, out),
        Layout::Row(_, items) => row(items, out),
        Layout::Fraction(a, b) => fraction(layout, a, b, out),
        Layout::Super(base, exponent) => {
            write(base, out);
            match raised(exponent) {
                Some(small) => out.push_str(&small),
                None => {
                    out.push('^');
                    at(exponent, Level::Atom, out);
                }
            }
        }
        Layout::Radical(a) => {
            out.push('√');
            match **a {
                Layout::Glyph(_) => write(a, out),
                _ => fenced(a, out),
            }
        }
        Layout::Choose(n, k) => {
            out.push_str("C(");
            write(n, out);
            out.push_str(", ");
            write(k, out);
            out.push(')');
        }
        Layout::Fenced(fence, body) => {
            let (open, close) = delimiters(*fence);
            out.push_str(open);
            write(body, out);
            out.push_str(close);
        }
        Layout::Apply { head, arguments, .. } => {
            write(head, out);
            fenced(arguments, out);
        }
        Layout::Big { op, below, above, body } => big(*op, below, above.as_deref(), body, out),
        Layout::Entries { body, below, above } => {
            fenced(body, out);
            out.push_str("_[");
            write(below, out);
            if let Some(above) = above {
                out.push_str("..");
                write(above, out);
            }
            out.push(']');
        }
        Layout::Expectation(op, subject, body) => {
            out.push_str(op.unicode());
            out.push('[');
            write(subject, out);
            out.push_str("](");
            write(body, out);
            out.push(')');
        }
        Layout::Partial(x, f) => {
            out.push_str("∂/∂");
            write(x, out);
            out.push(' ');
            write(f, out);
        }
        Layout::Gap(gap) => out.push_str(gap_text(*gap)),
        Layout::Delimiter(fence, edge, _) => out.push_str(delimiter(*fence, *edge)),
        Layout::Under(op, subject) => {
            out.push_str(op.unicode());
            out.push('[');
            write(subject, out);
            out.push(']');
        }
        Layout::Marked(_, inner) => {
            out.push(OPEN);
            write(inner, out);
            out.push(CLOSE);
        }
    }
}

fn glyph(g: &Glyph, out: &mut String) {
    if g.kind == Kind::Infix {
        out.push(' ');
        out.push_str(&g.unicode);
        out.push(' ');
    } else {
        out.push_str(&g.unicode);
    }
}

/// Only a fraction in front may go without delimiters: `a/b·c` reads from the left.
fn row(items: &[Layout], out: &mut String) {
    for (i, item) in items.iter().enumerate() {
        let after_dot = i > 0 && matches!(items[i - 1], Layout::Gap(_));
        if after_dot && is_slashed(item) {
            fenced(item, out);
        } else {
            write(item, out);
        }
    }
}

fn is_slashed(layout: &Layout) -> bool {
    match layout {
        Layout::Fraction(..) => vulgar_of(layout).is_none(),
        Layout::Marked(_, inner) => is_slashed(inner),
        _ => false,
    }
}

fn fraction(whole: &Layout, a: &Layout, b: &Layout, out: &mut String) {
    if let Some(character) = vulgar_of(whole) {
        out.push_str(character);
        return;
    }
    let a_level =
        if matches!(a, Layout::Fraction(..)) || is_open(a) { Level::Atom } else { Level::Product };
    at(a, a_level, out);
    out.push('/');
    at(b, Level::Power, out);
}

/// Whether what follows would be read as part of this: the body of an operator has no end of its own.
fn is_open(layout: &Layout) -> bool {
    match layout {
        Layout::Big { .. } | Layout::Partial(..) => true,
        Layout::Row(_, items) => items.last().is_some_and(is_open),
        Layout::Marked(_, inner) => is_open(inner),
        _ => false,
    }
}

fn at(layout: &Layout, at_least: Level, out: &mut String) {
    if layout.level() < at_least { fenced(layout, out) } else { write(layout, out) }
}

fn fenced(layout: &Layout, out: &mut String) {
    out.push('(');
    write(layout, out);
    out.push(')');
}

fn big(op: BigOp, below: &Layout, above: Option<&Layout>, body: &Layout, out: &mut String) {
    out.push_str(sign(op));
    out.push('[');
    write(below, out);
    if let Some(above) = above {
        out.push_str("..");
        write(above, out);
    }
    out.push_str("] ");
    write(body, out);
}

/// The sign of an operator.
pub fn sign(op: BigOp) -> &'static str {
    match op {
        BigOp::Integral => "∫",
        BigOp::Sum => "∑",
        BigOp::Product => "∏",
    }
}

/// The space between factors, in one line.
fn gap_text(gap: Gap) -> &'static str {
    match gap {
        Gap::Thin | Gap::BeforeFunction => " ",
        Gap::Dot | Gap::DotInLine => "·",
    }
}
