//! What is said where a quantity is taken of a sum of distributions: its mass, and that it is no quantity of densities.

use crate::document::{Bilingual, Notation, unicode};
use crate::kernel::{Facts, Kernel};
use crate::term::{Node, Path, Term};
use crate::theory::Theory;

/// A note for each quantity with a unit whose argument is a sum of distributions. What has no unit, such as a mass itself,
/// is no measure of information, and says what it is.
pub(super) fn notes(
    terms: &[&Term],
    facts: &Facts,
    theory: &Theory,
    notation: &Notation,
) -> Vec<Bilingual> {
    let mut out = Vec::new();
    for term in terms {
        term.any(&mut |t| {
            if let Node::Call(name, arguments) = t.node()
                && theory.quantity(name, arguments.len()).is_some_and(|q| q.unit.is_some())
            {
                for argument in arguments.iter().filter(|a| facts.measure(a).is_some()) {
                    let note = note(t, argument, facts, theory, notation);
                    if !out.contains(&note) {
                        out.push(note);
                    }
                }
            }
            false
        });
    }
    out
}

fn note(
    quantity: &Term,
    argument: &Term,
    facts: &Facts,
    theory: &Theory,
    notation: &Notation,
) -> Bilingual {
    let shown = |t: &Term| unicode(t, notation);
    let (of, name) = (shown(quantity), shown(argument));
    let mass = shown(&mass(argument, facts, theory));
    Bilingual::new(
        format!(
            "{name} has mass {mass} and is not normalised: {of} is taken by its definition, and what holds of distributions, such \
             as that a divergence is not negative, need not hold of it"
        ),
        format!(
            "{name} 的质量为 {mass}，未归一化：{of} 按定义计算，对分布成立的结论（如散度非负）未必成立"
        ),
    )
}

/// The sum of the weights, collected.
fn mass(measure: &Term, facts: &Facts, theory: &Theory) -> Term {
    let weights = facts.measure(measure).unwrap_or_default().into_iter().map(|(w, _)| w).collect();
    let sum = Term::sum(weights);
    let spellings = Kernel::new(theory, facts.clone()).spellings(&sum, &Path::root());
    spellings.into_iter().next().unwrap_or(sum)
}
