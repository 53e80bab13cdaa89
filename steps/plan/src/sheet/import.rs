//! From a draft to the ledger: what is new is written, what differs supersedes, what is the same stays.

use std::path::Path;

use kernel::{Problem, RegionCode};
use ledger::entries::{self, NewEntry, Source, View, effective_on};
use ledger::programmes::{Outline, needs_decision};
use ledger::tables::{entries as entry_rows, entry_sources};
use ledger::words::{Accumulation, DateBasis, Measure, Reason};
use std::collections::HashMap;
use store::audit::{Event, RowDigest};
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use super::adopted;
use super::archive::Limits;
use super::breakdowns::Breakdowns;
use super::check::Checker;
use super::columns::Column;
use super::draft::{Context, Draft, DraftFigure};
use super::faults::Faults;
use super::read::{self, Stop};
pub use super::report::{Created, Example, Report};
use super::settle::{Settled, settle};

/// How a sheet is to be taken.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file's name with whoever sent it; the path's own when empty.
    pub name: String,
    /// What is taken of a file.
    pub limits: Limits,
    /// Only say what would be done.
    pub preview: bool,
    /// Whether a new programme is public at once.
    pub publish: bool,
    /// The subtrees in which the importer may write; `None` for the operator.
    pub within: Option<Vec<std::ops::RangeInclusive<RegionCode>>>,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Done so far, in bytes or rows.
    pub done: u64,
    /// In all; zero while that is not known.
    pub total: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is read and checked.
    Reading,
    /// Figures are written.
    Writing,
}

/// Is told how far an import has come.
pub type Watch<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Examples that are kept of new and of changed figures each.
const MOST_EXAMPLES: usize = 20;

/// Imports a programme sheet, all of it or nothing.
///
/// # Errors
/// A problem with sheet, row and column of everything that is wrong; nothing is written then.
pub async fn import(store: &Store, actor: &Actor, file: &Path, options: &Options, watch: Watch<'_>) -> Result<Report> {
    Ok(try_import(store, actor, file, options, watch).await??)
}

/// As [`import`], with the faults of the sheet one by one.
///
/// # Errors
/// When the database or the disk fails. What is wrong with the sheet is the inner result.
pub async fn try_import(
    store: &Store,
    actor: &Actor,
    file: &Path,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Result<Report, Faults>> {
    let draft = match draft(store, file, options, watch).await? {
        Ok(draft) => draft,
        Err(faults) => return Ok(Err(faults)),
    };
    write(store, actor, &draft, options, watch).await
}

/// Reads and checks a file, off the threads that serve pages.
async fn draft(store: &Store, file: &Path, options: &Options, watch: Watch<'_>) -> Result<Result<Draft, Faults>> {
    let context = Context {
        today: store.clock().today(),
        regions: ledger::regions::all_names(store.reader()).await?,
        units: ledger::programmes::units(store.reader()).await?,
        within: options.within.clone(),
    };
    let own_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = if options.name.is_empty() { own_name } else { options.name.clone() };
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let (path, limits, shown) = (file.to_owned(), options.limits, name.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut progress = |done, total| {
            // Nobody listens when the import was given up; then there is nobody to tell.
            let _ = tell.send(Progress { stage: Stage::Reading, done, total });
        };
        let mut checker = Checker::new(&context, &mut progress);
        match read::read_file(&path, &name, &limits, &mut checker) {
            Ok(()) => Ok(checker.finish()),
            Err(Stop::Faults(faults)) => Ok(Err(faults)),
            Err(Stop::File(error)) => Err(error),
        }
    });
    while let Some(progress) = told.recv().await {
        watch(progress);
    }
    match reading.await {
        Ok(read) => Ok(read?),
        // A reader that panics has met a file that no spreadsheet wrote.
        Err(_) => Ok(Err(Faults::whole(
            &shown,
            "文件内容异常，读不出来：请用 Excel 或 WPS 打开后重新保存",
            "the file cannot be read: open it in a spreadsheet and save it again",
        ))),
    }
}

/// Figures written at once, which bounds memory.
const BATCH: usize = 10_000;

/// Figures of the sheet that are compared at once, in whole indicators, which bounds memory too.
const COMPARED_AT_ONCE: usize = 10_000;

/// Indicators that are asked for at once.
const INDICATORS_AT_ONCE: usize = 500;

async fn write(
    store: &Store,
    actor: &Actor,
    draft: &Draft,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Result<Report, Faults>> {
    let mut tx = store.begin(actor).await?;
    let settled = match settle(&tx, draft, options, store.clock().today()).await? {
        Ok(settled) => settled,
        Err(faults) => {
            tx.abandon().await?;
            return Ok(Err(faults));
        }
    };
    let event = Event::new("programme.imported", "programme", &settled.outline.programme.slug, serde_json::Value::Null);
    let mut desk = Desk::new(draft, settled, event.id, watch);
    desk.compare_all(&tx).await?;
    let Desk { mut report, settled, breakdowns, digest, mut faults, .. } = desk;
    breakdowns.check(&settled.outline, &mut faults);
    if let Err(faults) = faults.into_result() {
        tx.abandon().await?;
        return Ok(Err(faults));
    }
    if options.preview || report.nothing_changed() {
        tx.abandon().await?;
        return Ok(Ok(report));
    }
    if report.created != Created::default() || report.edited > 0 {
        ledger::search::index_outline(&tx, &settled.outline).await?;
    }
    report.written = true;
    let detail = serde_json::json!({
        "sheet": draft.sheet,
        "created": report.created,
        "recorded": report.recorded,
        "corrected": report.corrected,
        "unchanged": report.unchanged,
        "edited": report.edited,
        "responsibilities": report.responsibilities,
        "rows": report.recorded + report.corrected,
        "digest": digest.finish(),
    });
    tx.record(Event { detail, ..event }).await?;
    tx.commit().await?;
    Ok(Ok(report))
}

/// What tells one figure of an indicator from another: place, body, measure, cut-off.
pub(super) type FigureKey = (i64, Option<Uuid>, i16, Option<chrono::NaiveDate>);

pub(super) fn figure_key(entry: &entry_rows::Model) -> FigureKey {
    (entry.region, entry.organisation_id, entry.measure, entry.as_of)
}

/// Of entries of one indicator, the one that stands under each key: the latest where there are several.
pub(super) fn standing_by_key<'a>(
    entries: impl Iterator<Item = &'a entry_rows::Model>,
) -> HashMap<FigureKey, &'a entry_rows::Model> {
    let mut standing = HashMap::new();
    for entry in entries {
        let slot = standing.entry(figure_key(entry)).or_insert(entry);
        if (slot.effective_on, slot.id) < (entry.effective_on, entry.id) {
            *slot = entry;
        }
    }
    standing
}

/// Everything at hand while figures are compared with the ledger.
struct Desk<'a, 'w> {
    draft: &'a Draft,
    settled: Settled,
    event: Uuid,
    watch: Watch<'w>,
    documents: Vec<Option<Uuid>>,
    breakdowns: Breakdowns,
    batch: Vec<NewEntry>,
    digest: RowDigest,
    compared: u64,
    new_examples: Vec<Example>,
    report: Report,
    /// Whether its targets change only by a decision of the congress.
    adopted: bool,
    faults: Faults,
}

impl<'a, 'w> Desk<'a, 'w> {
    fn new(draft: &'a Draft, settled: Settled, event: Uuid, watch: Watch<'w>) -> Self {
        let programme = &settled.outline.programme;
        let report = Report {
            slug: programme.slug.clone(),
            title: programme.title.clone(),
            rows: u64::from(draft.rows),
            figures: draft.figures.len() as u64,
            created: settled.created,
            edited: settled.edited,
            responsibilities: settled.responsibilities,
            notices: draft.notices.clone(),
            ..Report::default()
        };
        let breakdowns = Breakdowns::of(&settled.outline);
        Self {
            adopted: needs_decision(programme),
            faults: draft.faults(),
            draft,
            settled,
            event,
            watch,
            documents: vec![None; draft.documents.len()],
            breakdowns,
            batch: Vec::new(),
            digest: RowDigest::default(),
            compared: 0,
            new_examples: Vec::new(),
            report,
        }
    }

    async fn compare_all(&mut self, tx: &Tx) -> Result<()> {
        let mut figures = HashMap::<Uuid, Vec<&'a DraftFigure>>::new();
        for figure in &self.draft.figures {
            figures.entry(self.settled.indicators[figure.indicator as usize]).or_default().push(figure);
        }
        let touched: Vec<Uuid> = figures.keys().copied().collect();
        let family = self.breakdowns.families(&touched);
        let mut order: Vec<Uuid> = self
            .settled
            .outline
            .indicators
            .iter()
            .map(|row| row.id)
            .filter(|id| figures.contains_key(id) || family.contains(id))
            .collect();
        order.dedup();
        let mut rest = order.as_slice();
        while !rest.is_empty() {
            let mut weight = 0;
            let fits = |id: &&Uuid| {
                weight += figures.get(*id).map_or(0, Vec::len);
                weight <= COMPARED_AT_ONCE
            };
            let (chunk, behind) = rest.split_at(rest.iter().take(INDICATORS_AT_ONCE).take_while(fits).count().max(1));
            rest = behind;
            let known: Vec<Uuid> = chunk.iter().copied().filter(|id| !self.settled.new.contains(id)).collect();
            let held = if known.is_empty() { Vec::new() } else { entries::of_indicators(tx.on(), &known).await? };
            let mut by_indicator = HashMap::<Uuid, Vec<&entry_rows::Model>>::new();
            for entry in entries::standing(&held, View::default()) {
                by_indicator.entry(entry.indicator_id).or_default().push(entry);
            }
            for id in chunk {
                let held = by_indicator.remove(id).unwrap_or_default();
                let held = standing_by_key(held.into_iter());
                self.breakdowns.hold(*id, &held);
                self.compare(tx, *id, figures.remove(id).unwrap_or_default(), &held).await?;
            }
        }
        self.flush(tx).await?;
        let mut examples = std::mem::take(&mut self.new_examples);
        self.report.examples.append(&mut examples);
        Ok(())
    }

    async fn compare(
        &mut self,
        tx: &Tx,
        indicator: Uuid,
        figures: Vec<&DraftFigure>,
        held: &HashMap<FigureKey, &entry_rows::Model>,
    ) -> Result<()> {
        let key = |figure: &DraftFigure, organisations: &[Uuid]| -> FigureKey {
            let organisation = figure.organisation.map(|at| organisations[at as usize]);
            (figure.region.stored(), organisation, figure.measure.number(), figure.as_of)
        };
        let olds: Vec<Uuid> = figures
            .iter()
            .filter_map(|figure| held.get(&key(figure, &self.settled.organisations)))
            .filter(|old| old.value.is_none())
            .map(|old| old.id)
            .collect();
        let phrases = entries::sources_of(tx.on(), &olds).await?;
        let mut changed = Vec::new();
        for figure in figures {
            self.compared += 1;
            let key = key(figure, &self.settled.organisations);
            self.breakdowns.tell(indicator, key, figure.number.map(|number| number.value), figure.row);
            match held.get(&key) {
                None => {
                    self.report.recorded += 1;
                    self.note_example(figure, None);
                    let entry = self.entry(tx, indicator, figure, None).await?;
                    self.batch.push(entry);
                }
                Some(old) if is_same(old, figure, phrases.get(&old.id)) => self.report.unchanged += 1,
                Some(old) => {
                    let before = match old.number() {
                        Some(number) => number.to_string(),
                        None => phrases.get(&old.id).map(|source| source.raw.clone()).unwrap_or_default(),
                    };
                    if self.is_adopted_target(figure) {
                        self.refuse_target(figure, &before);
                        continue;
                    }
                    self.report.corrected += 1;
                    self.note_example(figure, Some(before));
                    changed.push((figure, (*old).clone()));
                }
            }
            if self.batch.len() >= BATCH {
                self.flush(tx).await?;
            }
        }
        let ids: Vec<Uuid> = changed.iter().map(|(_, old)| old.id).collect();
        let mut sources = entries::sources_of(tx.on(), &ids).await?;
        for (figure, old) in changed {
            let source = sources.remove(&old.id);
            let entry = self.entry(tx, indicator, figure, Some((old, source))).await?;
            self.batch.push(entry);
        }
        Ok(())
    }

    /// Whether a figure is a target that was adopted for the programme as a whole: a share of it below changes freely.
    fn is_adopted_target(&self, figure: &DraftFigure) -> bool {
        let own = figure.region == self.settled.outline.region() && figure.organisation.is_none();
        self.adopted && own && figure.measure == Measure::Target
    }

    /// Says what to do about a target that only the congress may change.
    fn refuse_target(&mut self, figure: &DraftFigure, standing: &str) {
        let told = figure.number.map_or_else(|| figure.raw.to_string(), |number| number.to_string());
        let name = &self.draft.indicators[figure.indicator as usize].name;
        self.faults.add(figure.row, Some(Column::Target), adopted::target(name, standing, &told));
    }

    async fn flush(&mut self, tx: &Tx) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        if !batch.is_empty() {
            entries::post(tx, &self.settled.outline, self.event, batch, &mut self.digest).await?;
        }
        (self.watch)(Progress { stage: Stage::Writing, done: self.compared, total: self.report.figures });
        Ok(())
    }

    fn note_example(&mut self, figure: &DraftFigure, before: Option<String>) {
        let list = if before.is_some() { &mut self.report.examples } else { &mut self.new_examples };
        if list.len() >= MOST_EXAMPLES {
            return;
        }
        let indicator = &self.draft.indicators[figure.indicator as usize];
        list.push(Example {
            row: figure.row,
            project: self.draft.projects[indicator.project].name.clone(),
            indicator: indicator.name.clone(),
            place: self.settled.place(figure.region),
            measure: figure.measure,
            unit: indicator.unit.clone(),
            before,
            after: figure.number.map_or_else(|| figure.raw.to_string(), |number| number.to_string()),
        });
    }

    async fn entry(
        &mut self,
        tx: &Tx,
        indicator: Uuid,
        figure: &DraftFigure,
        old: Option<(entry_rows::Model, Option<entry_sources::Model>)>,
    ) -> Result<NewEntry> {
        let document = match figure.document {
            Some(at) => Some(self.document(tx, at as usize).await?),
            None => None,
        };
        let outline = &self.settled.outline;
        let supersedes = old.as_ref().map(|(old, _)| old.id);
        let source = old.and_then(|(_, source)| source).map(Source::from);
        let source = source.unwrap_or_else(|| self.new_source(outline, indicator, figure));
        let reason = supersedes.map(|_| Reason::Reimported);
        let source = Source {
            document: document.or(source.document),
            sequence: i32::try_from(figure.row).unwrap_or(i32::MAX),
            raw: figure.raw.to_string(),
            note: figure.note.as_deref().map(str::to_owned).or(source.note.clone()),
            quote: None,
            reason,
            reason_text: reason.map(|reason| reason.name().zh),
            ..source
        };
        let period = (source.period_start, source.period_end);
        Ok(NewEntry {
            indicator,
            region: figure.region,
            organisation: figure.organisation.map(|at| self.settled.organisations[at as usize]),
            measure: figure.measure,
            as_of: figure.as_of,
            effective_on: effective_on(figure.measure, figure.as_of, period, source.year),
            number: figure.number,
            qualifier: figure.qualifier,
            source: Some(source),
            supersedes,
            withdrawn: false,
        })
    }

    fn new_source(&self, outline: &Outline, indicator: Uuid, figure: &DraftFigure) -> Source {
        let row = outline.indicator_by_id(indicator);
        let draft = &self.draft.indicators[figure.indicator as usize];
        let accumulation = row.map_or(Accumulation::New, |row| row.accumulation());
        let flow = match (figure.measure, accumulation) {
            (Measure::Target, _) => "target",
            (_, Accumulation::New) => "new",
            (_, Accumulation::Change) => "change",
            (_, Accumulation::Stock | Accumulation::Rate) => "stock",
        };
        Source {
            document: None,
            external_id: None,
            sequence: 0,
            place: self.settled.place(figure.region),
            year: outline.programme.year,
            label: draft.name.clone(),
            raw: String::new(),
            unit: row.map_or_else(String::new, |row| row.unit.clone()),
            kind: row.map_or_else(String::new, |row| row.kind.clone()),
            flow: flow.to_owned(),
            period_start: None,
            period_end: None,
            date_basis: if figure.as_of.is_some() { DateBasis::Printed } else { DateBasis::Undated },
            parent: None,
            relation: None,
            area: self.draft.categories[self.draft.projects[draft.project].category].name.clone(),
            tie: false,
            breakdown: row.and_then(|row| row.breakdown()),
            note: None,
            quote: None,
            reason: None,
            reason_text: None,
        }
    }

    async fn document(&mut self, tx: &Tx, at: usize) -> Result<Uuid> {
        if let Some(known) = self.documents[at] {
            return Ok(known);
        }
        let programme = self.settled.outline.programme.id;
        let id = ledger::programmes::document(tx, programme, &self.draft.documents[at]).await?.id;
        self.documents[at] = Some(id);
        Ok(id)
    }
}

/// Whether the sheet says what the ledger holds: value, precision and qualifier, or the phrase without a number.
fn is_same(old: &entry_rows::Model, figure: &DraftFigure, phrase: Option<&entry_sources::Model>) -> bool {
    match figure.number {
        Some(_) => old.number() == figure.number && old.qualifier() == figure.qualifier,
        None => old.value.is_none() && phrase.is_some_and(|source| source.raw == *figure.raw),
    }
}

/// The problem of a file that is too large, before it is read at all.
pub fn too_large(name: &str, limits: &Limits) -> Problem {
    let faults = read::too_large(name, limits);
    Problem { kind: kernel::ProblemKind::TooLarge, ..Problem::from(faults) }
}
