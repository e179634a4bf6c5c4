//! What follows from an equation that is supposed: a chain of steps of its own from that equation to another, sealed.
//!
//! A supposition holds at the point considered. Steps from it to equations that follow may use everything that holds
//! on the whole domain, and other suppositions outside derivatives; their end then holds at that point, and is used like
//! the supposition itself.

use std::fmt;

use crate::term::{Binder, BinderOp, Domain, Node, Path, Relation, Symbol, Term, fresh_name};
use crate::theory::Sort;

use super::arith::EnvId;
use super::{Facts, Justification, Kernel, Refusal, Sign, Step};

/// An equation that follows from one that is supposed or assumed. Made by [`Kernel::conclude`] alone.
#[derive(Clone)]
pub struct Consequence {
    supposition: Term,
    equation: Term,
}

impl Consequence {
    /// The equation that it follows from, perhaps for all members of a range.
    pub fn supposition(&self) -> &Term {
        &self.supposition
    }

    /// The equation, perhaps for all members of a range.
    pub fn equation(&self) -> &Term {
        &self.equation
    }

    /// The parameter or member of a family that it says the value of, that value, and the indices with their ranges.
    pub fn solved(&self) -> Option<Solved<'_>> {
        let mut indices = Vec::new();
        let mut here = &self.equation;
        loop {
            match here.node() {
                Node::Binder(Binder { var, domain: Domain::Range(low, high), body, .. }) => {
                    indices.push((var, low, high));
                    here = body;
                }
                Node::Relation(Relation::Eq, unknown, value) => {
                    return Some(Solved { unknown, value, indices });
                }
                _ => return None,
            }
        }
    }

    /// Whether it is this equation, and what it follows from is among the facts.
    pub(super) fn holds_under(&self, facts: &Facts, equation: &Term) -> bool {
        self.equation == *equation && facts.at_a_point().any(|known| *known == self.supposition)
    }
}

/// An unknown with its value, for all indices in their ranges.
#[derive(Clone, Debug)]
pub struct Solved<'a> {
    /// A parameter, or a member of a family.
    pub unknown: &'a Term,
    /// What it is.
    pub value: &'a Term,
    /// The indices with the first and the last, the outermost first.
    pub indices: Vec<(&'a Symbol, &'a Term, &'a Term)>,
}

impl fmt::Debug for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.equation, self.supposition)
    }
}

/// An equation at indices of which nothing is known but that they lie in their ranges.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What is known, the indices included.
    pub facts: Facts,
    /// The equation.
    pub equation: Term,
    /// The indices with their ranges, the outermost first.
    pub indices: Vec<(Symbol, Sort, (Term, Term))>,
}

/// A name for an index, of those that are not taken.
type Choice<'a> = dyn FnMut(&Symbol, &dyn Fn(&Symbol) -> bool) -> Option<Symbol> + 'a;

/// Letters that indices have.
const LETTERS: [&str; 8] = ["j", "k", "l", "r", "s", "t", "h", "i"];

impl Facts {
    /// What holds at the point considered: assumptions and suppositions.
    pub fn at_a_point(&self) -> impl Iterator<Item = &Term> {
        self.relations.iter().chain(&self.suppositions)
    }

    /// An equation that holds for all members of ranges at one of them, and any other as it is; `None` where there is no
    /// equation.
    pub fn instance(&self, supposition: &Term) -> Option<Instance> {
        self.instance_by(supposition, &mut |var, taken| {
            let letters = LETTERS.iter().map(|l| Symbol::new(l));
            let free = std::iter::once(var.clone()).chain(letters).find(|name| !taken(name));
            Some(free.unwrap_or_else(|| fresh_name(var, taken)))
        })
    }

    /// The same at indices of these names; `None` where one of them is spoken of already.
    pub fn instance_at(&self, supposition: &Term, names: &[Symbol]) -> Option<Instance> {
        let mut left = names.iter();
        let instance = self.instance_by(supposition, &mut |_, taken| {
            left.next().filter(|name| !taken(name)).cloned()
        })?;
        left.next().is_none().then_some(instance)
    }

    fn instance_by(&self, supposition: &Term, choose: &mut Choice<'_>) -> Option<Instance> {
        let mut facts = self.clone();
        let mut indices = Vec::new();
        let mut here = supposition.clone();
        while let Node::Binder(Binder { op: BinderOp::Product, var, domain, body }) = here.node() {
            let Domain::Range(low, high) = domain else { return None };
            let infinite = |t: &Term| t.mentions(&Symbol::new("oo"));
            if infinite(low) || infinite(high) {
                return None;
            }
            let name = choose(var, &|s| facts.speaks_of(s) || occurs(body, s, var))?;
            let index = Term::symbol(name.clone());
            let natural = low.as_rational().is_some_and(|r| r.is_integer() && r.is_positive());
            let sort = if natural { Sort::Natural } else { Sort::Integer };
            facts.sorts.insert(name.clone(), sort);
            facts.relations.push(Term::relation(Relation::Le, low.clone(), index.clone()));
            facts.relations.push(Term::relation(Relation::Le, index.clone(), high.clone()));
            indices.push((name, sort, (low.clone(), high.clone())));
            here = body.substitute(var, &index);
        }
        let equation = facts.unshadowed(&here);
        matches!(equation.node(), Node::Relation(Relation::Eq, ..)).then_some(Instance {
            facts,
            equation,
            indices,
        })
    }

    /// Whether a name stands anywhere among the facts, free or bound.
    fn speaks_of(&self, name: &Symbol) -> bool {
        let within = |t: &Term| occurs(t, name, &Symbol::new(""));
        self.sorts.contains_key(name)
            || self.families.contains_key(name)
            || self.definitions.iter().any(|(known, d)| known == name || within(d))
            || self.draws.contains_key(name)
            || self.at_a_point().any(|r| r.mentions(name))
            || self.consequences.iter().any(|c| within(&c.equation))
    }
}

/// Whether a name stands in a term, free or bound, other than as the one that gives way to it.
fn occurs(t: &Term, name: &Symbol, but: &Symbol) -> bool {
    name != but
        && t.any(&mut |s| match s.node() {
            Node::Symbol(known) => known == name,
            Node::Binder(b) => b.var == *name,
            Node::Derivative(x, _) => x.mentions(name),
            _ => false,
        })
}

impl Instance {
    /// An equation about the indices as one for all members of their ranges.
    fn for_all(&self, equation: &Term) -> Term {
        self.indices.iter().rev().fold(equation.clone(), |body, (name, _, (low, high))| {
            let domain = Domain::Range(low.clone(), high.clone());
            Term::binder(BinderOp::Product, name.clone(), domain, body)
        })
    }
}

impl Kernel<'_> {
    /// What the last of these steps says, which start from an equation that holds, at indices of these names. Every step
    /// is made again.
    ///
    /// # Errors
    /// A [`Refusal`] when the equation is not known to hold, a step is refused or comes out differently, or one does
    /// not lead from an equation to an equivalent one.
    pub fn conclude<'s>(
        &self,
        supposition: &Term,
        indices: &[Symbol],
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> Result<Consequence, Refusal> {
        let facts = self.facts();
        if !facts.at_a_point().any(|known| known == supposition) {
            return Err(Refusal::Unbound(supposition.to_string()));
        }
        let instance = facts.instance_at(supposition, indices).ok_or(Refusal::DoesNotMatch)?;
        let mut kernel = Kernel::new(self.theory(), instance.facts.clone());
        let mut here = instance.equation.clone();
        for step in steps {
            let again = kernel.again(&here, step)?;
            if again.after() != step.after() || again.relation() != Relation::Eq {
                return Err(Refusal::NotEqual);
            }
            here = again.after().clone();
        }
        if !matches!(here.node(), Node::Relation(Relation::Eq, ..)) {
            return Err(Refusal::DoesNotMatch);
        }
        Ok(Consequence { supposition: supposition.clone(), equation: instance.for_all(&here) })
    }

    /// A step made again, of a term that stands where that of the step stood.
    fn again(&mut self, whole: &Term, step: &Step) -> Result<Step, Refusal> {
        let path = step.path();
        match step.justification() {
            Justification::Rule(id, bindings) => {
                let rule = self.theory().rule(id.as_str());
                let rule = rule.ok_or_else(|| Refusal::Unbound(id.to_string()))?;
                self.rule(whole, path, rule, bindings)
            }
            Justification::Hypothesis(equation) | Justification::Consequence(equation) => {
                self.hypothesis(whole, path, equation)
            }
            Justification::Arithmetic => self.arithmetic(whole, path, step.local_after()),
            Justification::Equation(why) if *path == Path::root() => {
                self.equivalence(whole, why, step.local_after())
            }
            Justification::Definition(_) | Justification::Density | Justification::Expectation => {
                self.unfold(whole, path)
            }
            Justification::Constant
            | Justification::LargeNumbers(_)
            | Justification::Equation(_) => Err(Refusal::NoSuchPlace),
        }
    }

    /// The term with the unknowns of what was concluded replaced, wherever that is a step.
    pub fn inserted(&mut self, t: &Term) -> Term {
        let mut here = match self.facts().consequences.is_empty() {
            true => t.clone(),
            false => self.facts().written_out(t),
        };
        for equation in self.concluded() {
            here = self.replaced_by(&here, &Path::root(), &equation);
        }
        here
    }

    /// The sign that a term has at the point considered because it is what an unknown is worth: x = t, and x is positive.
    /// It says nothing of the neighbourhood.
    pub(super) fn sign_at_the_point(&mut self, t: &Term, env: EnvId) -> Sign {
        let mut sign = Sign::ANY;
        for consequence in self.facts().consequences.clone() {
            let equation = consequence.equation.clone();
            let held = consequence.holds_under(self.facts(), &equation);
            let bound = |name: &Symbol| self.arith.lookup(name, env).is_some();
            if !held || equation.free_symbols().iter().any(bound) {
                continue;
            }
            let flipped = flipped(&equation);
            let unknown = match flipped.node() {
                Node::Relation(_, value, unknown)
                    if self.arith.equal(value, t, env) == Ok(true) =>
                {
                    unknown.clone()
                }
                Node::Binder(all) => match self.of_all(all, t, env) {
                    Ok(unknown) => unknown,
                    Err(_) => continue,
                },
                _ => continue,
            };
            sign = sign.and(self.arith.sign(&unknown, env));
        }
        sign
    }

    /// What was concluded, in the order in which unknowns are replaced.
    pub fn concluded(&self) -> Vec<Term> {
        self.facts().consequences.iter().map(|c| c.equation.clone()).collect()
    }

    fn replaced_by(&mut self, whole: &Term, path: &Path, equation: &Term) -> Term {
        if let Ok(step) = self.hypothesis(whole, path, equation) {
            return step.after().clone();
        }
        let count = whole.at(path).map_or(0, |t| t.children().len());
        (0..count).fold(whole.clone(), |here, i| self.replaced_by(&here, &path.child(i), equation))
    }
}

/// The equation with its sides exchanged.
fn flipped(equation: &Term) -> Term {
    match equation.node() {
        Node::Relation(relation, a, b) => Term::relation(relation.flipped(), b.clone(), a.clone()),
        _ => equation.map_children(flipped),
    }
}
