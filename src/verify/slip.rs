//! Naming a slip: which single edit of the derived form gives the claimed one.

use super::mutation::{Surroundings, everywhere, exchanged, is_positive, neighbour, places};
use super::probe::Probe;
use crate::document::Bilingual;
use crate::kernel::Facts;
use crate::term::{BinderOp, Domain, Node, Symbol, Term};
use crate::theory::{Sort, Theory};

/// Mutants that are compared at most.
const MOST: usize = 800;

/// Names, in words, the slip that turns the derived closed form into the claimed one, where it is a common one.
pub fn name_slip(
    derived: &Term,
    claimed: &Term,
    facts: &Facts,
    theory: &Theory,
) -> Option<Bilingual> {
    let mut probe = Probe::new(claimed, derived, facts, theory);
    if probe.is(derived) {
        return None;
    }
    let mutants = mutants(derived, Surroundings { facts, theory });
    mutants.into_iter().take(MOST).find(|(mutant, _)| probe.is(mutant)).map(|(_, words)| words)
}

type Mutant = (Term, Bilingual);

fn mutants(derived: &Term, around: Surroundings<'_>) -> Vec<Mutant> {
    let mut out = Vec::new();
    swaps(derived, around.facts, &mut out);
    constants(derived, &mut out);
    terms(derived, &mut out);
    scale(derived, &mut out);
    series(derived, around, &mut out);
    inside(derived, around, &mut out);
    out
}

fn words(en: impl Into<String>, zh: impl Into<String>) -> Bilingual {
    Bilingual::new(en, zh)
}

/// All indices exchanged: `a1 ↔ a2` for every pair, which is to swap the two distributions.
fn swaps(t: &Term, facts: &Facts, out: &mut Vec<Mutant>) {
    let names: Vec<Symbol> = facts.sorts.keys().cloned().collect();
    let mut pairs = Vec::new();
    for a in &names {
        let Some(stem) = a.as_str().strip_suffix('1') else { continue };
        let b = Symbol::new(&format!("{stem}2"));
        if names.contains(&b) {
            pairs.push((a.clone(), b));
        }
    }
    if !pairs.is_empty() {
        out.push((
            exchanged(t, &pairs),
            words("the two distributions p and q are swapped", "p 与 q 两个分布互换了"),
        ));
    }
    for (a, b) in &pairs {
        let text = (format!("{a} and {b} are swapped"), format!("{a} 与 {b} 互换了"));
        out.push((exchanged(t, &[(a.clone(), b.clone())]), words(text.0, text.1)));
    }
}

/// The constants that are easily lost or added: numerator and denominator.
const CONSTANTS: [(i64, i64); 8] =
    [(-1, 2), (1, 2), (1, 1), (-1, 1), (1, 4), (-1, 4), (2, 1), (-2, 1)];

/// A constant lost or added.
fn constants(t: &Term, out: &mut Vec<Mutant>) {
    for (n, d) in CONSTANTS {
        let (own, opposite) = (fraction(n, d), fraction(-n, d));
        let shown = own.to_string().replace('-', "−");
        if has_constant(t, &own) {
            out.push((
                Term::sum(vec![t.clone(), opposite]),
                words(format!("the constant {shown} is missing"), format!("缺少常数 {shown}")),
            ));
        } else if !has_constant(t, &opposite) {
            out.push((
                Term::sum(vec![t.clone(), own]),
                words(format!("the constant {shown} is too much"), format!("多了常数 {shown}")),
            ));
        }
    }
}

fn fraction(n: i64, d: i64) -> Term {
    crate::term::Rational::new(n, d).map_or_else(|| Term::integer(n), |r| Term::rational(&r))
}

fn has_constant(t: &Term, constant: &Term) -> bool {
    let Node::Sum(parts) = t.node() else { return t == constant };
    parts.iter().any(|p| p.as_rational().is_some() && p.as_rational() == constant.as_rational())
}

/// One summand lost, or with the wrong sign, or with the wrong factor.
fn terms(t: &Term, out: &mut Vec<Mutant>) {
    let Node::Sum(parts) = t.node() else { return };
    let with = |i: usize, new: Option<Term>| {
        let mut parts = parts.clone();
        match new {
            Some(new) => parts[i] = new,
            None => {
                parts.remove(i);
            }
        }
        Term::sum(parts)
    };
    for (i, part) in parts.iter().enumerate() {
        let bare = match part.node() {
            Node::Neg(a) => a,
            _ => part,
        };
        let drop = if part.as_rational().is_some() { "constant" } else { "term" };
        let drop_zh = if drop == "constant" { "常数" } else { "项" };
        let shown = part.to_string();
        out.push((
            with(i, None),
            words(format!("the {drop} {shown} is missing"), format!("缺少{drop_zh} {shown}")),
        ));
        out.push((
            with(i, Some(Term::neg(part.clone()))),
            words(format!("the sign of {bare} is wrong"), format!("{bare} 的符号有误")),
        ));
        let scaled = |k: Term| with(i, Some(Term::product(vec![k, part.clone()])));
        let half = Term::quotient(Term::integer(1), Term::integer(2));
        out.push((
            scaled(half),
            words(format!("a factor 1/2 too many in {shown}"), format!("{shown} 多了因子 1/2")),
        ));
        out.push((
            scaled(Term::integer(2)),
            words(format!("a factor 1/2 is missing in {shown}"), format!("{shown} 缺少因子 1/2")),
        ));
    }
}

/// The whole form.
fn scale(t: &Term, out: &mut Vec<Mutant>) {
    let by = |k: Term| Term::product(vec![k, t.clone()]);
    let half = Term::quotient(Term::integer(1), Term::integer(2));
    let ln2 = || Term::call("ln", vec![Term::integer(2)]);
    out.push((Term::neg(t.clone()), words("the overall sign is wrong", "整体符号有误")));
    out.push((by(half), words("an overall factor 1/2 too many", "整体多了因子 1/2")));
    out.push((by(Term::integer(2)), words("an overall factor 1/2 is missing", "整体缺少因子 1/2")));
    out.push((
        Term::quotient(t.clone(), ln2()),
        words("the result is in bits, not in nats", "结果以比特为单位，而不是奈特"),
    ));
    out.push((
        by(ln2()),
        words("the result is in nats, not in bits", "结果以奈特为单位，而不是比特"),
    ));
}

/// What goes wrong with a finite sum: an edit of its summand, the mean for the sum, a product of sums for a sum of
/// products.
fn series(t: &Term, around: Surroundings<'_>, out: &mut Vec<Mutant>) {
    for place in &places(t, around.theory) {
        let (path, here) = (&place.path, &place.term);
        let Node::Binder(b) = here.node() else { continue };
        let Domain::Range(low, high) = &b.domain else { continue };
        if b.op != BinderOp::Sum || !here.is_finite_series() {
            continue;
        }
        let mut put = |new: Term, said: Bilingual| {
            if let Some(whole) = t.replaced(path, &new) {
                out.push((whole, said));
            }
        };
        let over = |body: Term| Term::binder(b.op, b.var.clone(), b.domain.clone(), body);
        let count = match low.as_rational() == Some(1.into()) {
            true => high.clone(),
            false => Term::sum(vec![high.clone(), Term::neg(low.clone()), Term::integer(1)]),
        };
        put(
            Term::quotient(here.clone(), count.clone()),
            words("the mean over the index instead of the sum", "对指标取了平均而不是求和"),
        );
        put(
            Term::product(vec![count, here.clone()]),
            words("the sum is multiplied by its number of terms", "和多乘了项数"),
        );
        if let Node::Product(factors) = b.body.node() {
            let varying = |f: &&Term| f.mentions(&b.var);
            let sums = factors.iter().filter(varying).cloned().map(over);
            let fixed = factors.iter().filter(|f| !varying(f)).cloned();
            put(
                Term::product(fixed.chain(sums).collect()),
                words("a sum of products is not the product of sums", "乘积之和不是和之乘积"),
            );
        }
        let mut bodies = Vec::new();
        constants(&b.body, &mut bodies);
        terms(&b.body, &mut bodies);
        bodies.into_iter().for_each(|(body, said)| put(over(body), said));
    }
}

/// One edit at one place: a square dropped or added, a base of a logarithm, a logarithm dropped, a name replaced.
fn inside(t: &Term, around: Surroundings<'_>, out: &mut Vec<Mutant>) {
    let facts = around.facts;
    for place in &places(t, around.theory) {
        let (path, here) = (&place.path, &place.term);
        let mut put = |new: Term, said: Bilingual| {
            if let Some(whole) = t.replaced(path, &new) {
                out.push((whole, said));
            }
        };
        match here.node() {
            Node::Power(base, n) if n.as_rational() == Some(2.into()) => {
                put(
                    base.clone(),
                    words(format!("the square of {base} is missing"), format!("{base} 缺少平方")),
                );
            }
            Node::Call(f, args) if f == "ln" && args.len() == 1 => {
                let ln2 = Term::call("ln", vec![Term::integer(2)]);
                put(
                    Term::quotient(here.clone(), ln2),
                    words("log₂ instead of ln", "用了 log₂ 而不是 ln"),
                );
                put(
                    args[0].clone(),
                    words(format!("the logarithm of {} is missing", args[0]), "缺少对数"),
                );
            }
            Node::Symbol(_) | Node::Index(..) if is_positive(here, facts) => {
                put(
                    Term::power(here.clone(), Term::integer(2)),
                    words(
                        format!("{here}^2 instead of {here}"),
                        format!("用了 {here}^2 而不是 {here}"),
                    ),
                );
            }
            _ => {}
        }
        if let Node::Symbol(name) = here.node()
            && name.as_str().ends_with(['1', '2'])
            && let Some(other) = neighbour(name, t, facts)
        {
            put(
                Term::symbol(other.clone()),
                words(
                    format!("{other} instead of {name} in one place"),
                    format!("某处用了 {other} 而不是 {name}"),
                ),
            );
        }
    }
    every_name(t, facts, out);
}

/// A standard deviation for a variance everywhere, or the other way round.
fn every_name(t: &Term, facts: &Facts, out: &mut Vec<Mutant>) {
    let positive = |s: &&Symbol| facts.sorts.get(*s) == Some(&Sort::Positive);
    for name in t.free_symbols().iter().filter(positive) {
        let root = |t: &Term| Term::call("sqrt", vec![t.clone()]);
        let square = |t: &Term| Term::power(t.clone(), Term::integer(2));
        out.push((
            everywhere(t, name, facts, &root),
            words(format!("{name} is taken for {name}^2"), format!("把 {name} 当成了 {name}^2")),
        ));
        out.push((
            everywhere(t, name, facts, &square),
            words(format!("{name}^2 instead of {name}"), format!("用了 {name}^2 而不是 {name}")),
        ));
    }
}
