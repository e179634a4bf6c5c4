//! Independent coordinates: products of distributions as families, logarithms of their densities as sums, expectations
//! coordinate by coordinate.

use crate::kernel::{Column, Facts, columns};
use crate::term::{BinderOp, Domain, Node, Path, Symbol, Term, fresh_name};
use crate::theory::Theory;

use super::engine::{Engine, READABLE};
use super::places::{
    first_place, irreducible, is_expectation, is_ln, is_ln_of_number, places, under_ln_mixture,
};

impl Engine<'_> {
    /// ln of a product density as the sum over the coordinates.
    pub(crate) fn factorise(&mut self) {
        for path in places(&self.current.clone(), |t| self.is_product_density(t)) {
            let head = path.child(0);
            let Some(family) = self.current.at(&head).and_then(|t| self.kernel.as_family(&t))
            else {
                continue;
            };
            self.try_arithmetic(&head, &family);
        }
        while let Some(path) = first_place(&self.current, |t| self.is_product_density(t)) {
            if self.try_unfold(&path).is_err() {
                break;
            }
        }
        self.exhaust("factorise", |t| is_ln(t) || matches!(t.node(), Node::Sum(_)));
        if self.line_is_open() {
            self.exhaust("logarithm", |t| {
                is_ln(t) && matches!(t.children()[0].node(), Node::Product(_))
            });
        }
        self.end_line("factorise");
    }

    /// The logarithm of a product over an index that a density left, as the sum of the logarithms.
    pub(crate) fn products_apart(&mut self) {
        let of_product = |t: &Term| {
            is_ln(t)
                && matches!(t.children()[0].node(), Node::Binder(b) if b.op == BinderOp::Product)
        };
        if self.exhaust("factorise", of_product) {
            self.exhaust("logarithm", |t| is_ln(t) && !under_ln_mixture(t) && !is_ln_of_number(t));
            self.exhaust("factorise", |t| matches!(t.node(), Node::Sum(_)));
        }
    }

    /// Expectations of sums over the coordinates, each taken under its coordinate's distribution.
    pub(crate) fn independence(&mut self) -> bool {
        if !self.exhaust("independence", is_expectation) {
            return false;
        }
        let entries = |t: &Term| {
            matches!(t.node(), Node::Index(base, at)
                if base.as_vector().is_some() && at.as_rational().is_some())
        };
        while let Some(path) = first_place(&self.current, entries) {
            if !self.tidy(&path) {
                break;
            }
        }
        self.end_line("independence");
        true
    }

    /// Entries of vectors by a formula, where the index is known to lie in the range: the formula at the index. So are
    /// names at an index that an average moves: what is averaged is then seen.
    pub(crate) fn entries(&mut self) {
        while !self.out_of_fuel() {
            let mut found = Vec::new();
            self.open_entries(&self.current, &Path::root(), &mut Vec::new(), &mut found);
            if !found.into_iter().any(|(path, entry)| self.try_arithmetic(&path, &entry)) {
                break;
            }
        }
        self.end_line("definition");
    }

    /// The entries to be written out, with what stands there; `moved` are the variables of the averages around.
    fn open_entries(
        &self,
        t: &Term,
        here: &Path,
        moved: &mut Vec<Symbol>,
        out: &mut Vec<(Path, Term)>,
    ) {
        let facts = self.kernel.facts();
        match t.node() {
            Node::Index(base, at) if base.as_comprehension().is_some() => {
                out.extend(base.applied(at).map(|entry| (here.clone(), entry)));
            }
            Node::Index(..) if facts.is_defined_entry(t) && moved.iter().any(|x| t.mentions(x)) => {
                let entry = facts.resolve(t);
                if entry != *t && !facts.is_distribution(&entry, self.theory()) {
                    out.push((here.clone(), entry));
                }
            }
            _ => {}
        }
        let children = t.children();
        let last = children.len();
        for (i, child) in children.into_iter().enumerate() {
            let bound = match t.node() {
                Node::Binder(b) if i + 1 == last && !b.op.is_indexed() => Some(b.var.clone()),
                _ => None,
            };
            let depth = moved.len();
            moved.extend(bound);
            self.open_entries(child, &here.child(i), moved, out);
            moved.truncate(depth);
        }
    }

    /// Under an average of functions that are not further known, Σᵢ (c + k·fᵢ) as n·c + k·Σᵢ fᵢ: what does not depend on
    /// what is averaged over comes out without a condition, where the sum itself would need one.
    pub(crate) fn sums_apart(&mut self) -> bool {
        let facts = self.kernel.facts().clone();
        for path in places(&self.current.clone(), |t| irreducible(&facts, t)) {
            let Some(t) = self.current.at(&path) else { continue };
            let body = path.child(t.children().len() - 1);
            let new = self.current.at(&body).and_then(|sum| taken_apart(&sum));
            if new.is_some_and(|new| self.try_arithmetic(&body, &new)) {
                self.end_line("expand");
                return true;
            }
        }
        false
    }

    fn is_product_density(&self, t: &Term) -> bool {
        let Node::Density(d, _) = t.node() else { return false };
        match self.kernel.facts().resolve(d).node() {
            Node::Binder(_) => true,
            Node::Call(f, _) => f == "product",
            _ => false,
        }
    }

    pub(crate) fn is_to_be_written_out(&self) -> bool {
        first_place(&self.current, |t| self.sum_over_entries(t).is_some()).is_some()
    }

    /// Writes sums between numbers over entries of vectors out, as the author wrote the coordinates out.
    pub(crate) fn write_out(&mut self) {
        while let Some(path) = first_place(&self.current, |t| self.sum_over_entries(t).is_some()) {
            let new = self.current.at(&path).and_then(|t| self.sum_over_entries(&t));
            if !new.is_some_and(|new| self.try_arithmetic(&path, &new)) {
                break;
            }
        }
        self.end_line("written_out");
    }

    fn sum_over_entries(&self, t: &Term) -> Option<Term> {
        let Node::Binder(b) = t.node() else { return None };
        let (BinderOp::Sum, Domain::Range(lo, hi)) = (b.op, &b.domain) else { return None };
        let (lo, hi) = (lo.as_rational()?.to_i64()?, hi.as_rational()?.to_i64()?);
        if hi - lo >= READABLE {
            return None;
        }
        let facts = self.kernel.facts();
        let of_vector = b.body.any(&mut |s| match s.node() {
            Node::Index(base, at) => {
                at.mentions(&b.var) && facts.resolve(base).as_vector().is_some()
            }
            _ => false,
        });
        if !of_vector {
            return None;
        }
        let at = |k: i64| entries_in(&b.body.substitute(&b.var, &Term::integer(k)), facts);
        Some(Term::sum((lo..=hi).map(at).collect()))
    }
}

/// Σᵢ of some summands, each with its factors that are free of i in front; none where there are no such factors.
fn taken_apart(sum: &Term) -> Option<Term> {
    let Node::Binder(b) = sum.node() else { return None };
    let (BinderOp::Sum, Domain::Range(lo, hi)) = (b.op, &b.domain) else { return None };
    let parts = match b.body.node() {
        Node::Sum(parts) => parts.clone(),
        _ => vec![b.body.clone()],
    };
    let mut any = false;
    let mut apart = |part: &Term| {
        let (positive, negative) = match part.node() {
            Node::Neg(a) => (a.clone(), true),
            _ => (part.clone(), false),
        };
        let (above, below) = match positive.node() {
            Node::Quotient(a, c) if !c.mentions(&b.var) => (a.clone(), Some(c.clone())),
            _ => (positive.clone(), None),
        };
        let factors = match above.node() {
            Node::Product(factors) => factors.clone(),
            _ => vec![above.clone()],
        };
        let (inside, outside): (Vec<Term>, Vec<Term>) =
            factors.into_iter().partition(|f| f.mentions(&b.var));
        any |= !outside.is_empty() || below.is_some();
        let series = match inside.is_empty() {
            true => {
                let one = Term::integer(1);
                match *lo == one {
                    true => hi.clone(),
                    false => Term::sum(vec![hi.clone(), Term::neg(lo.clone()), one]),
                }
            }
            false => Term::binder(b.op, b.var.clone(), b.domain.clone(), Term::product(inside)),
        };
        let whole = Term::product(outside.into_iter().chain([series]).collect());
        let whole = below.map_or(whole.clone(), |c| Term::quotient(whole, c));
        if negative { Term::neg(whole) } else { whole }
    };
    let parts: Vec<Term> = parts.iter().map(&mut apart).collect();
    any.then(|| Term::sum(parts))
}

/// A term with the entries of vectors at numbers in their places.
fn entries_in(t: &Term, facts: &Facts) -> Term {
    if let Node::Index(base, at) = t.node()
        && let Some(items) = facts.resolve(base).as_vector()
        && let Some(n) = at.as_rational().and_then(|n| n.to_i64())
        && let Some(item) = usize::try_from(n - 1).ok().and_then(|n| items.get(n))
    {
        return item.clone();
    }
    t.map_children(|c| entries_in(c, facts))
}

/// Gives the parameters of products that are written out names, so that the lines stay readable.
pub(crate) fn name_columns(
    theory: &Theory,
    facts: &mut Facts,
    start: &Term,
    introduced: &mut Vec<(Symbol, Term)>,
) {
    for name in start.free_symbols() {
        let Some(definition) = facts.definitions.get(&name) else { continue };
        let Node::Call(f, parts) = definition.node() else { continue };
        if f != "product" {
            continue;
        }
        let Some((head, columns)) = columns(theory, parts) else { continue };
        let Some(family) = theory.distribution_named(head.as_str()) else { continue };
        for ((parameter, _), column) in family.parameters.iter().zip(columns) {
            let Column::Varying(values) = column else { continue };
            if facts.definitions.values().any(|d| *d == values) {
                continue;
            }
            let taken = |s: &Symbol| {
                facts.sorts.contains_key(s) || facts.is_reserved(s) || start.mentions(s)
            };
            let fresh = fresh_name(&Symbol::new(&format!("{parameter}_{name}")), taken);
            facts.definitions.insert(fresh.clone(), values.clone());
            introduced.push((fresh, values));
        }
    }
}
