//! Mean, variance and skewness of a stream, two passes per batch, merged by the formulas of Pébay (Sandia report
//! SAND2008-6212, 2008), which lose nothing when the mean is large against the spread.

/// Central moments of what was taken so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    pub count: f64,
    pub mean: f64,
    m2: f64,
    m3: f64,
    low: f64,
    high: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            count: 0.0,
            mean: 0.0,
            m2: 0.0,
            m3: 0.0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
        }
    }
}

/// Independent accumulators, so that the additions overlap.
const WIDTH: usize = 8;

impl Moments {
    /// The moments of one batch.
    pub fn of(batch: &[f64]) -> Self {
        let count = batch.len() as f64;
        let mean = total(batch, |x| x) / count;
        let (m2, m3) = powers(batch, mean);
        let low = extreme(batch, |a, b| if b < a { b } else { a });
        let high = extreme(batch, |a, b| if b > a { b } else { a });
        Self { count, mean, m2, m3, low, high }
    }

    /// Takes what another stream has seen.
    pub fn merge(&mut self, b: &Self) {
        if self.count == 0.0 {
            *self = *b;
            return;
        }
        let n = self.count + b.count;
        let delta = b.mean - self.mean;
        let ratio = delta / n;
        self.m3 += b.m3
            + delta * ratio * ratio * self.count * b.count * (self.count - b.count)
            + 3.0 * ratio * (self.count * b.m2 - b.count * self.m2);
        self.m2 += b.m2 + delta * ratio * self.count * b.count;
        self.mean += ratio * b.count;
        self.count = n;
        self.low = self.low.min(b.low);
        self.high = self.high.max(b.high);
    }

    /// The moments of Σ xᵢ over independent streams of the same length, sample by sample.
    pub fn of_sum(parts: &[Self]) -> Self {
        let total = |f: fn(&Self) -> f64| parts.iter().map(f).sum::<f64>();
        // The most extreme sample of any one of them: what it says of dominance is no less than of the sum.
        let reach = |f: fn(&Self) -> f64| parts.iter().map(f).fold(0.0, f64::max);
        let mean = total(|p| p.mean);
        Self {
            count: parts.iter().map(|p| p.count).fold(f64::INFINITY, f64::min),
            mean,
            m2: total(|p| p.m2),
            m3: total(|p| p.m3),
            low: mean - reach(|p| p.mean - p.low),
            high: mean + reach(|p| p.high - p.mean),
        }
    }

    /// The same about another origin.
    pub fn shifted(self, by: f64) -> Self {
        Self { mean: self.mean + by, low: self.low + by, high: self.high + by, ..self }
    }

    /// Whether the samples differ by rounding only.
    pub fn is_constant(&self) -> bool {
        const ROUNDING: f64 = 1e-10;
        self.high - self.low <= ROUNDING * self.mean.abs()
    }

    /// The sample standard deviation.
    pub fn deviation(&self) -> f64 {
        (self.m2 / (self.count - 1.0)).sqrt()
    }

    /// The standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        self.deviation() / self.count.sqrt()
    }

    /// The sample skewness; 0 where nothing varies.
    pub fn skewness(&self) -> f64 {
        if self.m2 > 0.0 { self.count.sqrt() * self.m3 / self.m2.powf(1.5) } else { 0.0 }
    }

    /// The share of the sum of squares that the most extreme sample has.
    pub fn dominance(&self) -> f64 {
        let farthest = (self.high - self.mean).max(self.mean - self.low);
        if self.m2 > 0.0 { farthest * farthest / self.m2 } else { 0.0 }
    }
}

#[inline(always)]
fn total(batch: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut acc = [0.0; WIDTH];
    let chunks = batch.chunks_exact(WIDTH);
    let rest: f64 = chunks.remainder().iter().map(|x| f(*x)).sum();
    for chunk in chunks {
        for (a, x) in acc.iter_mut().zip(chunk) {
            *a += f(*x);
        }
    }
    acc.iter().sum::<f64>() + rest
}

/// Σ (x − mean)² and Σ (x − mean)³.
fn powers(batch: &[f64], mean: f64) -> (f64, f64) {
    let (mut squares, mut cubes) = ([0.0; WIDTH], [0.0; WIDTH]);
    let chunks = batch.chunks_exact(WIDTH);
    let rest = chunks.remainder();
    for chunk in chunks {
        for ((s, c), x) in squares.iter_mut().zip(&mut cubes).zip(chunk) {
            let d = x - mean;
            *s += d * d;
            *c += d * d * d;
        }
    }
    let rest = rest.iter().fold((0.0, 0.0), |(s, c), x| {
        let d = x - mean;
        (s + d * d, c + d * d * d)
    });
    (squares.iter().sum::<f64>() + rest.0, cubes.iter().sum::<f64>() + rest.1)
}

#[inline(always)]
fn extreme(batch: &[f64], better: impl Fn(f64, f64) -> f64) -> f64 {
    let Some(&first) = batch.first() else { return f64::NAN };
    let mut acc = [first; WIDTH];
    let chunks = batch.chunks_exact(WIDTH);
    let rest = chunks.remainder().iter().fold(first, |a, x| better(a, *x));
    for chunk in chunks {
        for (a, x) in acc.iter_mut().zip(chunk) {
            *a = better(*a, *x);
        }
    }
    acc.iter().fold(rest, |a, x| better(a, *x))
}
