//! The bundle of scripts and styles is made by `cargo xtask build`; without it the program still compiles, and its
//! pages come without style.

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new("../../assets/bundle");
    std::fs::create_dir_all(folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
