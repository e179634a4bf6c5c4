//! Diagnostics of all files, shown in one go: `file:line:column`, code, the line with the place marked, and advice.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};
use hence::diagnostic::{Diagnostic, Span};

use super::source::Source;

/// Diagnostics of one file beyond these are counted, not shown.
const MOST: usize = 50;

/// Lines shown around a place.
const AROUND: usize = 1;

/// A diagnostic with its place.
pub struct Trouble {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Trouble {
    fn of(file: String, (line, column): (usize, usize), d: &Diagnostic) -> Self {
        let (message, hint) = (d.message.clone(), d.hint.clone());
        Self { file, line, column, code: d.code, message, hint }
    }
}

/// Everything that was wrong with the input, in the order of reading.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<(Arc<Source>, Vec<Diagnostic>)>,
    whole: Vec<(String, Diagnostic)>,
    told: bool,
}

impl Problems {
    /// Notes diagnostics about a text.
    pub fn extend(&mut self, source: &Arc<Source>, mut diagnostics: Vec<Diagnostic>) {
        if !diagnostics.is_empty() {
            diagnostics.sort_by_key(|d| d.span.start);
            self.found.push((Arc::clone(source), diagnostics));
        }
    }

    /// Notes a diagnostic about a file as a whole.
    pub fn about(&mut self, name: impl Into<String>, diagnostic: Diagnostic) {
        self.whole.push((name.into(), diagnostic));
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.whole.is_empty()
    }

    /// All of them as plain data, in the order of [`Problems::render`].
    pub fn all(&self) -> Vec<Trouble> {
        let whole = self.whole.iter().map(|(name, d)| Trouble::of(name.clone(), (1, 1), d));
        let placed = self.found.iter().flat_map(|(source, all)| {
            let at = |d: &Diagnostic| source.position(d.span.start);
            all.iter().take(MOST).map(move |d| Trouble::of(source.name.clone(), at(d), d))
        });
        whole.chain(placed).collect()
    }

    /// They were shown elsewhere, and are not rendered any more.
    pub fn are_told(&mut self) {
        self.told = true;
    }

    /// All of them as text.
    pub fn render(&self, colour: bool) -> String {
        if self.told {
            return String::new();
        }
        let renderer = match colour {
            true => Renderer::styled().decor_style(DecorStyle::Unicode),
            false => Renderer::plain(),
        };
        let mut out = String::new();
        for (name, diagnostic) in &self.whole {
            out += &renderer.render(&[without_place(name, diagnostic)]);
            out += "\n\n";
        }
        for (source, diagnostics) in &self.found {
            for diagnostic in diagnostics.iter().take(MOST) {
                out += &renderer.render(&[with_place(source, diagnostic)]);
                out += "\n\n";
            }
            if diagnostics.len() > MOST {
                out += &format!("{}: {} more\n\n", source.name, diagnostics.len() - MOST);
            }
        }
        out
    }
}

fn without_place<'a>(name: &'a str, diagnostic: &'a Diagnostic) -> Group<'a> {
    let group = title(diagnostic).element(Origin::path(name));
    advised(group, diagnostic)
}

fn title(diagnostic: &Diagnostic) -> annotate_snippets::Title<'_> {
    Level::ERROR.primary_title(printable(&diagnostic.message)).id(diagnostic.code)
}

fn advised<'a>(group: Group<'a>, diagnostic: &Diagnostic) -> Group<'a> {
    match &diagnostic.hint {
        Some(hint) => group.element(Level::HELP.message(printable(hint))),
        None => group,
    }
}

/// The lines around the place and its companions, so that a large file costs nothing.
fn with_place<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> Group<'a> {
    let text = &source.text;
    let spans = std::iter::once(diagnostic.span).chain(diagnostic.secondary.iter().map(|s| s.0));
    let spans: Vec<Range<usize>> = spans.map(|s| on_boundaries(text, s)).collect();
    let start = spans.iter().map(|s| s.start).min().unwrap_or(0);
    let end = spans.iter().map(|s| s.end).max().unwrap_or(0);
    let window = window(text, start, end);
    let inside = |s: &Range<usize>| s.start - window.start..s.end - window.start;
    let mut snippet = Snippet::source(&text[window.clone()])
        .path(source.name.as_str())
        .line_start(text[..window.start].matches('\n').count() + 1)
        .annotation(marked(AnnotationKind::Primary, inside(&spans[0]), &diagnostic.label));
    for ((_, label), span) in diagnostic.secondary.iter().zip(&spans[1..]) {
        snippet = snippet.annotation(marked(AnnotationKind::Context, inside(span), label));
    }
    advised(title(diagnostic).element(snippet), diagnostic)
}

fn marked<'a>(kind: AnnotationKind, span: Range<usize>, label: &str) -> Annotation<'a> {
    let annotation = kind.span(span);
    if label.is_empty() { annotation } else { annotation.label(printable(label)) }
}

/// Whole lines from just before `start` to just after `end`.
fn window(text: &str, start: usize, end: usize) -> Range<usize> {
    let mut low = start;
    for _ in 0..=AROUND {
        low = text[..low.saturating_sub(1)].rfind('\n').map_or(0, |n| n + 1);
    }
    let mut high = end;
    for _ in 0..=AROUND {
        high = text[high..].find('\n').map_or(text.len(), |n| high + n + 1);
    }
    low..high
}

/// The span cut to the text and moved to whole characters.
fn on_boundaries(text: &str, span: Span) -> Range<usize> {
    let down = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = down(span.start);
    start..down(span.end).max(start)
}

/// Text of the input that goes into a message, with control characters made visible, on one line.
fn printable(text: &str) -> String {
    normalize_untrusted_str(text).replace('\n', " ")
}
