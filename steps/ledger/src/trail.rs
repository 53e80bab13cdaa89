//! The trail of a figure: its source, its versions with the events that wrote them, and the figures around it.

use std::collections::HashMap;

use kernel::RegionCode;
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::Result;
use store::audit::{self, events};

use crate::board::Shown;
use crate::current::shown;
use crate::entries::{self, Hand, View, counting};
use crate::tables::{
    categories, documents, entries as entry_rows, entry_sources, indicators, matters, programmes, projects,
};
use crate::words::Measure;

/// One version of the figure.
#[derive(Clone, Debug)]
pub struct Version {
    /// The entry.
    pub entry: entry_rows::Model,
    /// Where it comes from.
    pub source: Option<entry_sources::Model>,
    /// The figure as it is shown.
    pub shown: Shown,
    /// The event that wrote it.
    pub event: Option<events::Model>,
    /// Whose hands it went through, in order; empty for figures that were published or imported.
    pub hands: Vec<Hand>,
}

/// A figure that stands beside this one at the same place.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// What it counts.
    pub indicator: indicators::Model,
    /// Done, or to be done.
    pub measure: Measure,
    /// The figure.
    pub shown: Shown,
}

/// Everything that is known about an entry.
#[derive(Clone, Debug)]
pub struct Trail {
    /// The programme.
    pub programme: programmes::Model,
    /// The category.
    pub category: Option<categories::Model>,
    /// The project.
    pub project: Option<projects::Model>,
    /// The indicator.
    pub indicator: indicators::Model,
    /// The place's name in the year of the programme.
    pub place: String,
    /// The document that it was taken from.
    pub document: Option<documents::Model>,
    /// All versions, oldest first.
    pub versions: Vec<Version>,
    /// Which of them was asked for.
    pub at: usize,
    /// The other measure of the same indicator: the target of an outcome, the outcome of a target.
    pub counterpart: Option<Neighbour>,
    /// What it belongs to.
    pub whole: Option<Neighbour>,
    /// What belongs to it.
    pub parts: Vec<Neighbour>,
    /// The matter that it shares with other places.
    pub matter: Option<matters::Model>,
}

impl Trail {
    /// The trail of the entry `id`; none when there is no such entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Self>> {
        let Some(entry) = entries::find(on, id).await? else { return Ok(None) };
        let Some(programme) = programmes::Entity::find_by_id(entry.programme_id).one(on).await? else {
            return Ok(None);
        };
        let Some(indicator) = indicators::Entity::find_by_id(entry.indicator_id).one(on).await? else {
            return Ok(None);
        };
        let versions = versions(on, &entry, &indicator, &programme).await?;
        let at = versions.iter().position(|version| version.entry.id == id).unwrap_or_default();
        let document = match versions[at].source.as_ref().and_then(|source| source.document_id) {
            Some(document) => documents::Entity::find_by_id(document).one(on).await?,
            None => None,
        };
        let project = projects::Entity::find_by_id(indicator.project_id).one(on).await?;
        let category = match &project {
            Some(project) => categories::Entity::find_by_id(project.category_id).one(on).await?,
            None => None,
        };
        let place = match RegionCode::from_stored(entry.region) {
            Some(code) => crate::regions::name_in(on, code, programme.year).await?,
            None => entry.region.to_string(),
        };
        let matter = match &indicator.matter {
            Some(code) => matters::Entity::find().filter(matters::Column::Code.eq(code)).one(on).await?,
            None => None,
        };
        let (counterpart, whole, parts) = neighbours(on, &entry, &indicator).await?;
        Ok(Some(Self {
            programme,
            category,
            project,
            indicator,
            place,
            document,
            versions,
            at,
            counterpart,
            whole,
            parts,
            matter,
        }))
    }

    /// The version that was asked for.
    pub fn version(&self) -> &Version {
        &self.versions[self.at]
    }

    /// What was recorded before it in its place.
    pub fn before(&self) -> &[Version] {
        &self.versions[..self.at]
    }

    /// What has taken its place.
    pub fn successor(&self) -> Option<&Version> {
        self.versions.get(self.at + 1)
    }
}

async fn versions<C: ConnectionTrait>(
    on: &C,
    entry: &entry_rows::Model,
    indicator: &indicators::Model,
    programme: &programmes::Model,
) -> Result<Vec<Version>> {
    let home = RegionCode::from_stored(programme.region);
    let rows = entries::versions(on, entry).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut sources = entries::sources_of(on, &ids).await?;
    let mut hands = entries::hands_of(on, &ids).await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        let source = sources.remove(&row.id);
        let home = home.or_else(|| RegionCode::from_stored(row.region));
        let Some(home) = home else { continue };
        let event = audit::find(on, row.event_id).await?;
        versions.push(Version {
            shown: shown(&row, source.clone(), indicator.unit.clone(), home),
            hands: hands.remove(&row.id).unwrap_or_default(),
            entry: row,
            source,
            event,
        });
    }
    Ok(versions)
}

async fn neighbours<C: ConnectionTrait>(
    on: &C,
    entry: &entry_rows::Model,
    indicator: &indicators::Model,
) -> Result<(Option<Neighbour>, Option<Neighbour>, Vec<Neighbour>)> {
    let Some(place) = RegionCode::from_stored(entry.region) else { return Ok((None, None, Vec::new())) };
    let around = indicators::Entity::find()
        .filter(
            sea_orm::Condition::any()
                .add(indicators::Column::ParentId.eq(indicator.id))
                .add(indicators::Column::Id.eq(indicator.id))
                .add(indicators::Column::Id.is_in(indicator.parent_id)),
        )
        .filter(indicators::Column::ProgrammeId.eq(entry.programme_id))
        .all(on)
        .await?;
    let around: HashMap<_, _> = around.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<_> = around.keys().copied().collect();
    let rows = entries::at_places(on, entry.programme_id, &ids, &[place]).await?;
    let counted: Vec<_> = counting(&rows, View::default()).into_values().collect();
    let counted: Vec<_> = counted.into_iter().filter(|row| row.organisation_id == entry.organisation_id).collect();
    let mut sources = entries::sources_of(on, &counted.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let mut found: Vec<_> = counted
        .into_iter()
        .filter_map(|row| {
            let indicator = around.get(&row.indicator_id)?.clone();
            let shown = shown(row, sources.remove(&row.id), indicator.unit.clone(), place);
            Some(Neighbour { indicator, measure: Measure::from_number(row.measure), shown })
        })
        .collect();
    found.sort_by_key(|neighbour| neighbour.indicator.number);
    let measure = Measure::from_number(entry.measure);
    let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|near| near.indicator.id == indicator.id);
    let counterpart = own.into_iter().find(|near| near.measure != measure);
    // Planned money stands beside planned money; where there is only the other measure, that is what there is.
    let (same, different): (Vec<_>, Vec<_>) = others.into_iter().partition(|near| near.measure == measure);
    let others = if same.is_empty() { different } else { same };
    let (above, parts): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|near| Some(near.indicator.id) == indicator.parent_id);
    Ok((counterpart, above.into_iter().next(), parts))
}
