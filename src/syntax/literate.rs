//! The `hence` blocks of a Markdown file.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::diagnostic::{Diagnostic, Span};

/// One fenced block whose info string starts with the word `hence`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The text between the fences, without the indentation of the fence.
    pub text: String,
    /// The first byte of the text in the Markdown file.
    pub start: usize,
    /// The line of the opening fence, counted from 1.
    pub line: usize,
    /// The info string after the word `hence`.
    pub info: String,
    /// The line of the opening fence in the Markdown file.
    pub fence: Span,
    /// The whole block in the Markdown file, both fences included.
    pub whole: Span,
    /// Whether a closing fence ends the block.
    pub closed: bool,
    /// Where each stretch of the text comes from: its offset in the text, and in the file.
    origins: Vec<(usize, usize)>,
}

/// What a block holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Statements: `hence`.
    Statements,
    /// Statements whose claims are wrong: `hence refuted`.
    Refuted,
    /// A figure, and the file that it is drawn to: `hence figure NAME.svg`.
    Figure(String),
    /// Statements about fits, whose numbers are computed anew: `hence fit`.
    Fit,
}

impl Block {
    /// What the info string says that the block holds. The diagnostic is about the Markdown file.
    ///
    /// # Errors
    /// A word that is not known, or a figure without a proper name.
    pub fn kind(&self) -> Result<Kind, Box<Diagnostic>> {
        let mut words = self.info.split_whitespace();
        let kind = match words.next() {
            None => Kind::Statements,
            Some("refuted") => Kind::Refuted,
            Some("fit") => Kind::Fit,
            Some("figure") => match words.next() {
                Some(name) if is_figure_name(name) => Kind::Figure(name.to_owned()),
                _ => return Err(self.unnamed()),
            },
            Some(word) => return Err(self.unknown(word)),
        };
        words.next().map_or(Ok(kind), |word| Err(self.unknown(word)))
    }

    fn unknown(&self, word: &str) -> Box<Diagnostic> {
        let message = format!("`{word}` is not known after `hence` on a fence");
        Box::new(
            Diagnostic::new("E0701", self.fence, message)
                .label("on this fence")
                .hint("known are nothing at all, `refuted`, `fit`, and `figure NAME.svg`"),
        )
    }

    fn unnamed(&self) -> Box<Diagnostic> {
        let message = "a figure needs the name of a file below the document, ending in .svg";
        Box::new(
            Diagnostic::new("E0703", self.fence, message)
                .label("on this fence")
                .hint("write `hence figure figures/NAME.svg`"),
        )
    }

    /// What is wrong with the fence where it is not closed.
    #[must_use]
    pub fn unclosed(&self) -> Option<Diagnostic> {
        (!self.closed).then(|| {
            Diagnostic::new("E0702", self.fence, "this block is not closed")
                .label("opened here")
                .hint("end it with a fence of its own, as long as this one")
        })
    }

    /// A place in the text as a place in the Markdown file. Indentation that the fence removed is accounted for.
    #[must_use]
    pub fn in_file(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }

    /// A diagnostic about the text as one about the Markdown file.
    #[must_use]
    pub fn locate(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.span = self.in_file(diagnostic.span);
        for (span, _) in &mut diagnostic.secondary {
            *span = self.in_file(*span);
        }
        diagnostic
    }

    fn offset(&self, at: usize) -> usize {
        let later = self.origins.partition_point(|(text, _)| *text <= at);
        match later.checked_sub(1).and_then(|i| self.origins.get(i)) {
            Some((text, file)) => file + (at - text),
            None => self.start + at,
        }
    }
}

/// The `hence` blocks of a Markdown text, in order.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut current: Option<Block> = None;
    let mut text_end = 0;
    let mut lines = LineCounter::default();
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                current = open(&info, &range, markdown, &mut lines);
                text_end = current.as_ref().map_or(range.end, |block| block.start);
            }
            Event::Text(text) => {
                if let Some(block) = &mut current {
                    block.push(&text, &range);
                    text_end = range.end;
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(mut block) = current.take() {
                    let rest = markdown.get(text_end..range.end).unwrap_or_default();
                    block.closed = is_closed(&markdown[range], rest);
                    blocks.push(block);
                }
            }
            _ => {}
        }
    }
    blocks
}

fn open(
    info: &str,
    range: &Range<usize>,
    markdown: &str,
    lines: &mut LineCounter,
) -> Option<Block> {
    let (word, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
    if word != "hence" {
        return None;
    }
    let fence = &markdown[range.clone()];
    let start = range.start + fence.find('\n').map_or(fence.len(), |end| end + 1);
    let line = lines.line_of(range.start, markdown);
    let head = fence.lines().next().unwrap_or_default();
    Some(Block {
        text: String::new(),
        start,
        line,
        info: rest.trim().to_owned(),
        fence: Span::new(range.start, range.start + head.trim_end().len()),
        whole: Span::new(range.start, range.end),
        closed: true,
        origins: Vec::new(),
    })
}

/// Whether the closing fence stands in `rest`, which is what follows the text of the block.
fn is_closed(fence: &str, rest: &str) -> bool {
    let mark = fence.chars().next().unwrap_or('`');
    let run: String = fence.chars().take_while(|c| *c == mark).collect();
    rest.contains(&run)
}

/// Whether it is a relative path that stays below the document, in no hidden directory, and ends in `.svg`.
fn is_figure_name(name: &str) -> bool {
    let parts = || name.split('/');
    let stem = name.strip_suffix(".svg").unwrap_or_default();
    !stem.is_empty()
        && !stem.ends_with('/')
        && !name.contains(['\\', ':'])
        && parts().all(|part| !part.is_empty() && !part.starts_with('.'))
}

impl Block {
    fn push(&mut self, text: &str, range: &Range<usize>) {
        if self.origins.is_empty() {
            self.start = range.start;
        }
        self.origins.push((self.text.len(), range.start));
        self.text.push_str(text);
    }
}

/// Counts lines once over the whole file.
#[derive(Default)]
struct LineCounter {
    at: usize,
    ends: usize,
}

impl LineCounter {
    fn line_of(&mut self, offset: usize, text: &str) -> usize {
        self.ends += text.as_bytes()[self.at..offset].iter().filter(|b| **b == b'\n').count();
        self.at = offset;
        self.ends + 1
    }
}
