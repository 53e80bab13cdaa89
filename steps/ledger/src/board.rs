//! The scoreboard of a programme: what every page, sheet and API answer about a programme is made from.
//!
//! Six queries, however many entries the programme has; everything else is arithmetic over their results.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use kernel::{Problem, RegionCode, RuleSet, Schedule, ScheduleBasis};
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::current::Current;
use crate::entries::{Choice, View, counting, counting_or_first};
use crate::programmes::{self, Outline};
use crate::rollup;
use crate::rules::{self, Light, LightRules};
use crate::series::{Series, Standing};
use crate::tables::{categories, documents, indicators, projects};
use crate::words::{Measure, Purpose, Statistic};

pub use crate::current::{shown, summed};

/// How a shown figure came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 公布值: it stands in the ledger as it was published or reported for this place.
    Published,
    /// 计算值: it was derived from other figures in the ledger.
    Derived,
}

/// A figure as it is shown, with everything that stands beside it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The entry whose trail it opens; none for a sum.
    pub entry: Option<Uuid>,
    /// The number, unless the figure has none.
    pub number: Option<Number>,
    /// The figure as printed.
    pub raw: String,
    /// How closely the number is meant.
    pub qualifier: Qualifier,
    /// The unit as printed.
    pub unit: String,
    /// The cut-off, if one is known.
    pub as_of: Option<NaiveDate>,
    /// The last day of the period it speaks of, if that is known.
    pub until: Option<NaiveDate>,
    /// How it came to be.
    pub basis: Basis,
    /// How many places a sum is made of; 0 for a single figure.
    pub places: i64,
    /// The place, when it is not the programme's own.
    pub elsewhere: Option<RegionCode>,
    /// A shared rank.
    pub tie: bool,
    /// When the ledger came to know it, in Unix milliseconds; 0 for a sum.
    pub recorded_ms: i64,
    /// What whoever recorded it remarked.
    pub note: Option<String>,
}

impl Shown {
    /// The value, if there is a number.
    pub fn value(&self) -> Option<Decimal> {
        self.number.map(|number| number.value)
    }

    /// The day that it speaks of: its cut-off, else the end of its period.
    pub fn day(&self) -> Option<NaiveDate> {
        self.as_of.or(self.until)
    }
}

/// One indicator with what is known of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The indicator.
    pub indicator: indicators::Model,
    /// What is done.
    pub actual: Option<Shown>,
    /// The sum over places, where both a published total and entries below it exist.
    pub sum_below: Option<Shown>,
    /// What is to be done.
    pub target: Option<Shown>,
    /// Done of to be done, in percent, not capped.
    pub progress: Option<Decimal>,
    /// What it is compared with; see [`Board::schedule_of`].
    pub schedule: Option<Schedule>,
    /// The state against the schedule.
    pub light: Option<Light>,
    /// Its parts and what else qualifies it, in the order of their numbers.
    pub parts: Vec<Row>,
}

impl Row {
    /// Points by which progress is ahead of the schedule; negative when behind.
    pub fn lead(&self, schedule: &Schedule) -> Option<Decimal> {
        self.progress.map(|progress| progress - schedule.percent)
    }

    /// This row and all below it.
    pub fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.parts.iter().flat_map(Self::all)).collect()
    }
}

/// A project with its indicators.
#[derive(Clone, Debug)]
pub struct ProjectBoard {
    /// The project.
    pub project: projects::Model,
    /// Its indicators that belong to no other.
    pub rows: Vec<Row>,
    /// The mean of its indicators' progress, each capped at 100.
    pub progress: Option<Decimal>,
    /// The state against the schedule.
    pub light: Option<Light>,
}

/// A category with its projects.
#[derive(Clone, Debug)]
pub struct CategoryBoard {
    /// The category.
    pub category: categories::Model,
    /// Its projects.
    pub projects: Vec<ProjectBoard>,
}

impl CategoryBoard {
    /// All its rows that belong to no other row.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.projects.iter().flat_map(|project| &project.rows)
    }

    /// The mean progress of those of its projects that have one, in percent.
    pub fn progress(&self) -> Option<Decimal> {
        let each: Vec<_> = self.projects.iter().filter_map(|project| project.progress).collect();
        rules::mean_progress(&each)
    }
}

/// A programme as the ledger knows it in one view.
#[derive(Clone, Debug)]
pub struct Board {
    /// The programme with its outline.
    pub outline: Outline,
    /// The rule set that holds for the programme's place and year.
    pub rules: &'static RuleSet,
    /// The place from which it is seen: the programme's own, or one below it.
    pub place: RegionCode,
    /// The cut-off and the day of knowledge that were asked for.
    pub view: View,
    /// What should be done by the cut-off; none without a cut-off.
    pub schedule: Option<Schedule>,
    comparison: Comparison,
    /// Adopted categories first, context behind them.
    pub categories: Vec<CategoryBoard>,
    /// Published headline numbers.
    pub statistics: BTreeMap<Statistic, Row>,
    /// The money of the programme, by source.
    pub funding: Vec<Row>,
    /// Image progress (形象进度) by project: what was reported for the place itself, never part of what is counted.
    pub images: HashMap<Uuid, Row>,
    /// The texts that the figures come from.
    pub documents: Vec<documents::Model>,
    /// Cut-offs at which there are figures, newest first.
    pub cut_offs: Vec<NaiveDate>,
}

/// What figures are compared with.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    /// The day whose schedule holds for all of them, when somebody asked for it; else each has its own.
    day: Option<NaiveDate>,
    lights: LightRules,
}

impl Comparison {
    /// The day whose schedule a figure is compared with; none for an undated one.
    fn day(self, shown: &Shown) -> Option<NaiveDate> {
        let own = shown.day()?;
        Some(self.day.map_or(own, |day| day.max(own)))
    }

    fn schedule(self, outline: &Outline, shown: &Shown) -> Option<Schedule> {
        Some(schedule_at(outline, self.day(shown)?))
    }
}

impl Board {
    /// The board of `programme` in `view`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(
        on: &C,
        programme: crate::tables::programmes::Model,
        view: View,
    ) -> Result<Self> {
        Self::read(on, programme, (None, view), counting, view.cut_off).await
    }

    /// The board of `programme` as seen from `place`, which lies in it: the place's own figures and targets, and the
    /// sums below it, in as many queries as [`Board::load`].
    ///
    /// # Errors
    /// When the place lies outside the programme, or the database fails.
    pub async fn at<C: ConnectionTrait>(
        on: &C,
        programme: crate::tables::programmes::Model,
        place: RegionCode,
        view: View,
    ) -> Result<Self> {
        let home = RegionCode::from_stored(programme.region);
        if !home.is_some_and(|home| home.contains(place)) {
            return Err(Problem::not_found("本方案不涉及这个地方", "The programme does not reach this place").into());
        }
        let below = Some(place).filter(|place| Some(*place) != home);
        Self::read(on, programme, (below, view), counting, view.cut_off).await
    }

    /// The board that a page opens with: at the programme's usual cut-off, and with the first later figure where there
    /// is none by then. Each figure is compared with the schedule of its own day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open<C: ConnectionTrait>(
        on: &C,
        programme: crate::tables::programmes::Model,
        known: Option<NaiveDate>,
    ) -> Result<Self> {
        let view = View { cut_off: programme.default_cut_off, known };
        Self::read(on, programme, (None, view), counting_or_first, None).await
    }

    async fn read<C: ConnectionTrait>(
        on: &C,
        programme: crate::tables::programmes::Model,
        (below, view): (Option<RegionCode>, View),
        choose: Choice,
        day: Option<NaiveDate>,
    ) -> Result<Self> {
        let outline = Outline::load(on, programme).await?;
        let rules = rules::rule_set(outline.region(), outline.programme.year);
        let comparison = Comparison { day, lights: rules.into() };
        let current = match below {
            None => Current::load(on, &outline.programme, &outline.indicators, view, choose).await?,
            Some(place) => Current::load_at(on, &outline.programme, &outline.indicators, place, view).await?,
        };
        let documents = programmes::documents_of(on, outline.programme.id).await?;
        let place = below.unwrap_or(outline.region());
        let cut_offs = rollup::cut_offs(on, &outline, place).await?;
        let schedule = view.cut_off.map(|cut_off| schedule_at(&outline, cut_off));
        let tops = RowMaker { outline: &outline, comparison, current }.rows();
        let mut board = Self {
            rules,
            place,
            view,
            schedule,
            comparison,
            categories: Vec::new(),
            statistics: BTreeMap::new(),
            funding: Vec::new(),
            images: HashMap::new(),
            documents,
            cut_offs,
            outline,
        };
        board.arrange(tops, comparison.lights);
        Ok(board)
    }

    /// What should be done by the day of a figure, or by the cut-off asked for; none for an undated figure.
    pub fn schedule_of(&self, shown: &Shown) -> Option<Schedule> {
        self.comparison.schedule(&self.outline, shown)
    }

    /// The day of [`Board::schedule_of`].
    pub fn day_of(&self, shown: &Shown) -> Option<NaiveDate> {
        self.comparison.day(shown)
    }

    /// The light of a progress against a schedule, by the rules of this board.
    pub fn light(&self, progress: Decimal, schedule: &Schedule) -> Light {
        rules::light(progress, schedule, self.comparison.lights)
    }

    fn arrange(&mut self, tops: Vec<Row>, lights: LightRules) {
        let mut by_project = HashMap::<Uuid, Vec<Row>>::new();
        for row in tops {
            if row.indicator.purpose() == Purpose::Image {
                self.images.insert(row.indicator.project_id, row);
                continue;
            }
            self.collect_headlines(&row);
            by_project.entry(row.indicator.project_id).or_default().push(row);
        }
        let outline = &self.outline;
        self.categories = outline
            .categories
            .iter()
            .map(|category| CategoryBoard {
                category: category.clone(),
                projects: outline
                    .projects
                    .iter()
                    .filter(|project| project.category_id == category.id)
                    .map(|project| {
                        let rows = by_project.remove(&project.id).unwrap_or_default();
                        ProjectBoard::new(project.clone(), rows, lights)
                    })
                    .collect(),
            })
            .collect();
    }

    fn collect_headlines(&mut self, row: &Row) {
        if row.indicator.purpose() == Purpose::Funding {
            self.funding.push(row.clone());
        }
        for row in row.all() {
            if let Some(statistic) = row.indicator.statistic() {
                self.statistics.entry(statistic).or_insert_with(|| row.clone());
            }
        }
    }

    /// The published number of a headline.
    pub fn published(&self, statistic: Statistic) -> Option<&Shown> {
        self.statistics.get(&statistic)?.actual.as_ref().or(self.statistics.get(&statistic)?.target.as_ref())
    }

    /// Projects of adopted categories.
    pub fn adopted_projects(&self) -> impl Iterator<Item = &ProjectBoard> {
        self.adopted_categories().flat_map(|category| &category.projects)
    }

    /// Adopted categories: those with a number.
    pub fn adopted_categories(&self) -> impl Iterator<Item = &CategoryBoard> {
        self.categories.iter().filter(|category| category.category.number.is_some())
    }

    /// Everything that is no adopted category.
    pub fn context(&self) -> impl Iterator<Item = &CategoryBoard> {
        self.categories.iter().filter(|category| category.category.number.is_none())
    }

    /// The mean progress that follows from the ledger: over the projects that have one, each capped at 100.
    pub fn derived_mean(&self) -> Option<(Decimal, usize)> {
        let each: Vec<_> = self.adopted_projects().filter_map(|project| project.progress).collect();
        rules::mean_progress(&each).map(|mean| (mean, each.len()))
    }

    /// How many projects show each light.
    pub fn lights(&self) -> Vec<(Light, usize)> {
        let count = |light| self.adopted_projects().filter(|project| project.light == Some(light)).count();
        Light::ALL.into_iter().map(|light| (light, count(light))).collect()
    }

    /// Every row of every category.
    pub fn all_rows(&self) -> Vec<&Row> {
        self.categories.iter().flat_map(|category| category.rows().flat_map(Row::all).collect::<Vec<_>>()).collect()
    }
}

impl ProjectBoard {
    fn new(project: projects::Model, rows: Vec<Row>, lights: LightRules) -> Self {
        let counted = || {
            let delivery = rows.iter().filter(|row| row.indicator.purpose() == Purpose::Delivery);
            delivery.filter_map(|row| Some((row.progress?, row.schedule)))
        };
        let each: Vec<_> = counted().map(|(progress, _)| progress).collect();
        // One undated figure leaves the whole project without a day to compare with.
        let schedules: Option<Vec<_>> = counted().map(|(_, schedule)| schedule).collect();
        let schedule = schedules.and_then(|all| all.into_iter().max_by_key(|schedule| schedule.elapsed));
        let progress = rules::mean_progress(&each);
        let light = progress.zip(schedule).map(|(progress, schedule)| rules::light(progress, &schedule, lights));
        Self { project, rows, progress, light }
    }
}

/// Makes rows out of what was read.
struct RowMaker<'a> {
    outline: &'a Outline,
    comparison: Comparison,
    current: Current,
}

impl RowMaker<'_> {
    fn rows(&self) -> Vec<Row> {
        let mut below = HashMap::<Uuid, Vec<&indicators::Model>>::new();
        let mut tops = Vec::new();
        for indicator in &self.outline.indicators {
            match self.outline.whole_of(indicator) {
                Some(parent) => below.entry(parent).or_default().push(indicator),
                None => tops.push(indicator),
            }
        }
        tops.into_iter().map(|indicator| self.row(indicator, &below)).collect()
    }

    fn row(&self, indicator: &indicators::Model, below: &HashMap<Uuid, Vec<&indicators::Model>>) -> Row {
        let (actual, sum_below) = self.current.of(indicator.id, Measure::Actual);
        let (target, _) = self.current.of(indicator.id, Measure::Target);
        let progress = actual
            .as_ref()
            .and_then(Shown::value)
            .zip(target.as_ref().and_then(Shown::value))
            .and_then(|(actual, target)| rules::progress(actual, target, indicator.direction()));
        let schedule = actual.as_ref().and_then(|shown| self.comparison.schedule(self.outline, shown));
        let light = progress
            .zip(schedule)
            .map(|(progress, schedule)| rules::light(progress, &schedule, self.comparison.lights));
        let parts = below.get(&indicator.id).map(|parts| parts.iter().map(|part| self.row(part, below)).collect());
        Row {
            indicator: indicator.clone(),
            actual,
            sum_below,
            target,
            progress,
            schedule,
            light,
            parts: parts.unwrap_or_default(),
        }
    }
}

fn schedule_at(outline: &Outline, day: NaiveDate) -> Schedule {
    let basis = ScheduleBasis::parse(&outline.programme.schedule_basis).unwrap_or_default();
    Schedule::at(day, outline.programme.year, basis)
}

/// What counts for every indicator at several places: for tables of regions by projects, and for rankings.
#[derive(Clone, Debug)]
pub struct Matrix {
    series: Series,
    cut_off: NaiveDate,
}

impl Matrix {
    /// What is done of an indicator at a place, or is to be done: its own figure, else the sum below it.
    pub fn of(&self, place: RegionCode, indicator: Uuid, measure: Measure) -> Option<Standing> {
        self.series.at(place, indicator, measure, self.cut_off)
    }

    /// What is done of what is to be done at a place, in percent, not capped.
    pub fn progress(&self, place: RegionCode, indicator: &indicators::Model) -> Option<Decimal> {
        let value = |measure| self.of(place, indicator.id, measure).and_then(|standing| standing.value);
        rules::progress(value(Measure::Actual)?, value(Measure::Target)?, indicator.direction())
    }
}

/// Actual and target of every indicator of `outline` at each of `places`, in two statements (one more for each further
/// five hundred indicators).
///
/// # Errors
/// When the database fails.
pub async fn matrix<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    places: &[RegionCode],
    view: View,
) -> Result<Matrix> {
    let series = Series::load(on, outline, places, view.known).await?;
    Ok(Matrix { series, cut_off: view.cut_off.unwrap_or(NaiveDate::MAX) })
}
