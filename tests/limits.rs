//! Input from strangers: whatever it is, there is an end, and a diagnostic.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::hence;

fn scratch(test: &str, name: &str, text: &str) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&directory).expect("the target directory can be written");
    let path = directory.join(name);
    fs::write(&path, text).expect("the target directory can be written");
    path.display().to_string()
}

/// Exit status and everything said about one block of statements.
fn check(test: &str, block: &str) -> (Option<i32>, String) {
    let file = scratch(test, "a.md", &format!("```hence\n{block}\n```\n"));
    told(&hence(&["check", &file, "--no-verify"]))
}

fn told(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains("internal error"), "{text}");
    (output.status.code(), text)
}

#[test]
fn towers_of_exponents() {
    let (exit, text) = check("tower", "claim 9^9^9^9^9 = 1");
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("E0219"), "{text}");
    let (exit, text) = check("tower-exp", "claim exp(exp(exp(exp(1000)))) = 1");
    assert_eq!(exit, Some(1), "{text}");
}

#[test]
fn deep_nests() {
    let nest = |n| format!("let x real\nclaim {}x{} = 1", "(".repeat(n), ")".repeat(n));
    let (exit, text) = check("nest", &nest(5000));
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("E0103"), "{text}");
}

#[test]
fn huge_sums() {
    let sums = "let x real\nclaim sum[i in 1..1000000000](sum[j in 1..1000000000](x*i*j)) = 1";
    let (exit, text) = check("sums", sums);
    assert_eq!(exit, Some(1), "{text}");
    let terms: Vec<String> = (1..3000).map(|i| format!("{i}*x^{}", i % 97)).collect();
    let (exit, text) = check("long", &format!("let x real\nclaim {} = 1", terms.join(" + ")));
    assert_eq!(exit, Some(1), "{text}");
}

#[test]
fn long_numbers() {
    let (exit, text) = check("digits", &format!("claim 1 = {}", "7".repeat(200_000)));
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("E0203"), "{text}");
}

#[test]
fn certificates_of_a_million_steps() {
    let output = hence(&["derive", "H(Normal(m, v))", "--format", "json"]);
    let mut whole: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let step = serde_json::json!({"line": 1});
    whole["certificate"]["steps"] = serde_json::Value::Array(vec![step; 1_000_000]);
    hence::verify::seal(&mut whole);
    let file = scratch("million", "a.json", &whole.to_string());
    let (exit, text) = told(&hence(&["replay", &file]));
    assert_eq!(exit, Some(1), "{}", &text[..text.len().min(2000)]);
    assert!(text.contains("refused"));
    assert!(text.len() < 100_000, "{} bytes are said", text.len());
    let file = scratch("million", "b.json", &"[".repeat(1_000_000));
    assert_eq!(told(&hence(&["replay", &file])).0, Some(2));
    let claims = vec![serde_json::json!({"kind": "claim"}); 100_000];
    let file = scratch("million", "c.json", &serde_json::Value::Array(claims).to_string());
    let (exit, text) = told(&hence(&["replay", &file]));
    assert_eq!(exit, Some(2), "{}", &text[..text.len().min(2000)]);
    assert!(text.contains("E0604"));
}

#[test]
fn rules_that_rewrite_to_themselves() {
    let rule = |name: &str, body: &str| {
        format!(
            "rule {name}\n  {body}\n  en \"it\"\n  zh \"它\"\n  cite \"none\"\n  proof axiom\n  \
             fires ln(x) where x positive\n  refuses exp(x) where x real\n"
        )
    };
    let theory = scratch(
        "loop",
        "loop.hence",
        &[
            rule("unit.same", "ln(?a) => ln(?a + 0)\n  when ?a > 0"),
            rule("int.evil.grow", "ln(?a) => ln(?a) + ln(?a) - ln(?a)\n  when ?a > 0"),
        ]
        .join("\n"),
    );
    let file = scratch(
        "loop",
        "a.md",
        "```hence\nlet x positive\nderive ln(x)*exp(x) by unit.same\nderive E[y ~ Normal(0, 1)](y^2 + ln(x))\n```\n",
    );
    let (exit, text) = told(&hence(&["check", &file, "--theory", &theory, "--no-verify"]));
    assert!(matches!(exit, Some(0 | 1)), "{text}");
    assert!(text.contains("steps reached no end"), "{text}");
    assert!(text.contains("were unit.same"), "{text}");
}

#[test]
fn a_statement_without_an_end_is_given_up_and_the_others_are_not() {
    let parts: Vec<String> = (0..200).map(|i| format!("1/200: Normal({i}, 1)")).collect();
    let file = scratch(
        "endless",
        "a.md",
        &format!(
            "```hence\nlet p = mixture({})\nclaim 1 + 1 = 2\nderive JS(p, Normal(0, 1))\nclaim 1 + 2 = 3\n```\n",
            parts.join(", ")
        ),
    );
    let (exit, text) = told(&hence(&["check", &file, "--timeout", "1"]));
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("no end was reached within 1 s (--timeout)"), "{text}");
    assert_eq!(text.matches(" proved ").count(), 2, "{text}");
    let derive = format!("JS(mixture({}), Normal(0, 1))", parts.join(", "));
    let (exit, text) = told(&hence(&["derive", &derive, "--timeout", "1"]));
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("E0802"), "{text}");
}

#[test]
fn memory_is_bounded() {
    let numbers = vec!["1"; 80_000].join(", ");
    let file =
        scratch("memory", "a.md", &format!("```hence\nlet v = [{numbers}]\nclaim v[1] = 1\n```\n"));
    let (exit, text) = told(&hence(&["check", &file, "--memory", "16"]));
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("E0801"), "{text}");
}
