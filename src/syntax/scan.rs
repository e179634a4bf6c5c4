//! What is checked before the grammar runs: characters, brackets, and how deeply things nest.
//!
//! The grammar recurses where the language does, so everything that can make it recurse (or make the tree deep) is
//! counted here first: brackets, towers of `^` and of unary minus, chains of `/`, and binders whose body is open.

use super::spelling;
use crate::diagnostic::{Diagnostic, Span};

/// How deeply an expression may nest.
pub(super) const MAX_DEPTH: usize = 96;

/// The largest source text, in bytes.
pub(super) const MAX_SOURCE: usize = 1 << 20;

/// The problem with a source text that is too long.
pub(super) fn size(source: &str) -> Option<Diagnostic> {
    if source.len() <= MAX_SOURCE {
        return None;
    }
    let message = format!("the text has {} bytes; at most {MAX_SOURCE} are read", source.len());
    Some(Diagnostic::new("E0104", Span::new(0, 0), message).hint("split it into several files"))
}

/// The text without leading blanks and comments.
pub(super) fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if !text.starts_with('#') {
            return text;
        }
        text = text.find('\n').map_or("", |end| &text[end..]);
    }
}

/// The text without trailing blanks.
pub(super) fn trim_blank_end(text: &str) -> &str {
    text.trim_end()
}

/// Every problem of one piece that can be seen character by character.
pub(super) fn check(text: &str) -> Vec<Diagnostic> {
    let mut scan = Scan { levels: vec![Level::default()], ..Scan::default() };
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '#' {
            chars.by_ref().find(|(_, c)| *c == '\n');
        } else if !c.is_whitespace() {
            scan.character(text, at, c);
        }
    }
    scan.finish()
}

/// What has been counted inside one bracket.
#[derive(Default)]
struct Level {
    open: Option<(usize, char)>,
    binders: usize,
    divisions: usize,
    tower: usize,
}

#[derive(Default)]
struct Scan {
    levels: Vec<Level>,
    /// The sum of what the enclosing levels count.
    outer: usize,
    after_operand: bool,
    too_deep: bool,
    problems: Vec<Diagnostic>,
}

impl Scan {
    fn character(&mut self, text: &str, at: usize, c: char) {
        match c {
            '(' | '[' => self.open(at, c),
            ')' | ']' => self.close(at, c),
            _ if spelling::is_allowed(c) => self.operator(c),
            _ => self.invalid(text, at, c),
        }
        self.limit(at);
        self.after_operand = c.is_alphanumeric() || matches!(c, ')' | ']' | '_' | '∞');
    }

    fn here(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    fn operator(&mut self, c: char) {
        let after_operand = self.after_operand;
        let Some(level) = self.here() else { return };
        match c {
            '-' | '−' if !after_operand => level.tower += 1,
            '^' | '√' => level.tower += 1,
            '+' | '-' | '−' => (level.tower, level.divisions) = (0, 0),
            '*' | '·' | '×' | '⋅' => level.tower = 0,
            '/' | '⁄' | '∕' | '÷' => (level.tower, level.divisions) = (0, level.divisions + 1),
            ',' | ';' | '|' | '=' | '<' | '>' => {
                *level = Level { open: level.open, ..Level::default() }
            }
            _ => {}
        }
    }

    fn open(&mut self, at: usize, c: char) {
        let after_bracket = self.after_operand;
        if let Some(level) = self.here() {
            level.binders += usize::from(c == '[');
            // `f(x)(y)(z)` nests to the left.
            level.divisions += usize::from(c == '(' && after_bracket);
            self.outer += 1 + level.counted();
        }
        self.levels.push(Level { open: Some((at, c)), ..Level::default() });
    }

    fn close(&mut self, at: usize, c: char) {
        let span = Span::new(at, at + 1);
        match self.here().and_then(|level| level.open) {
            Some((_, open)) if closing(open) == c => self.pop(),
            Some((start, open)) => {
                let message = format!("`{c}` closes a `{open}`");
                let opened = Span::new(start, start + 1);
                let hint = format!("write `{}`", closing(open));
                self.problems.push(
                    Diagnostic::new("E0102", span, message).also(opened, "opened here").hint(hint),
                );
                self.pop();
            }
            None => {
                let message = format!("`{c}` closes no bracket");
                self.problems.push(Diagnostic::new("E0102", span, message));
            }
        }
    }

    fn pop(&mut self) {
        self.levels.pop();
        self.outer -= 1 + self.levels.last().map_or(0, Level::counted);
    }

    fn limit(&mut self, at: usize) {
        let depth = self.outer + self.levels.last().map_or(0, Level::counted);
        if depth > MAX_DEPTH && !self.too_deep {
            self.too_deep = true;
            let message = format!("the expression nests more than {MAX_DEPTH} levels deep");
            let hint = "name a part with `let` and use the name";
            self.problems.push(Diagnostic::new("E0103", Span::new(at, at + 1), message).hint(hint));
        }
    }

    fn invalid(&mut self, text: &str, at: usize, c: char) {
        if self.problems.len() >= 8 {
            return;
        }
        let message = format!("the character `{}` is not part of the language", c.escape_debug());
        let mut problem = Diagnostic::new("E0105", Span::new(at, at + c.len_utf8()), message);
        problem.hint = spelling::advice(c, &text[at..]).map(str::to_owned);
        self.problems.push(problem);
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        let unclosed = self.levels.iter().filter_map(|level| level.open).next_back();
        // One bracket too many is one mistake: the innermost is named, and none where depth was the problem.
        if let (Some((at, open)), false) = (unclosed, self.too_deep) {
            let message = format!("this `{open}` is never closed");
            let hint = format!("add `{}`", closing(open));
            self.problems.push(
                Diagnostic::new("E0102", Span::new(at, at + 1), message)
                    .label("opened here")
                    .hint(hint),
            );
        }
        self.problems
    }
}

impl Level {
    fn counted(&self) -> usize {
        self.binders + self.divisions + self.tower
    }
}

fn closing(open: char) -> char {
    if open == '(' { ')' } else { ']' }
}
