//! What became of a goal, as plain data: what the reports print, and what is kept for the next run.
//!
//! Nothing here depends on where the goal stands, nor on whether its author expects it to be refuted: those are known
//! anew each time a document is read.

use hence::derive::{Derivation, Status};
use hence::document::{Lang, Notation, unicode};
use hence::elaborate::{Goal, GoalKind};
use hence::fit::FitOutcome;
use hence::term::Term;
use hence::theory::Theory;
use serde_json::{Value, json};

use super::records;
use hence::document::Verdict;
use hence::verify::{Decision, functions_of, inferred, speaks_against};

/// A goal decided.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// Everything asked holds, and no evidence speaks against it.
    pub holds: bool,
    /// The claim was shown to be wrong.
    pub refuted: bool,
    /// `proved`, `refuted`, `undecided`, and for derivations `stuck`, `infinite`, `divergent`.
    pub status: String,
    /// The claim, or the quantity with its closed form, in Unicode.
    pub statement: String,
    /// `, assuming v > 0`.
    pub assuming: String,
    /// Residual, counterexample, slip and the edit that mends the claim, a line each.
    pub findings: Vec<String>,
    /// Where the derivation is stuck.
    pub message: Option<String>,
    /// The evidence that speaks against it.
    pub against: Option<String>,
    /// The record of `--format json`, with blanks for what depends on the document.
    pub record: Value,
}

/// The fields of a record that only the document knows.
const OPEN: [&str; 2] = ["ok", "expected"];

impl Outcome {
    /// The decision about a goal as plain data.
    pub fn of(goal: &Goal, decision: &Decision, theory: &Theory, notation: &Notation) -> Self {
        let notation = &notation.clone().with_functions(functions_of(&goal.context, theory));
        let told = Told { goal, decision, theory, notation };
        let refuted = decision.comparison.as_ref().is_some_and(|c| c.verdict == Verdict::Refuted);
        Self {
            holds: decision.holds(),
            refuted,
            status: told.status().to_owned(),
            statement: told.statement(),
            assuming: records::assuming(&told.assumed(), notation, Lang::En),
            findings: told.findings(),
            message: decision.derivation.message.as_ref().map(|(en, _)| en.clone()),
            against: speaks_against(decision),
            record: told.record(),
        }
    }

    /// What is said of a statement about a fit.
    pub fn of_fit(fit: &FitOutcome) -> Self {
        let status = match (fit.holds, fit.refuted) {
            (true, _) => "fitted",
            (false, true) => "differs",
            (false, false) => "undecided",
        };
        let number = |v: f64| records::number(v);
        let point = fit.point.as_ref().map(|p| {
            json!({
                "values": p.values.iter().map(|v| number(*v)).collect::<Vec<_>>(),
                "loss": number(p.loss),
                "gradient_norm": number(p.gradient_norm),
                "kind": p.kind.as_str(),
            })
        });
        Self {
            holds: fit.holds,
            refuted: fit.refuted,
            status: status.to_owned(),
            statement: fit.statement.clone(),
            assuming: String::new(),
            findings: fit.findings.clone(),
            message: None,
            against: None,
            record: json!({
                "kind": "fit",
                "statement": fit.statement,
                "status": status,
                "ok": null,
                "expected": null,
                "point": point,
                "findings": fit.findings,
            }),
        }
    }

    /// What is said of a goal that no answer was found for within the limits.
    pub fn given_up(goal: &Goal, why: &str) -> Self {
        let mut record = json!({
            "kind": kind(goal),
            "statement": goal.text,
            "status": "undecided",
            "ok": null,
            "expected": null,
            "message": why,
        });
        if let Some(chain) = &goal.chain {
            record["chain"] = records::link(chain, &[]);
        }
        Self {
            holds: false,
            refuted: false,
            status: "undecided".into(),
            statement: goal.text.split_whitespace().collect::<Vec<_>>().join(" "),
            assuming: String::new(),
            findings: Vec::new(),
            message: Some(why.to_owned()),
            against: None,
            record,
        }
    }

    /// Whether it is as its author says.
    pub fn is_fine(&self, expected_refuted: bool) -> bool {
        if expected_refuted { self.refuted } else { self.holds }
    }

    /// The lines below the statement.
    pub fn lines(&self, expected_refuted: bool) -> Vec<String> {
        let mut lines = self.findings.clone();
        lines.extend(self.message.iter().filter(|_| !self.is_fine(expected_refuted)).cloned());
        lines.extend(self.against.iter().map(|a| format!("the evidence speaks against it: {a}")));
        lines
    }

    /// For the next run.
    pub fn to_json(&self) -> Value {
        json!({
            "holds": self.holds,
            "refuted": self.refuted,
            "status": self.status,
            "statement": self.statement,
            "assuming": self.assuming,
            "findings": self.findings,
            "message": self.message,
            "against": self.against,
            "record": self.record,
        })
    }

    /// Of an earlier run; `None` where it was not written by [`Outcome::to_json`].
    pub fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let lines = value["findings"].as_array()?.iter();
        let complete = OPEN.iter().all(|field| value["record"].get(field).is_some());
        complete.then_some(())?;
        Some(Self {
            holds: value["holds"].as_bool()?,
            refuted: value["refuted"].as_bool()?,
            status: text("status")?,
            statement: text("statement")?,
            assuming: text("assuming")?,
            findings: lines.map(|l| l.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            message: text("message"),
            against: text("against"),
            record: value["record"].clone(),
        })
    }
}

fn kind(goal: &Goal) -> &'static str {
    match goal.kind {
        GoalKind::Derive { .. } => "derive",
        GoalKind::Claim { .. } => "claim",
        GoalKind::Solve { .. } => "solve",
    }
}

/// A goal with what was decided, to be told.
struct Told<'a> {
    goal: &'a Goal,
    decision: &'a Decision,
    theory: &'a Theory,
    notation: &'a Notation,
}

impl Told<'_> {
    fn status(&self) -> &'static str {
        if let Some(c) = &self.decision.comparison
            && (matches!(self.goal.kind, GoalKind::Claim { .. }) || c.verdict != Verdict::Proved)
        {
            return c.verdict.as_str();
        }
        match self.decision.derivation.status {
            Status::Proved => "proved",
            Status::Stuck => "stuck",
            Status::Infinite => "infinite",
            Status::Divergent => "divergent",
        }
    }

    /// What holds besides the declarations, so that the statement means something.
    fn assumed(&self) -> Vec<Term> {
        let found = &self.decision.found;
        self.goal.conditions.iter().chain(inferred(self.goal)).chain(found).cloned().collect()
    }

    fn record(&self) -> Value {
        let goal = self.goal;
        let compared = self.decision.comparison.as_ref().map(records::comparison);
        let part = |name: &str| compared.as_ref().map_or(Value::Null, |c| c[name].clone());
        let derivation = &self.decision.derivation;
        let mut value = json!({
            "kind": kind(goal),
            "statement": goal.text,
            "status": self.status(),
            "ok": null,
            "assumes": self.assumed().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "expected": null,
            "result": closed_form(derivation).map(|t| t.to_string()),
            "message": derivation.message.as_ref().map(|(en, _)| en),
            "residual": part("residual"),
            "counterexample": part("counterexample"),
            "slip": part("slip"),
            "mend": part("mend"),
            "verification": records::verification(self.decision, goal, self.theory, self.notation),
        });
        if let Some(chain) = &goal.chain {
            value["chain"] = records::link(chain, &self.assumed());
        }
        value
    }

    fn statement(&self) -> String {
        let written = |t: &Term| unicode(t, self.notation);
        let free_of = &self.goal.context.up_to;
        let related = |left: &Term, relation, right: &Term| {
            let up_to = records::up_to(relation, free_of, self.notation, Lang::En);
            format!("{} {} {}{up_to}", written(left), records::sign(relation), written(right))
        };
        let found = closed_form(&self.decision.derivation);
        match &self.goal.kind {
            GoalKind::Claim { relation, left, right } => related(left, *relation, right),
            GoalKind::Solve { left, right, .. } => {
                let end = found.map(|end| format!(" ⟺ {}", written(end))).unwrap_or_default();
                format!("{} = {}{end}", written(left), written(right))
            }
            GoalKind::Derive { left, .. } => match found {
                Some(result) => related(left, self.decision.derivation.relation, result),
                None => written(left),
            },
        }
    }

    fn findings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(c) = &self.decision.comparison
            && c.verdict != Verdict::Proved
        {
            if matches!(self.goal.kind, GoalKind::Derive { .. }) {
                lines.push("the stated definition is not that of the theory".into());
            }
            lines.extend(records::findings(c, self.notation, Lang::En));
        }
        lines
    }
}

fn closed_form(derivation: &Derivation) -> Option<&Term> {
    matches!(derivation.status, Status::Proved | Status::Infinite).then_some(&derivation.result)
}
