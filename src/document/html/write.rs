//! The writer that the files of this folder share: text in both languages, formulas, links to rules.

use super::super::mathml::Style;
use super::super::options::{Lang, Options};
use super::super::phrases::{Phrase, bilingual};
use super::super::report::Bilingual;
use super::super::{Marks, build, lines, mathml, unicode};
use super::Links;
use super::data::{Data, reference};
use crate::term::Term;

/// Whether the page has the script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Finer steps are filled in when they are opened.
    Live,
    /// Everything stands in the page.
    Still,
}

/// HTML under construction.
pub struct Writer<'a> {
    pub links: &'a Links,
    pub options: &'a Options,
    pub mode: Mode,
    /// The page, from the top of the site, without a suffix.
    pub path: String,
    pub out: String,
    /// What the script of the page reads.
    pub data: Data,
    /// Whether what is written is folded away, so that its formulas are references.
    folding: bool,
    /// Whether the page is large, so that what stands in it is packed as well.
    pub packs: bool,
    /// Functions of the page, which its policy allows by their digest.
    pub script: String,
}

impl<'a> Writer<'a> {
    pub fn new(links: &'a Links, options: &'a Options, mode: Mode) -> Self {
        let (path, out, script) = Default::default();
        Self {
            links,
            options,
            mode,
            path,
            out,
            data: Data::default(),
            folding: false,
            packs: false,
            script,
        }
    }

    /// Markup of our own.
    pub fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// Text from elsewhere.
    pub fn text(&mut self, text: &str) {
        self.out.push_str(&escape(text));
    }

    /// Text from elsewhere, in both languages.
    pub fn both(&mut self, text: &Bilingual) {
        let text = self.in_languages(text);
        self.out.push_str(&text);
    }

    /// A fixed phrase.
    pub fn word(&mut self, phrase: Phrase) {
        self.both(&bilingual(phrase));
    }

    /// A page without a script shows the language that was asked for alone.
    pub fn in_languages(&self, text: &Bilingual) -> String {
        match (self.mode, self.options.lang) {
            (Mode::Still, Lang::Zh) if !text.zh.is_empty() => escape(&text.zh),
            (Mode::Still, _) => escape(&text.en),
            (Mode::Live, _) => both(text),
        }
    }

    /// A formula within a line.
    pub fn formula(&mut self, term: &Term) {
        self.math(term, &Marks::default(), Style::Inline);
    }

    /// A formula on a line of its own, with what a step changes; it may go on in the next one.
    pub fn display(&mut self, term: &Term, marks: &Marks) {
        self.out.push_str("<div class=\"f\">");
        self.math(term, marks, Style::Display);
        self.out.push_str("</div>");
    }

    /// What is folded away refers to the table of formulas; on a large page so does what stands in it, and shows a line of
    /// text until the script has put the formula in.
    fn math(&mut self, term: &Term, marks: &Marks, style: Style) {
        let notation = &self.options.notation;
        let attributes = if style == Style::Display { " displaystyle=\"true\"" } else { "" };
        let text = if self.folding || self.packs {
            let formulas = &mut self.data.formulas;
            let place = match style {
                Style::Inline => formulas.formula(term, marks, notation),
                Style::Display => formulas.broken(term, marks, notation),
            };
            if self.folding {
                format!("<math{attributes}>{}</math>", reference(place))
            } else {
                let text = escape(&unicode(term, notation));
                format!("<math{attributes} data-f=\"{place}\"><mtext>{text}</mtext></math>")
            }
        } else {
            // The markup itself is what assistive software reads.
            let layout = build::layout(term, marks, notation);
            let markup = match style {
                Style::Inline => mathml::print(&layout),
                Style::Display => mathml::print_pieces(&lines::parts(&layout), None),
            };
            format!("<math{attributes}>{markup}</math>")
        };
        self.out.push_str(&text);
    }

    /// Details below a line. Where there is a script their content comes when they are opened.
    pub fn details(
        &mut self,
        class: &str,
        is_open: bool,
        summary: impl FnOnce(&mut Self),
        content: impl FnOnce(&mut Self),
    ) {
        let fold = self.mode == Mode::Live && !self.folding && !is_open;
        let place = self.out.len() + "<details".len();
        let open = if is_open { " open" } else { "" };
        self.raw(&format!("<details class=\"{class}\"{open}><summary>"));
        summary(self);
        self.raw("</summary>");
        if fold {
            let index = self.folded(content);
            self.out.insert_str(place, &format!(" data-x=\"{index}\""));
        } else {
            content(self);
        }
        self.raw("</details>\n");
    }

    /// The place in the data of what the script puts in.
    pub fn folded(&mut self, content: impl FnOnce(&mut Self)) -> usize {
        let outside = std::mem::take(&mut self.out);
        let was_folding = std::mem::replace(&mut self.folding, true);
        content(self);
        self.folding = was_folding;
        let inside = std::mem::replace(&mut self.out, outside);
        self.data.fold(inside)
    }

    /// The id of a rule, leading to its page where it has one.
    pub fn rule(&mut self, id: &str) {
        let text = escape(id);
        if self.links.rules.contains(id) {
            let root = &self.links.root;
            let link = format!("<a class=\"rule\" href=\"{root}rules/{text}.html\">{text}</a>");
            self.out.push_str(&link);
        } else {
            self.out.push_str(&format!("<code class=\"rule\">{text}</code>"));
        }
    }
}

/// Text from elsewhere in both languages, of which the style sheet shows one.
pub fn both(text: &Bilingual) -> String {
    let en = escape(&text.en);
    if text.zh.is_empty() || text.zh == text.en {
        return en;
    }
    format!("<span lang=\"en\">{en}</span><span lang=\"zh\">{}</span>", escape(&text.zh))
}

/// Text in which HTML sees nothing of its own, in an attribute as well. Controls that no document may hold are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // The script takes these for references to formulas.
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && !c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}
