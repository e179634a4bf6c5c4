//! `hence mutate`: every closed form broken in every typical way, and which kinds of evidence catch it.

use std::path::Path;

use hence::elaborate::{Goal, GoalKind};
use hence::term::{Relation, Term};
use hence::verify::certificate;
use hence::verify::mutation::{
    Class, Definitions, Kind, Mutant, MutationOptions, MutationReport, TamperOptions, Tampering,
    mutate_after, mutate_claim, tamper,
};
use serde_json::{Value, json};

use super::arguments::{HumanOrJson, MutateArguments};
use super::context::Session;
use super::documents::{self, Document};
use super::exit::Exit;
use super::statement;
use hence::document::Verdict;
use hence::verify::{Decision, decide};

/// Of each certificate: steps and fields that are changed.
const SOME: TamperOptions = TamperOptions { steps: 4, fields: 16 };

/// Runs the command.
pub fn run(arguments: &MutateArguments, session: &mut Session) -> Exit {
    let mut table = Table {
        format: arguments.format,
        list: arguments.list,
        options: MutationOptions { subtle: arguments.subtle, ..MutationOptions::default() },
        changes: if arguments.exhaustive { TamperOptions::default() } else { SOME },
        ..Table::default()
    };
    for subject in &arguments.subjects {
        let path = Path::new(subject);
        if !path.exists() && !documents::is_document(path) {
            let Some(goals) = statement::goals(subject, session) else { return Exit::Unreadable };
            goals.iter().for_each(|goal| table.add(String::new(), goal, session));
            continue;
        }
        for path in documents::find(&[path.to_path_buf()], session) {
            if let Some(document) = documents::read(&path, session) {
                table.document(&document, session);
            }
        }
    }
    table.finish(session)
}

/// Breaks every closed form of documents, as `hence check --mutate` does. Where the output is not for people, the table
/// goes to standard error.
pub fn of_documents<'a>(
    all: impl Iterator<Item = &'a Document>,
    human: bool,
    session: &mut Session,
) -> Exit {
    let mut table = Table { aside: !human, ..Table::default() };
    all.for_each(|document| table.document(document, session));
    table.finish(session)
}

/// A statement with what came of its mutants.
struct Row {
    place: String,
    text: String,
    report: MutationReport,
    tampering: Option<Tampering>,
}

impl Row {
    fn holds(&self) -> bool {
        self.report.holds() && self.tampering.as_ref().is_none_or(Tampering::holds)
    }
}

/// The rows so far.
struct Table {
    format: HumanOrJson,
    /// The table goes to standard error.
    aside: bool,
    list: bool,
    options: MutationOptions,
    changes: TamperOptions,
    known: Definitions,
    rows: Vec<Row>,
    /// Statements without a closed form that could be broken: bounds, limits, equations to solve, infinite values.
    others: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            format: HumanOrJson::Human,
            aside: false,
            list: false,
            options: MutationOptions { subtle: false, ..MutationOptions::default() },
            changes: SOME,
            known: Definitions::default(),
            rows: Vec::new(),
            others: 0,
        }
    }
}

impl Table {
    fn line(&self, text: &str, session: &mut Session) {
        if self.aside {
            session.output.error(&format!("{text}\n"));
        } else {
            session.output.line(text);
        }
    }

    fn document(&mut self, document: &Document, session: &mut Session) {
        for placed in document.goals.iter().filter(|p| !p.expected_refuted) {
            let (line, _) = document.source.position(placed.span.start);
            self.add(format!("{}:{line}", document.source.name), &placed.goal, session);
        }
    }

    fn add(&mut self, place: String, goal: &Goal, session: &mut Session) {
        session.limits.begin(if place.is_empty() { &goal.text } else { &place });
        let decision = decide(goal, &session.theory, false);
        let theory = &session.theory;
        let derivation = &decision.derivation;
        let (report, text) = match &goal.kind {
            GoalKind::Derive { left, .. } if has_closed_form(&decision) => {
                let report = mutate_after(derivation, theory, &self.options, &mut self.known);
                (report, equation(left, &derivation.result, session))
            }
            GoalKind::Claim { relation: Relation::Eq, left, right }
                if has_closed_form(&decision) && is_proved(&decision) =>
            {
                let (options, known) = (&self.options, &mut self.known);
                let report = mutate_claim((left, right), derivation, theory, options, known);
                (report, equation(left, right, session))
            }
            _ => {
                self.others += 1;
                return;
            }
        };
        let tampering = matches!(goal.kind, GoalKind::Derive { .. }).then(|| {
            let no_numbers = hence::document::Verification::default();
            let context = decision.context(goal);
            let written = certificate(derivation, &context, theory, &goal.text, no_numbers);
            tamper(&written, derivation, theory, self.changes)
        });
        let row = Row { place, text, report, tampering };
        if self.format == HumanOrJson::Human {
            if self.rows.is_empty() {
                self.line(&heading(), session);
            }
            for line in row.lines(self.list, session) {
                self.line(&line, session);
            }
        }
        self.rows.push(row);
    }

    fn finish(self, session: &mut Session) -> Exit {
        session.limits.idle();
        match self.format {
            HumanOrJson::Human => self.totals(session),
            HumanOrJson::Json => {
                let rows: Vec<Value> = self.rows.iter().map(Row::as_json).collect();
                session.output.line(&format!("{:#}", Value::Array(rows)));
            }
        }
        Exit::of(!self.rows.is_empty() && self.rows.iter().all(Row::holds))
    }

    fn totals(&self, session: &mut Session) {
        if self.rows.is_empty() {
            self.line("no closed form was broken: nothing was shown", session);
            return;
        }
        let mut classes = vec![(Class::Classical, format!("{} statements", self.rows.len()))];
        if self.options.subtle {
            classes.push((Class::Subtle, "subtle mutants of these".to_owned()));
        }
        for (class, what) in classes {
            let counts = self.rows.iter().map(|r| Counts::of(&r.report, class));
            let total = counts.fold(Counts::default(), |a, b| a.plus(&b));
            self.line(&format!("{}  {what}", total.as_cells()), session);
        }
        self.sums().iter().for_each(|line| self.line(line, session));
    }

    /// What the columns do not show, in words.
    fn sums(&self) -> Vec<String> {
        let decided: usize = self.rows.iter().map(|r| r.report.decided).sum();
        let all = self.rows.iter().filter_map(|r| r.tampering.as_ref());
        let sum = |f: fn(&Tampering) -> usize| all.clone().map(f).sum::<usize>();
        let (steps, fields) = (sum(|t| t.steps), sum(|t| t.stale + t.resealed));
        let accepted = sum(|t| t.accepted.len());
        let mut lines = vec![format!(
            "{decided} claims with a mutant decided from the start; of {} certificates {steps} changed steps and \
             {fields} changed fields, {accepted} not refused",
            all.clone().count(),
        )];
        let left_out: usize = self.rows.iter().map(|r| r.report.left_out).sum();
        if left_out > 0 {
            lines.push(format!("{left_out} mutants beyond the limit were not made"));
        }
        if self.others > 0 {
            lines.push(format!(
                "{} statements have no closed form to break: bounds, limits, equations to solve, infinite values",
                self.others
            ));
        }
        let mute = self.rows.iter().filter(|r| r.report.is_beyond_numbers()).count();
        if mute > 0 {
            lines.push(format!(
                "of {mute} statements no numbers are known: the kernel alone speaks"
            ));
        }
        lines.push(match self.rows.iter().filter(|r| !r.holds()).count() {
            0 => "no classical mutant survives".to_owned(),
            n => format!("{n} statements with survivors"),
        });
        lines
    }
}

fn has_closed_form(decision: &Decision) -> bool {
    let d = &decision.derivation;
    d.status == hence::derive::Status::Proved && d.relation == Relation::Eq && d.unknown.is_none()
}

fn is_proved(decision: &Decision) -> bool {
    decision.comparison.as_ref().is_some_and(|c| c.verdict == Verdict::Proved)
}

fn equation(left: &Term, right: &Term, session: &Session) -> String {
    format!("{} = {}", session.unicode(left), session.unicode(right))
}

/// How many mutants of one class there are, and what kills them.
#[derive(Clone, Copy, Default)]
struct Counts {
    made: usize,
    equal: usize,
    /// Killed, for each kind; `None` where it says nothing.
    killed: [Option<usize>; Kind::ALL.len()],
    unharmed: usize,
}

impl Counts {
    fn of(report: &MutationReport, class: Class) -> Self {
        let killed = Kind::ALL
            .map(|kind| (!report.silent.contains(&kind)).then(|| report.killed(kind, class)));
        let of_class = |m: &&Mutant| m.class == class;
        Self {
            made: report.mutants.iter().filter(of_class).count(),
            equal: report.equivalent().filter(of_class).count(),
            killed,
            unharmed: report.unharmed().filter(of_class).count(),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut killed = self.killed;
        for (mine, more) in killed.iter_mut().zip(other.killed) {
            *mine = if mine.is_none() && more.is_none() {
                None
            } else {
                Some(mine.unwrap_or(0) + more.unwrap_or(0))
            };
        }
        Self {
            made: self.made + other.made,
            equal: self.equal + other.equal,
            killed,
            unharmed: self.unharmed + other.unharmed,
        }
    }

    fn as_cells(&self) -> String {
        let cell = |n: Option<usize>| n.map_or_else(|| "–".to_owned(), |n| n.to_string());
        format!(
            "{:>7} {:>5} {:>6} {:>9} {:>10} {:>11} {:>9}",
            self.made,
            self.equal,
            cell(self.killed[0]),
            cell(self.killed[1]),
            cell(self.killed[2]),
            cell(self.killed[3]),
            self.unharmed
        )
    }
}

fn heading() -> String {
    format!(
        "{:>7} {:>5} {:>6} {:>9} {:>10} {:>11} {:>9}  {}",
        "mutants",
        "equal",
        "replay",
        "enclosure",
        "quadrature",
        "Monte Carlo",
        "survivors",
        "statement"
    )
}

impl Row {
    fn lines(&self, list: bool, session: &Session) -> Vec<String> {
        let cells = Counts::of(&self.report, Class::Classical).as_cells();
        let place = if self.place.is_empty() { String::new() } else { format!("{} ", self.place) };
        let cells = if self.holds() { cells } else { session.output.ink("31", &cells) };
        let findings = self.findings(list).into_iter().map(|line| format!("        {line}"));
        std::iter::once(format!("{cells}  {place}{}", self.text)).chain(findings).collect()
    }

    fn findings(&self, list: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let said = |m: &Mutant| format!("{}: {}", m.name.en, m.term);
        if let Some(why) = &self.report.not_applicable {
            lines.push(why.en.clone());
        }
        lines.extend(self.report.unharmed().map(|m| match m.proved {
            true => format!("the claim is proved with {}", said(m)),
            false => format!("survives: {}", said(m)),
        }));
        lines.extend(
            self.report
                .falsely_equal()
                .map(|m| format!("taken for equal, and is not: {}", said(m))),
        );
        for forgery in self.tampering.iter().flat_map(|t| &t.accepted) {
            lines.push(format!("replay accepts {}: {}", forgery.place, forgery.what));
        }
        if list {
            for kind in Kind::ALL {
                for class in [Class::Classical, Class::Subtle] {
                    let survivors = self.report.survivors(kind, class);
                    let kind = kind.as_str();
                    lines.extend(survivors.map(|m| format!("not caught by {kind}: {}", said(m))));
                }
            }
            lines.extend(self.report.equivalent().map(|m| format!("equal: {}", said(m))));
        }
        lines
    }

    fn as_json(&self) -> Value {
        let mutants: Vec<Value> = self.report.mutants.iter().map(mutant).collect();
        let tampering = self.tampering.as_ref().map(|t| {
            let accepted: Vec<Value> =
                t.accepted.iter().map(|f| json!({"place": f.place, "what": f.what})).collect();
            json!({"steps": t.steps, "stale": t.stale, "resealed": t.resealed, "accepted": accepted})
        });
        json!({
            "place": self.place,
            "statement": self.report.statement.to_string(),
            "form": self.report.form.as_ref().map(ToString::to_string),
            "ok": self.holds(),
            "silent": self.report.silent.iter().map(|k| k.as_str()).collect::<Vec<_>>(),
            "left_out": self.report.left_out,
            "decided": self.report.decided,
            "not_applicable": self.report.not_applicable.as_ref().map(|b| &b.en),
            "mutants": mutants,
            "certificate": tampering,
        })
    }
}

fn mutant(m: &Mutant) -> Value {
    let mut value = json!({
        "name": m.name.en,
        "name_zh": m.name.zh,
        "form": m.term.to_string(),
        "class": m.class.as_str(),
        "equivalent": m.outcome.is_equivalent(),
        "proved": m.proved,
    });
    for kind in Kind::ALL {
        value[kind.as_str()] = m.outcome.of(kind).as_str().into();
    }
    value
}
