//! The axioms: what is taken without proof, what is proved of it where, and which document rests on what.

use std::collections::BTreeSet;

use super::super::options::Options;
use super::super::phrases::Phrase;
use super::rules::proof_place;
use super::shell::{self, both, escape, link, said, words};
use super::{Entry, Proof, RuleView, Site, rule_path};

/// The page stands at the top.
const ROOT: &str = "";

/// Where it is said which document rests on what, seen from the top of the site.
pub(super) const BY_DOCUMENT: &str = "axioms/by-document.html";

/// Where the rules that are proved are, seen from the top of the site.
pub(super) const PROVED: &str = "axioms/proved.html";

/// From there to the top.
const BACK: &str = "../";

/// The page.
pub(super) fn page(site: &Site, options: &Options) -> String {
    let is_axiom = |r: &&RuleView| r.proof == Proof::Axiom;
    let axioms: Vec<&RuleView> = site.rules.iter().filter(is_axiom).collect();
    let (many, few) = (axioms.len().to_string(), (site.rules.len() - axioms.len()).to_string());
    let mut body = format!("<h1>{}</h1>\n", words(Phrase::Axioms));
    body += &format!("<p>{}</p>\n", shell::filled(Phrase::AxiomsSay, &[&many, &few]));
    body += &format!("<p>{}</p>\n", link(ROOT, BY_DOCUMENT, &words(Phrase::ByDocument)));
    body += &format!("<p>{}</p>\n", link(ROOT, PROVED, &words(Phrase::ProvedRules)));
    body += &format!("<h2 id=\"axioms\">{}</h2>\n<ul class=\"rules\">\n", words(Phrase::Axioms));
    for rule in axioms {
        body += &axiom(rule, site);
    }
    body += "</ul>\n";
    shell::page(&said(Phrase::Axioms), ROOT, &body, options)
}

/// What is proved from them.
pub(super) fn proved(site: &Site, options: &Options) -> String {
    let mut body = format!("<h1>{}</h1>\n<ul class=\"rules\">\n", words(Phrase::ProvedRules));
    for rule in site.rules.iter().filter(|r| r.proof != Proof::Axiom) {
        body += &proved_rule(rule, site);
    }
    body += "</ul>\n";
    shell::page(&said(Phrase::ProvedRules), BACK, &body, options)
}

/// What each document rests on.
pub(super) fn by_document(site: &Site, options: &Options) -> String {
    let mut body = format!("<h1>{}</h1>\n", words(Phrase::ByDocument));
    for entry in &site.pages {
        body += &document(entry, site);
    }
    shell::page(&said(Phrase::ByDocument), BACK, &body, options)
}

fn axiom(rule: &RuleView, site: &Site) -> String {
    let cite = match rule.cite.is_empty() {
        true => String::new(),
        false => format!("<br><cite>{}</cite>", escape(&rule.cite)),
    };
    format!(
        "<li>{}<br><span class=\"reason\">{}</span>{cite}</li>\n",
        shell::rule(&rule.id, ROOT, site),
        both(&rule.reason),
    )
}

fn proved_rule(rule: &RuleView, site: &Site) -> String {
    let Proof::Document { source, statement: text, .. } = &rule.proof else {
        return String::new();
    };
    let place = match proof_place(source, text.as_deref(), site) {
        Some((path, title)) => link(BACK, &path, &title),
        None => format!("<code>{}</code>", escape(source)),
    };
    format!(
        "<li>{}<br><span class=\"reason\">{}</span><br>{}</li>\n",
        shell::rule(&rule.id, BACK, site),
        both(&rule.reason),
        shell::filled(Phrase::ProvedIn, &[&place]),
    )
}

/// What the statements of a document rest on in the end.
fn document(entry: &Entry, site: &Site) -> String {
    let mut axioms: BTreeSet<&str> = BTreeSet::new();
    for id in entry.statements.iter().filter(|s| !s.is_mistake).flat_map(|s| &s.rules) {
        match site.rules.iter().find(|r| r.id == *id).map(|r| &r.proof) {
            Some(Proof::Document { rests_on, .. }) => {
                axioms.extend(rests_on.iter().map(String::as_str));
            }
            Some(Proof::Axiom) => drop(axioms.insert(id)),
            None => {}
        }
    }
    if axioms.is_empty() {
        return String::new();
    }
    // In one element: the page is long.
    let shown = axioms.iter().map(|id| link(BACK, &rule_path(id), &escape(id)));
    let shown: Vec<String> = shown.collect();
    let read = link(BACK, &format!("{}.html", entry.path), &words(Phrase::ReadIt));
    format!(
        "<details class=\"used\"><summary>{} <span class=\"count\">{}</span></summary>\n<p>{read}<br><code>{}</code></p>\n</details>\n",
        both(&entry.title),
        axioms.len(),
        shown.join(" ")
    )
}
