//! What of a programme is split, and what is not yet.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::{Permission, RegionCode};
use ledger::allocations::{self, Node, Reach};
use ledger::entries::View;
use ledger::programmes;
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
    all: usize,
    open: usize,
    rows: Vec<Row>,
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
    let mut rows = Vec::new();
    for indicator in &outline.indicators {
        let delivers = matches!(indicator.purpose(), Purpose::Delivery | Purpose::Funding);
        let splits = indicator.kind().is_additive() && (indicator.grain() > place.level() || indicator.by_body);
        let Some(shares) = by_indicator.remove(&indicator.id).filter(|_| delivers && splits) else { continue };
        let nodes = allocations::tree(shares);
        let Some(root) = nodes.first().filter(|node| node.share.region == place) else { continue };
        let is_short = |node: &&Node| matches!(node.reach(), Some(Reach::Short(_)));
        let short_below = nodes.iter().skip(1).filter(is_short).count();
        let project = outline.projects.iter().find(|row| row.id == indicator.project_id);
        rows.push(Row {
            project: project.map(|row| row.name.clone()).unwrap_or_default(),
            name: indicator.name.clone(),
            link: address(&slug, indicator.number, place),
            target: root.share.target.grouped(),
            unit: indicator.unit.clone(),
            shares: nodes.len() - 1,
            sum: (root.children > 0).then(|| figures::print_grouped(root.sum)),
            light: light(f.lang, root.reach()),
            is_open: short_below > 0 || !matches!(root.reach(), Some(Reach::Exact | Reach::Over(_))),
            short_below,
        });
    }
    let (all, open) = (rows.len(), rows.iter().filter(|row| row.is_open).count());
    let open_only = asked.open.is_some();
    rows.retain(|row| row.is_open || !open_only);
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
        title: outline.programme.title.clone(),
        demo: outline.programme.demo,
        place,
        place_name,
        places: places.into_iter().map(|(at, name)| (at.short(), name)).collect(),
        open_only,
        all,
        open,
        rows,
        f,
    })
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
