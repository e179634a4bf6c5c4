//! A layout as MathML Core, the part of MathML that browsers draw.
//!
//! One letter in `<mi>` is italic by itself; `mathvariant` is used only to keep one upright. Delimiters stretch where what they
//! hold is tall, and operators in scripts lose their space, which MathML Core does not do by itself. Text is escaped, and the
//! characters of the private use areas are replaced: [`super::fragments`] gives them a meaning.

use super::fragments::Fragments;
use super::layout::{Average, Bare, BigOp, Fence, Gap, Glyph, Kind, Layout, Level, Shape, Side};

/// A thin space, as between a function and its argument.
const THIN: &str = "<mspace width=\".17em\"/>";

/// Applied to what follows.
const APPLY: &str = "<mo>\u{2061}</mo>";

/// Times, not shown.
const TIMES: &str = "<mo>\u{2062}</mo>";

/// Where the formula stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// In a line of text.
    Inline,
    /// On a line of its own.
    Display,
}

/// A whole `<math>` element; `spoken` is the formula in one line, for those who cannot use the markup.
pub fn element(inner: &str, spoken: &str, style: Style) -> String {
    let display = match style {
        Style::Inline => "",
        Style::Display => " display=\"block\"",
    };
    format!("<math{display} alttext=\"{}\">{inner}</math>", escape(spoken))
}

/// What stands inside the `<math>` element.
pub fn print(layout: &Layout) -> String {
    Printer { fragments: None, is_script: false }.items(layout)
}

/// As [`print`], with what occurs more than once kept in `fragments`.
pub fn print_shared(layout: &Layout, fragments: &mut Fragments) -> String {
    Printer { fragments: Some(fragments), is_script: false }.items(layout)
}

/// The glyph of a name.
pub fn name(glyph: &Glyph) -> String {
    Printer { fragments: None, is_script: false }.glyph(glyph)
}

/// Text for markup and attributes. Characters with a meaning to [`Fragments`], or with none at all, are replaced.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => out.push('\u{fffd}'),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

struct Printer<'a> {
    fragments: Option<&'a mut Fragments>,
    is_script: bool,
}

impl Printer<'_> {
    /// One element.
    fn node(&mut self, layout: &Layout) -> String {
        let markup = match layout {
            Layout::Glyph(g) if matches!(g.shape, Shape::Beside(..)) => row(&self.glyph(g)),
            Layout::Glyph(g) => self.glyph(g),
            Layout::Row(_, items) if items.len() == 1 => return self.node(&items[0]),
            Layout::Row(..) | Layout::Apply { .. } | Layout::Big { .. } => row(&self.items(layout)),
            Layout::Expectation(..) | Layout::Partial(..) => row(&self.items(layout)),
            Layout::Fenced(_, body) if !body.is_tall() => row(&self.items(layout)),
            _ => return self.items(layout),
        };
        self.shared(markup)
    }

    /// One element or several side by side.
    fn items(&mut self, layout: &Layout) -> String {
        let markup = match layout {
            Layout::Glyph(g) => self.glyph(g),
            Layout::Row(level, items) => self.row(*level, items),
            Layout::Fraction(a, b) => self.pair("mfrac", "", a, b),
            Layout::Super(base, exponent) => self.power(base, exponent),
            Layout::Radical(a) => format!("<msqrt>{}</msqrt>", self.items(a)),
            Layout::Choose(n, k) => {
                let stack = self.pair("mfrac", " linethickness=\"0\"", n, k);
                row(&format!("<mo>(</mo>{stack}<mo>)</mo>"))
            }
            Layout::Fenced(fence, body) => self.fenced(*fence, body),
            Layout::Apply { head, arguments, bare } => {
                let head = self.node(head);
                match bare {
                    Bare::Allowed => format!("{head}{APPLY}{THIN}{}", self.items(arguments)),
                    Bare::Never => {
                        format!("{head}{APPLY}{}", self.fenced(Fence::Round, arguments))
                    }
                }
            }
            Layout::Big { op, below, above, body } => {
                format!("{}{}", self.operator(*op, below, above.as_deref()), self.items(body))
            }
            Layout::Expectation(op, subject, body) => {
                let sign = format!("<mi>{}</mi>", op_sign(*op));
                let sign = format!("<msub>{sign}{}</msub>", self.script(subject));
                format!("{}{}", self.shared(sign), self.fenced(Fence::Square, body))
            }
            Layout::Partial(x, f) => {
                let below = row(&format!("<mi>∂</mi>{}", self.items(x)));
                format!("<mfrac><mi>∂</mi>{below}</mfrac>{}", self.items(f))
            }
            Layout::Gap(gap) => gap_markup(*gap).to_owned(),
            Layout::Marked(side, inner) => {
                let class = match side {
                    Side::Old => "old",
                    Side::New => "new",
                };
                format!("<mrow class=\"{class}\">{}</mrow>", self.items(inner))
            }
        };
        self.shared(markup)
    }

    fn shared(&mut self, markup: String) -> String {
        match &mut self.fragments {
            Some(fragments) => fragments.share(markup),
            None => markup,
        }
    }

    /// Items of a row. A sign in front of the row would be taken for a prefix, so it says what it is.
    fn row(&mut self, level: Level, items: &[Layout]) -> String {
        let is_product = matches!(level, Level::Product | Level::Negation);
        let mut out = String::new();
        for (i, item) in items.iter().enumerate() {
            if i > 0 && is_product && is_operand(&items[i - 1]) && is_operand(item) {
                out.push_str(TIMES);
            }
            match item {
                Layout::Glyph(g) if i == 0 && g.kind == Kind::Infix => {
                    out.push_str(&self.sign(&g.unicode, " form=\"infix\""));
                }
                _ => out.push_str(&self.items(item)),
            }
        }
        out
    }

    fn pair(&mut self, tag: &str, attributes: &str, a: &Layout, b: &Layout) -> String {
        format!("<{tag}{attributes}>{}{}</{tag}>", self.node(a), self.node(b))
    }

    /// One element in a script.
    fn script(&mut self, layout: &Layout) -> String {
        let outside = std::mem::replace(&mut self.is_script, true);
        let markup = self.node(layout);
        self.is_script = outside;
        markup
    }

    /// A power; of a name with a subscript the exponent stands above it.
    fn power(&mut self, base: &Layout, exponent: &Layout) -> String {
        let exponent = self.script(exponent);
        if let Layout::Glyph(Glyph { shape: Shape::Subscripted(base, below), .. }) = base {
            let (base, below) = (self.glyph(base), self.below(below));
            return format!("<msubsup>{base}{below}{exponent}</msubsup>");
        }
        format!("<msup>{}{exponent}</msup>", self.node(base))
    }

    fn operator(&mut self, op: BigOp, below: &Layout, above: Option<&Layout>) -> String {
        let (sign, tag) = match (op, above.is_some()) {
            (BigOp::Integral, true) => ("∫", "msubsup"),
            (BigOp::Integral, false) => ("∫", "msub"),
            (BigOp::Sum, true) => ("∑", "munderover"),
            (BigOp::Sum, false) => ("∑", "munder"),
            (BigOp::Product, true) => ("∏", "munderover"),
            (BigOp::Product, false) => ("∏", "munder"),
        };
        let below = self.script(below);
        let above = above.map_or_else(String::new, |a| self.script(a));
        self.shared(format!("<{tag}><mo>{sign}</mo>{below}{above}</{tag}>"))
    }

    fn fenced(&mut self, fence: Fence, body: &Layout) -> String {
        let (open, close) = super::linear::delimiters(fence);
        let inside = self.items(body);
        let form = |side: &str| match fence {
            Fence::Bars => format!(" form=\"{side}\""),
            Fence::Round | Fence::Square => String::new(),
        };
        let (before, after) = (form("prefix"), form("postfix"));
        if body.is_tall() {
            row(&format!("<mo{before}>{open}</mo>{inside}<mo{after}>{close}</mo>"))
        } else {
            let fixed = " stretchy=\"false\"";
            format!("<mo{before}{fixed}>{open}</mo>{inside}<mo{after}{fixed}>{close}</mo>")
        }
    }

    fn glyph(&mut self, g: &Glyph) -> String {
        match &g.shape {
            Shape::Text => self.text(&g.unicode, g.kind),
            Shape::Upright => format!("<mi mathvariant=\"normal\">{}</mi>", escape(&g.unicode)),
            Shape::Accented(base, mark) => self.accented(base, *mark),
            Shape::Subscripted(base, below) => {
                let (base, below) = (self.glyph(base), self.below(below));
                format!("<msub>{base}{below}</msub>")
            }
            Shape::Beside(a, b) => format!("{}{THIN}{}", self.glyph(a), self.glyph(b)),
        }
    }

    fn below(&mut self, glyphs: &[Glyph]) -> String {
        let each: Vec<String> = glyphs.iter().map(|g| self.glyph(g)).collect();
        match &each[..] {
            [one] => one.clone(),
            _ => row(&each.join("<mo rspace=\"0\">,</mo>")),
        }
    }

    fn accented(&mut self, base: &Glyph, mark: char) -> String {
        let accent = match mark {
            '\u{302}' => "^",
            '\u{303}' => "~",
            '\u{304}' => "‾",
            _ => "˙",
        };
        let stretchy = if base.kind == Kind::Word { "" } else { " stretchy=\"false\"" };
        let base = self.glyph(base);
        format!("<mover accent=\"true\">{base}<mo{stretchy}>{accent}</mo></mover>")
    }

    fn text(&self, text: &str, kind: Kind) -> String {
        let text = text.trim_matches(|c: char| c == ' ' && kind != Kind::Plain);
        match kind {
            _ if text.bytes().all(|b| b.is_ascii_digit()) => format!("<mn>{text}</mn>"),
            Kind::Digits => format!("<mn>{}</mn>", escape(text)),
            Kind::Letter | Kind::Word | Kind::Function => format!("<mi>{}</mi>", escape(text)),
            Kind::Infix => self.sign(text, ""),
            Kind::Prefix => format!("<mo form=\"prefix\">{}</mo>", escape(text)),
            Kind::Plain => self.plain(text),
        }
    }

    /// Punctuation, the d of a differential, and words.
    fn plain(&self, text: &str) -> String {
        match text.trim() {
            "d" => format!("{THIN}<mi>d</mi>"),
            "=" => self.sign("=", ""),
            "," | ";" => format!("<mo>{}</mo>", text.trim()),
            ":" => "<mo lspace=\"0\" rspace=\".22em\">:</mo>".to_owned(),
            "‖" => {
                "<mo stretchy=\"false\" form=\"infix\" lspace=\".22em\" rspace=\".22em\">‖</mo>"
                    .to_owned()
            }
            sign if !sign.contains(char::is_alphanumeric) => {
                format!("<mo lspace=\"0\" rspace=\"0\">{}</mo>", escape(sign))
            }
            _ => format!("<mtext>{}</mtext>", escape(text).replace(' ', "\u{a0}")),
        }
    }

    /// A sign between operands.
    fn sign(&self, text: &str, attributes: &str) -> String {
        let space = if self.is_script { " lspace=\"0\" rspace=\"0\"" } else { "" };
        match text {
            "~" => format!("<mo{attributes}{space}>∼</mo>"),
            "∼̇" => {
                let dot = "<mo stretchy=\"false\">˙</mo>";
                format!("<mover><mo{attributes}{space}>∼</mo>{dot}</mover>")
            }
            _ => format!("<mo{attributes}{space}>{}</mo>", escape(text)),
        }
    }
}

fn row(markup: &str) -> String {
    format!("<mrow>{markup}</mrow>")
}

fn op_sign(op: Average) -> &'static str {
    match op {
        Average::Mean => "𝔼",
        Average::Variance => "Var",
    }
}

fn gap_markup(gap: Gap) -> &'static str {
    match gap {
        Gap::Thin | Gap::BeforeFunction | Gap::DotInLine => THIN,
        Gap::Dot => "<mo>⋅</mo>",
    }
}

/// Whether a factor stands here, rather than a sign or a space.
fn is_operand(layout: &Layout) -> bool {
    match layout {
        Layout::Glyph(g) => !matches!(g.kind, Kind::Infix | Kind::Prefix | Kind::Plain),
        Layout::Gap(_) => false,
        Layout::Row(_, items) => !items.is_empty(),
        _ => true,
    }
}
