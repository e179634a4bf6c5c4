//! The catalogue of edits: every way in which a closed form is typically broken, and so every way in which a broken one
//! may be mended. Mutation takes them as damage, [`mend`](super::super::mend) as repair.
//!
//! An operator knows shapes of terms and sorts of names, nothing of what a formula means. The list follows what is seen
//! in print and in code: a lost sign, a lost ½, a standard deviation for a variance, the logarithm to base two, one
//! parameter for its neighbour.

use std::collections::HashSet;

use super::place::{Place, Role, places};
use crate::kernel::Facts;
use crate::term::{Binder, Node, Path, Rational, Symbol, Term};
use crate::theory::{Sort, Theory};

/// What an edit does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operator {
    /// A number becomes another one, or a count is off by one.
    Number,
    /// A term is multiplied by a number.
    Scale(Rational),
    /// A number is added to the whole.
    Shift(Rational),
    /// A term changes its sign.
    Negate,
    /// A summand goes.
    DropTerm,
    /// A factor, a numerator or a denominator goes.
    DropFactor,
    /// A quotient is turned over.
    Invert,
    /// What stands under a sum is weighted by a density that occurs in it.
    Weight,
    /// An exponent goes.
    DropExponent,
    /// A term is squared.
    Square,
    /// The square root of a term is taken.
    Root,
    /// A name becomes its neighbour's, in one place.
    Rename,
    /// Two names are exchanged everywhere, or all pairs of names are.
    Swap,
    /// A name is squared everywhere.
    SquareAll,
    /// The square root of a name is taken everywhere.
    RootAll,
    /// Every positive name in a part is squared.
    SquareIn,
    /// Every square of a positive name in a part loses its exponent.
    DropSquaresIn,
    /// The logarithm to base two for the natural one.
    Log2,
    /// The natural logarithm for the one to base two.
    Natural,
    /// A logarithm is left out.
    DropLog,
    /// Two summands are multiplied.
    SumToProduct,
    /// Two factors are added.
    ProductToSum,
    /// A subterm is off by a small share.
    Subtle(Rational),
}

/// One edit at one place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What was done.
    pub operator: Operator,
    /// Where. For what was dropped: where it stood.
    pub path: Path,
    /// What stood there.
    pub from: Term,
    /// What stands there now; `None` where it was dropped.
    pub to: Option<Term>,
    /// The whole term, edited.
    pub whole: Term,
}

/// What is drawn on, besides the term: neighbours and sorts of names, and what is a number where.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Sorts and definitions of names.
    pub facts: &'a Facts,
    /// Which calls are quantities and distributions.
    pub theory: &'a Theory,
}

/// The classical edits of a term: each once, from the whole to its parts and from the left.
pub fn classical(t: &Term, around: Surroundings<'_>) -> Vec<Edit> {
    let mut all = Edits::new(t, around);
    all.whole();
    for place in places(t, around.theory) {
        all.at(&place);
    }
    all.everywhere();
    all.out
}

/// The subtle edits: each subterm that is no number, the whole included, off by one part in a hundred and in a thousand.
pub fn subtle(t: &Term, around: Surroundings<'_>) -> Vec<Edit> {
    let mut all = Edits::new(t, around);
    for place in places(t, around.theory) {
        let number = place.term.as_rational().is_some();
        if place.role != Role::Name && !number && !matches!(place.term.node(), Node::Neg(_)) {
            for n in [101, 1001] {
                let by = ratio(n, if n == 101 { 100 } else { 1000 });
                let scaled = times(&Term::rational(&by), &place.term);
                all.replace(Operator::Subtle(by), &place.path, scaled);
            }
        }
    }
    all.out
}

/// Edits that only mend: what is damaged by a lost exponent or by base two has no trace that [`classical`] would see.
pub(in crate::verify) fn repairs(t: &Term, around: Surroundings<'_>) -> Vec<Edit> {
    let mut all = Edits::new(t, around);
    for place in places(t, around.theory) {
        all.repairs_at(&place);
    }
    all.out
}

struct Edits<'a> {
    t: &'a Term,
    around: Surroundings<'a>,
    seen: HashSet<Term>,
    out: Vec<Edit>,
}

pub(in crate::verify) fn ratio(n: i64, d: i64) -> Rational {
    Rational::new(n, d).unwrap_or(Rational::ONE)
}

fn ln2() -> Term {
    Term::call("ln", vec![Term::integer(2)])
}

/// A product without a product inside it.
fn times(k: &Term, t: &Term) -> Term {
    let mut factors = vec![k.clone()];
    match t.node() {
        Node::Product(more) => factors.extend(more.iter().cloned()),
        _ => factors.push(t.clone()),
    }
    Term::product(factors)
}

impl<'a> Edits<'a> {
    fn new(t: &'a Term, around: Surroundings<'a>) -> Self {
        Self { t, around, seen: HashSet::from([t.clone()]), out: Vec::new() }
    }

    fn put(&mut self, operator: Operator, path: &Path, to: Option<Term>, whole: Option<Term>) {
        let (Some(whole), Some(from)) = (whole, self.t.at(path)) else { return };
        if self.seen.insert(whole.clone()) {
            self.out.push(Edit { operator, path: path.clone(), from, to, whole });
        }
    }

    fn replace(&mut self, operator: Operator, path: &Path, new: Term) {
        let whole = self.t.replaced(path, &new);
        self.put(operator, path, Some(new), whole);
    }

    /// The whole form: its sign, a factor, a unit, a constant.
    fn whole(&mut self) {
        let (t, root) = (self.t, Path::root());
        self.replace(Operator::Negate, &root, negated(t));
        for (n, d) in [(1, 2), (2, 1)] {
            self.replace(Operator::Scale(ratio(n, d)), &root, scaled(t, n == 1));
        }
        self.replace(Operator::Log2, &root, Term::quotient(t.clone(), ln2()));
        self.replace(Operator::Natural, &root, times(&ln2(), t));
        for (n, d) in [(1, 1), (-1, 1), (1, 2), (-1, 2)] {
            let by = ratio(n, d);
            let mut parts = match t.node() {
                Node::Sum(parts) => parts.clone(),
                _ => vec![t.clone()],
            };
            parts.push(Term::rational(&by));
            self.replace(Operator::Shift(by), &root, Term::sum(parts));
        }
    }

    fn at(&mut self, place: &Place) {
        if place.role != Role::Name {
            self.of_shape(place);
            self.of_name(place);
        }
        self.of_neighbour(place);
    }

    fn of_shape(&mut self, place: &Place) {
        let Place { path, term, role } = place;
        match term.node() {
            Node::Number(n) => self.number(path, n, *role),
            Node::Sum(parts) => self.summands(path, parts),
            Node::Product(factors) => self.factors(path, factors),
            Node::Quotient(a, b) if term.as_rational().is_none() => {
                if *b != ln2() {
                    self.replace(Operator::Invert, path, Term::quotient(b.clone(), a.clone()));
                }
                self.replace(Operator::DropFactor, path, a.clone());
                if a.as_rational().is_none() {
                    self.replace(Operator::DropFactor, &path.child(0), Term::integer(1));
                }
            }
            Node::Power(base, n) if n.as_rational().is_some() => {
                self.replace(Operator::DropExponent, path, base.clone());
            }
            Node::Call(f, arguments) if f == "ln" && arguments.len() == 1 => {
                let of_number = arguments[0].as_rational().is_some();
                if !of_number {
                    self.replace(Operator::Log2, path, Term::quotient(term.clone(), ln2()));
                }
                self.replace(Operator::DropLog, path, arguments[0].clone());
            }
            _ => {}
        }
    }

    fn number(&mut self, path: &Path, n: &Rational, role: Role) {
        let mut put = |new: Rational| {
            if !new.is_negative() {
                self.replace(Operator::Number, path, Term::rational(&new));
            }
        };
        put(n + &Rational::ONE);
        // The exponent below is that of a dropped square, and half of it is, too.
        if role != Role::Exponent {
            put(n - &Rational::ONE);
            put(n * &ratio(2, 1));
            put(n * &ratio(1, 2));
        }
    }

    fn summands(&mut self, path: &Path, parts: &[Term]) {
        for (i, part) in parts.iter().enumerate() {
            let here = path.child(i);
            let rest: Vec<Term> = without(parts, i);
            let whole = self.t.replaced(path, &Term::sum(rest));
            self.put(Operator::DropTerm, &here, None, whole);
            self.replace(Operator::Negate, &here, negated(part));
            for (n, d) in [(1, 2), (2, 1)] {
                self.replace(Operator::Scale(ratio(n, d)), &here, scaled(part, n == 1));
            }
        }
        for i in 1..parts.len() {
            let bare = |t: &Term| match t.node() {
                Node::Neg(a) => a.clone(),
                _ => t.clone(),
            };
            let product = times(&bare(&parts[i - 1]), &bare(&parts[i]));
            let pair = path.with_subset(vec![i as u32 - 1, i as u32]);
            self.replace(Operator::SumToProduct, &pair, product);
        }
    }

    fn factors(&mut self, path: &Path, factors: &[Term]) {
        for i in 0..factors.len() {
            let whole = self.t.replaced(path, &Term::product(without(factors, i)));
            self.put(Operator::DropFactor, &path.child(i), None, whole);
        }
        for i in 1..factors.len() {
            let sum = Term::sum(vec![factors[i - 1].clone(), factors[i].clone()]);
            let pair = path.with_subset(vec![i as u32 - 1, i as u32]);
            self.replace(Operator::ProductToSum, &pair, sum);
        }
    }

    /// σ for σ², σ² for σ, n + 1 for n, in one place.
    fn of_name(&mut self, place: &Place) {
        if place.role == Role::Value && is_positive(&place.term, self.around.facts) {
            self.replace(Operator::Square, &place.path, square(&place.term));
            self.replace(Operator::Root, &place.path, root(&place.term));
        }
        let natural = |name| self.around.facts.sorts.get(name) == Some(&Sort::Natural);
        if place.role != Role::Exponent && place.term.as_symbol().is_some_and(natural) {
            for one in [Term::integer(1), Term::integer(-1)] {
                let next = Term::sum(vec![place.term.clone(), one]);
                self.replace(Operator::Number, &place.path, next);
            }
        }
    }

    /// One occurrence of a name for its neighbour's.
    fn of_neighbour(&mut self, place: &Place) {
        if let Some(name) = place.term.as_symbol()
            && let Some(other) = neighbour(name, self.t, self.around.facts)
        {
            self.replace(Operator::Rename, &place.path, Term::symbol(other));
        }
    }

    /// Names exchanged, or taken for their squares and roots, wherever they occur.
    fn everywhere(&mut self) {
        let facts = self.around.facts;
        let mut pairs: Vec<(Symbol, Symbol)> = Vec::new();
        for name in self.t.free_symbols() {
            if let Some(other) = neighbour(&name, self.t, facts)
                && !pairs.iter().any(|(a, b)| *a == name || *b == name)
            {
                pairs.push((name, other));
            }
        }
        for pair in &pairs {
            self.replace(
                Operator::Swap,
                &Path::root(),
                exchanged(self.t, std::slice::from_ref(pair)),
            );
        }
        self.replace(Operator::Swap, &Path::root(), exchanged(self.t, &pairs));
        let positive = |s: &Symbol| facts.sorts.get(s) == Some(&Sort::Positive);
        for name in self.t.free_symbols().into_iter().filter(positive) {
            let all =
                [(Operator::SquareAll, square as fn(&Term) -> Term), (Operator::RootAll, root)];
            for (operator, new) in all {
                let whole = everywhere(self.t, &name, facts, &new);
                let to = Some(new(&Term::symbol(name.clone())));
                self.put_name(operator, &name, to, whole);
            }
        }
    }

    fn put_name(&mut self, operator: Operator, name: &Symbol, to: Option<Term>, whole: Term) {
        if self.seen.insert(whole.clone()) {
            let from = Term::symbol(name.clone());
            self.out.push(Edit { operator, path: Path::root(), from, to, whole });
        }
    }

    fn repairs_at(&mut self, place: &Place) {
        let Place { path, term, role } = place;
        if *role != Role::Value {
            return;
        }
        match term.node() {
            Node::Binder(b) => self.weights(path, b),
            // A lost square is put on what is no name, too.
            Node::Sum(_) => {
                self.replace(Operator::Square, path, square(term));
                self.each_name(path, term);
            }
            Node::Product(_) | Node::Quotient(..) | Node::Call(..) => {
                self.replace(Operator::Square, path, square(term));
                self.each_name(path, term);
                let base_two = |b: &Term| *b == ln2();
                if let Node::Quotient(a, b) = term.node()
                    && base_two(b)
                {
                    self.replace(Operator::Natural, path, a.clone());
                }
            }
            Node::Symbol(_) | Node::Index(..) => self.replace(Operator::Square, path, square(term)),
            _ => {}
        }
        if term.as_rational().is_none() {
            for (n, d) in [(1, 2), (2, 1)] {
                self.replace(Operator::Scale(ratio(n, d)), path, scaled(term, n == 1));
            }
            self.replace(Operator::Negate, path, negated(term));
        }
    }

    /// A mean without its weights.
    fn weights(&mut self, path: &Path, b: &Binder) {
        let mut densities: Vec<Term> = Vec::new();
        b.body.any(&mut |t| {
            if matches!(t.node(), Node::Density(..)) && !densities.contains(t) {
                densities.push(t.clone());
            }
            false
        });
        for density in densities {
            let body = times(&density, &b.body);
            let new = Term::binder(b.op, b.var.clone(), b.domain.clone(), body);
            self.replace(Operator::Weight, path, new);
        }
    }

    /// Every positive name in a part taken for its square, or its square for it.
    fn each_name(&mut self, path: &Path, term: &Term) {
        let facts = self.around.facts;
        let squared = squares_in(term, facts, false);
        self.replace(Operator::SquareIn, path, squared);
        self.replace(Operator::DropSquaresIn, path, squares_dropped(term, facts));
    }
}

fn without(all: &[Term], index: usize) -> Vec<Term> {
    all.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, t)| t.clone()).collect()
}

pub(in crate::verify) fn negated(t: &Term) -> Term {
    match t.node() {
        Node::Neg(a) => a.clone(),
        _ => Term::neg(t.clone()),
    }
}

/// Half of a term, or twice the term, in the shape it has: a ½ goes into the denominator.
pub(in crate::verify) fn scaled(t: &Term, halve: bool) -> Term {
    let by = if halve { ratio(1, 2) } else { ratio(2, 1) };
    if let Some(n) = t.as_rational() {
        return Term::rational(&(&n * &by));
    }
    match t.node() {
        Node::Neg(a) => Term::neg(scaled(a, halve)),
        Node::Quotient(a, b) => match (halve, b.as_rational(), b.node()) {
            (true, Some(n), _) => Term::quotient(a.clone(), Term::rational(&(&n * &ratio(2, 1)))),
            (true, None, Node::Product(f)) if f[0].as_rational().is_some() => {
                Term::quotient(a.clone(), scaled(b, false))
            }
            (true, None, _) => Term::quotient(a.clone(), times(&Term::integer(2), b)),
            (false, Some(n), _) if n == ratio(2, 1) => a.clone(),
            (false, None, Node::Product(f)) if f[0].as_rational() == Some(ratio(2, 1)) => {
                Term::quotient(a.clone(), Term::product(f[1..].to_vec()))
            }
            _ => Term::quotient(scaled(a, halve), b.clone()),
        },
        Node::Product(factors) => match factors[0].as_rational() {
            Some(n) => {
                let new = &n * &by;
                let rest = factors[1..].to_vec();
                if new.is_one() {
                    Term::product(rest)
                } else {
                    times(&Term::rational(&new), &Term::product(rest))
                }
            }
            None => times(&Term::rational(&by), t),
        },
        _ => times(&Term::rational(&by), t),
    }
}

fn square(t: &Term) -> Term {
    Term::power(t.clone(), Term::integer(2))
}

fn root(t: &Term) -> Term {
    Term::call("sqrt", vec![t.clone()])
}

/// Whether this is a positive parameter, or a member of a family of such.
pub(in crate::verify) fn is_positive(t: &Term, facts: &Facts) -> bool {
    let positive = |name: &Symbol| facts.sorts.get(name) == Some(&Sort::Positive);
    match t.node() {
        Node::Symbol(name) => positive(name) && !facts.families.contains_key(name),
        Node::Index(..) => member_of(t, facts).is_some_and(positive),
        _ => false,
    }
}

/// The term with every occurrence of a parameter, or of every member of a family, replaced.
pub(in crate::verify) fn everywhere(
    t: &Term,
    name: &Symbol,
    facts: &Facts,
    new: &impl Fn(&Term) -> Term,
) -> Term {
    if !facts.families.contains_key(name) {
        return t.substitute(name, &new(&Term::symbol(name.clone())));
    }
    match t.node() {
        Node::Index(..) if member_of(t, facts) == Some(name) => new(t),
        _ => t.map_children(|c| everywhere(c, name, facts, new)),
    }
}

/// The family that a term is a member of, with all its indices.
fn member_of<'t>(t: &'t Term, facts: &Facts) -> Option<&'t Symbol> {
    let (name, at) = t.indices()?;
    let all = facts.families.get(name).map_or(1, |family| family.axes().len());
    (at.len() == all).then_some(name)
}

/// How many indices and arguments a name takes, declared or defined.
fn indices_of(name: &Symbol, facts: &Facts) -> usize {
    let mut depth = facts.families.get(name).map_or(0, |family| family.axes().len());
    let mut here = facts.definitions.get(name);
    while let Some(b) = here.and_then(Term::as_comprehension) {
        depth += 1;
        here = Some(&b.body);
    }
    depth
}

/// Positive names squared, but for those that are squared already.
fn squares_in(t: &Term, facts: &Facts, raised: bool) -> Term {
    if is_positive(t, facts) {
        return if raised { t.clone() } else { square(t) };
    }
    match t.node() {
        Node::Index(..) => t.clone(),
        Node::Power(base, n) => {
            let base = squares_in(base, facts, n.as_rational() == Some(ratio(2, 1)));
            Term::power(base, n.clone())
        }
        _ => t.map_children(|c| squares_in(c, facts, false)),
    }
}

/// The squares of positive names without their exponents.
fn squares_dropped(t: &Term, facts: &Facts) -> Term {
    match t.node() {
        Node::Power(base, n)
            if n.as_rational() == Some(ratio(2, 1)) && is_positive(base, facts) =>
        {
            base.clone()
        }
        _ => t.map_children(|c| squares_dropped(c, facts)),
    }
}

/// The name that is easily taken for this one: the same with the other index, or the only other one of its kind.
pub(in crate::verify) fn neighbour(name: &Symbol, t: &Term, facts: &Facts) -> Option<Symbol> {
    let known = |s: &Symbol| facts.sorts.contains_key(s) || facts.definitions.contains_key(s);
    if !known(name) {
        return None;
    }
    let text = name.as_str();
    if let Some(stem) = text.strip_suffix(['1', '2']) {
        let other = Symbol::new(&format!("{stem}{}", if text.ends_with('1') { 2 } else { 1 }));
        return known(&other).then_some(other);
    }
    let kind = |s: &Symbol| (facts.sorts.get(s).copied(), indices_of(s, facts));
    let defined = |s: &Symbol| facts.definitions.contains_key(s);
    let alike = |s: &&Symbol| {
        *s != name && known(s) && kind(s) == kind(name) && defined(s) == defined(name)
    };
    let names = t.free_symbols();
    let mut others = names.iter().filter(alike);
    let other = others.next().cloned();
    if others.next().is_none() { other } else { None }
}

/// The term with the names of each pair exchanged.
pub(in crate::verify) fn exchanged(t: &Term, pairs: &[(Symbol, Symbol)]) -> Term {
    let both = pairs.iter().flat_map(|(a, b)| {
        let (s, t) = (Term::symbol(a.clone()), Term::symbol(b.clone()));
        [(a.clone(), t), (b.clone(), s)]
    });
    t.substitute_all(&both.collect())
}
