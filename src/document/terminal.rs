//! The report for a terminal: the chain in the shape of Lean's `calc`, each reason dimmed below its line.

use super::defined::Defined;
use super::evidence::{Outcome, Spelling, evidence};
use super::layout::Layout;
use super::options::{Colour, Formula, Options};
use super::phrases::{Phrase, left_out, phrase, pick, status};
use super::report::{AssumptionLine, LemmaView, Report, Status, StepView};
use super::words::{Piece, pieces};
use super::{Marks, block, build, changed, linear, names, words, wrap};
use crate::term::{Relation, Term};

/// The whole report.
pub fn write(report: &Report, options: &Options) -> String {
    let mut page = Page { options, out: String::new() };
    page.premises(report);
    page.notes(report);
    page.heading(Phrase::Derivation);
    report.lemmas.iter().for_each(|lemma| page.lemma(lemma));
    page.formula(2, "", &report.statement);
    for step in &report.steps {
        page.step(step, 4);
    }
    page.ending(report);
    page.evidence(report);
    page.out
}

/// ANSI attributes by meaning.
#[derive(Clone, Copy)]
enum Ink {
    Heading,
    Dim,
    Good,
    Bad,
}

struct Page<'a> {
    options: &'a Options,
    out: String,
}

impl Page<'_> {
    fn paint(&self, ink: Ink, text: &str) -> String {
        if self.options.colour == Colour::Never {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Heading => "1",
            Ink::Dim => "2",
            Ink::Good => "32",
            Ink::Bad => "31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    fn word(&self, p: Phrase) -> &'static str {
        phrase(p, self.options.lang)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, p: Phrase) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let text = self.paint(Ink::Heading, self.word(p));
        self.line(&text);
    }

    /// Wrapped prose, indented, in one ink.
    fn prose(&mut self, indent: usize, ink: Ink, text: &str) {
        self.hanging(indent, "", ink, text);
    }

    /// Wrapped prose after a label, under which nothing is written.
    fn hanging(&mut self, indent: usize, label: &str, ink: Ink, text: &str) {
        let label = if label.is_empty() { String::new() } else { format!("{label}  ") };
        let room = self.options.width.saturating_sub(indent + label.len()).max(20);
        for (i, line) in wrap::lines(text, room).into_iter().enumerate() {
            let lead = if i == 0 { label.clone() } else { " ".repeat(label.len()) };
            let painted = self.paint(ink, &format!("{lead}{line}"));
            self.line(&format!("{:indent$}{painted}", ""));
        }
    }

    /// A formula after a sign such as `=`.
    fn formula(&mut self, indent: usize, sign: &str, term: &Term) {
        self.marked(indent, sign, term, &Marks::default());
    }

    /// A formula with its highlights, in as many rows as the width asks for.
    fn marked(&mut self, indent: usize, sign: &str, term: &Term, marks: &Marks) {
        let lead = if sign.is_empty() { String::new() } else { format!("{sign} ") };
        let layout = build::layout(term, marks, &self.options.notation);
        if self.options.formula == Formula::Block && self.stacked(indent, &lead, &layout) {
            return;
        }
        let columns = wrap::columns(&lead);
        let room = self.options.width.saturating_sub(indent + columns);
        for (i, row) in wrap::formula(&linear::marked(&layout), room).into_iter().enumerate() {
            let row = self.highlighted(&row, true);
            match i {
                0 => self.line(&format!("{:indent$}{lead}{row}", "")),
                _ => self.line(&format!("{:indent$}{:columns$}  {row}", "", "")),
            }
        }
    }

    /// The highlights as ANSI attributes: a colour, and a line below for those who do not see it.
    fn highlighted(&self, text: &str, underlined: bool) -> String {
        match self.options.colour {
            Colour::Never => text.replace([linear::OPEN, linear::CLOSE], ""),
            Colour::Ansi => {
                let code = if underlined { "\u{1b}[4;36m" } else { "\u{1b}[36m" };
                text.replace(linear::OPEN, code).replace(linear::CLOSE, "\u{1b}[0m")
            }
        }
    }

    /// A formula with stacked fractions; false, and nothing printed, where it is wider than the page.
    fn stacked(&mut self, indent: usize, lead: &str, layout: &Layout) -> bool {
        let (rows, base) = block::marked(layout);
        let left = indent + wrap::columns(lead);
        if rows.iter().any(|r| left + wrap::columns(r) > self.options.width) {
            return false;
        }
        for (i, row) in rows.iter().enumerate() {
            let lead = if i == base { lead.to_owned() } else { " ".repeat(wrap::columns(lead)) };
            // Of a highlight of several rows the last is underlined.
            let goes_on = rows.get(i + 1).is_some_and(|next| next.contains(linear::OPEN));
            let row = self.highlighted(row, !goes_on);
            self.line(&format!("{:indent$}{lead}{row}", ""));
        }
        // Stacked lines stand apart.
        if rows.len() > 1 && !lead.is_empty() {
            self.out.push('\n');
        }
        true
    }

    fn premises(&mut self, report: &Report) {
        if !report.assumptions.is_empty() {
            self.heading(Phrase::Assumptions);
            for a in &report.assumptions {
                let text = self.assumption(a);
                self.line(&format!("  {text}"));
            }
        }
        if !report.definitions.is_empty() {
            self.heading(Phrase::Definitions);
            for (name, term) in &report.definitions {
                let defined = Defined::new(name, term);
                let ranges = defined.ranges_text(&self.options.notation);
                let left = super::unicode(&defined.left, &self.options.notation);
                self.formula(2, &format!("{left} ="), &defined.right);
                if !ranges.is_empty() {
                    self.line(&format!("    {}", ranges.trim_start_matches(", ")));
                }
            }
        }
    }

    fn notes(&mut self, report: &Report) {
        if !report.notes.is_empty() {
            self.heading(Phrase::Note);
        }
        for note in &report.notes {
            self.prose(2, Ink::Dim, pick(note, self.options.lang));
        }
    }

    fn assumption(&self, a: &AssumptionLine) -> String {
        let text = match &a.term {
            Some(t) => super::unicode(t, &self.options.notation),
            None => names::in_prose(
                pick(&a.text, self.options.lang),
                |g| g.unicode.clone(),
                str::to_owned,
            ),
        };
        if a.supposed {
            return format!("{}{text}", self.word(Phrase::Suppose));
        }
        if !a.inferred && !a.found {
            return text;
        }
        let why = if a.found { Phrase::FoundCondition } else { Phrase::Inferred };
        let note = self.paint(Ink::Dim, &format!("({})", self.word(why)));
        format!("{text}  {note}")
    }

    /// What follows from a supposition, before the chain that uses it.
    fn lemma(&mut self, lemma: &LemmaView) {
        let from = super::unicode(&lemma.from, &self.options.notation);
        let about = names::in_prose(
            pick(&lemma.indices, self.options.lang),
            |g| g.unicode.clone(),
            str::to_owned,
        );
        let text =
            format!("{}{from}{about}{}", self.word(Phrase::From), self.word(Phrase::Follows));
        self.prose(2, Ink::Heading, &text);
        self.formula(4, "", &lemma.from);
        for step in &lemma.steps {
            self.step(step, 6);
        }
        self.out.push('\n');
    }

    fn step(&mut self, step: &StepView, indent: usize) {
        if step.level > self.options.detail {
            return;
        }
        let sign = build::sign_unicode(step.relation, &step.after);
        match (&step.local_before, &step.local_after) {
            (Some(before), Some(after)) if step.level > 0 => {
                self.local(step, indent, before, after);
            }
            _ => self.formula(indent, sign, &step.after),
        }
        let lang = self.options.lang;
        self.hanging(indent + 4, &step.id, Ink::Dim, pick(&step.reason, lang));
        for c in &step.conditions {
            let text = format!(
                "{}{}{} — {}",
                self.word(Phrase::Condition),
                self.word(Phrase::Colon),
                self.sentence(pick(&c.text, lang), &c.terms),
                words::spelled(pick(&c.evidence, lang))
            );
            self.prose(indent + 8, Ink::Dim, &text);
        }
        step.children.iter().for_each(|child| self.step(child, indent + 6));
    }

    fn sentence(&self, text: &str, terms: &[Term]) -> String {
        let shown = pieces(text, terms).into_iter().map(|piece| match piece {
            Piece::Words(words) => words::spelled(words),
            Piece::Formula(term) => super::unicode(term, &self.options.notation),
        });
        shown.collect()
    }

    /// A finer step: the subterm that it changed; with colour, both whole lines with that subterm highlighted.
    fn local(&mut self, step: &StepView, indent: usize, before: &Term, after: &Term) {
        if self.options.colour == Colour::Never {
            let relation = Term::relation(step.relation, before.clone(), after.clone());
            return self.formula(indent, "·", &relation);
        }
        let (old, new) = changed(&step.before, &step.after);
        self.marked(indent, "·", &step.before, &Marks { old, new: None });
        let sign = build::sign_unicode(step.relation, &step.after);
        self.marked(indent, sign, &step.after, &Marks { old: None, new });
    }

    fn ending(&mut self, report: &Report) {
        match &report.result {
            Some(result) => {
                self.heading(Phrase::Result);
                let left = report.measured().clone();
                let whole = Term::relation(result.relation, left, result.with_unit());
                self.formula(2, "", &whole);
                if let Some(note) = left_out(
                    report,
                    self.options.lang,
                    |t| super::unicode(t, &self.options.notation),
                    build::relation_unicode,
                ) {
                    self.prose(2, Ink::Dim, &note);
                }
            }
            None if report.status == Status::Infinite => {
                self.heading(Phrase::Result);
                let whole =
                    Term::relation(Relation::Eq, report.statement.clone(), Term::symbol("oo"));
                self.formula(2, "", &whole);
            }
            None => {}
        }
        if report.status != Status::Proved {
            self.out.push('\n');
            let text = self.word(status(report.status));
            self.prose(0, Ink::Bad, text);
        }
        if let Some(message) = &report.message {
            self.prose(2, Ink::Dim, pick(message, self.options.lang));
        }
        if let Some(goal) = &report.goal {
            self.heading(Phrase::Goal);
            self.formula(2, "", goal);
        }
    }

    fn evidence(&mut self, report: &Report) {
        let v = &report.verification;
        if v.replay.is_some()
            || !v.enclosure.is_empty()
            || v.deterministic.is_some()
            || !v.monte_carlo.is_empty()
        {
            self.heading(Phrase::Evidence);
            for kind in evidence(v, self.options.lang, Spelling::Text) {
                let ink = match kind.outcome {
                    Outcome::Holds => Ink::Good,
                    Outcome::Fails => Ink::Bad,
                    Outcome::Open => Ink::Heading,
                };
                let name = self.paint(ink, kind.kind);
                self.line(&format!("  {name}"));
                kind.sentences.iter().for_each(|s| self.prose(4, Ink::Dim, s));
            }
        }
        if !report.axioms.is_empty() {
            self.heading(Phrase::RestsOn);
            self.prose(2, Ink::Dim, &report.axioms.join(", "));
        }
    }
}
