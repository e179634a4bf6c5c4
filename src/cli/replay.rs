//! `hence replay`: a certificate, repeated with the kernel alone.

use std::sync::Arc;

use hence::diagnostic::{Diagnostic, Span};
use hence::verify::{ReplaySummary, parse_certificate, replay};
use serde_json::Value;

use super::arguments::ReplayArguments;
use super::context::Session;
use super::exit::Exit;
use super::source::{self, Source};

/// Refusals beyond these are counted, not shown.
const MOST: usize = 50;

/// Certificates in one file.
const MOST_CERTIFICATES: usize = 1000;

/// Runs the command.
pub fn run(arguments: &ReplayArguments, session: &mut Session) -> Exit {
    session.limits.begin(source::name_of(&arguments.certificate));
    let source = match source::read_certificate(&arguments.certificate) {
        Ok(source) => source,
        Err(problem) => {
            session.problems.about(source::name_of(&arguments.certificate), *problem);
            return Exit::Unreadable;
        }
    };
    let certificate = match parse(&source) {
        Ok(certificate) => certificate,
        Err(problem) => {
            session.problems.extend(&source, vec![*problem]);
            return Exit::Unreadable;
        }
    };
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    // An array or a claim, as `hence derive --format json` writes them, holds certificates inside.
    let parts: Vec<&Value> =
        certificate.as_array().map_or(vec![&certificate], |all| all.iter().collect());
    if parts.len() > MOST_CERTIFICATES {
        let message = format!(
            "the file holds {} certificates; at most {MOST_CERTIFICATES} are replayed",
            parts.len()
        );
        let problem = Diagnostic::new("E0604", Span::default(), message);
        session.problems.extend(&source, vec![problem.hint("split it into several files")]);
        return Exit::Unreadable;
    }
    let mut exit = Exit::of(!parts.is_empty());
    for part in parts {
        let is_claim = part["kind"] == "claim";
        exit = exit.max(one(if is_claim { &part["derivation"] } else { part }, session));
        if is_claim && !part["right"].is_null() {
            exit = exit.max(one(&part["right"], session));
        }
        if is_claim {
            let note = "  note: this is the derivation behind a claim; the verdict on the claim is not sealed";
            session.output.line(note);
        }
    }
    exit
}

fn parse(source: &Arc<Source>) -> Result<Value, Box<Diagnostic>> {
    let value = parse_certificate(&source.text).map_err(|e| {
        let at = offset(&source.text, e.line(), e.column());
        unfit("E0612", Span::new(at, at), format!("this is not the JSON of a certificate: {e}"))
    })?;
    if value.is_object() || value.is_array() {
        return Ok(value);
    }
    Err(unfit("E0613", Span::default(), "this is JSON, but not a certificate".into()))
}

fn unfit(code: &'static str, span: Span, message: String) -> Box<Diagnostic> {
    let hint = "certificates are written by `hence derive --format json`";
    Box::new(Diagnostic::new(code, span, message).hint(hint))
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

fn one(certificate: &Value, session: &mut Session) -> Exit {
    match replay(certificate, &session.theory) {
        Ok(summary) => {
            show(&summary, session);
            Exit::Holds
        }
        Err(refusals) => {
            let head = session.output.ink("31", "refused");
            session.output.line(&head);
            for refusal in refusals.iter().take(MOST) {
                session.output.line(&format!("  {refusal}"));
            }
            if refusals.len() > MOST {
                session.output.line(&format!("  and {} more", refusals.len() - MOST));
            }
            Exit::Fails
        }
    }
}

fn show(summary: &ReplaySummary, session: &mut Session) {
    let head = session.output.ink("32", "replayed");
    let out = &mut session.output;
    out.line(&format!("{head} {} steps", summary.steps));
    match &summary.result {
        Some(result) => {
            let sign = if summary.solved { "<=>" } else { summary.relation.as_str() };
            out.line(&format!("  {} {sign} {result}", summary.statement));
        }
        None => out.line(&format!("  {}: no closed form was reached", summary.statement)),
    }
    if !summary.axioms.is_empty() {
        out.line(&format!("  rests on {}", summary.axioms.join(", ")));
    }
}
