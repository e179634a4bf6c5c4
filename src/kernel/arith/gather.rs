//! Logarithms gathered by their coefficients where those are sums: a ln(a/b) + (1 − a) ln((1 − a)/(1 − b)), the way a
//! divergence between two outcomes is written.

use crate::term::{Rational, Term};

use super::rebuild::{LogGroup, Names, Part};
use super::{Arithmetic, Atom, Poly, PolyId};

/// A coefficient, and the logarithms (by their argument) that it stands before, with their factors.
type Gathered = (Poly, Vec<(PolyId, Rational)>);

impl Arithmetic<'_> {
    /// The logarithms of `p` by their coefficients, if that names fewer of them than `groups` does.
    pub(super) fn gathered_logs(&self, p: &Poly, groups: &[LogGroup]) -> Option<Vec<Gathered>> {
        let named: usize = groups.iter().map(|(_, list)| list.len()).sum();
        let mut single: Vec<(PolyId, Vec<_>)> = Vec::new();
        for (m, c) in &p.0 {
            let Some((i, u)) = self.logarithm_in(m) else { continue };
            let mut coefficient = m.clone();
            coefficient.remove(i);
            match single.iter_mut().find(|(v, _)| *v == u) {
                Some((_, terms)) => terms.push((coefficient, c.clone())),
                None => single.push((u, vec![(coefficient, c.clone())])),
            }
        }
        if single.len() >= named || single.iter().any(|(u, _)| self.varies(*u)) {
            return None;
        }
        let mut out: Vec<Gathered> = Vec::new();
        for (u, terms) in single {
            let coefficient = Poly::collect(terms);
            let known = out.iter_mut().find_map(|(k, list)| Some((coefficient.ratio(k)?, list)));
            match known {
                Some((ratio, list)) if ratio.abs().is_one() => list.push((u, ratio)),
                _ => out.push(oriented(coefficient, u)),
            }
        }
        Some(out)
    }

    /// The summands with a sum before the logarithm.
    pub(super) fn build_gathered(
        &self,
        groups: &[Gathered],
        names: &Names,
        presented: bool,
    ) -> Vec<Part> {
        let build = |(coefficient, list): &Gathered| {
            if let [(m, c)] = coefficient.0.as_slice() {
                let list: Vec<_> = list.iter().map(|(u, r)| (*u, r * c)).collect();
                return self.build_log(m, &list, names, presented);
            }
            let ln = self.build_log(&Vec::new(), list, names, presented);
            let (common, rest) = self.without_common(coefficient, presented);
            let (mut factors, _) = self.build_monomial(&common, names);
            factors.push(self.build_exponent(&rest, names));
            factors.push(ln.term);
            Part { term: Term::product(factors), ..ln }
        };
        let is_zero = |part: &Part| match part.term.node() {
            crate::term::Node::Product(factors) => {
                factors[0].as_rational().is_some_and(|r| r.is_zero())
            }
            _ => false,
        };
        groups.iter().map(build).filter(|part| !is_zero(part)).collect()
    }

    /// Where a monomial has a logarithm as a factor, and the argument.
    pub(super) fn logarithm_in(&self, m: &super::Monomial) -> Option<(usize, PolyId)> {
        m.iter().enumerate().find_map(|(i, (a, e))| match self.atom_at(*a) {
            Atom::Ln(u) if e.is_one() => Some((i, *u)),
            _ => None,
        })
    }
}

/// With the number in the coefficient, or what stands first, positive: 1 − a rather than a − 1.
fn oriented(coefficient: Poly, u: PolyId) -> Gathered {
    let leading = coefficient.0.iter().find(|(m, _)| m.is_empty()).or(coefficient.0.first());
    if leading.is_some_and(|(_, c)| c.is_negative()) {
        return (coefficient.scaled(&Rational::MINUS_ONE), vec![(u, Rational::MINUS_ONE)]);
    }
    (coefficient, vec![(u, Rational::ONE)])
}
