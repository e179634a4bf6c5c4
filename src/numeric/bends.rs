//! Where an integrand has a kink: what an absolute value is taken of changes its sign there, or the smaller of two is
//! another. Cut there, an integral converges as fast as a smooth one.

use super::context::Context;
use super::locate::{Bulk, grid_over};
use super::lower::Lowering;
use super::program::{BATCH, Program};
use crate::term::{Node, Symbol, Term};

/// Points per round of the search between two points of different sign.
const ROUND: usize = 33;

/// Rounds: each narrows the bracket 32-fold, so that twelve reach the last bit.
const ROUNDS: usize = 12;

/// At most so many places are cut at.
const MOST: usize = 32;

/// The places inside a range at which the integrand has a kink, as far as a grid shows them.
pub(super) fn bends(
    body: &Term,
    var: &Symbol,
    range: (f64, f64),
    bulks: &[Bulk],
    context: &Context,
) -> Vec<f64> {
    let mut changing = Vec::new();
    collect(body, var, context, &mut changing);
    let mut out = Vec::new();
    if changing.is_empty() {
        return out;
    }
    let points = grid_over(range, bulks);
    for term in changing {
        let mut lowering = Lowering::new(context);
        lowering.variable(var);
        let Ok(root) = lowering.lower(&term) else { continue };
        if lowering.graph.known(root).is_some() {
            continue;
        }
        let mut program = Program::new(lowering, &[root]);
        let Some(values) = values(&mut program, &points) else { continue };
        let mut before: Option<(f64, f64)> = None;
        for (x, y) in points.iter().zip(&values) {
            if *y == 0.0 || !y.is_finite() {
                continue;
            }
            if let Some((from, sign)) = before
                && sign * y.signum() < 0.0
                && out.len() < MOST
            {
                out.push(change_of_sign(&mut program, from, *x, sign));
            }
            before = Some((*x, y.signum()));
        }
    }
    out.sort_by(f64::total_cmp);
    out.dedup();
    out
}

/// The last point, as far as numbers tell, before which the sign is that at `lo`.
fn change_of_sign(program: &mut Program, mut lo: f64, mut hi: f64, sign: f64) -> f64 {
    for _ in 0..ROUNDS {
        let step = (hi - lo) / (ROUND - 1) as f64;
        let points: Vec<f64> =
            (0..ROUND).map(|k| if k + 1 == ROUND { hi } else { lo + step * k as f64 }).collect();
        let Some(values) = values(program, &points) else { break };
        let Some(i) = values.iter().position(|y| *y * sign < 0.0) else { break };
        hi = points[i];
        let same = values[..i].iter().rposition(|y| *y * sign > 0.0);
        lo = same.map_or(lo, |k| points[k]);
        if hi <= lo {
            break;
        }
    }
    lo.midpoint(hi)
}

fn values(program: &mut Program, points: &[f64]) -> Option<Vec<f64>> {
    let mut out = Vec::with_capacity(points.len());
    for some in points.chunks(BATCH) {
        program.input(0)[..some.len()].copy_from_slice(some);
        program.run(some.len()).ok()?;
        out.extend_from_slice(&program.output(0)[..some.len()]);
    }
    Some(out)
}

/// What changes its sign where a term in `var` may have a kink. What other binders bind is not looked at.
fn collect(t: &Term, var: &Symbol, context: &Context, out: &mut Vec<Term>) {
    if !t.mentions(var) || matches!(t.node(), Node::Binder(_)) || out.len() >= MOST {
        return;
    }
    if let Node::Call(f, args) = t.node() {
        match (f.as_str(), args.as_slice()) {
            ("abs", [u]) => out.push(u.clone()),
            ("min" | "max", [u, v]) => out.push(Term::difference(u.clone(), v.clone())),
            _ => {}
        }
    }
    // A density may have a kink of its own, where it peaks.
    if let Node::Density(d, points) = t.node()
        && let [x] = points.as_slice()
        && let Ok(known) = Lowering::new(context).resolved(d)
        && let Some(density) = context.catalogue.density(&known, x)
    {
        return collect(&density, var, context, out);
    }
    t.children().into_iter().for_each(|c| collect(c, var, context, out));
}
