//! Last resorts: an integral or a series for which no rule was found is written in another way, and kept so where a rule
//! takes it then; and what is infinite in a part is infinite as a whole.

use crate::term::{Binder, BinderOp, Domain, Node, Path, Term};

use super::engine::Engine;
use super::places::{has_kink, is_expectation, is_integral, places};
use super::problem::{is_infinite, mentions_infinity};

/// Sums of no more terms are written out.
const FEW: i64 = 8;

impl Engine<'_> {
    /// What is infinite in a part is infinite as a whole, where everything else is finite and keeps its sign.
    pub(super) fn absorb(&mut self) -> bool {
        self.message = self.why_infinite().or(self.message.take());
        let infinite = Term::symbol("oo");
        let done = is_infinite(&self.current)
            || [infinite.clone(), Term::neg(infinite)]
                .iter()
                .any(|value| self.try_arithmetic(&Path::root(), value));
        if done {
            self.end_line("infinite");
            self.message = self
                .why_infinite()
                .or_else(|| Some(("an integral in it diverges".into(), "其中有积分发散".into())));
        }
        done
    }
}

impl Engine<'_> {
    /// An expectation of which one part is finite and another one infinite.
    pub(super) fn infinite_parts(&mut self) -> bool {
        let rules = self.rules_of("infinite");
        let sum = |t: &Term| match t.node() {
            Node::Binder(b) => is_expectation(t) && matches!(b.body.node(), Node::Sum(_)),
            _ => false,
        };
        for path in places(&self.current.clone(), sum) {
            let mark = self.mark();
            let split = rules.iter().any(|r| self.try_rule(r, &path));
            let before = self.current.clone();
            if split {
                self.end_line("infinite");
                self.split_binders();
                self.exhaust("moments", is_expectation);
                self.end_line("moments");
                if self.current != before && mentions_infinity(&self.current) {
                    return true;
                }
            }
            self.reset(mark);
        }
        false
    }

    /// Puts the powers of quotients in order that derivatives leave under expectations.
    pub(super) fn tidy_averages(&mut self) -> bool {
        for path in places(&self.current.clone(), is_expectation) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Binder(b) = t.node() else { continue };
            let quotient = |s: &Term| match s.node() {
                Node::Power(a, _) => {
                    a.mentions(&b.var)
                        && matches!(a.node(), Node::Quotient(..) | Node::Neg(_) | Node::Product(_))
                }
                _ => false,
            };
            let body = path.child(1);
            if !self.tidied.contains(&t) && t.any(&mut |s| quotient(s)) {
                self.tidied.push(t);
                if self.tidy_kept(&body) {
                    self.end_line("linearity");
                    return true;
                }
            }
        }
        false
    }

    /// Writes an integral or a sum in another way, where a rule takes it then: multiplied out; with its powers gathered
    /// into one; after a substitution.
    pub(super) fn reshape(&mut self) -> bool {
        let sums = |t: &Term| is_integral(t) || is_binomial(t);
        for path in places(&self.current.clone(), sums) {
            for way in 0..self.ways() {
                if self.attempt(&path, |engine, path| engine.other_way(way, path)) {
                    return true;
                }
            }
        }
        self.short_sums()
    }

    /// In how many ways an integral may be written otherwise.
    fn ways(&mut self) -> usize {
        2 + self.rules_of("substitution").iter().len()
    }

    fn other_way(&mut self, way: usize, path: &Path) -> bool {
        match way {
            0 => self.multiplied_out(path),
            1 => {
                self.multiplied_out(path);
                self.gathered(path)
            }
            _ => {
                let rules = self.rules_of("substitution");
                let done = rules.iter().nth(way - 2).is_some_and(|rule| self.try_rule(rule, path));
                if done {
                    self.tidy_kept(&path.child(2));
                    self.multiplied_out(path);
                }
                done
            }
        }
    }

    /// The terms with an integral or a sum at a place written in each other way, and where what is left of it stands.
    pub(super) fn other_ways(&mut self, path: &Path) -> Vec<(Term, Vec<Path>)> {
        let mut out = Vec::new();
        for way in 0..self.ways() {
            let mark = self.mark();
            if self.other_way(way, path) {
                self.constants_from_exponents(path);
                self.end_line("substitution");
                self.split_binders();
                let left = places(&self.current, is_integral);
                out.push((self.current.clone(), left));
            }
            self.reset(mark);
        }
        out
    }

    /// Sums of a few terms are written out.
    fn short_sums(&mut self) -> bool {
        let short = |t: &Term| match t.node() {
            Node::Binder(Binder { op: BinderOp::Sum, domain: Domain::Range(lo, hi), .. }) => {
                let end = |t: &Term| t.as_rational()?.to_i64();
                end(lo).zip(end(hi)).filter(|(lo, hi)| (0..FEW).contains(&(hi - lo)))
            }
            _ => None,
        };
        let powers = |t: &Term| {
            t.any(&mut |s| matches!(s.node(), Node::Power(_, n) if n.as_rational().is_none()))
        };
        for path in places(&self.current.clone(), |t| short(t).is_some() && powers(t)) {
            let Some(t) = self.current.at(&path) else { continue };
            let (Some((lo, hi)), Node::Binder(b)) = (short(&t), t.node()) else { continue };
            let at = |k: i64| b.body.substitute(&b.var, &Term::integer(k));
            let parts: Vec<Term> = (lo..=hi).map(at).collect();
            let parts = parts.iter().map(|p| self.kernel.readable(p).unwrap_or_else(|| p.clone()));
            let sum = Term::sum(parts.collect());
            if self.try_arithmetic(&path, &sum) {
                self.end_line("independence");
                return true;
            }
        }
        false
    }

    /// exp(c + f) as exp(c)·exp(f), where c does not depend on the variable.
    fn constants_from_exponents(&mut self, path: &Path) -> bool {
        let Some(Node::Binder(b)) = self.current.at(path).map(|t| t.node().clone()) else {
            return false;
        };
        let (mut free, mut rest) = (Vec::new(), Vec::new());
        let (above, below) = match b.body.node() {
            Node::Quotient(a, c) => (a, Some(c)),
            _ => (&b.body, None),
        };
        let factors = match above.node() {
            Node::Product(factors) => factors.clone(),
            _ => vec![above.clone()],
        };
        for factor in factors {
            let parts = match factor.node() {
                Node::Call(f, args) if f == "exp" => args.first().map(summands),
                _ => None,
            };
            match parts {
                Some(parts) => {
                    let (moving, fixed): (Vec<_>, Vec<_>) =
                        parts.into_iter().partition(|p| p.mentions(&b.var));
                    if !fixed.is_empty() {
                        free.push(Term::call("exp", vec![Term::sum(fixed)]));
                    }
                    if !moving.is_empty() {
                        rest.push(Term::call("exp", vec![Term::sum(moving)]));
                    }
                }
                None => rest.push(factor),
            }
        }
        if free.is_empty() {
            return false;
        }
        free.extend(rest);
        let above = Term::product(free);
        let new = below.map_or(above.clone(), |c| Term::quotient(above, c.clone()));
        self.try_arithmetic(&path.child(2), &new)
    }

    /// Does something at a place, and keeps it where fewer integrals are left in the end.
    fn attempt(&mut self, path: &Path, act: impl FnOnce(&mut Self, &Path) -> bool) -> bool {
        let left = |e: &Self| places(&e.current, |t| is_integral(t) || is_binomial(t)).len();
        let before = left(self);
        let mark = self.mark();
        if act(self, path) {
            self.constants_from_exponents(path);
            self.end_line("substitution");
            for _ in 0..2 {
                self.split_binders();
                self.insert_integrals();
                self.weights_again();
                self.insert_sums();
                if left(self) < before {
                    return true;
                }
                // On each piece the integrand may be one that a rule takes.
                if !places(&self.current, is_integral).iter().any(|p| self.has_kink_at(p))
                    || !self.split_at_kinks()
                {
                    break;
                }
            }
        }
        self.reset(mark);
        false
    }

    fn has_kink_at(&self, path: &Path) -> bool {
        self.current.at(path).is_some_and(|t| has_kink(&t))
    }

    /// Finite sums for which there is a rule, such as that of a binomial power.
    fn insert_sums(&mut self) {
        self.exhaust("integrals", is_binomial);
        self.end_line("integrals");
    }

    fn multiplied_out(&mut self, path: &Path) -> bool {
        let (body, whole) = (path.child(2), self.current.clone());
        match self.kernel.spellings(&whole, &body).pop() {
            Some(new) => self.try_arithmetic(&body, &new),
            None => false,
        }
    }

    /// a^(2k)·b^(-k) as (a²/b)^k, so that the powers of the index have one base.
    fn gathered(&mut self, path: &Path) -> bool {
        let body = path.child(2);
        let Some(Node::Binder(b)) = self.current.at(path).map(|t| t.node().clone()) else {
            return false;
        };
        let Some(new) = self.one_power(&b) else { return false };
        self.try_arithmetic(&body, &new)
    }

    fn one_power(&mut self, b: &Binder) -> Option<Term> {
        let (mut bases, mut constants, mut rest, mut below) = (vec![], vec![], vec![], vec![]);
        for (base, exponent) in joined(powers_of(&b.body)) {
            if base.mentions(&b.var) || !exponent.mentions(&b.var) {
                let is = |n: i64| exponent.as_rational().is_some_and(|e| e == n.into());
                match () {
                    () if is(1) => rest.push(base),
                    () if is(-1) => below.push(base),
                    () => rest.push(Term::power(base, exponent)),
                }
                continue;
            }
            let at = |n: i64| exponent.substitute(&b.var, &Term::integer(n));
            let start = self.kernel.readable(&at(0))?;
            let slope = self.kernel.readable(&Term::difference(at(1), at(0)))?;
            let zero = |t: &Term| t.as_rational().is_some_and(|r| r.is_zero());
            if !zero(&start) {
                constants.push(Term::power(base.clone(), start));
            }
            bases.push((base, slope));
        }
        if bases.is_empty() {
            return None;
        }
        let base = product_of_powers(bases);
        rest.push(Term::power(base, Term::symbol(b.var.clone())));
        constants.extend(rest);
        let above = Term::product(constants);
        Some(if below.is_empty() { above } else { Term::quotient(above, Term::product(below)) })
    }
}

/// Powers of one base with numbers for exponents are one power.
fn joined(all: Vec<(Term, Term)>) -> Vec<(Term, Term)> {
    let mut out: Vec<(Term, Term)> = Vec::new();
    for (base, exponent) in all {
        let known = out.iter_mut().find(|(b, e)| *b == base && e.as_rational().is_some());
        match (known, exponent.as_rational()) {
            (Some((_, e)), Some(more)) => {
                let sum = e.as_rational().map(|e| &e + &more).unwrap_or(more);
                *e = Term::rational(&sum);
            }
            _ => out.push((base, exponent)),
        }
    }
    out
}

/// Powers with numbers for exponents as one product or quotient, without fractions of fractions.
fn product_of_powers(all: Vec<(Term, Term)>) -> Term {
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for (base, exponent) in all {
        let power = |base: Term, e: &crate::term::Rational| match e.is_one() {
            true => base,
            false => Term::power(base, Term::rational(e)),
        };
        match exponent.as_rational() {
            Some(e) if e.is_negative() => below.push(power(base, &-&e)),
            Some(e) => above.push(power(base, &e)),
            None => above.push(Term::power(base, exponent)),
        }
    }
    match below.is_empty() {
        true => Term::product(above),
        false => Term::quotient(Term::product(above), Term::product(below)),
    }
}

/// The parts of a sum, signs and bars taken into each.
fn summands(t: &Term) -> Vec<Term> {
    match t.node() {
        Node::Sum(parts) => parts.iter().flat_map(summands).collect(),
        Node::Neg(a) => summands(a).into_iter().map(Term::neg).collect(),
        Node::Quotient(a, c) => {
            summands(a).into_iter().map(|p| Term::quotient(p, c.clone())).collect()
        }
        _ => vec![t.clone()],
    }
}

/// A finite sum in which a binomial coefficient counts.
fn is_binomial(t: &Term) -> bool {
    match t.node() {
        Node::Binder(b) => {
            let range = matches!(&b.domain, Domain::Range(_, hi) if hi.as_rational().is_none());
            let coefficient = |t: &Term| matches!(t.node(), Node::Call(f, _) if f == "binomial");
            b.op == BinderOp::Sum
                && range
                && t.is_finite_series()
                && b.body.any(&mut |t| coefficient(t))
        }
        _ => false,
    }
}

/// Whether a power or a quotient of exponentials stands in a term.
pub(super) fn is_power_of_exp(t: &Term) -> bool {
    let exponential = |t: &Term| t.any(&mut |s| matches!(s.node(), Node::Call(f, _) if f == "exp"));
    t.any(&mut |s| match s.node() {
        Node::Power(a, _) => exponential(a),
        Node::Quotient(_, c) => exponential(c),
        Node::Call(f, args) => f == "sqrt" && args.iter().any(exponential),
        _ => false,
    })
}

/// The factors of a term, each with its exponent; roots and quotients are powers.
fn powers_of(t: &Term) -> Vec<(Term, Term)> {
    let scaled = |all: Vec<(Term, Term)>, by: &Term| {
        let times = |e: Term| match (e.as_rational(), by.as_rational()) {
            (Some(a), Some(b)) => Term::rational(&(&a * &b)),
            (Some(a), None) if a.is_one() => by.clone(),
            _ => Term::product(vec![e, by.clone()]),
        };
        all.into_iter().map(|(b, e)| (b, times(e))).collect::<Vec<_>>()
    };
    match t.node() {
        Node::Product(factors) => factors.iter().flat_map(powers_of).collect(),
        Node::Quotient(a, c) => {
            let mut out = powers_of(a);
            out.extend(scaled(powers_of(c), &Term::neg(Term::integer(1))));
            out
        }
        Node::Power(a, n) => match a.node() {
            Node::Product(_) | Node::Quotient(..) | Node::Power(..) => scaled(powers_of(a), n),
            _ => vec![(a.clone(), n.clone())],
        },
        Node::Call(f, args) if f == "sqrt" && args.len() == 1 => {
            scaled(powers_of(&args[0]), &Term::quotient(Term::integer(1), Term::integer(2)))
        }
        _ => vec![(t.clone(), Term::integer(1))],
    }
}
