//! What a reader can play with: the parameters of a derivation, and its formulas written out in elementary functions.
//!
//! Definitions and quantities are unfolded and densities put in, so that a page needs no theory. What cannot be
//! computed on a page is left out.

use std::collections::BTreeSet;

use super::Numbers;
use super::points::{Points, parameters, violated};
use super::texts::sort_term;
use crate::derive::{Derivation, Status};
use crate::document::Bilingual;
use crate::document::javascript;
use crate::document::page::{Curve, Slider, Study, WITHIN};
use crate::elaborate::Context;
use crate::numeric::{Catalogue, Environment, Options, evaluate, member_of};
use crate::term::{Binder, BinderOp, Domain, Node, Symbol, Term, fresh_name};
use crate::theory::{Family, Sort, Theory};

/// More parameters than this are not played with.
const MOST: usize = 12;

/// The coordinates of what has any number of them.
const COORDINATES: i64 = 2;

/// More densities than this are not told apart.
const CURVES: usize = 4;

/// Quantities are unfolded so often.
const DEPTH: usize = 8;

/// Standard deviations shown on either side of the mean.
const REACH: f64 = 4.0;

/// The formulas of a derivation, and values for its parameters. `None` where nothing can be computed.
pub fn study(derivation: &Derivation, context: &Context, theory: &Theory) -> Option<Study> {
    let is_relation = |t: &Term| matches!(t.node(), Node::Relation(..));
    let equates = derivation.unknown.is_some()
        || is_relation(&derivation.statement)
        || is_relation(&derivation.result);
    // An equation has no value to show.
    if derivation.status != Status::Proved || equates {
        return None;
    }
    let numbers = Numbers { theory, facts: &derivation.facts };
    let result = &derivation.result;
    let own = Parameters::of(derivation, result, numbers)?;
    let closed = own.fixed(&elementary(result, numbers, DEPTH)?);
    let names: Vec<Symbol> = own.sliders.iter().map(|s| s.name.clone()).collect();
    javascript::expression(&closed, &names, None)?;
    let mut study = Study {
        admissible: own.admissible(&names, numbers),
        sliders: own.sliders.clone(),
        closed,
        variable: None,
        discrete: false,
        support: None,
        window: (0.0, 1.0),
        curves: Vec::new(),
    };
    Drawing { own: &own, names: &names, numbers, context }.fill(derivation, &mut study);
    Some(study)
}

/// The parameters of a statement: those with sliders, and those that are fixed.
struct Parameters {
    sliders: Vec<Slider>,
    fixed: Vec<(Symbol, Term)>,
    start: Environment,
}

impl Parameters {
    fn of(derivation: &Derivation, result: &Term, numbers: Numbers<'_>) -> Option<Self> {
        let terms = [&derivation.statement, result];
        let text = derivation.statement.to_string();
        let mut points = Points::new(&text, &terms, numbers)?;
        let open = points.plan(1).first().is_some_and(Option::is_some);
        let dimension = open.then_some(COORDINATES);
        // How many members a family has does not vary.
        let facts = numbers.facts;
        let ends: BTreeSet<Symbol> = facts.families.values().flat_map(Family::names).collect();
        let fits =
            |p: &Environment| ends.iter().all(|e| p.get(e).is_none_or(|n| (2.0..5.0).contains(&n)));
        let drawn = (0..16).find_map(|_| points.next_at(dimension).filter(fits))?;
        // A function that is not further known has no slider.
        if drawn.functions().next().is_some() {
            return None;
        }
        let used = parameters(&terms, facts);
        let is_fixed = |name: &Symbol| {
            ends.contains(name)
                || facts
                    .sorts
                    .get(name)
                    .is_some_and(|s| *s == Sort::Natural && open && !used.contains(name))
        };
        let whole = |v: f64| Term::integer(v as i64);
        let fixed: Vec<(Symbol, Term)> =
            drawn.iter().filter(|(n, _)| is_fixed(n)).map(|(n, v)| (n.clone(), whole(v))).collect();
        let free: Vec<Symbol> =
            drawn.iter().map(|(n, _)| n.clone()).filter(|n| !is_fixed(n)).collect();
        if free.len() > MOST {
            return None;
        }
        let start = started(&drawn, &free, numbers);
        let sliders = in_order(free)
            .into_iter()
            .map(|name| slider(name, &start, numbers))
            .collect::<Option<Vec<_>>>()?;
        Some(Self { sliders, fixed, start })
    }

    /// The term with numbers for what does not vary.
    fn fixed(&self, term: &Term) -> Term {
        self.fixed.iter().fold(term.clone(), |t, (name, value)| t.substitute(name, value))
    }

    /// What is assumed of the parameters, where it is said in them alone, and what their sorts say.
    fn admissible(&self, names: &[Symbol], numbers: Numbers<'_>) -> Vec<Term> {
        let relations = numbers.facts.relations.iter().filter_map(|r| {
            let r = self.fixed(&elementary(r, numbers, DEPTH)?);
            let varies = names.iter().any(|n| r.mentions(n));
            (varies && javascript::condition(&r, names).is_some()).then_some(r)
        });
        let of_sorts = names.iter().filter_map(|n| sort_term(n, sort_of(n, numbers)));
        let mut all: Vec<Term> = of_sorts.collect();
        for relation in relations {
            if !all.contains(&relation) {
                all.push(relation);
            }
        }
        all
    }
}

/// By name; the members of a family by index.
fn in_order(mut names: Vec<Symbol>) -> Vec<Symbol> {
    let index = |n: &Symbol| -> Vec<i64> {
        let indices = member_of(n).map(|(_, i)| i.split("][").map(|k| k.parse().unwrap_or(0)));
        indices.map(Iterator::collect).unwrap_or_default()
    };
    let family = |n: &Symbol| member_of(n).map_or_else(|| n.to_string(), |(f, _)| f.to_owned());
    names.sort_by_key(|n| (family(n), index(n)));
    names
}

fn sort_of(name: &Symbol, numbers: Numbers<'_>) -> Sort {
    let family = member_of(name).map(|(family, _)| Symbol::new(family));
    numbers.facts.sorts.get(family.as_ref().unwrap_or(name)).copied().unwrap_or(Sort::Real)
}

/// Short numbers for the parameters, each another, where the assumptions admit them; else those drawn.
fn started(drawn: &Environment, free: &[Symbol], numbers: Numbers<'_>) -> Environment {
    const REALS: [f64; 6] = [0.5, -0.8, 1.2, -0.3, 0.9, -1.4];
    const POSITIVES: [f64; 8] = [1.2, 0.8, 1.7, 0.6, 2.2, 1.4, 0.3, 0.2];
    const WHOLE: [f64; 5] = [4.0, 3.0, 6.0, 2.0, 5.0];
    let mut start: Environment =
        drawn.iter().filter(|(n, _)| !free.contains(n)).map(|(n, v)| (n.clone(), v)).collect();
    let mut used = Vec::new();
    for name in free {
        let (list, sign): (&[f64], f64) = match sort_of(name, numbers) {
            Sort::Positive | Sort::Nonnegative => (&POSITIVES, 1.0),
            Sort::Negative => (&POSITIVES, -1.0),
            Sort::Natural | Sort::Integer => (&WHOLE, 1.0),
            _ => (&REALS, 1.0),
        };
        let fresh = list.iter().map(|v| sign * v).filter(|v| !used.contains(v));
        let mut all = fresh.chain(list.iter().map(|v| sign * v));
        let Some(value) =
            all.find(|v| violated(&start.clone().with(name.clone(), *v), numbers).is_none())
        else {
            return drawn.clone();
        };
        used.push(value);
        start.set(name.clone(), value);
    }
    start
}

/// The range of one parameter in which nothing is violated while the others stay.
fn slider(name: Symbol, start: &Environment, numbers: Numbers<'_>) -> Option<Slider> {
    let value = start.get(&name)?;
    let sort = sort_of(&name, numbers);
    let fits = |v: f64| violated(&start.clone().with(name.clone(), v), numbers).is_none();
    let (low, high, whole): (f64, f64, bool) = match sort {
        Sort::Positive | Sort::Nonnegative => (0.0, 5.0, false),
        Sort::Negative => (-5.0, 0.0, false),
        Sort::Natural => (1.0, 20.0, true),
        Sort::Integer => (-10.0, 10.0, true),
        Sort::Real | Sort::Nonzero => (-4.0, 4.0, false),
        Sort::Density | Sort::Mass | Sort::Probabilities | Sort::Positives => return None,
    };
    let (low, high) =
        (reached(value, low.min(value), &fits), reached(value, high.max(value), &fits));
    let step = match (whole, high - low) {
        (true, _) => 1.0,
        (false, narrow) if narrow <= 1.5 => 0.01,
        _ => 0.05,
    };
    let round = |v: f64| (v * 1e4).round() / 1e4;
    let inward = |end: f64, towards: f64| {
        let on_grid = round((end / step).round() * step);
        [on_grid, round(on_grid + towards * step), round(on_grid + 2.0 * towards * step)]
            .into_iter()
            .find(|v| fits(*v))
            .unwrap_or(value)
    };
    let (low, high) = (inward(low, 1.0), inward(high, -1.0));
    (low < high).then_some(Slider { name, low, high, start: value, step, open: false })
}

/// How far from `good` towards `end` everything fits.
fn reached(mut good: f64, end: f64, fits: &dyn Fn(f64) -> bool) -> f64 {
    if fits(end) {
        return end;
    }
    let mut bad = end;
    for _ in 0..12 {
        let middle = (good + bad) / 2.0;
        if fits(middle) { good = middle } else { bad = middle }
    }
    // The end itself is closer than any step.
    bad
}

/// The term with definitions, quantities and densities written out.
fn elementary(term: &Term, numbers: Numbers<'_>, depth: usize) -> Option<Term> {
    let depth = depth.checked_sub(1)?;
    match term.node() {
        Node::Density(p, points) => {
            let [point] = &points[..] else { return None };
            density(p, &elementary(point, numbers, depth)?, numbers, depth)
        }
        Node::Symbol(_) => match numbers.expand(term) {
            Some(definition) => elementary(&definition, numbers, depth),
            None => Some(term.clone()),
        },
        Node::Index(..) if numbers.facts.is_defined_entry(term) => {
            elementary(&numbers.expand(term)?, numbers, depth)
        }
        // Entries whose index is a number or varies with it: the formula says it in either case.
        Node::Index(base, at) if base.as_comprehension().is_some() => {
            elementary(&base.applied(at)?, numbers, depth)
        }
        Node::Call(name, arguments) if numbers.theory.quantity(name, arguments.len()).is_some() => {
            elementary(&numbers.expand(term)?, numbers, depth)
        }
        _ => {
            let mut sound = true;
            let new = term.map_children(|c| {
                // Nesting of the term itself is no unfolding.
                let new = elementary(c, numbers, depth + 1);
                sound &= new.is_some();
                new.unwrap_or_else(|| c.clone())
            });
            sound.then_some(new)
        }
    }
}

/// The density of a known distribution at a point, zero outside the support.
fn density(p: &Term, at: &Term, numbers: Numbers<'_>, depth: usize) -> Option<Term> {
    let known = numbers.facts.resolve(p);
    if let Some(parts) = numbers.facts.mixture(&known) {
        let parts = parts.into_iter().map(|(weight, part)| {
            let weight = elementary(&weight, numbers, depth)?;
            Some(Term::product(vec![weight, density(&part, at, numbers, depth.checked_sub(1)?)?]))
        });
        return parts.collect::<Option<Vec<_>>>().map(Term::sum);
    }
    let value = elementary(&numbers.density(&known, at)?, numbers, depth)?;
    let (low, high) = ends(&known, numbers)?;
    if is_line(&low, &high) {
        return Some(value);
    }
    let end = |t: &Term| elementary(t, numbers, depth);
    Some(Term::call(WITHIN, vec![value, at.clone(), end(&low)?, end(&high)?]))
}

fn ends(known: &Term, numbers: Numbers<'_>) -> Option<(Term, Term)> {
    numbers.support(known).or_else(|| numbers.atoms(known))
}

fn is_line(low: &Term, high: &Term) -> bool {
    let infinite = |t: &Term| t.mentions(&Symbol::new("oo"));
    infinite(low) && infinite(high)
}

/// Densities and integrand.
struct Drawing<'a> {
    own: &'a Parameters,
    names: &'a [Symbol],
    numbers: Numbers<'a>,
    context: &'a Context,
}

impl Drawing<'_> {
    fn fill(&self, derivation: &Derivation, study: &mut Study) {
        let numbers = self.numbers;
        let mut distributions = Vec::new();
        self.distributions(&derivation.statement, &mut distributions);
        let Some(first) = distributions.first() else { return };
        let discrete = self.is_discrete(first);
        let integrand = self.integrand(&derivation.statement, DEPTH);
        let taken = |s: &Symbol| self.names.contains(s) || numbers.facts.is_reserved(s);
        let usual = Symbol::new(if discrete { "k" } else { "x" });
        let variable = match &integrand {
            Some((var, _)) if !taken(var) => var.clone(),
            _ => fresh_name(&usual, taken),
        };
        let x = Term::symbol(variable.clone());
        let mut curves = Vec::new();
        for p in distributions.iter().filter(|p| self.is_discrete(p) == discrete).take(CURVES) {
            let shown = Term::density(p.clone(), vec![x.clone()]);
            let label = match discrete {
                true => Bilingual::new("probability", "概率"),
                false => Bilingual::new("density", "密度"),
            };
            curves.extend(self.curve(&shown, label, false, &variable));
        }
        if curves.is_empty() {
            return;
        }
        if let Some((var, body)) = integrand {
            let shown = body.substitute(&var, &x);
            let label = match discrete {
                true => Bilingual::new("summand", "求和项"),
                false => Bilingual::new("integrand", "被积函数"),
            };
            curves.extend(self.curve(&shown, label, true, &variable));
        }
        study.window = self.window(&distributions, discrete);
        study.support = self.support(&distributions);
        study.variable = Some(variable);
        study.discrete = discrete;
        study.curves = curves;
    }

    fn curve(
        &self,
        shown: &Term,
        label: Bilingual,
        integrand: bool,
        variable: &Symbol,
    ) -> Option<Curve> {
        let formula = self.own.fixed(&elementary(shown, self.numbers, DEPTH)?);
        javascript::expression(&formula, self.names, Some(variable))?;
        Some(Curve { label, shown: shown.clone(), formula, integrand })
    }

    /// The distributions that a statement names, each once, in order.
    fn distributions(&self, term: &Term, out: &mut Vec<Term>) {
        let numbers = self.numbers;
        if numbers.facts.is_distribution(term, numbers.theory) {
            let known = numbers.facts.resolve(term);
            let single = ends(&known, numbers).is_some() || numbers.facts.mixture(&known).is_some();
            if single && !out.contains(term) {
                out.push(term.clone());
            }
            return;
        }
        term.children().into_iter().for_each(|c| self.distributions(c, out));
        if let Some(name) = term.as_symbol()
            && let Some((_, definition)) = self.context.definitions.iter().find(|(n, _)| n == name)
        {
            self.distributions(definition, out);
        }
    }

    fn is_discrete(&self, p: &Term) -> bool {
        let known = self.numbers.facts.resolve(p);
        match self.numbers.facts.mixture(&known).and_then(|parts| parts.into_iter().next()) {
            Some((_, part)) => self.is_discrete(&part),
            None => self.numbers.theory.is_discrete(&known),
        }
    }

    /// What is integrated or summed, where the statement is one integral or a combination of several over one line.
    fn integrand(&self, term: &Term, depth: usize) -> Option<(Symbol, Term)> {
        let depth = depth.checked_sub(1)?;
        match term.node() {
            Node::Binder(b) => Self::body(b),
            Node::Neg(a) => self.integrand(a, depth).map(|(x, f)| (x, Term::neg(f))),
            Node::Quotient(a, b) if self.is_constant(b) => {
                self.integrand(a, depth).map(|(x, f)| (x, Term::quotient(f, b.clone())))
            }
            Node::Product(factors) => {
                let (constant, rest): (Vec<&Term>, Vec<&Term>) =
                    factors.iter().partition(|f| self.is_constant(f));
                let [one] = rest[..] else { return None };
                let (x, f) = self.integrand(one, depth)?;
                let mut all: Vec<Term> = constant.into_iter().cloned().collect();
                all.push(f);
                Some((x, Term::product(all)))
            }
            Node::Sum(parts) => {
                let mut parts = parts.iter().map(|p| self.integrand(p, depth));
                let (x, first) = parts.next()??;
                let mut all = vec![first];
                for part in parts {
                    let (y, f) = part?;
                    all.push(f.substitute(&y, &Term::symbol(x.clone())));
                }
                Some((x, Term::sum(all)))
            }
            Node::Call(name, arguments) => {
                let theory = self.numbers.theory;
                if let [inner] = &arguments[..]
                    && theory.has_rule(&format!("unit.{name}"))
                {
                    let (x, f) = self.integrand(inner, depth)?;
                    return Some((x, Term::call(name.clone(), vec![f])));
                }
                theory.quantity(name, arguments.len())?;
                self.integrand(&self.numbers.expand(term)?, depth)
            }
            _ => None,
        }
    }

    fn body(b: &Binder) -> Option<(Symbol, Term)> {
        match (b.op, &b.domain) {
            (BinderOp::Integral, _) | (BinderOp::Sum, Domain::Over(_)) => {
                Some((b.var.clone(), b.body.clone()))
            }
            (BinderOp::Expectation, Domain::Over(p)) => {
                let weight = Term::density(p.clone(), vec![Term::symbol(b.var.clone())]);
                Some((b.var.clone(), Term::product(vec![weight, b.body.clone()])))
            }
            _ => None,
        }
    }

    /// Whether a term is a number made of parameters.
    fn is_constant(&self, term: &Term) -> bool {
        let Some(plain) = elementary(term, self.numbers, DEPTH) else { return false };
        javascript::expression(&self.own.fixed(&plain), self.names, None).is_some()
    }

    /// The hull of the supports, where it is one in the parameters.
    fn support(&self, distributions: &[Term]) -> Option<(Term, Term)> {
        let all: Vec<(Term, Term)> = distributions
            .iter()
            .map(|p| {
                let (low, high) = ends(&self.numbers.facts.resolve(p), self.numbers)?;
                let end = |t: &Term| Some(self.own.fixed(&elementary(t, self.numbers, DEPTH)?));
                Some((end(&low)?, end(&high)?))
            })
            .collect::<Option<_>>()?;
        let first = all.first()?;
        all.iter().all(|other| other == first).then(|| first.clone())
    }

    /// Where the densities are, at the values that the sliders start with.
    fn window(&self, distributions: &[Term], discrete: bool) -> (f64, f64) {
        let windows = distributions.iter().filter_map(|p| self.bulk(p));
        let hull = windows.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (low, high) = hull.unwrap_or((-6.0, 6.0));
        match discrete {
            true => (low.floor(), high.ceil()),
            false => {
                let digits = 10_f64.powf((high - low).log10().floor() - 1.0);
                ((low / digits).floor() * digits, (high / digits).ceil() * digits)
            }
        }
    }

    /// A few standard deviations about the mean, within the support.
    fn bulk(&self, p: &Term) -> Option<(f64, f64)> {
        let numbers = self.numbers;
        let known = numbers.facts.resolve(p);
        let start = &self.own.start;
        let options = Options { tolerance: 1e-6, max_evaluations: 1 << 13, ..Options::default() };
        let value = |t: &Term| evaluate(t, start, &numbers, &options).ok().map(|v| v.value);
        let taken = |s: &Symbol| known.mentions(s) || numbers.facts.is_reserved(s);
        let x = fresh_name(&Symbol::new("x"), taken);
        let at = Term::symbol(x.clone());
        let mean_of = |f: Term| {
            let over = Domain::Over(known.clone());
            value(&Term::binder(BinderOp::Expectation, x.clone(), over, f))
        };
        let support = crate::numeric::support(&known, start, &numbers).ok()?;
        let (low, high) = support;
        if low.is_finite() && high.is_finite() && high - low < 40.0 {
            let margin = if self.is_discrete(p) { 0.0 } else { 0.05 * (high - low) };
            return Some((low - margin, high + margin));
        }
        let mean = mean_of(at.clone())?;
        let square = mean_of(Term::power(at, Term::integer(2)))?;
        let sd = (square - mean * mean).max(0.0).sqrt().max(1e-3);
        if !(mean.is_finite() && sd.is_finite()) {
            return None;
        }
        Some(((mean - REACH * sd).max(low), (mean + REACH * sd).min(high)))
    }
}
