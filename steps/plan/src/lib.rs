//! Office: draw up the programme, import its sheet, correct its entries.
//!
//! Who acts: the programme office of a region, for that region and those below it; the supervision office corrects.
//! What is guaranteed: every write is audited under the name of who made it; of two people who change one thing the
//! slower is told (409) and loses nothing typed; a target is a ledger entry, so an adjusted one keeps what was before,
//! with the reason; a sheet is taken whole or not at all. What is deliberately absent: removing – a category, project
//! or indicator that was there stays in the trail of its figures.

pub mod adjustments;
pub mod authority;
mod bench;
pub mod bodies;
mod categories;
mod corrections;
mod course;
pub mod curves;
mod desk;
pub mod imports;
mod indicators;
pub mod migrations;
pub mod milestones;
mod programmes;
mod projects;
mod shares;
pub mod sheet;
mod store;
pub mod tables;
mod target_entry;
mod targets;

use kernel::Lang;
use people::Viewer;
use sheet::archive::Limits;
use web::{App, Step, Todo};

/// Every noun of the office with its routes; sheets up to the usual size are taken.
pub fn steps() -> Vec<Step> {
    steps_with(Limits::default())
}

/// As [`steps`], with the operator's own limits for sheets.
pub fn steps_with(limits: Limits) -> Vec<Step> {
    vec![
        desk::step(),
        imports::step(limits),
        programmes::step(),
        categories::step(),
        projects::step(),
        indicators::step(),
        targets::step(),
        shares::step(),
        course::step(),
        adjustments::step(),
        corrections::step(),
    ]
}

/// What this step knows to be left for the viewer: adjustments that wait for the congress.
pub fn todos<'a>(
    app: &'a App,
    viewer: &'a Viewer,
    lang: Lang,
) -> std::pin::Pin<Box<dyn Future<Output = web::Result<Vec<Todo>>> + Send + 'a>> {
    Box::pin(adjustments::todos(app, viewer, lang))
}
