//! Integrals of several functions over one line, at many values of their parameters: compiled once.
//!
//! The functions share their nodes, so that a loss and its gradient come of one sweep. Between its kinks, where it contains
//! |g|, an integrand is smooth: the zeros of g are found first and cut at, and on each piece |g| is s·g with s = ±1, a name
//! that the functions may use. Two summands of g that agree to the last digit over a stretch leave its sign open there;
//! what the integrals are for either sign is told apart, so that a caller can look for a subgradient.

use std::cell::Cell;

use super::binder::{NEAR, Range, change, components, cuts, support};
use super::context::Context;
use super::locate::{Bulk, Follower, probe};
use super::lower::Lowering;
use super::program::{BATCH, Program};
use super::quadrature::{
    ACCEPTABLE, Change, Compensated, GROUP, Piece, ROUNDING, RULE, TAIL, place_nodes, rule,
};
use super::{Catalogue, Environment, NumericError, Options};
use crate::term::{Symbol, Term};

/// What all evaluations under one catalogue share.
pub struct Bench<'a> {
    context: Context<'a>,
}

impl<'a> Bench<'a> {
    /// Under a catalogue, with limits; evaluations of integrands are counted in `spent`.
    pub fn new(catalogue: &'a dyn Catalogue, options: &'a Options, spent: &'a Cell<u64>) -> Self {
        Self { context: Context::new(&Environment::new(), catalogue, options, spent) }
    }
}

/// Terms without integrals that depend on the parameters, as functions of these.
pub struct Formulas<'b> {
    program: Program<'b>,
    parameters: usize,
    roots: usize,
}

impl<'b> Formulas<'b> {
    /// Compiles the terms.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn new(
        bench: &'b Bench<'b>,
        parameters: &[Symbol],
        roots: &[Term],
    ) -> Result<Self, NumericError> {
        let program = compiled(bench, parameters, roots)?;
        Ok(Self { program, parameters: parameters.len(), roots: roots.len() })
    }

    /// The values at a point.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn at(&mut self, values: &[f64]) -> Result<Vec<f64>, NumericError> {
        for (lane, value) in values.iter().enumerate().take(self.parameters) {
            self.program.input(lane)[0] = *value;
        }
        self.program.run(1)?;
        Ok((0..self.roots).map(|k| self.program.output(k)[0]).collect())
    }
}

fn compiled<'b>(
    bench: &'b Bench<'b>,
    variables: &[Symbol],
    roots: &[Term],
) -> Result<Program<'b>, NumericError> {
    let mut lowering = Lowering::new(&bench.context);
    variables.iter().for_each(|name| {
        lowering.variable(name);
    });
    let ids = roots.iter().map(|t| lowering.lower(t)).collect::<Result<Vec<_>, _>>()?;
    Ok(Program::new(lowering, &ids))
}

/// Where a distribution lies, and how wide it is, at any values of its parameters.
pub struct Spread<'b> {
    follower: Follower<'b>,
}

impl<'b> Spread<'b> {
    /// `None` where the distribution cannot be drawn from.
    pub fn new(bench: &'b Bench<'b>, distribution: &Term, parameters: &[Symbol]) -> Option<Self> {
        let follower = Follower::new(distribution, parameters, &bench.context)?;
        Some(Self { follower })
    }

    /// The median, and half the distance of the outer tenths.
    pub fn at(&mut self, values: &[f64]) -> Option<(f64, f64)> {
        self.follower.at(values).map(|b| (b.centre, b.scale))
    }

    /// The same of each part of a distribution without parameters.
    pub fn of_parts(bench: &Bench<'_>, distribution: &Term) -> Vec<(f64, f64)> {
        let parts = components(distribution, &bench.context);
        let probed = parts.iter().filter_map(|p| probe(p, &bench.context));
        probed.map(|b| (b.centre, b.scale)).collect()
    }
}

/// |g| in an integrand: between the zeros of `of`, the name `sign` stands for ±1.
#[derive(Clone, Debug, PartialEq)]
pub struct Kink {
    /// g.
    pub of: Term,
    /// The sum of the magnitudes of its summands: below rounding of it, the sign of g is not known.
    pub magnitude: Term,
    /// The name for its sign.
    pub sign: Symbol,
}

/// The functions of a [`Family`], and where they live.
pub struct Integrands<'t> {
    /// The variable of integration.
    pub var: &'t Symbol,
    /// Names that have values at each evaluation.
    pub parameters: &'t [Symbol],
    /// The functions.
    pub functions: &'t [Term],
    /// Their kinks.
    pub kinks: &'t [Kink],
    /// A distribution without parameters that is among them.
    pub still: &'t Term,
    /// A distribution that moves with the parameters.
    pub moving: &'t Term,
    /// The ends of the range.
    pub ends: (f64, f64),
}

/// The integrals of a family at one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// One for each function; where signs are open, with these as 0.
    pub values: Vec<f64>,
    /// Estimates of their errors.
    pub errors: Vec<f64>,
    /// What the values change by where the open signs are all 1; `None` where none is open.
    pub open: Option<Vec<f64>>,
}

/// Several integrals that share their nodes.
pub struct Family<'b> {
    program: Program<'b>,
    kinks: Option<Program<'b>>,
    signs: usize,
    parameters: usize,
    functions: usize,
    ends: (f64, f64),
    /// Where the supports of parts end inside the range.
    inside: Vec<f64>,
    still: Vec<Bulk>,
    moving: Option<Follower<'b>>,
    most: usize,
}

/// Places on each first interval at which the sign of g is looked at.
const LOOKS: usize = 8;

/// Below so many roundings of its summands the sign of g is open.
const OPEN: f64 = 8.0 * f64::EPSILON;

/// Below this part of its summands g may touch zero between two looks.
const CLOSE: f64 = 0.25;

/// Rounds without progress after which halving ends.
const STALLED: usize = 4;

/// An interval with the signs on it.
#[derive(Clone)]
struct Stretch {
    a: f64,
    b: f64,
    signs: Vec<f64>,
}

/// The integrals over one interval.
struct Part {
    stretch: Stretch,
    pieces: Vec<Piece>,
}

impl<'b> Family<'b> {
    /// Compiles the functions.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn new(bench: &'b Bench<'b>, of: &Integrands<'_>) -> Result<Self, NumericError> {
        let mut variables = vec![of.var.clone()];
        variables.extend(of.parameters.iter().cloned());
        let kinks = match of.kinks {
            [] => None,
            kinks => {
                let roots: Vec<Term> =
                    kinks.iter().flat_map(|k| [k.of.clone(), k.magnitude.clone()]).collect();
                Some(compiled(bench, &variables, &roots)?)
            }
        };
        variables.extend(of.kinks.iter().map(|k| k.sign.clone()));
        let program = compiled(bench, &variables, of.functions)?;
        let context = &bench.context;
        let parts = components(of.still, context);
        let (lo, hi) = of.ends;
        let mut inside: Vec<f64> = Vec::new();
        for part in &parts {
            let (a, b) = support(part, context)?;
            inside.extend([a, b].into_iter().filter(|end| lo < *end && *end < hi));
        }
        if let Ok((a, b)) = support(of.moving, context) {
            inside.extend([a, b].into_iter().filter(|end| lo < *end && *end < hi));
        }
        inside.sort_by(f64::total_cmp);
        inside.dedup();
        Ok(Self {
            program,
            kinks,
            signs: of.kinks.len(),
            parameters: of.parameters.len(),
            functions: of.functions.len(),
            ends: of.ends,
            inside,
            still: parts.iter().filter_map(|p| probe(p, context)).collect(),
            moving: Follower::new(of.moving, of.parameters, context),
            most: context.options.max_evaluations,
        })
    }

    /// The integrals at values of the parameters.
    ///
    /// # Errors
    /// [`NumericError::Undefined`] where an integrand is not a number, [`NumericError::Divergent`] where its tail does not
    /// vanish, and [`NumericError::NotConverged`].
    pub fn at(&mut self, values: &[f64]) -> Result<Evaluation, NumericError> {
        for (k, value) in values.iter().enumerate().take(self.parameters) {
            self.program.input(1 + k).fill(*value);
            if let Some(kinks) = &mut self.kinks {
                kinks.input(1 + k).fill(*value);
            }
        }
        let mut bulks = self.still.clone();
        bulks.extend(self.moving.as_mut().and_then(|m| m.at(values)));
        let edges: Vec<f64> = std::iter::once(self.ends.0)
            .chain(self.inside.iter().copied())
            .chain([self.ends.1])
            .collect();
        let mut total = Evaluation {
            values: vec![0.0; self.functions],
            errors: vec![0.0; self.functions],
            open: None,
        };
        for pair in edges.windows(2) {
            let range = Range { ends: (pair[0], pair[1]), bulks: bulks.clone(), reach: NEAR };
            let one = self.over(&range)?;
            for k in 0..self.functions {
                total.values[k] += one.values[k];
                total.errors[k] += one.errors[k];
            }
            if let Some(open) = one.open {
                let sum = total.open.get_or_insert_with(|| vec![0.0; self.functions]);
                sum.iter_mut().zip(open).for_each(|(a, b)| *a += b);
            }
        }
        Ok(total)
    }

    fn over(&mut self, range: &Range) -> Result<Evaluation, NumericError> {
        let change = change(range.ends, &range.bulks);
        let first = cuts(change, range, &[]);
        let stretches = self.stretches(change, &first)?;
        let mut parts = self.parts(change, range.ends, &stretches)?;
        let open: Vec<Stretch> = stretches.into_iter().filter(|s| s.signs.contains(&0.0)).collect();
        let mut spent = parts.len() * RULE;
        let (mut before, mut stalled) = (f64::INFINITY, 0);
        loop {
            let (values, errors, magnitudes) = self.totals(&parts);
            if values.iter().any(|v| v.is_nan()) {
                return Err(NumericError::Undefined("the integrand".into()));
            }
            let goals: Vec<f64> = magnitudes.iter().map(|m| ROUNDING * m).collect();
            let done = errors.iter().zip(&goals).all(|(e, g)| e <= g || !e.is_finite());
            // What halving does not make smaller is rounding of the integrand.
            let excess = errors.iter().zip(&goals).map(|(e, g)| e / g).fold(0.0, f64::max);
            stalled = if excess > before / 2.0 { stalled + 1 } else { 0 };
            before = before.min(excess);
            let done = done || stalled > STALLED;
            let worst = if done { Vec::new() } else { worst(&mut parts, &goals) };
            if worst.is_empty() || spent > self.most {
                if errors.iter().zip(&magnitudes).any(|(e, m)| *e > ACCEPTABLE * m) {
                    return Err(NumericError::NotConverged("the integral".into()));
                }
                self.check_tails(change, &first, &magnitudes)?;
                let open = self.open(change, range.ends, &open)?;
                return Ok(Evaluation { values, errors, open });
            }
            spent += 2 * worst.len() * RULE;
            let halves: Vec<Stretch> = worst
                .into_iter()
                .flat_map(|s| {
                    let m = s.a.midpoint(s.b);
                    [Stretch { b: m, ..s.clone() }, Stretch { a: m, ..s }]
                })
                .collect();
            parts.extend(self.parts(change, range.ends, &halves)?);
        }
    }

    /// What stretches with open signs contribute where these are 1.
    fn open(
        &mut self,
        change: Change,
        ends: (f64, f64),
        stretches: &[Stretch],
    ) -> Result<Option<Vec<f64>>, NumericError> {
        if stretches.is_empty() {
            return Ok(None);
        }
        let before = self.parts(change, ends, stretches)?;
        let mut all = stretches.to_vec();
        let given = |s: &mut f64| {
            if *s == 0.0 {
                *s = 1.0;
            }
        };
        all.iter_mut().for_each(|s| s.signs.iter_mut().for_each(given));
        let parts = self.parts(change, ends, &all)?;
        let (without, with) = (self.totals(&before).0, self.totals(&parts).0);
        Ok(Some(with.iter().zip(&without).map(|(a, b)| a - b).collect()))
    }

    fn totals(&self, parts: &[Part]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (mut values, mut errors, mut magnitudes) = (Vec::new(), Vec::new(), Vec::new());
        for k in 0..self.functions {
            let mut value = Compensated::default();
            parts.iter().for_each(|p| value.add(p.pieces[k].value));
            values.push(value.total());
            errors.push(parts.iter().map(|p| p.pieces[k].error).sum());
            magnitudes.push(parts.iter().map(|p| p.pieces[k].magnitude).sum());
        }
        (values, errors, magnitudes)
    }

    /// The first intervals, cut at the zeros of what the integrands have kinks at.
    fn stretches(&mut self, change: Change, first: &[f64]) -> Result<Vec<Stretch>, NumericError> {
        let signs = self.signs;
        let Some(program) = &mut self.kinks else {
            let stretch = |w: &[f64]| Stretch { a: w[0], b: w[1], signs: Vec::new() };
            return Ok(first.windows(2).map(stretch).collect());
        };
        let mut at: Vec<f64> = first
            .windows(2)
            .flat_map(|w| (0..LOOKS).map(|k| w[0] + (w[1] - w[0]) * k as f64 / LOOKS as f64))
            .collect();
        at.extend(first.last());
        let mut zeros = Vec::new();
        for k in 0..signs {
            let heights = ratios(program, change, k, &at)?;
            for i in 1..at.len() {
                let (a, b) = (heights[i - 1], heights[i]);
                if a * b < 0.0 {
                    zeros.push(zero(program, change, k, (at[i - 1], at[i]))?);
                }
            }
            for i in 1..at.len().saturating_sub(1) {
                let (a, b, c) = (heights[i - 1], heights[i], heights[i + 1]);
                let dips = b.abs() < CLOSE && b.abs() <= a.abs() && b.abs() <= c.abs();
                if dips && a * b > 0.0 && b * c > 0.0 {
                    zeros.extend(touched(program, change, k, (at[i - 1], at[i], at[i + 1]))?);
                }
            }
        }
        let mut all = first.to_vec();
        all.extend(zeros);
        all.sort_by(f64::total_cmp);
        all.dedup();
        let middles: Vec<f64> = all.windows(2).map(|w| w[0].midpoint(w[1])).collect();
        let mut out: Vec<Stretch> =
            all.windows(2).map(|w| Stretch { a: w[0], b: w[1], signs: Vec::new() }).collect();
        for k in 0..signs {
            let heights = ratios(program, change, k, &middles)?;
            for (stretch, h) in out.iter_mut().zip(heights) {
                // Where all summands vanish, either sign will do.
                stretch.signs.push(if h.is_nan() { 1.0 } else { super::graph::sign(h) });
            }
        }
        Ok(out)
    }

    /// The rule on intervals, as many at a time as fit.
    fn parts(
        &mut self,
        change: Change,
        (lo, hi): (f64, f64),
        stretches: &[Stretch],
    ) -> Result<Vec<Part>, NumericError> {
        let mut out = Vec::with_capacity(stretches.len());
        let mut t = [0.0; GROUP * RULE];
        let mut weights = [1.0; GROUP * RULE];
        let mut y = [0.0; RULE];
        for group in stretches.chunks(GROUP) {
            let n = group.len() * RULE;
            for (slots, s) in t.chunks_exact_mut(RULE).zip(group) {
                place_nodes(slots, s.a, s.b);
            }
            for k in 0..self.signs {
                let lane = self.program.input(1 + self.parameters + k);
                for (slots, s) in lane.chunks_exact_mut(RULE).zip(group) {
                    slots.fill(s.signs[k]);
                }
            }
            for ((x, weight), t) in self.program.input(0).iter_mut().zip(&mut weights).zip(&t[..n])
            {
                (*x, *weight) = change.at(*t);
            }
            self.program.run(n)?;
            let xs: Vec<f64> = self.program.input(0)[..n].to_vec();
            for (i, s) in group.iter().enumerate() {
                let mut pieces = Vec::with_capacity(self.functions);
                for k in 0..self.functions {
                    let from = i * RULE;
                    let values = &self.program.output(k)[from..from + RULE];
                    for j in 0..RULE {
                        let (v, x, w) = (values[j], xs[from + j], weights[from + j]);
                        let outside = !v.is_finite() && (x <= lo || x >= hi);
                        y[j] = if outside { 0.0 } else { super::graph::weigh(v, w) };
                    }
                    pieces.push(rule(&y, s.a, s.b));
                }
                out.push(Part { stretch: s.clone(), pieces });
            }
        }
        Ok(out)
    }

    /// Refuses integrands that have not died out at an infinite end.
    fn check_tails(
        &mut self,
        change: Change,
        first: &[f64],
        magnitudes: &[f64],
    ) -> Result<(), NumericError> {
        if change == Change::None {
            return Ok(());
        }
        for t in [first[0], first[first.len() - 1]] {
            let (x, weight) = change.at(t);
            self.program.input(0)[0] = x;
            for k in 0..self.signs {
                self.program.input(1 + self.parameters + k)[0] = 1.0;
            }
            self.program.run(1)?;
            for (k, magnitude) in magnitudes.iter().enumerate() {
                let end = super::graph::weigh(self.program.output(k)[0], weight).abs();
                if end.is_finite() && *magnitude > 0.0 && end > TAIL * magnitude {
                    return Err(NumericError::Divergent("the integral".into()));
                }
            }
        }
        Ok(())
    }
}

/// Removes the intervals that carry most of the error of any function.
fn worst(parts: &mut Vec<Part>, goals: &[f64]) -> Vec<Stretch> {
    let n = parts.len() as f64;
    let excess = |p: &Part| -> f64 {
        let one = |(piece, goal): (&Piece, &f64)| {
            let fair = (goal / n).max(ROUNDING * piece.magnitude);
            if piece.error > fair && *goal > 0.0 { piece.error / goal } else { 0.0 }
        };
        p.pieces.iter().zip(goals).map(one).fold(0.0, f64::max)
    };
    let divisible = |s: &Stretch| {
        let middle = s.a.midpoint(s.b);
        let least = 4.0 * f64::EPSILON * s.a.abs().max(s.b.abs());
        s.b - s.a > least && middle > s.a && middle < s.b
    };
    let mut order: Vec<(usize, f64)> = parts
        .iter()
        .enumerate()
        .map(|(i, p)| (i, excess(p)))
        .filter(|(i, e)| *e > 0.0 && divisible(&parts[*i].stretch))
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    order.truncate(GROUP / 2);
    let mut chosen: Vec<usize> = order.into_iter().map(|(i, _)| i).collect();
    chosen.sort_unstable_by(|a, b| b.cmp(a));
    chosen.into_iter().map(|i| parts.swap_remove(i).stretch).collect()
}

/// g relative to its summands: 0 within rounding, not a number where all of them vanish.
fn ratios(
    program: &mut Program<'_>,
    change: Change,
    kink: usize,
    at: &[f64],
) -> Result<Vec<f64>, NumericError> {
    let mut out = Vec::with_capacity(at.len());
    for some in at.chunks(BATCH) {
        for (x, t) in program.input(0).iter_mut().zip(some) {
            *x = change.at(*t).0;
        }
        program.run(some.len())?;
        let (g, size) = (program.output(2 * kink), program.output(2 * kink + 1));
        out.extend(g.iter().zip(size).take(some.len()).map(|(g, size)| {
            let ratio = g / size;
            if ratio.abs() <= OPEN { 0.0 } else { ratio }
        }));
    }
    Ok(out)
}

/// The zero between two places at which the signs differ, by halving.
fn zero(
    program: &mut Program<'_>,
    change: Change,
    kink: usize,
    (mut a, mut b): (f64, f64),
) -> Result<f64, NumericError> {
    let below = ratios(program, change, kink, &[a])?[0] < 0.0;
    for _ in 0..120 {
        let middle = a.midpoint(b);
        if middle <= a || middle >= b {
            break;
        }
        let height = ratios(program, change, kink, &[middle])?[0];
        if height == 0.0 || height.is_nan() {
            return Ok(middle);
        }
        if (height < 0.0) == below {
            a = middle;
        } else {
            b = middle;
        }
    }
    Ok(a.midpoint(b))
}

/// The two zeros on either side of a dip that reaches through zero between three places of one sign.
fn touched(
    program: &mut Program<'_>,
    change: Change,
    kink: usize,
    (a, middle, b): (f64, f64, f64),
) -> Result<Vec<f64>, NumericError> {
    let side = ratios(program, change, kink, &[middle])?[0].signum();
    let (mut low, mut high) = (a, b);
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..80 {
        let (p, q) = (high - golden * (high - low), low + golden * (high - low));
        let heights = ratios(program, change, kink, &[p, q])?;
        let deepest = if heights[0] * side < heights[1] * side { p } else { q };
        if heights[0].min(heights[1]) * side < 0.0 || heights[0].max(heights[1]) * side < 0.0 {
            let left = zero(program, change, kink, (a, deepest))?;
            let right = zero(program, change, kink, (deepest, b))?;
            return Ok(vec![left, right]);
        }
        if deepest == p {
            high = q;
        } else {
            low = p;
        }
        if high - low <= 4.0 * f64::EPSILON * high.abs().max(low.abs()) {
            break;
        }
    }
    Ok(Vec::new())
}
