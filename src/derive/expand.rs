//! Products under an average or an integral, multiplied out.

use crate::term::{Binder, Domain, Node, Path, Term};

use super::engine::Engine;
use super::places::{has_bar, has_density, is_average, is_ln, is_power_of_densities, places};

impl Engine<'_> {
    /// A power of densities multiplied out, where each product of them has an integral of its own: the powers of a sum of
    /// two would be spelled as such again.
    fn products_of_densities(&mut self, whole: &Term, body: &Path, b: &Binder) -> Option<Term> {
        if !is_power_of_densities(&b.body) {
            return None;
        }
        let parts = self.kernel.monomials(whole, body)?;
        let converges = |own: &mut Self, part: &Term| {
            let own_part = Term::binder(b.op, b.var.clone(), b.domain.clone(), part.clone());
            own.kernel.converges(&own_part).is_some()
        };
        (parts.len() == 1 || parts.iter().all(|part| converges(self, part)))
            .then(|| Term::sum(parts))
    }

    /// Under a distribution over vectors, a product of sums as a sum of products: its coordinates go together in them.
    fn products_of_coordinates(&mut self, whole: &Term, body: &Path, b: &Binder) -> Option<Term> {
        let Domain::Over(d) = &b.domain else { return None };
        self.theory().space_of(&self.kernel.facts().resolve(d))?;
        if !matches!(b.body.node(), Node::Product(_)) {
            return None;
        }
        self.kernel.monomials(whole, body).filter(|parts| parts.len() > 1).map(Term::sum)
    }

    /// A last resort: multiplies out a body in which a logarithm of a product or a quotient stands beside other factors, each
    /// logarithm by itself, and splits the average.
    pub(crate) fn logarithms_below(&mut self) -> bool {
        for path in places(&self.current.clone(), is_average) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Binder(b) = t.node() else { continue };
            let joined = |s: &Term| is_ln(s) && has_bar(s) && s.mentions(&b.var);
            if self.is_left_standing(&t) || has_density(&b.body) || !b.body.any(&mut |s| joined(s))
            {
                continue;
            }
            let (body, whole) = (path.child(t.children().len() - 1), self.current.clone());
            let Some(parts) = self.kernel.monomials(&whole, &body) else { continue };
            if parts.len() < 2 || parts.iter().any(|part| part.any(&mut |s| joined(s))) {
                continue;
            }
            let mark = self.mark();
            if self.try_arithmetic(&body, &Term::sum(parts)) {
                self.end_line("expand");
                if self.split_binders() {
                    self.end_line("linearity");
                    return true;
                }
            }
            self.reset(mark);
        }
        false
    }

    /// Multiplies a body out where that makes it a sum.
    pub(crate) fn multiply_out(&mut self) -> bool {
        for path in places(&self.current.clone(), is_average) {
            let Some(t) = self.current.at(&path) else { continue };
            if !self.multiplies_all && self.is_left_standing(&t) {
                continue;
            }
            let body = path.child(t.children().len() - 1);
            let whole = self.current.clone();
            let Some(expanded) = self.kernel.spellings(&whole, &body).pop() else { continue };
            let Node::Binder(b) = t.node() else { continue };
            let apart = self.products_of_densities(&whole, &body, b);
            let expanded = apart
                .or_else(|| self.products_of_coordinates(&whole, &body, b))
                .unwrap_or(expanded);
            // A sum that is one already may hide a constant: ln(p/2 + q/2) = ln(p + q) − ln 2.
            let is_new = match (expanded.node(), b.body.node()) {
                (Node::Sum(new), Node::Sum(old)) => {
                    let constant = |parts: &[Term]| parts.iter().any(|t| !t.mentions(&b.var));
                    constant(new) && !constant(old)
                }
                (Node::Product(_), Node::Power(..)) => has_density(&b.body),
                (new, _) => matches!(new, Node::Sum(_)),
            };
            if is_new && self.try_arithmetic(&body, &expanded) {
                self.end_line("expand");
                return true;
            }
        }
        false
    }
}
