//! Pages: a literate document as a tree that knows no format, from which HTML, LaTeX and Markdown are printed.
//!
//! The author's Markdown becomes [`Block`]s and [`Inline`]s. What stands in a `hence` block becomes a [`Part`]: declarations,
//! derivations, claims and figures, decided elsewhere and handed in as plain data.
//!
//! There is no raw markup in the tree: HTML in the Markdown is text, and so are links that lead to a script. A writer that escapes its
//! text prints nothing that could act.

mod read;
mod slug;
mod study;

pub(super) use read::translation;
pub use read::{RawHtml, is_beside, is_safe, read};
pub use slug::{Slugs, slug};
pub use study::{Curve, Slider, Study, WITHIN};

use super::options::Options;
use super::phrases::Phrase;
use super::report::{Bilingual, Report, Verdict};
use crate::diagnostic::Span;
use crate::term::{Relation, Symbol, Term};

/// A document.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// Its place among the pages, `/` between directories, without a suffix: `kl-univariate`.
    pub path: String,
    /// The first heading.
    pub title: Vec<Inline>,
    /// The first heading in Chinese, where the author gives it.
    pub title_zh: Vec<Inline>,
    /// The Markdown that it was read from.
    pub source: String,
    /// What it consists of, the first heading included.
    pub blocks: Vec<Block>,
    /// What stands in its `hence` blocks, in order; [`Block::Part`] refers to them.
    pub parts: Vec<Part>,
    /// What becomes of the author's HTML.
    pub html: RawHtml,
    /// Functions that are not further known, with the number of indices before their arguments.
    pub functions: Vec<(Symbol, usize)>,
}

impl Page {
    /// What the writers are asked for, with the functions of this page written as such.
    pub fn options(&self, options: &Options) -> Options {
        let notation = options.notation.clone().with_functions(self.functions.iter().cloned());
        Options { notation, ..options.clone() }
    }
}

/// A `hence` block and what it came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// The whole fenced block in the source, fences included.
    pub span: Span,
    /// What stands between the fences.
    pub text: String,
    /// What it came to.
    pub content: Content,
}

impl Part {
    /// The statements in it.
    pub fn items(&self) -> &[Item] {
        match &self.content {
            Content::Statements(items) => items,
            Content::Figure(_) | Content::Fits(_) => &[],
        }
    }

    /// The names of the places of its statements.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        self.items().iter().filter_map(|item| match item {
            Item::Given(_) => None,
            Item::Derivation(d) => Some(d.anchor.as_str()),
            Item::Claim(c) => Some(c.anchor.as_str()),
        })
    }
}

/// What a `hence` block came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// Statements, in order.
    Statements(Vec<Item>),
    /// A figure.
    Figure(Picture),
    /// What fits come to: a table, in both languages.
    Fits(Box<Block>),
}

/// A figure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// The file, relative to the document.
    pub file: String,
    /// Its name.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub desc: String,
    /// The drawing.
    pub svg: String,
}

/// A statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// What is declared and assumed.
    Given(Vec<Given>),
    /// A derivation: of a closed form, or of the solution of an equation.
    Derivation(Box<Derived>),
    /// A claim.
    Claim(Box<Claimed>),
}

/// One declaration or assumption.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// `let p = …`
    Definition(Symbol, Term),
    /// An equation that is supposed, with the values of its indices; empty where there are none.
    Supposed(Term, Bilingual),
    /// A relation that is assumed, or what a sort says where it is a relation: `σ > 0`.
    Relation(Term),
    /// Names of a sort, `μ₁`, `μ₂`, and the word for the sort.
    Sort(Vec<Term>, Bilingual),
    /// Anything else, in words.
    Words(Bilingual),
}

impl Given {
    /// What stands before a list: that it is supposed, where all of it is; else what is usual.
    pub(crate) fn label(all: &[Self], usual: Phrase) -> Phrase {
        let supposed = all.iter().all(|one| matches!(one, Self::Supposed(..)));
        if supposed { Phrase::SupposeThat } else { usual }
    }
}

/// A derivation on a page.
#[derive(Clone, PartialEq, Debug)]
pub struct Derived {
    /// The name of its place on the page: made of the statement, so that it stays when others come and go.
    pub anchor: String,
    /// The statement as written.
    pub source: String,
    /// Everything that a reader is shown of it.
    pub report: Report,
    /// Names that the derivation gives to what the statement writes out: `p = …`.
    pub introduced: Vec<(Symbol, Term)>,
    /// Why it does not count as proved, where its author stated another definition or evidence speaks against it.
    pub objections: Vec<Bilingual>,
    /// What can be played with.
    pub study: Option<Study>,
}

/// A claim on a page.
#[derive(Clone, PartialEq, Debug)]
pub struct Claimed {
    /// The name of its place on the page.
    pub anchor: String,
    /// The statement as written.
    pub source: String,
    /// The left side as written.
    pub left: Term,
    /// How the sides are said to be related.
    pub relation: Relation,
    /// The right side as written.
    pub right: Term,
    /// What a constant that is left out is free of.
    pub up_to: Vec<Symbol>,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether its author shows it as a mistake.
    pub expected_refuted: bool,
    /// What was assumed besides the declarations.
    pub assuming: Vec<Term>,
    /// Derived minus claimed.
    pub residual: Option<Term>,
    /// Where it fails, in words.
    pub counterexample: Option<Bilingual>,
    /// The slip that explains the difference.
    pub slip: Option<Bilingual>,
    /// What the right side should read.
    pub mend: Option<Term>,
    /// Where the derivation is stuck, or what speaks against it.
    pub message: Option<Bilingual>,
    /// Which link of a chain of claims it is, of how many.
    pub link: Option<(usize, usize)>,
    /// The derivation of the left side, where the page does not show it elsewhere.
    pub proof: Option<Box<Report>>,
}

impl Claimed {
    /// Whether it is as its author says.
    pub fn is_fine(&self) -> bool {
        self.verdict == if self.expected_refuted { Verdict::Refuted } else { Verdict::Proved }
    }
}

/// A block of text.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A heading of level 1 to 6, with the name of its place on the page.
    Heading {
        /// 1 for the title of the page.
        level: u8,
        /// The name of its place.
        anchor: String,
        /// The words.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A quotation.
    Quote(Vec<Block>),
    /// A list.
    List {
        /// The first number, where the items are numbered.
        start: Option<u64>,
        /// Its items.
        items: Vec<ListItem>,
    },
    /// A table.
    Table {
        /// How the columns are aligned.
        align: Vec<Align>,
        /// The first row.
        head: Vec<Vec<Inline>>,
        /// The others.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Code in a language, perhaps none.
    Code {
        /// The language.
        lang: String,
        /// The text.
        text: String,
    },
    /// A formula on a line of its own, in LaTeX.
    Formula(String),
    /// A rule across the page.
    Rule,
    /// A footnote.
    Footnote(String, Vec<Block>),
    /// The same text in both languages.
    Translated {
        /// In English.
        en: Vec<Block>,
        /// In Chinese.
        zh: Vec<Block>,
    },
    /// The part of the page with this index.
    Part(usize),
    /// Markup of the author, on pages for which it was asked for.
    Raw(String),
}

/// An item of a list.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListItem {
    /// Whether it is ticked, where it can be.
    pub ticked: Option<bool>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Align {
    /// As text is.
    #[default]
    Start,
    /// In the middle.
    Centre,
    /// On the other side.
    End,
}

/// A piece of a line.
#[derive(Clone, PartialEq, Debug)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Code.
    Code(String),
    /// A formula in LaTeX.
    Formula(String),
    /// A formula in LaTeX that is displayed, in the middle of a paragraph.
    Display(String),
    /// Emphasised.
    Emphasis(Vec<Inline>),
    /// Strongly emphasised.
    Strong(Vec<Inline>),
    /// Struck out.
    Struck(Vec<Inline>),
    /// A link to a place that is safe to go to.
    Link {
        /// The address as the author wrote it; pages of the same build are told apart by the writers.
        to: String,
        /// Its title.
        title: String,
        /// The words.
        content: Vec<Inline>,
    },
    /// A picture beside the document.
    Image {
        /// The file.
        file: String,
        /// What it shows.
        alt: String,
    },
    /// A reference to a footnote.
    Note(String),
    /// The end of a line of the source.
    SoftBreak,
    /// The end of a line.
    HardBreak,
    /// Markup of the author, on pages for which it was asked for.
    Raw(String),
}

/// The words of a line, without what is not a word.
pub fn plain_text(line: &[Inline]) -> String {
    let mut out = String::new();
    for piece in line {
        match piece {
            Inline::Text(t) | Inline::Code(t) | Inline::Formula(t) | Inline::Display(t) => out += t,
            Inline::Emphasis(c)
            | Inline::Strong(c)
            | Inline::Struck(c)
            | Inline::Link { content: c, .. } => {
                out += &plain_text(c);
            }
            Inline::Image { alt, .. } => out += alt,
            Inline::SoftBreak | Inline::HardBreak => out.push(' '),
            Inline::Note(_) | Inline::Raw(_) => {}
        }
    }
    out
}
