//! Integrals over whole lines by one regular grid.
//!
//! The trapezoidal rule converges faster than any power of the spacing for an integrand that is smooth and dies out on
//! both sides (Trefethen and Weideman 2014): under a density with light tails a few dozen nodes for each coordinate give
//! all digits, where integrals inside one another take hundreds for each and make every inner one anew. Every second
//! node in each direction is the same rule at twice the spacing, and what they differ by is the error. Where that stays
//! large, or where the integrand does not die out within reach, nothing is said.

use super::binder::{components, support};
use super::context::Context;
use super::coordinates::{Coordinates, coordinate, member};
use super::locate::{Bulk, distributions, probe};
use super::lower::Lowering;
use super::program::{BATCH, Program};
use super::quadrature::Compensated;
use super::{NumericError, Value};
use crate::term::{Symbol, Term};

/// How far the nodes go from a place of bulk, in its scales: beyond ten standard deviations, where a probe's scale may be
/// a tenth too small.
const REACH: f64 = 8.5;

/// Ranges of more scales have several places of bulk far from one another.
const LONGEST: f64 = 6.0 * REACH;

/// Another density in the integrand that is narrower than this might hide between the nodes.
const NARROW: f64 = 1.0 / 8.0;

/// Spacings in scales, tried in turn.
const SPACINGS: [f64; 3] = [0.25, 0.125, 0.0625];

/// Nodes at most.
const NODES: usize = 1 << 19;

/// Nodes at most where each of them has integrals of its own.
const NESTED: usize = 300;

/// What the two rules may differ by, against ∫|f|.
const AGREE: f64 = 1e-13;

/// The part of ∫|f| that may lie on the outermost nodes.
const OUTSIDE: f64 = 1e-15;

/// Where nodes of one coordinate lie.
struct Axis {
    low: f64,
    high: f64,
    scale: f64,
}

/// As [`on_lines`], of one number.
pub(super) fn on_line(
    p: &Term,
    var: &Symbol,
    body: &Term,
    context: &Context,
) -> Result<Option<Value>, NumericError> {
    let others = distributions(body, var);
    let Some(axis) = axis(p, &others, context) else { return Ok(None) };
    let mut lowering = Lowering::new(context);
    lowering.variable(var);
    value(lowering, body, &[axis], context)
}

/// The integral of `body` over the lines of independent coordinates, `var` their vector; `None` where nested integrals
/// must do it.
pub(super) fn on_lines(
    parts: &Coordinates,
    var: &Symbol,
    body: &Term,
    context: &Context,
) -> Result<Option<Value>, NumericError> {
    let most = match context.is_outermost() {
        true => context.options.coordinates.max(context.options.grid),
        false => context.options.coordinates,
    };
    if parts.is_empty() || parts.len() > most {
        return Ok(None);
    }
    let all = distributions(body, var);
    let mut axes = Vec::new();
    for (k, part) in parts {
        let others: Vec<Term> =
            all.iter().filter_map(|p| coordinate(p, &k.to_string(), context)).collect();
        let Some(axis) = axis(part, &others, context) else { return Ok(None) };
        axes.push(axis);
    }
    let mut lowering = Lowering::new(context);
    // The vector itself is not a number.
    let none = lowering.graph.constant(f64::NAN);
    lowering.bind(var, none);
    for (k, _) in parts {
        lowering.variable(&member(var, *k as f64));
    }
    value(lowering, body, &axes, context)
}

/// The nodes for a distribution on the line beside others in the integrand.
fn axis(p: &Term, others: &[Term], context: &Context) -> Option<Axis> {
    let bulks = |p: &Term| -> Option<Vec<Bulk>> {
        components(p, context).iter().map(|part| probe(part, context)).collect()
    };
    let line =
        |part: &Term| support(part, context).ok() == Some((f64::NEG_INFINITY, f64::INFINITY));
    if !components(p, context).iter().all(line) {
        return None;
    }
    let own = bulks(p)?;
    let scale = own.iter().map(|b| b.scale).reduce(f64::min)?;
    let low = own.iter().map(|b| b.centre - REACH * b.scale).reduce(f64::min)?;
    let high = own.iter().map(|b| b.centre + REACH * b.scale).reduce(f64::max)?;
    let hidden = |b: &Bulk| b.scale < NARROW * scale;
    let hides = others.iter().filter(|o| *o != p).flat_map(|o| bulks(o).unwrap_or_default());
    let fits = (high - low).is_finite() && high - low <= LONGEST * scale;
    (fits && !hides.into_iter().any(|b| hidden(&b))).then_some(Axis { low, high, scale })
}

fn value(
    mut lowering: Lowering,
    body: &Term,
    axes: &[Axis],
    context: &Context,
) -> Result<Option<Value>, NumericError> {
    let root = lowering.lower(body)?;
    if lowering.graph.known(root).is_some() {
        return Ok(None);
    }
    let most = if lowering.nested.is_empty() { NODES } else { NESTED };
    let inherited = lowering.inherited;
    let mut program = Program::new(lowering, &[root]);
    for spacing in SPACINGS {
        let Some(sums) = sums(&mut program, axes, spacing, most)? else { return Ok(None) };
        let error = (sums.fine - sums.coarse).abs();
        let goal = (context.options.tolerance * sums.fine.abs()).max(AGREE * sums.magnitude);
        if sums.outside > OUTSIDE * sums.magnitude {
            return Ok(None);
        }
        if error <= goal {
            if !dies_out(&mut program, axes, OUTSIDE * sums.magnitude)? {
                return Ok(None);
            }
            let error = error + (inherited + f64::EPSILON) * sums.magnitude;
            return Ok(Some(Value { value: sums.fine, error, evaluations: 0 }));
        }
    }
    Ok(None)
}

/// Whether the integrand is small at places far outside, along each coordinate: one that grows again there has perhaps
/// no integral.
fn dies_out(program: &mut Program, axes: &[Axis], most: f64) -> Result<bool, NumericError> {
    const DOUBLINGS: [f64; 6] = [0.0, 1.0, 3.0, 6.0, 12.0, 24.0];
    let mut lane = 0;
    let mut distances = Vec::new();
    for moved in 0..axes.len() {
        for k in 0..2 * DOUBLINGS.len() {
            let distance = DOUBLINGS[k / 2].exp2() * REACH;
            for (i, axis) in axes.iter().enumerate() {
                let away = match (i == moved, k % 2 == 0) {
                    (false, _) => axis.low.midpoint(axis.high),
                    (true, true) => axis.high + distance * axis.scale,
                    (true, false) => axis.low - distance * axis.scale,
                };
                program.input(i)[lane] = away;
            }
            distances.push(distance * axes.iter().map(|a| a.scale).product::<f64>());
            lane += 1;
        }
    }
    program.run(lane)?;
    Ok(program.output(0).iter().zip(&distances).all(|(y, d)| y.abs() * d <= most))
}

struct Sums {
    fine: f64,
    coarse: f64,
    magnitude: f64,
    /// What of the magnitude is on the outermost nodes.
    outside: f64,
}

/// The rule at a spacing and at twice that; `None` for too many nodes, and where a value is not finite.
fn sums(
    program: &mut Program,
    axes: &[Axis],
    spacing: f64,
    most: usize,
) -> Result<Option<Sums>, NumericError> {
    let (mut nodes, mut total, mut cell) = (Vec::new(), 1usize, 1.0);
    for axis in axes {
        let step = spacing * axis.scale;
        let half = ((axis.high - axis.low) / (2.0 * step)).ceil() as usize;
        nodes.push((2 * half + 1, step));
        total = total.saturating_mul(2 * half + 1);
        cell *= step;
    }
    if total > most {
        return Ok(None);
    }
    let (mut fine, mut coarse) = (Compensated::default(), Compensated::default());
    let (mut magnitude, mut outside) = (0.0, 0.0);
    let mut at = vec![0; axes.len()];
    let (mut even, mut outer) = ([false; BATCH], [false; BATCH]);
    let mut left = total;
    while left > 0 {
        let n = left.min(BATCH);
        for lane in 0..n {
            for (k, (axis, (_, step))) in axes.iter().zip(&nodes).enumerate() {
                program.input(k)[lane] = axis.low + at[k] as f64 * step;
            }
            even[lane] = at.iter().all(|i| i % 2 == 0);
            outer[lane] = at.iter().zip(&nodes).any(|(i, (m, _))| *i == 0 || i + 1 == *m);
            for (i, (m, _)) in at.iter_mut().zip(&nodes) {
                *i += 1;
                if *i < *m {
                    break;
                }
                *i = 0;
            }
        }
        program.run(n)?;
        for (lane, y) in program.output(0)[..n].iter().enumerate() {
            if !y.is_finite() {
                return Ok(None);
            }
            fine.add(*y);
            if even[lane] {
                coarse.add(*y);
            }
            magnitude += y.abs();
            if outer[lane] {
                outside += y.abs();
            }
        }
        left -= n;
    }
    let wide = f64::from(1u32 << axes.len().min(30)) * cell;
    Ok(Some(Sums {
        fine: fine.total() * cell,
        coarse: coarse.total() * wide,
        magnitude: magnitude * cell,
        outside: outside * cell,
    }))
}
