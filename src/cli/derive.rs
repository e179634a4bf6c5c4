//! `hence derive`: one statement, derived or decided, in the form asked for.

use hence::document::page::{Item, Slugs};
use hence::document::{self, Bilingual, Lang, Verification, html};
use hence::elaborate::{Goal, GoalKind};
use hence::term::Relation;
use hence::verify::{self, Earlier, Precision, certificate, report};
use serde_json::{Value, json};

use super::arguments::{DeriveArguments, Format, FormulaForm};
use super::context::Session;
use super::exit::Exit;
use super::{records, statement};
use hence::document::Verdict;
use hence::verify::{Decision, Links, decide_after};

/// Runs the command.
pub fn run(arguments: &DeriveArguments, session: &mut Session) -> Exit {
    if arguments.format == Format::Terminal && !arguments.no_pager {
        session.output.for_pager();
    }
    let Some(goals) = statement::goals(&arguments.statement, session) else {
        return Exit::Unreadable;
    };
    for goal in &goals {
        let functions = verify::functions_of(&goal.context, &session.theory);
        session.notation = session.notation.clone().with_functions(functions);
    }
    let decided: Vec<(Goal, Decision)> = goals
        .into_iter()
        .map(|goal| {
            let precision = if arguments.precise { Precision::Precise } else { Precision::Usual };
            let mut earlier = Earlier::at(precision);
            let decision = decide_after(&goal, &session.theory, !arguments.no_verify, &mut earlier);
            (goal, decision)
        })
        .collect();
    match arguments.format {
        Format::Json => as_json(&decided, session),
        Format::Html => as_page(&decided, arguments, session),
        format => {
            let mut links = Links::default();
            for (goal, decision) in &decided {
                as_document(goal, decision, format, arguments, session);
                if let Some(chain) = links.end(goal, decision.holds()) {
                    let line = records::chain(
                        chain,
                        links.assumed(),
                        &session.notation,
                        arguments.lang.into(),
                    );
                    let comment = if format == Format::Latex { "% " } else { "" };
                    session.output.line("");
                    session.output.line(&format!("{comment}{line}"));
                }
            }
        }
    }
    Exit::of(decided.iter().all(|(_, d)| d.holds()))
}

/// The certificate of a derivation; for a claim, what was decided and the certificate of its left side. One object,
/// or an array where several things are asked.
fn as_json(decided: &[(Goal, Decision)], session: &mut Session) {
    let values: Vec<Value> = decided.iter().map(|(g, d)| one_as_json(g, d, session)).collect();
    let whole = match <[Value; 1]>::try_from(values) {
        Ok([only]) => only,
        Err(several) => Value::Array(several),
    };
    session.output.line(&format!("{whole:#}"));
    for (goal, decision) in decided {
        if matches!(goal.kind, GoalKind::Derive { .. }) && is_misstated(decision) {
            let text = format!("the stated definition differs: {}\n", goal.text);
            session.output.error(&text);
        }
    }
}

fn one_as_json(goal: &Goal, decision: &Decision, session: &Session) -> Value {
    let evidence = decision.evidence.as_ref().map(|e| e.verification.clone()).unwrap_or_default();
    let derivation = certificate(
        &decision.derivation,
        &decision.context(goal),
        &session.theory,
        &goal.text,
        evidence,
    );
    match (&goal.kind, &decision.comparison) {
        (GoalKind::Claim { .. }, Some(comparison)) => {
            let mut value = json!({"kind": "claim"});
            if let (Some(to), Value::Object(from)) =
                (value.as_object_mut(), records::comparison(comparison))
            {
                to.extend(from);
                to.insert("derivation".into(), derivation);
                if comparison.relation == Relation::Tends
                    || comparison.relation.leaves_out_constant()
                {
                    let second = decision.second.as_ref().map(|second| {
                        let none = Verification::default();
                        certificate(second, &goal.context, &session.theory, &goal.text, none)
                    });
                    to.insert("right".into(), second.unwrap_or(Value::Null));
                }
                if let Some(chain) = &goal.chain {
                    to.insert(
                        "chain".into(),
                        records::link(chain, &verify::inferred(goal).cloned().collect::<Vec<_>>()),
                    );
                }
            }
            value
        }
        _ => derivation,
    }
}

/// One page with everything that was asked.
fn as_page(decided: &[(Goal, Decision)], arguments: &DeriveArguments, session: &mut Session) {
    let mut names = Slugs::default();
    let items: Vec<Item> = decided
        .iter()
        .map(|(goal, decision)| {
            let mut item = verify::item(goal, decision, &session.theory);
            let name = names.unique(&goal.text);
            match &mut item {
                Item::Derivation(derived) => derived.anchor = name,
                Item::Claim(claimed) => claimed.anchor = name,
                Item::Given(_) => {}
            }
            item
        })
        .collect();
    let options = session.options(arguments.lang.into(), arguments.detail, arguments.width);
    session.output.text(&html::standalone(&items, &options));
}

fn is_misstated(decision: &Decision) -> bool {
    decision.comparison.as_ref().is_some_and(|c| c.verdict != Verdict::Proved)
}

fn as_document(
    goal: &Goal,
    decision: &Decision,
    format: Format,
    arguments: &DeriveArguments,
    session: &mut Session,
) {
    let mut report = report(&decision.derivation, &decision.context(goal), &session.theory);
    if let Some(evidence) = &decision.evidence {
        report.verification = evidence.verification.clone();
    }
    let lang: Lang = arguments.lang.into();
    let mut options = session.options(lang, arguments.detail, arguments.width);
    let stacked = match arguments.formula {
        Some(form) => form == FormulaForm::Block,
        None => session.output.size.is_some(),
    };
    options.formula = if stacked { document::Formula::Block } else { document::Formula::Line };
    let text = match format {
        Format::Markdown => document::markdown(&report, &options),
        Format::Latex => document::article(&report, &options),
        _ => document::terminal(&report, &options),
    };
    let verdict = verdict(goal, decision, session, lang);
    // A LaTeX article is complete as it stands; what is said beside it is a comment.
    if format == Format::Latex {
        for line in &verdict {
            session.output.line(&format!("% {line}"));
        }
    }
    session.output.text(&text);
    if format != Format::Latex && !verdict.is_empty() {
        session.output.line("");
        for (i, line) in verdict.iter().enumerate() {
            let line = if i > 0 && format == Format::Terminal {
                format!("  {line}")
            } else {
                line.clone()
            };
            let bold = i == 0 && format == Format::Terminal;
            let line = if bold { session.output.ink("1", &line) } else { line };
            session.output.line(&line);
            if format == Format::Markdown {
                session.output.line("");
            }
        }
    }
}

/// What is said of a claim, or of a stated definition that differs; and why nothing was sampled.
fn verdict(goal: &Goal, decision: &Decision, session: &Session, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(c) = &decision.comparison {
        let is_claim = matches!(goal.kind, GoalKind::Claim { .. });
        if is_claim || c.verdict != Verdict::Proved {
            let sides = [&c.left, &c.right].map(|t| session.unicode(t));
            let what = headline(is_claim, c.verdict);
            let relation = records::sign(c.relation);
            let [left, right] = sides;
            let up_to = records::up_to(c.relation, &c.up_to, &session.notation, lang);
            let what = records::said(&what, lang);
            lines.push(format!("{what}: {left} {relation} {right}{up_to}"));
            lines.extend(records::findings(c, &session.notation, lang));
        }
    }
    if let Some(why) = decision.evidence.as_ref().and_then(|e| e.not_sampled.as_ref()) {
        let label = Bilingual::new("Not sampled", "未抽样");
        lines.push(format!("{}: {}", records::said(&label, lang), records::said(why, lang)));
    }
    lines
}

fn headline(is_claim: bool, verdict: Verdict) -> Bilingual {
    match (is_claim, verdict) {
        (true, Verdict::Proved) => Bilingual::new("Proved", "已证明"),
        (true, Verdict::Refuted) => Bilingual::new("Refuted", "已否定"),
        (true, Verdict::Undecided) => Bilingual::new("Undecided", "未判定"),
        (false, Verdict::Refuted) => {
            Bilingual::new("The stated definition differs", "所给定义与理论不符")
        }
        (false, _) => Bilingual::new(
            "The stated definition could not be shown to be that of the theory",
            "无法证明所给定义与理论一致",
        ),
    }
}
