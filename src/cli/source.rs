//! Texts with their names: files, and what stands on the command line.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};
use std::sync::Arc;

use hence::diagnostic::{Diagnostic, Span};

/// The largest file that is read; the parser's own limit.
const LARGEST: u64 = 1 << 20;

/// The largest certificate: every step carries whole terms.
const LARGEST_CERTIFICATE: u64 = 32 << 20;

/// A text, and what to call it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The path, or a name in angle brackets.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// A text that is no file.
    pub fn named(name: &str, text: &str) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// The statement on the command line.
    pub fn command(text: &str) -> Arc<Self> {
        Self::named("<command line>", text)
    }

    /// Line and column, both from 1; columns count characters.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line = before.rfind('\n').map_or(0, |n| n + 1);
        (before.matches('\n').count() + 1, before[line..].chars().count() + 1)
    }
}

/// The name of a file, on one line: control characters, and those that turn the direction of writing, are spelled out.
pub fn name_of(path: &Path) -> String {
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name = path.display().to_string();
    if name.chars().all(plain) {
        return name;
    }
    name.chars()
        .map(|c| if plain(c) { c.to_string() } else { c.escape_unicode().to_string() })
        .collect()
}

/// Reads a document or a theory.
///
/// # Errors
/// What is wrong with it, without a place in its text.
pub fn read(path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
    read_up_to(path, LARGEST)
}

/// Reads a document that a theory file names: below the working directory only, whatever a stranger's file says.
///
/// # Errors
/// As [`read`].
pub fn read_below(path: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    let path = Path::new(path);
    if path.is_absolute() || path.components().any(|part| part == Component::ParentDir) {
        let message = "a document of proof lies below the working directory";
        return Err(advised("E0601", message, "write a relative path without `..`"));
    }
    read(path)
}

/// Reads a certificate.
///
/// # Errors
/// As [`read`].
pub fn read_certificate(path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
    read_up_to(path, LARGEST_CERTIFICATE)
}

fn read_up_to(path: &Path, largest: u64) -> Result<Arc<Source>, Box<Diagnostic>> {
    let name = name_of(path);
    let text = String::from_utf8(bytes(path, largest)?)
        .map_err(|e| not_text(e.utf8_error().valid_up_to()))?;
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(advised(
            "E0605",
            "the file is empty",
            "a document holds statements, `derive …` or `claim …`; a theory, entries",
        ));
    }
    Ok(Arc::new(Source { name, text }))
}

/// Writes a file whole or not at all: under another name first.
///
/// # Errors
/// What the system says.
pub fn write(target: &Path, text: &str) -> io::Result<()> {
    write_bytes(target, text.as_bytes())
}

/// As [`write`], for what is no text.
///
/// # Errors
/// What the system says.
pub fn write_bytes(target: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(directory) = target.parent() {
        fs::create_dir_all(directory)?;
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let done = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, target));
    if done.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    done
}

/// The bytes of a file that is not too large.
fn bytes(path: &Path, largest: u64) -> Result<Vec<u8>, Box<Diagnostic>> {
    let unreadable = |e: &io::Error| {
        advised(
            "E0601",
            format!("the file cannot be read: {}", reason(e)),
            "check the path and its permissions",
        )
    };
    let data = fs::metadata(path).map_err(|e| unreadable(&e))?;
    if data.is_dir() {
        return Err(advised(
            "E0602",
            "this is a directory, and a file is needed",
            "name a file in it",
        ));
    }
    if data.is_file() && data.len() > largest {
        let length = data.len();
        return Err(too_large(format!("the file has {length} bytes; at most {largest} are read")));
    }
    let mut text = Vec::new();
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    // A device or a pipe has no length: one byte past the limit is enough to know.
    file.take(largest + 1).read_to_end(&mut text).map_err(|e| unreadable(&e))?;
    if text.len() as u64 > largest {
        return Err(too_large(format!("the file has more than {largest} bytes")));
    }
    Ok(text)
}

fn too_large(message: String) -> Box<Diagnostic> {
    advised("E0604", message, "split it into several files")
}

fn not_text(at: usize) -> Box<Diagnostic> {
    advised(
        "E0603",
        format!("the file is not UTF-8 text: byte {at} does not belong there"),
        "save it as UTF-8",
    )
}

fn reason(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission is denied".into(),
        _ => e.to_string(),
    }
}

fn advised(code: &'static str, message: impl Into<String>, hint: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(code, Span::default(), message).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn columns_count_characters() {
        let source = Source::command("μ\nσ₁ + x");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("μ\nσ₁ ".len()), (2, 4));
        assert_eq!(source.position(999), (2, 7));
    }
}
