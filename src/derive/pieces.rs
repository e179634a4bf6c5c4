//! Integrands with kinks: the integral is split there, and on each piece the signs are known. Where the order of two
//! kinks is not known, or which of two is the larger on a piece, symmetry may make it known: the line is moved so that
//! a kink stands at zero, and folded there; what is left depends on the distance of two names only, and does not
//! change with its sign.

use super::engine::Engine;
use super::places::{has_density, has_kink, insertable, is_integral, is_kink, is_series, places};
use crate::term::{BinderOp, Bindings, Domain, HOLE, Node, Path, Symbol, Term, fresh_name};
use crate::theory::Rule;

/// How many integrals of one derivation may be split.
const MOST: usize = 16;

impl Engine<'_> {
    /// Splits integrals at their kinks, and says on each piece what is known there.
    pub(crate) fn split_at_kinks(&mut self) -> bool {
        let mut any = self.signs_on_pieces() | self.by_the_smaller();
        let rules = self.rules_named("split");
        let bent = |t: &Term| is_integral(t) && !is_series(t) && (has_kink(t) || has_density(t));
        let mut left = MOST;
        let mut tried: Vec<Term> = Vec::new();
        'again: while left > 0 && !self.out_of_fuel() {
            left -= 1;
            for path in places(&self.current.clone(), bent) {
                let Some(t) = self.current.at(&path) else { continue };
                if tried.contains(&t) {
                    continue;
                }
                tried.push(t);
                if self.by_symmetry(&path) || rules.iter().any(|r| self.try_rule(r, &path)) {
                    any = true;
                    continue 'again;
                }
            }
            break;
        }
        self.end_line("split");
        if any {
            // On a piece a density may be inserted that could not be before.
            if !insertable(&self.current).is_empty() {
                let _ = self.densities();
            }
            self.signs_on_pieces();
        }
        any
    }

    /// Of densities that are not further known a distance says what their smaller one does.
    fn by_the_smaller(&mut self) -> bool {
        let facts = self.kernel.facts().clone();
        let unknown = |t: &Term| is_kink(t) && has_density(t) && facts.is_abstract(t);
        if !self.current.any(&mut |t| unknown(t)) {
            return false;
        }
        let rules = self.rules_named("smaller");
        let mut any = false;
        'again: for _ in 0..MOST {
            for path in places(&self.current.clone(), unknown) {
                for rule in rules.iter() {
                    let whole = self.current.clone();
                    let mut proposals = self.kernel.proposals(rule, &whole, &path);
                    // |p − q| is about p and q, rather than about −q and −p.
                    proposals
                        .sort_by_key(|b| b.metas.values().filter(|t| leads_negative(t)).count());
                    if proposals.iter().any(|b| self.try_bound(rule, &path, b)) {
                        any = true;
                        continue 'again;
                    }
                }
            }
            break;
        }
        self.end_line("smaller");
        any
    }

    /// Replaces absolute values and extremes of which it is known what they are.
    fn signs_on_pieces(&mut self) -> bool {
        if !has_kink(&self.current) {
            return false;
        }
        let any = self.exhaust("pieces", is_kink);
        self.end_line("pieces");
        any
    }

    /// An integral over the line that splitting does not help with, moved, folded and written by the distance of two
    /// names. False, with nothing done, where that does not lead to integrands without kinks that depend on an order.
    fn by_symmetry(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        let Some(t) = whole.at(path) else { return false };
        let names: Vec<Symbol> = t.free_symbols().into_iter().collect();
        if !is_whole_line(&t) || !has_kink(&t) || names.len() < 2 || has_density(&t) {
            return false;
        }
        let kinks = self.kernel.kinks_at(&whole, path);
        let centres: Vec<Term> = match kinks.as_slice() {
            [] => return false,
            [only] => {
                if self.splits_well(path, only) {
                    return false;
                }
                vec![only.clone()]
            }
            several => {
                let ordered = several
                    .iter()
                    .enumerate()
                    .all(|(i, a)| several[i + 1..].iter().all(|b| self.kernel.are_ordered(a, b)));
                if ordered {
                    return false;
                }
                several.to_vec()
            }
        };
        self.end_line("split");
        for centre in centres {
            let mark = self.mark();
            if self.folded_about(path, &centre) && self.by_distance(path) {
                self.end_line("symmetry");
                return true;
            }
            self.reset(mark);
        }
        false
    }

    /// Whether no kink is left on the two pieces of an integral.
    fn splits_well(&mut self, path: &Path, at: &Term) -> bool {
        self.end_line("split");
        let mark = self.mark();
        let rules = self.rules_named("split");
        let split = rules.iter().any(|r| self.try_chosen(r, path, at));
        self.signs_on_pieces();
        let smooth = split && self.current.at(path).is_some_and(|t| !has_kink(&t));
        self.reset(mark);
        smooth
    }

    fn try_chosen(&mut self, rule: &Rule, path: &Path, value: &Term) -> bool {
        let whole = self.current.clone();
        let proposals = self.kernel.proposals(rule, &whole, path);
        let chosen = rule.chosen();
        let mut fitting =
            proposals.into_iter().filter(|b| chosen.iter().all(|m| b.metas.get(m) == Some(value)));
        let Some(bindings) = fitting.next() else { return false };
        self.try_bound(rule, path, &bindings)
    }

    fn try_bound(&mut self, rule: &Rule, path: &Path, bindings: &Bindings) -> bool {
        let whole = self.current.clone();
        match self.kernel.rule(&whole, path, rule, bindings) {
            Ok(step) if !step.after().alpha_eq(&whole) => {
                self.push(step);
                true
            }
            _ => false,
        }
    }

    /// Moves an integral over the line so that `centre` stands at zero, and folds it there.
    fn folded_about(&mut self, path: &Path, centre: &Term) -> bool {
        let rules = self.rules_named("symmetry");
        let Some(t) = self.current.at(path) else { return false };
        let Node::Binder(b) = t.node() else { return false };
        let moved = centre.as_rational().is_none_or(|r| !r.is_zero());
        if moved {
            let at = Term::sum(vec![Term::symbol(HOLE), centre.clone()]);
            let function = b.body.substitute(&b.var, &at);
            let done = rules.iter().any(|rule| {
                binds_like(rule, 2).is_some_and(|(f, c, x)| {
                    let mut bindings = Bindings::default();
                    bindings.metas.insert(f, function.clone());
                    bindings.metas.insert(c, centre.clone());
                    bindings.vars.insert(x, b.var.clone());
                    self.try_bound(rule, path, &bindings)
                })
            });
            if !done {
                return false;
            }
            self.tidy_kept(&path.child(2));
        }
        let folded = rules.iter().any(|rule| {
            matches!(rule.left.node(), Node::Binder(_))
                && binds_like(rule, 2).is_none()
                && self.try_rule(rule, path)
        });
        if folded {
            self.tidy_kept(&path.child(2));
        }
        folded
    }

    /// Writes what stands at a place by the distance of two of its names, and that as an absolute value.
    fn by_distance(&mut self, path: &Path) -> bool {
        let rules = self.rules_named("symmetry");
        let Some(t) = self.current.at(path) else { return false };
        let names: Vec<Symbol> = t.free_symbols().into_iter().collect();
        for (i, a) in names.iter().enumerate() {
            for b in &names[i + 1..] {
                let Some((function, distance)) = self.of_distance(path, a, b) else { continue };
                let written = function.substitute(&Symbol::new(HOLE), &distance);
                let whole = self.current.clone();
                if whole.at(path).is_some_and(|t| t != written)
                    && !self.try_arithmetic(path, &written)
                {
                    continue;
                }
                for rule in rules.iter() {
                    let Node::Index(f, d) = rule.left.node() else { continue };
                    let (Node::Meta(f), Node::Meta(d)) = (f.node(), d.node()) else { continue };
                    let mut bindings = Bindings::default();
                    bindings.metas.insert(f.clone(), function.clone());
                    bindings.metas.insert(d.clone(), distance.clone());
                    if self.try_bound(rule, path, &bindings) {
                        self.tidy_kept(&path.child(2));
                        return true;
                    }
                }
            }
        }
        false
    }

    /// The term at a place as a function of a − b, where it depends on a and b by that alone.
    fn of_distance(&mut self, path: &Path, a: &Symbol, b: &Symbol) -> Option<(Term, Term)> {
        let whole = self.current.clone();
        let t = whole.at(path)?;
        let fresh = fresh_name(&Symbol::new("distance"), |s| {
            whole.mentions(s) || self.kernel.facts().sorts.contains_key(s)
        });
        let apart = Term::symbol(fresh.clone());
        let moved = t.substitute(a, &Term::sum(vec![Term::symbol(b.clone()), apart]));
        let Node::Binder(binder) = moved.node() else { return None };
        let position = moved.children().len() - 1;
        let elsewhere = whole.replaced(path, &moved)?;
        // With its sums kept, or multiplied out: one of the spellings may be rid of the name.
        let spelled = self.kernel.spellings(&elsewhere, &path.child(position));
        let body = spelled.into_iter().find(|t| !t.mentions(a) && !t.mentions(b))?;
        let function = Term::binder(binder.op, binder.var.clone(), binder.domain.clone(), body)
            .substitute(&fresh, &Term::symbol(HOLE));
        let distance = Term::difference(Term::symbol(a.clone()), Term::symbol(b.clone()));
        (function.mentions(&Symbol::new(HOLE)) && !function.mentions(b))
            .then_some((function, distance))
    }
}

fn leads_negative(t: &Term) -> bool {
    match t.node() {
        Node::Neg(_) => true,
        Node::Product(xs) => {
            xs.iter().any(|x| x.as_rational().is_some_and(|r| r.is_negative()) || leads_negative(x))
        }
        _ => false,
    }
}

/// The names of f, c and x in a rule about ∫ f(x − c) dx.
fn binds_like(rule: &Rule, metas: usize) -> Option<(Symbol, Symbol, Symbol)> {
    let Node::Binder(b) = rule.left.node() else { return None };
    let Node::Index(head, at) = b.body.node() else { return None };
    let Node::Meta(f) = head.node() else { return None };
    let mut others = at.metas().into_iter();
    let c = others.next()?;
    (rule.left.metas().len() == metas && others.next().is_none())
        .then(|| (f.clone(), c, b.var.clone()))
}

fn is_whole_line(t: &Term) -> bool {
    let Node::Binder(b) = t.node() else { return false };
    let Domain::Range(lo, hi) = &b.domain else { return false };
    let is_oo = |t: &Term| t.as_symbol().is_some_and(|s| s == "oo");
    b.op == BinderOp::Integral && is_oo(hi) && matches!(lo.node(), Node::Neg(a) if is_oo(a))
}
