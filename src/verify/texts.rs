//! Entries of a theory, sorts and conditions as text, for certificates and assumptions.

use crate::document::Bilingual;
use crate::elaborate::Context;
use crate::term::{Domain, Node, Relation, Symbol, Term, fresh_name};
use crate::theory::{
    Condition, Distribution, Family, Quantity, Rule, Sort, dimension, is_argument, line,
};

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
        Sort::Positives => "positives",
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
        Sort::Real
        | Sort::Integer
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => {
            return None;
        }
    };
    Some(Term::relation(relation, term.clone(), Term::integer(bound)))
}

/// A condition as a theory file writes it.
pub(super) fn condition(c: &Condition) -> String {
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
    let support = match &d.space {
        Some(space) => space.term().to_string(),
        None => format!("{}..{}", d.support.0, d.support.1),
    };
    let tail = d.tail.as_ref().map(|(from, bound)| format!(" tail from {from}: {bound}"));
    format!(
        "distribution {}({}) over {} in {support}{} density {}{}",
        d.name,
        parameters.join(", "),
        d.var,
        conditions("where", &d.constraints),
        d.density,
        tail.unwrap_or_default()
    )
}

/// A family as it is declared: `x[i][j] real for i in 1..n, j in 1..d`. Its indices have names that nothing else has.
pub(super) fn declared(name: &Symbol, sort: &str, family: &Family, context: &Context) -> String {
    let (member, ranges) = general_member(name, family, context);
    let ranges: Vec<String> = ranges.iter().map(|(index, axis)| ranged(index, axis)).collect();
    format!("{member} {sort} for {}", ranges.join(", "))
}

/// Names for the indices and arguments of a family.
pub(super) fn index_names(family: &Family, taken: impl Fn(&Symbol) -> bool) -> Vec<Symbol> {
    let mut out: Vec<Symbol> = Vec::new();
    for axis in family.axes() {
        let wanted: &[&str] = match (is_argument(axis), family.arguments().len()) {
            (true, 1) => &["z", "s", "t"],
            (true, _) => &["s", "t", "u", "z"],
            (false, _) => &["i", "j", "k", "l"],
        };
        let free = |s: &Symbol| !taken(s) && !out.contains(s);
        let found = wanted.iter().map(|w| Symbol::new(w)).find(free);
        let found = found.unwrap_or_else(|| fresh_name(&Symbol::new(wanted[0]), |s| !free(s)));
        out.push(found);
    }
    out
}

/// The ranges of indices and arguments as a reader is told them: `i = 1, …, n`, `every real z`.
pub(super) fn ranges_in_words(
    ranges: &[(Symbol, Domain)],
    shown: impl Fn(&Term) -> String,
) -> Bilingual {
    let mut out = Bilingual::new("", "");
    for (i, (index, axis)) in ranges.iter().enumerate() {
        let index = shown(&Term::symbol(index.clone()));
        let (en, zh) = match axis {
            _ if *axis == line() => (format!("every real {index}"), format!("{index} 为任意实数")),
            Domain::Range(low, high) => {
                let text = format!("{index} = {}, …, {}", shown(low), shown(high));
                (text.clone(), text)
            }
            Domain::Over(_) => {
                let n = dimension(axis).map(&shown).unwrap_or_default();
                let n = if n.chars().count() == 1 { n } else { format!("({n})") };
                (format!("every {index} in ℝ^{n}"), format!("{index} 为 ℝ^{n} 中任意向量"))
            }
        };
        let (comma, comma_zh) = if i > 0 { (", ", "，") } else { ("", "") };
        out.en += &format!("{comma}{en}");
        out.zh += &format!("{comma_zh}{zh}");
    }
    out
}

/// The member of a family at indices with names of their own, and their ranges.
pub(super) fn general_member(
    name: &Symbol,
    family: &Family,
    context: &Context,
) -> (Term, Vec<(Symbol, Domain)>) {
    let names = index_names(family, |s| {
        context.sorts.iter().any(|(n, _)| n == s) || context.definitions.iter().any(|(n, _)| n == s)
    });
    let ranges: Vec<(Symbol, Domain)> =
        names.into_iter().zip(family.axes().iter().cloned()).collect();
    let member = ranges.iter().fold(Term::symbol(name.clone()), |member, (index, _)| {
        Term::index(member, Term::symbol(index.clone()))
    });
    (member, ranges)
}

/// `i in 1..n`, `z in reals(K)`.
fn ranged(index: &Symbol, axis: &Domain) -> String {
    match axis {
        Domain::Range(low, high) => format!("{index} in {low}..{high}"),
        Domain::Over(space) => format!("{index} in {space}"),
    }
}

/// An assumption as it is written, with the ranges of its indices.
pub(super) fn for_all(relation: &Term) -> String {
    let (body, ranges) = quantified(relation);
    if ranges.is_empty() {
        return body.to_string();
    }
    let ranges: Vec<String> = ranges.iter().map(|(index, axis)| ranged(index, axis)).collect();
    format!("{body} for {}", ranges.join(", "))
}

/// What is assumed for all indices of some ranges.
pub(super) fn quantified(relation: &Term) -> (&Term, Vec<(&Symbol, &Domain)>) {
    let (mut here, mut ranges) = (relation, Vec::new());
    while let Node::Binder(b) = here.node() {
        ranges.push((&b.var, &b.domain));
        here = &b.body;
    }
    (here, ranges)
}

/// Whether the term is ∞ or −∞.
pub(super) fn is_infinite(term: &Term) -> bool {
    match term.node() {
        Node::Symbol(s) => s == "oo",
        Node::Neg(a) => is_infinite(a),
        _ => false,
    }
}
