//! Doing a derivation again: what was done where, without its results, and the kernel that computes them anew.

use crate::derive::{Derivation, Lemma, Line, Node, Status, obstacle, why_infinite};
use crate::kernel::{Equivalence, Facts, Justification, Kernel, Refusal, Step};
use crate::term::{Bindings, Path, Relation, Symbol, Term};
use crate::theory::{Rule, Theory};

use super::texts;

/// What a step did.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Rule(Symbol, Bindings),
    Unfold,
    Hypothesis(Term),
    Arithmetic(Term),
    LeaveOut(Term),
    LargeNumbers,
    Equation(Equivalence, Term),
}

/// A step without its result.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub path: Path,
    pub action: Action,
    pub line: usize,
    pub node: usize,
    pub phase: Symbol,
}

impl Move {
    pub fn of(step: &Step, line: usize, node: usize, phase: &Symbol) -> Self {
        let action = match step.justification() {
            Justification::Rule(id, bindings) => Action::Rule(id.clone(), bindings.clone()),
            Justification::Arithmetic => Action::Arithmetic(step.local_after().clone()),
            Justification::Constant => Action::LeaveOut(step.local_after().clone()),
            Justification::LargeNumbers(_) => Action::LargeNumbers,
            Justification::Equation(why) => {
                Action::Equation(why.clone(), step.local_after().clone())
            }
            Justification::Hypothesis(equation) | Justification::Consequence(equation) => {
                Action::Hypothesis(equation.clone())
            }
            _ => Action::Unfold,
        };
        Self { path: step.path().clone(), action, line, node, phase: phase.clone() }
    }
}

/// The moves of a derivation, in order.
pub(super) fn moves(derivation: &Derivation) -> impl Iterator<Item = (Move, &Step)> {
    derivation.lines.iter().enumerate().flat_map(|(l, line)| {
        line.nodes.iter().enumerate().flat_map(move |(n, node)| {
            node.steps.iter().map(move |s| (Move::of(s, l, n, &line.phase), s))
        })
    })
}

/// A kernel that makes moves and keeps what came of them.
pub(super) struct Repeater<'t> {
    kernel: Kernel<'t>,
    theory: &'t Theory,
    statement: Term,
    current: Term,
    relation: Relation,
    lines: Vec<Line>,
}

impl<'t> Repeater<'t> {
    pub fn new(theory: &'t Theory, facts: Facts, statement: Term) -> Self {
        Self {
            kernel: Kernel::new(theory, facts),
            theory,
            current: statement.clone(),
            statement,
            relation: Relation::Eq,
            lines: Vec::new(),
        }
    }

    /// Makes a move; the step that the kernel made of it.
    pub fn make(&mut self, m: &Move) -> Result<Step, String> {
        let whole = self.current.clone();
        let step = match &m.action {
            Action::Rule(id, bindings) => {
                let rule = self.theory.rule(id.as_str()).ok_or_else(|| format!("no rule {id}"))?;
                self.rule(&whole, &m.path, rule, bindings)
            }
            Action::Unfold => self.kernel.unfold(&whole, &m.path),
            Action::Hypothesis(assumption) => self.kernel.hypothesis(&whole, &m.path, assumption),
            Action::LeaveOut(_) if !m.path.positions.is_empty() || m.path.subset.is_some() => {
                Err(Refusal::NoSuchPlace)
            }
            Action::LeaveOut(new) => self.kernel.leave_out(&whole, new),
            Action::LargeNumbers => self.kernel.large_numbers(&whole, &m.path),
            Action::Arithmetic(new) => self.kernel.arithmetic(&whole, &m.path, new),
            Action::Equation(why, new) if m.path == Path::root() => {
                self.kernel.equivalence(&whole, why, new)
            }
            Action::Equation(..) => Err(Refusal::NoSuchPlace),
        };
        let step = step.map_err(|r| refusal(&r))?;
        let combined = self.relation.then(step.relation());
        self.relation = combined.ok_or("the relations of the chain do not combine")?;
        self.current = step.after().clone();
        self.keep(m, step.clone())?;
        Ok(step)
    }

    /// A step by a rule. Of its bound variables those keep their names whose names do not matter, so that there is one
    /// way to write the same step.
    fn rule(
        &mut self,
        whole: &Term,
        path: &Path,
        rule: &Rule,
        bindings: &Bindings,
    ) -> Result<Step, Refusal> {
        let mut step = self.kernel.rule(whole, path, rule, bindings)?;
        let mut kept = bindings.clone();
        for (name, new) in bindings.vars.iter().filter(|(name, new)| name != new) {
            kept.vars.insert(name.clone(), name.clone());
            match self.kernel.rule(whole, path, rule, &kept) {
                Ok(other) if same(&step, &other) => step = other,
                _ => drop(kept.vars.insert(name.clone(), new.clone())),
            }
        }
        Ok(step)
    }

    fn keep(&mut self, m: &Move, step: Step) -> Result<(), String> {
        let gap = || format!("step of line {} out of order", m.line);
        if m.line == self.lines.len() {
            let (before, after) = (step.before().clone(), step.after().clone());
            let (phase, relation) = (m.phase.clone(), Relation::Eq);
            self.lines.push(Line { phase, relation, before, after, nodes: Vec::new() });
        } else if m.line + 1 != self.lines.len() {
            return Err(gap());
        }
        let line = self.lines.last_mut().ok_or_else(gap)?;
        if line.phase != m.phase {
            return Err(format!("line {} has two phases", m.line));
        }
        line.relation = line.relation.then(step.relation()).unwrap_or(step.relation());
        line.after = step.after().clone();
        if m.node == line.nodes.len() {
            line.nodes.push(Node { name: step.justification().name(), steps: vec![step] });
        } else if m.node + 1 == line.nodes.len() {
            line.nodes[m.node].steps.push(step);
        } else {
            return Err(gap());
        }
        Ok(())
    }

    /// The derivation that the moves made. Its status and axioms are read off, not taken over.
    pub fn finish(mut self, introduced: Vec<(Symbol, Term)>, unknown: Option<Term>) -> Derivation {
        let status = if let Some(x) = &unknown {
            match self.kernel.solution(&self.statement, &self.current, x) {
                Ok(()) => Status::Proved,
                Err(_) => Status::Stuck,
            }
        } else if texts::is_infinite(&self.current) {
            Status::Infinite
        } else if obstacle(self.theory, self.kernel.facts(), &self.current).is_some() {
            Status::Stuck
        } else {
            Status::Proved
        };
        let steps = self.lines.iter().flat_map(|l| &l.nodes).flat_map(|n| &n.steps);
        let axioms = steps.flat_map(Step::axioms).cloned().collect();
        let infinite = status == Status::Infinite;
        let message = if infinite { why_infinite(&self.lines) } else { None };
        Derivation {
            statement: self.statement,
            facts: self.kernel.facts().clone(),
            introduced,
            lines: self.lines,
            result: self.current,
            relation: self.relation,
            status,
            message,
            open: None,
            axioms,
            lemmas: Vec::new(),
            is_impossible: false,
            unknown,
        }
    }
}

/// Keeps the lemmas with a derivation, and what they rest on.
pub(super) fn keep(derivation: &mut Derivation, lemmas: Vec<Lemma>) {
    derivation.axioms.extend(lemmas.iter().flat_map(|l| l.derivation.axioms.iter().cloned()));
    derivation.lemmas = lemmas;
}

fn refusal(r: &Refusal) -> String {
    match r {
        Refusal::NoSuchPlace => "there is no such place".into(),
        Refusal::SupportMoves { of, by, .. } => format!("the support of {of} depends on {by}"),
        Refusal::NoMarginals(of) => format!("the marginals of {of} are not known"),
        Refusal::Supposed => "a condition is supposed only".into(),
        Refusal::DoesNotMatch => "the subterm there is not an instance of the left side".into(),
        Refusal::Undischarged(c) => format!("not proved: {c}"),
        Refusal::NotMonotone => "an inequality at a place of unknown monotonicity".into(),
        Refusal::NotEqual => "the two sides have different normal forms".into(),
        Refusal::Undefined(t) => format!("not known to be defined: {t}"),
        Refusal::Arithmetic(e) => format!("beyond the bounds of the arithmetic: {e:?}"),
        Refusal::Unbound(id) => format!("{id} is not fully instantiated"),
    }
}

/// Whether two steps say the same.
fn same(a: &Step, b: &Step) -> bool {
    a.before() == b.before()
        && a.after() == b.after()
        && a.relation() == b.relation()
        && a.discharges() == b.discharges()
}

/// A lemma made again from its moves, and taken up among the facts.
///
/// # Errors
/// The first step that the kernel refuses, or what keeps the last one from being a conclusion, in words.
pub(super) fn relearn(
    facts: &mut Facts,
    theory: &Theory,
    (supposition, indices): (&Term, &[Symbol]),
    moves: impl Iterator<Item = Result<(Move, Option<String>), String>>,
) -> Result<Lemma, String> {
    let instance = facts.instance_at(supposition, indices);
    let instance = instance.ok_or("not an equation at indices of these names")?;
    let mut repeater = Repeater::new(theory, instance.facts, instance.equation);
    for m in moves {
        let (m, expected) = m?;
        let step = repeater.make(&m)?;
        // Compared at once, so that a hostile certificate cannot make terms longer than its own text.
        if expected.is_some_and(|text| text != step.after().to_string()) {
            return Err(format!("the kernel obtains {}", step.after()));
        }
    }
    let mut derivation = repeater.finish(Vec::new(), None);
    derivation.unknown = derivation.result.children().first().map(|x| (*x).clone());
    (derivation.status, derivation.message) = (Status::Proved, None);
    let kernel = Kernel::new(theory, facts.clone());
    let consequence = kernel.conclude(supposition, indices, derivation.steps());
    let consequence = consequence.map_err(|r| refusal(&r))?;
    facts.consequences.push(consequence.clone());
    let (supposition, indices) = (supposition.clone(), indices.to_vec());
    Ok(Lemma { supposition, indices, derivation, consequence })
}

/// The same derivation, made again by a fresh kernel, with the axioms that it needed there.
///
/// # Errors
/// The first step that the kernel refuses or that comes out differently, in words.
pub fn repeat(derivation: &Derivation, theory: &Theory) -> Result<Derivation, String> {
    let mut facts = derivation.facts.clone();
    facts.consequences.clear();
    let mut lemmas = Vec::new();
    for old in &derivation.lemmas {
        let about = (&old.supposition, &old.indices[..]);
        let again = moves(&old.derivation).map(|(m, _)| Ok((m, None)));
        let lemma = relearn(&mut facts, theory, about, again)?;
        let apart = lemma.derivation.steps().zip(old.derivation.steps()).any(|(a, b)| !same(a, b));
        if apart || lemma.consequence.equation() != old.consequence.equation() {
            return Err(format!("what follows from {} comes out differently", old.supposition));
        }
        lemmas.push(lemma);
    }
    let mut repeater = Repeater::new(theory, facts, derivation.statement.clone());
    for (index, (m, old)) in moves(derivation).enumerate() {
        let new = repeater.make(&m).map_err(|e| format!("step {}: {e}", index + 1))?;
        if !same(&new, old) {
            return Err(format!("step {} comes out differently", index + 1));
        }
    }
    let mut again = repeater.finish(derivation.introduced.clone(), derivation.unknown.clone());
    again.message.clone_from(&derivation.message);
    keep(&mut again, lemmas);
    Ok(again)
}
