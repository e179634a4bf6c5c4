//! A page for each distribution, and one for each name of quantities.

use super::super::options::Options;
use super::super::phrases::Phrase;
use super::super::report::Bilingual;
use super::rules::{shown, uses};
use super::shell::{self, both, capitalised, display, escape, formula, words};
use super::{AlternativeView, DistributionView, QuantityView, RuleView, Sentence, Site};
use crate::term::{Node, Relation, Symbol, Term};

/// From a page about one entry to the top of the site.
const ROOT: &str = "../";

/// The page of a distribution.
pub(super) fn distribution(d: &DistributionView, site: &Site, options: &Options) -> String {
    let names = d.parameters.iter().map(|(name, _)| Term::symbol(name.clone())).collect();
    let call = Term::call(d.name.clone(), names);
    let mut body = format!("<h1>{}</h1>\n", escape(d.name.as_str()));
    body += &format!("<p class=\"lead\">{}</p>\n", both(&capitalised(&d.reason)));
    body += &display(&call, options);
    body += &format!("<h2>{}</h2>\n<ul>\n", words(Phrase::Parameters));
    for sentence in d.parameters.iter().map(|(_, s)| s).chain(&d.constraints) {
        body += &format!("<li>{}</li>\n", shell::sentence(sentence, options));
    }
    body += "</ul>\n";
    body += &alternatives(&d.alternatives, options);
    let (density, support) = match d.discrete {
        true => (Phrase::Mass, Phrase::SupportIntegers),
        false => (Phrase::Density, Phrase::Support),
    };
    let at = Term::density(call, vec![Term::symbol(d.variable.clone())]);
    body += &format!("<h2>{}</h2>\n", words(density));
    body += &display(&Term::relation(Relation::Eq, at, d.density.clone()), options);
    let variable = formula(&Term::symbol(d.variable.clone()), options);
    let (low, high) = (formula(&d.support.0, options), formula(&d.support.1, options));
    body += &match &d.space {
        Some(space) => {
            let space = formula(space, options);
            format!("<p>{}</p>\n", shell::filled(Phrase::SupportVectors, &[&variable, &space]))
        }
        None => format!("<p>{}</p>\n", shell::filled(support, &[&variable, &low, &high])),
    };
    body += &more(d, options);
    body += &derived(d, options);
    body += &reference(&d.cite);
    body += &about(&d.name, site, options);
    let here = |s: &super::Stated| s.mentions.contains(&d.name) && !s.is_mistake;
    body += &uses(site, ROOT, &here);
    shell::page(&Bilingual::from(d.name.as_str()), ROOT, &body, options)
}

fn reference(cite: &str) -> String {
    match cite.is_empty() {
        true => String::new(),
        false => format!("<h2>{}</h2>\n<p>{}</p>\n", words(Phrase::Reference), escape(cite)),
    }
}

fn alternatives(all: &[AlternativeView], options: &Options) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2>{}</h2>\n<ul>\n", words(Phrase::Alternatives));
    for alternative in all {
        let with: Vec<String> = alternative
            .with
            .iter()
            .map(|(name, term)| {
                let name = Term::symbol(name.clone());
                formula(&Term::relation(Relation::Eq, name, term.clone()), options)
            })
            .collect();
        let written = escape(&alternative.written);
        out += &format!("<li><code>{written}</code> {}</li>\n", with.join(", "));
    }
    out + "</ul>\n"
}

/// How it is drawn from, where its powers are expanded, how its tail is bounded.
fn more(d: &DistributionView, options: &Options) -> String {
    let mut out = String::new();
    if let Some(sampler) = &d.sampler {
        out += &format!("<h2>{}</h2>\n", words(Phrase::Sampler));
        // Its draws are functions of the engine, which have no notation.
        out +=
            &format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", escape(&sampler.to_string()));
    }
    if let Some(centre) = &d.centre {
        let shown = formula(centre, options);
        out += &format!("<p>{}</p>\n", shell::filled(Phrase::Centre, &[&shown]));
    }
    if let Some((from, bound)) = &d.tail {
        let (from, bound) = (formula(from, options), display(bound, options));
        let said = shell::filled(Phrase::TailFrom, &[&from]);
        out += &format!("<h2>{}</h2>\n<p>{said}</p>\n{bound}", words(Phrase::Tail));
    }
    out
}

/// What was derived of it: quantities of one member, and of two.
fn derived(d: &DistributionView, options: &Options) -> String {
    if d.derived.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2>{}</h2>\n", words(Phrase::ClosedForms));
    for one in &d.derived {
        out += &format!("<p>{}</p>\n", both(&capitalised(&one.title)));
        out += &display(&one.equation, options);
        if !one.given.is_empty() {
            let given: Vec<String> = one.given.iter().map(|t| formula(t, options)).collect();
            let given = given.join(", ");
            out += &format!("<p>{}</p>\n", shell::filled(Phrase::HoldsWhere, &[&given]));
        }
    }
    out
}

/// The rules in which a name occurs.
fn about(name: &Symbol, site: &Site, options: &Options) -> String {
    let calls = |t: &Term| t.any(&mut |t| matches!(t.node(), Node::Call(n, _) if n == name));
    let all: Vec<&RuleView> = site.rules.iter().filter(|r| calls(&r.left)).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2>{}</h2>\n<ul class=\"rules\">\n", words(Phrase::RulesAbout));
    for rule in all {
        let shown = shown(rule, false, options);
        out += &format!("<li>{} {shown}</li>\n", shell::rule(&rule.id, ROOT, site));
    }
    out + "</ul>\n"
}

/// The page of the quantities of a name.
pub(super) fn quantity(name: &Symbol, site: &Site, options: &Options) -> String {
    let mut body = format!("<h1>{}</h1>\n", escape(name.as_str()));
    for q in site.quantities.iter().filter(|q| q.name == *name) {
        body += &definition(q, site, options);
    }
    body += &about(name, site, options);
    let here = |s: &super::Stated| s.mentions.contains(name) && !s.is_mistake;
    body += &uses(site, ROOT, &here);
    shell::page(&Bilingual::from(name.as_str()), ROOT, &body, options)
}

fn definition(q: &QuantityView, site: &Site, options: &Options) -> String {
    let mut out = format!(
        "<h2 id=\"of-{}\" aria-label=\"{}\">{}</h2>\n",
        q.arity,
        escape(&super::super::unicode(&q.call, &options.notation)),
        formula(&q.call, options)
    );
    out += &format!("<p class=\"lead\">{}</p>\n", both(&capitalised(&q.reason)));
    out += &display(&Term::relation(Relation::Eq, q.call.clone(), q.body.clone()), options);
    let conditions: Vec<String> =
        q.conditions.iter().map(|c: &Sentence| shell::sentence(c, options)).collect();
    if !conditions.is_empty() {
        let conditions = conditions.join(", ");
        out += &format!("<p>{}</p>\n", shell::filled(Phrase::DefinedWhen, &[&conditions]));
    }
    if let Some(otherwise) = &q.otherwise {
        let value = formula(otherwise, options);
        out += &format!("<p>{}</p>\n", shell::filled(Phrase::Otherwise, &[&value]));
    }
    if let Some(unit) = &q.unit {
        out += &format!("<p>{}</p>\n", shell::filled(Phrase::UnitIs, &[&escape(unit.as_str())]));
    }
    let others: Vec<String> = shell::mentioned(&[&q.body], ROOT, site);
    if !others.is_empty() {
        out += &format!("<p>{} {}</p>\n", words(Phrase::About), others.join(", "));
    }
    out + &reference(&q.cite)
}
