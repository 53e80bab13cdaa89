//! The state of a programme: every project with its three progress numbers, its light and the reasons, its forecast, who
//! answers and who is silent. Derived on the spot; nothing of it is kept.

mod bodies;
mod gathered;
mod lagging;
mod lamps;
mod matrix;
mod missing;
mod planned;
mod progress;

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::rule_set::MeanOver;
use kernel::{Problem, RegionCode};
use ledger::entries::View;
use ledger::rules::Light;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::{categories, projects};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::rules::bands::{Bands, bands};
use crate::rules::calibration::{BackTest, Calibration, back_test, calibrated};
use crate::rules::forecast::{Chance, Forecast, Report, at_year_end};
use crate::rules::lights::{Why, severity};
use crate::rules::{deviation, streak};

use gathered::learnt;

pub use crate::store::Filed;
pub use bodies::{BodyState, by_body};
pub use gathered::{Due, Gathered, Moment, reports, turns};
pub use lagging::{Lag, lagging};
pub use lamps::{Lamps, finished_cut_off};
pub use matrix::{Cell, Matrix, PlaceState, around, by_region};
pub use missing::{Silent, missing};
pub use progress::{Each, Money, Progress};

/// A project as the board shows it.
#[derive(Clone, Debug)]
pub struct ProjectState {
    /// The project.
    pub project: projects::Model,
    /// Its category.
    pub category: categories::Model,
    /// What should be done, in percent, with the words of how that was counted.
    pub due: Option<Due>,
    /// Quantity %: done of to be done.
    pub quantity: Option<Decimal>,
    /// Image % (形象进度) as its reporter estimates it; never mixed with the others.
    pub image: Option<Decimal>,
    /// Its money.
    pub money: Option<Money>,
    /// Quantity % less schedule %, in points.
    pub deviation: Option<Decimal>,
    /// The light; none where nothing can be said.
    pub light: Option<Light>,
    /// Why, the decisive reason first.
    pub why: Vec<Why>,
    /// The milestone that was reached last.
    pub stage: Option<String>,
    /// The estimate for the end of the year; none with too few reports.
    pub forecast: Option<Forecast>,
    /// What the estimate says of the target.
    pub chance: Option<Chance>,
    /// Since which cut-off it lags without a break, and in how many months.
    pub lagging: Option<(NaiveDate, u32)>,
    /// The latest cut-off of a figure.
    pub last: Option<NaiveDate>,
    /// Whether there is no figure of the cut-off itself.
    pub silent: bool,
    /// Who leads it.
    pub lead: Option<Uuid>,
}

impl ProjectState {
    /// The state at the end of `history`; `None` where that is empty. Its forecast is as wide as was `learnt`.
    pub fn of(
        gathered: &Gathered,
        place: RegionCode,
        (category, project): (&categories::Model, &projects::Model),
        history: &[Moment],
        learnt: Option<&Calibration>,
    ) -> Option<Self> {
        let now = history.last()?;
        let year = gathered.outline.programme.year;
        let reported = reports(history);
        let forecast = at_year_end(&reported, year, &gathered.rules.forecast.says);
        let forecast = forecast.map(|estimate| calibrated(&reported, estimate, learnt));
        let done_at = Decimal::from(gathered.rules.done.says.percent);
        let quantity = now.progress.quantity;
        Some(Self {
            project: project.clone(),
            category: category.clone(),
            due: now.due.clone(),
            quantity,
            image: gathered.image(project.id, place, gathered.cut_off),
            money: gathered.money(project.id, place, gathered.cut_off),
            deviation: quantity.zip(now.due.as_ref()).map(|(quantity, due)| deviation(quantity, due.percent)),
            light: now.verdict.light,
            why: now.verdict.why.clone(),
            stage: gathered.stage(project.id, place),
            chance: forecast.map(|forecast| forecast.chance(done_at)),
            forecast,
            lagging: streak::lagging_since(&turns(history)),
            last: now.progress.latest,
            silent: now.progress.takes_part() && now.progress.latest.is_none_or(|day| day < gathered.cut_off),
            lead: gathered.lead(project.id, place),
        })
    }
}

/// The mean progress of the projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mean {
    /// In percent, each project capped at 100.
    pub percent: Decimal,
    /// How many projects have a progress.
    pub over: usize,
    /// Whether it runs over projects or over categories.
    pub rule: MeanOver,
}

/// A programme as it stands at one place.
pub struct Watched {
    /// What it was derived from.
    pub gathered: Arc<Gathered>,
    /// The place.
    pub place: RegionCode,
    /// The projects that take part there, in the order of the programme.
    pub projects: Vec<ProjectState>,
    /// The money of the programme.
    pub money: Option<Money>,
    /// The mean progress; none where no project has one.
    pub mean: Option<Mean>,
    /// Counts above a share.
    pub bands: Bands,
    /// How wide the forecasts had to become; none while too few could be compared.
    pub learnt: Option<Calibration>,
    /// How often such forecasts held within this year.
    pub back_test: BackTest,
}

/// The state of `programme` at `place`, which lies in it. Without a cut-off in `view` the usual one is taken.
///
/// # Errors
/// When the place is none of the programme's, or the database fails.
pub async fn of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Programme,
    place: RegionCode,
    view: View,
) -> Result<Watched> {
    let inside = RegionCode::from_stored(programme.region).is_some_and(|home| home.contains(place));
    if !inside {
        return Err(Problem::not_found("这份方案不含这个地方", "The programme does not reach this place").into());
    }
    let gathered = Gathered::load(on, programme, &[place], view).await?;
    Ok(Watched::of(Arc::new(gathered), place))
}

impl Watched {
    /// The state at one of the places that were gathered.
    pub fn of(gathered: Arc<Gathered>, place: RegionCode) -> Self {
        let home = place == gathered.outline.region();
        let mut histories = Vec::new();
        for (category, project) in gathered.projects() {
            let history = gathered.history(project.id, place);
            let takes_part = history.last().is_some_and(|now| now.progress.takes_part());
            // What is adopted stands on the programme's own board even before it has a target.
            if home || takes_part {
                histories.push(((category, project), history));
            }
        }
        let reported: Vec<Vec<Report>> = histories.iter().map(|(_, history)| reports(history)).collect();
        let (year, rule) = (gathered.outline.programme.year, &gathered.rules.forecast.says);
        let learnt = learnt(&reported, &gathered);
        let projects = histories
            .iter()
            .filter_map(|(which, history)| ProjectState::of(&gathered, place, *which, history, learnt.as_ref()))
            .collect::<Vec<_>>();
        let progress: Vec<_> = projects.iter().filter_map(|one| one.quantity).collect();
        let bands = bands(&progress, gathered.rules.done.says.percent, &gathered.rules.bands.says);
        Self {
            money: gathered.all_money(place, gathered.cut_off),
            mean: mean(&projects, gathered.rules.mean.says.over),
            bands,
            back_test: back_test(&reported, year, rule),
            learnt,
            projects,
            place,
            gathered,
        }
    }

    /// How many projects show each light, and how many show none.
    pub fn lights(&self) -> (Vec<(Light, usize)>, usize) {
        let count = |light| self.projects.iter().filter(|one| one.light == Some(light)).count();
        let lit = Light::ALL.into_iter().map(|light| (light, count(light))).collect();
        (lit, self.projects.iter().filter(|one| one.light.is_none()).count())
    }

    /// What should be done of the programme as a whole.
    pub fn due(&self) -> Due {
        self.gathered.programme_due(self.gathered.cut_off)
    }

    /// The projects with those that lag most first: by light, then by how far they are behind, then in their own order.
    pub fn worst_first(&self) -> Vec<&ProjectState> {
        let mut all: Vec<_> = self.projects.iter().collect();
        all.sort_by_key(|one| (std::cmp::Reverse(one.light.map(severity)), one.deviation.unwrap_or(Decimal::MAX)));
        all
    }
}

/// The divisions directly below `place` in `year`.
///
/// # Errors
/// When the database fails.
pub async fn places_below<C: ConnectionTrait>(on: &C, place: RegionCode, year: i32) -> Result<Vec<RegionCode>> {
    let rows = ledger::regions::children(on, place, year).await?;
    Ok(rows.iter().filter_map(|row| RegionCode::from_stored(row.code)).collect())
}

/// The mean over the projects, or over the means of the categories.
fn mean(projects: &[ProjectState], rule: MeanOver) -> Option<Mean> {
    let with: Vec<_> = projects.iter().filter_map(|one| Some((one.category.id, one.quantity?))).collect();
    let of = |values: &[Decimal]| ledger::rules::mean_progress(values);
    let percent = match rule {
        MeanOver::Projects => of(&with.iter().map(|(_, quantity)| *quantity).collect::<Vec<_>>())?,
        MeanOver::Categories => {
            let mut each = std::collections::BTreeMap::<Uuid, Vec<Decimal>>::new();
            for (category, quantity) in &with {
                each.entry(*category).or_default().push(*quantity);
            }
            of(&each.values().filter_map(|values| of(values)).collect::<Vec<_>>())?
        }
    };
    Some(Mean { percent, over: with.len(), rule })
}
