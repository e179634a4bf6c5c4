//! The whole document around the content of a page: head, policy, head line, switches.

use super::super::options::Lang;
use super::super::phrases::{Phrase, bilingual, pick};
use super::super::report::Bilingual;
use super::{ASSETS, Assets, both, code, digest, escape};

/// A page before it is put together.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// What it is called.
    pub title: Bilingual,
    /// From the page to the top of the site.
    pub root: &'a str,
    /// Where style sheet and script are.
    pub assets: Assets,
    /// The language that it opens in.
    pub lang: Lang,
    /// Entries of the head line, from the top of the site.
    pub nav: &'a [(String, Bilingual)],
    /// The content, as HTML.
    pub body: &'a str,
    /// A script of the page's own.
    pub script: &'a str,
    /// What the script reads, in base 64.
    pub data: Option<String>,
}

/// The page.
pub fn frame(page: &Frame<'_>) -> String {
    let lang = code(page.lang);
    let title = escape(pick(&page.title, page.lang));
    let names = titles(&page.title);
    let (head, policy) = assets(page);
    let policy = escape(&policy);
    let nav = navigation(page);
    let body = page.body;
    let data = page.data.as_ref().map(data).unwrap_or_default();
    let skip = both(&bilingual(Phrase::SkipToContent));
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" data-lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title{names}>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n{head}</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">{skip}</a>\n{nav}\
         <main id=\"main\" tabindex=\"-1\">\n{body}</main>\n{data}</body>\n</html>\n"
    )
}

/// The title in both languages, for the script, where they differ.
fn titles(title: &Bilingual) -> String {
    let Bilingual { en, zh } = title;
    match zh.is_empty() || zh == en {
        true => String::new(),
        false => format!(" data-en=\"{}\" data-zh=\"{}\"", escape(en), escape(zh)),
    }
}

/// Style sheet and scripts, and the policy that allows them and nothing else.
fn assets(page: &Frame<'_>) -> (String, String) {
    let [(css_name, css), (js_name, js), (special_name, special)] = ASSETS;
    // Functions of formulas, for pages that compute some.
    let computes = page.script.contains("special.");
    let mut scripts = Vec::new();
    let mut styles = Vec::new();
    let mut head = String::new();
    match page.assets {
        Assets::Beside => {
            let root = escape(page.root);
            scripts.push("'self'".to_owned());
            styles.push("'self'".to_owned());
            head += &format!("<link rel=\"stylesheet\" href=\"{root}assets/{css_name}\">\n");
            head += &format!("<script src=\"{root}assets/{js_name}\"></script>\n");
            if computes {
                head += &format!("<script src=\"{root}assets/{special_name}\"></script>\n");
            }
        }
        Assets::Inline => {
            // There is no font beside it.
            let css = without_font(css);
            scripts.push(digest::source(js));
            styles.push(digest::source(&css));
            head += &format!("<style>{css}</style>\n<script>{js}</script>\n");
            if computes {
                scripts.push(digest::source(special));
                head += &format!("<script>{special}</script>\n");
            }
        }
    }
    if !page.script.is_empty() {
        scripts.push(digest::source(page.script));
        head += &format!("<script>{}</script>\n", page.script);
    }
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; font-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'",
        scripts.join(" "),
        styles.join(" ")
    );
    (head, policy)
}

/// A style sheet without the rule that looks for a font beside the page.
fn without_font(css: &str) -> String {
    let rule = css.find("@font-face").and_then(|start| {
        let length = css[start..].find('}')? + 1;
        Some(start..start + length)
    });
    match rule {
        Some(rule) => format!("{}{}", &css[..rule.start], css[rule.end..].trim_start()),
        None => css.to_owned(),
    }
}

fn navigation(page: &Frame<'_>) -> String {
    let root = escape(page.root);
    let entries = page
        .nav
        .iter()
        .map(|(to, words)| format!("<a href=\"{root}{}\">{}</a>\n", escape(to), both(words)));
    let label = escape(pick(&bilingual(Phrase::Site), page.lang));
    let theme = both(&bilingual(Phrase::Theme));
    let keys = both(&bilingual(Phrase::Keys));
    format!(
        "<header class=\"top\"><nav aria-label=\"{label}\">\n{}</nav>\n<div class=\"switches\">\
         <button type=\"button\" class=\"keys\">{keys}</button>\
         <button type=\"button\" class=\"theme\">{theme}</button>\
         <button type=\"button\" class=\"lang\"><span lang=\"en\"><span lang=\"zh\" class=\"other\">中文</span></span>\
         <span lang=\"zh\"><span lang=\"en\" class=\"other\">English</span></span></button></div></header>\n",
        entries.collect::<String>()
    )
}

/// Data are no markup: base 64 has no character with a meaning to HTML.
fn data(packed: &String) -> String {
    format!("<script type=\"text/plain\" id=\"data\">{packed}</script>\n")
}
