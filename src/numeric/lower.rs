//! From a term to the expression graph.
//!
//! Subterms free of loop variables fold to constants on the way; `scaled` keeps exponentials apart.

use std::collections::BTreeSet;

use super::catalogue::{mixture, unknown};
use super::context::Context;
use super::coordinates::{Sample, member, member_of};
use super::graph::{Binary, Graph, Id, Op, Unary};
use super::memory::Key;
use super::scaled::{Scaled, exponential};
use super::{Environment, NumericError, binder, differentiate};
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term};

/// A source of independent draws, by its support.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Draw {
    /// `std_normal()`: the line.
    Line,
    /// `std_uniform()`: the unit interval.
    Interval,
    /// `std_exponential()`: the half line.
    HalfLine,
    /// `arrivals(rate)`, the rate as bits.
    Arrivals(u64),
    /// `successes(n, p)`, the probability as bits.
    Successes(u64, u64),
    /// `std_gamma(shape)`: the time until as many arrivals, the shape as bits.
    Wait(u64),
    /// `mixed_arrivals(shape, mean)`: as many arrivals as in the mean times such a time, both as bits.
    MixedArrivals(u64, u64),
    /// `first_passage(mean, shape)`: when a Brownian motion with drift first reaches a level, both as bits.
    Passage(u64, u64),
    /// `angle(loc, concentration)`: between −π and π, both as bits.
    Angle(u64, u64),
}

/// What an input lane holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Lane {
    Variable,
    Draw(Draw),
}

impl Lane {
    /// Whether what is drawn is a number of things.
    pub fn counts(&self) -> bool {
        matches!(
            self,
            Self::Draw(Draw::Arrivals(_) | Draw::Successes(..) | Draw::MixedArrivals(..))
        )
    }
}

/// A binder that depends on a loop variable: evaluated lane by lane.
#[derive(Clone)]
pub(super) struct Nested {
    pub binder: Binder,
    pub captured: Vec<(Symbol, Id)>,
    pub environment: Environment,
}

/// A term being lowered: the graph so far, and what names in scope stand for.
#[derive(Clone)]
pub(super) struct Lowering<'a> {
    pub graph: Graph,
    pub lanes: Vec<Lane>,
    pub nested: Vec<Nested>,
    pub context: &'a Context<'a>,
    /// The largest relative error among integrals folded to constants.
    pub inherited: f64,
    pub(super) scope: Vec<(Symbol, Id)>,
    /// The draws of one point that several of its coordinates use, by their numbers.
    pub(super) shared: Vec<(u64, Id)>,
    /// Whether the density of a distribution over vectors is being lowered.
    pub(super) in_joint_density: bool,
    depth: usize,
}

pub(super) type Lowered<T = Id> = Result<T, NumericError>;

/// How many terms of a finite sum are written out, so that each may use indexed parameters and share subexpressions.
pub(super) const UNROLL: f64 = 512.0;

/// Nodes beyond this are refused: a graph of a million nodes takes 40 MB.
const MAX_NODES: usize = 1 << 20;

/// Nesting beyond this is refused before the stack is at risk.
const MAX_DEPTH: usize = 400;

/// Step of the central difference relative to the point, a power of two so that x ± kh is nearly exact. The
/// eighth-order formula (Fornberg 1988, table 1) errs by h⁸f⁽⁹⁾/630 ≈ 1e-14·f⁽⁹⁾ relative, rounding by ε/h ≈ 2e-14.
const STEP: f64 = 1.0 / 64.0;

/// The same for a function with kinks, which a wide stencil would straddle; rounding is then ε/h ≈ 3e-11.
const FINE_STEP: f64 = 1.0 / 131_072.0;

/// The least scale on which a function is taken to vary, for differences at points near 0.
const LEAST_SCALE: f64 = 1.0 / 8.0;

/// The coefficients of f(x + kh) − f(x − kh) over h, for k = 1 … 4.
const DIFFERENCE: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];

/// The same of order six (Fornberg 1988, table 1): what it differs by estimates the error.
const LOWER_DIFFERENCE: [f64; 4] = [3.0 / 4.0, -3.0 / 20.0, 1.0 / 60.0, 0.0];

impl<'a> Lowering<'a> {
    pub fn new(context: &'a Context<'a>) -> Self {
        Self {
            graph: Graph::default(),
            lanes: Vec::new(),
            nested: Vec::new(),
            context,
            inherited: 0.0,
            scope: Vec::new(),
            shared: Vec::new(),
            in_joint_density: false,
            depth: 0,
        }
    }

    /// A new input lane that `var` stands for.
    pub fn variable(&mut self, var: &Symbol) -> Id {
        let id = self.lane(Lane::Variable);
        self.bind(var, id);
        id
    }

    /// Lets `var` stand for a node from here on.
    pub fn bind(&mut self, var: &Symbol, id: Id) {
        self.scope.push((var.clone(), id));
    }

    pub(super) fn lane(&mut self, lane: Lane) -> Id {
        self.lanes.push(lane);
        self.graph.intern(Op::Input(self.lanes.len() as u32 - 1))
    }

    /// The node of `term`.
    pub fn lower(&mut self, term: &Term) -> Lowered {
        self.depth += 1;
        if self.depth > MAX_DEPTH || self.graph.len() > MAX_NODES {
            return Err(NumericError::TooLarge("the expression".into()));
        }
        let id = if exponential(term) {
            self.scaled(term).map(|s| self.recombine(s))
        } else {
            self.plain(term)
        };
        self.depth -= 1;
        id
    }

    /// The node of ln |term|, for locating the bulk of an integrand beyond underflow.
    pub fn log_magnitude(&mut self, term: &Term) -> Lowered {
        let s = self.scaled(term)?;
        let magnitude = self.graph.unary(Unary::Abs, s.factor);
        Ok(self.logarithm(Scaled { factor: magnitude, ..s }))
    }

    pub(super) fn plain(&mut self, term: &Term) -> Lowered {
        match term.node() {
            Node::Number(n) => Ok(self.graph.constant(n.to_f64())),
            Node::Symbol(name) => self.symbol(name, term),
            Node::Sum(parts) => self.sum(parts),
            Node::Neg(a) => {
                let a = self.lower(a)?;
                Ok(self.graph.scale(a, -1.0))
            }
            Node::Product(factors) => self.product(factors),
            Node::Quotient(a, b) => self.two(Binary::Div, a, b),
            Node::Power(a, b) => self.two(Binary::Pow, a, b),
            Node::Call(name, arguments) => self.call(name, arguments, term),
            Node::Binder(b) => self.binder(b, term),
            Node::Derivative(x, body) => self.derivative(x, body),
            Node::Index(base, index) => self.entry(base, index, term),
            Node::Density(..) => self.scaled(term).map(|s| self.recombine(s)),
            Node::Relation(..) | Node::Meta(_) => {
                Err(NumericError::Undefined(format!("the value of `{term}`")))
            }
        }
    }

    /// Whether a name is bound here or has a value.
    pub(super) fn is_bound(&self, name: &Symbol) -> bool {
        self.scope.iter().any(|(bound, _)| bound == name)
            || self.context.environment.get(name).is_some()
    }

    fn symbol(&mut self, name: &Symbol, term: &Term) -> Lowered {
        if let Some((_, id)) = self.scope.iter().rev().find(|(bound, _)| bound == name) {
            return Ok(*id);
        }
        if let Some(value) = self.context.environment.get(name).or_else(|| constant(name)) {
            return Ok(self.graph.constant(value));
        }
        match self.context.catalogue.expand(term) {
            Some(definition) => self.lower(&definition),
            None => Err(NumericError::Unbound(name.clone())),
        }
    }

    /// The constants are added first, so that what varies takes one operation fewer.
    fn sum(&mut self, parts: &[Term]) -> Lowered {
        let mut known = self.graph.constant(0.0);
        let mut varying = None;
        for part in parts {
            let (f, inner) = match part.node() {
                Node::Neg(a) => (Binary::Sub, a),
                _ => (Binary::Add, part),
            };
            let id = self.lower(inner)?;
            if self.graph.value(id).is_some() {
                known = self.graph.binary(f, known, id);
            } else {
                let before = varying.unwrap_or_else(|| self.graph.constant(0.0));
                varying = Some(self.graph.binary(f, before, id));
            }
        }
        Ok(match varying {
            Some(v) => self.graph.binary(Binary::Add, v, known),
            None => known,
        })
    }

    fn product(&mut self, factors: &[Term]) -> Lowered {
        let mut acc = self.graph.constant(1.0);
        for factor in factors {
            let id = self.lower(factor)?;
            acc = self.multiply(acc, id);
        }
        Ok(acc)
    }

    pub(super) fn multiply(&mut self, a: Id, b: Id) -> Id {
        let vanishing = self.graph.may_vanish(a) || self.graph.may_vanish(b);
        self.graph.binary(if vanishing { Binary::Weigh } else { Binary::Mul }, a, b)
    }

    fn two(&mut self, f: Binary, a: &Term, b: &Term) -> Lowered {
        let (a, b) = (self.lower(a)?, self.lower(b)?);
        Ok(self.graph.binary(f, a, b))
    }

    fn call(&mut self, name: &Symbol, arguments: &[Term], term: &Term) -> Lowered {
        match (name.as_str(), arguments) {
            ("ln" | "log", [a]) => self.scaled(a).map(|s| self.logarithm(s)),
            ("log2", [a]) => {
                let s = self.scaled(a)?;
                let ln = self.logarithm(s);
                Ok(self.graph.scale(ln, std::f64::consts::LOG2_E))
            }
            ("bits", [a]) => {
                let nats = self.lower(a)?;
                Ok(self.graph.scale(nats, std::f64::consts::LOG2_E))
            }
            ("nats", [a]) => self.lower(a),
            ("min", [_, ..]) => self.fold(Binary::Min, arguments),
            ("max", [_, ..]) => self.fold(Binary::Max, arguments),
            ("delta", [i, j]) => {
                let (one, i, j) = (self.graph.constant(1.0), self.lower(i)?, self.lower(j)?);
                Ok(self.graph.within(one, i, j, j))
            }
            (name, []) if draw(name).is_some() => {
                Ok(self.lane(Lane::Draw(draw(name).unwrap_or(Draw::Line))))
            }
            ("length", [a]) => self.length(a),
            ("shared_normal", [k]) => self.shared(k),
            ("arrivals" | "successes" | "failures" | "pick" | "mixed_arrivals", _) => {
                self.counts(name.as_str(), arguments, term)
            }
            ("std_gamma" | "first_passage" | "angle", _) => {
                self.lengths(name.as_str(), arguments, term)
            }
            (known, [a]) if unary(known).is_some() => {
                let a = self.lower(a)?;
                Ok(self.graph.unary(unary(known).unwrap_or(Unary::Abs), a))
            }
            _ => self.other_call(name, arguments, term),
        }
    }

    fn fold(&mut self, f: Binary, arguments: &[Term]) -> Lowered {
        let mut acc = self.lower(&arguments[0])?;
        for argument in &arguments[1..] {
            let id = self.lower(argument)?;
            acc = self.graph.binary(f, acc, id);
        }
        Ok(acc)
    }

    /// A quantity of the catalogue, or an indexed parameter such as `mu[2]`, written as a call.
    fn other_call(&mut self, name: &Symbol, arguments: &[Term], term: &Term) -> Lowered {
        if let Some(definition) = self.context.catalogue.expand(term) {
            return self.lower(&definition);
        }
        let mut indices = Vec::new();
        for argument in arguments {
            match self.lower(argument).ok().and_then(|id| self.graph.value(id)) {
                Some(i) => indices.push(i.to_string()),
                None => return Err(NumericError::Unknown(name.clone())),
            }
        }
        let key = Symbol::new(&format!("{name}[{}]", indices.join(",")));
        let value = self.context.environment.get(&key);
        value.map(|v| self.graph.constant(v)).ok_or_else(|| NumericError::Unknown(name.clone()))
    }

    /// `mu[2]`: an entry of a vector, or a parameter that the environment knows under that name.
    fn entry(&mut self, base: &Term, index: &Term, term: &Term) -> Lowered {
        if let Some(entry) = self.entry_of(base, index)? {
            return self.lower(&entry);
        }
        if let Some(value) = self.applied(term) {
            return value;
        }
        let id = self.lower(index)?;
        let Some(at) = self.graph.value(id) else {
            return self.entry_of_lane(base, id, term);
        };
        let vector = match base.as_vector() {
            Some(_) => Some(base.clone()),
            None => self.context.catalogue.expand(base),
        };
        if let Some(items) = vector.as_ref().and_then(Term::as_vector) {
            let item = items.get((at as usize).wrapping_sub(1));
            let item = item.ok_or_else(|| NumericError::Undefined(format!("`{term}`")))?.clone();
            return self.lower(&item);
        }
        let key = member(&self.member_name(base)?, at);
        self.symbol(&key, &Term::symbol(key.clone()))
    }

    fn derivative(&mut self, x: &Term, body: &Term) -> Lowered {
        let x = &self.variable_of(x)?;
        let at = self.symbol(x, &Term::symbol(x.clone()))?;
        match self.by_formulas(x, at, body) {
            Some(id) => Ok(id),
            None => self.by_differences(x, at, body),
        }
    }

    /// The derivative by the chain rule; `None` where it asks for an integral that moves, or for a function without one.
    fn by_formulas(&mut self, x: &Symbol, at: Id, body: &Term) -> Option<Id> {
        let before = (self.graph.clone(), self.nested.clone(), self.lanes.clone());
        let (shared, inherited) = (self.shared.clone(), self.inherited);
        // An input that nothing fills: it is replaced at once.
        let moved = self.graph.intern(Op::Input(u32::MAX - self.depth as u32));
        let found = self.under(x, moved, body).ok().filter(|_| self.lanes == before.2);
        let found = found.and_then(|root| {
            let slope = differentiate::derivative(&mut self.graph, &self.nested, root, moved)?;
            differentiate::replaced(&mut self.graph, &self.nested, slope, moved, at)
        });
        // A number that is none may be one by differences, as at the end of a range.
        let found = found.filter(|id| self.graph.value(*id).is_none_or(f64::is_finite));
        if found.is_none() {
            (self.graph, self.nested, self.lanes) = before;
            (self.shared, self.inherited) = (shared, inherited);
        }
        found
    }

    /// The derivative by differences, for what is not differentiated by its formula.
    fn by_differences(&mut self, x: &Symbol, at: Id, body: &Term) -> Lowered {
        let magnitude = self.graph.unary(Unary::Abs, at);
        // What is never zero may be as small as it is.
        let signed = self.context.catalogue.is_signed(x);
        let least = self.graph.constant(if signed { 0.0 } else { LEAST_SCALE });
        let scale = self.graph.binary(Binary::Max, magnitude, least);
        let step = if self.hides_kinks(body) { FINE_STEP } else { STEP };
        let h = self.graph.scale(scale, step);
        let (mut acc, mut lower) = (self.graph.constant(0.0), self.graph.constant(0.0));
        for (k, (coefficient, below)) in (1..).zip(DIFFERENCE.into_iter().zip(LOWER_DIFFERENCE)) {
            let up = self.shifted(x, at, h, f64::from(k), body)?;
            let down = self.shifted(x, at, h, -f64::from(k), body)?;
            let difference = self.graph.binary(Binary::Sub, up, down);
            let term = self.graph.scale(difference, coefficient);
            acc = self.graph.binary(Binary::Add, acc, term);
            let term = self.graph.scale(difference, below);
            lower = self.graph.binary(Binary::Add, lower, term);
        }
        let value = self.graph.binary(Binary::Div, acc, h);
        let lower = self.graph.binary(Binary::Div, lower, h);
        Ok(match (self.graph.known(value), self.graph.known(lower)) {
            // Near a pole the formulas of order eight and six differ, and neither is to be trusted beyond that.
            (Some((v, e)), Some((w, _))) => self.graph.measured(v, e + (v - w).abs()),
            _ => value,
        })
    }

    /// Whether a term has a kink, or the formula of a density in it.
    fn hides_kinks(&self, body: &Term) -> bool {
        has_kinks(body)
            || body.any(&mut |t| match t.node() {
                Node::Density(d, points) => {
                    let formula =
                        points.first().and_then(|at| self.context.catalogue.density(d, at));
                    formula.is_some_and(|f| has_kinks(&f))
                }
                _ => false,
            })
    }

    /// The name that `D[x]` or `D[mu[2]]` differentiates by.
    fn variable_of(&mut self, x: &Term) -> Lowered<Symbol> {
        let refused = || NumericError::Undefined(format!("the derivative by `{x}`"));
        self.member_name(x).map_err(|_| refused())
    }

    fn shifted(&mut self, x: &Symbol, at: Id, h: Id, k: f64, body: &Term) -> Lowered {
        let offset = self.graph.scale(h, k);
        let point = self.graph.binary(Binary::Add, at, offset);
        self.under(x, point, body)
    }

    /// `body` where `var` stands for `id`.
    fn under(&mut self, var: &Symbol, id: Id, body: &Term) -> Lowered {
        self.bind(var, id);
        let result = self.lower(body);
        self.scope.pop();
        result
    }

    fn binder(&mut self, b: &Binder, term: &Term) -> Lowered {
        if let Some(indices) = self.indices(b)? {
            return self.unroll(b, indices);
        }
        let (mut captured, mut given) = (Vec::new(), Vec::new());
        let mut environment = self.context.environment.clone();
        let free = self.reached(term);
        let mut seen = BTreeSet::new();
        for (name, id) in self.scope.iter().rev() {
            let family = member_of(name).map(|(family, _)| Symbol::new(family));
            let used = free.contains(name) || family.is_some_and(|f| free.contains(&f));
            if !used || !seen.insert(name.clone()) {
                continue;
            }
            match self.graph.value(*id) {
                Some(value) => {
                    environment.set(name.clone(), value);
                    given.push((name.clone(), value));
                }
                None => captured.push((name.clone(), *id)),
            }
        }
        captured.sort();
        if captured.is_empty() {
            let context = self.context;
            let key = || Key::new(term, &given, context.options);
            let value = context.once(key, || binder::value(b, &context.inner(environment)?))?;
            self.inherited =
                self.inherited.max(value.error / value.value.abs().max(f64::MIN_POSITIVE));
            return Ok(self.graph.measured(value.value, value.error));
        }
        self.nested.push(Nested { binder: b.clone(), captured, environment });
        Ok(self.graph.intern(Op::Nested(self.nested.len() as u32 - 1)))
    }

    /// The names that the value of a term depends on: definitions followed.
    fn reached(&self, term: &Term) -> BTreeSet<Symbol> {
        let mut out = term.free_symbols();
        let mut todo: Vec<Symbol> = out.iter().cloned().collect();
        while let Some(name) = todo.pop() {
            if let Some(definition) = self.context.catalogue.expand(&Term::symbol(name)) {
                todo.extend(
                    definition.free_symbols().into_iter().filter(|s| out.insert(s.clone())),
                );
            }
        }
        out
    }

    /// The indices of a short finite sum or product.
    pub(super) fn indices(&mut self, b: &Binder) -> Lowered<Option<(i64, i64)>> {
        let (BinderOp::Sum | BinderOp::Product, Domain::Range(lo, hi)) = (b.op, &b.domain) else {
            return Ok(None);
        };
        let (lo, hi) = (self.lower(lo)?, self.lower(hi)?);
        Ok(match (self.graph.value(lo), self.graph.value(hi)) {
            (Some(lo), Some(hi)) if lo.is_finite() && hi.is_finite() && hi - lo < UNROLL => {
                Some((lo.ceil() as i64, hi.floor() as i64))
            }
            _ => None,
        })
    }

    pub(super) fn unroll(&mut self, b: &Binder, (lo, hi): (i64, i64)) -> Lowered {
        let is_sum = b.op == BinderOp::Sum;
        let mut acc = self.graph.constant(if is_sum { 0.0 } else { 1.0 });
        for i in lo..=hi {
            let index = self.graph.constant(i as f64);
            let part = self.under(&b.var, index, &b.body)?;
            acc = if is_sum {
                self.graph.binary(Binary::Add, acc, part)
            } else {
                self.multiply(acc, part)
            };
        }
        Ok(acc)
    }

    /// The sampler of a distribution, each draw a lane of its own.
    pub fn sampler(&mut self, distribution: &Term) -> Lowered<Sample> {
        let distribution = self.resolved(distribution)?;
        if distribution.is_measure() {
            let what = "a draw from a sum of distributions, which is no distribution";
            return Err(NumericError::Undefined(what.into()));
        }
        if let Some(components) = mixture(&distribution) {
            return self.mixture_sampler(&components);
        }
        let Some(parts) = self.coordinates(&distribution)? else {
            let sampler = self.context.catalogue.sampler(&distribution);
            if self.context.catalogue.space(&distribution).is_some() {
                return self.joint_sampler(&sampler.ok_or_else(|| unknown(&distribution))?);
            }
            return Ok(Sample::Number(
                self.lower(&sampler.ok_or_else(|| unknown(&distribution))?)?,
            ));
        };
        let mut all = Vec::new();
        for (k, part) in parts {
            match self.sampler(&part)? {
                Sample::Number(id) => all.push((k, id)),
                Sample::Vector(_) => return Err(unknown(&distribution)),
            }
        }
        Ok(Sample::Vector(all))
    }

    /// Σ of the components, each kept where the uniform draw falls into its share of the unit interval.
    fn mixture_sampler(&mut self, components: &[(&Term, &Term)]) -> Lowered<Sample> {
        let u = self.lane(Lane::Draw(Draw::Interval));
        let mut lo = self.graph.constant(f64::NEG_INFINITY);
        let mut reached = self.graph.constant(0.0);
        let mut acc: Option<Sample> = None;
        for (i, (weight, component)) in components.iter().enumerate() {
            let weight = self.lower(weight)?;
            reached = self.graph.binary(Binary::Add, reached, weight);
            let draw = self.sampler(component)?;
            let end = self.graph.value(reached).filter(|_| i + 1 < components.len());
            let end = end.unwrap_or(f64::INFINITY);
            let hi = self.graph.constant(end);
            let kept = |own: &mut Self, before: Option<Id>, draw: Id| {
                let part = own.graph.within(draw, u, lo, hi);
                let before = before.unwrap_or_else(|| own.graph.constant(0.0));
                own.graph.binary(Binary::Add, before, part)
            };
            acc = Some(match (acc, draw) {
                (None, Sample::Number(d)) => Sample::Number(kept(self, None, d)),
                (Some(Sample::Number(a)), Sample::Number(d)) => {
                    Sample::Number(kept(self, Some(a), d))
                }
                (None, Sample::Vector(d)) => {
                    Sample::Vector(d.into_iter().map(|(k, d)| (k, kept(self, None, d))).collect())
                }
                (Some(Sample::Vector(a)), Sample::Vector(d)) if a.len() == d.len() => {
                    let pairs = a.into_iter().zip(d);
                    Sample::Vector(
                        pairs.map(|((k, a), (_, d))| (k, kept(self, Some(a), d))).collect(),
                    )
                }
                _ => return Err(unknown(component)),
            });
            lo = self.graph.constant(end.next_up());
        }
        acc.ok_or_else(|| NumericError::Undefined("a mixture of nothing".into()))
    }
}

/// Whether a function in the term is not smooth everywhere.
pub fn has_kinks(t: &Term) -> bool {
    t.any(&mut |s| match s.node() {
        Node::Call(f, _) => matches!(f.as_str(), "abs" | "max" | "min" | "sign" | "sqrt"),
        _ => false,
    })
}

fn constant(name: &Symbol) -> Option<f64> {
    /// Euler's constant, OEIS A001620.
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    Some(match name.as_str() {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "oo" => f64::INFINITY,
        "euler_gamma" => EULER_GAMMA,
        _ => return None,
    })
}

fn unary(name: &str) -> Option<Unary> {
    Some(match name {
        "exp" => Unary::Exp,
        "sqrt" => Unary::Sqrt,
        "abs" => Unary::Abs,
        "sign" => Unary::Sign,
        "sin" => Unary::Sin,
        "cos" => Unary::Cos,
        "erf" => Unary::Erf,
        "erfc" => Unary::Erfc,
        "gamma" => Unary::Tgamma,
        "lngamma" => Unary::Lngamma,
        "digamma" => Unary::Digamma,
        "trigamma" => Unary::Trigamma,
        "bessel_i0" => Unary::BesselI0,
        "bessel_i1" => Unary::BesselI1,
        "expint" => Unary::Expint,
        "floor" => Unary::Floor,
        _ => return None,
    })
}

fn draw(name: &str) -> Option<Draw> {
    Some(match name {
        "std_normal" => Draw::Line,
        "std_uniform" => Draw::Interval,
        "std_exponential" => Draw::HalfLine,
        _ => return None,
    })
}
