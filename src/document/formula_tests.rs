//! Formulas as text: what a hand-built term prints as.

use super::{Notation, latex, latex_highlighted, unicode, unicode_block};
use crate::term::{BinderOp, Domain, Relation, Term};

fn s(name: &str) -> Term {
    Term::symbol(name)
}
fn n(value: i64) -> Term {
    Term::integer(value)
}
#[expect(clippy::needless_pass_by_value, reason = "cases read as formulas")]
fn add<const N: usize>(parts: [Term; N]) -> Term {
    Term::sum(parts.to_vec())
}
#[expect(clippy::needless_pass_by_value, reason = "cases read as formulas")]
fn mul<const N: usize>(parts: [Term; N]) -> Term {
    Term::product(parts.to_vec())
}
fn neg(a: Term) -> Term {
    Term::neg(a)
}
fn over(a: Term, b: Term) -> Term {
    Term::quotient(a, b)
}
fn sq(a: Term) -> Term {
    Term::power(a, n(2))
}
#[expect(clippy::needless_pass_by_value, reason = "cases read as formulas")]
fn call<const N: usize>(name: &str, args: [Term; N]) -> Term {
    Term::call(name, args.to_vec())
}
fn density(p: Term, x: &str) -> Term {
    Term::density(p, vec![s(x)])
}
fn half() -> Term {
    over(n(1), n(2))
}
fn real_integral(x: &str, body: Term) -> Term {
    Term::binder(BinderOp::Integral, x, Domain::Range(neg(s("oo")), s("oo")), body)
}
fn expect(x: &str, p: Term, body: Term) -> Term {
    Term::binder(BinderOp::Expectation, x, Domain::Over(p), body)
}
fn ln_ratio() -> Term {
    call("ln", [over(density(s("p"), "x"), density(s("q"), "x"))])
}

#[track_caller]
fn check(term: &Term, expected_unicode: &str, expected_latex: &str) {
    let notation = Notation::default().with_bars("KL");
    assert_eq!(unicode(term, &notation), expected_unicode);
    assert_eq!(latex(term, &notation), expected_latex);
}

#[test]
fn variances_in_each_form() {
    let square = Term::power(s("x"), n(2));
    let t = Term::binder(BinderOp::Variance, "x", Domain::Over(s("p")), square);
    assert_eq!(t.to_string(), "Var[x ~ p](x^2)");
    assert_eq!(latex(&t, &Notation::default()), "\\operatorname{Var}_{x \\sim p}[x^2]");
    assert_eq!(unicode(&t, &Notation::default()), "Var[x ~ p](x²)");
}

#[test]
fn names() {
    check(&s("sigma1"), "σ₁", "\\sigma_1");
    check(&s("mu_hat"), "μ\u{302}", "\\hat{\\mu}");
    check(&s("x_i"), "xᵢ", "x_i");
    check(&s("sigma12"), "σ₁₂", "\\sigma_{12}");
    check(&s("oo"), "∞", "\\infty");
    check(&s("euler_gamma"), "γ", "\\gamma");
    check(&s("var"), "var", "\\mathrm{var}");
}

#[test]
fn closed_form_of_the_first_quantity() {
    let t = add([
        call("ln", [over(s("sigma2"), s("sigma1"))]),
        over(
            add([sq(s("sigma1")), sq(Term::difference(s("mu1"), s("mu2")))]),
            mul([n(2), sq(s("sigma2"))]),
        ),
        neg(half()),
    ]);
    check(
        &t,
        "ln(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − ½",
        "\\ln\\left(\\frac{\\sigma_2}{\\sigma_1}\\right) + \\frac{\\sigma_1^2 + (\\mu_1 - \\mu_2)^2}{2\\sigma_2^2} - \\frac{1}{2}",
    );
}

#[test]
fn products_and_signs() {
    check(&mul([n(2), n(3)]), "2·3", "2 \\cdot 3");
    check(&mul([n(2), s("mu1"), s("mu2")]), "2μ₁μ₂", "2\\mu_1\\mu_2");
    check(&mul([n(2), s("pi"), s("v")]), "2πv", "2\\pi v");
    check(
        &mul([half(), call("ln", [mul([n(2), s("pi")])])]),
        "½ ln(2π)",
        "\\frac{1}{2} \\ln(2\\pi)",
    );
    check(&mul([s("x"), add([s("a"), s("b")])]), "x·(a + b)", "x \\cdot (a + b)");
    check(&mul([n(2), add([s("a"), s("b")])]), "2(a + b)", "2(a + b)");
    check(&add([s("a"), neg(add([s("b"), s("c")]))]), "a − (b + c)", "a - (b + c)");
    check(&add([s("a"), mul([neg(half()), s("b")])]), "a − ½b", "a - \\frac{1}{2}b");
    check(&mul([s("a"), neg(s("b"))]), "a·(−b)", "a \\cdot (-b)");
    check(&mul([s("x"), over(s("a"), s("b"))]), "x·(a/b)", "x \\cdot \\frac{a}{b}");
    check(&mul([over(s("a"), s("b")), s("x")]), "a/b·x", "\\frac{a}{b} \\, x");
}

#[test]
fn powers_and_functions() {
    check(&sq(call("ln", [s("x")])), "(ln(x))²", "(\\ln x)^2");
    check(&Term::power(s("x"), half()), "x^(1/2)", "x^{1/2}");
    check(&call("exp", [neg(s("x"))]), "e⁻ˣ", "e^{-x}");
    check(
        &call("exp", [neg(over(sq(Term::difference(s("x"), s("m"))), mul([n(2), s("v")])))]),
        "exp(−(x − m)²/(2v))",
        "\\exp\\left(-\\frac{(x - m)^2}{2v}\\right)",
    );
    check(&call("sqrt", [mul([n(2), s("pi")])]), "√(2π)", "\\sqrt{2\\pi}");
    check(&call("gamma", [s("a")]), "Γ(a)", "\\Gamma(a)");
    check(&call("digamma", [s("a")]), "ψ(a)", "\\psi(a)");
    check(&call("erf", [s("z")]), "erf(z)", "\\operatorname{erf} z");
    check(&call("KL", [s("p"), s("q")]), "KL(p ‖ q)", "\\mathrm{KL}(p \\,\\|\\, q)");
    check(
        &density(call("Normal", [s("m"), s("v")]), "x"),
        "Normal(x; m, v)",
        "\\mathrm{Normal}(x;\\, m, v)",
    );
    check(
        &call("mixture", [over(n(1), n(3)), s("p"), over(n(2), n(3)), s("q")]),
        "mixture(⅓: p, ⅔: q)",
        "\\mathrm{mixture}\\left(\\frac{1}{3}\\colon p, \\frac{2}{3}\\colon q\\right)",
    );
}

#[test]
fn binders() {
    check(
        &real_integral("x", mul([density(s("p"), "x"), ln_ratio()])),
        "∫[−∞..∞] p(x) ln(p(x)/q(x)) dx",
        "\\int_{-\\infty}^{\\infty} p(x) \\ln\\left(\\frac{p(x)}{q(x)}\\right)\\, dx",
    );
    check(
        &real_integral("x", add([s("x"), n(1)])),
        "∫[−∞..∞] (x + 1) dx",
        "\\int_{-\\infty}^{\\infty} (x + 1)\\, dx",
    );
    check(&expect("x", s("p"), sq(s("x"))), "𝔼[x ~ p](x²)", "\\mathbb{E}_{x \\sim p}[x^2]");
    let sum = Term::binder(BinderOp::Sum, "i", Domain::Range(n(1), s("d")), s("x_i"));
    check(&sum, "∑[i = 1..d] xᵢ", "\\sum_{i=1}^{d} x_i");
    check(&Term::derivative(s("x"), sq(s("x"))), "∂/∂x x²", "\\frac{\\partial}{\\partial x} x^2");
    let mean =
        over(Term::binder(BinderOp::Sum, "i", Domain::Range(n(1), s("n")), s("x_i")), s("n"));
    check(&mean, "(∑[i = 1..n] xᵢ)/n", "\\frac{\\sum_{i=1}^{n} x_i}{n}");
    check(&Term::relation(Relation::Le, n(0), s("x")), "0 ≤ x", "0 \\le x");
}

#[test]
fn highlights() {
    let t = add([s("a"), neg(s("b")), mul([n(2), s("c")])]);
    let check = |path: &str, expected: &str| {
        let path = path.parse().expect("a path");
        assert_eq!(latex_highlighted(&t, &path, &Notation::default()), expected);
    };
    check("/2/1", "a - b + 2\\textcolor{blue}{c}");
    check("/{0,1}", "\\textcolor{blue}{a}\\textcolor{blue}{{} - b} + 2c");
    check("/", "\\textcolor{blue}{a - b + 2c}");
}

#[test]
fn signs_are_never_doubled_and_lines_never_ambiguous() {
    check(&neg(neg(s("a"))), "−(−a)", "-(-a)");
    check(&neg(over(s("a"), s("b"))), "−a/b", "-\\frac{a}{b}");
    check(&over(over(s("a"), s("b")), s("c")), "(a/b)/c", "\\frac{\\frac{a}{b}}{c}");
    check(&over(s("a"), mul([s("b"), s("c")])), "a/(bc)", "\\frac{a}{bc}");
    check(&sq(sq(s("x"))), "(x²)²", "(x^2)^2");
    check(&sq(neg(s("x"))), "(−x)²", "(-x)^2");
    check(&mul([s("var"), s("x")]), "var x", "\\mathrm{var} \\, x");
    check(&mul([call("ln", [s("x")]), s("y")]), "ln(x) y", "\\ln(x) \\, y");
    check(&add([s("a"), add([s("b"), s("c")])]), "a + (b + c)", "a + (b + c)");
    check(&add([add([s("b"), s("c")]), s("a")]), "(b + c) + a", "(b + c) + a");
}

#[track_caller]
fn check_block(term: &Term, expected: &[&str]) {
    assert_eq!(unicode_block(term, &Notation::default()).0, expected);
}

#[test]
fn blocks() {
    let gauss = over(neg(sq(Term::difference(s("x"), s("m")))), mul([n(2), s("v")]));
    check_block(
        &mul([over(n(1), call("sqrt", [s("v")])), call("exp", [gauss])]),
        &["1     ⎛−(x − m)²⎞", "── exp⎜─────────⎟", "√v    ⎝   2v    ⎠"],
    );
    check_block(&Term::power(over(s("a"), s("b")), s("n")), &["⎛a⎞ⁿ", "⎜─⎟", "⎝b⎠"]);
    let sum = Term::binder(BinderOp::Sum, "i", Domain::Range(n(1), s("d")), over(s("x_i"), s("d")));
    check_block(&sum, &["  d   xᵢ", "  ∑   ──", "i = 1 d"]);
    check_block(&sq(s("x")), &["x²"]);
}
