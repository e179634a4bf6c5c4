//! Normal form back to a term, in the shape a textbook prints: logarithms with numeric coefficients gathered into one,
//! fractions gathered over their denominator, numbers last.
//!
//! Nothing here is believed: what is built is compared with what it came from before it enters a derivation.

use crate::term::{BinderOp, Domain, Node, Rational, Symbol, Term, fresh_name};

use super::{Arithmetic, Atom, CanonId, EnvId, Monomial, Poly, PolyId, ROOT};

pub(super) type Names = Vec<(CanonId, Symbol)>;

impl Arithmetic<'_> {
    /// A presentable term with the normal form `p`, inside the binders of `env`.
    pub(crate) fn term_of(&self, p: &Poly, env: EnvId) -> Term {
        let mut names = Names::new();
        let mut here = env;
        while here != ROOT {
            let entry = &self.envs[here as usize];
            names.push((entry.canon, entry.var.clone()));
            here = entry.parent;
        }
        self.build(p, &names)
    }

    pub(super) fn build(&self, p: &Poly, names: &Names) -> Term {
        self.build_as(p, names, false)
    }

    /// With what stands before functions gathered, and common factors taken out, if it is to be `presented`.
    pub(super) fn build_as(&self, p: &Poly, names: &Names, presented: bool) -> Term {
        if let Some((content, base, k)) = binomial_power(p)
            && !p
                .0
                .iter()
                .any(|(m, _)| m.iter().any(|(a, _)| matches!(self.atom_at(*a), Atom::Ln(_))))
        {
            let power = Term::power(self.build(&base, names), Term::integer(k));
            let (magnitude, negative) = (content.abs(), content.is_negative());
            let above = with_number(&magnitude.numerator(), vec![power]);
            let below = with_number(&magnitude.denominator(), Vec::new());
            let term = fraction(above, below);
            return if negative { Term::neg(term) } else { term };
        }
        let (logs, rest) = self.split_logs(p);
        let mut parts = Vec::new();
        match self.gathered_logs(p, &logs) {
            Some(gathered) => parts.extend(self.build_gathered(&gathered, names, presented)),
            None => {
                let build = |(c, atoms): &LogGroup| self.build_log(c, atoms, names, presented);
                parts.extend(logs.iter().map(build));
            }
        }
        let (gathered, rest) = if presented { self.by_function(&rest) } else { (Vec::new(), rest) };
        for part in gathered.iter().chain(std::iter::once(&rest)) {
            parts.extend(self.build_fractions(part, names, presented));
        }
        in_reading_order(parts)
    }

    /// Monomials that are a coefficient monomial times one logarithm, grouped by that coefficient; and the others.
    fn split_logs(&self, p: &Poly) -> (Vec<LogGroup>, Poly) {
        let mut logs: Vec<LogGroup> = Vec::new();
        let mut rest = Vec::new();
        for (m, c) in &p.0 {
            let Some((i, u)) = self.logarithm_in(m) else {
                rest.push((m.clone(), c.clone()));
                continue;
            };
            let mut coefficient = m.clone();
            coefficient.remove(i);
            // The logarithm of the bound variable stays apart from that of constants.
            let varies = self.varies(u);
            match logs
                .iter_mut()
                .find(|(k, list)| *k == coefficient && self.varies(list[0].0) == varies)
            {
                Some((_, list)) => list.push((u, c.clone())),
                None => logs.push((coefficient, vec![(u, c.clone())])),
            }
        }
        (logs.into_iter().flat_map(|group| self.by_size(group)).collect(), Poly(rest))
    }

    /// Whether a bound variable occurs.
    pub(super) fn varies(&self, p: PolyId) -> bool {
        self.poly_at(p).0.iter().flat_map(|(m, _)| m).any(|(a, _)| {
            matches!(self.atom_at(*a), Atom::Bound(_) | Atom::Density(..) | Atom::Exp(_))
        })
    }

    /// Σ cᵢ ln uᵢ as g·ln(Π uᵢ^(cᵢ/g)).
    pub(super) fn build_log(
        &self,
        coefficient: &Monomial,
        atoms: &[(PolyId, Rational)],
        names: &Names,
        presented: bool,
    ) -> Part {
        let mut g = atoms.iter().fold(Rational::ZERO, |g, (_, c)| g.gcd(c));
        let constant = |u: PolyId| self.poly_at(u).as_constant().is_some();
        let minus = atoms.iter().filter(|(_, c)| c.is_negative()).count();
        let mixed = minus > 0 && minus < atoms.len();
        let positive = |(u, c): &(PolyId, Rational)| !c.is_negative() && !constant(*u);
        // −½ ln(πv/2) rather than ½ ln(2/(πv)); k·(1 − p) ln(b/a) rather than k·(p − 1) ln(a/b).
        let turned = mixed && coefficient.iter().any(|factor| self.negative_sum(factor).is_some());
        let only_numbers = atoms.iter().all(|(u, _)| constant(*u));
        if minus == atoms.len()
            || turned
            || presented && !only_numbers && !atoms.iter().any(positive)
        {
            g = -g;
        }
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let mut numbers = (Rational::ONE, Rational::ONE);
        for (u, c) in atoms {
            let n = c.checked_div(&g).unwrap_or(Rational::ONE);
            let value = self.poly_at(*u).as_constant();
            if let Some(power) = value.and_then(|v| v.checked_pow(n.abs().to_i64()?)) {
                let side = if n.is_negative() { &mut numbers.1 } else { &mut numbers.0 };
                *side = &*side * &power;
                continue;
            }
            let base = self.build(self.poly_at(*u), names);
            let power = with_exponent(base, &n.abs());
            if n.is_negative() { &mut below } else { &mut above }.push(power);
        }
        let argument = fraction(with_number(&numbers.0, above), with_number(&numbers.1, below));
        let (outer, extra) = match argument.as_rational().and_then(|r| perfect_power(&r)) {
            Some((root, n)) => (Term::rational(&root), Rational::from(n)),
            None => (argument, Rational::ONE),
        };
        let ln = Term::call("ln", vec![outer]);
        let g = &g * &extra;
        let (magnitude, negative) = (g.abs(), g.is_negative());
        let (mut above, mut below) = self.build_monomial(coefficient, names);
        let negative = negative && !self.turn(coefficient, &mut above, names);
        above.push(ln);
        if coefficient.is_empty() && !magnitude.is_integer() && magnitude.numerator().is_one() {
            // ½·ln(…) reads better than ln(…)/2.
            above.insert(0, Term::rational(&magnitude));
            return Part { term: Term::product(above), negative, rank: 0 };
        }
        if !magnitude.numerator().is_one() {
            above.insert(0, Term::rational(&magnitude.numerator()));
        }
        if !magnitude.is_integer() {
            below.insert(0, Term::rational(&magnitude.denominator()));
        }
        Part { term: fraction(above, below), negative, rank: 0 }
    }

    /// The parts without logarithms, those with the same denominator gathered into one fraction.
    fn build_fractions(&self, p: &Poly, names: &Names, presented: bool) -> Vec<Part> {
        let mut groups: Vec<(Monomial, Poly)> = Vec::new();
        for (m, c) in &p.0 {
            // exp(…) carries its own sign and is never a denominator; nor is x beside x^s.
            let (below, above): (Monomial, Monomial) = m.iter().cloned().partition(|(a, e)| {
                e.is_negative()
                    && !matches!(self.atom_at(*a), Atom::Exp(_))
                    && !self.is_powered(m, *a)
            });
            let c = if self.is_turned(m) { -c } else { c.clone() };
            let apart = below.is_empty() && above.is_empty();
            match groups.iter_mut().find(|(k, q)| *k == below && !apart && !is_number(q)) {
                Some((_, q)) => q.0.push((above, c)),
                None => groups.push((below, Poly(vec![(above, c)]))),
            }
        }
        groups
            .iter()
            .map(|(below, numerator)| self.build_group(below, numerator, names, presented))
            .collect()
    }

    fn build_group(
        &self,
        below: &Monomial,
        numerator: &Poly,
        names: &Names,
        presented: bool,
    ) -> Part {
        let number = below.is_empty() && is_number(numerator);
        let (common, numerator) = self.without_common(numerator, presented);
        let mut content = numerator.0.iter().fold(Rational::ZERO, |g, (_, c)| g.gcd(c));
        let power = binomial_power(&numerator).filter(|(c, ..)| c.abs() == content);
        let minus = match &power {
            Some((c, ..)) => c.is_negative(),
            None => numerator.0.iter().all(|(_, c)| c.is_negative()),
        };
        if minus {
            content = -content;
        }
        let (outside, magnitude) =
            self.roots_below(super::poly::merge(below, &common), &content.abs());
        let (mut above, mut under) = self.build_monomial(&outside, names);
        // 1/(2w − 1) rather than −1/(1 − 2w), where that is what is positive.
        let negative = content.is_negative()
            && !self.turn(&outside, &mut under, names)
            && !self.turn(&outside, &mut above, names);
        if !magnitude.denominator().is_one() {
            under.insert(0, Term::rational(&magnitude.denominator()));
        }
        if is_number(&numerator) {
            // What it is stands outside.
        } else if let Some((_, base, k)) = power {
            above.push(Term::power(self.build(&base, names), Term::integer(k)));
        } else {
            let mut monomials: Vec<&(Monomial, Rational)> = numerator.0.iter().collect();
            let bound =
                |m: &Monomial| m.iter().any(|(a, _)| matches!(self.atom_at(*a), Atom::Bound(_)));
            monomials.sort_by_key(|(m, _)| !bound(m));
            let parts = monomials
                .into_iter()
                .map(|(m, c)| {
                    let c = c.checked_div(&content).unwrap_or(Rational::ONE);
                    let is_plain = m.is_empty();
                    let (m, n) = self.roots_below(m.clone(), &c.abs());
                    let (factors, mut under) = self.build_monomial(&m, names);
                    if !n.denominator().is_one() {
                        under.insert(0, Term::rational(&n.denominator()));
                    }
                    let term = fraction(with_number(&n.numerator(), factors), under);
                    let rank = if presented && is_plain { 2 } else { 1 };
                    Part { term, negative: c.is_negative(), rank }
                })
                .collect();
            let function = |t: &Term| matches!(t.node(), Node::Call(f, _) if *f != "sqrt");
            let at = above.iter().position(|t| presented && function(t)).unwrap_or(above.len());
            above.insert(at, in_reading_order(parts));
        }
        let term = fraction(with_number(&magnitude.numerator(), above), under);
        Part { term, negative, rank: if number { 2 } else { 1 } }
    }

    /// Turns one sum around that is a factor with an odd exponent and known to be negative, and tells whether it did:
    /// k·(1 − p) rather than −k·(p − 1).
    fn turn(&self, m: &Monomial, factors: &mut [Term], names: &Names) -> bool {
        m.iter().filter_map(|factor| self.negative_sum(factor)).any(|p| {
            let old = self.build(self.poly_at(p), names);
            let turned = |t: &Term| match t.node() {
                _ if *t == old => Some(None),
                Node::Power(base, n) if *base == old => Some(Some(n.clone())),
                _ => None,
            };
            let found = factors.iter().enumerate().find_map(|(i, t)| Some((i, turned(t)?)));
            let Some((i, exponent)) = found else { return false };
            let new = self.build(&self.poly_at(p).scaled(&Rational::MINUS_ONE), names);
            factors[i] = match exponent {
                Some(n) => Term::power(new, n),
                None => new,
            };
            true
        })
    }

    /// A factor that is a sum with an odd exponent, and known to be negative.
    fn negative_sum(&self, (a, e): &(u32, Rational)) -> Option<PolyId> {
        match self.atom_at(*a) {
            Atom::Sum(p) if is_odd(e) && self.is_negative_sum(self.poly_at(*p)) => Some(*p),
            _ => None,
        }
    }

    /// √2/2·… as 1/√2·…: roots of primes that divide the denominator of the coefficient go below the bar, where they
    /// join the others. What is left of the coefficient comes with the monomial.
    fn roots_below(&self, mut m: Monomial, magnitude: &Rational) -> (Monomial, Rational) {
        let mut rest = magnitude.clone();
        for (a, e) in &mut m {
            let Atom::Prime(n) = self.atom_at(*a) else { continue };
            let joined = &rest * n;
            if *e == Rational::HALF && joined.denominator() != rest.denominator() {
                (*e, rest) = (-&*e, joined);
            }
        }
        (m, rest)
    }

    /// The factors above and below the bar of a monomial.
    pub(super) fn build_monomial(&self, m: &Monomial, names: &Names) -> (Vec<Term>, Vec<Term>) {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let mut exponent = Poly::zero();
        let mut powers: Vec<(PolyId, Poly)> = Vec::new();
        let (mut number, mut over, mut under) = (Rational::ONE, Vec::new(), Vec::new());
        let mut m: Vec<&(u32, Rational)> = m.iter().collect();
        // exp(s·ln x) is met before x, so that x^s·x becomes x^(s + 1).
        let is_power =
            |a: u32| matches!(self.atom_at(a), Atom::Exp(p) if self.symbolic_power(*p).is_some());
        m.sort_by_key(|(a, _)| (!is_power(*a), self.reading_rank(*a)));
        for (a, e) in m {
            if let Atom::Exp(p) = self.atom_at(*a) {
                match self.symbolic_power(*p) {
                    Some((u, rest)) => add_power(&mut powers, u, &rest.scaled(e)),
                    None => exponent = exponent.plus(&self.poly_at(*p).scaled(e)),
                }
                continue;
            }
            if let Some((_, sum)) = powers.iter_mut().find(|(u, _)| self.joins(*u, *a, e).is_some())
            {
                *sum = sum.plus(&Poly::constant(e.clone()));
                continue;
            }
            let base = self.build_atom(*a, names);
            if e.abs() == Rational::HALF {
                match (self.atom_at(*a), e.is_negative()) {
                    (Atom::Prime(n), false) => number = &number * n,
                    (Atom::Prime(n), true) => number = number.checked_div(n).unwrap_or(number),
                    (_, false) => over.push(base),
                    (_, true) => under.push(base),
                }
                continue;
            }
            let side = if e.is_negative() { &mut below } else { &mut above };
            side.push(with_exponent(base, &e.abs()));
        }
        let over = with_number(&number.numerator(), over);
        let under = with_number(&number.denominator(), under);
        let root = |of: Term| Term::call("sqrt", vec![of]);
        match (over.is_empty(), under.is_empty()) {
            (true, true) => {}
            (true, false) => below.push(root(Term::product(under))),
            // Under a binder rules look for the root of the variable.
            (false, false) if !names.is_empty() => {
                above.push(root(Term::product(over)));
                below.push(root(Term::product(under)));
            }
            (false, _) => above.push(root(fraction(over, under))),
        }
        above.extend(self.build_powers(powers, names));
        if !exponent.is_zero() {
            above.push(Term::call("exp", vec![self.build_exponent(&exponent, names)]));
        }
        (above, below)
    }

    /// Constants before the bound variable, and what is long last.
    fn reading_rank(&self, a: u32) -> u8 {
        match self.atom_at(a) {
            Atom::Prime(_) => 0,
            Atom::Symbol(_) => 1,
            Atom::Bound(_) => 2,
            Atom::Sum(p) if self.is_logarithm(*p) => 4,
            Atom::Sum(_) => 3,
            _ => 4,
        }
    }

    fn is_logarithm(&self, p: PolyId) -> bool {
        self.poly_at(p).0.iter().all(|(m, _)| self.logarithm_in(m).is_some())
    }

    /// Whether a power of this atom with a symbolic exponent stands beside it.
    fn is_powered(&self, m: &Monomial, a: u32) -> bool {
        m.iter().filter(|(b, _)| *b == a).any(|(_, e)| self.beside(m, a, e).is_some())
    }

    /// Whether what is joined to such powers is their base turned around, an odd number of times: (1 − x)^s/(x − 1) is
    /// −(1 − x)^(s − 1).
    fn is_turned(&self, m: &Monomial) -> bool {
        let odd = |e: &Rational| e.to_i64().is_some_and(|e| e % 2 != 0);
        m.iter().filter(|(a, e)| odd(e) && self.beside(m, *a, e) == Some(true)).count() % 2 == 1
    }

    fn beside(&self, m: &Monomial, a: u32, e: &Rational) -> Option<bool> {
        m.iter().find_map(|(b, _)| match self.atom_at(*b) {
            Atom::Exp(p) => self.symbolic_power(*p).and_then(|(u, _)| self.joins(u, a, e)),
            _ => None,
        })
    }

    /// Whether a^e may be joined to a power of u: a is u, or u turned around, which is told.
    fn joins(&self, u: PolyId, a: u32, e: &Rational) -> Option<bool> {
        let u = self.poly_at(u);
        match self.atom_at(a) {
            _ if *u == Poly::atom(a) => Some(false),
            Atom::Sum(q) if u == self.poly_at(*q) => Some(false),
            Atom::Sum(q) if e.is_integer() => {
                (*u == self.poly_at(*q).scaled(&Rational::MINUS_ONE)).then_some(true)
            }
            _ => None,
        }
    }

    /// exp(c·ln u) with c no number: u and c.
    pub(super) fn symbolic_power(&self, p: PolyId) -> Option<(PolyId, Poly)> {
        let [(m, _)] = self.poly_at(p).0.as_slice() else { return None };
        let (i, u) = self.logarithm_in(m)?;
        let mut rest = m.clone();
        rest.remove(i);
        Some((u, Poly::monomial(rest, Rational::ONE)))
    }

    fn build_all(&self, ps: &[PolyId], names: &Names) -> Vec<Term> {
        ps.iter().map(|p| self.build(self.poly_at(*p), names)).collect()
    }

    fn build_atom(&self, a: u32, names: &Names) -> Term {
        let poly = |p: &PolyId| self.build(self.poly_at(*p), names);
        match self.atom_at(a) {
            Atom::Symbol(s) => Term::symbol(s.clone()),
            Atom::Meta(m) => Term::meta(m.clone()),
            Atom::Bound(c) => match names.iter().rev().find(|(k, _)| k == c) {
                Some((_, name)) => Term::symbol(name.clone()),
                None => Term::symbol(self.canons[*c as usize].name.clone()),
            },
            Atom::Prime(n) => Term::rational(n),
            Atom::Ln(p) => Term::call("ln", vec![poly(p)]),
            Atom::Exp(p) => Term::call("exp", vec![poly(p)]),
            Atom::Sum(p) => poly(p),
            Atom::Abs(p) => Term::call("abs", vec![poly(p)]),
            Atom::Power(b, e) => Term::power(poly(b), poly(e)),
            Atom::Call(f, args) => Term::call(f.clone(), self.build_all(args, names)),
            Atom::Density(p, xs) => {
                let p = self.build(self.poly_at(*p), names);
                Term::density(p, self.build_all(xs, names))
            }
            Atom::Index(base, at) => Term::index(poly(base), poly(at)),
            Atom::Derivative(x, f) => Term::derivative(poly(x), poly(f)),
            Atom::Binder(op, domain, body, canon) => {
                self.build_binder(*op, domain, *body, *canon, names)
            }
        }
    }

    fn build_binder(
        &self,
        op: BinderOp,
        domain: &[PolyId],
        body: PolyId,
        canon: CanonId,
        names: &Names,
    ) -> Term {
        let mut ends = self.build_all(domain, names);
        let hint = &self.canons[canon as usize].name;
        let name = fresh_name(hint, |s| names.iter().any(|(_, n)| n == s));
        let domain = match (ends.pop(), ends.pop()) {
            (Some(hi), Some(lo)) => Domain::Range(lo, hi),
            (Some(d), None) => Domain::Over(d),
            (None, _) => Domain::Over(Term::integer(0)),
        };
        let mut inner = names.clone();
        inner.push((canon, name.clone()));
        Term::binder(op, name, domain, self.build(self.poly_at(body), &inner))
    }
}

/// A coefficient, and logarithms (by their argument) with their numeric factors.
pub(super) type LogGroup = (Monomial, Vec<(PolyId, Rational)>);

/// One summand: its sign, and whether it is a logarithm (0), an expression (1) or a number (2).
pub(super) struct Part {
    pub term: Term,
    pub negative: bool,
    pub rank: u8,
}

/// Logarithms first, numbers last, and something positive in front where there is one among the first two kinds.
fn in_reading_order(mut parts: Vec<Part>) -> Term {
    parts.sort_by_key(|p| p.rank);
    if parts.first().is_some_and(|p| p.negative)
        && let Some(i) = parts.iter().position(|p| !p.negative)
    {
        let part = parts.remove(i);
        parts.insert(0, part);
    }
    // c + d − a − b: names that are added first.
    if parts.iter().all(|p| p.term.as_symbol().is_some()) {
        parts.sort_by_key(|p| p.negative);
    }
    let several = parts.len() > 1;
    let mut terms = Vec::with_capacity(parts.len());
    for part in parts {
        match part.term.node() {
            Node::Sum(inner) if part.negative && several => {
                terms.extend(inner.iter().map(|t| match t.node() {
                    Node::Neg(u) => u.clone(),
                    _ => Term::neg(t.clone()),
                }));
            }
            _ if part.negative => terms.push(Term::neg(part.term)),
            Node::Sum(inner) => terms.extend(inner.iter().cloned()),
            _ => terms.push(part.term),
        }
    }
    Term::sum(terms)
}

fn add_power(powers: &mut Vec<(PolyId, Poly)>, u: PolyId, e: &Poly) {
    match powers.iter_mut().find(|(v, _)| *v == u) {
        Some((_, sum)) => *sum = sum.plus(e),
        None => powers.push((u, e.clone())),
    }
}

fn is_odd(n: &Rational) -> bool {
    n.is_integer() && n.checked_div(&Rational::from(2)).is_some_and(|half| !half.is_integer())
}

fn is_number(p: &Poly) -> bool {
    p.as_constant().is_some()
}

pub(super) fn with_number(n: &Rational, mut factors: Vec<Term>) -> Vec<Term> {
    if !n.is_one() {
        factors.insert(0, Term::rational(n));
    }
    factors
}

pub(super) fn fraction(above: Vec<Term>, below: Vec<Term>) -> Term {
    if below.is_empty() {
        return Term::product(above);
    }
    Term::quotient(Term::product(above), Term::product(below))
}

pub(super) fn with_exponent(base: Term, e: &Rational) -> Term {
    if e.is_one() { base } else { Term::power(base, Term::rational(e)) }
}

/// 8 as (2, 3), 1/4 as (1/2, 2): so that ln 8 is 3 ln 2. `None` where there is no such root.
fn perfect_power(r: &Rational) -> Option<(Rational, i64)> {
    let (above, below) = (r.numerator().to_i64()?, r.denominator().to_i64()?);
    if above.max(below) < 4 || above.min(below) != 1 {
        return None;
    }
    for n in (2..=10).rev() {
        for base in 2..=12 {
            for root in [Rational::from(base), Rational::new(1, base)?] {
                if root.checked_pow(n).as_ref() == Some(r) {
                    return Some((root, n));
                }
            }
        }
    }
    None
}

/// `p` as c·(A ± B)^k for monomials A, B and k ≥ 2, where it is one.
pub(super) fn binomial_power(p: &Poly) -> Option<(Rational, Poly, i64)> {
    let k = p.0.len().checked_sub(1)?;
    let fraction = p.0.iter().any(|(m, _)| m.iter().any(|(_, e)| e.is_negative()));
    if fraction || !(2..=12).contains(&k) {
        return None;
    }
    let k = k as i64;
    let pure: Vec<(Monomial, &Rational)> =
        p.0.iter().filter_map(|(m, c)| Some((monomial_root(m, k)?, c))).collect();
    for (i, (a, ca)) in pure.iter().enumerate() {
        for (b, cb) in &pure[i + 1..] {
            let Some(ratio) = cb.checked_div(ca).and_then(|r| rational_root(&r.abs(), k)) else {
                continue;
            };
            for sign in [Rational::ONE, Rational::MINUS_ONE] {
                let b = Poly::monomial(b.clone(), &ratio * &sign);
                let base = Poly::monomial(a.clone(), Rational::ONE).plus(&b);
                if plain_power(&base, k).scaled(ca) == *p {
                    return Some(((*ca).clone(), base, k));
                }
            }
        }
    }
    None
}

fn monomial_root(m: &Monomial, k: i64) -> Option<Monomial> {
    m.iter()
        .map(|(a, e)| {
            let root = e.checked_div(&Rational::from(k))?;
            root.is_integer().then_some((*a, root))
        })
        .collect()
}

fn rational_root(r: &Rational, k: i64) -> Option<Rational> {
    let root =
        |n: &Rational| (1..=64).map(Rational::from).find(|b| b.checked_pow(k).as_ref() == Some(n));
    root(&r.numerator())?.checked_div(&root(&r.denominator())?)
}

/// The power of a sum of two monomials in plain symbols, multiplied out.
fn plain_power(base: &Poly, k: i64) -> Poly {
    let mut out = Poly::one();
    for _ in 0..k {
        let terms = out
            .0
            .iter()
            .flat_map(|(m, c)| base.0.iter().map(move |(n, d)| (super::poly::merge(m, n), c * d)));
        out = Poly::collect(terms.collect());
    }
    out
}
