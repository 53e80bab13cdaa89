//! What of a programme is split, and what is not yet.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::Permission;
use ledger::allocations::{self, Node, Reach};
use ledger::entries::View;
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
    home: String,
    slug: String,
    title: String,
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
}

/// The indicators of a programme that have a target, with what of it is split.
pub(super) async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let mut by_indicator = HashMap::<Uuid, Vec<allocations::Share>>::new();
    for share in allocations::shares(app.store.reader(), &outline, View::default()).await? {
        by_indicator.entry(share.indicator).or_default().push(share);
    }
    let mut rows = Vec::new();
    for indicator in &outline.indicators {
        let delivers = matches!(indicator.purpose(), Purpose::Delivery | Purpose::Funding);
        let splits =
            indicator.kind().is_additive() && (indicator.grain() > outline.region().level() || indicator.by_body);
        let Some(shares) = by_indicator.remove(&indicator.id).filter(|_| delivers && splits) else { continue };
        let nodes = allocations::tree(shares);
        let Some(root) = nodes.first().filter(|node| node.share.region == outline.region()) else { continue };
        let is_short = |node: &&Node| matches!(node.reach(), Some(Reach::Short(_)));
        let short_below = nodes.iter().skip(1).filter(is_short).count();
        let project = outline.projects.iter().find(|row| row.id == indicator.project_id);
        rows.push(Row {
            project: project.map(|row| row.name.clone()).unwrap_or_default(),
            name: indicator.name.clone(),
            link: address(&slug, indicator.number, outline.region()),
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
    let home = format!("/office/programmes/{slug}");
    page(&OverviewPage { home, slug, title: outline.programme.title.clone(), open_only, all, open, rows, f })
}
