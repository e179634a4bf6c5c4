//! Which distributions are positive over the range of a variable: supports against domains.

use crate::term::{BinderOp, MEASURE, MIXTURE, Node, Rational, Term};

use super::{Arithmetic, Atom, AtomId, Atoms, EnvId, Poly, PolyId, ROOT, Sign, infinite};

impl Arithmetic<'_> {
    /// A density is nonnegative, and positive where its support covers the range of the variable it is taken at.
    pub(super) fn sign_of_density(&mut self, distribution: u32, points: &[u32]) -> Sign {
        let [point] = points else { return Sign::NONNEGATIVE };
        match self.covers_range_of(distribution, *point) {
            Some(true) => Sign::POSITIVE,
            _ => Sign::NONNEGATIVE,
        }
    }

    /// Whether a distribution's support covers everything that a bound variable, or a coordinate of one, may be.
    pub(super) fn covers_range_of(&mut self, distribution: u32, point: PolyId) -> Option<bool> {
        let poly = self.poly_at(distribution).clone();
        let distribution = self.term_of(&poly, ROOT);
        if let Some(space) = self.space_of(&distribution) {
            let bound = self.single_atom(point).map(|atom| self.atom_at(atom).clone());
            if let Some(Atom::Bound(c)) = bound {
                let over = self.canons[c as usize].over.clone()?;
                return self.coordinates_within(&over, &distribution, ROOT);
            }
            let inside = self.lies_in_space(&space, point)?;
            return (inside && self.has_positive_entries(&distribution, ROOT)).then_some(true);
        }
        if let Some(atoms) = self.atoms_of(&distribution) {
            return self.atoms_cover(&atoms, point);
        }
        if let Some(parts) = self.parts_of(&distribution) {
            // Where one part is positive the whole is.
            return parts.into_iter().any(|part| self.part_covers(&part, point)).then_some(true);
        }
        if let Some((lo, hi)) = self.interval_of(&distribution)
            && infinite(&lo) == Some(false)
            && infinite(&hi) == Some(true)
        {
            return Some(true);
        }
        match self.atom_at(self.single_atom(point)?).clone() {
            Atom::Bound(c) => {
                if let Some(over) = self.canons[c as usize].over.clone() {
                    return self.coordinates_within(&over, &distribution, ROOT);
                }
                // A density may vanish at an end of its support, which is an integer like others.
                if self.canons[c as usize].whole {
                    return None;
                }
                let range = self.canons[c as usize].interval.clone()?;
                let support = self.interval_of(&distribution)?;
                self.interval_within(&range, &support, ROOT)
            }
            Atom::Index(base, at) => {
                let Atom::Bound(c) = *self.atom_at(self.single_atom(base)?) else { return None };
                let over = self.canons[c as usize].over.clone()?;
                let at = self.term_of(&self.poly_at(at).clone(), ROOT);
                let range = self.interval_of(&self.coordinates(&over)?.at(&at))?;
                let support = self.interval_of(&distribution)?;
                self.interval_within(&range, &support, ROOT)
            }
            _ => None,
        }
    }

    /// Whether all that a bound integer, or a number, may be has a probability.
    fn atoms_cover(&mut self, atoms: &Atoms, point: PolyId) -> Option<bool> {
        if let Some(n) = self.poly_at(point).as_constant() {
            let listed = n.is_integer() && n.to_i64().is_some_and(|k| !atoms.gaps.contains(&k));
            let at = Term::rational(&n);
            let inside =
                self.at_most(&atoms.lo, &at, ROOT)? && self.at_most(&at, &atoms.hi, ROOT)?;
            return Some(listed && inside);
        }
        let range = match self.atom_at(self.single_atom(point)?).clone() {
            Atom::Bound(c) if self.canons[c as usize].whole => {
                let (lo, hi) = self.canons[c as usize].interval.clone()?;
                let gaps = self.canons[c as usize].gaps.clone();
                Atoms { lo, hi, gaps }
            }
            Atom::Index(base, at) => {
                let Atom::Bound(c) = *self.atom_at(self.single_atom(base)?) else { return None };
                let over = self.canons[c as usize].over.clone()?;
                let at = self.term_of(&self.poly_at(at).clone(), ROOT);
                let part = self.coordinates(&over)?.at(&at);
                self.atoms_of(&part)?
            }
            _ => return None,
        };
        self.atoms_within(&range, atoms, ROOT).map(|(yes, _)| yes)
    }

    /// The parts of a mixture, or of a sum of distributions, whose weights are known to be positive.
    pub(crate) fn parts_of(&mut self, distribution: &Term) -> Option<Vec<Term>> {
        let parts: Vec<(Term, Term)> = self.facts.mixture(distribution)?;
        let positive = parts.iter().all(|(weight, _)| self.sign(weight, ROOT).is_positive());
        positive.then(|| parts.into_iter().map(|(_, part)| part).collect())
    }

    fn part_covers(&mut self, part: &Term, point: PolyId) -> bool {
        let Ok(part) = self.normal(part, ROOT) else { return false };
        self.covers_range_of(part, point) == Some(true)
    }

    /// Whether a variable of integration ranges outside the support of a distribution, up to the ends.
    pub(super) fn misses_range_of(
        &mut self,
        distribution: &Term,
        point: PolyId,
        env: EnvId,
    ) -> bool {
        if self.mentions_bound(distribution, env) {
            return false;
        }
        let Some(atom) = self.single_atom(point) else { return false };
        let Atom::Bound(c) = *self.atom_at(atom) else { return false };
        let facts = &self.canons[c as usize];
        let (Some((lo, hi)), false) = (facts.interval.clone(), facts.whole) else { return false };
        let Some((low, high)) = self.interval_of(distribution) else { return false };
        let finite = |end: &Term| infinite(end).is_none();
        (finite(&hi) && finite(&low) && self.at_most(&hi, &low, ROOT) == Some(true))
            || (finite(&lo) && finite(&high) && self.at_most(&high, &lo, ROOT) == Some(true))
    }

    /// The atom that a normal form consists of.
    pub(super) fn single_atom(&self, p: PolyId) -> Option<u32> {
        match self.poly_at(p).0.as_slice() {
            [(m, c)] if c.is_one() && m.len() == 1 && m[0].1.is_one() => Some(m[0].0),
            _ => None,
        }
    }

    /// Whether the support of one product of distributions lies within that of another, coordinate by coordinate.
    pub(crate) fn coordinates_within(
        &mut self,
        inner: &Term,
        outer: &Term,
        env: EnvId,
    ) -> Option<bool> {
        if let (Some(a), Some(b)) = (self.space_of(inner), self.space_of(outer)) {
            let yes = self.space_within(&a, &b, env)?;
            return (!yes || self.has_positive_entries(outer, env)).then_some(yes);
        }
        if let Some(known) = self.reals_within(inner, outer, env) {
            return known;
        }
        let (a, b) = (self.coordinates(inner)?, self.coordinates(outer)?);
        let same = self.equal(&a.ends.0, &b.ends.0, env).ok()?
            && self.equal(&a.ends.1, &b.ends.1, env).ok()?;
        if !same {
            return None;
        }
        if let (Some(xs), Some(ys)) = (self.entries(inner), self.entries(outer)) {
            let mut all = Some(xs.len() == ys.len());
            for (x, y) in xs.iter().zip(&ys) {
                all = Some(all? && self.support_within(x, y, env)?.0);
            }
            return all;
        }
        let index = Term::symbol(crate::term::HOLE);
        let ends = a.ends.clone();
        let (a, b) = (a.at(&index), b.at(&index));
        if self.equal(&a, &b, env) == Ok(true) {
            return Some(true);
        }
        match self.support_within(&a, &b, env)?.0 {
            // Without coordinates there is nothing that could lie outside.
            false if self.at_most(&ends.0, &ends.1, env) != Some(true) => None,
            known => Some(known),
        }
    }

    /// Whether a coordinate of a product of distributions lives on integers, each of which counts.
    pub(super) fn has_atoms(&self, distribution: &Term) -> bool {
        match self.entries(distribution) {
            Some(parts) => parts.iter().any(|part| self.atoms_of(part).is_some()),
            None => self
                .coordinates(distribution)
                .is_some_and(|c| self.atoms_of(&c.at(&Term::symbol(crate::term::HOLE))).is_some()),
        }
    }

    /// The distributions of a product that is written out.
    fn entries(&self, distribution: &Term) -> Option<Vec<Term>> {
        match self.facts.resolve(distribution).node() {
            Node::Call(f, parts) if f == "product" => Some(parts.clone()),
            _ => None,
        }
    }

    /// A point of several coordinates: the distribution over whose support it ranges.
    pub(super) fn several_coordinates(&self, set: &Term) -> Option<Term> {
        let of = match set.node() {
            Node::Call(f, args) if f == "support" && args.len() == 1 => &args[0],
            _ => set,
        };
        if self.space_of(of).is_none() {
            self.coordinates(of)?;
        }
        Some(self.facts.resolve(of))
    }

    /// A member of a family has its sign, an entry of a vector one of theirs, a coordinate that of its support.
    pub(super) fn sign_of_entry(&mut self, base: PolyId, at: PolyId) -> Sign {
        let Some(atom) = self.single_atom(base) else { return Sign::ANY };
        match self.atom_at(atom).clone() {
            Atom::Symbol(s) => self.facts.sign_of(&s),
            // Of several indices.
            Atom::Index(base, at) => self.sign_of_entry(base, at),
            Atom::Call(f, items) if f == crate::term::VECTOR => {
                let mut sign = None::<Sign>;
                for item in items {
                    let p = self.poly_at(item).clone();
                    let this = self.sign_of_poly(&p);
                    sign = Some(sign.map_or(this, |s| s.or(this)));
                }
                sign.unwrap_or(Sign::ANY)
            }
            Atom::Binder(BinderOp::Vector, _, body, _) => {
                let p = self.poly_at(body).clone();
                self.sign_of_poly(&p)
            }
            Atom::Bound(c) => {
                let Some(over) = self.canons[c as usize].over.clone() else { return Sign::ANY };
                if let Some(space) = self.space_of(&over) {
                    return Self::coordinate_of_space(&space).0;
                }
                // A coordinate that is given by its number has a support of its own.
                let at = match self.poly_at(at).as_constant() {
                    Some(k) => Term::rational(&k),
                    None => Term::symbol(crate::term::HOLE),
                };
                let Some(part) = self.coordinates(&over).map(|c| c.at(&at)) else {
                    return Sign::ANY;
                };
                let low = self.interval_of(&part).and_then(|(lo, _)| lo.as_rational());
                match low {
                    Some(lo) if lo.is_negative() => Sign::ANY,
                    // An integer may be the least of its support.
                    Some(lo) if lo.is_zero() && self.atoms_of(&part).is_some() => Sign::NONNEGATIVE,
                    Some(_) => Sign::POSITIVE,
                    None => Sign::ANY,
                }
            }
            _ => Sign::ANY,
        }
    }

    /// What the supports say of the coordinates that a polynomial mentions, each by its distance from an end.
    pub(super) fn relations_of_coordinates(&mut self, p: &Poly) -> Vec<(Poly, Sign)> {
        let mut atoms: Vec<AtomId> = p.0.iter().flat_map(|(m, _)| m).map(|(a, _)| *a).collect();
        atoms.retain(|a| matches!(self.atom_at(*a), Atom::Index(..)));
        atoms.sort_unstable();
        atoms.dedup();
        let mut out = Vec::new();
        for a in atoms {
            let Atom::Index(base, at) = *self.atom_at(a) else { continue };
            let Some(Atom::Bound(c)) = self.single_atom(base).map(|b| self.atom_at(b).clone())
            else {
                continue;
            };
            let Some(over) = self.canons[c as usize].over.clone() else { continue };
            let at = self.term_of(&self.poly_at(at).clone(), ROOT);
            let Some(part) = self.coordinates(&over).map(|c| c.at(&at)) else { continue };
            let is_mixed = matches!(part.node(), Node::Call(f, _) if f == MIXTURE || f == MEASURE);
            let apart = match self.atoms_of(&part) {
                None if !is_mixed => Sign::POSITIVE,
                _ => Sign::NONNEGATIVE,
            };
            let Some((lo, hi)) = self.interval_of(&part) else { continue };
            for (end, is_low) in [(lo, true), (hi, false)] {
                // Ends that are numbers mean the same everywhere.
                let Some(end) = end.as_rational() else { continue };
                let distance = Poly::atom(a).minus(&Poly::constant(end));
                let distance =
                    if is_low { distance } else { distance.scaled(&Rational::MINUS_ONE) };
                out.push((distance, apart));
            }
        }
        out
    }
}
