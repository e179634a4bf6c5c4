//! Integrands with kinks: the integral is split there, and on each piece the signs are known.

use super::engine::Engine;
use super::places::{has_kink, is_integral, is_kink, is_series, places};
use crate::term::Term;

impl Engine<'_> {
    /// Splits one integral at its kinks, and says on each piece what is known there.
    pub(crate) fn split_at_kinks(&mut self) -> bool {
        let mut any = self.signs_on_pieces();
        let rules = self.rules_named("split");
        let mut left = 16;
        let bent = |t: &Term| is_integral(t) && !is_series(t) && (has_kink(t) || has_jump(t));
        'again: while left > 0 && !self.out_of_fuel() {
            left -= 1;
            for path in places(&self.current.clone(), bent) {
                if rules.iter().any(|r| self.try_rule(r, &path)) {
                    any = true;
                    continue 'again;
                }
            }
            break;
        }
        self.end_line("split");
        if any {
            // On a piece a density may be inserted that could not be before.
            let _ = self.densities();
            self.signs_on_pieces();
        }
        any
    }

    /// Replaces absolute values and extremes of which it is known what they are.
    fn signs_on_pieces(&mut self) -> bool {
        if !has_kink(&self.current) {
            return false;
        }
        let any = self.exhaust("pieces", is_kink);
        self.end_line("pieces");
        any
    }
}

/// Whether a density is left whose support may end within the range.
fn has_jump(t: &Term) -> bool {
    super::places::has_density(t)
}
