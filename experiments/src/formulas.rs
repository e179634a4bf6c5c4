//! What hence derived, held against its own evaluator; and gradients on a tape against the derivatives that it derives.

use echidna::{Reverse, grad};

use crate::formula::{Formula, Real};
use crate::linear::{Noise, Prior};
use crate::model::{Look, nodes};
use crate::parts::Parts;
use crate::report::{Check, Section, Table, short};
use crate::three_entropies::linear;

/// The mean log-density of one coordinate under a line of two latents.
const RECONSTRUCTION: &str = "let x, m, w1, w2, n1, n2 real\nlet t1, t2, v positive
derive E[z1 ~ Normal(n1, t1)](E[z2 ~ Normal(n2, t2)](ln(Normal(w1*z1 + w2*z2 + m, v)(x))))";

const NAMES: [&str; 9] = ["x", "m", "w1", "w2", "n1", "n2", "t1", "t2", "v"];

/// The section of formulas.
///
/// # Errors
/// Where one is not derived, or has no value.
pub fn section(parts: &Parts) -> Result<Section, String> {
    let mut out =
        Section { title: "Formulas, as derived in this run".to_owned(), ..Section::default() };
    let mut table = Table::new(
        "Closed forms; beside them the distance of program and library, and of closed form and definition",
        &["statement", "closed form", "program", "definition"],
    );
    let reconstruction = Formula::derive(RECONSTRUCTION, &NAMES)?;
    let (mut program, mut definition) = (0.0_f64, 0.0_f64);
    for (k, formula) in parts.all().into_iter().enumerate() {
        let point: &[f64] = match k {
            0 => &[0.3, -0.7, 1.9],
            1 => &[-0.4, 0.6, 2.3],
            2 | 4 => &[0.9, 0.35],
            5 => &[0.3, 0.8],
            _ => &[0.45],
        };
        let (closed, defined) = formula.by_library(point)?;
        let apart = (formula.at(point) - closed).abs();
        let (statement, form) = formula.words();
        table.row([statement, form, short(apart), short((closed - defined).abs())]);
        program = program.max(apart);
        definition = definition.max((closed - defined).abs());
    }
    let (statement, form) = reconstruction.words();
    table.row([statement, form, "–".to_owned(), "–".to_owned()]);
    out.checks.push(Check::at_most("programs are the closed forms", program, 1e-14));
    out.checks.push(Check::at_most("closed forms are the definitions", definition, 1e-9));
    let whole = by_nodes(parts, &reconstruction);
    out.checks.push(Check::at_most("reconstruction by nodes and as derived", whole, 1e-13));
    out.checks.push(Check::at_most("gradients on the tape and as derived", slopes(parts)?, 1e-12));
    out.checks.push(Check::at_most("gradients and finite differences", differences(parts), 1e-7));
    out.tables = vec![table];
    Ok(out)
}

/// The reconstruction term from log-densities at nodes, against its derived closed form.
fn by_nodes(parts: &Parts, closed: &Formula) -> f64 {
    let place = [0.4, -0.2, 1.1, -0.7, 0.3, 0.8, 0.5, 1.7, 0.6];
    let [x, m, w1, w2, n1, n2, t1, t2, v]: [f64; 9] = place;
    let sum: f64 = nodes(2, 2)
        .iter()
        .map(|(z, weight)| {
            let mean = m + w1 * (n1 + t1.sqrt() * z[0]) + w2 * (n2 + t2.sqrt() * z[1]);
            weight * parts.log_density.at(&[x, mean, v])
        })
        .sum();
    (sum - closed.at(&place)).abs()
}

/// The largest distance between a slope on the tape and the derivative that hence derives.
fn slopes(parts: &Parts) -> Result<f64, String> {
    let mut worst = 0.0_f64;
    let given = "let nu real\nlet t, a positive\n";
    let place = [0.7, 0.4, 1.6];
    let tape = grad(|p: &[Reverse<f64>]| parts.divergence.at(p), &place);
    for (name, slope) in ["nu", "t", "a"].into_iter().zip(tape) {
        let text = format!("{given}derive D[{name}](KL(Normal(nu, t) || Normal(0, a)))");
        let derived = Formula::derive(&text, &["nu", "t", "a"])?.at(&place);
        worst = worst.max((derived - slope).abs());
    }
    let names = ["x", "m", "w", "n", "t", "v"];
    let place = [0.4, -0.2, 1.1, 0.3, 0.5, 0.6];
    let tape = grad(|p: &[Reverse<f64>]| line(parts, p), &place);
    let given = "let x, m, w, n real\nlet t, v positive\n";
    for (name, k) in [("m", 1), ("w", 2), ("v", 5)] {
        let text =
            format!("{given}derive D[{name}](E[z ~ Normal(n, t)](ln(Normal(w*z + m, v)(x))))");
        let derived = Formula::derive(&text, &names)?.at(&place);
        worst = worst.max((derived - tape[k]).abs());
    }
    Ok(worst)
}

/// The reconstruction term of one latent, by nodes.
fn line<T: Real>(parts: &Parts, p: &[T]) -> T {
    let &[x, m, w, n, t, v] = p else { return T::from_f(f64::NAN) };
    nodes(2, 1).iter().fold(T::from_f(0.0), |sum, (z, weight)| {
        let mean = m + w * (n + t.sqrt() * T::from_f(z[0]));
        sum + T::from_f(*weight) * parts.log_density.at(&[x, mean, v])
    })
}

/// The gradient of a whole model against central differences of its bound.
fn differences(parts: &Parts) -> f64 {
    let model = linear(parts, Noise::OfLatent, Prior::Free, 1.0);
    let p: Vec<f64> = (0..model.parameters()).map(|i| 0.5 * (1.7 * i as f64).sin()).collect();
    let slope = Look::at(&model, &p).gradient;
    let bound = |i: usize, step: f64| {
        let mut q = p.clone();
        q[i] += step;
        crate::model::objective(&model, &q)
    };
    let h = 1e-5;
    (0..p.len())
        .map(|i| ((bound(i, h) - bound(i, -h)) / (2.0 * h) - slope[i]).abs())
        .fold(0.0, f64::max)
}
