//! Who has not reported: a share without a figure of the cut-off.

use chrono::NaiveDate;
use kernel::RegionCode;
use uuid::Uuid;

use super::Matrix;

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
    /// Who leads it there.
    pub lead: Option<Uuid>,
    /// The latest cut-off of a figure; none when there was never one.
    pub last: Option<NaiveDate>,
    /// Days from the cut-off to the day that was asked about.
    pub days: i64,
}

/// Everything that the places of `matrix` have not reported for its cut-off, longest silence first. `today` is the day on
/// which somebody asks.
///
/// Where no reporting round says who owes what, a place owes what it has a share of.
pub fn missing(matrix: &Matrix, today: NaiveDate) -> Vec<Silent> {
    let cut_off = matrix.gathered.cut_off;
    let mut found: Vec<_> = matrix
        .places
        .iter()
        .flat_map(|place| {
            let silent = matrix
                .projects
                .iter()
                .zip(&place.cells)
                .filter_map(|((_, project), cell)| Some((project, cell.as_ref().filter(|cell| cell.silent)?)));
            silent.map(move |(project, cell)| Silent {
                place: place.place,
                name: place.name.clone(),
                project: project.id,
                project_name: project.name.clone(),
                lead: cell.lead,
                last: cell.last,
                days: today.signed_duration_since(cut_off).num_days().max(0),
            })
        })
        .collect();
    found.sort_by_key(|one| (one.last, one.place));
    found
}
