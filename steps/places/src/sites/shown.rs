//! How sites look on pages: lights, stages, distances, and who sees what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Lang, RegionCode};
use ledger::rules::Light;
use maps::LngLat;
use web::{App, Frame, Result, components};

use super::tables::sites::Model;
use crate::map::canvas::Neighbour;

/// The light as a component; 未定 where no date says what should be.
pub(crate) fn light(lang: Lang, light: Option<Light>) -> components::Light {
    match light {
        Some(light) => components::Light { class: light.code(), word: light.name().get(lang).to_owned() },
        None => components::Light { class: "", word: lang.t("未定期限", "no date set").to_owned() },
    }
}

/// 350 米, 1.2 公里.
pub(crate) fn distance(lang: Lang, metres: f64) -> String {
    if metres < 950.0 {
        let tens = (metres / 10.0).round() * 10.0;
        return format!("{tens:.0} {}", lang.t("米", "m"));
    }
    format!("{:.1} {}", metres / 1000.0, lang.t("公里", "km"))
}

/// A number without zeros behind it.
pub(crate) fn number(value: Option<Decimal>) -> String {
    value.map(figures::print_compact).unwrap_or_default()
}

/// Code and name of the places right below `top` in which something lies, for a choice.
///
/// # Errors
/// When the database fails.
pub(crate) async fn places_below(
    app: &App,
    f: &Frame,
    top: RegionCode,
    found: Vec<RegionCode>,
) -> Result<Vec<(String, String)>> {
    let below =
        |region: RegionCode| region.lineage().filter(|code| code.level() > top.level()).min_by_key(|code| code.level());
    let places: BTreeSet<RegionCode> = found.into_iter().filter_map(below).collect();
    let names = ledger::regions::names(app.store.reader(), places.iter().copied(), i32::MAX).await?;
    let all = std::iter::once((String::new(), f.lang.t("全部地方", "everywhere").to_owned()));
    let named =
        places.into_iter().map(|code| (code.short(), names.get(&code).cloned().unwrap_or_else(|| code.short())));
    Ok(all.chain(named).collect())
}

/// A site in a list.
pub(crate) struct Listed {
    pub(crate) href: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) place: String,
    pub(crate) address: String,
    pub(crate) stage: String,
    pub(crate) light: components::Light,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) distance: Option<String>,
    /// Degrees for the script that moves the map there.
    pub(crate) point: Option<(String, String)>,
}

impl Listed {
    /// A site with the names around it.
    pub(crate) fn of(
        (lang, today): (Lang, NaiveDate),
        row: &Model,
        project: &str,
        places: &BTreeMap<RegionCode, String>,
        metres: Option<f64>,
    ) -> Self {
        Self {
            href: row.address_of_page(),
            code: row.code.clone(),
            name: row.name.clone(),
            project: project.to_owned(),
            place: places.get(&row.region()).cloned().unwrap_or_else(|| row.region().short()),
            address: row.address.clone(),
            stage: row.stage().name().get(lang).to_owned(),
            light: light(lang, row.light(today)),
            due: row.due_on,
            distance: metres.map(|metres| distance(lang, metres)),
            point: row.point().map(|point| (format!("{:.6}", point.lng), format!("{:.6}", point.lat))),
        }
    }

    /// As the map of another site shows it.
    pub(crate) fn neighbour(&self) -> Option<Neighbour<'_>> {
        let (lng, lat) = self.point.as_ref()?;
        let light = if self.light.class.is_empty() { "none" } else { self.light.class };
        Some((LngLat::new(lng.parse().ok()?, lat.parse().ok()?), self.code.as_str(), self.name.as_str(), light))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_no_more_exact_than_a_walk() {
        assert_eq!(distance(Lang::Zh, 347.2), "350 米");
        assert_eq!(distance(Lang::Zh, 948.0), "950 米");
        assert_eq!(distance(Lang::En, 1_249.0), "1.2 km");
    }
}
