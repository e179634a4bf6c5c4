//! Where a derivation came to a stop for want of a condition on parameters: which one. Proposals only, made by asking what
//! the rules lack at what is left. What is proposed is stated as an assumption, and all is derived anew under it.

use crate::kernel::{Kernel, Refusal};
use crate::term::{Node, Path, Relation, Term};
use crate::theory::{Rule, Theory};

use super::engine::{Derivation, Engine, Status};
use super::places::{is_average, is_expectation, is_integral, is_variance, places};

/// Phases whose rules give values, or take apart what has none.
const PHASES: [&str; 5] = ["moments", "integrals", "weight", "linearity", "expectation"];

/// Lists of relations, each of which lets a rule or a definition apply where the derivation is stuck: the shortest lists
/// first, else in the order of places and rules. Each comes as a person would state it, and, where that differs, as the
/// rule asks for it.
pub fn lacking(theory: &Theory, stuck: &Derivation) -> Vec<Vec<Term>> {
    if stuck.status != Status::Stuck || stuck.unknown.is_some() || stuck.is_impossible {
        return Vec::new();
    }
    let whole = &stuck.result;
    let mut kernel = Kernel::new(theory, stuck.facts.clone());
    let mut found: Vec<Vec<Term>> = Vec::new();
    let quantity = |t: &Term| match t.node() {
        Node::Call(name, args) => theory.quantity(name, args.len()).is_some(),
        _ => false,
    };
    for path in places(whole, |t| quantity(t) || is_variance(t)) {
        found.extend(kernel.lacking_to_unfold(whole, &path));
    }
    for path in places(whole, is_average) {
        for rule in rules(theory) {
            wanted_by(&mut kernel, whole, &path, rule, &mut found);
        }
    }
    // Of an average that was written out a rule may have lacked no more than a condition.
    let written_out = stuck.lines.iter().filter(|l| l.phase.as_str() == "expectation_as_integral");
    for before in written_out.map(|l| &l.before) {
        for path in places(before, is_expectation) {
            for rule in rules(theory) {
                wanted_by(&mut kernel, before, &path, rule, &mut found);
            }
        }
    }
    // Perhaps the rule would take what is left in another spelling.
    let mut engine = Engine::new(theory, stuck.facts.clone(), whole.clone());
    for path in places(whole, is_integral) {
        for (term, left) in engine.other_ways(&path) {
            for (path, rule) in left.iter().flat_map(|p| rules(theory).map(move |r| (p, r))) {
                wanted_by(&mut kernel, &term, path, rule, &mut found);
            }
        }
    }
    found.sort_by_key(Vec::len);
    let mut out: Vec<Vec<Term>> = Vec::new();
    for raw in found {
        let plain: Vec<Term> = raw.iter().map(|r| kernel.plainly(r)).collect();
        for one in [plain, raw] {
            if !out.contains(&one) {
                out.push(one);
            }
        }
    }
    out
}

fn wanted_by(
    kernel: &mut Kernel<'_>,
    whole: &Term,
    path: &Path,
    rule: &Rule,
    found: &mut Vec<Vec<Term>>,
) {
    for bindings in kernel.proposals(rule, whole, path) {
        if let Some(conditions) = kernel.lacking(whole, path, rule, &bindings)
            && !found.contains(&conditions)
        {
            found.push(conditions);
        }
    }
}

/// The equations of these phases whose value is finite.
fn rules(theory: &Theory) -> impl Iterator<Item = &Rule> {
    let patterns = PHASES.iter().filter_map(|p| theory.phase(p)).flat_map(|p| &p.rules);
    let named = patterns.flat_map(|pattern| theory.rules_matching(pattern));
    named.filter(|rule| {
        let finite = |t: &Term| t.as_symbol().is_none_or(|s| s != "oo");
        rule.relation == Relation::Eq && rule.right.as_ref().is_some_and(finite)
    })
}

/// Why a definition does not apply, in English and Chinese.
pub(super) fn why_undefined(refusal: &Refusal) -> Option<(String, String)> {
    match refusal {
        Refusal::Undischarged(text) => Some((
            format!("the definition needs this: {text}, which could not be decided"),
            format!("定义要求：{text}，无法判定"),
        )),
        Refusal::SupportMoves { of, ends: (low, high), by } => Some((
            format!(
                "it is not defined: the support of {of}, from {low} to {high}, depends on {by}, and the definition needs one \
                 that does not move with {by}"
            ),
            format!(
                "没有定义：{of} 的支撑集从 {low} 到 {high}，依赖于 {by}，而定义要求它不随 {by} 移动"
            ),
        )),
        Refusal::NoMarginals(of) => Some((
            format!(
                "the definition needs the distributions of the coordinates of {of}, which no theory states"
            ),
            format!("定义需要 {of} 各坐标的分布，而理论中没有给出"),
        )),
        _ => None,
    }
}
