//! Supervision orders: raised, answered, escalated, closed, reopened. The functions that pages, API, command line and
//! tests call alike.

mod acting;
mod api;
mod catch_up;
mod form;
mod letter;
mod list;
pub(crate) mod person;
mod proposals;
mod raising;
pub(crate) mod shown;
mod telling;

use kernel::Problem;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::store::{acts, orders};
use crate::tables::order_acts::Model as ActRow;
use crate::tables::orders::Model as Order;

pub(crate) use acting::EVIDENCE;
pub use acting::{Deed, act};
pub use catch_up::{CatchUp, of_order as catch_up_of, plan_catch_up, reach};
pub(crate) use letter::may_read;
pub use proposals::{Proposed, confirm_proposals, proposals};
pub use raising::{NewOrder, Origin, raise, raise_in};

/// Pages and API.
pub(crate) fn steps() -> Vec<web::Step> {
    vec![list::step(), form::step(), proposals::step(), letter::step(), catch_up::step(), api::step()]
}

/// Who acts, as the order will name them: account, person's name, organisation's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The account; none for the program itself.
    pub account: Option<Uuid>,
    /// The person's name on screens.
    pub name: String,
    /// The organisation acted for; may be empty.
    pub organisation: String,
}

/// The longest heading.
const LONGEST_TITLE: usize = 100;

/// The longest text.
const LONGEST_TEXT: usize = 5_000;

/// A text that somebody has to write, trimmed.
///
/// # Errors
/// A problem of `field` when it is empty or too long.
pub(crate) fn written(field: &str, text: &str, longest: usize) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::field(field, "请填写", "This is needed")),
        count if count > longest => Err(Problem::field(
            field,
            format!("最多 {longest} 字，现有 {count} 字"),
            format!("At most {longest} characters, this has {count}"),
        )),
        _ => Ok(text.to_owned()),
    }
}

/// The order with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Order>> {
    orders::find(on, id).await
}

/// What was done to an order, first things first; the first is its raising.
///
/// # Errors
/// When the database fails.
pub async fn acts_of<C: ConnectionTrait>(on: &C, order: Uuid) -> Result<Vec<ActRow>> {
    acts::of_order(on, order).await
}

/// Every order of a programme, by number.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Order>> {
    orders::of_programme(on, programme).await
}

/// The orders of a programme that are not at their end.
///
/// # Errors
/// When the database fails.
pub async fn open_orders<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Order>> {
    orders::live_of(on, programme).await
}
