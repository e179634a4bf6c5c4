//! Fits of one Gaussian to two: values from closed forms and from other programs, and what bad input is told.

use std::process::{Command, Output, Stdio};

use hence::elaborate::Context;
use hence::fit::{self, FitOptions, FitProblem, FitReport, Kind};
use hence::syntax::parse_expression;
use hence::theory::Theory;
use serde_json::Value;

const HALVES: &str = "mixture(1/2: Normal(-5, 1), 1/2: Normal(10, 1))";
const SUM: &str = "Normal(-5, 1) + Normal(10, 1)";

fn problem(target: &str, loss: &str, scale: &str, start: [f64; 2]) -> FitProblem {
    let theory = Theory::shipped_ref();
    let tree = parse_expression(target).expect("a target");
    let model = fit::named(&theory.models()[0]);
    FitProblem {
        target: fit::target(&tree, theory, &Context::default()).expect("a target"),
        loss: fit::loss(loss, theory).expect("a loss"),
        logarithmic: fit::scales(&[scale.to_owned()], &model).expect("a scale"),
        start: start.to_vec(),
        model,
    }
}

fn run(target: &str, loss: &str, scale: &str, start: [f64; 2], starts: usize) -> FitReport {
    let problem = problem(target, loss, scale, start);
    fit::fit(&problem, Theory::shipped_ref(), &FitOptions { starts, normalised: false })
        .expect("a fit")
}

#[track_caller]
fn near(found: &[f64], wanted: [f64; 2], within: f64) {
    let off = (found[0] - wanted[0]).abs().max((found[1] - wanted[1]).abs());
    assert!(off <= within, "{found:?} is not {wanted:?}");
}

#[test]
fn moments_are_reached_from_five_starts() {
    let sigma = 57.25_f64.sqrt();
    for (target, least) in [(HALVES, 1.330_566_640_7), (SUM, 4.047_427_642_5)] {
        for start in [[0.0, 1.0], [-5.0, 1.0], [10.0, 0.5], [2.5, 30.0], [-40.0, 3.0]] {
            let report = run(target, "forward-kl", "sigma", start, 0);
            near(&report.minimum.values, [2.5, sigma], 1e-6);
            assert!((report.minimum.loss - least).abs() < 1e-9, "{}", report.minimum.loss);
            assert!(report.minimum.gradient_norm <= 1e-8, "{}", report.minimum.gradient_norm);
            assert!(report.formula.is_some(), "the loss was not derived");
        }
    }
}

/// Where the minima of a loss are: near the parts, and between them.
type Minima = (&'static str, &'static str, [f64; 2], f64, [f64; 2], f64);

/// The target, the loss, the minimum at a part and the loss there, the one between and the loss there.
const MINIMA: &[Minima] = &[
    (HALVES, "mse", [-5.0, 1.961_459_2], 0.103_665_851, [2.5, 10.233_263_6], 0.109_140_122),
    (SUM, "mse", [-5.0, 1.0], 0.282_094_792, [2.5, 8.666_567_0], 0.470_334_312),
    (HALVES, "cosine", [-5.0, 1.0], 0.292_893_219, [2.5, 10.607_020_7], 0.522_796_994),
    (SUM, "cosine", [-5.0, 1.0], 0.292_893_219, [2.5, 10.607_020_7], 0.522_796_994),
    (HALVES, "reverse-kl", [-5.0, 1.0], std::f64::consts::LN_2, [2.5, 6.145_692_0], 8.603_397_527),
    (SUM, "reverse-kl", [-5.0, 1.0], 0.0, [2.5, 6.145_692_0], 7.910_250_347),
    (HALVES, "l1", [-4.715_315_3, 1.972_146_2], 0.999_998_893, [2.5, 7.550_649_0], 1.399_071_616),
    (SUM, "l1", [-5.0, 1.0], 1.0, [2.5, 7.519_224_6], 2.326_551_323),
];

#[test]
fn each_loss_but_one_has_three_minima() {
    for (target, loss, part, at_part, middle, at_middle) in MINIMA {
        let report = run(target, loss, "sigma", [0.0, 1.0], 48);
        let minima: Vec<_> = report.stationary.iter().filter(|s| s.kind == Kind::Minimum).collect();
        assert_eq!(minima.len(), 3, "{loss} of {target}: {minima:#?}");
        let mirrored = [5.0 - part[0], part[1]];
        for (wanted, value) in [(part, at_part), (&mirrored, at_part), (middle, at_middle)] {
            let closest = minima
                .iter()
                .min_by(|a, b| {
                    let off = |s: &fit::Stationary| (s.values[0] - wanted[0]).abs();
                    off(a).total_cmp(&off(b))
                })
                .expect("three");
            // At a bend of the gradient the last digits of its shortest place are rounding along the bend.
            let within = if *loss == "l1" { 1e-5 } else { 2e-7 };
            near(&closest.values, *wanted, within);
            assert!((closest.loss - value).abs() < 1e-9, "{loss}: {}", closest.loss);
        }
        for s in &report.stationary {
            assert!(s.gradient_norm <= 1e-8, "{loss} at {:?}: {}", s.values, s.gradient_norm);
        }
        assert!(report.stationary.iter().any(|s| s.kind == Kind::Saddle), "{loss}: no saddle");
        assert!(report.minimum.is_certified(), "{loss}: {:?}", report.minimum);
    }
}

#[test]
fn the_minimum_that_is_reached_depends_on_the_scale() {
    // The mean that the descent from (0, 1) comes to, in (mu, sigma) and in (mu, ln sigma).
    let table = [
        (SUM, "mse", -5.0, 2.5),
        (HALVES, "mse", 2.5, 2.5),
        (SUM, "cosine", -5.0, 2.5),
        (HALVES, "cosine", -5.0, 2.5),
        (SUM, "reverse-kl", -5.0, -5.0),
        (HALVES, "reverse-kl", -5.0, -5.0),
        (SUM, "l1", -5.0, 2.5),
    ];
    for (target, loss, plain, logarithmic) in table {
        for (scale, wanted) in [("sigma", plain), ("log-sigma", logarithmic)] {
            let report = run(target, loss, scale, [0.0, 1.0], 0);
            let mu = report.minimum.values[0];
            assert!((mu - wanted).abs() < 1e-6, "{loss} of {target} in {scale}: {mu}");
            assert!(report.minimum.is_certified(), "{loss} of {target} in {scale}");
            let falls = report.path.windows(2).all(|p| p[1].1 <= p[0].1 + 1e-9);
            assert!(falls, "{loss} of {target} in {scale} rises on its way");
        }
    }
}

/// An isolated part of weight w: σ² = 1/(2w^(2/3) − 1), which exists for w > 2^(−3/2) only.
#[test]
fn a_part_has_a_minimum_of_squares_only_with_enough_weight() {
    let far = |w: &str, v: &str| format!("mixture({w}: Normal(-50, 1), {v}: Normal(50, 1))");
    let report = run(&far("3/5", "2/5"), "mse", "sigma", [-50.0, 1.0], 48);
    let sigma = |w: f64| (2.0 * w.powf(2.0 / 3.0) - 1.0).recip().sqrt();
    near(&report.minimum.values, [-50.0, sigma(0.6)], 1e-6);
    assert!(report.stationary.iter().any(|s| (s.values[1] - sigma(0.4)).abs() < 1e-6));
    let report = run(&far("2/3", "1/3"), "mse", "sigma", [50.0, 1.0], 48);
    let near_the_light = |s: &&fit::Stationary| {
        (s.values[0] - 50.0).abs() < 10.0 && s.values[1] < 10.0 && s.kind == Kind::Minimum
    };
    assert!(report.stationary.iter().find(near_the_light).is_none(), "{:?}", report.stationary);
}

/// Nodes and weights of the Gauss–Hermite rule for the standard normal, by Newton's method on the Hermite polynomial.
fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
    let value = |x: f64| {
        // Orthonormal for the normal density.
        let (mut before, mut now) = (0.0, 1.0);
        for k in 0..n {
            let next = (x * now - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt();
            (before, now) = (now, next);
        }
        (now, (n as f64).sqrt() * before, before)
    };
    let mut nodes = Vec::new();
    let reach = 2.0 * (n as f64).sqrt() + 1.0;
    let steps = 4000;
    for k in 0..steps {
        let place = |k: usize| -reach + 2.0 * reach * k as f64 / f64::from(steps as u32);
        let (mut a, mut b) = (place(k), place(k + 1));
        if value(a).0 * value(b).0 > 0.0 {
            continue;
        }
        for _ in 0..100 {
            let middle = f64::midpoint(a, b);
            if value(a).0 * value(middle).0 <= 0.0 { b = middle } else { a = middle }
        }
        let x = f64::midpoint(a, b);
        let (_, slope, before) = value(x);
        nodes.push((x, 1.0 / (slope * before) * (n as f64).sqrt() / (n as f64)));
    }
    nodes
}

#[test]
fn fixed_nodes_are_fooled_by_the_kink_and_adaptive_ones_are_not() {
    const SIGMA: f64 = 4.0;
    let log_target = |x: f64| {
        let (a, b) = (-0.5 * (x + 5.0) * (x + 5.0), -0.5 * (x - 10.0) * (x - 10.0));
        let top = a.max(b);
        top + ((a - top).exp() + (b - top).exp()).ln() - (2.0 * std::f64::consts::TAU.sqrt()).ln()
    };
    // The slope of E[−ln P] along the mean, by differences of each rule.
    let changes = |slope: &dyn Fn(f64) -> f64| {
        let slopes: Vec<f64> = (0..131).map(|k| slope(-4.0 + 0.1 * f64::from(k) + 0.013)).collect();
        slopes.windows(2).filter(|w| w[0] * w[1] < 0.0).count()
    };
    let nodes = gauss_hermite(20);
    assert_eq!(nodes.len(), 20);
    assert!((nodes.iter().map(|(_, w)| w).sum::<f64>() - 1.0).abs() < 1e-9, "{nodes:?}");
    let hermite =
        |mu: f64| -> f64 { nodes.iter().map(|(z, w)| -w * log_target(mu + SIGMA * z)).sum() };
    let fooled = changes(&|mu| hermite(mu + 1e-5) - hermite(mu - 1e-5));
    let fine = |mu: f64| -> f64 {
        let node = |k: i32| -12.0 + 24.0 * f64::from(k) / 20000.0;
        (0..=20000)
            .map(|k| -(-node(k) * node(k) / 2.0).exp() * log_target(mu + SIGMA * node(k)))
            .sum()
    };
    let truth = changes(&|mu| fine(mu + 1e-3) - fine(mu - 1e-3));
    let problem = problem(HALVES, "reverse-kl", "sigma", [0.0, SIGMA]);
    let theory = Theory::shipped_ref();
    let adaptive = changes(&|mu| {
        let found = fit::losses(&problem, theory, &[vec![mu, SIGMA]]).expect("a loss");
        found[0].as_ref().expect("a value").1[0]
    });
    assert_eq!(adaptive, truth);
    assert!(fooled > truth + 3, "{fooled} zeros of the slope by fixed nodes, {truth} in truth");
}

#[test]
fn gradients_are_those_of_the_losses() {
    let theory = Theory::shipped_ref();
    for loss in theory.losses() {
        let name = loss.definition.name.as_str();
        let problem = problem(SUM, name, "sigma", [0.3, 2.2]);
        for at in [[0.3, 2.2], [-4.0, 1.3], [6.0, 9.0]] {
            let h = 1e-4;
            let mut points = vec![at.to_vec()];
            for k in 0..2 {
                for side in [h, -h] {
                    let mut moved = at.to_vec();
                    moved[k] += side;
                    points.push(moved);
                }
            }
            let found = fit::losses(&problem, theory, &points).expect("a loss");
            let value = |k: usize| found[k].as_ref().expect("a value").0;
            let gradient = &found[0].as_ref().expect("a value").1;
            for k in 0..2 {
                let slope = (value(1 + 2 * k) - value(2 + 2 * k)) / (2.0 * h);
                let scale = gradient[k].abs().max(1e-2);
                assert!(
                    (slope - gradient[k]).abs() < 1e-5 * scale,
                    "{name} at {at:?}: {slope} {gradient:?}"
                );
            }
        }
    }
}

fn hence(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the command was built for this test")
}

#[test]
fn the_command_reports_as_json() {
    let output = hence(&[
        "fit",
        "--target",
        HALVES,
        "--loss",
        "forward-kl",
        "--from",
        "mu=0,sigma=1",
        "--param",
        "log-sigma",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |v: &Value| v.as_f64().expect("a number");
    let least = &value["minimum"];
    assert!((number(&least["mu"]) - 2.5).abs() < 1e-6);
    assert!((number(&least["sigma"]) - 57.25_f64.sqrt()).abs() < 1e-6);
    assert!((number(&least["loss"]) - 1.330_566_640_7).abs() < 1e-9);
    assert!(number(&least["gradient_norm"]) <= 1e-8);
    assert_eq!(value["stationary_points"].as_array().map(Vec::len), Some(1));
    assert_eq!(value["mass"], 1.0);
    assert!(value["loss_formula"].is_string());
    assert_eq!(value["param"][1], "log-sigma");
}

#[test]
fn the_command_speaks_both_languages() {
    for (lang, word) in [("en", "Stationary points that were found"), ("zh", "找到的驻点")] {
        let output = hence(&[
            "fit",
            "--target",
            SUM,
            "--loss",
            "mse",
            "--from",
            "mu=0,sigma=1",
            "--lang",
            lang,
        ]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn other_models_are_fitted() {
    let target = "mixture(1/2: Exponential(1), 1/2: Exponential(4))";
    let output = hence(&[
        "fit",
        "--target",
        target,
        "--loss",
        "forward-kl",
        "--model",
        "Exponential(rate)",
        "--from",
        "rate=1/3",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // The mean of the target is 1/2 + 1/8.
    assert!((value["minimum"]["rate"].as_f64().expect("a number") - 1.6).abs() < 1e-6);
    let laplace = hence(&[
        "fit",
        "--target",
        "Normal(1, 4)",
        "--loss",
        "mse",
        "--model",
        "mixture(1/2: Normal(a, 1), 1/2: Normal(b, 1))",
        "--from",
        "a=0,b=3",
        "--format",
        "json",
    ]);
    assert_eq!(laplace.status.code(), Some(0), "{}", String::from_utf8_lossy(&laplace.stderr));
    let value: Value = serde_json::from_slice(&laplace.stdout).expect("JSON");
    let (a, b) = (&value["minimum"]["a"], &value["minimum"]["b"]);
    let sum = a.as_f64().unwrap_or_default() + b.as_f64().unwrap_or_default();
    assert!((sum - 2.0).abs() < 1e-6, "{a} {b}");
}

#[test]
fn bad_input_is_told_what_to_do() {
    let cases: &[(&[&str], &str)] = &[
        (&["--target", HALVES, "--loss", "huber", "--from", "mu=0,sigma=1"], "E0901"),
        (&["--target", HALVES, "--loss", "mse", "--from", "mu=0"], "E0902"),
        (&["--target", HALVES, "--loss", "mse", "--from", "mu=0,sigma=1,nu=2"], "E0902"),
        (&["--target", HALVES, "--loss", "mse", "--from", "mu=0,sigma=-1"], "E0903"),
        (&["--target", HALVES, "--loss", "mse", "--from", "mu=0,sigma=0"], "E0903"),
        (&["--target", "Poisson(3)", "--loss", "mse", "--from", "mu=0,sigma=1"], "E0904"),
        (&["--target", "Normal(a, 1)", "--loss", "mse", "--from", "mu=0,sigma=1"], "E0904"),
        (
            &["--target", "Normal(0, 1) - Normal(1, 1)", "--loss", "mse", "--from", "mu=0,sigma=1"],
            "E0904",
        ),
        (
            &["--target", HALVES, "--loss", "mse", "--model", "Normal(0, 1)", "--from", "mu=0"],
            "E0905",
        ),
        (
            &["--target", HALVES, "--loss", "mse", "--model", "Uniform(a, b)", "--from", "a=0,b=1"],
            "E0905",
        ),
        (
            &[
                "--target",
                HALVES,
                "--loss",
                "forward-kl",
                "--model",
                "Exponential(rate)",
                "--from",
                "rate=1",
            ],
            "E0906",
        ),
        (
            &["--target", HALVES, "--loss", "mse", "--from", "mu=0,sigma=1", "--param", "log-mu"],
            "E0907",
        ),
        (
            &["--target", HALVES, "--loss", "mse", "--from", "mu=0,sigma=1", "--param", "tau"],
            "E0907",
        ),
        (
            &[
                "--target",
                "mixture(1/2: Normal(-5, 1), 1/2",
                "--loss",
                "mse",
                "--from",
                "mu=0,sigma=1",
            ],
            "E01",
        ),
        (&["--target", HALVES, "--loss", "mse", "--from", "mu=zero,sigma=1"], "E0610"),
    ];
    for (arguments, code) in cases {
        let all: Vec<&str> = ["fit"].iter().chain(arguments.iter()).copied().collect();
        let output = hence(&all);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(code), "{arguments:?}: {text}");
        assert!(!text.contains("internal error"), "{arguments:?}: {text}");
    }
}

/// Everything that is wrong is said at once.
#[test]
fn all_problems_are_said_together() {
    let output = hence(&["fit", "--target", "Poisson(3)", "--loss", "huber", "--from", "mu=0"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    for code in ["E0901", "E0902", "E0904"] {
        assert!(text.contains(code), "{code} is missing: {text}");
    }
}

#[test]
fn documents_state_fits_and_are_checked() {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("fits-stated");
    std::fs::create_dir_all(&directory).expect("the target directory can be written");
    let text = format!(
        "# Fits\n\n```hence\nlet P = {HALVES}\n```\n\n```hence fit\n\
         fit cosine of P from mu = 0, sigma = 1 in log-sigma: mu = 2.50, sigma = 10.61, loss = 0.5228\n\
         stationary mse of Normal(-5, 1) + Normal(10, 1): minimum at mu = 2.5, sigma = 8.6666\n```\n"
    );
    let run = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).expect("the target directory can be written");
        let output = hence(&["check", &path.display().to_string(), "--no-cache"]);
        let all = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&all).into_owned())
    };
    let (status, said) = run("right.md", &text);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("2 fits"), "{said}");
    let (status, said) = run("wrong.md", &text.replace("10.61", "10.62"));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("sigma is 10.6070, not 10.62"), "{said}");
    let (status, said) = run("kind.md", &text.replace("minimum at", "ridge at"));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("E0909"), "{said}");
    let (status, said) = run("word.md", &text.replace("stationary mse", "minimise mse"));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("E0715"), "{said}");
    let out = directory.join("out").display().to_string();
    let page = directory.join("right.md").display().to_string();
    let output = hence(&["build", &page, "--out", &out, "--format", "markdown", "--no-cache"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = std::fs::read_to_string(directory.join("out/right.md")).expect("the page");
    assert!(
        shown.contains("| `cosine` |") && shown.contains("| 2.50 | 10.61 | 0.5228 |"),
        "{shown}"
    );
}

/// A model that is the target itself: the distance has a corner there, and no gradient.
#[test]
fn a_corner_is_reached_exactly() {
    let output = hence(&[
        "fit",
        "--target",
        "Exponential(2)",
        "--loss",
        "l1",
        "--model",
        "Exponential(r)",
        "--from",
        "r=1",
        "--format",
        "json",
    ]);
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(0), "{value}");
    assert_eq!(value["minimum"]["r"], 2.0);
    assert_eq!(value["minimum"]["smooth"], false);
}

/// Around a peak of weight one half the distance is level up to a millionth; its minima are at bends of the gradient.
#[test]
fn places_on_a_plateau_are_no_minima() {
    let report = run(HALVES, "l1", "log-sigma", [0.0, 1.0], 48);
    let minima: Vec<_> = report.stationary.iter().filter(|s| s.kind == Kind::Minimum).collect();
    assert_eq!(minima.len(), 3, "{minima:#?}");
    for (found, mu) in minima.iter().zip([-4.715_315, 9.715_315, 2.5]) {
        // Which of the two peaks comes first is a matter of rounding.
        let off = (found.values[0] - mu).abs().min((found.values[0] - 5.0 + mu).abs());
        assert!(off < 1e-4, "{found:?}");
        assert!(found.is_certified(), "{found:?}");
    }
    assert!(report.minimum.is_certified(), "{:?}", report.minimum);
    let minimum = run(HALVES, "l1", "log-sigma", [-7.0, 2.0], 0).minimum;
    assert!(minimum.is_certified() && (minimum.values[0] + 4.715_315).abs() < 1e-4, "{minimum:?}");
}

#[test]
fn sums_have_names_and_mistakes_are_stated() {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("fits-refuted");
    std::fs::create_dir_all(&directory).expect("the target directory can be written");
    let text = "# Fits\n\n```hence\nlet S = Normal(-5, 1) + Normal(10, 1)\nlet w = 1/3\n\
         let T = 2*S + w*Normal(0, 1)\n```\n\n```hence fit\n\
         fit mse of S from mu = 0, sigma = 1: mu = -5.0000, sigma = 1.0000, loss = 0.282095\n\
         fit mse of normalise(S) from mu = 0, sigma = 1: mu = 2.5000, sigma = 10.2333\n\
         fit forward-kl of T/2 from mu = 0, sigma = 1: mu = 2.3077\n\
         fit forward-kl of S + Normal(0, 1) from mu = 0, sigma = 1: mu = 1.6667\n```\n\n\
         ```hence fit refuted\n\
         fit mse of normalise(S) from mu = 0, sigma = 1: mu = -5.0000\n\
         stationary mse of normalise(S): minimum at mu = -5.0000, sigma = 1.0000\n\
         stationary forward-kl of S: saddle at mu = 2.5\n```\n";
    let path = directory.join("page.md");
    let cache = directory.join("cache").display().to_string();
    let run = |text: &str, more: &[&str]| {
        std::fs::write(&path, text).expect("the target directory can be written");
        let page = path.display().to_string();
        let all: Vec<&str> = ["check", &page].into_iter().chain(more.iter().copied()).collect();
        let output = hence(&all);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (status, said) = run(text, &["--cache", &cache]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("7 fits (3 expected to be refuted)"), "{said}");
    // What is remembered says the same.
    assert_eq!(run(text, &["--cache", &cache]), (status, said));
    let right = text.replace("sigma = 1.0000\nstationary", "sigma = 1.9615\nstationary");
    let (status, said) = run(&right, &["--no-cache"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("fitted (expected to be refuted)"), "{said}");
    let (status, said) = run(&text.replace("fit refuted", "refuted fit"), &["--no-cache"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("E0701"), "{said}");
    std::fs::write(&path, text).expect("the target directory can be written");
    let (page, out) = (path.display().to_string(), directory.join("out"));
    let to = out.display().to_string();
    for format in ["markdown", "html", "latex"] {
        let built = hence(&["build", &page, "--out", &to, "--format", format, "--no-cache"]);
        assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
    }
    let shown = std::fs::read_to_string(out.join("page.md")).expect("the page");
    assert!(shown.contains("minimum: μ = −5.0000, σ = 1.9615"), "{shown}");
    assert!(shown.contains("no such point was found"), "{shown}");
}
