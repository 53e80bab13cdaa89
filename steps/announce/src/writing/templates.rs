//! The templates that ship: data in `data/bulletins`, one file each.

use std::sync::LazyLock;

use kernel::Text;
use serde::Deserialize;

/// The files, by the code that names each on the command line and in addresses.
const SHIPPED: [(&str, &str); 6] = [
    ("half-year", include_str!("../../../../data/bulletins/half-year.toml")),
    ("year-end", include_str!("../../../../data/bulletins/year-end.toml")),
    ("monthly", include_str!("../../../../data/bulletins/monthly.toml")),
    ("order", include_str!("../../../../data/bulletins/order.toml")),
    ("count", include_str!("../../../../data/bulletins/count.toml")),
    ("reply", include_str!("../../../../data/bulletins/reply.toml")),
];

static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| SHIPPED.iter().map(|(code, file)| read(code, file)).collect());

/// A kind of bulletin.
#[derive(Clone, Debug)]
pub struct Template {
    /// `half-year` and so on.
    pub code: &'static str,
    /// Its name.
    pub name: Text,
    /// What it is for.
    pub about: Text,
    /// The title, with placeholders.
    pub title: String,
    /// The body, with placeholders and lines such as `@各类` that are written out for a programme.
    pub body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    name_en: String,
    about: String,
    about_en: String,
    title: String,
    body: String,
}

fn read(code: &'static str, file: &str) -> Template {
    let file: File = toml::from_str(file).expect("templates that ship are read by a test");
    Template {
        code,
        name: Text::new(file.name, file.name_en),
        about: Text::new(file.about, file.about_en),
        title: file.title,
        body: file.body,
    }
}

/// Every template, in the order of the year.
pub fn all() -> &'static [Template] {
    &ALL
}

/// The template with this code.
pub fn named(code: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writing::compose::DIRECTIVES;

    #[test]
    fn templates_name_only_what_can_be_written_out() {
        assert_eq!(all().len(), 6);
        for template in all() {
            let lines = template.body.lines().filter(|line| line.starts_with('@'));
            for line in lines {
                assert!(DIRECTIVES.contains(&line), "{}: {line}", template.code);
            }
            assert!(template.title.contains("{{") || template.title.contains("【待补"), "{}", template.code);
        }
        assert!(named("half-year").is_some() && named("weekly").is_none());
    }
}
