//! Entries of a theory, sorts and conditions as text, for certificates and assumptions.

use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::{Condition, Distribution, Quantity, Rule, Sort};

/// The sort as it is declared.
pub(super) fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::Real => "real",
        Sort::Positive => "positive",
        Sort::Nonnegative => "nonnegative",
        Sort::Negative => "negative",
        Sort::Nonzero => "nonzero",
        Sort::Integer => "integer",
        Sort::Natural => "natural",
        Sort::Density => "density over reals",
        Sort::Mass => "mass",
        Sort::Probabilities => "probabilities",
    }
}

/// The sort that a word declares.
pub(super) fn sort_of(word: &str) -> Option<Sort> {
    use Sort::{Density, Integer, Mass, Natural, Negative, Nonnegative, Nonzero, Positive, Real};
    [Real, Positive, Nonnegative, Negative, Nonzero, Integer, Natural, Density, Mass]
        .into_iter()
        .find(|s| sort_word(*s) == word)
}

/// What a name's sort says of it, as a formula, where it can be one.
pub(super) fn sort_term(name: &Symbol, sort: Sort) -> Option<Term> {
    sort_relation(&Term::symbol(name.clone()), sort)
}

/// What it means for a term to be of a sort, as a formula, where it can be one.
pub(super) fn sort_relation(term: &Term, sort: Sort) -> Option<Term> {
    let (relation, bound) = match sort {
        Sort::Positive => (Relation::Gt, 0),
        Sort::Nonnegative => (Relation::Ge, 0),
        Sort::Negative => (Relation::Lt, 0),
        Sort::Nonzero => (Relation::Ne, 0),
        Sort::Natural => (Relation::Ge, 1),
        Sort::Real | Sort::Integer | Sort::Density | Sort::Mass | Sort::Probabilities => {
            return None;
        }
    };
    Some(Term::relation(relation, term.clone(), Term::integer(bound)))
}

fn condition(c: &Condition) -> String {
    match c {
        Condition::Compare(r, a, b) => format!("{a} {} {b}", r.as_str()),
        Condition::Sort(t, sort) => format!("{t} {}", sort_word(*sort)),
        Condition::Free(x, t) => format!("free({x}, {t})"),
        Condition::Dominated(x, t) => format!("dominated({x}, {t})"),
        Condition::Integrable(t) => format!("integrable({t})"),
        Condition::Within(p, q) => format!("{p} within {q}"),
    }
}

fn conditions(word: &str, all: &[Condition]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let texts: Vec<String> = all.iter().map(condition).collect();
    format!(" {word} {}", texts.join(", "))
}

/// The rule or law in one line.
pub(super) fn rule(r: &Rule) -> String {
    let arrow = match r.relation {
        Relation::Eq => "=>",
        other => other.as_str(),
    };
    let right = r.right.as_ref().map(|t| format!(" {arrow} {t}")).unwrap_or_default();
    let kind = if r.right.is_some() { "rule" } else { "law" };
    let when = conditions("when", &r.conditions);
    format!("{kind} {}: {}{right}{when} proof {}", r.id, r.left, r.proof)
}

/// The quantity in one line.
pub(super) fn quantity(q: &Quantity) -> String {
    let mut head = format!("quantity {}(", q.name);
    for (i, (name, bars)) in q.parameters.iter().enumerate() {
        let before = if *bars { " || " } else { ", " };
        head += if i > 0 { before } else { "" };
        head += name.as_str();
    }
    let otherwise = q.otherwise.as_ref().map(|t| format!(" otherwise {t}")).unwrap_or_default();
    let unit = q.unit.as_ref().map(|u| format!(" unit {u}")).unwrap_or_default();
    format!("{head}) = {}{}{otherwise}{unit}", q.body, conditions("when", &q.conditions))
}

/// The distribution in one line.
pub(super) fn distribution(d: &Distribution) -> String {
    let parameters: Vec<String> =
        d.parameters.iter().map(|(n, sort)| format!("{n}: {}", sort_word(*sort))).collect();
    let tail = d.tail.as_ref().map(|(from, bound)| format!(" tail from {from}: {bound}"));
    format!(
        "distribution {}({}) over {} in {}..{}{} density {}{}",
        d.name,
        parameters.join(", "),
        d.var,
        d.support.0,
        d.support.1,
        conditions("where", &d.constraints),
        d.density,
        tail.unwrap_or_default()
    )
}

/// Whether the term is ∞ or −∞.
pub(super) fn is_infinite(term: &Term) -> bool {
    match term.node() {
        Node::Symbol(s) => s == "oo",
        Node::Neg(a) => is_infinite(a),
        _ => false,
    }
}
