//! Reporting (填报) and its review (审核): rounds, what each body owes, returns, approval into the ledger.
//!
//! Who acts: the programme office opens and closes rounds and allows late returns; responsible bodies fill in and submit;
//! reviewers of up to three levels approve or send back. What is guaranteed: nobody reviews a return that they filled in; an
//! approved return becomes ledger entries in the same transaction, and their trail names everybody; of two people who act on one
//! return at once the slower is told (409) and loses nothing typed. What is deliberately absent: figures that reach the ledger
//! unreviewed, and changes of an approved return – a wrong figure is corrected in the ledger, with a reason.

mod api;
mod authority;
mod by;
pub mod migrations;
mod names;
pub mod returns;
pub mod rounds;
pub mod rules;
mod sheet;
pub mod store;
pub mod tables;
pub mod words;

pub use by::By;

/// The evidence of returns.
pub const KEEPER: web::Keeper =
    web::Keeper { kind: returns::page::SUBJECT, may_read: |app, me, id| Box::pin(authority::may_read(app, me, id)) };

use kernel::Lang;
use people::Viewer;
use web::{App, Step, Todo};

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![
        rounds::list::step(),
        rounds::round::step(),
        returns::mine::step(),
        returns::page::step(),
        returns::queue::step(),
        sheet::step(),
        api::step(),
    ]
}

/// What this step knows to be left for the viewer: returns to fill in, returns to review.
pub fn todos<'a>(
    app: &'a App,
    viewer: &'a Viewer,
    lang: Lang,
) -> std::pin::Pin<Box<dyn Future<Output = web::Result<Vec<Todo>>> + Send + 'a>> {
    Box::pin(returns::mine::left_to_do(app, viewer, lang))
}
