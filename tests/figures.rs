//! Figures of documents: drawn, compared with what is there, and what is said about mistakes.
#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn hence(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("HENCE_NO_CACHE", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the command was built for this test")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command is not killed by a signal")
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|s| String::from_utf8_lossy(s));
    format!("{out}{err}")
}

/// A fresh directory for one test.
fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target directory can be written");
    path
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("the target directory can be written");
}

const DECLARED: &str = "```hence\nlet m real\nlet s positive\nlet p = Normal(m, s^2)\n\
    let q = Normal(0, 1)\n```\n\n";

const CURVES: &str = "title \"Terms\"\ndesc \"Two curves.\"\n\
    axis s from 0 to 3 \"σ\" # the scale\naxis y from -1 to 5 \"nats\"\nset m = 1\n\
    curve KL(p || q) \"KL(p ‖ q)\"\ncurve -ln(s) dashed \"−ln σ\"\n\
    line y = 1/2 \"½\"\npoint (1, 1/2)\n";

const PLANE: &str = "title \"Flow\"\naxis m from -3 to 3\naxis ell from -4 to 3\n\
    contour 1/2*(m^2 + exp(ell) - 1 - ell) levels 0.5, 1, 2\n\
    flow (-m, (1 - exp(ell))/2)\n  from (2.5, -3), (-2, 2) until 8\n";

fn figure(name: &str, body: &str) -> String {
    format!("```hence figure {name}\n{body}```\n\n")
}

#[test]
fn figures_are_written_stay_the_same_and_are_compared() {
    let directory = scratch("figures_written");
    let document = directory.join("doc.md");
    let path = document.display().to_string();
    let good =
        format!("{DECLARED}{}{}", figure("figures/terms.svg", CURVES), figure("flow.svg", PLANE));
    write(&document, &good);

    let missing = hence(&["figures", "--check", &path]);
    assert_eq!(code(&missing), 1, "{}", text(&missing));
    assert!(text(&missing).contains("E0711"), "{}", text(&missing));
    assert!(!directory.join("flow.svg").exists());

    let written = hence(&["figures", &path]);
    assert_eq!(code(&written), 0, "{}", text(&written));
    let terms = directory.join("figures/terms.svg");
    let bytes = fs::read_to_string(&terms).expect("written");
    for part in ["<title>Terms</title>", "<desc>Two curves.</desc>", ">KL(p ‖ q)</text>", "½"] {
        assert!(bytes.contains(part), "{part} in {bytes}");
    }
    assert!(!bytes.contains("NaN") && !bytes.contains("inf"), "{bytes}");
    let plane = fs::read_to_string(directory.join("flow.svg")).expect("written");
    assert!(plane.contains(">0.5</text>") && plane.contains("Z\" fill="), "{plane}");
    let left = fs::read_dir(directory.join("figures")).expect("there").count();
    assert_eq!(left, 1, "nothing but the figure is left");

    let again = hence(&["figures", &directory.display().to_string()]);
    assert!(text(&again).contains("current figures/terms.svg"), "{}", text(&again));
    assert_eq!(fs::read_to_string(&terms).expect("there"), bytes);
    assert_eq!(code(&hence(&["figures", "--check", &path])), 0);

    write(&document, &good.replace("set m = 1", "set m = 2"));
    let stale = hence(&["figures", "--check", &path]);
    assert_eq!(code(&stale), 1);
    assert!(text(&stale).contains("stale figures/terms.svg"), "{}", text(&stale));
    assert_eq!(fs::read_to_string(&terms).expect("there"), bytes, "--check writes nothing");
}

#[test]
fn what_is_drawn_is_the_derived_formula() {
    let directory = scratch("figures_derived");
    let document = directory.join("doc.md");
    let with = |curve: &str| figure("f.svg", &CURVES.replace("KL(p || q)", curve));
    let mut drawn = Vec::new();
    for curve in ["KL(p || q)", "E[x ~ p](ln(p(x)) - ln(q(x)))", "(s^2 + m^2)/2 - ln(s) - 1/2"] {
        write(&document, &format!("{DECLARED}{}", with(curve)));
        let output = hence(&["figures", &document.display().to_string()]);
        assert_eq!(code(&output), 0, "{curve}: {}", text(&output));
        drawn.push(fs::read_to_string(directory.join("f.svg")).expect("written"));
    }
    assert_eq!(drawn[0], drawn[1]);
    assert_eq!(drawn[0], drawn[2]);
}

#[test]
fn check_reads_figures_but_takes_them_for_no_statements() {
    let directory = scratch("figures_check");
    let document = directory.join("doc.md");
    let path = document.display().to_string();
    let claim = "```hence\nclaim KL(p || q) >= 0\n```\n";
    write(&document, &format!("{DECLARED}{}{claim}", figure("f.svg", CURVES)));
    let output = hence(&["check", "--no-verify", &path]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(text(&output).contains("1 claim; all as stated"), "{}", text(&output));
    write(&document, &format!("{DECLARED}{}{claim}", figure("f.svg", "curve -ln(s\n")));
    let output = hence(&["check", "--no-verify", &path]);
    assert_eq!(code(&output), 2, "{}", text(&output));
    assert!(text(&output).contains("doc.md:9:10"), "{}", text(&output));
}

/// A change to the body of a good figure, and the code and some words of what is said about it.
const MISTAKES: [(&str, &str, &str, &str); 34] = [
    ("point (1, 1/2)", "dot (1, 1/2)", "E0704", "not a clause"),
    ("title \"Terms\"\n", "", "E0706", "no title"),
    ("title \"Terms\"", "title Terms", "E0705", "quotation marks"),
    ("desc \"Two", "title \"Two", "E0706", "a second `title`"),
    ("\"−ln σ\"", "\"−ln σ", "E0705", "closing quotation mark"),
    ("\"−ln σ\"", "\"−ln σ\" dashed", "E0705", "nothing may follow"),
    ("axis s from 0 to 3 \"σ\" # the scale\n", "", "E0708", "`s` has no value"),
    ("axis s from 0 to 3", "axis s", "E0706", "needs a range"),
    ("axis s from 0 to 3", "axis s from 0", "E0705", "`to` is missing"),
    ("axis s from 0 to 3", "axis s from 3 to 0", "E0707", "is empty"),
    ("axis s from 0 to 3", "axis s from 0 to oo", "E0707", "not a finite number"),
    ("axis s from 0 to 3", "axis s from 0 to m2", "E02", "m2"),
    ("axis s from 0 to 3", "axis s from -1 to 3", "E0707", "is positive"),
    ("axis s from 0 to 3", "axis p from 0 to 3", "E0708", "cannot vary"),
    ("axis s from 0 to 3", "axis pi from 0 to 3", "E02", "pi"),
    ("axis y from", "axis z from 0 to 1\naxis y from", "E0706", "a third axis"),
    ("axis y from", "axis s from", "E0706", "a second axis"),
    ("set m = 1", "set m", "E0705", "NAME = VALUE"),
    ("set m = 1", "set m = 1, m = 2", "E0706", "set twice"),
    ("set m = 1", "set k = 1", "E0708", "no parameter"),
    ("set m = 1\n", "", "E0708", "`m` has no value"),
    ("set m = 1", "set m = 1, s = 1", "E0708", "varies along an axis"),
    ("curve -ln(s)", "curve", "E0705", "an expression is missing"),
    ("curve -ln(s)", "curve -ln(t)", "E02", "t"),
    ("curve -ln(s)", "curve p", "E02", "p"),
    ("curve -ln(s)", "curve ln(s - 9)", "E0710", "no value anywhere"),
    ("curve -ln(s)", "curve 99 + s", "E0710", "outside the figure"),
    ("curve -ln(s)", "curve E[x ~ p](ln(1 + exp(x)))", "E0709", "cannot be derived"),
    ("curve -ln(s)", "contour m*s levels 1", "E0706", "do not go into one figure"),
    ("line y = 1/2", "line z = 1/2", "E0706", "no axis"),
    ("line y = 1/2", "line y 1/2", "E0705", "NAME = VALUE"),
    ("line y = 1/2", "line y = s", "E0707", "not a number"),
    ("point (1, 1/2)", "point 1, 1/2", "E0705", "a pair in brackets"),
    ("point (1, 1/2)", "point (7, 1/2)", "E0710", "outside the figure"),
];

#[test]
fn each_mistake_has_its_diagnostic() {
    let directory = scratch("figures_mistakes");
    let document = directory.join("doc.md");
    for (from, to, expected, words) in MISTAKES {
        let body = CURVES.replacen(from, to, 1);
        assert_ne!(body, CURVES, "{from} is not there");
        write(&document, &format!("{DECLARED}{}", figure("f.svg", &body)));
        let output = hence(&["figures", &document.display().to_string()]);
        let said = text(&output);
        let status = if expected == "E0709" { 1 } else { 2 };
        assert_eq!(code(&output), status, "{to}: {said}");
        assert!(
            said.contains(&format!("error[{expected}")) && said.contains(words),
            "{to}: {said}"
        );
        assert!(said.contains("doc.md:"), "{to}: {said}");
        assert!(!directory.join("f.svg").exists(), "{to}: drawn all the same");
    }
}

#[test]
fn mistakes_in_the_plane() {
    let directory = scratch("figures_plane");
    let document = directory.join("doc.md");
    let mistakes = [
        ("levels 0.5, 1, 2", "", "E0705", "`levels` are missing"),
        ("levels 0.5, 1, 2", "levels 0.5,, 2", "E0705", "an expression is missing"),
        ("levels 0.5, 1, 2", "levels 99", "E0710", "none of the levels"),
        ("until 8", "", "E0705", "`until`"),
        ("until 8", "until -8", "E0707", "must be positive"),
        ("axis ell from -4 to 3", "axis ell", "E0706", "needs a range"),
        ("axis ell from -4 to 3\n", "", "E0706", "no vertical axis"),
        ("axis m from -3 to 3\naxis ell from -4 to 3\n", "", "E0706", "no horizontal axis"),
        ("(-2, 2)", "(-9, 2)", "E0710", "outside the figure"),
        ("axis ell from -4", "axis ell from -4 + ell", "E0707", "not a number"),
        ("axis m from", "axis 2*m from", "E0705", "a name is needed"),
    ];
    for (from, to, expected, words) in mistakes {
        write(&document, &format!("{DECLARED}{}", figure("f.svg", &PLANE.replacen(from, to, 1))));
        let output = hence(&["figures", &document.display().to_string()]);
        let said = text(&output);
        assert_eq!(code(&output), 2, "{to}: {said}");
        assert!(
            said.contains(&format!("error[{expected}")) && said.contains(words),
            "{to}: {said}"
        );
    }
}

const AREA: &str = "title \"Area\"\naxis x from -5 to 5\nset m = 1, s = 1/2\ndensity p \"p\"\n\
    density Normal(0, 1) \"q\"\nshade p(x)*ln(p(x)/q(x)) \"p ln(p/q)\"\n";

const COUNTS: &str = "title \"Counts\"\naxis k from -1 to 6\ndensity Poisson(2) \"p\"\n\
    shade Poisson(2)(k)*ln(Poisson(2)(k)/Poisson(1)(k)) \"terms\"\n";

const SETTLES: &str = "title \"Mean\"\naxis n from 10 to 10000\naxis y\nset m = 1, s = 1/2\n\
    convergence KL(p || q) \"mean\"\nline y = KL(p || q) \"closed form\"\n";

const SLIPS: &str = "title \"Slips\"\naxis d from -2 to 3\nset m = 1, s = 1/2\n\
    mutants KL(p || q) \"samples\"\nline d = KL(p || q) \"closed form\"\n";

const ORBIT: &str = "title \"Orbit\"\naxis t from 0 to 5\n\
    orbit (-m, (1 - s)/2) of (m, s) from (2, 3) show m^2 + s \"both\"\n";

#[test]
fn one_quantity_in_many_pictures() {
    let directory = scratch("figures_quantity");
    let document = directory.join("doc.md");
    let all = [("a", AREA), ("b", COUNTS), ("c", SETTLES), ("d", SLIPS), ("e", ORBIT)];
    let figures: String =
        all.iter().map(|(name, body)| figure(&format!("{name}.svg"), body)).collect();
    write(&document, &format!("{DECLARED}{figures}"));
    let written = hence(&["figures", &document.display().to_string()]);
    assert_eq!(code(&written), 0, "{}", text(&written));
    let again = hence(&["figures", "--check", &document.display().to_string()]);
    assert_eq!(code(&again), 0, "{}", text(&again));
    let expected: [&[&str]; 5] = [
        &[
            ">p</text>",
            ">q</text>",
            ">p ln(p/q)</text>",
            "Z\" fill=\"#178549\"",
            "Z\" fill=\"#9a5bc7\"",
        ],
        &[">terms</text>", "<rect ", "<circle "],
        &[">mean</text>", ">closed form</text>", ">1000</text>", ">10⁴</text>"],
        &[">samples</text>", ">closed form</text>", "<circle ", "opposite sign of the whole"],
        &[">both</text>"],
    ];
    for ((name, _), parts) in all.iter().zip(expected) {
        let drawn = fs::read_to_string(directory.join(format!("{name}.svg"))).expect("written");
        for part in parts {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert!(!drawn.contains("NaN") && !drawn.contains("id="), "{drawn}");
    }
}

#[test]
fn mistakes_about_one_quantity() {
    let directory = scratch("figures_quantity_wrong");
    let document = directory.join("doc.md");
    let mistakes = [
        (AREA, "density p ", "density m ", "E02", ""),
        (AREA, "m = 1, ", "", "E0708", "`m` has no value"),
        (AREA, "-5 to 5", "200 to 300", "E0710", "nowhere other than zero"),
        (COUNTS, "-1 to 6", "-1 to 999", "E0710", "too many integers"),
        (SETTLES, "10 to 10000", "-10 to 10000", "E0707", "a number of samples"),
        (SETTLES, "10 to 10000", "10 to 10^9", "E0707", "a number of samples"),
        (SETTLES, "convergence KL(p || q)", "convergence m^2", "E0710", "no expectation"),
        (SETTLES, "line y", "curve n\nline y", "E0706", "different horizontal axes"),
        (SLIPS, "-2 to 3", "70 to 71", "E0710", "no broken form"),
        (ORBIT, "0 to 5", "1 to 5", "E0707", "time starts at 0"),
        (ORBIT, "(2, 3)", "(2)", "E0705", "a velocity and a start"),
        (ORBIT, " show m^2 + s", "", "E0705", "`show` is missing"),
    ];
    for (body, from, to, expected, words) in mistakes {
        assert!(body.contains(from), "{from}");
        write(&document, &format!("{DECLARED}{}", figure("f.svg", &body.replacen(from, to, 1))));
        let output = hence(&["figures", &document.display().to_string()]);
        let said = text(&output);
        assert_eq!(code(&output), 2, "{to}: {said}");
        let found = said.contains(&format!("error[{expected}")) && said.contains(words);
        assert!(found, "{to}: {said}");
    }
}

#[test]
fn every_problem_is_said_in_one_go() {
    let directory = scratch("figures_all");
    let document = directory.join("doc.md");
    let body =
        CURVES.replace("-ln(s)", "-ln(t)").replace("m = 1", "k = 1").replace("(1, 1/2)", "(9, 1)");
    write(&document, &format!("{DECLARED}{}", figure("f.svg", &body)));
    let said = text(&hence(&["figures", &document.display().to_string()]));
    for words in ["`t`", "`k` is no parameter", "`m` has no value", "outside the figure"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn fences_are_known_and_closed() {
    let directory = scratch("figures_fences");
    let document = directory.join("doc.md");
    let cases = [
        ("```hence foo\nlet x real\n```\n", "E0701"),
        ("```hence refuted twice\nlet x real\n```\n", "E0701"),
        ("```hence figure\ntitle \"a\"\n```\n", "E0703"),
        ("```hence figure a.png\ntitle \"a\"\n```\n", "E0703"),
        ("```hence figure ../a.svg\ntitle \"a\"\n```\n", "E0703"),
        ("```hence figure /a.svg\ntitle \"a\"\n```\n", "E0703"),
        ("text\n\n```hence\nlet x real\n", "E0702"),
        ("````hence\nlet x real\n```\n", "E0702"),
        ("```hence", "E0702"),
    ];
    for (text_of_document, expected) in cases {
        write(&document, text_of_document);
        let output = hence(&["check", &document.display().to_string()]);
        assert_eq!(code(&output), 2, "{text_of_document}: {}", text(&output));
        assert!(text(&output).contains(expected), "{text_of_document}: {}", text(&output));
    }
    for sound in [
        "- a\n\n  ~~~hence\n  let x real\n  ~~~\n",
        "> ```hence\n> let x real\n> ```\n",
        "```hence\n```\n",
    ] {
        write(&document, sound);
        let output = hence(&["check", &document.display().to_string()]);
        assert_eq!(code(&output), 0, "{sound}: {}", text(&output));
    }
}

#[test]
fn two_figures_do_not_share_a_file() {
    let directory = scratch("figures_shared");
    let twice = figure("f.svg", CURVES);
    write(&directory.join("a.md"), &format!("{DECLARED}{twice}{twice}"));
    let output = hence(&["figures", &directory.display().to_string()]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("E0712"), "{}", text(&output));
    write(&directory.join("a.md"), &format!("{DECLARED}{twice}"));
    write(&directory.join("b.md"), &format!("{DECLARED}{twice}"));
    let output = hence(&["figures", &directory.display().to_string()]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("b.md:8:1"), "{}", text(&output));
}

#[test]
fn a_figure_sees_what_stands_before_it() {
    let directory = scratch("figures_order");
    let document = directory.join("doc.md");
    write(&document, &format!("{}{DECLARED}", figure("f.svg", CURVES)));
    let output = hence(&["figures", &document.display().to_string()]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("doc.md:7:"), "{}", text(&output));
    let free = "title \"t\"\naxis z from -1 to 1\ncurve z^2\n";
    write(&document, &format!("{}{DECLARED}", figure("f.svg", free)));
    let output = hence(&["figures", &document.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", text(&output));
}

#[test]
fn what_a_formula_assumes_binds_the_range() {
    let directory = scratch("figures_assumed");
    let document = directory.join("doc.md");
    let body = |from: &str| {
        let curve = "curve KL(Normal(0, v) || Normal(0, 1))\n";
        figure("f.svg", &format!("title \"t\"\naxis v from {from} to 2\n{curve}"))
    };
    for (from, expected) in [("0", 0), ("-1", 2)] {
        write(&document, &format!("```hence\nlet v real\n```\n\n{}", body(from)));
        let output = hence(&["figures", &document.display().to_string()]);
        assert_eq!(code(&output), expected, "{from}: {}", text(&output));
    }
}

#[cfg(unix)]
#[test]
fn no_figure_is_drawn_through_a_link() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figure-link");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(directory.join("elsewhere")).unwrap();
    fs::create_dir_all(directory.join("docs")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", directory.join("docs/link")).unwrap();
    let text = "```hence figure link/x.svg\ntitle \"x\"\naxis s from 0 to 1\naxis y from 0 to 1\ncurve s\n```\n";
    let file = directory.join("docs/a.md");
    fs::write(&file, text).unwrap();
    let output = hence(&["figures", &file.display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0714"));
    assert!(!directory.join("elsewhere/x.svg").exists());
}
