//! Adaptive Gauss–Kronrod quadrature over changed variables.
//!
//! The 21-point rule and its error estimate are QUADPACK's `qk21` (Piessens, de Doncker-Kapenga, Überhuber and Kahaner
//! 1983). An infinite range is mapped by x = c + s·sinh(t), a half-infinite one by x = a ± s·exp(t): algebraic tails
//! and algebraic singularities at an end become exponentials, exponential tails fall off doubly. The worst intervals
//! are halved together, so that each round fills a batch.

use super::program::BATCH;
use super::{NumericError, Options};

/// Nodes of the 21-point rule in (0, 1], the centre last.
const NODES: [f64; 11] = [
    0.995_657_163_025_808_1,
    0.973_906_528_517_171_7,
    0.930_157_491_355_708_2,
    0.865_063_366_688_984_5,
    0.780_817_726_586_416_9,
    0.679_409_568_299_024_4,
    0.562_757_134_668_604_7,
    0.433_395_394_129_247_2,
    0.294_392_862_701_460_2,
    0.148_874_338_981_631_22,
    0.0,
];

/// Kronrod weights.
const KRONROD: [f64; 11] = [
    0.011_694_638_867_371_874,
    0.032_558_162_307_964_725,
    0.054_755_896_574_351_995,
    0.075_039_674_810_919_96,
    0.093_125_454_583_697_6,
    0.109_387_158_802_297_64,
    0.123_491_976_262_065_85,
    0.134_709_217_311_473_34,
    0.142_775_938_577_060_09,
    0.147_739_104_901_338_49,
    0.149_445_554_002_916_9,
];

/// Gauss weights, at the nodes of odd index.
const GAUSS: [f64; 5] = [
    0.066_671_344_308_688_14,
    0.149_451_349_150_580_6,
    0.219_086_362_515_982_04,
    0.269_266_719_309_996_35,
    0.295_524_224_714_752_87,
];

pub(super) const RULE: usize = 21;

/// How many intervals are evaluated in one batch.
pub(super) const GROUP: usize = BATCH / RULE;

/// An error estimate this small against ∫|f| is rounding: QUADPACK's 50 ε.
pub(super) const ROUNDING: f64 = 50.0 * f64::EPSILON;

/// Above this relative error a value is not reported at all.
pub(super) const ACCEPTABLE: f64 = 1e-6;

/// Intervals are not halved below this: near the least f64, 1/x would overflow.
const LEAST: f64 = 1e-290;

/// A mapped integrand this large at the far end of its range, against ∫|f|, has a tail that was cut off.
pub(super) const TAIL: f64 = 1e-9;

/// An integrand over mapped points: fills the second slice from the first.
pub(super) type Integrand<'f> = dyn FnMut(&[f64], &mut [f64]) -> Result<(), NumericError> + 'f;

/// How the variable of integration runs over the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// x = t.
    None,
    /// x = c + s·sinh t.
    Line { c: f64, s: f64 },
    /// x = a + s·exp t.
    Up { a: f64, s: f64 },
    /// x = b − s·exp t.
    Down { b: f64, s: f64 },
}

/// sinh and cosh by one exponential: half of the time of an integral over the line went into two of each.
fn hyperbolic(t: f64) -> (f64, f64) {
    // Below one the difference of the exponentials would lose digits.
    if t.abs() < 1.0 {
        let sinh = t.sinh();
        return (sinh, (1.0 + sinh * sinh).sqrt());
    }
    let e = t.exp();
    let inverse = 1.0 / e;
    ((e - inverse) / 2.0, f64::midpoint(e, inverse))
}

/// ln 1e60: beyond, squares and cubes of x still do not overflow, and a tail x^-1.2 is below the tolerance.
const FAR: f64 = 138.0;

/// ln 1e-300: nearer to an end than any singularity that f64 resolves.
const NEAR: f64 = -690.0;

/// Nearer to an end no integrand is looked at: 1/x would overflow.
const NEAREST: f64 = 1e-300;

impl Change {
    /// The range of t.
    pub fn range(self, lo: f64, hi: f64) -> (f64, f64) {
        match self {
            Self::None => (lo, hi),
            Self::Line { .. } => (-FAR, FAR),
            Self::Up { s, .. } | Self::Down { s, .. } => (NEAR.max((NEAREST / s).ln()), FAR),
        }
    }

    /// The point and the derivative dx/dt.
    pub fn at(self, t: f64) -> (f64, f64) {
        match self {
            Self::None => (t, 1.0),
            Self::Line { c, s } => {
                let (sinh, cosh) = hyperbolic(t);
                (c + s * sinh, s * cosh)
            }
            Self::Up { a, s } => {
                let distance = s * t.exp();
                (a + distance, distance)
            }
            Self::Down { b, s } => {
                let distance = s * t.exp();
                (b - distance, distance)
            }
        }
    }

    /// The t of a point.
    pub fn inverse(self, x: f64) -> f64 {
        match self {
            Self::None => x,
            Self::Line { c, s } => ((x - c) / s).asinh(),
            Self::Up { a, s } => ((x - a) / s).ln(),
            Self::Down { b, s } => ((b - x) / s).ln(),
        }
    }

    /// Where to cut the range at first.
    pub fn cuts(self) -> &'static [f64] {
        match self {
            Self::None => &[],
            Self::Line { .. } => {
                &[-40.0, -15.0, -7.0, -4.0, -2.5, -1.2, 0.0, 1.2, 2.5, 4.0, 7.0, 15.0, 40.0]
            }
            Self::Up { .. } | Self::Down { .. } => &[
                -200.0, -60.0, -25.0, -10.0, -4.0, -2.0, -0.8, 0.0, 0.8, 1.6, 2.5, 4.0, 8.0, 20.0,
                50.0,
            ],
        }
    }
}

/// The integral over one interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub a: f64,
    pub b: f64,
    pub value: f64,
    pub error: f64,
    pub magnitude: f64,
}

/// An integral with its doubt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Integral {
    pub value: f64,
    pub error: f64,
    /// ∫|f|.
    pub magnitude: f64,
}

/// Integrates over `[cuts[0], cuts[last]]` in the mapped variable.
pub(super) fn integrate(
    f: &mut Integrand,
    cuts: &[f64],
    options: &Options,
    label: &str,
) -> Result<Integral, NumericError> {
    let intervals: Vec<(f64, f64)> = cuts.windows(2).map(|w| (w[0], w[1])).collect();
    let mut spent = intervals.len() * RULE;
    let mut pieces = pieces(f, &intervals)?;
    loop {
        let total = sum(&pieces);
        if !total.value.is_finite() || !total.magnitude.is_finite() {
            return nonfinite(total, label);
        }
        let goal = (options.tolerance * total.value.abs()).max(ROUNDING * total.magnitude);
        if total.error <= goal {
            return Ok(total);
        }
        let worst = take_worst(&mut pieces, goal);
        if worst.is_empty() || spent > options.max_evaluations {
            return accept(total, label);
        }
        spent += 2 * worst.len() * RULE;
        pieces.extend(halves(f, &worst)?);
    }
}

/// An infinite value where the integrand is infinite is an answer; not a number is not.
fn nonfinite(total: Integral, label: &str) -> Result<Integral, NumericError> {
    if total.value.is_nan() {
        return Err(NumericError::Undefined(label.into()));
    }
    Ok(Integral { error: 0.0, ..total })
}

fn accept(total: Integral, label: &str) -> Result<Integral, NumericError> {
    if total.error <= ACCEPTABLE * total.magnitude {
        Ok(total)
    } else {
        Err(NumericError::NotConverged(label.into()))
    }
}

fn sum(pieces: &[Piece]) -> Integral {
    let mut value = Compensated::default();
    pieces.iter().for_each(|p| value.add(p.value));
    Integral {
        value: value.total(),
        error: pieces.iter().map(|p| p.error).sum(),
        magnitude: pieces.iter().map(|p| p.magnitude).sum(),
    }
}

/// Removes the pieces that carry most of the error and can still be halved.
fn take_worst(pieces: &mut [Piece], goal: f64) -> Vec<(f64, f64)> {
    let fair = goal / pieces.len() as f64;
    let mut order: Vec<usize> =
        (0..pieces.len()).filter(|i| divisible(&pieces[*i], fair)).collect();
    order.sort_by(|i, j| pieces[*j].error.total_cmp(&pieces[*i].error));
    order.truncate(GROUP / 2);
    let worst = order.iter().map(|i| (pieces[*i].a, pieces[*i].b)).collect();
    for i in order {
        pieces[i] = Piece { value: 0.0, error: 0.0, magnitude: 0.0, ..pieces[i] };
    }
    worst
}

fn divisible(p: &Piece, fair: f64) -> bool {
    let middle = p.a.midpoint(p.b);
    let resolved = (p.b - p.a).abs() > (4.0 * f64::EPSILON * p.a.abs().max(p.b.abs())).max(LEAST);
    p.error > fair && p.error > ROUNDING * p.magnitude && resolved && middle > p.a && middle < p.b
}

fn halves(f: &mut Integrand, worst: &[(f64, f64)]) -> Result<Vec<Piece>, NumericError> {
    let halves: Vec<(f64, f64)> =
        worst.iter().flat_map(|&(a, b)| [(a, a.midpoint(b)), (a.midpoint(b), b)]).collect();
    pieces(f, &halves)
}

fn pieces(f: &mut Integrand, intervals: &[(f64, f64)]) -> Result<Vec<Piece>, NumericError> {
    let mut out = Vec::with_capacity(intervals.len());
    let mut t = [0.0; GROUP * RULE];
    let mut y = [0.0; GROUP * RULE];
    for group in intervals.chunks(GROUP) {
        let n = group.len() * RULE;
        for (slots, &(a, b)) in t.chunks_exact_mut(RULE).zip(group) {
            place_nodes(slots, a, b);
        }
        f(&t[..n], &mut y[..n])?;
        out.extend(y[..n].chunks_exact(RULE).zip(group).map(|(y, &(a, b))| rule(y, a, b)));
    }
    Ok(out)
}

/// The nodes of the rule on an interval.
pub(super) fn place_nodes(slots: &mut [f64], a: f64, b: f64) {
    let (centre, half) = (a.midpoint(b), (b - a) / 2.0);
    for (i, node) in NODES.iter().enumerate() {
        slots[i] = centre - half * node;
        slots[RULE - 1 - i] = centre + half * node;
    }
}

/// The rule, from the values at its nodes.
pub(super) fn rule(y: &[f64], a: f64, b: f64) -> Piece {
    let half = (b - a) / 2.0;
    let pair = |i: usize| if i == 10 { y[10] } else { y[i] + y[RULE - 1 - i] };
    let kronrod: f64 = (0..11).map(|i| KRONROD[i] * pair(i)).sum();
    let gauss: f64 = (0..5).map(|i| GAUSS[i] * pair(2 * i + 1)).sum();
    let weight = |i: usize| KRONROD[if i > 10 { RULE - 1 - i } else { i }];
    let magnitude: f64 = (0..RULE).map(|i| weight(i) * y[i].abs()).sum();
    let spread: f64 = (0..RULE).map(|i| weight(i) * (y[i] - kronrod / 2.0).abs()).sum();
    let error = qk_error((kronrod - gauss).abs() * half, spread * half, magnitude * half);
    Piece { a, b, value: kronrod * half, error, magnitude: magnitude * half }
}

/// QUADPACK's error estimate: the difference of the rules, sharpened where it is small against the spread.
fn qk_error(difference: f64, spread: f64, magnitude: f64) -> f64 {
    let sharpened = if spread > 0.0 && difference > 0.0 {
        spread * (200.0 * difference / spread).powf(1.5).min(1.0)
    } else {
        difference
    };
    // One ε per piece for the rounding of the sum itself.
    sharpened.max(f64::EPSILON * magnitude)
}

/// Refuses an integral whose mapped integrand has not died out at an infinite end.
pub(super) fn check_tail(end: f64, integral: &Integral, label: &str) -> Result<(), NumericError> {
    if integral.value.is_finite() && end.abs() > TAIL * integral.magnitude {
        return Err(NumericError::Divergent(label.into()));
    }
    Ok(())
}

/// Neumaier's compensated sum (1974).
#[derive(Clone, Copy, Default)]
pub(super) struct Compensated {
    sum: f64,
    low: f64,
}

impl Compensated {
    pub fn add(&mut self, x: f64) {
        let t = self.sum + x;
        if t.is_finite() {
            self.low +=
                if self.sum.abs() >= x.abs() { (self.sum - t) + x } else { (x - t) + self.sum };
        }
        self.sum = t;
    }

    pub fn total(&self) -> f64 {
        self.sum + self.low
    }
}
