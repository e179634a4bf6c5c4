//! Statements in order: declarations and definitions make up the context, `derive` and `claim` become goals.

use super::expression::{Elaborator, Text, Undeclared, kind_mismatch, reserved};
use super::names;
use super::scope::{Kind, Meaning, Scope, stated};
use super::{Context, Goal, GoalKind};
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{
    Declared, DomainExpr, Expr, Hypothesis, Ident, Range, Statement, StatementKind,
};
use crate::term::{BinderOp, Domain, MIXTURE, Node, Relation, Symbol, Term};
use crate::theory::{Family, Sort, Theory, is_argument};

/// The goals of a text whose names are all declared.
pub fn statements(
    source: &str,
    tree: &[Statement],
    theory: &Theory,
) -> (Vec<Goal>, Vec<Diagnostic>) {
    statements_with(source, tree, theory, Undeclared::Refuse)
}

/// The goals of a text, with a choice of what to do about undeclared names.
pub fn statements_with(
    source: &str,
    tree: &[Statement],
    theory: &Theory,
    undeclared: Undeclared,
) -> (Vec<Goal>, Vec<Diagnostic>) {
    let mut elaborator = Elaborator::new(theory, undeclared, Text::Statement);
    let goals = tree.iter().flat_map(|s| elaborator.statement(source, s)).collect();
    (goals, elaborator.diagnostics)
}

/// What is known after each declaration, assumption and definition of a text, with the place of the statement.
pub fn contexts(source: &str, tree: &[Statement], theory: &Theory) -> Vec<(Span, Context)> {
    let mut elaborator = Elaborator::new(theory, Undeclared::Refuse, Text::Statement);
    let declares = |s: &&Statement| {
        !matches!(
            s.kind,
            StatementKind::Derive(..)
                | StatementKind::Claim(_)
                | StatementKind::Chain(_)
                | StatementKind::Solve(..)
        )
    };
    tree.iter()
        .filter(declares)
        .filter_map(|s| {
            elaborator.statement(source, s);
            (s.kind != StatementKind::End).then(|| (s.span, elaborator.scope.context.clone()))
        })
        .collect()
}

/// One expression in a context.
///
/// # Errors
/// Everything that is wrong with it.
pub fn expression(
    tree: &Expr,
    theory: &Theory,
    context: &Context,
    undeclared: Undeclared,
) -> Result<Term, Vec<Diagnostic>> {
    let mut elaborator = Elaborator::new(theory, undeclared, Text::Statement);
    elaborator.scope = Scope::of(context, |value| kind_of(theory, value));
    match elaborator.expression(tree) {
        Some((term, _)) if elaborator.diagnostics.is_empty() => Ok(term),
        _ => Err(elaborator.diagnostics),
    }
}

/// A distribution on its own, with the sorts of the names that it uses.
///
/// # Errors
/// Everything that is wrong with it.
pub fn distribution(
    tree: &Expr,
    theory: &Theory,
    context: &Context,
    undeclared: Undeclared,
) -> Result<(Term, Context), Vec<Diagnostic>> {
    of_kind(Kind::Distribution, tree, theory, context, undeclared)
}

/// As [`distribution`], or a sum of multiples of distributions.
///
/// # Errors
/// Everything that is wrong with it.
pub fn weighted(
    tree: &Expr,
    theory: &Theory,
    context: &Context,
    undeclared: Undeclared,
) -> Result<(Term, Context), Vec<Diagnostic>> {
    of_kind(Kind::Measure, tree, theory, context, undeclared)
}

fn of_kind(
    kind: Kind,
    tree: &Expr,
    theory: &Theory,
    context: &Context,
    undeclared: Undeclared,
) -> Result<(Term, Context), Vec<Diagnostic>> {
    let mut elaborator = Elaborator::new(theory, undeclared, Text::Statement);
    elaborator.scope = Scope::of(context, |value| kind_of(theory, value));
    match elaborator.expect(tree, kind) {
        Some(term) if elaborator.diagnostics.is_empty() => Ok((term, elaborator.scope.context)),
        _ => Err(elaborator.diagnostics),
    }
}

/// What a definition stands for, judged by its head.
pub(super) fn kind_of(theory: &Theory, value: &Term) -> Kind {
    match value.node() {
        Node::Call(name, _) if *name == MIXTURE || *name == "product" => Kind::Distribution,
        Node::Call(..) if value.is_measure() => Kind::Measure,
        _ if value.as_vector().is_some() || value.as_comprehension().is_some() => Kind::Vector,
        Node::Binder(b) if b.op == BinderOp::Product => kind_of(theory, &b.body),
        Node::Index(base, _) => match base.as_vector() {
            Some(items) => items.first().map_or(Kind::Any, |item| kind_of(theory, item)),
            None => Kind::Any,
        },
        Node::Call(..) if theory.distribution(value).is_some() => Kind::Distribution,
        Node::Symbol(_) => Kind::Any,
        _ => Kind::Number,
    }
}

impl Elaborator<'_> {
    fn statement(&mut self, source: &str, statement: &Statement) -> Vec<Goal> {
        if let StatementKind::Chain(links) = &statement.kind {
            return self.chain(links, &statement.hypotheses.iter().collect::<Vec<_>>());
        }
        self.single(source, statement).into_iter().collect()
    }

    fn single(&mut self, source: &str, statement: &Statement) -> Option<Goal> {
        let outer = self.scope.clone();
        let hypotheses: Vec<&Hypothesis> = statement.hypotheses.iter().collect();
        match &statement.kind {
            StatementKind::Declare(hypothesis) => {
                // `assume a positive` says more about a name, `let a positive` declares it.
                let written = source.get(statement.span.start..).unwrap_or_default();
                let again = match written.trim_start().starts_with("assume") {
                    true => Again::Allow,
                    false => Again::Refuse,
                };
                self.hypothesis(hypothesis, again);
                self.hypotheses(&hypotheses, Again::Refuse);
                None
            }
            StatementKind::Suppose(hypothesis) => {
                self.supposed(hypothesis, Again::Refuse);
                None
            }
            StatementKind::End => {
                self.scope.context.suppositions.clear();
                None
            }
            StatementKind::Define(name, indices, value) => {
                self.hypotheses(&hypotheses, Again::Refuse);
                self.definition(name, indices, value);
                None
            }
            StatementKind::Derive(left, definition) => {
                let by = self.cited(&statement.by);
                self.hypotheses(&hypotheses, Again::Allow);
                let conditions = self.conditions_since(&outer);
                let left = self.number(left);
                let definition = definition.as_ref().map(|d| self.number(d));
                let relation = self.left_out(Relation::Eq, &statement.up_to, statement.span);
                // A `where` and what follows from use concern this statement only.
                let context = std::mem::replace(&mut self.scope, outer).context;
                let definition = match definition {
                    Some(definition) => Some(definition?),
                    None => None,
                };
                relation?;
                let kind = GoalKind::Derive { left: left?, definition };
                Some(Goal { conditions, ..goal(kind, by?, context, source, statement.span) })
            }
            StatementKind::Claim(claim) => {
                self.hypotheses(&hypotheses, Again::Allow);
                let conditions = self.conditions_since(&outer);
                let by = self.cited(&statement.by);
                let kind = self.claim(claim, &statement.up_to);
                let context = std::mem::replace(&mut self.scope, outer).context;
                Some(Goal { conditions, ..goal(kind?, by?, context, source, statement.span) })
            }
            StatementKind::Chain(_) => None,
            StatementKind::Solve(equation, unknown) => {
                self.hypotheses(&hypotheses, Again::Allow);
                let conditions = self.conditions_since(&outer);
                let kind = self.solve(equation, unknown);
                let context = std::mem::replace(&mut self.scope, outer).context;
                Some(Goal {
                    conditions,
                    ..goal(kind?, Vec::new(), context, source, statement.span)
                })
            }
        }
    }

    /// What a `where` said besides what is known in `outer`: relations, equations, and sorts that are relations.
    pub(super) fn conditions_since(&self, outer: &Scope) -> Vec<Term> {
        let (now, before) = (&self.scope.context, &outer.context);
        let sorts = now.sorts.iter().filter(|known| !before.sorts.contains(known));
        let sorts = sorts.map(|(name, sort)| stated(&Term::symbol(name.clone()), *sort));
        let relations = now.relations.iter().filter(|known| !before.relations.contains(known));
        let supposed = now.suppositions.iter().filter(|known| !before.suppositions.contains(known));
        let said = |t: &Term| matches!(t.node(), Node::Relation(..) | Node::Binder(_));
        sorts.chain(relations.cloned()).chain(supposed.cloned()).filter(said).collect()
    }

    fn solve(&mut self, equation: &Expr, unknown: &Expr) -> Option<GoalKind> {
        let (found, x) = (self.expression(equation), self.variable(unknown));
        let ((found, _), x) = (found?, x?);
        let Node::Relation(Relation::Eq, left, right) = found.node() else { return None };
        if !x.family_name().is_some_and(|name| self.is_about(&found, name)) {
            let message = format!("the unknown `{x}` does not occur in the equation");
            self.report(
                Diagnostic::new("E0243", unknown.span, message)
                    .label("not in the equation")
                    .also(equation.span, "the equation")
                    .hint("solve for a parameter of the equation"),
            );
            return None;
        }
        Some(GoalKind::Solve { left: left.clone(), right: right.clone(), unknown: x })
    }

    /// The rules that a statement names after `by`.
    pub(super) fn cited(&mut self, ids: &[Ident]) -> Option<Vec<Symbol>> {
        let mut fine = Some(());
        for id in ids {
            if self.theory.rule(&id.name).is_some_and(|rule| rule.right.is_some()) {
                continue;
            }
            let known = self.theory.rule_ids();
            let hint = match names::nearest(&id.name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`hence rules` lists those there are".to_owned(),
            };
            let message = format!("no rule is called `{}`", id.name);
            self.report(Diagnostic::new("E0222", id.span, message).label("unknown").hint(hint));
            fine = None;
        }
        fine.map(|()| ids.iter().map(|id| Symbol::new(&id.name)).collect())
    }

    /// The `where` of an instance of a rule.
    pub(super) fn where_declared(&mut self, all: &[Hypothesis]) {
        self.hypotheses(&all.iter().collect::<Vec<_>>(), Again::Refuse);
    }

    /// The `where` of a statement, which may say more about names.
    pub(super) fn where_allowed(&mut self, all: &[&Hypothesis]) {
        self.hypotheses(all, Again::Allow);
    }

    /// Whether a name may be declared, once.
    pub(super) fn may_declare(&mut self, name: &Ident) -> bool {
        self.is_free_to_declare(name, Again::Refuse)
    }

    fn hypotheses(&mut self, all: &[&Hypothesis], again: Again) {
        // Names first: a relation may mention a name that is declared after it.
        for hypothesis in all.iter().filter(|h| !matches!(h, Hypothesis::Relation(..))) {
            self.hypothesis(hypothesis, again);
        }
        for hypothesis in all.iter().filter(|h| matches!(h, Hypothesis::Relation(..))) {
            match again {
                // An equation in the `where` of a statement is supposed of it.
                Again::Allow if hypothesis.is_equation() => self.supposed(hypothesis, again),
                _ => self.hypothesis(hypothesis, again),
            }
        }
    }

    /// An equation between numbers holds at the point considered; one that says what a density is holds of it.
    fn supposed(&mut self, hypothesis: &Hypothesis, again: Again) {
        let from = self.scope.context.relations.len();
        self.hypothesis(hypothesis, again);
        let new = self.scope.context.relations.split_off(from);
        for relation in new {
            let context = &mut self.scope.context;
            match equates_numbers(&relation) {
                true if context.suppositions.contains(&relation) => {}
                true => context.suppositions.push(relation),
                false if again == Again::Allow => context.relations.push(relation),
                false => {
                    let Hypothesis::Relation(said, _) = hypothesis else { continue };
                    self.report(
                        Diagnostic::new("E0245", said.span, "`suppose` takes equations of numbers")
                            .label("this says what a density is")
                            .hint("what a density is holds everywhere: assume it"),
                    );
                }
            }
        }
    }

    fn hypothesis(&mut self, hypothesis: &Hypothesis, again: Again) {
        match hypothesis {
            Hypothesis::Sort(names, sort) => self.declaration(names, sort, again),
            Hypothesis::Drawn(name, from, range) => self.drawn(name, from, range),
            Hypothesis::Family(names, word, ranges) => {
                let sort = self.sort_named(word);
                self.family(names, sort, ranges, again);
            }
            Hypothesis::Mass(names, low, high, ranges) => {
                let low = self.whole(low);
                let high = self.whole(high);
                if !ranges.is_empty() {
                    self.family(names, Some(Sort::Mass), ranges, again);
                }
                let ends = low.zip(high);
                for Declared { name, .. } in names {
                    if ranges.is_empty() && !self.is_free_to_declare(name, again) {
                        continue;
                    }
                    match &ends {
                        Some(ends) => {
                            self.scope.declare_mass(&name.name, ends.clone(), name.span);
                        }
                        None => self.scope.broken(&name.name, name.span),
                    }
                }
            }
            Hypothesis::Relation(relation, ranges) => {
                let Some(axes) = self.ranges(ranges) else { return };
                let bound = axes.len();
                for (index, domain) in &axes {
                    self.bind_over(BinderOp::Product, index, domain);
                }
                let proposition = self.proposition(relation);
                (0..bound).for_each(|_| self.unbind());
                // A product of propositions is their conjunction.
                let all = axes.into_iter().rev().fold(proposition, |body, (index, domain)| {
                    body.map(|body| Term::binder(BinderOp::Product, index, domain, body))
                });
                self.scope.context.relations.extend(all);
            }
        }
    }

    /// An end of a range of integers.
    fn whole(&mut self, end: &Expr) -> Option<Term> {
        let term = self.number(end)?;
        self.require_whole(&term, end.span)?;
        Some(term)
    }

    /// What `for i in 1..d`, `for z in reals` or `for z in reals^K` ranges over.
    pub(super) fn range(&mut self, range: &Range) -> Option<Domain> {
        if names::CONSTANTS.contains(&range.index.name.as_str()) {
            self.report(reserved(&range.index, "a constant"));
            return None;
        }
        match &range.over {
            DomainExpr::Range(low, high) => {
                let spans = (low.span, high.span);
                let (low, high) = self.pair(low, high)?;
                let fine = [(&low, spans.0), (&high, spans.1)]
                    .map(|(end, span)| self.require_whole(end, span));
                fine.iter().all(Option::is_some).then_some(Domain::Range(low, high))
            }
            DomainExpr::Over(set) => {
                if let Some(reals) = self.reals(set) {
                    return reals;
                }
                let message = "an index ranges over integers, real numbers or vectors";
                self.report(
                    Diagnostic::new("E0221", set.span, message)
                        .hint("write in 1..d, in reals, or in reals^K"),
                );
                None
            }
        }
    }

    /// The ranges of several indices, none of which depends on another.
    pub(super) fn ranges(&mut self, ranges: &[Range]) -> Option<Vec<(Symbol, Domain)>> {
        let mut fine = Some(());
        let mut out: Vec<(Symbol, Domain)> = Vec::new();
        for range in ranges {
            let others = ranges.iter().map(|r| r.index.name.as_str());
            let other = others.into_iter().find(|name| super::member::occurs(name, &range.over));
            if let Some(other) = other.filter(|name| self.scope.meaning(name).is_none()) {
                let message = format!("the range of `{}` depends on `{other}`", range.index.name);
                self.report(
                    Diagnostic::new("E0221", range.span(), message)
                        .label("the ranges of several indices are independent")
                        .hint("let each index range over integers from one fixed end to another"),
                );
                fine = None;
            } else if let Some(domain) = self.range(range) {
                out.push((Symbol::new(&range.index.name), domain));
            } else {
                fine = None;
            }
        }
        fine.map(|()| out)
    }

    fn sort_named(&mut self, word: &Ident) -> Option<Sort> {
        let sort = names::sort(&word.name);
        if sort.is_none() {
            self.report(unknown_sort(word));
        }
        sort
    }

    fn family(&mut self, names: &[Declared], sort: Option<Sort>, ranges: &[Range], again: Again) {
        let axes = self.ranges(ranges);
        for Declared { name, indices } in names {
            if !self.is_free_to_declare(name, again) {
                continue;
            }
            let own = axes.as_ref().and_then(|axes| {
                let find =
                    |index: &Ident| axes.iter().find(|(known, _)| *known == index.name.as_str());
                indices
                    .iter()
                    .map(|index| find(index).map(|(_, d)| d.clone()))
                    .collect::<Option<_>>()
            });
            let family = own.map(Family::new).filter(|family| {
                let ordered = !family.arguments().iter().any(|axis| !is_argument(axis));
                if !ordered {
                    let message = "the arguments of a function come after its indices";
                    self.report(
                        Diagnostic::new("E0221", name.span, message)
                            .hint(format!("write {}[i](z), for i in 1..d, z in reals", name.name)),
                    );
                }
                ordered
            });
            match (sort, family) {
                (Some(sort), Some(family)) => {
                    self.scope.declare_family(&name.name, sort, family, name.span);
                }
                _ => self.scope.broken(&name.name, name.span),
            }
        }
    }

    fn declaration(&mut self, names: &[Ident], word: &Ident, again: Again) {
        let sort = self.sort_named(word);
        for name in names {
            if !self.is_free_to_declare(name, again) {
                continue;
            }
            match sort {
                Some(sort) if again == Again::Allow => {
                    self.scope.refine(&name.name, sort, name.span);
                }
                Some(sort) => self.scope.declare(&name.name, sort, name.span),
                None => self.scope.broken(&name.name, name.span),
            }
        }
    }

    fn definition(&mut self, name: &Ident, indices: &[(Ident, DomainExpr)], value: &Expr) {
        let value = self.indexed(indices, value);
        if !self.is_free_to_declare(name, Again::Refuse) {
            return;
        }
        match value {
            Some((value, Kind::Measure)) if !indices.is_empty() => {
                let entry = value.as_comprehension().map_or(value.clone(), |b| b.body.clone());
                self.not_normalised(&entry, name.span);
                self.scope.broken(&name.name, name.span);
            }
            Some((
                value,
                kind @ (Kind::Number | Kind::Distribution | Kind::Measure | Kind::Vector),
            )) => {
                if indices.is_empty() {
                    self.scope.define(&name.name, value, kind, name.span);
                } else {
                    self.scope.define_indexed(&name.name, value, kind, name.span);
                }
            }
            Some((_, kind)) => {
                self.report(kind_mismatch(name.span, kind, Kind::Number));
                self.scope.broken(&name.name, name.span);
            }
            None => self.scope.broken(&name.name, name.span),
        }
    }

    fn is_free_to_declare(&mut self, name: &Ident, again: Again) -> bool {
        if names::CONSTANTS.contains(&name.name.as_str()) {
            self.report(reserved(name, "a constant"));
            return false;
        }
        if self.takes_arguments(&name.name) {
            self.report(reserved(name, "a name of the theory"));
            return false;
        }
        let Some(before) = self.scope.declared_at(&name.name) else { return true };
        let alias = matches!(self.scope.meaning(&name.name), Some(Meaning::Alias(_)));
        if (again == Again::Allow && !alias) || self.scope.is_undeclared(&name.name.as_str().into())
        {
            return true;
        }
        self.report(
            Diagnostic::new("E0205", name.span, format!("`{}` is declared twice", name.name))
                .label("again here")
                .also(before, "first here")
                .hint("choose another name"),
        );
        false
    }
}

/// Whether it equates numbers, perhaps for each index of a finite range; not densities at all their points.
fn equates_numbers(relation: &Term) -> bool {
    let density = |t: &Term| matches!(t.node(), Node::Density(..));
    match relation.node() {
        Node::Relation(Relation::Eq, a, b) => !density(a) && !density(b),
        Node::Binder(b) => match &b.domain {
            Domain::Range(low, high) => {
                let endless = [low, high].iter().any(|end| end.mentions(&Symbol::new("oo")));
                !endless && equates_numbers(&b.body)
            }
            Domain::Over(_) => false,
        },
        _ => false,
    }
}

/// Whether a name may be declared again: a `where` may say more about a name for one statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Allow,
    Refuse,
}

pub(super) fn unknown_sort(word: &Ident) -> Diagnostic {
    let sorts: Vec<&str> = names::SORTS.iter().map(|(name, _)| *name).collect();
    let hint = match names::nearest(&word.name, sorts.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the sorts are {}", sorts.join(", ")),
    };
    Diagnostic::new("E0209", word.span, format!("`{}` is not a sort", word.name))
        .label("unknown sort")
        .hint(hint)
}

pub(super) fn goal(
    kind: GoalKind,
    by: Vec<Symbol>,
    context: Context,
    source: &str,
    span: Span,
) -> Goal {
    let text = source.get(span.start..span.end).unwrap_or_default().trim().to_owned();
    Goal { kind, by, context, conditions: Vec::new(), span, text, chain: None }
}
