//! What came of the mutants of a form.

use super::super::opened::Opened;
use super::evidence::{Finding, Kind};
use crate::document::Bilingual;
use crate::term::Term;

/// How easily an edit is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// A slip as people make it.
    Classical,
    /// A subterm off by one part in a hundred or a thousand: a test of resolution.
    Subtle,
}

impl Class {
    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Classical => "classical",
            Self::Subtle => "subtle",
        }
    }
}

/// What became of a mutant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The kernel proves it equal to the original. What the evidence says of it must not be that it is caught, replay
    /// aside: a step to it may still be refused where it is less often defined.
    Equivalent(Vec<(Kind, Finding)>),
    /// It is another form, and each kind of evidence says this of it.
    Wrong(Vec<(Kind, Finding)>),
}

impl Outcome {
    /// Whether the kernel proves the mutant equal to the original.
    pub fn is_equivalent(&self) -> bool {
        matches!(self, Self::Equivalent(_))
    }

    /// What a kind of evidence says.
    pub fn of(&self, kind: Kind) -> Finding {
        let (Self::Equivalent(all) | Self::Wrong(all)) = self;
        all.iter().find(|(k, _)| *k == kind).map_or(Finding::Silent, |(_, f)| *f)
    }

    fn numeric(&self, finding: Finding) -> bool {
        let (Self::Equivalent(all) | Self::Wrong(all)) = self;
        all.iter().any(|(k, f)| k.is_numeric() && *f == finding)
    }
}

/// A broken form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mutant {
    /// What was done to the form, and where.
    pub name: Bilingual,
    /// The broken form.
    pub term: Term,
    /// How easily it is seen.
    pub class: Class,
    /// What became of it.
    pub outcome: Outcome,
    /// The claim with the mutant in place of the form was decided from the start, and found proved.
    pub proved: bool,
}

/// What came of the mutants of one form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MutationReport {
    /// What the form is a form of.
    pub statement: Term,
    /// The form that was broken; `None` where there is none.
    pub form: Option<Term>,
    /// The mutants, in the order in which they were made.
    pub mutants: Vec<Mutant>,
    /// Mutants beyond the limit.
    pub left_out: usize,
    /// Kinds of evidence that say nothing of this statement.
    pub silent: Vec<Kind>,
    /// Claims with a mutant that were decided from the start.
    pub decided: usize,
    /// Why there are no mutants.
    pub not_applicable: Option<Bilingual>,
}

impl MutationReport {
    pub(super) fn new(statement: &Term, form: &Term) -> Self {
        Self {
            statement: statement.clone(),
            form: Some(form.clone()),
            mutants: Vec::new(),
            left_out: 0,
            silent: Vec::new(),
            decided: 0,
            not_applicable: None,
        }
    }

    pub(super) fn none(statement: &Term, why: Bilingual) -> Self {
        Self { form: None, not_applicable: Some(why), ..Self::new(statement, statement) }
    }

    /// Puts the quantities back that stood for themselves while the form was broken.
    pub(in crate::verify) fn close(&mut self, opened: &Opened) {
        self.form = self.form.as_ref().map(|t| opened.close(t));
        for mutant in &mut self.mutants {
            mutant.term = opened.close(&mutant.term);
            mutant.name = opened.close_text(&mutant.name);
        }
    }

    /// Mutants that are other forms.
    pub fn wrong(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|m| !m.outcome.is_equivalent())
    }

    /// Mutants that are the same form.
    pub fn equivalent(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|m| m.outcome.is_equivalent())
    }

    /// How many wrong mutants of a class a kind of evidence catches.
    pub fn killed(&self, kind: Kind, class: Class) -> usize {
        self.survivors_or_killed(kind, class, Finding::Killed).count()
    }

    /// The wrong mutants of a class that pass a kind of evidence which has something to say.
    pub fn survivors(&self, kind: Kind, class: Class) -> impl Iterator<Item = &Mutant> {
        self.survivors_or_killed(kind, class, Finding::Survived)
    }

    fn survivors_or_killed(
        &self,
        kind: Kind,
        class: Class,
        finding: Finding,
    ) -> impl Iterator<Item = &Mutant> {
        self.wrong().filter(move |m| m.class == class && m.outcome.of(kind) == finding)
    }

    /// Whether no kind of evidence in numbers says anything of any mutant: the kernel alone speaks. That is so where a
    /// statement is about distributions of which no instance is known.
    pub fn is_beyond_numbers(&self) -> bool {
        let silent = |o: &Outcome| !o.numeric(Finding::Killed) && !o.numeric(Finding::Survived);
        self.mutants.iter().all(|m| silent(&m.outcome))
    }

    /// Wrong classical mutants that no numbers catch, and wrong ones of any class that the kernel takes.
    pub fn unharmed(&self) -> impl Iterator<Item = &Mutant> {
        let numbers = !self.is_beyond_numbers();
        self.wrong().filter(move |m| {
            let numbers =
                numbers && m.class == Class::Classical && !m.outcome.numeric(Finding::Killed);
            numbers || m.proved || m.outcome.of(Kind::Replay) != Finding::Killed
        })
    }

    /// Mutants that the kernel takes for the original, and that numbers tell from it.
    pub fn falsely_equal(&self) -> impl Iterator<Item = &Mutant> {
        self.equivalent().filter(|m| m.outcome.numeric(Finding::Killed))
    }

    /// Whether there is a report, no classical mutant survives, and the kernel takes nothing wrong for right.
    pub fn holds(&self) -> bool {
        let some = self.form.is_some() && self.wrong().next().is_some();
        some && self.unharmed().next().is_none() && self.falsely_equal().next().is_none()
    }
}
