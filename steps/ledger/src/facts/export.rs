//! Facts out of the ledger again, in the order and with the content in which they came in.

use std::collections::HashMap;
use std::io::Write;

use figures::Qualifier;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use store::{Result, amount};

use super::import::{Stored, standing_ids};
use super::line::{Fact, Flow};
use crate::programmes::{self, Outline};
use crate::tables::{categories, documents, entries as entry_rows, entry_sources, indicators};
use crate::words::{Breakdown, DateBasis, Kind, Purpose, Relation};

/// Entries read at once, which bounds memory.
const PAGE: u64 = 5_000;

/// Writes every fact of the ledger – or of one programme – as a line, and returns how many.
///
/// # Errors
/// When the database or the output fails.
pub async fn export<C: ConnectionTrait>(on: &C, programme: Option<&str>, out: &mut (dyn Write + Send)) -> Result<u64> {
    let mut count = 0;
    for row in programmes::all(on).await? {
        if programme.is_some_and(|slug| slug != row.slug) {
            continue;
        }
        let outline = Outline::load(on, row).await?;
        let documents: HashMap<_, _> = programmes::documents_of(on, outline.programme.id)
            .await?
            .into_iter()
            .map(|document| (document.id, document.code))
            .collect();
        count += export_programme(on, &outline, &documents, out).await?;
    }
    Ok(count)
}

async fn export_programme<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    documents: &HashMap<Uuid, String>,
    out: &mut (dyn Write + Send),
) -> Result<u64> {
    let mut count = 0;
    let mut after = (-1, Uuid::nil());
    loop {
        let sources = entry_sources::Entity::find()
            .filter(entry_sources::Column::ProgrammeId.eq(outline.programme.id))
            .filter(entry_sources::Column::ExternalId.is_not_null())
            .filter(
                Condition::any().add(entry_sources::Column::Sequence.gt(after.0)).add(
                    Condition::all()
                        .add(entry_sources::Column::Sequence.eq(after.0))
                        .add(entry_sources::Column::EntryId.gt(after.1)),
                ),
            )
            .order_by_asc(entry_sources::Column::Sequence)
            .order_by_asc(entry_sources::Column::EntryId)
            .limit(PAGE)
            .all(on)
            .await?;
        let Some(last) = sources.last() else { return Ok(count) };
        after = (last.sequence, last.entry_id);
        let order: HashMap<_, _> = sources.iter().enumerate().map(|(at, source)| (source.entry_id, at)).collect();
        let mut page = stored(on, sources).await?;
        page.sort_by_key(|stored| order[&stored.entry]);
        for stored in page {
            let indicator = outline.indicator(&stored.series);
            let source = stored.document.and_then(|id| documents.get(&id)).map_or("", String::as_str);
            let line = line(&stored, source, outline, indicator);
            writeln!(out, "{line}")?;
            count += 1;
        }
    }
}

/// The standing facts among `sources`, with their content as it came in.
pub(super) async fn stored<C: ConnectionTrait>(on: &C, sources: Vec<entry_sources::Model>) -> Result<Vec<Stored>> {
    let mut by_entry: HashMap<_, _> = sources.into_iter().map(|source| (source.entry_id, source)).collect();
    let mut found = Vec::with_capacity(by_entry.len());
    let ids: Vec<_> = by_entry.keys().copied().collect();
    let mut programme_slugs = HashMap::new();
    for chunk in ids.chunks(1_000) {
        let rows =
            entry_rows::Entity::find().filter(entry_rows::Column::Id.is_in(chunk.iter().copied())).all(on).await?;
        let superseded: std::collections::HashSet<Uuid> = entry_rows::Entity::find()
            .select_only()
            .column(entry_rows::Column::Supersedes)
            .filter(entry_rows::Column::Supersedes.is_in(chunk.iter().copied()))
            .into_tuple::<Option<Uuid>>()
            .all(on)
            .await?
            .into_iter()
            .flatten()
            .collect();
        let series: HashMap<Uuid, String> = indicators::Entity::find()
            .filter(indicators::Column::Id.is_in(rows.iter().map(|row| row.indicator_id)))
            .all(on)
            .await?
            .into_iter()
            .map(|row| (row.id, row.series))
            .collect();
        let standing = standing_ids(&rows);
        for row in rows {
            if superseded.contains(&row.id) || !standing.contains(&row.id) {
                continue;
            }
            let Some(source) = by_entry.remove(&row.id) else { continue };
            let programme = match programme_slugs.get(&row.programme_id) {
                Some(slug) => String::clone(slug),
                None => {
                    let slug = programme_slug(on, row.programme_id).await?;
                    programme_slugs.insert(row.programme_id, slug.clone());
                    slug
                }
            };
            found.push(Stored {
                entry: row.id,
                programme,
                series: series.get(&row.indicator_id).cloned().unwrap_or_default(),
                document: source.document_id,
                breakdown: source.breakdown.as_deref().and_then(Breakdown::parse),
                fact: fact(&row, source)?,
            });
        }
    }
    fill_sources(on, &mut found).await?;
    Ok(found)
}

async fn programme_slug<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<String> {
    use crate::tables::programmes::Entity;
    Ok(Entity::find_by_id(id).one(on).await?.map(|row| row.slug).unwrap_or_default())
}

async fn fill_sources<C: ConnectionTrait>(on: &C, found: &mut [Stored]) -> Result<()> {
    let ids: std::collections::BTreeSet<_> = found.iter().filter_map(|stored| stored.document).collect();
    let codes: HashMap<Uuid, String> = documents::Entity::find()
        .filter(documents::Column::Id.is_in(ids))
        .all(on)
        .await?
        .into_iter()
        .map(|row| (row.id, row.code))
        .collect();
    for stored in found {
        if let Some(code) = stored.document.and_then(|id| codes.get(&id)) {
            stored.fact.source.clone_from(code);
        }
    }
    Ok(())
}

fn fact(row: &entry_rows::Model, source: entry_sources::Model) -> Result<Fact> {
    let broken = |column| store::Error::BrokenRow {
        table: "entry_sources",
        column,
        row: row.id.to_string(),
        why: "unknown word".into(),
    };
    Ok(Fact {
        id: source.external_id.unwrap_or_default(),
        place: source.place,
        region: RegionCode::from_stored(row.region).ok_or_else(|| broken("region"))?,
        year: source.year,
        source: String::new(),
        area: source.area,
        indicator: source.label,
        value: row.value.map(amount::from_stored),
        raw: source.raw,
        unit: source.unit,
        qualifier: Qualifier::parse_code(&row.qualifier).ok_or_else(|| broken("qualifier"))?,
        kind: Kind::parse(&source.kind).ok_or_else(|| broken("kind"))?,
        flow: Flow::parse(&source.flow).ok_or_else(|| broken("flow"))?,
        period_start: source.period_start,
        period_end: source.period_end,
        as_of: row.as_of,
        date_basis: DateBasis::parse(&source.date_basis).ok_or_else(|| broken("date_basis"))?,
        parent: source.parent,
        relation: source.relation.as_deref().and_then(Relation::parse),
        tie: source.tie,
        note: source.note,
        quote: source.quote,
    })
}

/// One line of the format: the figure's keys always, the optional ones where they say something.
fn line(stored: &Stored, source: &str, outline: &Outline, indicator: Option<&indicators::Model>) -> String {
    let fact = &stored.fact;
    // Put together as text, because a JSON number type would round decimals of more than fifteen digits.
    let mut keys = Vec::with_capacity(28);
    let mut put = |key: &str, value: Value| {
        let value = match (key, fact.value) {
            ("value", Some(value)) => value.normalize().to_string(),
            _ => value.to_string(),
        };
        keys.push(format!("\"{key}\":{value}"));
    };
    put("id", json!(fact.id));
    put("place", json!(fact.place));
    put("region_code", json!(fact.region.short()));
    put("year", json!(fact.year));
    put("source", json!(source));
    put("area", json!(fact.area));
    put("indicator", json!(fact.indicator));
    put("value", Value::Null);
    put("raw", json!(fact.raw));
    put("unit", json!(fact.unit));
    put("qualifier", json!(fact.qualifier.code()));
    put("kind", json!(fact.kind));
    put("flow", json!(fact.flow));
    put("period_start", json!(fact.period_start));
    put("period_end", json!(fact.period_end));
    put("as_of", json!(fact.as_of));
    put("date_basis", json!(fact.date_basis));
    put("parent", json!(fact.parent));
    put("relation", json!(fact.relation));
    let optional = [("note", &fact.note), ("quote", &fact.quote)];
    for (key, text) in optional {
        if let Some(text) = text {
            put(key, json!(text));
        }
    }
    if fact.tie {
        put("tie", json!(true));
    }
    if let Some(indicator) = indicator {
        placing(outline, indicator, stored, &mut put);
    }
    format!("{{{}}}", keys.join(","))
}

fn placing(outline: &Outline, indicator: &indicators::Model, stored: &Stored, put: &mut dyn FnMut(&str, Value)) {
    put("programme", json!(outline.programme.slug));
    let project = outline.projects.iter().find(|row| row.id == indicator.project_id);
    let category = project.and_then(|project| outline.categories.iter().find(|row| row.id == project.category_id));
    if let Some(category) = category {
        put("category", category_key(category));
        if let Some(project) = project.filter(|project| project.name != category.name) {
            put("project", json!(project.name));
        }
    }
    if indicator.series != stored.fact.indicator {
        put("series", json!(indicator.series));
    }
    if indicator.purpose() != Purpose::Delivery {
        put("purpose", json!(indicator.purpose()));
    }
    let words =
        [("statistic", &indicator.statistic), ("fund_source", &indicator.fund_source), ("matter", &indicator.matter)];
    for (key, word) in words {
        if let Some(word) = word {
            put(key, json!(word));
        }
    }
    if let Some(breakdown) = stored.breakdown {
        put("breakdown", json!(breakdown));
    }
    if !indicator.services.is_empty() {
        put("service", json!(indicator.services.split(' ').collect::<Vec<_>>()));
    }
}

fn category_key(category: &categories::Model) -> Value {
    match category.number {
        Some(no) => json!({ "no": no, "name": category.name }),
        None => json!({ "name": category.name }),
    }
}
