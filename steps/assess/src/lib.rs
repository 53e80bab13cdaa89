//! The yearly assessment (综合考核): scores of organisations and regions by a versioned scheme.
//!
//! Who acts: the programme and supervision offices run it and keep it. What is guaranteed: a kept score can be replayed from its
//! inputs and the text of its scheme, and every input leads back to the ledger or to whoever entered it with its source. What is
//! deliberately absent: scores typed by hand without a source, and any rule in code that a scheme could say.
//!
//! **Architecture invariant.** [`scheme`], [`formulas`] and [`rules`] are pure: the same text and the same inputs give the same
//! scores on any day.

mod api;
pub mod assessments;
mod authority;
pub mod catalogue;
mod comparison;
pub mod derivation;
mod entering;
pub mod exact;
pub mod explain;
pub mod formulas;
pub mod inputs;
mod list;
pub mod migrations;
pub mod readings;
pub mod rules;
pub mod scheme;
mod schemes;
mod sheet;
mod show;
pub mod store;
pub mod tables;
pub mod typed;
pub mod words;
pub mod workbook;

use web::{Keeper, Step};

/// What proves the inputs that the assessing office enters.
pub const KEEPER: Keeper =
    Keeper { kind: typed::EVIDENCE, may_read: |app, me, input| Box::pin(entering::may_read(app, me, input)) };

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![list::step(), entering::step(), sheet::step(), schemes::step(), comparison::step(), show::step(), api::step()]
}
