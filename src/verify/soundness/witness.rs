//! Instances made up from the left side of a rule: where it fires, both sides must have the same value.
//!
//! Each variable of the pattern is given terms that fit its place: numbers, functions of what the rule binds,
//! distributions of the theory. With a condition left out, a rule that still holds everywhere did not need it; one that is
//! false somewhere has a witness for the condition.

use std::collections::BTreeMap;

use super::super::Numbers;
use super::pool::pool;
use super::rule::integrand;
use crate::kernel::{Facts, Kernel, Refusal};
use crate::numeric::{Environment, NumericError, Options, evaluate};
use crate::term::{Bindings, Node, Path, Relation, Symbol, Term};
use crate::theory::{Rule, Sort, Theory};

/// Combinations of terms that are gone through; where there are more, so many are drawn.
const TRIES: usize = 6000;

/// Instances on which a rule holds are enough, where no condition is left out.
const ENOUGH: usize = 256;

/// Integrand evaluations are enough: a tenth of a second.
const WORK: u64 = 1 << 21;

/// What is forgiven between the two sides, relative.
const CLOSE: f64 = 1e-6;

/// An error estimate beyond this share of the value is not believed.
const USELESS: f64 = 1e-5;

/// An instance on which a rule is false.
#[derive(Clone, PartialEq, Debug)]
pub struct Witness {
    /// The instance of the left side.
    pub subject: Term,
    /// Its value, if it has one.
    pub left: Option<f64>,
    /// The value of the right side.
    pub right: Option<f64>,
    /// The names in it that have values of their own.
    pub at: Vec<(Symbol, f64)>,
}

/// Terms for variables of a pattern, in place of those that would be tried.
pub type Choice = BTreeMap<Symbol, Vec<Term>>;

/// The number of made-up instances on which a rule was found to hold.
///
/// # Errors
/// The first instance on which it does not.
pub(super) fn counterexample(rule: &Rule, theory: &Theory) -> Result<usize, Witness> {
    let (mut held, mut work) = (0, 0);
    let found = Search::new(rule, &[], theory).run(&Choice::new(), &mut |outcome, spent| {
        held += usize::from(outcome == Compared::Agree);
        work += spent;
        held >= ENOUGH || work >= WORK
    });
    found.map_or(Ok(held), Err)
}

/// An instance that shows that the conditions at these places are needed: all others are met there, these are not, and
/// the rule without them is false. Looked for among made-up instances, with the terms of `choice` where it names some.
pub fn witness(rule: &Rule, places: &[usize], choice: &Choice, theory: &Theory) -> Option<Witness> {
    Search::new(rule, places, theory).run(choice, &mut |_, _| false)
}

/// For each condition of a rule what shows that it is needed: one line each. That no witness was found says nothing
/// against a rule; a condition may be there because another one is hard to show without it.
pub fn conditions(rule: &Rule, theory: &Theory) -> Vec<String> {
    let lines = rule.conditions.iter().enumerate().map(|(place, condition)| {
        let condition = super::super::texts::condition(condition);
        match witness(rule, &[place], &Choice::new(), theory) {
            Some(found) => format!("without `{condition}` it is false on {}", found.subject),
            None => format!("no witness was found that needs `{condition}`"),
        }
    });
    lines.collect()
}

/// What one instance showed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compared {
    Silent,
    Agree,
    NoValue,
}

/// The values of two sides that are not related as a rule says.
type Sides = (Option<f64>, Option<f64>);

struct Search<'a> {
    rule: &'a Rule,
    places: &'a [usize],
    theory: &'a Theory,
    /// The rule with a second side: a law with its own integral.
    all: Rule,
    /// The same without the conditions at the places.
    without: Rule,
}

impl<'a> Search<'a> {
    fn new(rule: &'a Rule, places: &'a [usize], theory: &'a Theory) -> Self {
        let left = integrand(&rule.left).clone();
        let right = rule.right.clone().unwrap_or_else(|| left.clone());
        let all = Rule { left, right: Some(right), relation: Relation::Eq, ..rule.clone() };
        let mut without = all.clone();
        let kept = |i: &usize| !places.contains(i);
        without.conditions =
            (0..all.conditions.len()).filter(kept).map(|i| all.conditions[i].clone()).collect();
        Self { rule, places, theory, all, without }
    }

    fn run(
        &self,
        choice: &Choice,
        enough: &mut dyn FnMut(Compared, u64) -> bool,
    ) -> Option<Witness> {
        let mut metas = self.rule.left.metas();
        metas.extend(self.rule.right.iter().flat_map(Term::metas));
        let terms = |m: &Symbol| match choice.get(m) {
            Some(terms) => terms.clone(),
            None => pool(self.rule, m, self.places, self.theory),
        };
        let pools: Vec<(Symbol, Vec<Term>)> = metas.iter().map(|m| (m.clone(), terms(m))).collect();
        let total: usize = pools.iter().map(|(_, p)| p.len()).fold(1, usize::saturating_mul);
        let stride = stride(total);
        for round in 0..total.min(TRIES) {
            let mut index = (round as u128 * stride as u128 % total as u128) as usize;
            let mut bindings = Bindings::default();
            for (name, terms) in &pools {
                bindings.metas.insert(name.clone(), terms[index % terms.len()].clone());
                index /= terms.len();
            }
            match self.try_one(&bindings, !choice.is_empty()) {
                Ok((outcome, spent)) if enough(outcome, spent) => return None,
                Ok(_) => {}
                Err(witness) => return Some(witness),
            }
        }
        None
    }

    fn try_one(&self, given: &Bindings, several: bool) -> Result<(Compared, u64), Witness> {
        let mut bindings = given.clone();
        self.all.left.any(&mut |t| {
            if let Node::Binder(b) = t.node() {
                bindings.vars.insert(b.var.clone(), b.var.clone());
            }
            false
        });
        let Some(subject) = self.all.left.instantiate(&bindings) else {
            return Ok((Compared::Silent, 0));
        };
        let (declared, at) = self.surroundings();
        // The kernel refuses to guess what a declared name means under a binder, so that they are tried undeclared too.
        let found = [declared, Facts::default()].into_iter().find_map(|facts| {
            let mut kernel = Kernel::new(self.theory, facts.clone());
            let step = kernel.rule(&subject, &Path::root(), &self.without, &bindings).ok()?;
            let mut refused = || kernel.rule(&subject, &Path::root(), &self.all, &bindings);
            let counts =
                self.places.is_empty() || matches!(refused(), Err(Refusal::Undischarged(_)));
            counts.then_some((facts, step))
        });
        let Some((facts, step)) = found else { return Ok((Compared::Silent, 0)) };
        // One coordinate is enough for most witnesses, and quick.
        let coordinates = if several { 2 } else { 1 };
        let options = Options { max_evaluations: 1 << 15, coordinates, ..Options::default() };
        let numbers = Numbers { theory: self.theory, facts: &facts };
        let (mut spent, mut error) = (0, 0.0);
        let mut value = |t: &Term| match evaluate(t, &at, &numbers, &options) {
            Ok(v) if !v.value.is_finite() => Err(NumericError::Divergent(t.to_string())),
            Ok(v) => {
                spent += v.evaluations;
                error += v.error;
                Ok(v.value)
            }
            Err(e) => {
                // An integral without a value is tried for long.
                spent += options.max_evaluations as u64;
                Err(e)
            }
        };
        let zero = bindings.metas.values().any(|t| *t == Term::integer(0));
        let free = subject.free_symbols();
        let named = at.iter().filter(|(name, _)| free.contains(*name));
        let named: Vec<(Symbol, f64)> = named.map(|(name, v)| (name.clone(), v)).collect();
        let (left, right) = (value(step.before()), value(step.after()));
        let judged = self.judged(zero, left, right, error).map(|outcome| (outcome, spent));
        judged.map_err(|(left, right)| Witness { subject, left, right, at: named })
    }

    fn judged(
        &self,
        zero: bool,
        left: Result<f64, NumericError>,
        right: Result<f64, NumericError>,
        error: f64,
    ) -> Result<Compared, Sides> {
        let undecided = |side: &Result<f64, NumericError>| match side {
            Err(NumericError::TooLarge(_)) => true,
            // Whether it has a value is what is asked of a law, and of a condition.
            Err(NumericError::Divergent(_) | NumericError::Undefined(_)) | Ok(_) => false,
            Err(_) => self.places.is_empty(),
        };
        if undecided(&left) || undecided(&right) {
            return Ok(Compared::NoValue);
        }
        let diverges = matches!(left, Err(NumericError::Divergent(_)));
        let (left, right) = (left.ok(), right.ok());
        let law = self.rule.right.is_none();
        let wrong = match (left, right) {
            (None, None) => law,
            (Some(l), Some(r)) => !law && !related(self.rule.relation, l, r, error),
            // A quantity that is bounded from below may be infinite.
            (None, Some(_)) if diverges && self.rule.relation == Relation::Ge => {
                !self.places.is_empty()
            }
            // What is undefined may become anything, but what diverges may not become a number.
            (None, Some(_)) => diverges || !self.places.is_empty(),
            // Zero times what has no value is taken for zero on the left, where the evaluator sees it whole.
            (Some(_), None) => !zero || !self.places.is_empty(),
        };
        match wrong {
            true => Err((left, right)),
            false if left.is_some() && right.is_some() => Ok(Compared::Agree),
            false => Ok(Compared::NoValue),
        }
    }

    /// Outside the rule's binder, x is a parameter of its own: that it is known must not help inside. So are indices.
    fn surroundings(&self) -> (Facts, Environment) {
        let differentiates = self.rule.left.any(&mut |t| matches!(t.node(), Node::Derivative(..)));
        let mut facts = Facts::default();
        let sort = if differentiates { Sort::Real } else { Sort::Natural };
        let mut at = Environment::new();
        for (name, value) in [("x", 2.0), ("i", 3.0), ("k", 2.0)] {
            let sort = if name == "x" { sort } else { Sort::Natural };
            facts.sorts.insert(Symbol::new(name), sort);
            at.set(name, value);
        }
        at.set("t", 2.0);
        (facts, at)
    }
}

/// A step through `total` combinations that meets each of them once, far from the one before.
fn stride(total: usize) -> usize {
    /// 1/φ, whose multiples spread most evenly.
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let divides = |a: usize, b: usize| {
        let (mut a, mut b) = (a, b);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a > 1
    };
    let first = ((total as f64 * GOLDEN) as usize).max(1);
    (first..first + 64).find(|s| !divides(total, *s)).unwrap_or(1)
}

/// Whether two values with an estimate of their errors together are related.
fn related(relation: Relation, left: f64, right: f64, error: f64) -> bool {
    let scale = left.abs().max(right.abs()).max(1.0);
    // An estimate that leaves nothing of the value is none.
    let error = if error <= USELESS * scale { error } else { 0.0 };
    let doubt = CLOSE * scale + 2.0 * error;
    match relation {
        Relation::Le => left <= right + doubt,
        Relation::Ge => right <= left + doubt,
        _ => (left - right).abs() <= doubt,
    }
}
