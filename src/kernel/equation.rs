//! Equations: steps from one equation to an equivalent one, and what makes an equation `x = s` a solution.
//!
//! An equation `a = b` and another `c = d` have the same solutions where `c − d` is `a − b` times a factor that vanishes
//! nowhere, both being defined at the same points; or where both sides went through a function that is one to one.
//! Nothing else is taken for an equivalence.

use std::collections::{BTreeMap, BTreeSet};

use crate::term::{Binder, BinderOp, Domain, HOLE, Node, Path, Rational, Relation, Symbol, Term};
use crate::theory::Sort;

use super::arith::{Arithmetic, Atom, EnvId, Poly, ROOT};
use super::condition::Discharge;
use super::shape::counts_with_infinity;
use super::{Justification, Kernel, Refusal, Sign, Step};

/// Why two equations have the same solutions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Equivalence {
    /// The difference of the sides was multiplied by this term, which vanishes nowhere.
    Scale(Term),
    /// Both sides went through a function that is one to one: `exp(_)`, `ln(_)`, `_^n`.
    Apply(Term),
}

/// A way to bring an unknown to one side: proposals only.
#[derive(Clone, Debug)]
pub struct Isolation {
    /// What both sides are multiplied by, so that the unknown stands in no denominator.
    pub clear: Term,
    /// The coefficient of what holds the unknown.
    pub coefficient: Term,
    /// What holds the unknown, to the first power.
    pub subject: Term,
    /// What the coefficient times the subject equals.
    pub constant: Term,
}

/// Denominators that hold the unknown; formulas have two or three.
const MAX_DENOMINATORS: usize = 8;

impl Kernel<'_> {
    /// Replaces an equation by an equivalent one.
    ///
    /// # Errors
    /// A [`Refusal`] when `new` is not the equation that the equivalence makes of it, the factor is not known to vanish
    /// nowhere, a side is not known to be positive where that is needed, or the two are not defined at the same points.
    pub fn equivalence(
        &mut self,
        whole: &Term,
        why: &Equivalence,
        new: &Term,
    ) -> Result<Step, Refusal> {
        let root = Path::root();
        self.env_at(whole, &root)?;
        let (a, b) = sides(whole)?;
        let (c, d) = sides(new)?;
        if [a, b, c, d].into_iter().any(counts_with_infinity) {
            return Err(Refusal::Undefined("oo".into()));
        }
        let discharges = match why {
            Equivalence::Scale(factor) => {
                self.stays_defined(whole, factor, ROOT)?;
                let old =
                    Term::product(vec![factor.clone(), Term::difference(a.clone(), b.clone())]);
                let difference = Term::difference(c.clone(), d.clone());
                if !self.arith.equal(&old, &difference, ROOT)? {
                    return Err(Refusal::NotEqual);
                }
                // What divides vanishes nowhere, so its inverse does not either.
                let base = match factor.node() {
                    Node::Quotient(one, d) if *one == Term::integer(1) => d,
                    _ => factor,
                };
                let text = format!("{base} != 0");
                if !self.sign_anyhow(base).is_nonzero() {
                    return Err(Refusal::Undischarged(text));
                }
                match base.as_rational() {
                    Some(_) => Vec::new(),
                    None => vec![Discharge::new(text, self.why(base, ROOT), [])],
                }
            }
            Equivalence::Apply(function) => {
                let (needs, strictly) = domain_of(function)?;
                let hole = Symbol::new(HOLE);
                for (side, image) in [(a, c), (b, d)] {
                    if function.substitute(&hole, side) != *image {
                        return Err(Refusal::NotEqual);
                    }
                }
                let mut discharges = Vec::new();
                for side in [a, b].into_iter().filter(|_| needs) {
                    let sign = self.sign_anyhow(side);
                    let text = format!("{side} {} 0", if strictly { ">" } else { ">=" });
                    if !(sign.is_positive() || !strictly && sign.is_nonnegative()) {
                        return Err(Refusal::Undischarged(text));
                    }
                    discharges.push(Discharge::new(text, self.why(side, ROOT), []));
                }
                discharges
            }
        };
        self.stays_defined(whole, new, ROOT)?;
        self.stays_defined(new, whole, ROOT)?;
        let why = Justification::Equation(why.clone());
        self.seal(whole, &root, why, Relation::Eq, whole.clone(), new.clone(), discharges)
    }

    /// The sign of a term as it is written, or of its normal form: either may show what the other does not.
    pub(super) fn sign_anyhow(&mut self, t: &Term) -> Sign {
        let written = self.arith.sign(t, ROOT);
        match self.arith.poly(t, ROOT) {
            Ok(p) => {
                let normal = self.arith.sign_of_poly(&p);
                written.and(normal).and(self.sign_over_one_denominator(p))
            }
            Err(_) => written,
        }
    }

    /// The sign read off the numerator, where the sign of the denominator is known: t·c = p, so t has the sign of p·c.
    fn sign_over_one_denominator(&mut self, mut p: Poly) -> Sign {
        let mut sign = Sign::POSITIVE;
        for _ in 0..MAX_DENOMINATORS {
            let Some((atom, least)) = self.arith.sum_in_denominator(&p) else { break };
            let clear = Poly::monomial(vec![(atom, -least)], Rational::ONE);
            sign = sign.times(self.arith.sign_of_poly(&clear));
            match self.arith.times(&p, &clear) {
                Ok(next) => p = next,
                Err(_) => return Sign::ANY,
            }
        }
        if sign.is_nonzero() { sign.times(self.arith.sign_of_poly(&p)) } else { Sign::ANY }
    }

    /// Whether a relation holds at every admissible point, by the sign of the difference of its sides.
    fn holds(&mut self, relation: Relation, a: &Term, b: &Term) -> bool {
        let sign = self.sign_anyhow(&Term::difference(a.clone(), b.clone()));
        sign.within(match relation {
            Relation::Eq => Sign::ZERO,
            Relation::Le => Sign::NONPOSITIVE,
            Relation::Ge => Sign::NONNEGATIVE,
            Relation::Lt => Sign::NEGATIVE,
            Relation::Gt => Sign::POSITIVE,
            Relation::Ne => Sign::NONZERO,
            Relation::UpTo | Relation::Tends | Relation::TendsUpTo => return false,
        })
    }

    /// Whether an equation says what its unknown is, and nothing stands in the way of that being the one solution: the
    /// unknown does not occur on the other side, the value is of the unknown's sort and meets what is assumed of it, and
    /// the equation at the start is defined wherever the assumptions hold.
    ///
    /// # Errors
    /// What is not known: `0 < s`.
    pub fn solution(&mut self, start: &Term, end: &Term, unknown: &Term) -> Result<(), String> {
        if let Some(part) = self.undefined_part(start, true) {
            return Err(part);
        }
        let (x, value) = sides(end).map_err(|_| end.to_string())?;
        let name = name_of(unknown).ok_or_else(|| unknown.to_string())?;
        if x != unknown || self.facts().depends(value, name) {
            return Err(end.to_string());
        }
        if let Some(part) = self.undefined_part(value, true) {
            return Err(part);
        }
        if let Some(sort) = self.facts().sorts.get(name).copied() {
            let zero = Term::integer(0);
            let by_sign = match sort {
                Sort::Positive => self.holds(Relation::Gt, value, &zero),
                Sort::Nonnegative => self.holds(Relation::Ge, value, &zero),
                Sort::Negative => self.holds(Relation::Lt, value, &zero),
                Sort::Nonzero => self.holds(Relation::Ne, value, &zero),
                _ => false,
            };
            if !by_sign {
                self.of_sort(value, sort, ROOT)?;
            }
        }
        // An assumption about the unknown must hold of the value, whatever it says of the others.
        let mut relations = self.facts().relations.clone();
        relations.retain(|r| self.facts().depends(r, name));
        for relation in &relations {
            let text = || format!("{relation}, at {end}");
            let Node::Relation(r, a, b) = relation.node() else { return Err(text()) };
            let put = |t: &Term| put(t, unknown, value);
            let (a, b) = (put(a), put(b));
            if self.arith.facts.depends(&a, name) || self.arith.facts.depends(&b, name) {
                return Err(text());
            }
            if !self.holds(*r, &a, &b) {
                return Err(Term::relation(*r, a, b).to_string());
            }
        }
        Ok(())
    }

    /// The sign of the difference of an equation's sides, where it is known that no value makes them equal.
    pub fn never_equal(&mut self, equation: &Term) -> bool {
        let Ok((a, b)) = sides(equation) else { return false };
        self.sign_anyhow(&Term::difference(a.clone(), b.clone())).is_nonzero()
    }

    /// Whether the two sides of an equation are the same.
    pub fn always_equal(&mut self, equation: &Term) -> bool {
        sides(equation).is_ok_and(|(a, b)| self.arith.equal(a, b, ROOT) == Ok(true))
    }

    /// Ways to bring the unknown of an equation to one side, the most readable first. Proposals only:
    /// [`Kernel::equivalence`] decides whether one may be taken.
    pub fn isolations(&mut self, equation: &Term, unknown: &Term) -> Vec<Isolation> {
        let Ok((a, b)) = sides(equation) else { return Vec::new() };
        let difference = Term::difference(a.clone(), b.clone());
        let kept = kept(&mut self.readable, &difference, unknown);
        let expanded = expanded(&mut self.arith, &difference, unknown);
        kept.into_iter().chain(expanded).collect()
    }
}

/// What a function needs of its argument to be one to one: whether anything, and whether zero is left out.
fn domain_of(function: &Term) -> Result<(bool, bool), Refusal> {
    let is_hole = |t: &Term| t.as_symbol().is_some_and(|s| s == HOLE);
    match function.node() {
        Node::Call(f, args) if args.len() == 1 && is_hole(&args[0]) => match f.as_str() {
            "exp" => Ok((false, false)),
            "ln" => Ok((true, true)),
            _ => Err(Refusal::DoesNotMatch),
        },
        Node::Power(base, n) if is_hole(base) => match n.as_rational() {
            Some(n) if !n.is_zero() => Ok((true, n.is_negative())),
            _ => Err(Refusal::DoesNotMatch),
        },
        _ => Err(Refusal::DoesNotMatch),
    }
}

fn sides(equation: &Term) -> Result<(&Term, &Term), Refusal> {
    match equation.node() {
        Node::Relation(Relation::Eq, a, b) => Ok((a, b)),
        _ => Err(Refusal::DoesNotMatch),
    }
}

/// The parameter, or the family of which it is a member.
fn name_of(unknown: &Term) -> Option<&Symbol> {
    unknown.family_name()
}

/// The term with a value for the unknown.
fn put(t: &Term, unknown: &Term, value: &Term) -> Term {
    if t == unknown { value.clone() } else { t.map_children(|c| put(c, unknown, value)) }
}

/// A term as a sum of powers of the unknown, coefficient by coefficient.
type Powers = BTreeMap<Rational, Vec<Term>>;

/// The difference of the sides by powers of one atom that holds the unknown, sums over an index left as they are.
fn kept(arith: &mut Arithmetic<'_>, difference: &Term, unknown: &Term) -> Option<Isolation> {
    let powers = powers(arith, difference, unknown, ROOT)?;
    let mut all = Vec::new();
    for (degree, parts) in powers {
        let whole = Term::sum(parts);
        let p = arith.poly(&whole, ROOT).ok()?;
        if !p.is_zero() {
            all.push((degree, arith.term_of(&p, ROOT)));
        }
    }
    let raise = |n: &Rational| match n.is_one() {
        true => unknown.clone(),
        false => Term::power(unknown.clone(), Term::rational(n)),
    };
    let [(low, constant), (high, coefficient)] = <[_; 2]>::try_from(all).ok()?;
    let mut clear = if low.is_zero() { Term::integer(1) } else { raise(&-low.clone()) };
    let (mut coefficient, mut constant) = (coefficient, Term::neg(constant));
    // M·v = Q rather than −M/2·v = −Q/2.
    if let Some(factor) = clumsy(arith, &coefficient, low.is_negative()) {
        let size = Term::product(vec![Term::rational(&factor.abs()), clear]);
        clear = if factor.is_negative() { Term::neg(size) } else { size };
        let larger = Term::product(vec![Term::rational(&factor), coefficient]);
        coefficient = arith.poly(&larger, ROOT).ok().map(|p| arith.term_of(&p, ROOT))?;
        constant = Term::product(vec![Term::rational(&factor), constant]);
    }
    let subject = raise(&(high - low));
    let constant = arith.poly(&constant, ROOT).ok().map(|p| arith.term_of(&p, ROOT))?;
    Some(Isolation { clear, coefficient, subject, constant })
}

/// What makes the number in front of a product of names positive and whole, where it is not; a number alone is one where
/// the equation is `multiplied` anyway.
fn clumsy(arith: &mut Arithmetic<'_>, coefficient: &Term, multiplied: bool) -> Option<Rational> {
    let p = arith.poly(coefficient, ROOT).ok()?;
    let [(names, number)] = p.0.as_slice() else { return None };
    let clumsy =
        (multiplied || !names.is_empty()) && (number.is_negative() || !number.is_integer());
    clumsy.then(|| Rational::ONE.checked_div(number)).flatten()
}

fn powers(arith: &mut Arithmetic<'_>, t: &Term, x: &Term, env: EnvId) -> Option<Powers> {
    let scaled = |all: Powers, f: &dyn Fn(Term) -> Term| -> Powers {
        let each = |(d, parts): (Rational, Vec<Term>)| (d, parts.into_iter().map(f).collect());
        all.into_iter().map(each).collect()
    };
    if !t.any(&mut |s| s == x) {
        return Some(BTreeMap::from([(Rational::ZERO, vec![t.clone()])]));
    }
    match t.node() {
        Node::Sum(parts) => {
            let mut out = Powers::new();
            for part in parts {
                for (degree, terms) in powers(arith, part, x, env)? {
                    out.entry(degree).or_default().extend(terms);
                }
            }
            Some(out)
        }
        Node::Neg(a) => Some(scaled(powers(arith, a, x, env)?, &Term::neg)),
        Node::Quotient(a, b) if !b.any(&mut |s| s == x) => {
            Some(scaled(powers(arith, a, x, env)?, &|c| Term::quotient(c, b.clone())))
        }
        Node::Product(factors)
            if factors.iter().filter(|f| f.any(&mut |s| s == x)).count() == 1 =>
        {
            let at = factors.iter().position(|f| f.any(&mut |s| s == x))?;
            let with = |c: Term| {
                let mut all = factors.clone();
                all[at] = c;
                Term::product(all)
            };
            Some(scaled(powers(arith, &factors[at], x, env)?, &with))
        }
        Node::Binder(b) if b.op == BinderOp::Sum => {
            let free = match &b.domain {
                Domain::Range(lo, hi) => [lo, hi].iter().all(|end| !end.any(&mut |s| s == x)),
                Domain::Over(_) => false,
            };
            let inner = arith.enter(env, b.op, &b.var, &b.domain).ok().filter(|_| free)?;
            Some(scaled(powers(arith, &b.body, x, inner)?, &|c| summed(b, &c)))
        }
        _ => leaf(arith, t, x, env),
    }
}

/// The sum of a term over an index, with what does not depend on the index in front.
fn summed(b: &Binder, c: &Term) -> Term {
    let free = |t: &Term| !t.mentions(&b.var);
    match (c.node(), &b.domain) {
        (_, Domain::Range(lo, hi)) if free(c) && *lo == Term::integer(1) => {
            Term::product(vec![hi.clone(), c.clone()])
        }
        (Node::Neg(a), _) => Term::neg(summed(b, a)),
        (Node::Quotient(a, d), _) if free(d) => Term::quotient(summed(b, a), d.clone()),
        (Node::Product(factors), _) if factors.iter().any(free) => {
            let (mut front, inside): (Vec<Term>, Vec<Term>) =
                factors.iter().cloned().partition(free);
            front.push(summed(b, &Term::product(inside)));
            Term::product(front)
        }
        _ => Term::binder(b.op, b.var.clone(), b.domain.clone(), c.clone()),
    }
}

/// The powers of the unknown in the normal form of a term without sums over an index.
fn leaf(arith: &mut Arithmetic<'_>, t: &Term, x: &Term, env: EnvId) -> Option<Powers> {
    let atom = single(arith, x)?;
    let p = arith.poly(t, env).ok()?;
    let mut out: BTreeMap<Rational, Vec<_>> = BTreeMap::new();
    for (m, c) in &p.0 {
        if m.iter().any(|(a, _)| *a != atom && arith.atom_mentions(*a, atom)) {
            return None;
        }
        let rest = m.iter().filter(|(a, _)| *a != atom).cloned().collect();
        out.entry(super::arith::exponent_of(m, atom)).or_default().push((rest, c.clone()));
    }
    let each = |(d, terms)| (d, vec![arith.term_of(&Poly::collect(terms), env)]);
    Some(out.into_iter().map(each).collect())
}

/// The atom that a name is.
fn single(arith: &mut Arithmetic<'_>, x: &Term) -> Option<u32> {
    match arith.poly(x, ROOT).ok()?.0.as_slice() {
        [(m, c)] if c.is_one() && m.len() == 1 && m[0].1.is_one() => Some(m[0].0),
        _ => None,
    }
}

/// The difference of the sides, multiplied out, by powers of one atom that holds the unknown.
fn expanded(arith: &mut Arithmetic<'_>, difference: &Term, unknown: &Term) -> Option<Isolation> {
    let x = single(arith, unknown)?;
    let mut p = arith.poly(difference, ROOT).ok()?;
    let mut clear = Vec::new();
    for _ in 0..MAX_DENOMINATORS {
        let lows: Vec<(u32, Rational)> = holding(arith, &p, x)
            .into_iter()
            .filter_map(|a| {
                let exponents = p.0.iter().map(|(m, _)| super::arith::exponent_of(m, a));
                exponents.min().map(|low| (a, low))
            })
            .collect();
        let same = |a: u32, low: &Rational| {
            p.0.iter().all(|(m, _)| super::arith::exponent_of(m, a) == *low)
        };
        // x³ = x²·y is x = y for an x that is not zero; x = 2x stays as it is.
        let wrong = |(a, low): &&(u32, Rational)| {
            low.is_negative() || *a == x && !low.is_zero() && !same(*a, low)
        };
        let Some((atom, low)) = lows.iter().find(wrong).cloned() else { break };
        let factor = Poly::monomial(vec![(atom, -low)], Rational::ONE);
        p = arith.times(&p, &factor).ok()?;
        clear.push(arith.term_of(&factor, ROOT));
    }
    let clear = if clear.is_empty() { Term::integer(1) } else { Term::product(clear) };
    let atoms: Vec<u32> = holding(arith, &p, x).into_iter().collect();
    let [atom] = atoms.as_slice() else { return None };
    if *atom != x && !matches!(arith.atom_at(*atom), Atom::Ln(_) | Atom::Exp(_)) {
        return None;
    }
    let exponent = |m: &_| super::arith::exponent_of(m, *atom);
    let degrees: BTreeSet<Rational> = p.0.iter().map(|(m, _)| exponent(m)).collect();
    let high = degrees.iter().find(|d| !d.is_zero())?.clone();
    if degrees.iter().any(|d| !d.is_zero() && *d != high) {
        return None;
    }
    let (mut coefficient, mut constant) = (Vec::new(), Vec::new());
    for (m, c) in &p.0 {
        let rest: Vec<_> = m.iter().filter(|(a, _)| a != atom).cloned().collect();
        if exponent(m).is_zero() {
            constant.push((rest, -c.clone()));
        } else {
            coefficient.push((rest, c.clone()));
        }
    }
    let subject = Poly::monomial(vec![(*atom, high)], Rational::ONE);
    let [coefficient, subject, constant] =
        [Poly::collect(coefficient), subject, Poly::collect(constant)]
            .map(|p| arith.term_of(&p, ROOT));
    Some(Isolation { clear, coefficient, subject, constant })
}

/// The atoms of a normal form that depend on the atom `x`.
fn holding(arith: &Arithmetic<'_>, p: &Poly, x: u32) -> BTreeSet<u32> {
    let atoms = p.0.iter().flat_map(|(m, _)| m.iter().map(|(a, _)| *a));
    atoms.filter(|a| arith.atom_mentions(*a, x)).collect()
}
