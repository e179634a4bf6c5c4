//! Two values with their doubt, compared under a relation.

use crate::numeric::Value;
use crate::term::Relation;

/// What is forgiven beyond the error estimates, relative to the larger side.
pub(super) const ROUNDING: f64 = 1e-9;

/// An error estimate beyond this share of the value decides nothing.
const USELESS: f64 = 1e-4;

/// What a comparison shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Verdict {
    Agrees,
    Differs,
    Undecided,
}

/// How far the relation is missed, relative to the larger side (at least one); zero where it holds.
pub(super) fn discrepancy(relation: Relation, a: f64, b: f64) -> f64 {
    if a == b && !matches!(relation, Relation::Lt | Relation::Gt | Relation::Ne) {
        return 0.0;
    }
    if a.is_infinite() || b.is_infinite() || a.is_nan() || b.is_nan() {
        return match relation {
            Relation::Le | Relation::Lt if a < b => 0.0,
            Relation::Ge | Relation::Gt if a > b => 0.0,
            _ => f64::INFINITY,
        };
    }
    let gap = match relation {
        Relation::Eq => (a - b).abs(),
        Relation::Le | Relation::Lt => (a - b).max(0.0),
        Relation::Ge | Relation::Gt => (b - a).max(0.0),
        // One point says nothing of a constant that is left out, nor of a limit.
        Relation::Ne | Relation::UpTo | Relation::Tends | Relation::TendsUpTo => return 0.0,
    };
    gap / a.abs().max(b.abs()).max(1.0)
}

/// Whether `a relation b`, given the errors of both.
pub(super) fn compare(relation: Relation, a: Value, b: Value) -> Verdict {
    let scale = a.value.abs().max(b.value.abs()).max(1.0);
    let doubt = (a.error + b.error) / scale;
    let gap = discrepancy(relation, a.value, b.value);
    // Quadrature of what diverges gives some number with a large error.
    let vague = |v: Value| v.value.is_finite() && v.error > USELESS * v.value.abs();
    if a.value.is_infinite() && vague(b) || b.value.is_infinite() && vague(a) {
        return Verdict::Undecided;
    }
    if scale.is_finite() && (doubt.is_nan() || doubt > USELESS) {
        return if gap > 10.0 * doubt { Verdict::Differs } else { Verdict::Undecided };
    }
    let doubt = if doubt.is_finite() { doubt } else { 0.0 };
    if gap <= 2.0 * doubt + ROUNDING { Verdict::Agrees } else { Verdict::Differs }
}
