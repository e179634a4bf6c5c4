//! `hence fit`: a model fitted to a distribution by a loss.

use hence::diagnostic::{Diagnostic, Span};
use hence::elaborate::Context;
use hence::fit::{
    About, FitError, FitOptions, FitProblem, Model, fit, json, loss, model, named, scales, start,
    target, text,
};
use hence::syntax::parse_expression;

use super::arguments::{FitArguments, TextOrJson};
use super::context::Session;
use super::evaluate::point;
use super::exit::Exit;
use super::source::Source;

/// Runs the command.
pub fn run(arguments: &FitArguments, session: &mut Session) -> Exit {
    session.limits.begin("the fit");
    let Some(problem) = problem(arguments, session) else { return Exit::Unreadable };
    let options = FitOptions { starts: usize::from(arguments.starts) };
    let report = match fit(&problem, &session.theory, &options) {
        Ok(report) => report,
        Err(e) => {
            note(&e, arguments, session);
            return Exit::Unreadable;
        }
    };
    let shown = match arguments.format {
        TextOrJson::Json => format!("{:#}", json(&problem, &report)),
        TextOrJson::Terminal => {
            text(&problem, &report, &session.notation, arguments.lang.into()).trim_end().to_owned()
        }
    };
    session.output.line(&shown);
    if report.minimum.is_certified() { Exit::Holds } else { Exit::Fails }
}

/// What is asked; `None`, with everything that is wrong noted, where it cannot be read.
fn problem(arguments: &FitArguments, session: &mut Session) -> Option<FitProblem> {
    let context = Context::default();
    let source = Source::named("<--target>", &arguments.target);
    let found = parse_expression(&arguments.target)
        .and_then(|tree| target(&tree, &session.theory, &context));
    let target = noted(found, &source, session);
    let model = match &arguments.model {
        None => default_model(arguments, session),
        Some(text) => {
            let source = Source::named("<--model>", text);
            let found = parse_expression(text).and_then(|t| model(&t, &session.theory, &context));
            noted(found, &source, session)
        }
    };
    let loss =
        loss(&arguments.loss, &session.theory).map_err(|e| note(&e, arguments, session)).ok();
    let given = point(&arguments.from, "--from", session);
    let model = model?;
    let found = scales(&arguments.param, &model);
    let logarithmic = found.map_err(|e| note(&e, arguments, session)).ok();
    let given = given
        .and_then(|given| start(&given, &model).map_err(|e| note(&e, arguments, session)).ok());
    Some(FitProblem {
        target: target?,
        model,
        loss: loss?,
        logarithmic: logarithmic?,
        start: given?,
    })
}

fn default_model(arguments: &FitArguments, session: &mut Session) -> Option<Model> {
    let known = session.theory.models().first().map(named);
    if known.is_none() {
        let source = Source::named("<--target>", &arguments.target);
        let problem =
            Diagnostic::new("E0905", Span::new(0, 0), "the theory has no model to be fitted");
        session.problems.extend(&source, vec![problem.hint("name one with --model")]);
    }
    known
}

fn noted<T>(
    found: Result<T, Vec<Diagnostic>>,
    source: &std::sync::Arc<Source>,
    session: &mut Session,
) -> Option<T> {
    found.map_err(|problems| session.problems.extend(source, problems)).ok()
}

/// Notes a problem at the option that it is about.
fn note(e: &FitError, arguments: &FitArguments, session: &mut Session) {
    let (option, text) = match e.about {
        About::Target => ("<--target>", arguments.target.clone()),
        About::Model => ("<--model>", arguments.model.clone().unwrap_or_default()),
        About::Loss => ("<--loss>", arguments.loss.clone()),
        About::Start => ("<--from>", arguments.from.join(",")),
        About::Scales => ("<--param>", arguments.param.join(",")),
    };
    let source = Source::named(option, &text);
    session.problems.extend(&source, vec![e.at(Span::new(0, text.len()))]);
}
