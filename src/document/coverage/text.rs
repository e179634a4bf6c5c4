//! The tables for a terminal.

use super::super::options::{Lang, Options};
use super::super::{columns, unicode};
use super::words::{Word, filled, word};
use super::{Cell, CoverageView, Standing, digits, said, tally};
use crate::term::{Symbol, Term};

/// The tables, the closed forms, and what is open.
pub fn text(view: &CoverageView, options: &Options) -> String {
    let lang = options.lang;
    let mut out = String::new();
    table(view, lang, &mut out);
    for column in view.columns.iter().filter(|c| c.across) {
        if tally(view.of(&column.name, true)).cells > 0 {
            out += &format!("\n{}\n", filled(Word::Pairs, lang, &[said(&column.reason, lang)]));
            matrix(view, &column.name, &mut out);
        }
    }
    out += &format!("\n{}\n", word(Word::Signs, lang));
    let shown = |c: &&Cell| matches!(c.standing, Standing::Proved | Standing::Infinite);
    out += &format!("\n{}\n", word(Word::ClosedForms, lang));
    for cell in view.cells.iter().filter(shown) {
        out += &format!("  {}\n", closed_form(cell, options));
    }
    let open: Vec<&Cell> = view.cells.iter().filter(|c| c.standing == Standing::Stuck).collect();
    if !open.is_empty() {
        out += &format!("\n{}\n", word(Word::Open, lang));
        open.iter().for_each(|cell| open_cell(cell, options, &mut out));
    }
    out += &format!("\n{}\n", word(Word::Numbers, lang));
    summary(view, lang, &mut out);
    out
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

fn name_width(view: &CoverageView) -> usize {
    view.families.iter().map(|f| columns(f.name.as_str())).max().unwrap_or(0)
}

fn table(view: &CoverageView, lang: Lang, out: &mut String) {
    let known = view.signs();
    let width = name_width(view).max(columns(word(Word::Family, lang)));
    let widths: Vec<usize> =
        view.columns.iter().map(|c| columns(c.name.as_str()).max(7) + 2).collect();
    *out += &padded(word(Word::Family, lang), width + 2);
    for (column, width) in view.columns.iter().zip(&widths) {
        *out += &padded(column.name.as_str(), *width);
    }
    end_line(out);
    for family in &view.families {
        let name = family.name.as_str();
        *out += &padded(name, width + 2);
        for (column, width) in view.columns.iter().zip(&widths) {
            let cell = known.get(&(column.name.as_str(), name, name));
            *out += &padded(cell.map_or("", String::as_str), *width);
        }
        end_line(out);
    }
}

fn matrix(view: &CoverageView, column: &Symbol, out: &mut String) {
    let known = view.signs();
    let width = name_width(view);
    *out += &padded("", width + 4);
    for n in 1..=view.families.len() {
        *out += &format!("{n:>3} ");
    }
    end_line(out);
    for (n, first) in view.families.iter().enumerate() {
        *out += &padded(&format!("{:>2} {}", n + 1, first.name), width + 4);
        for second in &view.families {
            let cell = known.get(&(column.as_str(), first.name.as_str(), second.name.as_str()));
            let sign = cell.map_or("", String::as_str);
            *out += &format!("{}{sign} ", " ".repeat(3usize.saturating_sub(columns(sign))));
        }
        end_line(out);
    }
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

fn closed_form(cell: &Cell, options: &Options) -> String {
    let shown = |t: &Term| unicode(t, &options.notation);
    let side = |t: &Option<Term>| t.as_ref().map(shown).unwrap_or_default();
    let mut line = format!("{} = {}", side(&cell.statement), side(&cell.result));
    let mut notes = Vec::new();
    if let Some(name) = &cell.shared {
        notes.push(filled(Word::Same, options.lang, &[&shown(&Term::symbol(name.clone()))]));
    }
    if !cell.given.is_empty() {
        let given: Vec<String> = cell.given.iter().map(shown).collect();
        notes.push(filled(Word::Where, options.lang, &[&given.join(", ")]));
    }
    if let Some(e) = cell.evidence {
        let kinds = [
            (e.enclosed, Word::Enclosed),
            (e.estimated, Word::Estimated),
            (e.sampled, Word::Sampled),
            (!e.passed, Word::Contradicted),
        ];
        let kinds: Vec<&str> =
            kinds.iter().filter(|(has, _)| *has).map(|(_, w)| word(*w, options.lang)).collect();
        notes.extend((!kinds.is_empty()).then(|| kinds.join(", ")));
    }
    if !notes.is_empty() {
        line += &format!("   ({})", notes.join("; "));
    }
    line
}

fn open_cell(cell: &Cell, options: &Options, out: &mut String) {
    let lang = options.lang;
    let shown = |t: &Term| unicode(t, &options.notation);
    *out += &format!("  {}\n", cell.statement.as_ref().map(shown).unwrap_or_default());
    if let Some(message) = &cell.message {
        *out += &format!("    {}\n", said(message, lang));
    }
    if let Some(left) = &cell.left {
        *out += &format!("    {}{}\n", word(Word::Left, lang), shown(left));
    }
    if let Some(n) = &cell.number {
        let at = n
            .point
            .iter()
            .map(|(name, v)| format!("{} = {}", shown(&Term::symbol(name.clone())), digits(*v, 4)));
        let at: Vec<String> = at.collect();
        let about = filled(Word::About, lang, &[&digits(n.value, 6)]);
        let at =
            if at.is_empty() { String::new() } else { filled(Word::At, lang, &[&at.join(", ")]) };
        *out += &format!("    {about}{at}\n");
    }
}

fn summary(view: &CoverageView, lang: Lang, out: &mut String) {
    let mut line = |title: &str, t: super::Tally| {
        let numbers = [
            (t.cells, Word::Cells),
            (t.proved, Word::Proved),
            (t.summed, Word::Summed),
            (t.infinite, Word::Infinite),
            (t.divergent, Word::Divergent),
            (t.stuck, Word::Stuck),
            (t.enclosed, Word::Enclosed),
            (t.estimated, Word::Estimated),
            (t.sampled, Word::Sampled),
            (t.contradicted, Word::Contradicted),
        ];
        let numbers = numbers.iter().enumerate().filter(|(i, (n, _))| *i < 2 || *n > 0);
        let numbers: Vec<String> =
            numbers.map(|(_, (n, w))| format!("{n} {}", word(*w, lang))).collect();
        *out += &format!("  {title}: {}\n", numbers.join(", "));
    };
    for column in &view.columns {
        let title = said(&column.reason, lang);
        line(title, tally(view.of(&column.name, false)));
        let pairs = tally(view.of(&column.name, true));
        if pairs.cells > 0 {
            line(&filled(Word::AcrossFamilies, lang, &[title]), pairs);
        }
    }
    if let Some(t) = view.times() {
        let values = [t.median, t.ninth, t.longest].map(|v| digits(v, 3));
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        *out += &format!("  {}\n", filled(Word::Times, lang, &values));
    }
}
