//! Every query on this step's own tables.

use std::collections::BTreeSet;

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use store::{Result, Tx};

use crate::tables::{assessment_inputs, assessment_schemes, assessments};

/// The schemes that were added for any of these places or for one above it, in the order of adding.
///
/// # Errors
/// When the database fails.
pub async fn schemes_above<C: ConnectionTrait>(
    on: &C,
    regions: &[RegionCode],
) -> Result<Vec<assessment_schemes::Model>> {
    let above: BTreeSet<i64> = regions.iter().flat_map(|region| region.lineage().map(RegionCode::stored)).collect();
    Ok(assessment_schemes::Entity::find()
        .filter(assessment_schemes::Column::Region.is_in(above))
        .order_by_asc(assessment_schemes::Column::Id)
        .all(on)
        .await?)
}

pub(crate) async fn add_scheme(tx: &Tx, row: assessment_schemes::Model) -> Result<()> {
    assessment_schemes::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// What was entered under this key.
pub(crate) async fn find_input<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<assessment_inputs::Model>> {
    Ok(assessment_inputs::Entity::find_by_id(id).one(on).await?)
}

/// Everything that was ever entered for a programme, in the order of entering.
///
/// # Errors
/// When the database fails.
pub async fn inputs_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<assessment_inputs::Model>> {
    Ok(assessment_inputs::Entity::find()
        .filter(assessment_inputs::Column::ProgrammeId.eq(programme))
        .order_by_asc(assessment_inputs::Column::Id)
        .all(on)
        .await?)
}

/// What stands for the same subject, input, label and month as `row`; the latest version.
pub(crate) async fn latest_input<C: ConnectionTrait>(
    on: &C,
    row: &assessment_inputs::Model,
) -> Result<Option<assessment_inputs::Model>> {
    use assessment_inputs::Column;
    Ok(assessment_inputs::Entity::find()
        .filter(Column::ProgrammeId.eq(row.programme_id))
        .filter(Column::Subject.eq(&row.subject))
        .filter(Column::Input.eq(&row.input))
        .filter(Column::Label.eq(&row.label))
        .filter(Column::Month.eq(row.month))
        .order_by_desc(Column::Version)
        .limit(1)
        .one(on)
        .await?)
}

pub(crate) async fn add_input(tx: &Tx, row: assessment_inputs::Model) -> Result<()> {
    assessment_inputs::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

pub(crate) async fn add_assessment(tx: &Tx, row: assessments::Model) -> Result<()> {
    assessments::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// The assessment with this key, put aside or not.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<assessments::Model>> {
    Ok(assessments::Entity::find_by_id(id).one(on).await?)
}

/// An assessment as lists show it: without its texts.
#[derive(Clone, Debug, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Listed {
    /// Key.
    pub id: Uuid,
    /// The programme.
    pub programme_id: Uuid,
    /// The programme's year.
    pub year: i32,
    /// The scheme's code.
    pub scheme: String,
    /// The scheme's version.
    pub scheme_version: i32,
    /// Figures up to this day.
    pub cut_off: chrono::NaiveDate,
    /// When it was run.
    pub run_ms: i64,
    /// By whom.
    pub run_by: String,
    /// When it was kept.
    pub kept_ms: Option<i64>,
    /// By whom.
    pub kept_by: Option<String>,
    /// When a later one took its place.
    pub replaced_ms: Option<i64>,
}

/// Assessments of these programmes that were not put aside, newest first: `limit` of them before `before`. Drafts only
/// where `drafts` says so.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    on: &C,
    programmes: &[Uuid],
    drafts: bool,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Listed>> {
    use assessments::Column;
    let wanted = Condition::all()
        .add(Column::ProgrammeId.is_in(programmes.iter().copied()))
        .add(Column::DiscardedMs.is_null())
        .add_option((!drafts).then(|| Column::KeptMs.is_not_null()))
        .add_option(before.map(|before| Column::Id.lt(before)));
    Ok(assessments::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ProgrammeId,
            Column::Year,
            Column::Scheme,
            Column::SchemeVersion,
            Column::CutOff,
            Column::RunMs,
            Column::RunBy,
            Column::KeptMs,
            Column::KeptBy,
            Column::ReplacedMs,
        ])
        .filter(wanted)
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_model::<Listed>()
        .all(on)
        .await?)
}

/// The kept assessment that stands for a programme and a scheme.
///
/// # Errors
/// When the database fails.
pub async fn standing<C: ConnectionTrait>(on: &C, programme: Uuid, scheme: &str) -> Result<Option<Uuid>> {
    use assessments::Column;
    Ok(assessments::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::Scheme.eq(scheme))
        .filter(Column::KeptMs.is_not_null())
        .filter(Column::ReplacedMs.is_null())
        .into_tuple()
        .one(on)
        .await?)
}

/// Keeps a draft, if it still is one; says whether it was.
pub(crate) async fn keep(tx: &Tx, id: Uuid, by: &str) -> Result<bool> {
    use assessments::Column;
    let kept = assessments::Entity::update_many()
        .col_expr(Column::KeptMs, Expr::value(tx.at_ms()))
        .col_expr(Column::KeptBy, Expr::value(by))
        .filter(Column::Id.eq(id))
        .filter(Column::KeptMs.is_null())
        .filter(Column::DiscardedMs.is_null())
        .exec(tx.on())
        .await?;
    Ok(kept.rows_affected == 1)
}

/// Marks a kept assessment as replaced, if it still stands; says whether it did.
pub(crate) async fn replace(tx: &Tx, old: Uuid, new: Uuid, reason: &str) -> Result<bool> {
    use assessments::Column;
    let replaced = assessments::Entity::update_many()
        .col_expr(Column::ReplacedMs, Expr::value(tx.at_ms()))
        .col_expr(Column::ReplacedBy, Expr::value(new))
        .col_expr(Column::ReplacedReason, Expr::value(reason))
        .filter(Column::Id.eq(old))
        .filter(Column::KeptMs.is_not_null())
        .filter(Column::ReplacedMs.is_null())
        .exec(tx.on())
        .await?;
    Ok(replaced.rows_affected == 1)
}

/// Puts a draft aside, if it still is one; says whether it was.
pub(crate) async fn discard(tx: &Tx, id: Uuid) -> Result<bool> {
    use assessments::Column;
    let discarded = assessments::Entity::update_many()
        .col_expr(Column::DiscardedMs, Expr::value(tx.at_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::KeptMs.is_null())
        .filter(Column::DiscardedMs.is_null())
        .exec(tx.on())
        .await?;
    Ok(discarded.rows_affected == 1)
}
