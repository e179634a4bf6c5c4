//! Special functions against values of mpmath.

use hence::numeric::special;

/// The relative error that is allowed; near a zero of the function, relative to what its argument's last digit changes.
const ALLOWED: f64 = 1e-13;

fn own(what: &str, x: f64) -> f64 {
    match what {
        "lngamma" => special::lngamma(x),
        "digamma" => special::digamma(x),
        "trigamma" => special::trigamma(x),
        "gamma" => special::tgamma(x),
        "erf" => special::erf(x),
        "erfc" => special::erfc(x),
        "bessel_i0" => special::bessel_i0(x),
        "bessel_i1" => special::bessel_i1(x),
        "bessel_i0_scaled" => special::bessel_i0_scaled(x),
        "expint" => special::expint(x),
        "expint_scaled" => special::expint_scaled(x),
        "ln_factorial" => special::ln_factorial(x),
        other => panic!("{other}"),
    }
}

/// How far a value may be off: relative to it, and, where it has a zero nearby, to 1.
fn error(what: &str, own: f64, wanted: f64) -> f64 {
    if own == wanted {
        return 0.0;
    }
    let crosses = matches!(what, "lngamma" | "digamma" | "ln_factorial");
    (own - wanted).abs() / if crosses { wanted.abs().max(1.0) } else { wanted.abs() }
}

#[test]
fn they_are_good_to_thirteen_digits() {
    let mut worst: Vec<(&str, f64, f64)> = Vec::new();
    let mut seen = 0;
    let lines = include_str!("fixtures/special_values.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [what, x, wanted] = parts.as_slice() else { panic!("{line}") };
        let number = |text: &str| -> f64 { text.parse().expect("a number") };
        let (x, wanted) = (number(x), number(wanted));
        let off = error(what, own(what, x), wanted);
        match worst.iter_mut().find(|(name, ..)| name == what) {
            Some(known) if known.1 >= off => {}
            Some(known) => *known = (what, off, x),
            None => worst.push((what, off, x)),
        }
        seen += 1;
    }
    assert!(seen > 800);
    let failures: Vec<_> =
        worst.iter().filter(|(_, off, _)| off.is_nan() || *off > ALLOWED).collect();
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn poles_and_ends_are_what_they_should_be() {
    for k in 0..5 {
        let pole = -f64::from(k);
        assert!(special::lngamma(pole).is_infinite());
        assert!(!special::digamma(pole).is_finite());
        assert!(special::trigamma(pole).is_infinite());
    }
    assert_eq!(special::erf(f64::INFINITY), 1.0);
    assert_eq!(special::erfc(f64::INFINITY), 0.0);
    assert_eq!(special::bessel_i0(0.0), 1.0);
    assert_eq!(special::bessel_i1(0.0), 0.0);
    assert!(special::lngamma(f64::NAN).is_nan() && special::digamma(f64::NAN).is_nan());
    assert_eq!(special::lngamma(f64::INFINITY), f64::INFINITY);
}
