//! A form with quantities in it, each replaced by a name that is defined as its closed form: so that the form keeps the
//! shape its author gave it, and still has a normal form and numbers.

use crate::derive::{Status, derive};
use crate::document::Bilingual;
use crate::kernel::Facts;
use crate::term::{Node, Relation, Symbol, Term, fresh_name};
use crate::theory::Theory;

/// A form with names in place of quantities, integrals and densities.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// The form.
    pub form: Term,
    /// The facts, with the names defined.
    pub facts: Facts,
    /// What the names stand for, as the author wrote it.
    parts: Vec<(Symbol, Term)>,
    /// A name with one for the same quantity of its two distributions in the other order.
    pub reversed: Vec<(Symbol, Symbol)>,
}

impl Opened {
    /// Opens a term; `None` where nothing in it needs to be, or where a part has no closed form.
    pub fn new(t: &Term, facts: &Facts, theory: &Theory) -> Option<Self> {
        let mut new =
            Self { form: t.clone(), facts: facts.clone(), parts: Vec::new(), reversed: Vec::new() };
        new.form = new.walk(t, &mut Vec::new(), theory)??;
        if new.parts.is_empty() {
            return None;
        }
        for (name, part) in new.parts.clone() {
            if let Some(other) = reversed(&part)
                && let Some(other) = new.define(&other, theory)
            {
                new.reversed.push((name, other));
            }
        }
        Some(new)
    }

    /// The outer `None`: a part has no closed form. The inner one: a part depends on a bound variable, and what binds
    /// it must be opened as a whole.
    fn walk(&mut self, t: &Term, bound: &mut Vec<Symbol>, theory: &Theory) -> Option<Option<Term>> {
        if is_open(t, &self.facts, theory) {
            if bound.iter().any(|x| t.mentions(x)) {
                return Some(None);
            }
            return self.define(t, theory).map(|name| Some(Term::symbol(name)));
        }
        let binds = match t.node() {
            Node::Binder(b) => Some(b.var.clone()),
            _ => None,
        };
        let depth = bound.len();
        bound.extend(binds.clone());
        let (mut failed, mut dependent) = (false, false);
        let walked = t.map_children(|c| match self.walk(c, bound, theory) {
            Some(Some(new)) => new,
            Some(None) => {
                dependent = true;
                c.clone()
            }
            None => {
                failed = true;
                c.clone()
            }
        });
        bound.truncate(depth);
        if failed {
            return None;
        }
        if !dependent {
            return Some(Some(walked));
        }
        match binds {
            Some(_) if !bound.iter().any(|x| t.mentions(x)) => {
                self.define(t, theory).map(|name| Some(Term::symbol(name)))
            }
            _ => Some(None),
        }
    }

    fn define(&mut self, part: &Term, theory: &Theory) -> Option<Symbol> {
        if let Some((known, _)) = self.parts.iter().find(|(_, p)| p == part) {
            return Some(known.clone());
        }
        let derived = derive(theory, self.facts.clone(), part);
        if derived.status != Status::Proved || derived.relation != Relation::Eq {
            return None;
        }
        let name = fresh_name(&Symbol::new("_part"), |s| {
            self.facts.definitions.contains_key(s) || self.facts.sorts.contains_key(s)
        });
        self.facts.definitions.insert(name.clone(), derived.result);
        self.parts.push((name.clone(), part.clone()));
        Some(name)
    }

    /// The term with what the names stand for.
    pub fn close(&self, t: &Term) -> Term {
        t.substitute_all(&self.parts.iter().cloned().collect())
    }

    /// The same for a text in which the names occur.
    pub fn close_text(&self, text: &Bilingual) -> Bilingual {
        // Later names first: one may begin like another.
        let close = |text: &str| {
            self.parts.iter().rev().fold(text.to_owned(), |text, (name, part)| {
                text.replace(name.as_str(), &part.to_string())
            })
        };
        Bilingual::new(close(&text.en), close(&text.zh))
    }
}

/// Whether a term itself is one that only a derivation gives a closed form.
fn is_open(t: &Term, facts: &Facts, theory: &Theory) -> bool {
    match t.node() {
        Node::Binder(_) => !t.is_finite_series(),
        // Of a distribution that is only declared nothing more can be said.
        Node::Density(p, _) => !matches!(facts.resolve(p).node(), Node::Symbol(_)),
        Node::Derivative(..) => true,
        Node::Call(name, arguments) => theory.quantity(name, arguments.len()).is_some(),
        _ => false,
    }
}

/// A call with its two arguments exchanged.
fn reversed(t: &Term) -> Option<Term> {
    match t.node() {
        Node::Call(name, arguments) => match arguments.as_slice() {
            [a, b] if a != b => Some(Term::call(name.clone(), vec![b.clone(), a.clone()])),
            _ => None,
        },
        _ => None,
    }
}
