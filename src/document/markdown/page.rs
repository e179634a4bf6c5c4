//! A page: the author's Markdown byte for byte, with each `hence` block replaced by what it came to.
//!
//! A comment that holds a translation is left out in English; in Chinese it takes the place of the prose that it translates.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::super::build::relation_latex;
use super::super::defined::Defined;
use super::super::html;
use super::super::options::{Lang, Options};
use super::super::page::{
    Block, Claimed, Content, Given, Inline, Item, Page, Part, Picture, RawHtml, is_safe,
    plain_text, translation,
};
use super::super::phrases::{Phrase, filled, pick};
use super::super::report::Verdict;
use super::super::words;
use super::{Writer, escape, safe, spaced};
use crate::term::{Symbol, Term};

/// The page.
pub fn page(page: &Page, options: &Options) -> String {
    let mut derivations = 0;
    let is_derivation = |i: &&Item| matches!(i, Item::Derivation(_));
    let several = page.parts.iter().flat_map(statements).filter(is_derivation).count() > 1;
    replaced(page, options.lang, |part| {
        let mut writer = Writer { options, out: String::new() };
        writer.part(part, page, several, &mut derivations);
        spaced(writer.out.trim_end())
    })
}

/// The page, with HTML where its blocks were.
pub fn embedded(page: &Page, options: &Options) -> String {
    replaced(page, options.lang, |part| html::fragment(part, options).trim_end().to_owned())
}

/// The author's text with each block replaced.
fn replaced(page: &Page, lang: Lang, mut shown: impl FnMut(&Part) -> String) -> String {
    let mut edits: Vec<(Range<usize>, String)> = translations(page, lang);
    if page.html == RawHtml::AsText {
        edits.iter_mut().for_each(|(_, text)| *text = inert(text));
        edits.extend(defused(&page.source));
    }
    for part in &page.parts {
        edits.push(placed(&page.source, part, &shown(part)));
    }
    edited(&page.source, edits)
}

/// The source with edits; of those that overlap, the first.
fn edited(source: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    // Where two begin at one place the longer one holds the other.
    edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(source.len());
    let mut done = 0;
    for (range, text) in edits {
        if range.start < done {
            continue;
        }
        out.push_str(&source[done..range.start]);
        out.push_str(&text);
        done = range.end;
    }
    out.push_str(&source[done..]);
    out
}

/// Markdown in which HTML is text, and a link that could run something is none.
fn inert(source: &str) -> String {
    edited(source, defused(source))
}

/// The places where Markdown could act, and what takes their place. Comments are left: they show nothing.
fn defused(source: &str) -> Vec<(Range<usize>, String)> {
    let as_text = |range: Range<usize>| {
        let text = source[range.clone()].replace('<', "&lt;");
        (range, text)
    };
    let is_comment = |range: &Range<usize>| source[range.clone()].trim_start().starts_with("<!--");
    let mut edits = Vec::new();
    for (event, range) in Parser::new(source).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) if !is_comment(&range) => {
                edits.push(as_text(range));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_safe(&dest_url) =>
            {
                // `[…](…)`, `![…](…)` or `<…>`: without what opens it there is no link.
                let open = source[range.clone()].find(['[', '<']).unwrap_or(0) + range.start;
                let text = if source[open..].starts_with('<') { "&lt;" } else { "\\[" };
                edits.push((open..open + 1, text.into()));
            }
            _ => {}
        }
    }
    edits
}

fn statements(part: &Part) -> &[Item] {
    match &part.content {
        Content::Statements(items) => items,
        Content::Figure(_) | Content::Fits(_) => &[],
    }
}

/// The place of a block, and `text` with the margin of the quotations and lists that the block stands in.
fn placed(source: &str, part: &Part, text: &str) -> (Range<usize>, String) {
    let start = part.span.start;
    let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let first = &source[line..start];
    let margin: String = first.chars().map(|c| if c == '>' { c } else { ' ' }).collect();
    let whole = &source[start..part.span.end];
    let mut end = start + whole.trim_end().len();
    let mut rows: Vec<String> = Vec::new();
    // A formula does not begin in the middle of a paragraph.
    let above = source[..line].lines().next_back().unwrap_or_default();
    let in_container = first.contains(|c: char| c != '>' && !c.is_whitespace());
    if !in_container && !above.trim_matches(['>', ' ']).is_empty() {
        rows.push(String::new());
    }
    rows.extend(text.lines().map(str::to_owned));
    let rest = &source[end..];
    let below = rest.strip_prefix('\n').and_then(|r| r.lines().next()).unwrap_or_default();
    if text.is_empty() {
        // Nothing is left of the block, nor of the line below it.
        end += rest.len() - rest.trim_start_matches('\n').len();
    } else if !below.trim_matches(['>', ' ']).is_empty() {
        rows.push(String::new());
    }
    let separator = format!("\n{margin}");
    let text = rows.join(&separator);
    let text: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    (start..end, text.join("\n"))
}

/// Comments with translations, and in Chinese the prose that they stand for.
fn translations(page: &Page, lang: Lang) -> Vec<(Range<usize>, String)> {
    let source = &page.source;
    let mut edits = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (event, range) in Parser::new(source).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) if depth == 0 => {
                if let Some(text) = translation(&source[range.clone()]) {
                    let blank = source[range.end..].len()
                        - source[range.end..].trim_start_matches('\n').len();
                    let end = range.end + blank;
                    let prose = begin..range.start;
                    if lang == Lang::Zh && !source[prose].trim().is_empty() {
                        edits.push((begin..end, format!("{}\n\n", text.trim())));
                    } else {
                        edits.push((range.start..end, String::new()));
                    }
                    begin = end;
                }
                depth += 1;
            }
            Event::Start(_) => {
                if depth == 0 && page.parts.iter().any(|p| p.span.start == range.start) {
                    begin = range.end + newlines(&source[range.end..]);
                }
                depth += 1;
            }
            Event::End(TagEnd::HtmlBlock | _) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    edits
}

fn newlines(text: &str) -> usize {
    text.len() - text.trim_start_matches('\n').len()
}

impl Writer<'_> {
    fn part(&mut self, part: &Part, page: &Page, several: bool, derivations: &mut usize) {
        match &part.content {
            Content::Figure(picture) => self.picture(picture, page),
            Content::Fits(table) => self.table(table),
            Content::Statements(items) => {
                for item in items {
                    if !matches!(item, Item::Claim(_)) {
                        self.gap();
                    }
                    match item {
                        Item::Given(given) => self.given(given),
                        Item::Claim(claimed) => self.claim(claimed),
                        Item::Derivation(derived) => {
                            *derivations += 1;
                            let number =
                                if several { format!("{derivations}.") } else { String::new() };
                            self.derived(derived, &number);
                        }
                    }
                }
            }
        }
    }

    /// A table in the language of the page.
    fn table(&mut self, block: &Block) {
        match block {
            Block::Translated { en, zh } => {
                let chosen = if self.options.lang == Lang::Zh { zh } else { en };
                chosen.iter().for_each(|b| self.table(b));
            }
            Block::Table { head, rows, .. } => {
                self.gap();
                self.row(head);
                self.out += &format!("|{}\n", "---|".repeat(head.len()));
                rows.iter().for_each(|row| self.row(row));
            }
            Block::Paragraph(words) => {
                self.gap();
                let words: Vec<String> = words.iter().map(in_markdown).collect();
                self.out += &format!("{}\n", words.concat());
            }
            _ => {}
        }
    }

    fn row(&mut self, cells: &[Vec<Inline>]) {
        let cells = cells.iter().map(|cell| cell.iter().map(in_markdown).collect::<String>());
        self.out += &format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    }

    /// An empty line, where there is none.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A figure, unless the author shows it elsewhere.
    fn picture(&mut self, picture: &Picture, page: &Page) {
        let shown = |(event, _): (Event<'_>, _)| match event {
            Event::Start(Tag::Image { dest_url, .. }) => *dest_url == *picture.file,
            _ => false,
        };
        if !Parser::new(&page.source).into_offset_iter().any(shown) {
            let alt = if picture.desc.is_empty() { &picture.title } else { &picture.desc };
            let alt = escape(alt).replace(']', "\\]");
            // Angle brackets hold whatever a name may consist of.
            let file = picture.file.replace(['<', '>'], "");
            self.out.push_str(&format!("![{alt}](<{file}>)\n"));
        }
    }

    fn given(&mut self, given: &[Given]) {
        let all: Vec<String> = given.iter().map(|g| self.one_given(g)).collect();
        if !all.is_empty() {
            let what = self.word(Given::label(given, Phrase::Given));
            let stop = self.word(Phrase::SentenceEnd);
            let all = all.join(self.word(Phrase::Semicolon));
            self.out.push_str(&format!("**{what}** {all}{stop}\n\n"));
        }
    }

    fn one_given(&self, given: &Given) -> String {
        match given {
            Given::Definition(name, term) => {
                let defined = Defined::new(name, term);
                let ranges = defined.ranges_latex(&self.options.notation);
                format!("${} = {}{ranges}$", self.math(&defined.left), self.math(&defined.right))
            }
            Given::Supposed(term, indices) => {
                format!("{}{}", self.formula(term), escape(pick(indices, self.options.lang)))
            }
            Given::Relation(term) => self.formula(term),
            Given::Sort(names, sort) => {
                let names: Vec<String> = names.iter().map(|n| self.formula(n)).collect();
                format!("{} {}", names.join(", "), escape(pick(sort, self.options.lang)))
            }
            Given::Words(words) => escape(pick(words, self.options.lang)),
        }
    }

    fn formula(&self, term: &Term) -> String {
        format!("${}$", self.math(term).trim_end())
    }

    fn claim(&mut self, c: &Claimed) {
        let (mark, verdict) = match c.verdict {
            Verdict::Proved => ("✓", Phrase::ClaimProved),
            Verdict::Refuted => ("✗", Phrase::ClaimRefuted),
            Verdict::Undecided => ("?", Phrase::ClaimUndecided),
        };
        let (left, right) = (self.math(&c.left), self.math(&c.right));
        let mut line = format!("- {mark} ${left} {} {right}$", safe(relation_latex(c.relation)));
        if !c.up_to.is_empty() {
            let symbol = |n: &Symbol| self.formula(&Term::symbol(n.clone()));
            let names: Vec<String> = c.up_to.iter().map(symbol).collect();
            line.push_str(&format!(" {}", filled(self.word(Phrase::FreeOf), &[names.join(", ")])));
        }
        let verdict = self.word(verdict);
        let verdict = if c.is_fine() { verdict.to_owned() } else { format!("**{verdict}**") };
        let mut about = vec![verdict];
        about.extend(self.about(c));
        if c.verdict != Verdict::Proved || about.len() > 1 {
            let semicolon = self.word(Phrase::Semicolon);
            line.push_str(&format!(" — {}", about.join(semicolon)));
        }
        line.push('\n');
        self.out.push_str(&line);
        if let Some(proof) = c.proof.as_ref().filter(|_| self.options.detail > 0) {
            let mut inner = Writer { options: self.options, out: String::new() };
            inner.derivation(proof, "");
            let summary = self.word(Phrase::Derivation);
            let text = format!(
                "\n<details><summary>{summary}</summary>\n\n{}\n\n</details>\n",
                inner.out.trim_end()
            );
            for row in text.lines() {
                self.out.push_str(format!("  {row}").trim_end());
                self.out.push('\n');
            }
            self.out.push('\n');
        }
    }

    /// What was found out about a claim.
    fn about(&self, c: &Claimed) -> Vec<String> {
        let colon = self.word(Phrase::Colon);
        let labelled =
            |p: Phrase, text: String| format!("{}{colon}{text}", self.word(p).to_lowercase());
        let said = |t| escape(&words::spelled(pick(t, self.options.lang)));
        let assuming: Vec<String> = c.assuming.iter().map(|t| self.formula(t)).collect();
        let assuming = (!assuming.is_empty()).then(|| assuming.join(", "));
        [
            assuming.map(|t| labelled(Phrase::Assumptions, t)),
            c.residual.as_ref().map(|t| labelled(Phrase::Residual, self.formula(t))),
            c.counterexample.as_ref().map(|t| labelled(Phrase::Counterexample, said(t))),
            c.slip.as_ref().map(|t| labelled(Phrase::Slip, said(t))),
            c.mend.as_ref().map(|t| labelled(Phrase::Mend, self.formula(t))),
            c.message.as_ref().map(said),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A piece of a line in Markdown, safe within a table.
fn in_markdown(piece: &Inline) -> String {
    match piece {
        Inline::Code(text) => format!("`{text}`"),
        Inline::Formula(text) => format!("${}$", text.replace('|', "\\vert ")),
        other => escape(&plain_text(std::slice::from_ref(other))).replace('|', "\\|"),
    }
}
