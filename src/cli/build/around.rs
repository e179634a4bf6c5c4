//! The site around the pages: what is said of them elsewhere, and the documents that prove rules.

use std::path::{Path, PathBuf};

use hence::document::Options;
use hence::document::page::{Page, RawHtml, read};
use hence::document::site::{Entry, write};
use hence::theory::Theory;
use hence::verify::site;
use hence::verify::soundness::SHIPPED_PROOFS;
use serde_json::Value;

use super::super::context::Session;
use super::super::documents;
use super::super::source::{self, Source};
use super::memory::Remembered;
use super::sources::Sourced;

/// The document that groups the others by topic.
const TOPICS: &str = "README";

/// What the site says of a page.
pub fn listed(page: &Page, sourced: &Sourced, options: &Options) -> Value {
    Entry::of(page, &source_of(sourced), options).to_json()
}

/// Whether the index takes the place of a document's own page.
pub fn is_index(sourced: &Sourced) -> bool {
    sourced.path == TOPICS
}

/// The pages of the site besides those of the documents.
pub fn pages(
    built: &[Remembered],
    sourced: &[Sourced],
    theory: &Theory,
    options: &Options,
) -> Vec<(String, String)> {
    let entries = built.iter().filter_map(|page| Entry::from_json(&page.listed)).collect();
    let topics = sourced.iter().find(|s| is_index(s)).map(|s| {
        let text = &s.document.source.text;
        (read(&s.path, text, Vec::new(), RawHtml::AsText), source_of(s))
    });
    let topics = topics.as_ref().map(|(page, source)| (page, source.as_str()));
    let find = |path: &str| source::read_below(path).ok().map(|s| s.text.clone());
    write(&site(theory, entries, topics, &find), options)
}

/// The documents that come with hence and prove its rules, as far as they are not among those of the build.
pub fn proofs(sourced: &[Sourced], session: &mut Session) -> Vec<Sourced> {
    let mut out = Vec::new();
    for (path, text) in SHIPPED_PROOFS {
        let own = |s: &Sourced| is_proof(s, path, text);
        let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        let place = format!("proofs/{name}");
        if sourced.iter().any(|s| own(s) || s.path == place) {
            continue;
        }
        if let Some(document) = documents::of(Source::named(path, text), true, session) {
            out.push(Sourced { file: PathBuf::from(path), path: place, document });
        }
    }
    out
}

/// The file that a document was read from, or the name that rules know it by as their proof.
fn source_of(sourced: &Sourced) -> String {
    let proof = SHIPPED_PROOFS.iter().find(|(path, text)| is_proof(sourced, path, text));
    match proof {
        Some((path, _)) => (*path).to_owned(),
        None => sourced.file.to_string_lossy().replace('\\', "/"),
    }
}

fn is_proof(sourced: &Sourced, path: &str, text: &str) -> bool {
    sourced.file.ends_with(path) || sourced.document.source.text == text
}
