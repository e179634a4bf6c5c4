//! The report: everything a reader is shown about one derivation, as plain data. Other rooms fill it; the writers print
//! it and compute nothing.

use crate::term::{Relation, Symbol, Term};

/// A text in the languages of the documents.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Simplified Chinese; where empty, the English stands in.
    pub zh: String,
}

impl Bilingual {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}

/// A text that is the same in both languages.
impl From<&str> for Bilingual {
    fn from(text: &str) -> Self {
        Self::new(text, text)
    }
}

/// One derivation and the evidence for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// What is derived.
    pub statement: Term,
    /// What is assumed, in the order of the source.
    pub assumptions: Vec<AssumptionLine>,
    /// What names stand for.
    pub definitions: Vec<(Symbol, Term)>,
    /// What was found to follow from what is supposed, and is used in the chain.
    pub lemmas: Vec<LemmaView>,
    /// The chain, from the statement to the result.
    pub steps: Vec<StepView>,
    /// The end of the chain, when it was reached.
    pub result: Option<ResultView>,
    /// Ids of the rules taken without proof.
    pub axioms: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// What was left to do when the derivation was stuck.
    pub goal: Option<Term>,
    /// What the reader should know about the statement itself.
    pub notes: Vec<Bilingual>,
    /// Anything the reader should know about the end.
    pub message: Option<Bilingual>,
    /// The evidence.
    pub verification: Verification,
    /// What a constant that is left out does not depend on.
    pub up_to: Vec<Symbol>,
}

impl Report {
    /// What the result is the value of: the statement, without the unit that the result carries.
    pub fn measured(&self) -> &Term {
        let unit = self.result.as_ref().and_then(|r| r.unit.as_ref());
        match self.statement.children().as_slice() {
            [inner] if unit.is_some() => inner,
            _ => &self.statement,
        }
    }

    /// How the statement is related to the end of its chain, and that end: the result with its unit, or ∞.
    pub fn end(&self) -> Option<(Relation, Term)> {
        match &self.result {
            Some(r) => Some((r.relation, r.with_unit())),
            None => (self.status == Status::Infinite).then(|| (Relation::Eq, Term::symbol("oo"))),
        }
    }

    /// A report on `statement` that says nothing more yet: no steps, and stuck.
    pub fn new(statement: Term) -> Self {
        Self {
            statement,
            assumptions: Vec::new(),
            definitions: Vec::new(),
            lemmas: Vec::new(),
            steps: Vec::new(),
            result: None,
            axioms: Vec::new(),
            status: Status::Stuck,
            goal: None,
            message: None,
            notes: Vec::new(),
            verification: Verification::default(),
            up_to: Vec::new(),
        }
    }
}

/// An assumption.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssumptionLine {
    /// As a formula, where it is one.
    pub term: Option<Term>,
    /// In words or machine form.
    pub text: Bilingual,
    /// Whether the engine added it because a parameter needs it; shown as such.
    pub inferred: bool,
    /// Whether it was found to be needed: nobody stated it.
    pub found: bool,
    /// Whether it is supposed: it holds at the point considered, and derivatives look beyond it.
    pub supposed: bool,
}

/// What follows from an equation that is supposed, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct LemmaView {
    /// The equation that it follows from.
    pub from: Term,
    /// The values of its indices; empty where there are none.
    pub indices: Bilingual,
    /// From that equation to one that says what its unknown is.
    pub steps: Vec<StepView>,
}

/// The end of a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultView {
    /// The closed form.
    pub term: Term,
    /// How the statement is related to it.
    pub relation: Relation,
    /// The unit of the value, where one was asked for.
    pub unit: Option<Symbol>,
}

impl ResultView {
    /// The closed form followed by its unit.
    pub fn with_unit(&self) -> Term {
        match &self.unit {
            Some(unit) => Term::product(vec![self.term.clone(), Term::symbol(unit.clone())]),
            None => self.term.clone(),
        }
    }
}

/// What became of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds.
    Proved,
    /// It does not.
    Refuted,
    /// Neither was shown.
    Undecided,
}

impl Verdict {
    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
        }
    }
}

/// How a derivation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// A closed form, every step justified.
    Proved,
    /// No rule applies to what is left.
    Stuck,
    /// The quantity is +∞.
    Infinite,
    /// The quantity does not exist.
    Divergent,
}

impl Status {
    /// The spelling in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Stuck => "stuck",
            Self::Infinite => "infinite",
            Self::Divergent => "divergent",
        }
    }
}

/// A step, with the finer steps it consists of.
#[derive(Clone, PartialEq, Debug)]
pub struct StepView {
    /// `3`, `3.2`, `3.2.1`.
    pub id: String,
    /// 0 for a line of the chain, 1 for a named rule, 2 for arithmetic.
    pub level: u8,
    /// Between before and after.
    pub relation: Relation,
    /// Id of the rule, or kind of justification.
    pub rule: String,
    /// What it is called.
    pub title: Bilingual,
    /// Why it holds, about this term.
    pub reason: Bilingual,
    /// Where, in the whole term.
    pub path: String,
    /// The whole term before.
    pub before: Term,
    /// The whole term after.
    pub after: Term,
    /// The subterm that changed.
    pub local_before: Option<Term>,
    /// What it became.
    pub local_after: Option<Term>,
    /// What had to hold.
    pub conditions: Vec<ConditionView>,
    /// Finer steps.
    pub children: Vec<StepView>,
    /// Where the rule is found.
    pub cite: String,
    /// Both sides at sample points.
    pub numbers: Vec<NumbersView>,
}

/// The sides of a step at one point.
#[derive(Clone, PartialEq, Debug)]
pub struct NumbersView {
    /// What names of unknown distributions stand for there.
    pub instances: Vec<(Symbol, String)>,
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// The whole term before.
    pub before: f64,
    /// The whole term after.
    pub after: f64,
}

impl StepView {
    /// A step with no more than its place, its terms and its reason.
    pub fn new(id: impl Into<String>, before: Term, after: Term, reason: Bilingual) -> Self {
        Self {
            id: id.into(),
            level: 0,
            relation: Relation::Eq,
            rule: String::new(),
            title: Bilingual::default(),
            reason,
            path: "/".into(),
            before,
            after,
            local_before: None,
            local_after: None,
            conditions: Vec::new(),
            children: Vec::new(),
            cite: String::new(),
            numbers: Vec::new(),
        }
    }
}

/// A condition and how it was discharged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConditionView {
    /// The condition.
    pub text: Bilingual,
    /// How it was proved.
    pub evidence: Bilingual,
    /// Terms whose machine form stands in the text.
    pub terms: Vec<Term>,
}

/// The four kinds of evidence, never merged.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Verification {
    /// The kernel's own repetition.
    pub replay: Option<ReplayView>,
    /// Enclosures of the definition and the closed form, one for each point.
    pub enclosure: Vec<EnclosureView>,
    /// Why nothing was enclosed, where nothing was.
    pub not_enclosed: Option<Bilingual>,
    /// Comparison at points, and quadrature.
    pub deterministic: Option<DeterministicView>,
    /// Estimates from samples, one for each point.
    pub monte_carlo: Vec<MonteCarloView>,
}

/// The definition and the closed form enclosed at one point.
#[derive(Clone, PartialEq, Debug)]
pub struct EnclosureView {
    /// What names of unknown distributions stand for there.
    pub instances: Vec<(Symbol, String)>,
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// Whether the point was chosen where formulas break, not drawn.
    pub degenerate: bool,
    /// The ends of the interval that contains the definition.
    pub definition: (f64, f64),
    /// The ends of the interval that contains the closed form.
    pub closed: (f64, f64),
    /// The larger of the two widths, relative to the larger of 1 and the value.
    pub width: f64,
    /// `confirmed`, `refuted` or `not tight enough`.
    pub verdict: String,
}

/// What replay found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplayView {
    /// Steps repeated.
    pub steps: usize,
    /// Whether all held.
    pub ok: bool,
    /// What did not.
    pub message: String,
}

/// What the comparison at points found.
#[derive(Clone, PartialEq, Debug)]
pub struct DeterministicView {
    /// Steps compared.
    pub steps_checked: usize,
    /// Points for each step.
    pub points: usize,
    /// The largest difference between the sides of a step.
    pub max_discrepancy: f64,
    /// Quadrature of the definition against the closed form.
    pub quadrature: Option<QuadratureView>,
    /// The sides of an equation at its solution and beside it.
    pub solution: Option<SolutionView>,
    /// Whether all agreed.
    pub ok: bool,
    /// What did not.
    pub message: String,
}

/// The sides of an equation at its solution, and at values beside it.
#[derive(Clone, PartialEq, Debug)]
pub struct SolutionView {
    /// Values of the parameters, the unknown among them.
    pub point: Vec<(Symbol, f64)>,
    /// The largest difference of the sides at the solution.
    pub residual: f64,
    /// The smallest difference of the sides beside it.
    pub beside: f64,
}

/// The definition integrated numerically at one point.
#[derive(Clone, PartialEq, Debug)]
pub struct QuadratureView {
    /// What names of unknown distributions stand for there.
    pub instances: Vec<(Symbol, String)>,
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// The integral.
    pub value: f64,
    /// Its error estimate.
    pub error: f64,
    /// The closed form there, where there is one.
    pub closed: Option<f64>,
}

/// The definition estimated from samples at one point.
#[derive(Clone, PartialEq, Debug)]
pub struct MonteCarloView {
    /// What names of unknown distributions stand for there.
    pub instances: Vec<(Symbol, String)>,
    /// Values of the parameters.
    pub point: Vec<(Symbol, f64)>,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The difference from the closed form in standard errors.
    pub z: f64,
    /// Samples drawn.
    pub samples: u64,
    /// The seed.
    pub seed: u64,
    /// `confirmed`, `refuted` or `inconclusive`.
    pub verdict: String,
    /// The difference from the closed form.
    pub delta: f64,
    /// The smallest difference that this run would have caught.
    pub resolution: f64,
    /// The closed form there.
    pub closed: f64,
    /// What the half-width was taken from: `normal limit`, `Laurent–Massart`, `Student t`, `Hoeffding` or `exact`.
    pub interval: String,
    /// The smallest relative margin at which this run would have confirmed.
    pub reached: f64,
}
