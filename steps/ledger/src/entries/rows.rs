//! Entries and their sources as rows: written in bulk, and as the text that the audit digest covers.

use chrono::NaiveDate;
use figures::{Number, Precision, Qualifier};
use kernel::clock::china_time;
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::audit::RowDigest;
use store::{Result, amount, bulk};

use crate::rules::Step;
use crate::tables::{entries, entry_sources};
use crate::words::{Breakdown, DateBasis, Reason};

use super::Source;

/// Feeds rows in the order of their keys; [`crate::verify`] does the same from the tables.
pub(crate) fn digest_rows(rows: &[entries::Model], sources: &[entry_sources::Model], digest: &mut RowDigest) {
    let mut sources = sources.iter().peekable();
    for row in rows {
        digest.add(&row.canonical());
        while let Some(source) = sources.next_if(|source| source.entry_id == row.id) {
            digest.add(&source.canonical());
        }
    }
}

pub(super) async fn insert_rows<C: ConnectionTrait>(on: &C, rows: Vec<entries::Model>) -> Result<()> {
    let target = bulk::Target {
        table: "entries",
        columns: &[
            "id",
            "programme_id",
            "indicator_id",
            "region",
            "organisation_id",
            "measure",
            "as_of",
            "effective_on",
            "value",
            "precision_code",
            "qualifier",
            "recorded_ms",
            "event_id",
            "supersedes",
            "withdrawn",
        ],
        suffix: "",
    };
    let values = rows.into_iter().map(|row| {
        vec![
            row.id.into(),
            row.programme_id.into(),
            row.indicator_id.into(),
            row.region.into(),
            row.organisation_id.into(),
            row.measure.into(),
            row.as_of.into(),
            row.effective_on.into(),
            row.value.into(),
            row.precision_code.into(),
            row.qualifier.into(),
            row.recorded_ms.into(),
            row.event_id.into(),
            row.supersedes.into(),
            row.withdrawn.into(),
        ]
    });
    bulk::insert(on, target, values).await
}

pub(super) async fn insert_sources<C: ConnectionTrait>(on: &C, sources: Vec<entry_sources::Model>) -> Result<()> {
    let target = bulk::Target {
        table: "entry_sources",
        columns: &[
            "entry_id",
            "programme_id",
            "document_id",
            "external_id",
            "sequence",
            "place",
            "year",
            "label",
            "raw",
            "unit",
            "kind",
            "flow",
            "period_start",
            "period_end",
            "date_basis",
            "parent",
            "relation",
            "area",
            "tie",
            "breakdown",
            "note",
            "quote",
            "reason",
            "reason_text",
        ],
        suffix: "",
    };
    let values = sources.into_iter().map(|row| {
        vec![
            row.entry_id.into(),
            row.programme_id.into(),
            row.document_id.into(),
            row.external_id.into(),
            row.sequence.into(),
            row.place.into(),
            row.year.into(),
            row.label.into(),
            row.raw.into(),
            row.unit.into(),
            row.kind.into(),
            row.flow.into(),
            row.period_start.into(),
            row.period_end.into(),
            row.date_basis.into(),
            row.parent.into(),
            row.relation.into(),
            row.area.into(),
            row.tie.into(),
            row.breakdown.into(),
            row.note.into(),
            row.quote.into(),
            row.reason.into(),
            row.reason_text.into(),
        ]
    });
    bulk::insert(on, target, values).await
}

impl From<entry_sources::Model> for Source {
    fn from(row: entry_sources::Model) -> Self {
        Self {
            document: row.document_id,
            external_id: row.external_id,
            sequence: row.sequence,
            place: row.place,
            year: row.year,
            label: row.label,
            raw: row.raw,
            unit: row.unit,
            kind: row.kind,
            flow: row.flow,
            period_start: row.period_start,
            period_end: row.period_end,
            date_basis: DateBasis::parse(&row.date_basis).unwrap_or(DateBasis::Undated),
            parent: row.parent,
            relation: row.relation,
            area: row.area,
            tie: row.tie,
            breakdown: row.breakdown.as_deref().and_then(Breakdown::parse),
            note: row.note,
            quote: row.quote,
            reason: row.reason.as_deref().and_then(Reason::parse),
            reason_text: row.reason_text,
        }
    }
}

impl Source {
    pub(super) fn row(self, entry_id: Uuid, programme_id: Uuid) -> entry_sources::Model {
        entry_sources::Model {
            entry_id,
            programme_id,
            document_id: self.document,
            external_id: self.external_id,
            sequence: self.sequence,
            place: self.place,
            year: self.year,
            label: self.label,
            raw: self.raw,
            unit: self.unit,
            kind: self.kind,
            flow: self.flow,
            period_start: self.period_start,
            period_end: self.period_end,
            date_basis: self.date_basis.code().to_owned(),
            parent: self.parent,
            relation: self.relation,
            area: self.area,
            tie: self.tie,
            breakdown: self.breakdown.map(|breakdown| breakdown.code().to_owned()),
            note: self.note,
            quote: self.quote,
            reason: self.reason.map(|reason| reason.code().to_owned()),
            reason_text: self.reason_text,
        }
    }
}

impl entries::Model {
    /// The number with the precision it was printed with.
    pub fn number(&self) -> Option<Number> {
        let precision = Precision::from_code(self.precision_code).unwrap_or_default();
        self.value.map(|value| Number { value: amount::from_stored(value), precision })
    }

    /// How closely the number is meant.
    pub fn qualifier(&self) -> Qualifier {
        Qualifier::parse_code(&self.qualifier).unwrap_or(Qualifier::Exact)
    }

    /// The day on which the ledger came to know it, in China.
    pub fn recorded_on(&self) -> NaiveDate {
        china_time(self.recorded_ms).map_or(NaiveDate::MIN, |time| time.date_naive())
    }

    /// This entry as a step of its series.
    pub(crate) fn step(&self) -> Step {
        Step { effective_on: self.effective_on, order: self.id.as_u128(), value: self.value }
    }

    /// The text that the audit digest covers: every column, in the order of the table.
    fn canonical(&self) -> String {
        let Self { id, programme_id, indicator_id, region, measure, effective_on, precision_code, qualifier, .. } =
            self;
        format!(
            "{id}|{programme_id}|{indicator_id}|{region}|{}|{measure}|{}|{effective_on}|{}|{precision_code}|{qualifier}|{}|{}|{}|{}",
            text(self.organisation_id),
            text(self.as_of),
            text(self.value),
            self.recorded_ms,
            self.event_id,
            text(self.supersedes),
            self.withdrawn,
        )
    }
}

impl entry_sources::Model {
    /// The text that the audit digest covers: every column, as a JSON array, so that no text can imitate two.
    fn canonical(&self) -> String {
        serde_json::json!([
            self.entry_id,
            self.document_id,
            self.external_id,
            self.sequence,
            self.place,
            self.year,
            self.label,
            self.raw,
            self.unit,
            self.kind,
            self.flow,
            self.period_start,
            self.period_end,
            self.date_basis,
            self.parent,
            self.relation,
            self.area,
            self.tie,
            self.breakdown,
            self.note,
            self.quote,
            self.reason,
            self.reason_text,
        ])
        .to_string()
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
