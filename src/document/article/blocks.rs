//! The author's words: paragraphs, headings, lists, tables, quotations, code.

use super::super::page::{Align, Block, Content, Inline, ListItem, plain_text};
use super::{Writer, formula, is_title, text};

/// Lists and quotations that LaTeX nests.
const DEEPEST: usize = 3;

/// Characters that the rows of a table hold before its columns need a width.
const TABLE: usize = 80;

impl Writer<'_> {
    /// Blocks, one after another.
    pub fn blocks(&mut self, blocks: &[Block]) {
        self.nested(blocks, 0);
    }

    fn nested(&mut self, blocks: &[Block], depth: usize) {
        for block in blocks {
            if is_title(block) && !self.titled {
                self.titled = true;
                continue;
            }
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        match block {
            Block::Heading { level, anchor, content } => self.heading(*level, anchor, content),
            Block::Paragraph(line) => {
                let text = self.inline(line);
                self.line(&format!("{text}\n"));
            }
            Block::Quote(inner) if depth < DEEPEST => {
                self.line("\\begin{quote}");
                self.nested(inner, depth + 1);
                self.line("\\end{quote}");
            }
            Block::Quote(inner) => self.nested(inner, depth),
            Block::List { start, items } => self.list(*start, items, depth),
            Block::Table { head, rows, .. } if self.in_note => {
                for row in std::iter::once(head).chain(rows) {
                    let row: Vec<String> = row.iter().map(|cell| self.tight(cell)).collect();
                    self.line(&format!("{}\n", row.join(", ")));
                }
            }
            Block::Table { align, head, rows } => self.table(align, head, rows),
            Block::Code { text, .. } => {
                let listing = text::listing(text, self.is_chinese());
                self.out.push_str(&listing);
            }
            Block::Formula(latex) => {
                let shown = match formula::admitted(latex, self.is_chinese()) {
                    Some(latex) => format!("\\[ {latex} \\]"),
                    None => text::listing(latex, self.is_chinese()),
                };
                self.line(&shown);
            }
            Block::Rule => {
                self.line("\\begin{center}\\rule{0.3\\linewidth}{0.4pt}\\end{center}");
            }
            Block::Translated { en, zh } => {
                let chosen = if self.is_chinese() { zh } else { en };
                self.nested(chosen, depth);
            }
            Block::Part(index) => {
                if let Some(part) = self.page.and_then(|p| p.parts.get(*index)) {
                    self.part(&part.content);
                }
            }
            // Footnotes stand where they are referred to; markup is for web pages.
            Block::Footnote(..) | Block::Raw(_) => {}
        }
    }

    fn heading(&mut self, level: u8, anchor: &str, content: &[Inline]) {
        let command = match level {
            0..=2 => "section",
            3 => "subsection",
            4 => "subsubsection",
            _ => "paragraph",
        };
        let shown = self.tight(content);
        let bookmark = text::bookmark(&plain_text(content), self.is_chinese());
        let label =
            self.label("sec", anchor).map_or_else(String::new, |l| format!("\\label{{{l}}}"));
        self.line(&format!("\\{command}{{\\texorpdfstring{{{shown}}}{{{bookmark}}}}}{label}"));
    }

    fn list(&mut self, start: Option<u64>, items: &[ListItem], depth: usize) {
        if depth >= DEEPEST {
            items.iter().for_each(|item| self.nested(&item.blocks, depth));
            return;
        }
        let kind = if start.is_some() { "enumerate" } else { "itemize" };
        self.line(&format!("\\begin{{{kind}}}"));
        for (i, item) in items.iter().enumerate() {
            let number = start.map(|n| n.saturating_add(i as u64));
            let label = match (item.ticked, number) {
                (Some(true), _) => "[$\\boxtimes$]".to_owned(),
                (Some(false), _) => "[$\\square$]".to_owned(),
                (None, Some(n)) => format!("[{n}.]"),
                (None, None) => String::new(),
            };
            // What follows in square brackets is no label.
            self.out.push_str(&format!("\\item{label} {{}}"));
            self.nested(&item.blocks, depth + 1);
        }
        self.line(&format!("\\end{{{kind}}}"));
    }

    /// A line where no line may end: in a heading or a table.
    pub fn tight(&mut self, line: &[Inline]) -> String {
        let before = std::mem::replace(&mut self.is_tight, true);
        let text = self.inline(line);
        self.is_tight = before;
        text
    }

    fn table(&mut self, align: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let columns = head.len().max(1);
        let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
        let widest = |k: usize| {
            let cell =
                |row: &[Vec<Inline>]| row.get(k).map_or(0, |cell| plain_text(cell).chars().count());
            all().map(cell).max().unwrap_or(0).max(4)
        };
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        let total: usize = widths.iter().sum();
        // A column that is much wider than the others gets less than its share.
        let shares: Vec<f64> = widths.iter().map(|w| (*w as f64).sqrt()).collect();
        let share: f64 = shares.iter().sum();
        let column = |k: usize| {
            if total > TABLE {
                let part = 0.96 * shares[k] / share - 0.02;
                return format!(">{{\\raggedright\\arraybackslash}}p{{{part:.3}\\linewidth}}");
            }
            match align.get(k).copied().unwrap_or_default() {
                Align::Start => "l".to_owned(),
                Align::Centre => "c".to_owned(),
                Align::End => "r".to_owned(),
            }
        };
        let layout: String = (0..columns).map(column).collect();
        let head = self.row(head);
        self.line(&format!(
            "\\begin{{longtable}}{{{layout}}}\n\\toprule\n{head}\\midrule\n\\endhead"
        ));
        for row in rows {
            let row = self.row(row);
            self.out.push_str(&row);
        }
        self.line("\\bottomrule\n\\end{longtable}");
    }

    fn row(&mut self, cells: &[Vec<Inline>]) -> String {
        let cells: Vec<String> =
            cells.iter().map(|cell| format!("{{{}}}", self.tight(cell))).collect();
        format!("{} \\\\\n", cells.join(" & "))
    }

    /// A line of words.
    pub fn inline(&mut self, line: &[Inline]) -> String {
        line.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&mut self, piece: &Inline) -> String {
        let chinese = self.is_chinese();
        match piece {
            Inline::Text(words) => text::prose(words, chinese),
            Inline::Code(code) => text::code(code, chinese),
            Inline::Formula(latex) => match formula::admitted(latex, chinese) {
                Some(latex) => format!("${latex}$"),
                None => text::code(latex, chinese),
            },
            Inline::Display(latex) => match formula::admitted(latex, chinese) {
                Some(latex) if self.is_tight => format!("$\\displaystyle {latex}$"),
                Some(latex) => format!("\\[ {latex} \\]"),
                None => text::code(latex, chinese),
            },
            Inline::Emphasis(inner) => format!("\\emph{{{}}}", self.inline(inner)),
            Inline::Strong(inner) => format!("\\textbf{{{}}}", self.inline(inner)),
            Inline::Struck(inner) => format!("\\textcolor{{gray}}{{{}}}", self.inline(inner)),
            Inline::Link { to, content, .. } => self.link(to, content),
            Inline::Image { file, alt } => self.image(file, alt),
            Inline::Note(label) => self.note(label),
            Inline::SoftBreak => "\n".into(),
            Inline::HardBreak if self.is_tight => " ".into(),
            // What follows in square brackets is no length.
            Inline::HardBreak => "\\leavevmode\\\\{}\n".into(),
            Inline::Raw(_) => String::new(),
        }
    }

    fn link(&mut self, to: &str, content: &[Inline]) -> String {
        let words = self.inline(content);
        let elsewhere = ["http://", "https://", "mailto:"].iter().any(|s| to.starts_with(s));
        if elsewhere {
            return format!("\\href{{{}}}{{{words}}}", text::address(to));
        }
        let here = to.strip_prefix('#').filter(|anchor| self.has_heading(anchor));
        match here {
            Some(anchor) => format!("\\hyperref[{}]{{{words}}}", super::label_name("sec", anchor)),
            None => words,
        }
    }

    fn has_heading(&self, anchor: &str) -> bool {
        let is = |b: &Block| matches!(b, Block::Heading { anchor: a, level, .. } if a == anchor && *level > 1);
        self.page.is_some_and(|p| {
            p.blocks.iter().any(|b| match b {
                Block::Translated { en, zh } => {
                    if self.is_chinese() {
                        zh.iter().any(is)
                    } else {
                        en.iter().any(is)
                    }
                }
                other => is(other),
            })
        })
    }

    fn image(&mut self, file: &str, alt: &str) -> String {
        let drawn = self.page.and_then(|p| {
            p.parts.iter().find_map(|part| match &part.content {
                Content::Figure(picture) if picture.file == file => Some(picture),
                _ => None,
            })
        });
        match drawn {
            Some(picture) if !self.is_tight => {
                let before = std::mem::take(&mut self.out);
                self.picture(picture);
                std::mem::replace(&mut self.out, before)
            }
            _ => format!("[{}]", self.prose(alt)),
        }
    }

    fn note(&mut self, label: &str) -> String {
        let Some(page) = self.page else { return String::new() };
        let is = |b: &&Block| matches!(b, Block::Footnote(l, _) if l == label);
        let Some(Block::Footnote(_, inner)) = page.blocks.iter().find(is) else {
            return String::new();
        };
        // A footnote that refers to itself, or one in a footnote, is a mark.
        if self.in_note || self.is_tight {
            return format!("\\textsuperscript{{{}}}", self.prose(label));
        }
        self.in_note = true;
        let before = std::mem::take(&mut self.out);
        self.nested(inner, DEEPEST);
        let text = std::mem::replace(&mut self.out, before);
        self.in_note = false;
        format!("\\footnote{{{}}}", text.trim_end())
    }
}

/// Whether a picture of this file stands among the blocks.
pub fn shows(blocks: &[Block], file: &str, chinese: bool) -> bool {
    let line = |line: &[Inline]| has_image(line, file);
    blocks.iter().any(|block| match block {
        Block::Paragraph(l) | Block::Heading { content: l, .. } => line(l),
        Block::Quote(inner) | Block::Footnote(_, inner) => shows(inner, file, chinese),
        Block::List { items, .. } => items.iter().any(|i| shows(&i.blocks, file, chinese)),
        Block::Table { head, rows, .. } => {
            head.iter().chain(rows.iter().flatten()).any(|cell| line(cell))
        }
        Block::Translated { en, zh } => shows(if chinese { zh } else { en }, file, chinese),
        _ => false,
    })
}

fn has_image(line: &[Inline], file: &str) -> bool {
    line.iter().any(|piece| match piece {
        Inline::Image { file: f, .. } => f == file,
        Inline::Emphasis(c) | Inline::Strong(c) | Inline::Struck(c) => has_image(c, file),
        Inline::Link { content, .. } => has_image(content, file),
        _ => false,
    })
}
