//! Every query on adjustments, and what an approved one does to the ledger.

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::Magnitude;
use kernel::clock::china_time;
use kernel::{Problem, RegionCode};
use ledger::allocations;
use ledger::entries::{self, Correction, View};
use ledger::programmes::{self, Outline, ProjectForm, hold_indicator, stored};
use ledger::words::Reason;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use serde_json::json;
use store::audit::Event;
use store::{Result, Tx, amount};

use super::{Adjustment, AdjustmentKind, Decision, rules};
use crate::curves::postponed::year_end;
use crate::curves::{Postponed, deadline_of};
use crate::milestones;
use crate::sheet::figure::{self, Counted, ReadFigure, Told};
use crate::sheet::read::Cell;
use crate::tables::adjustments::{ActiveModel, Column, Entity, Model};
use crate::targets::written_number;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAdjustment {
    /// The project.
    pub project: Uuid,
    /// The indicator, for a change of target.
    pub indicator: Option<Uuid>,
    /// What is to be changed.
    pub kind: AdjustmentKind,
    /// What it is to become: the target as it should be printed, or the content.
    pub proposed: String,
    /// The day to which it is postponed.
    pub proposed_on: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// What the congress decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether it agreed.
    pub decision: Decision,
    /// 决议文号.
    pub document: String,
    /// A remark.
    pub note: String,
}

/// A project that was given up with approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The day of the decision in China.
    pub decided_on: NaiveDate,
    /// 决议文号.
    pub document: String,
}

/// One adjustment.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Adjustment>> {
    Entity::find_by_id(id).one(on).await?.map(Adjustment::try_from).transpose()
}

/// All adjustments of a programme, newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Adjustment>> {
    let rows = Entity::find().filter(Column::ProgrammeId.eq(programme)).order_by_desc(Column::Id).all(on).await?;
    rows.into_iter().map(Adjustment::try_from).collect()
}

/// The adjustments of a programme that wait for the congress, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn open_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Adjustment>> {
    let open = Entity::find().filter(Column::ProgrammeId.eq(programme)).filter(Column::Decision.is_null());
    open.order_by_asc(Column::Id).all(on).await?.into_iter().map(Adjustment::try_from).collect()
}

/// The projects of a programme that were given up with approval, as known in `view`.
///
/// # Errors
/// When the database fails.
pub async fn cancelled_projects<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    view: View,
) -> Result<HashMap<Uuid, Approved>> {
    let rows = Entity::find()
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::Kind.eq(AdjustmentKind::Cancel.code()))
        .filter(Column::Decision.eq(Decision::Approved.code()))
        .order_by_asc(Column::Id)
        .all(on)
        .await?;
    let cancelled = rows.into_iter().filter_map(|row| {
        let decided_on = china_time(row.decided_ms?)?.date_naive();
        let by = |day: Option<NaiveDate>| day.is_none_or(|day| decided_on <= day);
        let document = row.decision_document.unwrap_or_default();
        (by(view.known) && by(view.cut_off)).then_some((row.project_id, Approved { decided_on, document }))
    });
    Ok(cancelled.collect())
}

/// The postponements of a programme's projects that the congress had agreed to by the end of a day, or by now, in the
/// order of the decisions.
///
/// # Errors
/// When the database fails.
pub async fn postponements<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: Option<NaiveDate>,
) -> Result<HashMap<Uuid, Vec<Postponed>>> {
    let rows = Entity::find()
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::Kind.eq(AdjustmentKind::Postpone.code()))
        .filter(Column::Decision.eq(Decision::Approved.code()))
        .order_by_asc(Column::DecidedMs)
        .all(on)
        .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let year = programmes::with_key(on, programme).await?.map_or(0, |row| row.year);
    let mut found = HashMap::<Uuid, Vec<Postponed>>::new();
    for row in rows {
        let Some((decided_ms, to)) = row.decided_ms.zip(row.proposed_on) else { continue };
        let Some(decided_on) = china_time(decided_ms).map(|time| time.date_naive()) else { continue };
        if known.is_some_and(|known| known < decided_on) {
            continue;
        }
        let before = found.entry(row.project_id).or_default();
        let from = before.last().map_or_else(|| year_end(year), |one| one.to);
        let document = row.decision_document.unwrap_or_default();
        before.push(Postponed { from, to, decided_on, decided_ms, document });
    }
    Ok(found)
}

/// The adjustments that wait for a decision at places of these subtrees, oldest first; `most` at most.
///
/// # Errors
/// When the database fails.
pub async fn waiting_at<C: ConnectionTrait>(on: &C, scopes: &[Scope], most: u64) -> Result<Vec<Adjustment>> {
    let open = within(scopes).filter(Column::Decision.is_null()).order_by_asc(Column::Id);
    open.limit(most).all(on).await?.into_iter().map(Adjustment::try_from).collect()
}

/// The adjustments at places of these subtrees that were decided, the latest decision first; `most` at most.
///
/// # Errors
/// When the database fails.
pub async fn latest_at<C: ConnectionTrait>(on: &C, scopes: &[Scope], most: u64) -> Result<Vec<Adjustment>> {
    let decided = within(scopes).filter(Column::Decision.is_not_null()).order_by_desc(Column::DecidedMs);
    decided.limit(most).all(on).await?.into_iter().map(Adjustment::try_from).collect()
}

type Scope = std::ops::RangeInclusive<RegionCode>;

fn within(scopes: &[Scope]) -> Select<Entity> {
    let of = |scope: &Scope| Column::Region.between(scope.start().stored(), scope.end().stored());
    // Without a subtree nothing is in sight: an empty list of alternatives would let everything through.
    let none = Condition::any().add(Column::Region.lt(0));
    Entity::find().filter(scopes.iter().map(of).fold(none, Condition::add))
}

/// Asks the congress for a change of an adopted project; the original counts until it is decided. Records its event.
///
/// # Errors
/// When the programme was not adopted, the request is incomplete, the same is asked for already, or the figure proposed
/// cannot be read.
pub async fn request(tx: &mut Tx, outline: &Outline, new: &NewAdjustment) -> Result<Uuid> {
    if !programmes::needs_decision(&outline.programme) {
        return Err(Problem::conflict(
            "方案尚未通过并公布，可以直接修改，不需要申请调整",
            "The programme is not adopted and public yet: change it directly",
        )
        .into());
    }
    rules::check_request(new)?;
    let project = outline.projects.iter().find(|row| row.id == new.project);
    let project = project.ok_or_else(|| Problem::field("project", "没有这个项目", "There is no such project"))?;
    hold_project(tx, new.project).await?;
    let asked_for = |one: &Adjustment| {
        (one.project, one.kind, one.indicator)
            == (new.project, new.kind, new.indicator.filter(|_| new.kind == AdjustmentKind::Target))
    };
    if open_of(tx.on(), outline.programme.id).await?.iter().any(asked_for) {
        return Err(Problem::conflict(
            "同一事项已有调整申请在等待审议，请等决定后再申请",
            "The same is asked for already and waits for a decision",
        )
        .into());
    }
    let mut row = Model {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        project_id: new.project,
        indicator_id: None,
        kind: new.kind.code().to_owned(),
        region: outline.region().stored(),
        target_entry: None,
        original: String::new(),
        proposed_raw: new.proposed.trim().to_owned(),
        proposed_value: None,
        proposed_on: new.proposed_on,
        reason: new.reason.trim().to_owned(),
        requested_ms: tx.at_ms(),
        requested_by: tx.actor().account,
        requested_name: tx.actor().name.clone(),
        decided_ms: None,
        decided_by: None,
        decided_name: None,
        decision: None,
        decision_document: None,
        decision_note: None,
        version: 1,
    };
    match new.kind {
        AdjustmentKind::Target => {
            let (entry, original, value) = target_of(tx, outline, new).await?;
            row.indicator_id = new.indicator;
            (row.target_entry, row.original, row.proposed_value) = (Some(entry), original, Some(value));
        }
        AdjustmentKind::Content => row.original.clone_from(&project.content),
        AdjustmentKind::Postpone => {
            let standing = deadline_of(tx.on(), outline, new.project).await?;
            rules::check_postponement(standing, new.proposed_on)?;
            row.original = standing.to_string();
        }
        AdjustmentKind::Cancel => {}
    }
    let id = row.id;
    let detail = json!({
        "name": project.name,
        "kind": new.kind,
        "changes": { project.name.clone(): [&row.original, &row.proposed_raw] },
        "reason_text": row.reason,
        "adjustment": id,
    });
    Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    tx.record(Event::new(super::REQUESTED, "programme", &outline.programme.slug, detail)).await?;
    Ok(id)
}

/// The standing target of what is to be adjusted: its entry, how it is written, and the proposed value as it is stored.
async fn target_of(tx: &Tx, outline: &Outline, new: &NewAdjustment) -> Result<(Uuid, String, i64)> {
    let indicator =
        new.indicator.and_then(|id| outline.indicator_by_id(id)).filter(|row| row.project_id == new.project);
    let indicator = indicator
        .ok_or_else(|| Problem::field("indicator", "这个项目没有这个指标", "The project has no such indicator"))?;
    hold_indicator(tx, indicator.id).await?;
    let shares = allocations::shares_of(tx.on(), outline, indicator.id, View::default()).await?;
    let own = shares.iter().find(|share| share.region == outline.region() && share.organisation.is_none());
    let own = own.ok_or_else(|| {
        Problem::field(
            "indicator",
            "这个指标还没有目标，可以直接填写",
            "The indicator has no target yet: set one directly",
        )
    })?;
    let counted = Counted { unit: &indicator.unit, scale: Magnitude::One, kind: indicator.kind() };
    let read = figure::read(&Cell::Text(new.proposed.trim().to_owned()), counted, Told::Nothing)
        .map_err(|message| Problem::field("proposed", message.zh, message.en))?;
    let number =
        read.number.ok_or_else(|| Problem::field("proposed", "新的目标要写成数字", "A target needs a number"))?;
    if number.value == own.target.value {
        return Err(Problem::field("proposed", "与现行目标相同", "This is the standing target").into());
    }
    Ok((own.entry, written_number(own.target), amount::to_stored(number.value)?))
}

/// Holds a project until the write ends: of two requests for the same the slower one is told.
async fn hold_project(tx: &Tx, id: Uuid) -> Result<()> {
    use ledger::tables::projects;
    use sea_orm::sea_query::Expr;
    projects::Entity::update_many()
        .col_expr(projects::Column::Position, Expr::col(projects::Column::Position))
        .filter(projects::Column::Id.eq(id))
        .exec(tx.on())
        .await?;
    Ok(())
}

/// Writes down what the congress decided. An approved target is posted as the entry that supersedes the original, with
/// the resolution as its reason; approved content takes the place of the old one. Records its events.
///
/// # Errors
/// When whoever decides asked for it, it has been decided, or the target has changed since it was asked for.
pub async fn decide(tx: &mut Tx, outline: &Outline, id: Uuid, version: i32, ruling: &Ruling) -> Result<Adjustment> {
    let missing = || Problem::not_found("没有这个调整申请", "There is no such request");
    let asked = find(tx.on(), id).await?.filter(|row| row.programme == outline.programme.id).ok_or_else(missing)?;
    rules::check_ruling(asked.requested_by, tx.actor().account, ruling)?;
    let decided = ActiveModel {
        decided_ms: Set(Some(tx.at_ms())),
        decided_by: Set(tx.actor().account),
        decided_name: Set(Some(tx.actor().name.clone())),
        decision: Set(Some(ruling.decision.code().to_owned())),
        decision_document: Set(Some(ruling.document.trim().to_owned())),
        decision_note: Set(Some(ruling.note.trim().to_owned())),
        version: Set(version + 1),
        ..Default::default()
    };
    let result = Entity::update_many()
        .set(decided)
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .filter(Column::Decision.is_null())
        .exec(tx.on())
        .await?;
    if result.rows_affected != 1 {
        return Err(Problem::conflict(
            "这个申请刚刚已有决定，您的决定没有保存，请刷新查看",
            "It has just been decided, and your decision was not saved: reload",
        )
        .into());
    }
    if ruling.decision == Decision::Approved {
        apply(tx, outline, &asked, ruling).await?;
    }
    let project = outline.projects.iter().find(|row| row.id == asked.project).map(|row| row.name.clone());
    let detail = json!({
        "name": project,
        "kind": asked.kind,
        "decision": ruling.decision,
        "document": ruling.document.trim(),
        "adjustment": id,
    });
    tx.record(Event::new(super::DECIDED, "programme", &outline.programme.slug, detail)).await?;
    find(tx.on(), id).await?.ok_or_else(|| missing().into())
}

async fn apply(tx: &mut Tx, outline: &Outline, asked: &Adjustment, ruling: &Ruling) -> Result<()> {
    match asked.kind {
        AdjustmentKind::Target => {
            let moved = || {
                Problem::conflict(
                    "申请之后目标已有变化，不能按这个申请执行；请退回重新申请",
                    "The target has changed since this was asked for: reject it and ask again",
                )
            };
            let (entry, indicator) = asked.target_entry.zip(asked.indicator).ok_or_else(moved)?;
            hold_indicator(tx, indicator).await?;
            let old = entries::find(tx.on(), entry).await?.ok_or_else(moved)?;
            if entries::successor(tx.on(), entry).await?.is_some() {
                return Err(moved().into());
            }
            let row = outline.indicator_by_id(indicator).ok_or_else(moved)?;
            let counted = Counted { unit: &row.unit, scale: Magnitude::One, kind: row.kind() };
            let read: ReadFigure = figure::read(&Cell::Text(asked.proposed.clone()), counted, Told::Nothing)
                .map_err(|message| Problem::invalid(message.zh, message.en))?;
            let correction = Correction {
                raw: read.number.map(|number| number.to_string()).unwrap_or_default(),
                qualifier: read.qualifier,
                as_of: old.as_of,
                reason: Reason::TargetAdjusted,
                reason_text: format!("{}；{}", ruling.document.trim(), asked.reason),
            };
            entries::correct(tx, outline, &old, correction).await?;
            Ok(())
        }
        AdjustmentKind::Content => {
            let project = outline.projects.iter().find(|row| row.id == asked.project);
            let Some(project) = project else { return Ok(()) };
            let form = ProjectForm {
                number: project.number,
                name: project.name.clone(),
                formal_name: project.formal_name.clone(),
                content: asked.proposed.clone(),
            };
            programmes::replace_project(tx, project, &form).await
        }
        AdjustmentKind::Postpone => {
            let moved = || {
                Problem::conflict(
                    "申请之后这个项目的时限已有变化，不能按这个申请执行；请退回重新申请",
                    "The deadline has changed since this was asked for: reject it and ask again",
                )
            };
            let standing = postponements(tx.on(), outline.programme.id, None).await?;
            let own = standing.get(&asked.project).and_then(|all| all.last());
            // The ruling is in the table already: this postponement is the last, and began where the one before ended.
            let one =
                own.filter(|one| one.document == ruling.document.trim() && one.from.to_string() == asked.original);
            milestones::postpone(tx, outline, asked.project, one.ok_or_else(moved)?).await
        }
        AdjustmentKind::Cancel => Ok(()),
    }
}

impl TryFrom<Model> for Adjustment {
    type Error = store::Error;

    fn try_from(row: Model) -> Result<Self> {
        let decision =
            row.decision.as_deref().map(|word| stored("adjustments", "decision", row.id, Decision::parse(word)));
        Ok(Self {
            decision: decision.transpose()?,
            kind: stored("adjustments", "kind", row.id, AdjustmentKind::parse(&row.kind))?,
            region: stored("adjustments", "region", row.id, RegionCode::from_stored(row.region))?,
            id: row.id,
            programme: row.programme_id,
            project: row.project_id,
            indicator: row.indicator_id,
            target_entry: row.target_entry,
            original: row.original,
            proposed: row.proposed_raw,
            proposed_on: row.proposed_on,
            reason: row.reason,
            requested_ms: row.requested_ms,
            requested_by: row.requested_by,
            requested_name: row.requested_name,
            decided_ms: row.decided_ms,
            document: row.decision_document,
            note: row.decision_note,
            version: row.version,
        })
    }
}
