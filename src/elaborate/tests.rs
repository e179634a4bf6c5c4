//! Elaboration as text: what comes out of good input, and the diagnostics of bad input.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::syntax::{parse_expression, parse_statements};
use crate::theory::Theory;

const THEORY: &str = r#"
distribution Normal(mean: real, var: positive) over x in reals
  also (mean, sd: positive) with var = sd^2
  also (mean, logvar: real) with var = exp(logvar)
  density 1/sqrt(2*pi*var) * exp(-(x - mean)^2 / (2*var))
  sample mean + sqrt(var) * std_normal()
  center mean
  en "the normal distribution"
  zh "正态分布"

distribution Uniform(low: real, high: real) over x in low..high where low < high
  density 1/(high - low)
  sample low + (high - low) * std_uniform()

distribution Erlang(shape: natural, rate: positive) over x in positive
  density rate^shape * x^(shape - 1) * exp(-rate*x) / gamma(shape)

quantity KL(p || q) = E[x ~ p](ln(p(x)/q(x)))
  when support(p) within support(q)
  otherwise oo
  en "the relative entropy"

quantity JS(p, q) = 1/2*KL(p || mixture(1/2: p, 1/2: q)) + 1/2*KL(q || mixture(1/2: p, 1/2: q))

quantity H(p) = -E[x ~ p](ln(p(x)))
quantity H(p, q) = -E[x ~ p](ln(q(x)))

rule expect.constant
  E[x ~ ?p](?c) => ?c
  when free(x, ?c)
  en "the mean of a constant"
  fires E[x ~ Normal(m, v)](a) where m, a real, v positive
  refuses E[x ~ Normal(m, v)](x) where m real, v positive

law normal.integrable
  integrable(E[x ~ Normal(?m, ?v)](x^?n))
  when ?n natural

phase moments
  rules expect.*
"#;

fn theory() -> Theory {
    let mut theory = Theory::new();
    let diagnostics = theory.extend("test.hence", THEORY);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    theory
}

fn run(source: &str, undeclared: Undeclared) -> (Vec<Goal>, Vec<Diagnostic>) {
    let (tree, _) = parse_statements(source);
    statements_with(source, &tree, &theory(), undeclared)
}

fn goals(source: &str) -> Vec<Goal> {
    let (goals, diagnostics) = run(source, Undeclared::Refuse);
    assert!(diagnostics.is_empty(), "{source}: {diagnostics:#?}");
    goals
}

/// The left side and the context of the only goal, as text.
fn derived(source: &str, undeclared: Undeclared) -> (String, Context) {
    let (goals, diagnostics) = run(source, undeclared);
    assert!(diagnostics.is_empty(), "{source}: {diagnostics:#?}");
    let goal = goals.into_iter().next().expect("one goal");
    match goal.kind {
        GoalKind::Derive { left, .. } => (left.to_string(), goal.context),
        GoalKind::Claim { left, .. } | GoalKind::Solve { left, .. } => {
            (left.to_string(), goal.context)
        }
    }
}

fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

#[test]
fn the_introduction_of_the_language() {
    let source = "let mu1, mu2 real\nlet sigma1, sigma2 positive\nlet p = Normal(mu1, sigma1^2)\n\
                  let q = Normal(mu2, sigma2^2)\n\
                  derive KL(p || q) = int[x from -oo to oo] p(x) * ln(p(x)/q(x)) dx\n\
                  claim KL(p || q) = ln(sigma2/sigma1) - 1/2\n";
    let all = goals(source);
    assert_eq!(all.len(), 2);
    let GoalKind::Derive { left, definition: Some(definition) } = &all[0].kind else { panic!() };
    assert_eq!(left.to_string(), "KL(p, q)");
    assert_eq!(definition.to_string(), "int[x from -oo to oo](p(x)*ln(p(x)/q(x))) dx");
    assert_eq!(all[0].context.sorts.len(), 4);
    assert!(all[0].context.inferred.is_empty());
    assert!(
        all[1].text.starts_with("claim KL") || all[1].text.starts_with("KL"),
        "{}",
        all[1].text
    );
}

#[test]
fn a_square_makes_its_base_positive() {
    let (_, context) = derived("let m, s real\nderive H(Normal(m, s^2))", Undeclared::Refuse);
    assert_eq!(texts(&context.relations), ["s > 0"]);
    assert_eq!(context.inferred[0].term.to_string(), "s > 0");
}

#[test]
fn names_of_the_command_line() {
    let (left, context) = derived("derive H(Normal(m, s^2))", Undeclared::InferFromUse);
    assert_eq!(left, "H(Normal(m, s^2))");
    let sorts = [("m".into(), Sort::Real), ("s".into(), Sort::Positive)];
    assert_eq!(context.sorts, sorts);
    let inferred: Vec<_> = context.inferred.iter().map(|a| a.term.to_string()).collect();
    assert_eq!(inferred, ["m", "s > 0"]);
    assert!(context.relations.is_empty());
}

#[test]
fn parameterisations() {
    for (written, meant) in [
        ("Normal(0, sd: s)", "H(Normal(0, s^2))"),
        ("Normal(0, logvar: l)", "H(Normal(0, exp(l)))"),
        ("Normal(var: v, mean: 0)", "H(Normal(0, v))"),
        ("Normal(0, 0.25)", "H(Normal(0, 1/4))"),
        ("Normal(0, 2*v/3)", "H(Normal(0, 2*v/3))"),
        ("Erlang(n, 1)", "H(Erlang(n, 1))"),
        (
            "mixture(1/3: Normal(0, 1), 2/3: Normal(1, 1))",
            "H(mixture(1/3: Normal(0, 1), 2/3: Normal(1, 1)))",
        ),
    ] {
        let (left, _) = derived(&format!("derive H({written})"), Undeclared::InferFromUse);
        assert_eq!(left, meant);
    }
}

#[test]
fn constraints_become_visible_assumptions() {
    for (source, relations) in [
        ("let a, b real\nderive H(Uniform(a, b))", vec!["a < b"]),
        ("let a, b real\nassume a < b\nderive H(Uniform(a, b))", vec!["a < b"]),
        ("let v real\nderive H(Normal(0, v))", vec!["v > 0"]),
        ("let v positive\nderive H(Normal(0, v + 1))", vec![]),
        ("let a, b real\nderive H(Normal(0, a + b))", vec!["a + b > 0"]),
        ("let a real\nderive H(Normal(0, exp(a)))", vec![]),
        ("let a real\nderive H(Normal(0, 1 + a^2))", vec![]),
        ("let a real, b positive\nderive H(Normal(0, a^2/b))", vec!["a > 0"]),
        ("let a real\nderive H(Normal(0, sd: a))", vec!["a > 0"]),
        ("let a real\nlet v = a^2\nderive H(Normal(0, v))", vec!["a > 0"]),
        ("let a nonzero\nderive H(Normal(0, a^2))", vec![]),
    ] {
        let (_, context) = derived(source, Undeclared::Refuse);
        assert_eq!(texts(&context.relations), relations, "{source}");
    }
}

#[test]
fn what_a_where_says_stays_with_its_statement() {
    let all = goals("let a real\nderive a where a positive\nderive a");
    assert_eq!(all[0].context.sorts, [("a".into(), Sort::Positive)]);
    assert_eq!(all[1].context.sorts, [("a".into(), Sort::Real)]);
}

#[test]
fn printed_terms_elaborate_to_themselves() {
    let theory = theory();
    for source in [
        "KL(Normal(0, 1), Normal(1, 2))",
        "Normal(0, 1)(x)",
        "mixture(1/3: Normal(0, 1), 2/3: Normal(1, 1))(x)",
        "E[y ~ Normal(x, 1)]((y - x)^2)",
        "D[x](ln(x)/ln(2))",
    ] {
        let tree = parse_expression(source).expect("parses");
        let context = Context { sorts: vec![("x".into(), Sort::Real)], ..Context::default() };
        let term = expression(&tree, &theory, &context, Undeclared::Refuse).expect("elaborates");
        assert_eq!(term.to_string(), source);
    }
}

#[test]
fn bad_input() {
    for (source, expected) in [
        (
            "derive ln(sgima)",
            "E0201 at 10..15: the name `sgima` is unknown (declare it: let sgima real)",
        ),
        (
            "let sigma positive\nderive ln(sgima)",
            "did you mean `sigma`? Or declare it: let sgima real",
        ),
        (
            "derive lnn(2)",
            "E0202 at 7..10: no function, distribution or quantity is called `lnn` (did you mean `ln`?)",
        ),
        ("derive H(Noraml(0, 1))", "did you mean `Normal`?"),
        ("derive ln(2, 3)", "E0204 at 7..15: `ln` cannot be given 2 arguments (write ln(x))"),
        ("derive KL(Normal(0, 1))", "(write KL(p || q))"),
        (
            "derive H(Normal(0))",
            "`Normal` cannot be given 1 parameter (write Normal(mean, var) or Normal(mean, sd: …) or Normal(mean, logvar: …))",
        ),
        (
            "derive H(Normal(0, sdd: 1))",
            "E0206 at 24..25: `Normal` has no parameter called `sdd` (did you mean `sd`?)",
        ),
        ("derive H(Normal(0, 1, sd: 1))", "E0206"),
        (
            "derive H(Normal(0, -1))",
            "E0211 at 19..21: the parameter `var` of Normal must be positive, but `-1` is not (give a `var` that is positive)",
        ),
        ("derive H(Normal(0, 0))", "E0211"),
        ("derive H(Normal(0, sd: 2 - 3))", "the parameter `sd` of Normal must be positive"),
        ("derive H(Normal(oo, 1))", "must be finite"),
        ("derive H(Uniform(2, 1))", "the parameters of Uniform must satisfy 2 < 1"),
        ("derive H(Erlang(1/2, 1))", "must be a natural number, but `1/2` is not"),
        (
            "let a real\nderive H(Erlang(a, 1))",
            "must be a natural number (declare it: let a natural)",
        ),
        ("derive H(mixture(1/3: Normal(0, 1), 1/3: Normal(1, 1)))", "sum to 2/3"),
        ("derive H(mixture(Normal(0, 1), 1/2))", "E0207"),
        ("let a, b positive\nderive H(mixture(a: Normal(0, 1), b: Normal(1, 1)))", "E0230"),
        ("derive H(1, Normal(0, 1) || Normal(0, 1))", "E0204"),
        ("derive H(Normal(0, 1) || Normal(0, 1))", "E0214"),
        (
            "derive 1 + Normal(0, 1)",
            "E0207 at 11..23: a number is needed here, but this is a distribution",
        ),
        ("derive KL(1 || Normal(0, 1))", "a distribution is needed here, but this is a number"),
        ("derive E[x ~ 3](x)", "a distribution is needed here"),
        (
            "let a real\nderive a(2)",
            "E0210 at 18..19: `a` is a number and cannot be applied to arguments (to multiply, write a*(…))",
        ),
        ("let a real\nlet a positive\nderive a", "E0205 at 15..16: `a` is declared twice"),
        ("let pi real\nderive pi", "E0208 at 4..6: `pi` is a constant and cannot be redefined"),
        ("let KL real\nderive 1", "E0208"),
        (
            "let a positve\nderive a",
            "E0209 at 6..13: `positve` is not a sort (did you mean `positive`?)",
        ),
        ("let p density over reals\nderive p(1, 2) + p", "E0207"),
        ("let p = Normal(0, 1)\nderive p(1, 2)", "a density of one variable is given 2 points"),
        ("derive Normal", "`Normal` needs arguments"),
        ("derive E[s ~ Normal(0, 1)](H(Normal(0, s)))", "restrict where the variable ranges"),
    ] {
        let (_, diagnostics) = run(source, Undeclared::Refuse);
        let all: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|d| d.contains(expected)), "{source}\n  {expected}\n  {all:#?}");
    }
}

#[test]
fn everything_is_reported_at_once() {
    let (_, diagnostics) =
        run("derive a + lnn(b)\nlet pi real\nderive H(Normal(0, -1)) + a", Undeclared::Refuse);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["E0201", "E0202", "E0201", "E0208", "E0211"]);
}

#[test]
fn definitions_that_double_cost_nothing() {
    let mut source = String::from("let a0 real\n");
    for i in 1..200 {
        source.push_str(&format!("let a{i} = a{} + abs(abs(a{}))\n", i - 1, i - 1));
    }
    source.push_str("derive H(Normal(0, a199))");
    assert_eq!(goals(&source).len(), 1);
}

#[test]
fn long_literals_are_refused() {
    let source = format!("derive {}", "9".repeat(10_001));
    {
        let (tree, _) = parse_statements(&source);
        let (_, diagnostics) = statements(&source, &tree, &theory());
        assert_eq!(diagnostics[0].code, "E0203");
    }
}

#[test]
fn ill_formed_theories() {
    for (source, expected) in [
        ("rule a.b\n  ?a + 0 => ?b\n", "E0302"),
        (
            "rule a.b\n  E[x ~ ?p](?c) => ?c\n",
            "E0303 at 28..30: `?c` stands both inside and outside the scope of `x` (add the condition free(x, ?c))",
        ),
        (
            "rule a.b\n  int[x from ?a to ?b] ?c*?f dx => ?c*(int[x from ?a to ?b] ?f dx)\n",
            "free(x, ?c)",
        ),
        ("rule a.b\n  E[x ~ ?p](?f) => x\n", "E0201"),
        ("rule a.b\n  ?a + y => ?a\n", "for a pattern variable, write ?y"),
        ("rule a.b\n  lnn(?a) => ?a\n", "E0202"),
        ("rule a.b\n  ?a + 0 => ?a\nrule a.b\n  0 + ?a => ?a\n", "E0301"),
        ("rule a.b\n  ?a + 0 => ?a\n  when nice(?a)\n", "E0307"),
        ("rule a.b\n  ?a + 0 => ?a\n  when free(y, ?a)\n", "E0307"),
        ("rule a.b\n  ?a + 0 => ?a\n  when dominated(?a)\n", "E0307"),
        // The variable of the derivative would be captured.
        (
            "rule a.b\n  D[?t](E[x ~ ?p](?f)) => E[x ~ ?p](D[?t](?f))\n  when free(?t, ?p)\n",
            "E0303",
        ),
        ("rule a.b\n  ?a + 0 => ?a\n  fires y + 0\n", "E0201"),
        ("law a.b\n  ?a + 0\n", "E0309"),
        ("phase moments\n  rules expekt.mean\n", "E0306"),
        ("distribution A(a: real) over x in nowhere\n  density x\n", "E0308"),
        ("distribution A(a: real) over x in reals\n  density x + b\n", "E0201"),
        (
            "distribution A(a: real, b: real) over x in reals\n  also (c: real) with a = c\n  density x\n",
            "E0305",
        ),
        ("distribution A(a: real) over x in reals\n  density x + std_normal()\n", "E0202"),
        ("distribution A(a: rael) over x in reals\n  density x\n", "E0209"),
        ("quantity Q(p) = E[x ~ p](Q(p))\n", "E0202"),
        ("quantity Q(p) = E[x ~ p](y)\n", "E0201"),
    ] {
        let mut theory = Theory::new();
        let all: Vec<String> =
            theory.extend("bad.hence", source).iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|d| d.contains(expected)), "{source}\n  {expected}\n  {all:#?}");
    }
}

#[test]
fn what_the_theory_says_of_terms() {
    let theory = theory();
    let normal = Term::call("Normal", vec![Term::symbol("x"), Term::integer(4)]);
    let density = theory.density_of(&normal, &Term::symbol("y")).expect("has a density");
    assert_eq!(density.to_string(), "1/sqrt(2*pi*4)*exp(-(y - x)^2/(2*4))");
    assert_eq!(theory.center_of(&normal), Some(Term::symbol("x")));
    let (low, high) = theory.support_of(&normal).expect("has a support");
    assert_eq!([low.to_string(), high.to_string()], ["-oo", "oo"]);
    assert_eq!(
        theory.sampler_of(&normal).expect("samples").to_string(),
        "x + sqrt(4)*std_normal()"
    );
    let other = Term::call("Normal", vec![Term::integer(0), Term::integer(1)]);
    let call = Term::call("KL", vec![other, normal]);
    assert_eq!(
        theory.expand_quantity(&call).expect("expands").to_string(),
        "E[x1 ~ Normal(0, 1)](ln(Normal(0, 1)(x1)/Normal(x, 4)(x1)))"
    );
    assert_eq!(theory.rule("expect.constant").expect("a rule").proof, "axiom");
    assert_eq!(theory.rules_matching("expect.*").count(), 1);
}
