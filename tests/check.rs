//! `hence check` in continuous integration: its forms, its parts, its threads, and what it remembers.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const WRONG: &str = "# A lost half

```hence
let m real
let s positive
derive KL(Normal(m, s^2) || Normal(0, 1))
claim KL(Normal(m, s^2) || Normal(0, 1)) = (s^2 + m^2)/2 - ln(s) - 1
claim ln(s^2) = 2*ln(s)
```
";

/// A fresh directory for one test.
fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target directory can be written");
    path
}

/// Runs `hence check` in a directory, without the cache unless it is named.
fn check(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hence"));
    command.arg("check").args(arguments).current_dir(directory).stdin(Stdio::null());
    command.env("NO_COLOR", "1").env_remove("HENCE_NO_CACHE");
    if !arguments.contains(&"--cache") {
        command.arg("--no-cache");
    }
    command.output().expect("the command was built for this test")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

#[test]
fn github_marks_the_line_of_the_failure() {
    let directory = scratch("github");
    fs::write(directory.join("a.md"), WRONG).unwrap();
    let output = check(&directory, &["a.md", "--format", "github"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(1));
    let marks: Vec<&str> = text.lines().filter(|l| l.starts_with("::error ")).collect();
    assert_eq!(marks.len(), 1, "{text}");
    assert!(marks[0].starts_with("::error file=a.md,line=7,col=1,title=refuted%3A claim KL("));
    for part in ["residual", "counterexample: m = ", "slip: "] {
        assert!(marks[0].contains(part), "{part} in {text}");
    }
    assert!(text.ends_with("1 failed\n"), "{text}");
}

#[test]
fn junit_has_a_case_for_each_statement() {
    let directory = scratch("junit");
    fs::write(directory.join("a.md"), WRONG).unwrap();
    fs::write(directory.join("b.md"), "```hence\nclaim 1 = \n```\n").unwrap();
    let output = check(&directory, &[".", "--format", "junit"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(text.starts_with("<?xml"), "{text}");
    assert_eq!(text.matches("<testcase ").count(), 4, "{text}");
    assert_eq!(text.matches("<failure ").count(), 1, "{text}");
    assert_eq!(text.matches("<error ").count(), 1, "{text}");
    let root = text.lines().find(|l| l.starts_with("<testsuites")).unwrap();
    for total in [r#"tests="4""#, r#"failures="1""#, r#"errors="1""#] {
        assert!(root.contains(total), "{root}");
    }
    assert!(text.contains("a.md:7:1\nresidual"), "{text}");
    assert!(text.contains(r#"line="7""#), "{text}");
    assert!(!text.contains("time"), "the same documents give the same bytes: {text}");
}

#[test]
fn github_marks_what_cannot_be_read() {
    let directory = scratch("github-unreadable");
    fs::write(directory.join("b.md"), "text\n\n```hence\nclaim 1 = \n```\n").unwrap();
    let output = check(&directory, &["b.md", "--format", "github"]);
    assert_eq!(output.status.code(), Some(2));
    let text = out(&output);
    assert!(text.starts_with("::error file=b.md,line=4,"), "{text}");
}

#[test]
fn threads_do_not_change_the_bytes() {
    let one = check(&common::root(), &["derivations/kl-univariate.md", "--jobs", "1"]);
    let four = check(&common::root(), &["derivations/kl-univariate.md", "--jobs", "4"]);
    assert_eq!(out(&one), out(&four));
    let records = ["derivations/entropy-gaussian.md", "--format", "json"];
    let again = || out(&check(&common::root(), &records));
    assert_eq!(again(), again());
}

#[test]
fn shards_are_all_of_the_documents() {
    let directory = scratch("shards");
    for (n, name) in ["a.md", "b.md", "c.md", "d.md", "e.md"].iter().enumerate() {
        let text = format!("```hence\nclaim {n} + 1 = {}\n```\n", n + 1);
        fs::write(directory.join(name), text).unwrap();
    }
    let files = |arguments: &[&str]| -> Vec<String> {
        let text = out(&check(&directory, &[&[".", "--format", "json"], arguments].concat()));
        let records: Vec<Value> = serde_json::from_str(&text).expect("an array");
        records.iter().map(|r| r["file"].as_str().unwrap().to_owned()).collect()
    };
    let mut parts = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        parts.extend(files(&["--shard", part]));
    }
    parts.sort();
    assert_eq!(parts, files(&[]));
    assert_eq!(parts.len(), 5);
    for wrong in ["0/3", "4/3", "1", "1/0"] {
        assert_eq!(check(&directory, &[".", "--shard", wrong]).status.code(), Some(2), "{wrong}");
    }
}

/// The only file in a cache.
fn page(cache: &Path) -> PathBuf {
    let mut all: Vec<PathBuf> = fs::read_dir(cache).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn what_is_remembered_is_told_in_the_same_bytes() {
    let directory = scratch("cache");
    fs::write(directory.join("a.md"), WRONG).unwrap();
    let arguments = ["a.md", "--cache", "kept"];
    let first = check(&directory, &arguments);
    let second = check(&directory, &arguments);
    assert_eq!(out(&first), out(&second));
    assert_eq!(first.status.code(), second.status.code());
    assert_eq!(out(&first), out(&check(&directory, &["a.md"])));
    let known: Value = serde_json::from_slice(&fs::read(page(&directory.join("kept"))).unwrap())
        .expect("the cache is JSON");
    assert_eq!(known.as_object().map(serde_json::Map::len), Some(3));
}

#[test]
fn memory_is_used_for_unchanged_statements_only() {
    let directory = scratch("cache-change");
    let file = directory.join("a.md");
    fs::write(&file, WRONG).unwrap();
    let arguments = ["a.md", "--cache", "kept"];
    check(&directory, &arguments);
    // What stands in the memory is believed for the statement it is about …
    let page = page(&directory.join("kept"));
    let forged = fs::read_to_string(&page).unwrap().replace("ln(s²) = 2 ln(s)", "FORGED");
    fs::write(&page, &forged).unwrap();
    assert!(out(&check(&directory, &arguments)).contains("FORGED"));
    // … and not for another one, nor under other declarations.
    fs::write(&file, WRONG.replace("ln(s^2) = 2*ln(s)", "ln(s^2) = 3*ln(s)")).unwrap();
    let changed = out(&check(&directory, &arguments));
    assert!(!changed.contains("FORGED") && changed.contains("2 failed"), "{changed}");
    fs::write(&page, &forged).unwrap();
    fs::write(&file, WRONG.replace("let s positive", "let s real\nassume s > 0")).unwrap();
    assert!(!out(&check(&directory, &arguments)).contains("FORGED"));
    // Nonsense there is nothing known.
    fs::write(&page, "{\"a\": 1").unwrap();
    fs::write(&file, WRONG).unwrap();
    assert!(out(&check(&directory, &arguments)).contains("ln(s²) = 2 ln(s)"));
}

#[test]
fn the_statistics_of_a_run_are_explained() {
    let directory = scratch("statistics");
    fs::write(directory.join("a.md"), WRONG).unwrap();
    let text = out(&check(&directory, &["a.md", "--explain-statistics"]));
    for part in
        ["Statistics of this run", "Monte Carlo runs: ", "2Φ(−7) = 2.56e-12", "is refuted) ≤ "]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let without = out(&check(&directory, &["a.md", "--explain-statistics", "--no-verify"]));
    assert!(without.contains("nothing was sampled"), "{without}");
    // For programs it goes beside the records.
    let json = out(&check(&directory, &["a.md", "--explain-statistics", "--format", "json"]));
    assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
}

#[test]
fn what_cannot_be_read_is_in_every_form() {
    let directory = scratch("unreadable");
    fs::write(directory.join("b.md"), "```hence\nclaim 1 = \n```\n").unwrap();
    let output = check(&directory, &["b.md", "missing.md", "--format", "json"]);
    let records: Vec<Value> = serde_json::from_str(&out(&output)).expect("an array");
    let codes: Vec<&str> = records.iter().filter_map(|r| r["code"].as_str()).collect();
    assert_eq!(codes.len(), 2, "{records:?}");
    assert!(records.iter().all(|r| r["ok"] == false && r["status"] == "unreadable"));
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn names_of_files_give_no_commands() {
    let directory = scratch("names");
    fs::write(directory.join("x\n::error::y.md"), "```hence\nclaim 1 = 2\nclaim = \n```\n")
        .unwrap();
    for format in ["github", "human", "junit", "json"] {
        let output = check(&directory, &[".", "--format", format]);
        let all = [&output.stdout[..], &output.stderr[..]].concat();
        let text = String::from_utf8(all).unwrap();
        assert!(!text.contains("\n::error::y"), "{format}: {text}");
        assert!(text.contains("y.md"), "{format}: {text}");
        if format == "github" {
            assert!(output.stderr.is_empty(), "{text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn one_file_by_two_names_is_one_document() {
    let directory = scratch("twice-named");
    fs::write(directory.join("a.md"), WRONG).unwrap();
    std::os::unix::fs::symlink("a.md", directory.join("b.md")).unwrap();
    let text = out(&check(&directory, &["a.md", "./a.md", "b.md", "."]));
    assert!(text.contains("1 document:"), "{text}");
}

#[test]
fn points_without_a_value_refute_nothing() {
    let directory = scratch("undefined");
    let claims = [
        "1/(1 + 1/k^2) >= 1/2",
        "k^2*(1/k^2) >= 1/2",
        "exp(-1/k^2) >= 0.3",
        "exp(ln(abs(k))) >= 1",
        "exp(ln(0)) > 0.1",
        "sqrt(3) < exp(-1/(pi - pi)^2)",
    ];
    let block: Vec<String> = claims.iter().map(|c| format!("claim {c}\n")).collect();
    let text = format!("```hence\nlet k integer\n{}```\n", block.concat());
    fs::write(directory.join("a.md"), text).unwrap();
    let text = out(&check(&directory, &["a.md"]));
    assert_eq!(text.matches(" undecided ").count(), claims.len(), "{text}");
}

/// Integrands that live in a narrow place: quadrature could miss it, and must not refute by what it missed.
#[test]
fn what_quadrature_misses_refutes_nothing() {
    let directory = scratch("narrow");
    let claims = [
        "E[x ~ mixture(1/2: Uniform(0, 1/100), 1/2: Normal(3, 1))](1/(1 + x^2)) >= 4/10",
        "KL(mixture(9/10: Normal(0, 1), 1/10: Uniform(5, 5 + 1/100)) || Normal(0, 1)) >= 1",
        "H(mixture(1/2: Normal(0, 1), 1/2: Normal(1000, 1))) >= 21/10",
        "E[x ~ Uniform(-1000, 1000)](exp(-10*(x - 300)^2)) >= 1/10000",
    ];
    let proved = [
        "E[x ~ mixture(1/2: Normal(0, 1), 1/2: Normal(20, 1/10000))](x) = 10",
        "E[x ~ mixture(1/2: Uniform(0, 1/1000), 1/2: Uniform(2000, 2003))](x) = 1000.75025",
        "E[k ~ mixture(1/2: DiscreteUniform(0, 0), 1/2: DiscreteUniform(1, 64))](1) = 1",
        "Var[k ~ mixture(1/2: DiscreteUniform(0, 0), 1/2: Poisson(3))](k) = 3.75",
        "E[k ~ mixture(1/2: DiscreteUniform(1000, 1000), 1/2: DiscreteUniform(0, 999))](k) = 749.75",
    ];
    let lines: Vec<String> = claims.iter().chain(&proved).map(|c| format!("claim {c}\n")).collect();
    fs::write(directory.join("a.md"), format!("```hence\n{}```\n", lines.concat())).unwrap();
    let text = out(&check(&directory, &["a.md"]));
    assert!(!text.contains(" refuted "), "{text}");
    assert_eq!(text.matches(" proved ").count(), proved.len(), "{text}");
    // The evidence agrees with what was proved.
    let last = text.lines().filter(|l| l.contains(" proved "));
    assert_eq!(last.count(), proved.len());
    assert!(text.ends_with("4 failed\n"), "{text}");
}

#[test]
fn what_ties_parameters_together_binds_counterexamples() {
    let directory = scratch("tied");
    let tied = "let a, b real\nassume a > 0, a < b\nclaim b > 0\nlet u, w positive\nassume u + w = 1\nclaim u < 1\n";
    fs::write(directory.join("tied.hence"), tied).unwrap();
    let text = out(&check(&directory, &["tied.hence"]));
    assert!(!text.contains("refuted") && !text.contains("speaks against"), "{text}");
    // Without the tie the first is false, and found to be.
    fs::write(directory.join("free.hence"), "let a, b real\nassume a > 0\nclaim b > 0\n").unwrap();
    let text = out(&check(&directory, &["free.hence"]));
    assert!(text.contains("refuted b > 0"), "{text}");
}
