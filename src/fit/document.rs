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
    /// Whether something else was found, at a point that is certified, or no such point at all.
    pub refuted: bool,
    /// What was found where one is not, in English.
    pub findings: Vec<String>,
    /// The statement in words of one line.
    pub statement: String,
    /// What is fitted to what.
    pub problem: FitProblem,
    /// The point that the statement is about; the nearest, where none is as stated.
    pub point: Option<Stationary>,
    /// Of which kind the point is said to be; `None` for the end of a descent.
    pub kind: Option<Kind>,
    /// What was written.
    pub stated: Vec<Stated>,
}

/// Stationary points are looked for from so many starts.
const STARTS: usize = 48;

/// Fits that were computed: several statements about the stationary points of one loss search once.
#[derive(Debug, Default)]
pub struct Fits {
    known: Vec<(FitProblem, usize, FitReport)>,
}

impl Fits {
    /// Recomputes a statement in the context of its document.
    ///
    /// # Errors
    /// Everything that is wrong with its text.
    pub fn check(
        &mut self,
        statement: &FitStatement,
        context: &Context,
        theory: &Theory,
    ) -> Result<FitOutcome, Vec<Diagnostic>> {
        let problem = problem(statement, context, theory)?;
        known(statement, &problem)?;
        let starts = match statement.about {
            FitAbout::Descent(..) => 0,
            FitAbout::Stationary(_) => STARTS,
        };
        let same = |(p, s, _): &&(FitProblem, usize, FitReport)| *s == starts && *p == problem;
        if let Some((.., report)) = self.known.iter().find(same) {
            return Ok(compared(statement, problem, report));
        }
        let options = FitOptions { starts, normalised: false };
        let report = fit(&problem, theory, &options).map_err(|e| vec![e.at(statement.span)])?;
        self.known.push((problem.clone(), starts, report.clone()));
        Ok(compared(statement, problem, &report))
    }
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
    let (point, kind) = match &statement.about {
        FitAbout::Descent(..) => (Some(report.minimum.clone()), None),
        FitAbout::Stationary(kind) => {
            let kind = kind_of(&kind.name);
            let of_kind = report.stationary.iter().filter(|s| Some(s.kind) == kind);
            (of_kind.min_by(|a, b| off(a).total_cmp(&off(b))).cloned(), kind)
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
            if point.gradient_norm <= super::CERTIFIED && !point.is_certified() {
                findings.push(format!(
                    "Newton's method would still go {:.1e} of the width there",
                    point.newton_step
                ));
            } else if !point.is_certified() {
                findings.push(format!("the gradient has length {:.1e} there", point.gradient_norm));
            }
        }
    }
    FitOutcome {
        holds: findings.is_empty(),
        refuted: !findings.is_empty() && point.as_ref().is_none_or(Stationary::is_certified),
        findings,
        statement: statement.in_one_line(),
        problem,
        point,
        kind,
        stated: statement.stated.clone(),
    }
}

/// The statements of one block as a table, in both languages.
pub fn table(outcomes: &[FitOutcome], notation: &Notation) -> Block {
    Block::Translated { en: one(outcomes, notation, false), zh: one(outcomes, notation, true) }
}

/// Statements that are wrong, with what is true beside each, in both languages.
pub fn mistakes(outcomes: &[FitOutcome], notation: &Notation) -> Block {
    let of = |zh: bool| {
        let say = |en: &str, chinese: &str| {
            vec![Inline::Text((if zh { chinese } else { en }).to_owned())]
        };
        let mut shared = Shared::of(outcomes);
        let descents = outcomes.iter().any(|o| o.kind.is_none());
        // Where descents of one start stand beside statements of other kinds, it is said all the same.
        let mut of_descents = outcomes.iter().filter(|o| o.kind.is_none());
        let first = of_descents.next().or(outcomes.first());
        shared.start = descents
            && of_descents.all(|o| first.is_some_and(|f| f.problem.start == o.problem.start));
        shared.certified = false;
        let mut head = vec![say("loss", "损失函数")];
        if !shared.target {
            head.push(say("target", "目标"));
        }
        if descents {
            head.push(say("descent in", "下降所用参数"));
        }
        head.extend([say("false", "错误的说法"), say("in truth", "实际")]);
        let rows = outcomes.iter().map(|o| mistake(o, &shared, descents, notation, zh)).collect();
        let table = Block::Table { align: vec![Align::Start; head.len()], head, rows };
        let above = first.and_then(|f| shared.said(f, notation, zh));
        above.into_iter().chain(std::iter::once(table)).collect()
    };
    Block::Translated { en: of(false), zh: of(true) }
}

fn mistake(
    outcome: &FitOutcome,
    shared: &Shared,
    descents: bool,
    notation: &Notation,
    zh: bool,
) -> Vec<Vec<Inline>> {
    let lang = if zh { crate::document::Lang::Zh } else { crate::document::Lang::En };
    let say = |en: &'static str, chinese: &'static str| if zh { chinese } else { en };
    let name = |s: &str| match s {
        "loss" => say("loss", "损失").to_owned(),
        name => unicode(&Term::symbol(Symbol::new(name)), notation),
    };
    let kind = outcome.kind.map(|k| super::words::kind(k, lang));
    let each = outcome.stated.iter();
    let stated = each.map(|s| format!("{} = {}", name(&s.name.name), s.number.replace('-', "−")));
    let first = kind.map(|k| format!("{k}{}", say(": ", "："))).unwrap_or_default();
    let falsely = first.clone() + &stated.collect::<Vec<_>>().join(", ");
    let truly = match &outcome.point {
        None => say("no such point was found", "未找到这样的点").to_owned(),
        Some(point) => {
            let each = outcome.stated.iter().map(|s| {
                let found = value(point, &outcome.problem, &s.name.name);
                // As many digits as tell the two apart.
                let enough = (s.digits()..=12).find(|d| {
                    format!("{found:.d$}") != format!("{:.d$}", s.value()) || s.agrees(found)
                });
                let digits = enough.unwrap_or(12);
                format!("{} = {}", name(&s.name.name), signed(found, digits))
            });
            first + &each.collect::<Vec<_>>().join(", ")
        }
    };
    let mut cells = vec![vec![Inline::Code(outcome.problem.loss.definition.name.to_string())]];
    if !shared.target {
        cells.push(vec![Inline::Formula(latex(&super::words::target(&outcome.problem), notation))]);
    }
    if descents {
        cells.push(vec![Inline::Text(match outcome.kind {
            None => descended_in(outcome, notation),
            Some(_) => "—".into(),
        })]);
    }
    let mark = match (outcome.holds, outcome.refuted) {
        (true, _) => say(" (as stated)", "（与所写相符）"),
        (_, true) => "",
        (false, false) => say(" (not shown to be false)", "（未证伪）"),
    };
    cells.push(vec![Inline::Text(falsely)]);
    cells.push(vec![Inline::Text(truly + mark)]);
    cells
}

/// A number with so many digits, a proper sign, and no sign where it is zero.
fn signed(v: f64, digits: usize) -> String {
    let shown = format!("{v:.digits$}");
    if shown.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        return shown.trim_start_matches('-').to_owned();
    }
    shown.replace('-', "−")
}

/// What all statements of a block have in common is said once, above the table.
struct Shared {
    target: bool,
    start: bool,
    names: bool,
    certified: bool,
}

impl Shared {
    fn of(outcomes: &[FitOutcome]) -> Self {
        let same = |a: &FitOutcome, b: &FitOutcome| {
            super::words::target(&a.problem) == super::words::target(&b.problem)
        };
        let all = |what: &dyn Fn(&FitOutcome, &FitOutcome) -> bool| {
            outcomes.first().is_some_and(|first| outcomes.iter().all(|o| what(first, o)))
        };
        let descent = |o: &FitOutcome| o.kind.is_none();
        Self {
            target: all(&same),
            start: all(&|a, b| descent(a) && descent(b) && a.problem.start == b.problem.start),
            names: all(&|a, b| a.problem.model.parameters == b.problem.model.parameters),
            certified: all(&|_, b| b.point.as_ref().is_some_and(Stationary::is_certified)),
        }
    }

    /// A sentence above the table; nothing where nothing is shared.
    fn said(&self, first: &FitOutcome, notation: &Notation, zh: bool) -> Option<Block> {
        let say =
            |en: &str, chinese: &str| Inline::Text((if zh { chinese } else { en }).to_owned());
        let mut out = Vec::new();
        if self.target {
            out.push(say("Fitted to ", "拟合目标为 "));
            out.push(Inline::Formula(latex(&super::words::target(&first.problem), notation)));
        }
        if self.start {
            out.push(match out.is_empty() {
                true => say("From ", "起点为 "),
                false => say(", from ", "，起点为 "),
            });
            let start = first.problem.start.iter().map(|v| v.to_string().replace('-', "−"));
            out.push(Inline::Text(equations(first, start, notation)));
        }
        if self.certified && !out.is_empty() {
            out.push(say(
                ". The gradient has length 10⁻⁸ or less at each point",
                "。每一点处梯度的长度都不超过 10⁻⁸",
            ));
        }
        if out.is_empty() {
            return None;
        }
        out.push(say(":", "："));
        Some(Block::Paragraph(out))
    }
}

/// `μ = 0, σ = 1`.
fn equations(
    outcome: &FitOutcome,
    values: impl Iterator<Item = String>,
    notation: &Notation,
) -> String {
    let names = outcome.problem.model.parameters.iter().map(|(n, _)| n);
    let each: Vec<String> = names
        .zip(values)
        .map(|(n, v)| format!("{} = {v}", unicode(&Term::symbol(n.clone()), notation)))
        .collect();
    each.join(", ")
}

/// The parameters on their scales: `(μ, ln σ)`.
fn descended_in(outcome: &FitOutcome, notation: &Notation) -> String {
    let each = outcome.problem.model.parameters.iter().map(|(n, _)| {
        let name = unicode(&Term::symbol(n.clone()), notation);
        if outcome.problem.logarithmic.contains(n) { format!("ln {name}") } else { name }
    });
    format!("({})", each.collect::<Vec<_>>().join(", "))
}

fn one(outcomes: &[FitOutcome], notation: &Notation, zh: bool) -> Vec<Block> {
    let shared = Shared::of(outcomes);
    let Some(first) = outcomes.first() else { return Vec::new() };
    let text = |t: String| vec![Inline::Text(t)];
    let say = |en: &str, chinese: &str| text((if zh { chinese } else { en }).to_owned());
    let descents = outcomes.iter().any(|o| o.kind.is_none());
    let mut head = vec![say("loss", "损失函数")];
    if !shared.target {
        head.push(say("target", "目标"));
    }
    if descents && !shared.start {
        head.push(say("from", "起点"));
    }
    if descents {
        head.push(say("descent in", "下降所用参数"));
    }
    match shared.names {
        true => {
            let names = first.problem.model.parameters.iter().map(|(n, _)| n);
            head.extend(names.map(|n| text(unicode(&Term::symbol(n.clone()), notation))));
        }
        false => head.push(say("point", "点")),
    }
    head.push(say("loss there", "该处的损失"));
    if !shared.certified {
        head.push(say("gradient", "梯度"));
    }
    head.push(say("kind", "类型"));
    let rows = outcomes.iter().map(|o| row(o, &shared, descents, notation, zh)).collect();
    let align = vec![Align::Start; head.len()];
    let table = Block::Table { align, head, rows };
    shared.said(first, notation, zh).into_iter().chain(std::iter::once(table)).collect()
}

fn row(
    outcome: &FitOutcome,
    shared: &Shared,
    descents: bool,
    notation: &Notation,
    zh: bool,
) -> Vec<Vec<Inline>> {
    let text = |t: String| vec![Inline::Text(t)];
    let problem = &outcome.problem;
    let dash = || text("—".into());
    let descent = outcome.kind.is_none();
    let digits = |name: &str, v: f64| {
        let stated = outcome.stated.iter().find(|s| s.name.name == name);
        signed(v, stated.map_or(4, Stated::digits))
    };
    let mut cells = vec![vec![Inline::Code(problem.loss.definition.name.to_string())]];
    if !shared.target {
        cells.push(vec![Inline::Formula(latex(&super::words::target(problem), notation))]);
    }
    if descents && !shared.start {
        let start = problem.start.iter().map(|v| v.to_string().replace('-', "−"));
        cells.push(if descent { text(equations(outcome, start, notation)) } else { dash() });
    }
    if descents {
        cells.push(if descent { text(descended_in(outcome, notation)) } else { dash() });
    }
    let point = outcome.point.as_ref();
    let values = point.map(|point| {
        let names = problem.model.parameters.iter().map(|(n, _)| n);
        names.zip(&point.values).map(|(n, v)| digits(n.as_str(), *v)).collect::<Vec<_>>()
    });
    match (values, shared.names) {
        (Some(values), true) => cells.extend(values.into_iter().map(text)),
        (Some(values), false) => cells.push(text(equations(outcome, values.into_iter(), notation))),
        (None, true) => cells.extend(problem.model.parameters.iter().map(|_| dash())),
        (None, false) => cells.push(dash()),
    }
    cells.push(point.map_or_else(dash, |point| text(digits("loss", point.loss))));
    if !shared.certified {
        // Rounding differs between machines; a certificate does not.
        let small = |p: &Stationary| if p.is_certified() { "≤ 10⁻⁸" } else { "> 10⁻⁸" };
        cells.push(point.map_or_else(dash, |point| text(small(point).into())));
    }
    let lang = if zh { crate::document::Lang::Zh } else { crate::document::Lang::En };
    let mut kind = point.map_or("—", |point| super::words::kind(point.kind, lang)).to_owned();
    if !outcome.holds {
        kind += if zh { "（与所写不符）" } else { " (not as stated)" };
    }
    cells.push(text(kind));
    cells
}
