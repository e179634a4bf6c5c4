//! What the script of a page reads: texts and formulas, each once, and what is shown beside a step.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::Fragments;
use super::super::phrases::{Phrase, bilingual};
use super::super::report::Bilingual;

/// The fixed words that the script shows, by the names that it knows them by.
const WORDS: [(&str, Phrase); 31] = [
    ("finer", Phrase::FinerSteps),
    ("change", Phrase::WhatChanged),
    ("rule", Phrase::RuleUsed),
    ("needs", Phrase::Condition),
    ("numbers", Phrase::NumbersOfStep),
    ("source", Phrase::SourceOfRule),
    ("place", Phrase::PlaceInTerm),
    ("before", Phrase::LineBefore),
    ("after", Phrase::LineAfter),
    ("askReason", Phrase::AskReason),
    ("askLine", Phrase::AskLine),
    ("previous", Phrase::PreviousStep),
    ("next", Phrase::NextStep),
    ("all", Phrase::OpenAll),
    ("predict", Phrase::Predict),
    ("copy", Phrase::Copy),
    ("statement", Phrase::AsStatement),
    ("latex", Phrase::AsLatex),
    ("machine", Phrase::AsText),
    ("copied", Phrase::Copied),
    ("close", Phrase::Close),
    ("keys", Phrase::Keys),
    ("keyNext", Phrase::KeyNext),
    ("keyPrevious", Phrase::KeyPrevious),
    ("keyOpen", Phrase::KeyOpen),
    ("keyClose", Phrase::KeyClose),
    ("keyPredict", Phrase::KeyPredict),
    ("keyLanguage", Phrase::KeyLanguage),
    ("keyTheme", Phrase::KeyTheme),
    ("keyHelp", Phrase::KeyHelp),
    ("keyLeave", Phrase::KeyLeave),
];

/// Data of a page.
#[derive(Default)]
pub struct Data {
    texts: Vec<Value>,
    known: BTreeMap<(String, String), usize>,
    /// Formulas that are put in when they are asked for.
    pub formulas: Fragments,
    entries: Map<String, Value>,
}

impl Data {
    /// The place of a text.
    pub fn text(&mut self, text: &Bilingual) -> usize {
        let zh = if text.zh.is_empty() { &text.en } else { &text.zh };
        let key = (text.en.clone(), zh.clone());
        let texts = &mut self.texts;
        *self.known.entry(key).or_insert_with(|| {
            texts.push(if text.en == *zh { json!(text.en) } else { json!([text.en, zh]) });
            texts.len() - 1
        })
    }

    /// What is known about the derivation at this place.
    pub fn entry(&mut self, anchor: &str, value: Value) {
        self.entries.insert(anchor.to_owned(), value);
    }

    /// All of it, where there is anything.
    pub fn value(self) -> Option<Value> {
        let Self { texts, formulas, entries, .. } = self;
        (!entries.is_empty())
            .then(|| json!({"t": texts, "f": formulas.finish().0, "d": entries, "w": words()}))
    }
}

fn words() -> Value {
    let each = WORDS.iter().map(|(name, phrase)| {
        let both = bilingual(*phrase);
        ((*name).to_owned(), json!([both.en, both.zh]))
    });
    Value::Object(each.collect())
}
