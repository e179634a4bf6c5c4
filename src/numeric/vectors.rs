//! Vectors of numbers at integers: their length, the entry at an index that varies, and sources of random integers.

use super::NumericError;
use super::coordinates::member;
use super::graph::{Binary, Id, Unary};
use super::lower::{Draw, Lane, Lowered, Lowering, UNROLL};
use crate::term::{Binder, Domain, Node, Term};

/// The largest number of trials that is sampled.
const MOST_TRIALS: f64 = 1e9;

/// The most entries of a family that are looked for.
const MOST_ENTRIES: usize = 512;

impl Lowering<'_> {
    /// The entries of a vector: written out, a name for one, or the members of a family from the first on.
    pub(super) fn vector(&mut self, base: &Term) -> Lowered<Vec<Id>> {
        let vector = match base.node() {
            Node::Index(inner, at) => self.entry_of(inner, at)?,
            Node::Symbol(_) => self.context.catalogue.expand(base),
            _ => Some(base.clone()),
        };
        if let Some(b) = vector.as_ref().and_then(Term::as_comprehension) {
            let (lo, hi) = self.ends(b)?;
            if lo != 1 {
                return Err(NumericError::Undefined(format!("the vector `{base}`")));
            }
            let items = (lo..=hi).map(|k| b.body.substitute(&b.var, &Term::integer(k)));
            return items.map(|item| self.lower(&item)).collect();
        }
        if let Some(items) = vector.as_ref().and_then(Term::as_vector) {
            return items.iter().map(|item| self.lower(item)).collect();
        }
        let undefined = || NumericError::Undefined(format!("the vector `{base}`"));
        let name = self.member_name(base).map_err(|_| undefined())?;
        let mut out = Vec::new();
        for k in 1..=MOST_ENTRIES {
            let key = member(&name, k as f64);
            if !self.is_bound(&key) {
                break;
            }
            out.push(self.lower(&Term::symbol(key))?);
        }
        if out.is_empty() { Err(undefined()) } else { Ok(out) }
    }

    /// The first and the last index of a vector by a formula, whose entries are numbered from one.
    fn ends(&mut self, b: &Binder) -> Lowered<(i64, i64)> {
        let refused = || NumericError::Undefined("the entries of a function".into());
        let Domain::Range(lo, hi) = &b.domain else { return Err(refused()) };
        let (lo, hi) = (self.known(lo)?, self.known(hi)?);
        if !lo.is_finite() || !hi.is_finite() {
            return Err(refused());
        }
        if hi - lo >= UNROLL {
            return Err(NumericError::TooLarge("the number of entries".into()));
        }
        Ok((lo.ceil() as i64, hi.floor() as i64))
    }

    /// What stands at an index: of a definition with an index, of a vector by a formula, of an entry that is a vector.
    pub(super) fn entry_of(&mut self, base: &Term, index: &Term) -> Lowered<Option<Term>> {
        let whole = Term::index(base.clone(), index.clone());
        if let Some(entry) = self.context.catalogue.expand(&whole) {
            return Ok(Some(entry));
        }
        let vector = match base.node() {
            Node::Index(inner, at) => self.entry_of(inner, at)?,
            Node::Symbol(name) if self.is_bound(name) => None,
            Node::Symbol(_) => self.context.catalogue.expand(base),
            _ => Some(base.clone()),
        };
        let Some(vector) = vector else { return Ok(None) };
        if let Some(b) = vector.as_comprehension() {
            let at = self.lower(index)?;
            if let Some(at) = self.graph.value(at) {
                let (lo, hi) = self.ends(b)?;
                let inside = at.fract() == 0.0 && (lo as f64) <= at && at <= hi as f64;
                if !inside {
                    return Err(NumericError::Undefined(format!("`{whole}`")));
                }
            }
            return Ok(vector.applied(index));
        }
        let further = matches!(base.node(), Node::Index(..)) && vector.as_vector().is_some();
        Ok(further.then(|| Term::index(vector, index.clone())))
    }

    /// `length([a, b, c])`.
    pub(super) fn length(&mut self, base: &Term) -> Lowered {
        let n = self.vector(base)?.len();
        Ok(self.graph.constant(n as f64))
    }

    /// `w[k]` where k varies: 0 outside the vector.
    pub(super) fn entry_of_lane(&mut self, base: &Term, index: Id, term: &Term) -> Lowered {
        let items = self
            .vector(base)
            .map_err(|_| NumericError::Undefined(format!("the value of `{term}`")))?;
        let mut acc = self.graph.constant(0.0);
        for (k, item) in (1..).zip(items) {
            let at = self.graph.constant(f64::from(k));
            let part = self.graph.within(item, index, at, at);
            acc = self.graph.binary(Binary::Add, acc, part);
        }
        Ok(acc)
    }

    /// The sources of random integers.
    pub(super) fn counts(&mut self, name: &str, arguments: &[Term], term: &Term) -> Lowered {
        let refused = || NumericError::Undefined(format!("a draw of `{term}`"));
        match (name, arguments) {
            ("arrivals", [rate]) => {
                let rate = self.number(rate).filter(|r| *r > 0.0 && r.is_finite());
                Ok(self.lane(Lane::Draw(Draw::Arrivals(rate.ok_or_else(refused)?.to_bits()))))
            }
            ("successes", [n, p]) => {
                let n =
                    self.number(n).filter(|n| (0.0..MOST_TRIALS).contains(n) && n.fract() == 0.0);
                let p = self.number(p).filter(|p| (0.0..=1.0).contains(p));
                let (n, p) = (n.ok_or_else(refused)?, p.ok_or_else(refused)?);
                Ok(self.lane(Lane::Draw(Draw::Successes(n as u64, p.to_bits()))))
            }
            ("mixed_arrivals", [shape, mean]) => {
                let (shape, mean) = (self.positive(shape), self.positive(mean));
                let (shape, mean) = (shape.ok_or_else(refused)?, mean.ok_or_else(refused)?);
                Ok(self.lane(Lane::Draw(Draw::MixedArrivals(shape.to_bits(), mean.to_bits()))))
            }
            ("failures", [p]) => {
                // The whole part of an exponential time whose rate is -ln(1 - p).
                let p = self.number(p).filter(|p| *p > 0.0 && *p <= 1.0).ok_or_else(refused)?;
                let time = self.lane(Lane::Draw(Draw::HalfLine));
                let time = self.graph.scale(time, -1.0 / (-p).ln_1p());
                Ok(self.graph.unary(Unary::Floor, time))
            }
            ("pick", [w]) => {
                let weights = self.vector(w)?;
                let u = self.lane(Lane::Draw(Draw::Interval));
                let far = self.graph.constant(f64::INFINITY);
                let one = self.graph.constant(1.0);
                let (mut acc, mut reached) = (one, 0.0);
                for w in weights.split_last().map_or(&[][..], |(_, before)| before) {
                    reached += self.graph.value(*w).filter(|w| *w >= 0.0).ok_or_else(refused)?;
                    let beyond = self.graph.constant(f64::next_up(reached));
                    let step = self.graph.within(one, u, beyond, far);
                    acc = self.graph.binary(Binary::Add, acc, step);
                }
                Ok(acc)
            }
            _ => Err(refused()),
        }
    }

    /// The sources of random reals with parameters.
    pub(super) fn lengths(&mut self, name: &str, arguments: &[Term], term: &Term) -> Lowered {
        let draw = match (name, arguments) {
            ("std_gamma", [shape]) => self.positive(shape).map(|a| Draw::Wait(a.to_bits())),
            ("first_passage", [mean, shape]) => {
                let ends = self.positive(mean).zip(self.positive(shape));
                ends.map(|(mean, shape)| Draw::Passage(mean.to_bits(), shape.to_bits()))
            }
            ("angle", [loc, concentration]) => {
                let loc = self.number(loc).filter(|loc| loc.is_finite());
                let both = loc.zip(self.positive(concentration));
                both.map(|(loc, k)| Draw::Angle(loc.to_bits(), k.to_bits()))
            }
            _ => None,
        };
        let draw = draw.ok_or_else(|| NumericError::Undefined(format!("a draw of `{term}`")))?;
        Ok(self.lane(Lane::Draw(draw)))
    }

    fn positive(&mut self, t: &Term) -> Option<f64> {
        self.number(t).filter(|x| *x > 0.0 && x.is_finite())
    }

    fn number(&mut self, t: &Term) -> Option<f64> {
        let id = self.lower(t).ok()?;
        self.graph.value(id)
    }
}
