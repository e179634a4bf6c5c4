//! Terms as JavaScript: what a page evaluates and draws.
//!
//! The code is arithmetic, `Math` and the functions of [`RUNTIME`], nothing else. No name of the author's is printed:
//! parameters are slots `v[0]`, `v[1]`, the variable of a curve is `x`, bound indices are `i0`, `i1`. As in the numeric
//! room, exponentials are held apart from the rest, so that a logarithm of a ratio of densities does not underflow.

use super::page::WITHIN;
use crate::term::{Binder, BinderOp, Domain, Node, Rational, Relation, Symbol, Term};

/// The functions that the code calls, as members of a constant `special`.
pub const RUNTIME: &str = include_str!("../../assets/special.js");

/// Longer code is not worth its place on a page.
const LONGEST: usize = 20_000;

/// The value of a term as an expression in `v`, the values of `parameters`, and `x`, the value of `variable`. `None` for
/// what a page cannot compute: integrals, limits, unknown densities.
///
/// A member of a family is a parameter `mu[2]`.
pub fn expression(term: &Term, parameters: &[Symbol], variable: Option<&Symbol>) -> Option<String> {
    let mut writer = Writer { parameters, variable, bound: Vec::new() };
    writer.value(term).map(|code| code.text).filter(|text| text.len() <= LONGEST)
}

/// Whether a relation holds, as an expression in `v`.
pub fn condition(relation: &Term, parameters: &[Symbol]) -> Option<String> {
    let Node::Relation(relation, left, right) = relation.node() else { return None };
    let value = |t| expression(t, parameters, None);
    let (a, b) = (value(left)?, value(right)?);
    let sign = match relation {
        Relation::Eq => return Some(format!("Math.abs(({a}) - ({b})) <= 1e-9")),
        Relation::Ne => "!==",
        Relation::Le | Relation::Ge | Relation::Lt | Relation::Gt => relation.as_str(),
        Relation::UpTo | Relation::Tends | Relation::TendsUpTo => return None,
    };
    Some(format!("({a}) {sign} ({b})"))
}

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
enum Level {
    Sum,
    Product,
    Atom,
}

/// An expression.
#[derive(Clone, Debug)]
struct Code {
    text: String,
    level: Level,
    /// Whether it may be zero where what it is multiplied with is infinite.
    fragile: bool,
}

impl Code {
    fn new(level: Level, text: impl Into<String>) -> Self {
        Self { text: text.into(), level, fragile: false }
    }

    fn atom(text: impl Into<String>) -> Self {
        Self::new(Level::Atom, text)
    }

    fn fragile(self) -> Self {
        Self { fragile: true, ..self }
    }

    fn call(function: &str, arguments: &[Self]) -> Self {
        let fragile = arguments.iter().any(|a| a.fragile);
        let arguments: Vec<&str> = arguments.iter().map(|a| a.text.as_str()).collect();
        Self { fragile, ..Self::atom(format!("{function}({})", arguments.join(", "))) }
    }

    /// The text as an operand that binds more tightly than `level`.
    fn within(&self, level: Level) -> String {
        if self.level > level { self.text.clone() } else { format!("({})", self.text) }
    }

    fn is_digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }

    fn is_one(&self) -> bool {
        self.text == "1"
    }

    fn negated(&self) -> Self {
        // A sum of one part: whatever it stands in puts it into parentheses.
        let text = format!("-{}", self.within(Level::Product));
        Self { text, level: Level::Sum, fragile: self.fragile }
    }

    fn plus(&self, other: &Self) -> Self {
        let text = format!("{} + {}", self.text, other.within(Level::Sum));
        Self { text, level: Level::Sum, fragile: self.fragile || other.fragile }
    }

    fn minus(&self, other: &Self) -> Self {
        let text = format!("{} - {}", self.text, other.within(Level::Sum));
        Self { text, level: Level::Sum, fragile: self.fragile || other.fragile }
    }

    fn times(&self, other: &Self) -> Self {
        if self.is_one() || other.is_one() {
            return if self.is_one() { other } else { self }.clone();
        }
        if (self.fragile || other.fragile) && !self.is_digits() && !other.is_digits() {
            return Self::call("special.times", &[self.clone(), other.clone()]);
        }
        let left = if self.level >= Level::Product { self.text.clone() } else { self.paren() };
        let text = format!("{left} * {}", other.within(Level::Product));
        Self { text, level: Level::Product, fragile: self.fragile || other.fragile }
    }

    fn over(&self, other: &Self) -> Self {
        if other.is_one() {
            return self.clone();
        }
        let left = if self.level >= Level::Product { self.text.clone() } else { self.paren() };
        let text = format!("{left} / {}", other.within(Level::Product));
        Self { text, level: Level::Product, fragile: self.fragile || other.fragile }
    }

    fn paren(&self) -> String {
        format!("({})", self.text)
    }
}

/// `factor·exp(exponent)`.
#[derive(Clone, Debug)]
struct Scaled {
    factor: Code,
    exponent: Option<Code>,
}

impl Scaled {
    fn plain(factor: Code) -> Self {
        Self { factor, exponent: None }
    }

    fn exponential(exponent: Code) -> Self {
        Self { factor: Code::atom("1"), exponent: Some(exponent) }
    }

    fn value(self) -> Code {
        match self.exponent {
            None => self.factor,
            Some(u) => self.factor.times(&Code::call("Math.exp", &[u]).fragile()),
        }
    }

    fn logarithm(self) -> Code {
        match self.exponent {
            Some(u) if self.factor.is_one() => u,
            Some(u) => Code::call("Math.log", &[self.factor]).plus(&u).fragile(),
            None => Code::call("Math.log", &[self.factor]).fragile(),
        }
    }

    fn times(&self, other: &Self) -> Self {
        let exponent = match (&self.exponent, &other.exponent) {
            (Some(u), Some(w)) => Some(u.plus(w)),
            (u, w) => u.clone().or_else(|| w.clone()),
        };
        Self { factor: self.factor.times(&other.factor), exponent }
    }

    fn over(&self, other: &Self) -> Self {
        let exponent = match (&self.exponent, &other.exponent) {
            (Some(u), Some(w)) => Some(u.minus(w)),
            (None, Some(w)) => Some(w.negated()),
            (u, None) => u.clone(),
        };
        Self { factor: self.factor.over(&other.factor), exponent }
    }
}

struct Writer<'a> {
    parameters: &'a [Symbol],
    variable: Option<&'a Symbol>,
    bound: Vec<Symbol>,
}

impl Writer<'_> {
    fn value(&mut self, term: &Term) -> Option<Code> {
        if exponential(term) {
            return self.scaled(term).map(Scaled::value);
        }
        self.plain(term)
    }

    fn plain(&mut self, term: &Term) -> Option<Code> {
        match term.node() {
            Node::Number(n) => Some(number(n)),
            Node::Symbol(name) => self.symbol(name),
            Node::Sum(parts) => self.sum(parts),
            Node::Neg(a) => Some(self.value(a)?.negated()),
            Node::Product(factors) => {
                let one = Code::atom("1");
                factors.iter().try_fold(one, |acc, f| Some(acc.times(&self.value(f)?)))
            }
            Node::Quotient(a, b) => Some(self.value(a)?.over(&self.value(b)?)),
            Node::Power(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                Some(Code::call("Math.pow", &[a, b]))
            }
            Node::Call(name, arguments) => self.call(name.as_str(), arguments),
            Node::Binder(b) => self.series(b),
            Node::Index(base, at) => self.entry(base, at),
            Node::Density(..) | Node::Derivative(..) | Node::Relation(..) | Node::Meta(_) => None,
        }
    }

    fn sum(&mut self, parts: &[Term]) -> Option<Code> {
        let mut acc: Option<Code> = None;
        for part in parts {
            acc = Some(match (acc, part.node()) {
                (Some(before), Node::Neg(inner)) => before.minus(&self.value(inner)?),
                (Some(before), _) => before.plus(&self.value(part)?),
                (None, _) => self.value(part)?,
            });
        }
        acc
    }

    fn symbol(&self, name: &Symbol) -> Option<Code> {
        if let Some(depth) = self.bound.iter().rposition(|b| b == name) {
            return Some(Code::atom(format!("i{depth}")));
        }
        if self.variable == Some(name) {
            return Some(Code::atom("x"));
        }
        if let Some(slot) = self.parameters.iter().position(|p| p == name) {
            return Some(Code::atom(format!("v[{slot}]")));
        }
        Some(Code::atom(match name.as_str() {
            "pi" => "Math.PI",
            "e" => "Math.E",
            "oo" => "Infinity",
            // OEIS A001620.
            "euler_gamma" => "0.5772156649015329",
            _ => return None,
        }))
    }

    fn all(&mut self, terms: &[Term]) -> Option<Vec<Code>> {
        terms.iter().map(|t| self.value(t)).collect()
    }

    fn call(&mut self, name: &str, arguments: &[Term]) -> Option<Code> {
        match (name, arguments) {
            ("ln" | "log", [a]) => return self.scaled(a).map(Scaled::logarithm),
            ("log2" | "bits", [a]) => {
                let nats = match name {
                    "bits" => self.value(a)?,
                    _ => self.scaled(a)?.logarithm(),
                };
                let fragile = nats.fragile;
                let code = Code { fragile: false, ..nats }.times(&Code::atom("Math.LOG2E"));
                return Some(Code { fragile, ..code });
            }
            ("nats", [a]) => return self.value(a),
            ("delta", [i, j]) => {
                let (i, j) = (self.value(i)?, self.value(j)?);
                let (i, j) = (i.paren(), j.paren());
                return Some(Code::atom(format!("({i} === {j} ? 1 : 0)")).fragile());
            }
            _ => {}
        }
        let codes = self.all(arguments)?;
        Some(match (name, codes.len()) {
            ("min", 1..) => Code::call("Math.min", &codes),
            ("max", 1..) => Code::call("Math.max", &codes),
            (WITHIN, 4) => Code::call("special.within", &codes).fragile(),
            ("binomial", 2) => Code::call("special.choose", &codes).fragile(),
            (_, 1) => Code::call(function(name)?, &codes),
            _ => return None,
        })
    }

    /// A finite sum or product.
    fn series(&mut self, b: &Binder) -> Option<Code> {
        let function = match b.op {
            BinderOp::Sum => "special.sum",
            BinderOp::Product => "special.product",
            _ => return None,
        };
        let Domain::Range(low, high) = &b.domain else { return None };
        if [low, high].iter().any(|end| end.mentions(&Symbol::new("oo"))) {
            return None;
        }
        let (low, high) = (self.value(low)?.text, self.value(high)?.text);
        let index = format!("i{}", self.bound.len());
        self.bound.push(b.var.clone());
        let body = self.value(&b.body);
        self.bound.pop();
        let body = body?.text;
        Some(Code::atom(format!("{function}({low}, {high}, ({index}) => {body})")).fragile())
    }

    /// A member of a family, or an entry of a vector.
    fn entry(&mut self, base: &Term, at: &Term) -> Option<Code> {
        if let Some(items) = base.as_vector() {
            let items: Vec<String> = self.all(items)?.into_iter().map(|c| c.text).collect();
            let at = self.value(at)?.within(Level::Sum);
            return Some(Code::atom(format!("[{}][{at} - 1]", items.join(", "))));
        }
        let family = base.as_symbol()?.as_str();
        let index = |name: &Symbol| {
            let inside = name.as_str().strip_prefix(family)?.strip_prefix('[')?;
            inside.strip_suffix(']')?.parse::<i64>().ok()
        };
        let members: Vec<(usize, i64)> = self
            .parameters
            .iter()
            .enumerate()
            .filter_map(|(slot, name)| Some((slot, index(name)?)))
            .collect();
        if let Some(at) = at.as_rational() {
            let wanted = at.to_i64()?;
            let (slot, _) = members.iter().find(|(_, index)| *index == wanted)?;
            return Some(Code::atom(format!("v[{slot}]")));
        }
        let (slot, first) = *members.first()?;
        let in_order =
            |(k, (s, i)): (usize, &(usize, i64))| *s == slot + k && *i == first + k as i64;
        if !members.iter().enumerate().all(in_order) {
            return None;
        }
        let at = self.value(at)?.text;
        let offset = slot as i64 - first;
        Some(Code::atom(match offset {
            0 => format!("v[{at}]"),
            1.. => format!("v[{at} + {offset}]"),
            _ => format!("v[{at} - {}]", -offset),
        }))
    }

    fn scaled(&mut self, term: &Term) -> Option<Scaled> {
        match term.node() {
            Node::Call(name, a) => match (name.as_str(), &a[..]) {
                ("exp", [u]) => Some(Scaled::exponential(self.value(u)?)),
                ("sqrt", [a]) => {
                    let s = self.scaled(a)?;
                    let half = |u: Code| u.over(&Code::atom("2"));
                    let factor = match s.factor.is_one() {
                        true => s.factor,
                        false => Code::call("Math.sqrt", &[s.factor]),
                    };
                    Some(Scaled { factor, exponent: s.exponent.map(half) })
                }
                ("factorial", [n]) if self.varies(n) => {
                    let n = self.value(n)?;
                    Some(Scaled::exponential(Code::call("special.lnFactorial", &[n])))
                }
                (WITHIN, [value, x, low, high]) => {
                    let s = self.scaled(value)?;
                    let place = [self.value(x)?, self.value(low)?, self.value(high)?];
                    let [x, low, high] = place;
                    let all = [s.factor, x, low, high];
                    let factor = Code::call("special.within", &all).fragile();
                    Some(Scaled { factor, ..s })
                }
                _ => self.plain(term).map(Scaled::plain),
            },
            Node::Power(base, k) if self.is_e(base) => Some(Scaled::exponential(self.value(k)?)),
            Node::Power(base, k) if exponential(base) => {
                let (s, k) = (self.scaled(base)?, self.value(k)?);
                let factor = match s.factor.is_one() {
                    true => s.factor,
                    false => Code::call("Math.pow", &[s.factor, k.clone()]),
                };
                Some(Scaled { factor, exponent: s.exponent.map(|u| u.times(&k)) })
            }
            Node::Neg(a) => {
                let s = self.scaled(a)?;
                Some(Scaled { factor: s.factor.negated(), ..s })
            }
            Node::Product(factors) => {
                let one = Scaled::plain(Code::atom("1"));
                factors.iter().try_fold(one, |acc, f| Some(acc.times(&self.scaled(f)?)))
            }
            Node::Quotient(a, b) => Some(self.scaled(a)?.over(&self.scaled(b)?)),
            Node::Sum(parts) if parts.iter().any(exponential) => self.log_sum(parts),
            _ => self.plain(term).map(Scaled::plain),
        }
    }

    /// A sum of exponentials relative to the largest.
    fn log_sum(&mut self, parts: &[Term]) -> Option<Scaled> {
        let mut all = Vec::new();
        for part in parts {
            let s = self.scaled(part)?;
            all.push(s.factor);
            all.push(s.exponent.unwrap_or_else(|| Code::atom("0")));
        }
        let factor = Code::call("special.share", &all).fragile();
        Some(Scaled { factor, exponent: Some(Code::call("special.peak", &all)) })
    }

    fn is_e(&self, base: &Term) -> bool {
        base.as_symbol().is_some_and(|name| {
            *name == "e" && self.symbol(name).is_some_and(|code| code.text == "Math.E")
        })
    }

    fn varies(&self, term: &Term) -> bool {
        self.variable.is_some_and(|x| term.mentions(x))
            || self.bound.iter().any(|b| term.mentions(b))
    }
}

fn number(n: &Rational) -> Code {
    let text = n.to_string();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        Code::atom(text)
    } else {
        Code::new(Level::Sum, format!("{:?}", n.to_f64()))
    }
}

fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "exp" => "Math.exp",
        "sqrt" => "Math.sqrt",
        "abs" => "Math.abs",
        "sign" => "Math.sign",
        "sin" => "Math.sin",
        "cos" => "Math.cos",
        "floor" => "Math.floor",
        "erf" => "special.erf",
        "erfc" => "special.erfc",
        "gamma" => "special.gamma",
        "lngamma" => "special.lnGamma",
        "digamma" => "special.digamma",
        "trigamma" => "special.trigamma",
        "bessel_i0" => "special.besselI0",
        "bessel_i1" => "special.besselI1",
        "expint" => "special.expint",
        "factorial" => "special.factorial",
        _ => return None,
    })
}

/// Whether a term is a product, quotient or power with an exponential in it.
fn exponential(term: &Term) -> bool {
    match term.node() {
        Node::Call(name, a) => match name.as_str() {
            "exp" | "factorial" => true,
            "sqrt" => a.iter().any(exponential),
            WITHIN => a.first().is_some_and(exponential),
            _ => false,
        },
        Node::Power(base, _) => base.as_symbol().is_some_and(|s| *s == "e") || exponential(base),
        Node::Neg(a) => exponential(a),
        Node::Product(factors) => factors.iter().any(exponential),
        Node::Quotient(a, b) => exponential(a) || exponential(b),
        _ => false,
    }
}
