//! What can be derived of each family: the tables, the document made of them, and that they do not shrink.
#![cfg(feature = "cli")]

mod library;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use hence::document::coverage::{Cell, Standing};
use hence::term::Symbol;
use hence::theory::Theory;
use hence::verify::Earlier;
use hence::verify::coverage::{Asked, Place, Wanted, cell, of_families, places};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn hence(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(root())
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

/// A fresh directory for one test.
fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target directory can be written");
    path
}

fn decided(theory: &Theory, column: &str, families: &[&str]) -> Cell {
    let families = families.iter().map(|f| Symbol::new(f)).collect();
    let place = Place { column: Symbol::new(column), families, by: None };
    let asked = Asked { theory, with_evidence: true, clock: &|| Duration::ZERO };
    cell(&place, asked, &mut Earlier::default())
}

fn extended(text: &str) -> Theory {
    let mut theory = Theory::shipped();
    let problems = theory.extend("own", text);
    assert!(problems.is_empty(), "{}", problems[0]);
    theory
}

fn family(name: &str, density: &str, sampler: &str) -> String {
    format!(
        "distribution {name}(scale: positive) over x in positive\n  density {density}\n  sample {sampler}\n  \
         en \"a family\"\n  zh \"分布族\"\n  cite \"none\"\n"
    )
}

/// A sampler that does not follow its density, and a density that does not integrate to one, speak against what is derived from
/// the density.
#[test]
fn what_is_wrong_is_not_confirmed() {
    let right = "exp(-x/scale)/scale";
    let theory = extended(
        &[
            family("Right", right, "scale*std_exponential()"),
            family("Drawn", right, "2*scale*std_exponential()"),
            family("Dense", "2*exp(-x/scale)/scale", "scale*std_exponential()"),
        ]
        .concat(),
    );
    let fine = decided(&theory, "entropy", &["Right"]);
    let evidence = fine.evidence.expect("evidence was asked for");
    assert!(evidence.passed && evidence.replayed && evidence.sampled, "{fine:?}");
    assert_eq!(fine.sign(), "✓");
    for wrong in ["Drawn", "Dense"] {
        let cell = decided(&theory, "entropy", &[wrong]);
        let evidence = cell.evidence.expect("evidence was asked for");
        assert!(!evidence.passed && !evidence.sampled, "{wrong}: {cell:?}");
        assert_eq!(cell.sign(), "✗", "{wrong}");
    }
}

/// What was tried is said: one support within the other, a parameter in common.
#[test]
fn what_is_assumed_is_shown() {
    let theory = Theory::shipped_ref();
    let nested = decided(theory, "divergence", &["Uniform", "Uniform"]);
    assert_eq!(nested.given.len(), 2, "{:?}", nested.given);
    assert_eq!((nested.standing, nested.sign()), (Standing::Proved, "(✓)"));
    let shared = decided(theory, "divergence", &["Binomial", "Binomial"]);
    assert_eq!(shared.shared.as_ref().map(Symbol::as_str), Some("n"));
    assert!(shared.text.contains("Binomial(n, prob1)"), "{}", shared.text);
    let beyond = decided(theory, "divergence", &["Normal", "Exponential"]);
    assert_eq!((beyond.standing, beyond.sign()), (Standing::Infinite, "∞"));
    let apart = decided(theory, "divergence", &["Normal", "Poisson"]);
    assert_eq!((apart.standing, apart.sign()), (Standing::Undefined, "–"));
    let open = decided(theory, "entropy", &["Poisson"]);
    assert_eq!(open.standing, Standing::Stuck);
    let number = open.number.expect("a value by quadrature");
    assert!(number.value > 0.0 && open.left.is_some() && open.message.is_some());
}

/// Each statement, with its declarations, and each closed form can be pasted.
#[test]
fn what_is_printed_parses_back() {
    let theory = Theory::shipped_ref();
    for cell in
        of_families(theory, &|_| true).into_iter().filter(|c| c.standing == Standing::Proved)
    {
        let goals = library::goals(theory, &cell.text);
        assert_eq!(goals.len(), 1, "{}", cell.text);
        let result = cell.result.as_ref().expect("a closed form");
        let again = library::term(theory, &goals[0].context, &result.to_string());
        assert_eq!(again.to_string(), result.to_string());
    }
}

/// The file lists what has been derived. What is derived beyond it is added by hand; nothing may be lost.
#[test]
fn nothing_is_lost() {
    let theory = Theory::shipped_ref();
    let list = fs::read_to_string(root().join("tests/cases/coverage.txt")).expect("the list");
    let known: BTreeSet<String> = of_families(theory, &|_| true).iter().map(listed).collect();
    let names: BTreeSet<&str> = theory.distributions().iter().map(|d| d.name.as_str()).collect();
    let lost: Vec<&str> = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter(|line| !known.contains(*line))
        .collect();
    assert!(names.len() >= 32, "families: {}", names.len());
    assert!(lost.is_empty(), "no longer so:\n{}\nnow there is\n{}", lost.join("\n"), {
        let all: Vec<&str> = known.iter().map(String::as_str).collect();
        all.join("\n")
    });
}

fn listed(cell: &Cell) -> String {
    let family = cell.families.first().map_or("", Symbol::as_str);
    let by = cell.by.as_ref().map(|by| format!(" {by}")).unwrap_or_default();
    format!("{} {family}{by}: {}", cell.column, cell.standing.as_str())
}

/// The document names every family and every column, and as many pairs as there must be.
#[test]
fn the_document_is_about_this_theory() {
    let theory = Theory::shipped_ref();
    for (file, zh) in [("docs/src/coverage.md", false), ("docs/src/coverage.zh.md", true)] {
        let text = fs::read_to_string(root().join(file)).expect("the document");
        let table: Vec<&str> = text.lines().filter(|l| l.starts_with("| ")).collect();
        for d in theory.distributions() {
            let row = format!("| [{}](#", d.name);
            let plain = format!("| {} |", d.name);
            let found = table.iter().any(|l| l.starts_with(&row) || l.starts_with(&plain));
            assert!(found, "{file} does not have {}; run hence coverage --write", d.name);
        }
        for column in theory.columns() {
            let title = if zh { &column.reason.zh } else { &column.reason.en };
            let found = table.iter().any(|l| l.starts_with(&format!("| {title} |")));
            assert!(found, "{file} does not have {}", column.name);
        }
        let across = text.lines().filter(|l| l.starts_with("- `KL(") && l.contains(" = ")).count();
        assert!(across >= 180, "{file} has {across} closed forms of divergences");
        let against = table.iter().filter(|l| l.contains('✗')).count();
        assert_eq!(against, 0, "{file}: evidence speaks against a closed form");
    }
}

#[test]
fn places_are_in_order_and_once() {
    let theory = Theory::shipped_ref();
    let all = places(theory, &Wanted::default());
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    let n = theory.distributions().len();
    let across = theory.columns().iter().filter(|c| c.across).count();
    let by_parameter = theory.columns().iter().filter(|c| c.variables > 0).count();
    let own = all.iter().filter(|p| p.families.first() == p.families.last() && p.by.is_none());
    assert_eq!(own.count(), n * (theory.columns().len() - by_parameter));
    let pairs = all.iter().filter(|p| p.families.first() != p.families.last());
    assert_eq!(pairs.count(), across * n * (n - 1));
    let named = Wanted { families: vec![Symbol::new("Gamma")], ..Wanted::default() };
    let some = places(theory, &named);
    assert!(some.iter().all(|p| p.families.iter().any(|f| *f == "Gamma")));
    // Two parameters.
    assert_eq!(some.len(), theory.columns().len() + by_parameter + across * 2 * (n - 1));
}

// ── The command ────────────────────────────────────────────────────────────────────────────────────────────────────

const SMALL: [&str; 5] = ["coverage", "--family", "Exponential", "--quantity", "H"];

#[test]
fn records_say_what_was_found() {
    let output = hence(&[&SMALL[..], &["--format", "json"]].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    let value: Value = serde_json::from_slice(&output.stdout).expect("output is JSON");
    let cells = value["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 1);
    let cell = &cells[0];
    assert_eq!(cell["column"], "entropy");
    assert_eq!(cell["families"], serde_json::json!(["Exponential"]));
    assert_eq!(cell["status"], "proved");
    assert_eq!(cell["statement"], "H(Exponential(rate))");
    assert_eq!(cell["result"], "1 - ln(rate)");
    assert_eq!(cell["evidence"]["passed"], true);
    assert_eq!(value["total"]["proved"], 1);
}

#[test]
fn tables_are_in_two_languages() {
    let english = out(&hence(&[&SMALL[..], &["--no-verify"]].concat()));
    assert!(english.contains("H(Exponential(rate)) = 1 − ln(rate)"), "{english}");
    assert!(english.contains("a closed form"), "{english}");
    let chinese = out(&hence(&[&SMALL[..], &["--no-verify", "--lang", "zh"]].concat()));
    assert!(chinese.contains("闭式") && !chinese.contains("closed form"), "{chinese}");
    let page = out(&hence(&[&SMALL[..], &["--no-verify", "--format", "markdown"]].concat()));
    assert!(page.contains("| [Exponential](#exponential) | ✓ |"), "{page}");
    assert!(page.contains("### Exponential\n"), "{page}");
}

#[test]
fn unknown_names_are_said() {
    let output =
        hence(&["coverage", "--family", "Exponentail", "--quantity", "entropie", "--no-verify"]);
    assert_eq!(code(&output), 2);
    let text = err(&output);
    assert_eq!(text.matches("E0724").count(), 2, "{text}");
}

/// A document is written in both languages, found current, and stale once something else than a time is changed.
#[test]
fn documents_are_compared() {
    let place = scratch("document").join("page.md");
    let path = place.display().to_string();
    let written = hence(&[&SMALL[..], &["--no-verify", "--write", &path]].concat());
    assert_eq!(code(&written), 0, "{}", err(&written));
    let chinese = place.with_extension("zh.md");
    assert!(fs::read_to_string(&chinese).expect("written").contains("可以推导什么"));
    let check = || hence(&[&SMALL[..], &["--no-verify", "--check", &path]].concat());
    assert_eq!(code(&check()), 0, "{}", out(&check()));
    let text = fs::read_to_string(&place).expect("written");
    fs::write(&place, text.replace("median ", "median 9")).expect("the directory can be written");
    assert_eq!(code(&check()), 0, "times are not compared");
    fs::write(&place, text.replace("1 − ln(rate)", "1 + ln(rate)")).expect("as before");
    let output = check();
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("stale") && out(&output).contains("+ - `H("), "{}", out(&output));
    fs::remove_file(&place).expect("as before");
    assert_eq!(code(&check()), 2);
}

/// A part of the tables is looked for in the document of all of them.
#[test]
fn a_part_is_compared_with_the_whole() {
    let place = scratch("part").join("page.md");
    let path = place.display().to_string();
    let two = ["coverage", "--family", "Exponential", "--family", "Bernoulli", "--no-verify"];
    let means = ["--quantity", "H", "--quantity", "mean"];
    let written = hence(&[&two[..], &means, &["--write", &path]].concat());
    assert_eq!(code(&written), 0, "{}", err(&written));
    let check = || hence(&[&SMALL[..], &["--no-verify", "--check", &path]].concat());
    assert_eq!(code(&check()), 0, "{}", out(&check()));
    let text = fs::read_to_string(&place).expect("written");
    let of_another = text.replace("𝔼[x ~ Exponential(rate)](x) = 1/rate", "another");
    assert_ne!(of_another, text);
    fs::write(&place, of_another).expect("the directory can be written");
    assert_eq!(code(&check()), 0, "the mean was not asked for: {}", out(&check()));
    fs::write(&place, text.replace("1 − ln(rate)", "1 + ln(rate)")).expect("as before");
    let output = check();
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("stale") && out(&output).contains("1 − ln(rate)"),
        "{}",
        out(&output)
    );
}

/// A file of one's own brings families and columns, and is refused where its sampler is wrong.
#[test]
fn families_of_ones_own_stand_among_the_others() {
    let place = scratch("own");
    let file = |name: &str, text: &str| {
        let path = place.join(name);
        fs::write(&path, text).expect("the target directory can be written");
        path.display().to_string()
    };
    let column = "column mean-square(p)\n  = E[x ~ p](x^2)\n  en \"mean square\"\n  zh \"均方\"\n";
    let right = family("Own", "exp(-x/scale)/scale", "scale*std_exponential()") + column;
    let right = file("right.hence", &right);
    let tried = ["--family", "Own", "--quantity", "mean-square", "--no-verify"];
    let output = hence(&[&["coverage", "--theory", &right][..], &tried].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("= 2 scale²"), "{}", out(&output));
    let wrong = file("wrong.hence", &family("Own", "exp(-x/scale)/scale", "std_exponential()"));
    let output = hence(&["coverage", "--theory", &wrong, "--family", "Own", "--no-verify"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
}

/// A column is about one distribution or two.
#[test]
fn columns_are_about_distributions() {
    let refused = |text: &str| {
        let problems = Theory::shipped().extend("own", text);
        problems.first().map(|p| p.code).unwrap_or_default().to_owned()
    };
    assert_eq!(refused("column nothing(a)\n  = a + 1\n"), "E0319");
    assert_eq!(refused("column three(p, q, r)\n  = KL(p || q) + H(r)\n"), "E0319");
    assert_eq!(refused("column one(p)\n  = H(p)\n  across families\n"), "E0319");
    assert_eq!(refused("column one(p)\n  = H(p)\n  across pages\n"), "E0111");
    assert_eq!(refused("column entropy(p)\n  = H(p)\n"), "E0301");
    assert_eq!(refused("column one(p)\n  = H(p) + y\n"), "E0201");
}

/// What CONTRIBUTING.md shows runs as it stands there.
#[test]
fn the_families_of_the_guide_run() {
    let guide = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("the guide");
    let blocks: Vec<&str> = guide.split("```").skip(1).step_by(2).collect();
    let entries = |name: &str| -> String {
        let about = |b: &&&str| {
            let body = b.trim_start();
            let entry = ["distribution ", "rule ", "law "].iter().any(|e| body.starts_with(e));
            entry && body.contains(&format!("{name}("))
        };
        blocks.iter().filter(about).map(|b| b.trim_start()).collect::<Vec<_>>().join("\n")
    };
    let place = scratch("guide");
    for (name, statement, shown) in [
        ("Radius", "E[x ~ Radius(s)](x^2) where s positive", "= 2s²"),
        ("Lomax", "KL(Lomax(a, s) || Lomax(b, s)) where a, b, s positive", "ln(a/b) + b/a − 1"),
    ] {
        let path = place.join(format!("{}.hence", name.to_lowercase()));
        let text = entries(name);
        assert!(text.starts_with(&format!("distribution {name}(")), "{name} in the guide: {text}");
        fs::write(&path, &text).expect("the target directory can be written");
        let path = path.display().to_string();
        let tested = hence(&["theory", "test", &path]);
        assert_eq!(code(&tested), 0, "{}{}", out(&tested), err(&tested));
        let derived = hence(&["derive", statement, "--theory", &path]);
        assert_eq!(code(&derived), 0, "{}{}", out(&derived), err(&derived));
        assert!(out(&derived).contains(shown), "{}", out(&derived));
        let all = ["coverage", "--theory", &path, "--family", name, "--quantity", "H"];
        let output = hence(&all);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        assert!(out(&output).contains(&format!("H({name}(")), "{}", out(&output));
    }
}
