//! The chain of a derivation. The lines of level 0 stand in the page as formulas. Of a finer step its reason does; its
//! formulas, conditions and numbers are data that the script puts in when the step is opened.

use serde_json::{Map, Value, json};

use super::super::build::sign_unicode;
use super::super::evidence::{Spelling, place};
use super::super::phrases::Phrase;
use super::super::report::{Report, StepView};
use super::super::{Marks, changed, mathml_marked};
use super::write::{Mode, Writer, escape};
use crate::term::{Path, Term};

/// What a step changes, in the line before it and in its own.
type Change = (Option<Path>, Option<Path>);

impl Writer<'_> {
    /// The lines from the statement to the result.
    pub fn chain(&mut self, report: &Report, anchor: &str, data: &mut Map<String, Value>) {
        let changes = changes(&report.steps);
        self.raw("<ol class=\"chain\">\n<li class=\"first\">");
        let old = changes.first().and_then(|c| c.0.clone());
        self.formula_row("", &report.statement, &Marks { old, new: None });
        self.raw("</li>\n");
        for (i, step) in report.steps.iter().enumerate() {
            let old = changes.get(i + 1).and_then(|c| c.0.clone());
            let new = changes[i].1.clone();
            self.opened(anchor, step);
            self.formula_row(
                sign_unicode(step.relation, &step.after),
                &step.after,
                &Marks { old, new },
            );
            self.reason(step);
            if self.mode == Mode::Live {
                let entry = self.beside(step);
                data.insert(step.id.clone(), entry);
            }
            self.finer(anchor, step, data);
            self.raw("</li>\n");
        }
        self.raw("</ol>\n");
    }

    fn opened(&mut self, anchor: &str, step: &StepView) {
        let id = escape(&format!("{anchor}.{}", step.id));
        self.raw(&format!("<li class=\"step\" id=\"{id}\">"));
    }

    fn formula_row(&mut self, sign: &str, term: &Term, marks: &Marks) {
        let markup = mathml_marked(term, marks, &self.options.notation);
        let sign = escape(sign);
        self.raw(&format!(
            "<div class=\"row\"><span class=\"rel\">{sign}</span><div class=\"f\">{markup}</div></div>"
        ));
    }

    fn reason(&mut self, step: &StepView) {
        self.raw("<p class=\"why\">");
        self.both(&step.reason);
        if step.level > 0 && !step.rule.is_empty() {
            self.raw(" ");
            self.rule(&step.rule);
        }
        self.raw("</p>\n");
    }

    /// Steps below `step`, each a whole line that follows from the one before.
    fn finer(&mut self, anchor: &str, step: &StepView, data: &mut Map<String, Value>) {
        let all: Vec<&StepView> = match self.mode {
            Mode::Live => step.children.iter().collect(),
            Mode::Still => {
                step.children.iter().filter(|c| c.level <= self.options.detail).collect()
            }
        };
        if all.is_empty() {
            return;
        }
        if self.mode == Mode::Still {
            self.still(anchor, &all, data);
            return;
        }
        let changes = changes(&step.children);
        self.raw("<ol class=\"chain finer\">\n");
        for (i, child) in all.iter().enumerate() {
            self.opened(anchor, child);
            self.reason(child);
            let mut entry = self.beside(child);
            let next = all.get(i + 1).filter(|n| n.before == child.after);
            let old = next.and_then(|_| changes[i + 1].0.clone());
            let line = Marks { old, new: changes[i].1.clone() };
            entry["f"] = self.line_data(&child.after, &line);
            entry["="] = sign_unicode(child.relation, &child.after).into();
            let follows = i > 0 && all[i - 1].after == child.before;
            if !follows {
                let before = Marks { old: changes[i].0.clone(), new: None };
                entry["b"] = self.line_data(&child.before, &before);
            }
            data.insert(child.id.clone(), entry);
            self.finer(anchor, child, data);
            self.raw("</li>\n");
        }
        self.raw("</ol>\n");
    }

    fn line_data(&mut self, term: &Term, marks: &Marks) -> Value {
        self.data.formulas.formula(term, marks, &self.options.notation).into()
    }

    /// Finer steps where there is no script: what changed, and why.
    fn still(&mut self, anchor: &str, all: &[&StepView], data: &mut Map<String, Value>) {
        self.raw("<details class=\"finer\"><summary>");
        self.word(Phrase::FinerSteps);
        self.raw("</summary>\n<ol class=\"chain\">\n");
        for child in all {
            self.opened(anchor, child);
            let before = child.local_before.as_ref().unwrap_or(&child.before).clone();
            let after = child.local_after.as_ref().unwrap_or(&child.after).clone();
            let local = Term::relation(child.relation, before, after);
            self.formula_row("", &local, &Marks::default());
            self.reason(child);
            for condition in &child.conditions {
                self.raw("<p class=\"condition\">");
                self.word(Phrase::Condition);
                self.word(Phrase::Colon);
                self.both(&condition.text);
                self.raw(" — ");
                self.both(&condition.evidence);
                self.raw("</p>\n");
            }
            self.finer(anchor, child, data);
            self.raw("</li>\n");
        }
        self.raw("</ol></details>\n");
    }

    /// What is shown beside a step: what changed, conditions, source, numbers.
    fn beside(&mut self, step: &StepView) -> Value {
        let mut entry = Map::new();
        if step.title.en != step.reason.en && step.local_before.is_none() {
            entry.insert("t".into(), self.data.text(&step.title).into());
        }
        if let (Some(before), Some(after)) = (&step.local_before, &step.local_after) {
            let local = [before, after].map(|t| self.line_data(t, &Marks::default()));
            entry.insert("l".into(), json!(local));
            entry.insert("=".into(), sign_unicode(step.relation, after).into());
        }
        if !step.conditions.is_empty() {
            let conditions: Vec<[usize; 2]> = step
                .conditions
                .iter()
                .map(|c| [self.data.text(&c.text), self.data.text(&c.evidence)])
                .collect();
            entry.insert("c".into(), json!(conditions));
        }
        if !step.cite.is_empty() {
            entry.insert("s".into(), self.data.text(&step.cite.as_str().into()).into());
        }
        if step.path != "/" && step.level > 0 {
            entry.insert("p".into(), step.path.clone().into());
        }
        if !step.numbers.is_empty() {
            let numbers: Vec<Value> = step
                .numbers
                .iter()
                .map(|n| {
                    let at = place(&n.instances, &n.point, Spelling::Text);
                    json!([self.data.text(&at.as_str().into()), shown(n.before), shown(n.after)])
                })
                .collect();
            entry.insert("n".into(), numbers.into());
        }
        Value::Object(entry)
    }
}

/// Digits of a value in the page: more than any reader compares, fewer than rounding disturbs.
const DIGITS: usize = 11;

fn shown(value: f64) -> Value {
    if !value.is_finite() {
        return value.to_string().into();
    }
    let rounded: f64 = format!("{value:.DIGITS$e}").parse().unwrap_or(value);
    json!(rounded)
}

fn changes(steps: &[StepView]) -> Vec<Change> {
    steps.iter().map(|s| changed(&s.before, &s.after)).collect()
}
