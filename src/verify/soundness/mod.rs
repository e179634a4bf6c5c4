//! Theories tested by numbers: densities integrate to one, samplers follow their densities, rules hold where they fire.
//!
//! Everything here is a function of the theory alone: points and seeds follow from the names of its entries. A test says
//! how large a mistake it was certain to catch; what cannot be tested says why, and is never counted as a pass.

mod distribution;
mod joint;
mod points;
mod pool;
mod proof;
mod rule;
mod witness;

pub use distribution::distribution;
pub use proof::{AXIOM, Proofs, SHIPPED_PROOFS};
pub use rule::rule;
pub use witness::{Choice, Witness, conditions, witness};

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Span};
use crate::term::Symbol;
use crate::theory::Rule;

/// How much work a test may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// Before a theory is used: gross mistakes, in milliseconds.
    Quick,
    /// What the theory is tested with.
    Full,
}

/// What the test of one entry showed.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The verdict.
    pub outcome: Outcome,
    /// What was tested, and how large a mistake would have been caught: one line each.
    pub notes: Vec<String>,
}

/// The verdict on one entry.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Nothing that was tried speaks against it.
    Holds,
    /// It is wrong.
    Fails(Fault),
    /// It could not be tested: the reason.
    NotTested(String),
}

impl Finding {
    fn holds(notes: Vec<String>) -> Self {
        Self { outcome: Outcome::Holds, notes }
    }

    fn fails(fault: Fault) -> Self {
        Self { outcome: Outcome::Fails(fault), notes: Vec::new() }
    }

    fn not_tested(why: impl Into<String>) -> Self {
        Self { outcome: Outcome::NotTested(why.into()), notes: Vec::new() }
    }

    /// The same with what the proof of the rule shows.
    #[must_use]
    pub fn and_proof(
        mut self,
        proof: Option<Result<BTreeSet<Symbol>, Fault>>,
        rule: &Rule,
    ) -> Self {
        match proof {
            Some(Err(fault)) if self.fault().is_none() => Self::fails(fault),
            Some(Ok(used)) => {
                let used: Vec<&str> = used.iter().map(Symbol::as_str).collect();
                self.notes.push(format!("proved in {}, by {}", rule.proof, used.join(", ")));
                self
            }
            _ => self,
        }
    }

    /// What is wrong, where something is.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.outcome {
            Outcome::Fails(fault) => Some(fault),
            _ => None,
        }
    }
}

/// What is wrong with an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    code: &'static str,
    message: String,
    label: &'static str,
    hint: &'static str,
}

impl Fault {
    /// As a diagnostic about the entry at `span`.
    pub fn at(&self, span: Span) -> Diagnostic {
        Diagnostic::new(self.code, span, self.message.clone()).label(self.label).hint(self.hint)
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may mend it.
    pub fn hint(&self) -> &str {
        self.hint
    }
}

/// Six digits that matter.
pub fn shown(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.into();
    }
    if value == 0.0 || value.is_nan() {
        return value.to_string();
    }
    let digits = (5 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
