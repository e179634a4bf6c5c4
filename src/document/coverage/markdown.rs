//! The tables as a Markdown document.

use super::super::options::{Lang, Options};
use super::super::unicode;
use super::words::{Word, filled, word};
use super::{Cell, ColumnHead, CoverageView, Standing, Tally, digits, said, tally};
use crate::term::{Symbol, Term};

/// Around what depends on the machine.
const TIMES: (&str, &str) = ("<!-- times -->", "<!-- end of times -->");

/// Formulas that are longer are cut, with dots.
const LONGEST: usize = 600;

/// Messages that are longer are.
const LONGEST_MESSAGE: usize = 200;

/// A document of the tables.
pub fn markdown(view: &CoverageView, options: &Options) -> String {
    let mut page = Page { view, options, out: String::new() };
    page.head();
    page.numbers();
    page.families();
    page.pairs();
    page.closed_forms();
    page.open();
    while page.out.ends_with("\n\n") {
        page.out.pop();
    }
    page.out
}

/// A document without what depends on the machine.
pub fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(TIMES.0) {
        out += before;
        rest = after.split_once(TIMES.1).map_or("", |(_, after)| after);
    }
    out + rest
}

struct Page<'a> {
    view: &'a CoverageView,
    options: &'a Options,
    out: String,
}

impl Page<'_> {
    fn lang(&self) -> Lang {
        self.options.lang
    }

    fn word(&self, w: Word) -> &'static str {
        word(w, self.lang())
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.out += &format!("{} {text}\n\n", "#".repeat(level));
    }

    fn paragraph(&mut self, text: &str) {
        self.out += text;
        self.out += "\n\n";
    }

    fn row(&mut self, cells: &[String]) {
        self.out += &format!("| {} |\n", cells.join(" | "));
    }

    /// The head of a table, its first column on the left and the others as said.
    fn table_head(&mut self, cells: &[String], others: &str) {
        self.row(cells);
        let rule = (0..cells.len()).map(|i| if i == 0 { "---" } else { others });
        self.row(&rule.map(str::to_owned).collect::<Vec<_>>());
    }

    fn head(&mut self) {
        self.heading(1, self.word(Word::Title));
        self.paragraph(self.word(Word::Lead));
        self.paragraph(self.word(Word::Signs));
        self.paragraph(&format!("*{}*", self.word(Word::Generated)));
    }

    fn title(&self, column: &ColumnHead) -> String {
        said(&column.reason, self.lang()).to_owned()
    }

    fn numbers(&mut self) {
        self.heading(2, self.word(Word::Numbers));
        let words = [
            Word::Column,
            Word::Cells,
            Word::Proved,
            Word::Summed,
            Word::Infinite,
            Word::Divergent,
            Word::Stuck,
            Word::Enclosed,
            Word::Estimated,
            Word::Sampled,
        ];
        self.table_head(&words.map(|w| self.word(w).to_owned()), "--:");
        for column in &self.view.columns {
            let own = tally(self.view.of(&column.name, false));
            self.row(&counted(self.title(column), own));
            let pairs = tally(self.view.of(&column.name, true));
            if pairs.cells > 0 {
                let title = filled(Word::AcrossFamilies, self.lang(), &[&self.title(column)]);
                self.row(&counted(title, pairs));
            }
        }
        self.out += "\n";
        if let Some(t) = self.view.times() {
            let values = [t.median, t.ninth, t.longest].map(|v| format!("{v:.0}"));
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let text = filled(Word::Times, self.lang(), &values);
            self.paragraph(&format!("{}\n\n{text}\n\n{}", TIMES.0, TIMES.1));
        }
    }

    fn families(&mut self) {
        let columns: Vec<&ColumnHead> = self.view.columns.iter().collect();
        self.heading(2, self.word(Word::Families));
        self.paragraph(self.word(Word::FamiliesLead));
        let mut head = vec![self.word(Word::Family).to_owned()];
        head.extend(columns.iter().map(|c| self.title(c)));
        self.table_head(&head, ":-:");
        let known = self.view.signs();
        for family in &self.view.families {
            let name = family.name.as_str();
            let signs = columns.iter().map(|c| {
                let cell = known.get(&(c.name.as_str(), name, name));
                cell.map_or(" ", String::as_str).to_owned()
            });
            let signs: Vec<String> = signs.collect();
            let shown = match self.view.cells.iter().any(|c| self.is_listed(c, &family.name)) {
                true => format!("[{name}](#{})", name.to_lowercase()),
                false => name.to_owned(),
            };
            self.row(&std::iter::once(shown).chain(signs).collect::<Vec<_>>());
        }
        self.out += "\n";
    }

    /// A matrix for each column that was tried across families. Its columns have numbers, those of the rows.
    fn pairs(&mut self) {
        let known = self.view.signs();
        for column in self.view.columns.iter().filter(|c| c.across) {
            if tally(self.view.of(&column.name, true)).cells == 0 {
                continue;
            }
            let title = self.title(column);
            self.heading(2, &filled(Word::Pairs, self.lang(), &[&title]));
            self.paragraph(self.word(Word::PairsLead));
            let numbers = (1..=self.view.families.len()).map(|n| n.to_string());
            let head: Vec<String> = std::iter::once(String::new()).chain(numbers).collect();
            self.table_head(&head, ":-:");
            for (n, first) in self.view.families.iter().enumerate() {
                let sign = |second: &Symbol| {
                    let place = (column.name.as_str(), first.name.as_str(), second.as_str());
                    known.get(&place).map_or(" ", String::as_str).to_owned()
                };
                let signs = self.view.families.iter().map(|second| sign(&second.name));
                let row: Vec<String> =
                    std::iter::once(format!("{} {}", n + 1, first.name)).chain(signs).collect();
                self.row(&row);
            }
            self.out += "\n";
        }
    }

    /// Whether a cell stands below the heading of a family.
    fn is_listed(&self, cell: &Cell, family: &Symbol) -> bool {
        let shown = match cell.is_across() {
            true => cell.standing == Standing::Proved,
            false => matches!(cell.standing, Standing::Proved | Standing::Infinite),
        };
        shown && cell.families.first() == Some(family)
    }

    fn closed_forms(&mut self) {
        self.heading(2, self.word(Word::ClosedForms));
        if self.view.cells.iter().any(|c| c.evidence.is_some()) {
            self.paragraph(self.word(Word::ClosedFormsLead));
        }
        for family in &self.view.families {
            let all: Vec<&Cell> =
                self.view.cells.iter().filter(|c| self.is_listed(c, &family.name)).collect();
            if all.is_empty() {
                continue;
            }
            self.heading(3, family.name.as_str());
            self.paragraph(&capitalised(said(&family.reason, self.lang())));
            let (across, own): (Vec<&Cell>, Vec<&Cell>) = all.iter().partition(|c| c.is_across());
            own.iter().for_each(|c| self.closed_form(c));
            if !own.is_empty() {
                self.out += "\n";
            }
            if !across.is_empty() {
                self.paragraph(self.word(Word::FromHere));
                across.iter().for_each(|c| self.closed_form(c));
                self.out += "\n";
            }
        }
    }

    fn term(&self, t: &Term) -> String {
        cut(&unicode(t, &self.options.notation), LONGEST)
    }

    fn closed_form(&mut self, cell: &Cell) {
        let (Some(statement), Some(result)) = (&cell.statement, &cell.result) else { return };
        let line = format!("`{} = {}`", self.term(statement), self.term(result));
        let mut notes = self.notes(cell);
        if let Some(e) = cell.evidence {
            let kinds = [(e.enclosed, "e"), (e.estimated, "q"), (e.sampled, "s")];
            let kinds: Vec<&str> = kinds.iter().filter(|(has, _)| *has).map(|(_, k)| *k).collect();
            notes.extend((!kinds.is_empty()).then(|| kinds.join(" ")));
        }
        let notes =
            if notes.is_empty() { String::new() } else { format!(" · {}", notes.join(" · ")) };
        self.out += &format!("- {line}{notes}\n");
    }

    /// What is assumed, and what both have in common.
    fn notes(&self, cell: &Cell) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(name) = &cell.shared {
            notes.push(filled(
                Word::Same,
                self.lang(),
                &[&format!("`{}`", self.term(&Term::symbol(name.clone())))],
            ));
        }
        if !cell.given.is_empty() {
            let given: Vec<String> =
                cell.given.iter().map(|t| format!("`{}`", self.term(t))).collect();
            notes.push(filled(Word::Where, self.lang(), &[&given.join(", ")]));
        }
        notes
    }

    fn open(&mut self) {
        let open: Vec<&Cell> =
            self.view.cells.iter().filter(|c| c.standing == Standing::Stuck).collect();
        if open.is_empty() {
            return;
        }
        self.heading(2, self.word(Word::Open));
        self.paragraph(self.word(Word::OpenLead));
        for cell in open {
            let Some(statement) = &cell.statement else { continue };
            let mut line = format!("- `{}`", self.term(statement));
            if let Some(message) = &cell.message {
                let message = cut(said(message, self.lang()), LONGEST_MESSAGE);
                line += &format!(": {}", one_line(&message));
            }
            line += "; ";
            line += &match &cell.number {
                Some(n) => {
                    let at: Vec<String> = n
                        .point
                        .iter()
                        .map(|(name, v)| {
                            format!(
                                "{} = {}",
                                self.term(&Term::symbol(name.clone())),
                                digits(*v, 4)
                            )
                        })
                        .collect();
                    let value = digits(n.value, 6);
                    let at = match at.is_empty() {
                        true => String::new(),
                        false => filled(Word::At, self.lang(), &[&at.join(", ")]),
                    };
                    filled(Word::About, self.lang(), &[&value]) + &at
                }
                None => self.word(Word::NoNumber).to_owned(),
            };
            self.out += &line;
            self.out += "\n";
        }
        self.out += "\n";
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn counted(title: String, t: Tally) -> Vec<String> {
    let numbers = [
        t.cells,
        t.proved,
        t.summed,
        t.infinite,
        t.divergent,
        t.stuck,
        t.enclosed,
        t.estimated,
        t.sampled,
    ];
    std::iter::once(title).chain(numbers.map(|n| n.to_string())).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// A message in one line, whose signs mean nothing in Markdown.
fn one_line(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    let mut out = String::new();
    for c in text.join(" ").chars() {
        if matches!(c, '*' | '_' | '|' | '<' | '>' | '[' | ']' | '\\' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
