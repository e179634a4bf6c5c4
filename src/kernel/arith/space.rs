//! Distributions of several coordinates that depend on one another: where their points lie.

use crate::term::{Binder, BinderOp, Domain, Node, Rational, Term, VECTOR};
use crate::theory::{Sort, Space};

use super::{Arithmetic, Atom, EnvId, PolyId, ROOT, Sign};

/// Sums over more entries are left as they are.
const MOST_WRITTEN: i64 = 12;

impl Arithmetic<'_> {
    /// Where the points of a distribution lie, if they are vectors whose coordinates depend on one another.
    pub(crate) fn space_of(&self, set: &Term) -> Option<Space> {
        let of = match set.node() {
            Node::Call(f, args) if f == "support" && args.len() == 1 => &args[0],
            _ => set,
        };
        let space = self.theory.space_of(&self.facts.resolve(of))?;
        space.map(|t| self.with_lengths(t))
    }

    /// Whether the points of one space all lie in another: where their numbers of coordinates are known to be the same,
    /// and for counts what they add up to.
    pub(crate) fn space_within(&mut self, p: &Space, q: &Space, env: EnvId) -> Option<bool> {
        let same = |own: &mut Self, a: &Term, b: &Term| own.equal(a, b, env) == Ok(true);
        if !same(self, p.dimension(), q.dimension()) {
            return None;
        }
        match (p, q) {
            // A density on a simplex is one of a coordinate less: beside one over all coordinates it has no meaning.
            (Space::Simplex(_), Space::Simplex(_)) | (Space::Reals(_), Space::Reals(_)) => {
                Some(true)
            }
            (Space::Counts(a, _), Space::Counts(b, n)) => {
                if same(self, a, b) {
                    return Some(true);
                }
                let apart = Term::difference(a.clone(), b.clone());
                let differ = self.sign(&apart, env).within(Sign::NONZERO);
                let (one, n) = (Term::integer(1), n.clone());
                (differ && self.at_most(&one, &n, env) == Some(true)).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether the support of one distribution lies within that of another, where one is over all vectors of real numbers
    /// and the other has independent coordinates. `None` where that is not so, or the other lives on integers.
    pub(super) fn reals_within(
        &mut self,
        inner: &Term,
        outer: &Term,
        env: EnvId,
    ) -> Option<Option<bool>> {
        let (joint, independent, is_inner) = match (self.space_of(inner), self.space_of(outer)) {
            (Some(Space::Reals(n)), None) => (n, outer, true),
            (None, Some(Space::Reals(n))) => (n, inner, false),
            _ => return None,
        };
        let found = self.coordinates(independent)?;
        let one = Term::integer(1);
        let same = self.equal(&found.ends.0, &one, env) == Ok(true)
            && self.equal(&found.ends.1, &joint, env) == Ok(true);
        if !same {
            return Some(None);
        }
        let parts = match self.facts.resolve(independent).node() {
            Node::Call(_, parts) => parts.clone(),
            _ => vec![found.at(&Term::symbol(crate::term::HOLE))],
        };
        let ends: Option<Vec<_>> = parts.iter().map(|part| self.interval_of(part)).collect();
        let Some(ends) = ends else { return Some(None) };
        let whole = ends.iter().all(|(lo, hi)| {
            super::infinite(lo) == Some(false) && super::infinite(hi) == Some(true)
        });
        Some((whole || !is_inner).then_some(true))
    }

    /// Whether the probabilities that a distribution over vectors is given are all positive, and its other vectors, too.
    pub(crate) fn has_positive_entries(&mut self, distribution: &Term, env: EnvId) -> bool {
        let resolved = self.facts.resolve(distribution);
        let theory = self.theory;
        let Some((known, arguments)) = theory.distribution(&resolved) else { return false };
        let vectors = known.parameters.iter().zip(arguments);
        let vectors: Vec<Term> = vectors
            .filter(|((_, sort), _)| matches!(sort, Sort::Probabilities | Sort::Positives))
            .map(|(_, v)| v.clone())
            .collect();
        vectors.into_iter().all(|v| self.entries_are_positive(&v, env))
    }

    fn entries_are_positive(&mut self, vector: &Term, env: EnvId) -> bool {
        let known = self.facts.resolve(vector);
        if let Some(items) = known.as_vector() {
            return items.iter().all(|item| self.sign(item, env).is_positive());
        }
        let index = Term::symbol(crate::term::HOLE);
        self.sign(&Term::index(known, index), env).is_positive()
    }

    /// Whether a vector that is written out is known to lie in a space.
    pub(super) fn lies_in_space(&mut self, space: &Space, point: PolyId) -> Option<bool> {
        let dimension = self.normal(space.dimension(), ROOT).ok()?;
        match self.atom_at(self.single_atom(point)?).clone() {
            Atom::Call(f, items) if f == VECTOR => {
                let n = i64::try_from(items.len()).ok().map(Rational::from);
                if self.poly_at(dimension).as_constant() != n {
                    return None;
                }
                let items: Vec<_> = items.iter().map(|item| self.poly_at(*item).clone()).collect();
                let total = items.iter().fold(super::Poly::zero(), |sum, item| sum.plus(item));
                let wanted = match space {
                    Space::Reals(_) => return Some(true),
                    Space::Simplex(_) => super::Poly::one(),
                    Space::Counts(total, _) => self.poly(total, ROOT).ok()?,
                };
                if total != wanted {
                    return None;
                }
                let fits = |own: &mut Self, item: &super::Poly| match space {
                    Space::Counts(..) => {
                        let whole = item.as_constant().is_some_and(|n| n.is_integer());
                        whole && own.sign_of_poly(item).is_nonnegative()
                    }
                    _ => own.sign_of_poly(item).is_positive(),
                };
                items.iter().all(|item| fits(self, item)).then_some(true)
            }
            _ => None,
        }
    }

    /// A term with the sums and products over the entries of vectors that are written out, each a number, written out.
    pub(crate) fn with_entries(&self, t: &Term) -> Term {
        let t = t.map_children(|c| self.with_entries(c));
        match t.node() {
            Node::Index(base, at) => Self::entry_written(base, at).unwrap_or(t),
            Node::Binder(b) => self.series_written(b).unwrap_or(t),
            _ => t,
        }
    }

    fn entry_written(base: &Term, at: &Term) -> Option<Term> {
        let items = base.as_vector()?;
        let k = usize::try_from(at.as_rational()?.to_i64()? - 1).ok()?;
        items.get(k).cloned()
    }

    fn series_written(&self, b: &Binder) -> Option<Term> {
        let Domain::Range(lo, hi) = &b.domain else { return None };
        let (lo, hi) = (lo.as_rational()?.to_i64()?, hi.as_rational()?.to_i64()?);
        let of_entries = b.body.any(&mut |s| match s.node() {
            Node::Index(base, at) => at.mentions(&b.var) && base.as_vector().is_some(),
            _ => false,
        });
        if !of_entries || hi - lo >= MOST_WRITTEN || lo > hi {
            return None;
        }
        let at = |k: i64| self.with_entries(&b.body.substitute(&b.var, &Term::integer(k)));
        let all = (lo..=hi).map(at).collect();
        match b.op {
            BinderOp::Sum => Some(Term::sum(all)),
            BinderOp::Product => Some(Term::product(all)),
            _ => None,
        }
    }

    /// What is known of each coordinate of a point of a space: its sign, and whether it is an integer.
    pub(super) fn coordinate_of_space(space: &Space) -> (Sign, bool) {
        match space {
            Space::Simplex(_) => (Sign::POSITIVE, false),
            Space::Counts(..) => (Sign::NONNEGATIVE, true),
            Space::Reals(_) => (Sign::ANY, false),
        }
    }
}
