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
    /// Where each stretch of the text comes from: its offset in the text, and in the file.
    origins: Vec<(usize, usize)>,
}

impl Block {
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
    let mut lines = LineCounter::default();
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                current = open(&info, &range, markdown, &mut lines);
            }
            Event::Text(text) => {
                if let Some(block) = &mut current {
                    block.push(&text, &range);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(current.take()),
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
    Some(Block {
        text: String::new(),
        start,
        line,
        info: rest.trim().to_owned(),
        origins: Vec::new(),
    })
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
