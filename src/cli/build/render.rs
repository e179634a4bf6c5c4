//! Pages in the forms that were asked for, and the files that go with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hence::diagnostic::{Diagnostic, Span};
use hence::document::html::{self, Links};
use hence::document::page::{Block, Content, Inline, ListItem, Page, Picture, RawHtml, read};
use hence::document::site::{self, Entry};
use hence::document::{self, Colour, Lang, Options};
use hence::theory::Theory;
use hence::verify;

use super::super::arguments::{BuildArguments, PageFormat};
use super::super::context::Session;
use super::super::figures::link_below;
use super::super::font::{MATH_FONT_FILE, math_font};
use super::super::{cache, pdf, source};
use super::files::Files;
use super::memory::{Memory, Remembered};
use super::sources::{Overview, Sourced};

/// The largest picture that is taken along.
const LARGEST_PICTURE: u64 = 16 << 20;

/// Writes pages.
pub struct Renderer {
    formats: BTreeSet<PageFormat>,
    options: Options,
    links: Links,
    theory: Theory,
}

impl Renderer {
    /// A renderer for these documents.
    pub fn new(arguments: &BuildArguments, sourced: &[Sourced], session: &Session) -> Self {
        let formats = arguments.format.iter().copied().collect();
        let options = session.options(arguments.lang.into(), arguments.detail, None);
        let options = Options { colour: Colour::Never, ..options };
        let pages = sourced.iter().map(|s| {
            let suffix = s.file.extension().unwrap_or_default().to_string_lossy().into_owned();
            (format!("{}.{suffix}", s.path), format!("{}.html", s.path))
        });
        let links = Links {
            rules: session.theory.rule_ids().map(str::to_owned).collect(),
            pages: pages.collect(),
            nav: site::navigation(),
            ..Links::default()
        };
        Self { formats, options, links, theory: session.theory.clone() }
    }

    fn makes(&self, format: PageFormat) -> bool {
        self.formats.contains(&format)
    }

    /// A page in every form.
    pub fn page(&self, page: &Page, wrong: Vec<String>, sourced: &Sourced) -> Remembered {
        let mut texts = BTreeMap::new();
        let options = page.options(&self.options);
        if self.makes(PageFormat::Html) {
            let root = "../".repeat(page.path.matches('/').count());
            let links = Links { root, ..self.links.clone() };
            texts.insert("html".into(), html::page(page, &links, &options));
        }
        if self.makes(PageFormat::Markdown) {
            texts.insert("md".into(), document::page_markdown(page, &options));
        }
        if self.makes(PageFormat::Latex) || self.makes(PageFormat::Pdf) {
            texts.insert("tex".into(), document::page_article(page, &options));
        }
        let drawn = pictures(page).map(|p| (p.file.clone(), p.svg.clone())).collect();
        let entry = Entry::of(page, &sourced.document.source.name, &options);
        Remembered { texts, wrong, images: images(page), drawn, listed: entry.to_json() }
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
        let path = &sourced.path;
        let directory = path.rsplit_once('/').map(|(d, _)| format!("{d}/")).unwrap_or_default();
        for (suffix, text) in &page.texts {
            if suffix != "tex" || self.makes(PageFormat::Latex) {
                files.add(format!("{path}.{suffix}"), text.as_bytes());
            }
        }
        let shows_files = self.makes(PageFormat::Html) || self.makes(PageFormat::Markdown);
        for (file, svg) in page.drawn.iter().filter(|_| shows_files) {
            files.add(format!("{directory}{file}"), svg.as_bytes());
        }
        for image in &page.images {
            match picture(&sourced.file, image) {
                Ok(bytes) => files.add(format!("{directory}{image}"), bytes),
                Err(problem) => {
                    let file = sourced.file.with_file_name(image);
                    session.problems.about(source::name_of(&file), *problem);
                }
            }
        }
        if let Some(tex) = page.texts.get("tex").filter(|_| self.makes(PageFormat::Pdf)) {
            session.limits.begin(format!("{path}.pdf"));
            match self.typeset(tex, memory) {
                Ok(pdf) => files.add(format!("{path}.pdf"), pdf),
                Err(problem) => session.problems.about(source::name_of(&sourced.file), *problem),
            }
        }
    }

    /// The article as PDF; one that was typeset before is remembered.
    fn typeset(&self, tex: &str, memory: &Memory) -> Result<Vec<u8>, Box<Diagnostic>> {
        let name = format!("{}.pdf", cache::digest(&[tex.as_bytes()]));
        if let Some(pdf) = memory.bytes(&name) {
            return Ok(pdf);
        }
        let pdf = pdf::compile(tex, self.options.lang == Lang::Zh)?;
        memory.keep_bytes(&name, &pdf);
        Ok(pdf)
    }

    /// The files that belong to no page: the index, the pages of what the theory knows, style, script and font.
    pub fn files_around(
        &self,
        built: &[Remembered],
        overview: Option<&Overview>,
        files: &mut Files,
    ) {
        if !self.makes(PageFormat::Html) {
            return;
        }
        for (name, text) in html::ASSETS {
            files.add(format!("assets/{name}"), text);
        }
        files.add(format!("assets/{MATH_FONT_FILE}"), math_font());
        let entries = built.iter().filter_map(|page| Entry::from_json(&page.listed)).collect();
        let grouped = overview.map(|o| read("index", &o.text, Vec::new(), RawHtml::AsText));
        let grouped = grouped.as_ref().zip(overview.map(|o| o.name.as_str()));
        let found = |path: &str| source::read_below(path).ok().map(|s| s.text.clone());
        let site = verify::site(&self.theory, entries, grouped, &found);
        for (path, text) in site::write(&site, &self.options) {
            files.add(path, text);
        }
    }
}

fn pictures(page: &Page) -> impl Iterator<Item = &Picture> {
    page.parts.iter().filter_map(|part| match &part.content {
        Content::Figure(picture) => Some(picture),
        Content::Statements(_) | Content::Fits(_) => None,
    })
}

/// The pictures that a page shows and does not draw itself.
fn images(page: &Page) -> Vec<String> {
    let drawn: BTreeSet<&str> = pictures(page).map(|p| p.file.as_str()).collect();
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

/// What a drawing may not hold: opened by itself it would be a page of its own.
const ACTIVE: [&str; 6] =
    ["<script", "<foreignobject", "javascript:", "<iframe", "<!entity", "data:text"];

/// The bytes of a picture beside a document, which lies in real directories.
fn picture(document: &Path, image: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let refused = |why: String| {
        Box::new(
            Diagnostic::new("E0624", Span::default(), why)
                .hint("pictures are plain files below the directory of their document"),
        )
    };
    if let Some(link) = link_below(document, image) {
        return Err(refused(format!("the picture is reached through the link {link}")));
    }
    let file = document.with_file_name(image);
    let unreadable = |e: std::io::Error| refused(format!("the picture cannot be read: {e}"));
    let about = fs::symlink_metadata(&file).map_err(unreadable)?;
    if !about.is_file() || about.len() > LARGEST_PICTURE {
        return Err(refused("the picture is no plain file, or too large".into()));
    }
    let bytes = fs::read(&file).map_err(unreadable)?;
    if image.to_ascii_lowercase().ends_with(".svg") && is_active(&bytes) {
        return Err(refused("the drawing holds a script or a page".into()));
    }
    Ok(bytes)
}

/// Whether a drawing could act.
fn is_active(svg: &[u8]) -> bool {
    let text = String::from_utf8_lossy(svg).to_ascii_lowercase();
    // `on…=` after what may stand before an attribute.
    let handler = |(at, _): (usize, &str)| {
        let name = text[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let is_named = name.len() < text.len() - at - 2;
        let begins = text[..at].ends_with(|c: char| c.is_whitespace() || "\"'/".contains(c));
        begins && is_named && name.trim_start().starts_with('=')
    };
    ACTIVE.iter().any(|piece| text.contains(piece)) || text.match_indices("on").any(handler)
}
