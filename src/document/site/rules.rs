//! A page for each rule, and the list of all of them.

use super::super::options::Options;
use super::super::phrases::Phrase;
use super::super::report::Bilingual;
use super::entry::{Entry, Stated};
use super::shell::{self, both, capitalised, display, escape, filled, formula, link, said, words};
use super::{Example, Proof, RuleView, Site};
use crate::term::Term;

/// From a page about one entry to the top of the site.
const ROOT: &str = "../";

/// Statements of a document that a list of uses shows.
const SHOWN: usize = 8;

/// Statements that a list of uses shows in all; of further documents it gives the title.
const SHOWN_IN_ALL: usize = 60;

/// What the rule says, as one formula.
pub(super) fn statement(rule: &RuleView) -> Term {
    match &rule.right {
        Some(right) => Term::relation(rule.relation, rule.left.clone(), right.clone()),
        None => rule.left.clone(),
    }
}

/// What the rule says, on a line of its own or within one.
pub(super) fn shown(rule: &RuleView, wide: bool, options: &Options) -> String {
    let term = |t: &Term| if wide { display(t, options) } else { formula(t, options) };
    // A law says of what it is about that it converges.
    match (&rule.right, rule.left.children().as_slice()) {
        (None, [about]) if wide => {
            format!("{}<p>{}</p>\n", term(about), words(Phrase::Converges))
        }
        (None, [about]) => format!("{} {}", term(about), words(Phrase::Converges)),
        _ => term(&statement(rule)),
    }
}

/// The page of a rule.
pub(super) fn page(rule: &RuleView, site: &Site, options: &Options) -> String {
    let mut body = format!("<h1><code>{}</code></h1>\n", escape(&rule.id));
    body += &format!("<p class=\"lead\">{}</p>\n", both(&capitalised(&rule.reason)));
    body += &shown(rule, true, options);
    body += &conditions(rule, options);
    body += &format!("<p class=\"note\">{}</p>\n", words(Phrase::Letters));
    let about = shell::mentioned(&sides(rule), ROOT, site);
    if !about.is_empty() {
        body += &format!("<p>{} {}</p>\n", words(Phrase::About), about.join(", "));
    }
    if !rule.cite.is_empty() {
        body += &format!("<h2>{}</h2>\n<p>{}</p>\n", words(Phrase::Reference), escape(&rule.cite));
    }
    body += &proof(rule, site);
    body += &examples(Phrase::Fires, &rule.fires, options);
    body += &examples(Phrase::Refuses, &rule.refuses, options);
    body += &proofs_by(rule, site);
    let here = |s: &Stated| s.rules.contains(&rule.id) && !s.is_mistake;
    body += &uses(site, ROOT, &here);
    shell::page(&Bilingual::from(rule.id.as_str()), ROOT, &body, options)
}

fn sides(rule: &RuleView) -> Vec<&Term> {
    std::iter::once(&rule.left).chain(&rule.right).collect()
}

fn conditions(rule: &RuleView, options: &Options) -> String {
    if rule.conditions.is_empty() {
        return format!("<p>{}</p>\n", words(Phrase::Unconditional));
    }
    let items: Vec<String> = rule
        .conditions
        .iter()
        .map(|c| format!("<li>{}</li>\n", shell::sentence(c, options)))
        .collect();
    format!("<h2>{}</h2>\n<ul>\n{}</ul>\n", words(Phrase::Conditions), items.concat())
}

fn proof(rule: &RuleView, site: &Site) -> String {
    let mut out = format!("<h2>{}</h2>\n", words(Phrase::ProofHead));
    match &rule.proof {
        Proof::Axiom => {
            out += &format!("<p>{}</p>\n", words(Phrase::IsAxiom));
        }
        Proof::Document { source, statement, uses, rests_on } => {
            let place = proof_place(source, statement.as_deref(), site);
            let shown = match &place {
                Some((path, title)) => link(ROOT, path, title),
                None => format!("<code>{}</code>", escape(source)),
            };
            out += &format!("<p>{}</p>\n", filled(Phrase::ProvedIn, &[&shown]));
            out += &listed(Phrase::ProofUses, uses, site);
            out += &listed(Phrase::InTheEnd, rests_on, site);
        }
    }
    out
}

/// Where a document proves a rule, and the title of the document.
pub(super) fn proof_place(
    source: &str,
    statement: Option<&str>,
    site: &Site,
) -> Option<(String, String)> {
    let entry = site.pages.iter().find(|e| {
        super::topics::same(&e.source, source) || e.source.ends_with(&format!("/{source}"))
    })?;
    let anchor = statement.and_then(|text| entry.statement(text));
    let hash = anchor.map(|s| format!("#{}", s.anchor)).unwrap_or_default();
    Some((format!("{}.html{hash}", entry.path), both(&entry.title)))
}

fn listed(head: Phrase, ids: &[String], site: &Site) -> String {
    if ids.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = ids.iter().map(|id| shell::rule(id, ROOT, site)).collect();
    format!("<p>{} {}</p>\n", words(head), shown.join(", "))
}

fn examples(head: Phrase, all: &[Example], options: &Options) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2>{}</h2>\n<ul>\n", words(head));
    for example in all {
        let given: Vec<String> =
            example.given.iter().map(|s| shell::sentence(s, options)).collect();
        let given = match given.is_empty() {
            true => String::new(),
            false => format!(" <span class=\"where\">{}</span>", given.join(", ")),
        };
        out += &format!("<li>{}{given}</li>\n", formula(&example.subject, options));
    }
    out + "</ul>\n"
}

/// The proofs of other rules that use this one.
fn proofs_by(rule: &RuleView, site: &Site) -> String {
    let by: Vec<String> = site
        .rules
        .iter()
        .filter(|r| matches!(&r.proof, Proof::Document { uses, .. } if uses.contains(&rule.id)))
        .map(|r| shell::rule(&r.id, ROOT, site))
        .collect();
    match by.is_empty() {
        true => String::new(),
        false => format!("<h2>{}</h2>\n<p>{}</p>\n", words(Phrase::ProofsBy), by.join(", ")),
    }
}

/// The statements of pages of which `wanted` is true.
pub(super) fn uses(site: &Site, root: &str, wanted: &dyn Fn(&Stated) -> bool) -> String {
    let mut out = format!("<h2>{}</h2>\n", words(Phrase::UsedIn));
    let (mut any, mut left) = (false, SHOWN_IN_ALL);
    for entry in &site.pages {
        let found: Vec<&Stated> = entry.statements.iter().filter(|s| wanted(s)).collect();
        if found.is_empty() {
            continue;
        }
        any = true;
        let shown = found.len().min(SHOWN).min(left);
        left -= shown;
        out += &used_on(entry, &found, shown, root);
    }
    if !any {
        out += &format!("<p>{}</p>\n", words(Phrase::UsedNowhere));
    }
    out
}

fn used_on(entry: &Entry, found: &[&Stated], shown: usize, root: &str) -> String {
    let page = format!("{}.html", entry.path);
    if shown == 0 {
        return format!(
            "<p class=\"used\">{} <span class=\"count\">{}</span></p>\n",
            link(root, &page, &both(&entry.title)),
            found.len()
        );
    }
    let mut items: Vec<String> = found
        .iter()
        .take(shown)
        .map(|s| {
            let to = format!("{page}#{}", s.anchor);
            format!("<li>{}</li>\n", shell::named_link(root, &to, &s.plain, &s.shown))
        })
        .collect();
    if let Some(more @ 1..) = found.len().checked_sub(shown) {
        items.push(format!("<li>{}</li>\n", filled(Phrase::AndMore, &[&more.to_string()])));
    }
    format!(
        "<details class=\"used\"><summary>{} <span class=\"count\">{}</span></summary>\n<p>{}</p>\n<ul>\n{}</ul>\n</details>\n",
        both(&entry.title),
        found.len(),
        link(root, &page, &words(Phrase::ReadIt)),
        items.concat()
    )
}

/// The first words of the rules, in the order of the theory.
pub(super) fn kinds(site: &Site) -> Vec<&str> {
    let mut kinds: Vec<&str> = Vec::new();
    for rule in &site.rules {
        let kind = kind(&rule.id);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The page of the rules of one kind, seen from the top of the site.
pub(super) fn kind_path(kind: &str) -> String {
    super::rule_path(&format!("all-{kind}"))
}

/// The rules by name, those of one kind together.
pub(super) fn index(site: &Site, options: &Options) -> String {
    let mut body =
        format!("<h1>{}</h1>\n<p>{}</p>\n", words(Phrase::Rules), words(Phrase::RulesSay));
    for kind in kinds(site) {
        let names: Vec<String> =
            of(kind, site).iter().map(|r| shell::rule(&r.id, ROOT, site)).collect();
        body += &format!(
            "<h2 id=\"{0}\">{1} <span class=\"count\">{2}</span></h2>\n<p>{3}</p>\n",
            escape(kind),
            link(ROOT, &kind_path(kind), &format!("<code>{}</code>", escape(kind))),
            names.len(),
            names.join(", ")
        );
    }
    shell::page(&said(Phrase::Rules), ROOT, &body, options)
}

/// The rules of one kind: what each says, and why.
pub(super) fn of_kind(kind: &str, site: &Site, options: &Options) -> String {
    let title = said(Phrase::Rules);
    let title = Bilingual::new(format!("{}: {kind}", title.en), format!("{}：{kind}", title.zh));
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", both(&title), words(Phrase::Letters));
    body += &table(&of(kind, site), site, options);
    shell::page(&title, ROOT, &body, options)
}

fn of<'a>(one: &str, site: &'a Site) -> Vec<&'a RuleView> {
    site.rules.iter().filter(|r| kind(&r.id) == one).collect()
}

/// The first word of an id.
fn kind(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

fn table(rules: &[&RuleView], site: &Site, options: &Options) -> String {
    let mut out = "<ul class=\"rules\">\n".to_owned();
    for rule in rules {
        let name = shell::rule(&rule.id, ROOT, site);
        let axiom = match rule.proof {
            Proof::Axiom => Phrase::AxiomWord,
            Proof::Document { .. } => Phrase::Proved,
        };
        out += &format!(
            "<li>{name} <span class=\"badge\">{}</span> {}<br><span class=\"reason\">{}</span></li>\n",
            words(axiom),
            shown(rule, false, options),
            both(&rule.reason),
        );
    }
    out + "</ul>\n"
}
