//! Inequalities between numbers, decided by the kernel with bounds that enclose them.

mod library;

use hence::kernel::{Kernel, Sign};
use hence::theory::Theory;
use library::{Seeded, context, facts, term};

fn sign(text: &str) -> Sign {
    let theory = Theory::shipped();
    let context = context(&theory, "let x positive");
    Kernel::new(&theory, facts(&context)).sign_of(&term(&theory, &context, text))
}

#[test]
fn true_inequalities_are_proved() {
    for text in [
        "ln(2) - 0.6931471805599453094172321214",
        "0.6931471805599453094172321215 - ln(2)",
        "exp(pi) - pi^exp(1)",
        "22/7 - pi",
        "pi - 333/106",
        "355/113 - pi",
        "sqrt(2) + sqrt(3) - pi",
        "-ln(ln(2))",
        "exp(1)^(1/2) - 1.6487212707001281",
        "x*ln(2) - 0.6*x",
        "x^2*(ln(3) - 1) + x*(pi - 3)",
    ] {
        assert_eq!(sign(text), Sign::POSITIVE, "{text}");
        assert_eq!(sign(&format!("-({text})")), Sign::NEGATIVE, "{text}");
    }
}

#[test]
fn what_is_zero_has_no_other_sign() {
    for text in [
        "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3)",
        "ln(6) - ln(2) - ln(3)",
        "exp(ln(2)/2) - sqrt(2)",
        "(sqrt(2) - 1)*(sqrt(2) + 1) - 1",
    ] {
        assert!(!sign(text).is_nonzero(), "{text}: {:?}", sign(text));
    }
}

/// Random numbers, compared with floating point wherever that is not in doubt.
#[test]
fn signs_agree_with_floating_point() {
    let mut stream = Seeded(7);
    let mut decided = 0;
    for _ in 0..300 {
        let mut n = || (stream.between(1.0, 40.0).floor(), stream.between(1.0, 40.0).floor());
        let ((a, b), (c, d), (e, f)) = (n(), n(), n());
        let value = (a / b).ln() * (c / d).sqrt() - (e / f - 1.0).exp() * std::f64::consts::PI / a;
        let text = format!("ln({a}/{b})*sqrt({c}/{d}) - exp({e}/{f} - 1)*pi/{a}");
        let found = sign(&text);
        if value.abs() < 1e-9 {
            continue;
        }
        let expected = if value > 0.0 { Sign::POSITIVE } else { Sign::NEGATIVE };
        assert_eq!(found, expected, "{text} = {value}");
        decided += 1;
    }
    assert!(decided > 290);
}
