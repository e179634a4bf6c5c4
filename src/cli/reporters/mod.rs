//! The forms in which `hence check` says what became of the statements of documents.

mod github;
mod human;
mod json;
mod junit;

use hence::elaborate::GoalKind;

use super::arguments::CheckFormat;
use super::context::Session;
use super::documents::{Document, Placed};
use super::outcome::Outcome;

/// A statement of a document with what became of it.
pub struct Shown<'a> {
    /// Where it stands.
    pub document: &'a Document,
    /// The statement.
    pub placed: &'a Placed,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// What the chain comes to that ends with it.
    pub chain: Option<String>,
}

impl Shown<'_> {
    /// Whether its author says that it is wrong.
    pub fn expected_refuted(&self) -> bool {
        self.placed.expected_refuted && matches!(self.placed.goal.kind, GoalKind::Claim { .. })
    }

    /// Whether it is as its author says.
    pub fn is_fine(&self) -> bool {
        self.outcome.is_fine(self.expected_refuted())
    }

    /// Line and column in the file.
    pub fn position(&self) -> (usize, usize) {
        self.document.source.position(self.placed.span.start)
    }

    /// What it came to, and that this was expected or was not.
    pub fn verdict(&self) -> String {
        let status = &self.outcome.status;
        match (self.expected_refuted(), self.is_fine()) {
            (true, true) => format!("{status} (as expected)"),
            (true, false) => format!("{status} (expected to be refuted)"),
            _ => status.clone(),
        }
    }

    /// The statement in one line of Unicode, with what it assumes.
    pub fn statement(&self) -> String {
        let assuming = if self.expected_refuted() { "" } else { &self.outcome.assuming };
        format!("{}{assuming}", self.outcome.statement)
    }

    /// Residual, counterexample, slip, edit, and the evidence that speaks against it.
    pub fn findings(&self) -> Vec<String> {
        self.outcome.lines(self.expected_refuted())
    }
}

/// How many there were of each kind.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// Documents.
    pub documents: usize,
    derivations: usize,
    claims: usize,
    solutions: usize,
    fits: usize,
    expected: usize,
    /// Statements that are not as their authors say.
    pub failed: usize,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, shown: &Shown<'_>) {
        match shown.placed.goal.kind {
            GoalKind::Derive { .. } => self.derivations += 1,
            GoalKind::Claim { .. } => self.claims += 1,
            GoalKind::Solve { .. } => self.solutions += 1,
        }
        self.expected += usize::from(shown.expected_refuted());
        self.failed += usize::from(!shown.is_fine());
    }

    /// Counts one more statement about a fit.
    pub fn count_fit(&mut self, shown: &Shown<'_>) {
        self.fits += 1;
        self.failed += usize::from(!shown.is_fine());
    }

    /// In one line.
    pub fn summary(&self) -> String {
        let of = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let expected = match self.expected {
            0 => String::new(),
            n => format!(" ({n} expected to be refuted)"),
        };
        let end = match self.failed {
            0 if self.derivations + self.claims + self.solutions + self.fits == 0 => {
                "nothing was checked".to_owned()
            }
            0 => "all as stated".to_owned(),
            n => format!("{n} failed"),
        };
        let solved = match self.solutions {
            0 => String::new(),
            n => format!(", {}", of(n, "equation")),
        };
        let fitted = match self.fits {
            0 => String::new(),
            n => format!(", {}", of(n, "fit")),
        };
        format!(
            "{}: {}, {}{solved}{fitted}{expected}; {end}",
            of(self.documents, "document"),
            of(self.derivations, "derivation"),
            of(self.claims, "claim")
        )
    }
}

/// One form of output. Statements come in the order of the documents.
pub trait Reporter {
    /// A document begins.
    fn document(&mut self, _document: &Document, _session: &mut Session) {}

    /// A statement of it.
    fn statement(&mut self, shown: &Shown<'_>, session: &mut Session);

    /// There are no more. What was wrong with the input itself is among the problems of the session.
    fn finish(&mut self, tally: &Tally, session: &mut Session);
}

/// The reporter for a form.
pub fn reporter(format: CheckFormat) -> Box<dyn Reporter> {
    match format {
        CheckFormat::Human => Box::new(human::Human),
        CheckFormat::Json => Box::new(json::Json::default()),
        CheckFormat::Junit => Box::new(junit::Junit::default()),
        CheckFormat::Github => Box::new(github::Github),
    }
}
