//! Expectations over independent coordinates that come down to one coordinate at a time.
//!
//! The integrand is written as a sum of summands, logarithms of products taken apart, each of which is a product of
//! functions of one coordinate; the expectation of such a product is the product of the expectations. A coordinate that
//! a summand does not mention contributes the integral of its density, which is enclosed and not taken to be one.

use std::collections::BTreeMap;

use super::binder::{self, coordinates, scalar};
use super::elementary::LOG2_E;
use super::interval::Interval;
use super::lower::{Lowering, none};
use super::place::Place;
use crate::numeric::NumericError;
use crate::term::{BinderOp, Domain, Node, Symbol, Term, fresh_name};

/// Summands of what is squared, and of the whole.
const MOST_SQUARED: usize = 12;
const MOST_SUMMANDS: usize = 1024;

type Enclosed<T = Interval> = Result<T, NumericError>;

/// A distribution of independent coordinates, and the vector that stands for its draw.
struct Coordinates<'a> {
    var: &'a Symbol,
    parts: Vec<(i64, Term)>,
    place: &'a Place<'a>,
    /// The names of the coordinates.
    names: BTreeMap<i64, Symbol>,
}

/// A multiple of a product of factors, each of one coordinate.
type Summand = (Interval, BTreeMap<i64, Vec<Term>>);

/// The expectation of `body` over a distribution of independent coordinates.
pub(super) fn expectation(p: &Term, var: &Symbol, body: &Term, place: &Place) -> Enclosed {
    let distribution = place.resolved(p)?;
    let parts = coordinates(&distribution, place)?;
    let parts = parts.ok_or_else(|| none("the coordinates of", p))?;
    let name = |k: i64| {
        fresh_name(&Symbol::new(&format!("{var}_{k}")), |name| {
            body.mentions(name) || place.get(name).is_some()
        })
    };
    let names = parts.iter().map(|(k, _)| (*k, name(*k))).collect();
    let own = Coordinates { var, parts, place, names };
    let mut summands = Vec::new();
    own.split(body, Interval::ONE, &mut summands)?;
    own.total(&summands)
}

/// The integral of `body` over the support of a distribution of independent coordinates, where its density is a factor.
pub(super) fn integral(p: &Term, var: &Symbol, body: &Term, place: &Place) -> Enclosed {
    let refused = || none("an integral over several coordinates,", p);
    match body.node() {
        Node::Neg(a) => Ok(-integral(p, var, a, place)?),
        Node::Density(..) => {
            integral(p, var, &Term::product(vec![body.clone(), Term::integer(1)]), place)
        }
        Node::Product(factors) => {
            let distribution = place.resolved(p)?;
            let is_its_density = |f: &Term| match f.node() {
                Node::Density(q, points) => {
                    matches!(points.as_slice(), [x] if x.as_symbol() == Some(var))
                        && place.resolved(q).is_ok_and(|q| q == distribution)
                }
                _ => false,
            };
            let at = factors.iter().position(is_its_density).ok_or_else(refused)?;
            let mut rest = factors.clone();
            rest.remove(at);
            expectation(p, var, &Term::product(rest), place)
        }
        _ => Err(refused()),
    }
}

impl Coordinates<'_> {
    fn refused(&self, t: &Term) -> NumericError {
        none("an expectation over several coordinates, of", t)
    }

    /// `t`, times `c`, as summands.
    fn split(&self, t: &Term, c: Interval, out: &mut Vec<Summand>) -> Enclosed<()> {
        if out.len() > MOST_SUMMANDS {
            return Err(NumericError::TooLarge("the number of summands".into()));
        }
        if !t.mentions(self.var) {
            out.push((c * scalar(t, self.place)?, BTreeMap::new()));
            return Ok(());
        }
        match t.node() {
            Node::Sum(parts) => parts.iter().try_for_each(|part| self.split(part, c, out)),
            Node::Neg(a) => self.split(a, -c, out),
            Node::Product(factors) => {
                let (varying, fixed): (Vec<&Term>, Vec<&Term>) =
                    factors.iter().partition(|f| f.mentions(self.var));
                let mut c = c;
                for factor in fixed {
                    c = c * scalar(factor, self.place)?;
                }
                match varying.as_slice() {
                    [one] => self.split(one, c, out),
                    [a, b] => self.cross(a, b, c, out),
                    _ => self.push(t, c, out),
                }
            }
            Node::Quotient(a, b) if !b.mentions(self.var) => {
                self.split(a, c / scalar(b, self.place)?, out)
            }
            Node::Power(a, n) if n.as_rational().and_then(|n| n.to_i64()) == Some(2) => {
                if self.coordinates_of(t).is_ok_and(|all| all.len() == 1) {
                    return self.push(t, c, out);
                }
                self.cross(a, a, c, out)
            }
            Node::Binder(b) if b.op == BinderOp::Sum => match self.unrolled(&b.domain)? {
                Some(indices) => indices.into_iter().try_for_each(|k| {
                    self.split(&b.body.substitute(&b.var, &Term::integer(k)), c, out)
                }),
                None => Err(self.refused(t)),
            },
            Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("ln" | "log", [a]) => self.split_ln(a, c, out),
                ("log2", [a]) => self.split_ln(a, c * LOG2_E, out),
                ("bits", [a]) => self.split(a, c * LOG2_E, out),
                ("nats", [a]) => self.split(a, c, out),
                _ => match self.place.catalogue.expand(t) {
                    Some(definition) => self.split(&definition, c, out),
                    None => self.push(t, c, out),
                },
            },
            _ => match self.entry_of(t)? {
                Some(entry) => self.split(&entry, c, out),
                None => self.push(t, c, out),
            },
        }
    }

    /// What stands at the index of a definition or of a vector by a formula.
    fn entry_of(&self, t: &Term) -> Enclosed<Option<Term>> {
        match t.node() {
            Node::Index(base, _) if base.as_symbol() == Some(self.var) => Ok(None),
            Node::Index(base, at) => Lowering::new(self.place, None).entry_of(base, at),
            _ => Ok(None),
        }
    }

    /// The product of two sums.
    fn cross(&self, a: &Term, b: &Term, c: Interval, out: &mut Vec<Summand>) -> Enclosed<()> {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.split(a, Interval::ONE, &mut left)?;
        self.split(b, Interval::ONE, &mut right)?;
        if left.len() > MOST_SQUARED || right.len() > MOST_SQUARED {
            return Err(NumericError::TooLarge(
                "the number of summands that are multiplied".into(),
            ));
        }
        for (x, f) in &left {
            for (y, g) in &right {
                let mut both = f.clone();
                for (k, factors) in g {
                    both.entry(*k).or_default().extend(factors.iter().cloned());
                }
                out.push((c * *x * *y, both));
            }
        }
        Ok(())
    }

    /// `ln t`, times `c`, as summands.
    fn split_ln(&self, t: &Term, c: Interval, out: &mut Vec<Summand>) -> Enclosed<()> {
        let ln = |t: &Term| Term::call("ln", vec![t.clone()]);
        if !t.mentions(self.var) {
            return self.split(&ln(t), c, out);
        }
        match t.node() {
            Node::Product(factors) => {
                factors.iter().try_for_each(|factor| self.split_ln(factor, c, out))
            }
            Node::Quotient(a, b) => {
                self.split_ln(a, c, out)?;
                self.split_ln(b, -c, out)
            }
            Node::Density(q, points) => {
                let [x] = points.as_slice() else { return self.push(&ln(t), c, out) };
                let known = self.place.resolved(q)?;
                let Some(parts) = coordinates(&known, self.place)? else {
                    return self.push(&ln(t), c, out);
                };
                parts.iter().try_for_each(|(k, part)| {
                    let at = Term::index(x.clone(), Term::integer(*k));
                    self.push(&ln(&Term::density(part.clone(), vec![at])), c, out)
                })
            }
            Node::Binder(b) if b.op == BinderOp::Product => match self.unrolled(&b.domain)? {
                Some(indices) => indices.into_iter().try_for_each(|k| {
                    self.split_ln(&b.body.substitute(&b.var, &Term::integer(k)), c, out)
                }),
                None => Err(self.refused(t)),
            },
            Node::Call(name, arguments) if *name == "exp" && arguments.len() == 1 => {
                self.split(&arguments[0], c, out)
            }
            _ => self.push(&ln(t), c, out),
        }
    }

    fn unrolled(&self, domain: &Domain) -> Enclosed<Option<Vec<i64>>> {
        let Domain::Range(lo, hi) = domain else { return Ok(None) };
        Ok(Lowering::new(self.place, None).indices(lo, hi)?.map(Iterator::collect))
    }

    /// A summand as it stands, if it is a function of one coordinate.
    fn push(&self, t: &Term, c: Interval, out: &mut Vec<Summand>) -> Enclosed<()> {
        let found = self.coordinates_of(t)?;
        let mut found = found.into_iter();
        let (Some((k, own)), None) = (found.next(), found.next()) else {
            return Err(self.refused(t));
        };
        out.push((c, BTreeMap::from([(k, vec![own])])));
        Ok(())
    }

    /// The coordinates that a term depends on, each with the term in which it has its name.
    fn coordinates_of(&self, t: &Term) -> Enclosed<BTreeMap<i64, Term>> {
        let named = self.named(t)?;
        if named.mentions(self.var) {
            return Err(self.refused(t));
        }
        let found = self.names.iter().filter(|(_, name)| named.mentions(name));
        Ok(found.map(|(k, _)| (*k, named.clone())).collect())
    }

    /// The term, with names for the coordinates.
    fn named(&self, t: &Term) -> Enclosed<Term> {
        if !t.mentions(self.var) {
            return Ok(t.clone());
        }
        if let Node::Index(base, index) = t.node()
            && base.as_symbol() == Some(self.var)
        {
            let k = Lowering::new(self.place, None).index(index)?;
            let name = self.names.get(&(k as i64)).ok_or_else(|| self.refused(t))?;
            return Ok(Term::symbol(name.clone()));
        }
        if let Some(entry) = self.entry_of(t)? {
            return self.named(&entry);
        }
        if matches!(t.node(), Node::Binder(b) if b.var == *self.var) {
            return Err(self.refused(t));
        }
        let mut failed = None;
        let new = t.map_children(|child| {
            self.named(child).unwrap_or_else(|e| {
                failed.get_or_insert(e);
                child.clone()
            })
        });
        failed.map_or(Ok(new), Err)
    }

    /// The sum of the expectations.
    fn total(&self, summands: &[Summand]) -> Enclosed {
        let mut masses = BTreeMap::new();
        for (k, part) in &self.parts {
            let one = Term::integer(1);
            masses.insert(*k, binder::mean(part, &self.names[k], &one, self.place)?);
        }
        let mut total = Interval::ZERO;
        for (c, factors) in summands {
            let mut product = *c;
            for (k, part) in &self.parts {
                product = product
                    * match factors.get(k) {
                        Some(own) => {
                            let body = Term::product(own.clone());
                            binder::mean(part, &self.names[k], &body, self.place)?
                        }
                        None => masses[k],
                    };
            }
            total = total + product;
        }
        Ok(total)
    }
}
