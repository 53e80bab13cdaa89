//! Administrative divisions: the shipped ones of Zhejiang, those of any other province from CSV, and what became of
//! renamed and merged ones.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use kernel::{Level, Place, Problem, ProblemKind, RegionCode, Text};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use serde::Deserialize;
use store::audit::Event;
use store::{Actor, Result, Store};

use crate::tables::{region_changes, regions};

/// The divisions of Zhejiang as of 2023, shipped with the program.
const ZHEJIANG: &str = include_str!("../../../data/divisions/zhejiang-2023.csv");

/// Renamed and merged divisions, shipped with the program.
const CHANGES: &str = include_str!("../../../data/divisions/changes.csv");

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    level: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_to: Option<String>,
}

#[derive(Deserialize)]
struct ChangeRow {
    old_code: String,
    new_code: String,
    year: i32,
    kind: String,
    note: String,
    old_name: String,
    new_name: String,
}

/// What loading divisions did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Loaded {
    /// Divisions that were new.
    pub added: usize,
    /// Divisions that were there already.
    pub known: usize,
}

/// Loads the shipped divisions into an empty table; does nothing otherwise.
///
/// # Errors
/// When the database fails.
pub async fn load_shipped(store: &Store) -> Result<Loaded> {
    if regions::Entity::find().one(store.reader()).await?.is_some() {
        return Ok(Loaded::default());
    }
    load(store, &Actor::operator("migrate"), ZHEJIANG.as_bytes(), Some(CHANGES)).await
}

/// Loads divisions from CSV with the columns code, name, level, parent, valid_from, valid_to, in any order.
///
/// # Errors
/// A problem with line and column for everything that is wrong; nothing is loaded then.
pub async fn load(store: &Store, actor: &Actor, csv: impl Read, changes: Option<&str>) -> Result<Loaded> {
    let rows = read(csv)?;
    let mut tx = store.begin(actor).await?;
    let present: HashSet<(i64, i32)> =
        regions::Entity::find().all(tx.on()).await?.into_iter().map(|row| (row.code, row.valid_from)).collect();
    check_parents(&rows, &present)?;
    let mut new: Vec<_> = rows.into_iter().filter(|row| !present.contains(&(row.code, row.valid_from))).collect();
    let known = present.len();
    if let Some(changes) = changes {
        let (changes, former) = read_changes(changes)?;
        let taken: HashSet<_> = new.iter().map(|row| (row.code, row.valid_from)).collect();
        new.extend(former.into_iter().filter(|row| !taken.contains(&(row.code, row.valid_from))));
        region_changes::Entity::insert_many(changes.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(tx.on())
            .await?;
    }
    if new.is_empty() {
        tx.abandon().await?;
        return Ok(Loaded { added: 0, known });
    }
    for chunk in new.chunks(1_000) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        regions::Entity::insert_many(rows).exec_without_returning(tx.on()).await?;
    }
    crate::search::index_regions(tx.on(), &new).await?;
    let loaded = Loaded { added: new.len(), known };
    tx.record(Event::new("regions.loaded", "region", "", serde_json::json!(loaded))).await?;
    tx.commit().await?;
    Ok(loaded)
}

fn read(csv: impl Read) -> Result<Vec<regions::Model>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv);
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for (at, record) in reader.deserialize::<Row>().enumerate() {
        let line = at + 2;
        let fault = |column: &str, zh: String, en: String| Place {
            at: Text::new(format!("第 {line} 行 {column}"), format!("line {line}, {column}")),
            message: Text::new(zh, en),
        };
        let row = match record {
            Ok(row) => row,
            Err(error) => {
                faults.push(fault("", format!("这一行读不懂：{error}"), format!("this line cannot be read: {error}")));
                continue;
            }
        };
        let code = match row.code.parse::<RegionCode>() {
            Ok(code) => code,
            Err(problem) => {
                faults.push(fault("code", problem.message.zh, problem.message.en));
                continue;
            }
        };
        let Some(level) = Level::parse(&row.level) else {
            let level = &row.level;
            faults.push(fault("level", format!("不认识的级别“{level}”"), format!("“{level}” is no level")));
            continue;
        };
        let parent = row.parent.as_deref().filter(|parent| !parent.is_empty()).map(str::parse::<RegionCode>);
        let parent = match parent.transpose() {
            Ok(parent) => parent.or_else(|| code.parent()),
            Err(problem) => {
                faults.push(fault("parent", problem.message.zh, problem.message.en));
                continue;
            }
        };
        rows.push(regions::Model {
            code: code.stored(),
            valid_from: year(row.valid_from.as_deref()).unwrap_or(0),
            valid_to: year(row.valid_to.as_deref()),
            name: row.name,
            level: level.number(),
            parent: parent.map(RegionCode::stored),
            id: Uuid::now_v7(),
        });
    }
    if faults.is_empty() {
        return Ok(rows);
    }
    faults.truncate(100);
    Err(Problem {
        kind: ProblemKind::Invalid,
        message: Text::new("区划表有错误，没有导入任何内容", "the divisions have faults; nothing was loaded"),
        places: faults,
    }
    .into())
}

fn year(day: Option<&str>) -> Option<i32> {
    day.and_then(|day| day.get(..4)).and_then(|year| year.parse().ok())
}

fn check_parents(rows: &[regions::Model], present: &HashSet<(i64, i32)>) -> Result<()> {
    let codes: HashSet<i64> = rows.iter().map(|row| row.code).chain(present.iter().map(|(code, _)| *code)).collect();
    let orphan = rows.iter().find(|row| row.parent.is_some_and(|parent| !codes.contains(&parent)));
    let Some((row, parent)) = orphan.and_then(|row| Some((row, row.parent?))) else { return Ok(()) };
    Err(Problem::invalid(
        format!("{}（{}）的上级 {parent} 不在表中，也不在已有区划中", row.name, row.code),
        format!("{} ({}): its parent {parent} is neither in the file nor loaded", row.name, row.code),
    )
    .into())
}

/// The shipped changes, and the former divisions under their old names.
fn read_changes(csv: &str) -> Result<(Vec<region_changes::Model>, Vec<regions::Model>)> {
    let broken = |line: usize| Problem::invalid(format!("区划变更表第 {line} 行有错"), format!("changes, line {line}"));
    let mut changes = Vec::new();
    let mut former = BTreeMap::new();
    for (at, record) in csv::Reader::from_reader(csv.as_bytes()).deserialize::<ChangeRow>().enumerate() {
        let row = record.map_err(|_| broken(at + 2))?;
        let (old, new): (RegionCode, RegionCode) = (row.old_code.parse()?, row.new_code.parse()?);
        changes.push(region_changes::Model {
            old_code: old.stored(),
            new_code: new.stored(),
            year: row.year,
            kind: row.kind,
            note: format!("{} → {}：{}", row.old_name, row.new_name, row.note),
        });
        // A division that kept its code keeps its row too; only codes that are gone get one of their own.
        if old != new {
            former.entry(old).or_insert(regions::Model {
                code: old.stored(),
                valid_from: 0,
                valid_to: Some(row.year),
                name: row.old_name,
                level: old.level().number(),
                parent: old.parent().map(RegionCode::stored),
                id: Uuid::now_v7(),
            });
        }
    }
    Ok((changes, former.into_values().collect()))
}

/// Every division with the names it has borne, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn all_names<C: ConnectionTrait>(on: &C) -> Result<HashMap<RegionCode, Vec<String>>> {
    let rows: Vec<(i64, String)> = regions::Entity::find()
        .select_only()
        .column(regions::Column::Code)
        .column(regions::Column::Name)
        .order_by_desc(regions::Column::ValidFrom)
        .into_tuple()
        .all(on)
        .await?;
    let mut names = HashMap::<RegionCode, Vec<String>>::with_capacity(rows.len());
    for (code, name) in rows {
        if let Some(code) = RegionCode::from_stored(code) {
            names.entry(code).or_default().push(name);
        }
    }
    Ok(names)
}

/// The division's name in `year`; its code when it is not known.
///
/// # Errors
/// When the database fails.
pub async fn name_in<C: ConnectionTrait>(on: &C, code: RegionCode, year: i32) -> Result<String> {
    Ok(find(on, code, year).await?.map_or_else(|| code.short(), |row| row.name))
}

/// The division as it was in `year`, else its latest form.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, code: RegionCode, year: i32) -> Result<Option<regions::Model>> {
    let forms = regions::Entity::find()
        .filter(regions::Column::Code.eq(code.stored()))
        .order_by_desc(regions::Column::ValidFrom)
        .all(on)
        .await?;
    let then = forms.iter().position(|row| row.valid_from <= year && row.valid_to.is_none_or(|last| year <= last));
    let mut forms = forms;
    Ok(match then {
        Some(at) => Some(forms.swap_remove(at)),
        None if forms.is_empty() => None,
        None => Some(forms.swap_remove(0)),
    })
}

/// The names of these divisions in `year`.
///
/// # Errors
/// When the database fails.
pub async fn names<C: ConnectionTrait>(
    on: &C,
    codes: impl IntoIterator<Item = RegionCode>,
    year: i32,
) -> Result<BTreeMap<RegionCode, String>> {
    let codes: HashSet<i64> = codes.into_iter().map(RegionCode::stored).collect();
    let mut names = BTreeMap::new();
    let codes: Vec<_> = codes.into_iter().collect();
    for chunk in codes.chunks(1_000) {
        let rows = regions::Entity::find()
            .filter(regions::Column::Code.is_in(chunk.iter().copied()))
            .order_by_asc(regions::Column::ValidFrom)
            .all(on)
            .await?;
        for row in rows {
            let Some(code) = RegionCode::from_stored(row.code) else { continue };
            let fits = row.valid_from <= year && row.valid_to.is_none_or(|last| year <= last);
            if fits || !names.contains_key(&code) {
                names.insert(code, row.name);
            }
        }
    }
    Ok(names)
}

/// The divisions directly below `code` that stand in `year`, by code.
///
/// # Errors
/// When the database fails.
pub async fn children<C: ConnectionTrait>(on: &C, code: RegionCode, year: i32) -> Result<Vec<regions::Model>> {
    let rows = regions::Entity::find()
        .filter(regions::Column::Parent.eq(code.stored()))
        .order_by_asc(regions::Column::Code)
        .all(on)
        .await?;
    Ok(rows.into_iter().filter(|row| row.valid_from <= year && row.valid_to.is_none_or(|last| year <= last)).collect())
}

/// Divisions in the order of their codes, former ones included: `limit` of those in `within` behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    on: &C,
    within: Option<RegionCode>,
    after: Option<(i64, i32)>,
    limit: u64,
) -> Result<Vec<regions::Model>> {
    let mut rows = regions::Entity::find();
    if let Some(within) = within {
        let subtree = within.subtree();
        rows = rows.filter(regions::Column::Code.between(subtree.start().stored(), subtree.end().stored()));
    }
    if let Some((code, valid_from)) = after {
        let behind = Condition::any()
            .add(regions::Column::Code.gt(code))
            .add(Condition::all().add(regions::Column::Code.eq(code)).add(regions::Column::ValidFrom.gt(valid_from)));
        rows = rows.filter(behind);
    }
    Ok(rows.order_by_asc(regions::Column::Code).order_by_asc(regions::Column::ValidFrom).limit(limit).all(on).await?)
}

/// What this division was before, and what became of it.
///
/// # Errors
/// When the database fails.
pub async fn changes_of<C: ConnectionTrait>(on: &C, code: RegionCode) -> Result<Vec<region_changes::Model>> {
    Ok(region_changes::Entity::find()
        .filter(
            Condition::any()
                .add(region_changes::Column::OldCode.eq(code.stored()))
                .add(region_changes::Column::NewCode.eq(code.stored())),
        )
        .order_by_asc(region_changes::Column::Year)
        .all(on)
        .await?)
}

/// How many divisions are known.
///
/// # Errors
/// When the database fails.
pub async fn count<C: ConnectionTrait>(on: &C) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(regions::Entity::find().count(on).await?)
}
