//! From a goal to its derivation: naming the distributions, running the phases, deciding claims.

use std::collections::BTreeMap;

use crate::kernel::{Facts, Kernel, Sign};
use crate::term::{BinderOp, Node, Path, Relation, Symbol, Term, fresh_name};
use crate::theory::Theory;

use super::coordinates::name_columns;
use super::engine::{Derivation, Engine, Status};
use super::links::directly;
use super::names::{end_as_written, needs_derivation, spelled_out};
use super::places::{irreducible, is_special};
use super::suppose::{Supposed, base};

/// What became of a claim.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The derivation of the left side, ending in the author's form when proved.
    pub left: Derivation,
    /// The derivation of the right side where it needed one.
    pub right: Option<Derivation>,
    /// `Some(true)` proved, `Some(false)` the normal forms differ, `None` not decided.
    pub holds: Option<bool>,
    /// derived − claimed, simplified; absent when one side is stuck or infinite.
    pub residual: Option<Term>,
}

/// Derives the closed form of `start`.
pub fn derive(theory: &Theory, facts: Facts, start: &Term) -> Derivation {
    derive_by(theory, facts, start, &[])
}

/// Derives the closed form of `start`, using the rules `by` before anything else.
pub fn derive_by(theory: &Theory, facts: Facts, start: &Term, by: &[Symbol]) -> Derivation {
    let known = Supposed::of(theory, facts, &[start]);
    let mut derivation = match &known.impossible {
        Some(why) => undone(theory, &known.facts, start, why),
        None => run(theory, known.facts.clone(), start, None, by),
    };
    known.attach(&mut derivation);
    derivation
}

/// Nothing is derived from what cannot hold.
fn undone(theory: &Theory, facts: &Facts, start: &Term, why: &(String, String)) -> Derivation {
    let mut engine = Engine::new(theory, facts.clone(), start.clone());
    let status = engine.impossible(why);
    engine.finish(start.clone(), Vec::new(), status)
}

pub(super) fn run(
    theory: &Theory,
    facts: Facts,
    start: &Term,
    target: Option<&Term>,
    by: &[Symbol],
) -> Derivation {
    run_as(theory, facts, start, target, by, false)
}

/// As [`run`], with squares of functions that are not further known multiplied out where `multiplies_all`.
fn run_as(
    theory: &Theory,
    mut facts: Facts,
    start: &Term,
    target: Option<&Term>,
    by: &[Symbol],
    multiplies_all: bool,
) -> Derivation {
    let (named, mut introduced) = name_distributions(theory, &mut facts, start);
    name_columns(theory, &mut facts, &named, &mut introduced);
    let named = facts.unshadowed(&named);
    let mut engine = Engine::new(theory, facts, named.clone());
    engine.multiplies_all = multiplies_all;
    let status = run_by(&mut engine, target, false, by);
    engine.finish(named, introduced, status)
}

/// Whether every one of the cited rules applies somewhere in a term.
fn applies(theory: &Theory, facts: &Facts, start: &Term, by: &[Symbol]) -> bool {
    let mut facts = facts.clone();
    let (named, mut introduced) = name_distributions(theory, &mut facts, start);
    name_columns(theory, &mut facts, &named, &mut introduced);
    let named = facts.unshadowed(&named);
    Engine::new(theory, facts, named).cited(by).is_none()
}

/// The cited rules first, each of which must apply, then the phases.
fn run_by(engine: &mut Engine<'_>, target: Option<&Term>, strictly: bool, by: &[Symbol]) -> Status {
    if let Some(id) = engine.cited(by) {
        let why = engine
            .message
            .take()
            .map_or_else(Default::default, |(en, zh)| (format!("; {en}"), format!("；{zh}")));
        engine.message = Some((
            format!("the rule {id} does not apply{}", why.0),
            format!("规则 {id} 不适用{}", why.1),
        ));
        return Status::Stuck;
    }
    run_phases(engine, target, strictly)
}

fn run_phases(engine: &mut Engine<'_>, target: Option<&Term>, strictly: bool) -> Status {
    engine.insert_literally();
    engine.insert_numbers();
    let mut start = engine.current.clone();
    if engine.kernel.undefined_part(&start, strictly).is_some() && engine.insert() {
        start = engine.current.clone();
    }
    if let Some(part) = engine.kernel.undefined_part(&start, strictly) {
        engine.message = Some((
            format!("the statement is not known to be defined: {part}"),
            format!("该式不一定有定义：{part}"),
        ));
        return Status::Stuck;
    }
    engine.names();
    engine.units();
    engine.entries();
    if engine.definitions().is_err() {
        return Status::Stuck;
    }
    if is_infinite(&engine.current) {
        engine.message = engine.why_infinite();
        return Status::Infinite;
    }
    if mentions_infinity(&engine.current) && engine.absorb() {
        return Status::Infinite;
    }
    engine.sums_over_draws();
    engine.terms();
    engine.variances();
    engine.overlaps();
    engine.expectations();
    engine.mixtures();
    engine.weights();
    engine.logarithms_of_densities();
    engine.constants_first();
    engine.hypotheses();
    engine.factorise();
    let _ = engine.densities();
    engine.derivatives_inside();
    engine.split_at_kinks();
    engine.independence();
    engine.linearity();
    engine.moments();
    engine.values();
    engine.derivatives();
    if engine.insert() {
        engine.values();
    }
    if let Some(goal) = engine.obstacle() {
        if goal.any(&mut is_ln_of_densities) {
            engine.message = Some((
                "the logarithm of a sum has no elementary integral, so that this is its exact reduced form".into(),
                "和的对数没有初等积分，此即其精确的约化形式".into(),
            ));
        }
        if let Some(why) = engine.exhausted() {
            engine.message = Some(why);
            return Status::Stuck;
        }
        let (en, zh) = engine.message.take().unwrap_or_default();
        let (en, zh) =
            if en.is_empty() { (en, zh) } else { (format!("; {en}"), format!("；{zh}")) };
        engine.message = Some((
            format!("no rule applies to {goal}{en}"),
            format!("没有适用于 {goal} 的规则{zh}"),
        ));
        return Status::Stuck;
    }
    if mentions_infinity(&engine.current) {
        if engine.absorb() {
            return Status::Infinite;
        }
        engine.message = Some((
            "a part is infinite, and what is added to it or multiplied by it is not known to keep it so".into(),
            "其中一部分为无穷，与之相加或相乘的部分不一定保持其为无穷".into(),
        ));
        return Status::Stuck;
    }
    if engine.is_to_be_written_out() {
        engine.collect();
        engine.write_out();
    }
    let in_authors_form = target.is_some_and(|t| engine.try_arithmetic(&Path::root(), t));
    if in_authors_form {
        engine.end_line("collect");
    } else if target.is_some_and(|t| engine.meets_up_to_constant(t)) {
        return Status::Proved;
    } else if target.is_none_or(|t| *t != engine.current) {
        engine.collect();
        if target.is_none() {
            engine.constants_last();
        }
    }
    Status::Proved
}

/// The logarithm of a sum of densities.
fn is_ln_of_densities(t: &Term) -> bool {
    let Node::Call(f, args) = t.node() else { return false };
    let sum = f == "ln" && matches!(args.first().map(Term::node), Some(Node::Sum(_)));
    sum && t.any(&mut |s| matches!(s.node(), Node::Density(..)))
}

/// Whether ∞ stands in the term other than as the end of a range.
pub(super) fn mentions_infinity(t: &Term) -> bool {
    match t.node() {
        Node::Symbol(s) => s == "oo",
        Node::Binder(b) => mentions_infinity(&b.body),
        Node::Call(f, _) if f == "interval" || f == "integers" => false,
        _ => t.children().into_iter().any(mentions_infinity),
    }
}

pub(super) fn is_infinite(t: &Term) -> bool {
    match t.node() {
        Node::Symbol(s) => s == "oo",
        Node::Neg(a) => is_infinite(a),
        _ => false,
    }
}

/// Gives the distributions that a quantity is taken of the names of its definition, so that the lines stay readable.
fn name_distributions(
    theory: &Theory,
    facts: &mut Facts,
    start: &Term,
) -> (Term, Vec<(Symbol, Term)>) {
    let Node::Call(name, args) = start.node() else { return (start.clone(), Vec::new()) };
    let Some(quantity) = theory.quantity(name, args.len()) else {
        return (start.clone(), Vec::new());
    };
    let mut introduced: Vec<(Symbol, Term)> = Vec::new();
    let mut new_args = Vec::new();
    let taken = start.free_symbols();
    for ((formal, _), arg) in quantity.parameters.iter().zip(args) {
        let earlier = introduced.iter().find(|(_, t)| t == arg).map(|(s, _)| s.clone());
        if let Some(s) = earlier {
            new_args.push(Term::symbol(s));
            continue;
        }
        let is_call = theory.distribution(arg).is_some() || is_product(arg);
        let used = |s: &Symbol| {
            taken.contains(s)
                || facts.definitions.contains_key(s)
                || facts.sorts.contains_key(s)
                || introduced.iter().any(|(t, _)| t == s)
        };
        // A product is too long for its place: where its usual name is taken it gets another.
        let fresh = if is_product(arg) { fresh_name(formal, used) } else { formal.clone() };
        if !is_call || used(&fresh) {
            new_args.push(arg.clone());
            continue;
        }
        introduced.push((fresh.clone(), arg.clone()));
        new_args.push(Term::symbol(fresh));
    }
    facts.definitions.extend(introduced.iter().cloned().collect::<BTreeMap<_, _>>());
    (Term::call(name.clone(), new_args), introduced)
}

fn is_product(t: &Term) -> bool {
    match t.node() {
        Node::Binder(b) => b.op == BinderOp::Product,
        Node::Call(f, _) => f == "product",
        _ => false,
    }
}

/// Decides `left relation right`.
pub fn claim(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    left: &Term,
    right: &Term,
) -> Outcome {
    claim_by(theory, facts, relation, (left, right), &[])
}

/// Decides `left relation right`, using the rules `by` before anything else.
pub fn claim_by(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    let known = Supposed::of(theory, facts.clone(), &[left, right]);
    let mut outcome = match &known.impossible {
        Some(why) => {
            let left = undone(theory, &known.facts, left, why);
            Outcome { left, right: None, holds: None, residual: None }
        }
        None => decided(theory, &known.facts, relation, (left, right), by),
    };
    std::iter::once(&mut outcome.left).chain(&mut outcome.right).for_each(|d| known.attach(d));
    outcome
}

fn decided(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    if let Relation::UpTo | Relation::Tends | Relation::TendsUpTo = relation {
        return super::relations::weaker(theory, facts, relation, (left, right), by);
    }
    let written = &facts.uncaptured(right);
    let (left, right) = (&spelled_out(theory, facts, left), &spelled_out(theory, facts, written));
    // What decides an equation or an inequality may not leave a constant out, nor pass to a limit.
    let exact = Facts { up_to: Vec::new(), draws: BTreeMap::new(), ..facts.clone() };
    let mut outcome = match relation {
        Relation::Eq | Relation::Ne => equation(theory, &exact, relation, (left, right), by),
        _ => inequality(theory, exact, relation, (left, right), by),
    };
    if relation == Relation::Eq && outcome.holds == Some(true) && outcome.right.is_some() {
        end_as_written(theory, &mut outcome.left, written);
    }
    for derivation in std::iter::once(&mut outcome.left).chain(&mut outcome.right) {
        derivation.facts.draws.clone_from(&facts.draws);
        derivation.facts.up_to.clone_from(&facts.up_to);
    }
    outcome
}

/// The closed form of a term that stands within another: nothing of it is given a name.
pub(super) fn derive_in_place(theory: &Theory, facts: Facts, start: &Term) -> Derivation {
    let mut engine = Engine::new(theory, facts, start.clone());
    let status = run_by(&mut engine, None, true, &[]);
    engine.finish(start.clone(), Vec::new(), status)
}

/// Whether two terms that no rule takes further are defined together, so that one may stand for the other: nothing in
/// one diverges that the other lacks, and no quantity is left that may be infinite.
fn interchangeable(kernel: &mut Kernel<'_>, a: &Term, b: &Term) -> bool {
    let theory = kernel.theory();
    let quantity = |t: &Term| {
        t.any(&mut |s| match s.node() {
            Node::Call(f, args) => theory.quantity(f, args.len()).is_some(),
            _ => false,
        })
    };
    let root = Path::root();
    !quantity(a)
        && !quantity(b)
        && (a == b || kernel.arithmetic(a, &root, b).is_ok())
        && (a == b || kernel.arithmetic(b, &root, a).is_ok())
}

fn equation(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    sides: (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    let mut outcome = equation_as(theory, facts, relation, sides, by, Way::default());
    if outcome.holds != Some(true)
        && relation == Relation::Eq
        && !by.is_empty()
        && applies(theory, facts, sides.0, by)
        && applies(theory, facts, sides.1, by)
    {
        let both = Way { cites_on_both: true, ..Way::default() };
        let other = equation_as(theory, facts, relation, sides, by, both);
        if other.holds == Some(true) {
            outcome = other;
        }
    }
    if outcome.holds != Some(true)
        && relation == Relation::Eq
        && !by.is_empty()
        && applies(theory, facts, sides.1, by)
    {
        let right = Way { cites_on_right: true, ..Way::default() };
        let other = equation_as(theory, facts, relation, sides, by, right);
        if other.holds == Some(true) {
            outcome = other;
        }
    }
    if outcome.holds != Some(true)
        && relation == Relation::Eq
        && outcome.right.is_none()
        && sides.1.any(&mut |t| is_special(t))
    {
        // Γ(1 + s) on the right is s Γ(s) on the left.
        let valued = Way { derives_right: true, ..Way::default() };
        let other = equation_as(theory, facts, relation, sides, by, valued);
        if other.holds == Some(true) {
            return other;
        }
    }
    let ends = std::iter::once(&outcome.left).chain(&outcome.right).map(|d| &d.result);
    if outcome.holds.is_none_or(|holds| holds != (relation == Relation::Eq))
        && ends.into_iter().any(|t| t.any(&mut |s| irreducible(facts, s)))
    {
        // What was left standing on both sides may agree when it is multiplied out.
        let all = Way { multiplies_all: true, ..Way::default() };
        let other = equation_as(theory, facts, relation, sides, by, all);
        if other.holds == Some(true) {
            return other;
        }
    }
    if outcome.holds != Some(true)
        && relation == Relation::Eq
        && by.is_empty()
        && sides.1.any(&mut |t| matches!(t.node(), Node::Binder(_)))
        && let Some(other) = directly(theory, facts, sides, by)
    {
        // One side has a closed form and the other has none that is known, and yet they are the same by definition.
        return other;
    }
    outcome
}

/// How the sides of an equation are derived, beyond the usual.
#[derive(Clone, Copy, Default)]
struct Way {
    /// Squares of functions that are not further known are multiplied out.
    multiplies_all: bool,
    /// The cited rules are used on both sides.
    cites_on_both: bool,
    /// The cited rules are used on the right side alone.
    cites_on_right: bool,
    /// The right side is derived even where it seems to be in closed form.
    derives_right: bool,
}

fn equation_as(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
    way: Way,
) -> Outcome {
    let link = relation == Relation::Eq && needs_derivation(theory, right);
    if link
        && !by.is_empty()
        && let Some(outcome) = directly(theory, facts, (left, right), by)
    {
        return outcome;
    }
    // A rule that is cited may be about either side.
    let on_the_right = way.cites_on_right
        || (!by.is_empty()
            && !applies(theory, facts, left, by)
            && applies(theory, facts, right, by));
    let (by, by_right) = match on_the_right {
        _ if way.cites_on_both => (by, by),
        true => (&[][..], by),
        false => (by, &[][..]),
    };
    let all = way.multiplies_all;
    let asked = way.derives_right
        || way.cites_on_right
        || needs_derivation(theory, right)
        || is_solved_for(facts, right);
    let second = asked.then(|| run_as(theory, facts.clone(), right, None, by_right, all));
    let target = second.as_ref().map_or(right, |d| &d.result);
    let first = run_as(theory, facts.clone(), left, Some(target), by, all);
    let second_status = second.as_ref().map_or(Status::Proved, |d| d.status);
    let mut outcome = Outcome { left: first, right: second, holds: None, residual: None };
    let target = outcome.right.as_ref().map_or(right, |d| &d.result).clone();
    if is_infinite(&outcome.left.result) || is_infinite(&target) {
        let decided = outcome.left.status != Status::Stuck && second_status != Status::Stuck;
        let same = outcome.left.result == target;
        outcome.holds = decided.then_some(same == (relation == Relation::Eq));
        return outcome;
    }
    let mut kernel = Kernel::new(theory, outcome.left.facts.clone());
    let end = target.clone();
    let equal = kernel.equal(&outcome.left.result, &target);
    let difference = Term::difference(outcome.left.result.clone(), target);
    if outcome.left.status == Status::Proved && second_status == Status::Proved {
        outcome.residual =
            kernel.spellings(&difference, &Path::root()).into_iter().min_by_key(Term::size);
    }
    let exact = |d: &Derivation| d.status == Status::Proved && d.relation == Relation::Eq;
    let closed = exact(&outcome.left) && outcome.right.as_ref().is_none_or(exact);
    // Where no rule goes further the two may still end in the same term.
    let mut chain = |d: &Derivation| {
        d.relation == Relation::Eq
            && match d.status {
                Status::Proved => true,
                Status::Stuck => kernel.undefined_part(&d.statement, false).is_none(),
                Status::Infinite | Status::Divergent => false,
            }
    };
    let same_end = equal == Ok(true)
        && relation == Relation::Eq
        && !mentions_infinity(&end)
        && chain(&outcome.left)
        && outcome.right.as_ref().is_none_or(chain)
        && interchangeable(&mut kernel, &outcome.left.result, &end);
    if same_end {
        // Both chains end in this term, and that is all that was asked.
        for side in std::iter::once(&mut outcome.left).chain(outcome.right.as_mut()) {
            (side.status, side.message) = (Status::Proved, None);
        }
    }
    outcome.holds = match (equal, relation) {
        _ if same_end => Some(true),
        _ if !closed => None,
        (Ok(true), Relation::Eq) => Some(true),
        (Ok(true), _) => Some(false),
        (Ok(false), Relation::Ne) => kernel.sign_of(&difference).is_nonzero().then_some(true),
        (Ok(false), Relation::Eq) => Some(false),
        _ => None,
    };
    let number = |r: &Term| r.as_rational().is_some();
    if outcome.holds != Some(true) && !outcome.residual.as_ref().is_none_or(number) {
        let open = |d: &Derivation| d.open.clone();
        let right = outcome.right.as_ref().and_then(open);
        outcome.left.message = outcome.left.message.take().or(outcome.left.open.clone()).or(right);
    }
    if link
        && outcome.holds.is_none()
        && let Some(outcome) = directly(theory, facts, (left, right), by)
    {
        return outcome;
    }
    let same = |kernel: &mut Kernel<'_>| {
        let apart = kernel.same_domain(left, right).err()?;
        let (left, right) = (kernel.inserted(left), kernel.inserted(right));
        kernel.same_domain(&left, &right).err().map(|_| apart)
    };
    if outcome.holds == Some(true)
        && let Some(part) = same(&mut kernel)
    {
        outcome.holds = None;
        outcome.left.message = Some((
            format!(
                "it holds where both sides are defined, but {part} is not known to be so; assume it"
            ),
            format!("在两边都有定义处成立，但不知 {part} 是否成立；请声明该假设"),
        ));
    }
    outcome
}

/// Whether a term depends on something whose value follows from what is supposed.
fn is_solved_for(facts: &Facts, t: &Term) -> bool {
    let unknowns = facts.consequences.iter().filter_map(|c| base(c.solved()?.unknown));
    unknowns.into_iter().any(|name| facts.depends(t, &name))
}

/// left − right, derived to its closed form and then bounded by inequality rules until its sign shows.
fn inequality(
    theory: &Theory,
    facts: Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
) -> Outcome {
    let zero = right.as_rational().is_some_and(|r| r.is_zero());
    let difference =
        if zero { left.clone() } else { Term::difference(left.clone(), right.clone()) };
    let (named, introduced, facts) = if zero {
        let mut facts = facts;
        let (named, introduced) = name_distributions(theory, &mut facts, left);
        (named, introduced, facts)
    } else {
        (difference, Vec::new(), facts)
    };
    let named = facts.unshadowed(&named);
    let mut engine = Engine::new(theory, facts, named.clone());
    let mut status = run_by(&mut engine, None, true, by);
    let mut holds = None;
    let one_sided = engine.relation() != Relation::Eq;
    if one_sided && engine.relation() != relation && engine.relation() != weak(relation) {
        // A cited bound points the other way: it says nothing of this relation.
    } else if status == Status::Proved {
        let closed = engine.current.clone();
        holds = sign_decides(relation, engine.kernel.sign_of(&closed));
        if holds.is_none() {
            // As it was written it may show what it does not when collected: (s - 1)*(s + 1).
            holds = sign_decides(relation, engine.kernel.sign_of(&named));
        }
        if holds.is_none() {
            holds = engine.bound(relation).then_some(true);
        }
    } else if status == Status::Infinite {
        let positive = engine.current.as_symbol().is_some();
        holds = Some(positive == matches!(relation, Relation::Ge | Relation::Gt));
    }
    if one_sided && holds == Some(false) {
        holds = None;
    }
    let mut missing = None;
    if holds.is_none() {
        match estimated(theory, &engine, relation, &named, &introduced, by) {
            Ok(outcome) => return outcome,
            Err(message) => missing = message,
        }
    }
    if status == Status::Stuck && holds == Some(true) {
        status = Status::Proved;
    }
    let written_out = engine.kernel.facts().written_out(&named);
    if holds.is_none() && status == Status::Proved && written_out != named {
        let facts = engine.kernel.facts().clone();
        return inequality(theory, facts, relation, (&written_out, &Term::integer(0)), by);
    }
    let residual = (status == Status::Proved).then(|| engine.current.clone());
    let mut left = engine.finish(named, introduced, status);
    if holds.is_none() {
        left.message = left.message.or(left.open.clone()).or(missing);
    }
    Outcome { left, right: None, holds, residual }
}

/// The relation with equality admitted.
fn weak(relation: Relation) -> Relation {
    match relation {
        Relation::Lt => Relation::Le,
        Relation::Gt => Relation::Ge,
        r => r,
    }
}

/// The same before any density is inserted: by lemmas about the quantities, and by bounds of what stands under the
/// expectations of their definitions.
fn estimated(
    theory: &Theory,
    tried: &Engine<'_>,
    relation: Relation,
    named: &Term,
    introduced: &[(Symbol, Term)],
    by: &[Symbol],
) -> Result<Outcome, Option<(String, String)>> {
    let facts = tried.kernel.facts().clone();
    let mut engine = Engine::new(theory, facts, named.clone());
    if engine.kernel.undefined_part(named, true).is_some() || engine.cited(by).is_some() {
        return Err(None);
    }
    if !engine.estimate(relation) {
        return Err(engine.message);
    }
    let residual = Some(engine.current.clone());
    let left = engine.finish(named.clone(), introduced.to_vec(), Status::Proved);
    Ok(Outcome { left, right: None, holds: Some(true), residual })
}

fn sign_decides(relation: Relation, sign: Sign) -> Option<bool> {
    let (yes, no) = match relation {
        Relation::Ge => (Sign::NONNEGATIVE, Sign::NEGATIVE),
        Relation::Gt => (Sign::POSITIVE, Sign::NONPOSITIVE),
        Relation::Le => (Sign::NONPOSITIVE, Sign::POSITIVE),
        Relation::Lt => (Sign::NEGATIVE, Sign::NONNEGATIVE),
        _ => return None,
    };
    if sign.within(yes) {
        Some(true)
    } else if sign.within(no) {
        Some(false)
    } else {
        None
    }
}
