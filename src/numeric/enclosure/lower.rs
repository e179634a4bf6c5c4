//! From a term to a graph over one variable, in which every constant is an interval.
//!
//! Logarithms are taken apart on the way, ln(a·exp(u)/b) = ln a + u − ln b, so that no density underflows inside one;
//! each part must be positive on its own for that, and where it is not, its logarithm is the whole line.

use super::derivative::derivative;
use super::graph::{Binary, Graph, Id, Op, Unary};
use super::interval::Interval;
use super::place::Place;
use super::taylor::Series;
use super::{binder, elementary};
use crate::numeric::NumericError;
use crate::numeric::catalogue::{mixture, unknown};
use crate::numeric::coordinates::member;
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term};

pub(super) type Lowered<T = Id> = Result<T, NumericError>;

/// Terms of a sum that are written out.
pub(super) const UNROLL: f64 = 512.0;

/// Nesting and nodes beyond which a term is refused.
const MAX_DEPTH: usize = 400;
const MAX_NODES: usize = 1 << 18;

/// A term being lowered.
pub(super) struct Lowering<'a> {
    pub graph: Graph,
    pub place: &'a Place<'a>,
    /// The variable, and where it ranges.
    variable: Option<(Symbol, Interval)>,
    /// Densities of the variable, with the distributions that they are of.
    pub densities: Vec<(Id, Term)>,
    /// What the variable of integration is, where that is not the graph's own variable, and where it ranges.
    stand_in: Option<(Id, Interval)>,
    /// The ends of the range of the variable as terms, where it is that of a support.
    pub range: Option<(Term, Term)>,
    /// Densities as exponentials of their logarithms: factors of masses at large integers overflow.
    pub by_logarithms: bool,
    depth: usize,
}

/// x = origin + factor·e^(±s), for s ≥ 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub origin: f64,
    pub factor: Interval,
    /// Whether the exponent is s, and not −s.
    pub grows: bool,
    /// Where x ranges.
    pub reach: Interval,
}

/// The refusal of a term.
pub(super) fn none(what: &str, term: &Term) -> NumericError {
    NumericError::NoEnclosure(format!("{what} `{term}`"))
}

impl<'a> Lowering<'a> {
    pub fn new(place: &'a Place<'a>, variable: Option<(Symbol, Interval)>) -> Self {
        Self {
            graph: Graph::default(),
            place,
            variable,
            densities: Vec::new(),
            stand_in: None,
            range: None,
            by_logarithms: false,
            depth: 0,
        }
    }

    /// A lowering in which the name stands for something else, and the derivative of that.
    pub fn changed(place: &'a Place<'a>, name: &Symbol, change: &Change) -> (Self, Id) {
        let range = Interval::new(0.0, f64::INFINITY);
        let mut lowering = Self::new(place, Some((name.clone(), range)));
        let graph = &mut lowering.graph;
        graph.changed = true;
        let s = graph.variable();
        let exponent = if change.grows { s } else { graph.unary(Unary::Neg, s) };
        let exp = graph.unary(Unary::Exp, exponent);
        let (factor, size) = (graph.constant(change.factor), graph.constant(change.factor.abs()));
        let distance = graph.binary(Binary::Mul, factor, exp);
        let origin = graph.number(change.origin);
        let point = graph.binary(Binary::Add, origin, distance);
        let slope = graph.binary(Binary::Mul, size, exp);
        lowering.stand_in = Some((point, change.reach));
        (lowering, slope)
    }

    pub fn lower(&mut self, term: &Term) -> Lowered {
        self.depth += 1;
        if self.depth > MAX_DEPTH || self.graph.len() > MAX_NODES {
            return Err(NumericError::TooLarge("the expression".into()));
        }
        let id = self.node(term);
        self.depth -= 1;
        id
    }

    fn node(&mut self, term: &Term) -> Lowered {
        if let Some(number) = term.as_rational() {
            return Ok(self.graph.constant(Interval::rational(&number)));
        }
        match term.node() {
            Node::Number(n) => Ok(self.graph.constant(Interval::rational(n))),
            Node::Symbol(name) => self.symbol(name, term),
            Node::Sum(parts) => self.fold(Binary::Add, parts),
            Node::Neg(a) => {
                let a = self.lower(a)?;
                Ok(self.graph.unary(Unary::Neg, a))
            }
            Node::Product(factors) => self.fold(Binary::Mul, factors),
            Node::Quotient(a, b) => {
                let (a, b) = (self.lower(a)?, self.lower(b)?);
                Ok(self.quotient(a, b))
            }
            Node::Power(a, b) => self.power(a, b),
            Node::Call(name, arguments) => self.call(name, arguments, term),
            Node::Binder(b) => self.binder(b, term),
            Node::Index(base, index) => self.entry(base, index, term),
            Node::Density(p, points) => self.density(p, points, term, false),
            Node::Derivative(x, body) => self.lower(&derivative(x, body, self.place)?),
            Node::Relation(..) | Node::Meta(_) => {
                Err(NumericError::Undefined(format!("the value of `{term}`")))
            }
        }
    }

    fn symbol(&mut self, name: &Symbol, term: &Term) -> Lowered {
        if self.variable.as_ref().is_some_and(|(x, _)| x == name) {
            let known = self.stand_in.map(|(id, _)| id);
            return Ok(known.unwrap_or_else(|| self.graph.variable()));
        }
        if let Some(value) = self.place.get(name) {
            return Ok(self.graph.constant(value));
        }
        match self.place.catalogue.expand(term) {
            Some(definition) => self.lower(&definition),
            None => Err(NumericError::Unbound(name.clone())),
        }
    }

    fn fold(&mut self, f: Binary, parts: &[Term]) -> Lowered {
        let mut acc: Option<Id> = None;
        for part in parts {
            let id = self.lower(part)?;
            acc = Some(acc.map_or(id, |acc| self.graph.binary(f, acc, id)));
        }
        let unit = if f == Binary::Mul { 1.0 } else { 0.0 };
        Ok(acc.unwrap_or_else(|| self.graph.number(unit)))
    }

    /// Factor and exponent of what is written as a product with exponentials.
    fn split(&mut self, id: Id) -> (Id, Option<Id>) {
        match self.graph.op(id) {
            Op::Unary(Unary::Exp, u) => (self.graph.number(1.0), Some(u)),
            Op::Binary(Binary::Mul, a, b) => {
                let ((a, u), (b, v)) = (self.split(a), self.split(b));
                let exponent = match (u, v) {
                    (Some(u), Some(v)) => Some(self.graph.binary(Binary::Add, u, v)),
                    (u, v) => u.or(v),
                };
                (self.graph.binary(Binary::Mul, a, b), exponent)
            }
            Op::Powi(a, n) => match self.split(a) {
                (a, Some(u)) => {
                    let times = self.graph.number(f64::from(n));
                    let exponent = self.graph.binary(Binary::Mul, times, u);
                    (self.graph.powi(a, n), Some(exponent))
                }
                _ => (id, None),
            },
            _ => (id, None),
        }
    }

    /// A quotient, in which exponentials meet before they can underflow.
    fn quotient(&mut self, a: Id, b: Id) -> Id {
        let (below, exponent) = self.split(b);
        let Some(v) = exponent else { return self.graph.binary(Binary::Div, a, b) };
        let (above, u) = self.split(a);
        let factor = self.graph.binary(Binary::Div, above, below);
        let exponent = match u {
            Some(u) => self.graph.sub(u, v),
            None => self.graph.unary(Unary::Neg, v),
        };
        let exponential = self.graph.unary(Unary::Exp, exponent);
        self.graph.binary(Binary::Mul, factor, exponential)
    }

    fn power(&mut self, base: &Term, exponent: &Term) -> Lowered {
        let to = self.lower(exponent)?;
        if base.as_symbol().is_some_and(|name| self.is_e(name)) {
            return Ok(self.graph.unary(Unary::Exp, to));
        }
        let of = self.lower(base)?;
        if self.graph.value(to).is_some() || self.graph.value(of).is_some() {
            return Ok(self.graph.binary(Binary::Pow, of, to));
        }
        let ln = self.ln(base, false)?;
        let exponent = self.graph.binary(Binary::Mul, to, ln);
        Ok(self.graph.unary(Unary::Exp, exponent))
    }

    fn is_e(&self, name: &Symbol) -> bool {
        name == "e"
            && self.place.environment.get(name).is_none()
            && self.variable.as_ref().is_none_or(|(x, _)| x != name)
    }

    fn call(&mut self, name: &Symbol, arguments: &[Term], term: &Term) -> Lowered {
        match (name.as_str(), arguments) {
            ("ln" | "log", [a]) => self.ln(a, false),
            ("log2", [a]) => {
                let ln = self.ln(a, false)?;
                let by = self.graph.constant(elementary::LOG2_E);
                Ok(self.graph.binary(Binary::Mul, ln, by))
            }
            ("bits", [a]) => {
                let nats = self.lower(a)?;
                let by = self.graph.constant(elementary::LOG2_E);
                Ok(self.graph.binary(Binary::Mul, nats, by))
            }
            ("nats", [a]) => self.lower(a),
            ("min", [_, ..]) => self.fold(Binary::Min, arguments),
            ("max", [_, ..]) => self.fold(Binary::Max, arguments),
            ("binomial", [n, k]) => {
                let (n, k) = (self.lower(n)?, self.lower(k)?);
                Ok(self.graph.binary(Binary::Choose, n, k))
            }
            ("delta", [i, j]) => {
                let (i, j) = (self.lower(i)?, self.lower(j)?);
                match (self.graph.value(i), self.graph.value(j)) {
                    (Some(i), Some(j)) if !i.overlaps(j) => Ok(self.graph.number(0.0)),
                    (Some(i), Some(j)) if i == j && i.as_point().is_some() => {
                        Ok(self.graph.number(1.0))
                    }
                    _ => Err(none("the value of", term)),
                }
            }
            ("length", [a]) => self.length(a, term),
            (known, [a]) if unary(known).is_some() => {
                let a = self.lower(a)?;
                Ok(self.graph.unary(unary(known).unwrap_or(Unary::Abs), a))
            }
            _ => match self.place.catalogue.expand(term) {
                Some(definition) => self.lower(&definition),
                None => self.member_call(name, arguments),
            },
        }
    }

    /// An indexed parameter such as `mu[2]`, written as a call.
    fn member_call(&mut self, name: &Symbol, arguments: &[Term]) -> Lowered {
        let mut indices = Vec::new();
        for argument in arguments {
            indices.push(self.index(argument)?.to_string());
        }
        let key = Symbol::new(&format!("{name}[{}]", indices.join(",")));
        let value = self.place.get(&key).ok_or_else(|| NumericError::Unknown(name.clone()))?;
        Ok(self.graph.constant(value))
    }

    /// The number that an index is.
    pub fn index(&mut self, term: &Term) -> Lowered<f64> {
        let id = self.lower(term)?;
        let point = self.graph.value(id).and_then(Interval::as_point);
        point.ok_or_else(|| none("the index", term))
    }

    fn vector(&self, base: &Term) -> Option<Term> {
        match base.as_vector() {
            Some(_) => Some(base.clone()),
            None => self.place.catalogue.expand(base),
        }
    }

    fn entry(&mut self, base: &Term, index: &Term, term: &Term) -> Lowered {
        if let Some(entry) = self.entry_of(base, index)? {
            return self.lower(&entry);
        }
        let functions = self.place.environment.functions.clone();
        if let Some(written) = functions.written_out(term, |index| self.index(index)) {
            return self.lower(&written?);
        }
        let at = self.index(index)?;
        let vector = self.vector(base);
        if let Some(items) = vector.as_ref().and_then(Term::as_vector) {
            let item = items.get((at as usize).wrapping_sub(1)).cloned();
            return self.lower(&item.ok_or_else(|| none("the entry", term))?);
        }
        let key = member(&self.member_name(base)?.ok_or_else(|| none("the entry", term))?, at);
        self.symbol(&key, &Term::symbol(key.clone()))
    }

    /// What stands at an index: of a definition with an index, of a vector by a formula, of an entry that is a vector.
    pub fn entry_of(&mut self, base: &Term, index: &Term) -> Lowered<Option<Term>> {
        let whole = Term::index(base.clone(), index.clone());
        if let Some(entry) = self.place.catalogue.expand(&whole) {
            return Ok(Some(entry));
        }
        let vector = match base.node() {
            Node::Index(inner, at) => self.entry_of(inner, at)?,
            Node::Symbol(_) => self.place.catalogue.expand(base),
            _ => Some(base.clone()),
        };
        let Some(vector) = vector else { return Ok(None) };
        if let Some(b) = vector.as_comprehension() {
            let Domain::Range(lo, hi) = &b.domain else { return Err(none("the entry", &whole)) };
            let (at, lo, hi) = (self.index(index)?, self.index(lo)?, self.index(hi)?);
            if at.fract() != 0.0 || at < lo || at > hi {
                return Err(none("the entry", &whole));
            }
            return Ok(vector.applied(index));
        }
        let further = matches!(base.node(), Node::Index(..)) && vector.as_vector().is_some();
        Ok(further.then(|| Term::index(vector, index.clone())))
    }

    /// The name of a parameter, or of a member of a family at indices that are known here.
    pub(super) fn member_name(&mut self, t: &Term) -> Result<Option<Symbol>, NumericError> {
        let Some((name, at)) = t.indices() else { return Ok(None) };
        at.into_iter()
            .try_fold(name.clone(), |name, index| Ok(member(&name, self.index(index)?)))
            .map(Some)
    }

    fn length(&mut self, base: &Term, term: &Term) -> Lowered {
        let vector = self.vector(base);
        if let Some(items) = vector.as_ref().and_then(Term::as_vector) {
            return Ok(self.graph.number(items.len() as f64));
        }
        let name = self.member_name(base)?.ok_or_else(|| none("the value of", term))?;
        let known = |k: &usize| self.place.get(&member(&name, *k as f64)).is_some();
        let count = (1..=UNROLL as usize).take_while(known).count();
        if count == 0 {
            return Err(NumericError::Unbound(name));
        }
        Ok(self.graph.number(count as f64))
    }

    /// Whether a term depends on the variable.
    fn varies(&self, term: &Term) -> bool {
        self.variable.as_ref().is_some_and(|(x, _)| term.mentions(x))
    }

    fn binder(&mut self, b: &Binder, term: &Term) -> Lowered {
        if let (BinderOp::Sum | BinderOp::Product, Domain::Range(lo, hi)) = (b.op, &b.domain)
            && let Some(indices) = self.indices(lo, hi)?
        {
            let f = if b.op == BinderOp::Sum { Binary::Add } else { Binary::Mul };
            let parts: Vec<Term> =
                indices.map(|k| b.body.substitute(&b.var, &Term::integer(k))).collect();
            return self.fold(f, &parts);
        }
        if self.varies(term) {
            return Err(none("what depends on the variable of another integral,", term));
        }
        let value = binder::value(b, &self.place.inner()?)?;
        Ok(self.graph.constant(value))
    }

    /// The indices of a short finite range.
    pub fn indices(
        &mut self,
        lo: &Term,
        hi: &Term,
    ) -> Lowered<Option<std::ops::RangeInclusive<i64>>> {
        if is_infinite(lo) || is_infinite(hi) {
            return Ok(None);
        }
        let (lo, hi) = (self.lower(lo)?, self.lower(hi)?);
        let point = |id: Id| self.graph.value(id).and_then(Interval::as_point);
        Ok(match (point(lo), point(hi)) {
            (Some(lo), Some(hi)) if hi - lo < UNROLL && lo.abs() < 1e15 => {
                Some(lo.ceil() as i64..=hi.floor() as i64)
            }
            _ => None,
        })
    }

    // ── Densities ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// The density at a point, or its logarithm.
    fn density(&mut self, p: &Term, points: &[Term], term: &Term, logarithm: bool) -> Lowered {
        let distribution = self.place.resolved(p)?;
        if let Some(components) = mixture(&distribution) {
            let mut acc = self.graph.number(0.0);
            for (weight, component) in components {
                let weight = self.lower(weight)?;
                let density = self.density(component, points, term, false)?;
                let part = self.graph.binary(Binary::Mul, weight, density);
                acc = self.graph.binary(Binary::Add, acc, part);
            }
            return Ok(if logarithm { self.graph.unary(Unary::Ln, acc) } else { acc });
        }
        let [point] = points else { return Err(none("the density", term)) };
        if let Some(parts) = binder::coordinates(&distribution, self.place)? {
            let f = if logarithm { Binary::Add } else { Binary::Mul };
            let mut acc: Option<Id> = None;
            for (k, part) in parts {
                let at = Term::index(point.clone(), Term::integer(k));
                let id = self.density(&part, &[at], term, logarithm)?;
                acc = Some(acc.map_or(id, |acc| self.graph.binary(f, acc, id)));
            }
            return acc.ok_or_else(|| none("the density", term));
        }
        self.own_density(&distribution, point, term, logarithm)
    }

    fn own_density(
        &mut self,
        distribution: &Term,
        point: &Term,
        term: &Term,
        logarithm: bool,
    ) -> Lowered {
        let inside = self.within(distribution, point)?;
        if inside == Some(false) {
            let zero = self.graph.number(0.0);
            return Ok(if logarithm { self.graph.unary(Unary::Ln, zero) } else { zero });
        }
        let density = self.place.catalogue.density(distribution, point);
        let density = density.ok_or_else(|| unknown(distribution))?;
        if logarithm {
            let ln = self.ln(&density, false)?;
            let edge = inside.is_none().then(|| self.graph.constant(Interval::ENTIRE));
            return Ok(edge.unwrap_or(ln));
        }
        let id = if self.by_logarithms {
            let ln = self.ln(&density, false)?;
            self.graph.unary(Unary::Exp, ln)
        } else {
            self.lower(&density)?
        };
        if inside.is_none() {
            return Ok(self.graph.unary(Unary::OrZero, id));
        }
        let of_variable = point.as_symbol() == self.variable.as_ref().map(|(x, _)| x);
        if of_variable && self.stand_in.is_none() && self.graph.value(id).is_none() {
            self.densities.push((id, distribution.clone()));
        }
        let _ = term;
        Ok(id)
    }

    /// Whether a point lies in the support wherever the variable is; `None` where that changes or is not known.
    fn within(&mut self, distribution: &Term, point: &Term) -> Lowered<Option<bool>> {
        let (lo, hi) = binder::support(distribution, self.place)?;
        if lo == f64::NEG_INFINITY.into() && hi == f64::INFINITY.into() {
            return Ok(Some(true));
        }
        let id = self.lower(point)?;
        let range = self.variable.as_ref().map_or(Interval::ENTIRE, |(_, range)| *range);
        let of_variable = point.as_symbol().is_some_and(|p| {
            self.variable.as_ref().is_some_and(|(x, _)| x == p) && self.graph.value(id).is_none()
        });
        let value = match (self.graph.value(id), self.stand_in) {
            (Some(value), _) => value,
            (None, Some((_, reach))) if of_variable => reach,
            (None, _) => Series::new(&self.graph, id, 0).values(range),
        };
        // Where the variable ranges from the same term on, rounding has no say.
        let same = match (&self.range, of_variable) {
            (Some(range), true) => self
                .place
                .catalogue
                .support(distribution)
                .map(|own| (own.0 == range.0, own.1 == range.1)),
            _ => None,
        };
        let (from_same, to_same) = same.unwrap_or_default();
        if (from_same || value.lo() >= lo.hi) && (to_same || value.hi() <= hi.lo) {
            return Ok(Some(true));
        }
        // An end counts where it has a probability of its own; under an integral it does not.
        let single =
            value.as_point().is_some() || self.place.catalogue.atoms(distribution).is_some();
        let below = value.hi() < lo.lo || !single && value.hi() <= lo.lo;
        let above = value.lo() > hi.hi || !single && value.lo() >= hi.hi;
        Ok((below || above).then_some(false))
    }

    // ── Logarithms ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// `ln` of a term; of its absolute value where `magnitude` says so.
    fn ln(&mut self, term: &Term, magnitude: bool) -> Lowered {
        if !self.varies(term) && !matches!(term.node(), Node::Symbol(_) | Node::Density(..)) {
            let whole = self.whole_ln(term, magnitude)?;
            // A factor may be beyond all numbers where its logarithm is not.
            if self.graph.value(whole).is_none_or(Interval::is_finite) {
                return Ok(whole);
            }
        }
        match term.node() {
            Node::Product(factors) => {
                let whole = !self.varies(term);
                let (fixed, varying): (Vec<Term>, Vec<Term>) =
                    factors.iter().cloned().partition(|f| !whole && !self.varies(f));
                let mut acc = self.graph.number(0.0);
                if !fixed.is_empty() {
                    acc = self.whole_ln(&Term::product(fixed), magnitude)?;
                }
                for factor in &varying {
                    let ln = self.ln(factor, magnitude)?;
                    acc = self.graph.binary(Binary::Add, acc, ln);
                }
                Ok(acc)
            }
            Node::Quotient(a, b) => {
                let (a, b) = (self.ln(a, magnitude)?, self.ln(b, magnitude)?);
                Ok(self.graph.sub(a, b))
            }
            Node::Power(a, n) => {
                if a.as_symbol().is_some_and(|name| self.is_e(name)) {
                    return self.lower(n);
                }
                let even = n.as_rational().and_then(|n| n.to_i64()).is_some_and(|n| n % 2 == 0);
                let ln = self.ln(a, magnitude || even)?;
                let n = self.lower(n)?;
                Ok(self.graph.binary(Binary::Mul, n, ln))
            }
            Node::Density(p, points) => self.density(p, points, term, true),
            Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("exp", [u]) => self.lower(u),
                ("sqrt", [a]) => {
                    let ln = self.ln(a, false)?;
                    let half = self.graph.number(0.5);
                    Ok(self.graph.binary(Binary::Mul, ln, half))
                }
                ("factorial", [n]) => {
                    let n = self.lower(n)?;
                    Ok(self.graph.unary(Unary::LnFactorial, n))
                }
                ("gamma", [z]) => {
                    let z = self.lower(z)?;
                    Ok(self.graph.unary(Unary::Lngamma, z))
                }
                ("binomial", [n, k]) => {
                    let (n, k) = (self.lower(n)?, self.lower(k)?);
                    Ok(self.graph.binary(Binary::LnChoose, n, k))
                }
                _ => self.defined_ln(term, magnitude),
            },
            Node::Symbol(_) => self.defined_ln(term, magnitude),
            _ => self.whole_ln(term, magnitude),
        }
    }

    /// The logarithm of what a name or a quantity stands for.
    fn defined_ln(&mut self, term: &Term, magnitude: bool) -> Lowered {
        let bound = term
            .as_symbol()
            .is_some_and(|name| self.varies(term) || self.place.get(name).is_some());
        match self.place.catalogue.expand(term).filter(|_| !bound) {
            Some(definition) => self.ln(&definition, magnitude),
            None => self.whole_ln(term, magnitude),
        }
    }

    fn whole_ln(&mut self, term: &Term, magnitude: bool) -> Lowered {
        let mut id = self.lower(term)?;
        if magnitude {
            id = self.graph.unary(Unary::Abs, id);
        }
        Ok(self.graph.unary(Unary::Ln, id))
    }
}

/// Whether an end of a domain is `oo` or `-oo`.
pub(super) fn is_infinite(term: &Term) -> bool {
    match term.node() {
        Node::Symbol(name) => name == "oo",
        Node::Neg(a) => is_infinite(a),
        _ => false,
    }
}

fn unary(name: &str) -> Option<Unary> {
    Some(match name {
        "exp" => Unary::Exp,
        "sqrt" => Unary::Sqrt,
        "abs" => Unary::Abs,
        "sin" => Unary::Sin,
        "cos" => Unary::Cos,
        "bessel_i0" => Unary::BesselI0,
        "bessel_i1" => Unary::BesselI1,
        "sign" => Unary::Sign,
        "erf" => Unary::Erf,
        "erfc" => Unary::Erfc,
        "gamma" => Unary::Tgamma,
        "lngamma" => Unary::Lngamma,
        "digamma" => Unary::Digamma,
        "trigamma" => Unary::Trigamma,
        "expint" => Unary::Expint,
        "floor" => Unary::Floor,
        "factorial" => Unary::Factorial,
        _ => return None,
    })
}
