//! The four kinds of evidence, one line each, and the axioms.

use super::super::evidence::{Evidence, Outcome, Spelling, evidence};
use super::super::options::Lang;
use super::super::phrases::{Phrase, bilingual, filled, phrase};
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
            self.details(
                "evidence",
                false,
                |w| {
                    w.word(Phrase::Evidence);
                    for (en, zh) in en.iter().zip(&zh) {
                        w.raw(&format!(" <span class=\"kind {}\">", class(en.outcome)));
                        w.both(&Bilingual::new(en.kind, zh.kind));
                        w.raw("</span>");
                    }
                },
                |w| {
                    w.raw("<dl>\n");
                    en.iter().zip(&zh).for_each(|(en, zh)| w.kind(en, zh));
                    w.raw("</dl>");
                },
            );
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
        self.details(
            "axioms",
            false,
            |w| {
                w.word(Phrase::RestsOn);
                w.raw(&format!(" <span class=\"count\">{}</span>", axioms.len()));
            },
            |w| {
                w.raw("<ul>\n");
                for axiom in axioms {
                    let (id, rest) = axiom.split_once(' ').unwrap_or((axiom, ""));
                    w.raw("<li>");
                    w.rule(id);
                    if !rest.is_empty() {
                        w.raw(" ");
                        w.both(&origin(rest));
                    }
                    w.raw("</li>\n");
                }
                w.raw("</ul>");
            },
        );
    }
}

/// What is said after the id of a rule, in both languages.
fn origin(said: &str) -> Bilingual {
    let template = bilingual(Phrase::DerivedIn);
    let place = template.en.split_once("{}").and_then(|(before, after)| {
        let place = said.strip_prefix(before)?.strip_suffix(after)?;
        Some([place.to_owned()])
    });
    match place {
        Some(place) => Bilingual::new(said, filled(&template.zh, &place)),
        None => said.into(),
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
