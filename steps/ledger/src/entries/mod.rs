//! Entries: how a figure comes into the ledger, how it is corrected, and which one counts.

mod correction;
mod hands;
mod lists;
#[cfg(test)]
mod plans;
mod rows;
mod standing;

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::{Number, Qualifier};
use kernel::{Problem, RegionCode};
use sea_orm::entity::prelude::*;
use store::audit::RowDigest;
use store::{Result, Tx, amount};

use crate::programmes::Outline;
use crate::rollup;
use crate::tables::{entries, indicators};
use crate::words::{Breakdown, DateBasis, Measure, Reason};

pub use correction::{Correction, correct};
pub use hands::{Hand, hands_digest, hands_of, name_hands};
pub use lists::{
    at_places, count_of, count_up_to, find, latest_corrections, of_event, of_indicator, of_indicators, of_place,
    of_programme, sources_of, successor, superseded_by, targets_at, versions,
};
pub(crate) use rows::digest_rows;
use rows::{insert_rows, insert_sources};
pub use standing::{Choice, SeriesKey, View, counting, counting_or_first, series_key, standing};

/// A figure about to be written.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The indicator.
    pub indicator: Uuid,
    /// The place it is true of.
    pub region: RegionCode,
    /// The body it is true of, when several share a place.
    pub organisation: Option<Uuid>,
    /// Done, or to be done.
    pub measure: Measure,
    /// The cut-off.
    pub as_of: Option<NaiveDate>,
    /// The day from which it counts; see [`effective_on`].
    pub effective_on: NaiveDate,
    /// The number, unless the figure has none.
    pub number: Option<Number>,
    /// How closely the number is meant.
    pub qualifier: Qualifier,
    /// Where it comes from.
    pub source: Option<Source>,
    /// The entry that this one corrects.
    pub supersedes: Option<Uuid>,
    /// The old figure is taken back and no new one stands in its place.
    pub withdrawn: bool,
}

/// Where a figure comes from, as it was printed or reported.
#[derive(Clone, Debug)]
pub struct Source {
    /// The document.
    pub document: Option<Uuid>,
    /// The fact's identity in the file.
    pub external_id: Option<String>,
    /// Its place in the file.
    pub sequence: i32,
    /// The place's name as printed.
    pub place: String,
    /// The year it speaks of.
    pub year: i32,
    /// The indicator's name in the source.
    pub label: String,
    /// The figure as printed.
    pub raw: String,
    /// The unit as printed.
    pub unit: String,
    /// The kind of figure.
    pub kind: String,
    /// new, stock, target or change.
    pub flow: String,
    /// The first day it speaks of.
    pub period_start: Option<NaiveDate>,
    /// The last day.
    pub period_end: Option<NaiveDate>,
    /// How sure the dates are.
    pub date_basis: DateBasis,
    /// The fact it belongs to.
    pub parent: Option<String>,
    /// How it belongs to it.
    pub relation: Option<String>,
    /// The heading it stands under.
    pub area: String,
    /// For a rank: shared with others (并列).
    pub tie: bool,
    /// Whether the parts of this figure are all of it.
    pub breakdown: Option<Breakdown>,
    /// A remark.
    pub note: Option<String>,
    /// The words of the source.
    pub quote: Option<String>,
    /// Why it corrects another.
    pub reason: Option<Reason>,
    /// The reason in words.
    pub reason_text: Option<String>,
}

/// The day from which a figure counts when pages are opened at a cut-off.
///
/// The cut-off itself, else the end of the period it speaks of – for a target its beginning –, else the first day of
/// its year, so that an undated figure shows until a dated one exists and is marked 未注截止日.
pub fn effective_on(
    measure: Measure,
    as_of: Option<NaiveDate>,
    (start, end): (Option<NaiveDate>, Option<NaiveDate>),
    year: i32,
) -> NaiveDate {
    let of_period = if measure == Measure::Target { start } else { end };
    as_of.or(of_period).or_else(|| NaiveDate::from_ymd_opt(year, 1, 1)).unwrap_or(NaiveDate::MIN)
}

/// Refuses a cut-off that lies in the future: nobody can have counted it yet.
///
/// # Errors
/// Names both days.
pub fn check_cut_off(as_of: Option<NaiveDate>, today: NaiveDate) -> Result<(), Problem> {
    match as_of {
        Some(day) if day > today => Err(Problem::invalid(
            format!("截至日 {day} 晚于今天（{today}）：请核对年份"),
            format!("the cut-off {day} lies after today ({today}): check the year"),
        )),
        _ => Ok(()),
    }
}

/// What a batch wrote.
#[derive(Clone, Copy, Debug, Default)]
pub struct Posted {
    /// How many entries.
    pub entries: u64,
}

/// Writes entries and keeps every sum above them current, all in the caller's transaction.
///
/// `digest` collects the rows' canonical text, in the order of their keys, for the audit event `event`.
///
/// # Errors
/// When a number does not fit, an entry lies below the level at which its indicator is collected or outside the
/// programme, or what it supersedes has been superseded already.
pub async fn post(
    tx: &Tx,
    outline: &Outline,
    event: Uuid,
    new: Vec<NewEntry>,
    digest: &mut RowDigest,
) -> Result<Posted> {
    let indicators: HashMap<Uuid, &indicators::Model> = outline.indicators.iter().map(|row| (row.id, row)).collect();
    let mut rows = Vec::with_capacity(new.len());
    let mut sources = Vec::new();
    for entry in new {
        let indicator = indicators
            .get(&entry.indicator)
            .ok_or_else(|| Problem::not_found("指标不属于本方案", "the indicator is not part of this programme"))?;
        if entry.region.level() > indicator.grain() {
            return Err(below_grain(indicator, entry.region).into());
        }
        if entry.organisation.is_some() && !indicator.by_body {
            return Err(not_by_body(indicator).into());
        }
        let row = entries::Model {
            id: Uuid::now_v7(),
            programme_id: outline.programme.id,
            indicator_id: entry.indicator,
            region: entry.region.stored(),
            organisation_id: entry.organisation,
            measure: entry.measure.number(),
            as_of: entry.as_of,
            effective_on: entry.effective_on,
            value: entry.number.map(|number| amount::to_stored(number.value)).transpose()?,
            precision_code: entry.number.map_or(0, |number| number.precision.to_code()),
            qualifier: entry.qualifier.code().to_owned(),
            recorded_ms: tx.at_ms(),
            event_id: event,
            supersedes: entry.supersedes,
            withdrawn: entry.withdrawn,
        };
        if let Some(source) = entry.source {
            sources.push(source.row(row.id, row.programme_id));
        }
        rows.push(row);
    }
    digest_rows(&rows, &sources, digest);
    rollup::keep_current(tx, outline, &rows).await?;
    let count = rows.len() as u64;
    insert_rows(tx.on(), rows)
        .await
        .map_err(|error| if error.is_duplicate() { superseded_already() } else { error })?;
    insert_sources(tx.on(), sources).await?;
    Ok(Posted { entries: count })
}

fn superseded_already() -> store::Error {
    Problem::conflict(
        "这条数据刚刚已被他人更正，您的更正没有保存。请打开最新一条再更正",
        "somebody has just corrected this entry and your correction was not saved: open the newest one",
    )
    .into()
}

fn below_grain(indicator: &indicators::Model, region: RegionCode) -> Problem {
    let grain = indicator.grain().name();
    Problem::invalid(
        format!("指标“{}”按{}采集，{region} 低于这一级", indicator.name, grain.zh),
        format!("“{}” is collected by {}, and {region} lies below that", indicator.name, grain.en),
    )
}

/// Several bodies at one place would be counted beside the place's own figure.
fn not_by_body(indicator: &indicators::Model) -> Problem {
    Problem::invalid(
        format!(
            "指标“{0}”没有分解到单位：按单位填的数字会与本地合计重复。请先在指标“{0}”中勾选“分解到单位”",
            indicator.name
        ),
        format!(
            "“{}” is not shared by bodies, and a body's figure would count beside the place's own: tick “shared by bodies” on the indicator first",
            indicator.name
        ),
    )
}
