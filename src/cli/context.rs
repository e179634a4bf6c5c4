//! What every command shares: the theory, the output, and the problems found so far.

use std::sync::Arc;

use super::arguments::{Arguments, Command};
use super::exit::Exit;
use super::limits::Limits;
use super::output::Output;
use super::problems::Problems;
use super::source::Source;
use super::theories;
use hence::document::{Colour, Lang, Notation, Options};
use hence::theory::Theory;

/// One run of the command.
pub struct Session {
    /// The shipped theory and the user's.
    pub theory: Theory,
    /// How its names are written.
    pub notation: Notation,
    /// Standard output.
    pub output: Output,
    /// What was wrong with the input.
    pub problems: Problems,
    /// What the input may take of time and memory.
    pub limits: Limits,
    /// The user's theory files.
    sources: Vec<Arc<Source>>,
    /// Whether families that the statement does not name were left out.
    partial: bool,
}

impl Session {
    /// Reads the theories; what is wrong with them is among the problems.
    pub fn new(arguments: &Arguments) -> Self {
        let mut problems = Problems::default();
        let limits = Limits::watched(arguments);
        let statement = match &arguments.command {
            Command::Derive(a) => Some(a.statement.as_str()),
            Command::Evaluate(a) => Some(a.statement.as_str()),
            _ => None,
        };
        let (theory, sources) =
            theories::load(&arguments.theory, statement, &mut problems, &limits);
        let notation = hence::verify::notation(&theory);
        let output = Output::new(arguments.color);
        let partial = statement.is_some();
        Self { theory, notation, output, problems, limits, sources, partial }
    }

    /// The texts of the user's theory files.
    pub fn theories(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|s| s.text.as_str())
    }

    /// Reads all families, unless they are there; whether they were not. What is wrong with a statement is said in view of
    /// everything that is known.
    pub fn complete(&mut self) -> bool {
        if !std::mem::take(&mut self.partial) {
            return false;
        }
        self.theory = theories::whole(&self.sources);
        self.notation = hence::verify::notation(&self.theory);
        true
    }

    /// Options of the writers.
    pub fn options(&self, lang: Lang, detail: u8, width: Option<u16>) -> Options {
        let colour = if self.output.colour { Colour::Ansi } else { Colour::Never };
        let columns = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok().filter(|n| *n >= 20);
        let terminal = || self.output.size.map(|(columns, _)| columns).filter(|n| *n >= 20);
        let width = width.map(usize::from).or_else(columns).or_else(terminal).unwrap_or(100);
        Options {
            lang,
            detail,
            colour,
            width,
            notation: self.notation.clone(),
            ..Options::default()
        }
    }

    /// A term in one line of Unicode.
    pub fn unicode(&self, term: &hence::term::Term) -> String {
        hence::document::unicode(term, &self.notation)
    }

    /// Shows the problems, and hands over the output.
    pub fn finish(mut self, exit: Exit) -> Exit {
        let shown = self.problems.render(self.output.colour_of_errors);
        self.output.error(&shown);
        let exit = if self.problems.is_empty() { exit } else { Exit::Unreadable };
        match self.output.finish() {
            Ok(()) => exit,
            Err(e) => {
                use std::io::Write;
                let text = format!("error[E0609]: the output could not be written: {e}\n");
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
                Exit::Unreadable
            }
        }
    }
}
