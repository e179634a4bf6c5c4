//! Pages to study: documents, derivations and claims as HTML.
//!
//! A page stands by itself: no server, nothing from elsewhere. Its content security policy allows the style sheet, the
//! script and the font that lie beside it, and what is inlined by its digest. Everything that comes from input is escaped.
//! Both languages are in the page, the style sheet shows one; without the script all reasons can be read.
//!
//! - `frame`: the whole document around the content
//! - `blocks`: the author's text
//! - `derivation`, `steps`: a derivation, its lines and what opens below them
//! - `claim`, `evidence`, `study`, `figure`: what stands beside them

mod blocks;
mod claim;
mod data;
mod derivation;
mod digest;
mod evidence;
mod figure;
mod frame;
mod steps;
mod study;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use frame::{Frame, frame};
pub use write::{both, escape};

use self::write::{Mode, Writer};
use super::options::{Lang, Options};
use super::page::{Item, Page, Part, plain_text};
use super::report::Bilingual;
use crate::term::Term;

/// The sheet of the documents, and what the pages around them need besides.
const SHEET: &str =
    concat!(include_str!("assets/hence.css"), include_str!("../site/assets/site.css"));

/// The files that pages refer to, by name; they lie in `assets/`, and the font beside them.
pub const ASSETS: [(&str, &str); 3] = [
    ("hence.css", SHEET),
    ("hence.js", include_str!("assets/hence.js")),
    ("special.js", super::javascript::RUNTIME),
];

/// The name under which the style sheet looks for the font of formulas, in `assets/`.
pub const FONT: &str = "NewCMMath-Book.otf";

/// Where the style sheet and the script of a page are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Assets {
    /// In the folder `assets` of the site.
    #[default]
    Beside,
    /// In the page itself; formulas then take a font of the reader's.
    Inline,
}

/// What a page may link to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Links {
    /// From the page to the top of the site: empty, or `../` as often as needed.
    pub root: String,
    /// Ids of rules that have a page, `rules/ID.html`.
    pub rules: BTreeSet<String>,
    /// Sources of the same build and their pages, both from the top: `kl/univariate.md` to `kl/univariate.html`.
    pub pages: BTreeMap<String, String>,
    /// Entries of the head line: from the top of the site, and their words. The first is the way home.
    pub nav: Vec<(String, Bilingual)>,
    /// Where style sheet and script are.
    pub assets: Assets,
}

/// A page that is larger packs what it shows at once, too.
const LARGE: usize = 140_000;

/// A document as a page.
pub fn page(page: &Page, links: &Links, options: &Options) -> String {
    let written = |packs| {
        let mut writer = Writer::new(links, options, Mode::Live);
        writer.packs = packs;
        writer.path.clone_from(&page.path);
        let title = title(page);
        if page.title.is_empty() {
            writer.raw("<h1 class=\"sr\">");
            writer.both(&title);
            writer.raw("</h1>\n");
        }
        writer.blocks(&page.blocks, &page.parts);
        finished(writer, &title)
    };
    let whole = written(false);
    if whole.len() <= LARGE { whole } else { written(true) }
}

/// The first heading, or where there is none the name of the file.
fn title(page: &Page) -> Bilingual {
    match page.title.is_empty() {
        true => page.path.rsplit('/').next().unwrap_or_default().into(),
        false => Bilingual::new(plain_text(&page.title), plain_text(&page.title_zh)),
    }
}

/// Statements as a page of their own, with nothing beside it.
pub fn standalone(items: &[Item], options: &Options) -> String {
    let links = Links { assets: Assets::Inline, ..Links::default() };
    let mut writer = Writer::new(&links, options, Mode::Live);
    let first = items.iter().find_map(|item| match item {
        Item::Derivation(derived) => Some(&derived.report.statement),
        Item::Claim(claimed) => Some(&claimed.left),
        Item::Given(_) => None,
    });
    let mut title = String::new();
    if let Some(statement) = first {
        title = super::unicode(statement, &options.notation);
        writer.raw("<h1>");
        writer.text(&title);
        writer.raw("</h1>\n");
    }
    writer.items(items);
    finished(writer, &Bilingual::from(title.as_str()))
}

/// A part of a page for a place in another one: no script, no empty lines.
pub fn fragment(part: &Part, options: &Options) -> String {
    let links = Links::default();
    let mut writer = Writer::new(&links, options, Mode::Still);
    writer.part(part, 0);
    let lines = writer.out.lines().filter(|l| !l.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// A formula within a line.
pub fn formula(term: &Term, options: &Options) -> String {
    super::mathml(term, &options.notation)
}

/// A formula on a line of its own.
pub fn displayed(term: &Term, options: &Options) -> String {
    super::mathml_display(term, &options.notation)
}

/// The blocks of an author's text, without parts, for pages that are put together elsewhere.
pub fn text(blocks: &[super::page::Block], links: &Links, options: &Options) -> String {
    let mut writer = Writer::new(links, options, Mode::Still);
    writer.blocks(blocks, &[]);
    writer.out
}

fn finished(writer: Writer<'_>, title: &Bilingual) -> String {
    let Writer { links, options, out, data, script, .. } = writer;
    frame(&Frame {
        title: title.clone(),
        root: &links.root,
        assets: links.assets,
        lang: options.lang,
        nav: &links.nav,
        body: &out,
        script: &script,
        data: data.packed(&links.root),
    })
}

/// The code of a language in HTML.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}
