//! The report of a derivation: lines, named steps and arithmetic as three levels of views.

use super::assumptions::{assumptions, definitions};
use super::{discharges, mass, notation_in, reasons};
use crate::derive::{Derivation, Line, Node, Status, obstacle};
use crate::document::{
    self, Bilingual, ConditionView, LemmaView, Notation, Report, ResultView, StepView,
};
use crate::elaborate::Context;
use crate::kernel::Step;
use crate::term::Node::Call;
use crate::term::{Path, Relation, Symbol, Term};
use crate::theory::Theory;

/// The report of a derivation, without evidence. It depends on nothing but its arguments.
pub fn report(derivation: &Derivation, context: &Context, theory: &Theory) -> Report {
    let notation = notation_in(theory, context);
    let mut notes = mass::notes(&[&derivation.statement], &derivation.facts, theory, &notation);
    notes.extend(found(context, &notation));
    let views = Views { derivation, theory, notation, prefix: String::new() };
    let finished = matches!(derivation.status, Status::Proved | Status::Infinite);
    let result = finished.then(|| ResultView {
        term: derivation.result.clone(),
        relation: derivation.relation,
        unit: unit(&derivation.statement, theory),
    });
    let axioms = derivation.axioms.iter().map(|id| match theory.rule(id.as_str()) {
        Some(rule) if rule.proof != "axiom" => format!("{id} (derived in {})", rule.proof),
        _ => id.to_string(),
    });
    Report {
        assumptions: assumptions(derivation, context),
        definitions: definitions(derivation, context),
        lemmas: lemmas(derivation, theory, &views.notation),
        steps: derivation.lines.iter().enumerate().map(|(i, l)| views.line(i, l)).collect(),
        result,
        axioms: axioms.collect(),
        status: status(derivation.status),
        goal: match &derivation.unknown {
            _ if finished => None,
            Some(_) => Some(derivation.result.clone()),
            None => obstacle(theory, &derivation.facts, &derivation.result),
        },
        up_to: match derivation.relation.leaves_out_constant() {
            true => derivation.facts.up_to.clone(),
            false => Vec::new(),
        },
        message: derivation.message.clone().map(|(en, zh)| Bilingual { en, zh }),
        notes,
        ..Report::new(derivation.statement.clone())
    }
}

/// That conditions were found, in words: nobody assumed them.
fn found(context: &Context, notation: &Notation) -> Option<Bilingual> {
    let all: Vec<String> = context.found.iter().map(|c| document::unicode(c, notation)).collect();
    let (en, zh) = (all.join(" and "), all.join(" 且 "));
    let what = match all.len() {
        1 => "a condition that was found and that nobody assumed",
        _ => "conditions that were found and that nobody assumed",
    };
    (!all.is_empty()).then(|| {
        Bilingual::new(
            format!("it holds where {en}, {what}"),
            format!("在 {zh} 时成立；该条件由推导发现，并非事先假设"),
        )
    })
}

/// The unit in which the value of a statement is asked for.
fn unit(statement: &Term, theory: &Theory) -> Option<Symbol> {
    let Call(name, arguments) = statement.node() else { return None };
    let known = arguments.len() == 1 && theory.has_rule(&format!("unit.{name}"));
    known.then(|| name.clone())
}

fn status(status: Status) -> document::Status {
    match status {
        Status::Proved => document::Status::Proved,
        Status::Stuck => document::Status::Stuck,
        Status::Infinite => document::Status::Infinite,
        Status::Divergent => document::Status::Divergent,
    }
}

struct Views<'a> {
    derivation: &'a Derivation,
    theory: &'a Theory,
    notation: Notation,
    /// What tells the lines of several chains apart.
    prefix: String,
}

/// What follows from suppositions; the lines of each have a letter in front.
fn lemmas(derivation: &Derivation, theory: &Theory, notation: &Notation) -> Vec<LemmaView> {
    let shown = derivation.lemmas.iter().filter(|l| !l.derivation.lines.is_empty());
    let letters = ('A'..='Z').map(String::from).chain((1..).map(|n| format!("Z{n}.")));
    let views = letters.zip(shown).map(|(prefix, lemma)| {
        let derivation = &lemma.derivation;
        let views = Views { derivation, theory, notation: notation.clone(), prefix };
        let ranges = lemma.consequence.solved().map(|s| s.indices).unwrap_or_default();
        let each = |(name, low, high): &(&Symbol, &Term, &Term)| {
            (format!(" for {name} = {low}, …, {high}"), format!("（{name} = {low}, …, {high}）"))
        };
        let (en, zh): (Vec<String>, Vec<String>) = ranges.iter().map(each).unzip();
        LemmaView {
            from: derivation.statement.clone(),
            indices: Bilingual::new(en.concat(), zh.concat()),
            steps: derivation.lines.iter().enumerate().map(|(i, l)| views.line(i, l)).collect(),
        }
    });
    views.collect()
}

impl Views<'_> {
    fn line(&self, index: usize, line: &Line) -> StepView {
        let id = format!("{}{}", self.prefix, index + 1);
        let title = reasons::phase(self.theory, line.phase.as_str());
        let children: Vec<StepView> = line
            .nodes
            .iter()
            .enumerate()
            .map(|(i, n)| self.node(&format!("{id}.{}", i + 1), n))
            .collect();
        let reason = match children.as_slice() {
            [only] if only.rule != "arithmetic" => only.reason.clone(),
            _ => title.clone(),
        };
        let conditions = match children.as_slice() {
            [only] => only.conditions.clone(),
            _ => Vec::new(),
        };
        StepView {
            relation: line.relation,
            rule: line.phase.as_str().to_owned(),
            title,
            conditions,
            children,
            ..StepView::new(id, line.before.clone(), line.after.clone(), reason)
        }
    }

    fn node(&self, id: &str, node: &Node) -> StepView {
        let Some(first) = node.steps.first() else {
            let t = &self.derivation.statement;
            return StepView::new(id, t.clone(), t.clone(), Bilingual::default());
        };
        let mut view = self.step(id, 1, first);
        if node.steps.len() > 1 {
            let children = node.steps.iter().enumerate();
            view.children =
                children.map(|(i, s)| self.step(&format!("{id}.{}", i + 1), 2, s)).collect();
            view.relation = node
                .steps
                .iter()
                .fold(Relation::Eq, |r, s| r.then(s.relation()).unwrap_or(s.relation()));
            view.after = node.steps[node.steps.len() - 1].after().clone();
            view.local_after = Some(local_after(first, &node.steps));
            view.conditions = conditions(node.steps.iter());
            view.title = self.title(&view);
        }
        view
    }

    fn step(&self, id: &str, level: u8, step: &Step) -> StepView {
        let (reason, cite) =
            reasons::step(step, self.theory, &self.derivation.facts, &self.notation);
        let mut view = StepView {
            level,
            relation: step.relation(),
            rule: step.justification().name(),
            path: step.path().to_string(),
            local_before: Some(step.local_before().clone()),
            local_after: Some(step.local_after().clone()),
            conditions: conditions(std::iter::once(step)),
            cite,
            ..StepView::new(id, step.before().clone(), step.after().clone(), reason)
        };
        view.title = self.title(&view);
        view
    }

    fn title(&self, view: &StepView) -> Bilingual {
        match (&view.local_before, &view.local_after) {
            (Some(a), Some(b)) => reasons::title(a, view.relation, b, &self.notation, &view.reason),
            _ => view.reason.clone(),
        }
    }
}

/// What the place of the first step holds after the last one, where the others acted inside it.
fn local_after(first: &Step, steps: &[Step]) -> Term {
    let place = first.path();
    let within = |p: &Path| p.positions.starts_with(&place.positions);
    let inside = place.subset.is_none() && steps.iter().all(|s| within(s.path()));
    let last = &steps[steps.len() - 1];
    let found = if inside { last.after().at(place) } else { None };
    found.unwrap_or_else(|| first.local_after().clone())
}

fn conditions<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<ConditionView> {
    let mut out: Vec<ConditionView> = Vec::new();
    for discharge in steps.flat_map(Step::discharges) {
        let view = ConditionView {
            text: discharges::condition(&discharge.condition),
            evidence: discharges::evidence(&discharge.evidence),
            terms: discharge.terms.clone(),
        };
        if !out.contains(&view) {
            out.push(view);
        }
    }
    out
}
