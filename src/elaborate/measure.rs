//! Sums of multiples of distributions: `p + 2*q`. Such a sum has a mass, which is that of its weights, and is no distribution
//! unless that is one. Nothing is normalised but where the author asks for it.

use super::call::Typed;
use super::expression::{Elaborator, Shape, Undeclared, kind_mismatch};
use super::require::Place;
use super::scope::{Kind, Meaning};
use super::sign::exact;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Argument, Expr, ExprKind, Ident};
use crate::term::{MEASURE, MIXTURE, Node, Rational, Symbol, Term};
use crate::theory::Sort;

/// Weights with what they weigh.
type Parts = Vec<(Term, Term)>;

/// Sums within sums, through names, are followed so far and no further.
const DEPTH: usize = 32;

impl Elaborator<'_> {
    /// A sum of numbers, or of distributions where one of its parts is one; where both stand in it, the first part says
    /// what was meant.
    pub(super) fn sum(&mut self, exprs: &[Expr], span: Span) -> Typed {
        let all: Vec<Typed> = exprs.iter().map(|e| self.expression(e)).collect();
        // Of what is wrong in itself, a density at a point was meant for a number.
        let kind_of = |(typed, expr): (&Typed, &Expr)| match (typed, &expr.kind) {
            (Some((_, kind)), _) => Some(*kind),
            (None, ExprKind::Apply(..)) => Some(Kind::Number),
            (None, ExprKind::Call(name, _)) => {
                let of = self.scope.meaning(&name.name).map(Meaning::kind);
                of.filter(|kind| kind.is_weighable()).map(|_| Kind::Number)
            }
            _ => None,
        };
        let first = all.iter().zip(exprs).find_map(kind_of);
        let numbers = first.is_some_and(|k| !k.fits(Kind::Measure) && k != Kind::Vector);
        if !numbers && all.iter().flatten().any(|(_, kind)| kind.is_weighable()) {
            return self.added(all, exprs, span);
        }
        let terms = self.numbers_of(all, exprs)?;
        let spans = exprs.iter().map(|p| p.span);
        self.check_units(&terms.iter().zip(spans).collect::<Vec<_>>())?;
        Some((Node::Sum(terms).into(), Kind::Number))
    }

    /// A product of numbers, or a multiple of a distribution where one of its factors is one.
    pub(super) fn multiple(&mut self, exprs: &[Expr], span: Span) -> Typed {
        let mut all: Vec<Typed> = exprs.iter().map(|e| self.expression(e)).collect();
        let weighable = |typed: &Typed| typed.as_ref().is_some_and(|(_, kind)| kind.is_weighable());
        let Some(at) = all.iter().position(weighable) else {
            return Some((Node::Product(self.numbers_of(all, exprs)?).into(), Kind::Number));
        };
        if let Some(other) = (at + 1..all.len()).find(|i| weighable(&all[*i])) {
            let message = "distributions are not multiplied";
            self.report(
                Diagnostic::new("E0731", exprs[other].span, message)
                    .label("a second one")
                    .also(exprs[at].span, "the first")
                    .hint("for the product of two densities write p(x)*q(x), for independent coordinates product(p, q)"),
            );
            return None;
        }
        let (part, _) = all.remove(at)?;
        let mut rest: Vec<Expr> = exprs.to_vec();
        rest.remove(at);
        let weight = Term::product(self.numbers_of(all, &rest)?);
        self.weighed(scaled(&part, &weight), span)
    }

    /// A quotient of numbers, or a distribution over a number.
    pub(super) fn quotient(&mut self, a: &Expr, b: &Expr, span: Span) -> Typed {
        let (above, below) = (self.expression(a), self.expression(b));
        if !above.as_ref().is_some_and(|(_, kind)| kind.is_weighable()) {
            let mut both = self.numbers_of(vec![above, below], &[a.clone(), b.clone()])?;
            let below = both.pop()?;
            return Some((Term::quotient(both.pop()?, below), Kind::Number));
        }
        let below = self.numbers_of(vec![below], std::slice::from_ref(b))?.pop()?;
        let weight = match exact(&below).and_then(|b| Rational::ONE.checked_div(&b)) {
            Some(value) => Term::rational(&value),
            None => Term::quotient(Term::integer(1), below),
        };
        self.weighed(scaled(&above?.0, &weight), span)
    }

    /// `-a`, which no distribution has.
    pub(super) fn negative(&mut self, a: &Expr, span: Span) -> Typed {
        let (term, kind) = self.expression(a)?;
        if kind.is_weighable() {
            self.report(
                Diagnostic::new("E0732", span, "distributions are added, never subtracted")
                    .label("would have a negative weight")
                    .hint("subtract the densities at a point: p(x) - q(x)"),
            );
            return None;
        }
        let number = self.numbers_of(vec![Some((term, kind))], std::slice::from_ref(a))?.pop()?;
        Some((Term::neg(number), Kind::Number))
    }

    fn numbers_of(&mut self, all: Vec<Typed>, exprs: &[Expr]) -> Option<Vec<Term>> {
        // Each is looked at, so that one run reports everything.
        let terms: Vec<Option<Term>> = all
            .into_iter()
            .zip(exprs)
            .map(|(typed, expr)| {
                let (term, kind) = typed?;
                if kind.fits(Kind::Number) {
                    return Some(term);
                }
                self.report(kind_mismatch(expr.span, kind, Kind::Number));
                None
            })
            .collect();
        terms.into_iter().collect()
    }

    fn added(&mut self, all: Vec<Typed>, exprs: &[Expr], span: Span) -> Typed {
        let mut parts: Option<Parts> = Some(Vec::new());
        for (typed, expr) in all.into_iter().zip(exprs) {
            let part = match typed {
                Some((vector, Kind::Vector)) => self.as_distribution(vector, expr.span),
                Some((term, kind)) if kind.fits(Kind::Measure) => Some(term),
                Some((_, kind)) => {
                    let found = kind_mismatch(expr.span, kind, Kind::Distribution);
                    self.report(found.hint("distributions are added to distributions"));
                    None
                }
                None => None,
            };
            match (&mut parts, part) {
                (Some(parts), Some(part)) => parts.extend(own_parts(&part)),
                _ => parts = None,
            }
        }
        self.weighed(parts?, span)
    }

    /// `measure(2: p, 1: q)`, the machine form of `2*p + q`.
    pub(super) fn measure(&mut self, name: &Ident, arguments: &[Argument], span: Span) -> Typed {
        let parts = self.weighted(name, arguments, span, Kind::Measure)?;
        self.weighed(parts.into_iter().map(|(weight, part, _)| (weight, part)).collect(), span)
    }

    /// The distribution that parts with their weights make: a mixture where the weights sum to one, else a sum that has a
    /// mass of its own.
    fn weighed(&mut self, parts: Parts, span: Span) -> Typed {
        let all = self.flattened(&parts);
        self.check_one_kind(&all, span)?;
        for (weight, _) in &parts {
            if exact(weight).is_some_and(|w| !w.is_positive()) {
                let message = "a distribution in a sum has a positive weight";
                self.report(
                    Diagnostic::new("E0213", span, message)
                        .label(format!("the weight is {weight}"))
                        .hint("leave a part of weight 0 out; subtract the densities at a point: p(x) - q(x)"),
                );
                return None;
            }
            let (of, parameter) = (Symbol::new("the sum"), Symbol::new("weight"));
            let place = Place { of: &of, parameter: &parameter, span };
            if !weight.has_metas() {
                self.require(weight, Sort::Positive, &place)?;
            }
        }
        let total = total(&all);
        let one =
            exact(&total).is_some_and(|t| t.is_one()) || super::call::is_evidently_one(&total);
        if !one {
            let flat = parts.into_iter().flat_map(|(weight, part)| [weight, part]).collect();
            return Some((Term::call(MEASURE, flat), Kind::Measure));
        }
        Some((mixed(all)?, Kind::Distribution))
    }

    fn check_one_kind(&mut self, parts: &Parts, span: Span) -> Option<()> {
        let mut kinds = parts.iter().filter_map(|(_, part)| self.lives_on_integers(part));
        let apart = kinds.next().is_some_and(|first| kinds.any(|kind| kind != first));
        let shapes = parts.iter().map(|(_, part)| self.shape_of_points(part));
        let mut shapes = shapes.filter(|s| matches!(s, Shape::Scalar | Shape::Vector));
        let shaped = shapes.next().is_some_and(|first| shapes.any(|shape| shape != first));
        if !apart && !shaped {
            return Some(());
        }
        let (message, label) = match apart {
            true => (
                "a sum of a density and a mass has neither",
                "one part lives on integers, the other on an interval",
            ),
            false => (
                "distributions of numbers and of vectors are not added",
                "one part is about numbers, the other about vectors",
            ),
        };
        let hint = "add distributions of one kind";
        self.report(Diagnostic::new("E0225", span, message).label(label).hint(hint));
        None
    }

    /// The parts of a sum, those of sums that are parts of it among them, names followed.
    fn flattened(&self, parts: &Parts) -> Parts {
        let mut out = Vec::new();
        for (weight, part) in parts {
            self.flatten(weight, part, DEPTH, &mut out);
        }
        out
    }

    fn flatten(&self, weight: &Term, part: &Term, depth: usize, out: &mut Parts) {
        let defined = part.as_symbol().and_then(|name| self.scope.definition(name));
        match defined {
            Some(value) if depth > 0 && self.is_sum(value, depth) => {
                self.flatten(weight, &value.clone(), depth - 1, out);
            }
            _ if part.is_measure() && depth > 0 => {
                for (inner, part) in part.weighted_parts().unwrap_or_default() {
                    self.flatten(&times(weight, inner), part, depth - 1, out);
                }
            }
            _ => out.push((weight.clone(), part.clone())),
        }
    }

    /// Whether a definition is a sum of distributions, or a name of one.
    fn is_sum(&self, value: &Term, depth: usize) -> bool {
        let named = || self.scope.definition(value.as_symbol()?);
        value.is_measure() || depth > 0 && named().is_some_and(|v| self.is_sum(v, depth - 1))
    }

    /// The mass of a sum of distributions.
    pub(super) fn mass_of(&self, measure: &Term) -> Term {
        total(&self.flattened(&vec![(Term::integer(1), measure.clone())]))
    }

    /// `normalise(P)`: the distribution that is proportional to P.
    pub(super) fn normalise(&mut self, name: &Ident, arguments: &[Argument]) -> Typed {
        let [argument] = arguments else {
            let message = format!("`{}` takes one sum of distributions", name.name);
            self.report(Diagnostic::new("E0204", name.span, message).hint("write normalise(P)"));
            return None;
        };
        let of = self.plain(argument, Kind::Measure)?;
        let all = self.flattened(&vec![(Term::integer(1), of)]);
        let whole = total(&all);
        let share = |weight: &Term| match (exact(weight), exact(&whole)) {
            (Some(w), Some(all)) => Some(Term::rational(&w.checked_div(&all)?)),
            _ => Some(Term::quotient(weight.clone(), whole.clone())),
        };
        let parts: Option<Parts> =
            all.into_iter().map(|(weight, part)| Some((share(&weight)?, part))).collect();
        Some((mixed(parts?)?, Kind::Distribution))
    }

    /// An expression that is no sum of distributions.
    pub(super) fn normalised(&mut self, expr: &Expr) -> Typed {
        let (term, kind) = self.expression(expr)?;
        if kind == Kind::Measure {
            self.not_normalised(&term, expr.span);
            return None;
        }
        Some((term, kind))
    }

    /// That a distribution is needed where a sum of some stands.
    pub(super) fn not_normalised(&mut self, measure: &Term, span: Span) {
        if self.undeclared == Undeclared::Accept {
            self.report(kind_mismatch(span, Kind::Measure, Kind::Distribution));
            return;
        }
        let mass = self.mass_of(measure);
        let name = measure.as_symbol().map_or("P", Symbol::as_str);
        let message = format!("a distribution is needed here, but this has mass {mass}");
        self.report(
            Diagnostic::new("E0733", span, message)
                .label(format!("mass {mass}, not 1"))
                .hint(format!("write normalise({name}) for the distribution proportional to it")),
        );
    }
}

/// What a sum adds: the parts of a sum that is written out, else the distribution itself.
fn own_parts(part: &Term) -> Parts {
    match part.weighted_parts() {
        Some(parts) if part.is_measure() => {
            parts.into_iter().map(|(w, p)| (w.clone(), p.clone())).collect()
        }
        _ => vec![(Term::integer(1), part.clone())],
    }
}

fn scaled(part: &Term, by: &Term) -> Parts {
    own_parts(part).into_iter().map(|(weight, part)| (times(by, &weight), part)).collect()
}

/// The product of two weights; where both are numbers, its value.
fn times(a: &Term, b: &Term) -> Term {
    let is_one = |t: &Term| exact(t).is_some_and(|r| r.is_one());
    match (exact(a), exact(b)) {
        (Some(a), Some(b)) => Term::rational(&(&a * &b)),
        _ if is_one(a) => b.clone(),
        _ if is_one(b) => a.clone(),
        _ => Term::product(vec![a.clone(), b.clone()]),
    }
}

fn total(parts: &Parts) -> Term {
    let exact_total = parts.iter().try_fold(Rational::ZERO, |sum, (w, _)| Some(&sum + &exact(w)?));
    match exact_total {
        Some(value) => Term::rational(&value),
        None => Term::sum(parts.iter().map(|(weight, _)| weight.clone()).collect()),
    }
}

/// The mixture of parts whose weights sum to one.
fn mixed(mut parts: Parts) -> Option<Term> {
    if parts.len() == 1 {
        return parts.pop().map(|(_, part)| part);
    }
    let flat = parts.into_iter().flat_map(|(weight, part)| [weight, part]).collect();
    Some(Term::call(MIXTURE, flat))
}
