//! What people fill in of an indicator, and the form that it makes.

use kernel::{Level, Problem};
use ledger::programmes::{IndicatorForm, Outline};
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Purpose, Relation};
use serde::Deserialize;
use uuid::Uuid;

/// What people fill in; everything is text until it has been looked at.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct IndicatorFields {
    pub(super) project: Option<Uuid>,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) kind: String,
    pub(super) accumulation: String,
    pub(super) direction: String,
    pub(super) grain: String,
    pub(super) purpose: String,
    pub(super) fund_source: String,
    /// The number of the indicator above.
    pub(super) parent: String,
    pub(super) relation: String,
    pub(super) breakdown: String,
    pub(super) matter: String,
    pub(super) services: String,
    /// `yes` when several bodies may share it at a place.
    pub(super) by_body: String,
    pub(super) version: i32,
}

impl IndicatorFields {
    pub(super) fn is_by_body(&self) -> bool {
        self.by_body == "yes"
    }

    /// What stands there now.
    pub(super) fn of(outline: &Outline, row: &Indicator) -> Self {
        let code = |value: &Option<String>| value.clone().unwrap_or_default();
        let parent = row.parent_id.and_then(|id| outline.indicator_by_id(id)).map(|parent| parent.number.to_string());
        Self {
            project: Some(row.project_id),
            name: row.name.clone(),
            unit: row.unit.clone(),
            kind: row.kind.clone(),
            accumulation: row.accumulation.clone(),
            direction: row.direction.clone(),
            grain: row.grain().code().to_owned(),
            purpose: row.purpose.clone(),
            fund_source: code(&row.fund_source),
            parent: parent.unwrap_or_default(),
            relation: code(&row.relation),
            breakdown: code(&row.breakdown),
            matter: code(&row.matter),
            services: row.services.clone(),
            by_body: if row.by_body { "yes" } else { "" }.to_owned(),
            version: row.version,
        }
    }

    /// What was typed, over `form` where it leaves something open.
    ///
    /// # Errors
    /// The field that cannot be taken, and why.
    pub(super) fn read_over(
        &self,
        outline: &Outline,
        own: Option<Uuid>,
        form: IndicatorForm,
    ) -> Result<IndicatorForm, Problem> {
        let parent = match self.parent.trim() {
            "" => None,
            number => Some(fitting_parent(outline, own, number)?),
        };
        let unit = self.unit.trim();
        if !unit.is_empty() && figures::units::find(unit).is_none() {
            let zh = format!("“{unit}”不能作单位：请用汉字量词、计量单位或 %");
            return Err(Problem::field("unit", zh, format!("“{unit}” cannot be a unit")));
        }
        let grain = Level::parse(&self.grain).unwrap_or(form.grain);
        let relation = parent.map(|_| Relation::parse(&self.relation).unwrap_or(Relation::PartOf));
        Ok(IndicatorForm {
            name: self.name.clone(),
            unit: unit.to_owned(),
            kind: Kind::parse(&self.kind).unwrap_or(form.kind),
            accumulation: Accumulation::parse(&self.accumulation).unwrap_or(form.accumulation),
            direction: Direction::parse(&self.direction).unwrap_or(form.direction),
            grain,
            purpose: Purpose::parse(&self.purpose).unwrap_or(form.purpose),
            fund_source: FundSource::parse(&self.fund_source),
            parent,
            relation,
            breakdown: Breakdown::parse(&self.breakdown),
            matter: Some(self.matter.trim().to_owned()).filter(|matter| !matter.is_empty()),
            services: self.services.split_whitespace().map(str::to_owned).collect(),
            by_body: self.is_by_body(),
            ..form
        })
    }
}

/// The indicator above, unless it is below the own one.
fn fitting_parent(outline: &Outline, own: Option<Uuid>, number: &str) -> Result<Uuid, Problem> {
    let found = number.parse().ok().and_then(|number: i32| outline.indicators.iter().find(|row| row.number == number));
    let parent = found.ok_or_else(|| Problem::field("parent", "没有这个指标", "There is no such indicator"))?;
    let mut above = Some(parent);
    let mut steps = 0;
    while let Some(row) = above {
        if Some(row.id) == own || steps > outline.indicators.len() {
            return Err(Problem::field("parent", "指标不能是自己的一部分", "An indicator cannot be part of itself"));
        }
        above = row.parent_id.and_then(|id| outline.indicator_by_id(id));
        steps += 1;
    }
    Ok(parent.id)
}

/// The name of the project that an indicator belongs to.
pub(super) fn project_name(outline: &Outline, id: Option<Uuid>) -> Result<String, Problem> {
    let found = outline.projects.iter().find(|row| Some(row.id) == id);
    found
        .map(|row| row.name.clone())
        .ok_or_else(|| Problem::field("project", "请选择项目", "There is no such project in the programme"))
}
