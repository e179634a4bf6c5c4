//! `hence check`: every derivation and every claim of documents, for continuous integration.

use std::io::IsTerminal;
use std::path::PathBuf;

use hence::derive::Status;
use hence::document::Lang;
use hence::elaborate::GoalKind;
use hence::term::Term;
use hence::verify::Earlier;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::arguments::{CheckArguments, HumanOrJson};
use super::claims::{Decision, Links, Verdict, decide_after};
use super::context::Session;
use super::documents::{self, Document, Placed};
use super::exit::Exit;
use super::records;

/// Where documents are looked for when none are named.
const DEFAULT: &str = "derivations";

/// Runs the command.
pub fn run(arguments: &CheckArguments, session: &mut Session) -> Exit {
    let default = [PathBuf::from(DEFAULT)];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let found = documents::find(paths, session);
    let all: Vec<Document> = found.iter().filter_map(|p| documents::read(p, session)).collect();
    let mut tally = Tally::default();
    let mut records = Vec::new();
    let bar = progress(all.iter().map(|d| d.goals.len()).sum());
    let mut earlier = Earlier::default();
    let mut links = Links::default();
    for document in &all {
        if document.goals.is_empty() && arguments.format == HumanOrJson::Human {
            note_empty(document, session);
        }
        for placed in &document.goals {
            let decision =
                decide_after(&placed.goal, &session.theory, !arguments.no_verify, &mut earlier);
            let checked = Checked { document, placed, decision: &decision };
            tally.count(&checked);
            let end = links.end(&placed.goal, decision.holds());
            match arguments.format {
                HumanOrJson::Human => bar.suspend(|| {
                    checked.as_lines(session);
                    if let Some(chain) = end {
                        let line = records::chain(chain, links.assumed(), session, Lang::En);
                        session.output.line(&format!("    {line}"));
                    }
                }),
                HumanOrJson::Json => records.push(checked.as_json(session)),
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    match arguments.format {
        HumanOrJson::Human => session.output.line(&tally.summary(all.len())),
        HumanOrJson::Json => session.output.line(&format!("{:#}", Value::Array(records))),
    }
    Exit::of(tally.failed == 0)
}

fn note_empty(document: &Document, session: &mut Session) {
    let what = match document.has_blocks {
        true => "nothing is derived or claimed here",
        false => "no `hence` blocks here",
    };
    session.output.line(&format!("{}: note: {what}", document.source.name));
}

/// A bar on a terminal, nothing in a pipe.
fn progress(goals: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() || goals < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(goals as u64);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[derive(Default)]
struct Tally {
    derivations: usize,
    claims: usize,
    solutions: usize,
    expected: usize,
    failed: usize,
}

impl Tally {
    fn count(&mut self, checked: &Checked<'_>) {
        match checked.placed.goal.kind {
            GoalKind::Derive { .. } => self.derivations += 1,
            GoalKind::Claim { .. } => self.claims += 1,
            GoalKind::Solve { .. } => self.solutions += 1,
        }
        self.expected += usize::from(checked.expected_refuted());
        self.failed += usize::from(!checked.is_fine());
    }

    fn summary(&self, documents: usize) -> String {
        let of = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let expected = match self.expected {
            0 => String::new(),
            n => format!(" ({n} expected to be refuted)"),
        };
        let end = match self.failed {
            0 if self.derivations + self.claims + self.solutions == 0 => {
                "nothing was checked".to_owned()
            }
            0 => "all as stated".to_owned(),
            n => format!("{n} failed"),
        };
        let solved = match self.solutions {
            0 => String::new(),
            n => format!(", {}", of(n, "equation")),
        };
        format!(
            "{}: {}, {}{solved}{expected}; {end}",
            of(documents, "document"),
            of(self.derivations, "derivation"),
            of(self.claims, "claim")
        )
    }
}

/// A goal of a document with what became of it.
struct Checked<'a> {
    document: &'a Document,
    placed: &'a Placed,
    decision: &'a Decision,
}

impl Checked<'_> {
    fn expected_refuted(&self) -> bool {
        self.placed.expected_refuted && matches!(self.placed.goal.kind, GoalKind::Claim { .. })
    }

    fn is_fine(&self) -> bool {
        match &self.decision.comparison {
            Some(c) if self.expected_refuted() => c.verdict == Verdict::Refuted,
            _ => self.decision.holds(),
        }
    }

    /// `proved`, `refuted`, `undecided`, and for derivations `stuck`, `infinite`, `divergent`.
    fn status(&self) -> &'static str {
        if let Some(c) = &self.decision.comparison
            && (matches!(self.placed.goal.kind, GoalKind::Claim { .. })
                || c.verdict != Verdict::Proved)
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

    fn as_json(&self, session: &Session) -> Value {
        let (line, column) = self.document.source.position(self.placed.span.start);
        let goal = &self.placed.goal;
        let kind = match goal.kind {
            GoalKind::Derive { .. } => "derive",
            GoalKind::Claim { .. } => "claim",
            GoalKind::Solve { .. } => "solve",
        };
        let compared = self.decision.comparison.as_ref().map(records::comparison);
        let part = |name: &str| compared.as_ref().map_or(Value::Null, |c| c[name].clone());
        let derivation = &self.decision.derivation;
        let mut value = json!({
            "file": self.document.source.name,
            "line": line,
            "column": column,
            "kind": kind,
            "statement": goal.text,
            "status": self.status(),
            "ok": self.is_fine(),
            "assumes": self.assumed().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "expected": if self.expected_refuted() { "refuted" } else { "proved" },
            "result": closed_form(derivation).map(|t| t.to_string()),
            "message": derivation.message.as_ref().map(|(en, _)| en),
            "residual": part("residual"),
            "counterexample": part("counterexample"),
            "slip": part("slip"),
            "verification": records::verification(self.decision, goal, session),
        });
        if let Some(chain) = &goal.chain {
            value["chain"] = records::link(chain, &self.assumed());
        }
        value
    }

    fn as_lines(&self, session: &mut Session) {
        let (line, column) = self.document.source.position(self.placed.span.start);
        let status = self.status();
        let shown = match self.is_fine() {
            true => session.output.ink("32", status),
            false => session.output.ink("31", status),
        };
        let expected = match (self.expected_refuted(), self.is_fine()) {
            (true, true) => " (as expected)",
            (true, false) => " (expected to be refuted)",
            _ => "",
        };
        let what = self.statement(session);
        let name = &self.document.source.name;
        let assuming = match self.expected_refuted() {
            true => String::new(),
            false => records::assuming(&self.assumed(), session, Lang::En),
        };
        session.output.line(&format!("{name}:{line}:{column} {shown}{expected} {what}{assuming}"));
        for finding in self.findings(session) {
            session.output.line(&format!("    {finding}"));
        }
    }

    /// What holds besides the declarations, so that the statement means something.
    fn assumed(&self) -> Vec<Term> {
        super::claims::inferred(&self.placed.goal).cloned().collect()
    }

    /// The claim, or the quantity with its closed form.
    fn statement(&self, session: &Session) -> String {
        match &self.placed.goal.kind {
            GoalKind::Claim { relation, left, right } => {
                let [left, right] = [left, right].map(|t| session.unicode(t));
                let up_to =
                    records::up_to(*relation, &self.placed.goal.context.up_to, session, Lang::En);
                format!("{left} {} {right}{up_to}", records::sign(*relation))
            }
            GoalKind::Solve { left, right, .. } => {
                let [left, right] = [left, right].map(|t| session.unicode(t));
                match closed_form(&self.decision.derivation) {
                    Some(end) => format!("{left} = {right} ⟺ {}", session.unicode(end)),
                    None => format!("{left} = {right}"),
                }
            }
            GoalKind::Derive { left, .. } => match closed_form(&self.decision.derivation) {
                Some(result) => {
                    let relation = self.decision.derivation.relation;
                    let names = &self.placed.goal.context.up_to;
                    let up_to = records::up_to(relation, names, session, Lang::En);
                    let [left, result] = [left, result].map(|t| session.unicode(t));
                    format!("{left} {} {result}{up_to}", records::sign(relation))
                }
                None => session.unicode(left),
            },
        }
    }

    fn findings(&self, session: &Session) -> Vec<String> {
        let mut lines = Vec::new();
        let derivation = &self.decision.derivation;
        if let Some(c) = &self.decision.comparison
            && c.verdict != Verdict::Proved
        {
            if matches!(self.placed.goal.kind, GoalKind::Derive { .. }) {
                lines.push("the stated definition is not that of the theory".into());
            }
            lines.extend(records::findings(c, session, Lang::En));
        }
        if let Some((en, _)) = &derivation.message
            && !self.is_fine()
        {
            lines.push(en.clone());
        }
        if !self.decision.is_verified() {
            lines.push(format!("the evidence speaks against it: {}", against(self.decision)));
        }
        lines
    }
}

fn closed_form(derivation: &hence::derive::Derivation) -> Option<&Term> {
    matches!(derivation.status, Status::Proved | Status::Infinite).then_some(&derivation.result)
}

/// Which kind of evidence speaks against a derivation, and how.
fn against(decision: &Decision) -> String {
    let Some(evidence) = &decision.evidence else { return String::new() };
    let v = &evidence.verification;
    let mut parts = Vec::new();
    if let Some(replay) = v.replay.as_ref().filter(|r| !r.ok) {
        parts.push(format!("replay: {}", replay.message));
    }
    if let Some(points) = v.deterministic.as_ref().filter(|d| !d.ok) {
        parts.push(format!("at points: {}", points.message));
    }
    for run in v.enclosure.iter().filter(|e| e.verdict == "refuted") {
        let ((a, b), (c, d)) = (run.definition, run.closed);
        let at = records::values(&run.point);
        parts.push(format!(
            "enclosure: the definition lies in [{a}, {b}], the closed form in [{c}, {d}], at {at}"
        ));
    }
    for run in v.monte_carlo.iter().filter(|m| m.verdict == "refuted") {
        parts.push(format!("Monte Carlo: z = {:.1} at {}", run.z, records::values(&run.point)));
    }
    parts.join("; ")
}
