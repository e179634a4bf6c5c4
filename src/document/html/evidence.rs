//! The four kinds of evidence, one line each, and the axioms.

use super::super::evidence::{Evidence, Outcome, Spelling, evidence};
use super::super::options::Lang;
use super::super::phrases::{Phrase, phrase};
use super::super::report::{Bilingual, Report};
use super::write::Writer;

impl Writer<'_> {
    pub fn evidence(&mut self, report: &Report) {
        let v = &report.verification;
        let was_run = v.replay.is_some()
            || !v.enclosure.is_empty()
            || v.deterministic.is_some()
            || !v.monte_carlo.is_empty();
        if was_run {
            let en = evidence(v, Lang::En, Spelling::Text);
            let zh = evidence(v, Lang::Zh, Spelling::Text);
            self.raw("<details class=\"evidence\"><summary>");
            self.word(Phrase::Evidence);
            for (en, zh) in en.iter().zip(&zh) {
                self.raw(&format!(" <span class=\"kind {}\">", class(en.outcome)));
                self.both(&Bilingual::new(en.kind, zh.kind));
                self.raw(&format!(
                    "<span aria-hidden=\"true\"> {}</span></span>",
                    mark(en.outcome)
                ));
            }
            self.raw("</summary>\n<dl>\n");
            en.iter().zip(&zh).for_each(|(en, zh)| self.kind(en, zh));
            self.raw("</dl></details>\n");
        }
        if !report.axioms.is_empty() {
            self.axioms(&report.axioms);
        }
    }

    fn kind(&mut self, en: &Evidence, zh: &Evidence) {
        self.raw(&format!("<dt class=\"{}\">", class(en.outcome)));
        self.both(&Bilingual::new(en.kind, zh.kind));
        self.raw("</dt>");
        let told = |e: &Evidence, lang| {
            format!(
                "{}{}",
                e.sentences.join(phrase(Phrase::Semicolon, lang)),
                phrase(Phrase::SentenceEnd, lang)
            )
        };
        self.raw("<dd>");
        self.both(&Bilingual::new(told(en, Lang::En), told(zh, Lang::Zh)));
        self.raw("</dd>\n");
    }

    fn axioms(&mut self, axioms: &[String]) {
        self.raw("<details class=\"axioms\"><summary>");
        self.word(Phrase::RestsOn);
        self.raw(&format!(" <span class=\"count\">{}</span></summary>\n<ul>\n", axioms.len()));
        for axiom in axioms {
            let (id, rest) = axiom.split_once(' ').unwrap_or((axiom, ""));
            self.raw("<li>");
            self.rule(id);
            if !rest.is_empty() {
                self.raw(" ");
                self.text(rest);
            }
            self.raw("</li>\n");
        }
        self.raw("</ul></details>\n");
    }
}

/// The class of an outcome in the style sheet.
fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Fails => "fails",
        Outcome::Open => "open",
    }
}

/// The mark of an outcome, for those who do not see colour.
fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "✓",
        Outcome::Fails => "✗",
        Outcome::Open => "–",
    }
}
