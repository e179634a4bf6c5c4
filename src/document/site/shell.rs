//! What every page of the site is made of: the frame, text in both languages, formulas, links.

use super::super::html::{self, Frame};
pub(super) use super::super::html::{both, escape};
use super::super::options::{Lang, Options};
pub(super) use super::super::phrases::bilingual as said;
use super::super::phrases::{Phrase, phrase};
use super::super::report::Bilingual;
use super::letters::readable;
use super::{Sentence, Site, distribution_path, quantity_path, rule_path};
use crate::term::{Node, Term};

/// With a capital letter to begin with: what theory files say of an entry begins with a small one.
pub(super) fn capitalised(text: &Bilingual) -> Bilingual {
    let mut letters = text.en.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    Bilingual::new(first + letters.as_str(), text.zh.as_str())
}

/// Markup in both languages.
pub(super) fn pair(en: &str, zh: &str) -> String {
    if zh.is_empty() || zh == en {
        return en.to_owned();
    }
    format!("<span lang=\"en\">{en}</span><span lang=\"zh\">{zh}</span>")
}

/// A phrase in both languages.
pub(super) fn words(phrase_: Phrase) -> String {
    both(&said(phrase_))
}

/// A phrase with its places filled by markup.
pub(super) fn filled(phrase_: Phrase, values: &[&str]) -> String {
    let fill = |lang| {
        let mut pieces = phrase(phrase_, lang).split("{}");
        let mut out = escape(pieces.next().unwrap_or_default());
        for (i, piece) in pieces.enumerate() {
            out += values.get(i).copied().unwrap_or_default();
            out += &escape(piece);
        }
        out
    };
    pair(&fill(Lang::En), &fill(Lang::Zh))
}

/// A sentence with its terms as formulas.
pub(super) fn sentence(sentence: &Sentence, options: &Options) -> String {
    let fill = |text: &str| {
        let mut out = escape(text);
        for (n, term) in sentence.terms.iter().enumerate() {
            out = out.replace(&format!("{{{n}}}"), &formula(term, options));
        }
        out
    };
    let zh = &sentence.text.zh;
    pair(&fill(&sentence.text.en), &if zh.is_empty() { String::new() } else { fill(zh) })
}

/// A term, the variables of rules in it as letters.
pub(super) fn formula(term: &Term, options: &Options) -> String {
    html::formula(&readable(term), options)
}

/// A term on a line of its own.
pub(super) fn display(term: &Term, options: &Options) -> String {
    format!(
        "<div class=\"display\" tabindex=\"0\">{}</div>\n",
        html::displayed(&readable(term), options)
    )
}

/// A link within the site.
pub(super) fn link(root: &str, path: &str, shown: &str) -> String {
    format!("<a href=\"{}{}\">{shown}</a>", escape(root), escape(path))
}

/// A link whose words are a formula, with the text that names it to those who do not see it.
pub(super) fn named_link(root: &str, path: &str, name: &str, formula: &str) -> String {
    let (root, path, name) = (escape(root), escape(path), escape(name));
    format!(
        "<a href=\"{root}{path}\"><span class=\"sr\">{name}</span><span aria-hidden=\"true\">{formula}</span></a>"
    )
}

/// A rule by its id, with a link where it has a page.
pub(super) fn rule(id: &str, root: &str, site: &Site) -> String {
    let shown = format!("<code>{}</code>", escape(id));
    if site.rules.iter().any(|r| r.id == id) { link(root, &rule_path(id), &shown) } else { shown }
}

/// Links to the distributions and quantities that occur in terms.
pub(super) fn mentioned(terms: &[&Term], root: &str, site: &Site) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    for term in terms {
        term.any(&mut |t| {
            if let Node::Call(name, _) = t.node() {
                names.insert(name.clone());
            }
            false
        });
    }
    let path = |name: &crate::term::Symbol| {
        if site.distributions.iter().any(|d| d.name == *name) {
            return Some(distribution_path(name.as_str()));
        }
        site.quantities.iter().any(|q| q.name == *name).then(|| quantity_path(name.as_str()))
    };
    names.iter().filter_map(|name| Some(link(root, &path(name)?, &escape(name.as_str())))).collect()
}

/// The head line of every page of a site: places from its top, and their words. The first is the way home.
pub fn navigation() -> Vec<(String, Bilingual)> {
    [
        ("index.html", Phrase::SiteTitle),
        ("rules/index.html", Phrase::Rules),
        ("axioms.html", Phrase::Axioms),
    ]
    .map(|(to, words)| (to.to_owned(), said(words)))
    .into()
}

/// A whole page below the folders of `root`, such as `../`.
pub(super) fn page(title: &Bilingual, root: &str, body: &str, options: &Options) -> String {
    with_script(title, root, body, "", options)
}

/// A whole page with a script of its own.
pub(super) fn with_script(
    title: &Bilingual,
    root: &str,
    body: &str,
    script: &str,
    options: &Options,
) -> String {
    html::frame(&Frame {
        title: title.clone(),
        root,
        assets: html::Assets::Beside,
        lang: options.lang,
        nav: &navigation(),
        body,
        script,
        data: None,
    })
}
