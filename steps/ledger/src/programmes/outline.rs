//! A programme's whole tree in memory, kept in step with the tables while it grows.

use std::collections::HashMap;

use kernel::{Problem, RegionCode};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::{categories, indicators, programmes, projects};
use crate::words::Purpose;

use super::IndicatorForm;
use super::guarded;

/// A programme's categories, projects and indicators in memory, kept in step with the tables while it grows.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The programme.
    pub programme: programmes::Model,
    /// Categories in the order of the page.
    pub categories: Vec<categories::Model>,
    /// Projects in the order of the page.
    pub projects: Vec<projects::Model>,
    /// Indicators by number.
    pub indicators: Vec<indicators::Model>,
    by_series: HashMap<String, usize>,
}

/// Holds an indicator until the write ends, and counts it as edited: whoever else wants to change its targets waits, and
/// is told what changed.
///
/// # Errors
/// When there is no such indicator.
pub async fn hold_indicator(tx: &Tx, id: Uuid) -> Result<()> {
    let held = indicators::Entity::update_many()
        .col_expr(indicators::Column::Version, Expr::col(indicators::Column::Version).add(1))
        .filter(indicators::Column::Id.eq(id))
        .exec(tx.on())
        .await?;
    if held.rows_affected == 1 {
        return Ok(());
    }
    Err(Problem::not_found("没有这个指标", "there is no such indicator").into())
}

impl Outline {
    /// Reads the outline of `programme`: three queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C, programme: programmes::Model) -> Result<Self> {
        let id = programme.id;
        let categories = categories::Entity::find()
            .filter(categories::Column::ProgrammeId.eq(id))
            .order_by_asc(categories::Column::Position)
            .all(on)
            .await?;
        let projects = projects::Entity::find()
            .filter(projects::Column::ProgrammeId.eq(id))
            .order_by_asc(projects::Column::Position)
            .all(on)
            .await?;
        let indicators = indicators::Entity::find()
            .filter(indicators::Column::ProgrammeId.eq(id))
            .order_by_asc(indicators::Column::Number)
            .all(on)
            .await?;
        let by_series = indicators.iter().enumerate().map(|(at, row)| (row.series.clone(), at)).collect();
        Ok(Self { programme, categories, projects, indicators, by_series })
    }

    /// The programme's own division.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.programme.region).expect("programmes are created with a valid code")
    }

    /// The indicator of a series.
    pub fn indicator(&self, series: &str) -> Option<&indicators::Model> {
        self.by_series.get(series).map(|at| &self.indicators[*at])
    }

    /// The indicator with this key.
    pub fn indicator_by_id(&self, id: Uuid) -> Option<&indicators::Model> {
        self.indicators.iter().find(|row| row.id == id)
    }

    /// The indicator below which `indicator` stands: its whole, when both are in the same project. Others stand for themselves.
    pub fn whole_of(&self, indicator: &indicators::Model) -> Option<Uuid> {
        let whole = self.indicator_by_id(indicator.parent_id?)?;
        let below = whole.project_id == indicator.project_id && whole.number < indicator.number;
        below.then_some(whole.id)
    }

    /// Finds or adds the category with this name; says whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn category(&mut self, tx: &Tx, number: Option<i32>, name: &str) -> Result<(Uuid, bool)> {
        if let Some(found) = self.categories.iter().find(|row| row.name == name) {
            return Ok((found.id, false));
        }
        let position = self.categories.iter().map(|row| row.position).max().unwrap_or(0) + 1;
        let id = Uuid::now_v7();
        let row = categories::Model {
            id,
            programme_id: self.programme.id,
            // Adopted categories stand in the order of their numbers, context behind them.
            position: number.unwrap_or(1_000 + position),
            number,
            name: name.to_owned(),
        };
        categories::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.categories.push(row);
        self.categories.sort_by_key(|row| row.position);
        Ok((id, true))
    }

    /// Finds or adds a project of a category; says whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&mut self, tx: &Tx, category: Uuid, number: Option<i32>, name: &str) -> Result<(Uuid, bool)> {
        if let Some(found) = self.projects.iter().find(|row| row.category_id == category && row.name == name) {
            return Ok((found.id, false));
        }
        let position = self.projects.iter().map(|row| row.position).max().unwrap_or(0) + 1;
        let id = Uuid::now_v7();
        let row = projects::Model {
            id,
            programme_id: self.programme.id,
            category_id: category,
            position,
            number,
            name: name.to_owned(),
            formal_name: String::new(),
            content: String::new(),
        };
        projects::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.projects.push(row);
        Ok((id, true))
    }

    /// Adds an indicator to a project under the next free number.
    ///
    /// # Errors
    /// When the series is taken or the name is empty.
    pub async fn add_indicator(&mut self, tx: &Tx, project: Uuid, form: &IndicatorForm) -> Result<Uuid> {
        if form.name.trim().is_empty() {
            return Err(Problem::field("name", "请填写指标名称", "the indicator needs a name").into());
        }
        if self.by_series.contains_key(&form.series) {
            return Err(Problem::conflict(
                format!("本方案已有指标“{}”", form.series),
                format!("the programme has an indicator “{}” already", form.series),
            )
            .into());
        }
        let number = self.indicators.iter().map(|row| row.number).max().unwrap_or(0) + 1;
        let row = form.row(Uuid::now_v7(), self.programme.id, project, number, 1);
        indicators::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.by_series.insert(row.series.clone(), self.indicators.len());
        self.indicators.push(row.clone());
        Ok(row.id)
    }

    /// The indicator that holds the image progress (形象进度) of a project, if it has been reported at all.
    pub fn image_of(&self, project: Uuid) -> Option<&indicators::Model> {
        self.indicators.iter().find(|row| row.project_id == project && row.purpose() == Purpose::Image)
    }

    /// Finds or adds the indicator that holds the image progress (形象进度) of a project.
    ///
    /// # Errors
    /// When the project is not of this programme.
    pub async fn image_indicator(&mut self, tx: &Tx, project: Uuid) -> Result<Uuid> {
        if let Some(found) = self.image_of(project) {
            return Ok(found.id);
        }
        if !self.projects.iter().any(|row| row.id == project) {
            return Err(Problem::not_found("没有这个项目", "there is no such project").into());
        }
        self.add_indicator(tx, project, &IndicatorForm::image(format!("image-{project}"))).await
    }

    /// Writes an indicator as `row` says, without asking who else edits it: for imports, which hold the write lock.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn replace_indicator(&mut self, tx: &Tx, row: indicators::Model) -> Result<()> {
        indicators::Entity::update(row.clone().into_active_model().reset_all()).exec(tx.on()).await?;
        if let Some(slot) = self.indicators.iter_mut().find(|old| old.id == row.id) {
            *slot = row;
        }
        Ok(())
    }

    /// Rewrites an indicator's description; number and series stay, so its figures stay with it.
    ///
    /// # Errors
    /// When somebody else has changed it since `version` was read, or it is not of this programme.
    pub async fn edit_indicator(&mut self, tx: &Tx, id: Uuid, version: i32, form: &IndicatorForm) -> Result<()> {
        let Some(at) = self.indicators.iter().position(|row| row.id == id) else {
            return Err(Problem::not_found("没有这个指标", "there is no such indicator").into());
        };
        let old = &self.indicators[at];
        let form = IndicatorForm { series: old.series.clone(), ..form.clone() };
        let row = form.row(id, old.programme_id, old.project_id, old.number, version + 1);
        let result = indicators::Entity::update_many()
            .set(row.clone().into_active_model().reset_all())
            .filter(indicators::Column::Id.eq(id))
            .filter(indicators::Column::Version.eq(version))
            .exec(tx.on())
            .await?;
        guarded(result.rows_affected)?;
        self.indicators[at] = row;
        Ok(())
    }
}
