//! Derivatives of closed forms: term by term, then rule by rule, innermost first; of a sum over an index one term is left.

use crate::kernel::Facts;
use crate::term::{BinderOp, Domain, Node, Path, Symbol, Term};

use super::engine::Engine;
use super::places::{first_place, irreducible, is_average, is_ln, places};

/// What the derivative of a body by a variable could not be without.
const LAYERS: usize = 8;

impl Engine<'_> {
    /// Takes every derivative whose body is in closed form, innermost first.
    pub(crate) fn derivatives(&mut self) {
        if first_place(&self.current, is_derivative).is_none() {
            return;
        }
        if self.has_lines() {
            self.collect_bodies();
        }
        for _ in 0..LAYERS {
            if !self.layer() {
                break;
            }
        }
    }

    /// Takes the derivatives that stand under averages, where none is taken of an average: what there is to average is
    /// known only then.
    pub(crate) fn derivatives_inside(&mut self) {
        let both = |outer: fn(&Term) -> bool, inner: fn(&Term) -> bool, t: &Term| {
            first_place(t, |t| outer(t) && t.any(&mut |s| inner(s))).is_some()
        };
        let of_average = both(is_derivative, is_average, &self.current);
        if !of_average && both(is_average, is_derivative, &self.current) {
            self.derivatives();
        }
    }

    /// One layer: the derivatives that contain no other one.
    fn layer(&mut self) -> bool {
        let before = self.current.clone();
        let outer = depth(&before);
        if outer == 0 {
            return false;
        }
        self.written_out_names();
        self.free_of_parameters();
        self.take_logarithms_apart();
        self.rules_at("term_by_term", outer);
        self.clean();
        self.end_line("term_by_term");
        self.rules_at("derivatives", outer);
        self.clean();
        self.end_line("derivatives");
        self.one_index();
        if depth(&self.current) < outer && depth(&self.current) > 0 {
            self.collect_bodies();
        }
        self.current != before
    }

    /// Applies the rules of a phase to the derivatives of one layer until none fires.
    fn rules_at(&mut self, phase: &'static str, outer: usize) {
        let rules = self.rules_named(phase);
        'again: while !self.out_of_fuel() {
            for path in at_depth(&self.current, outer) {
                for rule in rules.iter() {
                    if self.try_rule(rule, &path) {
                        continue 'again;
                    }
                }
            }
            break;
        }
    }

    /// Writes out names that abbreviate what depends on the variable.
    fn written_out_names(&mut self) {
        let facts = self.kernel.facts().clone();
        for path in places(&self.current.clone(), is_derivative) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Derivative(x, body) = t.node() else { continue };
            let Some(x) = name_of(x) else { continue };
            let new = written_out(body, &x, &facts);
            if new != *body {
                self.try_arithmetic(&path.child(0), &new);
            }
        }
        self.end_line("definition");
    }

    /// Averages of functions that are not further known, under distributions that depend on the variable: by substitution
    /// the variable moves into the function, where it may cancel.
    fn free_of_parameters(&mut self) {
        let rules = self.rules_named("standardise");
        for outer in places(&self.current.clone(), is_derivative) {
            let Some(t) = self.current.at(&outer) else { continue };
            let Node::Derivative(x, body) = t.node() else { continue };
            let Some(x) = name_of(x) else { continue };
            let facts = self.kernel.facts().clone();
            let moves = |t: &Term| {
                irreducible(&facts, t) && t.children().first().is_some_and(|d| facts.depends(d, &x))
            };
            for inner in places(body, moves).into_iter().rev() {
                let path = outer.child(0).join(&inner);
                let mark = self.mark();
                let moved = rules.iter().any(|r| self.try_rule(r, &path));
                let last = self.current.at(&path).map_or(0, |t| t.children().len() - 1);
                if moved {
                    self.tidy(&path.child(last));
                }
                let free = self.current.at(&path).is_some_and(|t| !facts.depends(&t, &x));
                match moved && free {
                    true => self.end_line("standardise"),
                    false => self.reset(mark),
                }
            }
        }
    }

    /// ln of a product or quotient, under a derivative of this layer, as a sum.
    fn take_logarithms_apart(&mut self) {
        let rules = self.rules_named("logarithm");
        'again: while !self.out_of_fuel() {
            for outer in places(&self.current.clone(), is_derivative) {
                let Some(t) = self.current.at(&outer) else { continue };
                let Node::Derivative(x, _) = t.node() else { continue };
                let Some(x) = name_of(x) else { continue };
                let of_variable = |t: &Term| is_ln(t) && t.mentions(&x);
                for inner in places(&t, of_variable) {
                    let path = outer.join(&inner);
                    if rules.iter().any(|r| self.try_rule(r, &path)) {
                        continue 'again;
                    }
                }
            }
            break;
        }
        self.end_line("logarithm");
    }

    /// Brings the bodies of the innermost derivatives to a readable closed form.
    fn collect_bodies(&mut self) {
        for path in at_depth(&self.current.clone(), depth(&self.current)) {
            self.tidy(&path.child(0));
        }
        self.end_line("collect");
    }

    /// Takes sums against δ(i, j) to the term at j.
    fn one_index(&mut self) {
        while !self.out_of_fuel() {
            let done = places(&self.current.clone(), is_sum_over).into_iter().any(|path| {
                self.delta_first(&path) && {
                    let rules = self.rules_named("one_index");
                    rules.iter().any(|r| self.try_rule(r, &path))
                }
            });
            if !done {
                break;
            }
        }
        self.end_line("one_index");
    }

    /// Writes what stands under a sum as δ(i, j) times the rest, where it is such a product.
    fn delta_first(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        let Some(sum) = whole.at(path) else { return false };
        let Node::Binder(b) = sum.node() else { return false };
        let Some(delta) = delta_by(&b.body, &b.var) else { return false };
        let Some(other) = delta.children().into_iter().find(|c| c.as_symbol() != Some(&b.var))
        else {
            return false;
        };
        let ordered = Term::call("delta", vec![Term::symbol(b.var.clone()), other.clone()]);
        let body = path.child(sum.children().len() - 1);
        let Some(parts) = self.kernel.coefficients(&whole, &body, &delta) else { return false };
        let [(1, rest)] = parts.as_slice() else { return false };
        let new = Term::product(vec![ordered, rest.clone()]);
        new == b.body || self.try_arithmetic(&body, &new)
    }

    /// Drops zeros and ones, and brackets that mean nothing.
    fn clean(&mut self) {
        if !self.line_is_open() {
            return;
        }
        let new = cleaned(&self.current);
        self.try_arithmetic(&Path::root(), &new);
    }
}

pub(crate) fn is_derivative(t: &Term) -> bool {
    matches!(t.node(), Node::Derivative(..))
}

fn is_sum_over(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(b) if b.op == BinderOp::Sum && matches!(b.domain, Domain::Range(..)))
}

fn name_of(x: &Term) -> Option<Symbol> {
    x.family_name().cloned()
}

/// How deep derivatives are nested.
fn depth(t: &Term) -> usize {
    let below = t.children().into_iter().map(depth).max().unwrap_or(0);
    below + usize::from(is_derivative(t))
}

/// The derivatives that stand at a depth of nesting.
fn at_depth(t: &Term, wanted: usize) -> Vec<Path> {
    fn walk(t: &Term, here: &Path, level: usize, wanted: usize, out: &mut Vec<Path>) {
        let level = level + usize::from(is_derivative(t));
        if is_derivative(t) && level == wanted {
            out.push(here.clone());
        }
        for (i, child) in t.children().into_iter().enumerate() {
            walk(child, &here.child(i), level, wanted, out);
        }
    }
    let mut out = Vec::new();
    walk(t, &Path::root(), 0, wanted, &mut out);
    out
}

/// The term with the definitions of names that depend on `x`.
fn written_out(t: &Term, x: &Symbol, facts: &Facts) -> Term {
    if let Some(name) = t.as_symbol()
        && let Some(definition) = facts.definitions.get(name)
        && definition.as_comprehension().is_none()
        && facts.depends(definition, x)
    {
        return written_out(definition, x, facts);
    }
    if facts.is_defined_entry(t) && facts.depends(t, x) {
        let entry = facts.resolve(t);
        return if entry == *t { entry } else { written_out(&entry, x, facts) };
    }
    t.map_children(|c| written_out(c, x, facts))
}

/// A δ with the index in it.
fn delta_by(t: &Term, index: &Symbol) -> Option<Term> {
    if let Node::Call(f, args) = t.node()
        && f == "delta"
        && args.iter().any(|a| a.as_symbol() == Some(index))
    {
        return Some(t.clone());
    }
    t.children().into_iter().find_map(|c| delta_by(c, index))
}

fn cleaned(t: &Term) -> Term {
    let t = t.map_children(cleaned);
    let is = |t: &Term, n: i64| t.as_rational().is_some_and(|r| r == n.into());
    match t.node() {
        Node::Sum(parts) => {
            let flat = parts.iter().flat_map(|p| match p.node() {
                Node::Sum(inner) => inner.clone(),
                _ => vec![p.clone()],
            });
            Term::sum(flat.filter(|p| !is(p, 0)).collect())
        }
        Node::Product(factors) if factors.iter().any(|f| is(f, 0)) => Term::integer(0),
        Node::Product(factors) => {
            let flat = factors.iter().flat_map(|p| match p.node() {
                Node::Product(inner) => inner.clone(),
                _ => vec![p.clone()],
            });
            Term::product(flat.filter(|p| !is(p, 1)).collect())
        }
        Node::Neg(a) if is(a, 0) => Term::integer(0),
        Node::Neg(a) => match a.node() {
            Node::Neg(b) => b.clone(),
            _ => t,
        },
        Node::Quotient(a, _) if is(a, 0) => Term::integer(0),
        Node::Power(a, n) => match plain(n) {
            Some(k) if is(&k, 1) => a.clone(),
            Some(k) => Term::power(a.clone(), k),
            None => t,
        },
        _ => t,
    }
}

/// The value of an exponent such as 2 − 1.
fn plain(n: &Term) -> Option<Term> {
    let Node::Sum(parts) = n.node() else { return None };
    let mut total = crate::term::Rational::ZERO;
    for part in parts {
        total = &total + &part.as_rational()?;
    }
    Some(Term::rational(&total))
}
