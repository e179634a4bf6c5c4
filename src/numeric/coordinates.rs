//! Independent coordinates: what a distribution is at known indices, vectors entry by entry, and integrals over them.
//!
//! A variable that ranges over a product of distributions is a vector: the names `x[1]`, `x[2]`, … in scope. An integral
//! over it is one integral inside another, in the order of the coordinates, whatever the integrand: that a sum or a
//! product could be taken apart is for derivations to show.

use super::NumericError;
use super::catalogue::{mixture, resolve, unknown};
use super::context::Context;
use super::graph::Id;
use super::lower::{Lowered, Lowering, UNROLL};
use crate::term::{BinderOp, Domain, Node, Symbol, Term};

/// How often an entry of a vector may be one of another vector before it counts as circular.
const MAX_ENTRIES: usize = 32;

/// The name of a member of a family, or of a coordinate: `mu[2]`.
pub fn member(name: &Symbol, index: f64) -> Symbol {
    Symbol::new(&format!("{name}[{index}]"))
}

/// The family and the index that a member's name is made of.
pub fn member_of(name: &Symbol) -> Option<(&str, &str)> {
    name.as_str().strip_suffix(']')?.split_once('[')
}

/// The coordinates of a distribution with their indices.
pub(super) type Coordinates = Vec<(i64, Term)>;

/// One draw of a distribution.
pub(super) enum Sample {
    Number(Id),
    Vector(Vec<(i64, Id)>),
}

impl Lowering<'_> {
    /// The value of an index or an end, if it is known here.
    pub(super) fn known(&mut self, term: &Term) -> Lowered<f64> {
        let id = self.lower(term)?;
        let value = self.graph.value(id);
        value.ok_or_else(|| NumericError::Undefined(format!("the value of `{term}`")))
    }

    /// The distribution behind names such as `p`, and behind entries such as `[p, q][2]`.
    pub(super) fn resolved(&mut self, distribution: &Term) -> Lowered<Term> {
        let mut here = distribution.clone();
        for _ in 0..MAX_ENTRIES {
            let Node::Index(base, index) = here.node() else {
                let found = resolve(&here, self.context.catalogue)?;
                if !matches!(found.node(), Node::Index(..)) {
                    return Ok(found);
                }
                here = found;
                continue;
            };
            if let Some(entry) = self.entry_of(base, index)? {
                here = entry;
                continue;
            }
            let at = self.known(index)?;
            let vector = match base.as_vector() {
                Some(_) => base.clone(),
                None => self.context.catalogue.expand(base).ok_or_else(|| unknown(base))?,
            };
            let item = vector.as_vector().and_then(|v| v.get((at as usize).wrapping_sub(1)));
            here = item.ok_or_else(|| NumericError::Undefined(format!("`{here}`")))?.clone();
        }
        Err(NumericError::TooLarge(format!("the unfolding of `{distribution}`")))
    }

    /// The coordinates of a distribution over vectors, as [`Lowering::resolved`] gives it.
    pub(super) fn coordinates(&mut self, distribution: &Term) -> Lowered<Option<Coordinates>> {
        match distribution.node() {
            Node::Call(name, parts) if *name == "product" => {
                Ok(Some((1..).zip(parts.iter().cloned()).collect()))
            }
            Node::Binder(b) if b.op == BinderOp::Product => {
                let Domain::Range(lo, hi) = &b.domain else { return Err(unknown(distribution)) };
                let (lo, hi) = (self.known(lo)?, self.known(hi)?);
                if hi.is_nan() || lo.is_nan() || hi - lo >= UNROLL {
                    return Err(NumericError::TooLarge("the number of coordinates".into()));
                }
                let at = |k: i64| (k, b.body.substitute(&b.var, &Term::integer(k)));
                Ok(Some((lo.ceil() as i64..=hi.floor() as i64).map(at).collect()))
            }
            _ => Ok(None),
        }
    }

    /// `point[k]` for each coordinate, where the point may have that many entries.
    pub(super) fn entries(&mut self, point: &Term, parts: &Coordinates) -> Lowered<Vec<Term>> {
        let one_too_many = match (point.as_vector(), point.as_symbol(), parts.last()) {
            (Some(items), ..) => items.len() != parts.len(),
            (None, Some(x), Some((last, _))) => self.is_bound(&member(x, (last + 1) as f64)),
            _ => false,
        };
        if one_too_many {
            let n = parts.len();
            return Err(NumericError::Undefined(format!("a density of {n} numbers at `{point}`")));
        }
        Ok(parts.iter().map(|(k, _)| Term::index(point.clone(), Term::integer(*k))).collect())
    }

    /// Lets `var` stand for a draw from here on.
    pub(super) fn bind_sample(&mut self, var: &Symbol, sample: Sample) {
        match sample {
            Sample::Number(id) => self.bind(var, id),
            Sample::Vector(all) => {
                // The vector itself is not a number, whatever its name stands for outside.
                let none = self.graph.constant(f64::NAN);
                self.bind(var, none);
                all.into_iter().for_each(|(k, id)| self.bind(&member(var, k as f64), id));
            }
        }
    }
}

/// The coordinates of a distribution over vectors, at the values of a context.
pub(super) fn coordinates(
    distribution: &Term,
    context: &Context,
) -> Result<Option<Coordinates>, NumericError> {
    let mut lowering = Lowering::new(context);
    let distribution = lowering.resolved(distribution)?;
    let Some(components) = mixture(&distribution) else {
        return lowering.coordinates(&distribution);
    };
    // The box that an integral over a mixture runs through is that of its coordinates' mixtures.
    let mut parts: Option<Vec<(i64, Vec<Term>)>> = None;
    for (weight, component) in components {
        let Some(own) = coordinates(component, context)? else { return Ok(None) };
        let all = parts.get_or_insert_with(|| own.iter().map(|(k, _)| (*k, vec![])).collect());
        for ((_, list), (_, part)) in all.iter_mut().zip(own) {
            list.extend([weight.clone(), part]);
        }
    }
    let mixed = |(k, list)| (k, Term::call("mixture", list));
    Ok(parts.map(|all| all.into_iter().map(mixed).collect()))
}

/// The integral of `body` over the box of the coordinates, as integrals inside one another. Returns the outermost.
///
/// # Errors
/// [`NumericError::TooLarge`] for more coordinates than the options allow.
pub(super) fn boxed(
    parts: &Coordinates,
    var: &Symbol,
    body: &Term,
    context: &Context,
) -> Result<(Symbol, Term, Term), NumericError> {
    let n = parts.len();
    if n > context.options.coordinates {
        return Err(NumericError::TooLarge(format!("an integral over {n} coordinates")));
    }
    let name = |k: i64| member(var, k as f64);
    let Some(((first, outer), rest)) = parts.split_first() else {
        return Err(NumericError::Undefined("an integral over no coordinate".into()));
    };
    let inner = rest.iter().rev().fold(body.clone(), |inner, (k, part)| {
        let support = Domain::Over(Term::call("support", vec![part.clone()]));
        Term::binder(BinderOp::Integral, name(*k), support, inner)
    });
    Ok((name(*first), outer.clone(), inner))
}

/// The ends of the box of a distribution, where it has several coordinates: there are no two numbers.
pub(super) fn no_ends(distribution: &Term) -> NumericError {
    NumericError::Undefined(format!("the ends of the support of `{distribution}`"))
}

/// The coordinate of a distribution that the name of a coordinate picks.
pub(super) fn coordinate(distribution: &Term, index: &str, context: &Context) -> Option<Term> {
    let parts = coordinates(distribution, context).ok()??;
    parts.into_iter().find(|(k, _)| k.to_string() == index).map(|(_, part)| part)
}
