//! 快优省: operators or counties rated by a versioned scheme, kept with what was measured, and computed again at will.

mod measuring;
mod page;
pub mod scheme;

use ::store::audit::Event;
use ::store::{Actor, Result, Store};
use kernel::{Problem, RegionCode, codes};
use serde_json::json;
use uuid::Uuid;

use super::store::ratings as rows;
use super::tables::ratings::Model as Rating;
use scheme::{Measured, Scheme, Scored};

/// Pages and API.
pub(crate) fn step() -> web::Step {
    page::step()
}

codes! {
    /// What is rated.
    Subject {
        /// Each operator.
        Operator = "operator", "运营商", "operators";
        /// Each county.
        Region = "region", "区县", "counties";
    }
}

/// The longest time that is rated at once, in days.
const MOST_DAYS: i64 = 366;

/// What to rate: whom, where, from when to when (Unix milliseconds, the end not included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Operators or counties.
    pub subject: Subject,
    /// Over which place.
    pub region: RegionCode,
    /// The first moment.
    pub from_ms: i64,
    /// The moment after the last.
    pub to_ms: i64,
}

impl Wanted {
    /// The last `days` days before `now_ms`.
    ///
    /// # Errors
    /// A problem of the field `days`.
    pub fn last_days(subject: Subject, region: RegionCode, days: i64, now_ms: i64) -> Result<Self, Problem> {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Problem::field("days", "天数为 1 至 366", "Days are 1 to 366"));
        }
        Ok(Self { subject, region, from_ms: now_ms - days * 86_400_000, to_ms: now_ms })
    }
}

/// Measures and rates; nothing is kept.
///
/// # Errors
/// When the database fails.
pub async fn rate(store: &Store, scheme: &Scheme, wanted: Wanted) -> Result<(Vec<Measured>, Vec<Scored>)> {
    let measured = measuring::measure(store.reader(), scheme, wanted).await?;
    let scored = scheme.rate(&measured);
    Ok((measured, scored))
}

/// Measures, rates, and keeps both.
///
/// # Errors
/// A problem when there is nothing to rate.
pub async fn keep(store: &Store, actor: &Actor, by: &str, scheme: &Scheme, wanted: Wanted) -> Result<Rating> {
    let (measured, scored) = rate(store, scheme, wanted).await?;
    if scored.is_empty() {
        return Err(
            Problem::invalid("这个地方还没有可评价的充电站", "There are no stations to rate in this place").into()
        );
    }
    let text = |value: serde_json::Result<String>| value.map_err(std::io::Error::other);
    let mut tx = store.begin(actor).await?;
    let row = Rating {
        id: Uuid::now_v7(),
        scheme: scheme.code.clone(),
        scheme_version: scheme.version,
        region: wanted.region.stored(),
        subject: wanted.subject.code().to_owned(),
        from_ms: wanted.from_ms,
        to_ms: wanted.to_ms,
        made_ms: tx.at_ms(),
        made_by: by.to_owned(),
        inputs: text(serde_json::to_string(&measured))?,
        results: text(serde_json::to_string(&scored))?,
    };
    rows::add(&tx, row.clone()).await?;
    let digest = ::store::audit::sm3_hex(format!("{}{}", row.inputs, row.results));
    let detail = json!({ "scheme": row.scheme, "version": row.scheme_version, "region": wanted.region, "subject": row.subject, "sm3": digest });
    tx.record(Event::new("charging_rating.kept", "charging_rating", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// What was measured for a kept rating.
///
/// # Errors
/// When the row does not hold it.
pub fn inputs(row: &Rating) -> Result<Vec<Measured>> {
    serde_json::from_str(&row.inputs).map_err(|why| broken(row, "inputs", &why))
}

/// Scores and ranks of a kept rating.
///
/// # Errors
/// When the row does not hold them.
pub fn results(row: &Rating) -> Result<Vec<Scored>> {
    serde_json::from_str(&row.results).map_err(|why| broken(row, "results", &why))
}

fn broken(row: &Rating, column: &'static str, why: &serde_json::Error) -> ::store::Error {
    ::store::Error::BrokenRow { table: "charging_ratings", column, row: row.id.to_string(), why: why.to_string() }
}

/// Whether a kept rating comes out the same when it is computed again from what was measured; `None` when its scheme is
/// not at hand in that version.
///
/// # Errors
/// When the row cannot be read.
pub fn replays(row: &Rating) -> Result<Option<bool>> {
    let scheme = Scheme::shipped();
    if (scheme.code.as_str(), scheme.version) != (row.scheme.as_str(), row.scheme_version) {
        return Ok(None);
    }
    Ok(Some(scheme.rate(&inputs(row)?) == results(row)?))
}
