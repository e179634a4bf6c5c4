//! Taylor coefficients of a graph, in interval arithmetic, by the recurrences of automatic differentiation (Moore,
//! "Methods and Applications of Interval Analysis", 1979, section 3.4).
//!
//! About a number they are the derivatives there divided by factorials; about an interval they contain these for each
//! number in it. A coefficient that does not exist is the whole line.

use super::elementary::TWO_BY_ROOT_PI;
use super::graph::{Binary, Graph, Id, Op, Unary};
use super::interval::{Interval, down, up};

/// Powers up to here are multiplied out, which keeps polynomials short.
const MOST_PRODUCTS: i32 = 8;

/// The series of all nodes of a graph to a fixed order.
pub(super) struct Series<'a> {
    graph: &'a Graph,
    order: usize,
    /// Coefficients, `order + 1` for each node.
    all: Vec<Interval>,
    /// How many of them may differ from 0.
    lengths: Vec<usize>,
    scratch: Vec<Interval>,
    root: Id,
}

impl<'a> Series<'a> {
    /// Room for the series of everything that `root` needs.
    pub fn new(graph: &'a Graph, root: Id, order: usize) -> Self {
        let lengths = graph
            .ops()
            .map(|(id, _)| graph.degree(id).map_or(order + 1, |degree| degree.min(order) + 1))
            .collect();
        let all = vec![Interval::ZERO; graph.len() * (order + 1)];
        let mut series =
            Self { graph, order, all, lengths, scratch: vec![Interval::ZERO; order + 1], root };
        for (id, _) in graph.ops() {
            if let Some(value) = graph.value(id) {
                series.row_mut(id)[0] = value;
            }
        }
        series
    }

    fn row(&self, id: Id) -> &[Interval] {
        let start = id.at() * (self.order + 1);
        &self.all[start..start + self.lengths[id.at()]]
    }

    fn row_mut(&mut self, id: Id) -> &mut [Interval] {
        let start = id.at() * (self.order + 1);
        &mut self.all[start..=start + self.order]
    }

    /// The values of the root.
    pub fn values(&mut self, base: Interval) -> Interval {
        self.about(base, Interval::ONE, 0)[0]
    }

    /// The coefficients of the root about `base` up to `order`, in powers of the distance over `unit`: with the size of
    /// a piece as the unit, those of high order neither overflow nor underflow.
    pub fn about(&mut self, base: Interval, unit: Interval, order: usize) -> &[Interval] {
        let order = order.min(self.order);
        let graph = self.graph;
        for (id, op) in graph.ops().take(self.root.at() + 1) {
            match op {
                Op::Const(..) => {}
                Op::Variable => {
                    self.row_mut(id)[0] = base;
                    if order > 0 {
                        self.row_mut(id)[1] = unit;
                    }
                }
                _ => self.node(id, op, order),
            }
        }
        self.row(self.root)
    }

    /// The coefficients of a node as they were computed last.
    pub fn of(&self, id: Id) -> &[Interval] {
        self.row(id)
    }

    fn node(&mut self, id: Id, op: Op, order: usize) {
        let mut out = std::mem::take(&mut self.scratch);
        let len = self.lengths[id.at()].min(order + 1);
        let target = &mut out[..len];
        match op {
            Op::Const(..) | Op::Variable => {}
            Op::Unary(f, a) => unary(f, self.row(a), target),
            Op::Powi(a, n) => powi(self.row(a), n, target),
            Op::Erf(f, a, kernel) => erf(f, self.row(a), self.row(kernel), target),
            Op::Binary(f, of, b) => {
                let (a, b) = (self.row(of), self.row(b));
                match f {
                    Binary::Add => add(a, b, target),
                    Binary::Mul => mul(a, b, target),
                    Binary::Div => div(a, b, target),
                    Binary::Pow if b.len() == 1 => pow(a, b[0], target),
                    Binary::Pow if a.len() == 1 => {
                        exponential(f.apply(a[0], b[0]), a[0], b, target);
                    }
                    Binary::PowerSlope if b.len() == 1 => {
                        let exponent = self.graph.exponent(of).map(|u| self.row(u));
                        slope_of_power(a, b[0], exponent.map_or(&[], |u| u), target);
                    }
                    Binary::Min | Binary::Max => chosen(f, a, b, target),
                    _ => value_only(f.apply(a[0], b[0]), target),
                }
            }
        }
        self.row_mut(id)[..len].copy_from_slice(&out[..len]);
        self.scratch = out;
    }
}

/// `x/k`.
fn by_count(x: Interval, k: usize) -> Interval {
    let k = k as f64;
    Interval::new(down(x.lo() / k), up(x.hi() / k))
}

/// `k·x`.
fn times(k: usize, x: Interval) -> Interval {
    if k == 1 { x } else { Interval::new(down(x.lo() * k as f64), up(x.hi() * k as f64)) }
}

fn at(a: &[Interval], k: usize) -> Interval {
    a.get(k).copied().unwrap_or(Interval::ZERO)
}

/// A value without derivatives.
fn value_only(value: Interval, out: &mut [Interval]) {
    out.fill(Interval::ENTIRE);
    out[0] = value;
}

/// A value that does not change nearby, where it is a single one.
fn flat(value: Interval, out: &mut [Interval]) {
    out.fill(if value.as_point().is_some() { Interval::ZERO } else { Interval::ENTIRE });
    out[0] = value;
}

fn copied(a: &[Interval], out: &mut [Interval], f: impl Fn(Interval) -> Interval) {
    for (k, out) in out.iter_mut().enumerate() {
        *out = f(at(a, k));
    }
}

fn unary(f: Unary, a: &[Interval], out: &mut [Interval]) {
    match f {
        Unary::Neg => copied(a, out, |x| -x),
        Unary::Exp => exp(a, out),
        Unary::Ln => ln(a, out),
        Unary::Sqrt => {
            pow(a, Interval::point(0.5), out);
            out[0] = a[0].sqrt();
        }
        Unary::Sin | Unary::Cos => circular(f, a, out),
        Unary::Abs if a[0].lo() > 0.0 => copied(a, out, |x| x),
        Unary::Abs if a[0].hi() < 0.0 => copied(a, out, |x| -x),
        Unary::Floor | Unary::Sign => flat(f.apply(a[0]), out),
        Unary::OrZero => copied(a, out, |x| x.hull(Interval::ZERO)),
        _ => value_only(f.apply(a[0]), out),
    }
    if f == Unary::OrZero && out.len() > 1 {
        // A jump has no derivative.
        value_only(out[0], out);
    }
}

fn add(a: &[Interval], b: &[Interval], out: &mut [Interval]) {
    for (k, out) in out.iter_mut().enumerate() {
        *out = match (a.get(k), b.get(k)) {
            (Some(x), Some(y)) => *x + *y,
            (Some(x), None) | (None, Some(x)) => *x,
            (None, None) => Interval::ZERO,
        };
    }
}

fn mul(a: &[Interval], b: &[Interval], out: &mut [Interval]) {
    for (k, out) in out.iter_mut().enumerate() {
        let from = k.saturating_sub(b.len() - 1);
        let to = k.min(a.len() - 1);
        let mut acc: Option<Interval> = None;
        for i in from..=to {
            let next = a[i] * b[k - i];
            acc = Some(acc.map_or(next, |acc| acc + next));
        }
        *out = acc.unwrap_or(Interval::ZERO);
    }
}

fn square(a: &[Interval], out: &mut [Interval]) {
    for (k, out) in out.iter_mut().enumerate() {
        let mut acc: Option<Interval> = None;
        for i in (k + 1).saturating_sub(a.len())..k.div_ceil(2) {
            let next = a[i] * a[k - i];
            acc = Some(acc.map_or(next, |acc| acc + next));
        }
        let twice = acc.map(|x| x + x);
        let middle = (k % 2 == 0 && k / 2 < a.len()).then(|| a[k / 2].square());
        *out = match (twice, middle) {
            (Some(x), Some(y)) => x + y,
            (Some(x), None) | (None, Some(x)) => x,
            (None, None) => Interval::ZERO,
        };
    }
}

fn div(a: &[Interval], b: &[Interval], out: &mut [Interval]) {
    for k in 0..out.len() {
        let mut acc = at(a, k);
        for i in 1..=k.min(b.len() - 1) {
            acc = acc - b[i] * out[k - i];
        }
        out[k] = acc / b[0];
    }
}

/// k·cₖ = Σ i·aᵢ·cₖ₋ᵢ
fn exp(a: &[Interval], out: &mut [Interval]) {
    out[0] = a[0].exp();
    for k in 1..out.len() {
        let mut acc = Interval::ZERO;
        for i in 1..=k.min(a.len() - 1) {
            acc = acc + times(i, a[i]) * out[k - i];
        }
        out[k] = by_count(acc, k);
    }
}

/// q = ((1 + t)^r − 1)/t where t is a multiple of exp(u): from q·t = (1 + t)^r − 1 and t′ = u′·t follows
/// q′ = u′·(r·(1 + t)^(r − 1) − q), here for a u of degree 1.
fn slope_of_power(t: &[Interval], r: Interval, u: &[Interval], out: &mut [Interval]) {
    out.fill(Interval::ENTIRE);
    out[0] = t[0].power_slope(r);
    let ([_, step], true) = (u, out.len() > 1) else { return };
    let mut base = t.to_vec();
    base[0] = base[0] + Interval::ONE;
    let mut power = vec![Interval::ZERO; out.len()];
    pow(&base, r - Interval::ONE, &mut power);
    for k in 1..out.len() {
        out[k] = by_count(*step * (r * power[k - 1] - out[k - 1]), k);
    }
}

/// k·sₖ = Σ i·aᵢ·cₖ₋ᵢ, k·cₖ = −Σ i·aᵢ·sₖ₋ᵢ
fn circular(f: Unary, a: &[Interval], out: &mut [Interval]) {
    let (mut sine, mut cosine) = (vec![a[0].sin()], vec![a[0].cos()]);
    for k in 1..out.len() {
        let (mut s, mut c) = (Interval::ZERO, Interval::ZERO);
        for i in 1..=k.min(a.len() - 1) {
            let step = times(i, a[i]);
            s = s + step * cosine[k - i];
            c = c - step * sine[k - i];
        }
        sine.push(by_count(s, k));
        cosine.push(by_count(c, k));
    }
    out.copy_from_slice(if f == Unary::Sin { &sine } else { &cosine });
}

/// The powers of a constant: exp(b·ln a), of which `value` is the first coefficient.
fn exponential(value: Interval, a: Interval, b: &[Interval], out: &mut [Interval]) {
    out[0] = value;
    let ln = a.ln();
    for k in 1..out.len() {
        let mut acc = Interval::ZERO;
        for i in 1..=k.min(b.len() - 1) {
            acc = acc + times(i, b[i]) * out[k - i];
        }
        out[k] = by_count(acc * ln, k);
    }
}

/// k·aₖ = k·a₀·cₖ + Σ i·cᵢ·aₖ₋ᵢ
fn ln(a: &[Interval], out: &mut [Interval]) {
    out[0] = a[0].ln();
    for k in 1..out.len() {
        let mut acc = Interval::ZERO;
        for i in (k + 1).saturating_sub(a.len()).max(1)..k {
            acc = acc + times(i, out[i]) * a[k - i];
        }
        out[k] = (at(a, k) - by_count(acc, k)) / a[0];
    }
}

/// k·a₀·cₖ = Σ (r·i − (k − i))·aᵢ·cₖ₋ᵢ, from the value c₀ on.
fn power_series(a: &[Interval], r: Interval, out: &mut [Interval]) {
    for k in 1..out.len() {
        let mut acc = Interval::ZERO;
        for i in 1..=k.min(a.len() - 1) {
            let weight = times(i, r) - Interval::point((k - i) as f64);
            acc = acc + weight * a[i] * out[k - i];
        }
        out[k] = by_count(acc, k) / a[0];
    }
}

fn pow(a: &[Interval], r: Interval, out: &mut [Interval]) {
    out[0] = a[0].pow(r);
    if a[0].lo() <= 0.0 {
        out[1..].fill(Interval::ENTIRE);
        return;
    }
    power_series(a, r, out);
}

fn powi(a: &[Interval], n: i32, out: &mut [Interval]) {
    if n == 2 {
        return square(a, out);
    }
    if n > 0 && (n <= MOST_PRODUCTS || a[0].contains(0.0)) {
        let mut acc = vec![Interval::ZERO; out.len()];
        square(a, &mut acc);
        for _ in 2..n {
            mul(&acc, a, out);
            acc.copy_from_slice(out);
        }
        out[0] = a[0].powi(n);
        return;
    }
    let value = a[0].powi(n);
    if a[0].contains(0.0) {
        return value_only(value, out);
    }
    let r = Interval::point(f64::from(n));
    out[0] = value;
    power_series(a, r, out);
}

/// erf(a)′ = 2/√π·exp(−a²)·a′
fn erf(f: Unary, a: &[Interval], kernel: &[Interval], out: &mut [Interval]) {
    let slope = if f == Unary::Erfc { -TWO_BY_ROOT_PI } else { TWO_BY_ROOT_PI };
    out[0] = f.apply(a[0]);
    for (k, out) in out.iter_mut().enumerate().skip(1) {
        let mut acc = Interval::ZERO;
        for (i, a) in a.iter().enumerate().take(k + 1).skip(1) {
            acc = acc + times(i, *a) * at(kernel, k - i);
        }
        *out = slope * by_count(acc, k);
    }
}

fn chosen(f: Binary, a: &[Interval], b: &[Interval], out: &mut [Interval]) {
    let below = a[0].hi() < b[0].lo();
    let above = a[0].lo() > b[0].hi();
    match (f, below, above) {
        (Binary::Min, true, _) | (Binary::Max, _, true) => copied(a, out, |x| x),
        (Binary::Min, _, true) | (Binary::Max, true, _) => copied(b, out, |x| x),
        _ => value_only(f.apply(a[0], b[0]), out),
    }
}
