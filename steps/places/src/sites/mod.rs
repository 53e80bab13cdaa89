//! Sites (点位): where a project is delivered.
//!
//! A site belongs to a project of a programme and may feed one of its indicators with a quantity. Every change is a new
//! version: the row in `sites` is what stands, `site_versions` keeps each state with who and when. What is deliberately
//! absent: removing a site – one that was entered by mistake is withdrawn and stays on record – and names of persons.

mod answering;
pub mod api;
pub mod export;
pub mod import;
pub(crate) mod migrations;
pub(crate) mod office;
pub(crate) mod page;
pub mod record;
pub mod rules;
pub(crate) mod shown;
pub mod store;
pub mod tables;
pub mod words;

pub(crate) use answering::Answering;
pub use record::{Content, Placed};

/// The pictures of sites.
pub const KEEPER: web::Keeper =
    web::Keeper { kind: page::SUBJECT, may_read: |app, me, site| Box::pin(office::may_read(app, me, site)) };

/// Every noun here with its routes.
pub(crate) fn steps(atlas: &crate::map::Atlas) -> Vec<web::Step> {
    vec![page::step(atlas), api::step(atlas), office::step(), import::page::step()]
}
