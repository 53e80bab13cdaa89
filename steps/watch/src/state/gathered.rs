//! Everything that a board is derived from, read in a fixed number of statements.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::{RegionCode, RuleSet, Schedule, ScheduleBasis, Text};
use ledger::entries::View;
use ledger::programmes::{Leads, Outline};
use ledger::series::Series;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::{categories, projects};
use ledger::words::{Measure, Purpose, Statistic};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::planned::Planned;
use super::progress::{self, Money, Progress};
use crate::rules::calibration::{Calibration, misses};
use crate::rules::forecast::Report;
use crate::rules::lights::{Facts, Node, Verdict, judge};
use crate::rules::streak::Turn;
use crate::store::{Filed, filed};

/// What should be done by a cut-off, and how that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// In percent.
    pub percent: Decimal,
    /// Such as 6/12 月.
    pub basis: Text,
}

/// A project at one cut-off of the year.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The cut-off.
    pub cut_off: NaiveDate,
    /// How far it was.
    pub progress: Progress,
    /// How far it should have been; none for an undated figure.
    pub due: Option<Due>,
    /// The light with its reasons.
    pub verdict: Verdict,
}

/// What was read of a programme at some places, as known on one day.
pub struct Gathered {
    /// The programme with its outline.
    pub outline: Outline,
    /// The rule set that holds for it.
    pub rules: &'static RuleSet,
    /// The cut-off.
    pub cut_off: NaiveDate,
    /// The day of knowledge, when it is not the present.
    pub known: Option<NaiveDate>,
    /// Names of the places.
    pub names: BTreeMap<RegionCode, String>,
    /// Names of the bodies that answer for anything.
    pub bodies: HashMap<Uuid, String>,
    /// The reporting rounds that were open by then, the latest cut-off first.
    pub rounds: Vec<Filed>,
    places: Vec<RegionCode>,
    /// The cut-offs with figures at each place: asked for once per project and place.
    days: HashMap<RegionCode, Vec<NaiveDate>>,
    planned: Planned,
    series: Series,
    leads: Leads,
}

impl Gathered {
    /// Reads what the ledger knows of `programme` at `places`; the first of them decides which cut-off is meant where
    /// none is asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(
        on: &C,
        programme: Programme,
        places: &[RegionCode],
        view: View,
    ) -> Result<Self> {
        let outline = Outline::load(on, programme).await?;
        let series = Series::load(on, &outline, places, view.known).await?;
        let leads = Leads::around(on, outline.programme.id, places).await?;
        let bodies = people::store::organisations::with_keys(on, &leads.bodies()).await?;
        let rounds = filed(on, outline.programme.id, view.known).await?;
        let usual = || {
            let filed = usual_round(&rounds).map(|round| round.cut_off);
            filed.unwrap_or_else(|| usual_cut_off(&outline, &series, places, view.known))
        };
        let cut_off = view.cut_off.unwrap_or_else(usual);
        Ok(Self {
            rules: ledger::rules::rule_set(outline.region(), outline.programme.year),
            cut_off,
            known: view.known,
            names: ledger::regions::names(on, places.iter().copied(), outline.programme.year).await?,
            bodies: bodies.into_iter().map(|row| (row.id, row.short_name)).collect(),
            places: places.to_vec(),
            days: places.iter().map(|place| (*place, series.cut_offs(*place))).collect(),
            rounds,
            planned: Planned::load(on, outline.programme.id, view.known).await?,
            series,
            leads,
            outline,
        })
    }

    /// The round of the cut-off, where there is one.
    pub fn round(&self) -> Option<&Filed> {
        self.rounds.iter().find(|round| round.cut_off == self.cut_off)
    }

    /// The round that is still being reported while the board stands at an earlier one.
    pub fn running(&self) -> Option<&Filed> {
        self.rounds.first().filter(|round| round.cut_off > self.cut_off && !round.finished())
    }

    /// The latest cut-off of a figure of a project at a place that was read.
    pub fn last(&self, project: Uuid, place: RegionCode) -> Option<NaiveDate> {
        self.progress(project, place, self.cut_off).latest
    }

    /// The places that were read.
    pub fn places(&self) -> &[RegionCode] {
        &self.places
    }

    /// The name of a place.
    pub fn name(&self, place: RegionCode) -> String {
        self.names.get(&place).cloned().unwrap_or_else(|| place.short())
    }

    /// The projects that are watched with their categories: those of adopted categories, or all where none has a number.
    pub fn projects(&self) -> Vec<(&categories::Model, &projects::Model)> {
        let numbered = self.outline.categories.iter().any(|category| category.number.is_some());
        let watched = self.outline.categories.iter().filter(|category| category.number.is_some() || !numbered);
        watched
            .flat_map(|category| {
                let own = self.outline.projects.iter().filter(move |project| project.category_id == category.id);
                own.map(move |project| (category, project))
            })
            .collect()
    }

    /// The cut-offs of the programme year with figures at `place` up to the present one, which is always the last.
    pub fn cut_offs(&self, place: RegionCode) -> Vec<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(self.outline.programme.year, 1, 1).unwrap_or(NaiveDate::MIN);
        let before = |day: &&NaiveDate| first <= **day && **day < self.cut_off;
        self.days.get(&place).into_iter().flatten().filter(before).copied().chain([self.cut_off]).collect()
    }

    /// Every cut-off at which `place` has figures, oldest first.
    pub fn all_cut_offs(&self, place: RegionCode) -> Vec<NaiveDate> {
        self.days.get(&place).cloned().unwrap_or_default()
    }

    /// How far a project is. One without a target that is planned by milestones is as far as their weights.
    pub fn progress(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Progress {
        let mut progress = progress::of(&self.series, &self.outline, project, place, cut_off);
        if progress.each.iter().all(|one| one.target.is_none()) {
            progress.quantity = progress.quantity.or_else(|| self.planned.reached(project, place, cut_off));
        }
        progress
    }

    /// What the reporter of a project estimates (形象进度), in percent: of the place itself, or of the only body that
    /// reports on it there. Estimates of several are never averaged.
    pub fn image(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Option<Decimal> {
        let image =
            self.outline.indicators.iter().find(|row| row.project_id == project && row.purpose() == Purpose::Image)?;
        self.series.only(place, image.id, Measure::Actual, cut_off)?.value
    }

    /// The money of a project.
    pub fn money(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Option<Money> {
        progress::money(&self.series, &self.outline, project, place, cut_off)
    }

    /// The money of the programme: its own total where it has one beside the projects, else what the projects add up to.
    pub fn all_money(&self, place: RegionCode, cut_off: NaiveDate) -> Option<Money> {
        let watched: Vec<Uuid> = self.projects().iter().map(|(_, project)| project.id).collect();
        let beside = self.outline.projects.iter().filter(|project| !watched.contains(&project.id));
        let own = beside.into_iter().find_map(|project| self.money(project.id, place, cut_off));
        own.or_else(|| {
            watched.iter().filter_map(|project| self.money(*project, place, cut_off)).reduce(|sum, one| Money {
                used: match (sum.used, one.used) {
                    (Some(a), Some(b)) => Some(a + b),
                    (a, b) => a.or(b),
                },
                planned: sum.planned + one.planned,
            })
        })
    }

    /// The name of a body.
    pub fn body(&self, body: Uuid) -> String {
        self.bodies.get(&body).cloned().unwrap_or_default()
    }

    /// A published headline number at `place`; it stands apart from what is derived.
    pub fn published(&self, statistic: Statistic, place: RegionCode) -> Option<Decimal> {
        let row = self.outline.indicators.iter().find(|row| row.statistic() == Some(statistic))?;
        self.series.at(place, row.id, Measure::Actual, self.cut_off)?.value
    }

    /// What should be done of a project by a cut-off: by its plan there, else as the programme counts.
    pub fn due(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Due {
        let programme = &self.outline.programme;
        let basis = ScheduleBasis::parse(&programme.schedule_basis).unwrap_or_default();
        let due = self.planned.due(project, place, cut_off, (programme.year, basis));
        Due { percent: due.percent, basis: due.basis }
    }

    /// What should be done of the programme as a whole by a cut-off.
    pub fn programme_due(&self, cut_off: NaiveDate) -> Due {
        let programme = &self.outline.programme;
        let basis = ScheduleBasis::parse(&programme.schedule_basis).unwrap_or_default();
        let schedule = Schedule::at(cut_off, programme.year, basis);
        Due { percent: schedule.percent, basis: schedule.count() }
    }

    /// The milestones of a project, as far as they were known.
    pub fn nodes(&self, project: Uuid, place: RegionCode) -> Vec<Node> {
        self.planned.nodes(project, place)
    }

    /// The milestones of its catch-up plans.
    pub fn catch_up(&self, project: Uuid, place: RegionCode) -> Vec<Node> {
        self.planned.catch_up(project, place)
    }

    /// The milestone that a project has reached last.
    pub fn stage(&self, project: Uuid, place: RegionCode) -> Option<String> {
        let nodes = self.nodes(project, place);
        nodes.into_iter().rfind(|node| node.reached_on.is_some_and(|day| day <= self.cut_off)).map(|node| node.name)
    }

    /// A project over the year, oldest cut-off first; the last is the present one.
    pub fn history(&self, project: Uuid, place: RegionCode) -> Vec<Moment> {
        let nodes = self.nodes(project, place);
        self.cut_offs(place).into_iter().map(|cut_off| self.moment(project, place, cut_off, &nodes)).collect()
    }

    /// What the forecasts of all projects at a place teach about how wide they must be.
    pub fn learnt(&self, place: RegionCode) -> Option<Calibration> {
        let histories = self.projects().into_iter().map(|(_, project)| self.history(project.id, place));
        learnt(&histories.map(|history| reports(&history)).collect::<Vec<_>>(), self)
    }

    fn moment(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate, nodes: &[Node]) -> Moment {
        let progress = self.progress(project, place, cut_off);
        let due = (!progress.undated).then(|| self.due(project, place, cut_off));
        let facts = Facts {
            cut_off,
            quantity: progress.quantity,
            due: due.as_ref().map(|due| due.percent),
            reported: progress.reported,
            silent: progress.silent,
            nodes,
            cancelled: self.planned.is_cancelled(project),
        };
        let verdict = judge(&facts, self.rules);
        Moment { cut_off, progress, due, verdict }
    }

    /// Who leads a project at a place: the nearest body, at the place itself or above it.
    pub fn lead(&self, project: Uuid, place: RegionCode) -> Option<Uuid> {
        // Without a day of knowledge those whose role has not ended.
        let day = self.known.unwrap_or(NaiveDate::MAX);
        self.leads.at(project, Uuid::nil(), place, day)
    }
}

/// What the year's forecasts so far teach about how wide they must be.
pub(super) fn learnt(reported: &[Vec<Report>], gathered: &Gathered) -> Option<Calibration> {
    let (year, rule) = (gathered.outline.programme.year, &gathered.rules.forecast.says);
    let misses: Vec<_> = reported.iter().flat_map(|reports| misses(reports, year, rule)).collect();
    Calibration::of(&misses, NaiveDate::MAX, rule)
}

/// The lights of a history.
pub fn turns(history: &[Moment]) -> Vec<Turn> {
    history.iter().map(|moment| (moment.cut_off, moment.verdict.light)).collect()
}

/// What was newly reported in a history: the moments that have a figure of their own cut-off.
pub fn reports(history: &[Moment]) -> Vec<Report> {
    let fresh = history.iter().filter(|moment| moment.progress.latest == Some(moment.cut_off));
    fresh.filter_map(|moment| Some(Report { day: moment.cut_off, value: moment.progress.quantity? })).collect()
}

/// The round that a board opens with: the latest that nothing is expected of any more, so that half a month's returns do not
/// turn everybody else's lights; where there is none, the latest of which anything is in the ledger.
pub(super) fn usual_round(rounds: &[Filed]) -> Option<&Filed> {
    rounds.iter().find(|round| round.finished()).or_else(|| rounds.iter().find(|round| round.approved > 0))
}

/// Without rounds: the programme's usual cut-off where it was known by then, else the latest with a
/// figure; the day before the year where there is none.
fn usual_cut_off(outline: &Outline, series: &Series, places: &[RegionCode], known: Option<NaiveDate>) -> NaiveDate {
    let before = |day: &NaiveDate| known.is_none_or(|known| *day <= known);
    let usual = outline.programme.default_cut_off.filter(before);
    let home = places.first().copied().unwrap_or_else(|| outline.region());
    let latest = || series.cut_offs(home).into_iter().rfind(before);
    let year = NaiveDate::from_ymd_opt(outline.programme.year, 1, 1).unwrap_or(NaiveDate::MIN);
    usual.or_else(latest).or_else(|| year.pred_opt()).unwrap_or(year)
}
