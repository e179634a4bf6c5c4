//! A layout as LaTeX for amsmath, MathJax and KaTeX. The only colour command is `\textcolor`, with a colour by name.

use super::layout::{Average, BigOp, Edge, Fence, Gap, Glyph, Kind, Layout};
use super::lines::begins_with_sign;
use super::notation::Notation;

/// The formula, without dollar signs.
pub fn print(layout: &Layout, notation: &Notation) -> String {
    let mut out = String::new();
    Printer { colour: &notation.highlight, out: &mut out }.write(layout);
    out
}

/// The formula in lines of at most about `limit` em. Each but the first begins with `{}`, so that a sign in front keeps its space.
pub fn lines(layout: &Layout, notation: &Notation, limit: f64) -> Vec<String> {
    let lines = super::lines::lines(layout, limit);
    let printed = lines.iter().enumerate().map(|(i, line)| {
        let text = print(line, notation);
        if i > 0 { format!("{{}}{text}") } else { text }
    });
    printed.collect()
}

struct Printer<'a> {
    colour: &'a str,
    out: &'a mut String,
}

impl Printer<'_> {
    fn write(&mut self, layout: &Layout) {
        match layout {
            Layout::Glyph(g) => self.glyph(g),
            Layout::Row(_, items) => items.iter().for_each(|item| self.write(item)),
            Layout::Fraction(a, b) => {
                self.push("\\frac");
                self.group(a);
                self.group(b);
            }
            Layout::Super(base, exponent) => {
                self.write(base);
                self.push("^");
                self.script(exponent);
            }
            Layout::Radical(a) => {
                self.push("\\sqrt");
                self.group(a);
            }
            Layout::Choose(n, k) => {
                self.push("\\binom");
                self.group(n);
                self.group(k);
            }
            Layout::Fenced(fence, body) => self.fenced(*fence, body),
            Layout::Apply { head, arguments, bare } => {
                self.write(head);
                if *bare == super::layout::Bare::Allowed {
                    self.push(" ");
                    self.write(arguments);
                } else {
                    self.fenced(Fence::Round, arguments);
                }
            }
            Layout::Big { op, below, above, body } => self.big(*op, below, above.as_deref(), body),
            Layout::Entries { body, below, above } => {
                self.fenced(Fence::Round, body);
                self.push("_");
                self.group(below);
                if let Some(above) = above {
                    self.push("^");
                    self.group(above);
                }
            }
            Layout::Expectation(op, subject, body) => {
                self.average(*op, subject);
                self.fenced(Fence::Square, body);
            }
            Layout::Under(op, subject) => self.average(*op, subject),
            Layout::Delimiter(fence, edge, height) => self.delimiter(*fence, *edge, *height),
            Layout::Partial(x, f) => {
                self.push("\\frac{\\partial}{\\partial ");
                self.write(x);
                self.push("} ");
                self.write(f);
            }
            Layout::Gap(gap) => self.push(match gap {
                Gap::Thin | Gap::DotInLine => " \\, ",
                Gap::BeforeFunction => " ",
                Gap::Dot => " \\cdot ",
            }),
            Layout::Marked(_, inner) => {
                self.push("\\textcolor{");
                self.push(self.colour);
                self.push("}{");
                if begins_with_sign(inner) {
                    self.push("{}");
                }
                self.write(inner);
                self.push("}");
            }
        }
    }

    /// Appends text; a command name is kept apart from a letter that follows it.
    fn push(&mut self, text: &str) {
        let letter_next = text.starts_with(|c: char| c.is_ascii_alphabetic());
        if letter_next && ends_in_command(self.out) {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    fn glyph(&mut self, g: &Glyph) {
        if g.kind == Kind::Infix {
            self.push(" ");
            self.push(&g.latex);
            self.push(" ");
        } else {
            self.push(&g.latex);
        }
    }

    fn group(&mut self, layout: &Layout) {
        self.push("{");
        self.write(layout);
        self.push("}");
    }

    /// A script: one character needs no braces.
    fn script(&mut self, layout: &Layout) {
        match layout {
            Layout::Glyph(g) if g.latex.chars().count() == 1 => self.push(&g.latex),
            _ => self.group(layout),
        }
    }

    fn average(&mut self, op: Average, subject: &Layout) {
        self.push(match op {
            Average::Mean => "\\mathbb{E}_",
            Average::Variance => "\\operatorname{Var}_",
        });
        self.group(subject);
    }

    /// One of the sizes that TeX has for delimiters that are set alone.
    fn delimiter(&mut self, fence: Fence, edge: Edge, height: f64) {
        let size = match height {
            h if h <= 1.0 => "",
            h if h <= 1.3 => "\\big",
            h if h <= 1.9 => "\\Big",
            h if h <= 2.6 => "\\bigg",
            _ => "\\Bigg",
        };
        if !size.is_empty() {
            self.push(&format!("{size}{}", if edge == Edge::Open { "l" } else { "r" }));
        }
        let (open, close) = delimiters(fence);
        self.push(if edge == Edge::Open { open } else { close });
    }

    fn fenced(&mut self, fence: Fence, body: &Layout) {
        let (open, close) = delimiters(fence);
        if body.is_tall() {
            self.push("\\left");
            self.push(open);
            self.write(body);
            self.push("\\right");
            self.push(close);
        } else {
            self.push(open);
            self.write(body);
            self.push(close);
        }
    }

    fn big(&mut self, op: BigOp, below: &Layout, above: Option<&Layout>, body: &Layout) {
        self.push(match op {
            BigOp::Integral => "\\int",
            BigOp::Sum => "\\sum",
            BigOp::Product => "\\prod",
        });
        self.push("_");
        self.group(below);
        if let Some(above) = above {
            self.push("^");
            self.group(above);
        }
        self.push(" ");
        self.write(body);
    }
}

fn delimiters(fence: Fence) -> (&'static str, &'static str) {
    match fence {
        Fence::Round => ("(", ")"),
        Fence::Square => ("[", "]"),
        Fence::Bars => ("\\lvert ", "\\rvert "),
    }
}

/// Whether the text ends in a command name such as `\mu`, to which a letter would attach.
fn ends_in_command(text: &str) -> bool {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    stem.len() < text.len() && stem.ends_with('\\')
}
