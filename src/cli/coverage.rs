//! `hence coverage`: what can be derived of each family, and of each pair of families.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use hence::diagnostic::{Diagnostic, Span};
use hence::document::coverage::{
    Cell, CoverageView, Standing, json, markdown, text, without_times,
};
use hence::document::{Bilingual, Lang};
use hence::elaborate::Goal;
use hence::term::{Node, Symbol};
use hence::theory::{Column, Theory};
use hence::verify::coverage::{Asked, Place, Wanted, cell, coverage, goal, places};

use super::arguments::{CoverageArguments, CoverageFormat};
use super::check::progress;
use super::context::Session;
use super::exit::Exit;
use super::source;
use super::work::{Decide, Setting, decide_all};

/// Runs the command.
pub fn run(arguments: &CoverageArguments, session: &mut Session) -> Exit {
    let Some(wanted) = wanted(arguments, session) else { return Exit::Unreadable };
    let places = places(&session.theory, &wanted);
    let cells = decided(&places, arguments, session);
    let sound = !cells.iter().any(Cell::is_contradicted);
    let view = coverage(&session.theory, cells);
    let exit = Exit::of(sound);
    if let Some(path) = &arguments.write {
        return exit.max(written(&view, path, session));
    }
    if let Some(path) = &arguments.check {
        let whole = arguments.family.is_empty() && arguments.quantity.is_empty();
        return exit.max(compared(&view, path, whole, session));
    }
    let lang = arguments.lang.into();
    match arguments.format {
        CoverageFormat::Terminal => {
            session.output.for_pager();
            let shown = text(&view, &session.options(lang, 0, None));
            session.output.text(&shown);
        }
        CoverageFormat::Markdown => {
            let shown = markdown(&view, &session.options(lang, 0, None));
            session.output.text(&shown);
        }
        CoverageFormat::Json => session.output.line(&format!("{:#}", json(&view))),
    }
    exit
}

/// The part of the tables that is asked for. A name that is not known is a problem.
fn wanted(arguments: &CoverageArguments, session: &mut Session) -> Option<Wanted> {
    let mut out = Wanted::default();
    let mut problems = Vec::new();
    for name in &arguments.quantity {
        let columns = session.theory.columns();
        let found: Vec<Symbol> =
            columns.iter().filter(|c| is_called(c, name)).map(|c| c.name.clone()).collect();
        if found.is_empty() {
            let known: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
            problems.push(unknown("column", name, &known));
        }
        out.columns.extend(found);
    }
    for name in &arguments.family {
        let families = session.theory.distributions();
        match families.iter().find(|d| d.name.as_str().eq_ignore_ascii_case(name)) {
            Some(d) => out.families.push(d.name.clone()),
            None => {
                let known: Vec<&str> = families.iter().map(|d| d.name.as_str()).collect();
                problems.push(unknown("family", name, &known));
            }
        }
    }
    let fine = problems.is_empty();
    for problem in problems {
        session.problems.about("the command line".to_owned(), problem);
    }
    fine.then_some(out)
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::new("E0724", Span::default(), format!("no {what} is called `{name}`"))
        .hint(format!("known are {}", known.join(", ")))
}

/// Whether a column, or a quantity in it, has that name.
fn is_called(column: &Column, name: &str) -> bool {
    column.name.as_str().eq_ignore_ascii_case(name)
        || column.body.any(&mut |t| matches!(t.node(), Node::Call(f, _) if f.as_str() == name))
}

/// All cells, in the order of their places.
fn decided(places: &[Place], arguments: &CoverageArguments, session: &Session) -> Vec<Cell> {
    let theory = Arc::new(session.theory.clone());
    let mut cells: Vec<Cell> =
        places.iter().map(|p| Cell::new(p.column.clone(), p.families.clone())).collect();
    let (mut goals, mut at) = (Vec::new(), Vec::new());
    let mut by_text = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        if let Some(goal) = goal(place, &theory) {
            // Two columns may ask for the same; their cells are told apart by their place.
            let text = format!("{place:?}");
            by_text.insert(text.clone(), place.clone());
            goals.push(Goal { text, ..goal });
            at.push(index);
        }
    }
    let bar = progress(goals.len());
    let processors = || available_parallelism().map_or(1, usize::from);
    let setting = Setting {
        decide: deciding(theory, by_text, !arguments.no_verify),
        give_up: given_up,
        jobs: arguments.jobs.map_or_else(processors, usize::from),
        time: session.limits.time,
    };
    decide_all(goals, setting, |index, found: Cell, _| {
        let cell = &mut cells[at[index]];
        let families = std::mem::take(&mut cell.families);
        let (column, by) = (cell.column.clone(), places[at[index]].by.clone());
        *cell = Cell { column, families, by, ..found };
        bar.inc(1);
    });
    bar.finish_and_clear();
    cells
}

fn deciding(
    theory: Arc<Theory>,
    by_text: BTreeMap<String, Place>,
    with_evidence: bool,
) -> Decide<Cell> {
    let begun = Instant::now();
    Box::new(move |goal, earlier| {
        let clock = || begun.elapsed();
        let asked = Asked { theory: &theory, with_evidence, clock: &clock };
        match by_text.get(&goal.text) {
            Some(place) => cell(place, asked, earlier),
            None => given_up(goal, "not asked for"),
        }
    })
}

/// The cell of a goal that no answer was found for.
fn given_up(_: &Goal, why: &str) -> Cell {
    let message = Some(Bilingual::from(why));
    Cell { standing: Standing::Stuck, message, ..Cell::new(Symbol::new(""), Vec::new()) }
}

/// The document in both languages, each with its file.
fn documents(view: &CoverageView, path: &Path, session: &Session) -> Vec<(PathBuf, String)> {
    let beside = path.with_extension("zh.md");
    [(path.to_path_buf(), Lang::En), (beside, Lang::Zh)]
        .into_iter()
        .map(|(path, lang)| (path, markdown(view, &session.options(lang, 0, None))))
        .collect()
}

fn written(view: &CoverageView, path: &Path, session: &mut Session) -> Exit {
    for (path, text) in documents(view, path, session) {
        let name = source::name_of(&path);
        if let Err(e) = source::write(&path, &text) {
            let problem =
                Diagnostic::new("E0713", Span::default(), format!("it cannot be written: {e}"))
                    .hint("check the path and its permissions");
            session.problems.about(name, problem);
            return Exit::Unreadable;
        }
        let shown = session.output.ink("32", "written");
        session.output.line(&format!("{name} {shown}"));
    }
    Exit::Holds
}

/// The first difference between a document and what it would be now; of a part of the tables, the first entry that the
/// document does not have as it is now.
fn stale<'t>(old: &'t str, new: &'t str, whole: bool) -> Option<(Option<&'t str>, &'t str)> {
    if old == new {
        return None;
    }
    if whole {
        let first = old.lines().zip(new.lines()).find(|(a, b)| a != b);
        return Some(first.map_or((None, ""), |(old, new)| (Some(old), new)));
    }
    let present: BTreeSet<&str> = old.lines().collect();
    let mut entries = new.lines().filter(|line| line.starts_with("- `"));
    entries.find(|line| !present.contains(line)).map(|line| (None, line))
}

fn compared(view: &CoverageView, path: &Path, whole: bool, session: &mut Session) -> Exit {
    let mut exit = Exit::Holds;
    for (path, text) in documents(view, path, session) {
        let name = source::name_of(&path);
        let present = match source::read(&path) {
            Ok(source) => source,
            Err(problem) => {
                session.problems.about(name, *problem);
                exit = Exit::Unreadable;
                continue;
            }
        };
        let (old, new) = (without_times(&present.text), without_times(&text));
        let Some((old, new)) = stale(&old, &new, whole) else {
            let shown = session.output.ink("32", "current");
            session.output.line(&format!("{name} {shown}"));
            continue;
        };
        let shown = session.output.ink("31", "stale");
        session.output.line(&format!("{name} {shown}"));
        if let Some(old) = old {
            session.output.line(&format!("  - {old}"));
        }
        session.output.line(&format!("  + {new}"));
        session.output.line("  run `hence coverage --write` on it, and read what changed");
        exit = exit.max(Exit::Fails);
    }
    exit
}
