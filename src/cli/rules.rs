//! `hence rules`: what is known, as a table.

use hence::document::Lang;
use hence::term::Relation;
use hence::theory::{Condition, Distribution, Quantity, Reason, Rule, Sort};
use serde_json::{Value, json};

use super::arguments::{RulesArguments, TextOrJson};
use super::context::Session;
use super::exit::Exit;
use hence::document::relation_unicode as relation;

/// Runs the command.
pub fn run(arguments: &RulesArguments, session: &mut Session) -> Exit {
    let wanted = Wanted(arguments.pattern.as_deref());
    let theory = &session.theory;
    let rules: Vec<Rule> =
        theory.rules().iter().filter(|r| wanted.rule(r, session)).cloned().collect();
    let distributions: Vec<Distribution> =
        theory.distributions().iter().filter(|d| wanted.name(d.name.as_str())).cloned().collect();
    let quantities: Vec<Quantity> =
        theory.quantities().iter().filter(|q| wanted.name(q.name.as_str())).cloned().collect();
    let any = !(rules.is_empty() && distributions.is_empty() && quantities.is_empty());
    match arguments.format {
        TextOrJson::Json => {
            let value = json!({
                "rules": rules.iter().map(rule_json).collect::<Vec<_>>(),
                "distributions": distributions.iter().map(distribution_json).collect::<Vec<_>>(),
                "quantities": quantities.iter().map(quantity_json).collect::<Vec<_>>(),
            });
            session.output.line(&format!("{value:#}"));
        }
        TextOrJson::Terminal => {
            let lang = arguments.lang.into();
            rules.iter().for_each(|r| show_rule(r, lang, session));
            distributions.iter().for_each(|d| show_distribution(d, lang, session));
            quantities.iter().for_each(|q| show_quantity(q, lang, session));
            if !any {
                session.output.line("nothing of that name is known");
            }
        }
    }
    Exit::of(any)
}

/// What the pattern selects: an id, a pattern of parts, or any part of a name.
struct Wanted<'a>(Option<&'a str>);

impl Wanted<'_> {
    fn rule(&self, rule: &Rule, session: &Session) -> bool {
        let Some(pattern) = self.0 else { return true };
        match pattern.contains('*') {
            true => session.theory.rules_matching(pattern).any(|r| r.id == rule.id),
            false => rule.id.as_str().contains(pattern),
        }
    }

    fn name(&self, name: &str) -> bool {
        self.0.is_none_or(|p| name.to_lowercase().contains(&p.to_lowercase()))
    }
}

/// Both sides of a rule and its conditions, in Unicode.
pub fn statement(rule: &Rule, session: &Session) -> String {
    let left = session.unicode(&rule.left);
    let body = match &rule.right {
        Some(right) => format!("{left} {} {}", relation(rule.relation), session.unicode(right)),
        None => left,
    };
    match rule.conditions.is_empty() {
        true => body,
        false => format!("{body}   if {}", conditions(&rule.conditions, |t| session.unicode(t))),
    }
}

fn show_rule(rule: &Rule, lang: Lang, session: &mut Session) {
    let text = statement(rule, session);
    let axiom = if rule.proof == "axiom" { "  (axiom)" } else { "" };
    let head = session.output.ink("1", rule.id.as_str());
    session.output.line(&format!("{head}{axiom}"));
    session.output.line(&format!("  {text}"));
    show_reason(&rule.reason, &rule.cite, lang, session);
}

fn show_distribution(d: &Distribution, lang: Lang, session: &mut Session) {
    let density = session.unicode(&d.density);
    let place = match &d.space {
        Some(space) => format!("in {}", session.unicode(&space.term())),
        None => {
            let (low, high) = (session.unicode(&d.support.0), session.unicode(&d.support.1));
            format!("from {low} to {high}")
        }
    };
    let head = session.output.ink("1", &format!("distribution {}", signature(d)));
    session.output.line(&head);
    session.output.line(&format!("  density {density}, {} {place}", d.var));
    if let Some((from, bound)) = &d.tail {
        let (from, bound) = (session.unicode(from), session.unicode(bound));
        session.output.line(&format!("  tail from {from}: {bound}"));
    }
    show_reason(&d.reason, &d.cite, lang, session);
}

fn show_quantity(q: &Quantity, lang: Lang, session: &mut Session) {
    let call = hence::term::Term::call(
        q.name.clone(),
        q.parameters.iter().map(|(name, _)| hence::term::Term::symbol(name.clone())).collect(),
    );
    let (call, body) = (session.unicode(&call), session.unicode(&q.body));
    let head = session.output.ink("1", &format!("quantity {call}"));
    session.output.line(&head);
    session.output.line(&format!("  = {body}"));
    show_reason(&q.reason, &q.cite, lang, session);
}

fn show_reason(reason: &Reason, cite: &str, lang: Lang, session: &mut Session) {
    let text = match lang {
        Lang::Zh if !reason.zh.is_empty() => &reason.zh,
        _ => &reason.en,
    };
    for line in [text.as_str(), cite] {
        if !line.is_empty() {
            let dimmed = session.output.ink("2", line);
            session.output.line(&format!("  {dimmed}"));
        }
    }
}

fn signature(d: &Distribution) -> String {
    let parameters: Vec<String> =
        d.parameters.iter().map(|(name, sort)| format!("{name}: {}", word(*sort))).collect();
    format!("{}({})", d.name, parameters.join(", "))
}

fn conditions(all: &[Condition], text: impl Fn(&hence::term::Term) -> String) -> String {
    let one = |c: &Condition| match c {
        Condition::Compare(r, a, b) => format!("{} {} {}", text(a), relation(*r), text(b)),
        Condition::Sort(t, sort) => format!("{} {}", text(t), word(*sort)),
        Condition::Free(x, t) => format!("{} does not depend on {x}", text(t)),
        Condition::Dominated(x, t) => {
            format!("{} may be differentiated by {} inside", text(t), text(x))
        }
        Condition::Integrable(t) => format!("{} converges absolutely", text(t)),
        Condition::Within(p, q) => {
            format!("the support of {} lies in that of {}", text(p), text(q))
        }
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Real => "real",
        Sort::Positive => "positive",
        Sort::Nonnegative => "nonnegative",
        Sort::Negative => "negative",
        Sort::Nonzero => "nonzero",
        Sort::Integer => "integer",
        Sort::Natural => "natural",
        Sort::Density => "density",
        Sort::Mass => "mass",
        Sort::Probabilities => "probabilities",
        Sort::Positives => "positives",
    }
}

fn rule_json(r: &Rule) -> Value {
    json!({
        "id": r.id.as_str(),
        "left": r.left.to_string(),
        "relation": if r.right.is_some() { r.relation } else { Relation::Eq }.as_str(),
        "right": r.right.as_ref().map(ToString::to_string),
        "conditions": r.conditions.iter().map(|c| {
            conditions(std::slice::from_ref(c), ToString::to_string)
        }).collect::<Vec<_>>(),
        "reason": r.reason.en,
        "reason_zh": r.reason.zh,
        "cite": r.cite,
        "proof": r.proof,
    })
}

fn distribution_json(d: &Distribution) -> Value {
    json!({
        "name": d.name.as_str(),
        "signature": signature(d),
        "variable": d.var.as_str(),
        "support": [d.support.0.to_string(), d.support.1.to_string()],
        "space": d.space.as_ref().map(|s| s.term().to_string()),
        "density": d.density.to_string(),
        "sample": d.sample.as_ref().map(ToString::to_string),
        "tail": d.tail.as_ref().map(|(from, bound)| json!({
            "from": from.to_string(),
            "bound": bound.to_string(),
        })),
        "reason": d.reason.en,
        "reason_zh": d.reason.zh,
        "cite": d.cite,
    })
}

fn quantity_json(q: &Quantity) -> Value {
    json!({
        "name": q.name.as_str(),
        "parameters": q.parameters.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        "definition": q.body.to_string(),
        "conditions": q.conditions.iter().map(|c| {
            conditions(std::slice::from_ref(c), ToString::to_string)
        }).collect::<Vec<_>>(),
        "otherwise": q.otherwise.as_ref().map(ToString::to_string),
        "reason": q.reason.en,
        "reason_zh": q.reason.zh,
        "cite": q.cite,
    })
}
