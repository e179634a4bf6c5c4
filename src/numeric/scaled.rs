//! Values held as A·exp(u).
//!
//! Each positive factor of the form exp(u) is carried apart from the rest. So ln(A·exp(u)/(B·exp(w))) becomes
//! ln(A/B) + u − w, and a logarithm of a ratio of densities never underflows; a sum of such values is taken relative to
//! the largest exponent (the log-sum-exp device, Blanchard, Higham and Higham 2021). Splitting is always valid, since
//! exp is positive.

use super::catalogue::{mixture, unknown};
use super::graph::{Binary, Graph, Id, Unary};
use super::lower::{Lowered, Lowering};
use crate::term::{Binder, BinderOp, Node, Symbol, Term};

/// `factor·exp(exponent)`.
#[derive(Clone, Copy)]
pub(super) struct Scaled {
    pub factor: Id,
    pub exponent: Option<Id>,
}

/// Powers up to here stay products; larger ones go into the exponent, where they cannot overflow.
const MAX_PLAIN_POWER: f64 = 8.0;

/// Coefficients of fewer things are exact.
const SMALL_CHOICE: f64 = 60.0;

/// An exponent far below that of any number.
const REMOTE: f64 = 1e9;

impl Lowering<'_> {
    pub(super) fn scaled(&mut self, term: &Term) -> Lowered<Scaled> {
        match term.node() {
            Node::Call(name, a) if *name == "exp" && a.len() == 1 => self.exponent(&a[0]),
            Node::Power(base, v) if self.is_e(base) => self.exponent(v),
            Node::Power(base, k) => self.scaled_power(base, k),
            Node::Call(name, a) if *name == "sqrt" && a.len() == 1 => {
                let s = self.scaled(&a[0])?;
                let factor = self.graph.unary(Unary::Sqrt, s.factor);
                Ok(Scaled { factor, exponent: s.exponent.map(|u| self.graph.scale(u, 0.5)) })
            }
            Node::Call(name, a) if *name == "gamma" && a.len() == 1 => self.scaled_gamma(&a[0]),
            Node::Call(name, a) if *name == "bessel_i0" && a.len() == 1 => {
                let a = self.lower(&a[0])?;
                let factor = self.graph.unary(Unary::BesselI0Scaled, a);
                Ok(Scaled { factor, exponent: Some(self.graph.unary(Unary::Abs, a)) })
            }
            Node::Call(name, a) if *name == "expint" && a.len() == 1 => {
                let a = self.lower(&a[0])?;
                let factor = self.graph.unary(Unary::ExpintScaled, a);
                Ok(Scaled { factor, exponent: Some(self.graph.scale(a, -1.0)) })
            }
            Node::Call(name, a) if *name == "factorial" && a.len() == 1 => {
                let n = self.lower(&a[0])?;
                Ok(match self.graph.value(n) {
                    Some(_) => {
                        let factor = self.graph.unary(Unary::Factorial, n);
                        self.finite_or(factor, |g| g.unary(Unary::LnFactorial, n))
                    }
                    None => self.exponential_of(Unary::LnFactorial, n),
                })
            }
            Node::Call(name, a) if *name == "binomial" && a.len() == 2 => {
                let (n, k) = (self.lower(&a[0])?, self.lower(&a[1])?);
                let factor = self.graph.binary(Binary::Choose, n, k);
                if self.graph.value(n).is_some_and(|n| n <= SMALL_CHOICE) {
                    return Ok(Scaled { factor, exponent: None });
                }
                if let Some(value) = self.graph.value(factor) {
                    // By logarithms of the size of ln n!, whose rounding it carries.
                    let size = self.graph.value(n).map_or(0.0, |n| n * (1.0 + n).ln());
                    let factor = self.graph.measured(value, value * size * f64::EPSILON);
                    return Ok(self.finite_or(factor, |g| g.binary(Binary::LnChoose, n, k)));
                }
                let exponent = Some(self.graph.binary(Binary::LnChoose, n, k));
                Ok(Scaled { factor: self.graph.constant(1.0), exponent })
            }
            Node::Neg(a) => {
                let s = self.scaled(a)?;
                Ok(Scaled { factor: self.graph.scale(s.factor, -1.0), ..s })
            }
            Node::Product(factors) => {
                let mut acc = Scaled { factor: self.graph.constant(1.0), exponent: None };
                for factor in factors {
                    let s = self.scaled(factor)?;
                    acc = self.scaled_product(acc, s);
                }
                Ok(acc)
            }
            Node::Quotient(a, b) => {
                let (a, b) = (self.scaled(a)?, self.scaled(b)?);
                Ok(self.scaled_quotient(a, b))
            }
            Node::Sum(parts) if parts.iter().any(exponential) => {
                let parts: Lowered<Vec<_>> = parts.iter().map(|part| self.scaled(part)).collect();
                Ok(self.log_sum(&parts?))
            }
            Node::Density(distribution, points) => self.density(distribution, points, term),
            Node::Binder(b) if b.op == BinderOp::Product => self.scaled_series(b, term),
            _ => Ok(Scaled { factor: self.plain(term)?, exponent: None }),
        }
    }

    /// A product written out, factor by factor.
    fn scaled_series(&mut self, b: &Binder, term: &Term) -> Lowered<Scaled> {
        let Some((lo, hi)) = self.indices(b)? else {
            return Ok(Scaled { factor: self.plain(term)?, exponent: None });
        };
        let mut acc = Scaled { factor: self.graph.constant(1.0), exponent: None };
        for i in lo..=hi {
            let index = self.graph.constant(i as f64);
            self.bind(&b.var, index);
            let one = self.scaled(&b.body);
            self.scope.pop();
            acc = self.scaled_product(acc, one?);
        }
        Ok(acc)
    }

    fn is_e(&self, base: &Term) -> bool {
        let free = |name: &Symbol| {
            self.context.environment.get(name).is_none()
                && !self.scope.iter().any(|(s, _)| s == name)
        };
        base.as_symbol().is_some_and(|name| *name == "e" && free(name))
    }

    fn exponent(&mut self, v: &Term) -> Lowered<Scaled> {
        Ok(Scaled { factor: self.graph.constant(1.0), exponent: Some(self.lower(v)?) })
    }

    fn scaled_power(&mut self, base: &Term, k: &Term) -> Lowered<Scaled> {
        let s = self.scaled(base)?;
        let k = self.lower(k)?;
        let exponent = s.exponent.map(|u| self.graph.binary(Binary::Mul, u, k));
        // Near zero x² vanishes long before x does, and with it the logarithm of a ratio would be lost.
        let coordinate = self.in_joint_density && matches!(base.node(), Node::Index(..));
        let single = (coordinate || matches!(base.node(), Node::Symbol(_) | Node::Quotient(..)))
            && self.graph.value(s.factor).is_none();
        let moved = match self.graph.value(k) {
            Some(c) => c != c.trunc() || c.abs() > MAX_PLAIN_POWER || single && c.abs() > 1.0,
            None => true,
        };
        if !moved || self.graph.value(s.factor) == Some(1.0) {
            return Ok(Scaled { factor: self.graph.binary(Binary::Pow, s.factor, k), exponent });
        }
        let (sign, magnitude) = self.sign_of_power(s.factor, k);
        let ln = self.graph.unary(Unary::Ln, magnitude);
        let u = self.graph.binary(Binary::Weigh, ln, k);
        Ok(Scaled { factor: sign, exponent: Some(self.plus(exponent, u)) })
    }

    /// The sign of b^k and the base whose logarithm is taken: |b| for integers, b itself otherwise (then b < 0 is NaN).
    fn sign_of_power(&mut self, base: Id, k: Id) -> (Id, Id) {
        let one = self.graph.constant(1.0);
        match self.graph.value(k) {
            Some(c) if c == c.trunc() => {
                let magnitude = self.graph.unary(Unary::Abs, base);
                let odd = c % 2.0 != 0.0;
                (if odd { self.graph.unary(Unary::Sign, base) } else { one }, magnitude)
            }
            _ => (one, base),
        }
    }

    /// Γ of a positive constant goes into the exponent; of anything else it stays as it is.
    fn scaled_gamma(&mut self, a: &Term) -> Lowered<Scaled> {
        const LARGE: f64 = 20.0;
        let a = self.lower(a)?;
        if self.graph.value(a).is_some_and(|x| x > LARGE) {
            let u = self.graph.unary(Unary::Lngamma, a);
            return Ok(Scaled { factor: self.graph.constant(1.0), exponent: Some(u) });
        }
        let factor = self.graph.unary(Unary::Tgamma, a);
        if self.graph.value(a).is_some() {
            return Ok(Scaled { factor, exponent: None });
        }
        // In a sum or an integral the argument grows without bound.
        let sign = self.graph.unary(Unary::Sign, factor);
        let exponent = Some(self.graph.unary(Unary::Lngamma, a));
        Ok(Scaled { factor: sign, exponent })
    }

    fn exponential_of(&mut self, logarithm: Unary, a: Id) -> Scaled {
        let exponent = Some(self.graph.unary(logarithm, a));
        Scaled { factor: self.graph.constant(1.0), exponent }
    }

    /// A constant as it is, unless it overflows: then its logarithm.
    fn finite_or(&mut self, factor: Id, logarithm: impl Fn(&mut Graph) -> Id) -> Scaled {
        if self.graph.value(factor).is_none_or(|v| v != f64::INFINITY) {
            return Scaled { factor, exponent: None };
        }
        let exponent = Some(logarithm(&mut self.graph));
        Scaled { factor: self.graph.constant(1.0), exponent }
    }

    fn scaled_product(&mut self, a: Scaled, b: Scaled) -> Scaled {
        let factor = self.multiply(a.factor, b.factor);
        let exponent = match (a.exponent, b.exponent) {
            (u, Some(w)) => Some(self.plus(u, w)),
            (u, None) => u,
        };
        Scaled { factor, exponent }
    }

    fn scaled_quotient(&mut self, a: Scaled, b: Scaled) -> Scaled {
        let factor = self.graph.binary(Binary::Div, a.factor, b.factor);
        let exponent = match (a.exponent, b.exponent) {
            (Some(u), Some(w)) => Some(self.graph.binary(Binary::Sub, u, w)),
            (None, Some(w)) => Some(self.graph.scale(w, -1.0)),
            (u, None) => u,
        };
        Scaled { factor, exponent }
    }

    fn plus(&mut self, u: Option<Id>, w: Id) -> Id {
        u.map_or(w, |u| self.graph.binary(Binary::Add, u, w))
    }

    fn log_sum(&mut self, parts: &[Scaled]) -> Scaled {
        let zero = self.graph.constant(0.0);
        // What is zero, as a density outside its support, has no say in what the largest exponent is.
        let remote = self.graph.constant(-REMOTE);
        let mut top = Vec::new();
        for part in parts {
            let u = part.exponent.unwrap_or(zero);
            let vanishes = self.graph.within(remote, part.factor, zero, zero);
            top.push(match self.graph.may_vanish(part.factor) {
                true => self.graph.binary(Binary::Add, u, vanishes),
                false => u,
            });
        }
        let peak = top[1..].iter().fold(top[0], |m, u| self.graph.binary(Binary::Max, m, *u));
        let mut factor = zero;
        for (part, u) in parts.iter().zip(top) {
            let drop = self.graph.binary(Binary::Sub, u, peak);
            let share = self.graph.unary(Unary::Exp, drop);
            let share = self.multiply(part.factor, share);
            factor = self.graph.binary(Binary::Add, factor, share);
        }
        Scaled { factor, exponent: Some(peak) }
    }

    pub(super) fn logarithm(&mut self, s: Scaled) -> Id {
        let ln = self.graph.unary(Unary::Ln, s.factor);
        s.exponent.map_or(ln, |u| self.graph.binary(Binary::Add, ln, u))
    }

    pub(super) fn recombine(&mut self, s: Scaled) -> Id {
        let Some(u) = s.exponent else { return s.factor };
        let exp = self.graph.unary(Unary::Exp, u);
        self.multiply(s.factor, exp)
    }

    fn density(&mut self, distribution: &Term, points: &[Term], term: &Term) -> Lowered<Scaled> {
        let ([point], Ok(distribution)) = (points, self.resolved(distribution)) else {
            let definition =
                self.context.catalogue.expand(term).ok_or_else(|| unknown(distribution))?;
            return self.scaled(&definition);
        };
        let Some(components) = mixture(&distribution) else {
            return self.unmixed_density(&distribution, point, term);
        };
        let mut parts = Vec::new();
        for (weight, component) in components {
            let weight = self.scaled(weight)?;
            let density = self.density(component, points, term)?;
            parts.push(self.scaled_product(weight, density));
        }
        Ok(self.log_sum(&parts))
    }

    /// The density of one coordinate, or the product of those of several.
    fn unmixed_density(
        &mut self,
        distribution: &Term,
        point: &Term,
        term: &Term,
    ) -> Lowered<Scaled> {
        let Some(parts) = self.coordinates(distribution)? else {
            return self.simple_density(distribution, point);
        };
        let entries = self.entries(point, &parts)?;
        let mut acc = Scaled { factor: self.graph.constant(1.0), exponent: None };
        for ((_, part), entry) in parts.iter().zip(entries) {
            let one = self.density(part, &[entry], term)?;
            acc = self.scaled_product(acc, one);
        }
        Ok(acc)
    }

    fn simple_density(&mut self, distribution: &Term, point: &Term) -> Lowered<Scaled> {
        let catalogue = self.context.catalogue;
        if let Some(space) = catalogue.space(distribution) {
            return self.joint_density(distribution, &space, point);
        }
        let body = catalogue.density(distribution, point).ok_or_else(|| unknown(distribution))?;
        let discrete = catalogue.atoms(distribution);
        let ends = catalogue.support(distribution).or_else(|| discrete.clone());
        let (lo, hi) = ends.ok_or_else(|| unknown(distribution))?;
        let (lo, hi, x) = (self.lower(&lo)?, self.lower(&hi)?, self.lower(point)?);
        let s = self.scaled(&body)?;
        let mut factor = self.graph.within(s.factor, x, lo, hi);
        if discrete.is_some() {
            // Between integers there is no mass.
            let whole = self.graph.unary(Unary::Floor, x);
            factor = self.graph.within(factor, x, whole, whole);
        }
        Ok(Scaled { factor, exponent: s.exponent.map(|u| self.graph.within(u, x, lo, hi)) })
    }
}

/// Whether a term is a product, quotient or power with an exponential in it.
pub(super) fn exponential(term: &Term) -> bool {
    match term.node() {
        Node::Density(..) => true,
        Node::Call(name, a) if *name == "exp" || *name == "sqrt" => {
            *name == "exp" || a.iter().any(exponential)
        }
        Node::Call(name, _) => *name == "factorial" || *name == "binomial",
        Node::Power(base, _) => base.as_symbol().is_some_and(|s| *s == "e") || exponential(base),
        Node::Neg(a) => exponential(a),
        Node::Product(factors) => factors.iter().any(exponential),
        Node::Quotient(a, b) => exponential(a) || exponential(b),
        Node::Binder(b) => b.op == BinderOp::Product && exponential(&b.body),
        _ => false,
    }
}
