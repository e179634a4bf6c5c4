//! Replay: a certificate is read, its steps are made again by the kernel, the whole object is built a second time from
//! what the kernel made, and every field is compared.
//!
//! What the kernel cannot recompute is the evidence in numbers (`verification.enclosure`, `verification.deterministic`, `verification.monte_carlo`)
//! and, where nothing was proved, the `message` about it: those are covered by the digest only.

use std::collections::BTreeMap;

use serde_json::Value;

use super::assumptions::restricted;
use super::certificate::{CERTIFICATE_VERSION, body};
use super::digest::sealed;
use super::moves::{Action, Move, Repeater, keep, relearn};
use super::reader::At;
pub use super::reader::ReplayError;
use super::{facts, texts};
use crate::derive::{Derivation, Lemma, Status};
use crate::document::{Bilingual, ReplayView, Report, Verification};
use crate::elaborate::{Assumption, Context, Undeclared, expression, statements_with};
use crate::kernel::{Equivalence, Facts};
use crate::syntax::tree::StatementKind;
use crate::term::{Binder, Bindings, Domain, Node, Path, Relation, Symbol, Term};
use crate::theory::Sort;
use crate::theory::{Family, Rule, Theory, dimension};

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
    /// Whether the two are equations with the same solutions.
    pub solved: bool,
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
        solved: derivation.unknown.is_some(),
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
    let unknown = match inner.get("unknown")? {
        at if at.value.is_null() => None,
        at => Some(at.term(theory, &scope)?),
    };
    let meant = (&statement, unknown.as_ref());
    check_source(&inner.get("source")?, meant, &introduced, theory, &context)?;
    let mut facts = facts(&scope);
    let lemmas = lemmas(&inner.get("lemmas")?, theory, &mut facts, &scope)?;
    let mut repeater = Repeater::new(theory, facts, statement);
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
    let mut derivation = repeater.finish(introduced, unknown);
    keep(&mut derivation, lemmas);
    Ok((derivation, context))
}

/// What follows from suppositions, made again and taken up among the facts.
fn lemmas(
    at: &At<'_>,
    theory: &Theory,
    facts: &mut Facts,
    scope: &Context,
) -> Result<Vec<Lemma>, ReplayError> {
    let mut out = Vec::new();
    for item in at.items()? {
        let supposition = item.get("supposition")?.term(theory, scope)?;
        let names = item.get("indices")?;
        let indices = names.items()?.iter().map(At::name).collect::<Result<Vec<Symbol>, _>>()?;
        let instance = facts.instance_at(&supposition, &indices);
        let instance = instance.ok_or_else(|| names.wrong("not indices of the supposition"))?;
        let mut inner = scope.clone();
        inner.sorts.extend(instance.indices.iter().map(|(name, sort, _)| (name.clone(), *sort)));
        let steps = item.get("steps")?;
        let steps = steps.items()?;
        if steps.len() > MAX_STEPS {
            return Err(item.wrong("too many steps"));
        }
        let moves: Vec<_> =
            steps.iter().map(|s| read_move(s, theory, &inner)).collect::<Result<_, _>>()?;
        let moves = moves.into_iter().zip(&steps).map(|(m, at)| {
            Ok((
                m,
                Some(
                    at.get("after")
                        .map_err(|e| e.to_string())?
                        .text()
                        .map_err(|e| e.to_string())?
                        .to_owned(),
                ),
            ))
        });
        let about = (&supposition, &indices[..]);
        let lemma = relearn(facts, theory, about, moves).map_err(|e| item.wrong(e))?;
        out.push(lemma);
    }
    Ok(out)
}

fn context(at: &At<'_>, theory: &Theory) -> Result<Context, ReplayError> {
    let mut context = Context::default();
    for item in at.get("sorts")?.items()? {
        let word = item.get("sort")?;
        let sort = texts::sort_of(word.text()?).ok_or_else(|| word.wrong("not a sort"))?;
        context.sorts.push((item.get("name")?.name()?, sort));
    }
    for item in at.get("families")?.items()? {
        let name = item.get("name")?.name()?;
        if !context.sorts.iter().any(|(known, _)| *known == name) {
            return Err(item.get("name")?.wrong("a family without a sort"));
        }
        let mut axes = Vec::new();
        for range in item.get("ranges")?.items()? {
            axes.push(match range.get("in") {
                Ok(space) => {
                    let axis = Domain::Over(space.term(theory, &context)?);
                    if dimension(&axis).is_none() {
                        return Err(space.wrong("not the vectors of a number of reals"));
                    }
                    axis
                }
                Err(_) => Domain::Range(
                    range.get("low")?.term(theory, &context)?,
                    range.get("high")?.term(theory, &context)?,
                ),
            });
        }
        if axes.is_empty() {
            return Err(item.get("ranges")?.wrong("a family without an index"));
        }
        context.families.push((name, Family::new(axes)));
    }
    for item in at.get("masses")?.items()? {
        let name = item.get("name")?.name()?;
        if !context.sorts.iter().any(|(known, sort)| *known == name && *sort == Sort::Mass) {
            return Err(item.get("name")?.wrong("not declared as a mass"));
        }
        let low = item.get("low")?.term(theory, &context)?;
        let high = item.get("high")?.term(theory, &context)?;
        context.masses.push((name, (low, high)));
    }
    // Definitions may rest on relations and relations on definitions; terms alone decide neither.
    let bare = context.clone();
    for item in at.get("relations")?.items()? {
        if let Ok(relation) = item.term(theory, &bare) {
            context.relations.push(relation);
        }
    }
    definitions(&at.get("definitions")?, theory, &mut context)?;
    for item in at.get("suppositions")?.items()? {
        let supposition = item.term(theory, &context)?;
        context.suppositions.push(supposition);
    }
    context.relations.clear();
    for item in at.get("relations")?.items()? {
        let relation = item.term(theory, &context)?;
        context.relations.push(relation);
    }
    for item in at.get("found")?.items()? {
        let found = item.term(theory, &context)?;
        if !context.relations.contains(&found) {
            return Err(item.wrong("found, and not assumed"));
        }
        context.found.push(found);
    }
    for item in at.get("draws")?.items()? {
        let name = item.get("name")?.name()?;
        if !context.families.iter().any(|(known, _)| *known == name) {
            return Err(item.get("name")?.wrong("draws that are no family"));
        }
        let from = item.get("text")?.term(theory, &context)?;
        context.draws.push((name, from));
    }
    for item in at.get("up_to")?.items()? {
        context.up_to.push(item.name()?);
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
    (statement, unknown): (&Term, Option<&Term>),
    introduced: &[(Symbol, Term)],
    theory: &Theory,
    context: &Context,
) -> Result<(), ReplayError> {
    let (statements, problems) = crate::syntax::parse_command(at.text()?);
    if let Some(problem) = problems.first() {
        return Err(at.wrong(problem.message.clone()));
    }
    let map: BTreeMap<Symbol, Term> = introduced.iter().cloned().collect();
    // Definitions are transparent: a statement may be derived with what its names stand for.
    let known = facts(context);
    let meant = known.written_out(&statement.substitute_all(&map));
    let read = |e| {
        let term = expression(e, theory, context, Undeclared::Accept).ok()?;
        Some(known.written_out(&term))
    };
    let goals = statements.iter().filter_map(|s| match &s.kind {
        StatementKind::Derive(left, _) => read(left).map(|t| (t, None)),
        StatementKind::Claim(claim) => read(claim).map(|t| (t, None)),
        StatementKind::Solve(equation, x) => Some((read(equation)?, Some(read(x)?))),
        _ => None,
    });
    let all: Vec<(Term, Option<Term>)> = goals.collect();
    let [(goal, x)] = all.as_slice() else {
        return Err(at.wrong("not one statement"));
    };
    if x.as_ref() != unknown.map(|x| known.written_out(x)).as_ref() {
        return Err(at.wrong("another unknown"));
    }
    if unknown.is_some() {
        return match goal.alpha_eq(&meant) {
            true => Ok(()),
            false => Err(at.wrong(format!("says {goal}, and {meant} is solved"))),
        };
    }
    let matches = match goal.node() {
        Node::Relation(_, a, b) => {
            let difference = Term::difference(a.clone(), b.clone());
            [a, b, &difference].into_iter().any(|t| t.alpha_eq(&meant))
        }
        _ => goal.alpha_eq(&meant),
    };
    if matches { Ok(()) } else { Err(at.wrong(format!("says {goal}, and {meant} is derived"))) }
}

/// The declarations and the statement, as text, are elaborated anew: what is inferred must be what was inferred.
fn check_declarations(
    at: &At<'_>,
    source: &str,
    derivation: &Derivation,
    context: &Context,
    theory: &Theory,
) -> Result<(), ReplayError> {
    let text = declared(context) + source;
    let (tree, problems) = crate::syntax::parse_command(&text);
    let (goals, more) = statements_with(&text, &tree, theory, Undeclared::InferFromUse);
    if let Some(problem) = problems.iter().chain(&more).next() {
        return Err(at.wrong(problem.message.clone()));
    }
    let [goal] = goals.as_slice() else { return Err(at.wrong("not one statement")) };
    let mut again = restricted(derivation, &goal.context, theory);
    // What the statement itself assumes stands in both texts.
    let mut seen = Vec::new();
    again.relations.retain(|r| {
        !seen.contains(r) && {
            seen.push(r.clone());
            true
        }
    });
    let mut seen = Vec::new();
    again.suppositions.retain(|s| {
        let new = !seen.contains(s);
        seen.push(s.clone());
        new
    });
    // Who stated an assumption is nothing that elaboration knows.
    again.found.clone_from(&context.found);
    let same = again.definitions == context.definitions
        && permuted(&again.suppositions, &context.suppositions)
        && permuted(&again.sorts, &context.sorts)
        && permuted(&again.families, &context.families)
        && permuted(&again.masses, &context.masses)
        && permuted(&again.relations, &context.relations)
        && permuted(&again.draws, &context.draws)
        && again.up_to == context.up_to
        && permuted(&again.inferred, &context.inferred);
    if same { Ok(()) } else { Err(at.wrong("not what elaboration makes of the statement")) }
}

fn permuted<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let occurs = |all: &[T], x: &T| all.iter().filter(|y| *y == x).count();
    a.len() == b.len() && a.iter().all(|x| occurs(a, x) == occurs(b, x))
}

/// What was declared, without what was inferred, as statements.
fn declared(context: &Context) -> String {
    let inferred = |t: &Term| context.inferred.iter().any(|a| a.term == *t);
    let mut out = String::new();
    for (name, sort) in &context.sorts {
        if context.draws.iter().any(|(drawn, _)| drawn == name) {
            continue;
        }
        if let Some((_, family)) = context.families.iter().find(|(known, _)| known == name) {
            let base = Term::symbol(name.clone());
            let about = |t: &Term| {
                *t == base || t.any(&mut |s| matches!(s.node(), Node::Index(b, _) if *b == base))
            };
            if !context.inferred.iter().any(|a| about(&a.term)) {
                let sort = texts::sort_word(*sort);
                out += &format!("let {}\n", texts::declared(name, sort, family, context));
            }
            continue;
        }
        let stated = texts::sort_term(name, *sort);
        if !inferred(&Term::symbol(name.clone())) && !stated.as_ref().is_some_and(inferred) {
            out += &format!("let {name} {}\n", texts::sort_word(*sort));
        }
    }
    for relation in context.relations.iter().filter(|r| !inferred(r)) {
        out += &format!("assume {}\n", texts::for_all(relation));
    }
    for (name, value) in &context.definitions {
        out += &format!("let {name} = {value}\n");
    }
    for supposition in &context.suppositions {
        out += &format!("suppose {}\n", texts::for_all(supposition));
    }
    for (name, from) in &context.draws {
        let family = context.families.iter().find(|(known, _)| known == name);
        if let Some((low, high)) = family.and_then(|(_, family)| family.single()) {
            out += &format!("let {name}[i] ~ {from} for i in {low}..{high}\n");
        }
    }
    out
}

fn read_move(at: &At<'_>, theory: &Theory, scope: &Context) -> Result<Move, ReplayError> {
    let path = at.get("path")?;
    let kind = at.get("kind")?;
    let action = match kind.text()? {
        "rule" => {
            let id = at.get("rule")?;
            let rule = theory.rule(id.text()?).ok_or_else(|| id.wrong("not a rule"))?;
            Action::Rule(rule.id.clone(), bindings(&at.get("bindings")?, rule, theory, scope)?)
        }
        "unfold" => Action::Unfold,
        "hypothesis" => {
            let assumption = at.get("bindings")?.get("assumption")?;
            Action::Hypothesis(assumption.term(theory, scope)?)
        }
        "consequence" => {
            let consequence = at.get("bindings")?.get("consequence")?;
            Action::Hypothesis(consequence.term(theory, scope)?)
        }
        "constant" => Action::LeaveOut(at.get("local_after")?.term(theory, scope)?),
        "large_numbers" => Action::LargeNumbers,
        "equation" => {
            let why = at.get("bindings")?;
            let why = match why.get("factor") {
                Ok(factor) => Equivalence::Scale(factor.term(theory, scope)?),
                Err(_) => Equivalence::Apply(why.get("function")?.term(theory, scope)?),
            };
            Action::Equation(why, at.get("local_after")?.term(theory, scope)?)
        }
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

/// What the rule's variables stand for; of nothing else, and each thing said in one way.
fn bindings(
    at: &At<'_>,
    rule: &Rule,
    theory: &Theory,
    scope: &Context,
) -> Result<Bindings, ReplayError> {
    let mut out = Bindings::default();
    let bound = bound_names(rule);
    out.vars = bound.iter().map(|x| (x.clone(), x.clone())).collect();
    let metas: Vec<Symbol> =
        std::iter::once(&rule.left).chain(&rule.right).flat_map(Term::metas).collect();
    for (name, value) in at.get("metas")?.entries()? {
        let name = Symbol::new(name);
        if !metas.contains(&name) {
            return Err(value.wrong("not a variable of the rule"));
        }
        out.metas.insert(name, value.term(theory, scope)?);
    }
    for (name, value) in at.get("vars")?.entries()? {
        let name = Symbol::new(name);
        let new = value.name()?;
        if !bound.contains(&name) || new == name {
            return Err(value.wrong("not a variable that changes its name"));
        }
        out.vars.insert(name, new);
    }
    Ok(out)
}

fn bound_names(rule: &Rule) -> Vec<Symbol> {
    let mut out = Vec::new();
    for side in std::iter::once(&rule.left).chain(&rule.right) {
        side.any(&mut |t| {
            match t.node() {
                Node::Binder(Binder { var, .. }) => out.push(var.clone()),
                Node::Derivative(var, _) => out.extend(var.as_symbol().cloned()),
                _ => {}
            }
            false
        });
    }
    out
}

/// The object as it should be: rebuilt, with what only the digest covers taken over.
fn second_copy(
    root: &At<'_>,
    derivation: &Derivation,
    context: &Context,
    theory: &Theory,
) -> Result<(Value, Report), ReplayError> {
    let source = root.get("certificate")?.get("source")?;
    let declarations = root.get("certificate")?.get("declarations")?;
    check_declarations(&declarations, source.text()?, derivation, context, theory)?;
    let given = root.get("verification")?;
    let steps = derivation.steps().count();
    let replay = ReplayView { steps, ok: true, message: String::new() };
    let verification = Verification { replay: Some(replay), ..Verification::default() };
    let mut report = Report { verification, ..super::report(derivation, context, theory) };
    if derivation.status == Status::Stuck && !root.get("message")?.value.is_null() {
        let message = root.get("message")?;
        let part = |key: &str| message.get(key)?.text().map(str::to_owned);
        report.message = Some(Bilingual::new(part("en")?, part("zh")?));
    }
    let mut expected = body(&report, derivation, context, theory, source.text()?);
    for key in ["enclosure", "deterministic", "monte_carlo"] {
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
