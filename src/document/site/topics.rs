//! Topics: the headings of a `README.md` beside the documents, with the links to documents below them.

use std::collections::BTreeSet;

use super::super::page::{Block, Inline, Page, plain_text};
use super::super::report::Bilingual;
use super::entry::Entry;
use super::prose::prose;

/// How pages are grouped.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Topics {
    /// The title of the site, where it has one.
    pub title: Bilingual,
    /// What it says before the first topic.
    pub words: Vec<Bilingual>,
    /// The topics, in order.
    pub all: Vec<Topic>,
    /// The file that says so.
    pub source: String,
}

/// A heading with the pages below it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Topic {
    /// The heading.
    pub title: Bilingual,
    /// What is said below it, beside the links.
    pub words: Vec<Bilingual>,
    /// The pages.
    pub pages: Vec<Listed>,
}

/// A page in a topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its place among the pages.
    pub path: String,
    /// What is said of it.
    pub words: Bilingual,
}

impl Topics {
    /// The pages that no topic names, except for the one that names the topics.
    pub fn others<'e>(&self, entries: &'e [Entry]) -> Vec<&'e Entry> {
        let named: BTreeSet<&str> =
            self.all.iter().flat_map(|t| &t.pages).map(|p| p.path.as_str()).collect();
        let is_own = |e: &Entry| !self.source.is_empty() && same(&e.source, &self.source);
        let mut out: Vec<&Entry> =
            entries.iter().filter(|e| !named.contains(e.path.as_str()) && !is_own(e)).collect();
        out.sort_by(|a, b| (&a.title.en, &a.path).cmp(&(&b.title.en, &b.path)));
        out
    }
}

/// The topics that a page names, which was read from `source`; links that lead to none of the entries are words.
pub fn topics(page: &Page, source: &str, entries: &[Entry]) -> Topics {
    let find = |link: &str| {
        let target = beside(source, link)?;
        entries.iter().find(|e| same(&e.source, &target)).map(|e| e.path.clone())
    };
    let en = Sheet::of(&chosen(&page.blocks, false), &find);
    let zh = Sheet::of(&chosen(&page.blocks, true), &find);
    let all = en.sections.iter().enumerate().map(|(n, section)| {
        let other = zh.sections.get(n);
        let words = paired(&section.words, other.map_or(&[], |o| &o.words));
        let pages = section.pages.iter().map(|(path, text)| {
            let same = other.and_then(|o| o.pages.iter().find(|(p, _)| p == path));
            let chinese = same.map(|(_, text)| text.clone()).unwrap_or_default();
            Listed { path: path.clone(), words: bilingual(text, chinese) }
        });
        Topic {
            title: bilingual(&section.title, other.map(|o| o.title.clone()).unwrap_or_default()),
            words,
            pages: pages.collect(),
        }
    });
    Topics {
        title: Bilingual::new(plain_text(&page.title), plain_text(&page.title_zh)),
        words: paired(&en.words, &zh.words),
        all: all.filter(|t| !t.pages.is_empty()).collect(),
        source: source.to_owned(),
    }
}

fn bilingual(en: &str, zh: String) -> Bilingual {
    // What is not translated reads the same.
    let zh = if zh == en { String::new() } else { zh };
    Bilingual::new(en, zh)
}

fn paired(en: &[String], zh: &[String]) -> Vec<Bilingual> {
    let chinese = |n: usize| zh.get(n).cloned().unwrap_or_default();
    en.iter().enumerate().map(|(n, text)| bilingual(text, chinese(n))).collect()
}

/// The blocks of one language.
fn chosen(blocks: &[Block], chinese: bool) -> Vec<&Block> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Translated { en, zh } => out.extend(if chinese { zh } else { en }),
            other => out.push(other),
        }
    }
    out
}

/// What a page says in one language.
#[derive(Default)]
struct Sheet {
    words: Vec<String>,
    sections: Vec<Section>,
}

#[derive(Default)]
struct Section {
    title: String,
    words: Vec<String>,
    pages: Vec<(String, String)>,
}

impl Sheet {
    fn of(blocks: &[&Block], find: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut sheet = Self::default();
        for block in blocks {
            match block {
                Block::Heading { level: 1, .. } => {}
                Block::Heading { content, .. } => {
                    let title = plain_text(content);
                    sheet.sections.push(Section { title, ..Section::default() });
                }
                Block::Paragraph(line) => sheet.paragraph(line, find),
                Block::List { items, .. } => {
                    for item in items {
                        for block in &item.blocks {
                            if let Block::Paragraph(line) = block {
                                sheet.paragraph(line, find);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        sheet
    }

    /// A line that begins with a link to a page lists it; any other is text.
    fn paragraph(&mut self, line: &[Inline], find: &dyn Fn(&str) -> Option<String>) {
        let linked = match line {
            [Inline::Link { to, .. }, rest @ ..] => find(to).map(|path| (path, rest)),
            _ => None,
        };
        match (self.sections.last_mut(), linked) {
            (Some(section), Some((path, rest))) => {
                let text = prose(rest);
                let text =
                    text.trim_start_matches([':', '：', '.', '。', ',', '，', ' ', '—', '–']);
                section.pages.push((path, text.trim().to_owned()));
            }
            (Some(section), None) => section.words.push(prose(line)),
            (None, _) => self.words.push(prose(line)),
        }
    }
}

/// The file that a link in `source` leads to, where it leads to one.
fn beside(source: &str, link: &str) -> Option<String> {
    let link = link.split(['#', '?']).next().unwrap_or_default();
    if link.is_empty() || link.contains(':') || link.starts_with('/') {
        return None;
    }
    let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{folder}/{link}"))
}

/// Whether two paths name one file, as far as their text says.
pub(super) fn same(a: &str, b: &str) -> bool {
    parts(a) == parts(b)
}

fn parts(path: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|p| !p.is_empty() && *p != ".") {
        match (part, out.last()) {
            ("..", Some(last)) if *last != ".." => drop(out.pop()),
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::page::{RawHtml, read};
    use super::super::entry::Entry;
    use super::topics;

    fn entry(path: &str, source: &str) -> Entry {
        Entry { path: path.into(), source: source.into(), ..Entry::default() }
    }

    const README: &str = "# All\n\nWords first.\n\n<!-- zh\n# 全部\n\n先说几句。\n-->\n\n## One\n\n- [A](a.md): of the \
        *first* kind\n- [elsewhere](https://example.org) is no page\n\n<!-- zh\n## 其一\n\n- [甲](a.md)：第一种\n-->\n\n## Two\n\n\
        [P](../theory/proofs/p.md#there) proves.\n\n## Empty\n\nNothing.\n";

    #[test]
    fn headings_and_links_are_topics() {
        let page = read("README", README, Vec::new(), RawHtml::AsText);
        let entries = [
            entry("a", "docs/a.md"),
            entry("proofs/p", "./theory/proofs/p.md"),
            entry("z", "docs/z.md"),
            entry("README", "docs/README.md"),
        ];
        let topics = topics(&page, "docs/README.md", &entries);
        let titles: Vec<_> = topics.all.iter().map(|t| (&*t.title.en, &*t.title.zh)).collect();
        assert_eq!(titles, [("One", "其一"), ("Two", "")]);
        let one = &topics.all[0];
        assert_eq!(one.pages[0].words.en, "of the first kind");
        assert_eq!(one.pages[0].words.zh, "第一种");
        assert_eq!(one.words.len(), 1);
        assert_eq!(topics.all[1].pages[0].path, "proofs/p");
        assert_eq!(topics.words[0].zh, "先说几句。");
        let others: Vec<&str> = topics.others(&entries).iter().map(|e| e.path.as_str()).collect();
        assert_eq!(others, ["z"]);
    }
}
