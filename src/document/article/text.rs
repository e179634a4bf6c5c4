//! Words, code and addresses for LaTeX. Whatever the words are, no character of theirs is a command, and each has a form that
//! pdflatex knows with the fonts of a small installation.

use super::super::names;

/// Characters that are typeset by something else than themselves.
const CHARACTERS: [(char, &str); 36] = [
    ('\\', "\\textbackslash{}"),
    ('~', "\\textasciitilde{}"),
    ('^', "\\textasciicircum{}"),
    ('"', "''"),
    ('“', "``"),
    ('”', "''"),
    ('„', ",,"),
    ('‘', "`"),
    ('’', "'"),
    ('–', "--"),
    ('—', "---"),
    ('‐', "-"),
    ('‑', "-"),
    ('…', "\\ldots{}"),
    ('§', "$\\S$"),
    ('¶', "$\\P$"),
    ('©', "(c)"),
    ('†', "$\\dagger$"),
    ('‡', "$\\ddagger$"),
    ('•', "$\\bullet$"),
    ('°', "${}^{\\circ}$"),
    ('«', "$\\ll$"),
    ('»', "$\\gg$"),
    ('\u{a0}', "~"),
    ('\u{2009}', "\\,"),
    ('\u{202f}', "\\,"),
    ('\u{2003}', "\\quad{}"),
    ('✓', "$\\checkmark$"),
    ('✗', "$\\times$"),
    ('ß', "\\ss{}"),
    ('æ', "\\ae{}"),
    ('Æ', "\\AE{}"),
    ('ø', "\\o{}"),
    ('Ø', "\\O{}"),
    ('ł', "\\l{}"),
    ('Ł', "\\L{}"),
];

/// Signs of mathematics that occur in words, besides those that names know.
const SIGNS: [(char, &str); 35] = [
    ('⅔', "\\frac{2}{3}"),
    ('¾', "\\frac{3}{4}"),
    ('⅕', "\\frac{1}{5}"),
    ('⅙', "\\frac{1}{6}"),
    ('⅛', "\\frac{1}{8}"),
    ('′', "'"),
    ('″', "''"),
    ('÷', "\\div"),
    ('¬', "\\lnot"),
    ('⇒', "\\Rightarrow"),
    ('⇔', "\\Leftrightarrow"),
    ('←', "\\leftarrow"),
    ('↔', "\\leftrightarrow"),
    ('↑', "\\uparrow"),
    ('↓', "\\downarrow"),
    ('∀', "\\forall"),
    ('∃', "\\exists"),
    ('∅', "\\emptyset"),
    ('∉', "\\notin"),
    ('⊂', "\\subset"),
    ('∪', "\\cup"),
    ('∩', "\\cap"),
    ('∝', "\\propto"),
    ('≡', "\\equiv"),
    ('≐', "\\doteq"),
    ('≪', "\\ll"),
    ('≫', "\\gg"),
    ('∼', "\\sim"),
    ('∇', "\\nabla"),
    ('⟨', "\\langle"),
    ('⟩', "\\rangle"),
    ('⋯', "\\cdots"),
    ('⊥', "\\perp"),
    ('ℕ', "\\mathbb{N}"),
    ('ᵀ', "^{\\mathsf{T}}"),
];

/// What stands for Chinese in an article that is not.
const CHINESE: &str = "{\\small[Chinese]}";

/// Letters with accents that the fonts of the smallest installation can put together.
fn is_accented(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{17f}')
        && !matches!(c, 'Ð' | 'ð' | 'Þ' | 'þ' | 'Đ' | 'đ' | 'Ą' | 'ą' | 'Ę' | 'ę' | 'Į' | 'į')
        && !matches!(
            c,
            'Ų' | 'ų' | 'Ŋ' | 'ŋ' | '×' | '÷' | 'Ħ' | 'ħ' | 'Ŧ' | 'ŧ' | 'ĸ' | 'ŉ' | 'Ŀ' | 'ŀ'
        )
        && !matches!(c, 'ſ' | 'Ĳ' | 'ĳ' | 'Œ' | 'œ' | 'ı')
}

/// Whether the fonts that come with Chinese documents have the character.
pub fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
        || matches!(c, '\u{20000}'..='\u{2fa1f}')
}

/// The command for a sign of mathematics, in mathematics mode.
pub fn sign(c: char) -> Option<String> {
    let known = SIGNS.iter().find(|s| s.0 == c).map(|s| s.1.to_owned());
    known.or_else(|| names::character(c))
}

/// Words.
pub fn prose(text: &str, chinese: bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' | '>' | '|' => out.push_str(&format!("${c}$")),
            c => character(c, chinese, &mut out),
        }
    }
    out
}

fn character(c: char, chinese: bool, out: &mut String) {
    if let Some((_, command)) = CHARACTERS.iter().find(|known| known.0 == c) {
        out.push_str(command);
        return;
    }
    match c {
        // The command for it asks for a font that small installations make anew.
        '$' => out.push_str("\\textup{\\char36}"),
        '&' | '%' | '#' | '_' | '{' | '}' => {
            out.push('\\');
            out.push(c);
        }
        '\n' | '\t' => out.push(' '),
        c if c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}') => {}
        c if c.is_ascii() => out.push(c),
        c => match sign(c) {
            Some(command) => out.push_str(&format!("${command}$")),
            None if is_accented(c) || (chinese && is_chinese(c)) => out.push(c),
            // A run of what these fonts cannot show is shown by one mark.
            None if is_chinese(c) => {
                if !out.ends_with(CHINESE) {
                    out.push_str(CHINESE);
                }
            }
            // Better a number than a document that does not compile.
            None => out.push_str(&format!("{{\\small[U+{:04X}]}}", c as u32)),
        },
    }
}

/// Code in a line. Spaces may not be lost, and the line may break at them and after punctuation.
pub fn code(text: &str, chinese: bool) -> String {
    let mut out = String::from("\\texttt{");
    let mut after_space = true;
    for c in text.chars() {
        match c {
            ' ' if after_space => out.push('~'),
            ' ' => out.push(' '),
            '$' => out.push_str("{\\char36}"),
            '<' | '>' | '|' | '-' | '\'' | '`' | '"' | '?' | '!' => {
                out.push(c);
                // Nothing joins with what follows.
                out.push_str("{}");
            }
            '/' | ',' | '.' | '=' => {
                out.push(c);
                out.push_str("\\allowbreak{}");
            }
            c => character(c, chinese, &mut out),
        }
        after_space = c == ' ';
    }
    out.push('}');
    out
}

/// Code on lines of its own.
pub fn listing(text: &str, chinese: bool) -> String {
    let mut out = String::from("\\begin{quote}\\small\\raggedright\n");
    for line in text.trim_end().lines() {
        let line = line.replace('\t', "    ");
        let body = if line.is_empty() { "~".to_owned() } else { code(&line, chinese) };
        out.push_str(&format!("\\noindent{body}\\par\n"));
    }
    out.push_str("\\end{quote}\n");
    out
}

/// An address for `\href`.
pub fn address(to: &str) -> String {
    let mut out = String::new();
    for byte in to.bytes() {
        match byte {
            b'#' | b'%' | b'&' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'/' | b':' | b'.' | b'-' | b'?' | b'=' | b'+' | b'@' | b',' | b';' | b'(' | b')' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("\\%{byte:02X}")),
        }
    }
    out
}

/// The words of a heading as they may stand among the bookmarks.
pub fn bookmark(text: &str, chinese: bool) -> String {
    // Letters of Western Europe and dashes are known to every installation.
    let letter = |c: char| c.is_ascii_alphanumeric() || ('À'..='ÿ').contains(&c);
    let keep = |c: &char| letter(*c) || " .,:;()+-/=–—‘’“”".contains(*c);
    let kept = |c: &char| keep(c) || (chinese && is_chinese(*c));
    text.chars().filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::{address, bookmark, code, prose};

    #[test]
    fn no_character_is_a_command() {
        let hostile = "\\input{/etc/passwd} ^^5cwrite18 100% $x$ #1 & ~ _";
        let shown = prose(hostile, false);
        assert!(!shown.contains("\\input") && !shown.contains("^^"), "{shown}");
        assert!(shown.contains("100\\% \\textup{\\char36}x\\textup{\\char36} \\#1 \\&"), "{shown}");
        let shown = code(hostile, false);
        assert!(!shown.contains("\\input") && !shown.contains("^^"), "{shown}");
    }

    #[test]
    fn every_character_has_a_form() {
        assert_eq!(prose("σ² ≥ ½ “a”", false), "$\\sigma$$^2$ $\\ge$ $\\frac{1}{2}$ ``a''");
        assert_eq!(prose("熵", true), "熵");
        assert_eq!(prose("的熵🙂\u{1b}", false), "{\\small[Chinese]}{\\small[U+1F642]}");
        assert_eq!(prose("Jensen’s naïve", false), "Jensen's naïve");
    }

    #[test]
    fn addresses_and_bookmarks_are_plain() {
        assert_eq!(address("https://a.b/c_d?e=%20#f}"), "https://a.b/c\\%5Fd?e=\\%20\\#f\\%7D");
        assert_eq!(bookmark("The \\KL {of} p_1", false), "The KL of p1");
    }
}
