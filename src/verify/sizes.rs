//! How many coordinates, members and terms a statement about functions of vectors is tried with. Averages of such
//! functions are integrals over all coordinates, so that the numbers are small, and they differ from one another, so that
//! one does not pass for another.

use std::collections::BTreeSet;

use crate::term::Symbol;
use crate::theory::{Family, Sort};

/// The numbers that are to differ: those of coordinates first.
pub(super) struct Sizes {
    coordinates: Vec<Symbol>,
    others: Vec<Symbol>,
}

impl Sizes {
    /// How many ways of giving them values there are.
    pub const ROWS: i64 = 3;

    /// `None` where there are no functions, or no coordinates.
    pub fn of(
        dimensions: &BTreeSet<Symbol>,
        names: &[(Symbol, Sort)],
        families: &[(Symbol, Sort, Family)],
    ) -> Option<Self> {
        let functions = families.iter().any(|(_, _, family)| family.is_function());
        if !functions || dimensions.is_empty() {
            return None;
        }
        let ends: BTreeSet<Symbol> =
            families.iter().flat_map(|(_, _, family)| family.names()).collect();
        let natural = |name: &&(Symbol, Sort)| name.1 == Sort::Natural;
        let (coordinates, others): (Vec<Symbol>, Vec<Symbol>) = names
            .iter()
            .filter(natural)
            .map(|(name, _)| name.clone())
            .filter(|name| dimensions.contains(name) || ends.contains(name))
            .partition(|name| dimensions.contains(name));
        Some(Self { coordinates, others })
    }

    /// The number that a name stands for in a row, from the first on; in row 0 every one is one.
    pub fn at(&self, row: i64, name: &Symbol) -> Option<i64> {
        const COORDINATES: [i64; 2] = [1, 2];
        const OTHERS: [i64; 3] = [3, 2, 1];
        let place = |list: &[Symbol]| list.iter().position(|n| n == name);
        let turn = usize::try_from(row - 1).ok();
        let (values, k): (&[i64], _) = match (place(&self.coordinates), place(&self.others)) {
            (Some(k), _) => (&COORDINATES, k),
            (None, Some(k)) => (&OTHERS, k),
            (None, None) => return None,
        };
        Some(turn.map_or(1, |turn| values[(turn + k) % values.len()]))
    }
}
