//! The site around the pages: an index by topic with search, a page for each rule, distribution and quantity, and one for the
//! axioms.
//!
//! Other rooms fill the views; [`write()`] prints them. Which statement uses which rule is taken from the [`Entry`]s of the pages.

mod axioms;
mod entry;
mod families;
mod index;
mod kept;
mod letters;
mod prose;
mod rules;
mod search;
mod shell;
#[cfg(test)]
mod tests;
mod topics;

pub use entry::{Entry, Place, Stated};
pub use shell::navigation;
pub use topics::{Listed, Topic, Topics, topics};

use super::options::Options;
use super::report::Bilingual;
use crate::term::{Relation, Symbol, Term};

/// What a site shows besides the pages themselves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Site {
    /// Its pages.
    pub pages: Vec<Entry>,
    /// How they are grouped.
    pub topics: Topics,
    /// The rules and laws.
    pub rules: Vec<RuleView>,
    /// The distributions.
    pub distributions: Vec<DistributionView>,
    /// The quantities.
    pub quantities: Vec<QuantityView>,
}

/// A sentence with terms in it: `{0}` in its text is the first of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sentence {
    /// The text.
    pub text: Bilingual,
    /// The terms.
    pub terms: Vec<Term>,
}

impl Sentence {
    /// A sentence that is a formula.
    pub fn formula(term: Term) -> Self {
        Self { text: Bilingual::from("{0}"), terms: vec![term] }
    }

    /// A sentence about terms.
    pub fn new(en: &str, zh: &str, terms: Vec<Term>) -> Self {
        Self { text: Bilingual::new(en, zh), terms }
    }
}

/// A rule, an inequality, or a law.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleView {
    /// Its id.
    pub id: String,
    /// The left side.
    pub left: Term,
    /// Between the sides.
    pub relation: Relation,
    /// The right side; a law has none.
    pub right: Option<Term>,
    /// What must hold.
    pub conditions: Vec<Sentence>,
    /// Why it holds.
    pub reason: Bilingual,
    /// Where it is found.
    pub cite: String,
    /// What it is believed for.
    pub proof: Proof,
    /// Where it must act.
    pub fires: Vec<Example>,
    /// Where it must not.
    pub refuses: Vec<Example>,
}

/// What a rule is believed for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proof {
    /// It is taken without proof.
    Axiom,
    /// A document derives it.
    Document {
        /// The file.
        source: String,
        /// The statement there that says what the rule says, as written.
        statement: Option<String>,
        /// The rules that the derivation uses.
        uses: Vec<String>,
        /// The axioms that it rests on in the end.
        rests_on: Vec<String>,
    },
}

/// A term and what is known of the names in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The term.
    pub subject: Term,
    /// What is known.
    pub given: Vec<Sentence>,
}

/// A family of distributions.
#[derive(Clone, PartialEq, Debug)]
pub struct DistributionView {
    /// Its name.
    pub name: Symbol,
    /// Its parameters and what they may be.
    pub parameters: Vec<(Symbol, Sentence)>,
    /// What else holds of them.
    pub constraints: Vec<Sentence>,
    /// Other ways to give them.
    pub alternatives: Vec<AlternativeView>,
    /// The variable of the density.
    pub variable: Symbol,
    /// Where the density is positive.
    pub support: (Term, Term),
    /// The set that it is positive on, if its points are vectors.
    pub space: Option<Term>,
    /// Whether it lives on integers.
    pub discrete: bool,
    /// The density, or the mass.
    pub density: Term,
    /// How it is drawn from.
    pub sampler: Option<Term>,
    /// The point about which powers are expanded.
    pub centre: Option<Term>,
    /// From where on the tail is bounded, and by what.
    pub tail: Option<(Term, Term)>,
    /// What was derived of it.
    pub derived: Vec<DerivedView>,
    /// What it is called.
    pub reason: Bilingual,
    /// Where it is found.
    pub cite: String,
}

/// A quantity of a family with its closed form.
#[derive(Clone, PartialEq, Debug)]
pub struct DerivedView {
    /// What it is called.
    pub title: Bilingual,
    /// The quantity and its closed form, as an equation.
    pub equation: Term,
    /// What holds besides what the family asks of its parameters.
    pub given: Vec<Term>,
}

/// Another way to give the parameters of a distribution.
#[derive(Clone, PartialEq, Debug)]
pub struct AlternativeView {
    /// As it is written: `Name(mean, sd: sd)`.
    pub written: String,
    /// What the parameters are then.
    pub with: Vec<(Symbol, Term)>,
}

/// A quantity.
#[derive(Clone, PartialEq, Debug)]
pub struct QuantityView {
    /// Its name.
    pub name: Symbol,
    /// How many arguments it takes.
    pub arity: usize,
    /// It, of its formal arguments.
    pub call: Term,
    /// Its definition.
    pub body: Term,
    /// When the definition applies.
    pub conditions: Vec<Sentence>,
    /// Its value where it does not.
    pub otherwise: Option<Term>,
    /// Its unit.
    pub unit: Option<Symbol>,
    /// What it is, in words.
    pub reason: Bilingual,
    /// Where it is found.
    pub cite: String,
}

/// The pages as `(path, text)`: `index.html`, `rules/….html`, `distributions/….html`, `quantities/….html`, `axioms.html`,
/// `axioms/by-document.html`, `axioms/proved.html`; and what the search of the front page finds.
pub fn write(site: &Site, options: &Options) -> Vec<(String, String)> {
    let mut out = vec![
        ("index.html".to_owned(), index::page(site, options)),
        (search::DATA.to_owned(), search::data(site, options)),
        ("axioms.html".to_owned(), axioms::page(site, options)),
        (axioms::BY_DOCUMENT.to_owned(), axioms::by_document(site, options)),
        (axioms::PROVED.to_owned(), axioms::proved(site, options)),
        ("rules/index.html".to_owned(), rules::index(site, options)),
    ];
    for kind in rules::kinds(site) {
        out.push((rules::kind_path(kind), rules::of_kind(kind, site, options)));
    }
    for rule in &site.rules {
        out.push((rule_path(&rule.id), rules::page(rule, site, options)));
    }
    for d in &site.distributions {
        out.push((distribution_path(d.name.as_str()), families::distribution(d, site, options)));
    }
    let mut names: Vec<&Symbol> = Vec::new();
    for q in &site.quantities {
        if !names.contains(&&q.name) {
            names.push(&q.name);
            out.push((quantity_path(q.name.as_str()), families::quantity(&q.name, site, options)));
        }
    }
    out
}

/// The page of a rule, seen from the top of the site.
pub fn rule_path(id: &str) -> String {
    format!("rules/{}.html", file_name(id))
}

/// The page of a distribution, seen from the top of the site.
pub fn distribution_path(name: &str) -> String {
    format!("distributions/{}.html", file_name(name))
}

/// The page of a quantity, seen from the top of the site.
pub fn quantity_path(name: &str) -> String {
    format!("quantities/{}.html", file_name(name))
}

/// A name as that of a file: nothing in it leads elsewhere.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    // `index` is taken, and a dot in front hides a file.
    if name.starts_with('.') || name.eq_ignore_ascii_case("index") {
        format!("_{name}")
    } else {
        name
    }
}
