//! The shares of an indicator as a tree.

use std::collections::HashMap;

use kernel::{Lang, RegionCode};
use ledger::allocations::{self, Node};
use ledger::entries::View;
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use people::store::organisations;
use uuid::Uuid;
use web::components::Light;
use web::{App, Result};

use super::{address, light};

/// The most lines of the tree on one page.
const MOST_IN_TREE: usize = 400;

/// One share in the tree.
pub(super) struct Branch {
    pub(super) name: String,
    pub(super) indent: usize,
    pub(super) target: String,
    pub(super) sum: Option<String>,
    pub(super) light: Option<Light>,
    pub(super) link: Option<String>,
    pub(super) here: bool,
}

/// The shares of the indicator at and below a place, as a tree; says whether some were left out.
pub(super) async fn tree(
    app: &App,
    lang: Lang,
    outline: &Outline,
    row: &Indicator,
    here: RegionCode,
) -> Result<(Vec<Branch>, bool)> {
    let on = app.store.reader();
    let mut shares = allocations::shares_of(on, outline, row.id, View::default()).await?;
    shares.retain(|share| here.contains(share.region) || share.region.contains(here));
    let nodes = allocations::tree(shares);
    let cut = nodes.len() > MOST_IN_TREE;
    let nodes: Vec<Node> = nodes.into_iter().take(MOST_IN_TREE).collect();
    let regions = nodes.iter().map(|node| node.share.region);
    let names = ledger::regions::names(on, regions, outline.programme.year).await?;
    let ids: Vec<Uuid> = nodes.iter().filter_map(|node| node.share.organisation).collect();
    let bodies: HashMap<Uuid, String> =
        organisations::with_keys(on, &ids).await?.into_iter().map(|body| (body.id, body.name)).collect();
    let branch = |node: &Node| {
        let share = &node.share;
        let place = names.get(&share.region).cloned().unwrap_or_else(|| share.region.short());
        let splits = share.organisation.is_none() && (row.by_body || share.region.level() < row.grain());
        Branch {
            name: share.organisation.and_then(|id| bodies.get(&id).cloned()).unwrap_or(place),
            indent: node.depth.min(5),
            target: share.target.grouped(),
            sum: (node.children > 0 && row.kind().is_additive()).then(|| figures::print_compact(node.sum)),
            light: (splits && row.kind().is_additive()).then(|| light(lang, node.reach())),
            link: splits.then(|| address(&outline.programme.slug, row.number, share.region)),
            here: share.region == here && share.organisation.is_none(),
        }
    };
    Ok((nodes.iter().map(branch).collect(), cut))
}
