//! Roll-up over the region tree: current right after every write, at any cut-off, as known on any day.
//!
//! Instead of sums, the table `rollups` keeps what each write *changed* in the sum of every place above it, by cut-off
//! and by the day it became known. The sum of a place is then the sum of its few changes – not of its many entries –
//! up to the cut-off asked for, among those known by the day asked for. Aggregating a million entries per page took
//! seconds; a nightly job would have shown yesterday's board.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::{Level, RegionCode};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QuerySelect, Statement, Value};
use store::{Result, Tx, amount, bulk};

use crate::entries::{View, standing};
use crate::programmes::Outline;
use crate::rules::{Courses, Step, deltas};
use crate::tables::{entries, indicators};
use crate::words::Measure;

/// Whether entries of this indicator at this place belong to sums.
fn counts(indicator: &indicators::Model, top: RegionCode, place: RegionCode) -> bool {
    indicator.kind().is_additive()
        && place.level() == indicator.grain()
        && top.contains(place)
        && (indicator.by_body || place != top)
}

/// What is added up together: indicator, place, measure.
type Cell = (Uuid, i64, i16);

fn cell(row: &entries::Model) -> Cell {
    (row.indicator_id, row.region, row.measure)
}

/// The standing entries of one cell, by body.
fn courses(all: &[entries::Model]) -> Courses {
    let mut courses = Courses::default();
    let mut bodies = BTreeMap::<Uuid, Vec<Step>>::new();
    for entry in standing(all, View::default()) {
        match entry.organisation_id {
            None => courses.own.push(entry.step()),
            Some(body) => bodies.entry(body).or_default().push(entry.step()),
        }
    }
    courses.bodies = bodies.into_values().collect();
    courses
}

/// Adds what `new` rows change to the sums above them. Runs before they are inserted.
pub(crate) async fn keep_current(tx: &Tx, outline: &Outline, new: &[entries::Model]) -> Result<()> {
    let top = outline.region();
    let adding: HashMap<Uuid, &indicators::Model> = outline.indicators.iter().map(|row| (row.id, row)).collect();
    let mut by_cell = BTreeMap::<Cell, Vec<entries::Model>>::new();
    for row in new {
        let place = RegionCode::from_stored(row.region);
        if adding.get(&row.indicator_id).zip(place).is_some_and(|(indicator, place)| counts(indicator, top, place)) {
            by_cell.entry(cell(row)).or_default().push(row.clone());
        }
    }
    let existing = existing_entries(tx.on(), &by_cell).await?;
    let mut changes = BTreeMap::<(i64, Uuid, i16, NaiveDate), (i64, i64)>::new();
    for (key, rows) in by_cell {
        let (indicator, region, measure) = key;
        let before = existing.get(&key).map_or(&[][..], Vec::as_slice);
        let after: Vec<_> = before.iter().chain(&rows).cloned().collect();
        let difference = deltas(&courses(before), &courses(&after));
        let Some(place) = RegionCode::from_stored(region) else { continue };
        for above in place.lineage().filter(|above| top.contains(*above)) {
            let days = if above == place { &difference.at_place } else { &difference.above };
            for (day, (value, places)) in days {
                let change = changes.entry((above.stored(), indicator, measure, *day)).or_default();
                *change = (change.0 + value, change.1 + places);
            }
        }
    }
    let recorded_on = kernel::clock::china_time(tx.at_ms()).map_or(NaiveDate::MIN, |time| time.date_naive());
    let target = bulk::Target {
        table: "rollups",
        columns: &["programme_id", "region", "indicator_id", "measure", "as_of", "recorded_on", "delta", "places"],
        suffix: "ON CONFLICT (programme_id, region, indicator_id, measure, as_of, recorded_on) \
                 DO UPDATE SET delta = rollups.delta + excluded.delta, places = rollups.places + excluded.places",
    };
    let programme: Value = outline.programme.id.into();
    let rows = changes.into_iter().map(|((region, indicator, measure, as_of), (delta, places))| {
        vec![
            programme.clone(),
            region.into(),
            indicator.into(),
            measure.into(),
            as_of.into(),
            recorded_on.into(),
            delta.into(),
            places.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await
}

/// What the cells touched by a batch already hold: one query per indicator and run of places.
async fn existing_entries<C: ConnectionTrait>(
    on: &C,
    touched: &BTreeMap<Cell, Vec<entries::Model>>,
) -> Result<HashMap<Cell, Vec<entries::Model>>> {
    let mut ranges = BTreeMap::<Uuid, (i64, i64)>::new();
    for (indicator, region, _) in touched.keys() {
        let range = ranges.entry(*indicator).or_insert((*region, *region));
        *range = (range.0.min(*region), range.1.max(*region));
    }
    let mut existing = HashMap::<Cell, Vec<entries::Model>>::new();
    for (indicator, (first, last)) in ranges {
        let rows = entries::Entity::find()
            .filter(entries::Column::IndicatorId.eq(indicator))
            .filter(entries::Column::Region.between(first, last))
            .all(on)
            .await?;
        for row in rows {
            if touched.contains_key(&cell(&row)) {
                existing.entry(cell(&row)).or_default().push(row);
            }
        }
    }
    Ok(existing)
}

/// The sum of the entries below a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The place.
    pub region: RegionCode,
    /// The indicator.
    pub indicator: Uuid,
    /// Done, or to be done.
    pub measure: Measure,
    /// The sum.
    pub value: figures::Decimal,
    /// How many places have a figure.
    pub places: i64,
    /// The latest cut-off among the figures.
    pub as_of: NaiveDate,
}

/// The sums of all indicators of a programme at one place.
///
/// # Errors
/// When the database fails or a sum leaves the range of exact numbers.
pub async fn at_place<C: ConnectionTrait>(on: &C, programme: Uuid, region: RegionCode, view: View) -> Result<Vec<Sum>> {
    sums(on, programme, "region = $4", vec![region.stored().into()], view).await
}

/// The sums of one indicator at each of `places`.
///
/// # Errors
/// When the database fails or a sum leaves the range of exact numbers.
pub async fn of_indicator<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    indicator: Uuid,
    places: &[RegionCode],
    view: View,
) -> Result<Vec<Sum>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let slots: Vec<_> = (0..places.len()).map(|at| format!("${}", at + 5)).collect();
    let condition = format!("indicator_id = $4 AND region IN ({})", slots.join(","));
    let values = std::iter::once(indicator.into()).chain(places.iter().map(|place| place.stored().into())).collect();
    sums(on, programme, &condition, values, view).await
}

async fn sums<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    condition: &str,
    more: Vec<Value>,
    view: View,
) -> Result<Vec<Sum>> {
    let sql = format!(
        "SELECT region, indicator_id, measure, CAST(SUM(delta) AS BIGINT) AS total, \
         CAST(SUM(places) AS BIGINT) AS reporting, MAX(as_of) AS as_of FROM rollups \
         WHERE programme_id = $1 AND as_of <= $2 AND recorded_on <= $3 AND {condition} \
         GROUP BY region, indicator_id, measure"
    );
    // The last day that both databases can hold.
    let forever = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    let mut values: Vec<Value> =
        vec![programme.into(), view.cut_off.unwrap_or(forever).into(), view.known.unwrap_or(forever).into()];
    values.extend(more);
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            let code: i64 = row.try_get("", "region")?;
            Ok(Sum {
                region: RegionCode::from_stored(code).ok_or_else(|| store::Error::BrokenRow {
                    table: "rollups",
                    column: "region",
                    row: code.to_string(),
                    why: "no division code".into(),
                })?,
                indicator: row.try_get("", "indicator_id")?,
                measure: Measure::from_number(row.try_get("", "measure")?),
                value: amount::from_stored(row.try_get("", "total")?),
                places: row.try_get("", "reporting")?,
                as_of: row.try_get("", "as_of")?,
            })
        })
        .filter(|sum| sum.as_ref().map_or(true, |sum: &Sum| sum.places != 0))
        .collect()
}

/// The cut-offs at which the programme has figures for `region` and the places above it, newest first.
///
/// # Errors
/// When the database fails.
pub async fn cut_offs<C: ConnectionTrait>(on: &C, outline: &Outline, region: RegionCode) -> Result<Vec<NaiveDate>> {
    let programme = outline.programme.id;
    // By indicator and place, as the index is: by programme alone it would read every entry.
    let direct: Vec<Option<NaiveDate>> = entries::Entity::find()
        .select_only()
        .column(entries::Column::AsOf)
        .distinct()
        .filter(entries::Column::IndicatorId.is_in(outline.indicators.iter().map(|row| row.id)))
        .filter(entries::Column::Region.is_in(region.lineage().map(RegionCode::stored)))
        .filter(entries::Column::AsOf.is_not_null())
        .into_tuple()
        .all(on)
        .await?;
    let sql = "SELECT DISTINCT as_of FROM rollups WHERE programme_id = $1 AND region = $2";
    let values: Vec<Value> = vec![programme.into(), region.stored().into()];
    let rolled = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let mut days: Vec<NaiveDate> = direct.into_iter().flatten().collect();
    for row in rolled {
        days.push(row.try_get("", "as_of")?);
    }
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    Ok(days)
}

/// The level below which an indicator's places are listed, or `None` when it is collected for the whole only.
pub fn level_below(region: RegionCode, grain: Level) -> Option<Level> {
    Level::ALL.into_iter().find(|level| *level > region.level()).filter(|level| *level <= grain)
}
