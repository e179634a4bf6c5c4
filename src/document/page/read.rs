//! Markdown read to blocks.
//!
//! What could act on a page does not come into the tree: HTML is text, and a link that leads elsewhere than to a file, a web
//! page or an address is its words. A comment that begins with the word `zh` holds the prose above it in Chinese, from the
//! last `hence` block or such comment on; other comments are left out.

use std::iter::Peekable;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, OffsetIter, Options, Parser, Tag};

use super::{Align, Block, Inline, ListItem, Page, Part, Slugs, plain_text};

/// What becomes of HTML in Markdown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RawHtml {
    /// It is shown as text.
    #[default]
    AsText,
    /// It is passed on as it is: the page may then do anything that its content security policy allows.
    Kept,
}

/// The word that begins a comment with a translation.
const TRANSLATION: &str = "zh";

/// Names of places that a page has for itself.
const PLACES: [&str; 2] = ["main", "data"];

/// Quotations and lists nest this deep; what is deeper is left out.
const DEEPEST: usize = 64;

/// The page of a document: its Markdown as blocks, with the parts that its `hence` blocks came to.
pub fn read(path: &str, source: &str, parts: Vec<Part>, html: RawHtml) -> Page {
    let mut slugs = Slugs::default();
    PLACES.iter().for_each(|name| slugs.reserve(name));
    parts.iter().flat_map(Part::anchors).for_each(|anchor| slugs.reserve(anchor));
    let pieces = Reader::new(source, &parts, html, &mut slugs).pieces();
    let blocks = translated(pieces, html, &mut slugs);
    let title = title(&blocks, false);
    let title_zh = self::title(&blocks, true);
    let source = source.into();
    Page { path: path.into(), title, title_zh, source, blocks, parts, html, functions: Vec::new() }
}

/// The first heading of the first level in one of the languages, or the first heading.
fn title(blocks: &[Block], zh: bool) -> Vec<Inline> {
    let mut headings = Vec::new();
    for block in blocks {
        match block {
            Block::Translated { en, zh: chinese } => headings.extend(if zh { chinese } else { en }),
            other if !zh => headings.push(other),
            _ => {}
        }
    }
    let headings = headings.into_iter().filter_map(|b| match b {
        Block::Heading { level, content, .. } => Some((*level, content)),
        _ => None,
    });
    headings.min_by_key(|(level, _)| *level).map(|(_, content)| content.clone()).unwrap_or_default()
}

/// A block at the top, or a comment.
enum Piece {
    Block(Block),
    Comment(String),
}

/// The blocks, those that a comment translates together with what it says.
fn translated(pieces: Vec<Piece>, html: RawHtml, slugs: &mut Slugs) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // Where the prose begins that the next comment translates.
    let mut begin = 0;
    for piece in pieces {
        match piece {
            Piece::Block(part @ Block::Part(_)) => {
                blocks.push(part);
                begin = blocks.len();
            }
            Piece::Block(block) => blocks.push(block),
            Piece::Comment(text) => {
                let Some(text) = translation(&text) else { continue };
                let inner = Reader::new(text, &[], html, slugs).pieces();
                let zh: Vec<Block> = inner.into_iter().filter_map(Piece::block).collect();
                let en = blocks.split_off(begin);
                if !en.is_empty() && !zh.is_empty() {
                    blocks.push(Block::Translated { en, zh });
                } else {
                    blocks.extend(en);
                }
                begin = blocks.len();
            }
        }
    }
    blocks
}

/// What a comment says in Chinese.
pub fn translation(comment: &str) -> Option<&str> {
    let inner = comment.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let text = inner.trim_start().strip_prefix(TRANSLATION)?;
    text.starts_with(char::is_whitespace).then_some(text)
}

impl Piece {
    fn block(self) -> Option<Block> {
        match self {
            Self::Block(block) => Some(block),
            Self::Comment(_) => None,
        }
    }
}

struct Reader<'a, 's> {
    events: Peekable<OffsetIter<'a>>,
    parts: &'a [Part],
    html: RawHtml,
    slugs: &'s mut Slugs,
    depth: usize,
}

impl<'a, 's> Reader<'a, 's> {
    fn new(source: &'a str, parts: &'a [Part], html: RawHtml, slugs: &'s mut Slugs) -> Self {
        let extensions = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH;
        let events = Parser::new_ext(source, extensions).into_offset_iter().peekable();
        Self { events, parts, html, slugs, depth: 0 }
    }

    /// Blocks up to the end of what holds them, comments among them.
    fn pieces(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        // Words that stand in a tight item without a paragraph of their own.
        let mut loose: Vec<Inline> = Vec::new();
        while let Some((event, range)) = self.events.next() {
            let block = match event {
                Event::End(_) => break,
                Event::Rule => Block::Rule,
                Event::Start(tag) if is_inline(&tag) => {
                    self.inline(Event::Start(tag), &mut loose);
                    continue;
                }
                Event::Start(Tag::HtmlBlock) => {
                    let text = self.text();
                    let comment = text.trim_start().starts_with("<!--");
                    if !loose.is_empty() {
                        pieces.push(Piece::Block(Block::Paragraph(std::mem::take(&mut loose))));
                    }
                    pieces.push(match (comment, self.html) {
                        (true, _) => Piece::Comment(text),
                        (false, RawHtml::Kept) => Piece::Block(Block::Raw(text)),
                        (false, RawHtml::AsText) => {
                            let text = Inline::Text(text.trim_end().into());
                            Piece::Block(Block::Paragraph(vec![text]))
                        }
                    });
                    continue;
                }
                Event::Start(tag) => match self.container(tag, range.start) {
                    Some(block) => block,
                    None => continue,
                },
                other => {
                    self.inline(other, &mut loose);
                    continue;
                }
            };
            if !loose.is_empty() {
                pieces.push(Piece::Block(Block::Paragraph(std::mem::take(&mut loose))));
            }
            pieces.push(Piece::Block(block));
        }
        if !loose.is_empty() {
            pieces.push(Piece::Block(Block::Paragraph(loose)));
        }
        pieces
    }

    fn blocks(&mut self) -> Vec<Block> {
        self.depth += 1;
        let pieces = self.pieces();
        self.depth -= 1;
        if self.depth >= DEEPEST {
            return Vec::new();
        }
        pieces.into_iter().filter_map(Piece::block).collect()
    }

    fn container(&mut self, tag: Tag<'_>, start: usize) -> Option<Block> {
        Some(match tag {
            Tag::Paragraph => {
                let line = self.line();
                match <[Inline; 1]>::try_from(line) {
                    // A formula alone stands on a line of its own.
                    Ok([Inline::Display(latex)]) => Block::Formula(latex),
                    Ok(one) => Block::Paragraph(one.into()),
                    Err(line) => Block::Paragraph(line),
                }
            }
            Tag::Heading { level, .. } => {
                let content = self.line();
                let anchor = self.slugs.unique(&plain_text(&content));
                Block::Heading { level: level as u8, anchor, content }
            }
            Tag::BlockQuote(_) => Block::Quote(self.blocks()),
            Tag::CodeBlock(kind) => {
                let lang = match &kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split_whitespace().next().unwrap_or_default()
                    }
                    CodeBlockKind::Indented => "",
                };
                let lang = lang.to_owned();
                let text = self.text();
                match self.parts.iter().position(|p| p.span.start == start) {
                    Some(part) => Block::Part(part),
                    None => Block::Code { lang, text },
                }
            }
            Tag::List(first) => {
                let mut items = Vec::new();
                while let Some((Event::Start(Tag::Item), _)) = self.events.next() {
                    let mut item = ListItem::default();
                    if let Some((Event::TaskListMarker(ticked), _)) = self.events.peek() {
                        item.ticked = Some(*ticked);
                        self.events.next();
                    }
                    item.blocks = self.blocks();
                    items.push(item);
                }
                Block::List { start: first, items }
            }
            Tag::Table(align) => self.table(&align),
            Tag::FootnoteDefinition(label) => Block::Footnote(label.to_string(), self.blocks()),
            // Not among the extensions: read past it.
            _ => {
                self.blocks();
                return None;
            }
        })
    }

    fn table(&mut self, align: &[Alignment]) -> Block {
        let align = align
            .iter()
            .map(|a| match a {
                Alignment::Center => Align::Centre,
                Alignment::Right => Align::End,
                Alignment::None | Alignment::Left => Align::Start,
            })
            .collect();
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        loop {
            match self.events.next() {
                Some((Event::Start(Tag::TableHead), _)) => head = self.cells(),
                Some((Event::Start(Tag::TableRow), _)) => rows.push(self.cells()),
                _ => return Block::Table { align, head, rows },
            }
        }
    }

    fn cells(&mut self) -> Vec<Vec<Inline>> {
        let mut cells = Vec::new();
        while let Some((Event::Start(Tag::TableCell), _)) = self.events.next() {
            cells.push(self.line());
        }
        cells
    }

    /// The text up to the end of what holds it.
    fn text(&mut self) -> String {
        let mut out = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(_) => break,
                Event::Text(t) | Event::Html(t) | Event::InlineHtml(t) | Event::Code(t) => {
                    out += &t;
                }
                _ => {}
            }
        }
        out
    }

    /// Pieces of a line up to the end of what holds it.
    fn line(&mut self) -> Vec<Inline> {
        let mut line = Vec::new();
        self.depth += 1;
        while let Some((event, _)) = self.events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.inline(event, &mut line);
        }
        self.depth -= 1;
        line
    }

    fn inline(&mut self, event: Event<'_>, line: &mut Vec<Inline>) {
        let piece = match event {
            Event::Text(t) => {
                if let Some(Inline::Text(before)) = line.last_mut() {
                    *before += &t;
                    return;
                }
                Inline::Text(t.to_string())
            }
            Event::Code(t) => Inline::Code(t.to_string()),
            Event::InlineMath(t) => Inline::Formula(t.to_string()),
            Event::DisplayMath(t) => Inline::Display(t.to_string()),
            Event::InlineHtml(t) | Event::Html(t) => match self.html {
                RawHtml::Kept => Inline::Raw(t.to_string()),
                RawHtml::AsText if t.starts_with("<!--") => return,
                RawHtml::AsText => Inline::Text(t.to_string()),
            },
            Event::FootnoteReference(label) => Inline::Note(label.to_string()),
            Event::SoftBreak => Inline::SoftBreak,
            Event::HardBreak => Inline::HardBreak,
            Event::Start(tag) => {
                let content = self.line();
                match tag {
                    _ if self.depth >= DEEPEST => return,
                    Tag::Emphasis => Inline::Emphasis(content),
                    Tag::Strong => Inline::Strong(content),
                    Tag::Strikethrough => Inline::Struck(content),
                    Tag::Link { link_type, dest_url, title, .. } if is_safe(&dest_url) => {
                        let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                        let to = format!("{scheme}{dest_url}");
                        Inline::Link { to, title: title.to_string(), content }
                    }
                    Tag::Image { dest_url, .. } if is_beside(&dest_url) => {
                        Inline::Image { file: dest_url.to_string(), alt: plain_text(&content) }
                    }
                    _ => {
                        line.extend(content);
                        return;
                    }
                }
            }
            Event::End(_) | Event::Rule | Event::TaskListMarker(_) => return,
        };
        line.push(piece);
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

/// Schemes that a link may have; without a scheme it leads to a file.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Whether following the link cannot run anything.
pub fn is_safe(address: &str) -> bool {
    // Browsers skip controls and spaces in a scheme.
    let bare: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    match bare.split_once(':') {
        None => true,
        // A colon after a slash, a question mark or a hash belongs to no scheme.
        Some((scheme, _)) if scheme.contains(['/', '?', '#']) => true,
        Some((scheme, _)) => SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()),
    }
}

/// Endings of pictures that browsers show.
const PICTURES: [&str; 7] = ["svg", "png", "jpg", "jpeg", "gif", "webp", "avif"];

/// Whether it names a picture beside the document or below it.
pub fn is_beside(file: &str) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|e| PICTURES.contains(&e.as_str()))
        && !file.contains(['\\', ':', '?', '#', '%'])
        && !file.chars().any(char::is_control)
        && file.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}
