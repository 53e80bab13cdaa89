//! Every query about notes.

use files::Kept;
use files::store::Subject;
use kernel::Problem;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, TryInsertResult};
use serde_json::json;
use store::audit::{Event, sm3_hex};
use store::{Actor, Result, Store};

use super::tables::site_notes;
use crate::sites::tables::sites::Model as Site;

/// What pictures of a note are attached to.
pub const EVIDENCE: &str = "site_note";

/// Characters of a note.
pub const LONGEST: usize = 2_000;

/// How far ahead of ours the clock of a device may be; what lies further ahead arrives as written now.
const AHEAD_MS: i64 = 10 * 60 * 1_000;

/// A note as it arrives.
#[derive(Clone, Debug)]
pub struct NewNote {
    /// Made on the device; a second arrival under the same key changes nothing.
    pub id: Uuid,
    /// What was noted.
    pub words: String,
    /// When, by the clock of the device.
    pub written_ms: i64,
    /// Pictures and papers.
    pub evidence: Vec<Kept>,
}

/// Writes a note once. False when it had arrived before.
///
/// # Errors
/// A problem of `words` when there is nothing to note; a conflict when the key is that of another site's note.
pub async fn write(store: &Store, actor: &Actor, by: &str, site: &Site, new: &NewNote) -> Result<bool> {
    let words = new.words.trim();
    if words.is_empty() && new.evidence.is_empty() {
        return Err(Problem::field("words", "请写一句话，或附一张图片", "Write a line or add a picture").into());
    }
    let count = words.chars().count();
    if count > LONGEST {
        return Err(Problem::field(
            "words",
            format!("最多 {LONGEST} 字，现在有 {count} 字"),
            format!("At most {LONGEST} characters; there are {count}"),
        )
        .into());
    }
    let mut tx = store.begin(actor).await?;
    let row = site_notes::Model {
        id: new.id,
        site_id: site.id,
        programme_id: site.programme_id,
        region: site.region,
        words: words.to_owned(),
        written_ms: if new.written_ms > tx.at_ms() + AHEAD_MS { tx.at_ms() } else { new.written_ms },
        account_id: actor.account,
        by_name: by.to_owned(),
        at_ms: tx.at_ms(),
    };
    // The key decides, not a look before: the same note may arrive twice at one moment.
    let fresh = site_notes::Entity::insert(row.clone().into_active_model())
        .on_conflict_do_nothing_on([site_notes::Column::Id])
        .exec_without_returning(tx.on())
        .await?;
    if !matches!(fresh, TryInsertResult::Inserted(1)) {
        tx.abandon().await?;
        let known = site_notes::Entity::find_by_id(new.id).one(store.reader()).await?;
        if known.is_some_and(|known| known.site_id == site.id && known.account_id == actor.account) {
            return Ok(false);
        }
        return Err(Problem::conflict(
            "这条记录的编号已被占用，请重新填写",
            "The key of this note is taken: write it again",
        )
        .into());
    }
    let subject =
        Subject { programme: site.programme_id, region: site.region(), kind: EVIDENCE, id: row.id, public: false };
    for kept in &new.evidence {
        files::store::attach(&mut tx, &subject, kept, "", by).await?;
    }
    let detail = json!({ "site": site.code, "written_ms": row.written_ms, "words_sm3": sm3_hex(&row.words) });
    tx.record(Event::new("site.noted", "site_note", row.id, detail)).await?;
    tx.commit().await?;
    Ok(true)
}

/// The note with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<site_notes::Model>> {
    Ok(site_notes::Entity::find_by_id(id).one(on).await?)
}

/// The notes about a site, the latest first by when they were written.
///
/// # Errors
/// When the database fails.
pub async fn of_site<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<Vec<site_notes::Model>> {
    Ok(site_notes::Entity::find()
        .filter(site_notes::Column::SiteId.eq(site))
        .order_by_desc(site_notes::Column::WrittenMs)
        .order_by_desc(site_notes::Column::Id)
        .all(on)
        .await?)
}
