//! Tampering: certificates with one step or one field changed, each of which replay must refuse.

use serde_json::Value;

use super::super::{replay, seal};
use super::{Surroundings, classical, spread};
use crate::derive::Derivation;
use crate::kernel::Step;
use crate::theory::Theory;

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TamperOptions {
    /// Steps that are changed, at equal distances along the chain.
    pub steps: usize,
    /// Fields that are changed, at equal distances.
    pub fields: usize,
}

impl Default for TamperOptions {
    fn default() -> Self {
        Self { steps: usize::MAX, fields: usize::MAX }
    }
}

/// A change that was not refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forgery {
    /// Where, as a JSON pointer.
    pub place: String,
    /// What was done there.
    pub what: String,
}

/// What came of the changes to one certificate.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tampering {
    /// Changed steps, with the digest made anew.
    pub steps: usize,
    /// Changed fields, with the digest as it was.
    pub stale: usize,
    /// Changed fields, with the digest made anew.
    pub resealed: usize,
    /// Those that were not refused.
    pub accepted: Vec<Forgery>,
}

impl Tampering {
    /// Whether something was tried and all of it was refused.
    pub fn holds(&self) -> bool {
        self.steps + self.stale + self.resealed > 0 && self.accepted.is_empty()
    }
}

/// The numbers that replay by the kernel alone does not recompute: the digest alone covers them.
const NUMBERS: [&str; 3] =
    ["/verification/deterministic", "/verification/monte_carlo", "/verification/enclosure"];

/// Changes steps and fields of a certificate, one at a time. Fields that hold numerical evidence are changed without a
/// new digest only: the kernel does not compute them.
pub fn tamper(
    certificate: &Value,
    derivation: &Derivation,
    theory: &Theory,
    options: TamperOptions,
) -> Tampering {
    let mut out = Tampering::default();
    let steps: Vec<(usize, &Step)> = derivation.steps().enumerate().collect();
    for (index, step) in spread(steps, options.steps) {
        for (place, what, changed) in step_forgeries(certificate, index, step, derivation, theory) {
            out.steps += 1;
            out.judge(certificate, changed, (&place, &what), theory);
        }
    }
    let mut places = Vec::new();
    every_place(certificate, "", &mut places);
    for place in spread(places, options.fields) {
        let Some(value) = certificate.pointer(&place) else { continue };
        for (what, new) in changes(value) {
            let mut changed = certificate.clone();
            let Some(here) = changed.pointer_mut(&place) else { continue };
            *here = new;
            out.stale += 1;
            if replay(&changed, theory).is_ok() {
                out.accepted.push(Forgery { place: place.clone(), what: what.to_owned() });
            }
            // A container is where its parts are: what is recomputed is found there.
            let numbers = NUMBERS.iter().any(|p| place.starts_with(p));
            if !numbers && place != "/certificate/digest" {
                out.resealed += 1;
                out.judge(certificate, changed, (&place, what), theory);
            }
        }
    }
    out
}

impl Tampering {
    fn judge(&mut self, whole: &Value, mut changed: Value, said: (&str, &str), theory: &Theory) {
        seal(&mut changed);
        // A digest that was changed and made anew is the old one.
        if changed != *whole && replay(&changed, theory).is_ok() {
            self.accepted.push(Forgery { place: said.0.to_owned(), what: said.1.to_owned() });
        }
    }
}

type Changed = (String, String, Value);

/// Wrong results of a step, other rules, other places, conditions that are not there or differently proved.
fn step_forgeries(
    certificate: &Value,
    index: usize,
    step: &Step,
    derivation: &Derivation,
    theory: &Theory,
) -> Vec<Changed> {
    /// Wrong results and other rules for each step.
    const FEW: usize = 3;
    let place = format!("/certificate/steps/{index}");
    let mut out = Vec::new();
    let mut put = |what: String, edit: &dyn Fn(&mut Value)| {
        let mut changed = certificate.clone();
        if let Some(here) = changed.pointer_mut(&place) {
            let before = here.clone();
            edit(here);
            if *here != before {
                out.push((place.clone(), what, changed));
            }
        }
    };
    let around = Surroundings { facts: &derivation.facts, theory };
    for edit in spread(classical(step.local_after(), around), FEW) {
        let Some(after) = step.before().replaced(step.path(), &edit.whole) else { continue };
        put(format!("result {}", edit.whole), &|here| {
            here["local_after"] = edit.whole.to_string().into();
            here["after"] = after.to_string().into();
        });
    }
    let others: Vec<&str> = theory.rule_ids().collect();
    for rule in spread(others, FEW) {
        put(format!("rule {rule}"), &|here| here["rule"] = rule.into());
    }
    let path = step.path();
    let mut others = vec![path.child_or_root(), path.sibling()];
    others.extend(path.parent());
    for other in others {
        put(format!("place {other}"), &|here| here["path"] = other.to_string().into());
    }
    for condition in 0..step.discharges().len() {
        put(format!("without condition {}", condition + 1), &|here| {
            if let Some(all) = here["conditions"].as_array_mut() {
                all.remove(condition);
            }
        });
        for key in ["text", "evidence"] {
            put(format!("another {key} of condition {}", condition + 1), &|here| {
                let said = &mut here["conditions"][condition][key];
                *said = format!("{}, of course", said.as_str().unwrap_or_default()).into();
            });
        }
    }
    out
}

/// Neighbouring places, for changes.
trait Neighbours: Sized {
    fn parent(&self) -> Option<Self>;
    fn sibling(&self) -> Self;
    fn child_or_root(&self) -> Self;
}

impl Neighbours for crate::term::Path {
    fn parent(&self) -> Option<Self> {
        let (_, above) = self.positions.split_last()?;
        Some(Self { positions: above.to_vec(), subset: None })
    }

    fn sibling(&self) -> Self {
        let mut positions = self.positions.clone();
        match positions.last_mut() {
            Some(last) => *last += 1,
            None => positions.push(1),
        }
        Self { positions, subset: self.subset.clone() }
    }

    fn child_or_root(&self) -> Self {
        match self.subset {
            Some(_) => Self { positions: self.positions.clone(), subset: None },
            None => self.child(0),
        }
    }
}

/// Every place in a value, as a JSON pointer.
fn every_place(value: &Value, here: &str, out: &mut Vec<String>) {
    out.push(here.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                every_place(inner, &format!("{here}/{key}"), out);
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                every_place(inner, &format!("{here}/{i}"), out);
            }
        }
        _ => {}
    }
}

/// Other values of the same kind, and of another one.
fn changes(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Null => vec![("a value", 0.into())],
        Value::Bool(b) => vec![("the opposite", (!b).into())],
        Value::Number(n) => {
            let next = n.as_u64().map_or_else(
                || Value::from(n.as_f64().unwrap_or(0.0) * 1.5 + 0.5),
                |n| Value::from(n + 1),
            );
            vec![("another number", next), ("nothing", Value::Null)]
        }
        Value::String(s) => {
            vec![("a longer text", format!("{s}1").into()), ("an empty text", String::new().into())]
                .into_iter()
                .filter(|(_, new)| new != value)
                .collect()
        }
        Value::Array(items) => {
            let mut more = items.clone();
            more.push(items.last().cloned().unwrap_or(Value::Null));
            let mut out = vec![("an entry more", Value::Array(more))];
            if !items.is_empty() {
                out.push(("an entry less", Value::Array(items[..items.len() - 1].to_vec())));
            }
            out
        }
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("extra".into(), 1.into());
            let mut out = vec![("a field more", Value::Object(more))];
            if let Some(first) = map.keys().next() {
                let mut fewer = map.clone();
                fewer.remove(first);
                out.push(("a field less", Value::Object(fewer)));
            }
            out
        }
    }
}
