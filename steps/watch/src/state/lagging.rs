//! What lags, as chasing takes it up: the project as a whole, and at each place below.

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::RegionCode;
use ledger::entries::View;
use ledger::rules::Light;
use ledger::tables::programmes::Model as Programme;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::gathered::Gathered;
use super::{Matrix, Watched};
use crate::rules::lights::Why;
use crate::rules::streak::lags;

/// A project that lags at a place.
#[derive(Clone, Debug)]
pub struct Lag {
    /// The project.
    pub project: Uuid,
    /// Where: the programme's own place for the project as a whole.
    pub region: RegionCode,
    /// Who leads it there.
    pub organisation: Option<Uuid>,
    /// 滞后 or 严重滞后.
    pub light: Light,
    /// Quantity % less schedule %, in points; none where a milestone alone lags.
    pub deviation: Option<Decimal>,
    /// The decisive reason.
    pub why: Why,
    /// The first cut-off from which it lags without a break.
    pub since: NaiveDate,
    /// In how many months of these.
    pub months: u32,
    /// The cut-off at which it was seen.
    pub cut_off: NaiveDate,
}

/// Everything that lags in `programme`: wholes first, then place by place, in the order of the programme.
///
/// # Errors
/// When the database fails.
pub async fn lagging<C: ConnectionTrait>(on: &C, programme: Programme, view: View) -> Result<Vec<Lag>> {
    let Some(home) = RegionCode::from_stored(programme.region) else { return Ok(Vec::new()) };
    let below = super::places_below(on, home, programme.year).await?;
    let all: Vec<_> = std::iter::once(home).chain(below.iter().copied()).collect();
    let gathered = Arc::new(Gathered::load(on, programme, &all, view).await?);
    let watched = Watched::of(gathered.clone(), home);
    let cut_off = watched.gathered.cut_off;
    let mut found = Vec::new();
    for one in &watched.projects {
        let found_here = lag(one.light, one.lagging, &one.why).map(|(light, since, months, why)| Lag {
            project: one.project.id,
            region: home,
            organisation: one.lead,
            light,
            deviation: one.deviation,
            why,
            since,
            months,
            cut_off,
        });
        found.extend(found_here);
    }
    let matrix = Matrix::of(gathered, &below);
    for place in &matrix.places {
        for ((_, project), cell) in matrix.projects.iter().zip(&place.cells) {
            let Some(cell) = cell else { continue };
            let found_here = lag(cell.light, cell.lagging, &cell.why).map(|(light, since, months, why)| Lag {
                project: project.id,
                region: place.place,
                organisation: cell.lead,
                light,
                deviation: cell.deviation,
                why,
                since,
                months,
                cut_off,
            });
            found.extend(found_here);
        }
    }
    Ok(found)
}

fn lag(light: Option<Light>, lagging: Option<(NaiveDate, u32)>, why: &[Why]) -> Option<(Light, NaiveDate, u32, Why)> {
    let light = light.filter(|light| lags(*light))?;
    let (since, months) = lagging?;
    Some((light, since, months, why.first()?.clone()))
}
