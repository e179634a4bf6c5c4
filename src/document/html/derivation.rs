//! What a `hence` block came to: declarations, derivations, claims.

use serde_json::{Map, Value, json};

use super::super::build;
use super::super::page::{Content, Derived, Given, Item, Part};
use super::super::phrases::{Phrase, bilingual, left_out, status};
use super::super::report::{AssumptionLine, Bilingual, Report, Status};
use super::super::{Lang, mathml_display, names, unicode};
use super::write::{Mode, Writer, escape};
use crate::term::{Relation, Term};

impl Writer<'_> {
    pub fn part(&mut self, part: &Part, index: usize) {
        match &part.content {
            Content::Statements(items) => self.items(items),
            Content::Figure(picture) => self.figure(picture, index),
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
        self.word(Phrase::GivenThat);
        self.raw("</span><ul>\n");
        for one in given {
            self.raw("<li>");
            match one {
                Given::Definition(name, term) => {
                    let name = Term::symbol(name.clone());
                    self.formula(&Term::relation(Relation::Eq, name, term.clone()));
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
        self.raw(&format!(
            "<section class=\"derivation{class}\" id=\"{anchor}\" data-chain=\"{anchor}\" aria-labelledby=\"{anchor}.t\">\n\
             <header><span class=\"label\" id=\"{anchor}.t\">"
        ));
        self.word(Phrase::Derivation);
        self.raw("</span> ");
        self.badge(fine, report.status);
        self.raw(&format!(
            "<a class=\"here-link\" href=\"#{anchor}\" aria-label=\"# {anchor}\">#</a></header>\n"
        ));
        self.premises(report);
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
        self.raw("</section>\n");
    }

    fn badge(&mut self, fine: bool, how: Status) {
        if fine && how == Status::Proved {
            self.raw("<span class=\"badge proved\"><span aria-hidden=\"true\">✓ </span>");
            self.word(Phrase::Proved);
            self.raw("</span> ");
        } else if !fine {
            self.raw("<span class=\"badge wrong\"><span aria-hidden=\"true\">✗ </span>");
            self.word(Phrase::NotProved);
            self.raw("</span> ");
        }
    }

    /// The chain and its end, with what the script needs to know.
    pub fn report(&mut self, report: &Report, anchor: &str, source: &str) {
        let mut steps = Map::new();
        self.chain(report, anchor, &mut steps);
        self.ending(report);
        if self.mode == Mode::Live {
            let notation = &self.options.notation;
            let end = report.result.as_ref().map(|r| {
                let end = r.with_unit();
                json!([super::super::latex(&end, notation), end.to_string()])
            });
            let mut entry = Map::new();
            entry.insert("s".into(), Value::Object(steps));
            entry.insert("source".into(), source.into());
            entry.insert("end".into(), end.unwrap_or_default());
            self.data.entry(anchor, Value::Object(entry));
        }
    }

    fn premises(&mut self, report: &Report) {
        if report.assumptions.is_empty() && report.definitions.is_empty() {
            return;
        }
        self.raw("<details class=\"premises\"><summary><span class=\"label\">");
        self.word(Phrase::GivenThat);
        self.raw("</span> ");
        for (i, (name, term)) in report.definitions.iter().enumerate() {
            self.raw(if i > 0 { ", " } else { "" });
            let name = Term::symbol(name.clone());
            self.formula(&Term::relation(Relation::Eq, name, term.clone()));
        }
        let shown = report.assumptions.iter().filter(|a| a.term.is_some());
        if report.definitions.is_empty() && shown.count() == 0 {
            self.word(Phrase::Assumptions);
        }
        self.raw("</summary>\n<ul>\n");
        for assumption in &report.assumptions {
            self.raw("<li>");
            self.assumption(assumption);
            self.raw("</li>\n");
        }
        self.raw("</ul></details>\n");
    }

    fn assumption(&mut self, assumption: &AssumptionLine) {
        match &assumption.term {
            Some(term) => self.formula(term),
            None => {
                let text = names::in_prose(&assumption.text, |g| g.unicode.clone(), str::to_owned);
                self.text(&text);
            }
        }
        if assumption.inferred {
            self.raw(" <em>(");
            self.word(Phrase::Inferred);
            self.raw(")</em>");
        }
    }

    fn ending(&mut self, report: &Report) {
        let end = match &report.result {
            Some(r) => Some((r.relation, r.with_unit())),
            None => (report.status == Status::Infinite).then(|| (Relation::Eq, Term::symbol("oo"))),
        };
        if let Some((relation, term)) = end {
            let whole = Term::relation(relation, report.measured().clone(), term);
            let whole = mathml_display(&whole, &self.options.notation);
            self.raw("<div class=\"result\"><span class=\"label\">");
            self.word(Phrase::Result);
            self.raw(&format!("</span><div class=\"f\">{whole}</div>"));
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
        if report.status != Status::Proved {
            self.raw("<p class=\"status\"><strong>");
            self.both(&bilingual(status(report.status)));
            self.raw("</strong></p>\n");
        }
        if let Some(message) = &report.message {
            self.raw("<p class=\"message\">");
            self.both(message);
            self.raw("</p>\n");
        }
        if let Some(goal) = &report.goal {
            let goal = mathml_display(goal, &self.options.notation);
            self.raw("<div class=\"goal\"><span class=\"label\">");
            self.word(Phrase::Goal);
            self.raw(&format!("</span><div class=\"f\">{goal}</div></div>\n"));
        }
    }
}
