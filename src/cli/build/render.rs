//! Pages in the forms that were asked for, and the files that go with them.

use std::collections::BTreeSet;
use std::fs;

use hence::diagnostic::{Diagnostic, Span};
use hence::document::page::{Block, Content, Inline, ListItem, Page};
use hence::document::{self, Options};

use super::super::arguments::{BuildArguments, PageFormat};
use super::super::context::Session;
use super::super::source;
use super::files::Files;
use super::memory::{Memory, Remembered};
use super::sources::Sourced;

/// The largest picture that is taken along.
const LARGEST_PICTURE: u64 = 16 << 20;

/// Writes pages.
pub struct Renderer {
    formats: BTreeSet<PageFormat>,
    options: Options,
}

impl Renderer {
    /// A renderer for these documents.
    pub fn new(arguments: &BuildArguments, sourced: &[Sourced], session: &Session) -> Self {
        let formats = arguments.format.iter().copied().collect();
        let options = session.options(arguments.lang.into(), arguments.detail, None);
        Self { formats, options }
    }

    fn makes(&self, format: PageFormat) -> bool {
        self.formats.contains(&format)
    }

    /// A page in every form.
    pub fn page(&self, page: &Page, wrong: Vec<String>, session: &mut Session) -> Remembered {
        let _ = (&self.options, session);
        Remembered { wrong, images: images(page), ..Remembered::default() }
    }

    /// The files of one page.
    pub fn files_of(
        &self,
        page: &Remembered,
        sourced: &Sourced,
        memory: &Memory,
        files: &mut Files,
        session: &mut Session,
    ) {
        let directory =
            sourced.path.rsplit_once('/').map(|(d, _)| format!("{d}/")).unwrap_or_default();
        for image in &page.images {
            let file = sourced.file.with_file_name(image);
            match picture(&file) {
                Ok(bytes) => files.add(format!("{directory}{image}"), bytes),
                Err(problem) => session.problems.about(source::name_of(&file), *problem),
            }
        }
        let _ = memory;
    }

    /// The files that belong to no page.
    pub fn files_around(&self, built: &[Remembered], files: &mut Files, session: &mut Session) {
        let _ = (built, files, session, self.makes(PageFormat::Html));
    }
}

/// The pictures that a page shows and does not draw itself.
fn images(page: &Page) -> Vec<String> {
    let drawn: BTreeSet<&str> = page
        .parts
        .iter()
        .filter_map(|part| match &part.content {
            Content::Figure(picture) => Some(picture.file.as_str()),
            Content::Statements(_) => None,
        })
        .collect();
    let mut found = BTreeSet::new();
    in_blocks(&page.blocks, &mut found);
    found.into_iter().filter(|file| !drawn.contains(file.as_str())).collect()
}

fn in_blocks(blocks: &[Block], found: &mut BTreeSet<String>) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph(content) => in_line(content, found),
            Block::Quote(inner) | Block::Footnote(_, inner) => in_blocks(inner, found),
            Block::List { items, .. } => {
                items.iter().for_each(|ListItem { blocks, .. }| in_blocks(blocks, found));
            }
            Block::Table { head, rows, .. } => {
                head.iter().chain(rows.iter().flatten()).for_each(|cell| in_line(cell, found));
            }
            Block::Translated { en, zh } => {
                in_blocks(en, found);
                in_blocks(zh, found);
            }
            Block::Code { .. }
            | Block::Formula(_)
            | Block::Rule
            | Block::Part(_)
            | Block::Raw(_) => {}
        }
    }
}

fn in_line(line: &[Inline], found: &mut BTreeSet<String>) {
    for piece in line {
        match piece {
            Inline::Image { file, .. } => {
                found.insert(file.clone());
            }
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Struck(inner)
            | Inline::Link { content: inner, .. } => in_line(inner, found),
            _ => {}
        }
    }
}

/// The bytes of a picture beside a document.
fn picture(file: &std::path::Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let refused = |why: String| {
        Box::new(
            Diagnostic::new("E0624", Span::default(), why)
                .hint("pictures are files below the directory of their document"),
        )
    };
    let about = fs::symlink_metadata(file)
        .map_err(|e| refused(format!("the picture cannot be read: {e}")))?;
    if !about.is_file() || about.len() > LARGEST_PICTURE {
        return Err(refused("the picture is no plain file, or too large".into()));
    }
    fs::read(file).map_err(|e| refused(format!("the picture cannot be read: {e}")))
}
