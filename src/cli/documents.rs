//! Documents found and read: literate Markdown and plain files of statements, each to its goals.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hence::diagnostic::{Diagnostic, Span};
use hence::elaborate::{Goal, GoalKind, contexts, statements};
use hence::syntax::figure::{Figure, parse_figure};
use hence::syntax::fit::{FitStatement, parse_fits};
use hence::syntax::literate::{Block, Kind, blocks};
use hence::syntax::parse_statements;
use hence::syntax::tree::Statement;
use hence::term::{Relation, Term};
use hence::theory::Theory;

use super::context::Session;
use super::source::{self, Source};

/// A goal and where it stands.
pub struct Placed {
    /// What is asked.
    pub goal: Goal,
    /// The statement's place in the file.
    pub span: Span,
    /// Whether the author says that it is wrong.
    pub expected_refuted: bool,
}

/// A statement about a fit and where it stands.
pub struct PlacedFit {
    /// The statement.
    pub fit: FitStatement,
    /// Its place, and what is known there, as a claim that says nothing.
    pub placed: Placed,
    /// The fence of its block in the file.
    pub fence: Span,
}

/// A figure and where it stands.
pub struct PlacedFigure {
    /// Where it is drawn to, beside the document.
    pub file: String,
    /// What is to be drawn.
    pub figure: Figure,
    /// The fence of its block in the file.
    pub fence: Span,
}

/// A document that was read.
pub struct Document {
    /// The file.
    pub source: Arc<Source>,
    /// Its goals in order.
    pub goals: Vec<Placed>,
    /// Its figures in order.
    pub figures: Vec<PlacedFigure>,
    /// Its statements about fits in order.
    pub fits: Vec<PlacedFit>,
    /// All its statements.
    pub statements: Vec<Statement>,
    /// Where they stand.
    pub layout: Layout,
    /// Whether nothing was wrong with it.
    pub sound: bool,
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
                session.problems.about(source::name_of(&place), problem);
            } else if found.len() == before {
                session.problems.about(source::name_of(path), nothing_found());
            }
        } else if path.exists() && !is_document(path) {
            let problem = Diagnostic::new("E0606", Span::default(), "this is not a document")
                .hint("documents end in .md or .hence");
            session.problems.about(source::name_of(path), problem);
        } else {
            found.insert(path.clone());
        }
    }
    // One file by two names is one document.
    let mut seen = BTreeSet::new();
    found.retain(|path| fs::canonicalize(path).map_or(true, |whole| seen.insert(whole)));
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
        } else if is_document(&path) && (path.is_file() || !path.exists()) {
            // Pipes and devices are no documents; a link that leads nowhere is reported when it is read.
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
            session.problems.about(source::name_of(path), *problem);
            return None;
        }
    };
    let literate = path.extension().is_some_and(|e| e == "md");
    Some(read_text(source, literate, session))
}

/// Reads the text of a document, Markdown or statements alone; what is wrong with it is among the problems.
pub fn read_text(source: Arc<Source>, literate: bool, session: &mut Session) -> Document {
    let layout =
        if literate { Layout::literate(&source.text) } else { Layout::plain(&source.text) };
    let (mut tree, mut problems) = parse_statements(&layout.text);
    layout.mark_ends(&mut tree);
    let (goals, found) = statements(&layout.text, &tree, &session.theory);
    problems.extend(found);
    let (figures, found) = layout.figures();
    problems.extend(found);
    let (fits, found) = layout.fits(&tree, &session.theory);
    problems.extend(found);
    let mut problems: Vec<_> = problems.into_iter().map(|p| layout.locate(p)).collect();
    problems.extend(layout.fences(&figures));
    let sound = problems.is_empty();
    session.problems.extend(&source, problems);
    let goals = goals
        .into_iter()
        .map(|goal| Placed {
            span: layout.in_file(goal.span),
            expected_refuted: layout.is_refuted(goal.span),
            goal,
        })
        .collect();
    let has_blocks = !literate || !layout.blocks.is_empty();
    Document { source, goals, figures, fits, statements: tree, layout, sound, has_blocks }
}

/// The statements of a document as one text, so that declarations carry over from block to block, and the way back
/// from that text to the file.
pub struct Layout {
    /// The statements, and blanks in place of the figures.
    pub text: String,
    /// The statements and the figures.
    pub whole: String,
    /// Blocks with where they start in `text`.
    pub blocks: Vec<(usize, Block)>,
    literate: bool,
}

impl Layout {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), whole: text.to_owned(), blocks: Vec::new(), literate: false }
    }

    fn literate(markdown: &str) -> Self {
        let mut layout =
            Self { text: String::new(), whole: String::new(), blocks: Vec::new(), literate: true };
        for block in blocks(markdown) {
            let start = layout.text.len();
            match block.kind() {
                Ok(Kind::Figure(_) | Kind::Fit | Kind::RefutedFit) => {
                    layout.text += &blank(&block.text);
                }
                _ => layout.text += &block.text,
            }
            layout.text += "\n";
            layout.whole += &block.text;
            layout.whole += "\n";
            layout.blocks.push((start, block));
        }
        layout
    }

    /// Notes where blocks end: what is supposed in one does not hold in the next.
    fn mark_ends(&self, tree: &mut Vec<Statement>) {
        for (start, block) in &self.blocks {
            let at = start + block.text.len();
            let place = tree.partition_point(|s| s.span.start < at);
            tree.insert(place, Statement::end(at));
        }
    }

    /// Whether it is Markdown, and not a file of statements alone.
    pub fn is_literate(&self) -> bool {
        self.literate
    }

    /// The figures, and what is wrong with their text.
    fn figures(&self) -> (Vec<PlacedFigure>, Vec<Diagnostic>) {
        let (mut figures, mut problems) = (Vec::new(), Vec::new());
        for (start, block) in &self.blocks {
            let Ok(Kind::Figure(file)) = block.kind() else { continue };
            let span = Span::new(*start, start + block.text.len());
            let (figure, found) = parse_figure(&self.whole, span);
            problems.extend(found);
            figures.push(PlacedFigure { file, figure, fence: block.fence });
        }
        (figures, problems)
    }

    /// The statements about fits, each with what is known before it, and what is wrong with their text.
    fn fits(&self, tree: &[Statement], theory: &Theory) -> (Vec<PlacedFit>, Vec<Diagnostic>) {
        let (mut fits, mut problems) = (Vec::new(), Vec::new());
        let mut known = None;
        for (start, block) in &self.blocks {
            let Some(kind) = block.kind().ok().filter(Kind::is_fit) else { continue };
            let expected_refuted = kind == Kind::RefutedFit;
            let span = Span::new(*start, start + block.text.len());
            let (statements, found) = parse_fits(&self.whole, span);
            problems.extend(found);
            for fit in statements {
                let known = known.get_or_insert_with(|| contexts(&self.text, tree, theory));
                let before = known.iter().rev().find(|(s, _)| s.start < fit.span.start);
                let context = before.map(|(_, c)| c.clone()).unwrap_or_default();
                let zero = Term::integer(0);
                let goal = Goal {
                    kind: GoalKind::Claim {
                        relation: Relation::Eq,
                        left: zero.clone(),
                        right: zero,
                    },
                    by: Vec::new(),
                    context,
                    conditions: Vec::new(),
                    span: fit.span,
                    text: fit.in_one_line(),
                    chain: None,
                };
                let span = self.in_file(fit.span);
                let placed = Placed { goal, span, expected_refuted };
                fits.push(PlacedFit { fit, placed, fence: block.fence });
            }
        }
        (fits, problems)
    }

    /// What is wrong with the fences of the file.
    fn fences(&self, figures: &[PlacedFigure]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for (_, block) in &self.blocks {
            problems.extend(block.kind().err().map(|problem| *problem));
            problems.extend(block.unclosed());
        }
        for (n, figure) in figures.iter().enumerate() {
            let earlier = figures.iter().take(n).find(|f| f.file == figure.file);
            problems
                .extend(earlier.map(|first| drawn_twice(figure).also(first.fence, "the first")));
        }
        problems
    }

    /// The block that a place of the text lies in, and where that block starts.
    fn block(&self, at: usize) -> Option<&(usize, Block)> {
        let later = self.blocks.partition_point(|(start, _)| *start <= at);
        self.blocks.get(later.checked_sub(1)?)
    }

    /// A place in the text of the statements as one in the file.
    pub fn in_file(&self, span: Span) -> Span {
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

    /// A diagnostic about the text as one about the file.
    pub fn locate(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.span = self.in_file(diagnostic.span);
        for (span, _) in &mut diagnostic.secondary {
            *span = self.in_file(*span);
        }
        diagnostic
    }

    fn is_refuted(&self, span: Span) -> bool {
        self.block(span.start)
            .is_some_and(|(_, block)| block.kind().is_ok_and(|kind| kind == Kind::Refuted))
    }
}

/// What is said of a figure whose file is another one's.
pub fn drawn_twice(figure: &PlacedFigure) -> Diagnostic {
    let message = format!("two figures are drawn to {}", figure.file);
    Diagnostic::new("E0712", figure.fence, message).hint("give one of them another name")
}

/// As many bytes without a word in them, in the same lines.
fn blank(text: &str) -> String {
    text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect()
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
