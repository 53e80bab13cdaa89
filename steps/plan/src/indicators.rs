//! Indicators (指标): what is counted, in what, how it adds up, and what it is part of.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Level, Permission, Problem, Text};
use ledger::entries;
use ledger::programmes::{IndicatorForm, Outline};
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Purpose, Relation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::audit::Event;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Json, Method, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components,
    page, page_with,
};

use crate::authority;
use crate::bench::{Bench, Here, changes, zh};
use crate::programmes::{Shown, mendable, needed_version, refusal};
use crate::targets::{self, Goals};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/indicators/new", EDIT),
    Route::post("/office/programmes/{slug}/indicators", EDIT),
    Route::get("/office/programmes/{slug}/indicators/{number}", ENTER),
    Route::post("/office/programmes/{slug}/indicators/{number}", EDIT),
    Route::post("/api/v1/programmes/{slug}/indicators", EDIT),
    Route::new(Method::Patch, "/api/v1/programmes/{slug}/indicators/{number}", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/indicators/new", get(ask))
        .route("/office/programmes/{slug}/indicators", post(create))
        .route("/office/programmes/{slug}/indicators/{number}", get(show).post(change))
        .routes(routes!(create_by_api))
        .routes(routes!(change_by_api));
    Step { router, routes: ROUTES }
}

/// What people fill in; everything is text until it has been looked at.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct IndicatorFields {
    project: Option<Uuid>,
    name: String,
    unit: String,
    kind: String,
    accumulation: String,
    direction: String,
    grain: String,
    purpose: String,
    fund_source: String,
    /// The number of the indicator above.
    parent: String,
    relation: String,
    breakdown: String,
    matter: String,
    services: String,
    /// `yes` when several bodies may share it at a place.
    by_body: String,
    version: i32,
}

impl IndicatorFields {
    fn is_by_body(&self) -> bool {
        self.by_body == "yes"
    }

    fn of(outline: &Outline, row: &Indicator) -> Self {
        let code = |value: &Option<String>| value.clone().unwrap_or_default();
        let parent = row.parent_id.and_then(|id| outline.indicator_by_id(id)).map(|parent| parent.number.to_string());
        Self {
            project: Some(row.project_id),
            name: row.name.clone(),
            unit: row.unit.clone(),
            kind: row.kind.clone(),
            accumulation: row.accumulation.clone(),
            direction: row.direction.clone(),
            grain: row.grain().code().to_owned(),
            purpose: row.purpose.clone(),
            fund_source: code(&row.fund_source),
            parent: parent.unwrap_or_default(),
            relation: code(&row.relation),
            breakdown: code(&row.breakdown),
            matter: code(&row.matter),
            services: row.services.clone(),
            by_body: if row.by_body { "yes" } else { "" }.to_owned(),
            version: row.version,
        }
    }

    fn read_over(&self, outline: &Outline, own: Option<Uuid>, form: IndicatorForm) -> Result<IndicatorForm, Problem> {
        let parent = match self.parent.trim() {
            "" => None,
            number => Some(fitting_parent(outline, own, number)?),
        };
        let unit = self.unit.trim();
        if !unit.is_empty() && figures::units::find(unit).is_none() {
            let zh = format!("“{unit}”不能作单位：请用汉字量词、计量单位或 %");
            return Err(Problem::field("unit", zh, format!("“{unit}” cannot be a unit")));
        }
        let grain = Level::parse(&self.grain).unwrap_or(form.grain);
        let relation = parent.map(|_| Relation::parse(&self.relation).unwrap_or(Relation::PartOf));
        Ok(IndicatorForm {
            name: self.name.clone(),
            unit: unit.to_owned(),
            kind: Kind::parse(&self.kind).unwrap_or(form.kind),
            accumulation: Accumulation::parse(&self.accumulation).unwrap_or(form.accumulation),
            direction: Direction::parse(&self.direction).unwrap_or(form.direction),
            grain,
            purpose: Purpose::parse(&self.purpose).unwrap_or(form.purpose),
            fund_source: FundSource::parse(&self.fund_source),
            parent,
            relation,
            breakdown: Breakdown::parse(&self.breakdown),
            matter: Some(self.matter.trim().to_owned()).filter(|matter| !matter.is_empty()),
            services: self.services.split_whitespace().map(str::to_owned).collect(),
            by_body: self.is_by_body(),
            ..form
        })
    }
}

/// The indicator above, unless it is below the own one.
fn fitting_parent(outline: &Outline, own: Option<Uuid>, number: &str) -> Result<Uuid, Problem> {
    let found = number.parse().ok().and_then(|number: i32| outline.indicators.iter().find(|row| row.number == number));
    let parent = found.ok_or_else(|| Problem::field("parent", "没有这个指标", "There is no such indicator"))?;
    let mut above = Some(parent);
    let mut steps = 0;
    while let Some(row) = above {
        if Some(row.id) == own || steps > outline.indicators.len() {
            return Err(Problem::field("parent", "指标不能是自己的一部分", "An indicator cannot be part of itself"));
        }
        above = row.parent_id.and_then(|id| outline.indicator_by_id(id));
        steps += 1;
    }
    Ok(parent.id)
}

#[derive(Template)]
#[template(path = "indicator.html")]
pub(crate) struct IndicatorPage {
    f: Frame,
    bench: Bench,
    number: Option<i32>,
    project: String,
    wholes: Vec<(String, String)>,
    fields: IndicatorFields,
    goals: Option<Goals>,
    actuals: Vec<Actual>,
    saved: bool,
    problem: Option<Problem>,
}

/// One outcome at the programme's own place.
struct Actual {
    entry: Uuid,
    cut_off: String,
    figure: String,
    unit: String,
}

impl IndicatorPage {
    fn choose<T: Copy>(
        &self,
        none: Option<(&str, &str)>,
        all: &[T],
        code: fn(T) -> &'static str,
        name: fn(T) -> Text,
    ) -> Vec<(String, String)> {
        let none = none.map(|(zh, en)| (String::new(), self.f.lang.t(zh, en).to_owned()));
        none.into_iter().chain(components::choices(&self.f, all, code, name)).collect()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        self.choose(None, Kind::ALL, Kind::code, Kind::name)
    }

    fn accumulations(&self) -> Vec<(String, String)> {
        self.choose(None, Accumulation::ALL, Accumulation::code, Accumulation::name)
    }

    fn directions(&self) -> Vec<(String, String)> {
        self.choose(None, Direction::ALL, Direction::code, Direction::name)
    }

    fn grains(&self) -> Vec<(String, String)> {
        self.choose(None, &Level::ALL, Level::code, Level::name)
    }

    fn purposes(&self) -> Vec<(String, String)> {
        self.choose(None, Purpose::ALL, Purpose::code, Purpose::name)
    }

    fn fund_sources(&self) -> Vec<(String, String)> {
        self.choose(Some(("—", "—")), FundSource::ALL, FundSource::code, FundSource::name)
    }

    fn relations(&self) -> Vec<(String, String)> {
        self.choose(None, Relation::ALL, Relation::code, Relation::name)
    }

    fn breakdowns(&self) -> Vec<(String, String)> {
        self.choose(Some(("没有分项", "no parts")), Breakdown::ALL, Breakdown::code, Breakdown::name)
    }
}

/// Other indicators of the programme, to choose the one above from.
fn wholes(f: &Frame, outline: &Outline, own: Option<Uuid>) -> Vec<(String, String)> {
    let none = (String::new(), f.lang.t("— 不属于其他指标", "— of none").to_owned());
    let others = outline.indicators.iter().filter(|row| Some(row.id) != own);
    std::iter::once(none).chain(others.map(|row| (row.number.to_string(), row.name.clone()))).collect()
}

fn project_name(outline: &Outline, id: Option<Uuid>) -> Result<String, Problem> {
    let found = outline.projects.iter().find(|row| Some(row.id) == id);
    found
        .map(|row| row.name.clone())
        .ok_or_else(|| Problem::field("project", "请选择项目", "There is no such project in the programme"))
}

#[derive(Deserialize)]
struct Within {
    project: Uuid,
}

async fn ask(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(within): Query<Within>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let level = outline.region().level();
    let grain = Level::ALL.into_iter().find(|below| *below > level).unwrap_or(level);
    let fields = IndicatorFields {
        project: Some(within.project),
        kind: Kind::Count.code().to_owned(),
        accumulation: Accumulation::New.code().to_owned(),
        purpose: Purpose::Delivery.code().to_owned(),
        grain: grain.code().to_owned(),
        ..IndicatorFields::default()
    };
    page(&new_page(&app, f, &outline, fields, None).await?)
}

async fn new_page(
    app: &App,
    f: Frame,
    outline: &Outline,
    fields: IndicatorFields,
    problem: Option<Problem>,
) -> Result<IndicatorPage> {
    let project = project_name(outline, fields.project)?;
    let bench = Bench::open(app, &f, outline, Here::NewIndicator(fields.project.unwrap_or_default())).await?;
    let wholes = wholes(&f, outline, None);
    Ok(IndicatorPage {
        f,
        bench,
        number: None,
        project,
        wholes,
        fields,
        goals: None,
        actuals: Vec::new(),
        saved: false,
        problem,
    })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<IndicatorFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    match mendable(add(&app, &me, &outline, &fields, None).await)? {
        Ok(number) => {
            Ok(Redirect::to(&format!("/office/programmes/{slug}/indicators/{number}?saved=1")).into_response())
        }
        Err(problem) => {
            let status = refusal(&problem);
            page_with(status, &new_page(&app, f, &outline, fields, Some(problem)).await?)
        }
    }
}

async fn add(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    fields: &IndicatorFields,
    series: Option<String>,
) -> Result<i32> {
    project_name(outline, fields.project)?;
    let usual = IndicatorForm::new("", "", Kind::Count, outline.region().level());
    let form = fields.read_over(outline, None, usual)?;
    let form = IndicatorForm { series: series.unwrap_or_else(|| form.name.trim().to_owned()), ..form };
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let id = outline.add_indicator(&tx, fields.project.unwrap_or_default(), &form).await?;
    let number = outline.indicator_by_id(id).map_or(0, |row| row.number);
    let detail = json!({ "name": form.name, "number": number, "unit": form.unit });
    tx.record(Event::new("indicator.created", "programme", &outline.programme.slug, detail)).await?;
    ledger::search::index_outline(&tx, &outline).await?;
    tx.commit().await?;
    Ok(number)
}

/// The indicator of this number.
pub(crate) fn existing(outline: &Outline, number: i32) -> Result<Indicator, Problem> {
    let found = outline.indicators.iter().find(|row| row.number == number).cloned();
    found.ok_or_else(|| Problem::not_found("没有这个指标", "There is no such indicator"))
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let row = existing(&outline, number)?;
    let fields = IndicatorFields::of(&outline, &row);
    let goals = Goals::load(&app, &f, &outline, &row).await?;
    page(&edit_page(&app, f, &outline, &row, (fields, goals), shown.saved.is_some(), None).await?)
}

/// The page of an indicator with what was typed into either of its forms.
pub(crate) async fn refused_goals(
    app: &App,
    f: Frame,
    outline: &Outline,
    row: &Indicator,
    goals: Goals,
    problem: Problem,
) -> Result<Response> {
    let (fields, status) = (IndicatorFields::of(outline, row), refusal(&problem));
    page_with(status, &edit_page(app, f, outline, row, (fields, goals), false, Some(problem)).await?)
}

async fn edit_page(
    app: &App,
    f: Frame,
    outline: &Outline,
    row: &Indicator,
    (fields, goals): (IndicatorFields, Goals),
    saved: bool,
    problem: Option<Problem>,
) -> Result<IndicatorPage> {
    let bench = Bench::open(app, &f, outline, Here::Indicator(row.id)).await?;
    let actuals = actuals(app, &f, outline, row).await?;
    let wholes = wholes(&f, outline, Some(row.id));
    let project = project_name(outline, Some(row.project_id))?;
    Ok(IndicatorPage {
        f,
        bench,
        number: Some(row.number),
        project,
        wholes,
        fields,
        goals: Some(goals),
        actuals,
        saved,
        problem,
    })
}

async fn actuals(app: &App, f: &Frame, outline: &Outline, row: &Indicator) -> Result<Vec<Actual>> {
    let on = app.store.reader();
    let all = entries::of_place(on, &[row.id], outline.region()).await?;
    let mut standing = entries::standing(&all, entries::View::default());
    standing.retain(|entry| entry.measure == ledger::words::Measure::Actual.number());
    standing.sort_by_key(|entry| std::cmp::Reverse((entry.effective_on, entry.id)));
    let ids: Vec<Uuid> = standing.iter().map(|entry| entry.id).collect();
    let sources = entries::sources_of(on, &ids).await?;
    Ok(standing
        .into_iter()
        .map(|entry| Actual {
            entry: entry.id,
            cut_off: entry.as_of.map(|day| f.day(&day)).unwrap_or_default(),
            figure: targets::written(entry, sources.get(&entry.id)),
            unit: row.unit.clone(),
        })
        .collect())
}

async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Checked(fields): Checked<IndicatorFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    match mendable(edit(&app, &me, &outline, &row, &fields).await)? {
        Ok(()) => Ok(Redirect::to(&format!("/office/programmes/{slug}/indicators/{number}?saved=1")).into_response()),
        Err(problem) => {
            let goals = Goals::load(&app, &f, &outline, &row).await?;
            let status = refusal(&problem);
            page_with(status, &edit_page(&app, f, &outline, &row, (fields, goals), false, Some(problem)).await?)
        }
    }
}

async fn edit(app: &App, me: &SignedIn, outline: &Outline, row: &Indicator, fields: &IndicatorFields) -> Result<()> {
    let before = IndicatorForm::from(row);
    let form = fields.read_over(outline, Some(row.id), before.clone())?;
    if form.name.trim().is_empty() {
        return Err(Problem::field("name", "请填写指标名称", "The indicator needs a name").into());
    }
    let counted = entries::of_indicators(app.store.reader(), &[row.id]).await?;
    if !counted.is_empty() {
        keep_meaning(&before, &form)?;
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut now = Outline::load(tx.on(), outline.programme.clone()).await?;
    now.edit_indicator(&tx, row.id, fields.version, &form).await?;
    let detail =
        json!({ "name": form.name.trim(), "number": row.number, "changes": differences(outline, &before, &form) });
    tx.record(Event::new("indicator.changed", "programme", &outline.programme.slug, detail)).await?;
    ledger::search::index_outline(&tx, &now).await?;
    Ok(tx.commit().await?)
}

/// Figures were recorded in a unit, of a kind and at a level: those stay, or the figures would mean something else.
fn keep_meaning(before: &IndicatorForm, form: &IndicatorForm) -> Result<(), Problem> {
    let fixed = [
        ("unit", before.unit != form.unit),
        ("kind", before.kind != form.kind),
        ("grain", before.grain != form.grain),
        ("by_body", before.by_body && !form.by_body),
    ];
    match fixed.into_iter().find(|(_, differs)| *differs) {
        None => Ok(()),
        Some((field, _)) => Err(Problem::field(
            field,
            "这个指标已有数字，单位、类型、采集层级不能再改，也不能再取消分解到单位；口径变了请另建指标",
            "The indicator has figures: unit, kind and level stay, and so does being shared by bodies. Make another indicator if the definition changed",
        )),
    }
}

fn differences(outline: &Outline, before: &IndicatorForm, after: &IndicatorForm) -> Value {
    let words = |form: &IndicatorForm| {
        let parent = form.parent.and_then(|id| outline.indicator_by_id(id)).map(|row| row.name.clone());
        [
            ("name", form.name.trim().to_owned()),
            ("unit", form.unit.clone()),
            ("kind", zh(form.kind.name())),
            ("accumulation", zh(form.accumulation.name())),
            ("direction", zh(form.direction.name())),
            ("grain", zh(form.grain.name())),
            ("purpose", zh(form.purpose.name())),
            ("fund_source", form.fund_source.map(|value| zh(value.name())).unwrap_or_default()),
            ("parent", parent.unwrap_or_default()),
            ("relation", form.relation.map(|value| zh(value.name())).unwrap_or_default()),
            ("breakdown", form.breakdown.map(|value| zh(value.name())).unwrap_or_default()),
            ("matter", form.matter.clone().unwrap_or_default()),
            ("services", form.services.join(" ")),
            ("by_body", if form.by_body { "是" } else { "否" }.to_owned()),
        ]
    };
    let pairs = words(before).into_iter().zip(words(after));
    let fields: Vec<_> = pairs.map(|((name, before), (_, after))| (name, before, after)).collect();
    changes(&fields)
}

/// An indicator, or what is to change of one.
#[derive(Deserialize, utoipa::ToSchema)]
struct IndicatorBody {
    /// The project's key; for a new indicator only.
    project: Option<Uuid>,
    /// What makes it one series of figures; the name when nothing is told. For a new indicator only.
    series: Option<String>,
    name: Option<String>,
    unit: Option<String>,
    /// `count`, `length`, `area`, `money`, `percent` …
    kind: Option<String>,
    /// `new`, `stock`, `rate`, `change`.
    accumulation: Option<String>,
    /// `more`, `less`.
    direction: Option<String>,
    /// `province`, `city`, `county`, `town`, `village`.
    grain: Option<String>,
    /// `delivery`, `funding`, `statistic`, `mechanism`.
    purpose: Option<String>,
    fund_source: Option<String>,
    /// The number of the indicator above; an empty text for none.
    parent: Option<String>,
    /// `part_of`, `yoy_of`, `ratio_of`, `target_for`.
    relation: Option<String>,
    /// `complete`, `partial`; an empty text for none.
    breakdown: Option<String>,
    matter: Option<String>,
    /// Numbers of services, divided by spaces.
    services: Option<String>,
    /// Whether several bodies may share it at a place.
    by_body: Option<bool>,
    /// The version that was read; for a change only.
    version: Option<i32>,
}

impl IndicatorBody {
    fn over(self, fields: IndicatorFields) -> IndicatorFields {
        IndicatorFields {
            project: self.project.or(fields.project),
            name: self.name.unwrap_or(fields.name),
            unit: self.unit.unwrap_or(fields.unit),
            kind: self.kind.unwrap_or(fields.kind),
            accumulation: self.accumulation.unwrap_or(fields.accumulation),
            direction: self.direction.unwrap_or(fields.direction),
            grain: self.grain.unwrap_or(fields.grain),
            purpose: self.purpose.unwrap_or(fields.purpose),
            fund_source: self.fund_source.unwrap_or(fields.fund_source),
            parent: self.parent.unwrap_or(fields.parent),
            relation: self.relation.unwrap_or(fields.relation),
            breakdown: self.breakdown.unwrap_or(fields.breakdown),
            matter: self.matter.unwrap_or(fields.matter),
            services: self.services.unwrap_or(fields.services),
            by_body: match self.by_body {
                Some(by_body) => if by_body { "yes" } else { "" }.to_owned(),
                None => fields.by_body,
            },
            version: self.version.unwrap_or(fields.version),
        }
    }

    /// Words that no table holds are refused: a page offers choices, the API does not.
    fn check(&self) -> Result<(), Problem> {
        type Known<'a> = (&'a str, &'a Option<String>, fn(&str) -> bool);
        let known: [Known<'_>; 8] = [
            ("kind", &self.kind, |word| Kind::parse(word).is_some()),
            ("accumulation", &self.accumulation, |word| Accumulation::parse(word).is_some()),
            ("direction", &self.direction, |word| Direction::parse(word).is_some()),
            ("grain", &self.grain, |word| Level::parse(word).is_some()),
            ("purpose", &self.purpose, |word| Purpose::parse(word).is_some()),
            ("fund_source", &self.fund_source, |word| word.is_empty() || FundSource::parse(word).is_some()),
            ("relation", &self.relation, |word| word.is_empty() || Relation::parse(word).is_some()),
            ("breakdown", &self.breakdown, |word| word.is_empty() || Breakdown::parse(word).is_some()),
        ];
        for (field, word, fits) in known {
            if let Some(word) = word.as_deref().filter(|word| !fits(word)) {
                return Err(Problem::field(field, format!("不认识“{word}”"), format!("“{word}” is not known")));
            }
        }
        Ok(())
    }
}

/// An indicator as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct IndicatorDetails {
    /// Its number in addresses.
    number: i32,
    id: Uuid,
    project: Uuid,
    series: String,
    name: String,
    unit: String,
    kind: String,
    accumulation: String,
    direction: String,
    grain: &'static str,
    purpose: String,
    /// Send it back with the next change.
    version: i32,
}

impl From<Indicator> for IndicatorDetails {
    fn from(row: Indicator) -> Self {
        Self {
            number: row.number,
            id: row.id,
            project: row.project_id,
            grain: row.grain().code(),
            series: row.series,
            name: row.name,
            unit: row.unit,
            kind: row.kind,
            accumulation: row.accumulation,
            direction: row.direction,
            purpose: row.purpose,
            version: row.version,
        }
    }
}

/// Adds an indicator to a project.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/indicators", tag = "office", request_body = IndicatorBody,
    params(("slug" = String, Path)),
    responses((status = 201, body = IndicatorDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<IndicatorBody>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    body.check()?;
    let series = body.series.clone();
    let number = add(&app, &me, &outline, &body.over(IndicatorFields::default()), series).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok((StatusCode::CREATED, axum::Json(IndicatorDetails::from(existing(&outline, number)?))).into_response())
}

/// Changes an indicator's description; only what is sent changes.
#[utoipa::path(patch, path = "/api/v1/programmes/{slug}/indicators/{number}", tag = "office", request_body = IndicatorBody,
    params(("slug" = String, Path), ("number" = i32, Path)),
    responses((status = 200, body = IndicatorDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Json(body): Json<IndicatorBody>,
) -> Result<axum::Json<IndicatorDetails>> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    body.check()?;
    needed_version(body.version)?;
    edit(&app, &me, &outline, &row, &body.over(IndicatorFields::of(&outline, &row))).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok(axum::Json(IndicatorDetails::from(existing(&outline, number)?)))
}
