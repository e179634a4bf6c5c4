//! Proofs of rules: a literate document claims what the rule says, and the claim is derived from rules that come before.
//!
//! The names of the claim stand for the variables of the rule, and nothing is assumed but the rule's conditions. A proof
//! may use axioms, and those proved rules that stand earlier in the theory: so that no rule rests on itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use crate::derive::{Derivation, link_by};
use crate::elaborate::{Context, Goal, GoalKind, statements};
use crate::kernel::Facts;
use crate::syntax::literate::{Kind, blocks};
use crate::syntax::parse_statements;
use crate::term::{Binder, Bindings, Domain, HOLE, Node, Relation, Symbol, Term};
use crate::theory::{Condition, Rule, Sort, Theory};

/// The documents that come with hence and prove its rules, as `(path, text)`.
pub const SHIPPED_PROOFS: &[(&str, &str)] = &[
    ("theory/proofs/moments.md", include_str!("../../../theory/proofs/moments.md")),
    ("theory/proofs/families.md", include_str!("../../../theory/proofs/families.md")),
    ("theory/proofs/inequalities.md", include_str!("../../../theory/proofs/inequalities.md")),
    ("theory/proofs/overlaps.md", include_str!("../../../theory/proofs/overlaps.md")),
    ("derivations/kl-nonnegative.md", include_str!("../../../derivations/kl-nonnegative.md")),
    ("derivations/kl-additivity.md", include_str!("../../../derivations/kl-additivity.md")),
];

/// What a rule without a proof says in its place.
pub const AXIOM: &str = "axiom";

/// The proofs of a theory, each checked once.
pub struct Proofs<'a> {
    theory: &'a Theory,
    read: &'a dyn Fn(&str) -> Option<String>,
    checked: BTreeMap<Symbol, Result<BTreeSet<Symbol>, Fault>>,
}

impl<'a> Proofs<'a> {
    /// The proofs of the rules of a theory; `read` finds documents that do not come with hence.
    pub fn new(theory: &'a Theory, read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { theory, read, checked: BTreeMap::new() }
    }

    /// The rules and laws that the proof of a rule uses; `None` for an axiom.
    ///
    /// # Errors
    /// What is wrong with the proof.
    pub fn of(&mut self, rule: &Rule) -> Option<Result<BTreeSet<Symbol>, Fault>> {
        if rule.proof == AXIOM {
            return None;
        }
        if let Some(known) = self.checked.get(&rule.id) {
            return Some(known.clone());
        }
        let found = self.check(rule);
        self.checked.insert(rule.id.clone(), found.clone());
        Some(found)
    }

    /// The statement of a rule's proof that says what the rule says, as written: the first link, where it is a chain.
    pub fn statement(&self, rule: &Rule) -> Option<String> {
        let goals = goals(&self.document(&rule.proof)?, self.theory).ok()?;
        let claims = claims(&goals);
        let stated = claims.iter().find(|claim| states(rule, claim).is_some())?;
        stated.links.first().map(|goal| goal.text.clone())
    }

    /// What rules rest on in the end: axioms, those of the proofs in place of what is proved. A rule whose proof fails
    /// stands for itself.
    pub fn foundations(&mut self, ids: &BTreeSet<Symbol>) -> BTreeSet<Symbol> {
        let mut todo: Vec<Symbol> = ids.iter().cloned().collect();
        let (mut seen, mut out) = (BTreeSet::new(), BTreeSet::new());
        while let Some(id) = todo.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let theory = self.theory;
            match theory.rule(id.as_str()).and_then(|rule| self.of(rule)) {
                Some(Ok(used)) => todo.extend(used),
                _ => {
                    out.insert(id);
                }
            }
        }
        out
    }

    fn document(&self, path: &str) -> Option<String> {
        let shipped = SHIPPED_PROOFS.iter().find(|(known, _)| *known == path);
        shipped.map(|(_, text)| (*text).to_owned()).or_else(|| (self.read)(path))
    }

    fn check(&self, rule: &Rule) -> Result<BTreeSet<Symbol>, Fault> {
        let path = &rule.proof;
        let text = self
            .document(path)
            .ok_or_else(|| proof_fault(format!("its proof `{path}` cannot be read")))?;
        let goals = goals(&text, self.theory)
            .map_err(|why| proof_fault(format!("its proof `{path}` is not well-formed: {why}")))?;
        let claims = claims(&goals);
        let stated: Vec<(&Claim<'_>, Facts)> =
            claims.iter().filter_map(|c| Some((c, states(rule, c)?))).collect();
        if stated.is_empty() {
            return Err(proof_fault(format!("its proof `{path}` does not claim what it says")));
        }
        let place = |id: &Symbol| self.theory.rule_ids().position(|known| *id == *known);
        let own = place(&rule.id);
        let before = |r: &Rule| r.id != rule.id && (r.proof == AXIOM || place(&r.id) < own);
        let earlier = self.theory.restricted(before);
        let mut why = String::new();
        for (claim, facts) in &stated {
            match derived(claim, facts, &earlier) {
                Ok(used) => return Ok(used),
                Err(link) => why = link,
            }
        }
        // With every other rule it might go through: then it rests on what rests on it, or comes too early.
        let others = self.theory.restricted(|r| r.id != rule.id);
        for (claim, facts) in &stated {
            let circle = match derived(claim, facts, &others) {
                Ok(used) => used.iter().find(|id| !earlier_has(&earlier, id)).cloned(),
                Err(_) => derived(claim, facts, self.theory)
                    .is_ok_and(|used| used.contains(&rule.id))
                    .then(|| rule.id.clone()),
            };
            if let Some(id) = circle {
                let who = if id == rule.id {
                    "itself".to_owned()
                } else {
                    format!("{id}, which is proved after it")
                };
                return Err(proof_fault(format!(
                    "its proof `{path}` is circular: it rests on {who}; without it, {why}"
                )));
            }
        }
        Err(proof_fault(format!("its proof `{path}` does not go through: {why}")))
    }
}

fn earlier_has(theory: &Theory, id: &Symbol) -> bool {
    theory.rule(id.as_str()).is_some()
}

fn proof_fault(message: String) -> Fault {
    let hint = "a proof claims the rule, its variables as names and its conditions as all that is assumed, and derives it from \
                axioms and from rules that stand before it";
    Fault { code: "E0313", message, label: "this rule is not proved", hint }
}

/// The goals of a document, except those that it says are wrong.
fn goals(markdown: &str, theory: &Theory) -> Result<Vec<Goal>, String> {
    let mut text = String::new();
    for block in blocks(markdown) {
        if matches!(block.kind(), Ok(Kind::Statements)) {
            text += &block.text;
        }
        text.push('\n');
    }
    let (tree, mut problems) = parse_statements(&text);
    let (goals, found) = statements(&text, &tree, theory);
    problems.extend(found);
    match problems.first() {
        Some(problem) => Err(problem.to_string()),
        None => Ok(goals),
    }
}

/// A claim, or a chain of them, with what follows of its ends.
struct Claim<'g> {
    first: &'g Term,
    relation: Relation,
    last: &'g Term,
    links: Vec<&'g Goal>,
}

fn claims(goals: &[Goal]) -> Vec<Claim<'_>> {
    let mut out: Vec<Claim<'_>> = Vec::new();
    for goal in goals {
        let GoalKind::Claim { relation, left, right } = &goal.kind else { continue };
        match &goal.chain {
            Some(chain) if chain.link > 1 => {
                if let Some(claim) = out.last_mut() {
                    claim.links.push(goal);
                }
            }
            Some(chain) => out.push(Claim {
                first: &chain.first,
                relation: chain.relation,
                last: &chain.last,
                links: vec![goal],
            }),
            None => {
                let links = vec![goal];
                out.push(Claim { first: left, relation: *relation, last: right, links });
            }
        }
    }
    out
}

/// The rule's conditions as facts about the names of a claim, where the claim says what the rule does.
fn states(rule: &Rule, claim: &Claim<'_>) -> Option<Facts> {
    let right = rule.right.as_ref().filter(|_| rule.relation == claim.relation)?;
    let context = &claim.links.first()?.context;
    let mut names = Names {
        context,
        metas: BTreeMap::new(),
        vars: BTreeMap::new(),
        bound: BTreeMap::new(),
        functions: BTreeMap::new(),
        counted_from_one: BTreeSet::new(),
        ends: BTreeSet::new(),
    };
    let same = names.unify(&rule.left, claim.first) && names.unify(right, claim.last);
    let mut seen = BTreeSet::new();
    // One name for two variables would prove less.
    let distinct = names.metas.values().all(|name| seen.insert(name.clone()));
    let all = names.metas.len() + names.counted_from_one.len() == rule.left.metas().len();
    if !same || !distinct || !all {
        return None;
    }
    Some(names.facts(rule))
}

/// What the variables of a rule stand for in a claim.
struct Names<'c> {
    context: &'c Context,
    metas: BTreeMap<Symbol, Symbol>,
    vars: BTreeMap<Symbol, Symbol>,
    /// All variables that binders of the rule stand for, those whose scope has ended among them.
    bound: BTreeMap<Symbol, Symbol>,
    /// Functions that are not further known, each with the bound variable that it is taken at: what may depend on it.
    functions: BTreeMap<Symbol, Symbol>,
    /// Variables for the first index of a family.
    counted_from_one: BTreeSet<Symbol>,
    /// Last indices.
    ends: BTreeSet<Symbol>,
}

impl Names<'_> {
    fn unify(&mut self, pattern: &Term, term: &Term) -> bool {
        match (pattern.node(), term.node()) {
            (Node::Meta(m), Node::Symbol(name)) => {
                let declared = self.context.sorts.iter().any(|(known, _)| known == name);
                let bound = self.vars.values().any(|x| x == name);
                declared
                    && !bound
                    && *self.metas.entry(m.clone()).or_insert_with(|| name.clone()) == *name
            }
            (Node::Meta(m), Node::Index(head, at)) => {
                let (Some(name), Some(at)) = (head.as_symbol(), at.as_symbol()) else {
                    return false;
                };
                let is_function = self.context.families.iter().any(|(known, _)| known == name);
                is_function
                    && self.vars.len() == 1
                    && self.vars.values().any(|x| x == at)
                    && *self.functions.entry(name.clone()).or_insert_with(|| at.clone()) == *at
                    && *self.metas.entry(m.clone()).or_insert_with(|| name.clone()) == *name
            }
            (Node::Symbol(x), Node::Symbol(y)) => self.vars.get(x).unwrap_or(x) == y,
            (Node::Binder(a), Node::Binder(b)) => self.binders(a, b),
            (Node::Number(a), Node::Number(b)) => a == b,
            _ => {
                let (a, b) = (pattern.children(), term.children());
                same_head(pattern, term)
                    && a.len() == b.len()
                    && a.into_iter().zip(b).all(|(p, t)| self.unify(p, t))
            }
        }
    }

    fn binders(&mut self, a: &Binder, b: &Binder) -> bool {
        let domains = match (&a.domain, &b.domain) {
            (Domain::Range(low, high), Domain::Range(from, to)) => {
                self.ends.extend(to.as_symbol().cloned());
                self.first(low, from) && self.unify(high, to)
            }
            (Domain::Over(p), Domain::Over(q)) => self.unify(p, q),
            _ => false,
        };
        let outer = self.vars.insert(a.var.clone(), b.var.clone());
        self.bound.insert(a.var.clone(), b.var.clone());
        let same = a.op == b.op && domains && self.unify(&a.body, &b.body);
        match outer {
            Some(outer) => self.vars.insert(a.var.clone(), outer),
            None => self.vars.remove(&a.var),
        };
        same
    }

    /// The first index of a family: one, whatever the rule calls it, for the indices may be counted from there.
    fn first(&mut self, low: &Term, from: &Term) -> bool {
        match low.node() {
            Node::Meta(m) if *from == Term::integer(1) => {
                self.counted_from_one.insert(m.clone());
                true
            }
            _ => self.unify(low, from),
        }
    }

    /// The conditions of the rule, and nothing else, about the names.
    fn facts(&self, rule: &Rule) -> Facts {
        let mut bindings = Bindings::default();
        let mut facts = Facts::default();
        if !self.functions.is_empty() {
            bindings.vars.clone_from(&self.bound);
        }
        for (meta, name) in &self.metas {
            let family = self.context.families.iter().find(|(known, _)| known == name);
            let symbol = Term::symbol(name.clone());
            let stands_for = match family {
                Some(_) if self.functions.contains_key(name) => {
                    Term::index(symbol, Term::symbol(self.functions[name].clone()))
                }
                Some(_) => Term::index(symbol, Term::symbol(HOLE)),
                None => symbol,
            };
            bindings.metas.insert(meta.clone(), stands_for);
            let declared = self.context.sorts.iter().find(|(known, _)| known == name);
            // What a distribution or a last index is, no condition says.
            let own = |s: &Sort| s.is_distribution() || self.ends.contains(name);
            let kept = declared.map(|(_, sort)| *sort).filter(own);
            facts.sorts.insert(name.clone(), kept.unwrap_or(Sort::Real));
            facts.families.extend(family.cloned());
        }
        let zero = Term::integer(0);
        for condition in &rule.conditions {
            match condition {
                Condition::Sort(_, Sort::Real) => {}
                Condition::Sort(t, sort) => {
                    if let Some(name) = self.name_of(t) {
                        facts.sorts.insert(name, *sort);
                    }
                }
                Condition::Compare(relation, a, b) => match (self.name_of(a), relation) {
                    (Some(name), Relation::Gt)
                        if *b == zero && facts.sorts[&name] == Sort::Real =>
                    {
                        facts.sorts.insert(name, Sort::Positive);
                    }
                    _ => {
                        if let (Some(a), Some(b)) =
                            (a.instantiate(&bindings), b.instantiate(&bindings))
                        {
                            facts.relations.push(Term::relation(*relation, a, b));
                        }
                    }
                },
                Condition::Integrable(t) => {
                    let assumed =
                        t.instantiate(&bindings).map(|t| Term::call("integrable", vec![t]));
                    facts.relations.extend(assumed.map(|assumed| self.for_all_members(assumed)));
                }
                Condition::Free(..) | Condition::Within(..) | Condition::Dominated(..) => {}
            }
        }
        let definitions = self.context.definitions.iter();
        let own = |name: &Symbol| facts.sorts.contains_key(name);
        facts.definitions = definitions.filter(|(n, _)| !own(n)).cloned().collect();
        facts
    }

    /// What is assumed of one member of a family, as the claim assumes it of each.
    fn for_all_members(&self, assumed: Term) -> Term {
        let closed = |r: &&Term| match r.node() {
            Node::Binder(b) => b.body.alpha_eq(&assumed),
            _ => false,
        };
        self.context.relations.iter().find(closed).cloned().unwrap_or(assumed)
    }

    fn name_of(&self, t: &Term) -> Option<Symbol> {
        match t.node() {
            Node::Meta(m) => self.metas.get(m).cloned(),
            _ => None,
        }
    }
}

/// Whether two terms are built the same way at their heads.
fn same_head(a: &Term, b: &Term) -> bool {
    match (a.node(), b.node()) {
        (Node::Call(f, _), Node::Call(g, _)) => f == g,
        (Node::Relation(q, ..), Node::Relation(r, ..)) => q == r,
        (x, y) => std::mem::discriminant(x) == std::mem::discriminant(y),
    }
}

/// The rules that a claim is derived by.
///
/// # Errors
/// The first link that is not.
fn derived(claim: &Claim<'_>, facts: &Facts, theory: &Theory) -> Result<BTreeSet<Symbol>, String> {
    let mut used = BTreeSet::new();
    for goal in &claim.links {
        let GoalKind::Claim { relation, left, right } = &goal.kind else { continue };
        let outcome = link_by(theory, facts, *relation, (left, right), &goal.by);
        if outcome.holds != Some(true) {
            let why = outcome.left.message.map_or_else(String::new, |(en, _)| format!(" ({en})"));
            return Err(format!("{left} {} {right} is not shown{why}", relation.as_str()));
        }
        let sides: [Option<&Derivation>; 2] = [Some(&outcome.left), outcome.right.as_ref()];
        used.extend(sides.into_iter().flatten().flat_map(|d| d.axioms.iter().cloned()));
    }
    Ok(used)
}
