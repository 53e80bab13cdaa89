//! Renaming and renumbering categories and projects.

use kernel::Problem;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use store::{Result, Tx};

use crate::tables::{categories, projects};

use super::guarded;

/// Renames a category or gives it its adopted number.
///
/// # Errors
/// When it is not of this programme.
pub async fn edit_category(tx: &Tx, programme: Uuid, id: Uuid, number: Option<i32>, name: &str) -> Result<()> {
    let mut update = categories::Entity::update_many()
        .col_expr(categories::Column::Name, Expr::value(name.trim()))
        .col_expr(categories::Column::Number, Expr::value(number));
    if let Some(number) = number {
        update = update.col_expr(categories::Column::Position, Expr::value(number));
    }
    let result = update
        .filter(categories::Column::Id.eq(id))
        .filter(categories::Column::ProgrammeId.eq(programme))
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

/// Renames a category or gives it another number, unless somebody else has changed it since `was` was read.
///
/// # Errors
/// When somebody has, or the name is empty.
pub async fn replace_category(tx: &Tx, was: &categories::Model, number: Option<i32>, name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Problem::field("name", "请填写类别名称", "the category needs a name").into());
    }
    let mut update = categories::Entity::update_many()
        .col_expr(categories::Column::Name, Expr::value(name.trim()))
        .col_expr(categories::Column::Number, Expr::value(number));
    if let Some(number) = number {
        update = update.col_expr(categories::Column::Position, Expr::value(number));
    }
    let unchanged = match was.number {
        Some(number) => categories::Column::Number.eq(number),
        None => categories::Column::Number.is_null(),
    };
    let result = update
        .filter(categories::Column::Id.eq(was.id))
        .filter(categories::Column::Name.eq(&was.name))
        .filter(unchanged)
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

/// Changes a project's names and content, unless somebody else has changed them since `was` was read.
///
/// # Errors
/// When somebody has, or the name is empty.
pub async fn replace_project(tx: &Tx, was: &projects::Model, form: &ProjectForm) -> Result<()> {
    let unchanged = match was.number {
        Some(number) => projects::Column::Number.eq(number),
        None => projects::Column::Number.is_null(),
    };
    let found = projects::Entity::update_many()
        .col_expr(projects::Column::Position, Expr::col(projects::Column::Position))
        .filter(projects::Column::Id.eq(was.id))
        .filter(projects::Column::Name.eq(&was.name))
        .filter(projects::Column::FormalName.eq(&was.formal_name))
        .filter(projects::Column::Content.eq(&was.content))
        .filter(unchanged)
        .exec(tx.on())
        .await?;
    // The row is locked from here on to the end of the write.
    guarded(found.rows_affected)?;
    edit_project(tx, was.programme_id, was.id, form).await
}

/// What the office may change of a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectForm {
    /// The number as adopted.
    pub number: Option<i32>,
    /// The short public name.
    pub name: String,
    /// The name as adopted.
    pub formal_name: String,
    /// What is to be done.
    pub content: String,
}

/// Changes a project's names and content.
///
/// # Errors
/// When it is not of this programme or the name is empty.
pub async fn edit_project(tx: &Tx, programme: Uuid, id: Uuid, form: &ProjectForm) -> Result<()> {
    if form.name.trim().is_empty() {
        return Err(Problem::field("name", "请填写项目名称", "the project needs a name").into());
    }
    let result = projects::Entity::update_many()
        .col_expr(projects::Column::Number, Expr::value(form.number))
        .col_expr(projects::Column::Name, Expr::value(form.name.trim()))
        .col_expr(projects::Column::FormalName, Expr::value(form.formal_name.trim()))
        .col_expr(projects::Column::Content, Expr::value(form.content.trim()))
        .filter(projects::Column::Id.eq(id))
        .filter(projects::Column::ProgrammeId.eq(programme))
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}
