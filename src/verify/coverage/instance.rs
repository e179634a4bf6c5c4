//! A column of a family as a statement: distributions with names for their parameters, after those of the declaration.

use std::collections::{BTreeMap, BTreeSet};

use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::{Column, Condition, Distribution, Sort};

/// Entries of a vector of parameters.
const ENTRIES: usize = 3;

/// A statement with its declarations.
pub(super) struct Text {
    /// In the language.
    pub text: String,
    /// Relations that are assumed besides those of the families and the column.
    pub given: Vec<Term>,
    /// A parameter that both have in common.
    pub shared: Option<Symbol>,
}

/// How two distributions are related.
#[derive(Clone, Copy, Default)]
pub(super) struct Pair<'a> {
    /// The support of the first lies within that of the second.
    pub nested: bool,
    /// A parameter that is the same in both.
    pub shared: Option<&'a Symbol>,
}

/// The column of one family, by one of its parameters where the column asks for that.
pub(super) fn single(column: &Column, family: &Distribution, by: Option<&Symbol>) -> Option<Text> {
    let mut taken = reserved(column);
    let tags = Tags { both: &BTreeSet::new(), shared: None };
    let one = Instance::new(family, &tags, "", &mut taken, &BTreeMap::new());
    let by = match by {
        Some(name) => Some(one.parameters.iter().find(|p| p.of == *name)?.names.first()?.clone()),
        None => None,
    };
    text(column, &[&one], Vec::new(), None, by)
}

/// The column of two families; none where what is assumed of the supports says nothing, or cannot hold.
pub(super) fn pair(
    column: &Column,
    first: &Distribution,
    second: &Distribution,
    how: Pair<'_>,
) -> Option<Text> {
    let mut taken = reserved(column);
    // Names that both have are told apart by a number.
    let names =
        |d: &Distribution| d.parameters.iter().map(|(n, _)| n.clone()).collect::<BTreeSet<_>>();
    let both: BTreeSet<Symbol> = names(first).intersection(&names(second)).cloned().collect();
    let tags = Tags { both: &both, shared: how.shared };
    let p = Instance::new(first, &tags, "1", &mut taken, &BTreeMap::new());
    let same: BTreeMap<Symbol, Parameter> = how
        .shared
        .and_then(|name| p.parameters.iter().find(|x| x.of == *name))
        .map(|x| (x.of.clone(), x.clone()))
        .into_iter()
        .collect();
    let q = Instance::new(second, &tags, "2", &mut taken, &same);
    let given = if how.nested { nested(&p, &q)? } else { Vec::new() };
    if how.nested && given.is_empty() {
        return None;
    }
    text(column, &[&p, &q], given, how.shared.cloned(), None)
}

/// What of two supports must hold for the first to lie within the second: nothing where an end is the same, and none where an
/// end lies beyond for all parameters.
fn nested(p: &Instance<'_>, q: &Instance<'_>) -> Option<Vec<Term>> {
    if p.family.space.is_some() || q.family.space.is_some() {
        return None;
    }
    let ((low, high), (floor, ceiling)) = (p.support(), q.support());
    let mut given = Vec::new();
    for (less, more) in [(floor, low), (high, ceiling)] {
        if less == more || is_infinite(&less, true) || is_infinite(&more, false) {
            continue;
        }
        let numbers = less.as_rational().is_some() && more.as_rational().is_some();
        if numbers || is_infinite(&more, true) || is_infinite(&less, false) {
            let holds = less.as_rational().zip(more.as_rational()).is_some_and(|(a, b)| a <= b);
            if !holds {
                return None;
            }
            continue;
        }
        given.push(Term::relation(Relation::Le, less, more));
    }
    Some(given)
}

/// Whether an end is minus infinity, or infinity.
fn is_infinite(t: &Term, negative: bool) -> bool {
    match t.node() {
        Node::Neg(inner) => negative && inner.as_symbol().is_some_and(|s| *s == "oo"),
        Node::Symbol(s) => !negative && *s == "oo",
        _ => false,
    }
}

/// Names that parameters cannot have: those of the column.
fn reserved(column: &Column) -> BTreeSet<Symbol> {
    let mut out: BTreeSet<Symbol> = column.numbers().cloned().collect();
    column.body.any(&mut |t| {
        if let Node::Binder(b) = t.node() {
            out.insert(b.var.clone());
        }
        false
    });
    out
}

struct Tags<'a> {
    both: &'a BTreeSet<Symbol>,
    shared: Option<&'a Symbol>,
}

/// A parameter of a family, under the names that it has in a statement.
#[derive(Clone)]
struct Parameter {
    of: Symbol,
    sort: Sort,
    names: Vec<Symbol>,
}

struct Instance<'a> {
    family: &'a Distribution,
    parameters: Vec<Parameter>,
}

impl<'a> Instance<'a> {
    fn new(
        family: &'a Distribution,
        tags: &Tags<'_>,
        tag: &str,
        taken: &mut BTreeSet<Symbol>,
        same: &BTreeMap<Symbol, Parameter>,
    ) -> Self {
        let named = |(of, sort): &(Symbol, Sort)| {
            if let Some(known) = same.get(of) {
                return known.clone();
            }
            let tag = if tags.both.contains(of) && tags.shared != Some(of) { tag } else { "" };
            let names = match sort.is_vector() {
                false => vec![fresh(&format!("{of}{tag}"), taken)],
                true => {
                    let letters = ('a'..='z').take(ENTRIES);
                    letters.map(|c| fresh(&format!("{of}_{c}{tag}"), taken)).collect()
                }
            };
            Parameter { of: of.clone(), sort: *sort, names }
        };
        let parameters = family.parameters.iter().map(named).collect();
        Self { family, parameters }
    }

    /// What the parameters of the declaration stand for, as far as they are numbers.
    fn map(&self) -> BTreeMap<Symbol, Term> {
        let single = self.parameters.iter().filter(|p| !p.sort.is_vector());
        single.map(|p| (p.of.clone(), Term::symbol(p.names[0].clone()))).collect()
    }

    fn support(&self) -> (Term, Term) {
        let map = self.map();
        let (low, high) = &self.family.support;
        (low.substitute_all(&map), high.substitute_all(&map))
    }

    /// As the text of a statement has it: the entries of a vector stand one after the other.
    fn term(&self) -> Term {
        let names = self.parameters.iter().flat_map(|p| &p.names);
        Term::call(self.family.name.clone(), names.map(|n| Term::symbol(n.clone())).collect())
    }

    /// What the family asks of its parameters.
    fn constraints(&self) -> Vec<String> {
        let map = self.map();
        let one = |c: &Condition| match c {
            Condition::Compare(r, a, b) => {
                Some(Term::relation(*r, a.substitute_all(&map), b.substitute_all(&map)).to_string())
            }
            _ => None,
        };
        self.family.constraints.iter().filter_map(one).collect()
    }
}

/// The word that declares a name of a sort. The entries of a vector of probabilities are positive, and their sum is asked for
/// where they stand.
fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Real | Sort::Density | Sort::Mass => "real",
        Sort::Positive | Sort::Probabilities | Sort::Positives => "positive",
        Sort::Nonnegative => "nonnegative",
        Sort::Negative => "negative",
        Sort::Nonzero => "nonzero",
        Sort::Integer => "integer",
        Sort::Natural => "natural",
    }
}

fn fresh(wanted: &str, taken: &mut BTreeSet<Symbol>) -> Symbol {
    let mut name = wanted.to_owned();
    while !taken.insert(Symbol::new(&name)) {
        name.push('0');
    }
    Symbol::new(&name)
}

/// The statement, its declarations before it.
fn text(
    column: &Column,
    all: &[&Instance<'_>],
    given: Vec<Term>,
    shared: Option<Symbol>,
    by: Option<Symbol>,
) -> Option<Text> {
    let mut lines: Vec<String> = Vec::new();
    let mut declared = BTreeSet::new();
    for p in all.iter().flat_map(|i| &i.parameters) {
        let new = p.names.iter().filter(|n| declared.insert((*n).clone()));
        lines.extend(new.map(|n| format!("let {n} {}", word(p.sort))));
    }
    for number in column.numbers() {
        lines.push(format!("let {number} {}", word(sort_of(number, column))));
    }
    let asked = column.conditions.iter().filter_map(|c| match c {
        Condition::Compare(r, a, b) => Some(Term::relation(*r, a.clone(), b.clone()).to_string()),
        _ => None,
    });
    let mut assumed: Vec<String> = all.iter().flat_map(|i| i.constraints()).collect();
    assumed.extend(asked);
    assumed.extend(given.iter().map(ToString::to_string));
    let mut seen = BTreeSet::new();
    lines.extend(
        assumed.into_iter().filter(|a| seen.insert(a.clone())).map(|a| format!("assume {a}")),
    );
    let formals = column.distributions().cloned();
    let mut map: BTreeMap<Symbol, Term> = formals.zip(all.iter().map(|i| i.term())).collect();
    map.extend(column.variable().cloned().zip(by.map(Term::symbol)));
    lines.push(format!("derive {}", column.body.substitute_all(&map)));
    Some(Text { text: lines.join("\n"), given, shared })
}

/// The sort of a number, as far as the column says that it is positive.
fn sort_of(number: &Symbol, column: &Column) -> Sort {
    let positive = column.conditions.iter().any(|c| match c {
        Condition::Compare(Relation::Gt, a, b) => a.as_symbol() == Some(number) && is_zero(b),
        Condition::Compare(Relation::Lt, a, b) => b.as_symbol() == Some(number) && is_zero(a),
        _ => false,
    });
    if positive { Sort::Positive } else { Sort::Real }
}

fn is_zero(t: &Term) -> bool {
    t.as_rational().is_some_and(|r| r.is_zero())
}
