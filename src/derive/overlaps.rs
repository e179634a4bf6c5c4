//! Integrals of products of densities: multiplied out and split before the densities are inserted, so that each product
//! is one that a rule of the theory knows.

use crate::term::{Node, Symbol, Term};

use super::engine::Engine;
use super::places::{first_place, has_density, is_integral, is_series, places};

impl Engine<'_> {
    /// Takes integrals of polynomials in densities apart, and inserts those of products of two.
    pub(crate) fn overlaps(&mut self) {
        let here = |t: &Term| degree_of_integral(t).is_some_and(|d| d >= 2);
        if first_place(&self.current, here).is_none() {
            return;
        }
        let mark = self.mark();
        for path in places(&self.current.clone(), here) {
            let body = path.child(2);
            let whole = self.current.clone();
            let summands = self.kernel.summands(&whole, &body);
            if summands.len() > 1 {
                self.try_arithmetic(&body, &Term::sum(summands));
            }
        }
        self.end_line("expand");
        let with_densities = |t: &Term| degree_of_integral(t).is_some();
        self.exhaust("linearity", with_densities);
        self.end_line("linearity");
        let left = places(&self.current, here);
        let single = match left.as_slice() {
            [only] => self.current.at(only).is_some_and(|t| t.children().len() == 3),
            _ => false,
        };
        let any = if single { self.product_of_densities() } else { false };
        let any = any | self.exhaust("overlap", with_densities);
        if !any {
            self.reset(mark);
            return;
        }
        self.end_line("overlap");
        for path in places(&self.current.clone(), |t| matches!(t.node(), Node::Density(..))) {
            let Some(t) = self.current.at(&path) else { continue };
            let Some(parameters) = t.children().first().map(|d| d.children().len()) else { continue };
            for i in 0..parameters {
                self.tidy(&path.child(0).child(i));
            }
        }
        self.end_line("collect");
    }

    /// The product of two densities as a multiple of a third, in the one integral that there is.
    fn product_of_densities(&mut self) -> bool {
        let mut any = false;
        while let Some(path) = first_place(&self.current, |t| degree_of_integral(t).is_some()) {
            let body = path.child(2);
            let Some(t) = self.current.at(&body) else { break };
            let factors: Vec<u32> = match t.node() {
                Node::Product(xs) => (0u32..)
                    .zip(xs)
                    .filter(|(_, x)| matches!(x.node(), Node::Density(..)))
                    .map(|(i, _)| i)
                    .collect(),
                _ => break,
            };
            let [first, second, ..] = factors[..] else { break };
            let pair = body.with_subset(vec![first, second]);
            let rules = self.rules_named("product_of_densities");
            if !rules.iter().any(|r| self.try_rule(r, &pair)) {
                break;
            }
            any = true;
            self.end_line("product_of_densities");
            self.exhaust("linearity", |t| degree_of_integral(t).is_some());
            self.end_line("linearity");
        }
        any
    }
}

/// The degree of an integrand as a polynomial in densities, where it is one.
fn degree_of_integral(t: &Term) -> Option<u32> {
    if !is_integral(t) || is_series(t) || !has_density(t) {
        return None;
    }
    let Node::Binder(b) = t.node() else { return None };
    degree(&b.body, &b.var)
}

fn degree(t: &Term, x: &Symbol) -> Option<u32> {
    match t.node() {
        _ if !has_density(t) => Some(0),
        _ if !t.mentions(x) => Some(0),
        Node::Density(_, points) => {
            points.iter().all(|p| p.as_symbol() == Some(x)).then_some(1)
        }
        Node::Sum(parts) => {
            parts.iter().map(|p| degree(p, x)).try_fold(0, |d, e| Some(d.max(e?)))
        }
        Node::Product(parts) => parts.iter().map(|p| degree(p, x)).try_fold(0, |d, e| Some(d + e?)),
        Node::Neg(a) => degree(a, x),
        Node::Quotient(a, b) if !has_density(b) => degree(a, x),
        Node::Power(a, n) => {
            let n = n.as_rational()?.to_i64()?;
            Some(degree(a, x)? * u32::try_from(n).ok().filter(|n| *n <= 8)?)
        }
        _ => None,
    }
}
