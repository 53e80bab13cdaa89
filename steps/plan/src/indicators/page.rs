//! The page of an indicator, new or there already.

use askama::Template;
use kernel::{Level, Problem, Text};
use ledger::entries;
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Purpose, Relation};
use uuid::Uuid;
use web::{App, Frame, Result, components};

use super::fields::{IndicatorFields, project_name};
use crate::bench::{Bench, Here};
use crate::targets::{self, Goals};

#[derive(Template)]
#[template(path = "indicator.html")]
pub(super) struct IndicatorPage {
    f: Frame,
    bench: Bench,
    number: Option<i32>,
    project: String,
    wholes: Vec<(String, String)>,
    fields: IndicatorFields,
    goals: Option<Goals>,
    actuals: Vec<Actual>,
    saved: bool,
    problem: Option<Problem>,
}

/// One outcome at the programme's own place.
struct Actual {
    entry: Uuid,
    cut_off: String,
    figure: String,
    unit: String,
}

impl IndicatorPage {
    fn choose<T: Copy>(
        &self,
        none: Option<(&str, &str)>,
        all: &[T],
        code: fn(T) -> &'static str,
        name: fn(T) -> Text,
    ) -> Vec<(String, String)> {
        let none = none.map(|(zh, en)| (String::new(), self.f.lang.t(zh, en).to_owned()));
        none.into_iter().chain(components::choices(&self.f, all, code, name)).collect()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        self.choose(None, Kind::ALL, Kind::code, Kind::name)
    }

    fn accumulations(&self) -> Vec<(String, String)> {
        self.choose(None, Accumulation::ALL, Accumulation::code, Accumulation::name)
    }

    fn directions(&self) -> Vec<(String, String)> {
        self.choose(None, Direction::ALL, Direction::code, Direction::name)
    }

    fn grains(&self) -> Vec<(String, String)> {
        self.choose(None, &Level::ALL, Level::code, Level::name)
    }

    fn purposes(&self) -> Vec<(String, String)> {
        self.choose(None, Purpose::ALL, Purpose::code, Purpose::name)
    }

    fn fund_sources(&self) -> Vec<(String, String)> {
        self.choose(Some(("—", "—")), FundSource::ALL, FundSource::code, FundSource::name)
    }

    fn relations(&self) -> Vec<(String, String)> {
        self.choose(None, Relation::ALL, Relation::code, Relation::name)
    }

    fn breakdowns(&self) -> Vec<(String, String)> {
        self.choose(Some(("没有分项", "no parts")), Breakdown::ALL, Breakdown::code, Breakdown::name)
    }
}

/// Other indicators of the programme, to choose the one above from.
fn wholes(f: &Frame, outline: &Outline, own: Option<Uuid>) -> Vec<(String, String)> {
    let none = (String::new(), f.lang.t("— 不属于其他指标", "— of none").to_owned());
    let others = outline.indicators.iter().filter(|row| Some(row.id) != own);
    std::iter::once(none).chain(others.map(|row| (row.number.to_string(), row.name.clone()))).collect()
}

/// The empty page, or what was typed into it.
pub(super) async fn new_page(
    app: &App,
    f: Frame,
    outline: &Outline,
    fields: IndicatorFields,
    problem: Option<Problem>,
) -> Result<IndicatorPage> {
    let project = project_name(outline, fields.project)?;
    let bench = Bench::open(app, &f, outline, Here::NewIndicator(fields.project.unwrap_or_default())).await?;
    let wholes = wholes(&f, outline, None);
    Ok(IndicatorPage {
        f,
        bench,
        number: None,
        project,
        wholes,
        fields,
        goals: None,
        actuals: Vec::new(),
        saved: false,
        problem,
    })
}

/// The page of `row`, with what was typed into either of its forms.
pub(super) async fn edit_page(
    app: &App,
    f: Frame,
    outline: &Outline,
    row: &Indicator,
    (fields, goals): (IndicatorFields, Goals),
    saved: bool,
    problem: Option<Problem>,
) -> Result<IndicatorPage> {
    let bench = Bench::open(app, &f, outline, Here::Indicator(row.id)).await?;
    let actuals = actuals(app, &f, outline, row).await?;
    let wholes = wholes(&f, outline, Some(row.id));
    let project = project_name(outline, Some(row.project_id))?;
    Ok(IndicatorPage {
        f,
        bench,
        number: Some(row.number),
        project,
        wholes,
        fields,
        goals: Some(goals),
        actuals,
        saved,
        problem,
    })
}

async fn actuals(app: &App, f: &Frame, outline: &Outline, row: &Indicator) -> Result<Vec<Actual>> {
    let on = app.store.reader();
    let all = entries::of_place(on, &[row.id], outline.region()).await?;
    let mut standing = entries::standing(&all, entries::View::default());
    standing.retain(|entry| entry.measure == ledger::words::Measure::Actual.number());
    standing.sort_by_key(|entry| std::cmp::Reverse((entry.effective_on, entry.id)));
    let ids: Vec<Uuid> = standing.iter().map(|entry| entry.id).collect();
    let sources = entries::sources_of(on, &ids).await?;
    Ok(standing
        .into_iter()
        .map(|entry| Actual {
            entry: entry.id,
            cut_off: entry.as_of.map(|day| f.day(&day)).unwrap_or_default(),
            figure: targets::written(entry, sources.get(&entry.id)),
            unit: row.unit.clone(),
        })
        .collect())
}
