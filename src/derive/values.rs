//! Values of special functions, and their recurrences.

use super::engine::Engine;
use super::places::{is_special, places};

/// Rewritings that one value may take: a dozen functions at arguments of a few units each.
const MOST: usize = 256;

impl Engine<'_> {
    /// Rewrites special functions by the rules of their phase, their arguments kept tidy.
    pub(crate) fn values(&mut self) {
        for path in places(&self.current.clone(), is_special) {
            let Some(t) = self.current.at(&path) else { continue };
            for i in 0..t.children().len() {
                self.tidy(&path.child(i));
            }
        }
        let rules = self.rules_of("values");
        let mut left = MOST;
        'again: while left > 0 && !self.out_of_fuel() {
            left -= 1;
            for path in places(&self.current, is_special) {
                if rules.iter().any(|r| self.try_rule(r, &path)) {
                    for path in places(&self.current.clone(), is_special) {
                        self.tidy(&path.child(0));
                    }
                    continue 'again;
                }
            }
            break;
        }
        self.end_line("values");
    }
}
