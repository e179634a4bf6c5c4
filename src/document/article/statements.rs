//! What stands in a `hence` block: declarations, derivations, claims, figures.

use super::super::build::relation_latex;
use super::super::page::{Claimed, Content, Given, Item, Picture};
use super::super::phrases::{Phrase, filled};
use super::super::report::Verdict;
use super::{Writer, formula, picture};

impl Writer<'_> {
    /// A part of the page.
    pub fn part(&mut self, content: &Content) {
        match content {
            Content::Figure(picture) => {
                if !self.shows(&picture.file) {
                    self.picture(picture);
                }
            }
            Content::Fits(table) => self.blocks(std::slice::from_ref(table)),
            Content::Statements(items) => self.statements(items),
        }
    }

    fn statements(&mut self, items: &[Item]) {
        let mut in_list = false;
        for item in items {
            let is_claim = matches!(item, Item::Claim(_));
            if is_claim != in_list {
                self.line(if is_claim { "\\begin{itemize}" } else { "\\end{itemize}" });
                in_list = is_claim;
            }
            match item {
                Item::Given(given) => self.given(given),
                Item::Derivation(derived) => self.derived(derived),
                Item::Claim(claimed) => self.claim(claimed),
            }
        }
        if in_list {
            self.line("\\end{itemize}");
        }
    }

    fn given(&mut self, given: &[Given]) {
        let all: Vec<String> = given.iter().map(|g| self.one_given(g)).collect();
        if all.is_empty() {
            return;
        }
        let what = self.word(Given::label(given, Phrase::Given));
        let stop = self.word(Phrase::SentenceEnd);
        let all = all.join(self.word(Phrase::Semicolon));
        self.line(&format!(
            "\\begin{{quote}}\\raggedright\\textbf{{{what}}} {all}{stop}\\end{{quote}}"
        ));
    }

    fn one_given(&self, given: &Given) -> String {
        match given {
            Given::Definition(name, term) => self.definition(name, term),
            Given::Supposed(term, indices) => {
                format!("${}${}", self.math(term), self.said(indices))
            }
            Given::Relation(term) => format!("${}$", self.math(term)),
            Given::Sort(names, sort) => {
                let names: Vec<String> =
                    names.iter().map(|n| format!("${}$", self.math(n))).collect();
                format!("{} {}", names.join(", "), self.said(sort))
            }
            Given::Words(words) => self.said(words),
        }
    }

    fn claim(&mut self, c: &Claimed) {
        let mark = match c.verdict {
            Verdict::Proved => "\\checkmark",
            Verdict::Refuted => "\\times",
            Verdict::Undecided => "?",
        };
        let sign = relation_latex(c.relation);
        let shown = formula::relation(&c.left, sign, &c.right, 5.0, &self.options.notation);
        let mut said = format!("\\item[${mark}$] {shown}");
        if !c.up_to.is_empty() {
            let names: Vec<String> = c.up_to.iter().map(|n| self.symbol(n)).collect();
            said.push_str(&format!(" {}", filled(self.word(Phrase::FreeOf), &[names.join(", ")])));
        }
        self.line(&said);
        let verdict = self.word(match c.verdict {
            Verdict::Proved => Phrase::ClaimProved,
            Verdict::Refuted => Phrase::ClaimRefuted,
            Verdict::Undecided => Phrase::ClaimUndecided,
        });
        let verdict =
            if c.is_fine() { verdict.to_owned() } else { format!("\\textbf{{{verdict}}}") };
        let mut about = vec![verdict];
        about.extend(self.about(c));
        let (semicolon, stop) = (self.word(Phrase::Semicolon), self.word(Phrase::SentenceEnd));
        if c.verdict != Verdict::Proved || about.len() > 1 {
            self.line(&format!("\\\\ {{\\small {}{stop}}}", about.join(semicolon)));
        }
        if let Some(proof) = c.proof.as_ref().filter(|_| self.options.detail > 0) {
            self.proof(proof, &c.anchor);
        }
    }

    fn symbol(&self, name: &crate::term::Symbol) -> String {
        format!("${}$", self.math(&crate::term::Term::symbol(name.clone())))
    }

    /// What was found out about a claim.
    fn about(&self, c: &Claimed) -> Vec<String> {
        let colon = self.word(Phrase::Colon);
        let labelled =
            |p: Phrase, text: String| format!("{}{colon}{text}", self.word(p).to_lowercase());
        let notation = &self.options.notation;
        let shown = |t| format!("${}$", formula::alone(t, 12.0, notation));
        let assuming: Vec<String> = c.assuming.iter().map(shown).collect();
        let assuming = (!assuming.is_empty()).then(|| assuming.join(", "));
        [
            assuming.map(|t| labelled(Phrase::Assumptions, t)),
            c.residual.as_ref().map(|t| labelled(Phrase::Residual, shown(t))),
            c.counterexample.as_ref().map(|t| labelled(Phrase::Counterexample, self.found(t))),
            c.slip.as_ref().map(|t| labelled(Phrase::Slip, self.found(t))),
            c.mend.as_ref().map(|t| labelled(Phrase::Mend, shown(t))),
            c.message.as_ref().map(|t| self.found(t)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// A figure with its title below.
    pub fn picture(&mut self, shown: &Picture) {
        let title = self.prose(&shown.title);
        let drawn = picture::draw(&shown.svg, self.is_chinese());
        // The title stays with its drawing.
        self.line("\\par\\noindent\\begin{minipage}{\\linewidth}\\centering");
        self.line(&drawn);
        self.line(&format!("\\\\[0.5em]{{\\small {title}}}"));
        self.line("\\end{minipage}\\par");
    }
}
