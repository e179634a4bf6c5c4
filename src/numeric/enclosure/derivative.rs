//! Derivatives of terms, by the rules of calculus, so that they can be enclosed like any other term.
//!
//! What is under an integral is not differentiated: that the two may be exchanged is for derivations to show.

use super::lower::{Lowering, is_infinite, none};
use super::place::Place;
use crate::numeric::NumericError;
use crate::term::{BinderOp, Domain, Node, Symbol, Term};

/// Nodes that are differentiated, counted with repetition.
const MOST_VISITS: usize = 20_000;

/// The derivative of `body` with respect to a name, or to a member of a family.
pub(super) fn derivative(x: &Term, body: &Term, place: &Place) -> Result<Term, NumericError> {
    let mut own = Calculus { place, visits: 0 };
    let name = own.name(x)?.ok_or_else(|| none("the derivative by", x))?;
    Ok(own.of(body, &name)?.unwrap_or_else(|| Term::integer(0)))
}

/// A derivative; `None` is 0.
type Derived = Result<Option<Term>, NumericError>;

struct Calculus<'a> {
    place: &'a Place<'a>,
    visits: usize,
}

fn product(a: &Term, b: &Term) -> Term {
    Term::product(vec![a.clone(), b.clone()])
}

fn sum(parts: Vec<Term>) -> Option<Term> {
    if parts.is_empty() { None } else { Some(Term::sum(parts)) }
}

impl Calculus<'_> {
    /// The name by which a value is looked up: that of a member carries its index.
    fn name(&self, t: &Term) -> Result<Option<Symbol>, NumericError> {
        Lowering::new(self.place, None).member_name(t)
    }

    /// The value of a function that is not further known, written out.
    fn applied(&self, t: &Term) -> Option<Result<Term, NumericError>> {
        let functions = &self.place.environment.functions;
        functions.written_out(t, |index| Lowering::new(self.place, None).index(index))
    }

    fn of(&mut self, t: &Term, x: &Symbol) -> Derived {
        self.visits += 1;
        if self.visits > MOST_VISITS {
            return Err(NumericError::TooLarge("the derivative".into()));
        }
        match t.node() {
            Node::Number(_) => Ok(None),
            Node::Symbol(_) => self.named(t, x),
            Node::Index(..) if self.applied(t).is_some() => match self.applied(t) {
                Some(written) => self.of(&written?, x),
                None => Ok(None),
            },
            Node::Index(..) if t.family_name().is_some() => self.named(t, x),
            Node::Sum(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.of(part, x)?);
                }
                Ok(sum(all))
            }
            Node::Neg(a) => Ok(self.of(a, x)?.map(Term::neg)),
            Node::Product(factors) => {
                let mut all = Vec::new();
                for (i, factor) in factors.iter().enumerate() {
                    if let Some(new) = self.of(factor, x)? {
                        let mut factors = factors.clone();
                        factors[i] = new;
                        all.push(Term::product(factors));
                    }
                }
                Ok(sum(all))
            }
            Node::Quotient(a, b) => {
                let over = self.of(a, x)?.map(|d| Term::quotient(d, b.clone()));
                let under = self.of(b, x)?.map(|d| {
                    let square = Term::power(b.clone(), Term::integer(2));
                    Term::neg(Term::quotient(product(a, &d), square))
                });
                Ok(sum(over.into_iter().chain(under).collect()))
            }
            Node::Power(a, n) => self.of_power(t, a, n, x),
            Node::Call(name, arguments) => self.of_call(t, name, arguments, x),
            Node::Derivative(y, body) => {
                let y = self.name(y)?.ok_or_else(|| none("the derivative by", y))?;
                match self.of(body, &y)? {
                    Some(inner) => self.of(&inner, x),
                    None => Ok(None),
                }
            }
            Node::Binder(b) if b.op == BinderOp::Sum && matches!(b.domain, Domain::Range(..)) => {
                self.of_sum(t, x)
            }
            Node::Density(p, points) => self.of_density(t, p, points, x),
            _ if self.reaches(t, x) => Err(none("the derivative of", t)),
            _ => Ok(None),
        }
    }

    /// A name: the variable, another value, or what stands for something.
    fn named(&mut self, t: &Term, x: &Symbol) -> Derived {
        let name = self.name(t)?;
        if name.as_ref() == Some(x) {
            return Ok(Some(Term::integer(1)));
        }
        if name.is_some_and(|name| self.place.get(&name).is_some()) {
            return Ok(None);
        }
        match self.place.catalogue.expand(t) {
            Some(definition) => self.of(&definition, x),
            None if self.reaches(t, x) => Err(none("the derivative of", t)),
            None => Ok(None),
        }
    }

    fn of_power(&mut self, t: &Term, a: &Term, n: &Term, x: &Symbol) -> Derived {
        let by_base = self.of(a, x)?.map(|d| {
            let less = Term::power(a.clone(), Term::difference(n.clone(), Term::integer(1)));
            Term::product(vec![n.clone(), less, d])
        });
        let by_exponent = self.of(n, x)?.map(|d| {
            let ln = Term::call("ln", vec![a.clone()]);
            Term::product(vec![t.clone(), ln, d])
        });
        Ok(sum(by_base.into_iter().chain(by_exponent).collect()))
    }

    fn of_call(&mut self, t: &Term, name: &Symbol, arguments: &[Term], x: &Symbol) -> Derived {
        let call = |name: &str, a: Term| Term::call(name, vec![a]);
        let outer: fn(&Term, &Term) -> Term = match (name.as_str(), arguments.len()) {
            ("exp", 1) => |t, _| t.clone(),
            ("ln" | "log", 1) => |_, a| Term::quotient(Term::integer(1), a.clone()),
            ("log2", 1) => {
                |_, a| Term::call("bits", vec![Term::quotient(Term::integer(1), a.clone())])
            }
            ("sqrt", 1) => |t, _| {
                Term::quotient(Term::integer(1), Term::product(vec![Term::integer(2), t.clone()]))
            },
            ("sin", 1) => |_, a| Term::call("cos", vec![a.clone()]),
            ("cos", 1) => |_, a| Term::neg(Term::call("sin", vec![a.clone()])),
            ("bessel_i0", 1) => |_, a| Term::call("bessel_i1", vec![a.clone()]),
            ("lngamma", 1) => |_, a| Term::call("digamma", vec![a.clone()]),
            ("digamma", 1) => |_, a| Term::call("trigamma", vec![a.clone()]),
            ("gamma", 1) => {
                |t, a| Term::product(vec![t.clone(), Term::call("digamma", vec![a.clone()])])
            }
            ("erf", 1) => |_, a| of_erf(Term::integer(2), a),
            ("erfc", 1) => |_, a| of_erf(Term::integer(-2), a),
            ("bits" | "nats", 1) => {
                return Ok(self.of(&arguments[0], x)?.map(|d| call(name.as_str(), d)));
            }
            _ => {
                return match self.place.catalogue.expand(t) {
                    Some(definition) => self.of(&definition, x),
                    None if self.reaches(t, x) => Err(none("the derivative of", t)),
                    None => Ok(None),
                };
            }
        };
        let a = &arguments[0];
        Ok(self.of(a, x)?.map(|d| product(&outer(t, a), &d)))
    }

    /// Term by term, written out.
    fn of_sum(&mut self, t: &Term, x: &Symbol) -> Derived {
        let Node::Binder(b) = t.node() else { return Ok(None) };
        if !self.reaches(t, x) {
            return Ok(None);
        }
        let Domain::Range(lo, hi) = &b.domain else { return Ok(None) };
        let indices = Lowering::new(self.place, None).indices(lo, hi)?;
        let indices = indices.ok_or_else(|| none("the derivative of", t))?;
        let mut all = Vec::new();
        for k in indices {
            all.extend(self.of(&b.body.substitute(&b.var, &Term::integer(k)), x)?);
        }
        Ok(sum(all))
    }

    /// The density of a distribution on the whole line: elsewhere it has a jump at the ends, and is 0 beyond them.
    fn of_density(&mut self, t: &Term, p: &Term, points: &[Term], x: &Symbol) -> Derived {
        let refused = || none("the derivative of", t);
        let known = self.place.resolved(p)?;
        let ends = self.place.catalogue.support(&known).ok_or_else(refused)?;
        let [point] = points else { return Err(refused()) };
        if !(is_infinite(&ends.0) && is_infinite(&ends.1)) {
            return Err(refused());
        }
        let density = self.place.catalogue.density(&known, point).ok_or_else(refused)?;
        self.of(&density, x)
    }

    /// Whether the value of a term may depend on a name: definitions followed.
    fn reaches(&self, t: &Term, x: &Symbol) -> bool {
        let family = crate::numeric::member_of(x).map(|(family, _)| Symbol::new(family));
        let mut seen = t.free_symbols();
        let mut todo: Vec<Symbol> = seen.iter().cloned().collect();
        while let Some(name) = todo.pop() {
            if name == *x || family.as_ref() == Some(&name) {
                return true;
            }
            if let Some(definition) = self.place.catalogue.expand(&Term::symbol(name)) {
                todo.extend(
                    definition.free_symbols().into_iter().filter(|s| seen.insert(s.clone())),
                );
            }
        }
        false
    }
}

/// The derivative of the error function, times half of `two`: 2/√π·exp(−a²).
fn of_erf(two: Term, a: &Term) -> Term {
    let root = Term::call("sqrt", vec![Term::symbol("pi")]);
    let square = Term::power(a.clone(), Term::integer(2));
    Term::product(vec![Term::quotient(two, root), Term::call("exp", vec![Term::neg(square)])])
}
