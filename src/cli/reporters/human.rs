//! Lines for people: one for each statement, and what was found about it below.

use super::{Reporter, Shown, Tally};
use crate::cli::context::Session;
use crate::cli::documents::Document;

/// To the terminal.
pub struct Human;

impl Reporter for Human {
    fn document(&mut self, document: &Document, session: &mut Session) {
        if document.goals.is_empty() && document.fits.is_empty() {
            let what = match document.has_blocks {
                true => "nothing is derived or claimed here",
                false => "no `hence` blocks here",
            };
            session.output.line(&format!("{}: note: {what}", document.source.name));
        }
    }

    fn statement(&mut self, shown: &Shown<'_>, session: &mut Session) {
        let (line, column) = shown.position();
        let name = &shown.document.source.name;
        // The status alone is coloured.
        let status = &shown.outcome.status;
        let ink = session.output.ink(if shown.is_fine() { "32" } else { "31" }, status);
        let verdict = shown.verdict().replacen(status, &ink, 1);
        session.output.line(&format!("{name}:{line}:{column} {verdict} {}", shown.statement()));
        for finding in shown.findings().iter().chain(&shown.chain) {
            session.output.line(&format!("    {finding}"));
        }
    }

    fn finish(&mut self, tally: &Tally, session: &mut Session) {
        session.output.line(&tally.summary());
    }
}
