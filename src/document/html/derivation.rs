//! What a `hence` block came to: declarations, derivations, claims.

use serde_json::json;

use super::super::build;
use super::super::defined::Defined;
use super::super::page::{Content, Derived, Given, Item, Part};
use super::super::phrases::{Phrase, bilingual, left_out, status};
use super::super::report::{AssumptionLine, Bilingual, LemmaView, Report, Status};
use super::super::{Lang, Marks, latex, names, unicode};
use super::claim::spelled;
use super::write::{Mode, Writer, escape};
use crate::term::Term;

impl Writer<'_> {
    pub fn part(&mut self, part: &Part, index: usize) {
        match &part.content {
            Content::Statements(items) => self.items(items),
            Content::Figure(picture) => self.figure(picture, index),
            Content::Fits(table) => self.blocks(std::slice::from_ref(table), &[]),
        }
    }

    /// Claims that follow on one another are a list.
    pub fn items(&mut self, items: &[Item]) {
        let mut in_list = false;
        for item in items {
            let is_claim = matches!(item, Item::Claim(_));
            if is_claim != in_list {
                self.raw(if is_claim { "<ul class=\"claims\">\n" } else { "</ul>\n" });
                in_list = is_claim;
            }
            match item {
                Item::Given(given) => self.given(given),
                Item::Derivation(derived) => self.derivation(derived),
                Item::Claim(claimed) => self.claim(claimed),
            }
        }
        if in_list {
            self.raw("</ul>\n");
        }
    }

    fn given(&mut self, given: &[Given]) {
        if given.is_empty() {
            return;
        }
        self.raw("<div class=\"given\"><span class=\"label\">");
        self.word(Given::label(given, Phrase::GivenThat));
        self.raw("</span><ul>\n");
        for one in given {
            self.raw("<li>");
            match one {
                Given::Definition(name, term) => {
                    let defined = Defined::new(name, term);
                    self.formula(&defined.equation());
                    self.text(&defined.ranges_text(&self.options.notation));
                }
                Given::Supposed(term, indices) => {
                    self.formula(term);
                    self.both(indices);
                }
                Given::Relation(term) => self.formula(term),
                Given::Sort(terms, sort) => {
                    for (i, term) in terms.iter().enumerate() {
                        self.raw(if i > 0 { ", " } else { "" });
                        self.formula(term);
                    }
                    self.raw(" ");
                    self.both(sort);
                }
                Given::Words(words) => self.both(words),
            }
            self.raw("</li>\n");
        }
        self.raw("</ul></div>\n");
    }

    /// A derivation with all that belongs to it.
    pub fn derivation(&mut self, derived: &Derived) {
        let (report, anchor) = (&derived.report, escape(&derived.anchor));
        let fine = report.status != Status::Stuck && derived.objections.is_empty();
        let class = if fine { "" } else { " unfinished" };
        let spoken = escape(&unicode(&report.statement, &self.options.notation));
        self.raw(&format!(
            "<div role=\"group\" class=\"derivation{class}\" id=\"{anchor}\" data-chain=\"{anchor}\" aria-label=\"{spoken}\">\n\
             <header><span class=\"label\">"
        ));
        self.word(Phrase::Derivation);
        self.raw("</span> ");
        self.badge(fine, report.status);
        self.raw(
            "</header>
",
        );
        self.premises(report);
        for note in &report.notes {
            self.raw("<p class=\"message\">");
            self.both(&spelled(note));
            self.raw("</p>\n");
        }
        self.report(report, &derived.anchor, &derived.source);
        for objection in &derived.objections {
            self.raw("<p class=\"objection\">");
            self.both(objection);
            self.raw("</p>\n");
        }
        if let Some(study) = &derived.study {
            self.study(study, report, &derived.anchor);
        }
        self.evidence(report);
        self.raw("</div>\n");
    }

    fn badge(&mut self, fine: bool, how: Status) {
        let class = match (fine, how) {
            (true, Status::Proved | Status::Infinite) => "proved",
            (true, _) => return,
            (false, Status::Stuck) => "open",
            (false, _) => "wrong",
        };
        self.raw(&format!("<span class=\"badge {class}\">"));
        match (fine, how) {
            (true, Status::Infinite) => self.raw("+∞"),
            (true, _) => self.word(Phrase::Proved),
            (false, _) => self.word(Phrase::NotProved),
        }
        self.raw("</span> ");
    }

    /// The chain and its end, with what the script needs to know.
    pub fn report(&mut self, report: &Report, anchor: &str, source: &str) {
        report.lemmas.iter().enumerate().for_each(|(i, lemma)| self.lemma(lemma, i, anchor));
        let steps = self.chain(&report.statement, &report.steps, anchor);
        self.ending(report);
        if self.mode == Mode::Live {
            let notation = &self.options.notation;
            let end = report.result.as_ref().map(|r| {
                let end = r.with_unit();
                json!([latex(&end, notation), end.to_string()])
            });
            self.data.entry(anchor, json!({"s": steps, "source": source, "end": end}));
        }
    }

    /// What follows from a supposition, before the chain that uses it: a chain of its own.
    fn lemma(&mut self, lemma: &LemmaView, index: usize, anchor: &str) {
        let anchor = format!("{anchor}.{}", index + 1);
        let name = escape(&anchor);
        self.raw(&format!("<div class=\"lemma\" data-chain=\"{name}\"><p>"));
        self.word(Phrase::From);
        self.formula(&lemma.from);
        let spelled = |text: &str| names::in_prose(text, |g| g.unicode.clone(), str::to_owned);
        let Bilingual { en, zh } = &lemma.indices;
        self.both(&Bilingual::new(spelled(en), spelled(zh)));
        self.word(Phrase::Follows);
        self.raw("</p>\n");
        let steps = self.chain(&lemma.from, &lemma.steps, &anchor);
        if self.mode == Mode::Live {
            let source = lemma.from.to_string();
            self.data.entry(&anchor, json!({"s": steps, "source": source, "end": null}));
        }
        self.raw("</div>\n");
    }

    fn premises(&mut self, report: &Report) {
        if report.assumptions.is_empty() && report.definitions.is_empty() {
            return;
        }
        self.details(
            "premises",
            false,
            |w| {
                w.raw("<span class=\"label\">");
                w.word(Phrase::GivenThat);
                w.raw("</span> ");
                for (i, (name, term)) in report.definitions.iter().enumerate() {
                    w.raw(if i > 0 { ", " } else { "" });
                    let defined = Defined::new(name, term);
                    w.formula(&defined.equation());
                    w.text(&defined.ranges_text(&w.options.notation));
                }
                if report.definitions.is_empty() {
                    w.first_assumptions(&report.assumptions);
                }
            },
            |w| {
                w.raw("<ul>\n");
                for assumption in &report.assumptions {
                    w.raw("<li>");
                    w.assumption(assumption);
                    w.raw("</li>\n");
                }
                w.raw("</ul>");
            },
        );
    }

    /// As many as a line holds; what is inferred only where nothing else is given.
    fn first_assumptions(&mut self, all: &[AssumptionLine]) {
        const MOST: usize = 4;
        let said = all.iter().any(|a| !a.inferred);
        let listed: Vec<&AssumptionLine> = all.iter().filter(|a| !said || !a.inferred).collect();
        for (i, assumption) in listed.iter().take(MOST).enumerate() {
            self.raw(if i > 0 { ", " } else { "" });
            self.assumption(assumption);
        }
        if listed.len() > MOST {
            self.raw(", …");
        }
    }

    fn assumption(&mut self, assumption: &AssumptionLine) {
        if assumption.supposed {
            self.word(Phrase::Suppose);
        }
        match &assumption.term {
            Some(term) => self.formula(term),
            None => {
                let spelled = |text| names::in_prose(text, |g| g.unicode.clone(), str::to_owned);
                let Bilingual { en, zh } = &assumption.text;
                self.both(&Bilingual::new(spelled(en), spelled(zh)));
            }
        }
        if assumption.inferred || assumption.found {
            self.raw(" <em>(");
            self.word(if assumption.found { Phrase::FoundCondition } else { Phrase::Inferred });
            self.raw(")</em>");
        }
    }

    fn ending(&mut self, report: &Report) {
        if let Some((relation, term)) = report.end() {
            let whole = Term::relation(relation, report.measured().clone(), term);
            self.raw("<div class=\"result\"><span class=\"label\">");
            self.word(Phrase::Result);
            self.raw("</span>");
            self.display(&whole, &Marks::default());
            let note = |lang: Lang| {
                let shown = |t: &Term| unicode(t, &self.options.notation);
                left_out(report, lang, shown, build::relation_unicode)
            };
            if let (Some(en), Some(zh)) = (note(Lang::En), note(Lang::Zh)) {
                self.raw("<p>");
                self.both(&Bilingual::new(en, zh));
                self.raw("</p>");
            }
            self.raw("</div>\n");
        }
        if !matches!(report.status, Status::Proved | Status::Infinite) {
            self.raw("<p class=\"status\"><strong>");
            self.both(&bilingual(status(report.status)));
            self.raw("</strong></p>\n");
        }
        if let Some(message) = &report.message {
            self.raw("<p class=\"message\">");
            self.both(&spelled(message));
            self.raw("</p>\n");
        }
        if let Some(goal) = &report.goal {
            self.raw("<div class=\"goal\"><span class=\"label\">");
            self.word(Phrase::Goal);
            self.raw("</span>");
            self.display(goal, &Marks::default());
            self.raw("</div>\n");
        }
    }
}
