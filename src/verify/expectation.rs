//! A statement as a constant plus a weighted sum of expectations: the form in which it can be sampled.

use super::Numbers;
use crate::derive::Derivation;
use crate::kernel::Step;
use crate::numeric::Catalogue as _;
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term};

/// One expectation, its weight included in the integrand.
#[derive(Clone, Debug)]
pub(super) struct Mean {
    pub distribution: Term,
    pub var: Symbol,
    pub integrand: Term,
}

/// A constant and means of integrands, one for each distribution.
#[derive(Clone, Debug, Default)]
pub(super) struct Means {
    pub constant: Vec<Term>,
    pub means: Vec<Mean>,
}

/// The first term of the derivation in that form: the statement, or the definition that it unfolds to.
pub(super) fn form_of(derivation: &Derivation, numbers: Numbers<'_>) -> Option<Means> {
    std::iter::once(&derivation.statement)
        .chain(derivation.steps().map(Step::after))
        .filter_map(|t| means(t, numbers))
        .find(|m| !m.means.is_empty())
}

fn means(t: &Term, numbers: Numbers<'_>) -> Option<Means> {
    let mut out = Means::default();
    Reader { numbers }.read(t, &mut Vec::new(), &mut out)?;
    Some(out)
}

struct Reader<'a> {
    numbers: Numbers<'a>,
}

impl Reader<'_> {
    /// Adds `weight·t`; `None` where `t` is not of the form.
    fn read(&self, t: &Term, weight: &mut Vec<Term>, out: &mut Means) -> Option<()> {
        if !t.any(&mut |s| self.is_open(s)) {
            let mut factors = weight.clone();
            factors.push(t.clone());
            out.constant.push(Term::product(factors));
            return Some(());
        }
        match t.node() {
            Node::Sum(parts) => parts.iter().try_for_each(|p| self.read(p, weight, out)),
            Node::Neg(a) => self.weighted(a, Term::integer(-1), weight, out),
            Node::Quotient(a, b) if !b.any(&mut |s| self.is_open(s)) => {
                let inverse = Term::quotient(Term::integer(1), b.clone());
                self.weighted(a, inverse, weight, out)
            }
            Node::Product(factors) => {
                let open: Vec<&Term> =
                    factors.iter().filter(|f| f.any(&mut |s| self.is_open(s))).collect();
                let [only] = open.as_slice() else { return None };
                let rest = factors.iter().filter(|f| f != only).cloned().collect();
                self.weighted(only, Term::product(rest), weight, out)
            }
            Node::Binder(b) => {
                let mean = self.mean(b)?;
                let mut factors = weight.clone();
                factors.push(mean.integrand.clone());
                let integrand = Term::product(factors);
                self.means_under(Mean { integrand, ..mean }, out);
                Some(())
            }
            _ => None,
        }
    }

    /// Of a sum of distributions nothing is drawn: it is the sum of the means under its parts.
    fn means_under(&self, mean: Mean, out: &mut Means) {
        let known = self.numbers.facts.resolve(&mean.distribution);
        let parts = known.weighted_parts().filter(|_| known.is_measure());
        let Some(parts) = parts else { return add(out, mean) };
        for (weight, part) in parts {
            let integrand = mean.integrand.clone().times_weight(weight);
            let (distribution, var) = (part.clone(), mean.var.clone());
            self.means_under(Mean { distribution, var, integrand }, out);
        }
    }

    fn weighted(&self, t: &Term, w: Term, weight: &mut Vec<Term>, out: &mut Means) -> Option<()> {
        weight.push(w);
        let done = self.read(t, weight, out);
        weight.pop();
        done
    }

    /// Integrals, quantities and densities are not constants.
    fn is_open(&self, t: &Term) -> bool {
        match t.node() {
            Node::Binder(_) => !t.is_finite_series(),
            Node::Density(..) | Node::Derivative(..) => true,
            Node::Call(..) => self.numbers.theory.expand_quantity(t).is_some(),
            _ => false,
        }
    }

    fn mean(&self, b: &Binder) -> Option<Mean> {
        // An integral inside the integrand would be computed for each sample.
        let integrates = |s: &Term| matches!(s.node(), Node::Binder(_)) && !s.is_finite_series();
        if b.body.any(&mut |s| integrates(s)) {
            return None;
        }
        match (b.op, &b.domain) {
            (BinderOp::Expectation, Domain::Over(d)) => Some(Mean {
                distribution: d.clone(),
                var: b.var.clone(),
                integrand: b.body.clone(),
            }),
            (BinderOp::Integral | BinderOp::Sum, domain) => self.weighted_integral(b, domain),
            _ => None,
        }
    }

    /// `∫ p(x)·f dx` over the support of p, and `∫ √(p·q) dx`, which is a mean under p as well.
    fn weighted_integral(&self, b: &Binder, domain: &Domain) -> Option<Mean> {
        let factors = match b.body.node() {
            Node::Product(factors) => factors.clone(),
            _ => vec![b.body.clone()],
        };
        let found = factors.iter().enumerate().find_map(|(i, f)| {
            self.drawn(f, b, domain).map(|distribution| (i, distribution.clone()))
        });
        let Some((index, distribution)) = found else { return self.divided(b, domain) };
        let mut rest = factors;
        rest.remove(index);
        Some(Mean { distribution, var: b.var.clone(), integrand: Term::product(rest) })
    }

    /// The distribution whose density at the variable this is, if the domain is where that lives.
    fn drawn<'t>(&self, t: &'t Term, b: &Binder, domain: &Domain) -> Option<&'t Term> {
        let Node::Density(d, points) = t.node() else { return None };
        let at = matches!(points.as_slice(), [x] if x.as_symbol() == Some(&b.var));
        (at && !d.mentions(&b.var) && self.covers(domain, d)).then_some(d)
    }

    /// The mean of what is left of a root of densities when one of them is divided out: √(q/p) under p for √(p·q). Its
    /// second moment is the mass of q. Of other integrands the quotient may have a mean that no sample shows, for its
    /// largest values are where p is hardly ever drawn.
    fn divided(&self, b: &Binder, domain: &Domain) -> Option<Mean> {
        let Node::Call(f, args) = b.body.node() else { return None };
        let [inside] = args.as_slice() else { return None };
        let factors = match inside.node() {
            Node::Product(factors) if *f == "sqrt" && factors.len() == 2 => factors,
            _ => return None,
        };
        let each: Option<Vec<&Term>> = factors.iter().map(|t| self.drawn(t, b, domain)).collect();
        let [p, q] = each?[..] else { return None };
        let point = Term::symbol(b.var.clone());
        let at = |d: &Term| Term::density(d.clone(), vec![point.clone()]);
        let integrand = Term::call("sqrt", vec![Term::quotient(at(q), at(p))]);
        Some(Mean { distribution: p.clone(), var: b.var.clone(), integrand })
    }

    fn covers(&self, domain: &Domain, distribution: &Term) -> bool {
        match domain {
            Domain::Over(set) => matches!(set.node(), Node::Call(f, args)
                if f == "support" && args.first().is_some_and(|d| self.same(d, distribution))),
            Domain::Range(lo, hi) => {
                let whole = lo.to_string() == "-oo" && hi.to_string() == "oo";
                let atoms = || self.numbers.atoms(distribution);
                let supported = self.numbers.support(distribution).or_else(atoms);
                whole || supported.is_some_and(|(a, b)| a.alpha_eq(lo) && b.alpha_eq(hi))
            }
        }
    }

    fn same(&self, a: &Term, b: &Term) -> bool {
        self.numbers.facts.resolve(a).alpha_eq(&self.numbers.facts.resolve(b))
    }
}

/// Integrands over the same distribution are sampled together.
fn add(out: &mut Means, mean: Mean) {
    let Some(known) = out.means.iter_mut().find(|m| m.distribution == mean.distribution) else {
        out.means.push(mean);
        return;
    };
    let renamed = mean.integrand.substitute(&mean.var, &Term::symbol(known.var.clone()));
    known.integrand = Term::sum(vec![known.integrand.clone(), renamed]);
}
