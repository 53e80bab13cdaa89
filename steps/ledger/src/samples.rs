//! The sample years that ship with the program: five published programmes and the matters they share.
//!
//! Figures are published facts; wording, grouping and English names are ours (data/samples/README.md).

use chrono::NaiveDate;
use kernel::{Problem, RegionCode, ScheduleBasis};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use store::audit::Event;
use store::{Actor, Result, Store};

use crate::facts::{self, Imported, Progress};
use crate::programmes::{self, Outline, ProgrammeForm};
use crate::tables::{documents, entry_sources, matters};
use crate::words::DecisionMode;

const PROGRAMMES: &str = include_str!("../../../data/samples/programmes.toml");
const MATTERS: &str = include_str!("../../../data/samples/matters.toml");
/// The published figures that ship, as lines in the format of docs/data-format.md.
pub const FACTS: &str = include_str!("../../../data/samples/facts.jsonl");

#[derive(Deserialize)]
struct ProgrammesFile {
    programme: Vec<ProgrammeText>,
}

#[derive(Deserialize)]
struct ProgrammeText {
    slug: String,
    region_code: String,
    year: i32,
    #[serde(default)]
    series: String,
    title: String,
    title_en: String,
    #[serde(default)]
    adopted_by: String,
    decision_mode: DecisionMode,
    schedule_basis: String,
    #[serde(default)]
    default_cut_off: Option<NaiveDate>,
    progress_rule: String,
    #[serde(default)]
    document: Vec<DocumentText>,
    #[serde(default)]
    category: Vec<CategoryText>,
}

#[derive(Deserialize)]
struct DocumentText {
    id: String,
    title: String,
    #[serde(default)]
    publisher: String,
    #[serde(default)]
    published: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct CategoryText {
    #[serde(default)]
    no: Option<i32>,
    name: String,
}

#[derive(Deserialize)]
struct MattersFile {
    matter: Vec<MatterText>,
}

#[derive(Deserialize)]
struct MatterText {
    code: String,
    name: String,
    name_en: String,
    note: String,
    note_en: String,
}

/// Loads the sample years; what is there already stays as it is.
///
/// Returns `None` when their figures are in the ledger: they are not read again, since somebody may have corrected them
/// and the shipped ones would take that back.
///
/// # Errors
/// When the database fails.
pub async fn load(store: &Store, actor: &Actor, progress: Progress<'_>) -> Result<Option<Imported>> {
    crate::regions::load_shipped(store).await?;
    describe(store, actor).await?;
    // One file, one transaction: where one of its figures is, all are.
    let first = FACTS.lines().find_map(|line| serde_json::from_str::<Identity>(line).ok());
    if let Some(Identity { id }) = first
        && entry_sources::Entity::find()
            .filter(entry_sources::Column::ExternalId.eq(id))
            .one(store.reader())
            .await?
            .is_some()
    {
        return Ok(None);
    }
    facts::import(store, actor, &|| Ok(FACTS.as_bytes()), progress).await.map(Some)
}

/// The codes of the matters that ship.
///
/// # Errors
/// When the shipped file cannot be read, which a test rules out.
pub fn matter_codes() -> Result<std::collections::BTreeSet<String>> {
    let matters: MattersFile = read("matters.toml", MATTERS)?;
    Ok(matters.matter.into_iter().map(|matter| matter.code).collect())
}

/// The part of a fact that names it.
#[derive(Deserialize)]
struct Identity {
    id: String,
}

/// Programmes, documents, categories and matters as the files describe them.
async fn describe(store: &Store, actor: &Actor) -> Result<()> {
    let programmes: ProgrammesFile = read("programmes.toml", PROGRAMMES)?;
    let matters: MattersFile = read("matters.toml", MATTERS)?;
    let mut tx = store.begin(actor).await?;
    let mut created = Vec::new();
    for text in programmes.programme {
        if programmes::find(tx.on(), &text.slug).await?.is_none() {
            create(&tx, &text).await?;
            created.push(text.slug);
        }
    }
    if created.is_empty() {
        return tx.abandon().await;
    }
    let known = matters::Entity::find().all(tx.on()).await?;
    let new: Vec<_> = matters
        .matter
        .into_iter()
        .filter(|text| known.iter().all(|row| row.code != text.code))
        .map(|text| matters::Model {
            id: Uuid::now_v7(),
            code: text.code,
            name: text.name,
            name_en: text.name_en,
            caveat: text.note,
            caveat_en: text.note_en,
        })
        .collect();
    if !new.is_empty() {
        let rows = new.iter().cloned().map(IntoActiveModel::into_active_model);
        matters::Entity::insert_many(rows).exec_without_returning(tx.on()).await?;
        crate::search::index_matters(tx.on(), &new).await?;
    }
    let detail = serde_json::json!({ "programmes": created, "matters": new.len() });
    tx.record(Event::new("samples.described", "programme", created.join(" "), detail)).await?;
    tx.commit().await
}

async fn create(tx: &store::Tx, text: &ProgrammeText) -> Result<()> {
    let region: RegionCode = text.region_code.parse()?;
    let form = ProgrammeForm {
        series: text.series.clone(),
        title_en: text.title_en.clone(),
        adopted_by: text.adopted_by.clone(),
        decision_mode: text.decision_mode,
        schedule_basis: ScheduleBasis::parse(&text.schedule_basis).unwrap_or_default(),
        progress_rule: text.progress_rule.clone(),
        default_cut_off: text.default_cut_off,
        published: true,
        ..ProgrammeForm::new(region, text.year, &text.title)
    };
    let programme = programmes::create(tx, &form).await?;
    for document in &text.document {
        let row = programmes::document(tx, programme.id, &document.id).await?;
        let described = documents::ActiveModel {
            title: Set(document.title.clone()),
            publisher: Set(document.publisher.clone()),
            published_on: Set(document.published),
            ..row.into_active_model()
        };
        documents::Entity::update(described).exec(tx.on()).await?;
    }
    let mut outline = Outline::load(tx.on(), programme).await?;
    for category in &text.category {
        outline.category(tx, category.no, &category.name).await?;
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    Ok(toml::from_str(text)
        .map_err(|error| Problem::invalid(format!("{file}：{error}"), format!("{file}: {error}")))?)
}
