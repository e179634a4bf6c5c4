//! What a reader plays with: parameters as sliders, the value of the closed form, and the curves that the script draws.
//!
//! The functions are JavaScript made from the terms, which holds no word of the author's; the policy of the page allows
//! them by their digest.

use super::super::javascript::{condition, expression};
use super::super::page::{Curve, Slider, Study};
use super::super::phrases::Phrase;
use super::super::report::Report;
use super::super::unicode;
use super::write::{Mode, Writer, escape};
use crate::term::{Symbol, Term};

impl Writer<'_> {
    /// Nothing, where the closed form cannot be computed on a page.
    pub fn study(&mut self, study: &Study, report: &Report, anchor: &str) {
        if self.mode == Mode::Still {
            return;
        }
        let Some(functions) = functions(study) else { return };
        let name = serde_json::Value::from(anchor).to_string().replace('<', "\\u003c");
        self.script += &format!("(window.henceStudy ||= {{}})[{name}] = {functions};\n");
        let id = escape(anchor);
        // Of no use without the script, which puts it in.
        let content = self.folded(|w| w.controls(study, report, &id));
        self.raw(&format!(
            "<div class=\"study\" data-study=\"{id}\" data-x=\"{content}\"></div>\n"
        ));
    }

    fn controls(&mut self, study: &Study, report: &Report, id: &str) {
        self.raw("<span class=\"label\">");
        self.word(Phrase::TryIt);
        self.raw("</span>\n<div class=\"sliders\">\n");
        study.sliders.iter().enumerate().for_each(|(i, s)| self.slider(id, i, s));
        self.raw("</div>\n<p class=\"value\"><span>");
        self.formula(report.measured());
        self.raw(" = </span><output></output></p>\n");
        if !study.curves.is_empty() {
            self.legend(id, study);
            self.raw("<div class=\"plot\"></div>\n");
        }
    }

    fn slider(&mut self, id: &str, index: usize, slider: &Slider) {
        let (low, high) = ends(slider);
        let Slider { start, step, .. } = slider;
        let spoken = unicode(&Term::symbol(slider.name.clone()), &self.options.notation);
        let spoken = escape(&spoken);
        self.raw(&format!("<div class=\"slider\"><label for=\"{id}.v{index}\">"));
        self.formula(&Term::symbol(slider.name.clone()));
        self.raw(&format!(
            "</label><input type=\"range\" aria-label=\"{spoken}\" id=\"{id}.v{index}\" min=\"{low}\" max=\"{high}\" step=\"{step}\" value=\"{start}\">\
             <input type=\"number\" aria-label=\"{spoken}\" step=\"{}\" value=\"{start}\"></div>\n",
            if step.fract() == 0.0 { "1" } else { "any" }
        ));
    }

    fn legend(&mut self, id: &str, study: &Study) {
        self.raw(&format!("<ul class=\"legend\" id=\"{id}.legend\">\n"));
        let mut densities = 0;
        for curve in &study.curves {
            let class = class(curve, densities);
            densities += usize::from(!curve.integrand);
            // As the script draws it: a line, or the level at an integer.
            let (area, line) = match (curve.integrand, study.discrete) {
                (true, false) => ("<rect class=\"above\" width=\"30\" height=\"10\"/>", "M0 5H30"),
                (true, true) => {
                    ("<rect class=\"above\" x=\"11\" y=\"1\" width=\"8\" height=\"9\"/>", "M11 1h8")
                }
                (false, false) => ("", "M0 5H30"),
                (false, true) => ("", "M11 5h8"),
            };
            self.raw(&format!(
                "<li><svg viewBox=\"0 0 30 10\" aria-hidden=\"true\">{area}<path class=\"curve {class}\" d=\"{line}\"/></svg>"
            ));
            self.formula(&curve.shown);
            self.raw(" ");
            self.both(&curve.label);
            self.raw("</li>\n");
        }
        if study.curves.iter().any(|c| c.integrand) {
            self.raw("<li class=\"area\">");
            self.word(Phrase::AreaBelow);
            self.raw(" <output></output></li>\n");
        }
        self.raw("</ul>\n");
    }
}

/// The class of a curve in the style sheet.
fn class(curve: &Curve, before: usize) -> String {
    if curve.integrand { "ci".into() } else { format!("c{}", before % 3) }
}

/// The ends of a slider: an end that is not admissible is one step away.
fn ends(slider: &Slider) -> (f64, f64) {
    let Slider { low, high, step, open, .. } = slider;
    if *open { (low + step, high - step) } else { (*low, *high) }
}

/// The functions of a study, as an object in JavaScript.
fn functions(study: &Study) -> Option<String> {
    let names: Vec<Symbol> = study.sliders.iter().map(|s| s.name.clone()).collect();
    let value = expression(&study.closed, &names, None)?;
    let admissible = study.admissible.iter().filter_map(|r| condition(r, &names));
    let mut admissible: Vec<String> = admissible.map(|code| format!("v => {code}")).collect();
    let whole = study.sliders.iter().enumerate().filter(|(_, s)| s.step.fract() == 0.0);
    admissible.extend(whole.map(|(i, _)| format!("v => Number.isInteger(v[{i}])")));
    let mut fields =
        vec![format!("value: v => {value}"), format!("admissible: [{}]", admissible.join(", "))];
    if let Some(variable) = &study.variable {
        let mut curves = Vec::new();
        let mut densities = 0;
        for curve in &study.curves {
            let code = expression(&curve.formula, &names, Some(variable))?;
            let class = class(curve, densities);
            densities += usize::from(!curve.integrand);
            curves.push(format!("{{of: (v, x) => {code}, style: \"{class}\"}}"));
        }
        let (low, high) = study.window;
        fields.push(format!("window: [{low}, {high}], discrete: {}", study.discrete));
        if let Some((low, high)) = &study.support {
            let ends = [low, high].map(|end| expression(end, &names, None));
            if let [Some(low), Some(high)] = ends {
                fields.push(format!("low: v => {low}, high: v => {high}"));
            }
        }
        fields.push(format!("curves: [{}]", curves.join(", ")));
    }
    Some(format!("{{{}}}", fields.join(", ")))
}
