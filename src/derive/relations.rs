//! Relations beyond equality: constants that are left out, sums over draws, and claims about both.

use crate::kernel::{Facts, Kernel};
use crate::term::{Node, Path, Relation, Symbol, Term};
use crate::theory::Theory;

use super::engine::{Engine, Status};
use super::places::{is_expectation, places};
use super::problem::{Outcome, run};

impl Engine<'_> {
    /// Each sum over draws becomes the expectation that it tends to.
    pub(crate) fn sums_over_draws(&mut self) {
        if self.kernel.facts().draws.is_empty() {
            return;
        }
        let mut left = 16;
        'again: while left > 0 {
            left -= 1;
            for path in places(&self.current.clone(), Term::is_finite_series) {
                if self.try_large_numbers(&path) {
                    self.tidy_kept(&Path::root());
                    continue 'again;
                }
            }
            break;
        }
        self.end_line("large_numbers");
    }

    /// Takes apart what is free of the parameters and leaves it out, before anything is inserted.
    pub(crate) fn constants_first(&mut self) {
        let names = self.kernel.facts().up_to.clone();
        if names.is_empty() {
            return;
        }
        let rules = self.rules_named("linearity");
        let mut left = 16;
        'again: while left > 0 {
            left -= 1;
            for path in places(&self.current.clone(), is_expectation) {
                let Some(t) = self.current.at(&path) else { continue };
                let Node::Binder(b) = t.node() else { continue };
                let Node::Sum(parts) = b.body.node() else { continue };
                let whole =
                    |part: &Term| Term::binder(b.op, b.var.clone(), b.domain.clone(), part.clone());
                if !parts.iter().any(|part| self.is_constant(&whole(part), &names)) {
                    continue;
                }
                let splits = |rule: &&&crate::theory::Rule| matches!(rule.left.node(), Node::Binder(r) if matches!(r.body.node(), Node::Sum(_)));
                let fitting: Vec<_> = rules.iter().filter(splits).copied().collect();
                if fitting.into_iter().any(|rule| self.try_rule(rule, &path)) {
                    continue 'again;
                }
            }
            break;
        }
        let split = self.line_is_open();
        if split {
            self.tidy_kept(&Path::root());
        }
        self.end_line("linearity");
        self.leave_out_summands(&names, split);
    }

    /// At the end whatever summand is still a constant is left out.
    pub(crate) fn constants_last(&mut self) {
        let names = self.kernel.facts().up_to.clone();
        if !names.is_empty() {
            self.leave_out_summands(&names, true);
        }
    }

    fn is_constant(&self, t: &Term, names: &[Symbol]) -> bool {
        !names.iter().any(|name| self.kernel.facts().depends(t, name))
    }

    /// What is left without the summands that are free of the names, in its shortest spelling.
    fn leave_out_summands(&mut self, names: &[Symbol], respelled: bool) {
        let whole = self.current.clone();
        let mut spellings = vec![whole.clone()];
        if respelled {
            spellings.extend(self.kernel.spellings(&whole, &Path::root()));
        }
        let mut found: Vec<Term> = Vec::new();
        for spelling in spellings {
            let parts = match spelling.node() {
                Node::Sum(parts) => parts.clone(),
                _ => vec![spelling.clone()],
            };
            let all = parts.len();
            let kept: Vec<Term> =
                parts.into_iter().filter(|part| !self.is_constant(part, names)).collect();
            if kept.len() < all {
                found.push(match kept.is_empty() {
                    true => Term::integer(0),
                    false => Term::sum(kept),
                });
            }
        }
        // The first of the shortest: what stands there already is preferred.
        found.sort_by_key(Term::size);
        for new in found {
            if self.try_leave_out(&new) {
                self.end_line("constant");
                return;
            }
        }
    }

    /// Ends in the other side, up to a constant.
    pub(crate) fn meets_up_to_constant(&mut self, target: &Term) -> bool {
        let met = self.try_leave_out(target);
        self.end_line("constant");
        met
    }
}

/// Decides `left ~ right`, and either relation up to a constant: what each side is equal to, tends to or is equal to up
/// to a constant, and what follows of the two.
pub(super) fn weaker(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    let exact = Facts { up_to: Vec::new(), ..facts.clone() };
    let second = run(theory, exact, right, None, &[]);
    let target = second.result.clone();
    let first = run(theory, facts.clone(), left, Some(&target), by);
    let closed = first.status == Status::Proved && second.status == Status::Proved;
    let mut kernel = Kernel::new(theory, first.facts.clone());
    let equal = closed && kernel.equal(&first.result, &target) == Ok(true);
    // Each of these relations is symmetric, so that the second chain may be read from its end.
    let overall = first.relation.then(second.relation).filter(|_| equal);
    let holds = overall.filter(|r| r.then(relation) == Some(relation)).map(|_| true);
    let residual = if closed && holds.is_none() {
        let difference = Term::difference(first.result.clone(), target);
        kernel.spellings(&difference, &Path::root()).into_iter().min_by_key(Term::size)
    } else {
        None
    };
    let mut outcome = Outcome { left: first, right: Some(second), holds, residual };
    if holds.is_none() && outcome.left.message.is_none() {
        outcome.left.message = outcome.right.as_ref().and_then(|d| d.message.clone());
    }
    outcome
}
