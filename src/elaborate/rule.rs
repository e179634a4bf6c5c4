//! Rules and laws: their two sides, conditions, and the instances they are tried on.

use std::collections::BTreeSet;

use super::expression::{Elaborator, Text, Undeclared};
use super::load::reason;
use super::names;
use super::scope::Kind;
use super::statement::unknown_sort;
use super::well_formed;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{self, Argument, DomainExpr, Expr, ExprKind, Item, RuleItem};
use crate::term::{Node, Relation, Symbol, Term};
use crate::theory::{Condition, Instance, Rule, Theory};

/// The rule or law that an entry states.
pub(super) fn rule(theory: &Theory, item: &Item, tree: &RuleItem) -> Result<Rule, Vec<Diagnostic>> {
    let mut elaborator = Elaborator::new(theory, Undeclared::Refuse, Text::Rule);
    let found = elaborator.rule_item(item, tree);
    match found {
        Some(rule) if elaborator.diagnostics.is_empty() => Ok(rule),
        _ => Err(elaborator.diagnostics),
    }
}

impl Elaborator<'_> {
    fn rule_item(&mut self, item: &Item, tree: &RuleItem) -> Option<Rule> {
        let mut variables = Variables::default();
        variables.collect(&tree.left);
        if let Some((_, right)) = &tree.right {
            variables.collect(right);
        }
        self.allowed.clone_from(&variables.differentiated);
        let left = match tree.right {
            Some(_) => self.expect(&tree.left, Kind::Any),
            None => self.proposition(&tree.left),
        };
        let right = tree.right.as_ref().map(|(relation, e)| (*relation, self.expect(e, Kind::Any)));
        self.allowed.extend(variables.bound);
        let conditions = self.conditions(&tree.conditions);
        let fires = self.instances(&tree.fires);
        let refuses = self.instances(&tree.refuses);
        let (relation, right) = match right {
            Some((relation, right)) => (relation, Some(right?)),
            None => (Relation::Eq, None),
        };
        let rule = Rule {
            id: Symbol::new(&item.name.name),
            left: left?,
            relation,
            right,
            conditions: conditions?,
            reason: reason(item),
            cite: item.cite.clone().unwrap_or_default(),
            // What nobody derives is an axiom.
            proof: tree.proof.as_ref().map_or_else(|| "axiom".to_owned(), |p| p.name.clone()),
            fires: fires?.into(),
            refuses: refuses?.into(),
        };
        well_formed::check(&rule, tree, &mut self.diagnostics);
        Some(rule)
    }

    /// What a law says: `integrable(…)`, or a relation.
    pub(super) fn proposition(&mut self, tree: &Expr) -> Option<Term> {
        if let ExprKind::Call(name, arguments) = &tree.kind
            && name.name == "integrable"
        {
            let [argument] = arguments.as_slice() else {
                self.report(not_a_condition(tree.span));
                return None;
            };
            return Some(Term::call("integrable", vec![self.number(&argument.value)?]));
        }
        if self.text != Text::Rule {
            return self.expect(tree, Kind::Truth);
        }
        let (term, kind) = self.expression(tree)?;
        if kind == Kind::Truth {
            return Some(term);
        }
        self.report(
            Diagnostic::new("E0309", tree.span, "a law states a relation or integrable(…)")
                .label("not a proposition")
                .hint("write a rule, L => R, or a law such as integrable(E[x ~ ?p](x))"),
        );
        None
    }

    pub(super) fn conditions(&mut self, all: &[tree::Condition]) -> Option<Vec<Condition>> {
        let all: Vec<_> = all.iter().map(|c| self.condition(c)).collect();
        all.into_iter().collect()
    }

    fn condition(&mut self, condition: &tree::Condition) -> Option<Condition> {
        match condition {
            tree::Condition::Relation(expr) => {
                let term = self.expect(expr, Kind::Truth)?;
                match term.node() {
                    Node::Relation(r, a, b) => Some(Condition::Compare(*r, a.clone(), b.clone())),
                    _ => {
                        self.report(not_a_condition(expr.span));
                        None
                    }
                }
            }
            tree::Condition::Sort(expr, word) => {
                let term = self.expect(expr, Kind::Any);
                let sort = names::sort(&word.name);
                if sort.is_none() {
                    self.report(unknown_sort(word));
                }
                Some(Condition::Sort(term?, sort?))
            }
            tree::Condition::Within(a, b) => {
                let (a, b) = (self.within(a), self.within(b));
                Some(Condition::Within(a?, b?))
            }
            tree::Condition::Predicate(expr) => self.predicate(expr),
        }
    }

    /// The distribution in `support(p)`; the grammar may already have taken the word off.
    fn within(&mut self, expr: &Expr) -> Option<Term> {
        let (term, _) = self.expression(expr)?;
        match term.node() {
            Node::Call(name, of) if *name == "support" => of.first().cloned(),
            _ => Some(term),
        }
    }

    fn predicate(&mut self, expr: &Expr) -> Option<Condition> {
        let ExprKind::Call(name, arguments) = &expr.kind else {
            self.report(not_a_condition(expr.span));
            return None;
        };
        match (name.name.as_str(), arguments.as_slice()) {
            ("free", [var, of]) => self.free(var, of),
            ("dominated", [var, of]) => {
                let (var, of) = (self.expect(&var.value, Kind::Any), self.number(&of.value));
                Some(Condition::Dominated(var?, of?))
            }
            ("integrable", [of]) => Some(Condition::Integrable(self.number(&of.value)?)),
            _ => {
                self.report(not_a_condition(expr.span));
                None
            }
        }
    }

    fn free(&mut self, var: &Argument, of: &Argument) -> Option<Condition> {
        let of = self.expect(&of.value, Kind::Any);
        match &var.value.kind {
            ExprKind::Name(name) if self.allowed.contains(name.as_str()) => {
                Some(Condition::Free(Term::symbol(name.as_str()), of?))
            }
            ExprKind::Name(name) if self.is_formal_variable(name) => {
                Some(Condition::Free(Term::symbol(name.as_str()), of?))
            }
            ExprKind::Meta(name) => Some(Condition::Free(Term::meta(name.as_str()), of?)),
            _ => {
                self.report(
                    Diagnostic::new(
                        "E0307",
                        var.value.span,
                        "`free` is about a variable of the rule",
                    )
                    .label("not bound by the rule")
                    .hint("write free(x, ?c), where the rule binds x"),
                );
                None
            }
        }
    }

    fn instances(&mut self, all: &[tree::Instance]) -> Option<Vec<Instance>> {
        let all: Vec<_> = all.iter().map(|i| self.instance(i)).collect();
        all.into_iter().collect()
    }

    /// An instance is a statement of its own: it mentions nothing of the rule.
    fn instance(&mut self, tree: &tree::Instance) -> Option<Instance> {
        let mut own = Elaborator::new(self.theory, Undeclared::Refuse, Text::Instance);
        own.where_declared(&tree.hypotheses);
        let subject = own.expect(&tree.subject, Kind::Any);
        self.diagnostics.extend(own.diagnostics);
        let context = own.scope.context;
        Some(Instance {
            subject: subject?,
            sorts: context.sorts,
            families: context.families,
            masses: context.masses,
            relations: context.relations,
        })
    }
}

fn not_a_condition(span: Span) -> Diagnostic {
    Diagnostic::new("E0307", span, "this is not a condition that a rule may state")
        .label("unknown condition")
        .hint(
            "conditions are relations, sorts, free(x, t), integrable(t), dominated(t, e), and support(p) within support(q)",
        )
}

/// The variables that a rule binds, and those it differentiates by.
#[derive(Default)]
struct Variables {
    bound: BTreeSet<Symbol>,
    differentiated: BTreeSet<Symbol>,
}

impl Variables {
    fn collect(&mut self, expr: &Expr) {
        visit(expr, &mut |e| match &e.kind {
            ExprKind::Binder { var, .. } => {
                self.bound.insert(Symbol::new(&var.name));
            }
            ExprKind::Derivative(var, _) => {
                if let ExprKind::Name(name) = &var.kind {
                    self.differentiated.insert(Symbol::new(name));
                }
            }
            _ => {}
        });
    }
}

/// Calls `f` on an expression and all those below it.
pub(super) fn visit(expr: &Expr, f: &mut impl FnMut(&Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Meta(_) | ExprKind::Hole => {}
        ExprKind::Sum(parts) | ExprKind::Product(parts) | ExprKind::List(parts) => {
            parts.iter().for_each(|p| visit(p, f));
        }
        ExprKind::Neg(a) | ExprKind::Unit(a, _) => visit(a, f),
        ExprKind::Quotient(a, b)
        | ExprKind::Power(a, b)
        | ExprKind::Relation(_, a, b)
        | ExprKind::Derivative(a, b)
        | ExprKind::Index(a, b) => {
            visit(a, f);
            visit(b, f);
        }
        ExprKind::Call(_, arguments) => arguments.iter().for_each(|a| visit_argument(a, f)),
        ExprKind::Apply(head, arguments) => {
            visit(head, f);
            arguments.iter().for_each(|a| visit_argument(a, f));
        }
        ExprKind::Binder { domain, body, .. } => {
            match &**domain {
                DomainExpr::Range(low, high) => {
                    visit(low, f);
                    visit(high, f);
                }
                DomainExpr::Over(over) => visit(over, f),
            }
            visit(body, f);
        }
    }
}

fn visit_argument(argument: &Argument, f: &mut impl FnMut(&Expr)) {
    if let Some(label) = &argument.label {
        visit(label, f);
    }
    visit(&argument.value, f);
}
