//! Entering and changing entries: one version row each, one audit event, one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{Problem, RegionCode};
use sea_orm::{ConnectionTrait, SqlErr};
use serde_json::json;
use store::audit::{Event, RowDigest};
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use super::content::Content;
use super::store as rows;
use super::tables::register_entries::Model as Entry;
use super::tables::register_versions::Model as Version;
use crate::catalogue::Service;

/// The divisions as they stand, by code and by name.
#[derive(Debug, Default)]
pub struct Divisions {
    names: BTreeMap<RegionCode, String>,
    codes: HashMap<String, Vec<RegionCode>>,
}

impl Divisions {
    /// Every division that is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C) -> Result<Self> {
        let mut divisions = Self::default();
        for (code, names) in ledger::regions::all_names(on).await? {
            for name in &names {
                let codes = divisions.codes.entry(name.clone()).or_default();
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            if let Some(name) = names.into_iter().next() {
                divisions.names.insert(code, name);
            }
        }
        divisions.codes.values_mut().for_each(|codes| codes.sort_unstable());
        Ok(divisions)
    }

    /// Whether there is such a division.
    pub fn knows(&self, code: RegionCode) -> bool {
        self.names.contains_key(&code)
    }

    /// The divisions with this name.
    pub fn called(&self, name: &str) -> &[RegionCode] {
        self.codes.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The name of a division with that of the one above it: 宁海县跃龙街道.
    pub fn full_name(&self, code: RegionCode) -> String {
        let own = self.names.get(&code).cloned().unwrap_or_else(|| code.short());
        match code.parent().filter(|_| code.level() > kernel::Level::County).and_then(|above| self.names.get(&above)) {
            Some(above) => format!("{above}{own}"),
            None => own,
        }
    }

    /// The divisions directly below `code`, by code.
    pub fn below(&self, code: RegionCode) -> Vec<(RegionCode, &str)> {
        let inside = self.names.range(code.subtree());
        inside.filter(|(one, _)| one.parent() == Some(code)).map(|(one, name)| (*one, name.as_str())).collect()
    }

    /// All towns of a place.
    pub fn towns(&self, of: RegionCode) -> BTreeSet<RegionCode> {
        let inside = self.names.range(of.subtree()).map(|(code, _)| *code);
        inside.filter(|code| code.level() == kernel::Level::Town).collect()
    }
}

/// An entry after a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The entry.
    pub id: Uuid,
    /// Its version now.
    pub version: i32,
}

/// What a sheet did or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// New entries.
    pub entered: usize,
    /// Entries that changed.
    pub changed: usize,
    /// Entries that stand as the sheet says.
    pub unchanged: usize,
}

fn row(service: &Service, content: &Content, id: Uuid, version: i32, tx: &Tx, demo: bool) -> Entry {
    let place = content.point.as_ref().and_then(super::Point::wgs84).map(maps::LngLat::to_e7);
    let point = content.point.clone();
    Entry {
        id,
        service: service.code.clone(),
        region: content.region.stored(),
        name: content.name.clone(),
        address: content.address.clone(),
        lng: point.as_ref().map(|point| point.lng.clone()).unwrap_or_default(),
        lat: point.as_ref().map(|point| point.lat.clone()).unwrap_or_default(),
        crs: point.map(|point| point.crs.code().to_owned()).unwrap_or_default(),
        lng_e7: place.map(|(lng, _)| lng),
        lat_e7: place.map(|(_, lat)| lat),
        hours: content.hours.clone(),
        grade: content.grade.clone(),
        stage: content.stage.code().to_owned(),
        as_of: content.as_of,
        attributes: json!(content.values).to_string(),
        normalised: format!("{} {}", content.name, content.address).to_lowercase(),
        demo,
        version,
        changed_ms: tx.at_ms(),
    }
}

fn version(entry: &Entry, content: &Content, actor: &Actor) -> Version {
    Version {
        entry_id: entry.id,
        version: entry.version,
        content: json!(content).to_string(),
        account_id: actor.account,
        account_name: actor.name.clone(),
        at_ms: entry.changed_ms,
    }
}

fn taken() -> Problem {
    Problem::field(
        "name",
        "这个地方已有同名的登记：请在名称里加以区分，或修改原有的一条",
        "There is an entry of this name in this place: tell them apart by name, or change the old one",
    )
}

/// Of two who write the same name at once the second meets the unique index.
fn told_apart(error: store::Error) -> store::Error {
    match error {
        store::Error::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            taken().into()
        }
        other => other,
    }
}

/// Enters something new.
///
/// # Errors
/// A problem of the field `name` when the register has one of this name in this place.
pub async fn enter(store: &Store, actor: &Actor, service: &Service, content: &Content, demo: bool) -> Result<Kept> {
    let mut tx = store.begin(actor).await?;
    if rows::named(tx.on(), &service.code, content.region, &content.name).await?.is_some() {
        return Err(taken().into());
    }
    let entry = row(service, content, Uuid::now_v7(), 1, &tx, demo);
    rows::add(&tx, &entry).await.map_err(told_apart)?;
    rows::add_version(&tx, version(&entry, content, actor)).await?;
    tx.record(Event::new("register.entered", "register_entry", entry.id, detail(&entry))).await?;
    tx.commit().await?;
    Ok(Kept { id: entry.id, version: 1 })
}

/// Changes what version `seen` of an entry held.
///
/// # Errors
/// A conflict when somebody else changed it in between; a problem of the field `name` when another entry has it.
pub async fn change(
    store: &Store,
    actor: &Actor,
    service: &Service,
    (old, seen): (&Entry, i32),
    content: &Content,
) -> Result<Kept> {
    let mut tx = store.begin(actor).await?;
    let other = rows::named(tx.on(), &service.code, content.region, &content.name).await?;
    if other.is_some_and(|other| other.id != old.id) {
        return Err(taken().into());
    }
    let entry = row(service, content, old.id, seen + 1, &tx, old.demo);
    if !rows::replace(&tx, &entry, seen).await.map_err(told_apart)? {
        return Err(Problem::conflict(
            "这条登记刚刚已被他人修改，没有保存；请刷新后重填",
            "Somebody else has just changed this entry and nothing was saved: reload and write it again",
        )
        .into());
    }
    rows::add_version(&tx, version(&entry, content, actor)).await?;
    tx.record(Event::new("register.changed", "register_entry", entry.id, detail(&entry))).await?;
    tx.commit().await?;
    Ok(Kept { id: entry.id, version: entry.version })
}

fn detail(entry: &Entry) -> serde_json::Value {
    json!({ "service": entry.service, "name": entry.name, "region": entry.region, "stage": entry.stage, "version": entry.version })
}

/// Takes the rows of a sheet: new ones are entered, others brought up to what the sheet says. With `preview` nothing is
/// written.
///
/// # Errors
/// When the database fails.
pub async fn take(
    store: &Store,
    actor: &Actor,
    service: &Service,
    contents: &[Content],
    (preview, demo): (bool, bool),
) -> Result<Taken> {
    let mut tx = store.begin(actor).await?;
    let known = rows::all_of(tx.on(), &service.code, None).await?;
    let known: HashMap<(i64, String), Entry> =
        known.into_iter().map(|entry| ((entry.region, entry.name.clone()), entry)).collect();
    let (mut taken, mut digest) = (Taken::default(), RowDigest::default());
    let (mut added, mut versions) = (Vec::new(), Vec::new());
    for content in contents {
        let entry = match known.get(&(content.region.stored(), content.name.clone())) {
            None => {
                taken.entered += 1;
                let entry = row(service, content, Uuid::now_v7(), 1, &tx, demo);
                added.push(entry.clone());
                entry
            }
            Some(old) if Content::of(old).as_ref() == Some(content) => {
                taken.unchanged += 1;
                continue;
            }
            Some(old) => {
                taken.changed += 1;
                let entry = row(service, content, old.id, old.version + 1, &tx, old.demo);
                if !preview && !rows::replace(&tx, &entry, old.version).await? {
                    return Err(Problem::conflict(
                        "登记册刚刚已被他人修改，请重新导入",
                        "The register has just been changed: import again",
                    )
                    .into());
                }
                entry
            }
        };
        let version = version(&entry, content, actor);
        digest.add(&version.content);
        versions.push(version);
    }
    if preview || versions.is_empty() {
        tx.abandon().await?;
        return Ok(taken);
    }
    rows::add_all(&tx, &added).await?;
    rows::add_versions(&tx, versions).await?;
    let detail =
        json!({ "service": service.code, "entered": taken.entered, "changed": taken.changed, "rows": digest.finish() });
    tx.record(Event::new("register.imported", "register", &service.code, detail)).await?;
    tx.commit().await?;
    Ok(taken)
}
