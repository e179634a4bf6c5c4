//! Where an integrand has a kink or a jump: proposals of points at which an integral may be split. Whether one lies in
//! the range is for the conditions of the rule that splits to prove.

use crate::term::{Binder, BinderOp, Domain, Node, Rational, Symbol, Term};

use super::Kernel;
use super::arith::{Atom, EnvId, Poly, infinite};

/// At most so many points are proposed.
const MOST: usize = 8;

impl Kernel<'_> {
    /// Points inside the range of an integral at which its integrand has a kink: zeros of what an absolute value is taken
    /// of, places where the smaller of two changes, ends of supports.
    pub(crate) fn kinks(&mut self, b: &Binder, env: EnvId) -> Vec<Term> {
        let Domain::Range(lo, hi) = &b.domain else { return Vec::new() };
        let mut bends = Vec::new();
        bends_in(&b.body, &b.var, &mut bends);
        if b.op != BinderOp::Integral || bends.is_empty() {
            return Vec::new();
        }
        let Ok(inner) = self.arith.enter(env, b.op, &b.var, &b.domain) else { return Vec::new() };
        let mut out: Vec<Term> = Vec::new();
        for bend in bends {
            let found = match bend {
                Bend::Zero(u) => self.zeros(&u, &b.var, inner, env),
                Bend::Support(d) => self.ends_of_support(&d),
            };
            for c in found {
                let inside = self.arith.at_most(lo, &c, env) == Some(true)
                    && self.arith.at_most(&c, hi, env) == Some(true);
                let mut same = |end: &Term| {
                    infinite(end).is_none() && self.arith.equal(end, &c, env) == Ok(true)
                };
                if inside && !same(lo) && !same(hi) && !out.iter().any(&mut same) {
                    out.push(c);
                }
            }
            if out.len() >= MOST {
                break;
            }
        }
        out
    }

    /// The zeros in x of a term that changes its sign, where it is, up to positive factors, a polynomial of at most the
    /// second degree or a difference of exponentials of such.
    fn zeros(&mut self, u: &Term, x: &Symbol, inner: EnvId, env: EnvId) -> Vec<Term> {
        self.find_zeros(u, x, inner, env).unwrap_or_default()
    }

    fn find_zeros(&mut self, u: &Term, x: &Symbol, inner: EnvId, env: EnvId) -> Option<Vec<Term>> {
        let p = self.arith.poly(u, inner).ok()?;
        let sign = self.arith.sign_of_poly(&p);
        if sign.is_nonnegative() || sign.neg().is_nonnegative() {
            return None;
        }
        let mut p = self.arith.without_positive_atoms(&p);
        if let Some(ratio) = self.arith.log_ratio(&p) {
            p = self.arith.without_positive_atoms(&ratio);
        }
        let canon = self.arith.lookup(x, inner)?;
        if let Some(difference) = self.arith.without_logarithms(&p) {
            p = difference;
        }
        let x = self.arith.atom(Atom::Bound(canon));
        // Over one denominator, which does not vanish where the term has a value.
        if let Some((above, _)) = self.arith.over_denominator(&p) {
            p = above;
        }
        let parts = self.arith.by_powers(&p, x)?;
        let at = |d: u32| {
            parts.iter().find(|(e, _)| *e == d).map_or_else(Poly::zero, |(_, p)| p.clone())
        };
        let (constant, slope, square) = (at(0), at(1), at(2));
        let roots = match parts.last()?.0 {
            1 => {
                let ratio = match self.arith.exact_quotient(&constant, &slope) {
                    Some(ratio) => ratio,
                    None => {
                        let inverse = self.arith.power(&slope, &Rational::MINUS_ONE).ok()?;
                        self.arith.times(&constant, &inverse).ok()?
                    }
                };
                vec![ratio.scaled(&Rational::MINUS_ONE)]
            }
            2 => {
                let four = Rational::from(4);
                let product = self.arith.times(&square, &constant).ok()?.scaled(&four);
                let discriminant = self.arith.times(&slope, &slope).ok()?.minus(&product);
                if !self.arith.sign_of_poly(&discriminant).is_nonnegative() {
                    return None;
                }
                let root = self.arith.power(&discriminant, &Rational::new(1, 2)?).ok()?;
                let inverse = self.arith.power(&square, &Rational::MINUS_ONE).ok()?;
                let inverse = inverse.scaled(&Rational::new(-1, 2)?);
                let ends = [slope.plus(&root), slope.minus(&root)];
                let ends = ends.map(|end| self.arith.times(&end, &inverse).ok());
                ends.into_iter().flatten().collect()
            }
            _ => return None,
        };
        Some(roots.into_iter().map(|root| self.arith.term_of(&root, env)).collect())
    }

    fn ends_of_support(&mut self, d: &Term) -> Vec<Term> {
        let parts = match self.arith.facts.mixture(d) {
            Some(parts) => parts.into_iter().map(|(_, part)| part).collect(),
            None => vec![d.clone()],
        };
        let ends = parts.iter().filter_map(|part| self.arith.interval_of(part));
        ends.flat_map(|(lo, hi)| [lo, hi]).filter(|end| infinite(end).is_none()).collect()
    }

    /// An integral cut at its first kink: both parts.
    pub(super) fn cut_at_kink(&mut self, b: &Binder, env: EnvId) -> Option<[Term; 2]> {
        let Domain::Range(lo, hi) = &b.domain else { return None };
        let c = self.kinks(b, env).into_iter().next()?;
        let over = |lo: &Term, hi: &Term| {
            let domain = Domain::Range(lo.clone(), hi.clone());
            Term::binder(b.op, b.var.clone(), domain, b.body.clone())
        };
        Some([over(lo, &c), over(&c, hi)])
    }
}

/// Where a product changes its sign one of its factors does.
fn factors_of_changing(u: &Term, x: &Symbol, out: &mut Vec<Bend>) {
    match u.node() {
        _ if !u.mentions(x) => {}
        Node::Neg(a) | Node::Power(a, _) => factors_of_changing(a, x, out),
        Node::Product(factors) => factors.iter().for_each(|f| factors_of_changing(f, x, out)),
        Node::Quotient(a, c) => [a, c].into_iter().for_each(|f| factors_of_changing(f, x, out)),
        _ => out.push(Bend::Zero(u.clone())),
    }
}

enum Bend {
    /// Where this vanishes.
    Zero(Term),
    /// Where the support of this distribution ends.
    Support(Term),
}

/// What may bend or jump in a term as x moves; what other binders bind is not looked at.
fn bends_in(t: &Term, x: &Symbol, out: &mut Vec<Bend>) {
    match t.node() {
        Node::Binder(_) | Node::Derivative(..) => return,
        _ if !t.mentions(x) => return,
        Node::Call(f, args) => match (f.as_str(), args.as_slice()) {
            ("abs", [u]) => factors_of_changing(u, x, out),
            ("min" | "max", [u, v]) => {
                out.push(Bend::Zero(Term::difference(u.clone(), v.clone())));
            }
            _ => {}
        },
        Node::Density(d, points) if !d.mentions(x) => {
            if matches!(points.as_slice(), [at] if at.as_symbol() == Some(x)) {
                out.push(Bend::Support(d.clone()));
            }
        }
        _ => {}
    }
    t.children().into_iter().for_each(|c| bends_in(c, x, out));
}
