//! Entries as people look for them: open now, near, with this or that; and how they are shown.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDateTime, Timelike};
use kernel::{Calendar, Lang, RegionCode};
use maps::{BoundingBox, LngLat};

use super::{Content, Entry};
use crate::catalogue::{AttributeKind, Service};
use crate::hours::State;

/// What somebody looks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    /// Only what is open at the moment.
    pub(super) open: bool,
    /// Only with these values, by the key of an attribute.
    pub(super) with: BTreeMap<String, String>,
    /// The nearest to this point first.
    pub(super) near: Option<LngLat>,
}

/// An entry with what the moment and the point make of it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) row: Entry,
    pub(super) content: Content,
    pub(super) state: Option<State>,
    pub(super) metres: Option<f64>,
}

/// What fits the wish among `rows`, in the order in which it is of use.
pub(super) fn fitting(service: &Service, rows: Vec<Entry>, wish: &Wish, moment: NaiveDateTime) -> Vec<Found> {
    let calendar = Calendar::shipped();
    let mut found: Vec<Found> = rows
        .into_iter()
        .filter_map(|row| {
            let content = Content::of(&row)?;
            let hours = content.open_hours(service).filter(|_| content.stage.is_usable());
            let state = hours.map(|hours| hours.state(moment, calendar));
            let metres = wish.near.zip(point(&row)).map(|(here, there)| here.metres_to(there));
            Some(Found { row, content, state, metres })
        })
        .filter(|one| !wish.open || one.state.is_some_and(State::is_open))
        .filter(|one| wish.with.iter().all(|(key, value)| has(&one.content, key, value)))
        .collect();
    if wish.near.is_some() {
        // What has no point comes last, in the order of the register.
        found.sort_by(|a, b| match (a.metres, b.metres) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
    found
}

fn has(content: &Content, key: &str, value: &str) -> bool {
    content.values.get(key).is_some_and(|kept| kept.split(crate::catalogue::BETWEEN).any(|one| one == value))
}

/// Where an entry is in WGS 84.
pub(super) fn point(row: &Entry) -> Option<LngLat> {
    row.lng_e7.zip(row.lat_e7).map(|(lng, lat)| LngLat::from_e7(lng, lat))
}

/// What a map of these opens with; nothing where none has a point.
pub(super) fn bounds(found: &[Found]) -> Option<BoundingBox> {
    BoundingBox::around(found.iter().filter_map(|one| point(&one.row)))
}

/// The attributes that a list can be narrowed by: closed choices that everybody may see.
pub(super) fn filters(service: &Service) -> impl Iterator<Item = &crate::catalogue::Attribute> {
    let closed =
        |kind: &AttributeKind| matches!(kind, AttributeKind::Choice(_) | AttributeKind::Many(_) | AttributeKind::Yes);
    service.public_attributes().filter(move |attribute| closed(&attribute.kind)).take(4)
}

/// An entry ready to be shown to everybody.
pub(super) struct Shown {
    pub(super) id: uuid::Uuid,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) address: String,
    pub(super) stage: String,
    pub(super) grade: String,
    /// 开放中，11:30 休息.
    pub(super) state: Option<(&'static str, String)>,
    pub(super) hours: String,
    pub(super) distance: String,
    /// Name and value of its public attributes.
    pub(super) facts: Vec<(String, String)>,
    /// Degrees for a link that opens the map of a telephone.
    pub(super) geo: Option<String>,
    pub(super) demo: bool,
}

/// How `found` is shown.
pub(super) fn shown(
    service: &Service,
    found: &Found,
    names: &BTreeMap<RegionCode, String>,
    moment: NaiveDateTime,
    lang: Lang,
) -> Shown {
    let content = &found.content;
    let facts = service.public_attributes().filter_map(|attribute| {
        let kept = content.values.get(&attribute.key)?;
        let unit = if attribute.unit.is_empty() { String::new() } else { format!(" {}", attribute.unit) };
        Some((attribute.name.get(lang).to_owned(), format!("{}{unit}", attribute.show(kept, lang))))
    });
    let geo = point(&found.row).map(|point| format!("geo:{:.6},{:.6}", point.lat, point.lng));
    Shown {
        id: found.row.id,
        name: content.name.clone(),
        place: place(content.region, names),
        address: content.address.clone(),
        stage: content.stage.name().get(lang).to_owned(),
        grade: service.grade(&content.grade).map(|grade| grade.name.get(lang).to_owned()).unwrap_or_default(),
        state: found.state.map(|state| told(state, moment, lang)),
        hours: content.open_hours(service).map(|hours| hours.print(lang)).unwrap_or_default(),
        distance: found.metres.map(|metres| distance(metres, lang)).unwrap_or_default(),
        facts: facts.collect(),
        geo,
        demo: found.row.demo,
    }
}

/// The name of a division with that of its county in front.
pub(super) fn place(region: RegionCode, names: &BTreeMap<RegionCode, String>) -> String {
    let county = region.at(kernel::Level::County);
    let town = region.at(kernel::Level::Town);
    let mut told = String::new();
    let mut last = None;
    for code in [county, town, region] {
        if last != Some(code) {
            told.push_str(names.get(&code).map(String::as_str).unwrap_or_default());
        }
        last = Some(code);
    }
    if told.is_empty() { region.short() } else { told }
}

/// The divisions whose names a list of entries needs.
pub(super) fn named_regions<'a>(found: impl IntoIterator<Item = &'a Found>) -> Vec<RegionCode> {
    let lineages = found.into_iter().flat_map(|one| one.content.region.lineage());
    lineages.filter(|code| code.level() >= kernel::Level::County).collect()
}

fn distance(metres: f64, lang: Lang) -> String {
    if metres < 950.0 {
        format!("{:.0} {}", (metres / 10.0).round() * 10.0, lang.t("米", "m"))
    } else {
        format!("{:.1} {}", metres / 1000.0, lang.t("公里", "km"))
    }
}

/// The state in words: when it closes or opens next.
fn told(state: State, moment: NaiveDateTime, lang: Lang) -> (&'static str, String) {
    let time = |at: NaiveDateTime| {
        let days = (at.date() - moment.date()).num_days();
        let clock = format!("{}:{:02}", at.hour(), at.minute());
        match (days, lang) {
            (0, _) => clock,
            (1, Lang::Zh) => format!("明天 {clock}"),
            (1, Lang::En) => format!("tomorrow {clock}"),
            (_, Lang::Zh) => format!("{}月{}日 {clock}", at.month(), at.day()),
            (_, Lang::En) => format!("{} {clock}", at.format("%-d %b")),
        }
    };
    match state {
        State::Open { until: Some(until) } => {
            ("steady", format!("{}{}", lang.t("开放中，至 ", "open until "), time(until)))
        }
        State::Open { until: None } => ("steady", lang.t("全天开放", "open day and night").to_owned()),
        State::Closed { next: Some(next) } => (
            "",
            format!("{}{}", lang.t("未开放，", "closed, opens "), lang.t(&format!("{} 开门", time(next)), &time(next))),
        ),
        State::Closed { next: None } => ("", lang.t("近期不开放", "closed for now").to_owned()),
    }
}
