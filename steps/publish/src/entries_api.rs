//! Entries in the API: everything a programme's ledger holds, and the trail of one figure.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use figures::Decimal;
use kernel::clock::china_time;
use kernel::{Lang, Problem, RegionCode, Text};
use ledger::board::{Basis, Shown};
use ledger::current::shown;
use ledger::entries;
use ledger::programmes::{self, Outline};
use ledger::tables::entries::Model as Entry;
use ledger::trail::{Neighbour, Trail, Version};
use ledger::words::Measure;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Result, Route, Step};

use crate::figure_api::FigureDetails;
use crate::scoreboard::published;
use crate::shown::entry_path;

const ROUTES: &[Route] = &[
    Route::get("/api/v1/programmes/{slug}/entries", Access::Public),
    Route::get("/api/v1/entries/{id}", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)), routes: ROUTES }
}

/// A figure in the ledger; never changed, never removed.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct EntryDetails {
    id: Uuid,
    /// The programme's name in addresses.
    programme: String,
    /// The indicator's number in the programme.
    indicator: i32,
    indicator_name: String,
    /// The place it is true of: six, nine or twelve digits.
    region: String,
    /// The place's name as printed.
    place: String,
    /// `actual` or `target`.
    measure: &'static str,
    /// The exact decimal; none for a figure without a number.
    value: Option<String>,
    /// As printed.
    printed: String,
    /// `eq`, `ge`, `le`, `approx` or `full`.
    qualifier: &'static str,
    unit: String,
    /// `count`, `money`, `rank` …
    kind: String,
    /// The cut-off; none when none is printed.
    as_of: Option<NaiveDate>,
    /// The first day it speaks of.
    period_start: Option<NaiveDate>,
    /// The last day it speaks of.
    period_end: Option<NaiveDate>,
    /// `printed`, `derived` or `undated`.
    date_basis: String,
    /// `published`: an entry stands as it was published or reported.
    #[schema(value_type = String)]
    basis: Basis,
    /// A shared rank.
    tie: bool,
    note: Option<String>,
    /// The document it was taken from.
    document: Option<String>,
    document_title: Option<String>,
    /// The fact's identity in the file it came from.
    external_id: Option<String>,
    /// When the ledger came to know it, in China Standard Time.
    #[schema(example = "2024-07-10T09:30:00+08:00")]
    recorded_at: String,
    /// The entry that it corrects.
    supersedes: Option<Uuid>,
    /// The entry that corrects it; none while it stands.
    superseded_by: Option<Uuid>,
    /// It takes a figure back without putting another in its place.
    withdrawn: bool,
    /// Why it corrects another.
    reason: Option<String>,
    reason_text: Option<String>,
    /// The address of its trail.
    trail: String,
}

impl EntryDetails {
    /// These entries of one programme with their sources.
    pub(crate) async fn all<C: ConnectionTrait>(on: &C, outline: &Outline, rows: Vec<Entry>) -> Result<Vec<Self>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut sources = entries::sources_of(on, &ids).await?;
        let superseded = entries::superseded_by(on, &ids).await?;
        let documents: HashMap<_, _> = programmes::documents_of(on, outline.programme.id)
            .await?
            .into_iter()
            .map(|document| (document.id, document))
            .collect();
        let indicators: HashMap<_, _> = outline.indicators.iter().map(|row| (row.id, row)).collect();
        let entry = |row: Entry| {
            let indicator = indicators.get(&row.indicator_id)?;
            let source = sources.remove(&row.id);
            let document = source.as_ref().and_then(|source| documents.get(&source.document_id?));
            let shown = shown(&row, source.clone(), indicator.unit.clone(), outline.region());
            let mut details = Self::of(&outline.programme.slug, &row, &shown);
            details.indicator = indicator.number;
            details.indicator_name.clone_from(&indicator.name);
            details.kind.clone_from(&indicator.kind);
            details.superseded_by = superseded.get(&row.id).copied();
            details.document = document.map(|document| document.code.clone());
            details.document_title = document.map(|document| document.title.clone());
            if let Some(source) = source {
                details.take(source);
            }
            Some(details)
        };
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    fn of(slug: &str, row: &Entry, shown: &Shown) -> Self {
        Self {
            id: row.id,
            programme: slug.to_owned(),
            indicator: 0,
            indicator_name: String::new(),
            region: RegionCode::from_stored(row.region).map(RegionCode::short).unwrap_or_default(),
            place: String::new(),
            measure: Measure::from_number(row.measure).code(),
            value: shown.value().map(|value| value.normalize().to_string()),
            printed: shown.raw.clone(),
            qualifier: shown.qualifier.code(),
            unit: shown.unit.clone(),
            kind: String::new(),
            as_of: row.as_of,
            period_start: None,
            period_end: None,
            date_basis: String::new(),
            basis: shown.basis,
            tie: shown.tie,
            note: None,
            document: None,
            document_title: None,
            external_id: None,
            recorded_at: china_time(row.recorded_ms).map(|time| time.to_rfc3339()).unwrap_or_default(),
            supersedes: row.supersedes,
            superseded_by: None,
            withdrawn: row.withdrawn,
            reason: None,
            reason_text: None,
            trail: entry_path(row.id),
        }
    }

    fn take(&mut self, source: ledger::tables::entry_sources::Model) {
        self.place = source.place;
        self.period_start = source.period_start;
        self.period_end = source.period_end;
        self.date_basis = source.date_basis;
        self.note = source.note;
        self.external_id = source.external_id;
        self.reason = source.reason;
        self.reason_text = source.reason_text;
    }
}

impl Row for EntryDetails {
    fn file_name() -> Text {
        Text::new("台账", "entries")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("记录", "entry"),
            Text::new("方案", "programme"),
            Text::new("指标号", "indicator"),
            Text::new("指标", "name"),
            Text::new("区划代码", "region"),
            Text::new("地方", "place"),
            Text::new("完成或目标", "measure"),
            Text::new("数值", "value"),
            Text::new("原文数字", "printed"),
            Text::new("修饰", "qualifier"),
            Text::new("单位", "unit"),
            Text::new("类型", "kind"),
            Text::new("截至", "cut-off"),
            Text::new("期间起", "period from"),
            Text::new("期间止", "period to"),
            Text::new("日期依据", "date basis"),
            Text::new("出处", "document"),
            Text::new("备注", "note"),
            Text::new("记入时间", "recorded at"),
            Text::new("更正了", "supersedes"),
            Text::new("被更正为", "superseded by"),
            Text::new("已撤回", "withdrawn"),
            Text::new("更正理由", "reason"),
            Text::new("来历", "trail"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let measure = Measure::parse(self.measure).map(|measure| measure.name().get(lang).to_owned());
        let qualifier = figures::Qualifier::parse_code(self.qualifier);
        let key = |id: Option<Uuid>| id.map(|id| id.to_string());
        vec![
            self.id.to_string().into(),
            self.programme.as_str().into(),
            i64::from(self.indicator).into(),
            self.indicator_name.as_str().into(),
            self.region.as_str().into(),
            self.place.as_str().into(),
            measure.into(),
            self.value.as_ref().and_then(|value| value.parse::<Decimal>().ok()).into(),
            self.printed.as_str().into(),
            qualifier.map(|qualifier| lang.t(qualifier.name_zh(), qualifier.name_en()).to_owned()).into(),
            self.unit.as_str().into(),
            self.kind.as_str().into(),
            self.as_of.into(),
            self.period_start.into(),
            self.period_end.into(),
            self.date_basis.as_str().into(),
            self.document_title.clone().into(),
            self.note.clone().into(),
            self.recorded_at.as_str().into(),
            key(self.supersedes).into(),
            key(self.superseded_by).into(),
            if self.withdrawn { lang.t("是", "yes") } else { lang.t("否", "no") }.into(),
            self.reason_text.clone().into(),
            self.trail.as_str().into(),
        ]
    }
}

/// Where a figure comes from.
#[derive(Serialize, utoipa::ToSchema)]
struct TrailDetails {
    #[serde(flatten)]
    entry: EntryDetails,
    project: Option<String>,
    category: Option<String>,
    /// The words of the source, when they may be kept.
    quote: Option<String>,
    /// All versions of the figure, oldest first, with the event that wrote each.
    versions: Vec<VersionDetails>,
    /// The target of an outcome, the outcome of a target.
    counterpart: Option<NeighbourDetails>,
    /// What it belongs to.
    whole: Option<NeighbourDetails>,
    /// What belongs to it.
    parts: Vec<NeighbourDetails>,
    /// The matter that it shares with other places.
    matter: Option<String>,
}

/// One version of a figure.
#[derive(Serialize, utoipa::ToSchema)]
struct VersionDetails {
    id: Uuid,
    #[serde(flatten)]
    figure: FigureDetails,
    recorded_at: String,
    withdrawn: bool,
    reason: Option<String>,
    reason_text: Option<String>,
    /// The event's number in the audit chain.
    event: Option<i64>,
    /// What was done: `facts.imported`, `entry.corrected` …
    action: Option<String>,
    /// The SM3 hash of the event.
    hash: Option<String>,
}

/// A figure beside this one.
#[derive(Serialize, utoipa::ToSchema)]
struct NeighbourDetails {
    /// The indicator's number in the programme.
    indicator: i32,
    name: String,
    /// `actual` or `target`.
    measure: &'static str,
    /// How it belongs to the other.
    relation: Option<String>,
    #[serde(flatten)]
    figure: FigureDetails,
}

impl From<&Neighbour> for NeighbourDetails {
    fn from(near: &Neighbour) -> Self {
        Self {
            indicator: near.indicator.number,
            name: near.indicator.name.clone(),
            measure: near.measure.code(),
            relation: near.indicator.relation.clone(),
            figure: FigureDetails::from(&near.shown),
        }
    }
}

impl From<&Version> for VersionDetails {
    fn from(version: &Version) -> Self {
        let source = version.source.as_ref();
        let event = version.event.as_ref();
        Self {
            id: version.entry.id,
            figure: FigureDetails::from(&version.shown),
            recorded_at: china_time(version.entry.recorded_ms).map(|time| time.to_rfc3339()).unwrap_or_default(),
            withdrawn: version.entry.withdrawn,
            reason: source.and_then(|source| source.reason.clone()),
            reason_text: source.and_then(|source| source.reason_text.clone()),
            event: event.map(|event| event.number),
            action: event.map(|event| event.action.clone()),
            hash: event.map(|event| event.hash.clone()),
        }
    }
}

/// Everything that a programme's ledger holds, in the order in which it was recorded.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/entries", tag = "entries",
    params(("slug" = String, Path, example = "330200-2024"), Paging),
    responses((status = 200, body = Slice<EntryDetails>), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn list(State(app): State<App>, Path(slug): Path<String>, wanted: Wanted) -> Result<Response> {
    let on = app.store.reader();
    let outline = Outline::load(on, published(on, &slug).await?).await?;
    let rows = entries::of_programme(on, outline.programme.id, wanted.after()?, wanted.fetch()).await?;
    let all = EntryDetails::all(on, &outline, rows).await?;
    Slice::cut(all, &wanted, |row| row.id.to_string()).reply(&wanted).await
}

/// The trail of one figure: source, versions, audit events, and the figures around it.
#[utoipa::path(get, path = "/api/v1/entries/{id}", tag = "entries", params(("id" = Uuid, Path)),
    responses((status = 200, body = TrailDetails), (status = 404, body = ProblemDetails)))]
async fn show(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let on = app.store.reader();
    let trail = Trail::load(on, id).await?.filter(|trail| trail.programme.published);
    let trail = trail.ok_or_else(|| {
        Problem::not_found("台账里没有这条记录，或尚未公布", "The ledger has no such entry, or it is not public")
    })?;
    let outline = Outline::load(on, trail.programme.clone()).await?;
    let version = trail.version();
    let entry = EntryDetails::all(on, &outline, vec![version.entry.clone()]).await?.pop();
    let details = TrailDetails {
        entry: entry.ok_or_else(|| Problem::not_found("没有这个指标", "There is no such indicator"))?,
        project: trail.project.as_ref().map(|project| project.name.clone()),
        category: trail.category.as_ref().map(|category| category.name.clone()),
        quote: version.source.as_ref().and_then(|source| source.quote.clone()),
        versions: trail.versions.iter().map(VersionDetails::from).collect(),
        counterpart: trail.counterpart.as_ref().map(NeighbourDetails::from),
        whole: trail.whole.as_ref().map(NeighbourDetails::from),
        parts: trail.parts.iter().map(NeighbourDetails::from).collect(),
        matter: trail.matter.as_ref().map(|matter| matter.code.clone()),
    };
    Ok(axum::Json(details).into_response())
}
