//! Outcomes of earlier runs, so that an unchanged statement costs nothing.
//!
//! One file for each document, below the user's own cache directory or the one that was asked for: never beside the
//! document, where whoever sends a change could put verdicts of his own. A statement is found again by the SHA-256 of
//! everything that its outcome depends on: this very program, the theory files of the user's own, the options, and
//! the goal with all that is declared and assumed. What is not asked for again is forgotten when the file is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hence::diagnostic::Span;
use hence::elaborate::Goal;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::outcome::Outcome;
use super::source;

/// A place for outcomes.
pub struct Cache {
    directory: PathBuf,
    /// The digest of the program, the theory and the options.
    setting: String,
}

/// The outcomes that are known about one document.
#[derive(Default)]
pub struct Page {
    file: Option<PathBuf>,
    known: BTreeMap<String, Value>,
}

/// Hexadecimal SHA-256.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps neighbours apart.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut out = String::new();
    for byte in hasher.finalize() {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Where outcomes are kept when nothing else is said.
fn usual() -> Option<PathBuf> {
    let absolute = |p: PathBuf| p.is_absolute().then_some(p);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).and_then(absolute);
    let cache = cache.or_else(|| Some(std::env::home_dir().and_then(absolute)?.join(".cache")));
    Some(cache?.join("hence"))
}

impl Cache {
    /// The cache in `directory`, or in the user's own; `None` where this program cannot be read, or no place is known.
    /// `theories` are the texts of the user's own theory files, `options` what else changes outcomes.
    pub fn open(directory: Option<&Path>, theories: &[&str], options: &str) -> Option<Self> {
        let directory = directory.map(Path::to_path_buf).or_else(usual)?;
        let program = fs::read(std::env::current_exe().ok()?).ok()?;
        let mut parts: Vec<&[u8]> = vec![&program, options.as_bytes()];
        parts.extend(theories.iter().map(|t| t.as_bytes()));
        Some(Self { directory, setting: digest(&parts) })
    }

    /// Where it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The digest of the program, the theory and the options.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// What is known about the document at `path`. A file that cannot be read knows nothing.
    pub fn page(&self, path: &Path) -> Page {
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let name = digest(&[whole.as_os_str().as_encoded_bytes()]);
        let file = self.directory.join(format!("{name}.json"));
        // A pipe in place of the file would never end.
        let text = match file.is_file() {
            true => source::read_certificate(&file).map(|s| s.text.clone()).unwrap_or_default(),
            false => String::new(),
        };
        let known = match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(all)) => all.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Page { file: Some(file), known }
    }

    /// The digest of everything that the outcome of a goal depends on.
    pub fn key(&self, goal: &Goal) -> String {
        let goal = Goal { span: Span::default(), ..goal.clone() };
        digest(&[self.setting.as_bytes(), format!("{goal:?}").as_bytes()])
    }
}

impl Page {
    /// The outcome of an earlier run for a goal with this key.
    pub fn get(&self, key: &str, goal: &Goal) -> Option<Outcome> {
        let outcome = Outcome::from_json(self.known.get(key)?)?;
        (outcome.record["statement"] == goal.text).then_some(outcome)
    }

    /// Keeps these outcomes, and no others. A directory that cannot be written costs time only.
    pub fn keep(&self, outcomes: &[(String, &Outcome)]) {
        let Some(file) = &self.file else { return };
        let unchanged = outcomes.len() == self.known.len()
            && outcomes.iter().all(|(key, _)| self.known.contains_key(key));
        if unchanged {
            return;
        }
        let all: Map<String, Value> =
            outcomes.iter().map(|(key, outcome)| (key.clone(), outcome.to_json())).collect();
        let _ = source::write(file, &Value::Object(all).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn neighbours_are_kept_apart() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
        assert_eq!(digest(&[b"ab"]), digest(&[b"ab"]));
    }
}
