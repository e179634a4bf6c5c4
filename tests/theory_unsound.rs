//! `hence theory test` refuses unsound rules, wrong samplers, wrong densities and proofs that are none, and says what is
//! wrong.
//!
//! Each file in `tests/cases/theory/unsound` makes one mistake; its line `# caught:` is part of what must be said.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/theory")
}

/// Documents of proof are looked for below the working directory: that of the file.
fn tested(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(["theory", "test"])
        .arg(file)
        .current_dir(file.parent().expect("a folder"))
        .output()
        .expect("the command runs")
}

fn unsound(kind: &str) -> usize {
    let folder = std::fs::read_dir(cases().join("unsound")).expect("the folder of mistakes");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "hence"));
    files.retain(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with(kind)));
    files.sort();
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a readable file");
        let caught = text.lines().find_map(|l| l.strip_prefix("# caught: ")).expect("what is said");
        let output = tested(file);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{}: {said}", file.display());
        assert!(said.contains("FAILS"), "{}: {said}", file.display());
        assert!(said.contains(caught), "{}: {said}", file.display());
        assert!(said.contains("\n0 hold, "), "{}: {said}", file.display());
    }
    files.len()
}

#[test]
fn unsound_rules_are_caught() {
    assert!(unsound("rule-") >= 10);
}

#[test]
fn wrong_samplers_are_caught() {
    assert!(unsound("sampler-") >= 5);
}

#[test]
fn wrong_densities_are_caught() {
    assert!(unsound("density-") >= 5);
}

#[test]
fn proofs_that_are_none_are_caught() {
    assert!(unsound("proof-") >= 5);
}

#[test]
fn a_sound_file_passes_and_says_what_would_have_been_caught() {
    let output = tested(&cases().join("radius.hence"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("1 hold, 0 fail, 0 not tested"), "{said}");
    assert!(said.contains("n = 4194304") && said.contains("certain to be refused"), "{said}");
    // The shipped entries are not tested again.
    assert!(!said.contains("Normal"), "{said}");
}

#[test]
fn conditions_without_a_witness_are_named() {
    let output = tested(&cases().join("conditions.hence"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("without `?b > 0` it is false on"), "{said}");
    assert!(said.contains("no witness was found that needs `?a real`"), "{said}");
}

#[test]
fn the_same_file_is_tested_with_the_same_numbers() {
    let file = cases().join("unsound/sampler-scale.hence");
    assert_eq!(tested(&file).stdout, tested(&file).stdout);
}

#[test]
fn documents_of_proof_hold_as_they_are_written() {
    let output = Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(["check", "theory/proofs", "--no-cache"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("all as stated"), "{said}");
}
