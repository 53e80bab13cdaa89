//! Allocations (分解): who has a share of an indicator's target, and whether the shares reach what they are shares of.
//!
//! A share is a target entry, at the programme's own place or below it, of the place as a whole or of one of its bodies.

mod rules;

use figures::Number;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::Result;

use crate::entries::{View, counting};
use crate::programmes::Outline;
use crate::tables::entries;
use crate::words::Purpose;

pub use rules::{Node, Reach, Spot, check_shares, is_below, leaves_of, split, tree};

/// What somebody has to do of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The indicator.
    pub indicator: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The body at that place; none for the place as a whole.
    pub organisation: Option<Uuid>,
    /// How much is to be done, with the precision in which it was set.
    pub target: Number,
    /// The entry in which it was set.
    pub entry: Uuid,
}

impl Share {
    /// Where in the tree of places and bodies it hangs.
    pub fn spot(&self) -> Spot {
        Spot { region: self.region, organisation: self.organisation }
    }
}

/// All shares of a programme in `view`, its own targets among them: one statement, however many entries there are.
///
/// # Errors
/// When the database fails.
pub async fn shares<C: ConnectionTrait>(on: &C, outline: &Outline, view: View) -> Result<Vec<Share>> {
    let values = vec![Value::from(outline.programme.id)];
    read(on, outline, "SELECT * FROM entries WHERE programme_id = $1 AND measure = 1", values, view).await
}

/// The shares of one indicator in `view`.
///
/// # Errors
/// When the database fails.
pub async fn shares_of<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    indicator: Uuid,
    view: View,
) -> Result<Vec<Share>> {
    let values = vec![Value::from(outline.programme.id), Value::from(indicator)];
    let sql = "SELECT * FROM entries WHERE programme_id = $1 AND measure = 1 AND indicator_id = $2";
    read(on, outline, sql, values, view).await
}

async fn read<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    // The measure stands in the text: only then do both databases take the index of targets.
    sql: &str,
    values: Vec<Value>,
    view: View,
) -> Result<Vec<Share>> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    let mut rows = entries::Entity::find().from_raw_sql(statement).all(on).await?;
    rows.sort_by_key(|row| row.id);
    let top = outline.region();
    let shares = counting(&rows, view).into_values().filter_map(|entry| {
        let region = RegionCode::from_stored(entry.region).filter(|region| top.contains(*region))?;
        Some(Share {
            indicator: entry.indicator_id,
            region,
            organisation: entry.organisation_id,
            target: entry.number()?,
            entry: entry.id,
        })
    });
    Ok(shares.collect())
}

/// The shares below which nothing is allocated any further, of everything that is delivered or paid: those that owe
/// reports. Where nothing is allocated below the programme, that is its own target.
///
/// # Errors
/// When the database fails.
pub async fn leaves<C: ConnectionTrait>(on: &C, outline: &Outline, view: View) -> Result<Vec<Share>> {
    let owes = |share: &Share| {
        let indicator = outline.indicator_by_id(share.indicator);
        indicator.is_some_and(|row| matches!(row.purpose(), Purpose::Delivery | Purpose::Funding))
    };
    Ok(leaves_of(shares(on, outline, view).await?.into_iter().filter(owes).collect()))
}
