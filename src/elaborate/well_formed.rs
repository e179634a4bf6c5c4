//! Whether a rule can be applied soundly at all: the left side determines every pattern variable, and none is carried
//! into or out of the scope of a bound variable without a condition that says it may be.

use std::collections::BTreeSet;

use super::rule::visit;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{self, Expr, ExprKind, RuleItem};
use crate::term::{Domain, Node, Symbol, Term};
use crate::theory::{Condition, Rule, Sort};

/// Reports what makes a rule ill-formed.
pub(super) fn check(rule: &Rule, tree: &RuleItem, diagnostics: &mut Vec<Diagnostic>) {
    unbound(rule, tree, diagnostics);
    captured(rule, tree, diagnostics);
}

fn unbound(rule: &Rule, tree: &RuleItem, diagnostics: &mut Vec<Diagnostic>) {
    let known = rule.left.metas();
    let terms = rule.right.iter().chain(rule.conditions.iter().flat_map(terms_of));
    let used: BTreeSet<Symbol> = terms.flat_map(Term::metas).collect();
    // What is said to be real may be chosen by whoever uses the rule.
    let chosen = |name: &Symbol| {
        rule.conditions.iter().any(|c| match c {
            Condition::Sort(t, Sort::Real) => matches!(t.node(), Node::Meta(m) if m == name),
            _ => false,
        }) && rule.right.as_ref().is_some_and(|right| right.metas().contains(name))
    };
    for name in used.difference(&known).filter(|name| !chosen(name)) {
        let message = format!("`?{name}` does not occur on the left side");
        diagnostics.push(
            Diagnostic::new("E0302", place(tree, name), message)
                .label("bound by nothing")
                .hint("every pattern variable must occur on the left side"),
        );
    }
}

fn terms_of(condition: &Condition) -> Vec<&Term> {
    match condition {
        Condition::Compare(_, a, b) | Condition::Within(a, b) => vec![a, b],
        Condition::Sort(t, _) | Condition::Integrable(t) => vec![t],
        Condition::Free(x, t) | Condition::Dominated(x, t) => vec![x, t],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Where a pattern variable occurs: the bound variables in whose scope, and in whose domain, it stands.
struct Occurrence {
    meta: Symbol,
    side: Side,
    within: Vec<Symbol>,
    domain_of: Vec<Symbol>,
}

fn captured(rule: &Rule, tree: &RuleItem, diagnostics: &mut Vec<Diagnostic>) {
    let mut all = Vec::new();
    for (side, term) in [(Side::Left, Some(&rule.left)), (Side::Right, rule.right.as_ref())] {
        let mut walk = Walk { side, within: Vec::new(), domain_of: Vec::new(), out: &mut all };
        term.into_iter().for_each(|t| walk.term(t));
    }
    let pairs: BTreeSet<(&Symbol, &Symbol)> =
        all.iter().flat_map(|o| o.within.iter().map(|var| (&o.meta, var))).collect();
    for (meta, var) in pairs {
        let mut places = all.iter().filter(|o| o.meta == *meta);
        // What matches in a binder's domain cannot mention its variable, and may go anywhere.
        if places.clone().any(|o| o.side == Side::Left && o.domain_of.contains(var)) {
            continue;
        }
        if places.any(|o| !o.within.contains(var)) && !is_free(rule, var, meta) {
            let message = format!("`?{meta}` stands both inside and outside the scope of `{var}`");
            diagnostics.push(
                Diagnostic::new("E0303", place(tree, meta), message)
                    .label("could capture the bound variable")
                    .hint(format!("add the condition free({var}, ?{meta})")),
            );
        }
    }
}

fn is_free(rule: &Rule, var: &Symbol, meta: &Symbol) -> bool {
    rule.conditions.iter().any(|c| match c {
        Condition::Free(x, term) => x.as_symbol() == Some(var) && term.metas().contains(meta),
        _ => false,
    })
}

struct Walk<'a> {
    side: Side,
    within: Vec<Symbol>,
    domain_of: Vec<Symbol>,
    out: &'a mut Vec<Occurrence>,
}

impl Walk<'_> {
    /// `?p[j]` or `?p[j - ?c]` with j bound here: what `?p` stands for has a hole there, and mentions j nowhere.
    fn applied(&mut self, base: &Term, at: &Term) {
        let outer = self.within.clone();
        let member = matches!(at.node(), Node::Index(..));
        self.within.retain(|var| member || !at.mentions(var));
        self.term(base);
        self.within = outer;
        self.term(at);
    }

    fn term(&mut self, term: &Term) {
        match term.node() {
            Node::Meta(meta) => self.out.push(Occurrence {
                meta: meta.clone(),
                side: self.side,
                within: self.within.clone(),
                domain_of: self.domain_of.clone(),
            }),
            // `?f[t]` says itself what `?f` may mention.
            Node::Index(base, at) if matches!(base.node(), Node::Meta(_)) => self.applied(base, at),
            Node::Derivative(x, f) => {
                self.term(x);
                self.term(f);
            }
            Node::Binder(b) => {
                self.domain_of.push(b.var.clone());
                match &b.domain {
                    Domain::Range(low, high) => {
                        self.term(low);
                        self.term(high);
                    }
                    Domain::Over(over) => self.term(over),
                }
                self.domain_of.pop();
                self.within.push(b.var.clone());
                self.term(&b.body);
                self.within.pop();
            }
            _ => term.children().into_iter().for_each(|c| self.term(c)),
        }
    }
}

/// Where a pattern variable is last written: on the right side, if it occurs there.
fn place(tree: &RuleItem, meta: &Symbol) -> Span {
    let mut found = tree.left.span;
    let mut look = |expr: &Expr| {
        visit(expr, &mut |e| {
            if matches!(&e.kind, ExprKind::Meta(name) if *meta == name.as_str()) {
                found = e.span;
            }
        });
    };
    look(&tree.left);
    for condition in &tree.conditions {
        match condition {
            tree::Condition::Relation(e)
            | tree::Condition::Sort(e, _)
            | tree::Condition::Predicate(e) => look(e),
            tree::Condition::Within(a, b) => {
                look(a);
                look(b);
            }
        }
    }
    if let Some((_, right)) = &tree.right {
        look(right);
    }
    found
}
