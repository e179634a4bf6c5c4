//! Formulas that an author writes in LaTeX between dollar signs, as MathML.
//!
//! A library translates them. What it returns is read again here and refused unless it consists of the elements and attributes that
//! formulas need: a formula can neither link anywhere nor carry a script, whatever the library makes of it.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use super::mathml::{Style, escape};

/// The longest formula that is translated, in bytes; the library goes down into what is nested, at most once for every six.
const LONGEST: usize = 4000;

/// The longest space, in whatever unit.
const LARGEST_LENGTH: f64 = 40.0;

/// Elements of a formula.
const ELEMENTS: [&str; 26] = [
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
];

/// Attributes of a formula.
const ATTRIBUTES: [&str; 26] = [
    "accent",
    "accentunder",
    "class",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "style",
    "symmetric",
    "voffset",
    "width",
];

/// A `<math>` element for `latex`, or the reason why there is none.
pub fn prose_math(latex: &str, style: Style) -> Result<String, String> {
    if latex.len() > LONGEST {
        return Err(format!("a formula of more than {LONGEST} bytes"));
    }
    let converter = LatexToMathML::new(MathCoreConfig::default())
        .map_err(|_| "the translation of formulas is not available".to_owned())?;
    let display = match style {
        Style::Inline => MathDisplay::Inline,
        Style::Display => MathDisplay::Block,
    };
    let made = converter.convert_with_local_state(latex, display).map_err(|e| e.to_string())?;
    is_plain(&made.mathml)?;
    let markup = without_styles(&made.mathml);
    let rest = markup.strip_prefix("<math").ok_or("the translation is not a formula")?;
    Ok(format!("<math alttext=\"{}\"{rest}", escape(latex.trim())))
}

/// Pages allow no style within markup. What aligns a column is said by a class instead, `start` or `end`; the rest is left out.
fn without_styles(markup: &str) -> String {
    let mut pieces = markup.split(" style=\"");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (style, after) = piece.split_once('"').unwrap_or((piece, ""));
        if style.contains("text-align: left") {
            out.push_str(" class=\"start\"");
        } else if style.contains("text-align: right") {
            out.push_str(" class=\"end\"");
        }
        out.push_str(after);
    }
    out
}

/// Whether markup consists of elements and attributes of formulas only.
fn is_plain(markup: &str) -> Result<(), String> {
    let mut rest = markup;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').ok_or("an element that does not end")? + start;
        let tag = rest[start + 1..end].trim_start_matches('/').trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !ELEMENTS.contains(&name) && name != "munderover" {
            return Err(format!("`{name}` is not part of a formula"));
        }
        are_plain(attributes)?;
        rest = &rest[end + 1..];
    }
    Ok(())
}

/// Whether each of `name="value"` is an attribute of formulas, with a value that refers to nothing.
fn are_plain(attributes: &str) -> Result<(), String> {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or("an attribute without a value")?;
        let (value, after) = after.split_once('"').ok_or("a value that does not end")?;
        if !ATTRIBUTES.contains(&name.trim()) {
            return Err(format!("`{}` is not an attribute of a formula", name.trim()));
        }
        let length = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        let far = |n: f64| n.abs() > LARGEST_LENGTH && !value.ends_with('%');
        if length.parse().is_ok_and(far) {
            return Err(format!("`{value}` is too long for a formula"));
        }
        if value.contains(['(', '\\', '@', '&']) {
            return Err(format!("`{value}` is not a value in a formula"));
        }
        rest = after.trim();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(latex: &str) -> Result<String, String> {
        prose_math(latex, Style::Inline)
    }

    #[test]
    fn formulas_of_documents_are_translated() {
        assert_eq!(
            inline(r"\sigma_1^2").as_deref(),
            Ok(
                "<math alttext=\"\\sigma_1^2\"><msubsup><mi>σ</mi><mn>1</mn><mn>2</mn></msubsup></math>"
            )
        );
        for formula in [
            r"\mathbb{E}_{x \sim p}\left[\ln \frac{p(x)}{q(x)}\right]",
            r"\mathrm{KL}(p \,\|\, q) \ge 0",
            r"\int_{-\infty}^{\infty} p(x)\, dx = 1",
            r"\begin{aligned} a &= b \\ &\quad {} + c \end{aligned}",
            r"\mathcal{N}(\mu, \sigma^2), \quad \hat\theta \in \mathbb{R}^d",
            r"x + \text{for all } i \le n",
        ] {
            assert!(inline(formula).is_ok(), "{formula}: {:?}", inline(formula));
            assert!(
                prose_math(formula, Style::Display).is_ok_and(|m| m.contains("display=\"block\""))
            );
        }
    }

    #[test]
    fn columns_are_aligned_by_classes() {
        let rows = inline(r"\begin{aligned} a &= b \\ &\quad {} + c \end{aligned}");
        let rows = rows.expect("a formula");
        assert!(rows.contains("class=\"start\"") && rows.contains("class=\"end\""), "{rows}");
        assert!(!rows.contains(" style="), "{rows}");
    }

    #[test]
    fn what_cannot_be_translated_has_a_reason() {
        for formula in [r"\unheardof{x}", "{", r"\frac{1}", r"\left( x"] {
            assert!(inline(formula).is_err_and(|e| !e.is_empty()), "{formula}");
        }
    }

    #[test]
    fn nothing_hostile_comes_through() {
        for formula in [
            r"\kern9999em x",
            r"\href{javascript:alert(1)}{x}",
            r"\href{https://example.com}{x}",
            r"\url{https://example.com}",
            r"\text{<script>alert(1)</script>}",
            r"\text{<img src=x onerror=alert(1)>}",
            "<img src=x onerror=alert(1)>",
            "x</math><script>alert(1)</script>",
            r"\textcolor{red;background:url(//x)}{x}",
            r"\htmlData{a=b}{x}",
            r"\includegraphics{x.png}",
            "\" onload=\"alert(1)",
            r"\class{a}{b}\style{color:red}{c}",
            r"\label{a}\ref{a}\eqref{a}\tag{<b>}",
        ] {
            for style in [Style::Inline, Style::Display] {
                let Ok(markup) = prose_math(formula, style) else { continue };
                for bad in [
                    "<script",
                    "<img",
                    "<a",
                    "href",
                    "url(",
                    "onload=\"",
                    "<b>",
                    "<span",
                    " style=",
                ] {
                    assert!(!markup.contains(bad), "{formula}: {markup}");
                }
            }
        }
    }

    #[test]
    fn the_second_look_refuses_what_is_not_a_formula() {
        for markup in [
            "<math><a href=\"x\">y</a></math>",
            "<math onclick=\"x\"></math>",
            "<mi style=\"background:url(x)\">x</mi>",
            "<mi",
            "<mi class>x</mi>",
            "<script>",
        ] {
            assert!(is_plain(markup).is_err(), "{markup}");
        }
    }

    #[test]
    fn deep_formulas_are_refused_or_end() {
        for (open, close) in [("{", "}"), (r"\sqrt{", "}"), (r"\left(", r"\right)"), (r"\hat", "")]
        {
            let n = 660;
            let formula = format!("{}x{}", open.repeat(n), close.repeat(n));
            let _ = inline(&formula);
            let _ = inline(&open.repeat(100_000));
        }
    }
}
