//! One entry: its form, made from the template of its kind, and every state that it had.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::{Problem, Text};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{Field, field};
use web::{App, Checked, Error, Frame, Path, Result, Route, SignedIn, Step, components, page_with};

use super::content::{Typed, Wrong, fields, region_named};
use super::keeping::{Divisions, change, enter};
use super::person::{KEEP, keeps, require};
use super::public::service_of;
use super::store as rows;
use super::{Content, Entry};
use crate::catalogue::{AttributeKind, Catalogue, Service, Stage};

const ROUTES: &[Route] = &[
    Route::get("/office/registers/{kind}/new", KEEP),
    Route::post("/office/registers/{kind}/new", KEEP),
    Route::get("/office/registers/{kind}/entries/{id}", KEEP),
    Route::post("/office/registers/{kind}/entries/{id}", KEEP),
];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router = OpenApiRouter::new()
        .route("/office/registers/{kind}/new", get(blank).post(add))
        .route("/office/registers/{kind}/entries/{id}", get(show).post(save))
        .layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "registers/entry.html")]
struct EntryPage<'a> {
    f: Frame,
    service: &'a Service,
    /// The entry that is changed; none for a new one.
    entry: Option<Entry>,
    place: String,
    typed: Typed,
    problem: Option<Problem>,
    versions: Vec<Change>,
}

/// One state in the history.
struct Change {
    version: i32,
    who: String,
    at_ms: i64,
    /// Heading, before, after.
    fields: Vec<(String, String, String)>,
}

impl EntryPage<'_> {
    fn title(&self) -> String {
        match &self.entry {
            Some(entry) => entry.name.clone(),
            None => format!("{}{}", self.f.lang.t("登记一条：", "Enter: "), self.f.say(&self.service.entry)),
        }
    }

    fn register(&self) -> String {
        format!("/office/registers/{}", self.service.slug)
    }

    fn address(&self) -> String {
        match &self.entry {
            Some(entry) => format!("/office/registers/{}/entries/{}", self.service.slug, entry.id),
            None => format!("/office/registers/{}/new", self.service.slug),
        }
    }

    /// The fields in the order of the sheet; attributes of several choices are written with commas, as in a sheet.
    fn fields(&self) -> Vec<Field> {
        fields(self.service).into_iter().map(|(name, heading)| self.field(&name, &heading)).collect()
    }

    fn field(&self, name: &str, heading: &Text) -> Field {
        let f = &self.f;
        let typed = self.typed.get(name).map(String::as_str).unwrap_or_default();
        let empty = || (String::new(), f.lang.t("未选", "not chosen").to_owned());
        let attribute = name.strip_prefix("a-").and_then(|key| self.service.attribute(key));
        let mut label = f.say(heading).to_owned();
        if attribute.is_some_and(|attribute| !attribute.public) {
            label.push_str(f.lang.t("（不公开）", " (not public)"));
        }
        let mut made = field(name, &label);
        made = match (name, attribute.map(|attribute| &attribute.kind)) {
            ("stage", _) => {
                let stages = components::choices(f, Stage::ALL, Stage::code, Stage::name);
                let typed = if typed.is_empty() { Stage::InUse.code() } else { typed };
                return made.options(stages).value(typed).problem(f, &self.problem);
            }
            ("crs", _) => {
                let systems =
                    maps::Crs::ALL.map(|crs| (crs.code().to_owned(), f.lang.t(crs.name().0, crs.name().1).to_owned()));
                made.options(systems.into())
            }
            ("grade", _) => {
                let grades = self.service.grades.iter().map(|grade| (grade.key.clone(), f.say(&grade.name).to_owned()));
                made.options(std::iter::once(empty()).chain(grades).collect())
            }
            ("as_of", _) => made.kind("date").hint(
                f.lang.t("从这一天起按上面的状态计数；留空为今天", "It counts from this day on; today when empty"),
            ),
            ("region", _) => {
                let known = if self.place.is_empty() {
                    f.lang.t("写代码或名称，到乡镇街道为好", "a code or a name, best of a town").to_owned()
                } else {
                    self.place.clone()
                };
                made.required().hint(&known)
            }
            ("name", _) => made.required(),
            ("hours", _) => {
                let usual = self.service.hours.as_ref().map(|hours| hours.print(f.lang));
                let usual = usual.map(|hours| format!("{}{hours}", f.lang.t("留空即：", "empty means: ")));
                let example = f.lang.t(
                    "例如 周一至周五 8:30–11:30、14:00–17:00；法定节假日休息",
                    "such as 周一至周五 8:30–11:30、14:00–17:00；法定节假日休息",
                );
                made.hint(&usual.unwrap_or_else(|| example.to_owned()))
            }
            (_, Some(AttributeKind::Choice(choices))) => {
                let all = choices.iter().map(|one| (one.key.clone(), f.say(&one.name).to_owned()));
                made.options(std::iter::once(empty()).chain(all).collect())
            }
            (_, Some(AttributeKind::Yes)) => {
                let yes = [("yes", f.lang.t("是", "yes")), ("no", f.lang.t("否", "no"))];
                let all = yes.map(|(key, name)| (key.to_owned(), name.to_owned()));
                made.options(std::iter::once(empty()).chain(all).collect())
            }
            (_, Some(AttributeKind::Day)) => made.kind("date"),
            (_, Some(AttributeKind::Many(choices))) => {
                let names: Vec<&str> = choices.iter().map(|one| f.say(&one.name)).collect();
                let shown = attribute.filter(|_| !typed.is_empty()).map(|attribute| attribute.show(typed, f.lang));
                let hint = format!(
                    "{}{}",
                    f.lang.t("可写几项，用顿号隔开：", "several, with commas between: "),
                    names.join(f.lang.t("、", ", "))
                );
                return made.value(shown.as_deref().unwrap_or(typed)).hint(&hint).problem(f, &self.problem);
            }
            _ => made,
        };
        if attribute.is_some_and(|attribute| attribute.required) {
            made = made.required();
        }
        made.value(typed).problem(f, &self.problem)
    }
}

/// What is wrong, as the form shows it.
fn problem(wrong: Vec<Wrong>) -> Problem {
    let count = wrong.len();
    let start = Problem::invalid(format!("有 {count} 处需要修改"), format!("{count} fields need mending"));
    wrong.into_iter().fold(start, |problem, (field, why)| problem.at(Text::new(field.clone(), field), why))
}

async fn blank(
    f: Frame,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    render(
        StatusCode::OK,
        EntryPage {
            f,
            service,
            entry: None,
            place: String::new(),
            typed: Typed::new(),
            problem: None,
            versions: Vec::new(),
        },
    )
}

fn render(status: StatusCode, page: EntryPage<'_>) -> Result<Response> {
    page_with(status, &page)
}

/// Reads what was typed, within the places that somebody keeps.
fn read(
    service: &Service,
    typed: &Typed,
    divisions: &Divisions,
    (app, me): (&App, &SignedIn),
) -> Result<Content, Problem> {
    let region = region_named(typed.get("region").map(String::as_str).unwrap_or_default(), divisions);
    let region = region.and_then(|code| {
        if keeps(me, code) {
            return Ok(code);
        }
        let name = divisions.full_name(code);
        Err(Text::new(format!("{name}不在您的管辖范围内"), format!("{name} lies outside your places")))
    });
    Content::read(service, typed, region, app.store.clock().today()).map_err(problem)
}

async fn add(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    Checked(typed): Checked<BTreeMap<String, String>>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let divisions = Divisions::load(app.store.reader()).await?;
    let done = match read(service, &typed, &divisions, (&app, &me)) {
        Ok(content) => enter(&app.store, &me.actor(), service, &content, false).await,
        Err(problem) => Err(problem.into()),
    };
    match Error::mendable(done)? {
        Ok(kept) => {
            Ok(Redirect::to(&format!("/office/registers/{}/entries/{}", service.slug, kept.id)).into_response())
        }
        Err(problem) => {
            let problem = Some(problem);
            let page =
                EntryPage { f, service, entry: None, place: String::new(), typed, problem, versions: Vec::new() };
            render(StatusCode::UNPROCESSABLE_ENTITY, page)
        }
    }
}

async fn existing(app: &App, me: &SignedIn, service: &Service, id: Uuid) -> Result<Entry> {
    let missing = || Problem::not_found("没有这条登记", "There is no such entry");
    let entry =
        rows::find(app.store.reader(), id).await?.filter(|entry| entry.service == service.code).ok_or_else(missing)?;
    require(me, kernel::RegionCode::from_stored(entry.region).ok_or_else(missing)?)?;
    Ok(entry)
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let entry = existing(&app, &me, service, id).await?;
    let typed = Content::of(&entry).map(|content| content.typed()).unwrap_or_default();
    form(&app, (f, service), entry, (typed, None)).await
}

async fn form(
    app: &App,
    (f, service): (Frame, &Service),
    entry: Entry,
    (typed, problem): (Typed, Option<Problem>),
) -> Result<Response> {
    let divisions = Divisions::load(app.store.reader()).await?;
    let place = kernel::RegionCode::from_stored(entry.region).map(|code| divisions.full_name(code)).unwrap_or_default();
    let versions = changes(app, service, &f, entry.id).await?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(status, EntryPage { f, service, entry: Some(entry), place, typed, problem, versions })
}

/// What each version changed in the one before.
async fn changes(app: &App, service: &Service, f: &Frame, id: Uuid) -> Result<Vec<Change>> {
    let versions = rows::versions_of(app.store.reader(), id).await?;
    let read: Vec<Typed> = versions
        .iter()
        .map(|version| {
            serde_json::from_str::<Content>(&version.content).map(|content| content.typed()).unwrap_or_default()
        })
        .collect();
    let fields = fields(service);
    let nothing = Typed::new();
    let changed = versions.iter().enumerate().map(|(at, version)| {
        let (now, before) = (&read[at], read.get(at + 1).unwrap_or(&nothing));
        let value = |typed: &Typed, field: &str| {
            let kept = typed.get(field).cloned().unwrap_or_default();
            match field.strip_prefix("a-").and_then(|key| service.attribute(key)) {
                Some(attribute) if !kept.is_empty() => attribute.show(&kept, f.lang),
                _ if field == "stage" => {
                    Stage::parse(&kept).map(|stage| f.say(&stage.name()).to_owned()).unwrap_or_default()
                }
                _ => kept,
            }
        };
        let differing = fields.iter().filter(|(field, _)| now.get(field) != before.get(field) && at + 1 < read.len());
        let fields =
            differing.map(|(field, heading)| (f.say(heading).to_owned(), value(before, field), value(now, field)));
        Change {
            version: version.version,
            who: version.account_name.clone(),
            at_ms: version.at_ms,
            fields: fields.collect(),
        }
    });
    Ok(changed.collect())
}

async fn save(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path((kind, id)): Path<(String, Uuid)>,
    Checked(typed): Checked<BTreeMap<String, String>>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let entry = existing(&app, &me, service, id).await?;
    let seen = typed.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
    let divisions = Divisions::load(app.store.reader()).await?;
    let done = match read(service, &typed, &divisions, (&app, &me)) {
        Ok(content) => change(&app.store, &me.actor(), service, (&entry, seen), &content).await,
        Err(problem) => Err(problem.into()),
    };
    match Error::mendable(done)? {
        Ok(_) => Ok(Redirect::to(&format!("/office/registers/{}/entries/{id}", service.slug)).into_response()),
        Err(problem) => form(&app, (f, service), entry, (typed, Some(problem))).await,
    }
}
