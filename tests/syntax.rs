//! The language, as text: what is read, and how it is understood.

use hence::syntax::tree::{ItemKind, StatementKind};
use hence::syntax::{
    parse_command, parse_expression, parse_statements, parse_theory, print, print_parenthesised,
};

/// Reads an expression and shows it in the machine form, or the first problem.
fn check(input: &str, expected: &str) {
    let shown = match parse_expression(input) {
        Ok(expr) => print(&expr),
        Err(problems) => problems[0].to_string(),
    };
    assert_eq!(shown, expected, "for {input:?}");
}

/// Reads an expression and shows every bracket.
fn check_brackets(input: &str, expected: &str) {
    let expr = parse_expression(input).unwrap_or_else(|p| panic!("{input}: {}", p[0]));
    assert_eq!(print_parenthesised(&expr), expected, "for {input:?}");
}

#[test]
fn precedence() {
    check_brackets("-a*b", "-(a*b)");
    check_brackets("-x^2", "-(x^2)");
    check_brackets("a*-b", "a*(-b)");
    check_brackets("a*-b*c", "a*(-b)*c");
    check_brackets("2^-x*y", "(2^(-x))*y");
    check_brackets("2^-x^2", "2^(-(x^2))");
    check_brackets("a^b^c", "a^(b^c)");
    check_brackets("a*b/c", "(a*b)/c");
    check_brackets("a/b*c", "(a/b)*c");
    check_brackets("a/b/c", "(a/b)/c");
    check_brackets("a - b*c + d", "a - (b*c) + d");
    check_brackets("a - -b", "a - (-b)");
    check_brackets("a + (b + c)", "a + (b + c)");
    check_brackets("(a*b)*c", "(a*b)*c");
    check_brackets("a*b*c", "a*b*c");
    check_brackets("a + b = c*d", "(a + b) = (c*d)");
    check_brackets("--a", "-(-a)");
}

#[test]
fn multiplication_that_is_not_written() {
    check("2x", "2*x");
    check("2 pi sigma^2", "2*pi*sigma^2");
    check("2(a+b)", "2*(a + b)");
    check("(a+b)(a-b)", "(a + b)*(a - b)");
    check("(a+b) c", "(a + b)*c");
    check("x (a+b)", "x*(a + b)");
    check("x(a+b)", "x(a + b)");
    check("2x y/3", "2*x*y/3");
    check("2 ln(x) y", "2*ln(x)*y");
    check("3 E[x ~ p](x)", "3*E[x ~ p](x)");
}

#[test]
fn unicode_spellings() {
    check("μ₁ + σ₂²", "mu1 + sigma2^2");
    check("x⁻¹", "x^(-1)");
    check("2πσ²", "2*pi*sigma^2");
    check("½x", "1/2*x");
    check("a·b × c ⁄ d − e", "a*b*c/d - e");
    check("√(2π) + √2", "sqrt(2*pi) + sqrt(2)");
    check("Γ(α) + Γ", "gamma(alpha) + Gamma");
    check("KL(p ‖ q)", "KL(p || q)");
    check("a ≤ b", "a <= b");
    check("a ≠ b", "a != b");
    check("∑[i ∈ 1..n] xi", "sum[i in 1..n](xi)");
    check("Σ[i in 1..n] i + Σ", "sum[i in 1..n](i) + Sigma");
    check("∏[i in 1..n] i", "product[i in 1..n](i)");
    check("𝔼[x ∼ p](x²)", "E[x ~ p](x^2)");
    check("2Var[x ∼ p](x²)", "2*Var[x ~ p](x^2)");
    check("Variable[1] + Var", "Variable[1] + Var");
    check("∫[x from −∞ to ∞] p(x) dx", "int[x from -oo to oo](p(x)) dx");
    check("∫[σ from 0 to 1] σ² dσ", "int[sigma from 0 to 1](sigma^2) dsigma");
    check("∂[x](x²)", "D[x](x^2)");
    check("log(x) + log2(x) + log₂(x)", "ln(x) + log2(x) + log2(x)");
}

#[test]
fn binders() {
    check("int[x from 0 to 1] x y + a dx", "int[x from 0 to 1](x*y + a) dx");
    check("int[x from 0 to 1] a/2 dx", "int[x from 0 to 1](a/2) dx");
    check("int[x in support(p)] p(x) dx * 2", "(int[x in support(p)](p(x)) dx)*2");
    check(
        "int[x from 0 to 1] int[y from 0 to x] x y dy dx",
        "int[x from 0 to 1](int[y from 0 to x](x*y) dy) dx",
    );
    check("sum[i in 1..n] 2 i^2 + 3", "sum[i in 1..n](2*i^2) + 3");
    check("sum[i in 1..n](i)*c", "sum[i in 1..n](i)*c");
    check("sum[i in 1..n] (i)*c", "sum[i in 1..n](i*c)");
    check("sum[i in a+1..2*n](i)", "sum[i in a + 1..2*n](i)");
    check("product(p1, p2)", "product(p1, p2)");
    check("E + D + int + sum + product", "E + D + int + sum + product");
    check("E(x)", "E(x)");
    check("D[x](f(x))", "D[x](f(x))");
    check("dx + 1", "dx + 1");
}

#[test]
fn calls() {
    check("Normal(m, sd: s)", "Normal(m, sd: s)");
    check("mixture(1/3: p1, 2/3: p2)", "mixture(1/3: p1, 2/3: p2)");
    check("Normal(m, v)(x)", "Normal(m, v)(x)");
    check("?p(x) + ?q", "?p(x) + ?q");
    check("std_normal()", "std_normal()");
    check("KL(Normal(m, s^2) || Normal(0, 1))", "KL(Normal(m, s^2) || Normal(0, 1))");
    check("x # a comment (", "x");
}

#[test]
fn bad_expressions() {
    check(
        "1/2 x",
        "E0106 at 0..5: a factor without a sign after a division can be read in two ways (write (1/2)*x or 1/(2*x))",
    );
    check(
        "a/b c",
        "E0106 at 0..5: a factor without a sign after a division can be read in two ways (write (1/2)*x or 1/(2*x))",
    );
    check("(a + b", "E0102 at 0..1: this `(` is never closed (add `)`)");
    check("a + b)", "E0102 at 5..6: `)` closes no bracket");
    check("(a + [b)", "E0102 at 7..8: `)` closes a `[` (write `]`)");
    check("a $ b", "E0105 at 2..3: the character `$` is not part of the language");
    check(
        "x'",
        "E0105 at 1..2: the character `\\'` is not part of the language (primes are not part of names; write x1 or D[x](f))",
    );
    check(
        "int[x from 0 to 1] x",
        "E0107 at 20..20: an integral needs its differential at the end (write int[x …] f dx)",
    );
    check(
        "(int[t from 0 to 1] t) + 1",
        "E0107 at 21..22: an integral needs its differential at the end (write int[t …] f dt)",
    );
    check(
        "x 2",
        "E0108 at 2..3: a number cannot follow another factor without a sign: `2` (write `*` between the factors, or `^` for a power)",
    );
    check("2e3", "E0108 at 0..3: numbers are not written with an exponent (write 2*10^3 for 2e3)");
    check(
        "a < b < c",
        "E0109 at 6..7: relations cannot be chained (write two statements, one for each relation)",
    );
    check("a +", "E0101 at 3..3: expected an expression, found the end");
    check("", "E0101 at 0..0: expected an expression, found the end");
    check("a * / b", "E0101 at 4..5: expected an expression, found `/`");
    check("to + 1", "E0101 at 0..2: `to` is a word of the language and cannot be a name");
    check("mu[i + ]", "E0101 at 7..8: expected an expression, found `]`");
    check(
        "E[x ~ p] x",
        "E0101 at 9..10: the body must stand in parentheses right after `]` (write E[x ~ p](…) or D[x](…))",
    );
    check("int[x 0 to 1] x dx", "E0101 at 6..7: expected `from … to …` or `in`, found `0`");
}

/// Reads a block and shows each statement, then each problem, one to a line.
fn statements(source: &str, command: bool) -> String {
    let (found, problems) = if command { parse_command(source) } else { parse_statements(source) };
    let mut lines: Vec<String> = found
        .iter()
        .map(|s| {
            let hypotheses = s.hypotheses.iter().map(hypothesis).collect::<Vec<_>>().join("; ");
            let suffix =
                if hypotheses.is_empty() { hypotheses } else { format!(" where {hypotheses}") };
            format!("{}{suffix}", kind(&s.kind))
        })
        .collect();
    lines.extend(problems.iter().map(ToString::to_string));
    lines.join("\n")
}

fn kind(kind: &StatementKind) -> String {
    match kind {
        StatementKind::Declare(h) => format!("declare {}", hypothesis(h)),
        StatementKind::Suppose(h) => format!("suppose {}", hypothesis(h)),
        StatementKind::End => "end".to_owned(),
        StatementKind::Define(name, _, e) => format!("define {} as {}", name.name, print(e)),
        StatementKind::Derive(l, None) => format!("derive {}", print(l)),
        StatementKind::Derive(l, Some(r)) => format!("derive {} == {}", print(l), print(r)),
        StatementKind::Claim(e) => format!("claim {}", print(e)),
        StatementKind::Chain(links) => {
            links.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("; ")
        }
        StatementKind::Solve(e, x) => format!("solve {} for {}", print(e), print(x)),
    }
}

fn ranged(range: &hence::syntax::tree::Range) -> String {
    use hence::syntax::tree::DomainExpr;
    let index = &range.index.name;
    match &range.over {
        DomainExpr::Range(low, high) => format!("{index} in {}..{}", print(low), print(high)),
        DomainExpr::Over(set) => format!("{index} in {}", print(set)),
    }
}

fn hypothesis(h: &hence::syntax::tree::Hypothesis) -> String {
    use hence::syntax::tree::Hypothesis::{Drawn, Family, Mass, Relation, Sort};
    match h {
        Drawn(name, from, range) => {
            format!("{}[{}] drawn from {}", name.name, ranged(range), print(from))
        }
        Sort(names, sort) => {
            let names: Vec<&str> = names.iter().map(|n| n.name.as_str()).collect();
            format!("[{}] : {}", names.join(" "), sort.name)
        }
        Relation(e, _) => print(e),
        Mass(names, low, high, _) => format!(
            "{}: mass over {}..{}",
            names.iter().map(|n| n.name.name.as_str()).collect::<Vec<_>>().join(","),
            print(low),
            print(high)
        ),
        Family(names, sort, ranges) => format!(
            "{}: {}[{}]",
            names.iter().map(|n| n.name.name.as_str()).collect::<Vec<_>>().join(","),
            sort.name,
            ranges.iter().map(ranged).collect::<Vec<_>>().join(", ")
        ),
    }
}

#[test]
fn a_block() {
    let source = "\
# the KL divergence
let mu1, mu2 real
let sigma1, sigma2 positive, n natural
let p, q density over reals
let p = Normal(mu1,
sigma1^2)
assume a < b, c positive

derive KL(p || q) = int[x from -oo to oo] p(x)
  * ln(p(x)/q(x)) dx
claim KL(p || q)
= ln(sigma2/sigma1)
where a, b positive, low < high
";
    assert_eq!(
        statements(source, false),
        "\
declare [mu1 mu2] : real
declare [sigma1 sigma2] : positive
declare [n] : natural
declare [p q] : density over reals
define p as Normal(mu1, sigma1^2)
declare a < b
declare [c] : positive
derive KL(p || q) == int[x from -oo to oo](p(x)*ln(p(x)/q(x))) dx
claim KL(p || q) = ln(sigma2/sigma1) where [a b] : positive; low < high"
    );
}

#[test]
fn every_mistake_at_once() {
    let source =
        "let a real\nderive f(a\nlet b rael +\nclaim a\nfoo\nclaim a = a\nderive a <= b\nlet";
    assert_eq!(
        statements(source, false),
        "\
declare [a] : real
claim a = a
E0102 at 19..20: this `(` is never closed (add `)`)
E0101 at 33..34: expected the end, found `+`
E0110 at 41..42: `claim` needs a relation such as `=` or `<=` (write claim L = R, or derive L)
E0110 at 43..46: a statement starts with `let`, `assume`, `suppose`, `derive`, `claim` or `solve` (put `derive` or `claim` in front, or indent a line that continues the one before)
E0110 at 66..72: `derive` takes a quantity or an equation (an inequality is a `claim`)
E0110 at 73..76: `let` stands alone (write let a, b positive, or let p = …)"
    );
}

#[test]
fn the_command_line() {
    assert_eq!(
        statements(
            "let s positive; KL(Normal(0, s^2) || q) where v positive, d natural, a < b",
            true
        ),
        "declare [s] : positive\nderive KL(Normal(0, s^2) || q) where [v] : positive; [d] : natural; a < b"
    );
    assert_eq!(statements("H(p) = 1", true), "derive H(p) == 1");
    assert_eq!(statements("H(p) <= 1", true), "claim H(p) <= 1");
    assert_eq!(statements("H(p) != 1", true), "claim H(p) != 1");
    assert_eq!(statements("claim H(p) = 1", true), "claim H(p) = 1");
    assert_eq!(statements("derive H(p)", true), "derive H(p)");
}

const THEORY: &str = r#"
# A comment.
distribution Normal(mean: real, var: positive) over x in reals
  also (mean, sd: positive)      with var = sd^2
  density 1/sqrt(2*pi*var)
    * exp(-(x - mean)^2 / (2*var))
  sample  mean + sqrt(var) * std_normal()
  center mean
  en "the normal # distribution"
  cite "A \"book\""

distribution Uniform(low: real, high: real) over x in low..high where low < high
  density 1/(high - low)

quantity KL(p || q)
  = int[x in support(p)] p(x)*ln(p(x)/q(x)) dx
  when support(p) within support(q)
  otherwise oo
  zh "散度"

rule ln.quotient
  ln(?a/?b) => ln(?a) - ln(?b)
  when ?a > 0, ?b > 0
  en "the logarithm of a quotient
      is a difference"
  proof axiom
  fires ln(a/b) where a, b positive
  refuses ln(a/b) where a, b real

rule entropy.bound  H(?p) <= ln(?n)
  when ?n natural, free(x, ?n)
  proof theory/proofs/entropy.md

law expect.polynomial
  integrable(E[x ~ Normal(?m, ?v)](x^?n))
  when ?n natural

phase linearity
  rules expect.*, int.*
  en "linearity"
phase logs rules ln.quotient, *
"#;

#[test]
fn a_theory_file() {
    let (file, problems) = parse_theory(THEORY);
    assert_eq!(problems, []);
    let names: Vec<&str> = file.items.iter().map(|i| i.name.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Normal",
            "Uniform",
            "KL",
            "ln.quotient",
            "entropy.bound",
            "expect.polynomial",
            "linearity",
            "logs"
        ]
    );
    let ItemKind::Distribution(normal) = &file.items[0].kind else { panic!("a distribution") };
    assert_eq!(print(&normal.density), "1/sqrt(2*pi*var)*exp(-(x - mean)^2/(2*var))");
    assert_eq!(normal.alternatives[0].parameters.len(), 2);
    assert_eq!(file.items[0].cite.as_deref(), Some("A \"book\""));
    let ItemKind::Quantity(kl) = &file.items[2].kind else { panic!("a quantity") };
    assert!(kl.parameters[1].1 && kl.otherwise.is_some() && kl.conditions.len() == 1);
    let ItemKind::Rule(rule) = &file.items[3].kind else { panic!("a rule") };
    assert_eq!((rule.conditions.len(), rule.fires.len(), rule.refuses.len()), (2, 1, 1));
    assert_eq!(file.items[3].en.as_deref(), Some("the logarithm of a quotient is a difference"));
    let ItemKind::Rule(bound) = &file.items[4].kind else { panic!("a rule") };
    assert_eq!(bound.proof.as_ref().map(|p| p.name.as_str()), Some("theory/proofs/entropy.md"));
    let ItemKind::Phase(rules) = &file.items[7].kind else { panic!("a phase") };
    assert_eq!(rules.len(), 2);
}

#[test]
fn bad_theory() {
    let source = "\
distribution A(m: real) over x in reals
  sample m
rule b.c
  ln(?a =>
  when ?a
  en none
thing d
phase e
  density 1
  rules x.*
law f  g(?x)
  en \"a\"
  en \"b\"
";
    let (file, problems) = parse_theory(source);
    assert_eq!(file.items.len(), 0);
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown.join("\n"),
        "\
E0111 at 0..12: a distribution needs a `density`, or a `mass` where it lives on integers
E0102 at 64..65: this `(` is never closed (add `)`)
E0111 at 78..80: a condition is a relation, a sort, or a predicate (write ?a > 0, ?n natural, or free(x, ?c))
E0112 at 86..90: text must stand in quotation marks (write \"…\")
E0110 at 91..96: an entry starts with `distribution`, `quantity`, `rule`, `law`, `phase`, `loss`, `model` or `column` (indent a line that belongs to the entry before)
E0111 at 109..116: a phase has no `density`
E0111 at 155..157: `en` is given twice"
    );
}

#[test]
fn limits_are_diagnostics() {
    let deep = [
        "(".repeat(10_000) + "x" + &")".repeat(10_000),
        "f(".repeat(10_000) + "x" + &")".repeat(10_000),
        "-".repeat(10_000) + "x",
        "- ".repeat(10_000) + "x",
        "x^".repeat(10_000) + "x",
        "x*-".repeat(10_000) + "x",
        "x/".repeat(10_000) + "x",
        "√".repeat(10_000) + "x",
        "sum[i in 1..n] ".repeat(10_000) + "i",
        "?p".to_owned() + &"(x)".repeat(10_000),
        "x^-".repeat(10_000) + "x",
    ];
    for text in deep {
        let shown = match parse_expression(&text) {
            Ok(_) => "read".to_owned(),
            Err(problems) => problems[0].code.to_owned(),
        };
        let fine = text.starts_with("x*-") && shown == "read";
        assert!(fine || shown == "E0103" || text.starts_with('√'), "{shown} for {}", &text[..12]);
    }
    let (_, problems) = parse_statements(&" ".repeat((1 << 20) + 1));
    assert_eq!(problems[0].code, "E0104");
}

/// As deep as is allowed, in every way at once, on the small stack of a test thread.
#[test]
fn the_deepest_that_is_allowed() {
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("-(", ")"),
        ("sum[i in 1..2](", ")"),
        ("x^", ""),
        ("int[t from 0 to 1](", ") dt"),
    ] {
        let deepest = (1..200)
            .rev()
            .find(|n| parse_expression(&(open.repeat(*n) + "x" + &close.repeat(*n))).is_ok());
        assert!(deepest > Some(30), "{open}: {deepest:?}");
    }
}

/// Bad input must not make the parser try exponentially many readings.
#[test]
fn mistakes_inside_are_found_fast() {
    for open in
        ["(", "f(", "f(a: ", "E[x ~ p](", "sum[i in 1..2](", "sum[i in 1..2] (", "2 (", "D[x]("]
    {
        let n = 20;
        let closes = ")".repeat(n);
        assert!(parse_expression(&format!("{}x + *{closes}", open.repeat(n))).is_err());
        assert!(parse_expression(&format!("{}x{closes} *", open.repeat(n))).is_err());
    }
}
