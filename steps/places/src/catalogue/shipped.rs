//! The files that ship with the program.

use std::sync::LazyLock;

use super::Catalogue;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../../data/catalogue/", $name)))),+]
    };
}

/// Archetypes first, then the domains in the order of the numbers.
pub(super) const FILES: [(&str, &str); 16] = files![
    "archetypes.toml",
    "core.toml",
    "health.toml",
    "security.toml",
    "elderly.toml",
    "children.toml",
    "education.toml",
    "jobs.toml",
    "housing.toml",
    "transport.toml",
    "food.toml",
    "culture.toml",
    "warm.toml",
    "safety.toml",
    "rural.toml",
    "trade.toml",
];

pub(super) fn catalogue() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
        FILES.iter().fold(Catalogue::default(), |catalogue, (name, text)| {
            catalogue.with(name, text).expect("the shipped catalogue is tested")
        })
    });
    &SHIPPED
}
