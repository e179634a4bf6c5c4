//! A printed term parses back to the same term; Markdown blocks map back to their file.

use hence::diagnostic::Span;
use hence::syntax::tree::{Argument, DomainExpr, Expr, ExprKind};
use hence::syntax::{literate, parse_expression, print};
use hence::term::{BinderOp, Domain, Node, Rational, Relation, Term};

/// A small seeded generator (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("small")]
    }

    fn terms(&mut self, least: u64, depth: u64) -> Vec<Term> {
        (0..least + self.below(3)).map(|_| self.term(depth)).collect()
    }

    fn leaf(&mut self) -> Term {
        match self.below(4) {
            0 => Node::Number(Rational::from(i64::try_from(self.below(40)).expect("small"))).into(),
            1 => Term::meta(self.pick(&["a", "f2"])),
            _ => {
                Term::symbol(self.pick(&[
                    "x", "mu1", "pi", "oo", "E", "D", "int", "sum", "product", "dy", "total",
                ]))
            }
        }
    }

    fn term(&mut self, depth: u64) -> Term {
        if depth == 0 {
            return self.leaf();
        }
        let d = depth - 1;
        match self.below(15) {
            0 => self.leaf(),
            1 | 2 => Term::sum(self.terms(2, d)),
            3 => Term::neg(self.term(d)),
            4 | 5 => Term::product(self.terms(2, d)),
            6 | 7 => Term::quotient(self.term(d), self.term(d)),
            8 => Term::power(self.term(d), self.term(d)),
            9 => Term::call(self.pick(&["ln", "f", "E", "product"]), self.terms(0, d)),
            10 => self.binder(d),
            11 => Term::derivative(self.variable(d), self.term(d)),
            12 => Term::index(self.indexed(d), self.term(d)),
            13 => Term::vector(self.terms(1, d)),
            _ => self.density(d),
        }
    }

    fn variable(&mut self, d: u64) -> Term {
        let name = Term::symbol("t");
        if self.below(2) == 0 { name } else { Term::index(name, self.term(d)) }
    }

    fn indexed(&mut self, d: u64) -> Term {
        match self.below(3) {
            0 => Term::meta("p"),
            1 => Term::symbol("mu1"),
            _ => Term::vector(self.terms(1, d)),
        }
    }

    fn density(&mut self, d: u64) -> Term {
        let p = match self.below(3) {
            0 => Term::meta("p"),
            1 => Term::index(self.indexed(d), self.term(d)),
            _ => Term::call("N", self.terms(1, d)),
        };
        Term::density(p, self.terms(1, d))
    }

    fn binder(&mut self, d: u64) -> Term {
        use BinderOp::{Expectation, Integral, Product, Sum, Variance};
        let op = self.pick(&[Integral, Sum, Product, Expectation, Variance]);
        let domain = if op.is_under_distribution() || self.below(3) == 0 {
            Domain::Over(self.term(d))
        } else {
            Domain::Range(self.term(d), self.term(d))
        };
        Term::binder(op, self.pick(&["t", "u1"]), domain, self.term(d))
    }
}

fn terms(arguments: &[Argument]) -> Vec<Term> {
    arguments.iter().map(|a| term(&a.value)).collect()
}

fn term(e: &Expr) -> Term {
    let all = |es: &[Expr]| es.iter().map(term).collect::<Vec<_>>();
    match &e.kind {
        ExprKind::Number(digits) => {
            Node::Number(Rational::from_decimal(digits).expect("digits")).into()
        }
        ExprKind::Name(name) => Term::symbol(name.as_str()),
        ExprKind::Meta(name) => Term::meta(name.as_str()),
        ExprKind::Sum(parts) => Node::Sum(all(parts)).into(),
        ExprKind::Product(parts) => Node::Product(all(parts)).into(),
        ExprKind::Neg(a) => Term::neg(term(a)),
        ExprKind::Quotient(a, b) => Term::quotient(term(a), term(b)),
        ExprKind::Power(a, b) => Term::power(term(a), term(b)),
        ExprKind::Call(name, args) => Term::call(name.name.as_str(), terms(args)),
        ExprKind::Apply(p, args) => Term::density(term(p), terms(args)),
        ExprKind::Derivative(x, f) => Term::derivative(term(x), term(f)),
        ExprKind::Index(base, at) => Term::index(term(base), term(at)),
        ExprKind::List(items) => Term::vector(all(items)),
        ExprKind::Hole => Term::symbol("_"),
        ExprKind::Unit(a, unit) => Term::call(unit.name.as_str(), vec![term(a)]),
        ExprKind::Relation(r, a, b) => Term::relation(*r, term(a), term(b)),
        ExprKind::Binder { op, var, domain, body } => {
            let domain = match &**domain {
                DomainExpr::Range(a, b) => Domain::Range(term(a), term(b)),
                DomainExpr::Over(a) => Domain::Over(term(a)),
            };
            Term::binder(*op, var.name.as_str(), domain, term(body))
        }
    }
}

#[test]
fn units_stay_where_they_are() {
    for text in ["a + b in bits", "(a in bits) + b", "a in bits = b in bits", "[(a in bits), b][1]"]
    {
        let tree = parse_expression(text).expect("a text that parses");
        let printed = print(&tree);
        let again = parse_expression(&printed).expect("a printed text");
        assert_eq!(term(&again), term(&tree), "{text}: {printed}");
        assert_eq!(print(&again), printed);
    }
    assert!(parse_expression("a in bits + b").is_err());
}

#[test]
fn printed_terms_parse_back() {
    let mut random = Random(7);
    for round in 0..4000 {
        let mut t = random.term(1 + round % 4);
        if round % 5 == 0 {
            t = Term::relation(
                random.pick(&[Relation::Eq, Relation::Le, Relation::Ne]),
                t,
                random.term(2),
            );
        }
        let text = t.to_string();
        let read = parse_expression(&text).unwrap_or_else(|p| panic!("{text}: {}", p[0]));
        assert!(term(&read) == t, "{text} was read as {}", term(&read));
        assert_eq!(print(&read), text);
    }
}

#[test]
fn blocks_of_markdown() {
    let source = "# μ\n\n```hence name\nlet a real\n```\n\n- item\n\n  ```hence\n  let b real\n    where c > 0\n  ```\n\n```rust\nx\n```\n";
    let blocks = literate::blocks(source);
    assert_eq!(blocks.len(), 2);
    assert_eq!(
        (blocks[0].text.as_str(), blocks[0].line, blocks[0].info.as_str()),
        ("let a real\n", 3, "name")
    );
    assert_eq!(&source[blocks[0].start..blocks[0].start + 5], "let a");
    assert_eq!(blocks[1].text, "let b real\n  where c > 0\n");
    for (block, word) in [(&blocks[0], "real"), (&blocks[1], "b"), (&blocks[1], "where")] {
        let at = block.text.find(word).expect("there");
        let span = block.in_file(Span::new(at, at + word.len()));
        assert_eq!(&source[span.start..span.end], word);
    }
}

/// Texts of random characters and fragments never panic.
#[test]
fn nonsense_is_refused_calmly() {
    let parts = [
        "x",
        "2",
        "(",
        ")",
        "[",
        "]",
        "int[x from 0 to 1]",
        " dx",
        "sum[i in 1..n]",
        "E[x ~ p](",
        "+",
        "-",
        "*",
        "/",
        "^",
        " ",
        "\n",
        "let ",
        "claim ",
        "rule a.b ",
        "  en \"",
        "\"",
        "=",
        "=>",
        "?a",
        "μ₁",
        "²",
        "½",
        "√",
        "#",
        ";",
        "||",
        "where ",
        "when ",
        "\u{0}",
        "字",
        ".",
        ":",
        ",",
        "distribution ",
        "density ",
        "∫[",
        "d",
    ];
    let mut random = Random(11);
    for _ in 0..4000 {
        let text: String = (0..random.below(24)).map(|_| random.pick(&parts)).collect();
        let _ = parse_expression(&text);
        for problem in hence::syntax::parse_statements(&text).1 {
            assert!(
                text.get(problem.span.start..problem.span.end).is_some(),
                "{problem} in {text:?}"
            );
        }
        let _ = (
            hence::syntax::parse_command(&text),
            hence::syntax::parse_theory(&text),
            literate::blocks(&text),
        );
    }
}
