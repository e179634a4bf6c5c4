//! Enclosures of integrals, expectations, variances, sums and products.
//!
//! A range is cut where supports end, so that each part has densities that are positive throughout or zero throughout.
//! Where a part has no end, it is cut where a majorant of what lies beyond is small enough, and the majorant's integral
//! is added with both signs. Where to cut is guessed by the ordinary evaluator; what is cut off is not.

use super::ends::is_bounded;
use super::graph::Id;
use super::interval::Interval;
use super::lower::{Lowering, is_infinite, none};
use super::place::Place;
use super::quadrature::integrate;
use super::tail::{self, Side};
use super::taylor::Series;
use crate::numeric::NumericError;
use crate::numeric::catalogue::{is_product, mixture, unknown};
use crate::numeric::locate::{Bulk, distributions, probe, scan};
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term, fresh_name};

/// The share of the width aimed at that a tail may have, and that a piece may have.
pub(super) const TAIL_SHARE: f64 = 1e-3;
const PIECE_SHARE: f64 = 2e-5;

/// An end of a range: an interval, or infinite.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct End {
    pub lo: f64,
    pub hi: f64,
}

impl From<f64> for End {
    fn from(x: f64) -> Self {
        Self { lo: x, hi: x }
    }
}

/// The value of a term without variables.
pub(super) fn scalar(term: &Term, place: &Place) -> Result<Interval, NumericError> {
    let mut lowering = Lowering::new(place, None);
    let id = lowering.lower(term)?;
    lowering.graph.value(id).ok_or_else(|| none("the value of", term))
}

pub(super) fn end(term: &Term, place: &Place) -> Result<End, NumericError> {
    if is_infinite(term) {
        let negative = matches!(term.node(), Node::Neg(_));
        return Ok(if negative { f64::NEG_INFINITY } else { f64::INFINITY }.into());
    }
    let value = scalar(term, place)?;
    if !value.is_finite() {
        return Err(none("the end", term));
    }
    Ok(End { lo: value.lo(), hi: value.hi() })
}

/// The ends of the support of a distribution of one coordinate: of a mixture, the hull.
pub(super) fn support(distribution: &Term, place: &Place) -> Result<(End, End), NumericError> {
    let distribution = place.resolved(distribution)?;
    let Some(components) = mixture(&distribution) else {
        let ends = place.catalogue.support(&distribution);
        let ends = ends.or_else(|| place.catalogue.atoms(&distribution));
        let (lo, hi) = ends.ok_or_else(|| unknown(&distribution))?;
        return Ok((end(&lo, place)?, end(&hi, place)?));
    };
    let mut hull: Option<(End, End)> = None;
    for (_, component) in components {
        let (lo, hi) = support(component, place)?;
        hull = Some(hull.map_or((lo, hi), |(a, b)| {
            (
                End { lo: a.lo.min(lo.lo), hi: a.hi.min(lo.hi) },
                End { lo: b.lo.max(hi.lo), hi: b.hi.max(hi.hi) },
            )
        }));
    }
    hull.ok_or_else(|| unknown(&distribution))
}

/// The coordinates of a distribution over vectors, with their indices.
pub(super) fn coordinates(
    distribution: &Term,
    place: &Place,
) -> Result<Option<Vec<(i64, Term)>>, NumericError> {
    match distribution.node() {
        Node::Call(name, parts) if *name == "product" => {
            Ok(Some((1..).zip(parts.iter().cloned()).collect()))
        }
        Node::Binder(b) if b.op == BinderOp::Product => {
            let Domain::Range(lo, hi) = &b.domain else { return Err(unknown(distribution)) };
            let indices = Lowering::new(place, None).indices(lo, hi)?;
            let indices = indices.ok_or_else(|| none("the coordinates of", distribution))?;
            let part = |k: i64| (k, b.body.substitute(&b.var, &Term::integer(k)));
            Ok(Some(indices.map(part).collect()))
        }
        _ => Ok(None),
    }
}

/// The value of a binder whose free names all have values.
pub(super) fn value(b: &Binder, place: &Place) -> Result<Interval, NumericError> {
    match (b.op, &b.domain) {
        (BinderOp::Integral, Domain::Range(lo, hi)) => {
            between(&b.var, end(lo, place)?, end(hi, place)?, None, &b.body, place)
        }
        (BinderOp::Sum, Domain::Range(lo, hi)) => {
            sum(&b.var, end(lo, place)?, end(hi, place)?, &b.body, place)
        }
        (BinderOp::Integral | BinderOp::Sum, Domain::Over(set)) => {
            over(set_of(set)?, &b.var, &b.body, place)
        }
        (BinderOp::Expectation, Domain::Over(p)) => expectation(p, &b.var, &b.body, place),
        (BinderOp::Variance, Domain::Over(p)) => variance(p, &b.var, &b.body, place),
        _ => Err(none("the value of", &Node::Binder(b.clone()).into())),
    }
}

/// The distribution of `support(p)`.
pub(super) fn set_of(set: &Term) -> Result<&Term, NumericError> {
    match set.node() {
        Node::Call(name, arguments) if *name == "support" && arguments.len() == 1 => {
            Ok(&arguments[0])
        }
        _ => Err(unknown(set)),
    }
}

fn expectation(
    p: &Term,
    var: &Symbol,
    body: &Term,
    place: &Place,
) -> Result<Interval, NumericError> {
    if is_product(&place.resolved(p)?) {
        return super::vectors::expectation(p, var, body, place);
    }
    mean(p, var, body, place)
}

/// The expectation over one coordinate.
pub(super) fn mean(
    p: &Term,
    var: &Symbol,
    body: &Term,
    place: &Place,
) -> Result<Interval, NumericError> {
    let (fresh, weighted) = weighted(p, var, body, place);
    over(p, &fresh, &weighted, place)
}

/// What an expectation integrates: the density times the function, and the name of the variable.
pub(super) fn weighted(p: &Term, var: &Symbol, body: &Term, place: &Place) -> (Symbol, Term) {
    let fresh = fresh_name(var, |name| {
        p.mentions(name) || place.get(name).is_some() || (name != var && body.mentions(name))
    });
    let point = Term::symbol(fresh.clone());
    let body = if fresh == *var { body.clone() } else { body.substitute(var, &point) };
    let weighted = Term::product(vec![Term::density(p.clone(), vec![point]), body]);
    (fresh, weighted)
}

fn variance(p: &Term, var: &Symbol, body: &Term, place: &Place) -> Result<Interval, NumericError> {
    let mean = expectation(p, var, body, place)?;
    let name = fresh_name(&Symbol::new("mean"), |name| {
        name == var || p.mentions(name) || body.mentions(name) || place.get(name).is_some()
    });
    let distance = Term::difference(body.clone(), Term::symbol(name.clone()));
    let square = Term::power(distance, Term::integer(2));
    expectation(p, var, &square, &place.inner()?.with(&name, mean))
}

fn over(p: &Term, var: &Symbol, body: &Term, place: &Place) -> Result<Interval, NumericError> {
    let distribution = place.resolved(p)?;
    if is_product(&distribution) {
        return super::vectors::integral(p, var, body, place);
    }
    let ((lo, hi), range, discrete) = over_ends(p, place)?;
    if discrete { sum(var, lo, hi, body, place) } else { between(var, lo, hi, range, body, place) }
}

/// The ends of a support, the terms that they are, and whether it is of integers.
pub(super) type Ends = ((End, End), Option<(Term, Term)>, bool);

/// Where a distribution of one coordinate lives.
pub(super) fn over_ends(p: &Term, place: &Place) -> Result<Ends, NumericError> {
    let distribution = place.resolved(p)?;
    let ends = support(&distribution, place)?;
    // Of a mixture, the ends may be those of different components.
    let range = mixture(&distribution).is_none().then(|| place.catalogue.support(&distribution));
    Ok((ends, range.flatten(), discrete(&distribution, place)))
}

/// Whether a distribution lives on integers.
fn discrete(distribution: &Term, place: &Place) -> bool {
    match mixture(distribution) {
        Some(parts) => parts.first().is_some_and(|(_, part)| {
            place.resolved(part).is_ok_and(|known| discrete(&known, place))
        }),
        None => place.catalogue.atoms(distribution).is_some(),
    }
}

// ── Integrals ──────────────────────────────────────────────────────────────────────────────────────────────────────

fn between(
    var: &Symbol,
    lo: End,
    hi: End,
    range: Option<(Term, Term)>,
    body: &Term,
    place: &Place,
) -> Result<Interval, NumericError> {
    if lo == hi && lo.lo == lo.hi {
        return Ok(Interval::ZERO);
    }
    if lo.lo > hi.hi {
        return Ok(-between(var, hi, lo, None, body, place)?);
    }
    if lo.hi > hi.lo {
        return Err(NumericError::NoEnclosure("a range whose ends are not told apart".into()));
    }
    let mut total = Interval::ZERO;
    each_part(var, (lo, hi), range, body, place, &mut |part, open| {
        total = total + if open { part.share()? } else { part.value()? };
        Ok(())
    })?;
    Ok(total)
}

/// What is done with a part of a range, and whether the part may belong to the range or not.
type Visit<'v> = dyn FnMut(&Part, bool) -> Result<(), NumericError> + 'v;

/// The parts of a range in which no support ends.
#[allow(clippy::needless_pass_by_value, reason = "two terms that nobody else needs")]
pub(super) fn each_part(
    var: &Symbol,
    (lo, hi): (End, End),
    range: Option<(Term, Term)>,
    body: &Term,
    place: &Place,
    visit: &mut Visit,
) -> Result<(), NumericError> {
    let mut cuts = vec![lo.lo, lo.hi, hi.lo, hi.hi];
    ends_inside(body, var, place, &mut |low, high| {
        let inside = |x: &f64| lo.hi < *x && *x < hi.lo;
        cuts.extend([low.lo, low.hi, high.lo, high.hi].into_iter().filter(inside));
    });
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let bulks = bulks(body, var, (lo.lo, hi.hi), place);
    for ends in cuts.windows(2) {
        let (range, bulks) = (&range, &bulks);
        let part = Part { var, ends: (ends[0], ends[1]), range, body, bulks, place };
        // An end that is known to an interval only: what lies in it may belong to the range or not.
        let open = ends[1] <= lo.hi || ends[0] >= hi.lo;
        visit(&part, open)?;
    }
    Ok(())
}

/// The ends of the supports of all densities of the variable.
fn ends_inside(body: &Term, var: &Symbol, place: &Place, take: &mut impl FnMut(End, End)) {
    for p in distributions(body, var) {
        each_component(&p, place, &mut |component| {
            if let Ok((lo, hi)) = support(component, place) {
                take(lo, hi);
            }
        });
    }
}

fn each_component(p: &Term, place: &Place, visit: &mut dyn FnMut(&Term)) {
    let Ok(known) = place.resolved(p) else { return };
    match mixture(&known) {
        Some(parts) => {
            parts.iter().for_each(|(_, part)| each_component(part, place, visit));
        }
        None => visit(&known),
    }
}

/// Where the integrand lives.
fn bulks(body: &Term, var: &Symbol, range: (f64, f64), place: &Place) -> Vec<Bulk> {
    if range.0.is_finite() && range.1.is_finite() {
        return Vec::new();
    }
    place.ordinary(|context| {
        let found = distributions(body, var);
        let parts = found.iter().flat_map(|p| super::super::binder::components(p, context));
        let probed: Vec<Bulk> = parts.filter_map(|p| probe(&p, context)).collect();
        match probed.is_empty() {
            true => scan(body, var, range, context).unwrap_or_default(),
            false => probed,
        }
    })
}

/// One part of a range, in which no support ends.
pub(super) struct Part<'a> {
    pub var: &'a Symbol,
    pub ends: (f64, f64),
    /// The ends of the whole range as terms, where it is a support.
    pub range: &'a Option<(Term, Term)>,
    pub body: &'a Term,
    pub bulks: &'a [Bulk],
    pub place: &'a Place<'a>,
}

impl Part<'_> {
    pub fn value(&self) -> Result<Interval, NumericError> {
        match self.attempt(false) {
            Ok(value) if value.is_finite() => Ok(value),
            plain => match self.attempt(true) {
                Ok(value) if value.is_finite() => Ok(value),
                _ => plain,
            },
        }
    }

    /// The integral, with densities as they are written or as exponentials of their logarithms.
    fn attempt(&self, by_logarithms: bool) -> Result<Interval, NumericError> {
        let (lo, hi) = self.ends;
        let variable = Some((self.var.clone(), Interval::new(lo, hi)));
        let mut lowering = Lowering::new(self.place, variable);
        lowering.range.clone_from(self.range);
        lowering.by_logarithms = by_logarithms;
        let root = lowering.lower(self.body)?;
        if let Some(c) = lowering.graph.value(root) {
            return self.constant(c);
        }
        let mut outside = Interval::ZERO;
        let (mut from, mut to) = (lo, hi);
        if to == f64::INFINITY {
            let (at, beyond) = self.beyond(Side::Up, &lowering, root)?;
            (to, outside) = (at, outside + beyond);
        }
        if from == f64::NEG_INFINITY {
            let (at, beyond) = self.beyond(Side::Down, &lowering, root)?;
            (from, outside) = (at, outside + beyond);
        }
        let (first, last) = (from, to);
        if lo.is_finite() && !is_bounded(&lowering, root, (lo, last)) {
            let (at, near) = self.near(lo, last, by_logarithms)?;
            (from, outside) = (at, outside + near);
        }
        if hi.is_finite() && !is_bounded(&lowering, root, (hi, first)) {
            let (at, near) = self.near(hi, first, by_logarithms)?;
            (to, outside) = (at, outside + near);
        }
        let cuts: Vec<f64> = self.bulks.iter().map(|bulk| bulk.centre).collect();
        Ok(self.bulk(&lowering, root, (from, to), &cuts)? + outside)
    }

    /// The integral between two numbers, from Taylor series.
    pub fn bulk(
        &self,
        lowering: &Lowering,
        root: Id,
        ends: (f64, f64),
        cuts: &[f64],
    ) -> Result<Interval, NumericError> {
        let options = self.place.options;
        let tolerance = options.width * PIECE_SHARE;
        let nodes = lowering.graph.len();
        // Of a logarithm there is more to cover than of the variable itself.
        let pieces = if lowering.graph.changed { 4 * options.pieces } else { options.pieces };
        let most = pieces.min(self.place.affordable(nodes));
        let found = integrate(&lowering.graph, root, ends, cuts, tolerance, most);
        self.place.spend(found.tried, nodes)?;
        match found.open {
            Some(at) if !found.value.is_finite() => Err(NumericError::NoEnclosure(format!(
                "the integral of `{}` over {} near {at}",
                self.body, self.var
            ))),
            _ => Ok(found.value),
        }
    }

    fn constant(&self, c: Interval) -> Result<Interval, NumericError> {
        let (lo, hi) = self.ends;
        if c == Interval::ZERO {
            return Ok(c);
        }
        if lo.is_finite() && hi.is_finite() {
            return Ok(c * (Interval::point(hi) - Interval::point(lo)));
        }
        Err(NumericError::Divergent(format!("the integral of `{}`", self.body)))
    }

    /// The integral over an unknown share of the part.
    pub fn share(&self) -> Result<Interval, NumericError> {
        let (lo, hi) = self.ends;
        let range = Interval::new(lo, hi);
        let mut lowering = Lowering::new(self.place, Some((self.var.clone(), range)));
        lowering.range.clone_from(self.range);
        let root = lowering.lower(self.body)?;
        let values = Series::new(&lowering.graph, root, 0).values(range);
        let length = Interval::point(hi) - Interval::point(lo);
        Ok(values * length.hull(Interval::ZERO))
    }
}

// ── Sums ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Terms of a sum that are taken at most for each piece that an integral may have.
const TERMS_PER_PIECE: usize = 128;

/// Finite sums of fewer terms are written out, so that indices in them are known.
const WRITTEN_OUT: f64 = 64.0;

/// The terms of a sum, one after the other.
struct Terms<'a> {
    series: Series<'a>,
    next: f64,
    nodes: usize,
    place: &'a Place<'a>,
}

impl Terms<'_> {
    /// The sum of the terms up to and with `last`.
    fn until(&mut self, last: f64, body: &Term) -> Result<Interval, NumericError> {
        let mut total = Interval::ZERO;
        let count = (last - self.next + 1.0).max(0.0);
        self.place.spend(count as usize, self.nodes)?;
        while self.next <= last {
            let one = self.series.values(Interval::point(self.next));
            if !one.is_finite() {
                return Err(none("a term of the sum of", body));
            }
            total = total + one;
            self.next += 1.0;
        }
        Ok(total)
    }
}

/// A range is cut where supports begin and where they have ended, so that each mass is that of its formula throughout a
/// part, or zero.
fn sum(
    var: &Symbol,
    lo: End,
    hi: End,
    body: &Term,
    place: &Place,
) -> Result<Interval, NumericError> {
    let first = whole(lo)?;
    let last = if hi.lo == f64::INFINITY { f64::INFINITY } else { whole(hi)? };
    let mut starts = vec![first];
    ends_inside(body, var, place, &mut |low, high| {
        let begins = [whole(low).ok(), whole(high).ok().map(|end| end + 1.0)];
        starts.extend(begins.into_iter().flatten().filter(|k| first < *k && *k <= last));
    });
    starts.sort_by(f64::total_cmp);
    starts.dedup();
    starts.push(last + 1.0);
    let mut total = Interval::ZERO;
    for ends in starts.windows(2) {
        total = total + part_of_sum(var, (ends[0], ends[1] - 1.0), body, place)?;
    }
    Ok(total)
}

fn part_of_sum(
    var: &Symbol,
    (first, last): (f64, f64),
    body: &Term,
    place: &Place,
) -> Result<Interval, NumericError> {
    let most = place.options.pieces * TERMS_PER_PIECE;
    if last < first {
        return Ok(Interval::ZERO);
    }
    if last.is_finite() && last - first > most as f64 {
        return Err(NumericError::TooLarge("the number of terms".into()));
    }
    if last - first < WRITTEN_OUT {
        let mut total = Interval::ZERO;
        for k in first as i64..=last as i64 {
            total = total + scalar(&body.substitute(var, &Term::integer(k)), place)?;
        }
        return Ok(total);
    }
    graph_sum(var, (first, last), body, place, false)
        .or_else(|_| graph_sum(var, (first, last), body, place, true))
}

/// A sum term by term from one graph, and a bound of what is left where it has no end.
fn graph_sum(
    var: &Symbol,
    (first, last): (f64, f64),
    body: &Term,
    place: &Place,
    by_logarithms: bool,
) -> Result<Interval, NumericError> {
    let most = place.options.pieces * TERMS_PER_PIECE;
    let mut lowering = Lowering::new(place, Some((var.clone(), Interval::new(first, last))));
    lowering.by_logarithms = by_logarithms;
    let root = lowering.lower(body)?;
    let mut terms = Terms {
        series: Series::new(&lowering.graph, root, 0),
        next: first,
        nodes: lowering.graph.len(),
        place,
    };
    if last.is_finite() {
        return terms.until(last, body);
    }
    let aim = place.options.width * TAIL_SHARE;
    let mut total = Interval::ZERO;
    let mut best = None;
    for reach in (4..=18).map(|k| f64::from(k).exp2()) {
        let until = first + reach;
        if until - first > most as f64 {
            break;
        }
        total = total + terms.until(until, body)?;
        let beyond = tail::sum(&lowering, root, var, until, Side::Up);
        if let Some(beyond) = beyond {
            best = Some(beyond);
            if beyond <= aim * total.magnitude().max(1.0) {
                break;
            }
        }
    }
    let beyond = best.ok_or_else(|| {
        NumericError::NoEnclosure(format!("no bound is known for the tail of `{body}` in {var}"))
    })?;
    Ok(total + Interval::new(-beyond, beyond))
}

/// The integer that an end is.
fn whole(end: End) -> Result<f64, NumericError> {
    let whole = end.lo == end.hi && end.lo.fract() == 0.0 && end.lo.abs() < 9e15;
    whole
        .then_some(end.lo)
        .ok_or_else(|| NumericError::NoEnclosure("a sum whose ends are no integers".into()))
}
