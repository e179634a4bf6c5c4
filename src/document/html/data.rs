//! What the script of a page reads: formulas and texts, each once; finer steps; and what is folded away.
//!
//! All of it is JSON, compressed, in base 64: a derivation is mostly the same formulas over and over, so that a page with
//! fifty proofs stays small. The script reads it with the browser's own `DecompressionStream`.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec;
use serde_json::{Map, Value, json};

use super::super::Fragments;
use super::super::phrases::{Phrase, bilingual};
use super::super::report::Bilingual;
use super::digest::base64;

/// The fixed words that the script shows, by the names that it knows them by.
const WORDS: [(&str, Phrase); 33] = [
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
    ("notThere", Phrase::NotThere),
    ("linkHere", Phrase::LinkHere),
];

/// Data of a page.
#[derive(Default)]
pub struct Data {
    texts: Vec<Value>,
    known: BTreeMap<(String, String), usize>,
    /// Formulas that are put in when they are asked for.
    pub formulas: Fragments,
    rules: Vec<Value>,
    known_rules: BTreeMap<String, usize>,
    folded: Vec<String>,
    entries: Map<String, Value>,
}

/// How hard the compressor tries: as hard as it can.
const LEVEL: u8 = 10;

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

    /// The place of a rule, and whether it has a page.
    pub fn rule(&mut self, id: &str, has_page: bool) -> usize {
        let rules = &mut self.rules;
        *self.known_rules.entry(id.to_owned()).or_insert_with(|| {
            rules.push(if has_page { json!([id]) } else { json!(id) });
            rules.len() - 1
        })
    }

    /// The place of markup that is shown when it is opened.
    pub fn fold(&mut self, markup: String) -> usize {
        self.folded.push(markup);
        self.folded.len() - 1
    }

    /// All of it, where there is anything.
    pub fn packed(self, root: &str) -> Option<String> {
        let Self { texts, formulas, rules, folded, entries, .. } = self;
        if entries.is_empty() && folded.is_empty() {
            return None;
        }
        let value = json!({
            "root": root,
            "w": words(),
            "t": texts,
            "f": formulas.finish().0,
            "r": rules,
            "x": folded,
            "d": entries,
        });
        Some(base64(&compress_to_vec(value.to_string().as_bytes(), LEVEL)))
    }
}

/// The character that stands for an entry of the table of formulas in markup that is folded away.
pub fn reference(formula: usize) -> char {
    const NEAR: usize = 0x1900;
    let code = if formula < NEAR { 0xe000 + formula } else { 0xf0000 + formula - NEAR };
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn words() -> Value {
    let each = WORDS.iter().map(|(name, phrase)| {
        let both = bilingual(*phrase);
        ((*name).to_owned(), json!([both.en, both.zh]))
    });
    Value::Object(each.collect())
}
