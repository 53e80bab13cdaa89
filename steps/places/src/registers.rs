//! Registers (登记册): the entries of each kind of service, kept by the template of the catalogue.
//!
//! Who acts: programme offices, and responsible bodies in their places, enter and change entries by hand or from a sheet;
//! everybody looks things up on the pages of services. What is guaranteed: an entry holds only what its template allows;
//! every state of it stays on record with who and when; a sheet is taken whole or not at all, and taken twice it changes
//! nothing. What is deliberately absent: removing an entry – it is closed or void –, and anything about a person.

pub(crate) mod api;
mod content;
mod counting;
mod form;
mod imports;
mod keeping;
pub(crate) mod migrations;
mod nearby;
mod office;
mod person;
mod proposing;
mod public;
mod published;
mod sheet;
mod store;
pub mod tables;

use std::sync::Arc;

use web::Step;

use crate::catalogue::Catalogue;

pub use self::store::{Asked, all_of, count_by_service, find, list, versions_of};
pub(crate) use content::COLUMNS;
pub use content::{Content, Point, Typed, fields};
pub use keeping::{Divisions, Kept, Taken, change, enter, take};
pub(crate) use sheet::bare;
pub use sheet::{SheetRow, read as read_sheet, template};
pub use tables::register_entries::Model as Entry;
pub use tables::register_versions::Model as Version;

/// Pages and API over `catalogue`.
pub(crate) fn steps(catalogue: &Arc<Catalogue>) -> Vec<Step> {
    vec![
        public::step(catalogue.clone()),
        api::step(catalogue.clone()),
        office::step(catalogue.clone()),
        proposing::step(catalogue.clone()),
        form::step(catalogue.clone()),
        imports::step(catalogue.clone()),
    ]
}
