//! The command, as the tests of documents use it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files in a folder of the repository, relative to it, in a fixed order.
pub fn markdown_files(folder: &str) -> Vec<String> {
    let entries =
        std::fs::read_dir(root().join(folder)).expect("the folder is part of the repository");
    let mut files: Vec<String> = entries
        .map(|e| e.expect("a readable folder").path())
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        // That one lists the others.
        .filter(|p| p.file_stem().is_some_and(|name| name != "README"))
        .map(|p| relative(&p))
        .collect();
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("a path below the root");
    path.to_string_lossy().replace('\\', "/")
}

/// Runs the command in the repository, without colours.
pub fn hence(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .env("HENCE_NO_CACHE", "1")
        .output()
        .expect("the command was built for this test")
}

/// What `hence check` says about a file.
pub struct Checked {
    /// One record a statement.
    pub records: Vec<serde_json::Value>,
    /// The exit status.
    pub exit: Option<i32>,
    /// What went to the standard error.
    pub complaint: String,
}

/// `hence check PATH --format json`.
pub fn check(path: &str) -> Checked {
    let output = hence(&["check", path, "--format", "json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let records = match serde_json::from_str(&text) {
        Ok(serde_json::Value::Array(records)) => records,
        _ => Vec::new(),
    };
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    Checked { records, exit: output.status.code(), complaint }
}
