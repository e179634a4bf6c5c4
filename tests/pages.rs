//! Pages as Markdown and as articles: what their authors wrote stays, what could act does not, and books are preprocessed.
#![cfg(feature = "cli")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use hence::diagnostic::Span;
use hence::document::page::{Claimed, Content, Item, Page, Part, Picture, RawHtml, read};
use hence::document::{Bilingual, Lang, Options, Verdict, page_article, page_markdown};
use hence::term::{Relation, Symbol, Term};

fn claim(verdict: Verdict) -> Item {
    Item::Claim(Box::new(Claimed {
        anchor: "a".into(),
        source: "claim a = b".into(),
        left: Term::symbol("a"),
        relation: Relation::Eq,
        right: Term::symbol("sigma1"),
        up_to: Vec::<Symbol>::new(),
        verdict,
        expected_refuted: verdict == Verdict::Refuted,
        assuming: Vec::new(),
        residual: None,
        counterexample: (verdict == Verdict::Refuted)
            .then(|| Bilingual::new("sigma1^2 = 4: left side 1", "sigma1^2 = 4：左边 1")),
        slip: None,
        mend: None,
        message: None,
        link: None,
        proof: None,
    }))
}

/// The page of a text in which each `hence` block holds one claim.
fn page(source: &str, verdict: Verdict) -> Page {
    let parts = hence::syntax::literate::blocks(source)
        .into_iter()
        .map(|block| Part {
            span: block.whole,
            text: block.text,
            content: Content::Statements(vec![claim(verdict)]),
        })
        .collect();
    read("page", source, parts, RawHtml::AsText)
}

fn markdown(source: &str) -> String {
    page_markdown(&page(source, Verdict::Proved), &Options::default())
}

fn article(source: &str) -> String {
    page_article(&page(source, Verdict::Proved), &Options::default())
}

fn chinese() -> Options {
    Options { lang: Lang::Zh, ..Options::default() }
}

#[test]
fn the_authors_text_stays_byte_for_byte() {
    let source = "# A  title \n\n* odd   spaces\t\n<!-- a comment -->\n\n1) list\n\n\n\nend";
    assert_eq!(markdown(source), source);
    // Markup is the exception: a book would pass it on.
    assert_eq!(markdown("a <b>c</b>\n"), "a &lt;b>c&lt;/b>\n");
    let with_block = "before\n\n```hence\nclaim a = b\n```\n\nafter  \n";
    assert_eq!(markdown(with_block), "before\n\n- ✓ $a = \\sigma_1$\n\nafter  \n");
}

#[test]
fn blocks_keep_the_margin_of_what_holds_them() {
    let quoted = "> words\n>\n> ```hence\n> claim a = b\n> ```\n> after\n";
    assert_eq!(markdown(quoted), "> words\n>\n> - ✓ $a = \\sigma_1$\n>\n> after\n");
    let item = "- ```hence\n  claim a = b\n  ```\n- next\n";
    let shown = markdown(item);
    assert!(shown.starts_with("- - ✓ $a = \\sigma_1$"), "{shown}");
    let tight = "words\n```hence\nclaim a = b\n```\nmore\n";
    assert_eq!(markdown(tight), "words\n\n- ✓ $a = \\sigma_1$\n\nmore\n");
}

#[test]
fn translations_are_for_chinese_readers() {
    let source = "# Title\n\nWords.\n\n<!-- zh\n# 标题\n\n文字。\n-->\n\n```hence\nclaim a = b\n```\n\n<!-- kept -->\n";
    let page = page(source, Verdict::Proved);
    let english = page_markdown(&page, &Options::default());
    assert_eq!(english, "# Title\n\nWords.\n\n- ✓ $a = \\sigma_1$\n\n<!-- kept -->\n");
    let shown = page_markdown(&page, &chinese());
    assert_eq!(shown, "# 标题\n\n文字。\n\n- ✓ $a = \\sigma_1$\n\n<!-- kept -->\n");
    let shown = page_article(&page, &chinese());
    assert!(shown.contains("\\usepackage{ctex}") && shown.contains("文字。"), "{shown}");
    assert!(!shown.contains("Words."), "{shown}");
}

#[test]
fn mistakes_carry_what_was_found_out() {
    let page = page("```hence refuted\nclaim a = b\n```\n", Verdict::Refuted);
    let shown = page_markdown(&page, &Options::default());
    assert!(shown.contains("✗") && shown.contains("σ₁² = 4: left side 1"), "{shown}");
    let shown = page_article(&page, &Options::default());
    assert!(shown.contains("$\\sigma$$_1$$^2$ = 4: left side 1"), "{shown}");
}

#[test]
fn nothing_in_an_article_can_act() {
    let hostile = "# \\input{/etc/passwd} ^^5cinput{x}\n\n\
        \\write18{id} $\\input{/etc/passwd}$ $a$\\immediate `\\openout1` % no comment\n\n\
        $$\\csname input\\endcsname{x}$$\n\n[x](https://a.b/\\input{y}#%) $\\end{document}$ $x^^5cinput$\n\n\
        ```\n\\end{verbatim}\\input{z}\n```\n\n| a & b |\n|---|\n| \\\\ # |\n\nnote[^n]\n\n[^n]: \\input{n} [^n]\n";
    let shown = article(hostile);
    let body = shown.split("\\begin{document}").nth(1).expect("there is a body");
    for command in ["\\input", "\\write", "\\openout", "\\csname", "\\immediate", "^^"] {
        assert!(!body.contains(command), "{command} in {body}");
    }
    assert_eq!(shown.matches("\\end{document}").count(), 1, "{shown}");
    assert!(body.contains("\\%") && !body.contains(" % no"), "{body}");
}

#[test]
fn pictures_are_drawn_where_their_author_shows_them() {
    let source = "![shown](f.svg)\n\n```hence figure f.svg\ntitle \"F\"\n```\n";
    let block = &hence::syntax::literate::blocks(source)[0];
    let svg = "<svg viewBox=\"0 0 10 10\"><path d=\"M0 0L10 10\" stroke=\"#ff0000\"/></svg>";
    let picture = Picture {
        file: "f.svg".into(),
        title: "A title".into(),
        desc: "A line".into(),
        svg: svg.into(),
    };
    let part =
        |span: Span| Part { span, text: String::new(), content: Content::Figure(picture.clone()) };
    let page = read("page", source, vec![part(block.whole)], RawHtml::AsText);
    assert_eq!(page_markdown(&page, &Options::default()), "![shown](f.svg)\n\n");
    let shown = page_article(&page, &Options::default());
    assert_eq!(shown.matches("0 10 m 10 0 l S Q").count(), 1, "{shown}");
    let alone = &source[source.find("```").unwrap()..];
    let span = hence::syntax::literate::blocks(alone)[0].whole;
    let page = read("page", alone, vec![part(span)], RawHtml::AsText);
    assert_eq!(page_markdown(&page, &Options::default()), "![A line](<f.svg>)\n");
}

fn mdbook(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hence"))
        .arg("mdbook")
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built for this test");
    // A command that reads nothing may be gone by now.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the command ends")
}

/// What mdBook hands over: a book of one chapter in another.
fn book(renderer: &str, list: &str, content: &str) -> String {
    let chapter = |content: &str, inner: serde_json::Value| {
        serde_json::json!({"Chapter": {
            "name": "A", "content": content, "number": null, "sub_items": inner,
            "path": "a.md", "source_path": "a.md", "parent_names": []
        }})
    };
    let inner = chapter(content, serde_json::json!([]));
    let outer = chapter("# Outer\n", serde_json::json!([inner, "Separator"]));
    let context = serde_json::json!({
        "root": "/nowhere", "renderer": renderer, "mdbook_version": "0.4.52",
        "config": {"book": {"src": "src", "language": "en"}, "preprocessor": {"hence": {}}}
    });
    serde_json::json!([context, {list: [outer, {"PartTitle": "x"}], "__non_exhaustive": null}])
        .to_string()
}

const GOOD: &str =
    "# Inner\n\n```hence\nlet r positive\nclaim E[x ~ Exponential(r)](x) = 1/r\n```\n\nend\n";

#[test]
fn books_of_both_versions_are_preprocessed() {
    for list in ["sections", "items"] {
        let done = mdbook(&[], &book("html", list, GOOD));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let shown: serde_json::Value = serde_json::from_slice(&done.stdout).expect("a book");
        let inner = &shown[list][0]["Chapter"]["sub_items"][0]["Chapter"]["content"];
        let inner = inner.as_str().expect("the content is text");
        assert!(inner.starts_with("# Inner\n\n<") && inner.ends_with("\n\nend\n"), "{inner}");
        assert!(inner.contains("<math") && !inner.contains("```"), "{inner}");
        assert_eq!(shown[list][0]["Chapter"]["content"], "# Outer\n");
    }
    let done = mdbook(&[], &book("typst", "items", GOOD));
    let shown = String::from_utf8_lossy(&done.stdout);
    assert!(shown.contains("✓") && !shown.contains("<math"), "{shown}");
}

#[test]
fn a_book_fails_with_its_claims() {
    let wrong = GOOD.replace("= 1/r", "= 2/r");
    let done = mdbook(&[], &book("html", "items", &wrong));
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("src/a.md:5:1 refuted claim"), "{said}");
    assert!(done.stdout.is_empty());
    let unread = GOOD.replace("claim E[", "claim F[");
    let done = mdbook(&[], &book("html", "items", &unread));
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("src/a.md:5"), "{said}");
    assert_eq!(mdbook(&[], "no book").status.code(), Some(2));
}

#[test]
fn renderers_are_supported_but_one() {
    assert_eq!(mdbook(&["supports", "html"], "").status.code(), Some(0));
    assert_eq!(mdbook(&["supports", "not-supported"], "").status.code(), Some(1));
}
