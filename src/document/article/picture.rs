//! Figures for LaTeX: the drawing, which is SVG, as operators of PDF inside a `picture`, and its words as LaTeX.
//!
//! Read is what figures consist of: paths of straight lines and cubic curves, circles, rectangles and words. All else is left out.

use std::fmt::Write;

use super::text;

/// The command that hands operators to the PDF, whatever makes it.
pub const COMMANDS: &str = "\\newcommand{\\ink}[1]{\\ifdefined\\pdfliteral\\pdfliteral{#1}\\else
  \\ifdefined\\pdfextension\\pdfextension literal{#1}\\else\\special{pdf:literal #1}\\fi\\fi}
";

/// Points of a unit of the drawing.
const UNIT: f64 = 0.66;

/// The drawing as a `picture`.
pub fn draw(svg: &str, chinese: bool) -> String {
    let elements = elements(svg);
    let size = elements.iter().find(|e| e.name == "svg").and_then(|e| e.get("viewBox"));
    let size: Vec<f64> = numbers(size.unwrap_or_default());
    let [_, _, width, height] = size[..] else { return String::new() };
    let mut picture = Picture { height, ink: String::new(), words: String::new(), chinese };
    elements.iter().for_each(|e| picture.element(e));
    format!(
        "{{\\setlength{{\\unitlength}}{{{UNIT}bp}}\\begin{{picture}}({width},{height})\n\
         \\put(0,0){{\\ink{{q {UNIT} 0 0 {UNIT} 0 0 cm 1 j\n{}Q}}}}\n{}\\end{{picture}}}}",
        picture.ink, picture.words
    )
}

/// An element, what stands between it and the next tag, and its attributes.
struct Element<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    text: &'a str,
}

impl<'a> Element<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|a| a.0 == name).map(|a| a.1)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.trim().parse().ok().filter(|n: &f64| n.is_finite())
    }
}

fn elements(svg: &str) -> Vec<Element<'_>> {
    let mut out = Vec::new();
    for piece in svg.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else { continue };
        if tag.starts_with(['/', '!', '?']) {
            continue;
        }
        let tag = tag.trim_end_matches('/');
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((key, after)) = rest.split_once("=\"") {
            let Some((value, after)) = after.split_once('"') else { break };
            attributes.push((key.trim(), value));
            rest = after;
        }
        out.push(Element { name, attributes, text });
    }
    out
}

fn numbers(text: &str) -> Vec<f64> {
    text.split([' ', ',']).filter_map(|n| n.parse().ok()).filter(|n: &f64| n.is_finite()).collect()
}

struct Picture {
    height: f64,
    ink: String,
    words: String,
    chinese: bool,
}

impl Picture {
    fn element(&mut self, e: &Element<'_>) {
        match e.name {
            "path" => {
                let outline = self.outline(e.get("d").unwrap_or_default());
                self.paint(e, &outline);
            }
            "circle" => {
                let (Some(x), Some(y), Some(r)) = (e.number("cx"), e.number("cy"), e.number("r"))
                else {
                    return;
                };
                // A line without length and with round ends.
                let (x, y) = (short(x), short(self.height - y));
                let colour = colour(e.get("fill").unwrap_or("currentColor"), opacity(e, "fill"));
                let Some([red, green, blue]) = colour else { return };
                let (w, end) = (short(2.0 * r), "S Q");
                let _ = writeln!(
                    self.ink,
                    "q 1 J {w} w {red} {green} {blue} RG {x} {y} m {x} {y} l {end}"
                );
            }
            "rect" => {
                let of = |name| e.number(name).unwrap_or(0.0);
                let (x, y, w, h) = (of("x"), of("y"), of("width"), of("height"));
                let y = short(self.height - y - h);
                let outline = format!("{} {y} {} {} re\n", short(x), short(w), short(h));
                self.paint(e, &outline);
            }
            "text" => self.text(e),
            _ => {}
        }
    }

    /// The outline of a path in the operators of PDF.
    fn outline(&self, d: &str) -> String {
        let mut out = String::new();
        let starts: Vec<usize> =
            d.match_indices(|c: char| c.is_ascii_alphabetic() && c != 'e').map(|m| m.0).collect();
        for (k, start) in starts.iter().enumerate() {
            let end = starts.get(k + 1).copied().unwrap_or(d.len());
            let values = numbers(&d[start + 1..end]);
            let point = |p: &[f64]| format!("{} {}", short(p[0]), short(self.height - p[1]));
            let line = match (&d[*start..=*start], values.as_slice()) {
                ("M", p @ [_, _]) => format!("{} m", point(p)),
                ("L", p @ [_, _]) => format!("{} l", point(p)),
                ("C", [a, b, c, d, e, f]) => {
                    format!("{} {} {} c", point(&[*a, *b]), point(&[*c, *d]), point(&[*e, *f]))
                }
                ("Z", _) => "h".into(),
                _ => continue,
            };
            out.push_str(&line);
            // Short lines, for those who read the source.
            out.push(if k % 6 == 5 { '\n' } else { ' ' });
        }
        out
    }

    fn paint(&mut self, e: &Element<'_>, outline: &str) {
        if outline.is_empty() {
            return;
        }
        let fill = e.get("fill").and_then(|c| colour(c, opacity(e, "fill")));
        let stroke = e.get("stroke").and_then(|c| colour(c, opacity(e, "stroke")));
        let paint = match (&fill, &stroke) {
            (Some(_), Some(_)) => "B",
            (Some(_), None) => "f",
            (None, Some(_)) => "S",
            (None, None) => return,
        };
        let mut start = String::from("q ");
        if let Some([r, g, b]) = fill {
            let _ = write!(start, "{r} {g} {b} rg ");
        }
        if let Some([r, g, b]) = stroke {
            let _ = write!(
                start,
                "{r} {g} {b} RG {} w ",
                short(e.number("stroke-width").unwrap_or(1.0))
            );
        }
        let dashes: Vec<String> =
            numbers(e.get("stroke-dasharray").unwrap_or_default()).into_iter().map(short).collect();
        if !dashes.is_empty() {
            let _ = write!(start, "[{}] 0 d ", dashes.join(" "));
        }
        let _ = writeln!(self.ink, "{start}\n{} {paint} Q", outline.trim_end());
    }

    fn text(&mut self, e: &Element<'_>) {
        let (Some(x), Some(y)) = (e.number("x"), e.number("y")) else { return };
        let side = match e.get("text-anchor") {
            Some("middle") => "c",
            Some("end") => "r",
            _ => "l",
        };
        let words = e.text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        let words = text::prose(&words.replace("&amp;", "&"), self.chinese);
        let words = match e.get("fill").and_then(|c| colour(c, opacity(e, "fill"))) {
            Some([r, g, b]) => format!("\\textcolor[rgb]{{{r},{g},{b}}}{{{words}}}"),
            None => words,
        };
        let (x, y) = (short(x), short(self.height - y));
        let _ = writeln!(self.words, "\\put({x},{y}){{\\makebox[0pt][{side}]{{\\small {words}}}}}");
    }
}

fn opacity(e: &Element<'_>, of: &str) -> f64 {
    let own = e.number(&format!("{of}-opacity")).unwrap_or(1.0);
    (own * e.number("opacity").unwrap_or(1.0)).clamp(0.0, 1.0)
}

/// The parts of a colour mixed with the white of the paper; nothing where there is no ink.
fn colour(name: &str, opacity: f64) -> Option<[String; 3]> {
    let hex = match name {
        "none" => return None,
        hex if hex.len() == 7 && hex.starts_with('#') && hex.is_ascii() => &hex[1..],
        _ => "000000",
    };
    let part = |k: usize| {
        let value = u8::from_str_radix(&hex[2 * k..2 * k + 2], 16).unwrap_or(0);
        let mixed = f64::from(value) / 255.0 * opacity + 1.0 - opacity;
        short((mixed * 1000.0).round() / 1000.0)
    };
    Some([part(0), part(1), part(2)])
}

/// A number as PDF takes it.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::{colour, draw};

    #[test]
    fn lines_dots_and_words_are_drawn() {
        let svg = "<svg viewBox=\"0 0 100 50\"><title>a</title>\n\
                   <path d=\"M0 0L10 20Z\" stroke=\"#ff0000\" stroke-width=\"2\" stroke-dasharray=\"3 4\"/>\n\
                   <circle cx=\"5\" cy=\"5\" r=\"2\" fill=\"currentColor\"/>\n\
                   <text x=\"7\" y=\"8\" text-anchor=\"end\" fill=\"currentColor\">a &lt; σ \\x</text></svg>";
        let text = draw(svg, false);
        assert!(text.contains("1 0 0 RG 2 w [3 4] 0 d \n0 50 m 10 30 l h S Q"), "{text}");
        assert!(text.contains("q 1 J 4 w 0 0 0 RG 5 45 m 5 45 l S Q"), "{text}");
        assert!(text.contains("\\put(7,42){\\makebox[0pt][r]{"), "{text}");
        assert!(text.contains("a $<$ $\\sigma$ \\textbackslash{}x"), "{text}");
    }

    #[test]
    fn faint_ink_is_mixed_with_the_paper() {
        assert_eq!(colour("currentColor", 0.25), Some(["0.75", "0.75", "0.75"].map(str::to_owned)));
        assert_eq!(colour("none", 1.0), None);
        assert_eq!(draw("no drawing", false), "");
    }
}
