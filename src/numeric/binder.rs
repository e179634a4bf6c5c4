//! Values of integrals, expectations, sums and products.
//!
//! An expectation is the integral of density times function over the support; an integral is cut at the places that
//! `locate` finds and handed to `quadrature`; under a distribution on integers it is a sum, as `series` makes it.

use super::apart::apart;
use super::bends::bends;
use super::catalogue::{is_product, mixture, unknown};
use super::context::Context;
use super::coordinates::{boxed, coordinate, coordinates, member_of, no_ends};
use super::graph::{Binary, Id};
use super::grid::{on_line, on_lines};
use super::locate::{Bulk, distributions, probe, scan};
use super::lower::Lowering;
use super::program::{BATCH, Program};
use super::quadrature::{Change, Integral, Integrand, check_tail, integrate};
use super::space::{bulks_in_space, over_space, space_of};
use super::{NumericError, Value, series};
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term, fresh_name};

/// The value of a binder whose free names all have values in the context.
pub(super) fn value(b: &Binder, context: &Context) -> Result<Value, NumericError> {
    match (b.op, &b.domain) {
        (BinderOp::Integral, Domain::Range(lo, hi)) => integral(&b.var, lo, hi, &b.body, context),
        (BinderOp::Integral, Domain::Over(set)) => over(set_of(set)?, &b.var, &b.body, context),
        (BinderOp::Expectation, Domain::Over(p)) => expectation(p, &b.var, &b.body, context),
        (BinderOp::Variance, Domain::Over(p)) => variance(p, &b.var, &b.body, context),
        (_, Domain::Range(lo, hi)) => between_terms(b, lo, hi, context),
        (_, Domain::Over(set)) => {
            let (lo, hi) = support(set_of(set)?, context)?;
            series::run(b, lo, hi, context)
        }
    }
}

/// The distribution of `support(p)`.
fn set_of(set: &Term) -> Result<&Term, NumericError> {
    match set.node() {
        Node::Call(name, arguments) if *name == "support" && arguments.len() == 1 => {
            Ok(&arguments[0])
        }
        _ => Err(unknown(set)),
    }
}

/// The value of a term without loop variables.
pub(super) fn scalar(term: &Term, context: &Context) -> Result<Value, NumericError> {
    let mut lowering = Lowering::new(context);
    let id = lowering.lower(term)?;
    constant(&lowering, id, term)
}

/// The value of a node that has folded to a constant.
pub(super) fn constant(lowering: &Lowering, id: Id, term: &Term) -> Result<Value, NumericError> {
    match lowering.graph.known(id) {
        Some((value, _)) if value.is_nan() => Err(NumericError::Undefined(format!("`{term}`"))),
        Some((value, error)) => Ok(Value { value, error, evaluations: 0 }),
        None => Err(NumericError::Undefined(format!("the value of the random `{term}`"))),
    }
}

/// The ends of the support of a distribution: of a mixture, the hull.
pub(super) fn support(distribution: &Term, context: &Context) -> Result<(f64, f64), NumericError> {
    let distribution = Lowering::new(context).resolved(distribution)?;
    if is_product(&distribution) || context.catalogue.space(&distribution).is_some() {
        return Err(no_ends(&distribution));
    }
    let Some(components) = mixture(&distribution) else {
        let ends = context.catalogue.support(&distribution);
        let ends = ends.or_else(|| context.catalogue.atoms(&distribution));
        let (lo, hi) = ends.ok_or_else(|| unknown(&distribution))?;
        return Ok((scalar(&lo, context)?.value, scalar(&hi, context)?.value));
    };
    let mut hull = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, component) in components {
        let (lo, hi) = support(component, context)?;
        hull = (hull.0.min(lo), hull.1.max(hi));
    }
    Ok(hull)
}

fn expectation(
    p: &Term,
    var: &Symbol,
    body: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    let fresh = fresh_name(var, |name| p.mentions(name) || (name != var && body.mentions(name)));
    let point = Term::symbol(fresh.clone());
    let body = if fresh == *var { body.clone() } else { body.substitute(var, &point) };
    let weighted = Term::product(vec![Term::density(p.clone(), vec![point]), body]);
    over(p, &fresh, &weighted, context)
}

/// The mean square of the distance from the mean, which is computed first: an error in it counts in the second order.
fn variance(p: &Term, var: &Symbol, body: &Term, context: &Context) -> Result<Value, NumericError> {
    let mean = expectation(p, var, body, context)?;
    let name = fresh_name(&Symbol::new("mean"), |name| {
        name == var
            || p.mentions(name)
            || body.mentions(name)
            || context.environment.get(name).is_some()
    });
    let distance = Term::difference(body.clone(), Term::symbol(name.clone()));
    let square = Term::power(distance, Term::integer(2));
    let context = context.inner(context.environment.clone().with(name, mean.value))?;
    let value = expectation(p, var, &square, &context)?;
    Ok(Value {
        error: value.error + mean.error * mean.error,
        evaluations: mean.evaluations + value.evaluations,
        ..value
    })
}

/// The integral over the support of a distribution: of several coordinates, one inside the other.
fn over(p: &Term, var: &Symbol, body: &Term, context: &Context) -> Result<Value, NumericError> {
    if let Some(space) = space_of(p, context)? {
        return over_space(&space, var, body, context);
    }
    let Some(parts) = coordinates(p, context)? else {
        if let Some(ends) = series::atoms(p, context)? {
            return series::sum(var, ends, body, context);
        }
        if context.environment.has_functions()
            && let Some(value) = on_line(p, var, body, context)?
        {
            return Ok(value);
        }
        let (lo, hi) = support(p, context)?;
        return between(var, lo, hi, body, context);
    };
    // The vector itself is not a number, whatever its name stands for outside.
    let fresh = fresh_name(var, |name| {
        context.environment.get(name).is_some() || (name != var && body.mentions(name))
    });
    let body = body.substitute(var, &Term::symbol(fresh.clone()));
    if let Some(value) = on_lines(&parts, &fresh, &body, context)? {
        return Ok(value);
    }
    let (first, outer, inner) = boxed(&parts, &fresh, &body, context)?;
    over(&outer, &first, &inner, context)
}

fn integral(
    var: &Symbol,
    lo: &Term,
    hi: &Term,
    body: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    between(var, scalar(lo, context)?.value, scalar(hi, context)?.value, body, context)
}

fn between(
    var: &Symbol,
    lo: f64,
    hi: f64,
    body: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    if lo == hi {
        return Ok(Value::exact(0.0));
    }
    if lo > hi {
        let value = between(var, hi, lo, body, context)?;
        return Ok(Value { value: -value.value, ..value });
    }
    let cuts = ends_inside(body, var, (lo, hi), context);
    if !cuts.is_empty() {
        let ends: Vec<f64> = std::iter::once(lo).chain(cuts).chain([hi]).collect();
        return ends.windows(2).try_fold(Value::exact(0.0), |sum, piece| {
            let next = between(var, piece[0], piece[1], body, context)?;
            Ok(Value {
                value: sum.value + next.value,
                error: sum.error + next.error,
                evaluations: sum.evaluations + next.evaluations,
            })
        });
    }
    let mut lowering = Lowering::new(context);
    lowering.variable(var);
    let root = lowering.lower(body)?;
    if let Some((c, error)) = lowering.graph.known(root) {
        return constant_integral(c, error, hi - lo, body);
    }
    let bulks = bulks(body, var, (lo, hi), context)?;
    // The coordinates of a vector multiply the work, so that each has fewer first cuts.
    let reach = if member_of(var).is_some() { NEAR } else { FAR };
    let range = Range { ends: (lo, hi), bulks, reach };
    let bends = bends(body, var, (lo, hi), &range.bulks, context);
    let found = whole(lowering, root, &range, &bends, &label(body, var), context);
    let singular = match &found {
        Err(NumericError::NotConverged(_) | NumericError::Undefined(_)) => true,
        other => other.as_ref().is_ok_and(|value| value.value.is_infinite()),
    };
    if singular && lo.is_finite() && hi.is_finite() && (lo, hi) != (0.0, 0.0) {
        return from_ends(var, body, &range, &bends, context).or(found);
    }
    found
}

/// An integral over a finite range in the distances from its ends, to which f64 resolves singularities there.
fn from_ends(
    var: &Symbol,
    body: &Term,
    range: &Range,
    bends: &[f64],
    context: &Context,
) -> Result<Value, NumericError> {
    let (lo, hi) = range.ends;
    let half = lo.midpoint(hi) - lo;
    let fresh = fresh_name(&Symbol::new("distance"), |name| {
        name == var || body.mentions(name) || context.environment.get(name).is_some()
    });
    let mut total = Value::exact(0.0);
    for (end, side, length) in [(lo, 1.0, half), (hi, -1.0, hi - (lo + half))] {
        let mut lowering = Lowering::new(context);
        let distance = lowering.variable(&fresh);
        let away = lowering.graph.scale(distance, side);
        let from = lowering.graph.constant(end);
        let point = lowering.graph.binary(Binary::Add, from, away);
        lowering.bind(var, point);
        let root = lowering.lower(body)?;
        let near = |x: f64| side * (x - end);
        let bulks = range.bulks.iter().map(|b| Bulk { centre: near(b.centre), ..*b }).collect();
        let own = Range { ends: (0.0, length), bulks, reach: range.reach };
        let bends: Vec<f64> = bends.iter().map(|x| near(*x)).collect();
        let part = whole(lowering, root, &own, &bends, &label(body, var), context)?;
        total.value += part.value;
        total.error += part.error;
    }
    Ok(total)
}

/// What a mixture mixes, those within its components too; any other distribution as it is. Each lives in a place of its
/// own.
pub(super) fn components(distribution: &Term, context: &Context) -> Vec<Term> {
    let known = Lowering::new(context).resolved(distribution);
    let Some(known) = known.ok().filter(|known| mixture(known).is_some()) else {
        return vec![distribution.clone()];
    };
    let parts = mixture(&known).unwrap_or_default();
    parts.into_iter().flat_map(|(_, part)| components(part, context)).collect()
}

/// Where inside a range the support of a density of the variable ends: the integrand may jump there.
fn ends_inside(body: &Term, var: &Symbol, (lo, hi): (f64, f64), context: &Context) -> Vec<f64> {
    let mut cuts: Vec<f64> = Vec::new();
    body.any(&mut |t| {
        if let Node::Density(d, points) = t.node()
            && matches!(points.as_slice(), [x] if x.as_symbol() == Some(var))
            && !d.mentions(var)
        {
            for part in components(d, context) {
                let (a, b) = support(&part, context).unwrap_or((lo, hi));
                cuts.extend([a, b].into_iter().filter(|end| lo < *end && *end < hi));
            }
        }
        false
    });
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    cuts
}

/// The range of an integral with the places where its integrand lives.
pub(super) struct Range {
    pub ends: (f64, f64),
    pub bulks: Vec<Bulk>,
    /// How many of the growing distances around each place are cut at first.
    pub reach: i32,
}

/// Distances up to 2^32 scales: a tail that heavy still counts.
const FAR: i32 = 16;

/// Distances up to 64 scales.
pub(super) const NEAR: i32 = 3;

fn label(body: &Term, var: &Symbol) -> String {
    format!("the integral of `{body}` over {var}")
}

fn constant_integral(c: f64, error: f64, length: f64, body: &Term) -> Result<Value, NumericError> {
    match (c, length) {
        (0.0, _) => Ok(Value::exact(0.0)),
        _ if c.is_nan() => Err(NumericError::Undefined(format!("`{body}`"))),
        (_, f64::INFINITY) => Err(NumericError::Divergent(format!("the integral of `{body}`"))),
        _ => Ok(Value {
            value: c * length,
            error: error * length + (c * length).abs() * f64::EPSILON,
            evaluations: 1,
        }),
    }
}

fn bulks(
    body: &Term,
    var: &Symbol,
    range: (f64, f64),
    context: &Context,
) -> Result<Vec<Bulk>, NumericError> {
    if let Some(found) = bulks_in_space(body, var, range, context) {
        return Ok(found);
    }
    let of_coordinate = member_of(var).and_then(|(x, index)| {
        let all = distributions(body, &Symbol::new(x));
        all.iter().filter_map(|p| coordinate(p, index, context)).find_map(|p| probe(&p, context))
    });
    if let Some(bulk) = of_coordinate {
        return Ok(vec![bulk]);
    }
    let found = distributions(body, var);
    let parts = found.iter().flat_map(|p| components(p, context));
    let probed: Vec<Bulk> = parts.filter_map(|p| probe(&p, context)).collect();
    if probed.is_empty() { scan(body, var, range, context) } else { Ok(probed) }
}

/// The change of variable for a range, about the first place of bulk.
pub(super) fn change((lo, hi): (f64, f64), bulks: &[Bulk]) -> Change {
    let Bulk { centre, scale } = bulks.first().copied().unwrap_or(Bulk { centre: 0.0, scale: 1.0 });
    let reach = |distance: f64| if distance > scale { distance } else { scale };
    match (lo.is_finite(), hi.is_finite()) {
        (true, true) => Change::None,
        (true, false) => Change::Up { a: lo, s: reach(centre - lo) },
        (false, true) => Change::Down { b: hi, s: reach(hi - centre) },
        (false, false) => Change::Line { c: centre, s: scale },
    }
}

/// The first cuts: the ends, the usual places of the changed variable, each bulk with geometric distances around it,
/// and the caller's points.
pub(super) fn cuts(change: Change, range: &Range, points: &[f64]) -> Vec<f64> {
    let (lo, hi) = range.ends;
    let (a, b) = change.range(lo, hi);
    let around = range.bulks.iter().flat_map(|bulk| {
        (-1..=range.reach).flat_map(move |k| {
            let d = bulk.scale * f64::from(k).exp2() * f64::from(k.max(0)).exp2();
            [bulk.centre - d, bulk.centre, bulk.centre + d]
        })
    });
    let mut cuts: Vec<f64> = around
        .chain(points.iter().copied())
        .filter(|x| *x > lo && *x < hi)
        .map(|x| change.inverse(x))
        .chain(change.cuts().iter().copied())
        .filter(|t| *t > a && *t < b)
        .chain([a, b])
        .collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    cuts
}

/// The integral of a node. Where it comes out infinite or undefined, what is beyond f64 is taken [`apart`]; what is infinite
/// then is so, and what is not a number is not known.
fn whole(
    lowering: Lowering,
    root: Id,
    range: &Range,
    bends: &[f64],
    label: &str,
    context: &Context,
) -> Result<Value, NumericError> {
    let inherited = lowering.inherited;
    let kept = lowering.clone();
    let mut program = Program::new(lowering, &[root]);
    let found = run(&mut program, range, bends, inherited, label, context);
    let infinite = found.as_ref().is_ok_and(|value| value.value.is_infinite());
    let doubtful = matches!(found, Err(NumericError::Undefined(_) | NumericError::Divergent(_)));
    if !infinite && !doubtful {
        return found;
    }
    let mut lowering = kept;
    let careful = apart(&mut lowering.graph, root);
    let mut program = Program::new(lowering, &[root, careful]);
    match run(&mut program, range, bends, inherited, label, context) {
        Err(NumericError::Undefined(_)) if infinite => {
            Err(NumericError::NotConverged(label.into()))
        }
        Err(NumericError::Undefined(_)) => found,
        other => other,
    }
}

fn run(
    program: &mut Program,
    range: &Range,
    bends: &[f64],
    inherited: f64,
    label: &str,
    context: &Context,
) -> Result<Value, NumericError> {
    let change = change(range.ends, &range.bulks);
    let points: Vec<f64> = context.options.points.iter().chain(bends).copied().collect();
    let cuts = cuts(change, range, &points);
    let range = range.ends;
    let mut f = |t: &[f64], y: &mut [f64]| mapped(program, change, range, t, y, label);
    let integral = match integrate(&mut f, &cuts, context.options, label) {
        Err(NumericError::NotConverged(_)) if grows(&mut f, change, range, &cuts)? => {
            return Err(NumericError::Divergent(label.into()));
        }
        other => other?,
    };
    let mut cut_off = 0.0;
    if change != Change::None {
        let mut ends = [0.0; 2];
        for (end, t) in ends.iter_mut().zip([cuts[0], cuts[cuts.len() - 1]]) {
            let mut y = [0.0; 2];
            f(&[0.9 * t, t], &mut y)?;
            cut_off += beyond(0.1 * t, y);
            *end = y[1];
        }
        let tails = ends.map(|end| check_tail(end, &integral, label));
        if tails.iter().any(Result::is_err) && !grows(&mut f, change, range, &cuts)? {
            // It falls, and what is cut off may be of account.
            return Err(NumericError::NotConverged(label.into()));
        }
        tails.into_iter().collect::<Result<Vec<()>, _>>()?;
    }
    check_zero_ends(&mut f, change, range, &integral, label)?;
    if change == Change::None {
        cut_off += unresolved(&mut f, range)?;
    }
    if integral.value.is_infinite() {
        return Ok(Value::exact(integral.value));
    }
    let error = integral.error + inherited * integral.magnitude + cut_off;
    Ok(Value { value: integral.value, error, evaluations: 0 })
}

/// What lies between the finite ends other than 0 and the last points that f64 tells from them, if the integrand goes on as
/// the power of the distance that it is there.
fn unresolved(f: &mut Integrand, (lo, hi): (f64, f64)) -> Result<f64, NumericError> {
    const FAR: f64 = 1e-11;
    const CLOSE: f64 = 1e-13;
    let mut sum = 0.0;
    for (end, side) in [(lo, 1.0), (hi, -1.0)] {
        let size = f64::abs(end);
        if size == 0.0 || !size.is_finite() || CLOSE * size > hi - lo {
            continue;
        }
        let mut y = [0.0; 2];
        f(&[end + side * FAR * size, end + side * CLOSE * size], &mut y)?;
        let [far, close] = y.map(f64::abs);
        let power = (close / far).ln() / (CLOSE / FAR).ln();
        if power < 0.0 && power > -1.0 {
            let last = f64::EPSILON * size;
            sum += close * (f64::EPSILON / CLOSE).powf(power) * last / (1.0 + power);
        }
    }
    Ok(sum)
}

/// What an integrand that falls from `before` to `end` over a length leaves beyond that, if it goes on as it falls.
fn beyond(length: f64, [before, end]: [f64; 2]) -> f64 {
    let (before, end) = (before.abs(), end.abs());
    if end == 0.0 || !end.is_finite() || before <= end {
        return 0.0;
    }
    end * length.abs() / (before / end).ln()
}

/// Whether what an integral did not converge over has ends that do not die out: x·f(x) towards a finite end at 0, the
/// mapped integrand towards any other end of a changed variable.
fn grows(
    f: &mut Integrand,
    change: Change,
    (lo, hi): (f64, f64),
    cuts: &[f64],
) -> Result<bool, NumericError> {
    const NEARER: f64 = 1e-200;
    const NEAR: f64 = 1e-100;
    const LEAST_FALL: f64 = 0.99;
    let pairs = if change == Change::None {
        [(lo, 1.0), (hi, -1.0)]
            .map(|(end, side)| (end == 0.0).then_some((side * NEAR, side * NEARER)))
    } else {
        [cuts[0], cuts[cuts.len() - 1]].map(|t| Some((0.9 * t, t)))
    };
    for (near, nearer) in pairs.into_iter().flatten() {
        let mut y = [0.0; 2];
        f(&[near, nearer], &mut y)?;
        let weighed = |t: f64, y: f64| if change == Change::None { (t * y).abs() } else { y.abs() };
        let (a, b) = (weighed(near, y[0]), weighed(nearer, y[1]));
        if b > 0.0 && b >= LEAST_FALL * a {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A finite range that ends at 0, where f64 resolves a singularity to the last: x·f(x) must die out there.
fn check_zero_ends(
    f: &mut Integrand,
    change: Change,
    (lo, hi): (f64, f64),
    integral: &Integral,
    label: &str,
) -> Result<(), NumericError> {
    const CLOSE: f64 = 1e-300;
    for (end, at) in [(lo, CLOSE), (hi, -CLOSE)] {
        if change == Change::None && end == 0.0 {
            let mut y = [0.0];
            f(&[at], &mut y)?;
            check_tail(y[0] * CLOSE, integral, label)?;
        }
    }
    Ok(())
}

/// The integrand in the changed variable. An infinity at an end of the range is a singularity, not a value.
fn mapped(
    program: &mut Program,
    change: Change,
    (lo, hi): (f64, f64),
    t: &[f64],
    y: &mut [f64],
    label: &str,
) -> Result<(), NumericError> {
    let mut weights = [1.0; BATCH];
    for ((x, weight), t) in program.input(0).iter_mut().zip(&mut weights).zip(t) {
        (*x, *weight) = change.at(*t);
    }
    program.run(t.len())?;
    y.copy_from_slice(&program.output(0)[..t.len()]);
    if program.outputs() > 1 {
        // The same, taken apart. A zero may be a factor too small for f64 beside one that is too large.
        for (y, careful) in y.iter_mut().zip(program.output(1)) {
            if !y.is_finite() || *y == 0.0 && careful.is_finite() {
                *y = *careful;
            }
        }
    }
    // Inputs keep their registers, so that the places are still there.
    for ((y, x), weight) in y.iter_mut().zip(program.input(0).iter()).zip(&weights) {
        if !y.is_finite() && (*x <= lo || *x >= hi) {
            *y = 0.0;
        }
        if y.is_nan() {
            return Err(NumericError::Undefined(format!("{label} at {x}")));
        }
        *y = super::graph::weigh(*y, *weight);
    }
    Ok(())
}

fn between_terms(
    b: &Binder,
    lo: &Term,
    hi: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    let (lo, hi) = (scalar(lo, context)?.value, scalar(hi, context)?.value);
    series::run(b, lo, hi, context)
}
