//! Regions × projects: which project lags where, and how the regions stand among each other.

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::RegionCode;
use ledger::entries::View;
use ledger::rules::Light;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::{categories, projects};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::gathered::{Gathered, turns};
use crate::rules::lights::Why;
use crate::rules::peers::{StandsOut, standing_out};
use crate::rules::ranks::{Rank, rank};
use crate::rules::{deviation, streak};

/// A project at a place.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Quantity %.
    pub quantity: Option<Decimal>,
    /// Quantity % less schedule %, in points.
    pub deviation: Option<Decimal>,
    /// The light.
    pub light: Option<Light>,
    /// Why, the decisive reason first.
    pub why: Vec<Why>,
    /// Since when it lags there, and in how many months.
    pub lagging: Option<(NaiveDate, u32)>,
    /// The latest cut-off of a figure.
    pub last: Option<NaiveDate>,
    /// Whether there is no figure of the cut-off itself.
    pub silent: bool,
    /// Who leads it there.
    pub lead: Option<Uuid>,
}

impl Cell {
    /// A project at a place that was gathered; `None` where it does not reach it.
    pub fn of(gathered: &Gathered, project: Uuid, place: RegionCode) -> Option<Self> {
        let history = gathered.history(project, place);
        let now = history.last().filter(|now| now.progress.takes_part())?;
        Some(Self {
            quantity: now.progress.quantity,
            deviation: now
                .progress
                .quantity
                .zip(now.due.as_ref())
                .map(|(quantity, due)| deviation(quantity, due.percent)),
            light: now.verdict.light,
            why: now.verdict.why.clone(),
            lagging: streak::lagging_since(&turns(&history)),
            last: now.progress.latest,
            silent: now.progress.latest.is_none_or(|day| day < gathered.cut_off),
            lead: gathered.lead(project, place),
        })
    }
}

/// A place with its cells and where it stands among its peers.
#[derive(Clone, Debug)]
pub struct PlaceState {
    /// The place.
    pub place: RegionCode,
    /// Its name.
    pub name: String,
    /// One per project, in the order of the matrix; none where the project does not reach the place.
    pub cells: Vec<Option<Cell>>,
    /// The mean quantity % over its projects, each capped at 100.
    pub mean: Option<Decimal>,
    /// Its place among the others by that mean.
    pub rank: Option<Rank>,
    /// Whether it stands far apart from the others.
    pub stands_out: Option<StandsOut>,
}

impl PlaceState {
    /// How many of its projects show `light`.
    pub fn count(&self, light: Light) -> usize {
        self.cells.iter().flatten().filter(|cell| cell.light == Some(light)).count()
    }

    /// How many projects reach it.
    pub fn projects(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// How many have no figure of the cut-off.
    pub fn silent(&self) -> usize {
        self.cells.iter().flatten().filter(|cell| cell.silent).count()
    }
}

/// Regions × projects.
pub struct Matrix {
    /// What it was derived from.
    pub gathered: Arc<Gathered>,
    /// The columns: projects that reach at least one of the places, with their categories.
    pub projects: Vec<(categories::Model, projects::Model)>,
    /// The rows, by code.
    pub places: Vec<PlaceState>,
}

/// The state of every project at each of `places`, in a fixed number of statements.
///
/// # Errors
/// When the database fails.
pub async fn by_region<C: ConnectionTrait>(
    on: &C,
    programme: Programme,
    places: &[RegionCode],
    view: View,
) -> Result<Matrix> {
    // The programme's own place comes first: it decides which cut-off is meant.
    let home = RegionCode::from_stored(programme.region);
    let all: Vec<_> = home.into_iter().chain(places.iter().copied().filter(|place| Some(*place) != home)).collect();
    Ok(Matrix::of(Arc::new(Gathered::load(on, programme, &all, view).await?), places))
}

/// The state of every project at the places directly below `place`, and what is needed for `place` itself.
///
/// # Errors
/// When the database fails.
pub async fn around<C: ConnectionTrait>(on: &C, programme: Programme, place: RegionCode, view: View) -> Result<Matrix> {
    let below = super::places_below(on, place, programme.year).await?;
    let all: Vec<_> = std::iter::once(place).chain(below.iter().copied()).collect();
    Ok(Matrix::of(Arc::new(Gathered::load(on, programme, &all, view).await?), &below))
}

impl Matrix {
    /// The matrix of `places`, which were gathered.
    pub fn of(gathered: Arc<Gathered>, places: &[RegionCode]) -> Self {
        let watched: Vec<_> =
            gathered.projects().into_iter().map(|(category, project)| (category.clone(), project.clone())).collect();
        let cells: Vec<Vec<Option<Cell>>> = places
            .iter()
            .map(|place| watched.iter().map(|(_, project)| Cell::of(&gathered, project.id, *place)).collect())
            .collect();
        let reaches = |at: usize| cells.iter().any(|row| row[at].is_some());
        let columns: Vec<usize> = (0..watched.len()).filter(|at| reaches(*at)).collect();
        let rows: Vec<_> = places.iter().zip(cells).filter(|(_, row)| row.iter().any(Option::is_some)).collect();
        let means: Vec<_> = rows.iter().map(|(_, row)| mean(row)).collect();
        let ranks = rank(&means, &gathered.rules.ranking.says);
        let apart = standing_out(&means, &gathered.rules.peers.says);
        let places = rows
            .into_iter()
            .enumerate()
            .map(|(at, (place, mut row))| PlaceState {
                place: *place,
                name: gathered.name(*place),
                cells: columns.iter().map(|column| row[*column].take()).collect(),
                mean: means[at],
                rank: ranks[at],
                stands_out: apart[at],
            })
            .collect();
        let projects = columns.iter().map(|at| watched[*at].clone()).collect();
        Self { gathered, projects, places }
    }

    /// The rows with the best first; those without a mean come last, in the order of their codes.
    pub fn ranked(&self) -> Vec<&PlaceState> {
        let mut rows: Vec<_> = self.places.iter().collect();
        rows.sort_by_key(|row| (row.rank.map_or(usize::MAX, |rank| rank.place), row.place));
        rows
    }
}

fn mean(row: &[Option<Cell>]) -> Option<Decimal> {
    let each: Vec<_> = row.iter().flatten().filter_map(|cell| cell.quantity).collect();
    ledger::rules::mean_progress(&each)
}
