//! How far a project is at one place and cut-off: indicator by indicator, and together.

use chrono::NaiveDate;
use kernel::RegionCode;
use ledger::programmes::Outline;
use ledger::rules;
use ledger::series::{Series, Standing};
use ledger::tables::indicators;
use ledger::words::{Kind, Measure, Purpose};
use rust_decimal::Decimal;
use uuid::Uuid;

/// One indicator at one place and cut-off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Each {
    /// The indicator.
    pub indicator: Uuid,
    /// What is done.
    pub actual: Option<Standing>,
    /// What is to be done.
    pub target: Option<Standing>,
    /// Done of to be done, in percent, not capped.
    pub percent: Option<Decimal>,
}

/// A project at one place and cut-off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Its delivery indicators that belong to no other.
    pub each: Vec<Each>,
    /// Quantity %: the mean of its indicators, each capped at 100.
    pub quantity: Option<Decimal>,
    /// Indicators with a target and no figure.
    pub silent: usize,
    /// Whether there is any figure.
    pub reported: bool,
    /// Whether a figure that counts has no day.
    pub undated: bool,
    /// The latest cut-off among its figures.
    pub latest: Option<NaiveDate>,
}

impl Progress {
    /// Whether the project has anything to do or done here.
    pub fn takes_part(&self) -> bool {
        self.reported || self.each.iter().any(|one| one.target.is_some())
    }
}

/// Money of a project or programme, in yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Money {
    /// What was used.
    pub used: Option<Decimal>,
    /// What is planned.
    pub planned: Decimal,
}

impl Money {
    /// Used of planned, in percent.
    pub fn percent(&self) -> Option<Decimal> {
        rules::progress(self.used?, self.planned, ledger::words::Direction::More)
    }
}

/// The indicators of a project that belong to no other and serve `purpose`.
pub(crate) fn tops(outline: &Outline, project: Uuid, purpose: Purpose) -> impl Iterator<Item = &indicators::Model> {
    outline
        .indicators
        .iter()
        .filter(move |row| row.project_id == project && row.purpose() == purpose && outline.whole_of(row).is_none())
}

/// How far `project` is at `place` by `cut_off`.
pub(crate) fn of(series: &Series, outline: &Outline, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Progress {
    let each: Vec<_> = tops(outline, project, Purpose::Delivery)
        .map(|row| {
            let actual = series.at(place, row.id, Measure::Actual, cut_off);
            let target = series.goal(place, row.id, cut_off);
            let value = |standing: Option<Standing>| standing.and_then(|one| one.value);
            let percent = value(actual)
                .zip(value(target))
                .and_then(|(actual, target)| rules::progress(actual, target, row.direction()));
            Each { indicator: row.id, actual, target, percent }
        })
        .collect();
    let percents: Vec<_> = each.iter().filter_map(|one| one.percent).collect();
    let counted = || each.iter().filter(|one| one.percent.is_some()).filter_map(|one| one.actual);
    Progress {
        quantity: rules::mean_progress(&percents),
        silent: each.iter().filter(|one| one.target.is_some() && one.actual.is_none()).count(),
        reported: each.iter().any(|one| one.actual.is_some()),
        undated: counted().any(|one| one.day.is_none()),
        latest: each.iter().filter_map(|one| one.actual?.day).max(),
        each,
    }
}

/// The money of a project at `place` by `cut_off`; `None` where none is planned.
pub(crate) fn money(
    series: &Series,
    outline: &Outline,
    project: Uuid,
    place: RegionCode,
    cut_off: NaiveDate,
) -> Option<Money> {
    let rows = tops(outline, project, Purpose::Funding).filter(|row| row.kind() == Kind::Money);
    rows.fold(None, |sum: Option<Money>, row| {
        let Some(planned) = series.goal(place, row.id, cut_off).and_then(|one| one.value) else { return sum };
        let used = series.at(place, row.id, Measure::Actual, cut_off).and_then(|one| one.value);
        let before = sum.unwrap_or(Money { used: None, planned: Decimal::ZERO });
        let used = match (before.used, used) {
            (None, used) => used,
            (before, None) => before,
            (Some(before), Some(used)) => Some(before + used),
        };
        Some(Money { used, planned: before.planned + planned })
    })
}
