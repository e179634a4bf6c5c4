//! `hence figures`: the figures of documents, drawn to files or compared with them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hence::diagnostic::Diagnostic;
use hence::document::figure::svg;
use hence::verify::figure;

use super::arguments::FiguresArguments;
use super::context::Session;
use super::documents::{self, Document, PlacedFigure};
use super::exit::Exit;
use super::problems::Problems;
use super::source;

/// Where documents are looked for when none are named.
const DEFAULT: &str = "derivations";

/// Runs the command.
pub fn run(arguments: &FiguresArguments, session: &mut Session) -> Exit {
    let default = [PathBuf::from(DEFAULT)];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let found = documents::find(paths, session);
    let mut drawn = Drawn { check: arguments.check, ..Drawn::default() };
    for path in &found {
        session.limits.begin(source::name_of(path));
        let Some(document) = documents::read(path, session) else { continue };
        for placed in &document.figures {
            session.limits.begin(format!("{}: {}", source::name_of(path), placed.file));
            drawn.figure(path, &document, placed, session);
        }
    }
    let shown = drawn.failures.render(session.output.colour_of_errors);
    session.output.error(&shown);
    session.output.line(&drawn.summary());
    Exit::of(drawn.failures.is_empty())
}

#[derive(Default)]
struct Drawn {
    check: bool,
    figures: usize,
    files: BTreeSet<PathBuf>,
    /// What could be read and does not hold: figures that are stale, and formulas without a derivation.
    failures: Problems,
}

impl Drawn {
    fn figure(
        &mut self,
        path: &Path,
        document: &Document,
        placed: &PlacedFigure,
        session: &mut Session,
    ) {
        self.figures += 1;
        let target = path.with_file_name(&placed.file);
        if !self.files.insert(target.clone()) {
            // Within one document this was said when it was read.
            if document.sound {
                let problem = documents::drawn_twice(placed);
                session.problems.extend(&document.source, vec![problem]);
            }
            return;
        }
        if !document.sound {
            return;
        }
        if let Some(link) = link_below(path, &placed.file) {
            let message = format!("{} leads away through the link {link}", placed.file);
            let problem = Diagnostic::new("E0714", placed.fence, message)
                .hint("figures are drawn below their document, in real directories");
            session.problems.extend(&document.source, vec![problem]);
            return;
        }
        let whole = &document.layout.whole;
        let shown = figure(&placed.figure, whole, &document.statements, &session.theory);
        match shown {
            Ok(shown) => self.compare(&svg(&shown), &target, document, placed, session),
            Err(problems) => self.refuse(problems, document, session),
        }
    }

    /// Formulas that are not derived are a result; the rest could not be read.
    fn refuse(&mut self, problems: Vec<Diagnostic>, document: &Document, session: &mut Session) {
        let located = problems.into_iter().map(|p| document.layout.locate(p));
        let (stuck, wrong) = located.partition(|p| p.code == "E0709");
        self.failures.extend(&document.source, stuck);
        session.problems.extend(&document.source, wrong);
    }

    fn compare(
        &mut self,
        text: &str,
        target: &Path,
        document: &Document,
        placed: &PlacedFigure,
        session: &mut Session,
    ) {
        let present = match fs::read(target) {
            Ok(bytes) => Some(bytes),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return unwritable(&e, document, placed, session),
        };
        let same = present.as_ref().is_some_and(|bytes| bytes == text.as_bytes());
        let status = match (same, self.check, present.is_some()) {
            (true, ..) => "current",
            (false, true, true) => "stale",
            (false, true, false) => "missing",
            (false, false, _) => match source::write(target, text) {
                Ok(()) => "written",
                Err(e) => return unwritable(&e, document, placed, session),
            },
        };
        let (line, column) = document.source.position(placed.fence.start);
        let name = &document.source.name;
        let ink = if matches!(status, "stale" | "missing") { "31" } else { "32" };
        let shown = session.output.ink(ink, status);
        session.output.line(&format!("{name}:{line}:{column} {shown} {}", placed.file));
        if ink == "31" {
            let what = if status == "stale" { "is not what would be drawn" } else { "is missing" };
            let problem = Diagnostic::new("E0711", placed.fence, format!("{} {what}", placed.file))
                .hint("run `hence figures` on this document, and look at the picture");
            self.failures.extend(&document.source, vec![problem]);
        }
    }

    fn summary(&self) -> String {
        let plural = if self.figures == 1 { "" } else { "s" };
        format!("{} figure{plural}", self.figures)
    }
}

/// A directory between a document and its figure that is a link: it could lead anywhere.
pub fn link_below(document: &Path, file: &str) -> Option<String> {
    let mut place = document.parent().map(Path::to_path_buf).unwrap_or_default();
    for part in Path::new(file).parent()?.components() {
        place.push(part);
        if fs::symlink_metadata(&place).is_ok_and(|m| m.file_type().is_symlink()) {
            return Some(source::name_of(&place));
        }
    }
    None
}

fn unwritable(e: &io::Error, document: &Document, placed: &PlacedFigure, session: &mut Session) {
    let message = format!("{} cannot be read or written: {e}", placed.file);
    let problem =
        Diagnostic::new("E0713", placed.fence, message).hint("check the path and its permissions");
    session.problems.extend(&document.source, vec![problem]);
}
