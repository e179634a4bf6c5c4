//! Expectations in terms of a simpler variable: a distribution that is the image of another one under a substitution.

use crate::term::{Domain, Node, Path, Term};

use super::engine::Engine;
use super::places::{is_average, is_expectation, places};

/// So many substitutions may follow one another.
const DEPTH: usize = 3;

/// Powers and products of less are multiplied out as they stand.
const LONG: usize = 24;

impl Engine<'_> {
    /// Writes an expectation for which there is no rule in terms of another variable, where moment rules take it then;
    /// else it is left as it was. What is a sum is first looked at as it stands, and only with `sums` in that way; powers
    /// and products are shorter to multiply out in the simpler variable.
    pub(super) fn transfer(&mut self, sums: bool) -> bool {
        if self.transfers >= DEPTH {
            return false;
        }
        let rules = self.rules_named("transfer");
        for path in places(&self.current.clone(), is_expectation) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Binder(b) = t.node() else { continue };
            if self.is_left_standing(&t)
                || self.is_over_unknown(&t)
                || self.transferred.contains(&t)
                || !sums && !is_long(&b.body)
            {
                continue;
            }
            for rule in rules.iter() {
                let known = (self.unfolded.clone(), self.recentred.clone(), self.tidied.clone());
                let said = self.message.clone();
                let before = self.averages();
                let mark = self.mark();
                if self.try_rule(rule, &path) && self.is_elsewhere(&path, &t) {
                    self.shortest(&path.child(1));
                    self.end_line("transfer");
                    self.transfers += 1;
                    self.moments();
                    self.transfers -= 1;
                    if self.averages() < before {
                        return true;
                    }
                }
                self.reset(mark);
                (self.unfolded, self.recentred, self.tidied) = known;
                self.message = said;
            }
            self.transferred.push(t);
        }
        false
    }

    /// How many expectations, integrals and infinite sums are left.
    fn averages(&self) -> usize {
        places(&self.current, is_average).len()
    }

    /// Whether what stands at a place is an expectation under another distribution than `old`.
    fn is_elsewhere(&self, path: &Path, old: &Term) -> bool {
        let over = |t: &Term| match t.node() {
            Node::Binder(b) => match &b.domain {
                Domain::Over(d) => Some(self.kernel.facts().resolve(d)),
                Domain::Range(..) => None,
            },
            _ => None,
        };
        let new = self.current.at(path);
        new.is_some_and(|new| over(&new).is_some_and(|d| over(old) != Some(d)))
    }

    /// Rewrites the subterm at a place to its shortest spelling: of a power, the base first.
    fn shortest(&mut self, path: &Path) {
        if matches!(self.current.at(path).as_ref().map(Term::node), Some(Node::Power(..))) {
            self.shortest(&path.child(0));
            return;
        }
        let whole = self.current.clone();
        let mut spelled = self.kernel.spellings(&whole, path);
        spelled.extend(self.kernel.cancelled_at(&whole, path));
        spelled.sort_by_key(Term::size);
        let _ = spelled.iter().any(|new| self.try_arithmetic(path, new));
    }
}

/// A power or a product that is long when it is multiplied out.
fn is_long(t: &Term) -> bool {
    matches!(t.node(), Node::Power(..) | Node::Product(_)) && t.size() > LONG
}
