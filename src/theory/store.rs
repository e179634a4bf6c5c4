//! A theory: entries in the order in which they were read, and the indexes that find them by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use super::{Column, Distribution, Loss, Model, Phase, Quantity, Rule};
use crate::term::{Node, Symbol, Term};

type Reader = Box<dyn FnOnce() -> Option<Rule> + Send + Sync>;

/// A rule that is read when a derivation first meets it, or somebody lists the rules.
#[derive(Clone)]
struct Entry {
    id: Symbol,
    is_law: bool,
    // Shared among the clones of a theory: what one of them reads is read for all.
    rule: Arc<LazyLock<Option<Rule>, Reader>>,
}

impl Entry {
    fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref().as_ref()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

/// Everything that theory files have said so far.
#[derive(Clone, Debug, Default)]
pub struct Theory {
    distributions: Vec<Distribution>,
    quantities: Vec<Quantity>,
    entries: Vec<Entry>,
    /// All rules, where somebody asked for them.
    rules: OnceLock<Vec<Rule>>,
    /// Rules of which only the name is known, since they are being read.
    announced: BTreeSet<Symbol>,
    phases: Vec<Phase>,
    losses: Vec<Loss>,
    models: Vec<Model>,
    columns: Vec<Column>,
    files: Vec<String>,
    by_name: BTreeMap<Symbol, usize>,
    // One name may have several numbers of parameters: entropy and cross entropy are both written `H`.
    by_signature: BTreeMap<(Symbol, usize), usize>,
    by_rule: BTreeMap<Symbol, usize>,
    by_phase: BTreeMap<Symbol, usize>,
}

impl Theory {
    /// A theory that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The distributions, in order.
    pub fn distributions(&self) -> &[Distribution] {
        &self.distributions
    }

    /// The quantities, in order.
    pub fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// The rules and laws, in order. Those that were not needed yet are read for this.
    pub fn rules(&self) -> &[Rule] {
        self.rules.get_or_init(|| self.entries.iter().filter_map(Entry::rule).cloned().collect())
    }

    /// The laws, in order.
    pub fn laws(&self) -> impl Iterator<Item = &Rule> {
        self.entries.iter().filter(|e| e.is_law).filter_map(Entry::rule)
    }

    /// The ids of the rules and laws, in order.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| e.id.as_str())
    }

    /// The phases, in order.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// What fits may minimise, in order.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The distributions with free parameters that have a name, in order; the first is fitted where none is named.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// What a table of families shows, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The distribution called `name`.
    pub fn distribution_named(&self, name: &str) -> Option<&Distribution> {
        self.by_name.get(name).map(|&i| &self.distributions[i])
    }

    /// The distribution that a term is an instance of, with its arguments.
    pub fn distribution<'a>(&'a self, term: &'a Term) -> Option<(&'a Distribution, &'a [Term])> {
        let Node::Call(name, arguments) = term.node() else { return None };
        let distribution = self.distribution_named(name.as_str())?;
        (distribution.parameters.len() == arguments.len())
            .then_some((distribution, arguments.as_slice()))
    }

    /// The quantity called `name` that takes `arity` arguments.
    pub fn quantity(&self, name: &Symbol, arity: usize) -> Option<&Quantity> {
        self.by_signature.get(&(name.clone(), arity)).map(|&i| &self.quantities[i])
    }

    /// The quantities called `name`, whatever their number of parameters.
    pub fn quantities_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Quantity> {
        self.quantities.iter().filter(move |q| q.name == name)
    }

    /// The rule or law `id`.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.by_rule.get(id).and_then(|&i| self.entries[i].rule())
    }

    /// Whether there is a rule or law `id`.
    pub fn has_rule(&self, id: &str) -> bool {
        self.by_rule.contains_key(id) || self.announced.contains(id)
    }

    /// The rules that `pattern` names: an id, a prefix `ln.*`, or `*`.
    pub fn rules_matching<'a>(&'a self, pattern: &'a str) -> impl Iterator<Item = &'a Rule> {
        let named = self.entries.iter().filter(move |e| id_matches(pattern, e.id.as_str()));
        named.filter_map(Entry::rule)
    }

    /// The phase `id`.
    pub fn phase(&self, id: &str) -> Option<&Phase> {
        self.by_phase.get(id).map(|&i| &self.phases[i])
    }

    /// The names of the files that have been read, in order.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The theory with those rules only that `keep` admits.
    #[must_use]
    pub fn restricted(&self, keep: impl Fn(&Rule) -> bool) -> Self {
        let mut out = self.clone();
        out.rules = OnceLock::new();
        out.entries.retain(|e| e.rule().is_some_and(&keep));
        out.by_rule = out.entries.iter().enumerate().map(|(i, e)| (e.id.clone(), i)).collect();
        out
    }

    /// Notes that a file has been read.
    pub(crate) fn add_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// Adds a distribution unless its name is taken.
    pub(crate) fn add_distribution(&mut self, distribution: Distribution) -> bool {
        let index = self.distributions.len();
        let free = vacant(&mut self.by_name, distribution.name.clone(), index);
        if free {
            self.distributions.push(distribution);
        }
        free
    }

    /// Adds a quantity unless its name is taken with the same number of parameters.
    pub(crate) fn add_quantity(&mut self, quantity: Quantity) -> bool {
        let key = (quantity.name.clone(), quantity.parameters.len());
        let free = vacant(&mut self.by_signature, key, self.quantities.len());
        if free {
            self.quantities.push(quantity);
        }
        free
    }

    /// Adds a rule unless its id is taken.
    pub(crate) fn add_rule(&mut self, rule: Rule) -> bool {
        let (id, is_law) = (rule.id.clone(), rule.right.is_none());
        self.add_rule_later(id, is_law, move || Some(rule))
    }

    /// Adds a rule that is read when it is first asked for, unless its id is taken.
    pub(crate) fn add_rule_later(
        &mut self,
        id: Symbol,
        is_law: bool,
        read: impl FnOnce() -> Option<Rule> + Send + Sync + 'static,
    ) -> bool {
        let free = vacant(&mut self.by_rule, id.clone(), self.entries.len());
        if free {
            let read: Reader = Box::new(read);
            self.entries.push(Entry { id, is_law, rule: Arc::new(LazyLock::new(read)) });
            self.rules = OnceLock::new();
        }
        free
    }

    /// Makes the name of a rule known before it is added.
    pub(crate) fn announce_rule(&mut self, id: Symbol) {
        self.announced.insert(id);
    }

    /// Adds a loss unless its name is taken.
    pub(crate) fn add_loss(&mut self, loss: Loss) -> bool {
        let free = self.losses.iter().all(|l| l.definition.name != loss.definition.name);
        if free {
            self.losses.push(loss);
        }
        free
    }

    /// Adds a model unless its name is taken.
    pub(crate) fn add_model(&mut self, model: Model) -> bool {
        let free = self.models.iter().all(|m| m.name != model.name);
        if free {
            self.models.push(model);
        }
        free
    }

    /// Adds a column unless its name is taken.
    pub(crate) fn add_column(&mut self, column: Column) -> bool {
        let free = self.columns.iter().all(|c| c.name != column.name);
        if free {
            self.columns.push(column);
        }
        free
    }

    /// Adds a phase unless its id is taken.
    pub(crate) fn add_phase(&mut self, phase: Phase) -> bool {
        let free = vacant(&mut self.by_phase, phase.id.clone(), self.phases.len());
        if free {
            self.phases.push(phase);
        }
        free
    }
}

fn vacant<K: Ord>(index: &mut BTreeMap<K, usize>, key: K, value: usize) -> bool {
    match index.entry(key) {
        std::collections::btree_map::Entry::Occupied(_) => false,
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(value);
            true
        }
    }
}

/// A `*` stands for one part of the id; a last one, for all parts that follow.
fn id_matches(pattern: &str, id: &str) -> bool {
    // Most patterns are an id, or the words that it begins with.
    match pattern.split_once('*') {
        None => return pattern == id,
        Some((head, "")) if head.is_empty() || head.ends_with('.') => return id.starts_with(head),
        _ => {}
    }
    let mut parts = id.split('.');
    let mut wanted = pattern.split('.').peekable();
    while let Some(word) = wanted.next() {
        let Some(part) = parts.next() else { return false };
        if word == "*" && wanted.peek().is_none() {
            return true;
        }
        if word != "*" && word != part {
            return false;
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::id_matches;

    #[test]
    fn patterns() {
        assert!(id_matches("ln.*", "ln.product"));
        assert!(id_matches("ln.*", "ln.power.even"));
        assert!(id_matches("*", "ln.product"));
        assert!(id_matches("expect.*.mean", "expect.normal.mean"));
        assert!(!id_matches("ln.*", "ln"));
        assert!(!id_matches("ln.*", "lnx.product"));
        assert!(!id_matches("ln.product", "ln.product.more"));
    }
}
