//! What a theory knows, as views for the pages of a site.

use std::collections::BTreeSet;

use super::coverage;
use super::soundness::{AXIOM, Proofs};
use super::texts::{general_member, ranges_in_words, sort_relation};
use crate::document::Bilingual;
use crate::document::coverage::Cell;
use crate::document::page::Page;
use crate::document::site::{
    AlternativeView, DerivedView, DistributionView, Entry, Example, Proof, QuantityView, RuleView,
    Sentence, Site, Topics, topics,
};
use crate::elaborate::Context;
use crate::term::{Relation, Symbol, Term};
use crate::theory::{
    Alternative, Condition, Distribution, Instance, Quantity, Reason, Rule, Sort, Theory,
};

/// The site around pages. `topics` is the page that groups them, with the file it was read from; `read` finds proofs that do
/// not come with hence.
pub fn site(
    theory: &Theory,
    pages: Vec<Entry>,
    grouped: Option<(&Page, &str)>,
    read: &dyn Fn(&str) -> Option<String>,
) -> Site {
    let mut proofs = Proofs::new(theory, read);
    // What no page is about is not derived for its own page either.
    let documents = pages.iter().filter(|page| !page.path.starts_with("proofs/"));
    let mentioned: BTreeSet<&Symbol> =
        documents.flat_map(|page| &page.statements).flat_map(|s| &s.mentions).collect();
    let distributions = distributions(theory, &|name| mentioned.contains(name));
    Site {
        topics: grouped.map_or_else(Topics::default, |(page, source)| topics(page, source, &pages)),
        pages,
        rules: theory.rules().iter().map(|r| rule(r, &mut proofs)).collect(),
        distributions,
        quantities: theory.quantities().iter().map(quantity).collect(),
    }
}

fn said(reason: &Reason) -> Bilingual {
    Bilingual::new(reason.en.clone(), reason.zh.clone())
}

fn rule(r: &Rule, proofs: &mut Proofs<'_>) -> RuleView {
    RuleView {
        id: r.id.to_string(),
        left: r.left.clone(),
        relation: r.relation,
        right: r.right.clone(),
        conditions: r.conditions.iter().map(condition).collect(),
        reason: said(&r.reason),
        cite: r.cite.clone(),
        proof: proof(r, proofs),
        fires: r.fires.iter().map(example).collect(),
        refuses: r.refuses.iter().map(example).collect(),
    }
}

fn proof(r: &Rule, proofs: &mut Proofs<'_>) -> Proof {
    if r.proof == AXIOM {
        return Proof::Axiom;
    }
    // A proof that fails leaves nothing to list; testing the theory says why.
    let used = proofs.of(r).and_then(Result::ok).unwrap_or_default();
    let axioms = proofs.foundations(&used);
    let texts = |ids: &BTreeSet<Symbol>| ids.iter().map(ToString::to_string).collect();
    Proof::Document {
        source: r.proof.clone(),
        statement: proofs.statement(r),
        uses: texts(&used),
        rests_on: texts(&axioms),
    }
}

fn condition(c: &Condition) -> Sentence {
    match c {
        Condition::Compare(r, a, b) => Sentence::formula(Term::relation(*r, a.clone(), b.clone())),
        Condition::Sort(t, sort) => of_sort(t.clone(), *sort),
        Condition::Free(x, t) => {
            let terms = vec![t.clone(), x.clone()];
            Sentence::new("{0} does not depend on {1}", "{0} 不依赖于 {1}", terms)
        }
        Condition::Integrable(t) => {
            Sentence::new("{0} converges absolutely", "{0} 绝对收敛", vec![t.clone()])
        }
        Condition::Dominated(x, t) => Sentence::new(
            "{0} may be differentiated by {1} inside",
            "{0} 可在内部对 {1} 求导",
            vec![t.clone(), x.clone()],
        ),
        Condition::Within(p, q) => Sentence::new(
            "the support of {0} lies in that of {1}",
            "{0} 的支撑集包含于 {1} 的支撑集",
            vec![p.clone(), q.clone()],
        ),
    }
}

/// That a term is of a sort.
fn of_sort(term: Term, sort: Sort) -> Sentence {
    let (en, zh) = match sort {
        Sort::Real => ("{0} is real", "{0} 为实数"),
        Sort::Integer => ("{0} is an integer", "{0} 为整数"),
        Sort::Natural => ("{0} is a positive integer", "{0} 为正整数"),
        Sort::Density => ("{0} is a density over the reals", "{0} 为实数上的概率密度"),
        Sort::Mass => ("{0} is a mass function", "{0} 为概率质量函数"),
        Sort::Probabilities => ("{0} are probabilities that add up to one", "{0} 为概率，其和为一"),
        Sort::Positives => ("{0} are positive numbers", "{0} 为正数"),
        Sort::Positive | Sort::Nonnegative | Sort::Negative | Sort::Nonzero => {
            return sort_relation(&term, sort).map(Sentence::formula).unwrap_or_default();
        }
    };
    Sentence::new(en, zh, vec![term])
}

fn example(instance: &Instance) -> Example {
    let mut given = Vec::new();
    for (name, sort) in &instance.sorts {
        let family = instance.families.iter().find(|(known, _)| known == name);
        let mass = instance.masses.iter().find(|(known, _)| known == name);
        let symbol = Term::symbol(name.clone());
        given.push(match (family, mass) {
            (Some((_, family)), _) if family.single().is_some() && !family.is_function() => {
                let one = of_sort(Term::index(symbol, Term::symbol("i")), *sort);
                let text = Bilingual::new(
                    format!("{} for i from {{1}} to {{2}}", one.text.en),
                    format!("{}（i 从 {{1}} 到 {{2}}）", one.text.zh),
                );
                let terms = one.terms.into_iter().chain(family.ends().cloned()).collect();
                Sentence { text, terms }
            }
            (Some((_, family)), _) => {
                let (member, ranges) = general_member(name, family, &Context::default());
                let one = of_sort(member, *sort);
                let ranges = ranges_in_words(&ranges, ToString::to_string);
                let text = Bilingual::new(
                    format!("{} for {}", one.text.en, ranges.en),
                    format!("{}（{}）", one.text.zh, ranges.zh),
                );
                Sentence { text, terms: one.terms }
            }
            (None, Some((_, (low, high)))) => Sentence::new(
                "{0} is a mass function on the integers from {1} to {2}",
                "{0} 为从 {1} 到 {2} 的整数上的概率质量函数",
                vec![symbol, low.clone(), high.clone()],
            ),
            (None, None) => of_sort(symbol, *sort),
        });
    }
    given.extend(instance.relations.iter().cloned().map(Sentence::formula));
    Example { subject: instance.subject.clone(), given }
}

fn distributions(theory: &Theory, is_wanted: &dyn Fn(&Symbol) -> bool) -> Vec<DistributionView> {
    let cells = coverage::of_families(theory, is_wanted);
    let one = |d: &Distribution| {
        let own = cells.iter().filter(|c| c.families.first() == Some(&d.name));
        distribution(d, own.filter_map(|c| derived(c, theory)).collect())
    };
    theory.distributions().iter().map(one).collect()
}

/// What a cell came to; nothing where it is open.
fn derived(cell: &Cell, theory: &Theory) -> Option<DerivedView> {
    let column = theory.columns().iter().find(|c| c.name == cell.column)?;
    let (left, right) = (cell.statement.clone()?, cell.result.clone()?);
    Some(DerivedView {
        title: said(&column.reason),
        equation: Term::relation(Relation::Eq, left, right),
        given: cell.given.clone(),
    })
}

fn distribution(d: &Distribution, derived: Vec<DerivedView>) -> DistributionView {
    let named =
        |(name, sort): &(Symbol, Sort)| (name.clone(), of_sort(Term::symbol(name.clone()), *sort));
    DistributionView {
        name: d.name.clone(),
        parameters: d.parameters.iter().map(named).collect(),
        constraints: d.constraints.iter().map(condition).collect(),
        alternatives: d.alternatives.iter().map(|a| alternative(d, a)).collect(),
        variable: d.var.clone(),
        support: d.support.clone(),
        space: d.space.as_ref().map(crate::theory::Space::term),
        discrete: d.discrete,
        density: d.density.clone(),
        sampler: d.sample.clone(),
        centre: d.center.clone(),
        tail: d.tail.clone(),
        derived,
        reason: said(&d.reason),
        cite: d.cite.clone(),
    }
}

fn alternative(d: &Distribution, a: &Alternative) -> AlternativeView {
    let written = |(name, sort): &(Symbol, Option<Sort>)| match sort {
        Some(_) => format!("{name}: {name}"),
        None => name.to_string(),
    };
    let parameters: Vec<String> = a.parameters.iter().map(written).collect();
    AlternativeView {
        written: format!("{}({})", d.name, parameters.join(", ")),
        with: a.with.iter().map(|(name, term)| (name.clone(), term.clone())).collect(),
    }
}

fn quantity(q: &Quantity) -> QuantityView {
    let formals = q.parameters.iter().map(|(name, _)| Term::symbol(name.clone())).collect();
    QuantityView {
        name: q.name.clone(),
        arity: q.parameters.len(),
        call: Term::call(q.name.clone(), formals),
        body: q.body.clone(),
        conditions: q.conditions.iter().map(condition).collect(),
        otherwise: q.otherwise.clone(),
        unit: q.unit.clone(),
        reason: said(&q.reason),
        cite: q.cite.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::site;
    use crate::document::Options;
    use crate::document::site::{Proof, write};
    use crate::term::Node;
    use crate::theory::Theory;
    use crate::verify::notation;

    #[test]
    fn every_proof_is_found_in_its_document() {
        let theory = Theory::shipped_ref();
        let site = site(theory, Vec::new(), None, &|_| None);
        let mut proved = 0;
        for rule in &site.rules {
            let Proof::Document { statement, uses, rests_on, .. } = &rule.proof else { continue };
            proved += 1;
            assert!(statement.is_some(), "{}", rule.id);
            // What exact arithmetic shows rests on nothing.
            assert_eq!(uses.is_empty(), rests_on.is_empty(), "{}", rule.id);
            for id in rests_on {
                assert_eq!(theory.rule(id).map(|r| r.proof.as_str()), Some("axiom"), "{id}");
            }
        }
        assert!(proved >= 20);
    }

    #[test]
    fn every_entry_has_a_page_in_both_languages() {
        let theory = Theory::shipped_ref();
        let site = site(theory, Vec::new(), None, &|_| None);
        let options = Options { notation: notation(theory), ..Options::default() };
        let pages = write(&site, &options);
        for (path, page) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
            assert!(page.contains("lang=\"zh\""), "{path} has no Chinese");
            let body = page.split("<main").nth(1).and_then(|p| p.split("<script").next());
            let mut letters = body.expect("every page has a main part").chars();
            while let Some(c) = letters.next() {
                let bare = c == '?' && letters.clone().next().is_some_and(char::is_alphabetic);
                assert!(!bare, "{path} shows a bare variable");
            }
        }
        assert!(pages.len() > theory.rules().len() + theory.distributions().len());
        // Variables of rules are read as letters, which must not be taken for names of the rule.
        for rule in theory.rules() {
            let mut names = std::collections::BTreeSet::new();
            let mut metas = std::collections::BTreeSet::new();
            for side in std::iter::once(&rule.left).chain(&rule.right) {
                side.any(&mut |t| {
                    match t.node() {
                        Node::Symbol(name) => drop(names.insert(name.clone())),
                        Node::Binder(b) => drop(names.insert(b.var.clone())),
                        Node::Meta(m) => drop(metas.insert(m.clone())),
                        _ => {}
                    }
                    false
                });
            }
            assert!(names.is_disjoint(&metas), "{}", rule.id);
        }
    }
}
