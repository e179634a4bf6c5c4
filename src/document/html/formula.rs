//! Formulas of the author in a page.

/// A formula in LaTeX as markup; the reason where it cannot be set.
pub fn prose(latex: &str, _display: bool) -> Result<String, String> {
    Err(latex.to_owned())
}
