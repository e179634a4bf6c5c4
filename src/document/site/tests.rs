//! The site, written from a small theory.

use super::super::options::Options;
use super::super::report::{Bilingual, Verdict};
use super::{Entry, Proof, RuleView, Sentence, Site, Stated, Topics, write};
use crate::term::{Relation, Term};

fn rule(id: &str, proof: Proof) -> RuleView {
    let a = Term::meta("a");
    RuleView {
        id: id.into(),
        left: Term::call("ln", vec![a.clone()]),
        relation: Relation::Eq,
        right: Some(a.clone()),
        conditions: vec![Sentence::formula(Term::relation(Relation::Gt, a, Term::integer(0)))],
        reason: Bilingual::new("because <b>", "因为"),
        cite: "A & B, \"C\"".into(),
        proof,
        fires: Vec::new(),
        refuses: Vec::new(),
    }
}

fn site() -> Site {
    let proof = Proof::Document {
        source: "theory/proofs/p.md".into(),
        statement: Some("claim ln(x) = x".into()),
        uses: vec!["ln.one".into()],
        rests_on: vec!["ln.one".into()],
    };
    let stated = Stated {
        anchor: "ln-x".into(),
        source: "claim  ln(x) = x".into(),
        shown: "<math></math>".into(),
        plain: "x".into(),
        is_claim: true,
        is_mistake: false,
        verdict: Verdict::Proved,
        rules: ["ln.two".to_owned()].into(),
        mentions: [].into(),
    };
    let page = Entry {
        path: "proofs/p".into(),
        source: "theory/proofs/p.md".into(),
        title: Bilingual::new("</script><script>alert(1)</script>", "题"),
        statements: vec![stated],
        ..Entry::default()
    };
    Site {
        pages: vec![page],
        topics: Topics::default(),
        rules: vec![rule("ln.one", Proof::Axiom), rule("ln.two", proof)],
        ..Site::default()
    }
}

fn text(path: &str) -> String {
    let written = write(&site(), &Options::default());
    let found = written.into_iter().find(|(p, _)| p == path);
    found.unwrap_or_else(|| panic!("no page {path}")).1
}

#[test]
fn rules_lead_to_their_proof_and_to_what_uses_them() {
    let two = text("rules/ln.two.html");
    assert!(two.contains("href=\"../proofs/p.html#ln-x\""), "{two}");
    assert!(two.contains("href=\"../rules/ln.one.html\""), "{two}");
    assert!(two.contains("ln(a) = a"), "{two}");
    assert!(text("rules/ln.one.html").contains("href=\"../rules/ln.two.html\""));
    assert!(text("axioms.html").contains("href=\"rules/ln.one.html\""));
    assert!(text("axioms/by-document.html").contains("href=\"../rules/ln.one.html\""));
    assert!(text("rules/index.html").contains("href=\"../rules/all-ln.html\""));
    assert!(text("rules/all-ln.html").contains("href=\"../rules/ln.two.html\""));
}

#[test]
fn text_stays_text() {
    for (path, page) in write(&site(), &Options::default()) {
        assert!(!page.contains("<script>alert"), "{path}: {page}");
        assert!(!page.contains("because <b>"), "{path}: {page}");
        assert!(!page.contains("A & B"), "{path}: {page}");
    }
    assert!(text("assets/searchable.js").contains("\\u003c/script"));
}

#[test]
fn names_of_files_stay_below() {
    assert_eq!(super::rule_path("../../etc/passwd"), "rules/_..-..-etc-passwd.html");
    assert_eq!(super::rule_path("index"), "rules/_index.html");
    assert_eq!(super::rule_path("ln.product"), "rules/ln.product.html");
}

#[test]
fn entries_are_kept() {
    let entry = &site().pages[0];
    assert_eq!(Entry::from_json(&entry.to_json()).as_ref(), Some(entry));
    let mut broken = entry.to_json();
    broken["statements"][0]["verdict"] = "perhaps".into();
    assert_eq!(Entry::from_json(&broken), None);
}
