//! A layout as MathML Core, the part of MathML that browsers draw.
//!
//! One letter in `<mi>` is italic by itself; `mathvariant` is used only to keep one upright. Delimiters stretch where what they
//! hold is tall, and operators in scripts lose their space, which MathML Core does not do by itself. Text is escaped, and the
//! characters of the private use areas are replaced: [`super::fragments`] gives them a meaning.

use super::fragments::Fragments;
use super::layout::{
    Average, Bare, BigOp, Edge, Fence, Gap, Glyph, Kind, Layout, Level, Shape, Side,
};

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

/// What stands inside the `<math>` element, in one piece.
pub fn print_whole(layout: &Layout) -> String {
    Printer { fragments: None, is_script: false }.items(layout)
}

/// Between the parts of a wide formula: each is an element of its own, and a line may end between them. A style sheet that displays
/// formulas gives all of them `math-style: normal` and `display: math`.
const BREAK: &str = "</math><wbr><math>";

/// What stands inside the `<math>` element; of a wide formula, several of them.
pub fn print(layout: &Layout) -> String {
    parts(layout, Printer { fragments: None, is_script: false })
}

/// As [`print`], with what occurs more than once kept in `fragments`.
pub fn print_shared(layout: &Layout, fragments: &mut Fragments) -> String {
    parts(layout, Printer { fragments: Some(fragments), is_script: false })
}

fn parts(layout: &Layout, mut printer: Printer<'_>) -> String {
    let parts = super::lines::parts(layout);
    parts.iter().map(|part| printer.items(part)).collect::<Vec<_>>().join(BREAK)
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
            Layout::Super(base, _) if matches!(**base, Layout::Fenced(..)) => {
                row(&self.items(layout))
            }
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
            Layout::Entries { body, below, above } => {
                let (open, close) = delimiters(
                    Fence::Round,
                    if body.is_tall() { "" } else { " stretchy=\"false\"" },
                );
                let inside = self.items(body);
                let below = self.script(below);
                match above.as_ref().map(|above| self.script(above)) {
                    Some(above) => {
                        format!(
                            "<msubsup>{}{below}{above}</msubsup>",
                            row(&format!("{open}{inside}{close}"))
                        )
                    }
                    None => {
                        format!("<msub>{}{below}</msub>", row(&format!("{open}{inside}{close}")))
                    }
                }
            }
            Layout::Expectation(op, subject, body) => {
                format!("{}{}", self.average(*op, subject), self.fenced(Fence::Square, body))
            }
            Layout::Under(op, subject) => self.average(*op, subject),
            Layout::Delimiter(fence, edge, height) => delimiter(*fence, *edge, *height),
            Layout::Partial(x, f) => {
                let below = row(&format!("<mi>∂</mi>{}", self.items(x)));
                format!("<mfrac><mi>∂</mi>{below}</mfrac>{THIN}{}", self.items(f))
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

    fn average(&mut self, op: Average, subject: &Layout) -> String {
        let subject = self.script(subject);
        self.shared(format!("<msub><mi>{}</mi>{subject}</msub>", op.unicode()))
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

    /// A power; of a name with a subscript the exponent stands above it. After small delimiters it belongs to the closing one, as TeX
    /// has it: what they hold would push it up.
    fn power(&mut self, base: &Layout, exponent: &Layout) -> String {
        let exponent = self.script(exponent);
        if let Layout::Glyph(Glyph { shape: Shape::Subscripted(base, below), .. }) = base {
            let (base, below) = (self.glyph(base), self.below(below));
            return format!("<msubsup>{base}{below}{exponent}</msubsup>");
        }
        if let Layout::Fenced(fence, body) = base
            && !body.is_tall()
        {
            let (open, close) = delimiters(*fence, " stretchy=\"false\"");
            return format!("{open}{}<msup>{close}{exponent}</msup>", self.items(body));
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
        // Browsers leave too much room after an integral already.
        let space = if op == BigOp::Integral { " rspace=\"0\"" } else { "" };
        self.shared(format!("<{tag}><mo{space}>{sign}</mo>{below}{above}</{tag}>"))
    }

    fn fenced(&mut self, fence: Fence, body: &Layout) -> String {
        let inside = self.items(body);
        if body.is_tall() {
            let (open, close) = delimiters(fence, "");
            row(&format!("{open}{inside}{close}"))
        } else {
            let (open, close) = delimiters(fence, " stretchy=\"false\"");
            format!("{open}{inside}{close}")
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

/// The delimiters of a fence.
fn delimiters(fence: Fence, attributes: &str) -> (String, String) {
    (edge(fence, Edge::Open, attributes), edge(fence, Edge::Close, attributes))
}

/// A delimiter. Bars do not show which side they are on.
fn edge(fence: Fence, edge: Edge, attributes: &str) -> String {
    let form = match (fence, edge) {
        (Fence::Round | Fence::Square, _) => "",
        (Fence::Bars, Edge::Open) => " form=\"prefix\"",
        (Fence::Bars, Edge::Close) => " form=\"postfix\"",
    };
    format!("<mo{form}{attributes}>{}</mo>", super::linear::delimiter(fence, edge))
}

/// A delimiter of a pair that is cut.
fn delimiter(fence: Fence, side: Edge, height: f64) -> String {
    if height > 0.0 {
        edge(fence, side, &format!(" minsize=\"{height:.1}em\" maxsize=\"{height:.1}em\""))
    } else {
        edge(fence, side, " stretchy=\"false\"")
    }
}

fn row(markup: &str) -> String {
    format!("<mrow>{markup}</mrow>")
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
