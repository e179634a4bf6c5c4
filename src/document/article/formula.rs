//! Formulas for LaTeX: those of authors, which may be hostile, and those of terms, which may be long.

use super::super::build;
use super::super::extent::extent;
use super::super::latex;
use super::super::layout::Layout;
use super::super::lines::lines;
use super::super::marks::Marks;
use super::super::names;
use super::super::notation::Notation;
use super::super::{MathStyle, prose_math};
use super::text;
use crate::term::{Node, Term};

/// Commands that an author's formula may use. None of them reads, writes, defines or repeats anything.
const COMMANDS: &str = " alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho \
    varrho sigma varsigma tau upsilon phi varphi chi psi omega \
    ell hbar imath jmath Re Im wp partial nabla infty emptyset varnothing forall exists neg lnot top bot angle prime \
    aleph cdot cdots ldots dots vdots ddots times div pm mp ast star circ bullet oplus ominus otimes oslash odot cup cap \
    setminus wedge vee land lor le leq leqslant ge geq geqslant ne neq equiv approx sim simeq cong propto doteq coloneqq \
    ll gg prec succ subset supset subseteq supseteq in notin ni mid nmid parallel perp models vdash dashv to gets \
    rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow Longrightarrow implies iff \
    mapsto uparrow downarrow xrightarrow triangleq \
    sum prod int iint oint bigcup bigcap bigoplus bigotimes lim limsup liminf sup inf max min arg det dim exp ln log lg \
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth ker deg gcd hom Pr \
    frac dfrac tfrac binom dbinom tbinom sqrt hat widehat bar overline tilde widetilde dot ddot vec underline \
    overbrace underbrace overset underset stackrel substack \
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol operatorname text textrm textit textbf mathop \
    mathbin mathrel left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr lvert rvert lVert \
    rVert vert Vert langle rangle lceil rceil lfloor rfloor lbrace rbrace lbrack rbrack backslash colon quad qquad \
    thinspace negthinspace displaystyle textstyle scriptstyle begin end boxed textcolor not mod bmod \
    pmod nonumber notag phantom hphantom vphantom mathstrut smash ";

/// Environments that it may use.
const ENVIRONMENTS: [&str; 11] = [
    "aligned",
    "alignedat",
    "gathered",
    "split",
    "cases",
    "matrix",
    "pmatrix",
    "bmatrix",
    "vmatrix",
    "array",
    "smallmatrix",
];

/// An author's formula, if it consists of nothing but mathematics that amsmath knows.
pub fn admitted(latex: &str, chinese: bool) -> Option<String> {
    let mut out = String::new();
    let mut groups: Vec<char> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = latex.trim();
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' => {
                let (command, length) = command(&rest[1..]);
                taken += length;
                if command.chars().all(|c| c.is_ascii_alphabetic()) {
                    let known = COMMANDS.contains(&format!(" {command} "));
                    if !known && !names::is_capital(command) {
                        return None;
                    }
                    if matches!(command, "begin" | "end") {
                        let after = &rest[taken..];
                        let inner = after.strip_prefix('{')?;
                        let name = &inner[..inner.find('}')?];
                        if !ENVIRONMENTS.contains(&name) {
                            return None;
                        }
                        if command == "begin" {
                            open.push(name);
                        } else if open.pop() != Some(name) {
                            return None;
                        }
                        taken += name.len() + 2;
                    }
                } else if !"{}|,;:! \\%$#&_".contains(command) || command.is_empty() {
                    return None;
                }
                out.push_str(&rest[..taken]);
            }
            '{' => {
                groups.push(c);
                out.push(c);
            }
            '}' => {
                groups.pop()?;
                out.push(c);
            }
            '&' if open.is_empty() => return None,
            '$' | '%' | '#' | '~' | '"' => return None,
            '^' if rest.starts_with("^^") => return None,
            c if c.is_control() && c != '\n' && c != '\t' => return None,
            // An empty line ends a formula.
            '\n' => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => match text::sign(c) {
                Some(sign) => out.push_str(&format!("\\ensuremath{{{sign}}}")),
                None if chinese && text::is_chinese(c) => out.push_str(&format!("\\text{{{c}}}")),
                None => return None,
            },
        }
        rest = &rest[taken..];
    }
    let whole = groups.is_empty() && open.is_empty() && balanced(&out);
    // What another reader of LaTeX refuses, such as two exponents on one letter, TeX would refuse as well.
    (whole && prose_math(latex, MathStyle::Inline).is_ok()).then_some(out)
}

/// The name of a command and its length: letters, or one other character.
fn command(text: &str) -> (&str, usize) {
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let length = if letters > 0 { letters } else { text.chars().next().map_or(0, char::len_utf8) };
    (&text[..length], length)
}

/// Whether `\left` and `\right` come in pairs.
fn balanced(text: &str) -> bool {
    let is = |at: usize, word: &str| {
        !text[at + word.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let count = |word: &str| text.match_indices(word).filter(|(at, _)| is(*at, word)).count();
    count("\\left") == count("\\right")
}

/// Ems that a line of the article holds.
const LINE: f64 = 42.0;

/// Ems that the left side of a chain may take beside the right sides.
const LEFT: f64 = 11.0;

/// Ems that a row which goes on with a line begins further in.
const FURTHER_IN: f64 = 2.0;

/// The share of the room up to which an estimated width is trusted; LaTeX measures what is wider.
const SURE: f64 = 0.7;

/// A term, perhaps in several rows; what cannot be broken is shrunk to the width that is left.
fn rows(term: &Term, room: f64, notation: &Notation) -> Vec<String> {
    let whole = build::layout(term, &Marks::default(), notation);
    let row = |(i, row): (usize, &Layout)| {
        let sign = if i > 0 { "{}" } else { "" };
        let room = if i > 0 { room - FURTHER_IN } else { room };
        let text = format!("{sign}{}", latex::print(row, notation));
        if extent(row).width <= SURE * room { text } else { shrunk(&text, room) }
    };
    lines(&whole, room).iter().enumerate().map(row).collect()
}

/// A formula that is made as narrow as `room` where it is wider.
fn shrunk(text: &str, room: f64) -> String {
    format!("\\fitted{{{room:.0}em}}{{{text}}}")
}

/// The width of a term.
pub fn width_of(term: &Term, notation: &Notation) -> f64 {
    extent(&build::layout(term, &Marks::default(), notation)).width
}

/// A line of a chain: the sign, what follows it, and what stands at the margin.
pub struct Link<'a> {
    /// The sign of the relation.
    pub sign: &'static str,
    /// What follows it.
    pub right: &'a Term,
    /// What ends the line: a number with its label, or nothing.
    pub end: String,
}

/// A chain as the rows of an alignment, without the environment.
pub fn chain(left: &Term, links: &[Link<'_>], indent: f64, notation: &Notation) -> String {
    let narrow = width_of(left, notation);
    let alone = narrow > LEFT
        && links.iter().any(|l| narrow + width_of(l.right, notation) > LINE - indent - 5.0);
    let room = LINE - indent - 5.0 - if alone { 2.0 } else { narrow + 1.0 };
    let left = if alone {
        rows(left, LINE - indent - 4.0, notation).join(" \\notag \\\\\n&\\qquad ")
    } else {
        rows(left, LINE, notation).concat()
    };
    let mut out = String::new();
    if alone {
        out.push_str(&format!("&{left} \\notag \\\\\n"));
    } else {
        out.push_str(&format!("{left} "));
    }
    for (i, link) in links.iter().enumerate() {
        let rows = rows(link.right, room, notation);
        let last = rows.len() - 1;
        for (k, row) in rows.iter().enumerate() {
            let sign = if k == 0 { link.sign } else { "\\quad" };
            let lead = if alone && k == 0 { "\\quad " } else { "" };
            let lead = if alone && k > 0 { "\\quad\\quad " } else { lead };
            let end = if k == last { link.end.as_str() } else { " \\notag" };
            out.push_str(&format!("&{lead}{sign} {row}{end}"));
            let closing = i + 1 == links.len() && k == last;
            out.push_str(if closing { "\n" } else { " \\\\\n" });
        }
    }
    out
}

/// `left sign right` in a line of words, or as rows where it is long.
pub fn relation(
    left: &Term,
    sign: &'static str,
    right: &Term,
    indent: f64,
    n: &Notation,
) -> String {
    let whole = width_of(left, n) + width_of(right, n) + 1.5;
    if whole <= LINE - indent - 2.0 {
        let (left, right) = (latex(left, n), latex(right, n));
        let text = format!("{left} {sign} {right}");
        let room = LINE - indent - 2.0;
        let text = if whole <= SURE * room { text } else { shrunk(&text, room) };
        return format!("$\\displaystyle {text}$");
    }
    let links = [Link { sign, right, end: String::new() }];
    let rows = chain(left, &links, indent - 4.0, n).replace(" \\notag", "");
    format!("$\\begin{{aligned}}[t]\n{rows}\\end{{aligned}}$")
}

/// A formula alone, or as rows where it is long.
pub fn alone(term: &Term, indent: f64, notation: &Notation) -> String {
    let room = LINE - indent;
    // In words a fraction cannot be broken; what is not one may be.
    let solid = matches!(term.node(), Node::Quotient(..));
    if width_of(term, notation) <= if solid { SURE * SURE * room } else { room } {
        return latex(term, notation);
    }
    let rows = rows(term, room, notation);
    match rows.as_slice() {
        [one] => one.clone(),
        rows => {
            let rows = rows.join(" \\\\\n&\\quad ");
            format!("\\begin{{aligned}}\n&{rows}\n\\end{{aligned}}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, admitted, chain};
    use crate::document::Notation;
    use crate::term::Term;

    #[test]
    fn mathematics_is_admitted() {
        for formula in [
            r"\frac{\sigma_2}{\sigma_1}\,\mathbb{E}_{x\sim p}\left[x^2\right]",
            r"\begin{aligned} a &= b \\ &\le c \end{aligned}",
            r"p(x) \ge 0 \quad \text{for all } x",
            r"\{x : x > 0\} \| y \|",
        ] {
            assert_eq!(admitted(formula, false).as_deref(), Some(formula));
        }
        assert_eq!(
            admitted("σ ≥ 0", false).as_deref(),
            Some("\\ensuremath{\\sigma} \\ensuremath{\\ge} 0")
        );
    }

    #[test]
    fn what_could_act_is_not() {
        for formula in [
            r"\input{/etc/passwd}",
            r"\write18{ls}",
            r"\immediate\openout1=x",
            r"\def\x{\x}\x",
            r"\csname input\endcsname",
            r"\catcode`\%=0",
            r"a $ b",
            r"a % b",
            r"^^5cinput",
            r"}",
            r"{",
            r"\end{document}",
            r"\begin{verbatim}x\end{verbatim}",
            r"\begin{aligned}",
            r"\left(",
            r"a & b",
            r"#1",
            r"\",
            r"\href{javascript:x}{y}",
            "熵",
        ] {
            assert_eq!(admitted(formula, false), None, "{formula}");
        }
    }

    #[test]
    fn long_sums_are_broken() {
        let term = |k: i64| Term::call("ln", vec![Term::symbol(format!("sigma{k}").as_str())]);
        let long = Term::sum((0..40).map(term).collect());
        let link = Link { sign: "=", right: &long, end: " \\tag{1}".into() };
        let text = chain(&Term::symbol("a"), &[link], 0.0, &Notation::default());
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows.len() > 2, "{text}");
        assert!(
            rows[1].starts_with("&\\quad ")
                && rows[1].contains("{} + ")
                && rows[0].ends_with("\\notag \\\\"),
            "{text}"
        );
        assert!(text.ends_with("\\tag{1}\n"), "{text}");
    }
}
