//! What can be derived of families, as tables: each family by column, and each pair of families.
//!
//! [`markdown`] is a document, [`text`] is for a terminal, [`json`] for programs. Times are those of one machine; in the document
//! they stand between two comments, so that two documents can be compared without them ([`without_times`]).

mod json;
mod markdown;
mod text;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

pub use json::json;
pub use markdown::{markdown, without_times};
pub use text::text;

use super::options::Lang;
use super::report::Bilingual;
use crate::term::{BinderOp, Domain, Node, Symbol, Term};

/// What became of a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// A closed form, every step checked.
    Proved,
    /// The value is infinite, which is proved.
    Infinite,
    /// The defining integral does not converge.
    Divergent,
    /// No rule goes further.
    Stuck,
    /// There is no such quantity: one family lives on integers, the other does not.
    Undefined,
}

impl Standing {
    /// All, from good to bad.
    pub const ALL: [Self; 5] =
        [Self::Proved, Self::Infinite, Self::Divergent, Self::Stuck, Self::Undefined];

    /// Its word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Infinite => "infinite",
            Self::Divergent => "divergent",
            Self::Stuck => "stuck",
            Self::Undefined => "undefined",
        }
    }
}

/// The value of a statement without a closed form, at one point.
#[derive(Clone, PartialEq, Debug)]
pub struct Number {
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// By quadrature.
    pub value: f64,
    /// An estimate of its absolute error.
    pub error: f64,
}

/// Which kinds of evidence a cell has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CellEvidence {
    /// The kernel repeated every step.
    pub replayed: bool,
    /// Definition and closed form were enclosed at a point, and agree.
    pub enclosed: bool,
    /// Quadrature of the definition agrees with the closed form.
    pub estimated: bool,
    /// Samples confirm it.
    pub sampled: bool,
    /// No evidence speaks against it.
    pub passed: bool,
}

/// One entry of the tables.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// The column.
    pub column: Symbol,
    /// One family, or two.
    pub families: Vec<Symbol>,
    /// The parameter of the family that the column is about, where it asks for one.
    pub by: Option<Symbol>,
    /// What became of it.
    pub standing: Standing,
    /// What was derived.
    pub statement: Option<Term>,
    /// The statement with its declarations, as it can be pasted.
    pub text: String,
    /// What it came to.
    pub result: Option<Term>,
    /// What is assumed besides what the families ask of their parameters.
    pub given: Vec<Term>,
    /// A parameter that both distributions have in common.
    pub shared: Option<Symbol>,
    /// Where it is stuck.
    pub left: Option<Term>,
    /// What stands in the way.
    pub message: Option<Bilingual>,
    /// The value where it is stuck.
    pub number: Option<Number>,
    /// The steps of the kernel.
    pub steps: usize,
    /// The evidence, where it was asked for.
    pub evidence: Option<CellEvidence>,
    /// What the derivation took.
    pub time: Duration,
}

impl Cell {
    /// A cell of which nothing is known yet.
    pub fn new(column: Symbol, families: Vec<Symbol>) -> Self {
        Self {
            column,
            families,
            by: None,
            standing: Standing::Undefined,
            statement: None,
            text: String::new(),
            result: None,
            given: Vec::new(),
            shared: None,
            left: None,
            message: None,
            number: None,
            steps: 0,
            evidence: None,
            time: Duration::ZERO,
        }
    }

    /// Whether it is about two different families.
    pub fn is_across(&self) -> bool {
        matches!(self.families.as_slice(), [p, q] if p != q)
    }

    /// Whether evidence speaks against it.
    pub fn is_contradicted(&self) -> bool {
        self.evidence.is_some_and(|e| !e.passed)
    }

    /// Whether it holds only under an assumption, or with a parameter in common.
    pub fn is_conditional(&self) -> bool {
        !self.given.is_empty() || self.shared.is_some()
    }

    /// Whether the closed form still has an average, an integral, or a sum whose length is not known.
    pub fn leaves_sums(&self) -> bool {
        self.result.as_ref().is_some_and(leaves_sums)
    }

    /// Its sign in a table.
    pub fn sign(&self) -> &'static str {
        match (self.standing, self.is_conditional()) {
            _ if self.is_contradicted() => "✗",
            (Standing::Proved, false) if self.leaves_sums() => "Σ",
            (Standing::Proved, true) if self.leaves_sums() => "(Σ)",
            (Standing::Proved, false) => "✓",
            (Standing::Proved, true) => "(✓)",
            (Standing::Infinite, false) => "∞",
            (Standing::Infinite, true) => "(∞)",
            (Standing::Divergent, _) => "∄",
            (Standing::Stuck, _) => "○",
            (Standing::Undefined, _) => "–",
        }
    }
}

/// A family in the tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyHead {
    /// Its name.
    pub name: Symbol,
    /// Whether it lives on integers.
    pub discrete: bool,
    /// What it is called.
    pub reason: Bilingual,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnHead {
    /// Its name.
    pub name: Symbol,
    /// How many distributions it is about.
    pub distributions: usize,
    /// Whether it was tried for pairs of families.
    pub across: bool,
    /// What was derived, over its parameters.
    pub body: Term,
    /// What it is called.
    pub reason: Bilingual,
}

/// The tables.
#[derive(Clone, PartialEq, Debug)]
pub struct CoverageView {
    /// In the order of the theory.
    pub families: Vec<FamilyHead>,
    /// In the order of the theory.
    pub columns: Vec<ColumnHead>,
    /// In the order of [`crate::verify::coverage::places`].
    pub cells: Vec<Cell>,
}

/// How many cells came to what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Cells.
    pub cells: usize,
    /// With a closed form.
    pub proved: usize,
    /// Of those: with a sum, an average or an integral left.
    pub summed: usize,
    /// Infinite.
    pub infinite: usize,
    /// Without a value.
    pub divergent: usize,
    /// Stuck.
    pub stuck: usize,
    /// Of those proved: enclosed.
    pub enclosed: usize,
    /// Of those proved: estimated by quadrature.
    pub estimated: usize,
    /// Of those proved: confirmed by samples.
    pub sampled: usize,
    /// Contradicted by evidence.
    pub contradicted: usize,
}

/// Times in milliseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Times {
    /// Half take no longer.
    pub median: f64,
    /// Nine in ten take no longer.
    pub ninth: f64,
    /// The longest.
    pub longest: f64,
}

impl CoverageView {
    /// The cells of a column: those of single families, or those across.
    pub fn of<'a>(&'a self, column: &'a Symbol, across: bool) -> impl Iterator<Item = &'a Cell> {
        self.cells.iter().filter(move |c| c.column == *column && c.is_across() == across)
    }

    /// The signs of the cells, by column, first and last family; several where a column is about each parameter.
    fn signs(&self) -> BTreeMap<(&str, &str, &str), String> {
        let mut out = BTreeMap::new();
        for c in &self.cells {
            let (Some(first), Some(last)) = (c.families.first(), c.families.last()) else {
                continue;
            };
            let place = (c.column.as_str(), first.as_str(), last.as_str());
            let signs: &mut String = out.entry(place).or_default();
            if !signs.is_empty() {
                signs.push(' ');
            }
            signs.push_str(c.sign());
        }
        out
    }

    /// Whether there are pairs of different families.
    pub fn has_pairs(&self) -> bool {
        self.cells.iter().any(Cell::is_across)
    }

    /// Times of the derivations that were tried.
    pub fn times(&self) -> Option<Times> {
        let tried = self.cells.iter().filter(|c| c.standing != Standing::Undefined);
        let mut all: Vec<f64> = tried.map(|c| c.time.as_secs_f64() * 1e3).collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all.get(((all.len().max(1) - 1) as f64 * share).round() as usize);
        Some(Times { median: *at(0.5)?, ninth: *at(0.9)?, longest: *at(1.0)? })
    }
}

/// Whether a term has an average, an integral, or a sum whose length is not known.
pub fn leaves_sums(t: &Term) -> bool {
    t.any(&mut |t| {
        let Node::Binder(b) = t.node() else { return false };
        match &b.domain {
            Domain::Range(low, high) if b.op != BinderOp::Integral => {
                low.as_rational().is_none() || high.as_rational().is_none()
            }
            _ => true,
        }
    })
}

/// Counts cells.
pub fn tally<'a>(cells: impl Iterator<Item = &'a Cell>) -> Tally {
    let mut out = Tally::default();
    for c in cells.filter(|c| c.standing != Standing::Undefined) {
        out.cells += 1;
        match c.standing {
            Standing::Proved => out.proved += 1,
            Standing::Infinite => out.infinite += 1,
            Standing::Divergent => out.divergent += 1,
            Standing::Stuck | Standing::Undefined => out.stuck += 1,
        }
        out.summed += usize::from(c.standing == Standing::Proved && c.leaves_sums());
        out.contradicted += usize::from(c.is_contradicted());
        let found = c.evidence.filter(|_| c.standing == Standing::Proved);
        out.enclosed += usize::from(found.is_some_and(|e| e.enclosed));
        out.estimated += usize::from(found.is_some_and(|e| e.estimated));
        out.sampled += usize::from(found.is_some_and(|e| e.sampled));
    }
    out
}

/// A number to some significant digits.
fn digits(value: f64, wanted: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let size = value.abs().log10().floor() as i32;
    if !(-5..9).contains(&size) {
        return format!("{value:.*e}", wanted - 1);
    }
    let places = usize::try_from(wanted as i32 - 1 - size).unwrap_or(0);
    let text = format!("{value:.places$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn said(text: &Bilingual, lang: Lang) -> &str {
    super::phrases::pick(text, lang)
}
