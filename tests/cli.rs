//! The command as a user runs it: output, exit status, and what it says about bad input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs the command; two seconds would be long, a hang is a failure of the harness.
fn hence(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("HENCE_NO_CACHE", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .expect("the command was built for this test")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command is not killed by a signal")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("diagnostics are UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("output is JSON")
}

/// A fresh directory for one test.
fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target directory can be written");
    path
}

fn write(directory: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = directory.join(name);
    fs::write(&path, text).expect("the target directory can be written");
    path.display().to_string()
}

const KL: &str = "KL(Normal(m, s^2) || Normal(0, 1))";

#[test]
fn derive_prints_assumptions_chain_and_result() {
    let output = hence(&["derive", KL, "--no-verify"]);
    let text = out(&output);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(text.contains("s > 0  (inferred)"), "{text}");
    assert!(text.contains("KL(p ‖ q) = (s² + m²)/2 − ln(s) − ½"), "{text}");
    assert!(!text.contains('\u{1b}'), "colour in a pipe");
}

#[test]
fn derive_speaks_chinese_and_latex() {
    assert!(out(&hence(&["derive", KL, "--no-verify", "--lang", "zh"])).contains("假设"));
    let latex = out(&hence(&["derive", KL, "--no-verify", "--format", "latex"]));
    assert!(latex.contains("\\documentclass"), "{latex}");
    let markdown = out(&hence(&["derive", KL, "--no-verify", "--format", "markdown"]));
    assert!(markdown.contains("$$") || markdown.contains('$'), "{markdown}");
}

#[test]
fn colour_is_there_when_asked_for() {
    let text = out(&hence(&["derive", KL, "--no-verify", "--color", "always"]));
    assert!(text.contains('\u{1b}'));
}

#[test]
fn a_certificate_with_a_field_twice_is_refused() {
    let text = out(&hence(&["derive", KL, "--format", "json", "--no-verify"]));
    let twice = text.replacen("\"statement\":", "\"statement\": \"0\",\n  \"statement\":", 1);
    let file = write(&scratch("twice"), "a.json", twice);
    let output = hence(&["replay", &file]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(err(&output).contains("`statement` is written twice"), "{}", err(&output));
}

#[test]
fn derive_json_replays() {
    let output = hence(&["derive", KL, "--format", "json"]);
    assert_eq!(code(&output), 0);
    let value = json(&output);
    assert_eq!(value["status"], "proved");
    assert_eq!(value["result"]["text"], "(s^2 + m^2)/2 - ln(s) - 1/2");
    assert_eq!(value["verification"]["replay"]["ok"], true);
    assert_eq!(value["verification"]["deterministic"]["ok"], true);
    assert!(value["steps"].as_array().is_some_and(|s| s.len() >= 5));
    assert!(value["axioms"].as_array().is_some_and(|a| !a.is_empty()));

    let directory = scratch("replay");
    let good = write(&directory, "good.json", &output.stdout);
    let replayed = hence(&["replay", &good]);
    assert_eq!(code(&replayed), 0, "{}", out(&replayed));
    let forged = out(&output).replace("- 1/2", "- 1/3");
    let bad = write(&directory, "bad.json", forged);
    let refused = hence(&["replay", &bad]);
    assert_eq!(code(&refused), 1, "{}", out(&refused));
    assert!(out(&refused).contains("refused"));
}

#[test]
fn claims_are_proved_refuted_or_left_open() {
    let proved = hence(&["derive", &format!("{KL} >= 0"), "--no-verify"]);
    assert_eq!(code(&proved), 0, "{}", out(&proved));
    assert!(out(&proved).contains("Proved"));
    let wrong = format!("claim {KL} = (m^2 + s^2)/2 + ln(s) - 1/2");
    let refuted = hence(&["derive", &wrong, "--no-verify"]);
    assert_eq!(code(&refuted), 1);
    let text = out(&refuted);
    for part in ["Refuted", "residual", "counterexample", "slip"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let value = json(&hence(&["derive", &wrong, "--no-verify", "--format", "json"]));
    assert_eq!(value["kind"], "claim");
    assert_eq!(value["status"], "refuted");
    assert!(value["counterexample"]["point"].is_object());
}

#[test]
fn a_stated_definition_must_be_that_of_the_theory() {
    let right = "int[x from -oo to oo] Normal(m, s^2)(x)*ln(Normal(m, s^2)(x)/Normal(0, 1)(x)) dx";
    let same = hence(&["derive", &format!("{KL} = {right}"), "--no-verify"]);
    assert_eq!(code(&same), 0, "{}", out(&same));
    let other = hence(&["derive", &format!("{KL} = 2*{right}"), "--no-verify"]);
    assert_eq!(code(&other), 1);
    assert!(out(&other).contains("stated definition"), "{}", out(&other));
}

#[test]
fn infinity_is_an_answer_and_being_stuck_is_not() {
    assert_eq!(code(&hence(&["derive", "KL(Normal(m, v) || Exponential(r))", "--no-verify"])), 0);
    assert_eq!(code(&hence(&["derive", "E[x ~ Normal(0, 1)](cos(cos(x)))", "--no-verify"])), 1);
}

#[test]
fn evaluate_gives_three_numbers_that_agree() {
    let output = hence(&["evaluate", KL, "--at", "m=0.3,s=2", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let value = json(&output);
    let number = |v: &Value| v.as_f64().expect("a number");
    let closed = number(&value["closed_form"]);
    let exact = f64::midpoint(4.0, 0.09) - 2_f64.ln() - 0.5;
    assert!((closed - exact).abs() < 1e-12);
    assert!((number(&value["quadrature"]["value"]) - exact).abs() < 1e-9);
    let m = &value["monte_carlo"];
    assert!((number(&m["estimate"]) - exact).abs() < 7.0 * number(&m["standard_error"]));
    assert!(m["seed"].is_u64() && m["samples"].is_u64());
}

#[test]
fn evaluate_takes_fractions_and_lists_what_is_missing() {
    let fraction = hence(&["evaluate", KL, "--at", "m=1/4,s=sqrt(4)"]);
    assert_eq!(code(&fraction), 0, "{}", err(&fraction));
    let missing = hence(&["evaluate", KL, "--at", "m=0.3"]);
    assert_eq!(code(&missing), 2);
    assert!(err(&missing).contains("no value is given for s"), "{}", err(&missing));
}

const DECLARATIONS: &str =
    "# Test\n\n```hence\nlet m real\nlet s positive\nlet p = Normal(m, s^2)\n```\n\n";

fn document(claims: &str, info: &str) -> String {
    format!("{DECLARATIONS}text\n\n```hence{info}\n{claims}\n```\n")
}

#[test]
fn check_accepts_right_claims_and_expected_refutations() {
    let directory = scratch("check-right");
    write(&directory, "a.md", document("derive H(p)\nclaim H(p) = ln(2*pi*s^2)/2 + 1/2", ""));
    write(&directory, "b.md", document("claim H(p) = ln(2*pi*s^2)/2 - 1/2", " refuted"));
    write(&directory, "c.hence", "let r positive\nclaim H(Exponential(r)) = 1 - ln(r)\n");
    let output = hence(&["check", &directory.display().to_string(), "--no-verify"]);
    let text = out(&output);
    assert_eq!(code(&output), 0, "{text}{}", err(&output));
    assert!(text.contains("a.md:12:1 proved"), "{text}");
    assert!(text.contains("refuted (as expected)"), "{text}");
    assert!(text.contains("all as stated"), "{text}");
}

#[test]
fn check_refutes_wrong_claims_with_line_and_counterexample() {
    let directory = scratch("check-wrong");
    let path = write(&directory, "a.md", document("claim H(p) = ln(2*pi*s^2)/2 - 1/2", ""));
    let human = hence(&["check", &path, "--no-verify"]);
    assert_eq!(code(&human), 1);
    let text = out(&human);
    for part in ["a.md:12:1 refuted", "residual", "counterexample", "1 failed"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let output = hence(&["check", &path, "--format", "json"]);
    assert_eq!(code(&output), 1);
    let records = json(&output);
    let record = &records[0];
    assert_eq!(record["line"], 12);
    assert_eq!(record["kind"], "claim");
    assert_eq!(record["status"], "refuted");
    assert_eq!(record["residual"], "1");
    assert!(record["counterexample"]["point"].is_object());
    assert!(record["verification"]["replay"]["ok"].as_bool() == Some(true));
}

#[test]
fn a_right_claim_in_a_refuted_block_fails() {
    let directory = scratch("check-expected");
    let path = write(&directory, "a.md", document("claim H(p) = ln(2*pi*s^2)/2 + 1/2", " refuted"));
    assert_eq!(code(&hence(&["check", &path, "--no-verify"])), 1);
}

#[test]
fn a_document_without_blocks_is_noted() {
    let directory = scratch("check-none");
    let path = write(&directory, "a.md", "# Nothing here\n");
    let output = hence(&["check", &path]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("no `hence` blocks"));
}

const THEORY: &str = "distribution Tent(rate: positive) over x in positive\n  density FACTOR*rate*exp(-rate*x)\n  \
                      sample std_exponential()SAMPLE\n  en \"test\"\n  zh \"test\"\n  cite \"none\"\n";

fn theory(directory: &Path, name: &str, factor: &str, sample: &str) -> String {
    write(directory, name, THEORY.replace("FACTOR", factor).replace("SAMPLE", sample))
}

#[test]
fn a_theory_of_ones_own_is_tested_before_it_is_used() {
    let directory = scratch("theory");
    let good = theory(&directory, "good.hence", "1", "/rate");
    let used = hence(&["evaluate", "H(Tent(2))", "--theory", &good]);
    assert_eq!(code(&used), 0, "{}", err(&used));
    let heavy = theory(&directory, "heavy.hence", "2", "/rate");
    let refused = hence(&["derive", "H(Tent(2))", "--theory", &heavy]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("E0310"), "{}", err(&refused));
    assert!(err(&refused).contains("integrates to 2 "), "{}", err(&refused));
    let biased = theory(&directory, "biased.hence", "1", "*rate");
    let refused = hence(&["derive", "H(Tent(2))", "--theory", &biased]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("E0311"), "{}", err(&refused));
}

#[test]
fn what_is_known_can_be_listed() {
    let listed = hence(&["rules", "ln.*"]);
    assert_eq!(code(&listed), 0);
    assert!(out(&listed).contains("ln.product"));
    let value = json(&hence(&["rules", "--format", "json"]));
    for part in ["rules", "distributions", "quantities"] {
        assert!(value[part].as_array().is_some_and(|a| !a.is_empty()), "{part}");
    }
    let axioms = hence(&["axioms", KL]);
    assert_eq!(code(&axioms), 0);
    assert!(out(&axioms).contains("ln.quotient"));
}

#[test]
fn bad_input_is_reported_with_a_code_and_never_a_panic() {
    let directory = scratch("bad");
    let file = |name: &str, text: &[u8]| write(&directory, name, text);
    let folder = scratch("bad-folder").display().to_string();
    let deep = format!("H(Normal(0, {}1{}))", "(".repeat(5000), ")".repeat(5000));
    let cases: Vec<(Vec<String>, &str)> = [
        (vec!["derive", ""], "error"),
        (vec!["derive", "KL(p ||"], "error"),
        (vec!["derive", "H(Nobody(1))"], "error"),
        (vec!["derive", "H(Normal(1))"], "error"),
        (vec!["derive", "H(Normal(0, -1))"], "error"),
        (vec!["derive", "let a real"], "E0608"),
        (vec!["derive", "1 +* 2"], "error"),
        (vec!["derive", "\u{0}\u{7}§"], "error"),
        (vec!["derive", "int[x from 0 to 1] x"], "error"),
        (vec!["derive", "claim a <= b >= c"], "E0235"),
        (vec!["derive", &deep], "error"),
        (vec!["derive", KL, "--detail", "7"], "error"),
        (vec!["derive", KL, "--theory", "nowhere.hence"], "E0601"),
        (vec!["derive", KL, "--theory", &file("t.hence", b"rule ???\n")], "error"),
        (vec!["evaluate", KL, "--at", "m"], "E0610"),
        (vec!["evaluate", KL, "--at", "m=1,s=-1"], "E0611"),
        (vec!["evaluate", KL, "--at", "m=1,s=1,t=1"], "E0611"),
        (vec!["evaluate", KL, "--at", "m=1,m=2,s=1"], "E0610"),
        (vec!["evaluate", KL, "--at", "m=1/0,s=1"], "E0610"),
        (vec!["check", "nowhere.md"], "E0601"),
        (vec!["check", &folder], "E0607"),
        (vec!["check", &file("a.txt", b"x")], "E0606"),
        (vec!["check", &file("b.md", b"abc \xff def")], "E0603"),
        (vec!["check", &file("c.md", b" \n")], "E0605"),
        (vec!["check", &file("d.hence", b"")], "E0605"),
        (vec!["check", &file("e.md", &vec![b'x'; (1 << 20) + 1])], "E0604"),
        (vec!["check", &file("f.md", b"```hence\nclaim z = 1\nlet a b c\n")], "error"),
        (vec!["replay", "nowhere.json"], "E0601"),
        (vec!["replay", &folder], "E0602"),
        (vec!["replay", &file("g.json", b"{\"a\": ")], "E0612"),
        (vec!["replay", &file("h.json", b"3")], "E0613"),
        (vec!["axioms", "nowhere.md"], "E0601"),
        (vec!["nonsense"], "error"),
    ]
    .into_iter()
    .map(|(a, e)| (a.into_iter().map(String::from).collect(), e))
    .collect();
    for (arguments, expected) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        // The system takes no zero byte in an argument.
        let clean: Vec<String> = arguments.iter().map(|a| a.replace('\u{0}', "\u{1}")).collect();
        let output = hence(&clean.iter().map(String::as_str).collect::<Vec<_>>());
        let text = err(&output);
        let shown: String = format!("{arguments:?}").chars().take(120).collect();
        assert_eq!(code(&output), 2, "{shown}\n{}\n{text}", out(&output));
        assert!(text.contains(expected), "{shown}: {expected} is missing in\n{text}");
        assert!(!text.contains("internal error"), "{shown}\n{text}");
    }
}

#[test]
fn all_problems_of_all_files_are_reported_in_one_go() {
    let directory = scratch("all-problems");
    write(&directory, "a.md", "```hence\nclaim u = 1\nclaim v = 1\n```\n");
    write(&directory, "b.md", "text\n\n> ```hence\n> let w foo\n> ```\n");
    let output = hence(&["check", &directory.display().to_string()]);
    let text = err(&output);
    assert_eq!(code(&output), 2);
    for place in ["a.md:2:7", "a.md:3:7", "b.md:4:9"] {
        assert!(text.contains(place), "{place} is missing in {text}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(["rules"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built for this test");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).is_empty(), "{}", err(&output));
}

#[test]
fn version_and_help_are_there() {
    assert!(out(&hence(&["--version"])).starts_with("hence "));
    for command in ["derive", "evaluate", "check", "replay", "rules", "axioms", "theory"] {
        let help = hence(&[command, "--help"]);
        assert_eq!(code(&help), 0);
        assert!(out(&help).contains("Usage"), "{command}");
    }
}
