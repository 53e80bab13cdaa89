//! Matters: the same thing counted in several places, side by side and never added.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder};
use store::Result;

use crate::board::Shown;
use crate::current::Current;
use crate::entries::{View, counting};
use crate::tables::{indicators, matters, programmes};
use crate::words::Measure;

/// A matter with all places that count it.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The matter.
    pub row: matters::Model,
    /// One line for each indicator of a published programme, by place, the newest year first.
    pub lines: Vec<Line>,
}

/// What one place says about a matter, with the latest figures known.
#[derive(Clone, Debug)]
pub struct Line {
    /// The programme.
    pub programme: programmes::Model,
    /// The indicator.
    pub indicator: indicators::Model,
    /// What is done.
    pub actual: Option<Shown>,
    /// What is to be done.
    pub target: Option<Shown>,
}

/// All matters that a published programme counts, by name.
///
/// # Errors
/// When the database fails.
pub async fn all<C: ConnectionTrait>(on: &C) -> Result<Vec<Matter>> {
    let rows = matters::Entity::find().order_by_asc(matters::Column::Code).all(on).await?;
    let counted = indicators::Entity::find().filter(indicators::Column::Matter.is_not_null());
    let mut lines = lines(on, counted).await?;
    let matters = rows.into_iter().map(|row| {
        let lines = lines.remove(&row.code).unwrap_or_default();
        Matter { row, lines }
    });
    Ok(matters.filter(|matter| !matter.lines.is_empty()).collect())
}

/// The matter with this code.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, code: &str) -> Result<Option<Matter>> {
    let Some(row) = matters::Entity::find().filter(matters::Column::Code.eq(code)).one(on).await? else {
        return Ok(None);
    };
    let counted = indicators::Entity::find().filter(indicators::Column::Matter.eq(code));
    let lines = lines(on, counted).await?.remove(code).unwrap_or_default();
    Ok(Some(Matter { row, lines }))
}

/// What published programmes say of a service, by its number in the catalogue; the newest year of each place first.
///
/// # Errors
/// When the database fails.
pub async fn of_service<C: ConnectionTrait>(on: &C, service: &str) -> Result<Vec<Line>> {
    let named = indicators::Entity::find().filter(indicators::Column::Services.contains(service));
    let mut lines = all_lines(on, named).await?;
    lines.retain(|line| line.indicator.services.split(' ').any(|one| one == service));
    Ok(lines)
}

/// The lines of the indicators found, by matter.
async fn lines<C: ConnectionTrait>(on: &C, counted: Select<indicators::Entity>) -> Result<BTreeMap<String, Vec<Line>>> {
    let mut lines = BTreeMap::<String, Vec<Line>>::new();
    for line in all_lines(on, counted).await? {
        if let Some(matter) = line.indicator.matter.clone() {
            lines.entry(matter).or_default().push(line);
        }
    }
    Ok(lines)
}

/// The lines of the indicators found, by place, the newest year first.
async fn all_lines<C: ConnectionTrait>(on: &C, counted: Select<indicators::Entity>) -> Result<Vec<Line>> {
    let mut by_programme = BTreeMap::<Uuid, Vec<indicators::Model>>::new();
    for indicator in counted.order_by_asc(indicators::Column::Number).all(on).await? {
        by_programme.entry(indicator.programme_id).or_default().push(indicator);
    }
    let public = programmes::Entity::find()
        .filter(programmes::Column::Published.eq(true))
        .filter(programmes::Column::Id.is_in(by_programme.keys().copied()))
        .order_by_asc(programmes::Column::Region)
        .order_by_desc(programmes::Column::Year)
        .order_by_asc(programmes::Column::Series)
        .all(on)
        .await?;
    let mut lines = Vec::new();
    for programme in public {
        let indicators = by_programme.remove(&programme.id).unwrap_or_default();
        let current = Current::load(on, &programme, &indicators, View::default(), counting).await?;
        for indicator in indicators {
            let (actual, _) = current.of(indicator.id, Measure::Actual);
            let (target, _) = current.of(indicator.id, Measure::Target);
            lines.push(Line { programme: programme.clone(), indicator, actual, target });
        }
    }
    Ok(lines)
}
