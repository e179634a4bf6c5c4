//! Long formulas in pieces that may stand on lines of their own.
//!
//! MathML Core breaks no lines, and TeX breaks none that is displayed. A formula is cut before the signs of its outermost sum or
//! relation. A piece that is still too wide is cut before the signs of the sum that it holds in delimiters; these are then fixed in
//! height, since each line of them would be stretched by itself.

use std::borrow::Cow;

use super::build::{with_marks, without_marks};
use super::extent::extent;
use super::layout::{Edge, Fence, Kind, Layout, Level};

/// Wide enough for a formula on a telephone, in em.
const NARROW: f64 = 18.0;

/// Parts between which a browser may end a line: all of it, where it fits anywhere.
pub fn parts(layout: &Layout) -> Cow<'_, [Layout]> {
    match extent(layout).width <= NARROW {
        true => Cow::Borrowed(std::slice::from_ref(layout)),
        false => Cow::Owned(pieces(layout, NARROW)),
    }
}

/// Pieces of the formula, of about `limit` em at most where it can be cut; each but the first begins with a sign, as a rule.
pub fn pieces(layout: &Layout, limit: f64) -> Vec<Layout> {
    let (sides, inner) = without_marks(layout.clone());
    let mut out = match inner {
        Layout::Row(level @ (Level::Sum | Level::Relation), items) => {
            at_signs(items).into_iter().flat_map(|part| cut(level, part, limit)).collect()
        }
        other => inside(other, limit),
    };
    if !sides.is_empty() {
        out = out.into_iter().map(|piece| with_marks(&sides, piece)).collect();
    }
    out
}

/// The formula in lines of at most about `limit` em.
pub fn lines(layout: &Layout, limit: f64) -> Vec<Layout> {
    if extent(layout).width <= limit {
        return vec![layout.clone()];
    }
    let mut out: Vec<Vec<Layout>> = Vec::new();
    let mut room = 0.0;
    for piece in pieces(layout, limit) {
        let width = extent(&piece).width;
        match out.last_mut() {
            Some(line) if width <= room => line.push(piece),
            _ => {
                room = limit;
                out.push(vec![piece]);
            }
        }
        room -= width;
    }
    out.into_iter().map(|line| Layout::Row(Level::Sum, line)).collect()
}

/// The items of a row, cut before each sign.
fn at_signs(items: Vec<Layout>) -> Vec<Vec<Layout>> {
    let mut out: Vec<Vec<Layout>> = Vec::new();
    for item in items {
        match out.last_mut() {
            Some(part) if !begins_with_sign(&item) => part.push(item),
            _ => out.push(vec![item]),
        }
    }
    out
}

/// Whether a sign between operands comes first.
pub fn begins_with_sign(layout: &Layout) -> bool {
    match layout {
        Layout::Glyph(g) => g.kind == Kind::Infix,
        Layout::Row(_, items) => items.first().is_some_and(begins_with_sign),
        Layout::Marked(_, inner) => begins_with_sign(inner),
        _ => false,
    }
}

/// A part of a row in pieces: where it is too wide, its last item is cut.
fn cut(level: Level, mut part: Vec<Layout>, limit: f64) -> Vec<Layout> {
    let row = |items: Vec<Layout>| match <[Layout; 1]>::try_from(items) {
        Ok([only]) => only,
        Err(items) => Layout::Row(level, items),
    };
    let width: f64 = part.iter().map(|item| extent(item).width).sum();
    match part.pop() {
        Some(last) if width > limit => {
            let mut pieces = pieces(&last, limit);
            part.push(pieces.remove(0));
            std::iter::once(row(part)).chain(pieces).collect()
        }
        Some(last) => {
            part.push(last);
            vec![row(part)]
        }
        None => Vec::new(),
    }
}

/// A formula that is no sum, in pieces.
fn inside(layout: Layout, limit: f64) -> Vec<Layout> {
    if extent(&layout).width <= limit {
        return vec![layout];
    }
    match layout {
        Layout::Fenced(fence, body) => delimited(Vec::new(), fence, &body, limit),
        Layout::Apply { head, arguments, bare } if !holds_sum(&arguments) => {
            vec![Layout::Apply { head, arguments, bare }]
        }
        Layout::Apply { head, arguments, .. } => {
            delimited(vec![*head], Fence::Round, &arguments, limit)
        }
        Layout::Expectation(op, subject, body) if holds_sum(&body) => {
            let sign = Layout::Under(op, subject);
            delimited(vec![sign], Fence::Square, &body, limit)
        }
        Layout::Big { op, below, above, body } => {
            let mut pieces = pieces(&body, limit);
            let body = Box::new(pieces.remove(0));
            std::iter::once(Layout::Big { op, below, above, body }).chain(pieces).collect()
        }
        Layout::Partial(x, f) => {
            let mut pieces = pieces(&f, limit);
            let f = Box::new(pieces.remove(0));
            std::iter::once(Layout::Partial(x, f)).chain(pieces).collect()
        }
        Layout::Row(level, items) => product(level, items, limit),
        other => vec![other],
    }
}

/// Factors in pieces: the widest that holds a sum is cut.
fn product(level: Level, mut items: Vec<Layout>, limit: f64) -> Vec<Layout> {
    let wide = (0..items.len())
        .filter(|&i| holds_sum(&items[i]))
        .max_by(|&i, &j| extent(&items[i]).width.total_cmp(&extent(&items[j]).width));
    let Some(wide) = wide else { return vec![Layout::Row(level, items)] };
    let after = items.split_off(wide + 1);
    let cut = items.pop().map(|item| pieces(&item, limit)).unwrap_or_default();
    let mut out: Vec<Layout> = Vec::new();
    for (i, piece) in cut.into_iter().enumerate() {
        if i == 0 {
            items.push(piece);
            out.push(Layout::Row(level, std::mem::take(&mut items)));
        } else {
            out.push(piece);
        }
    }
    if !after.is_empty()
        && let Some(last) = out.pop()
    {
        out.push(Layout::Row(level, std::iter::once(last).chain(after).collect()));
    }
    out
}

/// Whether there is a sum within that can be cut.
fn holds_sum(layout: &Layout) -> bool {
    match layout {
        Layout::Row(Level::Sum, items) => items.len() > 1,
        Layout::Row(_, items) => items.iter().any(holds_sum),
        Layout::Fenced(_, a) | Layout::Marked(_, a) => holds_sum(a),
        Layout::Apply { arguments, .. } => holds_sum(arguments),
        Layout::Expectation(_, _, body) | Layout::Big { body, .. } => holds_sum(body),
        Layout::Partial(_, f) => holds_sum(f),
        _ => false,
    }
}

/// What stands in front, a body in delimiters of one height, cut.
fn delimited(mut front: Vec<Layout>, fence: Fence, body: &Layout, limit: f64) -> Vec<Layout> {
    let height = if body.is_tall() { extent(body).delimiters() } else { 0.0 };
    let mut pieces = pieces(body, limit);
    let last = pieces.pop();
    let close = Layout::Delimiter(fence, Edge::Close, height);
    let last = last.map(|last| Layout::row(vec![last, close]));
    let mut rest: Vec<Layout> = pieces.into_iter().chain(last).collect();
    front.push(Layout::Delimiter(fence, Edge::Open, height));
    front.push(rest.remove(0));
    std::iter::once(Layout::row(front)).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Marks, Notation, build, changed, latex_lines, mathml};
    use crate::term::{BinderOp, Domain, Term};

    fn s(name: &str) -> Term {
        Term::symbol(name)
    }

    fn square(name: &str) -> Term {
        let x = Term::difference(s("x"), s(name));
        Term::quotient(
            Term::power(x, Term::integer(2)),
            Term::product(vec![Term::integer(2), s("v")]),
        )
    }

    fn long() -> Term {
        Term::sum(["a", "b", "c", "d", "m"].map(square).to_vec())
    }

    fn mean(body: Term) -> Term {
        Term::binder(BinderOp::Expectation, "x", Domain::Over(s("p")), body)
    }

    #[track_caller]
    fn check(term: &Term, width: f64, expected: &[&str]) {
        assert_eq!(latex_lines(term, &Marks::default(), &Notation::default(), width), expected);
    }

    #[test]
    fn sums_are_cut_before_signs() {
        let part = |name: &str| format!("\\frac{{(x - {name})^2}}{{2v}}");
        let [a, b, c, d, m] = ["a", "b", "c", "d", "m"].map(part);
        check(&long(), 100.0, &[&format!("{a} + {b} + {c} + {d} + {m}")]);
        check(&long(), 18.0, &[&format!("{a} + {b} + {c}"), &format!("{{}} + {d} + {m}")]);
        let five = [a, b, c, d, m].join("|{} + ");
        check(&long(), 1.0, &five.split('|').collect::<Vec<_>>());
    }

    #[test]
    fn delimiters_that_are_cut_have_a_height_of_their_own() {
        let t = Term::sum(vec![s("c"), Term::neg(mean(Term::sum(vec![square("a"), square("b")])))]);
        check(
            &t,
            6.5,
            &[
                "c",
                "{} - \\mathbb{E}_{x \\sim p}\\biggl[\\frac{(x - a)^2}{2v}",
                "{} + \\frac{(x - b)^2}{2v}\\biggr]",
            ],
        );
        let flat = mean(Term::sum(vec![s("alpha"), s("beta"), s("gamma"), s("delta")]));
        check(&flat, 6.0, &["\\mathbb{E}_{x \\sim p}[\\alpha + \\beta", "{} + \\gamma + \\delta]"]);
    }

    #[test]
    fn what_cannot_be_cut_stays() {
        let t = Term::power(Term::sum(vec![s("a"), s("b"), s("c")]), Term::integer(2));
        check(&t, 2.0, &["(a + b + c)^2"]);
        check(&s("x"), 0.0, &["x"]);
    }

    #[test]
    fn every_part_of_a_wide_formula_is_an_element() {
        let notation = Notation::default();
        let markup = |t: &Term, marks: &Marks| {
            format!("<math>{}</math>", mathml::print(&build::layout(t, marks, &notation)))
        };
        assert_eq!(markup(&s("x"), &Marks::default()).matches("<math").count(), 1);
        let wide = markup(&long(), &Marks::default());
        assert_eq!((wide.matches("<math").count(), wide.matches("</math>").count()), (5, 5));
        let (old, _) = changed(&long(), &s("y"));
        let marked = markup(&long(), &Marks { old, new: None });
        assert_eq!(marked.matches("<mrow class=\"old\">").count(), 5);
        let inside = markup(&mean(long()), &Marks::default());
        assert!(inside.contains("minsize=\"2.3em\""), "{inside}");
        assert_eq!(inside.matches("<mrow>").count(), inside.matches("</mrow>").count());
    }
}
