//! What a reader plays with: parameters as sliders, the value of the closed form, and the curves that the script draws.

use super::super::page::Study;
use super::super::report::Report;
use super::write::Writer;

impl Writer<'_> {
    pub fn study(&mut self, _study: &Study, _report: &Report, _anchor: &str) {}
}
