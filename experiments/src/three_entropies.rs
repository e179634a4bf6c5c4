//! The experiment: the evidence lower bound F and the sum of three entropies S.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::bernoulli::Binary;
use crate::linear::{Linear, Noise, Prior};
use crate::model::{Look, Model, largest, normal};
use crate::parts::Parts;
use crate::pca::{self, SPECTRA, Spectrum};
use crate::report::{Check, Report, Section, Table, long, plain, short};
use crate::train::hessian;
use crate::{figures, formulas, training};

/// How much is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// Seconds: for every change.
    Short,
    /// A minute: for the document.
    Full,
}

/// F, S and the log-likelihood agree at stationary points of linear models to this: sixty roundings of numbers near ten.
pub const AGREE: f64 = 1e-12;

/// The gap identity, relative to the largest term of F and S.
pub const IDENTITY: f64 = 1e-13;

/// Runs everything; `tick` is called as parts are done.
///
/// # Errors
/// Where a formula is not derived.
pub fn run(size: Size, tick: &(dyn Fn() + Sync)) -> Result<Report, String> {
    let parts = Parts::derived()?;
    let mut report = Report::default();
    report.sections.push(formulas::section(&parts)?);
    tick();
    let (section, figure) = components(&parts);
    report.sections.push(section);
    report.sections.push(identities(&parts, 200));
    report.sections.push(weighted(&parts));
    tick();
    let (section, files) = training::section(&parts, size, tick);
    report.sections.push(section);
    report.files = files;
    report.files.push(("three-entropies-components.svg".to_owned(), figure));
    Ok(report)
}

/// Spectra in their rotations.
pub fn spectra() -> Vec<Spectrum> {
    (11_u64..)
        .zip(SPECTRA)
        .map(|(seed, (name, values))| Spectrum::new(name, &values, seed))
        .collect()
}

/// The linear model against an eigendecomposition, and the first spectrum as a figure.
pub fn components(parts: &Parts) -> (Section, String) {
    let mut figure = String::new();
    let mut out = Section {
        title: "Linear autoencoder and probabilistic principal components".to_owned(),
        ..Section::default()
    };
    let mut turns = Table::new(
        "The optimum with its latents turned: F = S without being stationary",
        &["spectrum", "", "F − S", "d·∂F", "largest slope"],
    );
    let mut likeness = Table::new(
        "Every stationary subset of eigenvectors, at most 3 latents of 6 coordinates",
        &[
            "spectrum",
            "points",
            "largest |F − S|",
            "F, S, likelihood, formula apart",
            "largest slope",
        ],
    );
    let mut best = Table::new(
        "The best, the worst and the collapsed stationary point",
        &["spectrum", "eigenvectors", "σ²", "F", "S", "log-likelihood"],
    );
    for (k, spectrum) in spectra().iter().enumerate() {
        let model = pca::model(parts, spectrum, 3);
        let mut all = pca::stationary(&model, spectrum);
        all.sort_by(|a, b| b.look.bound.total_cmp(&a.look.bound));
        let name = spectrum.name;
        let most = |f: &dyn Fn(&pca::Stationary) -> f64| all.iter().map(f).fold(0.0, f64::max);
        let gap = most(&|s| s.look.gap().abs());
        let spread = most(&|s| s.spread(true));
        let slope = most(&|s| s.steepest());
        likeness.row([
            name.to_owned(),
            all.len().to_string(),
            short(gap),
            short(spread),
            short(slope),
        ]);
        out.checks.push(Check::at_most(
            format!("{name}: F, S, likelihood, formula"),
            spread,
            AGREE,
        ));
        out.checks.push(Check::at_most(format!("{name}: gradient"), slope, 1e-12));
        let collapsed = all.iter().position(|s| s.subset.is_empty());
        let shown = [Some(0), collapsed, Some(all.len() - 1)];
        for (n, i) in shown.into_iter().flatten().enumerate() {
            let s = &all[i];
            if n > 0 && shown[..n].contains(&Some(i)) {
                continue;
            }
            let subset: Vec<String> = s.subset.iter().map(|i| (i + 1).to_string()).collect();
            let subset = if subset.is_empty() { "none".to_owned() } else { subset.join(", ") };
            best.row([
                name.to_owned(),
                subset,
                plain(s.noise),
                long(s.look.bound),
                long(s.look.sum),
                long(s.likelihood),
            ]);
        }
        let top = all.first().map_or(0.0, |s| s.subset.iter().map(|&i| i as f64).sum());
        out.checks.push(Check::at_most(
            format!("{name}: best are the first three"),
            (top - 3.0).abs(),
            0.0,
        ));
        let turned = pca::turned(&model, &all[0], 77 + k as u64);
        if k == 0 {
            figure = figures::components(&all, &turned);
        }
        for (what, look) in [("turned", &turned.plain), ("and σ² fitted", &turned.fitted)] {
            let slope = largest(&look.gradient);
            turns.row([
                name.to_owned(),
                what.to_owned(),
                short(look.gap()),
                short(look.predicted),
                short(slope),
            ]);
        }
        let predicted = turned.plain.disagreement();
        out.checks.push(Check::at_most(
            format!("{name}: turned, gap as predicted"),
            predicted,
            IDENTITY,
        ));
        out.checks.push(Check::at_least(
            format!("{name}: turned, gap"),
            turned.plain.gap().abs(),
            1e-3,
        ));
        out.checks.push(Check::at_most(
            format!("{name}: fitted, F = S"),
            turned.fitted.gap().abs(),
            AGREE,
        ));
        let slope = largest(&turned.fitted.gradient);
        out.checks.push(Check::at_least(format!("{name}: fitted, yet a slope"), slope, 1e-2));
    }
    out.tables = vec![likeness, best, turns];
    (out, figure)
}

/// A standard normal point.
fn random(n: usize, rng: &mut Xoshiro256PlusPlus, scale: f64) -> Vec<f64> {
    (0..n).map(|_| scale * normal(rng)).collect()
}

/// What a comparison at random points found.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// The largest disagreement, relative to the largest term.
    pub worst: f64,
    /// The smallest and the largest gap.
    pub gaps: (f64, f64),
}

/// Compares the gap with its prediction at random points, after `change` had its way with each look.
pub fn compare<M: Model>(
    model: &M,
    parameters: usize,
    points: usize,
    seed: u64,
    change: impl Fn(&mut Look, &[f64]),
) -> Compared {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut out = Compared { worst: 0.0, gaps: (f64::INFINITY, f64::NEG_INFINITY) };
    for k in 0..points {
        // From nearly nothing said to much: gaps of both signs.
        let p = random(parameters, &mut rng, 0.1 + 0.5 * k as f64 / points as f64);
        let mut look = Look::at(model, &p);
        change(&mut look, &p);
        out.worst = out.worst.max(look.disagreement());
        out.gaps = (out.gaps.0.min(look.gap()), out.gaps.1.max(look.gap()));
    }
    out
}

/// Data that no model made: a dozen points.
fn scattered(dimension: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..12).map(|_| random(dimension, &mut rng, 0.9)).collect()
}

/// A linear model for random points: four coordinates, two latents.
pub fn linear(parts: &Parts, noise: Noise, prior: Prior, beta: f64) -> Linear<'_> {
    let mut model = Linear::new(parts, scattered(4, 5), 2, noise, prior);
    model.beta = beta;
    model
}

/// The gap identities at random points.
fn identities(parts: &Parts, points: usize) -> Section {
    let mut out = Section {
        title: format!("The gap identity at {points} random points of each model"),
        ..Section::default()
    };
    let mut table = Table::new(
        "F − S against d·∂F; the difference relative to the largest term of F and S",
        &["model", "smallest gap", "largest gap", "worst difference"],
    );
    let mut one = |name: &str, found: Compared| {
        table.row([name.to_owned(), plain(found.gaps.0), plain(found.gaps.1), short(found.worst)]);
        out.checks.push(Check::at_most(name, found.worst, IDENTITY));
        out.checks.push(Check::at_most(format!("{name}: both signs"), found.gaps.0, 0.0));
        out.checks.push(Check::at_least(format!("{name}: both signs"), found.gaps.1, 0.0));
    };
    let models = [
        ("one σ², scaled encoder", Noise::Shared, Prior::Fixed, 1.0),
        ("one σ², free prior", Noise::Shared, Prior::Free, 1.0),
        ("σ² per coordinate, scaled encoder", Noise::Each, Prior::Fixed, 1.0),
        ("σ² of the latent, scaled encoder", Noise::OfLatent, Prior::Fixed, 1.0),
        ("σ² of the latent, free prior", Noise::OfLatent, Prior::Free, 1.0),
        ("divergence weighted by 4", Noise::Shared, Prior::Fixed, 4.0),
    ];
    for (name, noise, prior, beta) in models {
        let model = linear(parts, noise, prior, beta);
        one(name, compare(&model, model.parameters(), points, 2, |_, _| {}));
    }
    let binary = binary(parts);
    one("binary data, linear logits", compare(&binary, binary.parameters(), points, 3, |_, _| {}));
    out.tables = vec![table];
    out
}

/// A model of a dozen binary points.
pub fn binary(parts: &Parts) -> Binary<'_> {
    let mut data = scattered(4, 6);
    data.iter_mut().flatten().for_each(|c| *c = f64::from(*c > 0.0));
    Binary::new(parts, data, 2, 3)
}

/// The weighted bound, and when a linear model's latent wakes up.
fn weighted(parts: &Parts) -> Section {
    let mut out =
        Section { title: "The divergence weighted by β".to_owned(), ..Section::default() };
    let mut table = Table::new(
        "Stationary points of the weighted bound, spectrum with a gap: F and S = β(encoder − prior) − decoder",
        &["β", "points", "largest |F − S|", "largest slope", "best F", "its σ²"],
    );
    let spectrum = &spectra()[0];
    for beta in [0.25, 0.5, 1.5, 1.9] {
        let mut model = pca::model(parts, spectrum, 3);
        model.beta = beta;
        let all = pca::stationary(&model, spectrum);
        let gap = all.iter().map(|s| s.spread(false)).fold(0.0, f64::max);
        let slope = all.iter().map(pca::Stationary::steepest).fold(0.0, f64::max);
        let Some(best) = all.iter().max_by(|a, b| a.look.bound.total_cmp(&b.look.bound)) else {
            continue;
        };
        table.row([
            beta.to_string(),
            all.len().to_string(),
            short(gap),
            short(slope),
            long(best.look.bound),
            plain(best.noise),
        ]);
        out.checks.push(Check::at_most(format!("β = {beta}: F = S"), gap, AGREE));
        out.checks.push(Check::at_most(format!("β = {beta}: gradient"), slope, 1e-12));
        out.checks.push(Check::at_least(
            format!("β = {beta}: stationary points"),
            all.len() as f64,
            2.0,
        ));
    }
    let (thresholds, checks) = thresholds(parts);
    out.checks.extend(checks);
    out.tables = vec![table, thresholds];
    out
}

/// The collapsed point of a linear model is stable where the largest variance is below βσ².
fn thresholds(parts: &Parts) -> (Table, Vec<Check>) {
    let mut table = Table::new(
        "The collapsed point: the largest curvature in W and V against that of [[−1/σ², λ/σ²], [λ/σ², −βλ]]",
        &["β", "λ/βσ²", "largest curvature", "of the block", "a latent wakes up"],
    );
    let mut checks = Vec::new();
    for beta in [0.5, 1.0, 4.0] {
        for ratio in [0.8, 0.95, 1.05, 1.25] {
            let noise: f64 = 0.7;
            let lambda = ratio * beta * noise;
            let spectrum = Spectrum::new("", &[lambda, 0.5 * lambda, 0.2 * lambda], 21);
            let mut model = pca::model(parts, &spectrum, 1);
            model.beta = beta;
            let p = model.assembled(&[0.0; 3], &[0.0; 3], &[0.0], noise.ln());
            let found = hessian(&model, &p, &model.matrices_at()).symmetric_eigenvalues().max();
            let block = spectrum.values.iter().map(|lambda| {
                let (a, b, c) = (-1.0 / noise, lambda / noise, -beta * lambda);
                (a + c) / 2.0 + ((a - c) * (a - c) / 4.0 + b * b).sqrt()
            });
            let block = block.fold(f64::MIN, f64::max);
            let wakes = found > 0.0;
            table.row([
                beta.to_string(),
                ratio.to_string(),
                plain(found),
                plain(block),
                if wakes { "yes" } else { "no" }.to_owned(),
            ]);
            let what = format!("β = {beta}, λ/βσ² = {ratio}: curvature");
            checks.push(Check::at_most(what, (found - block).abs(), 1e-8));
            let right = f64::from(wakes == (ratio > 1.0));
            checks.push(Check::at_least(format!("β = {beta}, λ/βσ² = {ratio}: sign"), right, 1.0));
        }
    }
    (table, checks)
}
