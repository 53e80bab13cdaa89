//! Every query about sites. A write is one transaction with one audit event that carries a digest of its versions.

mod lists;

use std::collections::HashMap;

use kernel::Problem;
use maps::geojson;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, Statement};
use serde::Serialize;
use serde_json::json;
use store::audit::{Event, RowDigest};
use store::{Result, Tx, amount, bulk};

use super::record::{Content, Placed};
pub use lists::{Asked, Counts, Group, counts, groups, of_programme, part_of, regions_of};

use super::rules;
use super::tables::{sites, versions};

/// A site to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is said of it.
    pub content: Content,
    /// Where it is.
    pub placed: Placed,
    /// Whether it lies outside its division.
    pub outside: bool,
}

/// What a write came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Sites that were not known.
    pub new: usize,
    /// Sites of which something else is said now.
    pub changed: usize,
    /// Sites that are as they were.
    pub unchanged: usize,
}

impl Draft {
    fn row(&self, programme: Uuid, (id, code): (Uuid, String), version: i32, at_ms: i64) -> Result<sites::Model> {
        let content = &self.content;
        let stored = |value: Option<figures::Decimal>| value.map(amount::to_stored).transpose();
        let (lng_e7, lat_e7) = self.placed.point.map(maps::LngLat::to_e7).unzip();
        Ok(sites::Model {
            id,
            programme_id: programme,
            project_id: content.project,
            indicator_id: content.indicator,
            reference: content.reference.clone(),
            name: content.name.clone(),
            address: content.address.clone(),
            region: content.region.stored(),
            kind: content.kind.clone(),
            stage: content.stage.code().to_owned(),
            body: content.body.clone(),
            telephone: content.telephone.clone(),
            starts_on: content.starts_on,
            due_on: content.due_on,
            finished_on: content.finished_on,
            quantity: stored(content.quantity)?,
            money: stored(content.money)?,
            attributes: json!(content.attributes).to_string(),
            crs: content.crs.code().to_owned(),
            given: content.given.clone(),
            lng_e7,
            lat_e7,
            shape: self.placed.shape.as_ref().map(|shape| geojson::geometry(shape).to_string()),
            outside: self.outside,
            note: content.note.clone(),
            normalised: searched(content, &code),
            code,
            version,
            changed_ms: at_ms,
            withdrawn: false,
        })
    }
}

/// Name, number, address and short code in the form that is searched.
fn searched(content: &Content, code: &str) -> String {
    let Content { name, reference, address, .. } = content;
    store::search::normalise(&format!("{name} {reference} {address} {code}"))
}

/// Takes `count` running numbers and notes that sites changed; whoever else writes sites waits until the commit.
async fn take_numbers(tx: &Tx, count: usize) -> Result<i64> {
    let on = tx.on();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = "UPDATE site_counter SET last = last + $1, stamp = stamp + 1 WHERE id = 1";
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, [count.into()])).await?;
    Ok(number(on, "last").await? - count)
}

async fn number<C: ConnectionTrait>(on: &C, column: &str) -> Result<i64> {
    let sql = format!("SELECT {column} FROM site_counter WHERE id = 1");
    let row = on.query_one_raw(Statement::from_string(on.get_database_backend(), sql)).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound("site_counter".into()))?.try_get("", column)?)
}

/// Grows with every write of sites, by whichever copy of the program.
///
/// # Errors
/// When the database fails.
pub async fn stamp<C: ConnectionTrait>(on: &C) -> Result<i64> {
    number(on, "stamp").await
}

/// What writing `drafts` would come to, without writing: nobody waits for it.
///
/// # Errors
/// When the database fails.
pub async fn foresee<C: ConnectionTrait>(on: &C, programme: Uuid, drafts: &[Draft]) -> Result<Saved> {
    let known = known(on, programme).await?;
    let mut saved = Saved::default();
    for draft in drafts {
        match known.get(&draft.content.reference) {
            Some(row) if is_as(row, draft) => saved.unchanged += 1,
            Some(_) => saved.changed += 1,
            None => saved.new += 1,
        }
    }
    Ok(saved)
}

/// The sites of a programme by reference, withdrawn ones as well.
async fn known<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<HashMap<String, sites::Model>> {
    let all = sites::Entity::find().filter(sites::Column::ProgrammeId.eq(programme)).all(on).await?;
    Ok(all.into_iter().map(|row| (row.reference.clone(), row)).collect())
}

/// Whether a site is already what `draft` says.
fn is_as(row: &sites::Model, draft: &Draft) -> bool {
    !row.withdrawn && row.content() == draft.content
}

/// Writes sites of a programme: new ones, and changes of those that it knows by their reference. What is as it was stays.
///
/// # Errors
/// A conflict when somebody else changed one of them meanwhile.
pub async fn put(tx: &mut Tx, programme: Uuid, by: &str, drafts: &[Draft]) -> Result<Saved> {
    let next = take_numbers(tx, drafts.len()).await?;
    let mut known = known(tx.on(), programme).await?;
    let (mut saved, mut rows, mut states) = (Saved::default(), Vec::new(), Vec::new());
    for (number, draft) in (next + 1..).zip(drafts) {
        let row = match known.remove(&draft.content.reference) {
            Some(row) if is_as(&row, draft) => {
                saved.unchanged += 1;
                continue;
            }
            Some(was) => {
                saved.changed += 1;
                let row = draft.row(programme, (was.id, was.code.clone()), was.version + 1, tx.at_ms())?;
                replace(tx, &was, row.clone()).await?;
                row
            }
            None => {
                saved.new += 1;
                let key = (Uuid::now_v7(), rules::short_code(number));
                let row = draft.row(programme, key, 1, tx.at_ms())?;
                rows.push(row.clone());
                row
            }
        };
        states.push(state(tx, &row, by, &draft.content));
    }
    if states.is_empty() {
        return Ok(saved);
    }
    bulk::insert_models(tx.on(), rows).await?;
    let mut digest = RowDigest::default();
    for state in &states {
        digest.add(&canonical(state));
    }
    bulk::insert_models(tx.on(), states).await?;
    let detail = json!({ "new": saved.new, "changed": saved.changed, "sm3": digest.finish() });
    tx.record(Event::new("sites.written", "programme", programme, detail)).await?;
    Ok(saved)
}

/// Changes one site as whoever looked at its `version` wants it.
///
/// # Errors
/// A conflict when it changed meanwhile; a problem of `reference` when another site bears it.
pub async fn change(tx: &mut Tx, was: &sites::Model, by: &str, draft: &Draft) -> Result<()> {
    take_numbers(tx, 0).await?;
    if taken(tx.on(), was.programme_id, &draft.content.reference, Some(was.id)).await? {
        return Err(reference_taken().into());
    }
    let row = draft.row(was.programme_id, (was.id, was.code.clone()), was.version + 1, tx.at_ms())?;
    replace(tx, was, row.clone()).await?;
    note(tx, "site.changed", &row, by, &draft.content).await
}

/// Adds one site and gives its short code.
///
/// # Errors
/// A problem of `reference` when another site bears it.
pub async fn add(tx: &mut Tx, programme: Uuid, by: &str, draft: &Draft) -> Result<sites::Model> {
    let number = take_numbers(tx, 1).await? + 1;
    if taken(tx.on(), programme, &draft.content.reference, None).await? {
        return Err(reference_taken().into());
    }
    let row = draft.row(programme, (Uuid::now_v7(), rules::short_code(number)), 1, tx.at_ms())?;
    bulk::insert_models(tx.on(), [row.clone()]).await?;
    note(tx, "site.added", &row, by, &draft.content).await?;
    Ok(row)
}

/// Withdraws a site that was entered by mistake.
///
/// # Errors
/// A conflict when it changed meanwhile.
pub async fn withdraw(tx: &mut Tx, was: &sites::Model, by: &str) -> Result<()> {
    take_numbers(tx, 0).await?;
    let row = sites::Model { version: was.version + 1, withdrawn: true, changed_ms: tx.at_ms(), ..was.clone() };
    replace(tx, was, row.clone()).await?;
    note(tx, "site.withdrawn", &row, by, &was.content()).await
}

fn reference_taken() -> Problem {
    Problem::field("reference", "本方案已有这个编号的点位", "Another site of this programme bears this number")
}

async fn taken<C: ConnectionTrait>(on: &C, programme: Uuid, reference: &str, but: Option<Uuid>) -> Result<bool> {
    let found = sites::Entity::find()
        .filter(sites::Column::ProgrammeId.eq(programme))
        .filter(sites::Column::Reference.eq(reference))
        .one(on)
        .await?;
    Ok(found.is_some_and(|row| Some(row.id) != but))
}

async fn replace(tx: &Tx, was: &sites::Model, row: sites::Model) -> Result<()> {
    let (id, version) = (was.id, was.version);
    let mut row = row.into_active_model().reset_all();
    row.id = Set(id);
    let moved = sites::Entity::update_many()
        .set(row)
        .filter(sites::Column::Id.eq(id))
        .filter(sites::Column::Version.eq(version))
        .exec(tx.on())
        .await?;
    if moved.rows_affected == 1 {
        return Ok(());
    }
    Err(Problem::conflict(
        "这个点位刚刚已由他人修改，没有保存；请打开最新内容再改",
        "Somebody else has just changed this site; nothing was saved. Open it again",
    )
    .into())
}

fn state(tx: &Tx, row: &sites::Model, by: &str, content: &Content) -> versions::Model {
    versions::Model {
        site_id: row.id,
        version: row.version,
        programme_id: row.programme_id,
        at_ms: tx.at_ms(),
        account_id: tx.actor().account,
        by_name: by.to_owned(),
        withdrawn: row.withdrawn,
        content: json!(content).to_string(),
    }
}

fn canonical(state: &versions::Model) -> String {
    format!("{}|{}|{}|{}", state.site_id, state.version, state.withdrawn, state.content)
}

async fn note(tx: &mut Tx, action: &'static str, row: &sites::Model, by: &str, content: &Content) -> Result<()> {
    let state = state(tx, row, by, content);
    let mut digest = RowDigest::default();
    digest.add(&canonical(&state));
    let detail = json!({ "name": row.name, "version": row.version, "sm3": digest.finish() });
    bulk::insert_models(tx.on(), [state]).await?;
    tx.record(Event::new(action, "site", row.id, detail)).await?;
    Ok(())
}

/// The site with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<sites::Model>> {
    Ok(sites::Entity::find_by_id(id).one(on).await?)
}

/// The site with this short code.
///
/// # Errors
/// When the database fails.
pub async fn with_code<C: ConnectionTrait>(on: &C, code: &str) -> Result<Option<sites::Model>> {
    Ok(sites::Entity::find().filter(sites::Column::Code.eq(code)).one(on).await?)
}

/// These sites, in the order of the keys.
///
/// # Errors
/// When the database fails.
pub async fn with_keys<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<Vec<sites::Model>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(1_000) {
        let rows = sites::Entity::find().filter(sites::Column::Id.is_in(chunk.iter().copied())).all(on).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
}

/// Every state of a site, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn versions_of<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<Vec<versions::Model>> {
    Ok(versions::Entity::find()
        .filter(versions::Column::SiteId.eq(site))
        .order_by_desc(versions::Column::Version)
        .all(on)
        .await?)
}

/// Notes that what maps show has changed.
///
/// # Errors
/// When the database fails.
pub(crate) async fn touch(tx: &Tx) -> Result<()> {
    take_numbers(tx, 0).await.map(|_| ())
}
