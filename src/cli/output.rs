//! Standard output and error. A reader that has gone away ends the output, not the command: its status still counts.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use super::arguments::When;

/// Standard output, locked and buffered.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
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
            failure: None,
            colour: coloured(when, io::stdout().is_terminal()),
            colour_of_errors: coloured(when, io::stderr().is_terminal()),
        }
    }

    /// Writes text as it is.
    pub fn text(&mut self, text: &str) {
        let done = self.out.write_all(text.as_bytes());
        self.note(done);
    }

    /// Writes a line.
    pub fn line(&mut self, text: &str) {
        let done = writeln!(self.out, "{text}");
        self.note(done);
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

fn coloured(when: When, terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
        || std::env::var_os("TERM").is_some_and(|v| v == "dumb");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !refused,
    }
}
