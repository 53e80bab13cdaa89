//! Every query about evidence.

use ::store::audit::Event;
use ::store::{Result, Store, Tx};
use kernel::{Problem, RegionCode};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::json;
use uuid::Uuid;

use crate::Kept;
use crate::bytes::gone;
use crate::rules::ORPHANS_STAY_MS;
use crate::tables::{bytes, evidence};

/// Characters of a caption.
const LONGEST_CAPTION: usize = 200;

/// Until when attached bytes are kept.
const FOR_EVER: i64 = i64::MAX;

/// What a file is attached to.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The programme.
    pub programme: Uuid,
    /// The programme's region.
    pub region: RegionCode,
    /// The sort of thing, such as `return`.
    pub kind: &'static str,
    /// Its key.
    pub id: Uuid,
    /// Whether the public may see the public copy.
    pub public: bool,
}

/// Attaches a kept file to `subject` within the caller's write, and audits it with its hash. `by` is the name on screens
/// of whoever hands it in. Returns the evidence's key.
///
/// # Errors
/// Invalid (field `caption`) when the caption is too long; a conflict when the file was kept more than a day ago and has
/// been swept.
pub async fn attach(tx: &mut Tx, subject: &Subject, kept: &Kept, caption: &str, by: &str) -> Result<Uuid> {
    let caption = caption.trim();
    if caption.chars().count() > LONGEST_CAPTION {
        return Err(Problem::field(
            "caption",
            format!("说明最多 {LONGEST_CAPTION} 字"),
            format!("A caption has at most {LONGEST_CAPTION} characters"),
        )
        .into());
    }
    // Wanted for ever; and the row is locked against a sweep that looks at it at this moment.
    let fresh = bytes::Entity::update_many()
        .col_expr(bytes::Column::KeptUntilMs, Expr::value(FOR_EVER))
        .filter(bytes::Column::Key.eq(&kept.key))
        .exec(tx.on())
        .await?;
    if fresh.rows_affected == 0 {
        return Err(gone(&kept.name).into());
    }
    let row = evidence::Model {
        id: Uuid::now_v7(),
        programme_id: subject.programme,
        region: subject.region.stored(),
        subject_kind: subject.kind.to_owned(),
        subject_id: subject.id,
        name: kept.name.clone(),
        media_type: kept.media_type.mime().to_owned(),
        size: kept.size.cast_signed(),
        sm3: kept.sm3.clone(),
        key: kept.key.clone(),
        public_key: kept.public_key.clone(),
        width: kept.width.map(u32::cast_signed),
        height: kept.height.map(u32::cast_signed),
        taken_ms: kept.origin.taken_ms,
        latitude_e6: kept.origin.latitude_e6,
        longitude_e6: kept.origin.longitude_e6,
        caption: caption.to_owned(),
        public: subject.public,
        uploaded_by: tx.actor().account,
        uploaded_by_name: by.to_owned(),
        at_ms: tx.at_ms(),
        removed_ms: None,
        removed_by: None,
    };
    let id = row.id;
    let detail = json!({
        "subject": { "kind": subject.kind, "id": subject.id },
        "name": row.name, "media_type": row.media_type, "size": row.size, "sm3": row.sm3,
    });
    evidence::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    tx.record(Event::new("evidence.attached", "evidence", id, detail)).await?;
    Ok(id)
}

/// What stands for `subjects` of one kind, in the order in which it was handed in.
///
/// # Errors
/// When the database fails.
pub async fn of_subjects<C: ConnectionTrait>(on: &C, kind: &str, subjects: &[Uuid]) -> Result<Vec<evidence::Model>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    Ok(evidence::Entity::find()
        .filter(evidence::Column::SubjectKind.eq(kind))
        .filter(evidence::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(evidence::Column::RemovedMs.is_null())
        .order_by_asc(evidence::Column::AtMs)
        .order_by_asc(evidence::Column::Id)
        .all(on)
        .await?)
}

/// The evidence with the key `id`, also when it was removed.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<evidence::Model>> {
    Ok(evidence::Entity::find_by_id(id).one(on).await?)
}

/// Takes a file back within the caller's write: it is no longer listed or served; row and bytes stay.
///
/// # Errors
/// A conflict when it was removed already, or never was.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    let (at, by) = (tx.at_ms(), tx.actor().name.clone());
    let removed = evidence::Entity::update_many()
        .col_expr(evidence::Column::RemovedMs, Expr::value(at))
        .col_expr(evidence::Column::RemovedBy, Expr::value(by))
        .filter(evidence::Column::Id.eq(id))
        .filter(evidence::Column::RemovedMs.is_null())
        .exec(tx.on())
        .await?;
    if removed.rows_affected == 0 {
        return Err(
            Problem::conflict("这份材料已被他人撤下，请刷新页面", "The file has been removed already: reload").into()
        );
    }
    tx.record(Event::new("evidence.removed", "evidence", id, json!({}))).await?;
    Ok(())
}

/// Shows what belongs to `subjects` to the public, or hides it, within the caller's write, which is audited there.
///
/// # Errors
/// When the database fails.
pub async fn set_public(tx: &Tx, kind: &str, subjects: &[Uuid], public: bool) -> Result<()> {
    evidence::Entity::update_many()
        .col_expr(evidence::Column::Public, Expr::value(public))
        .filter(evidence::Column::SubjectKind.eq(kind))
        .filter(evidence::Column::SubjectId.is_in(subjects.iter().copied()))
        .exec(tx.on())
        .await?;
    Ok(())
}

/// Notes that bytes are about to be stored, and wanted for a while.
pub(crate) async fn note_bytes(store: &Store, key: &str, public_key: &str) -> Result<()> {
    let on = store.for_upkeep();
    let kept_until_ms = store.clock().now_ms() + ORPHANS_STAY_MS;
    let sql = "INSERT INTO evidence_bytes (key, public_key, kept_until_ms) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET public_key = excluded.public_key, kept_until_ms =
            CASE WHEN evidence_bytes.kept_until_ms > excluded.kept_until_ms
                THEN evidence_bytes.kept_until_ms ELSE excluded.kept_until_ms END";
    let values = [key.into(), public_key.into(), kept_until_ms.into()];
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Forgets up to `limit` bytes that are not wanted any more at the instant of the write, and returns them.
pub(crate) async fn take_orphans(tx: &Tx, limit: u64) -> Result<Vec<bytes::Model>> {
    let unwanted = bytes::Column::KeptUntilMs.lt(tx.at_ms());
    let found = bytes::Entity::find().filter(unwanted.clone()).limit(limit).all(tx.on()).await?;
    let mut taken = Vec::with_capacity(found.len());
    for orphan in found {
        // Looked at again: on PostgreSQL somebody may have handed it in or attached it meanwhile.
        let mine = bytes::Column::Key.eq(&orphan.key).and(unwanted.clone());
        if bytes::Entity::delete_many().filter(mine).exec(tx.on()).await?.rows_affected == 1 {
            taken.push(orphan);
        }
    }
    Ok(taken)
}
