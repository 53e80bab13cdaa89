//! Bulletins (公报): a text is checked against the ledger, written from it, signed off and frozen.
//!
//! Who acts: the programme and supervision offices check and write; the supervision office signs; everybody reads. What is
//! guaranteed: a signed text never changes, and each of its figures names the entry or the rule it came from; a figure
//! that was typed by hand keeps a text from being signed until it is bound, given a source, or removed; nobody signs what
//! they wrote alone, unless the rules of the place say so. What is deliberately absent: a text editor of our own, and any
//! way of withdrawing a bulletin without a corrected version.

mod api;
mod authority;
mod check_page;
pub mod check_words;
pub mod checking;
pub mod drafts;
mod editor;
mod list;
pub mod migrations;
mod public;
pub mod rules;
mod showing;
pub mod signing;
mod store;
pub mod tables;
pub mod words;
pub mod writing;

use kernel::Lang;
use uuid::Uuid;
use web::{App, Step, Use};

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![public::step(), api::step(), list::step(), check_page::step(), editor::step()]
}

/// What this step knows of the uses of an entry: the signed bulletins that cite it.
pub fn uses(
    app: &App,
    entry: Uuid,
    lang: Lang,
) -> std::pin::Pin<Box<dyn Future<Output = web::Result<Vec<Use>>> + Send + '_>> {
    Box::pin(public::uses(app, entry, lang))
}
