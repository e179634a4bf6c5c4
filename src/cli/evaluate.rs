//! `hence evaluate`: closed form, quadrature and Monte Carlo side by side at one point.

use hence::diagnostic::{Diagnostic, Span};
use hence::elaborate::{Context, Goal, GoalKind, Undeclared, expression};
use hence::numeric::{Environment, Nothing, Options, evaluate as number_of, member, member_of};
use hence::syntax::parse_expression;
use hence::term::{Symbol, Term};
use hence::verify::{EvaluateError, Evaluation, Precision, evaluate_at, values_in_words};
use serde_json::json;

use super::arguments::{EvaluateArguments, TextOrJson};
use super::context::Session;
use super::exit::Exit;
use super::records::number;
use super::source::Source;
use super::statement;

/// Runs the command.
pub fn run(arguments: &EvaluateArguments, session: &mut Session) -> Exit {
    let goals = statement::goals(&arguments.statement, session);
    let point = point(&arguments.at, "--at", session);
    let (Some(goals), Some(point)) = (goals, point) else { return Exit::Unreadable };
    for goal in &goals {
        if one(goal, &point, arguments, session).is_none() {
            return Exit::Unreadable;
        }
    }
    Exit::Holds
}

fn one(
    goal: &Goal,
    point: &[(Symbol, f64)],
    arguments: &EvaluateArguments,
    session: &mut Session,
) -> Option<()> {
    let subject = match &goal.kind {
        GoalKind::Derive { left, .. } | GoalKind::Claim { left, .. } => left,
        GoalKind::Solve { .. } => {
            let source = Source::command(&arguments.statement);
            let problem = Diagnostic::new("E0244", goal.span, "an equation has no value")
                .label("to be solved")
                .hint("evaluate one of its sides, or derive its solution");
            session.problems.extend(&source, vec![problem]);
            return None;
        }
    };
    let precision = if arguments.precise { Precision::Precise } else { Precision::Usual };
    match evaluate_at(subject, &goal.context, &session.theory, point, precision) {
        Ok(found) => show(subject, point, &found, arguments.format, session),
        Err(e) => {
            let source = Source::command(&arguments.statement);
            session.problems.extend(&source, vec![refused(&e, goal)]);
            return None;
        }
    }
    Some(())
}

fn refused(e: &EvaluateError, goal: &Goal) -> Diagnostic {
    let names = |all: &[Symbol]| {
        // The members of a family are given together.
        let mut stems: Vec<String> = all.iter().map(stem).collect();
        stems.dedup();
        stems.join(",")
    };
    let problem = Diagnostic::new("E0611", goal.span, e.to_string());
    match e {
        EvaluateError::Missing(all) => {
            problem.label("has parameters without a value").hint(format!("add --at {}", names(all)))
        }
        EvaluateError::Unknown(_) => problem.hint("leave out what the statement does not mention"),
        EvaluateError::Inadmissible(_) => problem.hint("choose values that meet the assumptions"),
        EvaluateError::NotNumeric(_) => problem.hint("say which distribution it is: let p = …"),
        EvaluateError::Function(_) => problem.hint("put a formula in its place"),
    }
}

fn stem(name: &Symbol) -> String {
    member_of(name).map_or_else(|| format!("{name}=…"), |(family, _)| format!("{family}=[…]"))
}

/// The values of an option such as `--at`. `None`, with the problems noted, where they cannot be read.
pub fn point(at: &[String], option: &str, session: &mut Session) -> Option<Vec<(Symbol, f64)>> {
    let mut out: Vec<(Symbol, f64)> = Vec::new();
    let mut sound = true;
    let hint = format!(
        "write {option} m=0.3,s=2, {option} m=1/3 or {option} m=[0.3,1] for the members of a family"
    );
    for text in at {
        let source = Source::named(&format!("<{option}>"), text);
        for (start, piece) in pieces(text) {
            let read = assignments(piece, session).and_then(|all| {
                let twice = all.iter().find(|(name, _)| out.iter().any(|(known, _)| known == name));
                match twice {
                    Some((name, _)) => {
                        Err(vec![unreadable(piece, format!("`{name}` is given twice"))])
                    }
                    None => Ok(all),
                }
            });
            match read {
                Ok(all) => out.extend(all),
                Err(problems) => {
                    let moved =
                        problems.into_iter().map(|p| in_option(p, &hint).shifted(start)).collect();
                    session.problems.extend(&source, moved);
                    sound = false;
                }
            }
        }
    }
    sound.then_some(out)
}

/// The parts between commas that stand outside brackets, with where they start.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let (mut out, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                out.push((start, &text[start..i]));
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push((start, &text[start..]));
    out.retain(|(_, piece)| !piece.trim().is_empty());
    out
}

/// `name = value`, or `name = [value, value]` for the members of a family from the first on.
fn assignments(piece: &str, session: &Session) -> Result<Vec<(Symbol, f64)>, Vec<Diagnostic>> {
    let Some((name, value)) = piece.split_once('=') else {
        return Err(vec![unreadable(piece, "a value is given as NAME=VALUE")]);
    };
    let name = Symbol::new(&term(name, session)?.to_string());
    let start = piece.len() - value.len();
    let inside = value.trim().strip_prefix('[').and_then(|v| v.strip_suffix(']'));
    let Some(inside) = inside else {
        return Ok(vec![(name, one_number(piece, (start, value), session)?)]);
    };
    let first = start + value.find('[').map_or(0, |at| at + 1);
    let mut out = Vec::new();
    for (k, (at, text)) in (1_u32..).zip(pieces(inside)) {
        let number = one_number(piece, (first + at, text), session)?;
        out.push((member(&name, f64::from(k)), number));
    }
    Ok(out)
}

fn one_number(
    piece: &str,
    (start, value): (usize, &str),
    session: &Session,
) -> Result<f64, Vec<Diagnostic>> {
    let moved = |all: Vec<Diagnostic>| -> Vec<Diagnostic> {
        all.into_iter().map(|d| d.shifted(start)).collect()
    };
    let number = match value.trim().parse::<f64>() {
        Ok(plain) => plain,
        Err(_) => {
            let term = term(value, session).map_err(moved)?;
            let limits = Options::default();
            let found = number_of(&term, &Environment::new(), &Nothing, &limits);
            found.map_err(|e| vec![unreadable(piece, e.to_string())])?.value
        }
    };
    if !number.is_finite() {
        return Err(vec![unreadable(piece, "the value is not a finite number")]);
    }
    Ok(number)
}

fn term(text: &str, session: &Session) -> Result<Term, Vec<Diagnostic>> {
    let tree = parse_expression(text)?;
    expression(&tree, &session.theory, &Context::default(), Undeclared::Accept)
}

/// A problem of an assignment with the hint for its option.
fn in_option(problem: Diagnostic, hint: &str) -> Diagnostic {
    match problem.code {
        "E0610" => problem.hint(hint),
        _ => problem,
    }
}

fn unreadable(piece: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new("E0610", Span::new(0, piece.len()), message).label("cannot be read")
}

fn show(
    subject: &Term,
    point: &[(Symbol, f64)],
    found: &Evaluation,
    format: TextOrJson,
    session: &mut Session,
) {
    match format {
        TextOrJson::Json => {
            let text = format!("{:#}", as_json(subject, point, found));
            session.output.line(&text);
        }
        TextOrJson::Terminal => as_text(subject, point, found, session),
    }
}

fn as_json(subject: &Term, point: &[(Symbol, f64)], found: &Evaluation) -> serde_json::Value {
    let at: serde_json::Map<_, _> =
        point.iter().map(|(name, v)| (name.as_str().to_owned(), number(*v))).collect();
    json!({
        "statement": subject.to_string(),
        "at": at,
        "closed_form": found.closed_form.map(number),
        "quadrature": found.quadrature.map(|q| {
            json!({"value": number(q.value), "error": number(q.error)})
        }),
        "enclosure": found.enclosure.map(|(low, high)| json!({"low": number(low), "high": number(high)})),
        "monte_carlo": found.monte_carlo.map(|m| {
            json!({
                "estimate": number(m.estimate),
                "standard_error": number(m.standard_error),
                "samples": m.samples,
                "seed": m.seed,
            })
        }),
        "notes": found.notes,
    })
}

fn as_text(subject: &Term, point: &[(Symbol, f64)], found: &Evaluation, session: &mut Session) {
    let head = session.unicode(subject);
    let out = &mut session.output;
    out.line(&format!("{}  at {}", out.ink("1", &head), values_in_words(point)));
    if let Some(closed) = found.closed_form {
        out.line(&format!("  closed form   {closed}"));
    }
    if let Some(q) = found.quadrature {
        out.line(&format!("  quadrature    {}  ± {:.1e}", q.value, q.error));
    }
    if let Some((low, high)) = found.enclosure {
        out.line(&format!("  enclosure     [{low}, {high}]"));
    }
    if let Some(m) = found.monte_carlo {
        out.line(&format!(
            "  Monte Carlo   {}  ± {:.1e} standard error, {} samples, seed {}",
            m.estimate, m.standard_error, m.samples, m.seed
        ));
    }
    for note in &found.notes {
        out.line(&format!("  note: {note}"));
    }
}
