//! What every page of the site is made of: the frame, text in both languages, formulas, links.

use super::super::notation::Notation;
use super::super::options::{Lang, Options};
use super::super::phrases::{Phrase, phrase};
use super::super::report::Bilingual;
use super::letters::readable;
use super::{Sentence, Site, distribution_path, quantity_path, rule_path};
use crate::term::{Node, Term};

/// Text for HTML, in elements and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in a document.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A text in both languages, of which the page shows one.
pub(super) fn both(text: &Bilingual) -> String {
    pair(&escape(&text.en), &escape(&text.zh))
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

/// A phrase as a text in both languages.
pub(super) fn said(phrase_: Phrase) -> Bilingual {
    Bilingual::new(phrase(phrase_, Lang::En), phrase(phrase_, Lang::Zh))
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
pub(super) fn sentence(sentence: &Sentence, notation: &Notation) -> String {
    let fill = |text: &str| {
        let mut out = escape(text);
        for (n, term) in sentence.terms.iter().enumerate() {
            out = out.replace(&format!("{{{n}}}"), &formula(term, notation));
        }
        out
    };
    let zh = &sentence.text.zh;
    pair(&fill(&sentence.text.en), &if zh.is_empty() { String::new() } else { fill(zh) })
}

/// A term, the variables of rules in it as letters.
pub(super) fn formula(term: &Term, notation: &Notation) -> String {
    let text = super::super::unicode(&readable(term), notation);
    format!("<span class=\"formula\">{}</span>", escape(&text))
}

/// A term on a line of its own.
pub(super) fn display(term: &Term, notation: &Notation) -> String {
    format!("<div class=\"display\">{}</div>\n", formula(term, notation))
}

/// A link within the site.
pub(super) fn link(root: &str, path: &str, shown: &str) -> String {
    format!("<a href=\"{}{}\">{shown}</a>", escape(root), escape(path))
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

/// A whole page below the folders of `root`, such as `../`.
pub(super) fn page(title: &Bilingual, root: &str, body: &str, options: &Options) -> String {
    let lang = match options.lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"stylesheet\" href=\"{root}assets/site.css\">\n</head>\n<body>\n\
         <main>\n{body}</main>\n<script src=\"{root}assets/site.js\"></script>\n</body>\n</html>\n",
        escape(&title.en)
    )
}
