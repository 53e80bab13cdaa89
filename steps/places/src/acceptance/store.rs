//! Every query about checks.

use chrono::NaiveDate;
use kernel::Problem;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, TryInsertResult};
use serde_json::json;
use store::audit::{Event, sm3_hex};
use store::{Actor, Result, Store};

use super::rules::{self, Found};
use super::tables::site_checks;
use crate::sites::tables::sites::Model as Site;

/// A check as it arrives.
#[derive(Clone, Debug)]
pub struct NewCheck {
    /// Made with the form; a second arrival under the same key changes nothing.
    pub id: Uuid,
    /// The day on which the site was looked at.
    pub looked_on: NaiveDate,
    /// What was found.
    pub found: Vec<Found>,
}

/// Writes a check once. False when it had arrived before.
///
/// # Errors
/// A problem of a site that is not finished, of a list without a line, of a day that is still to come; a conflict when the
/// key is taken.
pub async fn write(store: &Store, actor: &Actor, by: &str, site: &Site, new: &NewCheck) -> Result<bool> {
    if !site.stage().is_done() {
        return Err(Problem::invalid(
            "这个点位还没有完工，完工后再验收",
            "This site is not finished: it is accepted once it is",
        )
        .into());
    }
    if new.found.is_empty() {
        return Err(Problem::invalid("没有可核对的清单", "There is no list to check against").into());
    }
    if new.looked_on > store.clock().today() {
        return Err(Problem::field("looked_on", "核查日期在今天之后", "The day is still to come").into());
    }
    let mut tx = store.begin(actor).await?;
    let verdict = rules::verdict(&new.found);
    let row = site_checks::Model {
        id: new.id,
        site_id: site.id,
        programme_id: site.programme_id,
        region: site.region,
        looked_on: new.looked_on,
        verdict: verdict.code().to_owned(),
        found: json!(new.found).to_string(),
        account_id: actor.account,
        by_name: by.to_owned(),
        at_ms: tx.at_ms(),
    };
    let fresh = site_checks::Entity::insert(row.clone().into_active_model())
        .on_conflict_do_nothing_on([site_checks::Column::Id])
        .exec_without_returning(tx.on())
        .await?;
    if !matches!(fresh, TryInsertResult::Inserted(1)) {
        tx.abandon().await?;
        let known = site_checks::Entity::find_by_id(new.id).one(store.reader()).await?;
        if known.is_some_and(|known| known.site_id == site.id && known.account_id == actor.account) {
            return Ok(false);
        }
        return Err(Problem::conflict(
            "这份核查单的编号已被占用，请重新填写",
            "The key of this check is taken: fill it in again",
        )
        .into());
    }
    let detail = json!({
        "site": site.code,
        "looked_on": row.looked_on,
        "verdict": row.verdict,
        "found_sm3": sm3_hex(&row.found),
    });
    tx.record(Event::new("site.judged", "site_check", row.id, detail)).await?;
    tx.commit().await?;
    Ok(true)
}

/// The checks of a site, the latest first: that one stands.
///
/// # Errors
/// When the database fails.
pub async fn of_site<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<Vec<site_checks::Model>> {
    Ok(newest_first(site).all(on).await?)
}

/// The check of a site that stands.
///
/// # Errors
/// When the database fails.
pub async fn latest<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<Option<site_checks::Model>> {
    Ok(newest_first(site).one(on).await?)
}

fn newest_first(site: Uuid) -> Select<site_checks::Entity> {
    site_checks::Entity::find()
        .filter(site_checks::Column::SiteId.eq(site))
        .order_by_desc(site_checks::Column::AtMs)
        .order_by_desc(site_checks::Column::Id)
}
