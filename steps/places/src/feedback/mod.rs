//! The code on the fence (民生码) and what people say once they have scanned it.
//!
//! Who acts: everybody rates a site, writes a remark with pictures, or reports a problem; offices decide what the public
//! sees of words and hand problems to a body; the body answers in time; whoever reported it, with the receipt in hand,
//! rates the answer. What is guaranteed: nobody is tracked – no account, no address, no device is kept; a problem has an
//! owner, a last day, an answer and a rating of the answer, and never closes silently; few ratings are not shown as a mean;
//! each receipt is known to its holder alone. What is deliberately absent: names and telephones of residents.

pub mod codes;
pub(crate) mod migrations;
pub(crate) mod office;
pub(crate) mod proof;
pub(crate) mod public;
pub(crate) mod receipt;
pub mod rules;
pub mod store;
pub mod tables;
mod todos;
pub mod words;

pub use todos::todos;

/// The pictures that residents sent.
pub const KEEPER: web::Keeper =
    web::Keeper { kind: public::EVIDENCE, may_read: |app, me, id| Box::pin(office::may_read(app, me, id)) };

/// Every noun here with its routes.
pub(crate) fn steps() -> Vec<web::Step> {
    vec![public::step(), receipt::step(), office::step(), codes::step()]
}
