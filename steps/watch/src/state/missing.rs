//! Who has not reported: by the round of the cut-off where there is one, else every share without a figure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{RegionCode, Text};
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::Matrix;
use crate::store::pending;

/// A project for which a place owes the figures of the cut-off.
#[derive(Clone, Debug)]
pub struct Silent {
    /// The place.
    pub place: RegionCode,
    /// Its name.
    pub name: String,
    /// The project.
    pub project: Uuid,
    /// Its name.
    pub project_name: String,
    /// The return that is owed; none where no round says so.
    pub owed: Option<Uuid>,
    /// The name of the body that owes it; empty where nobody is known.
    pub body: String,
    /// Where its return stands, or that there is no figure.
    pub state: Text,
    /// The latest cut-off of a figure; none when there was never one.
    pub last: Option<NaiveDate>,
    /// Days past the last day of the round – where there is none, past the cut-off; negative while there is time.
    pub days: i64,
}

/// Everything that is not in the ledger yet for the cut-off of `matrix` at `place` and below it, the longest silence first.
/// `today` is the day on which somebody asks.
///
/// # Errors
/// When the database fails.
pub async fn missing<C: ConnectionTrait>(
    on: &C,
    matrix: &Matrix,
    place: RegionCode,
    today: NaiveDate,
) -> Result<Vec<Silent>> {
    let mut found = match matrix.gathered.round() {
        Some(_) => of_round(on, matrix, place, today).await?,
        None => of_shares(matrix, today),
    };
    found.sort_by_key(|one| (one.last, one.place));
    Ok(found)
}

async fn of_round<C: ConnectionTrait>(
    on: &C,
    matrix: &Matrix,
    place: RegionCode,
    today: NaiveDate,
) -> Result<Vec<Silent>> {
    let gathered = &matrix.gathered;
    let Some(round) = gathered.round() else { return Ok(Vec::new()) };
    let rows = pending(on, round.round, place, gathered.known).await?;
    let outline = &gathered.outline;
    let names = ledger::regions::names(on, rows.iter().map(|row| row.region), outline.programme.year).await?;
    let mut ids: Vec<_> = rows.iter().map(|row| row.organisation).collect();
    ids.sort_unstable();
    ids.dedup();
    let bodies = people::store::organisations::with_keys(on, &ids).await?;
    let bodies: BTreeMap<_, _> = bodies.into_iter().map(|row| (row.id, row.short_name)).collect();
    let projects: BTreeMap<_, _> = outline.projects.iter().map(|row| (row.id, &row.name)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let due = row.late_until.unwrap_or(round.closes_on);
            Some(Silent {
                place: row.region,
                name: names.get(&row.region).cloned().unwrap_or_else(|| row.region.short()),
                project: row.project,
                project_name: (*projects.get(&row.project)?).clone(),
                owed: Some(row.id),
                body: bodies.get(&row.organisation).cloned().unwrap_or_default(),
                state: row.state.name(),
                last: gathered.last(row.project, row.region),
                days: today.signed_duration_since(due).num_days(),
            })
        })
        .collect())
}

/// Where no reporting round says who owes what, a place owes what it has a share of.
fn of_shares(matrix: &Matrix, today: NaiveDate) -> Vec<Silent> {
    let gathered = &matrix.gathered;
    let of = |place: &super::PlaceState| {
        let cells = matrix.projects.iter().zip(&place.cells);
        let silent = cells.filter_map(|((_, project), cell)| {
            let cell = cell.as_ref().filter(|cell| cell.silent)?;
            Some(Silent {
                place: place.place,
                name: place.name.clone(),
                project: project.id,
                project_name: project.name.clone(),
                owed: None,
                body: cell.lead.map(|body| gathered.body(body)).unwrap_or_default(),
                state: Text::new("缺本期数字", "no figure"),
                last: cell.last,
                days: today.signed_duration_since(gathered.cut_off).num_days(),
            })
        });
        silent.collect::<Vec<_>>()
    };
    matrix.places.iter().flat_map(of).collect()
}
