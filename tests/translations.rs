//! Every document of the repository can be read in Chinese: each stretch of prose is followed by a comment with the same headings,
//! links, pictures and code.
#![cfg(feature = "cli")]

mod common;

use common::{markdown_files, root};
use hence::syntax::literate;

/// What is wrong with the translations of a document, a line each.
fn gaps(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    let ends = literate::blocks(text).into_iter().map(|block| (block.whole.start, block.whole.end));
    for (end, next) in ends.chain([(text.len(), text.len())]) {
        found.extend(gap(&text[start..end]));
        start = next;
    }
    found
}

/// What is wrong with one stretch: one language after the other, in turns.
fn gap(stretch: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut pieces = stretch.split("<!-- zh\n");
    let mut english = pieces.next().unwrap_or_default().trim();
    for piece in pieces {
        let Some((chinese, rest)) = piece.split_once("\n-->") else {
            found.push(format!("a comment without an end: {}", first(piece)));
            break;
        };
        if marks(english) != marks(chinese) {
            found.push(format!("other headings, links, pictures or code: {}", first(english)));
        }
        if !chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
            found.push(format!("not in Chinese: {}", first(chinese)));
        }
        if chinese.contains("--") {
            found.push(format!("two hyphens end a comment early: {}", first(chinese)));
        }
        english = rest.trim();
    }
    if !english.is_empty() {
        found.push(format!("not translated: {}", first(english)));
    }
    found
}

/// Levels of headings, targets of links and pictures, and the number of pieces of code.
fn marks(text: &str) -> (Vec<usize>, Vec<&str>, usize) {
    let level = |line: &&str| line.starts_with('#');
    let levels = text.lines().filter(level).map(|l| l.len() - l.trim_start_matches('#').len());
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    (levels.collect(), targets.collect(), text.matches('`').count() / 2)
}

fn first(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

#[test]
fn documents_are_translated() {
    let mut files = markdown_files("derivations");
    files.extend(markdown_files("theory/proofs"));
    files.push("derivations/README.md".into());
    assert!(files.len() > 15, "{files:?}");
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(root().join(&file)).expect("a document");
        all.extend(gaps(&text).into_iter().map(|what| format!("{file}: {what}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn gaps_are_found() {
    let translated = "# A\n\nSee [b](b.md).\n\n<!-- zh\n# 甲\n\n见[乙](b.md)。\n-->\n\n```hence\nclaim 1 = 1\n```\n";
    assert_eq!(gaps(translated), [""; 0]);
    assert_eq!(gaps(&format!("{translated}\nMore.\n")), ["not translated: More."]);
    assert_eq!(gaps(&translated.replace("(b.md)。", "(c.md)。")).len(), 1);
    assert_eq!(gaps(&translated.replace("# 甲", "## 甲")).len(), 1);
    assert_eq!(
        gaps(&translated.replace("甲", "A").replace("见[乙]", "[b]").replace("。", "")).len(),
        1
    );
}
