//! Formulas of a page in one table, in which what occurs again is written once.
//!
//! Lines of a derivation differ in one place and are alike in all others. Every piece of markup is kept once, and a piece within
//! a piece is a reference: a single character of the private use areas, which text never holds because
//! [`super::mathml::escape`] replaces it. Entry `n` is referred to by U+E000 + `n` for `n` < 6400, and by U+F0000 + `n` − 6400
//! beyond. In a page the table is a JSON array, and a formula is expanded by
//!
//! ```js
//! const expand = s => s.replace(/[\ue000-\uf8ff\u{f0000}-\u{10ffff}]/gu, c => {
//!   const n = c.codePointAt(0);
//!   return expand(table[n < 0xf0000 ? n - 0xe000 : n - 0xf0000 + 6400]);
//! });
//! ```
//!
//! References go to pieces of the expanded piece only, so expanding ends. [`Table::expand`] is the same in Rust. The first entries are
//! the formulas, by the number that [`Fragments::formula`] gave; those after them are pieces, perhaps of half an element, and mean
//! nothing by themselves. Of what is escaped for JSON, `<` need not be where the table stands in a `<script>`: no piece holds
//! `</script` or `<!--`.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rustc_hash::FxHasher;

use super::layout::Layout;
use super::{mathml, pairs};

/// Entries that one character of the first private use area names.
const NEAR: usize = 6400;

/// Entries that any character names: private use areas A and B lie side by side but for two characters at the end of A.
const MOST: usize = NEAR + 65_534;

/// A piece shorter than this is not worth a reference.
const SHORTEST: usize = 10;

/// The numbers of pieces; never listed.
type Index = HashMap<String, usize, BuildHasherDefault<FxHasher>>;

/// Collects formulas; [`Fragments::finish`] gives the table.
#[derive(Debug, Default)]
pub struct Fragments {
    pieces: Vec<String>,
    index: Index,
    /// What was asked for: the pieces that are formulas, by number of the formula.
    formulas: Vec<String>,
    numbers: Index,
}

/// Formulas, then the pieces they refer to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table(pub Vec<String>);

impl Fragments {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number that the formula has in the table: what stands inside its `<math>` element. Equal formulas share a number.
    pub(super) fn add(&mut self, layout: &Layout) -> usize {
        let markup = mathml::print_shared(layout, self);
        self.add_markup(markup)
    }

    /// The number of a piece of markup that is shown as it is: it must be escaped, and hold no reference of the author's.
    fn add_markup(&mut self, markup: String) -> usize {
        let next = self.formulas.len();
        *self.numbers.entry(markup.clone()).or_insert_with(|| {
            self.formulas.push(markup);
            next
        })
    }

    /// The reference to a piece, or the piece itself where it is short.
    pub(super) fn share(&mut self, markup: String) -> String {
        let is_reference = markup.chars().count() == 1;
        if markup.len() < SHORTEST || is_reference || self.pieces.len() >= MOST {
            return markup;
        }
        if let Some(n) = self.index.get(&markup) {
            return reference(*n).to_string();
        }
        let next = self.pieces.len();
        self.index.insert(markup.clone(), next);
        self.pieces.push(markup);
        reference(next).to_string()
    }

    /// The table: formulas first, by number, then the pieces that pay for their entry.
    pub fn finish(self) -> Table {
        let mut uses = vec![0_usize; self.pieces.len()];
        for n in self.formulas.iter().chain(&self.pieces).flat_map(|t| t.chars().filter_map(number))
        {
            uses[n] += 1;
        }
        // Pieces come after the pieces within them.
        let mut shown: Vec<String> = Vec::with_capacity(self.pieces.len());
        let mut kept: Vec<Option<usize>> = Vec::with_capacity(self.pieces.len());
        let mut count = self.formulas.len();
        for (piece, uses) in self.pieces.iter().zip(uses) {
            let piece = replaced(piece, &shown, &kept);
            let is_worth = uses > 1 && (uses - 1) * piece.len() > 3 * uses + 3 && count < MOST;
            kept.push(is_worth.then_some(count));
            count += usize::from(is_worth);
            shown.push(piece);
        }
        let mut table: Vec<String> =
            self.formulas.iter().map(|f| replaced(f, &shown, &kept)).collect();
        table.extend(shown.into_iter().zip(&kept).filter(|(_, k)| k.is_some()).map(|(s, _)| s));
        Table(pairs::shortened(&table, MOST, reference))
    }
}

impl Table {
    /// Entry `n` with every reference replaced by what it refers to.
    pub fn expand(&self, n: usize) -> String {
        let mut out = String::new();
        for c in self.0.get(n).map_or("", String::as_str).chars() {
            match number(c) {
                Some(n) => out.push_str(&self.expand(n)),
                None => out.push(c),
            }
        }
        out
    }
}

/// References to pieces that are kept stay, with the number they have in the table; others become the piece.
fn replaced(text: &str, shown: &[String], kept: &[Option<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match number(c) {
            Some(n) => match kept[n] {
                Some(entry) => out.push(reference(entry)),
                None => out.push_str(&shown[n]),
            },
            None => out.push(c),
        }
    }
    out
}

fn reference(n: usize) -> char {
    let code = if n < NEAR { 0xe000 + n } else { 0xf0000 + n - NEAR };
    char::from_u32(code as u32).unwrap_or('\u{fffd}')
}

fn number(c: char) -> Option<usize> {
    match c as usize {
        code @ 0xe000..=0xf8ff => Some(code - 0xe000),
        code @ 0xf0000..=0xffffd => Some(code - 0xf0000 + NEAR),
        _ => None,
    }
}
