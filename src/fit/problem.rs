//! What is fitted to what: targets with any mass, and models with free parameters.

use std::fmt;

use crate::diagnostic::{Diagnostic, Span};
use crate::elaborate::{Context, Undeclared, distribution, expression};
use crate::syntax::tree::{Expr, ExprKind};
use crate::term::{Node, Rational, Symbol, Term};
use crate::theory::{Loss, Sort, Theory};
use crate::verify::facts;

/// A weighted sum of distributions on the line, which need not add up to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Weights and distributions, none of which is a mixture.
    pub parts: Vec<(Rational, Term)>,
    /// The total weight.
    pub mass: Rational,
    /// The sum divided by its mass: one distribution, or a mixture.
    pub normalised: Term,
}

/// A distribution with free parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The distribution.
    pub distribution: Term,
    /// Its parameters with their sorts, in the order in which they are written.
    pub parameters: Vec<(Symbol, Sort)>,
    /// What else is assumed of them.
    pub relations: Vec<Term>,
}

/// What a fit minimises, of what.
#[derive(Clone, Debug, PartialEq)]
pub struct FitProblem {
    /// What is fitted to.
    pub target: Target,
    /// What is fitted.
    pub model: Model,
    /// What is minimised.
    pub loss: Loss,
    /// The parameters that move on a logarithmic scale.
    pub logarithmic: Vec<Symbol>,
    /// A value for each parameter.
    pub start: Vec<f64>,
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FitError {
    /// A stable code.
    pub code: &'static str,
    /// What it is about.
    pub about: About,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What a [`FitError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What is fitted to.
    Target,
    /// What is fitted.
    Model,
    /// What is minimised.
    Loss,
    /// Where it begins.
    Start,
    /// The scales of the parameters.
    Scales,
}

impl FitError {
    pub(super) fn new(
        code: &'static str,
        about: About,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { code, about, message: message.into(), hint: hint.into() }
    }

    /// The error at a place in a text.
    pub fn at(&self, span: Span) -> Diagnostic {
        Diagnostic::new(self.code, span, self.message.clone()).hint(self.hint.clone())
    }
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FitError {}

/// Reads a target: a distribution, or a sum of multiples of distributions.
///
/// # Errors
/// Everything that is wrong with it.
pub fn target(tree: &Expr, theory: &Theory, context: &Context) -> Result<Target, Vec<Diagnostic>> {
    let mut parts = Vec::new();
    summands(tree, &Rational::from(1), theory, context, &mut parts)?;
    let refuse = |message: String, hint: &str| {
        vec![Diagnostic::new("E0904", tree.span, message).label("to be fitted to").hint(hint)]
    };
    let zero = Rational::from(0);
    for (weight, part) in &parts {
        if !weight.is_positive() {
            return Err(refuse(
                format!("`{part}` has the weight {weight}"),
                "weigh what is added by positive numbers",
            ));
        }
        if let Some(name) = part.free_symbols().into_iter().find(|s| !is_constant(s)) {
            return Err(refuse(
                format!("`{name}` has no value"),
                "give every parameter of the target a number",
            ));
        }
        if theory.is_discrete(part) {
            return Err(refuse(
                format!("`{part}` lives on integers"),
                "a fit compares densities on the line",
            ));
        }
        if theory.distribution(part).is_none() {
            return Err(refuse(
                format!("`{part}` has no density of one number"),
                "a fit compares densities on the line",
            ));
        }
    }
    let mass = parts.iter().fold(zero, |sum, (w, _)| &sum + w);
    let normalised = match parts.as_slice() {
        [(_, one)] => one.clone(),
        _ => {
            let share =
                |w: &Rational| Term::rational(&w.checked_div(&mass).unwrap_or_else(|| w.clone()));
            let arguments = parts.iter().flat_map(|(w, p)| [share(w), p.clone()]).collect();
            Term::call("mixture", arguments)
        }
    };
    Ok(Target { parts, mass, normalised })
}

fn is_constant(name: &Symbol) -> bool {
    crate::elaborate::CONSTANTS.contains(&name.as_str())
}

/// The weighted distributions of a sum of multiples.
fn summands(
    tree: &Expr,
    weight: &Rational,
    theory: &Theory,
    context: &Context,
    out: &mut Vec<(Rational, Term)>,
) -> Result<(), Vec<Diagnostic>> {
    let number = |e: &Expr| -> Option<Rational> {
        let term = expression(e, theory, context, Undeclared::Refuse).ok()?;
        term.as_rational()
    };
    match &tree.kind {
        ExprKind::Sum(parts) => {
            for part in parts {
                summands(part, weight, theory, context, out)?;
            }
            Ok(())
        }
        ExprKind::Product(factors) => {
            let (mut weight, mut others) = (weight.clone(), Vec::new());
            for factor in factors {
                match number(factor) {
                    Some(n) => weight = &weight * &n,
                    None => others.push(factor),
                }
            }
            match others.as_slice() {
                [one] => summands(one, &weight, theory, context, out),
                _ => Err(not_a_sum(tree)),
            }
        }
        ExprKind::Quotient(a, b) => match number(b).and_then(|n| weight.checked_div(&n)) {
            Some(weight) => summands(a, &weight, theory, context, out),
            None => Err(not_a_sum(tree)),
        },
        ExprKind::Neg(inner) => summands(inner, &-weight, theory, context, out),
        _ => {
            let (term, _) = distribution(tree, theory, context, Undeclared::InferFromUse)?;
            flattened(&facts(context).resolve(&term), weight, context, out);
            Ok(())
        }
    }
}

fn not_a_sum(tree: &Expr) -> Vec<Diagnostic> {
    let message = "a target is a sum of numbers times distributions";
    vec![
        Diagnostic::new("E0904", tree.span, message)
            .label("neither a distribution nor a multiple of one")
            .hint("write mixture(1/2: p, 1/2: q), p + q, or 2*p"),
    ]
}

/// The parts of a distribution, mixtures and sums opened, each with its weight.
fn flattened(term: &Term, weight: &Rational, context: &Context, out: &mut Vec<(Rational, Term)>) {
    let known = facts(context);
    let term = known.resolve(term);
    match term.node() {
        Node::Call(name, arguments) if name == "mixture" => {
            let pairs: Option<Vec<(Rational, &Term)>> =
                arguments.chunks_exact(2).map(|p| Some((p[0].as_rational()?, &p[1]))).collect();
            match pairs {
                Some(pairs) => {
                    for (w, part) in pairs {
                        flattened(part, &(weight * &w), context, out);
                    }
                }
                None => out.push((weight.clone(), term)),
            }
        }
        Node::Sum(parts) => {
            for part in parts {
                flattened(part, weight, context, out);
            }
        }
        Node::Product(factors) => {
            let (mut weight, mut others) = (weight.clone(), Vec::new());
            for factor in factors {
                match factor.as_rational() {
                    Some(n) => weight = &weight * &n,
                    None => others.push(factor.clone()),
                }
            }
            match others.as_slice() {
                [one] => flattened(one, &weight, context, out),
                _ => out.push((weight, Term::product(others))),
            }
        }
        _ => out.push((weight.clone(), term)),
    }
}

/// Reads a model: one of the theory by its name, or a distribution whose undeclared names are its parameters.
///
/// # Errors
/// Everything that is wrong with it.
pub fn model(tree: &Expr, theory: &Theory, context: &Context) -> Result<Model, Vec<Diagnostic>> {
    if let ExprKind::Name(name) = &tree.kind
        && let Some(known) = theory.models().iter().find(|m| m.name.as_str() == name)
    {
        return Ok(named(known));
    }
    let refuse = |message: String, hint: &str| {
        vec![Diagnostic::new("E0905", tree.span, message).label("to be fitted").hint(hint)]
    };
    let (term, inside) = distribution(tree, theory, context, Undeclared::InferFromUse)?;
    let known = facts(&inside);
    let term = known.written_out(&term);
    let mut parameters: Vec<(Symbol, Sort)> = Vec::new();
    term.any(&mut |t| {
        if let Some(name) = t.as_symbol()
            && !is_constant(name)
            && parameters.iter().all(|(p, _)| p != name)
            && let Some(sort) = known.sorts.get(name)
        {
            parameters.push((name.clone(), *sort));
        }
        false
    });
    if parameters.is_empty() {
        let hint = "leave parameters open by writing names for them";
        return Err(refuse(format!("`{term}` has no free parameters"), hint));
    }
    let open = |(_, s): &&(Symbol, Sort)| {
        !matches!(
            s,
            Sort::Real | Sort::Positive | Sort::Nonnegative | Sort::Nonzero | Sort::Negative
        )
    };
    if let Some((name, _)) = parameters.iter().find(open) {
        let hint = "give it a value in the model";
        return Err(refuse(format!("`{name}` does not vary continuously"), hint));
    }
    let mut kinds = Vec::new();
    flattened(&term, &Rational::from(1), context, &mut kinds);
    if let Some((_, part)) = kinds.iter().find(|(_, p)| theory.support_of(p).is_none()) {
        let hint = "a fit compares densities on the line";
        return Err(refuse(format!("`{part}` has no density of one number"), hint));
    }
    let mentions = |r: &&Term| parameters.iter().any(|(p, _)| r.mentions(p));
    let relations = inside.relations.iter().filter(mentions).cloned().collect();
    Ok(Model { distribution: term, parameters, relations })
}

/// A model of the theory.
pub fn named(known: &crate::theory::Model) -> Model {
    Model {
        distribution: known.distribution.clone(),
        parameters: known.parameters.clone(),
        relations: Vec::new(),
    }
}

/// The loss of this name.
///
/// # Errors
/// Where the theory has none.
pub fn loss(name: &str, theory: &Theory) -> Result<Loss, FitError> {
    let known = theory.losses().iter().find(|l| l.definition.name.as_str() == name);
    known.cloned().ok_or_else(|| {
        let all: Vec<&str> = theory.losses().iter().map(|l| l.definition.name.as_str()).collect();
        let hint = format!("losses are {}", all.join(", "));
        FitError::new("E0901", About::Loss, format!("`{name}` is no loss"), hint)
    })
}

/// Which parameters move on a logarithmic scale, from words such as `sigma` and `log-sigma`.
///
/// # Errors
/// For words that name no parameter, or one that may be negative.
pub fn scales(words: &[String], model: &Model) -> Result<Vec<Symbol>, FitError> {
    let mut out = Vec::new();
    for word in words {
        let (name, logarithm) = match word.strip_prefix("log-") {
            Some(name) => (name, true),
            None => (word.as_str(), false),
        };
        let names: Vec<&str> = model.parameters.iter().map(|(p, _)| p.as_str()).collect();
        let refuse =
            |message: String, hint: String| FitError::new("E0907", About::Scales, message, hint);
        let Some((known, sort)) = model.parameters.iter().find(|(p, _)| p.as_str() == name) else {
            let hint = format!("its parameters are {}", names.join(", "));
            return Err(refuse(format!("`{name}` is no parameter of the model"), hint));
        };
        if logarithm && *sort != Sort::Positive {
            let hint = format!("write {name}");
            return Err(refuse(
                format!("`{name}` need not be positive, so it has no logarithm"),
                hint,
            ));
        }
        if logarithm {
            out.push(known.clone());
        }
    }
    Ok(out)
}

/// A value for each parameter, from pairs.
///
/// # Errors
/// For a name that is no parameter, one that is given twice or not at all, and values that are not admitted.
pub fn start(given: &[(Symbol, f64)], model: &Model) -> Result<Vec<f64>, FitError> {
    let refuse =
        |code, message: String, hint: String| FitError::new(code, About::Start, message, hint);
    let names: Vec<&str> = model.parameters.iter().map(|(p, _)| p.as_str()).collect();
    for (name, _) in given {
        if !names.contains(&name.as_str()) {
            let hint = format!("its parameters are {}", names.join(", "));
            return Err(refuse("E0902", format!("`{name}` is no parameter of the model"), hint));
        }
    }
    let mut out = Vec::new();
    let missing: Vec<&str> =
        names.iter().filter(|n| given.iter().all(|(g, _)| g.as_str() != **n)).copied().collect();
    if !missing.is_empty() {
        let add: Vec<String> = missing.iter().map(|n| format!("{n}=…")).collect();
        let message = format!("no value is given for {}", missing.join(", "));
        return Err(refuse("E0902", message, format!("add {}", add.join(","))));
    }
    for (name, sort) in &model.parameters {
        let value = given.iter().find(|(g, _)| g == name).map_or(f64::NAN, |(_, v)| *v);
        let admitted = value.is_finite()
            && match sort {
                Sort::Positive => value > 0.0,
                Sort::Nonnegative => value >= 0.0,
                Sort::Negative => value < 0.0,
                Sort::Nonzero => value != 0.0,
                _ => true,
            };
        if !admitted {
            let word = format!("{sort:?}").to_lowercase();
            let hint = format!("{name} must be {word}");
            return Err(refuse("E0903", format!("the fit cannot start at {name} = {value}"), hint));
        }
        out.push(value);
    }
    Ok(out)
}
