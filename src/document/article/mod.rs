//! Articles in LaTeX: a page, or one report. English compiles with pdflatex and Debian's texlive-latex-recommended; Chinese loads
//! ctex and wants xelatex.
//!
//! What came from an author is words, or mathematics of a closed set of commands: nothing in it can read a file, write one, or
//! define anything. Figures are drawn with the operators of PDF, so that the text stands for itself.

mod blocks;
mod derivation;
mod formula;
mod picture;
mod statements;
mod text;

use std::collections::BTreeSet;

use super::options::{Lang, Options};
use super::page::{Block, Content, Item, Page, plain_text};
use super::phrases::{Phrase, phrase, pick};
use super::report::{Bilingual, Report};
use super::words;
use crate::term::Term;

pub use text::prose;

/// One report.
pub fn write(report: &Report, options: &Options) -> String {
    let mut writer = Writer::new(options);
    writer.preamble("");
    writer.report(report);
    writer.references();
    writer.line("\\end{document}");
    writer.out
}

/// A page.
pub fn page(page: &Page, options: &Options) -> String {
    let mut writer = Writer::new(options);
    writer.page = Some(page);
    let derivations = page.parts.iter().flat_map(|p| match &p.content {
        Content::Statements(items) => items.as_slice(),
        Content::Figure(_) | Content::Fits(_) => &[],
    });
    let several = derivations.filter(|i| matches!(i, Item::Derivation(_))).count() > 1;
    writer.numbered = several;
    let title = if options.lang == Lang::Zh && !page.title_zh.is_empty() {
        &page.title_zh
    } else {
        &page.title
    };
    writer.preamble(&plain_text(title));
    if !title.is_empty() {
        let title = writer.tight(title);
        writer.line(&format!("\\title{{{title}}}\n\\date{{}}\n\\maketitle"));
    }
    writer.blocks(&page.blocks);
    writer.gathered_evidence();
    writer.references();
    writer.line("\\end{document}");
    writer.out
}

/// An article in the making.
struct Writer<'a> {
    options: &'a Options,
    page: Option<&'a Page>,
    out: String,
    /// Sources of the rules used, in the order of their first use.
    sources: Vec<String>,
    /// Whether the page holds several derivations, so that lines are numbered with theirs.
    numbered: bool,
    derivations: usize,
    /// Whether the title of the page was met.
    titled: bool,
    /// Names that labels have.
    labels: BTreeSet<String>,
    /// The evidence for the derivations of the page, which stands at its end.
    evidence_kept: String,
    /// Whether a footnote is being written.
    in_note: bool,
    /// Whether it is a place where no line may end.
    is_tight: bool,
}

impl<'a> Writer<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            options,
            page: None,
            out: String::new(),
            sources: Vec::new(),
            numbered: false,
            derivations: 0,
            titled: false,
            labels: BTreeSet::new(),
            evidence_kept: String::new(),
            in_note: false,
            is_tight: false,
        }
    }

    fn is_chinese(&self) -> bool {
        self.options.lang == Lang::Zh
    }

    fn math(&self, term: &Term) -> String {
        super::latex(term, &self.options.notation)
    }

    fn word(&self, p: Phrase) -> &'static str {
        phrase(p, self.options.lang)
    }

    fn prose(&self, text: &str) -> String {
        prose(text, self.is_chinese())
    }

    fn said(&self, text: &Bilingual) -> String {
        self.prose(pick(text, self.options.lang))
    }

    /// Words that hold formulas in machine form.
    /// How a condition was found to hold. The names of laws are long; a line may end within them.
    fn found(&self, text: &Bilingual) -> String {
        self.prose(&words::spelled(pick(text, self.options.lang)))
            .replace("\\_", "\\_\\allowbreak{}")
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn items(&mut self, items: &[String]) {
        self.line("\\begin{itemize}");
        items.iter().for_each(|item| self.line(&format!("\\item {item}")));
        self.line("\\end{itemize}");
    }

    /// What comes before the words. `title` is for the properties of the file.
    fn preamble(&mut self, title: &str) {
        self.line("\\documentclass{article}");
        if self.is_chinese() {
            self.line("\\usepackage{ctex}");
        }
        self.line("\\usepackage[a4paper,margin=27mm]{geometry}");
        for package in
            ["mathtools", "amssymb", "graphicx", "xcolor", "array", "longtable", "booktabs"]
        {
            self.line(&format!("\\usepackage{{{package}}}"));
        }
        self.line("\\usepackage{microtype}");
        self.line("\\usepackage[hidelinks,unicode]{hyperref}");
        let title = text::bookmark(title, self.is_chinese());
        if !title.is_empty() {
            self.line(&format!("\\hypersetup{{pdftitle={{{title}}}}}"));
        }
        self.out.push_str(COMMANDS);
        if let Some(page) = self.page
            && page.parts.iter().any(|p| matches!(p.content, Content::Figure(_)))
        {
            self.out.push_str(picture::COMMANDS);
        }
        self.line("\\begin{document}");
    }

    /// The number of a source among the references.
    fn cited(&mut self, source: &str) -> usize {
        let known = self.sources.iter().position(|s| s == source);
        known.unwrap_or_else(|| {
            self.sources.push(source.to_owned());
            self.sources.len() - 1
        }) + 1
    }

    fn references(&mut self) {
        if self.sources.is_empty() {
            return;
        }
        self.line("\\begin{thebibliography}{99}");
        for (i, source) in std::mem::take(&mut self.sources).iter().enumerate() {
            let source = self.prose(source);
            self.line(&format!("\\bibitem{{source.{}}} {source}", i + 1));
        }
        self.line("\\end{thebibliography}");
    }

    /// A label that no other place has; `None` where the name is taken.
    fn label(&mut self, kind: &str, name: &str) -> Option<String> {
        let name = label_name(kind, name);
        self.labels.insert(name.clone()).then_some(name)
    }

    /// Whether the page shows this picture where the author put it, and not where it is described.
    fn shows(&self, file: &str) -> bool {
        self.page.is_some_and(|p| blocks::shows(&p.blocks, file, self.is_chinese()))
    }
}

/// The name of a label: letters, digits and hyphens of ASCII alone, other letters by number.
fn label_name(kind: &str, name: &str) -> String {
    let mut out = format!("{kind}:");
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '-' || c == '.' => out.push(c),
            c => out.push_str(&format!("u{:x}", c as u32)),
        }
    }
    out
}

/// Commands that the writer uses besides those of the packages.
const COMMANDS: &str = "\\allowdisplaybreaks
\\setlength{\\emergencystretch}{3em}
\\setlength{\\parskip}{0.4em plus 0.2em}
\\setcounter{secnumdepth}{0}
\\renewcommand{\\labelitemi}{$\\bullet$}
\\renewcommand{\\labelitemiii}{$\\ast$}
% A formula that is no wider than the first argument.
\\newsavebox{\\formulabox}
% A place where a line may end short.
\\newcommand{\\mayend}{\\hfil\\penalty300\\hfilneg}
\\newcommand{\\fitted}[2]{\\sbox{\\formulabox}{$\\displaystyle #2$}%
  \\ifdim\\wd\\formulabox>\\dimexpr#1\\relax\\resizebox{#1}{!}{\\usebox{\\formulabox}}\\else\\usebox{\\formulabox}\\fi}
";

/// Whether the block is the first heading, which is the title.
fn is_title(block: &Block) -> bool {
    matches!(block, Block::Heading { level: 1, .. })
}
