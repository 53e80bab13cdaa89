//! The sites of a programme: the list, the sums beside the ledger, and where none is.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Level, Problem, RegionCode};
use ledger::board::{Board, Row};
use ledger::programmes::{self as all_programmes, Outline};
use serde::Deserialize;
use uuid::Uuid;
use web::listing::{Slice, Wanted, escape};
use web::{App, Frame, Path, Query, Result, SignedIn, components, download, page};

use super::{may_write, outline, sees, top};
use crate::sites::export::{self, Format};
use crate::sites::rules::{self, Amount, Coverage, Given, Sums};
use crate::sites::shown::{self, Listed};
use crate::sites::store;
use crate::sites::tables::sites::Model;
use crate::sites::words::Stage;

/// Divisions without a site that the page names.
const MOST_MISSING: usize = 60;

#[derive(Template)]
#[template(path = "sites/office/programmes.html")]
struct ProgrammesPage {
    f: Frame,
    programmes: Vec<(String, String, bool)>,
}

impl ProgrammesPage {
    fn may_import(&self) -> bool {
        self.f.allows(kernel::Permission::ImportProgramme, None)
    }
}

pub(super) async fn programmes(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    let mut all = all_programmes::all(app.store.reader()).await?;
    all.retain(|programme| sees(&me, programme));
    all.sort_by(|a, b| (-a.year, a.region, &a.series).cmp(&(-b.year, b.region, &b.series)));
    let programmes = all
        .into_iter()
        .map(|one| (format!("/office/sites/{}", one.slug), one.title_in(f.lang).to_owned(), one.demo))
        .collect();
    page(&ProgrammesPage { f, programmes })
}

/// What the list is narrowed by: all of it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    project: String,
    region: String,
    stage: String,
    outside: String,
    pointless: String,
    saved: String,
}

impl Asked {
    fn wanted(&self) -> store::Asked {
        let region: Option<RegionCode> = self.region.parse().ok();
        store::Asked {
            project: self.project.parse().ok(),
            outside: !self.outside.is_empty(),
            without_point: !self.pointless.is_empty(),
            stage: Stage::parse(&self.stage),
            words: self.q.clone(),
            ..region.map(store::Asked::within).unwrap_or_default()
        }
    }

    /// Whether the list is that of the whole programme or of one project, which is what sums are about.
    fn is_whole(&self) -> bool {
        let Self { q, region, stage, outside, pointless, .. } = self;
        [q, region, stage, outside, pointless].into_iter().all(String::is_empty)
    }
}

/// An indicator beside the sum of its sites.
struct Beside {
    name: String,
    unit: String,
    part: bool,
    target: String,
    actual: String,
    sites: usize,
    planned: String,
    done: String,
    /// By when: the day of the figure that it is set beside.
    day: Option<NaiveDate>,
    /// Where the sum comes from, for a part that an attribute stands for.
    by: String,
    /// All sites less the target.
    beyond_target: Verdict,
    /// The finished sites less what is reported.
    beyond_actual: Verdict,
}

/// How a sum of sites compares with a figure of the ledger.
enum Verdict {
    /// The ledger has none.
    Nothing,
    Agrees,
    /// By how much, with a sign.
    Differs(String),
}

impl Verdict {
    fn of(sum: Decimal, said: Option<Decimal>) -> Self {
        let Some(said) = said else { return Self::Nothing };
        let difference = sum - said;
        if difference.is_zero() {
            return Self::Agrees;
        }
        let sign = if difference.is_sign_positive() { "+" } else { "−" };
        Self::Differs(format!("{sign}{}", figures::print_compact(difference.abs())))
    }

    /// As a light: class and words.
    fn light(&self, f: &Frame) -> components::Light {
        let (class, word) = match self {
            Self::Nothing => ("", f.lang.t("无可比", "nothing to compare").to_owned()),
            Self::Agrees => ("done", f.lang.t("相符", "agrees").to_owned()),
            Self::Differs(difference) => ("behind", difference.clone()),
        };
        components::Light { class, word }
    }
}

#[derive(Template)]
#[template(path = "sites/office/list.html")]
struct ListPage {
    f: Frame,
    outline: Outline,
    asked: Asked,
    slice: Slice<(Model, Listed)>,
    /// Of the programme, or of the project that is asked for.
    whole: store::Counts,
    /// Of what is asked for.
    found: i64,
    places: Vec<(String, String)>,
    beside: Vec<Beside>,
    coverage: Option<Coverage>,
    may_add: bool,
}

impl ListPage {
    fn may_import(&self) -> bool {
        self.f.allows(kernel::Permission::ImportProgramme, Some(self.outline.region()))
    }

    fn address(&self) -> String {
        format!("/office/sites/{}", self.outline.programme.slug)
    }

    /// The list of this project, or of all, without any other filter.
    fn whole_address(&self) -> String {
        format!("{}?project={}", self.address(), escape(&self.asked.project))
    }

    fn projects(&self) -> Vec<(String, String)> {
        let all = std::iter::once((String::new(), self.f.lang.t("全部项目", "all projects").to_owned()));
        all.chain(self.outline.projects.iter().map(|project| (project.id.to_string(), project.name.clone()))).collect()
    }

    fn stages(&self) -> Vec<(String, String)> {
        let all = std::iter::once((String::new(), self.f.lang.t("全部阶段", "any stage").to_owned()));
        all.chain(components::choices(&self.f, &Stage::ALL, Stage::code, Stage::name)).collect()
    }

    fn missing(&self, coverage: &Coverage) -> String {
        let names: Vec<_> = coverage.missing.iter().take(MOST_MISSING).map(|(_, name)| name.as_str()).collect();
        names.join("、")
    }
}

pub(super) async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let outline = outline(&app, &me, &slug).await?;
    let on = app.store.reader();
    let programme = outline.programme.id;
    let (whole, narrow) = (store::Asked { project: asked.project.parse().ok(), ..Default::default() }, asked.wanted());
    let after: Option<String> = wanted.after()?;
    let first = after.is_none() && asked.is_whole();
    let found = store::of_programme(on, programme, &narrow, after, Some(wanted.fetch())).await?;
    let slice = Slice::cut(found, &wanted, |row| row.reference.clone());
    let names = ledger::regions::names(on, slice.items.iter().map(Model::region), outline.programme.year).await?;
    let today = app.store.clock().today();
    let project_of: BTreeMap<Uuid, &str> = outline.projects.iter().map(|row| (row.id, row.name.as_str())).collect();
    let slice = slice.map(|row| {
        let project = project_of.get(&row.project_id).copied().unwrap_or_default();
        let listed = Listed::of((f.lang, today), &row, project, &names, None);
        (row, listed)
    });
    let counts = store::counts(on, programme, &whole).await?;
    let found = if asked.is_whole() { counts } else { store::counts(on, programme, &narrow).await? };
    let regions = store::regions_of(on, programme, &whole).await?;
    // Sums over all sites are for whoever opens the list, not for each of its pages.
    let (mut beside, mut coverage) = (Vec::new(), None);
    if first && counts.all > 0 {
        let board = Board::open(on, outline.programme.clone(), None).await?;
        beside = self::beside(&board, &store::groups(on, programme, whole.project).await?);
        coverage = Some(self::coverage(&app, &outline, &regions).await?);
    }
    let shown = ListPage {
        places: shown::places_below(&app, &f, top(&me, &outline.programme), regions).await?,
        whole: counts,
        found: found.all,
        beside,
        coverage,
        may_add: may_write(&me, outline.region())
            || me.scopes(kernel::Permission::FillReturns).iter().any(|scope| outline.region().contains(*scope.start())),
        outline,
        asked,
        slice,
        f,
    };
    page(&shown)
}

/// Towns with a site, of all towns of the programme; counties for a province.
async fn coverage(app: &App, outline: &Outline, reached: &[RegionCode]) -> Result<Coverage> {
    let top = outline.region();
    let level = if top.level() == Level::Province { Level::County } else { Level::Town };
    let all = ledger::regions::list(app.store.reader(), Some(top), None, 10_000).await?;
    let year = outline.programme.year;
    let divisions: BTreeMap<RegionCode, String> = all
        .into_iter()
        .filter(|row| row.level == level.number())
        .filter(|row| row.valid_from <= year && row.valid_to.is_none_or(|last| year <= last))
        .filter_map(|row| Some((RegionCode::from_stored(row.code)?, row.name)))
        .collect();
    Ok(rules::coverage(&divisions, level, reached.iter().copied()))
}

/// Every indicator that sites feed, beside its target and what is reported, with the parts that attributes stand for.
fn beside(board: &Board, groups: &[store::Group]) -> Vec<Beside> {
    let attributes: Vec<BTreeMap<String, String>> =
        groups.iter().map(|group| serde_json::from_str(&group.attributes).unwrap_or_default()).collect();
    // What was finished after the day of the figure cannot be in it.
    let given = |of: &Row| {
        let (indicator, day) = (of.indicator.id, of.actual.as_ref().and_then(ledger::board::Shown::day));
        groups.iter().zip(&attributes).filter(move |(group, _)| group.indicator == indicator).map(
            move |(group, attributes)| Given {
                sites: usize::try_from(group.sites).unwrap_or_default(),
                quantity: group.quantity,
                done: group.is_done_by(day),
                attributes,
            },
        )
    };
    let mut lines = Vec::new();
    for row in board.categories.iter().flat_map(|category| category.rows()) {
        let sums = rules::sums(given(row));
        if sums.sites > 0 {
            lines.push(line(row, &sums, None));
            let parts = row.parts.iter().filter_map(|part| Some((part, rules::part_of(&sums, &part.indicator.name)?)));
            lines.extend(parts.map(|(part, by)| line(part, &sums, Some(by))));
        }
        for part in &row.parts {
            let own = rules::sums(given(part));
            if own.sites > 0 {
                lines.push(line(part, &own, None));
            }
        }
    }
    lines
}

fn line(row: &Row, sums: &Sums, by: Option<(&str, &str, Amount)>) -> Beside {
    let value = |shown: Option<&ledger::board::Shown>| shown.and_then(ledger::board::Shown::value);
    let (target, actual) = (value(row.target.as_ref()), value(row.actual.as_ref()));
    let amount = by.map_or(Amount { planned: sums.planned, done: sums.done }, |by| by.2);
    Beside {
        name: row.indicator.name.clone(),
        unit: row.indicator.unit.clone(),
        part: by.is_some(),
        target: shown::number(target),
        actual: shown::number(actual),
        sites: sums.sites,
        planned: shown::number(Some(amount.planned)),
        done: shown::number(Some(amount.done)),
        day: row.actual.as_ref().and_then(ledger::board::Shown::day),
        by: by.map(|(name, value, _)| format!("{name}＝{value}")).unwrap_or_default(),
        beyond_target: Verdict::of(amount.planned, target),
        beyond_actual: Verdict::of(amount.done, actual),
    }
}

#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default)]
    format: String,
}

pub(super) async fn export(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(form): Query<Form>,
) -> Result<Response> {
    let outline = outline(&app, &me, &slug).await?;
    let unknown = || Problem::field("format", "format 只能是 xlsx、csv 或 geojson", "format is xlsx, csv or geojson");
    let word = if form.format.is_empty() { "xlsx" } else { &form.format };
    let format = Format::parse(word).ok_or_else(unknown)?;
    let mut bytes = Vec::new();
    export::export(&app.store, &outline.programme.slug, format, &mut bytes).await?;
    Ok(download::file(bytes, format.media_type(), &format!("{}-点位.{}", outline.programme.slug, format.ending())))
}
