//! Whole reports: a hand-made derivation in every format, kept as snapshots and reviewed as prose.

use super::{
    AssumptionLine, Bilingual, ConditionView, DeterministicView, EnclosureView, Formula, Lang,
    MonteCarloView, Notation, Options, QuadratureView, ReplayView, Report, ResultView, Status,
    StepView, Verification, article, json, markdown, terminal,
};
use crate::term::{BinderOp, Domain, Relation, Term};

fn s(name: &str) -> Term {
    Term::symbol(name)
}

fn sq(a: Term) -> Term {
    Term::power(a, Term::integer(2))
}

fn expect(body: Term) -> Term {
    Term::binder(BinderOp::Expectation, "x", Domain::Over(s("p")), body)
}

fn ln(a: Term) -> Term {
    Term::call("ln", vec![a])
}

fn half() -> Term {
    Term::quotient(Term::integer(1), Term::integer(2))
}

/// (x − μᵢ)² / (2σᵢ²)
fn spread(top: Term, i: u8) -> Term {
    let variance = sq(s(&format!("sigma{i}")));
    Term::quotient(top, Term::product(vec![Term::integer(2), variance]))
}

fn about(i: u8) -> Term {
    sq(Term::difference(s("x"), s(&format!("mu{i}"))))
}

fn closed() -> Term {
    let top = Term::sum(vec![sq(s("sigma1")), sq(Term::difference(s("mu1"), s("mu2")))]);
    let ratio = ln(Term::quotient(s("sigma2"), s("sigma1")));
    Term::sum(vec![ratio, spread(top, 2), Term::neg(half())])
}

fn steps() -> Vec<StepView> {
    let statement = Term::call("KL", vec![s("p"), s("q")]);
    let density = |p: &str| Term::density(s(p), vec![s("x")]);
    let ratio = ln(Term::quotient(density("p"), density("q")));
    let range = Domain::Range(Term::neg(s("oo")), s("oo"));
    let product = Term::product(vec![density("p"), ratio]);
    let defined = Term::binder(BinderOp::Integral, "x", range, product);
    let constant = ln(Term::quotient(s("sigma2"), s("sigma1")));
    let inner =
        Term::sum(vec![constant.clone(), spread(about(2), 2), Term::neg(spread(about(1), 1))]);
    let written = expect(inner);
    let split = Term::sum(vec![
        constant,
        spread(expect(about(2)), 2),
        Term::neg(spread(expect(about(1)), 1)),
    ]);
    let reason = Bilingual::new("by the definition of the divergence", "由散度的定义");
    let mut first = StepView::new("1", statement, defined.clone(), reason);
    first.rule = "unfold".into();
    let reason = Bilingual::new(
        "put in both densities and split the logarithm of a product of positive factors",
        "代入两个密度，并把正因子之积的对数拆开",
    );
    let second = StepView::new("2", defined, written.clone(), reason);
    let reason = Bilingual::new("the expectation is linear", "期望是线性的");
    let mut third = StepView::new("3", written, split.clone(), reason);
    third.rule = "expect.add".into();
    third.conditions.push(ConditionView {
        text: Bilingual::new("each part is integrable", "各部分可积"),
        evidence: "a polynomial has all moments under p".into(),
        terms: Vec::new(),
    });
    let reason = Bilingual::new(
        "the second moment about c is the variance plus the squared distance of the mean from c",
        "关于 c 的二阶矩等于方差加上均值到 c 的距离平方",
    );
    let mut fourth = StepView::new("4", split.clone(), closed(), reason.clone());
    let mut finer = StepView::new("4.1", split.clone(), split, reason);
    finer.level = 1;
    finer.rule = "expect.normal.square_about".into();
    finer.local_before = Some(expect(about(2)));
    finer.local_after =
        Some(Term::sum(vec![sq(s("sigma1")), sq(Term::difference(s("mu1"), s("mu2")))]));
    fourth.children.push(finer);
    vec![first, second, third, fourth]
}

fn verification() -> Verification {
    let point = vec![
        ("mu1".into(), 0.3),
        ("mu2".into(), -1.2),
        ("sigma1".into(), 0.8),
        ("sigma2".into(), 1.7),
    ];
    Verification {
        replay: Some(ReplayView { steps: 5, ok: true, message: String::new() }),
        enclosure: vec![
            EnclosureView {
                instances: Vec::new(),
                point: point.clone(),
                degenerate: false,
                definition: (0.753_771_802_376_38, 0.753_771_802_376_383),
                closed: (0.753_771_802_376_381, 0.753_771_802_376_382),
                width: 3e-15,
                verdict: "confirmed".into(),
            },
            EnclosureView {
                instances: Vec::new(),
                point: point.clone(),
                degenerate: true,
                definition: (-1e-15, 2e-15),
                closed: (0.0, 0.0),
                width: 3e-15,
                verdict: "confirmed".into(),
            },
        ],
        not_enclosed: None,
        deterministic: Some(DeterministicView {
            steps_checked: 5,
            points: 12,
            max_discrepancy: 3.1e-12,
            solution: None,
            quadrature: Some(QuadratureView {
                instances: Vec::new(),
                point: point.clone(),
                value: 0.753_771_802,
                error: 2e-11,
                closed: Some(0.753_771_802),
            }),
            ok: true,
            message: String::new(),
        }),
        monte_carlo: vec![MonteCarloView {
            instances: Vec::new(),
            point,
            estimate: 0.753_2,
            standard_error: 0.000_9,
            z: -0.63,
            samples: 1_000_000,
            seed: 7,
            verdict: "confirmed".into(),
            delta: f64::NAN,
            resolution: 0.004,
            closed: 0.753_771_802,
            interval: "normal limit".into(),
            reached: 0.003,
        }],
    }
}

fn report() -> Report {
    let mut report = Report::new(Term::call("KL", vec![s("p"), s("q")]));
    let positive = |name: &str, inferred| AssumptionLine {
        term: Some(Term::relation(Relation::Gt, s(name), Term::integer(0))),
        text: Bilingual::from(format!("{name} > 0").as_str()),
        inferred,
        found: false,
        supposed: false,
    };
    report.assumptions = vec![
        AssumptionLine {
            term: None,
            text: "mu1, mu2 real".into(),
            inferred: false,
            found: false,
            supposed: false,
        },
        positive("sigma1", true),
        positive("sigma2", true),
    ];
    let law = |i: u8| Term::call("Normal", vec![s(&format!("mu{i}")), sq(s(&format!("sigma{i}")))]);
    report.definitions = vec![("p".into(), law(1)), ("q".into(), law(2))];
    report.steps = steps();
    report.result = Some(ResultView { term: closed(), relation: Relation::Eq, unit: None });
    report.axioms = vec!["expect.add".into(), "expect.normal.square_about".into()];
    report.status = Status::Proved;
    report.verification = verification();
    report
}

fn options(lang: Lang) -> Options {
    let notation = Notation::default().with_bars("KL");
    Options { lang, detail: 2, width: 80, notation, ..Options::default() }
}

#[test]
fn terminal_in_english() {
    insta::assert_snapshot!(terminal(&report(), &options(Lang::En)));
}

#[test]
fn terminal_in_chinese() {
    insta::assert_snapshot!(terminal(&report(), &options(Lang::Zh)));
}

#[test]
fn terminal_in_blocks() {
    let options = Options { formula: Formula::Block, ..options(Lang::En) };
    insta::assert_snapshot!(terminal(&report(), &options));
}

#[test]
fn markdown_in_english() {
    insta::assert_snapshot!(markdown(&report(), &options(Lang::En)));
}

#[test]
fn article_in_english() {
    insta::assert_snapshot!(article(&report(), &options(Lang::En)));
}

#[test]
fn article_in_chinese() {
    insta::assert_snapshot!(article(&report(), &options(Lang::Zh)));
}

#[test]
fn json_keeps_the_contract() {
    let value = json(&report(), &options(Lang::En).notation);
    for key in ["statement", "assumptions", "steps", "result", "axioms", "verification", "status"] {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert_eq!(value["verification"]["monte_carlo"][0]["delta"], "NaN");
    assert_eq!(value["steps"][3]["children"][0]["id"], "4.1");
    assert_eq!(value["result"]["relation"], "=");
    assert_eq!(value["status"], "proved");
}

#[test]
fn a_stuck_derivation_shows_its_goal() {
    let mut report = Report::new(s("a"));
    report.goal = Some(expect(sq(s("x"))));
    insta::assert_snapshot!(terminal(&report, &options(Lang::En)), @r"
    Derivation
      a

    The derivation is not finished: no rule applies to what is left.

    What is left
      𝔼[x ~ p](x²)
    ");
}

#[test]
fn markdown_in_chinese() {
    insta::assert_snapshot!(markdown(&report(), &options(Lang::Zh)));
}

#[test]
fn colour_is_asked_for() {
    let escape = '\u{1b}';
    assert!(!terminal(&report(), &options(Lang::En)).contains(escape));
    let coloured = Options { colour: super::Colour::Ansi, ..options(Lang::En) };
    assert!(terminal(&report(), &coloured).contains("\u{1b}[32mReplay\u{1b}[0m"));
}

#[test]
fn detail_chooses_the_steps_shown() {
    let brief = Options { detail: 0, ..options(Lang::En) };
    for write in [terminal, markdown, article] {
        assert!(!write(&report(), &brief).contains("4.1"));
        assert!(write(&report(), &options(Lang::En)).contains("4.1"));
    }
}

#[test]
fn failed_evidence_is_shown_and_escaped() {
    let mut report = report();
    let message = "step 3: mu_1 differs".into();
    report.verification.replay = Some(ReplayView { steps: 2, ok: false, message });
    assert!(article(&report, &options(Lang::En)).contains("FAILED: step 3: mu\\_1 differs"));
    assert!(markdown(&report, &options(Lang::En)).contains("FAILED: step 3: mu\\_1 differs"));
}
