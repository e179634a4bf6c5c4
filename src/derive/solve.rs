//! Solving an equation: both sides to closed form, then the unknown to one side by steps from one equation to an
//! equivalent one.

use crate::kernel::{Equivalence, Facts, Isolation, Justification, Step};
use crate::term::{HOLE, Node, Path, Relation, Term};
use crate::theory::{Sort, Theory};

use super::engine::{Derivation, Engine, Status};
use super::names::needs_derivation;
use super::problem::derive_in_place;
use super::suppose::{Supposed, base};

/// Functions to be undone: a power of a logarithm of the unknown has three.
const LAYERS: usize = 4;

/// Solves `left = right` for `unknown`, a parameter or a member of a family.
pub fn solve(
    theory: &Theory,
    facts: &Facts,
    (left, right): (&Term, &Term),
    unknown: &Term,
) -> Derivation {
    let start = Term::relation(Relation::Eq, left.clone(), right.clone());
    let start = facts.unshadowed(&start);
    let known = Supposed::of(theory, facts.clone(), &[&start]);
    let facts = &known.facts;
    let mut engine = Engine::new(theory, facts.clone(), start.clone());
    let status = match &known.impossible {
        Some(why) => engine.impossible(why),
        None => engine.solve(facts, &start, unknown),
    };
    let mut derivation = engine.finish(start, Vec::new(), status);
    known.attach(&mut derivation);
    derivation.unknown = Some(unknown.clone());
    derivation
}

impl Engine<'_> {
    fn solve(&mut self, facts: &Facts, start: &Term, unknown: &Term) -> Status {
        if let Some(part) = self.kernel.undefined_part(start, true) {
            self.message = Some((
                format!("the equation is not known to be defined: {part}"),
                format!("该方程不一定有定义：{part}"),
            ));
            return Status::Stuck;
        }
        for side in 0..2 {
            if !self.close(facts, side) {
                return Status::Stuck;
            }
        }
        self.insert_but(unknown);
        for _ in 0..LAYERS {
            if !self.isolate(unknown) {
                break;
            }
        }
        let end = self.current.clone();
        let Err(missing) = self.kernel.solution(start, &end, unknown) else {
            return Status::Proved;
        };
        let noted = self.message.take();
        self.message = Some(if self.kernel.always_equal(&end) {
            (
                format!("the equation holds whatever {unknown} is"),
                format!("无论 {unknown} 取何值，方程都成立"),
            )
        } else if self.kernel.never_equal(&end) {
            ("the equation has no solution".into(), "方程无解".into())
        } else if let Some(note) = noted.filter(|_| missing == end.to_string()) {
            note
        } else if let Some(note) = self.missing_sign(unknown).filter(|_| missing == end.to_string())
        {
            note
        } else if missing == end.to_string() {
            (
                format!("cannot solve for {unknown}: no step isolates it in {end}"),
                format!("无法解出 {unknown}：没有步骤能将其从 {end} 中分离"),
            )
        } else {
            let missing = self.in_names(&end).unwrap_or(missing);
            (
                format!(
                    "{end} is the only candidate, but it is not known to be admissible; assume {missing}"
                ),
                format!("唯一的候选解是 {end}，但不知其是否合乎假设；请声明 {missing}"),
            )
        });
        Status::Stuck
    }

    /// An assumption about a name that is enough for the value of an unknown to be positive: of a name that the value is a
    /// positive multiple of, where that is all that is missing.
    fn in_names(&mut self, end: &Term) -> Option<String> {
        let value = right(end)?.clone();
        let facts = self.kernel.facts().clone();
        let sort = base(left(end)?).and_then(|name| facts.sorts.get(&name).copied());
        if sort != Some(Sort::Positive) || self.kernel.sign_of(&value).is_positive() {
            return None;
        }
        let theory = self.theory();
        let names = facts
            .definitions
            .iter()
            .filter(|(_, d)| d.as_comprehension().is_none() && !facts.is_distribution(d, theory));
        for (name, _) in names {
            let name = Term::symbol(name.clone());
            let ratio = Term::quotient(value.clone(), name.clone());
            if self.kernel.sign_of(&ratio).is_positive() {
                return Some(Term::relation(Relation::Lt, Term::integer(0), name).to_string());
            }
        }
        None
    }

    /// Brings one side to its closed form, by the steps that derive it alone, made anew in their place.
    pub(super) fn close(&mut self, facts: &Facts, side: usize) -> bool {
        let place = Path::root().child(side);
        let Some(alone) = self.current.at(&place) else { return false };
        if !needs_derivation(self.theory(), &alone) {
            return true;
        }
        let found = derive_in_place(self.theory(), facts.clone(), &alone);
        for line in &found.lines {
            for step in line.nodes.iter().flat_map(|n| &n.steps) {
                if !self.again(step, &place) {
                    return false;
                }
            }
            self.end_line(line.phase.as_str());
        }
        self.message = found.message;
        found.status == Status::Proved
    }

    /// A step made anew at a place below `place`.
    fn again(&mut self, step: &Step, place: &Path) -> bool {
        let whole = self.current.clone();
        let path = place.join(step.path());
        let made = match step.justification() {
            Justification::Rule(id, bindings) => match self.theory().rule(id.as_str()) {
                Some(rule) => self.kernel.rule(&whole, &path, rule, bindings),
                None => return false,
            },
            Justification::Hypothesis(equation) | Justification::Consequence(equation) => {
                self.kernel.hypothesis(&whole, &path, equation)
            }
            Justification::Arithmetic => self.kernel.arithmetic(&whole, &path, step.local_after()),
            Justification::Equation(_) => return false,
            _ => self.kernel.unfold(&whole, &path),
        };
        match made {
            Ok(step) => {
                self.push(step);
                true
            }
            Err(_) => false,
        }
    }

    /// Brings what holds the unknown to the left, and undoes one function around it; false where nothing changed.
    pub(super) fn isolate(&mut self, unknown: &Term) -> bool {
        let before = self.current.clone();
        if left(&before) == Some(unknown) && !right(&before).is_some_and(|r| mentions(r, unknown)) {
            return false;
        }
        for way in self.kernel.isolations(&before, unknown) {
            if self.along(&way) {
                break;
            }
        }
        self.undo(unknown);
        self.current != before || self.balance(unknown) || self.by_square(unknown)
    }

    /// Multiplies the denominators out, then divides by the coefficient.
    fn along(&mut self, way: &Isolation) -> bool {
        let one = Term::integer(1);
        let linear = match way.coefficient == one {
            true => way.subject.clone(),
            false => Term::product(vec![way.coefficient.clone(), way.subject.clone()]),
        };
        let collected = Term::relation(Relation::Eq, linear, way.constant.clone());
        let start = self.current.clone();
        if collected != start
            && !self.equivalence(&Equivalence::Scale(way.clear.clone()), &collected)
        {
            return false;
        }
        let right = Path::root().child(1);
        self.shorten(&right);
        self.end_line("clear");
        if way.coefficient == one {
            return true;
        }
        let quotient = Term::quotient(way.constant.clone(), way.coefficient.clone());
        let isolated = Term::relation(Relation::Eq, way.subject.clone(), quotient);
        let factor = Term::quotient(one, way.coefficient.clone());
        if self.equivalence(&Equivalence::Scale(factor), &isolated) {
            self.shorten(&right);
            self.end_line("isolate");
        }
        true
    }

    /// Writes the subterm at a place in its shortest spelling.
    pub(super) fn shorten(&mut self, place: &Path) {
        let whole = self.current.clone();
        let Some(old) = whole.at(place) else { return };
        let mut all = self.kernel.spellings(&whole, place);
        all.sort_by_key(Term::size);
        for new in all {
            if new == old || self.try_arithmetic(place, &new) {
                return;
            }
        }
    }

    /// Undoes the logarithm, exponential or power on the left.
    fn undo(&mut self, unknown: &Term) {
        let whole = self.current.clone();
        let Node::Relation(_, outer, other) = whole.node() else { return };
        if outer == unknown || !mentions(outer, unknown) {
            return;
        }
        let hole = Term::symbol(HOLE);
        let (inverse, inner) = match outer.node() {
            Node::Call(f, args) if f == "ln" => (Term::call("exp", vec![hole]), args[0].clone()),
            Node::Call(f, args) if f == "exp" => (Term::call("ln", vec![hole]), args[0].clone()),
            Node::Call(f, args) if f == "sqrt" => {
                (Term::power(hole, Term::integer(2)), args[0].clone())
            }
            Node::Power(base, n) => {
                let Some(n) = n.as_rational().filter(|n| !n.is_zero()) else { return };
                let Some(inverse) = n.checked_pow(-1) else { return };
                (Term::power(hole, Term::rational(&inverse)), base.clone())
            }
            _ => return,
        };
        let hole = crate::term::Symbol::new(HOLE);
        let [a, b] = [outer, other].map(|side| inverse.substitute(&hole, side));
        let mark = self.mark();
        let undone = self
            .equivalence(&Equivalence::Apply(inverse), &Term::relation(Relation::Eq, a, b))
            && self.try_arithmetic(&Path::root().child(0), &inner);
        if !undone {
            // The square root of x² is not x.
            self.reset(mark);
            return;
        }
        self.tidy(&Path::root().child(1));
        self.end_line("inverse");
    }

    pub(super) fn equivalence(&mut self, why: &Equivalence, new: &Term) -> bool {
        let whole = self.current.clone();
        match self.kernel.equivalence(&whole, why, new) {
            Ok(step) => {
                self.push(step);
                true
            }
            Err(_) => false,
        }
    }
}

fn left(equation: &Term) -> Option<&Term> {
    equation.children().into_iter().next()
}

fn right(equation: &Term) -> Option<&Term> {
    equation.children().into_iter().nth(1)
}

fn mentions(t: &Term, unknown: &Term) -> bool {
    t.any(&mut |s| s == unknown)
}
