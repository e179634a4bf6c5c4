//! Every derivation of the documents in `derivations/`, as a reader sees it on a terminal.
#![cfg(feature = "cli")]

mod common;

use std::fmt::Write as _;

use common::{hence, markdown_files, root};
use hence::syntax::literate;

/// The declarations of a document, and its `derive` statements with the line that each stands on.
fn statements(file: &str) -> (Vec<String>, Vec<(usize, String)>) {
    let text = std::fs::read_to_string(root().join(file)).expect("a document of the repository");
    let mut declarations = Vec::new();
    let mut derivations = Vec::new();
    for block in literate::blocks(&text) {
        for (number, line) in block.text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with("let ") || line.starts_with("assume ") {
                declarations.push(line.to_owned());
            } else if line.starts_with("derive ") {
                derivations.push((block.line + 1 + number, line.to_owned()));
            }
        }
    }
    (declarations, derivations)
}

#[test]
fn documents_read_as_before() {
    for file in markdown_files("derivations") {
        let (declarations, derivations) = statements(&file);
        let mut shown = String::new();
        for (line, statement) in derivations {
            let text = format!("{}\n{statement}", declarations.join("\n"));
            let output =
                hence(&["derive", &text, "--format", "terminal", "--detail", "1", "--no-verify"]);
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{file}:{line}: {statement}\n{complaint}");
            let derivation = String::from_utf8_lossy(&output.stdout);
            assert!(!derivation.trim().is_empty(), "{file}:{line}: nothing was printed");
            writeln!(shown, "{file}:{line}\n\n{}\n", derivation.trim_end())
                .expect("writing to a string");
        }
        let name = file.trim_start_matches("derivations/").trim_end_matches(".md");
        insta::assert_snapshot!(name, shown);
    }
}
