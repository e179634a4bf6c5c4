//! `hence mdbook`: a preprocessor of mdBook. The book comes on standard input, and goes to standard output with what its `hence` blocks
//! came to: HTML in books for the web, Markdown in all others. A statement that does not hold keeps the book from being built.

use std::io::Read;

use hence::diagnostic::{Diagnostic, Span};
use hence::document;
use hence::document::page::{Page, RawHtml};
use hence::document::{Lang, Options};
use hence::syntax::literate::blocks;
use serde_json::Value;

use super::arguments::{BuildArguments, Language, MdbookArguments, MdbookCommand};
use super::build::{Sourced, decided, page};
use super::context::Session;
use super::documents;
use super::exit::Exit;
use super::source::Source;

/// The largest book that is read.
const LARGEST: u64 = 256 << 20;

/// The renderer by which mdBook tests whether a preprocessor refuses any.
const UNSUPPORTED: &str = "not-supported";

/// Runs the command.
pub fn run(arguments: &MdbookArguments, session: &mut Session) -> Exit {
    if let Some(MdbookCommand::Supports { renderer }) = &arguments.command {
        return Exit::of(renderer != UNSUPPORTED);
    }
    let Some((context, mut book)) = read(session) else { return Exit::Unreadable };
    let settings = Settings::of(&context, session);
    let mut chapters = Vec::new();
    sections(&mut book, &mut |chapter| chapters.extend(sourced(chapter, &settings, session)));
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let open: Vec<usize> = (0..chapters.len()).collect();
    let answers = decided(&chapters, &open, &settings.building(), session);
    let mut assembled = Vec::new();
    for (chapter, answers) in chapters.iter().zip(answers) {
        let done = page(chapter, answers, RawHtml::AsText, &session.theory);
        session.problems.extend(&chapter.document.source, done.problems);
        assembled.push((done.page, done.wrong));
    }
    session.limits.idle();
    if !session.problems.is_empty() {
        return Exit::Unreadable;
    }
    let wrong: Vec<String> = assembled.iter().flat_map(|(_, wrong)| wrong.clone()).collect();
    for line in &wrong {
        session.output.error(&format!("{line}\n"));
    }
    if !wrong.is_empty() {
        return Exit::Fails;
    }
    let mut written = assembled.into_iter().map(|(page, _)| settings.text(&page));
    sections(&mut book, &mut |chapter| {
        let content = chapter.get_mut("content");
        if let Some(Value::String(content)) = content
            && has_blocks(content)
        {
            *content = written.next().unwrap_or_default();
        }
    });
    session.output.line(&book.to_string());
    Exit::Holds
}

/// The context and the book that mdBook hands over.
fn read(session: &mut Session) -> Option<(Value, Value)> {
    let mut text = String::new();
    let done = std::io::stdin().lock().take(LARGEST).read_to_string(&mut text);
    let parsed = match done {
        Ok(_) => serde_json::from_str::<(Value, Value)>(&text).map_err(|e| e.to_string()),
        Err(e) => Err(e.to_string()),
    };
    match parsed {
        Ok(both) => Some(both),
        Err(why) => {
            let message = format!("this is no book: {why}");
            let problem = Diagnostic::new("E0644", Span::default(), message)
                .hint("mdBook runs this command; write `[preprocessor.hence]` in book.toml");
            session.problems.about("<standard input>", problem);
            None
        }
    }
}

/// What the book says of itself and of this preprocessor.
struct Settings {
    html: bool,
    src: String,
    options: Options,
}

impl Settings {
    fn of(context: &Value, session: &Session) -> Self {
        let text = |place: &str| context.pointer(place).and_then(Value::as_str);
        let own = text("/config/preprocessor/hence/lang");
        let chinese =
            own.or_else(|| text("/config/book/language")).is_some_and(|l| l.starts_with("zh"));
        let detail = context.pointer("/config/preprocessor/hence/detail").and_then(Value::as_u64);
        let detail = detail.map_or(0, |d| d.min(2) as u8);
        let lang = if chinese { Lang::Zh } else { Lang::En };
        Self {
            html: text("/renderer") == Some("html"),
            src: text("/config/book/src").unwrap_or("src").to_owned(),
            options: session.options(lang, detail, None),
        }
    }

    /// What a build of the chapters would be asked for.
    fn building(&self) -> BuildArguments {
        BuildArguments {
            lang: if self.options.lang == Lang::Zh { Language::Zh } else { Language::En },
            detail: self.options.detail,
            no_cache: true,
            ..BuildArguments::default()
        }
    }

    fn text(&self, page: &Page) -> String {
        let options = page.options(&self.options);
        match self.html {
            true => document::page_embedded(page, &options),
            false => document::page_markdown(page, &options),
        }
    }
}

fn has_blocks(content: &str) -> bool {
    !blocks(content).is_empty()
}

/// A chapter that holds statements, as a document.
fn sourced(chapter: &mut Value, settings: &Settings, session: &mut Session) -> Option<Sourced> {
    let content = chapter.get("content").and_then(Value::as_str).filter(|c| has_blocks(c))?;
    let file = chapter.get("source_path").or_else(|| chapter.get("path")).and_then(Value::as_str);
    let path = file.unwrap_or("chapter.md");
    let name = format!("{}/{path}", settings.src.trim_end_matches('/'));
    session.limits.begin(name.clone());
    let document = documents::read_text(Source::named(&name, content), true, session);
    let path = path.trim_end_matches(".md").to_owned();
    Some(Sourced { file: name.into(), path, document })
}

/// Every chapter of the book, in order: `sections` up to mdBook 0.4, `items` from 0.5 on.
fn sections(book: &mut Value, each: &mut impl FnMut(&mut Value)) {
    for list in ["sections", "items", "sub_items"] {
        let Some(items) = book.get_mut(list).and_then(Value::as_array_mut) else { continue };
        for item in items {
            if let Some(chapter) = item.get_mut("Chapter") {
                each(chapter);
                sections(chapter, each);
            }
        }
    }
}
