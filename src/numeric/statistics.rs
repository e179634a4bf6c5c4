//! The tails that verdicts rest on, and what they say of all runs of a command together.
//!
//! | interval | bound on the probability that one look errs |
//! |---|---|
//! | normal limit | 2Φ(−z)·cosh 2. The guard |skew|·z³ ≤ 6√N bounds the exponent skew·z³/(3√N) of the studentised mean (Wang 2005, Electronic Journal of Probability 10, 1260–1285, theorem 1.2) by 2 in size, and one side gains what the other loses |
//! | Laurent–Massart | 2e⁻ˣ at x = −ln Φ(−z), which is 2Φ(−z) at any number of samples |
//! | Student's t | 2Φ(−z), by the choice of t for the number of replicates |
//! | Hoeffding | 2Φ(−z), as 2e⁻ˣ; the ranges of the cells are those that their points and the neighbours' show |
//! | exact | 0: the samples do not vary |

use super::special::erfc;

/// The interval that a run decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntervalKind {
    /// z standard errors, by the central limit theorem.
    NormalLimit,
    /// A bound for sums of Gaussian quadratics and exponentials that holds at any number of samples.
    LaurentMassart,
    /// t standard errors of the means of independent replicates.
    StudentT,
    /// Ranges of stratified cells along one coordinate, where a sampler has steps.
    Hoeffding,
    /// No interval: the samples agree up to rounding.
    Exact,
}

impl IntervalKind {
    /// The name, as reports carry it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NormalLimit => "normal limit",
            Self::LaurentMassart => "Laurent–Massart",
            Self::StudentT => "Student t",
            Self::Hoeffding => "Hoeffding",
            Self::Exact => "exact",
        }
    }

    /// The interval of that name.
    pub fn named(name: &str) -> Option<Self> {
        const ALL: [IntervalKind; 5] = [
            IntervalKind::NormalLimit,
            IntervalKind::LaurentMassart,
            IntervalKind::StudentT,
            IntervalKind::Hoeffding,
            IntervalKind::Exact,
        ];
        ALL.into_iter().find(|i| i.as_str() == name)
    }

    /// A bound on the probability that the true mean lies outside the interval of one look.
    pub fn error_of_a_look(self, z: f64) -> f64 {
        let tail = normal_tails(z);
        match self {
            // cosh 2: half of e² + e⁻².
            Self::NormalLimit => (tail * 2.0_f64.cosh()).min(1.0),
            Self::LaurentMassart | Self::StudentT | Self::Hoeffding => tail,
            Self::Exact => 0.0,
        }
    }
}

/// P(|Z| > z) of a standard normal Z: 2Φ(−z).
pub fn normal_tails(z: f64) -> f64 {
    erfc(z / std::f64::consts::SQRT_2)
}

/// P(|T| > t) of Student's t with so many degrees of freedom: I_{ν/(ν+t²)}(ν/2, ½), Abramowitz and Stegun 26.7.1.
pub fn student_tails(t: f64, degrees: f64) -> f64 {
    statrs::function::beta::beta_reg(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

/// The t whose tails are those of the normal law at z, by bisection: 8.66 for z = 7 and 63 degrees of freedom.
pub fn student_equivalent(z: f64, degrees: f64) -> f64 {
    let wanted = normal_tails(z);
    let mut high = 2.0 * z.max(1.0);
    while student_tails(high, degrees) > wanted && high < 1e6 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..60 {
        let middle: f64 = f64::midpoint(low, high);
        if student_tails(middle, degrees) > wanted { low = middle } else { high = middle }
    }
    high
}

/// The x of the bounds P(S ≥ √(2vx) + bx) ≤ e⁻ˣ at which both sides together have the tails of the normal law at z.
pub fn exponent(z: f64) -> f64 {
    -(normal_tails(z) / 2.0).ln()
}

/// Runs that could each look so often at their samples before they ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    /// What they decide by.
    pub interval: IntervalKind,
    /// How many there are: one for each statement and point.
    pub runs: u64,
    /// The looks that one of them could make at most, [`McOptions::looks`](super::McOptions::looks).
    pub looks: u32,
}

/// What may go wrong in a number of runs, at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FalseAlarm {
    /// The half-width in standard errors.
    pub z: f64,
    /// All looks of all runs.
    pub looks: u64,
    /// The probability that any right formula among them is refuted (the union bound over all looks).
    pub alarm: f64,
    /// The probability that one given formula, wrong by more than δ at the points of a run, is confirmed by that run:
    /// its interval must miss the true mean at one of its looks.
    pub missed: f64,
}

/// Bounds for the runs of a command, by the union bound: sums of [`IntervalKind::error_of_a_look`].
///
/// A right formula f is refuted only where |ḡ − f| > h, so that the interval misses the mean. A formula that is wrong by
/// more than δ·max(|f|, S₀) is confirmed only where |ḡ − f| + h is at most that, so that the interval misses the mean as
/// well: one bound serves both. Nothing is assumed of how runs depend on one another.
pub fn false_alarm(plan: &[Runs], z: f64) -> FalseAlarm {
    let one = |r: &Runs| f64::from(r.looks) * r.interval.error_of_a_look(z);
    let all: f64 = plan.iter().map(|r| r.runs as f64 * one(r)).sum();
    let worst = plan.iter().filter(|r| r.runs > 0).map(one).fold(0.0, f64::max);
    FalseAlarm {
        z,
        looks: plan.iter().map(|r| r.runs * u64::from(r.looks)).sum(),
        alarm: all.min(1.0),
        missed: worst.min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a:e} is not {b:e}");
    }

    /// Values from mpmath 1.3 at 40 digits.
    #[test]
    fn tails_are_those_of_the_tables() {
        close(normal_tails(7.0), 2.559_625_087_771_67e-12, 1e-13);
        close(normal_tails(3.0), 2.699_796_063_260_189e-3, 1e-14);
        close(student_tails(8.1, 63.0), 2.385_450_556_239_486e-11, 1e-11);
        close(student_tails(3.0, 63.0), 3.863_838_476_099_157e-3, 1e-12);
        close(student_equivalent(7.0, 63.0), 8.655_864_594_850_139, 1e-11);
        close(student_equivalent(3.0, 63.0), 3.123_517_015_966_845, 1e-11);
        close(exponent(7.0), 27.384_307_498_811_075, 1e-14);
        close(2.0 * (-exponent(3.0)).exp(), normal_tails(3.0), 1e-14);
    }

    #[test]
    fn thousand_formulas_at_three_points_raise_no_alarm() {
        let runs = |interval| Runs { interval, runs: 3000, looks: 14 };
        let plain = false_alarm(&[runs(IntervalKind::LaurentMassart)], 7.0);
        close(plain.alarm, 3000.0 * 14.0 * 2.559_625_087_771_67e-12, 1e-12);
        assert_eq!(plain.looks, 42_000);
        close(plain.missed, 14.0 * 2.559_625_087_771_67e-12, 1e-12);
        // The normal limit carries the allowance for skewness; both kinds add up.
        let both = false_alarm(
            &[runs(IntervalKind::LaurentMassart), runs(IntervalKind::NormalLimit)],
            7.0,
        );
        close(both.alarm, plain.alarm * (1.0 + 2.0_f64.cosh()), 1e-12);
        assert!(both.alarm < 1e-6 && both.missed < 2e-10);
        // At z = 3 the same command would be worth nothing, and the bound says so.
        assert_eq!(false_alarm(&[runs(IntervalKind::NormalLimit)], 3.0).alarm, 1.0);
        assert_eq!(false_alarm(&[], 7.0).alarm, 0.0);
        for interval in [IntervalKind::NormalLimit, IntervalKind::Hoeffding, IntervalKind::Exact] {
            assert_eq!(IntervalKind::named(interval.as_str()), Some(interval));
        }
    }
}
