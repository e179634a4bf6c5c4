//! What a closed form looks like: what stands before a function gathered, common factors taken out, logarithms and powers
//! of one size joined.
//!
//! Only how a normal form is written is at stake: what is built is compared with what it came from like everything else.

use crate::term::{Rational, Term};

use super::power::{common_monomial, divided};
use super::rebuild::{LogGroup, Names, fraction};
use super::{Arithmetic, Atom, Monomial, Poly, PolyId};

/// Logarithms of numbers are joined to others where that takes no higher power of the number.
const MAX_POWER: i64 = 4;

impl Arithmetic<'_> {
    /// A closed form with the normal form `p`: (a − c)·ψ(a) where [`Arithmetic::term_of`] says a ψ(a) − c ψ(a).
    pub(crate) fn presented(&mut self, p: &Poly) -> Term {
        let atoms: Vec<u32> = p.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a)).collect();
        for a in atoms {
            if matches!(self.atom_at(a), Atom::Sum(_)) {
                // Known from here on: see `turn`.
                self.atom_sign(a);
            }
        }
        self.build_as(p, &Names::new(), true)
    }

    /// Monomials that share a function, parted from the others; each part has two of them at least.
    pub(super) fn by_function(&self, p: &Poly) -> (Vec<Poly>, Poly) {
        let mut shared: Vec<(Monomial, Poly)> = Vec::new();
        for (m, c) in &p.0 {
            let key: Monomial = m.iter().filter(|(a, _)| self.is_function(*a)).cloned().collect();
            match shared.iter_mut().find(|(k, _)| *k == key) {
                Some((_, part)) => part.0.push((m.clone(), c.clone())),
                None => shared.push((key, Poly(vec![(m.clone(), c.clone())]))),
            }
        }
        let gathered = |(key, part): &(Monomial, Poly)| !key.is_empty() && part.0.len() > 1;
        let (parts, rest): (Vec<_>, Vec<_>) = shared.into_iter().partition(gathered);
        let rest = Poly::collect(rest.into_iter().flat_map(|(_, part)| part.0).collect());
        (parts.into_iter().map(|(_, part)| part).collect(), rest)
    }

    fn is_function(&self, a: u32) -> bool {
        match self.atom_at(a) {
            Atom::Exp(p) => self.symbolic_power(*p).is_none(),
            Atom::Call(..) | Atom::Abs(_) | Atom::Binder(..) | Atom::Derivative(..) => true,
            _ => false,
        }
    }

    /// The factors that all monomials have in common, and what they leave: of a single one everything, of several the
    /// roots of numbers, and what else there is if it is to be `presented`.
    pub(super) fn without_common(&self, numerator: &Poly, presented: bool) -> (Monomial, Poly) {
        if let [(m, c)] = numerator.0.as_slice() {
            return (m.clone(), Poly::constant(c.clone()));
        }
        let mut common = common_monomial(numerator, |a| match self.atom_at(a) {
            Atom::Prime(_) => true,
            Atom::Exp(p) => presented && self.symbolic_power(*p).is_none(),
            _ => presented,
        });
        common.retain(|(_, e)| e.is_positive());
        let rest = divided(numerator, &common, &Rational::ONE);
        (common, rest)
    }

    /// Logarithms that read well as one: of one size, ½ ln(2πv) and ln(b − a) rather than ½ ln(2πv/(b − a)²); or all of
    /// one sign, ½ ln(2πs²), where what is raised to a power is a name.
    pub(super) fn by_size(&self, (coefficient, list): LogGroup) -> Vec<LogGroup> {
        let least = list.iter().map(|(_, c)| c.abs()).min().unwrap_or(Rational::ONE);
        let one_sign = list.iter().all(|(_, c)| c.is_negative() == list[0].1.is_negative());
        let named = |(u, c): &(PolyId, Rational)| c.abs() == least || self.is_short(*u);
        if one_sign && list.iter().all(named) {
            return vec![(coefficient, list)];
        }
        let is_number = |u: PolyId| self.poly_at(u).as_constant().is_some();
        let (numbers, others): (Vec<_>, Vec<_>) =
            list.into_iter().partition(|(u, _)| is_number(*u));
        let mut sizes: Vec<(Rational, Vec<(PolyId, Rational)>)> = Vec::new();
        for (u, c) in others {
            match sizes.iter_mut().find(|(size, _)| *size == c.abs()) {
                Some((_, part)) => part.push((u, c)),
                None => sizes.push((c.abs(), vec![(u, c)])),
            }
        }
        for (u, c) in numbers {
            let times = |size: &Rational| {
                let n = c.abs().checked_div(size)?.to_i64()?;
                (1..=MAX_POWER).contains(&n).then_some(n)
            };
            let best =
                sizes.iter_mut().filter_map(|s| Some((times(&s.0)?, s))).min_by_key(|(n, _)| *n);
            match best {
                Some((_, (_, part))) => part.push((u, c)),
                None => sizes.push((c.abs(), vec![(u, c)])),
            }
        }
        sizes.into_iter().map(|(_, part)| (coefficient.clone(), part)).collect()
    }

    /// A number, or a single name.
    fn is_short(&self, u: PolyId) -> bool {
        let u = self.poly_at(u);
        match u.0.as_slice() {
            [(m, c)] => match m.as_slice() {
                [] => true,
                [(a, e)] => {
                    c.is_one()
                        && e.is_one()
                        && matches!(
                            self.atom_at(*a),
                            Atom::Symbol(_) | Atom::Bound(_) | Atom::Index(..)
                        )
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Powers with exponents that are no numbers: b^c·d^(−c) as (b/d)^c.
    pub(super) fn build_powers(&self, powers: Vec<(PolyId, Poly)>, names: &Names) -> Vec<Term> {
        let mut joined: Vec<(Vec<PolyId>, Vec<PolyId>, Poly)> = Vec::new();
        for (u, e) in powers {
            let minus = e.scaled(&Rational::MINUS_ONE);
            match joined.iter_mut().find(|(.., k)| *k == minus) {
                Some((_, below, _)) if names.is_empty() => below.push(u),
                _ => joined.push((vec![u], Vec::new(), e)),
            }
        }
        let build = |u: &PolyId| self.build(self.poly_at(*u), names);
        let build_all = |us: &[PolyId]| -> Vec<Term> { us.iter().map(build).collect() };
        joined
            .into_iter()
            .map(|(above, below, e)| {
                let negative = e.0.iter().all(|(_, c)| c.is_negative());
                let (above, below) = (build_all(&above), build_all(&below));
                if negative && !below.is_empty() {
                    let base = fraction(below, above);
                    return Term::power(base, self.build(&e.scaled(&Rational::MINUS_ONE), names));
                }
                Term::power(fraction(above, below), self.build(&e, names))
            })
            .collect()
    }
}
