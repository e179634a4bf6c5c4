//! A report: one aligned chain, its lines numbered, then the reasons in words, finer steps folded away under the line they
//! belong to.

use super::super::build::{relation_latex, sign_latex};
use super::super::defined::Defined;
use super::super::evidence::{Spelling, evidence};
use super::super::names;
use super::super::page::Derived;
use super::super::phrases::{Phrase, filled, left_out, pick, status};
use super::super::report::{AssumptionLine, ConditionView, LemmaView, Report, Status, StepView};
use super::super::words::{self, Piece, pieces};
use super::{Writer, escape, safe};
use crate::term::Term;

impl Writer<'_> {
    /// A report by itself.
    pub fn report(&mut self, report: &Report) {
        self.out.push_str(&format!("# ${}$\n\n", self.math(&report.statement)));
        self.premises(report);
        self.notes(report);
        if !report.steps.is_empty() {
            self.heading(Phrase::Derivation);
            self.chain(report, "");
        }
        self.ending(report, true);
        self.heading(Phrase::Evidence);
        self.evidence(report);
        if !report.axioms.is_empty() {
            self.heading(Phrase::RestsOn);
            self.axioms(report);
        }
    }

    /// A derivation on a page; `number` tells the lines of several apart.
    pub fn derived(&mut self, derived: &Derived, number: &str) {
        let report = &derived.report;
        let inferred = report.assumptions.iter().filter(|a| a.inferred || a.found);
        let inferred: Vec<String> = inferred.map(|a| self.assumption(a)).collect();
        if !inferred.is_empty() {
            let (what, colon) = (self.word(Phrase::Assumptions), self.word(Phrase::Colon));
            self.out.push_str(&format!("{what}{colon}{}\n\n", inferred.join(", ")));
        }
        self.notes(report);
        let introduced = derived.introduced.iter().map(|(name, term)| {
            format!("${} = {}$", names::symbol(name.as_str()).latex, self.math(term))
        });
        let introduced: Vec<String> = introduced.collect();
        if !introduced.is_empty() {
            let (what, stop) = (self.word(Phrase::Given), self.word(Phrase::SentenceEnd));
            let all = introduced.join(self.word(Phrase::Semicolon));
            self.out.push_str(&format!("**{what}** {all}{stop}\n\n"));
        }
        self.derivation(report, number);
        for objection in &derived.objections {
            self.out.push_str(&format!("**{}**\n\n", escape(pick(objection, self.options.lang))));
        }
        let summary = self.word(Phrase::EvidenceAndAxioms);
        self.out.push_str(&format!("<details><summary>{summary}</summary>\n\n"));
        self.evidence(report);
        if !report.axioms.is_empty() {
            self.out.push_str(&format!(
                "{}{}\n\n",
                self.word(Phrase::RestsOn),
                self.word(Phrase::Colon).trim_end()
            ));
            self.axioms(report);
            self.out.push('\n');
        }
        self.out.push_str("</details>\n\n");
    }

    /// The chain and its end.
    pub fn derivation(&mut self, report: &Report, number: &str) {
        if report.steps.is_empty() {
            self.display(&self.math(&report.statement));
        } else {
            self.chain(report, number);
        }
        self.ending(report, false);
    }

    fn notes(&mut self, report: &Report) {
        let (what, colon) = (self.word(Phrase::Note), self.word(Phrase::Colon));
        for note in &report.notes {
            let note = escape(&words::spelled(pick(note, self.options.lang)));
            self.out.push_str(&format!(
                "**{what}**{colon}{note}{}\n\n",
                self.word(Phrase::SentenceEnd)
            ));
        }
    }

    fn heading(&mut self, p: Phrase) {
        self.out.push_str(&format!("## {}\n\n", self.word(p)));
    }

    fn premises(&mut self, report: &Report) {
        if !report.assumptions.is_empty() {
            self.heading(Phrase::Assumptions);
            for a in &report.assumptions {
                let text = self.assumption(a);
                self.out.push_str(&format!("- {text}\n"));
            }
            self.out.push('\n');
        }
        if !report.definitions.is_empty() {
            self.heading(Phrase::Definitions);
            for (name, term) in &report.definitions {
                let defined = Defined::new(name, term);
                let ranges = defined.ranges_latex(&self.options.notation);
                let left = self.math(&defined.left);
                let line = format!("- ${left} = {}{ranges}$\n", self.math(&defined.right));
                self.out.push_str(&line);
            }
            self.out.push('\n');
        }
    }

    fn assumption(&self, a: &AssumptionLine) -> String {
        let text = match &a.term {
            Some(t) => format!("${}$", self.math(t).trim_end()),
            None => names::in_prose(
                pick(&a.text, self.options.lang),
                |g| format!("${}$", g.latex),
                escape,
            ),
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

    fn chain(&mut self, report: &Report, number: &str) {
        report.lemmas.iter().for_each(|lemma| self.lemma(lemma, number));
        self.lines(&report.statement, &report.steps, number);
    }

    /// What follows from a supposition, before the chain that uses it.
    fn lemma(&mut self, lemma: &LemmaView, number: &str) {
        let from = self.math(&lemma.from);
        let about = names::in_prose(
            pick(&lemma.indices, self.options.lang),
            |g| format!("${}$", g.latex),
            escape,
        );
        let (word, colon) = (self.word(Phrase::From), self.word(Phrase::Follows));
        self.out.push_str(&format!("{word}${from}${about}{colon}\n\n"));
        self.lines(&lemma.from, &lemma.steps, number);
    }

    fn lines(&mut self, statement: &Term, steps: &[StepView], number: &str) {
        let mut chain = format!("$$\n\\begin{{aligned}}\n{}", self.math(statement));
        for (i, s) in steps.iter().enumerate() {
            let start = if i == 0 { " " } else { "" };
            chain.push_str(&format!(
                "{start}&{} {} && \\text{{({number}{})}}",
                sign_latex(s.relation, &s.after),
                self.math(&s.after),
                s.id
            ));
            chain.push_str(if i + 1 < steps.len() { " \\\\\n" } else { "\n" });
        }
        chain.push_str("\\end{aligned}\n$$\n\n");
        self.out.push_str(&chain);
        for s in steps {
            self.line_of_chain(s, number);
        }
        self.out.push('\n');
    }

    fn line_of_chain(&mut self, s: &StepView, number: &str) {
        let text = format!("- **({number}{})** {}\n", s.id, self.reason(s));
        self.out.push_str(&text);
        self.conditions(s, 2);
        let finer: Vec<&StepView> = self.visible(s);
        if finer.is_empty() {
            return;
        }
        let summary = filled(self.word(Phrase::Details), &[format!("{number}{}", s.id)]);
        self.out.push_str(&format!("\n  <details><summary>{summary}</summary>\n\n"));
        finer.into_iter().for_each(|child| self.finer(child, 2, number));
        self.out.push_str("\n  </details>\n\n");
    }

    fn visible<'s>(&self, s: &'s StepView) -> Vec<&'s StepView> {
        s.children.iter().filter(|c| c.level <= self.options.detail).collect()
    }

    fn finer(&mut self, s: &StepView, indent: usize, number: &str) {
        let before = s.local_before.as_ref().unwrap_or(&s.before);
        let after = s.local_after.as_ref().unwrap_or(&s.after);
        let line = format!(
            "{:indent$}- **{number}{}** ${} {} {}${}{}\n",
            "",
            s.id,
            self.math(before),
            sign_latex(s.relation, after),
            self.math(after),
            self.word(Phrase::Colon),
            self.reason(s)
        );
        self.out.push_str(&line);
        self.conditions(s, indent + 2);
        self.visible(s).into_iter().for_each(|child| self.finer(child, indent + 2, number));
    }

    fn reason(&self, s: &StepView) -> String {
        let mut text = escape(pick(&s.reason, self.options.lang));
        if !s.rule.is_empty() {
            text.push_str(&format!(" (`{}`)", s.rule));
        }
        text
    }

    fn conditions(&mut self, s: &StepView, indent: usize) {
        for c in &s.conditions {
            let line = format!(
                "{:indent$}- {}{}{} — {}\n",
                "",
                self.word(Phrase::Condition),
                self.word(Phrase::Colon),
                self.condition(c),
                escape(&words::spelled(pick(&c.evidence, self.options.lang)))
            );
            self.out.push_str(&line);
        }
    }

    fn condition(&self, c: &ConditionView) -> String {
        let shown = pieces(pick(&c.text, self.options.lang), &c.terms).into_iter();
        let shown = shown.map(|piece| match piece {
            Piece::Words(words) => escape(&words::spelled(words)),
            Piece::Formula(term) => format!("${}$", self.math(term).trim_end()),
        });
        shown.collect()
    }

    fn axioms(&mut self, report: &Report) {
        for axiom in &report.axioms {
            self.out.push_str(&format!("- `{axiom}`\n"));
        }
    }

    fn display(&mut self, latex: &str) {
        self.out.push_str(&format!("$$\n{latex}\n$$\n\n"));
    }

    fn ending(&mut self, report: &Report, by_itself: bool) {
        if let Some((relation, term)) = report.end() {
            if by_itself {
                self.heading(Phrase::Result);
            }
            let left = self.math(report.measured());
            let right = self.math(&term);
            self.display(&format!("\\boxed{{{left} {} {right}}}", sign_latex(relation, &term)));
            let sign = |r| format!("${}$", relation_latex(r));
            if let Some(note) =
                left_out(report, self.options.lang, |t| format!("${}$", self.math(t)), sign)
            {
                self.out.push_str(&format!("{note}\n\n"));
            }
        }
        if report.status != Status::Proved {
            self.out.push_str(&format!("**{}**\n\n", self.word(status(report.status))));
        }
        if let Some(message) = &report.message {
            self.out.push_str(&format!("{}\n\n", escape(pick(message, self.options.lang))));
        }
        if let Some(goal) = &report.goal {
            if by_itself {
                self.heading(Phrase::Goal);
            }
            let goal = self.math(goal);
            self.display(&goal);
        }
    }

    fn evidence(&mut self, report: &Report) {
        let colon = self.word(Phrase::Colon);
        let stop = self.word(Phrase::SentenceEnd);
        for kind in evidence(&report.verification, self.options.lang, Spelling::Markdown) {
            let text = kind.sentences.join(self.word(Phrase::Semicolon));
            self.out.push_str(&format!("- **{}**{colon}{}{stop}\n", kind.kind, safe(&text)));
        }
        self.out.push('\n');
    }
}
