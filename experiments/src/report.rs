//! What a run says: tables, checks, the log and the figures, as plain values and then as text.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A number that must be small, or must not be.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is checked.
    pub what: String,
    /// What was found.
    pub found: f64,
    /// The limit.
    pub limit: f64,
    /// Whether the limit is a lower one.
    pub at_least: bool,
}

impl Check {
    /// A number that may not be larger than its limit.
    pub fn at_most(what: impl Into<String>, found: f64, limit: f64) -> Self {
        Self { what: what.into(), found, limit, at_least: false }
    }

    /// A number that may not be smaller than its limit.
    pub fn at_least(what: impl Into<String>, found: f64, limit: f64) -> Self {
        Self { what: what.into(), found, limit, at_least: true }
    }

    /// Whether it is as it must be. What is not a number never is.
    pub fn holds(&self) -> bool {
        if self.at_least { self.found >= self.limit } else { self.found <= self.limit }
    }
}

/// A table of text.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The heads of its columns.
    pub heads: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one.
    pub fn new(title: impl Into<String>, heads: &[&'static str]) -> Self {
        Self { title: title.into(), heads: heads.to_vec(), rows: Vec::new() }
    }

    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// A part of a run: its tables and its checks.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// What it is about.
    pub title: String,
    /// What there is to read.
    pub tables: Vec<Table>,
    /// What must hold.
    pub checks: Vec<Check>,
}

/// All that a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its parts.
    pub sections: Vec<Section>,
    /// Files to be written, by name.
    pub files: Vec<(String, String)>,
}

impl Report {
    /// Whether every check holds.
    pub fn holds(&self) -> bool {
        self.checks().all(Check::holds)
    }

    /// Every check.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.sections.iter().flat_map(|s| &s.checks)
    }

    /// To be read.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let _ = writeln!(out, "{}\n{}", section.title, "=".repeat(width(&section.title)));
            for table in &section.tables {
                let _ = writeln!(out, "\n{}", table.title);
                out += &grid(table);
            }
            out.push('\n');
            for check in &section.checks {
                let (mark, sign) = (
                    if check.holds() { "holds " } else { "FAILS " },
                    if check.at_least { "≥" } else { "≤" },
                );
                let _ = writeln!(
                    out,
                    "  {mark} {}: {} {sign} {}",
                    check.what,
                    short(check.found),
                    short(check.limit)
                );
            }
            out.push('\n');
        }
        let (all, broken) = (self.checks().count(), self.checks().filter(|c| !c.holds()).count());
        let _ = match broken {
            0 => writeln!(out, "All {all} checks hold."),
            _ => writeln!(out, "{broken} of {all} checks fail."),
        };
        out
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        let sections: Vec<Value> = self
            .sections
            .iter()
            .map(|s| {
                let tables = s
                    .tables
                    .iter()
                    .map(|t| json!({"title": t.title, "heads": t.heads, "rows": t.rows}));
                let checks = s.checks.iter().map(|c| {
                    json!({
                        "what": c.what, "found": c.found, "limit": c.limit,
                        "at_least": c.at_least, "holds": c.holds(),
                    })
                });
                json!({
                    "title": s.title,
                    "tables": tables.collect::<Vec<_>>(),
                    "checks": checks.collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({"holds": self.holds(), "sections": sections})
    }
}

/// A table with columns under each other: the first to the left, the others to the right.
fn grid(table: &Table) -> String {
    let wide = |k: usize| {
        let cells = table.rows.iter().map(|r| width(&r[k]));
        cells.chain([width(table.heads[k])]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.heads.len()).map(wide).collect();
    let mut out = String::new();
    let heads: Vec<String> = table.heads.iter().map(|&h| h.to_owned()).collect();
    for row in [&heads].into_iter().chain(&table.rows) {
        let mut line = String::from(" ");
        for (k, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[k] - width(cell));
            line += &if k == 0 { format!(" {cell}{pad}") } else { format!("  {pad}{cell}") };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// How many columns of a terminal a text takes; nothing here is wider than one.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// A number whose size matters.
pub fn short(x: f64) -> String {
    if x == 0.0 { "0".to_owned() } else { format!("{x:.1e}").replace('-', "−") }
}

/// A number whose digits matter.
pub fn long(x: f64) -> String {
    format!("{x:.12}").replace('-', "−")
}

/// A number of everyday size.
pub fn plain(x: f64) -> String {
    format!("{x:.4}").replace('-', "−")
}
