//! Sums and products over integers: finite ones term by term, infinite ones until nothing is left.
//!
//! An infinite sum is probed first, at integers that grow by one part in a hundred: a logarithm does not underflow, so
//! that a bulk far from the first term is seen before it is reached. It ends where a batch adds nothing and k·|f(k)|,
//! the size of a dyadic block, falls off geometrically beyond; what those blocks hold is part of the error. A tail that
//! is too slow for that is an error, never a number.

use super::catalogue::{is_product, mixture};
use super::context::Context;
use super::lower::{Lowering, UNROLL};
use super::program::{BATCH, Program};
use super::quadrature::Compensated;
use super::{NumericError, Value, binder};
use crate::term::{Binder, BinderOp, Domain, Symbol, Term};

/// Terms of a finite sum beyond this are refused: a second of work.
const MAX_TERMS: f64 = (1u64 << 26) as f64;

/// An infinite sum that has not settled after so many terms does not converge fast enough to be summed term by term.
const MAX_INFINITE: f64 = (1u64 << 22) as f64;

/// A batch of terms this small against the total ends an infinite sum.
const SETTLED: f64 = 1e-17;

/// The growth from one probe to the next: a bulk as narrow as √k is not stepped over below the last term.
const GROWTH: f64 = 1.01;

/// Terms this much below the highest probe, in the logarithm, are of no account.
const NEGLIGIBLE: f64 = 45.0;

/// Doublings beyond the last term at which the tail is measured.
const DOUBLINGS: usize = 30;

/// A dyadic block that is not smaller than the one before by this factor belongs to a tail too slow to be summed.
const FALLING: f64 = 0.9;

/// The logarithm of about the largest number of f64.
const OVERFLOW: f64 = 700.0;

/// The first and the last integer of a distribution on integers; `None` for any other. Of a mixture, the hull.
pub(super) fn atoms(
    distribution: &Term,
    context: &Context,
) -> Result<Option<(f64, f64)>, NumericError> {
    let distribution = Lowering::new(context).resolved(distribution)?;
    if is_product(&distribution) {
        return Ok(None);
    }
    let Some(components) = mixture(&distribution) else {
        let Some((lo, hi)) = context.catalogue.atoms(&distribution) else { return Ok(None) };
        let end = |t: &Term| binder::scalar(t, context).map(|v| v.value);
        return Ok(Some((end(&lo)?, end(&hi)?)));
    };
    let mut hull = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, component) in components {
        let Some((lo, hi)) = atoms(component, context)? else { return Ok(None) };
        hull = (hull.0.min(lo), hull.1.max(hi));
    }
    Ok(Some(hull))
}

/// `Σ body` over the integers from `lo` to `hi`.
pub(super) fn sum(
    var: &Symbol,
    (lo, hi): (f64, f64),
    body: &Term,
    context: &Context,
) -> Result<Value, NumericError> {
    let ends = Domain::Range(Term::integer(0), Term::integer(0));
    let b = Binder { op: BinderOp::Sum, var: var.clone(), domain: ends, body: body.clone() };
    // A short sum is written out, so that each term may use its own entries of vectors.
    if hi - lo < UNROLL {
        let mut lowering = Lowering::new(context);
        let id = lowering.unroll(&b, (lo.ceil() as i64, hi.floor() as i64))?;
        return binder::constant(&lowering, id, body);
    }
    run(&b, lo, hi, context)
}

/// The value of a sum or product over the integers from `lo` to `hi`.
pub(super) fn run(b: &Binder, lo: f64, hi: f64, context: &Context) -> Result<Value, NumericError> {
    let label = format!("the {} of `{}` over {}", b.op.as_str(), b.body, b.var);
    if !lo.is_finite() || hi.is_nan() || (hi.is_finite() && hi - lo > MAX_TERMS) {
        return Err(NumericError::TooLarge(label));
    }
    let mut lowering = Lowering::new(context);
    lowering.variable(&b.var);
    let root = lowering.lower(&b.body)?;
    let endless = hi.is_infinite();
    if endless && b.op == BinderOp::Sum && lowering.graph.value(root) == Some(0.0) {
        return Ok(Value::exact(0.0));
    }
    let inherited = lowering.inherited;
    let mut program = Program::new(lowering, &[root]);
    let mut acc = Accumulator::new(b.op);
    let mut next = lo.ceil();
    let heights =
        if endless && b.op == BinderOp::Sum { heights(b, next, context)? } else { vec![] };
    let reach = reach(&heights);
    while next <= hi {
        let n = ((hi - next).min((BATCH - 1) as f64) as usize) + 1;
        program.input(0)[..n].iter_mut().enumerate().for_each(|(i, x)| *x = next + i as f64);
        program.run(n)?;
        let share = acc.take(&program.output(0)[..n], next);
        next += n as f64;
        if !endless {
            continue;
        }
        let seen = b.op == BinderOp::Product || (acc.magnitude > 0.0 && next > reach);
        if (seen && share <= SETTLED) || acc.is_infinite() {
            break;
        }
        if next - lo > MAX_INFINITE {
            return Err(NumericError::NotConverged(label));
        }
    }
    let top = heights.iter().map(|(_, h)| *h).filter(|h| h.is_finite()).fold(0.0, f64::max);
    if acc.is_infinite() && !heights.is_empty() && top < OVERFLOW {
        // A factor of a term is beyond f64, though the term is not: nothing is known of the sum.
        return Err(NumericError::NotConverged(label));
    }
    if endless && b.op == BinderOp::Sum && !acc.is_infinite() {
        acc.tail = tail(&mut program, next, acc.magnitude, &label)?;
    }
    let value = acc.finish(&label)?;
    Ok(Value { error: value.error + inherited * acc.magnitude, ..value })
}

/// ln|f(k)| at probes from `lo` on.
fn heights(b: &Binder, lo: f64, context: &Context) -> Result<Vec<(f64, f64)>, NumericError> {
    let mut lowering = Lowering::new(context);
    lowering.variable(&b.var);
    let root = lowering.log_magnitude(&b.body)?;
    // An integral inside would be computed for each probe.
    if !lowering.nested.is_empty() {
        return Ok(Vec::new());
    }
    let mut program = Program::new(lowering, &[root]);
    let mut probes = Vec::new();
    let mut offset: f64 = 0.0;
    while offset < MAX_INFINITE {
        probes.push(lo + offset);
        offset = (offset * GROWTH).floor().max(offset + 1.0);
    }
    let mut out = Vec::with_capacity(probes.len());
    for batch in probes.chunks(BATCH) {
        program.input(0)[..batch.len()].copy_from_slice(batch);
        program.run(batch.len())?;
        out.extend(batch.iter().copied().zip(program.output(0)[..batch.len()].iter().copied()));
    }
    Ok(out)
}

/// The last probe that is of account.
fn reach(heights: &[(f64, f64)]) -> f64 {
    let finite = heights.iter().filter(|(_, h)| h.is_finite());
    let top = finite.map(|(_, h)| *h).fold(f64::NEG_INFINITY, f64::max);
    let counts = heights.iter().filter(|(_, h)| *h > top - NEGLIGIBLE);
    counts.map(|(k, _)| *k).fold(f64::NEG_INFINITY, f64::max)
}

/// What the terms from `next` on may add up to, from dyadic blocks that fall off geometrically.
fn tail(
    program: &mut Program,
    next: f64,
    magnitude: f64,
    label: &str,
) -> Result<f64, NumericError> {
    let mut probes = [0.0; DOUBLINGS];
    probes.iter_mut().enumerate().for_each(|(j, k)| *k = next * (j as f64).exp2());
    program.input(0)[..DOUBLINGS].copy_from_slice(&probes);
    program.run(DOUBLINGS)?;
    let blocks: Vec<f64> =
        probes.iter().zip(program.output(0)).map(|(k, f)| (k * f).abs()).collect();
    // Far out a term may be 0·∞; where it was 0 before, it stays 0.
    let blocks: Vec<f64> = blocks.into_iter().take_while(|b| *b > 0.0).collect();
    let slow = |w: &[f64]| w[1] > FALLING * w[0] || w[1].is_nan();
    if blocks.windows(2).any(slow) {
        return Err(NumericError::Divergent(label.into()));
    }
    let total: f64 = blocks.iter().map(|b| 2.0 * b).sum();
    if total > 1e-6 * magnitude {
        return Err(NumericError::NotConverged(label.into()));
    }
    Ok(total)
}

/// A sum or product in the making.
struct Accumulator {
    op: BinderOp,
    sum: Compensated,
    magnitude: f64,
    product: f64,
    count: f64,
    tail: f64,
    /// The largest term, and where it stood.
    peak: (f64, f64),
}

impl Accumulator {
    fn new(op: BinderOp) -> Self {
        Self {
            op,
            sum: Compensated::default(),
            magnitude: 0.0,
            product: 1.0,
            count: 0.0,
            tail: 0.0,
            peak: (0.0, 0.0),
        }
    }

    /// Takes terms; returns what they contributed, relative to the total.
    fn take(&mut self, terms: &[f64], first: f64) -> f64 {
        self.count += terms.len() as f64;
        if self.op == BinderOp::Product {
            let before = self.product;
            terms.iter().for_each(|t| self.product *= t);
            return (self.product / before - 1.0).abs();
        }
        let size: f64 = terms.iter().map(|t| t.abs()).sum();
        terms.iter().for_each(|t| self.sum.add(*t));
        self.magnitude += size;
        for (i, t) in terms.iter().enumerate() {
            if t.abs() > self.peak.0 {
                self.peak = (t.abs(), first + i as f64);
            }
        }
        if size == 0.0 { 0.0 } else { size / self.magnitude }
    }

    fn is_infinite(&self) -> bool {
        self.op == BinderOp::Sum && !self.magnitude.is_finite()
    }

    /// A term at k may be the exponential of something of the size of ln k!, whose rounding it carries.
    fn finish(&self, label: &str) -> Result<Value, NumericError> {
        let k = self.peak.1.abs();
        let rounding = f64::EPSILON * (1.0 + k * (1.0 + k).ln());
        let (value, error) = match self.op {
            BinderOp::Product => (self.product, self.product.abs() * f64::EPSILON * self.count),
            _ if self.is_infinite() => (self.sum.total(), 0.0),
            _ => (self.sum.total(), self.magnitude * rounding + self.tail),
        };
        if value.is_nan() {
            return Err(NumericError::Undefined(label.into()));
        }
        Ok(Value { value, error, evaluations: 0 })
    }
}
