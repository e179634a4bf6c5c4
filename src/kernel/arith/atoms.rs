//! Where distributions live: on an interval, or on integers. The two are never taken for one another: an expectation
//! under a distribution of the second kind is a sum, and a point of it has a probability of its own.

use crate::term::{Domain, MEASURE, MIXTURE, Node, Rational, Symbol, Term};
use crate::theory::Sort;

use super::{Arithmetic, EnvId};

/// The integers from `lo` to `hi`, except those in `gaps`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Atoms {
    pub lo: Term,
    pub hi: Term,
    pub gaps: Vec<i64>,
}

impl Atoms {
    /// The integers themselves, where they are few and known.
    pub fn listed(&self) -> Option<Vec<i64>> {
        let (lo, hi) = (self.lo.as_rational()?.to_i64()?, self.hi.as_rational()?.to_i64()?);
        let all = lo..=hi;
        (hi.checked_sub(lo)? < 4096).then(|| all.filter(|k| !self.gaps.contains(k)).collect())
    }
}

impl Arithmetic<'_> {
    /// The integers on which a distribution, the set `support(p)` or `integers(a, b)` lives; none for an interval.
    pub(crate) fn atoms_of(&self, set: &Term) -> Option<Atoms> {
        let range = |(lo, hi): (Term, Term)| Atoms { lo, hi, gaps: Vec::new() };
        match set.node() {
            Node::Call(f, args) if f == "integers" && args.len() == 2 => {
                Some(range((args[0].clone(), args[1].clone())))
            }
            Node::Call(f, args) if f == "support" && args.len() == 1 => self.atoms_of(&args[0]),
            Node::Call(f, args) if f == MIXTURE || f == MEASURE => {
                self.shared_atoms(args.iter().skip(1).step_by(2))
            }
            Node::Symbol(s) if self.facts.sorts.get(s) == Some(&Sort::Mass) => {
                self.facts.masses.get(s).cloned().map(range)
            }
            Node::Index(..) if self.facts.is_defined_entry(set) => {
                let resolved = self.facts.resolve(set);
                if resolved == *set { None } else { self.atoms_of(&resolved) }
            }
            Node::Index(base, _) => match self.facts.resolve(base).as_vector() {
                Some(items) => self.shared_atoms(items.iter()),
                None => self.atoms_of(base),
            },
            _ => {
                let resolved = self.facts.resolve(set);
                if resolved != *set {
                    return self.atoms_of(&resolved);
                }
                let (lo, hi) = self.theory.atoms_of(&resolved)?;
                let (lo, hi) = (self.with_lengths(&lo)?, self.with_lengths(&hi)?);
                Some(Atoms { lo, hi, gaps: self.gaps_of(&resolved) })
            }
        }
    }

    /// The integers of distributions that share them.
    fn shared_atoms<'a>(&self, parts: impl Iterator<Item = &'a Term>) -> Option<Atoms> {
        let mut all = parts.map(|p| self.atoms_of(p));
        let first = all.next()??;
        all.all(|s| s.as_ref() == Some(&first)).then_some(first)
    }

    /// The entries of a vector of probabilities that are zero: they are not in the support.
    fn gaps_of(&self, distribution: &Term) -> Vec<i64> {
        let Some((known, arguments)) = self.theory.distribution(distribution) else {
            return Vec::new();
        };
        let vector = known.parameters.iter().zip(arguments).find_map(|((_, sort), argument)| {
            (*sort == Sort::Probabilities).then(|| self.facts.resolve(argument))
        });
        let entries = vector.as_ref().and_then(Term::as_vector).unwrap_or_default();
        let zero = |t: &Term| t.as_rational().is_some_and(|r| r.is_zero());
        (1i64..).zip(entries).filter(|(_, t)| zero(t)).map(|(k, _)| k).collect()
    }

    /// The term with every `length(v)` replaced by the number of entries.
    pub(crate) fn with_lengths(&self, t: &Term) -> Option<Term> {
        if let Node::Call(f, args) = t.node()
            && f == "length"
            && let [vector] = args.as_slice()
        {
            return self.length(vector);
        }
        let mut fine = true;
        let new = t.map_children(|c| match self.with_lengths(c) {
            Some(new) => new,
            None => {
                fine = false;
                c.clone()
            }
        });
        fine.then_some(new)
    }

    /// The number of entries of a vector, or of members of a family that starts at 1.
    pub(crate) fn length(&self, vector: &Term) -> Option<Term> {
        let resolved = self.facts.resolve(vector);
        if let Some(entries) = resolved.as_vector() {
            return Some(Term::integer(i64::try_from(entries.len()).ok()?));
        }
        if let Some(b) = resolved.as_comprehension() {
            let Domain::Range(lo, hi) = &b.domain else { return None };
            return lo.as_rational().is_some_and(|r| r.is_one()).then(|| hi.clone());
        }
        let (name, given) = resolved.indices()?;
        let left = self.facts.families.get(name)?.axes().get(given.len()..)?;
        let [Domain::Range(lo, hi)] = left else { return None };
        lo.as_rational().is_some_and(|r| r.is_one()).then(|| hi.clone())
    }

    /// Whether the first set of integers lies within the second, where that can be decided, and why.
    pub(crate) fn atoms_within(
        &mut self,
        p: &Atoms,
        q: &Atoms,
        env: EnvId,
    ) -> Option<(bool, String)> {
        if let (Some(inner), true) = (p.listed(), !q.gaps.is_empty()) {
            let outer = q.listed()?;
            let outside = inner.iter().find(|k| !outer.contains(k));
            return Some(match outside {
                Some(k) => (false, format!("{k} has a probability under the first only")),
                None => {
                    (true, "each integer of the first has a probability under the second".into())
                }
            });
        }
        if !q.gaps.is_empty() {
            return None;
        }
        let ends = |a: &Atoms| (a.lo.clone(), a.hi.clone());
        let text = |a: &Atoms| format!("{}..{}", a.lo, a.hi);
        if let (Some(inner), Some(lo), Some(hi)) = (p.listed(), number(&q.lo), number(&q.hi)) {
            // Gaps of the first do not count.
            let yes = inner.iter().all(|k| lo <= *k && *k <= hi);
            let verb = if yes { "lies within" } else { "is not contained in" };
            return Some((yes, format!("{} {verb} {}", text(p), text(q))));
        }
        let yes = self.interval_within(&ends(p), &ends(q), env)?;
        if !yes && (!p.gaps.is_empty() || self.at_most(&p.lo, &p.hi, env) != Some(true)) {
            return None;
        }
        let verb = if yes { "lies within" } else { "is not contained in" };
        Some((yes, format!("{} {verb} {}", text(p), text(q))))
    }

    /// Whether the support of one distribution of one variable lies within that of another, and why.
    pub(crate) fn support_within(
        &mut self,
        p: &Term,
        q: &Term,
        env: EnvId,
    ) -> Option<(bool, String)> {
        match (self.atoms_of(p), self.atoms_of(q)) {
            (Some(a), Some(b)) => self.atoms_within(&a, &b, env),
            (Some(_), None) => {
                self.interval_of(q)?;
                Some((false, "single points, which have no probability under a density".into()))
            }
            (None, Some(_)) => {
                self.interval_of(p)?;
                Some((false, "integers have no probability under a density".into()))
            }
            (None, None) => {
                let (a, b) = (self.interval_of(p)?, self.interval_of(q)?);
                let yes = self.interval_within(&a, &b, env)?;
                let verb = if yes { "lies within" } else { "is not contained in" };
                Some((yes, format!("({}, {}) {verb} ({}, {})", a.0, a.1, b.0, b.1)))
            }
        }
    }

    /// The ends of a domain over a distribution on integers.
    pub(super) fn atoms_of_domain(&self, domain: &Domain) -> Option<Atoms> {
        match domain {
            Domain::Over(set) => self.atoms_of(set),
            Domain::Range(..) => None,
        }
    }
}

fn number(t: &Term) -> Option<i64> {
    match t.node() {
        Node::Symbol(s) if *s == Symbol::new("oo") => Some(i64::MAX),
        Node::Neg(a) if a.as_symbol().is_some_and(|s| s == "oo") => Some(i64::MIN),
        _ => t.as_rational().filter(Rational::is_integer)?.to_i64(),
    }
}
