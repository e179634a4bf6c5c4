//! Words that hold formulas in machine form, such as conditions and counterexamples, spelled as people write them.

use super::names;

/// Signs of the machine form, and how they are written.
const SIGNS: [(&str, &str); 5] = [(">=", "≥"), ("<=", "≤"), ("!=", "≠"), ("||", "‖"), ("*", "·")];

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

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn formulas_in_words() {
        assert_eq!(spelled("sigma1^2 > 0"), "σ₁² > 0");
        assert_eq!(spelled("mu1 = 0, x^n >= 2*a, (-oo, oo)"), "μ₁ = 0, x^n ≥ 2·a, (-∞, ∞)");
        assert_eq!(spelled("the mean does not occur"), "the mean does not occur");
    }
}
