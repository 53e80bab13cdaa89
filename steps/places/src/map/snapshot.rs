//! What the map shows, in memory: every site of every published programme, small, sorted and indexed.
//!
//! It is read again when sites, programmes or the day have changed, whichever copy of the program changed them; nothing is
//! lost with it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use kernel::RegionCode;
use ledger::rules::Light;
use ledger::tables::{categories, programmes, projects};
use maps::{BoundingBox, LngLat, PointIndex, Shape, geojson};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use serde::Deserialize;
use store::{Result, Store};
use tokio::sync::Mutex;

use super::boundaries::Boundaries;
use crate::sites::rules;
use crate::sites::store as sites_store;
use crate::sites::tables::sites;
use crate::sites::words::Stage;

/// The snapshot that stands, shared by all handlers.
#[derive(Clone, Default)]
pub struct Atlas(Arc<Mutex<Option<Held>>>);

/// A snapshot with what it depends on.
type Held = (Mark, Arc<Snapshot>);

/// What a snapshot depends on.
type Mark = (i64, i64, NaiveDate);

impl Atlas {
    /// The snapshot as of now. Whoever comes first reads it; others wait for that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn now(&self, store: &Store) -> Result<Arc<Snapshot>> {
        let mut held = self.0.lock().await;
        let on = store.reader();
        let published = programmes::Entity::find().filter(programmes::Column::Published.eq(true)).all(on).await?;
        let versions: i64 = published.iter().map(|row| i64::from(row.version) + 1_000_000).sum();
        let mark = (sites_store::stamp(on).await?, versions, store.clock().today());
        if let Some((held, snapshot)) = held.as_ref()
            && *held == mark
        {
            return Ok(Arc::clone(snapshot));
        }
        let snapshot = Arc::new(Snapshot::load(on, published, mark.2).await?);
        *held = Some((mark, Arc::clone(&snapshot)));
        Ok(snapshot)
    }
}

/// A site, as small as a filter needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) region: i64,
    pub(crate) project: u32,
    pub(crate) kind: u32,
    pub(crate) stage: Stage,
    pub(crate) light: Option<Light>,
    /// Where its code ends and its name begins in the texts.
    text: u32,
}

/// A project of a published programme.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) category: String,
    /// Index of its programme.
    pub(crate) programme: usize,
    /// Its sites.
    pub(crate) sites: usize,
}

/// A site that is a line or an area.
#[derive(Clone, Debug)]
pub(crate) struct Outlined {
    /// Its record.
    pub(crate) number: u32,
    /// The line or area, in WGS 84.
    pub(crate) shape: Shape,
    /// The box around it, which spares most of them in most tiles.
    pub(crate) bounds: BoundingBox,
}

/// Everything that the map shows.
#[derive(Default)]
pub struct Snapshot {
    pub(crate) programmes: Vec<programmes::Model>,
    pub(crate) projects: Vec<Project>,
    pub(crate) kinds: Vec<String>,
    /// By programme and the number that the office gave.
    pub(crate) records: Vec<Record>,
    pub(crate) index: PointIndex,
    /// Lines and areas, by record.
    pub(crate) shapes: Vec<Outlined>,
    pub(crate) boundaries: Boundaries,
    texts: String,
    points: Vec<LngLat>,
    places: HashMap<Uuid, u32>,
}

/// The length of a code.
const CODE: usize = 7;

impl Snapshot {
    /// Reads it.
    async fn load<C: ConnectionTrait>(on: &C, published: Vec<programmes::Model>, today: NaiveDate) -> Result<Self> {
        let mut snapshot = Self { boundaries: Boundaries::load(on).await?, ..Self::default() };
        snapshot.programmes = published;
        snapshot.programmes.sort_by(|a, b| (-a.year, a.region, &a.series).cmp(&(-b.year, b.region, &b.series)));
        let keys: Vec<Uuid> = snapshot.programmes.iter().map(|row| row.id).collect();
        let mut names = HashMap::new();
        for row in categories::Entity::find()
            .filter(categories::Column::ProgrammeId.is_in(keys.iter().copied()))
            .all(on)
            .await?
        {
            names.insert(row.id, row.name);
        }
        let mut numbers = HashMap::new();
        let of_all = projects::Entity::find().filter(projects::Column::ProgrammeId.is_in(keys.iter().copied()));
        for row in of_all.order_by_asc(projects::Column::Position).all(on).await? {
            let Some(programme) = keys.iter().position(|key| *key == row.programme_id) else { continue };
            numbers.insert(row.id, u32::try_from(snapshot.projects.len()).unwrap_or(u32::MAX));
            let category = names.get(&row.category_id).cloned().unwrap_or_default();
            snapshot.projects.push(Project { id: row.id, name: row.name, category, programme, sites: 0 });
        }
        let mut points = Vec::new();
        for key in keys {
            snapshot.read_sites(on, key, &numbers, &mut points, today).await?;
        }
        snapshot.index = PointIndex::build(points.iter().copied());
        snapshot.points = points;
        Ok(snapshot)
    }

    async fn read_sites<C: ConnectionTrait>(
        &mut self,
        on: &C,
        programme: Uuid,
        numbers: &HashMap<Uuid, u32>,
        points: &mut Vec<LngLat>,
        today: NaiveDate,
    ) -> Result<()> {
        let mut kinds: HashMap<String, u32> = (0..).zip(&self.kinds).map(|(at, kind)| (kind.clone(), at)).collect();
        let mut after = String::new();
        loop {
            let rows = Slim::behind(on, programme, &after).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.reference);
            for row in rows {
                let Some(project) = numbers.get(&row.project_id).copied() else { continue };
                let number = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
                let stage = Stage::parse(&row.stage).unwrap_or_default();
                let kind = *kinds.entry(row.kind).or_insert_with_key(|kind| {
                    self.kinds.push(kind.clone());
                    u32::try_from(self.kinds.len() - 1).unwrap_or(u32::MAX)
                });
                self.texts.push_str(&row.code);
                self.texts.push_str(&row.name);
                self.records.push(Record {
                    id: row.id,
                    region: row.region,
                    project,
                    kind,
                    stage,
                    light: rules::light(stage, row.starts_on, row.due_on, today),
                    text: u32::try_from(self.texts.len()).unwrap_or(u32::MAX),
                });
                self.projects[project as usize].sites += 1;
                let point = row.lng_e7.zip(row.lat_e7).map(|(lng, lat)| LngLat::from_e7(lng, lat));
                // A point that is none keeps its place in the list and stays out of the index.
                points.push(point.unwrap_or(LngLat::new(f64::NAN, f64::NAN)));
                self.shapes.extend(row.shape.and_then(|text| {
                    let shape = geojson::parse_geometry(&text)?;
                    Some(Outlined { number, bounds: shape.bounds()?, shape })
                }));
                self.places.insert(row.id, number);
            }
        }
    }

    /// The short code of a record.
    pub(crate) fn code(&self, number: u32) -> &str {
        self.text(number).get(..CODE).unwrap_or_default()
    }

    /// The name of a record.
    pub(crate) fn name(&self, number: u32) -> &str {
        self.text(number).get(CODE..).unwrap_or_default()
    }

    fn text(&self, number: u32) -> &str {
        let at = number as usize;
        let from = at.checked_sub(1).map_or(0, |before| self.records[before].text as usize);
        &self.texts[from..self.records[at].text as usize]
    }

    /// Where a record is, if that is known.
    pub(crate) fn point(&self, number: u32) -> Option<LngLat> {
        self.points.get(number as usize).copied().filter(|point| point.is_on_globe())
    }

    /// The record of a site, if it is shown.
    pub(crate) fn number_of(&self, id: Uuid) -> Option<u32> {
        self.places.get(&id).copied()
    }

    /// The record with this number.
    pub(crate) fn record(&self, number: u32) -> &Record {
        &self.records[number as usize]
    }

    /// Bytes held, without what is held of boundaries and programmes.
    pub fn bytes(&self) -> usize {
        let records = self.records.capacity() * size_of::<Record>();
        records
            + self.texts.capacity()
            + self.points.capacity() * size_of::<LngLat>()
            + self.index.bytes()
            + self.places.capacity() * (size_of::<(Uuid, u32)>() + 1)
    }

    /// How many of the records that `picked` holds show each light, those without one last.
    pub(crate) fn lights(&self, picked: &Picked<'_>) -> [(Option<Light>, usize); 5] {
        let mut counts = BTreeMap::<usize, usize>::new();
        let place =
            |light: Option<Light>| light.and_then(|light| Light::ALL.iter().position(|one| *one == light)).unwrap_or(4);
        for (_, record) in picked.all() {
            *counts.entry(place(record.light)).or_default() += 1;
        }
        std::array::from_fn(|at| (Light::ALL.get(at).copied(), counts.get(&at).copied().unwrap_or(0)))
    }
}

/// The columns that a snapshot reads.
#[derive(sea_orm::FromQueryResult)]
struct Slim {
    id: Uuid,
    code: String,
    reference: String,
    project_id: Uuid,
    region: i64,
    kind: String,
    stage: String,
    starts_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    lng_e7: Option<i32>,
    lat_e7: Option<i32>,
    name: String,
    shape: Option<String>,
}

impl Slim {
    /// The next ones of a programme in the order of their numbers, so that a million are never held twice.
    async fn behind<C: ConnectionTrait>(on: &C, programme: Uuid, after: &str) -> Result<Vec<Self>> {
        Ok(sites::Entity::find()
            .select_only()
            .columns([
                sites::Column::Id,
                sites::Column::Code,
                sites::Column::Reference,
                sites::Column::ProjectId,
                sites::Column::Region,
                sites::Column::Kind,
                sites::Column::Stage,
                sites::Column::StartsOn,
                sites::Column::DueOn,
                sites::Column::LngE7,
                sites::Column::LatE7,
                sites::Column::Name,
                sites::Column::Shape,
            ])
            .filter(sites::Column::ProgrammeId.eq(programme))
            .filter(sites::Column::Withdrawn.eq(false))
            .filter(sites::Column::Reference.gt(after))
            .order_by_asc(sites::Column::Reference)
            .limit(20_000)
            .into_model::<Self>()
            .all(on)
            .await?)
    }
}

/// What a visitor asks of map and list, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// The programme's name in addresses; the newest that has sites where none is named, `all` for every one.
    pub programme: String,
    /// A year, for all programmes of it.
    pub year: String,
    /// A category's name.
    pub category: String,
    /// A project's key.
    pub project: String,
    /// A light's code, or `none`.
    pub light: String,
    /// A stage's code.
    pub stage: String,
    /// A sort of facility.
    pub kind: String,
    /// A division's code.
    pub region: String,
}

/// A filter over a snapshot.
pub(crate) struct Picked<'a> {
    snapshot: &'a Snapshot,
    projects: Vec<bool>,
    light: Option<Option<Light>>,
    stage: Option<Stage>,
    kind: Option<u32>,
    region: Option<(i64, i64)>,
    /// Whether something was asked for that nothing has.
    nothing: bool,
    /// Whether everything passes.
    pub(crate) everything: bool,
}

impl Filter {
    /// What it picks of a snapshot.
    pub(crate) fn pick<'a>(&self, snapshot: &'a Snapshot) -> Picked<'a> {
        let year: Option<i32> = self.year.parse().ok();
        let project: Option<Uuid> = self.project.parse().ok();
        let all = ["", "all"].contains(&self.programme.as_str());
        let wanted = |one: &Project| {
            let programme = &snapshot.programmes[one.programme];
            (all || programme.slug == self.programme)
                && year.is_none_or(|year| programme.year == year)
                && (self.category.is_empty() || one.category == self.category)
                && project.is_none_or(|project| one.id == project)
        };
        let projects: Vec<bool> = snapshot.projects.iter().map(wanted).collect();
        let light = match self.light.as_str() {
            "" => None,
            word => Some(Light::ALL.into_iter().find(|light| light.code() == word)),
        };
        let kind = snapshot.kinds.iter().position(|kind| *kind == self.kind).and_then(|at| u32::try_from(at).ok());
        let region: Option<RegionCode> = self.region.parse().ok();
        let stage = Stage::parse(&self.stage);
        let unknown = |text: &str, known: bool| !text.is_empty() && !known;
        Picked {
            everything: projects.iter().all(|wanted| *wanted)
                && [&self.light, &self.stage, &self.kind, &self.region].into_iter().all(String::is_empty),
            projects,
            light,
            stage,
            kind,
            region: region.map(|region| {
                let subtree = region.subtree();
                (subtree.start().stored(), subtree.end().stored())
            }),
            nothing: unknown(&self.stage, stage.is_some())
                || unknown(&self.kind, kind.is_some())
                || unknown(&self.region, region.is_some())
                || unknown(&self.project, project.is_some())
                || unknown(&self.year, year.is_some()),
            snapshot,
        }
    }

    /// The same as a query, without what is empty; `but` is left out.
    pub(crate) fn query(&self, but: &str) -> String {
        let pairs = [
            ("programme", &self.programme),
            ("year", &self.year),
            ("category", &self.category),
            ("project", &self.project),
            ("light", &self.light),
            ("stage", &self.stage),
            ("kind", &self.kind),
            ("region", &self.region),
        ];
        let kept = pairs.into_iter().filter(|(name, value)| *name != but && !value.is_empty());
        kept.map(|(name, value)| format!("{name}={}", web::listing::escape(value))).collect::<Vec<_>>().join("&")
    }
}

impl Picked<'_> {
    /// Whether the record with this number passes.
    pub(crate) fn holds(&self, number: u32) -> bool {
        self.passes(self.snapshot.record(number))
    }

    fn passes(&self, record: &Record) -> bool {
        !self.nothing
            && self.projects[record.project as usize]
            && self.light.is_none_or(|light| record.light == light)
            && self.stage.is_none_or(|stage| record.stage == stage)
            && self.kind.is_none_or(|kind| record.kind == kind)
            && self.region.is_none_or(|(from, to)| (from..=to).contains(&record.region))
    }

    /// Every record that passes, with its number, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &Record)> {
        (0..).zip(&self.snapshot.records).filter(|(_, record)| self.passes(record))
    }
}
