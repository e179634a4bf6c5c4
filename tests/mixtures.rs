//! Bounds of mixtures, moment matching, and numbers of what has no closed form.
#![cfg(feature = "cli")]

mod common;

use common::check;

#[test]
fn bounds_of_mixtures_are_proved() {
    let claims = check("tests/cases/mixtures.md");
    assert!(claims.records.len() >= 50, "{}", claims.complaint);
    for record in &claims.records {
        assert_eq!(record["status"], "proved", "{}: {}", record["line"], record["statement"]);
    }
    assert_eq!(claims.exit, Some(0), "{}", claims.complaint);
}
