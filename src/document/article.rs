//! The report as a complete LaTeX article. English compiles with pdflatex; Chinese loads ctex and wants xelatex.

use super::build::{relation_latex, sign_latex};
use super::evidence::{Spelling, evidence};
use super::latex::prose;
use super::names;
use super::options::{Lang, Options};
use super::phrases::{Phrase, left_out, phrase, pick, status};
use super::report::{AssumptionLine, Report, Status, StepView};
use crate::term::{Relation, Term};

/// The whole report.
pub fn write(report: &Report, options: &Options) -> String {
    let mut page = Page { options, out: String::new() };
    page.preamble();
    page.premises(report);
    page.derivation(report);
    page.ending(report);
    page.evidence(report);
    page.out.push_str("\\end{document}\n");
    page.out
}

struct Page<'a> {
    options: &'a Options,
    out: String,
}

impl Page<'_> {
    fn math(&self, term: &Term) -> String {
        super::latex(term, &self.options.notation)
    }

    fn word(&self, p: Phrase) -> &'static str {
        phrase(p, self.options.lang)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn preamble(&mut self) {
        self.line("\\documentclass{article}");
        if self.options.lang == Lang::Zh {
            self.line("\\usepackage{ctex}");
        } else {
            self.line("\\usepackage[T1]{fontenc}");
            self.line("\\usepackage[utf8]{inputenc}");
        }
        self.line("\\usepackage[margin=25mm]{geometry}");
        for package in ["amsmath", "amssymb", "xcolor"] {
            self.line(&format!("\\usepackage{{{package}}}"));
        }
        self.line("\\allowdisplaybreaks");
        self.line("\\begin{document}");
    }

    fn section(&mut self, p: Phrase) {
        self.line(&format!("\\section*{{{}}}", self.word(p)));
    }

    fn items(&mut self, items: &[String]) {
        self.line("\\begin{itemize}");
        items.iter().for_each(|item| self.line(&format!("\\item {item}")));
        self.line("\\end{itemize}");
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
            let each = |(name, term): &(crate::term::Symbol, Term)| {
                format!("${} = {}$", names::symbol(name.as_str()).latex, self.math(term))
            };
            let items: Vec<String> = report.definitions.iter().map(each).collect();
            self.items(&items);
        }
    }

    fn assumption(&self, a: &AssumptionLine) -> String {
        let text = match &a.term {
            Some(t) => format!("${}$", self.math(t)),
            None => names::in_prose(&a.text, |g| format!("${}$", g.latex), prose),
        };
        if a.inferred { format!("{text} ({})", self.word(Phrase::Inferred)) } else { text }
    }

    fn derivation(&mut self, report: &Report) {
        if report.steps.is_empty() {
            return;
        }
        self.section(Phrase::Derivation);
        self.line("\\begin{align*}");
        let mut left = self.math(&report.statement);
        let last = report.steps.len() - 1;
        for (i, s) in report.steps.iter().enumerate() {
            let sign = sign_latex(s.relation, &s.after);
            let end = if i < last { " \\\\" } else { "" };
            let line = format!("{left} &{sign} {} \\tag{{{}}}{end}", self.math(&s.after), s.id);
            self.line(&line);
            left.clear();
        }
        self.line("\\end{align*}");
        self.line("\\begin{description}");
        report.steps.iter().for_each(|s| self.step(s));
        self.line("\\end{description}");
    }

    fn step(&mut self, s: &StepView) {
        let reason = prose(pick(&s.reason, self.options.lang));
        let line = if s.level == 0 {
            format!("\\item[({})] {reason}", s.id)
        } else {
            let before = self.math(s.local_before.as_ref().unwrap_or(&s.before));
            let after = self.math(s.local_after.as_ref().unwrap_or(&s.after));
            let local = s.local_after.as_ref().unwrap_or(&s.after);
            let (sign, colon) = (sign_latex(s.relation, local), self.word(Phrase::Colon));
            format!("\\item[{}] ${before} {sign} {after}${colon}{reason}", s.id)
        };
        self.line(&line);
        for c in &s.conditions {
            let text = prose(pick(&c.text, self.options.lang));
            let line = format!(
                "\\\\ {}{}{text} --- {}",
                self.word(Phrase::Condition),
                self.word(Phrase::Colon),
                prose(&c.evidence)
            );
            self.line(&line);
        }
        // LaTeX nests lists four deep; the chain and two levels below it stay within that.
        let finer: Vec<&StepView> =
            s.children.iter().filter(|c| c.level <= self.options.detail).collect();
        if !finer.is_empty() {
            self.line("\\begin{description}");
            finer.into_iter().for_each(|c| self.step(c));
            self.line("\\end{description}");
        }
    }

    fn ending(&mut self, report: &Report) {
        let infinity = Term::symbol("oo");
        let end = match &report.result {
            Some(r) => Some((r.relation, r.with_unit())),
            None => (report.status == Status::Infinite).then_some((Relation::Eq, infinity)),
        };
        if let Some((relation, term)) = end {
            self.section(Phrase::Result);
            let (left, right) = (self.math(report.measured()), self.math(&term));
            let sign = sign_latex(relation, &term);
            self.line(&format!("\\[ \\boxed{{{left} {sign} {right}}} \\]"));
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
            self.line(&prose(pick(message, self.options.lang)));
        }
        if let Some(goal) = &report.goal {
            self.section(Phrase::Goal);
            let goal = self.math(goal);
            self.line(&format!("\\[ {goal} \\]"));
        }
    }

    fn evidence(&mut self, report: &Report) {
        self.section(Phrase::Evidence);
        let colon = self.word(Phrase::Colon);
        let semicolon = self.word(Phrase::Semicolon);
        let stop = self.word(Phrase::SentenceEnd);
        let kinds = evidence(&report.verification, self.options.lang, Spelling::Latex);
        let items: Vec<String> = kinds
            .iter()
            .map(|k| {
                format!(
                    "\\textbf{{{}}}{colon}{}{stop}",
                    k.kind,
                    k.sentences.join(semicolon).replace('±', "$\\pm$")
                )
            })
            .collect();
        self.items(&items);
        if !report.axioms.is_empty() {
            self.section(Phrase::RestsOn);
            let items: Vec<String> =
                report.axioms.iter().map(|a| format!("\\texttt{{{}}}", prose(a))).collect();
            self.items(&items);
        }
    }
}
