//! Inequalities between quantities: lemmas about the quantities themselves, then bounds of the logarithms that stand
//! under expectations, before any density is inserted. What is tried is a short list: each inequality rule about a
//! logarithm, with the logarithms in each of three forms.

use crate::term::{BinderOp, Domain, Node, Path, Rational, Relation, Term};
use crate::theory::Rule;

use super::bound::reciprocal;
use super::engine::Engine;
use super::places::{first_place, has_bar, is_average, is_ln, places};
use super::problem::mentions_infinity;

/// How the logarithms are written before a rule is applied to them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Those with one factor in common as one: ln p − ln q = ln(p/q).
    Joined,
    /// The same, with the argument multiplied out: ln((p + q)/(2p)) = ln(1/2 + q/(2p)).
    Expanded,
    /// Quotients and products taken apart, and joined again once the bounds are in place.
    Split,
    /// Quotients and products taken apart, each under an average of its own.
    Apart,
}

impl Form {
    fn takes_apart(self) -> bool {
        matches!(self, Self::Split | Self::Apart)
    }
}

const FORMS: [Form; 4] = [Form::Joined, Form::Expanded, Form::Split, Form::Apart];

/// Rounds of multiplying out and linearity after the bounds are in place.
const ROUNDS: usize = 6;

impl Engine<'_> {
    /// Tries to show `current relation 0` from the definitions; leaves the chain in place when it succeeds.
    pub(crate) fn estimate(&mut self, relation: Relation) -> bool {
        let direction = match relation {
            Relation::Ge => Relation::Ge,
            Relation::Le => Relation::Le,
            _ => return false,
        };
        let mark = self.mark();
        if self.by_lemmas(direction) && self.shows(relation) {
            return true;
        }
        self.reset(mark);
        if self.definitions().is_err() || mentions_infinity(&self.current) {
            return false;
        }
        self.expectations();
        self.mixtures();
        let mark = self.mark();
        self.join_expectations();
        if self.estimate_averages(relation, direction) {
            return true;
        }
        self.reset(mark);
        self.own_part_first();
        let mark = self.mark();
        if self.combine_averages() && self.estimate_averages(relation, direction) {
            return true;
        }
        self.reset(mark);
        self.estimate_apart(relation, direction)
    }

    /// By the rules about averages, else by those about the logarithms under them.
    fn estimate_averages(&mut self, relation: Relation, direction: Relation) -> bool {
        let mark = self.mark();
        self.bound_averages(direction);
        if self.shows(relation) {
            return true;
        }
        self.reset(mark);
        let rules = self.rules_named("inequality");
        for rule in rules.iter().filter(|rule| is_ln(&rule.left)) {
            for form in FORMS {
                let mark = self.mark();
                if self.estimate_with(rule, form, direction) && self.shows(relation) {
                    return true;
                }
                self.reset(mark);
            }
        }
        false
    }

    /// Whether the sign of what is left shows it, and nothing of it is left to integrate.
    fn shows(&mut self, relation: Relation) -> bool {
        // What was done so far, cited bounds included, must point the same way.
        let so_far = self.relation();
        if so_far != Relation::Eq && so_far.then(relation) != Some(relation) {
            return false;
        }
        if self.kernel.equal(&self.current, &Term::integer(0)) == Ok(true) {
            self.try_arithmetic(&Path::root(), &Term::integer(0));
            self.end_line("collect");
        }
        self.sign_shows(relation) && self.obstacle().is_none()
    }

    /// Bounds quantities by what the theory says of them as such, and unfolds those of which it says nothing.
    /// A lemma is no proof of itself: where it is about the whole statement it is not used.
    fn by_lemmas(&mut self, direction: Relation) -> bool {
        let rules = self.rules_named("inequality");
        let lemmas: Vec<&Rule> =
            rules.iter().copied().filter(|rule| self.is_quantity(&rule.left)).collect();
        let start = self.current.clone();
        let about = |e: &mut Self, rule: &&Rule| {
            !e.kernel.proposals(rule, &start, &Path::root()).is_empty()
        };
        if lemmas.iter().any(|rule| about(self, rule)) {
            return false;
        }
        let mut used = false;
        while let Some(path) = first_place(&self.current, |t| self.is_quantity(t)) {
            if lemmas.iter().any(|rule| self.try_rule_towards(rule, &path, direction)) {
                self.end_line("inequality");
                used = true;
            } else if self.try_unfold(&path).is_err() {
                return false;
            } else {
                self.end_line("definition");
            }
        }
        self.tidy(&Path::root());
        self.end_line("collect");
        used
    }

    /// E f − E g under one distribution as E(f − g), so that their logarithms meet.
    fn join_expectations(&mut self) {
        let rules = self.rules_named("inequality");
        let joining: Vec<&Rule> =
            rules.iter().copied().filter(|rule| matches!(rule.left.node(), Node::Sum(_))).collect();
        if joining.is_empty() || places(&self.current, is_average).len() < 2 {
            return;
        }
        let mark = self.mark();
        self.tidy(&Path::root());
        let Node::Sum(parts) = self.current.node() else { return self.reset(mark) };
        let n = parts.len() as u32;
        let pairs = (0..n).flat_map(|i| (0..n).filter(move |j| *j != i).map(move |j| [i, j]));
        for pair in pairs.take(32) {
            let mut pair = pair.to_vec();
            pair.sort_unstable();
            let path = if n == 2 { Path::root() } else { Path::root().with_subset(pair) };
            if joining.iter().any(|rule| self.try_rule(rule, &path)) {
                self.end_line("linearity");
                return;
            }
        }
        self.reset(mark);
    }

    /// Under an average, in a logarithm of a sum, the summand with the density that is averaged over comes first: the
    /// bounds keep it.
    fn own_part_first(&mut self) {
        for path in places(&self.current.clone(), is_average) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Binder(b) = t.node() else { continue };
            let Domain::Over(own) = &b.domain else { continue };
            let facts = self.kernel.facts().clone();
            let own = facts.resolve(own);
            let is_own = |t: &Term| {
                t.any(&mut |s| matches!(s.node(), Node::Density(d, _) if facts.resolve(d) == own))
            };
            let whole = self.current.clone();
            let inner = |t: &Term| {
                is_ln(t) && matches!(t.children()[0].node(), Node::Sum(_) | Node::Quotient(..))
            };
            let body = path.child(t.children().len() - 1);
            for ln in places(&whole, inner) {
                if !ln.positions.starts_with(&body.positions) {
                    continue;
                }
                let argument = ln.child(0);
                let Some(old) = whole.at(&argument) else { continue };
                let turned = |t: &Term| match t.node() {
                    Node::Sum(parts) => {
                        let (own, others): (Vec<&Term>, Vec<&Term>) =
                            parts.iter().partition(|t| is_own(t));
                        Term::sum(own.into_iter().chain(others).cloned().collect())
                    }
                    _ => t.clone(),
                };
                let new = match old.node() {
                    Node::Quotient(a, c) => Term::quotient(turned(a), turned(c)),
                    _ => turned(&old),
                };
                self.try_arithmetic(&argument, &new);
            }
        }
        self.end_line("collect");
    }

    /// The averages under each distribution as one of their combination: a E f + b E g = E(a f + b g).
    fn combine_averages(&mut self) -> bool {
        let rules = self.rules_named("inequality");
        let combining = |rule: &&&Rule| match rule.left.node() {
            Node::Sum(parts) => parts.iter().all(|p| matches!(p.node(), Node::Product(_))),
            _ => false,
        };
        let Some(rule) = rules.iter().find(combining).copied() else { return false };
        let (parts, rest) = averages_of(&self.current.clone());
        let mut groups: Vec<(Term, Vec<Term>)> = Vec::new();
        for Average { by, over, average } in parts {
            let part = Term::product(vec![by, average]);
            match groups.iter_mut().find(|(known, _)| *known == over) {
                Some((_, group)) => group.push(part),
                None => groups.push((over, vec![part])),
            }
        }
        if groups.iter().all(|(_, group)| group.len() < 2) {
            return false;
        }
        let mut sizes: Vec<usize> = groups.iter().map(|(_, group)| group.len()).collect();
        let flat: Vec<Term> = groups.into_iter().flat_map(|(_, group)| group).chain(rest).collect();
        self.try_arithmetic(&Path::root(), &Term::sum(flat));
        for i in 0..sizes.len() {
            while sizes[i] > 1 {
                let at = sizes[..i].iter().map(|_| 1).sum::<usize>() as u32;
                let Node::Sum(now) = self.current.node() else { return false };
                let path = match now.len() {
                    2 => Path::root(),
                    _ => Path::root().with_subset(vec![at, at + 1]),
                };
                if !self.try_rule(rule, &path) {
                    return false;
                }
                sizes[i] -= 1;
            }
        }
        self.end_line("linearity");
        true
    }

    /// Each logarithm under an average of its own, bounded there or by what is known of the average of a logarithm; then
    /// what the bounds contain is derived as far as the rules go.
    fn estimate_apart(&mut self, relation: Relation, direction: Relation) -> bool {
        self.exhaust("logarithm", |t| is_ln(t) && has_bar(t));
        self.end_line("logarithm");
        self.linearity();
        let rules = self.rules_named("inequality");
        let of_ln = |rule: &Rule| match rule.left.node() {
            Node::Binder(b) => is_average(&rule.left) && is_ln(&b.body),
            _ => is_ln(&rule.left),
        };
        for rule in rules.iter().copied().filter(|rule| of_ln(rule)) {
            let mark = self.mark();
            let admit = |t: &Term| match t.node() {
                Node::Binder(b) if is_average(&rule.left) => is_average(t) && is_ln(&b.body),
                _ => is_ln(t) && !is_average(&rule.left),
            };
            let mut fired = false;
            for path in places(&self.current.clone(), admit).into_iter().rev().take(16) {
                fired |= self.try_rule_towards(rule, &path, direction);
            }
            if fired {
                self.end_line("inequality");
                self.settle();
                if self.shows(relation) {
                    return true;
                }
            }
            self.reset(mark);
        }
        false
    }

    /// What stands under averages, as far as the rules go: densities inserted, and their moments.
    fn settle(&mut self) {
        self.exhaust("logarithm", |t| is_ln(t) && has_bar(t));
        self.end_line("logarithm");
        self.linearity();
        if self.densities().is_err() {
            return;
        }
        self.linearity();
        self.moments();
        self.values();
        self.tidy(&Path::root());
        self.end_line("collect");
    }

    fn estimate_with(&mut self, rule: &Rule, form: Form, direction: Relation) -> bool {
        if form.takes_apart() {
            self.exhaust("logarithm", |t| is_ln(t) && has_bar(t));
        } else {
            self.join_logarithms();
        }
        self.end_line("logarithm");
        let mut fired = false;
        for path in places(&self.current.clone(), is_ln).into_iter().rev().take(16) {
            fired |= self.bound_at(rule, &path, form, direction);
        }
        if !fired {
            return false;
        }
        self.end_line("inequality");
        self.reduce(form);
        self.bound_averages(direction);
        true
    }

    /// Applies the rule to the logarithm at a place, or to that of the reciprocal: ln u = −ln(1/u).
    fn bound_at(&mut self, rule: &Rule, path: &Path, form: Form, direction: Relation) -> bool {
        let argument = |e: &Self, path: &Path| e.current.at(&path.child(0));
        let Some(u) = argument(self, path) else { return false };
        if u.as_rational().is_some() {
            return false;
        }
        self.write_out_argument(path, form);
        if self.try_rule_towards(rule, path, direction) {
            return true;
        }
        if form.takes_apart() {
            return false;
        }
        let flipped = Term::neg(Term::call("ln", vec![reciprocal(&u)]));
        if !self.try_arithmetic(path, &flipped) {
            return false;
        }
        let path = path.child(0);
        self.write_out_argument(&path, form);
        self.try_rule_towards(rule, &path, direction)
    }

    /// The argument of a logarithm as a sum, constants first: the summand that a bound would rather keep.
    fn write_out_argument(&mut self, path: &Path, form: Form) {
        if form != Form::Expanded {
            return;
        }
        let (argument, whole) = (path.child(0), self.current.clone());
        let Some(sum) = self.kernel.spellings(&whole, &argument).pop() else { return };
        let Node::Sum(parts) = sum.node() else { return };
        let varies = |t: &&Term| t.any(&mut |s| matches!(s.node(), Node::Density(..)));
        let (varying, constant): (Vec<&Term>, Vec<&Term>) = parts.iter().partition(varies);
        let ordered = constant.into_iter().chain(varying).cloned().collect();
        self.try_arithmetic(&argument, &Term::sum(ordered));
    }

    /// Multiplies out and takes constants out until nothing changes.
    fn reduce(&mut self, form: Form) {
        for _ in 0..ROUNDS {
            let before = self.current.clone();
            if form == Form::Split {
                self.join_logarithms();
            }
            self.multiply_out();
            self.spread_averages();
            self.linearity();
            if self.current == before {
                break;
            }
        }
        self.tidy(&Path::root());
        self.collect_averages();
        self.end_line("collect");
    }

    /// Quotients of sums under averages as sums of quotients.
    fn spread_averages(&mut self) {
        for path in places(&self.current.clone(), is_average) {
            let Some(t) = self.current.at(&path) else { continue };
            let body = path.child(t.children().len() - 1);
            let Some(old) = self.current.at(&body) else { continue };
            self.try_arithmetic(&body, &spread(&old));
        }
    }

    /// The coefficients of an average that occurs more than once, in one place.
    fn collect_averages(&mut self) {
        let (parts, rest) = averages_of(&self.current.clone());
        let mut groups: Vec<(Term, Vec<Term>)> = Vec::new();
        for Average { by, average, .. } in parts {
            match groups.iter_mut().find(|(known, _)| *known == average) {
                Some((_, group)) => group.push(by),
                None => groups.push((average, vec![by])),
            }
        }
        if groups.iter().all(|(_, group)| group.len() < 2) {
            return;
        }
        let multiple =
            |(average, by): (Term, Vec<Term>)| Term::product(vec![Term::sum(by), average]);
        let all = groups.into_iter().map(multiple).chain(rest).collect();
        self.try_arithmetic(&Path::root(), &Term::sum(all));
    }

    /// Bounds what is left under expectations by the rules about expectations.
    fn bound_averages(&mut self, direction: Relation) {
        let rules = self.rules_named("inequality");
        let about: Vec<&Rule> =
            rules.iter().copied().filter(|rule| is_average(&rule.left)).collect();
        let mut fired = false;
        for path in places(&self.current.clone(), is_average).into_iter().rev().take(16) {
            fired |= about.iter().any(|rule| self.try_rule_towards(rule, &path, direction));
        }
        if fired {
            self.end_line("inequality");
            self.tidy(&Path::root());
            self.end_line("collect");
        }
    }

    /// In each body, and outside, the logarithms with a common factor become one.
    fn join_logarithms(&mut self) {
        let mut scopes = vec![Path::root()];
        for path in places(&self.current, is_average) {
            let children = self.current.at(&path).map_or(1, |t| t.children().len());
            scopes.push(path.child(children - 1));
        }
        for scope in scopes.into_iter().rev() {
            let Some(body) = self.current.at(&scope) else { continue };
            if let Some(new) = joined(&body) {
                self.try_arithmetic(&scope, &new);
            }
        }
    }
}

/// A multiple of a logarithm: the rational part of its coefficient, the other factors, and the argument.
struct Multiple {
    by: Rational,
    factors: Vec<Term>,
    argument: Term,
}

/// A sum of multiples of logarithms with those of the same factors as one logarithm; `None` where nothing changes.
pub(super) fn joined(t: &Term) -> Option<Term> {
    let (mut logs, mut rest) = (Vec::new(), Vec::new());
    take_apart(t, &Rational::ONE, &[], &mut logs, &mut rest);
    let mut groups: Vec<Vec<Multiple>> = Vec::new();
    for log in logs {
        match groups.iter_mut().find(|g| g[0].factors == log.factors) {
            Some(group) => group.push(log),
            None => groups.push(vec![log]),
        }
    }
    if groups.iter().all(|g| g.len() < 2) {
        return None;
    }
    let mut parts = Vec::new();
    for group in groups {
        let mut step = group[0].by.clone();
        for log in &group[1..] {
            let gcd = step.abs().gcd(&log.by.abs());
            step = if step.is_negative() { -gcd } else { gcd };
        }
        let (mut above, mut below) = (Vec::new(), Vec::new());
        for log in &group {
            let n = log.by.checked_div(&step)?.to_i64()?;
            let side = if n > 0 { &mut above } else { &mut below };
            side.push(match n.abs() {
                1 => log.argument.clone(),
                n => Term::power(log.argument.clone(), Term::integer(n)),
            });
        }
        let argument = match below.is_empty() {
            true => Term::product(above),
            false => Term::quotient(Term::product(above), Term::product(below)),
        };
        let ln = Term::call("ln", vec![argument]);
        parts.push(scaled(&step, &group[0].factors, ln));
    }
    parts.extend(rest);
    Some(Term::sum(parts))
}

/// A multiple of an expectation: the coefficient, the distribution and the expectation.
struct Average {
    by: Term,
    over: Term,
    average: Term,
}

/// The summands of a term that are multiples of expectations, and the others. Coefficients are carried into sums.
fn averages_of(t: &Term) -> (Vec<Average>, Vec<Term>) {
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    find_averages(t, &Rational::ONE, &[], &mut found, &mut rest);
    (found, rest)
}

fn find_averages(
    t: &Term,
    by: &Rational,
    factors: &[Term],
    found: &mut Vec<Average>,
    rest: &mut Vec<Term>,
) {
    let holds = |t: &Term| !places(t, is_average).is_empty();
    match t.node() {
        Node::Sum(parts) => parts.iter().for_each(|p| find_averages(p, by, factors, found, rest)),
        Node::Neg(a) => find_averages(a, &-by, factors, found, rest),
        Node::Binder(b) if is_average(t) => {
            let over = match &b.domain {
                Domain::Over(d) if b.op == BinderOp::Expectation => d.clone(),
                _ => return rest.push(scaled(by, factors, t.clone())),
            };
            let mut all = factors.to_vec();
            if all.is_empty() || !by.is_one() {
                all.insert(0, Term::rational(by));
            }
            found.push(Average { by: Term::product(all), over, average: t.clone() });
        }
        Node::Product(all) if all.iter().filter(|f| holds(f)).count() == 1 => {
            let (mut by, mut factors, mut inner) = (by.clone(), factors.to_vec(), t);
            for f in all {
                match number(f) {
                    _ if holds(f) => inner = f,
                    Some(r) => by = &by * &r,
                    None => factors.push(f.clone()),
                }
            }
            find_averages(inner, &by, &factors, found, rest);
        }
        Node::Quotient(a, b) if !holds(b) => match number(b).and_then(|r| r.recip()) {
            Some(r) => find_averages(a, &(by * &r), factors, found, rest),
            None => {
                let mut factors = factors.to_vec();
                factors.push(Term::quotient(Term::integer(1), b.clone()));
                find_averages(a, by, &factors, found, rest);
            }
        },
        _ => rest.push(scaled(by, factors, t.clone())),
    }
}

/// A quotient of a sum as the sum of the quotients, wherever one stands as a summand.
fn spread(t: &Term) -> Term {
    match t.node() {
        Node::Sum(parts) => Term::sum(parts.iter().map(spread).collect()),
        Node::Neg(a) => match spread(a).node() {
            Node::Sum(parts) => Term::sum(parts.iter().cloned().map(Term::neg).collect()),
            _ => t.clone(),
        },
        Node::Quotient(a, b) => match spread(a).node() {
            Node::Sum(parts) => {
                let over = |part: &Term| Term::quotient(part.clone(), b.clone());
                Term::sum(parts.iter().map(over).collect())
            }
            _ => t.clone(),
        },
        _ => t.clone(),
    }
}

fn take_apart(
    t: &Term,
    by: &Rational,
    factors: &[Term],
    logs: &mut Vec<Multiple>,
    rest: &mut Vec<Term>,
) {
    if !holds_ln(t) {
        rest.push(scaled(by, factors, t.clone()));
        return;
    }
    match t.node() {
        Node::Sum(parts) => parts.iter().for_each(|p| take_apart(p, by, factors, logs, rest)),
        Node::Neg(a) => take_apart(a, &-by, factors, logs, rest),
        Node::Call(_, args) if is_ln(t) => {
            let mut factors = factors.to_vec();
            factors.sort_by_key(ToString::to_string);
            logs.push(Multiple { by: by.clone(), factors, argument: args[0].clone() });
        }
        Node::Product(all) if all.iter().filter(|f| holds_ln(f)).count() == 1 => {
            let (mut by, mut factors, mut inner) = (by.clone(), factors.to_vec(), t);
            for f in all {
                match number(f) {
                    _ if holds_ln(f) => inner = f,
                    Some(r) => by = &by * &r,
                    None => match f.node() {
                        Node::Neg(a) => {
                            by = -&by;
                            factors.push(a.clone());
                        }
                        _ => factors.push(f.clone()),
                    },
                }
            }
            take_apart(inner, &by, &factors, logs, rest);
        }
        Node::Quotient(a, b) if !holds_ln(b) => match number(b).and_then(|r| r.recip()) {
            Some(r) => take_apart(a, &(by * &r), factors, logs, rest),
            None => {
                let mut factors = factors.to_vec();
                factors.push(Term::quotient(Term::integer(1), b.clone()));
                take_apart(a, by, &factors, logs, rest);
            }
        },
        _ => rest.push(scaled(by, factors, t.clone())),
    }
}

/// Whether a logarithm stands in the term, binders aside.
fn holds_ln(t: &Term) -> bool {
    match t.node() {
        Node::Binder(_) => false,
        _ => is_ln(t) || t.children().into_iter().any(holds_ln),
    }
}

fn number(t: &Term) -> Option<Rational> {
    match t.node() {
        Node::Quotient(a, b) => a.as_rational()?.checked_div(&b.as_rational()?),
        _ => t.as_rational(),
    }
}

fn scaled(by: &Rational, factors: &[Term], t: Term) -> Term {
    let size = by.abs();
    let mut all = Vec::new();
    if !size.is_one() {
        all.push(Term::rational(&size));
    }
    all.extend(factors.iter().cloned());
    all.push(t);
    let product = Term::product(all);
    if by.is_negative() { Term::neg(product) } else { product }
}
