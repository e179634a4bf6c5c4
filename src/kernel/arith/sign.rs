//! Sign inference for compound terms and normal forms, from declared sorts and relations, binders' domains, and the law
//! that a density is positive on its support.

use crate::term::{
    Binder, BinderOp, Domain, MEASURE, MIXTURE, Node, Rational, Relation, Symbol, Term,
};
use crate::theory::Sort;

use super::poly::merge;
use super::{
    Arithmetic, Atom, BoundFacts, CanonId, EnvId, Monomial, Poly, PolyId, ROOT, Sign, exponent_of,
};

impl Arithmetic<'_> {
    pub(super) fn read_relations(&mut self) {
        for relation in self.facts.relations.clone() {
            let Node::Relation(r, a, b) = relation.node() else { continue };
            let difference = Term::difference(a.clone(), b.clone());
            let sign = match r {
                Relation::Eq => Sign::ZERO,
                Relation::Le => Sign::NONPOSITIVE,
                Relation::Ge => Sign::NONNEGATIVE,
                Relation::Lt => Sign::NEGATIVE,
                Relation::Gt => Sign::POSITIVE,
                Relation::Ne => Sign::NONZERO,
                Relation::UpTo | Relation::Tends | Relation::TendsUpTo => continue,
            };
            let Ok(p) = self.poly(&difference, ROOT) else { continue };
            // Between integers, more is more by one at least.
            if self.is_whole(&difference, ROOT) {
                match sign {
                    Sign::POSITIVE => {
                        self.fact_signs.push((p.minus(&Poly::one()), Sign::NONNEGATIVE));
                    }
                    Sign::NEGATIVE => {
                        self.fact_signs.push((p.plus(&Poly::one()), Sign::NONPOSITIVE));
                    }
                    _ => {}
                }
            }
            let bare = self.without_positive_factors(&p);
            if bare != p {
                self.fact_signs.push((bare, sign));
            }
            self.push_exponential(&p, sign);
            self.fact_signs.push((p, sign));
        }
        let naturals = self.facts.sorts.iter().filter(|(_, sort)| **sort == Sort::Natural);
        let naturals: Vec<Symbol> = naturals.map(|(name, _)| name.clone()).collect();
        for name in naturals {
            let p = self.of_atom(Atom::Symbol(name)).minus(&Poly::one());
            self.fact_signs.push((p, Sign::NONNEGATIVE));
        }
        self.close_order();
        // Signs found before all relations were known may be too weak.
        self.atom_signs.fill(None);
        self.memo.clear();
    }

    /// The sign of a term inside the binders of `env`.
    pub(crate) fn sign(&mut self, term: &Term, env: EnvId) -> Sign {
        let structural = match term.node() {
            Node::Number(n) => sign_of_number(n),
            Node::Sum(parts) => {
                let mut sign = Sign::ZERO;
                for part in parts {
                    sign = sign.plus(self.sign(part, env));
                    if sign == Sign::ANY {
                        break;
                    }
                }
                sign
            }
            Node::Neg(a) => self.sign(a, env).neg(),
            Node::Product(factors) => {
                let mut sign = Sign::POSITIVE;
                for factor in factors {
                    sign = sign.times(self.sign(factor, env));
                }
                sign
            }
            Node::Quotient(a, b) => self.sign(a, env).times(nonzero(self.sign(b, env))),
            Node::Power(a, n) => self.sign_of_power(a, n, env),
            Node::Call(f, args) if args.len() == 1 => self.sign_of_call(f.as_str(), &args[0], env),
            Node::Binder(b) if matches!(b.op, BinderOp::Sum | BinderOp::Product) => {
                match self.enter(env, b.op, &b.var, &b.domain) {
                    Ok(inner) => {
                        let sign = series_sign(b.op, self.sign(&b.body, inner));
                        if sign.is_nonnegative() && b.op == BinderOp::Sum && self.has_terms(b, env)
                        {
                            self.sign(&b.body, inner)
                        } else {
                            sign
                        }
                    }
                    Err(_) => Sign::ANY,
                }
            }
            Node::Binder(b) if b.op == BinderOp::Variance => Sign::NONNEGATIVE,
            Node::Binder(b) if self.weighs_nonnegatively(b, env) => {
                match self.enter(env, b.op, &b.var, &b.domain) {
                    Ok(inner) => match self.sign(&b.body, inner) {
                        Sign::POSITIVE if self.has_length(b, env) => Sign::POSITIVE,
                        body => average_sign(b.op, body),
                    },
                    Err(_) => Sign::ANY,
                }
            }
            _ => Sign::ANY,
        };
        if structural.is_positive() || structural == Sign::ZERO || structural == Sign::NEGATIVE {
            return structural;
        }
        match self.poly(term, env) {
            Ok(p) => structural.and(self.sign_of_poly(&p)),
            Err(_) => structural,
        }
    }

    fn sign_of_power(&mut self, a: &Term, n: &Term, env: EnvId) -> Sign {
        let base = self.sign(a, env);
        if base.is_positive() {
            return Sign::POSITIVE;
        }
        let Ok(exponent) = self.poly(n, env) else { return Sign::ANY };
        let Some(n) = exponent.as_constant() else {
            return if base.is_nonnegative() { Sign::NONNEGATIVE } else { Sign::ANY };
        };
        power_sign(base, &n)
    }

    fn sign_of_call(&mut self, name: &str, arg: &Term, env: EnvId) -> Sign {
        match name {
            "exp" | "bessel_i0" => Sign::POSITIVE,
            "bessel_i1" => self.sign(arg, env),
            "abs" => self.sign(arg, env).squared(),
            "sqrt" => match self.sign(arg, env) {
                s if s.is_positive() => Sign::POSITIVE,
                _ => Sign::NONNEGATIVE,
            },
            "ln" => self.sign(&Term::difference(arg.clone(), Term::integer(1)), env),
            "gamma" | "trigamma" | "expint" if self.sign(arg, env).is_positive() => Sign::POSITIVE,
            "factorial" if self.sign(arg, env).is_nonnegative() => Sign::POSITIVE,
            _ => Sign::ANY,
        }
    }

    /// The sign of a normal form: monomial by monomial, then by the declared relations.
    pub(crate) fn sign_of_poly(&mut self, p: &Poly) -> Sign {
        let plain = self.sign_by_monomials(p);
        if plain.is_positive() || plain == Sign::NEGATIVE || plain == Sign::ZERO {
            return plain;
        }
        let plain = plain.and(self.sign_by_bounds(p));
        let plain = plain.and(self.sign_against_one(p)).and(self.sign_of_logarithms(p));
        if plain.is_positive() || plain == Sign::NEGATIVE {
            return plain;
        }
        let mut facts: Vec<(Poly, Sign)> =
            self.fact_signs.iter().chain(self.relations_in_scope(p)).cloned().collect();
        facts.extend(self.relations_of_coordinates(p));
        let mut sign = plain;
        let bare = self.without_positive_factors(p);
        for (fact, known) in &facts {
            if let Some(c) = p.ratio(fact).or_else(|| bare.ratio(fact)) {
                sign = sign.and(known.times(sign_of_number(&c)));
            } else if fact.0.len() > 1 {
                for (c, known) in [(Rational::ONE, *known), (Rational::MINUS_ONE, known.neg())] {
                    let rest = p.minus(&fact.scaled(&c));
                    if rest.0.len() < p.0.len() {
                        let mut other = self.sign_by_monomials(&rest);
                        for (fact, known) in facts.iter().filter(|_| other == Sign::ANY) {
                            if let Some(c) = rest.ratio(fact) {
                                other = known.times(sign_of_number(&c));
                                break;
                            }
                        }
                        sign = sign.and(other.plus(known));
                    }
                }
            }
        }
        if sign.is_positive() || sign == Sign::NEGATIVE || sign == Sign::ZERO {
            return sign;
        }
        let sign = sign.and(self.sign_over_range(p));
        if sign.is_positive() || sign == Sign::NEGATIVE || sign == Sign::ZERO {
            return sign;
        }
        let sign = sign.and(self.sign_by_ratios(p));
        if sign.is_nonnegative() || sign.neg().is_nonnegative() {
            return sign;
        }
        let sign = sign.and(self.sign_by_factors(p));
        if sign.is_nonnegative() || sign.neg().is_nonnegative() {
            return sign;
        }
        sign.and(self.sign_by_square(p))
    }

    /// What the domains of binders say of the variables that `p` mentions. Of anything else they say nothing: outside
    /// its scope a variable need not have a value at all.
    fn relations_in_scope(&self, p: &Poly) -> impl Iterator<Item = &(Poly, Sign)> {
        let mentioned = |c: usize| {
            self.atom_index.get(&Atom::Bound(c as CanonId)).is_some_and(|x| {
                p.0.iter().flat_map(|(m, _)| m).any(|(a, _)| self.atom_mentions(*a, *x))
            })
        };
        let known = self.canons.iter().enumerate().filter(|(_, c)| !c.relations.is_empty());
        known.filter(move |(c, _)| mentioned(*c)).flat_map(|(_, canon)| &canon.relations)
    }

    pub(super) fn sign_by_monomials(&mut self, p: &Poly) -> Sign {
        let mut sign = Sign::ZERO;
        for (m, c) in &p.0 {
            let mut term = sign_of_number(c);
            for (a, e) in m {
                let base = self.atom_sign(*a);
                term = term.times(power_sign(base, e));
            }
            sign = sign.plus(term);
            if sign == Sign::ANY {
                break;
            }
        }
        sign
    }

    pub(crate) fn atom_sign(&mut self, a: u32) -> Sign {
        if let Some(sign) = self.atom_signs[a as usize] {
            return sign;
        }
        // Guards against a cycle: while the sign is being found it is unknown.
        self.atom_signs[a as usize] = Some(Sign::ANY);
        let sign = self.find_atom_sign(a);
        self.atom_signs[a as usize] = Some(sign);
        sign
    }

    fn find_atom_sign(&mut self, a: u32) -> Sign {
        match self.atom_at(a).clone() {
            Atom::Symbol(s) => self.sign_of_symbol(a, &s),
            Atom::Bound(c) => {
                let sign = self.canons[c as usize].sign;
                sign.and(self.sign_from_facts(&Poly::atom(a)))
            }
            Atom::Exp(_) | Atom::Prime(_) => Sign::POSITIVE,
            Atom::Sum(p) => {
                let p = self.poly_at(p).clone();
                self.sign_of_poly(&p)
            }
            Atom::Ln(p) => {
                let shifted = self.poly_at(p).minus(&Poly::one());
                self.sign_of_poly(&shifted)
            }
            Atom::Abs(p) => {
                let p = self.poly_at(p).clone();
                self.sign_of_poly(&p).squared()
            }
            Atom::Call(f, args)
                if args.len() == 1 && (f == "gamma" || f == "trigamma" || f == "expint") =>
            {
                let p = self.poly_at(args[0]).clone();
                if self.sign_of_poly(&p).is_positive() { Sign::POSITIVE } else { Sign::ANY }
            }
            Atom::Call(f, args) if args.len() == 1 && f == "bessel_i0" => Sign::POSITIVE,
            Atom::Call(f, args) if args.len() == 1 && f == "bessel_i1" => {
                let p = self.poly_at(args[0]).clone();
                self.sign_of_poly(&p)
            }
            Atom::Density(p, points) => self.sign_of_density(p, &points),
            Atom::Index(base, at) => self.sign_of_entry(base, at),
            Atom::Binder(op @ (BinderOp::Sum | BinderOp::Product), domain, body, _) => {
                let p = self.poly_at(body).clone();
                let sign = self.sign_of_poly(&p);
                if op == BinderOp::Sum && sign.is_positive() && self.is_not_empty(&domain) {
                    return Sign::POSITIVE;
                }
                series_sign(op, sign)
            }
            Atom::Call(f, args) if f == "factorial" || f == "binomial" => {
                self.sign_of_count(f.as_str(), &args)
            }
            Atom::Call(f, _) if f == "delta" => Sign::NONNEGATIVE,
            Atom::Call(f, args) if f == "sin" => self.sign_of_sine(args[0]),
            Atom::Call(f, args) if args.len() == 1 && f == "erf" => {
                let p = self.poly_at(args[0]).clone();
                self.sign_of_poly(&p)
            }
            Atom::Call(f, args) if args.len() == 2 && (f == "min" || f == "max") => {
                let [a, b] = [args[0], args[1]].map(|p| {
                    let p = self.poly_at(p).clone();
                    self.sign_of_poly(&p)
                });
                sign_of_extreme(a, b, f == "max")
            }
            Atom::Binder(BinderOp::Variance, ..) => Sign::NONNEGATIVE,
            Atom::Binder(op @ BinderOp::Expectation, _, body, _) => {
                let p = self.poly_at(body).clone();
                average_sign(op, self.sign_of_poly(&p))
            }
            _ => Sign::ANY,
        }
    }

    /// Whether a finite range has an integer in it.
    fn is_not_empty(&mut self, domain: &[PolyId]) -> bool {
        let [lo, hi] = domain else { return false };
        let (lo, hi) = (self.poly_at(*lo).clone(), self.poly_at(*hi).clone());
        let endless =
            lo.0.iter()
                .chain(&hi.0)
                .flat_map(|(m, _)| m)
                .any(|(a, _)| matches!(self.atom_at(*a), Atom::Symbol(s) if s == "oo"));
        !endless && self.sign_of_poly(&hi.minus(&lo)).is_nonnegative()
    }

    /// n! is positive for n >= 0, a binomial coefficient for 0 <= k <= n.
    fn sign_of_count(&mut self, name: &str, args: &[PolyId]) -> Sign {
        let mut differences = args.to_vec();
        if let [n, k] = args
            && name == "binomial"
        {
            let rest = self.poly_at(*n).minus(self.poly_at(*k));
            differences.push(self.intern(rest));
        }
        let nonnegative = differences.into_iter().all(|p| {
            let p = self.poly_at(p).clone();
            self.sign_of_poly(&p).is_nonnegative()
        });
        if nonnegative { Sign::POSITIVE } else { Sign::ANY }
    }

    fn sign_of_symbol(&mut self, a: u32, name: &Symbol) -> Sign {
        match name.as_str() {
            "pi" | "oo" | "euler_gamma" => Sign::POSITIVE,
            _ => self.facts.sign_of(name).and(self.sign_from_facts(&Poly::atom(a))),
        }
    }

    fn sign_from_facts(&mut self, p: &Poly) -> Sign {
        let mut sign = Sign::ANY;
        let bare = self.without_positive_factors(p);
        for (fact, known) in self.fact_signs.clone() {
            if let Some(c) = p.ratio(&fact).or_else(|| bare.ratio(&fact)) {
                sign = sign.and(known.times(sign_of_number(&c)));
            } else {
                // x > a with a >= 0 gives x > 0; x < b with b <= 0 gives x < 0.
                for (c, known) in [(Rational::ONE, known), (Rational::MINUS_ONE, known.neg())] {
                    let rest = p.minus(&fact.scaled(&c));
                    if rest.0.len() < fact.0.len() {
                        sign = sign.and(self.sign_by_declared(&rest).plus(known));
                    }
                }
            }
        }
        sign
    }

    /// What is left of a polynomial without the declared positive names that every monomial has: its sign is the same.
    pub(super) fn without_positive_factors(&self, p: &Poly) -> Poly {
        let Some((first, _)) = p.0.first() else { return p.clone() };
        let positive = |a: u32| match self.atom_at(a) {
            Atom::Symbol(s) => s != "oo" && (s == "pi" || self.facts.sign_of(s).is_positive()),
            _ => false,
        };
        let common: Monomial = first
            .iter()
            .filter(|(a, _)| positive(*a))
            .filter_map(|(a, _)| {
                let least = p.0.iter().map(|(m, _)| exponent_of(m, *a)).min()?;
                (!least.is_zero()).then(|| (*a, -least))
            })
            .collect();
        if common.is_empty() {
            return p.clone();
        }
        Poly::collect(p.0.iter().map(|(m, c)| (merge(m, &common), c.clone())).collect())
    }

    /// Like `sign_by_monomials`, over sorts only, so that facts about facts do not chase each other.
    fn sign_by_declared(&mut self, p: &Poly) -> Sign {
        let mut sign = Sign::ZERO;
        for (m, c) in &p.0 {
            let mut term = sign_of_number(c);
            for (a, e) in m {
                let base = match self.atom_at(*a) {
                    Atom::Symbol(s) if s == "pi" => Sign::POSITIVE,
                    Atom::Symbol(s) => self.facts.sign_of(s),
                    _ => Sign::ANY,
                };
                term = term.times(power_sign(base, e));
            }
            sign = sign.plus(term);
        }
        sign
    }

    /// Whether a term is an integer wherever it is defined.
    pub(crate) fn is_whole(&mut self, t: &Term, env: EnvId) -> bool {
        let Ok(p) = self.poly(t, env) else { return false };
        p.0.iter().all(|(m, c)| {
            c.is_integer()
                && m.iter()
                    .all(|(a, e)| e.is_integer() && e.is_positive() && self.is_whole_atom(*a))
        })
    }

    fn is_whole_atom(&self, a: u32) -> bool {
        match self.atom_at(a) {
            Atom::Symbol(s) => {
                matches!(self.facts.sorts.get(s), Some(Sort::Integer | Sort::Natural))
            }
            Atom::Bound(c) => self.canons[*c as usize].whole,
            Atom::Index(base, _) => {
                self.single_atom(*base).is_some_and(|a| match self.atom_at(a) {
                    Atom::Symbol(_) | Atom::Index(..) => self.is_whole_atom(a),
                    Atom::Bound(c) => {
                        let over = self.canons[*c as usize].over.as_ref();
                        over.and_then(|d| self.space_of(d)).is_some_and(|s| s.is_discrete())
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// Whether one closed interval lies within another: yes, no, or not known.
    pub(crate) fn interval_within(
        &mut self,
        inner: &(Term, Term),
        outer: &(Term, Term),
        env: EnvId,
    ) -> Option<bool> {
        let low = self.at_most(&outer.0, &inner.0, env)?;
        let high = self.at_most(&inner.1, &outer.1, env)?;
        Some(low && high)
    }

    /// Whether a <= b for ends of intervals, infinite ones included.
    pub(crate) fn at_most(&mut self, a: &Term, b: &Term, env: EnvId) -> Option<bool> {
        match (infinite(a), infinite(b)) {
            (Some(false), _) | (_, Some(true)) => return Some(true),
            (Some(true), _) | (_, Some(false)) => return Some(false),
            _ => {}
        }
        let sign = self.sign(&Term::difference(b.clone(), a.clone()), env);
        if sign.is_nonnegative() {
            Some(true)
        } else if sign == Sign::NEGATIVE {
            Some(false)
        } else {
            None
        }
    }

    /// What `domain` says of the variable bound over it.
    pub(super) fn bound_facts(
        &mut self,
        domain: &Domain,
        env: EnvId,
        canon: CanonId,
        (op, name): (BinderOp, &Symbol),
    ) -> BoundFacts {
        let atoms = self.atoms_of_domain(domain);
        // A sum takes its ends in; under an integral they have measure zero.
        let closed = op.is_indexed() || atoms.is_some();
        let above = if closed { Sign::NONNEGATIVE } else { Sign::POSITIVE };
        let interval = match domain {
            // Only between ends in order does the variable of an integral lie above the lower one; a sum or product
            // over an empty range has no terms.
            Domain::Range(lo, hi) if closed || self.at_most(lo, hi, env) == Some(true) => {
                Some((lo.clone(), hi.clone()))
            }
            Domain::Range(..) => None,
            Domain::Over(d) => match &atoms {
                Some(atoms) => Some((atoms.lo.clone(), atoms.hi.clone())),
                None => self.interval_of(d),
            },
        };
        let whole = atoms.is_some()
            || closed
                && match domain {
                    // A function of a real number is a vector over the whole line.
                    Domain::Range(lo, hi) if op == BinderOp::Vector => {
                        [lo, hi].into_iter().all(|end| self.is_whole(end, env))
                    }
                    Domain::Range(lo, hi) => [lo, hi]
                        .into_iter()
                        .all(|end| infinite(end).is_some() || self.is_whole(end, env)),
                    Domain::Over(_) => false,
                };
        let Some((lo, hi)) = interval else {
            let over = match domain {
                Domain::Over(set) => self.several_coordinates(set),
                Domain::Range(..) => None,
            };
            let coordinates = match (&over, domain) {
                (Some(distribution), _) => match self.space_of(distribution) {
                    Some(space) => Some((Term::integer(1), space.dimension().clone())),
                    None => self.coordinates(distribution).map(|c| c.ends),
                },
                (None, Domain::Over(set)) => vectors_of(set).map(|n| (Term::integer(1), n)),
                (None, Domain::Range(..)) => None,
            };
            let coordinates = coordinates.and_then(|(lo, hi)| {
                Some((self.normal(&lo, env).ok()?, self.normal(&hi, env).ok()?))
            });
            return BoundFacts { over, coordinates, whole, ..BoundFacts::unknown(name.clone()) };
        };
        let mut sign = Sign::ANY;
        let mut relations = Vec::new();
        let x = self.of_atom(Atom::Bound(canon));
        if infinite(&lo).is_none() {
            let low = self.sign(&lo, env);
            if low.is_nonnegative() {
                sign = if low.is_positive() { Sign::POSITIVE } else { above };
            }
            if let Ok(p) = self.poly(&lo, env) {
                relations.push((x.minus(&p), above));
            }
        }
        if infinite(&hi).is_none() {
            let high = self.sign(&hi, env).neg();
            if high.is_nonnegative() {
                sign = if high.is_positive() { Sign::NEGATIVE } else { above.neg() };
            }
            if let Ok(p) = self.poly(&hi, env) {
                relations.push((p.minus(&x), above));
            }
        }
        // Kept for densities, which look at it from outside: ends that move with an outer variable are no use there.
        let fixed = !self.mentions_bound(&lo, env) && !self.mentions_bound(&hi, env);
        let interval = fixed.then_some((lo, hi));
        let gaps = atoms.map_or_else(Vec::new, |atoms| atoms.gaps);
        BoundFacts { sign, relations, interval, whole, gaps, ..BoundFacts::unknown(name.clone()) }
    }

    /// Whether a variable of the enclosing binders occurs.
    pub(super) fn mentions_bound(&self, t: &Term, env: EnvId) -> bool {
        env != ROOT && t.free_symbols().iter().any(|s| self.lookup(s, env).is_some())
    }

    /// Whether an integral of something that varies is taken over an interval of positive length.
    fn has_length(&mut self, b: &Binder, env: EnvId) -> bool {
        let Domain::Range(lo, hi) = &b.domain else { return false };
        if b.op != BinderOp::Integral || !b.body.mentions(&b.var) {
            return false;
        }
        match (infinite(lo), infinite(hi)) {
            (Some(false), None | Some(true)) | (None, Some(true)) => true,
            (None, None) => self.sign(&Term::difference(hi.clone(), lo.clone()), env).is_positive(),
            _ => false,
        }
    }

    /// Whether a finite sum has at least one term.
    fn has_terms(&mut self, b: &Binder, env: EnvId) -> bool {
        match &b.domain {
            Domain::Range(lo, hi) => self.at_most(lo, hi, env) == Some(true),
            Domain::Over(_) => false,
        }
    }

    /// Whether a binder averages or adds up with nonnegative weights.
    fn weighs_nonnegatively(&mut self, b: &Binder, env: EnvId) -> bool {
        match (b.op, &b.domain) {
            (BinderOp::Expectation, _) | (BinderOp::Integral | BinderOp::Sum, Domain::Over(_)) => {
                true
            }
            (BinderOp::Integral | BinderOp::Sum, Domain::Range(lo, hi)) => {
                self.at_most(lo, hi, env) == Some(true)
            }
            (BinderOp::Product | BinderOp::Variance | BinderOp::Vector, _) => false,
        }
    }

    /// The interval of `support(p)`, `interval(a, b)` or of a distribution's support.
    pub(crate) fn interval_of(&self, set: &Term) -> Option<(Term, Term)> {
        match set.node() {
            Node::Call(f, args) if f == "interval" && args.len() == 2 => {
                Some((args[0].clone(), args[1].clone()))
            }
            Node::Call(f, args) if f == "support" && args.len() == 1 => self.interval_of(&args[0]),
            Node::Call(f, args) if f == MIXTURE || f == MEASURE => {
                self.hull(args.iter().skip(1).step_by(2))
            }
            // A density that is not further known is positive on the whole line.
            Node::Symbol(s) if self.facts.sorts.get(s) == Some(&Sort::Density) => {
                Some((Term::neg(Term::symbol("oo")), Term::symbol("oo")))
            }
            Node::Index(..) if self.facts.is_defined_entry(set) => {
                let resolved = self.facts.resolve(set);
                if resolved == *set { None } else { self.interval_of(&resolved) }
            }
            Node::Index(base, _) => match self.facts.resolve(base).as_vector() {
                Some(items) => self.hull(items.iter()),
                None => self.interval_of(base),
            },
            _ => self.theory.support_of(&self.facts.resolve(set)),
        }
    }

    /// The support of distributions that share one.
    fn hull<'a>(&self, parts: impl Iterator<Item = &'a Term>) -> Option<(Term, Term)> {
        let mut supports = parts.map(|p| self.interval_of(p));
        let first = supports.next()??;
        supports.all(|s| s.as_ref() == Some(&first)).then_some(first)
    }
}

/// +∞ is `Some(true)`, −∞ is `Some(false)`, a finite end is `None`.
pub(crate) fn infinite(t: &Term) -> Option<bool> {
    match t.node() {
        Node::Symbol(s) if s == "oo" => Some(true),
        Node::Neg(a) => infinite(a).map(|positive| !positive),
        _ => None,
    }
}

/// K for the set `reals(K)`.
fn vectors_of(set: &Term) -> Option<Term> {
    match set.node() {
        Node::Call(f, args) if f == "reals" => args.first().cloned(),
        _ => None,
    }
}

pub(super) fn sign_of_number(n: &Rational) -> Sign {
    if n.is_zero() {
        Sign::ZERO
    } else if n.is_negative() {
        Sign::NEGATIVE
    } else {
        Sign::POSITIVE
    }
}

/// The sign of the smaller or the larger of two.
fn sign_of_extreme(a: Sign, b: Sign, larger: bool) -> Sign {
    let (a, b) = if larger { (a, b) } else { (a.neg(), b.neg()) };
    // The larger of the two is as large as either, and is one of them.
    let sign = if a.is_positive() || b.is_positive() {
        Sign::POSITIVE
    } else if a.is_nonnegative() || b.is_nonnegative() {
        Sign::NONNEGATIVE
    } else {
        a.or(b)
    };
    if larger { sign } else { sign.neg() }
}

/// A divisor is not zero wherever the quotient is defined.
fn nonzero(sign: Sign) -> Sign {
    sign.and(Sign::NONZERO)
}

pub(super) fn power_sign(base: Sign, n: &Rational) -> Sign {
    if n.is_zero() {
        return Sign::POSITIVE;
    }
    let base = if n.is_negative() { nonzero(base) } else { base };
    if n.is_integer() {
        let even = n.checked_div(&Rational::from(2)).is_some_and(|h| h.is_integer());
        if even { base.squared() } else { base }
    } else if base.is_positive() || n.is_negative() {
        // A root is real only where its base is nonnegative.
        Sign::POSITIVE
    } else {
        Sign::NONNEGATIVE
    }
}

/// An average or integral of something nonnegative is nonnegative. Positivity needs positive measure, which an average
/// has: it is taken where its density is positive. Of an integral it is claimed where the range has length, see `has_length`.
fn average_sign(op: BinderOp, body: Sign) -> Sign {
    if body == Sign::ZERO {
        Sign::ZERO
    } else if op == BinderOp::Expectation && (body.is_positive() || body == Sign::NEGATIVE) {
        body
    } else if body.is_nonnegative() {
        Sign::NONNEGATIVE
    } else if body.neg().is_nonnegative() {
        Sign::NONPOSITIVE
    } else {
        Sign::ANY
    }
}

/// The sign of a finite sum or product, which may be empty, of terms of one sign.
fn series_sign(op: BinderOp, body: Sign) -> Sign {
    match op {
        BinderOp::Product if body.is_positive() => Sign::POSITIVE,
        BinderOp::Product if body.is_nonnegative() => Sign::NONNEGATIVE,
        BinderOp::Sum if body.is_nonnegative() => Sign::NONNEGATIVE,
        BinderOp::Sum if body.neg().is_nonnegative() => Sign::NONPOSITIVE,
        _ => Sign::ANY,
    }
}
