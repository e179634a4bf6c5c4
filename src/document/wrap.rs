//! Wrapping prose to columns. Wide characters count two, combining ones none, and a line may break after a wide one.

use super::linear::{CLOSE, OPEN};

/// Columns that `c` takes.
fn columns_of(c: char) -> usize {
    match c as u32 {
        // Combining characters, and the marks of a highlight.
        0x300..=0x36f | 1 | 2 => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f
        | 0xff00..=0xff60 => 2,
        _ => 1,
    }
}

/// Columns that `text` takes.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// `text` in lines of at most `width` columns; a word longer than that has a line of its own.
pub fn lines(text: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in words(text) {
        let line = out.last_mut().expect("there is always a line");
        if !line.is_empty() && columns(line) + columns(word.trim_end()) > width {
            out.push(word.trim_start().to_owned());
        } else {
            line.push_str(word);
        }
    }
    out.iter().map(|l| l.trim_end().to_owned()).collect()
}

/// Pieces after which a line may break.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (i, c) in text.char_indices() {
        let next = i + c.len_utf8();
        let before_stop = text[next..].starts_with(['，', '。', '；', '：', '）', '、']);
        if c == ' ' || (columns_of(c) == 2 && !before_stop) {
            out.push(&text[start..next]);
            start = next;
        }
    }
    out.push(&text[start..]);
    out
}

/// A formula in rows of at most `width` columns where it can be broken before a sign between operands: at the outermost of those
/// that leave a row not too short. Highlights end with their row and begin again in the next.
pub fn formula(text: &str, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let mut rest = text.to_owned();
    while columns(&rest) > width {
        let Some(at) = breaking(&rest, width) else { break };
        let (row, next) = rest.split_at(at);
        let open = row.matches(OPEN).count() > row.matches(CLOSE).count();
        let (end, start) =
            if open { (CLOSE.to_string(), OPEN.to_string()) } else { Default::default() };
        rows.push(format!("{}{end}", row.trim_end()));
        rest = format!("{start}{}", next.trim_start());
    }
    rows.push(rest);
    rows
}

/// Where to break: the byte of the space before a sign.
fn breaking(text: &str, width: usize) -> Option<usize> {
    const SIGNS: &str = "+−=≤≥<>≠≐∼~·";
    let (mut depth, mut taken) = (0_i32, 0);
    let mut best: Option<(i32, usize)> = None;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ' ' if taken * 3 > width && taken <= width => {
                let mut after = text[at + 1..].chars().filter(|c| !matches!(*c, OPEN | CLOSE));
                let sign = after.next().is_some_and(|c| SIGNS.contains(c));
                let spaced = after.next() == Some(' ');
                if sign && spaced && best.is_none_or(|(least, _)| depth <= least) {
                    best = Some((depth, at));
                }
            }
            _ => {}
        }
        taken += columns_of(c);
    }
    best.map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::formula;

    #[test]
    fn long_formulas_are_broken_at_their_outermost_signs() {
        assert_eq!(formula("a + b", 10), ["a + b"]);
        let rows = formula("E[x ~ p](ab + cd) + E[x ~ p](ef + gh)", 24);
        assert_eq!(rows, ["E[x ~ p](ab + cd)", "+ E[x ~ p](ef + gh)"]);
        let rows = formula("aaaa + \u{1}bbbb + cccc\u{2} + dddd", 12);
        assert_eq!(rows, ["aaaa + \u{1}bbbb\u{2}", "\u{1}+ cccc\u{2}", "+ dddd"]);
        assert_eq!(formula("aaaaaaaaaaaaaaaa", 4), ["aaaaaaaaaaaaaaaa"]);
    }
}
