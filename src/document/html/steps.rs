//! The chain of a derivation. The lines of level 0 stand in the page, each with its reason. Finer steps, conditions and
//! numbers are data that the script puts in when a step is opened.

use serde_json::{Map, Value, json};

use super::super::build::sign_unicode;
use super::super::evidence::{Spelling, place};
use super::super::phrases::Phrase;
use super::super::report::{ConditionView, StepView};
use super::super::words::{self, Piece, pieces};
use super::super::{Marks, changed};
use super::claim::spelled;
use super::write::{Mode, Writer, escape};
use crate::term::{Path, Term};

/// What a step changes, in the line before it and in its own.
type Change = (Option<Path>, Option<Path>);

impl Writer<'_> {
    /// The lines from the statement to the result. What comes back is known about each of them.
    pub fn chain(&mut self, statement: &Term, steps: &[StepView], anchor: &str) -> Vec<Value> {
        let changes = changes(steps);
        self.raw("<ol class=\"chain\">\n<li class=\"first\">");
        let old = changes.first().and_then(|c| c.0.clone());
        self.formula_row("", statement, &Marks { old, new: None });
        self.raw("</li>\n");
        let mut known = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let old = changes.get(i + 1).and_then(|c| c.0.clone());
            let marks = Marks { old, new: changes[i].1.clone() };
            self.opened(anchor, step);
            self.formula_row(sign_unicode(step.relation, &step.after), &step.after, &marks);
            self.reason(step);
            match self.mode {
                Mode::Live => known.push(self.known(step)),
                Mode::Still => self.still(anchor, step),
            }
            self.raw("</li>\n");
        }
        self.raw("</ol>\n");
        known
    }

    fn opened(&mut self, anchor: &str, step: &StepView) {
        let id = escape(&format!("{anchor}.{}", step.id));
        self.raw(&format!("<li class=\"step\" id=\"{id}\">"));
    }

    fn formula_row(&mut self, sign: &str, term: &Term, marks: &Marks) {
        let sign = escape(sign);
        self.raw(&format!("<div class=\"row\"><span class=\"rel\">{sign}</span>"));
        self.display(term, marks);
        self.raw("</div>");
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

    /// Finer steps where there is no script: what changed, and why.
    fn still(&mut self, anchor: &str, step: &StepView) {
        let finer = step.children.iter().filter(|c| c.level <= self.options.detail);
        let finer: Vec<&StepView> = finer.collect();
        if finer.is_empty() {
            return;
        }
        self.raw("<details class=\"finer\"><summary>");
        self.word(Phrase::FinerSteps);
        self.raw("</summary>\n<ol class=\"chain\">\n");
        for child in finer {
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
                self.sentences(condition);
                self.raw(" — ");
                self.both(&condition.evidence);
                self.raw("</p>\n");
            }
            self.still(anchor, child);
            self.raw("</li>\n");
        }
        self.raw("</ol></details>\n");
    }

    /// A condition with its formulas, in both languages.
    fn sentences(&mut self, condition: &ConditionView) {
        let [en, zh] = [&condition.text.en, &condition.text.zh].map(|text| {
            let shown = pieces(text, &condition.terms).into_iter().map(|piece| match piece {
                Piece::Words(words) => escape(&words::spelled(words)),
                Piece::Formula(term) => super::super::mathml(term, &self.options.notation),
            });
            shown.collect::<String>()
        });
        self.raw(&match zh.is_empty() || en == zh {
            true => en,
            false => format!("<span lang=\"en\">{en}</span><span lang=\"zh\">{zh}</span>"),
        });
    }

    /// What the script is told of a step: title, conditions, source, place, numbers, and its finer steps.
    fn known(&mut self, step: &StepView) -> Value {
        let mut entry = Map::new();
        if step.title.en != step.reason.en && step.local_before.is_none() {
            entry.insert("t".into(), self.data.text(&step.title).into());
        }
        if !step.conditions.is_empty() {
            let conditions = step.conditions.iter().map(|c| {
                let [en, zh] = [&c.text.en, &c.text.zh].map(|t| self.sentence(t, &c.terms));
                let sentence =
                    if zh.is_empty() || en == zh { json!([en]) } else { json!([en, zh]) };
                json!([sentence, self.data.text(&spelled(&c.evidence))])
            });
            entry.insert("c".into(), conditions.collect());
        }
        if !step.cite.is_empty() {
            entry.insert("s".into(), self.data.text(&step.cite.as_str().into()).into());
        }
        if step.path != "/" && step.level > 0 {
            entry.insert("p".into(), step.path.clone().into());
        }
        if !step.numbers.is_empty() {
            let numbers = step.numbers.iter().map(|n| {
                let at = place(&n.instances, &n.point, Spelling::Text);
                json!([self.data.text(&at.as_str().into()), shown(n.before), shown(n.after)])
            });
            entry.insert("n".into(), numbers.collect());
        }
        if !step.children.is_empty() {
            entry.insert("k".into(), self.finer(&step.children).into());
        }
        Value::Object(entry)
    }

    /// The pieces of a sentence in one language: the number of a text, or less than zero and counted from −1, that of a formula.
    fn sentence(&mut self, text: &str, terms: &[Term]) -> Vec<i64> {
        let mut out = Vec::new();
        for piece in pieces(text, terms) {
            out.push(match piece {
                Piece::Words(words) => {
                    self.data.text(&words::spelled(words).as_str().into()) as i64
                }
                Piece::Formula(term) => {
                    let notation = &self.options.notation;
                    -1 - self.data.formulas.formula(term, &Marks::default(), notation) as i64
                }
            });
        }
        out
    }

    /// Steps below a step, each a whole line that follows from the one before.
    fn finer(&mut self, steps: &[StepView]) -> Vec<Value> {
        let changes = changes(steps);
        let mut out = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let mut entry = self.known(step);
            let next = steps.get(i + 1).filter(|next| next.before == step.after);
            let old = next.and_then(|_| changes[i + 1].0.clone());
            entry["f"] = self.line_data(&step.after, &Marks { old, new: changes[i].1.clone() });
            let follows = i > 0 && steps[i - 1].after == step.before;
            if !follows {
                let marks = Marks { old: changes[i].0.clone(), new: None };
                entry["b"] = self.line_data(&step.before, &marks);
            }
            let sign = sign_unicode(step.relation, &step.after);
            if sign != "=" {
                entry["="] = sign.into();
            }
            entry["y"] = self.data.text(&step.reason).into();
            if !step.rule.is_empty() {
                let has_page = self.links.rules.contains(&step.rule);
                entry["r"] = self.data.rule(&step.rule, has_page).into();
            }
            entry["i"] = last(&step.id).into();
            out.push(entry);
        }
        out
    }

    fn line_data(&mut self, term: &Term, marks: &Marks) -> Value {
        self.data.formulas.formula(term, marks, &self.options.notation).into()
    }
}

/// The last number of a step's id.
fn last(id: &str) -> &str {
    id.rsplit('.').next().unwrap_or(id)
}

/// Decimals of a value in the page: more than any reader compares, fewer than rounding disturbs.
const DIGITS: usize = 9;

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
