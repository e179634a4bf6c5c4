//! Relations beyond equality: chains of claims, constants that are left out, and independent draws.

use super::expression::Elaborator;
use super::scope::Kind;
use super::statement::goal;
use super::{Chain, Goal, GoalKind};
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Expr, ExprKind, Hypothesis, Ident, Link, Range};
use crate::term::{BinderOp, Domain, Node, Relation, Symbol, Term};
use crate::theory::{Family, Sort};

impl Elaborator<'_> {
    /// Each link as a goal of its own, under the same hypotheses.
    pub(super) fn chain(&mut self, links: &[Link], hypotheses: &[&Hypothesis]) -> Vec<Goal> {
        let outer = self.scope.clone();
        let mut goals: Vec<Goal> = Vec::new();
        for link in links {
            self.scope = outer.clone();
            self.where_allowed(hypotheses);
            let conditions = self.conditions_since(&outer);
            let by = self.cited(&link.by);
            let kind = self.claim(&link.claim, &link.up_to);
            let context = self.scope.context.clone();
            if let (Some(kind), Some(by)) = (kind, by) {
                let text = link.text.clone();
                goals.push(Goal {
                    text,
                    conditions,
                    ..goal(kind, by, context, "", link.claim.span)
                });
            }
        }
        self.scope = outer;
        if goals.len() < links.len() {
            return Vec::new();
        }
        let Some((relation, up_to)) = self.composed(&goals) else { return Vec::new() };
        let side = |goal: Option<&Goal>| match goal.map(|g| &g.kind) {
            Some(GoalKind::Claim { left, right, .. }) => Some((left.clone(), right.clone())),
            _ => None,
        };
        let (Some((first, _)), Some((_, last))) = (side(goals.first()), side(goals.last())) else {
            return Vec::new();
        };
        let of = goals.len();
        for (i, goal) in goals.iter_mut().enumerate() {
            let (first, last, up_to) = (first.clone(), last.clone(), up_to.clone());
            goal.chain = Some(Chain { link: i + 1, of, first, last, relation, up_to });
        }
        goals
    }

    /// What follows of the ends from all links, and what the constant left out between them is free of.
    fn composed(&mut self, goals: &[Goal]) -> Option<(Relation, Vec<Symbol>)> {
        let mut whole = Relation::Eq;
        let mut up_to: Option<Vec<Symbol>> = None;
        for goal in goals {
            let GoalKind::Claim { relation, .. } = &goal.kind else { return None };
            let Some(next) = whole.then(*relation) else {
                let signs = [whole, *relation].map(spelled);
                let message = format!("`{}` and `{}` do not compose", signs[0], signs[1]);
                self.report(
                    Diagnostic::new("E0235", goal.span, message)
                        .label("nothing follows of the ends of the chain")
                        .hint("split the chain here, in two claims"),
                );
                return None;
            };
            whole = next;
            if relation.leaves_out_constant() {
                let names = &goal.context.up_to;
                up_to = Some(match up_to {
                    None => names.clone(),
                    Some(known) => known.into_iter().filter(|n| names.contains(n)).collect(),
                });
                if up_to.as_ref().is_some_and(Vec::is_empty) {
                    let message = "the constants that are left out have no name in common that they are free of";
                    self.report(
                        Diagnostic::new("E0235", goal.span, message)
                            .hint("name the same parameters in each `up to a constant free of …`"),
                    );
                    return None;
                }
            }
        }
        Some((whole, up_to.unwrap_or_default()))
    }

    /// The claim that an expression makes, up to a constant free of these names.
    pub(super) fn claim(&mut self, claim: &Expr, up_to: &[Ident]) -> Option<GoalKind> {
        let (term, kind) = self.expression(claim)?;
        let Node::Relation(relation, left, right) = term.node() else {
            let hint = "write claim L = R; to ask for a closed form, write derive L";
            let found = super::expression::kind_mismatch(claim.span, kind, Kind::Truth);
            self.report(found.hint(hint));
            return None;
        };
        let relation = self.left_out(*relation, up_to, claim.span)?;
        Some(GoalKind::Claim { relation, left: left.clone(), right: right.clone() })
    }

    /// The relation with a constant left out, if one is.
    pub(super) fn left_out(
        &mut self,
        relation: Relation,
        up_to: &[Ident],
        span: Span,
    ) -> Option<Relation> {
        if up_to.is_empty() {
            return Some(relation);
        }
        let weaker = match relation {
            Relation::Eq => Relation::UpTo,
            Relation::Tends => Relation::TendsUpTo,
            other => {
                let message = format!("`{}` does not hold up to a constant", other.as_str());
                self.report(
                    Diagnostic::new("E0236", span, message)
                        .hint("an equation or a limit, `=` or `~`, may leave a constant out"),
                );
                return None;
            }
        };
        let mut names = Vec::new();
        for ident in up_to {
            let name = Symbol::new(&ident.name);
            let number = self.scope.sort(&name).is_some_and(|sort| !sort.is_distribution());
            let drawn = self.scope.context.draws.iter().any(|(known, _)| *known == name);
            if !number || drawn || self.scope.definition(&name).is_some() {
                let message = format!("`{name}` is not a declared parameter");
                self.report(
                    Diagnostic::new("E0236", ident.span, message)
                        .label("the constant cannot be free of it")
                        .hint(format!("declare it first: let {name} real")),
                );
                return None;
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.scope.context.up_to = names;
        Some(weaker)
    }

    /// `let x[i] ~ p for i in 1..N`.
    pub(super) fn drawn(&mut self, name: &Ident, from: &Expr, range: &Range) {
        let distribution = self.expect(from, Kind::Distribution);
        let ends = match self.range(range) {
            Some(Domain::Range(low, high)) => Some((low, high)),
            _ => None,
        };
        if !self.may_declare(name) {
            return;
        }
        let (Some(distribution), Some((low, high))) = (distribution, ends) else {
            self.scope.broken(&name.name, name.span);
            return;
        };
        let many = high.as_symbol().is_some_and(|n| self.scope.sort(n) == Some(Sort::Natural));
        let first = low.as_rational().is_some_and(|r| r.is_one());
        if !first || !many {
            let hint = "write for i in 1..N, with N natural";
            self.report(
                Diagnostic::new(
                    "E0237",
                    range.span(),
                    "draws are numbered from 1 to a natural number with a name",
                )
                .hint(hint),
            );
        }
        if let Some(sort) = self.sort_of_draw(&distribution, from) {
            let family = Family::between(low, high);
            self.scope.declare_family(&name.name, sort, family, name.span);
            self.scope.context.draws.push((Symbol::new(&name.name), distribution));
        } else {
            self.scope.broken(&name.name, name.span);
        }
    }

    /// The sort of a number drawn from a distribution; one drawn from a product is no number.
    fn sort_of_draw(&mut self, distribution: &Term, from: &Expr) -> Option<Sort> {
        let mut here = distribution.clone();
        while let Some(next) = here.as_symbol().and_then(|s| self.scope.definition(s)) {
            here = next.clone();
        }
        let product = match here.node() {
            Node::Binder(b) => b.op == BinderOp::Product || !matches!(b.domain, Domain::Over(_)),
            Node::Call(f, _) => f == "product",
            _ => false,
        };
        let indexed = matches!(from.kind, ExprKind::Index(..));
        if product || indexed {
            self.report(
                Diagnostic::new(
                    "E0237",
                    from.span,
                    "draws are numbers, from one distribution on the line",
                )
                .hint("declare a family of draws for each coordinate"),
            );
            return None;
        }
        let known = self.theory.distribution(&here).map(|(d, _)| d);
        if known.is_some_and(|d| d.discrete) {
            return Some(Sort::Integer);
        }
        let low = known.map(|d| d.support.0.clone());
        Some(match low.and_then(|t| t.as_rational()) {
            Some(low) if !low.is_negative() => Sort::Positive,
            _ => Sort::Real,
        })
    }
}

fn spelled(relation: Relation) -> &'static str {
    match relation {
        Relation::UpTo => "= … up to a constant",
        Relation::TendsUpTo => "~ … up to a constant",
        other => other.as_str(),
    }
}
