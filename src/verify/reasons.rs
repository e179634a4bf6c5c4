//! Why a step holds, in both languages: the theory's own sentences, and those of the kernel's closed set.

use crate::document::{Bilingual, Notation, relation_unicode, unicode};
use crate::kernel::{Equivalence, Facts, Justification, Step};
use crate::term::{Binder, HOLE, Node, Relation, Symbol, Term};
use crate::theory::{Reason, Rule, Theory};

/// Titles longer than this give way to the sentence.
const TITLE: usize = 90;

fn said(reason: &Reason) -> Bilingual {
    Bilingual::new(reason.en.clone(), reason.zh.clone())
}

/// What a phase is called.
pub(super) fn phase(theory: &Theory, id: &str) -> Bilingual {
    if let Some(phase) = theory.phase(id) {
        return said(&phase.reason);
    }
    match id {
        "definition" => Bilingual::new("by definition", "由定义"),
        "recentre" => Bilingual::new("expand about the mean", "以均值为中心展开"),
        "expectation_as_integral" => {
            Bilingual::new("write the expectation as an integral or a sum", "将期望写成积分或求和")
        }
        "expand" => Bilingual::new("multiply out", "展开乘积"),
        "collect" => Bilingual::new("collect", "整理"),
        other => {
            let words = other.replace('_', " ");
            Bilingual::new(words.clone(), words)
        }
    }
}

/// A rule's sentence, with what was chosen where it lets one choose: the point at which an integral is split.
fn with_choice(rule: &Rule, step: &Step, notation: &Notation) -> Bilingual {
    let reason = said(&rule.reason);
    let Justification::Rule(_, bindings) = step.justification() else { return reason };
    let (chosen, variable) = (rule.chosen(), step.local_before());
    let (Some(name), Node::Binder(b)) = (chosen.first(), variable.node()) else { return reason };
    let Some(value) = bindings.metas.get(name) else { return reason };
    let at = Term::relation(Relation::Eq, Term::symbol(b.var.clone()), value.clone());
    let at = unicode(&at, notation);
    Bilingual::new(
        format!("{}, here at {at}", rule.reason.en),
        format!("{}，分割点为 {at}", rule.reason.zh),
    )
}

/// Why a step holds, and where that is found.
pub(super) fn step(
    step: &Step,
    theory: &Theory,
    facts: &Facts,
    notation: &Notation,
) -> (Bilingual, String) {
    match step.justification() {
        Justification::Rule(id, _) => match theory.rule(id.as_str()) {
            Some(rule) => (with_choice(rule, step, notation), rule.cite.clone()),
            None => (Bilingual::from(id.as_str()), String::new()),
        },
        Justification::Definition(_) if matches!(step.local_before().node(), Node::Binder(_)) => (
            Bilingual::new(
                "the variance is the expectation of the squared distance from the mean",
                "方差是与均值之差的平方的期望",
            ),
            "Billingsley, section 21".into(),
        ),
        Justification::Definition(name) => {
            let arity = step.local_before().children().len();
            match theory.quantity(name, arity) {
                Some(q) => (said(&q.reason), q.cite.clone()),
                None => (Bilingual::from(name.as_str()), String::new()),
            }
        }
        Justification::Density => density(step.local_before(), theory, facts),
        Justification::Expectation => {
            (expectation(step.local_before(), step.local_after()), String::new())
        }
        Justification::Hypothesis(_) => (Bilingual::new("as assumed", "由假设"), String::new()),
        Justification::Consequence(_) => {
            let relation = Term::relation(
                Relation::Eq,
                step.local_before().clone(),
                step.local_after().clone(),
            );
            let shown = unicode(&relation, notation);
            (Bilingual::new(format!("insert {shown}"), format!("代入 {shown}")), String::new())
        }
        Justification::Constant => {
            let shown = |n: &Symbol| unicode(&Term::symbol(n.clone()), &Notation::default());
            let names = facts.up_to.iter().map(shown).collect::<Vec<_>>().join(", ");
            (
                Bilingual::new(
                    format!("up to a constant that does not depend on {names}"),
                    format!("相差一个不依赖于 {names} 的常数"),
                ),
                String::new(),
            )
        }
        Justification::LargeNumbers(_) => (
            Bilingual::new(
                "the law of large numbers: the mean of independent draws tends to the expectation",
                "大数定律：独立样本的均值趋于期望",
            ),
            "Billingsley, theorem 22.1".into(),
        ),
        Justification::Equation(why) => (equivalence(why, notation), String::new()),
        Justification::Arithmetic => {
            (Bilingual::new("exact arithmetic", "精确运算"), String::new())
        }
    }
}

/// What an expectation was written as: an integral, or the mean of those under the parts of a mixture.
fn expectation(before: &Term, written: &Term) -> Bilingual {
    let average = |b: &Binder| b.op.is_under_distribution();
    let is_integral = matches!(before.node(), Node::Binder(b) if !average(b));
    match written.node() {
        _ if is_integral => Bilingual::new(
            "an integral against a sum of distributions is the sum of the expectations under them, each with its weight",
            "对若干分布之和的积分等于各分布下的期望按权重之和",
        ),
        Node::Binder(_) => Bilingual::new(
            "an expectation is the integral against the density",
            "期望是对密度的积分",
        ),
        _ => Bilingual::new(
            "an expectation under a mixture is the weighted mean of those under its parts",
            "混合分布下的期望是各分量下期望的加权平均",
        ),
    }
}

/// Why an equation has the same solutions as the one before.
fn equivalence(why: &Equivalence, notation: &Notation) -> Bilingual {
    let plain = |t: &Term| unicode(t, notation);
    match why {
        Equivalence::Scale(c) if c.as_rational().is_some_and(|r| r.is_one()) => {
            Bilingual::new("the same is subtracted from both sides", "两边减去同一项")
        }
        Equivalence::Scale(c) => match c.node() {
            Node::Quotient(one, d) if one.as_rational().is_some_and(|r| r.is_one()) => {
                let d = plain(d);
                Bilingual::new(
                    format!("both sides are divided by {d}, which is not zero"),
                    format!("两边除以 {d}，它不为零"),
                )
            }
            _ => {
                let c = plain(c);
                Bilingual::new(
                    format!("the difference of the sides is multiplied by {c}, which is not zero"),
                    format!("两边之差乘以 {c}，它不为零"),
                )
            }
        },
        Equivalence::Apply(f) => {
            let f = plain(&f.substitute(&HOLE.into(), &Term::symbol("t")));
            Bilingual::new(
                format!("both sides go through t ↦ {f}, which is one to one there"),
                format!("两边施以 t ↦ {f}，它在此是一一对应的"),
            )
        }
    }
}

fn density(subject: &Term, theory: &Theory, facts: &Facts) -> (Bilingual, String) {
    let of = match subject.node() {
        Node::Density(d, _) => Some(facts.resolve(d)),
        _ => None,
    };
    let known = of.as_ref().and_then(|d| theory.distribution(d)).map(|(known, _)| known);
    if of.as_ref().is_some_and(Term::is_measure) {
        let reason = Bilingual::new("the densities of the parts are added", "各分量的密度相加");
        return (reason, String::new());
    }
    match known {
        Some(known) => (
            Bilingual::new(
                format!("the density of the {}", known.reason.en),
                match known.reason.zh.split_once('，') {
                    Some((name, more)) => format!("{name}（{more}）的密度"),
                    None => format!("{}的密度", known.reason.zh),
                },
            ),
            known.cite.clone(),
        ),
        None => (Bilingual::new("the density of a mixture", "混合分布的密度"), String::new()),
    }
}

/// What happened to this very term, where it is short enough for a heading.
pub(super) fn title(
    before: &Term,
    relation: Relation,
    after: &Term,
    notation: &Notation,
    otherwise: &Bilingual,
) -> Bilingual {
    let sign = match after.node() {
        Node::Relation(..) => "⟺",
        _ => relation_unicode(relation),
    };
    let before = unicode(before, notation);
    if before.chars().count() > TITLE {
        return otherwise.clone();
    }
    let text = format!("{before} {sign} {}", unicode(after, notation));
    if text.chars().count() > TITLE { otherwise.clone() } else { Bilingual::from(text.as_str()) }
}
