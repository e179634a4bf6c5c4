//! Words that hold formulas in machine form, such as conditions and counterexamples, spelled as people write them.

use super::names;
use crate::term::Term;

/// Signs of the machine form, and how they are written.
const SIGNS: [(&str, &str); 6] =
    [(">=", "≥"), ("<=", "≤"), ("!=", "≠"), ("||", "‖"), ("*", "·"), (" - ", " − ")];

/// The words with Greek letters, raised exponents and signs.
pub fn spelled(text: &str) -> String {
    let text = names::in_prose(text, |glyph| glyph.unicode.clone(), str::to_owned);
    let text = SIGNS.iter().fold(text, |text, (machine, sign)| text.replace(machine, sign));
    let mut pieces = text.split('^');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        match names::superscript(&piece[..end]).filter(|_| end > 0) {
            Some(raised) => out.push_str(&raised),
            None => {
                out.push('^');
                out.push_str(&piece[..end]);
            }
        }
        out.push_str(&piece[end..]);
    }
    out
}

/// A stretch of a sentence.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A formula.
    Formula(&'a Term),
}

/// A sentence in which terms stand in machine form: its words, and the terms. Each term is found once.
pub fn pieces<'a>(text: &'a str, terms: &'a [Term]) -> Vec<Piece<'a>> {
    let mut open: Vec<(String, &Term)> = terms.iter().map(|t| (t.to_string(), t)).collect();
    open.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
    let mut out = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while at < text.len() {
        match open.iter().position(|(written, _)| stands(text, at, written)) {
            Some(found) => {
                let (written, term) = open.remove(found);
                if begin < at {
                    out.push(Piece::Words(&text[begin..at]));
                }
                out.push(Piece::Formula(term));
                at += written.len();
                begin = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if begin < text.len() {
        out.push(Piece::Words(&text[begin..]));
    }
    out
}

/// Whether a term stands at a place, and not within a longer name or formula.
fn stands(text: &str, at: usize, written: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_^*/([]".contains(c);
    !written.is_empty()
        && text[at..].starts_with(written)
        && !text[..at].ends_with(inside)
        && !text[at + written.len()..].starts_with(inside)
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces, spelled};
    use crate::term::Term;

    #[test]
    fn terms_are_found_in_sentences() {
        let (a, x) = (Term::symbol("a"), Term::symbol("x"));
        let f = Term::call("exp", vec![x.clone()]);
        let terms = [f.clone(), x.clone()];
        let found = pieces("exp(x) does not depend on x", &terms);
        let words = Piece::Words(" does not depend on ");
        assert_eq!(found, [Piece::Formula(&f), words, Piece::Formula(&x)]);
        let terms = [a.clone()];
        let found = pieces("a is a number", &terms);
        assert_eq!(found, [Piece::Formula(&a), Piece::Words(" is a number")]);
        assert_eq!(pieces("exp(a) is real", &terms), [Piece::Words("exp(a) is real")]);
    }

    #[test]
    fn formulas_in_words() {
        assert_eq!(spelled("sigma1^2 - a > 0"), "σ₁² − a > 0");
        assert_eq!(spelled("mu1 = 0, x^n >= 2*a, (-oo, oo)"), "μ₁ = 0, x^n ≥ 2·a, (-∞, ∞)");
        assert_eq!(spelled("the mean does not occur"), "the mean does not occur");
    }
}
