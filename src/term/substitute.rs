//! Free names, capture-avoiding substitution, alpha-equality, and the instantiation of a rule's patterns.

use std::collections::{BTreeMap, BTreeSet};

use super::{Binder, Domain, HOLE, Node, Symbol, Term};

/// What a rule's pattern variables and bound variables stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    /// `?name` ↦ term. The term may mention the subject's bound variables: a rule forbids that with `free(x, ?name)`.
    pub metas: BTreeMap<Symbol, Term>,
    /// The rule's bound variable ↦ the subject's.
    pub vars: BTreeMap<Symbol, Symbol>,
}

impl Term {
    /// The names that occur free: symbols, and the variable of a derivative.
    pub fn free_symbols(&self) -> BTreeSet<Symbol> {
        let mut out = BTreeSet::new();
        self.collect_free(&mut Vec::new(), &mut out);
        out
    }

    fn collect_free(&self, bound: &mut Vec<Symbol>, out: &mut BTreeSet<Symbol>) {
        match self.node() {
            Node::Symbol(s) => {
                if !bound.contains(s) {
                    out.insert(s.clone());
                }
            }
            Node::Derivative(x, f) => {
                x.collect_free(bound, out);
                f.collect_free(bound, out);
            }
            Node::Binder(b) => {
                match &b.domain {
                    Domain::Range(lo, hi) => {
                        lo.collect_free(bound, out);
                        hi.collect_free(bound, out);
                    }
                    Domain::Over(d) => d.collect_free(bound, out),
                }
                bound.push(b.var.clone());
                b.body.collect_free(bound, out);
                bound.pop();
            }
            _ => self.children().into_iter().for_each(|c| c.collect_free(bound, out)),
        }
    }

    /// Whether `name` occurs free.
    pub fn mentions(&self, name: &Symbol) -> bool {
        match self.node() {
            Node::Symbol(s) => s == name,
            Node::Derivative(x, f) => x.mentions(name) || f.mentions(name),
            Node::Binder(b) => {
                let in_domain = match &b.domain {
                    Domain::Range(lo, hi) => lo.mentions(name) || hi.mentions(name),
                    Domain::Over(d) => d.mentions(name),
                };
                in_domain || (b.var != *name && b.body.mentions(name))
            }
            _ => self.children().into_iter().any(|c| c.mentions(name)),
        }
    }

    /// Whether one may differentiate by this: a name, or a member of a family.
    pub fn is_variable(&self) -> bool {
        match self.node() {
            Node::Symbol(_) | Node::Meta(_) => true,
            Node::Index(base, _) => base.is_variable(),
            _ => false,
        }
    }

    /// Whether a pattern variable occurs.
    pub fn has_metas(&self) -> bool {
        !self.metas().is_empty()
    }

    /// The pattern variables that occur.
    pub fn metas(&self) -> BTreeSet<Symbol> {
        let mut out = BTreeSet::new();
        self.any(&mut |t| {
            match t.node() {
                Node::Meta(m) => {
                    out.insert(m.clone());
                }
                // A derivative's variable is no child: nothing is rewritten there.
                Node::Derivative(x, _) => out.extend(x.metas()),
                _ => {}
            }
            false
        });
        out
    }

    /// This term with `new` for each free occurrence of `name`; bound variables are renamed where they would capture.
    #[must_use]
    pub fn substitute(&self, name: &Symbol, new: &Term) -> Term {
        self.substitute_all(&BTreeMap::from([(name.clone(), new.clone())]))
    }

    /// Simultaneous capture-avoiding substitution. The variable of a derivative is replaced by another variable only;
    /// the derivative at a point other than a variable has no place here and is left alone.
    #[must_use]
    pub fn substitute_all(&self, map: &BTreeMap<Symbol, Term>) -> Term {
        if map.is_empty() {
            return self.clone();
        }
        match self.node() {
            Node::Symbol(s) => map.get(s).unwrap_or(self).clone(),
            Node::Derivative(x, f) => match x.substitute_all(map) {
                x if x.is_variable() => Term::derivative(x, f.substitute_all(map)),
                _ => self.clone(),
            },
            Node::Binder(b) => substitute_under(b, map),
            _ => self.map_children(|c| c.substitute_all(map)),
        }
    }

    /// Whether two terms differ at most in the names of bound variables.
    pub fn alpha_eq(&self, other: &Term) -> bool {
        alpha_eq(self, other, &mut Vec::new())
    }

    /// A rule's side with its pattern variables replaced. Deliberately capturing: what `?f` stands for may mention the
    /// bound variable, as in `E[x ~ p](?f)`. `None` when a pattern variable has no binding.
    pub fn instantiate(&self, bindings: &Bindings) -> Option<Term> {
        Some(match self.node() {
            Node::Meta(m) => bindings.metas.get(m)?.clone(),
            Node::Symbol(s) => match bindings.vars.get(s) {
                Some(x) => Term::symbol(x.clone()),
                None => self.clone(),
            },
            Node::Binder(b) => {
                let var = bindings.vars.get(&b.var).unwrap_or(&b.var).clone();
                let domain = match &b.domain {
                    Domain::Range(lo, hi) => {
                        Domain::Range(lo.instantiate(bindings)?, hi.instantiate(bindings)?)
                    }
                    Domain::Over(d) => Domain::Over(d.instantiate(bindings)?),
                };
                Term::binder(b.op, var, domain, b.body.instantiate(bindings)?)
            }
            Node::Derivative(x, f) => {
                let x = x.instantiate(bindings)?;
                Term::derivative(x, f.instantiate(bindings)?)
            }
            Node::Index(base, at) if matches!(base.node(), Node::Meta(_)) => {
                let at = at.instantiate(bindings)?;
                base.instantiate(bindings)?.substitute(&Symbol::new(HOLE), &at)
            }
            Node::Sum(parts) => Term::sum(flat(parts, bindings, |n| match n {
                Node::Sum(xs) => Some(xs),
                _ => None,
            })?),
            Node::Product(parts) => Term::product(flat(parts, bindings, |n| match n {
                Node::Product(xs) => Some(xs),
                _ => None,
            })?),
            _ => {
                let children: Option<Vec<Term>> =
                    self.children().into_iter().map(|c| c.instantiate(bindings)).collect();
                self.with_children(children?)
            }
        })
    }
}

/// Instantiated parts; what a pattern variable stands for is spliced when it is the same kind of n-ary node.
fn flat(
    parts: &[Term],
    bindings: &Bindings,
    inner: impl Fn(&Node) -> Option<&Vec<Term>>,
) -> Option<Vec<Term>> {
    let mut out = Vec::new();
    for part in parts {
        let new = part.instantiate(bindings)?;
        match inner(new.node()) {
            Some(xs) if matches!(part.node(), Node::Meta(_)) => out.extend(xs.iter().cloned()),
            _ => out.push(new),
        }
    }
    Some(out)
}

fn substitute_under(b: &Binder, map: &BTreeMap<Symbol, Term>) -> Term {
    let domain = match &b.domain {
        Domain::Range(lo, hi) => Domain::Range(lo.substitute_all(map), hi.substitute_all(map)),
        Domain::Over(d) => Domain::Over(d.substitute_all(map)),
    };
    let mut inner: BTreeMap<Symbol, Term> = map
        .iter()
        .filter(|(name, _)| **name != b.var && b.body.mentions(name))
        .map(|(name, new)| (name.clone(), new.clone()))
        .collect();
    let captures = inner.values().any(|new| new.mentions(&b.var));
    let var = if captures {
        let taken = |s: &Symbol| b.body.mentions(s) || inner.values().any(|new| new.mentions(s));
        let fresh = fresh_name(&b.var, taken);
        inner.insert(b.var.clone(), Term::symbol(fresh.clone()));
        fresh
    } else {
        b.var.clone()
    };
    Term::binder(b.op, var, domain, b.body.substitute_all(&inner))
}

/// A name like `base` that `taken` does not hold of: `x`, then `x1`, `x2`, ….
pub fn fresh_name(base: &Symbol, taken: impl Fn(&Symbol) -> bool) -> Symbol {
    if !taken(base) {
        return base.clone();
    }
    let stem = base.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
    (1u64..)
        .map(|n| Symbol::new(&format!("{stem}{n}")))
        .find(|s| !taken(s))
        .expect("a term mentions finitely many names")
}

fn alpha_eq(a: &Term, b: &Term, pairs: &mut Vec<(Symbol, Symbol)>) -> bool {
    if pairs.is_empty() && a.same_node(b) {
        return true;
    }
    match (a.node(), b.node()) {
        (Node::Symbol(x), Node::Symbol(y)) => same_variable(x, y, pairs),
        (Node::Number(m), Node::Number(n)) => m == n,
        (Node::Meta(m), Node::Meta(n)) => m == n,
        (Node::Derivative(x, f), Node::Derivative(y, g)) => {
            alpha_eq(x, y, pairs) && alpha_eq(f, g, pairs)
        }
        (Node::Call(f, xs), Node::Call(g, ys)) => f == g && all_alpha_eq(xs, ys, pairs),
        (Node::Relation(r, ..), Node::Relation(s, ..)) if r != s => false,
        (Node::Binder(x), Node::Binder(y)) => {
            let domains = match (&x.domain, &y.domain) {
                (Domain::Range(a, b), Domain::Range(c, d)) => {
                    alpha_eq(a, c, pairs) && alpha_eq(b, d, pairs)
                }
                (Domain::Over(a), Domain::Over(b)) => alpha_eq(a, b, pairs),
                _ => false,
            };
            if x.op != y.op || !domains {
                return false;
            }
            pairs.push((x.var.clone(), y.var.clone()));
            let bodies = alpha_eq(&x.body, &y.body, pairs);
            pairs.pop();
            bodies
        }
        (m, n) => {
            std::mem::discriminant(m) == std::mem::discriminant(n)
                && a.children().len() == b.children().len()
                && a.children().iter().zip(b.children()).all(|(x, y)| alpha_eq(x, y, pairs))
        }
    }
}

fn all_alpha_eq(xs: &[Term], ys: &[Term], pairs: &mut Vec<(Symbol, Symbol)>) -> bool {
    xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| alpha_eq(x, y, pairs))
}

fn same_variable(x: &Symbol, y: &Symbol, pairs: &[(Symbol, Symbol)]) -> bool {
    match pairs.iter().rev().find(|(p, q)| p == x || q == y) {
        Some((p, q)) => p == x && q == y,
        None => x == y,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::BinderOp;

    fn s(name: &str) -> Term {
        Term::symbol(name)
    }

    fn integral(var: &str, body: Term) -> Term {
        let domain = Domain::Range(Term::integer(0), Term::integer(1));
        Term::binder(BinderOp::Integral, var, domain, body)
    }

    #[test]
    fn substitution_avoids_capture() {
        let t = integral("x", Term::product(vec![s("x"), s("a")]));
        let new = t.substitute(&"a".into(), &s("x"));
        assert_eq!(new.to_string(), "int[x1 from 0 to 1](x1*x) dx1");
        assert!(new.mentions(&"x".into()));
    }

    #[test]
    fn bound_names_do_not_matter() {
        assert!(integral("x", s("x")).alpha_eq(&integral("y", s("y"))));
        assert!(!integral("x", s("y")).alpha_eq(&integral("y", s("y"))));
        assert!(!integral("x", s("a")).alpha_eq(&integral("x", s("b"))));
    }

    #[test]
    fn inner_binding_shadows_substitution() {
        let t = integral("x", s("x"));
        assert_eq!(t.substitute(&"x".into(), &s("a")), t);
    }
}
