//! Pages hold what they should, and nothing that acts.

use std::collections::{BTreeMap, BTreeSet};

use super::super::page::{Claimed, Content, Derived, Item, Page, Part, RawHtml, read};
use super::super::report::{Bilingual, Report, ResultView, Status, StepView, Verdict};
use super::*;
use crate::diagnostic::Span;
use crate::term::{Relation, Term};

fn links() -> Links {
    Links {
        root: "../".into(),
        rules: BTreeSet::from(["ln.one".to_owned()]),
        pages: BTreeMap::from([("a/other.md".to_owned(), "a/other.html".to_owned())]),
        ..Links::default()
    }
}

fn shown(markdown: &str) -> String {
    let page = read("a/page", markdown, Vec::new(), RawHtml::AsText);
    super::page(&page, &links(), &Options::default())
}

/// The content of the page, without the frame.
fn body(html: &str) -> &str {
    let (_, rest) = html.split_once("<main id=\"main\" tabindex=\"-1\">\n").expect("a main part");
    rest.split_once("</main>").expect("its end").0
}

fn report() -> Report {
    let (a, b) = (Term::call("ln", vec![Term::integer(1)]), Term::integer(0));
    let mut step = StepView::new("1", a.clone(), b.clone(), Bilingual::new("because", "因为"));
    let mut finer = StepView::new("1.1", a.clone(), b.clone(), Bilingual::new("<why>", "为何"));
    finer.level = 1;
    finer.rule = "ln.one".into();
    step.children.push(finer);
    let mut report = Report::new(a);
    report.steps.push(step);
    report.result = Some(ResultView { term: b, relation: Relation::Eq, unit: None });
    report
}

fn derived() -> Derived {
    Derived {
        anchor: "it".into(),
        source: "derive ln(1)".into(),
        report: report(),
        introduced: Vec::new(),
        objections: Vec::new(),
        study: None,
    }
}

#[test]
fn text_is_escaped_and_leads_nowhere_by_script() {
    let html = shown("# A <b> & \"c\"\n\n<script>x</script>\n\n[a](javascript:x) [o](other.md#p)");
    let body = body(&html);
    assert!(!body.contains("<script>x"), "{body}");
    assert!(!body.contains("javascript:"), "{body}");
    assert!(body.contains("<h1 id=\"a-b-c\">A &lt;b&gt; &amp; &quot;c&quot;</h1>"), "{body}");
    assert!(body.contains("<a href=\"../a/other.html#p\">o</a>"), "{body}");
}

#[test]
fn attributes_of_authors_end_where_they_should() {
    let html = shown("[a](x\"onclick=y 't\"u') ![p](p.png)\n\n```a\"b\nc\n```");
    assert!(!body(&html).contains("\"onclick"), "{html}");
    assert!(html.contains("class=\"language-a&quot;b\""), "{html}");
}

#[test]
fn references_to_formulas_cannot_be_written() {
    assert_eq!(escape("a\u{e000}b\u{f0000}\u{10fffd}\u{1}"), "a\u{fffd}b\u{fffd}\u{fffd}");
}

#[test]
fn policy_allows_nothing_from_elsewhere() {
    let html = shown("# A");
    let policy = "default-src &#39;none&#39;; script-src &#39;self&#39;; style-src &#39;self&#39;;";
    assert!(html.contains(policy), "{html}");
    let html = standalone(&[Item::Derivation(Box::new(derived()))], &Options::default());
    assert!(html.contains("script-src &#39;sha256-"), "no digest");
    assert!(!html.contains("src=\"") && !html.contains("rel=\"stylesheet\""), "a file beside it");
}

#[test]
fn lines_stand_in_the_page_and_finer_steps_are_packed() {
    let html = standalone(&[Item::Derivation(Box::new(derived()))], &Options::default());
    let body = body(&html);
    assert!(body.contains("id=\"it.1\"") && body.contains("因为"), "{body}");
    assert!(!body.contains("&lt;why&gt;"), "{body}");
    let (_, rest) = html.split_once("id=\"data\">").expect("data");
    let packed = rest.split_once('<').expect("its end").0;
    assert!(packed.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)), "{packed}");
}

#[test]
fn a_fragment_has_no_script_and_no_empty_line() {
    let text = String::new();
    let content = Content::Statements(vec![Item::Derivation(Box::new(derived()))]);
    let part = Part { span: Span::default(), text, content };
    let options = Options { detail: 2, ..Options::default() };
    let html = fragment(&part, &options);
    assert!(
        !html.contains("<script") && !html.contains("data-x") && !html.contains("data-f"),
        "{html}"
    );
    assert!(!html.contains("\n\n") && html.contains("&lt;why&gt;"), "{html}");
    assert!(!html.contains("因为"), "one language: {html}");
}

#[test]
fn a_claim_says_how_it_ended() {
    let claimed = |verdict, expected_refuted| Claimed {
        anchor: "c".into(),
        source: "claim a = b".into(),
        left: Term::symbol("a"),
        relation: Relation::Eq,
        right: Term::symbol("b"),
        up_to: Vec::new(),
        verdict,
        expected_refuted,
        assuming: Vec::new(),
        residual: None,
        counterexample: Some(Bilingual::new("at mu1 = 1", "在 mu1 = 1 处")),
        slip: None,
        mend: None,
        message: None,
        link: None,
        proof: None,
    };
    for (verdict, expected, class) in [
        (Verdict::Proved, false, "claim proved"),
        (Verdict::Refuted, true, "claim mistake"),
        (Verdict::Refuted, false, "claim wrong"),
        (Verdict::Proved, true, "claim wrong"),
        (Verdict::Undecided, false, "claim open"),
    ] {
        let item = Item::Claim(Box::new(claimed(verdict, expected)));
        let html = standalone(&[item], &Options::default());
        assert!(html.contains(class), "{class}");
        assert_eq!(
            body(&html).contains("at μ₁ = 1"),
            class == "claim wrong" || class == "claim open",
            "what is wrong is open"
        );
    }
}

#[test]
fn a_page_without_a_heading_is_called_by_its_file() {
    let html = shown("Only words.");
    assert!(html.contains("<title>page</title>"), "{html}");
    assert!(body(&html).starts_with("<h1 class=\"sr\">page</h1>"), "{html}");
    let html = shown("# A\n\n<!-- zh\n# 甲\n-->");
    assert!(html.contains("<title data-en=\"A\" data-zh=\"甲\">A</title>"), "{html}");
    assert!(!body(&html).contains("class=\"sr\""), "{html}");
}

#[test]
fn an_infinite_value_is_an_answer_and_a_stuck_derivation_is_open() {
    let with = |status| {
        let mut one = derived();
        one.report.status = status;
        let html = standalone(&[Item::Derivation(Box::new(one))], &Options::default());
        body(&html).to_owned()
    };
    let infinite = with(Status::Infinite);
    assert!(infinite.contains("<span class=\"badge proved\">+∞</span>"), "{infinite}");
    assert!(!infinite.contains("class=\"status\""), "{infinite}");
    let stuck = with(Status::Stuck);
    assert!(stuck.contains("badge open") && !stuck.contains("badge wrong"), "{stuck}");
    assert!(stuck.contains("class=\"status\""), "{stuck}");
}

#[test]
fn where_a_rule_is_derived_is_said_in_both_languages() {
    let mut one = derived();
    one.report.axioms = vec!["a.b (derived in c/<d>.md)".into(), "e.f".into()];
    let content = Content::Statements(vec![Item::Derivation(Box::new(one))]);
    let part = Part { span: Span::default(), text: String::new(), content };
    let options = Options { lang: Lang::Zh, ..Options::default() };
    let html = fragment(&part, &options);
    assert!(html.contains("（推导见 c/&lt;d&gt;.md）"), "{html}");
}

#[test]
fn a_large_page_packs_what_it_shows() {
    let many = |n: usize| {
        let mut items = Vec::new();
        for i in 0..n {
            let mut one = derived();
            one.anchor = format!("it-{i}");
            items.push(Item::Derivation(Box::new(one)));
        }
        let content = Content::Statements(items);
        let part = Part { span: Span::default(), text: String::new(), content };
        let blocks = vec![super::super::page::Block::Part(0)];
        let page = Page { blocks, parts: vec![part], ..Page::default() };
        super::page(&page, &links(), &Options::default())
    };
    assert!(!many(1).contains("data-f="));
    assert!(many(400).contains("data-f="));
}
