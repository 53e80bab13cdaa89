//! What of a programme is split, and what is not yet.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::{Level, Permission, RegionCode};
use ledger::allocations::{self, Node, Reach};
use ledger::entries::View;
use ledger::programmes;
use ledger::rollup::level_below;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::Purpose;
use serde::Deserialize;
use uuid::Uuid;
use web::components::Light;
use web::{App, Frame, Path, Query, Result, SignedIn, components, page};

use super::{address, light};
use crate::authority;

#[derive(Template)]
#[template(path = "shares/overview.html")]
struct OverviewPage {
    f: Frame,
    /// The programme's page; empty for those who work below it.
    home: String,
    slug: String,
    title: String,
    demo: bool,
    place: RegionCode,
    place_name: String,
    places: Vec<(String, String)>,
    open_only: bool,
    open: usize,
    /// What is split further down.
    split: Vec<Row>,
    /// What the place reports itself.
    own: Vec<Row>,
}

/// An indicator with the state of its shares.
struct Row {
    project: String,
    name: String,
    link: String,
    target: String,
    unit: String,
    shares: usize,
    sum: Option<String>,
    light: Light,
    /// Whose shares are set next; none where the place reports itself.
    to: Option<&'static str>,
    /// Places below whose own shares are not reached.
    short_below: usize,
    is_open: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    open: Option<String>,
    place: Option<String>,
}

/// The indicators of a programme that have a target at a place, with what of it is split. An office below the programme's
/// own sees its place without any right above it.
pub(super) async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let place = place(&app, &me, &slug, asked.place.as_deref().unwrap_or_default()).await?;
    let (outline, place) = authority::outline_at(&app, &me, &slug, (Permission::EnterOffice, place)).await?;
    let mut by_indicator = HashMap::<Uuid, Vec<allocations::Share>>::new();
    let mut shares = allocations::shares(app.store.reader(), &outline, View::default()).await?;
    shares.retain(|share| place.contains(share.region));
    for share in shares {
        by_indicator.entry(share.indicator).or_default().push(share);
    }
    let (mut split, mut own) = (Vec::new(), Vec::new());
    for indicator in &outline.indicators {
        let delivers = matches!(indicator.purpose(), Purpose::Delivery | Purpose::Funding);
        let adds_up = delivers && indicator.kind().is_additive();
        let Some(shares) = by_indicator.remove(&indicator.id).filter(|_| adds_up) else { continue };
        let to = next(&f, place, indicator);
        let nodes = allocations::tree(shares);
        let Some(root) = nodes.first().filter(|node| node.share.region == place) else { continue };
        let is_short = |node: &&Node| matches!(node.reach(), Some(Reach::Short(_)));
        let short_below = nodes.iter().skip(1).filter(is_short).count();
        let project = outline.projects.iter().find(|row| row.id == indicator.project_id);
        let row = Row {
            project: project.map(|row| row.name.clone()).unwrap_or_default(),
            name: indicator.name.clone(),
            link: address(&slug, indicator.number, place),
            target: root.share.target.grouped(),
            unit: indicator.unit.clone(),
            shares: nodes.len() - 1,
            sum: (root.children > 0).then(|| figures::print_compact(root.sum)),
            light: match to {
                Some(_) => light(f.lang, root.reach()),
                None => Light { class: "", word: f.lang.t("本级填报", "reports itself").to_owned() },
            },
            is_open: to.is_some() && (short_below > 0 || !matches!(root.reach(), Some(Reach::Exact | Reach::Over(_)))),
            short_below,
            to,
        };
        if to.is_some() { &mut split } else { &mut own }.push(row);
    }
    let open = split.iter().filter(|row| row.is_open).count();
    let open_only = asked.open.is_some();
    split.retain(|row| row.is_open || !open_only);
    own.retain(|_| !open_only);
    // What is left to do comes first.
    split.sort_by_key(|row| !row.is_open);
    let (on, top, year) = (app.store.reader(), outline.region(), outline.programme.year);
    let enters = |at: RegionCode| me.allows(Permission::EnterOffice, Some(at));
    let mut places = vec![(top, ledger::regions::name_in(on, top, year).await?)];
    let below = ledger::regions::children(on, top, year).await?;
    places.extend(below.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?, row.name))));
    places.retain(|(at, _)| enters(*at));
    let place_name = ledger::regions::name_in(on, place, year).await?;
    if places.iter().all(|(at, _)| *at != place) {
        places.push((place, place_name.clone()));
    }
    page(&OverviewPage {
        home: if enters(top) { format!("/office/programmes/{slug}") } else { String::new() },
        slug,
        title: outline.programme.title_in(f.lang).to_owned(),
        demo: outline.programme.demo,
        place,
        place_name,
        places: places.into_iter().map(|(at, name)| (at.short(), name)).collect(),
        open_only,
        open,
        split,
        own,
        f,
    })
}

/// To whom the share of a place is split: the places of the level below, or bodies; none where it is reported as a whole.
fn next(f: &Frame, place: RegionCode, indicator: &Indicator) -> Option<&'static str> {
    match level_below(place, indicator.grain()) {
        Some(Level::County) => Some(f.lang.t("分解到区（县、市）", "split over the counties")),
        Some(Level::Town) => Some(f.lang.t("分解到乡镇（街道）", "split over the towns")),
        Some(Level::Village) => Some(f.lang.t("分解到村（社区）", "split over the villages")),
        Some(_) => Some(f.lang.t("分解到下级", "split over the places below")),
        None if indicator.by_body && place.level() == indicator.grain() => {
            Some(f.lang.t("分解到单位", "split over bodies"))
        }
        None => None,
    }
}

/// The place that is asked for, else the viewer's own within the programme.
async fn place(app: &App, me: &SignedIn, slug: &str, told: &str) -> Result<Option<RegionCode>> {
    if let Some(place) = super::place_of(told)? {
        return Ok(Some(place));
    }
    let found = programmes::find(app.store.reader(), slug).await?;
    Ok(found.and_then(|found| authority::own_place(me, authority::region(&found))))
}

impl OverviewPage {
    fn address(&self, open_only: bool) -> String {
        let open = if open_only { "&open=1" } else { "" };
        format!("/office/programmes/{}/shares?place={}{open}", self.slug, self.place.short())
    }
}
