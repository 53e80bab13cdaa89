//! An indicator at the places below: their own figures, or what their places add up to, level by level.

use std::collections::HashMap;

use kernel::{Level, RegionCode, Schedule};
use ledger::board::{Board, Shown};
use ledger::current::{shown, summed};
use ledger::entries::{self, counting};
use ledger::rules::{self, Light};
use ledger::tables::indicators;
use ledger::words::Measure;
use ledger::{regions, rollup};
use sea_orm::ConnectionTrait;
use store::Result;

use crate::lit::Lit;

/// A place with its figures.
pub(crate) struct PlaceFigures {
    pub(crate) code: RegionCode,
    pub(crate) name: String,
    pub(crate) actual: Option<Shown>,
    pub(crate) target: Option<Shown>,
    pub(crate) progress: Option<figures::Decimal>,
    pub(crate) schedule: Option<Schedule>,
    pub(crate) light: Option<Light>,
    /// Whether figures are collected below it too.
    pub(crate) goes_down: bool,
}

/// The places directly below one that collect an indicator.
pub(crate) struct PlacesBelow {
    /// The level that is listed.
    pub(crate) level: Level,
    /// Those with a figure.
    pub(crate) places: Vec<PlaceFigures>,
    /// How many have none.
    pub(crate) silent: usize,
}

/// The figures of `indicator` at the places directly below `above`; none where it is not collected below.
pub(crate) async fn below<C: ConnectionTrait>(
    on: &C,
    Lit { board, lamps, .. }: &Lit,
    indicator: &indicators::Model,
    above: RegionCode,
) -> Result<Option<PlacesBelow>> {
    let Some(level) = rollup::level_below(above, indicator.grain()) else { return Ok(None) };
    let programme = &board.outline.programme;
    let children = regions::children(on, above, programme.year).await?;
    let codes: Vec<_> = children.iter().filter_map(|row| RegionCode::from_stored(row.code)).collect();
    let mut figures = HashMap::<(RegionCode, Measure), Shown>::new();
    for sum in rollup::of_indicator(on, programme.id, indicator.id, &codes, board.view).await? {
        figures.insert((sum.region, sum.measure), summed(&sum, indicator.unit.clone()));
    }
    let rows = entries::at_places(on, programme.id, &[indicator.id], &codes).await?;
    // What a body did is part of the sum of its place, never the place's own figure.
    let counted: Vec<_> =
        counting(&rows, board.view).into_values().filter(|entry| entry.organisation_id.is_none()).collect();
    let ids: Vec<_> = counted.iter().map(|entry| entry.id).collect();
    let mut sources = entries::sources_of(on, &ids).await?;
    for entry in counted {
        let Some(code) = RegionCode::from_stored(entry.region) else { continue };
        let own = shown(entry, sources.remove(&entry.id), indicator.unit.clone(), code);
        // What a place says of itself goes before what its places add up to.
        figures.insert((code, Measure::from_number(entry.measure)), own);
    }
    let total = children.len();
    let places: Vec<_> = children
        .into_iter()
        .filter_map(|row| {
            let code = RegionCode::from_stored(row.code)?;
            let actual = figures.remove(&(code, Measure::Actual));
            let target = figures.remove(&(code, Measure::Target));
            let schedule = actual.as_ref().and_then(|shown| lamps.schedule(board, indicator, code, shown));
            let found = place(board, indicator, (code, row.name), (actual, target), schedule);
            (found.actual.is_some() || found.target.is_some()).then_some(found)
        })
        .collect();
    Ok(Some(PlacesBelow { level, silent: total - places.len(), places }))
}

fn place(
    board: &Board,
    indicator: &indicators::Model,
    (code, name): (RegionCode, String),
    (actual, target): (Option<Shown>, Option<Shown>),
    schedule: Option<Schedule>,
) -> PlaceFigures {
    let value = |shown: &Option<Shown>| shown.as_ref().and_then(Shown::value);
    let progress = value(&actual)
        .zip(value(&target))
        .and_then(|(actual, target)| rules::progress(actual, target, indicator.direction()));
    let light = progress.zip(schedule).map(|(progress, schedule)| board.light(progress, &schedule));
    let goes_down = rollup::level_below(code, indicator.grain()).is_some();
    PlaceFigures { code, name, actual, target, progress, schedule, light, goes_down }
}
