//! MathML as text: what a term prints as, with and without the shared table.

use super::{Fragments, Marks, Notation, changed, mathml, mathml_marked, mathml_prose};
use crate::term::{BinderOp, Domain, Term};

fn s(name: &str) -> Term {
    Term::symbol(name)
}

fn n(value: i64) -> Term {
    Term::integer(value)
}

/// The markup inside `<math>`, without the characters that are not seen.
fn inside(term: &Term, marks: &Marks) -> String {
    let all = mathml_marked(term, marks, &Notation::default().with_bars("KL"));
    let start = all.find("\">").expect("attributes") + 2;
    let inner = &all[start..all.len() - "</math>".len()];
    inner.replace("<mo>\u{2061}</mo>", "").replace("<mo>\u{2062}</mo>", "")
}

#[track_caller]
fn check(term: &Term, expected: &str) {
    assert_eq!(inside(term, &Marks::default()), expected);
}

#[test]
fn names_are_set_piece_by_piece() {
    check(&s("x"), "<mi>x</mi>");
    check(&s("sigma1"), "<msub><mi>σ</mi><mn>1</mn></msub>");
    check(&s("Gamma"), "<mi mathvariant=\"normal\">Γ</mi>");
    check(&s("var"), "<mi>var</mi>");
    check(&s("mu_hat"), "<mover accent=\"true\"><mi>μ</mi><mo stretchy=\"false\">^</mo></mover>");
    check(&Term::power(s("sigma1"), n(2)), "<msubsup><mi>σ</mi><mn>1</mn><mn>2</mn></msubsup>");
    check(
        &s("mu_1_i"),
        "<msub><mi>μ</mi><mrow><mn>1</mn><mo rspace=\"0\">,</mo><mi>i</mi></mrow></msub>",
    );
}

#[test]
fn signs_and_fractions() {
    let t = Term::sum(vec![Term::neg(s("a")), Term::quotient(n(1), n(2)), Term::neg(s("b"))]);
    check(
        &t,
        "<mo form=\"prefix\">−</mo><mi>a</mi><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>−</mo><mi>b</mi>",
    );
}

#[test]
fn delimiters_stretch_where_they_must() {
    let ln = |t: Term| Term::call("ln", vec![t]);
    check(
        &ln(Term::sum(vec![s("a"), s("b")])),
        "<mi>ln</mi><mo stretchy=\"false\">(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo stretchy=\"false\">)</mo>",
    );
    check(
        &ln(Term::quotient(s("a"), s("b"))),
        "<mi>ln</mi><mrow><mo>(</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>)</mo></mrow>",
    );
    check(
        &Term::power(Term::sum(vec![s("a"), s("b")]), n(2)),
        "<mo stretchy=\"false\">(</mo><mi>a</mi><mo>+</mo><mi>b</mi>\
         <msup><mo stretchy=\"false\">)</mo><mn>2</mn></msup>",
    );
    check(&ln(s("a")), "<mi>ln</mi><mspace width=\".17em\"/><mi>a</mi>");
}

#[test]
fn operators_have_limits() {
    let integral = Term::binder(
        BinderOp::Integral,
        "x",
        Domain::Range(Term::neg(s("oo")), s("oo")),
        Term::density(s("p"), vec![s("x")]),
    );
    check(
        &integral,
        "<msubsup><mo rspace=\"0\">∫</mo><mrow><mo form=\"prefix\">−</mo><mi>∞</mi></mrow><mi>∞</mi></msubsup>\
         <mi>p</mi><mo stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo>\
         <mspace width=\".17em\"/><mi>d</mi><mi>x</mi>",
    );
    let mean = Term::binder(BinderOp::Expectation, "x", Domain::Over(s("p")), s("x"));
    check(
        &mean,
        "<msub><mi>𝔼</mi><mrow><mi>x</mi><mo lspace=\"0\" rspace=\"0\">∼</mo><mi>p</mi></mrow></msub>\
         <mo stretchy=\"false\">[</mo><mi>x</mi><mo stretchy=\"false\">]</mo>",
    );
}

#[test]
fn a_marked_part_takes_its_sign_along() {
    let t = Term::sum(vec![s("a"), Term::neg(s("b")), s("c")]);
    let marks = Marks {
        old: Some("/{0,1}".parse().expect("a path")),
        new: Some("/2".parse().expect("a path")),
    };
    assert_eq!(
        inside(&t, &marks),
        "<mrow class=\"old\"><mi>a</mi></mrow>\
         <mrow class=\"old\"><mo form=\"infix\">−</mo><mi>b</mi></mrow>\
         <mrow class=\"new\"><mo form=\"infix\">+</mo><mi>c</mi></mrow>",
    );
    let both = Marks { old: Some("/1".parse().expect("a path")), ..Marks::default() };
    let both = Marks { new: both.old.clone(), ..both };
    assert!(inside(&t, &both).contains(
        "<mrow class=\"new\"><mrow class=\"old\"><mo form=\"infix\">−</mo><mi>b</mi></mrow></mrow>"
    ));
}

#[test]
fn text_is_escaped() {
    let hostile = mathml(&s("<script>\u{e001}\"&"), &Notation::default());
    assert!(!hostile.contains("<script"), "{hostile}");
    assert!(!hostile.contains('\u{e001}'), "{hostile}");
    assert!(hostile.contains("&lt;script&gt;\u{fffd}&quot;&amp;"), "{hostile}");
    assert_eq!(
        mathml_prose("sigma1 < 2"),
        "<math alttext=\"σ₁\"><msub><mi>σ</mi><mn>1</mn></msub></math> &lt; 2"
    );
}

/// A chain of sums that differ in one part each.
fn chain() -> Vec<Term> {
    let part = |i: i64| {
        Term::quotient(
            Term::power(Term::difference(s("x"), s("mu1")), n(2)),
            Term::product(vec![n(i), s("sigma2")]),
        )
    };
    (2..30).map(|i| Term::sum(vec![part(i), part(i + 1), part(7), s("a")])).collect()
}

#[test]
fn what_occurs_again_is_written_once() {
    let notation = Notation::default();
    let mut fragments = Fragments::new();
    let mut expected: Vec<String> = Vec::new();
    for pair in chain().windows(2) {
        let marks = Marks { old: changed(&pair[0], &pair[1]).0, new: None };
        let at = fragments.formula(&pair[0], &marks, &notation);
        assert_eq!(at, expected.len());
        assert_eq!(fragments.formula(&pair[0], &marks, &notation), at);
        let layout = super::build::layout(&pair[0], &marks, &notation);
        expected.push(mathml::print(&layout));
    }
    let table = fragments.finish();
    for (i, markup) in expected.iter().enumerate() {
        assert_eq!(&table.expand(i), markup);
    }
    let whole: usize = expected.iter().map(String::len).sum();
    let shared: usize = table.0.iter().map(|t| t.len() + 3).sum();
    assert!(shared * 8 < whole, "{shared} of {whole}");
}
