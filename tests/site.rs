//! The site around the pages: what it says of rules leads where it says, for every link of it.
#![cfg(feature = "cli")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pages of a site, built from some documents of the repository and their overview.
fn site() -> BTreeMap<String, String> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
    let _ = fs::remove_dir_all(&place);
    let documents = place.join("in");
    fs::create_dir_all(&documents).expect("the target directory can be written");
    for name in ["README.md", "kl-univariate.md", "gan-objective.md"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("derivations").join(name);
        fs::copy(from, documents.join(name)).expect("a document of the repository");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_hence"))
        .args(["build", "--format", "html", "--no-cache", "--out"])
        .arg(place.join("out"))
        .arg(&documents)
        .output()
        .expect("the command was built for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut pages = BTreeMap::new();
    read(&place.join("out"), &place.join("out"), &mut pages);
    pages
}

fn read(top: &Path, folder: &Path, pages: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).expect("what was built");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(top, &path, pages);
        } else {
            let name = path.strip_prefix(top).expect("below the top").to_string_lossy();
            let text = fs::read(&path).expect("what was built");
            pages.insert(name.replace('\\', "/"), String::from_utf8_lossy(&text).into_owned());
        }
    }
}

/// The values of an attribute.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let pattern = format!(" {attribute}=\"");
    let after = page.split(pattern.as_str()).skip(1);
    after.filter_map(|rest| rest.split('"').next()).collect()
}

/// Links that lead nowhere.
fn dangling(pages: &BTreeMap<String, String>) -> Vec<String> {
    let anchors: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, text)| (path.as_str(), values(text, "id").into_iter().collect()))
        .collect();
    let mut lost = Vec::new();
    for (path, text) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in values(text, "href") {
            if link.contains(':') {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { joined(folder, file) };
            let found = anchors.get(target.as_str());
            if !found.is_some_and(|known| anchor.is_empty() || known.contains(anchor)) {
                lost.push(format!("{path}: {link}"));
            }
        }
    }
    lost
}

fn joined(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in file.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = site();
    let lost = dangling(&pages);
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(pages.contains_key("proofs/moments.html"), "{:?}", pages.keys());
    let index = &pages["index.html"];
    assert!(index.contains("href=\"kl-univariate.html\""), "{index}");
    assert!(!index.contains("href=\"vae-objective.html\""), "a page that was not built is listed");
    // The topics are those of the overview, in both languages.
    assert!(index.contains("Machine learning") && index.contains("机器学习"));

    // Rules lead to the very place of their proof, and back to what uses them.
    let rule = &pages["rules/expect.normal.mean.html"];
    assert!(rule.contains("href=\"../proofs/moments.html#"), "{rule}");
    assert!(rule.contains("href=\"../kl-univariate.html#"), "{rule}");

    // The same check fails where a page is missing, and where a place on one is.
    let removed = pages.remove("rules/ln.product.html").expect("a rule of the theory");
    assert!(!dangling(&pages).is_empty());
    pages.insert("rules/ln.product.html".into(), removed);
    let proofs = pages.get_mut("proofs/moments.html").expect("checked above");
    *proofs = proofs.replace(" id=\"", " name=\"");
    assert!(!dangling(&pages).is_empty());
}
