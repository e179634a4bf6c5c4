//! Functions that are not further known, at points: smooth, bounded and not linear, with numbers that a reader can copy.

use crate::numeric::{Environment, Function, PointStream};
use crate::term::{Domain, Rational, Symbol, Term};
use crate::theory::{Sort, dimension};

use super::Numbers;
use super::families::number_at;

/// Coefficients are whole multiples of one part in this many.
const PARTS: i64 = 10;

/// Functions of more coordinates are not drawn.
const MOST: i64 = 512;

/// Coordinates that are shown before the rest is left out.
const SHOWN: usize = 4;

/// A function of these arguments at a point that knows how many coordinates they have; `None` for a sort that no smooth
/// function has.
pub(super) fn function(
    sort: Sort,
    arguments: &[Domain],
    point: &Environment,
    numbers: Numbers<'_>,
    stream: &mut PointStream,
) -> Option<Function> {
    let parameters: Vec<Symbol> = match arguments.len() {
        1 => vec![Symbol::new("z")],
        n => (1..=n).map(|k| Symbol::new(&format!("z{k}"))).collect(),
    };
    let mut places = Vec::new();
    for (parameter, axis) in parameters.iter().zip(arguments) {
        let whole = Term::symbol(parameter.clone());
        match dimension(axis) {
            None => places.push(whole),
            Some(n) => {
                let n = number_at(n, point, numbers)? as i64;
                if n > MOST {
                    return None;
                }
                places.extend((1..=n).map(|k| Term::index(whole.clone(), Term::integer(k))));
            }
        }
    }
    // The sum of many coordinates stays of the size of one.
    let scale = 1.0 / (places.len().max(1) as f64).sqrt();
    let mut inside = Affine::default();
    for place in &places {
        inside.add(signed(stream, 0.3 * scale, 0.9 * scale), Some(place));
    }
    inside.add(coefficient(stream.uniform(-1.5, 1.5)), None);
    // Bounded, and with one bend: waves would be finer than a grid when they are wide apart from what averages them.
    let (u, u_text) = (inside.term(), inside.text());
    let square = Term::power(u.clone(), Term::integer(2));
    let below = Term::call("sqrt", vec![Term::sum(vec![Term::integer(1), square])]);
    let bend = Term::quotient(u, below);
    let bend_text = format!("({u_text})/sqrt(1 + ({u_text})^2)");
    let (size, shift) = match sort {
        Sort::Real => (signed(stream, 0.6, 1.6), coefficient(stream.uniform(-1.0, 1.0))),
        Sort::Positive | Sort::Nonnegative | Sort::Negative | Sort::Nonzero => {
            (signed(stream, 0.3, 0.8), coefficient(stream.uniform(-0.5, 0.5)))
        }
        Sort::Integer
        | Sort::Natural
        | Sort::Density
        | Sort::Mass
        | Sort::Probabilities
        | Sort::Positives => {
            return None;
        }
    };
    let mut outside = Affine::default();
    outside.parts.push((size, Some((bend, bend_text))));
    outside.add(shift, None);
    let (body, text) = match sort {
        Sort::Real => (outside.term(), outside.text()),
        Sort::Negative => {
            let power = Term::call("exp", vec![outside.term()]);
            (Term::neg(power), format!("-exp({})", outside.text()))
        }
        _ => (Term::call("exp", vec![outside.term()]), format!("exp({})", outside.text())),
    };
    let names: Vec<&str> = parameters.iter().map(Symbol::as_str).collect();
    let names = match names.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("({})", several.join(", ")),
    };
    Some(Function { parameters, body, text: format!("{names} ↦ {text}") })
}

/// The functions of a point, for a report.
pub(super) fn listed(point: &Environment) -> Vec<(Symbol, String)> {
    point.functions().map(|(name, f)| (name.clone(), f.text.clone())).collect()
}

fn coefficient(value: f64) -> i64 {
    (value * PARTS as f64).round() as i64
}

/// A coefficient of a size between two numbers, of either sign.
fn signed(stream: &mut PointStream, low: f64, high: f64) -> i64 {
    let size = coefficient(stream.uniform(low, high)).max(1);
    if stream.uniform(0.0, 1.0) < 0.5 { -size } else { size }
}

/// A sum of multiples, and of numbers.
#[derive(Default)]
struct Affine {
    parts: Vec<(i64, Option<(Term, String)>)>,
}

impl Affine {
    fn add(&mut self, by: i64, of: Option<&Term>) {
        if by != 0 || of.is_some() {
            self.parts.push((by, of.map(|t| (t.clone(), t.to_string()))));
        }
    }

    fn term(&self) -> Term {
        let number =
            |n: i64| Rational::new(n, PARTS).map_or(Term::integer(0), |r| Term::rational(&r));
        let part = |(by, of): &(i64, Option<(Term, String)>)| match of {
            Some((term, _)) => Term::product(vec![number(*by), term.clone()]),
            None => number(*by),
        };
        Term::sum(self.parts.iter().map(part).collect())
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (i, (by, of)) in self.parts.iter().enumerate() {
            if i >= SHOWN && i + 1 < self.parts.len() {
                if i == SHOWN {
                    out += " + …";
                }
                continue;
            }
            out += match (i, *by < 0) {
                (0, true) => "-",
                (0, false) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            let size = by.abs() as f64 / PARTS as f64;
            out += &match of {
                Some((_, text)) if size == 1.0 => text.clone(),
                Some((_, text)) => format!("{size}*{text}"),
                None => size.to_string(),
            };
        }
        out
    }
}
