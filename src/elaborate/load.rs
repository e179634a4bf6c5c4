//! Theory files into a [`Theory`]: parsed, elaborated, and refused where they are ill-formed. Rules are next door.
//!
//! A definition may use what stands in the same file in any order, but not itself, directly or in a circle: each
//! quantity is added once all that it uses is known.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::expression::{Elaborator, Shape, Text, Undeclared, reserved};
use super::names;
use super::scope::Kind;
use super::sign::Sign;
use super::statement::unknown_sort;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{
    self, DistributionItem, ExprKind, Ident, Item, ItemKind, ModelItem, QuantityItem, SupportExpr,
    TheoryFile,
};
use crate::syntax::{Outline, outline_theory, parse_theory};
use crate::term::{Symbol, Term};
use crate::theory::{
    Alternative, COUNTS, Distribution, Examples, Loss, Model, Phase, Quantity, REALS, Reason, Rule,
    SIMPLEX, Sort, Space, TAIL_START, Theory,
};

/// A theory file, as `(name, text)`.
type File = (&'static str, &'static str);

/// The theory files that every statement is read with.
const CORE: &[File] = &[
    ("theory/quantities.hence", include_str!("../../theory/quantities.hence")),
    ("theory/distributions.hence", include_str!("../../theory/distributions.hence")),
    ("theory/logarithms.hence", include_str!("../../theory/logarithms.hence")),
    ("theory/units.hence", include_str!("../../theory/units.hence")),
    ("theory/expectations.hence", include_str!("../../theory/expectations.hence")),
    ("theory/vectors.hence", include_str!("../../theory/vectors.hence")),
    ("theory/calculus.hence", include_str!("../../theory/calculus.hence")),
    ("theory/integrals.hence", include_str!("../../theory/integrals.hence")),
    ("theory/special_integrals.hence", include_str!("../../theory/special_integrals.hence")),
    ("theory/divergent.hence", include_str!("../../theory/divergent.hence")),
    ("theory/overlaps.hence", include_str!("../../theory/overlaps.hence")),
    ("theory/series.hence", include_str!("../../theory/series.hence")),
    ("theory/moments.hence", include_str!("../../theory/moments.hence")),
    ("theory/fitting.hence", include_str!("../../theory/fitting.hence")),
    ("theory/piecewise.hence", include_str!("../../theory/piecewise.hence")),
    ("theory/strategy.hence", include_str!("../../theory/strategy.hence")),
];

/// The files of further families. A statement is read with those that it names, directly or through another: whatever a
/// rule in such a file rewrites names one of the file's own entries.
const FAMILIES: &[File] = &[
    ("theory/families/gamma.hence", include_str!("../../theory/families/gamma.hence")),
    ("theory/families/chi.hence", include_str!("../../theory/families/chi.hence")),
    ("theory/families/lognormal.hence", include_str!("../../theory/families/lognormal.hence")),
    ("theory/families/weibull.hence", include_str!("../../theory/families/weibull.hence")),
    ("theory/families/gumbel.hence", include_str!("../../theory/families/gumbel.hence")),
    ("theory/families/pareto.hence", include_str!("../../theory/families/pareto.hence")),
    (
        "theory/families/first_passage.hence",
        include_str!("../../theory/families/first_passage.hence"),
    ),
    ("theory/families/laplace.hence", include_str!("../../theory/families/laplace.hence")),
    ("theory/families/logistic.hence", include_str!("../../theory/families/logistic.hence")),
    ("theory/families/cauchy.hence", include_str!("../../theory/families/cauchy.hence")),
    ("theory/families/student_t.hence", include_str!("../../theory/families/student_t.hence")),
    ("theory/families/beta.hence", include_str!("../../theory/families/beta.hence")),
    ("theory/families/unit.hence", include_str!("../../theory/families/unit.hence")),
    ("theory/families/dirichlet.hence", include_str!("../../theory/families/dirichlet.hence")),
    ("theory/families/multinomial.hence", include_str!("../../theory/families/multinomial.hence")),
    (
        "theory/families/bivariate_normal.hence",
        include_str!("../../theory/families/bivariate_normal.hence"),
    ),
    ("theory/families/triangular.hence", include_str!("../../theory/families/triangular.hence")),
    ("theory/families/von_mises.hence", include_str!("../../theory/families/von_mises.hence")),
    (
        "theory/families/negative_binomial.hence",
        include_str!("../../theory/families/negative_binomial.hence"),
    ),
];

/// What only the whole theory has.
const TABLES: &[File] = &[("theory/coverage.hence", include_str!("../../theory/coverage.hence"))];

/// The sets that a support may be named by, with the ends of the interval.
const SETS: &[(&str, End, End)] = &[
    ("reals", End::MinusInfinity, End::Infinity),
    ("positive", End::Integer(0), End::Infinity),
    ("nonnegative", End::Integer(0), End::Infinity),
    ("unit", End::Integer(0), End::Integer(1)),
];

#[derive(Clone, Copy)]
enum End {
    MinusInfinity,
    Integer(i64),
    Infinity,
}

impl End {
    fn term(self) -> Term {
        match self {
            Self::MinusInfinity => Term::neg(Term::symbol("oo")),
            Self::Integer(n) => Term::integer(n),
            Self::Infinity => Term::symbol("oo"),
        }
    }
}

/// Theory files with rules that are read when a derivation first meets them. What is wrong with a file is not said here:
/// whoever offers such a file tests that reading all of it finds nothing.
fn outlined(files: &[File]) -> Theory {
    let mut theory = Theory::new();
    let (mut definitions, mut phases) = (TheoryFile::default(), TheoryFile::default());
    let mut rules = Vec::new();
    for (name, text) in files {
        theory.add_file(name);
        for entry in outline_theory(text) {
            match entry.word() {
                "rule" | "law" => rules.push(entry),
                "phase" => phases.items.extend(entry.parse(false).0),
                _ => definitions.items.extend(entry.parse(false).0),
            }
        }
    }
    theory.extend_tree(&definitions);
    // What a rule says must not depend on when it is read: all are read with what is known now.
    let mut known = theory.clone();
    rules.iter().for_each(|entry| known.announce_rule(Symbol::new(entry.name())));
    let known = Arc::new(known);
    for entry in rules {
        let known = Arc::clone(&known);
        let read = move || rule_of(entry, &known);
        theory.add_rule_later(Symbol::new(entry.name()), entry.word() == "law", read);
    }
    theory.extend_tree(&phases);
    theory
}

fn rule_of(entry: Outline<'static>, known: &Arc<Theory>) -> Option<Rule> {
    let examples = |of: fn(&Rule) -> &Examples| {
        let known = Arc::clone(known);
        let read = move || elaborated(entry, &known, true).map(|rule| of(&rule).to_vec());
        Examples::later(move || read().unwrap_or_default())
    };
    let rule = elaborated(entry, known, false)?;
    Some(Rule { fires: examples(|r| &r.fires), refuses: examples(|r| &r.refuses), ..rule })
}

fn elaborated(entry: Outline<'_>, known: &Theory, examples: bool) -> Option<Rule> {
    let item = entry.parse(examples).0?;
    match &item.kind {
        ItemKind::Rule(r) | ItemKind::Law(r) => super::rule::rule(known, &item, r).ok(),
        _ => None,
    }
}

/// The words of a text that may be names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names of the distributions and quantities that a theory file adds, by the layout of its lines.
fn added(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("distribution ").or_else(|| line.strip_prefix("quantity "))?;
        words(rest).next()
    })
}

/// The files, of those given, whose entries the texts name, directly or through other files; in the order given.
fn wanted(files: &[File], texts: &[&str]) -> Vec<File> {
    let owner: HashMap<&str, usize> = files
        .iter()
        .enumerate()
        .flat_map(|(i, (_, text))| added(text).map(move |name| (name, i)))
        .collect();
    let mut taken = vec![false; files.len()];
    let mut open: Vec<&str> = texts.to_vec();
    while let Some(text) = open.pop() {
        for file in words(text).filter_map(|word| owner.get(word)) {
            if !std::mem::replace(&mut taken[*file], true) {
                open.push(files[*file].1);
            }
        }
    }
    files.iter().zip(taken).filter_map(|(file, taken)| taken.then_some(*file)).collect()
}

impl Theory {
    /// The theory that comes with hence, read once in a process.
    pub fn shipped() -> Self {
        Self::shipped_ref().clone()
    }

    /// The theory that comes with hence.
    pub fn shipped_ref() -> &'static Self {
        static SHIPPED_THEORY: OnceLock<Theory> = OnceLock::new();
        SHIPPED_THEORY.get_or_init(|| outlined(&[CORE, FAMILIES, TABLES].concat()))
    }

    /// As much of the theory that comes with hence as a statement about the names in these texts can use: what is common
    /// to all, and the families that are named. Reading all of them takes longer than most derivations.
    pub fn shipped_for(texts: &[&str]) -> Self {
        Self::shipped_with(&[], texts)
    }

    /// The same with further families, as `(file, text)`, beside those that come with hence: read where they are named.
    pub fn shipped_with(further: &[(&'static str, &'static str)], texts: &[&str]) -> Self {
        let families = [FAMILIES, further].concat();
        outlined(&[CORE, &wanted(&families, texts)].concat())
    }

    /// Reads a theory file and adds its entries. What is ill-formed is refused, reported, and left out.
    pub fn extend(&mut self, file_name: &str, source: &str) -> Vec<Diagnostic> {
        self.extend_all(&[(file_name, source)])
    }

    /// Reads several files as if they were one; spans are those of the file that an entry stands in.
    pub fn extend_all(&mut self, files: &[(&str, &str)]) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut all = TheoryFile::default();
        for (name, source) in files {
            let (file, found) = parse_theory(source);
            all.items.extend(file.items);
            diagnostics.extend(found);
            self.add_file(name);
        }
        diagnostics.extend(self.extend_tree(&all));
        diagnostics
    }

    /// Adds the entries of a parsed theory file.
    pub fn extend_tree(&mut self, file: &TheoryFile) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for item in &file.items {
            if let ItemKind::Distribution(d) = &item.kind {
                let found = distribution(self, item, d);
                let added = found.map(|d| d.is_none_or(|d| self.add_distribution(d)));
                diagnostics.extend(outcome(item, added));
            }
        }
        diagnostics.extend(self.extend_quantities(file));
        for item in &file.items {
            let added = match &item.kind {
                ItemKind::Loss(q) => {
                    quantity(self, item, q).map(|definition| self.add_loss(Loss { definition }))
                }
                ItemKind::Column(c) => {
                    super::column::column(self, item, c).map(|column| self.add_column(column))
                }
                ItemKind::Model(m) => model(self, item, m).map(|model| self.add_model(model)),
                _ => continue,
            };
            diagnostics.extend(outcome(item, added));
        }
        for item in &file.items {
            if let ItemKind::Rule(r) | ItemKind::Law(r) = &item.kind {
                let added = super::rule::rule(self, item, r).map(|rule| self.add_rule(rule));
                diagnostics.extend(outcome(item, added));
            }
        }
        for item in &file.items {
            if let ItemKind::Phase(patterns) = &item.kind {
                let added = phase(self, item, patterns).map(|phase| self.add_phase(phase));
                diagnostics.extend(outcome(item, added));
            }
        }
        diagnostics
    }

    fn extend_quantities(&mut self, file: &TheoryFile) -> Vec<Diagnostic> {
        let mut pending: Vec<(&Item, &QuantityItem)> = Vec::new();
        for item in &file.items {
            if let ItemKind::Quantity(q) = &item.kind {
                pending.push((item, q));
            }
        }
        loop {
            let before = pending.len();
            let (mut later, mut diagnostics, mut taken) = (Vec::new(), Vec::new(), Vec::new());
            for (item, q) in pending {
                match quantity(self, item, q) {
                    Ok(new) => {
                        if !self.add_quantity(new) {
                            taken.push(duplicate(item));
                        }
                    }
                    Err(found) => {
                        diagnostics.extend(found);
                        later.push((item, q));
                    }
                }
            }
            if later.len() == before || later.is_empty() || !taken.is_empty() {
                diagnostics.extend(taken);
                return diagnostics;
            }
            pending = later;
        }
    }
}

pub(super) type Refused = Vec<Diagnostic>;

fn outcome(item: &Item, added: Result<bool, Refused>) -> Refused {
    match added {
        Ok(true) => Vec::new(),
        Ok(false) => vec![duplicate(item)],
        Err(found) => found,
    }
}

fn duplicate(item: &Item) -> Diagnostic {
    let message = format!("`{}` is already in the theory", item.name.name);
    Diagnostic::new("E0301", item.name.span, message).label("again").hint("choose another name")
}

pub(super) fn reason(item: &Item) -> Reason {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    Reason { en: text(&item.en), zh: text(&item.zh) }
}

fn distribution(
    theory: &Theory,
    item: &Item,
    tree: &DistributionItem,
) -> Result<Option<Distribution>, Refused> {
    let mut elaborator = Elaborator::new(theory, Undeclared::Refuse, Text::Definition);
    let found = elaborator.distribution_item(item, tree);
    if elaborator.diagnostics.is_empty() { Ok(found) } else { Err(elaborator.diagnostics) }
}

pub(super) fn quantity(
    theory: &Theory,
    item: &Item,
    tree: &QuantityItem,
) -> Result<Quantity, Refused> {
    let mut elaborator = Elaborator::new(theory, Undeclared::Refuse, Text::Definition);
    let found = elaborator.quantity_item(item, tree);
    match found {
        Some(quantity) if elaborator.diagnostics.is_empty() => Ok(quantity),
        _ => Err(elaborator.diagnostics),
    }
}

fn model(theory: &Theory, item: &Item, tree: &ModelItem) -> Result<Model, Refused> {
    let mut elaborator = Elaborator::new(theory, Undeclared::Refuse, Text::Definition);
    let parameters = elaborator.parameters(&tree.parameters);
    let body = elaborator.expect(&tree.body, Kind::Distribution);
    match (parameters, body) {
        (Some(parameters), Some(distribution)) if elaborator.diagnostics.is_empty() => Ok(Model {
            name: Symbol::new(&item.name.name),
            parameters,
            distribution,
            reason: reason(item),
            cite: item.cite.clone().unwrap_or_default(),
        }),
        _ => Err(elaborator.diagnostics),
    }
}

fn phase(theory: &Theory, item: &Item, patterns: &[Ident]) -> Result<Phase, Refused> {
    let unknown: Refused = patterns
        .iter()
        // A pattern may be empty for now: it leaves room for the rules of a reader's own file.
        .filter(|p| !p.name.contains('*') && !theory.has_rule(&p.name))
        .map(|p| {
            let hint = match names::nearest(&p.name, theory.rule_ids()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a rule by its id, or several by a prefix such as ln.*".to_owned(),
            };
            Diagnostic::new("E0306", p.span, format!("no rule is called `{}`", p.name))
                .label("names no rule")
                .hint(hint)
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let rules = patterns.iter().map(|p| p.name.clone()).collect();
    Ok(Phase { id: Symbol::new(&item.name.name), reason: reason(item), rules })
}

impl Elaborator<'_> {
    fn distribution_item(&mut self, item: &Item, tree: &DistributionItem) -> Option<Distribution> {
        self.free_for_theory(&item.name);
        let parameters = self.parameters(&tree.parameters);
        let support = self.support_item(&tree.support);
        let constraints = self.conditions(&tree.constraints);
        let (support, space) = support.unzip();
        let space = space.flatten();
        let sign = match &support {
            Some((low, _)) if self.sign(low).within(Sign::NONNEGATIVE) => Sign::POSITIVE,
            _ => Sign::ANY,
        };
        match &space {
            Some(_) => self.bind(&Symbol::new(&tree.var.name), Sign::ANY, Shape::Vector),
            None => self.bind(&Symbol::new(&tree.var.name), sign, Shape::Scalar),
        }
        let density = self.number(&tree.density);
        let tail = tree.tail.as_ref().map(|(from, bound)| self.tail_item(from, bound));
        self.unbind();
        let center = tree.center.as_ref().map(|c| self.number(c));
        let marginals = tree.marginals.as_ref().map(|m| self.expect(m, Kind::Distribution));
        self.text = Text::Sampler;
        let drawn = if space.is_some() { Kind::Vector } else { Kind::Number };
        let sample = tree.sample.as_ref().map(|s| self.expect(s, drawn));
        self.text = Text::Definition;
        let names: Vec<Symbol> =
            tree.parameters.iter().map(|(p, _)| Symbol::new(&p.name)).collect();
        let alternatives: Vec<_> =
            tree.alternatives.iter().map(|a| self.alternative(item, a, &names)).collect();
        Some(Distribution {
            name: Symbol::new(&item.name.name),
            parameters: parameters?,
            var: Symbol::new(&tree.var.name),
            support: support?,
            space,
            constraints: constraints?,
            alternatives: alternatives.into_iter().collect::<Option<_>>()?,
            discrete: tree.discrete,
            density: density?,
            sample: transpose(sample)?,
            center: transpose(center)?,
            marginals: transpose(marginals)?,
            tail: transpose(tail)?,
            reason: reason(item),
            cite: item.cite.clone().unwrap_or_default(),
        })
    }

    /// In the bound, the name [`TAIL_START`] stands for the point at which the tail begins.
    fn tail_item(&mut self, from: &tree::Expr, bound: &tree::Expr) -> Option<(Term, Term)> {
        let start = Symbol::new(TAIL_START);
        if let Some(before) = self.scope.declared_at(TAIL_START) {
            let message = "in `tail`, t is the point at which the tail begins";
            self.report(
                Diagnostic::new("E0301", bound.span, message)
                    .also(before, "t is a parameter here")
                    .hint("call the parameter something else"),
            );
            return None;
        }
        let from = self.number(from);
        self.bind(&start, Sign::ANY, Shape::Scalar);
        let bound = self.number(bound);
        self.unbind();
        Some((from?, bound?))
    }

    fn free_for_theory(&mut self, name: &Ident) {
        let taken = names::CONSTANTS.contains(&name.name.as_str())
            || names::CONSTRUCTS.contains(&name.name.as_str())
            || names::arity(&name.name).is_some();
        if taken {
            self.report(reserved(name, "a name of the engine"));
        }
    }

    fn parameters(&mut self, tree: &[(Ident, Ident)]) -> Option<Vec<(Symbol, Sort)>> {
        let all: Vec<_> = tree.iter().map(|(name, word)| self.parameter(name, word)).collect();
        all.into_iter().collect()
    }

    fn parameter(&mut self, name: &Ident, word: &Ident) -> Option<(Symbol, Sort)> {
        if names::CONSTANTS.contains(&name.name.as_str()) {
            self.report(reserved(name, "a constant"));
        }
        if let Some(before) = self.scope.declared_at(&name.name) {
            let message = format!("the parameter `{}` is given twice", name.name);
            self.report(Diagnostic::new("E0301", name.span, message).also(before, "first here"));
        }
        let Some(sort) = names::sort(&word.name) else {
            self.report(unknown_sort(word));
            self.scope.broken(&name.name, name.span);
            return None;
        };
        self.scope.declare(&name.name, sort, name.span);
        Some((Symbol::new(&name.name), sort))
    }

    fn support_item(&mut self, tree: &SupportExpr) -> Option<((Term, Term), Option<Space>)> {
        match tree {
            SupportExpr::Interval(low, high) => self.pair(low, high).map(|ends| (ends, None)),
            SupportExpr::Vectors(set) => {
                let space = self.space(set)?;
                Some((space.coordinate(), Some(space)))
            }
            SupportExpr::Named(name) => {
                let found = SETS.iter().find(|(set, _, _)| *set == name.name);
                if found.is_none() {
                    let sets: Vec<&str> = SETS.iter().map(|(set, _, _)| *set).collect();
                    let message = format!("`{}` is not a set", name.name);
                    let hint =
                        format!("write {}, or an interval such as low..high", sets.join(", "));
                    self.report(
                        Diagnostic::new("E0308", name.span, message)
                            .label("unknown set")
                            .hint(hint),
                    );
                }
                found.map(|(_, low, high)| ((low.term(), high.term()), None))
            }
        }
    }

    /// `simplex(n)`, `counts(n, k)`, `reals^n`.
    fn space(&mut self, set: &tree::Expr) -> Option<Space> {
        let arguments: Vec<&tree::Expr> = match &set.kind {
            ExprKind::Call(_, arguments) => arguments.iter().map(|a| &a.value).collect(),
            ExprKind::Power(_, count) => vec![count],
            _ => Vec::new(),
        };
        let head = match &set.kind {
            ExprKind::Call(name, _) => Some(name.name.as_str()),
            ExprKind::Power(base, _) => super::call::bare_name(base),
            _ => None,
        };
        match (head, arguments.as_slice()) {
            (Some(SIMPLEX), [n]) => Some(Space::Simplex(self.number(n)?)),
            (Some(COUNTS), [total, n]) => {
                let (total, n) = (self.number(total), self.number(n));
                Some(Space::Counts(total?, n?))
            }
            (Some(REALS), [n]) => Some(Space::Reals(self.number(n)?)),
            _ => {
                let message = "this is no set of vectors that a distribution may be over";
                let hint = "write simplex(n), counts(total, n) or reals^n";
                self.report(
                    Diagnostic::new("E0308", set.span, message).label("unknown set").hint(hint),
                );
                None
            }
        }
    }

    fn alternative(
        &mut self,
        item: &Item,
        tree: &tree::Alternative,
        positional: &[Symbol],
    ) -> Option<Alternative> {
        let outer = std::mem::take(&mut self.scope);
        let mut parameters = Vec::new();
        for (name, word) in &tree.parameters {
            let symbol = Symbol::new(&name.name);
            match word {
                Some(word) => {
                    let (name, sort) = self.parameter(name, word)?;
                    parameters.push((name, Some(sort)));
                }
                None => {
                    if !positional.contains(&symbol) {
                        self.report(needs_sort(item, name));
                    }
                    let sort = outer.sort(&symbol).unwrap_or(Sort::Real);
                    self.scope.declare(&name.name, sort, name.span);
                    parameters.push((symbol, None));
                }
            }
        }
        let mut with = std::collections::BTreeMap::new();
        for (name, value) in &tree.with {
            let value = self.number(value);
            let symbol = Symbol::new(&name.name);
            let fresh = value.is_none_or(|v| with.insert(symbol.clone(), v).is_none());
            if !fresh || !positional.contains(&symbol) {
                let message = format!("`{}` is not a parameter that is open here", name.name);
                self.report(
                    Diagnostic::new("E0305", name.span, message).label("determines nothing"),
                );
            }
        }
        self.scope = outer;
        let given = |p: &Symbol| parameters.iter().any(|(q, sort)| q == p && sort.is_none());
        let open: Vec<&str> = positional
            .iter()
            .filter(|p| !with.contains_key(*p) && !given(p))
            .map(Symbol::as_str)
            .collect();
        if !open.is_empty() {
            let at = tree.parameters.first().map_or(item.name.span, |(name, _)| name.span);
            self.report(undetermined(at, &open));
            return None;
        }
        Some(Alternative { parameters, with })
    }

    fn quantity_item(&mut self, item: &Item, tree: &QuantityItem) -> Option<Quantity> {
        self.free_for_theory(&item.name);
        for variable in &tree.variables {
            self.scope.formal_variable(&variable.name, variable.span);
        }
        for (formal, _) in &tree.parameters {
            self.scope.formal(&formal.name, formal.span);
        }
        let body = self.number(&tree.body);
        let conditions = self.conditions(&tree.conditions);
        let otherwise = tree.otherwise.as_ref().map(|o| self.number(o));
        let variables = tree.variables.iter().map(|name| (name, false));
        let parameters = variables.chain(tree.parameters.iter().map(|(name, bars)| (name, *bars)));
        let parameters = parameters.map(|(name, bars)| (Symbol::new(&name.name), bars)).collect();
        Some(Quantity {
            name: Symbol::new(&item.name.name),
            parameters,
            variables: tree.variables.len(),
            body: body?,
            conditions: conditions?,
            otherwise: transpose(otherwise)?,
            unit: tree.unit.as_ref().map(|u| Symbol::new(&u.name)),
            reason: reason(item),
            cite: item.cite.clone().unwrap_or_default(),
        })
    }
}

/// `None` only when there was something and it failed.
fn transpose<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(inner) => inner.map(Some),
    }
}

fn needs_sort(item: &Item, name: &Ident) -> Diagnostic {
    let message = format!("`{}` is not a parameter of {}", name.name, item.name.name);
    Diagnostic::new("E0305", name.span, message)
        .label("new here")
        .hint(format!("give it a sort: {}: positive", name.name))
}

fn undetermined(at: Span, open: &[&str]) -> Diagnostic {
    let open = open.join(", ");
    Diagnostic::new("E0305", at, format!("this parameterisation does not determine {open}"))
        .label(format!("{open} is left open"))
        .hint(format!("say what it is: with {open} = …"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::Node;

    #[test]
    fn families_are_read_where_they_are_named() {
        let files = [
            ("a", "distribution A(x: real) over k in 0..oo\n  mass B(1)(k)\n"),
            ("b", "# of C\ndistribution B(x: real) over k in 0..oo\n"),
            ("c", "quantity C(p || q)\n  = 1\n"),
            ("d", "distribution Da(x: real) over k in 0..oo\n"),
        ];
        let names = |texts: &[&str]| -> Vec<&str> {
            wanted(&files, texts).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&["E[k ~ A(2)](k)"]), ["a", "b", "c"]);
        assert_eq!(names(&["D + Daa", "a"]), [""; 0]);
        assert_eq!(names(&["KL(B(1) || Da(2))"]), ["b", "c", "d"]);
    }

    /// A part of the theory must be one, and rules that are left out must not be missed.
    #[test]
    fn families_keep_their_rules_to_themselves() {
        assert_eq!(Theory::shipped_for(&[]).files().len(), CORE.len());
        for (file, text) in FAMILIES {
            let mut theory = Theory::new();
            let needed = wanted(FAMILIES, &[text]);
            let found = theory.extend_all(&[CORE, &needed].concat());
            assert!(found.is_empty(), "{file}: {found:?}");
            let own: Vec<&str> = added(text).collect();
            assert!(!own.is_empty(), "{file}");
            let (tree, _) = parse_theory(text);
            for item in &tree.items {
                let Some(rule) = theory.rule(&item.name.name) else { continue };
                let named = rule.left.any(
                    &mut |t| matches!(t.node(), Node::Call(f, _) if own.contains(&f.as_str())),
                );
                assert!(named, "{file}: {} rewrites nothing of the file's own", rule.id);
            }
        }
    }

    #[test]
    fn the_shipped_theory_is_well_formed() {
        let mut theory = Theory::new();
        let diagnostics = theory.extend_all(&[CORE, FAMILIES, TABLES].concat());
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        // Nothing depends on when a rule is read.
        assert_eq!(theory.rules(), Theory::shipped_ref().rules());
        assert_eq!(theory.phases(), Theory::shipped_ref().phases());
    }
}
