//! What projects of one kind run through: data/milestones.toml, checked when it is first read.

use std::sync::LazyLock;

use chrono::{Months, NaiveDate};
use figures::Decimal;
use kernel::Text;
use serde::Deserialize;

use super::{MilestoneForm, Stage};

const SHIPPED: &str = include_str!("../../../../data/milestones.toml");

/// The stages of one kind of project.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The word in tables.
    pub code: String,
    name: String,
    name_en: String,
    stages: Vec<TemplateStage>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateStage {
    stage: Stage,
    /// Percent of the whole project.
    weight: Decimal,
    /// The month by whose end it is usually reached.
    month: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    template: Vec<Template>,
}

static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| toml::from_str::<Shipped>(SHIPPED).expect("the shipped templates are read by a test").template);

impl Template {
    /// Every template, in the order of the file.
    pub fn all() -> &'static [Self] {
        &TEMPLATES
    }

    /// The template with this code.
    pub fn find(code: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.code == code)
    }

    /// Its name on screens.
    pub fn title(&self) -> Text {
        Text::new(&self.name, &self.name_en)
    }

    /// Its milestones for a programme year, each planned for the end of its month.
    pub fn milestones(&self, year: i32) -> Vec<MilestoneForm> {
        let form = |stage: &TemplateStage| MilestoneForm {
            id: None,
            stage: stage.stage,
            name: stage.stage.name().zh,
            weight: stage.weight,
            planned_on: end_of_month(year, stage.month),
        };
        self.stages.iter().map(form).collect()
    }
}

/// The last day of a month.
pub(crate) fn end_of_month(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_templates_hold_together() {
        let codes: Vec<_> = Template::all().iter().map(|template| template.code.as_str()).collect();
        for needed in ["building", "road", "equipment", "service", "purchase", "activity", "policy"] {
            assert!(codes.contains(&needed), "{needed}");
        }
        for template in Template::all() {
            let stages = template.milestones(2024);
            super::super::rules::check(&stages, 2024).unwrap();
            assert!(stages.last().unwrap().stage.is_finish(), "{}", template.code);
            assert!(stages.iter().map(|stage| stage.planned_on).is_sorted(), "{}", template.code);
        }
        assert_eq!(end_of_month(2024, 2).unwrap().to_string(), "2024-02-29");
        assert_eq!(end_of_month(2024, 12).unwrap().to_string(), "2024-12-31");
    }
}
