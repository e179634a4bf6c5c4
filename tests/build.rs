//! `hence build`: pages from documents, whole or not at all, and compared with what is there.
#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hence"));
    command.args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

fn hence(arguments: &[&str]) -> Output {
    command(arguments)
        .env("HENCE_NO_CACHE", "1")
        .output()
        .expect("the command was built for this test")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command is not killed by a signal")
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|s| String::from_utf8_lossy(s));
    format!("{out}{err}")
}

/// A fresh directory for one test.
fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("in")).expect("the target directory can be written");
    path
}

/// A document in a directory of its own, to be built to `out` beside it.
struct Case {
    place: PathBuf,
}

impl Case {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let case = Self { place: scratch(test) };
        files.iter().for_each(|(name, text)| case.write(name, text));
        case
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.place.join("in").join(name);
        fs::create_dir_all(file.parent().expect("below the directory")).expect("it can be written");
        fs::write(file, text).expect("the target directory can be written");
    }

    fn input(&self) -> String {
        self.place.join("in").display().to_string()
    }

    fn out(&self) -> PathBuf {
        self.place.join("out")
    }

    fn build(&self, more: &[&str]) -> Output {
        let (input, out) = (self.input(), self.out().display().to_string());
        hence(&[&["build", &input, "--out", &out], more].concat())
    }

    fn built(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// All files below `out` with what is in them.
    fn all(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut todo = vec![self.out()];
        while let Some(directory) = todo.pop() {
            let Ok(entries) = fs::read_dir(&directory) else { continue };
            for entry in entries {
                let path = entry.expect("a readable directory").path();
                match path.is_dir() {
                    true => todo.push(path),
                    false => {
                        let bytes = fs::read(&path).expect("it was just written");
                        found.insert(path, bytes);
                    }
                }
            }
        }
        found
    }
}

const GOOD: &str = "# A page\n\nText with *words*.\n\n```hence\nlet m real\nlet s positive\n\
    let p = Normal(m, s^2)\n\nderive KL(p || Normal(0, 1))\n\
    claim KL(p || Normal(0, 1)) = (m^2 + s^2 - 1)/2 - ln(s)\n```\n\nMore.\n\n\
    ```hence refuted\nclaim KL(p || Normal(0, 1)) = m^2 + s^2 - 1 - ln(s)\n```\n";

const ALL: [&str; 2] = ["--format", "html,markdown,latex"];

#[test]
fn documents_are_built_stay_the_same_and_are_compared() {
    let case = Case::new("compared", &[("doc.md", GOOD)]);
    let first = case.build(&ALL);
    assert_eq!(code(&first), 0, "{}", text(&first));
    let files = case.all();
    for name in ["doc.html", "doc.md", "doc.tex", "index.html", "axioms.html", "assets/hence.css"] {
        assert!(files.contains_key(&case.out().join(name)), "{name} is missing");
    }
    let leftover =
        |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    assert!(!files.keys().any(leftover), "an unfinished file was left behind");
    let current = case.build(&[&ALL[..], &["--check"]].concat());
    assert_eq!(code(&current), 0, "{}", text(&current));
    assert!(text(&current).contains("all current"), "{}", text(&current));

    // One character in any of them is enough.
    for name in ["doc.html", "doc.md", "doc.tex", "rules/index.html"] {
        let place = case.out().join(name);
        let good = fs::read_to_string(&place).expect("it was built");
        let at = good.rfind('a').expect("there is an a");
        fs::write(&place, format!("{}b{}", &good[..at], &good[at + 1..])).expect("writable");
        let stale = case.build(&[&ALL[..], &["--check"]].concat());
        assert_eq!(code(&stale), 1, "{name}: {}", text(&stale));
        assert!(text(&stale).contains(&format!("{name} stale")), "{}", text(&stale));
        fs::write(&place, good).expect("writable");
    }
    fs::remove_file(case.out().join("doc.html")).expect("it was built");
    let missing = case.build(&[&ALL[..], &["--check"]].concat());
    assert_eq!(code(&missing), 1);
    assert!(text(&missing).contains("doc.html missing"), "{}", text(&missing));
    assert!(!case.out().join("doc.html").exists(), "--check wrote something");
}

#[test]
fn the_number_of_threads_and_the_memory_change_nothing() {
    let case = Case::new("threads", &[("doc.md", GOOD), ("deeper/two.md", GOOD)]);
    assert_eq!(code(&case.build(&[&ALL[..], &["--jobs", "1"]].concat())), 0);
    let one = case.all();
    let _ = fs::remove_dir_all(case.out());
    assert_eq!(code(&case.build(&[&ALL[..], &["--jobs", "4"]].concat())), 0);
    assert!(one == case.all(), "another number of threads, other bytes");
    let cache = case.place.join("cache").display().to_string();
    let out = case.out().display().to_string();
    let remembered = || {
        let _ = fs::remove_dir_all(case.out());
        let arguments = ["build", &case.input(), "--out", &out, "--cache", &cache, ALL[0], ALL[1]];
        let done = command(&arguments).env_remove("HENCE_NO_CACHE").output().expect("it runs");
        assert_eq!(code(&done), 0, "{}", text(&done));
        assert!(one == case.all(), "what was remembered differs");
    };
    remembered();
    remembered();
    // A page that somebody else put into the memory is not taken for another document's.
    case.write("doc.md", &GOOD.replace("A page", "Another page"));
    let done = command(&["build", &case.input(), "--out", &out, "--cache", &cache])
        .env_remove("HENCE_NO_CACHE")
        .output()
        .expect("it runs");
    assert_eq!(code(&done), 0);
    assert!(case.built("doc.html").contains("Another page"));
}

#[test]
fn nothing_is_written_where_a_document_cannot_be_read() {
    let case =
        Case::new("unread", &[("a.md", GOOD), ("b.md", "# B\n\n```hence\nclaim x = \n```\n")]);
    let failed = case.build(&ALL);
    assert_eq!(code(&failed), 2, "{}", text(&failed));
    assert!(text(&failed).contains("b.md:4:"), "{}", text(&failed));
    assert!(!case.out().exists(), "something was written");
}

#[test]
fn what_does_not_hold_is_shown_and_fails() {
    let wrong = GOOD.replace("(m^2 + s^2 - 1)/2 - ln(s)", "(m^2 + s - 1)/2 - ln(s)");
    let case = Case::new("wrong", &[("doc.md", &wrong)]);
    let failed = case.build(&ALL);
    assert_eq!(code(&failed), 1, "{}", text(&failed));
    assert!(text(&failed).contains("doc.md:11:1 refuted claim KL"), "{}", text(&failed));
    for (name, word) in
        [("doc.html", "counterexample"), ("doc.md", "refuted"), ("doc.tex", "refuted")]
    {
        let page = case.built(name).to_lowercase();
        assert!(page.contains(word), "{name} does not say so");
    }
    // A mistake that turns out to be none.
    let right = GOOD.replace("m^2 + s^2 - 1 - ln(s)", "m^2/2 + s^2/2 - 1/2 - ln(s)");
    let case = Case::new("no_mistake", &[("doc.md", &right)]);
    let failed = case.build(&[]);
    assert_eq!(code(&failed), 1, "{}", text(&failed));
    assert!(
        text(&failed).contains("proved, though shown as a mistake: claim KL"),
        "{}",
        text(&failed)
    );
}

#[test]
fn a_file_of_statements_is_a_page() {
    let plain =
        "let m real\nderive KL(Normal(m, 1) || Normal(0, 1))\nclaim E[x ~ Normal(m, 1)](x) = m\n";
    let case = Case::new("plain", &[("plain.hence", plain)]);
    let done = case.build(&ALL);
    assert_eq!(code(&done), 0, "{}", text(&done));
    assert!(case.built("plain.html").contains("id=\"kl-p-q\""));
    assert!(case.built("plain.md").starts_with("# plain\n"));
    assert!(!case.built("plain.md").contains("```hence"), "the block was left as it was");
}

#[test]
fn pages_stay_in_their_directory() {
    // A document beside its own output, and a link that leads away.
    let case = Case::new("inside", &[("doc.md", GOOD)]);
    let input = case.input();
    let over = hence(&["build", &input, "--out", &input, "--format", "markdown"]);
    assert_eq!(code(&over), 2, "{}", text(&over));
    assert!(text(&over).contains("E0622"), "{}", text(&over));
    let kept = fs::read_to_string(case.place.join("in/doc.md")).expect("it is there");
    assert_eq!(kept, GOOD, "the source was written over");

    #[cfg(unix)]
    {
        let away = case.place.join("away");
        fs::create_dir_all(&away).expect("writable");
        fs::create_dir_all(case.out()).expect("writable");
        std::os::unix::fs::symlink(&away, case.out().join("rules")).expect("a link can be made");
        let refused = case.build(&[]);
        assert_eq!(code(&refused), 2, "{}", text(&refused));
        assert!(text(&refused).contains("through a link"), "{}", text(&refused));
        assert_eq!(fs::read_dir(&away).expect("readable").count(), 0, "the link was followed");
    }

    // A picture elsewhere is no picture of the page.
    let elsewhere = "# P\n\n![x](../../secret.svg) ![y](/etc/hostname) ![z](javascript:alert(1))\n\n\
        ```hence\nclaim 1 + 1 = 2\n```\n";
    let case = Case::new("pictures", &[("doc.md", elsewhere)]);
    assert_eq!(code(&case.build(&[])), 0);
    assert!(!case.built("doc.html").contains("<img"), "a picture from elsewhere");
}

const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"1\"/></svg>";

#[test]
fn pictures_are_taken_along_and_nothing_else_is() {
    let shows = |file: &str| format!("# P\n\n![x]({file})\n\n```hence\nclaim 1 + 1 = 2\n```\n");
    let case = Case::new("drawn", &[("doc.md", &shows("x.svg")), ("x.svg", DRAWING)]);
    assert_eq!(code(&case.build(&[])), 0);
    assert_eq!(case.built("x.svg"), DRAWING);
    for bad in
        ["<script>alert(1)</script>", "<g onload = \"alert(1)\"/>", "<a href=\"javascript:x\"/>"]
    {
        let drawing = DRAWING.replace("<circle", &format!("{bad}<circle"));
        let case = Case::new("acts", &[("doc.md", &shows("x.svg")), ("x.svg", &drawing)]);
        let refused = case.build(&[]);
        assert_eq!(code(&refused), 2, "{bad}: {}", text(&refused));
        assert!(text(&refused).contains("E0624"), "{}", text(&refused));
    }
    // A page in place of a picture is no picture.
    let page = "<script>alert(1)</script>";
    let case = Case::new("page", &[("doc.md", &shows("doc.html")), ("doc.html", page)]);
    assert_eq!(code(&case.build(&[])), 0);
    assert!(!case.built("doc.html").contains(page));
    #[cfg(unix)]
    {
        let case = Case::new("linked", &[("doc.md", &shows("d/x.svg"))]);
        let away = case.place.join("away");
        fs::create_dir_all(&away).expect("writable");
        fs::write(away.join("x.svg"), DRAWING).expect("writable");
        std::os::unix::fs::symlink(&away, case.place.join("in/d")).expect("a link can be made");
        assert_eq!(code(&case.build(&[])), 2);
    }
}

#[test]
fn a_page_does_not_take_the_place_of_another() {
    for name in ["axioms.md", "index.md", "rules/index.md"] {
        let case = Case::new("taken", &[(name, GOOD)]);
        let refused = case.build(&[]);
        assert_eq!(code(&refused), 2, "{name}: {}", text(&refused));
        assert!(text(&refused).contains("E0620"), "{}", text(&refused));
        assert!(!case.out().exists(), "something was written");
    }
}

#[test]
fn assumptions_on_one_line_are_all_shown() {
    let assumed =
        "# A\n\n```hence\nlet a, b real\nassume a > 0, a < b\nclaim a > 0\n```\n\n## Data\n";
    let case = Case::new("assumed", &[("doc.md", assumed)]);
    assert_eq!(code(&case.build(&["--format", "markdown,html"])), 0);
    let page = case.built("doc.md");
    assert!(page.contains("$a > 0$") && page.contains("$a < b$"), "{page}");
    // A heading does not take a name that the page has for itself.
    assert!(case.built("doc.html").contains("id=\"data-2\""));
}

#[test]
fn two_documents_do_not_share_a_page() {
    let case = Case::new("shared", &[("doc.md", GOOD), ("doc.hence", "claim 1 = 1\n")]);
    let refused = case.build(&[]);
    assert_eq!(code(&refused), 2, "{}", text(&refused));
    assert!(text(&refused).contains("E0620"), "{}", text(&refused));
}

const HOSTILE: &str = r##"# A <script>alert(1)</script> title

<script>alert(2)</script>

<img src=x onerror=alert(3)> and [a link](javascript:alert(4)) and [b](JaVaScRiPt:alert(5)) and
[c](data:text/html,<script>alert(6)</script>) and [d](vbscript:x) and <a href="javascript:alert(7)">e</a>
and [f]( java&#10;script:alert(8)) and <javascript:alert(9)>.

| a | b |
|---|---|
| <b onclick=alert(10)>x</b> | `</code><script>alert(11)</script>` |

$\href{javascript:alert(12)}{x}$ and $\text{<script>alert(13)</script>}$.

```html
</code></pre><script>alert(14)</script>
```

```hence
let m real
claim E[x ~ Normal(m, 1)](x) = m
```
"##;

/// Pieces of markup that could act, in a page without its own scripts.
fn active(page: &str) -> Vec<&str> {
    let bait = [
        "<script>alert",
        "<img src=x",
        "javascript:alert",
        "JaVaScRiPt:",
        "data:text/html,<",
        "vbscript:x\"",
        "<b onclick",
        "href=\"java",
    ];
    bait.into_iter()
        .filter(|piece| page.contains(piece))
        .filter(|piece| {
            // As text it may be there; as markup or in an attribute it may not.
            piece.starts_with('<')
                || page.contains(&format!("=\"{piece}"))
                || page.contains(&format!("=\" {piece}"))
        })
        .collect()
}

#[test]
fn markup_of_an_author_is_text_unless_asked_for() {
    let case = Case::new("hostile", &[("doc.md", HOSTILE)]);
    let done = case.build(&[]);
    assert_eq!(code(&done), 0, "{}", text(&done));
    let page = case.built("doc.html");
    assert_eq!(active(&page), [""; 0], "something in the page could act");
    assert!(page.contains("&lt;script&gt;alert(2)"), "the text of the markup is gone");
    assert!(page.contains("Content-Security-Policy"), "no policy");
    // So is the Markdown, which a book would pass on.
    let done = case.build(&["--format", "markdown"]);
    assert_eq!(code(&done), 0, "{}", text(&done));
    let page = case.built("doc.md");
    let [before, rest] = [page.split("```html").next(), page.split("```\n").last()];
    for outside in [before, rest].into_iter().flatten() {
        assert!(!outside.contains("<script>") || outside.contains("`</code><script>"), "{outside}");
        assert!(!outside.contains("<img src=x") && !outside.contains("<b onclick"), "{outside}");
        assert!(
            !outside.contains("[a link](javascript:") || outside.contains("\\[a link]"),
            "{outside}"
        );
    }
    // The check itself can fail: asked for, the markup is in the page.
    let kept = case.build(&["--unsafe-html"]);
    assert_eq!(code(&kept), 0, "{}", text(&kept));
    assert!(!active(&case.built("doc.html")).is_empty(), "the check finds nothing in an open page");
}
