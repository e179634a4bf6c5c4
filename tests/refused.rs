//! False mathematics, and what hence says of it: nothing in `tests/cases/refused` may ever be proved.
#![cfg(feature = "cli")]

mod common;

use std::path::Path;

use common::{check, markdown_files};

#[test]
fn false_claims_are_never_proved() {
    let files = markdown_files("tests/cases/refused");
    assert!(files.len() >= 6, "the cases were not found");
    for file in files {
        let claims = check(&file);
        assert!(!claims.records.is_empty(), "{file}: no claim was read");
        for record in &claims.records {
            let status = record["status"].as_str().unwrap_or_default();
            assert!(
                matches!(status, "refuted" | "undecided"),
                "{file}:{}: {} was found {status:?}",
                record["line"],
                record["statement"],
            );
        }
        assert_eq!(claims.exit, Some(1), "{file}: {}", claims.complaint);
    }
}

#[test]
fn what_is_false_of_an_autoencoder_has_a_counterexample() {
    let claims = check("tests/cases/refused/autoencoders.md");
    assert!(claims.records.len() >= 12, "{}", claims.complaint);
    for record in &claims.records {
        assert_eq!(record["status"], "refuted", "{}: {}", record["line"], record["statement"]);
        let shown = &record["counterexample"];
        let side = |name: &str| shown[name].as_f64().unwrap_or(f64::NAN);
        let statement = record["statement"].as_str().unwrap_or_default();
        let fails = match statement {
            s if s.contains("<=") => side("left") > side("right"),
            s if s.contains(">=") => side("left") < side("right"),
            _ => (side("left") - side("right")).abs() > 1e-7,
        };
        assert!(fails, "{}: {shown}", record["statement"]);
    }
}

#[test]
fn what_holds_of_an_autoencoder_is_not_refuted() {
    let claims = check("tests/cases/models/autoencoder.md");
    assert!(claims.records.len() >= 5, "{}", claims.complaint);
    for record in &claims.records {
        assert_ne!(record["status"], "refuted", "{}: {}", record["line"], record["statement"]);
    }
}

#[test]
fn what_holds_of_products_of_densities_is_proved() {
    for file in markdown_files("tests/cases/proved") {
        let claims = check(&file);
        assert!(claims.records.len() >= 5, "{file}: {}", claims.complaint);
        for record in &claims.records {
            let status = record["status"].as_str().unwrap_or_default();
            assert!(
                matches!(status, "proved" | "holds" | "derived"),
                "{file}:{}: {} was found {status:?}",
                record["line"],
                record["statement"],
            );
        }
        assert_eq!(claims.exit, Some(0), "{file}: {}", claims.complaint);
    }
}

#[test]
fn every_case_has_its_true_neighbour() {
    // A checker that refuses everything would pass the test above; the documents show that it does not.
    for file in markdown_files("derivations") {
        let claims = check(&file);
        assert_eq!(claims.exit, Some(0), "{file}: {}", claims.complaint);
        assert!(
            claims.records.iter().any(|r| r["status"] == "proved"),
            "{file}: nothing was proved"
        );
        for record in &claims.records {
            let status = record["status"].as_str().unwrap_or_default();
            assert!(
                matches!(status, "proved" | "refuted" | "derived"),
                "{file}:{}: {} was found {status:?}",
                record["line"],
                record["statement"],
            );
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_no_verdict() {
    assert!(!Path::new("tests/cases/refused/absent.md").exists());
    assert_eq!(check("tests/cases/refused/absent.md").exit, Some(2));
}
