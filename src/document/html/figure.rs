//! Figures, drawn in the page.

use super::super::page::Picture;
use super::write::{Writer, escape};

impl Writer<'_> {
    pub fn figure(&mut self, picture: &Picture, index: usize) {
        let (title, desc) = (escape(&picture.title), escape(&picture.desc));
        self.raw("<figure>\n");
        if self.packs {
            // The file beside the page; browsers draw it in the page's choice of light or dark.
            let file = escape(&picture.file);
            self.raw(&format!("<img src=\"{file}\" alt=\"{title}. {desc}\">"));
        } else {
            let drawing = named(&without_styles(&picture.svg), index);
            self.raw(&drawing);
        }
        self.raw(&format!("\n<figcaption>{title}</figcaption>\n</figure>\n"));
    }
}

/// A drawing that takes its ink from the page: without the styles that it has for itself alone.
fn without_styles(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg.trim();
    while let Some((before, after)) = rest.split_once("<style>") {
        out += before;
        rest = after.split_once("</style>").map_or("", |(_, after)| after);
    }
    out + rest
}

/// The drawing with its title and description as its name.
fn named(svg: &str, index: usize) -> String {
    let title = format!("fig{index}-title");
    let desc = format!("fig{index}-desc");
    let mut label = title.clone();
    let mut out = svg.replacen("<title>", &format!("<title id=\"{title}\">"), 1);
    if out.contains("<desc>") {
        out = out.replacen("<desc>", &format!("<desc id=\"{desc}\">"), 1);
        label = format!("{title}\" aria-describedby=\"{desc}");
    }
    out.replacen("<svg ", &format!("<svg aria-labelledby=\"{label}\" "), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_lose_their_styles_and_get_a_name() {
        let svg = "<svg x=\"1\"><title>a</title><desc>b</desc><style>c</style><path/></svg>";
        assert_eq!(
            named(&without_styles(svg), 3),
            "<svg aria-labelledby=\"fig3-title\" aria-describedby=\"fig3-desc\" x=\"1\"><title id=\"fig3-title\">a</title>\
             <desc id=\"fig3-desc\">b</desc><path/></svg>"
        );
    }
}
