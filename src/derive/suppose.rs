//! Suppositions: what follows from an equation that is supposed is found by the steps that solve it, kept with those
//! steps, and inserted where its unknown stands.

use std::collections::BTreeSet;

use crate::kernel::{Consequence, Facts, Instance, Justification, Kernel};
use crate::term::{Node, Path, Relation, Symbol, Term};
use crate::theory::Theory;

use super::engine::{Derivation, Engine, Status};
use super::names::{needs_derivation, spelled_out};
use super::places::{first_place, places};

/// Functions to be undone around an unknown.
const LAYERS: usize = 4;

/// Unknowns that are tried of one equation.
const UNKNOWNS: usize = 6;

/// Places at which one equation is inserted at most.
const PLACES: usize = 64;

/// An equation that follows from a supposition, with the derivation that shows it.
#[derive(Clone, Debug)]
pub struct Lemma {
    /// What is supposed, perhaps for all members of ranges.
    pub supposition: Term,
    /// The names of the indices that the derivation is about, the outermost first.
    pub indices: Vec<Symbol>,
    /// From the supposition, at those indices, to the equation.
    pub derivation: Derivation,
    /// What the kernel made of it.
    pub consequence: Consequence,
}

/// What is known once suppositions were solved as far as a goal asks for it.
#[derive(Clone, Debug)]
pub struct Supposed {
    /// The facts, with what follows.
    pub facts: Facts,
    /// How it follows.
    pub lemmas: Vec<Lemma>,
    /// A supposition that cannot hold, in English and Chinese.
    pub impossible: Option<(String, String)>,
}

impl Supposed {
    /// Solves the suppositions that say something of what occurs in the goals.
    pub fn of(theory: &Theory, facts: Facts, goals: &[&Term]) -> Self {
        let mut known = Self { facts, lemmas: Vec::new(), impossible: None };
        if known.facts.consequences.is_empty() {
            known.solve_all(theory, goals);
        }
        known
    }

    /// Keeps with a derivation what it uses, and what that uses.
    pub fn attach(&self, derivation: &mut Derivation) {
        let mut wanted = used(derivation);
        let mut kept = Vec::new();
        for lemma in self.lemmas.iter().rev() {
            let equation = lemma.consequence.equation();
            if wanted.contains(equation) {
                wanted.extend(used(&lemma.derivation));
                derivation.axioms.extend(lemma.derivation.axioms.iter().cloned());
                kept.push(lemma.clone());
            }
        }
        kept.reverse();
        derivation.lemmas = kept;
    }

    fn solve_all(&mut self, theory: &Theory, goals: &[&Term]) {
        let mut open: Vec<Term> = self.facts.at_a_point().filter(|t| equates(t)).cloned().collect();
        let mut names = BTreeSet::new();
        goals.iter().for_each(|goal| reach(goal, &self.facts, &mut names));
        // What one side speaks of and the other does not is what the equation is to say.
        let mut sides = [BTreeSet::new(), BTreeSet::new()];
        if let [a, b] = goals {
            reach(a, &self.facts, &mut sides[0]);
            reach(b, &self.facts, &mut sides[1]);
        }
        let preferred: BTreeSet<Symbol> = sides[0].difference(&sides[1]).cloned().collect();
        self.solve_in_turn(theory, &mut open, (&mut names, &preferred));
        // What is left speaks of the goal and cannot be solved for anything in it: it says what something else is.
        let mut others = names.clone();
        for supposition in &open {
            let mut own = BTreeSet::new();
            reach(supposition, &self.facts, &mut own);
            if !own.is_disjoint(&names) {
                others.extend(own);
            }
        }
        if others.len() > names.len() && self.impossible.is_none() {
            self.solve_in_turn(theory, &mut open, (&mut others, &preferred));
        }
    }

    /// Solves what can be; what one equation brings in may be what the next is solved for.
    fn solve_in_turn(
        &mut self,
        theory: &Theory,
        open: &mut Vec<Term>,
        (names, preferred): (&mut BTreeSet<Symbol>, &BTreeSet<Symbol>),
    ) {
        loop {
            let before = open.len();
            open.retain(|supposition| !self.solve_one(theory, supposition, (names, preferred)));
            if open.len() == before || self.impossible.is_some() {
                break;
            }
        }
    }

    /// Whether a supposition is dealt with.
    fn solve_one(
        &mut self,
        theory: &Theory,
        supposition: &Term,
        (names, preferred): (&mut BTreeSet<Symbol>, &BTreeSet<Symbol>),
    ) -> bool {
        let Some(instance) = self.facts.instance(supposition) else { return true };
        let mut kernel = Kernel::new(theory, instance.facts.clone());
        if instance.indices.is_empty() && kernel.never_equal(&instance.equation) {
            self.impossible = Some(impossible(supposition));
            return true;
        }
        let indices: Vec<Symbol> = instance.indices.iter().map(|(name, ..)| name.clone()).collect();
        let mut all = unknowns(&instance, names);
        if !is_solved(&instance.equation, &all) {
            all.sort_by_key(|x| !base(x).is_some_and(|name| preferred.contains(&name)));
        }
        for unknown in all.into_iter().take(UNKNOWNS) {
            for insert in [true, false] {
                let mut engine =
                    Engine::new(theory, instance.facts.clone(), instance.equation.clone());
                let found = engine.follow(&unknown, insert);
                let end = engine.current.clone();
                // Of members of a range that may be empty none need be.
                if instance.indices.is_empty() && engine.kernel.never_equal(&end) {
                    let (en, zh) = impossible(supposition);
                    let leads = (format!("{en}; it leads to {end}"), format!("{zh}；由之得 {end}"));
                    self.impossible = Some(if end == *supposition { (en, zh) } else { leads });
                    return true;
                }
                if !found {
                    continue;
                }
                let mut derivation =
                    engine.finish(instance.equation.clone(), Vec::new(), Status::Proved);
                derivation.unknown = Some(unknown.clone());
                let kernel = Kernel::new(theory, self.facts.clone());
                let Ok(consequence) = kernel.conclude(supposition, &indices, derivation.steps())
                else {
                    continue;
                };
                if self.keep(supposition, &indices, derivation, consequence) {
                    reach(supposition, &self.facts, names);
                    return true;
                }
            }
        }
        false
    }

    /// Takes up what was concluded, in a place where inserting one after the other ends; false where there is none.
    fn keep(
        &mut self,
        supposition: &Term,
        indices: &[Symbol],
        mut derivation: Derivation,
        consequence: Consequence,
    ) -> bool {
        let sides = |t: &Term| Some((base(&left(t)?)?, right(t)?));
        let Some((x, value)) = sides(consequence.equation()) else { return false };
        let later: Vec<(Symbol, Term)> =
            self.facts.consequences.iter().filter_map(|c| sides(c.equation())).collect();
        if later.iter().any(|(y, _)| *y == x) {
            return false;
        }
        let first = later.iter().any(|(y, _)| self.facts.depends(&value, y));
        if first && later.iter().any(|(_, v)| self.facts.depends(v, &x)) {
            return false;
        }
        let uses = used(&derivation);
        let place = if first { 0 } else { self.facts.consequences.len() };
        self.facts.consequences.insert(place, consequence.clone());
        derivation.facts.consequences.retain(|c| uses.contains(c.equation()));
        let supposition = supposition.clone();
        let indices = indices.to_vec();
        self.lemmas.push(Lemma { supposition, indices, derivation, consequence });
        true
    }
}

fn impossible(supposition: &Term) -> (String, String) {
    (
        format!("what is supposed cannot hold: {supposition}"),
        format!("所设条件不可能成立：{supposition}"),
    )
}

/// The consequences that the steps of a derivation use.
fn used(derivation: &Derivation) -> Vec<Term> {
    let of = |why: &Justification| match why {
        Justification::Consequence(equation) => Some(equation.clone()),
        _ => None,
    };
    derivation.steps().filter_map(|s| of(s.justification())).collect()
}

/// Whether an equation says already what its first unknown is.
fn is_solved(equation: &Term, unknowns: &[Term]) -> bool {
    unknowns.first().is_some_and(|x| left(equation).as_ref() == Some(x))
}

/// The names that a term depends on, definitions followed.
fn reach(t: &Term, facts: &Facts, names: &mut BTreeSet<Symbol>) {
    for name in t.free_symbols() {
        if names.insert(name.clone())
            && let Some(definition) = facts.definitions.get(&name)
        {
            reach(definition, facts, names);
        }
    }
}

fn equates(relation: &Term) -> bool {
    match relation.node() {
        Node::Relation(Relation::Eq, a, b) => {
            [a, b].iter().all(|t| !matches!(t.node(), Node::Density(..)))
        }
        Node::Binder(b) => equates(&b.body),
        _ => false,
    }
}

fn left(equation: &Term) -> Option<Term> {
    side(equation, 0)
}

fn right(equation: &Term) -> Option<Term> {
    side(equation, 1)
}

fn side(equation: &Term, which: usize) -> Option<Term> {
    match equation.node() {
        Node::Relation(_, a, b) => Some(if which == 0 { a.clone() } else { b.clone() }),
        Node::Binder(b) => side(&b.body, which),
        _ => None,
    }
}

/// The name of a parameter, or of the family of a member.
pub(super) fn base(t: &Term) -> Option<Symbol> {
    match t.node() {
        Node::Index(inner, _) => base(inner),
        _ => t.as_symbol().cloned(),
    }
}

/// What an equation may be solved for, of the names that matter: what it differentiates by; what stands alone on a
/// side; then what else occurs in it.
fn unknowns(instance: &Instance, names: &BTreeSet<Symbol>) -> Vec<Term> {
    let facts = &instance.facts;
    let Node::Relation(_, a, b) = instance.equation.node() else { return Vec::new() };
    let mut all: Vec<Term> = Vec::new();
    for side in [a, b] {
        if let Node::Derivative(x, _) = side.node() {
            all.push(x.clone());
        }
    }
    let of_derivative = !all.is_empty();
    for side in [a, b] {
        if !of_derivative {
            all.push(side.clone());
        }
    }
    if !of_derivative {
        for side in [a, b] {
            facts.written_out(side).any(&mut |t| {
                if t.is_variable() {
                    all.push(t.clone());
                }
                false
            });
        }
    }
    let index = |s: &Symbol| instance.indices.iter().any(|(name, ..)| name == s);
    let mut out: Vec<Term> = Vec::new();
    for x in all {
        let Some(name) = base(&x) else { continue };
        let family = facts.families.contains_key(&name);
        let parameter = facts.sorts.get(&name).is_some_and(|sort| !sort.is_distribution())
            && !facts.definitions.contains_key(&name)
            && !facts.draws.contains_key(&name)
            && family == x.as_symbol().is_none()
            && !index(&name);
        // A member at an index that is bound in the equation is no unknown of it.
        let closed = x.free_symbols().iter().all(|s| facts.sorts.contains_key(s));
        if parameter && closed && names.contains(&name) && !out.contains(&x) {
            out.push(x);
        }
    }
    out
}

impl Engine<'_> {
    /// Leads from an equation to one that says what the unknown is, with earlier unknowns replaced if asked; whether it
    /// came to that.
    fn follow(&mut self, unknown: &Term, insert: bool) -> bool {
        let Some(name) = base(unknown) else { return false };
        // The equation itself is nothing to be used on the way.
        let mut facts = self.kernel.facts().clone();
        facts.suppositions.clear();
        facts.consequences.clear();
        for side in 0..2 {
            let place = Path::root().child(side);
            let Some(written) = self.current.at(&place) else { return false };
            self.try_arithmetic(&place, &spelled_out(self.theory(), &facts, &written));
            self.end_line("definition");
            if !self.close(&facts, side) {
                return false;
            }
        }
        if insert {
            self.insert();
        }
        for _ in 0..LAYERS {
            if !self.isolate(unknown) {
                break;
            }
        }
        let end = self.current.clone();
        let Node::Relation(Relation::Eq, x, value) = end.node() else { return false };
        x == unknown && !self.kernel.facts().depends(value, &name)
    }

    /// Inserts what was solved for, one unknown after the other, outside derivatives.
    pub(crate) fn insert(&mut self) -> bool {
        let mut any = false;
        for equation in self.kernel.concluded() {
            any |= self.insert_one(&equation);
        }
        any
    }

    /// The same of an equation that is solved: its own unknown stays.
    pub(crate) fn insert_but(&mut self, unknown: &Term) {
        for equation in self.kernel.concluded() {
            if left(&equation).as_ref().and_then(base) != base(unknown) {
                self.insert_one(&equation);
            }
        }
    }

    /// Nothing is derived from what cannot hold.
    pub(crate) fn impossible(&mut self, why: &(String, String)) -> Status {
        self.message = Some(why.clone());
        self.impossible = true;
        Status::Stuck
    }

    /// Inserts what is a number, where nothing is differentiated: what a parameter is worth is best said at once.
    pub(crate) fn insert_numbers(&mut self) {
        let written = self.kernel.facts().written_out(&self.current);
        if written.any(&mut |t| matches!(t.node(), Node::Derivative(..))) {
            return;
        }
        for equation in self.kernel.concluded() {
            if right(&equation).is_some_and(|value| value.as_rational().is_some()) {
                self.insert_one(&equation);
            }
        }
    }

    fn insert_one(&mut self, equation: &Term) -> bool {
        let Some(name) = left(equation).as_ref().and_then(base) else { return false };
        self.name_written_out(&name);
        let is_it = |t: &Term| t.is_variable() && base(t).as_ref() == Some(&name);
        let mut any = false;
        for _ in 0..PLACES {
            if self.out_of_fuel() {
                break;
            }
            let done = places(&self.current.clone(), is_it)
                .iter()
                .any(|path| self.try_hypothesis(equation, path));
            if !done {
                break;
            }
            any = true;
        }
        if any {
            self.shorten_fractions();
        }
        self.end_line("consequence");
        any
    }

    /// What cancels in fractions that something was inserted in, cancels.
    fn shorten_fractions(&mut self) {
        let is_fraction = |t: &Term| matches!(t.node(), Node::Quotient(..));
        for path in places(&self.current.clone(), is_fraction) {
            let whole = self.current.clone();
            let Some(old) = whole.at(&path).filter(is_fraction) else { continue };
            let all = self.kernel.spellings(&whole, &path);
            let shorter = all.into_iter().filter(|new| new.size() < old.size());
            if let Some(new) = shorter.min_by_key(Term::size) {
                self.try_arithmetic(&path, &new);
            }
        }
    }

    /// Writes out the names that abbreviate what depends on a parameter, outside derivatives.
    fn name_written_out(&mut self, name: &Symbol) {
        let facts = self.kernel.facts().clone();
        let new = written_out(&self.current, name, &facts);
        if new != self.current && !needs_derivation(self.theory(), &new) {
            self.try_arithmetic(&Path::root(), &new);
        }
        self.end_line("definition");
    }

    /// Replaces the left side of a supposition that was not solved, as it stands, by the right one.
    pub(crate) fn insert_literally(&mut self) {
        let facts = self.kernel.facts().clone();
        let solved = |t: &Term| facts.consequences.iter().any(|c| c.supposition() == t);
        for supposition in facts.suppositions.iter().filter(|t| !solved(t)) {
            let (Some(a), Some(b)) = (left(supposition), right(supposition)) else { continue };
            let Some(head) = first_place(&a, |_| true) else { continue };
            // What speaks of the same family on both sides would be inserted for ever.
            let again = a.indices().is_some_and(|(name, _)| b.mentions(name));
            let stands = b.any(&mut |t| *t == a) || !head.positions.is_empty();
            if a.as_rational().is_some() || again || stands {
                continue;
            }
            let alike =
                |t: &Term| std::mem::discriminant(t.node()) == std::mem::discriminant(a.node());
            for _ in 0..PLACES {
                let done = places(&self.current.clone(), alike)
                    .iter()
                    .any(|path| self.try_hypothesis(supposition, path));
                if !done {
                    break;
                }
            }
        }
        self.end_line("hypothesis");
    }
}

/// The term with the definitions of names that depend on a parameter.
fn written_out(t: &Term, name: &Symbol, facts: &Facts) -> Term {
    match t.as_symbol().and_then(|s| facts.definitions.get(s).filter(|d| !d.mentions(s))) {
        Some(d) if facts.depends(d, name) => written_out(d, name, facts),
        Some(_) => t.clone(),
        None => t.map_children(|c| written_out(c, name, facts)),
    }
}
