//! What a writer may be asked for.

use super::notation::Notation;

/// The language of the fixed words and the reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// Whether terminal text carries colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escapes.
    Ansi,
}

/// How the terminal shows a formula.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Formula {
    /// In one line.
    #[default]
    Line,
    /// With stacked fractions and limits, where it fits the width.
    Block,
}

/// What a writer is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Language.
    pub lang: Lang,
    /// 0: the lines of the chain; 1: and the named rules; 2: and the arithmetic.
    pub detail: u8,
    /// Colour, for the terminal.
    pub colour: Colour,
    /// Columns, for the terminal.
    pub width: usize,
    /// The form of formulas, for the terminal.
    pub formula: Formula,
    /// How names are spelled.
    pub notation: Notation,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lang: Lang::En,
            detail: 0,
            colour: Colour::Never,
            width: 100,
            formula: Formula::Line,
            notation: Notation::default(),
        }
    }
}
