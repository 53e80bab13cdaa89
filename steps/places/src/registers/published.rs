//! The published figures of a service, each with its trail.

use std::collections::BTreeMap;

use figures::Figure;
use kernel::{Lang, RegionCode};
use ledger::board::Shown;
use ledger::matters::{self, Line};
use ledger::search::{indicator_path, programme_path};
use ledger::words::Kind;
use sea_orm::ConnectionTrait;
use store::Result;
use web::components::FigureLink;

/// What one place says of a service.
pub(super) struct PublishedLine {
    pub(super) place: String,
    pub(super) year: i32,
    pub(super) indicator: String,
    pub(super) indicator_path: String,
    pub(super) programme: String,
    pub(super) programme_path: String,
    pub(super) actual: Option<FigureLink>,
    pub(super) target: Option<FigureLink>,
    pub(super) day: Option<String>,
    pub(super) line: Line,
}

/// Every figure that published programmes have of a service.
pub(super) async fn lines<C: ConnectionTrait>(on: &C, service: &str, lang: Lang) -> Result<Vec<PublishedLine>> {
    let lines = matters::of_service(on, service).await?;
    let year = lines.iter().map(|line| line.programme.year).max().unwrap_or_default();
    let codes = lines.iter().filter_map(|line| RegionCode::from_stored(line.programme.region));
    let names = ledger::regions::names(on, codes, year).await?;
    Ok(lines.into_iter().map(|line| shown(line, &names, lang)).collect())
}

fn shown(line: Line, names: &BTreeMap<RegionCode, String>, lang: Lang) -> PublishedLine {
    let code = RegionCode::from_stored(line.programme.region);
    let programme = &line.programme;
    let day = line.actual.as_ref().or(line.target.as_ref()).and_then(|shown| day(lang, shown));
    PublishedLine {
        place: code.and_then(|code| names.get(&code).cloned()).unwrap_or_default(),
        year: programme.year,
        indicator: line.indicator.name.clone(),
        indicator_path: indicator_path(&programme.slug, line.indicator.number),
        programme: programme.title_in(lang).to_owned(),
        programme_path: programme_path(&programme.slug),
        actual: line.actual.as_ref().map(|shown| of_line(lang, &line, shown)),
        target: line.target.as_ref().map(|shown| of_line(lang, &line, shown)),
        day,
        line,
    }
}

/// A figure that opens its trail; a sum over several places opens its indicator, where they are listed.
fn of_line(lang: Lang, line: &Line, shown: &Shown) -> FigureLink {
    let mut link = figure(lang, line.indicator.kind(), shown);
    if shown.places > 0 {
        link.trail = Some(indicator_path(&line.programme.slug, line.indicator.number));
    }
    link
}

/// A figure of the ledger that opens its trail.
pub(super) fn figure(lang: Lang, kind: Kind, shown: &Shown) -> FigureLink {
    let printed =
        Figure { number: shown.number, raw: shown.raw.clone(), unit: shown.unit.clone(), qualifier: shown.qualifier };
    let words = shown.number.is_none() || matches!(kind, Kind::Boolean | Kind::Rank);
    let text = match kind {
        Kind::Boolean if shown.raw.is_empty() => lang.t("是", "yes").to_owned(),
        Kind::Boolean => shown.raw.clone(),
        Kind::Rank => printed.display_rank_zh(),
        _ if shown.number.is_none() => format!("{}{}", shown.raw, shown.unit),
        _ => lang.t(&printed.display_zh(), &printed.display_en()).to_owned(),
    };
    FigureLink {
        text,
        value: shown.value().map(|value| value.normalize().to_string()).unwrap_or_default(),
        trail: shown.entry.map(|entry| format!("/entries/{entry}")),
        words,
        ..FigureLink::default()
    }
}

fn day(lang: Lang, shown: &Shown) -> Option<String> {
    let day = shown.as_of.or(shown.until)?;
    let written = match lang {
        Lang::Zh => day.format("%Y年%-m月%-d日").to_string(),
        Lang::En => day.format("%-d %B %Y").to_string(),
    };
    Some(match shown.as_of {
        Some(_) => format!("{}{written}", lang.t("截至 ", "to ")),
        None => format!("{}{written}", lang.t("至 ", "until ")),
    })
}
