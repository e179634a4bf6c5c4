//! `hence build`: documents to Markdown, HTML, LaTeX and PDF, whole or not at all.
//!
//! Everything is made in memory first. Where a document cannot be read, nothing is written; each file is written under
//! another name and then renamed. What was built before is remembered, document by document, with all that it depends on.

mod assemble;
mod files;
mod memory;
mod render;
mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use self::assemble::Assembled;
pub use self::assemble::pages;
use self::files::Files;
use self::memory::{Memory, Remembered};
use self::render::Renderer;
pub use self::sources::Sourced;
use super::arguments::{BuildArguments, PageFormat};
use super::context::Session;
use super::exit::Exit;

/// Runs the command.
pub fn run(arguments: &BuildArguments, session: &mut Session) -> Exit {
    let mut sourced = sources::read(arguments, session);
    let is_site = arguments.format.contains(&PageFormat::Html);
    let overview = sources::overview(&mut sourced, is_site);
    if is_site {
        let proofs = sources::proofs(&sourced, session);
        sourced.extend(proofs);
    }
    session.limits.idle();
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let memory = Memory::open(arguments, &sourced, session);
    let renderer = Renderer::new(arguments, &sourced, session);
    let mut built: Vec<Option<Remembered>> =
        sourced.iter().enumerate().map(|(i, s)| memory.get(i, &s.file)).collect();
    let open: Vec<usize> = (0..sourced.len()).filter(|i| built[*i].is_none()).collect();
    for assembled in pages(&sourced, &open, arguments, session) {
        let Assembled { index, page, wrong, lasting } = assembled;
        let page = renderer.page(&page, wrong, &sourced[index]);
        if lasting {
            memory.keep(index, &sourced[index].file, &page);
        }
        built[index] = Some(page);
    }
    let mut files = Files::default();
    let built: Vec<Remembered> = built.into_iter().flatten().collect();
    for (sourced, page) in sourced.iter().zip(&built) {
        renderer.files_of(page, sourced, &memory, &mut files, session);
    }
    renderer.files_around(&built, overview.as_ref(), &mut files);
    session.limits.idle();
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let wrong: Vec<&String> = built.iter().flat_map(|page| &page.wrong).collect();
    wrong.iter().for_each(|line| session.output.line(line));
    let current = match arguments.check {
        true => files.compare(&arguments.out, session),
        false => {
            let whole = sourced.iter().filter_map(|s| fs::canonicalize(&s.file).ok());
            files.write(&arguments.out, &whole.collect::<BTreeSet<PathBuf>>(), session)
        }
    };
    Exit::of(wrong.is_empty() && current)
}
