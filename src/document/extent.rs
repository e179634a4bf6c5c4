//! How much room a layout takes, about: in em, with the letters of a font like Computer Modern in mind. Lines are broken by it, and
//! delimiters that no longer stand on one line with what they hold are given their height by it.

use super::layout::{BigOp, Gap, Glyph, Kind, Layout, Shape};

/// Of the axis of fractions above the baseline.
const AXIS: f64 = 0.25;

/// How much of what they hold delimiters cover.
const TOO_SHORT: f64 = 0.94;

/// Of a script to its base, and of a fraction within a fraction to the outer one.
const SMALL: f64 = 0.7;

/// The room of a formula, in em.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Extent {
    /// From left to right.
    pub width: f64,
    /// Above the baseline.
    pub above: f64,
    /// Below the baseline.
    pub below: f64,
}

impl Extent {
    /// Of a line of letters.
    fn line(width: f64) -> Self {
        Self { width, above: 0.68, below: 0.12 }
    }

    /// Of a line of digits, which have nothing below.
    fn digits(width: f64) -> Self {
        Self { width, above: 0.65, below: 0.0 }
    }

    fn height(self) -> f64 {
        self.above + self.below
    }

    fn beside(self, other: Self) -> Self {
        Self {
            width: self.width + other.width,
            above: self.above.max(other.above),
            below: self.below.max(other.below),
        }
    }

    fn wider(self, by: f64) -> Self {
        Self { width: self.width + by, ..self }
    }

    fn scaled(self, by: f64) -> Self {
        Self { width: self.width * by, above: self.above * by, below: self.below * by }
    }

    /// The height of delimiters around this: they reach as far below the axis as above it.
    pub fn delimiters(self) -> f64 {
        2.0 * TOO_SHORT * (self.above - AXIS).max(self.below + AXIS)
    }
}

/// The room of a formula on a line of its own.
pub fn extent(layout: &Layout) -> Extent {
    of(layout, 1.0)
}

/// The room of a formula; fractions in it are scaled by `fractions`.
fn of(layout: &Layout, fractions: f64) -> Extent {
    match layout {
        Layout::Glyph(g) if g.kind == Kind::Digits => Extent::digits(glyph(g)),
        Layout::Glyph(g) => Extent::line(glyph(g)),
        Layout::Row(_, items) => {
            items.iter().map(|item| of(item, fractions)).fold(Extent::default(), Extent::beside)
        }
        Layout::Fraction(a, b) => over(of(a, SMALL), of(b, SMALL)).scaled(fractions),
        Layout::Super(base, exponent) => {
            let (base, exponent) = (of(base, fractions), of(exponent, SMALL).scaled(SMALL));
            let above = base.above + exponent.height() - 0.4;
            Extent { above, ..base.wider(exponent.width) }
        }
        Layout::Radical(a) => {
            let a = of(a, fractions);
            Extent { above: a.above + 0.2, ..a.wider(0.9) }
        }
        Layout::Choose(n, k) => over(of(n, SMALL), of(k, SMALL)).wider(1.2),
        Layout::Fenced(_, body) => fenced(layout, of(body, fractions)),
        Layout::Apply { head, arguments, .. } => {
            of(head, fractions).beside(fenced(arguments, of(arguments, fractions)))
        }
        Layout::Big { op, below, above, body } => {
            let below = of(below, SMALL).scaled(SMALL);
            let above = above.as_ref().map(|a| of(a, SMALL).scaled(SMALL)).unwrap_or_default();
            operator(*op, below, above).wider(0.2).beside(of(body, fractions))
        }
        Layout::Entries { body, below, above } => {
            let below = of(below, SMALL).scaled(SMALL);
            let above = above.as_ref().map(|a| of(a, SMALL).scaled(SMALL)).unwrap_or_default();
            let inside = fenced(body, of(body, fractions));
            let scripts = Extent { width: below.width.max(above.width), ..Extent::default() };
            Extent {
                below: inside.below + 0.4,
                above: inside.above + 0.2,
                ..inside.beside(scripts)
            }
        }
        Layout::Expectation(_, subject, body) => {
            let sign = Extent::line(0.7 + SMALL * of(subject, SMALL).width);
            sign.beside(fenced(body, of(body, fractions)))
        }
        Layout::Partial(x, f) => {
            let x = of(x, SMALL);
            over(Extent::line(0.6), x.wider(0.6)).scaled(fractions).beside(of(f, fractions))
        }
        Layout::Gap(Gap::Dot) => Extent::digits(0.7),
        Layout::Gap(_) => Extent::digits(0.17),
        Layout::Delimiter(_, _, height) => {
            let half = height / 2.0;
            Extent { width: 0.5, above: half + AXIS, below: (half - AXIS).max(0.2) }
        }
        Layout::Under(_, subject) => Extent::line(0.7 + SMALL * of(subject, SMALL).width),
        Layout::Marked(_, inner) => of(inner, fractions),
    }
}

fn over(a: Extent, b: Extent) -> Extent {
    Extent {
        width: a.width.max(b.width) + 0.2,
        above: AXIS + 0.15 + a.height(),
        below: (b.height() + 0.15 - AXIS).max(0.2),
    }
}

fn fenced(body: &Layout, inside: Extent) -> Extent {
    if !body.is_tall() {
        let delimiters = Extent { width: 0.8, above: 0.75, below: 0.25 };
        return inside.beside(delimiters);
    }
    let half = inside.delimiters() / 2.0;
    Extent { width: inside.width + 1.2, above: half + AXIS, below: half - AXIS }
}

fn operator(op: BigOp, below: Extent, above: Extent) -> Extent {
    match op {
        BigOp::Integral => {
            let limits = below.width.max(above.width + 0.4);
            Extent { width: 0.6 + limits, above: 1.4, below: 0.9 }
        }
        BigOp::Sum | BigOp::Product => Extent {
            width: below.width.max(above.width).max(1.44),
            above: 1.05 + above.height(),
            below: 0.55 + below.height(),
        },
    }
}

fn glyph(g: &Glyph) -> f64 {
    match &g.shape {
        Shape::Accented(base, _) => glyph(base),
        Shape::Subscripted(base, below) => {
            glyph(base) + SMALL * below.iter().map(glyph).sum::<f64>()
        }
        Shape::Beside(a, b) => glyph(a) + glyph(b) + 0.17,
        Shape::Text | Shape::Upright => text(g),
    }
}

fn text(g: &Glyph) -> f64 {
    let letters = g.unicode.trim().chars().count() as f64;
    match g.kind {
        Kind::Infix => 0.45 + 0.75 * letters,
        Kind::Prefix => 0.8,
        Kind::Letter => 0.55 * letters,
        Kind::Plain if g.unicode.starts_with([',', ';']) => 0.45,
        Kind::Digits | Kind::Word | Kind::Function | Kind::Plain => 0.5 * letters,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Notation;
    use super::super::build::layout;
    use super::super::marks::Marks;
    use super::*;
    use crate::term::Term;

    #[track_caller]
    fn check(term: &Term, width: f64, height: f64) {
        let found = extent(&layout(term, &Marks::default(), &Notation::default()));
        let near = |a: f64, b: f64| (a - b).abs() <= 0.12 * b;
        assert!(near(found.width, width) && near(found.height(), height), "{found:?}");
    }

    /// The sizes that Chromium gives these formulas in New Computer Modern Math.
    #[test]
    fn sizes_are_about_those_of_a_browser() {
        let s = |name: &str| Term::symbol(name);
        let square = Term::power(Term::difference(s("x"), s("mu")), Term::integer(2));
        let half = Term::quotient(square, Term::product(vec![Term::integer(2), s("v")]));
        check(&Term::sum(vec![s("a"), s("b"), s("c")]), 3.84, 0.77);
        check(&half, 3.60, 2.34);
    }
}
