//! The loss and its gradient as numbers.

use std::cell::Cell;

use super::plan::{Plan, Sweep};
use super::problem::FitProblem;
use crate::numeric::{
    Bench, Catalogue, Environment, Family, Formulas, Integrands, NumericError, Options, Spread,
    evaluate, support,
};
use crate::term::{Domain, Node, Symbol, Term};

/// The loss at a point.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub loss: f64,
    pub gradient: Vec<f64>,
    /// What the gradient changes by where the sign of a difference that vanishes over a stretch is taken for 1.
    pub open: Option<Vec<f64>>,
}

/// How far formula and quadrature may differ where the fit begins, relative to the loss.
const AGREE: f64 = 1e-7;

/// Evaluations of the integrands of one integral at most: an integral that needs more is that of a useless place.
const MOST: usize = 1 << 15;

/// Programs for the loss and its gradient.
pub(super) struct Objective<'b> {
    closed: Option<Formulas<'b>>,
    families: Vec<Family<'b>>,
    outer: Option<Formulas<'b>>,
    spread: Option<Spread<'b>>,
    positive: bool,
    count: usize,
    /// How often the loss was evaluated.
    pub evaluations: usize,
}

impl<'b> Objective<'b> {
    /// Compiles what the plan says.
    pub fn new(
        bench: &'b Bench<'b>,
        plan: &Plan,
        problem: &FitProblem,
        catalogue: &dyn Catalogue,
    ) -> Result<Self, NumericError> {
        let names: Vec<Symbol> = problem.model.parameters.iter().map(|(p, _)| p.clone()).collect();
        let mut families = Vec::new();
        for sweep in &plan.sweeps {
            let ends = range(sweep, problem, catalogue)?;
            let integrands = Integrands {
                var: &sweep.var,
                parameters: &names,
                functions: &sweep.functions,
                kinks: &sweep.kinks,
                still: &problem.target.normalised,
                moving: &problem.model.distribution,
                ends,
            };
            families.push(Family::new(bench, &integrands)?);
        }
        let atoms: Vec<Symbol> = plan.sweeps.iter().map(|s| s.name.clone()).collect();
        let outer = match plan.outer.as_slice() {
            [] => None,
            outer => Some(Formulas::new(bench, &atoms, outer)?),
        };
        let mut out = Self {
            closed: None,
            families,
            outer,
            spread: Spread::new(bench, &problem.model.distribution, &names),
            positive: plan.positive,
            count: names.len(),
            evaluations: 0,
        };
        if let Some(closed) = &plan.closed {
            let mut roots = vec![closed.value.clone()];
            roots.extend(closed.gradient.iter().cloned());
            let mut formulas = Formulas::new(bench, &names, &roots)?;
            let agrees = match (&out.outer, formulas.at(&problem.start)) {
                (_, Err(_)) => false,
                (None, Ok(_)) => true,
                (Some(_), Ok(found)) => out.by_quadrature(&problem.start).is_ok_and(|s| {
                    let size = s.loss.abs().max(1e-3);
                    let mut pairs = found[1..].iter().zip(&s.gradient);
                    (found[0] - s.loss).abs() <= AGREE * size
                        && pairs.all(|(a, b)| (a - b).abs() <= AGREE * b.abs().max(size))
                }),
            };
            out.closed = agrees.then_some(formulas);
        }
        Ok(out)
    }

    /// Whether the formula is used.
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// The loss and its gradient by the parameters.
    pub fn at(&mut self, values: &[f64]) -> Result<Sample, NumericError> {
        self.evaluations += 1;
        let sample = match &mut self.closed {
            Some(formulas) => {
                let mut found = formulas.at(values)?;
                let loss = found.remove(0);
                Sample { loss, gradient: found, open: None }
            }
            None => self.by_quadrature(values)?,
        };
        if !sample.loss.is_finite() || sample.gradient.iter().any(|g| !g.is_finite()) {
            return Err(NumericError::Undefined("the loss".into()));
        }
        Ok(sample)
    }

    fn by_quadrature(&mut self, values: &[f64]) -> Result<Sample, NumericError> {
        let found: Vec<_> =
            self.families.iter_mut().map(|f| f.at(values)).collect::<Result<_, _>>()?;
        let integrals: Vec<f64> = found.iter().map(|f| f.values[0]).collect();
        if self.positive && integrals.iter().any(|i| *i <= 0.0) {
            return Err(NumericError::Undefined("the loss where an integral vanishes".into()));
        }
        let Some(outer) = &mut self.outer else {
            return Err(NumericError::Undefined("the loss".into()));
        };
        let outer = outer.at(&integrals)?;
        let mut gradient = vec![0.0; self.count];
        let mut open: Option<Vec<f64>> = None;
        for (one, slope) in found.iter().zip(&outer[1..]) {
            for (k, g) in gradient.iter_mut().enumerate() {
                *g += slope * one.values[1 + k];
            }
            if let Some(change) = &one.open {
                let sum = open.get_or_insert_with(|| vec![0.0; self.count]);
                for (k, o) in sum.iter_mut().enumerate() {
                    *o += slope * change[1 + k];
                }
            }
        }
        Ok(Sample { loss: outer[0], gradient, open })
    }

    /// How wide the model is at a point, as a length on the line.
    pub fn width(&mut self, values: &[f64]) -> f64 {
        let found = self.spread.as_mut().and_then(|s| s.at(values)).map(|(_, scale)| scale);
        found.filter(|s| s.is_finite() && *s > 0.0).unwrap_or(1.0)
    }
}

/// The ends of the range of an integral; these do not move with the parameters.
fn range(
    sweep: &Sweep,
    problem: &FitProblem,
    catalogue: &dyn Catalogue,
) -> Result<(f64, f64), NumericError> {
    let names = problem.model.parameters.iter().map(|(p, _)| p.clone());
    let at: Environment = names.zip(problem.start.iter().copied()).collect();
    let number = |t: &Term| evaluate(t, &at, catalogue, &Options::default()).map(|v| v.value);
    match &sweep.domain {
        Domain::Range(lo, hi) => Ok((number(lo)?, number(hi)?)),
        Domain::Over(set) => match set.node() {
            Node::Call(_, arguments) if arguments.len() == 1 => {
                support(&arguments[0], &at, catalogue)
            }
            _ => Err(NumericError::Undefined(format!("`{set}`"))),
        },
    }
}

/// What all objectives of a fit share.
pub(super) struct Limits {
    pub options: Options,
    pub spent: Cell<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        let options = Options { max_evaluations: MOST, ..Options::default() };
        Self { options, spent: Cell::new(0) }
    }
}
