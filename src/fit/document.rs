//! Statements about fits in documents: every number recomputed, and shown in a table.

use super::{
    FitOptions, FitProblem, FitReport, Kind, Stationary, fit, loss, model, named, scales, start,
    target,
};
use crate::diagnostic::Diagnostic;
use crate::document::page::{Align, Block, Inline};
use crate::document::{Notation, latex, unicode};
use crate::elaborate::Context;
use crate::numeric::{Environment, Nothing, Options, evaluate};
use crate::syntax::fit::{FitAbout, FitStatement, Stated};
use crate::syntax::tree::Expr;
use crate::term::{Symbol, Term};
use crate::theory::Theory;

/// A statement about a fit, and what it comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOutcome {
    /// Whether every number is as stated.
    pub holds: bool,
    /// What was found where one is not, in English.
    pub findings: Vec<String>,
    /// The statement in words of one line.
    pub statement: String,
    /// What is fitted to what.
    pub problem: FitProblem,
    /// The point that the statement is about; the nearest, where none is as stated.
    pub point: Option<Stationary>,
    /// Whether it is about a descent.
    pub descent: bool,
    /// What was written.
    pub stated: Vec<Stated>,
}

/// Stationary points are looked for from so many starts.
const STARTS: usize = 48;

/// Recomputes a statement in the context of its document.
///
/// # Errors
/// Everything that is wrong with its text.
pub fn check(
    statement: &FitStatement,
    context: &Context,
    theory: &Theory,
) -> Result<FitOutcome, Vec<Diagnostic>> {
    let problem = problem(statement, context, theory)?;
    known(statement, &problem)?;
    let options = match statement.about {
        FitAbout::Descent(..) => FitOptions { starts: 0 },
        FitAbout::Stationary(_) => FitOptions { starts: STARTS },
    };
    let report = fit(&problem, theory, &options).map_err(|e| vec![e.at(statement.span)])?;
    Ok(compared(statement, problem, &report))
}

fn problem(
    statement: &FitStatement,
    context: &Context,
    theory: &Theory,
) -> Result<FitProblem, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut keep = |e: Vec<Diagnostic>| problems.extend(e);
    let target = target(&statement.target, theory, context).map_err(&mut keep).ok();
    let model = match &statement.model {
        Some(tree) => model(tree, theory, context).map_err(&mut keep).ok(),
        None => theory.models().first().map(named),
    };
    let loss =
        loss(&statement.loss.name, theory).map_err(|e| keep(vec![e.at(statement.loss.span)])).ok();
    let (Some(target), Some(model), Some(loss)) = (target, model, loss) else {
        return Err(problems);
    };
    let (given, words) = match &statement.about {
        FitAbout::Descent(given, words) => (given.clone(), words.clone()),
        FitAbout::Stationary(_) => (Vec::new(), Vec::new()),
    };
    let words: Vec<String> = words.iter().map(|w| w.name.clone()).collect();
    let logarithmic = scales(&words, &model).map_err(|e| vec![e.at(statement.span)])?;
    let values: Vec<(Symbol, f64)> = match statement.about {
        // Where it begins does not matter.
        FitAbout::Stationary(_) => super::starts::somewhere(&target, &model, theory),
        FitAbout::Descent(..) => {
            let each =
                given.iter().map(|(n, e)| Ok((Symbol::new(&n.name), number(e, theory, context)?)));
            each.collect::<Result<_, Vec<Diagnostic>>>()?
        }
    };
    let start = start(&values, &model).map_err(|e| vec![e.at(statement.span)])?;
    Ok(FitProblem { target, model, loss, logarithmic, start })
}

fn number(tree: &Expr, theory: &Theory, context: &Context) -> Result<f64, Vec<Diagnostic>> {
    let term = crate::elaborate::expression(tree, theory, context, Default::default())?;
    evaluate(&term, &Environment::new(), &Nothing, &Options::default()).map(|v| v.value).map_err(
        |e| vec![Diagnostic::new("E0902", tree.span, e.to_string()).hint("write a number")],
    )
}

/// Refuses names that are stated and are neither a parameter nor the loss, and kinds that there are not.
fn known(statement: &FitStatement, problem: &FitProblem) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for stated in &statement.stated {
        let name = &stated.name.name;
        if name != "loss" && problem.model.parameters.iter().all(|(p, _)| p.as_str() != name) {
            let message = format!("`{name}` is neither a parameter of the model nor the loss");
            let hint = "state values of the parameters, and loss = …";
            problems.push(Diagnostic::new("E0902", stated.name.span, message).hint(hint));
        }
    }
    if let FitAbout::Stationary(kind) = &statement.about
        && kind_of(&kind.name).is_none()
    {
        let message = format!("`{}` is no kind of stationary point", kind.name);
        let hint = "write minimum, saddle or maximum";
        problems.push(Diagnostic::new("E0909", kind.span, message).hint(hint));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn kind_of(word: &str) -> Option<Kind> {
    [Kind::Minimum, Kind::Saddle, Kind::Maximum].into_iter().find(|k| k.as_str() == word)
}

fn value(point: &Stationary, problem: &FitProblem, name: &str) -> f64 {
    let place = problem.model.parameters.iter().position(|(p, _)| p.as_str() == name);
    place.map_or(point.loss, |k| point.values[k])
}

fn compared(statement: &FitStatement, problem: FitProblem, report: &FitReport) -> FitOutcome {
    let off = |p: &Stationary| -> f64 {
        let each = statement.stated.iter().map(|s| {
            (value(p, &problem, &s.name.name) - s.value()).abs() / s.value().abs().max(1.0)
        });
        each.fold(0.0, f64::max)
    };
    let mut findings = Vec::new();
    let (point, descent) = match &statement.about {
        FitAbout::Descent(..) => (Some(report.minimum.clone()), true),
        FitAbout::Stationary(kind) => {
            let kind = kind_of(&kind.name);
            let of_kind = report.stationary.iter().filter(|s| Some(s.kind) == kind);
            (of_kind.min_by(|a, b| off(a).total_cmp(&off(b))).cloned(), false)
        }
    };
    match &point {
        None => findings.push("no stationary point of this kind was found".into()),
        Some(point) => {
            for stated in &statement.stated {
                let found = value(point, &problem, &stated.name.name);
                if !stated.agrees(found) {
                    let digits = stated.digits().max(4);
                    findings.push(format!(
                        "{} is {found:.digits$}, not {}",
                        stated.name.name, stated.number
                    ));
                }
            }
            if !point.is_certified() {
                findings.push(format!("the gradient has length {:.1e} there", point.gradient_norm));
            }
        }
    }
    FitOutcome {
        holds: findings.is_empty(),
        findings,
        statement: statement.text.split_whitespace().collect::<Vec<_>>().join(" "),
        problem,
        point,
        descent,
        stated: statement.stated.clone(),
    }
}

/// The statements of one block as a table, in both languages.
pub fn table(outcomes: &[FitOutcome], notation: &Notation) -> Block {
    Block::Translated {
        en: vec![one(outcomes, notation, false)],
        zh: vec![one(outcomes, notation, true)],
    }
}

fn one(outcomes: &[FitOutcome], notation: &Notation, zh: bool) -> Block {
    let say =
        |en: &str, chinese: &str| vec![Inline::Text((if zh { chinese } else { en }).to_owned())];
    let head = vec![
        say("loss", "损失函数"),
        say("target", "目标"),
        say("from", "起点"),
        say("point", "点"),
        say("loss there", "该处的损失"),
        say("gradient", "梯度"),
        say("kind", "类型"),
    ];
    let rows = outcomes.iter().map(|o| row(o, notation, zh)).collect();
    Block::Table { align: vec![Align::Start; head.len()], head, rows }
}

fn row(outcome: &FitOutcome, notation: &Notation, zh: bool) -> Vec<Vec<Inline>> {
    let formula = |t: &Term| vec![Inline::Formula(latex(t, notation))];
    let text = |t: String| vec![Inline::Text(t)];
    let problem = &outcome.problem;
    let names: Vec<&Symbol> = problem.model.parameters.iter().map(|(p, _)| p).collect();
    let at = |values: Vec<String>, scales: bool| -> Vec<Inline> {
        let each: Vec<String> = names
            .iter()
            .zip(values)
            .map(|(n, v)| {
                let name = unicode(&Term::symbol((*n).clone()), notation);
                match scales && problem.logarithmic.contains(n) {
                    true => format!("{name} = {v} (ln {name})"),
                    false => format!("{name} = {v}"),
                }
            })
            .collect();
        vec![Inline::Text(each.join(", "))]
    };
    let digits = |name: &str, v: f64| {
        let stated = outcome.stated.iter().find(|s| s.name.name == name);
        let digits = stated.map_or(4, Stated::digits);
        let shown = format!("{v:.digits$}");
        if shown.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
            return shown.trim_start_matches('-').to_owned();
        }
        shown.replace('-', "−")
    };
    let from = match outcome.descent {
        true => at(problem.start.iter().map(|v| v.to_string().replace('-', "−")).collect(), true),
        false => text("—".into()),
    };
    let mut cells = vec![
        vec![Inline::Code(problem.loss.definition.name.to_string())],
        formula(&super::words::target(problem)),
        from,
    ];
    let Some(point) = &outcome.point else {
        cells.extend((0..4).map(|_| text("—".into())));
        return cells;
    };
    let values = names.iter().zip(&point.values).map(|(n, v)| digits(n.as_str(), *v)).collect();
    cells.push(at(values, false));
    cells.push(text(digits("loss", point.loss)));
    // Rounding differs between machines; a certificate does not.
    let small = if point.is_certified() { "≤ 10⁻⁸" } else { "> 10⁻⁸" };
    cells.push(text(small.into()));
    let lang = if zh { crate::document::Lang::Zh } else { crate::document::Lang::En };
    let mut kind = super::words::kind(point.kind, lang).to_owned();
    if !outcome.holds {
        kind += if zh { "（与所写不符）" } else { " (not as stated)" };
    }
    cells.push(text(kind));
    cells
}
