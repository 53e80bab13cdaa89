//! Twelve monthly rounds of the generated year.

use anyhow::{Context, Result};
use chrono::{Days, Months, NaiveDate};
use kernel::RegionCode;
use ledger::entries::{self, NewEntry, Source, effective_on};
use ledger::words::{DateBasis, Measure};
use store::Store;
use store::audit::{Event, RowDigest};

use super::cast::Cast;
use super::clock::at;
use super::programme::{Adopted, Counted};
use super::shape::Shape;
use super::year::MONTHS;

/// The last day of a month, counted from zero.
pub(super) fn cut_off(year: i32, month: usize) -> Result<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).context("a year")?;
    let months = Months::new(u32::try_from(month)? + 1);
    Ok(first.checked_add_months(months).context("a month")? - Days::new(1))
}

/// Lives through the rounds that are not over yet, one after the other.
///
/// # Errors
/// When the database fails.
pub(super) async fn live(
    store: &Store,
    shape: &Shape,
    cast: &Cast,
    adopted: &Adopted,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<()> {
    let told = ledger::rollup::cut_offs(store.reader(), &adopted.outline, adopted.outline.region()).await?;
    for month in 0..MONTHS {
        let day = cut_off(shape.year, month)?;
        if told.contains(&day) {
            continue;
        }
        let store = store.with_clock(at(day + Days::new(8), 16, 30)?);
        let mut tx = store.begin(&cast.office.actor()).await?;
        let mut event = Event::new("entry.recorded", "programme", &shape.slug, serde_json::Value::Null);
        let mut new = Vec::new();
        for counted in &adopted.counted {
            for (region, _, months) in &counted.shares {
                new.push(entry(adopted, counted, *region, months[month], day)?);
            }
        }
        let count = new.len();
        let mut digest = RowDigest::default();
        entries::post(&tx, &adopted.outline, event.id, new, &mut digest).await?;
        event.detail = serde_json::json!({ "rows": count, "digest": digest.finish() });
        tx.record(event).await?;
        tx.commit().await?;
        progress(month as u64 + 1, MONTHS as u64);
    }
    Ok(())
}

fn entry(adopted: &Adopted, counted: &Counted, region: RegionCode, amount: i64, day: NaiveDate) -> Result<NewEntry> {
    let row = adopted.outline.indicator_by_id(counted.indicator).context("matched")?;
    let raw = counted.typed(amount);
    let year = adopted.outline.programme.year;
    Ok(NewEntry {
        indicator: counted.indicator,
        region,
        organisation: None,
        measure: Measure::Actual,
        as_of: Some(day),
        effective_on: effective_on(Measure::Actual, Some(day), (None, None), year),
        number: Some(figures::parse_number(&raw)?),
        qualifier: counted.qualifier,
        source: Some(Source {
            document: None,
            external_id: None,
            sequence: 0,
            place: region.short(),
            year,
            label: row.name.clone(),
            raw,
            unit: row.unit.clone(),
            kind: row.kind.clone(),
            flow: row.accumulation.clone(),
            period_start: None,
            period_end: None,
            date_basis: DateBasis::Printed,
            parent: None,
            relation: None,
            area: String::new(),
            tie: false,
            breakdown: row.breakdown(),
            note: Some("演示数据".to_owned()),
            quote: None,
            reason: None,
            reason_text: None,
        }),
        supersedes: None,
        withdrawn: false,
    })
}
