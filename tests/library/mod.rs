//! The library, as the tests of mathematics use it: text in, terms and numbers out.
#![allow(dead_code, reason = "each test file uses its part")]

use hence::derive::{Derivation, Outcome, claim, derive};
use hence::elaborate::{Context, Goal, GoalKind, Undeclared, expression, statements};
use hence::kernel::{Facts, Kernel};
use hence::numeric::{Environment, NumericError, Options, evaluate};
use hence::syntax::{parse_expression, parse_statements};
use hence::term::{Symbol, Term};
use hence::theory::{Sort, Theory};
use hence::verify::{Numbers, members, violated};

/// The assumptions of a context.
pub fn facts(context: &Context) -> Facts {
    hence::verify::facts(context)
}

/// The goals of a text, all of whose names are declared.
pub fn goals(theory: &Theory, text: &str) -> Vec<Goal> {
    let (tree, problems) = parse_statements(text);
    assert!(problems.is_empty(), "{text}: {}", problems[0]);
    let (goals, problems) = statements(text, &tree, theory);
    assert!(problems.is_empty(), "{text}: {}", problems[0]);
    goals
}

/// What declarations assume.
pub fn context(theory: &Theory, declarations: &str) -> Context {
    let text = format!("{declarations}\nclaim 1 = 1");
    goals(theory, &text).remove(0).context
}

/// One expression under a context.
pub fn term(theory: &Theory, context: &Context, text: &str) -> Term {
    let tree = parse_expression(text).unwrap_or_else(|p| panic!("{text}: {}", p[0]));
    expression(&tree, theory, context, Undeclared::Accept)
        .unwrap_or_else(|p| panic!("{text}: {}", p[0]))
}

/// A kernel and the terms of texts under declarations.
pub struct Desk {
    /// What is declared.
    pub context: Context,
    /// The kernel under it.
    pub kernel: Kernel<'static>,
}

impl Desk {
    /// A desk under declarations.
    pub fn new(declarations: &str) -> Self {
        let theory = Theory::shipped_ref();
        let context = context(theory, declarations);
        let kernel = Kernel::new(theory, facts(&context));
        Self { context, kernel }
    }

    /// The term of a text.
    pub fn term(&self, text: &str) -> Term {
        term(Theory::shipped_ref(), &self.context, text)
    }
}

/// The last goal of a text, derived.
pub fn derived(theory: &Theory, text: &str) -> Derivation {
    let goal = goals(theory, text).pop().expect("a goal");
    let GoalKind::Derive { left, .. } = &goal.kind else { panic!("{text}: not a derivation") };
    derive(theory, facts(&goal.context), left)
}

/// The last goal of a text, decided.
pub fn decided(theory: &Theory, text: &str) -> Outcome {
    let goal = goals(theory, text).pop().expect("a goal");
    let GoalKind::Claim { relation, left, right } = &goal.kind else { panic!("{text}: no claim") };
    claim(theory, &facts(&goal.context), *relation, left, right)
}

/// The value of a term.
pub fn value(
    theory: &Theory,
    facts: &Facts,
    at: &Environment,
    term: &Term,
) -> Result<f64, NumericError> {
    value_within(2, theory, facts, at, term)
}

/// The value of a term without integrals over more coordinates than that.
pub fn value_within(
    coordinates: usize,
    theory: &Theory,
    facts: &Facts,
    at: &Environment,
    term: &Term,
) -> Result<f64, NumericError> {
    let options = Options { max_evaluations: 1 << 15, coordinates, ..Options::default() };
    let v = evaluate(term, at, &Numbers { theory, facts }, &options)?;
    if v.value.is_finite() { Ok(v.value) } else { Err(NumericError::Undefined(term.to_string())) }
}

/// Numbers from a seed: `SplitMix64`.
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// One of `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }
    /// From low to high.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// A value of a sort.
    pub fn of_sort(&mut self, sort: Sort) -> f64 {
        match sort {
            Sort::Positive | Sort::Nonnegative => self.between(0.3, 2.5),
            Sort::Negative => self.between(-2.5, -0.3),
            Sort::Natural => (1 + self.below(4)) as f64,
            Sort::Integer => self.below(7) as f64 - 3.0,
            _ => self.between(-2.0, 2.0),
        }
    }
}

/// A seeded point at which every declared sort and relation holds.
pub fn point(theory: &Theory, facts: &Facts, seed: &mut Seeded) -> Environment {
    for _ in 0..1000 {
        let single = facts.sorts.iter().filter(|(name, _)| !facts.families.contains_key(*name));
        let mut at: Environment =
            single.map(|(name, sort)| (name.clone(), seed.of_sort(*sort))).collect();
        for (name, ends) in &facts.families {
            let all = members(name, ends, &at, Numbers { theory, facts });
            for one in all.expect("the ends of a family have values") {
                at.set(one, seed.of_sort(facts.sorts[name]));
            }
        }
        if violated(&at, Numbers { theory, facts }).is_none() {
            return at;
        }
    }
    panic!("no admissible point for {:?}", facts.relations)
}

/// Whether a relation holds at a point.
pub fn holds(theory: &Theory, facts: &Facts, at: &Environment, relation: &Term) -> bool {
    use hence::term::{Node, Relation};
    let Node::Relation(r, a, b) = relation.node() else { return false };
    let (Ok(a), Ok(b)) = (value(theory, facts, at, a), value(theory, facts, at, b)) else {
        return false;
    };
    match r {
        Relation::Eq => a == b,
        Relation::Ne => a != b,
        Relation::Le => a <= b,
        Relation::Lt => a < b,
        Relation::Ge => a >= b,
        Relation::Gt => a > b,
        Relation::UpTo | Relation::Tends | Relation::TendsUpTo => false,
    }
}

/// Whether two numbers agree to a relative error.
pub fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()).max(1.0)
}

/// A symbol.
pub fn symbol(name: &str) -> Symbol {
    Symbol::new(name)
}
