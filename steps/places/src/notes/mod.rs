//! Notes of inspectors about a site, also from where there is no network.
//!
//! Who acts: whoever enters the office of the site's place. What is guaranteed: the page of a site that was opened once
//! stays readable without a network; a note with its pictures that was written there waits on the device and is sent once,
//! in order, when the network is back – its key is made where it is written, and the same key is never written twice.
//! What is deliberately absent: changing or removing a note.

pub(crate) mod migrations;
pub(crate) mod page;
pub mod store;
pub mod tables;

/// The pictures of notes.
pub const KEEPER: web::Keeper =
    web::Keeper { kind: store::EVIDENCE, may_read: |app, me, note| Box::pin(page::may_read(app, me, note)) };

/// Every noun here with its routes.
pub(crate) fn steps() -> Vec<web::Step> {
    vec![page::step()]
}
