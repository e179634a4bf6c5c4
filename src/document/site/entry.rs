//! What the site knows of a page: its title, its headings and its statements.

use std::collections::{BTreeMap, BTreeSet};

use super::super::html;
use super::super::options::Options;
use super::super::page::{Block, Claimed, Content, Derived, Given, Inline, Item, Page, plain_text};
use super::super::report::{Bilingual, Report, StepView, Verdict};
use super::super::unicode;
use super::prose::prose;
use crate::term::{Node, Symbol, Term};

/// A page, as the index shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// Its place among the pages, without a suffix: `kl-univariate`, `proofs/moments`.
    pub path: String,
    /// The file that it was read from: `derivations/kl-univariate.md`.
    pub source: String,
    /// Its title.
    pub title: Bilingual,
    /// The first words of its prose.
    pub lead: Bilingual,
    /// Its headings, without the title.
    pub headings: Vec<Place>,
    /// Its derivations and claims.
    pub statements: Vec<Stated>,
}

/// A heading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its place on the page.
    pub anchor: String,
    /// Its words.
    pub words: Bilingual,
}

/// A derivation or a claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// Its place on the page.
    pub anchor: String,
    /// As written.
    pub source: String,
    /// As a formula in HTML: what is claimed, or what is derived with its value.
    pub shown: String,
    /// The same in one line of text.
    pub plain: String,
    /// Whether it is asked for, or claimed.
    pub is_claim: bool,
    /// Whether its author shows it as a mistake.
    pub is_mistake: bool,
    /// What became of it.
    pub verdict: Verdict,
    /// Ids of the rules and laws that its derivation uses.
    pub rules: BTreeSet<String>,
    /// Names of the distributions and quantities that occur in it, definitions followed.
    pub mentions: BTreeSet<Symbol>,
}

impl Entry {
    /// What the site knows of a page that was read from `source`.
    pub fn of(page: &Page, source: &str, options: &Options) -> Self {
        let mut entry = Self {
            path: page.path.clone(),
            source: source.to_owned(),
            title: Bilingual::new(plain_text(&page.title), plain_text(&page.title_zh)),
            lead: lead(&page.blocks),
            headings: headings(&page.blocks),
            statements: Vec::new(),
        };
        let mut reading = Reading { options, definitions: BTreeMap::new(), derived: Vec::new() };
        for part in &page.parts {
            let Content::Statements(items) = &part.content else { continue };
            for item in items {
                entry.statements.extend(reading.item(item));
            }
        }
        entry
    }

    /// The statement that was written so.
    pub fn statement(&self, source: &str) -> Option<&Stated> {
        let bare = |s: &str| s.split_whitespace().collect::<String>();
        self.statements.iter().find(|s| bare(&s.source) == bare(source))
    }
}

/// What has been declared and derived on a page so far.
struct Reading<'a> {
    options: &'a Options,
    definitions: BTreeMap<Symbol, Term>,
    derived: Vec<(Term, BTreeSet<String>)>,
}

impl Reading<'_> {
    fn item(&mut self, item: &Item) -> Option<Stated> {
        match item {
            Item::Given(given) => {
                for one in given {
                    if let Given::Definition(name, term) = one {
                        self.definitions.insert(name.clone(), term.clone());
                    }
                }
                None
            }
            Item::Derivation(derived) => Some(self.derivation(derived)),
            Item::Claim(claimed) => Some(self.claim(claimed)),
        }
    }

    fn derivation(&mut self, derived: &Derived) -> Stated {
        let report = &derived.report;
        let rules = used(report);
        self.derived.push((report.statement.clone(), rules.clone()));
        let formula = match &report.result {
            Some(result) => {
                Term::relation(result.relation, report.measured().clone(), result.with_unit())
            }
            None => report.statement.clone(),
        };
        let mut mentions = self.mentions(&formula);
        for (_, term) in &report.definitions {
            mentions.extend(self.mentions(term));
        }
        let fine = derived.objections.is_empty() && report.result.is_some();
        Stated {
            anchor: derived.anchor.clone(),
            source: derived.source.clone(),
            shown: html::formula(&formula, self.options),
            plain: unicode(&formula, &self.options.notation),
            is_claim: false,
            is_mistake: false,
            verdict: if fine { Verdict::Proved } else { Verdict::Undecided },
            rules,
            mentions,
        }
    }

    fn claim(&mut self, claimed: &Claimed) -> Stated {
        let formula = Term::relation(claimed.relation, claimed.left.clone(), claimed.right.clone());
        let rules = match &claimed.proof {
            Some(report) => used(report),
            // The page shows the derivation elsewhere.
            None => self
                .derived
                .iter()
                .rev()
                .find(|(statement, _)| *statement == claimed.left)
                .map(|(_, rules)| rules.clone())
                .unwrap_or_default(),
        };
        self.derived.push((claimed.left.clone(), rules.clone()));
        Stated {
            anchor: claimed.anchor.clone(),
            source: claimed.source.clone(),
            is_claim: true,
            is_mistake: claimed.expected_refuted,
            verdict: claimed.verdict,
            mentions: self.mentions(&formula),
            shown: html::formula(&formula, self.options),
            plain: unicode(&formula, &self.options.notation),
            rules,
        }
    }

    /// The names that are called in a term, definitions followed.
    fn mentions(&self, term: &Term) -> BTreeSet<Symbol> {
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut todo = vec![term.clone()];
        while let Some(term) = todo.pop() {
            term.any(&mut |t| {
                match t.node() {
                    Node::Call(name, _) => {
                        found.insert(name.clone());
                    }
                    Node::Symbol(name) if seen.insert(name.clone()) => {
                        todo.extend(self.definitions.get(name).cloned());
                    }
                    _ => {}
                }
                false
            });
        }
        found
    }
}

/// Ids of the rules and laws that a derivation uses.
fn used(report: &Report) -> BTreeSet<String> {
    // What is derived in a document of its own says so after the id.
    let bare = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
    let mut out: BTreeSet<String> = report.axioms.iter().map(bare).collect();
    let mut todo: Vec<&StepView> = report.steps.iter().collect();
    while let Some(step) = todo.pop() {
        // Lines name their phase.
        if step.level > 0 && step.rule.contains('.') {
            out.insert(step.rule.clone());
        }
        todo.extend(&step.children);
    }
    out
}

/// The headings below the title.
fn headings(blocks: &[Block]) -> Vec<Place> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Translated { en, zh } => {
                let chinese = lines(zh).map(|(_, _, words)| words);
                let chinese: Vec<String> = chinese.collect();
                for (n, (level, anchor, words)) in lines(en).enumerate() {
                    let zh = chinese.get(n).cloned().unwrap_or_default();
                    out.push((level, Place { anchor, words: Bilingual::new(words, zh) }));
                }
            }
            other => {
                let own = std::slice::from_ref(other);
                out.extend(lines(own).map(|(level, anchor, words)| {
                    (level, Place { anchor, words: Bilingual::new(words, "") })
                }));
            }
        }
    }
    out.into_iter().filter(|(level, _)| *level > 1).map(|(_, place)| place).collect()
}

/// Level, place and words of the headings among blocks.
fn lines(blocks: &[Block]) -> impl Iterator<Item = (u8, String, String)> {
    blocks.iter().filter_map(|b| match b {
        Block::Heading { level, anchor, content } => {
            Some((*level, anchor.clone(), plain_text(content)))
        }
        _ => None,
    })
}

/// The first sentence of the first paragraph.
fn lead(blocks: &[Block]) -> Bilingual {
    let mut first: Option<Bilingual> = None;
    for block in blocks {
        let found = match block {
            Block::Paragraph(line) => Some(Bilingual::new(sentence(line), "")),
            Block::Translated { en, zh } => paragraph(en).map(|en| {
                Bilingual::new(sentence(en), paragraph(zh).map(sentence).unwrap_or_default())
            }),
            _ => None,
        };
        if found.is_some() {
            first = found;
            break;
        }
    }
    first.unwrap_or_default()
}

fn paragraph(blocks: &[Block]) -> Option<&[Inline]> {
    blocks.iter().find_map(|b| match b {
        Block::Paragraph(line) => Some(line.as_slice()),
        _ => None,
    })
}

fn sentence(line: &[Inline]) -> String {
    let text = prose(line);
    let end =
        text.find(". ").map(|i| i + 1).or_else(|| text.find('。').map(|i| i + '。'.len_utf8()));
    end.map_or(text.clone(), |end| text[..end].to_owned())
}
