//! What people fill in about the course of a project; everything is text until it has been looked at.

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Problem, RegionCode, typed};
use serde::Deserialize;
use uuid::Uuid;

use super::MilestoneLine;
use crate::curves::{Basis, NewPlan, Point};
use crate::milestones::{MilestoneForm, Stage};

fn percent(field: &str, typed: &str) -> Result<Decimal, Problem> {
    let bare = typed.trim().trim_end_matches(['%', '％']);
    figures::parse_number(bare)
        .map(|number| number.value)
        .map_err(|_| Problem::field(field, format!("读不懂百分比“{typed}”"), format!("“{typed}” is no percentage")))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TemplateFields {
    pub(super) place: String,
    pub(super) kind: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MilestoneFields {
    pub(super) place: String,
    pub(super) version: i32,
    milestone: Vec<String>,
    stage: Vec<String>,
    name: Vec<String>,
    weight: Vec<String>,
    planned_on: Vec<String>,
}

impl MilestoneFields {
    fn text(list: &[String], at: usize) -> &str {
        list.get(at).map(String::as_str).unwrap_or_default().trim()
    }

    /// Lines with a name; a line whose name was emptied goes.
    fn named(&self) -> impl Iterator<Item = usize> {
        (0..self.name.len()).filter(|at| !Self::text(&self.name, *at).is_empty())
    }

    pub(super) fn read(&self) -> Result<Vec<MilestoneForm>, Problem> {
        self.named()
            .map(|at| {
                let weight = Self::text(&self.weight, at);
                Ok(MilestoneForm {
                    id: Self::text(&self.milestone, at).parse().ok(),
                    stage: Stage::parse(Self::text(&self.stage, at)).unwrap_or(Stage::Other),
                    name: Self::text(&self.name, at).to_owned(),
                    weight: if weight.is_empty() { Decimal::ZERO } else { percent("weight", weight)? },
                    planned_on: typed::optional_day("planned_on", Self::text(&self.planned_on, at))?,
                })
            })
            .collect()
    }

    /// What was typed, to be shown again.
    pub(super) fn lines(&self) -> Vec<MilestoneLine> {
        let line = |at: usize| MilestoneLine {
            id: Self::text(&self.milestone, at).parse().ok(),
            stage: Self::text(&self.stage, at).to_owned(),
            name: Self::text(&self.name, at).to_owned(),
            weight: Self::text(&self.weight, at).to_owned(),
            planned_on: Self::text(&self.planned_on, at).to_owned(),
            reached: None,
        };
        self.named().map(line).collect()
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlanFields {
    pub(super) place: String,
    pub(super) version: i32,
    basis: String,
    stepped: String,
    cut_off: Vec<String>,
    percent: Vec<String>,
}

impl PlanFields {
    pub(super) fn read(&self, project: Uuid, region: Option<RegionCode>) -> Result<NewPlan, Problem> {
        let basis = Basis::parse(&self.basis)
            .ok_or_else(|| Problem::field("basis", "请选择序时算法", "Choose how the schedule is counted"))?;
        let mut points = Vec::new();
        let typed = self.cut_off.iter().zip(&self.percent).filter(|(_, percent)| !percent.trim().is_empty());
        for (cut_off, typed) in typed.filter(|_| basis == Basis::Curve) {
            let day = typed::optional_day("points", cut_off)?
                .ok_or_else(|| Problem::field("points", "有百分比的行要写日期", "A percentage needs a day"))?;
            points.push(Point { cut_off: day, percent: percent("points", typed)? });
        }
        points.sort_by_key(|point| point.cut_off);
        Ok(NewPlan { project, region, basis, stepped: self.stepped == "yes", points })
    }
}

#[derive(Clone, Deserialize)]
pub(super) struct MarkFields {
    #[serde(default)]
    pub(super) place: String,
    pub(super) milestone: Uuid,
    #[serde(default)]
    reached_on: String,
}

impl MarkFields {
    pub(super) fn day(&self) -> Result<NaiveDate, Problem> {
        typed::optional_day("reached_on", &self.reached_on)?
            .ok_or_else(|| Problem::field("reached_on", "请填写完成日期", "Give the day on which it was reached"))
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PeopleFields {
    pub(super) place: String,
    pub(super) role: String,
    pub(super) body: String,
    pub(super) post: String,
    pub(super) valid_from: String,
    pub(super) valid_to: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndFields {
    pub(super) place: String,
    pub(super) last: String,
}
