//! Cuts a source text into statements, and a theory file into entries and clauses, before any grammar runs. Each piece
//! is then parsed on its own, so every mistake of a file is reported in one go.
//!
//! A line continues the one before while a bracket is open, where it is indented further than the first line, or
//! where it starts with an operator. A line that starts with a keyword always begins something new, so that a
//! forgotten bracket spoils one piece only.

use super::scan;

/// A stretch of a source text, and where in the file it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'s> {
    pub(super) text: &'s str,
    pub(super) start: usize,
}

impl<'s> Piece<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { text, start: 0 }
    }

    pub(super) fn part(self, start: usize, end: usize) -> Self {
        Self { text: &self.text[start..end], start: self.start + start }
    }

    /// Without blanks and comments in front and blanks at the end.
    pub(super) fn trimmed(self) -> Self {
        let rest = scan::skip_blank(self.text);
        let start = self.text.len() - rest.len();
        self.part(start, start + rest.trim_end().len())
    }

    /// The first word, and what comes after it.
    pub(super) fn split_word(self) -> (&'s str, Self) {
        let end = word_length(self.text);
        (&self.text[..end], self.part(end, self.text.len()).trimmed())
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The words that begin a statement.
pub(super) const STATEMENTS: [&str; 6] = ["let", "assume", "suppose", "derive", "claim", "solve"];

/// The words that begin an entry of a theory file.
pub(super) const ENTRIES: [&str; 8] =
    ["distribution", "quantity", "rule", "law", "phase", "loss", "model", "column"];

/// The words that begin a clause of an entry.
pub(super) const CLAUSES: [&str; 18] = [
    "across",
    "also",
    "density",
    "mass",
    "sample",
    "center",
    "marginals",
    "tail",
    "when",
    "otherwise",
    "unit",
    "fires",
    "refuses",
    "proof",
    "rules",
    "en",
    "zh",
    "cite",
];

/// The statements of a block, one piece each.
pub(super) fn statements(source: &str) -> Vec<Piece<'_>> {
    let cuts = cut(Piece::new(source), |line, base| {
        starts_with_word(line.text, &STATEMENTS)
            || (!line.inside && line.indent <= base && !starts_with_operator(line.text))
    });
    cuts.into_iter().flat_map(at_semicolons).collect()
}

/// The entries of a theory file, one piece each.
pub(super) fn entries(source: &str) -> Vec<Piece<'_>> {
    cut(Piece::new(source), |line, _| {
        let continues = line.quoted || (line.inside && starts_with_operator(line.text));
        line.indent == 0 && (!continues || starts_with_word(line.text, &ENTRIES))
    })
}

/// The head of an entry and its clauses.
pub(super) fn clauses(entry: Piece<'_>) -> Vec<Piece<'_>> {
    cut(entry, |line, _| !line.quoted && starts_with_word(line.text, &CLAUSES))
}

/// The words that begin a clause of a figure.
pub(super) const FIGURE: [&str; 14] = [
    "title",
    "desc",
    "axis",
    "set",
    "curve",
    "density",
    "shade",
    "convergence",
    "mutants",
    "contour",
    "flow",
    "orbit",
    "point",
    "line",
];

/// The words that begin a statement of a fit block.
const FITS: [&str; 2] = ["fit", "stationary"];

/// The statements of a fit block, one piece each.
pub(super) fn fit_statements(block: Piece<'_>) -> Vec<Piece<'_>> {
    cut(block, |line, base| {
        starts_with_word(line.text, &FITS) || (!line.inside && line.indent <= base)
    })
}

/// The clauses of a figure, one piece each.
pub(super) fn figure_clauses(figure: Piece<'_>) -> Vec<Piece<'_>> {
    cut(figure, |line, base| {
        starts_with_word(line.text, &FIGURE)
            || (!line.inside && line.indent <= base && !starts_with_operator(line.text))
    })
}

/// A line that is neither blank nor a comment.
struct Line<'s> {
    text: &'s str,
    indent: usize,
    /// A bracket or a quotation is open where the line begins.
    inside: bool,
    /// A quotation is open where the line begins.
    quoted: bool,
}

/// Cuts before each line that begins something, as `begins(line, indentation of the first line)` says.
fn cut<'s>(piece: Piece<'s>, begins: impl Fn(&Line<'_>, usize) -> bool) -> Vec<Piece<'s>> {
    let mut pieces = Vec::new();
    let mut first: Option<(usize, usize)> = None;
    let mut state = Nesting::default();
    let mut at = 0;
    for whole in piece.text.split_inclusive('\n') {
        let text = whole.trim_start();
        let blank = text.is_empty() || (text.starts_with('#') && !state.quoted);
        let indent = whole.len() - text.len();
        if !blank {
            let line = Line { text, indent, inside: state.inside(), quoted: state.quoted };
            match first {
                None => first = Some((at, indent)),
                Some((start, base)) if begins(&line, base) => {
                    pieces.push(piece.part(start, at).trimmed());
                    first = Some((at, base));
                    state = Nesting::default();
                }
                Some(_) => {}
            }
            state.read(text);
        }
        at += whole.len();
    }
    pieces.extend(first.map(|(start, _)| piece.part(start, at).trimmed()));
    pieces
}

/// Brackets and quotations that are open.
#[derive(Default)]
struct Nesting {
    brackets: usize,
    quoted: bool,
}

impl Nesting {
    fn inside(&self) -> bool {
        self.brackets > 0 || self.quoted
    }

    fn read(&mut self, line: &str) {
        let mut escaped = false;
        for c in line.bytes() {
            match c {
                b'"' if !escaped => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'#' => return,
                b'(' | b'[' => self.brackets += 1,
                b')' | b']' => self.brackets = self.brackets.saturating_sub(1),
                _ => {}
            }
            escaped = c == b'\\' && !escaped;
        }
    }
}

fn starts_with_word(line: &str, words: &[&str]) -> bool {
    let word = &line[..word_length(line)];
    let after = &line[word.len()..];
    words.contains(&word) && (after.is_empty() || after.starts_with(char::is_whitespace))
}

fn starts_with_operator(line: &str) -> bool {
    line.starts_with(|c: char| "+-−*/·×⋅⁄^=<>≤≥≠!,)]|‖~".contains(c))
        || starts_with_word(line, &["where"])
}

/// Cuts at each `;` outside brackets and comments.
fn at_semicolons(piece: Piece<'_>) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut comment) = (0, 0usize, false);
    for (at, c) in piece.text.bytes().enumerate() {
        match c {
            b'\n' => comment = false,
            b'#' => comment = true,
            b'(' | b'[' if !comment => depth += 1,
            b')' | b']' if !comment => depth = depth.saturating_sub(1),
            b';' if !comment && depth == 0 => {
                pieces.push(piece.part(start, at).trimmed());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(piece.part(start, piece.text.len()).trimmed());
    pieces.retain(|p| !p.text.is_empty());
    pieces
}
