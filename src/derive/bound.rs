//! Inequalities: replaces logarithms by the bounds of the theory until the sign of what is left can be read off.

use crate::term::{Node, Path, Relation, Term};

use super::engine::Engine;
use super::estimate::joined;
use super::places::{is_ln, places};

/// Powers to which the argument of a logarithm is raised before its tangent is taken: ln u = (1/k) ln(u^k).
const POWERS: [i64; 4] = [2, 1, -2, -1];

impl Engine<'_> {
    /// Tries to show `current relation 0` by bounding each logarithm; leaves the chain in place when it succeeds.
    pub(crate) fn bound(&mut self, relation: Relation) -> bool {
        let lower = matches!(relation, Relation::Ge | Relation::Gt);
        for prepare in [Self::as_it_stands, Self::joined_at_root, Self::turned] {
            let start = self.mark();
            if prepare(self) {
                for power in POWERS {
                    let mark = self.mark();
                    if self.bound_with(power, lower) && self.sign_shows(relation) {
                        return true;
                    }
                    self.reset(mark);
                }
            }
            self.reset(start);
        }
        false
    }

    fn as_it_stands(&mut self) -> bool {
        true
    }

    /// The logarithms as one, so that one tangent is taken and not several.
    fn joined_at_root(&mut self) -> bool {
        let joined =
            joined(&self.current).is_some_and(|new| self.try_arithmetic(&Path::root(), &new));
        self.end_line("logarithm");
        joined
    }

    /// The summands in each logarithm the other way round: a bound keeps the first.
    fn turned(&mut self) -> bool {
        let mut any = false;
        for path in places(&self.current.clone(), is_ln) {
            let argument = path.child(0);
            let Some(t) = self.current.at(&argument) else { continue };
            if let Node::Sum(parts) = t.node() {
                let turned = Term::sum(parts.iter().rev().cloned().collect());
                any |= self.try_arithmetic(&argument, &turned);
            }
        }
        self.end_line("collect");
        any
    }

    /// Whether the sign of what is left shows `current relation 0`, as it stands or in another spelling, which it has then.
    pub(crate) fn sign_shows(&mut self, relation: Relation) -> bool {
        let whole = self.current.clone();
        let mut spellings = vec![whole.clone()];
        for i in 0.. {
            if i == 1 {
                spellings.extend(self.kernel.spellings(&whole, &Path::root()));
            }
            let Some(t) = spellings.get(i).cloned() else { return false };
            let sign = self.kernel.sign_of(&t);
            let shown = match relation {
                Relation::Ge => sign.is_nonnegative(),
                Relation::Gt => sign.is_positive(),
                Relation::Le => sign.neg().is_nonnegative(),
                Relation::Lt => sign.neg().is_positive(),
                _ => false,
            };
            if shown && (i == 0 || self.current == t || self.try_arithmetic(&Path::root(), &t)) {
                self.end_line("collect");
                return true;
            }
        }
        false
    }

    fn bound_with(&mut self, power: i64, lower: bool) -> bool {
        let rules = self.rules_named("inequality");
        let direction = if lower { Relation::Ge } else { Relation::Le };
        let mut guard = 0;
        while let Some(path) = places(&self.current, is_ln).into_iter().next() {
            guard += 1;
            if guard > 16 || !self.raise(&path, power) {
                return false;
            }
            let Some(path) = places(&self.current, is_ln).into_iter().next() else { return false };
            let fired = rules.iter().any(|r| {
                let r = *r;
                self.try_rule_towards(r, &path, direction)
            });
            if !fired || self.last_relation() != Some(direction) {
                return false;
            }
        }
        self.end_line("inequality");
        self.tidy(&Path::root());
        self.end_line("collect");
        true
    }

    /// ln u ↦ (1/k)·ln(u^k), with the power carried into quotients.
    fn raise(&mut self, path: &Path, k: i64) -> bool {
        let Some(t) = self.current.at(path) else { return false };
        let Node::Call(_, args) = t.node() else { return false };
        let [u] = args.as_slice() else { return false };
        if k == 1 {
            return true;
        }
        let raised = raised(u, k);
        let ln = Term::call("ln", vec![raised]);
        let new = if k < 0 { Term::neg(scaled(ln, -k)) } else { scaled(ln, k) };
        self.try_arithmetic(path, &new)
    }
}

/// 1/u, a quotient upside down.
pub(crate) fn reciprocal(u: &Term) -> Term {
    match u.node() {
        Node::Quotient(a, b) if a.as_rational().is_some_and(|r| r.is_one()) => b.clone(),
        Node::Quotient(a, b) => Term::quotient(b.clone(), a.clone()),
        _ => Term::quotient(Term::integer(1), u.clone()),
    }
}

fn scaled(ln: Term, k: i64) -> Term {
    if k == 1 {
        return ln;
    }
    Term::product(vec![Term::quotient(Term::integer(1), Term::integer(k)), ln])
}

fn raised(u: &Term, k: i64) -> Term {
    let power = |t: &Term, k: i64| {
        if k == 1 { t.clone() } else { Term::power(t.clone(), Term::integer(k)) }
    };
    match u.node() {
        Node::Quotient(a, b) if k < 0 => Term::quotient(power(b, -k), power(a, -k)),
        Node::Quotient(a, b) => Term::quotient(power(a, k), power(b, k)),
        _ if k < 0 => Term::quotient(Term::integer(1), power(u, -k)),
        _ => power(u, k),
    }
}
