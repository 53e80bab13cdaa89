//! A place: where it lies, what it was called before, its programmes, and what other programmes say about it.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::{Lang, Level, Problem, RegionCode, Text};
use ledger::board::Shown;
use ledger::current::shown as shown_entry;
use ledger::entries::{self, View, counting};
use ledger::search::{indicator_path, programme_path};
use ledger::tables::indicators::Model as Indicator;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::region_changes::Model as Change;
use ledger::tables::regions::Model as Region;
use ledger::words::{DecisionMode, Measure};
use ledger::{programmes, regions};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::components::{self, FigureLink};
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Error, Frame, Path, ProblemDetails, Query, Result, Route, Step, page};

use crate::figure_api::{FigureDetails, details};
use crate::shown;

const ROUTES: &[Route] = &[
    Route::get("/regions/{code}", Access::Public),
    Route::get("/api/v1/regions", Access::Public),
    Route::get("/api/v1/regions/{code}", Access::Public),
];

/// A year in which every division that stands today stands.
const TODAY: i32 = i32::MAX;
/// Programmes below a place that its page lists.
const MOST_BELOW: usize = 60;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/regions/{code}", get(show))
        .routes(routes!(list_by_api))
        .routes(routes!(show_by_api));
    Step { router, routes: ROUTES }
}

/// What is known about a place.
struct Place {
    code: RegionCode,
    row: Region,
    /// The divisions above, from the province down.
    above: Vec<(RegionCode, String)>,
    changes: Vec<Change>,
    children: Vec<Region>,
    programmes: Vec<Programme>,
}

impl Place {
    async fn find(app: &App, code: &str) -> Result<Self> {
        let on = app.store.reader();
        let no_such_place = || {
            Error::from(Problem::not_found(
                format!("没有代码为 {code} 的地方。请核对代码，或在搜索里输入地名"),
                format!("There is no place with the code {code}: check it, or search for the name"),
            ))
        };
        let code: RegionCode = code.parse().map_err(|_| no_such_place())?;
        let row = regions::find(on, code, TODAY).await?.ok_or_else(no_such_place)?;
        let lineage: Vec<_> = code.lineage().filter(|above| *above != code).collect();
        let names = regions::names(on, lineage.iter().copied(), TODAY).await?;
        Ok(Self {
            above: lineage.into_iter().filter_map(|above| Some((above, names.get(&above)?.clone()))).collect(),
            changes: regions::changes_of(on, code).await?,
            children: regions::children(on, code, TODAY).await?,
            programmes: programmes::published_around(on, code).await?,
            row,
            code,
        })
    }

    fn of(&self, place: fn(RegionCode, RegionCode) -> bool) -> impl Iterator<Item = &Programme> {
        let here = self.code;
        self.programmes
            .iter()
            .filter(move |programme| RegionCode::from_stored(programme.region).is_some_and(|code| place(here, code)))
    }

    fn own(&self) -> impl Iterator<Item = &Programme> {
        self.of(|here, code| code == here)
    }

    fn below(&self) -> impl Iterator<Item = &Programme> {
        self.of(|here, code| code != here && here.contains(code))
    }

    fn above(&self) -> impl Iterator<Item = &Programme> {
        self.of(|here, code| code != here && code.contains(here))
    }

    /// Figures of this place in the programmes of other places, the latest of each series.
    async fn mentions(&self, app: &App) -> Result<Vec<Mention>> {
        let on = app.store.reader();
        let others: HashMap<Uuid, &Programme> =
            self.above().chain(self.below()).map(|programme| (programme.id, programme)).collect();
        let ids: Vec<_> = others.keys().copied().collect();
        let indicators: BTreeMap<Uuid, Indicator> =
            programmes::indicators_of(on, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let keys: Vec<_> = indicators.keys().copied().collect();
        let rows = entries::of_place(on, &keys, self.code).await?;
        let counted: Vec<_> =
            counting(&rows, View::default()).into_values().filter(|entry| entry.organisation_id.is_none()).collect();
        let mut sources = entries::sources_of(on, &counted.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        let mut mentions: Vec<_> = counted
            .into_iter()
            .filter_map(|entry| {
                let indicator = indicators.get(&entry.indicator_id)?;
                Some(Mention {
                    programme: (*others.get(&entry.programme_id)?).clone(),
                    measure: Measure::from_number(entry.measure),
                    figure: shown_entry(entry, sources.remove(&entry.id), indicator.unit.clone(), self.code),
                    indicator: indicator.clone(),
                })
            })
            .collect();
        mentions.sort_by_key(|mention| (mention.programme.slug.clone(), mention.indicator.number));
        Ok(mentions)
    }
}

/// A figure of a place in another place's programme.
struct Mention {
    programme: Programme,
    indicator: Indicator,
    measure: Measure,
    figure: Shown,
}

#[derive(Template)]
#[template(path = "regions.html")]
struct RegionPage {
    f: Frame,
    place: Place,
    own: Vec<Listed>,
    above: Vec<Listed>,
    below: Vec<Listed>,
    more_below: usize,
    mentions: Vec<MentionLine>,
}

/// A programme in a list.
struct Listed {
    place: String,
    place_path: String,
    title: String,
    path: String,
    day: Option<String>,
    decision: String,
}

/// A figure of this place elsewhere, ready to be shown.
struct MentionLine {
    name: String,
    path: String,
    target: bool,
    figure: FigureLink,
    day: Option<String>,
    programme: String,
    programme_path: String,
}

async fn show(State(app): State<App>, f: Frame, Path(code): Path<String>) -> Result<Response> {
    let place = Place::find(&app, &code).await?;
    let codes = place.programmes.iter().filter_map(|programme| RegionCode::from_stored(programme.region));
    let names = regions::names(app.store.reader(), codes, TODAY).await?;
    let list = |programme: &Programme| listed(f.lang, programme, &names);
    let mentions = place.mentions(&app).await?;
    let page_of = RegionPage {
        own: place.own().map(list).collect(),
        above: place.above().map(list).collect(),
        below: place.below().take(MOST_BELOW).map(list).collect(),
        more_below: place.below().count().saturating_sub(MOST_BELOW),
        mentions: mentions.iter().map(|mention| mention_line(f.lang, mention)).collect(),
        place,
        f,
    };
    page(&page_of)
}

fn listed(lang: Lang, programme: &Programme, names: &BTreeMap<RegionCode, String>) -> Listed {
    let code = RegionCode::from_stored(programme.region);
    let mode = DecisionMode::parse(&programme.decision_mode).filter(|mode| *mode != DecisionMode::Unstated);
    Listed {
        place: code.and_then(|code| names.get(&code).cloned()).unwrap_or_default(),
        place_path: code.map(region_path).unwrap_or_default(),
        title: programme.title_in(lang).to_owned(),
        path: programme_path(&programme.slug),
        day: programme.default_cut_off.map(|day| lang.day(day)),
        decision: mode.map(|mode| mode.name().get(lang).to_owned()).unwrap_or_default(),
    }
}

fn mention_line(lang: Lang, mention: &Mention) -> MentionLine {
    MentionLine {
        name: mention.indicator.name.clone(),
        path: indicator_path(&mention.programme.slug, mention.indicator.number),
        target: mention.measure == Measure::Target,
        figure: shown::figure(lang, mention.indicator.kind(), &mention.figure),
        day: shown::day(lang, &mention.figure),
        programme: mention.programme.title_in(lang).to_owned(),
        programme_path: programme_path(&mention.programme.slug),
    }
}

fn region_path(code: RegionCode) -> String {
    format!("/regions/{}", code.short())
}

/// The address of a stored code.
fn stored_path(code: &i64) -> String {
    RegionCode::from_stored(*code).map(region_path).unwrap_or_default()
}

impl RegionPage {
    fn crumbs(&self) -> components::Crumbs {
        let start = ("/".to_owned(), self.f.lang.t("各地进度", "Places").to_owned());
        let above = self.place.above.iter().map(|(code, name)| (region_path(*code), name.clone()));
        let all: Vec<_> = std::iter::once(start).chain(above).collect();
        let all: Vec<_> = all.iter().map(|(address, name)| (address.as_str(), name.as_str())).collect();
        components::crumbs(&self.f, &all, &self.place.row.name)
    }

    fn level(&self) -> String {
        let level = Level::from_number(self.place.row.level).unwrap_or(self.place.code.level());
        level.name().get(self.f.lang).to_owned()
    }

    fn below_name(&self) -> String {
        let level = self.place.children.first().and_then(|child| Level::from_number(child.level));
        level.map(|level| level.name().get(self.f.lang).to_owned()).unwrap_or_default()
    }

    /// 2016年 更名 …; the names before and after stand in the note.
    fn change_kind(&self, change: &Change) -> &str {
        match change.kind.as_str() {
            "renamed" => self.f.lang.t("更名或改设", "renamed or raised"),
            "merged" => self.f.lang.t("并入", "merged"),
            "part" => self.f.lang.t("部分划出", "part of it moved"),
            _ => self.f.lang.t("变更", "changed"),
        }
    }

    /// The names before and after, without the remark behind them.
    fn change_names<'a>(&self, change: &'a Change) -> &'a str {
        change.note.split('：').next().unwrap_or(&change.note)
    }

    /// The division at the other end of a change, where it has a code of its own.
    fn other_end(&self, change: &Change) -> Option<String> {
        let here = self.place.code.stored();
        let other = if change.old_code == here { change.new_code } else { change.old_code };
        (other != here).then(|| stored_path(&other))
    }
}

/// A division.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RegionDetails {
    /// Six, nine or twelve digits.
    #[schema(example = "330784")]
    code: String,
    /// All twelve digits.
    #[schema(example = "330784000000")]
    full_code: String,
    name: String,
    /// `province`, `city`, `county`, `town` or `village`.
    level: &'static str,
    /// The division it lies in.
    parent: Option<String>,
    /// The first year of this name; 0 when it is older than the ledger reaches.
    valid_from: i32,
    /// The last year; none while it stands.
    valid_to: Option<i32>,
}

impl From<&Region> for RegionDetails {
    fn from(row: &Region) -> Self {
        let code = RegionCode::from_stored(row.code);
        Self {
            code: code.map(RegionCode::short).unwrap_or_default(),
            full_code: code.map(|code| code.to_string()).unwrap_or_default(),
            name: row.name.clone(),
            level: Level::from_number(row.level).map(Level::code).unwrap_or_default(),
            parent: row.parent.and_then(RegionCode::from_stored).map(RegionCode::short),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

impl Row for RegionDetails {
    fn file_name() -> Text {
        Text::new("行政区划", "regions")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("代码", "code"),
            Text::new("名称", "name"),
            Text::new("级别", "level"),
            Text::new("上级代码", "parent"),
            Text::new("启用年份", "valid from"),
            Text::new("停用年份", "valid to"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        vec![
            self.full_code.as_str().into(),
            self.name.as_str().into(),
            Level::parse(self.level).map(|level| level.name().get(lang).to_owned()).into(),
            self.parent.clone().into(),
            (self.valid_from != 0).then_some(i64::from(self.valid_from)).into(),
            self.valid_to.map(i64::from).into(),
        ]
    }
}

/// A place with what is known about it.
#[derive(Serialize, utoipa::ToSchema)]
struct PlaceDetails {
    #[serde(flatten)]
    region: RegionDetails,
    /// The divisions above, from the province down.
    above: Vec<NamedRegion>,
    /// The divisions directly below.
    below: Vec<NamedRegion>,
    /// What it was before, and what became of it.
    changes: Vec<ChangeDetails>,
    /// Programmes of this place, by their names in addresses.
    programmes: Vec<String>,
    /// Programmes of the divisions above.
    programmes_above: Vec<String>,
    /// Programmes of the divisions below.
    programmes_below: Vec<String>,
    /// Figures of this place in other places' programmes.
    mentions: Vec<MentionDetails>,
}

/// A code with its name.
#[derive(Serialize, utoipa::ToSchema)]
struct NamedRegion {
    code: String,
    name: String,
}

/// A division that was renamed, merged or split.
#[derive(Serialize, utoipa::ToSchema)]
struct ChangeDetails {
    year: i32,
    /// `renamed`, `merged` or `part`.
    kind: String,
    old_code: String,
    new_code: String,
    note: String,
}

/// A figure of this place in another place's programme.
#[derive(Serialize, utoipa::ToSchema)]
struct MentionDetails {
    /// The programme's name in addresses.
    programme: String,
    /// The indicator's number in it.
    indicator: i32,
    name: String,
    /// `actual` or `target`.
    measure: &'static str,
    figure: Option<FigureDetails>,
}

/// All divisions, as a sheet.
pub(crate) async fn all(app: &App, most: u64) -> Result<Vec<RegionDetails>> {
    let rows = regions::list(app.store.reader(), None, None, most).await?;
    Ok(rows.iter().map(RegionDetails::from).collect())
}

/// Which divisions are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only this division and what lies in it.
    #[serde(default)]
    within: String,
}

/// Divisions in the order of their codes, former ones included.
#[utoipa::path(get, path = "/api/v1/regions", tag = "regions", params(Asked, Paging),
    responses((status = 200, body = Slice<RegionDetails>), (status = 422, body = ProblemDetails)))]
async fn list_by_api(State(app): State<App>, Query(asked): Query<Asked>, wanted: Wanted) -> Result<Response> {
    let within = if asked.within.is_empty() { None } else { Some(asked.within.parse()?) };
    let after: Option<Cursor> = wanted.after()?;
    let rows =
        regions::list(app.store.reader(), within, after.map(|cursor| (cursor.0, cursor.1)), wanted.fetch()).await?;
    let slice = Slice::cut(rows, &wanted, |row| format!("{}-{}", row.code, row.valid_from));
    slice.map(|row| RegionDetails::from(&row)).reply(&wanted).await
}

/// Code and first year of the last division of a slice.
struct Cursor(i64, i32);

impl std::str::FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (code, year) = text.split_once('-').unwrap_or((text, "0"));
        Ok(Self(code.parse()?, year.parse()?))
    }
}

/// One place.
#[utoipa::path(get, path = "/api/v1/regions/{code}", tag = "regions", params(("code" = String, Path, example = "330784")),
    responses((status = 200, body = PlaceDetails), (status = 404, body = ProblemDetails)))]
async fn show_by_api(State(app): State<App>, Path(code): Path<String>) -> Result<Response> {
    let place = Place::find(&app, &code).await?;
    let short = |code: i64| RegionCode::from_stored(code).map(RegionCode::short).unwrap_or_default();
    let slug = |programme: &Programme| programme.slug.clone();
    let mention = |mention: &Mention| MentionDetails {
        programme: mention.programme.slug.clone(),
        indicator: mention.indicator.number,
        name: mention.indicator.name.clone(),
        measure: mention.measure.code(),
        figure: details(Some(&mention.figure)),
    };
    let change = |change: &Change| ChangeDetails {
        year: change.year,
        kind: change.kind.clone(),
        old_code: short(change.old_code),
        new_code: short(change.new_code),
        note: change.note.clone(),
    };
    let all = PlaceDetails {
        region: RegionDetails::from(&place.row),
        above: place.above.iter().map(|(code, name)| NamedRegion { code: code.short(), name: name.clone() }).collect(),
        below: place.children.iter().map(|row| NamedRegion { code: short(row.code), name: row.name.clone() }).collect(),
        changes: place.changes.iter().map(change).collect(),
        programmes: place.own().map(slug).collect(),
        programmes_above: place.above().map(slug).collect(),
        programmes_below: place.below().map(slug).collect(),
        mentions: place.mentions(&app).await?.iter().map(mention).collect(),
    };
    Ok(axum::Json(all).into_response())
}
