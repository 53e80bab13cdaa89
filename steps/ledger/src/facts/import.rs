//! The second reading of a facts file: programmes and series are settled, entries are written in batches.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;

use kernel::{Problem, RegionCode, Text};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QuerySelect};
use store::audit::{Event, RowDigest};
use store::{Actor, Result, Store, Tx};

use crate::entries::{self, NewEntry, Source, effective_on, post};
use crate::facts::adopted::Adopted;
use crate::facts::line::{self, Fact, Placing};
use crate::facts::survey::{Context, Known, Reading, SeriesPlan, Survey, category_of, series_of};
use crate::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use crate::tables::{documents, entry_sources, indicators, regions};
use crate::words::{Breakdown, Purpose, Reason};

/// Lines written at once, which bounds memory.
const BATCH: usize = 10_000;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Facts in the file.
    pub facts: u64,
    /// Facts that were new.
    pub recorded: u64,
    /// Facts whose content differed and that now supersede what was there.
    pub corrected: u64,
    /// Facts that the ledger held already, with the same content.
    pub unchanged: u64,
    /// Programmes that were created.
    pub programmes: u64,
    /// Indicators that were created.
    pub indicators: u64,
}

impl Imported {
    /// Whether the ledger is as it was before.
    pub fn nothing_changed(&self) -> bool {
        self.recorded + self.corrected + self.programmes + self.indicators == 0
    }

    /// One sentence about it, in both languages.
    pub fn summary(&self) -> Text {
        let Self { facts, recorded, corrected, unchanged, programmes, indicators } = self;
        if self.nothing_changed() {
            return Text::new(
                format!("{facts} 条数据均已在台账中，内容相同：没有任何改动"),
                format!("all {facts} facts are in the ledger with the same content: nothing changed"),
            );
        }
        Text::new(
            format!(
                "读入 {facts} 条数据：新增 {recorded} 条，更正 {corrected} 条，未变 {unchanged} 条；新建方案 {programmes} 个、指标 {indicators} 个"
            ),
            format!(
                "{facts} facts read: {recorded} recorded, {corrected} corrected, {unchanged} unchanged; {programmes} programmes and {indicators} indicators created"
            ),
        )
    }
}

/// Is told how far an import has come: lines done and lines in all (zero while that is not known).
pub type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// Imports the file that `open` opens, all of it or nothing.
///
/// # Errors
/// A problem with line and key for everything that is wrong, a change of an adopted target among it; nothing is written then.
pub async fn import<B: BufRead + Send>(
    store: &Store,
    actor: &Actor,
    open: &(dyn Fn() -> std::io::Result<B> + Sync),
    progress: Progress<'_>,
) -> Result<Imported> {
    let mut tx = store.begin(actor).await?;
    let known_documents = documents_and_programmes(tx.on()).await?;
    let known_programmes: HashMap<_, _> = programmes::all(tx.on())
        .await?
        .into_iter()
        .filter_map(|row| Some((row.slug, (RegionCode::from_stored(row.region)?, row.year))))
        .collect();
    let known_regions = region_codes(tx.on()).await?;
    let context = Context {
        today: store.clock().today(),
        documents: &known_documents,
        regions: &known_regions,
        programmes: &known_programmes,
    };
    let reading = Reading::read(open, &context)?;
    let outside = facts_by_id(tx.on(), &reading.outside()).await?;
    let outside: HashMap<_, _> = outside.into_iter().map(|(id, stored)| (id, stored.known())).collect();
    let survey = reading.settle(&outside, &context)?;

    let mut done = Imported { facts: survey.lines, ..Imported::default() };
    let mut desk = Desk::open(&tx, &survey, &mut done).await?;
    let event = Event::new("facts.imported", "facts", "", serde_json::Value::Null);
    let mut digest = RowDigest::default();
    let mut batch = Vec::with_capacity(BATCH.min(usize::try_from(survey.lines).unwrap_or(BATCH)));
    let mut read = 0;
    for (at, text) in open()?.lines().enumerate() {
        let text = text?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let (fact, placing) = line::read(text, at + 1).map_err(|_| changed_meanwhile())?;
        batch.push((at, fact, placing));
        if batch.len() == BATCH {
            read += BATCH as u64;
            desk.write(&tx, event.id, std::mem::take(&mut batch), &mut digest, &mut done).await?;
            progress(read, survey.lines);
        }
    }
    desk.write(&tx, event.id, batch, &mut digest, &mut done).await?;
    progress(survey.lines, survey.lines);
    std::mem::take(&mut desk.adopted).check()?;
    if done.nothing_changed() {
        tx.abandon().await?;
        return Ok(done);
    }
    desk.index(&tx).await?;
    let slugs: Vec<_> = survey.programmes.keys().collect();
    let subject = slugs.iter().map(|slug| slug.as_str()).collect::<Vec<_>>().join(" ");
    let rows = done.recorded + done.corrected;
    let detail = serde_json::json!({ "done": done, "rows": rows, "digest": digest.finish() });
    tx.record(Event { subject, detail, ..event }).await?;
    tx.commit().await?;
    Ok(done)
}

fn changed_meanwhile() -> store::Error {
    Problem::conflict("文件在读取过程中被改动，请重新导入", "the file changed while it was read: import it again")
        .into()
}

async fn documents_and_programmes<C: ConnectionTrait>(on: &C) -> Result<HashMap<String, String>> {
    let slugs: HashMap<_, _> = programmes::all(on).await?.into_iter().map(|row| (row.id, row.slug)).collect();
    let rows = documents::Entity::find().all(on).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.code, slugs.get(&row.programme_id)?.clone()))).collect())
}

async fn region_codes<C: ConnectionTrait>(on: &C) -> Result<HashSet<RegionCode>> {
    let codes: Vec<i64> =
        regions::Entity::find().select_only().column(regions::Column::Code).into_tuple().all(on).await?;
    Ok(codes.into_iter().filter_map(RegionCode::from_stored).collect())
}

/// Everything that writing needs at hand: outlines, documents, and which series is which indicator.
struct Desk<'a> {
    survey: &'a Survey,
    outlines: BTreeMap<String, Outline>,
    documents: HashMap<String, Uuid>,
    /// Whether the ledger held any fact before, so that a first import need not look each one up.
    has_facts: bool,
    new_indicators: Vec<(String, Uuid)>,
    adopted: Adopted,
}

impl<'a> Desk<'a> {
    async fn open(tx: &Tx, survey: &'a Survey, done: &mut Imported) -> Result<Self> {
        let has_facts = entry_sources::Entity::find()
            .filter(entry_sources::Column::ExternalId.is_not_null())
            .one(tx.on())
            .await?
            .is_some();
        let mut desk = Self {
            survey,
            outlines: BTreeMap::new(),
            documents: HashMap::new(),
            has_facts,
            new_indicators: Vec::new(),
            adopted: Adopted::default(),
        };
        for (slug, (region, year)) in &survey.programmes {
            desk.open_programme(tx, slug, *region, *year, done).await?;
        }
        desk.adopted = Adopted::load(tx.on(), &desk.outlines).await?;
        for (code, slug) in &survey.documents {
            let programme = desk.outlines[slug].programme.id;
            let document = programmes::document(tx, programme, code).await?;
            desk.documents.insert(code.clone(), document.id);
        }
        for (key, plan) in &survey.series {
            desk.settle_series(tx, key, plan, done).await?;
        }
        for (key, plan) in &survey.series {
            desk.settle_parent(tx, key, plan).await?;
        }
        Ok(desk)
    }

    async fn open_programme(
        &mut self,
        tx: &Tx,
        slug: &str,
        region: RegionCode,
        year: i32,
        done: &mut Imported,
    ) -> Result<()> {
        let programme = match programmes::find(tx.on(), slug).await? {
            Some(found) => found,
            None => {
                done.programmes += 1;
                let name = crate::regions::name_in(tx.on(), region, year).await?;
                let series = slug.splitn(3, '-').nth(2).unwrap_or_default();
                let form = ProgrammeForm {
                    title_en: format!("{name}, livelihood projects of {year}"),
                    series: series.to_owned(),
                    published: true,
                    ..ProgrammeForm::new(region, year, format!("{name}{year}年度民生实事"))
                };
                programmes::create(tx, &form).await?
            }
        };
        self.outlines.insert(slug.to_owned(), Outline::load(tx.on(), programme).await?);
        Ok(())
    }

    async fn settle_series(
        &mut self,
        tx: &Tx,
        (slug, series): &(String, String),
        plan: &SeriesPlan,
        done: &mut Imported,
    ) -> Result<()> {
        let outline = self.outlines.get_mut(slug).expect("every programme of the survey is open");
        if let Some(found) = outline.indicator(series).cloned() {
            return fit_series(tx, outline, &found, plan).await;
        }
        let category = category_of(&plan.first, &plan.placing);
        let (category_id, _) = outline.category(tx, category.no, &category.name).await?;
        let project = plan.placing.project.as_deref().unwrap_or(&category.name);
        let (project_id, _) = outline.project(tx, category_id, None, project).await?;
        let placing = &plan.placing;
        let form = IndicatorForm {
            series: series.clone(),
            accumulation: plan.accumulation,
            purpose: placing.purpose.unwrap_or(Purpose::Delivery),
            statistic: placing.statistic,
            fund_source: placing.fund_source,
            breakdown: plan.breakdown,
            matter: placing.matter.clone(),
            services: placing.services.clone(),
            ..IndicatorForm::new(series, &plan.first.unit, plan.first.kind, plan.grain)
        };
        let id = outline.add_indicator(tx, project_id, &form).await?;
        self.new_indicators.push((slug.clone(), id));
        done.indicators += 1;
        Ok(())
    }

    /// Hangs a new indicator below that of its parent fact.
    async fn settle_parent(&mut self, tx: &Tx, (slug, series): &(String, String), plan: &SeriesPlan) -> Result<()> {
        let Some((parent, relation)) = &plan.parent else { return Ok(()) };
        let Some(known) = self.survey.parents.get(parent).filter(|known| known.programme == *slug) else {
            return Ok(());
        };
        let outline = self.outlines.get_mut(slug).expect("every programme of the survey is open");
        let Some(parent) = outline.indicator(&known.series).map(|row| row.id) else { return Ok(()) };
        let Some(own) = outline.indicator(series).cloned() else { return Ok(()) };
        if own.parent_id.is_some() || own.id == parent {
            return Ok(());
        }
        let changed = indicators::Model {
            parent_id: Some(parent),
            relation: relation.map(|relation| relation.code().to_owned()),
            ..own
        };
        outline.replace_indicator(tx, changed).await
    }

    async fn write(
        &mut self,
        tx: &Tx,
        event: Uuid,
        batch: Vec<(usize, Fact, Placing)>,
        digest: &mut RowDigest,
        done: &mut Imported,
    ) -> Result<()> {
        let ids: Vec<_> = batch.iter().map(|(_, fact, _)| fact.id.clone()).collect();
        let stored = if self.has_facts { facts_by_id(tx.on(), &ids).await? } else { HashMap::new() };
        let mut new = BTreeMap::<&str, Vec<NewEntry>>::new();
        for (at, fact, placing) in batch {
            let slug = placing.programme.clone().unwrap_or_else(|| self.survey.documents[&fact.source].clone());
            let (slug, outline) = self.outlines.get_key_value(&slug).ok_or_else(changed_meanwhile)?;
            let indicator = outline.indicator(&series_of(&fact, &placing)).ok_or_else(changed_meanwhile)?.id;
            let old = stored.get(&fact.id);
            if old.is_some_and(|old| old.fact.same_content(&fact)) {
                done.unchanged += 1;
                continue;
            }
            let supersedes = old.map(|old| old.entry);
            if !self.adopted.allows(at + 1, &fact, indicator, supersedes) {
                continue;
            }
            *if old.is_some() { &mut done.corrected } else { &mut done.recorded } += 1;
            let document = self.documents.get(&fact.source).copied();
            let sequence = i32::try_from(at).unwrap_or(i32::MAX);
            new.entry(slug).or_default().push(new_entry(
                (fact, placing.breakdown),
                indicator,
                document,
                sequence,
                supersedes,
            ));
        }
        for (slug, entries) in new {
            post(tx, &self.outlines[slug], event, entries, digest).await?;
        }
        Ok(())
    }

    /// Puts new programmes, projects and indicators into the search index.
    async fn index(&self, tx: &Tx) -> Result<()> {
        let mut slugs: Vec<_> = self.new_indicators.iter().map(|(slug, _)| slug).collect();
        slugs.dedup();
        slugs.sort_unstable();
        slugs.dedup();
        for slug in slugs {
            crate::search::index_outline(tx, &self.outlines[slug]).await?;
        }
        Ok(())
    }
}

/// A series that the ledger knows takes deeper places as long as nothing has been rolled up from its own level.
async fn fit_series(tx: &Tx, outline: &mut Outline, found: &indicators::Model, plan: &SeriesPlan) -> Result<()> {
    if plan.grain > found.grain() && found.grain() <= outline.region().level() {
        let deeper = indicators::Model { grain: plan.grain.number(), ..found.clone() };
        outline.replace_indicator(tx, deeper).await?;
    }
    let same = found.unit == plan.first.unit && found.kind() == plan.first.kind;
    if same {
        return Ok(());
    }
    let (name, line) = (&found.name, plan.first_line);
    Err(Problem::invalid(
        "文件与台账中的指标不一致，没有导入任何内容",
        "the file does not agree with the ledger's indicators",
    )
    .at(
        Text::new(format!("第 {line} 行"), format!("line {line}")),
        Text::new(
            format!("台账中指标“{name}”的单位是“{}”，这里是“{}”", found.unit, plan.first.unit),
            format!("“{name}” has the unit “{}” in the ledger and “{}” here", found.unit, plan.first.unit),
        ),
    )
    .into())
}

fn new_entry(
    (fact, breakdown): (Fact, Option<Breakdown>),
    indicator: Uuid,
    document: Option<Uuid>,
    sequence: i32,
    supersedes: Option<Uuid>,
) -> NewEntry {
    let reason = supersedes.map(|_| Reason::Reimported);
    NewEntry {
        indicator,
        region: fact.region,
        organisation: None,
        measure: fact.flow.measure(),
        as_of: fact.as_of,
        effective_on: effective_on(fact.flow.measure(), fact.as_of, (fact.period_start, fact.period_end), fact.year),
        number: fact.number(),
        qualifier: fact.qualifier,
        supersedes,
        withdrawn: false,
        source: Some(Source {
            document,
            external_id: Some(fact.id),
            sequence,
            place: fact.place,
            year: fact.year,
            label: fact.indicator,
            raw: fact.raw,
            unit: fact.unit,
            kind: fact.kind.code().to_owned(),
            flow: fact.flow.code().to_owned(),
            period_start: fact.period_start,
            period_end: fact.period_end,
            date_basis: fact.date_basis,
            parent: fact.parent,
            relation: fact.relation.map(|relation| relation.code().to_owned()),
            area: fact.area,
            tie: fact.tie,
            breakdown,
            note: fact.note,
            quote: fact.quote,
            reason,
            reason_text: reason.map(|reason| reason.name().zh),
        }),
    }
}

/// A fact as the ledger holds it.
pub(super) struct Stored {
    pub fact: Fact,
    pub entry: Uuid,
    pub programme: String,
    pub series: String,
    pub document: Option<Uuid>,
    pub breakdown: Option<Breakdown>,
}

impl Stored {
    fn known(self) -> Known {
        Known {
            line: 0,
            programme: self.programme,
            series: self.series,
            value: self.fact.value,
            kind: self.fact.kind,
            unit: self.fact.unit,
            measure: self.fact.flow.measure(),
            breakdown: self.breakdown,
        }
    }
}

/// The standing facts with these ids.
async fn facts_by_id<C: ConnectionTrait>(on: &C, ids: &[String]) -> Result<HashMap<String, Stored>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(1_000) {
        let sources = entry_sources::Entity::find()
            .filter(entry_sources::Column::ExternalId.is_in(chunk.iter().map(String::as_str)))
            .all(on)
            .await?;
        for stored in super::export::stored(on, sources).await? {
            found.insert(stored.fact.id.clone(), stored);
        }
    }
    Ok(found)
}

/// The keys of those entries that nothing supersedes.
pub(super) fn standing_ids(all: &[crate::tables::entries::Model]) -> HashSet<Uuid> {
    entries::standing(all, entries::View::default()).into_iter().map(|entry| entry.id).collect()
}
