//! Corrections (更正): a new entry supersedes an old one with a reason; nothing is overwritten.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use figures::{Magnitude, Qualifier};
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::entries::{self, Correction};
use ledger::programmes::{self, Outline, hold_indicator, needs_decision};
use ledger::tables::entries::Model as Entry;
use ledger::words::{Measure, Reason};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Json, Path, ProblemDetails, Result, Route, SignedIn, Step, components, outcome, page,
};

use crate::authority;
use crate::bench::{History, Line};
use crate::sheet::figure::{self, Counted, Told};
use crate::sheet::parts_exceed;
use crate::sheet::read::Cell;
use crate::targets::written;

const CORRECT: Access = Access::Needs(Permission::CorrectEntry);

const ROUTES: &[Route] = &[
    Route::get("/office/entries/{id}/correction", CORRECT),
    Route::post("/office/entries/{id}/correction", CORRECT),
    Route::post("/api/v1/entries/{id}/corrections", CORRECT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/entries/{id}/correction", get(ask).post(correct))
        .routes(routes!(correct_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct CorrectionFields {
    raw: String,
    qualifier: String,
    as_of: String,
    reason: String,
    reason_text: String,
}

impl CorrectionFields {
    fn read(&self) -> Result<Correction, Problem> {
        let as_of = typed::optional_day("as_of", &self.as_of)?;
        let reason = Reason::parse(&self.reason)
            .ok_or_else(|| Problem::field("reason", "请选择更正原因", "Choose why it is corrected"))?;
        let qualifier = match self.qualifier.as_str() {
            "" => Qualifier::Exact,
            code => Qualifier::parse_code(code)
                .ok_or_else(|| Problem::field("qualifier", "不认识这个限定词", "The qualifier is not known"))?,
        };
        Ok(Correction {
            raw: self.raw.trim().to_owned(),
            qualifier,
            as_of,
            reason,
            reason_text: self.reason_text.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "correction.html")]
struct CorrectionPage {
    f: Frame,
    entry: Uuid,
    published: bool,
    slug: String,
    title: String,
    indicator: String,
    number: i32,
    unit: String,
    place: String,
    cut_off: String,
    is_target: bool,
    standing: String,
    newer: Option<Uuid>,
    fields: CorrectionFields,
    history: History,
    problem: Option<Problem>,
}

impl CorrectionPage {
    fn programme_address(&self) -> String {
        format!("/office/programmes/{}", self.slug)
    }

    fn indicator_address(&self) -> String {
        format!("/office/programmes/{}/indicators/{}", self.slug, self.number)
    }

    fn reasons(&self) -> Vec<(String, String)> {
        let all: Vec<Reason> = Reason::ALL.iter().copied().filter(|reason| *reason != Reason::Reimported).collect();
        let none = (String::new(), self.f.lang.t("请选择", "Choose").to_owned());
        std::iter::once(none).chain(components::choices(&self.f, &all, Reason::code, Reason::name)).collect()
    }

    fn qualifiers(&self) -> Vec<(String, String)> {
        let name = |one: Qualifier| self.f.lang.t(one.name_zh(), one.name_en()).to_owned();
        Qualifier::EVERY.into_iter().map(|one| (one.code().to_owned(), name(one))).collect()
    }
}

/// The entry and its programme, for somebody who may correct there.
async fn find(app: &App, me: &SignedIn, id: Uuid) -> Result<(Entry, Outline)> {
    let missing = || Problem::not_found("没有这条数据", "There is no such entry");
    let on = app.store.reader();
    let entry = entries::find(on, id).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, entry.programme_id).await?.ok_or_else(missing)?;
    let outline = authority::outline(app, me, &programme.slug, Permission::CorrectEntry).await?;
    Ok((entry, outline))
}

async fn ask(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (entry, outline) = find(&app, &me, id).await?;
    let sources = entries::sources_of(app.store.reader(), &[id]).await?;
    let fields = CorrectionFields {
        raw: written(&entry, sources.get(&id)),
        qualifier: entry.qualifier.clone(),
        as_of: entry.as_of.map(|day| day.to_string()).unwrap_or_default(),
        ..CorrectionFields::default()
    };
    page(&correction_page(&app, f, &entry, &outline, fields, None).await?)
}

async fn correction_page(
    app: &App,
    f: Frame,
    entry: &Entry,
    outline: &Outline,
    fields: CorrectionFields,
    problem: Option<Problem>,
) -> Result<CorrectionPage> {
    let on = app.store.reader();
    let versions = entries::versions(on, entry).await?;
    let ids: Vec<Uuid> = versions.iter().map(|row| row.id).collect();
    let sources = entries::sources_of(on, &ids).await?;
    let mut lines = Vec::with_capacity(versions.len());
    for version in versions.iter().rev() {
        let source = sources.get(&version.id);
        let event = store::audit::find(on, version.event_id).await?;
        let reason = source.and_then(|source| source.reason.as_deref()).and_then(Reason::parse);
        let why = source.and_then(|source| source.reason_text.clone()).unwrap_or_default();
        let title = match reason {
            Some(reason) => f.say(&reason.name()).to_owned(),
            None => f.lang.t("记入", "Recorded").to_owned(),
        };
        let actor = event.map(|event| event.actor).unwrap_or_default();
        lines.push(Line {
            title: format!("{} · {title}", written(version, source)),
            phrase: why,
            small: format!("{} · {actor}", f.time(&version.recorded_ms)),
            link: Some(format!("/office/entries/{}/correction", version.id)),
        });
    }
    let indicator = outline
        .indicator_by_id(entry.indicator_id)
        .ok_or_else(|| Problem::not_found("没有这个指标", "There is no such indicator"))?;
    let place = match RegionCode::from_stored(entry.region) {
        Some(region) => ledger::regions::name_in(on, region, outline.programme.year).await?,
        None => String::new(),
    };
    let history = History {
        title: f.lang.t("这个数字的来历", "The trail of this figure"),
        empty: f.lang.t("没有记录", "Nothing"),
        lines,
    };
    Ok(CorrectionPage {
        entry: entry.id,
        published: outline.programme.published,
        slug: outline.programme.slug.clone(),
        title: outline.programme.title_in(f.lang).to_owned(),
        indicator: indicator.name.clone(),
        number: indicator.number,
        unit: indicator.unit.clone(),
        place,
        cut_off: entry.as_of.map(|day| f.day(&day)).unwrap_or_default(),
        is_target: Measure::from_number(entry.measure) == Measure::Target,
        standing: written(entry, sources.get(&entry.id)),
        newer: versions.last().map(|last| last.id).filter(|last| *last != entry.id),
        fields,
        history,
        problem,
        f,
    })
}

async fn correct(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<CorrectionFields>,
) -> Result<Response> {
    let (entry, outline) = find(&app, &me, id).await?;
    let saved = match fields.read() {
        Ok(correction) => save(&app, &me, &entry, &outline, correction).await,
        Err(problem) => Err(problem.into()),
    };
    let published = outline.programme.published;
    let next = |new| if published { format!("/entries/{new}") } else { format!("/office/entries/{new}/correction") };
    let again = async |problem| correction_page(&app, f, &entry, &outline, fields, Some(problem)).await;
    outcome(saved, next, again).await
}

/// Reads the figure as it was printed, unit and qualifier included: 3646个, 近80万; what the form says of the qualifier
/// goes first.
fn as_printed(outline: &Outline, entry: &Entry, correction: Correction) -> Result<Correction, Problem> {
    let Some(row) = outline.indicator_by_id(entry.indicator_id).filter(|_| !correction.raw.is_empty()) else {
        return Ok(correction);
    };
    let counted = Counted { unit: &row.unit, scale: Magnitude::One, kind: row.kind() };
    let read = figure::read(&Cell::Text(correction.raw.clone()), counted, Told::Nothing)
        .map_err(|message| Problem::field("raw", message.zh, message.en))?;
    let qualifier = if correction.qualifier == Qualifier::Exact { read.qualifier } else { correction.qualifier };
    let raw = read.number.map_or(correction.raw, |number| number.to_string());
    Ok(Correction { raw, qualifier, ..correction })
}

async fn save(app: &App, me: &SignedIn, entry: &Entry, outline: &Outline, correction: Correction) -> Result<Uuid> {
    let correction = as_printed(outline, entry, correction)?;
    let is_target = Measure::from_number(entry.measure) == Measure::Target;
    let own = entry.region == outline.region().stored();
    if is_target && own && correction.reason == Reason::TargetAdjusted && needs_decision(&outline.programme) {
        return Err(Problem::field(
            "reason",
            "已通过并公布的目标要调整，请在“项目调整”里申请，经人大审议批准后生效；这里只能更正录入错误",
            "An adopted target changes by a decision of the congress: ask for it under adjustments; here errors are corrected",
        )
        .into());
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    if is_target {
        hold_indicator(&tx, entry.indicator_id).await?;
    }
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let new = entries::correct(&mut tx, &outline, entry, correction).await?;
    if let Some(message) = parts_exceed(&tx, &outline, entry.indicator_id).await? {
        return Err(Problem::field("raw", message.zh, message.en).into());
    }
    tx.commit().await?;
    Ok(new)
}

/// How an entry should read, and why.
#[derive(Deserialize, utoipa::ToSchema)]
struct CorrectionBody {
    /// The figure, such as `3.31万`; an empty text withdraws it.
    raw: String,
    /// `eq`, `ge`, `le`, `approx`, `full`.
    qualifier: Option<String>,
    /// The cut-off; without it, that of the entry. An empty text for none.
    as_of: Option<String>,
    /// `typing`, `source_corrected`, `definition_changed`, `inspection`, `target_adjusted`.
    reason: String,
    reason_text: String,
}

/// The entry that stands now.
#[derive(Serialize, utoipa::ToSchema)]
struct CorrectionDetails {
    entry: Uuid,
    supersedes: Uuid,
}

/// Supersedes an entry.
#[utoipa::path(post, path = "/api/v1/entries/{id}/corrections", tag = "office", request_body = CorrectionBody,
    params(("id" = Uuid, Path)),
    responses((status = 201, body = CorrectionDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn correct_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(body): Json<CorrectionBody>,
) -> Result<Response> {
    let (entry, outline) = find(&app, &me, id).await?;
    let fields = CorrectionFields {
        raw: body.raw,
        qualifier: body.qualifier.unwrap_or_else(|| entry.qualifier.clone()),
        as_of: body.as_of.unwrap_or_else(|| entry.as_of.map(|day| day.to_string()).unwrap_or_default()),
        reason: body.reason,
        reason_text: body.reason_text,
    };
    let new = save(&app, &me, &entry, &outline, fields.read()?).await?;
    let location = [(axum::http::header::LOCATION, format!("/api/v1/entries/{new}"))];
    Ok((StatusCode::CREATED, location, axum::Json(CorrectionDetails { entry: new, supersedes: id })).into_response())
}
