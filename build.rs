//! Puts the font for mathematics where the command can include it.
//!
//! The crate that carries the font carries sixteen others. Taken as a dependency of the command it would put all of them into the
//! program, 8 MB; taken here, one file of 1.3 MB is copied out of it.

#[cfg(feature = "cli")]
fn main() {
    let name: Vec<u8> = "NewCMMath-Book".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let font = typst_assets::fonts()
        .find(|font| font.windows(name.len()).any(|w| w == name))
        .expect("typst-assets carries NewCMMath-Book");
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let file = std::path::Path::new(&folder).join("NewCMMath-Book.otf");
    std::fs::write(file, font).expect("OUT_DIR can be written to");
    println!("cargo::rerun-if-changed=build.rs");
}

#[cfg(not(feature = "cli"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
