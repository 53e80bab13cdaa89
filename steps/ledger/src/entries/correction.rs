//! Corrections: new entries that supersede.

use chrono::NaiveDate;
use figures::Qualifier;
use kernel::clock::china_date;
use kernel::{Problem, RegionCode};
use sea_orm::entity::prelude::*;
use store::audit::RowDigest;
use store::{Result, Tx};

use crate::programmes::Outline;
use crate::tables::{entries, entry_sources, indicators};
use crate::words::{DateBasis, Measure, Reason};

use super::{NewEntry, Source, check_cut_off, effective_on, post, sources_of, successor};

/// What the office says when it corrects an entry.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The figure as it should read, such as `3.31万`; empty to withdraw the figure.
    pub raw: String,
    /// How closely it is meant.
    pub qualifier: Qualifier,
    /// Its cut-off.
    pub as_of: Option<NaiveDate>,
    /// Why.
    pub reason: Reason,
    /// Why, in words.
    pub reason_text: String,
}

/// Writes a correction: a new entry that supersedes `old`.
///
/// # Errors
/// When the reason is missing, the figure cannot be read, or `old` has been superseded already.
pub async fn correct(tx: &mut Tx, outline: &Outline, old: &entries::Model, correction: Correction) -> Result<Uuid> {
    if correction.reason_text.trim().is_empty() {
        return Err(Problem::field("reason_text", "请写明更正理由", "say why the entry is corrected").into());
    }
    check_cut_off(correction.as_of, china_date(china_instant(tx.at_ms())))?;
    let raw = correction.raw.trim().to_owned();
    let number = if raw.is_empty() {
        None
    } else {
        Some(figures::parse_number(&raw).map_err(|error| {
            Problem::field(
                "raw",
                format!("读不懂数字“{raw}”：{error}"),
                format!("“{raw}” is no number: {}", error.message_en()),
            )
        })?)
    };
    let old_source = sources_of(tx.on(), &[old.id]).await?.remove(&old.id);
    let indicator = outline
        .indicator_by_id(old.indicator_id)
        .ok_or_else(|| Problem::not_found("没有这个指标", "there is no such indicator"))?;
    let region = RegionCode::from_stored(old.region)
        .ok_or_else(|| Problem::not_found("没有这个地方", "there is no such place"))?;
    let source = corrected_source(old_source, indicator, region, outline.programme.year, &raw, &correction);
    let measure = Measure::from_number(old.measure);
    let entry = NewEntry {
        indicator: old.indicator_id,
        region,
        organisation: old.organisation_id,
        measure,
        as_of: correction.as_of,
        effective_on: effective_on(measure, correction.as_of, (source.period_start, source.period_end), source.year),
        number,
        qualifier: correction.qualifier,
        source: Some(source),
        supersedes: Some(old.id),
        withdrawn: number.is_none(),
    };
    let mut digest = RowDigest::default();
    let mut event = store::audit::Event::new("entry.corrected", "entry", old.id, serde_json::Value::Null);
    post(tx, outline, event.id, vec![entry], &mut digest).await?;
    event.detail = serde_json::json!({
        "indicator": indicator.name,
        "from": old.number().map(|number| number.to_string()),
        "to": number.map(|number| number.to_string()),
        "reason": correction.reason,
        "reason_text": correction.reason_text,
        "rows": 1,
        "digest": digest.finish(),
    });
    tx.record(event).await?;
    let new = successor(tx.on(), old.id).await?;
    Ok(new.map_or(old.id, |new| new.id))
}

fn china_instant(unix_ms: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(unix_ms).unwrap_or_default()
}

fn corrected_source(
    old: Option<entry_sources::Model>,
    indicator: &indicators::Model,
    region: RegionCode,
    year: i32,
    raw: &str,
    correction: &Correction,
) -> Source {
    let mut source = match old {
        Some(old) => Source { quote: None, ..Source::from(old) },
        None => Source {
            document: None,
            external_id: None,
            sequence: 0,
            place: region.short(),
            year,
            label: indicator.name.clone(),
            raw: String::new(),
            unit: indicator.unit.clone(),
            kind: indicator.kind.clone(),
            flow: indicator.accumulation.clone(),
            period_start: None,
            period_end: None,
            date_basis: DateBasis::Printed,
            parent: None,
            relation: None,
            area: String::new(),
            tie: false,
            breakdown: None,
            note: None,
            quote: None,
            reason: None,
            reason_text: None,
        },
    };
    raw.clone_into(&mut source.raw);
    source.reason = Some(correction.reason);
    source.reason_text = Some(correction.reason_text.trim().to_owned());
    source
}
