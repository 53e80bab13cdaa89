//! Decomposing (分解): a target is split over places or bodies, level by level, by hand, in proportion, or from a sheet.

mod api;
mod overview;
mod rules;
mod sheet;
pub(crate) mod split;
mod tree;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures::{Decimal, Number};
use kernel::{Lang, Permission, Problem, RegionCode};
use ledger::allocations::{Reach, check_shares};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::components::Light;
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, Upload, components, download, page,
    page_with, refusal,
};

use crate::authority;
use crate::bench::{Bench, Here};
use crate::indicators::existing;
use crate::sheet::archive::Limits;
use crate::sheet::faults::{Fault, Faults};
use split::{Below, Split, Wanted, WantedLine};
use tree::{Branch, tree};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/shares", ENTER),
    Route::get("/office/programmes/{slug}/indicators/{number}/shares", ENTER),
    Route::post("/office/programmes/{slug}/indicators/{number}/shares", EDIT),
    Route::get("/office/programmes/{slug}/indicators/{number}/shares/template", ENTER),
    Route::post("/office/programmes/{slug}/indicators/{number}/shares/sheet", EDIT),
    Route::get("/api/v1/programmes/{slug}/indicators/{number}/shares", ENTER),
    Route::post("/api/v1/programmes/{slug}/indicators/{number}/shares", EDIT),
];

/// Lines for bodies that have no share yet.
const BLANK_LINES: usize = 4;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let body = usize::try_from(Limits::default().file).unwrap_or(usize::MAX).saturating_add(1 << 16);
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/shares", get(overview::show))
        .route("/office/programmes/{slug}/indicators/{number}/shares", get(show).post(act))
        .route("/office/programmes/{slug}/indicators/{number}/shares/template", get(template))
        .route(
            "/office/programmes/{slug}/indicators/{number}/shares/sheet",
            post(from_sheet).layer(DefaultBodyLimit::max(body)),
        )
        .routes(routes!(api::list))
        .routes(routes!(api::set));
    Step { router, routes: ROUTES }
}

/// Where a page of shares lies.
pub(crate) fn address(slug: &str, number: i32, place: RegionCode) -> String {
    format!("/office/programmes/{slug}/indicators/{number}/shares?place={}", place.short())
}

/// The state of a share: whether those below reach it.
pub(crate) fn light(lang: Lang, reach: Option<Reach>) -> Light {
    let (class, word) = match reach {
        None => ("", lang.t("未分解", "not split").to_owned()),
        Some(Reach::Exact) => ("done", lang.t("已分足", "reached").to_owned()),
        Some(Reach::Over(by)) => ("steady", format!("{} {}", lang.t("超分", "over by"), figures::print_grouped(by))),
        Some(Reach::Short(by)) => ("behind", format!("{} {}", lang.t("还差", "short by"), figures::print_grouped(by))),
    };
    Light { class, word }
}

#[derive(Template)]
#[template(path = "shares/split.html")]
struct SplitPage {
    f: Frame,
    bench: Bench,
    number: i32,
    indicator: String,
    unit: String,
    additive: bool,
    place: RegionCode,
    place_name: String,
    above: Option<(String, String)>,
    below: Below,
    whole: Option<Uuid>,
    target: String,
    may_split: bool,
    lines: Vec<LineForm>,
    sum: Decimal,
    reach: Option<Light>,
    any_standing: bool,
    sources: Vec<(String, String)>,
    fields: SplitFields,
    notice: Option<String>,
    faults: Option<Faults>,
    tree: Vec<Branch>,
    tree_cut: bool,
    saved: bool,
    problem: Option<Problem>,
}

/// One line of the form.
struct LineForm {
    key: String,
    name: String,
    body: String,
    standing: String,
    typed: String,
    was: Option<Uuid>,
    entry: Option<Uuid>,
    deeper: Option<String>,
    trouble: Option<String>,
    at: String,
}

#[derive(Deserialize)]
struct At {
    place: Option<String>,
    saved: Option<String>,
}

/// What is sent with the form; `row`, `body`, `goal` and `was` belong together line by line.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SplitFields {
    place: String,
    whole: String,
    action: String,
    basis: String,
    source: String,
    pasted: String,
    places: String,
    unfinished: String,
    reason_text: String,
    row: Vec<String>,
    body: Vec<String>,
    goal: Vec<String>,
    was: Vec<String>,
}

impl SplitFields {
    fn wanted(&self) -> Wanted {
        let text = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
        let line = |(at, key): (usize, &String)| WantedLine {
            key: key.clone(),
            body: text(&self.body, at),
            typed: text(&self.goal, at),
            was: text(&self.was, at).parse().ok(),
        };
        Wanted {
            whole: self.whole.parse().ok(),
            lines: self.row.iter().enumerate().map(line).collect(),
            unfinished: self.is_unfinished(),
            reason: self.reason_text.clone(),
        }
    }

    fn is_unfinished(&self) -> bool {
        self.unfinished == "yes"
    }
}

fn place_of(told: &str) -> Result<Option<RegionCode>> {
    Ok(Some(told.trim()).filter(|told| !told.is_empty()).map(str::parse::<RegionCode>).transpose()?)
}

/// What was found wrong, or told, beside the form.
#[derive(Default)]
struct Said {
    saved: bool,
    notice: Option<String>,
    faults: Option<Faults>,
    problem: Option<Problem>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Query(at): Query<At>,
) -> Result<Response> {
    let place = place_of(at.place.as_deref().unwrap_or_default())?;
    let (outline, place) = authority::outline_at(&app, &me, &slug, (Permission::EnterOffice, place)).await?;
    let row = existing(&outline, number)?;
    let split = Split::load(app.store.reader(), &outline, &row, place).await?;
    let said = Said { saved: at.saved.is_some(), ..Said::default() };
    page(&split_page(&app, f, (&outline, &row), &split, (SplitFields::default(), None), said).await?)
}

/// The page; with `wanted`, what was typed or proposed stands in the form instead of what is saved.
async fn split_page(
    app: &App,
    f: Frame,
    (outline, row): (&Outline, &Indicator),
    split: &Split,
    (fields, wanted): (SplitFields, Option<&[WantedLine]>),
    said: Said,
) -> Result<SplitPage> {
    let bench = Bench::open(app, &f, outline, Here::Indicator(row.id)).await?;
    let slug = &outline.programme.slug;
    let trouble =
        |at: &str| said.problem.as_ref().and_then(|problem| problem.for_field(at)).map(|t| f.say(t).to_owned());
    let mut lines: Vec<LineForm> = Vec::with_capacity(split.lines.len() + BLANK_LINES);
    for line in &split.lines {
        let typed = wanted.and_then(|wanted| wanted.iter().find(|one| one.key == line.key));
        let at = format!("goal-{}", line.key);
        let goes_down = line.organisation.is_none() && (row.by_body || line.region.level() < row.grain());
        lines.push(LineForm {
            trouble: trouble(&at),
            at,
            key: line.key.clone(),
            name: line.name.clone(),
            body: String::new(),
            standing: line.standing(),
            typed: typed.map_or_else(|| line.standing(), |one| one.typed.clone()),
            was: line.held.as_ref().map(|held| held.entry),
            entry: line.held.as_ref().map(|held| held.entry),
            deeper: goes_down.then(|| address(slug, row.number, line.region)),
        });
    }
    if split.below == Below::Bodies {
        let new = wanted.unwrap_or_default().iter().filter(|one| one.key.is_empty() && !one.body.trim().is_empty());
        let new: Vec<_> = new.map(|one| (one.body.clone(), one.typed.clone())).collect();
        let blank = (new.len()..new.len().max(BLANK_LINES)).map(|_| (String::new(), String::new()));
        for (at, (body, typed)) in new.iter().cloned().chain(blank).enumerate() {
            lines.push(LineForm {
                trouble: if body.is_empty() { None } else { trouble(&format!("goal-{}", body.trim())) },
                at: format!("goal-new-{at}"),
                key: String::new(),
                name: f.lang.t("另一单位", "another body").to_owned(),
                body,
                standing: String::new(),
                typed,
                was: None,
                entry: None,
                deeper: None,
            });
        }
    }
    let value = |line: &LineForm| figures::parse_number(line.typed.trim()).ok().map(|number| number.value);
    let values: Vec<Decimal> = lines.iter().filter_map(value).collect();
    let reach = split
        .whole
        .as_ref()
        .filter(|_| row.kind().is_additive())
        .map(|whole| light(f.lang, (!values.is_empty()).then(|| check_shares(whole.target.value, &values))));
    let (tree, tree_cut) = tree(app, f.lang, outline, row, split.place).await?;
    let above = (split.place != outline.region()).then(|| split.place.parent()).flatten();
    let above = match above {
        Some(above) => {
            let name = ledger::regions::name_in(app.store.reader(), above, outline.programme.year).await?;
            Some((address(slug, row.number, above), name))
        }
        None => None,
    };
    Ok(SplitPage {
        may_split: f.allows(Permission::EditProgramme, Some(split.place)),
        number: row.number,
        indicator: row.name.clone(),
        unit: row.unit.clone(),
        additive: row.kind().is_additive(),
        place: split.place,
        place_name: split.place_name.clone(),
        above,
        below: split.below,
        whole: split.whole.as_ref().map(|whole| whole.entry),
        target: split.whole.as_ref().map(|whole| crate::targets::written_number(whole.target)).unwrap_or_default(),
        sum: values.iter().sum(),
        any_standing: split.lines.iter().any(|line| line.held.is_some()),
        sources: sources(&f, outline, row),
        lines,
        reach,
        fields,
        notice: said.notice,
        faults: said.faults,
        tree,
        tree_cut,
        saved: said.saved,
        problem: said.problem,
        bench,
        f,
    })
}

/// The indicators whose figures may serve as weights.
fn sources(f: &Frame, outline: &Outline, row: &Indicator) -> Vec<(String, String)> {
    let additive = outline.indicators.iter().filter(|other| other.id != row.id && other.kind().is_additive());
    let none = (String::new(), f.lang.t("请选择", "choose").to_owned());
    std::iter::once(none).chain(additive.map(|other| (other.number.to_string(), other.name.clone()))).collect()
}

async fn act(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Checked(fields): Checked<SplitFields>,
) -> Result<Response> {
    let asked = (Permission::EditProgramme, place_of(&fields.place)?);
    let (outline, place) = authority::outline_at(&app, &me, &slug, asked).await?;
    let row = existing(&outline, number)?;
    let mut wanted = fields.wanted();
    if fields.action == "propose" {
        let split = Split::load(app.store.reader(), &outline, &row, place).await?;
        let (status, said) = match Error::mendable(propose(&app, (&outline, &row), &split, &fields).await)? {
            Ok(proposed) => {
                for (line, typed) in split.lines.iter().zip(proposed) {
                    match wanted.lines.iter_mut().find(|one| one.key == line.key) {
                        Some(one) => one.typed = typed,
                        None => wanted.lines.push(WantedLine { key: line.key.clone(), typed, ..WantedLine::default() }),
                    }
                }
                let notice = f.lang.t(
                    "已按依据算出，合计与目标相等；核对后保存。",
                    "Computed; the sum makes the target. Check it and save.",
                );
                (StatusCode::OK, Said { notice: Some(notice.to_owned()), ..Said::default() })
            }
            Err(problem) => (refusal(&problem), Said { problem: Some(problem), ..Said::default() }),
        };
        let shown = (fields, Some(wanted.lines.as_slice()));
        return page_with(status, &split_page(&app, f, (&outline, &row), &split, shown, said).await?);
    }
    match Error::mendable(split::save(&app.store, &me.actor(), &outline, (number, place), &wanted).await)? {
        Ok(_) => Ok(Redirect::to(&format!("{}&saved=1", address(&slug, number, place))).into_response()),
        Err(problem) => {
            let split = Split::load(app.store.reader(), &outline, &row, place).await?;
            let status = refusal(&problem);
            let said = Said { problem: Some(problem), ..Said::default() };
            let shown = (fields, Some(wanted.lines.as_slice()));
            page_with(status, &split_page(&app, f, (&outline, &row), &split, shown, said).await?)
        }
    }
}

/// The shares that follow from the basis chosen, in the order of the lines.
async fn propose(
    app: &App,
    (outline, row): (&Outline, &Indicator),
    split: &Split,
    fields: &SplitFields,
) -> Result<Vec<String>> {
    let whole = split.whole.as_ref().filter(|_| row.kind().is_additive());
    let whole = whole.ok_or_else(|| {
        Problem::field("basis", "这里还没有可以按比例分解的目标", "There is no target here that could be split")
    })?;
    let weights = match fields.basis.as_str() {
        "even" => vec![Decimal::ONE; split.lines.len()],
        "pasted" => {
            let names: Vec<String> = split.lines.iter().map(|line| line.name.clone()).collect();
            rules::read_weights(&fields.pasted, &names)?
        }
        "indicator" => {
            let number: i32 = fields.source.parse().unwrap_or_default();
            let source = existing(outline, number)
                .map_err(|_| Problem::field("source", "请选择作为依据的指标", "Choose the indicator to go by"))?;
            split::weights_of(app.store.reader(), outline, source.id, split).await?
        }
        _ => return Err(Problem::field("basis", "请选择分解依据", "Choose what to go by").into()),
    };
    let usual = rules::usual_places(row.kind(), whole.target);
    let places = fields.places.trim().parse().unwrap_or(usual);
    let shares = rules::propose(whole.target.value, &weights, places)?;
    // Who weighs nothing gets no share, rather than one of zero.
    let written =
        |share: Number| if share.value.is_zero() { String::new() } else { crate::targets::written_number(share) };
    Ok(shares.into_iter().map(written).collect())
}

async fn template(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Query(at): Query<At>,
) -> Result<Response> {
    let place = place_of(at.place.as_deref().unwrap_or_default())?;
    let (outline, place) = authority::outline_at(&app, &me, &slug, (Permission::EnterOffice, place)).await?;
    let row = existing(&outline, number)?;
    let split = Split::load(app.store.reader(), &outline, &row, place).await?;
    let bytes = sheet::template(&split)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download::file(bytes, kind, &sheet::file_name(f.lang, &row.name, &split.place_name)))
}

async fn from_sheet(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    upload: Upload,
) -> Result<Response> {
    let asked = (Permission::EditProgramme, place_of(upload.field("place"))?);
    let (outline, place) = authority::outline_at(&app, &me, &slug, asked).await?;
    let row = existing(&outline, number)?;
    let split = Split::load(app.store.reader(), &outline, &row, place).await?;
    let missing = || Problem::field("file", "请选择要读取的表格", "Choose a sheet");
    let file = upload.file().ok_or_else(missing)?;
    let (status, said, wanted) = match sheet::read(file, &split).await? {
        Ok(wanted) => {
            let notice = f
                .lang
                .t("已读入表格，尚未保存；核对后保存。", "The sheet was read and is not saved yet: check it and save.");
            (StatusCode::OK, Said { notice: Some(notice.to_owned()), ..Said::default() }, wanted)
        }
        Err(faults) => (StatusCode::UNPROCESSABLE_ENTITY, Said { faults: Some(faults), ..Said::default() }, Vec::new()),
    };
    let shown = (SplitFields::default(), Some(wanted.as_slice()).filter(|_| status == StatusCode::OK));
    page_with(status, &split_page(&app, f, (&outline, &row), &split, shown, said).await?)
}

impl SplitPage {
    /// What a refusal says beyond its first sentence, apart from what stands beside a field.
    fn details(&self) -> Vec<String> {
        let Some(problem) = &self.problem else { return Vec::new() };
        let told =
            problem.places.iter().filter(|place| !place.at.zh.starts_with("goal-") && place.message != problem.message);
        let colon = self.f.lang.t("：", ": ");
        told.map(|place| format!("{}{colon}{}", self.f.say(&place.at), self.f.say(&place.message))).collect()
    }

    fn place_of(&self, fault: &Fault) -> String {
        self.f.say(&fault.at()).to_owned()
    }

    fn bases(&self) -> Vec<(String, String)> {
        let name = |zh, en| self.f.lang.t(zh, en).to_owned();
        let mut bases = vec![
            (
                "pasted".to_owned(),
                name("按粘贴的数列（人口、上年数……）", "by a pasted series (residents, last year …)"),
            ),
            ("even".to_owned(), name("平均", "evenly")),
        ];
        if self.below != Below::Bodies {
            bases.insert(1, ("indicator".to_owned(), name("按另一指标的数字", "by the figures of another indicator")));
        }
        bases
    }

    fn places(&self) -> Vec<(String, String)> {
        let name = |zh, en| self.f.lang.t(zh, en).to_owned();
        let mut all = vec![(String::new(), name("照指标的精度", "as precise as the indicator"))];
        all.push(("0".to_owned(), name("取整", "whole numbers")));
        all.extend(
            (1..=4).map(|places| (places.to_string(), format!("{places} {}", name("位小数", "decimal places")))),
        );
        all
    }

    fn heading_of_lines(&self) -> &str {
        match self.below {
            Below::Places(level) => match self.f.lang {
                Lang::Zh => match level {
                    kernel::Level::County => "区（县、市）",
                    kernel::Level::Town => "乡镇（街道）",
                    kernel::Level::Village => "村（社区）",
                    _ => "地区",
                },
                Lang::En => "Place",
            },
            _ => self.f.lang.t("单位", "Body"),
        }
    }
}
