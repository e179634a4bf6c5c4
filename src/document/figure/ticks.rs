//! Where the marks of an axis stand, and what is written at them: steps of 1, 2 or 5 times a power of ten.

/// The marks of the range, about as many as wanted, with their texts.
pub(super) fn ticks([from, to]: [f64; 2], about: f64) -> Vec<(f64, String)> {
    let least = (to - from) / about.max(1.0);
    let power = least.log10().floor();
    let mut step = [1.0, 2.0, 5.0, 10.0].map(|m| scaled(m, power as i32)).into_iter();
    let step = step.find(|s| *s >= least * (1.0 - 1e-9)).unwrap_or(least);
    if !step.is_finite() || step <= 0.0 {
        return Vec::new();
    }
    // A sliver keeps a mark at an end of the range that rounding has moved.
    let first = (from / step - 1e-9).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    let decimals = (-(step * (1.0 + 1e-9)).log10().floor()).max(0.0) as usize;
    (first..=last).map(|k| k as f64 * step).map(|v| (v, text(v, decimals))).collect()
}

/// The powers of ten in the range.
pub(super) fn decades([from, to]: [f64; 2]) -> Vec<(f64, String)> {
    if !(from > 0.0 && to.is_finite()) {
        return Vec::new();
    }
    let (first, last) = ((from.log10() - 1e-9).ceil(), (to.log10() + 1e-9).floor());
    let text = |k: i32| match k {
        0..=3 => number(scaled(1.0, k)),
        _ => format!("10{}", k.to_string().chars().map(superscript).collect::<String>()),
    };
    (first as i32..=last as i32).map(|k| (scaled(1.0, k), text(k))).collect()
}

/// `m · 10ⁿ`, exact where it can be.
fn scaled(m: f64, n: i32) -> f64 {
    if n < 0 { m / 10_f64.powi(-n) } else { m * 10_f64.powi(n) }
}

/// The number with so many decimals; with a power of ten where it is very long.
fn text(value: f64, decimals: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if decimals > 4 || value.abs() >= 1e6 {
        return number(value);
    }
    format!("{value:.decimals$}").replace('-', "−")
}

/// The number as people write it.
pub(super) fn number(value: f64) -> String {
    let plain = format!("{}", (value * 1e4).round() / 1e4);
    if value == 0.0 || (value.abs() >= 1e-3 && value.abs() < 1e6) {
        return plain.replace('-', "−");
    }
    let text = format!("{value:.3e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    let raised: String = power.chars().map(superscript).collect();
    format!("{digits}·10{raised}").replace('-', "−")
}

fn superscript(c: char) -> char {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    c.to_digit(10).and_then(|d| DIGITS.get(d as usize)).copied().unwrap_or('⁻')
}

#[cfg(test)]
mod tests {
    use super::{decades, number, ticks};

    fn texts(from: f64, to: f64, about: f64) -> Vec<String> {
        ticks([from, to], about).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn steps_are_one_two_or_five() {
        assert_eq!(texts(0.05, 3.0, 7.0), ["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]);
        assert_eq!(texts(-1.0, 4.0, 6.0), ["−1", "0", "1", "2", "3", "4"]);
        assert_eq!(texts(0.0, 0.3, 3.0), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(0.0, 1000.0, 5.0), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(texts(0.0, 3e-6, 3.0), ["0", "1·10⁻⁶", "2·10⁻⁶", "3·10⁻⁶"]);
        assert!(texts(1.0, 1.0, 5.0).is_empty());
    }

    #[test]
    fn powers_of_ten() {
        let texts = |from, to| decades([from, to]).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(texts(10.0, 1e5), ["10", "100", "1000", "10⁴", "10⁵"]);
        assert_eq!(texts(0.02, 1.5), ["10⁻¹", "1"]);
        assert!(texts(-1.0, 5.0).is_empty());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(0.1), "0.1");
        assert_eq!(number(-2.0), "−2");
        assert_eq!(number(2.5e7), "2.5·10⁷");
        assert_eq!(number(0.0), "0");
    }
}
