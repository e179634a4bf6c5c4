//! The rules that code alone cannot show: what no file says, and which room may know which. ARCHITECTURE.md is read, not
//! repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A source file that is part of the library or the command.
struct Source {
    /// `src/kernel/step.rs`.
    path: String,
    /// The file as it stands.
    text: String,
    /// Without comments and without `#[cfg(test)] mod …` at its end.
    code: String,
}

impl Source {
    /// `kernel` for `src/kernel/step.rs`, `diagnostic` for `src/diagnostic.rs`.
    fn room(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split(['/', '.']).next().unwrap_or(inside)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files under `folder` that end in `extension`, in a fixed order.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("a readable folder").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// Every file in `src/`, those for tests included.
fn all_sources() -> Vec<Source> {
    let mut paths = Vec::new();
    files(&root().join("src"), "rs", &mut paths);
    assert!(paths.len() > 20, "the sources were not found");
    paths
        .into_iter()
        .map(|path| {
            let text = read(&path);
            let code = without_inline_tests(&without_comments(&text));
            let relative = path.strip_prefix(root()).expect("a path below the root");
            let path = relative.to_string_lossy().replace('\\', "/");
            Source { path, text, code }
        })
        .collect()
}

/// Every file in `src/` that is compiled outside tests.
fn sources() -> Vec<Source> {
    let all = all_sources();
    let only_tests: BTreeSet<String> = all.iter().flat_map(modules_for_tests).collect();
    all.into_iter().filter(|s| !only_tests.contains(&s.path)).collect()
}

/// The paths of the modules that a file declares under `#[cfg(test)]`.
fn modules_for_tests(source: &Source) -> Vec<String> {
    let folder = match source.path.rsplit_once('/') {
        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder.to_owned(),
        _ => source.path.trim_end_matches(".rs").to_owned(),
    };
    let mut found = Vec::new();
    let mut lines = source.text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            continue;
        }
        let declaration = lines.next().unwrap_or_default();
        if let Some(name) =
            declaration.strip_suffix(';').and_then(|d| d.rsplit_once("mod ")).map(|(_, name)| name)
        {
            found.push(format!("{folder}/{name}.rs"));
            found.push(format!("{folder}/{name}/mod.rs"));
        }
    }
    found
}

/// Cuts `#[cfg(test)] mod tests { … }` off, which by custom ends a file.
fn without_inline_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default().trim();
        let opens = next.starts_with("mod ") || next.starts_with("pub(crate) mod ");
        if line.trim() == "#[cfg(test)]" && opens && next.ends_with('{') {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// Blanks out `//` and `/* */`, and leaves strings and line ends alone.
fn without_comments(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut kept = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let from = i;
        match (at(i), at(i + 1)) {
            ('/', '/') => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
                continue;
            }
            ('/', '*') => {
                while i < chars.len() && (at(i), at(i + 1)) != ('*', '/') {
                    if at(i) == '\n' {
                        kept.push('\n');
                    }
                    i += 1;
                }
                i += 2;
                continue;
            }
            ('r', '"' | '#') if i == 0 || !is_word(at(i - 1)) => {
                let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
                i += 1 + hashes;
                if at(i) == '"' {
                    i += 1;
                    let closes = |i: usize| at(i) == '"' && (1..=hashes).all(|k| at(i + k) == '#');
                    while i < chars.len() && !closes(i) {
                        i += 1;
                    }
                    i += 1 + hashes;
                }
            }
            ('"', _) => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
            }
            ('\'', '\\') => {
                i += 3;
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            ('\'', _) if at(i + 2) == '\'' => i += 3,
            _ => i += 1,
        }
        kept.extend(&chars[from..i.min(chars.len())]);
    }
    kept
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a line, each with what stands before it.
fn words(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (i, c) in line.char_indices().chain([(line.len(), ' ')]) {
        match (is_word(c), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                found.push((&line[..from], &line[from..i]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// `line` complaints about the code of every file, each `path:line: text`.
fn complaints(sources: &[Source], wrong: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.code.lines().enumerate() {
            if wrong(source, line) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found
}

fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// The names that theory files define, and a few that they may come to define.
fn mathematical_names() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = [
        "Bernoulli",
        "Beta",
        "Categorical",
        "Dirichlet",
        "ELBO",
        "Gamma",
        "Gaussian",
        "Laplace",
        "Poisson",
        "JS",
    ]
    .map(String::from)
    .into();
    let mut paths = Vec::new();
    files(&root().join("theory"), "hence", &mut paths);
    for line in paths.iter().map(|p| read(p)).collect::<String>().lines() {
        let head = line.strip_prefix("distribution ").or_else(|| line.strip_prefix("quantity "));
        if let Some((name, _)) = head.and_then(|h| h.split_once('(')) {
            names.insert(name.trim().to_owned());
        }
    }
    assert!(names.contains("KL") && names.contains("Normal"), "theory/ was not found");
    // A word of the language too: of distributions on integers.
    names.remove("mass");
    names
}

/// Whether a line names a distribution or a quantity.
fn names_mathematics(line: &str, names: &BTreeSet<String>) -> bool {
    words(line).into_iter().any(|(before, word)| {
        let foreign = before.ends_with("rand_distr::") || before.ends_with("statrs::");
        let quoted = before.ends_with('"');
        let lower = word.to_lowercase();
        let rule = ["kronrod", "legendre", "hermite"].iter().any(|r| lower.contains(r));
        // A single letter is a type parameter more often than a quantity, so it counts in quotes only.
        let named = names.contains(word) && (word.len() > 1 || quoted);
        !foreign && (named || (lower.contains("gauss") && !rule) || lower.contains("kl_div"))
    })
}

/// Words that mean something else where they stand: file, word, and what it means there.
const HOMONYMS: [(&str, &str, &str); 7] = [
    ("src/syntax/spelling.rs", "Beta", "the Greek letter"),
    ("src/syntax/spelling.rs", "Gamma", "the Greek letter"),
    ("src/syntax/spelling.rs", "Chi", "the Greek letter"),
    ("src/numeric/statistics.rs", "StudentT", "the confidence interval"),
    ("src/numeric/strata.rs", "StudentT", "the confidence interval"),
    ("src/numeric/quadrature.rs", "GAUSS", "weights of the Gauss–Kronrod rule"),
    ("src/numeric/quadrature.rs", "gauss", "the Gauss part of the Gauss–Kronrod rule"),
];

/// A line without the homonyms of its file.
fn without_homonyms(path: &str, line: &str) -> String {
    let mut kept = String::new();
    let mut rest = 0;
    for (before, word) in words(line) {
        if HOMONYMS.iter().any(|(file, homonym, _)| *file == path && *homonym == word) {
            kept.push_str(&line[rest..before.len()]);
            rest = before.len() + word.len();
        }
    }
    kept.push_str(&line[rest..]);
    kept
}

#[test]
fn no_engine_file_names_a_distribution_or_a_quantity() {
    let names = mathematical_names();
    let found = complaints(&sources(), |source, line| {
        names_mathematics(&without_homonyms(&source.path, line), &names)
    });
    none(&found, "mathematics belongs in theory/");
}

#[test]
fn homonyms_are_still_there() {
    let sources = sources();
    let gone: Vec<String> = HOMONYMS
        .iter()
        .filter(|(file, word, _)| {
            let source = sources.iter().find(|s| s.path == *file);
            !source.is_some_and(|s| s.code.lines().any(|l| words(l).iter().any(|w| w.1 == *word)))
        })
        .map(|(file, word, meaning)| format!("{file}: {word}, {meaning}"))
        .collect();
    none(&gone, "an exception that nothing needs any more");
}

#[test]
fn the_search_for_names_can_fail() {
    let names = mathematical_names();
    for bad in ["if f == \"KL\" {", "Family::Normal => 1", "fn gaussian_kl()", "x == \"H\""] {
        assert!(names_mathematics(bad, &names), "{bad}");
    }
    for good in ["use rand_distr::Normal;", "fn f<H>(h: H)", "gauss_legendre(8)", "Normalise"] {
        assert!(!names_mathematics(good, &names), "{good}");
    }
    let cut = without_comments("a // KL\nb(\"// kept\", '\"') /* KL\n */ c r#\"\"KL\"# // d");
    assert_eq!(cut, "a \nb(\"// kept\", '\"') \n c r#\"\"KL\"# ");
}

/// The table below "Allowed arrows" in ARCHITECTURE.md: a room, and the rooms that it may use.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&root().join("ARCHITECTURE.md"));
    let (_, section) = text.split_once("## Allowed arrows").expect("a section on arrows");
    let section = section.split("\n## ").next().unwrap_or_default();
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut table = BTreeMap::new();
    for line in section.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').collect();
        let used: BTreeSet<String> = quoted(cells[2]).into_iter().collect();
        for room in quoted(cells[1]) {
            assert!(table.insert(room, used.clone()).is_none(), "twice in the table: {line}");
        }
    }
    table
}

/// The rooms that code reaches for: `crate::a::…`, and each of `crate::{a::…, b}`, over as many lines as that takes.
fn reaches(code: &str, prefix: &str) -> Vec<String> {
    let name =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| is_word(*c)).collect() };
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(is_word) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(name(rest));
            continue;
        };
        found.push(name(group));
        let mut depth = 0;
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => found.push(name(&group[i + 1..])),
                _ => {}
            }
        }
    }
    found.retain(|n| !n.is_empty());
    found
}

#[test]
fn rooms_use_only_what_the_architecture_allows() {
    let table = arrows();
    let rooms: BTreeSet<String> =
        all_sources().iter().map(|s| s.room().to_owned()).filter(|r| r != "lib").collect();
    for room in &rooms {
        assert!(table.contains_key(room), "ARCHITECTURE.md does not know the room `{room}`");
    }
    for (room, used) in &table {
        let unknown: Vec<&String> = used.iter().filter(|u| !table.contains_key(*u)).collect();
        assert!(unknown.is_empty(), "`{room}` may use rooms that are not listed: {unknown:?}");
    }
    let mut found = Vec::new();
    for source in sources() {
        let Some(allowed) = table.get(source.room()) else { continue };
        let prefix = if source.room() == "main" { "hence::" } else { "crate::" };
        for used in reaches(&source.code, prefix) {
            if rooms.contains(&used) && used != source.room() && !allowed.contains(&used) {
                found.push(format!("{}: {used}", source.path));
            }
        }
    }
    none(&found, "an arrow that ARCHITECTURE.md does not list");
}

#[test]
fn arrows_make_no_circle() {
    let table = arrows();
    fn below<'a>(
        room: &'a str,
        table: &'a BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<&'a str>,
    ) {
        assert!(!path.contains(&room), "a circle: {path:?} -> {room}");
        path.push(room);
        for used in table.get(room).into_iter().flatten() {
            below(used, table, path);
        }
        path.pop();
    }
    for room in table.keys() {
        below(room, &table, &mut Vec::new());
    }
}

#[test]
fn the_reading_of_arrows_can_fail() {
    assert_eq!(reaches("use crate::term::Term;", "crate::"), ["term"]);
    assert_eq!(reaches("use crate::{term::Term, derive};", "crate::"), ["term", "derive"]);
    assert_eq!(reaches("let x = crate::numeric::f(1, 2);", "crate::"), ["numeric"]);
    let wrapped = "use crate::{\n    term::{Node, Term},\n    derive,\n};\nuse crate::kernel;";
    assert_eq!(reaches(wrapped, "crate::"), ["term", "derive", "kernel"]);
    assert!(!arrows()["kernel"].contains("derive"));
}

#[test]
fn every_file_introduces_itself() {
    let bare: Vec<String> =
        all_sources().into_iter().filter(|s| !s.text.starts_with("//! ")).map(|s| s.path).collect();
    none(&bare, "a file starts with //! and what lives there");
}

#[test]
fn the_kernel_is_exact_and_does_not_search() {
    let kernel: Vec<Source> = sources().into_iter().filter(|s| s.room() == "kernel").collect();
    assert!(kernel.len() > 3, "the kernel was not found");
    let mut found = complaints(&kernel, |_, line| {
        words(line).iter().any(|(_, word)| matches!(*word, "f64" | "f32"))
    });
    for source in &kernel {
        for used in reaches(&source.code, "crate::") {
            if matches!(used.as_str(), "syntax" | "derive" | "numeric") {
                found.push(format!("{}: {used}", source.path));
            }
        }
    }
    none(&found, "the kernel computes exactly, and knows neither text nor strategy nor numbers");
}

#[test]
fn files_are_short_and_finished() {
    let all = all_sources();
    let long: Vec<String> = all
        .iter()
        .filter(|s| s.text.lines().count() > 700)
        .map(|s| format!("{} ({} lines)", s.path, s.text.lines().count()))
        .collect();
    none(&long, "a file holds at most 700 lines");
    let holes = complaints(&all, |_, line| {
        words(line).iter().any(|(before, word)| {
            let after = &line[before.len() + word.len()..];
            matches!(*word, "todo" | "dbg" | "unimplemented") && after.starts_with('!')
        })
    });
    none(&holes, "a hole in the code");
}
