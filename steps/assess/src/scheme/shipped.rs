//! The schemes that ship with the program (data/schemes).

use std::sync::LazyLock;

use super::Scheme;

/// The files, in the order of the menu.
const FILES: [&str; 4] = [
    include_str!("../../../../data/schemes/suggested.toml"),
    include_str!("../../../../data/schemes/uncapped.toml"),
    include_str!("../../../../data/schemes/jiaojiang-city.toml"),
    include_str!("../../../../data/schemes/jiaojiang-district.toml"),
];

static SHIPPED: LazyLock<Vec<(Scheme, &'static str)>> = LazyLock::new(|| {
    FILES.iter().map(|text| (Scheme::read(text).expect("the shipped schemes are tested"), *text)).collect()
});

/// The shipped schemes with their text.
pub fn shipped() -> &'static [(Scheme, &'static str)] {
    &SHIPPED
}
