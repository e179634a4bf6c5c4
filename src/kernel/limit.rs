//! Steps that are not equations: leaving a constant out, and the law of large numbers.
//!
//! Both act where the whole is the part plus something else, times a constant: under sums, signs and factors alone. What
//! is left out there is left out of the whole.

use crate::term::{BinderOp, Domain, Node, Path, Relation, Symbol, Term, fresh_name};
use crate::theory::Sort;

use super::arith::ROOT;
use super::condition::{Discharge, MAX_DEPTH};
use super::shape::counts_with_infinity;
use super::{Facts, Justification, Kernel, Refusal, Step};

impl Kernel<'_> {
    /// Replaces the whole term by one that differs from it by a constant, free of what the assumptions name.
    ///
    /// # Errors
    /// A [`Refusal`] when the assumptions allow no constant to be left out, when the difference is not known to be
    /// defined and finite, or when it depends on one of the names.
    pub fn leave_out(&mut self, whole: &Term, new: &Term) -> Result<Step, Refusal> {
        let names = self.facts().up_to.clone();
        if names.is_empty() {
            return Err(Refusal::Unbound("up to a constant".into()));
        }
        // An assumed equation ties other names to these: what varies with them is no constant.
        let tied = |r: &Term| equates(r) && names.iter().any(|n| self.facts().depends(r, n));
        if let Some(relation) = self.facts().at_a_point().find(|r| tied(r)) {
            return Err(Refusal::Undischarged(format!("{relation} ties no parameter")));
        }
        self.env_at(whole, &Path::root())?;
        self.env_at(new, &Path::root())?;
        if counts_with_infinity(whole) || counts_with_infinity(new) {
            return Err(Refusal::Undefined("oo".into()));
        }
        let difference = Term::difference(whole.clone(), new.clone());
        let p = self.arith.poly(&difference, ROOT)?;
        let constant = self.arith.term_of(&p, ROOT);
        // Definitions are followed: a name that stands for one of the parameters is no constant.
        let constant = self.facts().written_out(&constant);
        if let Some(name) = names.iter().find(|name| self.facts().depends(&constant, name)) {
            return Err(Refusal::Undischarged(format!("{constant} is free of {name}")));
        }
        let mut discharges = vec![Discharge::new(
            format!("{constant} is free of {}", listed(&names)),
            "by its normal form, definitions followed",
            [constant.clone()],
        )];
        if let Some(part) = self.undefined_part(&constant, false) {
            return Err(Refusal::Undefined(part));
        }
        discharges.extend(self.finite_parts(&constant)?);
        let stays = self.stays_defined(whole, new, ROOT)?;
        discharges.extend(stays);
        let why = Justification::Constant;
        let root = Path::root();
        self.seal(whole, &root, why, Relation::UpTo, whole.clone(), new.clone(), discharges)
    }

    /// Each integral and expectation of a closed term converges absolutely, and it has no other part without a value.
    fn finite_parts(&mut self, t: &Term) -> Result<Vec<Discharge>, Refusal> {
        let mut out = Vec::new();
        let mut todo = vec![t.clone()];
        while let Some(t) = todo.pop() {
            match t.node() {
                Node::Binder(b) if b.op == BinderOp::Integral || b.op.is_under_distribution() => {
                    let condition = format!("{t} converges absolutely");
                    match self.integrable(&t, ROOT, MAX_DEPTH) {
                        Some(evidence) => {
                            out.push(Discharge::new(condition, evidence, [t.clone()]));
                        }
                        None => return Err(Refusal::Undischarged(condition)),
                    }
                }
                Node::Binder(_) if !t.is_finite_series() => {
                    return Err(Refusal::Undischarged(format!("{t} converges absolutely")));
                }
                // Under a sum the summand is not closed; what it integrates is not looked at, and so not allowed.
                Node::Binder(b) if b.body.any(&mut is_limit) => {
                    return Err(Refusal::Undischarged(format!("{t} is finite")));
                }
                Node::Binder(_) => {}
                Node::Derivative(..) => return Err(Refusal::Undefined(t.to_string())),
                // A quantity has a value only where its definition says so.
                Node::Call(f, xs) if self.theory().quantity(f, xs.len()).is_some() => {
                    return Err(Refusal::Undefined(t.to_string()));
                }
                _ => todo.extend(t.children().into_iter().cloned()),
            }
        }
        Ok(out)
    }

    /// Replaces a sum over draws by the expectation that it tends to, for each draw: `sum[i in 1..N](f(x[i]))` by
    /// `N*E[x ~ p](f(x))`, where the whole depends on it as on `c/N` times it.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no sum over all draws of one family, when the whole is not the part times c/N plus
    /// something else with c free of N and the draws, or when the expectation is not known to converge absolutely.
    pub fn large_numbers(&mut self, whole: &Term, path: &Path) -> Result<Step, Refusal> {
        self.env_at(whole, path)?;
        let subject = whole.at(path).ok_or(Refusal::NoSuchPlace)?;
        if path.subset.is_some() {
            return Err(Refusal::DoesNotMatch);
        }
        let facts = self.facts().clone();
        let drawn = facts.sum_over_draws(&subject).ok_or(Refusal::DoesNotMatch)?;
        let SumOverDraws { name, count: many, var: y, distribution: p, body } = drawn;
        self.drawn_freely(&name)?;
        let moving = |t: &Term| {
            let t = facts.written_out(t);
            t.mentions(&many) || t.free_symbols().iter().any(|s| facts.draws.contains_key(s))
        };
        // The function and the distribution are the same for all N, and no draw stands in them.
        if moving(&body) || moving(&p) || facts.is_measure(&p) {
            return Err(Refusal::DoesNotMatch);
        }
        let last = Term::symbol(many.clone());
        let factor = Term::product(vec![last.clone(), affine(whole, path)?]);
        let p_factor = self.arith.poly(&factor, ROOT)?;
        let factor = self.arith.term_of(&p_factor, ROOT);
        if moving(&factor) {
            return Err(Refusal::Undischarged(format!("{factor} is free of {many}")));
        }
        let mean = Term::binder(BinderOp::Expectation, y, Domain::Over(p), body);
        let condition = format!("{mean} converges absolutely");
        let Some(evidence) = self.integrable(&mean, ROOT, MAX_DEPTH) else {
            return Err(Refusal::Undischarged(condition));
        };
        let new = Term::product(vec![last, mean]);
        let why = Justification::LargeNumbers(name.clone());
        let discharges = vec![Discharge::new(condition, evidence, [])];
        self.seal(whole, path, why, Relation::Tends, subject, new, discharges)
    }

    /// Nothing is assumed of the draws, or of their number, but how they are drawn: it could contradict that they are
    /// independent and as many as we please.
    fn drawn_freely(&self, name: &Symbol) -> Result<(), Refusal> {
        let facts = self.facts();
        let ends: Vec<Symbol> =
            facts.families.get(name).map(|f| f.names().collect()).unwrap_or_default();
        let tied = |r: &Term| facts.depends(r, name) || ends.iter().any(|n| facts.depends(r, n));
        match facts.at_a_point().find(|r| tied(r)) {
            None => Ok(()),
            Some(r) => Err(Refusal::Undischarged(format!("{name} is as drawn, though {r}"))),
        }
    }
}

/// A sum of `f(x[i])` over all draws of a family.
#[derive(Clone, Debug)]
pub struct SumOverDraws {
    /// The family.
    pub name: Symbol,
    /// The number of draws.
    pub count: Symbol,
    /// A name for one draw.
    pub var: Symbol,
    /// What each is drawn from.
    pub distribution: Term,
    /// f of one draw.
    pub body: Term,
}

impl Facts {
    /// A term as a sum over all draws of a family, whose summand depends on the index through its draw only.
    pub fn sum_over_draws(&self, t: &Term) -> Option<SumOverDraws> {
        let Node::Binder(sum) = t.node() else { return None };
        let Domain::Range(low, high) = &sum.domain else { return None };
        let names: Vec<Symbol> =
            sum.body.free_symbols().into_iter().filter(|s| self.draws.contains_key(s)).collect();
        let [name] = names.as_slice() else { return None };
        let (first, last) = self.families.get(name)?.single()?;
        let count = last.as_symbol()?;
        if sum.var == *name {
            return None;
        }
        let named = self.sorts.get(count) == Some(&Sort::Natural)
            && !self.definitions.contains_key(count)
            && first.as_rational().is_some_and(|r| r.is_one());
        if sum.op != BinderOp::Sum || low != first || high != last || !named {
            return None;
        }
        let taken =
            |s: &Symbol| self.is_reserved(s) || self.sorts.contains_key(s) || sum.body.mentions(s);
        let var = fresh_name(&Symbol::new("y"), taken);
        let body = at_draw(&sum.body, name, &sum.var, &var)?;
        let distribution = self.draws.get(name)?.clone();
        Some(SumOverDraws { name: name.clone(), count: count.clone(), var, distribution, body })
    }
}

/// `f(y)` for a summand `f(x[i])` that depends on i through `x[i]` only.
fn at_draw(body: &Term, name: &Symbol, index: &Symbol, y: &Symbol) -> Option<Term> {
    let (base, at) = (Term::symbol(name.clone()), Term::symbol(index.clone()));
    let captured = body.any(&mut |t| {
        matches!(t.node(), Node::Binder(b) if b.var == *index || b.var == *name || b.var == *y)
    });
    if captured {
        return None;
    }
    let draw = Term::index(base, at);
    let new = replaced(body, &draw, &Term::symbol(y.clone()));
    (!new.mentions(index) && !new.mentions(name)).then_some(new)
}

fn replaced(t: &Term, old: &Term, new: &Term) -> Term {
    if t == old { new.clone() } else { t.map_children(|c| replaced(c, old, new)) }
}

/// What the part at a place is multiplied by in the whole, which is that product plus something else.
fn affine(whole: &Term, path: &Path) -> Result<Term, Refusal> {
    let mut here = whole.clone();
    let mut factors = Vec::new();
    for &p in &path.positions {
        let children: Vec<Term> = here.children().into_iter().cloned().collect();
        let next = children.get(p as usize).cloned().ok_or(Refusal::NoSuchPlace)?;
        match here.node() {
            Node::Sum(_) => {}
            Node::Neg(_) => factors.push(Term::integer(-1)),
            Node::Product(_) => {
                let others = (0u32..).zip(children).filter(|(i, _)| *i != p);
                factors.extend(others.map(|(_, other)| other));
            }
            Node::Quotient(_, below) if p == 0 => {
                factors.push(Term::quotient(Term::integer(1), below.clone()));
            }
            _ => return Err(Refusal::NotMonotone),
        }
        here = next;
    }
    factors.push(Term::integer(1));
    Ok(Term::product(factors))
}

fn equates(relation: &Term) -> bool {
    match relation.node() {
        Node::Relation(r, ..) => *r == Relation::Eq,
        Node::Binder(b) => equates(&b.body),
        _ => false,
    }
}

fn is_limit(t: &Term) -> bool {
    match t.node() {
        Node::Binder(b) => b.op == BinderOp::Integral || b.op.is_under_distribution(),
        Node::Derivative(..) => true,
        _ => false,
    }
}

fn listed(names: &[Symbol]) -> String {
    names.iter().map(Symbol::as_str).collect::<Vec<_>>().join(", ")
}
