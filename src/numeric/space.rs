//! Distributions over vectors whose coordinates depend on one another: draws, densities, and integrals over simplices,
//! counts and all vectors.
//!
//! On a simplex the integral is one over all coordinates but the last. What is left to share out is cut in the middle, and
//! the smaller part is what is integrated over: a singularity at any face then lies at zero, where f64 resolves it.

use super::binder::{components, constant, scalar};
use super::catalogue::mixture;
use super::context::Context;
use super::coordinates::{Sample, member, member_of};
use super::graph::{Binary, Id, Unary};
use super::locate::{Bulk, probe_of};
use super::lower::{Draw, Lane, Lowered, Lowering};
use super::scaled::Scaled;
use super::{NumericError, Value};
use crate::term::{BinderOp, Domain, Node, Symbol, Term};
use crate::theory::Space;

/// What a point of a simplex may differ from adding up to one: draws and entries are rounded.
const ROUNDING: f64 = 1e-9;

/// Integrals over more coordinates, none of them independent of the others, take too long.
const MOST_FREE: usize = 2;

/// More picks are not drawn one by one.
const MOST_PICKS: f64 = 2048.0;

/// The most points of a set of counts that are gone through.
const MOST_COUNTS: f64 = 8192.0;

/// The space of a distribution at the values of a context; of a mixture, that of its parts.
pub(super) fn space_of(
    distribution: &Term,
    context: &Context,
) -> Result<Option<Space>, NumericError> {
    let known = Lowering::new(context).resolved(distribution)?;
    let Some(parts) = mixture(&known) else { return Ok(context.catalogue.space(&known)) };
    let mut found: Option<Space> = None;
    for (_, part) in parts {
        let Some(space) = space_of(part, context)? else { return Ok(None) };
        let size = |s: &Space| -> Result<(f64, f64), NumericError> {
            let n = scalar(s.dimension(), context)?.value;
            let (_, high) = s.coordinate();
            Ok((n, scalar(&high, context)?.value))
        };
        if let Some(first) = &found
            && size(first)? != size(&space)?
        {
            return Err(NumericError::Undefined("a mixture over several spaces".into()));
        }
        found = found.or(Some(space));
    }
    Ok(found)
}

/// The integral, or the sum, of a body over a space.
///
/// # Errors
/// [`NumericError::TooLarge`] for more coordinates than the options allow.
pub(super) fn over_space(
    space: &Space,
    var: &Symbol,
    body: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    let n = scalar(space.dimension(), context)?.value;
    let free = if matches!(space, Space::Reals(_)) { n } else { n - 1.0 };
    let too_many = free > context.options.coordinates.min(MOST_FREE) as f64;
    if !(1.0..=64.0).contains(&n) || n.fract() != 0.0 {
        return Err(NumericError::Undefined(format!("a vector of {n} coordinates")));
    }
    if too_many && !space.is_discrete() {
        return Err(NumericError::TooLarge(format!("an integral over {free} coordinates")));
    }
    let fresh = crate::term::fresh_name(var, |name| {
        context.environment.get(name).is_some() || (name != var && body.mentions(name))
    });
    let names: Vec<Symbol> = (1..=n as i64).map(|k| member(&fresh, k as f64)).collect();
    let at = |point: Vec<Term>| body.substitute(var, &Term::vector(point));
    let whole = match space {
        Space::Reals(_) => {
            let ends = || Domain::Range(Term::neg(Term::symbol("oo")), Term::symbol("oo"));
            let point = names.iter().cloned().map(Term::symbol).collect();
            names.iter().rev().fold(at(point), |inner, name| {
                Term::binder(BinderOp::Integral, name.clone(), ends(), inner)
            })
        }
        Space::Simplex(_) => shared_out(&Term::integer(1), Vec::new(), &names, &at),
        Space::Counts(total, _) => {
            let total = scalar(total, context)?.value;
            let points = (1..n as i64).map(|k| (total + k as f64) / k as f64).product::<f64>();
            if !(0.0..=MOST_COUNTS).contains(&points) {
                return Err(NumericError::TooLarge("the number of points".into()));
            }
            return counted(total as i64, n as usize, &at, context);
        }
    };
    scalar(&whole, context)
}

/// The integral of a body over the ways to share an amount out to the coordinates that are left.
fn shared_out(
    amount: &Term,
    before: Vec<Term>,
    names: &[Symbol],
    at: &dyn Fn(Vec<Term>) -> Term,
) -> Term {
    let with = |share: Term| before.iter().cloned().chain([share]).collect::<Vec<Term>>();
    let [name, others @ ..] = names else { return at(before) };
    if others.is_empty() {
        return at(with(amount.clone()));
    }
    let half = Term::quotient(amount.clone(), Term::integer(2));
    let share = Term::symbol(name.clone());
    let rest = || Term::difference(amount.clone(), share.clone());
    let over = |body: Term| {
        let range = Domain::Range(Term::integer(0), half.clone());
        Term::binder(BinderOp::Integral, name.clone(), range, body)
    };
    Term::sum(vec![
        over(shared_out(&rest(), with(share.clone()), others, at)),
        over(shared_out(&share, with(rest()), others, at)),
    ])
}

/// The sum of a body over the integers from zero on that add up to a total.
fn counted(
    total: i64,
    n: usize,
    at: &dyn Fn(Vec<Term>) -> Term,
    context: &Context,
) -> Result<Value, NumericError> {
    let mut sum = super::quadrature::Compensated::default();
    let mut error = 0.0;
    let mut point = vec![0i64; n];
    point[n - 1] = total;
    loop {
        let mut lowering = Lowering::new(context);
        let term = at(point.iter().map(|k| Term::integer(*k)).collect());
        let id = lowering.lower(&term)?;
        let value = constant(&lowering, id, &term)?;
        sum.add(value.value);
        error += value.error + value.value.abs() * f64::EPSILON;
        // The next point: one more in the last place but one that has room, the rest to the last.
        let Some(k) = (0..n - 1).rev().find(|k| point[k + 1..].iter().sum::<i64>() > 0) else {
            return Ok(Value { value: sum.total(), error, evaluations: 1 });
        };
        let left: i64 = point[k + 1..].iter().sum();
        point[k] += 1;
        point[k + 1..].fill(0);
        point[n - 1] = left - 1;
    }
}

/// Where a coordinate of a distribution over vectors lies, for an integral over that coordinate: of a simplex the ends
/// will do. `None` where no such distribution is in the integrand.
pub(super) fn bulks_in_space(
    body: &Term,
    var: &Symbol,
    (lo, hi): (f64, f64),
    context: &Context,
) -> Option<Vec<Bulk>> {
    let mut found: Option<Term> = None;
    body.any(&mut |t| {
        if let Node::Density(d, points) = t.node()
            && let [point] = points.as_slice()
            && point.as_vector().is_some()
            && point.mentions(var)
        {
            found = Some(d.clone());
        }
        found.is_some()
    });
    let found = found?;
    space_of(&found, context).ok()??;
    if lo.is_finite() && hi.is_finite() {
        return Some(Vec::new());
    }
    let (_, index) = member_of(var)?;
    let index = index.parse().ok()?;
    let parts = components(&found, context);
    let bulks: Vec<Bulk> = parts.iter().filter_map(|p| probe_of(p, Some(index), context)).collect();
    (!bulks.is_empty()).then_some(bulks)
}

impl Lowering<'_> {
    /// The density of a distribution over vectors, zero outside its space.
    pub(super) fn joint_density(
        &mut self,
        distribution: &Term,
        space: &Space,
        point: &Term,
    ) -> Lowered<Scaled> {
        let n = self.known(space.dimension())?;
        let outside = || NumericError::Undefined(format!("a density of {n} numbers at `{point}`"));
        if !(1.0..=512.0).contains(&n) {
            return Err(outside());
        }
        let parts: Vec<(i64, Term)> =
            (1..=n as i64).map(|k| (k, Term::symbol(Symbol::new("")))).collect();
        let entries = self.entries(point, &parts)?;
        let entries: Vec<Id> = entries.iter().map(|e| self.lower(e)).collect::<Lowered<_>>()?;
        let body = self.context.catalogue.density(distribution, point).ok_or_else(outside)?;
        let outer = std::mem::replace(&mut self.in_joint_density, true);
        let s = self.scaled(&body);
        self.in_joint_density = outer;
        let s = s?;
        let mut checks: Vec<(Id, Id, Id)> = Vec::new();
        if !matches!(space, Space::Reals(_)) {
            let (low, high) = space.coordinate();
            let (low, high) = (self.lower(&low)?, self.lower(&high)?);
            checks.extend(entries.iter().map(|x| (*x, low, high)));
            let zero = self.graph.constant(0.0);
            let total = entries.iter().fold(zero, |a, x| self.graph.binary(Binary::Add, a, *x));
            let slack = self.graph.constant(if space.is_discrete() { 0.0 } else { ROUNDING });
            let least = self.graph.binary(Binary::Sub, high, slack);
            let most = self.graph.binary(Binary::Add, high, slack);
            checks.push((total, least, most));
        }
        if space.is_discrete() {
            for x in &entries {
                let whole = self.graph.unary(Unary::Floor, *x);
                checks.push((*x, whole, whole));
            }
        }
        let mut within = |id: Id| {
            checks.iter().fold(id, |id, (x, low, high)| self.graph.within(id, *x, *low, *high))
        };
        Ok(Scaled { factor: within(s.factor), exponent: s.exponent.map(within) })
    }

    /// One draw of a distribution over vectors, as its sampler says.
    pub(super) fn joint_sampler(&mut self, sampler: &Term) -> Lowered<Sample> {
        let outer = std::mem::take(&mut self.shared);
        let drawn = self.joint_draw(sampler);
        self.shared = outer;
        Ok(Sample::Vector((1..).zip(drawn?).collect()))
    }

    fn joint_draw(&mut self, sampler: &Term) -> Lowered<Vec<Id>> {
        let Node::Call(name, arguments) = sampler.node() else { return self.vector(sampler) };
        match (name.as_str(), arguments.as_slice()) {
            ("shares", [amounts]) => {
                let amounts = self.vector(amounts)?;
                let zero = self.graph.constant(0.0);
                let total = amounts.iter().fold(zero, |a, x| self.graph.binary(Binary::Add, a, *x));
                Ok(amounts.iter().map(|x| self.graph.binary(Binary::Div, *x, total)).collect())
            }
            ("throws", [count, weights]) => {
                let count = self.known(count)?;
                let weights = self.vector(weights)?;
                if !(0.0..=MOST_PICKS).contains(&count) {
                    return Err(NumericError::TooLarge("the number of draws".into()));
                }
                let mut reached = vec![f64::NEG_INFINITY];
                let mut sum = 0.0;
                for w in weights.split_last().map_or(&[][..], |(_, before)| before) {
                    let w = self.graph.value(*w).filter(|w| *w >= 0.0);
                    let refused = || NumericError::Undefined(format!("a draw of `{sampler}`"));
                    sum += w.ok_or_else(refused)?;
                    reached.push(sum);
                }
                reached.push(f64::INFINITY);
                let one = self.graph.constant(1.0);
                let mut all = vec![self.graph.constant(0.0); weights.len()];
                for _ in 0..count as u64 {
                    let u = self.lane(Lane::Draw(Draw::Interval));
                    for (acc, ends) in all.iter_mut().zip(reached.windows(2)) {
                        let low = self.graph.constant(ends[0].next_up());
                        let high = self.graph.constant(ends[1]);
                        let hit = self.graph.within(one, u, low, high);
                        *acc = self.graph.binary(Binary::Add, *acc, hit);
                    }
                }
                Ok(all)
            }
            _ => self.vector(sampler),
        }
    }

    /// `shared_normal(k)`: the k-th standard normal draw of this point, the same wherever it is written.
    pub(super) fn shared(&mut self, k: &Term) -> Lowered {
        let k = self.known(k)?;
        if let Some((_, id)) = self.shared.iter().find(|(known, _)| *known == k.to_bits()) {
            return Ok(*id);
        }
        let id = self.lane(Lane::Draw(Draw::Line));
        self.shared.push((k.to_bits(), id));
        Ok(id)
    }
}
