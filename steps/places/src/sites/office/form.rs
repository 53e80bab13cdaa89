//! Entering and changing a site by hand.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use figures::Decimal;
use files::Kept;
use files::store::Subject;
use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use ledger::words::Purpose;
use maps::{Crs, LngLat, Shape};
use serde::Deserialize;
use uuid::Uuid;
use web::evidence::{self, EvidenceList};
use web::{App, Checked, Error, Frame, Path, Result, SignedIn, Upload, components, page, page_with};

use super::{may_write, outline};
use crate::acceptance::store as checks;
use crate::acceptance::tables::site_checks::Model as Check;
use crate::map::Canvas;
use crate::map::boundaries::Boundaries;
use crate::sites::import::read_day;
use crate::sites::page::{SUBJECT, none};
use crate::sites::record::{Content, point_text};
use crate::sites::store::{self, Draft};
use crate::sites::tables::sites::Model;
use crate::sites::words::Stage;

/// The fields as they were typed.
#[derive(Clone, Debug, Default)]
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(|typed| typed.trim()).unwrap_or_default()
    }

    fn of(row: &Model) -> Self {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let number = |number: Option<Decimal>| number.map(|number| number.to_string()).unwrap_or_default();
        let content = row.content();
        let given = match content.given() {
            Some(Shape::Point(point)) => Some(point),
            _ => None,
        };
        let degrees = |degrees: Option<f64>| degrees.map(|degrees| degrees.to_string()).unwrap_or_default();
        let attributes: Vec<_> = content.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let pairs = [
            ("project", content.project.to_string()),
            ("indicator", content.indicator.map(|id| id.to_string()).unwrap_or_default()),
            ("reference", content.reference.clone()),
            ("name", content.name.clone()),
            ("region", content.region.short()),
            ("address", content.address.clone()),
            ("kind", content.kind.clone()),
            ("stage", content.stage.code().to_owned()),
            ("body", content.body.clone()),
            ("telephone", content.telephone.clone()),
            ("starts_on", day(content.starts_on)),
            ("due_on", day(content.due_on)),
            ("finished_on", day(content.finished_on)),
            ("quantity", number(content.quantity)),
            ("money", number(content.money)),
            ("crs", content.crs.code().to_owned()),
            ("longitude", degrees(given.map(|point| point.lng))),
            ("latitude", degrees(given.map(|point| point.lat))),
            ("attributes", attributes.join("\n")),
            ("note", content.note.clone()),
            ("version", row.version.to_string()),
        ];
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// What they say; a line or area that came from a file stays as it was when no point is typed over it.
    fn content(&self, outline: &Outline, was: Option<&Content>) -> Result<Content, Problem> {
        let text = |name: &str, most: usize| {
            let text = self.get(name);
            if text.chars().count() > most {
                return Err(Problem::field(name, format!("最多 {most} 字"), format!("At most {most} characters")));
            }
            Ok(text.to_owned())
        };
        let needed = |name: &str| {
            let text = text(name, 200)?;
            if text.is_empty() { Err(Problem::field(name, "不能空着", "Must not be empty")) } else { Ok(text) }
        };
        let day = |name: &str| match self.get(name) {
            "" => Ok(None),
            typed => read_day(typed)
                .map(Some)
                .ok_or_else(|| Problem::field(name, "请写成 2024-06-30 这样的日期", "Write a day such as 2024-06-30")),
        };
        let number = |name: &str| match self.get(name) {
            "" => Ok(None),
            typed => {
                let number = typed.parse::<Decimal>().ok().filter(|number| !number.is_sign_negative());
                let number = number.filter(|number| ::store::amount::to_stored(*number).is_ok());
                number.map(Some).ok_or_else(|| Problem::field(name, "请填写不小于 0 的数", "A number from 0 on"))
            }
        };
        let unknown_region =
            || Problem::field("region", "请填写方案范围内的区划代码", "A division's code within the programme's place");
        let region: RegionCode = self.get("region").parse().map_err(|_| unknown_region())?;
        if !outline.region().contains(region) {
            return Err(unknown_region());
        }
        let project: Option<Uuid> = self.get("project").parse().ok();
        let project = project.filter(|id| outline.projects.iter().any(|row| row.id == *id));
        let project = project.ok_or_else(|| Problem::field("project", "请选择项目", "Choose a project"))?;
        let indicator: Option<Uuid> = self.get("indicator").parse().ok();
        let fits = |id: &Uuid| outline.indicator_by_id(*id).is_some_and(|row| row.project_id == project);
        if indicator.is_some_and(|id| !fits(&id)) {
            return Err(Problem::field("indicator", "请选择这个项目的指标", "Choose an indicator of the project"));
        }
        let (starts_on, due_on) = (day("starts_on")?, day("due_on")?);
        if starts_on.zip(due_on).is_some_and(|(start, due)| due < start) {
            return Err(Problem::field("due_on", "计划完成早于开工日期", "It lies before the beginning"));
        }
        let (crs, given) = self.given(was)?;
        let kept_shape = was.and_then(|was| was.given.clone()).filter(|_| given.is_none());
        let kept_shape =
            kept_shape.filter(|text| !matches!(maps::geojson::parse_geometry(text), Some(Shape::Point(_))));
        Ok(Content {
            project,
            indicator,
            reference: needed("reference")?,
            name: needed("name")?,
            address: text("address", 300)?,
            region,
            kind: text("kind", 60)?,
            stage: Stage::parse(self.get("stage")).unwrap_or_default(),
            body: text("body", 120)?,
            telephone: text("telephone", 60)?,
            starts_on,
            due_on,
            finished_on: day("finished_on")?,
            quantity: number("quantity")?,
            money: number("money")?,
            attributes: self.attributes()?,
            crs,
            given: given.map(point_text).or(kept_shape),
            note: text("note", 1_000)?,
        })
    }

    fn given(&self, was: Option<&Content>) -> Result<(Crs, Option<LngLat>), Problem> {
        let degrees = |name: &str| match self.get(name) {
            "" => Ok(None),
            typed => typed
                .parse::<f64>()
                .ok()
                .filter(|degrees| degrees.is_finite())
                .map(Some)
                .ok_or_else(|| Problem::field(name, "请填写以度为单位的小数", "A decimal of degrees")),
        };
        let crs = Crs::parse(self.get("crs")).unwrap_or_default();
        match (degrees("longitude")?, degrees("latitude")?) {
            (Some(lng), Some(lat)) => Ok((crs, Some(LngLat::new(lng, lat)))),
            (None, None) => Ok((was.map_or(crs, |was| was.crs), None)),
            _ => Err(Problem::field("latitude", "经度和纬度要一起填写", "Longitude and latitude go together")),
        }
    }

    /// A line each: 地域=农村.
    fn attributes(&self) -> Result<BTreeMap<String, String>, Problem> {
        let mut attributes = BTreeMap::new();
        for line in self.get("attributes").lines().map(str::trim).filter(|line| !line.is_empty()) {
            let pair = line.split_once(['=', '＝', '：', ':']).map(|(name, value)| (name.trim(), value.trim()));
            let Some((name, value)) = pair.filter(|(name, value)| !name.is_empty() && !value.is_empty()) else {
                return Err(Problem::field("attributes", "每行写成“地域=农村”", "A line each, such as area=rural"));
            };
            attributes.insert(name.chars().take(40).collect(), value.chars().take(200).collect());
        }
        Ok(attributes)
    }
}

#[derive(Template)]
#[template(path = "sites/office/form.html")]
struct FormPage {
    f: Frame,
    outline: Outline,
    row: Option<Model>,
    fields: Fields,
    files: EvidenceList,
    has_files: bool,
    states: Vec<(i32, i64, String, bool)>,
    may_write: bool,
    canvas: Canvas,
    /// The check that stands.
    check: Option<Check>,
    problem: Option<Problem>,
}

impl FormPage {
    fn action(&self) -> String {
        match &self.row {
            Some(row) => format!("/office/site/{}", row.id),
            None => format!("/office/sites/{}/new", self.outline.programme.slug),
        }
    }

    fn list_address(&self) -> String {
        format!("/office/sites/{}", self.outline.programme.slug)
    }

    fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    fn projects(&self) -> Vec<(String, String)> {
        self.outline.projects.iter().map(|project| (project.id.to_string(), project.name.clone())).collect()
    }

    fn indicators(&self) -> Vec<(String, String)> {
        let none = std::iter::once((String::new(), self.f.lang.t("不计入指标", "none").to_owned()));
        let delivery = self.outline.indicators.iter().filter(|row| row.purpose() == Purpose::Delivery);
        let project =
            |id: Uuid| self.outline.projects.iter().find(|row| row.id == id).map_or("", |row| row.name.as_str());
        none.chain(delivery.map(|row| (row.id.to_string(), format!("{} · {}", project(row.project_id), row.name))))
            .collect()
    }

    fn stages(&self) -> Vec<(String, String)> {
        components::choices(&self.f, &Stage::ALL, Stage::code, Stage::name)
    }

    /// What stands there already where it is no point: it came from a file and stays unless a point is typed.
    fn outline_kept(&self) -> Option<&'static str> {
        let shape = self.row.as_ref()?.shape.as_deref().and_then(maps::geojson::parse_geometry)?;
        let kept = match shape {
            Shape::Point(_) => return None,
            Shape::Lines(_) => self.f.lang.t(
                "这个点位是一条线（来自导入的文件）。经纬度空着就保留这条线；填了就改成一个点。",
                "This site is a line that came from a file. It stays while the point is left empty; a point takes its place.",
            ),
            Shape::Area(_) => self.f.lang.t(
                "这个点位是一个面（来自导入的文件）。经纬度空着就保留这个面；填了就改成一个点。",
                "This site is an area that came from a file. It stays while the point is left empty; a point takes its place.",
            ),
        };
        Some(kept)
    }

    fn systems(&self) -> Vec<(String, String)> {
        let name = |crs: Crs| self.f.lang.t(crs.name().0, crs.name().1).to_owned();
        Crs::ALL.into_iter().map(|crs| (crs.code().to_owned(), name(crs))).collect()
    }
}

async fn shown(
    app: &App,
    f: Frame,
    me: &SignedIn,
    (outline, row): (Outline, Option<Model>),
    fields: Fields,
    problem: Option<Problem>,
) -> Result<FormPage> {
    let on = app.store.reader();
    let (mut files, mut states, mut check) = (Vec::new(), Vec::new(), None);
    if let Some(row) = &row {
        files = files::store::of_subjects(on, SUBJECT, &[row.id]).await?;
        check = checks::latest(on, row.id).await?;
        let versions = store::versions_of(on, row.id).await?;
        states = versions.into_iter().map(|one| (one.version, one.at_ms, one.by_name, one.withdrawn)).collect();
    }
    let place = row.as_ref().map_or(outline.region(), Model::region);
    let bounds = Boundaries::sketch().around(place).map_or(maps::suspect::CHINA, |boundary| boundary.bounds);
    Ok(FormPage {
        may_write: row.is_none() || may_write(me, place),
        has_files: !files.is_empty(),
        files: evidence::list(&f, &files),
        canvas: Canvas::for_picking(&f, bounds),
        f,
        outline,
        row,
        fields,
        states,
        check,
        problem,
    })
}

pub(super) async fn fresh(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response> {
    let outline = outline(&app, &me, &slug).await?;
    let place = me
        .scopes(Permission::FillReturns)
        .into_iter()
        .map(|scope| *scope.start())
        .find(|place| outline.region().contains(*place));
    let place = place.unwrap_or(outline.region());
    let pairs = [("region", place.short()), ("stage", "planned".to_owned()), ("crs", "wgs84".to_owned())];
    let fields = Fields(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    page(&shown(&app, f, &me, (outline, None), fields, None).await?)
}

pub(super) async fn show(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (row, outline) = existing(&app, &me, id).await?;
    let fields = Fields::of(&row);
    page(&shown(&app, f, &me, (outline, Some(row)), fields, None).await?)
}

/// Goes on for somebody who may open the site in the office.
pub(crate) async fn may_read(app: &App, me: &SignedIn, id: Uuid) -> Result<()> {
    let (_, programme) = row_of(app, id).await?;
    if super::sees(me, &programme) { Ok(()) } else { Err(none().into()) }
}

async fn row_of(app: &App, id: Uuid) -> Result<(Model, Programme)> {
    let row = store::find(app.store.reader(), id).await?.ok_or_else(none)?;
    let programme = programmes::with_key(app.store.reader(), row.programme_id).await?.ok_or_else(none)?;
    Ok((row, programme))
}

async fn existing(app: &App, me: &SignedIn, id: Uuid) -> Result<(Model, Outline)> {
    let (row, programme) = row_of(app, id).await?;
    Ok((row, outline(app, me, &programme.slug).await?))
}

async fn draft(app: &App, me: &SignedIn, content: Content) -> Result<Result<Draft, Problem>> {
    if !may_write(me, content.region) {
        me.require(Permission::EditProgramme, content.region)?;
    }
    if ledger::regions::find(app.store.reader(), content.region, i32::MAX).await?.is_none() {
        return Ok(Err(Problem::field("region", "没有登记这个区划代码", "No such division is on record")));
    }
    let placed = match content.placed() {
        Ok(placed) => placed,
        Err(problem) => return Ok(Err(Problem::field("longitude", problem.message.zh, problem.message.en))),
    };
    let boundaries = Boundaries::load(app.store.reader()).await?;
    let outside = placed.point.is_some_and(|point| boundaries.lies_outside(content.region, point));
    Ok(Ok(Draft { content, placed, outside }))
}

/// What the form says, fields before pictures: bytes are kept only where the rest can be taken.
async fn read(
    app: &App,
    me: &SignedIn,
    (outline, was): (&Outline, Option<&Content>),
    fields: &Fields,
    upload: &mut Upload,
) -> Result<Result<(Draft, Vec<Kept>), Problem>> {
    let content = match fields.content(outline, was) {
        Ok(content) => content,
        Err(problem) => return Ok(Err(problem)),
    };
    let draft = match draft(app, me, content).await? {
        Ok(draft) => draft,
        Err(problem) => return Ok(Err(problem)),
    };
    let kept = evidence::keep(app, upload, "pictures").await;
    Ok(evidence::refused(kept)?.map(|kept| (draft, kept)))
}

/// Attaches pictures, which the public sees with their captions.
async fn attach(
    tx: &mut ::store::Tx,
    row: &Model,
    top: RegionCode,
    (kept, caption): (&[Kept], &str),
    by: &str,
) -> ::store::Result<()> {
    let subject = Subject { programme: row.programme_id, region: top, kind: SUBJECT, id: row.id, public: true };
    for file in kept {
        files::store::attach(tx, &subject, file, caption, by).await?;
    }
    Ok(())
}

pub(super) async fn add(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    mut upload: Upload,
) -> Result<Response> {
    let outline = outline(&app, &me, &slug).await?;
    let fields = Fields(std::mem::take(&mut upload.fields));
    let done = match read(&app, &me, (&outline, None), &fields, &mut upload).await? {
        Ok((draft, kept)) => {
            let files = (kept.as_slice(), fields.get("caption"));
            Error::mendable(write_new(&app, &me, &outline, &draft, files).await)?
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(id) => Ok(Redirect::to(&format!("/office/site/{id}")).into_response()),
        Err(problem) => {
            let status = Error::from(problem.clone()).status();
            page_with(status, &shown(&app, f, &me, (outline, None), fields, Some(problem)).await?)
        }
    }
}

async fn write_new(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    draft: &Draft,
    files: (&[Kept], &str),
) -> ::store::Result<Uuid> {
    let mut tx = app.store.begin(&me.actor()).await?;
    let row = store::add(&mut tx, outline.programme.id, &me.display_name, draft).await?;
    attach(&mut tx, &row, outline.region(), files, &me.display_name).await?;
    tx.commit().await?;
    Ok(row.id)
}

pub(super) async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
) -> Result<Response> {
    let (row, outline) = existing(&app, &me, id).await?;
    if !may_write(&me, row.region()) {
        me.require(Permission::EditProgramme, row.region())?;
    }
    let fields = Fields(std::mem::take(&mut upload.fields));
    let done = match read(&app, &me, (&outline, Some(&row.content())), &fields, &mut upload).await? {
        Ok((draft, kept)) => {
            let seen = Model { version: fields.get("version").parse().unwrap_or(0), ..row.clone() };
            let files = (kept.as_slice(), fields.get("caption"));
            Error::mendable(write_change(&app, &me, (&seen, outline.region()), &draft, files).await)?
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/office/sites/{}?saved=1", outline.programme.slug)).into_response()),
        Err(problem) => {
            let status = Error::from(problem.clone()).status();
            page_with(status, &shown(&app, f, &me, (outline, Some(row)), fields, Some(problem)).await?)
        }
    }
}

async fn write_change(
    app: &App,
    me: &SignedIn,
    (seen, top): (&Model, RegionCode),
    draft: &Draft,
    files: (&[Kept], &str),
) -> ::store::Result<()> {
    let mut tx = app.store.begin(&me.actor()).await?;
    store::change(&mut tx, seen, &me.display_name, draft).await?;
    attach(&mut tx, seen, top, files, &me.display_name).await?;
    tx.commit().await
}

#[derive(Deserialize)]
pub(super) struct Withdrawal {
    version: i32,
}

pub(super) async fn withdraw(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(withdrawal): Checked<Withdrawal>,
) -> Result<Response> {
    let (row, outline) = existing(&app, &me, id).await?;
    if !may_write(&me, row.region()) {
        me.require(Permission::EditProgramme, row.region())?;
    }
    let seen = Model { version: withdrawal.version, ..row };
    let mut tx = app.store.begin(&me.actor()).await?;
    store::withdraw(&mut tx, &seen, &me.display_name).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/office/sites/{}?saved=1", outline.programme.slug)).into_response())
}
