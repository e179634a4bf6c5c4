//! What a build makes, compared with what is there, and written: each file whole, and none outside the directory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hence::diagnostic::{Diagnostic, Span};

use super::super::context::Session;
use super::super::source;

/// Files by their path in the directory that is written to, `/` between directories.
#[derive(Default)]
pub struct Files {
    all: BTreeMap<String, Vec<u8>>,
    /// Paths that two different files would have.
    clashes: BTreeSet<String>,
}

impl Files {
    /// A file to be written.
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let (path, bytes) = (path.into(), bytes.into());
        if self.all.get(&path).is_some_and(|known| *known != bytes) {
            self.clashes.insert(path.clone());
        }
        self.all.insert(path, bytes);
    }

    /// Whether every file has a path of its own; what has not is among the problems.
    pub fn are_distinct(&self, out: &Path, session: &mut Session) -> bool {
        for path in &self.clashes {
            let problem =
                Diagnostic::new("E0620", Span::default(), "two different files would be written here")
                    .hint("give the document or the picture another name; a site has pages of its own, such as index and axioms");
            session.problems.about(source::name_of(&out.join(path)), problem);
        }
        self.clashes.is_empty()
    }

    /// Whether what is there is what would be written; what is not is told.
    pub fn compare(&self, out: &Path, session: &mut Session) -> bool {
        let mut stale = 0;
        for (path, bytes) in &self.all {
            let what = match fs::read(out.join(path)) {
                Ok(present) if present == *bytes => continue,
                Ok(_) => "stale",
                Err(_) => "missing",
            };
            stale += 1;
            let name = source::name_of(&out.join(path));
            let shown = session.output.ink("31", what);
            session.output.line(&format!("{name} {shown}"));
        }
        let plural = if self.all.len() == 1 { "" } else { "s" };
        let what = if stale == 0 { "all current".into() } else { format!("{stale} not current") };
        session.output.line(&format!("{} file{plural}, {what}", self.all.len()));
        stale == 0
    }

    /// Writes what differs from what is there. The sources of the documents are never written over, and no link is followed out
    /// of the directory.
    pub fn write(&self, out: &Path, sources: &BTreeSet<PathBuf>, session: &mut Session) -> bool {
        let refused: Vec<(PathBuf, Diagnostic)> =
            self.all.keys().filter_map(|path| refusal(out, path, sources)).collect();
        if !refused.is_empty() {
            for (file, problem) in refused {
                session.problems.about(source::name_of(&file), problem);
            }
            return false;
        }
        let mut written = 0;
        for (path, bytes) in &self.all {
            let target = out.join(path);
            remove_unfinished(&target);
            if fs::read(&target).is_ok_and(|present| present == *bytes) {
                continue;
            }
            if let Err(e) = source::write_bytes(&target, bytes) {
                let problem =
                    Diagnostic::new("E0623", Span::default(), format!("cannot be written: {e}"))
                        .hint("check the path and its permissions");
                session.problems.about(source::name_of(&target), problem);
                return false;
            }
            written += 1;
        }
        let plural = if self.all.len() == 1 { "" } else { "s" };
        let name = source::name_of(out);
        session.output.line(&format!("{name}: {} file{plural}, {written} written", self.all.len()));
        true
    }
}

/// What a run that was killed left under another name is taken for such after this time.
const ABANDONED: Duration = Duration::from_secs(600);

/// Removes what is left of a file that an earlier run did not finish.
fn remove_unfinished(target: &Path) {
    let (Some(directory), Some(name)) = (target.parent(), target.file_name()) else { return };
    let start = format!(".{}.", name.to_string_lossy());
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        let rest = other.strip_prefix(&start).unwrap_or_default();
        let unfinished = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
        let age = entry.metadata().and_then(|m| m.modified()).map(|t| t.elapsed());
        if unfinished && age.is_ok_and(|a| a.is_ok_and(|a| a > ABANDONED)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Why a file is not written, where it is not.
fn refusal(out: &Path, path: &str, sources: &BTreeSet<PathBuf>) -> Option<(PathBuf, Diagnostic)> {
    let target = out.join(path);
    let problem = |message: &str, hint: &str| {
        let problem = Diagnostic::new("E0622", Span::default(), message.to_owned());
        Some((target.clone(), problem.hint(hint.to_owned())))
    };
    if fs::canonicalize(&target).is_ok_and(|whole| sources.contains(&whole)) {
        return problem("this is a document, and would be written over", "choose another --out");
    }
    let mut place = out.to_path_buf();
    for part in Path::new(path).components() {
        place.push(part);
        match fs::symlink_metadata(&place) {
            Ok(m) if m.file_type().is_symlink() => {
                return problem(
                    "this leads away through a link",
                    "remove the link, or choose another --out",
                );
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => break,
            _ => {}
        }
    }
    None
}
