//! Documents found and read: literate Markdown and plain files of statements, each to its goals.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hence::diagnostic::{Diagnostic, Span};
use hence::elaborate::{Goal, statements};
use hence::syntax::literate::{Block, blocks};
use hence::syntax::parse_statements;

use super::context::Session;
use super::source::{self, Source};

/// The word after `hence` on a fence whose claims must turn out to be wrong.
const REFUTED: &str = "refuted";

/// A goal and where it stands.
pub struct Placed {
    /// What is asked.
    pub goal: Goal,
    /// The statement's place in the file.
    pub span: Span,
    /// Whether the author says that it is wrong.
    pub expected_refuted: bool,
}

/// A document that was read.
pub struct Document {
    /// The file.
    pub source: Rc<Source>,
    /// Its goals in order.
    pub goals: Vec<Placed>,
    /// Whether it has a place for statements at all.
    pub has_blocks: bool,
}

/// The documents among the paths, and below those that are directories: sorted, each once.
pub fn find(paths: &[PathBuf], session: &mut Session) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            if let Err((place, e)) = below(path, &mut found) {
                let problem =
                    Diagnostic::new("E0601", Span::default(), format!("cannot be read: {e}"));
                session.problems.about(place.display().to_string(), problem);
            } else if found.len() == before {
                session.problems.about(path.display().to_string(), nothing_found());
            }
        } else if path.exists() && !is_document(path) {
            let problem = Diagnostic::new("E0606", Span::default(), "this is not a document")
                .hint("documents end in .md or .hence");
            session.problems.about(path.display().to_string(), problem);
        } else {
            found.insert(path.clone());
        }
    }
    found.into_iter().collect()
}

fn nothing_found() -> Diagnostic {
    Diagnostic::new("E0607", Span::default(), "no documents were found here")
        .hint("documents end in .md or .hence; name them, or a directory that holds them")
}

fn below(directory: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let problem = |e| (directory.to_path_buf(), e);
    for entry in fs::read_dir(directory).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // Links to directories are not followed: they may lead in a circle.
        let path = entry.path();
        if entry.file_type().map_err(problem)?.is_dir() {
            below(&path, found)?;
        } else if is_document(&path) && !path.is_dir() {
            found.insert(path);
        }
    }
    Ok(())
}

/// Whether the name says that it is a document.
pub fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "md" || e == "hence")
}

/// Reads a document to its goals; what is wrong with it is among the problems.
pub fn read(path: &Path, session: &mut Session) -> Option<Document> {
    let source = match source::read(path) {
        Ok(source) => source,
        Err(problem) => {
            session.problems.about(path.display().to_string(), *problem);
            return None;
        }
    };
    let literate = path.extension().is_some_and(|e| e == "md");
    let layout =
        if literate { Layout::literate(&source.text) } else { Layout::plain(&source.text) };
    let (tree, mut problems) = parse_statements(&layout.text);
    let (goals, found) = statements(&layout.text, &tree, &session.theory);
    problems.extend(found);
    let problems = problems.into_iter().map(|p| layout.locate(p)).collect();
    session.problems.extend(&source, problems);
    let goals = goals
        .into_iter()
        .map(|goal| Placed {
            span: layout.in_file(goal.span),
            expected_refuted: layout.is_refuted(goal.span),
            goal,
        })
        .collect();
    Some(Document { source, goals, has_blocks: !literate || !layout.blocks.is_empty() })
}

/// The statements of a document as one text, so that declarations carry over from block to block, and the way back
/// from that text to the file.
struct Layout {
    text: String,
    /// Blocks with where they start in `text`.
    blocks: Vec<(usize, Block)>,
}

impl Layout {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), blocks: Vec::new() }
    }

    fn literate(markdown: &str) -> Self {
        let mut layout = Self { text: String::new(), blocks: Vec::new() };
        for block in blocks(markdown) {
            let start = layout.text.len();
            layout.text += &block.text;
            layout.text += "\n";
            layout.blocks.push((start, block));
        }
        layout
    }

    /// The block that a place of the text lies in, and where that block starts.
    fn block(&self, at: usize) -> Option<&(usize, Block)> {
        let later = self.blocks.partition_point(|(start, _)| *start <= at);
        self.blocks.get(later.checked_sub(1)?)
    }

    fn in_file(&self, span: Span) -> Span {
        let place = |at: usize| match self.block(at) {
            Some((start, block)) => {
                let within = (at - start).min(block.text.len());
                block.in_file(Span::new(within, within)).start
            }
            None => at,
        };
        // The end belongs to the block of the last byte, not to the one that starts there.
        let end = if span.end > span.start { place(span.end - 1) + 1 } else { place(span.end) };
        Span::new(place(span.start), end)
    }

    fn locate(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.span = self.in_file(diagnostic.span);
        for (span, _) in &mut diagnostic.secondary {
            *span = self.in_file(*span);
        }
        diagnostic
    }

    fn is_refuted(&self, span: Span) -> bool {
        self.block(span.start)
            .is_some_and(|(_, block)| block.info.split_whitespace().any(|word| word == REFUTED))
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use hence::diagnostic::Span;

    #[test]
    fn places_lead_back_to_the_file() {
        let file = "a\n\n```hence\nlet x real\n```\n\nb\n\n```hence refuted\nclaim x = 1\n```\n";
        let layout = Layout::literate(file);
        let at = layout.text.find("claim").unwrap();
        let span = layout.in_file(Span::new(at, at + "claim x = 1".len()));
        assert_eq!(&file[span.start..span.end], "claim x = 1");
        assert!(layout.is_refuted(Span::new(at, at)));
        assert!(!layout.is_refuted(Span::new(0, 0)));
    }
}
