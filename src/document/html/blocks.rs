//! The author's text: blocks and pieces of lines.

use super::super::page::{Align, Block, Content, Inline, ListItem, Part, slug};
use super::super::{MathStyle, prose_math};
use super::write::{Writer, escape};

/// Whether a line is nothing but a picture that is a figure of the page.
fn is_drawn(line: &[Inline], parts: &[Part]) -> bool {
    let [Inline::Image { file, .. }] = line else { return false };
    parts.iter().any(|part| matches!(&part.content, Content::Figure(p) if p.file == *file))
}

impl Writer<'_> {
    pub fn blocks(&mut self, blocks: &[Block], parts: &[Part]) {
        blocks.iter().for_each(|b| self.block(b, parts));
    }

    fn block(&mut self, block: &Block, parts: &[Part]) {
        match block {
            Block::Heading { level, anchor, content } => self.heading(*level, anchor, content),
            // The page draws it where it is described.
            Block::Paragraph(line) if is_drawn(line, parts) => {}
            Block::Paragraph(line) => self.enclosed("p", line),
            Block::Quote(inner) => {
                self.raw("<blockquote>\n");
                self.blocks(inner, parts);
                self.raw("</blockquote>\n");
            }
            Block::List { start, items } => self.list(*start, items, parts),
            Block::Table { align, head, rows } => self.table(align, head, rows),
            Block::Code { lang, text } => {
                let class = if lang.is_empty() {
                    String::new()
                } else {
                    format!(" class=\"language-{}\"", escape(lang))
                };
                self.raw(&format!("<pre tabindex=\"0\"><code{class}>"));
                self.text(text);
                self.raw("</code></pre>\n");
            }
            Block::Formula(latex) => {
                self.raw("<div class=\"display\">");
                self.latex(latex, true);
                self.raw("</div>\n");
            }
            Block::Rule => self.raw("<hr>\n"),
            Block::Footnote(label, inner) => {
                let name = slug(label);
                self.raw(&format!(
                    "<aside class=\"note\" id=\"fn-{name}\"><a href=\"#fnref-{name}\">{}</a>\n",
                    escape(label)
                ));
                self.blocks(inner, parts);
                self.raw("</aside>\n");
            }
            Block::Translated { en, zh } => {
                for (lang, blocks) in [("en", en), ("zh", zh)] {
                    self.raw(&format!("<div lang=\"{lang}\">\n"));
                    self.blocks(blocks, parts);
                    self.raw("</div>\n");
                }
            }
            Block::Part(index) => {
                if let Some(part) = parts.get(*index) {
                    self.part(part, *index);
                }
            }
            Block::Raw(markup) => {
                self.raw(markup);
                self.raw("\n");
            }
        }
    }

    fn heading(&mut self, level: u8, anchor: &str, content: &[Inline]) {
        let (level, anchor) = (level.clamp(1, 6), escape(anchor));
        self.raw(&format!("<h{level} id=\"{anchor}\">"));
        self.line(content);
        self.raw(&format!("</h{level}>\n"));
    }

    fn enclosed(&mut self, tag: &str, line: &[Inline]) {
        self.raw(&format!("<{tag}>"));
        self.line(line);
        self.raw(&format!("</{tag}>\n"));
    }

    fn list(&mut self, start: Option<u64>, items: &[ListItem], parts: &[Part]) {
        let (open, close) = match start {
            None => ("<ul>\n".to_owned(), "</ul>\n"),
            Some(1) => ("<ol>\n".to_owned(), "</ol>\n"),
            Some(n) => (format!("<ol start=\"{n}\">\n"), "</ol>\n"),
        };
        self.raw(&open);
        for item in items {
            self.raw("<li>");
            match item.ticked {
                Some(true) => self.raw("☑ "),
                Some(false) => self.raw("☐ "),
                None => {}
            }
            match item.blocks.as_slice() {
                [Block::Paragraph(line)] => self.line(line),
                blocks => self.blocks(blocks, parts),
            }
            self.raw("</li>\n");
        }
        self.raw(close);
    }

    fn table(&mut self, align: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        self.raw("<div class=\"wide\" tabindex=\"0\" role=\"group\"><table>\n<thead>");
        self.row("th scope=\"col\"", "th", align, head);
        self.raw("</thead>\n<tbody>\n");
        rows.iter().for_each(|row| self.row("td", "td", align, row));
        self.raw("</tbody></table></div>\n");
    }

    fn row(&mut self, open: &str, close: &str, align: &[Align], cells: &[Vec<Inline>]) {
        self.raw("<tr>");
        for (i, cell) in cells.iter().enumerate() {
            let class = match align.get(i).copied().unwrap_or_default() {
                Align::Start => "",
                Align::Centre => " class=\"centre\"",
                Align::End => " class=\"end\"",
            };
            self.raw(&format!("<{open}{class}>"));
            self.line(cell);
            self.raw(&format!("</{close}>"));
        }
        self.raw("</tr>\n");
    }

    pub fn line(&mut self, line: &[Inline]) {
        line.iter().for_each(|piece| self.piece(piece));
    }

    fn piece(&mut self, piece: &Inline) {
        match piece {
            Inline::Text(text) => self.text(text),
            Inline::Code(text) => {
                self.raw("<code>");
                self.text(text);
                self.raw("</code>");
            }
            Inline::Formula(latex) => self.latex(latex, false),
            Inline::Display(latex) => self.latex(latex, true),
            Inline::Emphasis(inner) => self.within("em", inner),
            Inline::Strong(inner) => self.within("strong", inner),
            Inline::Struck(inner) => self.within("del", inner),
            Inline::Link { to, title, content } => self.link(to, title, content),
            Inline::Image { file, alt } => {
                let (file, alt) = (escape(file), escape(alt));
                self.raw(&format!("<img src=\"{file}\" alt=\"{alt}\">"));
            }
            Inline::Note(label) => {
                let name = slug(label);
                self.raw(&format!(
                    "<sup><a id=\"fnref-{name}\" href=\"#fn-{name}\">{}</a></sup>",
                    escape(label)
                ));
            }
            Inline::SoftBreak => self.raw("\n"),
            Inline::HardBreak => self.raw("<br>\n"),
            Inline::Raw(markup) => self.raw(markup),
        }
    }

    fn within(&mut self, tag: &str, line: &[Inline]) {
        self.raw(&format!("<{tag}>"));
        self.line(line);
        self.raw(&format!("</{tag}>"));
    }

    fn link(&mut self, to: &str, title: &str, content: &[Inline]) {
        let to = escape(&self.resolved(to));
        let title =
            if title.is_empty() { title.into() } else { format!(" title=\"{}\"", escape(title)) };
        let away = if to.contains("://") { " rel=\"noreferrer noopener\"" } else { "" };
        self.raw(&format!("<a href=\"{to}\"{title}{away}>"));
        self.line(content);
        self.raw("</a>");
    }

    /// A link to a source of the same build leads to its page.
    fn resolved(&self, to: &str) -> String {
        let (file, place) = to.find('#').map_or((to, ""), |at| to.split_at(at));
        match joined(&self.path, file).and_then(|source| self.links.pages.get(&source)) {
            Some(page) => format!("{}{page}{place}", self.links.root),
            None => to.to_owned(),
        }
    }

    /// A formula of the author; as code where it cannot be set.
    pub fn latex(&mut self, latex: &str, display: bool) {
        let style = if display { MathStyle::Display } else { MathStyle::Inline };
        match prose_math(latex, style) {
            Ok(markup) => self.raw(&markup),
            Err(_) => {
                self.raw("<code class=\"latex\">");
                self.text(latex);
                self.raw("</code>");
            }
        }
    }
}

/// The path of `file`, which is named in the page at `path`; `None` where it leads out of the top.
fn joined(path: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn files_are_named_from_the_page_on() {
        assert_eq!(joined("a/b", "c.md").as_deref(), Some("a/c.md"));
        assert_eq!(joined("a/b", "../c.md").as_deref(), Some("c.md"));
        assert_eq!(joined("b", "./d/c.md").as_deref(), Some("d/c.md"));
        assert_eq!(joined("b", "../c.md"), None);
    }
}
