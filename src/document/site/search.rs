//! Search: what can be found, as a script beside the pages, and the field. The script that searches is in `assets/site.js`; without it the
//! field stays hidden and the page shows everything.

use serde_json::{Value, json};

use super::super::options::Options;
use super::super::phrases::Phrase;
use super::super::report::Bilingual;
use super::letters::readable;
use super::rules::statement;
use super::shell::{escape, said, words};
use super::{Site, distribution_path, quantity_path, rule_path};
use crate::term::Term;

/// The script that searches.
pub(super) const SCRIPT: &str = include_str!("assets/site.js");

/// The field, and the list that the script fills.
pub(super) fn field() -> String {
    let label = said(Phrase::Search);
    format!(
        "<form class=\"search\" role=\"search\" hidden>\n<label for=\"search\">{}</label>\n\
         <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"found\">\n\
         <kbd aria-hidden=\"true\" title=\"{}\">/</kbd>\n</form>\n\
         <p id=\"found\" role=\"status\" data-en=\"{}\" data-zh=\"{}\"></p>\n<ol id=\"results\" hidden></ol>\n",
        words(Phrase::Search),
        escape(&label.en),
        escape(&said(Phrase::Found).en),
        escape(&said(Phrase::Found).zh),
    )
}

/// The file of what can be found. A page opened from a disk may load a script, and may not fetch anything.
pub(super) const DATA: &str = "assets/searchable.js";

/// What can be found. Each entry: address, kind, title in English and in Chinese, further words, and the number of the entry
/// of the page that it stands on.
pub(super) fn data(site: &Site, options: &Options) -> String {
    let mut all: Vec<Value> = Vec::new();
    let mut add = |to: String, kind: Kind, title: &Bilingual, more: String, page: Option<usize>| {
        let mut entry = vec![json!(to), json!(kind as u8), json!(title.en), json!(title.zh)];
        entry.push(json!(more));
        entry.extend(page.map(Value::from));
        all.push(Value::Array(entry));
        all.len() - 1
    };
    let shown = |term: &Term| super::super::unicode(&readable(term), &options.notation);
    for entry in &site.pages {
        let path = format!("{}.html", entry.path);
        let page = add(path.clone(), Kind::Page, &entry.title, entry.path.clone(), None);
        for place in &entry.headings {
            let title = place.words.clone();
            add(
                format!("{path}#{}", place.anchor),
                Kind::Heading,
                &title,
                String::new(),
                Some(page),
            );
        }
        for s in entry.statements.iter().filter(|s| !s.is_mistake) {
            let title = Bilingual::new(s.plain.as_str(), "");
            add(format!("{path}#{}", s.anchor), Kind::Statement, &title, String::new(), Some(page));
        }
    }
    for rule in &site.rules {
        let title = Bilingual::new(rule.id.as_str(), "");
        let more = format!("{} {} {}", shown(&statement(rule)), rule.reason.en, rule.reason.zh);
        add(rule_path(&rule.id), Kind::Rule, &title, more, None);
    }
    for d in &site.distributions {
        let more = format!("{} {}", d.reason.en, d.reason.zh);
        let title = Bilingual::new(d.name.as_str(), "");
        add(distribution_path(d.name.as_str()), Kind::Distribution, &title, more, None);
    }
    for q in &site.quantities {
        let more = format!("{} {}", q.reason.en, q.reason.zh);
        let title = Bilingual::new(shown(&q.call), "");
        let to = format!("{}#of-{}", quantity_path(q.name.as_str()), q.arity);
        add(to, Kind::Quantity, &title, more, None);
    }
    let kinds = [
        Phrase::KindPage,
        Phrase::KindHeading,
        Phrase::KindStatement,
        Phrase::KindRule,
        Phrase::KindDistribution,
        Phrase::KindQuantity,
    ];
    let kinds: Vec<[String; 2]> = kinds.into_iter().map(said).map(|b| [b.en, b.zh]).collect();
    let text = json!({"kinds": kinds, "entries": all}).to_string();
    // A literal of JavaScript as well, and harmless wherever it is pasted.
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let text = text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    format!("window.searchable = {text};\n")
}

/// What an entry is; the number is its place in the list of words for kinds.
#[derive(Clone, Copy)]
enum Kind {
    Page,
    Heading,
    Statement,
    Rule,
    Distribution,
    Quantity,
}
