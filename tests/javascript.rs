//! Formulas of pages as JavaScript: what node computes against what the library computes.

mod library;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use hence::derive::{Derivation, derive, solve};
use hence::document::javascript::{RUNTIME, condition, expression};
use hence::document::page::Study;
use hence::elaborate::{Goal, GoalKind, Undeclared, statements, statements_with};
use hence::numeric::{Environment, Options, PointStream, evaluate, key};
use hence::syntax::{literate, parse_command, parse_statements};
use hence::term::{Symbol, Term};
use hence::theory::Theory;
use hence::verify::{Numbers, facts, step_numbers, study, violated};

/// What node may differ by, relative to the larger of 1 and the value.
const CLOSE: f64 = 1e-12;

/// Points for each formula.
const POINTS: usize = 8;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a program; `None` where there is no node, which is an error where everything is expected to be installed.
#[expect(clippy::print_stderr, reason = "what was not compared is said")]
fn node(program: &str) -> Option<String> {
    let file =
        std::env::temp_dir().join(format!("hence-{}.js", key(program, 1, std::process::id())));
    std::fs::write(&file, program).expect("a temporary file");
    let output = Command::new("node").arg(&file).output();
    std::fs::remove_file(&file).expect("the temporary file");
    match output {
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{complaint}");
            Some(String::from_utf8(output.stdout).expect("text"))
        }
        Err(e) => {
            assert!(std::env::var_os("CI").is_none(), "node is needed: {e}");
            eprintln!("not compared: there is no node");
            None
        }
    }
}

/// The derivations of every document, each with where it stands.
fn derivations() -> Vec<(String, Goal, Derivation)> {
    let theory = Theory::shipped_ref();
    let mut out = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(root().join("derivations"))
        .expect("the documents")
        .map(|e| e.expect("a document").path())
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a document");
        let blocks = literate::blocks(&text).into_iter();
        let said = blocks.filter(|b| !["figure", "fit"].iter().any(|w| b.info.contains(w)));
        let joined: Vec<String> = said.map(|b| b.text).collect();
        let joined = joined.join("\n");
        let (tree, problems) = parse_statements(&joined);
        assert!(problems.is_empty(), "{file:?}: {}", problems[0]);
        let (goals, _) = statements(&joined, &tree, theory);
        for goal in goals {
            let name = format!("{}: {}", file.file_name().unwrap_or_default().display(), goal.text);
            if let Some(derivation) = derived(&goal) {
                out.push((name, goal, derivation));
            }
        }
    }
    assert!(out.len() > 40, "{}", out.len());
    out
}

fn derived(goal: &Goal) -> Option<Derivation> {
    let (theory, facts) = (Theory::shipped_ref(), facts(&goal.context));
    match &goal.kind {
        GoalKind::Derive { left, .. } => Some(derive(theory, facts, left)),
        GoalKind::Solve { left, right, unknown } => {
            Some(solve(theory, &facts, (left, right), unknown))
        }
        GoalKind::Claim { .. } => None,
    }
}

fn one(source: &str) -> (Goal, Derivation) {
    let (tree, problems) = parse_command(source);
    assert!(problems.is_empty(), "{source}: {}", problems[0]);
    let (goals, problems) =
        statements_with(source, &tree, Theory::shipped_ref(), Undeclared::InferFromUse);
    assert!(problems.is_empty(), "{source}: {}", problems[0]);
    let goal = goals.into_iter().next_back().expect("a goal");
    let derivation = derived(&goal).expect("a derivation");
    (goal, derivation)
}

fn study_of(source: &str) -> Study {
    let (goal, derivation) = one(source);
    study(&derivation, &goal.context, Theory::shipped_ref()).expect("a study")
}

/// One value to be computed by node, and what it is.
struct Case {
    name: String,
    code: String,
    point: Vec<f64>,
    x: f64,
    wanted: f64,
}

fn cases(name: &str, study: &Study, derivation: &Derivation) -> Vec<Case> {
    let theory = Theory::shipped_ref();
    let numbers = Numbers { theory, facts: &derivation.facts };
    let names: Vec<Symbol> = study.sliders.iter().map(|s| s.name.clone()).collect();
    let mut stream = PointStream::new(key(name, 1, 0));
    let mut out = Vec::new();
    for n in 0..POINTS {
        let point: Vec<f64> = study
            .sliders
            .iter()
            .map(|s| match n {
                0 => s.start,
                _ if s.step >= 1.0 => stream.integer(s.low as i64, s.high as i64) as f64,
                _ => stream.uniform(s.low, s.high),
            })
            .collect();
        let at: Environment = names.iter().cloned().zip(point.iter().copied()).collect();
        if violated(&at, numbers).is_some() {
            assert!(n > 0, "{name}: the start is not admissible");
            continue;
        }
        let value = |t: &Term, at: &Environment| {
            evaluate(t, at, &numbers, &Options::default()).map(|v| v.value)
        };
        let wanted = value(&study.closed, &at).unwrap_or_else(|e| panic!("{name}: {e}"));
        let code = expression(&study.closed, &names, None).expect("code");
        out.push(Case { name: name.into(), code, point: point.clone(), x: 0.0, wanted });
        let Some(variable) = &study.variable else { continue };
        let (low, high) = study.window;
        for curve in &study.curves {
            let x = stream.uniform(low, high);
            let x = if study.discrete { x.round() } else { x };
            let at = at.clone().with(variable.clone(), x);
            // As shown, with the theory's densities in place of those written out.
            let Ok(wanted) = value(&curve.shown, &at) else { continue };
            let code = expression(&curve.formula, &names, Some(variable)).expect("code");
            let name = format!("{name}: {}", curve.shown);
            out.push(Case { name, code, point: point.clone(), x, wanted });
        }
    }
    out
}

fn written(v: f64) -> String {
    match v {
        v if v.is_nan() => "NaN".into(),
        v if v.is_infinite() => if v > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        v => format!("{v:e}"),
    }
}

fn compared(all: &[Case]) {
    let mut program = format!("{RUNTIME}\nconst out = [];\n");
    for case in all {
        let v: Vec<String> = case.point.iter().map(|v| written(*v)).collect();
        let (code, v, x) = (&case.code, v.join(","), written(case.x));
        writeln!(program, "out.push(((v, x) => {code})([{v}], {x}));").expect("a string");
    }
    program += "console.log(out.map((y) => y.toString()).join('\\n'));\n";
    let Some(output) = node(&program) else { return };
    let found: Vec<f64> = output.lines().map(|l| l.parse().unwrap_or(f64::NAN)).collect();
    assert_eq!(found.len(), all.len());
    let mut wrong = String::new();
    for (case, found) in all.iter().zip(found) {
        let gap = (found - case.wanted).abs() / case.wanted.abs().max(1.0);
        let same = found == case.wanted || (found.is_nan() && case.wanted.is_nan());
        if !same && gap.partial_cmp(&CLOSE).is_none_or(|o| o.is_gt()) {
            let Case { name, code, point, x, wanted } = case;
            writeln!(wrong, "{name} at {point:?}, {x}: {found}, not {wanted}\n  {code}")
                .expect("a string");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn node_agrees_with_the_library_on_every_closed_form() {
    let mut all = Vec::new();
    let (mut studied, mut number, mut drawn) = (0, 0, 0);
    for (name, goal, derivation) in derivations() {
        number += 1;
        let Some(study) = study(&derivation, &goal.context, Theory::shipped_ref()) else {
            continue;
        };
        studied += 1;
        drawn += usize::from(study.curves.iter().any(|c| c.integrand));
        all.extend(cases(&name, &study, &derivation));
    }
    assert!(2 * drawn > studied / 2, "{drawn} of {studied} have integrands");
    assert!(3 * studied > number, "{studied} of {number}");
    compared(&all);
}

#[test]
fn node_agrees_far_out_where_densities_underflow() {
    let mut all = Vec::new();
    for source in [
        "derive KL(Normal(m, s^2) || Normal(0, 1))",
        "derive JS(Normal(m, 1) || Normal(-m, 1))",
        "derive KL(Exponential(a) || Exponential(b))",
        "derive KL(Poisson(a) || Poisson(b))",
        "derive KL(Binomial(n, a) || Binomial(n, b))",
        "derive H(Geometric(a))",
        "derive bits(KL(Uniform(0, a) || Uniform(0, a + b)))",
        "derive KL(product[i in 1..d] Normal(mu[i], v[i]) || product[i in 1..d] Normal(0, 1))",
    ] {
        let (goal, derivation) = one(source);
        let Some(mut study) = study(&derivation, &goal.context, Theory::shipped_ref()) else {
            continue;
        };
        if !study.discrete {
            study.window = (study.window.0 - 60.0, study.window.1 + 60.0);
        }
        all.extend(cases(source, &study, &derivation));
    }
    compared(&all);
}

#[test]
fn special_functions_agree_with_the_table() {
    let table =
        std::fs::read_to_string(root().join("tests/fixtures/special.txt")).expect("a table");
    let rows = table.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut all = Vec::new();
    for row in rows {
        let parts: Vec<&str> = row.split(' ').collect();
        let [function, x, value] = parts[..] else { panic!("{row}") };
        let number = |t: &str| t.parse::<f64>().expect("a number");
        let code = format!("special.{function}(x)");
        let wanted = number(value);
        // Near its zero a function has absolute precision only.
        let case = Case { name: row.into(), code, point: Vec::new(), x: number(x), wanted };
        all.push(case);
    }
    assert!(all.len() > 150);
    compared(&all);
}

#[test]
fn names_of_authors_are_not_printed() {
    let names = [Symbol::new("constructor"), Symbol::new("a[1]"), Symbol::new("a[2]")];
    let term = library::term(
        Theory::shipped_ref(),
        &library::context(
            Theory::shipped_ref(),
            "let constructor real\nlet a[i] real for i in 1..2",
        ),
        "constructor^2 - sum[alert in 1..2] a[alert]*exp(a[2]) - -1/2",
    );
    let code = expression(&term, &names, None).expect("code");
    assert_eq!(
        code,
        "Math.pow(v[0], 2) - special.sum(1, 2, (i0) => special.times(v[i0], Math.exp(v[2]))) - (-(1 / 2))"
    );
    let less =
        Term::relation(hence::term::Relation::Lt, Term::symbol("constructor"), Term::integer(1));
    assert_eq!(condition(&less, &names).expect("code"), "(v[0]) < (1)");
}

#[test]
fn what_cannot_be_computed_has_no_code() {
    for text in ["int[x from 0 to 1] x dx", "sum[k in 0..oo] 1/2^k", "y", "D[c](c^2)"] {
        let context = library::context(Theory::shipped_ref(), "let c, y real");
        let term = library::term(Theory::shipped_ref(), &context, text);
        assert_eq!(expression(&term, &[Symbol::new("c")], None), None, "{text}");
    }
}

#[test]
fn sliders_are_admissible_and_start_apart() {
    let study = study_of("derive KL(Normal(m, s^2) || Normal(a, t^2))");
    let starts: Vec<String> = study
        .sliders
        .iter()
        .map(|s| format!("{} {} in {}..{}", s.name, s.start, s.low, s.high))
        .collect();
    assert_eq!(
        starts,
        ["a 0.5 in -4..4", "m -0.8 in -4..4", "s 1.2 in 0.05..5", "t 0.8 in 0.05..5"]
    );
    let shown: Vec<String> = study.curves.iter().map(|c| c.shown.to_string()).collect();
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(study.curves[2].integrand && study.window.0 < -4.0 && study.window.1 > 3.0);
    let study = study_of("derive KL(Bernoulli(a) || Bernoulli(b))");
    assert!(study.discrete && study.sliders.iter().all(|s| s.low > 0.0 && s.high < 1.0));
    assert_eq!(study.sliders[0].step, 0.01);
}

#[test]
fn what_the_sorts_say_is_admissible_alone() {
    let study = study_of("derive KL(Normal(m, s^2) || Normal(0, 1))");
    let said: Vec<String> = study.admissible.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["s > 0"]);
}

#[test]
fn an_equation_has_no_study() {
    let (goal, derivation) = one("solve D[s](KL(Poisson(3) || Poisson(s))) = 0 for s");
    assert_eq!(study(&derivation, &goal.context, Theory::shipped_ref()), None);
}

#[test]
fn steps_have_numbers_at_two_points() {
    let (goal, derivation) = one("derive KL(Normal(m, s^2) || Normal(0, 1))");
    let theory = Theory::shipped_ref();
    let mut report = hence::verify::report(&derivation, &goal.context, theory);
    step_numbers(&mut report, &derivation, theory);
    let first = report.steps[0].numbers[0].before;
    for step in &report.steps {
        assert_eq!(step.numbers.len(), 2, "{}", step.id);
        assert!((step.numbers[0].after - first).abs() < 1e-9, "{}: {first}", step.id);
        assert!(step.children.iter().all(|c| c.numbers.len() == 2), "{}", step.id);
    }
    assert!(report.steps[0].numbers[0].point != report.steps[0].numbers[1].point);
}
