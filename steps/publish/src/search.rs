//! Search: one character, two, or words, over programmes, projects, indicators, places and matters.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Lang, Problem, RegionCode, Text};
use ledger::board::Shown;
use ledger::current::Current;
use ledger::entries::{View, counting};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use ledger::words::{Kind, Measure};
use serde::{Deserialize, Serialize};
use store::search::{Hit, Search, count, find};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::components;
use web::components::FigureLink;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted, escape};
use web::{Access, App, Error, Frame, ProblemDetails, Query, Result, Route, Step, page};

use crate::figure_api::{FigureDetails, details};
use crate::highlight::{Piece, marked};
use crate::shown;

const ROUTES: &[Route] = &[Route::get("/search", Access::Public), Route::get("/api/v1/search", Access::Public)];

/// Hits of each sort on the first page.
const FIRST: u64 = 12;
/// Parts of a text that are tried when the whole finds nothing.
const MOST_PARTS: usize = 24;

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/search", get(show)).routes(routes!(list_by_api)), routes: ROUTES }
}

/// What can be found, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Indicator,
    Project,
    Matter,
    Programme,
    Region,
}

impl Sort {
    const ALL: [Self; 5] = [Self::Indicator, Self::Project, Self::Matter, Self::Programme, Self::Region];

    fn code(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Project => "project",
            Self::Matter => "matter",
            Self::Programme => "programme",
            Self::Region => "region",
        }
    }

    fn name(self) -> Text {
        match self {
            Self::Indicator => Text::new("指标", "Indicators"),
            Self::Project => Text::new("项目", "Projects"),
            Self::Matter => Text::new("同一事项", "Matters"),
            Self::Programme => Text::new("方案", "Programmes"),
            Self::Region => Text::new("地方", "Places"),
        }
    }

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.code() == code)
    }
}

/// What is looked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// One character, two, or words; every word has to be there.
    #[serde(default)]
    q: String,
    /// `indicator`, `project`, `matter`, `programme` or `region`.
    #[serde(default)]
    kind: String,
    /// A programme year; places and matters have none.
    #[serde(default)]
    year: String,
}

impl Asked {
    fn sort(&self) -> Result<Option<Sort>> {
        if self.kind.is_empty() {
            return Ok(None);
        }
        Sort::parse(&self.kind).map(Some).ok_or_else(|| {
            Error::from(Problem::field(
                "kind",
                "kind 只能是 indicator、project、matter、programme 或 region",
                "kind is indicator, project, matter, programme or region",
            ))
        })
    }

    fn year(&self) -> Result<Option<i32>> {
        if self.year.is_empty() {
            return Ok(None);
        }
        self.year.parse().map(Some).map_err(|_| {
            Error::from(Problem::field("year", "年份请写成四位数字，如 2024", "a year has four digits, such as 2024"))
        })
    }

    async fn search(&self, app: &App) -> Result<Search> {
        Ok(Search {
            text: self.q.clone(),
            kind: self.sort()?.map(|sort| sort.code().to_owned()),
            year: self.year()?,
            hidden: hidden(app).await?,
        })
    }
}

/// The addresses of programmes that are not public yet.
async fn hidden(app: &App) -> Result<Vec<String>> {
    let slugs = programmes::unpublished(app.store.reader()).await?;
    Ok(slugs.iter().map(|slug| ledger::search::programme_path(slug)).collect())
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    f: Frame,
    asked: Asked,
    total: i64,
    tabs: Vec<Tab>,
    groups: Vec<Group>,
    years: Vec<i32>,
    /// Where one sort goes on.
    next: Option<String>,
    /// A shorter text to try where nothing was found.
    shorter: Option<String>,
}

/// A sort with its number of hits, and the address that shows it alone.
struct Tab {
    name: String,
    count: i64,
    address: String,
    here: bool,
}

struct Group {
    sort: Sort,
    name: String,
    count: i64,
    hits: Vec<Found>,
    /// The address of all of them, where only the first are shown.
    all: Option<String>,
}

/// A hit, ready to be shown.
struct Found {
    path: String,
    title: Vec<Piece>,
    /// The words that led here, where they do not stand in the title.
    why: Vec<Piece>,
    remark: String,
    figure: Option<FigureLink>,
    day: Option<String>,
}

impl SearchPage {
    fn looked_for(&self) -> bool {
        !self.asked.q.trim().is_empty()
    }

    fn year_is(&self, year: &i32) -> bool {
        self.asked.year == year.to_string()
    }

    fn escaped(&self, text: &str) -> String {
        escape(text)
    }

    fn everything(&self) -> String {
        self.asked.address(None)
    }
}

async fn show(State(app): State<App>, f: Frame, Query(asked): Query<Asked>, wanted: Wanted) -> Result<Response> {
    let on = app.store.reader();
    let search = asked.search(&app).await?;
    let alone = asked.sort()?;
    let skip: u64 = wanted.after()?.unwrap_or(0);
    let counts = count(on, &search).await?;
    let of = |sort: Sort| counts.get(sort.code()).copied().unwrap_or(0);
    let found = || Sort::ALL.into_iter().filter(|sort| of(*sort) > 0);
    let words = search.words();
    let mut groups = Vec::new();
    let mut next = None;
    for sort in found().filter(|sort| alone.is_none_or(|alone| alone == *sort)) {
        let search = Search { kind: Some(sort.code().to_owned()), ..search.clone() };
        let hits = match alone {
            None => find(on, &search, 0, FIRST).await?,
            Some(_) => find(on, &search, skip, wanted.limit()).await?,
        };
        let shown_so_far = skip + hits.len() as u64;
        let more = u64::try_from(of(sort)).is_ok_and(|all| all > shown_so_far);
        if alone.is_some() && more {
            next = Some(shown_so_far.to_string());
        }
        let facts = Facts::of(&app, &hits).await?;
        groups.push(Group {
            sort,
            name: sort.name().get(f.lang).to_owned(),
            count: of(sort),
            all: (alone.is_none() && more).then(|| asked.address(Some(sort))),
            hits: hits.iter().map(|hit| facts.found(f.lang, hit, &words)).collect(),
        });
    }
    let tab = |sort: Sort| Tab {
        name: sort.name().get(f.lang).to_owned(),
        count: of(sort),
        address: asked.address(Some(sort)),
        here: alone == Some(sort),
    };
    let tabs = found().map(tab).collect();
    let total = counts.values().sum();
    let years = programmes::published_years(on).await?;
    let shorter = if total == 0 { shorter(&app, &search).await? } else { None };
    page(&SearchPage { f, total, tabs, groups, years, next, shorter, asked })
}

/// A part of the text that finds something, where the whole finds nothing.
async fn shorter(app: &App, search: &Search) -> Result<Option<String>> {
    for text in parts(&search.text) {
        let hidden = search.hidden.clone();
        let found = find(app.store.reader(), &Search { text: text.clone(), hidden, ..Search::default() }, 0, 1).await?;
        if !found.is_empty() {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The words of a text, or else the pieces of a Chinese one from the longest to pairs; few, each is a query.
fn parts(text: &str) -> Vec<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    if words.len() > 1 {
        return words.into_iter().take(MOST_PARTS).map(str::to_owned).collect();
    }
    let characters: Vec<_> = text.trim().chars().collect();
    if text.is_ascii() || characters.len() < 3 {
        return Vec::new();
    }
    let longest = (characters.len() - 1).min(4);
    let pieces = (2..=longest).rev().flat_map(|length| characters.windows(length).rev());
    pieces.take(MOST_PARTS).map(|piece| piece.iter().collect()).collect()
}

impl Asked {
    /// The page that shows one sort alone, or all of them.
    fn address(&self, sort: Option<Sort>) -> String {
        let mut address = format!("/search?q={}", escape(&self.q));
        if !self.year.is_empty() {
            address.push_str(&format!("&year={}", escape(&self.year)));
        }
        if let Some(sort) = sort {
            address.push_str(&format!("&kind={}", sort.code()));
        }
        address
    }
}

/// What stands beside hits: programmes, places, current figures.
struct Facts {
    programmes: HashMap<String, Programme>,
    names: BTreeMap<RegionCode, String>,
    figures: HashMap<Uuid, (Kind, Shown)>,
}

impl Facts {
    async fn of(app: &App, hits: &[Hit]) -> Result<Self> {
        let on = app.store.reader();
        let ids: Vec<_> = of_sort(hits, Sort::Indicator).map(|hit| hit.id).collect();
        let indicators = programmes::indicators_among(on, &ids).await?;
        let mut slugs: Vec<_> = hits.iter().filter_map(|hit| slug_of(&hit.path)).collect();
        slugs.sort_unstable();
        slugs.dedup();
        let mut found = HashMap::new();
        let mut figures = HashMap::new();
        for slug in slugs {
            let Some(programme) = programmes::find_published(on, slug).await? else { continue };
            let own: Vec<_> = indicators.iter().filter(|row| row.programme_id == programme.id).cloned().collect();
            if !own.is_empty() {
                let current = Current::load(on, &programme, &own, View::default(), counting).await?;
                for indicator in own {
                    let (actual, _) = current.of(indicator.id, Measure::Actual);
                    let shown = actual.or_else(|| current.of(indicator.id, Measure::Target).0);
                    figures.extend(shown.map(|shown| (indicator.id, (indicator.kind(), shown))));
                }
            }
            found.insert(slug.to_owned(), programme);
        }
        let places = of_sort(hits, Sort::Region).filter_map(|hit| RegionCode::from_stored(hit.region));
        let lineages = places.flat_map(|place| place.lineage().collect::<Vec<_>>());
        let names = ledger::regions::names(on, lineages, i32::MAX).await?;
        Ok(Self { programmes: found, names, figures })
    }

    fn programme(&self, hit: &Hit) -> Option<&Programme> {
        self.programmes.get(slug_of(&hit.path)?)
    }

    fn found(&self, lang: Lang, hit: &Hit, words: &[String]) -> Found {
        let figure = self.figures.get(&hit.id);
        let title = marked(&hit.title, words);
        let why = if title.iter().any(|piece| piece.1) { Vec::new() } else { marked(&hit.text, words) };
        Found {
            path: hit.path.clone(),
            title,
            why,
            remark: self.remark(lang, hit),
            figure: figure.map(|(kind, shown)| shown::figure(lang, *kind, shown)),
            day: figure.and_then(|(_, shown)| shown::day(lang, shown)),
        }
    }

    fn remark(&self, lang: Lang, hit: &Hit) -> String {
        match Sort::parse(&hit.kind) {
            Some(Sort::Region) => {
                let Some(code) = RegionCode::from_stored(hit.region) else { return String::new() };
                let above = code.lineage().filter(|above| *above != code);
                let above: Vec<_> = above.filter_map(|above| self.names.get(&above)).map(String::as_str).collect();
                let level = code.level().name();
                [level.get(lang), &above.join(" › "), &code.short()]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · ")
            }
            Some(Sort::Matter) => lang.t("几个地方并列", "several places side by side").to_owned(),
            _ => self.programme(hit).map(|programme| programme.title_in(lang).to_owned()).unwrap_or_default(),
        }
    }
}

fn of_sort(hits: &[Hit], sort: Sort) -> impl Iterator<Item = &Hit> {
    hits.iter().filter(move |hit| hit.kind == sort.code())
}

/// The programme in an address such as `/programmes/330200-2024/indicators/7`.
fn slug_of(path: &str) -> Option<&str> {
    path.strip_prefix("/programmes/")?.split(['/', '#']).next()
}

/// Something that was found.
#[derive(Serialize, utoipa::ToSchema)]
struct HitDetails {
    /// `indicator`, `project`, `matter`, `programme` or `region`.
    kind: String,
    title: String,
    /// The address of its page.
    path: String,
    /// Six, nine or twelve digits; none for matters.
    region: Option<String>,
    /// The programme year; none for places and matters.
    year: Option<i32>,
    /// The programme's name in addresses.
    programme: Option<String>,
    /// The latest figure of an indicator.
    figure: Option<FigureDetails>,
}

impl Row for HitDetails {
    fn file_name() -> Text {
        Text::new("搜索结果", "search")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("类别", "kind"),
            Text::new("名称", "title"),
            Text::new("区划代码", "region"),
            Text::new("年份", "year"),
            Text::new("方案", "programme"),
            Text::new("数值", "value"),
            Text::new("原文数字", "printed"),
            Text::new("单位", "unit"),
            Text::new("修饰", "qualifier"),
            Text::new("截至", "cut-off"),
            Text::new("页面", "page"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let sort = Sort::parse(&self.kind).map(|sort| sort.name().get(lang).to_owned());
        let figure = self.figure.as_ref();
        vec![
            sort.into(),
            self.title.as_str().into(),
            self.region.clone().into(),
            self.year.map(i64::from).into(),
            self.programme.clone().into(),
            figure.and_then(FigureDetails::decimal).into(),
            figure.map(|figure| figure.printed.clone()).into(),
            figure.map(|figure| figure.unit.clone()).into(),
            figure.map(|figure| figure.qualifier).into(),
            figure.and_then(|figure| figure.as_of).into(),
            self.path.as_str().into(),
        ]
    }
}

/// Programmes, projects, indicators, places and matters that hold every word; exact names first.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(Asked, Paging),
    responses((status = 200, body = Slice<HitDetails>), (status = 422, body = ProblemDetails)))]
async fn list_by_api(State(app): State<App>, Query(asked): Query<Asked>, wanted: Wanted) -> Result<Response> {
    if asked.q.trim().is_empty() {
        return Err(Problem::field("q", "请写明要找什么：q=充电桩", "say what to look for: q=充电桩").into());
    }
    let skip: u64 = wanted.after()?.unwrap_or(0);
    let search = asked.search(&app).await?;
    let hits = find(app.store.reader(), &search, skip, wanted.fetch()).await?;
    let facts = Facts::of(&app, &hits).await?;
    let rows: Vec<_> = (skip + 1..).zip(hits).collect();
    let slice = Slice::cut(rows, &wanted, |(at, _)| at.to_string());
    let details = |hit: Hit| HitDetails {
        region: RegionCode::from_stored(hit.region).map(RegionCode::short),
        year: (hit.year != 0).then_some(hit.year),
        programme: slug_of(&hit.path).map(str::to_owned),
        figure: details(facts.figures.get(&hit.id).map(|(_, shown)| shown)),
        kind: hit.kind,
        title: hit.title,
        path: hit.path,
    };
    slice.map(|(_, hit)| details(hit)).reply(&wanted).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_shorter_to_try() {
        assert_eq!(parts("无人充电"), ["人充电", "无人充", "充电", "人充", "无人"]);
        assert_eq!(parts("充电桩 宁波"), ["充电桩", "宁波"]);
        assert!(parts("AED").is_empty() && parts("桩").is_empty() && parts("").is_empty());
        assert!(parts(&"很".repeat(60)).len() <= MOST_PARTS);
    }

    #[test]
    fn programmes_in_addresses() {
        assert_eq!(slug_of("/programmes/330200-2024/indicators/7"), Some("330200-2024"));
        assert_eq!(slug_of("/programmes/330200-2024#project-1"), Some("330200-2024"));
        assert_eq!(slug_of("/regions/330200"), None);
    }
}
