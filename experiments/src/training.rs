//! Real training: the gap at every logged iteration, the polished optimum, and the variants that must miss.

use std::fmt::Write as _;
use std::thread;

use crate::figures;
use crate::model::Look;
use crate::network::{Kind, Network, arc};
use crate::parts::Parts;
use crate::report::{Check, Section, Table, long, short};
use crate::three_entropies::Size;
use crate::train::{Entry, Phase, Schedule, train};

/// |F − S| at an optimum to which the theorem applies.
pub const AT_OPTIMUM: f64 = 1e-10;

/// The gap and its prediction, relative to the largest term, while training.
pub const WHILE_TRAINING: f64 = 1e-12;

/// A finished training.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it is called.
    pub name: &'static str,
    /// The variant.
    pub kind: Kind,
    /// Every iteration.
    pub log: Vec<Entry>,
    /// The last.
    pub last: Look,
    /// What the objective alone says of the gap at its optimum.
    pub expected: Option<f64>,
    /// How much the bound changes with five times as many nodes.
    pub by_nodes: f64,
}

/// The variants: those that must obey, and those that must not.
pub const KINDS: [(&str, Kind); 6] = [
    ("learnt σ², log-variance encoder", Kind::ScaledEncoder),
    ("learnt σ² and prior variance", Kind::FreePrior),
    ("divergence weighted by 1.5", Kind::Beta(1.5)),
    ("σ² = 1", Kind::FrozenNoise),
    ("decay of the first weights", Kind::WeightDecay(0.01)),
    ("softplus encoder", Kind::Softplus),
];

/// How a variant is trained. In the full size the first starts beside the place where its latent says nothing, which is a
/// saddle.
pub fn schedule(kind: Kind, size: Size) -> (Schedule, f64) {
    let newton = Schedule { adam: 0, rate: 0.01, floor: 0.01, newton: 250, steepest: 1e-12 };
    match (size, kind) {
        (Size::Short, _) => (Schedule { adam: 300, ..newton }, 0.3),
        (Size::Full, Kind::ScaledEncoder) => {
            (Schedule { adam: 3000, rate: 0.02, floor: 0.03, ..newton }, 0.003)
        }
        (Size::Full, _) => (Schedule { adam: 1000, ..newton }, 0.3),
    }
}

/// Trains one variant.
pub fn trained(parts: &Parts, name: &'static str, kind: Kind, size: Size) -> Run {
    let model = Network::new(parts, arc(if size == Size::Short { 24 } else { 60 }, 3), kind);
    let (schedule, awake) = schedule(kind, size);
    let mut log = Vec::new();
    let p = train(&model, model.start(2, awake), &schedule, |entry| log.push(entry.clone()));
    let last = Look::at(&model, &p);
    let finer = Look::at(&model.clone().with_nodes(60), &p);
    let by_nodes = (finer.bound - last.bound).abs();
    Run { name, kind, log, last, expected: model.gap_at_optimum(&p), by_nodes }
}

/// All variants, on two threads.
pub fn runs(parts: &Parts, size: Size, tick: &(dyn Fn() + Sync)) -> Vec<Run> {
    let half = |from: usize| {
        let mine = KINDS.iter().enumerate().filter(move |(k, _)| k % 2 == from);
        let each = |(k, (name, kind)): (usize, &(&'static str, Kind))| {
            let run = trained(parts, name, *kind, size);
            tick();
            (k, run)
        };
        mine.map(each).collect::<Vec<_>>()
    };
    let mut all = thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut all = half(0);
        all.extend(other.join().unwrap_or_default());
        all
    });
    all.sort_by_key(|(k, _)| *k);
    all.into_iter().map(|(_, run)| run).collect()
}

/// The section of training, and the files that go with it.
pub fn section(
    parts: &Parts,
    size: Size,
    tick: &(dyn Fn() + Sync),
) -> (Section, Vec<(String, String)>) {
    let runs = runs(parts, size, tick);
    let mut out = Section {
        title: "Training a network with one latent on points beside an arc".to_owned(),
        ..Section::default()
    };
    if let Some(first) = runs.first() {
        out.tables.push(history(first));
    }
    out.tables.push(ends(&runs));
    for run in &runs {
        checks(run, &mut out.checks);
    }
    let files = vec![
        ("three-entropies.csv".to_owned(), csv(&runs)),
        ("three-entropies-training.svg".to_owned(), figures::bounds(&runs)),
        ("three-entropies-gap.svg".to_owned(), figures::gap(&runs)),
        ("three-entropies-variants.svg".to_owned(), figures::variants(&runs)),
    ];
    (out, files)
}

/// What must hold of a run.
pub fn checks(run: &Run, out: &mut Vec<Check>) {
    let name = run.name;
    let worst = run.log.iter().map(|e| e.look.disagreement()).fold(0.0, f64::max);
    out.push(Check::at_most(
        format!("{name}: gap as predicted, every iteration"),
        worst,
        WHILE_TRAINING,
    ));
    out.push(Check::at_most(format!("{name}: slope at the end"), run.last.steepest(), 1e-10));
    if let Some(expected) = run.expected {
        let off = (run.last.gap() - expected).abs();
        out.push(Check::at_most(format!("{name}: gap as the penalty says"), off, AT_OPTIMUM));
    }
    let gap = run.last.gap().abs();
    out.push(match run.kind {
        Kind::ScaledEncoder | Kind::FreePrior | Kind::Beta(_) => {
            Check::at_most(format!("{name}: |F − S| at the end"), gap, AT_OPTIMUM)
        }
        Kind::FrozenNoise | Kind::WeightDecay(_) | Kind::Softplus => {
            Check::at_least(format!("{name}: |F − S| at the end"), gap, 1e-4)
        }
    });
}

/// The entries that a table shows: some of Adam's, all the last of Newton's.
fn history(run: &Run) -> Table {
    let mut table = Table::new(
        format!("{}: while it is trained", run.name),
        &["iteration", "F", "S", "F − S", "d·∂F", "largest slope"],
    );
    let adam = run.log.iter().filter(|e| e.phase == Phase::Adam).count();
    for (k, entry) in run.log.iter().enumerate() {
        let newton = entry.phase == Phase::Newton;
        let shown =
            if newton { k + 6 >= run.log.len() } else { entry.iteration % (adam / 20) == 0 };
        if shown {
            let look = &entry.look;
            table.row([
                format!("{}{}", entry.iteration, if newton { " (Newton)" } else { "" }),
                long(look.bound),
                long(look.sum),
                short(look.gap()),
                short(look.predicted),
                short(entry.steepest()),
            ]);
        }
    }
    table
}

fn ends(runs: &[Run]) -> Table {
    let mut table = Table::new(
        "At the optimum of each variant",
        &["variant", "F", "S", "F − S", "d·∂F", "from the penalty", "largest slope", "nodes × 5"],
    );
    for run in runs {
        let look = &run.last;
        table.row([
            run.name.to_owned(),
            long(look.bound),
            long(look.sum),
            short(look.gap()),
            short(look.predicted),
            run.expected.map_or("–".to_owned(), short),
            short(look.steepest()),
            short(run.by_nodes),
        ]);
    }
    table
}

/// One in so many of Adam's iterations is written.
const EVERY: usize = 10;

/// The log of every run.
fn csv(runs: &[Run]) -> String {
    let mut out = "variant,phase,iteration,F,S,gap,predicted,slope\n".to_owned();
    for run in runs {
        for entry in &run.log {
            if entry.phase == Phase::Adam && entry.iteration % EVERY != 0 {
                continue;
            }
            let phase = if entry.phase == Phase::Adam { "Adam" } else { "Newton" };
            let l = &entry.look;
            let _ = writeln!(
                out,
                "\"{}\",{phase},{},{},{},{:e},{:e},{:e}",
                run.name,
                entry.iteration,
                l.bound,
                l.sum,
                l.gap(),
                l.predicted,
                entry.steepest()
            );
        }
    }
    out
}
