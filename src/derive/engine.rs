//! The record of a derivation in the making: the current term, the lines so far, and the ways to extend them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::kernel::{Facts, Justification, Kernel, Refusal, Step};
use crate::term::{Domain, Path, Relation, Symbol, Term};
use crate::theory::{Rule, Theory};

use super::places::{first_place, is_expectation};
use super::rules::PhaseRules;
use super::suppose::Lemma;

/// How a derivation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// A closed form, every step checked.
    Proved,
    /// No rule applies to what is left.
    Stuck,
    /// The value is +∞ (or −∞).
    Infinite,
    /// The defining integral does not converge.
    Divergent,
}

/// A named step of level 1: one rule application with its bookkeeping.
#[derive(Clone, Debug)]
pub struct Node {
    /// The rule's id or the kind of justification.
    pub name: String,
    /// Kernel steps, at least one.
    pub steps: Vec<Step>,
}

/// A line of level 0: what one phase did.
#[derive(Clone, Debug)]
pub struct Line {
    /// The phase's id.
    pub phase: Symbol,
    /// How the two sides are related.
    pub relation: Relation,
    /// Before the phase.
    pub before: Term,
    /// After it.
    pub after: Term,
    /// What it did.
    pub nodes: Vec<Node>,
}

/// A finished derivation.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The term it starts from.
    pub statement: Term,
    /// The assumptions, with names introduced for distributions.
    pub facts: Facts,
    /// Names that the derivation introduced for distributions of the statement.
    pub introduced: Vec<(Symbol, Term)>,
    /// Level 0.
    pub lines: Vec<Line>,
    /// The last term.
    pub result: Term,
    /// The relation of the whole chain.
    pub relation: Relation,
    /// How it ended.
    pub status: Status,
    /// What stands in the way, in English and Chinese, where something does.
    pub message: Option<(String, String)>,
    /// The first condition that could not be proved where a rule would else have applied, in English and Chinese.
    pub open: Option<(String, String)>,
    /// Ids of the rules and laws that it rests on.
    pub axioms: BTreeSet<Symbol>,
    /// What was found to follow from suppositions, as far as it is used, in the order in which it was found.
    pub lemmas: Vec<Lemma>,
    /// Whether what is supposed cannot hold.
    pub is_impossible: bool,
    /// What an equation is solved for; the statement, every line and the result are equations then.
    pub unknown: Option<Term>,
}

impl Derivation {
    /// The kernel steps in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lines.iter().flat_map(|l| l.nodes.iter().flat_map(|n| n.steps.iter()))
    }
}

/// Steps that one derivation may take before it is given up; the Gaussian divergence takes some forty, the longest by
/// substitution three hundred.
const FUEL: usize = 600;

pub(crate) struct Mark {
    current: Term,
    lines: usize,
    relation: Relation,
    fuel: usize,
}

pub(crate) struct Engine<'t> {
    pub(crate) kernel: Kernel<'t>,
    pub(crate) current: Term,
    lines: Vec<Line>,
    open: Vec<Node>,
    line_start: Term,
    relation: Relation,
    fuel: usize,
    pub(crate) message: Option<(String, String)>,
    /// Whether what is supposed cannot hold.
    pub(crate) impossible: bool,
    /// Expectations that were unfolded already, and how many times that may still happen.
    pub(crate) unfolded: Vec<(Term, usize)>,
    /// Expectations that were written in powers of the distance from a center already: more would go in circles.
    pub(crate) recentred: Vec<Term>,
    /// Expectations whose powers of quotients were put in order already.
    pub(crate) tidied: Vec<Term>,
    /// Expectations that were tried in terms of another variable already.
    pub(crate) transferred: Vec<Term>,
    /// How many changes of variable the term has gone through.
    pub(crate) transfers: usize,
    /// Whether squares of functions that are not further known are multiplied out under averages.
    pub(crate) multiplies_all: bool,
    /// The rules of each phase met so far.
    pub(crate) phase_rules: Vec<(&'static str, Rc<PhaseRules<'t>>)>,
}

impl<'t> Engine<'t> {
    pub(crate) fn new(theory: &'t Theory, facts: Facts, start: Term) -> Self {
        Self {
            kernel: Kernel::new(theory, facts),
            current: start.clone(),
            lines: Vec::new(),
            open: Vec::new(),
            line_start: start,
            relation: Relation::Eq,
            fuel: FUEL,
            message: None,
            impossible: false,
            unfolded: Vec::new(),
            recentred: Vec::new(),
            tidied: Vec::new(),
            transferred: Vec::new(),
            transfers: 0,
            multiplies_all: false,
            phase_rules: Vec::new(),
        }
    }

    pub(crate) fn theory(&self) -> &'t Theory {
        self.kernel.theory()
    }

    pub(crate) fn out_of_fuel(&self) -> bool {
        self.fuel == 0
    }

    /// Where the steps gave out: how many there were, and what was done most often.
    pub(crate) fn exhausted(&self) -> Option<(String, String)> {
        if !self.out_of_fuel() {
            return None;
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let nodes = self.lines.iter().flat_map(|l| &l.nodes).chain(&self.open);
        for node in nodes {
            *counts.entry(node.name.to_string()).or_default() += 1;
        }
        let (name, times) = counts.into_iter().max_by_key(|(_, times)| *times)?;
        Some((
            format!("{FUEL} steps reached no end; {times} of them were {name}"),
            format!("{FUEL} 步仍未结束，其中 {times} 步为 {name}"),
        ))
    }

    pub(super) fn push(&mut self, step: Step) {
        self.fuel = self.fuel.saturating_sub(1);
        self.relation = self.relation.then(step.relation()).unwrap_or(step.relation());
        self.current = step.after().clone();
        let bookkeeping = *step.justification() == Justification::Arithmetic;
        match self.open.last_mut() {
            Some(node) if bookkeeping => node.steps.push(step),
            _ => self.open.push(Node { name: step.justification().name(), steps: vec![step] }),
        }
    }

    /// Applies a rule at a place, trying each proposal.
    pub(crate) fn try_rule(&mut self, rule: &Rule, path: &Path) -> bool {
        self.try_rule_if(rule, path, |_| true)
    }

    /// The same, of steps that relate the whole terms by `direction`, or by equality.
    pub(crate) fn try_rule_towards(
        &mut self,
        rule: &Rule,
        path: &Path,
        direction: Relation,
    ) -> bool {
        self.try_rule_if(rule, path, |r| r == direction || r == Relation::Eq)
    }

    fn try_rule_if(&mut self, rule: &Rule, path: &Path, admit: impl Fn(Relation) -> bool) -> bool {
        if self.out_of_fuel() {
            return false;
        }
        let whole = self.current.clone();
        if whole.at(path).is_none_or(|t| !same_head(&rule.left, &t)) {
            return false;
        }
        for mut bindings in self.kernel.proposals(rule, &whole, path) {
            self.tidy_bindings(&mut bindings);
            match self.kernel.rule(&whole, path, rule, &bindings) {
                // A step that points the other way than those before it would prove nothing.
                Ok(step)
                    if !step.after().alpha_eq(&whole)
                        && admit(step.relation())
                        && self.relation.then(step.relation()).is_some() =>
                {
                    self.push(step);
                    return true;
                }
                Ok(_) => {}
                Err(Refusal::Undischarged(text)) => self.note_undischarged(&text),
                Err(_) => {}
            }
        }
        false
    }

    pub(crate) fn note_undischarged(&mut self, condition: &str) {
        let informative = condition.ends_with("converges absolutely")
            || (condition.ends_with(" > 0") && condition.contains(|c: char| c.is_alphabetic()));
        if self.message.is_none() && informative {
            self.message = Some((
                format!("a condition could not be proved: {condition}"),
                format!("无法证明条件：{condition}"),
            ));
        }
    }

    /// Products with −1 and inverse factors, as matching collects them, in the spelling of a person.
    fn tidy_bindings(&mut self, bindings: &mut crate::term::Bindings) {
        for t in bindings.metas.values_mut() {
            let inverse = t.any(&mut |s| match s.node() {
                crate::term::Node::Power(_, n) => matches!(n.node(), crate::term::Node::Neg(_)),
                crate::term::Node::Product(xs) => {
                    xs.iter().any(|x| x.as_rational().is_some_and(|r| r.is_negative()))
                }
                _ => false,
            });
            if inverse && let Some(new) = tidied(t) {
                *t = new;
            }
        }
    }

    /// Unfolds the definition, density or expectation at a place.
    pub(crate) fn try_unfold(&mut self, path: &Path) -> Result<(), Refusal> {
        let whole = self.current.clone();
        let step = self.kernel.unfold(&whole, path)?;
        self.push(step);
        Ok(())
    }

    /// Uses an assumed equation at a place.
    pub(crate) fn try_hypothesis(&mut self, assumption: &Term, path: &Path) -> bool {
        let whole = self.current.clone();
        match self.kernel.hypothesis(&whole, path, assumption) {
            Ok(step) if step.after() != &whole => {
                self.push(step);
                true
            }
            _ => false,
        }
    }

    /// Leaves out a constant, so that `new` is left; false if the kernel refuses.
    pub(crate) fn try_leave_out(&mut self, new: &Term) -> bool {
        let whole = self.current.clone();
        match self.kernel.leave_out(&whole, new) {
            Ok(step) if step.after() != &whole => {
                self.push(step);
                true
            }
            Err(Refusal::Undischarged(text)) => {
                self.message = Some((
                    format!("a condition could not be proved: {text}"),
                    format!("无法证明条件：{text}"),
                ));
                false
            }
            _ => false,
        }
    }

    /// Replaces a sum over draws by what it tends to.
    pub(crate) fn try_large_numbers(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        match self.kernel.large_numbers(&whole, path) {
            Ok(step) => {
                self.push(step);
                true
            }
            Err(Refusal::Undischarged(text)) => {
                self.message = Some((
                    format!("a condition could not be proved: {text}"),
                    format!("无法证明条件：{text}"),
                ));
                false
            }
            _ => false,
        }
    }

    /// Rewrites the subterm at a place to an equal one; false if it is the same, or the kernel refuses.
    pub(crate) fn try_arithmetic(&mut self, path: &Path, new: &Term) -> bool {
        let whole = self.current.clone();
        if whole.at(path).is_none_or(|t| t == *new) {
            return false;
        }
        match self.kernel.arithmetic(&whole, path, new) {
            Ok(step) if step.after() != &whole => {
                self.push(step);
                true
            }
            _ => false,
        }
    }

    /// Whether the current term is `end`, or becomes it by arithmetic; either may stand for the other then.
    pub(crate) fn arrives(&mut self, end: &Term) -> bool {
        let (root, here) = (Path::root(), self.current.clone());
        here == *end
            || (self.kernel.arithmetic(end, &root, &here).is_ok()
                && self.try_arithmetic(&root, end))
    }

    /// Writes every expectation out as an integral or a sum.
    pub(crate) fn as_integrals(&mut self) -> bool {
        let mut any = false;
        while let Some(path) = first_place(&self.current, is_expectation) {
            if self.try_unfold(&path).is_err() {
                return false;
            }
            any = true;
        }
        self.end_line("expectation_as_integral");
        any
    }

    /// Rewrites the subterm at a place to its most readable spelling.
    pub(crate) fn tidy(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        let Some(old) = whole.at(path) else { return false };
        let mut candidates = self.kernel.spellings(&whole, path);
        // A long sum stays a sum, with its vectors beside it.
        if candidates.len() > 1 && old.any(&mut is_long_sum) {
            candidates.truncate(1);
        }
        // Multiplied out only where that is much shorter: a square that was completed should stay one.
        if let [kept, expanded] = candidates.as_slice()
            && 4 * expanded.size() < 3 * kept.size()
        {
            candidates.reverse();
        }
        for new in candidates {
            if new == old {
                return false;
            }
            if self.try_arithmetic(path, &new) {
                return true;
            }
        }
        false
    }

    /// Gathers what stands before functions, where the term becomes shorter by that.
    pub(crate) fn present(&mut self) {
        let size = self.current.size();
        let spelled = self.kernel.presentations(&self.current.clone());
        // As in `tidy`: a square stays one.
        let best = match spelled.as_slice() {
            [kept, expanded] if 4 * expanded.size() < 3 * kept.size() => Some(expanded.clone()),
            _ => spelled.into_iter().next(),
        };
        if let Some(new) = best.filter(|t| t.size() < size) {
            self.try_arithmetic(&Path::root(), &new);
        }
    }

    /// Rewrites the subterm at a place to its spelling with sums kept, whatever its length.
    pub(crate) fn tidy_kept(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        match self.kernel.spellings(&whole, path).first() {
            Some(new) => self.try_arithmetic(path, new),
            None => false,
        }
    }

    /// How the statement is related to the current term.
    pub(crate) fn relation(&self) -> Relation {
        self.relation
    }

    /// Whether anything was done since the last line.
    pub(crate) fn line_is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether there is a line already.
    pub(crate) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Ends a line: what was done since the last one belongs to `phase`.
    pub(crate) fn end_line(&mut self, phase: &str) {
        if self.open.is_empty() {
            return;
        }
        let nodes = std::mem::take(&mut self.open);
        let relation = nodes
            .iter()
            .flat_map(|n| &n.steps)
            .fold(Relation::Eq, |r, s| r.then(s.relation()).unwrap_or(s.relation()));
        let before = std::mem::replace(&mut self.line_start, self.current.clone());
        let after = self.current.clone();
        self.lines.push(Line { phase: Symbol::new(phase), relation, before, after, nodes });
    }

    pub(crate) fn why_infinite(&self) -> Option<(String, String)> {
        why_infinite(&self.lines)
    }

    /// A place to come back to. The open line must be empty.
    pub(crate) fn mark(&mut self) -> Mark {
        self.end_line("collect");
        Mark {
            current: self.current.clone(),
            lines: self.lines.len(),
            relation: self.relation,
            fuel: self.fuel,
        }
    }

    /// Forgets what was done since `mark`.
    pub(crate) fn reset(&mut self, mark: Mark) {
        self.open.clear();
        self.lines.truncate(mark.lines);
        self.line_start = mark.current.clone();
        self.current = mark.current;
        self.relation = mark.relation;
        self.fuel = mark.fuel;
    }

    /// The relation of the step made last in the open line.
    pub(crate) fn last_relation(&self) -> Option<Relation> {
        self.open.last().and_then(|n| n.steps.last()).map(Step::relation)
    }

    pub(crate) fn finish(
        mut self,
        statement: Term,
        introduced: Vec<(Symbol, Term)>,
        status: Status,
    ) -> Derivation {
        self.end_line("collect");
        let steps = self.lines.iter().flat_map(|l| &l.nodes).flat_map(|n| &n.steps);
        let axioms = steps.flat_map(Step::axioms).cloned().collect();
        let open = self.message.clone();
        let message = if status == Status::Proved { None } else { self.message };
        Derivation {
            statement,
            facts: self.kernel.facts().clone(),
            introduced,
            lines: self.lines,
            result: self.current,
            relation: self.relation,
            status,
            message,
            open,
            axioms,
            lemmas: Vec::new(),
            is_impossible: self.impossible,
            unknown: None,
        }
    }
}

/// The condition that failed where a definition gave its other value, in English and Chinese.
pub fn why_infinite(lines: &[Line]) -> Option<(String, String)> {
    let steps = lines.iter().flat_map(|l| &l.nodes).flat_map(|n| &n.steps);
    let failed = steps.flat_map(Step::discharges).find(|d| d.condition.starts_with("not: "))?;
    Some((
        format!("the support condition fails: {}", failed.evidence),
        format!("支撑集条件不成立：{}", failed.evidence),
    ))
}

/// Sums of more terms are shown as sums.
pub(crate) const READABLE: i64 = 16;

fn is_long_sum(t: &Term) -> bool {
    match t.node() {
        crate::term::Node::Binder(b) if t.is_finite_series() => match &b.domain {
            Domain::Range(lo, hi) => {
                let end = |t: &Term| t.as_rational()?.to_i64();
                end(lo).zip(end(hi)).is_some_and(|(lo, hi)| hi - lo >= READABLE)
            }
            Domain::Over(_) => false,
        },
        _ => false,
    }
}

/// Whether a rule's left side could match at all: a cheap look before matching.
pub(super) fn same_head(pattern: &Term, t: &Term) -> bool {
    use crate::term::Node;
    match (pattern.node(), t.node()) {
        (Node::Call(f, xs), Node::Call(g, ys)) => {
            f == g
                && xs.len() == ys.len()
                && match (xs.first().map(Term::node), ys.first().map(Term::node)) {
                    (Some(Node::Call(f, _)), Some(Node::Call(g, _))) => f == g,
                    (Some(Node::Call(..)), Some(_)) => false,
                    (Some(Node::Quotient(..)), Some(y)) => matches!(y, Node::Quotient(..)),
                    _ => true,
                }
        }
        (Node::Binder(a), Node::Binder(b)) => {
            let over = match (&a.domain, &b.domain) {
                (Domain::Over(p), Domain::Over(q)) => match (p.node(), q.node()) {
                    (Node::Call(f, _), Node::Call(g, _)) => f == g,
                    _ => true,
                },
                _ => true,
            };
            a.op == b.op
                && over
                && (!matches!(a.body.node(), Node::Sum(xs) if xs.iter().all(|x| matches!(x.node(), Node::Meta(_))))
                    || matches!(b.body.node(), Node::Sum(_)))
        }
        (Node::Derivative(_, a), Node::Derivative(_, b)) => same_shape(a, b),
        (Node::Call(..) | Node::Binder(_) | Node::Derivative(..), _) => false,
        _ => true,
    }
}

/// Whether a pattern has the shape of a term as it stands, before any algebra.
fn same_shape(pattern: &Term, t: &Term) -> bool {
    use crate::term::Node;
    match (pattern.node(), t.node()) {
        (Node::Meta(_), _) => true,
        (Node::Call(f, _), Node::Call(g, _)) => f == g,
        (Node::Binder(a), Node::Binder(b)) => a.op == b.op,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// A product of factors, inverse factors and signs as one signed fraction.
fn tidied(t: &Term) -> Option<Term> {
    use crate::term::Node;
    let (mut above, mut below, mut negative) = (Vec::new(), Vec::new(), false);
    let factors = match t.node() {
        Node::Product(xs) => xs.clone(),
        Node::Power(..) => vec![t.clone()],
        _ => return None,
    };
    for f in factors {
        match f.node() {
            Node::Neg(a) => {
                negative = !negative;
                above.push(a.clone());
            }
            Node::Power(a, n) => match n.node() {
                Node::Neg(k) if k.as_rational().is_some_and(|r| r.is_one()) => {
                    below.push(a.clone());
                }
                Node::Neg(k) => below.push(Term::power(a.clone(), k.clone())),
                _ => above.push(f),
            },
            _ => above.push(f),
        }
    }
    above.retain(|f| f.as_rational().is_none_or(|r| !r.is_one()));
    let top = Term::product(above);
    let whole = if below.is_empty() { top } else { Term::quotient(top, Term::product(below)) };
    Some(if negative { Term::neg(whole) } else { whole })
}
