//! How long each statement of the documents takes, without evidence: median, 90th percentile and the slowest ones.
//!
//! Run: `cargo run --release -p hence-bench --bin statements [FILE…]`. Each statement is decided three times in process,
//! and the shortest time counts; the theory was read before.

use std::time::{Duration, Instant};

use hence::elaborate::{self, Goal, GoalKind};
use hence::syntax::literate::{Kind, blocks};
use hence::syntax::parse_statements;
use hence::theory::Theory;
use hence::verify::decide;

/// How often each statement is decided.
const TIMES: usize = 3;

fn main() {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        files = documents("derivations");
    }
    let theory = Theory::shipped_ref();
    // What a process pays once is not what a statement takes.
    assert!(!theory.rules().is_empty());
    let (mut derivations, mut claims) = (Vec::new(), Vec::new());
    for file in &files {
        for (text, goal) in goals(file, theory) {
            let times = (0..TIMES).map(|_| {
                let start = Instant::now();
                std::hint::black_box(decide(&goal, theory, false));
                start.elapsed()
            });
            let time = times.min().unwrap_or_default();
            let all = match goal.kind {
                GoalKind::Derive { .. } | GoalKind::Solve { .. } => &mut derivations,
                GoalKind::Claim { .. } => &mut claims,
            };
            all.push((time, format!("{file}: {text}")));
        }
    }
    show("derivations and equations", derivations);
    show("claims", claims);
}

fn documents(folder: &str) -> Vec<String> {
    let found = std::fs::read_dir(folder).expect("run it in the root of the repository");
    let mut files: Vec<String> = found
        .filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()))
        .filter(|path| path.ends_with(".md"))
        .collect();
    files.sort();
    files
}

/// The statements of a document, as written and as understood.
fn goals(file: &str, theory: &Theory) -> Vec<(String, Goal)> {
    let markdown = std::fs::read_to_string(file).expect("a document");
    let kept = blocks(&markdown).into_iter().filter(|b| matches!(b.kind(), Ok(Kind::Statements)));
    let text = kept.map(|block| block.text + "\n").collect::<String>();
    let (tree, problems) = parse_statements(&text);
    assert!(problems.is_empty(), "{file}: {}", problems[0]);
    let (goals, problems) = elaborate::statements(&text, &tree, theory);
    assert!(problems.is_empty(), "{file}: {}", problems[0]);
    let written = |goal: &Goal| text[goal.span.start..goal.span.end].to_owned();
    goals.into_iter().map(|goal| (written(&goal), goal)).collect()
}

fn show(what: &str, mut all: Vec<(Duration, String)>) {
    all.sort();
    let Some(last) = all.len().checked_sub(1) else { return };
    let at = |share: f64| all[(share * last as f64).round() as usize].0;
    let (median, high) = (at(0.5), at(0.9));
    println!("{} {what}: median {median:.2?}, 90 % within {high:.2?}; the slowest:", all.len());
    for (time, statement) in all.iter().rev().take(8) {
        let line: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        println!("  {time:>10.2?}  {}", line.chars().take(110).collect::<String>());
    }
}
