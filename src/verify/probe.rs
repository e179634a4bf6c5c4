//! Numbers before proof: two forms that differ at a point are not equal, and only those that do not are worth asking the
//! kernel about.

use super::Numbers;
use super::instances::instances;
use super::points::Points;
use crate::kernel::{Facts, Kernel};
use crate::numeric::{Environment, Options, evaluate};
use crate::term::{Symbol, Term};
use crate::theory::Theory;

/// Points at which forms are compared.
const POINTS: usize = 2;

/// Points that are looked at to find those.
const CANDIDATES: usize = 6;

/// A relative difference beyond this tells two forms apart.
const APART: f64 = 1e-7;

/// Forms without numbers are left to the kernel, at most so many.
const WITHOUT_NUMBERS: usize = 200;

/// A form, its values at points, and the kernel that has the last word.
pub(super) struct Probe<'t> {
    wanted: Term,
    at: Vec<(Environment, Facts, f64)>,
    kernel: Kernel<'t>,
    theory: &'t Theory,
    unseen: usize,
}

impl<'t> Probe<'t> {
    /// A probe for forms equal to `wanted`, in the names of `facts`.
    pub fn new(wanted: &Term, other: &Term, facts: &Facts, theory: &'t Theory) -> Self {
        let options = Options { coordinates: 1, ..Options::default() };
        let mut at = Vec::new();
        for (point, facts) in points(wanted, other, facts, theory) {
            let value = evaluate(wanted, &point, &Numbers { theory, facts: &facts }, &options);
            if let Ok(v) = value
                && v.value.is_finite()
            {
                at.push((point, facts, v.value));
            }
            if at.len() == POINTS {
                break;
            }
        }
        let kernel = Kernel::new(theory, facts.clone());
        Self { wanted: wanted.clone(), at, kernel, theory, unseen: 0 }
    }

    /// The kernel, for spellings.
    pub fn kernel(&mut self) -> &mut Kernel<'t> {
        &mut self.kernel
    }

    /// Whether the form is proved equal to the wanted one.
    pub fn is(&mut self, form: &Term) -> bool {
        let mut seen = false;
        for (point, facts, wanted) in &self.at {
            let numbers = Numbers { theory: self.theory, facts };
            let options = Options { coordinates: 1, ..Options::default() };
            match evaluate(form, point, &numbers, &options) {
                Ok(v) => {
                    let scale = v.value.abs().max(wanted.abs()).max(1.0);
                    let same = (v.value - wanted).abs() <= APART * scale + 4.0 * v.error;
                    if !same {
                        return false;
                    }
                    seen = true;
                }
                Err(crate::numeric::NumericError::Undefined(_)) => return false,
                Err(_) => {}
            }
        }
        self.unseen += usize::from(!seen);
        (seen || self.unseen <= WITHOUT_NUMBERS)
            && self.kernel.equal(&self.wanted, form) == Ok(true)
    }
}

/// Admissible points for both forms and the names that edits of them may bring in.
fn points(a: &Term, b: &Term, facts: &Facts, theory: &Theory) -> Vec<(Environment, Facts)> {
    let numbers = Numbers { theory, facts };
    let number = |name: &Symbol| facts.sorts.get(name).is_some_and(|s| !s.is_distribution());
    let near = [a, b].into_iter().flat_map(|t| {
        let names = t.free_symbols();
        names.into_iter().filter_map(|n| super::mutation::neighbour(&n, t, facts))
    });
    let near = Term::sum(near.filter(number).map(Term::symbol).collect());
    let (text, terms) = (format!("{a} or {b}"), [a, b, &near]);
    match instances(&text, &terms, numbers) {
        Some(all) => all
            .take(CANDIDATES)
            .filter_map(|i| Some((i.point(&text, &terms, theory)?.0, i.facts)))
            .collect(),
        None => Points::new(&text, &terms, numbers)
            .into_iter()
            .flat_map(|points| points.take(CANDIDATES))
            .map(|point| (point, facts.clone()))
            .collect(),
    }
}
