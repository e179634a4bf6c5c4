//! A definition as it is shown: `p = …`, and `f_n = …, n = 1, …, N` for one with an index.

use super::notation::Notation;
use crate::term::{Domain, Node, Relation, Symbol, Term};

/// A definition with its indices apart.
pub struct Defined {
    /// The name, at its indices.
    pub left: Term,
    /// What it stands for.
    pub right: Term,
    /// What the indices range over.
    ranges: Vec<(Symbol, Domain)>,
}

impl Defined {
    /// The definition of a name by a term.
    pub fn new(name: &Symbol, term: &Term) -> Self {
        let mut left = Term::symbol(name.clone());
        let (mut right, mut ranges) = (term, Vec::new());
        while let Some(b) = right.as_comprehension() {
            left = Term::index(left, Term::symbol(b.var.clone()));
            ranges.push((b.var.clone(), b.domain.clone()));
            right = &b.body;
        }
        Self { left, right: right.clone(), ranges }
    }

    /// As an equation.
    pub fn equation(&self) -> Term {
        Term::relation(Relation::Eq, self.left.clone(), self.right.clone())
    }

    /// What follows the equation, as LaTeX within a formula: `,\quad n = 1, \dots, N`.
    pub fn ranges_latex(&self, notation: &Notation) -> String {
        let latex = |t: &Term| super::latex(t, notation);
        let range = |(index, domain): &(Symbol, Domain)| {
            let index = latex(&Term::symbol(index.clone()));
            match domain {
                Domain::Range(low, high) if is_line(low, high) => {
                    format!("{index} \\in \\mathbb{{R}}")
                }
                Domain::Range(low, high) => {
                    format!("{index} = {}, \\dots, {}", latex(low), latex(high))
                }
                Domain::Over(set) => match dimension(set) {
                    Some(n) => format!("{index} \\in \\mathbb{{R}}^{{{}}}", latex(n)),
                    None => format!("{index} \\in {}", latex(set)),
                },
            }
        };
        self.ranges.iter().map(|r| format!(",\\quad {}", range(r))).collect()
    }

    /// What follows the equation, as text: `, n = 1, …, N`.
    pub fn ranges_text(&self, notation: &Notation) -> String {
        let text = |t: &Term| super::unicode(t, notation);
        let range = |(index, domain): &(Symbol, Domain)| {
            let index = text(&Term::symbol(index.clone()));
            match domain {
                Domain::Range(low, high) if is_line(low, high) => format!("{index} ∈ ℝ"),
                Domain::Range(low, high) => format!("{index} = {}, …, {}", text(low), text(high)),
                Domain::Over(set) => match dimension(set) {
                    Some(n) => format!("{index} ∈ ℝ^{}", text(n)),
                    None => format!("{index} ∈ {}", text(set)),
                },
            }
        };
        self.ranges.iter().map(|r| format!(", {}", range(r))).collect()
    }
}

fn is_line(low: &Term, high: &Term) -> bool {
    let infinite = |t: &Term| t.as_symbol().is_some_and(|s| s == "oo");
    infinite(high) && matches!(low.node(), Node::Neg(a) if infinite(a))
}

/// K for the set `reals(K)`.
fn dimension(set: &Term) -> Option<&Term> {
    match set.node() {
        Node::Call(name, arguments) if name == "reals" => arguments.first(),
        _ => None,
    }
}
