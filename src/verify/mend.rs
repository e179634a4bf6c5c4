//! Mending a claim: the single edit of what its author wrote that makes it true.
//!
//! The edits are those that mutation breaks forms by, and their inverses; a term or a factor that is missing is computed.
//! Whether an edit mends is for the kernel to say: the corrected claim has been proved equal to the derived form.

use super::mutation::{
    Edit, Operator, Surroundings, above, classical, negated, part, repairs, swapped_names,
};
use super::opened::Opened;
use super::probe::Probe;
use crate::derive::derive;
use crate::document::Bilingual;
use crate::kernel::Facts;
use crate::term::{Node, Path, Rational, Relation, Symbol, Term};
use crate::theory::{Sort, Theory};

/// A claim that one edit makes true.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mend {
    /// The slip: "a factor 1/2 is missing in the second term".
    pub words: Bilingual,
    /// The claimed side as it should read, otherwise in its author's form.
    pub corrected: Term,
    /// The part of the claimed side that is wrong, where it is not all of it.
    pub wrong_term: Option<Term>,
    /// What should stand in its place; `None` where nothing should, or where all of it is wrong.
    pub right_term: Option<Term>,
}

/// Larger missing terms and factors are no slips, but other formulas.
const SMALL: usize = 9;

/// Candidates that are derived at most.
const DERIVED: usize = 8;

/// Terms of a sum in which a factor is looked for.
const TERMS: usize = 8;

/// The single edit of the claimed form that makes it equal to the derived one, where there is one.
pub fn mend(derived: &Term, claimed: &Term, facts: &Facts, theory: &Theory) -> Option<Mend> {
    let opened = Opened::new(claimed, facts, theory);
    let (form, facts) = opened.as_ref().map_or((claimed, facts), |o| (&o.form, &o.facts));
    let mut probe = Probe::new(derived, form, facts, theory);
    if probe.is(form) {
        return None;
    }
    let around = Surroundings { facts, theory };
    let found = edited(form, around, &mut probe)
        .or_else(|| reversed(form, opened.as_ref()?, &mut probe))
        .or_else(|| missing_factor(derived, form, facts, &mut probe))
        .or_else(|| missing_term(derived, form, facts, &mut probe))
        .filter(|mend| !cancels(&mend.corrected) || cancels(form));
    let Some(found) = found else {
        // Integrals would take long, each time anew.
        let integral = |t: &Term| matches!(t.node(), Node::Binder(_)) && !t.is_finite_series();
        let one = form.as_symbol().is_some() && claimed != form;
        return if one && !claimed.any(&mut |t| integral(t)) {
            derived_anew(claimed, around, &mut probe)
        } else {
            None
        };
    };
    let Some(opened) = &opened else { return Some(found) };
    Some(Mend {
        words: opened.close_text(&found.words),
        corrected: opened.close(&found.corrected),
        wrong_term: found.wrong_term.map(|t| opened.close(&t)),
        right_term: found.right_term.map(|t| opened.close(&t)),
    })
}

/// Whether a factor stands above and below the same line: no author would write that.
fn cancels(t: &Term) -> bool {
    fn factors(t: &Term) -> Vec<&Term> {
        match t.node() {
            Node::Product(all) => all.iter().flat_map(factors).collect(),
            Node::Neg(a) => factors(a),
            _ => vec![t],
        }
    }
    t.any(&mut |t| match t.node() {
        Node::Quotient(above, below) => {
            let below = factors(below);
            factors(above).iter().any(|f| below.contains(f))
        }
        _ => false,
    })
}

/// An edit of the catalogue: of those that mend, the likeliest, and of these the first.
fn edited(form: &Term, around: Surroundings<'_>, probe: &mut Probe<'_>) -> Option<Mend> {
    let mut all = classical(form, around);
    all.extend(repairs(form, around));
    // What explains it in one place goes before what does so for the whole.
    let unit = |e: &Edit| matches!(e.operator, Operator::Log2 | Operator::Natural);
    all.sort_by_key(|e| (rank(&e.operator), unit(e) && e.path == Path::root()));
    let edit = all.into_iter().find(|edit| probe.is(&edit.whole))?;
    let (wrong_term, right_term) = around_edit(form, &edit);
    Some(Mend {
        words: words(form, &edit, around.facts),
        corrected: edit.whole,
        wrong_term,
        right_term,
    })
}

/// An edit inside a sum that is one quantity, as an unweighted mean is: each candidate is derived.
fn derived_anew(claimed: &Term, around: Surroundings<'_>, probe: &mut Probe<'_>) -> Option<Mend> {
    let mut all = repairs(claimed, around);
    all.extend(classical(claimed, around));
    all.retain(|edit| {
        use Operator::{DropFactor, Rename, Weight};
        matches!(edit.operator, Weight | Rename | DropFactor)
    });
    let edit = all.into_iter().take(DERIVED).find(|edit| {
        let end = derive(around.theory, around.facts.clone(), &edit.whole);
        end.relation == Relation::Eq && probe.is(&end.result)
    })?;
    let (wrong_term, right_term) = around_edit(claimed, &edit);
    let words = words(claimed, &edit, around.facts);
    Some(Mend { words, corrected: edit.whole, wrong_term, right_term })
}

/// How likely an edit is the slip, when several mend.
fn rank(operator: &Operator) -> u8 {
    match operator {
        Operator::Invert => 0,
        Operator::Negate | Operator::Log2 | Operator::Natural | Operator::Weight => 1,
        Operator::Scale(_) | Operator::DropExponent | Operator::Square => 1,
        Operator::Rename | Operator::Swap => 2,
        Operator::SquareAll | Operator::RootAll | Operator::Root => 3,
        Operator::Shift(_) | Operator::DropTerm => 4,
        Operator::SquareIn | Operator::DropSquaresIn | Operator::DropFactor => 5,
        Operator::Number | Operator::SumToProduct | Operator::ProductToSum => 6,
        Operator::DropLog | Operator::Subtle(_) => 7,
    }
}

/// The smallest summand around an edit, before and after.
fn around_edit(form: &Term, edit: &Edit) -> (Option<Term>, Option<Term>) {
    if let Operator::Shift(by) = &edit.operator {
        return (None, Some(Term::rational(by)));
    }
    if edit.path == Path::root() {
        return (None, None);
    }
    let Node::Sum(parts) = form.node() else { return (Some(edit.from.clone()), edit.to.clone()) };
    let Some(&first) = edit.path.positions.first() else {
        return (Some(edit.from.clone()), edit.to.clone());
    };
    let at = Path::root().child(first as usize);
    let right = match edit.whole.node() {
        Node::Sum(new) if new.len() == parts.len() => edit.whole.at(&at),
        _ => None,
    };
    (form.at(&at), right)
}

/// A quantity with its distributions in the other order.
fn reversed(form: &Term, opened: &Opened, probe: &mut Probe<'_>) -> Option<Mend> {
    for (name, other) in &opened.reversed {
        let corrected = form.substitute(name, &Term::symbol(other.clone()));
        if probe.is(&corrected) {
            let words = Bilingual::new(
                format!("the order of the arguments of {name} is wrong"),
                format!("{name} 的自变量次序有误"),
            );
            let (wrong, right) = (Term::symbol(name.clone()), Term::symbol(other.clone()));
            return Some(Mend {
                words,
                corrected,
                wrong_term: Some(wrong),
                right_term: Some(right),
            });
        }
    }
    None
}

/// A term that is missing: one that the derived form has, or a number.
fn missing_term(derived: &Term, form: &Term, facts: &Facts, probe: &mut Probe<'_>) -> Option<Mend> {
    let mut candidates = summands(derived);
    let difference = Term::difference(derived.clone(), plain(form, facts));
    let spelled = probe.kernel().spellings(&difference, &Path::root());
    let number = form.as_rational().is_some();
    let few = |t: &Term| match t.node() {
        Node::Sum(parts) => parts.len() == 2 && !number && parts.iter().all(is_monomial),
        _ => is_monomial(t),
    };
    candidates.extend(spelled.into_iter().filter(|t| few(t) && t.size() <= SMALL));
    let parts = |t: &Term| match t.node() {
        Node::Sum(parts) => parts.clone(),
        _ => vec![t.clone()],
    };
    for term in candidates {
        let mut all = parts(form);
        all.extend(parts(&term));
        let corrected = Term::sum(all);
        if probe.is(&corrected) {
            let words =
                Bilingual::new(format!("the term {term} is missing"), format!("缺少项 {term}"));
            return Some(Mend { words, corrected, wrong_term: None, right_term: Some(term) });
        }
    }
    None
}

/// The terms of a form, and those that its quotients come apart into.
fn summands(t: &Term) -> Vec<Term> {
    let parts = match t.node() {
        Node::Sum(parts) => parts.clone(),
        _ => vec![t.clone()],
    };
    let mut out = parts.clone();
    for part in &parts {
        let (bare, minus) = match part.node() {
            Node::Neg(a) => (a, true),
            _ => (part, false),
        };
        if let Node::Quotient(a, b) = bare.node()
            && let Node::Sum(above) = a.node()
        {
            out.extend(above.iter().map(|a| {
                let one = match a.node() {
                    Node::Neg(a) => Term::neg(Term::quotient(a.clone(), b.clone())),
                    _ => Term::quotient(a.clone(), b.clone()),
                };
                if minus { negated(&one) } else { one }
            }));
        }
    }
    out
}

/// A factor that is missing from one term, or that is too much there: the ratio of what the term should be to what it
/// is.
fn missing_factor(
    derived: &Term,
    form: &Term,
    facts: &Facts,
    probe: &mut Probe<'_>,
) -> Option<Mend> {
    let parts = match form.node() {
        Node::Sum(parts) => parts.clone(),
        _ => vec![form.clone()],
    };
    for (i, term) in parts.iter().enumerate().take(TERMS) {
        let mut rest = vec![derived.clone()];
        let others = parts.iter().enumerate().filter(|(j, _)| *j != i);
        rest.extend(others.map(|(_, t)| plain(&negated(t), facts)));
        let ratio = Term::quotient(Term::sum(rest), plain(term, facts));
        let spelled = probe.kernel().spellings(&ratio, &Path::root());
        let Some(factor) =
            spelled.into_iter().find(|t| is_monomial(t) && t.size() <= SMALL && is_simple(t))
        else {
            continue;
        };
        let fixed = multiplied(&factor, term);
        let mut all = parts.clone();
        all[i] = fixed.clone();
        let corrected = Term::sum(all);
        if !probe.is(&corrected) {
            continue;
        }
        let whole = parts.len() == 1;
        let place = part(form, &Path::root().child(i)).filter(|_| !whole);
        let (en, zh) = (format!("the factor {factor} is missing"), format!("缺少因子 {factor}"));
        let words = match place {
            Some(p) => Bilingual::new(format!("{en} in {}", p.en), format!("{}{zh}", p.zh)),
            None => Bilingual::new(en, zh),
        };
        return Some(Mend {
            words,
            corrected,
            wrong_term: (!whole).then(|| term.clone()),
            right_term: (!whole).then_some(fixed),
        });
    }
    None
}

/// The term with what its opened parts stand for in closed form.
fn plain(t: &Term, facts: &Facts) -> Term {
    let opened = t.free_symbols().into_iter().filter(|n| n.as_str().starts_with("_part"));
    let known = opened.filter_map(|n| Some((n.clone(), facts.definitions.get(&n)?.clone())));
    t.substitute_all(&known.collect())
}

/// A product of numbers, names and their powers.
fn is_monomial(t: &Term) -> bool {
    !t.any(&mut |s| matches!(s.node(), Node::Sum(_) | Node::Binder(_) | Node::Relation(..)))
}

/// Only small whole numbers and simple fractions are lost; others are what is left of two formulas.
fn is_simple(t: &Term) -> bool {
    let small = |n: &Rational| {
        let within = |n: Rational| n.to_i64().is_some_and(|n| n.abs() <= 4);
        within(n.numerator()) && within(n.denominator())
    };
    !t.any(&mut |s| s.as_rational().is_some_and(|n| !small(&n)))
}

/// A factor put where an author would write it: a reciprocal into the denominator.
fn multiplied(factor: &Term, term: &Term) -> Term {
    let joined = |a: &Term, b: &Term| {
        let mut all = Vec::new();
        for t in [a, b] {
            match t.node() {
                Node::Product(more) => all.extend(more.iter().cloned()),
                _ if t.as_rational().is_some_and(|n| n.is_one()) => {}
                _ => all.push(t.clone()),
            }
        }
        Term::product(all)
    };
    match (factor.node(), term.node()) {
        (_, Node::Neg(inner)) => Term::neg(multiplied(factor, inner)),
        (Node::Neg(inner), _) => Term::neg(multiplied(inner, term)),
        (Node::Quotient(a, b), Node::Quotient(c, d)) => Term::quotient(joined(a, c), joined(d, b)),
        (Node::Quotient(a, b), _) => Term::quotient(joined(a, term), b.clone()),
        (_, Node::Quotient(c, d)) => Term::quotient(joined(factor, c), d.clone()),
        _ => joined(factor, term),
    }
}

/// What the author did, seen from the edit that undoes it.
fn words(form: &Term, edit: &Edit, facts: &Facts) -> Bilingual {
    let whole = edit.path == Path::root();
    let dropped = edit.operator == Operator::DropFactor && edit.to.is_none();
    let own = if dropped { part(form, &above(&edit.path)) } else { part(form, &edit.path) };
    let (en, zh) = said(form, edit, facts);
    // The sign and a summand are named by themselves.
    let named = matches!(edit.operator, Operator::Negate | Operator::DropTerm);
    match own.filter(|_| !whole && !named) {
        Some(place) => Bilingual::new(format!("{en} in {}", place.en), format!("{}{zh}", place.zh)),
        None => Bilingual::new(en, zh),
    }
}

fn said(form: &Term, edit: &Edit, facts: &Facts) -> (String, String) {
    let whole = edit.path == Path::root();
    let from = &edit.from;
    let to = edit.to.as_ref().map(ToString::to_string).unwrap_or_default();
    let belongs =
        || (format!("{from} stands where {to} belongs"), format!("把 {to} 写成了 {from}"));
    let both = |en: &str, zh: &str| (en.to_owned(), zh.to_owned());
    match &edit.operator {
        Operator::Negate if whole => both("the overall sign is wrong", "整体符号有误"),
        Operator::Negate => match part(form, &edit.path) {
            Some(p) => (format!("the sign of {} is wrong", p.en), format!("{}的符号有误", p.zh)),
            None => (format!("the sign of {from} is wrong"), format!("{from} 的符号有误")),
        },
        Operator::Scale(by) if whole => {
            (format!("an overall factor {by} is missing"), format!("整体缺少因子 {by}"))
        }
        Operator::Scale(by) => (format!("a factor {by} is missing"), format!("缺少因子 {by}")),
        Operator::Shift(by) => (format!("the constant {by} is missing"), format!("缺少常数 {by}")),
        Operator::DropTerm => (format!("the term {from} is too much"), format!("多了项 {from}")),
        Operator::DropFactor if edit.to.is_none() => {
            (format!("the factor {from} is too much"), format!("多了因子 {from}"))
        }
        Operator::SquareAll | Operator::RootAll => {
            (format!("{from} stands wherever {to} belongs"), format!("处处把 {to} 写成了 {from}"))
        }
        Operator::Swap => {
            let names = swapped_names(edit);
            (format!("{names} are exchanged"), format!("{names} 互换了"))
        }
        Operator::SquareIn => {
            let names = scales(from, facts);
            (format!("{names} stand where their squares belong"), format!("{names} 缺少平方"))
        }
        Operator::DropSquaresIn => {
            let names = scales(from, facts);
            (format!("the squares of {names} are too much"), format!("{names} 多了平方"))
        }
        Operator::Log2 if whole => {
            both("the claimed value is in nats, not in bits", "所给的值以奈特为单位，而不是比特")
        }
        Operator::Natural if whole => {
            both("the claimed value is in bits, not in nats", "所给的值以比特为单位，而不是奈特")
        }
        Operator::Natural => both("log₂ stands where ln belongs", "用了 log₂ 而不是 ln"),
        Operator::Log2 => both("ln stands where log₂ belongs", "用了 ln 而不是 log₂"),
        Operator::Invert => {
            (format!("{from} is upside down"), format!("{from} 的分子与分母颠倒了"))
        }
        Operator::Weight => both("the weights are missing", "缺少权重"),
        Operator::DropLog => {
            (format!("the logarithm of {to} is too much"), format!("{to} 不应取对数"))
        }
        _ => belongs(),
    }
}

/// The positive names in a part, as a list.
fn scales(t: &Term, facts: &Facts) -> String {
    let positive = |n: &Symbol| facts.sorts.get(n) == Some(&Sort::Positive);
    let names = t.free_symbols().into_iter().filter(positive);
    names.map(|n| n.to_string()).collect::<Vec<_>>().join(", ")
}
