//! Terms that a variable of a pattern is tried with, by the place where it stands.

use std::collections::BTreeSet;

use crate::elaborate::{Context, Undeclared, expression};
use crate::syntax::parse_expression;
use crate::term::{Binder, Domain, HOLE, Node, Symbol, Term};
use crate::theory::{Condition, Distribution, Rule, Sort, Theory};

const NUMBERS: &[&str] = &["-2", "-1", "-1/2", "0", "1/2", "1", "2", "3"];

/// Functions of what a rule binds.
const BODIES: &[&str] = &["exp(x^2)", "-exp(x^2)", "1/x", "-1/x", "x", "1"];

/// Functions of the index of a family, which `hole` stands for.
const APPLIED: &[&str] = &[
    "-2",
    "hole",
    "hole - 3",
    "-1/hole",
    "hole*x",
    "hole*x[1]",
    "exp(hole*x^2)",
    "exp(hole^2)",
    "(-1)^hole/x",
    "1",
];

/// The same where they are differentiated.
const APPLIED_DERIVATIVES: &[&str] = &["hole", "hole^2", "1", "2", "exp(x^2)", "1/x"];

const INDICES: &[&str] = &["0", "1", "2", "3", "1/2", "1 + x - x"];

/// First and last indices.
const ENDS: &[&str] = &["0", "1/2", "1", "2", "3"];

/// What is to be free of a variable, and is not.
const NOT_FREE: &[&str] =
    &["x", "x^2", "-x", "1/x", "x - 1/x", "1 - x", "1 + x^2", "exp(-x)", "1/(2 + x)"];

/// Terms for a variable of a rule, when the conditions at `places` are left out.
pub(super) fn pool(rule: &Rule, meta: &Symbol, places: &[usize], theory: &Theory) -> Vec<Term> {
    let pattern = Pattern { rule, meta, places };
    let own = pattern.variable();
    let terms: Vec<Term> = match pattern.role() {
        Role::Distribution => {
            let moving = if pattern.differentiates() { &["x", "t"] } else { &["x", "i"] };
            return distributions(pattern.index().as_ref(), *moving, theory);
        }
        Role::Family => return families(theory),
        role => pattern.texts(role).iter().filter_map(|text| term(text, theory)).collect(),
    };
    let (x, hole) = (Symbol::new("x"), Symbol::new("hole"));
    terms
        .into_iter()
        .map(|t| if own == x { t } else { t.substitute(&x, &Term::symbol(own.clone())) })
        .map(|t| t.substitute(&hole, &Term::symbol(HOLE)))
        .collect()
}

fn term(text: &str, theory: &Theory) -> Option<Term> {
    let tree = parse_expression(text).ok()?;
    expression(&tree, theory, &Context::default(), Undeclared::Accept).ok()
}

/// Where a variable of a pattern stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    /// For a distribution.
    Distribution,
    /// For a family of distributions.
    Family,
    /// For a family of numbers or functions.
    Applied,
    /// For an index.
    Index,
    /// For the variable of a derivative.
    Differentiated,
    /// For a function of what is bound.
    Body,
    /// For an end of a range.
    Limit,
    /// For a number.
    Number,
}

struct Pattern<'a> {
    rule: &'a Rule,
    meta: &'a Symbol,
    places: &'a [usize],
}

impl Pattern<'_> {
    fn bare(&self, t: &Term) -> bool {
        matches!(t.node(), Node::Meta(m) if m == self.meta)
    }

    fn somewhere(&self, test: impl Fn(&Term) -> bool) -> bool {
        self.rule.left.any(&mut |t| test(t))
    }

    fn differentiates(&self) -> bool {
        self.somewhere(|t| matches!(t.node(), Node::Derivative(..)))
    }

    fn role(&self) -> Role {
        let indexed = |t: &Term| matches!(t.node(), Node::Index(base, _) if self.bare(base));
        let family = |t: &Term| match t.node() {
            Node::Binder(Binder { domain: Domain::Over(d), .. }) => {
                matches!(d.node(), Node::Binder(b) if indexed(&b.body))
            }
            _ => false,
        };
        let over = |t: &Term| match t.node() {
            Node::Binder(Binder { domain: Domain::Over(d), .. }) | Node::Density(d, _) => {
                self.bare(d)
            }
            _ => false,
        };
        let nested = self.rule.conditions.iter().any(
            |c| matches!(c, Condition::Within(a, b) if self.inside_support(a) || self.inside_support(b)),
        );
        let differentiated =
            |t: &Term| matches!(t.node(), Node::Derivative(x, _) if x.metas().contains(self.meta));
        let at = |t: &Term| matches!(t.node(), Node::Index(_, index) if self.bare(index));
        let limit = |t: &Term| {
            matches!(t.node(), Node::Binder(b) if matches!(&b.domain,
                Domain::Range(lo, hi) if self.bare(lo) || self.bare(hi)))
        };
        if self.somewhere(over) || nested {
            return Role::Distribution;
        }
        if self.somewhere(family) {
            return Role::Family;
        }
        if self.differentiates() && self.somewhere(differentiated) && !self.somewhere(indexed) {
            return Role::Differentiated;
        }
        if self.somewhere(indexed) {
            return Role::Applied;
        }
        if !self.differentiates() && self.somewhere(at) {
            return Role::Index;
        }
        let binds = self.somewhere(|t| matches!(t.node(), Node::Binder(_)));
        let function = matches!(self.meta.as_str(), "f" | "g");
        match self.somewhere(limit) {
            true => Role::Limit,
            false if binds && function && !self.constrained() => Role::Body,
            false => Role::Number,
        }
    }

    fn inside_support(&self, t: &Term) -> bool {
        let inside = |arguments: &[Term]| arguments.iter().any(|a| self.bare(a));
        self.bare(t) || matches!(t.node(), Node::Call(f, of) if *f == "support" && inside(of))
    }

    fn constrained(&self) -> bool {
        self.rule.conditions.iter().any(|c| match c {
            Condition::Compare(_, a, b) => self.bare(a) || self.bare(b),
            Condition::Sort(t, _) | Condition::Free(_, t) => self.bare(t),
            _ => false,
        })
    }

    fn texts(&self, role: Role) -> Vec<&'static str> {
        match role {
            Role::Applied if self.differentiates() => APPLIED_DERIVATIVES.to_vec(),
            Role::Applied => APPLIED.to_vec(),
            Role::Index => INDICES.to_vec(),
            Role::Body => BODIES.to_vec(),
            Role::Differentiated => self.differentiated(),
            _ => self.numbers(role),
        }
    }

    /// The variable of a derivative: where it must not occur in something, what does occur there.
    fn differentiated(&self) -> Vec<&'static str> {
        let left_out = self.places.iter().find_map(|p| match &self.rule.conditions[*p] {
            Condition::Free(x, t) if self.bare(t) => x.as_symbol().cloned(),
            _ => None,
        });
        let binds = self.somewhere(|t| matches!(t.node(), Node::Binder(_)));
        match left_out {
            Some(x) if x == "x" => vec!["x"],
            Some(_) => vec!["i"],
            None if binds => vec!["t"],
            None => vec!["x"],
        }
    }

    fn numbers(&self, role: Role) -> Vec<&'static str> {
        let by_index = |t: &Term| matches!(t.node(), Node::Index(base, _) if matches!(base.node(), Node::Meta(_)));
        let mut out = NUMBERS.to_vec();
        if self.differentiates() {
            let binds = self.somewhere(|t| matches!(t.node(), Node::Binder(_)));
            out.extend(if binds {
                ["t", "t^2", "1 - t", "-t"]
            } else {
                ["x", "x^2", "1 - x", "-x"]
            });
            return out;
        }
        if self.somewhere(by_index) {
            out = ENDS.to_vec();
        } else if role == Role::Limit {
            out.extend(["oo", "-oo"]);
        }
        for place in self.places {
            match &self.rule.conditions[*place] {
                Condition::Free(x, t)
                    if self.bare(t) && x.as_symbol().is_some_and(|x| x == "i") =>
                {
                    out = vec!["i", "1 + i"];
                }
                Condition::Free(_, t) if self.bare(t) => out = NOT_FREE.to_vec(),
                Condition::Sort(t, Sort::Real) if self.bare(t) => out = vec!["oo", "-oo"],
                _ => {}
            }
        }
        out
    }

    /// The variables that the left side binds, in order.
    fn bound(&self) -> Vec<Symbol> {
        let mut out = Vec::new();
        self.rule.left.any(&mut |t| {
            if let Node::Binder(b) = t.node() {
                out.push(b.var.clone());
            }
            false
        });
        out
    }

    /// What `x` stands for in the texts: the variable of an integral or an expectation.
    fn variable(&self) -> Symbol {
        let x = Symbol::new("x");
        let bound = self.bound();
        if let Some(k) = self.index() {
            return k;
        }
        match bound.contains(&x) {
            true => x,
            false => bound.into_iter().find(|b| *b != "i").unwrap_or(x),
        }
    }

    /// The variable of a rule about integers: of a sum, or under a distribution on integers.
    fn index(&self) -> Option<Symbol> {
        let mut found = None;
        self.rule.left.any(&mut |t| {
            if let Node::Binder(b) = t.node()
                && (b.var == "k" || (b.op == crate::term::BinderOp::Sum && b.var != "i"))
            {
                found = Some(b.var.clone());
            }
            found.is_some()
        });
        found
    }
}

/// Distributions of the theory with plain parameters, one for each form of support; the first also with another
/// parameter, and with one that is a variable.
fn distributions(index: Option<&Symbol>, names: [&str; 2], theory: &Theory) -> Vec<Term> {
    let mut forms = BTreeSet::new();
    let mut out = Vec::new();
    let mut moving = Vec::new();
    let fits = |d: &&Distribution| d.discrete == index.is_some() && d.space.is_none();
    // Those with parameters that nothing ties come first.
    let (open, tied): (Vec<&Distribution>, Vec<&Distribution>) =
        theory.distributions().iter().filter(fits).partition(|d| d.constraints.is_empty());
    for known in open.into_iter().chain(tied) {
        let (low, high) = &known.support;
        let form = (written(low), written(high));
        let Some(plain) = plain(known) else { continue };
        if !forms.insert(form) {
            continue;
        }
        if known.constraints.is_empty() && moving.is_empty() {
            let variable = |name: &str| {
                let mut arguments = plain.clone();
                arguments[0] = Term::symbol(name);
                Term::call(known.name.clone(), arguments)
            };
            moving.push(variable(index.map_or(names[0], Symbol::as_str)));
            moving.push(variable(if index.is_some() { names[0] } else { names[1] }));
        }
        if index.is_some() && known.parameters.iter().all(|(_, s)| *s == Sort::Integer) {
            let below = [-2, -1].map(Term::integer).to_vec();
            out.push(Term::call(known.name.clone(), below));
            let reaching = vec![Term::integer(1), Term::symbol("x")];
            moving.push(Term::call(known.name.clone(), reaching));
        }
        let first = out.is_empty() && known.constraints.is_empty();
        if let Some((last, before)) = plain.split_last().filter(|_| first) {
            let doubled = Term::product(vec![Term::integer(2), last.clone()]);
            let arguments = before.iter().cloned().chain([doubled]).collect();
            moving.push(Term::call(known.name.clone(), arguments));
        }
        out.push(Term::call(known.name.clone(), plain));
    }
    out.extend(moving);
    out
}

/// An end of a support, if it is the same whatever the parameters.
fn written(end: &Term) -> Option<String> {
    let oo = Symbol::new("oo");
    let fixed = end.as_rational().is_some() || end.mentions(&oo);
    fixed.then(|| end.to_string())
}

/// Arguments that meet the sorts, increasing.
fn plain(known: &Distribution) -> Option<Vec<Term>> {
    let compared = !known.constraints.is_empty();
    let argument = |(place, (_, sort)): (usize, &(Symbol, Sort))| match sort {
        Sort::Real | Sort::Integer if compared => Some(Term::integer(place as i64)),
        Sort::Real | Sort::Integer => Some(Term::integer(0)),
        // A probability, where something is said of it.
        Sort::Positive if compared => Some(Term::quotient(Term::integer(1), Term::integer(2))),
        Sort::Positive => Some(Term::integer(1)),
        Sort::Natural => Some(Term::integer(2)),
        _ => None,
    };
    known.parameters.iter().enumerate().map(argument).collect()
}

/// Families of distributions, by an index that `hole` stands for.
fn families(theory: &Theory) -> Vec<Term> {
    let mut out = distributions(None, ["x", "i"], theory);
    let moving = out.iter().find_map(|d| match d.node() {
        Node::Call(name, arguments) if arguments[0].as_symbol().is_some() => {
            let mut arguments = arguments.clone();
            arguments[0] = Term::symbol(HOLE);
            Some(Term::call(name.clone(), arguments))
        }
        _ => None,
    });
    out.truncate(2);
    out.extend(moving);
    out
}
