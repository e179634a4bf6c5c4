//! Rigorous enclosures: functions against Arb's digits, the Gaussian divergence at thousands of points, tails.

mod library;

use hence::kernel::Facts;
use hence::numeric::{EnclosureOptions, Environment, Interval, NumericError, enclose};
use hence::term::{Rational, Term};
use hence::theory::Theory;
use hence::verify::{Numbers, WIDTH, definition_enclosures, enclosures, tail_holds};
use library::{Desk, Seeded};

const GAUSSIANS: &str = "let mu1, mu2 real
let sigma1, sigma2 positive
let p = Normal(mu1, sigma1^2)
let q = Normal(mu2, sigma2^2)";

/// The logarithm of the ratio of the densities, written out.
const EXPANDED: &str =
    "E[x ~ p](ln(sigma2/sigma1) - (x - mu1)^2/(2*sigma1^2) + (x - mu2)^2/(2*sigma2^2))";

const RAW: &str = "KL(p || q)";

const CLOSED: &str = "ln(sigma2/sigma1) + (sigma1^2 + (mu1 - mu2)^2)/(2*sigma2^2) - 1/2";

fn enclosed(term: &Term, at: &Environment, facts: &Facts) -> Result<Interval, NumericError> {
    let numbers = Numbers { theory: Theory::shipped_ref(), facts };
    enclose(term, at, &numbers, &EnclosureOptions::default())
}

fn number(text: &str) -> Interval {
    let desk = Desk::new("let unused real");
    let term = desk.term(text);
    enclosed(&term, &Environment::new(), desk.kernel.facts())
        .unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn gaussian_point(seed: &mut Seeded) -> Environment {
    let mut scale = || seed.between(0.2_f64.ln(), 5.0_f64.ln()).exp();
    let (s, t) = (scale(), scale());
    let mut mean = || seed.between(-3.0, 3.0);
    [("mu1", mean()), ("mu2", mean()), ("sigma1", s), ("sigma2", t)].into_iter().collect()
}

/// Encloses the divergence at random parameters; how many were looked at, and the widest relative to what is told apart.
fn divergence(definition: &str, count: usize) {
    let desk = Desk::new(GAUSSIANS);
    let facts = desk.kernel.facts();
    let (definition, closed) = (desk.term(definition), desk.term(CLOSED));
    let mutant = desk.term(&format!("({CLOSED})*1.000000001"));
    let mut seed = Seeded(2000);
    for _ in 0..count {
        let at = gaussian_point(&mut seed);
        let own = enclosed(&definition, &at, facts).unwrap_or_else(|e| panic!("{at:?}: {e}"));
        let closed = enclosed(&closed, &at, facts).expect("a closed form");
        let mutant = enclosed(&mutant, &at, facts).expect("a closed form");
        assert!(own.overlaps(closed), "{at:?}: {own:?} {closed:?}");
        assert!(!own.overlaps(mutant), "{at:?}: {own:?} {mutant:?}");
        assert!(own.width() <= 1e-11 * own.hi().abs().max(1.0), "{at:?}: {own:?}");
    }
}

#[test]
fn the_divergence_of_gaussians_written_out() {
    divergence(EXPANDED, 2000);
}

#[test]
fn the_divergence_of_gaussians_as_defined() {
    divergence(RAW, 2000);
}

/// Whether an interval contains the number `head + tail`, where `head` is the nearest double.
fn contains(own: Interval, head: f64, tail: f64) -> bool {
    (own.lo() < head || own.lo() == head && tail >= 0.0)
        && (own.hi() > head || own.hi() == head && tail <= 0.0)
}

/// What Arb computed: what, arguments, nearest double, what is left beyond it.
fn fixtures() -> Vec<(&'static str, &'static str, f64, f64)> {
    let number = |text: &str| -> f64 { text.parse().expect("a number") };
    let lines = include_str!("fixtures/enclosures.txt").lines();
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [what, arguments, head, tail, _] => (*what, *arguments, number(head), number(tail)),
            _ => panic!("{line}"),
        })
        .collect()
}

fn applied(what: &str, x: Interval, y: Option<Interval>) -> Interval {
    match what {
        "exp" => x.exp(),
        "ln" => x.ln(),
        "sqrt" => x.sqrt(),
        "pow" => x.pow(y.expect("two arguments")),
        "erf" => x.erf(),
        "erfc" => x.erfc(),
        "gamma" => x.gamma(),
        "lngamma" => x.lngamma(),
        "digamma" => x.digamma(),
        "trigamma" => x.trigamma(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "bessel_i0" => x.bessel_i0(),
        "bessel_i1" => x.bessel_i1(),
        "factorial" => x.factorial(),
        "ln_factorial" => x.ln_factorial(),
        other => panic!("{other}"),
    }
}

/// The width that each function may have, relative to the larger of 1 and the value, but exp and ln relative to it.
fn allowed(what: &str, value: f64) -> f64 {
    let value = value.abs();
    match what {
        "exp" | "ln" | "sqrt" => 4e-15 * value + 2e-323,
        "pow" => 1e-12 * value,
        "gamma" | "factorial" => 1e-11 * value,
        "bessel_i0" | "bessel_i1" => 1e-11 * value,
        "erf" | "erfc" => 1e-13,
        _ => 2e-12 * value.max(1.0),
    }
}

#[test]
fn functions_against_arb() {
    let mut seen = 0;
    for (what, arguments, head, tail) in fixtures() {
        if what == "value" {
            continue;
        }
        let mut all = arguments.split(' ').map(|a| Interval::point(a.parse().expect("a number")));
        let own = applied(what, all.next().expect("an argument"), all.next());
        assert!(contains(own, head, tail), "{what}({arguments}): {own:?} without {head}");
        assert!(own.width() <= allowed(what, head), "{what}({arguments}): {own:?} is wide");
        seen += 1;
    }
    assert!(seen > 600);
}

#[test]
fn integrals_and_sums_against_arb() {
    let mut seen = 0;
    for (what, statement, head, tail) in fixtures() {
        if what != "value" {
            continue;
        }
        let own = number(statement);
        assert!(contains(own, head, tail), "{statement}: {own:?} without {head}");
        assert!(own.width() < 1e-11 * head.abs().max(1.0), "{statement}: {own:?} is wide");
        // A constant that is wrong in the ninth digit is told apart.
        assert!(!contains(own, head * (1.0 + 1e-9), tail), "{statement}");
        seen += 1;
    }
    assert!(seen >= 16);
}

/// What holds of points holds of intervals around them: f(x) lies in f(X) for x in X.
#[test]
fn functions_of_intervals_contain_those_of_points() {
    let functions = ["exp", "ln", "sqrt", "erf", "erfc", "lngamma", "digamma", "trigamma"];
    let mut seed = Seeded(7);
    for _ in 0..2000 {
        let middle = seed.between(-3.0, 3.0).exp();
        let radius = middle * seed.between(-20.0, 0.0).exp();
        let (lo, hi) = (middle - radius * 0.99, middle + radius);
        let x = (lo + (hi - lo) * seed.between(0.0, 1.0)).clamp(lo, hi);
        for what in functions {
            let (wide, narrow) = (
                applied(what, Interval::new(lo, hi), None),
                applied(what, Interval::point(x), None),
            );
            assert!(wide.overlaps(narrow), "{what}: {x} in [{lo}, {hi}]");
            assert!(wide.lo() <= narrow.hi() && wide.hi() >= narrow.lo());
        }
    }
}

/// Sums, products, quotients and powers of doubles, exactly, against intervals.
#[test]
fn arithmetic_contains_the_exact_result() {
    let exact = |x: f64| {
        let scaled = (x * 2.0_f64.powi(80)) as i128;
        let (high, low) = ((scaled >> 40) as i64, (scaled & ((1 << 40) - 1)) as i64);
        let power = Rational::new(2, 1).and_then(|two| two.checked_pow(40)).expect("a power");
        let whole = &(&Rational::new(high, 1).expect("one") * &power)
            + &Rational::new(low, 1).expect("one");
        whole.checked_div(&(&power * &power)).expect("not by zero")
    };
    let below = |interval: Interval, value: &Rational| exact(interval.lo()) <= *value;
    let above = |interval: Interval, value: &Rational| *value <= exact(interval.hi());
    let mut seed = Seeded(11);
    for _ in 0..2000 {
        // Doubles of moderate size whose last bit is 2^-60 or more, so that products are exact in 80 bits' fraction.
        let mut short = || (seed.between(-4.0, 4.0) * 2.0_f64.powi(36)).round() / 2.0_f64.powi(36);
        let (a, b) = (short(), short());
        let (x, y) = (Interval::point(a), Interval::point(b));
        let (ea, eb) = (exact(a), exact(b));
        for (own, value) in [(x + y, &ea + &eb), (x - y, &ea - &eb), (x * y, &ea * &eb)] {
            assert!(below(own, &value) && above(own, &value), "{a} {b}: {own:?}");
        }
        let ratio = ea.checked_div(&eb).expect("not zero");
        let quotient = x / y;
        // Compared after multiplying back: b·lo ≤ a ≤ b·hi for b > 0.
        let (lo, hi) = (quotient.lo(), quotient.hi());
        assert!(lo <= ratio.to_f64() && ratio.to_f64() <= hi, "{a}/{b}: {quotient:?}");
    }
}

// ── Tails ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const RADIUS: &str = include_str!("cases/theory/radius.hence");

fn extended(source: &str) -> Theory {
    let mut theory = Theory::shipped();
    let problems = theory.extend("own.hence", source);
    assert!(problems.is_empty(), "{source}: {}", problems[0]);
    theory
}

fn own(tail: &str) -> Theory {
    extended(&format!(
        "distribution Bell(m: real, v: positive) over x in reals
  density 1/sqrt(2*pi*v)*exp(-(x - m)^2/(2*v))
  sample m + sqrt(v)*std_normal()
{tail}
  en \"normal distribution by another name\"
  zh \"另一名称的正态分布\"
"
    ))
}

#[test]
fn stated_tails_hold() {
    let mut stated = 0;
    for theory in [Theory::shipped(), extended(RADIUS)] {
        for d in theory.distributions() {
            match tail_holds(d, &theory) {
                Some(Ok(tried)) => assert!(tried >= 50, "{}: {tried} places only", d.name),
                Some(Err(broken)) => panic!("{}: {broken:?}", d.name),
                None => continue,
            }
            stated += 1;
        }
    }
    assert!(stated >= 9);
}

/// Bounds that are a little or much too small, on one side or both.
#[test]
fn wrong_tails_are_caught() {
    for tail in [
        "  tail from m: exp(-(t - m)*(x - t)*1.05/v - (x - t)^2/(2*v))",
        "  tail from m: exp(-2*(t - m)*(x - t)/v)",
        "  tail from m: exp(-3*abs(x - t))",
        "  tail from m: 0.9*exp(-(t - m)*(x - t)/v - (x - t)^2/(2*v))",
        "  tail from m - 3: exp(-(t - m + 3)*(x - t)/v)",
    ] {
        let theory = own(tail);
        let d = theory.distribution_named("Bell").expect("it was read");
        assert!(matches!(tail_holds(d, &theory), Some(Err(_))), "{tail}");
    }
    let theory = own("  tail from m: exp(-(t - m)*(x - t)/v)");
    let d = theory.distribution_named("Bell").expect("it was read");
    assert!(matches!(tail_holds(d, &theory), Some(Ok(_))));
    assert_eq!(tail_holds(theory.distribution_named("Uniform").expect("shipped"), &theory), None);
}

fn under(theory: &Theory, text: &str) -> Result<Interval, NumericError> {
    let context = library::context(theory, "let unused real");
    let facts = library::facts(&context);
    let term = library::term(theory, &context, text);
    let at = Environment::new().with("v", 0.5).with("y", 1.0);
    enclose(&term, &at, &Numbers { theory, facts: &facts }, &EnclosureOptions::default())
}

/// A tail that is far too small cuts off what counts: the enclosure misses the value, which is why tails are tried.
#[test]
fn a_wrong_tail_makes_a_wrong_enclosure() {
    let second = "E[x ~ Bell(0, 1)](x^2)";
    let right = under(&own("  tail from m: exp(-(t - m)*(x - t)/v)"), second).expect("a value");
    let unstated = under(&own(""), second).expect("a value");
    let wrong = under(&own("  tail from m: exp(-1000000*abs(x - t))"), second).expect("a value");
    assert!(right.contains(1.0) && unstated.contains(1.0), "{right:?} {unstated:?}");
    assert!(!wrong.contains(1.0), "{wrong:?}");
}

#[test]
fn clauses_that_are_wrong_have_diagnostics() {
    for (source, code) in [
        (
            "distribution A(m: real) over x in reals\n  density exp(-x)\n  tail from m exp(-x)",
            "E01",
        ),
        ("distribution A(m: real) over x in reals\n  density exp(-x)\n  tail from m: y", "E0201"),
        (
            "distribution A(t: real) over x in reals\n  density exp(-x)\n  tail from t: exp(-x)",
            "E0301",
        ),
        ("quantity Q(p) = E[x ~ p](x)\n  tail from 0: 1", "E0111"),
    ] {
        let problems = Theory::shipped().extend("own.hence", source);
        let found = problems.iter().any(|p| p.code.starts_with(code));
        assert!(found, "{source}: {problems:?}");
    }
}

/// A user's family, its normalisation, moments and entropy, whose integrand is singular at 0.
#[test]
fn a_family_of_the_users_own() {
    let theory = extended(RADIUS);
    let gamma = number("euler_gamma");
    let (one, two) = (Interval::point(1.0), Interval::point(2.0));
    let entropy = one + gamma / two + (Interval::point(3.0) / two.sqrt()).ln();
    let cases = [
        ("E[x ~ Radius(3)](1)", one),
        ("E[x ~ Radius(3)](x^2)", Interval::point(18.0)),
        ("H(Radius(3))", entropy),
        ("KL(Radius(3) || Radius(3))", Interval::point(0.0)),
        ("KL(Radius(1) || Radius(1000))", number("2*ln(1000) + 1/1000000 - 1")),
    ];
    for (text, expected) in cases {
        let own = under(&theory, text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert!(own.overlaps(expected), "{text}: {own:?} {expected:?}");
        assert!(own.width() < 1e-11 * own.magnitude().max(1.0), "{text}: {own:?}");
    }
}

#[test]
fn sums_without_end_and_coordinates() {
    for (text, expected) in [
        ("E[k ~ Poisson(3)](k^2)", "12"),
        ("E[k ~ Geometric(1/4)](k)", "3"),
        ("sum[k in 0..oo] 1/3^k", "3/2"),
        ("sum[k in 0..oo] 2^k/factorial(k)", "e^2"),
        ("KL(Poisson(3) || Poisson(1/2))", "3*ln(6) - 5/2"),
        ("KL(Geometric(1/1000) || Geometric(1/2))", "ln(1/500) + 999*ln(999/500)"),
        (
            "KL(product(Normal(0, 1), Normal(1, 4)) || product(Normal(0, 1), Normal(0, 1)))",
            "ln(1/2) + 5/2 - 1/2",
        ),
        ("E[x ~ product(Normal(1, 1), Exponential(2))]((x[1] - x[2])^2)", "1 + 1/4 + 1/4"),
        ("Var[x ~ Uniform(1/3, 2)](x)", "25/108"),
    ] {
        let (own, expected) = (number(text), number(expected));
        assert!(own.overlaps(expected), "{text}: {own:?} {expected:?}");
        assert!(own.width() < 1e-11 * own.magnitude().max(1.0), "{text}: {own:?}");
    }
}

/// Derivatives are those of the rules of calculus, at numbers.
#[test]
fn derivatives() {
    let desk = Desk::new("let a positive\nlet m[i] real for i in 1..3");
    let facts = desk.kernel.facts();
    let at: Environment =
        [("a", 0.75), ("m[1]", 1.5), ("m[2]", -0.5), ("m[3]", 2.0)].into_iter().collect();
    for (text, expected) in [
        ("D[a](a^3 - 2*a)", "3*a^2 - 2"),
        ("D[a](D[a](ln(a)*exp(2*a)))", "exp(2*a)*(4*ln(a) + 4/a - 1/a^2)"),
        ("D[a](a^a)", "a^a*(ln(a) + 1)"),
        ("D[a](sqrt(1 + a^2)/(1 - a))", "a/(sqrt(1 + a^2)*(1 - a)) + sqrt(1 + a^2)/(1 - a)^2"),
        ("D[a](lngamma(a))", "digamma(a)"),
        ("D[a](gamma(2*a))", "2*gamma(2*a)*digamma(2*a)"),
        ("D[a](erf(2*a) - erfc(a))", "4/sqrt(pi)*exp(-4*a^2) + 2/sqrt(pi)*exp(-a^2)"),
        ("D[a](log2(a))", "1/(a*ln(2))"),
        ("D[m[2]](sum[i in 1..3] i*m[i]^2)", "4*m[2]"),
        ("D[a](ln(Normal(a, 2)(1)))", "(1 - a)/2"),
        ("int[x from 0 to 1] D[x](x^3) dx", "1"),
    ] {
        let own = enclosed(&desk.term(text), &at, facts).unwrap_or_else(|e| panic!("{text}: {e}"));
        let expected = enclosed(&desk.term(expected), &at, facts).expect("a number");
        assert!(own.overlaps(expected) && own.width() < 1e-12, "{text}: {own:?} {expected:?}");
    }
}

/// What is out of reach says so, and does not make up an interval.
#[test]
fn out_of_reach() {
    let theory = extended(
        "distribution Lorentz(s: positive) over x in reals
  density 1/(pi*s*(1 + (x/s)^2))
  sample s*std_normal()
  en \"heavy tails\"
  zh \"重尾\"
",
    );
    for text in [
        "E[x ~ Lorentz(1)](x^2)",
        "D[v](KL(Normal(0, v) || Normal(0, 1)))",
        "D[y](Exponential(2)(y - 3))",
        "D[y](abs(y))",
        "int[x from 0 to oo] 1/(1 + x) dx",
        "int[x from 0 to 1] 1/x dx",
        "sum[k in 1..oo] 1/k",
        "E[x ~ Normal(0, 1)](E[y ~ Normal(x, 1)](x*y))",
    ] {
        let own = under(&theory, text);
        assert!(own.is_err(), "{text}: {own:?}");
    }
    let e = under(&theory, "E[x ~ Lorentz(1)](x^2)").expect_err("a heavy tail").to_string();
    assert!(e.starts_with("no enclosure: no bound is known for the tail"), "{e}");
}

/// A statement with a wrong closed form is refuted by enclosures alone, and a right one confirmed at degenerate points.
#[test]
fn evidence_of_derivations() {
    let theory = Theory::shipped_ref();
    let text = format!("{GAUSSIANS}\nderive KL(p || q)");
    let derivation = library::derived(theory, &text);
    let found = enclosures(&derivation, theory);
    assert_eq!(found.not_applicable, None);
    assert_eq!(found.runs.iter().filter(|e| !e.degenerate).count(), 3);
    assert_eq!(found.runs.iter().filter(|e| e.degenerate).count(), 3);
    assert!(found.runs.iter().all(|e| e.verdict == "confirmed" && e.width <= WIDTH));
    let equal = found.runs.iter().find(|e| e.degenerate).expect("p = q");
    assert!(equal.definition.0 <= 0.0 && 0.0 <= equal.definition.1, "{equal:?}");

    let mut wrong = derivation.clone();
    wrong.result = Term::product(vec![
        derivation.result.clone(),
        library::term(theory, &library::context(theory, "let unused real"), "1.000000001"),
    ]);
    let found = enclosures(&wrong, theory);
    assert!(found.runs.iter().filter(|e| !e.degenerate).all(|e| e.verdict == "refuted"));

    for (at, own) in definition_enclosures(&derivation, theory) {
        let numbers = Numbers { theory, facts: &derivation.facts };
        let closed = enclose(&derivation.result, &at, &numbers, &EnclosureOptions::default());
        assert!(own.overlaps(closed.expect("a closed form")));
    }
    let stuck = library::derived(theory, "let p density over reals\nderive H(p)");
    assert!(enclosures(&stuck, theory).not_applicable.is_some());
}
