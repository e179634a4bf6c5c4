//! Standard output and error. A reader that has gone away ends the output, not the command: its status still counts.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::{Command, Stdio};

use hence::document::columns;

use super::arguments::When;

/// Standard output, locked and buffered.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
    /// What is kept back for a pager.
    held: Option<String>,
    /// Columns and rows of the terminal, where standard output is one.
    pub size: Option<(usize, usize)>,
    /// What kept the output from being written, a closed pipe aside.
    failure: Option<io::Error>,
    /// Whether standard output takes colour.
    pub colour: bool,
    /// Whether standard error takes colour.
    pub colour_of_errors: bool,
}

impl Output {
    /// Output in colour as asked for.
    pub fn new(when: When) -> Self {
        Self {
            out: BufWriter::new(io::stdout().lock()),
            held: None,
            size: size(),
            failure: None,
            colour: coloured(when, io::stdout().is_terminal()),
            colour_of_errors: coloured(when, io::stderr().is_terminal()),
        }
    }

    /// Writes text as it is.
    pub fn text(&mut self, text: &str) {
        if let Some(held) = &mut self.held {
            held.push_str(text);
            return;
        }
        let done = self.out.write_all(text.as_bytes());
        self.note(done);
    }

    /// Writes a line.
    pub fn line(&mut self, text: &str) {
        self.text(text);
        self.text("\n");
    }

    /// From here on, output is passed to a pager if it turns out longer than the terminal; without a terminal nothing changes.
    pub fn for_pager(&mut self) {
        if self.size.is_some() {
            self.held.get_or_insert_default();
        }
    }

    /// Writes a line in an ANSI attribute, where colour is wanted.
    pub fn ink(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Writes to standard error.
    pub fn error(&mut self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Hands over what is buffered.
    ///
    /// # Errors
    /// What kept the output from being written, as a full disk does; a closed pipe is no error.
    pub fn finish(mut self) -> Result<(), io::Error> {
        if let Some(held) = self.held.take() {
            let rows = self.size.map_or(usize::MAX, |(width, _)| rows(&held, width));
            let fits = self.size.is_none_or(|(_, height)| rows < height);
            if fits || !paged(&held) {
                self.text(&held);
            }
        }
        let done = self.out.flush();
        self.note(done);
        self.failure.map_or(Ok(()), Err)
    }

    fn note(&mut self, done: io::Result<()>) {
        if let Err(e) = done
            && e.kind() != io::ErrorKind::BrokenPipe
        {
            self.failure.get_or_insert(e);
        }
    }
}

/// Columns and rows of the terminal that standard output is.
fn size() -> Option<(usize, usize)> {
    let (width, height) = terminal_size::terminal_size_of(io::stdout())?;
    Some((usize::from(width.0), usize::from(height.0)))
}

/// Rows that a terminal of this width shows the text in.
fn rows(text: &str, width: usize) -> usize {
    text.lines().map(|line| columns(line).div_ceil(width.max(1)).max(1)).sum()
}

/// Shows the text in the user's pager, if there is one.
fn paged(text: &str) -> bool {
    let chosen = ["HENCE_PAGER", "PAGER"].iter().find_map(|name| std::env::var(name).ok());
    let chosen = chosen.unwrap_or_else(|| "less".into());
    let mut words = chosen.split_whitespace();
    let Some(program) = words.next().filter(|p| *p != "cat") else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    // As other programs do: colours as they are, no pager for what fits, and the text stays when it ends.
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    command.env("LESSCHARSET", "utf-8");
    let Ok(mut pager) = command.spawn() else { return false };
    if let Some(mut input) = pager.stdin.take() {
        // A pager that was left early has shown enough.
        let _ = input.write_all(text.as_bytes());
    }
    let _ = pager.wait();
    true
}

fn coloured(when: When, terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
        || std::env::var_os("TERM").is_some_and(|v| v == "dumb");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !refused,
    }
}
