//! What the site knows of a page as JSON, so that a page that has not changed need not be read again.

use serde_json::{Value, json};

use super::super::report::{Bilingual, Verdict};
use super::entry::{Entry, Place, Stated};
use crate::term::Symbol;

impl Entry {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "path": self.path,
            "source": self.source,
            "title": both(&self.title),
            "lead": both(&self.lead),
            "headings": self.headings.iter().map(|p| json!([p.anchor, both(&p.words)])).collect::<Vec<_>>(),
            "statements": self.statements.iter().map(stated).collect::<Vec<_>>(),
        })
    }

    /// Of what [`Entry::to_json`] gave.
    pub fn from_json(value: &Value) -> Option<Self> {
        let headings = value["headings"].as_array()?.iter();
        let statements = value["statements"].as_array()?.iter();
        Some(Self {
            path: text(&value["path"])?,
            source: text(&value["source"])?,
            title: bilingual(&value["title"])?,
            lead: bilingual(&value["lead"])?,
            headings: headings
                .map(|h| Some(Place { anchor: text(&h[0])?, words: bilingual(&h[1])? }))
                .collect::<Option<_>>()?,
            statements: statements.map(statement).collect::<Option<_>>()?,
        })
    }
}

fn stated(s: &Stated) -> Value {
    json!({
        "anchor": s.anchor,
        "source": s.source,
        "shown": s.shown,
        "plain": s.plain,
        "claim": s.is_claim,
        "mistake": s.is_mistake,
        "verdict": s.verdict.as_str(),
        "rules": s.rules,
        "mentions": s.mentions.iter().map(Symbol::as_str).collect::<Vec<_>>(),
    })
}

fn statement(value: &Value) -> Option<Stated> {
    let texts = |v: &Value| v.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
    let verdicts = [Verdict::Proved, Verdict::Refuted, Verdict::Undecided];
    Some(Stated {
        anchor: text(&value["anchor"])?,
        source: text(&value["source"])?,
        shown: text(&value["shown"])?,
        plain: text(&value["plain"])?,
        is_claim: value["claim"].as_bool()?,
        is_mistake: value["mistake"].as_bool()?,
        verdict: verdicts.into_iter().find(|v| value["verdict"] == v.as_str())?,
        rules: texts(&value["rules"])?.into_iter().collect(),
        mentions: texts(&value["mentions"])?.iter().map(|name| Symbol::new(name)).collect(),
    })
}

fn both(text: &Bilingual) -> Value {
    json!([text.en, text.zh])
}

fn bilingual(value: &Value) -> Option<Bilingual> {
    Some(Bilingual::new(text(&value[0])?, text(&value[1])?))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
