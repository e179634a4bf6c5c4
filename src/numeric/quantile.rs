//! Inverse distribution functions of the sources of draws.
//!
//! Normal: algorithm AS 241 (PPND16) of Wichura, Applied Statistics 37 (1988), 477–484, about one part in 10^16. Its
//! coefficients are printed there; the lower tail is taken as it is, so that probabilities down to the least f64 count.

/// Where the distribution function is `p`, with 0 < p ≤ ½: negative or zero.
fn lower_half(p: f64) -> f64 {
    const SPLIT: f64 = 0.425;
    let q = p - 0.5;
    if q.abs() <= SPLIT {
        let r = SPLIT * SPLIT - q * q;
        return q * ratio(r, &CENTRE);
    }
    let r = (-p.ln()).sqrt();
    -if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) }
}

/// The standard normal quantile at the smaller of the two tails, `p` or 1 − `p`; `upper` says which was given.
pub(super) fn normal(tail: f64, upper: bool) -> f64 {
    let x = lower_half(tail);
    if upper { -x } else { x }
}

/// The standard exponential quantile, likewise.
pub(super) fn exponential(tail: f64, upper: bool) -> f64 {
    if upper { -tail.ln() } else { -(-tail).ln_1p() }
}

/// The uniform quantile on the open unit interval, likewise.
pub(super) fn uniform(tail: f64, upper: bool) -> f64 {
    if upper { (1.0 - tail).min(1.0_f64.next_down()) } else { tail }
}

/// Numerators and denominators, the constant coefficient first.
type Coefficients = [[f64; 8]; 2];

fn ratio(r: f64, [num, den]: &Coefficients) -> f64 {
    let (mut above, mut below) = (num[7], den[7]);
    for i in (0..7).rev() {
        above = above * r + num[i];
        below = below * r + den[i];
    }
    above / below
}

/// |p − ½| ≤ 0.425.
const CENTRE: Coefficients = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

/// √(−ln p) ≤ 5.
const MIDDLE: Coefficients = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

/// Farther out.
const FAR: Coefficients = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_887_9,
        0.136_929_880_922_735_8,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::special::erfc;

    /// Values from mpmath 1.3 at 40 digits.
    #[test]
    fn the_normal_quantile_is_good_to_the_last_digits() {
        for (p, x) in [
            (1e-300, -37.047_096_299_361_2),
            (1e-20, -9.262_340_089_798_408),
            (0.001, -3.090_232_306_167_813_5),
            (0.024_25, -1.972_961_051_311_885),
            (0.3, -0.524_400_512_708_040_8),
        ] {
            assert!((normal(p, false) / x - 1.0).abs() < 4e-16 * 4.0, "{p}: {}", normal(p, false));
            assert_eq!(normal(p, true), -normal(p, false));
        }
        assert_eq!(normal(0.5, false), 0.0);
    }

    /// Through the distribution function and back, over the whole range: x is known to 1e-14 where Φ(x) is to 1e-15.
    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for i in 1..4000 {
            let x = -f64::from(i) / 110.0;
            let p = erfc(-x / std::f64::consts::SQRT_2) / 2.0;
            let back = normal(p, false);
            assert!((back - x).abs() < 2e-14 * (1.0 + x.abs()), "{x}: {back}");
        }
        let p: f64 = 0.2;
        assert!((exponential(p, false) + 0.8_f64.ln()).abs() < 1e-16);
        assert!((exponential(p, true) + p.ln()).abs() < 1e-16);
        assert!(uniform(1e-300, true) < 1.0 && uniform(1e-300, false) > 0.0);
    }
}
