//! The font for mathematics that stands beside HTML pages: New Computer Modern Math, which has the tall delimiters, the integrals
//! and the italic letters that fonts for text lack. It is under the GUST Font License, as its own name table says.

/// The name of the font's file.
pub const MATH_FONT_FILE: &str = "NewCMMath-Book.otf";

/// The font, in OpenType.
pub fn math_font() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/NewCMMath-Book.otf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_one_for_mathematics() {
        let font = math_font();
        assert_eq!(&font[..4], b"OTTO");
        assert!(font[..400].windows(4).any(|w| w == b"MATH"), "no table for mathematics");
        assert!((1_000_000..2_000_000).contains(&font.len()), "{}", font.len());
    }
}
