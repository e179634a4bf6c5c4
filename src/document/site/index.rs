//! The front page: the topics with their documents, and what else there is.

use super::super::options::Options;
use super::super::phrases::Phrase;
use super::super::report::Bilingual;
use super::prose::printed;
use super::shell::{self, both, capitalised, escape, link, said, words};
use super::{Entry, Site, distribution_path, quantity_path, search};

/// The page stands at the top.
const ROOT: &str = "";

/// Statements of a document that the index shows.
const SHOWN: usize = 2;

/// The page.
pub(super) fn page(site: &Site, options: &Options) -> String {
    let title = match site.topics.title.en.is_empty() {
        true => said(Phrase::SiteTitle),
        false => site.topics.title.clone(),
    };
    let mut body = format!("<h1>{}</h1>\n", both(&title));
    for text in &site.topics.words {
        body += &format!("<p>{}</p>\n", printed(text));
    }
    body += &search::field();
    body += "<div id=\"everything\">\n";
    for topic in &site.topics.all {
        let find = |path: &str| site.pages.iter().find(|e| e.path == path);
        let cards =
            topic.pages.iter().filter_map(|listed| Some((find(&listed.path)?, &listed.words)));
        body += &section(&topic.title, &topic.words, cards);
    }
    let others = site.topics.others(&site.pages);
    if !others.is_empty() {
        let head = match site.topics.all.is_empty() {
            true => Phrase::Documents,
            false => Phrase::Others,
        };
        let cards = others.into_iter().map(|entry| (entry, &entry.lead));
        body += &section(&said(head), &[], cards);
    }
    body += &reference(site);
    body += "</div>\n";
    body += &format!("<script src=\"{}\"></script>\n", search::DATA);
    shell::with_script(&title, ROOT, &body, search::SCRIPT, options)
}

fn section<'a>(
    title: &Bilingual,
    said: &[Bilingual],
    cards: impl Iterator<Item = (&'a Entry, &'a Bilingual)>,
) -> String {
    let mut out = format!("<section class=\"topic\">\n<h2>{}</h2>\n", both(title));
    for text in said {
        out += &format!("<p>{}</p>\n", printed(text));
    }
    out += "<ul class=\"cards\">\n";
    for (entry, words) in cards {
        out += &card(entry, words);
    }
    out + "</ul>\n</section>\n"
}

fn card(entry: &Entry, said: &Bilingual) -> String {
    let path = format!("{}.html", entry.path);
    let title = link(ROOT, &path, &title(entry));
    let mut out = format!("<li><h3>{title}</h3>\n");
    if !said.en.is_empty() {
        out += &format!("<p>{}</p>\n", printed(&capitalised(said)));
    }
    let derived = entry.statements.iter().filter(|s| !s.is_claim && !s.is_mistake);
    for statement in derived.take(SHOWN) {
        let to = format!("{path}#{}", statement.anchor);
        out += &format!(
            "<p class=\"statement\">{}</p>\n",
            shell::named_link(ROOT, &to, &statement.plain, &statement.shown)
        );
    }
    out + "</li>\n"
}

/// The title, or where there is none the path.
pub(super) fn title(entry: &Entry) -> String {
    if entry.title.en.is_empty() { escape(&entry.path) } else { both(&entry.title) }
}

fn reference(site: &Site) -> String {
    let mut out = format!("<section class=\"topic\">\n<h2>{}</h2>\n<ul>\n", words(Phrase::Known));
    let count = |n: usize| format!(" <span class=\"count\">{n}</span>");
    out += &format!(
        "<li>{}{}</li>\n",
        link(ROOT, "rules/index.html", &words(Phrase::Rules)),
        count(site.rules.len())
    );
    out += &format!("<li>{}</li>\n", link(ROOT, "axioms.html", &words(Phrase::Axioms)));
    let mut quantities: Vec<&str> = site.quantities.iter().map(|q| q.name.as_str()).collect();
    quantities.dedup();
    out += &names(Phrase::Quantities, &quantities, quantity_path);
    let distributions: Vec<&str> = site.distributions.iter().map(|d| d.name.as_str()).collect();
    out += &names(Phrase::Distributions, &distributions, distribution_path);
    out + "</ul>\n</section>\n"
}

fn names(head: Phrase, all: &[&str], path: fn(&str) -> String) -> String {
    let links: Vec<String> = all.iter().map(|n| link(ROOT, &path(n), &escape(n))).collect();
    format!("<li>{}<br>{}</li>\n", words(head), links.join(", "))
}
