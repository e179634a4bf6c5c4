//! Replay: a certificate is read, its steps are made again by the kernel, the whole object is built a second time from
//! what the kernel made, and every field is compared.
//!
//! What the kernel cannot recompute is the evidence in numbers (`verification.deterministic`, `verification.monte_carlo`)
//! and, where nothing was proved, the `message` about it: those are covered by the digest only.

use std::collections::BTreeMap;

use serde_json::Value;

use super::certificate::{CERTIFICATE_VERSION, body};
use super::digest::sealed;
use super::moves::{Action, Move, Repeater};
use super::reader::At;
pub use super::reader::ReplayError;
use super::{facts, texts};
use crate::derive::{Derivation, Status};
use crate::document::{Bilingual, ReplayView, Report, Verification};
use crate::elaborate::{Assumption, Context, Undeclared, expression};
use crate::syntax::tree::StatementKind;
use crate::term::{Bindings, Path, Relation, Symbol, Term};
use crate::theory::Theory;

/// More steps than any derivation takes.
const MAX_STEPS: usize = 20_000;

/// What a replay showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplaySummary {
    /// The statement in machine form.
    pub statement: String,
    /// The end of the chain, where it was reached.
    pub result: Option<String>,
    /// How the two are related.
    pub relation: Relation,
    /// Steps that the kernel made again.
    pub steps: usize,
    /// Rules taken without proof.
    pub axioms: Vec<String>,
}

/// Repeats a certificate with the kernel alone.
///
/// # Errors
/// Every field that differs from what the kernel obtains; or the first thing that kept it from going on.
pub fn replay(certificate: &Value, theory: &Theory) -> Result<ReplaySummary, Vec<ReplayError>> {
    let root = At::root(certificate);
    check_seal(&root).map_err(|e| vec![e])?;
    let (derivation, context) = rebuild(&root, theory).map_err(|e| vec![e])?;
    let (expected, report) =
        second_copy(&root, &derivation, &context, theory).map_err(|e| vec![e])?;
    let mut errors = Vec::new();
    differences(&expected, certificate, "", &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(ReplaySummary {
        statement: derivation.statement.to_string(),
        result: report.result.as_ref().map(|r| r.term.to_string()),
        relation: derivation.relation,
        steps: derivation.steps().count(),
        axioms: report.axioms,
    })
}

fn check_seal(root: &At<'_>) -> Result<(), ReplayError> {
    let inner = root.get("certificate")?;
    if inner.get("version")?.value.as_u64() != Some(CERTIFICATE_VERSION) {
        return Err(inner.get("version")?.wrong("not a version that is known"));
    }
    let digest = inner.get("digest")?;
    let found = digest.text()?;
    match sealed(root.value) {
        None => Err(root.wrong("nested too deeply")),
        Some(expected) if expected == found => Ok(()),
        Some(_) => Err(digest.wrong("the contents do not have this digest")),
    }
}

/// The derivation, made again.
fn rebuild(root: &At<'_>, theory: &Theory) -> Result<(Derivation, Context), ReplayError> {
    let inner = root.get("certificate")?;
    let context = context(&inner.get("declarations")?, theory)?;
    let introduced = definitions(&inner.get("introduced")?, theory, &mut context.clone())?;
    let mut scope = context.clone();
    scope.definitions.extend(introduced.iter().cloned());
    let statement = inner.get("statement")?.term(theory, &scope)?;
    check_source(&inner.get("source")?, &statement, &introduced, theory, &context)?;
    let mut repeater = Repeater::new(theory, facts(&scope), statement);
    let steps = inner.get("steps")?;
    let items = steps.items()?;
    if items.len() > MAX_STEPS {
        return Err(steps.wrong("too many steps"));
    }
    for item in items {
        let m = read_move(&item, theory, &scope)?;
        let step = repeater.make(&m).map_err(|e| item.wrong(e))?;
        // Compared at once, so that a hostile certificate cannot make terms longer than its own text.
        let after = item.get("after")?;
        if step.after().to_string() != after.text()? {
            return Err(after.wrong(format!("the kernel obtains {}", step.after())));
        }
    }
    Ok((repeater.finish(introduced), context))
}

fn context(at: &At<'_>, theory: &Theory) -> Result<Context, ReplayError> {
    let mut context = Context::default();
    for item in at.get("sorts")?.items()? {
        let word = item.get("sort")?;
        let sort = texts::sort_of(word.text()?).ok_or_else(|| word.wrong("not a sort"))?;
        context.sorts.push((item.get("name")?.name()?, sort));
    }
    // Definitions may rest on relations and relations on definitions; terms alone decide neither.
    let bare = context.clone();
    for item in at.get("relations")?.items()? {
        if let Ok(relation) = item.term(theory, &bare) {
            context.relations.push(relation);
        }
    }
    definitions(&at.get("definitions")?, theory, &mut context)?;
    context.relations.clear();
    for item in at.get("relations")?.items()? {
        let relation = item.term(theory, &context)?;
        context.relations.push(relation);
    }
    for item in at.get("inferred")?.items()? {
        context.inferred.push(Assumption {
            term: item.get("text")?.term(theory, &context)?,
            reason: item.get("reason")?.text()?.to_owned(),
            reason_zh: item.get("reason_zh")?.text()?.to_owned(),
        });
    }
    Ok(context)
}

/// Reads definitions in order, each in the scope of those before.
fn definitions(
    at: &At<'_>,
    theory: &Theory,
    context: &mut Context,
) -> Result<Vec<(Symbol, Term)>, ReplayError> {
    let mut out = Vec::new();
    for item in at.items()? {
        let name = item.get("name")?.name()?;
        let known = context.sorts.iter().any(|(n, _)| *n == name)
            || context.definitions.iter().any(|(n, _)| *n == name);
        if known {
            return Err(item.get("name")?.wrong("declared twice"));
        }
        let value = item.get("text")?.term(theory, context)?;
        context.definitions.push((name.clone(), value.clone()));
        out.push((name, value));
    }
    Ok(out)
}

/// The statement as written is elaborated again: it must be what the derivation starts from.
fn check_source(
    at: &At<'_>,
    statement: &Term,
    introduced: &[(Symbol, Term)],
    theory: &Theory,
    context: &Context,
) -> Result<(), ReplayError> {
    let (statements, problems) = crate::syntax::parse_command(at.text()?);
    if let Some(problem) = problems.first() {
        return Err(at.wrong(problem.message.clone()));
    }
    let map: BTreeMap<Symbol, Term> = introduced.iter().cloned().collect();
    let meant = statement.substitute_all(&map);
    let read = |e| expression(e, theory, context, Undeclared::Accept).ok();
    let goals = statements.iter().filter_map(|s| match &s.kind {
        StatementKind::Derive(left, _) => read(left),
        StatementKind::Claim(claim) => read(claim),
        _ => None,
    });
    let all: Vec<Term> = goals.collect();
    let [goal] = all.as_slice() else {
        return Err(at.wrong("not one statement"));
    };
    let matches = match goal.node() {
        crate::term::Node::Relation(_, a, b) => {
            let difference = Term::difference(a.clone(), b.clone());
            [a, b, &difference].into_iter().any(|t| t.alpha_eq(&meant))
        }
        _ => goal.alpha_eq(&meant),
    };
    if matches { Ok(()) } else { Err(at.wrong(format!("says {goal}, and {meant} is derived"))) }
}

fn read_move(at: &At<'_>, theory: &Theory, scope: &Context) -> Result<Move, ReplayError> {
    let path = at.get("path")?;
    let kind = at.get("kind")?;
    let action = match kind.text()? {
        "rule" => {
            let id = Symbol::new(at.get("rule")?.text()?);
            Action::Rule(id, bindings(&at.get("bindings")?, theory, scope)?)
        }
        "unfold" => Action::Unfold,
        "arithmetic" => Action::Arithmetic(at.get("local_after")?.term(theory, scope)?),
        _ => return Err(kind.wrong("not a kind of step")),
    };
    Ok(Move {
        path: path.text()?.parse::<Path>().map_err(|()| path.wrong("not a place"))?,
        action,
        line: at.get("line")?.number()?,
        node: at.get("node")?.number()?,
        phase: Symbol::new(at.get("phase")?.text()?),
    })
}

fn bindings(at: &At<'_>, theory: &Theory, scope: &Context) -> Result<Bindings, ReplayError> {
    let mut out = Bindings::default();
    for (name, value) in at.get("metas")?.entries()? {
        out.metas.insert(Symbol::new(name), value.term(theory, scope)?);
    }
    for (name, value) in at.get("vars")?.entries()? {
        out.vars.insert(Symbol::new(name), value.name()?);
    }
    Ok(out)
}

/// The object as it should be: rebuilt, with what only the digest covers taken over.
fn second_copy(
    root: &At<'_>,
    derivation: &Derivation,
    context: &Context,
    theory: &Theory,
) -> Result<(Value, Report), ReplayError> {
    let source = root.get("certificate")?.get("source")?;
    let given = root.get("verification")?;
    let steps = derivation.steps().count();
    let replay = ReplayView { steps, ok: true, message: String::new() };
    let replay = (!given.get("replay")?.value.is_null()).then_some(replay);
    let verification = Verification { replay, ..Verification::default() };
    let mut report = Report { verification, ..super::report(derivation, context, theory) };
    if derivation.status == Status::Stuck && !root.get("message")?.value.is_null() {
        let message = root.get("message")?;
        let part = |key: &str| message.get(key)?.text().map(str::to_owned);
        report.message = Some(Bilingual::new(part("en")?, part("zh")?));
    }
    let mut expected = body(&report, derivation, context, theory, source.text()?);
    for key in ["deterministic", "monte_carlo"] {
        expected["verification"][key] = given.get(key)?.value.clone();
    }
    let digest = root.get("certificate")?.get("digest")?.value.clone();
    expected["certificate"]["digest"] = digest;
    Ok((expected, report))
}

/// Names every place at which two values differ.
fn differences(expected: &Value, found: &Value, path: &str, out: &mut Vec<ReplayError>) {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match b.get(key) {
                    Some(other) => differences(value, other, &here, out),
                    None => out.push(ReplayError::new(here, "missing")),
                }
            }
            for key in b.keys().filter(|key| !a.contains_key(*key)) {
                out.push(ReplayError::new(format!("{path}.{key}"), "not part of a certificate"));
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                differences(x, y, &format!("{path}[{i}]"), out);
            }
            if a.len() != b.len() {
                let message = format!("{} entries instead of {}", b.len(), a.len());
                out.push(ReplayError::new(path, message));
            }
        }
        (a, b) if a == b => {}
        (a, _) => out.push(ReplayError::new(path, format!("the kernel obtains {a}"))),
    }
}
