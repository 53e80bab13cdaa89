//! The money of the year, in whole yuan: planned and spent by source, project and district.

use super::chance::Chance;
use super::course::{self, Luck};
use super::shape::{Fact, Pace, Shape};
use super::share::{split, split_within};
#[cfg(test)]
use super::year::JUNE;
use super::year::{MONTHS, Project};

/// Plans are made in 万元, bills paid in hundreds of yuan.
const PLANNED_IN: i64 = 10_000;
const PAID_IN: i64 = 100;

/// What is planned and spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money(pub(crate) Vec<Funds>);

/// Money from one source for one project in one district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Funds {
    /// The source, as an index of [`super::year::SOURCES`].
    pub(crate) source: usize,
    /// The project, as an index of the year's projects.
    pub(crate) project: usize,
    /// The district, as an index of the shape's districts.
    pub(crate) district: usize,
    /// Planned for the year.
    pub(crate) planned: i64,
    /// Spent by the end of each month.
    pub(crate) months: [i64; MONTHS],
}

/// What is published about the money, in yuan.
struct Published {
    planned: [i64; 3],
    spent: i64,
    spent_by_city: i64,
}

impl Published {
    fn of(facts: &[Fact]) -> anyhow::Result<Self> {
        let yuan = |name: &str| {
            let found = facts.iter().find(|fact| fact.indicator == name).and_then(Fact::yuan);
            found.ok_or_else(|| anyhow::anyhow!("{name} is not among the published figures"))
        };
        Ok(Self {
            planned: [yuan("市本级财政安排")?, yuan("区（县、市）财政安排")?, yuan("其他资金安排")?],
            spent: yuan("民生实事实际使用资金")?,
            spent_by_city: yuan("市本级使用资金")?,
        })
    }
}

/// Gives the published money out over projects and districts.
///
/// What the counties and the others have spent is published in one sum only; chance parts it.
///
/// # Errors
/// When a published amount is missing.
pub(super) fn plan(shape: &Shape, projects: &[Project], facts: &[Fact], chance: &mut Chance) -> anyhow::Result<Money> {
    let published = Published::of(facts)?;
    let by_counties = published.planned[1] / 1_000 * chance.between(540, 570);
    let rest = published.spent - published.spent_by_city - by_counties;
    let spent = [published.spent_by_city, by_counties, rest];
    let mut funds = Vec::new();
    for (source, (planned, spent)) in published.planned.into_iter().zip(spent).enumerate() {
        let cells = Cells::draw(source, shape, projects, chance);
        funds.extend(cells.give_out(planned, spent, chance));
    }
    funds.sort_by_key(|one| (one.project, one.district, one.source));
    Ok(Money(funds))
}

/// The places that money of one source can go to, with their weights.
struct Cells {
    source: usize,
    at: Vec<(usize, usize)>,
    weights: Vec<i64>,
}

impl Cells {
    fn draw(source: usize, shape: &Shape, projects: &[Project], chance: &mut Chance) -> Self {
        let mut cells = Self { source, at: Vec::new(), weights: Vec::new() };
        for (project, counted) in projects.iter().enumerate() {
            let cost = shape.projects.get(project).map_or(0, |one| one.cost);
            // Counties pay for everything; city and others for many things.
            let takes_part = source == 1 || chance.happens(700);
            let mix = chance.between(50, 150);
            for (district, place) in shape.districts.iter().enumerate() {
                let owes =
                    counted.indicators.iter().flat_map(|one| &one.shares).any(|share| share.region == place.region);
                if takes_part && owes && cost > 0 {
                    cells.at.push((project, district));
                    cells.weights.push(cost * mix * place.weight * chance.between(80, 120));
                }
            }
        }
        cells
    }

    fn give_out(self, planned: i64, spent: i64, chance: &mut Chance) -> Vec<Funds> {
        let planned: Vec<i64> =
            split(planned / PLANNED_IN, &self.weights).into_iter().map(|each| each * PLANNED_IN).collect();
        let limits: Vec<i64> = planned.iter().map(|each| each / PAID_IN).collect();
        let weights: Vec<i64> = limits.iter().map(|each| each * chance.between(70, 130)).collect();
        let spent = split_within(spent / PAID_IN, &weights, &limits);
        let cells = self.at.into_iter().zip(planned).zip(spent).filter(|((_, planned), _)| *planned > 0);
        cells
            .map(|(((project, district), planned), paid)| {
                let end = (planned / PAID_IN * chance.between(930, 1_000) / 1_000).max(paid);
                let months = course::months(Pace::Steady, false, paid, end, Luck::draw(chance));
                Funds { source: self.source, project, district, planned, months: months.map(|each| each * PAID_IN) }
            })
            .collect()
    }
}

impl Money {
    /// Planned and spent by the end of June from one source.
    #[cfg(test)]
    pub(super) fn by_june(&self, source: usize) -> (i64, i64) {
        let own = self.0.iter().filter(|one| one.source == source);
        own.fold((0, 0), |(planned, spent), one| (planned + one.planned, spent + one.months[JUNE]))
    }
}
