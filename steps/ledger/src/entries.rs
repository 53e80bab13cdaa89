//! Entries: how a figure comes into the ledger, how it is corrected, and which one counts.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use figures::{Number, Precision, Qualifier};
use kernel::clock::{china_date, china_time};
use kernel::{Problem, RegionCode};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use store::audit::RowDigest;
use store::{Result, Tx, amount, bulk};

use crate::programmes::Outline;
use crate::rollup;
use crate::rules::Step;
use crate::tables::{entries, entry_sources, indicators};
use crate::words::{Breakdown, DateBasis, Measure, Reason};

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

async fn insert_rows<C: ConnectionTrait>(on: &C, rows: Vec<entries::Model>) -> Result<()> {
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

async fn insert_sources<C: ConnectionTrait>(on: &C, sources: Vec<entry_sources::Model>) -> Result<()> {
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
    fn row(self, entry_id: Uuid, programme_id: Uuid) -> entry_sources::Model {
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

/// From which side of time the ledger is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Figures up to this cut-off; all when `None`.
    pub cut_off: Option<NaiveDate>,
    /// What was known at the end of this day; everything when `None`.
    pub known: Option<NaiveDate>,
}

impl View {
    /// Whether the ledger knew the entry by then.
    pub fn knows(&self, entry: &entries::Model) -> bool {
        self.known.is_none_or(|known| entry.recorded_on() <= known)
    }

    fn reaches(&self, entry: &entries::Model) -> bool {
        self.cut_off.is_none_or(|cut_off| entry.effective_on <= cut_off)
    }
}

/// What tells one series of figures from another.
pub type SeriesKey = (Uuid, i64, Option<Uuid>, i16);

/// Which entry of each series is shown: [`counting`] or [`counting_or_first`].
pub type Choice = fn(&[entries::Model], View) -> BTreeMap<SeriesKey, &entries::Model>;

/// The key of an entry's series: indicator, place, body, measure.
pub fn series_key(entry: &entries::Model) -> SeriesKey {
    (entry.indicator_id, entry.region, entry.organisation_id, entry.measure)
}

/// The entries that stand in `view`: known by then, neither superseded nor withdrawn by then. Order is kept.
pub fn standing(all: &[entries::Model], view: View) -> Vec<&entries::Model> {
    let superseded: std::collections::HashSet<Uuid> =
        all.iter().filter(|entry| view.knows(entry)).filter_map(|entry| entry.supersedes).collect();
    all.iter().filter(|entry| view.knows(entry) && !entry.withdrawn && !superseded.contains(&entry.id)).collect()
}

/// The one entry of each series that counts in `view`: the latest that stands and reaches it.
pub fn counting(all: &[entries::Model], view: View) -> BTreeMap<SeriesKey, &entries::Model> {
    let mut latest = BTreeMap::<SeriesKey, &entries::Model>::new();
    for entry in standing(all, view).into_iter().filter(|entry| view.reaches(entry)) {
        let slot = latest.entry(series_key(entry)).or_insert(entry);
        if (slot.effective_on, slot.id) < (entry.effective_on, entry.id) {
            *slot = entry;
        }
    }
    latest
}

/// What counts in `view` and, for a series that has nothing by the cut-off, its first entry behind it.
///
/// A page that opens at the programme's usual cut-off shows every published figure, each later one with its own day.
pub fn counting_or_first(all: &[entries::Model], view: View) -> BTreeMap<SeriesKey, &entries::Model> {
    let mut shown = counting(all, view);
    for entry in standing(all, view).into_iter().filter(|entry| !view.reaches(entry)) {
        let slot = shown.entry(series_key(entry)).or_insert(entry);
        if !view.reaches(slot) && (entry.effective_on, slot.id) < (slot.effective_on, entry.id) {
            *slot = entry;
        }
    }
    shown
}

/// All entries of a programme at the given places, superseded ones included.
///
/// # Errors
/// When the database fails.
pub async fn at_places<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    indicators: &[Uuid],
    places: &[RegionCode],
) -> Result<Vec<entries::Model>> {
    let mut found = Vec::new();
    for chunk in indicators.chunks(500) {
        found.extend(
            entries::Entity::find()
                .filter(entries::Column::ProgrammeId.eq(programme))
                .filter(entries::Column::IndicatorId.is_in(chunk.iter().copied()))
                .filter(entries::Column::Region.is_in(places.iter().map(|place| place.stored())))
                .order_by_asc(entries::Column::Id)
                .all(on)
                .await?,
        );
    }
    Ok(found)
}

/// The entries of an indicator at all places of `region`'s subtree, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn of_indicator<C: ConnectionTrait>(
    on: &C,
    indicator: Uuid,
    region: RegionCode,
    limit: u64,
) -> Result<Vec<entries::Model>> {
    let subtree = region.subtree();
    Ok(entries::Entity::find()
        .filter(entries::Column::IndicatorId.eq(indicator))
        .filter(entries::Column::Region.between(subtree.start().stored(), subtree.end().stored()))
        .order_by_asc(entries::Column::Region)
        .order_by_asc(entries::Column::EffectiveOn)
        .order_by_asc(entries::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// The entries of these indicators at one place, superseded ones included.
///
/// # Errors
/// When the database fails.
pub async fn of_place<C: ConnectionTrait>(
    on: &C,
    indicators: &[Uuid],
    place: RegionCode,
) -> Result<Vec<entries::Model>> {
    let mut found = Vec::new();
    for chunk in indicators.chunks(500) {
        found.extend(
            entries::Entity::find()
                .filter(entries::Column::IndicatorId.is_in(chunk.iter().copied()))
                .filter(entries::Column::Region.eq(place.stored()))
                .order_by_asc(entries::Column::Id)
                .all(on)
                .await?,
        );
    }
    Ok(found)
}

/// The entries of these indicators at all places, superseded ones included, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_indicators<C: ConnectionTrait>(on: &C, indicators: &[Uuid]) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::IndicatorId.is_in(indicators.iter().copied()))
        .order_by_asc(entries::Column::Id)
        .all(on)
        .await?)
}

/// All entries of a programme in the order in which they were recorded: `limit` of them behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::ProgrammeId.eq(programme))
        .filter(entries::Column::Id.gt(after.unwrap_or_default()))
        .order_by_asc(entries::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// Which of these entries have been superseded, and by which.
///
/// # Errors
/// When the database fails.
pub async fn superseded_by<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(1_000) {
        let pairs: Vec<(Option<Uuid>, Uuid)> = entries::Entity::find()
            .select_only()
            .column(entries::Column::Supersedes)
            .column(entries::Column::Id)
            .filter(entries::Column::Supersedes.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(on)
            .await?;
        found.extend(pairs.into_iter().filter_map(|(old, new)| Some((old?, new))));
    }
    Ok(found)
}

/// The latest corrections in these programmes, newest first.
///
/// # Errors
/// When the database fails.
pub async fn latest_corrections<C: ConnectionTrait>(
    on: &C,
    programmes: &[Uuid],
    limit: u64,
) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .filter(entries::Column::Supersedes.is_not_null())
        .order_by_desc(entries::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// How many entries a programme has.
///
/// # Errors
/// When the database fails.
pub async fn count_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<u64> {
    Ok(entries::Entity::find().filter(entries::Column::ProgrammeId.eq(programme)).count(on).await?)
}

/// One entry.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<entries::Model>> {
    Ok(entries::Entity::find_by_id(id).one(on).await?)
}

/// The sources of these entries.
///
/// # Errors
/// When the database fails.
pub async fn sources_of<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, entry_sources::Model>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let rows = entry_sources::Entity::find()
            .filter(entry_sources::Column::EntryId.is_in(chunk.iter().copied()))
            .all(on)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.entry_id, row)));
    }
    Ok(found)
}

/// All versions of the figure that `entry` belongs to, oldest first: what it superseded and what superseded it.
///
/// # Errors
/// When the database fails.
pub async fn versions<C: ConnectionTrait>(on: &C, entry: &entries::Model) -> Result<Vec<entries::Model>> {
    let mut chain = vec![entry.clone()];
    while let Some(older) = chain[0].supersedes {
        let Some(older) = find(on, older).await? else { break };
        chain.insert(0, older);
    }
    while let Some(newer) = successor(on, chain[chain.len() - 1].id).await? {
        chain.push(newer);
    }
    Ok(chain)
}

/// The entry that supersedes `id`, if any.
///
/// # Errors
/// When the database fails.
pub async fn successor<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<entries::Model>> {
    Ok(entries::Entity::find().filter(entries::Column::Supersedes.eq(id)).one(on).await?)
}

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
