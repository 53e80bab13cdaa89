//! From the ledger to a sheet that [`super::import()`] reads back without a change.
//!
//! One row a figure that stands; goal and outcome of one place share a row where they can. Only posts are written,
//! never names of persons.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use chrono::NaiveDate;
use figures::{Magnitude, Precision, Qualifier};
use kernel::{Problem, RegionCode};
use ledger::entries::{self, View};
use ledger::programmes::{self, Outline, ResponsibilityRole};
use ledger::tables::{entries as entry_rows, entry_sources, indicators, projects};
use ledger::words::{Breakdown, Direction, Measure, Purpose};
use store::{Result, Store};
use uuid::Uuid;

use super::check::RELATED;
use super::columns::Column;
use super::figure::{self, Counted, NO_NUMBER, Told};
use super::import::standing_by_key;
use super::read::Cell;
use super::writer::{Format, SheetWriter, Written};

/// Indicators whose figures are held in memory at once.
const AT_ONCE: usize = 50;

/// Writes the programme `slug` as a sheet and says how many rows it has.
///
/// # Errors
/// Not found without such a programme; when the database or `out` fails.
pub async fn export(store: &Store, slug: &str, format: Format, out: &mut (dyn Write + Send)) -> Result<u64> {
    let programme = programmes::find(store.reader(), slug)
        .await?
        .ok_or_else(|| Problem::not_found(format!("没有方案 {slug}"), format!("there is no programme {slug}")))?;
    let outline = Outline::load(store.reader(), programme).await?;
    let mut exporter = Exporter::open(store, &outline, SheetWriter::new(format)?).await?;
    exporter.write_all(store).await?;
    let rows = exporter.rows;
    out.write_all(&exporter.sheet.finish()?)?;
    Ok(rows)
}

type Line = BTreeMap<Column, Written>;

/// Who answers, written out, by project and place.
type Bodies = HashMap<Uuid, BTreeMap<RegionCode, Vec<(Column, String)>>>;

struct Exporter<'a> {
    outline: &'a Outline,
    sheet: SheetWriter,
    rows: u64,
    /// Said on the next row only: programme, category and project, when they begin.
    pending: Line,
    bodies: Bodies,
    organisations: HashMap<Uuid, String>,
    documents: HashMap<Uuid, String>,
    places: BTreeMap<RegionCode, String>,
}

/// One figure that stands.
struct Standing {
    entry: entry_rows::Model,
    source: Option<entry_sources::Model>,
}

impl<'a> Exporter<'a> {
    async fn open(store: &Store, outline: &'a Outline, sheet: SheetWriter) -> Result<Self> {
        let programme = &outline.programme;
        let mut exporter = Self {
            outline,
            sheet,
            rows: 0,
            pending: Line::new(),
            bodies: Bodies::new(),
            organisations: HashMap::new(),
            documents: HashMap::new(),
            places: BTreeMap::new(),
        };
        for document in programmes::documents_of(store.reader(), programme.id).await? {
            exporter.documents.insert(document.id, document.code);
        }
        exporter.load_bodies(store).await?;
        let mut pending = Line::new();
        pending.insert(Column::Programme, outline.region().short().into());
        pending.insert(Column::Year, i64::from(programme.year).into());
        pending.insert(Column::ProgrammeSeries, programme.series.clone().into());
        pending.insert(Column::Title, programme.title.clone().into());
        exporter.pending = pending;
        Ok(exporter)
    }

    async fn load_bodies(&mut self, store: &Store) -> Result<()> {
        let rows = programmes::standing_responsibilities(store.reader(), self.outline.programme.id).await?;
        let keys: Vec<_> = rows.iter().filter_map(|row| row.organisation_id).collect();
        self.load_organisations(store, &keys).await?;
        let keys: Vec<_> = rows.iter().filter_map(|row| row.post_id).collect();
        let posts = people::store::organisations::posts_with_keys(store.reader(), &keys).await?;
        let posts: HashMap<_, _> = posts.into_iter().map(|post| (post.id, post.title)).collect();
        for row in rows.iter().filter(|row| row.indicator_id.is_none()) {
            let (Some(region), Some(role)) =
                (RegionCode::from_stored(row.region), ResponsibilityRole::parse(&row.role))
            else {
                continue;
            };
            let column = match role {
                ResponsibilityRole::Lead => Column::Lead,
                ResponsibilityRole::Supporting => Column::Supporting,
                ResponsibilityRole::LeaderInCharge => Column::LeaderInCharge,
                ResponsibilityRole::ResponsiblePerson => Column::ResponsiblePerson,
            };
            let body = row.organisation_id.and_then(|id| self.organisations.get(&id));
            let post = row.post_id.and_then(|id| posts.get(&id));
            let text = match (body, post) {
                (Some(body), Some(post)) => format!("{body}：{post}"),
                (Some(text), None) | (None, Some(text)) => text.clone(),
                (None, None) => continue,
            };
            let told = self.bodies.entry(row.project_id).or_default().entry(region).or_default();
            match told.iter_mut().find(|(known, _)| *known == column) {
                Some((_, list)) => {
                    list.push('、');
                    list.push_str(&text);
                }
                None => told.push((column, text)),
            }
        }
        Ok(())
    }

    async fn load_organisations(&mut self, store: &Store, keys: &[Uuid]) -> Result<()> {
        for row in people::store::organisations::with_keys(store.reader(), keys).await? {
            self.organisations.insert(row.id, row.name);
        }
        Ok(())
    }

    async fn write_all(&mut self, store: &Store) -> Result<()> {
        let outline = self.outline;
        for category in &outline.categories {
            if let Some(number) = category.number {
                self.pending.insert(Column::CategoryNumber, i64::from(number).into());
            }
            self.pending.insert(Column::Category, category.name.clone().into());
            let mut is_empty = true;
            for project in outline.projects.iter().filter(|row| row.category_id == category.id) {
                is_empty = false;
                self.write_project(store, project).await?;
            }
            if is_empty {
                self.write(Line::new())?;
            }
        }
        Ok(())
    }

    async fn write_project(&mut self, store: &Store, project: &projects::Model) -> Result<()> {
        if let Some(number) = project.number {
            self.pending.insert(Column::ProjectNumber, i64::from(number).into());
        }
        self.pending.insert(Column::Project, project.name.clone().into());
        self.pending.insert(Column::FormalName, project.formal_name.clone().into());
        self.pending.insert(Column::Content, project.content.clone().into());
        let own: Vec<_> = self.outline.indicators.iter().filter(|row| row.project_id == project.id).collect();
        for chunk in own.chunks(AT_ONCE) {
            let ids: Vec<_> = chunk.iter().map(|row| row.id).collect();
            let mut figures = self.figures(store, &ids).await?;
            for indicator in chunk {
                self.write_indicator(project, indicator, figures.remove(&indicator.id).unwrap_or_default())?;
            }
        }
        let rest = self.bodies.remove(&project.id).unwrap_or_default();
        self.name_places(store, rest.keys().copied().collect()).await?;
        for (region, told) in rest {
            let mut line = self.place(region);
            line.extend(told.into_iter().map(|(column, text)| (column, text.into())));
            self.write(line)?;
        }
        if !self.pending.is_empty() {
            self.write(Line::new())?;
        }
        Ok(())
    }

    /// What stands of these indicators, in the order of places, cut-offs and measures.
    async fn figures(&mut self, store: &Store, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Standing>>> {
        let on = store.reader();
        let all = entries::of_indicators(on, ids).await?;
        let mut by_indicator = HashMap::<Uuid, Vec<&entry_rows::Model>>::new();
        for entry in entries::standing(&all, View::default()) {
            by_indicator.entry(entry.indicator_id).or_default().push(entry);
        }
        let chosen: HashMap<Uuid, Vec<entry_rows::Model>> = by_indicator
            .into_iter()
            .map(|(id, entries)| (id, standing_by_key(entries.into_iter()).into_values().cloned().collect()))
            .collect();
        let keys: Vec<_> = chosen.values().flatten().map(|entry| entry.id).collect();
        let mut sources = entries::sources_of(on, &keys).await?;
        let bodies: Vec<_> = chosen.values().flatten().filter_map(|entry| entry.organisation_id).collect();
        self.load_organisations(store, &bodies).await?;
        let places = chosen.values().flatten().filter_map(|entry| RegionCode::from_stored(entry.region)).collect();
        self.name_places(store, places).await?;
        let mut figures = HashMap::new();
        for (id, mut entries) in chosen {
            entries.sort_by_key(|entry| (entry.region, entry.organisation_id, entry.as_of, entry.measure, entry.id));
            let with_source = |entry: entry_rows::Model| {
                let source = sources.remove(&entry.id);
                Standing { entry, source }
            };
            figures.insert(id, entries.into_iter().map(with_source).collect());
        }
        Ok(figures)
    }

    async fn name_places(&mut self, store: &Store, mut places: Vec<RegionCode>) -> Result<()> {
        places.retain(|place| !self.places.contains_key(place));
        places.sort_unstable();
        places.dedup();
        if !places.is_empty() {
            self.places.extend(ledger::regions::names(store.reader(), places, self.outline.programme.year).await?);
        }
        Ok(())
    }

    fn place(&self, region: RegionCode) -> Line {
        let mut line = Line::new();
        line.insert(Column::Region, region.short().into());
        if let Some(name) = self.places.get(&region) {
            line.insert(Column::Place, name.clone().into());
        }
        line
    }

    fn write_indicator(
        &mut self,
        project: &projects::Model,
        indicator: &indicators::Model,
        figures: Vec<Standing>,
    ) -> Result<()> {
        let described = self.describe(indicator);
        self.pending.extend(described);
        let mut rows = figures.into_iter().peekable();
        if rows.peek().is_none() {
            return self.write(Line::new());
        }
        // A goal without a cut-off waits for the first outcome of its place, which it sorts before.
        let mut goal: Option<Standing> = None;
        for standing in rows {
            if let Some(waiting) = goal.take() {
                if self.share_a_row(indicator, &waiting, &standing) {
                    self.write_figures(project, indicator, Some(waiting), Some(standing))?;
                    continue;
                }
                self.write_figures(project, indicator, Some(waiting), None)?;
            }
            if Measure::from_number(standing.entry.measure) == Measure::Target {
                goal = Some(standing);
            } else {
                self.write_figures(project, indicator, None, Some(standing))?;
            }
        }
        match goal {
            Some(waiting) => self.write_figures(project, indicator, Some(waiting), None),
            None => Ok(()),
        }
    }

    fn share_a_row(&self, indicator: &indicators::Model, goal: &Standing, outcome: &Standing) -> bool {
        let place = |standing: &Standing| (standing.entry.region, standing.entry.organisation_id);
        let origin = |standing: &Standing| {
            standing.source.as_ref().map(|source| (source.document_id, source.note.clone())).unwrap_or_default()
        };
        Measure::from_number(outcome.entry.measure) == Measure::Actual
            && goal.entry.as_of.is_none()
            && place(goal) == place(outcome)
            && origin(goal) == origin(outcome)
            && written(indicator, goal).1.is_none()
    }

    fn write_figures(
        &mut self,
        project: &projects::Model,
        indicator: &indicators::Model,
        goal: Option<Standing>,
        outcome: Option<Standing>,
    ) -> Result<()> {
        let Some(leading) = outcome.as_ref().or(goal.as_ref()) else { return Ok(()) };
        let entry = &leading.entry;
        let Some(region) = RegionCode::from_stored(entry.region) else { return Ok(()) };
        let mut line = self.place(region);
        if let Some(name) = entry.organisation_id.and_then(|id| self.organisations.get(&id)) {
            line.insert(Column::Organisation, name.clone().into());
        }
        if let Some(as_of) = entry.as_of {
            line.insert(Column::AsOf, as_of.into());
        }
        if let Some(source) = &leading.source {
            if let Some(code) = source.document_id.and_then(|id| self.documents.get(&id)) {
                line.insert(Column::Document, code.clone().into());
            }
            line.insert(Column::Note, source.note.clone().unwrap_or_default().into());
        }
        for (column, standing) in [(Column::Target, &goal), (Column::Actual, &outcome)] {
            let Some(standing) = standing else { continue };
            let (text, word) = written(indicator, standing);
            line.insert(column, text);
            if let Some(word) = word {
                line.insert(Column::Qualifier, word.to_owned().into());
            }
        }
        let told = self.bodies.get_mut(&project.id).and_then(|places| places.remove(&region));
        line.extend(told.into_iter().flatten().map(|(column, text)| (column, text.into())));
        self.write(line)
    }

    fn describe(&self, indicator: &indicators::Model) -> Line {
        let mut line = Line::new();
        let mut put = |column: Column, text: &str| {
            line.insert(column, text.to_owned().into());
        };
        let twins = self.outline.indicators.iter().filter(|row| row.name == indicator.name).count();
        if indicator.series != indicator.name || twins > 1 {
            put(Column::Series, &indicator.series);
        }
        put(Column::Indicator, &indicator.name);
        put(Column::Unit, &indicator.unit);
        put(Column::Kind, &indicator.kind().name().zh);
        put(Column::Accumulation, &indicator.accumulation().name().zh);
        if indicator.direction() == Direction::Less {
            put(Column::Direction, &indicator.direction().name().zh);
        }
        if indicator.purpose() != Purpose::Delivery {
            put(Column::Purpose, &indicator.purpose().name().zh);
        }
        put(Column::Grain, &indicator.grain().name().zh);
        if let Some(parent) = indicator.parent_id.and_then(|id| self.outline.indicator_by_id(id)) {
            put(Column::Parent, &parent.series);
            match indicator.relation() {
                Some(relation) => put(Column::Relation, &relation.name().zh),
                None => put(Column::Relation, RELATED),
            }
        }
        if let Some(breakdown) = indicator.breakdown() {
            put(Column::Breakdown, if breakdown == Breakdown::Complete { "完整" } else { "部分" });
        }
        if let Some(source) = indicator.fund_source() {
            put(Column::FundSource, &source.name().zh);
        }
        if let Some(statistic) = indicator.statistic() {
            put(Column::Statistic, &statistic.name().zh);
        }
        put(Column::Matter, indicator.matter.as_deref().unwrap_or_default());
        put(Column::Services, &indicator.services);
        line
    }

    fn write(&mut self, line: Line) -> Result<()> {
        let mut whole = std::mem::take(&mut self.pending);
        whole.extend(line);
        whole.retain(|_, cell| *cell != Written::Text(String::new()));
        if !whole.is_empty() {
            self.sheet.row(&whole)?;
            self.rows += 1;
        }
        Ok(())
    }
}

/// A figure as a cell that reads back as the same, and the word for the column 限定词 where the cell does not say it.
fn written(indicator: &indicators::Model, standing: &Standing) -> (Written, Option<&'static str>) {
    let raw = standing.source.as_ref().map(|source| source.raw.clone()).unwrap_or_default();
    let Some(number) = standing.entry.number() else {
        return (raw.into(), Some(NO_NUMBER));
    };
    let qualifier = standing.entry.qualifier();
    let plain = number.to_string();
    let counted = Counted { unit: &indicator.unit, scale: Magnitude::One, kind: indicator.kind() };
    let reads_back = |text: &str| {
        figure::read(&Cell::Text(text.to_owned()), counted, Told::Nothing)
            .is_ok_and(|read| read.number == Some(number) && read.qualifier == qualifier)
    };
    if raw.trim() == raw && raw != plain && !raw.is_empty() && reads_back(&raw) {
        return (raw.into(), None);
    }
    let word = (qualifier != Qualifier::Exact).then(|| qualifier.name_zh());
    let is_plain =
        number.precision == Precision::of(number.value) && number.value.mantissa().abs() < 1_000_000_000_000_000;
    if is_plain { (Written::Number(number.value), word) } else { (plain.into(), word) }
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Written {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<NaiveDate> for Written {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}
