//! `hence build`: documents to Markdown, HTML, LaTeX and PDF, whole or not at all.
//!
//! Everything is made in memory first. Where a document cannot be read, nothing is written; each file is written under
//! another name and then renamed. What was built before is remembered, document by document, with all that it depends on.

mod assemble;
mod files;
mod memory;
mod render;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use hence::document::page::RawHtml;

pub use self::assemble::{decided, page};
use self::files::Files;
use self::memory::{Memory, Remembered};
use self::render::Renderer;
pub use self::sources::Sourced;
use super::STACK;
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
    let mut answers = decided(&sourced, &open, arguments, session);
    let html = if arguments.unsafe_html { RawHtml::Kept } else { RawHtml::AsText };
    session.limits.begin("the pages");
    let answers = open.iter().map(|i| (*i, std::mem::take(&mut answers[*i]))).collect();
    let theory = &session.theory;
    let made = on_threads(answers, arguments.jobs, |(index, answers)| {
        let made = page(&sourced[index], answers, html, theory);
        let page = renderer.page(&made.page, made.wrong, &sourced[index]);
        (index, page, made.problems, made.lasting)
    });
    for (index, page, problems, lasting) in made {
        session.problems.extend(&sourced[index].document.source, problems);
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
    files.are_distinct(&arguments.out, session);
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

/// What `work` makes of each task, in the order of the tasks.
fn on_threads<T: Send, R: Send>(
    tasks: Vec<T>,
    jobs: Option<u16>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let processors = || available_parallelism().map_or(1, usize::from);
    let jobs = jobs.map_or_else(processors, usize::from).clamp(1, tasks.len().max(1));
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let each = || {
        while let Some((place, task)) = next() {
            let result = work(task);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(place, result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let thread = std::thread::Builder::new().stack_size(STACK);
            if let Err(e) = thread.spawn_scoped(scope, each) {
                panic!("no thread could be started: {e}");
            }
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}
