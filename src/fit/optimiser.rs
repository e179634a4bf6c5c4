//! The descents of the optimiser crate, behind one function.

use std::cell::RefCell;
use std::rc::Rc;

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

/// Steps of one descent at most.
const MOST: u64 = 120;

/// Steps that are remembered for the curvature.
const MEMORY: usize = 7;

/// A value with its gradient, as the crate asks for them one after the other.
type Known = Option<(Vec<f64>, f64, Vec<f64>)>;

struct Problem<'f, F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>> {
    function: RefCell<&'f mut F>,
    last: RefCell<Known>,
    best: RefCell<Known>,
}

impl<F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>> Problem<'_, F> {
    fn at(&self, x: &[f64]) -> Result<(f64, Vec<f64>), Error> {
        if let Some((at, value, slope)) = self.last.borrow().as_ref()
            && at == x
        {
            return Ok((*value, slope.clone()));
        }
        let found = (self.function.borrow_mut())(x);
        let (value, slope) = found.ok_or_else(|| Error::msg("no value"))?;
        let known = Some((x.to_vec(), value, slope.clone()));
        let mut best = self.best.borrow_mut();
        if best.as_ref().is_none_or(|(_, before, _)| value <= *before) {
            best.clone_from(&known);
        }
        *self.last.borrow_mut() = known;
        Ok((value, slope))
    }
}

/// The lowest point that a descent from `start` comes to. Where the function has no value it ends.
pub(super) fn descend<F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>>(
    start: &[f64],
    function: &mut F,
) -> Vec<f64> {
    let (last, best) = (RefCell::new(None), RefCell::new(None));
    let problem = Problem { function: RefCell::new(function), last, best };
    // The crate takes what it minimises; the lowest point is asked for afterwards.
    let best = Rc::new(problem);
    let shared = Shared(best.clone());
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_grad(1e-9);
    if let Ok(solver) = solver.and_then(|s| s.with_tolerance_cost(0.0)) {
        let run = Executor::new(shared, solver)
            .configure(|state| state.param(start.to_vec()).max_iters(MOST))
            .run();
        // A line search that fails near the minimum is no failure: the lowest point is known.
        drop(run);
    }
    let found = best.best.borrow().as_ref().map(|(at, ..)| at.clone());
    found.unwrap_or_else(|| start.to_vec())
}

/// The problem, shared with who asks for its lowest point.
struct Shared<'f, F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>>(Rc<Problem<'f, F>>);

impl<F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>> CostFunction for Shared<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        self.0.at(x).map(|(value, _)| value)
    }
}

impl<F: FnMut(&[f64]) -> Option<(f64, Vec<f64>)>> Gradient for Shared<'_, F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        self.0.at(x).map(|(_, slope)| slope)
    }
}

#[cfg(test)]
mod tests {
    use super::descend;

    #[test]
    fn a_curved_valley() {
        let mut valley = |x: &[f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            let slope = vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b];
            Some((a * a + 100.0 * b * b, slope))
        };
        let found = descend(&[-1.2, 1.0], &mut valley);
        assert!((found[0] - 1.0).abs() < 1e-6 && (found[1] - 1.0).abs() < 1e-6, "{found:?}");
    }
}
