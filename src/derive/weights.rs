//! Integrands that are a density but for a factor: the phase that recognises the weight.

use crate::term::{Node, Path, Term};
use crate::theory::Rule;

use super::engine::Engine;
use super::places::{
    has_density, has_kink, is_average, is_expectation, is_integral, is_series, places,
};

impl Engine<'_> {
    /// Recognises an explicit weight as a multiple of a density.
    pub(crate) fn weights(&mut self) {
        let rules = self.rules_of("weight");
        let explicit =
            |t: &Term| is_integral(t) && !is_series(t) && !has_density(t) && !has_kink(t);
        for path in places(&self.current.clone(), explicit) {
            let done = rules.iter().any(|r| self.try_rule(r, &path));
            if !done {
                let body = path.child(2);
                if self.tidy_kept(&body) {
                    let _ = rules.iter().any(|r| self.try_rule(r, &path));
                }
            }
        }
        self.tidy_after_weight();
        self.end_line("weight");
    }

    /// What the densities left as an exponential of a quadratic, times a polynomial at most: of anything else the
    /// expectation says no more than the integral.
    pub(super) fn weights_again(&mut self) -> bool {
        let rules = self.rules_of("weight");
        let explicit = |t: &Term| is_integral(t) && !is_series(t) && !has_density(t);
        let mut any = false;
        for path in places(&self.current.clone(), explicit) {
            any |= rules.iter().any(|r| self.try_weight(r, &path));
        }
        if any {
            self.tidy_after_weight();
            self.end_line("weight");
        }
        any
    }

    /// A weight rule whose other factor is a polynomial in the variable.
    fn try_weight(&mut self, rule: &Rule, path: &Path) -> bool {
        // What was written out as an integral does not become an expectation again.
        if !self.unfolded.is_empty()
            && rule.right.as_ref().is_some_and(|t| t.any(&mut |s| is_expectation(s)))
        {
            return false;
        }
        let whole = self.current.clone();
        let Some(Node::Binder(b)) = whole.at(path).map(|t| t.node().clone()) else { return false };
        for bindings in self.kernel.proposals(rule, &whole, path) {
            let simple = bindings.metas.values().all(|t| {
                let mut closed = |s: &Term| {
                    let is_simple = match s.node() {
                        Node::Sum(_) | Node::Product(_) | Node::Neg(_) | Node::Symbol(_) => true,
                        Node::Power(_, n) => {
                            n.as_rational().is_some_and(|n| n.is_integer() && !n.is_negative())
                        }
                        Node::Quotient(_, below) => !below.mentions(&b.var),
                        _ => false,
                    };
                    s.mentions(&b.var) && !is_simple
                };
                !t.any(&mut closed)
            });
            if simple && self.try_rule(rule, path) {
                return true;
            }
        }
        false
    }

    /// The parameters of the density, and the factor in front, come out of the algebra as fractions of fractions.
    pub(super) fn tidy_after_weight(&mut self) {
        if !self.line_is_open() {
            return;
        }
        let scale: Vec<&Rule> = self
            .rules_of("linearity")
            .iter()
            .copied()
            .filter(|r| is_expectation(&r.left))
            .collect();
        for path in places(&self.current.clone(), is_expectation) {
            self.tidy_domain(&path);
            let scaled = scale
                .iter()
                .find(|r| matches!(r.right.as_ref().map(Term::node), Some(Node::Product(_))));
            if let Some(rule) = scaled {
                self.try_rule(rule, &path);
            }
        }
        for path in places(&self.current.clone(), |t| matches!(t.node(), Node::Product(_))) {
            let Some(t) = self.current.at(&path) else { continue };
            let constants: Vec<u32> = (0u32..)
                .zip(t.children())
                .filter(|(_, c)| !c.any(&mut |s| is_average(s)))
                .map(|(i, _)| i)
                .collect();
            if !constants.is_empty() && constants.len() < t.children().len() {
                self.tidy(&path.with_subset(constants));
                self.drop_ones(&path);
            }
        }
    }

    fn tidy_domain(&mut self, path: &Path) {
        let domain = path.child(0);
        let Some(d) = self.current.at(&domain) else { return };
        for i in 0..d.children().len() {
            self.tidy(&domain.child(i));
        }
    }
}
