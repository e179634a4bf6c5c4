//! Derivations: the chain with its numbers, the reasons, the result, the evidence.

use super::super::build::{relation_latex, sign_latex};
use super::super::defined::Defined;
use super::super::evidence::{Spelling, evidence};
use super::super::names;
use super::super::page::Derived;
use super::super::phrases::{Phrase, left_out, pick, status};
use super::super::report::{AssumptionLine, LemmaView, Report, Status, StepView};
use super::super::words::{self, Piece, pieces};
use super::Writer;
use super::formula::{self, Link};
use crate::term::{Symbol, Term};

/// Where a derivation stands: what its numbers and labels begin with.
struct Place {
    number: String,
    label: String,
}

/// Ems of a formula within a sentence up to which it need not be measured.
const NARROW: f64 = 7.0;

/// Ems of a formula that is still read with ease when it is made as narrow as a line.
const WIDEST: f64 = 50.0;

impl Writer<'_> {
    /// A report by itself.
    pub fn report(&mut self, report: &Report) {
        self.premises(report);
        self.notes(report);
        if !report.steps.is_empty() {
            self.section(Phrase::Derivation);
            let place = Place { number: String::new(), label: "step".into() };
            self.chain(report, &place);
        }
        self.ending(report, true);
        self.section(Phrase::Evidence);
        self.evidence(report);
        if !report.axioms.is_empty() {
            self.section(Phrase::RestsOn);
            let items: Vec<String> = report.axioms.iter().map(|a| self.rule(a)).collect();
            self.items(&items);
        }
    }

    /// A derivation on a page.
    pub fn derived(&mut self, derived: &Derived) {
        self.derivations += 1;
        let number = if self.numbered { format!("{}.", self.derivations) } else { String::new() };
        let heading = match self.numbered {
            true => format!("{} {}", self.word(Phrase::Derivation), self.derivations),
            false => self.word(Phrase::Derivation).to_owned(),
        };
        let label = super::label_name("step", &derived.anchor);
        self.line(&format!("\\paragraph{{{heading}}}"));
        self.inferred(&derived.report);
        self.notes(&derived.report);
        if !derived.introduced.is_empty() {
            let notation = &self.options.notation;
            let all = derived.introduced.iter().map(|(name, term)| {
                let name = names::symbol(name.as_str()).latex;
                format!("${name} = {}$", formula::alone(term, 30.0, notation))
            });
            let all = all.collect::<Vec<_>>().join(self.word(Phrase::Semicolon));
            let (what, stop) = (self.word(Phrase::Given), self.word(Phrase::SentenceEnd));
            let text = format!("\\textbf{{{what}}} {all}{stop}");
            self.line(&format!("\\begin{{quote}}\\raggedright {text}\\end{{quote}}"));
        }
        self.derivation(&derived.report, &Place { number, label });
        for objection in &derived.objections {
            let text = self.said(objection);
            self.line(&format!("\n\\textbf{{{text}}}\n"));
        }
        self.keep_evidence(&derived.report, &heading);
    }

    /// The evidence is for the end of the page.
    fn keep_evidence(&mut self, report: &Report, heading: &str) {
        let before = std::mem::take(&mut self.out);
        self.line(&format!("\\paragraph{{{heading}}}"));
        self.evidence(report);
        if !report.axioms.is_empty() {
            let rules: Vec<String> = report.axioms.iter().map(|a| self.rule(a)).collect();
            let (what, colon) = (self.word(Phrase::RestsOn), self.word(Phrase::Colon));
            let stop = self.word(Phrase::SentenceEnd);
            self.line(&format!("\\textbf{{{what}}}{colon}{}{stop}\n", rules.join(", ")));
        }
        let kept = std::mem::replace(&mut self.out, before);
        self.evidence_kept.push_str(&kept);
    }

    /// The evidence for the derivations of the page.
    pub fn gathered_evidence(&mut self) {
        let kept = std::mem::take(&mut self.evidence_kept);
        if !kept.is_empty() {
            self.section(Phrase::Evidence);
            self.line(&format!("{{\\footnotesize\\raggedright\n{kept}\\par}}"));
        }
    }

    /// The derivation behind a claim.
    pub fn proof(&mut self, report: &Report, label: &str) {
        let label = super::label_name("proof", label);
        self.derivation(report, &Place { number: String::new(), label });
    }

    fn derivation(&mut self, report: &Report, place: &Place) {
        if !report.steps.is_empty() {
            self.chain(report, place);
        }
        self.ending(report, false);
    }

    fn section(&mut self, p: Phrase) {
        self.line(&format!("\\section{{{}}}", self.word(p)));
    }

    fn rule(&self, name: &str) -> String {
        super::text::code(name, self.is_chinese())
    }

    fn premises(&mut self, report: &Report) {
        if !report.assumptions.is_empty() {
            self.section(Phrase::Assumptions);
            let items: Vec<String> =
                report.assumptions.iter().map(|a| self.assumption(a)).collect();
            self.items(&items);
        }
        if !report.definitions.is_empty() {
            self.section(Phrase::Definitions);
            let items: Vec<String> =
                report.definitions.iter().map(|(n, t)| self.definition(n, t)).collect();
            self.items(&items);
        }
    }

    /// `p = …` in a line of words.
    pub fn definition(&self, name: &Symbol, term: &Term) -> String {
        let defined = Defined::new(name, term);
        let ranges = defined.ranges_latex(&self.options.notation);
        format!("${} = {}{ranges}$", self.math(&defined.left), self.math(&defined.right))
    }

    fn assumption(&self, a: &AssumptionLine) -> String {
        let text = match &a.term {
            Some(t) => format!("${}$", self.math(t)),
            None => {
                let text = pick(&a.text, self.options.lang);
                names::in_prose(text, |g| format!("${}$", g.latex), |t| self.prose(t))
            }
        };
        if a.supposed {
            format!("{}{text}", self.word(Phrase::Suppose))
        } else if a.inferred {
            format!("{text} ({})", self.word(Phrase::Inferred))
        } else if a.found {
            format!("{text} ({})", self.word(Phrase::FoundCondition))
        } else {
            text
        }
    }

    fn notes(&mut self, report: &Report) {
        for note in &report.notes {
            let (what, colon) = (self.word(Phrase::Note), self.word(Phrase::Colon));
            let (note, end) = (self.said(note), self.word(Phrase::SentenceEnd));
            self.line(&format!("\\emph{{{what}}}{colon}{note}{end}\n"));
        }
    }

    /// What is assumed besides what the page declares.
    fn inferred(&mut self, report: &Report) {
        let inferred = report.assumptions.iter().filter(|a| a.inferred || a.found);
        let all: Vec<String> = inferred.map(|a| self.assumption(a)).collect();
        if !all.is_empty() {
            let (what, colon) = (self.word(Phrase::Assumptions), self.word(Phrase::Colon));
            self.line(&format!(
                "{what}{colon}{}{}",
                all.join(", "),
                self.word(Phrase::SentenceEnd)
            ));
        }
    }

    fn chain(&mut self, report: &Report, place: &Place) {
        report.lemmas.iter().for_each(|lemma| self.lemma(lemma, place));
        self.lines(&report.statement, &report.steps, place);
    }

    /// What follows from a supposition, before the chain that uses it.
    fn lemma(&mut self, lemma: &LemmaView, place: &Place) {
        let about = pick(&lemma.indices, self.options.lang);
        let about = names::in_prose(about, |g| format!("${}$", g.latex), |t| self.prose(t));
        let (word, colon) = (self.word(Phrase::From), self.word(Phrase::Follows));
        let from = self.math(&lemma.from);
        self.line(&format!("{word}${from}${about}{colon}"));
        self.lines(&lemma.from, &lemma.steps, place);
    }

    fn lines(&mut self, statement: &Term, steps: &[StepView], place: &Place) {
        let links: Vec<Link<'_>> = steps
            .iter()
            .map(|s| {
                let number = format!("{}{}", place.number, s.id);
                let label = format!("{}.{}", place.label, s.id);
                let label = match self.labels.insert(label.clone()) {
                    true => format!("\\label{{{label}}}"),
                    false => String::new(),
                };
                let end = format!(" \\tag{{{number}}}{label}");
                Link { sign: sign_latex(s.relation, &s.after), right: &s.after, end }
            })
            .collect();
        let rows = formula::chain(statement, &links, 0.0, &self.options.notation);
        self.line(&format!("\\begin{{align}}\n{rows}\\end{{align}}"));
        self.line("\\begin{description}\\setlength{\\itemsep}{0pt}");
        steps.iter().for_each(|s| self.step(s, place));
        self.line("\\end{description}");
    }

    fn step(&mut self, s: &StepView, place: &Place) {
        let mut reason = self.said(&s.reason);
        let cited: Vec<String> = self
            .sources_of(s)
            .iter()
            .map(|source| format!("source.{}", self.cited(source)))
            .collect();
        if !cited.is_empty() {
            reason.push_str(&format!(" \\cite{{{}}}", cited.join(",")));
        }
        let line = if s.level == 0 {
            format!("\\item[\\eqref{{{}.{}}}] {reason}", place.label, s.id)
        } else {
            let before = s.local_before.as_ref().unwrap_or(&s.before);
            let after = s.local_after.as_ref().unwrap_or(&s.after);
            let sign = sign_latex(s.relation, after);
            // A number longer than its place pushes the line on.
            let long = (place.number.len() + s.id.len()).saturating_sub(5) as f64;
            let indent = 6.0 + 3.0 * f64::from(s.level) + 0.6 * long;
            let shown = formula::relation(before, sign, after, indent, &self.options.notation);
            let (number, id) = (&place.number, &s.id);
            let rule = if s.rule.is_empty() { String::new() } else { self.rule(&s.rule) };
            format!("\\item[{number}{id}] {shown}\\\\\n{reason} {rule}")
        };
        self.line(line.trim_end());
        self.conditions(s);
        // LaTeX nests lists four deep; the chain and two levels below it stay within that.
        let finer: Vec<&StepView> =
            s.children.iter().filter(|c| c.level <= self.options.detail).collect();
        if !finer.is_empty() {
            self.line("\\begin{description}\\setlength{\\itemsep}{0pt}");
            finer.into_iter().for_each(|c| self.step(c, place));
            self.line("\\end{description}");
        }
    }

    /// The sources of the rule of a step, and of the finer steps that are not shown.
    fn sources_of(&self, s: &StepView) -> Vec<String> {
        let mut all: Vec<String> =
            Some(s.cite.clone()).filter(|c| !c.is_empty()).into_iter().collect();
        let hidden = s.children.iter().filter(|c| c.level > self.options.detail);
        for source in hidden.flat_map(|c| self.sources_of(c)) {
            if !all.contains(&source) {
                all.push(source);
            }
        }
        all
    }

    fn conditions(&mut self, s: &StepView) {
        for c in &s.conditions {
            let notation = &self.options.notation;
            let pieces = pieces(pick(&c.text, self.options.lang), &c.terms).into_iter();
            let text = pieces.map(|piece| match piece {
                Piece::Words(words) => self.prose(&words::spelled(words)),
                Piece::Formula(term) => match formula::width_of(term, notation) {
                    width if width < NARROW => format!("${}$", self.math(term)),
                    // A line cannot be broken within it.
                    width if width < WIDEST => {
                        let math = self.math(term);
                        format!("\\mayend\\fitted{{0.9\\linewidth}}{{{math}}}\\mayend{{}}")
                    }
                    _ => self.prose(&words::spelled(&term.to_string())),
                },
            });
            let text: String = text.collect();
            let line = format!(
                "\\\\ {{\\small {}{}{text} --- {}}}",
                self.word(Phrase::Condition),
                self.word(Phrase::Colon),
                self.found(&c.evidence)
            );
            self.line(&line);
        }
    }

    fn ending(&mut self, report: &Report, by_itself: bool) {
        if let Some((relation, term)) = report.end() {
            if by_itself {
                self.section(Phrase::Result);
            }
            let sign = sign_latex(relation, &term);
            let shown =
                formula::relation(report.measured(), sign, &term, 4.0, &self.options.notation);
            self.line(&format!("\\[ \\boxed{{\\text{{{shown}}}}} \\]"));
            let sign = |r| format!("${}$", relation_latex(r));
            if let Some(note) =
                left_out(report, self.options.lang, |t| format!("${}$", self.math(t)), sign)
            {
                self.line(&note);
            }
        }
        if report.status != Status::Proved {
            self.line(&format!("\\textbf{{{}}}", self.word(status(report.status))));
        }
        if let Some(message) = &report.message {
            let message = self.said(message);
            self.line(&message);
        }
        if let Some(goal) = &report.goal {
            if by_itself {
                self.section(Phrase::Goal);
            }
            let goal = formula::alone(goal, 0.0, &self.options.notation);
            self.line(&format!("\\[ {goal} \\]"));
        }
    }

    fn evidence(&mut self, report: &Report) {
        let colon = self.word(Phrase::Colon);
        let semicolon = self.word(Phrase::Semicolon);
        let stop = self.word(Phrase::SentenceEnd);
        let kinds = evidence(&report.verification, self.options.lang, Spelling::Latex);
        let items: Vec<String> = kinds
            .iter()
            .map(|k| {
                let said = k.sentences.join(semicolon).replace('±', "$\\pm$");
                format!("\\textbf{{{}}}{colon}{said}{stop}", k.kind)
            })
            .collect();
        self.items(&items);
    }
}
