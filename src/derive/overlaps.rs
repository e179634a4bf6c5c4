//! Integrals of products of densities: multiplied out and split before the densities are inserted, so that each product
//! is one that a rule of the theory knows.

use crate::term::{BinderOp, Domain, Node, Path, Rational, Symbol, Term, fresh_name};

use super::engine::Engine;
use super::places::{first_place, has_density, is_expectation, is_integral, is_series, places};

impl Engine<'_> {
    /// Takes integrals of polynomials in densities apart, and inserts those of products of two.
    pub(crate) fn overlaps(&mut self) {
        let here = |t: &Term| degree_of_integral(t).is_some_and(|d| d >= 2);
        if first_place(&self.current, here).is_none() {
            return;
        }
        let mark = self.mark();
        self.sums_out();
        let plain = |t: &Term| here(t) && !t.any(&mut |s| s.is_finite_series() && has_density(s));
        for path in places(&self.current.clone(), plain) {
            let body = path.child(2);
            let whole = self.current.clone();
            let summands = self.kernel.summands(&whole, &body);
            if summands.len() > 1 {
                self.try_arithmetic(&body, &Term::sum(summands));
            }
        }
        self.end_line("expand");
        let with_densities = |t: &Term| degree_of_integral(t).is_some();
        self.exhaust("linearity", with_densities);
        self.without_ones();
        self.end_line("linearity");
        let left = places(&self.current, here);
        let single = match left.as_slice() {
            [only] => self.current.at(only).is_some_and(|t| t.children().len() == 3),
            _ => false,
        };
        let any = if single { self.product_of_densities() } else { false };
        let any = any | self.exhaust("overlap", with_densities);
        if !any {
            self.reset(mark);
            return;
        }
        self.tidy_parameters();
        let number = |t: &Term| {
            let bar = matches!(t.node(), Node::Quotient(..));
            bar && !t.any(&mut |s| matches!(s.node(), Node::Density(..) | Node::Binder(_)))
        };
        for path in places(&self.current.clone(), number) {
            self.shorter(&path);
        }
        self.without_ones();
        self.end_line("overlap");
    }

    fn tidy_parameters(&mut self) {
        for path in places(&self.current.clone(), |t| matches!(t.node(), Node::Density(..))) {
            let Some(t) = self.current.at(&path) else { continue };
            let Some(parameters) = t.children().first().map(|d| d.children().len()) else {
                continue;
            };
            for i in 0..parameters {
                self.shorter(&path.child(0).child(i));
            }
        }
    }

    /// Rewrites the subterm at a place where that makes it shorter.
    fn shorter(&mut self, path: &Path) {
        let whole = self.current.clone();
        let Some(old) = whole.at(path) else { return };
        for new in self.kernel.spellings(&whole, path) {
            if new.size() < old.size() && self.try_arithmetic(path, &new) {
                return;
            }
        }
    }

    fn without_ones(&mut self) {
        for path in places(&self.current.clone(), |t| matches!(t.node(), Node::Product(_))) {
            self.drop_ones(&path);
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Product(xs) = t.node() else { continue };
            let is_minus = |x: &Term| x.as_rational().is_some_and(|n| (-n).is_one());
            if let Some(i) = xs.iter().position(is_minus) {
                let mut rest = xs.clone();
                rest.remove(i);
                self.try_arithmetic(&path, &Term::neg(Term::product(rest)));
            }
        }
    }

    /// Squares of sums over an index as double sums, and products with them as sums of products.
    fn sums_out(&mut self) {
        let over_index = |t: &Term| {
            degree_of_integral(t).is_some_and(|d| d >= 2)
                && t.any(&mut |s| s.is_finite_series() && has_density(s))
        };
        for path in places(&self.current.clone(), over_index) {
            let body = path.child(2);
            let Some(t) = self.current.at(&body) else { continue };
            let whole = self.current.clone();
            let used = |s: &Symbol| whole.mentions(s) || self.kernel.facts().is_reserved(s);
            if let Some(parts) = spread(&t, &used) {
                let sum = Term::sum(parts.into_iter().map(Spread::term).collect());
                self.try_arithmetic(&body, &sum);
            }
        }
    }

    /// The product of two densities as a multiple of a third, in the one integral that there is.
    fn product_of_densities(&mut self) -> bool {
        let mut any = false;
        while let Some(path) = first_place(&self.current, |t| degree_of_integral(t).is_some()) {
            let body = path.child(2);
            let Some(t) = self.current.at(&body) else { break };
            let factors: Vec<u32> = match t.node() {
                Node::Product(xs) => (0u32..)
                    .zip(xs)
                    .filter(|(_, x)| matches!(x.node(), Node::Density(..)))
                    .map(|(i, _)| i)
                    .collect(),
                _ => break,
            };
            let [first, second, ..] = factors[..] else { break };
            let pair = body.with_subset(vec![first, second]);
            let rules = self.rules_named("product_of_densities");
            if !rules.iter().any(|r| self.try_rule(r, &pair)) {
                break;
            }
            any = true;
            self.tidy_parameters();
            self.end_line("product_of_densities");
            self.exhaust("linearity", |t| degree_of_integral(t).is_some());
            self.end_line("linearity");
        }
        let alone = |t: &Term| match t.node() {
            Node::Binder(b) => is_integral(t) && matches!(b.body.node(), Node::Density(..)),
            _ => false,
        };
        if any && first_place(&self.current, alone).is_some() {
            self.exhaust("expectation", alone);
            let of_one = |t: &Term| match t.node() {
                Node::Binder(b) => is_expectation(t) && b.body.as_rational().is_some(),
                _ => false,
            };
            self.exhaust("linearity", of_one);
            self.without_ones();
            self.end_line("total");
        }
        any
    }
}

/// A product under sums over indices.
#[derive(Clone)]
struct Spread {
    over: Vec<(Symbol, Domain)>,
    factors: Vec<Term>,
}

impl Spread {
    fn of(factor: Term) -> Self {
        Self { over: Vec::new(), factors: vec![factor] }
    }

    fn scaled(mut self, factor: Term) -> Self {
        self.factors.insert(0, factor);
        self
    }

    /// The product of two, with indices of the second renamed where the first has them.
    fn times(&self, other: &Self, used: &dyn Fn(&Symbol) -> bool) -> Self {
        let mut out = self.clone();
        let mut factors = other.factors.clone();
        for (var, domain) in &other.over {
            let taken = |s: &Symbol| out.over.iter().any(|(v, _)| v == s);
            let fresh = match taken(var) {
                true => fresh_name(var, |s| taken(s) || used(s)),
                false => var.clone(),
            };
            let at = Term::symbol(fresh.clone());
            factors = factors.iter().map(|f| f.substitute(var, &at)).collect();
            out.over.push((fresh, domain.clone()));
        }
        out.factors.extend(factors);
        out
    }

    /// The number in front, then what is no density, then the densities, equal ones as a square.
    fn term(self) -> Term {
        let mut number = Rational::ONE;
        let (mut others, mut densities): (Vec<Term>, Vec<Term>) = (Vec::new(), Vec::new());
        for factor in self.factors {
            match factor.as_rational() {
                Some(n) => number = &number * &n,
                None if has_density(&factor) => densities.push(factor),
                None => others.push(factor),
            }
        }
        if let [a, b] = densities.as_slice()
            && a == b
        {
            densities = vec![Term::power(a.clone(), Term::integer(2))];
        }
        others.extend(densities);
        let (size, negative) = (number.abs(), number.is_negative());
        if !size.is_one() {
            others.insert(0, Term::rational(&size));
        }
        let under = |body, (var, domain)| Term::binder(BinderOp::Sum, var, domain, body);
        let term = self.over.into_iter().rev().fold(Term::product(others), under);
        if negative { Term::neg(term) } else { term }
    }
}

/// A polynomial in densities and finite sums of them as a sum of products under sums. `None` where it is too long.
fn spread(t: &Term, used: &dyn Fn(&Symbol) -> bool) -> Option<Vec<Spread>> {
    const MOST: usize = 64;
    let out = match t.node() {
        _ if !has_density(t) => vec![Spread::of(t.clone())],
        Node::Sum(parts) => {
            let mut out = Vec::new();
            for part in parts {
                out.extend(spread(part, used)?);
            }
            out
        }
        Node::Neg(a) => {
            let minus = |s: Spread| s.scaled(Term::integer(-1));
            spread(a, used)?.into_iter().map(minus).collect()
        }
        Node::Product(parts) => {
            let mut out = vec![Spread { over: Vec::new(), factors: Vec::new() }];
            for part in parts {
                let part = spread(part, used)?;
                out = out.iter().flat_map(|a| part.iter().map(|b| a.times(b, used))).collect();
            }
            out
        }
        Node::Quotient(a, b) if !has_density(b) => {
            let inverse = Term::quotient(Term::integer(1), b.clone());
            spread(a, used)?.into_iter().map(|s| s.scaled(inverse.clone())).collect()
        }
        Node::Power(a, n) if n.as_rational().is_some_and(|n| n == 2.into()) => {
            let parts = spread(a, used)?;
            let mut out = Vec::new();
            for (i, a) in parts.iter().enumerate() {
                out.push(a.times(a, used));
                for b in &parts[i + 1..] {
                    out.push(a.times(b, used).scaled(Term::integer(2)));
                }
            }
            out
        }
        Node::Binder(b) if t.is_finite_series() && b.op == BinderOp::Sum => {
            let each = |mut s: Spread| {
                s.over.insert(0, (b.var.clone(), b.domain.clone()));
                s
            };
            spread(&b.body, used)?.into_iter().map(each).collect()
        }
        _ => vec![Spread::of(t.clone())],
    };
    (out.len() <= MOST).then_some(out)
}

/// The degree of an integrand as a polynomial in densities, where it is one.
fn degree_of_integral(t: &Term) -> Option<u32> {
    if !is_integral(t) || is_series(t) || !has_density(t) {
        return None;
    }
    let Node::Binder(b) = t.node() else { return None };
    degree(&b.body, &b.var)
}

fn degree(t: &Term, x: &Symbol) -> Option<u32> {
    match t.node() {
        _ if !has_density(t) => Some(0),
        _ if !t.mentions(x) => Some(0),
        Node::Density(_, points) => points.iter().all(|p| p.as_symbol() == Some(x)).then_some(1),
        Node::Sum(parts) => parts.iter().map(|p| degree(p, x)).try_fold(0, |d, e| Some(d.max(e?))),
        Node::Product(parts) => parts.iter().map(|p| degree(p, x)).try_fold(0, |d, e| Some(d + e?)),
        Node::Neg(a) => degree(a, x),
        Node::Quotient(a, b) if !has_density(b) => degree(a, x),
        Node::Binder(b) if t.is_finite_series() && b.op == BinderOp::Sum => degree(&b.body, x),
        Node::Power(a, n) => {
            let n = n.as_rational()?.to_i64()?;
            Some(degree(a, x)? * u32::try_from(n).ok().filter(|n| *n <= 8)?)
        }
        _ => None,
    }
}
