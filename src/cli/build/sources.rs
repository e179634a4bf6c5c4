//! The documents of a build, and where their pages come to stand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hence::diagnostic::{Diagnostic, Span};
use hence::verify::soundness::SHIPPED_PROOFS as SHIPPED;

use super::super::arguments::BuildArguments;
use super::super::context::Session;
use super::super::documents::{self, Document};
use super::super::source::{self, Source};

/// Where documents are looked for when none are named.
const DEFAULT: &str = "derivations";

/// A document to be built.
pub struct Sourced {
    /// The file.
    pub file: PathBuf,
    /// The place of its page, `/` between directories, without a suffix.
    pub path: String,
    /// What was read.
    pub document: Document,
}

/// A page about the documents of a directory: it groups them for the index of a site.
pub struct Overview {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The first overview of the directories that were named.
pub fn overview(sourced: &mut Vec<Sourced>, is_site: bool) -> Option<Overview> {
    let at = sourced.iter().position(|s| s.path == "README" && s.document.goals.is_empty())?;
    let found = &sourced[at].document.source;
    let overview = Overview { name: found.name.clone(), text: found.text.clone() };
    // The index of the site takes its place.
    if is_site {
        sourced.remove(at);
    }
    Some(overview)
}

/// The documents in which shipped rules are proved, those aside that are built anyway.
pub fn proofs(sourced: &[Sourced], session: &mut Session) -> Vec<Sourced> {
    let known = |path: &str| {
        sourced.iter().any(|s| source::name_of(&s.file) == path || s.document.source.name == path)
    };
    let mut all = Vec::new();
    for (path, text) in SHIPPED {
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
        if known(path) || sourced.iter().any(|s| s.path == stem) {
            continue;
        }
        let document = documents::read_text(Source::named(path, text), true, session);
        let file = PathBuf::from(path);
        all.push(Sourced { file, path: format!("proofs/{stem}"), document });
    }
    all
}

/// The documents that were asked for. What is wrong with them is among the problems.
pub fn read(arguments: &BuildArguments, session: &mut Session) -> Vec<Sourced> {
    let default = [PathBuf::from(DEFAULT)];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut all = Vec::new();
    for file in documents::find(paths, session) {
        if is_made(&file, paths, &arguments.out) {
            continue;
        }
        session.limits.begin(source::name_of(&file));
        let path = match place(&file, paths) {
            Some(path) => path,
            None => {
                let problem =
                    Diagnostic::new("E0621", Span::default(), "this name cannot be that of a page")
                        .hint("use letters, digits and `.-_`, and no name that begins with a dot");
                session.problems.about(source::name_of(&file), problem);
                continue;
            }
        };
        if let Some(other) = taken.insert(path.clone(), file.clone()) {
            let message = format!("its page is that of {}, too", source::name_of(&other));
            let problem = Diagnostic::new("E0620", Span::default(), message)
                .hint("give one of them another name, or build them to different directories");
            session.problems.about(source::name_of(&file), problem);
        }
        if let Some(document) = documents::read(&file, session) {
            all.push(Sourced { file, path, document });
        }
    }
    all
}

/// Whether a file was found in the directory that is written to, which lies below one that is read.
fn is_made(file: &Path, paths: &[PathBuf], out: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).ok();
    let (Some(file), Some(out)) = (whole(file), whole(out)) else { return false };
    let read = paths.iter().filter_map(|path| whole(path));
    file.starts_with(&out) && read.into_iter().any(|path| out.starts_with(&path) && out != path)
}

/// The place of a page: the way from the directory that was named to the document, or the name of a document that was named
/// itself. It never leaves the directory that is written to.
fn place(file: &Path, paths: &[PathBuf]) -> Option<String> {
    let below = paths.iter().filter(|p| p.is_dir()).find_map(|p| file.strip_prefix(p).ok());
    let way =
        below.map_or_else(|| file.file_name().map(PathBuf::from), |p| Some(p.to_path_buf()))?;
    let mut parts = Vec::new();
    for part in way.with_extension("").components() {
        // What leads up or to the root is no plain name.
        let part = part.as_os_str().to_str().filter(|p| is_plain(p))?;
        parts.push(part.to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether a name can stand in an address and in a file system, and hides nothing.
fn is_plain(name: &str) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '+' | ',' | '(' | ')');
    !name.starts_with('.') && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::place;
    use std::path::{Path, PathBuf};

    #[test]
    fn pages_stand_as_their_documents_do() {
        let at = |file: &str| place(Path::new(file), &[PathBuf::from("src")]);
        assert_eq!(at("src/kl.md").as_deref(), Some("kl"));
        assert_eq!(at("../../kl.md").as_deref(), Some("kl"));
        assert_eq!(at("/etc/a b.hence").as_deref(), Some("a b"));
        assert_eq!(at("x/.hidden.md"), None);
        assert_eq!(at("x/a\u{202e}b.md"), None);
        assert_eq!(at("x/<script>.md"), None);
    }
}
