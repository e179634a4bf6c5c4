//! Whether a mean and a variance exist, decided from the tails of their integrals.
//!
//! Samples cannot show it: they are finite, and so is their deviation. Quadrature looks at the ends of the range: it
//! refuses an integral whose integrand does not die out there. That is asked only where samples look as if the
//! variance might be infinite.

use super::blocks::Mean;
use super::monte_carlo::Verdict;
use super::{Catalogue, Environment, NumericError, Options, evaluate};
use crate::term::{BinderOp, Domain, Term};

/// Evaluations for one integral: the end of a range is looked at before many are spent.
const EVALUATIONS: usize = 1 << 14;

/// What does not exist of a sum of means, if that can be seen.
pub(super) fn verdict(
    means: &[Mean],
    environment: &Environment,
    catalogue: &dyn Catalogue,
) -> Option<Verdict> {
    let diverges = |m: &Mean, integrand: Term| {
        let domain = Domain::Over(m.distribution.clone());
        let term = Term::binder(BinderOp::Expectation, m.var.clone(), domain, integrand);
        let options =
            Options { coordinates: 1, max_evaluations: EVALUATIONS, ..Options::default() };
        matches!(
            evaluate(&term, environment, catalogue, &options),
            Err(NumericError::Divergent(_)) | Ok(super::Value { value: f64::INFINITY, .. })
        )
    };
    let square = |m: &Mean| Term::power(m.integrand.clone(), Term::integer(2));
    let heavy: Vec<&Mean> = means.iter().filter(|m| diverges(m, square(m))).collect();
    if heavy.is_empty() {
        return None;
    }
    let unbounded = heavy.iter().any(|m| diverges(m, m.integrand.clone()));
    Some(if unbounded { Verdict::InfiniteExpectation } else { Verdict::InfiniteVariance })
}
