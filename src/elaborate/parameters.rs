//! The parameters of a distribution: which parameterisation is meant, what the positional ones then are, and whether
//! they satisfy their constraints.

use std::collections::BTreeMap;

use super::call::{bare_name, plural};
use super::expression::{Elaborator, Text, kind_mismatch};
use super::names;
use super::require::Place;
use super::scope::Kind;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Argument, Ident};
use crate::term::{Symbol, Term};
use crate::theory::{Condition, Distribution, Sort};

/// One way to give the parameters: their names and sorts, and whether they may be given by place.
struct Signature<'a> {
    parameters: Vec<(&'a Symbol, Sort, ByPlace)>,
    with: Option<&'a BTreeMap<Symbol, Term>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ByPlace {
    Yes,
    No,
}

/// An argument with its label and its place in the text.
struct Given {
    label: Option<String>,
    value: Term,
    kind: Kind,
    span: Span,
}

/// Numbers given one by one where the last parameter is a vector make up that vector.
fn gather(given: &mut Vec<Given>, parameters: usize) {
    let Some(front) = parameters.checked_sub(1) else { return };
    let loose = given.len() > front
        && given[front..].iter().all(|g| g.label.is_none() && g.kind == Kind::Number);
    if !loose {
        return;
    }
    let entries = given.split_off(front);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
    let span = first.span.to(last.span);
    let value = Term::vector(entries.into_iter().map(|g| g.value).collect());
    given.push(Given { label: None, value, kind: Kind::Vector, span });
}

impl Elaborator<'_> {
    /// The distribution with its positional parameters.
    pub(super) fn distribution(
        &mut self,
        name: &Ident,
        arguments: &[Argument],
        span: Span,
    ) -> Option<Term> {
        let theory = self.theory;
        let known = theory.distribution_named(&name.name)?;
        let vector = ways(known).iter().any(|w| w.parameters.iter().any(|p| p.1.is_vector()));
        let given: Vec<_> = arguments.iter().map(|a| self.given(a, vector)).collect();
        let mut given: Vec<Given> = given.into_iter().collect::<Option<_>>()?;
        if vector {
            gather(&mut given, known.parameters.len());
        }
        self.check_labels(known, &given)?;
        let found =
            ways(known).into_iter().find_map(|w| assign(&w, &given).map(|slots| (w, slots)));
        let Some((way, slots)) = found else {
            self.no_such_way(known, &given, span);
            return None;
        };
        let map: BTreeMap<Symbol, Term> = way
            .parameters
            .iter()
            .zip(&slots)
            .map(|((parameter, _, _), &slot)| ((*parameter).clone(), given[slot].value.clone()))
            .collect();
        self.check_sorts(known, &way, &slots, &given)?;
        let values = positional(known, &way, &map)?;
        self.check_values(known, &values, span)?;
        Some(Term::call(known.name.clone(), values))
    }

    fn given(&mut self, argument: &Argument, vector: bool) -> Option<Given> {
        let label = match &argument.label {
            None => None,
            Some(label) => match bare_name(label) {
                Some(name) => Some(name.to_owned()),
                None => {
                    let message = "a parameter is named by a word";
                    self.report(Diagnostic::new("E0206", label.span, message).label("not a name"));
                    return None;
                }
            },
        };
        let (value, kind) = self.expression(&argument.value)?;
        let fits = kind.fits(Kind::Number) || (vector && kind == Kind::Vector);
        if !fits {
            self.report(kind_mismatch(argument.value.span, kind, Kind::Number));
            return None;
        }
        Some(Given { label, value, kind, span: argument.value.span })
    }

    fn check_labels(&mut self, known: &Distribution, given: &[Given]) -> Option<()> {
        let all: Vec<&Symbol> =
            ways(known).iter().flat_map(|w| w.parameters.iter().map(|p| p.0)).collect();
        for argument in given {
            let Some(label) = &argument.label else { continue };
            if all.iter().any(|known| known.as_str() == label) {
                continue;
            }
            let near = names::nearest(label, all.iter().map(|s| s.as_str()));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write {}", signatures(known).join(" or ")),
            };
            let message = format!("`{}` has no parameter called `{label}`", known.name);
            self.report(
                Diagnostic::new("E0206", argument.span, message).label("given here").hint(hint),
            );
            return None;
        }
        Some(())
    }

    fn no_such_way(&mut self, known: &Distribution, given: &[Given], span: Span) {
        let n = given.len();
        let (code, message) = if given.iter().any(|g| g.label.is_some()) {
            ("E0206", format!("these parameters do not determine a `{}`", known.name))
        } else {
            ("E0204", format!("`{}` cannot be given {n} parameter{}", known.name, plural(n)))
        };
        self.report(
            Diagnostic::new(code, span, message)
                .label("wrong parameters")
                .hint(format!("write {}", signatures(known).join(" or "))),
        );
    }

    fn check_sorts(
        &mut self,
        known: &Distribution,
        way: &Signature<'_>,
        slots: &[usize],
        given: &[Given],
    ) -> Option<()> {
        if self.text != Text::Statement {
            return Some(());
        }
        let mut fine = Some(());
        let infinite = Symbol::new("oo");
        if let Some(argument) = given.iter().find(|g| g.value.mentions(&infinite)) {
            let message = format!("a parameter of {} must be finite", known.name);
            self.report(
                Diagnostic::new("E0211", argument.span, message)
                    .label("infinite")
                    .hint("give a number; what happens in the limit is another question"),
            );
            return None;
        }
        for ((parameter, sort, _), &slot) in way.parameters.iter().zip(slots) {
            let argument = &given[slot];
            let place = Place { of: &known.name, parameter, span: argument.span };
            if self.require(&argument.value, *sort, &place).is_none() {
                fine = None;
            }
        }
        fine
    }

    /// The positional values themselves, and the constraints between them.
    fn check_values(&mut self, known: &Distribution, values: &[Term], span: Span) -> Option<()> {
        if self.text != Text::Statement {
            return Some(());
        }
        let mut fine = Some(());
        for ((parameter, sort), value) in known.parameters.iter().zip(values) {
            let place = Place { of: &known.name, parameter, span };
            if self.require(value, *sort, &place).is_none() {
                fine = None;
            }
        }
        let formals = known.parameters.iter().map(|(name, _)| name.clone());
        let map: BTreeMap<Symbol, Term> = formals.zip(values.iter().cloned()).collect();
        for constraint in &known.constraints {
            let Condition::Compare(relation, a, b) = constraint else { continue };
            let (a, b) = (a.substitute_all(&map), b.substitute_all(&map));
            if self.require_relation(*relation, &a, &b, &known.name, span).is_none() {
                fine = None;
            }
        }
        fine
    }
}

/// The ways to give a distribution's parameters, the positional one first.
fn ways(known: &Distribution) -> Vec<Signature<'_>> {
    let canonical = known.parameters.iter().map(|(name, sort)| (name, *sort, ByPlace::Yes));
    let mut all = vec![Signature { parameters: canonical.collect(), with: None }];
    for alternative in &known.alternatives {
        let parameters = alternative.parameters.iter().map(|(name, sort)| match sort {
            Some(sort) => (name, *sort, ByPlace::No),
            None => (name, positional_sort(known, name), ByPlace::Yes),
        });
        all.push(Signature { parameters: parameters.collect(), with: Some(&alternative.with) });
    }
    all
}

fn positional_sort(known: &Distribution, name: &Symbol) -> Sort {
    let found = known.parameters.iter().find(|(parameter, _)| parameter == name);
    found.map_or(Sort::Real, |(_, sort)| *sort)
}

/// For each parameter, the argument that gives it; `None` unless the arguments are just these parameters.
fn assign(way: &Signature<'_>, given: &[Given]) -> Option<Vec<usize>> {
    if way.parameters.len() != given.len() {
        return None;
    }
    let mut unlabelled = (0..given.len()).filter(|&i| given[i].label.is_none());
    let slots: Option<Vec<usize>> = way
        .parameters
        .iter()
        .map(|(name, _, by_place)| {
            let labelled = given.iter().position(|g| g.label.as_deref() == Some(name.as_str()));
            match (labelled, by_place) {
                (Some(slot), _) => Some(slot),
                (None, ByPlace::Yes) => unlabelled.next(),
                (None, ByPlace::No) => None,
            }
        })
        .collect();
    slots.filter(|s| s.iter().collect::<std::collections::BTreeSet<_>>().len() == given.len())
}

fn positional(
    known: &Distribution,
    way: &Signature<'_>,
    map: &BTreeMap<Symbol, Term>,
) -> Option<Vec<Term>> {
    let value = |name: &Symbol| match way.with.and_then(|with| with.get(name)) {
        Some(term) => Some(term.substitute_all(map)),
        None => map.get(name).cloned(),
    };
    known.parameters.iter().map(|(name, _)| value(name)).collect()
}

/// How a distribution is written: `Name(mean, var)`, `Name(mean, sd: …)`.
pub(super) fn signatures(known: &Distribution) -> Vec<String> {
    let one = |way: &Signature<'_>| {
        let parameters: Vec<String> = way
            .parameters
            .iter()
            .map(|(name, _, by_place)| match by_place {
                ByPlace::Yes => name.to_string(),
                ByPlace::No => format!("{name}: …"),
            })
            .collect();
        format!("{}({})", known.name, parameters.join(", "))
    };
    ways(known).iter().map(one).collect()
}
