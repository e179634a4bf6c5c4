//! A goal decided: derived, compared with what its author wrote, and backed by evidence.

use std::borrow::Cow;

use super::counterexample::{Values, counterexample_after, counterexample_of_forms};
use super::existence;
use super::points::is_void;
use super::{
    Counterexample, Earlier, Evidence, Mend, Numbers, draws, facts, mend, name_slip, objection,
    verify_after,
};
use crate::derive::{Derivation, Outcome, Status, claim_by, derive, derive_by, solve};
use crate::document::{Bilingual, Verdict};
use crate::elaborate::{Chain, Context, Goal, GoalKind};
use crate::kernel::{Facts, Kernel};
use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::Theory;

/// What an author wrote, compared with what follows.
#[derive(Debug)]
pub struct Comparison {
    /// Whether it holds.
    pub verdict: Verdict,
    /// The left side as written.
    pub left: Term,
    /// How the sides are said to be related.
    pub relation: Relation,
    /// The right side as written.
    pub right: Term,
    /// What a constant that is left out is free of.
    pub up_to: Vec<Symbol>,
    /// Derived minus claimed.
    pub residual: Option<Term>,
    /// A point where it fails.
    pub counterexample: Option<Counterexample>,
    /// The common slip that explains the difference.
    pub slip: Option<Bilingual>,
    /// The single edit of the right side that makes the claim true.
    pub mend: Option<Mend>,
}

/// Whether every link of a chain held, goal by goal.
#[derive(Default)]
pub struct Links {
    held: usize,
    /// What the links so far assume besides the declarations.
    assumed: Vec<Term>,
}

impl Links {
    /// The chain that ends with this goal, if it and all the links before it hold.
    pub fn end<'g>(&mut self, goal: &'g Goal, holds: bool) -> Option<&'g Chain> {
        let chain = goal.chain.as_ref()?;
        if chain.link == 1 {
            *self = Self::default();
        }
        for assumption in inferred(goal) {
            if !self.assumed.contains(assumption) {
                self.assumed.push(assumption.clone());
            }
        }
        self.held += usize::from(holds);
        (chain.link == chain.of && self.held == chain.of).then_some(chain)
    }

    /// The assumptions under which the chain holds, besides the declarations.
    pub fn assumed(&self) -> &[Term] {
        &self.assumed
    }
}

/// What a statement assumes besides what is declared: relations that its distributions require.
pub fn inferred(goal: &Goal) -> impl Iterator<Item = &Term> {
    let relation = |t: &&Term| matches!(t.node(), Node::Relation(..));
    goal.context.inferred.iter().map(|a| &a.term).filter(relation)
}

/// A goal with everything that was found out about it.
#[derive(Debug)]
pub struct Decision {
    /// The derivation of the left side.
    pub derivation: Derivation,
    /// For a claim, and for a definition that the author states.
    pub comparison: Option<Comparison>,
    /// The derivation of the right side, where it needed one.
    pub second: Option<Derivation>,
    /// The numerical evidence, unless it was not wanted.
    pub evidence: Option<Evidence>,
    /// Conditions on parameters that nobody assumed, and under which it was derived.
    pub found: Vec<Term>,
}

impl Decision {
    /// Whether everything asked holds and nothing speaks against it.
    pub fn holds(&self) -> bool {
        let derived = matches!(self.derivation.status, Status::Proved | Status::Infinite);
        let compared = self.comparison.as_ref().is_none_or(|c| c.verdict == Verdict::Proved);
        derived && compared && self.is_verified()
    }

    /// What is known, with the conditions that were found.
    pub fn context<'g>(&self, goal: &'g Goal) -> Cow<'g, Context> {
        match self.found.as_slice() {
            [] => Cow::Borrowed(&goal.context),
            found => Cow::Owned(existence::with_found(&goal.context, found)),
        }
    }

    /// Whether no evidence speaks against the derivation.
    pub fn is_verified(&self) -> bool {
        self.evidence.as_ref().is_none_or(|e| e.passed)
    }
}

/// Derives, compares and, where wanted, verifies.
pub fn decide(goal: &Goal, theory: &Theory, with_evidence: bool) -> Decision {
    decide_after(goal, theory, with_evidence, &mut Earlier::default())
}

/// As [`decide`], with the numbers of derivations of the same statement before it.
pub fn decide_after(
    goal: &Goal,
    theory: &Theory,
    with_evidence: bool,
    earlier: &mut Earlier,
) -> Decision {
    let mut facts = facts(&goal.context);
    let mut found = Vec::new();
    let (derivation, compared) = match &goal.kind {
        GoalKind::Derive { left, definition } => {
            let attempt = |facts: Facts| derive_by(theory, facts, left, &goal.by);
            let mut derivation = attempt(facts.clone());
            let open = existence::open_in;
            if let Some(known) =
                existence::found(theory, &facts, &[left], &[&derivation], &attempt, &open)
            {
                derivation = known.outcome;
                facts.relations.extend(known.conditions.iter().cloned());
                found = known.conditions;
            }
            let stated = definition.as_ref().filter(|d| !is_definition(left, d, theory));
            let compared = stated.map(|right| {
                let sides = (left, right);
                compare(theory, &facts, Relation::Eq, sides, &goal.by, &mut earlier.values)
            });
            // The chain shown ends in the engine's own form, not in the one that was compared with.
            (derivation, compared.map(|(_, right, c)| (right, c)))
        }
        GoalKind::Claim { relation, left, right } => {
            let (derivation, second, c) =
                compare(theory, &facts, *relation, (left, right), &goal.by, &mut earlier.values);
            (derivation, Some((second, c)))
        }
        GoalKind::Solve { left, right, unknown } => {
            (solve(theory, &facts, (left, right), unknown), None)
        }
    };
    let (second, mut comparison) = compared.map_or((None, None), |(s, c)| (s, Some(c)));
    let evidence = with_evidence.then(|| {
        let mut evidence = verify_after(&derivation, theory, earlier);
        evidence.passed &=
            second.as_ref().is_none_or(|right| verify_after(right, theory, earlier).passed);
        evidence.passed &= comparison.as_mut().is_none_or(|c| unopposed(c, &derivation, theory));
        if let Some(c) = &comparison {
            let runs = draws(&c.left, &c.right, c.relation, &derivation.facts, theory);
            if !runs.is_empty() {
                // What the draws say is about the claim; the left side has evidence of its own in its derivation.
                evidence.not_sampled = None;
                evidence.passed &=
                    c.verdict != Verdict::Proved || runs.iter().all(|run| run.verdict != "refuted");
                evidence.verification.monte_carlo = runs;
            }
        }
        evidence
    });
    Decision { derivation, comparison, second, evidence, found }
}

/// A claim gains no assumption by itself: what it is proved under is said.
fn hint_at_conditions(
    outcome: &mut Outcome,
    (left, relation, right): (&Term, Relation, &Term),
    theory: &Theory,
    facts: &Facts,
    by: &[Symbol],
) {
    let attempt = |facts: Facts| claim_by(theory, &facts, relation, (left, right), by);
    let open = |outcome: &Outcome| {
        if outcome.holds == Some(true) {
            return Some(Vec::new());
        }
        let all = std::iter::once(&outcome.left).chain(&outcome.right);
        let stuck: Vec<Derivation> = all.filter(|d| d.status == Status::Stuck).cloned().collect();
        (!stuck.is_empty()).then_some(stuck)
    };
    let Some(stuck) = open(outcome) else { return };
    let stuck: Vec<&Derivation> = stuck.iter().collect();
    let known = existence::found(theory, facts, &[left, right], &stuck, &attempt, &open);
    if let Some(known) = known {
        let said: Vec<String> = known.conditions.iter().map(ToString::to_string).collect();
        outcome.left.message = Some((
            format!("it is proved where {}; assume that", said.join(" and ")),
            format!("在 {} 时可证；请声明该假设", said.join(" 且 ")),
        ));
    }
}

/// Whether no point speaks against what was proved.
fn unopposed(c: &mut Comparison, derivation: &Derivation, theory: &Theory) -> bool {
    if c.verdict == Verdict::Proved {
        let closed = match (c.relation, derivation.status) {
            (Relation::Eq, Status::Proved) => &derivation.result,
            _ => &c.left,
        };
        let sides = (&c.left, closed);
        c.counterexample = objection(sides, &c.right, c.relation, &derivation.facts, theory);
    }
    c.verdict != Verdict::Proved || c.counterexample.is_none()
}

/// Whether the right side is what the theory says, word for word.
fn is_definition(left: &Term, right: &Term, theory: &Theory) -> bool {
    theory.expand_quantity(left).is_some_and(|body| body.alpha_eq(right))
}

/// Whether sides that are defined differ by what is known not to be zero.
fn differ(theory: &Theory, facts: &Facts, sides: (&Term, &Term), residual: &Term) -> bool {
    let mut kernel = Kernel::new(theory, facts.clone());
    let sign = kernel.sign_of(residual);
    sign.is_nonzero() && [sides.0, sides.1, residual].iter().all(|t| kernel.needs(t).is_empty())
}

/// What a side was derived to be. The derivations of a claim may be of other terms, such as the difference of its sides.
fn form_of(side: &Term, found: &[&Derivation], theory: &Theory, facts: &Facts) -> Option<Term> {
    let equal = |d: &Derivation| {
        let proved = d.status == Status::Proved && d.relation == Relation::Eq;
        (proved && d.unknown.is_none()).then(|| d.result.clone())
    };
    match found.iter().find(|d| d.statement.alpha_eq(side)) {
        Some(known) => equal(known),
        None => equal(&derive(theory, facts.clone(), side)),
    }
}

/// The derivations of both sides (of the right one where it needs one), and what they say of the relation.
fn compare(
    theory: &Theory,
    facts: &Facts,
    relation: Relation,
    (left, right): (&Term, &Term),
    by: &[Symbol],
    values: &mut Values,
) -> (Derivation, Option<Derivation>, Comparison) {
    let mut outcome = claim_by(theory, facts, relation, (left, right), by);
    let known = &outcome.left.facts.clone();
    let found = match outcome.holds {
        Some(true) => None,
        _ => counterexample_after((left, right), relation, known, theory, values).or_else(|| {
            if !values.gave_up() {
                return None;
            }
            let found: Vec<&Derivation> =
                [&outcome.left].into_iter().chain(&outcome.right).collect();
            let form = |side: &Term| form_of(side, &found, theory, facts);
            let forms = (&form(left)?, &form(right)?);
            counterexample_of_forms(forms, relation, known, theory, values)
        }),
    };
    // Different normal forms are not yet different values, unless the difference is a number.
    let certain =
        !matches!(relation, Relation::Eq | Relation::UpTo | Relation::Tends | Relation::TendsUpTo)
            || outcome.residual.as_ref().is_none_or(|r| {
                r.as_rational().is_some()
                    || relation == Relation::Eq && differ(theory, known, (left, right), r)
            });
    let decided = outcome.holds.is_some() || found.is_some();
    let void = decided && is_void(&[left, right], Numbers { theory, facts: known });
    // Of what cannot hold nothing follows, and nothing speaks against what does.
    let impossible = outcome.left.is_impossible;
    if void {
        outcome.left.message = Some((
            "no point was found at which what is supposed holds".into(),
            "未找到使所设条件成立的点".into(),
        ));
    }
    let verdict = match (outcome.holds, &found) {
        _ if void || impossible => Verdict::Undecided,
        (Some(true), _) => Verdict::Proved,
        (_, Some(_)) => Verdict::Refuted,
        (Some(false), None) if certain => Verdict::Refuted,
        _ => Verdict::Undecided,
    };
    if verdict == Verdict::Undecided && !void && !impossible {
        hint_at_conditions(&mut outcome, (left, relation, right), theory, facts, by);
    }
    let claimed = outcome.right.as_ref().map_or(right, |d| &d.result);
    let explains = verdict == Verdict::Refuted && relation == Relation::Eq;
    let second = outcome.right.as_ref().is_none_or(|d| d.relation == Relation::Eq);
    // Where no rule goes further the end of the chain is still what the left side equals.
    let ended = matches!(outcome.left.status, Status::Proved | Status::Stuck)
        && outcome.left.relation == Relation::Eq;
    let mend = if explains && second && ended {
        mend(&outcome.left.result, right, known, theory)
    } else {
        None
    };
    let slip = if explains && outcome.left.status == Status::Proved {
        name_slip(&outcome.left.result, claimed, known, theory)
            .or_else(|| mend.as_ref().map(|m| m.words.clone()))
    } else {
        None
    };
    let comparison = Comparison {
        verdict,
        left: left.clone(),
        relation,
        right: right.clone(),
        up_to: facts.up_to.clone(),
        residual: if verdict == Verdict::Proved { None } else { outcome.residual },
        counterexample: found,
        slip,
        mend,
    };
    (outcome.left, outcome.right, comparison)
}
