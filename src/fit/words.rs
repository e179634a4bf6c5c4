//! What a fit found, for people and for machines.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{FitProblem, FitReport, Kind, Stationary};
use crate::document::{Lang, Notation, unicode};
use crate::term::Term;

/// Points of a path that are shown.
const SHOWN: usize = 8;

/// Digits of numbers that are shown.
const DIGITS: usize = 10;

fn number(v: f64) -> Value {
    serde_json::Number::from_f64(v).map_or_else(|| Value::String(v.to_string()), Value::Number)
}

/// The report as JSON; each point has a member for each parameter.
pub fn json(problem: &FitProblem, report: &FitReport) -> Value {
    let names: Vec<&str> = problem.model.parameters.iter().map(|(p, _)| p.as_str()).collect();
    let point = |values: &[f64]| -> Map<String, Value> {
        names.iter().zip(values).map(|(n, v)| ((*n).to_owned(), number(*v))).collect()
    };
    let stationary = |s: &Stationary| {
        let mut all = point(&s.values);
        all.insert("loss".into(), number(s.loss));
        all.insert("gradient_norm".into(), number(s.gradient_norm));
        all.insert("kind".into(), s.kind.as_str().into());
        all.insert("flat".into(), s.flat.into());
        all.insert("smooth".into(), s.smooth.into());
        all.insert("curvatures".into(), s.curvatures.iter().map(|c| number(*c)).collect());
        Value::Object(all)
    };
    let path: Vec<Value> = report
        .path
        .iter()
        .map(|(values, loss)| {
            let mut all = point(values);
            all.insert("loss".into(), number(*loss));
            Value::Object(all)
        })
        .collect();
    json!({
        "loss": problem.loss.definition.name.as_str(),
        "target": target(problem).to_string(),
        "model": problem.model.distribution.to_string(),
        "param": scales(problem),
        "from": point(&problem.start),
        "mass": number(report.mass),
        "loss_formula": report.formula.as_ref().map(Term::to_string),
        "minimum": stationary(&report.minimum),
        "converged": report.minimum.is_certified(),
        "normalised_minimum": report.normalised.as_ref().map(stationary),
        "stationary_points": report.stationary.iter().map(stationary).collect::<Vec<_>>(),
        "path": path,
        "evaluations": report.evaluations,
    })
}

/// The parameters on their scales: `log-sigma` for the logarithm.
fn scales(problem: &FitProblem) -> Vec<String> {
    let each = problem.model.parameters.iter();
    each.map(|(p, _)| match problem.logarithmic.contains(p) {
        true => format!("log-{p}"),
        false => p.to_string(),
    })
    .collect()
}

/// The target as a sum.
pub(super) fn target(problem: &FitProblem) -> Term {
    let target = &problem.target;
    if target.mass.is_one() {
        return target.normalised.clone();
    }
    let part = |(w, p): &(crate::term::Rational, Term)| match w.is_one() {
        true => p.clone(),
        false => Term::product(vec![Term::rational(w), p.clone()]),
    };
    Term::sum(target.parts.iter().map(part).collect())
}

/// A number in few digits, without zeros at its end.
fn short(v: f64) -> String {
    if !v.is_finite() {
        return v.to_string();
    }
    let size = if v == 0.0 { 0 } else { v.abs().log10().floor() as i32 };
    if !(-4..=9).contains(&size) {
        return format!("{v:.3e}");
    }
    let digits = usize::try_from(DIGITS as i32 - 1 - size.max(0)).unwrap_or(0);
    let text = format!("{v:.digits$}");
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if text == "-0" { "0".into() } else { text }
}

pub(super) fn kind(kind: Kind, lang: Lang) -> &'static str {
    let (en, zh) = match kind {
        Kind::Minimum => ("minimum", "极小"),
        Kind::Saddle => ("saddle", "鞍点"),
        Kind::Maximum => ("maximum", "极大"),
        Kind::Plateau => ("plateau", "平台"),
        Kind::Undecided => ("undecided", "未定"),
    };
    pick(lang, en, zh)
}

fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The report as text for a terminal.
pub fn text(problem: &FitProblem, report: &FitReport, notation: &Notation, lang: Lang) -> String {
    let say = |en, zh| pick(lang, en, zh);
    let shown = |t: &Term| unicode(t, notation);
    let names: Vec<String> =
        problem.model.parameters.iter().map(|(p, _)| shown(&Term::symbol(p.clone()))).collect();
    let at = |values: &[f64]| {
        let all: Vec<String> =
            names.iter().zip(values).map(|(n, v)| format!("{n} = {}", short(*v))).collect();
        all.join(", ")
    };
    let mut out = String::new();
    let definition = &problem.loss.definition;
    let why = match lang {
        Lang::En => &definition.reason.en,
        Lang::Zh => &definition.reason.zh,
    };
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line(format!("{}: {why}", definition.name));
    line(format!("  {} {}", say("target   ", "目标    "), shown(&target(problem))));
    line(format!("  {} {}", say("mass     ", "质量    "), short(report.mass)));
    line(format!("  {} {}", say("model    ", "模型    "), shown(&problem.model.distribution)));
    let moving: Vec<String> = problem
        .model
        .parameters
        .iter()
        .zip(&names)
        .map(|((p, _), n)| match problem.logarithmic.contains(p) {
            true => format!("ln {n}"),
            false => n.clone(),
        })
        .collect();
    line(format!(
        "  {} {}",
        say("descent  ", "下降    "),
        match lang {
            Lang::En => format!("from {} in ({})", at(&problem.start), moving.join(", ")),
            Lang::Zh => format!("自 {} 起，坐标 ({})", at(&problem.start), moving.join(", ")),
        }
    ));
    match &report.formula {
        Some(formula) => {
            line(format!("  {} {}", say("loss     ", "损失    "), shown(formula)));
        }
        None => line(format!(
            "  {} {}",
            say("loss     ", "损失    "),
            say(
                "by quadrature, its gradient by quadrature of the derivatives of the integrand",
                "数值积分；梯度为被积函数导数的数值积分"
            )
        )),
    }
    line(String::new());
    line(say("Path of steepest descent", "最速下降的路径").to_owned());
    for (values, loss) in picked(&report.path) {
        line(format!("  {}  {} {}", at(values), say("loss", "损失"), short(*loss)));
    }
    line(String::new());
    line(say("It ends at", "终点").to_owned());
    line(format!("  {}", described(&report.minimum, &at, lang)));
    if !report.minimum.is_certified() {
        line(format!(
            "  {}",
            say("not converged: the gradient is longer than 1e-8", "未收敛：梯度长度大于 1e-8")
        ));
    }
    if let Some(unit) = &report.normalised {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
        let same = unit.values.iter().zip(&report.minimum.values).all(|(a, b)| close(*a, *b));
        let what = match (same, lang) {
            (true, Lang::En) => "the same place".to_owned(),
            (true, Lang::Zh) => "同一处".to_owned(),
            (false, _) => at(&unit.values),
        };
        line(match lang {
            Lang::En => {
                format!("  with the target divided by its mass: {what}, loss {}", short(unit.loss))
            }
            Lang::Zh => format!("  目标除以其质量后：{what}，损失 {}", short(unit.loss)),
        });
    }
    if !report.stationary.is_empty() {
        line(String::new());
        line(say("Stationary points that were found", "找到的驻点").to_owned());
        for one in &report.stationary {
            line(format!("  {}", described(one, &at, lang)));
        }
    }
    out
}

fn described(s: &Stationary, at: &dyn Fn(&[f64]) -> String, lang: Lang) -> String {
    let say = |en, zh| pick(lang, en, zh);
    let mut text = format!(
        "{}  {}  {} {}  {} {:.1e}",
        kind(s.kind, lang),
        at(&s.values),
        say("loss", "损失"),
        short(s.loss),
        say("gradient", "梯度"),
        s.gradient_norm
    );
    if !s.smooth {
        text.push_str(say("  (a corner: the shortest subgradient)", "（尖点：最短次梯度）"));
    } else if s.flat {
        text.push_str(say("  (flat)", "（平坦）"));
    }
    text
}

/// The first and the last point, and some between.
fn picked(path: &[(Vec<f64>, f64)]) -> Vec<&(Vec<f64>, f64)> {
    if path.len() <= SHOWN {
        return path.iter().collect();
    }
    let last = path.len() - 1;
    (0..SHOWN).map(|k| &path[k * last / (SHOWN - 1)]).collect()
}
