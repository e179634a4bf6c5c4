//! Wrapping prose to columns. Wide characters count two, combining ones none, and a line may break after a wide one.

/// Columns that `c` takes.
fn columns_of(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f => 0,
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
